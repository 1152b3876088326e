/* SPDX-License-Identifier: Apache-2.0
 * Secrets: known digests, passwords that match and that do not, and equal work for unknown users.
 * Run by `./dev test secret`. Never prints what it made. */
#include "platform/secret/secret.h"

#include <time.h>

#include "tests/support/check.h"

static const struct digest_case {
    const char *name;
    str bytes;
    str want;
} digest_cases[] = {
    { "nothing", S_INIT(""),
        S_INIT("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855") },
    { "absent", { NULL, 0 },
        S_INIT("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855") },
    { "FIPS 180 one block", S_INIT("abc"),
        S_INIT("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") },
    { "FIPS 180 two blocks", S_INIT("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
        S_INIT("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1") },
    { "a zero byte counts", S_INIT("\0"),
        S_INIT("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d") },
};

static void digests_are_the_published_ones(void **state)
{
    struct cx *cx = check_cx_open();
    (void)state;

    for (size_t i = 0; i < COUNT(digest_cases); i++) {
        const struct digest_case *c = &digest_cases[i];
        CASE_STR(c->name, secret_sha256_hex(cx->arena, c->bytes), c->want);
        CASE_INT(c->name, (int64_t)secret_sha256(cx->arena, c->bytes).n, 32);
    }
    check_cx_close(cx);
}

/* Of the published BLAKE2b with 16 bytes of output. */
static void prints_tell_contents_apart(void **state)
{
    struct cx *cx = check_cx_open();
    (void)state;

    CHECK_STR(secret_print_hex(cx->arena, S("")), S("cae66941d9efbd404e4d88758ea67670"));
    CHECK_STR(secret_print_hex(cx->arena, (str){ 0 }), S("cae66941d9efbd404e4d88758ea67670"));
    CHECK_STR(secret_print_hex(cx->arena, S("abc")), S("cf4ab791c62b8d2b2109c90275287816"));
    check_cx_close(cx);
}

static void tokens_differ_and_fit_a_url(void **state)
{
    static const struct {
        size_t n, text_n;
    } sizes[] = { { 16, 22 }, { 32, 43 }, { 48, 64 } };
    struct cx *cx = check_cx_open();
    (void)state;

    for (size_t i = 0; i < COUNT(sizes); i++) {
        str a = secret_token(cx->arena, sizes[i].n), b = secret_token(cx->arena, sizes[i].n), back;
        CHECK_INT((int64_t)a.n, (int64_t)sizes[i].text_n);
        CHECK(!str_eq(a, b));
        CHECK(str_find_char(a, '+', 0) < 0 && str_find_char(a, '/', 0) < 0);
        CHECK(str_unbase64(cx->arena, a, &back));
        CHECK_INT((int64_t)back.n, (int64_t)sizes[i].n);
    }
    CHECK(secret_u64() != secret_u64());
    check_cx_close(cx);
}

static const struct password_case {
    const char *name;
    str tried;
    bool want;
} password_cases[] = {
    { "the same", S_INIT("correct horse"), true },
    { "another", S_INIT("correct horsf"), false },
    { "a beginning", S_INIT("correct hors"), false },
    { "longer", S_INIT("correct horse "), false },
    { "empty", S_INIT(""), false },
    { "absent", { NULL, 0 }, false },
};

static void passwords_match_themselves_alone(void **state)
{
    struct cx *cx = check_cx_open();
    str hash, again;
    (void)state;

    CHECK_ERR(cx, secret_password_hash(cx, S("correct horse"), &hash), NULL);
    CHECK_ERR(cx, secret_password_hash(cx, S("correct horse"), &again), NULL);
    CHECK(!str_eq(hash, again)); /* salted */
    CHECK(str_starts(hash, S("$argon2id$v=19$m=19456,t=2,p=1$")));
    for (size_t i = 0; i < COUNT(password_cases); i++) {
        const struct password_case *c = &password_cases[i];
        CASE(c->name, secret_password_ok(hash, c->tried) == c->want);
    }
    check_cx_close(cx);
}

static void empty_passwords_hash_too(void **state)
{
    struct cx *cx = check_cx_open();
    str hash;
    (void)state;

    CHECK_ERR(cx, secret_password_hash(cx, S(""), &hash), NULL);
    CHECK(secret_password_ok(hash, (str){ NULL, 0 }));
    CHECK(!secret_password_ok(hash, S("x")));
    check_cx_close(cx);
}

static void broken_hashes_match_nothing(void **state)
{
    static const str hashes[] = {
        S_INIT(""),
        S_INIT("correct horse"),
        S_INIT("$argon2id$v=19$m=19456,t=2,p=1$"),
        S_INIT("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"),
    };
    char longer[200];
    (void)state;

    for (size_t i = 0; i < COUNT(hashes); i++)
        CHECK(!secret_password_ok(hashes[i], S("correct horse")));
    memset(longer, 'a', sizeof longer);
    CHECK(!secret_password_ok((str){ longer, sizeof longer }, S("correct horse")));
}

static void overlong_passwords_are_refused(void **state)
{
    struct cx *cx = check_cx_open();
    char longer[1025];
    str hash;
    (void)state;

    memset(longer, 'a', sizeof longer);
    CHECK_ERR(cx, secret_password_hash(cx, (str){ longer, 1025 }, &hash), &ERR_INVALID);
    check_cx_close(cx);
}

static double seconds_of(str hash)
{
    double best = 1e9;

    for (int i = 0; i < 3; i++) {
        clock_t before = clock();
        CHECK(!secret_password_ok(hash, S("wrong")));
        double took = (double)(clock() - before) / CLOCKS_PER_SEC;
        best = took < best ? took : best;
    }
    return best;
}

/* Processor time of this process, so that a busy machine does not decide. */
static void unknown_users_cost_the_same(void **state)
{
    struct cx *cx = check_cx_open();
    str hash;
    (void)state;

    CHECK_ERR(cx, secret_password_hash(cx, S("correct horse"), &hash), NULL);
    double known = seconds_of(hash), unknown = seconds_of((str){ NULL, 0 });
    CHECK(unknown > known / 2 && unknown < known * 2);
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_are_the_published_ones),
        cmocka_unit_test(prints_tell_contents_apart),
        cmocka_unit_test(tokens_differ_and_fit_a_url),
        cmocka_unit_test(passwords_match_themselves_alone),
        cmocka_unit_test(empty_passwords_hash_too),
        cmocka_unit_test(broken_hashes_match_nothing),
        cmocka_unit_test(overlong_passwords_are_refused),
        cmocka_unit_test(unknown_users_cost_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
