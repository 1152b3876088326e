/* SPDX-License-Identifier: Apache-2.0
 * Tokens: what is signed comes back, and each way of forging one is refused.
 * Run by `./dev test token`. Writes only below a folder that it makes and removes. */
#include <jwt.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <sys/stat.h>

#include "platform/token/tests/token_desk.h"

static void what_is_signed_comes_back(void **state)
{
    struct desk *desk = *state;
    struct token_claims in = claims_of(desk), out;
    str token;

    CHECK_ERR(desk->cx, token_sign(desk->tokens, desk->cx, &in, &token), NULL);
    for (int i = 0; i < 3; i++) { /* the second time from memory */
        CHECK_ERR(desk->cx, token_verify(desk->tokens, desk->cx, token, S("store"), &out), NULL);
        check_claims(&out, &in);
    }
}

static void little_is_needed(void **state)
{
    struct desk *desk = *state;
    struct token_claims out, in = {
        .user_id = id_from_name(S("user"), S("2")),
        .issued_ms = desk->cx->now_ms,
        .expires_ms = desk->cx->now_ms + SECOND_MS,
        .audience = S("store"),
    };
    str token;

    CHECK_ERR(desk->cx, token_sign(desk->tokens, desk->cx, &in, &token), NULL);
    for (int i = 0; i < 2; i++) {
        CHECK_ERR(desk->cx, token_verify(desk->tokens, desk->cx, token, S("store"), &out), NULL);
        CHECK(id_is_none(out.session_id));
        CHECK_INT((int64_t)out.name.n, 0);
        CHECK_INT((int64_t)out.email.n, 0);
        CHECK_INT(out.roles, 0);
    }
}

static const struct time_case {
    const char *name;
    int64_t after_ms; /* since it was signed for 15 minutes */
    str audience;
    err want;
} time_cases[] = {
    { "at once", 0, S_INIT("store"), NULL },
    { "the last millisecond", 15 * MINUTE_MS - 1, S_INIT("store"), NULL },
    { "no skew is granted", 15 * MINUTE_MS, S_INIT("store"), &TOKEN_EXPIRED },
    { "a day later", DAY_MS, S_INIT("store"), &TOKEN_EXPIRED },
    { "another audience", 0, S_INIT("seller"), &TOKEN_INVALID },
    { "a beginning of the audience", 0, S_INIT("stor"), &TOKEN_INVALID },
    { "no audience", 0, S_INIT(""), &TOKEN_INVALID },
    { "audience before time", DAY_MS, S_INIT("seller"), &TOKEN_INVALID },
};

static void times_and_audience_hold(void **state)
{
    struct desk *desk = *state;
    struct token_claims in = claims_of(desk), out;
    int64_t signed_ms = desk->cx->now_ms;
    str token;

    CHECK_ERR(desk->cx, token_sign(desk->tokens, desk->cx, &in, &token), NULL);
    for (size_t i = 0; i < COUNT(time_cases) * 2; i++) { /* again when it is remembered */
        const struct time_case *c = &time_cases[i % COUNT(time_cases)];
        cx_clear(desk->cx);
        desk->cx->now_ms = signed_ms + c->after_ms;
        err e = token_verify(desk->tokens, desk->cx, token, c->audience, &out);
        CASE(c->name, e == c->want);
    }
}

/* A token with the given header and the payload and signature of a good one. */
static str with_header(struct arena *arena, str token, const char *header, bool keep_signature)
{
    str rest = token;
    str_cut(&rest, '.');
    str payload = str_cut(&rest, '.');
    str head = str_base64url(arena, str_from_c(header));
    return str_fmt(arena, STR_F "." STR_F "." STR_F, STR_A(head), STR_A(payload),
        keep_signature ? (int)rest.n : 0, rest.p);
}

static str public_pem(struct desk *desk)
{
    FILE *in = fopen(desk->file, "r");
    EVP_PKEY *key = PEM_read_PrivateKey(in, NULL, NULL, NULL);
    BIO *out = BIO_new(BIO_s_mem());
    char *bytes = NULL;

    fclose(in);
    CHECK(PEM_write_bio_PUBKEY(out, key) == 1);
    long n = BIO_get_mem_data(out, &bytes);
    str pem = str_dup(desk->cx->arena, (str){ bytes, (size_t)n });
    BIO_free(out);
    EVP_PKEY_free(key);
    return pem;
}

/* As token.c signs, but with whatever algorithm, key and grants are asked for. */
struct forgery {
    const char *name;
    jwt_alg_t alg;
    str key;
    const char *issuer, *subject;
    long expires_s, not_before_s;
};
static str forge(struct desk *desk, struct forgery f)
{
    jwt_t *jwt;
    CHECK(jwt_new(&jwt) == 0);
    if (f.issuer)
        CHECK(jwt_add_grant(jwt, "iss", f.issuer) == 0);
    if (f.subject)
        CHECK(jwt_add_grant(jwt, "sub", f.subject) == 0);
    CHECK(jwt_add_grant(jwt, "aud", "store") == 0);
    CHECK(jwt_add_grant_int(jwt, "roles", ROLE_ADMIN) == 0);
    CHECK(jwt_add_grant_int(jwt, "iat", desk->cx->now_ms / 1000) == 0);
    if (f.expires_s)
        CHECK(jwt_add_grant_int(jwt, "exp", f.expires_s) == 0);
    if (f.not_before_s)
        CHECK(jwt_add_grant_int(jwt, "nbf", f.not_before_s) == 0);
    CHECK(jwt_set_alg(jwt, f.alg, (const unsigned char *)f.key.p, (int)f.key.n) == 0);
    char *text = jwt_encode_str(jwt);
    CHECK(text != NULL);
    str token = str_dup(desk->cx->arena, str_from_c(text));
    free(text);
    jwt_free(jwt);
    return token;
}

#define USER "018f0000-0000-7000-8000-000000000001"

static void forgeries_are_refused(void **state)
{
    struct desk *desk = *state;
    str secret = file_text(desk), public = public_pem(desk), none = { NULL, 0 };
    long later = desk->cx->now_ms / 1000 + 900;
    const struct forgery cases[] = {
        { "no algorithm", JWT_ALG_NONE, none, "souk", USER, later, 0 },
        { "HMAC with our public key", JWT_ALG_HS256, public, "souk", USER, later, 0 },
        { "HMAC 512 with our public key", JWT_ALG_HS512, public, "souk", USER, later, 0 },
        { "another issuer", JWT_ALG_ES256, secret, "bazaar", USER, later, 0 },
        { "no issuer", JWT_ALG_ES256, secret, NULL, USER, later, 0 },
        { "no subject", JWT_ALG_ES256, secret, "souk", NULL, later, 0 },
        { "a subject that is no id", JWT_ALG_ES256, secret, "souk", "root", later, 0 },
        { "for ever", JWT_ALG_ES256, secret, "souk", USER, 0, 0 },
        { "beyond all clocks", JWT_ALG_ES256, secret, "souk", USER, INT64_MAX / 2, 0 },
        { "not yet", JWT_ALG_ES256, secret, "souk", USER, later, later - 1 },
    };
    const struct forgery good = { "good", JWT_ALG_ES256, secret, "souk", USER, later, 0 };
    struct token_claims out;

    CHECK_ERR(
        desk->cx, token_verify(desk->tokens, desk->cx, forge(desk, good), S("store"), &out), NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        str token = forge(desk, cases[i]);
        for (int twice = 0; twice < 2; twice++) {
            err e = token_verify(desk->tokens, desk->cx, token, S("store"), &out);
            CASE(cases[i].name, e == &TOKEN_INVALID);
        }
    }
}

static void other_bytes_are_refused(void **state)
{
    struct desk *desk = *state;
    struct cx *cx = desk->cx;
    struct token_claims in = claims_of(desk), out;
    char *huge = arena_alloc(cx->arena, 5000);
    str token;

    memset(huge, 'a', 5000);
    CHECK_ERR(cx, token_sign(desk->tokens, cx, &in, &token), NULL);
    size_t dot = (size_t)str_find_char(token, '.', 0);
    const struct {
        const char *name;
        str token;
    } cases[] = {
        { "absent", { NULL, 0 } },
        { "empty", S("") },
        { "one point", S("a.b") },
        { "points", S("..") },
        { "no points", S("abc") },
        { "too long", { huge, 5000 } },
        { "header changed", flipped(cx->arena, token, dot - 2) },
        { "payload changed", flipped(cx->arena, token, dot + 10) },
        { "signature changed", flipped(cx->arena, token, token.n - 10) },
        { "signature cut", str_sub(token, 0, token.n - 8) },
        { "no signature", with_header(cx->arena, token, "{\"alg\":\"ES256\"}", false) },
        { "header says none", with_header(cx->arena, token, "{\"alg\":\"none\"}", false) },
        { "none, signed", with_header(cx->arena, token, "{\"alg\":\"none\"}", true) },
        { "header says HS256", with_header(cx->arena, token, "{\"alg\":\"HS256\"}", true) },
        { "a zero byte behind", str_cat(cx->arena, token, S("\0x")) },
        { "a blank before", str_cat(cx->arena, S(" "), token) },
        { "a line behind", str_cat(cx->arena, token, S("\n")) },
    };

    for (int remembered = 0; remembered < 2; remembered++) {
        for (size_t i = 0; i < COUNT(cases); i++) {
            err e = token_verify(desk->tokens, cx, cases[i].token, S("store"), &out);
            CASE(cases[i].name, e == &TOKEN_INVALID);
        }
        cx_clear(cx);
        CHECK_ERR(cx, token_verify(desk->tokens, cx, token, S("store"), &out), NULL);
    }
}

static void keys_outlive_the_process(void **state)
{
    struct desk *desk = *state;
    struct token_claims in = claims_of(desk), out;
    struct tokens *again, *other;
    struct stat st;
    str token;

    CHECK_INT(stat(desk->file, &st), 0);
    CHECK_INT(st.st_mode & 0777, 0600);
    CHECK_ERR(desk->cx, token_sign(desk->tokens, desk->cx, &in, &token), NULL);
    CHECK_ERR(desk->cx, tokens_open(desk->cx->arena, desk->cx, desk->file, &again), NULL);
    CHECK_ERR(desk->cx, token_verify(again, desk->cx, token, S("store"), &out), NULL);
    tokens_close(again);
    CHECK_ERR(
        desk->cx, tokens_open(desk->cx->arena, desk->cx, file_in(desk, "other.pem"), &other), NULL);
    CHECK_ERR(desk->cx, token_verify(other, desk->cx, token, S("store"), &out), &TOKEN_INVALID);
    tokens_close(other);
    tokens_close(NULL);
}

static void other_keys_stop_the_start(void **state)
{
    struct desk *desk = *state;
    EVP_PKEY *p384 = EVP_EC_gen("P-384");
    const char *file = file_in(desk, "other.pem");
    struct tokens *t = NULL;
    FILE *out = fopen(file, "w");

    CHECK(PEM_write_PrivateKey(out, p384, NULL, NULL, 0, NULL, NULL) == 1);
    fclose(out);
    EVP_PKEY_free(p384);
    CHECK_ERR(desk->cx, tokens_open(desk->cx->arena, desk->cx, file, &t), &ERR_BUG);
    CHECK_INT(truncate(file, 20), 0);
    CHECK_ERR(desk->cx, tokens_open(desk->cx->arena, desk->cx, file, &t), &ERR_BUG);
    CHECK_ERR(desk->cx, tokens_open(desk->cx->arena, desk->cx, file_in(desk, "no/such.pem"), &t),
        &ERR_BUG);
    CHECK(t == NULL);
}

/* Shared tokens from several threads: what ThreadSanitizer looks at. */
struct racer {
    struct tokens *tokens;
    const str *texts;
    size_t n;
    int wrong;
};
static void a_text_has_one_token_a_key(void **state)
{
    struct desk *desk = *state;
    struct arena *a = desk->cx->arena;
    struct tokens *again, *other;
    CHECK_ERR(desk->cx, tokens_open(a, desk->cx, desk->file, &again), NULL);
    CHECK_ERR(desk->cx, tokens_open(a, desk->cx, file_in(desk, "other.pem"), &other), NULL);
    str token = token_of(desk->tokens, a, S("guest 1"));
    CHECK_INT(token.n, 43);
    CHECK_STR(token_of(again, a, S("guest 1")), token);
    CHECK(!str_eq(token_of(again, a, S("guest 2")), token));
    CHECK(!str_eq(token_of(other, a, S("guest 1")), token));
    tokens_close(again);
    tokens_close(other);
}

static void *race(void *arg)
{
    struct racer *r = arg;
    for (int round = 0; round < 50; round++) {
        struct cx *cx = check_cx_open();
        for (size_t i = 0; i < r->n; i++) {
            struct token_claims out;
            if (token_verify(r->tokens, cx, r->texts[i], S("store"), &out) != NULL ||
                !str_eq(out.email, S("zoe@example.org")))
                r->wrong++;
        }
        check_cx_close(cx);
    }
    return NULL;
}

static void threads_share_the_memory(void **state)
{
    struct desk *desk = *state;
    struct racer racers[4];
    pthread_t threads[4];
    str texts[16];

    for (size_t i = 0; i < COUNT(texts); i++) {
        struct token_claims in = claims_of(desk);
        in.session_id = id_from_name(S("session"), str_from_i64(desk->cx->arena, (int64_t)i));
        CHECK_ERR(desk->cx, token_sign(desk->tokens, desk->cx, &in, &texts[i]), NULL);
    }
    for (size_t i = 0; i < COUNT(racers); i++) {
        racers[i] = (struct racer){ desk->tokens, texts, COUNT(texts), 0 };
        pthread_create(&threads[i], NULL, race, &racers[i]);
    }
    for (size_t i = 0; i < COUNT(racers); i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(racers[i].wrong, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DESK(what_is_signed_comes_back),
        WITH_DESK(little_is_needed),
        WITH_DESK(times_and_audience_hold),
        WITH_DESK(forgeries_are_refused),
        WITH_DESK(other_bytes_are_refused),
        WITH_DESK(keys_outlive_the_process),
        WITH_DESK(other_keys_stop_the_start),
        WITH_DESK(a_text_has_one_token_a_key),
        WITH_DESK(threads_share_the_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
