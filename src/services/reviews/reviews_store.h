/* SPDX-License-Identifier: Apache-2.0
 * Rows to structs and back for the verbs of reviews. No decisions. For this folder only. */
#ifndef SOUK_SERVICES_REVIEWS_REVIEWS_STORE_H
#define SOUK_SERVICES_REVIEWS_REVIEWS_STORE_H

#include "services/reviews/reviews.h"

/* The body of the service; only files of this folder see it. */
struct reviews {
    struct reviews_deps deps;
};
extern const struct route reviews_routes[];

/* False in *ret_added: the id, or the user's review of the product, is there already. */
err reviews_store_add(
    struct reviews *r, struct cx *cx, const struct reviews_review *in, bool *ret_added) MUST_USE;
err reviews_store_add_all(
    struct reviews *r, struct cx *cx, const struct reviews_review *in, size_t n) MUST_USE;
/* By id; other units wait for its row. ERR_MISSING. */
err reviews_store_lock(
    struct reviews *r, struct cx *cx, id review_id, struct reviews_review *ret) MUST_USE;
/* Rating, texts, images, status, doubt and purchase. */
err reviews_store_set(struct reviews *r, struct cx *cx, const struct reviews_review *in) MUST_USE;
/* With its votes. */
err reviews_store_drop(struct reviews *r, struct cx *cx, const struct reviews_review *in) MUST_USE;

/* Adds to the stars of the product, whose total is made when there is none. */
err reviews_store_move(struct reviews *r, struct cx *cx, id product_id,
    const int64_t by[REVIEWS_STARS], struct reviews_total *ret) MUST_USE;
err reviews_store_totals_put(struct reviews *r, struct cx *cx, const id *product_ids,
    const struct reviews_total *totals, size_t n) MUST_USE;

/* The user's own, newest first, older than `before` (none: from the newest). */
err reviews_store_mine(struct reviews *r, struct cx *cx, id user_id, id before, int64_t limit,
    struct reviews_review **ret, size_t *ret_n) MUST_USE;
/* One page of a product; key and after say behind which review it begins. */
struct reviews_slice {
    struct reviews_wanted wanted;
    int64_t key;
    id after;
};
err reviews_store_list(struct reviews *r, struct cx *cx, struct reviews_slice in,
    struct reviews_review **ret, size_t *ret_n) MUST_USE;

#endif
