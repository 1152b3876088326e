/* SPDX-License-Identifier: Apache-2.0
 * Surfaces, ended sessions, the rotation of keys, and what is derived from them. Run by `./dev test
 * token`. Writes only below a folder that it makes and removes. */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "base/json.h"
#include "platform/token/tests/token_desk.h"

/* ---- surfaces, sessions, rotation ---- */

static void a_token_may_be_for_several_surfaces(void **state)
{
    struct desk *desk = *state;
    struct token_claims in = claims_of(desk), out;
    str token;
    in.audience = S("store seller admin");
    in.proved_ms = desk->cx->now_ms - 5 * SECOND_MS;
    in.factor = true;
    CHECK_ERR(desk->cx, token_sign(desk->tokens, desk->cx, &in, &token), NULL);
    static const struct {
        const char *surface;
        bool good;
    } cases[] = { { "store", true }, { "seller", true }, { "admin", true }, { "adm", false },
        { "store seller", false }, { "", false } };
    for (size_t i = 0; i < COUNT(cases) * 2; i++) {
        str surface = str_from_c(cases[i % COUNT(cases)].surface);
        err e = token_verify(desk->tokens, desk->cx, token, surface, &out);
        CASE(cases[i % COUNT(cases)].surface, (e == NULL) == cases[i % COUNT(cases)].good);
    }
    cx_clear(desk->cx);
    for (int i = 0; i < 2; i++) {
        CHECK_ERR(desk->cx, token_verify(desk->tokens, desk->cx, token, S("seller"), &out), NULL);
        CHECK_INT(out.proved_ms, in.proved_ms / SECOND_MS * SECOND_MS);
        CHECK(out.factor);
        check_claims(&out, &in);
    }
}

static void a_minute_between_clocks_is_granted(void **state)
{
    struct desk *desk = *state;
    struct token_claims in = claims_of(desk), out;
    str token;
    CHECK_ERR(desk->cx, token_sign(desk->tokens, desk->cx, &in, &token), NULL);
    desk->cx->now_ms = in.issued_ms / SECOND_MS * SECOND_MS - TOKEN_SKEW_MS;
    CHECK_ERR(desk->cx, token_verify(desk->tokens, desk->cx, token, S("store"), &out), NULL);
    in.session_id = id_from_name(S("session"), S("2")); /* one that is not remembered */
    desk->cx->now_ms = in.issued_ms;
    CHECK_ERR(desk->cx, token_sign(desk->tokens, desk->cx, &in, &token), NULL);
    desk->cx->now_ms = in.issued_ms / SECOND_MS * SECOND_MS - TOKEN_SKEW_MS - 1;
    CHECK_ERR(
        desk->cx, token_verify(desk->tokens, desk->cx, token, S("store"), &out), &TOKEN_INVALID);
}

static void ended_sessions_are_refused(void **state)
{
    struct desk *desk = *state;
    struct token_claims in = claims_of(desk), other = in, out;
    str token, others;
    other.session_id = id_from_name(S("session"), S("2"));
    CHECK_ERR(desk->cx, token_sign(desk->tokens, desk->cx, &in, &token), NULL);
    CHECK_ERR(desk->cx, token_sign(desk->tokens, desk->cx, &other, &others), NULL);
    CHECK_ERR(desk->cx, token_verify(desk->tokens, desk->cx, token, S("store"), &out), NULL);
    token_session_end(desk->tokens, in.session_id, desk->cx->now_ms);
    token_session_end(desk->tokens, (id){ 0 }, desk->cx->now_ms);
    CHECK_ERR(
        desk->cx, token_verify(desk->tokens, desk->cx, token, S("store"), &out), &TOKEN_EXPIRED);
    cx_clear(desk->cx);
    CHECK_ERR(desk->cx, token_verify(desk->tokens, desk->cx, others, S("store"), &out), NULL);
}

/* From the header of a token. */
static str kid_of(struct desk *desk, str token)
{
    str text, head = str_cut(&token, '.');
    struct json_value *v;
    CHECK(str_unbase64(desk->cx->arena, head, &text));
    CHECK_ERR(desk->cx, json_value_parse(desk->cx, text, &v), NULL);
    str kid = json_value_str(desk->cx->arena, json_value_get(v, "kid"));
    json_value_close(v);
    return kid;
}

static void retired_keys_verify_until_their_tokens_have_run_out(void **state)
{
    struct desk *desk = *state;
    struct cx *cx = desk->cx;
    struct token_claims in = claims_of(desk), out;
    struct tokens *other; /* another process with the same file */
    const struct token_public *keys;
    struct stat st;
    str before, after, guest = token_of(desk->tokens, cx->arena, S("guest"));
    CHECK_ERR(cx, tokens_open(cx->arena, cx, desk->file, &other), NULL);
    CHECK_ERR(cx, token_sign(desk->tokens, cx, &in, &before), NULL);
    CHECK_INT(token_publics(desk->tokens, cx->arena, &keys), 1);
    CHECK_STR(kid_of(desk, before), keys[0].kid);
    CHECK_INT(keys[0].kid.n, 43);

    CHECK_ERR(cx, token_keys_rotate(desk->tokens, cx, false), NULL);
    CHECK_INT(stat(desk->file, &st), 0);
    CHECK_INT(st.st_mode & 0777, 0600);
    CHECK_INT(token_publics(desk->tokens, cx->arena, &keys), 2);
    CHECK_STR(kid_of(desk, before), keys[1].kid);
    in.session_id = id_from_name(S("session"), S("2"));
    CHECK_ERR(cx, token_sign(desk->tokens, cx, &in, &after), NULL);
    CHECK_STR(kid_of(desk, after), keys[0].kid);
    CHECK_STR(token_of(desk->tokens, cx->arena, S("guest")), guest);

    cx->now_ms += SECOND_MS; /* the other looks once a second */
    struct tokens *both[] = { desk->tokens, other };
    for (size_t i = 0; i < COUNT(both); i++) {
        CHECK_ERR(cx, token_verify(both[i], cx, before, S("store"), &out), NULL);
        CHECK_ERR(cx, token_verify(both[i], cx, after, S("store"), &out), NULL);
        CHECK_STR(token_of(both[i], cx->arena, S("guest")), guest);
    }
    /* one that a stolen old key signs later is refused, remembered or not */
    tokens_close(other);
    cx->now_ms += TOKEN_LIFE_MAX_MS + TOKEN_SKEW_MS;
    str secret = file_text(desk);
    CHECK(str_find(secret, S("retired "), 0) > 0 && str_find(secret, S("PRIVATE"), 0) > 0);
    CHECK(str_find(secret, S("PRIVATE"), (size_t)str_find(secret, S("retired "), 0)) < 0);
    CHECK_ERR(cx, tokens_open(cx->arena, cx, desk->file, &other), NULL);
    CHECK_INT(token_publics(other, cx->arena, &keys), 1);
    CHECK_STR(token_of(other, cx->arena, S("guest")), guest);
    tokens_close(other);
}

static void forgotten_keys_end_all_tokens(void **state)
{
    struct desk *desk = *state;
    struct token_claims in = claims_of(desk), out;
    const struct token_key_info *keys;
    str token;
    CHECK_ERR(desk->cx, token_sign(desk->tokens, desk->cx, &in, &token), NULL);
    CHECK_ERR(desk->cx, token_verify(desk->tokens, desk->cx, token, S("store"), &out), NULL);
    CHECK_ERR(desk->cx, token_keys_rotate(desk->tokens, desk->cx, true), NULL);
    CHECK_ERR(
        desk->cx, token_verify(desk->tokens, desk->cx, token, S("store"), &out), &TOKEN_INVALID);
    CHECK_INT(token_keys(desk->tokens, desk->cx->arena, &keys), 1);
    CHECK_INT(keys[0].retired_ms, 0);
}

static void spoilt_files_of_keys_change_nothing(void **state)
{
    struct desk *desk = *state;
    struct token_claims in = claims_of(desk), out;
    struct tokens *t = NULL;
    str token;
    CHECK_ERR(desk->cx, token_sign(desk->tokens, desk->cx, &in, &token), NULL);
    FILE *file = fopen(desk->file, "w");
    fputs("retired 17\n-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", file);
    fclose(file);
    desk->cx->now_ms += 2 * SECOND_MS;
    CHECK_ERR(desk->cx, token_verify(desk->tokens, desk->cx, token, S("store"), &out), NULL);
    CHECK_ERR(desk->cx, tokens_open(desk->cx->arena, desk->cx, desk->file, &t), &ERR_BUG);
}

/* ---- what is derived ---- */

static void codes_are_for_one_purpose_and_one_row(void **state)
{
    struct desk *desk = *state;
    struct arena *a = desk->cx->arena;
    id row = id_from_name(S("row"), S("1")), got = { 0 };
    str code = token_code(desk->tokens, a, S("reset"), row);
    CHECK(token_code_read(desk->tokens, a, S("reset"), code, &got) && id_eq(got, row));
    str proof = code;
    str_cut(&proof, '.');
    str other = id_text(a, id_from_name(S("row"), S("2")));
    const str bad[] = { S(""), S("."), id_text(a, row), str_cat(a, code, S("A")),
        str_sub(code, 0, code.n - 1), flipped(a, code, 40), str_cat(a, S(" "), code),
        str_fmt(a, STR_F "." STR_F, STR_A(other), STR_A(proof)) };
    for (size_t i = 0; i < COUNT(bad); i++)
        CHECK(!token_code_read(desk->tokens, a, S("reset"), bad[i], &got));
    CHECK(!token_code_read(desk->tokens, a, S("verify"), code, &got));
}

static void sealed_bytes_are_bound(void **state)
{
    struct desk *desk = *state;
    struct arena *a = desk->cx->arena;
    str out, sealed = token_seal(desk->tokens, a, S("user 1"), S("twenty bytes of secret"));
    CHECK(str_find(sealed, S("secret"), 0) < 0);
    CHECK(!str_eq(sealed, token_seal(desk->tokens, a, S("user 1"), S("twenty bytes of secret"))));
    CHECK(token_unseal(desk->tokens, a, S("user 1"), sealed, &out));
    CHECK_STR(out, S("twenty bytes of secret"));
    CHECK(!token_unseal(desk->tokens, a, S("user 2"), sealed, &out));
    CHECK(!token_unseal(desk->tokens, a, S("user 1"), flipped(a, sealed, 5), &out));
    CHECK(!token_unseal(desk->tokens, a, S("user 1"), S("AAAA"), &out));
    CHECK(!token_unseal(desk->tokens, a, S("user 1"), (str){ 0 }, &out));
}

/* Requests go on while the keys are rotated: what ThreadSanitizer looks at. */
struct busy {
    struct tokens *tokens;
    struct token_claims claims;
    _Atomic bool *stop;
    int signed_n, wrong;
};

static void *sign_and_verify(void *arg)
{
    struct busy *b = arg;
    int64_t now_ms = b->claims.issued_ms;
    while (!atomic_load(b->stop)) {
        struct cx *cx = check_cx_open();
        struct token_claims in = b->claims, out;
        str token;
        /* looks at the file each time, while what a key signed has not run out */
        if (now_ms < b->claims.issued_ms + 10 * MINUTE_MS)
            now_ms += SECOND_MS;
        cx->now_ms = now_ms;
        in.issued_ms = cx->now_ms;
        in.expires_ms = cx->now_ms + MINUTE_MS;
        if (token_sign(b->tokens, cx, &in, &token) ||
            token_verify(b->tokens, cx, token, S("store"), &out))
            b->wrong++;
        b->signed_n++;
        check_cx_close(cx);
    }
    return NULL;
}

static void keys_rotate_under_load(void **state)
{
    struct desk *desk = *state;
    _Atomic bool stop = false;
    struct busy busy[3];
    pthread_t threads[3];
    for (size_t i = 0; i < COUNT(busy); i++) {
        busy[i] = (struct busy){ desk->tokens, claims_of(desk), &stop, 0, 0 };
        pthread_create(&threads[i], NULL, sign_and_verify, &busy[i]);
    }
    for (int i = 0; i < 10; i++)
        CHECK_ERR(desk->cx, token_keys_rotate(desk->tokens, desk->cx, false), NULL);
    atomic_store(&stop, true);
    for (size_t i = 0; i < COUNT(busy); i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(busy[i].wrong, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DESK(a_token_may_be_for_several_surfaces),
        WITH_DESK(a_minute_between_clocks_is_granted),
        WITH_DESK(ended_sessions_are_refused),
        WITH_DESK(retired_keys_verify_until_their_tokens_have_run_out),
        WITH_DESK(forgotten_keys_end_all_tokens),
        WITH_DESK(spoilt_files_of_keys_change_nothing),
        WITH_DESK(codes_are_for_one_purpose_and_one_row),
        WITH_DESK(sealed_bytes_are_bound),
        WITH_DESK(keys_rotate_under_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
