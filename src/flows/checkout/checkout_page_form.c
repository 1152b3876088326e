/* SPDX-License-Identifier: Apache-2.0
 * The page that buys: address, delivery, payment and a last look in one form. Called by the
 * gateway; must never lose what the buyer typed, nor take an order that they have not seen the
 * prices of. */
#include <assert.h>

#include "flows/checkout/checkout_page_form.h"
#include "platform/secret/secret.h"

/* ---- the form ---- */

#define ROWS_MAX 300

static const struct json_field form_fields[] = {
    JSON_STR(struct checkout_form, key, .required = true, .min = 16, .max = 64),
    JSON_STR(struct checkout_form, email),
    JSON_STR(struct checkout_form, address_id, .max = 36),
    JSON_STR(struct checkout_form, name),
    JSON_STR(struct checkout_form, line1),
    JSON_STR(struct checkout_form, line2),
    JSON_STR(struct checkout_form, city),
    JSON_STR(struct checkout_form, region),
    JSON_STR(struct checkout_form, postal_code),
    JSON_STR(struct checkout_form, country, .max = 2),
    JSON_STR(struct checkout_form, phone),
    JSON_STR(struct checkout_form, delivery_speed, .one_of = pricing_speed_names),
    JSON_STR(struct checkout_form, payment, .max = 100),
    JSON_STR(struct checkout_form, gift_card, .max = 60),
    JSON_BOOL(struct checkout_form, use_wallet),
    JSON_STR(struct checkout_form, seen, .max = 40),
    JSON_BOOL(struct checkout_form, accept_prices),
    JSON_STRS(
        struct checkout_form, rows.lines, .wire = "spreadLine", .max = ROWS_MAX, .item_max = 36),
    JSON_STRS(struct checkout_form, rows.quantities, .wire = "spreadQuantity", .max = ROWS_MAX,
        .item_max = 36),
    JSON_STRS(struct checkout_form, rows.tos, .wire = "spreadTo", .max = ROWS_MAX, .item_max = 36),
    JSON_STR(struct checkout_form, rows.split, .wire = "split", .max = 3),
};
const struct json_shape checkout_form_shape =
    JSON_SHAPE("CheckoutForm", struct checkout_form, form_fields);

/* In the order of web_address_form; the e-mail is field 0. */
enum { FIELDS_N = 1 + WEB_ADDRESS_FIELDS_N };
static const size_t field_members[FIELDS_N] = { offsetof(struct checkout_form, email),
    offsetof(struct checkout_form, name), offsetof(struct checkout_form, line1),
    offsetof(struct checkout_form, line2), offsetof(struct checkout_form, postal_code),
    offsetof(struct checkout_form, city), offsetof(struct checkout_form, region),
    offsetof(struct checkout_form, country), offsetof(struct checkout_form, phone) };

static str member_of(const struct checkout_form *f, size_t offset)
{
    return *(const str *)(const void *)((const char *)f + offset);
}

/* ---- the page's data ---- */

static err read_bag(struct checkout_shown *s, struct cx *cx)
{
    const struct checkout_wish wish = { .from_cart = true, .accept_prices = true };
    err e = checkout_bag_of(s->c, cx, &wish, &s->bag);
    s->cart = s->bag.items;
    s->cart_n = s->bag.items_n;
    if (!e)
        e = checkout_lines_of(s->c, cx, s->bag.items, s->bag.items_n, &s->lines);
    s->cart_lines = s->lines;
    return e;
}

void checkout_form_shares(const struct checkout_shown *s, struct cx *cx, struct checkout_wish *w)
{
    if (s->form)
        w->shares = checkout_shares_of(cx, &s->form->rows, &w->shares_n);
}

static err read_addresses(struct checkout_shown *s, struct cx *cx)
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

static struct pricing_place order_place(const struct checkout_shown *s)
{
    const struct checkout_form *f = s->form;
    if (s->chosen)
        return (
            struct pricing_place){ s->chosen->country, s->chosen->region, s->chosen->postal_code };
    if (f && f->country.n)
        return (struct pricing_place){ f->country, str_trim(f->region), str_trim(f->postal_code) };
    return (struct pricing_place){ .country = S("US") };
}

static const struct identity_address *saved(const struct checkout_shown *s, id address_id)
{
    for (size_t i = 0; i < s->addresses_n; i++)
        if (id_eq(s->addresses[i].address_id, address_id))
            return &s->addresses[i];
    return NULL;
}

/* The index of where an item goes; `to` NULL: where the order goes. */
static size_t place_at(struct checkout_shown *s, struct cx *cx, const struct identity_address *to,
    const struct identity_address **seen)
{
    if (!to)
        to = s->chosen;
    for (size_t i = 0; i < s->places_n; i++)
        if (seen[i] == to)
            return i;
    seen[s->places_n] = to;
    s->places[s->places_n] = order_place(s);
    s->place_names[s->places_n] = S("the address above");
    if (to) {
        s->places[s->places_n] = (struct pricing_place){ to->country, to->region, to->postal_code };
        s->place_names[s->places_n] = str_fmt(cx->arena, STR_F ", " STR_F ", " STR_F,
            STR_A(to->name), STR_A(to->line1), STR_A(to->city));
    }
    s->known &= to || (s->form && s->form->country.n && s->form->postal_code.n);
    return s->places_n++;
}

/* Shares that cannot be taken are told where they are typed: until then all goes to one address. */
static err find_places(struct checkout_shown *s, struct cx *cx)
{
    struct checkout_wish wish = { .from_cart = true };
    const struct checkout_where *others = NULL;
    checkout_form_shares(s, cx, &wish);
    err e = checkout_spread(cx, &wish, &s->bag, &others);
    if (e == &ERR_INVALID)
        cx_clear(cx);
    if (!e && others)
        e = checkout_lines_of(s->c, cx, s->bag.items, s->bag.items_n, &s->lines);
    if (e && e != &ERR_INVALID)
        return e;
    size_t n = s->bag.items_n;
    const struct identity_address **seen = NEW_N(cx->arena, n, const struct identity_address *);
    s->places = NEW_N(cx->arena, n, struct pricing_place);
    s->place_names = NEW_N(cx->arena, n, str);
    s->known = true;
    for (size_t i = 0; i < n; i++) {
        size_t to = s->bag.items[i].to;
        s->lines.to[i] = place_at(s, cx, to ? saved(s, others[to - 1].address_id) : NULL, seen);
    }
    return NULL;
}

static enum pricing_speed speed_of(str name)
{
    for (int i = 0; i < PRICING_SPEEDS_N; i++)
        if (str_eq(name, str_from_c(pricing_speed_names[i])))
            return (enum pricing_speed)i;
    return PRICING_STANDARD;
}

enum pricing_speed checkout_form_speed(const struct checkout_form *f)
{
    return speed_of(f->delivery_speed);
}

/* What the form says, else what the buyer likes; standard where that is not offered. */
static err read_speed(struct checkout_shown *s, struct cx *cx)
{
    struct identity_preferences likes = { .appearance = { 0 } };
    err e = NULL;
    if (s->form && s->form->delivery_speed.n)
        likes.delivery_speed = s->form->delivery_speed;
    else if (!id_is_none(cx->who.user_id))
        e = identity_preferences_get(s->c->deps.identity, cx, cx->who.user_id, &likes);
    s->speed = speed_of(likes.delivery_speed);
    if (!s->options[s->speed].offered)
        s->speed = PRICING_STANDARD;
    return e;
}

void checkout_form_tenders(const struct checkout_shown *s, struct cx *cx, struct checkout_wish *w)
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
static err read_tenders(struct checkout_shown *s, struct cx *cx)
{
    struct checkout_wish wish = { 0 };
    checkout_form_tenders(s, cx, &wish);
    s->plan.order.total = s->quote.total;
    err e = checkout_take_tenders(s->c, cx, &wish, &s->plan);
    if (e != &PAYMENTS_GIFT_CARD_BAD && e != &PAYMENTS_GIFT_CARD_OVER && e != &CHECKOUT_GIFT_EMPTY)
        return e;
    s->gift_refused = e;
    cx_clear(cx);
    wish.gift_cards_n = 0;
    return checkout_take_tenders(s->c, cx, &wish, &s->plan);
}

/* What all of the addresses can have; the price is of all together. */
static err read_options(struct checkout_shown *s, struct cx *cx)
{
    struct pricing_line *lines = NEW_N(cx->arena, s->lines.n, struct pricing_line);
    for (size_t p = 0; p < s->places_n; p++) {
        struct pricing_option here[PRICING_SPEEDS_N];
        size_t n = 0;
        for (size_t i = 0; i < s->lines.n; i++)
            if (s->lines.to[i] == p)
                lines[n++] = s->lines.lines[i];
        err e = pricing_options(s->c->deps.pricing, cx, lines, n, s->places[p], here);
        if (e)
            return e;
        for (size_t i = 0; i < PRICING_SPEEDS_N; i++) {
            struct pricing_option *o = &s->options[i];
            if (p == 0) {
                *o = here[i];
                continue;
            }
            o->offered &= here[i].offered;
            if (!o->offered)
                continue;
            o->price = money_add(o->price, here[i].price);
            o->from_ms = here[i].from_ms < o->from_ms ? here[i].from_ms : o->from_ms;
            o->to_ms = here[i].to_ms > o->to_ms ? here[i].to_ms : o->to_ms;
        }
    }
    return NULL;
}

static err read_prices(struct checkout_shown *s, struct cx *cx)
{
    err e = find_places(s, cx);
    if (!e)
        e = read_options(s, cx);
    if (!e)
        e = read_speed(s, cx);
    if (e)
        return e;
    struct checkout_terms terms = { .places = s->places,
        .places_n = s->places_n,
        .speed = s->speed,
        .coupons = s->bag.coupons,
        .coupons_n = s->bag.coupons_n };
    if (s->form)
        terms.email = str_trim(s->form->email); /* as the order: limits are per customer */
    e = checkout_price(s->c, cx, &s->lines, &terms, &s->quote, &s->off);
    return e ? e : read_tenders(s, cx);
}

/* ---- the page's view ---- */

static void fill_fields(struct checkout_shown *s, struct cx *cx, struct checkout_view *v)
{
    struct arena *a = cx->arena;
    bool guest = id_is_none(cx->who.user_id);
    struct field_view *fields = NEW_N(a, FIELDS_N, struct field_view);
    fields[0] = checkout_email_field;
    for (size_t i = 0; i < WEB_ADDRESS_FIELDS_N; i++)
        fields[1 + i] = web_address_form[i];
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
    v->fields_n = WEB_ADDRESS_FIELDS_N;
    if (!guest)
        return;
    struct checkout_guest_view *g = NEW(a, struct checkout_guest_view);
    *g = (struct checkout_guest_view){ S("/signin?next=/checkout"), &fields[0] };
    v->guest = g;
}

static void fill_addresses(struct checkout_shown *s, struct cx *cx, struct checkout_view *v)
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

static void fill_deliveries(struct checkout_shown *s, struct cx *cx, struct checkout_view *v)
{
    struct arena *a = cx->arena;
    struct checkout_delivery_view *list = NEW_N(a, PRICING_SPEEDS_N, struct checkout_delivery_view);
    for (size_t i = 0; i < PRICING_SPEEDS_N; i++) {
        const struct pricing_option *o = &s->options[i];
        if (!o->offered)
            continue;
        list[v->deliveries_n++] =
            (struct checkout_delivery_view){ .value = str_from_c(pricing_speed_names[i]),
                .date = web_days(a, o->from_ms, o->to_ms),
                .label = str_from_c(pricing_speed_labels[i]),
                .price = o->price.minor ? web_money(a, o->price) : S("Free"),
                .selected = s->speed == (enum pricing_speed)i };
    }
    v->deliveries = list;
    if (s->trouble.e == &PRICING_SPEED_UNKNOWN)
        v->delivery_error = S("Choose one of these.");
}

/* The buyer's own cards first, the default before the others. */
static err fill_payments(struct checkout_shown *s, struct cx *cx, struct checkout_view *v)
{
    struct payments_method *own = NULL;
    size_t own_n = 0;
    err e = id_is_none(cx->who.user_id)
                ? NULL
                : payments_methods_of(s->c->deps.payments, cx, cx->who.user_id, &own, &own_n);
    if (e)
        return e;
    size_t n = own_n + CHECKOUT_SANDBOX_CARDS_N;
    struct checkout_payment_view *cards = NEW_N(cx->arena, n, struct checkout_payment_view);
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        if (i < own_n)
            cards[i] =
                (struct checkout_payment_view){ .token = id_text(cx->arena, own[i].method_id),
                    .label = checkout_card_name(cx->arena, own[i].brand, own[i].last4),
                    .text = own[i].is_default ? S("Your card, the default") : S("Your card") };
        else
            cards[i] = checkout_sandbox_cards[i - own_n];
        cards[i].selected = s->form && str_eq(cards[i].token, s->form->payment);
        any |= cards[i].selected;
    }
    if (!any)
        cards[0].selected = true;
    v->payments = cards;
    v->payments_n = n;
    v->payment_note = S("This shop runs with test cards: no money moves.");
    if (s->trouble.e == &PAYMENTS_DECLINED)
        v->payment_error = s->trouble.text.n ? s->trouble.text : S("The payment was declined.");
    if (s->trouble.e == &CHECKOUT_PAYMENT_TYPE)
        v->payment_error = S("Choose a card.");
    return NULL;
}

static err fill_tenders(struct checkout_shown *s, struct cx *cx, struct checkout_view *v)
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

static void fill_lines(struct checkout_shown *s, struct cx *cx, struct checkout_view *v)
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
    if (s->places_n == 1) {
        v->lines = views;
        v->lines_n = s->lines.n;
        return;
    }
    const struct checkout_review review = { views, s->lines.to, s->place_names, s->lines.n,
        s->places_n };
    checkout_show_parcels(cx, &review, v);
}

static void fill_rows(struct checkout_shown *s, struct cx *cx, struct checkout_view *v)
{
    const struct checkout_rows rows = { .in = s->form ? &s->form->rows : NULL,
        .cart = s->cart,
        .lines = &s->cart_lines,
        .cart_n = s->cart_n,
        .addresses = s->addresses,
        .addresses_n = s->addresses_n };
    checkout_show_rows(cx, &rows, v);
}

static void fill_sums(struct checkout_shown *s, struct cx *cx, struct checkout_view *v)
{
    const struct pricing_quote *q = &s->quote;
    bool known = s->known;
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

static void fill_steps(struct checkout_shown *s, struct cx *cx, struct checkout_view *v)
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

err checkout_form_show(struct checkout_shown *s, struct cx *cx, struct reply *reply)
{
    err e = read_bag(s, cx);
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
    e = fill_payments(s, cx, v);
    if (!e)
        e = fill_tenders(s, cx, v);
    if (e)
        return e;
    fill_lines(s, cx, v);
    fill_rows(s, cx, v);
    fill_sums(s, cx, v);
    fill_steps(s, cx, v);
    return reply_page(reply, s->trouble.status ? s->trouble.status : 200, &checkout_page, v,
        (struct page_head){ .title = S("Checkout"), .noindex = true, .plain = true });
}

err checkout_get_form(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    struct checkout_shown s = { .c = service };
    (void)in;
    return checkout_form_show(&s, cx, reply);
}

/* What tax and delivery are computed from; the rest is looked at when the order is placed. */
static void need_place(struct cx *cx, const struct checkout_form *f)
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
    struct checkout_shown s = { .c = service, .form = body };
    need_place(cx, s.form);
    if (cx->fields)
        s.trouble =
            (struct checkout_trouble){ .e = &ERR_INVALID, .status = 422, .faults = cx->fields };
    cx_clear(cx);
    return checkout_form_show(&s, cx, reply);
}
