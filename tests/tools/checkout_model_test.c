/* SPDX-License-Identifier: Apache-2.0
 * The tables of docs/checkout-model.md beside the code's: steps of sagas, moves of orders and
 * payments, and what verbs do to reservations, which is tried. Must never be lenient: a failure
 * prints the row that the page should have. */
#include "base/buf.h"
#include "flows/checkout/checkout_internal.h"
#include "services/orders/orders_domain.h"
#include "services/payments/payments_domain.h"
#include "tests/support/store.h"

#include <stdlib.h>

#define PAGE "docs/checkout-model.md"
#define CELLS_MAX 8

/* ---- the page ---- */

struct page {
    struct cx *cx;
    str rest;         /* after the heading */
    const char *name; /* of the table */
    int64_t rows;
};

static str page_read(struct arena *a)
{
    const char *root = getenv("SOUK_SOURCE_ROOT");
    str path = str_fmt(a, "%s/" PAGE, root ? root : ".");
    FILE *f = fopen(str_c(a, path), "rb");
    assert_non_null(f);
    char *text = arena_alloc(a, 65536);
    size_t n = fread(text, 1, 65536, f);
    assert_true(n > 0 && n < 65536);
    (void)fclose(f);
    return (str){ text, n };
}

static str line_of(struct page *p)
{
    int64_t end = str_find_char(p->rest, '\n', 0);
    size_t n = end < 0 ? p->rest.n : (size_t)end;
    str line = str_sub(p->rest, 0, n);
    p->rest = str_sub(p->rest, n < p->rest.n ? n + 1 : n, p->rest.n);
    return line;
}

/* The first row below the heading, past the table's head. */
static struct page page_open(const char *name)
{
    struct page p = { .cx = check_cx_open(), .name = name };
    p.rest = page_read(p.cx->arena);
    str heading = str_fmt(p.cx->arena, "## %s", name);
    while (p.rest.n && !str_eq(line_of(&p), heading))
        ;
    CASE(name, p.rest.n > 0);
    while (p.rest.n && !str_starts(line_of(&p), S("| --- |")))
        ;
    CASE(name, p.rest.n > 0);
    return p;
}

/* The next row is these cells, and then at most one of prose, which is not empty. */
static void page_row(struct page *p, const str *cells, size_t n, bool prose)
{
    struct buf want = { .arena = p->cx->arena };
    for (size_t i = 0; i < n; i++) {
        buf_add(&want, i ? S(" | ") : S("| "));
        buf_add(&want, cells[i].n ? cells[i] : S("-"));
    }
    buf_add(&want, S(" |"));
    str line = line_of(p), row = buf_str(&want);
    p->rows++;
    str told = str_fmt(p->cx->arena, "%s, row %lld", p->name, (long long)p->rows);
    CASE_STR(str_c(p->cx->arena, told), str_sub(line, 0, row.n < line.n ? row.n : line.n), row);
    CASE(str_c(p->cx->arena, told), prose ? line.n > row.n + 3 : line.n == row.n);
}

static void page_end(struct page *p)
{
    CASE_STR(p->name, line_of(p), (str){ 0 });
    check_cx_close(p->cx);
}

/* ---- sagas ---- */

static str place_of(const struct saga_step *step)
{
    static const struct {
        struct db *(*db)(const void *flow);
        str name;
    } places[] = {
        { checkout_stock_db, S_INIT("inventory") },
        { checkout_orders_db, S_INIT("orders") },
        { checkout_money_db, S_INIT("payments") },
        { checkout_cart_db, S_INIT("cart") },
        { checkout_promotions_db, S_INIT("promotions") },
        { checkout_ledger_db, S_INIT("ledger") },
        { checkout_fraud_db, S_INIT("fraud") },
    };
    if (!step->db)
        return step->call || step->call_back ? (str){ 0 } : S("its own");
    for (size_t i = 0; i < COUNT(places); i++)
        if (step->db == places[i].db)
            return places[i].name;
    return S("unknown to this test");
}

static void check_saga(const char *name, const struct saga_kind *kind)
{
    struct page p = page_open(name);
    for (size_t i = 0; i < kind->steps_n; i++) {
        const struct saga_step *step = &kind->steps[i];
        const str cells[] = { str_from_c(step->name), place_of(step),
            step->parked ? S("call, may park")
            : step->call ? S("call")
            : step->todo ? S("unit")
                         : (str){ 0 },
            step->call_back ? S("call")
            : step->undo    ? S("unit")
                            : (str){ 0 },
            step->idle ? S("yes") : (str){ 0 } };
        page_row(&p, cells, COUNT(cells), true);
    }
    page_end(&p);
}

static void test_sagas(void **state)
{
    (void)state;
    check_saga("The order's saga", &checkout_saga);
    check_saga("The saga of money back", &checkout_refund_saga);
}

/* ---- moves ---- */

static void add_to(struct buf *list, const char *name)
{
    if (list->n)
        buf_add(list, S(", "));
    buf_add(list, str_from_c(name));
}

static void test_orders(void **state)
{
    (void)state;
    struct page p = page_open("States of an order");
    for (int from = 0; from < ORDERS_STATUSES_N; from++) {
        struct buf list = { .arena = p.cx->arena };
        for (int to = 0; to < ORDERS_STATUSES_N; to++)
            if (orders_domain_may((enum orders_status)from, (enum orders_status)to))
                add_to(&list, orders_status_names[to]);
        page_row(
            &p, (const str[]){ str_from_c(orders_status_names[from]), buf_str(&list) }, 2, false);
    }
    page_end(&p);
}

static void test_payments(void **state)
{
    (void)state;
    struct page p = page_open("States of a payment");
    for (int from = 0; from < PAYMENTS_STATUSES_N; from++) {
        struct buf list = { .arena = p.cx->arena };
        for (int to = 0; to < PAYMENTS_STATUSES_N; to++)
            if (to != from &&
                payments_domain_may((enum payments_status)from, (enum payments_status)to))
                add_to(&list, payments_status_names[to]);
        page_row(
            &p, (const str[]){ str_from_c(payments_status_names[from]), buf_str(&list) }, 2, false);
    }
    page_end(&p);
}

/* ---- reservations: each verb in each state ---- */

enum held { NONE, LIVE, OVERDUE, SOLD, HELD_N };
static const char *const held_names[HELD_N] = { "none", "live", "overdue", "sold" };
enum verb { RESERVE, RENEW, CONFIRM, CONFIRM_HELD, RELEASE, RESTOCK, EXPIRE, VERBS_N };
static const char *const verb_names[VERBS_N] = { "reserve", "renew", "confirm", "confirm as held",
    "release", "restock", "expire" };

struct shelf {
    struct inventory *inv;
    struct inventory_line line;
    id order_id;
    enum verb verb;
    int64_t on_hand, reserved;
    struct inventory_held *held; /* by the first reserve */
};

static err unit_fill(void *arg, struct cx *cx)
{
    struct shelf *s = arg;
    id warehouse_id;
    struct inventory_level level;
    err e = inventory_warehouse_add(s->inv, cx,
        (struct inventory_warehouse){ .code = S("A"), .name = S("A"), .country = S("US") },
        &warehouse_id);
    return e ? e
             : inventory_move(s->inv, cx,
                   (struct inventory_move){ .product_id = s->line.product_id,
                       .variant_id = s->line.variant_id,
                       .warehouse_id = warehouse_id,
                       .kind = INVENTORY_RECEIPT,
                       .quantity = 2 },
                   &level);
}

static err unit_verb(void *arg, struct cx *cx)
{
    struct shelf *s = arg;
    bool more;
    switch (s->verb) {
    case RESERVE:
        return inventory_reserve(s->inv, cx,
            (struct inventory_reserve){ .order_id = s->order_id,
                .lines = &s->line,
                .lines_n = 1,
                .expires_ms = cx->now_ms + INVENTORY_HOLD_MS,
                .ret_held = s->held ? NULL : &s->held });
    case RENEW:
        return inventory_renew(s->inv, cx, s->order_id, cx->now_ms + INVENTORY_HOLD_MS);
    case CONFIRM:
        return inventory_confirm(s->inv, cx, s->order_id);
    case CONFIRM_HELD:
        return inventory_confirm_held(s->inv, cx, s->order_id, s->held);
    case RELEASE:
        return inventory_release(s->inv, cx, s->order_id);
    case RESTOCK:
        return inventory_restock(s->inv, cx, s->order_id);
    case EXPIRE:
        return inventory_service.jobs[0].fn(s->inv, cx, &more);
    case VERBS_N:
        break;
    }
    return NULL;
}

static err unit_look(void *arg, struct cx *cx)
{
    struct shelf *s = arg;
    struct inventory_level *levels;
    size_t n;
    err e = inventory_levels(s->inv, cx, s->line.product_id, s->line.variant_id, &levels, &n);
    s->on_hand = !e && n ? levels[0].on_hand : 0;
    s->reserved = !e && n ? levels[0].reserved : 0;
    return e;
}

static err do_verb(struct store *store, struct shelf *s, enum verb verb)
{
    s->verb = verb;
    return store_write(store, unit_verb, s);
}

/* What the order holds: a job that expires tells what is live from what is overdue. */
static enum held held(struct store *store, struct shelf *s)
{
    CHECK_ERR(store_cx(store), store_read(store, unit_look, s), NULL);
    if (s->on_hand == 1)
        return SOLD;
    if (s->reserved == 0)
        return NONE;
    CHECK_ERR(store_cx(store), do_verb(store, s, EXPIRE), NULL);
    CHECK_ERR(store_cx(store), store_read(store, unit_look, s), NULL);
    return s->reserved ? LIVE : OVERDUE;
}

static void bring_to(struct store *store, struct shelf *s, enum held state)
{
    struct cx *cx = store_cx(store);
    *s = (struct shelf){ .inv = inventory_open(
                             cx->arena, (struct inventory_deps){ .db = store_db(store) }),
        .line = { cx_id(cx), cx_id(cx), 1 },
        .order_id = cx_id(cx) };
    CHECK_ERR(cx, store_write(store, unit_fill, s), NULL);
    CHECK_ERR(cx, do_verb(store, s, RESERVE), NULL);
    if (state == NONE)
        CHECK_ERR(cx, do_verb(store, s, RELEASE), NULL);
    if (state == SOLD)
        CHECK_ERR(cx, do_verb(store, s, CONFIRM), NULL);
    if (state == OVERDUE)
        cx->now_ms += INVENTORY_HOLD_MS + 1;
}

static void test_reservations(void **state)
{
    struct page p = page_open("States of a reservation");
    for (int from = 0; from < HELD_N; from++)
        for (int verb = 0; verb < VERBS_N; verb++) {
            struct shelf s;
            struct store *store = store_open(store_engine(state),
                (const char *const[]){ "platform/bus", "services/inventory", NULL });
            bring_to(store, &s, (enum held)from);
            err e = do_verb(store, &s, (enum verb)verb);
            str said = e ? str_dup(p.cx->arena, str_from_c(e->slug)) : (str){ 0 };
            enum held to = held(store, &s);
            page_row(&p,
                (const str[]){ str_from_c(held_names[from]), str_from_c(verb_names[verb]),
                    str_from_c(held_names[to]), said },
                4, false);
            store_close(store);
        }
    page_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sagas),
        cmocka_unit_test(test_orders),
        cmocka_unit_test(test_payments),
        STORE_TEST(test_reservations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
