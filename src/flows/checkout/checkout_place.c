/* SPDX-License-Identifier: Apache-2.0
 * Placing: prepares the order and begins its saga. Called by the API and the page; must never
 * answer before the first unit is durable. */
#include "flows/checkout/checkout_internal.h"

/* Later than what was found, so that a twin whose effects were seen has its claim seen too. */
static err unit_known(void *arg, struct cx *cx)
{
    struct checkout_place *p = arg;
    return p->claim.key.n ? idem_known(p->c->deps.db, cx, &p->claim, 1, &p->known) : NULL;
}

static err unit_proofread(void *arg, struct cx *cx)
{
    struct checkout_place *p = arg;
    p->prepared = checkout_proofread(p->c, cx, &p->wish);
    return p->prepared ? unit_known(p, cx) : NULL;
}

static err unit_prepare(void *arg, struct cx *cx)
{
    struct checkout_place *p = arg;
    p->prepared = checkout_prepare(p->c, cx, &p->wish, &p->plan);
    return NULL; /* a repeat of the key must get its answer whatever the cart looks like now */
}

static err prepare(struct checkout_place *p)
{
    err e = db_read(p->cx, unit_prepare, p);
    return !e && p->prepared ? db_read_committed(p->cx, unit_known, p) : e;
}

static err claim(void *arg, struct cx *cx, bool *ret_known)
{
    struct checkout_place *p = arg;
    if (p->claim.key.n) {
        enum idem_state state;
        err e = idem_take(p->c->deps.db, cx, p->claim, p->plan.order.order_id, &state, &p->stored);
        if (e)
            return e;
        *ret_known = p->replayed = state == IDEM_REPLAY;
        if (p->replayed)
            return NULL;
    }
    return p->prepared; /* undoes the claim */
}

static void over(void *arg, struct cx *cx, struct saga_over saga)
{
    struct checkout_place *p = arg;
    p->failed = saga.failed;
    for (size_t i = 0; saga.failed == &INVENTORY_OUT_OF_STOCK && i < p->plan.order.lines_n; i++)
        checkout_scarce_note(p->c, cx, p->plan.order.lines[i].variant_id);
    p->pending = saga.outcome == SAGA_WAITS;
    p->done(p->arg, p);
}

static void fill_state(struct checkout_place *p)
{
    struct cx *cx = p->cx;
    struct orders_order *o = &p->plan.order;
    p->state = (struct checkout_state){ .user_id = o->user_id,
        .payment_id = cx_id(cx),
        .currency = str_dup(cx->arena, currency_str(&o->total.currency)),
        .token = p->plan.method.token,
        .method_type = p->plan.method.type,
        .customer = p->plan.customer,
        .cart_hash = o->cart_hash,
        .claim_principal = p->claim.principal,
        .claim_method = p->claim.method,
        .claim_route = p->claim.route,
        .claim_key = p->claim.key,
        .amount_minor = p->plan.card.minor,
        .tenders = p->plan.tenders,
        .tenders_n = p->plan.tenders_n,
        .promoted = p->plan.off.uses_n > 0,
        .from_cart = p->wish.from_cart,
        .groups_n = o->groups_n > 1 ? (int64_t)o->groups_n : 0,
        .cart_id = p->plan.claim.cart_id,
        .cart_version = p->plan.claim.version,
        .instead_of = p->plan.claim.instead_of,
        .begun = true,
        .order = o,
        .off = &p->plan.off,
        .facts = checkout_facts(p->c, cx, &p->wish, &p->plan) };
}

/* Which searches led to it; whether it is confirmed is seen later. */
static void note_order(const struct checkout_place *p)
{
    const struct orders_order *o = &p->plan.order;
    if (!p->c->deps.behaviour)
        return;
    id *product_ids = NEW_N(p->cx->arena, o->lines_n, id);
    for (size_t i = 0; i < o->lines_n; i++)
        product_ids[i] = o->lines[i].product_id;
    behaviour_ordering(p->c->deps.behaviour, p->cx, o->order_id, product_ids, o->lines_n);
}

static bool is_crowded(struct checkout *c)
{
    int64_t most = c->deps.waiting_max ? c->deps.waiting_max : CHECKOUT_WAITING_MAX;
    return most < 0 || sagas_waited_for(c->deps.sagas) >= most;
}

static void refuse(struct checkout_place *p, err e)
{
    p->failed = e;
    p->done(p->arg, p);
}

void checkout_place_on(struct checkout_place *p)
{
    struct cx *cx = p->cx;
    err e = p->prepared ? NULL : prepare(p);
    if (!e && !p->known)
        e = p->prepared;
    if (e) {
        refuse(p, e);
        return;
    }
    if (!p->prepared) {
        fill_state(p);
        note_order(p);
    }
    p->claim.unseen = p->claim.key.n && !idem_seen(p->c->seen, &p->claim);
    saga_begin(p->c->deps.sagas,
        (struct saga_begin){ .kind = &checkout_saga,
            .saga_id = p->plan.order.order_id,
            .state = &p->state,
            .cx = cx,
            /* The first variant picks the lane: buyers of one hot item queue in
             * memory, not on its row. */
            .conflict = p->prepared ? 0 : id_hash(p->plan.order.lines[0].variant_id),
            .claim = claim,
            .later = !p->prepared && is_crowded(p->c),
            .over = over,
            .arg = p });
}

void checkout_place(struct checkout_place *p)
{
    if (!checkout_wants_scarce(p->c, p->cx, &p->wish)) {
        checkout_place_on(p);
        return;
    }
    err e = db_read_committed(p->cx, unit_proofread, p);
    if (e)
        refuse(p, e);
    else if (p->prepared)
        checkout_place_on(p);
    else
        batches_add(p->c->crowd, &p->of_crowd);
}
