/* SPDX-License-Identifier: Apache-2.0
 * What is seen by the way: noted in memory of bounded size, written in batches. Called by beacons,
 * carts and a timer; must never make anybody wait for a write, nor keep who did it. */
#include <stdlib.h>

#include "behaviour_sql.h"
#include "platform/thread/thread.h"
#include "services/behaviour/behaviour_internal.h"

#define NOTES_MAX 20000  /* products between two flushes; others are not counted */
#define SEEN_N (1 << 16) /* hashes of an hour; when three quarters are full, it is forgotten */
#define POSITION_MAX 100000

/* Empty ones in an arena that they have for themselves. */
static struct behaviour_notes notes_new(struct arena *arena)
{
    arena_reset(arena);
    return (struct behaviour_notes){
        .arena = arena, .by_product = map_new(arena, 64), .by_query = map_new(arena, 64)
    };
}

void behaviour_notes_open(struct arena *life, struct behaviour *b)
{
    b->lock = lock_open(life);
    b->notes = notes_new(arena_open(4096));
    b->writing = notes_new(arena_open(4096));
    b->seen = NEW_N(life, SEEN_N, uint64_t);
    b->salt = rng_u64(&b->deps.rng);
    behaviour_trails_open(life, b);
}

void behaviour_notes_close(struct behaviour *b)
{
    arena_close(b->notes.arena);
    arena_close(b->writing.arena);
}

bool behaviour_is_new(struct behaviour *b, const struct cx *cx, uint64_t what)
{
    int64_t hour = cx->now_ms / HOUR_MS;
    if (hour != b->seen_hour || b->seen_n > SEEN_N / 4 * 3) {
        memset(b->seen, 0, SEEN_N * sizeof *b->seen);
        b->seen_n = 0;
        b->seen_hour = hour;
        b->salt = rng_u64(&b->deps.rng);
    }
    uint64_t hash = (str_hash(cx->peer) ^ b->salt) * UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ what) * UINT64_C(0xd6e8feb86659fd93);
    hash = hash ? hash : 1;
    size_t at = (size_t)(hash >> 32) % SEEN_N;
    for (; b->seen[at]; at = (at + 1) % SEEN_N)
        if (b->seen[at] == hash)
            return false;
    b->seen[at] = hash;
    b->seen_n++;
    return true;
}

/* Under the lock. NULL: there is no room. */
static struct behaviour_note *note_of(struct behaviour *b, id product_id)
{
    struct behaviour_note *note =
        map_get(&b->notes.by_product, (str){ (const char *)product_id.b, sizeof product_id.b });
    if (note || b->notes.by_product.n >= NOTES_MAX)
        return note;
    note = NEW(b->notes.arena, struct behaviour_note);
    note->product_id = product_id;
    map_put(&b->notes.by_product,
        (str){ (const char *)note->product_id.b, sizeof note->product_id.b }, note);
    return note;
}

static uint64_t what_of(const struct behaviour_event *e)
{
    return id_hash(e->product_id) + (uint64_t)e->kind * UINT64_C(0x9e3779b97f4a7c15);
}

static bool take(struct behaviour *b, const struct cx *cx, const struct behaviour_event *e)
{
    bool placed = e->kind == BEHAVIOUR_SHOWN || e->kind == BEHAVIOUR_CLICKED;
    if (id_is_none(e->product_id) || (placed && (e->position < 1 || e->position > POSITION_MAX)) ||
        !behaviour_is_new(b, cx, what_of(e)))
        return false;
    struct behaviour_note *note = note_of(b, e->product_id);
    if (!note)
        return false;
    int64_t place = placed ? behaviour_place_of(e->position) : 0;
    switch (e->kind) {
    case BEHAVIOUR_SHOWN:
        note->shown[place]++;
        break;
    case BEHAVIOUR_CLICKED:
        note->clicked[place]++;
        break;
    case BEHAVIOUR_VIEWED:
        note->views++;
        break;
    case BEHAVIOUR_CARTED:
        note->carts++;
        behaviour_trail_carted(b, cx, e->product_id);
        break;
    case BEHAVIOUR_AD_SHOWN:
        note->ads_shown++;
        break;
    case BEHAVIOUR_AD_CLICKED:
        note->ads_clicked++;
        break;
    case BEHAVIOUR_KINDS_N:
        break;
    }
    return true;
}

size_t behaviour_note(
    struct behaviour *b, const struct cx *cx, const struct behaviour_event *events, size_t n)
{
    size_t taken = 0;
    lock_take(b->lock);
    for (size_t i = 0; i < n; i++)
        taken += take(b, cx, &events[i]);
    lock_give(b->lock);
    return taken;
}

/* ---- the flush ---- */
static int by_product(const void *a, const void *b)
{
    return id_cmp(((const struct behaviour_note *)a)->product_id,
        ((const struct behaviour_note *)b)->product_id);
}

/* What was noted, in the arena, by product. What an earlier unit took and did not commit comes
 * first: the same again, until it is written. */
static bool is_empty(const struct behaviour_notes *notes)
{
    return notes->by_product.n == 0 && notes->by_query.n == 0 && !notes->led;
}

/* In the arena: the notes are forgotten when the unit commits. */
static struct behaviour_taken queries_of(struct arena *arena, const struct behaviour_notes *notes)
{
    struct behaviour_taken t = { .asked_n = notes->by_query.n };
    t.asked = NEW_N(arena, t.asked_n, struct behaviour_asked_note);
    for (size_t i = 0; i < t.asked_n; i++) {
        t.asked[i] = *(const struct behaviour_asked_note *)notes->by_query.entries[i].value;
        t.asked[i].query = str_dup(arena, t.asked[i].query);
    }
    t.led = NEW_N(arena, notes->led_n, struct behaviour_led_note);
    for (const struct behaviour_led_note *l = notes->led; l; l = l->next) {
        t.led[t.led_n] = *l;
        t.led[t.led_n++].query = str_dup(arena, l->query);
    }
    return t;
}

static size_t take_notes(struct behaviour *b, struct arena *arena, struct behaviour_note **ret,
    struct behaviour_taken *ret_queries)
{
    lock_take(b->lock);
    if (is_empty(&b->writing)) {
        struct behaviour_notes empty = b->writing;
        b->writing = b->notes;
        b->notes = empty;
    }
    const struct map *taken = &b->writing.by_product;
    size_t n = taken->n;
    *ret = NEW_N(arena, n + 1, struct behaviour_note);
    for (size_t i = 0; i < n; i++)
        (*ret)[i] = *(const struct behaviour_note *)taken->entries[i].value;
    *ret_queries = queries_of(arena, &b->writing);
    lock_give(b->lock);
    qsort(*ret, n, sizeof **ret, by_product);
    return n;
}

static void written(void *arg)
{
    struct behaviour *b = arg;
    lock_take(b->lock);
    b->writing = notes_new(b->writing.arena);
    lock_give(b->lock);
}

/* Only what the catalogue has: anybody may send any id. */
static err drop_unknown(
    struct cx *cx, struct behaviour_known known, struct behaviour_note *notes, size_t *n)
{
    id *ids = NEW_N(cx->arena, *n, id);
    bool *there = NEW_N(cx->arena, *n, bool);
    for (size_t i = 0; i < *n; i++)
        ids[i] = notes[i].product_id;
    err e = known.fn(known.arg, cx, ids, *n, there);
    size_t kept = 0;
    for (size_t i = 0; !e && i < *n; i++)
        if (there[i])
            notes[kept++] = notes[i];
    *n = e ? *n : kept;
    return e;
}

struct flushing {
    struct behaviour *b;
    const struct behaviour_note *notes;
    size_t n;
    int64_t day;
    double *good; /* how good each product is taken to be, 1 as usual */
    double shown[BEHAVIOUR_PLACES_N];
    int64_t clicked[BEHAVIOUR_PLACES_N], views, carts;
};

static err write_products(struct flushing *f, struct cx *cx)
{
    struct behaviour *b = f->b;
    struct behaviour_sql_shown_add_in *shown =
        NEW_N(cx->arena, f->n * BEHAVIOUR_PLACES_N, struct behaviour_sql_shown_add_in);
    struct behaviour_sql_day_add_in *days = NEW_N(cx->arena, f->n, struct behaviour_sql_day_add_in);
    struct behaviour_sql_signal_due_in *due =
        NEW_N(cx->arena, f->n, struct behaviour_sql_signal_due_in);
    size_t shown_n = 0, days_n = 0;
    for (size_t i = 0; i < f->n; i++) {
        const struct behaviour_note *note = &f->notes[i];
        due[i] = (struct behaviour_sql_signal_due_in){ note->product_id, cx->now_ms };
        for (int64_t p = 0; p < BEHAVIOUR_PLACES_N; p++) {
            if (note->shown[p] == 0 && note->clicked[p] == 0)
                continue;
            shown[shown_n++] = (struct behaviour_sql_shown_add_in){ .product_id = note->product_id,
                .day = f->day,
                .place = p,
                .shown = note->shown[p],
                .clicked = note->clicked[p] };
            f->shown[p] += (double)note->shown[p] * f->good[i];
            f->clicked[p] += note->clicked[p];
        }
        if (note->views || note->carts)
            days[days_n++] = (struct behaviour_sql_day_add_in){ .product_id = note->product_id,
                .day = f->day,
                .views = note->views,
                .carts = note->carts };
        f->views += note->views;
        f->carts += note->carts;
    }
    err e = behaviour_sql_shown_add_batch(b->deps.db, cx, shown, shown_n, NULL);
    if (!e)
        e = behaviour_sql_day_add_batch(b->deps.db, cx, days, days_n);
    return e ? e : behaviour_sql_signal_due_batch(b->deps.db, cx, due, f->n);
}

static err write_shop(struct flushing *f, struct cx *cx)
{
    struct behaviour_sql_place_add_in places[BEHAVIOUR_PLACES_N];
    size_t n = 0;
    for (int64_t p = 0; p < BEHAVIOUR_PLACES_N; p++)
        if (f->shown[p] > 0 || f->clicked[p] > 0)
            places[n++] = (struct behaviour_sql_place_add_in){ .day = f->day,
                .place = p,
                .shown_milli = (int64_t)(f->shown[p] * 1000),
                .clicked = f->clicked[p] };
    err e = behaviour_sql_place_add_batch(f->b->deps.db, cx, places, n, NULL);
    if (e || (f->views == 0 && f->carts == 0))
        return e;
    return behaviour_sql_total_add(f->b->deps.db, cx,
        (struct behaviour_sql_total_add_in){ .day = f->day, .views = f->views, .carts = f->carts },
        NULL);
}

/* Sponsored places are bought: they go to whoever asks, and say nothing of the product. */
static size_t take_ads(
    struct cx *cx, struct behaviour_note *notes, size_t *n, struct behaviour_ad **ret)
{
    size_t ads = 0, kept = 0;
    *ret = NEW_N(cx->arena, *n + 1, struct behaviour_ad);
    for (size_t i = 0; i < *n; i++) {
        const struct behaviour_note *note = &notes[i];
        int64_t own = note->views + note->carts;
        for (size_t p = 0; p < BEHAVIOUR_PLACES_N; p++)
            own += note->shown[p] + note->clicked[p];
        if (note->ads_shown || note->ads_clicked)
            (*ret)[ads++] =
                (struct behaviour_ad){ note->product_id, note->ads_shown, note->ads_clicked };
        if (own > 0)
            notes[kept++] = *note;
    }
    *n = kept;
    return ads;
}

static err write_notes(struct behaviour *b, struct cx *cx, struct behaviour_note *notes, size_t n)
{
    err e;
    if (n == 0)
        return NULL;
    struct behaviour_sql_signal_get_in *keys =
        NEW_N(cx->arena, n, struct behaviour_sql_signal_get_in);
    struct behaviour_sql_signal_get_row *rows =
        NEW_N(cx->arena, n, struct behaviour_sql_signal_get_row);
    bool *found = NEW_N(cx->arena, n, bool);
    for (size_t i = 0; i < n; i++)
        keys[i].product_id = notes[i].product_id;
    e = behaviour_sql_signal_get_batch(b->deps.db, cx, keys, n, rows, found);
    if (e)
        return e;
    struct flushing f = { .b = b,
        .notes = notes,
        .n = n,
        .day = behaviour_day_of(cx->now_ms),
        .good = NEW_N(cx->arena, n, double) };
    for (size_t i = 0; i < n; i++)
        f.good[i] = found[i] ? (double)rows[i].clicks / 1000 : 1;
    e = write_products(&f, cx);
    return e ? e : write_shop(&f, cx);
}

err behaviour_flush(struct behaviour *b, struct cx *cx, struct behaviour_known known,
    struct behaviour_ad **ret, size_t *ret_n)
{
    struct behaviour_note *notes;
    struct behaviour_taken queries;
    size_t n = take_notes(b, cx->arena, &notes, &queries), kept = n;
    *ret_n = 0;
    if (n + queries.asked_n + queries.led_n == 0)
        return NULL;
    err e = n ? drop_unknown(cx, known, notes, &kept) : NULL;
    if (e)
        return e;
    size_t ads = take_ads(cx, notes, &kept, ret);
    e = write_notes(b, cx, notes, kept);
    if (!e)
        e = behaviour_write_queries(b, cx, &queries);
    if (e)
        return e;
    db_after_commit(cx, written, b);
    *ret_n = ads;
    return NULL;
}
