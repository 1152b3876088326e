/* SPDX-License-Identifier: Apache-2.0
 * Fuzz entry of passkeys: any bytes as what the browser signed, as a new passkey for our host, and
 * as an answer. Run by ./dev fuzz passkey. Must never let in what no key of ours has signed. */
#include "platform/passkey/tests/passkey_desk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct passkey_desk desk;
static struct arena *life;
static struct passkey_key ours;

static const struct passkey_site site = { .rp_id = S_INIT(PASSKEY_DESK_HOST) };

static void begin(void)
{
    if (life)
        return;
    life = arena_open(1 << 16);
    struct cx cx = { .arena = life, .rng = rng_seeded(1) };
    desk = passkey_desk_open();
    ASSERT(passkey_read(&cx, &site, passkey_desk_made(&desk, life), &ours) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    begin();
    struct arena *arena = arena_open(8192);
    struct cx cx = { .arena = arena, .rng = rng_seeded(1) };
    str text = { (const char *)data, size }, challenge;
    struct passkey_key key;
    int64_t count;

    if (!passkey_client(&cx, &site, PASSKEY_GET, text, &challenge))
        ASSERT(challenge.n > 0);
    cx_clear(&cx);
    /* with our host in front, so that what is behind it is read */
    str made = str_cat(arena, secret_sha256(arena, site.rp_id), text);
    if (!passkey_read(&cx, &site, made, &key)) {
        ASSERT(key.credential.n > 0 && key.credential.n <= PASSKEY_ID_MAX && key.bytes.n > 0);
        ASSERT(((unsigned char)made.p[32] & 5) == 5);
    }
    cx_clear(&cx);
    str rest = text, head = str_cut(&rest, '\n');
    struct passkey_answer answer = { .client_data = S("{}"),
        .auth_data = str_cat(arena, secret_sha256(arena, site.rp_id), head),
        .signature = rest };
    ASSERT(passkey_check(&cx, &site, &ours, answer, &count) != NULL);
    arena_close(arena);
    return 0;
}
