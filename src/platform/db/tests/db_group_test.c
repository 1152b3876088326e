/* SPDX-License-Identifier: Apache-2.0
 * Groups of WRITE units in one transaction, on both engines: who fails with whom, who runs again,
 * who hears of it when. Run by meson test, and under TSan. Must never rely on sleeping. */
#include "platform/db/tests/crowd.h"

static void test_group_order(void **state)
{
    struct store *s = lanes_for(state, (struct db_opts){ .group_max = 60 });
    struct crowd *crowd = crowd_open(s, 40);

    for (size_t i = 0; i < crowd->n; i++)
        crowd->jobs[i].want = i % 7 == 6 ? &STOP : NULL;
    crowd_run(crowd);
    struct db_figures f = db_figures_of(store_db(s));
    CHECK_INT(f.commits, 1);
    CHECK_INT(f.units, 40);
    CHECK_INT(f.rolled_back, 5);
    for (size_t i = 0; i < crowd->n; i++) {
        const struct job *job = &crowd->jobs[i];
        CHECK_ERR(job->cx, job->got, job->want);
        CHECK_INT(job->ran_at - crowd->jobs[0].ran_at, (int64_t)i); /* in the order of arrival */
        CHECK(job->done_at > 40); /* nobody hears before all of the group ran */
        CHECK((job->hook_at != 0) == (job->want == NULL));
        CHECK(!job->hook_at || job->hook_at == job->done_at - 1);
    }
    CHECK_INT(probe_rows(s), 35);
    crowd_close(crowd);
    store_close(s);
}

/* Units go without savepoints until one fails that has written. */
static void test_group_bold(void **state)
{
    struct store *s = lanes_for(state, (struct db_opts){ .lanes = 1 });
    struct crowd *crowd = crowd_open(s, 12);

    crowd->jobs[3].reads = crowd->jobs[7].reads = true;
    crowd->jobs[3].want = crowd->jobs[7].want = &STOP; /* leave nothing to undo */
    crowd_run(crowd);
    struct db_figures f = db_figures_of(store_db(s));
    CHECK(f.commits == 1 && f.redone == 0 && f.rolled_back == 2 && f.units == 12);
    CHECK_INT(probe_rows(s), 10);
    crowd_close(crowd);

    crowd = crowd_open(s, 12);
    for (size_t i = 0; i < crowd->n; i++)
        crowd->jobs[i].n += 100;
    crowd->jobs[2].reads = true;
    crowd->jobs[2].want = crowd->jobs[5].want = crowd->jobs[8].want = &STOP;
    crowd_run(crowd);
    f = db_figures_of(store_db(s));
    CHECK_INT(f.redone, 1);
    CHECK(f.commits == 2 && f.rolled_back == 5 && f.units == 24 && f.failed == 0);
    for (size_t i = 0; i < crowd->n; i++) {
        const struct job *job = &crowd->jobs[i];
        CHECK_ERR(job->cx, job->got, job->want);
        CHECK_INT(job->ran, 1 + (i <= 5));
        CHECK((job->hook_at != 0) == (job->want == NULL)); /* once, for what stays */
    }
    CHECK_INT(probe_rows(s), 19);
    crowd_close(crowd);
    store_close(s);
}

static void test_group_full(void **state)
{
    struct store *s = lanes_for(state, (struct db_opts){ .group_max = 10 });
    struct crowd *crowd = crowd_open(s, 35);

    crowd_run(crowd);
    CHECK_INT(db_figures_of(store_db(s)).commits, 4);
    CHECK_INT(probe_rows(s), 35);
    crowd_close(crowd);
    store_close(s);
}

static void test_group_fails(void **state)
{
    struct store *s = lanes_for(state, (struct db_opts){ .lanes = 1 });
    struct crowd *crowd = crowd_open(s, 6);

    crowd->jobs[2].want = &STOP;
    crowd->jobs[4].parent = probe_id(404);
    crowd_run(crowd);
    for (size_t i = 0; i < crowd->n; i++) {
        const struct job *job = &crowd->jobs[i];
        CHECK_ERR(job->cx, job->got, i == 2 ? &STOP : &DB_CONSTRAINT);
        CHECK_INT(job->hook_at, 0);
    }
    struct db_figures f = db_figures_of(store_db(s));
    CHECK_INT(f.commits, 0);
    CHECK_INT(f.failed, 5);
    CHECK_INT(probe_rows(s), 0);
    probe_fill(s, 3); /* the lane goes on */
    CHECK_INT(probe_rows(s), 3);
    crowd_close(crowd);
    store_close(s);
}

static void test_duplicate_in_group(void **state)
{
    struct store *s = lanes_for(state, (struct db_opts){ .lanes = 1 });
    struct crowd *crowd = crowd_open(s, 10);

    crowd->jobs[5].n = 0; /* as the first */
    crowd->jobs[9].n = 8; /* as its neighbour */
    crowd_run(crowd);
    for (size_t i = 0; i < crowd->n; i++)
        CHECK_ERR(crowd->jobs[i].cx, crowd->jobs[i].got, i == 5 || i == 9 ? &DB_DUPLICATE : NULL);
    CHECK_INT(probe_rows(s), 8);
    crowd_close(crowd);
    store_close(s);
}

/* A unit that fails alone is only undone. */
static void test_alone_fails(void **state)
{
    struct store *s = lanes_for(state, (struct db_opts){ .lanes = 1 });

    for (int i = 0; i < 3; i++) {
        struct crowd *crowd = crowd_open(s, 3);
        for (size_t k = 0; k < crowd->n; k++) {
            crowd->jobs[k].want = &STOP;
            crowd->jobs[k].reads = k < 2;
        }
        crowd_run(crowd);
        for (size_t k = 0; k < crowd->n; k++) {
            CHECK_ERR(crowd->jobs[k].cx, crowd->jobs[k].got, &STOP);
            CHECK(crowd->jobs[k].ran == 1 && crowd->jobs[k].hook_at == 0);
        }
        crowd_close(crowd);
        CHECK_INT(probe_rows(s), 0);
    }
    probe_fill(s, 3); /* the lane goes on */
    CHECK_INT(probe_rows(s), 3);
    struct db_figures f = db_figures_of(store_db(s));
    CHECK(f.redone == 0 && f.rolled_back == 9 && f.failed == 0);
    store_close(s);
}

/* What nobody waited for fails the unit that sent it, not the one that hears of it. */
static void test_later_in_group(void **state)
{
    static const size_t at[] = { 1, 4, 7 };
    for (size_t i = 0; i < COUNT(at); i++) {
        struct store *s = lanes_for(state, (struct db_opts){ .lanes = 1 });
        struct crowd *crowd = crowd_open(s, 8);
        for (size_t k = 1; k < crowd->n; k++)
            crowd->jobs[k].later = true;
        crowd->jobs[5].reads = true;
        crowd->jobs[at[i]].n = 0; /* as the first */
        crowd_run(crowd);
        for (size_t k = 0; k < crowd->n; k++)
            CHECK_ERR(crowd->jobs[k].cx, crowd->jobs[k].got, k == at[i] ? &DB_FAILED : NULL);
        CHECK_INT(probe_rows(s), 6);
        crowd_close(crowd);
        store_close(s);
    }
}

/* SQLite takes the whole transaction back when it interrupts a statement that writes; PostgreSQL
 * only the unit. */
static void test_interrupted(void **state)
{
    struct store *s = lanes_for(state, (struct db_opts){ .lanes = 1, .wait_ms_max = 200 });
    struct crowd *crowd = crowd_open(s, 4);
    err others = store_engine(state) == DB_SQLITE ? &DB_OVERLOADED : NULL;

    crowd->jobs[2].slow = true;
    crowd_run(crowd);
    for (size_t i = 0; i < 2; i++)
        CHECK_ERR(crowd->jobs[i].cx, crowd->jobs[i].got, others);
    CHECK_ERR(crowd->jobs[2].cx, crowd->jobs[2].got, &DB_OVERLOADED);
    CHECK_ERR(crowd->jobs[3].cx, crowd->jobs[3].got, NULL);
    CHECK_INT(probe_rows(s), others ? 1 : 3);
    crowd_close(crowd);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = { STORE_TEST(test_group_order), STORE_TEST(test_group_bold),
        STORE_TEST(test_group_full), STORE_TEST(test_group_fails),
        STORE_TEST(test_duplicate_in_group), STORE_TEST(test_alone_fails),
        STORE_TEST(test_later_in_group), STORE_TEST(test_interrupted) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
