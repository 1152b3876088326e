/* SPDX-License-Identifier: Apache-2.0
 * The verbs of products but for the put, and the tables that the application sees. Called by routes
 * and flows inside their unit of work; must never begin or commit one. */
#include "services/catalog/catalog.h"

#include "catalog_sql.h"
#include "services/catalog/catalog_routes.h"
#include "services/catalog/catalog_store.h"

const problem CATALOG_CATEGORY_UNKNOWN = { KIND_INVALID, "catalog.category_unknown", NULL,
    "There is no such category" };
const problem CATALOG_SKU_TAKEN = { KIND_CONFLICT, "catalog.sku_taken", NULL,
    "Another product has this SKU" };
const problem CATALOG_PRODUCT_GONE = { KIND_MISSING, "catalog.product_gone", "not_found",
    "There is no such product" };
const problem CATALOG_IMAGE_BAD = { KIND_INVALID, "catalog.image_bad", "image_unacceptable",
    "The picture must be a PNG, JPEG, WebP or GIF of at most 5 MiB" };
const problem CATALOG_STATUS_REFUSED = { KIND_CONFLICT, "catalog.status_refused",
    "status_not_allowed", "The product cannot move to this status" };

const id CATALOG_SELLER_SHOP = { { 0, 0, 0, 0, 0, 0, 0x80, 0, 0x80, 0, 's', 'o', 'u', 'k', 0, 1 } };
const char *const catalog_status_names[CATALOG_STATUSES_N + 1] = {
    "draft",
    "submitted",
    "published",
    "rejected",
    "withdrawn",
    NULL,
};

static const struct json_field product_changed_fields[] = {
    JSON_ID(struct catalog_product_changed, product_id, .required = true),
};
const struct json_shape catalog_product_changed_shape =
    JSON_SHAPE("ProductChanged", struct catalog_product_changed, product_changed_fields);

struct catalog *catalog_open(struct arena *life, struct catalog_deps deps)
{
    struct catalog *c = NEW(life, struct catalog);
    c->deps = deps;
    return c;
}

err catalog_emit(struct catalog *c, struct cx *cx, id product_id)
{
    struct catalog_product_changed payload = { .product_id = product_id };
    return bus_emit(c->deps.bus, c->deps.db, cx, "catalog.product_changed", product_id,
        &catalog_product_changed_shape, &payload);
}

/* ---- reading ---- */

err catalog_products(
    struct catalog *c, struct cx *cx, struct catalog_wanted in, struct catalog_product *ret)
{
    return catalog_store_products(c, cx, in, ret);
}

err catalog_product_get(
    struct catalog *c, struct cx *cx, id product_id, struct catalog_product *ret)
{
    struct catalog_product product;
    err e = catalog_store_products(c, cx,
        (struct catalog_wanted){ .product_ids = &product_id, .n = 1, .whole = true }, &product);
    if (e)
        return e;
    if (id_is_none(product.product_id))
        return FAIL(cx, CATALOG_PRODUCT_GONE, "unknown or not published");
    *ret = product;
    return NULL;
}

err catalog_product_page(
    struct catalog *c, struct cx *cx, id after, int64_t limit, id **ret_ids, size_t *ret_n)
{
    ASSERT(limit > 0);
    struct catalog_sql_product_page_row *rows;
    size_t n;
    err e = catalog_sql_product_page(c->deps.db, cx,
        (struct catalog_sql_product_page_in){ .after = after, .limit = limit }, &rows, &n);
    if (e)
        return e;
    id *ids = NEW_N(cx->arena, n, id);
    for (size_t i = 0; i < n; i++)
        ids[i] = rows[i].product_id;
    *ret_ids = ids;
    *ret_n = n;
    return NULL;
}

err catalog_product_count(struct catalog *c, struct cx *cx, int64_t *ret_n)
{
    struct catalog_sql_product_count_row row;
    bool found = false;
    err e = catalog_sql_product_count(c->deps.db, cx, &row, &found);
    if (e)
        return e;
    ASSERT(found);
    *ret_n = row.n;
    return NULL;
}

err catalog_variant_find(
    struct catalog *c, struct cx *cx, str code, id *ret_product_id, id *ret_variant_id)
{
    struct catalog_sql_variant_by_sku_row by_sku;
    bool found = false;
    err e = catalog_sql_variant_by_sku(
        c->deps.db, cx, (struct catalog_sql_variant_by_sku_in){ .sku = code }, &by_sku, &found);
    if (e)
        return e;
    if (found) {
        *ret_product_id = by_sku.product_id;
        *ret_variant_id = by_sku.variant_id;
        return NULL;
    }
    struct catalog_sql_variant_by_ean_row by_ean;
    e = catalog_sql_variant_by_ean(
        c->deps.db, cx, (struct catalog_sql_variant_by_ean_in){ .ean = code }, &by_ean, &found);
    if (e)
        return e;
    if (!found)
        return FAIL(cx, CATALOG_PRODUCT_GONE, "code=" STR_F, STR_A(code));
    *ret_product_id = by_ean.product_id;
    *ret_variant_id = by_ean.variant_id;
    return NULL;
}

err catalog_picture_kind_of(struct catalog *c, struct cx *cx, id product_id, str *ret)
{
    struct catalog_sql_picture_of_row row;
    bool found = false;
    err e = catalog_sql_picture_of(c->deps.db, cx,
        (struct catalog_sql_picture_of_in){ .product_id = product_id }, &row, &found);
    if (e)
        return e;
    if (!found)
        return FAIL(cx, CATALOG_PRODUCT_GONE, "unknown product");
    *ret = row.picture;
    return NULL;
}

/* ---- statuses ---- */

err catalog_product_status(
    struct catalog *c, struct cx *cx, id product_id, enum catalog_status status)
{
    struct catalog_sql_status_lock_row row;
    bool found = false;
    err e = catalog_sql_status_lock(c->deps.db, cx,
        (struct catalog_sql_status_lock_in){ .product_id = product_id }, &row, &found);
    if (e)
        return e;
    if (!found)
        return FAIL(cx, CATALOG_PRODUCT_GONE, "unknown product");
    enum catalog_status before = catalog_store_status(row.status);
    if (before == status)
        return NULL;
    e = catalog_domain_move(cx, before, status);
    if (e)
        return e;
    e = catalog_sql_status_set(c->deps.db, cx,
        (struct catalog_sql_status_set_in){ .product_id = product_id,
            .status = str_from_c(catalog_status_names[status]),
            .now_ms = cx->now_ms },
        NULL);
    if (e)
        return e;
    const id nowhere = { { 0 } };
    e = catalog_count_move(c, cx, before == CATALOG_PUBLISHED ? row.category_id : nowhere,
        status == CATALOG_PUBLISHED ? row.category_id : nowhere);
    return e ? e : catalog_emit(c, cx, product_id);
}

/* ---- ratings ---- */

err catalog_rating_set(
    struct catalog *c, struct cx *cx, id product_id, struct catalog_rating rating)
{
    ASSERT(rating.count >= 0 && rating.sum >= rating.count && rating.sum <= 5 * rating.count);
    int64_t changed = 0;
    err e = catalog_sql_rating_set(c->deps.db, cx,
        (struct catalog_sql_rating_set_in){ product_id, rating.sum, rating.count }, &changed);
    if (e)
        return e;
    if (changed == 0)
        return FAIL(cx, CATALOG_PRODUCT_GONE, "unknown product");
    return catalog_emit(c, cx, product_id);
}

err catalog_ratings(
    struct catalog *c, struct cx *cx, const id *product_ids, size_t n, struct catalog_rating *ret)
{
    struct catalog_sql_rating_get_in *ins = NEW_N(cx->arena, n, struct catalog_sql_rating_get_in);
    struct catalog_sql_rating_get_row *rows =
        NEW_N(cx->arena, n, struct catalog_sql_rating_get_row);
    bool *found = NEW_N(cx->arena, n, bool);
    for (size_t i = 0; i < n; i++)
        ins[i].product_id = product_ids[i];
    err e = catalog_sql_rating_get_batch(c->deps.db, cx, ins, n, rows, found);
    for (size_t i = 0; !e && i < n; i++)
        ret[i] = found[i] ? (struct catalog_rating){ rows[i].rating_sum, rows[i].rating_count }
                          : (struct catalog_rating){ 0, 0 };
    return e;
}

/* ---- the tables that the application sees ---- */

static const problem *const problems[] = {
    &CATALOG_CATEGORY_UNKNOWN,
    &CATALOG_SKU_TAKEN,
    &CATALOG_PRODUCT_GONE,
    &CATALOG_IMAGE_BAD,
    &CATALOG_STATUS_REFUSED,
    NULL,
};
const struct service catalog_service = {
    .name = "catalog",
    .folder = "src/services/catalog/",
    .routes = catalog_routes,
    .queries = catalog_queries,
    .problems = problems,
};
