/* SPDX-License-Identifier: Apache-2.0
 * What offers say of the stock. Beside the catalogue it is counted in the same unit; in a database
 * of its own by an event of that unit, once. Called by assortment.c. Must never count an event
 * twice: what was sold in between would be there again. */
#include "flows/assortment/assortment_internal.h"
#include "platform/idem/idem.h"

#define COUNTS_MAX 200 /* in an event: 200 x 200 bytes, of 64 KiB */

struct counted {
    struct inventory_stocktake *counts;
    size_t counts_n;
};
static const struct json_field count_fields[] = {
    JSON_ID(struct inventory_stocktake, product_id),
    JSON_ID(struct inventory_stocktake, variant_id),
    JSON_ID(struct inventory_stocktake, warehouse_id),
    JSON_INT(struct inventory_stocktake, on_hand),
};
static const struct json_shape count_shape =
    JSON_SHAPE("AssortmentCount", struct inventory_stocktake, count_fields);
static const struct json_field counted_fields[] = {
    JSON_LIST(struct counted, counts, count_shape, .max = COUNTS_MAX),
};
static const struct json_shape counted_shape =
    JSON_SHAPE("AssortmentCounted", struct counted, counted_fields);

err assortment_count(
    struct assortment *a, struct cx *cx, struct inventory_stocktake *counts, size_t n)
{
    if (!a->deps.db_stock || a->deps.db_stock == a->deps.db)
        return n ? inventory_stocktake(a->deps.inventory, cx, counts, n) : NULL;
    err e = NULL;
    for (size_t i = 0; !e && i < n; i += COUNTS_MAX) {
        struct counted part = { counts + i, n - i < COUNTS_MAX ? n - i : COUNTS_MAX };
        e = bus_emit(
            a->deps.bus, a->deps.db, cx, "assortment.counted", (id){ 0 }, &counted_shape, &part);
    }
    return e;
}

struct counting {
    struct assortment *a;
    const struct bus_event *event;
    struct counted in;
};

static err unit_count(void *arg, struct cx *cx)
{
    struct counting *c = arg;
    struct db *db = c->a->deps.db_stock;
    struct idem_claim claim = { .principal = S("bus"),
        .method = S("EVENT"),
        .route = S("assortment.counted"),
        .key = id_text(cx->arena, c->event->event_id),
        .fingerprint = S("event") };
    struct idem_reply stored;
    enum idem_state state;
    err e = idem_take(db, cx, claim, (id){ 0 }, &state, &stored);
    if (e || state == IDEM_REPLAY)
        return e;
    e = inventory_stocktake(c->a->deps.inventory, cx, c->in.counts, c->in.counts_n);
    return e ? e : idem_finish(db, cx, claim, 200, S("{}"));
}

err assortment_count_there(void *service, struct cx *cx, const struct bus_event *event)
{
    struct counting c = { .a = service, .event = event };
    err e = json_decode(cx, event->payload, &counted_shape, &c.in, NULL);
    return e ? e : db_write_wait(c.a->deps.db_stock, cx, 0, unit_count, &c);
}

err assortment_counted(void *service, struct cx *cx, const struct bus_event *event)
{
    struct counted in;
    err e = json_decode(cx, event->payload, &counted_shape, &in, NULL);
    if (e)
        return e;
    id *ids = NEW_N(cx->arena, in.counts_n, id);
    size_t n = 0;
    for (size_t i = 0; i < in.counts_n; i++)
        if (n == 0 || !id_eq(ids[n - 1], in.counts[i].product_id)) /* those of a product follow */
            ids[n++] = in.counts[i].product_id;
    return n ? assortment_reindex(service, cx, ids, n) : NULL;
}
