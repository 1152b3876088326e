/* SPDX-License-Identifier: Apache-2.0
 * One world from its seed to its end: draw it, let it run with faults, let it come to rest, look at
 * its books. Called by main.c; must never draw from anything but the seed. */
#include "tests/sim/sim_counts.h"
#include "tests/sim/sim_pages.h"
#include "tests/sim/sim_people.h"

#define BEGIN_MS INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */

static unsigned rate(struct sim *s, unsigned most)
{
    return rng_chance(&s->rng, 300) ? 0 : (unsigned)rng_below(&s->rng, most + 1);
}

static int64_t few(struct sim *s, int64_t low, int64_t high)
{
    return rng_chance(&s->rng, 300) ? sim_between(s, low, high) : FRAUD_WINDOW_MAX;
}

static void draw(struct sim *s)
{
    s->apart = rng_chance(&s->rng, 400);
    s->processes_n = rng_chance(&s->rng, 600) ? 2 : 1;
    s->rates = (struct sim_rates){ .crash = rate(s, 40),
        .conflict = rate(s, 60),
        .slow = rate(s, 30),
        .provider = rate(s, 400),
        .webhook = rate(s, 500),
        .declined = rate(s, 300),
        .impatient = rate(s, 500),
        .overlap = rate(s, 500) };
    s->screens = rng_chance(&s->rng, 500);
    s->fraud = (struct fraud_limits){ .buyer_hour = few(s, 1, 4),
        .address_hour = few(s, 1, 10),
        .device_hour = FRAUD_WINDOW_MAX,
        .spend_day_minor = rng_chance(&s->rng, 300) ? sim_between(s, 3000, 30000) : INT64_MAX / 4,
        .declines_hour = few(s, 1, 5),
        .cards_hour = few(s, 2, 5),
        .small_minor = 1000,
        .review_per_mille = rng_chance(&s->rng, 300) ? sim_between(s, 5, 100) : 1001,
        .deny_per_mille = 1001 };
    s->busy_ms = sim_between(s, 1000, 600000);
    if (rng_chance(&s->rng, 120)) {
        s->outage_ms = BEGIN_MS + sim_between(s, 1000, s->busy_ms);
        s->outage_end_ms = s->outage_ms + sim_between(s, MINUTE_MS, 13 * MINUTE_MS);
    }
    s->deaf = rng_chance(&s->rng, 40);
    s->crowded = rng_chance(&s->rng, 100);
    s->goods_n = (size_t)sim_between(s, 1, SIM_VARIANTS);
    for (size_t i = 0; i < s->goods_n; i++) {
        s->goods[i].price = sim_between(s, 99, 4999);
        s->goods[i].received = rng_chance(&s->rng, 500) ? sim_between(s, 1, 8) : 100;
        if (rng_chance(&s->rng, 200))
            s->goods[i].received = sim_between(s, 6, 20);
        s->goods[i].first = s->goods[i].received;
    }
    s->buyers_n = (size_t)sim_between(s, 1, SIM_BUYERS);
    for (size_t i = 0; i < s->buyers_n; i++) {
        s->buyers[i].user_id = id_new(&s->rng, BEGIN_MS);
        s->buyers[i].email = str_fmt(s->life, "user%zu@example.org", i);
        s->buyers[i].wallet_minor = rng_chance(&s->rng, 500) ? sim_between(s, 1, 6000) : 0;
    }
    s->buys_n = (size_t)sim_between(s, 4, SIM_BUYS);
    s->cards_n = (size_t)sim_between(s, 0, SIM_CARDS);
    for (size_t i = 0; i < s->cards_n; i++)
        s->cards[i].minor = sim_between(s, 1, 9000);
    s->coupons_n = (size_t)sim_between(s, 0, SIM_COUPONS);
    for (size_t i = 0; i < s->coupons_n; i++) {
        s->coupons[i].uses_max = rng_chance(&s->rng, 700) ? sim_between(s, 1, 4) : 0;
        s->coupons[i].per_customer = rng_chance(&s->rng, 300) ? 1 : 0;
        s->coupons[i].budget_minor = rng_chance(&s->rng, 300) ? sim_between(s, 300, 3000) : 0;
        if (i == 1 && s->coupons[i].budget_minor) /* used up to the last cent */
            s->coupons[i].budget_minor += SIM_OFF - s->coupons[i].budget_minor % SIM_OFF;
        if (rng_chance(&s->rng, 150))
            s->coupons[i].starts_ms = BEGIN_MS + sim_between(s, 0, s->busy_ms);
        else if (rng_chance(&s->rng, 200))
            s->coupons[i].ends_ms = BEGIN_MS + sim_between(s, 1000, s->busy_ms);
    }
    if (s->coupons_n == 0) {
        s->deal.units = sim_between(s, 1, 8);
        s->deal.off_minor = sim_between(s, 1, s->goods[0].price - 1);
        s->deal.ends_ms =
            BEGIN_MS + (rng_chance(&s->rng, 300) ? sim_between(s, 1000, s->busy_ms) : 30 * DAY_MS);
    }
}

/* Of all sellers alike. Drawn apart, so that worlds are the same for it. */
static void draw_fees(struct sim *s)
{
    static const int64_t taxes[] = { 0, 700, 1900, 2500, 9999 };
    struct rng rng = rng_seeded(s->seed + UINT64_C(0x66656573)); /* "fees" */
    s->fees.default_bp = rng_chance(&rng, 500) ? LEDGER_COMMISSION_BP : rng_between(&rng, 0, 9000);
    s->fees.tax_bp = taxes[rng_below(&rng, COUNT(taxes))];
    while (s->fees.default_bp * (10000 + s->fees.tax_bp) > INT64_C(100000000))
        s->fees.default_bp /= 2; /* no more than all of it */
}

static void open_world(struct sim *s)
{
    struct cx *cx = sim_cx(s, -1);
    sim_store_divert(s->store, &sim_diversion, s);
    sim_store_clear(s->store, cx);
    err e = pay_sandbox_open(
        s->life, cx, (struct sandbox_opts){ .webhook_secret = S("whsec_simulated") }, &s->sandbox);
    ASSERT(!e);
    s->outside.index = -1;
    sim_process_open(s, &s->outside);
    for (int i = 0; i < s->processes_n; i++) {
        s->processes[i].index = i;
        s->processes[i].skew_ms = sim_between(s, 0, 1) * sim_between(s, 0, 500);
        sim_process_open(s, &s->processes[i]);
        sim_jobs_start(s, &s->processes[i]);
        sim_bus_start(s, &s->processes[i]);
    }
    sim_shop_open(s);
    sim_cx_close(s, cx);
    sim_say(s,
        "world %llu: %d processes, %s, %zu buys, crash %u, conflict %u, slow %u, provider %u",
        (unsigned long long)s->seed, s->processes_n, s->apart ? "apart" : "together", s->buys_n,
        s->rates.crash, s->rates.conflict, s->rates.slow, s->rates.provider);
    sim_buyers_open(s);
    sim_reviews_start(s);
    sim_holds_start(s);
    sim_strays_start(s);
    sim_counts_start(s);
}

static void close_world(struct sim *s)
{
    sim_queue_release(s);
    for (int i = 0; i < s->processes_n; i++)
        if (s->processes[i].arena)
            sim_process_close(&s->processes[i]);
    sim_process_close(&s->outside);
    pay_sandbox_close(&s->sandbox);
    sim_store_divert(s->store, NULL, NULL);
}

struct sim_result sim_run(
    struct arena *arena, struct sim_store *together, struct sim_store *apart, struct sim_opts opts)
{
    struct arena *life = arena_open(65536);
    struct sim *s = NEW(life, struct sim);
    *s = (struct sim){ .seed = opts.seed,
        .rng = rng_seeded(opts.seed),
        .life = life,
        .verbose = opts.verbose,
        .running = -1,
        .direct = true,
        .now_ms = BEGIN_MS,
        .begun_ms = BEGIN_MS,
        .captures = map_new(life, 16),
        .hash = UINT64_C(0xcbf29ce484222325) };
    draw(s);
    sim_bus_draw(s);
    draw_fees(s);
    sim_back_draw(s);
    sim_pages_draw(s);
    sim_counts_draw(s);
    sim_people_draw(s);
    s->store = s->apart ? apart : together;
    open_world(s);
    s->direct = false;
    while (sim_step(s, s->begun_ms + s->busy_ms + 120000))
        ;
    s->quiet = true;
    sim_say(s, "quiet");
    sim_settle(s);
    struct sim_result ret = { .crashes_n = s->crashes_n, .events_n = s->events_run_n };
    sim_check(s, &ret.standing_n);
    for (size_t i = 0; i < s->buys_n; i++)
        ret.orders_n += s->buys[i].attempts_n > 0;
    ret.hash = s->hash;
    if (s->failed[0]) {
        ret.failed = str_c(arena, str_dup(arena, str_from_c(s->failed)));
        if (!s->verbose)
            sim_print_tail(s);
    }
    close_world(s);
    arena_close(life);
    return ret;
}
