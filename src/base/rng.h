/* SPDX-License-Identifier: Apache-2.0
 * Seeded pseudo-random numbers: xoshiro256** (Blackman and Vigna, "Scrambled Linear Pseudorandom
 * Number Generators", 2018), seeded by splitmix64. Replays exactly. Never for secrets: those come
 * from platform/token. Not for use by two threads at a time. */
#ifndef SOUK_BASE_RNG_H
#define SOUK_BASE_RNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rng {
    uint64_t s[4];
};

struct rng rng_seeded(uint64_t seed);
uint64_t rng_u64(struct rng *rng);
/* Uniform in [0, n); n > 0. */
uint64_t rng_below(struct rng *rng, uint64_t n);
/* Uniform in [low, high]. */
int64_t rng_between(struct rng *rng, int64_t low, int64_t high);
/* True with the given probability in per mille. */
bool rng_chance(struct rng *rng, unsigned per_mille);
double rng_unit(struct rng *rng); /* [0, 1) */
/* An index below n, small ones more often: Zipf with exponent 1. */
size_t rng_zipf(struct rng *rng, size_t n);

#endif
