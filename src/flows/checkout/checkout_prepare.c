/* SPDX-License-Identifier: Apache-2.0
 * From what a buyer wishes to an order that could be placed: lines as they are now, address, sums.
 * Reads only, in a READ unit on a worker; must never write. */
#include "flows/checkout/checkout_internal.h"

#include "base/email.h"
#include "platform/secret/secret.h"

struct orders_owner checkout_owner_of(const struct cx *cx)
{
    struct orders_owner owner = { .user_id = cx->who.user_id };
    if (cx->who.cart_token.n)
        owner.cart_hash = secret_sha256_hex(cx->arena, cx->who.cart_token);
    return owner;
}

static str pointer_of(struct cx *cx, size_t i, const char *member)
{
    return str_fmt(cx->arena, "/items/%zu/%s", i, member);
}

/* An order whose buyer is at the bank gives way to the next one of the same cart: they came back.
 */
static err gives_way(struct checkout *c, struct cx *cx, id order_id, id *ret_instead_of)
{
    struct payments_payment *payments;
    size_t n = 0;
    if (id_is_none(order_id))
        return NULL;
    err e = payments_of_order(c->deps.payments, cx, order_id, &payments, &n);
    for (size_t i = 0; !e && i < n; i++)
        if (payments[i].status == PAYMENTS_CHALLENGED)
            *ret_instead_of = order_id;
    return e;
}

err checkout_bag_of(
    struct checkout *c, struct cx *cx, const struct checkout_wish *wish, struct checkout_bag *ret)
{
    struct cart_state cart;
    err e = id_is_none(wish->cart_id)
                ? cart_get(c->deps.cart, cx, cart_owner_of(cx), &cart)
                : cart_by_id(c->deps.cart, cx, cart_owner_of(cx), wish->cart_id, &cart);
    if (e)
        return e;
    if (cart.items_n == 0)
        return FAIL(cx, CHECKOUT_CART_EMPTY, "nothing in the cart");
    struct checkout_item *items = NEW_N(cx->arena, cart.items_n, struct checkout_item);
    struct pricing_key *keys = NEW_N(cx->arena, cart.items_n, struct pricing_key);
    struct pricing_price *now = NEW_N(cx->arena, cart.items_n, struct pricing_price);
    for (size_t i = 0; i < cart.items_n; i++) {
        const struct cart_item *it = &cart.items[i];
        items[i] = (struct checkout_item){ it->product_id, it->variant_id, it->quantity };
        keys[i] = (struct pricing_key){ it->product_id, it->variant_id };
    }
    e = pricing_get(c->deps.pricing, cx, keys, cart.items_n, now);
    if (e)
        return e;
    bool changed = false;
    for (size_t i = 0; !wish->accept_prices && i < cart.items_n; i++) {
        const struct money *added = &cart.items[i].price_added;
        if (!now[i].price.currency.code[0] ||
            !currency_eq(added->currency, now[i].price.currency) ||
            added->minor == now[i].price.minor)
            continue;
        changed = true;
        cx_field(cx, pointer_of(cx, i, "price"), "price_changed", STR_F " is now " STR_F,
            STR_A(money_decimal(cx->arena, *added)), STR_A(money_decimal(cx->arena, now[i].price)));
    }
    if (changed)
        return FAIL(cx, CHECKOUT_PRICE_CHANGED, "prices changed since they were added");
    *ret = (struct checkout_bag){ .items = items,
        .items_n = cart.items_n,
        .coupons = cart.codes,
        .coupons_n = cart.codes_n,
        .claim = { .cart_id = cart.cart_id, .version = cart.version } };
    return gives_way(c, cx, cart.order_id, &ret->claim.instead_of);
}

const struct catalog_variant *checkout_variant_of(const struct catalog_product *p, id variant_id)
{
    for (size_t i = 0; i < p->variants_n; i++)
        if (id_eq(p->variants[i].variant_id, variant_id))
            return &p->variants[i];
    return NULL;
}

static str variant_text(struct cx *cx, const struct catalog_variant *v)
{
    struct buf out = { .arena = cx->arena };
    for (size_t i = 0; i < v->options_n; i++)
        buf_fmt(&out, "%s" STR_F ": " STR_F, i ? ", " : "", STR_A(v->options[i].name),
            STR_A(v->options[i].value));
    return buf_str(&out);
}

err checkout_lines_of(struct checkout *c, struct cx *cx, const struct checkout_item *items,
    size_t n, struct checkout_lines *ret)
{
    id *ids = NEW_N(cx->arena, n, id);
    for (size_t i = 0; i < n; i++)
        ids[i] = items[i].product_id;
    struct checkout_lines l = { .n = n,
        .products = NEW_N(cx->arena, n, struct catalog_product),
        .lines = NEW_N(cx->arena, n, struct pricing_line),
        .variant_texts = NEW_N(cx->arena, n, str),
        .variant_ids = NEW_N(cx->arena, n, id),
        .to = NEW_N(cx->arena, n, size_t) };
    err e = catalog_products(
        c->deps.catalog, cx, (struct catalog_wanted){ .product_ids = ids, .n = n }, l.products);
    if (e)
        return e;
    bool gone = false;
    for (size_t i = 0; i < n; i++) {
        const struct catalog_product *p = &l.products[i];
        const struct catalog_variant *v = NULL;
        if (!id_is_none(p->product_id) && p->variants_n)
            v = id_is_none(items[i].variant_id) && p->variants_n == 1
                    ? &p->variants[0]
                    : checkout_variant_of(p, items[i].variant_id);
        if (!v) {
            gone = true;
            cx_field(cx, pointer_of(cx, i, "variantId"), "offer_unavailable",
                "this is not on sale any more");
            continue;
        }
        l.lines[i] = (struct pricing_line){ .product_id = p->product_id,
            .variant_id = v->variant_id,
            .quantity = items[i].quantity,
            .weight_g = v->weight_g,
            .prime = p->prime };
        l.variant_texts[i] = variant_text(cx, v);
        l.variant_ids[i] = v->variant_id;
        l.to[i] = items[i].to;
    }
    if (gone)
        return FAIL(cx, CHECKOUT_GONE, "products gone");
    *ret = l;
    return NULL;
}

static err email_of(struct cx *cx, const struct checkout_wish *wish, str *ret)
{
    if (cx->who.email.n && !id_is_none(cx->who.user_id)) {
        *ret = cx->who.email;
        return NULL;
    }
    if (email_valid(wish->email)) {
        *ret = wish->email;
        return NULL;
    }
    cx_field(cx, S("/email"), wish->email.n ? "bad_email" : "required",
        "an address for the confirmation");
    return FAIL(cx, ERR_INVALID, "a guest without e-mail");
}

static void fill_lines(
    struct checkout *c, struct cx *cx, const struct checkout_lines *l, struct orders_order *o)
{
    static const struct ledger_rates usual = { .default_bp = LEDGER_COMMISSION_BP };
    const struct ledger_rates *rates = c->deps.rates ? c->deps.rates : &usual;
    o->lines = NEW_N(cx->arena, l->n, struct orders_line);
    o->lines_n = l->n;
    for (size_t i = 0; i < l->n; i++) {
        const struct catalog_product *p = &l->products[i];
        const struct catalog_variant *v = checkout_variant_of(p, l->variant_ids[i]);
        const struct pricing_line *q = &l->lines[i];
        o->lines[i] = (struct orders_line){ .order_item_id = cx_id(cx),
            .product_id = p->product_id,
            .variant_id = v->variant_id,
            .seller_id = p->seller_id,
            .title = p->title,
            .variant_text = l->variant_texts[i],
            .sku = v->sku,
            .picture = catalog_picture_path(cx->arena, p, v, 0),
            .quantity = q->quantity,
            .price = q->price,
            .subtotal = q->subtotal,
            .tax = q->tax,
            .tax_bp = q->tax_bp,
            .commission_bp = ledger_rate_of(rates, p->seller_id, p->category_path),
            .commission_tax_bp = id_is_none(p->seller_id) ? 0 : rates->tax_bp,
            .discount = money_of(q->discount, q->price.currency) };
    }
}

static err check_total(struct cx *cx, const struct checkout_wish *wish, money total)
{
    if (!wish->expected_total.n)
        return NULL;
    money wanted;
    if (!money_parse(wish->expected_total, total.currency, &wanted)) {
        cx_field(cx, S("/expectedTotal"), "bad_amount", "not an amount of this currency");
        return FAIL(cx, ERR_INVALID, "expected total");
    }
    if (wanted.minor == total.minor)
        return NULL;
    cx_field(cx, S("/expectedTotal"), "price_changed", "the total is " STR_F,
        STR_A(money_decimal(cx->arena, total)));
    return FAIL(cx, CHECKOUT_PRICE_CHANGED, "total differs");
}

static ptrdiff_t place_of(const str *codes, size_t n, str code)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase(str_trim(codes[i]), str_trim(code)))
            return (ptrdiff_t)i;
    return -1;
}

/* A code that does nothing is told, so that nobody pays more than was promised. One in the cart may
 * stay there for another time when the buyer looks at the sum: the cart has said that it is idle.
 */
static err check_coupons(
    struct cx *cx, const struct checkout_wish *wish, const struct promotions_result *off)
{
    const struct promotions_refusal *first = NULL;
    bool compared = wish->expected_total.n || wish->accept_prices;
    for (size_t i = 0; i < off->refused_n; i++) {
        const struct promotions_refusal *r = &off->refused[i];
        ptrdiff_t at = place_of(wish->coupons, wish->coupons_n, r->code);
        if (at < 0 && compared)
            continue;
        str pointer = at >= 0 ? str_fmt(cx->arena, "/couponCodes/%zd", at) : S("/cart/coupons");
        cx_field(cx, pointer, r->problem->code, STR_F ": " STR_F, STR_A(r->code), STR_A(r->text));
        first = first ? first : r;
    }
    return first ? cx_fail(cx, first->problem, __FILE__, "coupon " STR_F, STR_A(first->code))
                 : NULL;
}

/* Those of the request, then those of the cart; a code counts once. */
static void add_coupons(struct cx *cx, const struct checkout_wish *wish,
    const struct checkout_bag *bag, struct checkout_terms *terms)
{
    str *all = NEW_N(cx->arena, wish->coupons_n + bag->coupons_n, str);
    size_t n = 0;
    for (size_t i = 0; i < wish->coupons_n; i++)
        if (place_of(all, n, wish->coupons[i]) < 0)
            all[n++] = wish->coupons[i];
    for (size_t i = 0; i < bag->coupons_n; i++)
        if (place_of(all, n, bag->coupons[i]) < 0)
            all[n++] = bag->coupons[i];
    terms->coupons = all;
    terms->coupons_n = n;
}

static void add_places(
    struct cx *cx, const struct checkout_plan *plan, struct checkout_terms *terms)
{
    struct pricing_place *places = NEW_N(cx->arena, plan->places_n, struct pricing_place);
    for (size_t i = 0; i < plan->places_n; i++)
        places[i] = (struct pricing_place){ plan->places[i].country, plan->places[i].region,
            plan->places[i].postal_code };
    terms->places = places;
    terms->places_n = plan->places_n;
}

static err price(struct checkout *c, struct cx *cx, const struct checkout_wish *wish,
    const struct checkout_bag *bag, struct checkout_lines *lines, struct checkout_plan *plan)
{
    struct orders_order *o = &plan->order;
    struct pricing_quote quote;
    struct checkout_terms terms = { .speed = wish->speed, .email = o->email };
    add_places(cx, plan, &terms);
    add_coupons(cx, wish, bag, &terms);
    if (terms.coupons_n > PROMOTIONS_CODES_MAX) {
        cx_field(cx, S("/couponCodes"), "too_many", "at most %d", PROMOTIONS_CODES_MAX);
        return FAIL(cx, ERR_INVALID, "too many coupons");
    }
    err e = checkout_price(c, cx, lines, &terms, &quote, &plan->off);
    if (!e)
        e = check_coupons(cx, wish, &plan->off);
    if (!e)
        e = check_total(cx, wish, quote.total);
    if (e)
        return e;
    o->subtotal = quote.subtotal;
    o->tax = quote.tax;
    o->shipping = quote.shipping;
    o->discount = quote.discount;
    o->total = quote.total;
    o->estimated_from_ms = quote.delivery_from_ms;
    o->estimated_ms = quote.delivery_to_ms;
    o->promotions = checkout_promotions_text(cx, &plan->off, quote.total.currency);
    return NULL;
}

/* What is wanted and where it goes. */
static err fill_wanted(struct checkout *c, struct cx *cx, const struct checkout_wish *wish,
    struct checkout_bag *bag, struct checkout_plan *plan)
{
    struct checkout_wish to = *wish; /* with where its items go */
    *bag = (struct checkout_bag){ .items = NEW_N(cx->arena, wish->items_n, struct checkout_item),
        .items_n = wish->items_n };
    for (size_t i = 0; i < wish->items_n; i++)
        bag->items[i] = wish->items[i];
    err e = wish->from_cart ? checkout_bag_of(c, cx, wish, bag) : NULL;
    if (!e && bag->items_n == 0)
        e = FAIL(cx, CHECKOUT_CART_EMPTY, "no items");
    if (!e && wish->from_cart)
        e = checkout_spread(cx, wish, bag, &to.others);
    if (!e)
        e = checkout_addresses(
            c, cx, &to, bag->items, bag->items_n, &plan->places, &plan->places_n);
    if (!e || e == &ERR_INVALID) { /* what a buyer can mend is told at once */
        err mail = email_of(cx, wish, &plan->order.email);
        e = e ? e : mail;
    }
    if (e)
        return e;
    plan->order.address = plan->places[0];
    return NULL;
}

static err look(struct checkout *c, struct cx *cx, const struct checkout_bag *bag)
{
    struct inventory_want want;
    if (!checkout_scarce_want(c, cx, bag->items, bag->items_n, &want))
        return NULL;
    err e = inventory_short(c->deps.inventory, cx, &want, 1);
    return e ? e : want.refused;
}

err checkout_proofread(struct checkout *c, struct cx *cx, const struct checkout_wish *wish)
{
    struct checkout_bag bag;
    struct checkout_plan plan = { 0 };
    return fill_wanted(c, cx, wish, &bag, &plan);
}

err checkout_prepare(
    struct checkout *c, struct cx *cx, const struct checkout_wish *wish, struct checkout_plan *ret)
{
    struct checkout_bag bag;
    struct checkout_plan plan = { .order = { .user_id = cx->who.user_id,
                                      .status = ORDERS_PENDING,
                                      .payment_status = S("pending"),
                                      .speed = str_from_c(pricing_speed_names[wish->speed]) } };
    struct orders_order *o = &plan.order;
    struct checkout_lines lines;
    err e = fill_wanted(c, cx, wish, &bag, &plan);
    if (!e && wish->from_cart) /* others were looked at in their crowd */
        e = look(c, cx, &bag);
    if (!e)
        e = checkout_lines_of(c, cx, bag.items, bag.items_n, &lines);
    if (!e)
        e = price(c, cx, wish, &bag, &lines, &plan);
    if (!e)
        e = checkout_share_out(c, cx, wish, &plan);
    if (e)
        return e;
    o->order_id = cx_id(cx);
    o->cart_hash = checkout_owner_of(cx).cart_hash;
    o->created_ms = cx->now_ms;
    fill_lines(c, cx, &lines, o);
    checkout_make_groups(cx, &lines, plan.places, o);
    plan.claim = bag.claim;
    *ret = plan;
    return NULL;
}
