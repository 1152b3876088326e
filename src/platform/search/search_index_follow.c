/* SPDX-License-Identifier: Apache-2.0
 * Following the change log: pages of rows become documents, from wherever the index stands; a
 * whole index beside the living one when it cannot go on from there. Called by the thread of the
 * adapter, and by a query that finds a few rows new. Must never hold `apply` while a query that
 * could be answered waits for more than a moment. */
#include <errno.h>
#include <inttypes.h>
#include <time.h>

#include "platform/file/file.h"
#include "platform/log/log.h"
#include "platform/search/search_index_internal.h"
#include "search_sql.h"

#define STEP 512         /* rows of one unit of the thread */
#define QUERY_STEP 64    /* rows that a query makes up for */
#define WAIT_NS 20000000 /* that a query waits for the thread's step */

/* ---- a page of rows ---- */
struct page {
    struct search_index *s;
    struct index *ix;
    struct search_place place; /* where it begins, then where it ends */
    int64_t limit;
    bool all; /* by number of document, from place.doc: for a new index */
    bool more;
    struct search_row *rows;
    size_t n;
};

static err row_add(void *arg, struct cx *cx, const struct search_sql_doc_news_row *in)
{
    struct page *p = arg;
    struct search_row *row = &p->rows[p->n++];
    struct arena *arena = cx->arena;
    ASSERT((int64_t)p->n <= p->limit);
    *row = (struct search_row){ .doc = in->doc,
        .changed = in->changed,
        .texts_hash = in->texts_hash,
        .attributes = str_dup(arena, in->attributes),
        .signals = in->signals,
        .removed = in->removed,
        .product = { .product_id = in->product_id,
            .title = str_dup(arena, in->title),
            .brand = str_dup(arena, in->brand),
            .category_path = str_dup(arena, in->category_path),
            .price_minor = in->price_minor,
            .rating_x100 = in->rating_x100,
            .rating_count = in->rating_count,
            .released_ms = in->released_ms,
            .popularity = in->popularity,
            .prime = in->prime,
            .in_stock = in->in_stock } };
    return NULL;
}

static err page_row(void *arg, struct cx *cx, const struct search_sql_doc_page_row *in)
{
    static_assert(sizeof(struct search_sql_doc_page_row) == sizeof(struct search_sql_doc_news_row),
        "both queries have the same columns");
    struct search_sql_doc_news_row same;
    memcpy(&same, in, sizeof same);
    return row_add(arg, cx, &same);
}

/* Texts are only read again when they have changed. */
static err make(struct page *p, struct cx *cx)
{
    struct index_doc *docs = NEW_N(cx->arena, p->n, struct index_doc);
    id *ids = NEW_N(cx->arena, p->n, id), *gone = NEW_N(cx->arena, p->n, id);
    size_t *at = NEW_N(cx->arena, p->n, size_t), n = 0, gone_n = 0;
    for (size_t i = 0; i < p->n; i++) {
        const struct search_row *row = &p->rows[i];
        id product_id = row->product.product_id;
        int64_t hash;
        if (row->removed)
            gone[gone_n++] = product_id;
        else if (index_get_number(p->ix, product_id, NUMBER_TEXTS_HASH, &hash) &&
                 hash == row->texts_hash)
            search_index_columns(p->s, p->ix, row);
        else {
            at[n] = i;
            ids[n++] = product_id;
        }
    }
    struct search_texts *texts = NEW_N(cx->arena, n, struct search_texts);
    err e = n > 0 && p->s->source.texts ? p->s->source.texts(p->s->source.self, cx, ids, n, texts)
                                        : NULL;
    for (size_t i = 0; !e && i < n; i++)
        docs[i] = search_index_doc(p->s, cx->arena, &p->rows[at[i]], texts[i]);
    if (e)
        return e;
    (void)index_remove(p->ix, gone, gone_n);
    index_put(p->ix, docs, n);
    return NULL;
}

/* In a READ unit. */
static err page_unit(void *arg, struct cx *cx)
{
    struct page *p = arg;
    struct search_sql_state_get_row state;
    bool found;
    err e = search_sql_state_get(p->s->db, cx, &state, &found);
    if (e || !found)
        return e ? e : FAIL(cx, ERR_BUG, "search_state is empty");
    p->rows = NEW_N(cx->arena, (size_t)p->limit, struct search_row);
    e = p->all ? search_sql_doc_page(p->s->db, cx,
                     (struct search_sql_doc_page_in){ .after = p->place.doc, .limit = p->limit },
                     page_row, p)
               : search_sql_doc_news(p->s->db, cx,
                     (struct search_sql_doc_news_in){
                         .changed = p->place.changed, .doc = p->place.doc, .limit = p->limit },
                     row_add, p);
    if (!e && p->n > 0)
        e = make(p, cx);
    if (e)
        return e;
    p->more = (int64_t)p->n == p->limit;
    if (p->all)
        p->place.doc = p->n > 0 ? p->rows[p->n - 1].doc : p->place.doc;
    else if (p->more)
        p->place = (struct search_place){ p->rows[p->n - 1].changed, p->rows[p->n - 1].doc };
    else
        p->place = (struct search_place){ state.changed, INT64_MAX };
    return NULL;
}

/* What a snapshot of now has all of. */
static int64_t whole_of(struct search_place place)
{
    return place.doc == INT64_MAX ? place.changed : place.changed - 1;
}

static err advance(struct search_index *s, struct cx *cx, struct page *p)
{
    p->s = s;
    p->ix = s->ix;
    p->place = s->place;
    p->n = 0;
    err e = db_in_unit(cx) ? page_unit(p, cx) : db_read(cx, page_unit, p);
    if (e)
        return e;
    s->place = p->place;
    atomic_fetch_add(&s->unsaved, (long long)p->n);
    index_set_sequence(s->ix, whole_of(p->place));
    atomic_store(&s->seen, whole_of(p->place));
    return NULL;
}

void search_index_unlock(struct search_index *s)
{
    pthread_mutex_unlock(&s->apply);
}

/* ---- a query's own look ---- */
err search_index_catch_up(struct search_index *s, struct cx *cx, int64_t changed)
{
    struct timespec until;
    if (changed <= atomic_load(&s->seen) || atomic_load(&s->lagging) || !atomic_load(&s->spelled))
        return NULL;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += WAIT_NS;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    if (pthread_mutex_timedlock(&s->apply, &until) != 0)
        return NULL; /* the thread is at it */
    struct page p = { .limit = s->running ? QUERY_STEP : STEP, .more = true };
    err e = NULL;
    while (!e && p.more && changed > whole_of(s->place)) {
        e = advance(s, cx, &p);
        if (s->running)
            break;
    }
    if (p.more && changed > whole_of(s->place))
        atomic_store(&s->lagging, true);
    search_index_unlock(s);
    return e;
}

/* ---- the thread's steps ---- */
err search_index_go_on(struct search_index *s, struct cx *cx, bool *ret_more)
{
    struct page p = { .limit = STEP };
    pthread_mutex_lock(&s->apply);
    err e = advance(s, cx, &p);
    search_index_unlock(s);
    *ret_more = p.more;
    atomic_store(&s->lagging, p.more);
    return e;
}

static err state_unit(void *arg, struct cx *cx)
{
    bool found;
    struct search_index *s = ((struct page *)arg)->s;
    struct search_sql_state_get_row state;
    struct search_sql_identity_get_row identity;
    err e = search_sql_identity_get(s->db, cx, &identity, &found);
    if (!e && found)
        e = search_sql_state_get(s->db, cx, &state, &found);
    if (e || !found)
        return e ? e : FAIL(cx, ERR_BUG, "search_state is empty");
    s->identity = identity.identity;
    ((struct page *)arg)->place.changed = state.changed;
    ((struct page *)arg)->limit = state.alive;
    return NULL;
}

struct search_scratch { /* a cx whose arena goes with the step */
    struct cx cx;
};

static void scratch_open(struct search_scratch *scratch, const struct cx *of)
{
    scratch->cx = (struct cx){ .arena = arena_open((size_t)256 << 10),
        .now_ms = of->now_ms,
        .rng = of->rng,
        .request_id = of->request_id };
}

/* Keeps what is known of a failure for the outer cx. */
static err scratch_close(struct search_scratch *scratch, struct cx *of, err e)
{
    if (e) {
        of->where = scratch->cx.where;
        of->detail = str_dup(of->arena, scratch->cx.detail);
    }
    arena_close(scratch->cx.arena);
    return e;
}

static err step(struct page *p, struct cx *cx)
{
    struct search_scratch scratch;
    scratch_open(&scratch, cx);
    p->n = 0;
    err e = db_read(&scratch.cx, page_unit, p);
    p->rows = NULL;
    return scratch_close(&scratch, cx, e);
}

/* All documents there are, then what changed meanwhile. The log's place is taken first. */
static err fill(struct search_index *s, struct cx *cx, struct index *fresh, struct page *p)
{
    *p = (struct page){ .s = s };
    err e = db_read(cx, state_unit, p);
    int64_t changed = p->place.changed;
    *p = (struct page){ .s = s, .ix = fresh, .limit = STEP, .all = true, .more = true };
    while (!e && p->more)
        e = step(p, cx);
    p->all = false;
    p->more = true;
    p->place = (struct search_place){ changed, INT64_MAX };
    while (!e && p->more)
        e = step(p, cx);
    return e;
}

static err rebuild(struct search_index *s, struct cx *cx)
{
    struct page p;
    struct index *fresh = index_open(search_index_schema(s->without, s->texts));
    err e = search_index_learn(s, cx);
    if (!e)
        e = fill(s, cx, fresh, &p);
    if (!e) {
        pthread_mutex_lock(&s->apply);
        p.more = true;
        while (!e && p.more)
            e = step(&p, cx);
        if (!e) {
            index_set_sequence(fresh, whole_of(p.place));
            index_swap(s->ix, fresh);
            s->place = p.place;
            atomic_store(&s->unsaved, 1);
            atomic_store(&s->seen, whole_of(p.place));
        }
        search_index_unlock(s);
    }
    index_close(fresh);
    if (e)
        return e;
    atomic_store(&s->spelled, true);
    atomic_store(&s->ready, true);
    log_line(s->log, LOG_INFO, S("search index made"),
        LOG_FIELDS({ "products", { 0 }, index_figures_of(s->ix).docs }));
    search_index_save(s, cx);
    return NULL;
}

/* ---- files ---- */
static str label_text(struct search_index *s, struct arena *arena)
{
    return str_fmt(arena, "souk search index %d of " STR_F "\n", SEARCH_INDEX_VERSION,
        STR_A(id_text(arena, s->identity)));
}

static str label_path(struct search_index *s, struct arena *arena)
{
    return str_cat(arena, s->folder, S("/of"));
}

void search_index_save(struct search_index *s, struct cx *cx)
{
    if (!s->folder.n || atomic_load(&s->unsaved) == 0 || !atomic_load(&s->ready))
        return;
    atomic_store(&s->unsaved, 0);
    err e = index_save(s->ix, cx, s->folder);
    struct file_put label = { .path = label_path(s, cx->arena),
        .bytes = label_text(s, cx->arena),
        .mode = 0644,
        .durable = true };
    if (!e && !file_put(cx->arena, label))
        e = FAIL(cx, INDEX_IO, STR_F ": %s", STR_A(label.path), strerror(errno));
    if (e)
        log_err(s->log, cx, e, S("search: a snapshot"));
    cx_clear(cx);
    s->saved_ms = cx->now_ms;
}

/* The snapshot, when it is of this database and none of its future. */
static err load(struct search_index *s, struct cx *cx, int64_t changed)
{
    str label;
    struct index *loaded;
    if (!s->folder.n)
        return &ERR_MISSING;
    if (!file_read(cx->arena, label_path(s, cx->arena), &label))
        return &ERR_MISSING;
    if (!str_eq(label, label_text(s, cx->arena)))
        return FAIL(cx, INDEX_FOREIGN, "it is of another database or version");
    err e = index_load(cx, s->folder, search_index_schema(s->without, s->texts), &loaded);
    if (e)
        return e;
    int64_t sequence = index_sequence(loaded);
    if (sequence > changed)
        e = FAIL(cx, INDEX_FOREIGN, "it is newer than the database");
    else {
        pthread_mutex_lock(&s->apply); /* after a failure it begins again, beside queries */
        index_swap(s->ix, loaded);
        s->place = (struct search_place){ sequence, INT64_MAX };
        atomic_store(&s->seen, sequence);
        search_index_unlock(s);
    }
    index_close(loaded);
    return e;
}

static void answer(struct search_index *s)
{
    atomic_store(&s->ready, true);
    log_line(s->log, LOG_INFO, S("search index loaded"),
        LOG_FIELDS({ "products", { 0 }, index_figures_of(s->ix).docs }));
}

/* Where the database and the index stand; queries do not move the index meanwhile. */
struct standing {
    int64_t theirs, ours;   /* changed */
    int64_t alive, indexed; /* products */
};

static err standing_of(struct search_index *s, struct cx *cx, struct standing *ret)
{
    struct page p = { .s = s };
    pthread_mutex_lock(&s->apply);
    err e = db_read(cx, state_unit, &p);
    *ret = (struct standing){ p.place.changed, s->place.changed, p.limit,
        index_figures_of(s->ix).docs };
    search_index_unlock(s);
    return e;
}

/* Nothing is new: it answers at once, all but filters by name. Else it reads the news first, for
 * which it must know how names are spelled. */
static err take_up(struct search_index *s, struct cx *cx)
{
    bool more = true;
    struct standing at;
    err e = standing_of(s, cx, &at);
    if (!e && at.theirs == at.ours && at.indexed == at.alive)
        answer(s);
    if (!e)
        e = search_spellings_learn(&s->spellings, cx, s->ix);
    atomic_store(&s->spelled, !e);
    while (!e && more)
        e = search_index_go_on(s, cx, &more);
    if (!e)
        e = standing_of(s, cx, &at);
    if (!e && at.theirs == at.ours && at.indexed != at.alive)
        return FAIL(cx, INDEX_FOREIGN, "%" PRId64 " products, the database has %" PRId64,
            at.indexed, at.alive);
    if (e)
        return e;
    if (!atomic_load(&s->ready))
        answer(s);
    return search_index_learn(s, cx);
}

err search_index_begin(struct search_index *s, struct cx *cx)
{
    struct page p = { .s = s };
    err e = db_read(cx, state_unit, &p);
    if (e)
        return e;
    e = load(s, cx, p.place.changed);
    if (!e)
        e = take_up(s, cx);
    if (!e)
        return NULL;
    if (e != &ERR_MISSING && e != &INDEX_FOREIGN && e != &INDEX_CORRUPT && e != &INDEX_IO)
        return e;
    str why = e == &ERR_MISSING ? S("there is none")
              : cx->detail.n    ? cx->detail
                                : str_from_c(e->title);
    log_line(s->log, e == &ERR_MISSING ? LOG_INFO : LOG_WARN,
        S("search index is made anew, the database answers meanwhile"),
        LOG_FIELDS({ "folder", s->folder, 0 }, { "why", why, 0 }));
    cx_clear(cx);
    return rebuild(s, cx);
}

/* ---- prices beside the medians of now ---- */
/* In a READ unit: a page of documents, as far as they are in the index. */
static err reprice_unit(void *arg, struct cx *cx)
{
    struct page *p = arg;
    p->rows = NEW_N(cx->arena, (size_t)p->limit, struct search_row);
    err e = search_sql_doc_page(p->s->db, cx,
        (struct search_sql_doc_page_in){ .after = p->place.doc, .limit = p->limit }, page_row, p);
    for (size_t i = 0; !e && i < p->n; i++) {
        const struct search_row *row = &p->rows[i];
        int64_t now, signals = search_index_signals(p->s, row);
        if (row->removed ||
            !index_get_number(p->ix, row->product.product_id, NUMBER_SIGNALS, &now) ||
            now == signals)
            continue;
        (void)index_set_number(p->ix, row->product.product_id, NUMBER_SIGNALS, signals);
        atomic_fetch_add(&p->s->unsaved, 1);
    }
    p->more = !e && (int64_t)p->n == p->limit;
    p->place.doc = !e && p->n > 0 ? p->rows[p->n - 1].doc : p->place.doc;
    return e;
}

/* Each page under `apply`: nothing newer is overwritten. */
err search_index_reprice(struct search_index *s, struct cx *cx)
{
    struct page p = { .s = s, .ix = s->ix, .limit = STEP, .more = true };
    bool changed = false;
    err e = search_index_learn_prices(s, cx, &changed);
    while (!e && changed && p.more) {
        struct search_scratch scratch;
        scratch_open(&scratch, cx);
        p.n = 0;
        pthread_mutex_lock(&s->apply);
        e = db_read(&scratch.cx, reprice_unit, &p);
        search_index_unlock(s);
        e = scratch_close(&scratch, cx, e);
    }
    return e;
}

/* Types of products that were learnt from half as many are of little use. */
err search_index_renew(struct search_index *s, struct cx *cx)
{
    int64_t docs = index_figures_of(s->ix).docs;
    return docs > 100 && docs > s->types_docs * 2 ? rebuild(s, cx) : NULL;
}
