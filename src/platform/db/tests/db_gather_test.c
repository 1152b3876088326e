/* SPDX-License-Identifier: Apache-2.0
 * Rows of `gathered` queries of several units that share a transaction: what each sees and what is
 * there at the end is as if nothing waited. Run by meson test. Must never depend on which rows went
 * in which statement. */
#include "platform/db/tests/probe.h"

#define STOCK 1000 /* of each row at first */

/* ---- rows of several units ---- */
enum { CROWD = 60, ROWS_EACH = 7 }; /* more than wait at most */

struct member {
    struct db *db;
    int64_t at;
    bool looks; /* for what the units before it wrote */
    int64_t seen;
};

/* Rows with values and with NULL in each place, of two tables in turn. */
static err join(void *arg, struct cx *cx)
{
    struct member *m = arg;
    for (int64_t i = 0; i < ROWS_EACH; i++) {
        int64_t n = m->at * ROWS_EACH + i;
        struct probe_sql_nulls_gather_in in = { .id = probe_id(n) };
        str text = str_fmt(cx->arena, "row %lld", (long long)n);
        if (n % 2)
            in.a_int = (struct opt_int){ true, n };
        if (n % 3)
            in.a_text = n % 3 == 2 ? text : S("");
        if (n % 5)
            in.a_blob = text;
        if (n % 7)
            in.a_num = (struct opt_num){ true, (double)n / 4 };
        if (n % 11)
            in.an_id = probe_id(n + 1);
        err e = probe_sql_nulls_gather(m->db, cx, in);
        if (!e)
            e = probe_sql_types_gather(m->db, cx,
                (struct probe_sql_types_gather_in){ .id = probe_id(n),
                    .a_int = -n,
                    .a_text = text,
                    .a_bool = n % 2 == 1,
                    .a_blob = text,
                    .a_num = -0.5,
                    .an_id = probe_id(n) });
        if (e)
            return e;
    }
    struct probe_sql_nulls_get_row row;
    bool found = false;
    err e = NULL;
    for (int64_t n = 0; !e && m->looks && n <= m->at * ROWS_EACH; n += ROWS_EACH) {
        e = probe_sql_nulls_get(
            m->db, cx, (struct probe_sql_nulls_get_in){ probe_id(n) }, &row, &found);
        m->seen += found;
    }
    return e;
}

static err check_joined(void *arg, struct cx *cx)
{
    for (int64_t n = 0; n < CROWD * ROWS_EACH; n++) {
        struct probe_sql_nulls_get_row row;
        struct probe_sql_types_get_row types;
        bool found, found_types;
        str text = str_fmt(cx->arena, "row %lld", (long long)n);
        CHECK_ERR(cx,
            probe_sql_nulls_get(
                arg, cx, (struct probe_sql_nulls_get_in){ probe_id(n) }, &row, &found),
            NULL);
        CHECK_ERR(cx,
            probe_sql_types_get(
                arg, cx, (struct probe_sql_types_get_in){ probe_id(n) }, &types, &found_types),
            NULL);
        CHECK(found && found_types);
        CHECK(row.a_int.has == (n % 2 != 0) && (!row.a_int.has || row.a_int.v == n));
        CHECK(!row.a_text.p == (n % 3 == 0));
        CHECK(str_eq(row.a_text, n % 3 == 2 ? text : S("")));
        CHECK(n % 5 ? str_eq(row.a_blob, text) : !row.a_blob.p);
        CHECK(row.a_num.has == (n % 7 != 0) && (!row.a_num.has || row.a_num.v == (double)n / 4));
        CHECK(n % 11 ? id_eq(row.an_id, probe_id(n + 1)) : id_is_none(row.an_id));
        CHECK_INT(types.a_int, -n);
        CHECK(types.a_bool == (n % 2 == 1) && types.a_num == -0.5);
        CHECK(str_eq(types.a_text, text) && str_eq(types.a_blob, text));
    }
    return NULL;
}

static void test_gathered(void **state)
{
    struct store *s = probe_one_lane(state);
    struct member members[CROWD];

    for (int64_t i = 0; i < CROWD; i++)
        members[i] = (struct member){ .db = store_db(s), .at = i, .looks = i % 20 == 19 };
    probe_crowd(s, join, members, sizeof *members, CROWD, NULL);
    for (int64_t i = 0; i < CROWD; i++)
        CHECK_INT(members[i].seen, members[i].looks ? i + 1 : 0);
    CHECK_ERR(store_cx(s), store_read(s, check_joined, store_db(s)), NULL);
    store_close(s);
}

/* ---- changes of several units ---- */
/* Fewer shelves than units: some change a row that waits already. */
enum { SHELVES = 11, BEHIND = 2, CROWDS = 2, NOBODY = 999 };

struct taker {
    struct db *db;
    int64_t at, seen;
};

/* In the second crowd: the units of a group with a wrong one run alone. */
static bool is_wrong(int64_t at)
{
    return at >= CROWD && at % 13 == 6;
}

static bool names(int64_t at)
{
    return at % 8 == 5;
}

static bool takes_own(int64_t at)
{
    return at % 16 == 1;
}

static bool looks(int64_t at)
{
    return at % 8 == 3;
}

static str name_of(struct arena *arena, int64_t at)
{
    return at % 3 ? str_fmt(arena, "by %lld", (long long)at) : (str){ 0 }; /* it stays as it was */
}

/* Takes from a shelf, makes one of its own; some name the shelf by another query, take from their
 * own at once, or look at the shelf of a unit before, while rows of others wait. */
static err change(void *arg, struct cx *cx)
{
    struct taker *t = arg;
    id shelf = probe_id(is_wrong(t->at) ? NOBODY : t->at % SHELVES), own = probe_id(100 + t->at);
    struct probe_sql_get_row row;
    bool found;
    err e = probe_sql_take_gathered(
        t->db, cx, (struct probe_sql_take_gathered_in){ .id = shelf, .qty = 1 });
    if (!e && names(t->at))
        e = probe_sql_rename_gathered(t->db, cx,
            (struct probe_sql_rename_gathered_in){
                .id = shelf, .note = name_of(cx->arena, t->at) });
    if (!e)
        e = probe_sql_add_gathered(
            t->db, cx, (struct probe_sql_add_gathered_in){ .id = own, .n = t->at });
    if (!e && takes_own(t->at))
        e = probe_sql_take_gathered(
            t->db, cx, (struct probe_sql_take_gathered_in){ .id = own, .qty = 1 });
    if (!e && looks(t->at)) {
        shelf = probe_id((t->at - BEHIND) % SHELVES);
        e = probe_sql_get(t->db, cx, (struct probe_sql_get_in){ .id = shelf }, &row, &found);
        t->seen = !e && found ? row.n : -1;
    }
    return e;
}

static err check_changed(void *arg, struct cx *cx)
{
    for (int64_t i = 0; i < SHELVES + CROWDS * CROWD; i++) {
        int64_t at = i - SHELVES, n = at - takes_own(at);
        str note = { 0 };
        bool there = at < 0 || !is_wrong(at), found;
        struct probe_sql_get_row row;
        struct probe_sql_get_in in = { .id = probe_id(at < 0 ? i : 100 + at) };
        CHECK_ERR(cx, probe_sql_get(arg, cx, in, &row, &found), NULL);
        CHECK_INT(found, there);
        if (at < 0)
            n = STOCK;
        for (int64_t by = i; at < 0 && by < CROWDS * CROWD; by += SHELVES) {
            n -= !is_wrong(by);
            if (names(by) && !is_wrong(by) && name_of(cx->arena, by).n)
                note = name_of(cx->arena, by);
        }
        CHECK(!there || (row.n == n && str_eq(row.note, note)));
    }
    return NULL;
}

static int64_t left_for(int64_t at)
{
    int64_t n = STOCK;
    for (int64_t by = at % SHELVES; by <= at; by += SHELVES)
        n -= !is_wrong(by);
    return n;
}

static err fill_shelves(void *arg, struct cx *cx)
{
    err e = NULL;
    for (int64_t i = 0; !e && i < SHELVES; i++)
        e = probe_sql_add(
            arg, cx, (struct probe_sql_add_in){ .id = probe_id(i), .n = STOCK }, NULL);
    return e;
}

static void crowd_changes(struct store *s, int64_t first)
{
    struct taker takers[CROWD];
    err want[CROWD];

    for (int64_t i = 0; i < CROWD; i++) {
        takers[i] = (struct taker){ .db = store_db(s), .at = first + i };
        want[i] = is_wrong(first + i) ? &DB_FAILED : NULL;
    }
    probe_crowd(s, change, takers, sizeof *takers, CROWD, want);
    for (int64_t i = 0; i < CROWD; i++)
        if (looks(first + i) && !is_wrong(first + i))
            CHECK_INT(takers[i].seen, left_for(first + i - BEHIND));
}

static void test_changes(void **state)
{
    struct store *s = probe_one_lane(state);

    CHECK_ERR(store_cx(s), store_write(s, fill_shelves, store_db(s)), NULL);
    for (int64_t first = 0; first < CROWDS * CROWD; first += CROWD)
        crowd_changes(s, first);
    CHECK_ERR(store_cx(s), store_read(s, check_changed, store_db(s)), NULL);
    store_close(s);
}

/* ---- rows that are added up ---- */

/* Each adds to a few sums, one of them twice; some look at what has come together. */
static err merge(void *arg, struct cx *cx)
{
    struct taker *t = arg;
    struct probe_sql_merge_gathered_in in[] = { { probe_id(t->at % SHELVES), 1 },
        { probe_id(SHELVES), t->at }, { probe_id(SHELVES), 1 }, { probe_id(100 + t->at), t->at } };
    struct probe_sql_get_row row;
    bool found = false;
    err e = probe_sql_merge_gathered_batch(t->db, cx, in, COUNT(in));
    if (!e && looks(t->at))
        e = probe_sql_get(
            t->db, cx, (struct probe_sql_get_in){ .id = probe_id(SHELVES) }, &row, &found);
    t->seen = found ? row.n : -1;
    return e;
}

static err check_sums(void *arg, struct cx *cx)
{
    struct probe_sql_get_row row;
    bool found;
    for (int64_t i = 0; i <= SHELVES; i++) {
        int64_t n = 0;
        for (int64_t at = 0; at < CROWD; at++)
            n += i == SHELVES ? at + 1 : at % SHELVES == i;
        CHECK_ERR(cx,
            probe_sql_get(arg, cx, (struct probe_sql_get_in){ probe_id(i) }, &row, &found), NULL);
        CHECK(found && row.n == n);
    }
    return NULL;
}

static void test_sums(void **state)
{
    struct store *s = probe_one_lane(state);
    struct taker takers[CROWD];
    for (int64_t i = 0; i < CROWD; i++)
        takers[i] = (struct taker){ .db = store_db(s), .at = i };
    probe_crowd(s, merge, takers, sizeof *takers, CROWD, NULL);
    for (int64_t i = 0; i < CROWD; i++)
        CHECK_INT(takers[i].seen, looks(i) ? (i + 1) * (i + 2) / 2 : -1);
    CHECK_INT(db_figures_of(store_db(s)).redone, 0);
    CHECK_ERR(store_cx(s), store_read(s, check_sums, store_db(s)), NULL);
    CHECK_INT(probe_rows(s), SHELVES + 1 + CROWD);
    store_close(s);
}

/* ---- copies of rows that others change ---- */
static bool takes_more(int64_t at)
{
    return at % 5 == 2;
}

static bool bumps(int64_t at)
{
    return at % 7 == 4;
}

static bool adds_many(int64_t at)
{
    return at % 9 == 6;
}

static id copy_of(int64_t at, bool second)
{
    return probe_id(100 + 2 * at + second);
}

static err take_and_copy(const struct taker *t, struct cx *cx, bool second)
{
    enum { MANY = 300 }; /* more than wait at most: they go between the two */
    id shelf = probe_id(t->at % SHELVES);
    struct probe_sql_add_gathered_in many[MANY];
    err e = probe_sql_take_gathered(
        t->db, cx, (struct probe_sql_take_gathered_in){ .id = shelf, .qty = 1 });
    for (int64_t i = 0; i < MANY; i++)
        many[i] = (struct probe_sql_add_gathered_in){ probe_id(10000 + t->at * MANY + i), 0 };
    if (!e && adds_many(t->at) && !second)
        e = probe_sql_add_gathered_batch(t->db, cx, many, MANY);
    if (is_wrong(t->at))
        shelf = probe_id(NOBODY);
    return e ? e
             : probe_sql_copy_gathered(
                   t->db, cx, (struct probe_sql_copy_gathered_in){ shelf, copy_of(t->at, second) });
}

/* Each copies what its shelf has after it took from it; some look at the copy at once, some take
 * and copy again, some raise the shelf without waiting for others. */
static err copy(void *arg, struct cx *cx)
{
    struct taker *t = arg;
    struct probe_sql_nulls_get_row row;
    bool found = false;
    err e = take_and_copy(t, cx, false);
    if (!e && looks(t->at))
        e = probe_sql_nulls_get(
            t->db, cx, (struct probe_sql_nulls_get_in){ copy_of(t->at, false) }, &row, &found);
    t->seen = found ? row.a_int.v : -1;
    if (!e && takes_more(t->at))
        e = take_and_copy(t, cx, true);
    if (!e && bumps(t->at))
        e = probe_sql_bump(
            t->db, cx, (struct probe_sql_bump_in){ .id = probe_id(t->at % SHELVES) }, NULL);
    return e;
}

static void check_copy(struct cx *cx, struct db *db, id of, id shelf, int64_t n)
{
    struct probe_sql_nulls_get_row row;
    bool found;
    struct probe_sql_nulls_get_in in = { of };
    CHECK_ERR(cx, probe_sql_nulls_get(db, cx, in, &row, &found), NULL);
    CHECK(found && row.a_int.has && id_eq(row.an_id, shelf));
    CHECK_INT(row.a_int.v, n);
}

static err check_copies(void *arg, struct cx *cx)
{
    int64_t left[SHELVES];
    for (size_t i = 0; i < SHELVES; i++)
        left[i] = STOCK;
    for (int64_t at = 0; at < CROWDS * CROWD; at++) {
        int64_t *n = &left[at % SHELVES];
        for (int i = 0; !is_wrong(at) && i <= takes_more(at); i++)
            check_copy(cx, arg, copy_of(at, i > 0), probe_id(at % SHELVES), --*n);
        *n += bumps(at) && !is_wrong(at);
    }
    return NULL;
}

static int64_t copied_by(int64_t at)
{
    int64_t n = STOCK;
    for (int64_t by = at % SHELVES; by <= at; by += SHELVES)
        if (!is_wrong(by))
            n -= by < at ? 1 + takes_more(by) - bumps(by) : 1;
    return n;
}

static void test_copies(void **state)
{
    struct store *s = probe_one_lane(state);
    struct taker takers[CROWD];
    err want[CROWD];

    CHECK_ERR(store_cx(s), store_write(s, fill_shelves, store_db(s)), NULL);
    for (int64_t first = 0; first < CROWDS * CROWD; first += CROWD) {
        for (int64_t i = 0; i < CROWD; i++) {
            takers[i] = (struct taker){ .db = store_db(s), .at = first + i };
            want[i] = is_wrong(first + i) ? &DB_FAILED : NULL;
        }
        probe_crowd(s, copy, takers, sizeof *takers, CROWD, want);
        for (int64_t at = first; at < first + CROWD; at++)
            if (looks(at) && !is_wrong(at))
                CHECK_INT(takers[at - first].seen, copied_by(at));
    }
    CHECK_ERR(store_cx(s), store_read(s, check_copies, store_db(s)), NULL);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_gathered),
        STORE_TEST(test_changes),
        STORE_TEST(test_sums),
        STORE_TEST(test_copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
