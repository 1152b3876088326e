/* SPDX-License-Identifier: Apache-2.0
 * UUIDs: making, comparing, writing and reading them. Called by every service.
 * Must never be taken for a secret: 74 bits of a seeded generator can be guessed. */
#include "base/id.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/rng.h"

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "id_write stores its text by words");

static id with_version(id a, unsigned version)
{
    a.b[6] = (uint8_t)(version << 4 | (a.b[6] & 0x0fU));
    a.b[8] = (uint8_t)(0x80U | (a.b[8] & 0x3fU));
    return a;
}

static void put_u64(uint8_t *at, uint64_t v)
{
    v = __builtin_bswap64(v);
    memcpy(at, &v, sizeof v);
}

static uint64_t get_u64(const uint8_t *at)
{
    uint64_t v;
    memcpy(&v, at, sizeof v);
    return __builtin_bswap64(v);
}

id id_new(struct rng *rng, int64_t now_ms)
{
    ASSERT(now_ms >= 0);
    ASSERT(now_ms < INT64_C(1) << 48);
    id a;
    put_u64(a.b, (uint64_t)now_ms << 16 | rng_u64(rng) >> 48);
    put_u64(a.b + 8, rng_u64(rng));
    return with_version(a, 7);
}

/* The finaliser of MurmurHash3. */
static uint64_t mix(uint64_t h)
{
    h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd);
    h = (h ^ h >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ h >> 33;
}

static unsigned __int128 fnv1a_128(unsigned __int128 h, const void *bytes, size_t n)
{
    const unsigned __int128 prime = (unsigned __int128)1 << 88 | 0x13b;
    for (size_t i = 0; i < n; i++)
        h = (h ^ ((const uint8_t *)bytes)[i]) * prime;
    return h;
}

id id_from_name(str space, str name)
{
    uint64_t space_n = space.n; /* hashed too: ("ab", "c") is not ("a", "bc") */
    unsigned __int128 h =
        (unsigned __int128)UINT64_C(0x6c62272e07bb0142) << 64 | UINT64_C(0x62b821756295c58d);
    h = fnv1a_128(h, &space_n, sizeof space_n);
    h = fnv1a_128(h, space.p, space.n);
    h = fnv1a_128(h, name.p, name.n);
    uint64_t low = mix((uint64_t)h ^ mix((uint64_t)(h >> 64)));
    uint64_t high = mix((uint64_t)(h >> 64) + low);
    id a;
    put_u64(a.b, high);
    put_u64(a.b + 8, low);
    return with_version(a, 8);
}

id id_moved(id a, int64_t ms)
{
    for (int i = 0; i < 6; i++)
        a.b[i] = (uint8_t)((uint64_t)ms >> (8 * (5 - i)));
    return a;
}

id id_greatest(void)
{
    id last;
    memset(last.b, 0xff, sizeof last.b);
    return last;
}

id id_or_greatest(id a)
{
    return id_is_none(a) ? id_greatest() : a;
}

bool id_is_none(id a)
{
    return (get_u64(a.b) | get_u64(a.b + 8)) == 0;
}

bool id_eq(id a, id b)
{
    return memcmp(a.b, b.b, sizeof a.b) == 0;
}

int id_cmp(id a, id b)
{
    return memcmp(a.b, b.b, sizeof a.b);
}

uint64_t id_hash(id a)
{
    return mix(get_u64(a.b) * UINT64_C(0x9e3779b97f4a7c15) ^ get_u64(a.b + 8));
}

int64_t id_ms(id a)
{
    return (int64_t)(get_u64(a.b) >> 16);
}

str id_text(struct arena *arena, id a)
{
    char *text = arena_alloc(arena, ID_TEXT_N + 1);
    id_write(a, text);
    return (str){ text, ID_TEXT_N };
}

/* Four bytes as eight digits, all at once: each nibble gets a byte of its own, then '0' is added,
 * and 'a' - '0' - 10 more where the nibble is above 9. */
static uint64_t hex8(const uint8_t *bytes)
{
    uint32_t four;
    memcpy(&four, bytes, sizeof four);
    uint64_t v = four;
    v = (v | v << 16) & UINT64_C(0x0000ffff0000ffff);
    v = (v | v << 8) & UINT64_C(0x00ff00ff00ff00ff);
    v = (v >> 4 & UINT64_C(0x000f000f000f000f)) | (v & UINT64_C(0x000f000f000f000f)) << 8;
    uint64_t letters = (v + UINT64_C(0x0606060606060606)) >> 4 & UINT64_C(0x0101010101010101);
    return v + UINT64_C(0x3030303030303030) + letters * ('a' - '0' - 10);
}

void id_write(id a, char ret[static ID_TEXT_N])
{
    uint64_t first = hex8(a.b);
    uint64_t second = hex8(a.b + 4);
    uint64_t third = hex8(a.b + 8);
    uint64_t fourth = hex8(a.b + 12);
    uint64_t second_end = second >> 32;
    uint64_t third_end = third >> 32;
    memcpy(ret, &first, 8);
    ret[8] = '-';
    memcpy(ret + 9, &second, 4);
    ret[13] = '-';
    memcpy(ret + 14, &second_end, 4);
    ret[18] = '-';
    memcpy(ret + 19, &third, 4);
    ret[23] = '-';
    memcpy(ret + 24, &third_end, 4);
    memcpy(ret + 28, &fourth, 8);
}

static unsigned hex_value(char c)
{
    unsigned u = (unsigned char)c;
    if (u - '0' <= 9)
        return u - '0';
    u |= 0x20; /* to lower case */
    return u - 'a' <= 5 ? u - 'a' + 10 : 16;
}

bool id_parse(str text, id *ret)
{
    if (text.n != ID_TEXT_N)
        return false;
    id a;
    size_t at = 0;
    unsigned bad = 0;
    for (size_t i = 0; i < sizeof a.b; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            if (text.p[at++] != '-')
                return false;
        }
        unsigned high = hex_value(text.p[at++]);
        unsigned low = hex_value(text.p[at++]);
        bad |= (high | low) & 16;
        a.b[i] = (uint8_t)(high << 4 | low);
    }
    if (bad != 0)
        return false;
    *ret = a;
    return true;
}
