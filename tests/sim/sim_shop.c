/* SPDX-License-Identifier: Apache-2.0
 * What a world begins with (goods, stock, coupons, gift cards, money in wallets), the scheduled
 * jobs of its processes, and its quiet end. Called by sim.c; sets up without faults. */
#include "tests/sim/sim.h"
#include "tests/sim/sim_people.h"

/* ---- goods ---- */

static err unit_goods(void *arg, struct cx *cx)
{
    struct sim *s = arg;
    struct catalog *catalog = s->outside.catalog;
    id category_id;
    err e = catalog_category_put(catalog, cx,
        (struct catalog_category){ .name = S("Lights"), .picture = S("lamp") }, &category_id);
    for (size_t i = 0; !e && i < s->goods_n; i++) {
        struct sim_goods *g = &s->goods[i];
        const struct catalog_variant variant = { .sku = str_fmt(cx->arena, "LAMP-%zu", i),
            .weight_g = 900 };
        struct catalog_product lamp = { .category_id = category_id,
            .source = str_fmt(cx->arena, "sim:%zu", i),
            .title = str_fmt(cx->arena, "Lamp %zu", i),
            .brand = S("Moon"),
            .status = CATALOG_PUBLISHED,
            .variants = &variant,
            .variants_n = 1,
            .silent = true };
        if (i % 2)
            lamp.seller_id = cx_id(cx);
        id variant_id, product_id = { 0 };
        e = catalog_product_put(catalog, cx, &lamp, &product_id, &variant_id);
        g->key = (struct inventory_key){ product_id, variant_id };
        const struct pricing_price price = {
            .product_id = product_id, .variant_id = variant_id, .price = money_of(g->price, SIM_USD)
        };
        if (!e)
            e = pricing_set(s->outside.pricing, cx,
                (struct pricing_change){ .prices = &price, .n = 1, .silent = true });
    }
    return e;
}

static err unit_stock(void *arg, struct cx *cx)
{
    struct sim *s = arg;
    struct inventory *inv = s->outside.inventory;
    id ids[2];
    err e = NULL;
    for (size_t i = 0; !e && i < COUNT(ids); i++)
        e = inventory_warehouse_add(inv, cx,
            (struct inventory_warehouse){ .code = i ? S("B") : S("A"),
                .name = i ? S("Second") : S("First"),
                .country = S("US"),
                .priority = (int64_t)i },
            &ids[i]);
    for (size_t i = 0; !e && i < s->goods_n; i++) {
        struct sim_goods *g = &s->goods[i];
        int64_t second = (int64_t)(i % 2) * (g->received / 2);
        const struct inventory_stocktake counts[] = {
            { g->key.product_id, g->key.variant_id, ids[0], g->received - second },
            { g->key.product_id, g->key.variant_id, ids[1], second },
        };
        e = inventory_stocktake(inv, cx, counts, second ? 2 : 1);
    }
    return e;
}

/* ---- what takes something off, and what pays beside cards ---- */

static err unit_coupons(void *arg, struct cx *cx)
{
    struct sim *s = arg;
    static const char *const codes[SIM_COUPONS] = { "PERCENT", "AMOUNT", "SHIPPING" };
    err e = NULL;
    for (size_t i = 0; !e && i < s->coupons_n; i++) {
        struct promotions_promotion kept, p = { .name = str_from_c(codes[i]),
            .code = str_from_c(codes[i]),
            .uses_max = s->coupons[i].uses_max,
            .per_customer = s->coupons[i].per_customer,
            .budget_minor = s->coupons[i].budget_minor,
            .starts_ms = s->coupons[i].starts_ms,
            .ends_ms = s->coupons[i].ends_ms };
        p.kind = i == 0   ? PROMOTIONS_PERCENTAGE
                 : i == 1 ? PROMOTIONS_AMOUNT
                          : PROMOTIONS_FREE_SHIPPING;
        if (i == 0)
            p.percent_bp = 1250;
        if (i == 1)
            p.amount_minor = SIM_OFF;
        e = promotions_put(s->outside.promotions, cx, &p, &kept);
        s->coupons[i].promotion_id = kept.promotion_id;
        s->coupons[i].code = p.code;
    }
    if (!e && s->deal.units) {
        struct promotions_promotion kept, p = { .name = S("Deal"),
            .kind = PROMOTIONS_DEAL,
            .product_id = s->goods[0].key.product_id,
            .variant_id = s->goods[0].key.variant_id,
            .amount_minor = s->goods[0].price - s->deal.off_minor,
            .uses_max = s->deal.units,
            .ends_ms = s->deal.ends_ms };
        e = promotions_put(s->outside.promotions, cx, &p, &kept);
        s->deal.promotion_id = kept.promotion_id;
    }
    return e;
}

static err unit_cards(void *arg, struct cx *cx)
{
    struct sim *s = arg;
    err e = NULL;
    for (size_t i = 0; !e && i < s->cards_n; i++) {
        str code;
        s->cards[i].card_id = cx_id(cx);
        e = payments_gift_card_issue(s->outside.payments, cx,
            &(struct payments_gift_card){
                .card_id = s->cards[i].card_id, .amount = money_of(s->cards[i].minor, SIM_USD) },
            &code);
        if (!e)
            s->cards[i].code = str_dup(s->life, code);
    }
    return e;
}

static err top_up(struct sim *s, struct cx *cx, struct ledger_account account, int64_t minor)
{
    const struct ledger_entry entries[] = {
        { { .kind = LEDGER_PROVIDER }, minor },
        { account, -minor },
    };
    s->topped_minor += minor;
    return ledger_post(s->outside.ledger, cx,
        &(struct ledger_posting){ .posting_id = cx_id(cx),
            .kind = S("topup"),
            .reference = account.owner,
            .currency = SIM_USD,
            .entries = entries,
            .n = COUNT(entries) });
}

static err unit_balances(void *arg, struct cx *cx)
{
    struct sim *s = arg;
    err e = NULL;
    for (size_t i = 0; !e && i < s->cards_n; i++)
        e = top_up(s, cx, (struct ledger_account){ LEDGER_GIFT_CARD, s->cards[i].card_id },
            s->cards[i].minor);
    for (size_t i = 0; !e && i < s->buyers_n; i++)
        if (!id_is_none(s->buyers[i].user_id) && s->buyers[i].wallet_minor)
            e = top_up(s, cx, (struct ledger_account){ LEDGER_WALLET, s->buyers[i].user_id },
                s->buyers[i].wallet_minor);
    return e;
}

static void set_up(struct sim *s, enum sim_place place, db_work *fn)
{
    struct cx *cx = sim_cx(s, -1);
    err e = db_write_wait(sim_store_db(s->store, place), cx, 0, fn, s);
    if (e)
        sim_fail(s, "the world cannot be set up: %s: " STR_F, e->slug, STR_A(cx->detail));
    sim_cx_close(s, cx);
}

void sim_shop_open(struct sim *s)
{
    set_up(s, SIM_MAIN, unit_goods);
    set_up(s, SIM_STOCK, unit_stock);
    set_up(s, SIM_CART, unit_coupons);
    set_up(s, SIM_MONEY, unit_cards);
    set_up(s, SIM_BOOKS, unit_balances);
}

/* ---- jobs: each batch in a unit of its own, as the scheduler has it ---- */

struct batch {
    struct sim *sim;
    const struct job *job;
    void *service;
    struct db *db;
    struct cx *cx;
    bool more;
};

static err batch_unit(void *arg, struct cx *cx)
{
    struct batch *b = arg;
    b->more = false;
    return b->job->fn(b->service, cx, &b->more);
}

static void batch_done(void *arg, struct cx *cx, err e)
{
    struct batch *b = arg;
    struct sim *s = b->sim;
    if (e && e->kind == KIND_BUG)
        sim_fail(s, "job %s: %s: " STR_F, b->job->name, e->slug, STR_A(cx->detail));
    sim_cx_close(s, cx);
}

static void run_jobs(
    struct sim *s, int process, const struct job *list, void *service, enum sim_place place)
{
    for (; list && list->name; list++) {
        struct cx *cx = sim_cx(s, process);
        struct batch *b = NEW(cx->arena, struct batch);
        *b = (struct batch){ s, list, service, sim_store_db(s->store, place), cx, false };
        db_write(b->db, cx, 0, batch_unit, b, batch_done);
    }
}

static void some_jobs(struct sim *s, struct sim_process *p, bool all)
{
    run_jobs(s, p->index, saga_jobs, p->sagas, SIM_MAIN);
    const struct {
        const struct job *list;
        void *service;
        enum sim_place place;
    } others[] = {
        { inventory_service.jobs, p->inventory, SIM_STOCK },
        { promotions_service.jobs, p->promotions, SIM_CART },
        { ledger_service.jobs, p->ledger, SIM_BOOKS },
        { payments_service.jobs, p->payments, SIM_MONEY },
        { cart_service.jobs, p->cart, SIM_CART },
        { idem_jobs, &p->claims, SIM_MAIN },
    };
    for (size_t i = 0; i < COUNT(others); i++)
        if (all || rng_chance(&s->rng, 200))
            run_jobs(s, p->index, others[i].list, others[i].service, others[i].place);
}

/* What jobs of the till hand to the executor: it waits for its units. */
void sim_till(struct sim *s, struct sim_process *p)
{
    struct cx *cx = sim_cx(s, p->index);
    size_t n = 0;
    err e = till_settle(p->till, cx, &n);
    if (!e && p->up)
        e = till_sweep(p->till, cx, &n);
    if (e && e->kind == KIND_BUG)
        sim_fail(s, "till: %s: " STR_F, e->slug, STR_A(cx->detail));
    sim_cx_close(s, cx);
}

static void tick(struct sim *s, void *arg)
{
    struct sim_process *p = arg;
    some_jobs(s, p, false);
    if (rng_chance(&s->rng, 300))
        sim_till(s, p);
    if (!p->up)
        return;
    if (!s->quiet)
        sim_at(s, p->index, sim_between(s, 5000, 40000), tick, p, NULL);
}

void sim_jobs_between(struct sim *s, struct sim_process *p)
{
    int running = s->running;
    struct sim_unit *unit = s->unit;
    s->running = p->index;
    some_jobs(s, p, false);
    sim_till(s, p);
    s->running = running;
    s->unit = unit;
}

void sim_jobs_once(struct sim *s)
{
    s->running = sim_some_process(s);
    if (s->running >= 0)
        some_jobs(s, &s->processes[s->running], false);
    s->running = -1;
}

void sim_expire(struct sim *s)
{
    s->running = sim_some_process(s);
    if (s->running >= 0)
        run_jobs(
            s, s->running, inventory_service.jobs, s->processes[s->running].inventory, SIM_STOCK);
    s->running = -1;
}

void sim_bus_jobs(struct sim *s)
{
    s->running = sim_some_process(s);
    run_jobs(s, s->running, bus_jobs, s->processes[s->running].bus, SIM_MAIN);
    s->running = -1;
    while (sim_step(s, INT64_MAX))
        ;
}

void sim_jobs_start(struct sim *s, struct sim_process *p)
{
    sim_at(s, p->index, sim_between(s, 1000, 10000), tick, p, NULL);
}

/* ---- the quiet end ---- */

#define ROUNDS_MAX 60

struct live {
    struct sim *s;
    struct saga_view *rows;
    size_t n;
};
static err unit_live(void *arg, struct cx *cx)
{
    struct live *l = arg;
    return saga_list(l->s->outside.sagas, cx, 0, &l->rows, &l->n);
}

static void drain(struct sim *s)
{
    while (sim_step(s, INT64_MAX))
        ;
}

static void all_jobs(struct sim *s)
{
    for (int i = 0; i < s->processes_n; i++) {
        s->running = i;
        some_jobs(s, &s->processes[i], true);
        sim_till(s, &s->processes[i]);
        s->running = -1;
    }
    sim_bus_all(s, /* replays= */ false);
    drain(s);
}

/* For a decision of the staff, which may never come. */
static bool is_under_review(const struct saga_view *x)
{
    return x->parked && str_eq(x->step, S("review"));
}

static bool any_live(struct sim *s)
{
    struct cx *cx = sim_cx(s, -1);
    struct live l = { .s = s };
    err e = db_read(cx, unit_live, &l);
    sim_cx_close(s, cx);
    return e || l.n > 0;
}

/* Until no saga is left, or only such as staff may still decide. */
static void settle(struct sim *s, bool reviews_too)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        struct cx *cx = sim_cx(s, -1);
        struct live l = { .s = s };
        err e = db_read(cx, unit_live, &l);
        int64_t next_ms = INT64_MAX;
        size_t n = 0;
        for (size_t i = 0; !e && i < l.n; i++) {
            if (round && is_under_review(&l.rows[i]) &&
                s->now_ms > id_ms(l.rows[i].saga_id) + 4 * DAY_MS + MINUTE_MS)
                sim_fail(s, "order %s waits for staff for more than four days",
                    sim_name(cx, l.rows[i].saga_id));
            if (!reviews_too && is_under_review(&l.rows[i]))
                continue;
            next_ms = l.rows[i].next_ms < next_ms ? l.rows[i].next_ms : next_ms;
            n++;
        }
        if (round == ROUNDS_MAX - 1 && n)
            sim_fail(s, "a saga is stuck: " STR_F " " STR_F " at " STR_F ", " STR_F,
                STR_A(l.rows[0].kind), STR_A(l.rows[0].label), STR_A(l.rows[0].step),
                STR_A(l.rows[0].error));
        sim_cx_close(s, cx);
        if (e || n == 0)
            break;
        if (next_ms + 2000 > s->now_ms)
            s->now_ms = next_ms + 2000; /* clocks differ by less */
        if (reviews_too && round > 5)
            s->now_ms += sim_between(s, 0, DAY_MS);
        if (round % 3 == 0)
            sim_holds_look(s);
        all_jobs(s);
    }
}

void sim_settle(struct sim *s)
{
    drain(s);
    sim_strays_end(s);
    sim_webhooks_again(s);
    for (int again = 0; again < 2; again++) { /* who hears only then that it stands may cancel it */
        settle(s, false);
        sim_buyers_ask(s);
        drain(s);
        if (sim_buyers_wait(s)) { /* taken up by another, it is told to be on its way */
            settle(s, false);
            sim_buyers_ask(s);
            drain(s);
        }
        sim_buyers_check(s);
        sim_reviews_decide(s, again ? 0 : 800);
        drain(s);
    }
    settle(s, false);
    settle(s, true); /* what nobody decides */
    sim_repay_ask(s);
    if (!any_live(s)) /* who asked once more may be at the bank by now */
        sim_check_holds(s);
    s->now_ms += 6 * HOUR_MS; /* longer than any webhook waits for its next try */
    all_jobs(s);
    sim_strays_late(s);
    s->now_ms += 8 * DAY_MS; /* longer than anything is held */
    all_jobs(s);
    sim_people_again(s);
    settle(s, true);
    s->now_ms += 2 * HOUR_MS; /* what was declined is asked for again */
    all_jobs(s);
    sim_repay_ask(s);
    sim_rules_check(s);
    sim_limits_check(s);
    sim_shelf_check(s);
    sim_transit_check(s);
    sim_purse_check(s);
    sim_claims_check(s);
    sim_moves_check(s);
    sim_till_check(s);
    sim_bus_settle(s);
    settle(s, true); /* sagas that dead letters have left */
    sim_bus_end(s);
    sim_strays_check(s);
}
