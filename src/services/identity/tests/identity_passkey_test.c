/* SPDX-License-Identifier: Apache-2.0
 * Passkeys: a challenge is good once and for what it was made for, a count goes on, a passkey is
 * its owner's; on both engines. Run by `./dev test identity`. */
#include "platform/passkey/tests/passkey_desk.h"
#include "services/identity/identity_internal.h"
#include "services/identity/tests/identity_desk.h"

struct keys {
    struct desk d;
    struct passkey_desk key;
    struct identity_passkey_new add;
    struct identity_passkey_use use;
    struct identity_passkey made, *list;
    struct identity_user user;
    size_t n;
    err refused;
};

static err do_add(void *arg, struct cx *cx)
{
    struct keys *x = arg;
    return identity_passkey_add(x->d.identity, cx, x->d.user_id, x->add, &x->made, &x->refused);
}
static err do_check(void *arg, struct cx *cx)
{
    struct keys *x = arg;
    return identity_passkey_check(x->d.identity, cx, x->use, &x->user, &x->refused);
}
static err do_list(void *arg, struct cx *cx)
{
    struct keys *x = arg;
    return identity_passkey_list(x->d.identity, cx, x->d.user_id, &x->list, &x->n);
}
static err do_remove(void *arg, struct cx *cx)
{
    struct keys *x = arg;
    return identity_passkey_remove(x->d.identity, cx, x->d.user_id, x->made.passkey_id);
}

static struct keys keys_open(void **state)
{
    struct keys x = { .d = desk_open(state) };
    x.key = passkey_desk_open();
    CHECK_ERR(x.d.cx, desk_register(&x.d, "ada@example.com"), NULL);
    return x;
}

static void keys_close(struct keys *x)
{
    passkey_desk_close(&x->key);
    desk_close(&x->d);
}

/* What the authenticator makes for a challenge of this purpose and this session. */
static err add(struct keys *x, enum identity_challenge what, str bound)
{
    struct cx *cx = x->d.cx;
    str challenge = identity_challenge_new(x->d.identity, cx, what, bound);
    x->add = (struct identity_passkey_new){ .name = S("Phone"),
        .bound = S("session"),
        .client_data = passkey_desk_client(cx->arena, "webauthn.create", challenge),
        .auth_data = passkey_desk_made(&x->key, cx->arena) };
    CHECK_ERR(cx, store_write(x->d.s, do_add, x), NULL);
    return x->refused;
}

/* An answer to a challenge that is ready. */
static err check_with(struct keys *x, str challenge, uint32_t count)
{
    struct cx *cx = x->d.cx;
    struct passkey_answer a = passkey_desk_answer(&x->key, cx->arena, challenge, count);
    x->use.credential = str_base64url(cx->arena, x->key.credential);
    x->use.client_data = a.client_data;
    x->use.auth_data = a.auth_data;
    x->use.signature = a.signature;
    CHECK_ERR(cx, store_write(x->d.s, do_check, x), NULL);
    return x->refused;
}

static err check(struct keys *x, uint32_t count)
{
    return check_with(
        x, identity_challenge_new(x->d.identity, x->d.cx, x->use.what, x->use.bound), count);
}

static const struct identity_passkey *only(struct keys *x)
{
    CHECK_ERR(x->d.cx, store_read(x->d.s, do_list, x), NULL);
    CHECK_INT(x->n, 1);
    return &x->list[0];
}

static str handle_of(struct keys *x)
{
    struct arena *arena = x->d.cx->arena;
    return str_base64url(arena, identity_passkey_handle(arena, x->d.user_id));
}

static void a_challenge_is_for_one_thing_once_and_five_minutes(void **state)
{
    struct keys x = keys_open(state);
    CHECK_ERR(x.d.cx, add(&x, IDENTITY_CHALLENGE_PROVE, S("session")), &PASSKEY_WRONG);
    CHECK_ERR(x.d.cx, add(&x, IDENTITY_CHALLENGE_ADD, S("another")), &PASSKEY_WRONG);
    CHECK_ERR(x.d.cx, add(&x, IDENTITY_CHALLENGE_ADD, S("session")), NULL);
    CHECK_INT(desk_told(&x.d, "identity.way_changed").n, 1);
    x.use.what = IDENTITY_CHALLENGE_LOGIN;
    x.use.bound = S("");
    CHECK_ERR(x.d.cx, check(&x, 0), &PASSKEY_WRONG); /* of nobody who was named */
    x.use.user_handle = handle_of(&x);
    str challenge = identity_challenge_new(x.d.identity, x.d.cx, IDENTITY_CHALLENGE_LOGIN, S(""));
    x.d.cx->now_ms += IDENTITY_CHALLENGE_MS - 1;
    CHECK_ERR(x.d.cx, check_with(&x, challenge, 0), NULL);
    CHECK_ERR(x.d.cx, check_with(&x, challenge, 0), &PASSKEY_WRONG);
    str late = identity_challenge_new(x.d.identity, x.d.cx, IDENTITY_CHALLENGE_LOGIN, S(""));
    x.d.cx->now_ms += IDENTITY_CHALLENGE_MS;
    CHECK_ERR(x.d.cx, check_with(&x, late, 0), &PASSKEY_WRONG);
    CHECK_ERR(x.d.cx, check_with(&x, S("nobody made this"), 0), &PASSKEY_WRONG);
    CHECK(str_eq(identity_challenge_named(x.d.cx, x.use.client_data), S("nobody made this")));
    CHECK(!identity_challenge_named(x.d.cx, S("no json")).p);
    CHECK_ERR(x.d.cx, check(&x, 0), NULL);
    CHECK(id_eq(x.user.user_id, x.d.user_id));
    keys_close(&x);
}

static void a_count_goes_on_or_is_noted(void **state)
{
    struct keys x = keys_open(state);
    x.use = (struct identity_passkey_use){
        .what = IDENTITY_CHALLENGE_LOGIN, .bound = S(""), .user_handle = handle_of(&x)
    };
    CHECK_ERR(x.d.cx, add(&x, IDENTITY_CHALLENGE_ADD, S("session")), NULL);
    CHECK(only(&x)->used_ms == 0 && x.list[0].suspect_ms == 0);
    CHECK_ERR(x.d.cx, check(&x, 5), NULL);
    CHECK_ERR(x.d.cx, check(&x, 5), &PASSKEY_WRONG);
    CHECK_INT(only(&x)->suspect_ms, x.d.cx->now_ms); /* committed, although refused */
    CHECK_ERR(x.d.cx, check(&x, 0), &PASSKEY_WRONG);
    CHECK_ERR(x.d.cx, check(&x, 6), NULL);
    CHECK_INT(only(&x)->used_ms, x.d.cx->now_ms);
    keys_close(&x);
}

static void a_passkey_is_its_owners(void **state)
{
    struct keys x = keys_open(state);
    CHECK_ERR(x.d.cx, add(&x, IDENTITY_CHALLENGE_ADD, S("session")), NULL);
    CHECK_ERR(x.d.cx, add(&x, IDENTITY_CHALLENGE_ADD, S("session")), &IDENTITY_PASSKEY_KNOWN);
    id ada = x.d.user_id;
    CHECK_ERR(x.d.cx, desk_register(&x.d, "eve@example.com"), NULL);
    CHECK_ERR(x.d.cx, add(&x, IDENTITY_CHALLENGE_ADD, S("session")), &IDENTITY_PASSKEY_KNOWN);
    x.use = (struct identity_passkey_use){
        .what = IDENTITY_CHALLENGE_PROVE, .bound = S("session"), .user_id = x.d.user_id
    };
    CHECK_ERR(x.d.cx, check(&x, 0), &PASSKEY_WRONG); /* eve with ada's */
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_remove, &x), &IDENTITY_PASSKEY_UNKNOWN);
    x.use.user_id = ada;
    x.use.user_handle =
        str_base64url(x.d.cx->arena, identity_passkey_handle(x.d.cx->arena, x.d.user_id));
    CHECK_ERR(x.d.cx, check(&x, 0), &PASSKEY_WRONG); /* kept for eve */
    x.use.user_handle = str_base64url(x.d.cx->arena, identity_passkey_handle(x.d.cx->arena, ada));
    CHECK_ERR(x.d.cx, check(&x, 0), NULL);
    x.d.user_id = ada;
    x.made.passkey_id = only(&x)->passkey_id;
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_remove, &x), NULL);
    CHECK_ERR(x.d.cx, check(&x, 0), &PASSKEY_WRONG);
    keys_close(&x);
}

static void there_are_at_most_twenty(void **state)
{
    struct keys x = keys_open(state);
    for (size_t i = 0; i < IDENTITY_PASSKEYS_MAX; i++) {
        CHECK_ERR(x.d.cx, add(&x, IDENTITY_CHALLENGE_ADD, S("session")), NULL);
        passkey_desk_close(&x.key);
        x.key = passkey_desk_open();
    }
    CHECK_ERR(x.d.cx, add(&x, IDENTITY_CHALLENGE_ADD, S("session")), &IDENTITY_PASSKEYS_FULL);
    x.add.name = S(" ");
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_add, &x), &ERR_INVALID);
    keys_close(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_challenge_is_for_one_thing_once_and_five_minutes),
        STORE_TEST(a_count_goes_on_or_is_noted),
        STORE_TEST(a_passkey_is_its_owners),
        STORE_TEST(there_are_at_most_twenty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
