/* SPDX-License-Identifier: Apache-2.0
 * Counting many levels at once, for imports and the demo. Called by flows in a WRITE unit; must
 * leave the same trail as a count by hand. */
#include <stdlib.h>
#include <string.h>

#include "inventory_sql.h"
#include "services/inventory/inventory_store.h"

struct taking {
    const struct inventory_stocktake *counts; /* in key order, as everybody locks levels */
    struct inventory_sql_level_find_row *rows;
    bool *found;
    size_t n;
};

static int count_cmp(const void *a, const void *b)
{
    const struct inventory_stocktake *x = a, *y = b;
    int c = id_cmp(x->product_id, y->product_id);
    c = c ? c : id_cmp(x->variant_id, y->variant_id);
    return c ? c : id_cmp(x->warehouse_id, y->warehouse_id);
}

/* What the levels are, and stay until the unit ends. */
static err find(struct inventory *inv, struct cx *cx, struct taking *t)
{
    struct inventory_sql_level_find_in *in =
        NEW_N(cx->arena, t->n, struct inventory_sql_level_find_in);
    for (size_t i = 0; i < t->n; i++)
        in[i] = (struct inventory_sql_level_find_in){ .product_id = t->counts[i].product_id,
            .variant_id = t->counts[i].variant_id,
            .warehouse_id = t->counts[i].warehouse_id };
    return inventory_sql_level_find_batch(inv->deps.db, cx, in, t->n, t->rows, t->found);
}

/* A level that is not there cannot be locked: empty ones are put there. */
static err add_missing(struct inventory *inv, struct cx *cx, const struct taking *t)
{
    struct inventory_sql_level_add_in *in =
        NEW_N(cx->arena, t->n, struct inventory_sql_level_add_in);
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++)
        if (!t->found[i])
            in[n++] = (struct inventory_sql_level_add_in){ .product_id = t->counts[i].product_id,
                .variant_id = t->counts[i].variant_id,
                .warehouse_id = t->counts[i].warehouse_id,
                .now_ms = cx->now_ms };
    return n ? inventory_sql_level_add_batch(inv->deps.db, cx, in, n, NULL) : NULL;
}

/* Missing ones were empty. Those that need no change are left out. */
static size_t changes_of(struct cx *cx, const struct taking *t,
    struct inventory_sql_level_count_in *ret_in, struct inventory_audit *ret_audit)
{
    size_t kept = 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct inventory_stocktake *c = &t->counts[i];
        int64_t before = t->found[i] ? t->rows[i].on_hand : 0;
        int64_t reserved = t->found[i] ? t->rows[i].reserved : 0;
        int64_t after = c->on_hand < reserved ? reserved : c->on_hand;
        ASSERT(after >= 0 && after <= INVENTORY_ON_HAND_MAX);
        if (t->found[i] && after == before)
            continue;
        ret_in[kept] = (struct inventory_sql_level_count_in){ .product_id = c->product_id,
            .variant_id = c->variant_id,
            .warehouse_id = c->warehouse_id,
            .on_hand = after,
            .was = before,
            .now_ms = cx->now_ms };
        ret_audit[kept] = (struct inventory_audit){ .product_id = c->product_id,
            .variant_id = c->variant_id,
            .warehouse_id = c->warehouse_id,
            .kind = INVENTORY_COUNT,
            .change = after - before,
            .after = after,
            .reason = S("import") };
        kept++;
    }
    return kept;
}

/* That nobody else puts a missing level there meanwhile is presumed. */
err inventory_stocktake(
    struct inventory *inv, struct cx *cx, const struct inventory_stocktake *counts, size_t n)
{
    struct inventory_stocktake *sorted = NEW_N(cx->arena, n, struct inventory_stocktake);
    struct inventory_sql_level_count_in *in =
        NEW_N(cx->arena, n, struct inventory_sql_level_count_in);
    struct inventory_audit *audit = NEW_N(cx->arena, n, struct inventory_audit);
    struct taking t = { sorted, NEW_N(cx->arena, n, struct inventory_sql_level_find_row),
        NEW_N(cx->arena, n, bool), n };
    memcpy(sorted, counts, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, count_cmp);
    err e = find(inv, cx, &t);
    if (!e && !db_presume(inv->deps.db, cx)) {
        e = add_missing(inv, cx, &t);
        if (!e)
            e = find(inv, cx, &t);
    }
    if (e)
        return e;
    n = changes_of(cx, &t, in, audit);
    e = inventory_sql_level_count_batch(inv->deps.db, cx, in, n);
    return e ? e : inventory_store_audit(inv, cx, audit, n);
}
