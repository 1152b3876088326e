/* SPDX-License-Identifier: Apache-2.0
 * Filters and facets of the random catalogue by hand: a loop over plain structs. For the tests of
 * this folder alone; must never look at what the index says. */
#ifndef SOUK_PLATFORM_INDEX_TESTS_INDEX_BRUTE_H
#define SOUK_PLATFORM_INDEX_TESTS_INDEX_BRUTE_H

#include "platform/index/tests/index_world.h"

#define BRUTE_FILTERS 4

static inline str brute_colour(struct arena *arena, unsigned i)
{
    return str_fmt(arena, "shade%u", i);
}

/* A random filter; some kinds are of one field, so that a facet has two of its own. */
static inline struct index_filter brute_filter(struct world *w, struct arena *arena)
{
    struct index_filter f = { .on = (enum index_on)rng_below(&w->rng, 5) };
    str *values = NEW_N(arena, 3, str);
    f.values = values;
    f.values_n = (size_t)rng_between(&w->rng, 1, 3);
    f.field = f.on == INDEX_KEYWORD ? rng_below(&w->rng, KEYWORDS)
              : f.on == INDEX_FLAG  ? rng_below(&w->rng, FLAGS)
                                    : rng_below(&w->rng, 2);
    f.unset = rng_chance(&w->rng, 300);
    f.from = f.on == INDEX_ATTRIBUTE_NUMBER ? rng_between(&w->rng, 5, 50)
             : f.field == PRICE             ? rng_between(&w->rng, 1, 30000)
                                            : rng_between(&w->rng, 100, 300);
    f.to = f.from * 3;
    bool colour = rng_chance(&w->rng, 500);
    f.name = f.on == INDEX_ATTRIBUTE_NUMBER ? S("inches") : colour ? S("colour") : S("size");
    for (size_t i = 0; i < f.values_n; i++) {
        unsigned n = (unsigned)rng_below(&w->rng, 5);
        if (f.on == INDEX_ATTRIBUTE)
            values[i] = colour ? brute_colour(arena, n) : str_fmt(arena, "%u", n);
        else if (f.field == BRAND)
            values[i] = world_brand(w, (unsigned)rng_zipf(&w->rng, 60));
        else if (f.field == TAGS)
            values[i] = str_fmt(arena, "tag%u", n);
        else
            values[i] = world_category(w, (unsigned)rng_below(&w->rng, 40));
    }
    if (f.on == INDEX_KEYWORD && f.field == CATEGORY && rng_chance(&w->rng, 700)) {
        f.subtree = true;
        values[0] = rng_chance(&w->rng, 500) ? S("home") : S("sport");
    }
    return f;
}

static inline bool brute_is(const struct index_filter *f, str value)
{
    for (size_t i = 0; i < f->values_n; i++) {
        str v = f->values[i];
        bool below = f->subtree && str_starts(value, v) && value.n > v.n && value.p[v.n] == '/';
        if (str_eq(value, v) || below)
            return true;
    }
    return false;
}

static inline bool brute_bits(
    struct arena *arena, const struct index_filter *f, unsigned bits, const char *fmt_name)
{
    for (unsigned i = 0; i < 8; i++)
        if ((bits >> i & 1) && brute_is(f, str_fmt(arena, "%s%u", fmt_name, i)))
            return true;
    return false;
}

static inline bool brute_passes(const struct world *w, struct arena *arena, const struct product *p,
    const struct index_filter *f)
{
    switch (f->on) {
    case INDEX_KEYWORD:
        if (f->field == TAGS)
            return brute_bits(arena, f, p->tags, "tag");
        if (f->field == BRAND)
            return p->brand && brute_is(f, world_brand(w, p->brand));
        return brute_is(f, world_category(w, p->category));
    case INDEX_NUMBER:
        return p->numbers[f->field] >= f->from && p->numbers[f->field] <= f->to;
    case INDEX_FLAG:
        return (p->flags >> f->field & 1) != f->unset;
    case INDEX_ATTRIBUTE:
        return str_eq(f->name, S("colour")) ? brute_bits(arena, f, p->colours, "shade")
                                            : brute_bits(arena, f, p->sizes, "");
    case INDEX_ATTRIBUTE_NUMBER:
        break;
    }
    return p->inches && p->inches >= f->from && p->inches <= f->to;
}

/* Whether a product counts for something on this field: filters on it are left out. */
struct brute_field {
    enum index_on on;
    size_t field;
    str name;
};
static inline bool brute_counts(const struct world *w, struct arena *arena, const struct product *p,
    const struct index_query *q, struct brute_field of)
{
    for (size_t i = 0; i < q->filters_n; i++) {
        const struct index_filter *f = &q->filters[i];
        bool named = of.on == INDEX_ATTRIBUTE || of.on == INDEX_ATTRIBUTE_NUMBER;
        bool own = f->on == of.on && (named ? str_eq(f->name, of.name) : f->field == of.field);
        if (!own && !brute_passes(w, arena, p, f))
            return false;
    }
    return true;
}

static inline int64_t brute_count_of(const struct index_counts *c, str name, str value)
{
    for (size_t i = 0; i < c->n; i++)
        if (str_eq(c->counts[i].name, name) && str_eq(c->counts[i].value, value))
            return c->counts[i].count;
    return 0;
}

#endif
