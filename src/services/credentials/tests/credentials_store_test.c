/* SPDX-License-Identifier: Apache-2.0
 * Keys on both engines: told once, kept as a hash, refused when revoked or run out, used at most
 * once a minute. Run by meson. */
#include "services/credentials/credentials.h"

#include "base/instant.h"
#include "platform/secret/secret.h"
#include "tests/support/store.h"

#define OWNER ((id){ { 1, 2, 3 } })
#define OTHER ((id){ { 4, 5, 6 } })

struct desk {
    struct store *s;
    struct credentials *credentials;
    struct credentials_key in, key, *list;
    id by;
    str secret;
    size_t n;
};

static struct desk desk_open(void **state)
{
    struct desk d = { .s = store_open(
                          store_engine(state), (const char *[]){ "services/credentials", NULL }) };
    d.credentials =
        credentials_open(store_cx(d.s)->arena, (struct credentials_deps){ .db = store_db(d.s) });
    d.in = (struct credentials_key){ .user_id = OWNER,
        .name = S("Stock sync"),
        .scopes = SCOPE_BIT(SCOPE_STOCK) | SCOPE_BIT(SCOPE_ACCOUNT_READ),
        .per_minute = 60 };
    return d;
}

static err do_add(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return credentials_add(d->credentials, cx, d->in, &d->key, &d->secret);
}
static err do_check(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return credentials_check(d->credentials, cx, d->secret, &d->key);
}
static err do_revoke(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return credentials_revoke(d->credentials, cx, d->key.key_id, d->by);
}
static err do_revoke_all(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return credentials_revoke_all(d->credentials, cx, OWNER);
}
static err do_used(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return credentials_used(d->credentials, cx, d->key.key_id);
}
static err do_list(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return credentials_list(d->credentials, cx, OWNER, &d->list, &d->n);
}

static void test_life(void **state)
{
    struct desk d = desk_open(state);
    struct cx *cx = store_cx(d.s);
    CHECK_ERR(cx, store_write(d.s, do_add, &d), NULL);
    CHECK(str_starts(d.secret, S("souk_")) && d.secret.n == 48);
    CHECK(str_starts(d.secret, d.key.prefix) && d.key.prefix.n == 12);
    str hash = secret_sha256_hex(cx->arena, d.secret);
    store_script(
        d.s, str_c(cx->arena,
                 str_fmt(cx->arena,
                     "UPDATE credentials_key SET name = 'by hash' WHERE secret_hash = '" STR_F "'",
                     STR_A(hash))));
    CHECK_ERR(cx, store_read(d.s, do_check, &d), NULL);
    CHECK_STR(d.key.name, S("by hash")); /* the hash is what is kept */
    CHECK(d.key.scopes == d.in.scopes);
    d.by = OTHER;
    CHECK_ERR(cx, store_write(d.s, do_revoke, &d), &CREDENTIALS_UNKNOWN);
    d.by = OWNER;
    CHECK_ERR(cx, store_write(d.s, do_revoke, &d), NULL);
    CHECK_ERR(cx, store_write(d.s, do_revoke, &d), NULL);
    CHECK_ERR(cx, store_read(d.s, do_check, &d), &CREDENTIALS_BAD);
    CHECK_ERR(cx, store_read(d.s, do_list, &d), NULL);
    CHECK_INT(d.n, 1);
    CHECK_INT(d.list[0].revoked_ms, cx->now_ms);
    store_close(d.s);
}

static void test_revoke_all(void **state)
{
    struct desk d = desk_open(state);
    struct cx *cx = store_cx(d.s);
    str mine[3], others;
    for (size_t i = 0; i < COUNT(mine); i++) {
        CHECK_ERR(cx, store_write(d.s, do_add, &d), NULL);
        mine[i] = d.secret;
    }
    d.in.user_id = OTHER;
    CHECK_ERR(cx, store_write(d.s, do_add, &d), NULL);
    others = d.secret;
    CHECK_ERR(cx, store_write(d.s, do_revoke_all, &d), NULL);
    CHECK_ERR(cx, store_write(d.s, do_revoke_all, &d), NULL);
    for (size_t i = 0; i < COUNT(mine); i++) {
        d.secret = mine[i];
        CHECK_ERR(cx, store_read(d.s, do_check, &d), &CREDENTIALS_BAD);
    }
    d.secret = others;
    CHECK_ERR(cx, store_read(d.s, do_check, &d), NULL);
    store_close(d.s);
}

static void test_times(void **state)
{
    struct desk d = desk_open(state);
    struct cx *cx = store_cx(d.s);
    int64_t begun = cx->now_ms;
    d.in.expires_ms = begun + HOUR_MS;
    CHECK_ERR(cx, store_write(d.s, do_add, &d), NULL);
    static const struct {
        int64_t after_ms, used_after_ms;
    } uses[] = { { 0, 0 }, { 30000, 0 }, { 59999, 0 }, { 60000, 60000 }, { 60001, 60000 },
        { 200000, 200000 } };
    for (size_t i = 0; i < COUNT(uses); i++) {
        cx->now_ms = begun + uses[i].after_ms;
        CHECK_ERR(cx, store_write(d.s, do_used, &d), NULL);
        CHECK_ERR(cx, store_read(d.s, do_check, &d), NULL);
        CHECK_INT(d.key.used_ms, begun + uses[i].used_after_ms);
    }
    cx->now_ms = begun + HOUR_MS - 1;
    CHECK_ERR(cx, store_read(d.s, do_check, &d), NULL);
    cx->now_ms = begun + HOUR_MS;
    CHECK_ERR(cx, store_read(d.s, do_check, &d), &CREDENTIALS_BAD);
    store_close(d.s);
}

static void test_refused(void **state)
{
    static const struct {
        const char *what;
        struct credentials_key in;
    } cases[] = {
        { "no name", { .scopes = SCOPE_BIT(SCOPE_STOCK), .per_minute = 1 } },
        { "no scope", { .name = S_INIT("a"), .per_minute = 1 } },
        { "not for keys",
            { .name = S_INIT("a"), .scopes = SCOPE_BIT(SCOPE_ROLES), .per_minute = 1 } },
        { "one of two", { .name = S_INIT("a"),
                            .scopes = SCOPE_BIT(SCOPE_ROLES) | SCOPE_BIT(SCOPE_STOCK),
                            .per_minute = 1 } },
        { "no rate", { .name = S_INIT("a"), .scopes = SCOPE_BIT(SCOPE_STOCK) } },
        { "too fast",
            { .name = S_INIT("a"), .scopes = SCOPE_BIT(SCOPE_STOCK), .per_minute = 6001 } },
        { "over", { .name = S_INIT("a"),
                      .scopes = SCOPE_BIT(SCOPE_STOCK),
                      .per_minute = 1,
                      .expires_ms = 1 } },
    };
    struct desk d = desk_open(state);
    struct cx *cx = store_cx(d.s);
    for (size_t i = 0; i < COUNT(cases); i++) {
        d.in = cases[i].in;
        d.in.user_id = OWNER;
        CHECK_ERR(cx, store_write(d.s, do_add, &d), &ERR_INVALID);
    }
    d.in = (struct credentials_key){
        .user_id = OWNER, .name = S("a"), .scopes = SCOPE_BIT(SCOPE_STOCK), .per_minute = 1
    };
    for (int i = 0; i < CREDENTIALS_MAX; i++)
        CHECK_ERR(cx, store_write(d.s, do_add, &d), NULL);
    CHECK_ERR(cx, store_write(d.s, do_add, &d), &CREDENTIALS_FULL);
    static const str bad[] = { S_INIT(""), S_INIT("souk_"),
        S_INIT("souk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), S_INIT("x") };
    for (size_t i = 0; i < COUNT(bad); i++) {
        d.secret = bad[i];
        CHECK_ERR(cx, store_read(d.s, do_check, &d), &CREDENTIALS_BAD);
    }
    store_close(d.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = { STORE_TEST(test_life), STORE_TEST(test_revoke_all),
        STORE_TEST(test_times), STORE_TEST(test_refused) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
