/* SPDX-License-Identifier: Apache-2.0
 * Packing of document numbers. Called by index_postings.c; must never read or write beyond the
 * bytes that bits and n stand for. */
#include "platform/index/index_pack.h"

#include <string.h>

typedef uint32_t lanes __attribute__((vector_size(16)));

static lanes lanes_at(const uint8_t *p)
{
    lanes v;
    memcpy(&v, p, sizeof v);
    return v;
}

unsigned index_pack_bits(const uint32_t docs[static 128], uint32_t base)
{
    uint32_t all = 0;
    for (size_t i = 0; i < 128; i++)
        all |= docs[i] - (i < 4 ? base : docs[i - 4]);
    return all ? 32 - (unsigned)__builtin_clz(all) : 0;
}

void index_pack_docs(
    const uint32_t docs[static 128], uint32_t base, unsigned bits, uint8_t *restrict to)
{
    uint32_t words[128] = { 0 };
    for (unsigned i = 0; bits && i < 32; i++) {
        unsigned bit = i * bits, word = bit >> 5, shift = bit & 31;
        for (unsigned lane = 0; lane < 4; lane++) {
            uint32_t v = docs[i * 4 + lane] - (i == 0 ? base : docs[i * 4 + lane - 4]);
            words[word * 4 + lane] |= v << shift;
            if (shift + bits > 32)
                words[(word + 1) * 4 + lane] |= v >> (32 - shift);
        }
    }
    memcpy(to, words, (size_t)bits * 16);
}

void index_unpack_docs(
    const uint8_t *restrict from, unsigned bits, uint32_t base, uint32_t docs[static 128])
{
    lanes sum = { base, base, base, base };
    uint32_t mask = bits == 32 ? UINT32_MAX : (UINT32_C(1) << bits) - 1;
    unsigned shift = 0;

    for (unsigned i = 0; i < 32; i++) {
        if (bits) {
            lanes v = lanes_at(from) >> shift;
            shift += bits;
            if (shift >= 32) {
                from += 16;
                shift -= 32;
                if (shift)
                    v |= lanes_at(from) << (bits - shift);
            }
            sum += v & mask;
        }
        memcpy(docs + (size_t)i * 4, &sum, sizeof sum);
    }
}

void index_pack_small(const uint8_t *from, size_t n, unsigned bits, uint8_t *to)
{
    memset(to, 0, index_pack_small_size(n, bits));
    for (size_t i = 0; i < n; i++) {
        size_t bit = i * bits;
        unsigned v = (unsigned)from[i] << (bit & 7);
        to[bit >> 3] = (uint8_t)(to[bit >> 3] | v);
        if (v > 0xff)
            to[(bit >> 3) + 1] = (uint8_t)(to[(bit >> 3) + 1] | v >> 8);
    }
}

void index_unpack_small(const uint8_t *from, size_t n, unsigned bits, uint8_t *to)
{
    unsigned held = 0, have = 0, mask = (1u << bits) - 1;
    for (size_t i = 0; i < n; i++) {
        if (have < bits) {
            held |= (unsigned)*from++ << have;
            have += 8;
        }
        to[i] = (uint8_t)(held & mask);
        held >>= bits;
        have -= bits;
    }
}
