/* SPDX-License-Identifier: Apache-2.0
 * The steps of an order's saga and what runs them: calls on the provider's executor, units on a
 * lane, waits in a timer. One of the four places that open units of work. Must never call the
 * provider inside a unit. */
#include "checkout_sql.h"
#include "flows/checkout/checkout_internal.h"
#include "platform/log/log.h"
#include "platform/pool/pool.h"

/* Another run has taken the row over, or has finished it: this one stops and changes nothing. */
static const problem TAKEN_OVER = { KIND_CONFLICT, "checkout.taken_over", NULL,
    "The order is being worked on" };

/* ---- rows ---- */

err checkout_saga_add(struct checkout *c, struct cx *cx, const struct checkout_saga *s)
{
    return checkout_sql_saga_add(c->deps.db, cx,
        (struct checkout_sql_saga_add_in){ .order_id = s->order_id,
            .user_id = s->user_id,
            .payment_id = s->payment_id,
            .step = str_from_c(checkout_step_names[s->step]),
            .number = s->number,
            .amount_minor = s->amount.minor,
            .currency = str_dup(cx->arena, currency_str(&s->amount.currency)),
            .token = s->token,
            .provider_ref = s->provider_ref,
            .cart_hash = s->cart_hash,
            .from_cart = s->from_cart,
            .reason = s->reason,
            .claim_principal = s->claim.principal,
            .claim_method = s->claim.method,
            .claim_route = s->claim.route,
            .claim_key = s->claim.key,
            .attempts = s->attempts,
            .lease_ms = cx->now_ms + CHECKOUT_LEASE_MS,
            .created_ms = cx->now_ms },
        NULL);
}

static err saga_step(struct checkout_run *run, struct cx *cx, int64_t lease_ms)
{
    int64_t changed = 0;
    err e = checkout_sql_saga_step(run->c->deps.db, cx,
        (struct checkout_sql_saga_step_in){ .order_id = run->saga.order_id,
            .attempts = run->saga.attempts,
            .step = str_from_c(checkout_step_names[run->saga.step]),
            .provider_ref = run->saga.provider_ref,
            .reason = run->saga.reason,
            .lease_ms = lease_ms },
        &changed);
    return !e && changed == 0 ? FAIL(cx, TAKEN_OVER, "step") : e;
}

/* First in the unit: a run that lost its row must not act on what it knew. */
static err saga_remove(struct checkout_run *run, struct cx *cx)
{
    int64_t changed = 0;
    err e = checkout_sql_saga_remove(run->c->deps.db, cx,
        (struct checkout_sql_saga_remove_in){
            .order_id = run->saga.order_id, .attempts = run->saga.attempts },
        &changed);
    return !e && changed == 0 ? FAIL(cx, TAKEN_OVER, "end") : e;
}

/* ---- units ---- */

static err record_answer(struct checkout_run *run, struct cx *cx)
{
    if (!run->paid_answer)
        return NULL;
    struct payments_payment payment;
    return payments_answer(run->c->deps.payments, cx, run->saga.payment_id, &run->answer, &payment);
}

static err finish_claim(struct checkout_run *run, struct cx *cx, int status, str body)
{
    if (!run->saga.claim.key.n)
        return NULL;
    return idem_finish(run->c->deps.db, cx, run->saga.claim, status, body);
}

static err take_out_of_cart(struct checkout_run *run, struct cx *cx)
{
    if (!run->saga.from_cart)
        return NULL;
    struct orders_order *o = &run->order;
    struct cart_bought *bought = NEW_N(cx->arena, o->lines_n, struct cart_bought);
    for (size_t i = 0; i < o->lines_n; i++)
        bought[i] = (struct cart_bought){ .variant_id = o->lines[i].variant_id,
            .quantity = o->lines[i].quantity };
    struct cart_owner owner = { .user_id = run->saga.user_id, .token_hash = run->saga.cart_hash };
    return cart_take_out(run->c->deps.cart, cx, owner, bought, o->lines_n);
}

/* A resumed run has no order in memory yet. */
static err load_order(struct checkout_run *run, struct cx *cx)
{
    if (run->order.lines_n)
        return NULL;
    return orders_get(run->c->deps.orders, cx, (struct orders_owner){ .staff = true },
        run->saga.order_id, &run->order);
}

static err unit_confirm(void *arg, struct cx *cx)
{
    struct checkout_run *run = arg;
    err e = saga_remove(run, cx);
    if (!e)
        e = load_order(run, cx);
    if (!e)
        e = record_answer(run, cx);
    if (!e)
        e = inventory_confirm(run->c->deps.inventory, cx, run->saga.order_id);
    if (!e)
        e = orders_move(run->c->deps.orders, cx,
            (struct orders_move){ .order_id = run->saga.order_id,
                .to = ORDERS_CONFIRMED,
                .payment_status = S("captured") });
    if (!e)
        e = take_out_of_cart(run, cx);
    if (e)
        return e;
    struct orders_order shown = run->order;
    shown.status = ORDERS_CONFIRMED;
    shown.payment_status = S("captured");
    struct buf body = { .arena = cx->arena };
    json_encode(&body, &checkout_placed_shape,
        checkout_placed_view(cx, (struct checkout_placed){ .order = &shown }), false);
    return finish_claim(run, cx, 201, buf_str(&body));
}

struct refusal {
    str type, title, detail, code, order_id;
    int64_t status;
};
static const struct json_field refusal_fields[] = {
    JSON_STR(struct refusal, type, .required = true),
    JSON_STR(struct refusal, title, .required = true),
    JSON_INT(struct refusal, status, .required = true),
    JSON_STR(struct refusal, detail),
    JSON_STR(struct refusal, code, .required = true),
    JSON_STR(struct refusal, order_id),
};
static const struct json_shape refusal_shape =
    JSON_SHAPE("OrderRefusal", struct refusal, refusal_fields);

/* What a repeat of the key is told about an order that came to nothing. */
static str refusal_json(struct checkout_run *run, struct cx *cx)
{
    bool declined = run->outcome == &PAYMENTS_DECLINED;
    struct refusal r = { .type = declined ? S("/problems/payment_declined")
                                          : S("/problems/reservation_gone"),
        .title = str_from_c(run->outcome->title),
        .status = declined ? 402 : 409,
        .detail = run->answer.decline_text,
        .code = declined ? S("payment_declined") : S("reservation_gone"),
        .order_id = id_text(cx->arena, run->saga.order_id) };
    struct buf out = { .arena = cx->arena };
    json_encode(&out, &refusal_shape, &r, false);
    return buf_str(&out);
}

static err unit_cancel(void *arg, struct cx *cx)
{
    struct checkout_run *run = arg;
    bool declined = run->said == CHECKOUT_ANSWER_REFUSED && !run->saga.reason.n;
    run->outcome = declined ? &PAYMENTS_DECLINED : &INVENTORY_RESERVATION_GONE;
    str reason = run->saga.reason.n ? run->saga.reason
                 : declined         ? S("payment_declined")
                                    : S("payment_missing");
    err e = saga_remove(run, cx);
    if (!e)
        e = record_answer(run, cx);
    if (!e)
        e = inventory_release(run->c->deps.inventory, cx, run->saga.order_id);
    if (!e)
        e = orders_move(run->c->deps.orders, cx,
            (struct orders_move){ .order_id = run->saga.order_id,
                .to = ORDERS_CANCELLED,
                .reason = reason,
                .payment_status = declined ? S("declined") : S("voided") });
    if (e)
        return e;
    return finish_claim(run, cx, declined ? 402 : 409, refusal_json(run, cx));
}

static err unit_refunded(void *arg, struct cx *cx)
{
    struct checkout_run *run = arg;
    err e = saga_remove(run, cx);
    if (!e)
        e = record_answer(run, cx);
    if (!e)
        e = orders_payment_status(run->c->deps.orders, cx, run->saga.order_id, S("refunded"));
    return e;
}

/* The step is on record before the call that cannot be taken back, or before waiting. */
static err unit_note(void *arg, struct cx *cx)
{
    struct checkout_run *run = arg;
    err e = NULL;
    if (run->saga.step == CHECKOUT_CHALLENGE)
        e = record_answer(run, cx);
    int64_t lease = run->saga.step == CHECKOUT_CHALLENGE ? INVENTORY_HOLD_MS : CHECKOUT_LEASE_MS;
    return e ? e : saga_step(run, cx, cx->now_ms + lease);
}

/* ---- the machine ---- */

static void finish(struct checkout_run *run)
{
    run->finish(run->arg, run);
}

/* What cannot go on now is left to the job, which finds the row when its lease has run out. */
static void leave(struct checkout_run *run, err e)
{
    if (e == &TAKEN_OVER) {
        cx_clear(run->cx);
        e = NULL;
    }
    run->unit_error = e;
    run->pending = true;
    finish(run);
}

static void unit_done(void *arg, struct cx *cx, err e)
{
    struct checkout_run *run = arg;
    if (e == &INVENTORY_RESERVATION_GONE && run->saga.step == CHECKOUT_CONFIRM) {
        cx_clear(cx);
        run->saga.step = CHECKOUT_VOID; /* paid too late: the money goes back */
        run->saga.reason = S("stock_gone");
        run->tries = 0;
        checkout_advance(run);
        return;
    }
    if (e) {
        leave(run, e);
        return;
    }
    run->saga.step = CHECKOUT_DONE;
    finish(run);
}

static void start_call(struct checkout_run *run);

static void note_done(void *arg, struct cx *cx, err e)
{
    (void)cx;
    struct checkout_run *run = arg;
    if (e)
        leave(run, e);
    else if (run->saga.step == CHECKOUT_CHALLENGE) {
        run->pending = true;
        finish(run);
    } else
        start_call(run);
}

static void write_unit(struct checkout_run *run, db_work *fn, db_done *done)
{
    run->cx->now_ms = clock_now_ms(run->c->deps.clock);
    db_write(run->c->deps.db, run->cx, id_hash(run->saga.order_id), fn, run, done);
}

static enum checkout_answer answer_of(err e, const struct pay_result *result)
{
    if (e)
        return e == &PAY_UNREACHABLE ? CHECKOUT_ANSWER_AWAY : CHECKOUT_ANSWER_LOST;
    switch (result->state) {
    case PAY_STATE_AUTHORIZED:
    case PAY_STATE_CAPTURED:
        return CHECKOUT_ANSWER_PAID;
    case PAY_STATE_DECLINED:
        return CHECKOUT_ANSWER_REFUSED;
    case PAY_STATE_CHALLENGE:
        return CHECKOUT_ANSWER_CHALLENGE;
    case PAY_STATE_VOIDED:
    case PAY_STATE_REFUNDED:
        return CHECKOUT_ANSWER_BACK;
    case PAY_STATE_NONE:
        return CHECKOUT_ANSWER_NOTHING;
    }
    panic(__FILE__, "unknown state of a payment");
}

/* What was only authorised is released, what was taken is refunded: the provider knows which. */
static err give_back(struct checkout_run *run, str key, struct pay_result *ret)
{
    struct pay *pay = run->c->deps.pay;
    struct cx *cx = run->cx;
    str undo = str_cat(cx->arena, key, S("-back"));
    err e = pay->find(pay->self, cx, key, ret);
    if (e)
        return e;
    if (ret->state == PAY_STATE_CAPTURED)
        return pay->refund(pay->self, cx, undo, ret->provider_ref, run->saga.amount, ret);
    if (ret->state == PAY_STATE_AUTHORIZED || ret->state == PAY_STATE_CHALLENGE)
        return pay->release(pay->self, cx, undo, ret->provider_ref, ret);
    return NULL;
}

static err ask(struct checkout_run *run, struct pay_result *ret)
{
    struct pay *pay = run->c->deps.pay;
    struct cx *cx = run->cx;
    str key = id_text(cx->arena, run->saga.payment_id);
    switch (run->saga.step) {
    case CHECKOUT_AUTHORIZE:
        return pay->authorize(pay->self, cx,
            (struct pay_request){ .key = key,
                .amount = run->saga.amount,
                .token = run->saga.token,
                .reference = run->saga.number,
                .capture = true },
            ret);
    case CHECKOUT_FIND:
    case CHECKOUT_CHALLENGE:
        return pay->find(pay->self, cx, key, ret);
    case CHECKOUT_VOID:
    case CHECKOUT_REFUND:
        return give_back(run, key, ret);
    case CHECKOUT_CONFIRM:
    case CHECKOUT_CANCEL:
    case CHECKOUT_REFUNDED:
    case CHECKOUT_DONE:
    case CHECKOUT_STEPS_N:
        break;
    }
    panic(__FILE__, "not a call");
}

static void advance_later(void *arg)
{
    checkout_advance(arg);
}

/* The sandbox has no pages of its own: the shop asks for it. */
static str challenge_of(const struct checkout_run *run, const struct pay_result *result)
{
    if (result->state != PAY_STATE_CHALLENGE)
        return (str){ 0 };
    if (!str_eq(str_from_c(run->c->deps.pay->name), S("sandbox")))
        return result->challenge_url;
    return str_fmt(run->cx->arena, "/orders/" STR_F "/challenge",
        STR_A(id_text(run->cx->arena, run->saga.order_id)));
}

static void call(void *arg)
{
    struct checkout_run *run = arg;
    struct cx *cx = run->cx;
    cx->now_ms = clock_now_ms(run->c->deps.clock);
    struct pay_result result = { 0 };
    err e = ask(run, &result);
    cx_clear(cx);
    cx->now_ms = clock_now_ms(run->c->deps.clock); /* banks take their time */
    run->said = answer_of(e, &result);
    run->tries++;
    run->paid_answer = !e && result.state != PAY_STATE_NONE;
    if (run->paid_answer)
        run->answer = result;
    if (result.provider_ref.n)
        run->saga.provider_ref = result.provider_ref;
    run->next_url = challenge_of(run, &result);
    bool expired = id_ms(run->saga.order_id) + INVENTORY_HOLD_MS <= cx->now_ms;
    struct checkout_next next =
        checkout_domain_next(run->saga.step, run->said, run->tries, expired);
    if (next.step != run->saga.step && next.step != CHECKOUT_FIND)
        run->tries = 0;
    if (next.step == CHECKOUT_VOID && !run->saga.reason.n)
        run->saga.reason = S("payment_late");
    run->saga.step = next.step;
    if (next.give_up) {
        leave(run, NULL);
        return;
    }
    if (next.wait_ms > 0 && run->c->deps.pay_pool)
        pool_after(run->c->deps.pay_pool, next.wait_ms, advance_later, run);
    else
        checkout_advance(run);
}

static void start_call(struct checkout_run *run)
{
    struct pool *pool = run->c->deps.pay_pool;
    if (!pool)
        call(run);
    else if (!pool_submit(pool, call, run))
        leave(run, NULL);
}

void checkout_advance(struct checkout_run *run)
{
    switch (run->saga.step) {
    case CHECKOUT_AUTHORIZE:
    case CHECKOUT_FIND:
        start_call(run);
        return;
    case CHECKOUT_VOID:
    case CHECKOUT_REFUND:
    case CHECKOUT_CHALLENGE:
        write_unit(run, unit_note, note_done);
        return;
    case CHECKOUT_CONFIRM:
        write_unit(run, unit_confirm, unit_done);
        return;
    case CHECKOUT_CANCEL:
        write_unit(run, unit_cancel, unit_done);
        return;
    case CHECKOUT_REFUNDED:
        write_unit(run, unit_refunded, unit_done);
        return;
    case CHECKOUT_DONE:
        finish(run);
        return;
    case CHECKOUT_STEPS_N:
        break;
    }
    panic(__FILE__, "unknown step");
}
