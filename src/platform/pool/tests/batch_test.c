/* SPDX-License-Identifier: Apache-2.0
 * Batches: every item is served once, in order, by as few calls as there is room; with workers that
 * are busy, full, stopping or none. Run by `./dev test batch`, also under TSan. */
#include "platform/pool/batch.h"

#include <stdatomic.h>

#include "platform/pool/pool.h"
#include "platform/pool/tests/pool_gate.h"
#include "tests/support/check.h"

#define ITEMS 1000

struct item {
    struct batch_item of;
    struct batches *batches;
    int at;
    _Atomic int times;
};
struct served {
    _Atomic int64_t items, calls;
    int last; /* in order; looked at where one thread serves */
    bool in_order;
    struct item *chain; /* one more is added while the first is served */
};

static void serve(void *self, struct batch_item *const *items, size_t n)
{
    struct served *s = self;
    struct item *more = s->chain;
    s->chain = NULL;
    if (more)
        batches_add(more->batches, &more->of);
    assert_true(n > 0 && n <= BATCH_MAX);
    for (size_t i = 0; i < n; i++) {
        struct item *it = (struct item *)items[i]; /* its first member */
        s->in_order &= it->at > s->last;
        s->last = it->at;
        atomic_fetch_add(&it->times, 1);
    }
    atomic_fetch_add(&s->items, (int64_t)n);
    atomic_fetch_add(&s->calls, 1);
}

static void serve_anywhere(void *self, struct batch_item *const *items, size_t n)
{
    struct served *s = self;
    for (size_t i = 0; i < n; i++)
        atomic_fetch_add(&((struct item *)items[i])->times, 1);
    atomic_fetch_add(&s->items, (int64_t)n);
    atomic_fetch_add(&s->calls, 1);
}

static struct item *items_of(struct arena *life, struct batches *b)
{
    struct item *items = NEW_N(life, ITEMS, struct item);
    for (int i = 0; i < ITEMS; i++) {
        items[i].batches = b;
        items[i].at = i + 1;
    }
    return items;
}

static void check_each_once(struct item *items, int n)
{
    for (int i = 0; i < n; i++)
        CHECK_INT(items[i].times, 1);
}

/* The only worker is busy then. */
static void keep_busy(struct gate *gate, struct pool *pool)
{
    gate_init(gate);
    assert_true(pool_submit(pool, wait_at_gate, gate));
    sem_wait(&gate->entered);
}

/* One worker, busy: all that come meanwhile are served in batches, behind it. */
static void what_waits_is_served_together(void **state)
{
    struct arena *life = arena_open(1 << 16);
    struct pool *pool = pool_open(life, (struct pool_opts){ .threads = 1 });
    struct served s = { .in_order = true };
    struct batches *b = batches_open(
        life, (struct batches_opts){ .exec = pool_executor(pool), .serve = serve, .self = &s });
    struct item *items = items_of(life, b);
    struct gate gate;
    (void)state;

    keep_busy(&gate, pool);
    for (int i = 0; i < ITEMS; i++)
        batches_add(b, &items[i].of);
    CHECK_INT(s.items, 0);
    sem_post(&gate.open);
    pool_close(pool);
    CHECK_INT(s.items, ITEMS);
    CHECK_INT(s.calls, (ITEMS + BATCH_MAX - 1) / BATCH_MAX);
    CHECK(s.in_order);
    check_each_once(items, ITEMS);
    arena_close(life);
}

/* Nobody is left to a pool that is full, stops or is not there. */
static void without_workers_who_adds_serves(void **state)
{
    struct arena *life = arena_open(1 << 16);
    struct pool *pool = pool_open(life, (struct pool_opts){ .threads = 1, .queue_max = 1 });
    struct served s = { .in_order = true };
    struct batches *with = batches_open(
        life, (struct batches_opts){ .exec = pool_executor(pool), .serve = serve, .self = &s });
    struct batches *alone = batches_open(life, (struct batches_opts){ .serve = serve, .self = &s });
    struct item *items = items_of(life, with);
    struct gate gate;
    (void)state;

    keep_busy(&gate, pool);
    assert_true(pool_submit(pool, wait_at_gate, &gate));
    assert_false(pool_submit(pool, wait_at_gate, &gate)); /* it is full */
    batches_add(with, &items[0].of);
    CHECK_INT(s.items, 1);
    sem_post(&gate.open);
    sem_post(&gate.open);
    pool_close(pool);
    batches_add(with, &items[1].of);
    CHECK_INT(s.items, 2);
    batches_add(alone, &items[2].of);
    CHECK_INT(s.items, 3);
    s.chain = &items[4];
    items[4].batches = alone;
    batches_add(alone, &items[3].of); /* which adds another */
    CHECK_INT(s.items, 5);
    check_each_once(items, 5);
    arena_close(life);
}

struct adder {
    struct item *items;
    int from;
};

static void add_some(void *arg)
{
    struct adder *a = arg;
    for (int i = a->from; i < ITEMS; i += 4)
        batches_add(a->items[i].batches, &a->items[i].of);
}

/* Four threads add while four serve, in a queue that is full now and then. */
static void many_add_while_many_serve(void **state)
{
    struct arena *life = arena_open(1 << 16);
    struct pool *adding = pool_open(life, (struct pool_opts){ .threads = 4 });
    struct pool *serving = pool_open(life, (struct pool_opts){ .threads = 4, .queue_max = 2 });
    struct served s = { 0 };
    struct batches *b = batches_open(
        life, (struct batches_opts){
                  .exec = pool_executor(serving), .serve = serve_anywhere, .self = &s });
    struct item *items = items_of(life, b);
    struct adder adders[4];
    (void)state;

    for (int i = 0; i < 4; i++) {
        adders[i] = (struct adder){ items, i };
        assert_true(pool_submit(adding, add_some, &adders[i]));
    }
    pool_close(adding);
    pool_close(serving);
    CHECK_INT(s.items, ITEMS);
    CHECK(s.calls <= ITEMS);
    check_each_once(items, ITEMS);
    arena_close(life);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_waits_is_served_together),
        cmocka_unit_test(without_workers_who_adds_serves),
        cmocka_unit_test(many_add_while_many_serve) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
