/* SPDX-License-Identifier: Apache-2.0
 * The rules of the catalogue: limits, codes, the tree, statuses. Called by the verbs; must never do
 * I/O or read a clock. */
#ifndef SOUK_SERVICES_CATALOG_CATALOG_DOMAIN_H
#define SOUK_SERVICES_CATALOG_CATALOG_DOMAIN_H

#include "services/catalog/catalog.h"

/* Bytes of texts, items of lists. */
#define CATALOG_TITLE_MAX 300
#define CATALOG_BRAND_MAX 100
#define CATALOG_DESCRIPTION_MAX 20000
#define CATALOG_SLUG_MAX 80
#define CATALOG_SOURCE_MAX 200
#define CATALOG_SKU_MAX 64
#define CATALOG_IMAGE_PATH_MAX 300
#define CATALOG_PICTURE_MAX 40 /* kinds and colours of drawn pictures */
#define CATALOG_ATTRIBUTES_MAX 300
#define CATALOG_ATTRIBUTE_NAME_MAX 64
#define CATALOG_ATTRIBUTE_LABEL_MAX 100
#define CATALOG_ATTRIBUTE_VALUE_MAX 1000
#define CATALOG_ATTRIBUTE_UNIT_MAX 20
#define CATALOG_VARIANTS_MAX 100
#define CATALOG_OPTIONS_MAX 10
#define CATALOG_OPTION_MAX 100 /* name and value each */
#define CATALOG_IMAGES_MAX 20
#define CATALOG_WEIGHT_G_MAX 1000000
#define CATALOG_CATEGORY_NAME_MAX 100
#define CATALOG_CATEGORIES_MAX 10000
#define CATALOG_LEVELS_MAX 10
#define CATALOG_IMAGE_BYTES_MAX (5 * 1024 * 1024)
#define CATALOG_BLOB_DIGITS 64 /* of SHA-256 */

/* Visible ASCII, single blanks inside, 1..CATALOG_SKU_MAX. */
bool catalog_domain_sku_ok(str sku);
/* GTIN-8, -12, -13 or -14 with the right check digit. */
bool catalog_domain_gtin_ok(str gtin);
/* Lower-case letters and digits in words joined by '-', 1..CATALOG_SLUG_MAX. */
bool catalog_domain_slug_ok(str slug);
/* "png", "jpg", "webp" or "gif" by the first bytes; absent for anything else. */
str catalog_domain_image_type(str bytes);
/* The media type of a kept picture by its name, "<64 hexadecimal digits>.<ext>"; absent when it is
 * no such name. */
str catalog_domain_media_type(str name);

/* ERR_INVALID with a field error for each thing that is beyond a limit or malformed. */
err catalog_domain_check(struct cx *cx, const struct catalog_product *product) MUST_USE;
err catalog_domain_check_category(struct cx *cx, const struct catalog_category *category) MUST_USE;
/* A slug of the title; of the brand or "product" when the title gives none. */
str catalog_domain_slug(struct arena *arena, const struct catalog_product *product);
/* A number that is the same for what is put twice, whatever the status: two products that differ
 * have the same one time in 2^64. */
int64_t catalog_domain_digest(const struct catalog_product *product);

/* Which stored variant each new one is: by SKU, else by a given id that is stored and not taken. */
struct catalog_stored {
    id variant_id;
    str sku;
    bool kept; /* out: a new one is this */
};
struct catalog_match {
    id variant_id;    /* none: to be made */
    bool stored;      /* false: to be added */
    int64_t position; /* 0.. by the given positions, equal ones as they stand */
};
void catalog_domain_match(const struct catalog_variant *variants, size_t n,
    struct catalog_stored *stored, size_t stored_n, struct catalog_match *ret);

/* CATALOG_STATUS_REFUSED unless the table has the move. */
err catalog_domain_move(struct cx *cx, enum catalog_status from, enum catalog_status to) MUST_USE;

/* Index of each category's parent in the list; SIZE_MAX when it has none there. */
size_t *catalog_domain_parents(struct arena *arena, const struct catalog_category *list, size_t n);
/* The list, which is in (level, position, name) order, with children behind their parents. */
struct catalog_category *catalog_domain_tree(
    struct arena *arena, const struct catalog_category *list, size_t n);
/* Adds the counts of all below to each; the list is in order of level. */
void catalog_domain_roll_up(const size_t *parents, int64_t *counts, size_t n);

#endif
