/* SPDX-License-Identifier: Apache-2.0
 * What of an id_token is believed. Forged ones over HTTP are in tests/api/logins.test.mjs. Run by
 * `./dev test oidc`. */
#include "platform/oidc/tests/oidc_desk.h"
#include "tests/support/check.h"

#define GOOD                                                                                       \
    "\"iss\":\"https://id.example\",\"aud\":\"shop\",\"sub\":\"ada\",\"nonce\":\"n-1\","           \
    "\"iat\":1750000000,\"exp\":1750000300"

static const struct {
    const char *name, *claims;
    bool good;
} cases[] = {
    { "as it should be", "{" GOOD "}", true },
    { "for several, made for us",
        "{\"iss\":\"https://id.example\",\"aud\":[\"shop\",\"b\"],\"azp\":\"shop\",\"sub\":\"ada\","
        "\"nonce\":\"n-1\",\"iat\":1750000000,\"exp\":1750000300}",
        true },
    { "for several, made for another",
        "{\"iss\":\"https://id.example\",\"aud\":[\"shop\",\"b\"],\"azp\":\"b\",\"sub\":\"ada\","
        "\"nonce\":\"n-1\",\"iat\":1750000000,\"exp\":1750000300}",
        false },
    { "an audience that only begins so",
        "{\"iss\":\"https://id.example\",\"aud\":\"shop2\",\"sub\":\"ada\",\"nonce\":\"n-1\","
        "\"iat\":1750000000,\"exp\":1750000300}",
        false },
    { "an issuer with a slash more",
        "{\"iss\":\"https://id.example/\",\"aud\":\"shop\",\"sub\":\"ada\",\"nonce\":\"n-1\","
        "\"iat\":1750000000,\"exp\":1750000300}",
        false },
    { "within the clocks' leeway",
        "{\"iss\":\"https://id.example\",\"aud\":\"shop\",\"sub\":\"ada\",\"nonce\":\"n-1\","
        "\"iat\":1750000060,\"exp\":1749999941}",
        true },
    { "a second beyond it",
        "{\"iss\":\"https://id.example\",\"aud\":\"shop\",\"sub\":\"ada\",\"nonce\":\"n-1\","
        "\"iat\":1750000000,\"exp\":1749999940}",
        false },
    { "an end as a text that is no number",
        "{\"iss\":\"https://id.example\",\"aud\":\"shop\",\"sub\":\"ada\",\"nonce\":\"n-1\","
        "\"iat\":1750000000,\"exp\":\"soon\"}",
        false },
};

static void claims_are_for_us_and_in_time(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct oidc_desk d = oidc_desk_open(cx->arena, "one");
    cx->now_ms = OIDC_DESK_NOW_MS;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct oidc_person p = { .email_verified = false };
        bool unknown = true;
        str token = oidc_desk_sign(&d, cx->arena, "one", str_from_c(cases[i].claims));
        err e = oidc_token_check(cx, d.jwks, oidc_desk_want, token, &p, &unknown);
        cx_clear(cx);
        CASE(cases[i].name, (e == NULL) == cases[i].good && !unknown);
        CASE(cases[i].name, e ? e == &OIDC_WRONG : str_eq(p.subject, S("ada")));
    }
    check_cx_close(cx);
}

static void a_key_is_the_named_one_and_for_signing(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct oidc_desk d = oidc_desk_open(cx->arena, "one"), e = oidc_desk_open(cx->arena, "two");
    struct oidc_person p;
    bool unknown;
    cx->now_ms = OIDC_DESK_NOW_MS;
    str token = oidc_desk_sign(&d, cx->arena, "one", S("{" GOOD ",\"email_verified\":true}"));
    str both = str_fmt(cx->arena, "{\"keys\":[" STR_F "," STR_F "]}", STR_A(e.jwk), STR_A(d.jwk));
    CHECK_ERR(cx, oidc_token_check(cx, both, oidc_desk_want, token, &p, &unknown), NULL);
    CHECK(p.email_verified && !p.email.p);
    CHECK(oidc_token_check(cx, e.jwks, oidc_desk_want, token, &p, &unknown) == &OIDC_WRONG);
    CHECK(unknown); /* newer keys may help */
    str swapped = oidc_desk_sign(&e, cx->arena, "one", S("{" GOOD "}"));
    CHECK(oidc_token_check(cx, both, oidc_desk_want, swapped, &p, &unknown) == &OIDC_WRONG);
    CHECK(!unknown);
    CHECK(oidc_token_check(cx, S("{}"), oidc_desk_want, token, &p, &unknown) == &OIDC_WRONG);
    CHECK(oidc_token_check(cx, S("no"), oidc_desk_want, token, &p, &unknown) == &OIDC_WRONG);
    for (size_t i = 0; i < token.n; i++) { /* cut at each byte */
        CHECK(oidc_token_check(cx, both, oidc_desk_want, str_sub(token, 0, i), &p, &unknown) ==
              &OIDC_WRONG);
        cx_clear(cx);
    }
    struct oidc_expected careless = oidc_desk_want;
    careless.nonce = S("");
    CHECK(oidc_token_check(cx, both, careless, token, &p, &unknown) == &OIDC_WRONG);
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_are_for_us_and_in_time),
        cmocka_unit_test(a_key_is_the_named_one_and_for_signing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
