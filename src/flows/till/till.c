/* SPDX-License-Identifier: Apache-2.0
 * The till as the application sees it: its tables, and the errands that its jobs send to the
 * provider's executor. Must never call a provider in a unit. */
#include "flows/till/till_internal.h"

#include "platform/log/log.h"
#include "platform/saga/saga.h"
#include "platform/secret/secret.h"

struct till *till_open(struct arena *life, struct till_deps deps)
{
    struct till *t = NEW(life, struct till);
    t->deps = deps;
    for (int i = 0; i < TILL_WORKS_N; i++) {
        t->errands[i].till = t;
        t->errands[i].work = (enum till_work)i;
    }
    return t;
}

/* ---- what several files need ---- */

struct looking {
    struct till *till;
    id order_id;
    bool lives;
};

static err look(void *arg, struct cx *cx)
{
    struct looking *l = arg;
    struct saga_view view;
    err e = saga_get(l->till->deps.sagas, cx, id_text(cx->arena, l->order_id), &view);
    l->lives = !e;
    if (e != &ERR_MISSING)
        return e;
    cx_clear(cx);
    return NULL;
}

err till_saga_lives(struct till *t, struct cx *cx, id order_id, bool *ret_lives)
{
    struct looking l = { .till = t, .order_id = order_id };
    err e = db_read(cx, look, &l);
    *ret_lives = l.lives;
    return e;
}

err till_write(struct till *t, struct cx *cx, id payment_id, db_work *fn, void *arg)
{
    return db_write_wait(t->deps.db, cx, id_hash(payment_id), fn, arg);
}

/* ---- errands ---- */

static err run_work(struct till *t, struct cx *cx, enum till_work work, size_t *ret_n)
{
    switch (work) {
    case TILL_SETTLE:
        return till_settle(t, cx, ret_n);
    case TILL_SWEEP:
        return till_sweep(t, cx, ret_n);
    case TILL_RECONCILE:
        return till_reconcile(t, cx, TILL_RECONCILE_HOURS, ret_n);
    case TILL_WORKS_N:
        break;
    }
    panic(__FILE__, "unknown errand");
}

static void run_errand(void *arg)
{
    struct till_errand *errand = arg;
    struct till *t = errand->till;
    static const char *const names[] = { "payment webhooks", "orphaned payments",
        "reconciliation" };
    struct arena *arena = arena_open(64 * 1024);
    struct cx cx = { .arena = arena,
        .now_ms = clock_now_ms(t->deps.clock),
        .rng = rng_seeded(secret_u64()),
        .request_id = S("till") };
    size_t n = 0;
    err e = run_work(t, &cx, errand->work, &n);
    if (e)
        log_err(t->deps.log, &cx, e, str_from_c(names[errand->work]));
    else if (n && errand->work != TILL_SETTLE)
        log_line(t->deps.log, LOG_WARN, str_from_c(names[errand->work]),
            LOG_FIELDS({ "count", { 0 }, (int64_t)n }));
    arena_close(arena);
    atomic_store(&errand->busy, false);
}

/* After the commit, on the lane: hands over. */
static void send_errand(void *arg)
{
    struct till_errand *errand = arg;
    struct executor *exec = &errand->till->deps.exec;
    if (atomic_exchange(&errand->busy, true))
        return;
    if (!exec->submit || !exec->submit(exec->self, run_errand, errand))
        atomic_store(&errand->busy, false); /* nobody to run it now: the next time */
}

static err send(void *service, struct cx *cx, enum till_work work)
{
    struct till *t = service;
    db_after_commit(cx, send_errand, &t->errands[work]);
    return NULL;
}

static err job_settle(void *service, struct cx *cx, bool *ret_more)
{
    struct till *t = service;
    struct payments_webhook *due;
    size_t n = 0;
    *ret_more = false;
    err e = payments_webhook_due(t->deps.payments, cx, 1, &due, &n);
    return e || n == 0 ? e : send(t, cx, TILL_SETTLE);
}

static err job_sweep(void *service, struct cx *cx, bool *ret_more)
{
    *ret_more = false;
    return send(service, cx, TILL_SWEEP);
}

static err job_reconcile(void *service, struct cx *cx, bool *ret_more)
{
    *ret_more = false;
    return send(service, cx, TILL_RECONCILE);
}

const struct job till_jobs[] = {
    { "till.settle", 1000, job_settle },
    { "till.sweep", TILL_SWEEP_MS, job_sweep },
    { "till.reconcile", INT64_C(3600000), job_reconcile },
    { NULL, 0, NULL },
};

static const problem *const problems[] = {
    &PAY_WEBHOOK_REFUSED,
    &PAYMENTS_METHODS_FULL,
    &TILL_NOT_BACK,
    &TILL_REPAID,
    &TILL_NO_WALLET,
    NULL,
};
const struct service till_service = {
    .name = "till",
    .folder = "src/flows/till/",
    .routes = till_routes,
    .page_routes = till_page_routes,
    .pages = till_pages,
    .jobs = till_jobs,
    .problems = problems,
};
