/* SPDX-License-Identifier: Apache-2.0
 * Refunds that the bank gives back, minutes after they were done, and what must come of each: owed
 * to its buyer, once in the books. Called by sim_after.c and by the checks; must never ask the
 * verbs what they made of it. */
#include "tests/sim/sim.h"

#define LATE_MS 900000

/* Drawn apart, so that worlds without such refunds are the same for it. */
void sim_back_draw(struct sim *s)
{
    s->back.rng = rng_seeded(s->seed + UINT64_C(0x6261636b)); /* "back" */
    if (rng_chance(&s->back.rng, 400))
        s->back.per_mille = (unsigned)rng_between(&s->back.rng, 50, 700);
}

static void come_back(struct sim *s, void *arg)
{
    struct sim_back *b = arg;
    struct cx *cx = sim_cx(s, -1);
    err e = pay_sandbox_return(&s->sandbox, cx, id_text(cx->arena, b->deed_id));
    if (e)
        sim_fail(s, "a refund cannot come back: %s", e->slug);
    sim_say(s, "a refund of payment %s comes back", sim_name(cx, b->payment_id));
    b->is = true;
    s->tells_surely = true;
    sim_cx_close(s, cx);
    sim_repay_plan(s, b);
}

static bool is_stray(const struct sim *s, id payment_id)
{
    for (size_t i = 0; i < s->strays_n; i++)
        if (id_eq(s->strays[i].own, payment_id))
            return true;
    return false;
}

void sim_back_look(struct sim *s, size_t index)
{
    if (s->quiet || !s->back.per_mille || s->back.n == SIM_BACKS)
        return;
    struct cx *cx = sim_cx(s, -1);
    struct sim_back *b = &s->back.list[s->back.n];
    struct pay_event event;
    struct sandbox_webhook hook = pay_sandbox_webhook(&s->sandbox, cx, index, cx->now_ms);
    err e = s->sandbox.parse_webhook(s->sandbox.self, cx, hook.signature, hook.body, &event);
    if (e)
        sim_fail(s, "a fact of the provider cannot be read: %s", e->slug);
    if (!e && event.type == PAY_EVENT_REFUND && !event.refund_failed &&
        id_parse(event.refund_key, &b->deed_id) && id_parse(event.key, &b->payment_id) &&
        !is_stray(s, b->payment_id) && rng_chance(&s->back.rng, s->back.per_mille)) {
        s->back.n++;
        bool soon = rng_chance(&s->back.rng, 500);
        sim_at(s, -1, rng_between(&s->back.rng, 0, soon ? 3000 : LATE_MS), come_back, b, NULL);
    }
    sim_cx_close(s, cx);
}

/* ---- what must come of it, in READ units ---- */

/* What was given back for no order goes back once more; the rest is owed. */
int64_t sim_back_minor(struct sim *s, struct cx *cx, const struct sim_back *b)
{
    struct payments_deed *deeds;
    size_t n = 0;
    err e = payments_deeds_of(s->outside.payments, cx, b->payment_id, &deeds, &n);
    for (size_t i = 0; !e && i < n; i++)
        if (id_eq(deeds[i].deed_id, b->deed_id)) {
            if (!payments_came_back(&deeds[i]))
                sim_fail(s, "payment %s: a refund came back, and that is not known",
                    sim_name(cx, b->payment_id));
            return str_eq(deeds[i].reason, S("no_order")) ? 0 : deeds[i].amount.minor;
        }
    sim_fail(
        s, "payment %s: a refund came back that nobody asked for", sim_name(cx, b->payment_id));
    return 0;
}

int64_t sim_back_owed(struct sim *s, struct cx *cx, id payment_id)
{
    int64_t minor = 0;
    for (size_t i = 0; i < s->back.n; i++)
        if (s->back.list[i].is && id_eq(s->back.list[i].payment_id, payment_id))
            minor += sim_back_minor(s, cx, &s->back.list[i]);
    return minor;
}

/* Of one refund: its amount, between the provider and the buyer. */
static size_t booked(const struct ledger_posting *list, size_t n, id deed_id, int64_t minor)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        id in_time = id_moved(list[i].posting_id, id_ms(deed_id));
        if (!str_eq(list[i].kind, S("refund_returned")) || !id_eq(in_time, deed_id))
            continue;
        int64_t provider = 0, buyer = 0;
        for (size_t k = 0; k < list[i].n; k++) {
            provider +=
                list[i].entries[k].account.kind == LEDGER_PROVIDER ? list[i].entries[k].minor : 0;
            buyer += list[i].entries[k].account.kind == LEDGER_BUYER ? list[i].entries[k].minor : 0;
        }
        found += list[i].n == 2 && provider == minor && buyer == -minor;
    }
    return found;
}

int64_t sim_back_booked(struct sim *s, struct cx *cx, const struct orders_order *o,
    const struct ledger_posting *list, size_t n)
{
    struct payments_payment *payments;
    size_t payments_n = 0, postings = 0, want = 0;
    int64_t owed = 0;
    const char *name = sim_name(cx, o->order_id);
    err e = payments_of_order(s->outside.payments, cx, o->order_id, &payments, &payments_n);
    for (size_t i = 0; !e && i < s->back.n; i++)
        for (size_t k = 0; s->back.list[i].is && k < payments_n; k++) {
            if (!id_eq(payments[k].payment_id, s->back.list[i].payment_id))
                continue;
            int64_t minor = sim_back_minor(s, cx, &s->back.list[i]);
            if (minor && booked(list, n, s->back.list[i].deed_id, minor) != 1)
                sim_fail(s, "order %s: %lld came back, and that is not in the books once", name,
                    (long long)minor);
            owed += minor;
            want += minor > 0;
        }
    for (size_t i = 0; i < n; i++)
        postings += str_eq(list[i].kind, S("refund_returned"));
    if (postings != want)
        sim_fail(s, "order %s: %zu refunds came back, and %zu are booked", name, want, postings);
    return owed;
}

void sim_back_kept(struct sim *s, struct cx *cx, const struct payments_payment *p)
{
    struct payments_payment *all;
    size_t n = 0;
    int64_t owed = 0;
    err e = payments_of_order(s->outside.payments, cx, p->order_id, &all, &n);
    for (size_t i = 0; !e && i < n; i++)
        owed += sim_back_owed(s, cx, all[i].payment_id);
    if (p->kept ? owed == 0 : sim_back_owed(s, cx, p->payment_id) > 0)
        sim_fail(s, "payment %s is %s for an order that does not stand",
            sim_name(cx, p->payment_id), p->kept ? "kept" : "not kept");
}

/* The history says it once of each. */
void sim_back_history(struct sim *s, struct cx *cx, const struct orders_order *o,
    const struct orders_event *list, size_t n)
{
    size_t said = 0, want = 0;
    struct payments_payment *payments;
    size_t payments_n = 0;
    err e = payments_of_order(s->outside.payments, cx, o->order_id, &payments, &payments_n);
    for (size_t i = 0; i < n; i++)
        said += !id_is_none(list[i].refund_id) && !list[i].repaid;
    for (size_t i = 0; !e && i < s->back.n; i++)
        for (size_t k = 0; s->back.list[i].is && k < payments_n; k++)
            want += id_eq(payments[k].payment_id, s->back.list[i].payment_id);
    if (said != want)
        sim_fail(s, "order %s: %zu refunds came back, and its history has %zu",
            sim_name(cx, o->order_id), want, said);
    sim_repay_history(s, cx, o, list, n);
}
