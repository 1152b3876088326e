/* SPDX-License-Identifier: Apache-2.0
 * Filters: which documents of a window pass, one column after another. Called by index_find.c;
 * must never take a lock: columns may change while they are read. */
#include "platform/index/index_filter.h"

/* ---- sets of words ---- */

static bool is_below(str path, str top)
{
    return str_starts(path, top) && (path.n == top.n || path.p[top.n] == '/');
}

static void set_add(uint64_t *set, uint32_t word)
{
    set[word / 64] |= UINT64_C(1) << (word % 64);
}

struct index_word_set index_word_set_of(struct arena *arena, const struct index_words *words,
    const str *values, size_t values_n, bool subtree)
{
    uint32_t n = index_words_n(words);
    uint64_t *set = NEW_N(arena, (n + 63) / 64, uint64_t);
    for (size_t i = 0; i < values_n && !subtree; i++) {
        uint32_t word = index_words_find(words, values[i]);
        if (word && word < n)
            set_add(set, word);
    }
    for (uint32_t word = 1; word < n && subtree; word++)
        for (size_t i = 0; i < values_n; i++)
            if (is_below(index_words_at(words, word).text, values[i]))
                set_add(set, word);
    return (struct index_word_set){ .words = set, .n = n };
}

static str pair_of(struct arena *arena, str name, str value)
{
    char mark = INDEX_PAIR_MARK;
    str parts[] = { name, { &mark, 1 }, value };
    return str_join(arena, parts, COUNT(parts), S(""));
}

struct index_sieve *index_sieves_make(struct arena *arena, const struct index_keywords *keywords,
    const struct index_filter *filters, size_t n)
{
    struct index_sieve *sieves = NEW_N(arena, n, struct index_sieve);
    for (size_t i = 0; i < n; i++) {
        const struct index_filter *f = &filters[i];
        sieves[i].in = f;
        if (f->on == INDEX_KEYWORD)
            sieves[i].set = index_word_set_of(
                arena, &keywords->fields[f->field], f->values, f->values_n, f->subtree);
        if (f->on == INDEX_ATTRIBUTE || f->on == INDEX_ATTRIBUTE_NUMBER)
            sieves[i].name = index_words_find(&keywords->names, f->name);
        if (f->on != INDEX_ATTRIBUTE)
            continue;
        str *pairs = NEW_N(arena, f->values_n, str);
        for (size_t k = 0; k < f->values_n; k++)
            pairs[k] = pair_of(arena, f->name, f->values[k]);
        sieves[i].set = index_word_set_of(arena, &keywords->pairs, pairs, f->values_n, f->subtree);
    }
    return sieves;
}

/* ---- applying ---- */

static void apply_lists(const struct index_sieve *sieve, const struct index_lists *l,
    const uint32_t *docs, size_t n, uint32_t bit, uint32_t *fails)
{
    for (size_t i = 0; i < n; i++)
        fails[i] |= index_lists_have(l, docs[i], sieve->set) ? 0 : bit;
}

static void apply_number(const struct index_sieve *sieve, const struct index_segment *s,
    const uint32_t *docs, size_t n, uint32_t bit, uint32_t *fails)
{
    const struct index_filter *f = sieve->in;
    for (size_t i = 0; i < n; i++) {
        int64_t v = index_number_at(s, f->field, docs[i]);
        fails[i] |= v >= f->from && v <= f->to ? 0 : bit;
    }
}

static void apply_flag(const struct index_sieve *sieve, const struct index_segment *s,
    const uint32_t *docs, size_t n, uint32_t bit, uint32_t *fails)
{
    for (size_t i = 0; i < n; i++) {
        bool set = index_flags_at(s, docs[i]) >> sieve->in->field & 1;
        fails[i] |= set != sieve->in->unset ? 0 : bit;
    }
}

static void apply_measure(const struct index_sieve *sieve, const struct index_segment *s,
    const uint32_t *docs, size_t n, uint32_t bit, uint32_t *fails)
{
    const struct index_filter *f = sieve->in;
    for (size_t i = 0; i < n; i++) {
        bool pass = false;
        for (uint32_t k = s->measure_at[docs[i]]; k < s->measure_at[docs[i] + 1]; k++) {
            const struct index_measure *m = &s->measures[k];
            pass = pass || (m->name == sieve->name && m->value >= f->from && m->value <= f->to);
        }
        fails[i] |= pass ? 0 : bit;
    }
}

void index_sieves_apply(const struct index_sieve *sieves, size_t n, const struct index_segment *s,
    const uint32_t *docs, size_t docs_n, uint32_t *fails)
{
    for (size_t i = 0; i < n; i++) {
        const struct index_sieve *sieve = &sieves[i];
        uint32_t bit = UINT32_C(1) << i;
        switch (sieve->in->on) {
        case INDEX_KEYWORD:
            apply_lists(sieve, &s->keywords[sieve->in->field], docs, docs_n, bit, fails);
            break;
        case INDEX_ATTRIBUTE:
            apply_lists(sieve, &s->attributes, docs, docs_n, bit, fails);
            break;
        case INDEX_NUMBER:
            apply_number(sieve, s, docs, docs_n, bit, fails);
            break;
        case INDEX_FLAG:
            apply_flag(sieve, s, docs, docs_n, bit, fails);
            break;
        case INDEX_ATTRIBUTE_NUMBER:
            apply_measure(sieve, s, docs, docs_n, bit, fails);
            break;
        }
    }
}
