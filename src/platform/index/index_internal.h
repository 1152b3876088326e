/* SPDX-License-Identifier: Apache-2.0
 * The index itself: views that readers hold, what writers change, merging. For index_*.c alone.
 * Lock order: an index's `write`, then the keywords' lock. */
#ifndef SOUK_PLATFORM_INDEX_INDEX_INTERNAL_H
#define SOUK_PLATFORM_INDEX_INDEX_INTERNAL_H

#include "platform/index/index_make.h"

#define INDEX_SLOTS 128    /* queries at one time */
#define INDEX_FAN_IN 8     /* segments of about one size that become one */
#define INDEX_SMALL 2048   /* documents: merges up to this are the writer's */
#define INDEX_CROWD 56     /* segments: beyond, writers merge whatever there is */
#define INDEX_HEAVY 200000 /* documents: such a query is shared with the helping thread */
#define INDEX_SECTION_MAX (UINT64_C(3) << 30) /* no merge makes a section larger than that */

/* All that a query looks at; never changes, but for the columns in place. */
struct index_view {
    struct index_part *parts;
    size_t n;
    struct index_keywords *keywords;
    struct index_corpus corpus;
    struct index_view *next; /* of those that nobody can reach any more */
};
/* A thread that takes half of a heavy query (index_share.c). */
struct index_helper {
    pthread_mutex_t lock;
    pthread_cond_t given, done;
    pthread_t thread;
    bool there, stop, taken;
    bool any_load; /* for tests: also when all processors are busy */
    unsigned long processors;
    int load_fd;             /* where the system says how many threads run; -1: it does not */
    void (*work)(void *arg); /* NULL: none */
    void *arg;
    _Atomic uint64_t heavy; /* documents from which on a query in one segment is */
};
struct index_slot {
    _Alignas(64) struct index_view *_Atomic view; /* held by a reader, or NULL */
};
struct index {
    struct index_slot slots[INDEX_SLOTS];
    struct index_view *_Atomic view;
    struct index_shape shape;
    struct arena *life;     /* names of the schema */
    pthread_mutex_t saving; /* one snapshot at a time; taken before `write` */
    pthread_mutex_t write;
    /* under `write` */
    struct index_view *retired;
    int64_t sequence;
    size_t merging; /* merges under way */
    bool pause;     /* no merge begins */
    bool stop;
    pthread_cond_t work, idle;
    pthread_t merger;
    struct index_helper helper;
};

/* ---- views (index_view.c) ---- */
/* The current view; give back the slot. Takes no lock. */
struct index_view *index_view_take(struct index *ix, struct index_slot **ret_slot);
void index_view_give(struct index_slot *slot);
struct index_view *index_view_new(size_t parts_max, struct index_keywords *keywords);
/* A copy that can be changed, with room for `more` parts. */
struct index_view *index_view_copy(const struct index_view *of, size_t more);
void index_view_add(struct index_view *v, struct index_part part); /* takes over both references */
/* Deletes one document, if it is not yet; the bits must be the view's own: see index_view_own. */
bool index_view_delete(
    struct index_view *v, size_t part, uint32_t doc, const struct index_shape *shape);
/* Makes the bits of a part the view's own, once; `former` is the view it was copied from. */
void index_view_own(struct index_view *v, size_t part, const struct index_view *former);
void index_view_free(struct index_view *v);
/* Under `write`: queries that begin now see v. */
void index_publish(struct index *ix, struct index_view *v);
static inline uint32_t index_alive(struct index_part part)
{
    return part.segment->docs - (part.deleted ? part.deleted->n : 0);
}

/* ---- half of a query for another thread (index_share.c) ---- */
void index_helper_init(struct index_helper *h);
void index_helper_release(struct index_helper *h);
/* False when it has other work; else index_helper_finish waits for the end of this. */
bool index_helper_give(struct index_helper *h, void (*work)(void *arg), void *arg);
void index_helper_finish(struct index_helper *h);

/* ---- merging (index_tiers.c) ---- */
void *index_merger(void *index);
/* After a change: small merges here and now, larger ones by the thread. */
void index_tidy(struct index *ix);
/* Under `write`: waits until no merge is under way and lets none begin; index_resume ends it. */
void index_pause(struct index *ix);
void index_resume(struct index *ix);

#endif
