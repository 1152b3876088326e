/* SPDX-License-Identifier: Apache-2.0
 * Two who act on the groups of one order at once, in every order of their steps: goods and money
 * are exact, and who was told that it is done got it. Run by ./dev test checkout. */
#include "flows/checkout/tests/checkout_sellers.h"
#include "flows/checkout/tests/checkout_stage.h"

struct race;
struct actor {
    struct race_world *r;
    err said;
};
struct race_world {
    struct stage stage;
    struct actor actors[2];
    id order_id;
};
static const struct buyer ada = { .user = true };

/* ---- what they do ---- */

static void end(struct actor *a, enum checkout_why why, int64_t part, const char *amount)
{
    a->said = world_end_part(a->r->stage.w, &ada, a->r->order_id, why, amount, part);
}

static void cancels_first(void *actor)
{
    end(actor, CHECKOUT_CANCELS, 1, NULL);
}

static void cancels_second(void *actor)
{
    end(actor, CHECKOUT_CANCELS, 2, NULL);
}

static void cancels_all(void *actor)
{
    end(actor, CHECKOUT_CANCELS, 0, NULL);
}

static void gives_some(void *actor)
{
    end(actor, CHECKOUT_GOODWILL, 0, "3.33");
}

struct shipping {
    struct world *w;
    id order_id;
    enum orders_status to;
};
static err unit_ship(void *arg, struct cx *cx)
{
    struct shipping *s = arg;
    return orders_group_move(s->w->orders, cx,
        (struct orders_group_move){ .order_id = s->order_id, .group = 0, .to = s->to });
}

static void ships_first(void *actor)
{
    struct actor *a = actor;
    static const enum orders_status way[] = { ORDERS_PROCESSING, ORDERS_SHIPPED };
    a->said = NULL;
    for (size_t i = 0; !a->said && i < COUNT(way); i++) {
        struct shipping s = { a->r->stage.w, a->r->order_id, way[i] };
        struct cx *cx = world_cx(s.w);
        a->said = db_write_wait(world_db(s.w, PLACE_ORDERS), cx, 0, unit_ship, &s);
        stage_step(&a->r->stage);
        world_done(cx);
    }
}

static void takes_up(void *actor)
{
    struct actor *a = actor;
    struct world *w = a->r->stage.w;
    struct cx *cx = world_cx(w);
    saga_wake(w->sagas, cx, (struct saga_wake){ .saga_id = a->r->order_id, .force = true });
    world_done(cx);
}

/* ---- the races ---- */

enum wins { BOTH_OR_ONE, ONE, DONE_ANYWAY };
static const struct race {
    const char *name;
    void (*acts[2])(void *actor);
    enum wins wins;
    bool goodwill;
} races[] = {
    { "one group twice", { cancels_first, cancels_first }, ONE },
    { "both groups", { cancels_first, cancels_second }, BOTH_OR_ONE },
    { "a group and the order", { cancels_first, cancels_all }, BOTH_OR_ONE },
    { "cancelled and shipped", { cancels_first, ships_first }, ONE },
    { "the order, and one is shipped", { cancels_all, ships_first }, ONE },
    { "a group and goodwill", { cancels_second, gives_some }, BOTH_OR_ONE, true },
    { "taken up by another process", { cancels_first, takes_up }, DONE_ANYWAY },
};

static void play(struct sellers *s, struct plan *plan, const struct race *race)
{
    static const struct sellers_line lines[] = { { 0, 2, 0 }, { 2, 1, 1 } };
    struct race_world r = { .stage = { .w = s->w, .plan = *plan } };
    char name[200];
    struct sellers_books before = sellers_look(s, race->name);
    struct orders_order o = sellers_buy(s, &ada, lines, COUNT(lines), "pm_card_visa");
    r.order_id = o.order_id;
    for (int i = 0; i < 2; i++) {
        r.actors[i].r = &r;
        r.stage.acts[i] = race->acts[i];
        r.stage.actors[i] = &r.actors[i];
    }
    stage_play(&r.stage);
    *plan = r.stage.plan;
    world_settle(s->w, SAGA_LEASE_MS + 1);
    (void)snprintf(name, sizeof name, "%s: %s (%s, %s)", race->name, r.stage.story,
        r.actors[0].said ? r.actors[0].said->slug : "-",
        r.actors[1].said ? r.actors[1].said->slug : "-");
    sellers_agree(s, name, &before, o.order_id, race->goodwill);
    bool first = !r.actors[0].said, second = !r.actors[1].said;
    CASE(name, first || second);
    CASE(name, race->wins != ONE || first != second);
    struct orders_order then = sellers_see(s, o.order_id);
    if (race->acts[0] == cancels_first && (first || race->wins == DONE_ANYWAY))
        CASE_INT(name, then.groups[0].status, ORDERS_CANCELLED);
    if (race->acts[1] == cancels_second && second)
        CASE_INT(name, then.groups[1].status, ORDERS_CANCELLED);
    if (race->acts[1] == ships_first && second)
        CASE_INT(name, then.groups[0].status, ORDERS_SHIPPED);
    if ((race->acts[0] == cancels_all && first) || (race->acts[1] == cancels_all && second))
        CASE_INT(name, then.status, ORDERS_CANCELLED);
}

/* Apart there are three times as many steps, and on PostgreSQL each is durable: there a turn is
 * taken from who could go on once. */
static void test_races(void **state)
{
    const struct world_setting *setting = *state;
    for (size_t i = 0; i < COUNT(races); i++) {
        struct world *w = world_open(state);
        struct sellers s = sellers_open(w);
        bool slow = setting->apart || setting->engine == DB_PG;
        struct plan plan = { .changes_max = slow ? 1 : 3 };
        size_t n = 0;
        do {
            play(&s, &plan, &races[i]);
            n++;
        } while (stage_advance(&plan));
        print_message("# %s: %zu orders of steps\n", races[i].name, n);
        world_close(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { WORLD_TEST_ON(test_races, 0, "SQLite"),
        WORLD_TEST_ON(test_races, 1, "SQLite apart"), WORLD_TEST_ON(test_races, 2, "PostgreSQL") };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
