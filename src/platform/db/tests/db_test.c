/* SPDX-License-Identifier: Apache-2.0
 * Named queries and units of work on both engines: every kind, type and mapping. Run by meson test.
 * Must never depend on one engine where both promise the same. */
#include "src/platform/db/tests/probe.h"

struct kit { /* what the units below work with */
    struct db *db;
    int64_t n, m;
    id id;
    err want;
};

static struct store *open_for(void **state)
{
    return probe_open((struct store_opts){ .engine = store_engine(state) });
}

/* ---- units that tests share ---- */
static err add_some(void *arg, struct cx *cx) /* n rows from m on */
{
    struct kit *kit = arg;

    for (int64_t i = kit->m; i < kit->m + kit->n; i++) {
        struct probe_sql_add_in in = { .id = probe_id(i), .n = i };
        err e = probe_sql_add(kit->db, cx, in, NULL);
        if (e)
            return e;
    }
    return NULL;
}

static err count(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
    struct probe_sql_count_row row;
    bool found;

    err e = probe_sql_count(kit->db, cx, &row, &found);
    if (e)
        return e;
    CHECK(found);
    kit->n = row.n;
    return NULL;
}

static int64_t rows_of(struct store *s)
{
    struct kit kit = { .db = store_db(s) };
    CHECK_ERR(store_cx(s), store_read(s, count, &kit), NULL);
    return kit.n;
}

static void fill(struct store *s, int64_t n)
{
    struct kit kit = { .db = store_db(s), .n = n };
    CHECK_ERR(store_cx(s), store_write(s, add_some, &kit), NULL);
}

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
    struct store *s = open_for(state);

    for (size_t i = 0; i < COUNT(types_cases); i++) {
        struct types_kit kit = { store_db(s), &types_cases[i], probe_id((int64_t)i) };
        CHECK_ERR(store_cx(s), store_write(s, types_round_trip, &kit), NULL);
    }
    store_close(s);
}

static err nulls_round_trip(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
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
    struct store *s = open_for(state);
    struct kit kit = { .db = store_db(s) };

    CHECK_ERR(store_cx(s), store_write(s, nulls_round_trip, &kit), NULL);
    store_close(s);
}

static err null_filter(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
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
    struct store *s = open_for(state);
    struct kit kit = { .db = store_db(s) };

    CHECK_ERR(store_cx(s), store_write(s, null_filter, &kit), NULL);
    store_close(s);
}

static err read_widths(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
    struct probe_sql_widths_row row;
    bool found;

    CHECK_ERR(cx, probe_sql_widths(kit->db, cx, &row, &found), NULL);
    CHECK(found && row.a == 7 && row.b == 8 && row.c > 0.4 && row.c < 0.6);
    return NULL;
}

static void test_widths(void **state)
{
    struct store *s = open_for(state);
    struct kit kit = { .db = store_db(s) };

    CHECK_ERR(store_cx(s), store_read(s, read_widths, &kit), NULL);
    store_close(s);
}

static err strict_null(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
    struct probe_sql_nulls_strict_row row;
    bool found;

    struct probe_sql_nulls_add_in none = { .id = probe_id(1) };
    CHECK_ERR(cx, probe_sql_nulls_add(kit->db, cx, none, NULL), NULL);
    struct probe_sql_nulls_strict_in get = { .id = probe_id(1) };
    return probe_sql_nulls_strict(kit->db, cx, get, &row, &found);
}

static void test_unexpected_null(void **state)
{
    struct store *s = open_for(state);
    struct kit kit = { .db = store_db(s) };

    CHECK_ERR(store_cx(s), store_write(s, strict_null, &kit), &DB_FAILED);
    CHECK_STR(store_cx(s)->detail, S("probe.nulls_strict: column a_int is null"));
    store_close(s);
}

static err wrong_type(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
    struct probe_sql_wrong_type_row row;
    bool found;

    struct probe_sql_types_add_in in = { .id = probe_id(1), .a_text = S("secret") };
    CHECK_ERR(cx, probe_sql_types_add(kit->db, cx, in, NULL), NULL);
    struct probe_sql_wrong_type_in get = { .id = probe_id(1) };
    return probe_sql_wrong_type(kit->db, cx, get, &row, &found);
}

static void test_wrong_type(void **state)
{
    struct store *s = open_for(state);
    struct kit kit = { .db = store_db(s) };

    CHECK_ERR(store_cx(s), store_write(s, wrong_type, &kit), &DB_FAILED);
    CHECK(str_starts(store_cx(s)->detail, S("probe.wrong_type: column a_int is ")));
    CHECK(str_find(store_cx(s)->detail, S("secret"), 0) < 0);
    store_close(s);
}

/* ---- kinds ---- */
static err one_and_many(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
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
    struct store *s = open_for(state);
    struct kit kit = { .db = store_db(s) };

    fill(s, 300);
    CHECK_ERR(store_cx(s), store_read(s, one_and_many, &kit), NULL);
    CHECK_ERR(store_cx(s), store_write(s, one_and_many, &kit), NULL);
    store_close(s);
}

static err exec_counts(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
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
    struct store *s = open_for(state);
    struct kit kit = { .db = store_db(s) };

    fill(s, 10);
    CHECK_ERR(store_cx(s), store_write(s, exec_counts, &kit), NULL);
    store_close(s);
}

#define BATCH 1000
static err batches(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
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
    struct store *s = open_for(state);
    struct kit kit = { .db = store_db(s) };

    CHECK_ERR(store_cx(s), store_write(s, batches, &kit), NULL);
    CHECK_INT(rows_of(s), BATCH);
    store_close(s);
}

static err read_batch(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
    struct probe_sql_get_in ins[3] = { { probe_id(5) }, { probe_id(99) }, { probe_id(0) } };
    struct probe_sql_get_row rows[3];
    bool found[3];

    CHECK_ERR(cx, probe_sql_get_batch(kit->db, cx, ins, 3, rows, found), NULL);
    CHECK(found[0] && !found[1] && found[2] && rows[0].n == 5 && rows[2].n == 0);
    return NULL;
}

static void test_read_batch(void **state)
{
    struct store *s = open_for(state);
    struct kit kit = { .db = store_db(s) };

    fill(s, 10);
    CHECK_ERR(store_cx(s), store_read(s, read_batch, &kit), NULL);
    store_close(s);
}

static err bad_batch(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
    struct probe_sql_add_in ins[4] = { { .id = probe_id(1) }, { .id = probe_id(2) },
        { .id = probe_id(1) }, { .id = probe_id(3) } };

    return probe_sql_add_batch(kit->db, cx, ins, 4, NULL);
}

static void test_batch_error(void **state)
{
    struct store *s = open_for(state);
    struct kit kit = { .db = store_db(s) };

    CHECK_ERR(store_cx(s), store_write(s, bad_batch, &kit), &DB_DUPLICATE);
    CHECK_INT(rows_of(s), 0);
    fill(s, 4); /* the connection is well */
    CHECK_INT(rows_of(s), 4);
    store_close(s);
}

/* ---- :each ---- */
struct walk {
    struct db *db;
    int64_t n, sum, stop_at;
    bool nested, breaks;
};

static const problem STOP = { KIND_CONFLICT, "probe.stop", NULL, "Stop" };

static err inner_row(void *arg, struct cx *cx, const struct probe_sql_scan_row *row)
{
    struct walk *walk = arg;

    (void)cx;
    walk->sum += row->n;
    return NULL;
}

static err each_row(void *arg, struct cx *cx, const struct probe_sql_scan_row *row)
{
    struct walk *walk = arg;
    struct probe_sql_get_row got;
    bool found;

    CHECK_INT(row->n, walk->n);
    if (walk->stop_at && row->n == walk->stop_at)
        return &STOP;
    walk->n++;
    if (walk->breaks)
        return probe_sql_add(walk->db, cx, (struct probe_sql_add_in){ .id = row->id }, NULL);
    if (!walk->nested)
        return NULL;
    struct probe_sql_get_in get = { row->id };
    err e = probe_sql_get(walk->db, cx, get, &got, &found);
    CHECK(e || (found && got.n == row->n));
    if (!e && row->n % 100 == 0) /* the same statement inside itself */
        e = probe_sql_scan(
            walk->db, cx, (struct probe_sql_scan_in){ .from_n = 995 }, inner_row, walk);
    return e;
}

static err walk_all(void *arg, struct cx *cx)
{
    struct walk *walk = arg;
    return probe_sql_scan(walk->db, cx, (struct probe_sql_scan_in){ 0 }, each_row, walk);
}

static void test_each(void **state)
{
    struct store *s = open_for(state);
    struct cx *cx = store_cx(s);

    fill(s, 1000);
    struct walk plain = { .db = store_db(s) };
    CHECK_ERR(cx, store_read(s, walk_all, &plain), NULL);
    CHECK_INT(plain.n, 1000);
    struct walk nested = { .db = store_db(s), .nested = true };
    CHECK_ERR(cx, store_read(s, walk_all, &nested), NULL);
    CHECK_INT(nested.n, 1000);
    CHECK_INT(nested.sum, 10 * (995 + 996 + 997 + 998 + 999));
    struct walk writing = { .db = store_db(s), .nested = true };
    CHECK_ERR(cx, store_write(s, walk_all, &writing), NULL);
    CHECK_INT(writing.n, 1000);
    store_close(s);
}

static err walk_and_count(void *arg, struct cx *cx)
{
    struct walk *walk = arg;
    struct kit kit = { .db = walk->db };

    CHECK_ERR(cx, walk_all(walk, cx), &STOP);
    CHECK_ERR(cx, count(&kit, cx), NULL); /* a stop by the caller breaks nothing */
    walk->sum = kit.n;
    return NULL;
}

static void test_each_stops(void **state)
{
    struct store *s = open_for(state);

    fill(s, 1000);
    struct walk walk = { .db = store_db(s), .stop_at = 3 };
    CHECK_ERR(store_cx(s), store_read(s, walk_and_count, &walk), NULL);
    CHECK_INT(walk.n, 3);
    CHECK_INT(walk.sum, 1000);
    walk = (struct walk){ .db = store_db(s), .stop_at = 3 };
    CHECK_ERR(store_cx(s), store_write(s, walk_and_count, &walk), NULL);
    struct walk broken = { .db = store_db(s), .breaks = true };
    CHECK_ERR(store_cx(s), store_write(s, walk_all, &broken), &DB_DUPLICATE);
    CHECK_INT(broken.n, 1);
    CHECK_INT(rows_of(s), 1000);
    store_close(s);
}

static err dropped_row(void *arg, struct cx *cx, const struct probe_sql_drop_all_row *row)
{
    struct walk *walk = arg;

    (void)cx;
    walk->n++;
    walk->sum += row->n;
    return NULL;
}

static err drop_all(void *arg, struct cx *cx)
{
    struct walk *walk = arg;
    return probe_sql_drop_all(walk->db, cx, dropped_row, walk);
}

static void test_each_writes(void **state)
{
    struct store *s = open_for(state);
    struct walk walk = { .db = store_db(s) };

    fill(s, 10);
    CHECK_ERR(store_cx(s), store_write(s, drop_all, &walk), NULL);
    CHECK_INT(walk.n, 10);
    CHECK_INT(walk.sum, 45);
    CHECK_INT(rows_of(s), 0);
    store_close(s);
}

/* ---- units ---- */
static err write_then_fail(void *arg, struct cx *cx)
{
    struct kit *kit = arg;

    CHECK_ERR(cx, add_some(kit, cx), NULL);
    CHECK(db_in_unit(cx));
    return FAIL(cx, STOP, "on purpose");
}

static void test_unit_undone(void **state)
{
    struct store *s = open_for(state);
    struct kit kit = { .db = store_db(s), .n = 5 };

    CHECK_ERR(store_cx(s), store_write(s, write_then_fail, &kit), &STOP);
    CHECK_STR(store_cx(s)->detail, S("on purpose"));
    CHECK(!db_in_unit(store_cx(s)));
    CHECK_INT(rows_of(s), 0);
    CHECK_INT(db_figures_of(store_db(s)).rolled_back, 1);
    store_close(s);
}

static err swallow(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
    struct probe_sql_add_in in = { .id = probe_id(1) };

    CHECK_ERR(cx, probe_sql_add(kit->db, cx, in, NULL), NULL);
    CHECK_ERR(cx, probe_sql_add(kit->db, cx, in, NULL), &DB_DUPLICATE);
    in.id = probe_id(2);
    CHECK_ERR(cx, probe_sql_add(kit->db, cx, in, NULL), &DB_DUPLICATE); /* too late */
    cx_clear(cx);
    return NULL;
}

static void test_swallowed_error(void **state)
{
    struct store *s = open_for(state);
    struct kit kit = { .db = store_db(s) };

    CHECK_ERR(store_cx(s), store_write(s, swallow, &kit), &DB_DUPLICATE);
    CHECK_INT(rows_of(s), 0);
    store_close(s);
}

static err break_check(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
    struct probe_sql_checked_add_in in = { .id = probe_id(1), .n = -77 };

    return probe_sql_checked_add(kit->db, cx, in, NULL);
}

static err break_deferred(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
    struct probe_sql_child_add_in in = { .id = probe_id(1), .parent = probe_id(404) };

    return probe_sql_child_add(kit->db, cx, in, NULL);
}

static void test_constraints(void **state)
{
    struct store *s = open_for(state);
    struct kit kit = { .db = store_db(s) };

    CHECK_ERR(store_cx(s), store_write(s, break_check, &kit), &DB_CONSTRAINT);
    CHECK(str_find(store_cx(s)->detail, S("probe_checked"), 0) >= 0 ||
          str_find(store_cx(s)->detail, S("n > 0"), 0) >= 0);
    CHECK(str_find(store_cx(s)->detail, S("77"), 0) < 0);
    CHECK_ERR(store_cx(s), store_write(s, break_deferred, &kit), &DB_CONSTRAINT); /* by COMMIT */
    CHECK_INT(db_figures_of(store_db(s)).failed, 1);
    fill(s, 1);
    CHECK_INT(rows_of(s), 1);
    store_close(s);
}

struct hooks {
    struct kit kit;
    int order[4], n;
    bool fails;
};

static void hook_first(void *arg)
{
    struct hooks *hooks = arg;
    hooks->order[hooks->n++] = 1;
}

static void hook_second(void *arg)
{
    struct hooks *hooks = arg;
    hooks->order[hooks->n++] = 2;
}

static err hook_unit(void *arg, struct cx *cx)
{
    struct hooks *hooks = arg;

    db_after_commit(cx, hook_first, hooks);
    CHECK_ERR(cx, add_some(&hooks->kit, cx), NULL);
    db_after_commit(cx, hook_second, hooks);
    CHECK_INT(hooks->n, 0);
    return hooks->fails ? &STOP : NULL;
}

static void test_hooks(void **state)
{
    struct store *s = open_for(state);
    struct hooks hooks = { .kit = { .db = store_db(s), .n = 1 }, .fails = true };

    CHECK_ERR(store_cx(s), store_write(s, hook_unit, &hooks), &STOP);
    CHECK_INT(hooks.n, 0);
    hooks.fails = false;
    CHECK_ERR(store_cx(s), store_write(s, hook_unit, &hooks), NULL);
    CHECK(hooks.n == 2 && hooks.order[0] == 1 && hooks.order[1] == 2);
    store_close(s);
}

/* ---- two databases ---- */
static err copy_rows(void *arg, struct cx *cx) /* reads kit[0].db, writes kit[1].db */
{
    struct kit *kits = arg;

    CHECK_ERR(cx, count(&kits[0], cx), NULL);
    struct kit copy = { .db = kits[1].db, .n = kits[0].n };
    return add_some(&copy, cx);
}

static err count_both(void *arg, struct cx *cx)
{
    struct kit *kits = arg;

    err e = count(&kits[0], cx);
    return e ? e : count(&kits[1], cx);
}

static void test_two_databases(void **state)
{
    struct store *a = open_for(state), *b = open_for(state);
    struct kit kits[2] = { { .db = store_db(a) }, { .db = store_db(b) } };

    fill(a, 7);
    CHECK_ERR(store_cx(b), store_write(b, copy_rows, kits), NULL);
    CHECK_INT(rows_of(b), 7);
    CHECK_ERR(store_cx(b), store_read(b, count_both, kits), NULL);
    CHECK(kits[0].n == 7 && kits[1].n == 7);
    store_close(a);
    store_close(b);
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
    { &PROBE_BAD_SYNTAX, false },
    { &PROBE_BAD_COUNT, false },
    { &PROBE_BAD_TYPE, false },
    { &PROBE_WRONG_TYPE, false },
};

static void test_query_check(void **state)
{
    struct store *s = open_for(state);
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

static void test_query_plan(void **state)
{
    struct store *s = open_for(state);
    str plan = { NULL, 0 };

    CHECK_ERR(store_cx(s), db_query_plan(store_db(s), store_cx(s), &PROBE_TAKE, &plan), NULL);
    CHECK(str_find(plan, S("probe_row"), 0) >= 0);
    CHECK_INT(rows_of(s), 0);
    store_close(s);
}

static err json_and_cte(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
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
    struct store *s = open_for(state);
    struct kit kit = { .db = store_db(s) };

    fill(s, 3);
    CHECK_ERR(store_cx(s), store_read(s, json_and_cte, &kit), NULL);
    store_close(s);
}

/* ---- whose tables (SQLite refuses; tests on it speak for both) ---- */
static const struct db_query *const foreign_queries[] = { &PROBE_FOREIGN_TABLE,
    &PROBE_FOREIGN_WRITE, &PROBE_FOREIGN_JOIN };

static err read_foreign(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
    struct probe_sql_foreign_table_row row;
    bool found;

    return probe_sql_foreign_table(kit->db, cx, &row, &found);
}

static void test_ownership(void **state)
{
    struct store *s = open_for(state);
    struct kit kit = { .db = store_db(s) };
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

/* ---- limits and outside ---- */
static err run_slow(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
    struct probe_sql_slow_row row;
    bool found;

    return probe_sql_slow(kit->db, cx, (struct probe_sql_slow_in){ .n = kit->n }, &row, &found);
}

static void test_slow_statement(void **state)
{
    struct store *s = probe_open(
        (struct store_opts){ .engine = store_engine(state), .db = { .wait_ms_max = 100 } });
    struct kit kit = { .db = store_db(s), .n = INT64_C(1000000000) };

    CHECK_ERR(store_cx(s), store_read(s, run_slow, &kit), &DB_OVERLOADED);
    CHECK_INT(store_cx(s)->retry_after_s, 1);
    CHECK_ERR(store_cx(s), store_write(s, run_slow, &kit), &DB_OVERLOADED);
    fill(s, 1);
    CHECK_INT(rows_of(s), 1);
    store_close(s);
}

static void test_reopen(void **state)
{
    struct store *s = open_for(state);

    fill(s, 3);
    store_reopen(s);
    CHECK_INT(rows_of(s), 3);
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
    struct kit kit = { .db = db, .n = 3 };
    CHECK_ERR(cx, db_write_wait(db, cx, 0, add_some, &kit), NULL);
    CHECK_ERR(cx, db_read(cx, count, &kit), NULL);
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
        STORE_TEST(test_each),
        STORE_TEST(test_each_stops),
        STORE_TEST(test_each_writes),
        STORE_TEST(test_unit_undone),
        STORE_TEST(test_swallowed_error),
        STORE_TEST(test_constraints),
        STORE_TEST(test_hooks),
        STORE_TEST(test_two_databases),
        STORE_TEST(test_query_check),
        STORE_TEST(test_query_plan),
        STORE_TEST(test_json_and_cte),
        STORE_TEST_ON(test_ownership, DB_SQLITE),
        STORE_TEST(test_slow_statement),
        STORE_TEST(test_reopen),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_bad_url),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
