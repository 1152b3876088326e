/* SPDX-License-Identifier: Apache-2.0
 * Groups of an order: which status they make of it, which moves take them along, what is written
 * and told, on both engines. Run by ./dev test orders. */
#include "base/instant.h"
#include "platform/bus/bus.h"
#include "platform/clock/clock.h"
#include "services/orders/orders_domain.h"
#include "services/orders/tests/orders_desk.h"

#define GROUPS_MAX 3

enum {
    PE = ORDERS_PENDING,
    CO = ORDERS_CONFIRMED,
    PR = ORDERS_PROCESSING,
    SH = ORDERS_SHIPPED,
    DE = ORDERS_DELIVERED,
    CA = ORDERS_CANCELLED,
    RR = ORDERS_RETURN_REQUESTED,
    RA = ORDERS_RETURN_APPROVED,
    RE = ORDERS_REFUNDED,
    NO = ORDERS_STATUSES_N, /* ends a list */
};

static size_t groups_of(const int *statuses, struct orders_group *ret)
{
    size_t n = 0;
    for (; n < GROUPS_MAX && statuses[n] != NO; n++)
        ret[n] = (struct orders_group){ .status = (enum orders_status)statuses[n] };
    return n;
}

/* ---- the rule ---- */

static const struct derived_case {
    const char *name;
    int groups[GROUPS_MAX + 1], want;
} derived_cases[] = {
    { "one", { SH, NO }, SH },
    { "one, cancelled", { CA, NO }, CA },
    { "all the same", { PR, PR, PR, NO }, PR },
    { "all shipped", { SH, SH, NO }, SH },
    { "some shipped", { SH, PR, SH, NO }, PR },
    { "some delivered", { DE, CO, NO }, CO },
    { "delivered and shipped", { DE, SH, DE, NO }, SH },
    { "all delivered", { DE, DE, NO }, DE },
    { "one cancelled", { CA, SH, SH, NO }, SH },
    { "all cancelled", { CA, CA, CA, NO }, CA },
    { "one goes back", { RR, DE, NO }, DE },
    { "one is back, one is under way", { RE, SH, NO }, SH },
    { "one is back, one cancelled", { CA, RE, NO }, RE },
    { "all go back", { RR, RA, RE, NO }, RR },
    { "all are back", { RE, RE, NO }, RE },
    { "not paid", { PE, PE, NO }, PE },
};

static void groups_make_a_status(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(derived_cases); i++) {
        struct orders_group groups[GROUPS_MAX];
        size_t n = groups_of(derived_cases[i].groups, groups);
        CASE_INT(derived_cases[i].name, orders_domain_status(groups, n), derived_cases[i].want);
    }
}

/* Whatever the groups are: what one move of one group makes of the order is no move, or a move of
 * the table; only cancelling what was last may skip some. And a move of the whole order leads where
 * it says. */
static void every_move_is_a_move_of_the_order(void **state)
{
    (void)state;
    const char *name = "of all groups of two";
    for (int a = 0; a < ORDERS_STATUSES_N; a++)
        for (int b = 0; b < ORDERS_STATUSES_N; b++)
            for (int to = 0; to < ORDERS_STATUSES_N; to++) {
                struct orders_group groups[2];
                bool moves[2];
                (void)groups_of((const int[]){ a, b, NO }, groups);
                enum orders_status from = orders_domain_status(groups, 2),
                                   at = (enum orders_status)to;
                if (orders_domain_take_along(groups, 2, at, moves)) {
                    CASE(name, orders_domain_may(from, at));
                    for (size_t i = 0; i < 2; i++)
                        groups[i].status = moves[i] ? at : groups[i].status;
                    CASE_INT(name, orders_domain_status(groups, 2), to);
                }
                (void)groups_of((const int[]){ a, b, NO }, groups);
                if (!orders_domain_group_may(groups[0].status, at))
                    continue;
                groups[0].status = at;
                enum orders_status then = orders_domain_status(groups, 2);
                CASE(name, then == from || orders_domain_may(from, then) ||
                               (at == ORDERS_CANCELLED && then > from));
            }
}

static const struct along_case {
    const char *name;
    int groups[GROUPS_MAX + 1], to;
    bool may, moves[GROUPS_MAX];
} along_cases[] = {
    { "paid", { PE, PE, NO }, CO, true, { true, true } },
    { "the last follow", { SH, PR, PR, NO }, SH, true, { false, true, true } },
    { "not past what is first", { SH, CO, NO }, SH, false, { 0 } },
    { "cancelled", { CO, PR, NO }, CA, true, { true, true } },
    { "cancelled without what is", { CA, PR, NO }, CA, true, { false, true } },
    { "not cancelled when one is shipped", { PR, SH, NO }, CA, false, { 0 } },
    { "not cancelled when one is back", { RE, PR, NO }, CA, false, { 0 } },
    { "the rest goes back", { RE, DE, CA, NO }, RR, true, { false, true, false } },
    { "nothing to move", { CA, CA, NO }, SH, false, { 0 } },
};

static void groups_go_along(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(along_cases); i++) {
        const struct along_case *c = &along_cases[i];
        struct orders_group groups[GROUPS_MAX];
        bool moves[GROUPS_MAX] = { false };
        size_t n = groups_of(c->groups, groups);
        bool may = orders_domain_take_along(groups, n, (enum orders_status)c->to, moves);
        CASE_INT(c->name, may, c->may);
        for (size_t g = 0; may && g < n; g++)
            CASE_INT(c->name, moves[g], c->moves[g]);
    }
}

static void ids_of_groups_differ(void **state)
{
    (void)state;
    id order = desk_id("order");
    CHECK(id_eq(orders_group_id(order, 0), order));
    for (size_t a = 0; a < 300; a++)
        for (size_t b = a + 1; b < 300; b++)
            CHECK(!id_eq(orders_group_id(order, a), orders_group_id(order, b)));
}

/* ---- rows ---- */

static const struct orders_address elsewhere = { .name = S_INIT("Grace Hopper"),
    .line1 = S_INIT("2 Mission St"),
    .city = S_INIT("San Francisco"),
    .region = S_INIT("CA"),
    .postal_code = S_INIT("94105"),
    .country = S_INIT("US") };

/* The desk's order, its lines in two groups: the lamp to the order's address, the book elsewhere.
 */
static struct orders_order apart(struct desk *d)
{
    struct orders_order order = desk_order(d, desk_id("ada"));
    order.groups = NEW_N(d->cx->arena, 2, struct orders_group);
    order.groups_n = 2;
    order.groups[0] = (struct orders_group){ .seller_id = order.lines[0].seller_id,
        .speed = order.speed,
        .shipping = DOLLARS(300),
        .shipping_off = DOLLARS(100),
        .estimated_from_ms = order.estimated_from_ms,
        .estimated_ms = order.estimated_from_ms };
    order.groups[1] = (struct orders_group){ .speed = order.speed,
        .address = &elsewhere,
        .shipping = DOLLARS(199),
        .shipping_off = DOLLARS(0),
        .estimated_from_ms = order.estimated_from_ms,
        .estimated_ms = order.estimated_ms };
    order.lines[1].group = 1;
    return order;
}

static void group_is(struct desk *d, id order_id, int order, int first, int second)
{
    struct orders_order o = desk_see(d, order_id);
    CHECK_INT(o.status, order);
    CHECK_INT(o.groups[0].status, first);
    CHECK_INT(o.groups[1].status, second);
    CHECK_STR(o.lines[0].status, str_from_c(orders_status_names[first]));
    CHECK_STR(o.lines[1].status, str_from_c(orders_status_names[second]));
    CHECK_INT(desk_wrong(d), 0);
}

static void what_was_placed_is_read(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order order = apart(&d);
    CHECK_ERR(d.cx, desk_place(&d, &order), NULL);
    struct orders_order o = desk_see(&d, order.order_id);
    CHECK_INT((int64_t)o.groups_n, 2);
    CHECK_INT((int64_t)o.lines[1].group, 1);
    CHECK(id_eq(o.groups[0].seller_id, order.lines[0].seller_id));
    CHECK(id_is_none(o.groups[1].seller_id));
    CHECK(o.groups[0].address == NULL);
    CHECK_STR(o.groups[1].address->city, elsewhere.city);
    CHECK_INT(o.groups[0].shipping.minor, 300);
    CHECK_INT(o.groups[0].shipping_off.minor, 100);
    CHECK_INT(o.groups[1].shipping.minor, 199);
    CHECK_INT(o.groups[0].estimated_ms, order.estimated_from_ms);
    CHECK_INT(o.groups[1].estimated_ms, order.estimated_ms);
    struct desk_call list = { .o = d.o, .page = { .user_id = desk_id("ada"), .limit = 10 } };
    struct orders_order whole = desk_order(&d, desk_id("ada"));
    CHECK_ERR(d.cx, desk_place(&d, &whole), NULL);
    CHECK_ERR(d.cx, store_read(d.s, desk_do_list, &list), NULL);
    CHECK_INT((int64_t)list.n, 2);
    CHECK_INT((int64_t)list.list[0].groups_n, 1);
    CHECK_INT(list.list[0].groups[0].shipping.minor, 499);
    CHECK_INT((int64_t)list.list[1].groups_n, 2);
    CHECK_INT(list.list[1].groups[1].shipping.minor, 199);
    CHECK_INT(desk_wrong(&d), 0);
    store_close(d.s);
}

/* Which group, to what; what the order and its groups are then; what is refused changes nothing. */
static const struct step {
    int group, to; /* group -1: the order */
    err want;
    int order, first, second;
} steps[] = {
    { 0, CO, &ORDERS_MOVE_REFUSED, PE, PE, PE },
    { 0, CA, &ORDERS_MOVE_REFUSED, PE, PE, PE },
    { -1, CO, NULL, CO, CO, CO },
    { 2, PR, &ERR_MISSING, CO, CO, CO },
    { 1, PR, NULL, CO, CO, PR },
    { 1, SH, NULL, CO, CO, SH },
    { 1, SH, &ORDERS_MOVE_REFUSED, CO, CO, SH },
    { -1, CA, &ORDERS_MOVE_REFUSED, CO, CO, SH },
    { -1, PR, NULL, PR, PR, SH },
    { 0, SH, NULL, SH, SH, SH },
    { 1, DE, NULL, SH, SH, DE },
    { 1, RR, NULL, SH, SH, RR },
    { 1, RA, NULL, SH, SH, RA },
    { 1, RE, NULL, SH, SH, RE },
    { -1, DE, NULL, DE, DE, RE },
    { -1, RR, NULL, RR, RR, RE },
    { 0, RA, NULL, RA, RA, RE },
    { -1, RE, NULL, RE, RE, RE },
};

static void groups_go_their_own_way(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order order = apart(&d);
    struct orders_event *events;
    CHECK_ERR(d.cx, desk_place(&d, &order), NULL);
    size_t rows = 1;
    for (size_t i = 0; i < COUNT(steps); i++) {
        const struct step *s = &steps[i];
        enum orders_status before = desk_see(&d, order.order_id).status;
        int64_t version = desk_see(&d, order.order_id).version;
        d.cx->now_ms += 1000;
        err e = s->group < 0
                    ? desk_move(&d, (struct orders_move){ .order_id = order.order_id,
                                        .to = (enum orders_status)s->to,
                                        .reason = S("staff") })
                    : desk_group_move(&d, (struct orders_group_move){ .order_id = order.order_id,
                                              .group = (size_t)s->group,
                                              .actor_id = desk_id("staff"),
                                              .to = (enum orders_status)s->to,
                                              .reason = S("staff") });
        CHECK_ERR(d.cx, e, s->want);
        cx_clear(d.cx);
        group_is(&d, order.order_id, s->order, s->first, s->second);
        if (!s->want)
            rows += 1 + (s->group >= 0 && before != (enum orders_status)s->order);
        CHECK_INT((int64_t)desk_history(&d, order.order_id, &events), (int64_t)rows);
        if (s->want) {
            CHECK_INT(desk_see(&d, order.order_id).version, version);
            continue;
        }
        CHECK(desk_see(&d, order.order_id).version > version);
        const struct orders_event *last = &events[rows - 1];
        CHECK_INT(last->to, s->to);
        CHECK_STR(last->reason, S("staff"));
        CHECK_INT(last->at_ms, d.cx->now_ms);
        bool own = s->group >= 0 && before == (enum orders_status)s->order;
        CHECK_INT(last->group, own ? s->group : -1);
        CHECK(id_is_none(last->actor_id) == (s->group < 0));
    }
    CHECK(desk_see(&d, order.order_id).groups[1].delivered_ms > 0);
    store_close(d.s);
}

/* Of an order whose slow parcel is cancelled, days after the other came, that day is told. */
static void a_parcel_that_never_left_delivers_nothing(void **state)
{
    static const enum orders_status way[] = { ORDERS_PROCESSING, ORDERS_SHIPPED, ORDERS_DELIVERED,
        ORDERS_RETURN_REQUESTED };
    for (size_t far = 3; far <= COUNT(way); far++) { /* delivered, or on its way back by then */
        struct desk d = desk_open(state);
        struct orders_order order = apart(&d);
        int64_t delivered_ms = 0;
        CHECK_ERR(d.cx, desk_place(&d, &order), NULL);
        CHECK_ERR(d.cx,
            desk_move(
                &d, (struct orders_move){ .order_id = order.order_id, .to = ORDERS_CONFIRMED }),
            NULL);
        for (size_t i = 0; i < far; i++) {
            d.cx->now_ms += 1000;
            delivered_ms = way[i] == ORDERS_DELIVERED ? d.cx->now_ms : delivered_ms;
            CHECK_ERR(d.cx,
                desk_group_move(
                    &d, (struct orders_group_move){ .order_id = order.order_id, .to = way[i] }),
                NULL);
        }
        CHECK_INT(desk_see(&d, order.order_id).delivered_ms, 0);
        d.cx->now_ms += DAY_MS;
        CHECK_ERR(d.cx,
            desk_group_move(&d,
                (struct orders_group_move){
                    .order_id = order.order_id, .group = 1, .to = ORDERS_CANCELLED }),
            NULL);
        group_is(&d, order.order_id, (int)way[far - 1], (int)way[far - 1], CA);
        CHECK_INT(desk_see(&d, order.order_id).delivered_ms, delivered_ms);
        store_close(d.s);
    }
}

/* The order is cancelled with its last group, and says why. */
static void the_last_group_cancels(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order order = apart(&d);
    id refund = desk_id("refund");
    CHECK_ERR(d.cx, desk_place(&d, &order), NULL);
    CHECK_ERR(d.cx,
        desk_move(&d, (struct orders_move){ .order_id = order.order_id, .to = ORDERS_CONFIRMED }),
        NULL);
    struct orders_group_move move = { .order_id = order.order_id,
        .to = ORDERS_CANCELLED,
        .reason = S("buyer"),
        .refund_id = refund };
    CHECK_ERR(d.cx, desk_group_move(&d, move), NULL);
    group_is(&d, order.order_id, CO, CA, CO);
    CHECK(id_eq(desk_see(&d, order.order_id).groups[0].refund_id, refund));
    CHECK(id_is_none(desk_see(&d, order.order_id).groups[1].refund_id));
    move.group = 1;
    CHECK_ERR(d.cx, desk_group_move(&d, move), NULL);
    group_is(&d, order.order_id, CA, CA, CA);
    CHECK_STR(desk_see(&d, order.order_id).cancel_reason, S("buyer"));
    store_close(d.s);
}

/* Of an order that is one group, the group's move is the order's. */
static void one_group_is_the_order(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order order = desk_order(&d, desk_id("ada"));
    CHECK_ERR(d.cx, desk_place(&d, &order), NULL);
    struct orders_group_move move = { .order_id = order.order_id, .to = ORDERS_CONFIRMED };
    CHECK_ERR(d.cx, desk_group_move(&d, move), &ORDERS_MOVE_REFUSED);
    CHECK_ERR(d.cx,
        desk_move(&d, (struct orders_move){ .order_id = order.order_id, .to = ORDERS_CONFIRMED }),
        NULL);
    move.to = ORDERS_PROCESSING;
    CHECK_ERR(d.cx, desk_group_move(&d, move), NULL);
    move.group = 1;
    CHECK_ERR(d.cx, desk_group_move(&d, move), &ERR_MISSING);
    struct orders_order o = desk_see(&d, order.order_id);
    CHECK_INT((int64_t)o.groups_n, 1);
    CHECK_INT(o.status, ORDERS_PROCESSING);
    CHECK_INT(o.groups[0].status, ORDERS_PROCESSING);
    CHECK_INT(o.groups[0].shipping.minor, order.shipping.minor);
    CHECK_INT(o.groups[0].shipping_off.minor, order.discount.minor);
    CHECK(id_is_none(o.groups[0].seller_id)); /* two sellers: as orders were before groups */
    struct orders_event *events;
    CHECK_INT((int64_t)desk_history(&d, order.order_id, &events), 3);
    CHECK_INT(events[2].group, -1);
    store_close(d.s);
}

/* ---- events ---- */

struct heard {
    str types[8], payloads[8];
    size_t n;
    struct arena *arena;
};

static err hear(void *service, struct cx *cx, const struct bus_event *event)
{
    struct heard *h = service;
    (void)cx;
    CHECK(h->n < COUNT(h->types));
    h->types[h->n] = str_dup(h->arena, event->type);
    h->payloads[h->n++] = str_dup(h->arena, event->payload);
    return NULL;
}

static const struct bus_handler handlers[] = {
    { "order.group_moved", "test.group_moved", hear },
    { "order.processing", "test.processing", hear },
    { 0 },
};

static void groups_are_told(void **state)
{
    struct desk d = desk_open(state);
    struct orders_order order = apart(&d);
    struct arena *life = arena_open(4096);
    struct clock clock = clock_fake(life, d.cx->now_ms);
    struct bus *bus = bus_open(life, (struct bus_opts){ .db = store_db(d.s), .clock = &clock });
    struct heard h = { .arena = d.cx->arena };
    size_t handled = 0;
    bus_subscribe(bus, handlers, &h);
    CHECK_ERR(d.cx, desk_place(&d, &order), NULL);
    CHECK_ERR(d.cx,
        desk_move(&d, (struct orders_move){ .order_id = order.order_id, .to = ORDERS_CONFIRMED }),
        NULL);
    for (size_t i = 0; i < 2; i++)
        CHECK_ERR(d.cx,
            desk_group_move(&d,
                (struct orders_group_move){
                    .order_id = order.order_id, .group = i, .to = ORDERS_PROCESSING }),
            NULL);
    cx_clear(d.cx);
    CHECK_ERR(d.cx, bus_drain(bus, d.cx, &handled), NULL);
    CHECK_INT((int64_t)h.n, 3); /* both groups, and the order with the last of them */
    CHECK_STR(h.types[0], S("order.group_moved"));
    CHECK_STR(h.types[1], S("order.group_moved"));
    CHECK_STR(h.types[2], S("order.processing"));
    CHECK_STR(h.payloads[0],
        str_fmt(d.cx->arena,
            "{\"orderId\":\"" STR_F "\",\"userId\":\"" STR_F "\",\"number\":\"" STR_F
            "\",\"status\":\"processing\",\"email\":\"ada@example.org\",\"total\":30.74,"
            "\"currency\":\"USD\",\"fulfilmentGroup\":1,\"sellerId\":\"" STR_F "\"}",
            STR_A(id_text(d.cx->arena, order.order_id)), STR_A(id_text(d.cx->arena, order.user_id)),
            STR_A(order.number), STR_A(id_text(d.cx->arena, order.lines[0].seller_id))));
    bus_close(bus);
    arena_close(life);
    store_close(d.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_make_a_status),
        cmocka_unit_test(every_move_is_a_move_of_the_order),
        cmocka_unit_test(groups_go_along),
        cmocka_unit_test(ids_of_groups_differ),
        STORE_TEST(what_was_placed_is_read),
        STORE_TEST(groups_go_their_own_way),
        STORE_TEST(a_parcel_that_never_left_delivers_nothing),
        STORE_TEST(the_last_group_cancels),
        STORE_TEST(one_group_is_the_order),
        STORE_TEST(groups_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
