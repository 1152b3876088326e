/* SPDX-License-Identifier: Apache-2.0
 * The verbs of stock: load under the lock, apply the rule, save, record the event. Called by
 * routes, jobs and flows inside their unit of work; must never begin or commit one. */
#include "services/inventory/inventory.h"

#include <string.h>

#include "inventory_sql.h"
#include "services/inventory/inventory_domain.h"
#include "services/inventory/inventory_routes.h"
#include "services/inventory/inventory_store.h"

const problem INVENTORY_OUT_OF_STOCK = { KIND_CONFLICT, "inventory.out_of_stock",
    "insufficient_stock", "There is not enough stock" };
const problem INVENTORY_RESERVATION_GONE = { KIND_CONFLICT, "inventory.reservation_gone", NULL,
    "The stock was not held any more" };
const problem INVENTORY_WAREHOUSE_UNKNOWN = { KIND_INVALID, "inventory.warehouse_unknown", NULL,
    "There is no such warehouse" };
const problem INVENTORY_BELOW_ZERO = { KIND_CONFLICT, "inventory.below_zero", "stock_below_zero",
    "Stock would fall below what is promised to orders" };
const problem INVENTORY_CODE_TAKEN = { KIND_CONFLICT, "inventory.code_taken",
    "warehouse_code_taken", "Another warehouse has this code" };

const char *const inventory_kind_names[INVENTORY_KINDS_N + 1] = {
    "receipt",
    "adjustment",
    "count",
    "damage",
    "return",
    "sale",
    NULL,
};

static const struct json_field stock_changed_fields[] = {
    JSON_ID(struct inventory_stock_changed, product_id, .required = true),
    JSON_ID(struct inventory_stock_changed, variant_id, .required = true),
    JSON_INT(struct inventory_stock_changed, available, .required = true),
    JSON_BOOL(struct inventory_stock_changed, low, .required = true),
};
const struct json_shape inventory_stock_changed_shape =
    JSON_SHAPE("StockChanged", struct inventory_stock_changed, stock_changed_fields);

struct inventory *inventory_open(struct arena *life, struct inventory_deps deps)
{
    struct inventory *inv = NEW(life, struct inventory);
    inv->deps = deps;
    return inv;
}

/* ---- warehouses ---- */

err inventory_warehouse_add(
    struct inventory *inv, struct cx *cx, struct inventory_warehouse in, id *ret_id)
{
    struct inventory_warehouse *known;
    size_t n;
    err e = inventory_warehouse_list(inv, cx, &known, &n);
    if (e)
        return e;
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase(known[i].code, in.code))
            return FAIL(cx, INVENTORY_CODE_TAKEN, "code=" STR_F, STR_A(in.code));
    id warehouse_id = id_is_none(in.warehouse_id) ? cx_id(cx) : in.warehouse_id;
    e = inventory_sql_warehouse_add(inv->deps.db, cx,
        (struct inventory_sql_warehouse_add_in){ .warehouse_id = warehouse_id,
            .code = in.code,
            .name = in.name,
            .country = in.country,
            .priority = in.priority,
            .created_ms = cx->now_ms },
        NULL);
    if (e == &DB_DUPLICATE)
        return FAIL(cx, INVENTORY_CODE_TAKEN, "code=" STR_F, STR_A(in.code));
    if (e)
        return e;
    *ret_id = warehouse_id;
    return NULL;
}

err inventory_warehouse_list(
    struct inventory *inv, struct cx *cx, struct inventory_warehouse **ret, size_t *ret_n)
{
    struct inventory_sql_warehouse_list_row *rows;
    size_t n;
    err e = inventory_sql_warehouse_list(inv->deps.db, cx, &rows, &n);
    if (e)
        return e;
    struct inventory_warehouse *list = NEW_N(cx->arena, n, struct inventory_warehouse);
    for (size_t i = 0; i < n; i++)
        list[i] = (struct inventory_warehouse){ .warehouse_id = rows[i].warehouse_id,
            .code = rows[i].code,
            .name = rows[i].name,
            .country = rows[i].country,
            .priority = rows[i].priority };
    *ret = list;
    *ret_n = n;
    return NULL;
}

/* ---- levels ---- */

err inventory_levels(struct inventory *inv, struct cx *cx, id product_id, id variant_id,
    struct inventory_level **ret, size_t *ret_n)
{
    return inventory_store_levels(inv, cx,
        (struct inventory_key){ .product_id = product_id, .variant_id = variant_id }, ret, ret_n);
}

err inventory_available(struct inventory *inv, struct cx *cx, const struct inventory_key *keys,
    size_t n, int64_t *ret_available)
{
    struct inventory_sql_level_sum_in *in = NEW_N(cx->arena, n, struct inventory_sql_level_sum_in);
    struct inventory_sql_level_sum_row *rows =
        NEW_N(cx->arena, n, struct inventory_sql_level_sum_row);
    bool *found = NEW_N(cx->arena, n, bool);
    for (size_t i = 0; i < n; i++)
        in[i] = (struct inventory_sql_level_sum_in){ .product_id = keys[i].product_id,
            .variant_id = keys[i].variant_id };
    err e = inventory_sql_level_sum_batch(inv->deps.db, cx, in, n, rows, found);
    if (e)
        return e;
    for (size_t i = 0; i < n; i++)
        ret_available[i] = found[i] ? rows[i].available : 0;
    return NULL;
}

static int64_t available_of(const struct inventory_level *levels, size_t n)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += levels[i].available;
    return sum;
}

static err emit_changed(struct inventory *inv, struct cx *cx, struct inventory_key key,
    int64_t available, int64_t low_at)
{
    struct inventory_stock_changed payload = { .product_id = key.product_id,
        .variant_id = key.variant_id,
        .available = available,
        .low = available <= low_at };
    return bus_emit(inv->deps.bus, inv->deps.db, cx, "inventory.stock_changed", key.product_id,
        &inventory_stock_changed_shape, &payload);
}

err inventory_move(
    struct inventory *inv, struct cx *cx, struct inventory_move in, struct inventory_level *ret)
{
    struct inventory_key key = { .product_id = in.product_id, .variant_id = in.variant_id };
    struct inventory_sql_warehouse_known_row warehouse;
    bool known = false;
    err e = inventory_sql_warehouse_known(inv->deps.db, cx,
        (struct inventory_sql_warehouse_known_in){ .warehouse_id = in.warehouse_id }, &warehouse,
        &known);
    if (e)
        return e;
    if (!known)
        return FAIL(cx, INVENTORY_WAREHOUSE_UNKNOWN, "unknown warehouse");
    struct inventory_level level;
    int64_t change;
    e = inventory_store_level_ensure(inv, cx, key, in.warehouse_id, &level);
    if (e)
        return e;
    e = inventory_domain_move(cx, level, in.kind, in.quantity, &level, &change);
    if (e)
        return e;
    e = inventory_sql_level_set(inv->deps.db, cx,
        (struct inventory_sql_level_set_in){ .product_id = in.product_id,
            .variant_id = in.variant_id,
            .warehouse_id = in.warehouse_id,
            .on_hand = level.on_hand,
            .now_ms = cx->now_ms },
        NULL);
    if (e)
        return e;
    struct inventory_audit audit = { .product_id = in.product_id,
        .variant_id = in.variant_id,
        .warehouse_id = in.warehouse_id,
        .actor_id = in.actor_id,
        .kind = in.kind,
        .change = change,
        .after = level.on_hand,
        .reason = in.reason,
        .reference = in.reference };
    e = inventory_store_audit(inv, cx, &audit, 1);
    if (e)
        return e;
    level.version++;
    *ret = level;
    struct inventory_level *all;
    size_t n;
    e = inventory_store_levels(inv, cx, key, &all, &n);
    if (e)
        return e;
    return emit_changed(inv, cx, key, available_of(all, n), level.low_at);
}

err inventory_movements(struct inventory *inv, struct cx *cx, struct inventory_history in,
    struct inventory_movement **ret, size_t *ret_n)
{
    struct inventory_sql_movement_list_row *rows;
    size_t n;
    err e = inventory_sql_movement_list(inv->deps.db, cx,
        (struct inventory_sql_movement_list_in){ .product_id = in.product_id,
            .variant_id = in.variant_id,
            .before = in.before,
            .limit = in.limit },
        &rows, &n);
    if (e)
        return e;
    struct inventory_movement *list = NEW_N(cx->arena, n, struct inventory_movement);
    for (size_t i = 0; i < n; i++)
        list[i] = (struct inventory_movement){ .movement_id = rows[i].movement_id,
            .warehouse_id = rows[i].warehouse_id,
            .actor_id = rows[i].actor_id,
            .kind = rows[i].kind,
            .reason = rows[i].reason,
            .reference = rows[i].reference,
            .change = rows[i].change,
            .before = rows[i].before_qty,
            .after = rows[i].after_qty,
            .created_ms = rows[i].created_ms };
    *ret = list;
    *ret_n = n;
    return NULL;
}

/* ---- reservations ---- */

/* What an order wants of one variant, counted against its locked levels. Adds the holds. */
static err hold_line(struct inventory *inv, struct cx *cx, struct inventory_line line,
    struct inventory_hold **holds, size_t *holds_n, bool *ret_short)
{
    struct inventory_key key = { .product_id = line.product_id, .variant_id = line.variant_id };
    struct inventory_level *levels;
    size_t n;
    err e = inventory_store_levels_lock(inv, cx, key, &levels, &n);
    if (e)
        return e;
    int64_t *take = NEW_N(cx->arena, n, int64_t);
    int64_t left = 0;
    if (!inventory_domain_allocate(levels, n, line.quantity, take, &left)) {
        cx_field(cx, str_cat(cx->arena, S("/variants/"), id_text(cx->arena, line.variant_id)),
            "insufficient_stock", "%lld left", (long long)left);
        *ret_short = true;
        return NULL;
    }
    int64_t low_at = 0;
    *holds =
        arena_grow(cx->arena, *holds, *holds_n * sizeof **holds, (*holds_n + n) * sizeof **holds);
    for (size_t i = 0; i < n; i++) {
        low_at = levels[i].low_at > low_at ? levels[i].low_at : low_at;
        if (take[i] > 0)
            (*holds)[(*holds_n)++] = (struct inventory_hold){ .product_id = line.product_id,
                .variant_id = line.variant_id,
                .warehouse_id = levels[i].warehouse_id,
                .quantity = take[i] };
    }
    int64_t before = available_of(levels, n);
    if (!inventory_domain_notable(before, before - line.quantity, low_at))
        return NULL;
    return emit_changed(inv, cx, key, before - line.quantity, low_at);
}

err inventory_reserve(struct inventory *inv, struct cx *cx, struct inventory_reserve in)
{
    ASSERT(in.lines_n > 0 && in.lines_n <= INVENTORY_LINES_MAX);
    struct inventory_sql_reservation_any_row any;
    bool found = false;
    err e = inventory_sql_reservation_any(inv->deps.db, cx,
        (struct inventory_sql_reservation_any_in){ .order_id = in.order_id }, &any, &found);
    if (e || found)
        return e; /* a repeat: the first answer stands */
    struct inventory_line *lines = NEW_N(cx->arena, in.lines_n, struct inventory_line);
    memcpy(lines, in.lines, in.lines_n * sizeof lines[0]);
    size_t n = inventory_domain_merge(lines, in.lines_n);
    struct inventory_hold *holds = NULL;
    size_t holds_n = 0;
    bool is_short = false;
    for (size_t i = 0; i < n; i++) {
        ASSERT(lines[i].quantity > 0);
        e = hold_line(inv, cx, lines[i], &holds, &holds_n, &is_short);
        if (e)
            return e;
    }
    if (is_short)
        return FAIL(cx, INVENTORY_OUT_OF_STOCK, "lines=%zu", n);
    return inventory_store_hold(inv, cx, in.order_id, in.expires_ms, holds, holds_n);
}

static void audit_of(struct inventory_audit *audit, const struct inventory_hold *hold,
    enum inventory_kind kind, int64_t change, int64_t after)
{
    *audit = (struct inventory_audit){ .product_id = hold->product_id,
        .variant_id = hold->variant_id,
        .warehouse_id = hold->warehouse_id,
        .kind = kind,
        .change = change,
        .after = after };
}

err inventory_confirm(struct inventory *inv, struct cx *cx, id order_id)
{
    struct inventory_hold *holds;
    int64_t *after;
    size_t n;
    err e = inventory_store_sell(inv, cx, order_id, &holds, &after, &n);
    if (e)
        return e;
    if (n == 0)
        return FAIL(cx, INVENTORY_RESERVATION_GONE, "no live reservation");
    struct inventory_audit *audits = NEW_N(cx->arena, n, struct inventory_audit);
    str reference = id_text(cx->arena, order_id);
    for (size_t i = 0; i < n; i++) {
        audit_of(&audits[i], &holds[i], INVENTORY_SALE, -holds[i].quantity, after[i]);
        audits[i].reference = reference;
    }
    return inventory_store_audit(inv, cx, audits, n);
}

/* Whether what came back changes what a shopper sees; then one event per variant. */
static err emit_back(
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
        int64_t low_at = 0, now = available_of(levels, levels_n);
        for (size_t k = 0; k < levels_n; k++)
            low_at = levels[k].low_at > low_at ? levels[k].low_at : low_at;
        if (!inventory_domain_notable(now - back, now, low_at))
            continue;
        e = emit_changed(inv, cx, key, now, low_at);
        if (e)
            return e;
    }
    return NULL;
}

err inventory_release(struct inventory *inv, struct cx *cx, id order_id)
{
    struct inventory_hold *holds;
    size_t n;
    err e = inventory_store_unhold(inv, cx, order_id, &holds, &n);
    if (e)
        return e;
    return emit_back(inv, cx, holds, n);
}

err inventory_restock(struct inventory *inv, struct cx *cx, id order_id)
{
    struct inventory_hold *holds;
    size_t n;
    err e = inventory_store_unsell(inv, cx, order_id, &holds, &n);
    if (e)
        return e;
    struct inventory_audit *audits = NEW_N(cx->arena, n, struct inventory_audit);
    for (size_t i = 0; i < n; i++) {
        struct inventory_key key = { .product_id = holds[i].product_id,
            .variant_id = holds[i].variant_id };
        struct inventory_level level;
        int64_t change;
        e = inventory_store_level_ensure(inv, cx, key, holds[i].warehouse_id, &level);
        if (e)
            return e;
        e = inventory_domain_move(cx, level, INVENTORY_RETURN, holds[i].quantity, &level, &change);
        if (e)
            return e;
        e = inventory_sql_level_set(inv->deps.db, cx,
            (struct inventory_sql_level_set_in){ .product_id = key.product_id,
                .variant_id = key.variant_id,
                .warehouse_id = holds[i].warehouse_id,
                .on_hand = level.on_hand,
                .now_ms = cx->now_ms },
            NULL);
        if (e)
            return e;
        audit_of(&audits[i], &holds[i], INVENTORY_RETURN, change, level.on_hand);
        audits[i].reason = S("order cancelled");
        audits[i].reference = id_text(cx->arena, order_id);
    }
    e = inventory_store_audit(inv, cx, audits, n);
    if (e)
        return e;
    return emit_back(inv, cx, holds, n);
}

err inventory_check(struct inventory *inv, struct cx *cx, size_t *ret_wrong)
{
    struct inventory_sql_check_levels_row *rows;
    return inventory_sql_check_levels(inv->deps.db, cx, &rows, ret_wrong);
}

/* ---- jobs and the tables that the application sees ---- */

#define EXPIRE_BATCH 100

static err job_expire(void *service, struct cx *cx, bool *ret_more)
{
    struct inventory *inv = service;
    struct inventory_sql_reservation_expired_row *rows;
    size_t n;
    err e = inventory_sql_reservation_expired(inv->deps.db, cx,
        (struct inventory_sql_reservation_expired_in){
            .now_ms = cx->now_ms, .limit = EXPIRE_BATCH },
        &rows, &n);
    for (size_t i = 0; !e && i < n; i++)
        e = inventory_release(inv, cx, rows[i].order_id);
    *ret_more = n == EXPIRE_BATCH;
    return e;
}

static const struct job jobs[] = {
    { .name = "inventory.expire", .period_ms = 30 * 1000, .fn = job_expire },
    { 0 },
};
static const problem *const problems[] = {
    &INVENTORY_OUT_OF_STOCK,
    &INVENTORY_RESERVATION_GONE,
    &INVENTORY_WAREHOUSE_UNKNOWN,
    &INVENTORY_BELOW_ZERO,
    &INVENTORY_CODE_TAKEN,
    NULL,
};
const struct service inventory_service = {
    .name = "inventory",
    .folder = "src/services/inventory/",
    .routes = inventory_routes,
    .jobs = jobs,
    .queries = inventory_queries,
    .problems = problems,
};
