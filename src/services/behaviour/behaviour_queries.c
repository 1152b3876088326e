/* SPDX-License-Identifier: Apache-2.0
 * What queries lead to: from a search to a click, a cart, an order. Called by pages, carts, orders
 * and the flush; must never make a page wait, nor keep who it was. */
#include <stdlib.h>

#include "behaviour_sql.h"
#include "platform/thread/thread.h"
#include "services/behaviour/behaviour_internal.h"

#define QUERIES_MAX 5000 /* between two flushes; others are not counted */
#define LED_MAX 20000    /* likewise, products of orders */
#define TRAILS_N 16384   /* the last clicks that carts and orders can count for */
#define WAYS_N 4         /* places that a trail can have: the oldest gives way */

struct behaviour_trail {
    uint64_t who; /* the address and the product, hashed; 0: none */
    int64_t at_ms;
    size_t n;
    char query[BEHAVIOUR_QUERY_MAX];
};

void behaviour_trails_open(struct arena *life, struct behaviour *b)
{
    b->trails = NEW_N(life, TRAILS_N, struct behaviour_trail);
    b->trail_salt = rng_u64(&b->deps.rng);
}

/* Whole characters. */
static str cut(str query)
{
    size_t n = query.n < BEHAVIOUR_QUERY_MAX ? query.n : BEHAVIOUR_QUERY_MAX;
    while (n > 0 && n < query.n && ((unsigned char)query.p[n] & 0xc0) == 0x80)
        n--;
    return str_sub(query, 0, n);
}

/* ---- notes, all under the lock ---- */

/* NULL: there is no room. */
static struct behaviour_asked_note *note_of(struct behaviour *b, str query)
{
    struct behaviour_asked_note *note = map_get(&b->notes.by_query, query);
    if (note || b->notes.by_query.n >= QUERIES_MAX)
        return note;
    note = NEW(b->notes.arena, struct behaviour_asked_note);
    note->query = str_dup(b->notes.arena, query);
    map_put(&b->notes.by_query, note->query, note);
    return note;
}

static uint64_t who_of(const struct behaviour *b, const struct cx *cx, id product_id)
{
    uint64_t hash = (str_hash(cx->peer) ^ b->trail_salt) * UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ id_hash(product_id)) * UINT64_C(0xd6e8feb86659fd93);
    return hash ? hash : 1;
}

static struct behaviour_trail *ways_of(const struct behaviour *b, uint64_t who)
{
    return b->trails + (who >> 32) % (TRAILS_N / WAYS_N) * WAYS_N;
}

static void trail_put(struct behaviour *b, const struct cx *cx, id product_id, str query)
{
    uint64_t who = who_of(b, cx, product_id);
    struct behaviour_trail *ways = ways_of(b, who), *at = ways;
    for (size_t i = 0; i < WAYS_N; i++) {
        if (ways[i].who == who) {
            at = &ways[i];
            break;
        }
        if (ways[i].at_ms < at->at_ms)
            at = &ways[i];
    }
    *at = (struct behaviour_trail){ .who = who, .at_ms = cx->now_ms, .n = query.n };
    memcpy(at->query, query.p, query.n);
}

/* The query that led there last, not too long ago; absent: none. */
static str trail_of(const struct behaviour *b, const struct cx *cx, id product_id)
{
    uint64_t who = who_of(b, cx, product_id);
    const struct behaviour_trail *ways = ways_of(b, who);
    for (size_t i = 0; i < WAYS_N; i++)
        if (ways[i].who == who && cx->now_ms - ways[i].at_ms < BEHAVIOUR_LED_MS)
            return (str){ ways[i].query, ways[i].n };
    return (str){ 0 };
}

void behaviour_asked(struct behaviour *b, const struct cx *cx, str query)
{
    query = cut(query);
    if (!query.n)
        return;
    lock_take(b->lock);
    struct behaviour_asked_note *note =
        behaviour_is_new(b, cx, str_hash(query)) ? note_of(b, query) : NULL;
    if (note)
        note->asked++;
    lock_give(b->lock);
}

void behaviour_came(
    struct behaviour *b, const struct cx *cx, str query, id product_id, int64_t position)
{
    query = cut(query);
    if (!query.n)
        return;
    lock_take(b->lock);
    trail_put(b, cx, product_id, query);
    struct behaviour_asked_note *note =
        behaviour_is_new(b, cx, str_hash(query) + id_hash(product_id)) ? note_of(b, query) : NULL;
    if (note) {
        note->clicked++;
        note->placed += position > 0;
        note->positions += position > 0 ? position : 0;
    }
    lock_give(b->lock);
}

void behaviour_trail_carted(struct behaviour *b, const struct cx *cx, id product_id)
{
    str query = trail_of(b, cx, product_id);
    struct behaviour_asked_note *note = query.n ? note_of(b, query) : NULL;
    if (note)
        note->carts++;
}

void behaviour_ordering(
    struct behaviour *b, const struct cx *cx, id order_id, const id *product_ids, size_t n)
{
    lock_take(b->lock);
    for (size_t i = 0; i < n && b->notes.led_n < LED_MAX; i++) {
        str query = trail_of(b, cx, product_ids[i]);
        if (!query.n)
            continue;
        struct behaviour_led_note *note = NEW(b->notes.arena, struct behaviour_led_note);
        *note = (struct behaviour_led_note){ .order_id = order_id,
            .product_id = product_ids[i],
            .query = str_dup(b->notes.arena, query),
            .next = b->notes.led };
        b->notes.led = note;
        b->notes.led_n++;
    }
    lock_give(b->lock);
}

/* ---- writing ---- */

static int by_query(const void *a, const void *b)
{
    return str_cmp(((const struct behaviour_asked_note *)a)->query,
        ((const struct behaviour_asked_note *)b)->query);
}

err behaviour_write_queries(struct behaviour *b, struct cx *cx, const struct behaviour_taken *taken)
{
    int64_t day = behaviour_day_of(cx->now_ms);
    struct behaviour_sql_query_add_in *asked =
        NEW_N(cx->arena, taken->asked_n, struct behaviour_sql_query_add_in);
    struct behaviour_sql_led_add_in *led =
        NEW_N(cx->arena, taken->led_n, struct behaviour_sql_led_add_in);
    qsort(taken->asked, taken->asked_n, sizeof *taken->asked, by_query);
    for (size_t i = 0; i < taken->asked_n; i++) {
        const struct behaviour_asked_note *note = &taken->asked[i];
        asked[i] = (struct behaviour_sql_query_add_in){ .query = note->query,
            .day = day,
            .asked = note->asked,
            .clicked = note->clicked,
            .placed = note->placed,
            .positions = note->positions,
            .carts = note->carts };
    }
    for (size_t i = 0; i < taken->led_n; i++)
        led[i] = (struct behaviour_sql_led_add_in){ .order_id = taken->led[i].order_id,
            .product_id = taken->led[i].product_id,
            .query = taken->led[i].query,
            .day = day,
            .noted_ms = cx->now_ms };
    err e = taken->asked_n
                ? behaviour_sql_query_add_batch(b->deps.db, cx, asked, taken->asked_n, NULL)
                : NULL;
    if (!e && taken->led_n)
        e = behaviour_sql_led_add_batch(b->deps.db, cx, led, taken->led_n, NULL);
    return e;
}

/* What stands for a day is counted, if it still counts, and no longer known of the order. */
err behaviour_settle(struct behaviour *b, struct cx *cx)
{
    struct behaviour_sql_led_due_row *due;
    size_t n;
    int64_t before = cx->now_ms - BEHAVIOUR_LED_MS;
    err e = behaviour_sql_led_due(
        b->deps.db, cx, (struct behaviour_sql_led_due_in){ before }, &due, &n);
    if (e)
        return e;
    struct behaviour_sql_query_add_in *rows =
        NEW_N(cx->arena, n, struct behaviour_sql_query_add_in);
    for (size_t i = 0; i < n; i++)
        rows[i] = (struct behaviour_sql_query_add_in){
            .query = due[i].query, .day = due[i].day, .orders = due[i].orders
        };
    e = n ? behaviour_sql_query_add_batch(b->deps.db, cx, rows, n, NULL) : NULL;
    return e ? e
             : behaviour_sql_led_forget(
                   b->deps.db, cx, (struct behaviour_sql_led_forget_in){ before }, NULL);
}

/* ---- the report ---- */
err behaviour_queries_of(struct behaviour *b, struct cx *cx, int64_t days, int64_t limit,
    struct behaviour_query **ret, size_t *ret_n)
{
    struct behaviour_sql_query_report_row *rows;
    size_t n;
    int64_t from = behaviour_day_of(cx->now_ms) - days + 1;
    err e = behaviour_sql_query_report(
        b->deps.db, cx, (struct behaviour_sql_query_report_in){ from, limit }, &rows, &n);
    if (e)
        return e;
    struct behaviour_sql_led_of_in *keys = NEW_N(cx->arena, n, struct behaviour_sql_led_of_in);
    struct behaviour_sql_led_of_row *led = NEW_N(cx->arena, n, struct behaviour_sql_led_of_row);
    bool *found = NEW_N(cx->arena, n, bool);
    for (size_t i = 0; i < n; i++)
        keys[i] = (struct behaviour_sql_led_of_in){ rows[i].query, from };
    e = n ? behaviour_sql_led_of_batch(b->deps.db, cx, keys, n, led, found) : NULL;
    if (e)
        return e;
    *ret = NEW_N(cx->arena, n, struct behaviour_query);
    *ret_n = n;
    for (size_t i = 0; i < n; i++)
        (*ret)[i] = (struct behaviour_query){ .query = rows[i].query,
            .searches = rows[i].asked,
            .clicks = rows[i].clicked,
            .carts = rows[i].carts,
            .orders = rows[i].orders + led[i].orders,
            .position = rows[i].placed ? (double)rows[i].positions / (double)rows[i].placed : 0 };
    return NULL;
}
