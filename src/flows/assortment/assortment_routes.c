/* SPDX-License-Identifier: Apache-2.0
 * The table of routes, and POST /products: a seller's or the staff's product, with prices, stock
 * and pictures. Called by the gateway; must never decide what a product may be: that is the
 * catalogue's. */
#include "base/utf8.h"
#include "flows/assortment/assortment_internal.h"

#define BODY_MAX (16 * 1024 * 1024)
#define IMAGE_TEXT_MAX (7 * 1024 * 1024) /* base64 of what catalog_image_put takes, and a bit */
#define IMAGES_MAX 20
#define VARIANTS_MAX 100
#define OPTIONS_MAX 10
#define SPECIFICATIONS_MAX 300
#define NAME_MAX_N 64 /* of an attribute's key */

/* ---- shapes ---- */

struct variant_in {
    str sku, price, ean;
    struct json_map attributes;
    int64_t stock;
};
static const struct json_field variant_in_fields[] = {
    JSON_STR(struct variant_in, sku, .max = 64, .doc = "Unique in the shop; absent: derived"),
    JSON_MAP(struct variant_in, attributes, .max = OPTIONS_MAX, .item_max = 100,
        .doc = "What tells it from its siblings: {\"Colour\": \"Navy\"}"),
    JSON_AMOUNT(struct variant_in, price, .doc = "Absent: the product's"),
    JSON_INT(struct variant_in, stock, .min = 0, .max = INVENTORY_ON_HAND_MAX,
        .doc = "Into the first warehouse"),
    JSON_STR(struct variant_in, ean, .max = 14),
};
static const struct json_shape variant_in_shape =
    JSON_SHAPE("ProductVariantInput", struct variant_in, variant_in_fields);

struct product_in {
    str title, description, category, brand, price, list_price;
    struct variant_in *variants;
    const str *images;
    struct json_map specifications;
    size_t variants_n, images_n;
    const str *paths; /* of images; set by keep_images */
};
static const struct json_field product_in_fields[] = {
    JSON_STR(struct product_in, title, .required = true, .min = 1, .max = 300),
    JSON_STR(struct product_in, description, .max = 20000, .multiline = true),
    JSON_STR(struct product_in, category, .required = true, .min = 1, .max = 1000,
        .doc = "Id, path (electronics/phones) or label (Electronics > Phones)"),
    JSON_STR(struct product_in, brand, .max = 100),
    JSON_AMOUNT(struct product_in, price, .required = true),
    JSON_AMOUNT(struct product_in, list_price, .doc = "Struck through; at least the price"),
    JSON_LIST(struct product_in, variants, variant_in_shape, .max = VARIANTS_MAX),
    JSON_STRS(struct product_in, images, .max = IMAGES_MAX, .item_max = IMAGE_TEXT_MAX,
        .doc = "PNG, JPEG, WebP or GIF as base64 or data: URL"),
    JSON_MAP(struct product_in, specifications, .max = SPECIFICATIONS_MAX),
};
static const struct json_shape product_in_shape =
    JSON_SHAPE("ProductInput", struct product_in, product_in_fields);

struct variant_out {
    id variant_id;
    str sku;
};
static const struct json_field variant_out_fields[] = {
    JSON_ID(struct variant_out, variant_id, .required = true),
    JSON_STR(struct variant_out, sku, .required = true),
};
static const struct json_shape variant_out_shape =
    JSON_SHAPE("ProductVariantCreated", struct variant_out, variant_out_fields);

struct product_out {
    id product_id;
    str status;
    struct variant_out *variants;
    size_t variants_n;
};
static const struct json_field product_out_fields[] = {
    JSON_ID(struct product_out, product_id, .required = true),
    JSON_STR(struct product_out, status, .required = true, .one_of = catalog_status_names),
    JSON_LIST(
        struct product_out, variants, variant_out_shape, .required = true, .max = VARIANTS_MAX),
};
static const struct json_shape product_out_shape =
    JSON_SHAPE("ProductCreated", struct product_out, product_out_fields);

/* ---- pictures, before the unit ---- */

static err keep_images(void *service, struct cx *cx, void *body)
{
    struct assortment *a = service;
    struct product_in *in = body;
    str *paths = NEW_N(cx->arena, in->images_n, str);
    for (size_t i = 0; i < in->images_n; i++) {
        err e = catalog_image_put(a->deps.catalog, cx, in->images[i], &paths[i]);
        if (e == &CATALOG_IMAGE_BAD)
            cx_field(cx, str_fmt(cx->arena, "/images/%zu", i), "image_unacceptable", "%s",
                CATALOG_IMAGE_BAD.title);
        if (e)
            return e;
    }
    in->paths = paths;
    return NULL;
}

/* ---- from the body to an item ---- */

static err take_amount(
    struct assortment *a, struct cx *cx, str text, str pointer, struct money *ret)
{
    if (money_parse(text, pricing_currency(a->deps.pricing), ret) && ret->minor > 0)
        return NULL;
    cx_field(cx, pointer, "bad_amount", "must be above zero, with the currency's decimals");
    return FAIL(cx, ERR_INVALID, STR_F "=" STR_F, STR_A(pointer), STR_A(text));
}

/* "Electronics > Phones" is the path "electronics/phones" when nobody chose other slugs. */
static str path_of(struct cx *cx, str category)
{
    if (str_find_char(category, '>', 0) < 0)
        return str_trim(category);
    struct buf path = { .arena = cx->arena };
    for (str rest = category; rest.p;) {
        if (path.n)
            buf_char(&path, '/');
        buf_add(&path, utf8_slug(cx->arena, str_cut(&rest, '>'), 80));
    }
    return buf_str(&path);
}

static str attribute_key(struct cx *cx, str label)
{
    str slug = utf8_slug(cx->arena, label, NAME_MAX_N);
    char *p = arena_alloc(cx->arena, slug.n + 1);
    for (size_t i = 0; i < slug.n; i++)
        p[i] = slug.p[i] == '-' ? '_' : slug.p[i];
    return (str){ p, slug.n };
}

static void fill_specifications(
    struct cx *cx, const struct json_map *map, struct catalog_product *out)
{
    static const enum catalog_attribute_kind kinds[] = { [JSON_MAP_TEXT] = CATALOG_TEXT,
        [JSON_MAP_NUMBER] = CATALOG_NUMBER,
        [JSON_MAP_BOOL] = CATALOG_BOOL };
    struct catalog_attribute *list = NEW_N(cx->arena, map->n, struct catalog_attribute);
    size_t n = 0;
    for (size_t i = 0; i < map->n; i++) {
        const struct json_map_entry *entry = &map->entries[i];
        if (!entry->value.n)
            continue;
        str name = attribute_key(cx, entry->key);
        list[n++] = (struct catalog_attribute){
            .name = name.n ? name : str_fmt(cx->arena, "specification_%zu", i + 1),
            .label = entry->key,
            .kind = kinds[entry->kind],
            .value = entry->value
        };
    }
    out->attributes = list;
    out->attributes_n = n;
}

static void fill_variant(
    struct cx *cx, const struct variant_in *in, str derived, struct catalog_variant *out)
{
    struct catalog_option *options = NEW_N(cx->arena, in->attributes.n, struct catalog_option);
    for (size_t i = 0; i < in->attributes.n; i++)
        options[i] = (struct catalog_option){ in->attributes.entries[i].key,
            in->attributes.entries[i].value };
    *out = (struct catalog_variant){ .sku = in->sku.n ? in->sku : derived,
        .ean = in->ean,
        .options = options,
        .options_n = in->attributes.n };
}

/* Stock goes into the first warehouse. */
static err fill_stock(struct assortment *a, struct cx *cx, const struct product_in *in,
    struct assortment_offer *offers)
{
    struct inventory_warehouse *list = NULL;
    size_t n = 0;
    for (size_t i = 0; i < in->variants_n; i++) {
        if (!in->variants[i].stock)
            continue;
        err e = list ? NULL : inventory_warehouse_list(a->deps.inventory, cx, &list, &n);
        if (e)
            return e;
        if (!n) {
            cx_field(cx, str_fmt(cx->arena, "/variants/%zu/stock", i), "warehouse_unknown",
                "needs a warehouse to be in");
            return FAIL(cx, INVENTORY_WAREHOUSE_UNKNOWN, "there is no warehouse");
        }
        struct assortment_stock *stock = NEW(cx->arena, struct assortment_stock);
        *stock = (struct assortment_stock){ list[0].warehouse_id, in->variants[i].stock };
        offers[i].stock = stock;
        offers[i].stock_n = 1;
    }
    return NULL;
}

static err fill_offers(struct assortment *a, struct cx *cx, const struct product_in *in, size_t n,
    struct assortment_offer *offers)
{
    money price, list = { 0 };
    err e = take_amount(a, cx, in->price, S("/price"), &price);
    if (!e && in->list_price.n)
        e = take_amount(a, cx, in->list_price, S("/listPrice"), &list);
    if (e)
        return e;
    if (list.minor && list.minor < price.minor) {
        cx_field(cx, S("/listPrice"), "too_small", "must not be below the price");
        return FAIL(cx, ERR_INVALID, "list price below price");
    }
    for (size_t i = 0; i < n; i++) {
        offers[i] = (struct assortment_offer){ .price = price };
        if (i < in->variants_n && in->variants[i].price.n)
            e = take_amount(a, cx, in->variants[i].price,
                str_fmt(cx->arena, "/variants/%zu/price", i), &offers[i].price);
        if (e)
            return e;
        offers[i].list = list.minor > offers[i].price.minor ? list : offers[i].price;
    }
    return fill_stock(a, cx, in, offers);
}

static bool is_staff(const struct cx *cx)
{
    return (cx->who.roles & (ROLE_CATALOG | ROLE_ADMIN)) != 0;
}

/* A SKU that nobody else has: the random end of the product's id. */
static str derived_sku(struct cx *cx, id product_id, size_t i)
{
    str text = id_text(cx->arena, product_id);
    return str_fmt(cx->arena, "S-" STR_F "-%zu", STR_A(str_skip(text, text.n - 12)), i + 1);
}

static void fill_product(struct cx *cx, const struct product_in *in, struct assortment_item *item)
{
    static const struct variant_in plain = { .stock = 0 };
    size_t n = in->variants_n ? in->variants_n : 1;
    struct catalog_variant *variants = NEW_N(cx->arena, n, struct catalog_variant);
    struct catalog_product *p = &item->product;
    *p = (struct catalog_product){ .product_id = cx_id(cx),
        .title = in->title,
        .brand = in->brand,
        .description = in->description,
        .status = is_staff(cx) ? CATALOG_PUBLISHED : CATALOG_SUBMITTED,
        .variants = variants,
        .variants_n = n,
        .images = in->paths,
        .images_n = in->images_n,
        .released_ms = cx->now_ms };
    if (!is_staff(cx)) {
        p->seller_id = cx->who.user_id;
        p->seller_name = cx->who.name;
    }
    if (!id_parse(in->category, &p->category_id))
        item->category_path = path_of(cx, in->category);
    fill_specifications(cx, &in->specifications, p);
    for (size_t i = 0; i < n; i++)
        fill_variant(cx, in->variants_n ? &in->variants[i] : &plain,
            derived_sku(cx, p->product_id, i), &variants[i]);
}

/* ---- the handler ---- */

static err post_product(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct assortment *a = service;
    const struct product_in *in = body;
    struct assortment_item item = { .product = { .version = 0 } };
    fill_product(cx, in, &item);
    size_t n = item.product.variants_n;
    struct assortment_offer *offers = NEW_N(cx->arena, n, struct assortment_offer);
    err e = fill_offers(a, cx, in, n, offers);
    item.offers = offers;
    struct assortment_result refusal;
    if (!e)
        e = assortment_put_all(a, cx, &item, 1, &refusal);
    if (!e && refusal.e) {
        cx->fields = refusal.fields;
        return cx_fail(cx, refusal.e, __FILE__, STR_F, STR_A(refusal.detail));
    }
    if (e)
        return e;
    struct product_out *view = NEW(cx->arena, struct product_out);
    *view = (struct product_out){ .product_id = item.product.product_id,
        .status = str_from_c(catalog_status_names[item.product.status]),
        .variants = NEW_N(cx->arena, n, struct variant_out),
        .variants_n = n };
    for (size_t i = 0; i < n; i++)
        view->variants[i] =
            (struct variant_out){ refusal.variant_ids[i], item.product.variants[i].sku };
    reply_add_header(reply, S("Location"),
        str_cat(cx->arena, S("/api/v1/products/"), id_text(cx->arena, view->product_id)));
    return reply_json(reply, 201, &product_out_shape, view);
}

static uint64_t product_conflict(const struct cx *cx, const void *body)
{
    (void)body;
    return id_hash(cx->who.user_id);
}

static const problem *const product_problems[] = { &CATALOG_CATEGORY_UNKNOWN, &CATALOG_SKU_TAKEN,
    &CATALOG_IMAGE_BAD, &INVENTORY_WAREHOUSE_UNKNOWN, NULL };
static const problem *const prices_problems[] = { &CATALOG_PRODUCT_GONE, NULL };

#define PRICES_PATH "/api/v1/admin/products/{productId}/prices"

const struct route assortment_routes[] = {
    { .method = "POST",
        .path = "/api/v1/products",
        .scope = SCOPE_SELLER,
        .unit = UNIT_WRITE,
        .body_max = BODY_MAX,
        .in = &product_in_shape,
        .out = &product_out_shape,
        .status = 201,
        .before = keep_images,
        .fn = post_product,
        .conflict = product_conflict,
        .problems = product_problems,
        .summary = "Offer a product: a seller's waits for approval, the staff's is on sale" },
    { .method = "GET",
        .path = PRICES_PATH,
        .scope = SCOPE_CATALOG,
        .unit = UNIT_READ,
        .in = &assortment_prices_path,
        .out = &assortment_prices_shape,
        .fn = assortment_get_prices,
        .summary = "Prices of a product's variants" },
    { .method = "PUT",
        .path = PRICES_PATH,
        .scope = SCOPE_CATALOG,
        .unit = UNIT_WRITE,
        .in = &assortment_prices_in,
        .out = &assortment_prices_shape,
        .fn = assortment_put_prices,
        .conflict = assortment_prices_conflict,
        .problems = prices_problems,
        .summary = "Set prices of a product's variants" },
    ROUTES_END,
};
