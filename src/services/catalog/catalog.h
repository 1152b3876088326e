/* SPDX-License-Identifier: Apache-2.0
 * The catalogue: categories, brands as text, products with typed attributes, variants with their
 * own SKU and options. Prices are pricing's, stock is inventory's. All verbs run in the caller's
 * unit of work. */
#ifndef SOUK_SERVICES_CATALOG_CATALOG_H
#define SOUK_SERVICES_CATALOG_CATALOG_H

#include "base/json.h"
#include "platform/http/service.h"

struct catalog;
extern const struct service catalog_service;

extern const problem CATALOG_CATEGORY_UNKNOWN; /* 422 category_unknown */
extern const problem CATALOG_SKU_TAKEN;        /* 409 sku_taken */
extern const problem CATALOG_PRODUCT_GONE;     /* 404 not_found: unknown or not published */
extern const problem CATALOG_IMAGE_BAD;        /* 422 image_unacceptable */
extern const problem CATALOG_STATUS_REFUSED;   /* 409 status_not_allowed: not from where it is */

struct bus;
struct blob;
struct catalog_deps {
    struct db *db;
    struct bus *bus;   /* may be NULL in tests */
    struct blob *blob; /* pictures of POST /products; may be NULL: then images are refused */
};
struct catalog *catalog_open(struct arena *life, struct catalog_deps deps);

/* ---- categories ---- */
struct catalog_category {
    id category_id, parent_id;              /* parent none: a department */
    str name, slug;                         /* slug: lower-case letters, digits, '-' */
    str path;                               /* slugs from the root: "electronics/laptops"; unique */
    str label;                              /* names from the root: "Electronics > Laptops" */
    str picture;                            /* kind of drawn picture: "laptop" */
    int64_t level, position, product_count; /* count of published products in the subtree */
};
/* Adds or changes (same path: name, picture, position). path, label and level are worked out from
 * the parent, an absent slug from the name; a given category_id is kept when it is new. Renaming
 * changes the labels below. CATALOG_CATEGORY_UNKNOWN: the parent. ERR_INVALID. */
err catalog_category_put(
    struct catalog *c, struct cx *cx, struct catalog_category in, id *ret_id) MUST_USE;
/* The whole tree in (level, position, name) order: at most 10,000. */
err catalog_categories(
    struct catalog *c, struct cx *cx, struct catalog_category **ret, size_t *ret_n) MUST_USE;
/* By id or by path (one of them given). ERR_MISSING. */
err catalog_category_get(struct catalog *c, struct cx *cx, id category_id, str path,
    struct catalog_category *ret) MUST_USE;
/* Counts anew product_count of every category, after imports (a silent put does not count). */
err catalog_recount(struct catalog *c, struct cx *cx) MUST_USE;

/* ---- products ---- */
enum catalog_status {
    CATALOG_DRAFT,
    CATALOG_SUBMITTED,
    CATALOG_PUBLISHED, /* approved: the only ones that buyers see */
    CATALOG_REJECTED,
    CATALOG_WITHDRAWN,
    CATALOG_STATUSES_N,
};
/* What the shop itself is called where a seller must have an id; no row has it. */
extern const id CATALOG_SELLER_SHOP;
extern const char *const catalog_status_names[CATALOG_STATUSES_N + 1]; /* as on the wire */
enum catalog_attribute_kind { CATALOG_TEXT, CATALOG_NUMBER, CATALOG_BOOL };
struct catalog_attribute {
    str name;  /* key: "screen_size"; lower-case letters, digits, '_' */
    str label; /* "Screen size" */
    enum catalog_attribute_kind kind;
    str value; /* as it prints: "17", "Silver", "true" or "false" */
    str unit;  /* "in", may be absent */
};
struct catalog_option { /* what tells a variant from its siblings */
    str name, value;    /* "Colour", "Navy" */
};
struct catalog_variant {
    id variant_id; /* none: a new one */
    str sku;       /* unique in the shop */
    str ean;       /* GTIN digits, may be absent */
    const struct catalog_option *options;
    size_t options_n;
    str image;  /* URL path, may be absent: then drawn */
    str colour; /* of the drawn picture, may be absent */
    int64_t weight_g;
    int64_t position; /* orders siblings, equal ones as they stand; kept as 0, 1, 2 ... */
};
enum catalog_outcome { CATALOG_SAME, CATALOG_ADDED, CATALOG_CHANGED };
struct catalog_product {
    id product_id; /* none: a new one */
    id category_id;
    id seller_id; /* none: the shop itself */
    str source;   /* "icecat:2101957": unique; repeats of an import find it. May be absent: then
                     the one it has stays */
    str title, brand, description;
    str slug; /* worked out from the title when absent */
    enum catalog_status status;
    const struct catalog_attribute *attributes;
    size_t attributes_n;
    const struct catalog_variant *variants; /* at least one */
    size_t variants_n;
    const str *images; /* URL paths; none: drawn from picture and seed */
    size_t images_n;
    str picture; /* kind of the drawn picture; absent: the category's */
    int64_t released_ms;
    int64_t rating_sum, rating_count; /* average = sum / count, stars 1..5 */
    bool prime;                       /* eligible for fast delivery */
    int64_t version, created_ms, updated_ms;
    bool silent;     /* put: no event; the caller renews what is derived itself (imports) */
    str seller_name; /* kept as it is put; absent: the shop itself, or not known */
    enum catalog_outcome *ret_outcome;   /* put: what it did; may be NULL */
    const struct catalog_sealed *sealed; /* of catalog_product_seal, for all that is put; or NULL */
    /* filled on read */
    str category_label, category_path;
};
/* Limits: title 300 bytes, brand 100, description 20,000, 300 attributes, 100 variants, 20 images;
 * the rest is in catalog_domain.h. */

/* Adds, or replaces the product with the same product_id or source: variants are matched by SKU
 * (else by a given variant_id) and keep their ids; those not given are gone; ratings that are not
 * given (count 0) stay. Emits "catalog.product_changed"; when nothing changed it writes and emits
 * nothing. ERR_INVALID names every field beyond the limits. CATALOG_CATEGORY_UNKNOWN.
 * CATALOG_SKU_TAKEN: the SKU belongs to another product. ret_ids (may be NULL) has variants_n ids,
 * in order. */
err catalog_product_put(struct catalog *c, struct cx *cx, const struct catalog_product *in,
    id *ret_product_id, id *ret_ids) MUST_USE;
/* The same for n products, as if put one after another. What refuses a product is in its result,
 * and nothing of it was written; what is returned is not a product's fault, and undoes the unit
 * (CATALOG_SKU_TAKEN too, when another unit was faster: repeat it). Lives in cx->arena. */
struct catalog_put {
    err e; /* NULL: put, and what follows is filled */
    str detail;
    struct field_error *fields;
    enum catalog_outcome outcome;
    id product_id;
    const id *variant_ids;                        /* of each variant, in order */
    int64_t rating_sum, rating_count, created_ms; /* as they stand now */
};
err catalog_products_put(struct catalog *c, struct cx *cx, const struct catalog_product *in,
    size_t n, struct catalog_put *ret) MUST_USE;
/* Outside of a unit, on any thread: what a put checks and works out beforehand, so that the lane
 * need not. ERR_INVALID as for a put. Lives in cx->arena. */
err catalog_product_seal(
    struct cx *cx, const struct catalog_product *in, const struct catalog_sealed **ret) MUST_USE;
/* Whole products with variants and attributes, in cx->arena. CATALOG_PRODUCT_GONE. */
err catalog_product_get(
    struct catalog *c, struct cx *cx, id product_id, struct catalog_product *ret) MUST_USE;
/* The same for n ids, for lists and carts: unknown ones have product_id none. Attributes and
 * descriptions are left out unless `whole`. */
struct catalog_wanted {
    const id *product_ids;
    size_t n;
    bool whole;
    bool unpublished_too;
};
err catalog_products(struct catalog *c, struct cx *cx, struct catalog_wanted in,
    struct catalog_product *ret) MUST_USE;
/* Published products by product_id, after `after` (none: from the start): for reindexing. */
err catalog_product_page(struct catalog *c, struct cx *cx, id after, int64_t limit, id **ret_ids,
    size_t *ret_n) MUST_USE;
/* Moves along the table in catalog_domain.c. The status it has: nothing happens.
 * CATALOG_PRODUCT_GONE (unknown), CATALOG_STATUS_REFUSED. */
err catalog_product_status(
    struct catalog *c, struct cx *cx, id product_id, enum catalog_status status) MUST_USE;
/* What the product's reviews come to now; emits "catalog.product_changed". Nothing else of it
 * changes, its version neither. CATALOG_PRODUCT_GONE. */
struct catalog_rating {
    int64_t sum, count;
};
err catalog_rating_set(
    struct catalog *c, struct cx *cx, id product_id, struct catalog_rating rating) MUST_USE;
/* Of n products in any status; unknown ones have none. */
err catalog_ratings(struct catalog *c, struct cx *cx, const id *product_ids, size_t n,
    struct catalog_rating *ret) MUST_USE;
/* Published ones. */
err catalog_product_count(struct catalog *c, struct cx *cx, int64_t *ret_n) MUST_USE;
/* The variant with this SKU, or else the first with this EAN. CATALOG_PRODUCT_GONE. */
err catalog_variant_find(
    struct catalog *c, struct cx *cx, str code, id *ret_product_id, id *ret_variant_id) MUST_USE;

/* ---- pictures ---- */
/* The path of picture `view` of a product: the variant's own image (view 0), else the product's own
 * (the last one when it has fewer), else "/media/p/<id>/<view>.svg?c=<colour>&v=<version>" (view
 * 0..2), which the route of this service draws with catalog_picture.h and serves for a year.
 * variant may be NULL. */
str catalog_picture_path(struct arena *arena, const struct catalog_product *product,
    const struct catalog_variant *variant, int view);
/* Keeps a picture (PNG, JPEG, WebP or GIF of at most 5 MiB, as base64 or a data: URL) and returns
 * its path, "/media/b/<sha256>.<ext>"; a repeat gives the same. Writes a file: call it where that
 * may take time (a route's `before`), not in a WRITE unit. CATALOG_IMAGE_BAD. */
err catalog_image_put(struct catalog *c, struct cx *cx, str base64, str *ret_path) MUST_USE;

/* Payload of "catalog.product_changed"; the aggregate is the product. */
struct catalog_product_changed {
    id product_id;
};
extern const struct json_shape catalog_product_changed_shape;

#endif
