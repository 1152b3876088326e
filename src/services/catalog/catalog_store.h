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

/* What a put works out of a product before it looks at what is there. */
struct catalog_sealed {
    int64_t digest;
    str slug, attributes, images; /* the texts as rows have them */
};
/* Its texts; the rest is left at zero. */
struct catalog_sealed catalog_store_texts(struct arena *arena, const struct catalog_product *in);

/* What a put finds: its category is known, and the product with its id or source, if there is. */
struct catalog_known {
    bool category, product;
    id product_id, category_id; /* as stored, and what follows */
    enum catalog_status status;
    int64_t digest, created_ms, rating_sum, rating_count;
};
err catalog_store_known(struct catalog *c, struct cx *cx, const struct catalog_product *const *in,
    size_t n, struct catalog_known *ret) MUST_USE;
/* Other units wait before they write these products; sorts the ids. */
err catalog_store_lock(struct catalog *c, struct cx *cx, id *product_ids, size_t n) MUST_USE;

/* Writes product rows: adds them, or replaces the stored ones; version and times are the rows' own.
 * A product put without ratings keeps those it has. */
struct catalog_row {
    const struct catalog_product *product;
    id product_id;
    bool stored;
    const struct catalog_sealed *sealed;
};
err catalog_store_put(
    struct catalog *c, struct cx *cx, const struct catalog_row *rows, size_t n) MUST_USE;

/* Ids and SKUs of the products' variants, in order. */
struct catalog_list {
    struct catalog_stored *stored;
    size_t n;
};
err catalog_store_variants(struct catalog *c, struct cx *cx, const id *product_ids, size_t n,
    struct catalog_list *ret) MUST_USE;
/* Which product has each SKU; none: nobody. */
err catalog_store_owners(
    struct catalog *c, struct cx *cx, const str *skus, size_t n, id *ret) MUST_USE;
/* Of each product: drops the stored ones that are not kept, changes the matched ones, adds the
 * others (all have their id). CATALOG_SKU_TAKEN: another unit was faster. */
struct catalog_variants {
    id product_id;
    const struct catalog_variant *variants;
    const struct catalog_match *matches;
    size_t n;
    const struct catalog_stored *stored;
    size_t stored_n;
};
err catalog_store_replace(struct catalog *c, struct cx *cx, const struct catalog_variants *lists,
    size_t lists_n) MUST_USE;

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
