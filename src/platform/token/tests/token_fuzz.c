/* SPDX-License-Identifier: Apache-2.0
 * Fuzz entry of tokens: any bytes as a token, as the code of a mail and as something sealed; and
 * any claims below a signature of ours. Run by ./dev fuzz token. Must never let in what was not
 * signed, or claims that nobody checked. */
#include <jwt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/instant.h"
#include "platform/token/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW_MS INT64_C(1750000000000)

static struct fuzz {
    struct arena *life;
    struct tokens *tokens;
    char pem[4096];
} fuzz;

static struct cx cx_of(struct arena *arena)
{
    return (struct cx){ .arena = arena, .now_ms = NOW_MS, .rng = rng_seeded(1) };
}

static void begin(void)
{
    char folder[] = "/tmp/souk-fuzz-XXXXXX";
    if (fuzz.tokens)
        return;
    fuzz.life = arena_open(1 << 20);
    struct cx cx = cx_of(fuzz.life);
    ASSERT(mkdtemp(folder) != NULL);
    const char *file = str_c(fuzz.life, str_fmt(fuzz.life, "%s/key.pem", folder));
    ASSERT(tokens_open(fuzz.life, &cx, file, &fuzz.tokens) == NULL);
    FILE *in = fopen(file, "r");
    size_t n = fread(fuzz.pem, 1, sizeof fuzz.pem - 1, in);
    fclose(in);
    fuzz.pem[n] = 0;
    unlink(file);
    rmdir(folder);
}

/* The text as the grants of a token that is signed with our key; absent when it is no object. */
static str signed_with(struct arena *arena, str grants)
{
    jwt_t *jwt = NULL;
    str token = { 0 };
    ASSERT(jwt_new(&jwt) == 0);
    if (jwt_add_grants_json(jwt, str_c(arena, grants)) == 0 &&
        jwt_set_alg(jwt, JWT_ALG_ES256, (const unsigned char *)fuzz.pem, (int)strlen(fuzz.pem)) ==
            0) {
        char *text = jwt_encode_str(jwt);
        token = text ? str_dup(arena, str_from_c(text)) : token;
        free(text);
    }
    jwt_free(jwt);
    return token;
}

static void check_claims(const struct token_claims *c)
{
    ASSERT(!id_is_none(c->user_id));
    ASSERT(c->expires_ms > NOW_MS && c->issued_ms <= NOW_MS + TOKEN_SKEW_MS);
    ASSERT(c->proved_ms >= 0 && c->roles <= INT32_MAX);
    ASSERT(str_find(c->audience, S("store"), 0) >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    begin();
    struct arena *arena = arena_open(8192);
    struct cx cx = cx_of(arena);
    struct token_claims claims;
    str out, text = { (const char *)data, size };
    id row;

    ASSERT(token_verify(fuzz.tokens, &cx, text, S("store"), &claims) != NULL);
    ASSERT(!token_code_read(fuzz.tokens, arena, S("reset"), text, &row));
    ASSERT(!token_unseal(fuzz.tokens, arena, S("user"), text, &out));
    cx_clear(&cx);
    str token = size < 2048 ? signed_with(arena, text) : (str){ 0 };
    if (token.n && !token_verify(fuzz.tokens, &cx, token, S("store"), &claims))
        check_claims(&claims);
    arena_close(arena);
    return 0;
}
