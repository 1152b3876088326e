/* SPDX-License-Identifier: Apache-2.0
 * Which segments are merged, and when: eight of about one size become one, so that a document is
 * written once for each power of eight. Called by writers and the merging thread; must never hold
 * the lock while it merges. */
#include <stdlib.h>

#include "platform/index/index_internal.h"

/* Segments of one merge; each marked and held. */
struct batch {
    struct index_part parts[INDEX_CROWD * 4];
    uint64_t changed[INDEX_CROWD * 4]; /* of each segment, when the merge began */
    size_t n;
    struct index_keywords *keywords; /* held: the view that named them may be freed meanwhile */
};

static unsigned level_of(uint32_t docs)
{
    unsigned level = 0;
    for (; docs >= INDEX_FAN_IN; docs /= INDEX_FAN_IN)
        level++;
    return level;
}

/* More than a third is deleted. */
static bool is_hollow(struct index_part part)
{
    return part.deleted && part.deleted->n > part.segment->docs / 3;
}

static void batch_add(struct batch *b, struct index_part part)
{
    if (b->n == COUNT(b->parts))
        return;
    atomic_store(&part.segment->busy, true);
    b->changed[b->n] = atomic_load(&part.segment->changed);
    b->parts[b->n].segment = index_segment_hold(part.segment);
    b->parts[b->n++].deleted = index_bits_hold(part.deleted);
}

/* Under `write`. */
static void batch_begin(struct batch *b, const struct index_view *v)
{
    b->n = 0;
    b->keywords = index_keywords_hold(v->keywords);
}

static void batch_release(struct batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        index_segment_give(b->parts[i].segment);
        index_bits_give(b->parts[i].deleted);
    }
    index_keywords_give(b->keywords);
}

/* Segments of one level that are free; stops before a section would become too large. */
static bool pick_level(const struct index_view *v, unsigned level, size_t docs_max, struct batch *b)
{
    size_t n = 0, docs = 0, bytes = 0;
    bool hollow = false;
    const struct index_part *found[COUNT(b->parts)];
    for (size_t i = 0; i < v->n && n < COUNT(found); i++) {
        struct index_part part = v->parts[i];
        size_t size = part.segment->postings.positions_n > part.segment->postings.data_n
                          ? part.segment->postings.positions_n
                          : part.segment->postings.data_n;
        if (atomic_load(&part.segment->busy) || level_of(index_alive(part)) != level ||
            bytes + size > INDEX_SECTION_MAX)
            continue;
        bytes += size;
        docs += index_alive(part);
        hollow = hollow || is_hollow(part);
        found[n++] = &v->parts[i];
    }
    if ((n < INDEX_FAN_IN && !hollow) || docs > docs_max)
        return false;
    for (size_t i = 0; i < n; i++)
        batch_add(b, *found[i]);
    return true;
}

/* Under `write`. */
static bool pick(struct index *ix, size_t docs_max, struct batch *ret)
{
    if (ix->pause || ix->stop)
        return false;
    const struct index_view *v = atomic_load(&ix->view);
    batch_begin(ret, v);
    for (unsigned level = 0; level < 11; level++)
        if (pick_level(v, level, docs_max, ret)) {
            ix->merging++;
            return true;
        }
    batch_release(ret);
    return false;
}

static int64_t part_of(const struct index_view *v, const struct index_segment *s)
{
    for (size_t i = 0; i < v->n; i++)
        if (v->parts[i].segment == s)
            return (int64_t)i;
    return -1;
}

/* Documents that were deleted while the merge ran, and columns that were set. */
static struct index_bits *catch_up(struct index *ix, const struct batch *b,
    const struct index_merged *m, const struct index_view *now)
{
    struct index_bits *deleted = NULL;
    for (size_t i = 0; i < b->n; i++) {
        const struct index_segment *s = b->parts[i].segment;
        const struct index_bits *bits = now->parts[part_of(now, s)].deleted;
        if (atomic_load(&s->changed) != b->changed[i])
            index_merge_columns(&ix->shape, &b->parts[i], m->where[i], m->segment);
        if (bits == b->parts[i].deleted)
            continue;
        for (uint32_t doc = 0; doc < s->docs; doc++) {
            uint32_t to = m->where[i][doc];
            if (to == UINT32_MAX || !index_bit(bits, doc))
                continue;
            if (!deleted)
                deleted = index_bits_copy(NULL, m->segment->docs);
            deleted->words[to / 64] |= UINT64_C(1) << (to % 64);
            deleted->n++;
        }
    }
    return deleted;
}

/* Under `write`: the merged segment takes the place of its sources. */
static void put_in_place(struct index *ix, const struct batch *b, struct index_merged *m)
{
    const struct index_view *now = atomic_load(&ix->view);
    struct index_view *v = index_view_new(now->n + 1, now->keywords);
    v->corpus = now->corpus;
    for (size_t i = 0; i < now->n; i++) {
        bool merged = false;
        for (size_t k = 0; k < b->n; k++)
            merged = merged || b->parts[k].segment == now->parts[i].segment;
        if (!merged)
            index_view_add(v, (struct index_part){ index_segment_hold(now->parts[i].segment),
                                  index_bits_hold(now->parts[i].deleted) });
    }
    if (m->segment) {
        struct index_bits *deleted = catch_up(ix, b, m, now);
        index_view_add(v, (struct index_part){ index_segment_hold(m->segment), deleted });
    }
    index_publish(ix, v);
}

static void merge_batch(struct index *ix, struct batch *b)
{
    struct index_merged m;
    index_merge(&ix->shape, b->keywords, b->parts, b->n, &m);
    pthread_mutex_lock(&ix->write);
    put_in_place(ix, b, &m);
    ix->merging--;
    pthread_cond_broadcast(&ix->idle);
    pthread_mutex_unlock(&ix->write);
    index_merged_free(&m);
    index_segment_give(m.segment);
    batch_release(b);
}

/* Nothing to merge after all. */
static void drop_batch(struct index *ix, struct batch *b)
{
    pthread_mutex_lock(&ix->write);
    ix->merging--;
    for (size_t i = 0; i < b->n; i++)
        atomic_store(&b->parts[i].segment->busy, false);
    pthread_mutex_unlock(&ix->write);
    batch_release(b);
}

void index_tidy(struct index *ix)
{
    struct batch *b = index_alloc(1, sizeof *b);
    for (;;) {
        pthread_mutex_lock(&ix->write);
        bool crowd = atomic_load(&ix->view)->n > INDEX_CROWD;
        bool found = pick(ix, crowd ? SIZE_MAX : INDEX_SMALL, b);
        if (!found)
            pthread_cond_signal(&ix->work);
        pthread_mutex_unlock(&ix->write);
        if (!found)
            break;
        merge_batch(ix, b);
    }
    free(b);
}

void *index_merger(void *index)
{
    struct index *ix = index;
    struct batch *b = index_alloc(1, sizeof *b);
    pthread_mutex_lock(&ix->write);
    while (!ix->stop) {
        if (!pick(ix, SIZE_MAX, b)) {
            pthread_cond_wait(&ix->work, &ix->write);
            continue;
        }
        pthread_mutex_unlock(&ix->write);
        merge_batch(ix, b);
        pthread_mutex_lock(&ix->write);
    }
    pthread_mutex_unlock(&ix->write);
    free(b);
    return NULL;
}

void index_pause(struct index *ix)
{
    while (ix->pause)
        pthread_cond_wait(&ix->idle, &ix->write);
    ix->pause = true;
    while (ix->merging > 0)
        pthread_cond_wait(&ix->idle, &ix->write);
}

void index_resume(struct index *ix)
{
    ix->pause = false;
    pthread_cond_broadcast(&ix->idle);
    pthread_cond_signal(&ix->work);
}

void index_optimize(struct index *ix)
{
    struct batch *b = index_alloc(1, sizeof *b);
    pthread_mutex_lock(&ix->write);
    index_pause(ix);
    const struct index_view *v = atomic_load(&ix->view);
    batch_begin(b, v);
    size_t bytes = 0;
    bool worth = v->n > 1;
    for (size_t i = 0; i < v->n; i++) {
        worth = worth || v->parts[i].deleted;
        bytes += v->parts[i].segment->postings.positions_n;
        if (bytes < INDEX_SECTION_MAX)
            batch_add(b, v->parts[i]);
    }
    ix->merging++;
    pthread_mutex_unlock(&ix->write);
    if (worth)
        merge_batch(ix, b);
    else
        drop_batch(ix, b);
    pthread_mutex_lock(&ix->write);
    index_resume(ix);
    pthread_mutex_unlock(&ix->write);
    free(b);
}
