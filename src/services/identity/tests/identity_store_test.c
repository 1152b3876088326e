/* SPDX-License-Identifier: Apache-2.0
 * Users and sessions in rows, on both engines. Run by `./dev test identity`. */
#include "identity_sql.h"
#include "services/identity/tests/identity_desk.h"

/* ---- users ---- */

static void an_email_has_one_account(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "Ada@Example.com"), NULL);
    CHECK_STR(d.user.email, S("Ada@Example.com"));
    CHECK_INT(d.user.roles, ROLE_CUSTOMER);
    id first = d.user_id;
    CHECK_ERR(d.cx, desk_register(&d, "ADA@example.COM"), &IDENTITY_EMAIL_TAKEN);
    CHECK(id_eq(d.user_id, first));
    CHECK_ERR(d.cx, desk_register(&d, "bob@example.com"), NULL);
    CHECK(!id_eq(d.user_id, first));
    desk_close(&d);
}

static err do_by_email(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return identity_user_by_email(d->identity, cx, d->email, &d->user);
}

static err do_get(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return identity_user_get(d->identity, cx, d->user_id, &d->user);
}

static void users_are_found(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "Ada@Example.com"), NULL);
    d.email = S("ada@EXAMPLE.com");
    d.user = (struct identity_user){ 0 };
    CHECK_ERR(d.cx, store_read(d.s, do_by_email, &d), NULL);
    CHECK(id_eq(d.user.user_id, d.user_id));
    CHECK_STR(d.user.name, S("Ada Lovelace"));
    CHECK_STR(d.user.phone, (str){ 0 });
    CHECK_INT(d.user.created_ms, d.cx->now_ms);
    CHECK(!d.user.verified);
    CHECK_ERR(d.cx, store_read(d.s, do_get, &d), NULL);
    CHECK_STR(d.user.email, S("Ada@Example.com"));
    d.email = S("eve@example.com");
    CHECK_ERR(d.cx, store_read(d.s, do_by_email, &d), &ERR_MISSING);
    d.email = S("no e-mail");
    CHECK_ERR(d.cx, store_read(d.s, do_by_email, &d), &ERR_MISSING);
    d.user_id = cx_id(d.cx);
    CHECK_ERR(d.cx, store_read(d.s, do_get, &d), &ERR_MISSING);
    desk_close(&d);
}

static const struct register_case {
    const char *name;
    struct identity_register in;
    const char *pointer;
} register_cases[] = {
    { "no e-mail", { .name = S_INIT("Ada"), .password_hash = S_INIT("x") }, "/email" },
    { "bad e-mail", { .email = S_INIT("ada"), .name = S_INIT("Ada"), .password_hash = S_INIT("x") },
        "/email" },
    { "no name", { .email = S_INIT("a@b.c"), .password_hash = S_INIT("x") }, "/name" },
    { "blank name", { .email = S_INIT("a@b.c"), .name = S_INIT(" "), .password_hash = S_INIT("x") },
        "/name" },
    { "control characters",
        { .email = S_INIT("a@b.c"), .name = S_INIT("A\x01"), .password_hash = S_INIT("x") },
        "/name" },
    { "a name that turns what follows",
        { .email = S_INIT("a@b.c"), .name = S_INIT("A\xe2\x80\xae"), .password_hash = S_INIT("x") },
        "/name" },
    { "a name that nobody sees",
        { .email = S_INIT("a@b.c"), .name = S_INIT("\xe2\x80\x8b"), .password_hash = S_INIT("x") },
        "/name" },
    { "long telephone",
        { .email = S_INIT("a@b.c"),
            .name = S_INIT("Ada"),
            .phone = S_INIT("012345678901234567890123456789012"),
            .password_hash = S_INIT("x") },
        "/phone" },
};

static void what_is_wrong_is_not_written(void **state)
{
    struct desk d = desk_open(state);
    for (size_t i = 0; i < COUNT(register_cases); i++) {
        d.reg = register_cases[i].in;
        CASE(register_cases[i].name, store_write(d.s, desk_do_register, &d) == &ERR_INVALID);
        CASE_STR(
            register_cases[i].name, d.cx->fields->pointer, str_from_c(register_cases[i].pointer));
    }
    CHECK_ERR(d.cx, desk_register(&d, "a@b.c"), NULL);
    desk_close(&d);
}

static err do_change(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    err e = identity_user_change(d->identity, cx, d->user_id, d->name, d->phone);
    return e ? e : identity_user_get(d->identity, cx, d->user_id, &d->user);
}

static void details_change_one_by_one(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    d.phone = S("+44 7700 900123");
    CHECK_ERR(d.cx, store_write(d.s, do_change, &d), NULL);
    CHECK_STR(d.user.name, S("Ada Lovelace"));
    CHECK_STR(d.user.phone, S("+44 7700 900123"));
    d.name = S("Ada King");
    d.phone = (str){ 0 };
    CHECK_ERR(d.cx, store_write(d.s, do_change, &d), NULL);
    CHECK_STR(d.user.name, S("Ada King"));
    CHECK_STR(d.user.phone, S("+44 7700 900123"));
    d.phone = S("");
    CHECK_ERR(d.cx, store_write(d.s, do_change, &d), NULL);
    CHECK_STR(d.user.phone, (str){ 0 });
    d.name = S("");
    CHECK_ERR(d.cx, store_write(d.s, do_change, &d), &ERR_INVALID);
    d.name = S("Eve");
    d.user_id = cx_id(d.cx);
    CHECK_ERR(d.cx, store_write(d.s, do_change, &d), &ERR_MISSING);
    desk_close(&d);
}

static err do_roles(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    err e = identity_user_roles(d->identity, cx, d->user_id, ROLE_CUSTOMER | ROLE_ADMIN);
    return e ? e : identity_user_get(d->identity, cx, d->user_id, &d->user);
}

static void roles_are_given(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    CHECK_ERR(d.cx, store_write(d.s, do_roles, &d), NULL);
    CHECK_INT(d.user.roles, ROLE_CUSTOMER | ROLE_ADMIN);
    d.user_id = cx_id(d.cx);
    CHECK_ERR(d.cx, store_write(d.s, do_roles, &d), &ERR_MISSING);
    desk_close(&d);
}

/* ---- logging in ---- */

static err do_prepare(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return identity_prepare_password(d->identity, cx, d->email, d->password, &d->reg.password_hash);
}

static err do_login(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return identity_check_login(d->identity, cx, d->email, d->password, &d->user);
}

static void only_the_password_lets_in(void **state)
{
    struct desk d = desk_open(state);
    d.email = S("ada@example.com");
    d.password = S("analytical engine");
    CHECK_ERR(d.cx, store_read(d.s, do_prepare, &d), NULL);
    CHECK(str_starts(d.reg.password_hash, S("$argon2id$")));
    d.reg.email = d.email;
    d.reg.name = S("Ada");
    CHECK_ERR(d.cx, store_write(d.s, desk_do_register, &d), NULL);
    d.user_id = d.user.user_id;
    d.user = (struct identity_user){ 0 };
    d.email = S("ADA@example.com");
    CHECK_ERR(d.cx, store_read(d.s, do_login, &d), NULL);
    CHECK(id_eq(d.user.user_id, d.user_id));
    const struct {
        const char *name;
        str email, password;
    } bad[] = {
        { "wrong password", S("ada@example.com"), S("Analytical engine") },
        { "no password", S("ada@example.com"), S("") },
        { "unknown", S("eve@example.com"), S("analytical engine") },
        { "no e-mail", S("x"), S("analytical engine") },
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        d.email = bad[i].email;
        d.password = bad[i].password;
        CASE(bad[i].name, store_read(d.s, do_login, &d) == &IDENTITY_BAD_LOGIN);
        CASE(bad[i].name, str_find(d.cx->detail, S("@"), 0) < 0); /* nothing personal in the log */
        CASE(bad[i].name, d.cx->fields == NULL);
    }
    desk_close(&d);
}

static void passwords_are_checked_with_the_email(void **state)
{
    struct desk d = desk_open(state);
    const struct {
        const char *name;
        str email, password;
        err want;
        int fields;
    } cases[] = {
        { "short", S("a@b.c"), S("1234567"), &IDENTITY_PASSWORD_WEAK, 1 },
        { "the e-mail", S("ada@b.cd"), S("ADA@b.cd"), &IDENTITY_PASSWORD_WEAK, 1 },
        { "no e-mail", S("ada"), S("long enough"), &ERR_INVALID, 1 },
        { "both", S("ada"), S("short"), &ERR_INVALID, 2 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int n = 0;
        d.email = cases[i].email;
        d.password = cases[i].password;
        CASE(cases[i].name, store_read(d.s, do_prepare, &d) == cases[i].want);
        CASE(cases[i].name, str_find(d.cx->detail, cases[i].password, 0) < 0);
        for (const struct field_error *f = d.cx->fields; f; f = f->next)
            n++;
        CASE_INT(cases[i].name, n, cases[i].fields);
    }
    desk_close(&d);
}

/* ---- sessions ---- */

static void access_tokens_say_who(void **state)
{
    struct desk d = desk_open(state);
    struct token_claims claims;
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    desk_start(&d);
    CHECK_INT(d.session.expires_in_s, 900);
    CHECK_ERR(
        d.cx, token_verify(d.tokens, d.cx, d.session.access_token, S("store"), &claims), NULL);
    CHECK(id_eq(claims.user_id, d.user_id));
    CHECK_STR(claims.email, S("ada@example.com"));
    CHECK_STR(claims.name, S("Ada Lovelace"));
    CHECK_INT(claims.roles, ROLE_CUSTOMER);
    CHECK_INT(claims.expires_ms, d.cx->now_ms + 15 * MINUTE_MS);
    desk_close(&d);
}

static void refreshing_rotates(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    desk_start(&d);
    for (int i = 0; i < 3; i++) {
        str old = d.session.refresh_token;
        d.cx->now_ms += 20 * DAY_MS; /* each one lives for 30 */
        d.user = (struct identity_user){ 0 };
        CHECK_ERR(d.cx, desk_refresh(&d, old), NULL);
        CHECK(!str_eq(old, d.session.refresh_token));
        CHECK(id_eq(d.user.user_id, d.user_id));
    }
    desk_close(&d);
}

static void a_token_that_comes_twice_ends_its_family(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    desk_start(&d);
    str other = d.session.refresh_token; /* another login of the same user */
    desk_start(&d);
    str first = d.session.refresh_token;
    CHECK_ERR(d.cx, desk_refresh(&d, first), NULL);
    str second = d.session.refresh_token;
    CHECK_ERR(d.cx, desk_refresh(&d, first), &IDENTITY_REFRESH_INVALID);
    CHECK_ERR(d.cx, desk_refresh(&d, second), &IDENTITY_REFRESH_INVALID); /* the thief's too */
    CHECK_ERR(d.cx, desk_refresh(&d, other), NULL);
    desk_close(&d);
}

static void tabs_that_wake_up_together_stay_signed_in(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    desk_start(&d);
    str old = d.session.refresh_token;
    d.leeway_ms = 10 * SECOND_MS;
    CHECK_ERR(d.cx, desk_refresh(&d, old), NULL);
    str one = d.session.refresh_token;
    d.cx->now_ms += 10 * SECOND_MS - 1;
    CHECK_ERR(d.cx, desk_refresh(&d, old), NULL);
    CHECK_STR(d.session.refresh_token, one); /* there is one successor */
    CHECK_ERR(d.cx, desk_refresh(&d, old), NULL);
    d.cx->now_ms += 1; /* counted from the first use */
    CHECK_ERR(d.cx, desk_refresh(&d, old), &IDENTITY_REFRESH_INVALID);
    CHECK_ERR(d.cx, desk_refresh(&d, one), &IDENTITY_REFRESH_INVALID);
    desk_close(&d);
}

static void one_that_came_before_the_first_use_is_late_all_the_same(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    desk_start(&d);
    str old = d.session.refresh_token;
    CHECK_ERR(d.cx, desk_refresh(&d, old), NULL);
    d.cx->now_ms -= 1; /* another lane was faster */
    CHECK_ERR(d.cx, desk_refresh(&d, old), &IDENTITY_REFRESH_INVALID);
    desk_close(&d);
}

static void a_successor_that_was_used_is_not_given_again(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    desk_start(&d);
    str old = d.session.refresh_token;
    d.leeway_ms = 10 * SECOND_MS;
    CHECK_ERR(d.cx, desk_refresh(&d, old), NULL);
    CHECK_ERR(d.cx, desk_refresh(&d, d.session.refresh_token), NULL);
    str third = d.session.refresh_token;
    CHECK_ERR(d.cx, desk_refresh(&d, old), &IDENTITY_REFRESH_INVALID);
    CHECK_ERR(d.cx, desk_refresh(&d, third), &IDENTITY_REFRESH_INVALID);
    desk_close(&d);
}

static void what_is_old_or_unknown_is_refused(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    desk_start(&d);
    const str unknown[] = { S(""), S("x"), str_sub(d.session.refresh_token, 0, 20),
        str_cat(d.cx->arena, d.session.refresh_token, S("x")) };
    for (size_t i = 0; i < COUNT(unknown); i++)
        CHECK_ERR(d.cx, desk_refresh(&d, unknown[i]), &IDENTITY_REFRESH_INVALID);
    d.cx->now_ms += 30 * DAY_MS;
    CHECK_ERR(d.cx, desk_refresh(&d, d.session.refresh_token), &IDENTITY_REFRESH_INVALID);
    desk_close(&d);
}

/* However often it is used. */
static void a_session_ends_for_good(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    for (int64_t max = 0; max <= 90; max += 90) {
        d.identity = identity_open(
            d.cx->arena, (struct identity_deps){
                             .db = store_db(d.s), .tokens = d.tokens, .session_days_max = max });
        desk_start(&d);
        for (int64_t day = 0; day + 20 < (max ? max : 365); day += 20) {
            d.cx->now_ms += 20 * DAY_MS;
            CHECK_ERR(d.cx, desk_refresh(&d, d.session.refresh_token), NULL);
        }
        d.cx->now_ms += 20 * DAY_MS;
        CHECK_ERR(d.cx, desk_refresh(&d, d.session.refresh_token), &IDENTITY_REFRESH_INVALID);
    }
    desk_close(&d);
}

static void a_session_is_as_long_as_it_is_set(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    d.identity = identity_open(d.cx->arena,
        (struct identity_deps){ .db = store_db(d.s), .tokens = d.tokens, .session_days = 3 });
    desk_start(&d);
    d.cx->now_ms += 3 * DAY_MS - 1;
    CHECK_ERR(d.cx, desk_refresh(&d, d.session.refresh_token), NULL); /* and lives on from here */
    d.cx->now_ms += 3 * DAY_MS;
    CHECK_ERR(d.cx, desk_refresh(&d, d.session.refresh_token), &IDENTITY_REFRESH_INVALID);
    desk_close(&d);
}

static err do_end(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return identity_session_end(d->identity, cx, d->token);
}

static void signing_out_ends_the_session(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    desk_start(&d);
    str first = d.session.refresh_token;
    CHECK_ERR(d.cx, desk_refresh(&d, first), NULL);
    d.token = d.session.refresh_token;
    CHECK_ERR(d.cx, store_write(d.s, do_end, &d), NULL);
    CHECK_ERR(d.cx, store_write(d.s, do_end, &d), NULL); /* a repeat is no error */
    CHECK_ERR(d.cx, desk_refresh(&d, d.token), &IDENTITY_REFRESH_INVALID);
    CHECK_ERR(d.cx, desk_refresh(&d, first), &IDENTITY_REFRESH_INVALID);
    desk_close(&d);
}

static err do_prune(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    bool more = true;
    err e = identity_service.jobs[0].fn(d->identity, cx, &more);
    CHECK(!more);
    return e;
}

static void old_sessions_are_removed(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    desk_start(&d);
    str old = d.session.refresh_token;
    d.cx->now_ms += DAY_MS;
    desk_start(&d);
    d.cx->now_ms += 29 * DAY_MS;
    CHECK_ERR(d.cx, store_write(d.s, do_prune, &d), NULL);
    CHECK_ERR(d.cx, desk_refresh(&d, d.session.refresh_token), NULL); /* a day younger */
    d.cx->now_ms -= 29 * DAY_MS;
    CHECK_ERR(d.cx, desk_refresh(&d, old), &IDENTITY_REFRESH_INVALID);
    desk_close(&d);
}

static void statements_fit_their_tables(void **state)
{
    struct desk d = desk_open(state);
    for (const struct db_query *const *q = identity_queries; *q; q++)
        CHECK_ERR(d.cx, db_query_check(store_db(d.s), d.cx, *q), NULL);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(an_email_has_one_account),
        STORE_TEST(users_are_found),
        STORE_TEST(what_is_wrong_is_not_written),
        STORE_TEST(details_change_one_by_one),
        STORE_TEST(roles_are_given),
        STORE_TEST(only_the_password_lets_in),
        STORE_TEST(passwords_are_checked_with_the_email),
        STORE_TEST(access_tokens_say_who),
        STORE_TEST(refreshing_rotates),
        STORE_TEST(a_token_that_comes_twice_ends_its_family),
        STORE_TEST(tabs_that_wake_up_together_stay_signed_in),
        STORE_TEST(one_that_came_before_the_first_use_is_late_all_the_same),
        STORE_TEST(a_successor_that_was_used_is_not_given_again),
        STORE_TEST(what_is_old_or_unknown_is_refused),
        STORE_TEST(a_session_is_as_long_as_it_is_set),
        STORE_TEST(a_session_ends_for_good),
        STORE_TEST(signing_out_ends_the_session),
        STORE_TEST(old_sessions_are_removed),
        STORE_TEST(statements_fit_their_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
