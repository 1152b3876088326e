/* SPDX-License-Identifier: Apache-2.0
 * Fresh databases for tests. Called by store tests. Must never leave a file, schema or connection
 * behind, whatever the test does. */
#include "tests/support/store.h"

#include <dirent.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/seal.h"
struct store {
    struct store *next;
    struct arena *life; /* of the store */
    struct arena *db_life;
    struct store_opts opts;
    struct cx *cx;
    struct db *db;
    str url;
    const char *folder; /* SQLite */
    const char *schema; /* PostgreSQL */
};

const enum db_engine store_engines[DB_ENGINES_N] = { [DB_SQLITE] = DB_SQLITE, [DB_PG] = DB_PG };

/* What tests have open, so that a failed one can be cleaned up after. */
static struct store *open_stores;

enum db_engine store_engine(void **state)
{
    return *(const enum db_engine *)*state;
}

int store_teardown(void **state)
{
    (void)state;
    while (open_stores)
        store_close(open_stores);
    return 0;
}

static void die(const char *what, const char *why)
{
    print_error("store: %s: %s\n", what, why);
    fail();
}

/* ---- PostgreSQL ---- */
static void ignore_notice(void *arg, const PGresult *r)
{
    (void)arg;
    (void)r;
}

static bool pg_try(const char *url, const char *text, bool quiet)
{
    PGconn *c = PQconnectdb(url);

    PQsetNoticeReceiver(c, ignore_notice, NULL);
    PGresult *r = PQexec(c, text);
    ExecStatusType status = PQresultStatus(r);
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!ok && !quiet)
        print_error("store: %s\n", PQerrorMessage(c));
    PQclear(r);
    PQfinish(c);
    return ok;
}

static void pg_script(const char *url, const char *text)
{
    assert_true(pg_try(url, text, false));
}

static void pg_create(struct store *s)
{
    const char *server = getenv("SOUK_TEST_PG");
    unsigned random = 0;

    assert_int_equal(getentropy(&random, sizeof random), 0);
    str schema = str_fmt(s->life, "souk_test_%d_%08x", (int)getpid(), random);
    str sql = str_fmt(s->life, "SET synchronous_commit = off; CREATE SCHEMA " STR_F, STR_A(schema));
    pg_script(server, str_c(s->life, sql));
    s->schema = str_c(s->life, schema);
    char sep = strchr(server, '?') ? '&' : '?';
    s->url = str_fmt(s->life,
        "%s%coptions=-csearch_path%%3D%s%%20-csynchronous_commit%%3Doff&application_name=%s",
        server, sep, s->schema, s->schema);
}

static void pg_drop(struct store *s)
{
    str sql = str_fmt(s->life, "SET synchronous_commit = off; DROP SCHEMA %s CASCADE", s->schema);
    pg_script(getenv("SOUK_TEST_PG"), str_c(s->life, sql));
}

/* ---- SQLite ---- */
static void sqlite_create(struct store *s)
{
    const char *tmp = getenv("TMPDIR");
    str path = str_fmt(s->life, "%s/souk-test-XXXXXX", tmp ? tmp : "/tmp");
    char *folder = arena_alloc(s->life, path.n + 1);

    memcpy(folder, path.p, path.n);
    if (!mkdtemp(folder))
        die("mkdtemp", folder);
    s->folder = folder;
    s->url = str_fmt(s->life, "sqlite:%s/test.db", folder);
}

static void sqlite_drop(struct store *s)
{
    struct dirent *entry;

    DIR *dir = opendir(s->folder);
    while (dir && (entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.')
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        closedir(dir);
    (void)rmdir(s->folder);
}

static bool sqlite_try(struct store *s, const char *text, bool quiet)
{
    sqlite3 *h = NULL;
    char *why = NULL;

    int rc = sqlite3_open(str_c(s->life, str_skip(s->url, S("sqlite:").n)), &h);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(h, text, NULL, NULL, &why);
    if (why && !quiet)
        print_error("store: %s\n", why);
    sqlite3_free(why);
    sqlite3_close(h);
    return rc == SQLITE_OK;
}

/* ---- both ---- */
static void migrate_folder(struct store *s, const char *folder)
{
    struct db_migration *list;
    size_t n, applied;
    const char *slash = strrchr(folder, '/');
    str owner = str_from_c(slash ? slash + 1 : folder);

    str path = str_fmt(s->life, "src/%s/sql/", folder);
    CHECK_ERR(s->cx, db_migrations_of(s->cx, owner, path, &list, &n), NULL);
    CHECK_ERR(s->cx, db_migrate(s->db, s->cx, list, n, &applied), NULL);
    CHECK_INT((int64_t)applied, (int64_t)n);
}

static void db_of(struct store *s)
{
    struct db_opts opts = s->opts.db;

    opts.url = s->url;
    opts.inline_lane = !s->opts.lanes;
    s->db_life = arena_open(1024);
    CHECK_ERR(s->cx, db_open(s->db_life, s->cx, opts, &s->db), NULL);
    seal_for_test(s->db_life, s->cx, s->db);
}

struct store *store_open_with(struct store_opts opts)
{
    size_t applied;

    if (opts.engine == DB_PG && !getenv("SOUK_TEST_PG"))
        skip();
    struct arena *life = arena_open(4096);
    struct store *s = NEW(life, struct store);
    s->life = life;
    s->opts = opts;
    s->cx = check_cx_open();
    s->next = open_stores;
    open_stores = s;
    if (opts.engine == DB_PG)
        pg_create(s);
    else
        sqlite_create(s);
    db_of(s);
    for (const char *const *f = opts.folders; f && *f; f++)
        migrate_folder(s, *f);
    if (opts.migrations_n > 0)
        CHECK_ERR(
            s->cx, db_migrate(s->db, s->cx, opts.migrations, opts.migrations_n, &applied), NULL);
    return s;
}

struct store *store_open(enum db_engine engine, const char *const *folders)
{
    return store_open_with((struct store_opts){ .engine = engine, .folders = folders });
}

static void unlist(struct store *s)
{
    struct store **at = &open_stores;

    while (*at && *at != s)
        at = &(*at)->next;
    if (*at)
        *at = s->next;
}

void store_close(struct store *s)
{
    if (!s)
        return;
    unlist(s);
    db_close(s->db);
    if (s->schema)
        pg_drop(s);
    if (s->folder)
        sqlite_drop(s);
    if (s->db_life)
        arena_close(s->db_life);
    check_cx_close(s->cx);
    arena_close(s->life);
}

struct db *store_db(struct store *s)
{
    return s->db;
}

struct cx *store_cx(struct store *s)
{
    return s->cx;
}

str store_url(struct store *s)
{
    return s->url;
}

void store_pause(struct store *s)
{
    db_close(s->db);
    s->db = NULL;
    arena_close(s->db_life);
    s->db_life = NULL;
}

void store_resume(struct store *s)
{
    db_of(s);
}

void store_reopen(struct store *s)
{
    store_pause(s);
    store_resume(s);
}

err store_read(struct store *s, db_work *fn, void *arg)
{
    cx_clear(s->cx);
    return db_read(s->cx, fn, arg);
}

err store_write(struct store *s, db_work *fn, void *arg)
{
    cx_clear(s->cx);
    return db_write_wait(s->db, s->cx, 0, fn, arg);
}

void store_script(struct store *s, const char *text)
{
    if (s->schema)
        pg_script(str_c(s->life, s->url), text);
    else
        assert_true(sqlite_try(s, text, false));
}

bool store_refuses(struct store *s, const char *text)
{
    return s->schema ? !pg_try(str_c(s->life, s->url), text, true) : !sqlite_try(s, text, true);
}
