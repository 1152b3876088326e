/* SPDX-License-Identifier: Apache-2.0
 * Rows to products: one statement for each kind of row, whatever the number of products. Called by
 * catalog.c. Makes no decisions and must never write. */
#include "services/catalog/catalog_store.h"

#include <string.h>

#include "catalog_sql.h"

/* ---- texts inside rows ---- */

static void close_value(struct json_value **v)
{
    json_value_close(*v);
}

static err attributes_of(struct cx *cx, str text, struct catalog_product *ret)
{
    DEFER(close_value) struct json_value *doc = NULL;
    if (!text.p)
        return NULL;
    err e = json_value_parse(cx, text, &doc);
    if (e)
        return FAIL(cx, ERR_BUG, "attributes that are no JSON");
    size_t n = json_value_count(doc);
    struct catalog_attribute *list = NEW_N(cx->arena, n, struct catalog_attribute);
    for (size_t i = 0; i < n; i++) {
        const struct json_value *item = json_value_at(doc, i);
        str kind = json_value_str(cx->arena, json_value_at(item, 2));
        ASSERT(kind.n == 1 && kind.p[0] >= '0' && kind.p[0] <= '2');
        list[i] = (struct catalog_attribute){
            .name = json_value_str(cx->arena, json_value_at(item, 0)),
            .label = json_value_str(cx->arena, json_value_at(item, 1)),
            .kind = (enum catalog_attribute_kind)(kind.p[0] - '0'),
            .value = json_value_str(cx->arena, json_value_at(item, 3)),
            .unit = json_value_str(cx->arena, json_value_at(item, 4)),
        };
    }
    ret->attributes = list;
    ret->attributes_n = n;
    return NULL;
}

static err options_of(struct cx *cx, str text, struct catalog_variant *ret)
{
    DEFER(close_value) struct json_value *doc = NULL;
    if (!text.p)
        return NULL;
    err e = json_value_parse(cx, text, &doc);
    if (e)
        return FAIL(cx, ERR_BUG, "options that are no JSON");
    size_t n = json_value_count(doc);
    struct catalog_option *list = NEW_N(cx->arena, n, struct catalog_option);
    for (size_t i = 0; i < n; i++) {
        const struct json_value *item = json_value_at(doc, i);
        list[i] = (struct catalog_option){
            .name = json_value_str(cx->arena, json_value_at(item, 0)),
            .value = json_value_str(cx->arena, json_value_at(item, 1)),
        };
    }
    ret->options = list;
    ret->options_n = n;
    return NULL;
}

static err images_of(struct cx *cx, str text, struct catalog_product *ret)
{
    DEFER(close_value) struct json_value *doc = NULL;
    if (!text.p)
        return NULL;
    err e = json_value_parse(cx, text, &doc);
    if (e)
        return FAIL(cx, ERR_BUG, "images that are no JSON");
    size_t n = json_value_count(doc);
    str *list = NEW_N(cx->arena, n, str);
    for (size_t i = 0; i < n; i++)
        list[i] = json_value_str(cx->arena, json_value_at(doc, i));
    ret->images = list;
    ret->images_n = n;
    return NULL;
}

/* ---- rows ---- */

static err fill_product(
    struct cx *cx, const struct catalog_sql_product_get_row *row, struct catalog_product *ret)
{
    *ret = (struct catalog_product){
        .product_id = row->product_id,
        .category_id = row->category_id,
        .seller_id = row->seller_id,
        .seller_name = row->seller_name,
        .source = row->source,
        .title = row->title,
        .brand = row->brand,
        .slug = row->slug,
        .status = catalog_store_status(row->status),
        .picture = row->picture,
        .released_ms = row->released_ms,
        .rating_sum = row->rating_sum,
        .rating_count = row->rating_count,
        .prime = row->prime,
        .version = row->version,
        .created_ms = row->created_ms,
        .updated_ms = row->updated_ms,
        .category_label = row->category_label,
        .category_path = row->category_path,
    };
    return images_of(cx, row->images, ret);
}

/* Product rows of the ids; those that are not wanted are left at none. */
static err read_products(
    struct catalog *c, struct cx *cx, struct catalog_wanted in, struct catalog_product *ret)
{
    struct catalog_sql_product_get_in *keys =
        NEW_N(cx->arena, in.n, struct catalog_sql_product_get_in);
    struct catalog_sql_product_get_row *rows =
        NEW_N(cx->arena, in.n, struct catalog_sql_product_get_row);
    bool *found = NEW_N(cx->arena, in.n, bool);
    for (size_t i = 0; i < in.n; i++)
        keys[i] = (struct catalog_sql_product_get_in){ .product_id = in.product_ids[i] };
    err e = catalog_sql_product_get_batch(c->deps.db, cx, keys, in.n, rows, found);
    for (size_t i = 0; !e && i < in.n; i++) {
        ret[i] = (struct catalog_product){ 0 };
        if (found[i] &&
            (in.unpublished_too || catalog_store_status(rows[i].status) == CATALOG_PUBLISHED))
            e = fill_product(cx, &rows[i], &ret[i]);
    }
    return e;
}

/* What only whole products have. */
static err read_texts(struct catalog *c, struct cx *cx, struct catalog_product *ret, size_t n)
{
    struct catalog_sql_product_text_in *keys =
        NEW_N(cx->arena, n, struct catalog_sql_product_text_in);
    struct catalog_sql_product_text_row *rows =
        NEW_N(cx->arena, n, struct catalog_sql_product_text_row);
    bool *found = NEW_N(cx->arena, n, bool);
    for (size_t i = 0; i < n; i++)
        keys[i] = (struct catalog_sql_product_text_in){ .product_id = ret[i].product_id };
    err e = catalog_sql_product_text_batch(c->deps.db, cx, keys, n, rows, found);
    for (size_t i = 0; !e && i < n; i++)
        if (found[i]) {
            ret[i].description = rows[i].description;
            e = attributes_of(cx, rows[i].attributes, &ret[i]);
        }
    return e;
}

/* The first of the variants, which are sorted by product, that is the product's. */
static size_t first_of(const struct catalog_sql_variant_list_row *rows, size_t n, id product_id)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (id_cmp(rows[mid].product_id, product_id) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static err read_variants(struct catalog *c, struct cx *cx, struct catalog_product *ret, size_t n)
{
    struct catalog_sql_variant_list_row *rows;
    size_t rows_n, keys_n = 0;
    id *keys = NEW_N(cx->arena, n, id);
    for (size_t i = 0; i < n; i++)
        if (!id_is_none(ret[i].product_id))
            keys[keys_n++] = ret[i].product_id;
    if (keys_n == 0)
        return NULL;
    err e = catalog_sql_variant_list(c->deps.db, cx,
        (struct catalog_sql_variant_list_in){
            .product_ids = { (const char *)keys, keys_n * sizeof keys[0] } },
        &rows, &rows_n);
    if (e)
        return e;
    struct catalog_variant *list = NEW_N(cx->arena, rows_n, struct catalog_variant);
    for (size_t i = 0; !e && i < rows_n; i++) {
        list[i] = (struct catalog_variant){ .variant_id = rows[i].variant_id,
            .sku = rows[i].sku,
            .ean = rows[i].ean,
            .image = rows[i].image,
            .colour = rows[i].colour,
            .weight_g = rows[i].weight_g,
            .position = rows[i].position };
        e = options_of(cx, rows[i].options, &list[i]);
    }
    for (size_t i = 0; !e && i < n; i++) {
        size_t from = first_of(rows, rows_n, ret[i].product_id), to = from;
        while (to < rows_n && id_eq(rows[to].product_id, ret[i].product_id))
            to++;
        ret[i].variants = &list[from];
        ret[i].variants_n = to - from;
    }
    return e;
}

err catalog_store_products(
    struct catalog *c, struct cx *cx, struct catalog_wanted in, struct catalog_product *ret)
{
    if (in.n == 0)
        return NULL;
    err e = read_products(c, cx, in, ret);
    if (!e && in.whole)
        e = read_texts(c, cx, ret, in.n);
    if (!e)
        e = read_variants(c, cx, ret, in.n);
    return e;
}
