/* SPDX-License-Identifier: Apache-2.0
 * What must come of events: each that a unit told, and no other, has its effect once at each of its
 * consumers, in the order of its aggregate. Called by sim_bus.c and sim_shop.c; looks at rows that
 * triggers of sim_store.c write, and never asks the bus. */
#include <assert.h>
#include <string.h>

#include "platform/db/db_personal.h"
#include "tests/sim/sim_bus.h"

/* Two that count, around the real ones; "inventory.low_stock" is wanted by nobody. */
#define FIRST "sim.first"
#define SECOND "sim.second"
const struct sim_ear sim_ears[] = {
    { "order.placed", FIRST },
    { "order.placed", SECOND },
    { "order.confirmed", FIRST },
    { "order.confirmed", "notify.order_confirmed" },
    { "order.confirmed", SECOND },
    { "order.cancelled", FIRST },
    { "order.cancelled", "notify.order_cancelled" },
    { "order.cancelled", SECOND },
    { "order.refund_failed", FIRST },
    { "order.refund_failed", "notify.refund_failed" },
    { "order.refund_repaid", FIRST },
    { "order.refund_repaid", "notify.refund_repaid" },
    { "order.processing", FIRST },
    { "order.shipped", FIRST },
    { "order.delivered", FIRST },
    { "order.return_requested", FIRST },
    { "order.return_approved", FIRST },
    { "order.refunded", FIRST },
    { "order.refunded", SECOND },
    { "order.group_moved", FIRST },
    { "fraud.reviewed", "checkout.reviewed" },
    { "inventory.stock_changed", FIRST },
    { "stray.done", FIRST }, /* sim_strays_saga.c */
    { "stray.undone", SECOND },
    { "order.withdrawn", FIRST },
    { "order.withdrawn", "checkout.withdrawn" },
};
const size_t sim_ears_n = COUNT(sim_ears);
static_assert(COUNT(sim_ears) <= SIM_EARS_MAX, "stories have no room");

int sim_ear_index(const char *type, const char *consumer)
{
    for (size_t i = 0; i < COUNT(sim_ears); i++)
        if (strcmp(sim_ears[i].type, type) == 0 && strcmp(sim_ears[i].consumer, consumer) == 0)
            return (int)i;
    return -1;
}

/* ---- rows ---- */

struct told {
    id event_id, aggregate;
    str type, payload;
};
static const struct db_personal sealed = { "bus_event.payload", false, 1, { { true, 0 } } };
static const struct db_column told_out[] = {
    { "event_id", DB_T_ID, false, offsetof(struct told, event_id), NULL },
    { "aggregate_id", DB_T_ID, false, offsetof(struct told, aggregate), NULL },
    { "type", DB_T_TEXT, false, offsetof(struct told, type), NULL },
    { "payload", DB_T_TEXT, false, offsetof(struct told, payload), &sealed },
};
static const struct db_query one_told = { .name = "bus.sim_one_told",
    .text = { "SELECT event_id, aggregate_id, type, payload FROM bus_sim_told "
              "WHERE event_id = ?1",
        NULL },
    .in = sim_id_cols,
    .in_n = COUNT(sim_id_cols),
    .in_size = sizeof(struct sim_id_row),
    .out = told_out,
    .out_n = COUNT(told_out),
    .row_size = sizeof(struct told),
    .personal_out = true };
/* In the order in which they were written. */
static const struct db_query all_told = { .name = "bus.sim_all_told",
    .text = { "SELECT event_id, aggregate_id, type FROM bus_sim_told ORDER BY seq", NULL },
    .out = told_out,
    .out_n = COUNT(told_out) - 1,
    .row_size = sizeof(struct told) };
/* Those before it of its aggregate that are still there: written before it, and not only of a lower
 * id, since clocks of processes differ. */
static const struct db_query waiting_before = { .name = "bus.sim_before",
    .text = { "SELECT e.event_id AS id FROM bus_sim_told own "
              "JOIN bus_event e ON e.aggregate_id = own.aggregate_id "
              "AND e.event_id < own.event_id AND e.type <> 'inventory.low_stock' "
              "JOIN bus_sim_told t ON t.event_id = e.event_id AND t.seq < own.seq "
              "WHERE own.event_id = ?1",
        NULL },
    .in = sim_id_cols,
    .in_n = COUNT(sim_id_cols),
    .in_size = sizeof(struct sim_id_row),
    .out = sim_id_cols,
    .out_n = COUNT(sim_id_cols),
    .row_size = sizeof(struct sim_id_row) };

struct effect {
    id event_id;
    str consumer;
    int64_t n;
};
static const struct db_column effect_cols[] = {
    { "event_id", DB_T_ID, false, offsetof(struct effect, event_id), NULL },
    { "consumer", DB_T_TEXT, false, offsetof(struct effect, consumer), NULL },
    { "n", DB_T_INT, false, offsetof(struct effect, n), NULL },
};
static const struct db_query effect_add = { .name = "bus.sim_effect_add",
    .text = { "INSERT INTO bus_sim_effect (event_id, consumer, n) VALUES (?1, ?2, 1) "
              "ON CONFLICT (event_id, consumer) DO UPDATE SET n = n + 1",
        NULL },
    .in = effect_cols,
    .in_n = COUNT(effect_cols) - 1,
    .in_size = sizeof(struct effect),
    .writes = true };
static const struct db_query all_effects = { .name = "bus.sim_effects",
    .text = { "SELECT event_id, consumer, n FROM bus_sim_effect", NULL },
    .out = effect_cols,
    .out_n = COUNT(effect_cols),
    .row_size = sizeof(struct effect) };

struct left {
    id event_id;
    int64_t place;
};
enum { LEFT_EVENT, LEFT_RETRY, LEFT_DONE, LEFT_DEAD };
static const struct db_column left_out[] = {
    { "event_id", DB_T_ID, false, offsetof(struct left, event_id), NULL },
    { "place", DB_T_INT, false, offsetof(struct left, place), NULL },
};
static const struct db_query all_left = { .name = "bus.sim_left",
    .text = { "SELECT event_id, 0 AS place FROM bus_event UNION ALL "
              "SELECT event_id, 1 FROM bus_retry UNION ALL "
              "SELECT event_id, 2 FROM bus_done UNION ALL SELECT event_id, 3 FROM bus_dead",
        NULL },
    .out = left_out,
    .out_n = COUNT(left_out),
    .row_size = sizeof(struct left) };

/* ---- as it is heard ---- */

static bool was_dead(struct sim *s, id event_id)
{
    const struct sim_story *t = sim_story(s, event_id);
    return t->moments >= 9; /* at least: then later events pass it */
}

void sim_bus_heard(struct sim *s, struct cx *cx, const struct ear *x, const struct bus_event *event)
{
    struct db *db = sim_store_db(s->store, SIM_MAIN);
    struct sim_id_row in = { event->event_id }, *before;
    struct told told;
    size_t n = 0;
    bool found = false;
    err e = db_one(db, cx, &one_told, &in, &told, &found);
    sim_story(s, event->event_id)->to_nobody =
        str_find(event->payload, S("\"email\":\"\""), 0) >= 0;
    if (!e && (!found || !id_eq(told.aggregate, event->aggregate) ||
                  !str_eq(told.type, event->type) || !str_eq(told.payload, event->payload)))
        sim_fail(s, "%s hears what was not told: " STR_F, x->own[0].consumer, STR_A(event->type));
    if (!e)
        e = db_many(db, cx, &waiting_before, &in, (void **)&before, &n);
    for (size_t i = 0; !e && i < n; i++)
        if (!was_dead(s, before[i].id))
            sim_fail(s, "%s hears " STR_F " of %s before what was told before it",
                x->own[0].consumer, STR_A(event->type), sim_name(cx, event->aggregate));
    if (e)
        sim_fail(s, "an event cannot be looked at: %s", e->slug);
}

err sim_bus_note(struct sim *s, struct cx *cx, const struct ear *x, const struct bus_event *event)
{
    return db_exec(sim_store_db(s->store, SIM_MAIN), cx, &effect_add,
        &(struct effect){ event->event_id, str_from_c(x->own[0].consumer), 1 }, NULL);
}

/* ---- in the end ---- */

struct view {
    struct sim *s;
    struct db *db;
    struct told *told;
    struct effect *effects;
    struct left *left;
    size_t told_n, effects_n, left_n;
};
static err unit_view(void *arg, struct cx *cx)
{
    struct view *v = arg;
    bool main = v->db == sim_store_db(v->s->store, SIM_MAIN);
    err e = db_many(v->db, cx, &all_told, NULL, (void **)&v->told, &v->told_n);
    if (!e)
        e = db_many(v->db, cx, &all_left, NULL, (void **)&v->left, &v->left_n);
    if (!e && main)
        e = db_many(v->db, cx, &all_effects, NULL, (void **)&v->effects, &v->effects_n);
    return e;
}

static struct view look(struct sim *s, struct cx *cx, enum sim_place place)
{
    struct view v = { .s = s, .db = sim_store_db(s->store, place) };
    err e = db_read(cx, unit_view, &v);
    if (e)
        sim_fail(s, "events cannot be looked at: %s: " STR_F, e->slug, STR_A(cx->detail));
    return v;
}

/* By its id and, of an effect, its ear. */
static str key_of(struct cx *cx, id event_id, int ear)
{
    char *p = arena_alloc(cx->arena, sizeof event_id.b + 1);
    memcpy(p, event_id.b, sizeof event_id.b);
    p[sizeof event_id.b] = (char)ear;
    return (str){ p, sizeof event_id.b + 1 };
}

static struct map map_of_left(struct cx *cx, const struct view *v, int64_t place)
{
    struct map map = map_new(cx->arena, 16);
    for (size_t i = 0; i < v->left_n; i++)
        if (v->left[i].place == place)
            map_put(&map, key_of(cx, v->left[i].event_id, 0), &v->left[i]);
    return map;
}

static int ear_of(str type, str consumer)
{
    for (size_t i = 0; i < sim_ears_n; i++)
        if (str_eq(type, str_from_c(sim_ears[i].type)) &&
            str_eq(consumer, str_from_c(sim_ears[i].consumer)))
            return (int)i;
    return -1;
}

/* Every effect is of an event that was told, and there once. */
static struct map effects_of(struct cx *cx, const struct view *v)
{
    struct map map = map_new(cx->arena, v->effects_n), told = map_new(cx->arena, v->told_n);
    for (size_t i = 0; i < v->told_n; i++)
        map_put(&told, key_of(cx, v->told[i].event_id, 0), &v->told[i]);
    for (size_t i = 0; i < v->effects_n; i++) {
        const struct effect *x = &v->effects[i];
        const struct told *t = map_get(&told, key_of(cx, x->event_id, 0));
        int ear = t ? ear_of(t->type, x->consumer) : -1;
        if (ear < 0)
            sim_fail(v->s, STR_F " had an event that was not told", STR_A(x->consumer));
        else if (x->n != 1)
            sim_fail(v->s, STR_F " had " STR_F " %lld times", STR_A(x->consumer), STR_A(t->type),
                (long long)x->n);
        if (ear >= 0)
            map_put(&map, key_of(cx, x->event_id, ear), &v->effects[i]);
    }
    return map;
}

/* A letter went out for each that was to have one, and is on the list of what was sent. Who is
 * erased has no address that it could go to. */
static void check_mail(struct sim *s, struct cx *cx, const struct told *t, int ear)
{
    bool sent = map_get(&s->bus.mails, id_text(cx->arena, t->event_id)) != NULL;
    bool named = !sim_story(s, t->event_id)->to_nobody;
    if (str_starts(str_from_c(sim_ears[ear].consumer), S("notify.")) && sent != named)
        sim_fail(s, STR_F " of %s: %s mail was sent", STR_A(t->type), sim_name(cx, t->aggregate),
            sent ? "a" : "no");
}

/* It failed at least ten times, each at a moment of its own but perhaps the second. */
static void check_dead(struct sim *s, struct cx *cx, const struct told *t)
{
    const struct sim_story *story = sim_story(s, t->event_id);
    int most = 0, all = 0;
    for (size_t i = 0; i < sim_ears_n; i++) {
        most = story->fails[i] > most ? story->fails[i] : most;
        all += story->fails[i];
    }
    if (all < 10)
        sim_fail(s, STR_F " of %s was given up after %d failures", STR_A(t->type),
            sim_name(cx, t->aggregate), all);
}

static void check_heard(struct sim *s, struct cx *cx, const struct view *v)
{
    struct map effects = effects_of(cx, v), dead = map_of_left(cx, v, LEFT_DEAD);
    for (size_t i = 0; i < v->told_n; i++) {
        const struct told *t = &v->told[i];
        bool is_dead = map_get(&dead, key_of(cx, t->event_id, 0)) != NULL;
        if (is_dead)
            check_dead(s, cx, t);
        for (size_t k = 0; k < sim_ears_n; k++) {
            if (!str_eq(t->type, str_from_c(sim_ears[k].type)))
                continue;
            if (map_get(&effects, key_of(cx, t->event_id, (int)k)))
                check_mail(s, cx, t, (int)k);
            else if (!is_dead)
                sim_fail(s, "%s never had " STR_F " of %s", sim_ears[k].consumer, STR_A(t->type),
                    sim_name(cx, t->aggregate));
        }
    }
}

/* With one process, whose clock never goes back, ids are in the order of what happened. */
static void check_ids(struct sim *s, struct cx *cx, const struct view *v)
{
    struct map last = map_new(cx->arena, 64);
    for (size_t i = 0; i < v->told_n; i++) {
        struct told *t = &v->told[i];
        str key = key_of(cx, t->aggregate, 0);
        const struct told *before = map_get(&last, key);
        if (before && id_cmp(before->event_id, t->event_id) >= 0)
            sim_fail(s, STR_F " of %s has a lower id than what was told before it", STR_A(t->type),
                sim_name(cx, t->aggregate));
        map_put(&last, key, t);
    }
}

/* Nothing of an event is left once it is through; of a dead one the marks are. */
static void check_left(struct sim *s, struct cx *cx, const struct view *v)
{
    static const char *const names[] = { "an event", "a retry", "a mark", "a dead letter" };
    struct map dead = map_of_left(cx, v, LEFT_DEAD);
    for (size_t i = 0; i < v->left_n; i++) {
        const struct left *x = &v->left[i];
        bool of_dead = map_get(&dead, key_of(cx, x->event_id, 0)) != NULL;
        if (!of_dead || x->place == LEFT_EVENT || x->place == LEFT_RETRY)
            sim_fail(s, "%s is left in the outbox", names[x->place]);
    }
}

/* Whoever never failed waits for nothing: a database that was away is no failure of theirs. */
void sim_bus_look(struct sim *s)
{
    struct cx *cx = sim_cx(s, -1);
    struct view v = look(s, cx, SIM_MAIN);
    for (size_t i = 0; i < v.left_n; i++)
        if (v.left[i].place == LEFT_RETRY && sim_story(s, v.left[i].event_id)->moments == 0)
            sim_fail(s, "an event that never failed is to be tried again");
    sim_cx_close(s, cx);
}

static bool all_through(struct sim *s)
{
    struct cx *cx = sim_cx(s, -1);
    size_t n = 0;
    for (int place = 0; place < SIM_PLACES; place++) {
        if (place != SIM_MAIN && (!s->apart || place == SIM_MONEY || place == SIM_CART))
            continue;
        struct view v = look(s, cx, (enum sim_place)place);
        for (size_t i = 0; i < v.left_n; i++)
            n += v.left[i].place == LEFT_EVENT;
    }
    sim_cx_close(s, cx);
    return n == 0;
}

/* Of one order two dozen events, each of which may wait for that before it to fail ten times. */
#define ROUNDS_MAX 300

static void settle(struct sim *s)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        sim_bus_all(s, /* replays= */ false);
        if (all_through(s))
            return;
        s->now_ms += 6 * MINUTE_MS; /* longer than any pause */
    }
}

/* What was told there came to the bus of all. */
static void check_relayed(struct sim *s, struct cx *cx, enum sim_place place, const struct view *v)
{
    struct view own = look(s, cx, place);
    struct map here = map_new(cx->arena, v->told_n);
    for (size_t i = 0; i < v->told_n; i++)
        map_put(&here, key_of(cx, v->told[i].event_id, 0), &v->told[i]);
    for (size_t i = 0; i < own.told_n; i++) {
        const struct told *t = map_get(&here, key_of(cx, own.told[i].event_id, 0));
        if (!t || !str_eq(t->type, own.told[i].type) || !id_eq(t->aggregate, own.told[i].aggregate))
            sim_fail(s, STR_F " was not brought to the bus of all", STR_A(own.told[i].type));
    }
    s->bus.relayed_n += own.told_n;
    if (own.left_n)
        sim_fail(s, "%zu events of a database of its own are left there", own.left_n);
    if (s->processes_n == 1)
        check_ids(s, cx, &own);
}

static void check_all(struct sim *s, bool dead_too)
{
    static const enum sim_place places[] = { SIM_STOCK, SIM_ORDERS, SIM_BOOKS };
    struct cx *cx = sim_cx(s, -1);
    struct view v = look(s, cx, SIM_MAIN);
    check_heard(s, cx, &v);
    check_left(s, cx, &v);
    for (size_t i = 0; !dead_too && i < v.left_n; i++)
        if (v.left[i].place == LEFT_DEAD)
            sim_fail(s, "a dead letter is left");
    s->bus.relayed_n = 0;
    for (size_t i = 0; s->apart && i < COUNT(places); i++)
        check_relayed(s, cx, places[i], &v);
    for (size_t i = 0; i < v.told_n; i++)
        s->bus.relayed_n += str_starts(v.told[i].type, S("stray."));
    if (s->apart && s->bus.relayed_n != v.told_n)
        sim_fail(s, "%zu events came to the bus of all, %zu were told", v.told_n, s->bus.relayed_n);
    if (s->processes_n == 1 && !s->apart)
        check_ids(s, cx, &v);
    sim_cx_close(s, cx);
}

/* What fails for long dies twice. */
static void come_back(struct sim *s)
{
    for (int again = 0; again < 3; again++) {
        sim_bus_all(s, /* replays= */ true);
        settle(s);
    }
    s->now_ms += 2 * HOUR_MS;
    sim_bus_jobs(s);
}

void sim_bus_settle(struct sim *s)
{
    settle(s);
    s->now_ms += 2 * HOUR_MS;
    sim_bus_jobs(s);
    settle(s);
    check_all(s, /* dead_too= */ true);
    come_back(s);
}

void sim_bus_end(struct sim *s)
{
    come_back(s);
    check_all(s, /* dead_too= */ false);
}
