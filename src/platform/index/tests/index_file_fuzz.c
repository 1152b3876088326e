/* SPDX-License-Identifier: Apache-2.0
 * Fuzz entry of the files of an index: bytes as they come, and a good segment with bytes changed
 * whose checksums are made right again, so that what is behind them is tried. Run by ./dev fuzz
 * index_file. Whatever is accepted must be safe to search, to walk and to merge. */
#include <zlib.h>

#include "platform/index/index_file.h"
#include "platform/index/tests/index_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A good segment, made once. */
struct good {
    struct index *ix;
    struct index_view *view;
    const struct index_segment *segment;
};

static const struct good *good_segment(void)
{
    static struct good g;
    if (g.ix)
        return &g;
    struct world *w = world_open(1);
    g.ix = index_open(world_schema);
    world_grow(w, 2100);
    for (size_t i = 40; i < w->n; i++) /* dense columns, few positions */
        for (size_t f = 0; f < TEXTS; f++)
            w->products[i].words_n[f] = f == BODY ? w->products[i].words_n[f] % 3 : 0;
    world_put(w, g.ix, 0, w->n);
    g.view = atomic_load(&g.ix->view);
    g.segment = g.view->parts[0].segment;
    world_close(w);
    return &g;
}

/* ---- what is accepted is used ---- */

static void walk_all(struct arena *arena, const struct index_segment *s)
{
    struct index_walk w;
    struct index_cursor c;
    uint32_t positions[64];
    index_cursor_buffers(&c, arena);
    index_walk_open(&w, &s->dict, S(""));
    while (index_walk_next(&w)) {
        index_cursor_reopen(&c, &s->postings, *index_walk_term(&w));
        for (; c.block < c.blocks_n; c.block++) {
            index_cursor_load(&c);
            ASSERT(index_cursor_positions(&c, c.n - 1, positions, 64) <= 64);
        }
    }
}

static void search_all(struct index *ix)
{
    static const char *const words[] = { "aa0", "bb1", "cc2", "dd3", "zz" };
    struct cx cx = { .arena = arena_open(1 << 16) };
    struct index_node kids[5];
    for (size_t i = 0; i < COUNT(words); i++)
        kids[i] = (struct index_node){ .op = i == 3 ? INDEX_PREFIX : INDEX_TERM,
            .text = str_from_c(words[i]) };
    struct index_facet facets[] = { { .on = INDEX_KEYWORD, .field = TAGS }, { .on = INDEX_KEYWORD },
        { .on = INDEX_ATTRIBUTE }, { .on = INDEX_ATTRIBUTE_NUMBER, .name = S("inches") } };
    for (enum index_op op = INDEX_PHRASE; op <= INDEX_ANY; op++)
        for (size_t facets_n = 0; facets_n <= COUNT(facets); facets_n += COUNT(facets)) {
            struct index_node root = { .op = op, .kids = kids, .kids_n = op == INDEX_AND ? 2 : 4 };
            struct index_query q = {
                .root = &root, .facets = facets, .facets_n = facets_n, .limit = 10
            };
            struct index_result r;
            ASSERT(index_find(ix, &cx, &q, &r) == NULL);
            ASSERT(r.hits_n <= 10);
        }
    struct index_word *found;
    size_t n;
    index_complete(ix, &cx, S("a"), 5, &found, &n);
    index_fuzzy(ix, &cx, (struct index_fuzzy){ S("aa10"), 2, 1, 5 }, &found, &n);
    arena_close(cx.arena);
}

/* As index_load does it, without files. */
static void use(struct index_segment *s, struct index_keywords *keywords)
{
    struct arena *arena = arena_open(1 << 16);
    struct index *ix = index_open(world_schema);
    struct index_view *v = index_view_new(1, keywords);
    walk_all(arena, s);
    index_view_add(v, (struct index_part){ .segment = s });
    v->corpus.docs = s->docs;
    pthread_mutex_lock(&ix->write);
    index_publish(ix, v);
    pthread_mutex_unlock(&ix->write);
    search_all(ix);
    (void)index_remove(ix, &s->ids[0], 1);
    index_optimize(ix);
    search_all(ix);
    index_close(ix);
    arena_close(arena);
}

/* ---- inputs ---- */

static uint8_t *image_copy(const void *p, size_t n)
{
    uint8_t *copy = aligned_alloc(64, (n + 64) & ~(size_t)63);
    ASSERT(copy != NULL);
    memcpy(copy, p, n);
    return copy;
}

static void open_image(uint8_t *p, size_t n)
{
    const struct good *g = good_segment();
    const char *why = NULL;
    struct index_image image = { .p = p, .n = n };
    struct index_segment *s = index_segment_open(image, &g->ix->shape, g->view->keywords, &why);
    ASSERT(s || why);
    if (s)
        use(s, g->view->keywords);
    else
        free(p);
}

static void right_checksums(uint8_t *p, size_t n)
{
    struct index_image_head head;
    memcpy(&head, p, sizeof head);
    size_t sections = head.sections_n;
    if (sections > INDEX_SECTIONS_MAX || sizeof head + sections * sizeof(struct index_section) > n)
        return;
    for (size_t i = 0; i < sections; i++) {
        struct index_section s;
        uint8_t *at = p + sizeof head + i * sizeof s;
        memcpy(&s, at, sizeof s);
        if (s.at <= n && s.size <= n - s.at)
            s.crc = (uint32_t)crc32_z(0, p + s.at, s.size);
        memcpy(at, &s, sizeof s);
    }
    head.crc = 0;
    uLong crc = crc32_z(0, (const uint8_t *)&head, sizeof head);
    head.crc = (uint32_t)crc32_z(crc, p + sizeof head, sections * sizeof(struct index_section));
    memcpy(p, &head, sizeof head);
}

/* Groups of four: where in which section, and what there. */
static void patched(const uint8_t *data, size_t size)
{
    const struct index_segment *s = good_segment()->segment;
    struct index_image_head head;
    size_t n = s->image_n;
    uint8_t *p = image_copy(s->image, n);
    memcpy(&head, p, sizeof head);
    for (; size >= 4; data += 4, size -= 4) {
        struct index_section section = { .size = sizeof head };
        size_t of = data[0] % (head.sections_n + 2);
        if (of == head.sections_n)
            section = (struct index_section){ .at = sizeof head,
                .size = head.sections_n * sizeof section };
        else if (of < head.sections_n)
            memcpy(&section, s->image + sizeof head + of * sizeof section, sizeof section);
        if (section.size == 0)
            continue;
        p[section.at + (data[1] << 8 | data[2]) % section.size] = data[3];
    }
    right_checksums(p, n);
    open_image(p, n);
}

static void as_they_come(const uint8_t *data, size_t size)
{
    static const char magics[][8] = { INDEX_MANIFEST_MAGIC, INDEX_COLUMNS_MAGIC,
        INDEX_WORDS_MAGIC };
    for (size_t i = 0; i < COUNT(magics); i++) {
        struct index_mapped body;
        const char *why;
        bool ok = index_frame_read((struct index_mapped){ data, size }, magics[i], &body, &why);
        ASSERT(!ok || body.n + sizeof(struct index_frame) == size);
    }
    struct index_keywords *k = index_keywords_open(KEYWORDS);
    (void)index_words_read(k, (struct index_mapped){ data, size });
    index_keywords_give(k);
    uint8_t *raw = image_copy(data, size), *right = image_copy(data, size);
    if (size >= sizeof(struct index_image_head))
        right_checksums(right, size);
    open_image(raw, size);
    open_image(right, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (data[0] % 4 == 0)
        as_they_come(data + 1, size - 1);
    else
        patched(data + 1, size - 1 < 64 ? size - 1 : 64);
    return 0;
}
