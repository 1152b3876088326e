/* SPDX-License-Identifier: Apache-2.0
 * Postings of one term in one segment: which documents have it, how much it weighs in each (its
 * impact), in which text fields and where. Blocks of 128, bit-packed. For index_*.c alone. */
#ifndef SOUK_PLATFORM_INDEX_INDEX_POSTINGS_H
#define SOUK_PLATFORM_INDEX_INDEX_POSTINGS_H

#include <assert.h>

#include "platform/index/index_bytes.h"

#define INDEX_BLOCK 128    /* postings */
#define INDEX_WINDOW 2048u /* documents that are looked at together */
#define INDEX_TAIL 255     /* bits of a block that is not full: its deltas are LEB128 */
#define INDEX_DENSE 16     /* a term in more than 1/16 of the documents has a column of impacts */

/* In files as here. */
struct index_block {
    uint32_t last;     /* the last document */
    uint32_t at;       /* its bytes among the postings */
    uint32_t position; /* and among the positions */
    uint8_t bits;      /* of a delta, 0..32; or INDEX_TAIL */
    uint8_t max;       /* the highest impact */
    uint8_t n;         /* postings - 1 */
    uint8_t zero;
};
struct index_term {
    uint32_t df;    /* documents that have it, deleted ones included */
    uint32_t block; /* its first block */
    uint16_t dense; /* 0: none; i: column i - 1 */
    uint8_t max;    /* the highest impact */
    uint8_t zero;
};
static_assert(sizeof(struct index_block) == 16 && sizeof(struct index_term) == 12, "file format");

/* Where the postings of a segment are. */
struct index_postings {
    const struct index_block *blocks;
    const uint8_t *data, *positions, *dense;
    size_t blocks_n, data_n, positions_n, dense_n; /* dense_n: columns */
    uint32_t docs;
    unsigned texts_n;
};
/* A dense column: an impact for each document, then the highest of each INDEX_BLOCK documents. */
static inline size_t index_dense_docs(uint32_t docs)
{
    return ((size_t)docs + INDEX_WINDOW - 1) / INDEX_WINDOW * INDEX_WINDOW;
}
static inline size_t index_dense_size(uint32_t docs)
{
    return index_dense_docs(docs) / INDEX_BLOCK * (INDEX_BLOCK + 1);
}

/* ---- writing: terms one after another, documents rising ---- */
struct index_postings_writer {
    struct index_bytes blocks, data, positions, dense;
    uint32_t docs_of_segment;
    unsigned texts_n;
    size_t dense_n;
    /* the term under way */
    struct index_term term;
    size_t column; /* where its dense column begins, when term.dense */
    uint32_t base, position;
    unsigned n;
    uint32_t docs[INDEX_BLOCK];
    uint8_t impacts[INDEX_BLOCK], masks[INDEX_BLOCK];
};
/* `expected` documents: at least as many as there will be, roughly. */
void index_postings_begin(struct index_postings_writer *w, size_t expected);
/* `positions`: as index_positions_add made them. */
void index_postings_add(struct index_postings_writer *w, uint32_t doc, uint8_t impact, uint8_t mask,
    struct index_bytes positions);
struct index_term index_postings_end(struct index_postings_writer *w);
void index_postings_free(struct index_postings_writer *w);
/* One position of a run; runs follow each other by rising field, positions rise within one. */
void index_positions_add(struct index_bytes *to, uint32_t former, uint32_t position, bool last);

/* ---- reading: only forward ---- */
struct index_cursor {
    const struct index_postings *of;
    const struct index_block *blocks; /* of this term */
    uint32_t blocks_n, df;
    const uint8_t *dense, *dense_max; /* or NULL */
    uint8_t max;
    uint32_t block;  /* the current one; blocks_n at the end */
    uint32_t loaded; /* the block whose documents are in docs; UINT32_MAX: none */
    uint32_t masked; /* and whose masks are in masks */
    unsigned n, at;  /* of the loaded block; documents before `at` are passed */
    uint8_t *impacts, *masks;
    uint32_t *docs;
};
void index_cursor_buffers(struct index_cursor *c, struct arena *arena); /* once */
/* At the first posting of a term; the buffers are there. */
void index_cursor_reopen(
    struct index_cursor *c, const struct index_postings *of, struct index_term term);
/* Both. */
void index_cursor_open(struct index_cursor *c, struct arena *arena, const struct index_postings *of,
    struct index_term term);
/* To the first block whose last document is >= doc; false when there is none. */
bool index_cursor_seek(struct index_cursor *c, uint32_t doc);
void index_cursor_load(struct index_cursor *c);  /* the current block's documents and impacts */
void index_cursor_masks(struct index_cursor *c); /* and its masks; it is loaded */
/* The posting of `doc`: its place in the loaded block, or -1. Documents asked for must rise. */
int index_cursor_find(struct index_cursor *c, uint32_t doc);
/* Positions of the posting `i` of the loaded block: field << 16 | position, rising; at most max.
 */
size_t index_cursor_positions(struct index_cursor *c, unsigned i, uint32_t *ret, size_t max);
/* Where the runs of each posting of the loaded block begin, and the last ones end: for merges. */
void index_cursor_runs(struct index_cursor *c, const uint8_t *ret[static INDEX_BLOCK + 1]);
/* An upper bound of impacts in [lo, hi). */
uint8_t index_cursor_bound(struct index_cursor *c, uint32_t lo, uint32_t hi);

#endif
