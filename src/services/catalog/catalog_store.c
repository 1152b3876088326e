/* SPDX-License-Identifier: Apache-2.0
 * Structs to rows for catalog_put.c, through the queries of sql/catalog.sql. Makes no decisions and
 * must never begin or commit. Reading is in catalog_store_read.c. */
#include "services/catalog/catalog_store.h"

#include <string.h>

#include "base/buf.h"
#include "catalog_sql.h"

enum catalog_status catalog_store_status(str name)
{
    for (int s = 0; s < CATALOG_STATUSES_N; s++)
        if (str_eq(name, str_from_c(catalog_status_names[s])))
            return (enum catalog_status)s;
    panic(__FILE__, "a status that nobody wrote");
}

/* An empty text is kept as NULL. */
static str or_null(str s)
{
    return s.n > 0 ? s : (str){ NULL, 0 };
}

/* ---- texts inside rows ---- */

static void add_string(struct buf *out, str s, const char *before)
{
    buf_add(out, str_from_c(before));
    json_quote(out, s.p ? s : S(""));
}

static str attributes_text(struct arena *arena, const struct catalog_attribute *list, size_t n)
{
    static const char *const kinds[] = {
        [CATALOG_TEXT] = ",0", [CATALOG_NUMBER] = ",1", [CATALOG_BOOL] = ",2"
    };
    struct buf out = { .arena = arena };
    for (size_t i = 0; i < n; i++) {
        add_string(&out, list[i].name, i == 0 ? "[[" : ",[");
        add_string(&out, list[i].label, ",");
        buf_add(&out, str_from_c(kinds[list[i].kind]));
        add_string(&out, list[i].value, ",");
        if (list[i].unit.n > 0)
            add_string(&out, list[i].unit, ",");
        buf_char(&out, ']');
    }
    if (n > 0)
        buf_char(&out, ']');
    return or_null(buf_str(&out));
}

static str options_text(struct arena *arena, const struct catalog_option *list, size_t n)
{
    struct buf out = { .arena = arena };
    for (size_t i = 0; i < n; i++) {
        add_string(&out, list[i].name, i == 0 ? "[[" : ",[");
        add_string(&out, list[i].value, ",");
        buf_char(&out, ']');
    }
    if (n > 0)
        buf_char(&out, ']');
    return or_null(buf_str(&out));
}

static str images_text(struct arena *arena, const str *list, size_t n)
{
    struct buf out = { .arena = arena };
    for (size_t i = 0; i < n; i++)
        add_string(&out, list[i], i == 0 ? "[" : ",");
    if (n > 0)
        buf_char(&out, ']');
    return or_null(buf_str(&out));
}

/* ---- products ---- */

#define KNOWN_OF(row)                                                                              \
    (struct catalog_known)                                                                         \
    {                                                                                              \
        .category = true, .product = !id_is_none((row).product_id),                                \
        .product_id = (row).product_id, .category_id = (row).old_category_id,                      \
        .digest = (row).digest.v,                                                                  \
        .status = (row).status.p ? catalog_store_status((row).status) : CATALOG_DRAFT              \
    }

err catalog_store_known(
    struct catalog *c, struct cx *cx, const struct catalog_product *in, struct catalog_known *ret)
{
    bool found = false;
    *ret = (struct catalog_known){ 0 };
    if (!id_is_none(in->product_id) || in->source.n == 0) {
        struct catalog_sql_known_by_id_row row;
        err e = catalog_sql_known_by_id(c->deps.db, cx,
            (struct catalog_sql_known_by_id_in){
                .category_id = in->category_id, .product_id = in->product_id },
            &row, &found);
        if (e || !found)
            return e;
        *ret = KNOWN_OF(row);
    }
    if (!ret->product && in->source.n > 0) {
        struct catalog_sql_known_by_source_row row;
        err e = catalog_sql_known_by_source(c->deps.db, cx,
            (struct catalog_sql_known_by_source_in){
                .category_id = in->category_id, .source = in->source },
            &row, &found);
        if (e || !found)
            return e;
        *ret = KNOWN_OF(row);
    }
    return NULL;
}

/* Adding and replacing take the same columns. */
#define PRODUCT_IN(type, row, cx)                                                                  \
    (struct type)                                                                                  \
    {                                                                                              \
        .product_id = (row).product_id, .category_id = (row).product->category_id,                 \
        .seller_id = (row).product->seller_id, .seller_name = or_null((row).product->seller_name), \
        .source = or_null((row).product->source),                                                  \
        .status = str_from_c(catalog_status_names[(row).product->status]),                         \
        .title = (row).product->title, .brand = (row).product->brand, .slug = (row).slug,          \
        .picture = or_null((row).product->picture),                                                \
        .images = images_text((cx)->arena, (row).product->images, (row).product->images_n),        \
        .released_ms = (row).product->released_ms, .rating_sum = (row).product->rating_sum,        \
        .rating_count = (row).product->rating_count, .prime = (row).product->prime,                \
        .digest = (row).digest, .now_ms = (cx)->now_ms, .description = (row).product->description, \
        .attributes =                                                                              \
            attributes_text((cx)->arena, (row).product->attributes, (row).product->attributes_n)   \
    }

err catalog_store_add(struct catalog *c, struct cx *cx, struct catalog_row row)
{
    return catalog_sql_product_add(
        c->deps.db, cx, PRODUCT_IN(catalog_sql_product_add_in, row, cx), NULL);
}

err catalog_store_set(struct catalog *c, struct cx *cx, struct catalog_row row)
{
    return catalog_sql_product_set(
        c->deps.db, cx, PRODUCT_IN(catalog_sql_product_set_in, row, cx), NULL);
}

/* ---- variants ---- */

err catalog_store_variants(
    struct catalog *c, struct cx *cx, id product_id, struct catalog_stored **ret, size_t *ret_n)
{
    struct catalog_sql_variant_ids_row *rows;
    size_t n;
    err e = catalog_sql_variant_ids(
        c->deps.db, cx, (struct catalog_sql_variant_ids_in){ .product_id = product_id }, &rows, &n);
    if (e)
        return e;
    struct catalog_stored *list = NEW_N(cx->arena, n, struct catalog_stored);
    for (size_t i = 0; i < n; i++)
        list[i] = (struct catalog_stored){ .variant_id = rows[i].variant_id, .sku = rows[i].sku };
    *ret = list;
    *ret_n = n;
    return NULL;
}

static err drop_variants(struct catalog *c, struct cx *cx, const struct catalog_variants *in)
{
    struct catalog_sql_variant_drop_in *rows =
        NEW_N(cx->arena, in->stored_n, struct catalog_sql_variant_drop_in);
    size_t n = 0;
    for (size_t i = 0; i < in->stored_n; i++)
        if (!in->stored[i].kept)
            rows[n++] = (struct catalog_sql_variant_drop_in){ .product_id = in->product_id,
                .variant_id = in->stored[i].variant_id };
    return n == 0 ? NULL : catalog_sql_variant_drop_batch(c->deps.db, cx, rows, n, NULL);
}

/* Changing and adding take the same columns. */
#define VARIANT_IN(type, cx, of, v, match)                                                         \
    (struct type)                                                                                  \
    {                                                                                              \
        .product_id = (of), .variant_id = (match)->variant_id, .sku = (v)->sku,                    \
        .ean = or_null((v)->ean),                                                                  \
        .options = options_text((cx)->arena, (v)->options, (v)->options_n),                        \
        .image = or_null((v)->image), .colour = or_null((v)->colour), .weight_g = (v)->weight_g,   \
        .position = (match)->position                                                              \
    }

static err set_variants(struct catalog *c, struct cx *cx, const struct catalog_variants *in)
{
    struct catalog_sql_variant_set_in *rows =
        NEW_N(cx->arena, in->n, struct catalog_sql_variant_set_in);
    size_t n = 0;
    for (size_t i = 0; i < in->n; i++)
        if (in->matches[i].stored)
            rows[n++] = VARIANT_IN(
                catalog_sql_variant_set_in, cx, in->product_id, &in->variants[i], &in->matches[i]);
    err e = n == 0 ? NULL : catalog_sql_variant_set_batch(c->deps.db, cx, rows, n, NULL);
    if (e == &DB_DUPLICATE)
        return FAIL(cx, CATALOG_SKU_TAKEN, "by another product");
    return e;
}

static err add_variants(struct catalog *c, struct cx *cx, const struct catalog_variants *in)
{
    struct catalog_sql_variant_add_in *rows =
        NEW_N(cx->arena, in->n, struct catalog_sql_variant_add_in);
    size_t *of = NEW_N(cx->arena, in->n, size_t);
    int64_t *changed = NEW_N(cx->arena, in->n, int64_t);
    size_t n = 0, taken = 0;
    for (size_t i = 0; i < in->n; i++)
        if (!in->matches[i].stored) {
            of[n] = i;
            rows[n++] = VARIANT_IN(
                catalog_sql_variant_add_in, cx, in->product_id, &in->variants[i], &in->matches[i]);
        }
    err e = n == 0 ? NULL : catalog_sql_variant_add_batch(c->deps.db, cx, rows, n, changed);
    for (size_t i = 0; !e && i < n; i++)
        if (changed[i] == 0) {
            cx_field(cx, str_fmt(cx->arena, "/variants/%zu/sku", of[i]), "sku_taken",
                "belongs to another product");
            taken++;
        }
    if (taken > 0)
        return FAIL(cx, CATALOG_SKU_TAKEN, "%zu of %zu new SKUs", taken, n);
    return e;
}

err catalog_store_replace(struct catalog *c, struct cx *cx, const struct catalog_variants *in)
{
    err e = drop_variants(c, cx, in);
    if (!e)
        e = set_variants(c, cx, in);
    if (!e)
        e = add_variants(c, cx, in);
    return e;
}
