/* SPDX-License-Identifier: Apache-2.0
 * From documents to a segment: tokens become numbers, are sorted by counting, and written term by
 * term. Called by index.c; must never read a document after it returned. */
#include "platform/index/index_make.h"

#include <math.h>
#include <stdlib.h>

struct word { /* a distinct token */
    str text;
    uint32_t n; /* times it occurs, then where its occurrences begin */
};
/* One occurrence: document << 32 | field << 16 | position. */
typedef uint64_t place;

struct making {
    const struct index_shape *shape;
    struct index_keywords *keywords;
    struct index_corpus corpus;
    const struct index_doc **docs; /* by rising id */
    uint32_t docs_n;
    struct arena *arena;
    struct word *words;
    uint32_t words_n, words_cap;
    uint32_t *slots; /* number + 1 of a word */
    size_t slots_mask;
    uint32_t *word_of; /* of each occurrence, in order of documents */
    place *places;
    size_t places_n, places_cap;
    float *norms; /* texts_n for each document */
    struct index_gathered out;
};

/* ---- order of documents ---- */

static int by_id(const void *a, const void *b)
{
    const struct index_doc *x = *(const struct index_doc *const *)a;
    const struct index_doc *y = *(const struct index_doc *const *)b;
    int order = id_cmp(x->id, y->id);
    return order ? order : (x > y) - (x < y);
}

static void sort_docs(struct making *m, const struct index_doc *docs, size_t n)
{
    m->docs = NEW_N(m->arena, n, const struct index_doc *);
    for (size_t i = 0; i < n; i++)
        m->docs[i] = &docs[i];
    qsort(m->docs, n, sizeof m->docs[0], by_id);
    for (size_t i = 0; i < n; i++)
        if (i + 1 == n || !id_eq(m->docs[i]->id, m->docs[i + 1]->id))
            m->docs[m->docs_n++] = m->docs[i];
}

/* ---- tokens ---- */

static str cut_token(str token)
{
    if (token.n <= INDEX_TOKEN_MAX)
        return token;
    size_t n = INDEX_TOKEN_MAX;
    while (n > 0 && ((unsigned char)token.p[n] & 0xc0) == 0x80)
        n--;
    return (str){ token.p, n };
}

static void slots_grow(struct making *m)
{
    size_t n = (m->slots_mask + 1) * 4;
    free(m->slots);
    m->slots = index_alloc(n, sizeof m->slots[0]);
    m->slots_mask = n - 1;
    for (uint32_t i = 0; i < m->words_n; i++) {
        size_t at = str_hash(m->words[i].text) & m->slots_mask;
        while (m->slots[at])
            at = (at + 1) & m->slots_mask;
        m->slots[at] = i + 1;
    }
}

static uint32_t word_number(struct making *m, str token)
{
    size_t at = str_hash(token) & m->slots_mask;
    for (; m->slots[at]; at = (at + 1) & m->slots_mask)
        if (str_eq(m->words[m->slots[at] - 1].text, token))
            return m->slots[at] - 1;
    if (m->words_n == m->words_cap) {
        m->words_cap = m->words_cap * 2 + 64;
        m->words = index_realloc(m->words, m->words_cap, sizeof m->words[0]);
    }
    m->words[m->words_n] = (struct word){ .text = token };
    m->slots[at] = ++m->words_n;
    if (m->words_n * 2 > m->slots_mask)
        slots_grow(m);
    return m->words_n - 1;
}

static void add_place(struct making *m, uint32_t word, place where)
{
    if (m->places_n == m->places_cap) {
        m->places_cap = m->places_cap * 2 + 1024;
        m->places = index_realloc(m->places, m->places_cap, sizeof m->places[0]);
        m->word_of = index_realloc(m->word_of, m->places_cap, sizeof m->word_of[0]);
    }
    m->words[word].n++;
    m->places[m->places_n] = where;
    m->word_of[m->places_n++] = word;
}

/* Tokens of one field; its length, alternatives at one position counted once. */
static uint16_t add_text(struct making *m, uint32_t doc, size_t field, struct index_text text)
{
    uint32_t length = 0, former = 0;
    for (size_t i = 0; i < text.n; i++) {
        struct index_token token = text.tokens[i];
        uint32_t position =
            token.position < INDEX_POSITION_MAX ? token.position : INDEX_POSITION_MAX;
        length += i == 0 || token.position != former;
        former = token.position;
        token.text = cut_token(token.text);
        if (token.text.n)
            add_place(
                m, word_number(m, token.text), (place)doc << 32 | (uint32_t)field << 16 | position);
    }
    return (uint16_t)(length < UINT16_MAX ? length : UINT16_MAX);
}

static void add_texts(struct making *m)
{
    size_t texts_n = m->shape->texts_n;
    for (uint32_t doc = 0; doc < m->docs_n; doc++) {
        const struct index_text *texts = m->docs[doc]->texts;
        for (size_t field = 0; field < texts_n; field++) {
            uint16_t length = texts ? add_text(m, doc, field, texts[field]) : 0;
            m->corpus.lengths[field] += length;
            index_bytes_add(&m->out.lengths[field], &length, sizeof length);
        }
    }
    m->corpus.docs += m->docs_n;
    m->norms = index_alloc((size_t)m->docs_n * texts_n, sizeof m->norms[0]);
    for (uint32_t doc = 0; doc < m->docs_n; doc++) {
        uint16_t lengths[INDEX_TEXTS_MAX];
        for (size_t field = 0; field < texts_n; field++)
            memcpy(&lengths[field], m->out.lengths[field].p + doc * sizeof lengths[0],
                sizeof lengths[0]);
        index_norms(m->shape, &m->corpus, lengths, m->norms + (size_t)doc * texts_n);
    }
}

/* Occurrences by word, in order of documents, fields and positions. */
static void sort_places(struct making *m)
{
    place *sorted = index_alloc(m->places_n, sizeof sorted[0]);
    uint32_t at = 0;
    for (uint32_t i = 0; i < m->words_n; i++) {
        uint32_t n = m->words[i].n;
        m->words[i].n = at;
        at += n;
    }
    for (size_t i = 0; i < m->places_n; i++)
        sorted[m->words[m->word_of[i]].n++] = m->places[i];
    free(m->places);
    m->places = sorted; /* words[i].n is now where the occurrences end */
}

/* ---- postings ---- */

void index_norms(const struct index_shape *shape, const struct index_corpus *corpus,
    const uint16_t *lengths, float *ret_norms)
{
    for (size_t i = 0; i < shape->texts_n; i++) {
        const struct index_text_field *f = &shape->texts[i];
        double average = (double)corpus->lengths[i] / (double)(corpus->docs ? corpus->docs : 1);
        double relative = average > 0 ? lengths[i] / average : 1;
        ret_norms[i] = (float)(f->weight / (1 - f->b + f->b * relative));
    }
}

uint8_t index_impact(const struct index_shape *shape, const uint32_t *counts, const float *norms)
{
    float tf = 0;
    for (size_t i = 0; i < shape->texts_n; i++)
        tf += (float)counts[i] * norms[i];
    float impact = 255 * tf / (shape->k1 + tf);
    return impact < 1 ? 1 : (uint8_t)lrintf(impact);
}

static size_t write_posting(
    struct making *m, const place *places, size_t n, struct index_bytes *runs)
{
    uint32_t doc = (uint32_t)(places[0] >> 32), counts[INDEX_TEXTS_MAX] = { 0 };
    unsigned mask = 0;
    size_t used = 0;
    runs->n = 0;
    for (; used < n && places[used] >> 32 == doc; used++) {
        uint32_t field = (uint32_t)places[used] >> 16, position = (uint32_t)places[used] & 0xffff;
        bool same = counts[field] > 0;
        bool last = used + 1 == n || places[used + 1] >> 16 != places[used] >> 16;
        uint32_t former = same ? (uint32_t)places[used - 1] & 0xffff : 0;
        index_positions_add(runs, former, position > former ? position : former, last);
        counts[field]++;
        mask |= 1u << field;
    }
    const float *norms = m->norms + (size_t)doc * m->shape->texts_n;
    index_postings_add(
        &m->out.postings, doc, index_impact(m->shape, counts, norms), (uint8_t)mask, *runs);
    return used;
}

static int by_text(const void *a, const void *b)
{
    return str_cmp((*(const struct word *const *)a)->text, (*(const struct word *const *)b)->text);
}

static void write_postings(struct making *m)
{
    const struct word **order = index_alloc(m->words_n, sizeof order[0]);
    struct index_bytes runs = { 0 };
    for (uint32_t i = 0; i < m->words_n; i++)
        order[i] = &m->words[i];
    qsort(order, m->words_n, sizeof order[0], by_text);
    m->out.postings.docs_of_segment = m->docs_n;
    m->out.postings.texts_n = (unsigned)m->shape->texts_n;
    for (uint32_t i = 0; i < m->words_n; i++) {
        size_t end = order[i]->n, at = order[i] == m->words ? 0 : order[i][-1].n;
        size_t most = end - at < m->docs_n ? end - at : m->docs_n;
        index_postings_begin(&m->out.postings, most);
        while (at < end)
            at += write_posting(m, m->places + at, end - at, &runs);
        index_dict_add(&m->out.dict, order[i]->text, index_postings_end(&m->out.postings));
    }
    index_bytes_free(&runs);
    free(order);
}

/* ---- columns ---- */

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* A document's values end: made to rise, each once, as a facet counts documents. */
static void end_list(struct index_bytes *at, struct index_bytes *values, size_t before)
{
    size_t n = (values->n - before) / sizeof(uint32_t), kept = 0;
    if (n > 1) {
        uint32_t *of_doc = (uint32_t *)(void *)(values->p + before);
        qsort(of_doc, n, sizeof of_doc[0], by_number);
        for (size_t i = 0; i < n; i++)
            if (i == 0 || of_doc[i] != of_doc[i - 1])
                of_doc[kept++] = of_doc[i];
        values->n = before + kept * sizeof of_doc[0];
    }
    index_gathered_list(at, values, sizeof(uint32_t));
}

static void add_keywords(struct making *m, const struct index_doc *doc)
{
    for (size_t i = 0; i < m->shape->keywords_n; i++) {
        struct index_values v = doc->keywords ? doc->keywords[i] : (struct index_values){ 0 };
        struct index_bytes *to = &m->out.keywords[i];
        if (!m->shape->keywords[i].many) {
            uint32_t number =
                v.n ? index_words_add(&m->keywords->fields[i], v.values[0], 0) : INDEX_NO_WORD;
            index_bytes_add(to, &number, sizeof number);
            continue;
        }
        size_t before = to->n;
        for (size_t k = 0; k < v.n; k++) {
            uint32_t number = index_words_add(&m->keywords->fields[i], v.values[k], 0);
            index_bytes_add(to, &number, sizeof number);
        }
        end_list(&m->out.keyword_at[i], to, before);
    }
}

static uint32_t pair_number(struct making *m, const struct index_attribute *a, uint32_t name)
{
    char text[512];
    struct arena *own = NULL;
    size_t n = a->name.n + 1 + a->value.n;
    char *p = text;
    if (n > sizeof text) {
        own = arena_open(n);
        p = arena_alloc(own, n);
    }
    memcpy(p, a->name.p, a->name.n);
    p[a->name.n] = INDEX_PAIR_MARK;
    memcpy(p + a->name.n + 1, a->value.p, a->value.n);
    uint32_t number = index_words_add(&m->keywords->pairs, (str){ p, n }, name);
    arena_close(own);
    return number;
}

static void add_attributes(struct making *m, const struct index_doc *doc)
{
    struct index_bytes *pairs = &m->out.attributes;
    size_t before = pairs->n;
    for (size_t i = 0; i < doc->attributes_n; i++) {
        const struct index_attribute *a = &doc->attributes[i];
        if (a->name.n == 0)
            continue;
        uint32_t name = index_words_add(&m->keywords->names, a->name, 0);
        if (a->value.p) {
            uint32_t number = pair_number(m, a, name);
            index_bytes_add(pairs, &number, sizeof number);
        } else {
            struct index_measure measure = { .name = name, .value = a->number };
            index_bytes_add(&m->out.measures, &measure, sizeof measure);
        }
    }
    end_list(&m->out.attribute_at, pairs, before);
    index_gathered_list(&m->out.measure_at, &m->out.measures, sizeof(struct index_measure));
}

static void add_columns(struct making *m)
{
    for (size_t i = 0; i < m->shape->keywords_n; i++)
        if (m->shape->keywords[i].many)
            index_bytes_zero(&m->out.keyword_at[i], sizeof(uint32_t));
    index_bytes_zero(&m->out.attribute_at, sizeof(uint32_t));
    index_bytes_zero(&m->out.measure_at, sizeof(uint32_t));
    pthread_mutex_lock(&m->keywords->lock);
    for (uint32_t i = 0; i < m->docs_n; i++) {
        index_bytes_add(&m->out.ids, &m->docs[i]->id, sizeof(id));
        add_keywords(m, m->docs[i]);
        add_attributes(m, m->docs[i]);
    }
    pthread_mutex_unlock(&m->keywords->lock);
}

static void set_in_place(const struct making *m, struct index_segment *s)
{
    for (uint32_t i = 0; i < m->docs_n; i++) {
        const struct index_doc *doc = m->docs[i];
        atomic_init(&s->flags[i], doc->flags);
        for (size_t k = 0; doc->numbers && k < m->shape->numbers_n; k++)
            index_segment_fill_number(s, k, i, doc->numbers[k]);
    }
}

struct index_segment *index_make(const struct index_shape *shape, struct index_keywords *keywords,
    struct index_corpus corpus, const struct index_doc *docs, size_t n)
{
    struct making m = { .shape = shape,
        .keywords = keywords,
        .corpus = corpus,
        .arena = arena_open(4096 + n * sizeof(void *)),
        .slots = index_alloc(256, sizeof m.slots[0]),
        .slots_mask = 255 };
    ASSERT(n > 0 && n < UINT32_MAX / 2);
    sort_docs(&m, docs, n);
    add_texts(&m);
    sort_places(&m);
    write_postings(&m);
    add_columns(&m);
    m.out.docs = m.docs_n;
    struct index_segment *s = index_gathered_segment(shape, keywords, &m.out);
    set_in_place(&m, s);
    free(m.words);
    free(m.slots);
    free(m.word_of);
    free(m.places);
    free(m.norms);
    arena_close(m.arena);
    return s;
}
