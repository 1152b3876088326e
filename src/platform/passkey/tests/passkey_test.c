/* SPDX-License-Identifier: Apache-2.0
 * What is read of authenticators and browsers, and what is refused. Run by `./dev test passkey`. */
#include "platform/passkey/tests/passkey_desk.h"
#include "tests/support/check.h"

static const struct {
    const char *name, *origin, *client;
    bool good;
} clients[] = {
    { "as it should be", "https://shop.example", "\"origin\":\"https://shop.example\"", true },
    { "not in a frame", "https://shop.example",
        "\"origin\":\"https://shop.example\",\"crossOrigin\":false", true },
    { "in a frame", "https://shop.example",
        "\"origin\":\"https://shop.example\",\"crossOrigin\":true", false },
    { "another host", "https://shop.example", "\"origin\":\"https://evil.example\"", false },
    { "a host below", "https://shop.example", "\"origin\":\"https://a.shop.example\"", false },
    { "without TLS", "https://shop.example", "\"origin\":\"http://shop.example\"", false },
    { "another port", "https://shop.example", "\"origin\":\"https://shop.example:444\"", false },
    { "none", "https://shop.example", "\"x\":1", false },
    { "no text", "https://shop.example", "\"origin\":[]", false },
    { "development", "", "\"origin\":\"http://localhost:8080\"", true },
    { "development without a port", "", "\"origin\":\"http://localhost\"", true },
    { "development, elsewhere", "", "\"origin\":\"http://localhost.evil.example\"", false },
    { "development, a port and more", "", "\"origin\":\"http://localhost:80.evil.example\"",
        false },
    { "development, over the address", "", "\"origin\":\"http://127.0.0.1:8080\"", false },
};

static void the_browser_says_where_it_was(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(clients); i++) {
        struct passkey_site site = passkey_site_of(cx->arena, str_from_c(clients[i].origin));
        str challenge = { 0 };
        str text = str_fmt(
            cx->arena, "{\"type\":\"webauthn.get\",\"challenge\":\"abc\",%s}", clients[i].client);
        err e = passkey_client(cx, &site, PASSKEY_GET, text, &challenge);
        cx_clear(cx);
        CASE(clients[i].name, (e == NULL) == clients[i].good);
        CASE(clients[i].name, e || str_eq(challenge, S("abc")));
        CASE(clients[i].name,
            passkey_client(cx, &site, PASSKEY_CREATE, text, &challenge) == &PASSKEY_WRONG);
        cx_clear(cx);
    }
    CHECK_STR(passkey_site_of(cx->arena, S("https://shop.example:8443")).rp_id, S("shop.example"));
    check_cx_close(cx);
}

static const struct passkey_site site = { .rp_id = S_INIT(PASSKEY_DESK_HOST) };

/* Somebody was there and it was the owner; what was copied (16) could be (8). */
static bool flags_good(unsigned flags)
{
    return (flags & 5) == 5 && (flags & 24) != 16;
}

static void a_new_one_is_read_whole_or_not_at_all(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct passkey_desk d = passkey_desk_open();
    struct passkey_key key = { 0 };
    str made = passkey_desk_made(&d, cx->arena);
    CHECK_ERR(cx, passkey_read(cx, &site, made, &key), NULL);
    CHECK_STR(key.credential, d.credential);
    CHECK_INT(key.algorithm, -7);
    CHECK(str_eq(key.bytes, (str){ (const char *)d.point + 1, 64 }));
    for (size_t n = 0; n < made.n; n++) { /* cut at each byte */
        CHECK(passkey_read(cx, &site, str_sub(made, 0, n), &key) == &PASSKEY_WRONG);
        cx_clear(cx);
    }
    for (unsigned flags = 0; flags < 32; flags++) {
        d.flags = flags;
        err e = passkey_read(cx, &site, passkey_desk_made(&d, cx->arena), &key);
        cx_clear(cx);
        CHECK((e == NULL) == flags_good(flags));
        CHECK(e || (key.backup == PASSKEY_BACKUP_MAY) == ((flags & 8) != 0));
    }
    d.flags = PASSKEY_DESK_UV;
    d.host = "evil.example";
    CHECK_ERR(cx, passkey_read(cx, &site, passkey_desk_made(&d, cx->arena), &key), &PASSKEY_WRONG);
    passkey_desk_close(&d);
    check_cx_close(cx);
}

static void a_signature_is_of_that_key_over_all_of_it(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct passkey_desk d = passkey_desk_open(), other = passkey_desk_open();
    struct passkey_key key, stranger;
    int64_t count = 0;
    CHECK_ERR(cx, passkey_read(cx, &site, passkey_desk_made(&d, cx->arena), &key), NULL);
    CHECK_ERR(cx, passkey_read(cx, &site, passkey_desk_made(&other, cx->arena), &stranger), NULL);
    struct passkey_answer good = passkey_desk_answer(&d, cx->arena, S("abc"), 7), bad;
    CHECK_ERR(cx, passkey_check(cx, &site, &key, good, &count), NULL);
    CHECK_INT(count, 7);
    CHECK(passkey_check(cx, &site, &stranger, good, &count) == &PASSKEY_WRONG);
    str *const parts[] = { &bad.client_data, &bad.auth_data, &bad.signature };
    for (size_t p = 0; p < COUNT(parts); p++) {
        bad = good;
        size_t n = parts[p]->n;
        for (size_t i = 0; i < n; i++) { /* each byte another; and cut there */
            bad = good;
            char *copy = arena_alloc(cx->arena, n);
            memcpy(copy, parts[p]->p, n);
            copy[i] ^= 1;
            *parts[p] = (str){ copy, n };
            CHECK(passkey_check(cx, &site, &key, bad, &count) == &PASSKEY_WRONG);
            *parts[p] = (str){ copy, i };
            CHECK(passkey_check(cx, &site, &key, bad, &count) == &PASSKEY_WRONG);
            cx_clear(cx);
        }
    }
    for (unsigned flags = 0; flags < 32; flags++) {
        d.flags = flags;
        struct passkey_answer answer = passkey_desk_answer(&d, cx->arena, S("abc"), 8);
        for (int backup = PASSKEY_BACKUP_UNKNOWN; backup <= PASSKEY_BACKUP_MAY; backup++) {
            key.backup = (enum passkey_backup)backup;
            bool fits = backup == PASSKEY_BACKUP_UNKNOWN ||
                        (backup == PASSKEY_BACKUP_MAY) == ((flags & 8) != 0);
            err e = passkey_check(cx, &site, &key, answer, &count);
            cx_clear(cx);
            CHECK((e == NULL) == (flags_good(flags) && fits));
        }
    }
    d.flags = PASSKEY_DESK_UV;
    d.host = "evil.example";
    CHECK(passkey_check(cx, &site, &key, passkey_desk_answer(&d, cx->arena, S("abc"), 9), &count) ==
          &PASSKEY_WRONG);
    key.backup = PASSKEY_BACKUP_UNKNOWN;
    key.algorithm = -257; /* not the one of these bytes */
    d.host = PASSKEY_DESK_HOST;
    CHECK(passkey_check(cx, &site, &key, good, &count) == &PASSKEY_WRONG);
    passkey_desk_close(&d);
    passkey_desk_close(&other);
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_browser_says_where_it_was),
        cmocka_unit_test(a_new_one_is_read_whole_or_not_at_all),
        cmocka_unit_test(a_signature_is_of_that_key_over_all_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
