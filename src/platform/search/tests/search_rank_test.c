/* SPDX-License-Identifier: Apache-2.0
 * Relevance beside the text: signals of behaviour, prices beside their category, what is buried,
 * and why. Run by meson, on both engines. */
#include <math.h>

#include "platform/search/search_index_internal.h"
#include "platform/search/tests/search_kit.h"

#define SAME 8 /* products that differ in nothing but their id */

static struct search_doc same_doc(unsigned n)
{
    return (struct search_doc){ .product_id = number_id(n),
        .title = S("walnut desk lamp"),
        .brand = S("Dell"),
        .category_path = S("home/lamps"),
        .price_minor = 2000,
        .in_stock = true };
}

struct saying {
    struct kit *kit;
    const struct search_signals *rows;
    size_t n;
};
static err do_signals(void *arg, struct cx *cx)
{
    struct saying *s = arg;
    return s->kit->search.signals(s->kit->search.self, cx, s->rows, s->n);
}
static void say(struct kit *kit, const struct search_signals *rows, size_t n)
{
    struct saying s = { kit, rows, n };
    CHECK_ERR(store_cx(kit->store), store_write(kit->store, do_signals, &s), NULL);
}

static struct kit open_same(void **state)
{
    struct kit kit = kit_open(state, true);
    struct search_doc docs[SAME];
    for (unsigned i = 0; i < SAME; i++)
        docs[i] = same_doc(i + 1);
    put(&kit, docs, SAME);
    return kit;
}

static const struct search_query lamps = {
    .text = { "walnut lamp", 11 }, .limit = SAME, .facets = true, .explain = true
};

static void test_codes(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t thousandths, code;
    } cases[] = { { "nothing known", 0, 0 }, { "negative", -5, 0 }, { "as usual", 1000, 128 },
        { "twice", 2000, 192 }, { "half", 500, 64 }, { "four times", 4000, 255 },
        { "far more", 900000, 255 }, { "a quarter", 250, 1 }, { "far less", 1, 1 } };
    for (size_t i = 0; i < COUNT(cases); i++)
        CASE_INT(cases[i].name, search_signal_code(cases[i].thousandths), cases[i].code);
}

/* Nothing known: the order is that of ids, and every factor of behaviour is exactly 1. */
static void test_neutral(void **state)
{
    struct kit kit = open_same(state);
    struct search_result r = ask(&kit, lamps);
    CHECK_INT((int64_t)r.n, SAME);
    CHECK(r.why != NULL);
    for (unsigned i = 0; i < SAME; i++) {
        CHECK_INT(id_number(r.product_ids[i]), i + 1);
        CHECK(r.why[i].score == r.why[0].score);
        for (size_t k = 0; k < r.why[i].factors_n; k++) {
            const struct search_factor *f = &r.why[i].factors[k];
            if (str_eq(f->name, S("velocity")) || str_eq(f->name, S("clicks")) ||
                str_eq(f->name, S("conversion")))
                CHECK(f->factor == 1);
        }
    }
    struct search_query all = lamps; /* said as usual is as if nothing was said */
    const struct search_signals usual = { number_id(5), 1000, 1000, 1000 };
    say(&kit, &usual, 1);
    r = ask(&kit, all);
    CHECK_INT(id_number(r.product_ids[4]), 5);
    kit_close(&kit);
}

static void test_signals(void **state)
{
    struct kit kit = open_same(state);
    const struct search_signals rows[] = { { number_id(8), 1000, 3000, 1000 },
        { number_id(1), 1000, 300, 1000 }, { number_id(7), 2000, 0, 0 },
        { number_id(99), 4000, 4000, 4000 } };
    say(&kit, rows, COUNT(rows));
    static const unsigned want[SAME] = { 8, 7, 2, 3, 4, 5, 6, 1 };
    for (int round = 0; round < 4; round++) {
        struct search_result r = ask(&kit, lamps);
        CHECK_INT((int64_t)r.n, SAME);
        for (unsigned i = 0; i < SAME; i++)
            CHECK_INT(id_number(r.product_ids[i]), want[i]);
        if (round == 0) { /* a put of the product says nothing of its signals */
            struct search_doc again = same_doc(8);
            again.price_minor = 1900;
            put(&kit, &again, 1);
        } else if (round == 1) { /* nor do other texts */
            struct search_doc again = same_doc(7);
            again.description = S("with a switch");
            put(&kit, &again, 1);
        } else if (round == 2) { /* an index made anew has them */
            kit_release(&kit);
            kit_adapter(&kit, (struct kit_opts){ .index = true });
        }
    }
    kit_close(&kit);
}

/* score = text x factors: what is told is what is ranked by. */
static void test_why(void **state)
{
    struct kit kit = open_same(state);
    const struct search_signals rows[] = { { number_id(3), 1700, 2500, 600 } };
    say(&kit, rows, COUNT(rows));
    struct search_result r = ask(&kit, lamps);
    CHECK_INT(id_number(r.product_ids[0]), 3);
    for (size_t i = 0; i < r.n; i++) {
        double product = r.why[i].text * r.why[i].lowered;
        for (size_t k = 0; k < r.why[i].factors_n; k++) {
            const struct search_factor *f = &r.why[i].factors[k];
            product *= f->factor;
            CHECK(fabs(f->factor - pow(f->signal, (double)f->weight / 100)) < 1e-6);
        }
        CHECK(fabs(product - r.why[i].score) < 1e-6 * product);
        CHECK(r.why[i].reasons_n > 4);
    }
    struct search_query q = lamps;
    q.explain = false;
    CHECK(ask(&kit, q).why == NULL);
    kit_close(&kit);
}

/* All that is known for a product and all against it count for no more than twice the text and no
 * less than half of it, and the bound is told. */
static void test_together(void **state)
{
    struct kit kit = open_same(state);
    const struct search_signals rows[] = { { number_id(5), 4000, 4000, 4000 },
        { number_id(6), 250, 250, 250 } };
    struct search_doc best = same_doc(5), worst = same_doc(6);
    best.rating_x100 = 500;
    best.rating_count = 100000;
    worst.rating_x100 = 100;
    worst.rating_count = 100000;
    worst.in_stock = false;
    put(&kit, &best, 1);
    put(&kit, &worst, 1);
    say(&kit, rows, COUNT(rows));
    struct search_result r = ask(&kit, lamps);
    CHECK_INT(id_number(r.product_ids[0]), 5);
    CHECK_INT(id_number(r.product_ids[SAME - 1]), 6);
    for (size_t i = 0; i < SAME; i += SAME - 1) {
        const struct search_why *why = &r.why[i];
        double boosts = 1, together = 1;
        for (size_t k = 0; k < why->factors_n; k++) {
            if (str_starts(why->factors[k].name, S("boost ")))
                boosts *= why->factors[k].factor;
            if (str_eq(why->factors[k].name, S("factors together")))
                together = why->factors[k].factor;
        }
        double want = i == 0 ? (double)SEARCH_FACTORS_MOST : (double)SEARCH_FACTORS_LEAST;
        CHECK(fabs(why->score - why->text * boosts * want) < 1e-6 * why->score);
        CHECK(i == 0 ? together < 1 : together > 1);
    }
    kit_close(&kit);
}

static void test_buried(void **state)
{
    struct kit kit = open_same(state);
    const id down[] = { number_id(1), number_id(4), number_id(77) };
    struct search_query q = lamps;
    q.buried = down;
    q.buried_n = COUNT(down);
    static const unsigned want[SAME] = { 2, 3, 5, 6, 7, 8, 1, 4 };
    struct search_result r = ask(&kit, q);
    CHECK_INT(r.total, SAME);
    for (unsigned i = 0; i < SAME; i++)
        CHECK_INT(id_number(r.product_ids[i]), want[i]);
    CHECK(fabs(r.why[7].lowered - 0.02) < 1e-6);
    q.limit = 3; /* over pages by token: each once */
    for (unsigned i = 0; i < SAME;) {
        r = ask(&kit, q);
        for (size_t k = 0; k < r.n; k++)
            CHECK_INT(id_number(r.product_ids[k]), want[i++]);
        q.page_token = r.next_page_token;
    }
    kit_close(&kit);
}

static void test_prices(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct search_dict known = { .arena = cx->arena };
    uint32_t a = search_dict_put(&known, S("a")), b = search_dict_put(&known, S("b"));
    const uint32_t path_of[] = { a, b, a, a, b, a, a, a, b };
    const int64_t minor[] = { 100, 7, 5000, 300, 9, 400, 0, 200, 8 };
    struct search_prices p = search_prices_of(cx->arena, &known, path_of, minor, COUNT(minor));
    static const struct {
        const char *name;
        str path;
        int64_t price, code;
    } cases[] = { { "the median", { "a", 1 }, 300, 64 }, { "half of it", { "a", 1 }, 150, 96 },
        { "twice", { "a", 1 }, 600, 32 }, { "nearly free", { "a", 1 }, 1, 127 },
        { "no price", { "a", 1 }, 0, 64 }, { "far too much", { "a", 1 }, 1 << 30, 1 },
        { "three products have no median", { "b", 1 }, 1, 64 },
        { "an unknown category", { "c", 1 }, 1, 64 } };
    for (size_t i = 0; i < COUNT(cases); i++)
        CASE_INT(
            cases[i].name, search_price_code(&p, cases[i].path, cases[i].price), cases[i].code);
    check_cx_close(cx);
}

static double price_factor(struct kit *kit, unsigned n)
{
    struct search_result r = ask(kit, lamps);
    for (size_t i = 0; i < r.n; i++)
        for (size_t k = 0; id_number(r.product_ids[i]) == n && k < r.why[i].factors_n; k++)
            if (str_eq(r.why[i].factors[k].name, S("price")))
                return r.why[i].factors[k].factor;
    return 0;
}

/* What all cost moves: a product whose own price did not change stands elsewhere beside them. */
static void test_reprice(void **state)
{
    struct kit kit = open_same(state);
    struct search_index *s = kit.search.self;
    CHECK_ERR(store_cx(kit.store), search_index_reprice(s, store_cx(kit.store)), NULL);
    CHECK(price_factor(&kit, 8) == 1);
    for (unsigned i = 1; i < SAME; i++) {
        struct search_doc dear = same_doc(i);
        dear.price_minor = 4000;
        put(&kit, &dear, 1);
    }
    CHECK(price_factor(&kit, 8) == 1); /* the median is that of before */
    CHECK(price_factor(&kit, 1) < 1);
    CHECK_ERR(store_cx(kit.store), search_index_reprice(s, store_cx(kit.store)), NULL);
    CHECK(price_factor(&kit, 8) > 1.05);
    CHECK(price_factor(&kit, 1) == 1);
    bool changed = true;
    CHECK_ERR(
        store_cx(kit.store), search_index_learn_prices(s, store_cx(kit.store), &changed), NULL);
    CHECK(!changed);
    kit_close(&kit);
}

/* Whatever is said, no weight makes a factor that outweighs the text. */
static void test_bounds(void **state)
{
    (void)state;
    struct search_weights most;
    for (size_t i = 0; i < SEARCH_WEIGHTS_N; i++)
        most.percent[i] = i <= SEARCH_W_PRICE ? SEARCH_WEIGHT_MAX : SEARCH_WEIGHT_WHOLE;
    struct search_ranking r = search_ranking_of(&most);
    CHECK_INT((int64_t)r.n, SEARCH_WEIGHTS_N);
    for (size_t i = 0; i < r.n; i++)
        for (size_t k = 0; k < r.factors[i].points_n; k++) {
            CASE(r.factors[i].name, r.points[i][k].factor >= 0.5f);
            CASE(r.factors[i].name, r.points[i][k].factor <= 2.0f);
            CASE(r.factors[i].name, k == 0 || r.points[i][k].at > r.points[i][k - 1].at);
        }
    CHECK_INT((int64_t)search_ranking_of(&(struct search_weights){ { 0 } }).n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_codes), cmocka_unit_test(test_prices),
        cmocka_unit_test(test_bounds), STORE_TEST(test_neutral), STORE_TEST(test_signals),
        STORE_TEST(test_why), STORE_TEST(test_together), STORE_TEST(test_reprice),
        STORE_TEST(test_buried) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
