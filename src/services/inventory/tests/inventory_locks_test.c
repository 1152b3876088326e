/* SPDX-License-Identifier: Apache-2.0
 * Two clients that reserve, sell or give back for several order_ids each, in opposite orders: a
 * table of their steps, run at once on two lanes. Both are never between their steps at a time, so
 * that neither holds what the other still wants: without the lock they are. Run by meson. */
#include <sched.h>
#include <stdatomic.h>

#include "platform/bus/bus.h"
#include "platform/clock/clock.h"
#include "services/inventory/inventory.h"
#include "tests/support/store.h"

static const char *const folders[] = { "platform/bus", "services/inventory", NULL };
#define MEET_MS                                                                                    \
    60 /* for how long one waits for the other between its steps; less than a lock is waited for   \
        */
#define HOLD_MS 600000

enum verb { RESERVE, CONFIRM, RELEASE, RESTOCK };
struct step {
    size_t of, variant; /* which of the client's two order_ids; what it is about */
};
/* Each client does its verb for its first order_id, then for its second. */
static const struct locks_case {
    const char *name;
    enum verb verbs[2];
    struct step steps[2][2];
    bool unlocked; /* the control: what happens without the verb that is tested */
} cases[] = {
    { "both reserve, crosswise", { RESERVE, RESERVE },
        { { { 0, 0 }, { 1, 1 } }, { { 0, 1 }, { 1, 0 } } }, false },
    { "one reserves, one sells", { RESERVE, CONFIRM },
        { { { 0, 0 }, { 1, 1 } }, { { 0, 1 }, { 1, 0 } } }, false },
    { "one reserves, one lets go", { RESERVE, RELEASE },
        { { { 0, 1 }, { 1, 0 } }, { { 0, 0 }, { 1, 1 } } }, false },
    { "one sells, one puts back", { CONFIRM, RESTOCK },
        { { { 0, 0 }, { 1, 1 } }, { { 0, 1 }, { 1, 0 } } }, false },
    { "both put back, crosswise", { RESTOCK, RESTOCK },
        { { { 0, 0 }, { 1, 1 } }, { { 0, 1 }, { 1, 0 } } }, false },
    { "the same way round", { RESERVE, RESERVE },
        { { { 0, 0 }, { 1, 1 } }, { { 0, 0 }, { 1, 1 } } }, false },
    { "without the lock they meet", { RESERVE, RESERVE },
        { { { 0, 0 }, { 1, 1 } }, { { 0, 1 }, { 1, 0 } } }, true },
};

struct world {
    struct inventory *inv;
    id warehouse, product, variants[2];
};
struct client {
    struct world *w;
    const struct locks_case *c;
    atomic_int *between; /* clients that are between their steps */
    struct clock clock;
    id order_ids[2];
    size_t which;
    bool met, inside;
};

static struct inventory_line line_of(const struct client *me, size_t step)
{
    return (struct inventory_line){ me->w->product,
        me->w->variants[me->c->steps[me->which][step].variant], 2 };
}

static err act(const struct client *me, struct cx *cx, enum verb verb, size_t step)
{
    struct inventory_line line = line_of(me, step);
    id order_id = me->order_ids[me->c->steps[me->which][step].of];
    switch (verb) {
    case RESERVE:
        return inventory_reserve(me->w->inv, cx,
            (struct inventory_reserve){ .order_id = order_id,
                .lines = &line,
                .lines_n = 1,
                .expires_ms = cx->now_ms + HOLD_MS });
    case CONFIRM:
        return inventory_confirm(me->w->inv, cx, order_id);
    case RELEASE:
        return inventory_release(me->w->inv, cx, order_id);
    case RESTOCK:
        return inventory_restock(me->w->inv, cx, order_id);
    }
    return NULL;
}

/* Until the other is between its steps too, or cannot get there. */
static void meet(struct client *me)
{
    int64_t until = clock_now_ms(&me->clock) + MEET_MS;
    me->inside = true;
    atomic_fetch_add(me->between, 1);
    while (atomic_load(me->between) < 2 && clock_now_ms(&me->clock) < until)
        sched_yield();
    me->met |= atomic_load(me->between) == 2;
}

static err unit(void *arg, struct cx *cx)
{
    struct client *me = arg;
    const struct inventory_line lines[] = { line_of(me, 0), line_of(me, 1) };
    bool reserves = me->c->verbs[me->which] == RESERVE;
    err e = me->c->unlocked ? NULL
                            : inventory_lock(me->w->inv, cx,
                                  (struct inventory_lock){ .order_ids = me->order_ids,
                                      .n = 2,
                                      .lines = lines,
                                      .lines_n = reserves ? 2 : 0 });
    for (size_t i = 0; !e && i < 2; i++) {
        e = act(me, cx, me->c->verbs[me->which], i);
        if (i == 0)
            meet(me);
    }
    if (me->inside)
        atomic_fetch_sub(me->between, 1);
    me->inside = false;
    return e;
}

/* What the verb needs to be there before. */
static err prepare(void *arg, struct cx *cx)
{
    struct client *me = arg;
    enum verb verb = me->c->verbs[me->which];
    err e = NULL;
    for (size_t i = 0; !e && verb != RESERVE && i < 2; i++)
        e = act(me, cx, RESERVE, i);
    for (size_t i = 0; !e && verb == RESTOCK && i < 2; i++)
        e = act(me, cx, CONFIRM, i);
    return e;
}

static err fill(void *arg, struct cx *cx)
{
    struct world *w = arg;
    struct inventory_level level;
    err e = inventory_warehouse_add(w->inv, cx,
        (struct inventory_warehouse){ .code = S("A"), .name = S("W"), .country = S("US") },
        &w->warehouse);
    for (size_t i = 0; !e && i < 2; i++)
        e = inventory_move(w->inv, cx,
            (struct inventory_move){ .product_id = w->product,
                .variant_id = w->variants[i],
                .warehouse_id = w->warehouse,
                .kind = INVENTORY_RECEIPT,
                .quantity = 1000 },
            &level);
    return e;
}

static err check(void *arg, struct cx *cx)
{
    struct world *w = arg;
    size_t wrong = 1;
    err e = inventory_check(w->inv, cx, &wrong);
    CHECK_INT((int64_t)wrong, 0);
    return e;
}

static void play(struct store *s, struct world *w, const struct locks_case *c)
{
    atomic_int between = 0;
    struct client clients[2];
    struct cx *cxs[2];
    struct db_ticket *tickets[2];
    for (size_t i = 0; i < 2; i++) {
        clients[i] = (struct client){
            .w = w, .c = c, .between = &between, .clock = clock_system(), .which = i
        };
        for (size_t k = 0; k < 2; k++)
            clients[i].order_ids[k] = cx_id(store_cx(s));
        CHECK_ERR(store_cx(s), store_write(s, prepare, &clients[i]), NULL);
        cxs[i] = check_cx_open();
        cxs[i]->rng = rng_seeded(id_hash(clients[i].order_ids[0])); /* no id twice */
    }
    for (size_t i = 0; i < 2; i++)
        tickets[i] = db_write_start(store_db(s), cxs[i], i, unit, &clients[i]);
    for (size_t i = 0; i < 2; i++)
        CHECK_ERR(cxs[i], db_write_finish(tickets[i]), NULL);
    bool met = clients[0].met || clients[1].met;
    CASE(c->name, met == (c->unlocked && db_engine_of(store_db(s)) == DB_PG));
    for (size_t i = 0; i < 2; i++)
        check_cx_close(cxs[i]);
    CHECK_ERR(store_cx(s), store_read(s, check, w), NULL);
}

static void test_crosswise(void **state)
{
    struct store *s = store_open_with(
        (struct store_opts){ .engine = store_engine(state), .folders = folders, .lanes = true });
    struct cx *cx = store_cx(s);
    struct world w = { .inv = inventory_open(
                           cx->arena, (struct inventory_deps){ .db = store_db(s) }) };
    w.product = cx_id(cx);
    for (size_t i = 0; i < 2; i++)
        w.variants[i] = cx_id(cx);
    CHECK_ERR(store_cx(s), store_write(s, fill, &w), NULL);
    for (size_t i = 0; i < COUNT(cases); i++)
        play(s, &w, &cases[i]);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = { STORE_TEST(test_crosswise) };
    return cmocka_run_group_tests_name("inventory_locks", tests, NULL, NULL);
}
