/* SPDX-License-Identifier: Apache-2.0
 * Taking up sagas whose process died or gave up: at start, by the job, and when a buyer comes back
 * from the bank. Must never run a saga that another process holds a lease on. */
#include "checkout_sql.h"
#include "flows/checkout/checkout_internal.h"
#include "platform/log/log.h"
#include "platform/secret/secret.h"

#define RESUME_MAX 1000

static void over(struct checkout_run *run)
{
    if (run->after)
        run->after(run->after_arg);
    arena_close(run->own);
}

static void resumed(void *arg, struct checkout_run *run)
{
    (void)arg;
    struct checkout *c = run->c;
    if (run->unit_error)
        log_err(c->deps.log, run->cx, run->unit_error, S("saga"));
    else
        log_line(c->deps.log, LOG_INFO, S("saga"),
            LOG_FIELDS({ "order", run->saga.number, 0 },
                { "step", str_from_c(checkout_step_names[run->saga.step]), 0 }));
    over(run);
}

static void copy_row(
    struct checkout_saga *s, struct cx *cx, const struct checkout_sql_saga_get_row *row)
{
    *s = (struct checkout_saga){ .user_id = row->user_id,
        .payment_id = row->payment_id,
        .step = checkout_domain_step_of(row->step),
        .number = row->number,
        .token = row->token,
        .provider_ref = row->provider_ref,
        .cart_hash = row->cart_hash,
        .reason = row->reason,
        .attempts = row->attempts,
        .from_cart = row->from_cart,
        .claim = { .principal = row->claim_principal,
            .method = row->claim_method,
            .route = row->claim_route,
            .key = row->claim_key } };
    currency cur;
    bool known = currency_parse(row->currency, &cur);
    ASSERT(known && s->step != CHECKOUT_STEPS_N);
    s->amount = money_of(row->amount_minor, cur);
    (void)cx;
}

struct lease {
    struct checkout_run *run;
    bool force, taken;
};

static err unit_lease(void *arg, struct cx *cx)
{
    struct lease *l = arg;
    struct checkout_run *run = l->run;
    struct db *db = run->c->deps.db;
    int64_t changed = 0;
    l->taken = false;
    err e = checkout_sql_saga_lease(db, cx,
        (struct checkout_sql_saga_lease_in){ .order_id = run->saga.order_id,
            .lease_ms = cx->now_ms + CHECKOUT_LEASE_MS,
            .now_ms = l->force ? INT64_MAX : cx->now_ms },
        &changed);
    if (e || changed == 0)
        return e;
    struct checkout_sql_saga_get_row row;
    bool found = false;
    e = checkout_sql_saga_get(
        db, cx, (struct checkout_sql_saga_get_in){ .order_id = run->saga.order_id }, &row, &found);
    if (e || !found)
        return e;
    id order_id = run->saga.order_id;
    copy_row(&run->saga, cx, &row);
    run->saga.order_id = order_id;
    l->taken = true;
    return NULL;
}

static void lease_done(void *arg, struct cx *cx, err e)
{
    (void)cx;
    struct lease *l = arg;
    if (e || !l->taken) {
        l->run->unit_error = e;
        if (e)
            resumed(NULL, l->run);
        else
            over(l->run);
        return;
    }
    /* What the provider did before the process died is asked, not guessed; asking for the money
     * again with the same key is the same as asking what became of it. */
    if (l->run->saga.step == CHECKOUT_CHALLENGE)
        l->run->saga.step = CHECKOUT_FIND;
    checkout_advance(l->run);
}

void checkout_take_up(struct checkout *c, struct cx *cx, struct checkout_taking in)
{
    struct arena *arena = arena_open(8192);
    struct cx *own = NEW(arena, struct cx);
    *own = (struct cx){ .arena = arena,
        .now_ms = cx->now_ms,
        .rng = rng_seeded(rng_u64(&cx->rng)),
        .request_id = S("saga") };
    struct checkout_run *run = NEW(arena, struct checkout_run);
    *run = (struct checkout_run){
        .c = c, .cx = own, .own = arena, .finish = resumed, .after = in.after, .after_arg = in.arg
    };
    run->saga.order_id = in.order_id;
    struct lease *l = NEW(arena, struct lease);
    *l = (struct lease){ .run = run, .force = in.force };
    db_write(c->deps.db, own, id_hash(in.order_id), unit_lease, l, lease_done);
}

struct due {
    struct checkout *c;
    int64_t now_ms;
    struct checkout_sql_saga_due_row *rows;
    size_t n;
};

static err read_due(void *arg, struct cx *cx)
{
    struct due *d = arg;
    return checkout_sql_saga_due(d->c->deps.db, cx,
        (struct checkout_sql_saga_due_in){ .now_ms = d->now_ms, .limit = RESUME_MAX }, &d->rows,
        &d->n);
}

/* On SQLite this process is the only one, so every row's holder is dead; on PostgreSQL others may
 * be alive, and the job takes theirs when the lease has run out. */
err checkout_resume(struct checkout *c, struct cx *cx, size_t *ret_resumed)
{
    bool alone = db_engine_of(c->deps.db) == DB_SQLITE;
    struct due d = { .c = c, .now_ms = alone ? INT64_MAX : cx->now_ms };
    err e = db_read(cx, read_due, &d);
    for (size_t i = 0; !e && i < d.n; i++)
        checkout_take_up(
            c, cx, (struct checkout_taking){ .order_id = d.rows[i].order_id, .force = alone });
    *ret_resumed = d.n;
    return e;
}

struct wake {
    struct checkout *c;
    struct rng rng;
    int64_t now_ms;
    size_t n;
    id order_ids[];
};

/* After the job's unit, on the lane: each saga leases itself in a unit of its own. */
static void wake_all(void *arg)
{
    struct wake *w = arg;
    struct cx cx = { .now_ms = w->now_ms, .rng = w->rng };
    for (size_t i = 0; i < w->n; i++)
        checkout_take_up(w->c, &cx, (struct checkout_taking){ .order_id = w->order_ids[i] });
}

static err job_resume(void *service, struct cx *cx, bool *ret_more)
{
    struct checkout *c = service;
    struct due d = { .c = c, .now_ms = cx->now_ms };
    err e = read_due(&d, cx);
    if (e || d.n == 0)
        return e;
    struct wake *w = arena_alloc(cx->arena, sizeof *w + d.n * sizeof(id));
    *w = (struct wake){
        .c = c, .rng = rng_seeded(rng_u64(&cx->rng)), .now_ms = cx->now_ms, .n = d.n
    };
    for (size_t i = 0; i < d.n; i++)
        w->order_ids[i] = d.rows[i].order_id;
    db_after_commit(cx, wake_all, w);
    *ret_more = false;
    return NULL;
}

const struct job checkout_jobs[] = {
    { .name = "checkout.resume", .period_ms = 5000, .fn = job_resume },
    { 0 },
};
