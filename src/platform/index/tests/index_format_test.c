/* SPDX-License-Identifier: Apache-2.0
 * docs/index-format.md is true: its tables are those of the code, and a snapshot can be read by
 * them alone. Run by meson test; must never read a file with the engine's own code. */
#include <math.h>
#include <zlib.h>

#include "platform/index/index_file.h"
#include "platform/index/tests/index_book.h"
#include "platform/index/tests/index_folder.h"
#include "platform/index/tests/index_world.h"

/* ---- the page beside the code ---- */

#define ROW(table, type, field)                                                                    \
    {                                                                                              \
        table, #field, offsetof(struct type, field), sizeof(((struct type *)0)->field)             \
    }
#define END(table, type)                                                                           \
    {                                                                                              \
        table, "END", sizeof(struct type), 0                                                       \
    }

static const struct field_case {
    const char *table, *field;
    size_t offset, size;
} field_cases[] = {
    ROW("frame", index_frame, magic),
    ROW("frame", index_frame, version),
    ROW("frame", index_frame, endian),
    ROW("frame", index_frame, size),
    ROW("frame", index_frame, crc),
    ROW("frame", index_frame, zero),
    END("frame", index_frame),
    ROW("manifest", index_manifest, shape),
    ROW("manifest", index_manifest, sequence),
    { "manifest", "docs", offsetof(struct index_manifest, corpus.docs), 8 },
    { "manifest", "lengths", offsetof(struct index_manifest, corpus.lengths), 64 },
    ROW("manifest", index_manifest, words),
    ROW("manifest", index_manifest, parts_n),
    END("manifest", index_manifest),
    ROW("part", index_manifest_part, segment),
    ROW("part", index_manifest_part, columns),
    ROW("part", index_manifest_part, deleted),
    END("part", index_manifest_part),
    ROW("head", index_image_head, magic),
    ROW("head", index_image_head, version),
    ROW("head", index_image_head, endian),
    ROW("head", index_image_head, shape),
    ROW("head", index_image_head, docs),
    ROW("head", index_image_head, sections_n),
    ROW("head", index_image_head, crc),
    ROW("head", index_image_head, zero),
    END("head", index_image_head),
    ROW("section", index_section, kind),
    ROW("section", index_section, field),
    ROW("section", index_section, at),
    ROW("section", index_section, size),
    ROW("section", index_section, crc),
    ROW("section", index_section, zero),
    END("section", index_section),
    ROW("measure", index_measure, name),
    ROW("measure", index_measure, value),
    END("measure", index_measure),
    ROW("group", index_group, at),
    ROW("group", index_group, df),
    END("group", index_group),
    ROW("term", index_term, df),
    ROW("term", index_term, block),
    ROW("term", index_term, dense),
    ROW("term", index_term, max),
    END("term", index_term),
    ROW("block", index_block, last),
    ROW("block", index_block, at),
    ROW("block", index_block, position),
    ROW("block", index_block, bits),
    ROW("block", index_block, max),
    ROW("block", index_block, n),
    END("block", index_block),
};
static const struct kind_case {
    const char *kind;
    enum index_section_kind number;
} kind_cases[] = {
    { "ids", INDEX_SECTION_IDS },
    { "lengths", INDEX_SECTION_LENGTHS },
    { "groups", INDEX_SECTION_GROUPS },
    { "terms", INDEX_SECTION_TERMS },
    { "tokens", INDEX_SECTION_TOKENS },
    { "blocks", INDEX_SECTION_BLOCKS },
    { "postings", INDEX_SECTION_POSTINGS },
    { "positions", INDEX_SECTION_POSITIONS },
    { "dense", INDEX_SECTION_DENSE },
    { "keyword_at", INDEX_SECTION_KEYWORD_AT },
    { "keywords", INDEX_SECTION_KEYWORDS },
    { "attribute_at", INDEX_SECTION_ATTRIBUTE_AT },
    { "attributes", INDEX_SECTION_ATTRIBUTES },
    { "measure_at", INDEX_SECTION_MEASURE_AT },
    { "measures", INDEX_SECTION_MEASURES },
};

static void tables_are_the_code(void **state)
{
    (void)state;
    struct book *b = book_open();
    int64_t cells[2] = { 0 };
    for (size_t i = 0; i < COUNT(field_cases); i++) {
        const struct field_case *c = &field_cases[i];
        row_of(b, c->table, c->field, cells);
        CASE_INT(c->field, cells[0], (int64_t)c->offset);
        CASE_INT(c->field, cells[1], (int64_t)c->size);
    }
    for (size_t i = 0; i < COUNT(kind_cases); i++) {
        row_of(b, "kind", kind_cases[i].kind, cells);
        CASE_INT(kind_cases[i].kind, cells[0], kind_cases[i].number);
    }
    arena_close(b->arena);
}

/* ---- a snapshot read by the page ---- */

struct reading { /* one segment and what belongs to it */
    const struct book *b;
    str folder;
    struct world *w;
    const struct world *before; /* as the first segment was made; NULL: do not look at impacts */
    str segment, columns;
    uint64_t deleted_n;
    size_t docs;
    str names, pairs, fields[KEYWORDS]; /* dictionaries of words */
    double average[TEXTS];
    int64_t living;
};

static uint64_t leb(const uint8_t **p)
{
    uint64_t v = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t c = *(*p)++;
        v |= (uint64_t)(c & 0x7f) << shift;
        if (c < 0x80)
            return v;
    }
}

static const uint8_t *at_of(str s)
{
    return (const uint8_t *)s.p;
}

/* A file's body, its frame checked by the page. */
static str body_of(const struct book *b, str folder, str name, const char *magic)
{
    str file = folder_read(b->arena, folder, name);
    const uint8_t *p = at_of(file);
    size_t end = end_of(b, "frame");
    CHECK(file.n >= end && memcmp(p, magic, 8) == 0);
    CHECK_INT((int64_t)get(b, "frame", "version", p), 1);
    CHECK_INT((int64_t)get(b, "frame", "endian", p), 0x01020304);
    CHECK_INT((int64_t)get(b, "frame", "size", p), (int64_t)(file.n - end));
    CHECK_INT((int64_t)get(b, "frame", "crc", p), (int64_t)crc32_z(0, p + end, file.n - end));
    return str_skip(file, end);
}

static str section_of(const struct reading *r, const char *kind, size_t field)
{
    const struct book *b = r->b;
    const uint8_t *p = at_of(r->segment), *s = p + end_of(b, "head");
    int64_t cells[2] = { 0 };
    row_of(b, "kind", kind, cells);
    for (uint64_t n = get(b, "head", "sections_n", p); n > 0; n--, s += end_of(b, "section")) {
        if (get(b, "section", "kind", s) != (uint64_t)cells[0] ||
            get(b, "section", "field", s) != field)
            continue;
        str bytes = { r->segment.p + get(b, "section", "at", s), get(b, "section", "size", s) };
        CHECK(bytes.p - r->segment.p + (ptrdiff_t)bytes.n <= (ptrdiff_t)r->segment.n);
        CHECK_INT((int64_t)get(b, "section", "crc", s), (int64_t)crc32_z(0, at_of(bytes), bytes.n));
        CHECK_INT((int64_t)bytes.n % cells[1], 0);
        return bytes;
    }
    print_message("no section %s\n", kind);
    CHECK(false);
    return (str){ 0 };
}

/* Word `number` of a dictionary. */
static str word_at(str dictionary, uint64_t number)
{
    const uint8_t *p = at_of(dictionary);
    CHECK(number > 0 && number < leb(&p));
    for (;;) {
        (void)leb(&p);
        size_t n = leb(&p);
        if (--number == 0)
            return (str){ (const char *)p, n };
        p += n;
    }
}

static str words_end(str dictionary)
{
    const uint8_t *p = at_of(dictionary);
    for (uint64_t n = leb(&p); n > 1; n--) {
        (void)leb(&p);
        size_t size = leb(&p);
        p += size;
    }
    return str_skip(dictionary, (size_t)(p - at_of(dictionary)));
}

static bool is_deleted(const struct reading *r, size_t doc)
{
    if (!r->deleted_n)
        return false;
    const uint8_t *bits = at_of(r->columns) + r->docs * (NUMBERS * 8 + 4);
    return bytes_at(bits + doc / 64 * 8, 8) >> (doc % 64) & 1;
}

static const struct product *product_of(const struct world *w, const uint8_t *doc_id)
{
    for (size_t i = 0; i < w->n; i++)
        if (memcmp(&w->products[i].id, doc_id, sizeof(id)) == 0)
            return &w->products[i];
    return NULL;
}

/* ---- columns ---- */

static void check_lists(const struct reading *r, size_t doc, const struct product *p)
{
    str at = section_of(r, "keyword_at", TAGS), tags = section_of(r, "keywords", TAGS);
    uint64_t from = bytes_at(at_of(at) + doc * 4, 4), to = bytes_at(at_of(at) + doc * 4 + 4, 4);
    unsigned seen = 0;
    for (uint64_t i = from; i < to; i++) {
        str tag = word_at(r->fields[TAGS], bytes_at(at_of(tags) + i * 4, 4));
        seen |= 1u << number_of(str_skip(tag, 3));
    }
    CHECK_INT(seen, p->tags);
    str pairs = section_of(r, "attributes", 0);
    at = section_of(r, "attribute_at", 0);
    from = bytes_at(at_of(at) + doc * 4, 4);
    to = bytes_at(at_of(at) + doc * 4 + 4, 4);
    CHECK_INT((int64_t)(to - from), __builtin_popcount(p->colours) + __builtin_popcount(p->sizes));
    for (uint64_t i = from; i < to; i++) {
        str pair = word_at(r->pairs, bytes_at(at_of(pairs) + i * 4, 4));
        bool colour = str_starts(pair, S("colour\x1fshade"));
        CHECK(colour || str_starts(pair, S("size\x1f")));
        int64_t bit = number_of(str_skip(pair, colour ? 12 : 5));
        CHECK((colour ? p->colours : p->sizes) >> bit & 1);
    }
    at = section_of(r, "measure_at", 0);
    from = bytes_at(at_of(at) + doc * 4, 4);
    CHECK_INT((int64_t)(bytes_at(at_of(at) + doc * 4 + 4, 4) - from), p->inches != 0);
    if (p->inches) {
        const uint8_t *m = at_of(section_of(r, "measures", 0)) + from * end_of(r->b, "measure");
        CHECK_INT((int64_t)get(r->b, "measure", "value", m), p->inches);
        CHECK_STR(word_at(r->names, get(r->b, "measure", "name", m)), S("inches"));
    }
}

static void check_columns(const struct reading *r, size_t doc, const struct product *p)
{
    for (size_t i = 0; i < NUMBERS; i++)
        CHECK_INT((int64_t)bytes_at(at_of(r->columns) + (i * r->docs + doc) * 8, 8), p->numbers[i]);
    CHECK_INT((int64_t)bytes_at(at_of(r->columns) + NUMBERS * r->docs * 8 + doc * 4, 4), p->flags);
    for (size_t i = 0; i < TEXTS; i++)
        CHECK_INT((int64_t)bytes_at(at_of(section_of(r, "lengths", i)) + doc * 2, 2),
            (int64_t)p->words_n[i]);
    uint64_t brand = bytes_at(at_of(section_of(r, "keywords", BRAND)) + doc * 4, 4);
    CHECK_INT(brand != 0, p->brand != 0);
    if (brand)
        CHECK_STR(word_at(r->fields[BRAND], brand), world_brand(r->w, p->brand));
    uint64_t category = bytes_at(at_of(section_of(r, "keywords", CATEGORY)) + doc * 4, 4);
    CHECK_STR(word_at(r->fields[CATEGORY], category), world_category(r->w, p->category));
}

/* ---- postings ---- */

struct posting {
    size_t doc;
    unsigned impact, mask;
};
struct tables { /* offsets are looked up once: there are many postings */
    str ids, blocks, postings, positions, dense;
    size_t block_end;
};

/* The postings of one block, as the page says; where its positions begin. */
static size_t block_read(const struct reading *r, const struct tables *t, uint64_t number,
    uint64_t base, struct posting ret[128], const uint8_t **ret_runs)
{
    const uint8_t *block = at_of(t->blocks) + number * t->block_end;
    const uint8_t *p = at_of(t->postings) + get(r->b, "block", "at", block);
    size_t n = get(r->b, "block", "n", block) + 1;
    unsigned bits = (unsigned)get(r->b, "block", "bits", block), max = 0;
    if (bits == 255) {
        for (size_t i = 0; i < n; i++)
            ret[i].doc = base += leb(&p);
    } else {
        CHECK_INT((int64_t)n, 128);
        for (size_t i = 0; i < n; i++) {
            uint64_t difference = 0;
            for (unsigned k = 0; k < bits; k++) {
                size_t bit = i / 4 * bits + k, word = bit / 32 * 4 + i % 4;
                uint64_t v = bytes_at(p + word * 4, 4) >> (bit % 32) & 1;
                difference |= v << k;
            }
            ret[i].doc = (i < 4 ? base : ret[i - 4].doc) + difference;
        }
        p += (size_t)bits * 16;
    }
    for (size_t i = 0; i < n; i++) {
        ret[i].impact = *p++;
        max = ret[i].impact > max ? ret[i].impact : max;
    }
    for (size_t i = 0; i < n; i++) {
        ret[i].mask = 0;
        for (unsigned f = 0; f < TEXTS; f++) {
            size_t bit = i * TEXTS + f;
            ret[i].mask |= (p[bit / 8] >> (bit % 8) & 1u) << f;
        }
    }
    CHECK_INT(max, (int64_t)get(r->b, "block", "max", block));
    CHECK_INT((int64_t)ret[n - 1].doc, (int64_t)get(r->b, "block", "last", block));
    *ret_runs = at_of(t->positions) + get(r->b, "block", "position", block);
    return n;
}

static void check_impact(
    const struct reading *r, const uint8_t *doc_id, unsigned impact, const unsigned counts[TEXTS])
{
    const struct product *p = product_of(r->before, doc_id);
    double t = 0;
    for (size_t f = 0; f < TEXTS; f++) {
        double b = (double)world_texts[f].b;
        t += counts[f] * (double)world_texts[f].weight /
             (1 - b + b * (double)p->words_n[f] / r->average[f]);
    }
    double want = 255 * t / (1.2 + t);
    CHECK(fabs(want - impact) < 0.51);
}

/* The positions of one posting are those of the product; how many they are. */
static size_t check_runs(const struct reading *r, const struct tables *t, str token,
    const struct posting *p, const uint8_t **runs)
{
    const uint8_t *doc_id = at_of(t->ids) + p->doc * sizeof(id);
    const struct product *product = is_deleted(r, p->doc) ? NULL : product_of(r->w, doc_id);
    unsigned counts[TEXTS] = { 0 };
    size_t n = 0;
    for (size_t f = 0; f < TEXTS; f++) {
        uint64_t position = 0, v = 0;
        while ((p->mask >> f & 1) && !(v & 1)) {
            v = leb(runs);
            position += v >> 1;
            counts[f]++;
            if (product) {
                CHECK(position < product->words_n[f]);
                CHECK_STR(r->w->words[product->words[f][position]], token);
                n++;
            }
        }
    }
    if (r->before)
        check_impact(r, doc_id, p->impact, counts);
    return n;
}

static size_t check_term(
    const struct reading *r, const struct tables *t, str token, const uint8_t *term)
{
    struct posting postings[128];
    uint64_t df = get(r->b, "term", "df", term), block = get(r->b, "term", "block", term), base = 0;
    uint64_t dense = get(r->b, "term", "dense", term);
    size_t columns = (r->docs + 2047) / 2048 * 2048, found = 0, positions = 0;
    const uint8_t *column = at_of(t->dense) + (dense ? dense - 1 : 0) * columns / 128 * 129;
    CHECK_INT(dense != 0, r->docs >= 2048 && df > r->docs / 16);
    for (uint64_t i = 0; i < (df + 127) / 128; i++) {
        const uint8_t *runs;
        size_t n = block_read(r, t, block + i, base, postings, &runs);
        for (size_t k = 0; k < n; k++) {
            CHECK(postings[k].doc < r->docs && postings[k].impact > 0);
            if (dense) {
                CHECK_INT(column[postings[k].doc], postings[k].impact);
                CHECK(column[columns + postings[k].doc / 128] >= postings[k].impact);
            }
            positions += check_runs(r, t, token, &postings[k], &runs);
        }
        base = postings[n - 1].doc;
        found += n;
    }
    CHECK_INT((int64_t)found, (int64_t)df);
    return positions;
}

/* Every token of the dictionary; how many positions there are in living documents. */
static size_t check_postings(const struct reading *r)
{
    const struct tables t = { section_of(r, "ids", 0), section_of(r, "blocks", 0),
        section_of(r, "postings", 0), section_of(r, "positions", 0), section_of(r, "dense", 0),
        end_of(r->b, "block") };
    str groups = section_of(r, "groups", 0), terms = section_of(r, "terms", 0);
    str tokens = section_of(r, "tokens", 0);
    size_t term_end = end_of(r->b, "term"), n = terms.n / term_end, positions = 0, token_n = 0;
    const uint8_t *p = at_of(tokens);
    char token[64];
    for (size_t i = 0; i < n; i++) {
        if (i % 16 == 0) {
            const uint8_t *group = at_of(groups) + i / 16 * end_of(r->b, "group");
            CHECK(p == at_of(tokens) + get(r->b, "group", "at", group));
            CHECK(p[0] == 0);
        }
        size_t shared = p[0], more = p[1];
        CHECK(shared <= token_n && shared + more <= sizeof token);
        memcpy(token + shared, p + 2, more);
        p += 2 + more;
        token_n = shared + more;
        positions += check_term(r, &t, (str){ token, token_n }, at_of(terms) + i * term_end);
    }
    CHECK(p == at_of(tokens) + tokens.n);
    return positions;
}

static void check_segment(struct reading *r)
{
    const uint8_t *p = at_of(r->segment);
    size_t head = end_of(r->b, "head"), table = end_of(r->b, "section"), words = 0;
    uint64_t sections = get(r->b, "head", "sections_n", p);
    uint8_t *copy = NEW_N(r->b->arena, head + sections * table, uint8_t);
    int64_t crc_at[2];
    memcpy(copy, p, head + sections * table);
    row_of(r->b, "head", "crc", crc_at);
    memset(copy + crc_at[0], 0, (size_t)crc_at[1]);
    CHECK(memcmp(p, "SOUKSEG", 8) == 0);
    CHECK_INT(
        (int64_t)get(r->b, "head", "crc", p), (int64_t)crc32_z(0, copy, head + sections * table));
    r->docs = get(r->b, "head", "docs", p);
    CHECK_INT((int64_t)r->columns.n,
        (int64_t)(r->docs * (NUMBERS * 8 + 4) + (r->deleted_n ? (r->docs + 63) / 64 * 8 : 0)));
    const uint8_t *ids = at_of(section_of(r, "ids", 0));
    uint64_t deleted = 0;
    for (size_t doc = 0; doc < r->docs; doc++) {
        CHECK(doc == 0 || memcmp(ids + doc * 16 - 16, ids + doc * 16, 16) < 0);
        deleted += is_deleted(r, doc);
        if (is_deleted(r, doc))
            continue;
        const struct product *product = product_of(r->w, ids + doc * 16);
        CHECK(product && product->there);
        r->living++;
        for (size_t f = 0; f < TEXTS; f++)
            words += product->words_n[f];
        if (doc % 50 == 0) {
            check_columns(r, doc, product);
            check_lists(r, doc, product);
        }
    }
    CHECK_INT((int64_t)deleted, (int64_t)r->deleted_n);
    CHECK_INT((int64_t)check_postings(r), (int64_t)words);
}

/* 2,500 products at once, so that there are packed blocks and dense columns; then some change. */
static struct index *make_index(struct world *w, struct world *before)
{
    struct index *ix = index_open(world_schema);
    struct cx *cx = check_cx_open();
    world_grow(w, 2500);
    world_put(w, ix, 0, w->n);
    before->n = w->n;
    before->products = malloc(w->n * sizeof w->products[0]);
    memcpy(before->products, w->products, w->n * sizeof w->products[0]);
    for (size_t i = 0; i < 40; i++)
        world_fill(w, &w->products[i]);
    world_put(w, ix, 0, 40);
    CHECK_INT((int64_t)index_remove(ix, &w->products[77].id, 1), 1);
    w->products[77].there = false;
    w->products[99].numbers[PRICE] = -5;
    CHECK(index_set_number(ix, w->products[99].id, PRICE, -5));
    index_set_sequence(ix, -7);
    check_cx_close(cx);
    return ix;
}

static void snapshot_reads_by_the_page(void **state)
{
    (void)state;
    struct book *b = book_open();
    struct world *w = world_open(7), *before = world_open(8);
    struct index *ix = make_index(w, before);
    struct cx *cx = check_cx_open();
    struct reading r = { .b = b, .w = w, .folder = folder_new(b->arena) };
    CHECK_ERR(cx, index_save(ix, cx, r.folder), NULL);
    str m = body_of(b, r.folder, S("manifest"), INDEX_MANIFEST_MAGIC);
    CHECK_INT((int64_t)get(b, "manifest", "sequence", at_of(m)), -7);
    uint64_t name = get(b, "manifest", "words", at_of(m));
    str words = str_fmt(b->arena, "%016llx.words", (unsigned long long)name);
    r.names = body_of(b, r.folder, words, INDEX_WORDS_MAGIC);
    r.pairs = words_end(r.names);
    r.fields[0] = words_end(r.pairs);
    for (size_t i = 1; i < KEYWORDS; i++)
        r.fields[i] = words_end(r.fields[i - 1]);
    CHECK_INT((int64_t)words_end(r.fields[KEYWORDS - 1]).n, 0);
    for (size_t i = 0; i < before->n; i++)
        for (size_t f = 0; f < TEXTS; f++)
            r.average[f] += (double)before->products[i].words_n[f] / (double)before->n;
    uint64_t parts = get(b, "manifest", "parts_n", at_of(m));
    CHECK_INT((int64_t)parts, 2);
    for (uint64_t i = 0; i < parts; i++) {
        const uint8_t *part = at_of(m) + end_of(b, "manifest") + i * end_of(b, "part");
        unsigned long long segment = get(b, "part", "segment", part);
        unsigned long long columns = get(b, "part", "columns", part);
        r.deleted_n = get(b, "part", "deleted", part);
        r.before = r.deleted_n ? before : NULL;
        r.segment = folder_read(b->arena, r.folder, str_fmt(b->arena, "%016llx.segment", segment));
        r.columns = body_of(
            b, r.folder, str_fmt(b->arena, "%016llx.columns", columns), INDEX_COLUMNS_MAGIC);
        check_segment(&r);
    }
    CHECK_INT(r.living, (int64_t)get(b, "manifest", "docs", at_of(m)));
    CHECK_INT(r.living, (int64_t)w->n - 1);
    folder_remove(r.folder);
    index_close(ix);
    check_cx_close(cx);
    world_close(w);
    world_close(before);
    arena_close(b->arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_the_code),
        cmocka_unit_test(snapshot_reads_by_the_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
