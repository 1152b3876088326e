/* SPDX-License-Identifier: Apache-2.0
 * Lanes with real threads, on both engines: order, limits, what others see meanwhile. Run by meson
 * test, and under TSan. Must never rely on sleeping: a gate holds a lane where the test wants it.
 */
#include "platform/db/tests/crowd.h"

static void test_queue_full(void **state)
{
    struct store *s = lanes_for(state, (struct db_opts){ .lanes = 1, .queue_max = 3 });
    struct crowd *crowd = crowd_open(s, 6);

    crowd_queue(crowd); /* the first is running, three wait */
    CHECK_INT(db_figures_of(store_db(s)).queued, 3);
    for (size_t i = 4; i < 6; i++) {
        CHECK_ERR(crowd->jobs[i].cx, crowd->jobs[i].got, &DB_OVERLOADED);
        CHECK_INT(crowd->jobs[i].cx->retry_after_s, 1);
    }
    gate_open(&crowd->enter, 1);
    gate_pass(&crowd->done, 6);
    CHECK_INT(probe_rows(s), 4);
    CHECK_INT(db_figures_of(store_db(s)).queued, 0);
    crowd_close(crowd);
    store_close(s);
}

static void test_close_finishes(void **state)
{
    struct store *s = lanes_for(state, (struct db_opts){ .group_max = 8 });
    struct crowd *crowd = crowd_open(s, 100);

    crowd_queue(crowd);
    gate_open(&crowd->enter, 1);
    store_reopen(s);
    gate_pass(&crowd->done, 100); /* passes at once: all were told before the close returned */
    CHECK_INT(probe_rows(s), 100);
    crowd_close(crowd);
    store_close(s);
}

static void *stop_it(void *arg)
{
    db_stop(arg);
    return NULL;
}

/* A job whose end asks another lane for the next. */
struct relay {
    struct job last;
    struct db *next_db;
    struct job *next;
};

static void relay_done(void *arg, struct cx *cx, err e)
{
    struct relay *relay = arg;

    db_write(relay->next_db, relay->next->cx, 0, job_work, relay->next, job_done);
    job_done(&relay->last, cx, e);
}

static err relay_work(void *arg, struct cx *cx)
{
    struct relay *relay = arg;
    return job_work(&relay->last, cx);
}

/* While one lane still works the others are at their end: what it asks of them is refused. */
static void test_stop_refuses(void **state)
{
    struct store *s = lanes_for(state, (struct db_opts){ .lanes = 2 });
    struct store *other = lanes_for(state, (struct db_opts){ .lanes = 2 });
    struct crowd *crowd = crowd_open(s, 3);
    struct relay relay = { crowd->jobs[0], store_db(other), &crowd->jobs[1] };
    pthread_t threads[2];

    crowd->jobs[1].db = crowd->jobs[2].db = store_db(other);
    db_write(store_db(s), relay.last.cx, 1, relay_work, &relay, relay_done);
    gate_pass(&crowd->entered, 1);
    CHECK_INT(pthread_create(&threads[0], NULL, stop_it, store_db(s)), 0);
    CHECK_INT(pthread_create(&threads[1], NULL, stop_it, store_db(other)), 0);
    for (err e = NULL; e != &DB_OVERLOADED; e = crowd->jobs[2].got) {
        crowd->jobs[2].n++; /* until it has begun */
        cx_clear(crowd->jobs[2].cx);
        db_write(store_db(other), crowd->jobs[2].cx, 0, job_work, &crowd->jobs[2], job_done);
        gate_pass(&crowd->done, 1);
    }
    pthread_join(threads[1], NULL);
    gate_open(&crowd->enter, 1);
    pthread_join(threads[0], NULL);
    gate_pass(&crowd->done, 2);
    CHECK_ERR(relay.last.cx, relay.last.got, NULL);
    CHECK_ERR(crowd->jobs[1].cx, crowd->jobs[1].got, &DB_OVERLOADED);
    CHECK_INT(probe_rows(s), 1); /* reading goes on */
    crowd_close(crowd);
    store_close(other);
    store_close(s);
}

/* ---- many threads ---- */
#define THREADS 16
#define UNITS 40
struct worker {
    struct db *db;
    int64_t number;
    pthread_t thread;
    int64_t failed;
};

static err counter_bump(void *arg, struct cx *cx) /* read, think, write: no lock but the lane */
{
    struct worker *w = arg;
    struct probe_sql_get_row row = { 0 };
    bool found;

    err e = probe_sql_get(w->db, cx, (struct probe_sql_get_in){ probe_id(0) }, &row, &found);
    if (e)
        return e;
    return probe_sql_put(
        w->db, cx, (struct probe_sql_put_in){ probe_id(0), found ? row.n + 1 : 1 }, NULL);
}

static void *bump_many(void *arg)
{
    struct worker *w = arg;

    for (int i = 0; i < UNITS; i++) {
        struct cx *cx = check_cx_open();
        if (db_write_wait(w->db, cx, /* conflict= */ 6, counter_bump, w))
            w->failed++;
        check_cx_close(cx);
    }
    return NULL;
}

static err own_row(void *arg, struct cx *cx)
{
    struct worker *w = arg;
    struct probe_sql_add_in in = { .id = probe_id(w->number), .n = w->number, .note = S("x") };

    err e = probe_sql_add(w->db, cx, in, NULL);
    return e ? e : w->number % 5 == 0 ? &STOP : NULL;
}

static void *rows_many(void *arg)
{
    struct worker *w = arg;

    for (int i = 0; i < UNITS; i++) {
        struct cx *cx = check_cx_open();
        struct probe_kit kit = { .db = w->db };
        w->number++;
        if (db_write_wait(w->db, cx, (uint64_t)w->number, own_row, w))
            w->failed++;
        cx_clear(cx);
        if (db_read(cx, probe_count, &kit))
            w->failed += 1000;
        check_cx_close(cx);
    }
    return NULL;
}

static int64_t run_workers(struct store *s, void *(*fn)(void *))
{
    struct worker workers[THREADS];
    int64_t failed = 0;

    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){ .db = store_db(s), .number = i * 1000 };
        CHECK_INT(pthread_create(&workers[i].thread, NULL, fn, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        failed += workers[i].failed;
    }
    return failed;
}

static err counter_get(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    struct probe_sql_get_row row;
    bool found = false;

    err e = probe_sql_get(kit->db, cx, (struct probe_sql_get_in){ probe_id(0) }, &row, &found);
    CHECK(!e && found);
    kit->n = row.n;
    return e;
}

static err counter_sum(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    struct probe_sql_sum_row row;
    bool found = false;

    err e = probe_sql_sum(kit->db, cx, &row, &found);
    CHECK(!e && found && row.total.has);
    kit->n = row.total.v;
    return e;
}

static void test_one_key(void **state)
{
    struct store *s = lanes_for(state, (struct db_opts){ .lanes = 4 });
    struct probe_kit kit = { .db = store_db(s) };

    CHECK_INT(run_workers(s, bump_many), 0);
    CHECK_ERR(store_cx(s), store_read(s, counter_get, &kit), NULL);
    CHECK_INT(kit.n, THREADS * UNITS);
    store_close(s);
}

static void test_many_threads(void **state)
{
    struct store *s = lanes_for(state, (struct db_opts){ .lanes = 3, .readers = 4 });

    CHECK_INT(run_workers(s, rows_many), THREADS * UNITS / 5);
    CHECK_INT(probe_rows(s), THREADS * UNITS * 4 / 5);
    struct db_figures f = db_figures_of(store_db(s));
    CHECK_INT(f.units, THREADS * UNITS);
    CHECK_INT(f.rolled_back, THREADS * UNITS / 5);
    CHECK_INT(f.failed, 0);
    CHECK(f.commits > 0 && f.commits <= f.units);
    store_close(s);
}

/* ---- readers ---- */
struct snapshot {
    struct store *s;
    int64_t before, after;
};

static void write_meanwhile(struct store *s, int64_t from, int64_t n)
{
    struct cx *cx = check_cx_open();
    struct probe_kit kit = { .db = store_db(s), .m = from, .n = n };

    CHECK_ERR(cx, db_write_wait(store_db(s), cx, 0, probe_add_some, &kit), NULL);
    check_cx_close(cx);
}

static err look_twice(void *arg, struct cx *cx)
{
    struct snapshot *snap = arg;
    struct probe_kit kit = { .db = store_db(snap->s) };

    CHECK_ERR(cx, probe_count(&kit, cx), NULL);
    snap->before = kit.n;
    write_meanwhile(snap->s, 100 + snap->before, 5);
    CHECK_ERR(cx, probe_count(&kit, cx), NULL);
    snap->after = kit.n;
    return NULL;
}

/* What a READ unit sees that is looked from twice: what was there when it began, or, by statement,
 * what has come since. */
static void test_snapshot(void **state)
{
    struct store *s = lanes_for(state, (struct db_opts){ 0 });
    struct snapshot snap = { .s = s };

    write_meanwhile(s, 0, 3);
    CHECK_ERR(store_cx(s), store_read(s, look_twice, &snap), NULL);
    CHECK_INT(snap.before, 3);
    CHECK_INT(snap.after, 3);
    CHECK_INT(probe_rows(s), 8);
    CHECK_ERR(store_cx(s), db_read_committed(store_cx(s), look_twice, &snap), NULL);
    CHECK_INT(snap.before, 8);
    CHECK_INT(snap.after, 13);
    store_close(s);
}

static err read_in_read(void *arg, struct cx *cx) /* a second unit while the first holds one */
{
    struct snapshot *snap = arg;
    struct probe_kit kit = { .db = store_db(snap->s) };

    CHECK_ERR(cx, probe_count(&kit, cx), NULL);
    struct cx *other = check_cx_open();
    CHECK_ERR(other, db_read(other, probe_count, &kit), &DB_OVERLOADED);
    CHECK_INT(other->retry_after_s, 1);
    check_cx_close(other);
    return NULL;
}

static void test_readers_full(void **state)
{
    struct store *s = lanes_for(state, (struct db_opts){ .readers = 1, .wait_ms_max = 50 });
    struct snapshot snap = { .s = s };

    CHECK_ERR(store_cx(s), store_read(s, read_in_read, &snap), NULL);
    CHECK_INT(db_figures_of(store_db(s)).read_waits, 1);
    CHECK_INT(probe_rows(s), 0);
    store_close(s);
}

/* ---- conflicts between lanes (PostgreSQL) ---- */
struct crossing {
    struct db *db;
    int64_t first, second;
    struct gate *mine, *other;
    struct gate *done;
    int runs;
    err got;
};

static err cross(void *arg, struct cx *cx)
{
    struct crossing *x = arg;

    err e = probe_sql_bump(x->db, cx, (struct probe_sql_bump_in){ probe_id(x->first) }, NULL);
    if (e)
        return e;
    if (x->runs++ == 0) {
        gate_open(x->mine, 1);
        gate_pass(x->other, 1);
    }
    return probe_sql_bump(x->db, cx, (struct probe_sql_bump_in){ probe_id(x->second) }, NULL);
}

static void cross_done(void *arg, struct cx *cx, err e)
{
    struct crossing *x = arg;

    (void)cx;
    x->got = e;
    gate_open(x->done, 1);
}

static void test_deadlock(void **state)
{
    struct store *s = lanes_for(state, (struct db_opts){ .lanes = 2 });
    struct gate a = GATE, b = GATE, done = GATE;
    struct crossing x[2] = { { store_db(s), 1, 2, &a, &b, &done, 0, NULL },
        { store_db(s), 2, 1, &b, &a, &done, 0, NULL } };
    struct cx *cx[2] = { check_cx_open(), check_cx_open() };

    probe_fill(s, 3);
    for (size_t i = 0; i < 2; i++)
        db_write(store_db(s), cx[i], i, cross, &x[i], cross_done);
    gate_pass(&done, 2);
    for (size_t i = 0; i < 2; i++) {
        CHECK_ERR(cx[i], x[i].got, NULL);
        check_cx_close(cx[i]);
    }
    CHECK(x[0].runs + x[1].runs >= 3); /* at least one of them ran again */
    struct probe_kit kit = { .db = store_db(s) };
    CHECK_ERR(store_cx(s), store_read(s, counter_sum, &kit), NULL);
    CHECK_INT(kit.n, 0 + 1 + 2 + 4); /* each of the two bumped twice, once */
    store_close(s);
}

/* ---- hooks may queue more ---- */
struct chain {
    struct job job;
    struct gate done;
    struct job next;
};

static void chain_hook(void *arg)
{
    struct chain *chain = arg;
    struct job *next = &chain->next;

    db_write(next->db, next->cx, 0, job_work, next, job_done);
}

static err chain_work(void *arg, struct cx *cx)
{
    struct chain *chain = arg;

    db_after_commit(cx, chain_hook, chain);
    return job_work(&chain->job, cx);
}

static void test_hook_writes(void **state)
{
    struct store *s = lanes_for(state, (struct db_opts){ 0 });
    _Atomic int sequence = 0;
    struct chain chain = { .done = GATE };

    chain.job = (struct job){ .db = store_db(s), .n = 1, .sequence = &sequence };
    chain.next = (struct job){
        .db = store_db(s), .cx = check_cx_open(), .n = 2, .done = &chain.done, .sequence = &sequence
    };
    CHECK_ERR(store_cx(s), store_write(s, chain_work, &chain), NULL);
    gate_pass(&chain.done, 1);
    CHECK_ERR(chain.next.cx, chain.next.got, NULL);
    CHECK_INT(probe_rows(s), 2);
    check_cx_close(chain.next.cx);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_queue_full),
        STORE_TEST(test_close_finishes),
        STORE_TEST(test_stop_refuses),
        STORE_TEST(test_one_key),
        STORE_TEST(test_many_threads),
        STORE_TEST(test_snapshot),
        STORE_TEST(test_readers_full),
        STORE_TEST_ON(test_deadlock, DB_PG),
        STORE_TEST(test_hook_writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
