/* SPDX-License-Identifier: Apache-2.0
 * A saga whose steps leave marks, and processes whose executors run when the test says so. For
 * saga_test.c alone; must never wait for a clock. */
#ifndef SOUK_PLATFORM_SAGA_TESTS_SAGA_PROBE_H
#define SOUK_PLATFORM_SAGA_TESTS_SAGA_PROBE_H

#include "platform/saga/saga.h"
#include "tests/support/store.h"

#define CALLS_IN_ONE_GO 5
#define TASKS_MAX 16

/* What a step or a call says no with. */
static const problem NO = { KIND_CONFLICT, "probe.no", NULL, "No" };

/* A process: its sagas, and what its executor was handed and has not run. */
struct process {
    struct sagas *sagas;
    struct task {
        void (*fn)(void *arg);
        void *arg;
        int64_t delay_ms;
    } tasks[TASKS_MAX];
    size_t tasks_n;
};

struct probe {
    struct store *store, *other;
    struct arena *life;
    struct cx *cx; /* of the request */
    struct clock clock;
    char trace[400];
    struct saga_said says[8]; /* what the call answers, one after the other; then GO_ON */
    size_t says_n, said;
    err fails_three, fails_last; /* once */
    struct saga_over over;
    int overs, afters;
    bool left;             /* begun by saga_leave: its row is older than its first unit */
    struct process *taker; /* of the row, in the midst of the next call */
};

/* ---- the steps: each leaves its mark ---- */

static inline void mark(struct probe *p, const char *what)
{
    size_t n = strlen(p->trace);
    (void)snprintf(p->trace + n, sizeof p->trace - n, "%s ", what);
}

struct state {
    int64_t seen;
};
static const struct json_field state_fields[] = { JSON_INT(struct state, seen) };
static const struct json_shape state_shape = JSON_SHAPE("Probe", struct state, state_fields);

#define UNIT(name, text)                                                                           \
    static inline err name(void *flow, struct cx *cx, struct saga *s)                              \
    {                                                                                              \
        (void)cx;                                                                                  \
        (void)s;                                                                                   \
        mark(flow, text);                                                                          \
        return NULL;                                                                               \
    }
UNIT(un_one, "-one")
UNIT(two, "+two")
UNIT(un_two, "-two")
UNIT(un_three, "-three")
UNIT(parked, "~ask")
UNIT(undone, "=undone")

static inline err one(void *flow, struct cx *cx, struct saga *s)
{
    (void)cx;
    CHECK(s->first != ((struct probe *)flow)->left);
    mark(flow, "+one");
    s->label = S("P-1");
    ((struct state *)s->state)->seen = 1;
    return NULL;
}

static inline err fail_once(struct cx *cx, err *what)
{
    err e = *what;
    *what = NULL;
    return e ? cx_fail(cx, e, __FILE__, "as the test wants") : NULL;
}

static inline err three(void *flow, struct cx *cx, struct saga *s)
{
    struct probe *p = flow;
    CHECK_INT(((struct state *)s->state)->seen, 1); /* it came through the row */
    mark(p, "+three");
    return fail_once(cx, &p->fails_three);
}

static inline err last(void *flow, struct cx *cx, struct saga *s)
{
    struct probe *p = flow;
    CHECK(!s->first);
    mark(p, "+last");
    return fail_once(cx, &p->fails_last);
}

static inline struct saga_said next_said(struct probe *p)
{
    return p->said < p->says_n ? p->says[p->said++] : (struct saga_said){ .verdict = SAGA_GO_ON };
}

static inline struct saga_said ask(void *flow, struct cx *cx, struct saga *s)
{
    struct probe *p = flow;
    (void)s;
    CHECK(!db_in_unit(cx));
    mark(p, "?ask");
    return next_said(p);
}

static inline struct saga_said give_back(void *flow, struct cx *cx, struct saga *s)
{
    struct probe *p = flow;
    (void)cx;
    CHECK(s->undoing && s->reason.n > 0);
    mark(p, "!ask");
    return next_said(p);
}

static inline bool idle(const void *flow, const struct saga *s)
{
    (void)flow;
    (void)s;
    return true;
}

static const struct saga_step steps[] = {
    { .name = "one", .todo = one, .undo = un_one },
    { .name = "two", .todo = two, .undo = un_two },
    { .name = "never", .todo = last, .undo = un_three, .idle = idle },
    { .name = "ask", .call = ask, .call_back = give_back, .parked = parked },
    { .name = "three", .todo = three, .undo = un_three },
    { .name = "last", .todo = last },
};
static const struct saga_kind whole = {
    .name = "whole",
    .steps = steps,
    .steps_n = COUNT(steps),
    .state = &state_shape,
    .undone = undone,
};
/* What follows the call cannot be undone. */
static const struct saga_step firm_steps[] = {
    { .name = "one", .todo = one, .undo = un_one },
    { .name = "ask", .call = ask },
    { .name = "last", .todo = last },
};
static const struct saga_kind firm = {
    .name = "firm",
    .steps = firm_steps,
    .steps_n = COUNT(firm_steps),
    .state = &state_shape,
};
static const struct saga_kind minted = {
    .name = "minted",
    .steps = firm_steps,
    .steps_n = COUNT(firm_steps),
    .state = &state_shape,
    .own_ids = true,
};

/* A step in another database, after a call in the midst of which somebody may take the row. */
static inline struct db *other_db(const void *flow)
{
    return store_db(((const struct probe *)flow)->other);
}

static inline void wake(struct probe *p, struct process *pr, id saga_id, bool force);

static inline struct saga_said ask_overtaken(void *flow, struct cx *cx, struct saga *s)
{
    struct probe *p = flow;
    struct process *taker = p->taker;
    (void)cx;
    mark(p, "?ask");
    p->taker = NULL;
    if (!taker)
        return next_said(p);
    wake(p, taker, s->saga_id, /* force= */ true);
    return (struct saga_said){ .verdict = SAGA_GO_ON };
}
UNIT(there, "+there")
UNIT(un_there, "-there")

static const struct saga_step apart_steps[] = {
    { .name = "one", .todo = one, .undo = un_one },
    { .name = "ask", .call = ask_overtaken, .call_back = give_back, .parked = parked },
    { .name = "there", .todo = there, .undo = un_there, .db = other_db },
    { .name = "last", .todo = last },
};
static const struct saga_kind apart = {
    .name = "apart",
    .steps = apart_steps,
    .steps_n = COUNT(apart_steps),
    .state = &state_shape,
    .undone = undone,
};

/* ---- processes ---- */

static inline bool keep_task(void *self, void (*fn)(void *), void *arg)
{
    struct process *pr = self;
    CHECK(pr->tasks_n < TASKS_MAX);
    pr->tasks[pr->tasks_n++] = (struct task){ fn, arg, 0 };
    return true;
}

static inline void keep_later(void *self, int64_t delay_ms, void (*fn)(void *), void *arg)
{
    struct process *pr = self;
    (void)keep_task(pr, fn, arg);
    pr->tasks[pr->tasks_n - 1].delay_ms = delay_ms;
}

/* Runs the oldest task; gives the delay that it was to wait for. */
static inline int64_t run_task(struct process *pr)
{
    CHECK(pr->tasks_n > 0);
    struct task task = pr->tasks[0];
    memmove(pr->tasks, pr->tasks + 1, --pr->tasks_n * sizeof *pr->tasks);
    task.fn(task.arg);
    return task.delay_ms;
}

static inline void run_tasks(struct process *pr)
{
    while (pr->tasks_n > 0)
        (void)run_task(pr);
}

struct process_opts {
    bool alone;  /* no other process works on this database */
    bool queues; /* calls wait for run_task; else they run at once */
};
static inline struct process *process_open(struct probe *p, struct process_opts opts)
{
    struct process *pr = NEW(p->life, struct process);
    struct sagas_opts sagas = { .db = store_db(p->store), .clock = &p->clock, .alone = opts.alone };
    if (opts.queues)
        sagas.exec = (struct executor){ keep_task, keep_later, pr };
    pr->sagas = sagas_open(p->life, sagas);
    sagas_add(pr->sagas, &whole, p);
    sagas_add(pr->sagas, &firm, p);
    sagas_add(pr->sagas, &minted, p);
    sagas_add(pr->sagas, &apart, p);
    return pr;
}

static inline struct probe *probe_open(void **state)
{
    struct arena *life = arena_open(4096);
    struct probe *p = NEW(life, struct probe);
    p->life = life;
    p->store = store_open(store_engine(state), (const char *const[]){ "platform/saga", NULL });
    p->other = store_open(store_engine(state), (const char *const[]){ NULL });
    p->cx = check_cx_open();
    p->clock = clock_fake(life, p->cx->now_ms);
    return p;
}

static inline void probe_close(struct probe *p)
{
    check_cx_close(p->cx);
    store_close(p->other);
    store_close(p->store);
    arena_close(p->life);
}

static inline void told_over(void *arg, struct cx *cx, struct saga_over over)
{
    struct probe *p = arg;
    (void)cx;
    p->over = over;
    p->overs++;
}

static inline id begin_kind(
    struct probe *p, struct process *pr, const struct saga_kind *kind, bool later)
{
    id saga_id = cx_id(p->cx);
    saga_begin(pr->sagas, (struct saga_begin){ .kind = kind,
                              .saga_id = saga_id,
                              .state = NEW(p->cx->arena, struct state),
                              .cx = p->cx,
                              .later = later,
                              .over = told_over,
                              .arg = p });
    return saga_id;
}

static inline id begin(struct probe *p, struct process *pr)
{
    return begin_kind(p, pr, &whole, false);
}

static inline void told_after(void *arg)
{
    ((struct probe *)arg)->afters++;
}

static inline void wake(struct probe *p, struct process *pr, id saga_id, bool force)
{
    saga_wake(pr->sagas, p->cx,
        (struct saga_wake){ .saga_id = saga_id, .force = force, .after = told_after, .arg = p });
}

static inline size_t resume(struct probe *p, struct process *pr)
{
    size_t n = 0;
    struct cx *cx = check_cx_open();
    cx->now_ms = clock_now_ms(&p->clock);
    CHECK_ERR(cx, sagas_resume(pr->sagas, cx, &n), NULL);
    check_cx_close(cx);
    return n;
}

static inline err run_job(void *arg, struct cx *cx)
{
    struct probe *p = ((void **)arg)[0];
    struct process *pr = ((void **)arg)[1];
    bool more = false;
    cx->now_ms = clock_now_ms(&p->clock);
    err e = saga_jobs[0].fn(pr->sagas, cx, &more);
    CHECK(!more);
    return e;
}

static inline void job(struct probe *p, struct process *pr)
{
    void *both[2] = { p, pr };
    CHECK_ERR(store_cx(p->store), store_write(p->store, run_job, both), NULL);
}

struct seeing {
    struct process *pr;
    str wanted;
    int64_t attempts_min;
    struct saga_view view, *list;
    size_t n;
};

static inline err see_one(void *arg, struct cx *cx)
{
    struct seeing *s = arg;
    return saga_get(s->pr->sagas, cx, s->wanted, &s->view);
}

static inline err see_list(void *arg, struct cx *cx)
{
    struct seeing *s = arg;
    return saga_list(s->pr->sagas, cx, s->attempts_min, &s->list, &s->n);
}

/* ERR_MISSING when it has ended. */
static inline err look(struct probe *p, struct process *pr, id saga_id, struct saga_view *ret)
{
    struct seeing s = { .pr = pr, .wanted = id_text(p->life, saga_id) };
    err e = store_read(p->store, see_one, &s);
    *ret = s.view;
    return e;
}

#define CHECK_TRACE(p, text) CHECK_STR(str_from_c((p)->trace), S(text))
#define CHECK_GONE(p, pr, saga_id)                                                                 \
    do {                                                                                           \
        struct saga_view gone_;                                                                    \
        CHECK_ERR(store_cx((p)->store), look((p), (pr), (saga_id), &gone_), &ERR_MISSING);         \
    } while (0)

#endif
