/* SPDX-License-Identifier: Apache-2.0
 * Routes of categories, pictures and statuses: decode, call one verb, encode. Called by the
 * gateway; must never decide anything. */
#include "services/catalog/catalog_routes.h"

#include "services/catalog/catalog_picture.h"
#include "services/catalog/catalog_store.h"

/* ---- categories ---- */

struct category_view {
    id category_id, parent_id;
    str name, slug, path, label, picture;
    int64_t level, position, product_count;
};
static const struct json_field category_fields[] = {
    JSON_ID(struct category_view, category_id, .required = true),
    JSON_ID(struct category_view, parent_id, .doc = "Absent: a department"),
    JSON_STR(struct category_view, name, .required = true),
    JSON_STR(struct category_view, slug, .required = true),
    JSON_STR(struct category_view, path, .required = true, .doc = "electronics/laptops"),
    JSON_STR(
        struct category_view, label, .required = true, .max = 2000, .doc = "Electronics > Laptops"),
    JSON_STR(struct category_view, picture),
    JSON_INT(struct category_view, level, .required = true),
    JSON_INT(struct category_view, position, .required = true),
    JSON_INT(struct category_view, product_count, .required = true,
        .doc = "Published products in it and below"),
};
static const struct json_shape category_shape =
    JSON_SHAPE("Category", struct category_view, category_fields);

struct categories_view {
    struct category_view *categories;
    size_t categories_n;
};
static const struct json_field categories_fields[] = {
    JSON_LIST(struct categories_view, categories, category_shape, .required = true,
        .max = CATALOG_CATEGORIES_MAX),
};
static const struct json_shape categories_shape =
    JSON_SHAPE("CategoryList", struct categories_view, categories_fields);

static struct category_view category_view_of(const struct catalog_category *c)
{
    return (struct category_view){ .category_id = c->category_id,
        .parent_id = c->parent_id,
        .name = c->name,
        .slug = c->slug,
        .path = c->path,
        .label = c->label,
        .picture = c->picture,
        .level = c->level,
        .position = c->position,
        .product_count = c->product_count };
}

static err get_categories(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    (void)in;
    struct catalog_category *list;
    struct categories_view *view = NEW(cx->arena, struct categories_view);
    err e = catalog_categories(service, cx, &list, &view->categories_n);
    if (e)
        return e;
    list = catalog_domain_tree(cx->arena, list, view->categories_n);
    view->categories = NEW_N(cx->arena, view->categories_n, struct category_view);
    for (size_t i = 0; i < view->categories_n; i++)
        view->categories[i] = category_view_of(&list[i]);
    return reply_json(reply, 200, &categories_shape, view);
}

struct category_body {
    id parent_id;
    str name, slug, picture;
    int64_t position;
};
static const struct json_field category_in_fields[] = {
    JSON_ID(struct category_body, parent_id, .doc = "Absent: a department"),
    JSON_STR(
        struct category_body, name, .required = true, .min = 1, .max = CATALOG_CATEGORY_NAME_MAX),
    JSON_STR(struct category_body, slug, .max = CATALOG_SLUG_MAX,
        .doc = "Absent: worked out from the name"),
    JSON_STR(struct category_body, picture, .max = CATALOG_PICTURE_MAX,
        .doc = "Kind of the drawn picture"),
    JSON_INT(struct category_body, position, .min = 0, .max = 1000000),
};
static const struct json_shape category_in =
    JSON_SHAPE("CategoryInput", struct category_body, category_in_fields);

static err post_category(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct category_body *in = body;
    struct catalog_category category;
    id category_id;
    err e = catalog_category_put(service, cx,
        (struct catalog_category){ .parent_id = in->parent_id,
            .name = in->name,
            .slug = in->slug,
            .picture = in->picture,
            .position = in->position },
        &category_id);
    if (!e)
        e = catalog_category_get(service, cx, category_id, (str){ NULL, 0 }, &category);
    if (e)
        return e;
    struct category_view *view = NEW(cx->arena, struct category_view);
    *view = category_view_of(&category);
    reply_add_header(reply, S("Location"), S("/api/v1/categories"));
    return reply_json(reply, 201, &category_shape, view);
}

/* ---- pictures ---- */

struct picture_in {
    id product_id;
    str file, c, v;
};
static const struct json_field picture_in_fields[] = {
    JSON_ID(struct picture_in, product_id, .required = true, .at = AT_PATH),
    JSON_STR(struct picture_in, file, .required = true, .at = AT_PATH, .doc = "0.svg to 2.svg"),
    JSON_STR(struct picture_in, c, .at = AT_QUERY, .max = CATALOG_PICTURE_MAX, .doc = "Colour"),
    JSON_STR(struct picture_in, v, .at = AT_QUERY, .max = 20,
        .doc = "Version: not looked at, for caches"),
};
static const struct json_shape picture_in =
    JSON_SHAPE("PictureQuery", struct picture_in, picture_in_fields);

/* "2.svg" to 2. */
static bool view_of(str file, int *ret)
{
    if (file.n != 5 || !str_ends(file, S(".svg")) || file.p[0] < '0' ||
        file.p[0] >= '0' + CATALOG_PICTURE_VIEWS)
        return false;
    *ret = file.p[0] - '0';
    return true;
}

static err get_picture(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct picture_in *in = body;
    struct catalog_picture picture = { .seed = id_hash(in->product_id), .colour = in->c };
    if (!view_of(in->file, &picture.view))
        return FAIL(cx, ERR_MISSING, "no such view");
    err e = catalog_picture_kind_of(service, cx, in->product_id, &picture.kind);
    if (e)
        return e;
    struct buf out = { .arena = cx->arena };
    catalog_picture_svg(&out, picture);
    return reply_bytes(reply, 200, S("image/svg+xml"), buf_str(&out));
}

struct kind_in {
    str file;
};
static const struct json_field kind_in_fields[] = {
    JSON_STR(struct kind_in, file, .required = true, .at = AT_PATH, .max = CATALOG_PICTURE_MAX,
        .doc = "laptop.svg"),
};
static const struct json_shape kind_in =
    JSON_SHAPE("KindPictureQuery", struct kind_in, kind_in_fields);

/* What a category shows: one of its kind, always the same. */
static err get_kind(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    (void)service;
    const struct kind_in *in = body;
    if (!str_ends(in->file, S(".svg")))
        return FAIL(cx, ERR_MISSING, "no such picture");
    str kind = str_sub(in->file, 0, in->file.n - 4);
    if (!catalog_picture_known(kind))
        return FAIL(cx, ERR_MISSING, "no such kind");
    struct buf out = { .arena = cx->arena };
    catalog_picture_svg(&out, (struct catalog_picture){ .kind = kind, .seed = str_hash(kind) });
    return reply_bytes(reply, 200, S("image/svg+xml"), buf_str(&out));
}

struct blob_in {
    str name;
};
static const struct json_field blob_in_fields[] = {
    JSON_STR(struct blob_in, name, .required = true, .at = AT_PATH, .max = 128),
};
static const struct json_shape blob_in =
    JSON_SHAPE("KeptPictureQuery", struct blob_in, blob_in_fields);

static err get_blob(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct blob_in *in = body;
    str bytes;
    err e = catalog_image_get(service, cx, in->name, &bytes);
    if (e)
        return e;
    return reply_bytes(reply, 200, catalog_domain_media_type(in->name), bytes);
}

/* ---- statuses ---- */

struct status_body {
    id product_id;
    str status;
};
static const struct json_field status_in_fields[] = {
    JSON_ID(struct status_body, product_id, .required = true, .at = AT_PATH),
    JSON_STR(struct status_body, status, .required = true, .one_of = catalog_status_names),
};
static const struct json_shape status_in =
    JSON_SHAPE("ProductStatusInput", struct status_body, status_in_fields);
static const struct json_field status_fields[] = {
    JSON_ID(struct status_body, product_id, .required = true),
    JSON_STR(struct status_body, status, .required = true, .one_of = catalog_status_names),
};
static const struct json_shape status_shape =
    JSON_SHAPE("ProductStatus", struct status_body, status_fields);

static err put_status(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct status_body *in = body;
    err e = catalog_product_status(service, cx, in->product_id, catalog_store_status(in->status));
    if (e)
        return e;
    struct status_body *view = NEW(cx->arena, struct status_body);
    *view = *in;
    return reply_json(reply, 200, &status_shape, view);
}

static uint64_t status_conflict(const struct cx *cx, const void *body)
{
    (void)cx;
    const struct status_body *in = body;
    return id_hash(in->product_id);
}

static const problem *const category_problems[] = { &CATALOG_CATEGORY_UNKNOWN, NULL };
static const problem *const picture_problems[] = { &CATALOG_PRODUCT_GONE, NULL };
static const problem *const status_problems[] = { &CATALOG_PRODUCT_GONE, &CATALOG_STATUS_REFUSED,
    NULL };

const struct route catalog_routes[] = {
    { .method = "GET",
        .path = "/api/v1/categories",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .caching = CACHING_PUBLIC,
        .out = &categories_shape,
        .fn = get_categories,
        .summary = "All categories, children behind their parents" },
    { .method = "POST",
        .path = "/api/v1/admin/categories",
        .scope = SCOPE_CATALOG,
        .unit = UNIT_WRITE,
        .in = &category_in,
        .out = &category_shape,
        .status = 201,
        .fn = post_category,
        .problems = category_problems,
        .summary = "Add a category, or change the one with the same path" },
    { .method = "PUT",
        .path = "/api/v1/admin/products/{productId}/status",
        .scope = SCOPE_CATALOG,
        .unit = UNIT_WRITE,
        .in = &status_in,
        .out = &status_shape,
        .fn = put_status,
        .conflict = status_conflict,
        .problems = status_problems,
        .summary = "Publish, reject or withdraw a product" },
    { .method = "GET",
        .path = "/media/p/{productId}/{file}",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .caching = CACHING_FOREVER,
        .limit = LIMIT_NONE,
        .in = &picture_in,
        .fn = get_picture,
        .problems = picture_problems,
        .summary = "A drawn picture of a product" },
    { .method = "GET",
        .path = "/media/k/{file}",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .caching = CACHING_FOREVER,
        .limit = LIMIT_NONE,
        .in = &kind_in,
        .fn = get_kind,
        .summary = "A drawn picture of a kind of goods" },
    { .method = "GET",
        .path = "/media/b/{name}",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .caching = CACHING_FOREVER,
        .limit = LIMIT_NONE,
        .in = &blob_in,
        .fn = get_blob,
        .summary = "A photograph" },
    ROUTES_END,
};
