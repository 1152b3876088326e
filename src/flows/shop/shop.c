/* SPDX-License-Identifier: Apache-2.0
 * Products and lists put together from catalogue, prices, stock and search. Called by the routes
 * and pages of this flow; must never write. */
#include "flows/shop/shop_internal.h"

#include "base/instant.h"

struct shop *shop_open(struct arena *life, struct shop_deps deps)
{
    struct shop *s = NEW(life, struct shop);
    s->deps = deps;
    s->synonyms = -1;
    s->shown = shop_shown_open(life);
    return s;
}

double shop_rating_value(const struct catalog_product *p)
{
    if (p->rating_count == 0)
        return 0;
    int64_t tenths = (p->rating_sum * 20 + p->rating_count) / (2 * p->rating_count);
    return (double)tenths / 10;
}

str shop_product_href(struct arena *arena, const struct catalog_product *p, id variant_id)
{
    struct buf out = { .arena = arena };
    buf_fmt(&out, "/p/" STR_F, STR_A(id_text(arena, p->product_id)));
    if (p->slug.n)
        buf_fmt(&out, "/" STR_F, STR_A(p->slug));
    if (!id_is_none(variant_id))
        buf_fmt(&out, "?v=" STR_F, STR_A(id_text(arena, variant_id)));
    return buf_str(&out);
}

/* ---- cards ---- */

/* What a list shows of the variants' prices: the cheapest, and whether there is another. */
static void sum_up_prices(const struct pricing_price *prices, size_t n, struct shop_card *card)
{
    for (size_t i = 0; i < n; i++) {
        if (!prices[i].price.currency.code[0])
            continue;
        bool first = !card->price.price.currency.code[0];
        int64_t best = card->price.price.minor, minor = prices[i].price.minor;
        card->many_prices |= !first && minor != best;
        if (first || minor < best)
            card->price = prices[i];
    }
}

/* Prices and stock of all variants of all cards, one call each; each card sums up its own. */
static err fill_offers(struct shop *s, struct cx *cx, struct shop_card *cards, size_t n)
{
    size_t keys_n = 0;
    for (size_t i = 0; i < n; i++)
        keys_n += cards[i].product.variants_n;
    struct inventory_key *places = NEW_N(cx->arena, keys_n, struct inventory_key);
    struct pricing_key *keys = NEW_N(cx->arena, keys_n, struct pricing_key);
    struct pricing_price *prices = NEW_N(cx->arena, keys_n, struct pricing_price);
    int64_t *stock = NEW_N(cx->arena, keys_n, int64_t);
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; v < cards[i].product.variants_n; v++) {
            id product_id = cards[i].product.product_id;
            id variant_id = cards[i].product.variants[v].variant_id;
            places[k] = (struct inventory_key){ product_id, variant_id };
            keys[k++] = (struct pricing_key){ product_id, variant_id };
        }
    err e = pricing_get(s->deps.pricing, cx, keys, keys_n, prices);
    if (!e)
        e = inventory_available(s->deps.inventory, cx, places, keys_n, stock);
    if (e)
        return e;
    k = 0;
    for (size_t i = 0; i < n; i++) {
        size_t variants_n = cards[i].product.variants_n;
        sum_up_prices(prices + k, variants_n, &cards[i]);
        for (size_t v = 0; v < variants_n; v++)
            cards[i].stock += stock[k++];
    }
    return NULL;
}

err shop_cards(
    struct shop *s, struct cx *cx, const id *ids, size_t n, struct shop_card **ret, size_t *ret_n)
{
    struct catalog_product *products = NEW_N(cx->arena, n, struct catalog_product);
    err e = catalog_products(
        s->deps.catalog, cx, (struct catalog_wanted){ .product_ids = ids, .n = n }, products);
    if (e)
        return e;
    struct shop_card *cards = NEW_N(cx->arena, n, struct shop_card);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!id_is_none(products[i].product_id)) /* else withdrawn since it was indexed */
            cards[kept++] = (struct shop_card){ .product = products[i] };
    e = fill_offers(s, cx, cards, kept);
    *ret = cards;
    *ret_n = kept;
    return e;
}

/* ---- one product ---- */

/* The cheapest variant that is there; without stock the cheapest. */
static size_t best_variant(const struct shop_product *p)
{
    size_t best = 0;
    bool best_there = false;
    int64_t best_minor = INT64_MAX;
    for (size_t i = 0; i < p->product.variants_n; i++) {
        if (!p->prices[i].price.currency.code[0])
            continue;
        bool there = p->stock[i] > 0;
        int64_t minor = p->prices[i].price.minor;
        if ((there && !best_there) || (there == best_there && minor < best_minor)) {
            best = i;
            best_there = there;
            best_minor = minor;
        }
    }
    return best;
}

static err fill_delivery(struct shop *s, struct cx *cx, struct shop_product *p)
{
    struct pricing_line line = { .product_id = p->product.product_id,
        .variant_id = p->product.variants[p->best].variant_id,
        .quantity = 1,
        .weight_g = p->product.variants[p->best].weight_g,
        .prime = p->product.prime };
    struct pricing_option options[PRICING_SPEEDS_N];
    if (!p->prices[p->best].price.currency.code[0])
        return NULL;
    err e = pricing_options(s->deps.pricing, cx, &line, 1, (struct pricing_place){ 0 }, options);
    if (e)
        return e;
    p->standard_from_ms = options[PRICING_STANDARD].from_ms;
    p->standard_to_ms = options[PRICING_STANDARD].to_ms;
    p->free_shipping = options[PRICING_STANDARD].price.minor == 0;
    if (options[PRICING_PRIME_NEXT_DAY].offered)
        p->prime_ms = options[PRICING_PRIME_NEXT_DAY].to_ms;
    return NULL;
}

err shop_product(struct shop *s, struct cx *cx, id product_id, struct shop_product *ret)
{
    struct shop_product p = { .best = 0 };
    err e = catalog_product_get(s->deps.catalog, cx, product_id, &p.product);
    if (e)
        return e;
    if (p.product.status != CATALOG_PUBLISHED || p.product.variants_n == 0)
        return FAIL(cx, CATALOG_PRODUCT_GONE, "not published");
    size_t n = p.product.variants_n;
    struct pricing_key *keys = NEW_N(cx->arena, n, struct pricing_key);
    struct inventory_key *places = NEW_N(cx->arena, n, struct inventory_key);
    for (size_t i = 0; i < n; i++) {
        keys[i] = (struct pricing_key){ product_id, p.product.variants[i].variant_id };
        places[i] = (struct inventory_key){ product_id, p.product.variants[i].variant_id };
    }
    p.prices = NEW_N(cx->arena, n, struct pricing_price);
    p.stock = NEW_N(cx->arena, n, int64_t);
    e = pricing_get(s->deps.pricing, cx, keys, n, p.prices);
    if (!e)
        e = inventory_available(s->deps.inventory, cx, places, n, p.stock);
    if (e)
        return e;
    for (size_t i = 0; i < n; i++)
        p.in_stock += p.stock[i];
    p.best = best_variant(&p);
    e = fill_delivery(s, cx, &p);
    if (!e)
        *ret = p;
    return e;
}

static const problem *const problems[] = { &SHOP_EXPLAIN_DENIED, NULL };
const struct service shop_service = {
    .name = "shop",
    .problems = problems,
    .folder = "src/flows/shop/",
    .routes = shop_routes,
    .page_routes = shop_page_routes,
    .pages = shop_pages,
};
