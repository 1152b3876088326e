/* SPDX-License-Identifier: Apache-2.0
 * Sealing and opening texts with AES-256-GCM, and keyed hashes. Called by platform/db through the
 * sealer, and by the sweep. Must never reuse a nonce on purpose, nor tell why a text was refused.
 */
#include <inttypes.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/buf.h"
#include "platform/secret/secret.h"
#include "platform/vault/vault_internal.h"

#define NONCE_N 12 /* random: good for 2^32 texts a key (NIST SP 800-38D) */
#define TAG_N 16
#define HASH_HEAD "{k1}"

static EVP_CIPHER *cipher;
static pthread_once_t cipher_once = PTHREAD_ONCE_INIT;

/* Looked up once: that takes as long as to seal a line. */
static void cipher_find(void)
{
    cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
}

static const EVP_CIPHER *aes_256_gcm(void)
{
    pthread_once(&cipher_once, cipher_find);
    return cipher;
}

static void cipher_close_at(EVP_CIPHER_CTX **c)
{
    EVP_CIPHER_CTX_free(*c);
}

static const unsigned char *bytes_of(str s)
{
    return (const unsigned char *)(s.p ? s.p : "");
}

str vault_box(struct arena *arena, const struct vault_key *key, str bound, str clear)
{
    DEFER(cipher_close_at) EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    unsigned char *out = arena_alloc(arena, NONCE_N + clear.n + TAG_N);
    int n = 0, last = 0;

    ASSERT(clear.n < INT32_MAX / 2);
    memcpy(out, secret_bytes(arena, NONCE_N).p, NONCE_N);
    bool ok = c && EVP_EncryptInit_ex(c, aes_256_gcm(), NULL, key->bytes, out) == 1 &&
              EVP_EncryptUpdate(c, NULL, &n, bytes_of(bound), (int)bound.n) == 1 &&
              EVP_EncryptUpdate(c, out + NONCE_N, &n, bytes_of(clear), (int)clear.n) == 1 &&
              EVP_EncryptFinal_ex(c, out + NONCE_N + n, &last) == 1 &&
              EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, TAG_N, out + NONCE_N + clear.n) == 1;
    ASSERT(ok); /* without memory or randomness nothing may be written */
    return (str){ (const char *)out, NONCE_N + clear.n + TAG_N };
}

bool vault_unbox(struct arena *arena, const struct vault_key *key, str bound, str box, str *ret)
{
    if (box.n < NONCE_N + TAG_N || box.n > INT32_MAX / 2)
        return false;
    DEFER(cipher_close_at) EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    size_t clear_n = box.n - NONCE_N - TAG_N;
    unsigned char tag[TAG_N];
    unsigned char *out = arena_alloc(arena, clear_n + 1);
    int n = 0, last = 0;

    memcpy(tag, box.p + NONCE_N + clear_n, TAG_N);
    bool ok = c && EVP_DecryptInit_ex(c, aes_256_gcm(), NULL, key->bytes, bytes_of(box)) == 1 &&
              EVP_DecryptUpdate(c, NULL, &n, bytes_of(bound), (int)bound.n) == 1 &&
              EVP_DecryptUpdate(c, out, &n, bytes_of(box) + NONCE_N, (int)clear_n) == 1 &&
              EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, TAG_N, tag) == 1 &&
              EVP_DecryptFinal_ex(c, out + n, &last) == 1;
    if (!ok) {
        OPENSSL_cleanse(out, clear_n);
        return false;
    }
    *ret = (str){ (const char *)out, clear_n };
    return true;
}

/* ---- texts ---- */

/* "{s3}..." -> 3 and what follows; false: it is no sealed text. */
static bool head(str text, int64_t *ret_key, str *ret_rest)
{
    if (!str_starts(text, S("{s")))
        return false;
    str rest = str_skip(text, 2);
    ptrdiff_t end = str_find_char(str_sub(rest, 0, 4), '}', 0);
    if (end <= 0 || !str_to_i64(str_sub(rest, 0, (size_t)end), ret_key) || *ret_key < 1)
        return false;
    *ret_rest = str_skip(rest, (size_t)end + 1);
    return true;
}

bool vault_is_sealed(str text)
{
    int64_t key;
    str rest;
    return head(text, &key, &rest);
}

bool vault_is_under(str text, int64_t key_id)
{
    int64_t key;
    str rest;
    return head(text, &key, &rest) && key == key_id;
}

bool vault_is_hash(str text)
{
    return str_starts(text, S(HASH_HEAD)) && text.n == sizeof HASH_HEAD - 1 + 43;
}

/* Table and column, and the row; a NUL between them is in neither name. */
static str bound_to(struct arena *arena, const char *what, str row)
{
    str name = str_from_c(what);
    char *out = arena_alloc(arena, name.n + 1 + row.n);

    memcpy(out, name.p, name.n);
    out[name.n] = '\0';
    if (row.n)
        memcpy(out + name.n + 1, row.p, row.n);
    return (str){ out, name.n + 1 + row.n };
}

err vault_seal(void *self, struct cx *cx, const char *what, str row, str clear, str *ret)
{
    struct vault *v = self;
    int64_t key_id = atomic_load(&v->current);
    const struct vault_key *key = vault_known(v, key_id);

    if (!key)
        return FAIL(cx, VAULT_MASTER, "no key to seal %s with", what);
    str box = vault_box(cx->arena, key, bound_to(cx->arena, what, row), clear);
    str text = str_base64url(cx->arena, box);
    *ret = str_fmt(cx->arena, "{s%" PRId64 "}" STR_F, key_id, STR_A(text));
    return NULL;
}

err vault_unseal(
    void *self, struct cx *cx, struct arena *arena, const char *what, str row, str sealed, str *ret)
{
    struct vault *v = self;
    const struct vault_key *key = NULL;
    int64_t key_id;
    str rest, box;

    if (!head(sealed, &key_id, &rest)) {
        *ret = sealed; /* from before; the sweep will come to it */
        return NULL;
    }
    err e = vault_key_of(v, cx, key_id, &key);
    if (e)
        return e;
    if (!key || !str_unbase64(arena, rest, &box) ||
        !vault_unbox(arena, key, bound_to(arena, what, row), box, ret))
        return FAIL(cx, VAULT_REFUSED, "%s under key %" PRId64, what, key_id);
    return NULL;
}

str vault_hash(void *self, struct arena *arena, const char *what, str clear)
{
    struct vault *v = self;
    str key = { (const char *)v->index.bytes, VAULT_KEY_N };
    str mac = secret_hmac_sha256(arena, key, bound_to(arena, what, clear));

    return str_cat(arena, S(HASH_HEAD), str_base64url(arena, mac));
}

str vault_pseudonym(struct vault *v, struct arena *arena, const char *purpose, str of)
{
    return str_skip(vault_hash(v, arena, purpose, of), sizeof HASH_HEAD - 1);
}

struct db_sealer vault_sealer(struct vault *v)
{
    return (struct db_sealer){ v, vault_seal, vault_unseal, vault_hash };
}
