/* SPDX-License-Identifier: Apache-2.0
 * Making segments: of documents, and of other segments. For index_*.c alone; nothing here looks at
 * an index, so that it can be done outside of its locks. */
#ifndef SOUK_PLATFORM_INDEX_INDEX_MAKE_H
#define SOUK_PLATFORM_INDEX_INDEX_MAKE_H

#include "platform/index/index_segment.h"

/* Live documents and the sum of their lengths, by text field. */
struct index_corpus {
    uint64_t docs;
    uint64_t lengths[INDEX_TEXTS_MAX];
};

/* A segment of documents (of one id twice the last counts); n > 0. Impacts are relative to the
 * average lengths of `corpus` and these documents together. */
struct index_segment *index_make(const struct index_shape *shape, struct index_keywords *keywords,
    struct index_corpus corpus, const struct index_doc *docs, size_t n);
/* How much a document weighs for a term: of each text field the times it occurs, and the field's
 * weight by its length. */
uint8_t index_impact(const struct index_shape *shape, const uint32_t *counts, const float *norms);
void index_norms(const struct index_shape *shape, const struct index_corpus *corpus,
    const uint16_t *lengths, float *ret_norms);

/* Deleted documents, a bit each; immutable once shared. NULL: none. */
struct index_bits {
    _Atomic size_t refs;
    uint32_t n; /* bits that are set */
    uint64_t words[];
};
static inline bool index_bit(const struct index_bits *bits, uint32_t i)
{
    return bits && (bits->words[i / 64] >> (i % 64) & 1);
}
struct index_bits *index_bits_copy(
    const struct index_bits *of, uint32_t docs); /* of: may be NULL */
struct index_bits *index_bits_hold(struct index_bits *bits);
void index_bits_give(struct index_bits *bits);

/* One segment with what it lacks. */
struct index_part {
    struct index_segment *segment;
    struct index_bits *deleted;
};
/* Where the documents of the parts went: where[part][document], UINT32_MAX: nowhere. */
struct index_merged {
    struct index_segment *segment; /* NULL: no document is left */
    uint32_t **where;
    size_t parts_n;
};
/* Columns in place are copied as they are now; index_merge_columns does it again. */
void index_merge(const struct index_shape *shape, const struct index_keywords *keywords,
    const struct index_part *parts, size_t n, struct index_merged *ret);
void index_merge_columns(const struct index_shape *shape, const struct index_part *part,
    const uint32_t *where, struct index_segment *to);
void index_merged_free(struct index_merged *m); /* not the segment */

/* Sections of an image that are gathered value by value; shared by both ways of making. */
struct index_gathered {
    struct index_bytes ids, lengths[INDEX_TEXTS_MAX];
    struct index_bytes keyword_at[INDEX_KEYWORDS_MAX], keywords[INDEX_KEYWORDS_MAX];
    struct index_bytes attribute_at, attributes, measure_at, measures;
    struct index_dict_writer dict;
    struct index_postings_writer postings;
    uint32_t docs;
};
struct index_segment *index_gathered_segment(const struct index_shape *shape,
    const struct index_keywords *keywords, struct index_gathered *g); /* and frees g */
void index_gathered_free(const struct index_shape *shape, struct index_gathered *g);
/* The end of a document's list in the section of offsets. */
void index_gathered_list(struct index_bytes *at, const struct index_bytes *values, size_t item);

#endif
