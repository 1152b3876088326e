/* SPDX-License-Identifier: Apache-2.0
 * What staff see of all orders, on both engines: lists by status in stretches, a buyer's orders,
 * numbers, days. Run by `./dev test orders`. */
#include "services/orders/tests/orders_desk.h"

#define ALL_N 6
#define WINDOW 3

struct seen {
    struct orders *o;
    struct orders_every every;
    struct orders_buyer buyer;
    str number;
    const id *ids;
    id found, more;
    int64_t since_ms;
    struct orders_brief *list, briefs[ALL_N];
    struct orders_day *days;
    struct orders_sold *sold;
    size_t n;
};

static err do_all(void *arg, struct cx *cx)
{
    struct seen *s = arg;
    return orders_all(s->o, cx, s->every, &s->list, &s->n, &s->more);
}
static err do_buyer(void *arg, struct cx *cx)
{
    struct seen *s = arg;
    return orders_of_buyer(s->o, cx, s->buyer, &s->list, &s->n);
}
static err do_number(void *arg, struct cx *cx)
{
    struct seen *s = arg;
    return orders_by_number(s->o, cx, s->number, &s->found);
}
static err do_briefs(void *arg, struct cx *cx)
{
    struct seen *s = arg;
    return orders_briefs(s->o, cx, s->ids, s->n, s->briefs);
}
static err do_days(void *arg, struct cx *cx)
{
    struct seen *s = arg;
    return orders_days(s->o, cx, s->since_ms, &s->days, &s->n);
}
static err do_sold(void *arg, struct cx *cx)
{
    struct seen *s = arg;
    return orders_sold(s->o, cx, s->ids, s->n, &s->sold, &s->n);
}

/* Ada's, a guest's, Ada's, ..., a second apart; the first two are cancelled. */
static struct desk open_shop(void **state, struct orders_order *all)
{
    struct desk d = desk_open(state);
    d.o = orders_open(d.cx->arena, (struct orders_deps){ .db = store_db(d.s), .window = WINDOW });
    for (int i = 0; i < ALL_N; i++) {
        d.cx->now_ms += 1000;
        all[i] = desk_order(&d, i % 2 ? (id){ 0 } : desk_id("ada"));
        if (i == 3)
            all[i].email = S("Ada@Example.org");
        if (i == 5)
            all[i].email = S("bob@example.org");
        CHECK_ERR(d.cx, desk_place(&d, &all[i]), NULL);
    }
    for (int i = 0; i < 2; i++)
        CHECK_ERR(d.cx,
            desk_move(
                &d, (struct orders_move){ .order_id = all[i].order_id, .to = ORDERS_CANCELLED }),
            NULL);
    return d;
}

static const struct list_case {
    const char *name;
    int before; /* -1: from the newest */
    int64_t limit;
    bool by_status;
    enum orders_status status;
    int64_t n;
    int first, more; /* -1: the end */
} list_cases[] = {
    { "all", -1, 100, false, ORDERS_PENDING, 6, 5, -1 },
    { "a page of all", -1, 2, false, ORDERS_PENDING, 2, 5, 4 },
    { "the next", 4, 2, false, ORDERS_PENDING, 2, 3, 2 },
    { "one status, a full page", -1, 2, true, ORDERS_PENDING, 2, 5, 4 },
    { "one status, none in the stretch", -1, 2, true, ORDERS_CANCELLED, 0, -1, 3 },
    { "the stretch after it", 3, 2, true, ORDERS_CANCELLED, 2, 1, 0 },
    { "the end", 2, 3, true, ORDERS_CANCELLED, 2, 1, -1 },
    { "a status of none", -1, 100, true, ORDERS_SHIPPED, 0, -1, 3 },
};

static void lists_go_on_where_they_ended(void **state)
{
    struct orders_order all[ALL_N];
    struct desk d = open_shop(state, all);
    for (size_t i = 0; i < COUNT(list_cases); i++) {
        const struct list_case *c = &list_cases[i];
        struct seen s = { .o = d.o,
            .every = { .limit = c->limit, .by_status = c->by_status, .status = c->status } };
        if (c->before >= 0)
            s.every.before = all[c->before].order_id;
        CHECK_ERR(d.cx, store_read(d.s, do_all, &s), NULL);
        CASE_INT(c->name, (int64_t)s.n, c->n);
        for (size_t k = 0; k < s.n; k++) {
            const struct orders_order *want = &all[c->first - (int)k];
            CASE(c->name, id_eq(s.list[k].order_id, want->order_id));
            CASE_STR(c->name, s.list[k].number, want->number);
            CASE_INT(c->name, s.list[k].total.minor, 3074);
        }
        CASE(c->name, c->more < 0 ? id_is_none(s.more) : id_eq(s.more, all[c->more].order_id));
    }
    store_close(d.s);
}

static void a_buyer_is_found_as_user_and_as_guest(void **state)
{
    struct orders_order all[ALL_N];
    struct desk d = open_shop(state, all);
    static const int wanted[] = { 4, 3, 2, 1, 0 };
    struct seen s = { .o = d.o,
        .buyer = { .user_id = desk_id("ada"), .email = S("ADA@example.org"), .limit = 100 } };
    CHECK_ERR(d.cx, store_read(d.s, do_buyer, &s), NULL);
    CHECK_INT((int64_t)s.n, (int64_t)COUNT(wanted));
    for (size_t i = 0; i < s.n; i++)
        CHECK(id_eq(s.list[i].order_id, all[wanted[i]].order_id));
    CHECK_INT(s.list[4].status, ORDERS_CANCELLED);
    s.buyer.before = all[3].order_id;
    s.buyer.limit = 2;
    CHECK_ERR(d.cx, store_read(d.s, do_buyer, &s), NULL);
    CHECK(s.n == 2 && id_eq(s.list[0].order_id, all[2].order_id));
    s.buyer = (struct orders_buyer){ .email = S("bob@example.org"), .limit = 5 };
    CHECK_ERR(d.cx, store_read(d.s, do_buyer, &s), NULL);
    CHECK(s.n == 1 && id_is_none(s.list[0].user_id));
    s.buyer.email = S("ada@example"); /* no part of one */
    CHECK_ERR(d.cx, store_read(d.s, do_buyer, &s), NULL);
    CHECK_INT((int64_t)s.n, 0);
    store_close(d.s);
}

static void numbers_and_briefs(void **state)
{
    struct orders_order all[ALL_N];
    struct desk d = open_shop(state, all);
    struct seen s = { .o = d.o, .number = all[2].number };
    CHECK_ERR(d.cx, store_read(d.s, do_number, &s), NULL);
    CHECK(id_eq(s.found, all[2].order_id));
    s.number = S("112-0000000-0000000");
    CHECK_ERR(d.cx, store_read(d.s, do_number, &s), &ERR_MISSING);
    const id ids[] = { all[5].order_id, desk_id("nobody's"), all[0].order_id };
    s.ids = ids;
    s.n = COUNT(ids);
    CHECK_ERR(d.cx, store_read(d.s, do_briefs, &s), NULL);
    CHECK_STR(s.briefs[0].email, S("bob@example.org"));
    CHECK(id_is_none(s.briefs[1].order_id));
    CHECK_INT(s.briefs[2].status, ORDERS_CANCELLED);
    s.n = 0;
    CHECK_ERR(d.cx, store_read(d.s, do_briefs, &s), NULL);
    store_close(d.s);
}

static void what_was_sold_in_many(void **state)
{
    struct orders_order all[ALL_N];
    struct desk d = open_shop(state, all);
    const id ids[] = { all[3].order_id, desk_id("nobody's"), all[1].order_id };
    struct seen s = { .o = d.o, .ids = ids, .n = COUNT(ids) };
    CHECK_ERR(d.cx, store_read(d.s, do_sold, &s), NULL);
    CHECK_INT((int64_t)s.n, 4); /* two lines each */
    for (size_t i = 0; i < s.n; i++) {
        CHECK(id_eq(s.sold[i].order_id, all[i < 2 ? 1 : 3].order_id));
        CHECK(id_eq(s.sold[i].product_id, desk_id(i % 2 ? "book" : "lamp")));
        CHECK_INT(s.sold[i].quantity, i % 2 ? 1 : 2);
    }
    s.n = 0;
    CHECK_ERR(d.cx, store_read(d.s, do_sold, &s), NULL);
    CHECK_INT((int64_t)s.n, 0);
    store_close(d.s);
}

static void days_add_up(void **state)
{
    struct orders_order all[ALL_N];
    struct desk d = open_shop(state, all);
    struct seen s = { .o = d.o, .since_ms = all[0].created_ms };
    int64_t orders = 0, cancelled = 0, minor = 0;
    CHECK_ERR(d.cx, store_read(d.s, do_days, &s), NULL);
    for (size_t i = 0; i < s.n; i++) {
        orders += s.days[i].orders;
        minor += s.days[i].total.minor;
        cancelled += s.days[i].status == ORDERS_CANCELLED ? s.days[i].orders : 0;
    }
    CHECK_INT(orders, ALL_N);
    CHECK_INT(minor, ALL_N * 3074);
    CHECK_INT(cancelled, 2);
    CHECK_INT(s.days[0].day, all[0].created_ms / 86400000);
    s.since_ms = all[ALL_N - 1].created_ms + 1;
    CHECK_ERR(d.cx, store_read(d.s, do_days, &s), NULL);
    CHECK_INT((int64_t)s.n, 0);
    store_close(d.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(lists_go_on_where_they_ended),
        STORE_TEST(a_buyer_is_found_as_user_and_as_guest),
        STORE_TEST(numbers_and_briefs),
        STORE_TEST(what_was_sold_in_many),
        STORE_TEST(days_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
