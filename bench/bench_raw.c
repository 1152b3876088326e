/* SPDX-License-Identifier: Apache-2.0
 * Orders as closures on the lanes. Called by the bench of the checkout; must write what
 * flows/checkout writes for one line that is paid at once, statement for statement. */
#include "bench/bench_raw.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "flows/checkout/checkout_internal.h"

#define LATENCIES_MAX (4 * 1024 * 1024)

struct race;
struct order_run {
    struct race *race;
    struct cx cx;
    struct orders_order order;
    struct checkout_saga saga;
    struct pay_result answer;
    double began_s;
    size_t variant;
};
struct race {
    struct bench_shop *s;
    const struct db_query *saga_remove;
    double until_s;
    pthread_mutex_t lock;
    pthread_cond_t over;
    size_t running;
    int64_t orders, next;
    double *latency_ms;
    err failed;
};

/* As sqlgen makes it from checkout.sql, whose functions are private to the flow. */
struct saga_remove_in {
    id order_id;
    int64_t attempts;
};

static const struct db_query *query_named(const char *name)
{
    for (const struct db_query *const *q = checkout_service.queries; *q; q++)
        if (!strcmp((*q)->name, name))
            return *q;
    return NULL;
}

/* ---- the first unit: unit_place of flows/checkout ---- */

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
        .lines_n = 1 };
    r->saga = (struct checkout_saga){ .order_id = r->order.order_id,
        .payment_id = cx_id(cx),
        .step = CHECKOUT_AUTHORIZE,
        .token = S("pm_card_visa"),
        .amount = r->order.total,
        .cart_hash = r->order.cart_hash,
        .claim = { .principal = S("addr:127.0.0.1"),
            .method = S("POST"),
            .route = S("/api/v1/orders"),
            .key = id_text(cx->arena, r->order.order_id),
            .fingerprint =
                S("fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210") } };
}

static err unit_place(void *arg, struct cx *cx)
{
    struct order_run *r = arg;
    struct app *app = r->race->s->app;
    enum idem_state state;
    struct idem_reply stored;
    err e = idem_take(app->db, cx, r->saga.claim, r->order.order_id, &state, &stored);
    struct inventory_line line = { r->order.lines[0].product_id, r->order.lines[0].variant_id, 1 };
    if (!e)
        e = inventory_reserve(app->inventory, cx,
            (struct inventory_reserve){ .order_id = r->order.order_id,
                .lines = &line,
                .lines_n = 1,
                .expires_ms = cx->now_ms + INVENTORY_HOLD_MS });
    if (!e)
        e = orders_place(app->orders, cx, &r->order, &r->order.number);
    if (e)
        return e;
    r->saga.number = r->order.number;
    struct payments_payment payment = { .payment_id = r->saga.payment_id,
        .order_id = r->order.order_id,
        .provider = S("sandbox"),
        .method_type = S("credit_card"),
        .token = r->saga.token,
        .status = PAYMENTS_STARTED,
        .amount = r->order.total };
    e = payments_start(app->payments, cx, &payment);
    return e ? e : checkout_saga_add(app->checkout, cx, &r->saga);
}

/* ---- the second: unit_confirm ---- */

static err unit_confirm(void *arg, struct cx *cx)
{
    struct order_run *r = arg;
    struct app *app = r->race->s->app;
    r->answer = (struct pay_result){ .state = PAY_STATE_CAPTURED,
        .provider_ref = S("sb_0123456789abcdef"),
        .brand = S("visa"),
        .last4 = S("4242"),
        .captured_minor = r->order.total.minor };
    struct payments_payment payment;
    err e = payments_answer(app->payments, cx, r->saga.payment_id, &r->answer, &payment);
    if (!e)
        e = inventory_confirm(app->inventory, cx, r->order.order_id);
    if (!e)
        e = orders_move(app->orders, cx,
            (struct orders_move){ .order_id = r->order.order_id,
                .to = ORDERS_CONFIRMED,
                .payment_status = S("captured") });
    if (!e)
        e = db_exec(app->db, cx, r->race->saga_remove,
            &(struct saga_remove_in){ .order_id = r->order.order_id }, NULL);
    if (e)
        return e;
    struct orders_order shown = r->order;
    shown.status = ORDERS_CONFIRMED;
    shown.payment_status = S("captured");
    struct buf body = { .arena = cx->arena };
    json_encode(&body, &checkout_placed_shape,
        checkout_placed_view(cx, (struct checkout_placed){ .order = &shown }), false);
    return idem_finish(app->db, cx, r->saga.claim, 201, buf_str(&body));
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
    struct race race = { .s = s,
        .saga_remove = query_named("checkout.saga_remove"),
        .running = outstanding,
        .latency_ms = malloc(LATENCIES_MAX * sizeof(double)) };
    struct order_run *runs = calloc(outstanding, sizeof runs[0]);
    if (!runs || !race.latency_ms || !race.saga_remove ||
        race.saga_remove->in_size != sizeof(struct saga_remove_in))
        bench_die(s->b, "no memory, or no query that removes a saga");
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
