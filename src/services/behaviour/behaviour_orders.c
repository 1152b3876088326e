/* SPDX-License-Identifier: Apache-2.0
 * What was bought. An order's own unit notes one row that no other unit waits for; a job counts
 * the orders of some seconds together. Must never count an order twice. */
#include <stdlib.h>

#include "behaviour_sql.h"
#include "services/behaviour/behaviour_internal.h"

#define TOGETHER_PRODUCTS 20 /* of an order */
#define COUNT_BATCH 250      /* orders of a unit; what many of them sold is one row to write */

err behaviour_ordered(struct behaviour *b, struct cx *cx, id order_id, bool undone)
{
    return behaviour_sql_news_add(b->deps.db, cx,
        (struct behaviour_sql_news_add_in){ order_id, undone, behaviour_day_of(cx->now_ms) });
}

/* ---- which orders count, and which no more ---- */
struct counted {
    id order_id;
    int64_t day, sign; /* 1: counts, -1: counts no more */
};
struct counting {
    struct behaviour *b;
    const struct behaviour_sql_news_take_row *news;
    size_t news_n;
    struct counted *orders;
    size_t n;
};

/* An order that is marked already was counted, or undone before it was confirmed. */
static err take_bought(struct counting *c, struct cx *cx)
{
    struct behaviour_sql_order_add_in *in =
        NEW_N(cx->arena, c->news_n, struct behaviour_sql_order_add_in);
    int64_t *added = NEW_N(cx->arena, c->news_n, int64_t);
    size_t n = 0;
    for (size_t i = 0; i < c->news_n; i++)
        if (!c->news[i].undone)
            in[n++] = (struct behaviour_sql_order_add_in){ c->news[i].order_id, c->news[i].day };
    err e = n ? behaviour_sql_order_add_batch(c->b->deps.db, cx, in, n, added) : NULL;
    for (size_t i = 0; !e && i < n; i++)
        if (added[i])
            c->orders[c->n++] = (struct counted){ in[i].order_id, in[i].day, 1 };
    return e;
}

/* One that is undone before it is counted is never counted. */
static err take_undone(struct counting *c, struct cx *cx)
{
    struct behaviour_sql_order_undo_in *in =
        NEW_N(cx->arena, c->news_n, struct behaviour_sql_order_undo_in);
    struct behaviour_sql_order_undo_row *rows =
        NEW_N(cx->arena, c->news_n, struct behaviour_sql_order_undo_row);
    struct behaviour_sql_order_never_in *never =
        NEW_N(cx->arena, c->news_n, struct behaviour_sql_order_never_in);
    bool *found = NEW_N(cx->arena, c->news_n, bool);
    int64_t *days = NEW_N(cx->arena, c->news_n, int64_t);
    size_t n = 0, never_n = 0;
    for (size_t i = 0; i < c->news_n; i++) {
        if (!c->news[i].undone)
            continue;
        days[n] = c->news[i].day;
        in[n++] = (struct behaviour_sql_order_undo_in){ c->news[i].order_id };
    }
    err e = n ? behaviour_sql_order_undo_batch(c->b->deps.db, cx, in, n, rows, found) : NULL;
    for (size_t i = 0; !e && i < n; i++)
        if (found[i])
            c->orders[c->n++] = (struct counted){ in[i].order_id, rows[i].day, -1 };
        else
            never[never_n++] = (struct behaviour_sql_order_never_in){ in[i].order_id, days[i] };
    return e || !never_n ? e
                         : behaviour_sql_order_never_batch(c->b->deps.db, cx, never, never_n, NULL);
}

/* ---- sums: one row of each key, in the order in which rows are locked ---- */
struct sum {
    id product_id, other_id; /* other: of pairs */
    int64_t day, orders, units;
};
struct sums {
    struct sum *all;
    size_t n, room;
};

static void sums_add(struct arena *arena, struct sums *s, struct sum one)
{
    if (s->n == s->room) {
        size_t room = s->room ? 2 * s->room : 256;
        struct sum *all = NEW_N(arena, room, struct sum);
        if (s->n)
            memcpy(all, s->all, s->n * sizeof *all);
        s->all = all;
        s->room = room;
    }
    s->all[s->n++] = one;
}

static int by_key(const void *a, const void *b)
{
    const struct sum *x = a, *y = b;
    int order = id_cmp(x->product_id, y->product_id);
    if (!order)
        order = id_cmp(x->other_id, y->other_id);
    return order ? order : (x->day > y->day) - (x->day < y->day);
}

/* What comes to nothing, as an order that was undone at once, is left out. */
static void sums_merge(struct sums *s)
{
    size_t kept = 0;
    if (s->n > 1)
        qsort(s->all, s->n, sizeof *s->all, by_key);
    for (size_t i = 0; i < s->n;) {
        struct sum one = s->all[i];
        for (i++; i < s->n && by_key(&one, &s->all[i]) == 0; i++) {
            one.orders += s->all[i].orders;
            one.units += s->all[i].units;
        }
        if (one.orders || one.units)
            s->all[kept++] = one;
    }
    s->n = kept;
}

/* By product and day, by product, by pair, by day. */
struct book {
    struct sums days, baskets, pairs, totals;
};

/* `lines`: an order's, one of each product. */
static void book_order(struct arena *arena, struct book *book, const struct counted *order,
    const struct behaviour_line *lines, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct sum one = {
            .day = order->day, .orders = order->sign, .units = order->sign * lines[i].units
        };
        sums_add(arena, &book->totals, one);
        one.product_id = lines[i].product_id;
        sums_add(arena, &book->days, one);
        one.day = 0;
        sums_add(arena, &book->baskets, one);
        for (size_t k = 0; i < TOGETHER_PRODUCTS && k < n && k < TOGETHER_PRODUCTS; k++) {
            one.other_id = lines[k].product_id;
            if (k != i)
                sums_add(arena, &book->pairs, one);
        }
    }
}

static err write_products(struct behaviour *b, struct cx *cx, const struct book *book)
{
    size_t n = book->days.n;
    struct behaviour_sql_day_add_in *days =
        NEW_N(cx->arena, n + 1, struct behaviour_sql_day_add_in);
    struct behaviour_sql_basket_add_in *baskets =
        NEW_N(cx->arena, book->baskets.n + 1, struct behaviour_sql_basket_add_in);
    struct behaviour_sql_signal_due_in *due =
        NEW_N(cx->arena, book->baskets.n + 1, struct behaviour_sql_signal_due_in);
    for (size_t i = 0; i < n; i++) {
        struct sum s = book->days.all[i];
        days[i] = (struct behaviour_sql_day_add_in){
            .product_id = s.product_id, .day = s.day, .orders = s.orders, .units = s.units
        };
    }
    for (size_t i = 0; i < book->baskets.n; i++) {
        struct sum s = book->baskets.all[i];
        baskets[i] = (struct behaviour_sql_basket_add_in){ s.product_id, s.orders };
        due[i] = (struct behaviour_sql_signal_due_in){ s.product_id, cx->now_ms };
    }
    err e = n ? behaviour_sql_day_add_batch(b->deps.db, cx, days, n) : NULL;
    if (!e && book->baskets.n)
        e = behaviour_sql_signal_due_batch(b->deps.db, cx, due, book->baskets.n);
    if (!e && book->baskets.n)
        e = behaviour_sql_basket_add_batch(b->deps.db, cx, baskets, book->baskets.n);
    return e;
}

static err write_rest(struct behaviour *b, struct cx *cx, const struct book *book)
{
    struct behaviour_sql_pair_add_in *pairs =
        NEW_N(cx->arena, book->pairs.n + 1, struct behaviour_sql_pair_add_in);
    struct behaviour_sql_total_add_in *totals =
        NEW_N(cx->arena, book->totals.n + 1, struct behaviour_sql_total_add_in);
    for (size_t i = 0; i < book->pairs.n; i++) {
        struct sum s = book->pairs.all[i];
        pairs[i] = (struct behaviour_sql_pair_add_in){ s.product_id, s.other_id, s.orders };
    }
    for (size_t i = 0; i < book->totals.n; i++) {
        struct sum s = book->totals.all[i];
        totals[i] = (struct behaviour_sql_total_add_in){
            .day = s.day, .orders = s.orders, .units = s.units
        };
    }
    err e = NULL;
    if (book->pairs.n)
        e = behaviour_sql_pair_add_batch(b->deps.db, cx, pairs, book->pairs.n, NULL);
    if (!e && book->totals.n)
        e = behaviour_sql_total_add_batch(b->deps.db, cx, totals, book->totals.n, NULL);
    return e;
}

/* ---- counting ---- */
static int by_order(const void *a, const void *b)
{
    const struct behaviour_line *x = a, *y = b;
    int order = id_cmp(x->order_id, y->order_id);
    return order ? order : id_cmp(x->product_id, y->product_id);
}
static int by_order_id(const void *a, const void *b)
{
    return id_cmp(((const struct counted *)a)->order_id, ((const struct counted *)b)->order_id);
}

/* One line of each product of an order, by order. */
static size_t one_of_each(struct behaviour_line *lines, size_t n)
{
    size_t kept = 0;
    if (n > 1)
        qsort(lines, n, sizeof *lines, by_order);
    for (size_t i = 0; i < n; i++)
        if (kept > 0 && by_order(&lines[kept - 1], &lines[i]) == 0)
            lines[kept - 1].units += lines[i].units;
        else
            lines[kept++] = lines[i];
    return kept;
}

static err count(const struct counting *c, struct cx *cx, struct behaviour_lines from)
{
    struct behaviour_line *lines;
    size_t n, at = 0;
    struct book book = { .days = { .n = 0 } };
    id *order_ids = NEW_N(cx->arena, c->n, id);
    qsort(c->orders, c->n, sizeof *c->orders, by_order_id);
    for (size_t i = 0; i < c->n; i++)
        order_ids[i] = c->orders[i].order_id;
    err e = from.fn(from.arg, cx, order_ids, c->n, &lines, &n);
    if (e)
        return e;
    n = one_of_each(lines, n);
    for (size_t i = 0; i < c->n; i++) {
        while (at < n && id_cmp(lines[at].order_id, c->orders[i].order_id) < 0)
            at++;
        size_t end = at;
        while (end < n && id_eq(lines[end].order_id, c->orders[i].order_id))
            end++;
        book_order(cx->arena, &book, &c->orders[i], lines + at, end - at);
    }
    sums_merge(&book.days);
    sums_merge(&book.baskets);
    sums_merge(&book.pairs);
    sums_merge(&book.totals);
    e = write_products(c->b, cx, &book);
    return e ? e : write_rest(c->b, cx, &book);
}

err behaviour_count(
    struct behaviour *b, struct cx *cx, struct behaviour_lines lines, bool *ret_more)
{
    struct counting c = { .b = b };
    struct behaviour_sql_news_take_row *news;
    err e = behaviour_sql_news_take(
        b->deps.db, cx, (struct behaviour_sql_news_take_in){ COUNT_BATCH }, &news, &c.news_n);
    *ret_more = false;
    if (e || c.news_n == 0)
        return e;
    c.news = news;
    c.orders = NEW_N(cx->arena, c.news_n, struct counted);
    e = take_bought(&c, cx);
    if (!e)
        e = take_undone(&c, cx);
    if (!e && c.n)
        e = count(&c, cx, lines);
    if (!e)
        *ret_more = c.news_n == COUNT_BATCH;
    return e;
}
