/* SPDX-License-Identifier: Apache-2.0
 * Rows to promotions and back, and the copy of the automatic ones in memory. Called by the other
 * files of this folder. No decisions. */
#ifndef SOUK_SERVICES_PROMOTIONS_PROMOTIONS_STORE_H
#define SOUK_SERVICES_PROMOTIONS_PROMOTIONS_STORE_H

#include <stdatomic.h>

#include "services/promotions/promotions.h"

struct lock;

/* The automatic promotions as they were at loaded_ms; never changed, freed by the last who lets go
 * of it. */
struct promotions_live {
    struct arena *arena;
    int holders; /* under the service's lock */
    int64_t loaded_ms;
    struct promotions_promotion *list;
    size_t n;
};

/* The body of the service; only files of this folder see it. */
struct promotions {
    struct promotions_deps deps;
    currency currency;
    struct lock *lock;
    struct promotions_live *live; /* under the lock; NULL: nothing loaded, or nothing there */
    int64_t none_ms;              /* under the lock; when there was nothing there; 0: not known */
    atomic_bool stale;            /* what is in memory is known to be old */
};

err promotions_store_add(
    struct promotions *p, struct cx *cx, const struct promotions_promotion *in) MUST_USE;
/* ret_changed false: the row does not allow it, or is not there. */
err promotions_store_change(struct promotions *p, struct cx *cx,
    const struct promotions_promotion *in, bool *ret_changed) MUST_USE;
err promotions_store_get(struct promotions *p, struct cx *cx, id promotion_id,
    struct promotions_promotion *ret, bool *ret_found) MUST_USE;
err promotions_store_codes(struct promotions *p, struct cx *cx, const str *codes, size_t n,
    struct promotions_promotion *ret, bool *ret_found) MUST_USE;
err promotions_store_list(struct promotions *p, struct cx *cx, struct promotions_page in,
    struct promotions_promotion **ret, size_t *ret_n) MUST_USE;

/* The automatic ones, at most PROMOTIONS_FRESH_MS old; *ret NULL: there are none. Let go of it. */
#define PROMOTIONS_FRESH_MS 1000
err promotions_store_live(
    struct promotions *p, struct cx *cx, struct promotions_live **ret) MUST_USE;
void promotions_store_let_go(struct promotions *p, struct promotions_live *live);
/* What is in memory is old: now, and once this unit is committed. */
void promotions_store_outdate(struct promotions *p, struct cx *cx);

/* The user, or what is kept of a guest's e-mail; none: not known. */
id promotions_store_customer(struct cx *cx, const struct promotions_buyer *buyer);

/* A copy that lives in the arena. */
struct promotions_promotion promotions_store_copy(
    struct arena *a, const struct promotions_promotion *p);

#endif
