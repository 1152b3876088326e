/* SPDX-License-Identifier: Apache-2.0
 * Arenas: memory that is given back all at once. Every request, job and process lifetime has one.
 * Not for use by two threads at a time. */
#ifndef SOUK_BASE_ARENA_H
#define SOUK_BASE_ARENA_H

#include <stddef.h>

struct arena;

/* `hint` is the expected size in bytes; the arena grows beyond it. Never returns NULL. */
struct arena *arena_open(size_t hint);
void arena_close(struct arena *arena);
void arena_close_at(struct arena **arena); /* for DEFER */

/* Zeroed, aligned for any type, never NULL: input is bounded before it is read, so running out of
 * memory is our bug and panics. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull, malloc));
/* n objects of `size` bytes; the product is checked for overflow. */
void *arena_alloc_n(struct arena *arena, size_t n, size_t size)
    __attribute__((returns_nonnull, malloc));
/* Moves to a block of `size` bytes, keeping min(size, old_size); grows in place when p is last. */
void *arena_grow(struct arena *arena, void *p, size_t old_size, size_t size)
    __attribute__((returns_nonnull));

/* Keeps the first block, forgets everything in it. */
void arena_reset(struct arena *arena);
size_t arena_used(const struct arena *arena);

#define NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define NEW_N(arena, n, type) ((type *)arena_alloc_n((arena), (n), sizeof(type)))

#endif
