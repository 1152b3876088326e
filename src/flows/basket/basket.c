/* SPDX-License-Identifier: Apache-2.0
 * The cart with today's facts: what it is, costs and whether it is there. Called by the routes and
 * pages of this flow; must never trust the price that was noted when a line was added. */
#include "flows/basket/basket_internal.h"

const problem BASKET_UNAVAILABLE = { KIND_CONFLICT, "basket.offer_unavailable", NULL,
    "This is not on sale" };

struct basket *basket_open(struct arena *life, struct basket_deps deps)
{
    struct basket *b = NEW(life, struct basket);
    b->deps = deps;
    return b;
}

static const struct catalog_variant *find_variant(const struct catalog_product *p, id variant_id)
{
    for (size_t i = 0; i < p->variants_n; i++)
        if (id_eq(p->variants[i].variant_id, variant_id))
            return &p->variants[i];
    return NULL;
}

str basket_variant_text(struct cx *cx, const struct catalog_variant *v)
{
    struct buf out = { .arena = cx->arena };
    for (size_t i = 0; v && i < v->options_n; i++)
        buf_fmt(&out, "%s" STR_F ": " STR_F, i ? ", " : "", STR_A(v->options[i].name),
            STR_A(v->options[i].value));
    return buf_str(&out);
}

bool basket_priced(const struct basket_line *l)
{
    return l->variant && l->price.price.currency.code[0];
}

/* Everything about n lines with one call to each service. */
static err load(struct basket *b, struct cx *cx, struct basket_line *lines, size_t n)
{
    id *ids = NEW_N(cx->arena, n, id);
    struct catalog_product *products = NEW_N(cx->arena, n, struct catalog_product);
    struct pricing_key *keys = NEW_N(cx->arena, n, struct pricing_key);
    struct pricing_price *prices = NEW_N(cx->arena, n, struct pricing_price);
    struct inventory_key *places = NEW_N(cx->arena, n, struct inventory_key);
    int64_t *stock = NEW_N(cx->arena, n, int64_t);
    for (size_t i = 0; i < n; i++) {
        const struct cart_item *it = &lines[i].item;
        ids[i] = it->product_id;
        keys[i] = (struct pricing_key){ it->product_id, it->variant_id };
        places[i] = (struct inventory_key){ it->product_id, it->variant_id };
    }
    err e = catalog_products(
        b->deps.catalog, cx, (struct catalog_wanted){ .product_ids = ids, .n = n }, products);
    if (!e)
        e = pricing_get(b->deps.pricing, cx, keys, n, prices);
    if (!e)
        e = inventory_available(b->deps.inventory, cx, places, n, stock);
    for (size_t i = 0; !e && i < n; i++) {
        struct basket_line *l = &lines[i];
        l->product = products[i];
        l->variant = id_is_none(products[i].product_id)
                         ? NULL
                         : find_variant(&products[i], l->item.variant_id);
        l->price = prices[i];
        l->stock = stock[i];
        l->available = basket_priced(l) && stock[i] >= l->item.quantity;
        if (basket_priced(l))
            l->subtotal = money_times(l->price.price, l->item.quantity);
    }
    return e;
}

err basket_look(struct basket *b, struct cx *cx, struct cart_owner owner, struct basket_state *ret)
{
    struct basket_state s = { .units = 0 };
    err e = cart_get(b->deps.cart, cx, owner, &s.cart);
    if (e)
        return e;
    s.lines_n = s.cart.items_n;
    s.lines = NEW_N(cx->arena, s.lines_n, struct basket_line);
    s.buyable = s.lines_n > 0;
    for (size_t i = 0; i < s.lines_n; i++) {
        s.lines[i].item = s.cart.items[i];
        s.units += s.cart.items[i].quantity;
    }
    e = load(b, cx, s.lines, s.lines_n);
    for (size_t i = 0; !e && i < s.lines_n; i++)
        s.buyable &= s.lines[i].available;
    if (!e)
        e = basket_sum(b, cx, &s);
    if (!e)
        *ret = s;
    return e;
}

err basket_add(
    struct basket *b, struct cx *cx, struct basket_add in, struct cart_item *ret, str *ret_token)
{
    struct catalog_product p;
    err e = catalog_products(
        b->deps.catalog, cx, (struct catalog_wanted){ .product_ids = &in.product_id, .n = 1 }, &p);
    if (e)
        return e;
    if (id_is_none(p.product_id))
        return FAIL(cx, CATALOG_PRODUCT_GONE, "no such product");
    const struct catalog_variant *v = id_is_none(in.variant_id) && p.variants_n == 1
                                          ? &p.variants[0]
                                          : find_variant(&p, in.variant_id);
    if (!v) {
        cx_field(cx, S("/variantId"), id_is_none(in.variant_id) ? "required" : "unknown",
            "choose one of the product's variants");
        return FAIL(cx, ERR_INVALID, "variant");
    }
    struct pricing_key key = { p.product_id, v->variant_id };
    struct pricing_price price;
    e = pricing_get(b->deps.pricing, cx, &key, 1, &price);
    if (e)
        return e;
    if (!price.price.currency.code[0])
        return FAIL(cx, BASKET_UNAVAILABLE, "no price");
    struct inventory_key place = { p.product_id, v->variant_id };
    int64_t stock = 0;
    e = inventory_available(b->deps.inventory, cx, &place, 1, &stock);
    if (e)
        return e;
    if (stock < in.quantity) {
        cx_field(cx, S("/quantity"), "insufficient_stock", "%lld left", (long long)stock);
        return FAIL(cx, INVENTORY_OUT_OF_STOCK, "left=%lld", (long long)stock);
    }
    struct cart_owner owner = cart_owner_of(cx);
    owner.if_match = in.if_match;
    e = cart_add(b->deps.cart, cx,
        (struct cart_add){ .owner = owner,
            .product_id = p.product_id,
            .variant_id = v->variant_id,
            .quantity = in.quantity,
            .price = price.price },
        ret, ret_token);
    if (!e && b->deps.behaviour)
        (void)behaviour_note(b->deps.behaviour, cx,
            &(struct behaviour_event){ .kind = BEHAVIOUR_CARTED, .product_id = p.product_id }, 1);
    return e;
}

static const problem *const problems[] = { &BASKET_UNAVAILABLE, NULL };
const struct service basket_service = {
    .name = "basket",
    .folder = "src/flows/basket/",
    .routes = basket_routes,
    .page_routes = basket_page_routes,
    .problems = problems,
    .pages = basket_pages,
};
