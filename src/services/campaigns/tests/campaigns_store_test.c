/* SPDX-License-Identifier: Apache-2.0
 * The verbs of campaigns on both engines. Run by meson. */
#include "base/instant.h"
#include "services/campaigns/campaigns.h"
#include "tests/support/store.h"

static const char *const folders[] = { "services/campaigns", NULL };

struct world {
    struct store *s;
    struct campaigns *c;
    struct campaigns_campaign in, made, *list;
    struct campaigns_seen seen[3];
    size_t seen_n, list_n, picked[4], picked_n;
    id wanted[4], campaign_id;
    bool paused, fail;
};

static struct world world_open(void **state)
{
    struct world w = { .s = store_open(store_engine(state), folders) };
    w.c = campaigns_open(
        store_cx(w.s)->arena, (struct campaigns_deps){ .db = store_db(w.s), .currency = S("USD") });
    return w;
}
static id product(const char *name)
{
    return id_from_name(S("product"), str_from_c(name));
}
static err do_add(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return campaigns_add(w->c, cx, &w->in, &w->made);
}
static err do_list(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return campaigns_list(w->c, cx, &w->list, &w->list_n);
}
static err do_pick(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return campaigns_pick(w->c, cx, w->wanted, 4, 2, w->picked, &w->picked_n);
}
static err do_charge(void *arg, struct cx *cx)
{
    struct world *w = arg;
    err e = campaigns_charge(w->c, cx, w->seen, w->seen_n);
    return e || !w->fail ? e : FAIL(cx, ERR_INVALID, "undone");
}
static err do_pause(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return campaigns_pause(w->c, cx, w->campaign_id, w->paused);
}
static err do_remove(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return campaigns_remove(w->c, cx, w->campaign_id);
}

static err add(struct world *w, const char *name, int64_t bid, int64_t budget)
{
    currency usd;
    CHECK(currency_parse(S("USD"), &usd));
    w->in = (struct campaigns_campaign){ .product_id = product(name),
        .name = str_from_c(name),
        .bid = money_of(bid, usd),
        .budget = money_of(budget, usd) };
    return store_write(w->s, do_add, w);
}

static void test_campaigns(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    cx->now_ms += DAY_MS / 2;
    CHECK_ERR(cx, add(&w, "low", 10, 1000), NULL);
    CHECK_ERR(cx, add(&w, "high", 90, 1000), NULL);
    CHECK_ERR(cx, add(&w, "middle", 50, 1000), NULL);
    CHECK_ERR(cx, add(&w, "middle", 70, 1000), &CAMPAIGNS_RUNNING);
    CHECK_ERR(cx, add(&w, "free", 0, 1000), &ERR_INVALID);
    CHECK_ERR(cx, add(&w, "poor", 100, 99), &ERR_INVALID);
    w.wanted[0] = product("low");
    w.wanted[1] = product("nobody's");
    w.wanted[2] = product("middle");
    w.wanted[3] = product("high");
    CHECK_ERR(cx, store_read(w.s, do_pick, &w), NULL);
    CHECK(w.picked_n == 2 && w.picked[0] == 3 && w.picked[1] == 2); /* by bid, two at most */
    w.seen[0] = (struct campaigns_seen){ product("high"), 20, 5 };
    w.seen[1] = (struct campaigns_seen){ product("nobody's"), 20, 5 };
    w.seen[2] = (struct campaigns_seen){ product("middle"), 9, 0 };
    w.seen_n = 3;
    w.fail = true;
    CHECK_ERR(cx, store_write(w.s, do_charge, &w), &ERR_INVALID);
    w.fail = false;
    CHECK_ERR(cx, store_write(w.s, do_charge, &w), NULL);
    CHECK_ERR(cx, store_read(w.s, do_list, &w), NULL);
    CHECK_INT((int64_t)w.list_n, 3);
    CHECK(w.list[0].shown == 20 && w.list[0].clicks == 5 && w.list[0].spent.minor == 450);
    CHECK(w.list[1].shown == 9 && w.list[1].spent.minor == 0);
    CHECK_ERR(cx, store_write(w.s, do_charge, &w), NULL);
    CHECK_ERR(cx, store_write(w.s, do_charge, &w), NULL); /* eleven of the fifteen have a budget */
    CHECK_ERR(cx, store_read(w.s, do_list, &w), NULL);
    CHECK(w.list[0].clicks == 15 && w.list[0].spent.minor == 990);
    CHECK_ERR(cx, store_read(w.s, do_pick, &w), NULL);
    CHECK(w.picked_n == 2 && w.picked[0] == 2 && w.picked[1] == 0); /* it waits for tomorrow */
    cx->now_ms += DAY_MS;
    CHECK_ERR(cx, store_read(w.s, do_pick, &w), NULL);
    CHECK(w.picked[0] == 3);
    w.campaign_id = w.list[0].campaign_id;
    w.paused = true;
    CHECK_ERR(cx, store_write(w.s, do_pause, &w), NULL);
    CHECK_ERR(cx, store_read(w.s, do_pick, &w), NULL);
    CHECK(w.picked[0] == 2);
    CHECK_ERR(cx, store_write(w.s, do_remove, &w), NULL);
    CHECK_ERR(cx, store_write(w.s, do_remove, &w), &ERR_MISSING);
    CHECK_ERR(cx, store_write(w.s, do_pause, &w), &ERR_MISSING);
    store_close(w.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = { STORE_TEST(test_campaigns) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
