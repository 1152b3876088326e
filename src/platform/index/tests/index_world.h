/* SPDX-License-Identifier: Apache-2.0
 * A random catalogue for the tests of the index: products as plain structs, which the tests also
 * search by hand, and their form for the index. For the tests of this folder alone. */
#ifndef SOUK_PLATFORM_INDEX_TESTS_INDEX_WORLD_H
#define SOUK_PLATFORM_INDEX_TESTS_INDEX_WORLD_H

#include <stdlib.h>

#include "base/buf.h"

#include "platform/index/index_query.h"
#include "tests/support/check.h"

enum { TITLE, BRAND_TEXT, BODY, TEXTS };
enum { BRAND, CATEGORY, TAGS, KEYWORDS };
enum { PRICE, RATING, SALES, NUMBERS };
enum { PRIME, STOCK, FLAGS };

#define WORLD_WORDS 400
#define WORLD_TOKENS 60
#define WORLD_ATTRIBUTES 4

struct product {
    id id;
    bool there;
    uint16_t words[TEXTS][WORLD_TOKENS];
    size_t words_n[TEXTS];
    unsigned brand, category, tags; /* tags: bits */
    int64_t numbers[NUMBERS];
    uint32_t flags;
    unsigned colours, sizes; /* bits of attributes */
    int64_t inches;          /* an attribute that is a number; 0: without */
};
struct world {
    struct rng rng;
    struct arena *arena;
    struct product *products;
    size_t n;
    str words[WORLD_WORDS];
};

static const struct index_text_field world_texts[] = { { "title", 4, 0.5f }, { "brand", 3, 0 },
    { "body", 1, 0.7f } };
static const struct index_keyword_field world_keywords[] = { { "brand", false },
    { "category", false }, { "tags", true } };
static const char *const world_numbers[] = { "price", "rating", "sales" };
static const char *const world_flags[] = { "prime", "stock" };
static const struct index_schema world_schema = { .texts = world_texts,
    .keywords = world_keywords,
    .numbers = world_numbers,
    .flags = world_flags,
    .texts_n = TEXTS,
    .keywords_n = KEYWORDS,
    .numbers_n = NUMBERS,
    .flags_n = FLAGS };

/* Words that share beginnings, the frequent ones short. */
static inline struct world *world_open(uint64_t seed)
{
    struct arena *arena = arena_open(1 << 16);
    struct world *w = NEW(arena, struct world);
    w->arena = arena;
    w->rng = rng_seeded(seed);
    for (size_t i = 0; i < WORLD_WORDS; i++)
        w->words[i] = str_fmt(arena, "%c%c%zu", (int)('a' + i % 7), (int)('a' + i % 5), i);
    return w;
}

static inline void world_close(struct world *w)
{
    free(w->products);
    arena_close(w->arena);
}

static inline void world_words(struct world *w, struct product *p, size_t field, size_t most)
{
    p->words_n[field] = rng_below(&w->rng, most + 1);
    for (size_t i = 0; i < p->words_n[field]; i++)
        p->words[field][i] = (uint16_t)rng_zipf(&w->rng, WORLD_WORDS);
}

/* New contents; the id stays. */
static inline void world_fill(struct world *w, struct product *p)
{
    p->there = true;
    world_words(w, p, TITLE, 12);
    world_words(w, p, BRAND_TEXT, 2);
    world_words(w, p, BODY, WORLD_TOKENS);
    p->brand = (unsigned)rng_zipf(&w->rng, 60);
    p->category = (unsigned)rng_below(&w->rng, 40);
    p->tags = (unsigned)(rng_u64(&w->rng) & rng_u64(&w->rng) & 0xff);
    p->numbers[PRICE] = rng_between(&w->rng, 1, 500) * 100 - 1;
    p->numbers[RATING] = rng_between(&w->rng, 100, 500);
    p->numbers[SALES] = (int64_t)rng_zipf(&w->rng, 10000);
    p->flags = (uint32_t)rng_below(&w->rng, 1 << FLAGS);
    p->colours = (unsigned)(rng_u64(&w->rng) & rng_u64(&w->rng) & 0x1f);
    p->sizes = (unsigned)(rng_u64(&w->rng) & rng_u64(&w->rng) & 0x1f);
    p->inches = rng_chance(&w->rng, 500) ? rng_between(&w->rng, 5, 90) : 0;
}

static inline void world_grow(struct world *w, size_t n)
{
    w->products = realloc(w->products, (w->n + n) * sizeof w->products[0]);
    for (size_t i = w->n; i < w->n + n; i++) {
        w->products[i] =
            (struct product){ .id = id_new(&w->rng, 1700000000000 + (int64_t)(i / 7)) };
        if (i % 3 == 0) /* ids without order as well */
            w->products[i].id = id_from_name(S("world"), str_fmt(w->arena, "%zu", i));
        world_fill(w, &w->products[i]);
    }
    w->n += n;
}

static inline str world_category(const struct world *w, unsigned category)
{
    static const char *const tops[] = { "home", "home2", "sport", "sport/ball" };
    return str_fmt(w->arena, "%s/c%u", tops[category % COUNT(tops)], category / 4);
}

static inline str world_brand(const struct world *w, unsigned brand)
{
    return str_fmt(w->arena, "Brand %u", brand);
}

/* A product as the index takes it; lives in the arena. */
static inline struct index_doc world_doc(
    const struct world *w, struct arena *arena, const struct product *p)
{
    struct index_text *texts = NEW_N(arena, TEXTS, struct index_text);
    for (size_t f = 0; f < TEXTS; f++) {
        struct index_token *tokens = NEW_N(arena, p->words_n[f], struct index_token);
        for (size_t i = 0; i < p->words_n[f]; i++)
            tokens[i] = (struct index_token){ w->words[p->words[f][i]], (uint32_t)i };
        texts[f] = (struct index_text){ tokens, p->words_n[f] };
    }
    struct index_values *keywords = NEW_N(arena, KEYWORDS, struct index_values);
    str *values = NEW_N(arena, 2 + 8, str);
    values[0] = world_brand(w, p->brand);
    values[1] = world_category(w, p->category);
    keywords[BRAND] = (struct index_values){ values, p->brand ? 1 : 0 };
    keywords[CATEGORY] = (struct index_values){ values + 1, 1 };
    keywords[TAGS].values = values + 2;
    for (unsigned i = 0; i < 8; i++)
        if (p->tags >> i & 1)
            values[2 + keywords[TAGS].n++] = str_fmt(arena, "tag%u", i);
    struct index_attribute *attributes = NEW_N(arena, 11, struct index_attribute);
    size_t n = 0;
    for (unsigned i = 0; i < 5; i++) {
        if (p->colours >> i & 1)
            attributes[n++] = (struct index_attribute){ .name = S("colour"),
                .value = str_fmt(arena, "shade%u", i) };
        if (p->sizes >> i & 1)
            attributes[n++] =
                (struct index_attribute){ .name = S("size"), .value = str_fmt(arena, "%u", i) };
    }
    if (p->inches)
        attributes[n++] = (struct index_attribute){ .name = S("inches"), .number = p->inches };
    return (struct index_doc){ .id = p->id,
        .texts = texts,
        .keywords = keywords,
        .numbers = p->numbers,
        .flags = p->flags,
        .attributes = attributes,
        .attributes_n = n };
}

/* Products [from, to) into the index. */
static inline void world_put(const struct world *w, struct index *ix, size_t from, size_t to)
{
    struct arena *arena DEFER(arena_close_at) = arena_open(1 << 16);
    struct index_doc *docs = NEW_N(arena, to - from, struct index_doc);
    for (size_t i = from; i < to; i++)
        docs[i - from] = world_doc(w, arena, &w->products[i]);
    index_put(ix, docs, to - from);
}

/* ---- trees of queries at random ---- */

static inline str world_word(struct world *w)
{
    return w->words[rng_chance(&w->rng, 700) ? rng_zipf(&w->rng, WORLD_WORDS)
                                             : rng_below(&w->rng, WORLD_WORDS)];
}

static inline void world_leaf(struct world *w, struct arena *arena, struct index_node *n)
{
    *n = (struct index_node){ .op = INDEX_TERM, .text = world_word(w) };
    if (rng_chance(&w->rng, 200))
        n->fields = 1u << rng_below(&w->rng, TEXTS);
    if (rng_chance(&w->rng, 150)) {
        n->op = INDEX_PREFIX;
        n->text = str_sub(n->text, 0, (size_t)rng_between(&w->rng, 1, 3));
    } else if (rng_chance(&w->rng, 200)) {
        struct index_node *kids = NEW_N(arena, 3, struct index_node);
        size_t kids_n = (size_t)rng_between(&w->rng, 2, 3);
        const struct product *p = &w->products[rng_below(&w->rng, w->n)];
        size_t at = p->words_n[BODY] > kids_n ? rng_below(&w->rng, p->words_n[BODY] - kids_n) : 0;
        for (size_t i = 0; i < kids_n; i++)
            kids[i] = (struct index_node){ .op = INDEX_TERM,
                .text = at ? w->words[p->words[BODY][at + i]] : world_word(w) };
        *n = (struct index_node){
            .op = INDEX_PHRASE, .kids = kids, .kids_n = kids_n, .fields = n->fields
        };
    }
    n->weight = rng_chance(&w->rng, 300) ? (float)rng_between(&w->rng, 1, 30) / 10 : 0;
}

static inline void world_tree(
    struct world *w, struct arena *arena, struct index_node *n, unsigned depth)
{
    if (depth == 0 || rng_chance(&w->rng, 350)) {
        world_leaf(w, arena, n);
        return;
    }
    static const enum index_op ops[] = { INDEX_AND, INDEX_AND, INDEX_OR, INDEX_ANY };
    *n = (struct index_node){ .op = ops[rng_below(&w->rng, COUNT(ops))],
        .kids_n = (size_t)rng_between(&w->rng, 1, 3) };
    struct index_node *kids = NEW_N(arena, n->kids_n, struct index_node);
    n->kids = kids;
    for (size_t i = 0; i < n->kids_n; i++) {
        world_tree(w, arena, &kids[i], depth - 1);
        if (n->op == INDEX_AND && i > 0 && rng_chance(&w->rng, 300))
            kids[i].role = rng_chance(&w->rng, 500) ? INDEX_OPTIONAL : INDEX_EXCLUDED;
    }
    if (n->op == INDEX_OR && rng_chance(&w->rng, 200))
        n->least = (uint32_t)rng_between(&w->rng, 1, (int64_t)n->kids_n);
}

#endif
