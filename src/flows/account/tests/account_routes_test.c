/* SPDX-License-Identifier: Apache-2.0
 * The API of accounts on both engines, without the edge. Run by `./dev test account`. */
#include "flows/account/tests/account_desk.h"
#include "platform/secret/secret.h"

#define ADA "{\"email\":\"Ada@example.com\",\"password\":\"analytical engine\""
#define REGISTER_ADA ADA ",\"name\":\"Ada Lovelace\"}"

static struct answer register_ada(struct desk *d)
{
    struct answer a = api(d, "POST", "/api/v1/auth/register", S(REGISTER_ADA));
    CHECK_ERR(d->cx, a.e, NULL);
    return a;
}

static void become_ada(struct desk *d)
{
    desk_become(d, desk_text(d, register_ada(d), "user.userId"), S("Ada Lovelace"));
}

/* ---- signing up and in ---- */

static void registering_signs_in(void **state)
{
    struct desk d = desk_open(state);
    struct token_claims claims;
    struct answer a = register_ada(&d);
    CHECK_INT(a.status, 201);
    CHECK_STR(desk_text(&d, a, "user.email"), S("Ada@example.com"));
    CHECK_STR(desk_text(&d, a, "user.name"), S("Ada Lovelace"));
    CHECK_STR(desk_text(&d, a, "tokenType"), S("Bearer"));
    CHECK_STR(desk_text(&d, a, "expiresIn"), S("900"));
    CHECK(str_find(a.body, S("\"roles\":[\"customer\"]"), 0) > 0);
    CHECK(str_find(a.body, S("analytical"), 0) < 0);
    CHECK_ERR(d.cx,
        token_verify(d.tokens, d.cx, desk_text(&d, a, "accessToken"), S("store"), &claims), NULL);
    CHECK_STR(id_text(d.cx->arena, claims.user_id), desk_text(&d, a, "user.userId"));
    CHECK(a.route->limit == LIMIT_LOGIN && a.route->conflict && a.route->before);
    desk_close(&d);
}

static const struct register_case {
    const char *name, *body;
    err want;
    const char *pointer;
} register_cases[] = {
    { "taken, in other letters",
        "{\"email\":\"ADA@EXAMPLE.COM\",\"password\":\"long enough\",\"name\":\"A\"}",
        &IDENTITY_EMAIL_TAKEN, NULL },
    { "weak", "{\"email\":\"b@b.cd\",\"password\":\"1234567\",\"name\":\"B\"}",
        &IDENTITY_PASSWORD_WEAK, "/password" },
    { "bad e-mail", "{\"email\":\"b\",\"password\":\"long enough\",\"name\":\"B\"}", &ERR_INVALID,
        "/email" },
    { "blank name", "{\"email\":\"b@b.cd\",\"password\":\"long enough\",\"name\":\" \"}",
        &ERR_INVALID, "/name" },
    { "no name", "{\"email\":\"b@b.cd\",\"password\":\"long enough\"}", &ERR_MALFORMED, "/name" },
    { "roles are not for asking",
        "{\"email\":\"b@b.cd\",\"password\":\"long enough\",\"name\":\"B\",\"roles\":[\"admin\"]}",
        &ERR_MALFORMED, "/roles" },
};

static void what_cannot_register(void **state)
{
    struct desk d = desk_open(state);
    register_ada(&d);
    for (size_t i = 0; i < COUNT(register_cases); i++) {
        const struct register_case *c = &register_cases[i];
        struct answer a = api(&d, "POST", "/api/v1/auth/register", str_from_c(c->body));
        CASE(c->name, a.e == c->want);
        CASE(c->name,
            !c->pointer || (d.cx->fields && str_eq(d.cx->fields->pointer, str_from_c(c->pointer))));
    }
    desk_close(&d);
}

static void signing_in_needs_both(void **state)
{
    struct desk d = desk_open(state);
    register_ada(&d);
    struct answer a = api(&d, "POST", "/api/v1/auth/login", S(ADA "}"));
    CHECK_ERR(d.cx, a.e, NULL);
    CHECK_INT(a.status, 200);
    CHECK_STR(desk_text(&d, a, "user.name"), S("Ada Lovelace"));
    a = api(&d, "POST", "/api/v1/auth/login",
        S("{\"email\":\"ada@example.com\",\"password\":\"wrong password\"}"));
    CHECK_ERR(d.cx, a.e, &IDENTITY_BAD_LOGIN);
    a = api(&d, "POST", "/api/v1/auth/login",
        S("{\"email\":\"eve@example.com\",\"password\":\"analytical engine\"}"));
    CHECK_ERR(d.cx, a.e, &IDENTITY_BAD_LOGIN);
    desk_close(&d);
}

/* ---- sessions ---- */

static struct answer with_token(struct desk *d, const char *path, str token)
{
    struct buf body = { .arena = d->cx->arena };
    buf_add(&body, S("{\"refreshToken\":"));
    json_quote(&body, token);
    buf_char(&body, '}');
    return api(d, "POST", path, buf_str(&body));
}

static void a_used_refresh_token_ends_all(void **state)
{
    struct desk d = desk_open(state);
    str first = desk_text(&d, register_ada(&d), "refreshToken");
    struct answer a = with_token(&d, "/api/v1/auth/refresh", first);
    CHECK_ERR(d.cx, a.e, NULL);
    CHECK_STR(desk_text(&d, a, "user.email"), S("Ada@example.com"));
    str second = desk_text(&d, a, "refreshToken");
    CHECK(!str_eq(first, second));
    CHECK_ERR(d.cx, with_token(&d, "/api/v1/auth/refresh", first).e, &IDENTITY_REFRESH_INVALID);
    CHECK_ERR(d.cx, with_token(&d, "/api/v1/auth/refresh", second).e, &IDENTITY_REFRESH_INVALID);
    desk_close(&d);
}

static void signing_out(void **state)
{
    struct desk d = desk_open(state);
    str token = desk_text(&d, register_ada(&d), "refreshToken");
    CHECK_INT(with_token(&d, "/api/v1/auth/logout", token).status, 204);
    CHECK_INT(with_token(&d, "/api/v1/auth/logout", token).status, 204);
    CHECK_ERR(d.cx, with_token(&d, "/api/v1/auth/refresh", token).e, &IDENTITY_REFRESH_INVALID);
    desk_close(&d);
}

/* ---- what the guest had ---- */

static void the_guests_cart_comes_along(void **state)
{
    struct desk d = desk_open(state);
    id user_id;
    str token = desk_guest_cart(&d, "lamp", 2);
    d.cx->who.cart_token = token;
    CHECK(id_parse(desk_text(&d, register_ada(&d), "user.userId"), &user_id));
    CHECK_INT(desk_units(&d, (struct cart_owner){ .user_id = user_id }), 2);
    CHECK_INT(desk_units(&d, (struct cart_owner){ .token = token }), 0);
    d.cx->who.cart_token = desk_guest_cart(&d, "lamp", 3);
    CHECK_ERR(d.cx, api(&d, "POST", "/api/v1/auth/login", S(ADA "}")).e, NULL);
    CHECK_INT(desk_units(&d, (struct cart_owner){ .user_id = user_id }), 5);
    CHECK_ERR(d.cx, api(&d, "POST", "/api/v1/auth/login", S(ADA "}")).e, NULL); /* a repeat */
    CHECK_INT(desk_units(&d, (struct cart_owner){ .user_id = user_id }), 5);
    d.cx->who.cart_token = desk_guest_cart(&d, "book", 1);
    CHECK_ERR(d.cx,
        api(&d, "POST", "/api/v1/auth/login",
            S("{\"email\":\"ada@example.com\",\"password\":\"no\"}"))
            .e,
        &IDENTITY_BAD_LOGIN);
    CHECK_INT(desk_units(&d, (struct cart_owner){ .token = d.cx->who.cart_token }), 1);
    desk_close(&d);
}

struct order_work {
    struct orders *orders;
    struct orders_order order;
    str number;
    id user_id;
    int64_t n;
};

static err do_place(void *arg, struct cx *cx)
{
    struct order_work *w = arg;
    return orders_place(w->orders, cx, &w->order, &w->number);
}

static err do_count(void *arg, struct cx *cx)
{
    struct order_work *w = arg;
    return orders_count(w->orders, cx, w->user_id, &w->n);
}

static void place_as_guest(struct desk *d, str cart_token)
{
    money zero = money_of(0, (currency){ "USD" }), ten = money_of(1000, (currency){ "USD" });
    struct orders_line *line = NEW(d->cx->arena, struct orders_line);
    *line = (struct orders_line){ .order_item_id = cx_id(d->cx),
        .product_id = cx_id(d->cx),
        .variant_id = cx_id(d->cx),
        .title = S("Lamp"),
        .sku = S("L"),
        .quantity = 1,
        .price = ten,
        .subtotal = ten,
        .tax = zero };
    struct order_work w = { .orders = d->deps.orders,
        .order = { .order_id = cx_id(d->cx),
            .cart_hash = secret_sha256_hex(d->cx->arena, cart_token),
            .email = S("ada@example.com"),
            .payment_status = S("pending"),
            .subtotal = ten,
            .tax = zero,
            .shipping = zero,
            .discount = zero,
            .total = ten,
            .address = { .name = S("Ada"),
                .line1 = S("1 Main St"),
                .city = S("Portland"),
                .region = S("OR"),
                .postal_code = S("97201"),
                .country = S("US") },
            .speed = S("standard"),
            .lines = line,
            .lines_n = 1 } };
    CHECK_ERR(d->cx, store_write(d->s, do_place, &w), NULL);
}

static void the_guests_orders_come_along(void **state)
{
    struct desk d = desk_open(state);
    struct order_work w = { .orders = d.deps.orders };
    str token = desk_guest_cart(&d, "lamp", 1);
    place_as_guest(&d, token);
    place_as_guest(&d, S("another-guests-token"));
    d.cx->who.cart_token = token;
    CHECK(id_parse(desk_text(&d, register_ada(&d), "user.userId"), &w.user_id));
    CHECK_ERR(d.cx, store_read(d.s, do_count, &w), NULL);
    CHECK_INT(w.n, 1);
    desk_close(&d);
}

/* ---- oneself ---- */

static void one_sees_and_changes_oneself(void **state)
{
    struct desk d = desk_open(state);
    become_ada(&d);
    struct answer a = api(&d, "GET", "/api/v1/users/me", (str){ 0 });
    CHECK_ERR(d.cx, a.e, NULL);
    CHECK_STR(desk_text(&d, a, "email"), S("Ada@example.com"));
    CHECK_STR(desk_text(&d, a, "createdAt"), S("2026-01-01T00:00:00.000Z"));
    a = api(&d, "PATCH", "/api/v1/users/me", S("{\"phone\":\"+1 503 555 0100\"}"));
    CHECK_STR(desk_text(&d, a, "phone"), S("+1 503 555 0100"));
    CHECK_STR(desk_text(&d, a, "name"), S("Ada Lovelace"));
    a = api(&d, "PATCH", "/api/v1/users/me", S("{\"name\":\"Ada King\",\"phone\":\"\"}"));
    CHECK_STR(desk_text(&d, a, "name"), S("Ada King"));
    CHECK_STR(desk_text(&d, a, "phone"), (str){ 0 });
    a = api(&d, "PATCH", "/api/v1/users/me", S("{\"email\":\"x@example.com\"}"));
    CHECK_ERR(d.cx, a.e, &ERR_MALFORMED);
    CHECK(a.route->scope == SCOPE_USER);
    desk_close(&d);
}

#define HOME                                                                                       \
    "{\"name\":\"Ada\",\"line1\":\"1 Main St\",\"city\":\"Portland\",\"region\":\"OR\","           \
    "\"postalCode\":\"97201\",\"country\":\"US\"}"
#define WORK                                                                                       \
    "{\"name\":\"Ada\",\"line1\":\"Lindenstr. 1\",\"city\":\"Berlin\",\"postalCode\":\"10115\","   \
    "\"country\":\"DE\",\"isDefault\":true}"

static void addresses_are_kept(void **state)
{
    struct desk d = desk_open(state);
    become_ada(&d);
    struct answer a = api(&d, "POST", "/api/v1/users/me/addresses", S(HOME));
    CHECK_ERR(d.cx, a.e, NULL);
    CHECK_INT(a.status, 201);
    CHECK_STR(desk_text(&d, a, "isDefault"), S("true"));
    str home = desk_text(&d, a, "addressId");
    str path = str_cat(d.cx->arena, S("/api/v1/users/me/addresses/"), home);
    a = api(&d, "PUT", str_c(d.cx->arena, path), S(WORK));
    CHECK_ERR(d.cx, a.e, NULL);
    CHECK_STR(desk_text(&d, a, "city"), S("Berlin"));
    CHECK_STR(desk_text(&d, a, "addressId"), home);
    CHECK_STR(desk_text(&d, a, "region"), (str){ 0 });
    CHECK_ERR(d.cx,
        api(&d, "POST", "/api/v1/users/me/addresses",
            S("{\"name\":\"A\",\"line1\":\"x\",\"city\":\"x\",\"country\":\"US\"}"))
            .e,
        &ERR_INVALID);
    a = api(&d, "GET", "/api/v1/users/me/addresses", (str){ 0 });
    CHECK(str_starts(a.body, S("{\"addresses\":[{")));
    struct principal ada = d.cx->who;
    d.cx->who.user_id = cx_id(d.cx); /* another */
    CHECK_STR(
        api(&d, "GET", "/api/v1/users/me/addresses", (str){ 0 }).body, S("{\"addresses\":[]}"));
    CHECK_ERR(d.cx, api(&d, "DELETE", str_c(d.cx->arena, path), (str){ 0 }).e, &ERR_MISSING);
    d.cx->who = ada;
    CHECK_INT(api(&d, "DELETE", str_c(d.cx->arena, path), (str){ 0 }).status, 204);
    CHECK_ERR(
        d.cx, api(&d, "DELETE", str_c(d.cx->arena, path), (str){ 0 }).e, &IDENTITY_ADDRESS_UNKNOWN);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(registering_signs_in),
        STORE_TEST(what_cannot_register),
        STORE_TEST(signing_in_needs_both),
        STORE_TEST(a_used_refresh_token_ends_all),
        STORE_TEST(signing_out),
        STORE_TEST(the_guests_cart_comes_along),
        STORE_TEST(the_guests_orders_come_along),
        STORE_TEST(one_sees_and_changes_oneself),
        STORE_TEST(addresses_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
