/* SPDX-License-Identifier: Apache-2.0
 * Orders as closures on the lanes. Called by the bench of the checkout; must write what
 * flows/checkout writes for one line that is paid at once, statement for statement: the units of
 * the saga's own table. */
#include "bench/bench_raw.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "flows/checkout/checkout_internal.h"
#include "platform/saga/saga_internal.h"

#define LATENCIES_MAX (4 * 1024 * 1024)

struct race;
struct order_run {
    struct race *race;
    struct cx cx;
    struct orders_order order;
    struct fraud_facts facts;
    struct saga_run run;
    struct checkout_state state;
    double began_s;
    size_t variant;
};
struct race {
    struct bench_shop *s;
    double until_s;
    pthread_mutex_t lock;
    pthread_cond_t over;
    size_t running;
    int64_t orders, next;
    double *latency_ms;
    err failed;
};

/* ---- the first unit ---- */

static void fill_order(struct order_run *r)
{
    struct bench_shop *s = r->race->s;
    struct cx *cx = &r->cx;
    currency usd = pricing_currency(s->app->pricing);
    money price = money_of(1999, usd), tax = money_of(165, usd), none = money_of(0, usd);
    struct orders_line *line = NEW(cx->arena, struct orders_line);
    *line = (struct orders_line){ .order_item_id = cx_id(cx),
        .product_id = s->product_ids[r->variant],
        .variant_id = s->variant_ids[r->variant],
        .title = S("Measured thing number 1234"),
        .variant_text = S(""),
        .sku = S("BENCH-1234"),
        .picture = S("/pictures/laptop/1234567890abcdef.svg"),
        .quantity = 1,
        .price = price,
        .subtotal = price,
        .tax = tax,
        .tax_bp = 825 };
    struct orders_group *group = NEW(cx->arena, struct orders_group);
    *group = (struct orders_group){ .speed = S("standard"),
        .status = ORDERS_PENDING,
        .shipping = none,
        .shipping_off = none,
        .estimated_from_ms = cx->now_ms,
        .estimated_ms = cx->now_ms + 5 * 86400000 };
    r->order = (struct orders_order){ .order_id = cx_id(cx),
        .cart_hash = S("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
        .email = S("guest@example.com"),
        .status = ORDERS_PENDING,
        .payment_status = S("pending"),
        .subtotal = price,
        .tax = tax,
        .shipping = none,
        .discount = none,
        .total = money_of(1999 + 165, usd),
        .address = { S("Gwen Guest"), S("500 Market Street"), S(""), S("San Francisco"), S("CA"),
            S("94105"), S("US"), S("+1 415 555 0100") },
        .speed = S("standard"),
        .estimated_from_ms = cx->now_ms,
        .estimated_ms = cx->now_ms + 5 * 86400000,
        .created_ms = cx->now_ms,
        .lines = line,
        .lines_n = 1,
        .groups = group,
        .groups_n = 1 };
    r->state = (struct checkout_state){ .payment_id = cx_id(cx),
        .currency = S("USD"),
        .token = S("pm_card_visa"),
        .method_type = S("credit_card"),
        .cart_hash = r->order.cart_hash,
        .claim_principal = S("addr:127.0.0.1"),
        .claim_method = S("POST"),
        .claim_route = S("/api/v1/orders"),
        .claim_key = id_text(cx->arena, r->order.order_id),
        .amount_minor = r->order.total.minor,
        .order = &r->order };
    r->facts = (struct fraud_facts){ .order_id = r->order.order_id,
        .email = r->order.email,
        .card = r->state.token,
        .origin = fraud_origin_of(s->app->fraud, cx, S("127.0.0.1"), r->order.cart_hash),
        .billing_country = r->order.address.country,
        .amount = r->order.total };
    r->state.facts = &r->facts;
    r->run = (struct saga_run){ .sagas = s->app->sagas,
        .kind = &checkout_saga,
        .flow = s->app->checkout,
        .cx = cx,
        .lease_ms = cx->now_ms + SAGA_LEASE_MS,
        .saga = { .saga_id = r->order.order_id, .state = &r->state, .created_ms = cx->now_ms } };
}

static bool calls(const struct order_run *r, const struct saga_step *step)
{
    return step->call && !(step->idle && step->idle(r->run.flow, &r->run.saga));
}

/* The units of the table from step `from` up to the call. */
static err run_steps(struct order_run *r, struct cx *cx, size_t from, size_t *ret_to)
{
    const struct saga_kind *kind = &checkout_saga;
    err e = NULL;
    size_t i = from;
    for (; !e && i < kind->steps_n && !calls(r, &kind->steps[i]); i++)
        if (!kind->steps[i].idle || !kind->steps[i].idle(r->run.flow, &r->run.saga))
            e = kind->steps[i].todo(r->run.flow, cx, &r->run.saga);
    *ret_to = i;
    return e;
}

static err unit_place(void *arg, struct cx *cx)
{
    struct order_run *r = arg;
    struct idem_claim claim = checkout_claim_of(&r->state);
    claim.fingerprint = S("fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210");
    claim.unseen = true;
    enum idem_state state;
    struct idem_reply stored;
    err e = idem_take(r->race->s->app->db, cx, claim, r->order.order_id, &state, &stored);
    r->state.begun = r->run.saga.first = true; /* as an order's own run knows it */
    if (!e)
        e = run_steps(r, cx, 0, &r->run.at);
    r->run.saga.first = false;
    return e ? e : saga_rows_add(&r->run, cx);
}

/* ---- the second ---- */

static err unit_confirm(void *arg, struct cx *cx)
{
    struct order_run *r = arg;
    r->state.said = checkout_said_of(cx, &(struct pay_result){ .state = PAY_STATE_CAPTURED,
                                             .provider_ref = S("sb_0123456789abcdef"),
                                             .brand = S("visa"),
                                             .last4 = S("4242"),
                                             .captured_minor = r->order.total.minor });
    err e = saga_rows_remove(&r->run, cx);
    size_t to;
    return e ? e : run_steps(r, cx, r->run.at + 1, &to);
}

/* ---- the race ---- */

static void begin(struct order_run *r);

static void stop(struct order_run *r, err e)
{
    struct race *race = r->race;
    pthread_mutex_lock(&race->lock);
    if (e && !race->failed)
        race->failed = e;
    race->running--;
    pthread_cond_signal(&race->over);
    pthread_mutex_unlock(&race->lock);
}

static void confirmed(void *arg, struct cx *cx, err e)
{
    struct order_run *r = arg;
    struct race *race = r->race;
    (void)cx;
    if (e) {
        stop(r, e);
        return;
    }
    double now_s = bench_now_s();
    pthread_mutex_lock(&race->lock);
    if (race->orders < LATENCIES_MAX)
        race->latency_ms[race->orders] = (now_s - r->began_s) * 1000;
    race->orders++;
    pthread_mutex_unlock(&race->lock);
    if (now_s >= race->until_s)
        stop(r, NULL);
    else
        begin(r);
}

static void placed(void *arg, struct cx *cx, err e)
{
    struct order_run *r = arg;
    (void)cx;
    if (e)
        stop(r, e);
    else
        db_write(
            r->race->s->app->db, &r->cx, id_hash(r->order.order_id), unit_confirm, r, confirmed);
}

static void begin(struct order_run *r)
{
    struct race *race = r->race;
    arena_reset(r->cx.arena);
    r->cx.now_ms = clock_now_ms(&race->s->app->clock);
    pthread_mutex_lock(&race->lock);
    r->variant = (size_t)race->next++ % race->s->n;
    pthread_mutex_unlock(&race->lock);
    r->began_s = bench_now_s();
    fill_order(r);
    db_write(
        race->s->app->db, &r->cx, id_hash(race->s->variant_ids[r->variant]), unit_place, r, placed);
}

void bench_raw_run(struct bench_shop *s, size_t outstanding, double seconds, struct bench_raw *ret)
{
    struct race race = {
        .s = s, .running = outstanding, .latency_ms = malloc(LATENCIES_MAX * sizeof(double))
    };
    struct order_run *runs = calloc(outstanding, sizeof runs[0]);
    if (!runs || !race.latency_ms)
        bench_die(s->b, "no memory");
    pthread_mutex_init(&race.lock, NULL);
    pthread_cond_init(&race.over, NULL);
    double began = bench_now_s();
    race.until_s = began + seconds;
    for (size_t i = 0; i < outstanding; i++) {
        struct arena *arena = arena_open(64 * 1024);
        runs[i] = (struct order_run){ .race = &race,
            .cx = { .arena = arena,
                .rng = rng_seeded((uint64_t)(began * 1e9) + i * 7919),
                .request_id = S("bench") } };
        begin(&runs[i]);
    }
    pthread_mutex_lock(&race.lock);
    while (race.running)
        pthread_cond_wait(&race.over, &race.lock);
    pthread_mutex_unlock(&race.lock);
    double took = bench_now_s() - began;
    if (race.failed)
        bench_die(s->b, "an order failed: %s", race.failed->slug);
    size_t kept = race.orders < LATENCIES_MAX ? (size_t)race.orders : LATENCIES_MAX;
    *ret = (struct bench_raw){ .rate = (double)race.orders / took,
        .orders = race.orders,
        .p99_ms = bench_at(race.latency_ms, kept, 0.99) };
    for (size_t i = 0; i < outstanding; i++)
        arena_close(runs[i].cx.arena);
    free(runs);
    free(race.latency_ms);
}
