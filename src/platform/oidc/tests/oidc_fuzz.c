/* SPDX-License-Identifier: Apache-2.0
 * Fuzz entry of id_tokens: any bytes as a token, as an issuer's keys, and as claims below a good
 * signature. Run by ./dev fuzz oidc. Must never believe what was not signed, or is not for us. */
#include "platform/oidc/tests/oidc_desk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena *life;
static struct oidc_desk desk;
static str good;

static void begin(void)
{
    if (life)
        return;
    life = arena_open(1 << 16);
    desk = oidc_desk_open(life, "one");
    good = oidc_desk_sign(&desk, life, "one", S("{\"sub\":\"x\"}"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    begin();
    struct arena *arena = arena_open(8192);
    struct cx cx = { .arena = arena, .now_ms = OIDC_DESK_NOW_MS, .rng = rng_seeded(1) };
    str text = { (const char *)data, size };
    struct oidc_person p;
    bool unknown;

    ASSERT(oidc_token_check(&cx, desk.jwks, oidc_desk_want, text, &p, &unknown) != NULL);
    cx_clear(&cx);
    ASSERT(oidc_token_check(&cx, text, oidc_desk_want, good, &p, &unknown) != NULL);
    cx_clear(&cx);
    str token = size < 4096 ? oidc_desk_sign(&desk, arena, "one", text) : (str){ 0 };
    if (token.n && !oidc_token_check(&cx, desk.jwks, oidc_desk_want, token, &p, &unknown)) {
        ASSERT(p.subject.n > 0 && p.subject.n <= 255);
        ASSERT(str_find(text, S("https:"), 0) >= 0 || str_find_char(text, '\\', 0) >= 0);
    }
    arena_close(arena);
    return 0;
}
