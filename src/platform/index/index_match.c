/* SPDX-License-Identifier: Apache-2.0
 * Which documents of a window match, and their scores. Called by index_find.c; must never give a
 * document outside of the window, nor more than fit into it, whatever the segment's bytes are. */
#include "platform/index/index_plan.h"

/* ---- words ---- */

/* The least impact that reaches the floor; 256: none does. */
static unsigned impact_floor(const struct index_run *r, uint64_t floor)
{
    uint64_t impact = (floor + r->weight - 1) / r->weight;
    return impact > 255 ? 256 : impact < 1 ? 1 : (unsigned)impact;
}

static size_t next_column(
    const struct index_run *r, struct index_window in, uint32_t *docs, uint32_t *scores)
{
    unsigned least = impact_floor(r, in.floor);
    size_t n = 0;
    for (uint32_t doc = in.lo; doc < in.hi;) {
        uint32_t end = (doc / INDEX_BLOCK + 1) * INDEX_BLOCK;
        end = end < in.hi ? end : in.hi;
        if (r->column_max[doc / INDEX_BLOCK] < least) {
            doc = end;
            continue;
        }
        for (; doc < end; doc++) {
            unsigned impact = r->column[doc];
            docs[n] = doc;
            scores[n] = r->weight * impact;
            n += impact >= least;
        }
    }
    return n;
}

static bool in_fields(struct index_run *r, unsigned i)
{
    if (!r->fields)
        return true;
    index_cursor_masks(&r->cursor);
    return r->cursor.masks[i] & r->fields;
}

static size_t next_term(
    struct index_run *r, struct index_window in, uint32_t *docs, uint32_t *scores)
{
    struct index_cursor *c = &r->cursor;
    unsigned least = impact_floor(r, in.floor);
    uint32_t width = in.hi - in.lo;
    size_t n = 0;
    for (; index_cursor_seek(c, in.lo) && n < width; c->block++) {
        uint32_t before = c->block ? c->blocks[c->block - 1].last : 0;
        if (c->block && before + 1 >= in.hi)
            break;
        if (c->blocks[c->block].max < least) {
            if (c->blocks[c->block].last >= in.hi)
                break;
            continue;
        }
        index_cursor_load(c);
        unsigned i = c->at;
        for (; i < c->n && c->docs[i] < in.lo; i++)
            continue;
        for (; i < c->n && c->docs[i] < in.hi && n < width; i++) {
            docs[n] = c->docs[i];
            scores[n] = r->weight * c->impacts[i];
            bool inside = c->docs[i] - in.lo < width;
            n += inside && c->impacts[i] >= least && in_fields(r, i);
        }
        c->at = i;
        if (i < c->n)
            break;
    }
    return n;
}

static void probe_term(struct index_run *r, const uint32_t *docs, size_t n, uint32_t *scores)
{
    for (size_t i = 0; i < n; i++) {
        int at = index_cursor_find(&r->cursor, docs[i]);
        bool found = at >= 0 && in_fields(r, (unsigned)at);
        scores[i] = found ? r->weight * r->cursor.impacts[at] : 0;
    }
}

/* ---- all of the kids ---- */

/* Drops the documents that a kid's scores refuse; how many are left. */
static size_t keep(
    uint32_t *docs, uint32_t *scores, const uint32_t *kid, size_t n, enum index_role role)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        docs[kept] = docs[i];
        scores[kept] = scores[i] + kid[i];
        kept += role == INDEX_REQUIRED ? kid[i] != 0 : role == INDEX_OPTIONAL || kid[i] == 0;
    }
    return kept;
}

/* Drops what cannot reach the floor though the kids to come gave all they have. */
static size_t keep_high(uint32_t *docs, uint32_t *scores, size_t n, uint64_t rest, uint64_t floor)
{
    size_t kept = 0;
    if (rest >= floor)
        return n;
    uint64_t least = floor - rest;
    for (size_t i = 0; i < n; i++) {
        docs[kept] = docs[i];
        scores[kept] = scores[i];
        kept += scores[i] >= least;
    }
    return kept;
}

static size_t keep_phrases(struct index_run *r, uint32_t *docs, uint32_t *scores, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        docs[kept] = docs[i];
        scores[kept] = scores[i];
        kept += index_phrase_at(r, docs[i]);
    }
    return kept;
}

/* The kids after the first, applied to what it found. */
static size_t narrow(
    struct index_run *r, uint64_t floor, uint64_t rest, uint32_t *docs, uint32_t *scores, size_t n)
{
    for (size_t i = 1; i < r->kids_n && n > 0; i++) {
        if (floor) {
            n = keep_high(docs, scores, n, rest, floor);
            rest -= r->bounds[i];
        }
        index_run_probe(&r->kids[i], docs, n, r->rest);
        bool phrase = r->op == INDEX_PHRASE;
        n = keep(docs, scores, r->rest, n, phrase ? INDEX_REQUIRED : r->kids[i].role);
    }
    return r->op == INDEX_PHRASE ? keep_phrases(r, docs, scores, n) : n;
}

static size_t next_and(
    struct index_run *r, struct index_window in, uint32_t *docs, uint32_t *scores)
{
    uint64_t rest = 0, floor = in.floor;
    if (floor) {
        uint64_t bound = index_run_bound(r, in.lo, in.hi);
        if (bound < floor)
            return 0;
        rest = bound - r->bounds[0];
        in.floor = floor > rest ? floor - rest : 0;
    }
    size_t n = index_run_next(&r->kids[0], in, docs, scores);
    return narrow(r, floor, rest, docs, scores, n);
}

static void probe_and(struct index_run *r, const uint32_t *docs, size_t n, uint32_t *ret)
{
    index_run_probe(&r->kids[0], docs, n, ret);
    size_t live = 0;
    for (size_t i = 0; i < n; i++) {
        r->docs[live] = docs[i];
        r->scores[live] = ret[i];
        live += ret[i] != 0;
    }
    live = narrow(r, 0, 0, r->docs, r->scores, live);
    for (size_t i = 0, k = 0; i < n; i++) {
        bool there = k < live && r->docs[k] == docs[i];
        ret[i] = there ? r->scores[k] : 0;
        k += there;
    }
}

/* ---- one of the kids ---- */

/* A kid's scores of the window added to (or, of alternatives, compared with) those before. */
static void add_kid(struct index_run *r, struct index_run *kid, struct index_window in,
    uint32_t *restrict sums, uint32_t *restrict counts)
{
    bool best = r->op == INDEX_ANY;
    uint32_t width = in.hi - in.lo;
    if (kid->column && !best && !counts) {
        const uint8_t *column = kid->column + in.lo;
        for (uint32_t i = 0; i < width; i++)
            sums[i] += kid->weight * column[i];
        return;
    }
    size_t n = index_run_next(kid, in, r->docs, r->scores);
    for (size_t i = 0; i < n; i++) {
        uint32_t at = r->docs[i] - in.lo, score = r->scores[i];
        sums[at] = best ? (score > sums[at] ? score : sums[at]) : sums[at] + score;
        if (counts)
            counts[at]++;
    }
}

static size_t gather(struct index_window in, const uint32_t *sums, const uint32_t *counts,
    uint32_t least, uint32_t *docs, uint32_t *scores)
{
    size_t n = 0;
    for (uint32_t i = 0; i < in.hi - in.lo; i++) {
        docs[n] = in.lo + i;
        scores[n] = sums[i];
        n += counts ? counts[i] >= least : sums[i] != 0;
    }
    return n;
}

/* How many kids, the highest bounds first, must find a document that can reach the floor; *ret_rest
 * is what all others can give together (Turtle and Flood, "Query evaluation: strategies and
 * optimizations", 1995; by windows as in block-max algorithms). */
static size_t essential(const struct index_run *r, uint64_t floor, uint64_t *ret_rest)
{
    uint64_t rest = 0;
    size_t n = r->kids_n;
    while (n > 1 && rest + r->bounds[n - 1] < floor)
        rest += r->bounds[--n];
    *ret_rest = rest;
    return n;
}

static size_t next_or(struct index_run *r, struct index_window in, uint32_t *docs, uint32_t *scores)
{
    uint32_t sums[INDEX_WINDOW], counts[INDEX_WINDOW];
    uint32_t width = in.hi - in.lo, *counted = r->least > 1 ? counts : NULL;
    uint64_t rest = 0, floor = in.floor;
    size_t lead = r->kids_n;
    if (floor && index_run_bound(r, in.lo, in.hi) < floor)
        return 0;
    bool pruned = floor && r->op == INDEX_OR && !counted;
    if (pruned)
        lead = essential(r, floor, &rest);
    memset(sums, 0, width * sizeof sums[0]);
    if (counted)
        memset(counts, 0, width * sizeof counts[0]);
    in.floor = r->op == INDEX_ANY ? floor : 0;
    for (size_t i = 0; i < lead; i++)
        if (!floor || r->bounds[i] > 0)
            add_kid(r, &r->kids[i], in, sums, counted);
    size_t n = gather(in, sums, counted, r->least, docs, scores);
    for (size_t i = lead; pruned && i < r->kids_n && n > 0; i++) {
        n = keep_high(docs, scores, n, rest, floor);
        rest -= r->bounds[i];
        index_run_probe(&r->kids[i], docs, n, r->rest);
        n = keep(docs, scores, r->rest, n, INDEX_OPTIONAL);
    }
    return n;
}

static void probe_or(struct index_run *r, const uint32_t *docs, size_t n, uint32_t *ret)
{
    uint32_t counts[INDEX_WINDOW];
    memset(ret, 0, n * sizeof ret[0]);
    memset(counts, 0, n * sizeof counts[0]);
    for (size_t k = 0; k < r->kids_n; k++) {
        index_run_probe(&r->kids[k], docs, n, r->rest);
        for (size_t i = 0; i < n; i++) {
            uint32_t score = r->rest[i];
            counts[i] += score != 0;
            ret[i] = r->op == INDEX_ANY ? (score > ret[i] ? score : ret[i]) : ret[i] + score;
        }
    }
    for (size_t i = 0; i < n; i++)
        ret[i] = counts[i] >= r->least ? ret[i] : 0;
}

/* ---- any node ---- */

size_t index_run_next(
    struct index_run *r, struct index_window in, uint32_t *ret_docs, uint32_t *ret_scores)
{
    switch (r->op) {
    case INDEX_ALL:
        for (uint32_t doc = in.lo; doc < in.hi; doc++) {
            ret_docs[doc - in.lo] = doc;
            ret_scores[doc - in.lo] = 1;
        }
        return in.hi - in.lo;
    case INDEX_TERM:
    case INDEX_PREFIX:
        return r->column ? next_column(r, in, ret_docs, ret_scores)
                         : next_term(r, in, ret_docs, ret_scores);
    case INDEX_PHRASE:
    case INDEX_AND:
        return next_and(r, in, ret_docs, ret_scores);
    case INDEX_OR:
    case INDEX_ANY:
        break;
    }
    return next_or(r, in, ret_docs, ret_scores);
}

void index_run_probe(struct index_run *r, const uint32_t *docs, size_t n, uint32_t *ret_scores)
{
    switch (r->op) {
    case INDEX_ALL:
        for (size_t i = 0; i < n; i++)
            ret_scores[i] = 1;
        return;
    case INDEX_TERM:
    case INDEX_PREFIX:
        if (!r->column)
            probe_term(r, docs, n, ret_scores);
        for (size_t i = 0; r->column && i < n; i++)
            ret_scores[i] = r->weight * r->column[docs[i]];
        return;
    case INDEX_PHRASE:
    case INDEX_AND:
        probe_and(r, docs, n, ret_scores);
        return;
    case INDEX_OR:
    case INDEX_ANY:
        break;
    }
    probe_or(r, docs, n, ret_scores);
}
