/* SPDX-License-Identifier: Apache-2.0
 * Exhaustive BM25F over tokens in memory, with switches. Called by bench/search-quality. Must never
 * have a weight that was chosen by looking at single judged queries. */
#include "bench/bench_rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/map.h"

#define TYPES_MAX 16
#define K1 1.2F

static const struct {
    float weight, b;
} fields[RANK_FIELDS_N] = {
    [RANK_TITLE] = { 3.0F, 0.7F },
    [RANK_LEAD] = { 2.0F, 0.7F },
    [RANK_BRAND] = { 2.0F, 0.5F },
    [RANK_KIND] = { 2.0F, 0.5F },
    [RANK_ATTRIBUTES] = { 1.0F, 0.75F },
    [RANK_TEXT] = { 0.75F, 0.75F },
};
static const struct {
    float type, near;
} boosts = { 1.5F, 0.3F };

struct hit {
    uint32_t product;
    uint16_t field, position;
};
struct list {
    struct hit *hits;
    size_t n, cap;
};
struct rank {
    struct arena *arena;
    struct text *text;
    struct text_lesson *lesson;
    struct text_types *types;
    struct map lists;
    const struct rank_product *products;
    size_t n;
    uint16_t *lengths[RANK_FIELDS_N];
    float average[RANK_FIELDS_N];
};

struct rank *rank_open(struct arena *arena)
{
    struct rank *r = NEW(arena, struct rank);
    *r = (struct rank){ .arena = arena, .text = text_open(), .lists = map_new(arena, 100000) };
    text_synonyms_set(r->text, TEXT_ENGLISH, text_synonyms_common, COUNT(text_synonyms_common));
    r->lesson = text_lesson_open(r->text, TEXT_ENGLISH);
    return r;
}

void rank_category(struct rank *r, str path, str name)
{
    text_lesson_category(r->lesson, path, name);
}

void rank_close(struct rank *r)
{
    text_types_close(r->types);
    text_close(r->text);
}

static void hits_add(
    struct rank *r, const struct text_tokens *tokens, uint32_t product, enum rank_field field)
{
    for (size_t i = 0; i < tokens->n; i++) {
        struct list *list = map_get(&r->lists, tokens->tokens[i].text);
        if (!list) {
            list = NEW(r->arena, struct list);
            map_put(&r->lists, str_dup(r->arena, tokens->tokens[i].text), list);
        }
        if (list->n == list->cap) {
            size_t cap = list->cap ? list->cap * 2 : 2;
            list->hits = arena_grow(
                r->arena, list->hits, list->cap * sizeof *list->hits, cap * sizeof *list->hits);
            list->cap = cap;
        }
        list->hits[list->n++] =
            (struct hit){ product, (uint16_t)field, (uint16_t)tokens->tokens[i].position };
        bool first = i == 0 || tokens->tokens[i].position != tokens->tokens[i - 1].position;
        r->lengths[field][product] = (uint16_t)(r->lengths[field][product] + first);
    }
}

static void product_add(struct rank *r, struct arena *scratch, uint32_t i)
{
    const struct rank_product *p = &r->products[i];
    const str texts[RANK_FIELDS_N] = { [RANK_TITLE] = p->title,
        [RANK_BRAND] = p->brand,
        [RANK_KIND] = p->kind,
        [RANK_ATTRIBUTES] = p->attributes,
        [RANK_TEXT] = p->description };
    for (int f = 0; f < RANK_FIELDS_N; f++) {
        struct text_tokens tokens = { .arena = scratch };
        if (f == RANK_LEAD)
            text_tokens_add_lead(r->text, r->types, TEXT_ENGLISH, p->title, &tokens);
        else
            text_tokens_add(r->text, TEXT_ENGLISH, texts[f], &tokens);
        hits_add(r, &tokens, i, (enum rank_field)f);
        r->average[f] += (float)r->lengths[f][i] / (float)r->n;
    }
}

void rank_learn(struct rank *r, const struct rank_product *products, size_t n)
{
    DEFER(arena_close_at) struct arena *scratch = arena_open((size_t)1 << 16);
    r->products = products;
    r->n = n;
    for (size_t i = 0; i < n; i++)
        text_lesson_title(r->lesson, products[i].path, products[i].title);
    r->types = text_lesson_end(r->lesson);
    for (int f = 0; f < RANK_FIELDS_N; f++)
        r->lengths[f] = NEW_N(r->arena, n, uint16_t);
    for (size_t i = 0; i < n; i++) {
        product_add(r, scratch, (uint32_t)i);
        arena_reset(scratch);
    }
}

/* ---- a query ---- */
struct finding {
    struct rank *r;
    struct rank_opts opts;
    struct arena *arena;
    float *score, *best, *way;
    uint8_t *terms; /* that a product has */
};

static bool wanted(const struct rank_opts *o, const struct text_way *way)
{
    switch (way->how) {
    case TEXT_EXACT:
        return true;
    case TEXT_STEM:
        return o->forms;
    case TEXT_JOINED:
    case TEXT_SPLIT:
    case TEXT_UNIT:
        return o->compounds;
    case TEXT_SYNONYM:
        return o->synonyms;
    case TEXT_PREFIX:
    case TEXT_HOWS_N:
        break;
    }
    return false;
}

static bool has_at(const struct list *list, struct hit want)
{
    size_t low = 0, high = list->n; /* hits are in order of products */
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (list->hits[mid].product < want.product)
            low = mid + 1;
        else
            high = mid;
    }
    for (; low < list->n && list->hits[low].product == want.product; low++)
        if (list->hits[low].field == want.field && list->hits[low].position == want.position)
            return true;
    return false;
}

static bool in_row(const struct finding *f, const struct text_way *way, struct hit hit)
{
    for (size_t i = 1; i < way->n; i++) {
        const struct list *list = map_get(&f->r->lists, way->tokens[i]);
        hit.position++;
        if (!list || !has_at(list, hit))
            return false;
    }
    return true;
}

static float worth(const struct finding *f, struct hit hit)
{
    if (!f->opts.fields) /* all fields as one text */
        return hit.field == RANK_LEAD ? 0 : 1;
    if (hit.field == RANK_LEAD && !f->opts.lead)
        return 0;
    float b = fields[hit.field].b, length = f->r->lengths[hit.field][hit.product];
    return fields[hit.field].weight / (1 - b + b * length / f->r->average[hit.field]);
}

static float saturated(const struct finding *f, uint32_t product, float tf)
{
    if (f->opts.fields)
        return tf * (K1 + 1) / (tf + K1);
    float length = 0, average = 0;
    for (int i = 0; i < RANK_FIELDS_N; i++) {
        length += i == RANK_LEAD ? 0 : (float)f->r->lengths[i][product];
        average += i == RANK_LEAD ? 0 : f->r->average[i];
    }
    return tf * (K1 + 1) / (tf + K1 * (0.25F + 0.75F * length / average));
}

static void way_score(struct finding *f, const struct text_way *way)
{
    const struct list *list = map_get(&f->r->lists, way->tokens[0]);
    if (!list)
        return;
    memset(f->way, 0, f->r->n * sizeof *f->way);
    for (size_t i = 0; i < list->n; i++)
        if (way->n == 1 || in_row(f, way, list->hits[i]))
            f->way[list->hits[i].product] += worth(f, list->hits[i]);
    for (uint32_t p = 0; p < f->r->n; p++)
        if (f->way[p] > 0)
            f->best[p] = fmaxf(f->best[p], way->weight * saturated(f, p, f->way[p]));
}

static void term_score(struct finding *f, const struct text_term *term)
{
    float docs = 0;
    memset(f->best, 0, f->r->n * sizeof *f->best);
    for (size_t i = 0; i < term->ways_n; i++)
        if (wanted(&f->opts, &term->ways[i]))
            way_score(f, &term->ways[i]);
    for (size_t p = 0; p < f->r->n; p++)
        docs += f->best[p] > 0;
    float rarity = logf(1 + ((float)f->r->n - docs + 0.5F) / (docs + 0.5F));
    for (size_t p = 0; p < f->r->n; p++) {
        if (term->excluded && f->best[p] > 0)
            f->score[p] = -INFINITY;
        f->score[p] += term->excluded ? 0 : rarity * f->best[p];
        f->terms[p] = (uint8_t)(f->terms[p] + (f->best[p] > 0 && !term->idle && !term->excluded));
    }
}

static void types_score(struct finding *f, const struct text_query *q)
{
    struct text_type found[TYPES_MAX];
    size_t n = text_types_of(f->r->types, f->arena, q, found, TYPES_MAX);
    for (size_t p = 0; n > 0 && p < f->r->n; p++)
        for (size_t i = 0; f->score[p] > 0 && i < n; i++)
            if (str_eq(found[i].category_path, f->r->products[p].path))
                f->score[p] *= 1 + boosts.type * found[i].share;
}

static bool token_at(struct rank *r, const struct text_term *term, struct hit hit)
{
    for (size_t i = 0; i < term->ways_n; i++) {
        const struct list *list =
            term->ways[i].n == 1 ? map_get(&r->lists, term->ways[i].tokens[0]) : NULL;
        if (list && has_at(list, hit))
            return true;
    }
    return false;
}

static bool neighbours(
    struct rank *r, const struct text_term *a, const struct text_term *b, uint32_t product)
{
    for (uint16_t at = 0; at + 1 < r->lengths[RANK_TITLE][product]; at++)
        if (token_at(r, a, (struct hit){ product, RANK_TITLE, at }) &&
            token_at(r, b, (struct hit){ product, RANK_TITLE, (uint16_t)(at + 1) }))
            return true;
    return false;
}

static void near_score(struct finding *f, const struct text_query *q)
{
    for (uint32_t p = 0; q->n > 1 && p < f->r->n; p++) {
        float pairs = 0;
        for (size_t i = 0; f->terms[p] > 1 && i + 1 < q->n; i++)
            pairs += neighbours(f->r, &q->terms[i], &q->terms[i + 1], p);
        if (pairs > 0)
            f->score[p] *= 1 + boosts.near * pairs / (float)(q->n - 1);
    }
}

struct place {
    float score;
    uint32_t product, terms;
};

static int by_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->terms != y->terms)
        return x->terms > y->terms ? -1 : 1;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->product < y->product ? -1 : 1;
}

static int64_t list_docs(void *arg, str token)
{
    const struct list *list = map_get(&((struct rank *)arg)->lists, token);
    return list ? (int64_t)list->n : 0;
}

size_t rank_find(struct rank *r, struct rank_opts opts, str typed, size_t *ret, size_t max)
{
    DEFER(arena_close_at) struct arena *arena = arena_open((size_t)1 << 20);
    struct text_dictionary dictionary = { .docs = list_docs, .arg = r };
    struct text_query q =
        text_query_read(r->text, arena, (struct text_reading){ .dictionary = &dictionary }, typed);
    struct finding f = { .r = r, .opts = opts, .arena = arena };
    f.score = NEW_N(arena, r->n, float);
    f.best = NEW_N(arena, r->n, float);
    f.way = NEW_N(arena, r->n, float);
    f.terms = NEW_N(arena, r->n, uint8_t);
    for (size_t i = 0; i < q.n; i++)
        term_score(&f, &q.terms[i]);
    if (opts.types)
        types_score(&f, &q);
    if (opts.near)
        near_score(&f, &q);
    struct place *places = NEW_N(arena, r->n, struct place);
    size_t n = 0;
    for (uint32_t p = 0; p < r->n; p++)
        if (f.score[p] > 0)
            places[n++] = (struct place){ f.score[p], p, f.terms[p] };
    qsort(places, n, sizeof *places, by_place);
    n = n < max ? n : max;
    for (size_t i = 0; i < n; i++)
        ret[i] = places[i].product;
    return n;
}
