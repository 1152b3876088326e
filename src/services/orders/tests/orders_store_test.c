/* SPDX-License-Identifier: Apache-2.0
 * Orders in rows, on both engines: placed and read back, whose they are, pages, guests who
 * register, what the database refuses. Run by `./dev test orders`. */
#include "orders_sql.h"
#include "services/orders/tests/orders_desk.h"

/* ---- placed and read back ---- */

static void check_line(const struct orders_line *got, const struct orders_line *want)
{
    CHECK(id_eq(got->order_item_id, want->order_item_id));
    CHECK(id_eq(got->product_id, want->product_id));
    CHECK(id_eq(got->variant_id, want->variant_id));
    CHECK(id_eq(got->seller_id, want->seller_id));
    CHECK_STR(got->title, want->title);
    CHECK_STR(got->variant_text, want->variant_text);
    CHECK_STR(got->sku, want->sku);
    CHECK_STR(got->picture, want->picture);
    CHECK_INT(got->quantity, want->quantity);
    CHECK_INT(got->price.minor, want->price.minor);
    CHECK_INT(got->subtotal.minor, want->subtotal.minor);
    CHECK_INT(got->tax.minor, want->tax.minor);
    CHECK_INT(got->tax_bp, want->tax_bp);
    CHECK(currency_eq(got->price.currency, USD) && currency_eq(got->subtotal.currency, USD) &&
          currency_eq(got->tax.currency, USD));
}

static void check_address(const struct orders_address *got, const struct orders_address *want)
{
    CHECK_STR(got->name, want->name);
    CHECK_STR(got->line1, want->line1);
    CHECK_STR(got->line2, want->line2);
    CHECK_STR(got->city, want->city);
    CHECK_STR(got->region, want->region);
    CHECK_STR(got->postal_code, want->postal_code);
    CHECK_STR(got->country, want->country);
    CHECK_STR(got->phone, want->phone);
}

static void reads_as_it_was_placed(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order want = desk_order(&d, desk_id("ada"));
    CHECK_ERR(d.cx, desk_place(&d, &want), NULL);
    struct orders_order got = { 0 };
    CHECK_ERR(d.cx,
        desk_get(&d, (struct orders_owner){ .user_id = desk_id("ada") }, want.order_id, &got),
        NULL);
    CHECK(id_eq(got.order_id, want.order_id));
    CHECK(id_eq(got.user_id, want.user_id));
    CHECK_STR(got.email, want.email);
    CHECK_STR(got.number, want.number);
    CHECK_INT((int64_t)got.number.n, 19);
    CHECK_INT(got.status, ORDERS_PENDING);
    CHECK_STR(got.payment_status, S("pending"));
    CHECK_STR(got.cancel_reason, (str){ 0 });
    CHECK_INT(got.subtotal.minor, 2550);
    CHECK_INT(got.tax.minor, 125);
    CHECK_INT(got.shipping.minor, 499);
    CHECK_INT(got.discount.minor, 100);
    CHECK_INT(got.total.minor, 3074);
    CHECK(currency_eq(got.total.currency, USD) && currency_eq(got.discount.currency, USD));
    check_address(&got.address, &want.address);
    CHECK_STR(got.speed, S("standard"));
    CHECK_INT(got.estimated_from_ms, want.estimated_from_ms);
    CHECK_INT(got.estimated_ms, want.estimated_ms);
    CHECK_INT(got.delivered_ms, 0);
    CHECK_INT(got.created_ms, want.created_ms);
    CHECK_INT(got.updated_ms, want.created_ms);
    CHECK_INT(got.version, 1);
    CHECK_INT((int64_t)got.lines_n, 2);
    for (size_t i = 0; i < got.lines_n; i++) {
        check_line(&got.lines[i], &want.lines[i]);
        CHECK_STR(got.lines[i].status, S("pending"));
    }
    struct orders_event *events;
    CHECK_INT((int64_t)desk_history(&d, want.order_id, &events), 1);
    CHECK(events[0].from == ORDERS_PENDING && events[0].to == ORDERS_PENDING);
    CHECK(id_eq(events[0].actor_id, want.user_id));
    CHECK_INT(events[0].at_ms, want.created_ms);
    CHECK_INT(desk_wrong(&d), 0);
    store_close(d.s);
}

static void what_is_not_given(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order want = desk_order(&d, (id){ 0 });
    want.payment_status = (str){ 0 };
    want.created_ms = 0;
    want.lines[0].status = S("shipped"); /* a line that is handled apart */
    CHECK_ERR(d.cx, desk_place(&d, &want), NULL);
    struct orders_order got = desk_see(&d, want.order_id);
    CHECK_STR(got.payment_status, S("pending"));
    CHECK_INT(got.created_ms, d.cx->now_ms);
    CHECK_STR(got.lines[0].status, S("shipped"));
    CHECK_STR(got.lines[1].status, S("pending"));
    CHECK(id_is_none(got.lines[1].seller_id));
    store_close(d.s);
}

static void an_address_of_a_newer_version(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order order = desk_order(&d, (id){ 0 });
    CHECK_ERR(d.cx, desk_place(&d, &order), NULL);
    store_script(d.s, "UPDATE orders_order SET address = '{\"name\":\"Ada\",\"floor\":3}'");
    struct orders_order got = desk_see(&d, order.order_id);
    CHECK_STR(got.address.name, S("Ada"));
    CHECK_STR(got.address.city, (str){ 0 });
    store_close(d.s);
}

/* ---- rows that we did not write ---- */
static const struct broken_case {
    const char *name, *script;
} broken_cases[] = {
    { "address", "UPDATE orders_order SET address = '{'" },
    { "status", "UPDATE orders_order SET status = 'lost'" },
    { "currency", "UPDATE orders_order SET currency = 'XXX'" },
};

static void broken_rows_are_bugs(void **state)
{
    for (size_t i = 0; i < COUNT(broken_cases); i++) {
        struct desk d = desk_open(state);
        struct orders_order got, order = desk_order(&d, (id){ 0 });
        CHECK_ERR(d.cx, desk_place(&d, &order), NULL);
        store_script(d.s, broken_cases[i].script);
        CHECK_ERR(d.cx, desk_get(&d, (struct orders_owner){ .staff = true }, order.order_id, &got),
            &ERR_BUG);
        store_close(d.s);
    }
}

/* ---- whose they are ---- */
enum { OF_ADA, OF_GUEST, OF_NOBODY, ORDERS_N };
static const struct owner_case {
    const char *name, *user;
    str cart_hash;
    bool staff;
    bool sees[ORDERS_N];
} owner_cases[] = {
    { "the buyer", "ada", { 0 }, false, { true, false, false } },
    { "the buyer with a cart", "ada", S_INIT("hash1"), false, { true, true, false } },
    { "another buyer", "bob", { 0 }, false, { false, false, false } },
    { "another buyer with the buyer's cart", "bob", S_INIT("hash2"), false,
        { false, false, false } },
    { "the guest", NULL, S_INIT("hash1"), false, { false, true, false } },
    { "another guest", NULL, S_INIT("hash3"), false, { false, false, false } },
    { "nobody", NULL, { 0 }, false, { false, false, false } },
    { "an empty cart token", NULL, S_INIT(""), false, { false, false, false } },
    { "staff", "eve", { 0 }, true, { true, true, true } },
};

static void others_orders_are_missing(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order orders[ORDERS_N];
    for (size_t i = 0; i < ORDERS_N; i++)
        orders[i] = desk_order(&d, i == OF_ADA ? desk_id("ada") : (id){ 0 });
    orders[OF_ADA].cart_hash = S("hash2"); /* placed from a cart, but it is the user's now */
    orders[OF_GUEST].cart_hash = S("hash1");
    for (size_t i = 0; i < ORDERS_N; i++)
        CHECK_ERR(d.cx, desk_place(&d, &orders[i]), NULL);
    CHECK_STR(desk_see(&d, orders[OF_ADA].order_id).cart_hash, (str){ 0 });
    CHECK_STR(desk_see(&d, orders[OF_GUEST].order_id).cart_hash, S("hash1"));
    store_script(d.s, "UPDATE orders_order SET cart_hash = 'hash2' WHERE user_id IS NOT NULL");
    for (size_t i = 0; i < COUNT(owner_cases); i++) {
        const struct owner_case *c = &owner_cases[i];
        struct orders_owner owner = { .cart_hash = c->cart_hash, .staff = c->staff };
        if (c->user)
            owner.user_id = desk_id(c->user);
        for (size_t k = 0; k < ORDERS_N; k++) {
            struct orders_order got = { 0 };
            err e = desk_get(&d, owner, orders[k].order_id, &got);
            CASE(c->name, e == (c->sees[k] ? NULL : &ERR_MISSING));
            CASE_INT(c->name, (int64_t)got.lines_n, c->sees[k] ? 2 : 0);
        }
    }
    struct orders_order got;
    CHECK_ERR(d.cx, desk_get(&d, (struct orders_owner){ .staff = true }, desk_id("x"), &got),
        &ERR_MISSING);
    store_close(d.s);
}

/* ---- pages ---- */
#define MINE_N 7
static const struct page_case {
    const char *name;
    int before; /* index of an own order, oldest first; -1: none */
    int64_t limit, skip;
    int first, n; /* index of the newest on the page */
} page_cases[] = {
    { "all", -1, 100, 0, 6, 7 },
    { "first page", -1, 3, 0, 6, 3 },
    { "second page", -1, 3, 3, 3, 3 },
    { "last page", -1, 3, 6, 0, 1 },
    { "beyond", -1, 3, 7, 0, 0 },
    { "far beyond", -1, 3, 5000, 0, 0 },
    { "after the third", 4, 3, 0, 3, 3 },
    { "before the oldest", 0, 3, 0, 0, 0 },
    { "before and skip", 5, 2, 2, 2, 2 },
    { "one", -1, 1, 0, 6, 1 },
};

static void pages_newest_first(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order mine[MINE_N];
    for (int i = 0; i < MINE_N; i++) { /* others' orders between them */
        struct orders_order bobs = desk_order(&d, desk_id("bob"));
        struct orders_order guests = desk_order(&d, (id){ 0 });
        d.cx->now_ms += 1000;
        mine[i] = desk_order(&d, desk_id("ada"));
        if (i % 2) { /* of one line */
            mine[i].lines_n = 1;
            mine[i].subtotal = DOLLARS(2000);
            mine[i].total = DOLLARS(2524);
        }
        CHECK_ERR(d.cx, desk_place(&d, &mine[i]), NULL);
        CHECK_ERR(d.cx, desk_place(&d, &bobs), NULL);
        CHECK_ERR(d.cx, desk_place(&d, &guests), NULL);
    }
    for (size_t i = 0; i < COUNT(page_cases); i++) {
        const struct page_case *c = &page_cases[i];
        struct desk_call call = { .o = d.o,
            .page = { .user_id = desk_id("ada"), .limit = c->limit, .skip = c->skip } };
        if (c->before >= 0)
            call.page.before = mine[c->before].order_id;
        CHECK_ERR(d.cx, store_read(d.s, desk_do_list, &call), NULL);
        CASE_INT(c->name, (int64_t)call.n, c->n);
        CASE_INT(c->name, call.count, MINE_N);
        for (size_t k = 0; k < call.n; k++) {
            const struct orders_order *got = &call.list[k], *want = &mine[c->first - (int)k];
            CASE(c->name, id_eq(got->order_id, want->order_id));
            CASE_STR(c->name, got->number, want->number);
            CASE_STR(c->name, got->address.city, want->address.city);
            CASE_INT(c->name, (int64_t)got->lines_n, (int64_t)want->lines_n);
            for (size_t l = 0; l < got->lines_n; l++)
                check_line(&got->lines[l], &want->lines[l]);
        }
    }
    struct desk_call none = { .o = d.o, .page = { .user_id = desk_id("new"), .limit = 20 } };
    CHECK_ERR(d.cx, store_read(d.s, desk_do_list, &none), NULL);
    CHECK_INT((int64_t)none.n, 0);
    CHECK_INT(none.count, 0);
    store_close(d.s);
}

/* ---- guests who register ---- */
static err ask_first(void *arg, struct cx *cx)
{
    struct desk_call *c = arg;
    bool first = false;
    err e = orders_first(c->o, cx, c->page.user_id, &first);
    c->count = first;
    return e;
}

static bool is_first(struct desk *d, const char *who)
{
    struct desk_call c = { .o = d->o, .page = { .user_id = desk_id(who) } };
    CHECK_ERR(d->cx, store_read(d->s, ask_first, &c), NULL);
    return c.count;
}

static void what_was_cancelled_is_no_first_order(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order bobs = desk_order(&d, desk_id("bob"));
    CHECK_ERR(d.cx, desk_place(&d, &bobs), NULL);
    for (int i = 0; i < 2; i++) {
        struct orders_order mine = desk_order(&d, desk_id("ada"));
        CHECK(is_first(&d, "ada"));
        CHECK_ERR(d.cx, desk_place(&d, &mine), NULL);
        CHECK(!is_first(&d, "ada")); /* pending */
        CHECK_ERR(d.cx,
            desk_move(&d, (struct orders_move){ .order_id = mine.order_id,
                              .to = i ? ORDERS_CONFIRMED : ORDERS_CANCELLED,
                              .reason = S("x") }),
            NULL);
    }
    CHECK(!is_first(&d, "ada"));
    CHECK(!is_first(&d, "bob"));
    store_close(d.s);
}

static void guests_orders_are_adopted(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order first = desk_order(&d, (id){ 0 }), second = desk_order(&d, (id){ 0 }),
                        other = desk_order(&d, (id){ 0 }), plain = desk_order(&d, (id){ 0 }),
                        got = { 0 };
    first.cart_hash = second.cart_hash = S("hash1");
    other.cart_hash = S("hash2");
    struct orders_order *const all[] = { &first, &second, &other, &plain };
    for (size_t i = 0; i < COUNT(all); i++)
        CHECK_ERR(d.cx, desk_place(&d, all[i]), NULL);
    CHECK_ERR(d.cx, desk_adopt(&d, (str){ 0 }, desk_id("ada")), NULL); /* nobody's cart */
    CHECK_ERR(d.cx, desk_adopt(&d, S("hash1"), desk_id("ada")), NULL);
    CHECK_ERR(d.cx, desk_adopt(&d, S("hash1"), desk_id("bob")), NULL); /* too late */
    struct orders_owner ada = { .user_id = desk_id("ada") }, bob = { .user_id = desk_id("bob") };
    struct orders_owner cart = { .cart_hash = S("hash1") };
    for (size_t i = 0; i < 2; i++) {
        CHECK_ERR(d.cx, desk_get(&d, ada, all[i]->order_id, &got), NULL);
        CHECK(id_eq(got.user_id, ada.user_id));
        CHECK_STR(got.cart_hash, (str){ 0 });
        CHECK_INT(got.version, 2);
        CHECK_ERR(d.cx, desk_get(&d, bob, all[i]->order_id, &got), &ERR_MISSING);
        CHECK_ERR(d.cx, desk_get(&d, cart, all[i]->order_id, &got), &ERR_MISSING);
    }
    for (size_t i = 2; i < 4; i++) {
        CHECK_ERR(d.cx, desk_get(&d, ada, all[i]->order_id, &got), &ERR_MISSING);
        CHECK_INT(desk_see(&d, all[i]->order_id).version, 1);
    }
    struct desk_call list = { .o = d.o, .page = { .user_id = ada.user_id, .limit = 20 } };
    CHECK_ERR(d.cx, store_read(d.s, desk_do_list, &list), NULL);
    CHECK_INT((int64_t)list.n, 2);
    CHECK_INT(desk_wrong(&d), 0);
    store_close(d.s);
}

/* ---- numbers ---- */
static void a_taken_number_is_refused(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order first = desk_order(&d, (id){ 0 }), second = desk_order(&d, (id){ 0 });
    struct rng before = d.cx->rng;
    CHECK_ERR(d.cx, desk_place(&d, &first), NULL);
    d.cx->rng = before;                   /* the same draw */
    if (store_engine(state) == DB_SQLITE) /* PostgreSQL's group runs again: another draw */
        CHECK_ERR(d.cx, desk_place(&d, &second), &DB_FAILED);
    CHECK_ERR(d.cx, desk_place(&d, &second), NULL);
    CHECK(!str_eq(first.number, second.number));
    CHECK_STR(desk_see(&d, first.order_id).number, first.number);
    CHECK_STR(desk_see(&d, second.order_id).number, second.number);
    store_close(d.s);
}

static void the_same_id_twice(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order order = desk_order(&d, desk_id("ada")), again = order;
    CHECK_ERR(d.cx, desk_place(&d, &order), NULL);
    again.email = S("eve@example.org");
    CHECK_ERR(d.cx, desk_place(&d, &again), &DB_FAILED);
    struct orders_order got = desk_see(&d, order.order_id);
    CHECK_STR(got.email, S("ada@example.org"));
    CHECK_STR(got.number, order.number);
    CHECK_INT((int64_t)got.lines_n, 2);
    store_close(d.s);
}

/* ---- what the database itself refuses ---- */
struct refusal {
    struct db *db;
    struct orders_sql_order_add_in order;
    struct orders_sql_line_add_in line;
    struct orders_sql_history_add_in history;
};

static err add_rows(void *arg, struct cx *cx)
{
    struct refusal *r = arg;
    err e = orders_sql_order_add(r->db, cx, r->order);
    if (!e)
        e = orders_sql_line_add_batch(r->db, cx, &r->line, 1);
    return e ? e : orders_sql_history_add(r->db, cx, r->history);
}

static struct refusal good_rows(struct desk *d)
{
    id order_id = cx_id(d->cx);
    return (struct refusal){ .db = store_db(d->s),
        .order = { .order_id = order_id,
            .email = S("a@b.c"),
            .number = id_text(d->cx->arena, order_id),
            .status = S("pending"),
            .payment_status = S("pending"),
            .currency = S("USD"),
            .subtotal_minor = 100,
            .tax_minor = 10,
            .shipping_fee_minor = 5,
            .discount_minor = 15,
            .total_minor = 100,
            .address = S("{}"),
            .delivery_speed = S("standard"),
            .groups_n = 1 },
        .line = { .order_id = order_id,
            .title = S("Book"),
            .sku = S("B"),
            .quantity = 1,
            .price_minor = 100,
            .subtotal_minor = 100 },
        .history = { .order_id = order_id,
            .seq = 1,
            .from_status = S("pending"),
            .to_status = S("pending") } };
}

enum broken { SOUND, NUMBER, TOTAL, NEGATIVE, QUANTITY, PRICE, POSITION, SEQ, GROUPS, RATE };
static const struct refusal_case {
    const char *name;
    enum broken how;
    err want;
} refusal_cases[] = {
    { "sound", SOUND, NULL },
    { "a number that is taken", NUMBER, &DB_FAILED },
    { "a total that is not the sum", TOTAL, &DB_FAILED },
    { "a tax below zero", NEGATIVE, &DB_FAILED },
    { "a line of nothing", QUANTITY, &DB_FAILED },
    { "a price below zero", PRICE, &DB_FAILED },
    { "a line's place that is taken", POSITION, &DB_FAILED },
    { "a move's place that is taken", SEQ, &DB_FAILED },
    { "an order of no group", GROUPS, &DB_FAILED },
    { "a commission below zero", RATE, &DB_FAILED },
};

static void break_rows(struct refusal *r, enum broken how, const struct orders_order *placed)
{
    switch (how) {
    case SOUND:
        return;
    case GROUPS:
        r->order.groups_n = 0;
        return;
    case RATE:
        r->line.commission_bp = -1;
        return;
    case NUMBER:
        r->order.number = placed->number;
        return;
    case TOTAL:
        r->order.total_minor = 101;
        return;
    case NEGATIVE:
        r->order.tax_minor = -1;
        r->order.total_minor = 89;
        return;
    case QUANTITY:
        r->line.quantity = 0;
        return;
    case PRICE:
        r->line.price_minor = -1;
        return;
    case POSITION:
        r->line.order_id = placed->order_id;
        return;
    case SEQ:
        r->history.order_id = placed->order_id;
        return;
    }
}

static void constraints_refuse(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order placed = desk_order(&d, desk_id("ada"));
    CHECK_ERR(d.cx, desk_place(&d, &placed), NULL);
    for (size_t i = 0; i < COUNT(refusal_cases); i++) {
        const struct refusal_case *c = &refusal_cases[i];
        struct refusal r = good_rows(&d);
        break_rows(&r, c->how, &placed);
        err e = store_write(d.s, add_rows, &r);
        CASE(c->name, e == c->want);
    }
    CHECK_INT((int64_t)desk_see(&d, placed.order_id).lines_n, 2);
    CHECK_INT(desk_wrong(&d), 0);
    store_close(d.s);
}

/* ---- the invariants ---- */
static const struct wrong_case {
    const char *name, *script;
    int64_t wrong;
} wrong_cases[] = {
    { "a line's subtotal", "UPDATE orders_line SET subtotal_minor = 1 WHERE position = 0", 2 },
    { "a line gone", "DELETE FROM orders_line WHERE position = 1", 2 },
    { "all lines gone", "DELETE FROM orders_line", 2 },
    { "a state that no move led to", "UPDATE orders_order SET status = 'shipped'", 2 },
    { "no history", "DELETE FROM orders_history", 2 },
    { "what is no invariant", "UPDATE orders_order SET email = 'x'", 0 },
};

static void check_finds_what_disagrees(void **state)
{
    for (size_t i = 0; i < COUNT(wrong_cases); i++) {
        struct desk d = desk_open(state);
        struct orders_order a = desk_order(&d, desk_id("ada")), b = desk_order(&d, (id){ 0 });
        CHECK_ERR(d.cx, desk_place(&d, &a), NULL);
        CHECK_ERR(d.cx, desk_place(&d, &b), NULL);
        CHECK_INT(desk_wrong(&d), 0);
        store_script(d.s, wrong_cases[i].script);
        CASE_INT(wrong_cases[i].name, desk_wrong(&d), wrong_cases[i].wrong);
        store_close(d.s);
    }
}

/* ---- every query on this engine, and the indexes that they are for ---- */
static const struct plan_case {
    const struct db_query *query;
    str index; /* as SQLite names it */
} plan_cases[] = {
    { &ORDERS_ORDER_LIST, S_INIT("USING INDEX orders_order_user (user_id=? AND order_id<?)") },
    { &ORDERS_ORDER_COUNT, S_INIT("INDEX orders_order_user (user_id=?)") },
    { &ORDERS_LINE_PAGE,
        S_INIT("INDEX orders_order_user (user_id=? AND order_id>? AND order_id<?)") },
    { &ORDERS_ORDER_ADOPT, S_INIT("INDEX orders_order_guest (cart_hash=?)") },
};

static void queries_fit(void **state)
{
    struct desk d = desk_open(state);
    for (const struct db_query *const *q = orders_queries; *q; q++)
        CHECK_ERR(d.cx, db_query_check(store_db(d.s), d.cx, *q), NULL);
    for (size_t i = 0; store_engine(state) == DB_SQLITE && i < COUNT(plan_cases); i++) {
        str plan;
        CHECK_ERR(d.cx, db_query_plan(store_db(d.s), d.cx, plan_cases[i].query, &plan), NULL);
        CASE(plan_cases[i].query->name, str_find(plan, plan_cases[i].index, 0) >= 0);
        CASE(plan_cases[i].query->name, str_find(plan, S("B-TREE FOR ORDER BY"), 0) < 0);
    }
    store_close(d.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(reads_as_it_was_placed),
        STORE_TEST(what_is_not_given),
        STORE_TEST(an_address_of_a_newer_version),
        STORE_TEST(broken_rows_are_bugs),
        STORE_TEST(others_orders_are_missing),
        STORE_TEST(pages_newest_first),
        STORE_TEST(what_was_cancelled_is_no_first_order),
        STORE_TEST(guests_orders_are_adopted),
        STORE_TEST(a_taken_number_is_refused),
        STORE_TEST(the_same_id_twice),
        STORE_TEST(constraints_refuse),
        STORE_TEST(check_finds_what_disagrees),
        STORE_TEST(queries_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
