/* SPDX-License-Identifier: Apache-2.0
 * The relay: events of a database whose services have it for themselves are brought to the outbox
 * of the shop's bus, from which consumers are served. Called by bus_round.c. Must never remove an
 * event here before it is there for certain; there, a mark of each keeps a repeat out. */
#include "base/instant.h"
#include "bus_sql.h"
#include "platform/bus/bus_internal.h"

#define MARKS_KEPT_MS DAY_MS
#define PRUNE_EVERY_MS MINUTE_MS
#define PRUNE_BATCH 2000

struct relay {
    struct bus *bus;
    struct bus_sql_event_due_row *rows;
    size_t n;
    bool prune;
};

static err due_work(void *arg, struct cx *cx)
{
    struct relay *r = arg;
    return bus_sql_event_due(r->bus->opts.db, cx,
        (struct bus_sql_event_due_in){
            .now_ms = cx->now_ms, .most = (int64_t)r->bus->opts.batch_max },
        &r->rows, &r->n);
}

/* Of a batch, those that have come before are left out; their marks stay for as long as they do. */
static err put_work(void *arg, struct cx *cx)
{
    const struct relay *r = arg;
    struct db *db = r->bus->opts.relay_to->opts.db;
    struct bus_sql_relayed_add_in *marks = NEW_N(cx->arena, r->n, struct bus_sql_relayed_add_in);
    struct bus_sql_relayed_again_in *again =
        NEW_N(cx->arena, r->n, struct bus_sql_relayed_again_in);
    int64_t *fresh = NEW_N(cx->arena, r->n, int64_t);
    size_t again_n = 0;

    for (size_t i = 0; i < r->n; i++)
        marks[i] = (struct bus_sql_relayed_add_in){ r->rows[i].event_id, cx->now_ms };
    err e = bus_sql_relayed_add_batch(db, cx, marks, r->n, fresh);
    for (size_t i = 0; !e && i < r->n; i++)
        if (!fresh[i])
            again[again_n++] = (struct bus_sql_relayed_again_in){ r->rows[i].event_id, cx->now_ms };
    if (!e && again_n > 0)
        e = bus_sql_relayed_again_batch(db, cx, again, again_n, NULL);
    for (size_t i = 0; !e && i < r->n; i++)
        if (fresh[i])
            e = bus_sql_event_add(db, cx,
                (struct bus_sql_event_add_in){ .event_id = r->rows[i].event_id,
                    .type = r->rows[i].type,
                    .aggregate_id = r->rows[i].aggregate_id,
                    .payload = r->rows[i].payload,
                    .occurred_ms = r->rows[i].occurred_ms });
    if (!e && r->prune)
        e = bus_sql_relayed_prune(db, cx,
            (struct bus_sql_relayed_prune_in){
                .before_ms = cx->now_ms - MARKS_KEPT_MS, .most = PRUNE_BATCH },
            NULL);
    return e;
}

static err drop_work(void *arg, struct cx *cx)
{
    const struct relay *r = arg;
    struct bus_sql_event_drop_in *drop = NEW_N(cx->arena, r->n, struct bus_sql_event_drop_in);

    for (size_t i = 0; i < r->n; i++)
        drop[i].event_id = r->rows[i].event_id;
    return bus_sql_event_drop_batch(r->bus->opts.db, cx, drop, r->n, NULL);
}

err bus_relay_run(struct bus *bus, struct cx *cx, int64_t *ret_n)
{
    struct relay r = { .bus = bus, .prune = cx->now_ms >= bus->prune_next_ms };

    *ret_n = 0;
    err e = db_read(cx, due_work, &r);
    if (e || r.n == 0)
        return e;
    e = db_write_wait(bus->opts.relay_to->opts.db, cx, 0, put_work, &r);
    if (e)
        return e;
    if (r.prune)
        bus->prune_next_ms = cx->now_ms + PRUNE_EVERY_MS;
    bus_wake(bus->opts.relay_to);
    e = db_write_wait(bus->opts.db, cx, 0, drop_work, &r);
    if (!e)
        *ret_n = (int64_t)r.n;
    return e;
}
