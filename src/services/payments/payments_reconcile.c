/* SPDX-License-Identifier: Apache-2.0
 * Our payments beside the provider's list: each difference is a row, once. Called by the job that
 * has fetched the list. Must never change a payment: people decide what is true. */
#include "base/map.h"
#include "payments_sql.h"
#include "services/payments/payments_domain.h"
#include "services/payments/payments_routes.h"
#include "services/payments/payments_store.h"

/* We write a payment down before the provider hears of it: near the end of the range theirs may be
 * made after it. Such payments are looked at when the next range begins this much earlier. */
#define SLACK_MS (INT64_C(3600) * 1000)
#define ENTRIES_MAX 100000

struct finding {
    str provider;
    const struct payments_payment *ours;
    const struct pay_entry *theirs;
};

static str state_text(struct cx *cx, str state, money amount, const int64_t minor[2])
{
    return str_fmt(cx->arena, STR_F " %lld %s, captured %lld, refunded %lld", STR_A(state),
        (long long)amount.minor, amount.currency.code, (long long)minor[0], (long long)minor[1]);
}

static str ours_text(struct cx *cx, const struct payments_payment *p)
{
    const int64_t minor[2] = { p->captured_minor, p->refunded_minor };
    return state_text(cx, str_from_c(payments_status_names[p->status]), p->amount, minor);
}

static str theirs_text(struct cx *cx, const struct pay_entry *t)
{
    const int64_t minor[2] = { t->result.captured_minor, t->result.refunded_minor };
    enum payments_status status = payments_domain_status_from(t->result.state);
    return state_text(cx, str_from_c(payments_status_names[status]), t->amount, minor);
}

static err record(
    struct payments *p, struct cx *cx, const struct finding *f, enum payments_difference kind)
{
    str ref = f->theirs ? f->theirs->result.provider_ref : f->ours->provider_ref;
    str name = f->ours ? id_text(cx->arena, f->ours->payment_id) : ref;
    str whole = str_fmt(cx->arena, STR_F "/" STR_F "/%s", STR_A(f->provider), STR_A(name),
        payments_difference_names[kind]);
    return payments_sql_difference_put(p->deps.db, cx,
        (struct payments_sql_difference_put_in){
            .difference_id = id_from_name(S("payments_difference"), whole),
            .provider = f->provider,
            .payment_id = f->ours ? f->ours->payment_id : (id){ { 0 } },
            .provider_ref = ref,
            .kind = str_from_c(payments_difference_names[kind]),
            .ours = f->ours ? ours_text(cx, f->ours) : (str){ 0 },
            .theirs = f->theirs ? theirs_text(cx, f->theirs) : (str){ 0 },
            .made_ms = f->theirs ? f->theirs->created_ms : f->ours->created_ms,
            .now_ms = cx->now_ms },
        NULL);
}

/* What another provider has of ours is not what this one has. */
static err compare(struct payments *p, struct cx *cx, const struct finding *f)
{
    bool elsewhere = f->ours && f->theirs && !str_eq(f->ours->provider, f->provider);
    unsigned found = payments_domain_differences(elsewhere ? NULL : f->ours, f->theirs);
    err e = NULL;
    for (int kind = 0; !e && kind < PAYMENTS_DIFFERENCES_N; kind++)
        if (found & (1u << kind))
            e = record(p, cx, f, (enum payments_difference)kind);
    return e;
}

/* Theirs, each beside ours. */
static err compare_theirs(
    struct payments *p, struct cx *cx, str provider, const struct pay_entry *entries, size_t n)
{
    id *ids = NEW_N(cx->arena, n, id);
    struct payments_payment *ours = NEW_N(cx->arena, n, struct payments_payment);
    bool *found = NEW_N(cx->arena, n, bool);
    for (size_t i = 0; i < n; i++)
        if (!id_parse(entries[i].key, &ids[i]))
            ids[i] = (id){ { 0 } };
    err e = n ? payments_store_get_all(p, cx, ids, n, ours, found) : NULL;
    for (size_t i = 0; !e && i < n; i++) {
        struct finding f = { provider, found[i] ? &ours[i] : NULL, &entries[i] };
        e = compare(p, cx, &f);
    }
    return e;
}

/* Ours that they do not list. */
static err compare_ours(struct payments *p, struct cx *cx, struct payments_range range,
    const struct pay_entry *entries, size_t n)
{
    struct map listed = map_new(cx->arena, n);
    struct payments_payment *ours;
    size_t ours_n = 0;
    for (size_t i = 0; i < n; i++)
        if (entries[i].key.n)
            map_put(&listed, entries[i].key, (void *)&entries[i]);
    err e = payments_store_range(p, cx, range, &ours, &ours_n);
    for (size_t i = 0; !e && i < ours_n; i++) {
        struct finding f = { range.provider, &ours[i], NULL };
        if (!map_get(&listed, id_text(cx->arena, ours[i].payment_id)))
            e = compare(p, cx, &f);
    }
    return e;
}

err payments_reconcile(struct payments *p, struct cx *cx, struct payments_range range,
    const struct pay_entry *entries, size_t n, size_t *ret_n)
{
    struct payments_range sure = range;
    struct payments_sql_difference_count_row row = { 0 };
    bool found = false;
    sure.to_ms -= SLACK_MS;
    ASSERT(range.from_ms <= range.to_ms && n <= ENTRIES_MAX);
    err e = compare_theirs(p, cx, range.provider, entries, n);
    if (!e && sure.from_ms < sure.to_ms)
        e = compare_ours(p, cx, sure, entries, n);
    if (!e)
        e = payments_sql_difference_resolve(p->deps.db, cx,
            (struct payments_sql_difference_resolve_in){ .provider = range.provider,
                .from_ms = sure.from_ms,
                .to_ms = sure.to_ms,
                .now_ms = cx->now_ms },
            NULL);
    if (!e)
        e = payments_sql_difference_count(p->deps.db, cx,
            (struct payments_sql_difference_count_in){
                .provider = range.provider, .from_ms = range.from_ms, .to_ms = range.to_ms },
            &row, &found);
    if (e)
        return e;
    *ret_n = (size_t)row.n;
    return NULL;
}

err payments_differences(struct payments *p, struct cx *cx, id after, int64_t limit,
    struct payments_different **ret, size_t *ret_n)
{
    struct payments_sql_difference_list_row *rows;
    err e = payments_sql_difference_list(p->deps.db, cx,
        (struct payments_sql_difference_list_in){ .after = after, .limit = limit }, &rows, ret_n);
    if (e)
        return e;
    *ret = NEW_N(cx->arena, *ret_n, struct payments_different);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] = (struct payments_different){ .difference_id = rows[i].difference_id,
            .payment_id = rows[i].payment_id,
            .provider = rows[i].provider,
            .provider_ref = rows[i].provider_ref,
            .kind = rows[i].kind,
            .ours = rows[i].ours,
            .theirs = rows[i].theirs,
            .made_ms = rows[i].made_ms,
            .found_ms = rows[i].found_ms,
            .seen_ms = rows[i].seen_ms };
    return NULL;
}
