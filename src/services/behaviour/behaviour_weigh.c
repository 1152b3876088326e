/* SPDX-License-Identifier: Apache-2.0
 * From counts to signals, product by product; what is too old. Called by jobs and by staff; must
 * never weigh with anything but what is counted. */
#include <stdlib.h>

#include "behaviour_sql.h"
#include "services/behaviour/behaviour_internal.h"

#define BATCH 200 /* products of a round */
#define FORGET_BATCH 2000

/* What all products of a round are weighed with. */
struct scales {
    struct behaviour_curve curve;
    struct behaviour_usual usual;
    int64_t today, from, selling_milli, selling;
};

static void usual_of(struct scales *s)
{
    s->usual.units_a_day =
        s->selling > 0 ? (double)s->selling_milli / 1000 / (double)s->selling : 0;
}

static err scales_of(struct behaviour *b, struct cx *cx, struct scales *ret)
{
    struct behaviour_place places[BEHAVIOUR_PLACES_N] = { { 0 } };
    struct behaviour_sql_places_row *rows;
    struct behaviour_sql_totals_row *totals;
    struct behaviour_sql_state_get_row state;
    size_t n = 0, totals_n = 0;
    bool found = false;
    struct scales s = { .today = behaviour_day_of(cx->now_ms) };
    s.from = s.today - BEHAVIOUR_DAYS + 1;
    err e =
        behaviour_sql_places(b->deps.db, cx, (struct behaviour_sql_places_in){ s.from }, &rows, &n);
    if (!e)
        e = behaviour_sql_totals(
            b->deps.db, cx, (struct behaviour_sql_totals_in){ s.from }, &totals, &totals_n);
    if (!e)
        e = behaviour_sql_state_get(b->deps.db, cx, &state, &found);
    if (e)
        return e;
    for (size_t i = 0; i < n; i++) {
        double weight = behaviour_weight_of(s.today - rows[i].day);
        if (rows[i].place < 0 || rows[i].place >= BEHAVIOUR_PLACES_N)
            continue;
        places[rows[i].place].shown += weight * (double)rows[i].shown_milli / 1000;
        places[rows[i].place].clicked += weight * (double)rows[i].clicked;
    }
    s.curve = behaviour_curve_of(places);
    for (size_t i = 0; i < totals_n; i++) {
        double weight = behaviour_weight_of(s.today - totals[i].day);
        s.usual.views += weight * (double)totals[i].views;
        s.usual.orders += weight * (double)totals[i].orders;
    }
    if (found) {
        s.selling_milli = state.selling_milli;
        s.selling = state.selling;
    }
    usual_of(&s);
    *ret = s;
    return NULL;
}

/* What is counted of a product: as it is for staff, weighed by age for the signals. */
struct counted {
    struct behaviour_figures plain;
    struct behaviour_counts weighed;
};

static err count_of(
    struct behaviour *b, struct cx *cx, const struct scales *s, id product_id, struct counted *ret)
{
    struct behaviour_sql_shown_of_row *shown;
    struct behaviour_sql_day_of_row *days;
    size_t shown_n = 0, days_n = 0;
    struct counted c = { .plain = { .shown = 0 } };
    err e = behaviour_sql_shown_of(b->deps.db, cx,
        (struct behaviour_sql_shown_of_in){ product_id, s->from }, &shown, &shown_n);
    if (!e)
        e = behaviour_sql_day_of(b->deps.db, cx,
            (struct behaviour_sql_day_of_in){ product_id, s->from }, &days, &days_n);
    for (size_t i = 0; !e && i < shown_n; i++) {
        double weight = behaviour_weight_of(s->today - shown[i].day);
        bool known = shown[i].place >= 0 && shown[i].place < BEHAVIOUR_PLACES_N;
        double expected = known ? (double)shown[i].shown * s->curve.clicks[shown[i].place] : 0;
        c.plain.shown += shown[i].shown;
        c.plain.clicked += shown[i].clicked;
        c.plain.expected += expected;
        c.weighed.expected += weight * expected;
        c.weighed.clicked += weight * (double)shown[i].clicked;
    }
    for (size_t i = 0; !e && i < days_n; i++) {
        double weight = behaviour_weight_of(s->today - days[i].day);
        c.plain.views += days[i].views;
        c.plain.carts += days[i].carts;
        c.plain.orders += days[i].orders;
        c.plain.units += days[i].units;
        c.weighed.views += weight * (double)days[i].views;
        c.weighed.orders += weight * (double)days[i].orders;
        c.weighed.units += weight * (double)days[i].units;
    }
    c.plain.units_a_day = behaviour_units_a_day(c.weighed.units);
    c.plain.signal.product_id = product_id;
    if (!e)
        *ret = c;
    return e;
}

static void weigh(const struct scales *s, struct counted *c)
{
    id product_id = c->plain.signal.product_id;
    c->plain.signal = behaviour_signal_of(c->weighed, s->usual);
    c->plain.signal.product_id = product_id;
}

static bool is_nothing(const struct behaviour_figures *f)
{
    return !f->shown && !f->clicked && !f->views && !f->carts && !f->orders && !f->units;
}

struct weighing {
    struct behaviour *b;
    struct behaviour_sql_signal_list_row *rows;
    size_t n;
    struct behaviour_sql_signal_put_in *puts;
    struct behaviour_sql_signal_forget_in *gone;
    struct behaviour_signal *changed;
    size_t gone_n, changed_n;
    int64_t selling_milli, selling; /* more than before */
};

/* First what sells, so that this round is weighed with what it found. */
static err count_all(struct weighing *w, struct cx *cx, struct scales *s, struct counted *counted)
{
    err e = NULL;
    for (size_t i = 0; !e && i < w->n; i++) {
        const struct behaviour_sql_signal_list_row *row = &w->rows[i];
        e = count_of(w->b, cx, s, row->product_id, &counted[i]);
        int64_t selling = e ? 0 : (int64_t)(counted[i].plain.units_a_day * 1000);
        w->puts[i].selling_milli = selling;
        w->selling_milli += selling - row->selling_milli;
        w->selling += (selling > 0) - (row->selling_milli > 0);
    }
    s->selling_milli += w->selling_milli;
    s->selling += w->selling;
    usual_of(s);
    return e;
}

static void weigh_one(struct weighing *w, int64_t next_ms, const struct counted *c, size_t i)
{
    const struct behaviour_sql_signal_list_row *row = &w->rows[i];
    struct behaviour_signal now = c->plain.signal;
    w->puts[i] = (struct behaviour_sql_signal_put_in){ .product_id = row->product_id,
        .due_was = row->due_ms,
        .due_next = next_ms,
        .velocity = now.velocity,
        .clicks = now.clicks,
        .conversion = now.conversion,
        .selling_milli = w->puts[i].selling_milli };
    if (is_nothing(&c->plain))
        w->gone[w->gone_n++] = (struct behaviour_sql_signal_forget_in){ row->product_id, next_ms };
    if (now.velocity != row->velocity || now.clicks != row->clicks ||
        now.conversion != row->conversion)
        w->changed[w->changed_n++] = now;
}

static int by_product(const void *a, const void *b)
{
    return id_cmp(((const struct behaviour_sql_signal_list_row *)a)->product_id,
        ((const struct behaviour_sql_signal_list_row *)b)->product_id);
}

err behaviour_weigh(struct behaviour *b, struct cx *cx, struct behaviour_signal **ret,
    size_t *ret_n, bool *ret_more)
{
    struct weighing w = { .b = b };
    struct scales s;
    err e = behaviour_sql_signal_list(
        b->deps.db, cx, (struct behaviour_sql_signal_list_in){ cx->now_ms, BATCH }, &w.rows, &w.n);
    *ret_n = 0;
    *ret_more = false;
    if (e || w.n == 0)
        return e;
    qsort(w.rows, w.n, sizeof *w.rows, by_product); /* as all lock them */
    w.puts = NEW_N(cx->arena, w.n, struct behaviour_sql_signal_put_in);
    w.gone = NEW_N(cx->arena, w.n, struct behaviour_sql_signal_forget_in);
    w.changed = NEW_N(cx->arena, w.n, struct behaviour_signal);
    struct counted *counted = NEW_N(cx->arena, w.n, struct counted);
    e = scales_of(b, cx, &s);
    if (!e)
        e = count_all(&w, cx, &s, counted);
    for (size_t i = 0; !e && i < w.n; i++) {
        weigh(&s, &counted[i]);
        weigh_one(&w, cx->now_ms + DAY_MS, &counted[i], i);
    }
    if (!e)
        e = behaviour_sql_signal_put_batch(b->deps.db, cx, w.puts, w.n, NULL);
    if (!e && w.gone_n > 0)
        e = behaviour_sql_signal_forget_batch(b->deps.db, cx, w.gone, w.gone_n, NULL);
    if (!e && (w.selling_milli || w.selling))
        e = behaviour_sql_state_add(b->deps.db, cx,
            (struct behaviour_sql_state_add_in){ w.selling_milli, w.selling }, NULL);
    if (e)
        return e;
    *ret = w.changed;
    *ret_n = w.changed_n;
    *ret_more = w.n == BATCH;
    return NULL;
}

err behaviour_figures_of(
    struct behaviour *b, struct cx *cx, id product_id, struct behaviour_figures *ret)
{
    struct scales s;
    struct counted c;
    err e = scales_of(b, cx, &s);
    if (!e)
        e = count_of(b, cx, &s, product_id, &c);
    if (!e) {
        weigh(&s, &c);
        *ret = c.plain;
    }
    return e;
}

/* ---- what is too old ---- */
static err forget(void *service, struct cx *cx, bool *ret_more)
{
    struct behaviour *b = service;
    int64_t before = behaviour_day_of(cx->now_ms) - b->deps.keep_days;
    int64_t shown = 0, days = 0, orders = 0, queries = 0;
    err e = behaviour_sql_shown_forget(
        b->deps.db, cx, (struct behaviour_sql_shown_forget_in){ before, FORGET_BATCH }, &shown);
    if (!e)
        e = behaviour_sql_day_forget(
            b->deps.db, cx, (struct behaviour_sql_day_forget_in){ before, FORGET_BATCH }, &days);
    if (!e)
        e = behaviour_sql_order_forget(b->deps.db, cx,
            (struct behaviour_sql_order_forget_in){ before, FORGET_BATCH }, &orders);
    if (!e)
        e = behaviour_sql_place_forget(
            b->deps.db, cx, (struct behaviour_sql_place_forget_in){ before }, NULL);
    if (!e)
        e = behaviour_sql_total_forget(
            b->deps.db, cx, (struct behaviour_sql_total_forget_in){ before }, NULL);
    if (!e)
        e = behaviour_sql_query_forget(b->deps.db, cx,
            (struct behaviour_sql_query_forget_in){ before, FORGET_BATCH }, &queries);
    *ret_more = shown == FORGET_BATCH || days == FORGET_BATCH || orders == FORGET_BATCH ||
                queries == FORGET_BATCH;
    return e;
}

static err settle(void *service, struct cx *cx, bool *ret_more)
{
    *ret_more = false;
    return behaviour_settle(service, cx);
}

const struct job behaviour_jobs[] = { { "behaviour.forget", HOUR_MS, forget },
    { "behaviour.settle", 10 * MINUTE_MS, settle }, { 0 } };
