/* SPDX-License-Identifier: Apache-2.0
 * The API of orders: place, look, list; the table of all its routes. Called by the gateway; placing
 * parks its reply, so that no thread waits for a provider. */
#include "base/utf8.h"
#include "flows/checkout/checkout_endings.h"
#include "flows/checkout/checkout_internal.h"
#include "platform/secret/secret.h"
#include "platform/token/token.h"

/* ---- POST /orders ---- */

struct address_body {
    id address_id;
    str name, line1, line2, city, region, postal_code, country, phone;
};
static const struct json_field address_body_fields[] = {
    JSON_ID(struct address_body, address_id),
    JSON_STR(struct address_body, name, .max = 100),
    JSON_STR(struct address_body, line1, .max = 200),
    JSON_STR(struct address_body, line2, .max = 200),
    JSON_STR(struct address_body, city, .max = 100),
    JSON_STR(struct address_body, region, .max = 100),
    JSON_STR(struct address_body, postal_code, .max = 20),
    JSON_STR(struct address_body, country, .max = 2),
    JSON_STR(struct address_body, phone, .max = 30),
};
static const struct json_shape address_body_shape =
    JSON_SHAPE("OrderAddressInput", struct address_body, address_body_fields);

struct item_body {
    id product_id, variant_id, shipping_address_id;
    int64_t quantity;
    struct address_body *shipping_address;
};
static const struct json_field item_body_fields[] = {
    JSON_ID(struct item_body, product_id, .required = true),
    JSON_ID(struct item_body, variant_id),
    JSON_INT(struct item_body, quantity, .required = true, .min = 1, .max = CART_QUANTITY_MAX),
    JSON_OBJECT(struct item_body, shipping_address, address_body_shape,
        .doc = "where this goes; absent: where the order goes"),
    JSON_ID(struct item_body, shipping_address_id, .doc = "or one of the user's own addresses"),
};
static const struct json_shape item_body_shape =
    JSON_SHAPE("OrderItemInput", struct item_body, item_body_fields);

struct method_body {
    str type, token;
};
static const struct json_field method_body_fields[] = {
    JSON_STR(struct method_body, type, .required = true, .max = 32),
    JSON_STR(struct method_body, token, .required = true, .max = 100),
};
static const struct json_shape method_body_shape =
    JSON_SHAPE("PaymentMethodInput", struct method_body, method_body_fields);

struct order_body {
    struct item_body *items;
    str *coupon_codes, *gift_cards;
    size_t items_n, coupon_codes_n, gift_cards_n;
    struct address_body *shipping_address;
    struct method_body *payment_method;
    str delivery_speed, email, expected_total, payment_method_id, key, device;
    id customer_id, cart_id, shipping_address_id;
    bool accept_price_changes, use_wallet;
};
static const struct json_field order_body_fields[] = {
    JSON_LIST(struct order_body, items, item_body_shape, .min = 1, .max = CART_LINES_MAX),
    JSON_OBJECT(struct order_body, shipping_address, address_body_shape),
    JSON_OBJECT(struct order_body, payment_method, method_body_shape),
    JSON_STR(struct order_body, delivery_speed, .one_of = pricing_speed_names),
    JSON_STR(struct order_body, email, .max = 254),
    JSON_AMOUNT(struct order_body, expected_total,
        .doc = "refuse with price_changed when the total is another"),
    JSON_ID(struct order_body, customer_id),
    JSON_ID(struct order_body, cart_id),
    JSON_ID(struct order_body, shipping_address_id),
    JSON_STR(struct order_body, payment_method_id, .max = 100,
        .doc = "one of the user's saved methods, or a token of the payment provider; where neither "
               "this nor paymentMethod is given, the user's default method pays"),
    JSON_BOOL(struct order_body, accept_price_changes),
    JSON_STRS(struct order_body, coupon_codes, .max = PROMOTIONS_CODES_MAX,
        .item_max = PROMOTIONS_CODE_MAX,
        .doc = "beside those that are in the cart; one that does nothing is refused"),
    JSON_STRS(struct order_body, gift_cards, .max = CHECKOUT_GIFT_CARDS_MAX, .item_max = 60,
        .doc = "codes: they pay first, in this order"),
    JSON_BOOL(struct order_body, use_wallet, .doc = "then the user's wallet; the card the rest"),
    JSON_STR(struct order_body, key, .at = AT_HEADER, .wire = "Idempotency-Key", .max = 1000,
        .doc = "1 to 255 visible characters: the gateway looks"),
    JSON_STR(struct order_body, device, .at = AT_HEADER, .wire = "X-Device-Fingerprint",
        .doc = "what the client knows its device by, against fraud; kept as a digest"),
};
static const struct json_shape order_body_shape =
    JSON_SHAPE("OrderInput", struct order_body, order_body_fields);

static enum pricing_speed speed_of(str name)
{
    for (int i = 0; i < PRICING_SPEEDS_N; i++)
        if (str_eq(name, str_from_c(pricing_speed_names[i])))
            return (enum pricing_speed)i;
    return PRICING_STANDARD;
}

/* The claim is on what was asked, not on how it was written. */
static str fingerprint(struct cx *cx, const struct order_body *in)
{
    struct buf out = { .arena = cx->arena };
    json_encode(&out, &order_body_shape, in, false);
    buf_add(&out, in->expected_total); /* goes in only */
    return secret_sha256_hex(cx->arena, buf_str(&out));
}

str checkout_principal(struct cx *cx)
{
    if (!id_is_none(cx->who.user_id))
        return str_cat(cx->arena, S("user:"), id_text(cx->arena, cx->who.user_id));
    if (cx->who.cart_token.n)
        return str_cat(cx->arena, S("cart:"), secret_sha256_hex(cx->arena, cx->who.cart_token));
    return str_cat(cx->arena, S("addr:"), cx->peer);
}

/* A guest without a cart repeats a lost request from whatever network they have by then: what they
 * carry along is the e-mail of the order. Keyed, as a plain hash of an e-mail is soon guessed. */
static str principal_of(const struct checkout *c, struct cx *cx, const struct order_body *in)
{
    if (!id_is_none(cx->who.user_id) || cx->who.cart_token.n || !in->email.n)
        return checkout_principal(cx);
    str what = str_cat(cx->arena, S("guest's e-mail\n"), utf8_fold(cx->arena, in->email));
    return str_cat(cx->arena, S("mail:"),
        c->deps.tokens ? token_of(c->deps.tokens, cx->arena, what)
                       : secret_sha256_hex(cx->arena, what));
}

static struct checkout_where where_of(struct cx *cx, id address_id, const struct address_body *a)
{
    struct checkout_where where = { .address_id = address_id };
    if (a && !id_is_none(a->address_id))
        where.address_id = a->address_id;
    else if (a) {
        struct identity_address *copy = NEW(cx->arena, struct identity_address);
        *copy = (struct identity_address){ .name = a->name,
            .line1 = a->line1,
            .line2 = a->line2,
            .city = a->city,
            .region = a->region,
            .postal_code = a->postal_code,
            .country = a->country,
            .phone = a->phone };
        where.address = copy;
    }
    return where;
}

static void items_of(struct cx *cx, const struct order_body *in, struct checkout_wish *w)
{
    struct checkout_item *items = NEW_N(cx->arena, in->items_n, struct checkout_item);
    struct checkout_where *others = NEW_N(cx->arena, in->items_n, struct checkout_where);
    for (size_t i = 0; i < in->items_n; i++) {
        const struct item_body *it = &in->items[i];
        bool own = it->shipping_address || !id_is_none(it->shipping_address_id);
        others[i] = where_of(cx, it->shipping_address_id, it->shipping_address);
        items[i] =
            (struct checkout_item){ it->product_id, it->variant_id, it->quantity, own ? i + 1 : 0 };
    }
    w->items = items;
    w->items_n = in->items_n;
    w->others = others;
}

/* What is said in two ways is not guessed. */
static err check_once(struct cx *cx, const struct order_body *in)
{
    const struct {
        bool both;
        const char *at, *other;
    } rows[] = {
        { in->payment_method && in->payment_method_id.n, "/paymentMethodId", "paymentMethod" },
        { in->shipping_address && !id_is_none(in->shipping_address_id), "/shippingAddressId",
            "shippingAddress" },
        { in->items_n > 0 && !id_is_none(in->cart_id), "/cartId", "items" },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].both) {
            cx_field(cx, str_from_c(rows[i].at), "said_twice", "give this or %s", rows[i].other);
            return FAIL(cx, ERR_INVALID, "%s and %s", rows[i].at, rows[i].other);
        }
    return NULL;
}

static err wish_of(struct cx *cx, const struct order_body *in, struct checkout_wish *w)
{
    err e = check_once(cx, in);
    if (e)
        return e;
    if (!id_is_none(in->customer_id) && !id_eq(in->customer_id, cx->who.user_id)) {
        cx_field(cx, S("/customerId"), "not_allowed", "orders are placed for oneself");
        return FAIL(cx, ERR_INVALID, "another customer's id");
    }
    *w = (struct checkout_wish){ .from_cart = in->items_n == 0,
        .cart_id = in->cart_id,
        .email = in->email,
        .device = in->device,
        .speed = speed_of(in->delivery_speed),
        .expected_total = in->expected_total,
        .accept_prices = in->accept_price_changes,
        .coupons = in->coupon_codes,
        .coupons_n = in->coupon_codes_n,
        .gift_cards = in->gift_cards,
        .gift_cards_n = in->gift_cards_n,
        .use_wallet = in->use_wallet };
    w->where = where_of(cx, in->shipping_address_id, in->shipping_address);
    items_of(cx, in, w);
    if (in->payment_method)
        w->method = (struct checkout_method){ .type = in->payment_method->type,
            .token = in->payment_method->token };
    else if (!id_parse(in->payment_method_id, &w->method.saved_id))
        w->method = (struct checkout_method){ .type = S("credit_card"),
            .token = in->payment_method_id,
            .usual = !in->payment_method_id.n };
    return NULL;
}

struct answer {
    struct checkout_place *place;
    struct reply *reply;
    struct reply_park *park;
    str new_token; /* made for a guest without one */
    struct checkout_placed now;
};

static str location_of(struct cx *cx, id order_id)
{
    return str_cat(cx->arena, S("/api/v1/orders/"), id_text(cx->arena, order_id));
}

/* Keys of a JSON text of our own from camelCase to snake_case. */
static str snake_keys(struct cx *cx, str json)
{
    struct buf out = { .arena = cx->arena };
    for (size_t i = 0; i < json.n;) {
        if (json.p[i] != '"') {
            buf_char(&out, json.p[i++]);
            continue;
        }
        size_t end = i + 1;
        while (json.p[end] != '"')
            end += json.p[end] == '\\' ? 2 : 1;
        bool key = end + 1 < json.n && json.p[end + 1] == ':';
        for (; i <= end; i++) {
            bool upper = key && json.p[i] >= 'A' && json.p[i] <= 'Z';
            if (upper)
                buf_char(&out, '_');
            buf_char(&out, upper ? (char)(json.p[i] - 'A' + 'a') : json.p[i]);
        }
    }
    return buf_str(&out);
}

/* The guest's token is not kept with the answer: the repeat has made it anew. */
static str with_token(struct cx *cx, str stored, str token)
{
    struct buf out = { .arena = cx->arena };
    ASSERT(str_ends(stored, S("}")));
    buf_add(&out, str_sub(stored, 0, stored.n - 1));
    buf_add(&out, S(",\"cartToken\":"));
    json_quote(&out, token);
    buf_char(&out, '}');
    return buf_str(&out);
}

/* The bank's own words, at the place that they are about. */
static err declined(struct cx *cx, str text, str code)
{
    cx_field(cx, S("/paymentMethod"), "payment_declined", STR_F, STR_A(text));
    return FAIL(cx, PAYMENTS_DECLINED, STR_F, STR_A(code));
}

/* The gateway makes the same problem of it as at first. */
static err refused_again(struct cx *cx, str stored)
{
    err why;
    str text;
    err e = checkout_told_again(cx, stored, &why, &text);
    if (e)
        return e;
    cx_clear(cx);
    return why == &PAYMENTS_DECLINED ? declined(cx, text, S("again")) : FAIL(cx, *why, "again");
}

static void repeat(struct answer *a, struct cx *cx, const struct idem_reply *stored)
{
    str body = stored->body;
    reply_add_header(a->reply, S("Idempotent-Replayed"), S("true"));
    if (stored->status >= 400) {
        reply_finish(a->park, refused_again(cx, body));
        return;
    }
    if (a->new_token.n)
        body = with_token(cx, body, a->new_token);
    if (a->reply->snake)
        body = snake_keys(cx, body);
    reply_add_header(a->reply, S("Location"), location_of(cx, stored->subject));
    reply_finish(a->park, reply_bytes(a->reply, stored->status, S("application/json"), body));
}

/* ---- a repeat of what is still under way: its order as it is now ---- */

static err read_now(void *arg, struct cx *cx)
{
    struct answer *a = arg;
    return checkout_placed_now(a->place->c, cx, a->place->stored.subject, &a->now);
}

/* The token is made anew, and given when it is the one that sees the order. */
static bool is_token_of(struct cx *cx, const struct orders_order *o, str token)
{
    return token.n && str_eq(secret_sha256_hex(cx->arena, token), o->cart_hash);
}

static void join(void *arg)
{
    struct answer *a = arg;
    struct cx *cx = a->place->cx;
    err e = db_read(cx, read_now, a);
    if (e == &ERR_MISSING) {
        cx_clear(cx);
        e = FAIL(cx, IDEM_RUNNING, "the order is not on record yet");
    }
    if (!e) {
        cx_clear(cx);
        if (is_token_of(cx, a->now.order, a->new_token))
            a->now.cart_token = a->new_token;
        reply_add_header(a->reply, S("Idempotent-Replayed"), S("true"));
        reply_add_header(a->reply, S("Location"), location_of(cx, a->now.order->order_id));
        (void)reply_json(a->reply, 202, &checkout_placed_shape, checkout_placed_view(cx, a->now));
    }
    reply_finish(a->park, e);
}

static void place_done(void *arg, struct checkout_place *p)
{
    struct answer *a = arg;
    struct cx *cx = p->cx;
    struct reply *r = a->reply;
    if (p->replayed) {
        repeat(a, cx, &p->stored);
        return;
    }
    if (p->failed == &IDEM_RUNNING && !id_is_none(p->stored.subject)) {
        checkout_off_lane(p->c, join, a);
        return;
    }
    if (p->failed == &PAYMENTS_DECLINED) {
        const struct checkout_said *said = p->state.said;
        reply_finish(a->park, declined(cx, said->decline_text, said->decline_code));
        return;
    }
    if (p->failed) {
        reply_finish(a->park, p->failed);
        return;
    }
    struct orders_order shown = p->plan.order;
    if (!p->pending) {
        shown.status = ORDERS_CONFIRMED;
        shown.payment_status = S("captured");
    }
    bool review = p->pending && p->state.review && !p->state.next_url.n;
    if (review)
        shown.payment_status = S("authorized");
    reply_add_header(r, S("Location"), location_of(cx, shown.order_id));
    (void)reply_json(r, p->pending ? 202 : 201, &checkout_placed_shape,
        checkout_placed_view(cx, (struct checkout_placed){ .order = &shown,
                                     .next_url = p->state.next_url,
                                     .under_review = review,
                                     .cart_token = a->new_token }));
    reply_finish(a->park, NULL);
}

/* For a guest without a cart: the same for the same wish, so that who lost the answer can repeat
 * the request and see the order. */
static str guest_token(struct checkout *c, struct cx *cx, const struct idem_claim *claim)
{
    if (!c->deps.tokens)
        return secret_token(cx->arena, 24);
    str what = str_fmt(cx->arena, "guest order\n" STR_F "\n" STR_F "\n" STR_F,
        STR_A(claim->principal), STR_A(claim->key), STR_A(claim->fingerprint));
    return token_of(c->deps.tokens, cx->arena, what);
}

static err post_order(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct order_body *in = body;
    struct checkout_place *p = NEW(cx->arena, struct checkout_place);
    struct answer *a = NEW(cx->arena, struct answer);
    *p = (struct checkout_place){ .c = service, .cx = cx, .done = place_done, .arg = a };
    err e = wish_of(cx, in, &p->wish);
    if (e)
        return e;
    p->claim = (struct idem_claim){ .principal = principal_of(service, cx, in),
        .method = S("POST"),
        .route = S("/api/v1/orders"),
        .key = in->key,
        .fingerprint = fingerprint(cx, in) };
    str new_token = { 0 };
    if (id_is_none(cx->who.user_id) && !cx->who.cart_token.n)
        cx->who.cart_token = new_token = guest_token(service, cx, &p->claim);
    *a = (struct answer){
        .place = p, .reply = reply, .park = reply_park(reply), .new_token = new_token
    };
    checkout_place(p);
    return NULL;
}

/* ---- looking ---- */

struct order_path {
    id order_id;
};
static const struct json_field order_path_fields[] = {
    JSON_ID(struct order_path, order_id, .at = AT_PATH, .required = true),
};
static const struct json_shape order_path_shape =
    JSON_SHAPE("OrderPath", struct order_path, order_path_fields);

static err get_order(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct checkout *c = service;
    const struct order_path *in = body;
    struct orders_order order;
    const void *view;
    struct orders_owner owner = checkout_owner_of(cx);
    owner.staff = (cx->who.roles & (ROLE_SUPPORT | ROLE_ADMIN)) != 0;
    err e = orders_get(c->deps.orders, cx, owner, in->order_id, &order);
    if (!e)
        e = checkout_order_view(c, cx, &order, &view);
    if (e)
        return e;
    reply->version = order.version;
    return reply_json(reply, 200, &checkout_order_shape, view);
}

struct list_in {
    id user_id, page_token;
    int64_t page, limit;
};
static const struct json_field list_fields[] = {
    JSON_ID(struct list_in, user_id, .at = AT_PATH, .required = true),
    JSON_INT(struct list_in, page, .at = AT_QUERY, .min = 1, .max = 50),
    JSON_INT(struct list_in, limit, .at = AT_QUERY, .min = 1, .max = 100),
    JSON_ID(struct list_in, page_token, .at = AT_QUERY),
};
static const struct json_shape list_shape =
    JSON_SHAPE("OrderListQuery", struct list_in, list_fields);

static err get_orders(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct checkout *c = service;
    const struct list_in *in = body;
    bool staff = (cx->who.roles & (ROLE_SUPPORT | ROLE_ADMIN)) != 0;
    if (!id_eq(in->user_id, cx->who.user_id) && !staff)
        return FAIL(cx, ERR_MISSING, "another user's orders");
    struct checkout_paging paging = { .page = in->page ? in->page : 1,
        .limit = in->limit ? in->limit : 20 };
    struct orders_order *list;
    size_t n;
    err e = orders_list(c->deps.orders, cx,
        (struct orders_page){ .user_id = in->user_id,
            .before = in->page_token,
            .limit = paging.limit,
            .skip = id_is_none(in->page_token) ? (paging.page - 1) * paging.limit : 0 },
        &list, &n);
    if (!e)
        e = orders_count(c->deps.orders, cx, in->user_id, &paging.total);
    if (e)
        return e;
    return reply_json(
        reply, 200, &checkout_orders_shape, checkout_orders_view(cx, list, n, paging));
}

static const problem *const order_problems[] = { &CHECKOUT_CART_EMPTY, &CHECKOUT_PRICE_CHANGED,
    &CHECKOUT_GONE, &CART_TAKEN, &CHECKOUT_PAYMENT_TYPE, &INVENTORY_OUT_OF_STOCK,
    &INVENTORY_RESERVATION_GONE, &PAYMENTS_DECLINED, &CHECKOUT_REFUSED, &PAYMENTS_GIFT_CARD_BAD,
    &PAYMENTS_GIFT_CARD_OVER, &CHECKOUT_GIFT_EMPTY, &LEDGER_BALANCE_LOW, &PROMOTIONS_UNKNOWN,
    &PROMOTIONS_EXPIRED, &PROMOTIONS_EXHAUSTED, &PROMOTIONS_NOT_APPLICABLE, &PRICING_NO_PRICE,
    &PRICING_SPEED_UNKNOWN, &IDEM_REQUIRED_MISSING, &IDEM_REUSED, &IDEM_RUNNING, NULL };
static const problem *const ending_problems[] = { &CHECKOUT_NOT_OFFERED, &CHECKOUT_BUSY,
    &ORDERS_STALE, &IDEM_REUSED, &IDEM_RUNNING, NULL };
static const problem *const refund_problems[] = { &CHECKOUT_NOT_OFFERED, &CHECKOUT_BUSY,
    &ORDERS_STALE, &CHECKOUT_PROOF, &PAYMENTS_AMOUNT_TOO_LARGE, &IDEM_REUSED, &IDEM_RUNNING,
    &IDEM_REQUIRED_MISSING, NULL };
static const problem *const return_problems[] = { &CHECKOUT_NOT_OFFERED, &ORDERS_STALE, NULL };
static const problem *const move_problems[] = { &ORDERS_MOVE_REFUSED, &ORDERS_STALE, NULL };

const struct route checkout_routes[] = {
    { .method = "POST",
        .path = "/api/v1/orders",
        .in_person = true,
        .priority = PRIORITY_HIGH,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .idempotency = IDEM_OWN,
        .limit = LIMIT_PAYMENT,
        .in = &order_body_shape,
        .out = &checkout_placed_shape,
        .status = 201,
        .status_pending = 202,
        .problems = order_problems,
        .fn = post_order,
        .summary = "Order the items given, or the cart" },
    { .method = "GET",
        .path = "/api/v1/orders/{orderId}",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .in = &order_path_shape,
        .out = &checkout_order_shape,
        .fn = get_order,
        .summary = "An order of one's own, with items, payments, shipments and history" },
    { .method = "GET",
        .path = "/api/v1/users/{userId}/orders",
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .in = &list_shape,
        .out = &checkout_orders_shape,
        .fn = get_orders,
        .summary = "The orders of a user, newest first" },
    { .method = "POST",
        .path = "/api/v1/orders/{orderId}/cancel",
        .priority = PRIORITY_HIGH,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .limit = LIMIT_PAYMENT,
        .in = &checkout_ending_shape,
        .out = &checkout_order_shape,
        .problems = ending_problems,
        .status_pending = 202,
        .fn = checkout_post_cancel,
        .summary = "Cancel before shipment: stock and money go back. 202: it is still being paid "
                   "for, and will be cancelled when the provider answers" },
    { .method = "POST",
        .path = "/api/v1/orders/{orderId}/return",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .owner = "orders",
        .in = &checkout_ending_shape,
        .out = &checkout_order_shape,
        .problems = return_problems,
        .conflict = checkout_order_conflict,
        .fn = checkout_post_return,
        .summary = "Ask for the return of a delivered order" },
    { .method = "POST",
        .path = "/api/v1/admin/orders/{orderId}/status",
        .scope = SCOPE_ORDERS_MOVE,
        .unit = UNIT_WRITE,
        .owner = "orders",
        .in = &checkout_move_shape,
        .out = &checkout_order_shape,
        .problems = move_problems,
        .conflict = checkout_order_conflict,
        .fn = checkout_post_move,
        .summary = "The parcel's way: processing, shipped, delivered; of one group, or of all" },
    { .method = "POST",
        .path = "/api/v1/admin/orders/{orderId}/return/approve",
        .scope = SCOPE_ORDERS_MOVE,
        .unit = UNIT_NONE,
        .in = &checkout_ending_shape,
        .out = &checkout_order_shape,
        .problems = ending_problems,
        .fn = checkout_post_approve,
        .summary = "The goods came back: stock goes up, all money goes back" },
    { .method = "POST",
        .path = "/api/v1/admin/orders/{orderId}/refunds",
        .scope = SCOPE_REFUNDS,
        .unit = UNIT_NONE,
        .idempotency = IDEM_OWN,
        .in = &checkout_refund_shape,
        .out = &checkout_order_shape,
        .problems = refund_problems,
        .fn = checkout_post_refund,
        .status_pending = 202,
        .summary = "Give an amount back; above the limit another person approves it first" },
    ROUTES_END,
};
