/* SPDX-License-Identifier: Apache-2.0
 * Which steps come next, in which database, and what a failure means. Called by saga_run.c; must
 * never do I/O. */
#include "platform/saga/saga_internal.h"

#define BACK_OFF_MS 100
#define DOUBLINGS_MAX 11 /* 100 ms to 205 s */

struct db *saga_db_of(const struct saga_run *run, size_t i)
{
    const struct saga_step *step = &run->kind->steps[i];
    return step->db ? step->db(run->flow) : run->sagas->opts.db;
}

static bool is_call(const struct saga_step *step)
{
    return step->call || step->call_back;
}

/* Nothing to do for this step in the run's direction. */
static bool is_idle(const struct saga_run *run, size_t i)
{
    const struct saga_step *step = &run->kind->steps[i];
    bool nothing = run->saga.undoing ? !step->undo && !step->call_back : !step->todo && !step->call;
    return nothing || (step->idle && step->idle(run->flow, &run->saga));
}

static enum saga_next plan_forward(struct saga_run *run)
{
    const struct saga_kind *kind = run->kind;
    while (run->at < kind->steps_n && is_idle(run, run->at))
        run->at++;
    if (run->at == kind->steps_n)
        return SAGA_NEXT_END;
    if (is_call(&kind->steps[run->at]))
        return SAGA_NEXT_CALL;
    struct db *db = saga_db_of(run, run->at);
    run->to = run->at;
    while (run->to < kind->steps_n &&
           (is_idle(run, run->to) ||
               (!is_call(&kind->steps[run->to]) && saga_db_of(run, run->to) == db)))
        run->to++;
    return SAGA_NEXT_UNIT;
}

static enum saga_next plan_back(struct saga_run *run)
{
    const struct saga_kind *kind = run->kind;
    while (run->at > 0 && is_idle(run, run->at - 1))
        run->at--;
    if (run->at == 0)
        return SAGA_NEXT_END;
    if (is_call(&kind->steps[run->at - 1]))
        return SAGA_NEXT_CALL;
    struct db *db = saga_db_of(run, run->at - 1);
    run->to = run->at;
    while (run->to > 0 && (is_idle(run, run->to - 1) || (!is_call(&kind->steps[run->to - 1]) &&
                                                            saga_db_of(run, run->to - 1) == db)))
        run->to--;
    return SAGA_NEXT_UNIT;
}

enum saga_next saga_plan(struct saga_run *run)
{
    return run->saga.undoing ? plan_back(run) : plan_forward(run);
}

bool saga_ends_at(const struct saga_run *run, size_t to)
{
    return to == (run->saga.undoing ? 0 : run->kind->steps_n);
}

const struct saga_step *saga_step_at(const struct saga_run *run)
{
    static const struct saga_step end = { .name = "end" };
    if (run->saga.undoing)
        return run->at > 0 ? &run->kind->steps[run->at - 1] : &end;
    return run->at < run->kind->steps_n ? &run->kind->steps[run->at] : &end;
}

size_t saga_reached(const struct saga_run *run, size_t at)
{
    size_t reached = run->taken ? run->kind->steps_n : at;
    while (reached > at && saga_db_of(run, reached - 1) == run->sagas->opts.db)
        reached--;
    return reached;
}

bool saga_place_of(struct saga_run *run, str step)
{
    const struct saga_kind *kind = run->kind;
    if (str_eq(step, S("end"))) {
        run->at = run->saga.undoing ? 0 : kind->steps_n;
        return true;
    }
    for (size_t i = 0; i < kind->steps_n; i++)
        if (str_eq(step, str_from_c(kind->steps[i].name))) {
            run->at = run->saga.undoing ? i + 1 : i;
            return true;
        }
    return false;
}

bool saga_may_pass(err e)
{
    return e->kind == KIND_BUSY || e->kind == KIND_BUG || e->kind == KIND_UPSTREAM;
}

bool saga_refuses(const struct saga_run *run, err e)
{
    if (run->saga.undoing || saga_may_pass(e))
        return false;
    if (run->at == 0)
        return true;
    for (size_t i = run->at; i < run->kind->steps_n; i++)
        if (run->kind->steps[i].undo || run->kind->steps[i].call_back)
            return true;
    return false;
}

int64_t saga_back_off_ms(struct cx *cx, int64_t tries)
{
    int64_t doublings = tries < DOUBLINGS_MAX ? tries : DOUBLINGS_MAX;
    int64_t base = (int64_t)BACK_OFF_MS << doublings;
    return base / 2 + (int64_t)(rng_u64(&cx->rng) % (uint64_t)base); /* half to one and a half */
}
