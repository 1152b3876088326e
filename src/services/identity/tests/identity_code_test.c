/* SPDX-License-Identifier: Apache-2.0
 * Codes by mail: good once, for one purpose, for a while; on both engines. Run by `./dev test
 * identity`. */
#include "services/identity/tests/identity_desk.h"

enum ask { ASK_VERIFY, ASK_RESET, ASK_EMAIL };

struct codes {
    struct desk d;
    enum ask ask;
    str code, hash;
    bool clear_ways, factor_on;
    size_t ways_n;
    str said;
};

static err do_ask(void *arg, struct cx *cx)
{
    struct codes *c = arg;
    switch (c->ask) {
    case ASK_VERIFY:
        return identity_verify_ask(c->d.identity, cx, c->d.user_id);
    case ASK_RESET:
        return identity_reset_ask(c->d.identity, cx, c->d.email);
    case ASK_EMAIL:
        return identity_email_ask(c->d.identity, cx, c->d.user_id, c->d.email);
    }
    return NULL;
}

static err do_verify(void *arg, struct cx *cx)
{
    struct codes *c = arg;
    return identity_verify(c->d.identity, cx, c->code);
}

static err do_reset(void *arg, struct cx *cx)
{
    struct codes *c = arg;
    id user_id;
    err e = identity_reset(c->d.identity, cx,
        (struct identity_reset){ c->code, S("another hash"), c->clear_ways }, &user_id);
    CHECK(e || id_eq(user_id, c->d.user_id));
    return e;
}

static err do_look(void *arg, struct cx *cx)
{
    struct codes *c = arg;
    return identity_reset_look(c->d.identity, cx, c->code, &c->d.user);
}

static err do_get(void *arg, struct cx *cx)
{
    struct codes *c = arg;
    return identity_user_get(c->d.identity, cx, c->d.user_id, &c->d.user);
}

static str member(struct codes *c, str payload, const char *key)
{
    struct json_value *v;
    CHECK_ERR(c->d.cx, json_value_parse(c->d.cx, payload, &v), NULL);
    str text = json_value_str(c->d.cx->arena, json_value_get(v, key));
    json_value_close(v);
    return text;
}

/* The code that the mail of the last such event has; absent when it goes to nobody. */
static str mailed(struct codes *c, const char *type, const char *purpose)
{
    struct desk_told told = desk_told(&c->d, type);
    id row;
    if (told.n == 0 || !member(c, told.payload, "email").n)
        return (str){ 0 };
    CHECK(id_parse(member(c, told.payload, "codeId"), &row));
    return token_code(c->d.tokens, c->d.cx->arena, str_from_c(purpose), row);
}

static struct codes codes_open(void **state)
{
    struct codes c = { .d = desk_open(state) };
    CHECK_ERR(c.d.cx, desk_register(&c.d, "ada@example.com"), NULL);
    c.code = mailed(&c, "identity.registered", "verify");
    return c;
}

static str ask(struct codes *c, enum ask what, const char *email)
{
    static const struct {
        const char *type, *purpose;
    } asks[] = {
        [ASK_VERIFY] = { "identity.verify_asked", "verify" },
        [ASK_RESET] = { "identity.reset_asked", "reset" },
        [ASK_EMAIL] = { "identity.email_asked", "email" },
    };
    c->ask = what;
    c->d.email = str_from_c(email);
    CHECK_ERR(c->d.cx, store_write(c->d.s, do_ask, c), NULL);
    return mailed(c, asks[what].type, asks[what].purpose);
}

static const struct identity_user *user_now(struct codes *c)
{
    CHECK_ERR(c->d.cx, store_read(c->d.s, do_get, c), NULL);
    return &c->d.user;
}

static void an_email_is_proved_once(void **state)
{
    struct codes c = codes_open(state);
    str first = c.code;
    CHECK(!user_now(&c)->verified);
    str second = ask(&c, ASK_VERIFY, "");
    CHECK(first.n && second.n && !str_eq(first, second));
    CHECK_ERR(c.d.cx, store_write(c.d.s, do_verify, &c), NULL);
    CHECK(user_now(&c)->verified);
    CHECK_ERR(c.d.cx, store_write(c.d.s, do_verify, &c), &IDENTITY_CODE_INVALID);
    CHECK(!ask(&c, ASK_VERIFY, "").n); /* there is nothing to ask for any more */
    const str bad[] = { S(""), S("x"), id_text(c.d.cx->arena, c.d.user_id),
        str_cat(c.d.cx->arena, second, S("x")) };
    for (size_t i = 0; i < COUNT(bad); i++) {
        c.code = bad[i];
        CHECK_ERR(c.d.cx, store_write(c.d.s, do_verify, &c), &IDENTITY_CODE_INVALID);
    }
    desk_close(&c.d);
}

static void a_password_is_reset_once_and_ends_all_sessions(void **state)
{
    struct codes c = codes_open(state);
    c.d.user.user_id = c.d.user_id;
    desk_start(&c.d);
    str refresh = c.d.session.refresh_token;
    str verify = c.code;
    c.code = ask(&c, ASK_RESET, "ADA@example.com");
    str other = ask(&c, ASK_RESET, "ada@example.com");
    CHECK(c.code.n && other.n);
    CHECK_ERR(c.d.cx, store_read(c.d.s, do_look, &c), NULL);
    CHECK_STR(c.d.user.email, S("ada@example.com"));
    CHECK_ERR(c.d.cx, store_write(c.d.s, do_verify, &c), &IDENTITY_CODE_INVALID);
    CHECK_ERR(c.d.cx, store_write(c.d.s, do_reset, &c), NULL);
    CHECK_INT(desk_told(&c.d, "identity.password_changed").n, 1);
    CHECK(user_now(&c)->verified); /* only who reads its mails can have done it */
    CHECK_ERR(c.d.cx, desk_refresh(&c.d, refresh), &IDENTITY_REFRESH_INVALID);
    CHECK_ERR(c.d.cx, store_write(c.d.s, do_reset, &c), &IDENTITY_CODE_INVALID);
    c.code = other;
    CHECK_ERR(c.d.cx, store_write(c.d.s, do_reset, &c), &IDENTITY_CODE_INVALID);
    c.code = verify;
    CHECK_ERR(c.d.cx, store_write(c.d.s, do_reset, &c), &IDENTITY_CODE_INVALID);
    desk_close(&c.d);
}

/* ---- what somebody else may have put in ---- */

static err do_add_way(void *arg, struct cx *cx)
{
    struct codes *c = arg;
    return identity_way_add(c->d.identity, cx, c->d.user_id,
        &(struct identity_elsewhere){ .issuer = S("https://id.example/realm"),
            .subject = S("eve"),
            .email = S("eve@example.com"),
            .label = S("Example") });
}

static err do_begin_factor(void *arg, struct cx *cx)
{
    struct codes *c = arg;
    return identity_factor_begin(c->d.identity, cx, c->d.user_id);
}

static err do_see(void *arg, struct cx *cx)
{
    struct codes *c = arg;
    struct identity_way *ways;
    struct identity_factor factor;
    err e = identity_way_list(c->d.identity, cx, c->d.user_id, &ways, &c->ways_n);
    if (!e)
        e = identity_factor_get(c->d.identity, cx, c->d.user_id, &factor);
    if (!e)
        e = identity_ways_said(c->d.identity, cx, c->d.user_id, &c->said);
    c->factor_on = !e && factor.on;
    return e;
}

static const struct {
    const char *name;
    bool verified, clear, kept, factor_kept;
} put_in[] = {
    { "of an address that nobody has proved", false, false, false, false },
    { "of an owner who keeps them", true, false, true, true },
    { "of an owner who wants them gone", true, true, false, true },
};

static void a_reset_says_or_removes_what_else_signs_in(void **state)
{
    for (size_t i = 0; i < COUNT(put_in); i++) {
        struct codes c = codes_open(state);
        if (put_in[i].verified)
            CHECK_ERR(c.d.cx, store_write(c.d.s, do_verify, &c), NULL);
        CHECK_ERR(c.d.cx, store_write(c.d.s, do_add_way, &c), NULL);
        CHECK_ERR(c.d.cx, store_write(c.d.s, do_begin_factor, &c), NULL);
        store_script(c.d.s, "UPDATE identity_factor SET on_ms = 1");
        c.code = ask(&c, ASK_RESET, "ada@example.com");
        c.clear_ways = put_in[i].clear;
        CHECK_ERR(c.d.cx, store_write(c.d.s, do_reset, &c), NULL);
        CHECK_ERR(c.d.cx, store_read(c.d.s, do_see, &c), NULL);
        str said = put_in[i].kept ? S("a login of id.example") : S("");
        CASE(put_in[i].name, (c.ways_n == 1) == put_in[i].kept);
        CASE(put_in[i].name, c.factor_on == put_in[i].factor_kept);
        CASE(put_in[i].name, str_eq(c.said, said));
        str payload = desk_told(&c.d, "identity.password_changed").payload;
        CASE(put_in[i].name, str_eq(member(&c, payload, "other"), said));
        CASE(put_in[i].name, str_eq(member(&c, payload, "on"), S("true")));
        desk_close(&c.d);
    }
}

static err do_end(void *arg, struct cx *cx)
{
    struct codes *c = arg;
    return identity_login_end_others(c->d.identity, cx, c->d.user_id, (id){ { 0 } });
}

/* A request that the edge let in, and that comes to its unit after the new password. */
static void a_session_that_is_over_adds_no_way(void **state)
{
    struct codes c = codes_open(state);
    c.d.user.user_id = c.d.user_id;
    desk_start(&c.d);
    c.d.cx->who =
        (struct principal){ .user_id = c.d.user_id, .session_id = c.d.session.session_id };
    CHECK_ERR(c.d.cx, store_write(c.d.s, do_end, &c), NULL);
    CHECK_ERR(c.d.cx, store_write(c.d.s, do_add_way, &c), &IDENTITY_SESSION_UNKNOWN);
    CHECK_ERR(c.d.cx, store_read(c.d.s, do_see, &c), NULL);
    CHECK_INT(c.ways_n, 0);
    desk_close(&c.d);
}

static err do_keep(void *arg, struct cx *cx)
{
    struct codes *c = arg;
    return identity_login_keep(c->d.identity, cx, &c->d.user, &c->hash);
}

static err do_kept(void *arg, struct cx *cx)
{
    struct codes *c = arg;
    return identity_login_look(c->d.identity, cx, c->hash, &c->d.user);
}

/* Who knew the old password asked for an address of theirs, and waits at the second factor. */
static void a_new_password_voids_what_was_begun(void **state)
{
    struct codes c = codes_open(state);
    CHECK(user_now(&c)->email.n > 0);
    c.d.user.user_id = c.d.user_id;
    CHECK_ERR(c.d.cx, store_write(c.d.s, do_keep, &c), NULL);
    CHECK_ERR(c.d.cx, store_read(c.d.s, do_kept, &c), NULL);
    str email = ask(&c, ASK_EMAIL, "eve@example.com");
    c.code = ask(&c, ASK_RESET, "ada@example.com");
    CHECK_ERR(c.d.cx, store_write(c.d.s, do_reset, &c), NULL);
    CHECK_ERR(c.d.cx, store_read(c.d.s, do_kept, &c), &IDENTITY_CODE_INVALID);
    c.code = email;
    CHECK(email.n > 0);
    CHECK_ERR(c.d.cx, store_write(c.d.s, do_verify, &c), &IDENTITY_CODE_INVALID);
    CHECK_STR(user_now(&c)->email, S("ada@example.com"));
    desk_close(&c.d);
}

static void codes_run_out(void **state)
{
    struct codes c = codes_open(state);
    c.code = ask(&c, ASK_RESET, "ada@example.com");
    c.d.cx->now_ms += IDENTITY_RESET_MS - 1;
    CHECK_ERR(c.d.cx, store_read(c.d.s, do_look, &c), NULL);
    c.d.cx->now_ms += 1;
    CHECK_ERR(c.d.cx, store_read(c.d.s, do_look, &c), &IDENTITY_CODE_INVALID);
    CHECK_ERR(c.d.cx, store_write(c.d.s, do_reset, &c), &IDENTITY_CODE_INVALID);
    desk_close(&c.d);
}

/* Nobody is told, but the same is written: one row, one event. */
static void an_unknown_email_gets_the_same(void **state)
{
    struct codes c = codes_open(state);
    c.ask = ASK_RESET;
    c.d.email = S("nobody@example.com");
    CHECK_ERR(c.d.cx, store_write(c.d.s, do_ask, &c), NULL);
    struct desk_told told = desk_told(&c.d, "identity.reset_asked");
    CHECK_INT(told.n, 1);
    CHECK(!member(&c, told.payload, "email").n);
    id row;
    CHECK(id_parse(member(&c, told.payload, "codeId"), &row));
    c.code = token_code(c.d.tokens, c.d.cx->arena, S("reset"), row);
    CHECK_ERR(c.d.cx, store_write(c.d.s, do_reset, &c), &IDENTITY_CODE_INVALID);
    desk_close(&c.d);
}

static void mails_have_a_limit(void **state)
{
    struct codes c = codes_open(state);
    for (int i = 0; i < IDENTITY_MAILS_MAX; i++)
        CHECK(ask(&c, ASK_RESET, "ada@example.com").n);
    CHECK(!ask(&c, ASK_RESET, "ada@example.com").n);
    c.d.cx->now_ms += HOUR_MS;
    CHECK(ask(&c, ASK_RESET, "ada@example.com").n);
    for (int i = 0; i < IDENTITY_MAILS_MAX; i++)
        CHECK(ask(&c, ASK_EMAIL, "new@example.com").n);
    CHECK(!ask(&c, ASK_EMAIL, "new@example.com").n);
    desk_close(&c.d);
}

static void an_email_changes_when_the_new_one_is_proved(void **state)
{
    struct codes c = codes_open(state);
    str reset = ask(&c, ASK_RESET, "ada@example.com"), verify = c.code;
    c.code = ask(&c, ASK_EMAIL, "Countess@example.com");
    CHECK(c.code.n > 0);
    CHECK_STR(user_now(&c)->email, S("ada@example.com"));
    CHECK_ERR(c.d.cx, store_write(c.d.s, do_verify, &c), NULL);
    CHECK_INT(desk_told(&c.d, "identity.email_changed").n, 2); /* to both */
    CHECK_STR(user_now(&c)->email, S("Countess@example.com"));
    CHECK(c.d.user.verified);
    CHECK_ERR(c.d.cx, store_write(c.d.s, do_verify, &c), &IDENTITY_CODE_INVALID);
    c.code = verify; /* of the address that was left */
    CHECK_ERR(c.d.cx, store_write(c.d.s, do_verify, &c), &IDENTITY_CODE_INVALID);
    c.code = reset;
    CHECK_ERR(c.d.cx, store_write(c.d.s, do_reset, &c), &IDENTITY_CODE_INVALID);
    c.d.email = S("ada");
    CHECK_ERR(c.d.cx, store_write(c.d.s, do_ask, &c), &ERR_INVALID);
    desk_close(&c.d);
}

static void a_taken_email_is_not_told(void **state)
{
    struct codes c = codes_open(state);
    id ada = c.d.user_id;
    CHECK_ERR(c.d.cx, desk_register(&c.d, "bob@example.com"), NULL);
    c.d.user_id = ada;
    CHECK(!ask(&c, ASK_EMAIL, "BOB@example.com").n); /* and yet no error */
    c.code = ask(&c, ASK_EMAIL, "eve@example.com");
    CHECK_ERR(c.d.cx, desk_register(&c.d, "eve@example.com"), NULL); /* meanwhile */
    c.d.user_id = ada;
    CHECK_ERR(c.d.cx, store_write(c.d.s, do_verify, &c), &IDENTITY_EMAIL_TAKEN);
    CHECK_STR(user_now(&c)->email, S("ada@example.com"));
    desk_close(&c.d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(an_email_is_proved_once),
        STORE_TEST(a_password_is_reset_once_and_ends_all_sessions),
        STORE_TEST(a_reset_says_or_removes_what_else_signs_in),
        STORE_TEST(a_session_that_is_over_adds_no_way),
        STORE_TEST(a_new_password_voids_what_was_begun),
        STORE_TEST(codes_run_out),
        STORE_TEST(an_unknown_email_gets_the_same),
        STORE_TEST(mails_have_a_limit),
        STORE_TEST(an_email_changes_when_the_new_one_is_proved),
        STORE_TEST(a_taken_email_is_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
