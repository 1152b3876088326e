/* SPDX-License-Identifier: Apache-2.0
 * The bank's question of the sandbox (3-D Secure): the buyer answers here as on a bank's own page.
 * Called by the gateway; must never answer for another provider or another's order. */
#include "flows/checkout/checkout_pages.h"

static const char *const answers[] = { "approve", "deny", NULL };
static const struct json_field challenge_fields[] = {
    JSON_ID(struct checkout_order_in, order_id, .at = AT_PATH, .required = true),
    JSON_STR(struct checkout_order_in, answer, .required = true, .one_of = answers),
};
const struct json_shape checkout_challenge_shape =
    JSON_SHAPE("ChallengeForm", struct checkout_order_in, challenge_fields);

bool checkout_challenged(const struct checkout_seen *seen)
{
    return seen->order.status == ORDERS_PENDING && seen->payment.status == PAYMENTS_CHALLENGED &&
           str_eq(seen->payment.provider, S("sandbox"));
}

struct answering {
    struct checkout *c;
    struct cx *cx;
    struct reply *reply;
    struct reply_park *park;
    id order_id;
    bool approve;
    struct checkout_seen seen;
};

static err read_seen(void *arg, struct cx *cx)
{
    struct answering *w = arg;
    return checkout_see(w->c, cx, w->order_id, &w->seen);
}

/* ---- the buyer is at it: the stock is held on, and the saga looks at the payment ---- */

struct renewing {
    struct checkout *c;
    struct cx cx; /* its own: the request is answered meanwhile */
    id order_id;
    size_t groups_n;
    int64_t until_ms;
    void (*after)(void *arg); /* when the saga has looked; may be NULL */
    void *arg;
};

static err unit_renew(void *arg, struct cx *cx)
{
    struct renewing *r = arg;
    err e = NULL;
    for (size_t g = 0; !e && g < r->groups_n; g++)
        e = inventory_renew(r->c->deps.inventory, cx, orders_group_id(r->order_id, g), r->until_ms);
    return e;
}

/* Whether there still was something to hold: the saga finds out how the payment is. */
static void renewed(void *arg, struct cx *cx, err e)
{
    struct renewing *r = arg;
    (void)e;
    saga_wake(r->c->deps.sagas, cx,
        (struct saga_wake){
            .saga_id = r->order_id, .force = true, .after = r->after, .arg = r->arg });
    arena_close(cx->arena);
}

static void renew(struct checkout *c, struct cx *cx, const struct orders_order *o,
    void (*after)(void *arg), void *arg)
{
    struct arena *arena = arena_open(4096);
    struct renewing *r = NEW(arena, struct renewing);
    int64_t most = o->created_ms + CHECKOUT_HELD_MS_MAX;
    int64_t wanted = cx->now_ms + INVENTORY_HOLD_MS;
    *r = (struct renewing){ .c = c,
        .cx = { .arena = arena,
            .now_ms = cx->now_ms,
            .rng = rng_seeded(rng_u64(&cx->rng)),
            .request_id = S("renew") },
        .order_id = o->order_id,
        .groups_n = o->groups_n,
        .after = after,
        .arg = arg,
        .until_ms = wanted < most ? wanted : most };
    db_write(checkout_stock_db(c), &r->cx, id_hash(o->order_id), unit_renew, r, renewed);
}

/* What the browser's return does the provider's webhook does as well: the same step runs. */
err checkout_get_return(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct checkout_order_in *in = body;
    struct answering w = { .c = service, .cx = cx, .order_id = in->order_id };
    err e = db_read(cx, read_seen, &w);
    if (e)
        return e;
    const struct checkout_seen *seen = &w.seen;
    if (seen->order.status == ORDERS_PENDING)
        renew(service, cx, &seen->order, NULL, NULL);
    return reply_redirect(reply, checkout_order_path(cx->arena, in->order_id, "/thanks"));
}

static void ask(void *arg)
{
    struct answering *w = arg;
    struct arena *a = w->cx->arena;
    struct challenge_view *v = NEW(a, struct challenge_view);
    *v = (struct challenge_view){ .amount = web_money(a, w->seen.payment.amount),
        .number = w->seen.order.number,
        .card = checkout_card_text(a, &w->seen.payment),
        .action = checkout_order_path(a, w->order_id, "/challenge") };
    reply_finish(
        w->park, reply_page(w->reply, 200, &challenge_page, v,
                     (struct page_head){
                         .title = S("Confirm the payment"), .noindex = true, .plain = true }));
}

/* The question is shown when the saga has looked: a look still under way would take the saga from
 * the one that the answer wakes, and the buyer would be told that nothing is known yet. */
err checkout_get_challenge(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct checkout_order_in *in = body;
    struct answering *w = NEW(cx->arena, struct answering);
    *w = (struct answering){ .c = service, .cx = cx, .reply = reply, .order_id = in->order_id };
    err e = db_read(cx, read_seen, w);
    if (e)
        return e;
    if (!checkout_challenged(&w->seen))
        return reply_redirect(reply, checkout_order_path(cx->arena, in->order_id, "/thanks"));
    w->park = reply_park(reply);
    renew(service, cx, &w->seen.order, ask, w);
    return NULL;
}

static void to_thanks(void *arg)
{
    struct answering *w = arg;
    reply_finish(w->park,
        reply_redirect(w->reply, checkout_order_path(w->cx->arena, w->order_id, "/thanks")));
}

/* On the provider's executor. */
static void tell_bank(void *arg)
{
    struct answering *w = arg;
    struct pay *sandbox = pay_named(w->c->deps.pay, S("sandbox"));
    err e = sandbox
                ? pay_sandbox_challenge(sandbox, w->cx, w->seen.payment.provider_ref, w->approve)
                : FAIL(w->cx, ERR_MISSING, "there is no sandbox");
    if (e)
        reply_finish(w->park, e);
    else
        saga_wake(w->c->deps.sagas, w->cx,
            (struct saga_wake){
                .saga_id = w->order_id, .force = true, .after = to_thanks, .arg = w });
}

err checkout_post_challenge(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct checkout_order_in *in = body;
    struct answering *w = NEW(cx->arena, struct answering);
    *w = (struct answering){ .c = service,
        .cx = cx,
        .reply = reply,
        .order_id = in->order_id,
        .approve = str_eq(in->answer, S("approve")) };
    err e = db_read(cx, read_seen, w);
    if (e)
        return e;
    if (!checkout_challenged(&w->seen))
        return reply_redirect(reply, checkout_order_path(cx->arena, in->order_id, "/thanks"));
    w->park = reply_park(reply);
    checkout_off_lane(w->c, tell_bank, w);
    return NULL;
}
