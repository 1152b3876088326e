/* SPDX-License-Identifier: Apache-2.0
 * The saga of an order: its table of steps and its units. Called by the saga engine; must never
 * call the provider (checkout_pay.c does). */
#include "flows/checkout/checkout_internal.h"

static const struct json_field state_fields[] = {
    JSON_ID(struct checkout_state, user_id),
    JSON_ID(struct checkout_state, payment_id),
    JSON_STR(struct checkout_state, number),
    JSON_STR(struct checkout_state, currency),
    JSON_STR(struct checkout_state, token),
    JSON_STR(struct checkout_state, method_type),
    JSON_STR(struct checkout_state, cart_hash),
    JSON_STR(struct checkout_state, claim_principal),
    JSON_STR(struct checkout_state, claim_method),
    JSON_STR(struct checkout_state, claim_route),
    JSON_STR(struct checkout_state, claim_key),
    JSON_STR(struct checkout_state, customer),
    JSON_INT(struct checkout_state, amount_minor),
    JSON_LIST(struct checkout_state, tenders, checkout_tender_shape),
    JSON_BOOL(struct checkout_state, promoted),
    JSON_BOOL(struct checkout_state, from_cart),
    JSON_INT(struct checkout_state, groups_n),
    JSON_ID(struct checkout_state, cart_id),
    JSON_ID(struct checkout_state, instead_of),
    JSON_INT(struct checkout_state, cart_version),
    JSON_BOOL(struct checkout_state, screened, .zero_out = true),
    JSON_BOOL(struct checkout_state, denied, .zero_out = true),
    JSON_BOOL(struct checkout_state, review, .zero_out = true),
    JSON_INT(struct checkout_state, held_until_ms),
    JSON_BOOL(struct checkout_state, asked),
    JSON_STR(struct checkout_state, next_url),
    JSON_OBJECT(struct checkout_state, said, checkout_said_shape),
};
const struct json_shape checkout_state_shape =
    JSON_SHAPE("CheckoutState", struct checkout_state, state_fields);

struct idem_claim checkout_claim_of(const struct checkout_state *s)
{
    return (struct idem_claim){ .principal = s->claim_principal,
        .method = s->claim_method,
        .route = s->claim_route,
        .key = s->claim_key };
}

bool checkout_is_straight(const struct checkout_state *s)
{
    return s->begun && !s->review;
}

/* A run that was taken up has no order in memory; one that was never placed is nowhere. */
err checkout_load_order(struct checkout *c, struct cx *cx, id order_id, struct checkout_state *s)
{
    if (s->order)
        return NULL;
    struct orders_order *o = NEW(cx->arena, struct orders_order);
    err e = orders_get(c->deps.orders, cx, (struct orders_owner){ .staff = true }, order_id, o);
    if (e)
        return e;
    s->order = o;
    s->placed = true;
    return NULL;
}

/* ---- the cart: one order at a time ---- */

static bool of_no_cart(const void *flow, const struct saga *saga)
{
    (void)flow;
    const struct checkout_state *s = saga->state;
    return id_is_none(s->cart_id);
}

static err claim_cart(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    return cart_claim(c->deps.cart, cx,
        (struct cart_claim){ .cart_id = s->cart_id,
            .order_id = saga->saga_id,
            .version = s->cart_version,
            .instead_of = s->instead_of });
}

static err let_cart_go(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    return cart_claim_end(c->deps.cart, cx, s->cart_id, saga->saga_id);
}

static err keep_cart(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    return cart_claim_keep(c->deps.cart, cx, s->cart_id, saga->saga_id);
}

/* ---- promotions ---- */

static bool full_price(const void *flow, const struct saga *saga)
{
    (void)flow;
    const struct checkout_state *s = saga->state;
    return !s->promoted;
}

static err count_promotions(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    if (!s->off) /* taken up: the order was placed after this step, or never will be */
        return checkout_load_order(c, cx, saga->saga_id, s);
    return promotions_reserve(c->deps.promotions, cx,
        (struct promotions_reserve){ .order_id = saga->saga_id,
            .buyer = { .user_id = s->user_id,
                .email = id_is_none(s->user_id) ? s->order->email : (str){ 0 } },
            .uses = s->off->uses,
            .uses_n = s->off->uses_n,
            .expires_ms = saga->created_ms + checkout_hold_ms(s) });
}

static err release_promotions(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    return promotions_release(c->deps.promotions, cx, saga->saga_id);
}

static err keep_promotions(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    return promotions_confirm(c->deps.promotions, cx, saga->saga_id);
}

/* ---- tenders: what gift cards and the wallet pay is held ---- */

/* Longer than the stock: that decides whether the order stands, and its saga ends the hold. */
#define TENDER_HOLD_MS (7 * DAY_MS)

static bool card_only(const void *flow, const struct saga *saga)
{
    (void)flow;
    const struct checkout_state *s = saga->state;
    return s->tenders_n == 0;
}

static err hold_tenders(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    err e = NULL;
    for (size_t i = 0; !e && i < s->tenders_n; i++) {
        const struct checkout_tender *t = &s->tenders[i];
        e = ledger_hold(c->deps.ledger, cx,
            &(struct ledger_hold){ .hold_id = t->payment_id,
                .reference = saga->saga_id,
                .from = checkout_tender_account(t),
                .to = checkout_buyer_account(saga->saga_id, s),
                .amount = money_of(t->minor, checkout_amount(s).currency),
                .expires_ms = saga->created_ms + TENDER_HOLD_MS });
    }
    return e;
}

static err free_tenders(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    err e = NULL;
    for (size_t i = 0; !e && i < s->tenders_n; i++)
        e = ledger_hold_void(c->deps.ledger, cx, s->tenders[i].payment_id);
    return e;
}

static err book(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    err e = checkout_load_order(c, cx, saga->saga_id, s);
    return e ? e : checkout_book_sale(c, cx, s->order, s);
}

/* ---- place ---- */

static err place(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    err e = checkout_load_order(c, cx, saga->saga_id, s);
    if (!e && !s->placed)
        e = orders_place(c->deps.orders, cx, s->order, &s->order->number);
    if (!e)
        s->number = saga->label = s->order->number;
    return e;
}

static str payment_status_of(const struct checkout_state *s)
{
    return s->said && s->said->state == PAY_STATE_DECLINED ? S("declined") : S("voided");
}

static err cancel_placed(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    struct orders_order order;
    err e = orders_get(
        c->deps.orders, cx, (struct orders_owner){ .staff = true }, saga->saga_id, &order);
    if (e == &ERR_MISSING) { /* refused before it was placed, or that unit was undone */
        cx_clear(cx);
        s->number = (str){ 0 }; /* there is nothing to tell a repeat of the key */
        return NULL;
    }
    if (e || order.status == ORDERS_CANCELLED)
        return e;
    bool withdrawn = order.withdrawn.n && str_eq(saga->reason, S("buyer"));
    return orders_move(c->deps.orders, cx,
        (struct orders_move){ .order_id = saga->saga_id,
            .actor_id = withdrawn ? order.withdrawn_by : (id){ 0 },
            .to = ORDERS_CANCELLED,
            .reason = withdrawn ? order.withdrawn : checkout_domain_reason(saga->reason),
            .payment_status = payment_status_of(s) });
}

/* ---- payment ---- */

static struct payments_payment card_of(const struct checkout *c, const struct saga *saga)
{
    const struct checkout_state *s = saga->state;
    return (struct payments_payment){ .payment_id = s->payment_id,
        .order_id = saga->saga_id,
        .user_id = s->user_id,
        .provider = str_from_c(c->deps.pay->name),
        .method_type = s->method_type,
        .token = s->token,
        .status = PAYMENTS_STARTED,
        .amount = checkout_amount(s) };
}

static struct payments_payment payment_of(
    struct cx *cx, const struct saga *saga, const struct checkout_tender *t)
{
    const struct checkout_state *s = saga->state;
    return (struct payments_payment){ .payment_id = t->payment_id,
        .order_id = saga->saga_id,
        .user_id = s->user_id,
        .provider = S(CHECKOUT_LEDGER_PROVIDER),
        .method_type = t->type,
        .token = id_text(cx->arena, t->owner),
        .status = PAYMENTS_STARTED,
        .amount = money_of(t->minor, checkout_amount(s).currency) };
}

static err start_payment(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    struct payments_payment payment = card_of(c, saga);
    err e = s->amount_minor ? payments_start(c->deps.payments, cx, &payment, saga->first) : NULL;
    for (size_t i = 0; !e && i < s->tenders_n; i++) {
        payment = payment_of(cx, saga, &s->tenders[i]);
        e = payments_start(c->deps.payments, cx, &payment, saga->first);
    }
    return e;
}

static err park_payment(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    struct payments_payment payment;
    struct pay_result answer = checkout_result_of(s->said);
    return payments_answer(c->deps.payments, cx, s->payment_id, &answer, &payment);
}

static err record(struct checkout *c, struct cx *cx, const struct checkout_state *s,
    const struct payments_payment *started, const struct pay_result *answer)
{
    struct payments_payment after;
    if (checkout_is_straight(s))
        return payments_answer_started(c->deps.payments, cx, started, answer, &after);
    return payments_answer_kept(c->deps.payments, cx, started->payment_id, answer, &after);
}

static err record_payment(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    err e = NULL;
    if (s->said) {
        struct payments_payment card = card_of(c, saga);
        struct pay_result answer = checkout_result_of(s->said);
        e = record(c, cx, s, &card, &answer);
    }
    for (size_t i = 0; !e && i < s->tenders_n; i++) {
        struct payments_payment tender = payment_of(cx, saga, &s->tenders[i]);
        e = record(c, cx, s, &tender,
            &(struct pay_result){
                .state = PAY_STATE_CAPTURED, .captured_minor = s->tenders[i].minor });
    }
    return e;
}

static err end_one(
    struct checkout *c, struct cx *cx, id payment_id, const struct pay_result *answer)
{
    struct payments_payment payment;
    err e = payments_answer(c->deps.payments, cx, payment_id, answer, &payment);
    if (e != &ERR_MISSING)
        return e;
    cx_clear(cx);
    return NULL;
}

/* The provider has nothing of it (any more), the ledger holds nothing for it. */
static err end_payment(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    static const struct pay_result nothing = { .state = PAY_STATE_VOIDED };
    struct pay_result said = s->said ? checkout_result_of(s->said) : nothing;
    err e = payments_keep(c->deps.payments, cx, saga->saga_id, false);
    if (!e && s->amount_minor)
        e = end_one(c, cx, s->payment_id, &said);
    for (size_t i = 0; !e && i < s->tenders_n; i++) {
        struct pay_result back = nothing;
        struct payments_payment was;
        e = payments_get(c->deps.payments, cx, s->tenders[i].payment_id, &was);
        if (!e && (was.status == PAYMENTS_CAPTURED ||
                      was.status == PAYMENTS_REFUNDED)) /* refunded: by this, once before */
            back = (struct pay_result){ .state = PAY_STATE_REFUNDED,
                .captured_minor = was.captured_minor,
                .refunded_minor = was.captured_minor };
        if (!e || e == &ERR_MISSING)
            e = end_one(c, cx, s->tenders[i].payment_id, &back);
    }
    return e;
}

/* Under review it stays so for days: not money that no order keeps (payments_orphans). A run that
 * died may have been further, and have taken it: that is not taken back. */
static err note_authorized(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    struct pay_result answer = checkout_result_of(s->said);
    struct payments_payment payment;
    err e = payments_hear(c->deps.payments, cx, s->payment_id, &answer, &payment);
    return e ? e : payments_keep(c->deps.payments, cx, saga->saga_id, true);
}

static err show_authorized(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct orders_order o;
    err e =
        orders_get(c->deps.orders, cx, (struct orders_owner){ .staff = true }, saga->saga_id, &o);
    if (e || o.status != ORDERS_PENDING) /* a run that died has confirmed it */
        return e;
    return orders_payment_status(c->deps.orders, cx, saga->saga_id, S("authorized"));
}

static bool no_card(const void *flow, const struct saga *saga)
{
    (void)flow;
    const struct checkout_state *s = saga->state;
    return s->amount_minor == 0;
}

/* Nothing was asked of the provider, or it has nothing to give back. */
static bool nothing_asked(const void *flow, const struct saga *saga)
{
    const struct checkout_state *s = saga->state;
    return no_card(flow, saga) ||
           (saga->undoing && (s->denied || (s->said && s->said->state == PAY_STATE_DECLINED)));
}

/* ---- confirm ---- */

/* Whether this step was done before: the order in memory may be older than its row, and it may have
 * gone on since. */
static err confirmed_before(struct checkout *c, struct cx *cx, id order_id, err e)
{
    struct orders_order o;
    err got = orders_get(c->deps.orders, cx, (struct orders_owner){ .staff = true }, order_id, &o);
    if (got || o.status == ORDERS_PENDING || o.status == ORDERS_CANCELLED)
        return e;
    cx_clear(cx);
    return NULL;
}

static err confirm(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    const struct checkout_state *s = saga->state;
    err e = orders_move(c->deps.orders, cx,
        (struct orders_move){ .order_id = saga->saga_id,
            .to = ORDERS_CONFIRMED,
            .payment_status = S("captured"),
            .placed = checkout_is_straight(s) ? s->order : NULL });
    return e == &ORDERS_MOVE_REFUSED ? confirmed_before(c, cx, saga->saga_id, e) : e;
}

static err take_out_of_cart(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    if (!s->from_cart)
        return NULL;
    err e = checkout_load_order(c, cx, saga->saga_id, s);
    if (e)
        return e;
    const struct orders_order *o = s->order;
    struct cart_bought *bought = NEW_N(cx->arena, o->lines_n, struct cart_bought);
    for (size_t i = 0; i < o->lines_n; i++)
        bought[i] = (struct cart_bought){ .variant_id = o->lines[i].variant_id,
            .quantity = o->lines[i].quantity };
    return cart_take_out(c->deps.cart, cx,
        (struct cart_taken){
            .cart_id = s->cart_id, .order_id = saga->saga_id, .bought = bought, .n = o->lines_n });
}

/* ---- answer: what a repeat of the key is told ---- */

static err answer(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    if (!s->claim_key.n)
        return NULL;
    err e = checkout_load_order(c, cx, saga->saga_id, s);
    if (e)
        return e;
    struct orders_order shown = *s->order;
    shown.status = ORDERS_CONFIRMED;
    shown.payment_status = S("captured");
    struct buf body = { .arena = cx->arena };
    json_encode(&body, &checkout_placed_shape,
        checkout_placed_view(cx, (struct checkout_placed){ .order = &shown }), false);
    return idem_finish(c->deps.db, cx, checkout_claim_of(s), 201, buf_str(&body));
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

static const struct told { /* the last: of every other reason */
    const char *reason, *code;
    err why;
    int status;
} tolds[] = {
    { "payment_declined", "payment_declined", &PAYMENTS_DECLINED, 402 },
    { "order_declined", "order_declined", &CHECKOUT_REFUSED, 402 },
    { "buyer", "order_cancelled", &CHECKOUT_CANCELLED, 409 },
    { NULL, "reservation_gone", &INVENTORY_RESERVATION_GONE, 409 },
};

static const struct told *told_of(str reason)
{
    const struct told *t = tolds;
    while (t->reason && !str_eq(reason, str_from_c(t->reason)))
        t++;
    return t;
}

static err undone(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct checkout_state *s = saga->state;
    if (!s->claim_key.n)
        return NULL;
    if (!s->number.n) /* there never was an order: the key is free */
        return idem_drop(c->deps.db, cx, checkout_claim_of(s));
    const struct told *t = told_of(saga->reason);
    struct refusal r = { .type = str_cat(cx->arena, S("/problems/"), str_from_c(t->code)),
        .title = str_from_c(t->why->title),
        .status = t->status,
        .detail = s->said ? s->said->decline_text : (str){ 0 },
        .code = str_from_c(t->code),
        .order_id = id_text(cx->arena, saga->saga_id) };
    struct buf out = { .arena = cx->arena };
    json_encode(&out, &refusal_shape, &r, false);
    return idem_finish(c->deps.db, cx, checkout_claim_of(s), (int)r.status, buf_str(&out));
}

err checkout_told_again(struct cx *cx, str stored, err *ret_why, str *ret_text)
{
    struct refusal r;
    err e = json_decode(cx, stored, &refusal_shape, &r, NULL);
    if (e)
        return FAIL(cx, ERR_BUG, "a stored refusal: " STR_F, STR_A(stored));
    *ret_why = &INVENTORY_RESERVATION_GONE;
    for (size_t i = 0; i < COUNT(tolds); i++)
        if (str_eq(r.code, str_from_c(tolds[i].code)))
            *ret_why = tolds[i].why;
    *ret_text = r.detail;
    return NULL;
}

/* ---- the table ---- */

static const struct saga_step steps[] = {
    { .name = "screen",
        .db = checkout_fraud_db,
        .todo = checkout_screen,
        .undo = checkout_unscreen },
    { .name = "reserve",
        .db = checkout_stock_db,
        .todo = checkout_reserve,
        .undo = checkout_unreserve },
    { .name = "claim",
        .db = checkout_cart_db,
        .todo = claim_cart,
        .undo = let_cart_go,
        .idle = of_no_cart },
    { .name = "promotions",
        .db = checkout_promotions_db,
        .todo = count_promotions,
        .undo = release_promotions,
        .idle = full_price },
    { .name = "hold",
        .db = checkout_ledger_db,
        .todo = hold_tenders,
        .undo = free_tenders,
        .idle = card_only },
    { .name = "place", .db = checkout_orders_db, .todo = place, .undo = cancel_placed },
    { .name = "payment", .db = checkout_money_db, .todo = start_payment, .undo = end_payment },
    { .name = "authorize",
        .db = checkout_money_db,
        .call = checkout_authorize,
        .call_back = checkout_give_back,
        .parked = park_payment,
        .idle = nothing_asked },
    { .name = "note",
        .db = checkout_money_db,
        .todo = note_authorized,
        .idle = checkout_no_review },
    { .name = "show",
        .db = checkout_orders_db,
        .todo = show_authorized,
        .idle = checkout_no_review },
    { .name = "review", .call = checkout_review, .idle = checkout_no_review },
    { .name = "record", .db = checkout_money_db, .todo = record_payment },
    { .name = "keep", .db = checkout_promotions_db, .todo = keep_promotions, .idle = full_price },
    { .name = "own", .db = checkout_cart_db, .todo = keep_cart, .idle = of_no_cart },
    { .name = "sell", .db = checkout_stock_db, .todo = checkout_sell, .undo = checkout_unsell },
    /* Nothing refuses any more. */
    { .name = "book", .db = checkout_ledger_db, .todo = book },
    { .name = "confirm", .db = checkout_orders_db, .todo = confirm },
    { .name = "cart", .db = checkout_cart_db, .todo = take_out_of_cart },
    { .name = "learn", .db = checkout_fraud_db, .todo = checkout_learn },
    { .name = "answer", .todo = answer },
};
const struct saga_kind checkout_saga = {
    .name = "checkout",
    .steps = steps,
    .steps_n = COUNT(steps),
    .state = &checkout_state_shape,
    .own_ids = true,
    .undone = undone,
};
