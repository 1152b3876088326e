/* SPDX-License-Identifier: Apache-2.0
 * Logins: seen, ended, told about, and what their tokens are for; on both engines. Run by `./dev
 * test identity`. */
#include "services/identity/tests/identity_desk.h"

static err do_logins(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return identity_login_list(d->identity, cx, d->user_id, &d->logins, &d->logins_n);
}

static size_t logins(struct desk *d)
{
    CHECK_ERR(d->cx, store_read(d->s, do_logins, d), NULL);
    return d->logins_n;
}

static err verified(struct desk *d, str token)
{
    struct token_claims claims;
    err e = token_verify(d->tokens, d->cx, token, S("store"), &claims);
    cx_clear(d->cx);
    return e;
}

static err do_login_end(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return identity_login_end(d->identity, cx, d->user_id, d->session_id);
}

static err do_end_others(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return identity_login_end_others(d->identity, cx, d->user_id, d->session_id);
}

static void logins_are_seen_and_ended(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "eve@example.com"), NULL);
    id eve = d.user_id;
    desk_start(&d);
    id evil = d.session.session_id;
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    d.how.device = S("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0");
    d.cx->peer = S("192.0.2.7");
    desk_start(&d);
    struct identity_session first = d.session;
    d.cx->now_ms += HOUR_MS;
    d.how = (struct identity_arrival){ .factor = true };
    desk_start(&d);
    struct identity_session second = d.session;
    CHECK_INT(logins(&d), 2);
    CHECK(id_eq(d.logins[0].session_id, second.session_id));
    CHECK_STR(d.logins[0].device, S(""));
    CHECK(d.logins[0].factor && !d.logins[1].factor);
    CHECK_STR(d.logins[1].device, S("Firefox on Linux"));
    CHECK_STR(d.logins[1].peer, S("192.0.2.7"));
    CHECK_INT(d.logins[1].seen_ms, d.cx->now_ms - HOUR_MS);
    d.cx->now_ms += HOUR_MS;
    d.cx->peer = S("192.0.2.8");
    CHECK_ERR(d.cx, desk_refresh(&d, first.refresh_token), NULL);
    CHECK(id_eq(d.session.session_id, first.session_id));
    CHECK_INT(logins(&d), 2); /* the same, now the last used */
    CHECK_STR(d.logins[0].peer, S("192.0.2.8"));
    CHECK_INT(d.logins[0].seen_ms, d.cx->now_ms);
    CHECK_INT(d.logins[0].created_ms, d.cx->now_ms - 2 * HOUR_MS);

    d.session_id = evil;
    CHECK_ERR(d.cx, store_write(d.s, do_login_end, &d), &IDENTITY_SESSION_UNKNOWN);
    d.session_id = first.session_id;
    CHECK_ERR(d.cx, verified(&d, d.session.access_token), NULL);
    CHECK_ERR(d.cx, store_write(d.s, do_login_end, &d), NULL);
    CHECK_ERR(d.cx, verified(&d, d.session.access_token), &TOKEN_EXPIRED);
    CHECK_ERR(d.cx, desk_refresh(&d, d.session.refresh_token), &IDENTITY_REFRESH_INVALID);
    CHECK_ERR(d.cx, store_write(d.s, do_login_end, &d), &IDENTITY_SESSION_UNKNOWN);
    CHECK_INT(logins(&d), 1);
    desk_start(&d);
    desk_start(&d);
    d.session_id = second.session_id;
    CHECK_ERR(d.cx, store_write(d.s, do_end_others, &d), NULL);
    CHECK_INT(logins(&d), 1);
    CHECK(id_eq(d.logins[0].session_id, second.session_id));
    CHECK_ERR(d.cx, desk_refresh(&d, second.refresh_token), NULL);
    d.session_id = (id){ 0 };
    CHECK_ERR(d.cx, store_write(d.s, do_end_others, &d), NULL);
    CHECK_INT(logins(&d), 0);
    d.user_id = eve;
    CHECK_INT(logins(&d), 1);
    desk_close(&d);
}

/* The one unused the longest goes, whichever began first; others' stay. */
static void a_user_has_so_many_sessions(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "eve@example.com"), NULL);
    id eve = d.user_id;
    desk_start(&d);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    d.identity = identity_open(d.cx->arena,
        (struct identity_deps){ .db = store_db(d.s), .tokens = d.tokens, .sessions_max = 3 });
    struct identity_session begun[5];
    for (size_t i = 0; i < 3; i++) {
        d.cx->now_ms += MINUTE_MS;
        desk_start(&d);
        begun[i] = d.session;
    }
    d.cx->now_ms += HOUR_MS;
    CHECK_ERR(d.cx, desk_refresh(&d, begun[0].refresh_token), NULL); /* used again */
    begun[0] = d.session;
    desk_start(&d);
    begun[3] = d.session;
    CHECK_INT(logins(&d), 3);
    CHECK_ERR(d.cx, verified(&d, begun[3].access_token), NULL);
    CHECK_ERR(d.cx, verified(&d, begun[0].access_token), NULL);
    CHECK_ERR(d.cx, desk_refresh(&d, begun[1].refresh_token), &IDENTITY_REFRESH_INVALID);
    CHECK_ERR(d.cx, desk_refresh(&d, begun[2].refresh_token), NULL);
    d.identity = identity_open(d.cx->arena,
        (struct identity_deps){ .db = store_db(d.s), .tokens = d.tokens, .sessions_max = 1 });
    d.cx->now_ms -= 2 * HOUR_MS; /* a clock that lies behind: the new one stays all the same */
    desk_start(&d);
    CHECK_INT(logins(&d), 1);
    CHECK(id_eq(d.logins[0].session_id, d.session.session_id));
    d.user_id = eve;
    CHECK_INT(logins(&d), 1);
    desk_close(&d);
}

static err do_ended(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return identity_ended(d->identity, cx);
}

#define ENDED_AFTER 450 /* more than two pages */

/* Another process: other tokens with the same key would need its file; here only its memory. */
static void what_ended_elsewhere_is_learnt(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    desk_start(&d);
    d.session_id = d.session.session_id;
    const struct token_claims claims = { .user_id = d.user_id,
        .session_id = d.session_id,
        .issued_ms = d.cx->now_ms,
        .expires_ms = d.cx->now_ms + IDENTITY_ACCESS_MS,
        .audience = S("store") };
    CHECK_ERR(d.cx, store_write(d.s, do_login_end, &d), NULL);
    for (int i = 0; i < ENDED_AFTER; i++) { /* and many after it */
        desk_start(&d);
        d.session_id = d.session.session_id;
        CHECK_ERR(d.cx, store_write(d.s, do_login_end, &d), NULL);
    }
    tokens_close(d.tokens);
    char folder[] = "/tmp/souk-identity-XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    const char *file = str_c(d.cx->arena, str_fmt(d.cx->arena, "%s/token.pem", folder));
    CHECK_ERR(d.cx, tokens_open(d.cx->arena, d.cx, file, &d.tokens), NULL);
    unlink(file);
    rmdir(folder);
    d.identity = identity_open(
        d.cx->arena, (struct identity_deps){ .db = store_db(d.s), .tokens = d.tokens });
    str token;
    CHECK_ERR(d.cx, token_sign(d.tokens, d.cx, &claims, &token), NULL);
    CHECK_ERR(d.cx, verified(&d, token), NULL);
    CHECK_ERR(d.cx, store_read(d.s, do_ended, &d), NULL);
    CHECK_ERR(d.cx, verified(&d, token), &TOKEN_EXPIRED);
    desk_start(&d); /* what ends later is learnt as well */
    d.session_id = d.session.session_id;
    token = d.session.access_token;
    store_script(d.s, "UPDATE identity_login SET ended_ms = seen_ms WHERE ended_ms IS NULL");
    CHECK_ERR(d.cx, verified(&d, token), NULL);
    CHECK_ERR(d.cx, store_read(d.s, do_ended, &d), NULL);
    CHECK_ERR(d.cx, verified(&d, token), &TOKEN_EXPIRED);
    desk_close(&d);
}

static void what_is_new_is_told(void **state)
{
    struct desk d = desk_open(state);
    static const struct {
        const char *name, *agent;
        size_t told;
    } cases[] = {
        { "the first of all", "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36", 0 },
        { "again", "Mozilla/5.0 (Windows NT 10.0) Chrome/131.0 Safari/537.36", 0 },
        { "a telephone", "Mozilla/5.0 (iPhone) AppleWebKit/605 Version/17.0 Safari/604", 1 },
        { "the first", "Mozilla/5.0 (Windows NT 10.0) Chrome/131.0 Safari/537.36", 0 },
        { "nothing said", "", 1 },
    };
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        d.how.device = str_from_c(cases[i].agent);
        desk_start(&d);
        CASE_INT(cases[i].name, desk_told(&d, "identity.new_device").n, cases[i].told);
    }
    CHECK_ERR(d.cx, desk_register(&d, "bob@example.com"), NULL);
    desk_start(&d);
    CHECK_INT(desk_told(&d, "identity.new_device").n, 0);
    desk_close(&d);
}

static err do_roles(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return identity_user_roles(d->identity, cx, d->user_id, d->user.roles);
}

static err do_password(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return identity_password_set(d->identity, cx, d->user_id, S("another hash"), d->session_id);
}

/* Whoever signs in was looked up in a unit before; what ends all sessions may lie between. */
static void a_session_begins_with_what_is_true_now(void **state)
{
    struct desk d = desk_open(state);
    struct token_claims claims;
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    d.user.checked_hash = S("none");
    d.user.roles = ROLE_CUSTOMER | ROLE_ADMIN; /* lost meanwhile */
    desk_start(&d);
    CHECK_ERR(
        d.cx, token_verify(d.tokens, d.cx, d.session.access_token, S("store"), &claims), NULL);
    CHECK_INT(claims.roles, ROLE_CUSTOMER);
    CHECK_STR(claims.audience, S("store"));
    CHECK_ERR(d.cx, store_write(d.s, do_password, &d), NULL);
    CHECK_INT(logins(&d), 0);
    CHECK_ERR(d.cx, store_write(d.s, desk_do_start, &d), &IDENTITY_BAD_LOGIN);
    CHECK_INT(logins(&d), 0);
    d.user.checked_hash = S("another hash");
    desk_start(&d);
    d.user.user_id = id_from_name(S("user"), S("gone"));
    CHECK_ERR(d.cx, store_write(d.s, desk_do_start, &d), &IDENTITY_BAD_LOGIN);
    desk_close(&d);
}

static err do_email(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return identity_email_ask(d->identity, cx, d->user_id, S("new@example.com"));
}

/* Let in by the edge, and ended before its unit: by its owner's new password. */
static void an_ended_session_changes_nothing(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    desk_start(&d);
    d.cx->who.session_id = d.session_id = d.session.session_id;
    CHECK_ERR(d.cx, store_write(d.s, do_email, &d), NULL);
    CHECK_ERR(d.cx, store_write(d.s, do_password, &d), NULL);
    CHECK_ERR(d.cx, store_write(d.s, do_login_end, &d), NULL);
    CHECK_ERR(d.cx, store_write(d.s, do_email, &d), &IDENTITY_SESSION_UNKNOWN);
    CHECK_ERR(d.cx, store_write(d.s, do_password, &d), &IDENTITY_SESSION_UNKNOWN);
    d.cx->who.session_id = (id){ 0 };
    desk_close(&d);
}

static void roles_reach_their_surfaces(void **state)
{
    struct desk d = desk_open(state);
    static const struct {
        const char *name;
        unsigned required, roles;
        bool factor;
        const char *audience;
    } cases[] = {
        { "a customer", 0, ROLE_CUSTOMER, false, "store" },
        { "a seller", 0, ROLE_CUSTOMER | ROLE_SELLER, false, "store seller" },
        { "an admin", 0, ROLE_ADMIN, false, "store seller admin" },
        { "support", 0, ROLE_SUPPORT, false, "store admin" },
        { "staff must: an admin", ROLE_ADMIN, ROLE_ADMIN, false, "store" },
        { "staff must: an admin did", ROLE_ADMIN, ROLE_ADMIN, true, "store seller admin" },
        { "staff must: a seller", ROLE_ADMIN, ROLE_SELLER, false, "store seller" },
        { "staff must: an admin who sells", ROLE_ADMIN, ROLE_ADMIN | ROLE_SELLER, false, "store" },
        { "sellers must: a seller", ROLE_ADMIN | ROLE_SELLER, ROLE_SELLER, false, "store" },
        { "sellers must: a seller did", ROLE_ADMIN | ROLE_SELLER, ROLE_SELLER, true,
            "store seller" },
        { "sellers must: a customer", ROLE_ADMIN | ROLE_SELLER, ROLE_CUSTOMER, false, "store" },
    };
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct token_claims claims;
        d.identity = identity_open(d.cx->arena,
            (struct identity_deps){
                .db = store_db(d.s), .tokens = d.tokens, .factor_roles = cases[i].required });
        d.user.roles = cases[i].roles;
        CHECK_ERR(d.cx, store_write(d.s, do_roles, &d), NULL);
        d.how.factor = cases[i].factor;
        desk_start(&d);
        CHECK_ERR(
            d.cx, token_verify(d.tokens, d.cx, d.session.access_token, S("store"), &claims), NULL);
        CASE_STR(cases[i].name, claims.audience, str_from_c(cases[i].audience));
    }
    desk_close(&d);
}

static err do_prove(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return identity_login_prove(d->identity, cx, d->session_id, true, &d->user, &d->session);
}

static void a_proof_is_remembered(void **state)
{
    struct desk d = desk_open(state);
    struct token_claims claims;
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    desk_start(&d);
    d.session_id = d.session.session_id;
    str refresh = d.session.refresh_token;
    int64_t first = d.cx->now_ms / SECOND_MS * SECOND_MS;
    d.cx->now_ms += HOUR_MS;
    CHECK_ERR(d.cx, desk_refresh(&d, refresh), NULL);
    refresh = d.session.refresh_token;
    CHECK_ERR(
        d.cx, token_verify(d.tokens, d.cx, d.session.access_token, S("store"), &claims), NULL);
    CHECK_INT(claims.proved_ms, first);
    CHECK(!claims.factor);
    CHECK_ERR(d.cx, store_write(d.s, do_prove, &d), NULL);
    CHECK(!d.session.refresh_token.p); /* it stays */
    for (int i = 0; i < 2; i++) {
        CHECK_ERR(
            d.cx, token_verify(d.tokens, d.cx, d.session.access_token, S("store"), &claims), NULL);
        CHECK_INT(claims.proved_ms, first + HOUR_MS);
        CHECK(claims.factor && id_eq(claims.session_id, d.session_id));
        CHECK_ERR(d.cx, desk_refresh(&d, refresh), i ? &IDENTITY_REFRESH_INVALID : NULL);
    }
    CHECK_ERR(d.cx, store_write(d.s, do_prove, &d), &IDENTITY_SESSION_UNKNOWN);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(logins_are_seen_and_ended),
        STORE_TEST(a_user_has_so_many_sessions),
        STORE_TEST(what_ended_elsewhere_is_learnt),
        STORE_TEST(what_is_new_is_told),
        STORE_TEST(roles_reach_their_surfaces),
        STORE_TEST(a_session_begins_with_what_is_true_now),
        STORE_TEST(an_ended_session_changes_nothing),
        STORE_TEST(a_proof_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
