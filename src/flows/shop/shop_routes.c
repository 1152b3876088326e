/* SPDX-License-Identifier: Apache-2.0
 * The API of products and search. Called by the gateway; must answer the same for everybody, since
 * answers are cached. */
#include "base/instant.h"
#include "flows/shop/shop_internal.h"
#include "platform/http/route.h"

/* ---- one product ---- */

struct variant_json {
    id variant_id;
    struct json_map attributes;
    money price, list_price;
    str sku, ean, image;
    int64_t stock;
};
static const struct json_field variant_fields[] = {
    JSON_ID(struct variant_json, variant_id, .required = true),
    JSON_MAP(struct variant_json, attributes, .required = true),
    JSON_MONEY(struct variant_json, price),
    JSON_MONEY(struct variant_json, list_price),
    JSON_STR(struct variant_json, sku, .required = true),
    JSON_STR(struct variant_json, ean),
    JSON_STR(struct variant_json, image),
    JSON_INT(struct variant_json, stock, .required = true),
};
static const struct json_shape variant_shape =
    JSON_SHAPE("ProductVariant", struct variant_json, variant_fields);

struct seller_json {
    id seller_id;
    str name;
    double rating;
};
static const struct json_field seller_fields[] = {
    JSON_ID(struct seller_json, seller_id, .required = true,
        .doc = "The shop's own is the same in every shop: 00000000-0000-8000-8000-736f756b0001"),
    JSON_STR(struct seller_json, name, .required = true),
    JSON_NUM(struct seller_json, rating, .required = true),
};
static const struct json_shape seller_shape =
    JSON_SHAPE("ProductSeller", struct seller_json, seller_fields);

struct shipping_json {
    str prime_delivery, standard_delivery;
    bool free_shipping;
};
static const struct json_field shipping_fields[] = {
    JSON_STR(struct shipping_json, prime_delivery),
    JSON_STR(struct shipping_json, standard_delivery),
    JSON_BOOL(struct shipping_json, free_shipping, .required = true),
};
static const struct json_shape shipping_shape =
    JSON_SHAPE("ProductShipping", struct shipping_json, shipping_fields);

struct product_json {
    id product_id;
    str title, description, brand, category, category_path, currency;
    money price, list_price;
    int64_t discount, review_count;
    struct variant_json *variants;
    str *images;
    struct json_map specifications;
    struct seller_json *seller;
    struct shipping_json *shipping;
    size_t variants_n, images_n;
    double rating;
    bool prime_eligible, in_stock;
};
static const struct json_field product_fields[] = {
    JSON_ID(struct product_json, product_id, .required = true),
    JSON_STR(struct product_json, title, .required = true),
    JSON_STR(struct product_json, description, .required = true, .multiline = true, .max = 20000),
    JSON_STR(struct product_json, brand),
    JSON_STR(struct product_json, category, .required = true),
    JSON_STR(struct product_json, category_path),
    JSON_MONEY(struct product_json, price),
    JSON_MONEY(struct product_json, list_price),
    JSON_INT(struct product_json, discount, .required = true, .doc = "percent"),
    JSON_STR(struct product_json, currency, .required = true),
    JSON_LIST(struct product_json, variants, variant_shape, .required = true),
    JSON_STRS(struct product_json, images, .required = true),
    JSON_MAP(struct product_json, specifications, .required = true),
    JSON_OBJECT(struct product_json, seller, seller_shape, .required = true),
    JSON_OBJECT(struct product_json, shipping, shipping_shape, .required = true),
    JSON_NUM(struct product_json, rating, .required = true),
    JSON_INT(struct product_json, review_count, .required = true),
    JSON_BOOL(struct product_json, prime_eligible, .required = true),
    JSON_BOOL(struct product_json, in_stock, .required = true),
};
static const struct json_shape product_shape =
    JSON_SHAPE("Product", struct product_json, product_fields);

static struct json_map options_of(struct cx *cx, const struct catalog_variant *v)
{
    struct json_map_entry *entries = NEW_N(cx->arena, v->options_n, struct json_map_entry);
    for (size_t i = 0; i < v->options_n; i++)
        entries[i] =
            (struct json_map_entry){ .key = v->options[i].name, .value = v->options[i].value };
    return (struct json_map){ .entries = entries, .n = v->options_n };
}

static struct json_map specifications_of(struct cx *cx, const struct catalog_product *p)
{
    static const enum json_map_kind kinds[] = { [CATALOG_TEXT] = JSON_MAP_TEXT,
        [CATALOG_NUMBER] = JSON_MAP_NUMBER,
        [CATALOG_BOOL] = JSON_MAP_BOOL };
    struct json_map_entry *entries = NEW_N(cx->arena, p->attributes_n, struct json_map_entry);
    for (size_t i = 0; i < p->attributes_n; i++)
        entries[i] = (struct json_map_entry){ .key = p->attributes[i].label,
            .value = p->attributes[i].value,
            .kind = kinds[p->attributes[i].kind] };
    return (struct json_map){ .entries = entries, .n = p->attributes_n };
}

static bool has(money m)
{
    return m.currency.code[0] != 0;
}

static void fill_variants(struct cx *cx, const struct shop_product *p, struct product_json *v)
{
    v->variants_n = p->product.variants_n;
    v->variants = NEW_N(cx->arena, v->variants_n, struct variant_json);
    for (size_t i = 0; i < v->variants_n; i++) {
        const struct catalog_variant *variant = &p->product.variants[i];
        v->variants[i] = (struct variant_json){ .variant_id = variant->variant_id,
            .attributes = options_of(cx, variant),
            .price = p->prices[i].price,
            .list_price = p->prices[i].list,
            .sku = variant->sku,
            .ean = variant->ean,
            .image = catalog_picture_path(cx->arena, &p->product, variant, 0),
            .stock = p->stock[i] };
    }
}

#define PICTURES 3

static void fill_images(struct cx *cx, const struct catalog_product *p, struct product_json *v)
{
    v->images_n = p->images_n ? p->images_n : PICTURES;
    v->images = NEW_N(cx->arena, v->images_n, str);
    for (size_t i = 0; i < v->images_n; i++)
        v->images[i] = p->images_n ? p->images[i]
                                   : catalog_picture_path(cx->arena, p, &p->variants[0], (int)i);
}

static void fill_shipping(struct cx *cx, const struct shop_product *p, struct product_json *v)
{
    v->shipping = NEW(cx->arena, struct shipping_json);
    v->shipping->free_shipping = p->free_shipping;
    if (p->prime_ms)
        v->shipping->prime_delivery = instant_date(cx->arena, p->prime_ms);
    if (p->standard_to_ms)
        v->shipping->standard_delivery = str_fmt(cx->arena, STR_F " - " STR_F,
            STR_A(instant_date(cx->arena, p->standard_from_ms)),
            STR_A(instant_date(cx->arena, p->standard_to_ms)));
}

static struct product_json *product_view(struct shop *s, struct cx *cx, struct shop_product *p)
{
    struct product_json *v = NEW(cx->arena, struct product_json);
    const struct pricing_price *price = &p->prices[p->best];
    currency cur = pricing_currency(s->deps.pricing);
    *v = (struct product_json){ .product_id = p->product.product_id,
        .title = p->product.title,
        .description = p->product.description.p ? p->product.description : S(""),
        .brand = p->product.brand,
        .category = p->product.category_label,
        .category_path = p->product.category_path,
        .price = price->price,
        .list_price = price->list,
        .currency = str_dup(cx->arena, currency_str(&cur)),
        .specifications = specifications_of(cx, &p->product),
        .seller = NEW(cx->arena, struct seller_json),
        .rating = shop_rating_value(&p->product),
        .review_count = p->product.rating_count,
        .prime_eligible = p->product.prime,
        .in_stock = p->in_stock > 0 };
    if (has(price->price) && price->list.minor > price->price.minor)
        v->discount = (price->list.minor - price->price.minor) * 100 / price->list.minor;
    *v->seller =
        (struct seller_json){ .seller_id = id_is_none(p->product.seller_id) ? CATALOG_SELLER_SHOP
                                                                            : p->product.seller_id,
            .name = p->product.seller_name.n ? p->product.seller_name : S("Souk") };
    fill_variants(cx, p, v);
    fill_images(cx, &p->product, v);
    fill_shipping(cx, p, v);
    return v;
}

struct product_path {
    id product_id;
};
static const struct json_field product_path_fields[] = {
    JSON_ID(struct product_path, product_id, .at = AT_PATH, .required = true),
};
static const struct json_shape product_path_shape =
    JSON_SHAPE("ProductPath", struct product_path, product_path_fields);

static err get_product(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct product_path *in = body;
    struct shop_product p;
    err e = shop_product(service, cx, in->product_id, &p);
    return e ? e : reply_json(reply, 200, &product_shape, product_view(service, cx, &p));
}

/* ---- lists ---- */

static const struct json_field card_fields[] = {
    JSON_ID(struct card_json, product_id, .required = true),
    JSON_STR(struct card_json, title, .required = true),
    JSON_STR(struct card_json, brand),
    JSON_MONEY(struct card_json, price),
    JSON_MONEY(struct card_json, list_price),
    JSON_STR(struct card_json, currency, .required = true),
    JSON_NUM(struct card_json, rating, .required = true),
    JSON_INT(struct card_json, review_count, .required = true),
    JSON_STR(struct card_json, thumbnail, .required = true),
    JSON_STR(struct card_json, image_url, .required = true),
    JSON_BOOL(struct card_json, prime_eligible, .required = true),
    JSON_BOOL(struct card_json, in_stock, .required = true),
    JSON_BOOL(struct card_json, sponsored, .required = true),
};
const struct json_shape shop_card_shape = JSON_SHAPE("ProductCard", struct card_json, card_fields);

/* The same under the names of GET /products/search, which has them in snake_case always. */
static const struct json_field plain_card_fields[] = {
    JSON_ID(struct card_json, product_id, .required = true, .wire = "product_id"),
    JSON_STR(struct card_json, title, .required = true),
    JSON_STR(struct card_json, brand),
    JSON_MONEY(struct card_json, price),
    JSON_MONEY(struct card_json, list_price, .wire = "list_price"),
    JSON_STR(struct card_json, currency, .required = true),
    JSON_NUM(struct card_json, rating, .required = true),
    JSON_INT(struct card_json, review_count, .required = true, .wire = "review_count"),
    JSON_STR(struct card_json, image_url, .required = true, .wire = "image_url"),
    JSON_BOOL(struct card_json, prime_eligible, .required = true, .wire = "prime_eligible"),
    JSON_BOOL(struct card_json, in_stock, .required = true, .wire = "in_stock"),
};
static const struct json_shape plain_card_shape =
    JSON_SHAPE("ProductSearchCard", struct card_json, plain_card_fields);

struct card_json *shop_cards_json(
    struct shop *s, struct cx *cx, const struct shop_card *list, size_t n)
{
    struct card_json *cards = NEW_N(cx->arena, n, struct card_json);
    currency cur = pricing_currency(s->deps.pricing);
    str code = str_dup(cx->arena, currency_str(&cur));
    for (size_t i = 0; i < n; i++) {
        const struct shop_card *c = &list[i];
        cards[i] = (struct card_json){ .product_id = c->product.product_id,
            .title = c->product.title,
            .brand = c->product.brand,
            .price = c->price.price,
            .list_price = c->price.list,
            .currency = code,
            .rating = shop_rating_value(&c->product),
            .review_count = c->product.rating_count,
            .thumbnail = catalog_picture_path(cx->arena, &c->product, &c->product.variants[0], 0),
            .prime_eligible = c->product.prime,
            .in_stock = c->stock > 0,
            .sponsored = c->sponsored };
        cards[i].image_url = cards[i].thumbnail;
    }
    return cards;
}

struct count_json {
    str name;
    int64_t count;
};
static const struct json_field count_fields[] = {
    JSON_STR(struct count_json, name, .required = true),
    JSON_INT(struct count_json, count, .required = true),
};
static const struct json_shape count_shape =
    JSON_SHAPE("FacetCount", struct count_json, count_fields);
struct range_json {
    str range;
    int64_t count;
};
static const struct json_field range_fields[] = {
    JSON_STR(struct range_json, range, .required = true),
    JSON_INT(struct range_json, count, .required = true),
};
static const struct json_shape range_shape =
    JSON_SHAPE("FacetRange", struct range_json, range_fields);
struct rating_json {
    int64_t rating, count;
};
static const struct json_field rating_fields[] = {
    JSON_INT(struct rating_json, rating, .required = true, .doc = "stars and up"),
    JSON_INT(struct rating_json, count, .required = true),
};
static const struct json_shape rating_shape =
    JSON_SHAPE("FacetRating", struct rating_json, rating_fields);
struct attribute_json {
    str name, label;
    struct count_json *values;
    size_t values_n;
};
static const struct json_field attribute_fields[] = {
    JSON_STR(struct attribute_json, name, .required = true),
    JSON_STR(struct attribute_json, label, .required = true),
    JSON_LIST(struct attribute_json, values, count_shape, .required = true),
};
static const struct json_shape attribute_shape =
    JSON_SHAPE("FacetAttribute", struct attribute_json, attribute_fields);

struct facets_json {
    struct count_json *brands, *categories;
    struct range_json *price_ranges;
    struct rating_json *ratings;
    struct attribute_json *attributes;
    size_t brands_n, categories_n, price_ranges_n, ratings_n, attributes_n;
    int64_t prime, in_stock;
};
static const struct json_field facets_fields[] = {
    JSON_LIST(struct facets_json, brands, count_shape, .required = true),
    JSON_LIST(struct facets_json, price_ranges, range_shape, .required = true),
    JSON_LIST(struct facets_json, ratings, rating_shape, .required = true),
    JSON_LIST(struct facets_json, categories, count_shape, .required = true),
    JSON_LIST(struct facets_json, attributes, attribute_shape, .required = true),
    JSON_INT(struct facets_json, prime, .required = true),
    JSON_INT(struct facets_json, in_stock, .required = true),
};
static const struct json_shape facets_shape =
    JSON_SHAPE("Facets", struct facets_json, facets_fields);

static struct count_json *counts_view(struct cx *cx, const struct search_count *counts, size_t n)
{
    struct count_json *v = NEW_N(cx->arena, n, struct count_json);
    for (size_t i = 0; i < n; i++)
        v[i] = (struct count_json){ .name = counts[i].value, .count = counts[i].count };
    return v;
}

/* "500-1000", "1000-" in whole major units. */
static str range_text(struct shop *s, struct cx *cx, const struct search_range *r)
{
    int64_t scale = 1;
    for (int i = 0; i < currency_decimals(pricing_currency(s->deps.pricing)); i++)
        scale *= 10;
    str to = r->to ? str_from_i64(cx->arena, r->to / scale) : S("");
    return str_fmt(cx->arena, "%lld-" STR_F, (long long)(r->from / scale), STR_A(to));
}

static struct facets_json *facets_view(struct shop *s, struct cx *cx, const struct search_result *r)
{
    struct facets_json *v = NEW(cx->arena, struct facets_json);
    *v = (struct facets_json){ .brands = counts_view(cx, r->brands, r->brands_n),
        .categories = counts_view(cx, r->categories, r->categories_n),
        .price_ranges = NEW_N(cx->arena, r->prices_n, struct range_json),
        .ratings = NEW_N(cx->arena, r->ratings_n, struct rating_json),
        .attributes = NEW_N(cx->arena, r->attributes_n, struct attribute_json),
        .brands_n = r->brands_n,
        .categories_n = r->categories_n,
        .price_ranges_n = r->prices_n,
        .ratings_n = r->ratings_n,
        .attributes_n = r->attributes_n,
        .prime = r->prime_count,
        .in_stock = r->in_stock_count };
    for (size_t i = 0; i < r->prices_n; i++)
        v->price_ranges[i] = (struct range_json){ .range = range_text(s, cx, &r->prices[i]),
            .count = r->prices[i].count };
    for (size_t i = 0; i < r->ratings_n; i++) {
        int64_t stars = 0;
        if (!str_to_i64(r->ratings[i].value, &stars))
            stars = 0;
        v->ratings[i] = (struct rating_json){ .rating = stars, .count = r->ratings[i].count };
    }
    for (size_t i = 0; i < r->attributes_n; i++)
        v->attributes[i] = (struct attribute_json){ .name = r->attributes[i].name,
            .label = r->attributes[i].label,
            .values = counts_view(cx, r->attributes[i].counts, r->attributes[i].counts_n),
            .values_n = r->attributes[i].counts_n };
    return v;
}

struct pagination_json {
    int64_t page, limit, total, pages;
};
static const struct json_field pagination_fields[] = {
    JSON_INT(struct pagination_json, page, .required = true),
    JSON_INT(struct pagination_json, limit, .required = true),
    JSON_INT(struct pagination_json, total, .required = true),
    JSON_INT(struct pagination_json, pages, .required = true),
};
static const struct json_shape pagination_shape =
    JSON_SHAPE("Pagination", struct pagination_json, pagination_fields);

/* One struct for the three list replies; each shows its own members of it. */
struct list_json {
    str query, next_page_token, corrected, redirect;
    struct card_json *products;
    struct facets_json *facets;
    struct pagination_json *pagination;
    str *suggestions;
    size_t products_n, suggestions_n;
    struct why_json *explain;
    size_t explain_n;
    int64_t total_results, page;
    bool relaxed, replaced;
};
static const struct json_field list_products_fields[] = {
    JSON_LIST(struct list_json, products, shop_card_shape, .required = true),
    JSON_OBJECT(struct list_json, pagination, pagination_shape, .required = true),
    JSON_OBJECT(struct list_json, facets, facets_shape, .required = true, .wire = "filters"),
    JSON_STR(struct list_json, next_page_token),
};
static const struct json_shape list_products_shape =
    JSON_SHAPE("ProductList", struct list_json, list_products_fields);
static const struct json_field list_search_fields[] = {
    JSON_STR(struct list_json, query, .required = true),
    JSON_LIST(struct list_json, products, shop_card_shape, .required = true, .wire = "results"),
    JSON_OBJECT(struct list_json, facets, facets_shape, .required = true),
    JSON_STRS(struct list_json, suggestions, .required = true),
    JSON_STR(struct list_json, corrected, .doc = "did you mean"),
    JSON_BOOL(struct list_json, relaxed, .required = true,
        .doc = "few or none have all words; others have some"),
    JSON_BOOL(struct list_json, replaced, .required = true,
        .doc = "nothing was found; these are the results of `corrected`"),
    JSON_STR(struct list_json, redirect, .doc = "the page that staff send this query to"),
    JSON_INT(struct list_json, total_results, .required = true),
    JSON_INT(struct list_json, page, .required = true),
    JSON_STR(struct list_json, next_page_token),
    JSON_LIST(struct list_json, explain, shop_why_shape, .zero_out = true,
        .doc = "for staff, with explain=1: the same order"),
};
static const struct json_shape list_search_shape =
    JSON_SHAPE("SearchResults", struct list_json, list_search_fields);
static const struct json_field list_plain_fields[] = {
    JSON_LIST(struct list_json, products, plain_card_shape, .required = true, .wire = "results"),
    JSON_INT(struct list_json, total_results, .required = true, .wire = "total_results"),
    JSON_INT(struct list_json, page, .required = true),
    JSON_STR(struct list_json, next_page_token, .wire = "next_page_token"),
    JSON_LIST(struct list_json, explain, shop_plain_why_shape, .zero_out = true,
        .doc = "for staff, with explain=1: the same order"),
};
static const struct json_shape list_plain_shape =
    JSON_SHAPE("ProductSearch", struct list_json, list_plain_fields);

static err list_view(
    struct shop *s, struct cx *cx, const struct shop_list_in *in, struct list_json **ret)
{
    struct shop_list l;
    err e = shop_list(s, cx, in, &l);
    if (e)
        return e;
    struct list_json *v = NEW(cx->arena, struct list_json);
    *v = (struct list_json){ .query = in->q.p ? in->q : S(""),
        .next_page_token = l.found.next_page_token,
        .corrected = l.found.corrected,
        .redirect = l.redirect,
        .products = shop_cards_json(s, cx, l.cards, l.cards_n),
        .products_n = l.cards_n,
        .facets = facets_view(s, cx, &l.found),
        .pagination = NEW(cx->arena, struct pagination_json),
        .total_results = l.found.total,
        .page = l.page,
        .relaxed = l.found.relaxed,
        .replaced = l.found.replaced };
    v->explain = shop_why_json(cx, &l, &v->explain_n);
    *v->pagination = (struct pagination_json){ l.page, l.limit, l.found.total, l.pages };
    *ret = v;
    return NULL;
}

#define LIST_FIELDS                                                                                \
    JSON_STR(struct shop_list_in, sort, .at = AT_QUERY, .one_of = shop_sort_names),                \
        JSON_INT(struct shop_list_in, page, .at = AT_QUERY, .min = 1, .max = 50),                  \
        JSON_INT(struct shop_list_in, limit, .at = AT_QUERY, .min = 1, .max = 100),                \
        JSON_STR(struct shop_list_in, category, .at = AT_QUERY, .max = 300),                       \
        JSON_STR(struct shop_list_in, filters, .at = AT_QUERY, .max = 1000),                       \
        JSON_STR(struct shop_list_in, page_token, .at = AT_QUERY, .max = 2000)
static const struct json_field list_in_fields[] = { LIST_FIELDS };
static const struct json_shape list_in_shape =
    JSON_SHAPE("ProductListQuery", struct shop_list_in, list_in_fields);
static const struct json_field search_in_fields[] = {
    JSON_STR(struct shop_list_in, q, .at = AT_QUERY, .max = SEARCH_TEXT_MAX),
    JSON_BOOL(struct shop_list_in, explain, .at = AT_QUERY,
        .doc = "staff alone: why each product stands where it does"),
    LIST_FIELDS,
};
static const struct json_shape search_in_shape =
    JSON_SHAPE("SearchQuery", struct shop_list_in, search_in_fields);

static err get_products(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct list_json *v;
    err e = list_view(service, cx, body, &v);
    return e ? e : reply_json(reply, 200, &list_products_shape, v);
}

static err get_products_search(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct list_json *v;
    err e = list_view(service, cx, body, &v);
    return e ? e : reply_json(reply, 200, &list_plain_shape, v);
}

static err get_search(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct shop *s = service;
    struct shop_list_in wanted = *(const struct shop_list_in *)body, *in = &wanted;
    struct list_json *v;
    wanted.ads = true;
    err e = list_view(s, cx, in, &v);
    if (!e && in->q.n)
        e = s->deps.search->complete(
            s->deps.search->self, cx, in->q, &v->suggestions, &v->suggestions_n);
    return e ? e : reply_json(reply, 200, &list_search_shape, v);
}

static const problem *const product_problems[] = { &CATALOG_PRODUCT_GONE, NULL };
static const problem *const list_problems[] = { &SEARCH_BAD_TOKEN, NULL };
static const problem *const search_problems[] = { &SEARCH_BAD_TOKEN, &SHOP_EXPLAIN_DENIED, NULL };

const struct route shop_routes[] = {
    { .method = "GET",
        .path = "/api/v1/products",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .caching = CACHING_PUBLIC,
        .in = &list_in_shape,
        .out = &list_products_shape,
        .problems = list_problems,
        .fn = get_products,
        .summary = "Products of a category" },
    { .method = "GET",
        .path = "/api/v1/products/search",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .caching = CACHING_PUBLIC,
        .snake = true,
        .in = &search_in_shape,
        .out = &list_plain_shape,
        .problems = search_problems,
        .fn = get_products_search,
        .summary = "Search, answered in snake_case" },
    { .method = "GET",
        .path = "/api/v1/products/{productId}",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .caching = CACHING_PUBLIC,
        .in = &product_path_shape,
        .out = &product_shape,
        .problems = product_problems,
        .fn = get_product,
        .summary = "A product with its variants" },
    { .method = "GET",
        .path = "/api/v1/search",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .caching = CACHING_PUBLIC,
        .in = &search_in_shape,
        .out = &list_search_shape,
        .problems = search_problems,
        .fn = get_search,
        .summary = "Search with facets and filters" },
    { .method = "GET",
        .path = "/api/v1/search/autocomplete",
        .priority = PRIORITY_LOW,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .caching = CACHING_PUBLIC,
        .in = &shop_complete_in,
        .out = &shop_complete_out,
        .fn = shop_get_complete,
        .summary = "Completions while typing: words, categories, brands, products" },
    { .method = "GET",
        .path = "/api/v1/products/{productId}/related",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .caching = CACHING_PUBLIC,
        .in = &shop_related_in,
        .out = &shop_related_out,
        .problems = product_problems,
        .fn = shop_get_related,
        .summary = "What goes with a product, and what is like it" },
    ROUTES_END,
};
