/* SPDX-License-Identifier: Apache-2.0
 * What the files of behaviour share. For this folder alone. */
#ifndef SOUK_SERVICES_BEHAVIOUR_BEHAVIOUR_INTERNAL_H
#define SOUK_SERVICES_BEHAVIOUR_BEHAVIOUR_INTERNAL_H

#include <string.h>

#include "base/instant.h"
#include "base/map.h"
#include "services/behaviour/behaviour_domain.h"

struct lock;
struct behaviour_note { /* what is noted of a product since the last flush */
    id product_id;
    int64_t shown[BEHAVIOUR_PLACES_N], clicked[BEHAVIOUR_PLACES_N];
    int64_t views, carts, ads_shown, ads_clicked;
};
struct behaviour_asked_note { /* of a query, likewise */
    str query;
    int64_t asked, clicked, placed, positions, carts;
};
struct behaviour_led_note { /* of an order: what led to a product of it */
    id order_id, product_id;
    str query;
    struct behaviour_led_note *next;
};
struct behaviour_notes {
    struct arena *arena;
    struct map by_product, by_query;
    struct behaviour_led_note *led;
    size_t led_n;
};
struct behaviour_trail; /* which query led an address to a product last */
struct behaviour {
    struct behaviour_deps deps;
    struct lock *lock; /* of what follows */
    struct behaviour_notes notes;
    struct behaviour_notes writing; /* taken by a flush; empty once that is committed */
    uint64_t *seen; /* who did what to which product in this hour, hashed with a salt */
    size_t seen_n;
    uint64_t salt;
    int64_t seen_hour;
    struct behaviour_trail *trails;
    uint64_t trail_salt; /* of this process, kept nowhere */
};
void behaviour_notes_open(struct arena *life, struct behaviour *b);
void behaviour_notes_close(struct behaviour *b);
/* Under the lock. False: this one did this within the hour. */
bool behaviour_is_new(struct behaviour *b, const struct cx *cx, uint64_t what);
/* behaviour_queries.c */
void behaviour_trails_open(struct arena *life, struct behaviour *b);
/* Under the lock: it went into a cart. */
void behaviour_trail_carted(struct behaviour *b, const struct cx *cx, id product_id);
/* What was noted of queries and orders; the notes may have grown since. */
struct behaviour_taken {
    struct behaviour_asked_note *asked;
    struct behaviour_led_note *led;
    size_t asked_n, led_n;
};
err behaviour_write_queries(
    struct behaviour *b, struct cx *cx, const struct behaviour_taken *taken) MUST_USE;
err behaviour_settle(struct behaviour *b, struct cx *cx) MUST_USE;
static inline int64_t behaviour_day_of(int64_t ms)
{
    return ms / DAY_MS;
}
extern const struct route behaviour_routes[];
extern const struct job behaviour_jobs[];

#endif
