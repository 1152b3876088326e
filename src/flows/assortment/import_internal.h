/* SPDX-License-Identifier: Apache-2.0
 * What the files of one import share. For this folder only. */
#ifndef SOUK_FLOWS_ASSORTMENT_IMPORT_INTERNAL_H
#define SOUK_FLOWS_ASSORTMENT_IMPORT_INTERNAL_H

#include "flows/assortment/assortment_internal.h"
#include "flows/assortment/assortment_map.h"
#include "flows/assortment/assortment_rules.h"

/* ---- categories: import_category.c ---- */

struct import_category {
    str path, name, picture;
    const struct import_category *parent; /* NULL: a department */
    id category_id;                       /* none: it is not in the catalogue */
};
struct import_categories {
    struct arena *arena;
    struct catalog *catalog;
    struct db *db;
    struct map by_path, by_name; /* by_name: folded names and labels */
    const struct assortment_rules *rules;
};
/* Reads the tree in a unit of its own and adds what the rules know. */
err import_categories_open(struct import_categories *c, struct cx *cx) MUST_USE;
/* The path of the category of an item: what its column says, or what the rules find. It may have
 * to be made first. */
str import_category_of(
    struct import_categories *c, struct arena *scratch, const struct assortment_item *item);
/* Its id; makes the category and its parents in a unit of its own, once. */
err import_category_make(struct import_categories *c, struct cx *cx, str path, id *ret_id) MUST_USE;

/* ---- Shopify: import_shopify.c ---- */

#define IMPORT_SHOPIFY_ROWS_MAX 2000
#define IMPORT_HANDLES_MAX 4000000
/* Hashes of the handles of a file, 16 bytes each at most: a product that was put must not be
 * replaced by rows of its handle that stand further down. */
struct import_handles {
    struct arena *arena; /* of its own; NULL: empty */
    uint64_t *slots;
    size_t n, cap;
};
/* False when it is there already. */
bool import_handles_add(struct import_handles *h, str handle);
void import_handles_close(struct import_handles *h);
/* The rows of one handle, in the order of the file, to a product. What is wrong, for people, or
 * NULL. */
const char *import_shopify_item(struct arena *arena, const struct import_row *rows, size_t n,
    struct map_place place, struct assortment_item *ret) MUST_USE;

#endif
