/* SPDX-License-Identifier: Apache-2.0
 * A saga of nobody's order, which is taken from whoever has it again and again, and whose call says
 * now this and now that: who was overtaken ends nothing, and leaves nothing done elsewhere. Called
 * by sim_strays.c; must never rest on steps that may be done twice, as those of orders are. */
#include "platform/bus/bus.h"
#include "tests/sim/sim_strays.h"

#define TAKERS 4

static const problem refused = { KIND_CONFLICT, "sim.refused", NULL, "The call said no" };

struct state {
    int64_t index;
};
static const struct json_field state_fields[] = { JSON_INT(struct state, index) };
static const struct json_shape state_shape = JSON_SHAPE("StraySaga", struct state, state_fields);

static struct sim_stray *stray_of(void *flow, const struct saga *saga)
{
    struct sim_process *p = flow;
    const struct state *state = saga->state;
    ASSERT(state->index >= 0 && state->index < SIM_STRAYS);
    return &p->sim->strays[state->index];
}

static struct saga_said call(void *flow, struct cx *cx, struct saga *saga)
{
    struct sim *s = stray_of(flow, saga)->sim;
    (void)cx;
    uint64_t said = rng_below(&s->rng, 10);
    if (said < 4)
        return (struct saga_said){ .verdict = SAGA_GO_ON };
    if (said < 7)
        return (struct saga_said){ .verdict = SAGA_REFUSE, .why = &refused };
    return (struct saga_said){ .verdict = SAGA_AGAIN, .wait_ms = sim_between(s, 1, 300) };
}

/* Outside of any database: it cannot be taken back. */
static struct saga_said call_back(void *flow, struct cx *cx, struct saga *saga)
{
    (void)cx;
    stray_of(flow, saga)->given++;
    return (struct saga_said){ .verdict = SAGA_GO_ON };
}

/* A step in another database, where worlds have them apart: it leaves a mark, which goes with it.
 */
static struct db *elsewhere(const void *flow)
{
    return sim_store_db(((const struct sim_process *)flow)->sim->store, SIM_STOCK);
}

#define MARKING(what, sql)                                                                         \
    {                                                                                              \
        .name = "bus.sim_" what, .text = { sql, NULL }, .in = sim_id_cols,                         \
        .in_n = COUNT(sim_id_cols), .in_size = sizeof(struct sim_id_row), .writes = true           \
    }
static const struct db_query put_mark = MARKING("mark",
                                 "INSERT INTO bus_sim_mark VALUES (?1) ON CONFLICT DO NOTHING"),
                             take_mark =
                                 MARKING("unmark", "DELETE FROM bus_sim_mark WHERE saga_id = ?1");

static err mark(void *flow, struct cx *cx, struct saga *saga)
{
    return db_exec(elsewhere(flow), cx, &put_mark, &(struct sim_id_row){ saga->saga_id }, NULL);
}

static err unmark(void *flow, struct cx *cx, struct saga *saga)
{
    return db_exec(elsewhere(flow), cx, &take_mark, &(struct sim_id_row){ saga->saga_id }, NULL);
}

static err tell(void *flow, struct cx *cx, const struct saga *saga, const char *type)
{
    struct sim *s = stray_of(flow, saga)->sim;
    return bus_emit(NULL, sim_store_db(s->store, SIM_MAIN), cx, type, saga->saga_id, NULL, NULL);
}

static err end(void *flow, struct cx *cx, struct saga *saga)
{
    return tell(flow, cx, saga, "stray.done");
}

static err undone(void *flow, struct cx *cx, struct saga *saga)
{
    return tell(flow, cx, saga, "stray.undone");
}

static const struct saga_step steps[] = {
    { .name = "call", .call = call, .call_back = call_back },
    { .name = "mark", .todo = mark, .undo = unmark, .db = elsewhere },
    { .name = "end", .todo = end },
};
static const struct saga_kind kind = { .name = "stray",
    .steps = steps,
    .steps_n = COUNT(steps),
    .state = &state_shape,
    .undone = undone };

void sim_stray_sagas_add(struct sim_process *p)
{
    sagas_add(p->sagas, &kind, p);
}

/* ---- beginning, and taking it ---- */

static void over(void *arg, struct cx *cx, struct saga_over saga)
{
    struct sim *s = arg;
    (void)saga;
    sim_cx_close(s, cx);
}

static void take(struct sim *s, void *arg)
{
    const struct sim_stray *x = arg;
    int process = sim_some_process(s);
    if (process < 0)
        return;
    struct cx *cx = sim_cx(s, process);
    s->running = process;
    saga_wake(
        s->processes[process].sagas, cx, (struct saga_wake){ .saga_id = x->own, .force = true });
    s->running = -1;
    sim_cx_close(s, cx);
}

void sim_stray_saga(struct sim *s, struct sim_stray *x, struct sim_deed *d)
{
    for (int i = 0; i < TAKERS; i++)
        sim_at(s, -1, sim_between(s, 0, 400), take, x, NULL);
    if (x->state != SIM_STRAY_NONE)
        return;
    x->state = SIM_STRAY_LIVE;
    struct cx *cx = sim_cx(s, d->p->index);
    struct state *state = NEW(cx->arena, struct state);
    state->index = (int64_t)x->index;
    s->running = d->p->index;
    saga_begin(d->p->sagas,
        (struct saga_begin){
            .kind = &kind, .saga_id = x->own, .state = state, .cx = cx, .over = over, .arg = s });
    s->running = -1;
}

/* ---- in the end ---- */

struct ends {
    struct sim_stray *x;
    struct sim_ended {
        int64_t done, undone;
    } row;
    struct sim_marks {
        int64_t n;
    } marks;
    bool found;
};
static const struct db_column ends_out[] = {
    { "done", DB_T_INT, false, offsetof(struct sim_ended, done), NULL },
    { "undone", DB_T_INT, false, offsetof(struct sim_ended, undone), NULL },
};
static const struct db_query count_ends = { .name = "bus.sim_strays",
    .text = { "SELECT count(CASE WHEN type = 'stray.done' THEN 1 END) AS done, "
              "count(CASE WHEN type = 'stray.undone' THEN 1 END) AS undone "
              "FROM bus_sim_told WHERE aggregate_id = ?1",
        NULL },
    .in = sim_id_cols,
    .in_n = COUNT(sim_id_cols),
    .in_size = sizeof(struct sim_id_row),
    .out = ends_out,
    .out_n = COUNT(ends_out),
    .row_size = sizeof(struct sim_ended) };

static const struct db_column marks_out[] = {
    { "n", DB_T_INT, false, offsetof(struct sim_marks, n), NULL },
};
static const struct db_query count_marks = { .name = "bus.sim_marks",
    .text = { "SELECT count(*) AS n FROM bus_sim_mark WHERE saga_id = ?1", NULL },
    .in = sim_id_cols,
    .in_n = COUNT(sim_id_cols),
    .in_size = sizeof(struct sim_id_row),
    .out = marks_out,
    .out_n = COUNT(marks_out),
    .row_size = sizeof(struct sim_marks) };

static err unit_ends(void *arg, struct cx *cx)
{
    struct ends *n = arg;
    return db_one(sim_store_db(n->x->sim->store, SIM_MAIN), cx, &count_ends,
        &(struct sim_id_row){ n->x->own }, &n->row, &n->found);
}

static err unit_marks(void *arg, struct cx *cx)
{
    struct ends *n = arg;
    return db_one(sim_store_db(n->x->sim->store, SIM_STOCK), cx, &count_marks,
        &(struct sim_id_row){ n->x->own }, &n->marks, &n->found);
}

/* It ended once, one way or the other; what was given back is not done, here and elsewhere. */
void sim_stray_saga_end(struct sim *s, struct sim_stray *x)
{
    struct ends n = { .x = x };
    err e = sim_stray_seen(s, unit_ends, &n);
    err e2 = sim_stray_seen(s, unit_marks, &n);
    if (e2 || n.marks.n != n.row.done)
        sim_fail(s, "stray %zu: its saga ended %s, with %lld marks elsewhere", x->index,
            n.row.done ? "done" : "undone", (long long)n.marks.n);
    if (e || n.row.done + n.row.undone > 1)
        sim_fail(s, "stray %zu: its saga ended %lld times", x->index,
            (long long)(n.row.done + n.row.undone));
    if (n.row.done && x->given)
        sim_fail(s, "stray %zu: its saga was given back %lld times, and is done", x->index,
            (long long)x->given);
    if (n.row.undone && !x->given)
        sim_fail(s, "stray %zu: its saga is undone, and nothing was given back", x->index);
}
