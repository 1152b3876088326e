/* SPDX-License-Identifier: Apache-2.0
 * The provider's list beside our payments. Called by the job and by `souk payments reconcile`. Must
 * never change a payment: what differs is written down for people. */
#include "base/buf.h"
#include "flows/till/till_internal.h"

#define ENTRIES_MAX 100000
#define HOUR_MS (INT64_C(3600) * 1000)
#define FRESH_MS (INT64_C(15) * 60 * 1000) /* may be under way */

struct comparing {
    struct till *till;
    struct payments_range range;
    struct pay_entry *entries;
    size_t n, cap, different;
};

static void keep(struct comparing *c, struct cx *cx, const struct pay_list *page)
{
    if (c->n + page->entries_n > c->cap) {
        c->cap = 2 * (c->n + page->entries_n);
        struct pay_entry *more = NEW_N(cx->arena, c->cap, struct pay_entry);
        for (size_t i = 0; i < c->n; i++)
            more[i] = c->entries[i];
        c->entries = more;
    }
    for (size_t i = 0; i < page->entries_n; i++)
        c->entries[c->n++] = page->entries[i];
}

static err fetch(struct comparing *c, struct cx *cx, struct pay *pay)
{
    struct pay_list page = { .next = { 0 } };
    struct pay_range range = { c->range.from_ms, c->range.to_ms };
    do {
        err e = pay->list(pay->self, cx, range, page.next, &page);
        if (e)
            return e;
        if (c->n + page.entries_n > ENTRIES_MAX)
            return FAIL(cx, ERR_INVALID, "more than %d payments: take fewer hours", ENTRIES_MAX);
        keep(c, cx, &page);
    } while (page.next.p);
    return NULL;
}

static err unit_compare(void *arg, struct cx *cx)
{
    struct comparing *c = arg;
    return payments_reconcile(
        c->till->deps.payments, cx, c->range, c->entries, c->n, &c->different);
}

err till_reconcile(struct till *t, struct cx *cx, int64_t hours, size_t *ret_n)
{
    struct pay *pay;
    size_t different = 0;
    for (size_t i = 0; (pay = pay_part(t->deps.pay, i)) != NULL; i++) {
        struct comparing c = { .till = t,
            .range = { .provider = str_from_c(pay->name),
                .from_ms = cx->now_ms - hours * HOUR_MS,
                .to_ms = cx->now_ms - FRESH_MS } };
        err e = fetch(&c, cx, pay);
        if (!e)
            e = db_write_wait(t->deps.db, cx, 0, unit_compare, &c);
        if (e)
            return e;
        different += c.different;
    }
    *ret_n = different;
    return NULL;
}
