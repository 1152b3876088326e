/* SPDX-License-Identifier: Apache-2.0
 * Arenas: a bump pointer over a chain of blocks, each twice as large as the one before.
 * Called by everyone. Must never hand out memory that is not zero, nor return NULL. */
#include "base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif

/* Under ASan what is not handed out is poisoned, and a gap follows every allocation. */
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#define GAP ((size_t)16)
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define GAP ((size_t)0)
#endif

#define ALIGN ((size_t)16)
#define BLOCK_MIN ((size_t)512)
#define BLOCK_MAX ((size_t)8 << 20) /* where doubling stops; one object may need more */

struct block {
    struct block *prev;
    size_t cap;
    _Alignas(16) char bytes[];
};

struct arena {
    char *at, *end;      /* free space of the newest block */
    struct block *block; /* the newest */
    struct block *first; /* shares its allocation with the arena itself */
    size_t used_before;  /* bytes handed out in older blocks */
};

static_assert(_Alignof(max_align_t) <= 16, "ALIGN is too small for this machine");
static_assert(sizeof(struct block) % 16 == 0, "bytes of a block start aligned");

static size_t padded(size_t size)
{
    if (__builtin_expect(size > SIZE_MAX / 4, 0))
        panic("arena", "absurd allocation size");
    return ((size + ALIGN - 1) & ~(ALIGN - 1)) + GAP;
}

static void block_use(struct arena *arena, struct block *block)
{
    arena->block = block;
    arena->at = block->bytes;
    arena->end = block->bytes + block->cap;
    POISON(block->bytes, block->cap);
}

struct arena *arena_open(size_t hint)
{
    size_t head = (sizeof(struct arena) + ALIGN - 1) & ~(ALIGN - 1);
    size_t cap = padded(hint < BLOCK_MIN ? BLOCK_MIN : hint);
    struct arena *arena = malloc(head + sizeof(struct block) + cap);
    if (!arena)
        panic("arena", "out of memory");
    struct block *block = (struct block *)(void *)((char *)arena + head);
    *block = (struct block){ .cap = cap };
    *arena = (struct arena){ .first = block };
    block_use(arena, block);
    return arena;
}

static void free_later_blocks(struct arena *arena)
{
    struct block *block = arena->block;
    while (block != arena->first) {
        struct block *prev = block->prev;
        UNPOISON(block->bytes, block->cap);
        free(block);
        block = prev;
    }
}

void arena_close(struct arena *arena)
{
    if (!arena)
        return;
    free_later_blocks(arena);
    UNPOISON(arena->first->bytes, arena->first->cap);
    free(arena);
}

void arena_close_at(struct arena **arena)
{
    arena_close(*arena);
    *arena = NULL;
}

static __attribute__((noinline, cold)) void arena_add_block(struct arena *arena, size_t need)
{
    size_t cap = arena->block->cap < BLOCK_MAX / 2 ? arena->block->cap * 2 : BLOCK_MAX;
    if (cap < need)
        cap = need;
    struct block *block = malloc(sizeof(struct block) + cap);
    if (!block)
        panic("arena", "out of memory");
    *block = (struct block){ .prev = arena->block, .cap = cap };
    arena->used_before += (size_t)(arena->at - arena->block->bytes);
    block_use(arena, block);
}

/* Without zeroing: for those who write all of it. */
static inline char *take(struct arena *arena, size_t size)
{
    size_t need = padded(size);
    if (__builtin_expect(need > (size_t)(arena->end - arena->at), 0))
        arena_add_block(arena, need);
    char *p = arena->at;
    arena->at += need;
    UNPOISON(p, size);
    return p;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(take(arena, size), 0, size);
}

void *arena_alloc_n(struct arena *arena, size_t n, size_t size)
{
    size_t total = 0;
    if (__builtin_mul_overflow(n, size, &total))
        panic("arena", "absurd allocation size");
    return arena_alloc(arena, total);
}

void *arena_grow(struct arena *arena, void *p, size_t old_size, size_t size)
{
    if (!p || old_size == 0)
        return arena_alloc(arena, size);
    char *bytes = p;
    size_t old_need = padded(old_size);
    size_t need = padded(size);
    if (bytes + old_need == arena->at && need <= (size_t)(arena->end - bytes)) {
        arena->at = bytes + need;
        POISON(bytes, old_need);
        UNPOISON(bytes, size);
    } else if (size <= old_size) {
        return p;
    } else {
        bytes = memcpy(take(arena, size), p, old_size);
    }
    if (size > old_size)
        memset(bytes + old_size, 0, size - old_size);
    return bytes;
}

void arena_reset(struct arena *arena)
{
    free_later_blocks(arena);
    arena->used_before = 0;
    block_use(arena, arena->first);
}

size_t arena_used(const struct arena *arena)
{
    return arena->used_before + (size_t)(arena->at - arena->block->bytes);
}
