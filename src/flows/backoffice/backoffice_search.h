/* SPDX-License-Identifier: Apache-2.0
 * What the files about searching share. For this folder only. */
#ifndef SOUK_FLOWS_BACKOFFICE_BACKOFFICE_SEARCH_H
#define SOUK_FLOWS_BACKOFFICE_BACKOFFICE_SEARCH_H

#include "flows/backoffice/backoffice_internal.h"

#define BACKOFFICE_SEARCH "/admin/search"
#define BACKOFFICE_SYNONYMS "/admin/search/synonyms"
#define BACKOFFICE_RULES "/admin/search/rules"
#define BACKOFFICE_PREVIEW_N 8
#define BACKOFFICE_RULES_SHOWN 100

/* "PATH?NAME=VALUE", the value encoded. */
str backoffice_with(struct cx *cx, const char *path, const char *name, str value);
/* What the shop shows for a query; NULL in deps: nothing. */
err backoffice_find(struct backoffice *b, struct cx *cx, str query, int64_t limit,
    struct backoffice_found *ret) MUST_USE;
/* Products by id, in order, in one query; unknown ones have product_id none. */
err backoffice_products(struct backoffice *b, struct cx *cx, const id *ids, size_t n,
    struct catalog_product **ret) MUST_USE;

#endif
