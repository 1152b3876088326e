/* SPDX-License-Identifier: Apache-2.0
 * Units that take something for granted, on both engines: told once when it is so, undone and run
 * again when not, and never ended by what came of it. Run by meson test. */
#include "platform/db/tests/probe.h"

static const problem STOP = { KIND_CONFLICT, "probe.stop", NULL, "Stop" };

enum { KNOWN = 0, N = 7, STRANGE = 900, UNITS = 60 };

enum what {
    ADDS,  /* a row that is taken to be new */
    TAKES, /* from one that is taken to be there */
    DROPS, /* one that is taken to be as it was */
};
static const char *const whats[] = { "a new row", "a change", "an end" };

/* Does something to the row, and with looks first asks whether that is right. */
struct unit {
    struct db *db, *asked; /* asked: whether one of that may be presumed */
    enum what what;
    bool right; /* it is as it is presumed to be */
    err says;   /* then: what the unit ends with */
    int64_t at; /* of its own rows */
    int ran, presumed;
};

static id row_of(const struct unit *u)
{
    if (u->what == ADDS)
        return probe_id(u->right ? STRANGE + u->at : KNOWN);
    return probe_id(u->right ? u->at : STRANGE + u->at);
}

static err presume(struct unit *u, struct cx *cx)
{
    id row = row_of(u);
    switch (u->what) {
    case ADDS:
        return probe_sql_add_gathered(
            u->db, cx, (struct probe_sql_add_gathered_in){ .id = row, .n = 1 });
    case TAKES:
        return probe_sql_take_gathered(
            u->db, cx, (struct probe_sql_take_gathered_in){ .id = row, .qty = 1 });
    case DROPS:
        return probe_sql_drop_gathered(
            u->db, cx, (struct probe_sql_drop_gathered_in){ .id = row, .n = N });
    }
    return NULL;
}

/* The long way round: nothing is written that could fail. */
static err ask(struct unit *u, struct cx *cx)
{
    struct probe_sql_get_row row;
    bool found;
    err e = probe_sql_get(u->db, cx, (struct probe_sql_get_in){ .id = row_of(u) }, &row, &found);
    return e || found == (u->what == ADDS) ? e : presume(u, cx);
}

static err work(void *arg, struct cx *cx)
{
    struct unit *u = arg;
    bool may = db_presume(u->asked ? u->asked : u->db, cx);
    u->ran++;
    u->presumed += may;
    err e = may ? presume(u, cx) : ask(u, cx);
    if (!e && u->says)
        e = may && !u->right ? FAIL(cx, ERR_BUG, "by what is not so") : u->says;
    return e;
}

static err fill(void *arg, struct cx *cx)
{
    err e = NULL;
    for (int64_t i = 0; !e && i < UNITS; i++)
        e = probe_sql_add(arg, cx, (struct probe_sql_add_in){ .id = probe_id(i), .n = N }, NULL);
    return e;
}

static struct store *filled(struct store_opts opts)
{
    struct store *s = probe_open(opts);
    CHECK_ERR(store_cx(s), store_write(s, fill, store_db(s)), NULL);
    return s;
}

static void right_or_wrong(void **state)
{
    for (int i = 0; i < 12; i++) {
        struct store *s = filled((struct store_opts){ .engine = store_engine(state) });
        struct unit u = { .db = store_db(s),
            .what = (enum what)(i % 3),
            .right = i / 3 % 2 == 0,
            .says = i < 6 ? NULL : &STOP,
            .at = 1 };
        int64_t one = u.what == ADDS ? 1 : u.what == DROPS ? -1 : 0;
        CASE(whats[u.what], store_write(s, work, &u) == u.says);
        CASE_INT(whats[u.what], u.ran, u.right ? 1 : 2);
        CASE_INT(whats[u.what], u.presumed, 1);
        CASE_INT(whats[u.what], probe_rows(s), UNITS + (u.right && !u.says ? one : 0));
        store_close(s);
    }
}

/* In a transaction with others each ends as if it had asked. */
static void neighbours(void **state)
{
    struct store *s = filled(
        (struct store_opts){ .engine = store_engine(state), .lanes = true, .db = { .lanes = 1 } });
    struct unit units[UNITS];
    err want[UNITS];
    int64_t rows = UNITS;
    for (int64_t i = 0; i < UNITS; i++) {
        units[i] = (struct unit){ .db = store_db(s),
            .what = (enum what)(i % 3),
            .right = i % 20 != 9,
            .says = i % 7 == 3 ? &STOP : NULL,
            .at = i };
        want[i] = units[i].says;
        bool stays = units[i].right && !units[i].says;
        rows += stays ? units[i].what == ADDS ? 1 : units[i].what == DROPS ? -1 : 0 : 0;
    }
    probe_crowd(s, work, units, sizeof *units, UNITS, want);
    for (size_t i = 0; i < UNITS; i++)
        CHECK(units[i].right || units[i].presumed < units[i].ran);
    CHECK_INT(probe_rows(s), rows);
    store_close(s);
}

/* Of another database nothing is told by what this one's unit writes. */
static void of_its_own_database_only(void **state)
{
    struct store *s = filled((struct store_opts){ .engine = store_engine(state) });
    struct store *other = probe_for(state);
    struct unit u = { .db = store_db(s), .asked = store_db(other), .what = TAKES, .right = true };
    CHECK_ERR(store_cx(s), store_write(s, work, &u), NULL);
    CHECK_INT(u.ran, 1);
    CHECK_INT(u.presumed, 0);
    CHECK_ERR(
        store_cx(s), store_read(s, work, &(struct unit){ .db = store_db(s), .what = ADDS }), NULL);
    store_close(other);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(right_or_wrong),
        STORE_TEST(neighbours),
        STORE_TEST(of_its_own_database_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
