/* SPDX-License-Identifier: Apache-2.0
 * The rules of the books: the chart, what a posting must be, sales as entries, and thousands of
 * random orders given back in random pieces until nothing is left. Run by meson. */
#include "services/ledger/ledger_domain.h"

#include "tests/support/check.h"

static const id shop, seller_a = { { 1 } }, seller_b = { { 2 } }, user = { { 3 } };

/* ---- the chart of accounts ---- */

static void test_chart(void **state)
{
    (void)state;
    for (int k = 0; k < LEDGER_KINDS_N; k++) {
        enum ledger_kind kind = LEDGER_KINDS_N;
        CHECK(ledger_kind_names[k] != NULL);
        CHECK(ledger_domain_kind(ledger_domain_code((enum ledger_kind)k), &kind));
        CASE_INT(ledger_kind_names[k], kind, k); /* no number twice */
        CASE(ledger_kind_names[k],               /* what is limited is owed to its owner */
            !ledger_is_limited((enum ledger_kind)k) ||
                (ledger_is_owned((enum ledger_kind)k) &&
                    !ledger_grows_by_debit((enum ledger_kind)k)));
    }
    CHECK(ledger_kind_names[LEDGER_KINDS_N] == NULL);
    enum ledger_kind kind = LEDGER_LOSS;
    CHECK(!ledger_domain_kind(0, &kind) && kind == LEDGER_LOSS);
    CHECK_INT(ledger_domain_balance(LEDGER_PROVIDER, 5), 5);
    CHECK_INT(ledger_domain_balance(LEDGER_WALLET, -5), 5);
}

/* ---- what a posting must be ---- */

#define PROVIDER(m)                                                                                \
    {                                                                                              \
        { LEDGER_PROVIDER, { { 0 } } }, (m)                                                        \
    }
#define SALES(m)                                                                                   \
    {                                                                                              \
        { LEDGER_SALES, { { 0 } } }, (m)                                                           \
    }
#define WALLET(o, m)                                                                               \
    {                                                                                              \
        { LEDGER_WALLET, { { (o) } } }, (m)                                                        \
    }
static const struct balanced_case {
    const char *name;
    struct ledger_entry entries[3];
    size_t n;
    err want;
} balanced_cases[] = {
    { "two sides", { PROVIDER(5), SALES(-5) }, 2, NULL },
    { "three accounts", { PROVIDER(5), WALLET(1, -2), SALES(-3) }, 3, NULL },
    { "two owners", { WALLET(1, 5), WALLET(2, -5) }, 2, NULL },
    { "one entry", { PROVIDER(5) }, 1, &ERR_BUG },
    { "no entry", { { .minor = 0 } }, 0, &ERR_BUG },
    { "a cent too much", { PROVIDER(5), SALES(-4) }, 2, &ERR_BUG },
    { "nothing", { PROVIDER(5), SALES(-5), WALLET(1, 0) }, 3, &ERR_BUG },
    { "an account twice", { PROVIDER(5), PROVIDER(1), SALES(-6) }, 3, &ERR_BUG },
    { "a wallet of nobody", { WALLET(0, 5), SALES(-5) }, 2, &ERR_BUG },
    { "somebody's sales", { PROVIDER(5), { { LEDGER_SALES, { { 1 } } }, -5 } }, 2, &ERR_BUG },
    { "round the clock", { PROVIDER(INT64_MAX), WALLET(1, INT64_MAX), SALES(2) }, 3, &ERR_BUG },
    { "too many", { PROVIDER(5), SALES(-5) }, LEDGER_ENTRIES_MAX + 1, &ERR_BUG },
};

static void test_balanced(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(balanced_cases); i++) {
        const struct balanced_case *c = &balanced_cases[i];
        CASE(c->name, ledger_domain_balanced(cx, c->entries, c->n) == c->want);
        cx_clear(cx);
    }
    check_cx_close(cx);
}

/* ---- shares ---- */

static const struct share_case {
    const char *name;
    int64_t goods, commission_bp, tax_bp, commission, tax;
} share_cases[] = {
    { "plain", 10000, 1500, 1900, 1500, 285 },
    { "half up", 50, 1500, 1900, 8, 2 }, /* 7.5, and 1.52 of 8 */
    { "below half", 49, 1500, 0, 7, 0 },
    { "free of commission", 10000, 0, 1900, 0, 0 },
    { "free goods", 0, 1500, 1900, 0, 0 },
    { "all of it", 7, 10000, 10000, 7, 7 },
    { "the most", MONEY_MINOR_MAX, 10000, 2500, MONEY_MINOR_MAX, MONEY_MINOR_MAX / 4 },
};

static void test_shares(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(share_cases); i++) {
        const struct share_case *c = &share_cases[i];
        struct ledger_share s = ledger_share_of(seller_a, c->goods, c->commission_bp, c->tax_bp);
        CASE_INT(c->name, s.commission_minor, c->commission);
        CASE_INT(c->name, s.commission_tax_minor, c->tax);
        struct ledger_share all = ledger_share_part(&s, c->goods);
        CASE_INT(c->name, all.commission_minor, c->commission);
        CASE_INT(c->name, all.commission_tax_minor, c->tax);
        CASE_INT(c->name, ledger_share_part(&s, 0).commission_minor, 0);
        CASE_INT(c->name, ledger_share_of(shop, c->goods, c->commission_bp, 0).commission_minor, 0);
    }
}

/* ---- an order by hand ---- */

static int64_t of(const struct ledger_entry *entries, size_t n, enum ledger_kind kind, id owner)
{
    for (size_t i = 0; i < n; i++)
        if (entries[i].account.kind == kind && id_eq(entries[i].account.owner, owner))
            return entries[i].minor;
    return 0;
}

static void test_sale_and_refund(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    const struct ledger_share shares[] = { ledger_share_of(shop, 1000, 0, 0),
        ledger_share_of(seller_a, 2000, 1000, 2000), ledger_share_of(seller_b, 500, 1000, 0) };
    const struct ledger_paid paid[] = { { { LEDGER_PROVIDER, shop }, 3000 },
        { { LEDGER_WALLET, user }, 765 } };
    struct ledger_sale sale = { shares, 3, .tax_minor = 665, .shipping_minor = 100,
        .discount_minor = 500, .paid = paid, .paid_n = 2 };
    struct ledger_entry *e;
    size_t n;
    CHECK_INT(ledger_total(&sale), 3765);
    CHECK_ERR(cx, ledger_sale(cx, &sale, &e, &n), NULL);
    CHECK_ERR(cx, ledger_domain_balanced(cx, e, n), NULL);
    CHECK_INT(n, 10);
    CHECK_INT(of(e, n, LEDGER_PROVIDER, shop), 3000);
    CHECK_INT(of(e, n, LEDGER_WALLET, user), 765);
    CHECK_INT(of(e, n, LEDGER_DISCOUNT, shop), 500);
    CHECK_INT(of(e, n, LEDGER_SALES, shop), -1000);
    CHECK_INT(of(e, n, LEDGER_SELLER, seller_a), -1760);
    CHECK_INT(of(e, n, LEDGER_SELLER, seller_b), -450);
    CHECK_INT(of(e, n, LEDGER_COMMISSION, shop), -250);
    CHECK_INT(of(e, n, LEDGER_COMMISSION_TAX, shop), -40);
    CHECK_INT(of(e, n, LEDGER_TAX, shop), -665);
    CHECK_INT(of(e, n, LEDGER_SHIPPING, shop), -100);
    CHECK_ERR(cx, ledger_refund(cx, &sale, &e, &n), NULL);
    CHECK_INT(of(e, n, LEDGER_REFUND, shop), 1000);
    CHECK_INT(of(e, n, LEDGER_SALES, shop), 0);
    CHECK_INT(of(e, n, LEDGER_SELLER, seller_a), 1760);
    CHECK_INT(of(e, n, LEDGER_PROVIDER, shop), -3000);
    struct ledger_sale cut; /* a third */
    CHECK_ERR(cx, ledger_cut(cx, &sale, 1255, &cut), NULL);
    CHECK_INT(cut.shares[1].goods_minor, 667);
    CHECK_INT(cut.shares[1].commission_minor, 67);
    CHECK_INT(cut.discount_minor, 167);
    CHECK_INT(cut.paid[0].minor, 1000);
    check_cx_close(cx);
}

static void break_paid(struct ledger_sale *s)
{
    ((struct ledger_paid *)s->paid)[0].minor--;
}
static void break_own(struct ledger_sale *s)
{
    ((struct ledger_share *)s->shares)[0].commission_minor = 1;
}
static void break_goods(struct ledger_sale *s)
{
    ((struct ledger_share *)s->shares)[0].goods_minor = -1;
}
static void break_tax(struct ledger_sale *s)
{
    s->tax_minor = -1;
}
static void break_shares(struct ledger_sale *s)
{
    s->shares_n = LEDGER_SHARES_MAX + 1;
}
static void break_method(struct ledger_sale *s)
{
    ((struct ledger_paid *)s->paid)[0].minor = -1;
}

static void test_sums_that_do_not_hold(void **state)
{
    (void)state;
    static void (*const breaks[])(struct ledger_sale *) = { break_paid, break_own, break_goods,
        break_tax, break_shares, break_method };
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(breaks); i++) {
        struct ledger_share share = { .goods_minor = 100 };
        struct ledger_paid paid = { { LEDGER_PROVIDER, shop }, 100 };
        struct ledger_sale sale = { &share, 1, .paid = &paid, .paid_n = 1 }, cut;
        struct ledger_entry *e;
        size_t n;
        CHECK_ERR(cx, ledger_cut(cx, &sale, 0, &cut), &ERR_BUG);
        CHECK_ERR(cx, ledger_cut(cx, &sale, 101, &cut), &ERR_BUG);
        breaks[i](&sale);
        CHECK_ERR(cx, ledger_sale(cx, &sale, &e, &n), &ERR_BUG);
        CHECK_ERR(cx, ledger_refund(cx, &sale, &e, &n), &ERR_BUG);
        CHECK_ERR(cx, ledger_cut(cx, &sale, 1, &cut), &ERR_BUG);
    }
    check_cx_close(cx);
}

/* ---- random orders ---- */

#define ORDERS 5000
#define ACCOUNTS_MAX 64

/* What all postings of an order leave on each account; own goods and their refunds are one. */
struct books {
    struct ledger_entry sums[ACCOUNTS_MAX];
    size_t n;
};

static void book(struct cx *cx, struct books *b, const struct ledger_entry *entries, size_t n)
{
    if (n)
        CHECK_ERR(cx, ledger_domain_balanced(cx, entries, n), NULL);
    for (size_t i = 0; i < n; i++) {
        struct ledger_account account = entries[i].account;
        if (account.kind == LEDGER_REFUND)
            account.kind = LEDGER_SALES;
        size_t k = 0;
        while (k < b->n && !ledger_domain_same(b->sums[k].account, account))
            k++;
        if (k == b->n) {
            CHECK(b->n < ACCOUNTS_MAX);
            b->sums[b->n++] = (struct ledger_entry){ account, 0 };
        }
        b->sums[k].minor += entries[i].minor;
    }
}

static int64_t up_to(struct rng *rng, int64_t most)
{
    return rng_chance(rng, 200) ? 0 : rng_between(rng, 0, most);
}

static struct ledger_sale random_sale(struct cx *cx, struct rng *rng)
{
    size_t n = 1 + (size_t)rng_below(rng, 8), methods = 1 + (size_t)rng_below(rng, 3);
    int64_t dear = rng_chance(rng, 100) ? MONEY_MINOR_MAX / 8 : rng_chance(rng, 300) ? 9 : 99999;
    struct ledger_share *shares = NEW_N(cx->arena, n, struct ledger_share);
    struct ledger_paid *paid = NEW_N(cx->arena, methods, struct ledger_paid);
    struct ledger_sale s = { shares, n, .paid = paid, .paid_n = methods };
    for (size_t i = 0; i < n; i++)
        shares[i] = ledger_share_of((id){ { (uint8_t)i } }, up_to(rng, dear),
            rng_between(rng, 0, 4000), rng_between(rng, 0, 2500));
    s.tax_minor = up_to(rng, dear);
    s.shipping_minor = up_to(rng, dear);
    s.discount_minor = up_to(rng, ledger_total(&s));
    int64_t total = ledger_total(&s), *weights = NEW_N(cx->arena, methods, int64_t),
            *parts = NEW_N(cx->arena, methods, int64_t);
    for (size_t i = 0; i < methods; i++)
        weights[i] = rng_between(rng, 0, 10);
    money_split(total, weights, methods, parts);
    const struct ledger_account accounts[] = { { LEDGER_PROVIDER, shop },
        { LEDGER_GIFT_CARD, { { 77 } } }, { LEDGER_WALLET, user } };
    for (size_t i = 0; i < methods; i++)
        paid[i] = (struct ledger_paid){ accounts[i], parts[i] };
    return s;
}

/* Each part is what its proportion says, give or take one unit (the discount's rounding). */
static void check_proportion(
    const struct ledger_sale *left, const struct ledger_sale *cut, int64_t minor)
{
    long double all = (long double)ledger_total(left);
    for (size_t i = 0; i < left->shares_n; i++) {
        const struct ledger_share *whole = &left->shares[i], *part = &cut->shares[i];
        long double ideal = (long double)whole->goods_minor * (long double)minor / all;
        long double off = (long double)part->goods_minor - ideal;
        CHECK(off > -2 && off < 2);
        CHECK(part->goods_minor >= 0 && part->goods_minor <= whole->goods_minor);
        CHECK(part->commission_minor >= 0 && part->commission_minor <= whole->commission_minor);
    }
    for (size_t i = 0; i < left->paid_n; i++)
        CHECK(cut->paid[i].minor >= 0 && cut->paid[i].minor <= left->paid[i].minor);
    CHECK_INT(ledger_total(cut), minor);
}

static void give_back(struct cx *cx, struct rng *rng, struct books *b, struct ledger_sale left)
{
    struct ledger_entry *e;
    size_t n;
    while (ledger_total(&left) > 0) {
        struct ledger_sale cut, rest;
        int64_t total = ledger_total(&left);
        int64_t minor = rng_chance(rng, 250) ? total : rng_between(rng, 1, total);
        CHECK_ERR(cx, ledger_cut(cx, &left, minor, &cut), NULL);
        check_proportion(&left, &cut, minor);
        CHECK_ERR(cx, ledger_refund(cx, &cut, &e, &n), NULL);
        book(cx, b, e, n);
        CHECK_ERR(cx, ledger_less(cx, &left, &cut, &rest), NULL);
        left = rest;
    }
}

static void test_random_orders(void **state)
{
    (void)state;
    struct rng rng = rng_seeded(20260101);
    for (int i = 0; i < ORDERS; i++) {
        struct cx *cx = check_cx_open();
        struct ledger_sale sale = random_sale(cx, &rng);
        struct ledger_entry *e;
        size_t n;
        CHECK_ERR(cx, ledger_sale(cx, &sale, &e, &n), NULL);
        struct books b = { .n = 0 };
        book(cx, &b, e, n);
        if (ledger_total(&sale) > 0) { /* else nothing was paid, and nothing goes back */
            give_back(cx, &rng, &b, sale);
            for (size_t k = 0; k < b.n; k++)
                CASE_INT(ledger_kind_names[b.sums[k].account.kind], b.sums[k].minor, 0);
        }
        check_cx_close(cx);
    }
}

static void test_parts_of_another_sale(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct ledger_share a = { .seller = seller_a, .goods_minor = 10 };
    struct ledger_share b = { .seller = seller_b, .goods_minor = 10 };
    struct ledger_share more = { .seller = seller_a, .goods_minor = 11 };
    struct ledger_paid card = { { LEDGER_PROVIDER, shop }, 10 };
    struct ledger_paid wallet = { { LEDGER_WALLET, user }, 10 };
    struct ledger_paid dear = { { LEDGER_PROVIDER, shop }, 11 };
    struct ledger_sale sale = { &a, 1, .paid = &card, .paid_n = 1 }, left;
    const struct ledger_sale others[] = { { &b, 1, .paid = &card, .paid_n = 1 },
        { &a, 1, .paid = &wallet, .paid_n = 1 }, { &more, 1, .paid = &dear, .paid_n = 1 },
        { &a, 0, .paid = &card, .paid_n = 1 }, { &a, 1, .paid = &card, .paid_n = 0 } };
    for (size_t i = 0; i < COUNT(others); i++)
        CHECK_ERR(cx, ledger_less(cx, &sale, &others[i], &left), &ERR_BUG);
    CHECK_ERR(cx, ledger_less(cx, &sale, &sale, &left), NULL);
    CHECK_INT(ledger_total(&left), 0);
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chart),
        cmocka_unit_test(test_balanced),
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_sale_and_refund),
        cmocka_unit_test(test_sums_that_do_not_hold),
        cmocka_unit_test(test_parts_of_another_sale),
        cmocka_unit_test(test_random_orders),
    };
    return cmocka_run_group_tests_name("ledger_domain", tests, NULL, NULL);
}
