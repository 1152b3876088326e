/* SPDX-License-Identifier: Apache-2.0
 * Opening, writing and swapping of indexes. Called by the adapter of the search port and by tests;
 * must never hold the lock while a segment is made. */
#include "platform/index/index.h"

#include <stdlib.h>

#include "platform/index/index_internal.h"

const problem INDEX_CORRUPT = { KIND_BUG, "index.corrupt", NULL, "The search index is damaged." };
const problem INDEX_FOREIGN = { KIND_BUG, "index.foreign", NULL,
    "The search index is of another version." };
const problem INDEX_IO = { KIND_BUG, "index.io", NULL, "The search index cannot be read." };

/* ---- opening ---- */

static uint64_t hash_more(uint64_t hash, const void *p, size_t n)
{
    return (hash ^ str_hash((str){ p, n })) * UINT64_C(0x9e3779b97f4a7c15);
}

static uint64_t hash_name(uint64_t hash, const char *name)
{
    return hash_more(hash, name, strlen(name));
}

static const char *copy_name(struct index_shape *to, struct arena *life, const char *name)
{
    to->hash = hash_name(to->hash, name);
    return str_c(life, str_from_c(name));
}

static void copy_schema(struct index_shape *to, struct arena *life, struct index_schema from)
{
    ASSERT(from.texts_n <= INDEX_TEXTS_MAX && from.keywords_n <= INDEX_KEYWORDS_MAX);
    ASSERT(from.numbers_n <= INDEX_NUMBERS_MAX && from.flags_n <= INDEX_FLAGS_MAX);
    *to = (struct index_shape){ .texts_n = from.texts_n,
        .keywords_n = from.keywords_n,
        .numbers_n = from.numbers_n,
        .flags_n = from.flags_n,
        .k1 = from.k1 > 0 ? from.k1 : 1.2f };
    to->hash = hash_more(0, &to->k1, sizeof to->k1);
    for (size_t i = 0; i < from.texts_n; i++) {
        to->texts[i] = from.texts[i];
        to->texts[i].name = copy_name(to, life, from.texts[i].name);
        to->hash = hash_more(to->hash, &from.texts[i].weight, sizeof from.texts[i].weight);
        to->hash = hash_more(to->hash, &from.texts[i].b, sizeof from.texts[i].b);
    }
    for (size_t i = 0; i < from.keywords_n; i++) {
        to->keywords[i] = from.keywords[i];
        to->keywords[i].name = copy_name(to, life, from.keywords[i].name);
        to->hash = hash_more(to->hash, from.keywords[i].many ? "many" : "one", 3);
    }
    for (size_t i = 0; i < from.numbers_n; i++)
        to->numbers[i] = copy_name(to, life, from.numbers[i]);
    to->hash = hash_name(to->hash, "flags");
    for (size_t i = 0; i < from.flags_n; i++)
        to->flags[i] = copy_name(to, life, from.flags[i]);
}

struct index *index_open(struct index_schema schema)
{
    struct index *ix = aligned_alloc(64, (sizeof *ix + 63) / 64 * 64);
    if (!ix)
        panic("index", "out of memory");
    memset(ix, 0, sizeof *ix);
    ix->life = arena_open(1024);
    copy_schema(&ix->shape, ix->life, schema);
    struct index_keywords *keywords = index_keywords_open(schema.keywords_n);
    atomic_init(&ix->view, index_view_new(0, keywords));
    index_keywords_give(keywords);
    pthread_mutex_init(&ix->write, NULL);
    pthread_mutex_init(&ix->saving, NULL);
    pthread_cond_init(&ix->work, NULL);
    pthread_cond_init(&ix->idle, NULL);
    index_helper_init(&ix->helper);
    int rc = pthread_create(&ix->merger, NULL, index_merger, ix);
    ASSERT(rc == 0);
    pthread_setname_np(ix->merger, "index-merge");
    return ix;
}

void index_close(struct index *ix)
{
    if (!ix)
        return;
    pthread_mutex_lock(&ix->write);
    ix->stop = true;
    pthread_cond_signal(&ix->work);
    pthread_mutex_unlock(&ix->write);
    pthread_join(ix->merger, NULL);
    index_helper_release(&ix->helper);
    while (ix->retired) {
        struct index_view *v = ix->retired;
        ix->retired = v->next;
        index_view_free(v);
    }
    index_view_free(atomic_load(&ix->view));
    pthread_mutex_destroy(&ix->write);
    pthread_mutex_destroy(&ix->saving);
    pthread_cond_destroy(&ix->work);
    pthread_cond_destroy(&ix->idle);
    arena_close(ix->life);
    free(ix);
}

/* ---- writing ---- */

/* The first place in [from, docs) whose id is not below `wanted`. */
static uint32_t gallop(const struct index_segment *s, uint32_t from, id wanted)
{
    uint32_t step = 1;
    while (from + step < s->docs && id_cmp(s->ids[from + step], wanted) < 0) {
        from += step;
        step <<= 1;
    }
    uint32_t low = from, high = from + step < s->docs ? from + step : s->docs;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (id_cmp(s->ids[mid], wanted) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* Deletes rising ids in one part; how many were there. */
static size_t delete_in(struct index *ix, struct index_view *v, const struct index_view *former,
    size_t part, const id *ids, size_t n)
{
    const struct index_segment *s = v->parts[part].segment;
    uint32_t at = 0;
    size_t gone = 0;
    if (n == 0 || id_cmp(ids[n - 1], s->ids[0]) < 0 || id_cmp(ids[0], s->ids[s->docs - 1]) > 0)
        return 0;
    for (size_t i = 0; i < n && at < s->docs; i++) {
        at = gallop(s, at, ids[i]);
        if (at == s->docs || !id_eq(s->ids[at], ids[i]) || index_bit(v->parts[part].deleted, at))
            continue;
        index_view_own(v, part, former);
        gone += index_view_delete(v, part, at, &ix->shape);
    }
    return gone;
}

static size_t delete_all(struct index *ix, struct index_view *v, const struct index_view *former,
    const id *ids, size_t n)
{
    size_t gone = 0;
    for (size_t i = 0; i < former->n; i++)
        gone += delete_in(ix, v, former, i, ids, n);
    return gone;
}

/* Parts without a living document are left out. */
static void drop_empty(struct index_view *v)
{
    size_t kept = 0;
    for (size_t i = 0; i < v->n; i++) {
        if (index_alive(v->parts[i]) > 0 || atomic_load(&v->parts[i].segment->busy)) {
            v->parts[kept++] = v->parts[i];
            continue;
        }
        index_segment_give(v->parts[i].segment);
        index_bits_give(v->parts[i].deleted);
    }
    v->n = kept;
}

/* A segment made outside of the lock, which is held on return. A swap meanwhile brings other
 * keywords: numbers of the former ones mean nothing then, so it is made again. */
static struct index_segment *make_and_lock(struct index *ix, const struct index_doc *docs, size_t n)
{
    for (;;) {
        struct index_slot *slot;
        const struct index_view *seen = index_view_take(ix, &slot);
        struct index_segment *s = index_make(&ix->shape, seen->keywords, seen->corpus, docs, n);
        pthread_mutex_lock(&ix->write);
        bool same = atomic_load(&ix->view)->keywords == seen->keywords;
        index_view_give(slot); /* the keywords were there as long as the slot was held */
        if (same)
            return s;
        pthread_mutex_unlock(&ix->write);
        index_segment_give(s);
    }
}

void index_put(struct index *ix, const struct index_doc *docs, size_t n)
{
    if (n == 0)
        return;
    struct index_segment *s = make_and_lock(ix, docs, n);
    const struct index_view *former = atomic_load(&ix->view);
    struct index_view *v = index_view_copy(former, 1);
    (void)delete_all(ix, v, former, s->ids, s->docs);
    index_view_add(v, (struct index_part){ .segment = s });
    v->corpus.docs += s->docs;
    for (size_t i = 0; i < ix->shape.texts_n; i++)
        for (uint32_t doc = 0; doc < s->docs; doc++)
            v->corpus.lengths[i] += s->lengths[i][doc];
    drop_empty(v);
    index_publish(ix, v);
    pthread_mutex_unlock(&ix->write);
    index_tidy(ix);
}

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(id));
}

size_t index_remove(struct index *ix, const id *ids, size_t n)
{
    if (n == 0)
        return 0;
    id *sorted = index_alloc(n, sizeof sorted[0]);
    memcpy(sorted, ids, n * sizeof sorted[0]);
    qsort(sorted, n, sizeof sorted[0], by_id);
    pthread_mutex_lock(&ix->write);
    const struct index_view *former = atomic_load(&ix->view);
    struct index_view *v = index_view_copy(former, 0);
    size_t gone = delete_all(ix, v, former, sorted, n);
    drop_empty(v);
    index_publish(ix, v);
    pthread_mutex_unlock(&ix->write);
    free(sorted);
    index_tidy(ix);
    return gone;
}

/* Under `write`: where a living document is; NULL when it is not. */
static struct index_segment *find_doc(struct index *ix, id doc_id, uint32_t *ret_doc)
{
    const struct index_view *v = atomic_load(&ix->view);
    for (size_t i = v->n; i-- > 0;) {
        int64_t doc = index_segment_find(v->parts[i].segment, doc_id);
        if (doc < 0 || index_bit(v->parts[i].deleted, (uint32_t)doc))
            continue;
        *ret_doc = (uint32_t)doc;
        return v->parts[i].segment;
    }
    return NULL;
}

bool index_get_number(struct index *ix, id doc_id, size_t number, int64_t *ret)
{
    uint32_t doc = 0;
    ASSERT(number < ix->shape.numbers_n);
    pthread_mutex_lock(&ix->write);
    const struct index_segment *s = find_doc(ix, doc_id, &doc);
    if (s)
        *ret = atomic_load_explicit(&s->numbers[number * s->docs + doc], memory_order_relaxed);
    pthread_mutex_unlock(&ix->write);
    return s != NULL;
}

bool index_set_number(struct index *ix, id doc_id, size_t number, int64_t value)
{
    uint32_t doc = 0;
    ASSERT(number < ix->shape.numbers_n);
    pthread_mutex_lock(&ix->write);
    struct index_segment *s = find_doc(ix, doc_id, &doc);
    if (s) {
        index_segment_set_number(s, number, doc, value);
        atomic_fetch_add(&s->changed, 1);
    }
    pthread_mutex_unlock(&ix->write);
    return s != NULL;
}

bool index_set_flag(struct index *ix, id doc_id, size_t flag, bool value)
{
    uint32_t doc = 0, bit = UINT32_C(1) << flag;
    ASSERT(flag < ix->shape.flags_n);
    pthread_mutex_lock(&ix->write);
    struct index_segment *s = find_doc(ix, doc_id, &doc);
    if (s) {
        if (value)
            atomic_fetch_or_explicit(&s->flags[doc], bit, memory_order_relaxed);
        else
            atomic_fetch_and_explicit(&s->flags[doc], ~bit, memory_order_relaxed);
        atomic_fetch_add(&s->changed, 1);
    }
    pthread_mutex_unlock(&ix->write);
    return s != NULL;
}

void index_set_sequence(struct index *ix, int64_t sequence)
{
    pthread_mutex_lock(&ix->write);
    ix->sequence = sequence;
    pthread_mutex_unlock(&ix->write);
}

int64_t index_sequence(struct index *ix)
{
    pthread_mutex_lock(&ix->write);
    int64_t sequence = ix->sequence;
    pthread_mutex_unlock(&ix->write);
    return sequence;
}

/* ---- swapping ---- */

void index_swap(struct index *ix, struct index *fresh)
{
    ASSERT(ix != fresh && ix->shape.hash == fresh->shape.hash);
    struct index *first = ix < fresh ? ix : fresh, *second = ix < fresh ? fresh : ix;
    pthread_mutex_lock(&first->write);
    index_pause(first);
    pthread_mutex_lock(&second->write);
    index_pause(second);
    struct index_view *of_ix = index_view_copy(atomic_load(&ix->view), 0);
    index_publish(ix, index_view_copy(atomic_load(&fresh->view), 0));
    index_publish(fresh, of_ix);
    int64_t sequence = ix->sequence;
    ix->sequence = fresh->sequence;
    fresh->sequence = sequence;
    index_resume(second);
    pthread_mutex_unlock(&second->write);
    index_resume(first);
    pthread_mutex_unlock(&first->write);
}

struct index_figures index_figures_of(struct index *ix)
{
    struct index_slot *slot;
    const struct index_view *v = index_view_take(ix, &slot);
    struct index_figures f = { .docs = (int64_t)v->corpus.docs, .segments = (int64_t)v->n };
    for (size_t i = 0; i < v->n; i++) {
        const struct index_segment *s = v->parts[i].segment;
        f.tokens += (int64_t)s->dict.terms_n;
        f.removed += v->parts[i].deleted ? v->parts[i].deleted->n : 0;
        f.bytes += (int64_t)(s->image_n + s->docs * (ix->shape.numbers_n * 12 + 8));
    }
    index_view_give(slot);
    return f;
}
