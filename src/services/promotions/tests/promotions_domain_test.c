/* SPDX-License-Identifier: Apache-2.0
 * What promotions take off a basket: a table of cases with every amount written out, and properties
 * over random baskets. Run by meson test. */
#include "services/promotions/promotions_domain.h"

#include "tests/support/check.h"

#define NOW INT64_C(1767225600000)
#define DAY INT64_C(86400000)
static const currency USD = { "USD" };

static id named(const char *name)
{
    return id_from_name(S("t"), str_from_c(name));
}

/* ---- the table ---- */

#define LINES 3
#define PROMOS 3
struct line_case {
    const char *product;
    int64_t quantity, price;
    const char *category, *brand, *seller;
};
struct promo_case {
    enum promotions_kind kind;
    const char *code;
    int64_t percent_bp, amount, minimum, most, buy, get;
    const char *product, *category, *brand, *seller; /* scope; product also of a deal */
    const char *customers, *family;
    int64_t priority, starts, ends, uses_max, used, per_customer, mine, budget, spent;
    bool exclusive, with_deals, first_order, ended;
};
static const struct use_case {
    const char *name;
    struct line_case lines[LINES];
    struct promo_case promos[PROMOS];
    size_t promos_n;
    const char *codes[PROMOS];
    int64_t shipping;
    bool new_buyer;
    const char *group;
    int64_t off[LINES], off_shipping;
    size_t uses;
    int refused[PROMOS]; /* of each code in order; 0: it applies, else the reason plus one */
} cases[] = {
    { "nothing", { { "a", 1, 1000 } }, .promos_n = 0 },
    { "nothing at all", .promos_n = 0 },
    { "ten per cent", { { "a", 3, 333 }, { "b", 1, 5 } }, { { .percent_bp = 1000 } }, 1,
        .off = { 100, 1 }, .uses = 1 }, /* 99.9 and half a cent, up */
    { "a tiny percentage takes nothing", { { "a", 1, 49 } }, { { .percent_bp = 100 } }, 1 },
    { "all of it", { { "a", 2, 999 } }, { { .percent_bp = 10000 } }, 1, .off = { 1998 },
        .uses = 1 },
    { "at most", { { "a", 1, 1000 }, { "b", 1, 2000 } }, { { .percent_bp = 5000, .most = 100 } }, 1,
        .off = { 33, 67 }, .uses = 1 },
    { "an amount is shared out", { { "a", 1, 1000 }, { "b", 1, 1000 }, { "c", 1, 1000 } },
        { { PROMOTIONS_AMOUNT, .amount = 100 } }, 1, .uses = 1,
        .off = { 33, 33, 34 } }, /* the odd cent goes by id, not by place */
    { "an amount larger than all", { { "a", 1, 100 }, { "b", 2, 100 } },
        { { PROMOTIONS_AMOUNT, .amount = 5000 } }, 1, .off = { 100, 200 }, .uses = 1 },
    { "amount of a category", { { "a", 1, 1000, "toys/games" }, { "b", 1, 1000, "toysmall" } },
        { { PROMOTIONS_AMOUNT, .amount = 300, .category = "toys" } }, 1, .off = { 300, 0 },
        .uses = 1 },
    { "of a brand, without case", { { "a", 1, 1000, NULL, "ACME" }, { "b", 1, 1000 } },
        { { .percent_bp = 1000, .brand = "Acme" } }, 1, .off = { 100, 0 }, .uses = 1 },
    { "of a product or a brand",
        { { "a", 1, 1000 }, { "b", 1, 1000, NULL, "x" }, { "c", 1, 1000 } },
        { { .percent_bp = 1000, .product = "a", .brand = "x" } }, 1, .off = { 100, 100, 0 },
        .uses = 1 },
    { "of a brand and a seller",
        { { "a", 1, 1000, NULL, "x", "s" }, { "b", 1, 1000, NULL, "x" },
            { "c", 1, 1000, NULL, NULL, "s" } },
        { { .percent_bp = 1000, .brand = "x", .seller = "s" } }, 1, .off = { 100, 0, 0 },
        .uses = 1 },
    { "buy two get one", { { "a", 3, 500 } },
        { { PROMOTIONS_BUY_GET, .percent_bp = 10000, .buy = 2, .get = 1 } }, 1, .off = { 500 },
        .uses = 1 },
    { "the cheapest is free", { { "a", 1, 900 }, { "b", 1, 500 }, { "c", 1, 700 } },
        { { PROMOTIONS_BUY_GET, .percent_bp = 10000, .buy = 2, .get = 1 } }, 1,
        .off = { 0, 500, 0 }, .uses = 1 },
    { "two sets over lines", { { "a", 1, 500 }, { "b", 4, 700 }, { "c", 1, 900 } },
        { { PROMOTIONS_BUY_GET, .percent_bp = 10000, .buy = 2, .get = 1 } }, 1,
        .off = { 500, 700, 0 }, .uses = 1 },
    { "one too few", { { "a", 2, 500 } },
        { { PROMOTIONS_BUY_GET, .percent_bp = 10000, .buy = 2, .get = 1 } }, 1 },
    { "the second at half", { { "a", 5, 333 } },
        { { PROMOTIONS_BUY_GET, .percent_bp = 5000, .buy = 1, .get = 1 } }, 1, .off = { 333 },
        .uses = 1 },
    { "threshold met", { { "a", 1, 5000 } },
        { { PROMOTIONS_THRESHOLD, .amount = 1000, .minimum = 5000 } }, 1, .off = { 1000 },
        .uses = 1 },
    { "a cent below", { { "a", 1, 4999 } },
        { { PROMOTIONS_THRESHOLD, "TEN", .amount = 1000, .minimum = 5000 } }, 1, { "ten" },
        .refused = { PROMOTIONS_BELOW_MINIMUM + 1 } },
    { "a minimum counts what is in scope", { { "a", 1, 4000 }, { "b", 1, 4000, "toys" } },
        { { PROMOTIONS_THRESHOLD, "TEN", .amount = 1000, .minimum = 5000, .category = "toys" } }, 1,
        { "TEN" }, .refused = { PROMOTIONS_BELOW_MINIMUM + 1 } },
    { "free delivery", { { "a", 1, 100 } }, { { PROMOTIONS_FREE_SHIPPING } }, 1, .shipping = 499,
        .off_shipping = 499, .uses = 1 },
    { "some of delivery", { { "a", 1, 100 } }, { { PROMOTIONS_FREE_SHIPPING, .most = 300 } }, 1,
        .shipping = 499, .off_shipping = 300, .uses = 1 },
    { "delivery is free already", { { "a", 1, 100 } }, { { PROMOTIONS_FREE_SHIPPING, "SHIP" } }, 1,
        { "ship" }, .refused = { PROMOTIONS_NOTHING_OFF + 1 } },
    /* codes */
    { "a code that nobody gave", { { "a", 1, 1000 } }, { { .code = "TEN", .percent_bp = 1000 } },
        1 },
    { "a code", { { "a", 1, 1000 } }, { { .code = "TEN", .percent_bp = 1000 } }, 1, { " ten " },
        .off = { 100 }, .uses = 1 },
    { "a code twice", { { "a", 1, 1000 } }, { { .code = "TEN", .percent_bp = 1000 } }, 1,
        { "ten", "TEN" }, .off = { 100 }, .uses = 1 },
    { "unknown", { { "a", 1, 1000 } }, .promos_n = 0, .codes = { "WHAT", "?!" },
        .refused = { PROMOTIONS_NO_SUCH_CODE + 1, PROMOTIONS_NO_SUCH_CODE + 1 } },
    { "over", { { "a", 1, 1000 } }, { { .code = "TEN", .percent_bp = 1000, .ends = NOW } }, 1,
        { "TEN" }, .refused = { PROMOTIONS_OVER + 1 } },
    { "its last millisecond", { { "a", 1, 1000 } },
        { { .code = "TEN", .percent_bp = 1000, .ends = NOW + 1 } }, 1, { "TEN" }, .off = { 100 },
        .uses = 1 },
    { "ended by hand", { { "a", 1, 1000 } },
        { { .code = "TEN", .percent_bp = 1000, .ended = true } }, 1, { "TEN" },
        .refused = { PROMOTIONS_OVER + 1 } },
    { "not yet", { { "a", 1, 1000 } }, { { .code = "TEN", .percent_bp = 1000, .starts = NOW + 1 } },
        1, { "TEN" }, .refused = { PROMOTIONS_NOT_YET + 1 } },
    { "used up", { { "a", 1, 1000 } },
        { { .code = "TEN", .percent_bp = 1000, .uses_max = 5, .used = 5 } }, 1, { "TEN" },
        .refused = { PROMOTIONS_USED_UP + 1 } },
    { "the last use", { { "a", 1, 1000 } },
        { { .code = "TEN", .percent_bp = 1000, .uses_max = 5, .used = 4 } }, 1, { "TEN" },
        .off = { 100 }, .uses = 1 },
    { "used by this customer", { { "a", 1, 1000 } },
        { { .code = "TEN", .percent_bp = 1000, .per_customer = 2, .mine = 2 } }, 1, { "TEN" },
        .refused = { PROMOTIONS_USED_BY_YOU + 1 } },
    { "the budget's last cent", { { "a", 1, 1000 } },
        { { .percent_bp = 1000, .budget = 500, .spent = 400 } }, 1, .off = { 100 }, .uses = 1 },
    { "a cent over the budget", { { "a", 1, 1000 } },
        { { .code = "TEN", .percent_bp = 1000, .budget = 500, .spent = 401 } }, 1, { "TEN" },
        .refused = { PROMOTIONS_USED_UP + 1 } },
    { "for a group", { { "a", 1, 1000 } },
        { { .code = "TEN", .percent_bp = 1000, .customers = "staff" } }, 1, { "TEN" },
        .refused = { PROMOTIONS_NOT_FOR_YOU + 1 } },
    { "of the group", { { "a", 1, 1000 } },
        { { .code = "TEN", .percent_bp = 1000, .customers = "staff" } }, 1, { "TEN" },
        .group = "Staff", .off = { 100 }, .uses = 1 },
    { "a first order", { { "a", 1, 1000 } }, { { .percent_bp = 1000, .first_order = true } }, 1,
        .new_buyer = true, .off = { 100 }, .uses = 1 },
    { "not the first", { { "a", 1, 1000 } }, { { .percent_bp = 1000, .first_order = true } }, 1 },
    { "not these", { { "a", 1, 1000, "books" } },
        { { .code = "TEN", .percent_bp = 1000, .category = "toys" } }, 1, { "TEN" },
        .refused = { PROMOTIONS_NOT_THESE + 1 } },
    /* several */
    { "one after the other", { { "a", 1, 1000 } },
        { { .percent_bp = 5000 }, { .percent_bp = 1000, .priority = 1 } }, 2, .off = { 550 },
        .uses = 2 },
    { "the better first", { { "a", 1, 1000 } },
        { { .percent_bp = 1000, .exclusive = true }, { .percent_bp = 2000 } }, 2, .off = { 200 },
        .uses = 1 },
    { "an exclusive one alone", { { "a", 1, 1000 } },
        { { .code = "ALL", .percent_bp = 3000, .exclusive = true },
            { .code = "TEN", .percent_bp = 1000 } },
        2, { "TEN", "ALL" }, .off = { 300 }, .uses = 1,
        .refused = { PROMOTIONS_NOT_TOGETHER + 1 } },
    { "priority before size", { { "a", 1, 1000 } },
        { { .code = "ALL", .percent_bp = 3000, .exclusive = true, .priority = 1 },
            { .code = "TEN", .percent_bp = 1000 } },
        2, { "TEN", "ALL" }, .off = { 100 }, .uses = 1,
        .refused = { 0, PROMOTIONS_NOT_TOGETHER + 1 } },
    { "one of a family", { { "a", 1, 1000 } },
        { { .percent_bp = 1000, .family = "sale" }, { .percent_bp = 2000, .family = "sale" },
            { .percent_bp = 5000, .priority = 9 } },
        3, .off = { 600 }, .uses = 2 },
    { "nothing left", { { "a", 1, 1000 } },
        { { PROMOTIONS_AMOUNT, .amount = 2000 },
            { .code = "TEN", .percent_bp = 1000, .priority = 1 } },
        2, { "TEN" }, .off = { 1000 }, .uses = 1, .refused = { PROMOTIONS_NOTHING_OFF + 1 } },
    { "the larger amount alone goes first", { { "a", 1, 100 } },
        { { PROMOTIONS_AMOUNT, .amount = 30 }, { .percent_bp = 5000 } }, 2, .off = { 80 },
        .uses = 2 },
    /* deals */
    { "a deal", { { "a", 2, 1000 } },
        { { PROMOTIONS_DEAL, .product = "a", .amount = 700, .uses_max = 50 } }, 1, .off = { 600 },
        .uses = 1 },
    { "the last unit of a deal", { { "a", 3, 1000 } },
        { { PROMOTIONS_DEAL, .product = "a", .amount = 700, .uses_max = 50, .used = 49 } }, 1,
        .off = { 300 }, .uses = 1 },
    { "a customer's share", { { "a", 3, 1000 } },
        { { PROMOTIONS_DEAL, .product = "a", .amount = 700, .uses_max = 50, .per_customer = 2,
            .mine = 1 } },
        1, .off = { 300 }, .uses = 1 },
    { "sold out", { { "a", 3, 1000 } },
        { { PROMOTIONS_DEAL, .product = "a", .amount = 700, .uses_max = 50, .used = 50 } }, 1 },
    { "dearer than today's price", { { "a", 1, 600 } },
        { { PROMOTIONS_DEAL, .product = "a", .amount = 700, .uses_max = 50 } }, 1 },
    { "the better deal", { { "a", 1, 1000 } },
        { { PROMOTIONS_DEAL, .product = "a", .amount = 700, .uses_max = 50 },
            { PROMOTIONS_DEAL, .product = "a", .amount = 600, .uses_max = 50 } },
        2, .off = { 400 }, .uses = 1 },
    { "a deal that has not begun", { { "a", 1, 1000 } },
        { { PROMOTIONS_DEAL, .product = "a", .amount = 700, .uses_max = 50, .starts = NOW + 1 } },
        1 },
    { "promotions leave deals alone", { { "a", 1, 1000 }, { "b", 1, 1000 } },
        { { PROMOTIONS_DEAL, .product = "a", .amount = 700, .uses_max = 50 },
            { .percent_bp = 1000 } },
        2, .off = { 300, 100 }, .uses = 2 },
    { "unless they say so", { { "a", 1, 1000 }, { "b", 1, 1000 } },
        { { PROMOTIONS_DEAL, .product = "a", .amount = 700, .uses_max = 50 },
            { .percent_bp = 1000, .with_deals = true } },
        2, .off = { 370, 100 }, .uses = 2 },
    { "a minimum is asked after deals", { { "a", 1, 1000 }, { "b", 1, 400 } },
        { { PROMOTIONS_DEAL, .product = "a", .amount = 700, .uses_max = 50 },
            { .code = "TEN", .percent_bp = 1000, .minimum = 1101, .with_deals = true } },
        2, { "TEN" }, .off = { 300, 0 }, .uses = 1, .refused = { PROMOTIONS_BELOW_MINIMUM + 1 } },
    { "only deals in the cart", { { "a", 1, 1000 } },
        { { PROMOTIONS_DEAL, .product = "a", .amount = 700, .uses_max = 50 },
            { .code = "TEN", .percent_bp = 1000 } },
        2, { "TEN" }, .off = { 300 }, .uses = 1, .refused = { PROMOTIONS_NOT_THESE + 1 } },
};

static const str *one_text(struct arena *a, const char *text, size_t *ret_n)
{
    str *list = NEW(a, str);
    *list = str_from_c(text);
    *ret_n = text ? 1 : 0;
    return list;
}

static const id *one_id(struct arena *a, const char *name, size_t *ret_n)
{
    id *list = NEW(a, id);
    if (name)
        *list = named(name);
    *ret_n = name ? 1 : 0;
    return list;
}

static struct promotions_promotion promo_of(
    struct arena *a, const struct promo_case *c, const char *name, size_t i)
{
    struct promotions_promotion p = { .promotion_id =
                                          named(str_fmt(a, "%s %zu%c", name, i, '\0').p),
        .kind = c->kind,
        .code = str_from_c(c->code),
        .name = S("Sale"),
        .percent_bp = c->percent_bp,
        .amount_minor = c->amount,
        .minimum_minor = c->minimum,
        .most_minor = c->most,
        .buy_units = c->buy,
        .get_units = c->get,
        .first_order = c->first_order,
        .customers = str_from_c(c->customers),
        .exclusive = c->exclusive,
        .family = str_from_c(c->family),
        .priority = c->priority,
        .with_deals = c->with_deals,
        .starts_ms = c->starts,
        .ends_ms = c->ends,
        .uses_max = c->uses_max,
        .per_customer = c->per_customer,
        .budget_minor = c->budget,
        .used = c->used,
        .spent_minor = c->spent,
        .ended_ms = c->ended ? NOW - 1 : 0 };
    if (c->kind == PROMOTIONS_DEAL) {
        p.product_id = p.variant_id = named(c->product);
        return p;
    }
    p.scope.products = one_id(a, c->product, &p.scope.products_n);
    p.scope.sellers = one_id(a, c->seller, &p.scope.sellers_n);
    p.scope.categories = one_text(a, c->category, &p.scope.categories_n);
    p.scope.brands = one_text(a, c->brand, &p.scope.brands_n);
    return p;
}

struct setup {
    struct promotions_line lines[LINES];
    struct promotions_promotion promos[PROMOS];
    struct promotions_candidate candidates[PROMOS];
    str codes[PROMOS], group;
    struct promotions_world world;
    struct promotions_basket basket;
};

static struct setup *setup_of(struct arena *a, const struct use_case *t)
{
    struct setup *s = NEW(a, struct setup);
    for (; s->basket.lines_n < LINES && t->lines[s->basket.lines_n].product; s->basket.lines_n++) {
        const struct line_case *l = &t->lines[s->basket.lines_n];
        s->lines[s->basket.lines_n] = (struct promotions_line){ .product_id = named(l->product),
            .variant_id = named(l->product),
            .seller_id = l->seller ? named(l->seller) : (id){ 0 },
            .category_path = str_from_c(l->category),
            .brand = str_from_c(l->brand),
            .quantity = l->quantity,
            .price_minor = l->price };
    }
    for (size_t i = 0; i < t->promos_n; i++) {
        s->promos[i] = promo_of(a, &t->promos[i], t->name, i);
        s->candidates[i] = (struct promotions_candidate){ &s->promos[i], t->promos[i].mine };
    }
    for (; s->basket.codes_n < PROMOS && t->codes[s->basket.codes_n]; s->basket.codes_n++)
        s->codes[s->basket.codes_n] = str_from_c(t->codes[s->basket.codes_n]);
    s->group = str_from_c(t->group);
    s->basket.lines = s->lines;
    s->basket.codes = s->codes;
    s->basket.shipping_minor = t->shipping;
    s->basket.buyer.groups = &s->group;
    s->basket.buyer.groups_n = t->group ? 1 : 0;
    s->world = (struct promotions_world){ .candidates = s->candidates,
        .candidates_n = t->promos_n,
        .now_ms = NOW,
        .currency = USD,
        .first_order = t->new_buyer };
    return s;
}

/* The parts of each use add up to it, all uses to the lines, and all lines to the whole. */
static void check_sums(
    const char *name, const struct promotions_basket *in, const struct promotions_result *r)
{
    int64_t all = 0, shipping = 0;
    for (size_t u = 0; u < r->uses_n; u++) {
        int64_t sum = r->uses[u].shipping_minor;
        for (size_t i = 0; i < in->lines_n; i++)
            sum += r->uses[u].line_minor[i];
        CASE_INT(name, sum, r->uses[u].minor);
        CASE(name, sum > 0 && r->uses[u].units > 0 && r->uses[u].text.n > 0);
        all += sum;
        shipping += r->uses[u].shipping_minor;
    }
    CASE_INT(name, r->discount, all);
    CASE_INT(name, r->shipping_discount, shipping);
    CASE(name, shipping <= in->shipping_minor);
    for (size_t i = 0; i < in->lines_n; i++) {
        int64_t sum = 0;
        for (size_t u = 0; u < r->uses_n; u++) {
            CASE(name, r->uses[u].line_minor[i] >= 0);
            sum += r->uses[u].line_minor[i];
        }
        CASE_INT(name, r->lines[i].discount, sum);
        CASE(name, sum <= in->lines[i].quantity * in->lines[i].price_minor);
        CASE(name, r->lines[i].deal_units <= in->lines[i].quantity);
    }
}

static const struct promotions_refusal *refusal_of(const struct promotions_result *r, str code)
{
    for (size_t i = 0; i < r->refused_n; i++)
        if (str_eq(r->refused[i].code, code))
            return &r->refused[i];
    return NULL;
}

static void each_case_comes_to_what_it_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct use_case *t = &cases[i];
        struct cx *cx = check_cx_open();
        struct setup *s = setup_of(cx->arena, t);
        struct promotions_result r;
        promotions_domain_evaluate(cx->arena, &s->world, &s->basket, &r);
        check_sums(t->name, &s->basket, &r);
        for (size_t k = 0; k < s->basket.lines_n; k++)
            CASE_INT(t->name, r.lines[k].discount, t->off[k]);
        CASE_INT(t->name, r.shipping_discount, t->off_shipping);
        CASE_INT(t->name, r.uses_n, t->uses);
        for (size_t k = 0; k < s->basket.codes_n; k++) {
            const struct promotions_refusal *f = refusal_of(&r, s->codes[k]);
            CASE_INT(t->name, f ? (int)f->reason + 1 : 0, t->refused[k]);
            CASE(t->name, !f || (f->text.n > 0 && f->problem));
        }
        check_cx_close(cx);
    }
}

/* ---- random baskets ---- */

#define MANY_LINES 6
#define MANY_PROMOS 8

static void random_line(struct rng *rng, size_t i, struct promotions_line *l)
{
    static const char *const products[MANY_LINES] = { "a", "b", "c", "d", "e", "f" };
    static const char *const categories[] = { "toys", "toys/games", "books", "toysmall" };
    static const char *const brands[] = { "x", "y", "z" };
    static const int64_t prices[] = { 1, 7, 99, 333, 1000, 99999, MONEY_MINOR_MAX / 1000 };
    *l = (struct promotions_line){ .product_id = named(products[i]),
        .variant_id = named(products[i]),
        .seller_id = named(rng_chance(rng, 500) ? "s" : "t"),
        .category_path = str_from_c(categories[rng_below(rng, COUNT(categories))]),
        .brand = str_from_c(brands[rng_below(rng, COUNT(brands))]),
        .quantity = rng_between(rng, 1, 9),
        .price_minor = prices[rng_below(rng, COUNT(prices))] };
}

static struct promo_case random_promo(struct rng *rng, size_t i)
{
    static const char *const codes[MANY_PROMOS] = { "C0", "C1", "C2", "C3", "C4", "C5", "C6",
        "C7" };
    static const char *const families[] = { NULL, NULL, "f", "g" };
    static const char *const scopes[] = { NULL, NULL, "toys", "books" };
    static const char *const products[] = { "a", "b", "c" };
    enum promotions_kind kind = (enum promotions_kind)rng_below(rng, PROMOTIONS_KINDS_N);
    bool deal = kind == PROMOTIONS_DEAL;
    return (struct promo_case){ .kind = kind,
        .code = !deal && rng_chance(rng, 400) ? codes[i] : NULL,
        .percent_bp = rng_between(rng, 1, 10000),
        .amount = rng_between(rng, 1, 2000),
        .minimum = rng_chance(rng, 300) ? rng_between(rng, 1, 5000) : 0,
        .most = rng_chance(rng, 300) ? rng_between(rng, 1, 1500) : 0,
        .buy = rng_between(rng, 1, 3),
        .get = rng_between(rng, 1, 2),
        .product = deal ? products[rng_below(rng, COUNT(products))] : NULL,
        .category = scopes[rng_below(rng, COUNT(scopes))],
        .brand = rng_chance(rng, 200) ? "x" : NULL,
        .seller = rng_chance(rng, 200) ? "s" : NULL,
        .family = families[rng_below(rng, COUNT(families))],
        .priority = rng_between(rng, 0, 3),
        .uses_max = deal || rng_chance(rng, 300) ? rng_between(rng, 1, 5) : 0,
        .used = rng_between(rng, 0, 2),
        .per_customer = rng_chance(rng, 300) ? rng_between(rng, 1, 3) : 0,
        .mine = rng_between(rng, 0, 2),
        .budget = !deal && rng_chance(rng, 200) ? rng_between(rng, 100, 9000) : 0,
        .spent = rng_between(rng, 0, 100),
        .exclusive = rng_chance(rng, 150),
        .with_deals = rng_chance(rng, 300) };
}

struct many {
    struct promotions_line lines[MANY_LINES];
    struct promotions_promotion promos[MANY_PROMOS];
    struct promotions_candidate candidates[MANY_PROMOS];
    str codes[MANY_PROMOS];
    size_t lines_n, promos_n, codes_n;
    int64_t shipping;
};

static void random_many(struct arena *a, struct rng *rng, struct many *m)
{
    m->lines_n = (size_t)rng_between(rng, 0, MANY_LINES);
    m->promos_n = (size_t)rng_between(rng, 0, MANY_PROMOS);
    m->shipping = rng_between(rng, 0, 1) * 499;
    for (size_t i = 0; i < m->lines_n; i++)
        random_line(rng, i, &m->lines[i]);
    for (size_t i = 0; i < m->promos_n; i++) {
        struct promo_case c = random_promo(rng, i);
        m->promos[i] = promo_of(a, &c, "random", i);
        m->candidates[i] = (struct promotions_candidate){ &m->promos[i], c.mine };
        if (c.code)
            m->codes[m->codes_n++] = str_from_c(c.code);
    }
}

static struct promotions_result evaluate(struct arena *a, const struct many *m)
{
    struct promotions_world w = {
        .candidates = m->candidates, .candidates_n = m->promos_n, .now_ms = NOW, .currency = USD
    };
    struct promotions_basket in = { .lines = m->lines,
        .lines_n = m->lines_n,
        .codes = m->codes,
        .codes_n = m->codes_n,
        .shipping_minor = m->shipping };
    struct promotions_result r;
    promotions_domain_evaluate(a, &w, &in, &r);
    check_sums("random", &in, &r);
    return r;
}

/* Limits that the basket alone can break. */
static void check_limits(const struct many *m, const struct promotions_result *r)
{
    for (size_t u = 0; u < r->uses_n; u++)
        for (size_t i = 0; i < m->promos_n; i++) {
            const struct promotions_promotion *p = &m->promos[i];
            const struct promotions_use *use = &r->uses[u];
            if (!id_eq(p->promotion_id, use->promotion_id))
                continue;
            CHECK(p->uses_max == 0 || p->used + use->units <= p->uses_max);
            CHECK(p->per_customer == 0 || m->candidates[i].mine + use->units <= p->per_customer);
            CHECK(p->budget_minor == 0 || p->spent_minor + use->minor <= p->budget_minor);
            CHECK(p->most_minor == 0 || p->kind == PROMOTIONS_DEAL || use->minor <= p->most_minor);
            CHECK(!p->exclusive || p->kind == PROMOTIONS_DEAL || r->uses_n == 1 ||
                  r->uses[r->uses_n - 2].kind == PROMOTIONS_DEAL);
        }
}

static void turn(struct many *m, struct rng *rng, size_t *where)
{
    for (size_t i = 0; i < m->lines_n; i++)
        where[i] = i;
    for (size_t i = m->lines_n; i > 1; i--) {
        size_t k = (size_t)rng_below(rng, i), t = where[i - 1];
        struct promotions_line l = m->lines[i - 1];
        m->lines[i - 1] = m->lines[k];
        m->lines[k] = l;
        where[i - 1] = where[k];
        where[k] = t;
    }
    for (size_t i = m->promos_n; i > 1; i--) {
        size_t k = (size_t)rng_below(rng, i);
        struct promotions_candidate c = m->candidates[i - 1];
        m->candidates[i - 1] = m->candidates[k];
        m->candidates[k] = c;
    }
    for (size_t i = m->codes_n; i > 1; i--) {
        size_t k = (size_t)rng_below(rng, i);
        str c = m->codes[i - 1];
        m->codes[i - 1] = m->codes[k];
        m->codes[k] = c;
    }
}

static void random_baskets_keep_the_rules(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20000; seed++) {
        struct cx *cx = check_cx_open();
        struct rng rng = rng_seeded(seed);
        struct many *m = NEW(cx->arena, struct many);
        size_t where[MANY_LINES];
        random_many(cx->arena, &rng, m);
        struct promotions_result first = evaluate(cx->arena, m);
        check_limits(m, &first);
        struct promotions_result again = evaluate(cx->arena, m);
        turn(m, &rng, where);
        struct promotions_result turned = evaluate(cx->arena, m);
        bool same = first.discount == again.discount && first.discount == turned.discount &&
                    first.uses_n == turned.uses_n && first.refused_n == turned.refused_n;
        for (size_t i = 0; i < m->lines_n; i++)
            same = same && turned.lines[i].discount == first.lines[where[i]].discount &&
                   again.lines[i].discount == first.lines[i].discount;
        for (size_t u = 0; same && u < first.uses_n; u++)
            same = id_eq(first.uses[u].promotion_id, turned.uses[u].promotion_id);
        if (!same)
            print_error("seed %llu\n", (unsigned long long)seed);
        CHECK(same);
        check_cx_close(cx);
    }
}

/* ---- what may be stored ---- */

static const struct check_case {
    const char *name;
    struct promotions_promotion in;
    const char *pointer; /* refused here; NULL: fine */
} check_cases[] = {
    { "a percentage", { .name = S_INIT("x"), .percent_bp = 1000 }, NULL },
    { "no name", { .percent_bp = 1000 }, "/name" },
    { "no percentage", { .name = S_INIT("x") }, "/percent" },
    { "more than all", { .name = S_INIT("x"), .percent_bp = 10001 }, "/percent" },
    { "a code", { .name = S_INIT("x"), .percent_bp = 1, .code = S_INIT(" Sale-10_a ") }, NULL },
    { "a short code", { .name = S_INIT("x"), .percent_bp = 1, .code = S_INIT("a") }, "/code" },
    { "a code with a blank", { .name = S_INIT("x"), .percent_bp = 1, .code = S_INIT("a b") },
        "/code" },
    { "an amount", { .kind = PROMOTIONS_AMOUNT, .name = S_INIT("x"), .amount_minor = 1 }, NULL },
    { "no amount", { .kind = PROMOTIONS_AMOUNT, .name = S_INIT("x") }, "/amount" },
    { "buy nothing", { .kind = PROMOTIONS_BUY_GET, .name = S_INIT("x"), .get_units = 1 }, "/buy" },
    { "buy and get",
        { .kind = PROMOTIONS_BUY_GET, .name = S_INIT("x"), .buy_units = 1, .get_units = 1 }, NULL },
    { "threshold of nothing",
        { .kind = PROMOTIONS_THRESHOLD, .name = S_INIT("x"), .amount_minor = 1 }, "/minimum" },
    { "ends before it starts",
        { .name = S_INIT("x"), .percent_bp = 1, .starts_ms = 5, .ends_ms = 5 }, "/endsAt" },
    { "first orders twice",
        { .name = S_INIT("x"), .percent_bp = 1, .first_order = true, .per_customer = 2 },
        "/perCustomer" },
    { "a deal of nothing", { .kind = PROMOTIONS_DEAL, .name = S_INIT("x"), .amount_minor = 1 },
        "/productId" },
    { "a negative limit", { .name = S_INIT("x"), .percent_bp = 1, .uses_max = -1 }, "/limit" },
};

static void what_is_stored_makes_sense(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(check_cases); i++) {
        const struct check_case *t = &check_cases[i];
        struct cx *cx = check_cx_open();
        struct promotions_promotion p = t->in;
        err e = promotions_domain_check(cx, &p);
        CASE(t->name, e == (t->pointer ? &ERR_INVALID : NULL));
        CASE(t->name, !t->pointer || str_eq(cx->fields->pointer, str_from_c(t->pointer)));
        CASE(t->name, t->pointer || !t->in.code.n || str_eq(p.code, S("SALE-10_A")));
        CASE(t->name, t->pointer || p.kind != PROMOTIONS_BUY_GET || p.percent_bp == 10000);
        check_cx_close(cx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_comes_to_what_it_says),
        cmocka_unit_test(random_baskets_keep_the_rules),
        cmocka_unit_test(what_is_stored_makes_sense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
