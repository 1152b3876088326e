/* SPDX-License-Identifier: Apache-2.0
 * Queries marked `later` and `exact` on both engines: what their failure takes with it, and what it
 * leaves alone. Run by meson test. Must never ask which statement was told of a failure: PostgreSQL
 * tells a later one. */
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
};

static err take_two(struct run *run, struct cx *cx)
{
    struct probe_sql_take_later_in in[] = { { .id = probe_id(0), .qty = 1 },
        { .id = probe_id(999), .qty = 1 } };
    return probe_sql_take_later_batch(run->db, cx, in, COUNT(in));
}

static err add_many(struct run *run, struct cx *cx)
{
    struct probe_sql_add_later_in *in = NEW_N(cx->arena, 300, struct probe_sql_add_later_in);
    for (int64_t i = 0; i < 300; i++)
        in[i] = (struct probe_sql_add_later_in){ .id = probe_id(run->n + i), .n = STOCK };
    return probe_sql_add_later_batch(run->db, cx, in, 300);
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
        return probe_sql_add_later(
            run->db, cx, (struct probe_sql_add_later_in){ .id = probe_id(run->n++), .n = STOCK });
    case ADD_AGAIN:
        return probe_sql_add_later(
            run->db, cx, (struct probe_sql_add_later_in){ .id = probe_id(0), .n = STOCK });
    case ADD_MANY:
        return add_many(run, cx);
    case TAKE:
    case TAKE_MUCH:
        return probe_sql_take_later(run->db, cx,
            (struct probe_sql_take_later_in){
                .id = probe_id(0), .qty = what == TAKE_MUCH ? STOCK + 1 : 1 });
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

static void check_plan(void **state, const struct plan *plan, bool warm)
{
    /* A connection that sees a query for the first time prepares it, and waits for its answer. */
    static const struct plan warming = { "", { ADD, TAKE, TAKE_NOW, SEE, RETURN_STOP }, &STOP, 0,
        0 };
    static const struct plan after = { "the connection goes on", { TAKE, TAKE }, NULL, 0, 0 };
    struct store *s = probe_for(state);
    struct run run = { .db = store_db(s), .plan = &warming };

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
        check_plan(state, &plans[i], /* warm= */ false);
        check_plan(state, &plans[i], /* warm= */ true);
    }
}

/* Good and bad units that share transactions: a failure is its own unit's. */
static void test_neighbours(void **state)
{
    static const struct plan good = { "good", { TAKE, TAKE }, NULL, 0, 0 };
    static const struct plan bad[] = { { "key", { TAKE, ADD_AGAIN }, &DB_FAILED, 0, 0 },
        { "too much", { TAKE_MUCH, TAKE }, &DB_FAILED, 0, 0 },
        { "refusal", { TAKE, RETURN_STOP }, &STOP, 0, 0 } };
    enum { UNITS = 60, GOOD_EACH = 20, ROUNDS = 3 };
    struct store *s = probe_open(
        (struct store_opts){ .engine = store_engine(state), .lanes = true, .db = { .lanes = 1 } });
    struct run runs[UNITS] = { { 0 } };
    struct cx cxs[UNITS] = { { 0 } };
    struct db_ticket *tickets[UNITS];
    struct run run = { .db = store_db(s) };

    CHECK_ERR(store_cx(s), store_write(s, fill, &run), NULL);
    for (int round = 1; round <= ROUNDS; round++) {
        for (size_t i = 0; i < UNITS; i++) {
            const struct plan *plan = i % GOOD_EACH == 7 ? &good : &bad[i % COUNT(bad)];
            runs[i] = (struct run){ .db = store_db(s), .plan = plan };
            cxs[i] = (struct cx){ .arena = arena_open(4096), .now_ms = store_cx(s)->now_ms };
            tickets[i] = db_write_start(store_db(s), &cxs[i], 0, follow, &runs[i]);
        }
        for (size_t i = 0; i < UNITS; i++) {
            CHECK_ERR(&cxs[i], db_write_finish(tickets[i]), runs[i].plan->want);
            arena_close(cxs[i].arena);
        }
        check_taken(s, (int64_t)round * 2 * UNITS / GOOD_EACH);
    }
    CHECK_INT(probe_rows(s), 2);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_plans),
        STORE_TEST(test_neighbours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
