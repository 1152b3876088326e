/* SPDX-License-Identifier: Apache-2.0
 * Categories from rules that people can read: see data/categories.rules. Pure; for this folder
 * only. */
#ifndef SOUK_FLOWS_ASSORTMENT_ASSORTMENT_RULES_H
#define SOUK_FLOWS_ASSORTMENT_ASSORTMENT_RULES_H

#include "services/catalog/catalog.h"

struct assortment_rules;

/* A category that the rules know, parents before children. */
struct assortment_category {
    str path, name, picture;
};

/* ERR_INVALID with "NAME:LINE: what" when a line cannot be read, a rule names a category that is
 * not listed, or nothing catches what no rule does. *ret is in cx->arena and borrows text. */
err assortment_rules_parse(
    struct cx *cx, str name, str text, struct assortment_rules **ret) MUST_USE;
const struct assortment_category *assortment_rules_categories(
    const struct assortment_rules *rules, size_t *ret_n);

/* The path of the category of a product: by the first rule that holds for its title, brand,
 * description and attributes. Uses scratch; the result lives as long as the rules. */
str assortment_rules_apply(const struct assortment_rules *rules, struct arena *scratch,
    const struct catalog_product *product);

#endif
