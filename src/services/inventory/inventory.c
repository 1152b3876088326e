/* SPDX-License-Identifier: Apache-2.0
 * The verbs of stock: load under the lock, apply the rule, save, record the event. Called by
 * routes, jobs and flows inside their unit of work; must never begin or commit one. */
#include "services/inventory/inventory.h"

#include "inventory_sql.h"
#include "services/inventory/inventory_domain.h"
#include "services/inventory/inventory_routes.h"
#include "services/inventory/inventory_store.h"
#include "services/inventory/inventory_tell.h"
#include "services/inventory/inventory_transfer.h"

const problem INVENTORY_OUT_OF_STOCK = { KIND_CONFLICT, "inventory.out_of_stock",
    "insufficient_stock", "There is not enough stock" };
const problem INVENTORY_RESERVATION_GONE = { KIND_CONFLICT, "inventory.reservation_gone", NULL,
    "The stock was not held any more" };
const problem INVENTORY_SOLD = { KIND_CONFLICT, "inventory.sold", NULL,
    "The stock was sold already" };
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
    "transfer_out",
    "transfer_in",
    NULL,
};

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
            .latitude = in.latitude,
            .longitude = in.longitude,
            .cost = in.cost,
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
            .priority = rows[i].priority,
            .latitude = rows[i].latitude,
            .longitude = rows[i].longitude,
            .cost = rows[i].cost };
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

err inventory_store_warehouse(struct inventory *inv, struct cx *cx, id warehouse_id)
{
    struct inventory_sql_warehouse_known_row warehouse;
    bool known = false;
    err e = inventory_sql_warehouse_known(inv->deps.db, cx,
        (struct inventory_sql_warehouse_known_in){ .warehouse_id = warehouse_id }, &warehouse,
        &known);
    return !e && !known ? FAIL(cx, INVENTORY_WAREHOUSE_UNKNOWN, "unknown warehouse") : e;
}

err inventory_store_apply(struct inventory *inv, struct cx *cx, struct inventory_move in,
    struct inventory_level *ret, int64_t *ret_change)
{
    struct inventory_key key = { .product_id = in.product_id, .variant_id = in.variant_id };
    struct inventory_level level;
    int64_t change;
    err e = inventory_store_level_ensure(inv, cx, key, in.warehouse_id, &level);
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
    *ret_change = change;
    return NULL;
}

err inventory_move(
    struct inventory *inv, struct cx *cx, struct inventory_move in, struct inventory_level *ret)
{
    ASSERT(in.kind != INVENTORY_SENT && in.kind != INVENTORY_ARRIVED);
    int64_t change;
    err e = inventory_store_warehouse(inv, cx, in.warehouse_id);
    if (!e)
        e = inventory_store_apply(inv, cx, in, ret, &change);
    return e ? e : inventory_tell_moved(inv, cx, in, change);
}

err inventory_low_at_set(
    struct inventory *inv, struct cx *cx, struct inventory_mark in, struct inventory_level *ret)
{
    struct inventory_key key = { .product_id = in.product_id, .variant_id = in.variant_id };
    struct inventory_level *all, level;
    size_t n;
    err e = inventory_store_warehouse(inv, cx, in.warehouse_id);
    if (!e)
        e = inventory_store_level_ensure(inv, cx, key, in.warehouse_id, &level);
    if (!e)
        e = inventory_store_levels(inv, cx, key, &all, &n);
    if (e)
        return e;
    int64_t available = inventory_tell_available(all, n);
    bool was_low = available <= inventory_tell_low_at(all, n);
    e = inventory_sql_level_mark(inv->deps.db, cx,
        (struct inventory_sql_level_mark_in){ .product_id = in.product_id,
            .variant_id = in.variant_id,
            .warehouse_id = in.warehouse_id,
            .low_at = in.low_at,
            .now_ms = cx->now_ms },
        NULL);
    if (e)
        return e;
    for (size_t i = 0; i < n; i++)
        if (id_eq(all[i].warehouse_id, in.warehouse_id))
            all[i].low_at = in.low_at;
    level.low_at = in.low_at;
    level.version++;
    *ret = level;
    return inventory_tell(inv, cx,
        (struct inventory_change){ .product_id = in.product_id,
            .variant_id = in.variant_id,
            .before = was_low ? available : INT64_MAX,
            .after = available,
            .low_at = inventory_tell_low_at(all, n),
            .always = true });
}

err inventory_movements(struct inventory *inv, struct cx *cx, struct inventory_history in,
    struct inventory_movement **ret, size_t *ret_n)
{
    struct inventory_sql_movement_list_row *rows;
    size_t n;
    err e = inventory_sql_movement_list(inv->deps.db, cx,
        (struct inventory_sql_movement_list_in){ .product_id = in.product_id,
            .variant_id = in.variant_id,
            .before = id_or_greatest(in.before),
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

/* ---- jobs and the tables that the application sees ---- */

static err job_expire(void *service, struct cx *cx, bool *ret_more)
{
    return inventory_expire(service, cx, ret_more);
}

static const struct job jobs[] = {
    { .name = "inventory.expire", .period_ms = 30 * 1000, .fn = job_expire },
    { 0 },
};
static const problem *const problems[] = {
    &INVENTORY_OUT_OF_STOCK,
    &INVENTORY_RESERVATION_GONE,
    &INVENTORY_SOLD,
    &INVENTORY_WAREHOUSE_UNKNOWN,
    &INVENTORY_BELOW_ZERO,
    &INVENTORY_CODE_TAKEN,
    &INVENTORY_TRANSFER_UNKNOWN,
    &INVENTORY_TRANSFER_OVER,
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
