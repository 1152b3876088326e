/* SPDX-License-Identifier: Apache-2.0
 * Writing and reading of postings. Called by what makes, merges and queries segments; readers must
 * never leave the sections, whatever the bytes in them are. */
#include "platform/index/index_postings.h"

#include <stdlib.h>

#include "platform/index/index_pack.h"

#define NONE UINT32_MAX

/* With one text field there is nothing to tell. */
static unsigned mask_bits(unsigned texts_n)
{
    return texts_n > 1 ? texts_n : 0;
}

/* ---- writing ---- */

void index_postings_begin(struct index_postings_writer *w, size_t expected)
{
    w->term = (struct index_term){ .block = (uint32_t)(w->blocks.n / sizeof(struct index_block)) };
    w->base = 0;
    w->n = 0;
    w->position = (uint32_t)w->positions.n;
    bool dense = w->docs_of_segment >= INDEX_WINDOW && expected > w->docs_of_segment / INDEX_DENSE;
    if (dense && w->dense_n < UINT16_MAX) {
        w->column = w->dense.n;
        index_bytes_zero(&w->dense, index_dense_size(w->docs_of_segment));
        w->term.dense = (uint16_t)++w->dense_n;
    }
}

static void write_deltas(struct index_postings_writer *w, struct index_block *block)
{
    if (w->n == INDEX_BLOCK) {
        unsigned bits = index_pack_bits(w->docs, w->base);
        index_pack_docs(w->docs, w->base, bits, index_bytes_room(&w->data, (size_t)bits * 16));
        w->data.n += (size_t)bits * 16;
        block->bits = (uint8_t)bits;
        return;
    }
    block->bits = INDEX_TAIL;
    uint32_t former = w->base;
    for (unsigned i = 0; i < w->n; i++) {
        index_bytes_number(&w->data, w->docs[i] - former);
        former = w->docs[i];
    }
}

static void write_block(struct index_postings_writer *w)
{
    unsigned bits = mask_bits(w->texts_n);
    struct index_block block = { .last = w->docs[w->n - 1],
        .at = (uint32_t)w->data.n,
        .position = w->position,
        .n = (uint8_t)(w->n - 1) };
    ASSERT(w->data.n < UINT32_MAX && w->positions.n < UINT32_MAX);

    for (unsigned i = 0; i < w->n; i++)
        block.max = w->impacts[i] > block.max ? w->impacts[i] : block.max;
    write_deltas(w, &block);
    index_bytes_add(&w->data, w->impacts, w->n);
    if (bits) {
        size_t size = index_pack_small_size(w->n, bits);
        index_pack_small(w->masks, w->n, bits, index_bytes_room(&w->data, size));
        w->data.n += size;
    }
    index_bytes_add(&w->blocks, &block, sizeof block);
    if (block.max > w->term.max)
        w->term.max = block.max;
    w->base = block.last;
    w->position = (uint32_t)w->positions.n;
    w->n = 0;
}

void index_postings_add(struct index_postings_writer *w, uint32_t doc, uint8_t impact, uint8_t mask,
    struct index_bytes positions)
{
    w->docs[w->n] = doc;
    w->impacts[w->n] = impact;
    w->masks[w->n++] = mask;
    index_bytes_add(&w->positions, positions.p, positions.n);
    w->term.df++;
    if (w->term.dense) {
        uint8_t *column = w->dense.p + w->column;
        column[doc] = impact;
        uint8_t *max = column + index_dense_docs(w->docs_of_segment) + doc / INDEX_BLOCK;
        *max = impact > *max ? impact : *max;
    }
    if (w->n == INDEX_BLOCK)
        write_block(w);
}

struct index_term index_postings_end(struct index_postings_writer *w)
{
    if (w->n > 0)
        write_block(w);
    return w->term;
}

void index_postings_free(struct index_postings_writer *w)
{
    index_bytes_free(&w->blocks);
    index_bytes_free(&w->data);
    index_bytes_free(&w->positions);
    index_bytes_free(&w->dense);
}

void index_positions_add(struct index_bytes *to, uint32_t former, uint32_t position, bool last)
{
    index_bytes_number(to, (uint64_t)(position - former) << 1 | last);
}

/* ---- reading ---- */

void index_cursor_buffers(struct index_cursor *c, struct arena *arena)
{
    c->docs = NEW_N(arena, INDEX_BLOCK, uint32_t);
    c->impacts = NEW_N(arena, INDEX_BLOCK, uint8_t);
    c->masks = NEW_N(arena, INDEX_BLOCK, uint8_t);
}

void index_cursor_reopen(
    struct index_cursor *c, const struct index_postings *of, struct index_term term)
{
    *c = (struct index_cursor){ .of = of,
        .blocks = of->blocks + term.block,
        .blocks_n = (term.df + INDEX_BLOCK - 1) / INDEX_BLOCK,
        .df = term.df,
        .max = term.max,
        .loaded = NONE,
        .masked = NONE,
        .docs = c->docs,
        .impacts = c->impacts,
        .masks = c->masks };
    if (term.dense) {
        c->dense = of->dense + (size_t)(term.dense - 1) * index_dense_size(of->docs);
        c->dense_max = c->dense + index_dense_docs(of->docs);
    }
}

void index_cursor_open(struct index_cursor *c, struct arena *arena, const struct index_postings *of,
    struct index_term term)
{
    index_cursor_buffers(c, arena);
    index_cursor_reopen(c, of, term);
}

bool index_cursor_seek(struct index_cursor *c, uint32_t doc)
{
    uint32_t b = c->block, step = 1;
    if (b >= c->blocks_n)
        return false;
    if (c->blocks[b].last >= doc)
        return true;
    while (b + step < c->blocks_n && c->blocks[b + step].last < doc)
        step <<= 1;
    uint32_t low = b + step / 2 + 1, high = b + step < c->blocks_n ? b + step : c->blocks_n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (c->blocks[mid].last < doc)
            low = mid + 1;
        else
            high = mid;
    }
    c->block = low;
    return low < c->blocks_n;
}

/* The deltas of a block that is not full; where they end. */
static const uint8_t *read_tail(
    const uint8_t *p, const uint8_t *end, uint32_t base, unsigned n, uint32_t *docs)
{
    for (unsigned i = 0; i < n; i++) {
        base += index_number_read(&p, end);
        docs[i] = base;
    }
    return p;
}

/* Where the impacts of the current block begin; its documents are decoded on the way. */
static const uint8_t *load_docs(struct index_cursor *c)
{
    const struct index_block *b = &c->blocks[c->block];
    const uint8_t *p = c->of->data + b->at, *end = c->of->data + c->of->data_n;
    uint32_t base = c->block ? b[-1].last : 0;
    if (b->bits == INDEX_TAIL)
        return read_tail(p, end, base, c->n, c->docs);
    index_unpack_docs(p, b->bits, base, c->docs);
    return p + (size_t)b->bits * 16;
}

void index_cursor_load(struct index_cursor *c)
{
    if (c->loaded == c->block)
        return;
    c->n = (unsigned)c->blocks[c->block].n + 1;
    const uint8_t *p = load_docs(c), *end = c->of->data + c->of->data_n;
    size_t left = (size_t)(end - p);
    memcpy(c->impacts, p, left < c->n ? left : c->n);
    c->loaded = c->block;
    c->at = 0;
}

void index_cursor_masks(struct index_cursor *c)
{
    if (c->masked == c->block)
        return;
    unsigned bits = mask_bits(c->of->texts_n);
    uint32_t docs[INDEX_BLOCK];
    const struct index_block *b = &c->blocks[c->block];
    const uint8_t *p = c->of->data + b->at, *end = c->of->data + c->of->data_n;
    if (b->bits == INDEX_TAIL)
        p = read_tail(p, end, 0, c->n, docs);
    else
        p += (size_t)b->bits * 16;
    p = (size_t)(end - p) < c->n ? end : p + c->n;
    if (!bits || (size_t)(end - p) < index_pack_small_size(c->n, bits))
        memset(c->masks, 1, c->n);
    else
        index_unpack_small(p, c->n, bits, c->masks);
    c->masked = c->block;
}

int index_cursor_find(struct index_cursor *c, uint32_t doc)
{
    if (!index_cursor_seek(c, doc))
        return -1;
    index_cursor_load(c);
    unsigned i = c->at;
    /* Long ways first, as often as there is one. */
    while (i + 16 < c->n && c->docs[i + 16] <= doc)
        i += 16;
    while (i < c->n && c->docs[i] < doc)
        i++;
    c->at = i;
    return i < c->n && c->docs[i] == doc ? (int)i : -1;
}

/* Passes the runs of one posting. */
static const uint8_t *skip_runs(const uint8_t *p, const uint8_t *end, uint8_t mask)
{
    for (int runs = __builtin_popcount(mask); runs > 0 && p < end;) {
        bool last = *p & 1;
        while (p < end && *p & 0x80)
            p++;
        p += p < end;
        runs -= last;
    }
    return p;
}

static const uint8_t *runs_of(struct index_cursor *c, unsigned i)
{
    index_cursor_masks(c);
    const uint8_t *p = c->of->positions + c->blocks[c->block].position;
    const uint8_t *end = c->of->positions + c->of->positions_n;
    for (unsigned k = 0; k < i; k++)
        p = skip_runs(p, end, c->masks[k]);
    return p;
}

void index_cursor_runs(struct index_cursor *c, const uint8_t *ret[static INDEX_BLOCK + 1])
{
    const uint8_t *end = c->of->positions + c->of->positions_n;
    ret[0] = runs_of(c, 0);
    for (unsigned i = 0; i < c->n; i++)
        ret[i + 1] = skip_runs(ret[i], end, c->masks[i]);
}

size_t index_cursor_positions(struct index_cursor *c, unsigned i, uint32_t *ret, size_t max)
{
    const uint8_t *p = runs_of(c, i), *end = c->of->positions + c->of->positions_n;
    size_t n = 0;
    for (unsigned mask = c->masks[i]; mask; mask &= mask - 1) {
        uint32_t field = (uint32_t)__builtin_ctz(mask), position = 0;
        for (bool last = false; !last && p < end;) {
            uint32_t v = index_number_read(&p, end);
            last = v & 1;
            position += v >> 1;
            if (n < max)
                ret[n++] = field << 16 | (position & 0xffff);
        }
    }
    return n;
}

uint8_t index_cursor_bound(struct index_cursor *c, uint32_t lo, uint32_t hi)
{
    uint8_t max = 0;
    if (c->dense) {
        for (uint32_t b = lo / INDEX_BLOCK; b <= (hi - 1) / INDEX_BLOCK; b++)
            max = c->dense_max[b] > max ? c->dense_max[b] : max;
        return max;
    }
    if (!index_cursor_seek(c, lo))
        return 0;
    for (uint32_t b = c->block; b < c->blocks_n; b++) {
        if (b > c->block && c->blocks[b - 1].last + 1 >= hi)
            break;
        max = c->blocks[b].max > max ? c->blocks[b].max : max;
    }
    return max;
}
