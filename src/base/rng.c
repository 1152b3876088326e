/* SPDX-License-Identifier: Apache-2.0
 * xoshiro256** and what is drawn from it. Called by id_new, the fakes, the seed and retry jitter.
 * Must never be used for secrets, nor take its seed from anywhere but the caller. */
#include "base/rng.h"

#include <math.h>

#include "base/err.h"

static inline uint64_t rotate_left(uint64_t v, int by)
{
    return v << by | v >> (64 - by);
}

struct rng rng_seeded(uint64_t seed)
{
    struct rng rng;
    for (size_t i = 0; i < 4; i++) { /* splitmix64: never leaves all four zero */
        seed += UINT64_C(0x9e3779b97f4a7c15);
        uint64_t z = seed;
        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        rng.s[i] = z ^ z >> 31;
    }
    return rng;
}

uint64_t rng_u64(struct rng *rng)
{
    uint64_t *s = rng->s;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

/* Lemire, "Fast Random Integer Generation in an Interval" (2019): exact, rarely divides. */
uint64_t rng_below(struct rng *rng, uint64_t n)
{
    ASSERT(n > 0);
    unsigned __int128 m = (unsigned __int128)rng_u64(rng) * n;
    if ((uint64_t)m < n) {
        uint64_t uneven = (0 - n) % n;
        while ((uint64_t)m < uneven)
            m = (unsigned __int128)rng_u64(rng) * n;
    }
    return (uint64_t)(m >> 64);
}

int64_t rng_between(struct rng *rng, int64_t low, int64_t high)
{
    ASSERT(low <= high);
    uint64_t span = (uint64_t)high - (uint64_t)low + 1;
    uint64_t offset = span == 0 ? rng_u64(rng) : rng_below(rng, span); /* 0: all 2^64 values */
    return (int64_t)((uint64_t)low + offset);
}

bool rng_chance(struct rng *rng, unsigned per_mille)
{
    return rng_below(rng, 1000) < per_mille;
}

double rng_unit(struct rng *rng)
{
    return (double)(rng_u64(rng) >> 11) * 0x1.0p-53;
}

/* Hörmann and Derflinger, "Rejection-inversion to generate variates from monotone discrete
 * distributions" (1996), for exponent 1: the integral of 1/x is log. No table, exact. */
size_t rng_zipf(struct rng *rng, size_t n)
{
    ASSERT(n > 0);
    const double first = log(1.5) - 1.0;
    const double last = log((double)n + 0.5);
    const double squeeze = 2.0 - exp(log(2.5) - 0.5);
    for (;;) {
        double u = last + rng_unit(rng) * (first - last);
        double x = exp(u);
        size_t k = x < 1.0 ? 1 : (size_t)(x + 0.5);
        if (k > n)
            k = n;
        double rank = (double)k;
        if (rank - x <= squeeze || u >= log(rank + 0.5) - 1.0 / rank)
            return k - 1;
    }
}
