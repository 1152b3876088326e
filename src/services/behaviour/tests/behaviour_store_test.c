/* SPDX-License-Identifier: Apache-2.0
 * The verbs of behaviour on both engines. Run by meson. */
#include "base/instant.h"
#include "services/behaviour/behaviour_internal.h"
#include "tests/support/store.h"

static const char *const folders[] = { "services/behaviour", NULL };

struct world {
    struct store *s;
    struct behaviour *b;
    bool fail; /* the unit, after the verb */
    id order_id, product_id, *mates;
    struct behaviour_line lines[64];
    size_t lines_n, mates_n;
    struct behaviour_figures f;
    struct behaviour_report report;
    struct behaviour_signal *signals;
    size_t signals_n;
    bool more;
    struct behaviour_ad *ads;
    size_t ads_n;
    struct behaviour_query *queries;
    size_t queries_n;
};

static struct world world_open(void **state)
{
    struct world w = { .s = store_open(store_engine(state), folders) };
    w.b = behaviour_open(
        store_cx(w.s)->arena, (struct behaviour_deps){ .db = store_db(w.s), .rng = rng_seeded(7) });
    return w;
}
static void world_close(struct world *w)
{
    behaviour_close(w->b);
    store_close(w->s);
}
static id product(const char *name)
{
    return id_from_name(S("product"), str_from_c(name));
}

/* The catalogue has all but one. */
static err known(void *arg, struct cx *cx, const id *product_ids, size_t n, bool *ret)
{
    (void)arg;
    (void)cx;
    for (size_t i = 0; i < n; i++)
        ret[i] = !id_eq(product_ids[i], product("unknown"));
    return NULL;
}
static err ends(struct world *w, struct cx *cx, err e)
{
    return e || !w->fail ? e : FAIL(cx, ERR_INVALID, "undone");
}
static err do_flush(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return ends(w, cx,
        behaviour_flush(w->b, cx, (struct behaviour_known){ known, NULL }, &w->ads, &w->ads_n));
}
static err lines_of(void *arg, struct cx *cx, const id *order_ids, size_t n,
    struct behaviour_line **ret, size_t *ret_n)
{
    struct world *w = arg;
    size_t kept = 0;
    *ret = NEW_N(cx->arena, w->lines_n, struct behaviour_line);
    for (size_t i = 0; i < w->lines_n; i++)
        for (size_t k = 0; k < n; k++)
            if (id_eq(w->lines[i].order_id, order_ids[k])) {
                (*ret)[kept++] = w->lines[i];
                break;
            }
    *ret_n = kept;
    return NULL;
}
static err do_bought(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return ends(w, cx, behaviour_ordered(w->b, cx, w->order_id, false));
}
static err do_unbought(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return ends(w, cx, behaviour_ordered(w->b, cx, w->order_id, true));
}
static err do_count(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return ends(
        w, cx, behaviour_count(w->b, cx, (struct behaviour_lines){ lines_of, w }, &w->more));
}
static err do_weigh(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return behaviour_weigh(w->b, cx, &w->signals, &w->signals_n, &w->more);
}
static err do_look(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return behaviour_figures_of(w->b, cx, w->product_id, &w->f);
}
static err do_report(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return behaviour_report_of(w->b, cx, 28, &w->report);
}
static err do_queries(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return behaviour_queries_of(w->b, cx, 28, 10, &w->queries, &w->queries_n);
}
static err do_settle(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return ends(w, cx, behaviour_settle(w->b, cx));
}
static err do_together(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return behaviour_together(w->b, cx, w->product_id, 10, &w->mates, &w->mates_n);
}
static err do_forget(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return behaviour_jobs[0].fn(w->b, cx, &w->more);
}

static size_t note(struct world *w, str peer, struct behaviour_event event)
{
    struct cx *cx = store_cx(w->s);
    cx->peer = peer;
    return behaviour_note(w->b, cx, &event, 1);
}
static struct behaviour_figures look(struct world *w, id product_id)
{
    w->product_id = product_id;
    CHECK_ERR(store_cx(w->s), store_read(w->s, do_look, w), NULL);
    return w->f;
}

static void test_notes(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    id a = product("a"), b = product("b");
    static const struct {
        const char *name, *product, *peer;
        enum behaviour_kind kind;
        int64_t position;
        size_t taken;
    } cases[] = { { "shown", "a", "1.1.1.1", BEHAVIOUR_SHOWN, 1, 1 },
        { "once an hour", "a", "1.1.1.1", BEHAVIOUR_SHOWN, 3, 0 },
        { "another address", "a", "1.1.1.2", BEHAVIOUR_SHOWN, 3, 1 },
        { "another product", "b", "1.1.1.1", BEHAVIOUR_SHOWN, 2, 1 },
        { "another deed", "a", "1.1.1.1", BEHAVIOUR_CLICKED, 1, 1 },
        { "a view has no place", "a", "1.1.1.1", BEHAVIOUR_VIEWED, 0, 1 },
        { "a cart", "b", "1.1.1.1", BEHAVIOUR_CARTED, 0, 1 },
        { "shown nowhere", "b", "1.1.1.3", BEHAVIOUR_SHOWN, 0, 0 },
        { "no product of ours", "unknown", "1.1.1.1", BEHAVIOUR_VIEWED, 0, 1 } };
    for (size_t i = 0; i < COUNT(cases); i++)
        CASE_INT(cases[i].name,
            (int64_t)note(&w, str_from_c(cases[i].peer),
                (struct behaviour_event){
                    cases[i].kind, product(cases[i].product), cases[i].position }),
            (int64_t)cases[i].taken);
    CHECK_ERR(cx, store_write(w.s, do_flush, &w), NULL);
    CHECK_ERR(cx, store_write(w.s, do_flush, &w), NULL); /* nothing new */
    struct behaviour_figures f = look(&w, a);
    CHECK(f.shown == 2 && f.clicked == 1 && f.views == 1 && f.carts == 0);
    f = look(&w, b);
    CHECK(f.shown == 1 && f.clicked == 0 && f.views == 0 && f.carts == 1);
    f = look(&w, product("unknown"));
    CHECK(f.views == 0);
    CHECK_ERR(cx, store_read(w.s, do_report, &w), NULL);
    const struct behaviour_report *r = &w.report;
    for (int i = 0; i < BEHAVIOUR_RANGES_N; i++) {
        CHECK_INT(r->ranges[i].shown, i < 3);
        CHECK_INT(r->ranges[i].clicked, i == 0);
    }
    CHECK(r->ranges[0].from == 1 && r->ranges[0].to == 1);
    CHECK(r->ranges[9].from == 49 && r->ranges[9].to == 0);
    CHECK(r->views == 1 && r->carts == 1 && r->orders == 0 && r->units == 0);
    cx->now_ms += 28 * DAY_MS; /* too long ago */
    CHECK_ERR(cx, store_read(w.s, do_report, &w), NULL);
    CHECK(r->views == 0 && r->ranges[0].shown == 0);
    CHECK_INT(
        (int64_t)note(&w, S("1.1.1.1"), (struct behaviour_event){ BEHAVIOUR_SHOWN, a, 1 }), 1);
    world_close(&w);
}

/* What was paid for is told, and is no part of what behaviour says. */
static void test_ads(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    id a = product("a");
    note(&w, S("1.1.1.1"), (struct behaviour_event){ BEHAVIOUR_AD_SHOWN, a, 0 });
    note(&w, S("1.1.1.2"), (struct behaviour_event){ BEHAVIOUR_AD_SHOWN, a, 0 });
    for (int i = 0; i < 9; i++) /* who clicks again and again pays once */
        note(&w, S("1.1.1.1"), (struct behaviour_event){ BEHAVIOUR_AD_CLICKED, a, 0 });
    note(&w, S("1.1.1.1"), (struct behaviour_event){ BEHAVIOUR_VIEWED, product("b"), 0 });
    note(&w, S("1.1.1.1"), (struct behaviour_event){ BEHAVIOUR_AD_CLICKED, product("unknown"), 0 });
    CHECK_ERR(cx, store_write(w.s, do_flush, &w), NULL);
    CHECK_INT((int64_t)w.ads_n, 1);
    CHECK(id_eq(w.ads[0].product_id, a) && w.ads[0].shown == 2 && w.ads[0].clicks == 1);
    struct behaviour_figures f = look(&w, a);
    CHECK(f.shown == 0 && f.clicked == 0);
    CHECK_INT(look(&w, product("b")).views, 1);
    CHECK_ERR(cx, store_write(w.s, do_flush, &w), NULL);
    CHECK_INT((int64_t)w.ads_n, 0);
    world_close(&w);
}

/* What dies in the middle of a flush has written nothing: the next writes it, once. */
static void test_flush_undone(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    id a = product("a");
    note(&w, S("1.1.1.1"), (struct behaviour_event){ BEHAVIOUR_SHOWN, a, 1 });
    note(&w, S("1.1.1.1"), (struct behaviour_event){ BEHAVIOUR_VIEWED, a, 0 });
    w.fail = true;
    CHECK_ERR(cx, store_write(w.s, do_flush, &w), &ERR_INVALID);
    w.fail = false;
    struct behaviour_figures f = look(&w, a);
    CHECK(f.shown == 0 && f.views == 0);
    note(&w, S("1.1.1.2"), (struct behaviour_event){ BEHAVIOUR_VIEWED, a, 0 });
    store_script(w.s, "DROP TABLE behaviour_total");
    CHECK(store_write(w.s, do_flush, &w) != NULL); /* fails late */
    store_script(w.s,
        "CREATE TABLE behaviour_total (day bigint NOT NULL PRIMARY KEY, views bigint "
        "NOT NULL, carts bigint NOT NULL, orders bigint NOT NULL, units bigint NOT "
        "NULL)");
    CHECK_ERR(cx, store_write(w.s, do_flush, &w), NULL);
    CHECK_INT(look(&w, a).views, 1);
    CHECK_INT(look(&w, a).shown, 1);
    CHECK_ERR(cx, store_write(w.s, do_flush, &w), NULL); /* what came meanwhile */
    CHECK_ERR(cx, store_write(w.s, do_flush, &w), NULL);
    CHECK_INT(look(&w, a).views, 2);
    CHECK_INT(look(&w, a).shown, 1);
    world_close(&w);
}

static id order(const char *name)
{
    return id_from_name(S("order"), str_from_c(name));
}

/* What orders would say of it. */
static void has_lines(struct world *w, const char *name, int64_t units_a, int64_t units_b)
{
    w->order_id = order(name);
    w->lines[w->lines_n++] = (struct behaviour_line){ w->order_id, product("a"), units_a };
    if (units_b) {
        w->lines[w->lines_n++] = (struct behaviour_line){ w->order_id, product("b"), units_b };
        w->lines[w->lines_n++] = (struct behaviour_line){ w->order_id, product("a"), 1 };
    }
}
static void tell(struct world *w, const char *name, bool undone)
{
    w->order_id = order(name);
    CHECK_ERR(store_cx(w->s), store_write(w->s, undone ? do_unbought : do_bought, w), NULL);
}
static void count(struct world *w)
{
    do
        CHECK_ERR(store_cx(w->s), store_write(w->s, do_count, w), NULL);
    while (w->more);
}

/* What is told of one order, a letter each: b is bought, u is undone, c is a count. */
static const struct once_case {
    const char *told;
    int64_t orders;
} once_cases[] = {
    { "bc", 1 },
    { "b", 0 },
    { "bbcbc", 1 },
    { "bcucbc", 0 },
    { "bcuucuc", 0 },
    { "buc", 0 },
    { "ubc", 0 },
    { "ucbc", 0 },
    { "bcu", 1 },
    { "bucbcuc", 0 },
};

static void test_orders_once(void **state)
{
    for (size_t i = 0; i < COUNT(once_cases); i++) {
        const struct once_case *c = &once_cases[i];
        struct world w = world_open(state);
        has_lines(&w, "1", 2, 5);
        has_lines(&w, "2", 4, 0);
        tell(&w, "2", false);
        count(&w);
        for (const char *told = c->told; *told; told++) {
            if (*told == 'c')
                count(&w);
            else
                tell(&w, "1", *told == 'u');
        }
        struct behaviour_figures a = look(&w, product("a")), b = look(&w, product("b"));
        CASE_INT(c->told, a.orders, 1 + c->orders);
        CASE_INT(c->told, a.units, 4 + 3 * c->orders); /* two lines of one product are one */
        CASE_INT(c->told, b.orders, c->orders);
        CASE_INT(c->told, b.units, 5 * c->orders);
        CHECK_ERR(store_cx(w.s), store_read(w.s, do_report, &w), NULL);
        CASE_INT(c->told, w.report.orders, 1 + 2 * c->orders);
        CASE_INT(c->told, w.report.units, 4 + 8 * c->orders);
        world_close(&w);
    }
}

/* A unit that is lost after its verb has neither told nor counted. */
static void test_orders_undone(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    has_lines(&w, "1", 2, 0);
    w.fail = true;
    CHECK_ERR(cx, store_write(w.s, do_bought, &w), &ERR_INVALID);
    w.fail = false;
    count(&w);
    CHECK_INT(look(&w, product("a")).orders, 0);
    tell(&w, "1", false);
    w.fail = true;
    CHECK_ERR(cx, store_write(w.s, do_count, &w), &ERR_INVALID);
    w.fail = false;
    CHECK_INT(look(&w, product("a")).orders, 0);
    count(&w);
    CHECK_INT(look(&w, product("a")).orders, 1);
    world_close(&w);
}

/* More than a unit counts. */
static void test_orders_many(void **state)
{
    struct world w = world_open(state);
    has_lines(&w, "7", 2, 0);
    for (int64_t i = 0; i < 600; i++)
        tell(&w, str_c(store_cx(w.s)->arena, str_from_i64(store_cx(w.s)->arena, i)), i % 2);
    CHECK_ERR(store_cx(w.s), store_write(w.s, do_count, &w), NULL);
    CHECK(w.more);
    count(&w);
    CHECK_INT(look(&w, product("a")).orders, 0); /* the odd ones are undone, and 7 is odd */
    has_lines(&w, "8", 3, 0);
    tell(&w, "8", false); /* it was told before, and is not counted again */
    count(&w);
    CHECK_INT(look(&w, product("a")).orders, 0);
    world_close(&w);
}

static void test_together(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    const char *const mates[] = { "bag", "bag", "bag", "mouse", "mouse", "bread" };
    for (size_t i = 0; i < COUNT(mates); i++) {
        const char *name = str_c(cx->arena, str_from_i64(cx->arena, (int64_t)i));
        w.lines[w.lines_n++] = (struct behaviour_line){ order(name), product("laptop"), 1 };
        w.lines[w.lines_n++] = (struct behaviour_line){ order(name), product(mates[i]), 1 };
        tell(&w, name, false);
    }
    for (size_t i = 100; i < 140; i++) { /* everybody buys bread, and many mice without a laptop */
        const char *name = str_c(cx->arena, str_from_i64(cx->arena, (int64_t)i));
        w.lines[w.lines_n++] =
            (struct behaviour_line){ order(name), product(i % 2 ? "bread" : "mouse"), 1 };
        tell(&w, name, false);
    }
    count(&w);
    w.product_id = product("laptop");
    CHECK_ERR(cx, store_read(w.s, do_together, &w), NULL);
    CHECK_INT((int64_t)w.mates_n, 3);
    CHECK(id_eq(w.mates[0], product("bag")) && id_eq(w.mates[1], product("mouse")));
    w.product_id = product("nobody");
    CHECK_ERR(cx, store_read(w.s, do_together, &w), NULL);
    CHECK_INT((int64_t)w.mates_n, 0);
    world_close(&w);
}

static void test_weigh(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    CHECK_ERR(cx, store_write(w.s, do_weigh, &w), NULL);
    CHECK_INT((int64_t)w.signals_n, 0);
    has_lines(&w, "1", 2, 5);
    tell(&w, "1", false);
    count(&w);
    CHECK_ERR(cx, store_write(w.s, do_weigh, &w), NULL);
    CHECK_INT((int64_t)w.signals_n, 2); /* beside each other: 3 and 5 */
    CHECK(w.signals[0].velocity > 1500 && w.signals[1].velocity > 1500);
    has_lines(&w, "2", 2, 0);
    tell(&w, "2", false);
    count(&w);
    CHECK_ERR(cx, store_write(w.s, do_weigh, &w), NULL);
    CHECK_INT((int64_t)w.signals_n, 1);
    CHECK(id_eq(w.signals[0].product_id, product("a")));
    CHECK_ERR(cx, store_write(w.s, do_weigh, &w), NULL); /* no news */
    CHECK_INT((int64_t)w.signals_n, 0);
    cx->now_ms += DAY_MS; /* older by a day */
    CHECK_ERR(cx, store_write(w.s, do_weigh, &w), NULL);
    CHECK_INT((int64_t)w.signals_n, 2);
    cx->now_ms += (BEHAVIOUR_DAYS + 1) * DAY_MS;
    CHECK_ERR(cx, store_write(w.s, do_weigh, &w), NULL);
    CHECK_INT((int64_t)w.signals_n, 2);
    for (size_t i = 0; i < 2; i++) /* back to what is usual */
        CHECK(w.signals[i].velocity == 1000 && w.signals[i].conversion == 1000);
    CHECK_ERR(cx, store_write(w.s, do_forget, &w), NULL);
    CHECK(!w.more);
    CHECK_INT(look(&w, product("a")).orders, 0);
    cx->now_ms += 2 * DAY_MS;
    CHECK_ERR(cx, store_write(w.s, do_weigh, &w), NULL); /* nothing is left */
    CHECK_INT((int64_t)w.signals_n, 0);
    world_close(&w);
}

/* ---- what queries lead to ---- */

static struct behaviour_query led(struct world *w, const char *query)
{
    CHECK_ERR(store_cx(w->s), store_read(w->s, do_queries, w), NULL);
    for (size_t i = 0; i < w->queries_n; i++)
        if (str_eq(w->queries[i].query, str_from_c(query)))
            return w->queries[i];
    return (struct behaviour_query){ .searches = -1 };
}
static void placed(struct world *w, const char *name, const char *what)
{
    id one = product(what);
    behaviour_ordering(w->b, store_cx(w->s), order(name), &one, 1);
    CHECK_ERR(store_cx(w->s), store_write(w->s, do_flush, w), NULL);
}
static void bought(struct world *w, const char *name, const char *what, bool undone)
{
    w->lines[w->lines_n++] = (struct behaviour_line){ order(name), product(what), 1 };
    tell(w, name, undone);
    count(w);
}

static void test_queries(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    struct behaviour_event carted = { .kind = BEHAVIOUR_CARTED, .product_id = product("a") };
    cx->peer = S("192.0.2.1");
    for (int i = 0; i < 3; i++) { /* once an hour of an address */
        behaviour_asked(w.b, cx, S("red shoe"));
        behaviour_came(w.b, cx, S("red shoe"), product("a"), 4);
    }
    behaviour_came(w.b, cx, S("red shoe"), product("b"), 0); /* nobody knows where it stood */
    behaviour_asked(w.b, cx, S(""));
    behaviour_came(w.b, cx, S(""), product("a"), 1);
    cx->peer = S("192.0.2.2");
    behaviour_asked(w.b, cx, S("red shoe"));
    behaviour_came(w.b, cx, S("red shoe"), product("b"), 1);
    (void)behaviour_note(w.b, cx, &carted, 1); /* this one was never led to it */
    placed(&w, "9", "a");
    cx->peer = S("192.0.2.1");
    (void)behaviour_note(w.b, cx, &carted, 1);
    placed(&w, "1", "a");
    struct behaviour_query q = led(&w, "red shoe");
    CHECK_INT((int64_t)w.queries_n, 1);
    CHECK_INT(q.searches, 2);
    CHECK_INT(q.clicks, 3);
    CHECK(q.position > 2.49 && q.position < 2.51);
    CHECK_INT(q.carts, 1);
    CHECK_INT(q.orders, 0); /* not confirmed */
    bought(&w, "1", "a", false);
    bought(&w, "9", "a", false);
    CHECK_INT(led(&w, "red shoe").orders, 1);
    tell(&w, "1", true);
    count(&w);
    CHECK_INT(led(&w, "red shoe").orders, 0); /* cancelled */
    world_close(&w);
}

/* The last query counts, for a day; then the order is counted and no longer known. */
static void test_queries_last(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    cx->peer = S("192.0.2.1");
    behaviour_came(w.b, cx, S("shoe"), product("a"), 1);
    behaviour_came(w.b, cx, S("boot"), product("a"), 2);
    placed(&w, "1", "a");
    placed(&w, "1", "a"); /* told again */
    bought(&w, "1", "a", false);
    CHECK_INT(led(&w, "boot").orders, 1);
    CHECK_INT(led(&w, "shoe").orders, 0);
    cx->now_ms += BEHAVIOUR_LED_MS - 1;
    placed(&w, "2", "a"); /* as late as can be */
    bought(&w, "2", "a", false);
    CHECK_INT(led(&w, "boot").orders, 2);
    cx->now_ms += 2;
    placed(&w, "3", "a"); /* too late */
    bought(&w, "3", "a", false);
    CHECK_INT(led(&w, "boot").orders, 2);
    w.fail = true; /* a unit that is lost has not counted */
    CHECK_ERR(cx, store_write(w.s, do_settle, &w), &ERR_INVALID);
    w.fail = false;
    for (int i = 0; i < 2; i++) {
        CHECK_ERR(cx, store_write(w.s, do_settle, &w), NULL);
        CHECK_INT(led(&w, "boot").orders, 2);
    }
    tell(&w, "1", true); /* later than a day */
    tell(&w, "2", true); /* within it: it is not settled yet */
    count(&w);
    CHECK_INT(led(&w, "boot").orders, 1);
    cx->now_ms += (BEHAVIOUR_DAYS + 1) * DAY_MS;
    CHECK_ERR(cx, store_write(w.s, do_forget, &w), NULL);
    CHECK_ERR(cx, store_read(w.s, do_queries, &w), NULL);
    CHECK_INT((int64_t)w.queries_n, 0);
    world_close(&w);
}

/* More than there is room for, and longer than there is. */
static void test_queries_bounds(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    char wide[3 * BEHAVIOUR_QUERY_MAX];
    for (size_t i = 0; i < sizeof wide; i += 3)
        memcpy(wide + i, "\xE2\x82\xAC", 3);
    cx->peer = S("192.0.2.1");
    behaviour_asked(w.b, cx, (str){ wide, sizeof wide });
    behaviour_came(w.b, cx, (str){ wide, sizeof wide }, product("a"), 1);
    placed(&w, "1", "a");
    bought(&w, "1", "a", false);
    CHECK_ERR(cx, store_read(w.s, do_queries, &w), NULL);
    CHECK_INT((int64_t)w.queries_n, 1);
    CHECK_INT((int64_t)w.queries[0].query.n, 99);
    CHECK_INT(w.queries[0].orders, 1);
    for (int64_t i = 0; i < 40000; i++) {
        struct arena *scratch = arena_open(256);
        str text = str_from_i64(scratch, i);
        behaviour_came(w.b, cx, text, id_from_name(S("many"), text), 1);
        arena_close(scratch);
    }
    behaviour_came(w.b, cx, S("the last"), product("z"), 1);
    placed(&w, "2", "z"); /* room was made */
    bought(&w, "2", "z", false);
    behaviour_asked(w.b, cx, S("the last"));
    CHECK_ERR(cx, store_write(w.s, do_flush, &w), NULL);
    CHECK_INT(led(&w, "the last").orders, 1);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = { STORE_TEST(test_notes), STORE_TEST(test_ads),
        STORE_TEST(test_flush_undone), STORE_TEST(test_orders_once), STORE_TEST(test_orders_undone),
        STORE_TEST(test_orders_many), STORE_TEST(test_together), STORE_TEST(test_weigh),
        STORE_TEST(test_queries), STORE_TEST(test_queries_last), STORE_TEST(test_queries_bounds) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
