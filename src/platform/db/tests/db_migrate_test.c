/* SPDX-License-Identifier: Apache-2.0
 * Migrations on both engines: order, what is refused, text for one engine, processes that migrate
 * at the same time. Run by meson test. Must never use the migrations of a real service. */
#include <pthread.h>

#include "platform/db/tests/probe.h"

static struct store *empty_for(void **state)
{
    return store_open_with((struct store_opts){ .engine = store_engine(state) });
}

#define TABLE "CREATE TABLE probe_row (id uuid NOT NULL PRIMARY KEY, n bigint NOT NULL, note text);"
#define M(owner, version, text)                                                                    \
    {                                                                                              \
        S_INIT(owner), version, S_INIT("x.sql"), S_INIT(text)                                      \
    }

static void test_applied_once(void **state)
{
    struct store *s = empty_for(state);
    struct cx *cx = store_cx(s);
    size_t applied = 99;

    CHECK_ERR(cx, db_migrate(store_db(s), cx, probe_migrations, 2, &applied), NULL);
    CHECK_INT((int64_t)applied, 2);
    CHECK_ERR(
        cx, db_migrate(store_db(s), cx, probe_migrations, COUNT(probe_migrations), &applied), NULL);
    CHECK_INT((int64_t)applied, 1);
    CHECK_ERR(
        cx, db_migrate(store_db(s), cx, probe_migrations, COUNT(probe_migrations), &applied), NULL);
    CHECK_INT((int64_t)applied, 0);
    probe_fill(s, 2);
    CHECK_INT(probe_rows(s), 2);
    store_reopen(s);
    CHECK_ERR(store_cx(s),
        db_migrate(store_db(s), cx, probe_migrations, COUNT(probe_migrations), &applied), NULL);
    CHECK_INT((int64_t)applied, 0);
    store_close(s);
}

/* Each case migrates `before`, then `list`. */
static const struct migrate_case {
    const char *name;
    struct db_migration before[3], list[3];
    err want;
    const char *detail;
    size_t applied;
} migrate_cases[] = {
    { "two owners", { M("probe", 1, TABLE) },
        { M("probe", 1, TABLE), M("other", 1, "CREATE TABLE other_row (n bigint);") }, NULL, NULL,
        1 },
    { "an owner that the list does not know",
        { M("other", 1, "CREATE TABLE other_row (n bigint);") }, { M("probe", 1, TABLE) }, NULL,
        NULL, 1 },
    { "changed text", { M("probe", 1, TABLE) }, { M("probe", 1, TABLE " ") }, &DB_FAILED,
        "probe 1 (x.sql) was changed after it was applied", 0 },
    { "gap in the list", { { .version = 0 } }, { M("probe", 1, TABLE), M("probe", 3, "SELECT 1;") },
        &DB_FAILED, "probe: version 3 follows 1", 0 },
    { "does not start at 1", { { .version = 0 } }, { M("probe", 2, TABLE) }, &DB_FAILED,
        "probe: version 2 follows 0", 0 },
    { "database is newer", { M("probe", 1, TABLE), M("probe", 2, "SELECT 1;") },
        { M("probe", 1, TABLE) }, &DB_FAILED, "probe 2 is applied and not known to this program",
        0 },
    { "bad statement", { { .version = 0 } }, { M("probe", 1, TABLE " CREATE TALBE x;") },
        &DB_FAILED, NULL, 0 },
    { "engines", { { .version = 0 } },
        { M("probe", 1,
            TABLE "\n-- @sqlite\nCREATE TABLE probe_a (n INTEGER) STRICT;\n"
                  "-- @pg\nCREATE TABLE probe_a (n bigint); COMMENT ON TABLE probe_a IS 'x';\n"
                  "  -- @both  \nCREATE TABLE probe_b (n bigint PRIMARY KEY) WITHOUT ROWID;\n"
                  "INSERT INTO probe_a SELECT 1; INSERT INTO probe_b SELECT n FROM probe_a;") },
        NULL, NULL, 1 },
};

static size_t length(const struct db_migration *list)
{
    size_t n = 0;

    while (n < 3 && list[n].version > 0)
        n++;
    return n;
}

static void test_cases(void **state)
{
    for (size_t i = 0; i < COUNT(migrate_cases); i++) {
        const struct migrate_case *c = &migrate_cases[i];
        struct store *s = empty_for(state);
        struct cx *cx = store_cx(s);
        size_t applied = 0;
        CHECK_ERR(cx, db_migrate(store_db(s), cx, c->before, length(c->before), &applied), NULL);
        applied = 0;
        err e = db_migrate(store_db(s), cx, c->list, length(c->list), &applied);
        if (e != c->want)
            print_error("case \"%s\"\n", c->name);
        CHECK_ERR(cx, e, c->want);
        if (c->detail)
            CHECK_STR(cx->detail, str_from_c(c->detail));
        CHECK_INT((int64_t)applied, (int64_t)c->applied);
        store_close(s);
    }
}

/* What a failing migration did is undone, and the ones before it stay. */
static void test_failure_is_whole(void **state)
{
    static const struct db_migration bad[] = { M("probe", 1, TABLE),
        M("probe", 2, "CREATE TABLE probe_b (n bigint); INSERT INTO nowhere SELECT 1;") };
    static const struct db_migration good[] = { M("probe", 1, TABLE),
        M("probe", 2, "CREATE TABLE probe_b (n bigint);") };
    struct store *s = empty_for(state);
    struct cx *cx = store_cx(s);
    size_t applied = 0;

    CHECK_ERR(cx, db_migrate(store_db(s), cx, bad, 2, &applied), &DB_FAILED);
    cx_clear(cx);
    CHECK_ERR(cx, db_migrate(store_db(s), cx, good, 2, &applied), NULL);
    CHECK_INT((int64_t)applied, 1);
    store_close(s);
}

static void test_missing_in_the_middle(void **state)
{
    static const struct db_migration list[] = { M("probe", 1, TABLE), M("probe", 2, "SELECT 1;"),
        M("probe", 3, "SELECT 2;") };
    struct store *s = empty_for(state);
    struct cx *cx = store_cx(s);
    size_t applied;

    CHECK_ERR(cx, db_migrate(store_db(s), cx, list, 3, &applied), NULL);
    store_script(s, "DELETE FROM souk_migration WHERE version = 2");
    CHECK_ERR(cx, db_migrate(store_db(s), cx, list, 3, &applied), &DB_FAILED);
    CHECK_STR(cx->detail, S("probe 2 is missing, though 3 is applied"));
    store_close(s);
}

/* ---- two processes at once (PostgreSQL; SQLite lets in one) ---- */
struct migrator {
    str url;
    pthread_t thread;
    err got;
    size_t applied;
};

static void *migrate_apart(void *arg)
{
    struct migrator *m = arg;
    struct cx *cx = check_cx_open();
    struct db *db;

    m->got = db_open(cx->arena, cx, (struct db_opts){ .url = m->url, .inline_lane = true }, &db);
    if (!m->got) {
        m->got = db_migrate(db, cx, probe_migrations, COUNT(probe_migrations), &m->applied);
        db_close(db);
    }
    check_cx_close(cx);
    return NULL;
}

static void test_at_the_same_time(void **state)
{
    struct store *s = empty_for(state);
    struct migrator migrators[4];
    size_t applied = 0;

    for (size_t i = 0; i < COUNT(migrators); i++) {
        migrators[i] = (struct migrator){ .url = store_url(s) };
        CHECK_INT(pthread_create(&migrators[i].thread, NULL, migrate_apart, &migrators[i]), 0);
    }
    for (size_t i = 0; i < COUNT(migrators); i++) {
        pthread_join(migrators[i].thread, NULL);
        CHECK(migrators[i].got == NULL);
        applied += migrators[i].applied;
    }
    CHECK_INT((int64_t)applied, (int64_t)COUNT(probe_migrations));
    store_close(s);
}

static void test_lanes_go_on(void **state)
{
    struct store *s =
        probe_open((struct store_opts){ .engine = store_engine(state), .lanes = true });

    probe_fill(s, 3);
    CHECK_INT(probe_rows(s), 3);
    store_close(s);
}

static void test_no_embedded(void **state)
{
    struct cx *cx = check_cx_open();
    struct db_migration *list = NULL;
    size_t n = 99;

    (void)state;
    CHECK_ERR(cx, db_migrations_of(cx, S("nobody"), S("src/nobody/sql/"), &list, &n), NULL);
    CHECK_INT((int64_t)n, 0);
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_applied_once),
        STORE_TEST(test_cases),
        STORE_TEST(test_failure_is_whole),
        STORE_TEST(test_missing_in_the_middle),
        STORE_TEST_ON(test_at_the_same_time, DB_PG),
        STORE_TEST(test_lanes_go_on),
        cmocka_unit_test(test_no_embedded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
