/* SPDX-License-Identifier: Apache-2.0
 * Buyers of what was refused a moment ago share a look: how much it asks, that nobody is told of a
 * look from before they came, and that everybody is told once, whatever happens to it. */
#include "flows/checkout/tests/checkout_world.h"

#define BUYERS 70 /* more than a look has room for */
#define ROOM BATCH_MAX
#define JOBS_MAX 256

/* Workers that do something when they are told to. */
struct hands {
    void (*fn[JOBS_MAX])(void *arg);
    void *arg[JOBS_MAX];
    size_t n, done;
    bool full;
};

static bool hands_submit(void *self, void (*fn)(void *arg), void *arg)
{
    struct hands *h = self;
    if (h->full)
        return false;
    assert_true(h->n < JOBS_MAX);
    h->fn[h->n] = fn;
    h->arg[h->n++] = arg;
    return true;
}

static void hands_one(struct hands *h)
{
    assert_true(h->done < h->n);
    size_t at = h->done++;
    h->fn[at](h->arg[at]);
}

static void hands_all(struct hands *h)
{
    while (h->done < h->n)
        hands_one(h);
}

struct shelf {
    struct world *w;
    struct inventory_level *levels;
};

static err unit_levels(void *arg, struct cx *cx)
{
    struct shelf *s = arg;
    size_t n;
    return inventory_levels(
        s->w->inventory, cx, s->w->lamps[0].product_id, s->w->lamps[0].variant_id, &s->levels, &n);
}

static void check_shelf(struct world *w, int64_t on_hand)
{
    struct shelf s = { .w = w };
    struct cx *cx = world_cx(w);
    CHECK_ERR(cx, db_read(cx, unit_levels, &s), NULL);
    CHECK_INT(s.levels[0].on_hand, on_hand);
    CHECK_INT(s.levels[0].reserved, 0);
    world_done(cx);
}

static void make_scarce(struct world *w)
{
    struct cx *cx = world_cx(w);
    checkout_scarce_note(w->c, cx, w->lamps[0].variant_id);
    world_done(cx);
}

static struct told *join(struct world *w, const struct buyer *b, const char *key)
{
    struct told *t =
        world_ready(w, (struct wanted){ .buyer = b, .card = "pm_card_visa", .red = 1, .key = key });
    checkout_place(&t->place);
    return t;
}

struct crowd {
    struct world *w;
    struct hands hands;
    struct buyer b;
    struct told *told[BUYERS];
};

static struct crowd *crowd_open(void **state)
{
    struct world *w = world_open(state);
    struct crowd *c = NEW(w->life, struct crowd);
    *c = (struct crowd){ .w = w, .b = world_guest(w, 1, 0) };
    w->c->deps.workers = (struct executor){ .submit = hands_submit, .self = &c->hands };
    w->c->crowd = checkout_crowd_open(w->life, w->c);
    make_scarce(w);
    return c;
}

static void all_join(struct crowd *c)
{
    for (size_t i = 0; i < BUYERS; i++) {
        c->told[i] = join(c->w, &c->b, NULL);
        CHECK_INT(c->told[i]->times, 0);
    }
}

static size_t count_of(const struct crowd *c, err failed)
{
    size_t n = 0;
    for (size_t i = 0; i < BUYERS; i++)
        n += c->told[i]->times == 1 && c->told[i]->place.failed == failed;
    return n;
}

static void crowd_done(struct crowd *c)
{
    for (size_t i = 0; i < BUYERS; i++)
        world_done(c->told[i]->cx);
}

static int64_t statements(struct world *w)
{
    int64_t n = db_figures_of(world_db(w, PLACE_STOCK)).statements;
    if (w->stores[PLACE_STOCK] != w->stores[PLACE_MAIN])
        n += db_figures_of(world_db(w, PLACE_MAIN)).statements;
    return n;
}

/* One statement for what is wanted, one for the key of each who is refused. */
static void test_one_look(void **state)
{
    struct crowd *c = crowd_open(state);
    world_put(c->w, 0);
    all_join(c);
    CHECK_INT(c->hands.n, 1);
    int64_t before = statements(c->w);
    hands_one(&c->hands);
    CHECK_INT(statements(c->w) - before, 1 + ROOM);
    CHECK_INT(count_of(c, &INVENTORY_OUT_OF_STOCK), ROOM);
    CHECK_INT(c->hands.n, 2);
    hands_all(&c->hands);
    CHECK_INT(count_of(c, &INVENTORY_OUT_OF_STOCK), BUYERS);
    for (size_t i = 0; i < BUYERS; i++)
        CHECK_STR(str_from_c(c->told[i]->cx->fields->code), S("insufficient_stock"));
    crowd_done(c);
    world_close(c->w);
}

/* What came in after the first had joined is sold: the look begins later. */
static void test_later_look(void **state)
{
    struct crowd *c = crowd_open(state);
    world_put(c->w, 0);
    all_join(c);
    world_put(c->w, 2);
    hands_all(&c->hands);
    CHECK_INT(count_of(c, NULL), 2);
    CHECK_INT(count_of(c, &INVENTORY_OUT_OF_STOCK), BUYERS - 2);
    check_shelf(c->w, 0);
    crowd_done(c);
    world_close(c->w);
}

/* Some may have what others may not: each is told of what they want. */
static void test_each_wish(void **state)
{
    struct crowd *c = crowd_open(state);
    world_put(c->w, 3);
    struct told *four = world_ready(
        c->w, (struct wanted){ .buyer = &c->b, .card = "pm_card_visa", .red = 4, .blue = 1 });
    checkout_place(&four->place);
    struct told *three =
        world_ready(c->w, (struct wanted){ .buyer = &c->b, .card = "pm_card_visa", .red = 3 });
    checkout_place(&three->place);
    hands_all(&c->hands);
    CHECK_ERR(four->cx, four->place.failed, &INVENTORY_OUT_OF_STOCK);
    CHECK_STR(four->cx->fields->detail, S("3 left"));
    CHECK_ERR(three->cx, three->place.failed, NULL);
    CHECK_INT(three->times, 1);
    check_shelf(c->w, 0);
    world_done(four->cx);
    world_done(three->cx);
    world_close(c->w);
}

/* Who has bought the last one and asks again is shown the order, beside others who are refused. */
static void test_twin(void **state)
{
    struct crowd *c = crowd_open(state);
    world_put(c->w, 1);
    struct told *first = join(c->w, &c->b, "mine");
    hands_all(&c->hands);
    CHECK_ERR(first->cx, first->place.failed, NULL);
    struct told *other = join(c->w, &c->b, "other"), *again = join(c->w, &c->b, "mine");
    hands_all(&c->hands);
    CHECK_ERR(other->cx, other->place.failed, &INVENTORY_OUT_OF_STOCK);
    CHECK_ERR(again->cx, again->place.failed, NULL);
    CHECK(again->place.replayed);
    CHECK(id_eq(again->place.stored.subject, first->place.plan.order.order_id));
    check_shelf(c->w, 0);
    world_done(first->cx);
    world_done(other->cx);
    world_done(again->cx);
    world_close(c->w);
}

/* For ten seconds after the last who was refused, by a look too. */
static void test_stays_scarce(void **state)
{
    struct crowd *c = crowd_open(state);
    world_put(c->w, 0);
    for (int i = 0; i < 3; i++) {
        struct told *t = join(c->w, &c->b, NULL);
        CHECK_INT(t->times, 0);
        hands_all(&c->hands);
        CHECK_ERR(t->cx, t->place.failed, &INVENTORY_OUT_OF_STOCK);
        world_done(t->cx);
        clock_fake_advance(&c->w->clock, 8000);
    }
    clock_fake_advance(&c->w->clock, 8000);
    struct told *late = join(c->w, &c->b, NULL);
    CHECK_INT(late->times, 1); /* without a look: it is not known to be scarce */
    CHECK_ERR(late->cx, late->place.failed, &INVENTORY_OUT_OF_STOCK);
    world_done(late->cx);
    world_close(c->w);
}

/* Nobody waits for a worker that will not come. */
static void test_no_worker(void **state)
{
    struct crowd *c = crowd_open(state);
    world_put(c->w, 1);
    c->hands.full = true;
    for (size_t i = 0; i < BUYERS; i++)
        c->told[i] = join(c->w, &c->b, NULL);
    CHECK_INT(count_of(c, NULL), 1);
    CHECK_INT(count_of(c, &INVENTORY_OUT_OF_STOCK), BUYERS - 1);
    crowd_done(c);
    c->hands.full = false;
    all_join(c); /* the queue fills up meanwhile: the one who looks does it all */
    c->hands.full = true;
    hands_one(&c->hands);
    CHECK_INT(count_of(c, &INVENTORY_OUT_OF_STOCK), BUYERS);
    check_shelf(c->w, 0);
    crowd_done(c);
    world_close(c->w);
}

static void test_look_fails(void **state)
{
    struct crowd *c = crowd_open(state);
    all_join(c);
    store_script(c->w->stores[PLACE_STOCK], "ALTER TABLE inventory_level RENAME TO lost");
    hands_all(&c->hands);
    CHECK_INT(count_of(c, &DB_FAILED), BUYERS);
    store_script(c->w->stores[PLACE_STOCK], "ALTER TABLE lost RENAME TO inventory_level");
    crowd_done(c);
    world_close(c->w);
}

int main(void)
{
    const struct CMUnitTest tests[] = { WORLD_TEST(test_one_look), WORLD_TEST(test_later_look),
        WORLD_TEST(test_each_wish), WORLD_TEST(test_twin), WORLD_TEST(test_stays_scarce),
        WORLD_TEST(test_no_worker), WORLD_TEST(test_look_fails) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
