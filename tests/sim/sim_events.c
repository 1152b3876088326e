/* SPDX-License-Identifier: Apache-2.0
 * What the outbox had of orders: each move of an order, and of a group, is told once. Called by
 * sim_check.c in a READ unit; reads the copy that a trigger of sim_store.c keeps. Must never ask
 * the bus. */
#include "platform/db/db_personal.h"
#include "tests/sim/sim.h"

struct told {
    id order_id;
    str type;
    int64_t n;
};
static const struct db_column told_out[] = {
    { "order_id", DB_T_ID, false, offsetof(struct told, order_id), NULL },
    { "type", DB_T_TEXT, false, offsetof(struct told, type), NULL },
    { "n", DB_T_INT, false, offsetof(struct told, n), NULL },
};
static const struct db_query list_told = { .name = "bus.sim_told",
    .text = { "SELECT aggregate_id AS order_id, type, count(*) AS n FROM bus_sim_told "
              "WHERE type >= 'order.' AND type < 'order/' GROUP BY aggregate_id, type",
        NULL },
    .out = told_out,
    .out_n = COUNT(told_out),
    .row_size = sizeof(struct told) };

err sim_events_read(struct sim *s, struct cx *cx, struct sim_events *ret)
{
    return db_many(
        sim_store_db(s->store, SIM_ORDERS), cx, &list_told, NULL, (void **)&ret->list, &ret->n);
}

static int64_t told_of(const struct sim_events *events, id order_id, str type)
{
    const struct told *list = events->list;
    for (size_t i = 0; i < events->n; i++)
        if (id_eq(list[i].order_id, order_id) && str_eq(list[i].type, type))
            return list[i].n;
    return 0;
}

void sim_events_check(struct sim *s, struct cx *cx, const struct sim_events *events,
    const struct orders_order *o, const struct orders_event *moves, size_t n)
{
    int64_t groups = 0, failed = 0, repaid = 0;
    for (int to = 0; to < ORDERS_STATUSES_N; to++) {
        str type = to == ORDERS_PENDING ? S("order.placed")
                                        : str_fmt(cx->arena, "order.%s", orders_status_names[to]);
        int64_t want = 0;
        for (size_t i = 0; i < n; i++)
            want += moves[i].group < 0 && moves[i].to == (enum orders_status)to &&
                    id_is_none(moves[i].refund_id);
        int64_t is = told_of(events, o->order_id, type);
        if (is != want)
            sim_fail(s, "order %s: " STR_F " happened %lld times, and was told %lld times",
                sim_name(cx, o->order_id), STR_A(type), (long long)want, (long long)is);
    }
    for (size_t i = 0; i < n; i++) {
        groups += moves[i].group >= 0;
        failed += !id_is_none(moves[i].refund_id) && !moves[i].repaid;
        repaid += moves[i].repaid;
    }
    if (told_of(events, o->order_id, S("order.refund_failed")) != failed ||
        told_of(events, o->order_id, S("order.refund_repaid")) != repaid)
        sim_fail(s,
            "order %s: %lld refunds came back, %lld were repaid, and that was told otherwise",
            sim_name(cx, o->order_id), (long long)failed, (long long)repaid);
    if (told_of(events, o->order_id, S("order.group_moved")) != groups)
        sim_fail(s, "order %s: its groups moved %lld times, and that was told otherwise",
            sim_name(cx, o->order_id), (long long)groups);
}

/* ---- stock ---- */

struct stock_told {
    id event_id, product_id;
    str type, payload;
};
static const struct db_personal sealed = { "bus_event.payload", false, 1, { { true, 0 } } };
static const struct db_column stock_told_out[] = {
    { "event_id", DB_T_ID, false, offsetof(struct stock_told, event_id), NULL },
    { "product_id", DB_T_ID, false, offsetof(struct stock_told, product_id), NULL },
    { "type", DB_T_TEXT, false, offsetof(struct stock_told, type), NULL },
    { "payload", DB_T_TEXT, false, offsetof(struct stock_told, payload), &sealed },
};
static const struct db_query list_stock_told = { .name = "bus.sim_stock_told",
    .text = { "SELECT event_id, aggregate_id AS product_id, type, payload FROM bus_sim_told "
              "WHERE type >= 'inventory.' AND type < 'inventory/'",
        NULL },
    .out = stock_told_out,
    .out_n = COUNT(stock_told_out),
    .row_size = sizeof(struct stock_told),
    .personal_out = true };

enum shelf { GONE, LOW, PLENTY, SHELVES_N };

#define LOW_AT 5 /* where nobody has set another mark */

static enum shelf shelf_of(int64_t available)
{
    return available <= 0 ? GONE : available <= LOW_AT ? LOW : PLENTY;
}

/* Each event goes from one shelf to another, so how often each was left and reached tells, in
 * whatever order, whether one is missing or too many. */
static void check_shelves(struct sim *s, size_t goods, const int64_t reached[SHELVES_N],
    int64_t ran_low, int64_t available)
{
    enum shelf first = shelf_of(s->goods[goods].first), last = shelf_of(available);
    int64_t left[SHELVES_N];
    for (int i = 0; i < SHELVES_N; i++)
        left[i] = reached[i] + (first == (enum shelf)i) - (last == (enum shelf)i);
    if (ran_low != left[PLENTY])
        sim_fail(s, "goods %zu ran low %lld times, and that was told %lld times", goods,
            (long long)left[PLENTY], (long long)ran_low);
    int64_t others[SHELVES_N] = { reached[LOW] + reached[PLENTY], reached[GONE] + reached[PLENTY],
        reached[GONE] + reached[LOW] };
    for (int i = 0; i < SHELVES_N; i++)
        if (left[i] < 0 || left[i] > others[i])
            sim_fail(s, "goods %zu: what was told of them does not lead to the %lld that are there",
                goods, (long long)available);
}

static err check_told_of(
    struct sim *s, struct cx *cx, size_t goods, const struct stock_told *list, size_t n)
{
    const struct sim_goods *g = &s->goods[goods];
    int64_t reached[SHELVES_N] = { 0 }, ran_low = 0, available = 0;
    struct inventory_level *levels;
    size_t levels_n = 0;
    err e = inventory_levels(
        s->outside.inventory, cx, g->key.product_id, g->key.variant_id, &levels, &levels_n);
    for (size_t i = 0; !e && i < levels_n; i++)
        available += levels[i].available;
    for (size_t i = 0; !e && i < n; i++) {
        struct inventory_stock_changed told;
        if (!id_eq(list[i].product_id, g->key.product_id))
            continue;
        if (str_eq(list[i].type, S("inventory.low_stock"))) {
            ran_low++;
            continue;
        }
        e = json_decode(cx, list[i].payload, &inventory_stock_changed_shape, &told, NULL);
        if (!e)
            reached[shelf_of(told.available)]++;
    }
    if (!e)
        check_shelves(s, goods, reached, ran_low, available);
    return e;
}

/* Where staff moves goods by hand all of it is told, whatever it changes. */
err sim_events_stock(struct sim *s, struct cx *cx)
{
    struct stock_told *list;
    size_t n = 0;
    err e =
        db_many(sim_store_db(s->store, SIM_STOCK), cx, &list_stock_told, NULL, (void **)&list, &n);
    for (size_t i = 0; !e && i < s->goods_n; i++) {
        bool by_hand = s->goods[i].by_hand;
        for (size_t k = 0; k < s->strays_n; k++)
            by_hand |= s->strays[k].kind == SIM_STRAY_STAFF && s->strays[k].goods == i;
        if (!by_hand)
            e = check_told_of(s, cx, i, list, n);
    }
    return e;
}
