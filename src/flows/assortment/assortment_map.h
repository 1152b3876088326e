/* SPDX-License-Identifier: Apache-2.0
 * Mapping files: which column of a row becomes what of a product; the words are explained in
 * data/icecat.map. Pure; for this folder only. */
#ifndef SOUK_FLOWS_ASSORTMENT_ASSORTMENT_MAP_H
#define SOUK_FLOWS_ASSORTMENT_ASSORTMENT_MAP_H

#include "base/map.h"
#include "flows/assortment/assortment.h"
#include "flows/assortment/import_row.h"

enum assortment_target {
    MAP_TITLE,
    MAP_BRAND,
    MAP_DESCRIPTION,
    MAP_SOURCE,
    MAP_SKU,
    MAP_EAN,
    MAP_PRICE,
    MAP_LIST,
    MAP_STOCK,
    MAP_CATEGORY,
    MAP_WEIGHT,
    MAP_RELEASED,
    MAP_POPULARITY,
    MAP_TARGETS_N,
};
struct map_pattern { /* columns that become attributes */
    str column;      /* the whole name, or what it begins with */
    bool prefix;
    enum catalog_attribute_kind kind;
    str label; /* absent: worked out from the name */
};
struct map_source { /* alternatives, the first that gives a text counts */
    const str *texts;
    size_t n;
    bool minor, seeded;
};
struct assortment_map {
    struct map_source sources[MAP_TARGETS_N];
    struct map_pattern *patterns;
    size_t patterns_n;
};
/* ERR_INVALID with "NAME:LINE: what". Results in cx->arena, borrowing text. */
err assortment_map_parse(struct cx *cx, str name, str text, struct assortment_map *ret) MUST_USE;

/* Names of attributes that were worked out, kept for the next rows. */
struct map_names {
    struct arena *arena;
    struct map known;
};
struct map_names map_names_new(struct arena *arena);

struct map_place {
    currency currency;
    id warehouse_id;
};
/* A product with one variant; found again by its source. What is wrong with the row, for
 * people, or NULL. category_path is the column as it stands. Results in the arena. */
const char *assortment_map_row(struct arena *arena, const struct assortment_map *map,
    struct map_names *names, const struct import_row *row, struct map_place place,
    struct assortment_item *ret) MUST_USE;

/* For all formats. */
bool import_ean_ok(str text); /* a GTIN with its check digit */
/* One line of at most max bytes without control characters or blanks at its ends; what is no UTF-8
 * is left as it is, for the catalogue to refuse. */
str import_line_text(struct arena *arena, str text, size_t max);
str import_block_text(struct arena *arena, str text, size_t max); /* keeps its lines */
/* An amount above zero. */
bool import_price(str text, bool minor, currency unit, money *ret) MUST_USE;
/* Visible ASCII of at most 64 bytes, the same for the same text. */
str import_sku(struct arena *arena, str text);

#endif
