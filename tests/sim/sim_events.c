/* SPDX-License-Identifier: Apache-2.0
 * What the outbox has of orders: each move of an order, and of a group, is told once. Called by
 * sim_check.c in a READ unit; nobody takes events away in these worlds. Must never ask the bus. */
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
    .text = { "SELECT aggregate_id AS order_id, type, count(*) AS n FROM bus_event "
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
    int64_t groups = 0;
    for (int to = 0; to < ORDERS_STATUSES_N; to++) {
        str type = to == ORDERS_PENDING ? S("order.placed")
                                        : str_fmt(cx->arena, "order.%s", orders_status_names[to]);
        int64_t want = 0;
        for (size_t i = 0; i < n; i++)
            want += moves[i].group < 0 && moves[i].to == (enum orders_status)to;
        int64_t is = told_of(events, o->order_id, type);
        if (is != want)
            sim_fail(s, "order %s: " STR_F " happened %lld times, and was told %lld times",
                sim_name(cx, o->order_id), STR_A(type), (long long)want, (long long)is);
    }
    for (size_t i = 0; i < n; i++)
        groups += moves[i].group >= 0;
    if (told_of(events, o->order_id, S("order.group_moved")) != groups)
        sim_fail(s, "order %s: its groups moved %lld times, and that was told otherwise",
            sim_name(cx, o->order_id), (long long)groups);
}
