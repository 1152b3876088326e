/* SPDX-License-Identifier: Apache-2.0
 * The page that buys: address, delivery, payment and a last look in one form. Called by the
 * gateway; must never lose what the buyer typed, nor take an order that they have not seen the
 * prices of. */
#include <assert.h>

#include "flows/checkout/checkout_pages.h"
#include "platform/secret/secret.h"

/* ---- the form ---- */

struct form {
    str key, email, address_id, name, line1, line2, city, region, postal_code, country, phone;
    str delivery_speed, payment, gift_card;
    str seen; /* the total that stood on the page; absent: nothing is compared */
    bool accept_prices, use_wallet;
};
static const struct json_field form_fields[] = {
    JSON_STR(struct form, key, .required = true, .min = 16, .max = 64),
    JSON_STR(struct form, email),
    JSON_STR(struct form, address_id, .max = 36),
    JSON_STR(struct form, name),
    JSON_STR(struct form, line1),
    JSON_STR(struct form, line2),
    JSON_STR(struct form, city),
    JSON_STR(struct form, region),
    JSON_STR(struct form, postal_code),
    JSON_STR(struct form, country, .max = 2),
    JSON_STR(struct form, phone),
    JSON_STR(struct form, delivery_speed, .one_of = pricing_speed_names),
    JSON_STR(struct form, payment, .max = 100),
    JSON_STR(struct form, gift_card, .max = 60),
    JSON_BOOL(struct form, use_wallet),
    JSON_STR(struct form, seen, .max = 40),
    JSON_BOOL(struct form, accept_prices),
};
const struct json_shape checkout_form_shape = JSON_SHAPE("CheckoutForm", struct form, form_fields);

/* In the order of checkout_address_form; the e-mail is field 0. */
enum { FIELDS_N = 1 + CHECKOUT_ADDRESS_FIELDS_N };
static const size_t field_members[FIELDS_N] = { offsetof(struct form, email),
    offsetof(struct form, name), offsetof(struct form, line1), offsetof(struct form, line2),
    offsetof(struct form, postal_code), offsetof(struct form, city), offsetof(struct form, region),
    offsetof(struct form, country), offsetof(struct form, phone) };

static str member_of(const struct form *f, size_t offset)
{
    return *(const str *)(const void *)((const char *)f + offset);
}

/* ---- the page's data ---- */

struct shown {
    struct checkout *c;
    const struct form *form; /* NULL: a first look */
    struct checkout_trouble trouble;
    struct checkout_bag bag;
    struct checkout_lines lines;
    struct identity_address *addresses;
    size_t addresses_n;
    const struct identity_address *chosen; /* one of them; NULL: typed */
    struct pricing_place place;
    enum pricing_speed speed;
    struct pricing_option options[PRICING_SPEEDS_N];
    struct pricing_quote quote;
    struct promotions_result off;
    struct checkout_plan plan; /* the order's total and who pays it, of it */
    err gift_refused;          /* NULL: the code is good, or there is none */
};

static err read_lines(struct shown *s, struct cx *cx)
{
    const struct checkout_wish wish = { .from_cart = true, .accept_prices = true };
    err e = checkout_bag_of(s->c, cx, &wish, &s->bag);
    return e ? e : checkout_lines_of(s->c, cx, s->bag.items, s->bag.items_n, &s->lines);
}

static err read_addresses(struct shown *s, struct cx *cx)
{
    if (id_is_none(cx->who.user_id))
        return NULL;
    err e = identity_address_list(
        s->c->deps.identity, cx, cx->who.user_id, &s->addresses, &s->addresses_n);
    if (e || s->addresses_n == 0)
        return e;
    id wanted = { 0 };
    if (!s->form)
        s->chosen = &s->addresses[0];
    else if (id_parse(s->form->address_id, &wanted))
        for (size_t i = 0; i < s->addresses_n; i++)
            if (id_eq(s->addresses[i].address_id, wanted))
                s->chosen = &s->addresses[i];
    return NULL;
}

static void find_place(struct shown *s)
{
    const struct form *f = s->form;
    s->place = (struct pricing_place){ .country = S("US") };
    if (s->chosen)
        s->place =
            (struct pricing_place){ s->chosen->country, s->chosen->region, s->chosen->postal_code };
    else if (f && f->country.n)
        s->place =
            (struct pricing_place){ f->country, str_trim(f->region), str_trim(f->postal_code) };
}

static enum pricing_speed speed_of(const struct form *f)
{
    for (int i = 0; f && i < PRICING_SPEEDS_N; i++)
        if (str_eq(f->delivery_speed, str_from_c(pricing_speed_names[i])))
            return (enum pricing_speed)i;
    return PRICING_STANDARD;
}

static void tenders_wished(struct shown *s, struct cx *cx, struct checkout_wish *w)
{
    if (!s->form)
        return;
    str *code = NEW(cx->arena, str);
    *code = str_trim(s->form->gift_card);
    w->gift_cards = code;
    w->gift_cards_n = code->n ? 1 : 0;
    w->use_wallet = s->form->use_wallet;
}

/* A code that is none must not hide the page: the field tells. */
static err read_tenders(struct shown *s, struct cx *cx)
{
    struct checkout_wish wish = { 0 };
    tenders_wished(s, cx, &wish);
    s->plan.order.total = s->quote.total;
    err e = checkout_take_tenders(s->c, cx, &wish, &s->plan);
    if (e != &PAYMENTS_GIFT_CARD_BAD && e != &PAYMENTS_GIFT_CARD_OVER)
        return e;
    s->gift_refused = e;
    cx_clear(cx);
    wish.gift_cards_n = 0;
    return checkout_take_tenders(s->c, cx, &wish, &s->plan);
}

static err read_prices(struct shown *s, struct cx *cx)
{
    struct pricing *p = s->c->deps.pricing;
    find_place(s);
    err e = pricing_options(p, cx, s->lines.lines, s->lines.n, s->place, s->options);
    if (e)
        return e;
    s->speed = speed_of(s->form);
    if (!s->options[s->speed].offered)
        s->speed = PRICING_STANDARD;
    struct checkout_terms terms = { .places = &s->place,
        .places_n = 1,
        .speed = s->speed,
        .coupons = s->bag.coupons,
        .coupons_n = s->bag.coupons_n };
    if (s->form)
        terms.email = str_trim(s->form->email); /* as the order: limits are per customer */
    e = checkout_price(s->c, cx, &s->lines, &terms, &s->quote, &s->off);
    return e ? e : read_tenders(s, cx);
}

/* ---- the page's view ---- */

static void fill_fields(struct shown *s, struct cx *cx, struct checkout_view *v)
{
    struct arena *a = cx->arena;
    bool guest = id_is_none(cx->who.user_id);
    struct field_view *fields = NEW_N(a, FIELDS_N, struct field_view);
    fields[0] = checkout_email_field;
    for (size_t i = 0; i < CHECKOUT_ADDRESS_FIELDS_N; i++)
        fields[1 + i] = checkout_address_form[i];
    for (size_t i = 0; i < FIELDS_N; i++) {
        if (s->form)
            fields[i].value = member_of(s->form, field_members[i]);
        if (i > 0 && !fields[i].optional && !str_eq(fields[i].name, S("region")))
            fields[i].required = s->addresses_n == 0;
    }
    struct field_view *country = web_field(fields, FIELDS_N, S("country"));
    country->options = web_countries(a, s->form ? s->form->country : S("US"), &country->options_n);
    checkout_trouble_mark(cx, &s->trouble, fields, FIELDS_N);
    v->alert = checkout_trouble_alert(cx, &s->trouble, fields, FIELDS_N);
    v->fields = fields + 1;
    v->fields_n = CHECKOUT_ADDRESS_FIELDS_N;
    if (!guest)
        return;
    struct checkout_guest_view *g = NEW(a, struct checkout_guest_view);
    *g = (struct checkout_guest_view){ S("/signin?next=/checkout"), &fields[0] };
    v->guest = g;
}

static void fill_addresses(struct shown *s, struct cx *cx, struct checkout_view *v)
{
    struct arena *a = cx->arena;
    v->new_address = s->chosen == NULL;
    if (s->addresses_n == 0)
        return;
    struct checkout_address_view *list = NEW_N(a, s->addresses_n, struct checkout_address_view);
    for (size_t i = 0; i < s->addresses_n; i++) {
        const struct identity_address *from = &s->addresses[i];
        const struct orders_address address = { from->name, from->line1, from->line2, from->city,
            from->region, from->postal_code, from->country, from->phone };
        list[i] = (struct checkout_address_view){ .id = id_text(a, from->address_id),
            .address = checkout_address_lines(a, &address),
            .selected = from == s->chosen };
    }
    v->addresses_title = S("Your addresses");
    v->addresses = list;
    v->addresses_n = s->addresses_n;
}

static void fill_deliveries(struct shown *s, struct cx *cx, struct checkout_view *v)
{
    static const char *const labels[] = { "Standard", "Prime, two days", "Prime, next day" };
    static_assert(COUNT(labels) == PRICING_SPEEDS_N, "a label for each speed");
    struct arena *a = cx->arena;
    struct checkout_delivery_view *list = NEW_N(a, PRICING_SPEEDS_N, struct checkout_delivery_view);
    for (size_t i = 0; i < PRICING_SPEEDS_N; i++) {
        const struct pricing_option *o = &s->options[i];
        if (!o->offered)
            continue;
        list[v->deliveries_n++] =
            (struct checkout_delivery_view){ .value = str_from_c(pricing_speed_names[i]),
                .date = web_days(a, o->from_ms, o->to_ms),
                .label = str_from_c(labels[i]),
                .price = o->price.minor ? web_money(a, o->price) : S("Free"),
                .selected = s->speed == (enum pricing_speed)i };
    }
    v->deliveries = list;
    if (s->trouble.e == &PRICING_SPEED_UNKNOWN)
        v->delivery_error = S("Choose one of these.");
}

static void fill_payments(struct shown *s, struct cx *cx, struct checkout_view *v)
{
    struct checkout_payment_view *cards =
        NEW_N(cx->arena, CHECKOUT_SANDBOX_CARDS_N, struct checkout_payment_view);
    bool any = false;
    for (size_t i = 0; i < CHECKOUT_SANDBOX_CARDS_N; i++) {
        cards[i] = checkout_sandbox_cards[i];
        cards[i].selected = s->form && str_eq(cards[i].token, s->form->payment);
        any |= cards[i].selected;
    }
    if (!any)
        cards[0].selected = true;
    v->payments = cards;
    v->payments_n = CHECKOUT_SANDBOX_CARDS_N;
    v->payment_note = S("This shop runs with test cards: no money moves.");
    if (s->trouble.e == &PAYMENTS_DECLINED)
        v->payment_error = s->trouble.text.n ? s->trouble.text : S("The payment was declined.");
    if (s->trouble.e == &CHECKOUT_PAYMENT_TYPE)
        v->payment_error = S("Choose a card.");
}

static err fill_tenders(struct shown *s, struct cx *cx, struct checkout_view *v)
{
    struct field_view *gift = NEW(cx->arena, struct field_view);
    *gift = checkout_gift_field;
    if (s->form)
        gift->value = s->form->gift_card;
    if (s->gift_refused)
        gift->error = str_from_c(s->gift_refused->title);
    v->gift = gift;
    int64_t balance = 0, available = 0;
    currency cur = s->quote.total.currency;
    if (id_is_none(cx->who.user_id))
        return NULL;
    err e = ledger_balance(s->c->deps.ledger, cx,
        (struct ledger_account){ LEDGER_WALLET, cx->who.user_id }, cur, &balance, &available);
    if (e || available <= 0)
        return e;
    struct checkout_wallet_view *w = NEW(cx->arena, struct checkout_wallet_view);
    *w = (struct checkout_wallet_view){
        .text = str_cat(cx->arena, web_money(cx->arena, money_of(available, cur)), S(" are in it")),
        .selected = s->form && s->form->use_wallet
    };
    v->wallet = w;
    return NULL;
}

static void fill_lines(struct shown *s, struct cx *cx, struct checkout_view *v)
{
    struct arena *a = cx->arena;
    struct order_line_view *views = NEW_N(a, s->lines.n, struct order_line_view);
    for (size_t i = 0; i < s->lines.n; i++) {
        const struct catalog_product *p = &s->lines.products[i];
        const struct pricing_line *q = &s->lines.lines[i];
        const struct orders_line line = { .product_id = q->product_id,
            .variant_id = q->variant_id,
            .title = p->title,
            .variant_text = s->lines.variant_texts[i],
            .picture =
                catalog_picture_path(a, p, checkout_variant_of(p, s->lines.variant_ids[i]), 0),
            .quantity = q->quantity,
            .price = q->price,
            .subtotal = q->subtotal };
        views[i] = checkout_line_view(a, &line);
    }
    v->lines = views;
    v->lines_n = s->lines.n;
}

static void fill_sums(struct shown *s, struct cx *cx, struct checkout_view *v)
{
    const struct pricing_quote *q = &s->quote;
    bool known = s->chosen || (s->form && s->form->country.n && s->form->postal_code.n);
    struct checkout_sums sums = { .subtotal = q->subtotal,
        .shipping = q->shipping,
        .discount = q->discount,
        .total = q->total,
        .tenders = s->plan.tenders,
        .tenders_n = known ? s->plan.tenders_n : 0 };
    if (known)
        sums.tax = q->tax;
    else
        sums.total = money_sub(q->total, q->tax);
    v->summary = checkout_summary(cx->arena, &sums,
        known ? (str){ 0 }
              : S("Tax is computed from the address: give it, and the exact tax stands here before "
                  "you pay."));
    v->seen = money_decimal(cx->arena, sums.total);
    v->terms = S("You can cancel free of charge until the order is shipped.");
}

static void fill_steps(struct shown *s, struct cx *cx, struct checkout_view *v)
{
    static const struct {
        const char *label, *href;
    } steps[] = { { "Address", "#address" }, { "Delivery", "#delivery" }, { "Payment", "#payment" },
        { "Review", "#review" } };
    size_t at = s->chosen ? 1 : 0;
    if (s->trouble.e && s->trouble.e != &ERR_INVALID)
        at = s->trouble.e == &PAYMENTS_DECLINED || s->trouble.e == &CHECKOUT_PAYMENT_TYPE ? 2
             : s->trouble.e == &PRICING_SPEED_UNKNOWN                                     ? 1
                                                                                          : 3;
    struct step_view *list = NEW_N(cx->arena, COUNT(steps), struct step_view);
    for (size_t i = 0; i < COUNT(steps); i++)
        list[i] = (struct step_view){ .label = str_from_c(steps[i].label),
            .href = str_from_c(steps[i].href),
            .done = i < at,
            .current = i == at };
    v->steps = list;
    v->steps_n = COUNT(steps);
}

/* In a READ unit. A cart that cannot be bought is looked at in the cart. */
static err show(struct shown *s, struct cx *cx, struct reply *reply)
{
    err e = read_lines(s, cx);
    if (!e)
        e = read_addresses(s, cx);
    if (!e)
        e = read_prices(s, cx);
    if (e == &CHECKOUT_CART_EMPTY || e == &CHECKOUT_GONE || e == &PRICING_NO_PRICE) {
        cx_clear(cx);
        return reply_redirect(reply, e == &CHECKOUT_CART_EMPTY ? S("/cart") : S("/cart?said=gone"));
    }
    if (e)
        return e;
    struct checkout_view *v = NEW(cx->arena, struct checkout_view);
    v->key = secret_token(cx->arena, 24);
    v->accept_prices =
        s->trouble.e == &CHECKOUT_PRICE_CHANGED || (s->form && s->form->accept_prices);
    fill_fields(s, cx, v);
    fill_addresses(s, cx, v);
    fill_deliveries(s, cx, v);
    fill_payments(s, cx, v);
    e = fill_tenders(s, cx, v);
    if (e)
        return e;
    fill_lines(s, cx, v);
    fill_sums(s, cx, v);
    fill_steps(s, cx, v);
    return reply_page(reply, s->trouble.status ? s->trouble.status : 200, &checkout_page, v,
        (struct page_head){ .title = S("Checkout"), .noindex = true, .plain = true });
}

err checkout_get_form(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    struct shown s = { .c = service };
    (void)in;
    return show(&s, cx, reply);
}

/* What tax and delivery are computed from; the rest is looked at when the order is placed. */
static void need_place(struct cx *cx, const struct form *f)
{
    id saved;
    if (id_parse(f->address_id, &saved))
        return;
    if (!f->country.n)
        cx_field(cx, S("/country"), "required", "where should it go?");
    if (!str_trim(f->postal_code).n)
        cx_field(cx, S("/postalCode"), "required", "where should it go?");
}

err checkout_post_address(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct shown s = { .c = service, .form = body };
    need_place(cx, s.form);
    if (cx->fields)
        s.trouble =
            (struct checkout_trouble){ .e = &ERR_INVALID, .status = 422, .faults = cx->fields };
    cx_clear(cx);
    return show(&s, cx, reply);
}

/* ---- placing ---- */

struct sent {
    struct shown shown;
    struct cx *cx;
    struct reply *reply;
    struct reply_park *park;
    struct checkout_place place;
};

static err show_again(void *arg, struct cx *cx)
{
    struct sent *s = arg;
    return show(&s->shown, cx, s->reply);
}

static void render_again(void *arg)
{
    struct sent *s = arg;
    reply_finish(s->park, db_read(s->cx, show_again, s));
}

static void refuse(struct sent *s, err e, str text)
{
    int status = checkout_trouble_status(e);
    if (!status && e != &CHECKOUT_CART_EMPTY && e != &CHECKOUT_GONE && e != &PRICING_NO_PRICE) {
        reply_finish(s->park, e);
        return;
    }
    s->shown.trouble = (struct checkout_trouble){
        .e = e, .status = status, .text = text, .faults = s->cx->fields
    };
    cx_clear(s->cx);
    checkout_off_lane(s->shown.c, render_again, s);
}

static void go_on(struct sent *s, id order_id, const char *rest)
{
    reply_add_cookie(s->reply, (struct reply_cookie){ .name = S("souk_n"),
                                   .value = S("0"),
                                   .max_age_s = CART_GUEST_MS / 1000,
                                   .readable = true });
    reply_finish(
        s->park, reply_redirect(s->reply, checkout_order_path(s->cx->arena, order_id, rest)));
}

/* The stored answer is the API's: an order, or why there is none. */
static void repeat(struct sent *s, const struct idem_reply *stored)
{
    struct json_value *doc;
    err e = json_value_parse(s->cx, stored->body, &doc);
    if (e) {
        reply_finish(s->park, e);
        return;
    }
    id order_id = { 0 };
    bool known = id_parse(json_value_str(s->cx->arena, json_value_get(doc, "orderId")), &order_id);
    bool ours =
        str_eq(json_value_str(s->cx->arena, json_value_get(doc, "code")), S("order_declined"));
    str detail = json_value_str(s->cx->arena, json_value_get(doc, "detail"));
    json_value_close(doc);
    if (stored->status < 400 && known)
        go_on(s, order_id, "/thanks");
    else
        refuse(s,
            ours                    ? &CHECKOUT_REFUSED
            : stored->status == 402 ? &PAYMENTS_DECLINED
                                    : &INVENTORY_RESERVATION_GONE,
            detail);
}

static void sent_done(void *arg, struct checkout_place *p)
{
    struct sent *s = arg;
    bool joined = p->failed == &IDEM_RUNNING && !id_is_none(p->stored.subject);
    if (p->replayed)
        repeat(s, &p->stored);
    else if (joined) {
        cx_clear(s->cx);
        go_on(s, p->stored.subject, "/thanks");
    } else if (!p->failed || p->pending) {
        cx_clear(s->cx);
        go_on(s, p->plan.order.order_id, p->state.next_url.n ? "/challenge" : "/thanks");
    } else
        refuse(s, p->failed,
            p->failed == &PAYMENTS_DECLINED ? p->state.said->decline_text : (str){ 0 });
}

static void wish_of(struct cx *cx, struct shown *s, struct checkout_wish *w)
{
    const struct form *f = s->form;
    *w = (struct checkout_wish){ .from_cart = true,
        .email = str_trim(f->email),
        .method = { .type = S("card"), .token = f->payment },
        .speed = speed_of(f),
        .expected_total = f->seen,
        .accept_prices = f->accept_prices };
    tenders_wished(s, cx, w);
    if (f->address_id.n && id_parse(f->address_id, &w->where.address_id))
        return;
    struct identity_address *typed = NEW(cx->arena, struct identity_address);
    *typed = (struct identity_address){ .name = str_trim(f->name),
        .line1 = str_trim(f->line1),
        .line2 = str_trim(f->line2),
        .city = str_trim(f->city),
        .region = str_trim(f->region),
        .postal_code = str_trim(f->postal_code),
        .country = f->country,
        .phone = str_trim(f->phone) };
    w->where.address = typed;
}

err checkout_post_form(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct sent *s = NEW(cx->arena, struct sent);
    *s = (struct sent){ .shown = { .c = service, .form = body },
        .cx = cx,
        .reply = reply,
        .park = reply_park(reply),
        .place = { .c = service, .cx = cx, .done = sent_done, .arg = s } };
    wish_of(cx, &s->shown, &s->place.wish);
    struct buf print = { .arena = cx->arena };
    json_encode(&print, &checkout_form_shape, body, false);
    s->place.claim = (struct idem_claim){ .principal = checkout_principal(cx),
        .method = S("POST"),
        .route = S("/checkout"),
        .key = s->shown.form->key,
        .fingerprint = secret_sha256_hex(cx->arena, buf_str(&print)) };
    checkout_place(&s->place);
    return NULL;
}
