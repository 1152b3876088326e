/* SPDX-License-Identifier: Apache-2.0
 * What the files of the demo generator share. Included by demo_*.c only.
 * Every choice is drawn from a stream named by (seed, what, index), never from a shared one. */
#ifndef SOUK_FLOWS_DEMO_DEMO_INTERNAL_H
#define SOUK_FLOWS_DEMO_DEMO_INTERNAL_H

#include "base/buf.h"
#include "base/instant.h"
#include "base/rng.h"
#include "flows/demo/demo.h"
#include "flows/demo/demo_words.h"

#define DEMO_SLOTS_MAX 256
#define DEMO_CATEGORIES_MAX 128
#define DEMO_ORDER_DAYS 90

/* Slot i mod slots_n says to which category product i belongs. */
struct demo_slot {
    int category;
    int nth; /* of its category's slots */
};
struct demo {
    struct demo_opts opts;
    struct demo_category categories[DEMO_CATEGORIES_MAX];
    const struct demo_spec *specs[DEMO_CATEGORIES_MAX]; /* NULL for what is no leaf */
    size_t categories_n;
    struct demo_slot slots[DEMO_SLOTS_MAX];
    size_t slots_n;
    int64_t rank_step, rank_step_inverse, rank_offset; /* product of a rank, and back */
    int64_t day_shares[DEMO_ORDER_DAYS + 1];           /* of orders up to a day, oldest first */
};

/* Names of the streams of chance. */
enum demo_stream {
    DEMO_S_SLOTS = 1,
    DEMO_S_RANK,
    DEMO_S_FAMILY,
    DEMO_S_SHAPE,
    DEMO_S_VALUES,
    DEMO_S_TEXT,
    DEMO_S_VARIANT,
    DEMO_S_RATING,
    DEMO_S_RELEASE,
    DEMO_S_REVIEW,
    DEMO_S_CUSTOMER,
    DEMO_S_ORDER,
    DEMO_S_COMPANION,
};
struct rng demo_rng(const struct demo *demo, enum demo_stream stream, int64_t a, int64_t b);

/* Lists parted by '|'. */
size_t demo_list_n(const char *list);
str demo_list_at(const char *list, size_t i);
str demo_list_pick(const char *list, struct rng *rng);

/* Writes a template: {key} gives the value of that attribute, {brand}, {name}, {colour} and {x} the
 * fields below. A sentence puts values in lower case where English does, and "an" before vowels. */
struct demo_fill {
    const struct demo_product *product; /* brand, model and values; may be NULL */
    str x;
    bool sentence;
};
void demo_fill(struct buf *out, str text, struct demo_fill fill);
/* '#' becomes a digit, 'N' one from 2 to 9, '@' a letter; the rest stays. */
str demo_pattern(struct arena *arena, str pattern, struct rng *rng);
/* The digit that completes twelve others to an EAN-13. */
int demo_ean_check(str twelve);

/* The parts of a product that others need without the rest. */
struct demo_place {
    int category;
    int64_t ordinal; /* of its category */
};
struct demo_place demo_place_of(const struct demo *demo, int64_t i);
int64_t demo_index_of(const struct demo *demo, struct demo_place place);
int demo_variants_n(const struct demo *demo, int64_t i);
int64_t demo_released_ms(const struct demo *demo, int64_t i);
int64_t demo_rank_of(const struct demo *demo, int64_t i);
int64_t demo_ranked(const struct demo *demo, int64_t rank);
void demo_rate(const struct demo *demo, int64_t i, struct demo_product *ret);

int64_t demo_coprime(int64_t near, int64_t n); /* the next number from `near` on */

#endif
