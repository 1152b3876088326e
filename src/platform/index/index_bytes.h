/* SPDX-License-Identifier: Apache-2.0
 * Bytes that grow on the heap, for what is too large for an arena: sections of segments under
 * construction. For index_*.c alone. Reading of LEB128 numbers never goes beyond `end`. */
#ifndef SOUK_PLATFORM_INDEX_INDEX_BYTES_H
#define SOUK_PLATFORM_INDEX_INDEX_BYTES_H

#include <string.h>

#include "base/err.h"

struct index_bytes {
    uint8_t *p;
    size_t n, cap;
};
/* Room for n more bytes, not yet counted. */
uint8_t *index_bytes_room(struct index_bytes *b, size_t n);
void index_bytes_add(struct index_bytes *b, const void *p, size_t n);
void index_bytes_zero(struct index_bytes *b, size_t n);
void index_bytes_number(struct index_bytes *b, uint64_t v); /* LEB128 */
void index_bytes_free(struct index_bytes *b);

/* Memory of the heap, never NULL. */
void *index_alloc(size_t n, size_t size); /* zeroed */
void *index_realloc(void *p, size_t n, size_t size);

static inline uint8_t *index_number_write(uint8_t *p, uint64_t v)
{
    while (v >= 0x80) {
        *p++ = (uint8_t)(v | 0x80);
        v >>= 7;
    }
    *p++ = (uint8_t)v;
    return p;
}

/* 0 at the end of the bytes, which then is *at. */
static inline uint32_t index_number_read(const uint8_t **at, const uint8_t *end)
{
    const uint8_t *p = *at;
    uint32_t v = 0;
    for (unsigned shift = 0; p < end && shift < 35; shift += 7) {
        uint8_t c = *p++;
        v |= (uint32_t)(c & 0x7f) << (shift & 31);
        if (c < 0x80)
            break;
    }
    *at = p;
    return v;
}

#endif
