/* SPDX-License-Identifier: Apache-2.0
 * Commission is what was agreed when the order was placed: rates that change afterwards move
 * nothing, and money back reverses what was taken, to the cent. Run by ./dev test. */
#include "flows/checkout/tests/checkout_sellers.h"

static const struct buyer ada = { .user = true };

/* What sellers and the shop have of the goods. */
struct shared {
    int64_t sellers[2], commission, tax;
};
static struct shared look(struct sellers *s)
{
    const id shop = { { 0 } };
    return (struct shared){ { sellers_balance(s->w, LEDGER_SELLER, s->sellers[0]),
                                sellers_balance(s->w, LEDGER_SELLER, s->sellers[1]) },
        sellers_balance(s->w, LEDGER_COMMISSION, shop),
        sellers_balance(s->w, LEDGER_COMMISSION_TAX, shop) };
}

static void rates(struct world *w, struct cx *cx, const char *table, int64_t tax_bp)
{
    CHECK_ERR(cx, ledger_rates_parse(cx, str_from_c(table), &w->rates), NULL);
    w->rates.tax_bp = tax_bp;
}

static const struct sellers_line lines[] = { { 0, 1 }, { 1, 1 }, { 2, 1 }, { 3, 2 } };

/* Each line has the rate of its seller and category, and the ledger what they come to. */
static void test_rates_of_lines(void **state)
{
    struct world *w = world_open(state);
    struct sellers s = sellers_open(w);
    struct cx *cx = world_cx(w);
    rates(w, cx, "1500, pots=1000, cloth=850", 1900);
    struct orders_order o = sellers_buy(&s, &ada, lines, COUNT(lines), "pm_card_visa");
    static const int64_t bp[] = { 1000, 850, 1000, 0 }, tax_bp[] = { 1900, 1900, 1900, 0 };
    for (size_t i = 0; i < o.lines_n; i++) {
        CHECK_INT(o.lines[i].commission_bp, bp[i]);
        CHECK_INT(o.lines[i].commission_tax_bp, tax_bp[i]);
    }
    struct shared at = look(&s); /* 200 + 38 tax; 298 + 57; 133 + 25 */
    CHECK_INT(at.commission, 200 + 298 + 133);
    CHECK_INT(at.tax, 38 + 57 + 25);
    CHECK_INT(at.sellers[0], 1999 - 238);
    CHECK_INT(at.sellers[1], 3501 - 355 + 1333 - 158);
    world_done(cx);
    world_close(w);
}

static const struct back_row {
    const char *name;
    const char *amounts[8]; /* goodwill before the order is cancelled */
} back_rows[] = {
    { "all at once", { NULL } },
    { "one part", { "10.00" } },
    { "cents", { "0.01", "0.01", "0.01", "0.02", "0.03" } },
    { "thirds", { "29.70", "29.70" } },
    { "all but a cent", { "89.10" } },
};

/* The rates change between the sale and each refund; sellers and the shop end at nothing. */
static void test_back_to_nothing(void **state)
{
    static const char *const later[] = { "0", "9999, pots=3", "1500, pots=1001, cloth=849", "700" };
    struct world *w = world_open(state);
    struct sellers s = sellers_open(w);
    struct cx *cx = world_cx(w);
    for (size_t i = 0; i < COUNT(back_rows); i++) {
        const struct back_row *row = &back_rows[i];
        rates(w, cx, "1500, pots=1000, cloth=850", 1900);
        struct orders_order o = sellers_buy(&s, &ada, lines, COUNT(lines), "pm_card_visa");
        CASE(row->name, look(&s).commission == 631);
        for (size_t k = 0; row->amounts[k]; k++) {
            rates(w, cx, later[k % COUNT(later)], (int64_t)k * 700);
            CASE(row->name,
                world_end(w, &ada, o.order_id, CHECKOUT_GOODWILL, row->amounts[k]) == NULL);
        }
        rates(w, cx, later[i % COUNT(later)], 0);
        CASE(row->name, world_cancel(w, &ada, o.order_id) == NULL);
        struct shared at = look(&s);
        CASE_INT(row->name, at.commission, 0);
        CASE_INT(row->name, at.tax, 0);
        CASE_INT(row->name, at.sellers[0], 0);
        CASE_INT(row->name, at.sellers[1], 0);
    }
    world_done(cx);
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = { WORLD_TEST(test_rates_of_lines),
        WORLD_TEST(test_back_to_nothing) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
