/* SPDX-License-Identifier: Apache-2.0
 * A map from str to pointer in an arena: open addressing, insertion order kept. Keys are borrowed:
 * they must live as long as the map. Not for use by two threads at a time. */
#ifndef SOUK_BASE_MAP_H
#define SOUK_BASE_MAP_H

#include "base/arena.h"
#include "base/str.h"

struct map_entry {
    str key;
    void *value;
};
struct map {
    struct arena *arena;
    struct map_entry *entries; /* in order of insertion; n of them */
    uint32_t *slots;           /* index + 1 into entries, 0 is free */
    size_t n, entries_cap, slots_cap;
};

struct map map_new(struct arena *arena, size_t hint);
/* NULL when the key is not there. */
void *map_get(const struct map *map, str key);
/* Replaces the value of a known key. value must not be NULL. */
void map_put(struct map *map, str key, void *value);

#endif
