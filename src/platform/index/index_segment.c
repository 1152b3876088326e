/* SPDX-License-Identifier: Apache-2.0
 * Segments: images laid out and checked. Called by what makes, loads and merges them; must never
 * accept an image with which a reader could leave its bytes. */
#include "platform/index/index_segment.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <zlib.h>

#include "platform/index/index_bound.h"

#define ALIGN_SECTION 64

static uint32_t crc_of(uint32_t crc, const void *p, size_t n)
{
    return (uint32_t)crc32_z(crc, p, n);
}

uint64_t index_name_new(void)
{
    uint64_t name = 0;
    while (name == 0)
        if (getrandom(&name, sizeof name, 0) != (ssize_t)sizeof name)
            name = 0;
    return name;
}

/* ---- making ---- */

static uint32_t head_crc(struct index_image_head head, const void *sections)
{
    head.crc = 0;
    uint32_t crc = crc_of(0, &head, sizeof head);
    return crc_of(crc, sections, head.sections_n * sizeof(struct index_section));
}

struct index_image index_image_make(
    const struct index_shape *shape, uint32_t docs, const struct index_part_bytes *parts, size_t n)
{
    struct index_section sections[INDEX_SECTIONS_MAX] = { 0 };
    size_t at = sizeof(struct index_image_head) + n * sizeof sections[0];

    ASSERT(n <= INDEX_SECTIONS_MAX);
    for (size_t i = 0; i < n; i++) {
        at = (at + ALIGN_SECTION - 1) & ~(size_t)(ALIGN_SECTION - 1);
        sections[i] = (struct index_section){ .kind = parts[i].kind,
            .field = (uint32_t)parts[i].field,
            .at = at,
            .size = parts[i].n,
            .crc = crc_of(0, parts[i].p, parts[i].n) };
        at += parts[i].n;
    }
    struct index_image_head head = { .magic = INDEX_IMAGE_MAGIC,
        .version = INDEX_VERSION,
        .endian = INDEX_ENDIAN,
        .shape = shape->hash,
        .docs = docs,
        .sections_n = (uint32_t)n };
    head.crc = head_crc(head, sections);
    uint8_t *p = aligned_alloc(ALIGN_SECTION, (at + ALIGN_SECTION) & ~(size_t)(ALIGN_SECTION - 1));
    if (!p)
        panic("index", "out of memory");
    memcpy(p, &head, sizeof head);
    memcpy(p + sizeof head, sections, n * sizeof sections[0]);
    for (size_t i = 0, end = sizeof head + n * sizeof sections[0]; i < n; i++) {
        memset(p + end, 0, sections[i].at - end);
        if (parts[i].n)
            memcpy(p + sections[i].at, parts[i].p, parts[i].n);
        end = sections[i].at + parts[i].n;
    }
    return (struct index_image){ .p = p, .n = at, .trusted = true };
}

/* ---- opening ---- */

struct opening {
    struct index_image image;
    struct index_image_head head;
    const struct index_section *sections;
    const struct index_shape *shape;
    const struct index_keywords *keywords;
    struct index_segment *s;
    const char *why;
};

static bool refuse(struct opening *o, const char *why)
{
    if (!o->why)
        o->why = why;
    return false;
}

static bool check_head(struct opening *o)
{
    const struct index_image_head *head = &o->head;
    if (memcmp(head->magic, INDEX_IMAGE_MAGIC, sizeof head->magic) != 0)
        return refuse(o, "not a segment");
    if (head->version != INDEX_VERSION || head->endian != INDEX_ENDIAN)
        return refuse(o, "of another version");
    if (head->sections_n > INDEX_SECTIONS_MAX ||
        o->image.n < sizeof *head + head->sections_n * sizeof(struct index_section))
        return refuse(o, "cut off in its head");
    if (!o->image.trusted && head_crc(*head, o->sections) != head->crc)
        return refuse(o, "head damaged");
    if (head->shape != o->shape->hash)
        return refuse(o, "of another schema");
    return true;
}

static bool is_zero(const uint8_t *p, size_t n)
{
    uint8_t all = 0;
    for (size_t i = 0; i < n; i++)
        all |= p[i];
    return all == 0;
}

/* Sections follow each other with zeroes between, and nothing follows the last. */
static bool check_sections(struct opening *o)
{
    size_t end = sizeof o->head + o->head.sections_n * sizeof(struct index_section);
    for (size_t i = 0; i < o->head.sections_n; i++) {
        const struct index_section *s = &o->sections[i];
        if (s->at > o->image.n || s->size > o->image.n - s->at)
            return refuse(o, "cut off");
        if (s->at % ALIGN_SECTION || s->at < end || s->at - end >= ALIGN_SECTION)
            return refuse(o, "sections in disorder");
        if (!o->image.trusted && (!is_zero(o->image.p + end, s->at - end) ||
                                     crc_of(0, o->image.p + s->at, s->size) != s->crc))
            return refuse(o, "section damaged");
        end = s->at + s->size;
    }
    return end == o->image.n || refuse(o, "longer than its sections");
}

/* A section of whole items; with `docs` there must be one for each document, and `more`. */
static const void *section(
    struct opening *o, enum index_section_kind kind, size_t field, size_t item, size_t *ret_n)
{
    for (size_t i = 0; i < o->head.sections_n; i++) {
        const struct index_section *s = &o->sections[i];
        if (s->kind != kind || s->field != field)
            continue;
        if (s->size % item)
            break;
        *ret_n = s->size / item;
        return o->image.p + s->at;
    }
    *ret_n = 0;
    (void)refuse(o, "section missing");
    return o->image.p;
}

static bool check_offsets(struct opening *o, const uint32_t *at, size_t n, size_t values_n)
{
    if (n != (size_t)o->s->docs + 1 || at[0] != 0 || at[n - 1] != values_n)
        return refuse(o, "lists do not fit the documents");
    for (size_t i = 1; i < n; i++)
        if (at[i] < at[i - 1])
            return refuse(o, "lists in disorder");
    return true;
}

static bool check_words(
    struct opening *o, const uint32_t *values, size_t n, const struct index_words *words)
{
    uint32_t max = 0;
    for (size_t i = 0; i < n; i++)
        max = values[i] > max ? values[i] : max;
    return max < index_words_n(words) || refuse(o, "keyword unknown");
}

static bool open_keywords(struct opening *o)
{
    struct index_segment *s = o->s;
    size_t at_n, n;
    for (size_t i = 0; i < o->shape->keywords_n; i++) {
        struct index_lists *lists = &s->keywords[i];
        lists->values = section(o, INDEX_SECTION_KEYWORDS, i, sizeof(uint32_t), &n);
        if (o->shape->keywords[i].many) {
            lists->at = section(o, INDEX_SECTION_KEYWORD_AT, i, sizeof(uint32_t), &at_n);
            if (o->why || !check_offsets(o, lists->at, at_n, n))
                return false;
        } else if (n != s->docs) {
            return refuse(o, "keywords do not fit the documents");
        }
        if (o->why || !check_words(o, lists->values, n, &o->keywords->fields[i]))
            return false;
    }
    s->attributes.at = section(o, INDEX_SECTION_ATTRIBUTE_AT, 0, sizeof(uint32_t), &at_n);
    s->attributes.values = section(o, INDEX_SECTION_ATTRIBUTES, 0, sizeof(uint32_t), &n);
    if (o->why || !check_offsets(o, s->attributes.at, at_n, n) ||
        !check_words(o, s->attributes.values, n, &o->keywords->pairs))
        return false;
    s->measure_at = section(o, INDEX_SECTION_MEASURE_AT, 0, sizeof(uint32_t), &at_n);
    s->measures = section(o, INDEX_SECTION_MEASURES, 0, sizeof(struct index_measure), &n);
    return !o->why && check_offsets(o, s->measure_at, at_n, n);
}

/* Tokens rise: searches and merges rely on it. */
static bool check_tokens(struct opening *o)
{
    char former[INDEX_TOKEN_MAX];
    size_t former_n = 0;
    struct index_walk w;
    index_walk_open(&w, &o->s->dict, S(""));
    while (index_walk_next(&w)) {
        str token = index_walk_token(&w);
        if (str_cmp((str){ former, former_n }, token) >= 0)
            return refuse(o, "dictionary in disorder");
        memcpy(former, token.p, token.n);
        former_n = token.n;
    }
    return true;
}

static bool open_dict(struct opening *o)
{
    struct index_dict *d = &o->s->dict;
    d->groups = section(o, INDEX_SECTION_GROUPS, 0, sizeof(struct index_group), &d->groups_n);
    d->terms = section(o, INDEX_SECTION_TERMS, 0, sizeof(struct index_term), &d->terms_n);
    d->bytes = section(o, INDEX_SECTION_TOKENS, 0, 1, &d->bytes_n);
    if (o->why)
        return false;
    if (d->groups_n != (d->terms_n + INDEX_GROUP - 1) / INDEX_GROUP)
        return refuse(o, "dictionary does not fit its groups");
    for (size_t i = 0; i < d->groups_n; i++)
        if (d->groups[i].at > d->bytes_n)
            return refuse(o, "dictionary group out of bounds");
    return o->image.trusted || check_tokens(o);
}

/* Whatever bytes the blocks point at, decoding them stays inside; see index_postings.c. */
static bool check_blocks(struct opening *o)
{
    const struct index_postings *p = &o->s->postings;
    for (size_t i = 0; i < p->blocks_n; i++) {
        const struct index_block *b = &p->blocks[i];
        size_t size = b->bits == INDEX_TAIL ? 0 : (size_t)b->bits * 16;
        if (b->last >= o->s->docs || b->position > p->positions_n || b->at > p->data_n ||
            (b->bits > 32 && b->bits != INDEX_TAIL) || size > p->data_n - b->at ||
            (b->bits != INDEX_TAIL && b->n != INDEX_BLOCK - 1) || b->n >= INDEX_BLOCK)
            return refuse(o, "postings block out of bounds");
    }
    for (size_t i = 0; i < o->s->dict.terms_n; i++) {
        const struct index_term *t = &o->s->dict.terms[i];
        size_t blocks = ((size_t)t->df + INDEX_BLOCK - 1) / INDEX_BLOCK;
        if (t->df == 0 || t->df > o->s->docs || t->block > p->blocks_n ||
            blocks > p->blocks_n - t->block || t->dense > p->dense_n)
            return refuse(o, "postings of a term out of bounds");
    }
    return true;
}

static bool open_postings(struct opening *o)
{
    struct index_postings *p = &o->s->postings;
    size_t bytes;
    p->docs = o->s->docs;
    p->texts_n = (unsigned)o->shape->texts_n;
    p->blocks = section(o, INDEX_SECTION_BLOCKS, 0, sizeof(struct index_block), &p->blocks_n);
    p->data = section(o, INDEX_SECTION_POSTINGS, 0, 1, &p->data_n);
    p->positions = section(o, INDEX_SECTION_POSITIONS, 0, 1, &p->positions_n);
    p->dense = section(o, INDEX_SECTION_DENSE, 0, 1, &bytes);
    if (o->why)
        return false;
    if (bytes % index_dense_size(p->docs))
        return refuse(o, "dense columns do not fit");
    p->dense_n = bytes / index_dense_size(p->docs);
    return check_blocks(o);
}

static bool open_documents(struct opening *o)
{
    struct index_segment *s = o->s;
    size_t n;
    s->ids = section(o, INDEX_SECTION_IDS, 0, sizeof(id), &n);
    if (n != s->docs || s->docs == 0)
        return refuse(o, "ids do not fit the documents");
    for (size_t i = 1; i < n; i++)
        if (id_cmp(s->ids[i - 1], s->ids[i]) >= 0)
            return refuse(o, "ids in disorder");
    for (size_t i = 0; i < o->shape->texts_n; i++) {
        s->lengths[i] = section(o, INDEX_SECTION_LENGTHS, i, sizeof(uint16_t), &n);
        if (n != s->docs)
            return refuse(o, "lengths do not fit the documents");
    }
    return !o->why;
}

struct index_segment *index_segment_open(struct index_image image, const struct index_shape *shape,
    const struct index_keywords *keywords, const char **ret_why)
{
    struct opening o = { .image = image, .shape = shape, .keywords = keywords };
    *ret_why = "too short";
    if (image.n < sizeof o.head)
        return NULL;
    memcpy(&o.head, image.p, sizeof o.head);
    o.sections = (const struct index_section *)(const void *)(image.p + sizeof o.head);
    if (!check_head(&o) || !check_sections(&o)) {
        *ret_why = o.why;
        return NULL;
    }
    o.s = index_alloc(1, sizeof *o.s);
    *o.s = (struct index_segment){ .refs = 1, .docs = o.head.docs };
    if (!open_documents(&o) || !open_dict(&o) || !open_postings(&o) || !open_keywords(&o)) {
        free(o.s);
        *ret_why = o.why;
        return NULL;
    }
    o.s->image = image.p;
    o.s->image_n = image.n;
    o.s->mapped = image.mapped;
    o.s->name = index_name_new();
    o.s->numbers = index_alloc(shape->numbers_n * o.s->docs, sizeof o.s->numbers[0]);
    o.s->narrow = index_alloc(shape->numbers_n * o.s->docs, sizeof o.s->narrow[0]);
    o.s->flags = index_alloc(o.s->docs, sizeof o.s->flags[0]);
    o.s->bounds = index_alloc(o.s->docs, sizeof o.s->bounds[0]);
    return o.s;
}

void index_segment_fill_number(struct index_segment *s, size_t number, uint32_t doc, int64_t value)
{
    size_t at = number * s->docs + doc;
    atomic_store_explicit(&s->numbers[at], value, memory_order_relaxed);
    if (value >= INT32_MIN && value <= INT32_MAX)
        atomic_store_explicit(&s->narrow[at], (int32_t)value, memory_order_relaxed);
    else
        atomic_fetch_or_explicit(&s->wide, UINT32_C(1) << number, memory_order_relaxed);
}

void index_segment_set_number(struct index_segment *s, size_t number, uint32_t doc, int64_t value)
{
    index_segment_fill_number(s, number, doc, value);
    index_bound_forget(&s->bounds[doc]);
}

struct index_segment *index_segment_hold(struct index_segment *s)
{
    atomic_fetch_add(&s->refs, 1);
    return s;
}

void index_segment_give(struct index_segment *s)
{
    if (!s || atomic_fetch_sub(&s->refs, 1) > 1)
        return;
    if (s->mapped)
        munmap((void *)(uintptr_t)s->image, s->image_n);
    else
        free((void *)(uintptr_t)s->image);
    free((void *)s->numbers);
    free((void *)s->bounds);
    free((void *)s->narrow);
    free((void *)s->flags);
    free(s);
}

int64_t index_segment_find(const struct index_segment *s, id doc_id)
{
    if (id_cmp(doc_id, s->ids[0]) < 0 || id_cmp(doc_id, s->ids[s->docs - 1]) > 0)
        return -1;
    size_t low = 0, high = s->docs;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (id_cmp(s->ids[mid], doc_id) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low < s->docs && id_eq(s->ids[low], doc_id) ? (int64_t)low : -1;
}
