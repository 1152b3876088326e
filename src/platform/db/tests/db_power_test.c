/* SPDX-License-Identifier: Apache-2.0
 * Power cuts, on SQLite: what anybody was told of is there afterwards, and the file is whole. The
 * disk is this file's fdatasync(), which SQLite calls: what was written before it stays, of what
 * was written since any block may be there or not. Run by meson test. Must never make a state of
 * the files that no disk could have had. */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/rng.h"
#include "platform/db/tests/crowd.h"

/* ---- the disk ---- */
#define BLOCK ((size_t)512) /* what a disk writes whole */

enum { DATA, LOG, FILES };
struct image {
    char *p;
    size_t n;
};
static struct disk {
    pthread_mutex_t mutex; /* held: nothing becomes durable meanwhile */
    const char *path;
    int fds[FILES]; /* never closed while SQLite has the file open: its locks would go */
    struct image durable[FILES]; /* what a power cut cannot take */
    _Atomic int64_t synced;
} disk = { .mutex = PTHREAD_MUTEX_INITIALIZER };

static _Thread_local bool is_cutting; /* the thread that holds the mutex */

static struct image image_read(int fd)
{
    struct stat st;
    CHECK(fstat(fd, &st) == 0);
    struct image f = { .p = malloc((size_t)st.st_size + 1), .n = (size_t)st.st_size };
    CHECK(f.p != NULL);
    for (size_t at = 0; at < f.n;) {
        ssize_t n = pread(fd, f.p + at, f.n - at, (off_t)at);
        CHECK(n > 0);
        at += (size_t)n;
    }
    return f;
}

static int file_of(int fd)
{
    struct stat ours, its;
    CHECK(fstat(fd, &its) == 0);
    for (int i = 0; i < FILES; i++)
        if (disk.fds[i] > 0 && fstat(disk.fds[i], &ours) == 0 && ours.st_ino == its.st_ino)
            return i;
    return FILES;
}

int fdatasync(int fd)
{
    if (is_cutting)
        return 0; /* what comes after the cut is not asked for */
    pthread_mutex_lock(&disk.mutex);
    int which = file_of(fd);
    if (which < FILES) {
        free(disk.durable[which].p);
        disk.durable[which] = image_read(disk.fds[which]);
    }
    int rc = (int)syscall(SYS_fdatasync, fd);
    pthread_mutex_unlock(&disk.mutex);
    disk.synced++;
    return rc;
}

static struct store *disk_open(struct cx *cx)
{
    struct store *s = probe_open((struct store_opts){ .engine = DB_SQLITE, .lanes = true });
    disk.path = str_c(cx->arena, str_skip(store_url(s), S("sqlite:").n));
    probe_fill(s, 1); /* the log's head is written by now */
    disk.fds[DATA] = open(disk.path, O_RDONLY);
    disk.fds[LOG] = open(str_c(cx->arena, str_fmt(cx->arena, "%s-wal", disk.path)), O_RDONLY);
    CHECK(disk.fds[DATA] > 0 && disk.fds[LOG] > 0);
    return s;
}

static void disk_close(struct store *s, struct cx *cx)
{
    store_close(s);
    for (int i = 0; i < FILES; i++) {
        free(disk.durable[i].p);
        disk.durable[i] = (struct image){ .p = NULL };
        close(disk.fds[i]);
        disk.fds[i] = 0;
    }
    check_cx_close(cx);
}

/* ---- the world ---- */
static err add_work(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    return probe_sql_add(
        kit->db, cx, (struct probe_sql_add_in){ .id = probe_id(kit->n), .n = kit->n }, NULL);
}

#define WRITERS 6
#define CUTS 20
#define MIXES 4
#define ROWS 50000

static const struct timespec moment = { .tv_nsec = 200000 };

struct world {
    struct db *db;
    _Atomic bool ends;
    _Atomic int64_t next;
    _Atomic bool told[ROWS]; /* somebody knows of that row */
};

static void *write_rows(void *arg)
{
    struct world *w = arg;
    struct probe_kit kit = { .db = w->db };
    while (!w->ends && (kit.n = ++w->next) < ROWS) {
        struct cx *cx = check_cx_open();
        CHECK_ERR(cx, db_write_wait(w->db, cx, 0, add_work, &kit), NULL);
        w->told[kit.n] = true;
        check_cx_close(cx);
    }
    return NULL;
}

static err get_work(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    struct probe_sql_get_row row;
    bool found;
    err e = probe_sql_get(kit->db, cx, (struct probe_sql_get_in){ probe_id(kit->n) }, &row, &found);
    kit->m = !e && found;
    return e;
}

static void *read_rows(void *arg)
{
    struct world *w = arg;
    struct rng rng = rng_seeded(9);
    while (!w->ends) {
        struct cx *cx = check_cx_open();
        struct probe_kit kit = { .db = w->db, .n = w->next - rng_between(&rng, 0, WRITERS) };
        CHECK_ERR(cx, db_read(cx, get_work, &kit), NULL);
        if (kit.m)
            w->told[kit.n] = true;
        check_cx_close(cx);
        nanosleep(&moment, NULL);
    }
    return NULL;
}

/* What there is of a block; the rest is zeros. */
static void block_copy(char *to, struct image from, size_t at, size_t end)
{
    size_t n = from.n < end ? from.n : end;
    if (at < n)
        memcpy(to + at, from.p + at, n - at);
}

/* Each block as it is durable, or as it was written since. */
static void mixed_write(struct rng *rng, const char *path, struct image old, struct image new)
{
    unsigned per_mille = (unsigned)rng_below(rng, 4) * 333;
    size_t n = rng_chance(rng, per_mille) ? new.n : old.n;
    char *p = calloc(n + 1, 1);
    CHECK(p != NULL);
    for (size_t at = 0; at < n; at += BLOCK) {
        size_t end = at + BLOCK < n ? at + BLOCK : n;
        block_copy(p, at < new.n &&rng_chance(rng, per_mille) ? new : old, at, end);
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(fd >= 0 && write(fd, p, n) == (ssize_t)n && close(fd) == 0);
    free(p);
}

static void image_check(const char *path, const bool *told)
{
    sqlite3 *h = NULL;
    sqlite3_stmt *s;
    bool *there = calloc(ROWS, sizeof *there);
    CHECK(there != NULL && sqlite3_open(path, &h) == SQLITE_OK);
    CHECK(sqlite3_prepare_v2(h, "PRAGMA integrity_check", -1, &s, NULL) == SQLITE_OK);
    CHECK(sqlite3_step(s) == SQLITE_ROW);
    CHECK(str_eq(str_from_c((const char *)sqlite3_column_text(s, 0)), S("ok")));
    sqlite3_finalize(s);
    CHECK(sqlite3_prepare_v2(h, "SELECT n FROM probe_row", -1, &s, NULL) == SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW)
        there[sqlite3_column_int64(s, 0) % ROWS] = true;
    sqlite3_finalize(s);
    CHECK(sqlite3_close(h) == SQLITE_OK);
    for (int64_t n = 1; n < ROWS; n++)
        CHECK(there[n] || !told[n]);
    free(there);
}

/* The world waits for its disk meanwhile. */
static void cut(struct world *w, struct cx *cx, struct rng *rng, const char *folder)
{
    struct image now[FILES];
    bool *told = calloc(ROWS, sizeof *told);
    const char *data = str_c(cx->arena, str_fmt(cx->arena, "%s/t.db", folder));
    const char *log = str_c(cx->arena, str_fmt(cx->arena, "%s/t.db-wal", folder));
    CHECK(told != NULL);
    pthread_mutex_lock(&disk.mutex);
    is_cutting = true;
    for (int64_t n = 0; n < ROWS; n++)
        told[n] = w->told[n];
    for (int i = 0; i < FILES; i++)
        now[i] = image_read(disk.fds[i]);
    for (int mix = 0; mix < MIXES; mix++) {
        mixed_write(rng, data, disk.durable[DATA], now[DATA]);
        mixed_write(rng, log, disk.durable[LOG], now[LOG]);
        image_check(data, told);
        (void)unlink(data);
        (void)unlink(log);
        (void)unlink(str_c(cx->arena, str_fmt(cx->arena, "%s/t.db-shm", folder)));
    }
    is_cutting = false;
    pthread_mutex_unlock(&disk.mutex);
    for (int i = 0; i < FILES; i++)
        free(now[i].p);
    free(told);
}

static void test_power_cuts(void **state)
{
    (void)state;
    char folder[] = "/tmp/souk-cut-XXXXXX";
    struct cx *cx = check_cx_open();
    struct store *s = disk_open(cx);
    struct world *w = calloc(1, sizeof *w);
    struct rng rng = rng_seeded(7);
    pthread_t threads[WRITERS + 1];
    sqlite3 *keeper;

    CHECK(w != NULL && mkdtemp(folder) != NULL);
    w->db = store_db(s);
    w->next = WRITERS;
    CHECK(sqlite3_open(disk.path, &keeper) == SQLITE_OK);
    CHECK(sqlite3_exec(keeper, "PRAGMA synchronous = FULL", NULL, NULL, NULL) == SQLITE_OK);
    CHECK(sqlite3_wal_checkpoint_v2(keeper, "main", SQLITE_CHECKPOINT_FULL, NULL, NULL) ==
          SQLITE_OK); /* both files have been durable once */
    for (size_t i = 0; i <= WRITERS; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, i < WRITERS ? write_rows : read_rows, w), 0);
    for (int i = 0; i < CUTS; i++) {
        int64_t until = disk.synced + 5 + (int64_t)rng_below(&rng, 40);
        while (disk.synced < until)
            nanosleep(&moment, NULL);
        cut(w, cx, &rng, folder);
        if (rng_chance(&rng, 900)) /* so that the log starts over */
            (void)sqlite3_wal_checkpoint_v2(keeper, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    }
    w->ends = true;
    for (size_t i = 0; i <= WRITERS; i++)
        pthread_join(threads[i], NULL);
    struct db_figures f = db_figures_of(w->db);
    CHECK(f.commits > CUTS && f.units > f.commits);
    CHECK(sqlite3_close(keeper) == SQLITE_OK);
    CHECK(rmdir(folder) == 0);
    free(w);
    disk_close(s, cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_power_cuts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
