/* SPDX-License-Identifier: Apache-2.0
 * The cart page and its forms. Called by the gateway; every form works as a plain post and answers
 * with a redirect, so that reloading repeats nothing. */
#include "flows/basket/basket_internal.h"
#include "flows/basket/basket_views.h"
#include "platform/http/route.h"
#include "platform/web/web_format.h"

static void fill_line(struct cx *cx, const struct basket_line *l, struct cart_line_view *v)
{
    struct arena *a = cx->arena;
    *v = (struct cart_line_view){ .id = id_text(a, l->item.cart_item_id),
        .title = l->product.title.p ? l->product.title : S("No longer on sale"),
        .variant = basket_variant_text(cx, l->variant),
        .quantity = l->item.quantity,
        .max = l->stock < CART_QUANTITY_MAX ? l->stock : CART_QUANTITY_MAX };
    if (v->max < v->quantity)
        v->max = v->quantity;
    if (!l->variant || !l->price.price.currency.code[0]) {
        v->gone = true;
        v->stock = S("Not on sale any more");
        v->stock_kind = S("bad");
        return;
    }
    v->href = str_fmt(a, "/p/" STR_F "?v=" STR_F, STR_A(id_text(a, l->item.product_id)),
        STR_A(id_text(a, l->item.variant_id)));
    v->picture = web_picture(
        a, catalog_picture_path(a, &l->product, l->variant, 0), l->product.title, false);
    v->price = web_money(a, l->subtotal);
    if (l->item.quantity > 1)
        v->each = str_cat(a, web_money(a, l->price.price), S(" each"));
    if (l->price.price.minor != l->item.price_added.minor)
        v->price_note =
            str_fmt(a, "Was " STR_F " when you added it", STR_A(web_money(a, l->item.price_added)));
    if (l->deal_units)
        v->offer = str_fmt(a, "%lld at the deal price of " STR_F, (long long)l->deal_units,
            STR_A(web_money(a, l->deal_price)));
    else if (l->discount.minor)
        v->offer = str_cat(a, web_money(a, l->discount), S(" off"));
    v->stock = web_stock(a, l->stock, &v->stock_kind);
    if (l->stock > 0 && l->stock < l->item.quantity)
        v->stock_kind = S("bad");
}

static const struct summary_view *summary_of(struct cx *cx, const struct basket_state *s)
{
    struct arena *a = cx->arena;
    struct summary_row_view *rows = NEW_N(a, 4 + s->off.uses_n, struct summary_row_view);
    size_t n = 0;
    rows[n++] = (struct summary_row_view){ S("Subtotal"), web_money(a, s->sums.subtotal), false };
    rows[n++] = (struct summary_row_view){ S("Standard delivery"),
        s->sums.shipping.minor ? web_money(a, s->sums.shipping) : S("Free"), false };
    for (size_t i = 0; i < s->off.uses_n; i++)
        rows[n++] = (struct summary_row_view){ s->off.uses[i].name,
            web_money(a, money_of(-s->off.uses[i].minor, s->sums.total.currency)), true };
    bool taxed = s->sums.tax.minor != 0; /* by the shop's own country: the address may differ */
    rows[n++] =
        taxed ? (struct summary_row_view){ S("Estimated tax"), web_money(a, s->sums.tax), false }
              : (struct summary_row_view){ S("Tax"), S("from the address"), false };
    if (s->sums.savings.minor)
        rows[n++] = (struct summary_row_view){ S("You save"), web_money(a, s->sums.savings), true };
    struct summary_view *v = NEW(a, struct summary_view);
    *v = (struct summary_view){ .total_label = taxed ? S("Estimated total") : S("Total before tax"),
        .total = web_money(a, s->sums.total),
        .note = S("Tax is computed from the address. You see it before you pay."),
        .rows = rows,
        .rows_n = n };
    return v;
}

static const struct empty_view empty_cart = { .title = S_INIT("Your cart is empty"),
    .text = S_INIT("What you put in stays here, also when you come back tomorrow."),
    .href = S_INIT("/"),
    .action = S_INIT("See what is new") };

static void fill_codes(struct cx *cx, const struct basket_state *s, struct cart_filled_view *v)
{
    struct cart_code_view *codes = NEW_N(cx->arena, s->cart.codes_n, struct cart_code_view);
    for (size_t i = 0; i < s->cart.codes_n; i++) {
        str code = s->cart.codes[i];
        const struct promotions_refusal *why = basket_refusal(s, code);
        codes[i] = (struct cart_code_view){ .code = code,
            .kind = why ? S("warn") : S("good"),
            .text = why ? why->text : basket_words(s, code) };
    }
    v->codes = codes;
    v->codes_n = s->cart.codes_n;
}

static void fill_cart(struct cx *cx, const struct basket_state *s, struct cart_view *v)
{
    struct cart_filled_view *filled = NEW(cx->arena, struct cart_filled_view);
    struct cart_line_view *lines = NEW_N(cx->arena, s->lines_n, struct cart_line_view);
    for (size_t i = 0; i < s->lines_n; i++)
        fill_line(cx, &s->lines[i], &lines[i]);
    filled->lines = lines;
    filled->lines_n = s->lines_n;
    filled->summary = summary_of(cx, s);
    filled->can_checkout = s->buyable;
    fill_codes(cx, s, filled);
    if (!s->free_shipping) {
        struct text_view *note = NEW(cx->arena, struct text_view);
        note->text = S("Standard delivery is free from $35.");
        filled->notes = note;
        filled->notes_n = 1;
    }
    v->filled = filled;
    v->count = web_count(cx->arena, s->units, "item", "items");
}

struct cart_query {
    str said; /* what a form before this page could not do */
};
static const char *const said_words[] = { "stock", "gone", "full", "many", "code", "codes", "over",
    "used", NULL };
static const struct json_field cart_query_fields[] = {
    JSON_STR(struct cart_query, said, .at = AT_QUERY, .one_of = said_words),
};
static const struct json_shape cart_query_shape =
    JSON_SHAPE("CartPageQuery", struct cart_query, cart_query_fields);

static const struct {
    const char *word;
    struct alert_view alert;
} alerts[] = {
    { "stock", { .kind = S_INIT("warn"),
                   .title = S_INIT("There are not that many left"),
                   .text = S_INIT("Choose a smaller number; the page of the product shows what is "
                                  "there.") } },
    { "gone", { .kind = S_INIT("warn"), .title = S_INIT("That is not on sale any more") } },
    { "full", { .kind = S_INIT("warn"),
                  .title = S_INIT("The cart is full"),
                  .text = S_INIT("It holds 100 different articles. Order these first.") } },
    { "code", { .kind = S_INIT("warn"), .title = S_INIT("There is no such code") } },
    { "over", { .kind = S_INIT("warn"), .title = S_INIT("This code is not valid now") } },
    { "used", { .kind = S_INIT("warn"), .title = S_INIT("This code is used up") } },
    { "codes", { .kind = S_INIT("warn"), .title = S_INIT("No more codes can be entered") } },
    { "many", { .kind = S_INIT("warn"),
                  .title = S_INIT("Up to 999 of one article can be ordered at once") } },
};

static void add_count_cookie(struct cx *cx, struct reply *reply, int64_t units)
{
    reply_add_cookie(reply, (struct reply_cookie){ .name = S("souk_n"),
                                .value = str_from_i64(cx->arena, units),
                                .max_age_s = CART_GUEST_MS / 1000,
                                .readable = true });
}

static void add_token_cookie(struct reply *reply, str token)
{
    reply_add_cookie(
        reply, (struct reply_cookie){
                   .name = S("souk_cart"), .value = token, .max_age_s = CART_GUEST_MS / 1000 });
}

static err get_cart_page(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct cart_query *in = body;
    struct basket_state s;
    err e = basket_look(service, cx, cart_owner_of(cx), &s);
    if (e)
        return e;
    struct cart_view *v = NEW(cx->arena, struct cart_view);
    if (s.lines_n)
        fill_cart(cx, &s, v);
    else
        v->empty = &empty_cart;
    for (size_t i = 0; i < COUNT(alerts); i++)
        if (str_eq(in->said, str_from_c(alerts[i].word)))
            v->alert = &alerts[i].alert;
    add_count_cookie(cx, reply, s.units);
    return reply_page(
        reply, 200, &cart_page, v, (struct page_head){ .title = S("Cart"), .noindex = true });
}

/* ---- forms ---- */

/* What can go wrong with a form of the cart, as a word for the next page; NULL: none of these. */
static const char *word_of(err e)
{
    if (e == &INVENTORY_OUT_OF_STOCK)
        return "stock";
    if (e == &BASKET_UNAVAILABLE || e == &CATALOG_PRODUCT_GONE || e == &CART_ITEM_UNKNOWN)
        return "gone";
    if (e == &CART_FULL)
        return "full";
    return e == &CART_QUANTITY ? "many" : NULL;
}

struct form {
    id product_id, variant_id, item_id;
    int64_t quantity;
    str then;
};
static const char *const thens[] = { "cart", "checkout", NULL };
static const struct json_field add_fields[] = {
    JSON_ID(struct form, product_id, .required = true),
    JSON_ID(struct form, variant_id),
    JSON_INT(struct form, quantity, .min = 1, .max = CART_QUANTITY_MAX),
    JSON_STR(struct form, then, .one_of = thens),
};
static const struct json_shape add_shape = JSON_SHAPE("CartForm", struct form, add_fields);

static err back_to_cart(struct cx *cx, struct reply *reply, const char *word)
{
    return reply_redirect(reply, str_fmt(cx->arena, "/cart?said=%s", word));
}

static err post_add(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct form *in = body;
    struct cart_item item;
    str token = { 0 };
    err e = basket_add(service, cx,
        (struct basket_add){ .product_id = in->product_id,
            .variant_id = in->variant_id,
            .quantity = in->quantity ? in->quantity : 1 },
        &item, &token);
    if (word_of(e)) {
        cx_clear(cx); /* refused before anything was written */
        return back_to_cart(cx, reply, word_of(e));
    }
    if (e)
        return e;
    struct cart_owner owner = cart_owner_of(cx);
    if (token.n) {
        owner.token = token;
        add_token_cookie(reply, token);
    }
    struct basket *b = service;
    struct cart_state cart;
    e = cart_get(b->deps.cart, cx, owner, &cart);
    if (e)
        return e;
    int64_t units = 0;
    for (size_t i = 0; i < cart.items_n; i++)
        units += cart.items[i].quantity;
    add_count_cookie(cx, reply, units);
    return reply_redirect(reply, str_eq(in->then, S("checkout")) ? S("/checkout") : S("/cart"));
}

static const struct json_field set_fields[] = {
    JSON_ID(struct form, item_id, .at = AT_PATH, .required = true),
    JSON_INT(struct form, quantity, .required = true, .min = 0, .max = CART_QUANTITY_MAX),
};
static const struct json_shape set_shape = JSON_SHAPE("CartLineForm", struct form, set_fields);

static err post_set(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct basket *b = service;
    const struct form *in = body;
    err e = cart_set(b->deps.cart, cx, cart_owner_of(cx), in->item_id, in->quantity);
    if (word_of(e)) {
        const char *word = word_of(e);
        cx_clear(cx);
        return back_to_cart(cx, reply, word);
    }
    return e ? e : reply_redirect(reply, S("/cart"));
}

/* ---- codes ---- */

struct code_form {
    str code;
};
static const struct json_field code_fields[] = {
    JSON_STR(struct code_form, code, .required = true, .min = 1, .max = CART_CODE_MAX),
};
static const struct json_shape code_shape =
    JSON_SHAPE("CartCouponForm", struct code_form, code_fields);

/* What is said of a code that is not kept. One that only does nothing for these lines is kept, and
 * the page says why beside it. */
static const char *said_of(err e)
{
    if (e == &PROMOTIONS_UNKNOWN)
        return "code";
    if (e == &PROMOTIONS_EXPIRED)
        return "over";
    return e == &PROMOTIONS_EXHAUSTED ? "used" : NULL;
}

static err post_code(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct basket *b = service;
    const struct code_form *in = body;
    struct basket_state s;
    str token = { 0 };
    err e = basket_code_add(b, cx, cart_owner_of(cx), in->code, &token, &s);
    if (e == &CART_CODES_FULL) {
        cx_clear(cx); /* refused before anything was written: there is a cart */
        return back_to_cart(cx, reply, "codes");
    }
    if (e)
        return e;
    if (token.n)
        add_token_cookie(reply, token);
    const struct promotions_refusal *why = basket_refusal(&s, in->code);
    const char *word = why ? said_of(why->problem) : NULL;
    if (!word)
        return reply_redirect(reply, S("/cart"));
    struct cart_owner owner = cart_owner_of(cx);
    if (token.n)
        owner.token = token;
    e = cart_code_remove(b->deps.cart, cx, owner, in->code);
    return e ? e : back_to_cart(cx, reply, word);
}

static err post_code_remove(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct basket *b = service;
    const struct code_form *in = body;
    err e = cart_code_remove(b->deps.cart, cx, cart_owner_of(cx), in->code);
    return e ? e : reply_redirect(reply, S("/cart"));
}

static uint64_t owner_conflict(const struct cx *cx, const void *in)
{
    (void)in;
    return id_is_none(cx->who.user_id) ? str_hash(cx->who.cart_token) : id_hash(cx->who.user_id);
}

const struct route basket_page_routes[] = {
    { .method = "GET",
        .path = "/cart",
        .priority = PRIORITY_HIGH,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .in = &cart_query_shape,
        .fn = get_cart_page,
        .summary = "The cart" },
    { .method = "POST",
        .path = "/cart/items",
        .priority = PRIORITY_HIGH,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .owner = "cart",
        .in = &add_shape,
        .fn = post_add,
        .conflict = owner_conflict,
        .summary = "Put into the cart" },
    { .method = "POST",
        .path = "/cart/items/{itemId}",
        .priority = PRIORITY_HIGH,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .owner = "cart",
        .in = &set_shape,
        .fn = post_set,
        .conflict = owner_conflict,
        .summary = "Change or remove a line" },
    { .method = "POST",
        .path = "/cart/coupons",
        .priority = PRIORITY_HIGH,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .owner = "cart",
        .limit = LIMIT_LOGIN,
        .in = &code_shape,
        .fn = post_code,
        .conflict = owner_conflict,
        .summary = "Enter a coupon code" },
    { .method = "POST",
        .path = "/cart/coupons/remove",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .owner = "cart",
        .in = &code_shape,
        .fn = post_code_remove,
        .conflict = owner_conflict,
        .summary = "Take a coupon code out" },
    ROUTES_END,
};
const struct html_page *const basket_pages[] = { &cart_page, NULL };
