/* SPDX-License-Identifier: Apache-2.0
 * The file of SQLite's write-ahead log as we write it: the same statements on a database with it
 * and on one in memory, with transactions that do not fit into the cache, savepoints, checkpoints,
 * readers and failing writes. Run by meson test. Must never compare with what SQLite itself read
 * from the same connection only.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/rng.h"
#include "platform/db/db_sqlite.h"
#include "platform/file/file.h"
#include "tests/support/check.h"

#define ROUNDS 400
#define KEYS 300
#define CACHE "PRAGMA cache_size = 12;" /* pages: nearly every transaction spills into the log */

struct twins {
    struct cx *cx;
    str folder;
    const char *path;
    sqlite3 *ours, *model;
    sqlite3 *reader; /* another connection to ours: what others see */
    struct rng rng;
};

static const char *in_folder(const struct twins *t, const char *name)
{
    return str_c(t->cx->arena, str_fmt(t->cx->arena, STR_F "/%s", STR_A(t->folder), name));
}

static void must(sqlite3 *h, const char *text)
{
    int rc = sqlite3_exec(h, text, NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        print_error("%s: %s\n", text, sqlite3_errmsg(h));
    CHECK(rc == SQLITE_OK);
}

static int64_t ask(sqlite3 *h, const char *text)
{
    sqlite3_stmt *s;
    CHECK(sqlite3_prepare_v2(h, text, -1, &s, NULL) == SQLITE_OK);
    CHECK(sqlite3_step(s) == SQLITE_ROW);
    int64_t value = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return value;
}

static sqlite3 *connect(const char *path)
{
    sqlite3 *h;
    CHECK(sqlite_log_vfs() != NULL);
    CHECK(sqlite3_open_v2(path, &h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, sqlite_log_vfs()) ==
          SQLITE_OK);
    must(h, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;");
    must(h, CACHE);
    return h;
}

static struct twins *twins_open(uint64_t seed)
{
    static const char table[] = "CREATE TABLE t (k integer PRIMARY KEY, n integer, body blob)";
    struct cx *cx = check_cx_open();
    struct twins *t = NEW(cx->arena, struct twins);
    char folder[] = "/tmp/souk-log-XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    *t = (struct twins){ .cx = cx, .rng = rng_seeded(seed) };
    t->folder = str_dup(cx->arena, str_from_c(folder));
    t->path = in_folder(t, "t.db");
    t->ours = connect(t->path);
    t->reader = connect(t->path);
    CHECK(sqlite3_open(":memory:", &t->model) == SQLITE_OK);
    must(t->ours, table);
    must(t->model, table);
    return t;
}

static void twins_close(struct twins *t)
{
    sqlite3_close(t->reader);
    sqlite3_close(t->ours);
    sqlite3_close(t->model);
    static const char *const left[] = { "t.db", "t.db-wal", "t.db-shm", "u.db", "u.db-wal",
        "u.db-shm" };
    for (size_t i = 0; i < COUNT(left); i++)
        (void)unlink(in_folder(t, left[i]));
    CHECK(rmdir(str_c(t->cx->arena, t->folder)) == 0);
    check_cx_close(t->cx);
}

static void both(struct twins *t, const char *text)
{
    must(t->ours, text);
    must(t->model, text);
}

static const char all[] = "SELECT coalesce(sum((k * 31 + n) * 31 + length(body)), 0) FROM t";

/* One change; bodies of up to three pages. */
static void change(struct twins *t)
{
    struct arena *arena = t->cx->arena;
    int key = (int)rng_below(&t->rng, KEYS), n = (int)rng_below(&t->rng, 1000000);
    int size = (int)rng_below(&t->rng, 12000);
    if (rng_chance(&t->rng, 150))
        both(t, str_c(arena, str_fmt(arena, "DELETE FROM t WHERE k = %d", key)));
    else
        both(t, str_c(arena,
                    str_fmt(arena, "REPLACE INTO t VALUES (%d, %d, zeroblob(%d))", key, n, size)));
}

static void transaction(struct twins *t)
{
    bool saved = false;
    both(t, "BEGIN IMMEDIATE");
    for (uint64_t left = rng_below(&t->rng, 60); left > 0; left--) {
        change(t);
        if (rng_chance(&t->rng, 40)) {
            both(t, saved ? "ROLLBACK TO s; RELEASE s" : "SAVEPOINT s");
            saved = !saved;
        }
        if (rng_chance(&t->rng, 100)) /* reads its own frames back */
            CHECK_INT(ask(t->ours, all), ask(t->model, all));
    }
    both(t, rng_chance(&t->rng, 250) ? "ROLLBACK" : "COMMIT");
}

static void test_twins(void **state)
{
    (void)state;
    struct twins *t = twins_open(1);
    for (int i = 0; i < ROUNDS; i++) {
        transaction(t);
        CHECK_INT(ask(t->reader, all), ask(t->model, all));
        if (rng_chance(&t->rng, 30))
            must(t->reader, "PRAGMA wal_checkpoint(RESTART)");
        if (rng_chance(&t->rng, 15)) {
            sqlite3_close(t->ours);
            t->ours = connect(t->path);
        }
    }
    CHECK_INT(ask(t->reader, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
    twins_close(t);
}

/* A log that cannot grow: the commit fails, what was there stays, and the next one goes well. */
static void test_full(void **state)
{
    (void)state;
    struct twins *t = twins_open(2);
    struct rlimit was, tight;
    CHECK(getrlimit(RLIMIT_FSIZE, &was) == 0);
    void (*signals)(int) = signal(SIGXFSZ, SIG_IGN);
    transaction(t);
    for (rlim_t room = 1; room < 40; room += 3) {
        int64_t before = ask(t->reader, all);
        must(t->reader, "PRAGMA wal_checkpoint(TRUNCATE)");
        must(t->ours, "BEGIN IMMEDIATE");
        tight = (struct rlimit){ room * 4000, was.rlim_max };
        CHECK(setrlimit(RLIMIT_FSIZE, &tight) == 0);
        int rc = sqlite3_exec(t->ours,
            "WITH RECURSIVE c(x) AS (SELECT 1000 UNION ALL SELECT x + 1 FROM c WHERE x < 1080) "
            "INSERT INTO t SELECT x, x, zeroblob(3000) FROM c; COMMIT",
            NULL, NULL, NULL);
        CHECK(setrlimit(RLIMIT_FSIZE, &was) == 0);
        CHECK_INT(rc & 0xff, SQLITE_IOERR); /* EFBIG; a full disk is in db_disk_test */
        if (!sqlite3_get_autocommit(t->ours))
            must(t->ours, "ROLLBACK");
        CHECK_INT(ask(t->ours, all), before);
        CHECK_INT(ask(t->reader, all), before);
        transaction(t);
        CHECK_INT(ask(t->reader, all), ask(t->model, all));
    }
    CHECK_INT(ask(t->reader, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
    (void)signal(SIGXFSZ, signals);
    twins_close(t);
}

static void copy_file(const struct twins *t, const char *from, const char *to)
{
    str bytes;
    CHECK(file_read(t->cx->arena, str_from_c(in_folder(t, from)), &bytes));
    CHECK(file_put(
        t->cx->arena, (struct file_put){ .path = str_from_c(in_folder(t, to)), .bytes = bytes }));
}

/* kill -9 between transactions: what was committed is there, also what waited in no file. */
static void test_killed(void **state)
{
    (void)state;
    struct twins *t = twins_open(3);
    for (int i = 0; i < 10; i++)
        transaction(t);
    int64_t committed = ask(t->model, all);
    both(t, "BEGIN IMMEDIATE");
    for (int i = 0; i < 200; i++)
        change(t);                /* most of it is in the log, without a commit */
    copy_file(t, "t.db", "u.db"); /* what the disk would have */
    copy_file(t, "t.db-wal", "u.db-wal");
    sqlite3 *after = connect(in_folder(t, "u.db"));
    CHECK_INT(ask(after, all), committed);
    CHECK_INT(ask(after, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
    sqlite3_close(after);
    both(t, "ROLLBACK");
    twins_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_twins), cmocka_unit_test(test_full),
        cmocka_unit_test(test_killed) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
