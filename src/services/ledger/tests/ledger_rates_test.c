/* SPDX-License-Identifier: Apache-2.0
 * The table of commission rates: how it is written, and which rate a seller's goods have. Run by
 * ./dev test; needs no database. */
#include "services/ledger/ledger.h"
#include "tests/support/check.h"

#define A "0190a000-0000-7000-8000-00000000000a"
#define B "0190a000-0000-7000-8000-00000000000b"
#define TABLE                                                                                      \
    "1500, electronics=800, electronics/phones=600," A "=1200, " A ":electronics=700 ,books = 0"

static const struct rate_case {
    const char *name, *table, *seller, *path;
    int64_t bp;
} rate_cases[] = {
    { "nothing said", "", A, "toys", LEDGER_COMMISSION_BP },
    { "a default", "900", A, "toys", 900 },
    { "the last default counts", "900,800", A, "toys", 800 },
    { "none of them", TABLE, B, "toys", 1500 },
    { "without a category", TABLE, B, "", 1500 },
    { "a category", TABLE, B, "electronics", 800 },
    { "below a category", TABLE, B, "electronics/cables/usb", 800 },
    { "the longer path", TABLE, B, "electronics/phones/old", 600 },
    { "another of the same beginning", TABLE, B, "electronics-used", 1500 },
    { "a rate of nothing", TABLE, B, "books/novels", 0 },
    { "a seller's own", TABLE, A, "toys", 1200 },
    { "a seller's own before a category", TABLE, A, "books", 1200 },
    { "a seller's own in a category", TABLE, A, "electronics/phones", 700 },
    { "the shop's own goods", TABLE, NULL, "electronics", 0 },
};

static void test_rates(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rate_cases); i++) {
        const struct rate_case *c = &rate_cases[i];
        struct cx *cx = check_cx_open();
        struct ledger_rates rates = { 0 };
        id seller = { { 0 } };
        CASE(c->name, ledger_rates_parse(cx, str_from_c(c->table), &rates) == NULL);
        CASE(c->name, !c->seller || id_parse(str_from_c(c->seller), &seller));
        CASE_INT(c->name, ledger_rate_of(&rates, seller, str_from_c(c->path)), c->bp);
        check_cx_close(cx);
    }
}

static const struct bad_case {
    const char *name, *table;
} bad_cases[] = {
    { "no number", "much" },
    { "below zero", "-1" },
    { "more than all", "10001" },
    { "a share of a rate", "12.5" },
    { "no scope", "=100" },
    { "no rate", "electronics=" },
    { "no rate that is one", "electronics=half" },
    { "an empty entry", "1500,,books=1" },
};

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad_cases); i++) {
        const struct bad_case *c = &bad_cases[i];
        struct cx *cx = check_cx_open();
        struct ledger_rates rates = { .default_bp = 7 };
        CASE(c->name, ledger_rates_parse(cx, str_from_c(c->table), &rates) == &ERR_INVALID);
        CASE_INT(c->name, rates.default_bp, 7);
        check_cx_close(cx);
    }
}

static void test_most(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct buf text = { .arena = cx->arena };
    struct ledger_rates rates = { 0 };
    for (int i = 0; i < LEDGER_RATES_MAX; i++)
        buf_fmt(&text, "category%d=%d,", i, i);
    CHECK_ERR(cx, ledger_rates_parse(cx, buf_str(&text), &rates), NULL);
    CHECK_INT((int64_t)rates.n, LEDGER_RATES_MAX);
    buf_add(&text, S("more=1"));
    CHECK_ERR(cx, ledger_rates_parse(cx, buf_str(&text), &rates), &ERR_INVALID);
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
