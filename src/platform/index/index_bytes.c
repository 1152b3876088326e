/* SPDX-License-Identifier: Apache-2.0
 * Growing buffers on the heap. Called by what makes segments; must never return NULL: an index
 * that finds no memory cannot go on. */
#include "platform/index/index_bytes.h"

#include <stdlib.h>

void *index_alloc(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size ? size : 1);
    if (!p)
        panic("index", "out of memory");
    return p;
}

void *index_realloc(void *p, size_t n, size_t size)
{
    ASSERT(size == 0 || n <= SIZE_MAX / size);
    void *made = realloc(p, n && size ? n * size : 1);
    if (!made)
        panic("index", "out of memory");
    return made;
}

uint8_t *index_bytes_room(struct index_bytes *b, size_t n)
{
    if (b->cap - b->n < n) {
        size_t cap = b->cap + b->cap / 2;
        if (cap < b->n + n + 64)
            cap = b->n + n + 64;
        b->p = index_realloc(b->p, cap, 1);
        b->cap = cap;
    }
    return b->p + b->n;
}

void index_bytes_add(struct index_bytes *b, const void *p, size_t n)
{
    if (n == 0)
        return;
    memcpy(index_bytes_room(b, n), p, n);
    b->n += n;
}

void index_bytes_zero(struct index_bytes *b, size_t n)
{
    memset(index_bytes_room(b, n), 0, n);
    b->n += n;
}

void index_bytes_number(struct index_bytes *b, uint64_t v)
{
    uint8_t *p = index_bytes_room(b, 10);
    b->n += (size_t)(index_number_write(p, v) - p);
}

void index_bytes_free(struct index_bytes *b)
{
    free(b->p);
    *b = (struct index_bytes){ 0 };
}
