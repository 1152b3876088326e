/* SPDX-License-Identifier: Apache-2.0
 * What the files of opinion share. For this folder only. */
#ifndef SOUK_FLOWS_OPINION_OPINION_INTERNAL_H
#define SOUK_FLOWS_OPINION_OPINION_INTERNAL_H

#include "flows/opinion/opinion.h"

struct opinion {
    struct opinion_deps deps;
};

/* WRITE units. What changes the stars of a product tells the catalogue in the same unit. in:
 * product, user, author, rating, title, comment, images. CATALOG_PRODUCT_GONE: not published. */
err opinion_post(struct opinion *o, struct cx *cx, struct reviews_review in,
    struct reviews_review *ret) MUST_USE;
err opinion_change(struct opinion *o, struct cx *cx, const struct reviews_review *in, str if_match,
    struct reviews_review *ret) MUST_USE;
err opinion_remove(
    struct opinion *o, struct cx *cx, id user_id, id review_id, str if_match) MUST_USE;
err opinion_judge(struct opinion *o, struct cx *cx, id review_id, enum reviews_status status,
    str if_match, struct reviews_review *ret) MUST_USE;
/* Any unit. A published product, without its texts. CATALOG_PRODUCT_GONE. */
err opinion_product(
    struct opinion *o, struct cx *cx, id product_id, struct catalog_product *ret) MUST_USE;

extern const struct route opinion_routes[], opinion_page_routes[];
extern const struct html_page *const opinion_pages[];

#endif
