/* SPDX-License-Identifier: Apache-2.0
 * A till in process: real payments on one store, the sandbox behind a wrapper that can be away, and
 * a saga as small as an order's can be. For this folder's tests; must never be used elsewhere. */
#ifndef SOUK_FLOWS_TILL_TESTS_TILL_WORLD_H
#define SOUK_FLOWS_TILL_TESTS_TILL_WORLD_H

#include "flows/till/till_internal.h"
#include "platform/saga/saga.h"
#include "tests/support/ask.h"

#define SECRET S("whsec_test")
#define USD ((currency){ "USD" })
#define PRICE 1000

struct world {
    struct store *store;
    struct arena *life;
    struct cx *cx; /* of whoever calls: its time is moved */
    struct clock clock;
    struct pay sandbox, pay;
    bool away, loses; /* calls are refused; answers of releases and refunds are lost, once */
    bool declines;    /* refunds are declined */
    struct payments *payments;
    struct sagas *sagas;
    struct till *till;
    int tasks;
    void (*task)(void *arg);
    void *task_arg;
};

/* ---- the provider ---- */

static inline err world_find(void *self, struct cx *cx, str key, struct pay_result *ret)
{
    struct world *w = self;
    if (w->away)
        return FAIL(cx, PAY_UNREACHABLE, "away");
    return w->sandbox.find(w->sandbox.self, cx, key, ret);
}

static inline err world_get(void *self, struct cx *cx, str ref, struct pay_result *ret)
{
    struct world *w = self;
    if (w->away)
        return FAIL(cx, PAY_UNREACHABLE, "away");
    return w->sandbox.get(w->sandbox.self, cx, ref, ret);
}

static inline err world_lost(struct world *w, struct cx *cx, err e)
{
    bool loses = w->loses;
    w->loses = false;
    return !e && loses ? FAIL(cx, PAY_UNKNOWN, "lost") : e;
}

static inline err world_release(void *self, struct cx *cx, str key, str ref, struct pay_result *ret)
{
    struct world *w = self;
    return world_lost(w, cx, w->sandbox.release(w->sandbox.self, cx, key, ref, ret));
}

static inline err world_refund(
    void *self, struct cx *cx, str key, str ref, money amount, struct pay_result *ret)
{
    struct world *w = self;
    if (w->declines) {
        err e = w->sandbox.get(w->sandbox.self, cx, ref, ret);
        ret->decline_code = S("insufficient_funds");
        return e;
    }
    return world_lost(w, cx, w->sandbox.refund(w->sandbox.self, cx, key, ref, amount, ret));
}

static inline err world_list(
    void *self, struct cx *cx, struct pay_range range, str cursor, struct pay_list *ret)
{
    struct world *w = self;
    return w->sandbox.list(w->sandbox.self, cx, range, cursor, ret);
}

static inline err world_parse(
    void *self, struct cx *cx, str signature, str body, struct pay_event *ret)
{
    struct world *w = self;
    return w->sandbox.parse_webhook(w->sandbox.self, cx, signature, body, ret);
}

/* ---- a saga that waits for its payment ---- */

struct order {
    id payment_id;
};
static const struct json_field order_fields[] = { JSON_ID(struct order, payment_id) };
static const struct json_shape order_shape = JSON_SHAPE("Order", struct order, order_fields);

static inline err order_place(void *flow, struct cx *cx, struct saga *s)
{
    (void)flow;
    (void)cx;
    (void)s;
    return NULL;
}

static inline struct saga_said order_ask(void *flow, struct cx *cx, struct saga *s)
{
    struct world *w = flow;
    const struct order *o = s->state;
    struct pay_result r;
    err e = w->pay.find(w->pay.self, cx, id_text(cx->arena, o->payment_id), &r);
    if (e || r.state == PAY_STATE_CHALLENGE)
        return (struct saga_said){ .verdict = SAGA_PARK, .wait_ms = INT64_C(600000) };
    return (struct saga_said){ .verdict = SAGA_GO_ON };
}

static inline err order_keep(void *flow, struct cx *cx, struct saga *s)
{
    struct world *w = flow;
    const struct order *o = s->state;
    struct payments_payment p;
    return payments_answer_kept(w->payments, cx, o->payment_id,
        &(struct pay_result){ .state = PAY_STATE_CAPTURED, .captured_minor = PRICE }, &p);
}

static const struct saga_step order_steps[] = {
    { .name = "place", .todo = order_place },
    { .name = "ask", .call = order_ask },
    { .name = "keep", .todo = order_keep },
};
static const struct saga_kind order_kind = {
    .name = "order", .steps = order_steps, .steps_n = COUNT(order_steps), .state = &order_shape
};

/* ---- opening ---- */

static inline bool world_submit(void *self, void (*fn)(void *), void *arg)
{
    struct world *w = self;
    w->tasks++;
    w->task = fn;
    w->task_arg = arg;
    return true;
}

static inline struct world *world_open(void **state)
{
    struct arena *life = arena_open(4096);
    struct world *w = NEW(life, struct world);
    w->life = life;
    w->store = store_open(
        store_engine(state), (const char *const[]){ "platform/saga", "platform/bus",
                                 "services/payments", "services/orders", "services/ledger", NULL });
    w->cx = check_cx_open();
    w->clock = clock_fake(life, w->cx->now_ms);
    CHECK_ERR(w->cx,
        pay_sandbox_open(life, w->cx,
            (struct sandbox_opts){ .slow_ms = 1, .webhook_secret = SECRET }, &w->sandbox),
        NULL);
    w->pay = (struct pay){ .name = "sandbox",
        .ref_prefix = w->sandbox.ref_prefix,
        .webhook_header = w->sandbox.webhook_header,
        .find = world_find,
        .get = world_get,
        .release = world_release,
        .refund = world_refund,
        .list = world_list,
        .parse_webhook = world_parse,
        .self = w };
    struct db *db = store_db(w->store);
    w->payments = payments_open(life, (struct payments_deps){ .db = db });
    w->sagas = sagas_open(life, (struct sagas_opts){ .db = db, .clock = &w->clock });
    sagas_add(w->sagas, &order_kind, w);
    w->till = till_open(life, (struct till_deps){ .db = db,
                                  .payments = w->payments,
                                  .pay = &w->pay,
                                  .sagas = w->sagas,
                                  .exec = { world_submit, NULL, w },
                                  .clock = &w->clock });
    return w;
}

static inline void world_close(struct world *w)
{
    pay_sandbox_close(&w->sandbox);
    check_cx_close(w->cx);
    store_close(w->store);
    arena_close(w->life);
}

static inline void world_wait(struct world *w, int64_t ms)
{
    clock_fake_advance(&w->clock, ms);
    w->cx->now_ms += ms;
}

/* ---- payments ---- */

struct started {
    struct world *w;
    struct payments_payment p;
    const struct pay_result *answer;
    enum { ANSWER_NONE, ANSWER, ANSWER_KEPT, ANSWER_LOST } how;
};

static inline err world_put(void *arg, struct cx *cx)
{
    struct started *s = arg;
    struct payments *p = s->w->payments;
    err e = payments_start(p, cx, &s->p, /* is_new= */ false);
    if (e || s->how == ANSWER_NONE)
        return e;
    if (s->how == ANSWER_LOST)
        return payments_lost(p, cx, s->p.payment_id);
    return s->how == ANSWER ? payments_answer(p, cx, s->p.payment_id, s->answer, &s->p)
                            : payments_answer_kept(p, cx, s->p.payment_id, s->answer, &s->p);
}

struct wanted {
    const char *token;                      /* NULL: the provider is not asked */
    bool capture, saga, kept, lost, silent; /* silent: no answer is on record */
};
/* A payment as it stands in the middle of an order's way. */
static inline struct payments_payment world_payment(struct world *w, struct wanted in)
{
    struct cx *cx = w->cx;
    struct pay_result r = { 0 };
    struct started s = { .w = w,
        .p = { .payment_id = cx_id(cx),
            .order_id = cx_id(cx),
            .provider = S("sandbox"),
            .method_type = S("credit_card"),
            .token = in.token ? str_from_c(in.token) : S("pm_card_visa"),
            .amount = money_of(PRICE, USD) },
        .answer = &r,
        .how = in.kept ? ANSWER_KEPT : ANSWER };
    if (in.token) {
        err e = w->sandbox.authorize(w->sandbox.self, cx,
            (struct pay_request){ .key = id_text(cx->arena, s.p.payment_id),
                .amount = s.p.amount,
                .token = str_from_c(in.token),
                .capture = in.capture },
            &r);
        CHECK(!e || e == &PAY_UNKNOWN);
        cx_clear(cx);
    }
    if (in.silent || !in.token)
        s.how = ANSWER_NONE;
    if (in.lost)
        s.how = ANSWER_LOST;
    CHECK_ERR(cx, db_write_wait(store_db(w->store), cx, 0, world_put, &s), NULL);
    return s.p;
}

static inline void world_over(void *arg, struct cx *cx, struct saga_over over)
{
    (void)arg;
    (void)cx;
    (void)over;
}

/* Begins the saga of the payment's order, which waits while the buyer is at the bank. */
static inline void world_saga(struct world *w, const struct payments_payment *p)
{
    struct order *o = NEW(w->cx->arena, struct order);
    o->payment_id = p->payment_id;
    saga_begin(w->sagas, (struct saga_begin){ .kind = &order_kind,
                             .saga_id = p->order_id,
                             .state = o,
                             .cx = w->cx,
                             .over = world_over });
}

static inline err world_read(void *arg, struct cx *cx)
{
    struct started *s = arg;
    return payments_get(s->w->payments, cx, s->p.payment_id, &s->p);
}

static inline struct payments_payment world_now(struct world *w, id payment_id)
{
    struct started s = { .w = w, .p = { .payment_id = payment_id } };
    CHECK_ERR(w->cx, db_read(w->cx, world_read, &s), NULL);
    return s.p;
}

#endif
