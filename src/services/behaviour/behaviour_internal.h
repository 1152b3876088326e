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
struct behaviour_notes {
    struct arena *arena;
    struct map by_product;
};
struct behaviour {
    struct behaviour_deps deps;
    struct lock *lock; /* of what follows */
    struct behaviour_notes notes;
    struct behaviour_notes writing; /* taken by a flush; empty once that is committed */
    uint64_t *seen; /* who did what to which product in this hour, hashed with a salt */
    size_t seen_n;
    uint64_t salt;
    int64_t seen_hour;
};
void behaviour_notes_open(struct arena *life, struct behaviour *b);
void behaviour_notes_close(struct behaviour *b);
static inline int64_t behaviour_day_of(int64_t ms)
{
    return ms / DAY_MS;
}
extern const struct route behaviour_routes[];
extern const struct job behaviour_jobs[];

#endif
