/* SPDX-License-Identifier: Apache-2.0
 * What must be refused is tried on purpose: postings that do not balance, more than a wallet has,
 * two who take from it at once, ids of other deeds, forged webhooks, refunds that fail twice.
 * Called by sim_strays.c; must never try what some caller of the verbs may not be told either. */
#include "tests/sim/sim_strays.h"

/* ---- the books of money ---- */

enum posting_try {
    TRY_UNBALANCED,
    TRY_TWICE_THE_ACCOUNT,
    TRY_NOTHING,
    TRY_NO_OWNER,
    TRY_OWNER_OF_THE_SHOPS,
    TRY_BEYOND,
    TRY_OTHER_CURRENCY,
    TRY_OTHER_ENTRIES,
    POSTING_TRIES
};

struct purse {
    struct sim_stray *x;
    int64_t balance, available;
    size_t postings;
};
static err unit_purse(void *arg, struct cx *cx)
{
    struct purse *p = arg;
    struct ledger *l = p->x->sim->outside.ledger;
    struct ledger_posting *list;
    err e = ledger_balance(l, cx, (struct ledger_account){ LEDGER_WALLET, p->x->customer }, SIM_USD,
        &p->balance, &p->available);
    return e ? e : ledger_of(l, cx, p->x->customer, &list, &p->postings);
}

static struct purse purse_of(struct sim_stray *x)
{
    struct purse p = { .x = x };
    err e = sim_stray_seen(x->sim, unit_purse, &p);
    ASSERT(!e);
    return p;
}

/* Into the wallet, or out of it: d->number; the same posting always has the same entries. */
static err unit_posting(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    struct ledger_account wallet = { LEDGER_WALLET, d->x->customer }, provider = { 0 };
    int64_t minor = d->number;
    struct ledger_entry entries[3] = { { provider, minor }, { wallet, -minor } };
    size_t n = 2;
    currency cur = SIM_USD;
    switch ((enum posting_try)d->verb) {
    case TRY_UNBALANCED:
        entries[0].minor++;
        break;
    case TRY_TWICE_THE_ACCOUNT:
        entries[n++] = (struct ledger_entry){ wallet, -1 };
        entries[0].minor++;
        break;
    case TRY_NOTHING:
        entries[n++] = (struct ledger_entry){ { .kind = LEDGER_SHIPPING }, 0 };
        break;
    case TRY_NO_OWNER:
        entries[1].account.owner = (id){ { 0 } };
        break;
    case TRY_OWNER_OF_THE_SHOPS:
        entries[0].account.owner = d->x->customer;
        break;
    case TRY_OTHER_CURRENCY:
        cur = (currency){ "EUR" };
        break;
    case TRY_BEYOND:
    case TRY_OTHER_ENTRIES:
    case POSTING_TRIES:
        break;
    }
    return ledger_post(d->p->ledger, cx,
        &(struct ledger_posting){ .posting_id = d->deed_id,
            .kind = S("try"),
            .reference = d->x->customer,
            .currency = cur,
            .entries = entries,
            .n = n });
}

static void try_posting(struct sim *s, struct sim_stray *x, struct sim_deed *d)
{
    struct purse was = purse_of(x);
    d->verb = (int)rng_below(&s->rng, POSTING_TRIES);
    d->deed_id = id_new(&s->rng, s->now_ms);
    err want = &ERR_BUG;
    if (d->verb == TRY_BEYOND || d->verb == TRY_OTHER_CURRENCY) {
        d->number = d->verb == TRY_BEYOND ? -(was.available + 1) : -1;
        want = &LEDGER_BALANCE_LOW;
    }
    if (d->verb == TRY_OTHER_ENTRIES) { /* first one that is right, which changes nothing again */
        d->number = 1;
        for (int twice = 0; twice < 2; twice++)
            sim_stray_expect(
                s, "a posting", twice, sim_stray_on(s, SIM_BOOKS, unit_posting, d), NULL);
        s->topped_minor++;
        was = (struct purse){ x, was.balance + 1, was.available + 1, was.postings + 1 };
        d->number = 2;
    }
    sim_stray_expect(
        s, "a posting that may not be", d->verb, sim_stray_on(s, SIM_BOOKS, unit_posting, d), want);
    struct purse is = purse_of(x);
    if (is.balance != was.balance || is.available != was.available || is.postings != was.postings)
        sim_fail(s, "a posting that may not be, %d: %lld of it are in the wallet", d->verb,
            (long long)(is.balance - was.balance));
}

static err unit_hold(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    return ledger_hold(d->p->ledger, cx,
        &(struct ledger_hold){ .hold_id = d->deed_id,
            .reference = d->deed_id,
            .from = { LEDGER_WALLET, d->x->customer },
            .to = { LEDGER_BUYER, d->x->customer },
            .amount = money_of(d->number, SIM_USD),
            .expires_ms = d->until_ms });
}

static err unit_hold_post(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    return ledger_hold_post(d->p->ledger, cx, d->deed_id, d->number);
}

static err unit_hold_void(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    return ledger_hold_void(d->p->ledger, cx, d->deed_id);
}

/* Before the other has locked the wallet: all of it. */
static void take_first(struct sim *s, void *arg)
{
    struct sim_deed *d = arg;
    sim_stray_expect(s, "a twin's hold", 0, sim_stray_on(s, SIM_BOOKS, unit_hold, d), NULL);
}

/* Two take from a wallet at once: what the first held the second does not get. */
static void try_hold(struct sim *s, struct sim_stray *x, struct sim_deed *d)
{
    struct purse was = purse_of(x);
    if (was.available < 1)
        return;
    d->number = was.available;
    d->deed_id = id_new(&s->rng, s->now_ms);
    struct sim_deed twin = *d;
    twin.deed_id = id_new(&s->rng, s->now_ms);
    s->between = take_first;
    s->between_arg = &twin;
    sim_stray_expect(s, "a hold beside a twin's", 0, sim_stray_on(s, SIM_BOOKS, unit_hold, d),
        &LEDGER_BALANCE_LOW);
    s->between = NULL;
    twin.number++; /* more than is held */
    sim_stray_expect(s, "a posting of more than is held", 0,
        sim_stray_on(s, SIM_BOOKS, unit_hold_post, &twin), &DB_CONSTRAINT);
    sim_stray_expect(
        s, "a twin's hold", 1, sim_stray_on(s, SIM_BOOKS, unit_hold_void, &twin), NULL);
    struct purse is = purse_of(x);
    if (is.available != was.available)
        sim_fail(s, "holds of twins: %lld were available, and are %lld", (long long)was.available,
            (long long)is.available);
}

/* ---- payments ---- */

static err unit_start(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    return payments_start(d->p->payments, cx,
        &(struct payments_payment){ .payment_id = d->x->own,
            .order_id = d->deed_id,
            .provider = S("ledger"), /* nobody sweeps it */
            .method_type = S("wallet"),
            .token = id_text(cx->arena, d->x->customer),
            .status = PAYMENTS_STARTED,
            .amount = money_of(d->number, SIM_USD) },
        /* is_new= */ false);
}

static err unit_taken(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    struct payments_payment ret;
    return payments_answer_kept(d->p->payments, cx, d->x->own,
        &(struct pay_result){ .state = PAY_STATE_CAPTURED, .captured_minor = d->number }, &ret);
}

static err unit_deed(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    struct payments_deed ret;
    currency cur = d->verb ? (currency){ "EUR" } : SIM_USD;
    return payments_deed_start(d->p->payments, cx,
        &(struct payments_deed){ .deed_id = d->deed_id,
            .payment_id = d->x->own,
            .kind = PAYMENTS_REFUND,
            .amount = money_of(d->number, cur),
            .reason = S("simulated") },
        &ret);
}

static err unit_deed_done(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    struct payments_payment ret;
    return payments_deed_answer(d->p->payments, cx, d->deed_id,
        &(struct pay_result){ .state = PAY_STATE_CAPTURED, .refunded_minor = d->until_ms }, &ret);
}

static err unit_failed(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    struct payments_deed ret;
    return payments_refund_failed(
        d->p->payments, cx, (struct payments_refund_failed){ .deed_id = d->deed_id }, &ret);
}

struct bank {
    struct sim_stray *x;
    struct payments_payment p;
};
static err unit_bank(void *arg, struct cx *cx)
{
    struct bank *b = arg;
    return payments_get(b->x->sim->outside.payments, cx, b->x->own, &b->p);
}

static int64_t refunded_of(struct sim_stray *x)
{
    struct bank b = { .x = x };
    err e = sim_stray_seen(x->sim, unit_bank, &b);
    if (e || b.p.status != PAYMENTS_CAPTURED)
        sim_fail(x->sim, "a tried payment is not captured");
    return b.p.refunded_minor;
}

#define TRIED_MINOR 500

static void begin_payment(struct sim *s, struct sim_stray *x, struct sim_deed *d)
{
    x->state = SIM_STRAY_LIVE;
    d->number = TRIED_MINOR;
    d->deed_id = x->customer;
    for (int twice = 0; twice < 2; twice++) {
        sim_stray_expect(
            s, "a tried payment", twice, sim_stray_on(s, SIM_MONEY, unit_start, d), NULL);
        sim_stray_expect(
            s, "a tried payment's answer", twice, sim_stray_on(s, SIM_MONEY, unit_taken, d), NULL);
    }
    d->number = TRIED_MINOR + (rng_chance(&s->rng, 500) ? 1 : -1);
    sim_stray_expect(s, "another amount of the same payment", 0,
        sim_stray_on(s, SIM_MONEY, unit_start, d), &ERR_BUG);
    d->number = TRIED_MINOR;
    d->deed_id = id_new(&s->rng, s->now_ms);
    sim_stray_expect(
        s, "another order's payment", 0, sim_stray_on(s, SIM_MONEY, unit_start, d), &ERR_BUG);
}

static err parse_failed(void *self, struct cx *cx, str signature, str body, struct pay_event *ret)
{
    const struct sim_deed *d = self;
    (void)signature;
    (void)body;
    *ret = (struct pay_event){ .event_id = id_text(cx->arena, d->deed_id),
        .type = PAY_EVENT_REFUND,
        .name = S("refund.failed"),
        .key = id_text(cx->arena, d->x->own),
        .refund_key = id_text(cx->arena, d->deed_id),
        .refund_failed = true };
    return NULL;
}

static err unit_tell_failed(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    struct payments_webhook hook;
    bool is_new = false;
    const struct pay bank = { .name = "sandbox", .parse_webhook = parse_failed, .self = d };
    return payments_webhook_receive(
        d->p->payments, cx, &bank, S("signed"), S("{}"), &hook, &is_new);
}

/* The bank tells of it, twice; the inbox will be worked on, and that is the last of this payment.
 */
static void tell_failed(struct sim *s, struct sim_stray *x, struct sim_deed *d, int64_t was)
{
    for (int twice = 0; twice < 2; twice++)
        sim_stray_expect(s, "the webhook of a refund that failed", twice,
            sim_stray_on(s, SIM_MONEY, unit_tell_failed, d), NULL);
    x->told = true;
    x->number = was;
}

void sim_stray_try_late(struct sim *s, struct sim_stray *x)
{
    if (x->told && refunded_of(x) != x->number)
        sim_fail(s, "stray %zu: a refund failed, and %lld are said to have gone back, not %lld",
            x->index, (long long)refunded_of(x), (long long)x->number);
}

/* A part goes back, and stays here after all: told twice, it counts once, and can be asked again.
 */
static void try_refund(struct sim *s, struct sim_stray *x, struct sim_deed *d)
{
    if (x->state == SIM_STRAY_NONE)
        begin_payment(s, x, d);
    int64_t was = refunded_of(x);
    d->deed_id = id_new(&s->rng, s->now_ms);
    d->number = sim_between(s, 1, TRIED_MINOR / 10);
    d->until_ms = was + d->number;
    if (d->until_ms >= TRIED_MINOR || x->told)
        return;
    d->verb = 1;
    sim_stray_expect(
        s, "a refund in another currency", 0, sim_stray_on(s, SIM_MONEY, unit_deed, d), &ERR_BUG);
    d->verb = 0;
    sim_stray_expect(s, "a tried refund", 0, sim_stray_on(s, SIM_MONEY, unit_deed, d), NULL);
    d->number += d->number == 1 || rng_chance(&s->rng, 500) ? 1 : -1;
    sim_stray_expect(s, "another amount of the same refund", 0,
        sim_stray_on(s, SIM_MONEY, unit_deed, d), &ERR_BUG);
    sim_stray_expect(
        s, "a refund that fails first", 0, sim_stray_on(s, SIM_MONEY, unit_failed, d), NULL);
    if (refunded_of(x) != was)
        sim_fail(s, "a refund that failed before it was done changed what went back");
    sim_stray_expect(
        s, "a tried refund's answer", 0, sim_stray_on(s, SIM_MONEY, unit_deed_done, d), NULL);
    if (refunded_of(x) != d->until_ms)
        sim_fail(s, "a tried refund: %lld went back of %lld", (long long)refunded_of(x),
            (long long)d->until_ms);
    if (rng_chance(&s->rng, 300))
        return;
    if (rng_chance(&s->rng, 400)) {
        tell_failed(s, x, d, was);
        return;
    }
    for (int twice = 0; twice < 2; twice++) {
        sim_stray_expect(
            s, "a refund that fails", twice, sim_stray_on(s, SIM_MONEY, unit_failed, d), NULL);
        if (refunded_of(x) != was)
            sim_fail(s, "a refund failed, and %lld of %lld are said to have gone back",
                (long long)refunded_of(x), (long long)was);
    }
}

static err unit_forged(void *arg, struct cx *cx)
{
    struct sim_deed *d = arg;
    struct sim *s = d->x->sim;
    struct payments_webhook hook;
    bool is_new = false;
    struct sandbox_webhook w = pay_sandbox_webhook(
        &s->sandbox, cx, (size_t)rng_below(&s->rng, pay_sandbox_events(&s->sandbox)), s->now_ms);
    str signature = str_dup(cx->arena, w.signature);
    str body = rng_chance(&s->rng, 500) ? str_cat(cx->arena, w.body, S(" ")) : w.body;
    if (body.n == w.body.n) /* signed long ago */
        signature = pay_sandbox_webhook(&s->sandbox, cx, 0, s->now_ms - HOUR_MS).signature;
    return payments_webhook_receive(
        d->p->payments, cx, &s->sandbox, signature, body, &hook, &is_new);
}

static void try_webhook(struct sim *s, struct sim_deed *d)
{
    if (pay_sandbox_events(&s->sandbox) > 0)
        sim_stray_expect(s, "a forged webhook", 0, sim_stray_on(s, SIM_MONEY, unit_forged, d),
            &PAY_WEBHOOK_REFUSED);
}

void sim_stray_try(struct sim *s, struct sim_stray *x, struct sim_deed *d)
{
    switch (rng_below(&s->rng, 4)) {
    case 0:
        try_posting(s, x, d);
        break;
    case 1:
        try_hold(s, x, d);
        break;
    case 2:
        try_refund(s, x, d);
        break;
    default:
        try_webhook(s, d);
    }
}
