/* SPDX-License-Identifier: Apache-2.0
 * The rules of orders: every pair of states, sums, numbers. Run by `./dev test orders`. */
#include "services/orders/orders_domain.h"

#include "base/map.h"
#include "tests/support/check.h"

#define USD ((currency){ "USD" })

/* ---- the states: rows are from, columns are to; all that may be is marked ---- */
static const char *const may[ORDERS_STATUSES_N] = {
    /*                       p c p s d x r a r */
    [ORDERS_PENDING] = "          . x . . . x . . .",
    [ORDERS_CONFIRMED] = "        . . x . . x . . .",
    [ORDERS_PROCESSING] = "       . . . x . x . . .",
    [ORDERS_SHIPPED] = "          . . . . x . . . .",
    [ORDERS_DELIVERED] = "        . . . . . . x . .",
    [ORDERS_CANCELLED] = "        . . . . . . . . .",
    [ORDERS_RETURN_REQUESTED] = " . . . . . . . x .",
    [ORDERS_RETURN_APPROVED] = "  . . . . . . . . x",
    [ORDERS_REFUNDED] = "         . . . . . . . . .",
};

static void every_pair_of_states(void **state)
{
    (void)state;
    for (int from = 0; from < ORDERS_STATUSES_N; from++) {
        int to = 0;
        for (const char *mark = may[from]; *mark; mark++) {
            if (*mark == ' ')
                continue;
            CHECK(to < ORDERS_STATUSES_N);
            CASE_INT(orders_status_names[from],
                orders_domain_may((enum orders_status)from, (enum orders_status)to), *mark == 'x');
            to++;
        }
        CASE_INT(orders_status_names[from], to, ORDERS_STATUSES_N);
    }
}

static void names_and_back(void **state)
{
    (void)state;
    for (int i = 0; i < ORDERS_STATUSES_N; i++)
        CASE_INT(
            orders_status_names[i], orders_domain_status_of(str_from_c(orders_status_names[i])), i);
    CHECK(orders_status_names[ORDERS_STATUSES_N] == NULL);
    CHECK_INT(orders_domain_status_of(S("lost")), ORDERS_STATUSES_N);
    CHECK_INT(orders_domain_status_of((str){ 0 }), ORDERS_STATUSES_N);
    CHECK(orders_domain_payment_status_known(S("voided")));
    CHECK(!orders_domain_payment_status_known(S("void")));
    CHECK(!orders_domain_payment_status_known((str){ 0 }));
}

/* ---- sums ---- */
static const struct sum_case {
    const char *name;
    int64_t lines[3]; /* subtotals; 0 ends */
    int64_t subtotal, tax, shipping, discount, total;
    bool holds;
    int64_t off; /* of the first line */
} sum_cases[] = {
    { "one line", { 1000 }, 1000, 0, 0, 0, 1000, true },
    { "all of it", { 1000, 550, 1 }, 1551, 125, 499, 100, 2075, true },
    { "free of charge", { 1000 }, 1000, 0, 0, 1000, 0, true, 1000 },
    { "a line and delivery", { 1000 }, 1000, 0, 499, 600, 899, true, 101 },
    { "more off delivery than it costs", { 1000 }, 1000, 0, 499, 600, 899, false, 100 },
    { "more off a line than in all", { 1000 }, 1000, 0, 499, 600, 899, false, 601 },
    { "more off a line than it costs", { 1000, 5 }, 1005, 0, 499, 1001, 503, false, 1001 },
    { "a cent less than the lines", { 1000, 550 }, 1549, 0, 0, 0, 1549, false },
    { "a cent more than the lines", { 1000, 550 }, 1551, 0, 0, 0, 1551, false },
    { "a cent too little in all", { 1000 }, 1000, 125, 499, 100, 1523, false },
    { "discount added", { 1000 }, 1000, 125, 499, 100, 1724, false },
    { "shipping forgotten", { 1000 }, 1000, 125, 499, 0, 1125, false },
    { "below zero in all", { 1000 }, 1000, 0, 0, 1001, -1, false },
    { "negative tax", { 1000 }, 1000, -1, 0, 0, 999, false },
    { "negative discount", { 1000 }, 1000, 0, 0, -1, 1001, false },
    { "negative line", { 1000, -1 }, 999, 0, 0, 0, 999, false },
    { "more than can be", { MONEY_MINOR_MAX, 1 }, MONEY_MINOR_MAX + 1, 0, 0, 0, MONEY_MINOR_MAX + 1,
        false },
};

static struct orders_order order_of(const struct sum_case *c, struct orders_line lines[3])
{
    struct orders_order order = { .lines = lines,
        .subtotal = money_of(c->subtotal, USD),
        .tax = money_of(c->tax, USD),
        .shipping = money_of(c->shipping, USD),
        .discount = money_of(c->discount, USD),
        .total = money_of(c->total, USD) };
    for (; order.lines_n < 3 && c->lines[order.lines_n]; order.lines_n++)
        lines[order.lines_n] = (struct orders_line){ .quantity = 1,
            .price = money_of(0, USD),
            .subtotal = money_of(c->lines[order.lines_n], USD),
            .tax = money_of(0, USD) };
    lines[0].discount = money_of(c->off, USD);
    return order;
}

static void sums_hold_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sum_cases); i++) {
        struct orders_line lines[3];
        struct orders_order order = order_of(&sum_cases[i], lines);
        CASE_INT(sum_cases[i].name, orders_domain_sums_hold(&order), sum_cases[i].holds);
    }
}

static void one_currency_and_some_quantity(void **state)
{
    (void)state;
    struct orders_line lines[3];
    const currency eur = { "EUR" };
    struct orders_order order = order_of(&sum_cases[1], lines);
    CHECK(orders_domain_sums_hold(&order));
    money *const members[] = { &order.subtotal, &order.tax, &order.shipping, &order.discount,
        &order.total, &lines[0].price, &lines[1].subtotal, &lines[2].tax };
    for (size_t i = 0; i < COUNT(members); i++) {
        members[i]->currency = eur;
        CHECK(!orders_domain_sums_hold(&order));
        members[i]->currency = USD;
    }
    lines[1].quantity = 0;
    CHECK(!orders_domain_sums_hold(&order));
    lines[1].quantity = -1;
    CHECK(!orders_domain_sums_hold(&order));
}

/* ---- placing what does not hold is our mistake ---- */
static const struct bad_case {
    const char *name;
    size_t lines_n;
    int64_t total;
    enum orders_status status;
    str payment_status;
    bool nameless;
} bad_cases[] = {
    { .name = "wrong total", .lines_n = 1, .total = 999 },
    { .name = "no lines", .total = 0 },
    { .name = "too many lines", .lines_n = 101, .total = 101000 },
    { .name = "not pending", .lines_n = 1, .total = 1000, .status = ORDERS_CONFIRMED },
    { .name = "made-up payment", .lines_n = 1, .total = 1000, .payment_status = S_INIT("paid") },
    { .name = "no id", .lines_n = 1, .total = 1000, .nameless = true },
};

static void place_badly(const void *arg)
{
    const struct bad_case *c = arg;
    struct cx *cx = check_cx_open();
    struct orders *o = orders_open(cx->arena, (struct orders_deps){ 0 });
    struct orders_line *lines = NEW_N(cx->arena, c->lines_n, struct orders_line);
    for (size_t i = 0; i < c->lines_n; i++)
        lines[i] = (struct orders_line){ .quantity = 1,
            .price = money_of(1000, USD),
            .subtotal = money_of(1000, USD),
            .tax = money_of(0, USD) };
    struct orders_order order = { .lines = lines,
        .lines_n = c->lines_n,
        .status = c->status,
        .payment_status = c->payment_status,
        .subtotal = money_of((int64_t)c->lines_n * 1000, USD),
        .tax = money_of(0, USD),
        .shipping = money_of(0, USD),
        .discount = money_of(0, USD),
        .total = money_of(c->total, USD) };
    if (!c->nameless)
        order.order_id = cx_id(cx);
    str number;
    (void)!orders_place(o, cx, &order, &number);
}

static void bad_orders_panic(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad_cases); i++)
        CHECK_PANICS(place_badly, &bad_cases[i]);
}

/* ---- numbers ---- */
static void ten_thousand_numbers(void **state)
{
    (void)state;
    struct arena *arena = arena_open(1 << 20);
    struct rng rng = rng_seeded(7);
    struct map seen = map_new(arena, 20000);
    bool digit_seen[ORDERS_NUMBER_N][10] = { 0 };
    for (int i = 0; i < 10000; i++) {
        char *text = arena_alloc(arena, ORDERS_NUMBER_N);
        str number = { text, ORDERS_NUMBER_N };
        orders_domain_number(&rng, text);
        for (size_t k = 0; k < ORDERS_NUMBER_N; k++) {
            if (k == 3 || k == 11) {
                CHECK(text[k] == '-');
                continue;
            }
            CHECK(text[k] >= '0' && text[k] <= '9');
            digit_seen[k][text[k] - '0'] = true;
        }
        CHECK(text[0] != '0');
        CHECK(map_get(&seen, number) == NULL);
        map_put(&seen, number, text);
    }
    for (size_t k = 0; k < ORDERS_NUMBER_N; k++)
        for (int v = k == 0 ? 1 : 0; k != 3 && k != 11 && v < 10; v++)
            CHECK(digit_seen[k][v]);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_of_states),
        cmocka_unit_test(names_and_back),
        cmocka_unit_test(sums_hold_or_not),
        cmocka_unit_test(one_currency_and_some_quantity),
        cmocka_unit_test(bad_orders_panic),
        cmocka_unit_test(ten_thousand_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
