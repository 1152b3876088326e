/* SPDX-License-Identifier: Apache-2.0
 * Bit packing of 128 rising numbers as differences to the fourth before, in four lanes side by side
 * (Lemire and Boytsov, "Decoding billions of integers per second through vectorization", 2015), and
 * of small numbers in a row. For index_postings.c alone. */
#ifndef SOUK_PLATFORM_INDEX_INDEX_PACK_H
#define SOUK_PLATFORM_INDEX_INDEX_PACK_H

#include <stddef.h>
#include <stdint.h>

/* Bits of the largest difference; the first four are to `base`. */
unsigned index_pack_bits(const uint32_t docs[static 128], uint32_t base);
/* Writes bits * 16 bytes. */
void index_pack_docs(
    const uint32_t docs[static 128], uint32_t base, unsigned bits, uint8_t *restrict to);
/* Reads bits * 16 bytes; bits <= 32. */
void index_unpack_docs(
    const uint8_t *restrict from, unsigned bits, uint32_t base, uint32_t docs[static 128]);

/* n numbers of `bits` <= 8 bits each, lowest first. */
static inline size_t index_pack_small_size(size_t n, unsigned bits)
{
    return (n * bits + 7) / 8;
}
void index_pack_small(const uint8_t *from, size_t n, unsigned bits, uint8_t *to);
void index_unpack_small(const uint8_t *from, size_t n, unsigned bits, uint8_t *to);

#endif
