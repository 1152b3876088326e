/* SPDX-License-Identifier: Apache-2.0
 * Named queries and units of work on both engines: every kind, type and mapping. Run by meson test.
 * Must never depend on one engine where both promise the same. */
#include "platform/db/tests/probe.h"

/* ---- values ---- */
static const struct types_case {
    const char *name;
    struct probe_sql_types_add_in in;
} types_cases[] = {
    { "usual", { .a_int = 42,
                   .a_text = S_INIT("tea"),
                   .a_bool = true,
                   .a_blob = S_INIT("\x00\xff\x27"),
                   .a_num = 0.5,
                   .an_id = { { 1, 2, 3 } } } },
    { "zeros", { .a_text = S_INIT(""), .a_blob = S_INIT("") } },
    { "extremes", { .a_int = INT64_MIN,
                      .a_text = S_INIT("\xf0\x9f\x8d\xb5 'quoted' \"$1\" ?1"),
                      .a_num = -1.7976931348623157e308,
                      .an_id = { { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
                          255, 255, 255 } } } },
    { "other end", { .a_int = INT64_MAX, .a_text = S_INIT("\n\t"), .a_num = 5e-324 } },
    { "absent text is empty", { .a_text = { NULL, 0 }, .a_blob = { NULL, 0 } } },
};

struct types_kit {
    struct db *db;
    const struct types_case *c;
    id id;
};

static err types_round_trip(void *arg, struct cx *cx)
{
    struct types_kit *kit = arg;
    struct probe_sql_types_add_in in = kit->c->in;
    struct probe_sql_types_get_row row;
    int64_t changed;
    bool found;

    in.id = kit->id;
    CHECK_ERR(cx, probe_sql_types_add(kit->db, cx, in, &changed), NULL);
    CHECK_INT(changed, 1);
    struct probe_sql_types_get_in get = { .id = kit->id };
    CHECK_ERR(cx, probe_sql_types_get(kit->db, cx, get, &row, &found), NULL);
    CHECK(found);
    CHECK_INT(row.a_int, in.a_int);
    CHECK_STR(row.a_text, in.a_text);
    CHECK(row.a_text.p != NULL);
    CHECK(row.a_bool == in.a_bool);
    CHECK_STR(row.a_blob, in.a_blob);
    CHECK(memcmp(&row.a_num, &in.a_num, sizeof row.a_num) == 0);
    CHECK(id_eq(row.an_id, in.an_id));
    return NULL;
}

static void test_types(void **state)
{
    struct store *s = probe_for(state);

    for (size_t i = 0; i < COUNT(types_cases); i++) {
        struct types_kit kit = { store_db(s), &types_cases[i], probe_id((int64_t)i) };
        CHECK_ERR(store_cx(s), store_write(s, types_round_trip, &kit), NULL);
    }
    store_close(s);
}

static err nulls_round_trip(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    struct probe_sql_nulls_get_row row;
    bool found;

    struct probe_sql_nulls_add_in none = { .id = probe_id(1) };
    CHECK_ERR(cx, probe_sql_nulls_add(kit->db, cx, none, NULL), NULL);
    struct probe_sql_nulls_get_in get = { .id = probe_id(1) };
    CHECK_ERR(cx, probe_sql_nulls_get(kit->db, cx, get, &row, &found), NULL);
    CHECK(found && !row.a_int.has && !row.a_num.has && !row.a_text.p && !row.a_blob.p);
    CHECK(id_is_none(row.an_id));

    struct probe_sql_nulls_add_in all = { .id = probe_id(2),
        .a_int = { true, 0 },
        .a_text = S(""),
        .a_blob = S(""),
        .a_num = { true, 0 },
        .an_id = probe_id(9) };
    CHECK_ERR(cx, probe_sql_nulls_add(kit->db, cx, all, NULL), NULL);
    get.id = probe_id(2);
    CHECK_ERR(cx, probe_sql_nulls_get(kit->db, cx, get, &row, &found), NULL);
    CHECK(found && row.a_int.has && row.a_num.has && row.a_text.p && row.a_blob.p);
    CHECK(row.a_int.v == 0 && row.a_text.n == 0 && row.a_blob.n == 0);
    CHECK(id_eq(row.an_id, probe_id(9)));
    return NULL;
}

static void test_nulls(void **state)
{
    struct store *s = probe_for(state);
    struct probe_kit kit = { .db = store_db(s) };

    CHECK_ERR(store_cx(s), store_write(s, nulls_round_trip, &kit), NULL);
    store_close(s);
}

static err null_filter(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    struct probe_sql_by_note_row *rows = NULL;
    struct probe_sql_add_in in[] = { { probe_id(1), 1, { NULL, 0 } }, { probe_id(2), 2, S("") },
        { probe_id(3), 3, S("x") } };
    const str notes[] = { { NULL, 0 }, S(""), S("x") };
    size_t n;

    CHECK_ERR(cx, probe_sql_add_batch(kit->db, cx, in, COUNT(in), NULL), NULL);
    for (size_t i = 0; i < COUNT(notes); i++) {
        struct probe_sql_by_note_in by = { .note = notes[i] };
        CHECK_ERR(cx, probe_sql_by_note(kit->db, cx, by, &rows, &n), NULL);
        CHECK_INT((int64_t)n, 1);
        CHECK_INT(rows[0].n, (int64_t)i + 1);
    }
    return NULL;
}

static void test_null_parameter(void **state)
{
    struct store *s = probe_for(state);
    struct probe_kit kit = { .db = store_db(s) };

    CHECK_ERR(store_cx(s), store_write(s, null_filter, &kit), NULL);
    store_close(s);
}

static err read_widths(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    struct probe_sql_widths_row row;
    bool found;

    CHECK_ERR(cx, probe_sql_widths(kit->db, cx, &row, &found), NULL);
    CHECK(found && row.a == 7 && row.b == 8 && row.c > 0.4 && row.c < 0.6);
    return NULL;
}

static void test_widths(void **state)
{
    struct store *s = probe_for(state);
    struct probe_kit kit = { .db = store_db(s) };

    CHECK_ERR(store_cx(s), store_read(s, read_widths, &kit), NULL);
    store_close(s);
}

static err strict_null(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    struct probe_sql_nulls_strict_row row;
    bool found;

    struct probe_sql_nulls_add_in none = { .id = probe_id(1) };
    CHECK_ERR(cx, probe_sql_nulls_add(kit->db, cx, none, NULL), NULL);
    struct probe_sql_nulls_strict_in get = { .id = probe_id(1) };
    return probe_sql_nulls_strict(kit->db, cx, get, &row, &found);
}

static void test_unexpected_null(void **state)
{
    struct store *s = probe_for(state);
    struct probe_kit kit = { .db = store_db(s) };

    CHECK_ERR(store_cx(s), store_write(s, strict_null, &kit), &DB_FAILED);
    CHECK_STR(store_cx(s)->detail, S("probe.nulls_strict: column a_int is null"));
    store_close(s);
}

static err wrong_type(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    struct probe_sql_wrong_type_row row;
    bool found;

    struct probe_sql_types_add_in in = { .id = probe_id(1), .a_text = S("secret") };
    CHECK_ERR(cx, probe_sql_types_add(kit->db, cx, in, NULL), NULL);
    struct probe_sql_wrong_type_in get = { .id = probe_id(1) };
    return probe_sql_wrong_type(kit->db, cx, get, &row, &found);
}

static void test_wrong_type(void **state)
{
    struct store *s = probe_for(state);
    struct probe_kit kit = { .db = store_db(s) };

    CHECK_ERR(store_cx(s), store_write(s, wrong_type, &kit), &DB_FAILED);
    CHECK(str_starts(store_cx(s)->detail, S("probe.wrong_type: column a_int is ")));
    CHECK(str_find(store_cx(s)->detail, S("secret"), 0) < 0);
    store_close(s);
}

/* ---- kinds ---- */
static err one_and_many(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    struct probe_sql_get_row row;
    struct probe_sql_list_row *rows = NULL;
    bool found = true;
    size_t n = 9;

    struct probe_sql_get_in missing = { .id = probe_id(1000) };
    CHECK_ERR(cx, probe_sql_get(kit->db, cx, missing, &row, &found), NULL);
    CHECK(!found);
    struct probe_sql_get_in get = { .id = probe_id(7) };
    CHECK_ERR(cx, probe_sql_get(kit->db, cx, get, &row, &found), NULL);
    CHECK(found && row.n == 7 && !row.note.p);
    struct probe_sql_list_in all = { .from_n = 0 }, none = { .from_n = 1000 };
    CHECK_ERR(cx, probe_sql_list(kit->db, cx, all, &rows, &n), NULL);
    CHECK_INT((int64_t)n, 300);
    for (size_t i = 0; i < n; i++)
        CHECK(rows[i].n == (int64_t)i && id_eq(rows[i].id, probe_id((int64_t)i)));
    CHECK_ERR(cx, probe_sql_list(kit->db, cx, none, &rows, &n), NULL);
    CHECK_INT((int64_t)n, 0);
    return NULL;
}

static void test_one_and_many(void **state)
{
    struct store *s = probe_for(state);
    struct probe_kit kit = { .db = store_db(s) };

    probe_fill(s, 300);
    CHECK_ERR(store_cx(s), store_read(s, one_and_many, &kit), NULL);
    CHECK_ERR(store_cx(s), store_write(s, one_and_many, &kit), NULL);
    store_close(s);
}

static err exec_counts(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    int64_t changed = -1;

    struct probe_sql_bump_in missing = { probe_id(1000) }, there = { probe_id(1) };
    CHECK_ERR(cx, probe_sql_bump(kit->db, cx, missing, &changed), NULL);
    CHECK_INT(changed, 0);
    CHECK_ERR(cx, probe_sql_bump(kit->db, cx, there, &changed), NULL);
    CHECK_INT(changed, 1);
    CHECK_ERR(cx, probe_sql_bump_all(kit->db, cx, &changed), NULL);
    CHECK_INT(changed, 10);
    return NULL;
}

static void test_exec_counts(void **state)
{
    struct store *s = probe_for(state);
    struct probe_kit kit = { .db = store_db(s) };

    probe_fill(s, 10);
    CHECK_ERR(store_cx(s), store_write(s, exec_counts, &kit), NULL);
    store_close(s);
}

#define BATCH 1000
static err batches(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    struct probe_sql_add_in *ins = NEW_N(cx->arena, BATCH, struct probe_sql_add_in);
    struct probe_sql_take_in *takes = NEW_N(cx->arena, BATCH, struct probe_sql_take_in);
    struct probe_sql_take_row *left = NEW_N(cx->arena, BATCH, struct probe_sql_take_row);
    int64_t *changed = NEW_N(cx->arena, BATCH, int64_t);
    bool *found = NEW_N(cx->arena, BATCH, bool);

    for (int64_t i = 0; i < BATCH; i++) {
        ins[i] = (struct probe_sql_add_in){ .id = probe_id(i), .n = i, .note = S("note") };
        takes[i] = (struct probe_sql_take_in){ .id = probe_id(i), .qty = 500 };
    }
    CHECK_ERR(cx, probe_sql_add_batch(kit->db, cx, ins, BATCH, changed), NULL);
    CHECK_ERR(cx, probe_sql_take_batch(kit->db, cx, takes, BATCH, left, found), NULL);
    for (int64_t i = 0; i < BATCH; i++) {
        CHECK_INT(changed[i], 1);
        CHECK(found[i] == (i >= 500));
        CHECK(!found[i] || left[i].n == i - 500);
    }
    CHECK_ERR(cx, probe_sql_add_batch(kit->db, cx, ins, 0, changed), NULL);
    CHECK_ERR(cx, probe_sql_take_batch(kit->db, cx, takes, 0, left, found), NULL);
    return NULL;
}

static void test_batches(void **state)
{
    struct store *s = probe_for(state);
    struct probe_kit kit = { .db = store_db(s) };

    CHECK_ERR(store_cx(s), store_write(s, batches, &kit), NULL);
    CHECK_INT(probe_rows(s), BATCH);
    store_close(s);
}

static err read_batch(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    struct probe_sql_get_in ins[3] = { { probe_id(5) }, { probe_id(99) }, { probe_id(0) } };
    struct probe_sql_get_row rows[3];
    bool found[3];

    CHECK_ERR(cx, probe_sql_get_batch(kit->db, cx, ins, 3, rows, found), NULL);
    CHECK(found[0] && !found[1] && found[2] && rows[0].n == 5 && rows[2].n == 0);
    return NULL;
}

static void test_read_batch(void **state)
{
    struct store *s = probe_for(state);
    struct probe_kit kit = { .db = store_db(s) };

    probe_fill(s, 10);
    CHECK_ERR(store_cx(s), store_read(s, read_batch, &kit), NULL);
    store_close(s);
}

static err bad_batch(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    struct probe_sql_add_in ins[4] = { { .id = probe_id(1) }, { .id = probe_id(2) },
        { .id = probe_id(1) }, { .id = probe_id(3) } };

    return probe_sql_add_batch(kit->db, cx, ins, 4, NULL);
}

static void test_batch_error(void **state)
{
    struct store *s = probe_for(state);
    struct probe_kit kit = { .db = store_db(s) };

    CHECK_ERR(store_cx(s), store_write(s, bad_batch, &kit), &DB_DUPLICATE);
    CHECK_INT(probe_rows(s), 0);
    probe_fill(s, 4); /* the connection is well */
    CHECK_INT(probe_rows(s), 4);
    store_close(s);
}

/* ---- checks and plans ---- */
static const struct check_case {
    const struct db_query *q;
    bool good;
} check_cases[] = {
    { &PROBE_ADD, true },
    { &PROBE_TAKE, true },
    { &PROBE_LIST, true },
    { &PROBE_TYPES_GET, true },
    { &PROBE_NULLS_GET, true },
    { &PROBE_LOCK, true },
    { &PROBE_JSON_KEYS, true },
    { &PROBE_CTE, true },
    { &PROBE_WIDTHS, true },
    { &PROBE_BY_NOTE, true },
    { &PROBE_NULLS_GATHER, true },
    { &PROBE_COPY_GATHERED, true },
    { &PROBE_BAD_SYNTAX, false },
    { &PROBE_BAD_COUNT, false },
    { &PROBE_BAD_TYPE, false },
    { &PROBE_WRONG_TYPE, false },
};

static void test_query_check(void **state)
{
    struct store *s = probe_for(state);
    struct cx *cx = store_cx(s);

    for (size_t i = 0; i < COUNT(check_cases); i++) {
        cx_clear(cx);
        err e = db_query_check(store_db(s), cx, check_cases[i].q);
        if (e != (check_cases[i].good ? NULL : &ERR_BUG))
            print_error("%s: " STR_F "\n", check_cases[i].q->name, STR_A(cx->detail));
        CHECK(e == (check_cases[i].good ? NULL : &ERR_BUG));
        CHECK(!e || str_starts(cx->detail, str_from_c(check_cases[i].q->name)));
    }
    store_close(s);
}

/* A foreign key points at the table: rows may not be kept back from it. Notes are not unique: more
 * than one row may change. */
static void test_gathered_check(void **state)
{
    static const struct {
        const struct db_query *q;
        const char *why;
    } rows[] = { { &PROBE_ADD_GATHERED, "has a trigger" },
        { &PROBE_TAKE_GATHERED, "has a trigger" }, { &PROBE_NOTED_GATHERED, "not by a unique key" },
        { &PROBE_COPY_NOTES_GATHERED, "not by a unique key" } };
    struct store *s = probe_for(state);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cx cx = { .arena = store_cx(s)->arena };
        CHECK_ERR(&cx, db_query_check(store_db(s), &cx, rows[i].q), &ERR_BUG);
        CHECK(str_find(cx.detail, str_from_c(rows[i].why), 0) > 0);
    }
    store_close(s);
}

static void test_query_plan(void **state)
{
    struct store *s = probe_for(state);
    str plan = { NULL, 0 };

    CHECK_ERR(store_cx(s), db_query_plan(store_db(s), store_cx(s), &PROBE_TAKE, &plan), NULL);
    CHECK(str_find(plan, S("probe_row"), 0) >= 0);
    /* of any values, as the connection executes it */
    CHECK(store_engine(state) == DB_SQLITE || str_find(plan, S("$1"), 0) >= 0);
    CHECK_INT(probe_rows(s), 0);
    store_close(s);
}

static err json_and_cte(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    struct probe_sql_json_keys_row *keys = NULL;
    struct probe_sql_cte_row *rows = NULL;
    size_t n;

    struct probe_sql_json_keys_in doc = { .doc = S("{\"b\":1,\"a\":[2]}") };
    CHECK_ERR(cx, probe_sql_json_keys(kit->db, cx, doc, &keys, &n), NULL);
    CHECK_INT((int64_t)n, 2);
    CHECK_STR(keys[0].key, S("a"));
    CHECK_ERR(cx, probe_sql_cte(kit->db, cx, (struct probe_sql_cte_in){ 1 }, &rows, &n), NULL);
    CHECK_INT((int64_t)n, 2);
    return NULL;
}

static void test_json_and_cte(void **state)
{
    struct store *s = probe_for(state);
    struct probe_kit kit = { .db = store_db(s) };

    probe_fill(s, 3);
    CHECK_ERR(store_cx(s), store_read(s, json_and_cte, &kit), NULL);
    store_close(s);
}

/* ---- whose tables (SQLite refuses; tests on it speak for both) ---- */
static const struct db_query *const foreign_queries[] = { &PROBE_FOREIGN_TABLE,
    &PROBE_FOREIGN_WRITE, &PROBE_FOREIGN_JOIN };

static err read_foreign(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    struct probe_sql_foreign_table_row row;
    bool found;

    return probe_sql_foreign_table(kit->db, cx, &row, &found);
}

static void test_ownership(void **state)
{
    struct store *s = probe_for(state);
    struct probe_kit kit = { .db = store_db(s) };
    struct cx *cx = store_cx(s);

    for (size_t i = 0; i < COUNT(foreign_queries); i++) {
        cx_clear(cx);
        CHECK_ERR(cx, db_query_check(store_db(s), cx, foreign_queries[i]), &ERR_BUG);
        CHECK(str_ends(cx->detail, S(": touches other_row, which is not its own")));
    }
    CHECK_ERR(cx, store_read(s, read_foreign, &kit), &DB_FAILED);
    CHECK_ERR(cx, store_write(s, read_foreign, &kit), &DB_FAILED);
    store_close(s);
}

static err full_text(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    struct probe_sql_fts_match_row *rows = NULL;
    const str notes[] = { S("green tea"), S("black coffee"), S("tea and coffee") };
    size_t n = 0;

    for (size_t i = 0; i < COUNT(notes); i++) {
        struct probe_sql_fts_add_in in = { .rowid = (int64_t)i + 1, .note = notes[i] };
        CHECK_ERR(cx, probe_sql_fts_add(kit->db, cx, in, NULL), NULL);
    }
    struct probe_sql_fts_match_in match = { .query = S("coffee") };
    CHECK_ERR(cx, probe_sql_fts_match(kit->db, cx, match, &rows, &n), NULL);
    CHECK_INT((int64_t)n, 2);
    return NULL;
}

static void test_full_text(void **state) /* its shadow tables have the prefix too */
{
    struct store *s = probe_for(state);
    struct probe_kit kit = { .db = store_db(s) };

    CHECK_ERR(store_cx(s), store_write(s, full_text, &kit), NULL);
    store_reopen(s);
    CHECK_ERR(store_cx(s), db_query_check(store_db(s), store_cx(s), &PROBE_FTS_MATCH), NULL);
    store_close(s);
}

/* ---- limits and outside ---- */
static err run_slow(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    struct probe_sql_slow_row row;
    bool found;

    return probe_sql_slow(kit->db, cx, (struct probe_sql_slow_in){ .n = kit->n }, &row, &found);
}

static void test_slow_statement(void **state)
{
    struct store *s = probe_open(
        (struct store_opts){ .engine = store_engine(state), .db = { .wait_ms_max = 100 } });
    struct probe_kit kit = { .db = store_db(s), .n = INT64_C(1000000000) };

    CHECK_ERR(store_cx(s), store_read(s, run_slow, &kit), &DB_OVERLOADED);
    CHECK_INT(store_cx(s)->retry_after_s, 1);
    CHECK_ERR(store_cx(s), store_write(s, run_slow, &kit), &DB_OVERLOADED);
    probe_fill(s, 1);
    CHECK_INT(probe_rows(s), 1);
    store_close(s);
}

static void test_reopen(void **state)
{
    struct store *s = probe_for(state);

    probe_fill(s, 3);
    store_reopen(s);
    CHECK_INT(probe_rows(s), 3);
    CHECK_ERR(store_cx(s), db_ping(store_db(s), store_cx(s)), NULL);
    store_close(s);
}

static void test_memory(void **state)
{
    struct cx *cx = check_cx_open();
    struct db *db;
    size_t applied;

    (void)state;
    struct db_opts opts = { .url = S("sqlite::memory:"), .inline_lane = true };
    CHECK_ERR(cx, db_open(cx->arena, cx, opts, &db), NULL);
    CHECK_ERR(cx, db_migrate(db, cx, probe_migrations, COUNT(probe_migrations), &applied), NULL);
    struct probe_kit kit = { .db = db, .n = 3 };
    CHECK_ERR(cx, db_write_wait(db, cx, 0, probe_add_some, &kit), NULL);
    CHECK_ERR(cx, db_read(cx, probe_count, &kit), NULL);
    CHECK_INT(kit.n, 3);
    db_close(db);
    opts.inline_lane = false;
    CHECK_ERR(cx, db_open(cx->arena, cx, opts, &db), &DB_FAILED);
    check_cx_close(cx);
}

static void test_bad_url(void **state)
{
    static const str urls[] = { S_INIT(""), S_INIT("sqlite:"), S_INIT("mysql://x"), { NULL, 0 } };
    struct db *db;

    (void)state;
    for (size_t i = 0; i < COUNT(urls); i++) {
        struct cx *cx = check_cx_open();
        CHECK_ERR(cx, db_open(cx->arena, cx, (struct db_opts){ .url = urls[i] }, &db), &DB_FAILED);
        check_cx_close(cx);
    }
    db_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_types),
        STORE_TEST(test_nulls),
        STORE_TEST(test_null_parameter),
        STORE_TEST(test_widths),
        STORE_TEST(test_unexpected_null),
        STORE_TEST(test_wrong_type),
        STORE_TEST(test_one_and_many),
        STORE_TEST(test_exec_counts),
        STORE_TEST(test_batches),
        STORE_TEST(test_read_batch),
        STORE_TEST(test_batch_error),
        STORE_TEST(test_query_check),
        STORE_TEST_ON(test_gathered_check, DB_PG),
        STORE_TEST(test_query_plan),
        STORE_TEST(test_json_and_cte),
        STORE_TEST_ON(test_ownership, DB_SQLITE),
        STORE_TEST_ON(test_full_text, DB_SQLITE),
        STORE_TEST(test_slow_statement),
        STORE_TEST(test_reopen),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_bad_url),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
