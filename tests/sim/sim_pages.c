/* SPDX-License-Identifier: Apache-2.0
 * Refunds that staff make in the provider's own pages, and not through us: before, while and after
 * an order is cancelled, sent back or given back for; and what the books must have of them. Called
 * by sim_after.c and by the checks; must never ask the flows what they made of it. */
#include "tests/sim/sim_pages.h"

#define SOON_MS 400 /* while a refund of ours is under way */
#define LATER_MS 150000

/* Drawn apart, so that worlds without them are the same for it. Not where the bank gives refunds
 * back: then figures that are too high are not believed, whoever made them so. */
void sim_pages_draw(struct sim *s)
{
    s->pages.rng = rng_seeded(s->seed + UINT64_C(0x70616765)); /* "page" */
    if (!s->back.per_mille && rng_chance(&s->pages.rng, 500))
        s->pages.per_mille = (unsigned)rng_between(&s->pages.rng, 100, 800);
}

/* ---- what there is of an order ---- */

struct look {
    struct sim *s;
    id order_id;
    struct payments_payment payment; /* of the card */
    bool found;
    int64_t open; /* of refunds of ours that have no answer yet */
};

static err read_open(struct look *l, struct cx *cx)
{
    struct payments_deed *deeds;
    size_t n = 0;
    err e = payments_deeds_of(l->s->outside.payments, cx, l->payment.payment_id, &deeds, &n);
    for (size_t i = 0; !e && i < n; i++)
        if (deeds[i].kind == PAYMENTS_REFUND && deeds[i].status == PAYMENTS_DEED_STARTED)
            l->open += deeds[i].amount.minor;
    return e;
}

static err unit_look(void *arg, struct cx *cx)
{
    struct look *l = arg;
    struct payments_payment *list;
    size_t n = 0;
    err e = payments_of_order(l->s->outside.payments, cx, l->order_id, &list, &n);
    for (size_t i = 0; !e && i < n; i++)
        if (str_eq(list[i].provider, S("sandbox"))) {
            l->payment = list[i];
            l->found = true;
        }
    return !e && l->found ? read_open(l, cx) : e;
}

/* ---- hearing of it ---- */

struct hearing {
    struct sim *s;
    id payment_id;
    struct pay_result told;
};
static err unit_hear(void *arg, struct cx *cx)
{
    struct hearing *h = arg;
    struct payments_payment p;
    return payments_hear(h->s->outside.payments, cx, h->payment_id, &h->told, &p);
}

/* As the work on the inbox does, once a webhook came. */
static void hear(struct sim *s, struct cx *cx, id payment_id)
{
    struct hearing h = { .s = s, .payment_id = payment_id };
    err e = s->sandbox.find(s->sandbox.self, cx, id_text(cx->arena, payment_id), &h.told);
    if (!e)
        e = sim_at_once(s, SIM_MONEY, unit_hear, &h);
    if (e)
        sim_fail(s, "a refund in the provider's pages is not heard: %s", e->slug);
}

/* ---- giving back ---- */

static int64_t amount_of(struct sim *s, int64_t left)
{
    int64_t few = left < 300 ? left : 300;
    if (rng_chance(&s->pages.rng, 250))
        return left;
    return rng_between(&s->pages.rng, 1, rng_chance(&s->pages.rng, 400) ? few : left);
}

static void give(struct sim *s, struct sim_buy *b, struct cx *cx, const struct look *l)
{
    struct pay_result has, back = { 0 };
    const struct payments_payment *p = &l->payment;
    err e = s->sandbox.find(s->sandbox.self, cx, id_text(cx->arena, p->payment_id), &has);
    int64_t left = e ? 0 : has.captured_minor - has.refunded_minor - l->open;
    if (left <= 0)
        return;
    struct sim_page *x = &s->pages.list[s->pages.n++];
    *x = (struct sim_page){ b->order_id, p->payment_id, amount_of(s, left) };
    str key = str_fmt(cx->arena, "by-hand-%zu", s->pages.n);
    e = s->sandbox.refund(
        s->sandbox.self, cx, key, p->provider_ref, money_of(x->minor, SIM_USD), &back);
    if (e || back.decline_code.n)
        sim_fail(s, "nothing can be given back in the provider's pages");
    s->tells_surely = true;
    bool late = rng_chance(&s->pages.rng, 700);
    sim_say(s, "%lld of %lld of payment %s are given back in the provider's pages, told %s",
        (long long)x->minor, (long long)left, sim_name(cx, p->payment_id),
        late ? "later" : "at once");
    if (!late)
        hear(s, cx, p->payment_id);
}

static void by_hand(struct sim *s, void *arg)
{
    struct sim_buy *b = arg;
    struct look l = { .s = s, .order_id = b->order_id };
    if (s->quiet || s->pages.n == SIM_PAGES)
        return;
    struct cx *cx = sim_cx(s, -1);
    err e = db_read(cx, unit_look, &l);
    ASSERT(!e);
    if (l.found)
        give(s, b, cx, &l);
    sim_cx_close(s, cx);
}

static void plan(struct sim *s, struct sim_buy *b, int64_t most_ms)
{
    sim_at(s, -1, rng_between(&s->pages.rng, 0, most_ms), by_hand, b, NULL);
}

void sim_pages_placed(struct sim *s, struct sim_buy *b)
{
    if (!s->pages.per_mille || !rng_chance(&s->pages.rng, s->pages.per_mille))
        return;
    for (int64_t n = rng_between(&s->pages.rng, 1, 3); n > 0; n--)
        plan(s, b, LATER_MS);
}

void sim_pages_asked(struct sim *s, struct sim_buy *b)
{
    if (s->pages.per_mille && rng_chance(&s->pages.rng, s->pages.per_mille / 2))
        plan(s, b, SOON_MS);
}

/* ---- what must come of it, in READ units ---- */

int64_t sim_pages_minor(const struct sim *s, id payment_id)
{
    int64_t minor = 0;
    for (size_t i = 0; i < s->pages.n; i++)
        if (id_eq(s->pages.list[i].payment_id, payment_id))
            minor += s->pages.list[i].minor;
    return minor;
}

static const struct sim_page *first_of(const struct sim *s, id order_id)
{
    for (size_t i = 0; i < s->pages.n; i++)
        if (id_eq(s->pages.list[i].order_id, order_id))
            return &s->pages.list[i];
    return NULL;
}

static int64_t at_provider(const struct ledger_posting *list, size_t n)
{
    int64_t minor = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < list[i].n; k++)
            if (list[i].entries[k].account.kind == LEDGER_PROVIDER)
                minor += list[i].entries[k].minor;
    return minor;
}

/* The books hear of it with a refund of ours that it is a part of: when the payment has less left
 * than is to go back. */
int64_t sim_pages_unbooked(struct sim *s, struct cx *cx, id order_id)
{
    const struct sim_page *x = first_of(s, order_id);
    struct payments_payment p;
    struct ledger_posting *list;
    size_t n = 0;
    if (!x)
        return 0;
    err e = payments_get(s->outside.payments, cx, x->payment_id, &p);
    if (!e)
        e = ledger_of(s->outside.ledger, cx, order_id, &list, &n);
    if (e) {
        sim_fail(s, "order %s: its books cannot be read: %s", sim_name(cx, order_id), e->slug);
        return 0;
    }
    int64_t left = p.captured_minor - p.refunded_minor, given = sim_pages_minor(s, x->payment_id);
    int64_t unbooked = at_provider(list, n) - left;
    if (unbooked < 0 || unbooked > given || (left > 0 && unbooked != given))
        sim_fail(s,
            "order %s: %lld were given back in the provider's pages, %lld of the card are left, "
            "and the books have %lld more",
            sim_name(cx, order_id), (long long)given, (long long)left, (long long)unbooked);
    return unbooked;
}

int64_t sim_pages_unbooked_all(struct sim *s, struct cx *cx)
{
    int64_t minor = 0;
    for (size_t i = 0; i < s->pages.n; i++)
        if (first_of(s, s->pages.list[i].order_id) == &s->pages.list[i])
            minor += sim_pages_unbooked(s, cx, s->pages.list[i].order_id);
    return minor;
}
