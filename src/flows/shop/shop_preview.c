/* SPDX-License-Identifier: Apache-2.0
 * What a query shows first, for staff who curate it. Called by src/app for the back office; must
 * never count as a search. */
#include "flows/shop/shop_internal.h"

err shop_preview(struct shop *s, struct cx *cx, str query, int64_t limit, struct shop_preview *ret)
{
    struct shop_list l;
    err e = shop_list(
        s, cx, &(struct shop_list_in){ .q = query, .limit = limit, .uncounted = true }, &l);
    if (e)
        return e;
    *ret = (struct shop_preview){ .product_ids = l.found.product_ids,
        .n = l.found.n < (size_t)limit ? l.found.n : (size_t)limit,
        .total = l.found.total,
        .redirect = l.redirect,
        .corrected = l.found.corrected };
    return NULL;
}
