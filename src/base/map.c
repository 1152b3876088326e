/* SPDX-License-Identifier: Apache-2.0
 * A map from str to pointer: linear probing over indices into a list of entries.
 * Called by parsers, tables of names and the fakes. Must never copy or change a key. */
#include "base/map.h"

#include "base/err.h"

#define SLOTS_MIN ((size_t)16)

/* At most half of the slots are taken, so that a miss ends soon. */
static void map_resize(struct map *map, size_t slots_cap)
{
    map->slots = NEW_N(map->arena, slots_cap, uint32_t);
    map->slots_cap = slots_cap;
    for (size_t i = 0; i < map->n; i++) {
        size_t at = str_hash(map->entries[i].key) & (slots_cap - 1);
        while (map->slots[at] != 0)
            at = (at + 1) & (slots_cap - 1);
        map->slots[at] = (uint32_t)i + 1;
    }
}

struct map map_new(struct arena *arena, size_t hint)
{
    ASSERT(hint < UINT32_MAX / 4);
    struct map map = { .arena = arena };
    size_t slots_cap = SLOTS_MIN;
    while (slots_cap < hint * 2)
        slots_cap *= 2;
    map_resize(&map, slots_cap);
    return map;
}

/* The slot of the key, or the free one where it would go. */
static size_t map_slot(const struct map *map, str key)
{
    size_t mask = map->slots_cap - 1;
    size_t at = str_hash(key) & mask;
    while (map->slots[at] != 0 && !str_eq(map->entries[map->slots[at] - 1].key, key))
        at = (at + 1) & mask;
    return at;
}

void *map_get(const struct map *map, str key)
{
    if (map->n == 0)
        return NULL;
    uint32_t slot = map->slots[map_slot(map, key)];
    return slot == 0 ? NULL : map->entries[slot - 1].value;
}

void map_put(struct map *map, str key, void *value)
{
    ASSERT(value != NULL);
    if ((map->n + 1) * 2 > map->slots_cap) {
        ASSERT(map->n < UINT32_MAX / 4);
        map_resize(map, map->slots_cap == 0 ? SLOTS_MIN : map->slots_cap * 2);
    }
    size_t at = map_slot(map, key);
    if (map->slots[at] != 0) {
        map->entries[map->slots[at] - 1].value = value;
        return;
    }
    if (map->n == map->entries_cap) {
        size_t cap = map->entries_cap == 0 ? SLOTS_MIN / 2 : map->entries_cap * 2;
        map->entries = arena_grow(map->arena, map->entries, map->entries_cap * sizeof *map->entries,
            cap * sizeof *map->entries);
        map->entries_cap = cap;
    }
    map->entries[map->n++] = (struct map_entry){ key, value };
    map->slots[at] = (uint32_t)map->n;
}
