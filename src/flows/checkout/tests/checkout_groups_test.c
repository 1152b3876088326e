/* SPDX-License-Identifier: Apache-2.0
 * One order of several sellers to several addresses: what it costs, how its groups go their own
 * ways, and that goods and money are exact after each step, also when calls fail. Run by
 * ./dev test checkout. */
#include "flows/checkout/tests/checkout_sellers.h"

static const struct buyer ada = { .user = true };

/* ---- what it costs ---- */

/* Goods: 0 vase 19.99 of seller 0; 1 rug 35.01 and 2 jug 13.33 of seller 1; 3 bowl 7.77, our own.
 */
static const struct cost_row {
    const char *name;
    struct sellers_line lines[5];
    size_t groups;
    int64_t tax, shipping;
    const char *city; /* of the order */
    int64_t fees[4];  /* of the groups */
} cost_rows[] = {
    { "one seller, one address", { { 0, 1 } }, 1, 125, 499, "Springfield", { 499 } },
    { "two sellers, one address: one parcel's fee", { { 0, 1 }, { 2, 1 } }, 2, 125 + 83, 499,
        "Springfield", { 299, 200 } },
    { "free together, whoever sends it", { { 0, 1 }, { 2, 1 }, { 3, 1 } }, 3, 125 + 83 + 49, 0,
        "Springfield", { 0, 0, 0 } },
    { "one seller, two addresses", { { 0, 1 }, { 0, 1, 1 } }, 2, 125 + 145, 998, "Springfield",
        { 499, 499 } },
    { "each address by itself is not free", { { 1, 1 }, { 0, 1, 1 } }, 2, 219 + 145, 499,
        "Springfield", { 0, 499 } },
    { "all to another address is the order's", { { 0, 1, 1 }, { 0, 2, 1 } }, 1, 145 + 290, 0,
        "San Francisco", { 0 } },
    { "the same address, written twice", { { 0, 1 }, { 3, 1, 1 }, { 2, 1, 1 }, { 3, 1, 1 } }, 3,
        125 + 56 + 97 + 56, 499 + 499, "Springfield", { 499, 269, 230 } },
    { "without tax", { { 0, 1 }, { 0, 1, 2 } }, 2, 125, 998, "Springfield", { 499, 499 } },
    { "abroad", { { 0, 1 }, { 0, 1, 3 } }, 2, 125 + 380, 499 + 1499, "Springfield", { 499, 1499 } },
};

static size_t count_lines(const struct sellers_line *lines)
{
    size_t n = 0;
    while (n < 5 && lines[n].quantity)
        n++;
    return n;
}

static void test_costs(void **state)
{
    struct world *w = world_open(state);
    struct sellers s = sellers_open(w);
    for (size_t i = 0; i < COUNT(cost_rows); i++) {
        const struct cost_row *r = &cost_rows[i];
        struct orders_order o =
            sellers_buy(&s, &ada, r->lines, count_lines(r->lines), "pm_card_visa");
        int64_t fees = 0, off = 0;
        CASE_INT(r->name, (int64_t)o.groups_n, (int64_t)r->groups);
        CASE_INT(r->name, o.tax.minor, r->tax);
        CASE_STR(r->name, o.address.city, str_from_c(r->city));
        for (size_t g = 0; g < o.groups_n; g++) {
            fees += o.groups[g].shipping.minor;
            off += o.groups[g].shipping_off.minor;
            CASE_INT(r->name, o.groups[g].shipping.minor, r->fees[g]);
            CASE(r->name, o.groups[g].estimated_ms >= o.groups[g].estimated_from_ms);
            CASE(r->name, o.estimated_ms >= o.groups[g].estimated_ms);
        }
        CASE_INT(r->name, fees, o.shipping.minor);
        CASE_INT(r->name, off, 0);
        CASE_INT(r->name, o.shipping.minor, r->shipping);
    }
    world_close(w);
}

/* Each line, group and order: to one address an order costs what its lines cost as one parcel. */
static void test_one_address_costs_as_before(void **state)
{
    struct world *w = world_open(state);
    struct sellers s = sellers_open(w);
    for (size_t set = 1; set < 16; set++) {
        struct sellers_line lines[4];
        struct pricing_line priced[4];
        size_t n = 0;
        for (size_t i = 0; i < 4; i++)
            if (set & 1u << i) {
                priced[n] = (struct pricing_line){ .product_id = s.goods[i].product_id,
                    .variant_id = s.goods[i].variant_id,
                    .quantity = (int64_t)i + 1,
                    .weight_g = sellers_rows[i].weight_g,
                    .price = money_of(sellers_rows[i].price, USD),
                    .list = money_of(sellers_rows[i].price, USD) };
                lines[n++] = (struct sellers_line){ i, (int64_t)i + 1, 0 };
            }
        struct cx *cx = world_cx(w);
        struct pricing_quote quote;
        CHECK_ERR(cx,
            pricing_quote_wish(w->pricing, cx, priced, n,
                &(struct pricing_wish){ .place = { S("US"), S("IL"), S("62701") }, .filled = true },
                &quote),
            NULL);
        struct orders_order o = sellers_buy(&s, &ada, lines, n, "pm_card_visa");
        CHECK_INT(o.total.minor, quote.total.minor);
        CHECK_INT(o.shipping.minor, quote.shipping.minor);
        CHECK_INT(o.estimated_ms, quote.delivery_to_ms);
        world_done(cx);
    }
    world_close(w);
}

/* ---- what is refused, and where it is said ---- */

static const struct refused_row {
    const char *name;
    struct sellers_line lines[5];
    bool guest;
    id address_id; /* of the second line */
    err want;
    const char *pointer;
} refused_rows[] = {
    { "another's address", { { 0, 1 }, { 1, 1, 1 } }, false, { { 1 } }, &ERR_INVALID,
        "/items/1/shippingAddress/addressId" },
    { "a guest's saved address", { { 0, 1 }, { 1, 1, 1 } }, true, { { 1 } }, &ERR_INVALID,
        "/items/1/shippingAddress/addressId" },
    { "too many", { { 0, 1 }, { 2, 1, 1 }, { 1, 2000000, 1 } }, false, { { 0 } }, &ERR_INVALID,
        "/items/2/quantity" },
};

static void test_refused(void **state)
{
    struct world *w = world_open(state);
    struct sellers s = sellers_open(w);
    for (size_t i = 0; i < COUNT(refused_rows); i++) {
        const struct refused_row *r = &refused_rows[i];
        const struct buyer guest = { .cart_token = S("a guest") };
        size_t n = count_lines(r->lines);
        struct cx *cx = world_cx(w);
        world_as(w, cx, r->guest ? &guest : &ada);
        struct checkout_item items[5] = { 0 };
        struct checkout_where others[5] = { 0 };
        for (size_t k = 0; k < n; k++) {
            items[k] = (struct checkout_item){ s.goods[r->lines[k].goods].product_id,
                s.goods[r->lines[k].goods].variant_id, r->lines[k].quantity,
                r->lines[k].to ? k + 1 : 0 };
            others[k] = (struct checkout_where){ .address = &sellers_places[r->lines[k].to] };
        }
        others[1].address_id = r->address_id;
        struct told *t = NEW(cx->arena, struct told);
        t->place = (struct checkout_place){ .c = w->c,
            .cx = cx,
            .wish = { .items = items,
                .items_n = n,
                .where = { .address = &world_address },
                .others = others,
                .email = S("guest@example.org"),
                .method = { S("card"), S("pm_card_visa") } },
            .done = world_told,
            .arg = t };
        checkout_place(&t->place);
        CASE(r->name, t->place.failed == r->want);
        CASE(r->name, cx->fields != NULL);
        CASE_STR(r->name, cx->fields->pointer, str_from_c(r->pointer));
        world_done(cx);
    }
    world_close(w);
}

/* ---- discounts ---- */

static err add_coupons(void *arg, struct cx *cx)
{
    struct world *w = arg;
    static const struct promotions_promotion rows[] = {
        { .kind = PROMOTIONS_PERCENTAGE,
            .code = S_INIT("SEVENTH"),
            .name = S_INIT("A seventh"),
            .percent_bp = 1429,
            .uses_max = 1000000 },
        { .kind = PROMOTIONS_FREE_SHIPPING,
            .code = S_INIT("CARRIED"),
            .name = S_INIT("Carried"),
            .uses_max = 1000000 },
        { .kind = PROMOTIONS_PERCENTAGE,
            .code = S_INIT("GIVEN"),
            .name = S_INIT("Given away"),
            .percent_bp = 10000,
            .uses_max = 1000000 },
    };
    err e = NULL;
    for (size_t i = 0; !e && i < COUNT(rows); i++) {
        struct promotions_promotion made;
        e = promotions_put(w->promotions, cx, &rows[i], &made);
    }
    return e;
}

/* ---- the ways of groups ---- */

enum act { END, MOVE, RETURN, CANCEL, APPROVE, GOODWILL };
struct step {
    enum act act;
    int64_t part; /* 0: the order */
    enum orders_status to;
    const char *amount;
    err want;
};
#define STEPS_MAX 14
static const struct story {
    const char *name;
    struct sellers_line lines[5];
    const char *coupon;
    struct step steps[STEPS_MAX];
    enum orders_status ends;
} stories[] = {
    { "one is cancelled, the other delivered", { { 0, 2 }, { 2, 1, 1 } }, NULL,
        { { MOVE, 2, ORDERS_PROCESSING }, { CANCEL, 1 },
            { CANCEL, 1, .want = &CHECKOUT_NOT_OFFERED }, { MOVE, 2, ORDERS_SHIPPED },
            { CANCEL, 2, .want = &CHECKOUT_NOT_OFFERED }, { MOVE, 2, ORDERS_DELIVERED } },
        ORDERS_DELIVERED },
    { "both cancelled, one by one", { { 0, 1 }, { 2, 1, 1 } }, "SEVENTH",
        { { CANCEL, 2 }, { CANCEL, 1 } }, ORDERS_CANCELLED },
    { "one cancelled, then the order", { { 0, 1 }, { 2, 3, 1 }, { 1, 1, 2 } }, "SEVENTH",
        { { CANCEL, 3 }, { CANCEL, 0 } }, ORDERS_CANCELLED },
    { "one is shipped: the order stays", { { 0, 1 }, { 2, 1, 1 } }, NULL,
        { { MOVE, 0, ORDERS_PROCESSING }, { MOVE, 1, ORDERS_SHIPPED },
            { CANCEL, 0, .want = &CHECKOUT_NOT_OFFERED }, { CANCEL, 2 } },
        ORDERS_SHIPPED },
    { "one goes back", { { 0, 1 }, { 2, 1 } }, "CARRIED",
        { { MOVE, 0, ORDERS_PROCESSING }, { MOVE, 0, ORDERS_SHIPPED },
            { MOVE, 1, ORDERS_DELIVERED }, { APPROVE, 1, .want = &CHECKOUT_NOT_OFFERED },
            { MOVE, 1, ORDERS_RETURN_REQUESTED }, { APPROVE, 1 },
            { APPROVE, 1, .want = &CHECKOUT_NOT_OFFERED }, { MOVE, 2, ORDERS_DELIVERED } },
        ORDERS_DELIVERED },
    { "both go back, one by one, after goodwill", { { 0, 1 }, { 2, 1, 1 }, { 3, 2, 1 } }, "SEVENTH",
        { { GOODWILL, 0, .amount = "0.01" }, { GOODWILL, 0, .amount = "11.11" },
            { MOVE, 0, ORDERS_PROCESSING }, { MOVE, 0, ORDERS_SHIPPED },
            { MOVE, 0, ORDERS_DELIVERED }, { MOVE, 2, ORDERS_RETURN_REQUESTED }, { APPROVE, 2 },
            { GOODWILL, 0, .amount = "1.23" }, { MOVE, 0, ORDERS_RETURN_REQUESTED },
            { APPROVE, 0 } },
        ORDERS_REFUNDED },
    { "given away, and cancelled", { { 0, 1 }, { 1, 1, 1 } }, "GIVEN",
        { { CANCEL, 2 }, { CANCEL, 1 } }, ORDERS_CANCELLED },
    { "the same goods to two", { { 0, 3 }, { 0, 2, 1 } }, NULL, { { CANCEL, 2 } },
        ORDERS_CONFIRMED },
    { "no such group", { { 0, 1 }, { 0, 2, 1 } }, NULL,
        { { CANCEL, 3, .want = &ERR_MISSING }, { APPROVE, 3, .want = &ERR_MISSING } },
        ORDERS_CONFIRMED },
    { "the only group is the order", { { 0, 1 } }, "SEVENTH",
        { { MOVE, 1, ORDERS_PROCESSING }, { CANCEL, 2, .want = &ERR_MISSING }, { CANCEL, 1 } },
        ORDERS_CANCELLED },
};

struct moving {
    struct world *w;
    id order_id;
    const struct step *step;
};
static err unit_move(void *arg, struct cx *cx)
{
    struct moving *m = arg;
    if (!m->step->part)
        return orders_move(
            m->w->orders, cx, (struct orders_move){ .order_id = m->order_id, .to = m->step->to });
    return orders_group_move(m->w->orders, cx,
        (struct orders_group_move){
            .order_id = m->order_id, .group = (size_t)m->step->part - 1, .to = m->step->to });
}

static err act(struct world *w, id order_id, const struct step *s)
{
    static const enum checkout_why whys[] = {
        [CANCEL] = CHECKOUT_CANCELS, [APPROVE] = CHECKOUT_RETURNED, [GOODWILL] = CHECKOUT_GOODWILL
    };
    struct moving m = { w, order_id, s };
    if (s->act == MOVE)
        return world_write(w, PLACE_ORDERS, unit_move, &m);
    return world_end_part(w, &ada, order_id, whys[s->act], s->amount, s->part);
}

static id begin(struct sellers *s, const struct story *story)
{
    const str coupon = str_from_c(story->coupon);
    struct told *t = sellers_ask(s, &ada, story->lines, count_lines(story->lines),
        (struct wanted){
            .card = "pm_card_visa", .coupons = &coupon, .coupons_n = story->coupon ? 1 : 0 });
    id order_id = t->place.plan.order.order_id;
    CASE(story->name, t->place.failed == NULL);
    world_done(t->cx);
    return order_id;
}

static void test_stories(void **state)
{
    struct world *w = world_open(state);
    struct sellers s = sellers_open(w);
    (void)world_write(w, PLACE_CART, add_coupons, w);
    for (size_t i = 0; i < COUNT(stories); i++) {
        const struct story *story = &stories[i];
        struct sellers_books before = sellers_look(&s, story->name);
        id order_id = begin(&s, story);
        int64_t goodwill = 0;
        sellers_agree(&s, story->name, &before, order_id, goodwill);
        for (size_t k = 0; k < STEPS_MAX && story->steps[k].act != END; k++) {
            const struct step *step = &story->steps[k];
            char name[160];
            (void)snprintf(name, sizeof name, "%s, step %zu", story->name, k + 1);
            CASE(name, act(w, order_id, step) == step->want);
            goodwill += step->act == GOODWILL;
            sellers_agree(&s, name, &before, order_id, goodwill);
        }
        CASE_INT(story->name, sellers_see(&s, order_id).status, story->ends);
    }
    world_close(w);
}

/* Every call of the provider fails once, in every manner, while the last of the money goes back. */
static void test_every_call_fails_once(void **state)
{
    struct world *w = world_open(state);
    struct sellers s = sellers_open(w);
    (void)world_write(w, PLACE_CART, add_coupons, w);
    /* Where each commit is durable it takes long: there the first stories stand for all. */
    const struct world_setting *setting = *state;
    size_t n_stories = setting->engine == DB_SQLITE ? 6 : 2;
    for (size_t i = 0; i < n_stories; i++)
        for (int fault = FAULT_BEFORE; fault < FAULTS_N; fault++) {
            const struct story *story = &stories[i];
            bool fired = true;
            for (int n = 1; fired; n++) {
                char name[160];
                (void)snprintf(
                    name, sizeof name, "%s, %s of call %d", story->name, fault_names[fault], n);
                struct sellers_books before = sellers_look(&s, name);
                id order_id = begin(&s, story);
                int64_t goodwill = 0;
                w->fault = (enum fault)fault;
                w->fault_at = n;
                w->calls = 0;
                w->fired = false;
                for (size_t k = 0; k < STEPS_MAX && story->steps[k].act != END; k++) {
                    if (story->steps[k].want)
                        continue;
                    CASE(name, act(w, order_id, &story->steps[k]) == NULL);
                    goodwill += story->steps[k].act == GOODWILL;
                    world_settle(w, SAGA_LEASE_MS + 1);
                }
                fired = w->fired;
                w->fault = FAULT_NONE;
                sellers_agree(&s, name, &before, order_id, goodwill);
                CASE_INT(name, sellers_see(&s, order_id).status, story->ends);
            }
        }
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = { WORLD_TEST(test_costs),
        WORLD_TEST_ON(test_one_address_costs_as_before, 0, "SQLite"), WORLD_TEST(test_refused),
        WORLD_TEST(test_stories), WORLD_TEST_ON(test_every_call_fails_once, 0, "SQLite"),
        WORLD_TEST_ON(test_every_call_fails_once, 1, "SQLite apart"),
        WORLD_TEST_ON(test_every_call_fails_once, 2, "PostgreSQL") };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
