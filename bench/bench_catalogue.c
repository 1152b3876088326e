/* SPDX-License-Identifier: Apache-2.0
 * The generated catalogue. Called by bench/index.c; must never depend on the clock or the machine.
 */
#include "bench/bench_catalogue.h"

#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/map.h"

#define BRANDS 20000
#define LEAVES 1800 /* categories at the bottom, of 18 x 10 x 10 */
#define NOUNS 30    /* words of a leaf */
#define DRAWS (1u << 20)
#define TITLE_MAX 24
#define BODY_MAX 128

struct bench_catalogue {
    struct rng rng;
    struct arena *arena;
    struct map seen;
    str words[CATALOGUE_WORDS], brands[BRANDS];
    str tops[18], mids[180], leaves[LEAVES], paths[LEAVES];
    uint32_t nouns[LEAVES][NOUNS];
    uint16_t *word_draws, *brand_draws, *leaf_draws; /* by chance: frequent ones have more places */
    int64_t made;
    /* words of the product made last, for queries */
    str title[TITLE_MAX], body[BODY_MAX];
    size_t title_n, body_n;
};

static const struct index_text_field texts[] = { { "title", 4, 0.5f }, { "brand", 3, 0 },
    { "category", 2, 0 }, { "body", 1, 0.7f }, { "extra", 2, 0.3f } };
static const struct index_keyword_field keywords[] = { { "brand", false }, { "category", false } };
static const char *const numbers[] = { "price", "rating", "reviews", "sales", "created" };
static const char *const flags[] = { "prime", "stock" };
const struct index_schema bench_catalogue_schema = { .texts = texts,
    .keywords = keywords,
    .numbers = numbers,
    .flags = flags,
    .texts_n = COUNT(texts),
    .keywords_n = COUNT(keywords),
    .numbers_n = COUNT(numbers),
    .flags_n = COUNT(flags) };

static const char *const colours[] = { "black", "white", "red", "blue", "green", "grey", "silver",
    "gold", "pink", "brown", "beige", "navy", "purple", "orange", "yellow", "teal" };
static const char *const sizes[] = { "xs", "small", "medium", "large", "xl", "xxl" };
static const char *const materials[] = { "cotton", "steel", "plastic", "wood", "glass", "leather" };

/* A new word of syllables; frequent ones are short. */
static str new_word(struct bench_catalogue *c, size_t rank)
{
    static const char *const begins[] = { "b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p",
        "r", "s", "t", "v", "w", "st", "tr", "pl", "br", "ch", "sh", "gr", "kn" };
    static const char *const vowels[] = { "a", "e", "i", "o", "u", "ea", "ou", "ai" };
    static const char *const ends[] = { "", "", "n", "r", "l", "s", "t", "x", "nd", "rk" };
    for (;;) {
        struct buf b = { .arena = c->arena };
        int64_t syllables = rank < 30 ? 1 : rank < 2000 ? 2 : rng_between(&c->rng, 2, 4);
        for (int64_t i = 0; i < syllables; i++) {
            buf_add(&b, str_from_c(begins[rng_below(&c->rng, COUNT(begins))]));
            buf_add(&b, str_from_c(vowels[rng_below(&c->rng, COUNT(vowels))]));
        }
        buf_add(&b, str_from_c(ends[rng_below(&c->rng, COUNT(ends))]));
        if (map_get(&c->seen, buf_str(&b)))
            continue;
        map_put(&c->seen, buf_str(&b), c);
        return buf_str(&b);
    }
}

/* Places for n things, so many each as its share of 1 / rank^power is. */
static uint16_t *new_draws(struct arena *arena, size_t n, double power)
{
    uint16_t *draws = NEW_N(arena, DRAWS, uint16_t);
    double all = 0, sum = 0;
    for (size_t i = 0; i < n; i++)
        all += pow((double)i + 1, -power);
    for (size_t i = 0, at = 0; i < n; i++) {
        sum += pow((double)i + 1, -power) / all * DRAWS;
        while (at < DRAWS && (double)at < sum)
            draws[at++] = (uint16_t)i;
    }
    return draws;
}

static size_t draw(struct bench_catalogue *c, const uint16_t *draws)
{
    return draws[rng_u64(&c->rng) % DRAWS];
}

struct bench_catalogue *bench_catalogue_open(struct arena *arena)
{
    struct bench_catalogue *c = NEW(arena, struct bench_catalogue);
    c->arena = arena;
    c->rng = rng_seeded(20261121);
    c->seen = map_new(arena, CATALOGUE_WORDS * 2);
    for (size_t i = 0; i < CATALOGUE_WORDS; i++)
        c->words[i] = new_word(c, i);
    for (size_t i = 0; i < BRANDS; i++)
        c->brands[i] = new_word(c, 5000);
    for (size_t i = 0; i < LEAVES; i++) {
        if (i % 100 == 0)
            c->tops[i / 100] = new_word(c, 3000);
        if (i % 10 == 0)
            c->mids[i / 10] = new_word(c, 3000);
        c->leaves[i] = new_word(c, 3000);
        c->paths[i] = str_fmt(arena, STR_F "/" STR_F "/" STR_F, STR_A(c->tops[i / 100]),
            STR_A(c->mids[i / 10]), STR_A(c->leaves[i]));
        for (size_t k = 0; k < NOUNS; k++)
            c->nouns[i][k] = (uint32_t)exp(log(60) + rng_unit(&c->rng) * (log(30000) - log(60)));
    }
    c->word_draws = new_draws(arena, CATALOGUE_WORDS, 1);
    c->brand_draws = new_draws(arena, BRANDS, 0.9);
    c->leaf_draws = new_draws(arena, LEAVES, 0.6);
    return c;
}

static str noun(struct bench_catalogue *c, size_t leaf)
{
    size_t at = (size_t)(rng_unit(&c->rng) * rng_unit(&c->rng) * NOUNS);
    return c->words[c->nouns[leaf][at]];
}

/* ---- a product ---- */

static struct index_text text_of(struct arena *arena, const str *words, size_t n)
{
    struct index_token *tokens = NEW_N(arena, n, struct index_token);
    for (size_t i = 0; i < n; i++)
        tokens[i] = (struct index_token){ words[i], (uint32_t)i };
    return (struct index_text){ tokens, n };
}

static void fill_texts(struct bench_catalogue *c, size_t brand, size_t leaf, str colour)
{
    size_t title = (size_t)rng_between(&c->rng, 8, 20), nouns = (size_t)rng_between(&c->rng, 3, 5);
    c->title_n = 0;
    c->title[c->title_n++] = c->brands[brand];
    for (size_t i = 0; i < nouns; i++)
        c->title[c->title_n++] = noun(c, leaf);
    if (rng_chance(&c->rng, 600))
        c->title[c->title_n++] = colour;
    while (c->title_n < title) {
        size_t word = draw(c, c->word_draws);
        if (word >= 20 || rng_chance(&c->rng, 200)) /* titles have few fillers */
            c->title[c->title_n++] = c->words[word];
    }
    c->body_n = (size_t)rng_between(&c->rng, 40, 120);
    for (size_t i = 0; i < c->body_n; i++)
        c->body[i] = rng_chance(&c->rng, 100) ? noun(c, leaf) : c->words[draw(c, c->word_draws)];
}

static void fill_columns(struct bench_catalogue *c, struct arena *arena, struct index_doc *doc)
{
    int64_t *n = NEW_N(arena, COUNT(numbers), int64_t);
    double u = rng_unit(&c->rng), v = rng_unit(&c->rng);
    n[CATALOGUE_PRICE] = (int64_t)exp(1.5 + rng_unit(&c->rng) * 4.5) * 100 + 99;
    n[CATALOGUE_RATING] = (int64_t)(500 - 300 * u * v);
    n[CATALOGUE_REVIEWS] = (int64_t)exp(rng_unit(&c->rng) * 9);
    n[CATALOGUE_SALES] = (int64_t)(pow(rng_unit(&c->rng), 4) * 100000);
    n[CATALOGUE_CREATED] = 1600000000 + (int64_t)(rng_unit(&c->rng) * 160000000);
    doc->numbers = n;
    doc->flags = (uint32_t)rng_chance(&c->rng, 450) << CATALOGUE_PRIME |
                 (uint32_t)rng_chance(&c->rng, 880) << CATALOGUE_STOCK;
}

struct index_doc bench_catalogue_next(struct bench_catalogue *c, struct arena *arena)
{
    size_t brand = draw(c, c->brand_draws), leaf = draw(c, c->leaf_draws) * 1001 % LEAVES;
    str colour = str_from_c(colours[(size_t)(rng_unit(&c->rng) * rng_unit(&c->rng) * 16)]);
    str extra[6], path[] = { c->tops[leaf / 100], c->mids[leaf / 10], c->leaves[leaf] };
    size_t extra_n = (size_t)rng_between(&c->rng, 2, 6);
    fill_texts(c, brand, leaf, colour);
    for (size_t i = 0; i < extra_n; i++)
        extra[i] = noun(c, leaf);
    struct index_text *t = NEW_N(arena, COUNT(texts), struct index_text);
    t[CATALOGUE_TITLE] = text_of(arena, c->title, c->title_n);
    t[CATALOGUE_BRAND] = text_of(arena, &c->brands[brand], 1);
    t[CATALOGUE_PATH] = text_of(arena, path, COUNT(path));
    t[CATALOGUE_BODY] = text_of(arena, c->body, c->body_n);
    t[CATALOGUE_EXTRA] = text_of(arena, extra, extra_n);
    struct index_values *k = NEW_N(arena, COUNT(keywords), struct index_values);
    k[CATALOGUE_OF_BRAND] = (struct index_values){ &c->brands[brand], 1 };
    k[CATALOGUE_OF_CATEGORY] = (struct index_values){ &c->paths[leaf], 1 };
    struct index_attribute *a = NEW_N(arena, 4, struct index_attribute);
    a[0] = (struct index_attribute){ .name = S("colour"), .value = colour };
    a[1] = (struct index_attribute){ .name = S("size"),
        .value = str_from_c(sizes[rng_below(&c->rng, COUNT(sizes))]) };
    a[2] = (struct index_attribute){ .name = S("material"),
        .value = str_from_c(materials[rng_below(&c->rng, COUNT(materials))]) };
    a[3] =
        (struct index_attribute){ .name = S("weight"), .number = rng_between(&c->rng, 10, 20000) };
    /* Ids as they come in a shop: by time, with chance behind it. */
    struct index_doc doc = { .id = id_new(&c->rng, 1700000000000 + c->made++ / 3),
        .texts = t,
        .keywords = k,
        .attributes = a,
        .attributes_n = 4 };
    fill_columns(c, arena, &doc);
    return doc;
}

/* ---- queries ---- */

static bool is_in(const struct bench_words *q, str word)
{
    for (size_t i = 0; i < q->n; i++)
        if (str_eq(q->words[i], word))
            return true;
    return false;
}

static bool is_filler(const struct bench_catalogue *c, str word)
{
    for (size_t i = 0; i < 20; i++)
        if (str_eq(c->words[i], word))
            return true;
    return false;
}

struct bench_words bench_catalogue_query(struct bench_catalogue *c)
{
    struct bench_words q = { .n = 0 };
    double u = rng_unit(&c->rng);
    size_t n = u < 0.35 ? 1 : u < 0.75 ? 2 : 3;
    for (size_t tries = 0; q.n < n && tries < 100; tries++) {
        bool in_title = rng_chance(&c->rng, 700);
        str word = rng_chance(&c->rng, 80) ? c->title[0]
                   : in_title              ? c->title[rng_below(&c->rng, c->title_n)]
                                           : c->body[rng_below(&c->rng, c->body_n)];
        /* Nobody types what stands in every description; what stands in titles, some do. */
        if (!is_in(&q, word) && (in_title || !is_filler(c, word)))
            q.words[q.n++] = word;
    }
    return q;
}

str bench_catalogue_word(const struct bench_catalogue *c, size_t i)
{
    return c->words[i];
}

str bench_catalogue_text(struct arena *arena, const struct index_doc *doc, size_t field)
{
    struct buf b = { .arena = arena };
    for (size_t i = 0; i < doc->texts[field].n; i++) {
        buf_add(&b, doc->texts[field].tokens[i].text);
        buf_char(&b, ' ');
    }
    return buf_str(&b);
}
