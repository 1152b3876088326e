/* SPDX-License-Identifier: Apache-2.0
 * Random bytes, password hashes and digests over libsodium. Called by services through a verb, by
 * tokens and by the bus. Must never log, keep or compare in plain sight what passes through here.
 */
#include "platform/secret/secret.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <string.h>

#define PASSWORD_MEMORY (19u * 1024u * 1024u)
#define PASSWORD_PASSES 2
#define PASSWORD_MAX 1024 /* bytes; the schema of a sign-up allows less */
#define TOKEN_BYTES_MAX 1024
#define PRINT_N crypto_generichash_BYTES_MIN

static_assert(crypto_hash_sha256_BYTES == 32, "a SHA-256 has 32 bytes");
static_assert(PRINT_N == 16, "a print has 128 bits");

/* What the password of an unknown user is held against: a real hash with the parameters above, of
 * bytes that nobody kept. Its only use is to take as long as any other. */
static const char unknown_user[] =
    "$argon2id$v=19$m=19456,t=2,p=1$nrHUhDUQsOmLa3/+yg1QPQ$"
    "l/HjbZRBCn/nGCJF7Cuyq4C0r9ClGJQs7Mnuzo6BIbc";

static void begin(void)
{
    int ready = sodium_init(); /* 1 when done already; only a system without randomness fails */
    ASSERT(ready >= 0);
}

str secret_token(struct arena *arena, size_t n)
{
    ASSERT(n > 0 && n <= TOKEN_BYTES_MAX);
    unsigned char bytes[TOKEN_BYTES_MAX];

    begin();
    randombytes_buf(bytes, n);
    str text = str_base64url(arena, (str){ (const char *)bytes, n });
    sodium_memzero(bytes, n);
    return text;
}

uint64_t secret_u64(void)
{
    uint64_t v;

    begin();
    randombytes_buf(&v, sizeof v);
    return v;
}

err secret_password_hash(struct cx *cx, str password, str *ret)
{
    char text[crypto_pwhash_argon2id_STRBYTES];

    begin();
    if (password.n > PASSWORD_MAX)
        return FAIL(cx, ERR_INVALID, "a password of %zu bytes", password.n);
    if (crypto_pwhash_argon2id_str(
            text, password.p ? password.p : "", password.n, PASSWORD_PASSES, PASSWORD_MEMORY) != 0)
        return FAIL(cx, ERR_BUG, "no memory to hash a password");
    *ret = str_dup(cx->arena, str_from_c(text));
    return NULL;
}

bool secret_password_ok(str hash, str password)
{
    char text[crypto_pwhash_argon2id_STRBYTES] = { 0 };
    bool known = hash.p != NULL;

    begin();
    if (!known)
        hash = str_from_c(unknown_user);
    if (hash.n >= sizeof text || password.n > PASSWORD_MAX)
        return false;
    memcpy(text, hash.p, hash.n);
    int differs = crypto_pwhash_argon2id_str_verify(text, password.p ? password.p : "", password.n);
    return known && differs == 0;
}

str secret_sha256(struct arena *arena, str bytes)
{
    unsigned char *digest = arena_alloc(arena, crypto_hash_sha256_BYTES);

    crypto_hash_sha256(digest, (const unsigned char *)(bytes.p ? bytes.p : ""), bytes.n);
    return (str){ (const char *)digest, crypto_hash_sha256_BYTES };
}

str secret_sha256_hex(struct arena *arena, str bytes)
{
    return str_hex(arena, secret_sha256(arena, bytes));
}

str secret_print_hex(struct arena *arena, str bytes)
{
    unsigned char print[PRINT_N];

    crypto_generichash(
        print, sizeof print, (const unsigned char *)(bytes.p ? bytes.p : ""), bytes.n, NULL, 0);
    return str_hex(arena, (str){ (const char *)print, sizeof print });
}

str secret_hmac_sha256(struct arena *arena, str key, str bytes)
{
    unsigned char *mac = arena_alloc(arena, crypto_auth_hmacsha256_BYTES);
    crypto_auth_hmacsha256_state state;

    begin();
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)(key.p ? key.p : ""), key.n);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)(bytes.p ? bytes.p : ""), bytes.n);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_memzero(&state, sizeof state);
    return (str){ (const char *)mac, crypto_auth_hmacsha256_BYTES };
}

#define SEAL_HEAD crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define SEAL_TAIL crypto_aead_xchacha20poly1305_ietf_ABYTES

str secret_seal(struct arena *arena, str key, str what, str bytes)
{
    ASSERT(key.n == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
    unsigned char *out = arena_alloc(arena, SEAL_HEAD + bytes.n + SEAL_TAIL);
    unsigned long long n = 0;

    begin();
    randombytes_buf(out, SEAL_HEAD);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + SEAL_HEAD, &n, (const unsigned char *)bytes.p,
        bytes.n, (const unsigned char *)what.p, what.n, NULL, out, (const unsigned char *)key.p);
    return (str){ (const char *)out, SEAL_HEAD + (size_t)n };
}

bool secret_unseal(struct arena *arena, str key, str what, str sealed, str *ret)
{
    ASSERT(key.n == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
    if (sealed.n < SEAL_HEAD + SEAL_TAIL)
        return false;
    const unsigned char *in = (const unsigned char *)sealed.p;
    unsigned char *out = arena_alloc(arena, sealed.n);
    unsigned long long n = 0;

    begin();
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, &n, NULL, in + SEAL_HEAD,
            sealed.n - SEAL_HEAD, (const unsigned char *)what.p, what.n, in,
            (const unsigned char *)key.p) != 0)
        return false;
    *ret = (str){ (const char *)out, (size_t)n };
    return true;
}

str secret_hmac_sha1(struct arena *arena, str key, str bytes)
{
    unsigned char *mac = arena_alloc(arena, EVP_MAX_MD_SIZE);
    unsigned int n = 0;
    const unsigned char *done =
        HMAC(EVP_sha1(), key.p, (int)key.n, (const unsigned char *)bytes.p, bytes.n, mac, &n);
    ASSERT(done && n == 20);
    return (str){ (const char *)mac, n };
}

str secret_sha1(struct arena *arena, str bytes)
{
    unsigned char *digest = arena_alloc(arena, EVP_MAX_MD_SIZE);
    unsigned int n = 0;
    int done = EVP_Digest(bytes.p ? bytes.p : "", bytes.n, digest, &n, EVP_sha1(), NULL);
    ASSERT(done == 1 && n == 20);
    return (str){ (const char *)digest, n };
}

str secret_bytes(struct arena *arena, size_t n)
{
    char *bytes = arena_alloc(arena, n ? n : 1);
    secret_random(bytes, n);
    return (str){ bytes, n };
}

void secret_random(void *to, size_t n)
{
    begin();
    randombytes_buf(to, n);
}
