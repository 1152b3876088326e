/* SPDX-License-Identifier: Apache-2.0
 * The saga engine alone, on both engines: what is done and undone in which order, whatever the
 * calls say, whoever dies, and whoever else takes it up. Run by `./dev test saga`. */
#include "platform/saga/tests/saga_probe.h"

/* ---- there and back ---- */

static void done_in_order(void **state)
{
    struct probe *p = probe_open(state);
    struct process *pr = process_open(p, (struct process_opts){ 0 });
    id saga_id = begin(p, pr);
    CHECK_INT(p->over.outcome, SAGA_DONE);
    CHECK_INT(p->overs, 1);
    CHECK_TRACE(p, "+one +two ?ask +three +last ");
    CHECK_GONE(p, pr, saga_id);
    probe_close(p);
}

static const struct refusal_case {
    const char *name;
    struct saga_said says;
    const problem *three;
    const char *trace, *reason;
} refusal_cases[] = {
    { "the call refuses", { .verdict = SAGA_REFUSE, .why = &NO }, NULL,
        "+one +two ?ask !ask -two -one =undone ", "probe.no" },
    { "with a reason of its own",
        { .verdict = SAGA_REFUSE, .why = &NO, .reason = S_INIT("too late") }, NULL,
        "+one +two ?ask !ask -two -one =undone ", "too late" },
    { "a unit after it refuses", { .verdict = SAGA_GO_ON }, &NO,
        "+one +two ?ask +three !ask -two -one =undone ", "probe.no" },
};

static void undone_in_reverse(void **state)
{
    for (size_t i = 0; i < COUNT(refusal_cases); i++) {
        const struct refusal_case *c = &refusal_cases[i];
        struct probe *p = probe_open(state);
        struct process *pr = process_open(p, (struct process_opts){ 0 });
        p->says[0] = c->says;
        p->says_n = 1;
        p->fails_three = c->three;
        id saga_id = begin(p, pr);
        CASE_INT(c->name, p->over.outcome, SAGA_UNDONE);
        CASE(c->name, p->over.failed == &NO);
        CASE_STR(c->name, str_from_c(p->trace), str_from_c(c->trace));
        CASE_STR(c->name, p->over.saga->reason, str_from_c(c->reason));
        CHECK_GONE(p, pr, saga_id);
        probe_close(p);
    }
}

/* ---- in somebody else's unit ---- */

struct leaving {
    struct probe *p;
    struct process *pr;
    id saga_id;
    bool undone, left;
};
static err unit_leave(void *arg, struct cx *cx)
{
    struct leaving *l = arg;
    err e = saga_leave(l->pr->sagas,
        (struct saga_begin){ .kind = &whole,
            .saga_id = l->saga_id,
            .state = NEW(cx->arena, struct state),
            .cx = cx },
        &l->left);
    CHECK_STR(str_from_c(l->p->trace), S("")); /* not before it is committed */
    return !e && l->undone ? FAIL(cx, NO, "undone") : e;
}

static void left_in_a_unit(void **state)
{
    struct probe *p = probe_open(state);
    struct process *pr = process_open(p, (struct process_opts){ 0 });
    struct leaving l = { .p = p, .pr = pr, .saga_id = cx_id(p->cx), .undone = true };
    p->left = true;
    CHECK_ERR(p->cx, db_write_wait(store_db(p->store), p->cx, 0, unit_leave, &l), &NO);
    cx_clear(p->cx);
    CHECK_TRACE(p, "");
    CHECK_GONE(p, pr, l.saga_id);
    l.undone = false;
    p->says[0] = (struct saga_said){ .verdict = SAGA_PARK, .wait_ms = 1000 };
    p->says_n = 1;
    CHECK_ERR(p->cx, db_write_wait(store_db(p->store), p->cx, 0, unit_leave, &l), NULL);
    CHECK(l.left);
    CHECK_TRACE(p, "+one +two ?ask ~ask ");
    p->trace[0] = '\0';
    CHECK_ERR(p->cx, db_write_wait(store_db(p->store), p->cx, 0, unit_leave, &l), NULL);
    CHECK(!l.left); /* one is under way */
    wake(p, pr, l.saga_id, /* force= */ true);
    CHECK_TRACE(p, "?ask +three +last ");
    CHECK_GONE(p, pr, l.saga_id);
    probe_close(p);
}

/* The first stretch leaves nothing: no row was written. */
static err claim_fails(void *arg, struct cx *cx, bool *ret_known)
{
    (void)arg;
    (void)ret_known;
    return FAIL(cx, NO, "claim");
}

static err claim_known(void *arg, struct cx *cx, bool *ret_known)
{
    (void)arg;
    (void)cx;
    *ret_known = true;
    return NULL;
}

/* Refused while the first is under way, and it is told whether that may happen. */
static void one_saga_an_id(void **state)
{
    static const struct {
        const struct saga_kind *kind;
        err want;
    } cases[] = { { &firm, &DB_DUPLICATE }, { &minted, &DB_FAILED } };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct probe *p = probe_open(state);
        struct process *pr = process_open(p, (struct process_opts){ .queues = true });
        id saga_id = begin_kind(p, pr, cases[i].kind, false);
        CHECK_INT(p->overs, 0);
        saga_begin(pr->sagas, (struct saga_begin){ .kind = cases[i].kind,
                                  .saga_id = saga_id,
                                  .state = NEW(p->cx->arena, struct state),
                                  .cx = p->cx,
                                  .over = told_over,
                                  .arg = p });
        CHECK_INT(p->overs, 1);
        CHECK_ERR(p->cx, p->over.failed, cases[i].want);
        struct saga_view view;
        CHECK_ERR(p->cx, look(p, pr, saga_id, &view), NULL);
        run_tasks(pr);
        CHECK_INT(p->overs, 2);
        CHECK_INT(p->over.outcome, SAGA_DONE);
        CHECK_GONE(p, pr, saga_id);
        probe_close(p);
    }
}

static void claims_come_first(void **state)
{
    struct probe *p = probe_open(state);
    struct process *pr = process_open(p, (struct process_opts){ 0 });
    struct saga_begin in = { .kind = &whole,
        .saga_id = cx_id(p->cx),
        .state = NEW(p->cx->arena, struct state),
        .cx = p->cx,
        .claim = claim_known,
        .over = told_over,
        .arg = p };
    saga_begin(pr->sagas, in);
    CHECK_INT(p->over.outcome, SAGA_KNOWN);
    in.claim = claim_fails;
    saga_begin(pr->sagas, in);
    CHECK_INT(p->over.outcome, SAGA_NEVER);
    CHECK(p->over.failed == &NO);
    CHECK_TRACE(p, "");
    CHECK_GONE(p, pr, in.saga_id);
    probe_close(p);
}

/* Behind the last step that can be undone nothing refuses: it is tried until it works. */
static void firm_ground(void **state)
{
    struct probe *p = probe_open(state);
    struct process *pr = process_open(p, (struct process_opts){ 0 });
    p->fails_last = &NO;
    id saga_id = begin_kind(p, pr, &firm, false);
    struct saga_view view;
    CHECK_INT(p->over.outcome, SAGA_WAITS);
    CHECK(p->over.failed == &NO);
    CHECK_ERR(store_cx(p->store), look(p, pr, saga_id, &view), NULL);
    CHECK_STR(view.step, S("last"));
    CHECK_STR(view.error, S("probe.no"));
    CHECK(!view.undoing && !view.parked);
    clock_fake_advance(&p->clock, SAGA_LEASE_MS);
    job(p, pr);
    CHECK_TRACE(p, "+one ?ask +last +last ");
    CHECK_GONE(p, pr, saga_id);
    probe_close(p);
}

/* ---- again, and later ---- */

/* Half to one and a half of 200 ms, 400 ms, ...; after five calls the row waits for the job. */
static void again_with_back_off(void **state)
{
    struct probe *p = probe_open(state);
    struct process *pr = process_open(p, (struct process_opts){ .queues = true });
    struct saga_view view;
    for (p->says_n = 0; p->says_n < CALLS_IN_ONE_GO; p->says_n++)
        p->says[p->says_n] = (struct saga_said){ .verdict = SAGA_AGAIN };
    p->says[2].wait_ms = 77; /* its own wish */
    id saga_id = begin(p, pr);
    for (int i = 0; i < CALLS_IN_ONE_GO; i++) {
        CHECK_INT(p->overs, 0);
        CHECK_INT(run_task(pr), 0); /* the call */
        if (i + 1 == CALLS_IN_ONE_GO)
            break;
        int64_t waits = pr->tasks[0].delay_ms, base = INT64_C(200) << i;
        CHECK(i == 2 ? waits == 77 : waits >= base / 2 && waits < base / 2 + base);
        clock_fake_advance(&p->clock, waits);
        (void)run_task(pr);
    }
    CHECK_INT(p->over.outcome, SAGA_WAITS);
    CHECK(!p->over.failed);
    int64_t now = clock_now_ms(&p->clock);
    CHECK_ERR(store_cx(p->store), look(p, pr, saga_id, &view), NULL);
    CHECK(view.next_ms > now + SAGA_LEASE_MS / 2 && !view.parked);
    job(p, pr); /* too early */
    CHECK_INT((int64_t)pr->tasks_n, 0);
    clock_fake_advance(&p->clock, view.next_ms - now);
    job(p, pr);
    run_tasks(pr);
    CHECK_TRACE(p, "+one +two ?ask ?ask ?ask ?ask ?ask ?ask +three +last ");
    CHECK_GONE(p, pr, saga_id);
    probe_close(p);
}

static void parked_until_woken(void **state)
{
    struct probe *p = probe_open(state);
    struct process *pr = process_open(p, (struct process_opts){ 0 });
    struct saga_view view;
    p->says[0] = p->says[1] = (struct saga_said){ .verdict = SAGA_PARK, .wait_ms = 60000 };
    p->says_n = 2;
    id saga_id = begin(p, pr);
    CHECK_INT(p->over.outcome, SAGA_WAITS);
    CHECK_TRACE(p, "+one +two ?ask ~ask ");
    CHECK_ERR(store_cx(p->store), look(p, pr, saga_id, &view), NULL);
    CHECK(view.parked);
    CHECK_INT(view.next_ms, clock_now_ms(&p->clock) + 60000);
    wake(p, pr, saga_id, /* force= */ false); /* it is not its time */
    wake(p, pr, cx_id(p->cx), true);          /* nobody */
    CHECK_INT(p->afters, 2);
    CHECK_TRACE(p, "+one +two ?ask ~ask ");
    wake(p, pr, saga_id, true); /* parks once more */
    CHECK_TRACE(p, "+one +two ?ask ~ask ?ask ~ask ");
    clock_fake_advance(&p->clock, 60000);
    job(p, pr); /* nobody woke it: it was long enough */
    CHECK_TRACE(p, "+one +two ?ask ~ask ?ask ~ask ?ask +three +last ");
    CHECK_GONE(p, pr, saga_id);
    probe_close(p);
}

static void later_means_before_the_first_call(void **state)
{
    struct probe *p = probe_open(state);
    struct process *pr = process_open(p, (struct process_opts){ .queues = true });
    id saga_id = begin_kind(p, pr, &whole, true);
    CHECK_INT(p->over.outcome, SAGA_WAITS);
    CHECK(!p->over.failed);
    CHECK_TRACE(p, "+one +two ");
    run_tasks(pr);
    CHECK_TRACE(p, "+one +two ?ask +three +last ");
    CHECK_INT(p->overs, 1);
    CHECK_GONE(p, pr, saga_id);
    probe_close(p);
}

/* ---- who dies, and who takes over ---- */

/* The process dies with its calls; the next one has the database for itself. */
static void death_before_the_call(void **state)
{
    struct probe *p = probe_open(state);
    struct process *dead = process_open(p, (struct process_opts){ .alone = true, .queues = true });
    struct process *next = process_open(p, (struct process_opts){ .alone = true });
    id saga_id = begin(p, dead);
    CHECK_TRACE(p, "+one +two ");
    CHECK_INT((int64_t)resume(p, next), 1);
    CHECK_TRACE(p, "+one +two ?ask +three +last ");
    CHECK_GONE(p, next, saga_id);
    CHECK_INT((int64_t)resume(p, next), 0);
    probe_close(p);
}

static void death_while_undoing(void **state)
{
    struct probe *p = probe_open(state);
    struct process *dead = process_open(p, (struct process_opts){ .alone = true, .queues = true });
    struct process *next = process_open(p, (struct process_opts){ .alone = true });
    struct saga_view view;
    p->says[0] = (struct saga_said){ .verdict = SAGA_REFUSE, .why = &NO };
    p->says_n = 1;
    id saga_id = begin(p, dead);
    (void)run_task(dead);
    CHECK_ERR(store_cx(p->store), look(p, next, saga_id, &view), NULL);
    CHECK(view.undoing);
    CHECK_STR(view.reason, S("probe.no"));
    CHECK_STR(view.step, S("ask"));
    CHECK_INT((int64_t)resume(p, next), 1);
    CHECK_TRACE(p, "+one +two ?ask !ask -two -one =undone ");
    CHECK_GONE(p, next, saga_id);
    probe_close(p);
}

/* The first was only slow: it finds its row taken, or gone, and changes nothing. */
static void taken_over(void **state)
{
    for (int ends = 0; ends < 2; ends++) {
        struct probe *p = probe_open(state);
        struct process *slow = process_open(p, (struct process_opts){ .queues = true });
        struct process *quick = process_open(p, (struct process_opts){ .queues = true });
        id saga_id = begin(p, slow);
        job(p, quick); /* its lease holds */
        CHECK_INT((int64_t)quick->tasks_n, 0);
        clock_fake_advance(&p->clock, SAGA_LEASE_MS);
        job(p, quick);
        CHECK_INT((int64_t)quick->tasks_n, 1);
        if (ends)
            run_tasks(quick);
        run_tasks(slow);
        CHECK_INT(p->over.outcome, SAGA_WAITS);
        CHECK(!p->over.failed);
        if (!ends)
            run_tasks(quick);
        CHECK_INT(p->overs, 1);
        CHECK_TRACE(p, "+one +two ?ask +three +last "); /* the slow one has not even asked */
        CHECK_GONE(p, quick, saga_id);
        probe_close(p);
    }
}

/* The quick one took the row by force while the slow one asked, and is told no. The slow one was
 * told yes, and its lease is not over, so in the other database it goes on: what is given up there
 * is given up afterwards. */
static void taken_by_force_with_units_elsewhere(void **state)
{
    struct probe *p = probe_open(state);
    struct process *slow = process_open(p, (struct process_opts){ 0 });
    struct process *quick = process_open(p, (struct process_opts){ 0 });
    p->says[0] = (struct saga_said){ .verdict = SAGA_REFUSE, .why = &NO };
    p->says_n = 1;
    p->taker = quick;
    id saga_id = begin_kind(p, slow, &apart, false);
    CHECK_INT(p->over.outcome, SAGA_WAITS);
    if (store_engine(state) == DB_PG) /* told when the unit is over that its row is another's */
        CHECK_TRACE(p, "+one ?ask ?ask +there +last ");
    else
        CHECK_TRACE(p, "+one ?ask ?ask +there ");
    p->trace[0] = '\0';
    clock_fake_advance(&p->clock, SAGA_LEASE_MS - 1);
    job(p, quick);
    wake(p, quick, saga_id, /* force= */ true); /* it forgets nothing */
    CHECK_TRACE(p, "");
    clock_fake_advance(&p->clock, 1);
    job(p, quick);
    CHECK_TRACE(p, "-there !ask -one =undone ");
    CHECK_GONE(p, quick, saga_id);
    probe_close(p);
}

/* A parked row, one whose request has an answer already, and that of a process that died have no
 * holder: nobody is waited for. */
static void taken_from_nobody(void **state)
{
    static const char *const traces[] = { "+one ?ask ~ask ?ask -there !ask -one =undone ",
        "+one ?ask -there !ask -one =undone ", "+one ?ask -there !ask -one =undone " };
    for (int i = 0; i < 3; i++) {
        struct probe *p = probe_open(state);
        struct process *pr = process_open(p, (struct process_opts){ .alone = true });
        struct process *dead =
            process_open(p, (struct process_opts){ .alone = true, .queues = true });
        struct saga_said no = { .verdict = SAGA_REFUSE, .why = &NO };
        p->says[0] = i == 0 ? (struct saga_said){ .verdict = SAGA_PARK, .wait_ms = 60000 } : no;
        p->says[1] = no;
        p->says_n = i == 0 ? 2 : 1;
        id saga_id = begin_kind(p, i == 2 ? dead : pr, &apart, /* later= */ i == 1);
        if (i == 0)
            wake(p, pr, saga_id, /* force= */ true);
        if (i == 2)
            CHECK_INT((int64_t)resume(p, pr), 1);
        CHECK_STR(str_from_c(p->trace), str_from_c(traces[i]));
        CHECK_GONE(p, pr, saga_id);
        probe_close(p);
    }
}

/* A row of a newer program is nobody's here, and stands in nobody's way. */
static void unknown_kinds_are_left_alone(void **state)
{
    struct probe *p = probe_open(state);
    struct process *newer = process_open(p, (struct process_opts){ .queues = true });
    struct process *older = process_open(p, (struct process_opts){ .alone = true });
    struct saga_kind alien = whole;
    struct saga_view before, after;
    alien.name = "alien";
    sagas_add(newer->sagas, &alien, p);
    id theirs = begin_kind(p, newer, &alien, false);
    CHECK_ERR(store_cx(p->store), look(p, older, theirs, &before), NULL);
    id both = begin(p, newer);
    clock_fake_advance(&p->clock, SAGA_LEASE_MS);
    job(p, older);
    CHECK_INT((int64_t)resume(p, older), 1);
    CHECK_TRACE(p, "+one +two +one +two ?ask +three +last ");
    CHECK_GONE(p, older, both);
    CHECK_ERR(store_cx(p->store), look(p, older, theirs, &after), NULL);
    CHECK_INT(after.attempts, before.attempts);
    CHECK_INT(after.next_ms, before.next_ms);
    CHECK_STR(after.step, before.step);
    CHECK(!after.steps_of);
    job(p, newer);
    (void)run_task(newer); /* of the first begin, overtaken now */
    run_tasks(newer);
    CHECK_GONE(p, newer, theirs);
    probe_close(p);
}

/* ---- looking ---- */

static void seen_by_people(void **state)
{
    struct probe *p = probe_open(state);
    struct process *pr = process_open(p, (struct process_opts){ 0 });
    for (p->says_n = 0; p->says_n < 4; p->says_n++)
        p->says[p->says_n] = (struct saga_said){ .verdict = SAGA_PARK, .wait_ms = 60000 };
    id first = begin(p, pr);
    wake(p, pr, first, true);
    wake(p, pr, first, true);
    struct seeing s = { .pr = pr, .wanted = S("P-1") }; /* the label that a step has set */
    CHECK_ERR(store_cx(p->store), store_read(p->store, see_one, &s), NULL);
    CHECK(id_eq(s.view.saga_id, first));
    CHECK_STR(s.view.label, S("P-1"));
    CHECK_STR(s.view.kind, S("whole"));
    CHECK_STR(s.view.step, S("ask"));
    CHECK_STR(s.view.state, S("{\"seen\":1}"));
    CHECK_INT(s.view.attempts, 2);
    CHECK(s.view.steps_of == &whole);
    (void)begin_kind(p, pr, &firm, false);
    CHECK_ERR(store_cx(p->store), store_read(p->store, see_list, &s), NULL);
    CHECK_INT((int64_t)s.n, 2);
    s.attempts_min = 2;
    CHECK_ERR(store_cx(p->store), store_read(p->store, see_list, &s), NULL);
    CHECK_INT((int64_t)s.n, 1);
    CHECK(id_eq(s.list[0].saga_id, first));
    s.wanted = S("P-2");
    CHECK_ERR(store_cx(p->store), store_read(p->store, see_one, &s), &ERR_MISSING);
    probe_close(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(done_in_order),
        STORE_TEST(undone_in_reverse),
        STORE_TEST(one_saga_an_id),
        STORE_TEST(claims_come_first),
        STORE_TEST(left_in_a_unit),
        STORE_TEST(firm_ground),
        STORE_TEST(again_with_back_off),
        STORE_TEST(parked_until_woken),
        STORE_TEST(later_means_before_the_first_call),
        STORE_TEST(death_before_the_call),
        STORE_TEST(death_while_undoing),
        STORE_TEST(taken_over),
        STORE_TEST(taken_by_force_with_units_elsewhere),
        STORE_TEST(taken_from_nobody),
        STORE_TEST(unknown_kinds_are_left_alone),
        STORE_TEST(seen_by_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
