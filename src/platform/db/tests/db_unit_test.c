/* SPDX-License-Identifier: Apache-2.0
 * Units of work and streamed rows on both engines: what is undone, what goes on, what runs after.
 * Run by meson test. Must never need a second thread: db_lane_test.c has those. */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/db/tests/probe.h"

static const problem STOP = { KIND_CONFLICT, "probe.stop", NULL, "Stop" };

/* ---- :each ---- */
struct walk {
    struct db *db;
    int64_t n, sum, stop_at;
    bool nested, breaks;
};

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
    walk->n = walk->sum = 0;
    return probe_sql_scan(walk->db, cx, (struct probe_sql_scan_in){ 0 }, each_row, walk);
}

static void test_each(void **state)
{
    struct store *s = probe_for(state);
    struct cx *cx = store_cx(s);

    probe_fill(s, 1000);
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
    struct probe_kit kit = { .db = walk->db };

    CHECK_ERR(cx, walk_all(walk, cx), &STOP);
    CHECK_ERR(cx, probe_count(&kit, cx), NULL); /* a stop by the caller breaks nothing */
    walk->sum = kit.n;
    return NULL;
}

static void test_each_stops(void **state)
{
    struct store *s = probe_for(state);

    probe_fill(s, 1000);
    struct walk walk = { .db = store_db(s), .stop_at = 3 };
    CHECK_ERR(store_cx(s), store_read(s, walk_and_count, &walk), NULL);
    CHECK_INT(walk.n, 3);
    CHECK_INT(walk.sum, 1000);
    walk = (struct walk){ .db = store_db(s), .stop_at = 3 };
    CHECK_ERR(store_cx(s), store_write(s, walk_and_count, &walk), NULL);
    struct walk broken = { .db = store_db(s), .breaks = true };
    CHECK_ERR(store_cx(s), store_write(s, walk_all, &broken), &DB_DUPLICATE);
    CHECK_INT(broken.n, 1);
    CHECK_INT(probe_rows(s), 1000);
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
    struct store *s = probe_for(state);
    struct walk walk = { .db = store_db(s) };

    probe_fill(s, 10);
    CHECK_ERR(store_cx(s), store_write(s, drop_all, &walk), NULL);
    CHECK_INT(walk.n, 10);
    CHECK_INT(walk.sum, 45);
    CHECK_INT(probe_rows(s), 0);
    store_close(s);
}

/* ---- units ---- */
static err write_then_fail(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;

    CHECK_ERR(cx, probe_add_some(kit, cx), NULL);
    CHECK(db_in_unit(cx));
    return FAIL(cx, STOP, "on purpose");
}

static void test_unit_undone(void **state)
{
    struct store *s = probe_for(state);
    struct probe_kit kit = { .db = store_db(s), .n = 5 };

    CHECK_ERR(store_cx(s), store_write(s, write_then_fail, &kit), &STOP);
    CHECK_STR(store_cx(s)->detail, S("on purpose"));
    CHECK(!db_in_unit(store_cx(s)));
    CHECK_INT(probe_rows(s), 0);
    CHECK_INT(db_figures_of(store_db(s)).rolled_back, 1);
    store_close(s);
}

static err swallow(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
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
    struct store *s = probe_for(state);
    struct probe_kit kit = { .db = store_db(s) };

    CHECK_ERR(store_cx(s), store_write(s, swallow, &kit), &DB_DUPLICATE);
    CHECK_INT(probe_rows(s), 0);
    store_close(s);
}

static err break_check(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    struct probe_sql_checked_add_in in = { .id = probe_id(1), .n = -77 };

    return probe_sql_checked_add(kit->db, cx, in, NULL);
}

static err break_deferred(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    struct probe_sql_child_add_in in = { .id = probe_id(1), .parent = probe_id(404) };

    return probe_sql_child_add(kit->db, cx, in, NULL);
}

static void test_constraints(void **state)
{
    struct store *s = probe_for(state);
    struct probe_kit kit = { .db = store_db(s) };

    CHECK_ERR(store_cx(s), store_write(s, break_check, &kit), &DB_CONSTRAINT);
    CHECK(str_find(store_cx(s)->detail, S("probe_checked"), 0) >= 0 ||
          str_find(store_cx(s)->detail, S("n > 0"), 0) >= 0);
    CHECK(str_find(store_cx(s)->detail, S("77"), 0) < 0);
    CHECK_ERR(store_cx(s), store_write(s, break_deferred, &kit), &DB_CONSTRAINT); /* by COMMIT */
    CHECK_INT(db_figures_of(store_db(s)).failed, 1);
    probe_fill(s, 1);
    CHECK_INT(probe_rows(s), 1);
    store_close(s);
}

struct hooks {
    struct probe_kit kit;
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
    CHECK_ERR(cx, probe_add_some(&hooks->kit, cx), NULL);
    db_after_commit(cx, hook_second, hooks);
    CHECK_INT(hooks->n, 0);
    return hooks->fails ? &STOP : NULL;
}

static void test_hooks(void **state)
{
    struct store *s = probe_for(state);
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
    struct probe_kit *kits = arg;

    CHECK_ERR(cx, probe_count(&kits[0], cx), NULL);
    struct probe_kit copy = { .db = kits[1].db, .n = kits[0].n };
    return probe_add_some(&copy, cx);
}

static err count_both(void *arg, struct cx *cx)
{
    struct probe_kit *kits = arg;

    err e = probe_count(&kits[0], cx);
    return e ? e : probe_count(&kits[1], cx);
}

static void test_two_databases(void **state)
{
    struct store *a = probe_for(state), *b = probe_for(state);
    struct probe_kit kits[2] = { { .db = store_db(a) }, { .db = store_db(b) } };

    probe_fill(a, 7);
    CHECK_ERR(store_cx(b), store_write(b, copy_rows, kits), NULL);
    CHECK_INT(probe_rows(b), 7);
    CHECK_ERR(store_cx(b), store_read(b, count_both, kits), NULL);
    CHECK(kits[0].n == 7 && kits[1].n == 7);
    store_close(a);
    store_close(b);
}

/* ---- our own mistakes ---- */
static void mistake_outside(struct store *s)
{
    struct probe_kit kit = { .db = store_db(s) };
    (void)probe_count(&kit, store_cx(s));
}

static void mistake_write_in_read(struct store *s)
{
    struct probe_kit kit = { .db = store_db(s), .n = 1 };
    (void)store_read(s, probe_add_some, &kit);
}

static err read_again(void *arg, struct cx *cx)
{
    (void)cx;
    mistake_write_in_read(arg);
    return NULL;
}

static void mistake_nested(struct store *s)
{
    (void)store_read(s, read_again, s);
}

static void mistake_stream_committed(struct store *s)
{
    struct walk walk = { .db = store_db(s) };
    CHECK_ERR(store_cx(s), db_read_committed(store_cx(s), walk_all, &walk), NULL);
}

static void mistake_write_committed(struct store *s)
{
    struct probe_kit kit = { .db = store_db(s), .n = 1 };
    CHECK_ERR(store_cx(s), db_read_committed(store_cx(s), probe_add_some, &kit), NULL);
}

static void (*const mistakes[])(struct store *s) = { mistake_outside, mistake_write_in_read,
    mistake_nested, mistake_stream_committed, mistake_write_committed };

static void test_mistakes(void **state)
{
    struct store *s = probe_for(state);

    for (size_t i = 0; i < COUNT(mistakes); i++) {
        int status = 0;
        pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            (void)signal(SIGABRT, SIG_DFL);
            (void)dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
            mistakes[i](s);
            _exit(0);
        }
        CHECK(waitpid(pid, &status, 0) == pid);
        CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    }
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_each),
        STORE_TEST(test_each_stops),
        STORE_TEST(test_each_writes),
        STORE_TEST(test_unit_undone),
        STORE_TEST(test_swallowed_error),
        STORE_TEST(test_constraints),
        STORE_TEST(test_hooks),
        STORE_TEST(test_two_databases),
        STORE_TEST_ON(test_mistakes, DB_SQLITE),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
