/* SPDX-License-Identifier: Apache-2.0
 * From segments to one segment without their deleted documents. Called by the merging thread and by
 * writers; must never change an impact: merging moves no score. */
#include <stdlib.h>

#include "platform/index/index_make.h"

#define NOWHERE UINT32_MAX

struct stream { /* the postings of one token in one part */
    struct index_cursor cursor;
    const uint32_t *where;
    uint32_t doc; /* in the merged segment */
    const uint8_t *runs[INDEX_BLOCK + 1];
};
struct merging {
    const struct index_shape *shape;
    const struct index_part *parts;
    size_t n;
    uint32_t **where;
    struct index_walk *walks;
    bool *live; /* the walk stands on a token */
    struct stream *streams;
    size_t *order; /* streams that are not at their end */
    struct arena *arena;
    struct index_gathered out;
};

/* ---- documents ---- */

static void add_lists(struct index_bytes *at, struct index_bytes *values, size_t item,
    const uint32_t *from_at, const void *from, uint32_t doc)
{
    index_bytes_add(
        values, (const char *)from + from_at[doc] * item, (from_at[doc + 1] - from_at[doc]) * item);
    index_gathered_list(at, values, item);
}

static void add_doc(struct merging *m, const struct index_segment *s, uint32_t doc)
{
    struct index_gathered *g = &m->out;
    index_bytes_add(&g->ids, &s->ids[doc], sizeof(id));
    for (size_t i = 0; i < m->shape->texts_n; i++)
        index_bytes_add(&g->lengths[i], &s->lengths[i][doc], sizeof s->lengths[i][doc]);
    for (size_t i = 0; i < m->shape->keywords_n; i++) {
        const struct index_lists *from = &s->keywords[i];
        if (from->at)
            add_lists(
                &g->keyword_at[i], &g->keywords[i], sizeof(uint32_t), from->at, from->values, doc);
        else
            index_bytes_add(&g->keywords[i], &from->values[doc], sizeof from->values[doc]);
    }
    add_lists(&g->attribute_at, &g->attributes, sizeof(uint32_t), s->attributes.at,
        s->attributes.values, doc);
    add_lists(&g->measure_at, &g->measures, sizeof(struct index_measure), s->measure_at,
        s->measures, doc);
}

static void skip_deleted(const struct index_part *part, uint32_t *at)
{
    while (*at < part->segment->docs && index_bit(part->deleted, *at))
        ++*at;
}

/* Documents of all parts by rising id. */
static void merge_docs(struct merging *m)
{
    uint32_t *at = NEW_N(m->arena, m->n, uint32_t);
    for (size_t i = 0; i < m->shape->keywords_n; i++)
        if (m->shape->keywords[i].many)
            index_bytes_zero(&m->out.keyword_at[i], sizeof(uint32_t));
    index_bytes_zero(&m->out.attribute_at, sizeof(uint32_t));
    index_bytes_zero(&m->out.measure_at, sizeof(uint32_t));
    for (size_t i = 0; i < m->n; i++) {
        size_t docs = m->parts[i].segment->docs;
        m->where[i] = index_alloc(docs, sizeof m->where[i][0]);
        memset(m->where[i], 0xff, docs * sizeof m->where[i][0]);
    }
    for (;;) {
        size_t least = m->n;
        for (size_t i = 0; i < m->n; i++) {
            skip_deleted(&m->parts[i], &at[i]);
            const struct index_segment *s = m->parts[i].segment;
            if (at[i] < s->docs &&
                (least == m->n ||
                    id_cmp(s->ids[at[i]], m->parts[least].segment->ids[at[least]]) < 0))
                least = i;
        }
        if (least == m->n)
            return;
        m->where[least][at[least]] = m->out.docs++;
        add_doc(m, m->parts[least].segment, at[least]++);
    }
}

/* ---- postings ---- */

/* The posting at the cursor, or the next one that is somewhere; false at the end. */
static bool stream_settle(struct stream *s)
{
    struct index_cursor *c = &s->cursor;
    while (c->block < c->blocks_n) {
        if (c->loaded != c->block) {
            index_cursor_load(c);
            index_cursor_runs(c, s->runs);
        }
        for (; c->at < c->n; c->at++) {
            uint32_t doc = c->docs[c->at];
            s->doc = doc < c->of->docs ? s->where[doc] : NOWHERE;
            if (s->doc != NOWHERE)
                return true;
        }
        c->block++;
    }
    return false;
}

static void stream_write(struct merging *m, struct stream *s)
{
    struct index_cursor *c = &s->cursor;
    struct index_bytes runs = { .p = (uint8_t *)(uintptr_t)s->runs[c->at],
        .n = (size_t)(s->runs[c->at + 1] - s->runs[c->at]) };
    index_postings_add(&m->out.postings, s->doc, c->impacts[c->at], c->masks[c->at], runs);
}

/* Streams in m->order, n of them, all settled. */
static void merge_streams(struct merging *m, size_t n)
{
    uint32_t written = 0; /* documents below this: a file may lie about their order */
    while (n > 0) {
        size_t least = 0;
        uint32_t next = NOWHERE; /* the lowest document of the other streams */
        for (size_t i = 1; i < n; i++) {
            uint32_t doc = m->streams[m->order[i]].doc;
            if (doc < m->streams[m->order[least]].doc) {
                next = m->streams[m->order[least]].doc;
                least = i;
            } else if (doc < next) {
                next = doc;
            }
        }
        struct stream *s = &m->streams[m->order[least]];
        bool more = true;
        do {
            if (s->doc >= written) {
                written = s->doc + 1;
                stream_write(m, s);
            }
            s->cursor.at++;
            more = stream_settle(s);
        } while (more && s->doc < next);
        if (!more)
            m->order[least] = m->order[--n];
    }
}

/* The postings of the lowest token of all walks; false when there is none. */
static bool merge_token(struct merging *m)
{
    str token = { 0 };
    for (size_t i = 0; i < m->n; i++)
        if (m->live[i] && (!token.p || str_cmp(index_walk_token(&m->walks[i]), token) < 0))
            token = index_walk_token(&m->walks[i]);
    if (!token.p)
        return false;
    char held[INDEX_TOKEN_MAX];
    memcpy(held, token.p, token.n);
    token.p = held;
    size_t n = 0, df = 0;
    for (size_t i = 0; i < m->n; i++) {
        if (!m->live[i] || !str_eq(index_walk_token(&m->walks[i]), token))
            continue;
        struct stream *s = &m->streams[n];
        const struct index_term *term = index_walk_term(&m->walks[i]);
        index_cursor_reopen(&s->cursor, &m->parts[i].segment->postings, *term);
        s->where = m->where[i];
        df += term->df;
        if (stream_settle(s))
            n++;
        m->live[i] = index_walk_next(&m->walks[i]);
    }
    if (n > 0) {
        for (size_t i = 0; i < n; i++)
            m->order[i] = i;
        index_postings_begin(&m->out.postings, df < m->out.docs ? df : m->out.docs);
        merge_streams(m, n);
        index_dict_add(&m->out.dict, token, index_postings_end(&m->out.postings));
    }
    return true;
}

static void merge_tokens(struct merging *m)
{
    m->walks = NEW_N(m->arena, m->n, struct index_walk);
    m->live = NEW_N(m->arena, m->n, bool);
    m->streams = NEW_N(m->arena, m->n, struct stream);
    m->order = NEW_N(m->arena, m->n, size_t);
    for (size_t i = 0; i < m->n; i++) {
        index_walk_open(&m->walks[i], &m->parts[i].segment->dict, S(""));
        m->live[i] = index_walk_next(&m->walks[i]);
        index_cursor_buffers(&m->streams[i].cursor, m->arena);
    }
    m->out.postings.docs_of_segment = m->out.docs;
    m->out.postings.texts_n = (unsigned)m->shape->texts_n;
    while (merge_token(m))
        continue;
}

void index_merge_columns(const struct index_shape *shape, const struct index_part *part,
    const uint32_t *where, struct index_segment *to)
{
    const struct index_segment *from = part->segment;
    for (uint32_t doc = 0; doc < from->docs; doc++) {
        if (where[doc] == NOWHERE)
            continue;
        uint32_t flags = atomic_load_explicit(&from->flags[doc], memory_order_relaxed);
        atomic_store_explicit(&to->flags[where[doc]], flags, memory_order_relaxed);
    }
    for (size_t i = 0; i < shape->numbers_n; i++) {
        const _Atomic int64_t *column = from->numbers + i * from->docs;
        for (uint32_t doc = 0; doc < from->docs; doc++) {
            if (where[doc] == NOWHERE)
                continue;
            int64_t v = atomic_load_explicit(&column[doc], memory_order_relaxed);
            index_segment_fill_number(to, i, where[doc], v);
        }
    }
}

void index_merge(const struct index_shape *shape, const struct index_keywords *keywords,
    const struct index_part *parts, size_t n, struct index_merged *ret)
{
    struct merging m = { .shape = shape, .parts = parts, .n = n, .arena = arena_open(1 << 16) };
    m.where = index_alloc(n, sizeof m.where[0]);
    merge_docs(&m);
    *ret = (struct index_merged){ .where = m.where, .parts_n = n };
    if (m.out.docs > 0) {
        merge_tokens(&m);
        ret->segment = index_gathered_segment(shape, keywords, &m.out);
        for (size_t i = 0; i < n; i++)
            index_merge_columns(shape, &parts[i], m.where[i], ret->segment);
    } else {
        index_gathered_free(shape, &m.out);
    }
    arena_close(m.arena);
}

void index_merged_free(struct index_merged *m)
{
    for (size_t i = 0; i < m->parts_n; i++)
        free(m->where[i]);
    free(m->where);
}
