/* SPDX-License-Identifier: Apache-2.0
 * The search port over our own engine: verbs, the thread that follows, opening and closing. Called
 * through the port; must never answer from an index that is not whole. */
#include "platform/search/search_index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "platform/clock/clock.h"
#include "platform/file/file.h"
#include "platform/log/log.h"
#include "platform/search/search_index_internal.h"
#include "search_sql.h"

#define LOOK_MS 150      /* other processes' changes are looked for so often */
#define PAUSE_MS 1000    /* after a failure */
#define SAVE_MS 60000    /* between snapshots, when there are changes */
#define PRICE_MS 3600000 /* between medians of prices, when there are changes */
#define SAVE_ROWS 50000  /* so many changes are worth a snapshot at once */
#define FOLDERS_MAX 16

/* ---- the port ---- */
static const void *prepare(void *self, struct arena *arena, const struct search_doc *doc)
{
    const struct search *sql = ((struct search_index *)self)->sql;
    return sql->prepare ? sql->prepare(sql->self, arena, doc) : NULL;
}

/* What is changed before the thread begins is seen by its first look. */
static void wake(void *arg)
{
    struct search_index *s = arg;
    pthread_mutex_lock(&s->wake_lock);
    s->woken = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->wake_lock);
}

static err put(void *self, struct cx *cx, const struct search_doc *docs, size_t n)
{
    struct search_index *s = self;
    err e = s->sql->put(s->sql->self, cx, docs, n);
    if (!e)
        db_after_commit(cx, wake, s);
    return e;
}

static err take_out(void *self, struct cx *cx, const id *product_ids, size_t n)
{
    struct search_index *s = self;
    err e = s->sql->remove(s->sql->self, cx, product_ids, n);
    if (!e)
        db_after_commit(cx, wake, s);
    return e;
}

static err put_signals(void *self, struct cx *cx, const struct search_signals *rows, size_t n)
{
    struct search_index *s = self;
    err e = s->sql->signals(s->sql->self, cx, rows, n);
    if (!e)
        db_after_commit(cx, wake, s);
    return e;
}

/* A page is answered by who answered the one before. */
static err query(void *self, struct cx *cx, const struct search_query *q, struct search_result *ret)
{
    struct search_index *s = self;
    struct search_sql_state_get_row state;
    bool found;
    bool theirs = q->page_token.n > 0 && q->page_token.p[0] != 'i';
    bool by_name = q->brands_n > 0 || q->filters_n > 0;
    if (!atomic_load(&s->ready) || theirs || (by_name && !atomic_load(&s->spelled)))
        return s->sql->query(s->sql->self, cx, q, ret);
    err e = search_sql_state_get(s->db, cx, &state, &found);
    if (!e && found)
        e = search_index_catch_up(s, cx, state.changed);
    return e ? e : search_index_query(s, cx, q, ret);
}

static err complete(void *self, struct cx *cx, str prefix, str **ret, size_t *ret_n)
{
    struct search_index *s = self;
    if (!atomic_load(&s->ready))
        return s->sql->complete(s->sql->self, cx, prefix, ret, ret_n);
    return search_index_complete(s, cx, prefix, ret, ret_n);
}

static err count(void *self, struct cx *cx, int64_t *ret_n)
{
    const struct search *sql = ((struct search_index *)self)->sql;
    return sql->count(sql->self, cx, ret_n);
}

static void set_synonyms(void *self, const struct search_synonym *rows, size_t n)
{
    struct search_index *s = self;
    DEFER(arena_close_at) struct arena *scratch = arena_open(4096);
    struct text_synonym *all = NEW_N(scratch, n + COUNT(text_synonyms_common), struct text_synonym);
    memcpy(all, text_synonyms_common, sizeof text_synonyms_common);
    for (size_t i = 0; i < n; i++)
        all[COUNT(text_synonyms_common) + i] =
            (struct text_synonym){ rows[i].term, rows[i].replacement, rows[i].one_way };
    text_synonyms_set(s->text, TEXT_ENGLISH, all, n + COUNT(text_synonyms_common));
}

/* ---- the thread ---- */
/* False when it is time to stop. */
static bool wait_for_news(struct search_index *s, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_mutex_lock(&s->wake_lock);
    while (!s->woken && !s->stop)
        if (pthread_cond_timedwait(&s->wake, &s->wake_lock, &until) != 0)
            break;
    s->woken = false;
    bool on = !s->stop;
    pthread_mutex_unlock(&s->wake_lock);
    return on;
}

static bool stopping(struct search_index *s)
{
    pthread_mutex_lock(&s->wake_lock);
    bool stop = s->stop;
    pthread_mutex_unlock(&s->wake_lock);
    return stop;
}

/* Once an hour, when prices may have changed. */
static err reprice(struct search_index *s, struct cx *cx)
{
    int64_t changed = atomic_load(&s->seen);
    if (cx->now_ms - s->priced_ms < PRICE_MS || changed == s->priced_changed)
        return NULL;
    s->priced_ms = cx->now_ms;
    s->priced_changed = changed;
    return search_index_reprice(s, cx);
}

/* One turn; *begun: the index stands somewhere in the log. */
static err turn(struct search_index *s, struct cx *cx, bool *begun)
{
    bool more = true;
    if (!*begun) {
        err e = search_index_begin(s, cx);
        *begun = !e;
        s->priced_ms = cx->now_ms;
        s->priced_changed = atomic_load(&s->seen);
        return e;
    }
    while (more && !stopping(s)) {
        struct cx *one = NEW(cx->arena, struct cx);
        *one = *cx;
        one->arena = arena_open((size_t)64 << 10);
        err e = search_index_go_on(s, one, &more);
        if (e)
            log_err(s->log, one, e, S("search: following the change log"));
        arena_close(one->arena);
        if (e)
            return e;
    }
    err e = search_index_renew(s, cx);
    if (!e)
        e = reprice(s, cx);
    if (!e && (atomic_load(&s->unsaved) > SAVE_ROWS || cx->now_ms - s->saved_ms > SAVE_MS))
        search_index_save(s, cx);
    return e;
}

static void *follow(void *arg)
{
    struct search_index *s = arg;
    bool begun = false, on = true;
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), 5); /* of this thread alone */
    s->saved_ms = clock_mono_us() / 1000;
    while (on) {
        DEFER(arena_close_at) struct arena *arena = arena_open((size_t)64 << 10);
        struct cx cx = {
            .arena = arena, .now_ms = clock_mono_us() / 1000, .request_id = S("search-index")
        };
        bool was = begun;
        err e = turn(s, &cx, &begun);
        if (e && !was)
            log_err(s->log, &cx, e, S("search: starting the index"));
        on = wait_for_news(s, e ? PAUSE_MS : was != begun ? 0 : LOOK_MS);
    }
    return NULL;
}

/* ---- files ---- */
/* A folder that no other process has. */
static void take_folder(struct search_index *s, struct arena *life, str wanted)
{
    for (int i = 1; wanted.n > 0 && i <= FOLDERS_MAX; i++) {
        str folder = i == 1 ? str_dup(life, wanted) : str_fmt(life, STR_F "-%d", STR_A(wanted), i);
        if (!file_make_folders(life, folder))
            break;
        str lock = str_cat(life, folder, S("/lock"));
        int fd = open(str_c(life, lock), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (fd < 0)
            break;
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
            s->lock_fd = fd;
            s->folder = folder;
            return;
        }
        close(fd);
    }
    if (wanted.n > 0)
        log_line(s->log, LOG_WARN,
            S("search: no folder for snapshots, the index is made at each start"),
            LOG_FIELDS({ "folder", wanted, 0 }));
}

err search_index_open(
    struct arena *life, struct cx *cx, struct search_index_opts opts, struct search *ret)
{
    (void)cx;
    ASSERT(opts.db && opts.sql);
    struct search_index *s = NEW(life, struct search_index);
    s->db = opts.db;
    s->sql = opts.sql;
    s->log = opts.log;
    s->lock_fd = -1;
    s->folder = opts.folder;
    s->text = text_open();
    text_synonyms_set(s->text, TEXT_ENGLISH, text_synonyms_common, COUNT(text_synonyms_common));
    s->without = opts.without;
    s->tuning = search_tuning_usual;
    s->ix = index_open(search_index_schema(s->without, s->texts));
    s->ranking = search_ranking_of(opts.weights ? opts.weights : &search_weights_usual);
    search_spellings_open(&s->spellings);
    pthread_mutex_init(&s->apply, NULL);
    pthread_mutex_init(&s->wake_lock, NULL);
    pthread_cond_init(&s->wake, NULL);
    *ret = (struct search){ .prepare = prepare,
        .put = put,
        .remove = take_out,
        .signals = put_signals,
        .query = query,
        .complete = complete,
        .count = count,
        .synonyms = set_synonyms,
        .self = s };
    return NULL;
}

void search_index_tune(struct search *search, const struct search_tuning *tuning)
{
    ((struct search_index *)search->self)->tuning = *tuning;
}

static void ready_source(struct search_index *s, struct search_source source)
{
    DEFER(arena_close_at) struct arena *scratch = arena_open(4096);
    str wanted = str_dup(scratch, s->folder);
    s->source = source;
    if (s->lock_fd >= 0)
        return;
    s->folder = (str){ 0 };
    s->life = s->life ? s->life : arena_open(4096);
    take_folder(s, s->life, wanted);
}

void search_index_start(struct search *search, struct search_source source)
{
    struct search_index *s = search->self;
    ready_source(s, source);
    s->running = true;
    int failed = pthread_create(&s->thread, NULL, follow, s);
    ASSERT(!failed);
    pthread_setname_np(s->thread, "search-index");
}

err search_index_settle(struct search *search, struct cx *cx, struct search_source source)
{
    struct search_index *s = search->self;
    bool more = true;
    ASSERT(!s->running);
    ready_source(s, source);
    err e = atomic_load(&s->ready) ? NULL : search_index_begin(s, cx);
    while (!e && more)
        e = search_index_go_on(s, cx, &more);
    return e ? e : search_index_renew(s, cx);
}

void search_index_close(struct search *search)
{
    struct search_index *s = search->self;
    if (!s)
        return;
    if (s->running) {
        pthread_mutex_lock(&s->wake_lock);
        s->stop = true;
        pthread_cond_signal(&s->wake);
        pthread_mutex_unlock(&s->wake_lock);
        pthread_join(s->thread, NULL);
    }
    DEFER(arena_close_at) struct arena *arena = arena_open(4096);
    struct cx cx = { .arena = arena, .request_id = S("search-index") };
    search_index_save(s, &cx);
    index_close(s->ix);
    text_types_close(s->types);
    arena_close(s->prices_arena);
    text_close(s->text);
    search_spellings_close(&s->spellings);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    pthread_mutex_destroy(&s->apply);
    pthread_mutex_destroy(&s->wake_lock);
    pthread_cond_destroy(&s->wake);
    arena_close(s->life);
    *search = (struct search){ 0 };
}
