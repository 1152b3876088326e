/* SPDX-License-Identifier: Apache-2.0
 * What the files of merchandising share. For this folder alone. */
#ifndef SOUK_SERVICES_MERCHANDISING_MERCHANDISING_INTERNAL_H
#define SOUK_SERVICES_MERCHANDISING_MERCHANDISING_INTERNAL_H

#include <assert.h>
#include <string.h>

#include "base/map.h"
#include "services/merchandising/merchandising.h"

struct lock;
struct merchandising_notes {
    struct arena *arena;
    struct map by_query; /* of struct merchandising_query */
};
struct merchandising {
    struct db *db;
    int64_t keep_days;
    struct lock *lock; /* of what follows */
    struct merchandising_notes notes;
    struct merchandising_notes writing; /* taken by a flush; empty once that is committed */
};
void merchandising_notes_open(struct arena *life, struct merchandising *m);
void merchandising_notes_close(struct merchandising *m);
extern const struct route merchandising_routes[];

#endif
