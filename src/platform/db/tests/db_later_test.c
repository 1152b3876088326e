/* SPDX-License-Identifier: Apache-2.0
 * Queries marked `later`, `gathered` and `exact` on both engines: what their failure takes with it,
 * and what it leaves alone. Run by meson test. Must never ask which statement was told of a
 * failure: PostgreSQL tells a later one. */
#include "platform/db/tests/probe.h"

#define STOCK 1000 /* of each row at first */

static const problem STOP = { KIND_CONFLICT, "probe.stop", NULL, "Stop" };

enum act {
    END,
    ADD,        /* row n, later */
    ADD_AGAIN,  /* row 0, which is there */
    ADD_MANY,   /* 300 rows from n on: more than are sent at once */
    TAKE,       /* 1 from row 0, later */
    TAKE_MUCH,  /* more from row 0 than it has, later */
    TAKE_TWO,   /* as a batch, the second is not there */
    TAKE_NOW,   /* 1 from row 0, exact, waited for */
    TAKE_NONE,  /* from a row that is not there, exact, waited for */
    SEE,        /* counts the rows */
    IGNORE,     /* what the act before came to */
    RETURN_STOP /* the unit's own refusal */
};
#define ACTS_MAX 8
struct plan {
    const char *name;
    enum act acts[ACTS_MAX];
    err want;
    int64_t rows;  /* afterwards; two are there before */
    int64_t taken; /* of row 0 */
};

struct run {
    struct db *db;
    const struct plan *plan;
    int64_t n, seen, taken;
    bool gathered; /* what is added and taken later */
};

static err add(struct run *run, struct cx *cx, int64_t first, int64_t n)
{
    struct probe_sql_add_later_in *later =
        NEW_N(cx->arena, (size_t)n, struct probe_sql_add_later_in);
    struct probe_sql_add_gathered_in *gathered =
        NEW_N(cx->arena, (size_t)n, struct probe_sql_add_gathered_in);
    for (int64_t i = 0; i < n; i++) {
        later[i] = (struct probe_sql_add_later_in){ .id = probe_id(first + i), .n = STOCK };
        gathered[i] = (struct probe_sql_add_gathered_in){ .id = probe_id(first + i), .n = STOCK };
    }
    err e = run->gathered ? probe_sql_add_gathered_batch(run->db, cx, gathered, (size_t)n)
                          : probe_sql_add_later_batch(run->db, cx, later, (size_t)n);
    memset(later, 0xff, (size_t)n * sizeof *later); /* nobody may look at it any more */
    memset(gathered, 0xff, (size_t)n * sizeof *gathered);
    return e;
}

static err take(struct run *run, struct cx *cx, int64_t qty)
{
    if (run->gathered)
        return probe_sql_take_gathered(
            run->db, cx, (struct probe_sql_take_gathered_in){ .id = probe_id(0), .qty = qty });
    return probe_sql_take_later(
        run->db, cx, (struct probe_sql_take_later_in){ .id = probe_id(0), .qty = qty });
}

static err take_two(struct run *run, struct cx *cx)
{
    struct probe_sql_take_later_in later[] = { { .id = probe_id(0), .qty = 1 },
        { .id = probe_id(999), .qty = 1 } };
    struct probe_sql_take_gathered_in gathered[] = { { .id = probe_id(0), .qty = 1 },
        { .id = probe_id(999), .qty = 1 } };
    return run->gathered ? probe_sql_take_gathered_batch(run->db, cx, gathered, COUNT(gathered))
                         : probe_sql_take_later_batch(run->db, cx, later, COUNT(later));
}

static err see(struct run *run, struct cx *cx)
{
    struct probe_sql_count_row row;
    bool found;
    err e = probe_sql_count(run->db, cx, &row, &found);
    if (!e)
        run->seen = row.n;
    return e;
}

static err act(struct run *run, struct cx *cx, enum act what)
{
    switch (what) {
    case ADD:
        return add(run, cx, run->n++, 1);
    case ADD_AGAIN:
        return add(run, cx, 0, 1);
    case ADD_MANY:
        return add(run, cx, run->n, 300);
    case TAKE:
    case TAKE_MUCH:
        return take(run, cx, what == TAKE_MUCH ? STOCK + 1 : 1);
    case TAKE_TWO:
        return take_two(run, cx);
    case TAKE_NOW:
    case TAKE_NONE:
        return probe_sql_take_exact(run->db, cx,
            (struct probe_sql_take_exact_in){
                .id = probe_id(what == TAKE_NONE ? 999 : 0), .qty = 1 });
    case SEE:
        return see(run, cx);
    case RETURN_STOP:
        return &STOP;
    case IGNORE:
    case END:
        break;
    }
    return NULL;
}

static err follow(void *arg, struct cx *cx)
{
    struct run *run = arg;
    err e = NULL;

    run->n = 2;
    for (size_t i = 0; i < ACTS_MAX && run->plan->acts[i] != END; i++) {
        if (run->plan->acts[i] == IGNORE)
            e = NULL;
        else if (!e)
            e = act(run, cx, run->plan->acts[i]);
    }
    return e;
}

static err look(void *arg, struct cx *cx)
{
    struct run *run = arg;
    struct probe_sql_get_row row;
    bool found;
    err e =
        probe_sql_get(run->db, cx, (struct probe_sql_get_in){ .id = probe_id(0) }, &row, &found);
    CHECK(e || found);
    if (!e)
        run->taken = STOCK - row.n;
    return e;
}

static const struct plan plans[] = {
    { "all is written", { ADD, ADD, TAKE, ADD }, NULL, 5, 1 },
    { "a read sees it", { ADD, ADD, SEE, ADD, SEE }, NULL, 5, 0 },
    { "more than go together", { ADD_MANY, TAKE }, NULL, 302, 1 },
    { "a key that is there, last", { ADD, ADD_AGAIN }, &DB_FAILED, 2, 0 },
    { "a key that is there, first", { ADD_AGAIN, ADD, ADD }, &DB_FAILED, 2, 0 },
    { "a key that is there, then a read", { TAKE, ADD_AGAIN, SEE }, &DB_FAILED, 2, 0 },
    { "a key that is there, swallowed", { ADD_AGAIN, IGNORE, ADD, IGNORE }, &DB_FAILED, 2, 0 },
    { "too much is taken", { ADD, TAKE_MUCH, ADD }, &DB_FAILED, 2, 0 },
    { "too much is taken, last", { TAKE, TAKE_MUCH }, &DB_FAILED, 2, 0 },
    { "one of two is not there", { TAKE_TWO, ADD }, &DB_FAILED, 2, 0 },
    { "exact and waited for", { TAKE_NOW, TAKE, ADD }, NULL, 3, 2 },
    { "exact and not there", { ADD, TAKE_NONE }, &DB_FAILED, 2, 0 },
    { "the unit's own refusal", { ADD, TAKE, RETURN_STOP }, &STOP, 2, 0 },
    { "its refusal after a swallowed failure", { ADD_AGAIN, IGNORE, RETURN_STOP }, &STOP, 2, 0 },
};

static err fill(void *arg, struct cx *cx)
{
    struct run *run = arg;
    err e = NULL;
    for (int64_t i = 0; !e && i < 2; i++)
        e = probe_sql_add(
            run->db, cx, (struct probe_sql_add_in){ .id = probe_id(i), .n = STOCK }, NULL);
    return e;
}

static void check_taken(struct store *s, int64_t want)
{
    struct run run = { .db = store_db(s) };
    CHECK_ERR(store_cx(s), store_read(s, look, &run), NULL);
    CHECK_INT(run.taken, want);
}

static void check_plan(void **state, const struct plan *plan, bool warm, bool gathered)
{
    /* A connection that sees a query for the first time prepares it, and waits for its answer. */
    static const struct plan warming = { "", { ADD, TAKE, TAKE_NOW, SEE, RETURN_STOP }, &STOP, 0,
        0 };
    static const struct plan after = { "the connection goes on", { TAKE, TAKE }, NULL, 0, 0 };
    struct store *s = probe_for(state);
    struct run run = { .db = store_db(s), .plan = &warming, .gathered = gathered };

    CHECK_ERR(store_cx(s), store_write(s, fill, &run), NULL);
    if (warm)
        CHECK_ERR(store_cx(s), store_write(s, follow, &run), warming.want);
    run.plan = plan;
    CHECK_ERR(store_cx(s), store_write(s, follow, &run), plan->want);
    CHECK_INT(probe_rows(s), plan->rows);
    check_taken(s, plan->taken);
    run.plan = &after;
    CHECK_ERR(store_cx(s), store_write(s, follow, &run), NULL);
    check_taken(s, plan->taken + 2);
    store_close(s);
}

static void test_plans(void **state)
{
    for (size_t i = 0; i < COUNT(plans); i++) {
        check_plan(state, &plans[i], /* warm= */ false, /* gathered= */ false);
        check_plan(state, &plans[i], /* warm= */ true, /* gathered= */ false);
        check_plan(state, &plans[i], /* warm= */ false, /* gathered= */ true);
        check_plan(state, &plans[i], /* warm= */ true, /* gathered= */ true);
    }
}

/* Good and bad units that share transactions: a failure is its own unit's. */
static void check_neighbours(void **state, bool gathered)
{
    static const struct plan good = { "good", { TAKE, TAKE }, NULL, 0, 0 };
    static const struct plan bad[] = { { "key", { TAKE, ADD_AGAIN }, &DB_FAILED, 0, 0 },
        { "too much", { TAKE_MUCH, TAKE }, &DB_FAILED, 0, 0 },
        { "refusal", { TAKE, ADD, RETURN_STOP }, &STOP, 0, 0 } };
    enum { UNITS = 60, GOOD_EACH = 20, ROUNDS = 3 };
    struct store *s = probe_one_lane(state);
    struct run runs[UNITS] = { { 0 } };
    err want[UNITS];
    struct run run = { .db = store_db(s) };

    CHECK_ERR(store_cx(s), store_write(s, fill, &run), NULL);
    for (int round = 1; round <= ROUNDS; round++) {
        for (size_t i = 0; i < UNITS; i++) {
            const struct plan *plan = i % GOOD_EACH == 7 ? &good : &bad[i % COUNT(bad)];
            runs[i] = (struct run){ .db = store_db(s), .plan = plan, .gathered = gathered };
            want[i] = plan->want;
        }
        probe_crowd(s, follow, runs, sizeof *runs, UNITS, want);
        check_taken(s, (int64_t)round * 2 * UNITS / GOOD_EACH);
    }
    CHECK_INT(probe_rows(s), 2);
    store_close(s);
}

static void test_neighbours(void **state)
{
    check_neighbours(state, /* gathered= */ false);
    check_neighbours(state, /* gathered= */ true);
}

/* ---- plans of lanes ---- */
static err read_scans(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    struct probe_sql_scans_row row;
    bool found;
    err e = probe_sql_scans(kit->db, cx, &row, &found);
    kit->n = !e ? row.scans : -1;
    kit->m = !e ? row.changed : -1;
    return e;
}

static err take_both(void *arg, struct cx *cx)
{
    struct probe_sql_take_gathered_in in[] = { { .id = probe_id(0), .qty = 1 },
        { .id = probe_id(1), .qty = 1 } };
    return probe_sql_take_gathered_batch(arg, cx, in, COUNT(in));
}

/* A connection says what it did when it ends, and that may take a moment. */
static struct probe_kit scans_after(struct store *s, int64_t changed)
{
    struct probe_kit kit = { .m = -1 };
    store_reopen(s);
    for (int i = 0; i < 500 && kit.m < changed; i++) {
        kit.db = store_db(s);
        CHECK_ERR(store_cx(s), store_read(s, read_scans, &kit), NULL);
        store_script(s, "SELECT pg_sleep(0.01)");
    }
    CHECK_INT(kit.m, changed);
    return kit;
}

/* The table will have grown long before its rows are counted again. */
static void test_small_table(void **state)
{
    struct store *s = probe_open((struct store_opts){ .engine = store_engine(state) });
    struct run run = { .db = store_db(s) };
    CHECK_ERR(store_cx(s), store_write(s, fill, &run), NULL);
    store_script(s, "ANALYZE probe_row");
    struct probe_kit before = scans_after(s, 0);
    CHECK_ERR(store_cx(s), store_write(s, take_both, store_db(s)), NULL);
    CHECK_INT(scans_after(s, 2).n, before.n);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_plans),
        STORE_TEST(test_neighbours),
        STORE_TEST_ON(test_small_table, DB_PG),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
