/* SPDX-License-Identifier: Apache-2.0
 * What the factors of queries give each document of a segment at most (index_bound.c). For
 * index_*.c alone. */
#ifndef SOUK_PLATFORM_INDEX_INDEX_BOUND_H
#define SOUK_PLATFORM_INDEX_INDEX_BOUND_H

#include "platform/index/index_segment.h"

/* By which number this segment knows factors of this hash; 0: by none, their bounds are not kept.
 */
unsigned index_bound_owner(struct index_segment *s, uint64_t hash);
/* The word must be read before the columns: atomic_load_explicit(at, memory_order_acquire). False:
 * nothing is known. */
bool index_bound_read(uint32_t word, unsigned owner, double *ret);
void index_bound_keep(_Atomic uint32_t *at, uint32_t word, unsigned owner, double bound);
/* After a column was written. */
void index_bound_forget(_Atomic uint32_t *at);

#endif
