/* SPDX-License-Identifier: Apache-2.0
 * Second factors: the codes of RFC 6238, each good once; recovery codes; on both engines. Run by
 * `./dev test identity`. */
#include "services/identity/identity_domain.h"
#include "services/identity/identity_internal.h"
#include "services/identity/tests/identity_desk.h"

/* RFC 6238, appendix B, SHA-1; the last 6 of its 8 digits. */
static const struct {
    int64_t s;
    const char *code;
} vectors[] = {
    { 59, "287082" },
    { 1111111109, "081804" },
    { 1111111111, "050471" },
    { 1234567890, "005924" },
    { 2000000000, "279037" },
    { 20000000000, "353130" },
};

static void codes_are_those_of_the_rfc(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(vectors); i++)
        CASE_STR(vectors[i].code,
            identity_factor_code(cx->arena, S("12345678901234567890"), vectors[i].s / 30),
            str_from_c(vectors[i].code));
    CHECK_STR(identity_domain_base32(cx->arena, S("foobar")), S("MZXW6YTBOI"));
    CHECK_STR(identity_domain_base32(cx->arena, S("fo")), S("MZXQ"));
    CHECK_STR(identity_domain_base32(cx->arena, S("")), S(""));
    CHECK_STR(identity_domain_code_typed(cx->arena, S(" 12-3 abZ")), S("123ABZ"));
    check_cx_close(cx);
}

struct factors {
    struct desk d;
    struct identity_factor f;
    str code, codes[IDENTITY_RECOVERY_CODES];
    bool on;
};

static err do_get(void *arg, struct cx *cx)
{
    struct factors *x = arg;
    return identity_factor_get(x->d.identity, cx, x->d.user_id, &x->f);
}
static err do_begin(void *arg, struct cx *cx)
{
    struct factors *x = arg;
    return identity_factor_begin(x->d.identity, cx, x->d.user_id);
}
static err do_confirm(void *arg, struct cx *cx)
{
    struct factors *x = arg;
    return identity_factor_confirm(
        x->d.identity, cx, x->d.user_id, x->d.session_id, x->code, x->codes);
}
static err do_check(void *arg, struct cx *cx)
{
    struct factors *x = arg;
    return identity_factor_check(x->d.identity, cx, x->d.user_id, x->code, &x->on);
}
static err do_renew(void *arg, struct cx *cx)
{
    struct factors *x = arg;
    return identity_recovery_renew(x->d.identity, cx, x->d.user_id, x->codes);
}
static err do_remove(void *arg, struct cx *cx)
{
    struct factors *x = arg;
    return identity_factor_remove(x->d.identity, cx, x->d.user_id);
}

static err check(struct factors *x, str code)
{
    x->code = code;
    return store_write(x->d.s, do_check, x);
}

static const struct identity_factor *get(struct factors *x)
{
    CHECK_ERR(x->d.cx, store_read(x->d.s, do_get, x), NULL);
    return &x->f;
}

/* Out of the text that an app would read. */
static str secret_of(struct factors *x)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    str text = get(x)->secret;
    struct buf out = { .arena = x->d.cx->arena };
    uint32_t bits = 0;
    unsigned n = 0;
    for (size_t i = 0; i < text.n; i++) {
        bits = bits << 5 | (uint32_t)(strchr(alphabet, text.p[i]) - alphabet);
        n += 5;
        if (n >= 8) {
            buf_char(&out, (char)(unsigned char)(bits >> (n - 8) & 255));
            n -= 8;
        }
    }
    return buf_str(&out);
}

static str code_at(struct factors *x, str secret, int64_t steps)
{
    return identity_factor_code(x->d.cx->arena, secret, x->d.cx->now_ms / (30 * SECOND_MS) + steps);
}

static struct factors factors_open(void **state)
{
    struct factors x = { .d = desk_open(state) };
    CHECK_ERR(x.d.cx, desk_register(&x.d, "ada@example.com"), NULL);
    return x;
}

/* Turns one on; gives its secret. */
static str turn_on(struct factors *x)
{
    CHECK_ERR(x->d.cx, store_write(x->d.s, do_begin, x), NULL);
    str secret = secret_of(x);
    x->code = code_at(x, secret, 0);
    CHECK_ERR(x->d.cx, store_write(x->d.s, do_confirm, x), NULL);
    x->d.cx->now_ms += MINUTE_MS;
    return secret;
}

static void nothing_is_asked_of_who_has_none(void **state)
{
    struct factors x = factors_open(state);
    CHECK_ERR(x.d.cx, check(&x, S("")), NULL);
    CHECK(!x.on);
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_confirm, &x), &IDENTITY_FACTOR_OFF);
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_remove, &x), &IDENTITY_FACTOR_OFF);
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_begin, &x), NULL);
    CHECK_ERR(x.d.cx, check(&x, S("")), NULL); /* begun is not on */
    CHECK(!x.on && get(&x)->pending && !x.f.on);
    CHECK(str_starts(x.f.uri, S("otpauth://totp/Souk:ada%40example.com?secret=")));
    x.d.cx->now_ms += IDENTITY_PENDING_MS; /* a session left open is shown nothing of it */
    CHECK(!get(&x)->pending && !x.f.secret.n && !x.f.uri.n);
    x.code = S("000000");
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_confirm, &x), &IDENTITY_FACTOR_OFF);
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_begin, &x), NULL);
    CHECK(get(&x)->pending);
    desk_close(&x.d);
}

static void turning_on_needs_a_code_and_ends_other_sessions(void **state)
{
    struct factors x = factors_open(state);
    desk_start(&x.d);
    str elsewhere = x.d.session.refresh_token;
    desk_start(&x.d);
    x.d.session_id = x.d.session.session_id;
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_begin, &x), NULL);
    str first = secret_of(&x);
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_begin, &x), NULL); /* again: another secret */
    str secret = secret_of(&x);
    CHECK(!str_eq(first, secret) && secret.n == 20);
    const str bad[] = { S(""), S("000000x"), code_at(&x, first, 0), code_at(&x, secret, 2) };
    for (size_t i = 0; i < COUNT(bad); i++) {
        x.code = bad[i];
        CHECK_ERR(x.d.cx, store_write(x.d.s, do_confirm, &x), &IDENTITY_FACTOR_WRONG);
    }
    x.code = code_at(&x, secret, 0);
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_confirm, &x), NULL);
    CHECK(get(&x)->on && !x.f.pending && !x.f.secret.n);
    CHECK_INT(x.f.codes, IDENTITY_RECOVERY_CODES);
    CHECK_INT(desk_told(&x.d, "identity.factor_changed").n, 1);
    CHECK_ERR(x.d.cx, desk_refresh(&x.d, elsewhere), &IDENTITY_REFRESH_INVALID);
    /* a login that was looked up before: it would outlive the others */
    CHECK_ERR(x.d.cx, store_write(x.d.s, desk_do_start, &x.d), &IDENTITY_FACTOR_NEEDED);
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_begin, &x), &IDENTITY_FACTOR_ON);
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_confirm, &x), &IDENTITY_FACTOR_ON);
    CHECK_ERR(x.d.cx, check(&x, code_at(&x, secret, 0)), &IDENTITY_FACTOR_WRONG); /* was used */
    desk_close(&x.d);
}

static void a_code_is_good_once_and_half_a_minute_around(void **state)
{
    struct factors x = factors_open(state);
    str secret = turn_on(&x);
    CHECK_ERR(x.d.cx, check(&x, S("")), &IDENTITY_FACTOR_NEEDED);
    CHECK_ERR(x.d.cx, check(&x, code_at(&x, secret, -2)), &IDENTITY_FACTOR_WRONG);
    CHECK_ERR(x.d.cx, check(&x, code_at(&x, secret, 2)), &IDENTITY_FACTOR_WRONG);
    CHECK_ERR(x.d.cx, check(&x, code_at(&x, secret, -1)), NULL);
    CHECK_ERR(x.d.cx, check(&x, code_at(&x, secret, -1)), &IDENTITY_FACTOR_WRONG);
    str now = code_at(&x, secret, 0);
    CHECK_ERR(x.d.cx,
        check(&x, str_fmt(x.d.cx->arena, STR_F " " STR_F, STR_A(str_sub(now, 0, 3)),
                      STR_A(str_skip(now, 3)))),
        NULL);
    CHECK(x.on);
    CHECK_ERR(x.d.cx, check(&x, code_at(&x, secret, 1)), NULL);
    CHECK_ERR(x.d.cx, check(&x, now), &IDENTITY_FACTOR_WRONG); /* older than the last */
    desk_close(&x.d);
}

static void recovery_codes_are_good_once(void **state)
{
    struct factors x = factors_open(state);
    turn_on(&x);
    str first = x.codes[0], second = x.codes[1];
    CHECK_INT(first.n, 19);
    CHECK_ERR(x.d.cx, check(&x, first), NULL);
    CHECK_ERR(x.d.cx, check(&x, first), &IDENTITY_FACTOR_WRONG);
    CHECK_INT(get(&x)->codes, IDENTITY_RECOVERY_CODES - 1);
    CHECK_ERR(x.d.cx, check(&x, str_lower(x.d.cx->arena, second)), NULL);
    str third = x.codes[2];
    CHECK_ERR(x.d.cx, check(&x, str_sub(third, 0, 18)), &IDENTITY_FACTOR_WRONG);
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_renew, &x), NULL);
    CHECK_ERR(x.d.cx, check(&x, third), &IDENTITY_FACTOR_WRONG);
    CHECK_ERR(x.d.cx, check(&x, x.codes[9]), NULL);
    id ada = x.d.user_id;
    str codes = x.codes[3];
    CHECK_ERR(x.d.cx, desk_register(&x.d, "eve@example.com"), NULL);
    turn_on(&x);
    CHECK_ERR(x.d.cx, check(&x, codes), &IDENTITY_FACTOR_WRONG); /* another's */
    x.d.user_id = ada;
    CHECK_ERR(x.d.cx, check(&x, codes), NULL);
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_remove, &x), NULL);
    CHECK(!get(&x)->on && x.f.codes == 0);
    CHECK_INT(desk_told(&x.d, "identity.factor_changed").n, 3);
    desk_close(&x.d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_those_of_the_rfc),
        STORE_TEST(nothing_is_asked_of_who_has_none),
        STORE_TEST(turning_on_needs_a_code_and_ends_other_sessions),
        STORE_TEST(a_code_is_good_once_and_half_a_minute_around),
        STORE_TEST(recovery_codes_are_good_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
