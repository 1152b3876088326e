/* SPDX-License-Identifier: Apache-2.0
 * Keeps an SQLite file: one process at a time, and a thread that checkpoints the write-ahead log,
 * because checkpoints in the writer stall it for hundreds of milliseconds. Called by the driver.
 * Must never hold its mutex while it touches the file. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "platform/db/db_sqlite.h"

#define PAGES_MANY 16000 /* checkpoint at once */
#define PAGES_MAX 64000  /* the writer helps, so that the log can start over */
#define IDLE_S 2         /* checkpoint what is there when nothing was written for so long */
#define KEEPER_ARENA 4096

struct sqlite_keeper {
    struct db *db;
    int lock_fd;
    bool threaded;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    int pages;  /* in the log after the last commit; guarded by the mutex */
    int copied; /* of them, how many a checkpoint has seen */
    bool stop;
};

/* ---- the lock ---- */
static err lock_problem(struct cx *cx, const char *path)
{
    int os = errno;

    switch (os) {
    case EWOULDBLOCK:
        return FAIL(cx, DB_LOCKED, "%s is held by another process", path);
    case ENOSPC:
    case EDQUOT:
        return FAIL(cx, DB_FULL, "%s: %s", path, strerrordesc_np(os));
    }
    return FAIL(cx, DB_READONLY, "%s: %s", path, strerrordesc_np(os));
}

static err lock_take(struct db *db, struct cx *cx, int *ret_fd)
{
    str path = str_cat(db->life, str_from_c(db->target), S(".lock"));
    const char *name = str_c(db->life, path);

    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return lock_problem(cx, name);
    if (flock(fd, LOCK_EX | LOCK_NB)) {
        err e = lock_problem(cx, name);
        close(fd);
        return e;
    }
    *ret_fd = fd;
    return NULL;
}

/* ---- checkpoints ---- */
int sqlite_keeper_saw(void *keeper, sqlite3 *h, const char *schema, int pages)
{
    struct sqlite_keeper *k = keeper;

    pthread_mutex_lock(&k->mutex);
    bool wake = pages - k->copied >= PAGES_MANY || pages < k->copied;
    k->pages = pages;
    if (pages < k->copied)
        k->copied = 0; /* the log has started over */
    pthread_mutex_unlock(&k->mutex);
    if (wake)
        pthread_cond_signal(&k->wake);
    if (pages >= PAGES_MAX) /* the last pages, that the thread could not have seen */
        (void)sqlite3_wal_checkpoint_v2(h, schema, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return SQLITE_OK;
}

static void checkpoint(struct sqlite_conn *c, int mode)
{
    /* What a passive one cannot do now, for a reader or a full disk, the next will. */
    (void)sqlite3_wal_checkpoint_v2(c->h, "main", mode, NULL, NULL);
}

/* True when the log should be checkpointed, false when the keeper is to end. */
static bool wait_due(struct sqlite_keeper *k)
{
    bool due = false;

    pthread_mutex_lock(&k->mutex);
    while (!due && !k->stop) {
        int before = k->pages;
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += IDLE_S;
        int rc = 0;
        while (rc != ETIMEDOUT && !k->stop && k->pages - k->copied < PAGES_MANY)
            rc = pthread_cond_timedwait(&k->wake, &k->mutex, &until);
        bool idle = k->pages == before && k->pages > k->copied;
        due = idle || k->pages - k->copied >= PAGES_MANY;
    }
    k->copied = k->pages;
    due = due && !k->stop;
    pthread_mutex_unlock(&k->mutex);
    return due;
}

static void *keeper_main(void *arg)
{
    struct sqlite_keeper *k = arg;
    struct cx cx = { .arena = arena_open(KEEPER_ARENA) };
    struct sqlite_conn *c = NULL;

    pthread_setname_np(pthread_self(), "souk-wal");
    while (wait_due(k)) {
        if (!c && sqlite_conn_open(k->db, &cx, DB_ROLE_ADMIN, &c) != NULL)
            c = NULL; /* tried again with the next commit */
        if (c)
            checkpoint(c, SQLITE_CHECKPOINT_PASSIVE);
        cx_clear(&cx);
        arena_reset(cx.arena);
    }
    sqlite_conn_close(c);
    arena_close(cx.arena);
    return NULL;
}

/* ---- opening and closing ---- */
err sqlite_keeper_open(struct db *db, struct cx *cx, struct sqlite_keeper **ret)
{
    pthread_condattr_t attr;

    struct sqlite_keeper *k = NEW(db->life, struct sqlite_keeper);
    k->db = db;
    k->lock_fd = -1;
    err e = lock_take(db, cx, &k->lock_fd);
    if (e)
        return e;
    if (pthread_mutex_init(&k->mutex, NULL) || pthread_condattr_init(&attr) ||
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) || pthread_cond_init(&k->wake, &attr))
        panic("db_sqlite_keeper", "out of memory");
    pthread_condattr_destroy(&attr);
    *ret = k;
    if (db->opts.inline_lane)
        return NULL;
    if (pthread_create(&k->thread, NULL, keeper_main, k)) {
        sqlite_keeper_close(k);
        return FAIL(cx, DB_FAILED, "no thread for checkpoints");
    }
    k->threaded = true;
    return NULL;
}

void sqlite_keeper_close(struct sqlite_keeper *k)
{
    if (!k)
        return;
    pthread_mutex_lock(&k->mutex);
    k->stop = true;
    pthread_cond_signal(&k->wake);
    pthread_mutex_unlock(&k->mutex);
    if (k->threaded)
        pthread_join(k->thread, NULL);
    pthread_cond_destroy(&k->wake);
    pthread_mutex_destroy(&k->mutex);
    close(k->lock_fd);
}
