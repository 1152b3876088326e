/* SPDX-License-Identifier: Apache-2.0
 * What was bought and what goes together; who wants an order of their own. Called by flows in their
 * units; must never count an order twice. */
#include "services/behaviour/behaviour.h"

#include <stdlib.h>

#include "behaviour_sql.h"
#include "services/behaviour/behaviour_internal.h"

#define TOGETHER_PRODUCTS 20 /* of an order */
#define TOGETHER_LOOK 50     /* pairs that are compared */

const struct service behaviour_service = {
    .name = "behaviour",
    .folder = "src/services/behaviour/",
    .routes = behaviour_routes,
    .jobs = behaviour_jobs,
    .queries = behaviour_queries,
};

struct behaviour *behaviour_open(struct arena *life, struct behaviour_deps deps)
{
    struct behaviour *b = NEW(life, struct behaviour);
    b->deps = deps;
    behaviour_notes_open(life, b);
    return b;
}

void behaviour_close(struct behaviour *b)
{
    if (b)
        behaviour_notes_close(b);
}

/* ---- what was bought ---- */
static int by_product(const void *a, const void *b)
{
    return id_cmp(((const struct behaviour_line *)a)->product_id,
        ((const struct behaviour_line *)b)->product_id);
}

void behaviour_sort(struct behaviour_line *lines, size_t n)
{
    qsort(lines, n, sizeof *lines, by_product);
}

/* One line for each product, in the order in which rows are locked. */
static size_t lines_by_product(
    struct cx *cx, const struct behaviour_line *lines, size_t n, struct behaviour_line **ret)
{
    struct behaviour_line *all = NEW_N(cx->arena, n + 1, struct behaviour_line);
    size_t kept = 0;
    memcpy(all, lines, n * sizeof *all);
    behaviour_sort(all, n);
    for (size_t i = 0; i < n; i++) {
        if (kept > 0 && id_eq(all[kept - 1].product_id, all[i].product_id))
            all[kept - 1].units += all[i].units;
        else
            all[kept++] = all[i];
    }
    *ret = all;
    return kept;
}

struct counting {
    struct behaviour *b;
    const struct behaviour_line *lines;
    size_t n;
    int64_t day, sign; /* 1: counts, -1: counts no more */
};

static err count_products(const struct counting *c, struct cx *cx)
{
    struct behaviour *b = c->b;
    struct behaviour_sql_day_add_in *days = NEW_N(cx->arena, c->n, struct behaviour_sql_day_add_in);
    struct behaviour_sql_signal_due_in *due =
        NEW_N(cx->arena, c->n, struct behaviour_sql_signal_due_in);
    struct behaviour_sql_basket_add_in *baskets =
        NEW_N(cx->arena, c->n, struct behaviour_sql_basket_add_in);
    struct behaviour_sql_total_add_in total = { .day = c->day };
    for (size_t i = 0; i < c->n; i++) {
        id product_id = c->lines[i].product_id;
        int64_t units = c->sign * c->lines[i].units;
        days[i] = (struct behaviour_sql_day_add_in){
            .product_id = product_id, .day = c->day, .orders = c->sign, .units = units
        };
        due[i] = (struct behaviour_sql_signal_due_in){ product_id, cx->now_ms };
        baskets[i] = (struct behaviour_sql_basket_add_in){ product_id, c->sign };
        total.orders += c->sign;
        total.units += units;
    }
    err e = behaviour_sql_day_add_batch(b->deps.db, cx, days, c->n, NULL);
    if (!e)
        e = behaviour_sql_signal_due_batch(b->deps.db, cx, due, c->n, NULL);
    if (!e)
        e = behaviour_sql_basket_add_batch(b->deps.db, cx, baskets, c->n, NULL);
    return e ? e : behaviour_sql_total_add(b->deps.db, cx, total, NULL);
}

static err count_pairs(const struct counting *c, struct cx *cx)
{
    size_t n = c->n < TOGETHER_PRODUCTS ? c->n : TOGETHER_PRODUCTS, pairs_n = 0;
    struct behaviour_sql_pair_add_in *pairs =
        NEW_N(cx->arena, n * n + 1, struct behaviour_sql_pair_add_in);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            if (i != k)
                pairs[pairs_n++] = (struct behaviour_sql_pair_add_in){ c->lines[i].product_id,
                    c->lines[k].product_id, c->sign };
    return pairs_n > 0 ? behaviour_sql_pair_add_batch(c->b->deps.db, cx, pairs, pairs_n, NULL)
                       : NULL;
}

static err count(struct counting c, struct cx *cx, const struct behaviour_line *lines, size_t n)
{
    struct behaviour_line *all;
    c.n = lines_by_product(cx, lines, n, &all);
    c.lines = all;
    err e = c.n > 0 ? count_products(&c, cx) : NULL;
    return e ? e : count_pairs(&c, cx);
}

err behaviour_bought(
    struct behaviour *b, struct cx *cx, id order_id, const struct behaviour_line *lines, size_t n)
{
    int64_t changed = 0, day = behaviour_day_of(cx->now_ms);
    err e = behaviour_sql_order_add(
        b->deps.db, cx, (struct behaviour_sql_order_add_in){ order_id, day }, &changed);
    if (e || changed == 0)
        return e;
    return count((struct counting){ .b = b, .day = day, .sign = 1 }, cx, lines, n);
}

err behaviour_unbought(
    struct behaviour *b, struct cx *cx, id order_id, const struct behaviour_line *lines, size_t n)
{
    struct behaviour_sql_order_undo_row row;
    bool found;
    err e = behaviour_sql_order_undo(
        b->deps.db, cx, (struct behaviour_sql_order_undo_in){ order_id }, &row, &found);
    if (e)
        return e;
    if (!found)
        return behaviour_sql_order_never(b->deps.db, cx,
            (struct behaviour_sql_order_never_in){ order_id, behaviour_day_of(cx->now_ms) }, NULL);
    return count((struct counting){ .b = b, .day = row.day, .sign = -1 }, cx, lines, n);
}

/* ---- what goes together ---- */
struct mate {
    id product_id;
    double affinity;
};
static int by_affinity(const void *a, const void *b)
{
    const struct mate *x = a, *y = b;
    if (x->affinity != y->affinity)
        return x->affinity > y->affinity ? -1 : 1;
    return id_cmp(x->product_id, y->product_id);
}

err behaviour_together(
    struct behaviour *b, struct cx *cx, id product_id, int64_t limit, id **ret, size_t *ret_n)
{
    struct behaviour_sql_pair_of_row *pairs;
    size_t n;
    err e = behaviour_sql_pair_of(
        b->deps.db, cx, (struct behaviour_sql_pair_of_in){ product_id, TOGETHER_LOOK }, &pairs, &n);
    *ret_n = 0;
    if (e || n == 0)
        return e;
    struct behaviour_sql_basket_get_in *keys =
        NEW_N(cx->arena, n + 1, struct behaviour_sql_basket_get_in);
    struct behaviour_sql_basket_get_row *rows =
        NEW_N(cx->arena, n + 1, struct behaviour_sql_basket_get_row);
    bool *found = NEW_N(cx->arena, n + 1, bool);
    for (size_t i = 0; i < n; i++)
        keys[i].product_id = pairs[i].other_id;
    keys[n].product_id = product_id;
    e = behaviour_sql_basket_get_batch(b->deps.db, cx, keys, n + 1, rows, found);
    if (e)
        return e;
    struct mate *mates = NEW_N(cx->arena, n, struct mate);
    for (size_t i = 0; i < n; i++)
        mates[i] = (struct mate){ pairs[i].other_id,
            behaviour_affinity(pairs[i].orders, rows[n].orders, rows[i].orders) };
    qsort(mates, n, sizeof *mates, by_affinity);
    *ret = NEW_N(cx->arena, n, id);
    for (size_t i = 0; i < n && (int64_t)i < limit; i++)
        (*ret)[(*ret_n)++] = mates[i].product_id;
    return NULL;
}

/* ---- consent ---- */
err behaviour_personal(struct behaviour *b, struct cx *cx, id user_id, bool *ret)
{
    struct behaviour_sql_choice_get_row row;
    bool found;
    err e = behaviour_sql_choice_get(
        b->deps.db, cx, (struct behaviour_sql_choice_get_in){ user_id }, &row, &found);
    if (!e)
        *ret = found && row.personal;
    return e;
}

err behaviour_set_personal(struct behaviour *b, struct cx *cx, id user_id, bool on)
{
    return behaviour_sql_choice_put(
        b->deps.db, cx, (struct behaviour_sql_choice_put_in){ user_id, on, cx->now_ms }, NULL);
}
