/* SPDX-License-Identifier: Apache-2.0
 * Rows to structs for the verbs of catalog*.c, and the texts inside rows (attributes, options,
 * images). No decisions. */
#ifndef SOUK_SERVICES_CATALOG_CATALOG_STORE_H
#define SOUK_SERVICES_CATALOG_CATALOG_STORE_H

#include "services/catalog/catalog_domain.h"

/* The body of the service; only files of this folder see it. */
struct catalog {
    struct catalog_deps deps;
};

/* The status that a row names. */
enum catalog_status catalog_store_status(str name);

/* What a put finds: its category is known, and the product with its id or source, if there is. */
struct catalog_known {
    bool category, product;
    id product_id, category_id; /* as stored */
    enum catalog_status status;
    int64_t digest;
};
err catalog_store_known(struct catalog *c, struct cx *cx, const struct catalog_product *in,
    struct catalog_known *ret) MUST_USE;

/* Writes the product row: adds it, or replaces it. `p` has its slug; version and times are the
 * row's own. */
struct catalog_row {
    const struct catalog_product *product;
    id product_id;
    str slug;
    int64_t digest;
};
err catalog_store_add(struct catalog *c, struct cx *cx, struct catalog_row row) MUST_USE;
err catalog_store_set(struct catalog *c, struct cx *cx, struct catalog_row row) MUST_USE;

/* Ids and SKUs of the product's variants, in order. */
err catalog_store_variants(struct catalog *c, struct cx *cx, id product_id,
    struct catalog_stored **ret, size_t *ret_n) MUST_USE;
/* Drops the stored ones that are not kept, changes the matched ones, adds the others (all have
 * their id). CATALOG_SKU_TAKEN names those whose SKU another product has. */
struct catalog_variants {
    id product_id;
    const struct catalog_variant *variants;
    const struct catalog_match *matches;
    size_t n;
    const struct catalog_stored *stored;
    size_t stored_n;
};
err catalog_store_replace(
    struct catalog *c, struct cx *cx, const struct catalog_variants *in) MUST_USE;

/* The n products with their variants; unknown ones have product_id none. */
err catalog_store_products(struct catalog *c, struct cx *cx, struct catalog_wanted in,
    struct catalog_product *ret) MUST_USE;

/* ---- what the verbs share ---- */

/* Writes "catalog.product_changed". */
err catalog_emit(struct catalog *c, struct cx *cx, id product_id) MUST_USE;
/* What the change of a published product does to the counts of its categories: one less where it
 * was, one more where it is. A none id is nowhere. */
err catalog_count_move(struct catalog *c, struct cx *cx, id from, id to) MUST_USE;
/* The bytes of a kept picture. ERR_MISSING. */
err catalog_image_get(struct catalog *c, struct cx *cx, str name, str *ret_bytes) MUST_USE;
/* What the product's pictures draw: its own kind, else its category's; may be absent.
 * CATALOG_PRODUCT_GONE. Not only published ones: staff looks at drafts. */
err catalog_picture_kind_of(struct catalog *c, struct cx *cx, id product_id, str *ret) MUST_USE;

#endif
