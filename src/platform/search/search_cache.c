/* SPDX-License-Identifier: Apache-2.0
 * Columns of all documents in memory: what filters, facets and sorts look at. Read from search_doc
 * when first needed, then only what has changed since. Called at the start of each query.
 * Must never be filled from a WRITE unit, whose changes may yet be undone. */
#include "base/utf8.h"
#include "platform/search/search_internal.h"
#include "search_sql.h"

#define POOL ((size_t)1 << 16)
#define VALUES_MAX 512 /* attribute values of a document that are filtered on */
#define TITLE_LOOK 160 /* bytes of a title that completions look at */

struct search_cache *search_cache_init(struct search_cache *cache)
{
    pthread_rwlockattr_t attr;

    *cache = (struct search_cache){ .arena = arena_open((size_t)64 << 10), .docs_n = 1 };
    pthread_rwlockattr_init(&attr); /* else many readers would keep the news out */
    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&cache->lock, &attr);
    pthread_rwlockattr_destroy(&attr);
    cache->brands.spelled.arena = cache->brands.folded.arena = cache->arena;
    cache->attributes.spelled.arena = cache->attributes.folded.arena = cache->arena;
    cache->categories.arena = cache->terms.arena = cache->arena;
    cache->values_spelled.arena = cache->values_folded.arena = cache->arena;
    return cache;
}

void search_cache_release(struct search_cache *cache)
{
    if (!cache->arena)
        return;
    pthread_rwlock_destroy(&cache->lock);
    arena_close(cache->suffix_arena);
    arena_close(cache->vocabulary_arena);
    arena_close(cache->arena);
    *cache = (struct search_cache){ 0 };
}

pthread_rwlock_t *search_lock_shared(struct search_cache *cache)
{
    int failed = pthread_rwlock_rdlock(&cache->lock);
    ASSERT(!failed);
    return &cache->lock;
}

void search_unlock(pthread_rwlock_t **lock)
{
    if (*lock)
        pthread_rwlock_unlock(*lock);
}

/* ---- one document ---- */
struct load {
    struct search_cache *cache;
    struct arena *scratch;
    int64_t changed;
};

static uint32_t clip32(int64_t v)
{
    return v < 0 ? 0 : v > UINT32_MAX - 1 ? UINT32_MAX - 1 : (uint32_t)v;
}

static struct search_block *block_for(struct search_cache *cache, uint32_t doc)
{
    uint32_t at = doc / SEARCH_BLOCK;
    cache->blocks =
        search_room(cache->arena, cache->blocks, &cache->blocks_cap, at, sizeof *cache->blocks);
    for (uint32_t i = (cache->docs_n - 1) / SEARCH_BLOCK; i <= at; i++) {
        if (!cache->blocks[i])
            cache->blocks[i] = NEW(cache->arena, struct search_block);
    }
    if (doc >= cache->docs_n)
        cache->docs_n = doc + 1;
    return cache->blocks[at];
}

/* "colour US Colour US Navy": the number of that value, whatever its case. */
static uint32_t value_put(struct load *load, str spelled)
{
    struct search_cache *cache = load->cache;
    uint32_t known = cache->values_spelled.n, named = cache->values_folded.n;

    uint32_t spelling = search_dict_put(&cache->values_spelled, spelled);
    if (spelling < known)
        return cache->value_of[spelling];
    str rest = cache->values_spelled.texts[spelling];
    str name = str_cut(&rest, '\x1f');
    str label = str_cut(&rest, '\x1f');
    uint32_t attribute = search_names_put(&cache->attributes, load->scratch, name);
    cache->labels = search_room(
        cache->arena, cache->labels, &cache->labels_cap, attribute, sizeof *cache->labels);
    cache->labels[attribute] = label.n > 0 ? label : name;
    str key =
        str_fmt(load->scratch, "%u\x1f" STR_F, attribute, STR_A(utf8_fold(load->scratch, rest)));
    uint32_t value = search_dict_put(&cache->values_folded, key);
    cache->value_of = search_room(
        cache->arena, cache->value_of, &cache->value_of_cap, spelling, sizeof *cache->value_of);
    cache->value_of[spelling] = value;
    if (value < named)
        return value;
    cache->values =
        search_room(cache->arena, cache->values, &cache->values_cap, value, sizeof *cache->values);
    cache->values[value] = (struct search_value){ .attribute = attribute, .shown = rest };
    return value;
}

static void values_load(struct load *load, struct search_block *block, uint32_t at, str attributes)
{
    struct search_cache *cache = load->cache;
    uint32_t list[VALUES_MAX];
    size_t n = 0;

    while (attributes.n > 0 && n < VALUES_MAX) {
        uint32_t value = value_put(load, str_cut(&attributes, '\x1e'));
        size_t i = 0;
        while (i < n && list[i] != value)
            i++;
        if (i == n)
            list[n++] = value;
    }
    bool same = n == block->values_n[at] &&
                (n == 0 || memcmp(block->values[at], list, n * sizeof *list) == 0);
    if (same)
        return;
    if (n > block->values_n[at]) { /* a shorter list fits where the longer one was */
        if (n > cache->pool_left) {
            cache->pool = NEW_N(cache->arena, POOL, uint32_t);
            cache->pool_left = POOL;
        }
        block->values[at] = cache->pool;
        cache->pool += n;
        cache->pool_left -= n;
    }
    memcpy(block->values[at], list, n * sizeof *list);
    block->values_n[at] = (uint16_t)n;
}

static void count_in(
    struct search_cache *cache, const struct search_block *block, uint32_t at, int by)
{
    uint32_t d = (uint32_t)by;
    cache->brands.docs[block->brand[at]] += d;
    cache->category_docs[block->category[at]] += d;
    for (size_t i = 0; i < COUNT(block->leads); i++)
        cache->term_docs[block->leads[i][at]] += d;
}

static uint32_t category_put(struct search_cache *cache, str path)
{
    uint32_t category = search_dict_put(&cache->categories, path);
    cache->category_docs = search_room(cache->arena, cache->category_docs, &cache->category_cap,
        category, sizeof *cache->category_docs);
    cache->category_names = search_room(cache->arena, cache->category_names,
        &cache->category_names_cap, category, sizeof *cache->category_names);
    if (cache->category_names[category].p)
        return category;
    str name = search_category_name(path);
    cache->category_names[category] = search_words(cache->arena, name, name.n);
    return category;
}

static uint32_t term_put(struct search_cache *cache, str term)
{
    uint32_t number = search_dict_put(&cache->terms, term);
    cache->term_docs = search_room(
        cache->arena, cache->term_docs, &cache->terms_cap, number, sizeof *cache->term_docs);
    return number;
}

static void doc_load(struct load *load, const struct search_sql_doc_all_row *row)
{
    struct search_cache *cache = load->cache;

    ASSERT(row->doc > 0 && row->doc < UINT32_MAX);
    if (row->changed > load->changed)
        load->changed = row->changed;
    struct search_block *block = block_for(cache, (uint32_t)row->doc);
    uint32_t at = (uint32_t)row->doc % SEARCH_BLOCK;
    if (block->flags[at] & SEARCH_ALIVE)
        count_in(cache, block, at, -1);
    block->flags[at] = 0;
    block->ids[at] = row->product_id;
    if (row->removed)
        return;
    arena_reset(load->scratch);
    block->price[at] = row->price_minor;
    block->released_ms[at] = row->released_ms;
    block->rating[at] = (uint16_t)(row->rating_x100 < 0     ? 0
                                   : row->rating_x100 > 500 ? 500
                                                            : row->rating_x100);
    block->rating_count[at] = clip32(row->rating_count);
    block->popularity[at] = clip32(row->popularity);
    block->brand[at] = search_names_put(&cache->brands, load->scratch, row->brand);
    block->category[at] = category_put(cache, row->category_path);
    str words = search_words(load->scratch, row->title, TITLE_LOOK);
    for (size_t i = 0; i < COUNT(block->leads); i++)
        block->leads[i][at] = term_put(cache, search_words_first(words, i + 2));
    values_load(load, block, at, row->attributes);
    block->flags[at] = (uint8_t)(SEARCH_ALIVE | (row->prime ? SEARCH_PRIME : 0) |
                                 (row->in_stock ? SEARCH_IN_STOCK : 0));
    count_in(cache, block, at, 1);
}

/* ---- news ---- */
static err all_row(void *arg, struct cx *cx, const struct search_sql_doc_all_row *row)
{
    (void)cx;
    doc_load(arg, row);
    return NULL;
}

static err changed_row(void *arg, struct cx *cx, const struct search_sql_doc_changed_row *row)
{
    static_assert(
        sizeof(struct search_sql_doc_changed_row) == sizeof(struct search_sql_doc_all_row),
        "both queries have the same columns");
    struct search_sql_doc_all_row same;
    (void)cx;
    memcpy(&same, row, sizeof same);
    doc_load(arg, &same);
    return NULL;
}

err search_cache_refresh(struct search_sql *s, struct cx *cx)
{
    struct search_sql_state_get_row state;
    struct search_cache *cache = &s->cache;
    bool found;

    err e = search_sql_state_get(s->db, cx, &state, &found);
    if (e)
        return e;
    if (!found)
        return FAIL(cx, ERR_BUG, "search_state is empty");
    {
        SEARCH_HELD pthread_rwlock_t *lock = search_lock_shared(cache);
        if (state.changed <= cache->changed)
            return NULL;
    }
    int failed = pthread_rwlock_wrlock(&cache->lock);
    ASSERT(!failed);
    SEARCH_HELD pthread_rwlock_t *lock = &cache->lock;
    if (state.changed <= cache->changed) /* another thread was quicker */
        return NULL;
    DEFER(arena_close_at) struct arena *scratch = arena_open((size_t)64 << 10);
    struct load load = { .cache = cache, .scratch = scratch, .changed = state.changed };
    e = cache->changed == 0 ? search_sql_doc_all(s->db, cx, all_row, &load)
                            : search_sql_doc_changed(s->db, cx,
                                  (struct search_sql_doc_changed_in){ .after = cache->changed },
                                  changed_row, &load);
    if (!e) /* else what was read is right, and is read again */
        cache->changed = load.changed;
    return e;
}
