/* SPDX-License-Identifier: Apache-2.0
 * One segment: an immutable image (of heap or mapped file, the same bytes) and its columns that
 * change in place. docs/index-format.md says what the bytes mean. For index_*.c alone. */
#ifndef SOUK_PLATFORM_INDEX_INDEX_SEGMENT_H
#define SOUK_PLATFORM_INDEX_INDEX_SEGMENT_H

#include "platform/index/index_dict.h"
#include "platform/index/index_words.h"

/* What the schema says, copied, with a hash of it. */
struct index_shape {
    struct index_text_field texts[INDEX_TEXTS_MAX];
    struct index_keyword_field keywords[INDEX_KEYWORDS_MAX];
    size_t texts_n, keywords_n, numbers_n, flags_n;
    float k1;
    uint64_t hash;
    const char *numbers[INDEX_NUMBERS_MAX], *flags[INDEX_FLAGS_MAX];
};

enum index_section_kind {
    INDEX_SECTION_IDS = 1,      /* 16 bytes a document, rising */
    INDEX_SECTION_LENGTHS,      /* by text field: uint16 a document */
    INDEX_SECTION_GROUPS,       /* struct index_group */
    INDEX_SECTION_TERMS,        /* struct index_term */
    INDEX_SECTION_TOKENS,       /* bytes of the dictionary */
    INDEX_SECTION_BLOCKS,       /* struct index_block */
    INDEX_SECTION_POSTINGS,     /* bytes */
    INDEX_SECTION_POSITIONS,    /* bytes */
    INDEX_SECTION_DENSE,        /* columns of index_dense_size() bytes */
    INDEX_SECTION_KEYWORD_AT,   /* by field with many values: uint32, documents + 1 */
    INDEX_SECTION_KEYWORDS,     /* by field: uint32 numbers of words */
    INDEX_SECTION_ATTRIBUTE_AT, /* uint32, documents + 1 */
    INDEX_SECTION_ATTRIBUTES,   /* uint32 numbers of pairs, rising within a document */
    INDEX_SECTION_MEASURE_AT,   /* uint32, documents + 1 */
    INDEX_SECTION_MEASURES,     /* struct index_measure */
};
struct index_section {
    uint32_t kind, field;
    uint64_t at, size;
    uint32_t crc, zero;
};
#define INDEX_IMAGE_MAGIC "SOUKSEG"
#define INDEX_VERSION 1
#define INDEX_ENDIAN 0x01020304u
#define INDEX_SECTIONS_MAX 64
struct index_image_head {
    char magic[8];
    uint32_t version, endian;
    uint64_t shape; /* hash of the schema */
    uint32_t docs, sections_n;
    uint32_t crc; /* of the sections' table and of this head with crc = 0 */
    uint32_t zero;
};
struct index_measure { /* an attribute that is a number */
    uint32_t name, zero;
    int64_t value;
};

/* Values of documents: document i has values[at[i]] .. values[at[i + 1]]. */
struct index_lists {
    const uint32_t *at; /* NULL: document i has values[i] alone */
    const uint32_t *values;
};
struct index_segment {
    _Atomic size_t refs;
    uint64_t name; /* of its file; unique */
    uint32_t docs;
    const uint8_t *image;
    size_t image_n;
    bool mapped;
    const id *ids;
    const uint16_t *lengths[INDEX_TEXTS_MAX];
    struct index_dict dict;
    struct index_postings postings;
    struct index_lists keywords[INDEX_KEYWORDS_MAX];
    struct index_lists attributes;
    const uint32_t *measure_at;
    const struct index_measure *measures;
    /* in place */
    _Atomic int64_t *numbers; /* a column of `docs` after another */
    _Atomic int32_t *narrow;  /* the same in half the bytes, for those columns that fit */
    _Atomic uint32_t wide;    /* bit i: column i has, or had, a number that does not */
    _Atomic uint32_t *flags;
    /* what the factors of queries give at most: index_bound.c */
    _Atomic uint32_t *bounds;
    _Atomic uint64_t bounds_of;
    _Atomic uint32_t bounds_missed;
    _Atomic uint64_t changed; /* counts changes of these */
    _Atomic bool busy;        /* being merged */
};

/* A new segment of an image, which becomes its own; NULL, with words in *ret_why, when it is not
 * well made (the image stays the caller's then). Columns in place are zero. `trusted`: was made a
 * moment ago, checksums aside. */
struct index_image {
    const uint8_t *p;
    size_t n;
    bool mapped, trusted;
};
struct index_segment *index_segment_open(struct index_image image, const struct index_shape *shape,
    const struct index_keywords *keywords, const char **ret_why);
/* In place; one writer at a time. `fill` is for a segment that no query has seen. */
void index_segment_fill_number(struct index_segment *s, size_t number, uint32_t doc, int64_t value);
void index_segment_set_number(struct index_segment *s, size_t number, uint32_t doc, int64_t value);
struct index_segment *index_segment_hold(struct index_segment *s);
void index_segment_give(struct index_segment *s);
/* The place of an id, or -1. */
int64_t index_segment_find(const struct index_segment *s, id doc_id);

/* ---- making images ---- */
struct index_part_bytes {
    enum index_section_kind kind;
    size_t field;
    const void *p;
    size_t n;
};
/* Puts sections behind a head; heap memory. */
struct index_image index_image_make(const struct index_shape *shape, uint32_t docs,
    const struct index_part_bytes *sections, size_t sections_n);
/* A name that no other segment has. */
uint64_t index_name_new(void);

#endif
