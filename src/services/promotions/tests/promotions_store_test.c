/* SPDX-License-Identifier: Apache-2.0
 * The verbs of promotions on both engines: changing, evaluating from memory, and above all limits:
 * the last use raced in every order, budgets, what is given back, the units of a deal. Run by
 * meson. */
#include "services/promotions/promotions.h"

#include "base/instant.h"
#include "tests/support/store.h"

static const char *const folders[] = { "platform/bus", "services/promotions", NULL };
#define HOLD_MS (10 * 60 * 1000)

struct shop {
    struct store *s;
    struct cx *cx;
    struct promotions *p;
    struct promotions_promotion row, in;
    struct promotions_promotion *list;
    size_t n, wrong;
    id id, order;
    str user, code;
    int64_t price, quantity;
    struct promotions_result result;
    bool more;
    bool first;
    int asked;
};

static id named(const char *name)
{
    return id_from_name(S("t"), str_from_c(name));
}

static struct shop *shop_open(void **state)
{
    struct store *s = store_open(store_engine(state), folders);
    struct shop *w = NEW(store_cx(s)->arena, struct shop);
    *w = (struct shop){ .s = s, .cx = store_cx(s), .user = S("ada"), .price = 1000, .quantity = 1 };
    w->p = promotions_open(
        w->cx->arena, (struct promotions_deps){ .db = store_db(s), .currency = S("USD") });
    return w;
}

static err check(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    return promotions_check(w->p, cx, &w->wrong);
}

static void shop_close(struct shop *w)
{
    CHECK_ERR(w->cx, store_read(w->s, check, w), NULL);
    CHECK_INT(w->wrong, 0);
    promotions_close(w->p);
    store_close(w->s);
}

static err put(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    return promotions_put(w->p, cx, &w->in, &w->row);
}

static struct promotions_promotion add(struct shop *w, struct promotions_promotion in)
{
    in.name = in.name.n ? in.name : S("Sale");
    w->in = in;
    CHECK_ERR(w->cx, store_write(w->s, put, w), NULL);
    return w->row;
}

static err get(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    return promotions_get(w->p, cx, w->id, &w->row);
}

static struct promotions_promotion look(struct shop *w, id promotion_id)
{
    w->id = promotion_id;
    CHECK_ERR(w->cx, store_read(w->s, get, w), NULL);
    CHECK_ERR(w->cx, store_read(w->s, check, w), NULL);
    CHECK_INT(w->wrong, 0); /* after every step */
    return w->row;
}

/* ---- orders ---- */

static err first_order(void *arg, struct cx *cx, bool *ret)
{
    struct shop *w = arg;
    (void)cx;
    w->asked++;
    *ret = w->first;
    return NULL;
}

static struct promotions_buyer buyer_of(struct shop *w)
{
    bool guest = str_find_char(w->user, '@', 0) >= 0;
    return (struct promotions_buyer){ .user_id = guest ? (id){ 0 } : id_from_name(S("u"), w->user),
        .email = guest ? w->user : (str){ 0 },
        .first_order = first_order,
        .first_order_arg = w };
}

/* One line of w->quantity at w->price, with w->code. */
static err evaluate(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    struct promotions_line line = { .product_id = named("a"),
        .variant_id = named("a1"),
        .category_path = S("toys/games"),
        .brand = S("Acme"),
        .quantity = w->quantity,
        .price_minor = w->price };
    struct promotions_basket in = { .lines = &line,
        .lines_n = 1,
        .buyer = buyer_of(w),
        .codes = &w->code,
        .codes_n = w->code.n ? 1 : 0,
        .shipping_minor = 499 };
    return promotions_evaluate(w->p, cx, &in, &w->result);
}

static err reserve(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    return promotions_reserve(w->p, cx,
        (struct promotions_reserve){ .order_id = w->order,
            .buyer = buyer_of(w),
            .uses = w->result.uses,
            .uses_n = w->result.uses_n,
            .expires_ms = cx->now_ms + HOLD_MS });
}

static err confirm(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    return promotions_confirm(w->p, cx, w->order);
}

static err release(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    return promotions_release(w->p, cx, w->order);
}

static err expire(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    err e = NULL;
    for (const struct job *j = promotions_service.jobs; j->fn && !e; j++)
        e = j->fn(w->p, cx, &w->more);
    return e;
}

static err step(struct shop *w, db_work *fn, const char *order)
{
    w->order = named(order);
    return store_write(w->s, fn, w);
}

static void price(struct shop *w)
{
    CHECK_ERR(w->cx, store_read(w->s, evaluate, w), NULL);
}

/* ---- tests ---- */

static void a_coupon_is_kept_and_found(void **state)
{
    struct shop *w = shop_open(state);
    id products[] = { named("a"), named("b") };
    str brands[] = { S("Acme"), S("O'Neil \"x\"") };
    struct promotions_promotion p = add(
        w, (struct promotions_promotion){ .code = S("spring-10"),
               .name = S("Spring"),
               .percent_bp = 1000,
               .scope = { .products = products, .products_n = 2, .brands = brands, .brands_n = 2 },
               .family = S("season"),
               .priority = -3,
               .starts_ms = 5,
               .ends_ms = w->cx->now_ms + 1000,
               .uses_max = 7 });
    CHECK_STR(p.code, S("SPRING-10"));
    CHECK_INT(p.scope.products_n, 2);
    CHECK(id_eq(p.scope.products[1], products[1]));
    CHECK_STR(p.scope.brands[1], brands[1]);
    CHECK_INT(p.scope.categories_n + p.scope.sellers_n, 0);
    CHECK_INT(p.priority, -3);
    CHECK_INT(p.version, 1);
    CHECK_STR(p.family, S("season"));
    w->code = S("Spring-10");
    price(w);
    CHECK_INT(w->result.discount, 100);
    CHECK_STR(w->result.uses[0].text, S("10% off"));
    w->in =
        (struct promotions_promotion){ .code = S("SPRING-10"), .name = S("x"), .percent_bp = 1 };
    CHECK_ERR(w->cx, store_write(w->s, put, w), &PROMOTIONS_CODE_TAKEN);
    w->id = named("none");
    CHECK_ERR(w->cx, store_read(w->s, get, w), &ERR_MISSING);
    shop_close(w);
}

static err end(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    return promotions_end(w->p, cx, w->id);
}

static void changes_keep_within_what_is_used(void **state)
{
    struct shop *w = shop_open(state);
    struct promotions_promotion p =
        add(w, (struct promotions_promotion){ .percent_bp = 1000, .uses_max = 2 });
    price(w);
    CHECK_ERR(w->cx, step(w, reserve, "1"), NULL);
    CHECK_ERR(w->cx, (w->user = S("bob"), step(w, reserve, "2")), NULL);
    p.uses_max = 3;
    p.percent_bp = 2000;
    p = add(w, p);
    CHECK_INT(p.version, 2);
    CHECK_INT(p.used, 2);
    price(w);
    CHECK_INT(w->result.discount, 200);
    const struct {
        int64_t uses_max, per_customer, budget;
    } refused[] = { { 1, 0, 0 }, { 0, 0, 0 }, { 3, 1, 0 }, { 3, 0, 1000 } };
    for (size_t i = 0; i < COUNT(refused); i++) {
        w->in = p;
        w->in.uses_max = refused[i].uses_max;
        w->in.per_customer = refused[i].per_customer;
        w->in.budget_minor = refused[i].budget;
        CHECK_ERR(w->cx, store_write(w->s, put, w), &PROMOTIONS_FIXED);
    }
    w->in = p;
    w->in.kind = PROMOTIONS_FREE_SHIPPING;
    CHECK_ERR(w->cx, store_write(w->s, put, w), &PROMOTIONS_FIXED);
    w->id = p.promotion_id;
    CHECK_ERR(w->cx, store_write(w->s, end, w), NULL);
    CHECK_ERR(w->cx, store_write(w->s, end, w), NULL);
    w->in = p;
    CHECK_ERR(w->cx, store_write(w->s, put, w), &PROMOTIONS_FIXED);
    w->in.promotion_id = w->id = named("none");
    CHECK_ERR(w->cx, store_write(w->s, put, w), &ERR_MISSING);
    CHECK_ERR(w->cx, store_write(w->s, end, w), &ERR_MISSING);
    price(w);
    CHECK_INT(w->result.uses_n, 0);
    CHECK_ERR(w->cx, step(w, confirm, "1"), NULL); /* what is held stays */
    CHECK_INT(look(w, p.promotion_id).used, 2);
    shop_close(w);
}

/* Steps of two orders for one use: reserve, confirm, release. */
static err act(struct shop *w, char what, int who)
{
    w->user = who ? S("bob") : S("ada");
    const char *order = who ? "second" : "first";
    return step(w, what == 'r' ? reserve : what == 'c' ? confirm : release, order);
}

/* Runs `plan` ("r0 c0 r1 x0"), and tells which orders hold the coupon. */
static void race(struct shop *w, const char *plan, bool held[2])
{
    bool confirmed[2] = { false };
    held[0] = held[1] = false;
    for (const char *s = plan; *s; s += s[2] ? 3 : 2) {
        int who = s[1] - '0';
        err e = act(w, s[0], who);
        if (s[0] == 'r' && !held[who] && !held[!who])
            CHECK_ERR(w->cx, e, NULL);
        if (s[0] == 'r' && !held[who] && held[!who]) {
            CHECK_ERR(w->cx, e, &PROMOTIONS_EXHAUSTED);
            CHECK_STR(w->cx->fields->pointer, S("/coupons/ONCE"));
            continue;
        }
        CHECK_ERR(w->cx, e, NULL);
        confirmed[who] = (confirmed[who] || s[0] == 'c') && held[who];
        held[who] = s[0] == 'r' || (s[0] == 'c' && held[who]);
    }
}

static void a_single_use_goes_to_one_of_two(void **state)
{
    static const char *const plans[] = { /* r: reserve, c: confirm, x: release */
        "r0 r1 c0 c1", "r1 r0 c0 c1", "r0 c0 r1 c1", "r0 r1 c1 c0", "r0 x0 r1 c1", "r0 r1 x0 r1 c1",
        "r0 r0 r1 c0 c0", "r0 c0 x0 r1 c1", "r0 r1 x1 c0", "x0 r1 r0 x0 c1", "r0 x0 x0 r0 r1 c0",
        "c0 r1 c1 x0", "r0 c0 x0 x0 r1 r0"
    };
    for (size_t i = 0; i < COUNT(plans); i++) {
        struct shop *w = shop_open(state);
        struct promotions_promotion p = add(w,
            (struct promotions_promotion){ .code = S("ONCE"), .percent_bp = 1000, .uses_max = 1 });
        w->code = S("once");
        price(w);
        CHECK_INT(w->result.uses_n, 1);
        bool held[2];
        race(w, plans[i], held);
        CASE_INT(plans[i], look(w, p.promotion_id).used, held[0] + held[1]);
        CASE_INT(plans[i], held[0] + held[1], 1);
        price(w);
        CASE_INT(plans[i], w->result.uses_n, 0);
        CASE(plans[i], w->result.refused[0].problem == &PROMOTIONS_EXHAUSTED);
        shop_close(w);
    }
}

static void a_customer_has_a_share(void **state)
{
    struct shop *w = shop_open(state);
    struct promotions_promotion p = add(w,
        (struct promotions_promotion){ .code = S("TWICE"), .percent_bp = 1000, .per_customer = 2 });
    w->code = S("TWICE");
    price(w);
    CHECK_ERR(w->cx, step(w, reserve, "1"), NULL);
    CHECK_ERR(w->cx, step(w, reserve, "2"), NULL);
    CHECK_ERR(w->cx, step(w, reserve, "3"), &PROMOTIONS_EXHAUSTED);
    CHECK_INT(look(w, p.promotion_id).used, 0); /* without a total limit none is counted */
    price(w);
    CHECK_INT(w->result.refused[0].reason, PROMOTIONS_USED_BY_YOU);
    w->user = S("bob");
    price(w);
    CHECK_INT(w->result.uses_n, 1);
    w->user = S(" Eve@Example.org");
    price(w);
    CHECK_ERR(w->cx, step(w, reserve, "4"), NULL);
    w->user = S("eve@example.ORG ");
    CHECK_ERR(w->cx, step(w, reserve, "5"), NULL);
    price(w);
    CHECK_INT(w->result.refused[0].reason, PROMOTIONS_USED_BY_YOU);
    CHECK_ERR(w->cx, step(w, release, "4"), NULL);
    price(w);
    CHECK_INT(w->result.uses_n, 1);
    shop_close(w);
}

static void a_budget_is_never_exceeded(void **state)
{
    struct shop *w = shop_open(state);
    struct promotions_promotion p =
        add(w, (struct promotions_promotion){ .percent_bp = 1000, .budget_minor = 1000 });
    struct rng rng = rng_seeded(7);
    int64_t spent = 0, given[60] = { 0 };
    for (int i = 0; i < 60; i++) {
        char order[16];
        (void)snprintf(order, sizeof order, "o%d", i);
        w->price = rng_between(&rng, 100, 4000);
        w->cx->now_ms += 1000; /* what is in memory is asked anew */
        price(w);
        err e = w->result.uses_n ? step(w, reserve, order) : NULL;
        CHECK_ERR(w->cx, e, NULL); /* nobody is in between: the evaluation is right */
        given[i] = w->result.uses_n ? w->result.discount : 0;
        spent += given[i];
        int back = (int)rng_below(&rng, 60);
        if (rng_chance(&rng, 300) && given[back]) {
            (void)snprintf(order, sizeof order, "o%d", back);
            CHECK_ERR(w->cx, step(w, release, order), NULL);
            spent -= given[back];
            given[back] = 0;
        }
        struct promotions_promotion now = look(w, p.promotion_id);
        CHECK_INT(now.spent_minor, spent);
        CHECK(now.spent_minor <= 1000);
    }
    CHECK(spent > 500);
    /* two who have seen the same remainder */
    w->price = (1000 - spent) * 10;
    w->cx->now_ms += 1000;
    price(w);
    CHECK_ERR(w->cx, step(w, reserve, "x"), NULL);
    CHECK_ERR(w->cx, step(w, reserve, "y"), &PROMOTIONS_EXHAUSTED);
    CHECK(str_starts(w->cx->fields->pointer, S("/promotions/")));
    CHECK_INT(look(w, p.promotion_id).spent_minor, 1000);
    shop_close(w);
}

static void a_deal_sells_its_units(void **state)
{
    char order[16], user[16];
    struct shop *w = shop_open(state);
    struct promotions_promotion p = add(w, (struct promotions_promotion){ .kind = PROMOTIONS_DEAL,
                                               .product_id = named("a"),
                                               .variant_id = named("a1"),
                                               .amount_minor = 700,
                                               .uses_max = 50,
                                               .per_customer = 3,
                                               .ends_ms = w->cx->now_ms + DAY_MS });
    int64_t sold = 0;
    struct rng rng = rng_seeded(3);
    for (int i = 0; i < 40; i++) {
        (void)snprintf(order, sizeof order, "o%d", i);
        (void)snprintf(user, sizeof user, "u%d", i);
        w->user = str_from_c(user);
        w->quantity = rng_between(&rng, 1, 4);
        w->cx->now_ms += 1000;
        price(w);
        if (w->result.uses_n == 0)
            continue;
        CHECK_INT(w->result.lines[0].deal_minor, 700);
        CHECK(w->result.lines[0].deal_units <= 3 && w->result.uses[0].units <= w->quantity);
        CHECK_INT(w->result.discount, 300 * w->result.uses[0].units);
        CHECK_ERR(w->cx, step(w, reserve, order), NULL);
        CHECK_ERR(w->cx, step(w, confirm, order), NULL);
        sold += w->result.uses[0].units;
        CHECK_INT(look(w, p.promotion_id).used, sold);
    }
    CHECK_INT(sold, 50);
    CHECK_ERR(w->cx, step(w, release, "o0"), NULL); /* cancelled: its units are to be had again */
    CHECK(look(w, p.promotion_id).used < 50);
    price(w);
    CHECK_INT(w->result.uses_n, 1);
    w->cx->now_ms += DAY_MS;
    CHECK_ERR(w->cx, step(w, reserve, "late"), &PROMOTIONS_EXHAUSTED); /* over meanwhile */
    price(w);
    CHECK_INT(w->result.uses_n, 0);
    shop_close(w);
}

static err deals(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    return promotions_deals(w->p, cx, &w->list, &w->n);
}

static err list(void *arg, struct cx *cx)
{
    struct shop *w = arg;
    return promotions_list(
        w->p, cx, (struct promotions_page){ .before = w->id, .limit = 2 }, &w->list, &w->n);
}

static void lists_are_in_order(void **state)
{
    struct shop *w = shop_open(state);
    CHECK_ERR(w->cx, store_read(w->s, deals, w), NULL);
    CHECK_INT(w->n, 0);
    for (int i = 0; i < 3; i++) {
        w->cx->now_ms++; /* ids sort by time */
        (void)add(w, (struct promotions_promotion){ .kind = PROMOTIONS_DEAL,
                         .product_id = named("a"),
                         .variant_id = named("a1"),
                         .amount_minor = 700 + i,
                         .uses_max = 50,
                         .ends_ms = w->cx->now_ms + DAY_MS - i * 1000 });
    }
    CHECK_ERR(w->cx, store_read(w->s, deals, w), NULL);
    CHECK_INT(w->n, 3);
    CHECK_INT(w->list[0].amount_minor, 702); /* ends first */
    w->id = (id){ 0 };
    CHECK_ERR(w->cx, store_read(w->s, list, w), NULL);
    CHECK_INT(w->n, 2);
    CHECK_INT(w->list[0].amount_minor, 702); /* newest */
    w->id = w->list[1].promotion_id;
    CHECK_ERR(w->cx, store_read(w->s, list, w), NULL);
    CHECK_INT(w->n, 1);
    CHECK_INT(w->list[0].amount_minor, 700);
    shop_close(w);
}

static void holds_expire_and_come_back(void **state)
{
    struct shop *w = shop_open(state);
    struct promotions_promotion p =
        add(w, (struct promotions_promotion){
                   .code = S("ONCE"), .percent_bp = 1000, .uses_max = 1, .per_customer = 1 });
    w->code = S("ONCE");
    price(w);
    CHECK_ERR(w->cx, step(w, reserve, "slow"), NULL);
    CHECK_ERR(w->cx, step(w, expire, "-"), NULL);
    CHECK_INT(look(w, p.promotion_id).used, 1); /* not yet */
    w->cx->now_ms += HOLD_MS;
    CHECK_ERR(w->cx, step(w, expire, "-"), NULL);
    CHECK_INT(look(w, p.promotion_id).used, 0);
    CHECK_ERR(w->cx, step(w, expire, "-"), NULL);
    CHECK_ERR(w->cx, step(w, confirm, "slow"), NULL); /* late, and nobody else was there */
    CHECK_INT(look(w, p.promotion_id).used, 1);
    CHECK_ERR(w->cx, step(w, release, "slow"), NULL);
    CHECK_ERR(w->cx, step(w, reserve, "slow"), NULL);
    w->cx->now_ms += HOLD_MS;
    CHECK_ERR(w->cx, step(w, expire, "-"), NULL);
    w->user = S("bob");
    CHECK_ERR(w->cx, step(w, reserve, "quick"), NULL);
    CHECK_ERR(w->cx, step(w, confirm, "slow"), &PROMOTIONS_EXHAUSTED);
    CHECK_INT(look(w, p.promotion_id).used, 1);
    CHECK_ERR(w->cx, step(w, release, "slow"), NULL); /* gives nothing back twice */
    CHECK_INT(look(w, p.promotion_id).used, 1);
    CHECK_ERR(w->cx, step(w, confirm, "quick"), NULL);
    w->cx->now_ms += 8 * DAY_MS;
    CHECK_ERR(w->cx, step(w, expire, "-"), NULL); /* confirmed ones stay */
    CHECK_INT(look(w, p.promotion_id).used, 1);
    shop_close(w);
}

static void first_orders_count_once(void **state)
{
    struct shop *w = shop_open(state);
    (void)add(w, (struct promotions_promotion){ .percent_bp = 1000, .first_order = true });
    price(w);
    CHECK_INT(w->result.uses_n, 0);
    CHECK_INT(w->asked, 1);
    w->first = true;
    price(w);
    CHECK_INT(w->result.uses_n, 1);
    CHECK_ERR(w->cx, step(w, reserve, "1"), NULL);
    CHECK_ERR(w->cx, step(w, reserve, "2"), &PROMOTIONS_EXHAUSTED); /* placed at the same time */
    shop_close(w);
}

/* Statements that evaluating and reserving cost. */
static int64_t statements(struct shop *w)
{
    int64_t before = db_figures_of(store_db(w->s)).statements;
    price(w);
    CHECK_ERR(w->cx, step(w, reserve, "n"), NULL);
    return db_figures_of(store_db(w->s)).statements - before;
}

static err nothing(void *arg, struct cx *cx)
{
    (void)arg, (void)cx;
    return NULL;
}

static void an_order_without_promotions_costs_nothing(void **state)
{
    struct shop *w = shop_open(state);
    int64_t before = db_figures_of(store_db(w->s)).statements;
    CHECK_ERR(w->cx, store_read(w->s, nothing, w), NULL);
    CHECK_ERR(w->cx, store_write(w->s, nothing, w), NULL);
    int64_t bare = db_figures_of(store_db(w->s)).statements - before;
    CHECK_INT(statements(w), bare + 1); /* looks once */
    CHECK_INT(statements(w), bare);
    w->cx->now_ms += 999;
    CHECK_INT(statements(w), bare);
    w->cx->now_ms += 1;
    CHECK_INT(statements(w), bare + 1); /* a second later again */
    str brand = S("Other");
    (void)add(w,
        (struct promotions_promotion){
            .percent_bp = 1000, .per_customer = 1, .scope = { .brands = &brand, .brands_n = 1 } });
    CHECK_INT(statements(w), bare + 1); /* what was put is seen at once */
    CHECK_INT(statements(w), bare);     /* and does not concern these lines */
    shop_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_coupon_is_kept_and_found),
        STORE_TEST(changes_keep_within_what_is_used),
        STORE_TEST(a_single_use_goes_to_one_of_two),
        STORE_TEST(a_customer_has_a_share),
        STORE_TEST(a_budget_is_never_exceeded),
        STORE_TEST(a_deal_sells_its_units),
        STORE_TEST(lists_are_in_order),
        STORE_TEST(holds_expire_and_come_back),
        STORE_TEST(first_orders_count_once),
        STORE_TEST(an_order_without_promotions_costs_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
