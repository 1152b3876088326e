/* SPDX-License-Identifier: Apache-2.0
 * The verbs of carts on both engines. Run by meson. */
#include "services/cart/cart.h"
#include "services/cart/cart_domain.h"
#include "tests/support/store.h"

static const char *const folders[] = { "services/cart", NULL };

struct world {
    struct store *s;
    struct cart *cart;
    struct cart_owner owner;
    id product, variant, other_variant, user, item;
    int64_t quantity;
    str token, new_token, code;
    struct cart_state view;
    struct cart_item added;
    const struct cart_bought *bought;
    size_t bought_n;
    id order, of, instead_of; /* of: the cart; none: the owner's */
};

static struct world world_open(void **state)
{
    struct world w = { .s = store_open(store_engine(state), folders) };
    w.cart = cart_open(store_cx(w.s)->arena, (struct cart_deps){ .db = store_db(w.s) });
    w.product = id_from_name(S("t"), S("product"));
    w.variant = id_from_name(S("t"), S("variant"));
    w.other_variant = id_from_name(S("t"), S("other"));
    w.user = id_from_name(S("t"), S("user"));
    return w;
}

static err add(void *arg, struct cx *cx)
{
    struct world *w = arg;
    currency usd;
    assert_true(currency_parse(S("USD"), &usd));
    return cart_add(w->cart, cx,
        (struct cart_add){ .owner = w->owner,
            .product_id = w->product,
            .variant_id = w->variant,
            .quantity = w->quantity,
            .price = money_of(1999, usd) },
        &w->added, &w->new_token);
}
static err look(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return cart_get(w->cart, cx, w->owner, &w->view);
}
static err set(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return cart_set(w->cart, cx, w->owner, w->item, w->quantity);
}
static err merge(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return cart_merge(w->cart, cx, w->user, (struct cart_owner){ .token = w->token });
}
static err take_out(void *arg, struct cx *cx)
{
    struct world *w = arg;
    err e = cart_get(w->cart, cx, w->owner, &w->view);
    return e ? e
             : cart_take_out(w->cart, cx,
                   (struct cart_taken){ .cart_id = id_is_none(w->of) ? w->view.cart_id : w->of,
                       .order_id = w->order,
                       .bought = w->bought,
                       .n = w->bought_n });
}

static err code_add(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return cart_code_add(w->cart, cx, w->owner, w->code, &w->new_token);
}
static err code_remove(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return cart_code_remove(w->cart, cx, w->owner, w->code);
}

static void see(struct world *w)
{
    CHECK_ERR(store_cx(w->s), store_read(w->s, look, w), NULL);
}

/* A guest with `quantity` of the variant; the token is kept beyond the unit's memory. */
static void guest_adds(struct world *w, int64_t quantity, char token[64])
{
    w->owner = (struct cart_owner){ 0 };
    w->quantity = quantity;
    CHECK_ERR(store_cx(w->s), store_write(w->s, add, w), NULL);
    CHECK(w->new_token.n >= 16 && w->new_token.n < 64);
    memcpy(token, w->new_token.p, w->new_token.n);
    w->token = (str){ token, w->new_token.n };
    w->owner = (struct cart_owner){ .token = w->token };
}

static void test_guest_adds_and_changes(void **state)
{
    struct world w = world_open(state);
    char token[64];
    guest_adds(&w, 2, token);
    see(&w);
    CHECK_INT(w.view.items_n, 1);
    CHECK_INT(w.view.items[0].quantity, 2);
    CHECK_INT(w.view.items[0].price_added.minor, 1999);
    int64_t version = w.view.version;
    w.quantity = 3;
    CHECK_ERR(store_cx(w.s), store_write(w.s, add, &w), NULL); /* the same line */
    CHECK(!w.new_token.n);
    see(&w);
    CHECK_INT(w.view.items_n, 1);
    CHECK_INT(w.view.items[0].quantity, 5);
    CHECK(w.view.version > version);
    w.item = w.view.items[0].cart_item_id;
    w.owner.if_match = str_fmt(store_cx(w.s)->arena, "\"v%lld\"", (long long)version);
    CHECK_ERR(store_cx(w.s), store_write(w.s, set, &w), &CART_STALE);
    CHECK_ERR(store_cx(w.s), store_write(w.s, add, &w), &CART_STALE);
    CHECK_ERR(store_cx(w.s), store_write(w.s, code_add, &w), &CART_STALE);
    CHECK_ERR(store_cx(w.s), store_write(w.s, code_remove, &w), &CART_STALE);
    w.owner.if_match = (str){ 0 };
    w.quantity = 0;
    CHECK_ERR(store_cx(w.s), store_write(w.s, set, &w), NULL);
    see(&w);
    CHECK_INT(w.view.items_n, 0);
    CHECK_ERR(store_cx(w.s), store_write(w.s, set, &w), &CART_ITEM_UNKNOWN);
    store_close(w.s);
}

static void test_another_guest_sees_nothing(void **state)
{
    struct world w = world_open(state);
    char token[64];
    guest_adds(&w, 1, token);
    see(&w);
    w.item = w.view.items[0].cart_item_id;
    w.owner = (struct cart_owner){ .token = S("some-other-token-of-a-guest") };
    see(&w);
    CHECK(id_is_none(w.view.cart_id));
    w.quantity = 5;
    CHECK_ERR(store_cx(w.s), store_write(w.s, set, &w), &CART_ITEM_UNKNOWN);
    store_close(w.s);
}

static void test_limits(void **state)
{
    struct world w = world_open(state);
    char token[64];
    guest_adds(&w, CART_QUANTITY_MAX, token);
    w.quantity = 1;
    CHECK_ERR(store_cx(w.s), store_write(w.s, add, &w), &CART_QUANTITY);
    for (int i = 1; i < CART_LINES_MAX; i++) {
        w.variant = id_from_name(S("line"), str_from_i64(store_cx(w.s)->arena, i));
        CHECK_ERR(store_cx(w.s), store_write(w.s, add, &w), NULL);
    }
    w.variant = w.other_variant;
    CHECK_ERR(store_cx(w.s), store_write(w.s, add, &w), &CART_FULL);
    store_close(w.s);
}

static void test_merge_loses_nothing(void **state)
{
    struct world w = world_open(state);
    char token[64];
    w.owner = (struct cart_owner){ .user_id = w.user };
    w.quantity = 998;
    CHECK_ERR(store_cx(w.s), store_write(w.s, add, &w), NULL);
    guest_adds(&w, 4, token); /* the same variant: cut at the maximum */
    w.variant = w.other_variant;
    w.quantity = 2;
    CHECK_ERR(store_cx(w.s), store_write(w.s, add, &w), NULL);
    CHECK_ERR(store_cx(w.s), store_write(w.s, merge, &w), NULL);
    CHECK_ERR(store_cx(w.s), store_write(w.s, merge, &w), NULL); /* a repeat adds nothing */
    see(&w);
    CHECK(id_is_none(w.view.cart_id)); /* the guest's cart is gone */
    w.owner = (struct cart_owner){ .user_id = w.user };
    see(&w);
    CHECK_INT(w.view.items_n, 2);
    CHECK_INT(w.view.items[0].quantity, CART_QUANTITY_MAX);
    CHECK_INT(w.view.items[1].quantity, 2);
    store_close(w.s);
}

static void test_bought_units_leave(void **state)
{
    struct world w = world_open(state);
    char token[64];
    guest_adds(&w, 5, token);
    struct cart_bought some[] = { { w.variant, 3 }, { w.other_variant, 1 } };
    w.bought = some;
    w.bought_n = COUNT(some);
    CHECK_ERR(store_cx(w.s), store_write(w.s, take_out, &w), NULL);
    see(&w);
    CHECK_INT(w.view.items[0].quantity, 2);
    CHECK_ERR(store_cx(w.s), store_write(w.s, take_out, &w), NULL);
    see(&w);
    CHECK_INT(w.view.items_n, 0);
    store_close(w.s);
}

static err claim(void *arg, struct cx *cx)
{
    struct world *w = arg;
    err e = cart_get(w->cart, cx, w->owner, &w->view);
    return e ? e
             : cart_claim(w->cart, cx,
                   (struct cart_claim){ .cart_id = w->view.cart_id,
                       .order_id = w->order,
                       .version = w->view.version,
                       .instead_of = w->instead_of });
}

/* A run that was overtaken comes once more, when the next order has the cart. */
static void test_bought_once(void **state)
{
    struct world w = world_open(state);
    char token[64];
    const id first = id_from_name(S("t"), S("first")), second = id_from_name(S("t"), S("second"));
    struct cart_bought bought = { w.variant, 3 };
    w.bought = &bought;
    w.bought_n = 1;
    guest_adds(&w, 3, token);
    w.order = first;
    CHECK_ERR(store_cx(w.s), store_write(w.s, claim, &w), NULL);
    CHECK_ERR(store_cx(w.s), store_write(w.s, take_out, &w), NULL);
    w.quantity = 4;
    CHECK_ERR(store_cx(w.s), store_write(w.s, add, &w), NULL);
    w.order = second;
    CHECK_ERR(store_cx(w.s), store_write(w.s, claim, &w), NULL);
    w.order = first;
    CHECK_ERR(store_cx(w.s), store_write(w.s, take_out, &w), NULL);
    see(&w);
    CHECK_INT(w.view.items[0].quantity, 4);
    CHECK(id_eq(w.view.order_id, second));
    store_close(w.s);
}

static err keep(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return cart_claim_keep(w->cart, cx, w->of, w->order);
}

static void claims(struct world *w, id order, id *ret_cart)
{
    w->order = order;
    CHECK_ERR(store_cx(w->s), store_write(w->s, claim, w), NULL);
    *ret_cart = w->view.cart_id;
}

/* A guest whose order waits signs in, where an order of the user's own waits too: both are of the
 * user's cart, each takes its own out of it once. */
static void test_merge_of_two_orders(void **state)
{
    struct world w = world_open(state);
    char token[64];
    const id guests = id_from_name(S("t"), S("guest's")), users = id_from_name(S("t"), S("user's"));
    id guests_cart, users_cart;
    struct cart_bought bought = { w.variant, 2 };
    w.bought = &bought;
    w.bought_n = 1;
    w.owner = (struct cart_owner){ .user_id = w.user };
    w.quantity = 2;
    CHECK_ERR(store_cx(w.s), store_write(w.s, add, &w), NULL);
    claims(&w, users, &users_cart);
    guest_adds(&w, 7, token);
    claims(&w, guests, &guests_cart);
    CHECK_ERR(store_cx(w.s), store_write(w.s, merge, &w), NULL);
    w.of = guests_cart;
    CHECK_ERR(store_cx(w.s), store_write(w.s, keep, &w), NULL);
    for (int i = 0; i < 2; i++)
        CHECK_ERR(store_cx(w.s), store_write(w.s, take_out, &w), NULL);
    w.order = users;
    w.of = users_cart;
    CHECK_ERR(store_cx(w.s), store_write(w.s, keep, &w), NULL);
    w.owner = (struct cart_owner){ .user_id = w.user };
    see(&w);
    CHECK_INT(w.view.items[0].quantity, 7);
    CHECK(id_eq(w.view.order_id, users));
    store_close(w.s);
}

/* The order lost its cart to another before the guest signed in: it has none. */
static void test_lost_before_sign_in(void **state)
{
    struct world w = world_open(state);
    char token[64];
    const id first = id_from_name(S("t"), S("first")), second = id_from_name(S("t"), S("second"));
    guest_adds(&w, 3, token);
    claims(&w, first, &w.of);
    w.instead_of = first;
    claims(&w, second, &w.of);
    CHECK_ERR(store_cx(w.s), store_write(w.s, take_out, &w), NULL);
    CHECK_ERR(store_cx(w.s), store_write(w.s, merge, &w), NULL);
    w.order = first;
    CHECK_ERR(store_cx(w.s), store_write(w.s, keep, &w), &CART_TAKEN);
    store_close(w.s);
}

static err expire(void *arg, struct cx *cx)
{
    struct world *w = arg;
    bool more = true;
    cx->now_ms += CART_GUEST_MS + 1;
    err e = cart_service.jobs[0].fn(w->cart, cx, &more);
    assert_false(more);
    cx->now_ms -= CART_GUEST_MS + 1;
    return e;
}

static void test_old_guests_are_forgotten(void **state)
{
    struct world w = world_open(state);
    char token[64];
    w.owner = (struct cart_owner){ .user_id = w.user };
    w.quantity = 1;
    CHECK_ERR(store_cx(w.s), store_write(w.s, add, &w), NULL);
    guest_adds(&w, 1, token);
    CHECK_ERR(store_cx(w.s), store_write(w.s, expire, &w), NULL);
    see(&w);
    CHECK(id_is_none(w.view.cart_id));
    w.owner = (struct cart_owner){ .user_id = w.user };
    see(&w);
    CHECK_INT(w.view.items_n, 1);
    store_close(w.s);
}

static const struct add_case {
    const char *name;
    int64_t have, more;
    bool strict;
    err want;
    int64_t after;
} add_cases[] = {
    { "first", 0, 1, true, NULL, 1 },
    { "to the maximum", 998, 1, true, NULL, 999 },
    { "beyond, refused", 998, 2, true, &CART_QUANTITY, 0 },
    { "beyond, cut", 998, 2, false, NULL, 999 },
    { "none", 5, 0, true, &CART_QUANTITY, 0 },
    { "less than none", 5, -1, false, &CART_QUANTITY, 0 },
    { "very many", 0, INT64_MAX, true, &CART_QUANTITY, 0 },
};

static void test_quantities(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(add_cases); i++) {
        const struct add_case *c = &add_cases[i];
        struct cx *cx = check_cx_open();
        int64_t after = 0;
        CASE(c->name, cart_domain_add(cx, c->have, c->more, c->strict, &after) == c->want);
        CASE_INT(c->name, after, c->after);
        check_cx_close(cx);
    }
    CHECK_INT(cart_domain_left(5, 2), 3);
    CHECK_INT(cart_domain_left(2, 5), 0);
}

static void enter(struct world *w, str code, err want)
{
    w->code = code;
    CHECK_ERR(store_cx(w->s), store_write(w->s, code_add, w), want);
}

static void test_codes_stay_with_the_cart(void **state)
{
    struct world w = world_open(state);
    char token[64];
    guest_adds(&w, 1, token);
    w.owner.token = w.token;
    see(&w);
    CHECK_INT(w.view.codes_n, 0);
    int64_t version = w.view.version;
    enter(&w, S(" Spring "), NULL);
    enter(&w, S("TEN"), NULL);
    enter(&w, S("spring"), NULL);
    see(&w);
    CHECK_INT(w.view.codes_n, 2);
    CHECK_STR(w.view.codes[0], S("Spring"));
    CHECK_STR(w.view.codes[1], S("TEN"));
    CHECK(w.view.version > version);
    enter(&w, S(" "), &ERR_INVALID);
    enter(&w, S("a\nb"), &ERR_INVALID);
    enter(&w, S("3"), NULL);
    enter(&w, S("4"), NULL);
    enter(&w, S("5"), NULL);
    enter(&w, S("6"), &CART_CODES_FULL);
    w.code = S("SPRING");
    CHECK_ERR(store_cx(w.s), store_write(w.s, code_remove, &w), NULL);
    CHECK_ERR(store_cx(w.s), store_write(w.s, code_remove, &w), NULL);
    see(&w);
    CHECK_INT(w.view.codes_n, 4);
    CHECK_STR(w.view.codes[0], S("TEN"));
    w.owner = (struct cart_owner){ .user_id = w.user }; /* who has codes too, and no cart before */
    enter(&w, S("ten"), NULL);
    enter(&w, S("mine"), NULL);
    CHECK_ERR(store_cx(w.s), store_write(w.s, merge, &w), NULL);
    see(&w);
    CHECK_INT(w.view.codes_n, 5);
    CHECK_STR(w.view.codes[0], S("ten"));
    CHECK_STR(w.view.codes[4], S("5"));
    CHECK_INT(w.view.items_n, 1);
    struct cart_bought bought = { w.variant, 1 };
    w.bought = &bought;
    w.bought_n = 1;
    CHECK_ERR(store_cx(w.s), store_write(w.s, take_out, &w), NULL);
    see(&w);
    CHECK_INT(w.view.codes_n, 0); /* they were for that order */
    store_close(w.s);
}

static void test_a_code_alone_makes_a_cart(void **state)
{
    struct world w = world_open(state);
    w.code = S("gone");
    CHECK_ERR(store_cx(w.s), store_write(w.s, code_remove, &w), NULL);
    enter(&w, S("TEN"), NULL);
    CHECK(w.new_token.n >= 16);
    w.owner.token = str_dup(store_cx(w.s)->arena, w.new_token);
    see(&w);
    CHECK_INT(w.view.codes_n, 1);
    CHECK_INT(w.view.items_n, 0);
    store_close(w.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantities),
        STORE_TEST(test_guest_adds_and_changes),
        STORE_TEST(test_another_guest_sees_nothing),
        STORE_TEST(test_limits),
        STORE_TEST(test_merge_loses_nothing),
        STORE_TEST(test_bought_units_leave),
        STORE_TEST(test_bought_once),
        STORE_TEST(test_merge_of_two_orders),
        STORE_TEST(test_lost_before_sign_in),
        STORE_TEST(test_codes_stay_with_the_cart),
        STORE_TEST(test_a_code_alone_makes_a_cart),
        STORE_TEST(test_old_guests_are_forgotten),
    };
    return cmocka_run_group_tests_name("cart_store", tests, NULL, NULL);
}
