/* SPDX-License-Identifier: Apache-2.0
 * From gathered sections to a segment; bitmaps of deleted documents. Called by index_make.c and
 * index_merge.c; must never be called for no documents. */
#include <stdlib.h>

#include "platform/index/index_make.h"

void index_gathered_list(struct index_bytes *at, const struct index_bytes *values, size_t item)
{
    uint32_t end = (uint32_t)(values->n / item);
    index_bytes_add(at, &end, sizeof end);
}

void index_gathered_free(const struct index_shape *shape, struct index_gathered *g)
{
    index_bytes_free(&g->ids);
    for (size_t i = 0; i < shape->texts_n; i++)
        index_bytes_free(&g->lengths[i]);
    for (size_t i = 0; i < shape->keywords_n; i++) {
        index_bytes_free(&g->keyword_at[i]);
        index_bytes_free(&g->keywords[i]);
    }
    index_bytes_free(&g->attribute_at);
    index_bytes_free(&g->attributes);
    index_bytes_free(&g->measure_at);
    index_bytes_free(&g->measures);
    index_dict_free(&g->dict);
    index_postings_free(&g->postings);
}

struct listing {
    struct index_part_bytes parts[INDEX_SECTIONS_MAX];
    size_t n;
};

static void list(
    struct listing *l, enum index_section_kind kind, size_t field, const struct index_bytes *bytes)
{
    l->parts[l->n++] =
        (struct index_part_bytes){ .kind = kind, .field = field, .p = bytes->p, .n = bytes->n };
}

struct index_segment *index_gathered_segment(const struct index_shape *shape,
    const struct index_keywords *keywords, struct index_gathered *g)
{
    struct listing l = { .n = 0 };
    list(&l, INDEX_SECTION_IDS, 0, &g->ids);
    for (size_t i = 0; i < shape->texts_n; i++)
        list(&l, INDEX_SECTION_LENGTHS, i, &g->lengths[i]);
    list(&l, INDEX_SECTION_GROUPS, 0, &g->dict.groups);
    list(&l, INDEX_SECTION_TERMS, 0, &g->dict.terms);
    list(&l, INDEX_SECTION_TOKENS, 0, &g->dict.bytes);
    list(&l, INDEX_SECTION_BLOCKS, 0, &g->postings.blocks);
    list(&l, INDEX_SECTION_POSTINGS, 0, &g->postings.data);
    list(&l, INDEX_SECTION_POSITIONS, 0, &g->postings.positions);
    list(&l, INDEX_SECTION_DENSE, 0, &g->postings.dense);
    for (size_t i = 0; i < shape->keywords_n; i++) {
        if (shape->keywords[i].many)
            list(&l, INDEX_SECTION_KEYWORD_AT, i, &g->keyword_at[i]);
        list(&l, INDEX_SECTION_KEYWORDS, i, &g->keywords[i]);
    }
    list(&l, INDEX_SECTION_ATTRIBUTE_AT, 0, &g->attribute_at);
    list(&l, INDEX_SECTION_ATTRIBUTES, 0, &g->attributes);
    list(&l, INDEX_SECTION_MEASURE_AT, 0, &g->measure_at);
    list(&l, INDEX_SECTION_MEASURES, 0, &g->measures);
    struct index_image image = index_image_make(shape, g->docs, l.parts, l.n);
    index_gathered_free(shape, g);
    const char *why = NULL;
    struct index_segment *s = index_segment_open(image, shape, keywords, &why);
    if (!s)
        panic("index", why);
    return s;
}

/* ---- bitmaps ---- */

struct index_bits *index_bits_copy(const struct index_bits *of, uint32_t docs)
{
    size_t size = sizeof(struct index_bits) + ((size_t)docs + 63) / 64 * sizeof(uint64_t);
    struct index_bits *bits = index_alloc(1, size);
    if (of)
        memcpy(bits, of, size);
    atomic_init(&bits->refs, 1);
    return bits;
}

struct index_bits *index_bits_hold(struct index_bits *bits)
{
    if (bits)
        atomic_fetch_add(&bits->refs, 1);
    return bits;
}

void index_bits_give(struct index_bits *bits)
{
    if (bits && atomic_fetch_sub(&bits->refs, 1) == 1)
        free(bits);
}
