/* SPDX-License-Identifier: Apache-2.0
 * Drawn pictures of products, as SVG: for demo data and for products that have no photograph yet.
 * Pure: the same picture gives the same bytes, which may be cached for ever under their values. */
#ifndef SOUK_SERVICES_CATALOG_CATALOG_PICTURE_H
#define SOUK_SERVICES_CATALOG_CATALOG_PICTURE_H

#include "base/buf.h"

#define CATALOG_PICTURE_VIEWS 3
#define CATALOG_PICTURE_BYTES_MAX 4096

struct catalog_picture {
    str kind;      /* "laptop"; an unknown one is drawn as a box */
    uint64_t seed; /* proportions, details, surroundings; keep it the same for a product's views */
    str colour;    /* "Natural Titanium", "#1f6feb"; unknown or absent: one chosen by the seed */
    int view;      /* 0 front, 1 detail, 2 in use; others count as 0 */
};

/* Appends one whole <svg> element, 400 by 500 units (4:5), of at most CATALOG_PICTURE_BYTES_MAX
 * bytes. No script, no text, no reference to anything outside; nothing of `kind` or `colour` is
 * copied into it. Its ids differ by picture, so that several fit into one page. */
void catalog_picture_svg(struct buf *out, struct catalog_picture p);
bool catalog_picture_known(str kind);

/* The names of all kinds, for tests and contact sheets; the absent str from the last one on. */
str catalog_picture_kind(size_t i);

#endif
