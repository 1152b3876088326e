/* SPDX-License-Identifier: Apache-2.0
 * What orders hold: reserved, renewed, sold, given back, expired; each exactly once. Called by
 * flows and the expiry job inside their unit of work; must never begin or commit one. */
#include <stdlib.h>
#include <string.h>

#include "inventory_sql.h"
#include "services/inventory/inventory_domain.h"
#include "services/inventory/inventory_places.h"
#include "services/inventory/inventory_store.h"
#include "services/inventory/inventory_tell.h"

/* ---- reserving ---- */

/* The order's lines with the locked shelves they may come from. */
struct wish {
    struct inventory_line *lines;
    struct inventory_demand *demands; /* of each line */
    int64_t *low_at;                  /* likewise */
    size_t n, places_n;
    bool held; /* the order has its reservations already */
    bool way;  /* it is known where it goes */
    str country;
    struct inventory_point to;
};

#define FAR_KM 20000 /* half around the world: where a warehouse is unknown */

static int64_t rank_of(const struct wish *w, const struct inventory_warehouse *at)
{
    struct inventory_way way = { .known = w->way, .cost = at->cost, .priority = at->priority };
    if (w->way) {
        struct inventory_point from = { at->latitude, at->longitude };
        bool placed = at->latitude != 0 || at->longitude != 0 ||
                      inventory_places_find(at->country, (str){ 0 }, &from);
        way.km = placed ? inventory_places_km(from, w->to) : FAR_KM;
        way.abroad = !str_eq_nocase(at->country, w->country);
    }
    return inventory_domain_rank(way);
}

static void demand_of(
    struct wish *w, struct cx *cx, size_t line, const struct inventory_shelf *shelves, size_t n)
{
    struct inventory_demand *d = &w->demands[line];
    *d = (struct inventory_demand){ .quantity = w->lines[line].quantity,
        .places = NEW_N(cx->arena, n, struct inventory_place),
        .take = NEW_N(cx->arena, n, int64_t),
        .places_n = n };
    w->places_n += n;
    for (size_t i = 0; i < n; i++) {
        const struct inventory_level *level = &shelves[i].level;
        d->places[i] = (struct inventory_place){ .warehouse_id = level->warehouse_id,
            .available = level->available,
            .rank = n > 1 || w->n > 1 ? rank_of(w, &shelves[i].at) : 0 };
        w->low_at[line] = level->low_at > w->low_at[line] ? level->low_at : w->low_at[line];
    }
    inventory_domain_sort(d->places, n);
}

static err lock_shelves(
    struct inventory *inv, struct cx *cx, const struct inventory_reserve *in, struct wish *w)
{
    w->demands = NEW_N(cx->arena, w->n, struct inventory_demand);
    w->low_at = NEW_N(cx->arena, w->n, int64_t);
    for (size_t i = 0; i < w->n; i++) {
        struct inventory_key key = { w->lines[i].product_id, w->lines[i].variant_id };
        struct inventory_shelf *shelves;
        size_t n;
        id holder = in->is_new ? (id){ 0 } : in->order_id;
        err e = inventory_store_shelves_lock(inv, cx, key, holder, &shelves, &n, &w->held);
        if (e || w->held)
            return e;
        demand_of(w, cx, i, shelves, n);
    }
    return NULL;
}

static void refuse(struct cx *cx, id variant_id, int64_t left)
{
    cx_field(cx, str_cat(cx->arena, S("/variants/"), id_text(cx->arena, variant_id)),
        "insufficient_stock", "%lld left", (long long)left);
}

/* Divides the lines over the warehouses. Lines that cannot be had became field errors of cx. */
static bool allocate(
    struct cx *cx, const struct wish *w, struct inventory_hold **ret, size_t *ret_n)
{
    bool fits = inventory_domain_allocate(cx->arena, w->demands, w->n);
    struct inventory_hold *holds = NEW_N(cx->arena, w->places_n, struct inventory_hold);
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++) {
        const struct inventory_line *line = &w->lines[i];
        const struct inventory_demand *d = &w->demands[i];
        if (d->left < line->quantity)
            refuse(cx, line->variant_id, d->left);
        for (size_t k = 0; fits && k < d->places_n; k++)
            if (d->take[k] > 0)
                holds[n++] = (struct inventory_hold){ .product_id = line->product_id,
                    .variant_id = line->variant_id,
                    .warehouse_id = d->places[k].warehouse_id,
                    .quantity = d->take[k] };
    }
    *ret = holds;
    *ret_n = n;
    return fits;
}

static err tell_taken(struct inventory *inv, struct cx *cx, const struct wish *w)
{
    for (size_t i = 0; i < w->n; i++) {
        int64_t before = w->demands[i].left;
        err e = inventory_tell(inv, cx,
            (struct inventory_change){ .product_id = w->lines[i].product_id,
                .variant_id = w->lines[i].variant_id,
                .before = before,
                .after = before - w->lines[i].quantity,
                .low_at = w->low_at[i] });
        if (e)
            return e;
    }
    return NULL;
}

/* Whether the order has reservations of any kind. */
static err known(struct inventory *inv, struct cx *cx, id order_id, bool *ret)
{
    struct inventory_sql_reservation_any_row row;
    return inventory_sql_reservation_any(inv->deps.db, cx,
        (struct inventory_sql_reservation_any_in){ .order_id = order_id }, &row, ret);
}

err inventory_reserve(struct inventory *inv, struct cx *cx, struct inventory_reserve in)
{
    ASSERT(in.lines_n > 0 && in.lines_n <= INVENTORY_LINES_MAX);
    struct wish w = { .lines = NEW_N(cx->arena, in.lines_n, struct inventory_line) };
    memcpy(w.lines, in.lines, in.lines_n * sizeof w.lines[0]);
    w.n = inventory_domain_merge(w.lines, in.lines_n);
    for (size_t i = 0; i < w.n; i++)
        ASSERT(w.lines[i].quantity > 0);
    w.country = in.country;
    w.way = inventory_places_find(in.country, in.region, &w.to);
    if (in.ret_held)
        *in.ret_held = NULL;
    err e = lock_shelves(inv, cx, &in, &w);
    if (e || w.held)
        return e; /* a repeat: the first answer stands */
    struct inventory_hold *holds;
    size_t holds_n;
    if (!allocate(cx, &w, &holds, &holds_n)) {
        if (!in.is_new) /* a twin may have been through meanwhile */
            e = known(inv, cx, in.order_id, &w.held);
        if (e)
            return e;
        if (!w.held)
            return FAIL(cx, INVENTORY_OUT_OF_STOCK, "lines=%zu", w.n);
        cx_clear(cx);
        return NULL;
    }
    bool repeat = false;
    e = inventory_store_hold(
        inv, cx, in.order_id, in.expires_ms, holds, holds_n, in.is_new ? NULL : &repeat);
    if (e || repeat)
        return e;
    if (in.ret_held) {
        inventory_store_sort(holds, holds_n);
        *in.ret_held = NEW(cx->arena, struct inventory_held);
        **in.ret_held = (struct inventory_held){ holds, holds_n };
    }
    return tell_taken(inv, cx, &w);
}

/* ---- what is short ---- */

static int key_cmp(const void *a, const void *b)
{
    const struct inventory_key *x = a, *y = b;
    int c = id_cmp(x->product_id, y->product_id);
    return c ? c : id_cmp(x->variant_id, y->variant_id);
}

/* Of all lines, sorted, each once. */
static struct inventory_key *keys_of(
    struct arena *arena, const struct inventory_want *wants, size_t n, size_t *ret_n)
{
    size_t lines_n = 0, at = 0;
    for (size_t i = 0; i < n; i++)
        lines_n += wants[i].lines_n;
    struct inventory_key *keys = NEW_N(arena, lines_n, struct inventory_key);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < wants[i].lines_n; k++)
            keys[at++] = (struct inventory_key){ wants[i].lines[k].product_id,
                wants[i].lines[k].variant_id };
    qsort(keys, lines_n, sizeof *keys, key_cmp);
    at = 0;
    for (size_t i = 0; i < lines_n; i++)
        if (at == 0 || key_cmp(&keys[at - 1], &keys[i]) != 0)
            keys[at++] = keys[i];
    *ret_n = at;
    return keys;
}

/* What is left of each key; both sorted. */
struct left {
    const struct inventory_key *keys;
    const int64_t *units;
    size_t n;
};

static err refusal_of(const struct inventory_want *want, const struct left *left)
{
    struct cx *cx = want->cx;
    struct inventory_line *lines = NEW_N(cx->arena, want->lines_n, struct inventory_line);
    memcpy(lines, want->lines, want->lines_n * sizeof *lines);
    size_t n = inventory_domain_merge(lines, want->lines_n);
    bool is_short = false;
    for (size_t i = 0; i < n; i++) {
        const struct inventory_key key = { lines[i].product_id, lines[i].variant_id };
        const struct inventory_key *at =
            bsearch(&key, left->keys, left->n, sizeof *left->keys, key_cmp);
        int64_t units = left->units[at - left->keys];
        if (units >= lines[i].quantity)
            continue;
        is_short = true;
        refuse(cx, key.variant_id, units);
    }
    return is_short ? FAIL(cx, INVENTORY_OUT_OF_STOCK, "lines=%zu", n) : NULL;
}

err inventory_short(struct inventory *inv, struct cx *cx, struct inventory_want *wants, size_t n)
{
    size_t keys_n;
    for (size_t i = 0; i < n; i++)
        ASSERT(wants[i].lines_n > 0 && wants[i].lines_n <= INVENTORY_LINES_MAX);
    const struct inventory_key *keys = keys_of(cx->arena, wants, n, &keys_n);
    int64_t *units = NEW_N(cx->arena, keys_n, int64_t);
    err e = inventory_available(inv, cx, keys, keys_n, units);
    const struct left left = { keys, units, keys_n };
    for (size_t i = 0; !e && i < n; i++)
        wants[i].refused = refusal_of(&wants[i], &left);
    return e;
}

/* ---- until it is sold or given back ---- */

err inventory_renew(struct inventory *inv, struct cx *cx, id order_id, int64_t expires_ms)
{
    int64_t changed = 0;
    err e = inventory_sql_reservation_renew(inv->deps.db, cx,
        (struct inventory_sql_reservation_renew_in){
            .order_id = order_id, .expires_ms = expires_ms },
        &changed);
    if (e || changed > 0)
        return e;
    bool sold = false;
    e = known(inv, cx, order_id, &sold);
    return !e && !sold ? FAIL(cx, INVENTORY_RESERVATION_GONE, "nothing to renew") : e;
}

/* ---- selling ---- */

err inventory_confirm(struct inventory *inv, struct cx *cx, id order_id)
{
    size_t n;
    err e = inventory_store_sell(inv, cx, order_id, &n);
    if (e || n > 0)
        return e;
    bool sold = false;
    e = known(inv, cx, order_id, &sold);
    return !e && !sold ? FAIL(cx, INVENTORY_RESERVATION_GONE, "no live reservation") : e;
}

err inventory_confirm_held(
    struct inventory *inv, struct cx *cx, id order_id, const struct inventory_held *held)
{
    return db_presume(inv->deps.db, cx)
               ? inventory_store_sell_held(inv, cx, order_id, held->holds, held->n)
               : inventory_confirm(inv, cx, order_id);
}

/* ---- giving back ---- */

/* Whether what came back changes what a shopper sees; then one event per variant. */
static err tell_back(
    struct inventory *inv, struct cx *cx, const struct inventory_hold *holds, size_t n)
{
    for (size_t i = 0; i < n;) {
        struct inventory_key key = { .product_id = holds[i].product_id,
            .variant_id = holds[i].variant_id };
        int64_t back = 0;
        for (; i < n && id_eq(holds[i].variant_id, key.variant_id); i++)
            back += holds[i].quantity;
        struct inventory_level *levels;
        size_t levels_n;
        err e = inventory_store_levels(inv, cx, key, &levels, &levels_n);
        if (e)
            return e;
        int64_t now = inventory_tell_available(levels, levels_n);
        e = inventory_tell(inv, cx,
            (struct inventory_change){ .product_id = key.product_id,
                .variant_id = key.variant_id,
                .before = now - back,
                .after = now,
                .low_at = inventory_tell_low_at(levels, levels_n) });
        if (e)
            return e;
    }
    return NULL;
}

err inventory_release(struct inventory *inv, struct cx *cx, id order_id)
{
    struct inventory_hold *holds;
    size_t n;
    err e = inventory_store_unhold(inv, cx, order_id, INT64_MAX - 1, &holds, &n);
    if (e)
        return e;
    if (n > 0)
        return tell_back(inv, cx, holds, n);
    bool sold = false;
    e = known(inv, cx, order_id, &sold);
    return !e && sold ? FAIL(cx, INVENTORY_SOLD, "released after it was confirmed") : e;
}

err inventory_restock(struct inventory *inv, struct cx *cx, id order_id)
{
    struct inventory_hold *holds;
    size_t n;
    err e = inventory_store_unsell(inv, cx, order_id, &holds, &n);
    if (e)
        return e;
    for (size_t i = 0; i < n; i++) {
        struct inventory_level level;
        int64_t change;
        e = inventory_store_apply(inv, cx,
            (struct inventory_move){ .product_id = holds[i].product_id,
                .variant_id = holds[i].variant_id,
                .warehouse_id = holds[i].warehouse_id,
                .kind = INVENTORY_RETURN,
                .quantity = holds[i].quantity,
                .reason = S("order cancelled"), /* check_levels and demand look for it */
                .reference = id_text(cx->arena, order_id) },
            &level, &change);
        if (e)
            return e;
    }
    return tell_back(inv, cx, holds, n);
}

/* ---- expiring ---- */

#define EXPIRE_BATCH 100

err inventory_expire(struct inventory *inv, struct cx *cx, bool *ret_more)
{
    struct inventory_sql_reservation_expired_row *rows;
    size_t n;
    err e = inventory_sql_reservation_expired(inv->deps.db, cx,
        (struct inventory_sql_reservation_expired_in){
            .now_ms = cx->now_ms, .limit = EXPIRE_BATCH },
        &rows, &n);
    for (size_t i = 0; !e && i < n; i++) {
        struct inventory_hold *holds;
        size_t holds_n; /* none: renewed, sold or released since it was found */
        e = inventory_store_unhold(inv, cx, rows[i].order_id, cx->now_ms, &holds, &holds_n);
        if (!e)
            e = tell_back(inv, cx, holds, holds_n);
    }
    *ret_more = n == EXPIRE_BATCH;
    return e;
}
