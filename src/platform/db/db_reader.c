/* SPDX-License-Identifier: Apache-2.0
 * Read connections: opened when first needed, at most `readers` of them, handed out newest first.
 * Called by units and probes on any thread. Must never be waited for longer than wait_ms_max. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "platform/db/db_internal.h"

err db_readers_open(struct db *db)
{
    struct db_readers *r = &db->readers;
    pthread_condattr_t attr;

    r->max = db->opts.readers;
    r->idle = NEW_N(db->life, r->max, void *);
    if (pthread_mutex_init(&r->mutex, NULL) || pthread_condattr_init(&attr) ||
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) || pthread_cond_init(&r->freed, &attr))
        panic("db_reader", "out of memory");
    pthread_condattr_destroy(&attr);
    return NULL;
}

void db_readers_close(struct db *db)
{
    struct db_readers *r = &db->readers;

    if (!r->idle)
        return;
    ASSERT(r->idle_n == r->open_n); /* a READ unit is still under way */
    while (r->idle_n > 0)
        db->driver->close(r->idle[--r->idle_n]);
    pthread_cond_destroy(&r->freed);
    pthread_mutex_destroy(&r->mutex);
    *r = (struct db_readers){ .idle = NULL };
}

/* Waits for an idle connection, or for the right to open one (*ret_conn is NULL then). */
static err wait_free(struct db *db, struct cx *cx, void **ret_conn)
{
    struct db_readers *r = &db->readers;
    struct timespec until;
    int rc = 0;

    if (r->idle_n == 0 && r->open_n == r->max) {
        db->read_waits++;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += db->opts.wait_ms_max / 1000;
        until.tv_nsec += db->opts.wait_ms_max % 1000 * 1000000;
        if (until.tv_nsec >= 1000000000) {
            until.tv_nsec -= 1000000000;
            until.tv_sec++;
        }
    }
    while (r->idle_n == 0 && r->open_n == r->max && rc != ETIMEDOUT)
        rc = pthread_cond_timedwait(&r->freed, &r->mutex, &until);
    if (r->idle_n > 0) {
        *ret_conn = r->idle[--r->idle_n];
    } else if (r->open_n < r->max) {
        r->open_n++;
        *ret_conn = NULL;
    } else {
        cx->retry_after_s = 1;
        return FAIL(cx, DB_OVERLOADED, "no read connection became free");
    }
    return NULL;
}

static void give_up_slot(struct db *db)
{
    struct db_readers *r = &db->readers;

    pthread_mutex_lock(&r->mutex);
    r->open_n--;
    pthread_cond_signal(&r->freed);
    pthread_mutex_unlock(&r->mutex);
}

static err take_inline(struct db *db, struct cx *cx, void **ret_conn)
{
    ASSERT(!db->inline_busy); /* one connection: units cannot overlap */
    err e = db_lane_conn(&db->lanes[0], cx);
    if (e)
        return e;
    db->inline_busy = true;
    *ret_conn = db->lanes[0].conn;
    return NULL;
}

err db_reader_take(struct db *db, struct cx *cx, void **ret_conn)
{
    void *conn = NULL;

    if (db->opts.inline_lane)
        return take_inline(db, cx, ret_conn);
    pthread_mutex_lock(&db->readers.mutex);
    err e = wait_free(db, cx, &conn);
    pthread_mutex_unlock(&db->readers.mutex);
    if (e)
        return e;
    if (conn && !db->driver->alive(conn)) {
        db->driver->close(conn);
        db->reconnects++;
        conn = NULL;
    }
    if (!conn)
        e = db->driver->open(db, cx, DB_ROLE_READER, &conn);
    if (e) {
        give_up_slot(db);
        return e;
    }
    *ret_conn = conn;
    return NULL;
}

void db_reader_give(struct db *db, void *conn)
{
    struct db_readers *r = &db->readers;

    if (db->opts.inline_lane) {
        db->inline_busy = false;
        return;
    }
    if (!db->driver->alive(conn)) {
        db->driver->close(conn);
        db->reconnects++;
        give_up_slot(db);
        return;
    }
    pthread_mutex_lock(&r->mutex);
    r->idle[r->idle_n++] = conn;
    pthread_cond_signal(&r->freed);
    pthread_mutex_unlock(&r->mutex);
}
