/* SPDX-License-Identifier: Apache-2.0
 * Codes by mail: good once, for one purpose, for a while; on both engines. Run by `./dev test
 * identity`. */
#include "services/identity/tests/identity_desk.h"

enum ask { ASK_VERIFY, ASK_RESET, ASK_EMAIL };

struct codes {
    struct desk d;
    enum ask ask;
    str code, hash;
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
    return identity_reset(c->d.identity, cx, c->code, S("another hash"));
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
        STORE_TEST(a_new_password_voids_what_was_begun),
        STORE_TEST(codes_run_out),
        STORE_TEST(an_unknown_email_gets_the_same),
        STORE_TEST(mails_have_a_limit),
        STORE_TEST(an_email_changes_when_the_new_one_is_proved),
        STORE_TEST(a_taken_email_is_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
