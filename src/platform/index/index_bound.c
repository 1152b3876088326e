/* SPDX-License-Identifier: Apache-2.0
 * What the factors of queries give a document at most, worked out once and kept beside its columns
 * until one of them changes. Called by index_rank.c and by writers of columns; must never keep less
 * than the factors give. Nobody waits for anybody here.
 *
 * A word for each document: 8 bits say whose factors (queries with others work theirs out each
 * time), 12 count changes of columns, 12 are the bound: the upper bits of a float, rounded up. Who
 * works a bound out puts it down only if no column changed since it began to look: a change counts
 * on after its column is written. */
#include "platform/index/index_bound.h"

#include <string.h>

#define CODES 4096u
#define CHANGE CODES /* the lowest bit of the count */
#define CHANGES 0x00fff000u
#define FLOAT_BITS 15                /* of a float that are left out */
#define FLOAT_FROM ((127u - 8) << 8) /* 1/256: smaller ones are taken for this */
#define MISSES_MAX 64 /* queries in a row with other factors: those are it from now on */

static uint32_t code_of(double bound)
{
    float up = (float)bound;
    uint32_t bits;
    memcpy(&bits, &up, sizeof bits);
    bits >>= FLOAT_BITS;
    uint32_t code = bits < FLOAT_FROM ? 1 : bits - FLOAT_FROM + 1;
    return code < CODES - 1 ? code : 0;
}

/* The end of a code's range, and a little more for the rounding of the float. */
static double bound_of(uint32_t code)
{
    uint32_t bits = (code + 1 + FLOAT_FROM) << FLOAT_BITS;
    float up;
    memcpy(&up, &bits, sizeof up);
    return (double)up;
}

unsigned index_bound_owner(struct index_segment *s, uint64_t hash)
{
    uint64_t of = atomic_load(&s->bounds_of);
    if (of >> 8 == hash >> 8 && (of & 0xff) > 0) {
        if (atomic_load_explicit(&s->bounds_missed, memory_order_relaxed) > 0)
            atomic_store_explicit(&s->bounds_missed, 0, memory_order_relaxed);
        return (unsigned)(of & 0xff);
    }
    if ((of & 0xff) == 0xff) /* no number is left: a merge begins anew */
        return 0;
    if (of != 0 && atomic_fetch_add(&s->bounds_missed, 1) < MISSES_MAX)
        return 0;
    unsigned owner = (unsigned)(of & 0xff) + 1;
    if (!atomic_compare_exchange_strong(&s->bounds_of, &of, (hash & ~UINT64_C(0xff)) | owner))
        return 0;
    atomic_store_explicit(&s->bounds_missed, 0, memory_order_relaxed);
    return owner;
}

bool index_bound_read(uint32_t word, unsigned owner, double *ret)
{
    uint32_t code = word & (CODES - 1);
    if (word >> 24 != owner || code == 0)
        return false;
    *ret = bound_of(code);
    return true;
}

void index_bound_keep(_Atomic uint32_t *at, uint32_t word, unsigned owner, double bound)
{
    uint32_t code = code_of(bound);
    if (code > 0)
        (void)atomic_compare_exchange_strong_explicit(at, &word,
            (uint32_t)owner << 24 | (word & CHANGES) | code, memory_order_release,
            memory_order_relaxed);
}

void index_bound_forget(_Atomic uint32_t *at)
{
    uint32_t word = atomic_load_explicit(at, memory_order_relaxed), next;
    do
        next = (word & ~(CHANGES | (CODES - 1))) | ((word + CHANGE) & CHANGES);
    while (!atomic_compare_exchange_weak_explicit(
        at, &word, next, memory_order_release, memory_order_relaxed));
}
