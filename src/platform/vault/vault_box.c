/* SPDX-License-Identifier: Apache-2.0
 * Boxes: AES-256-GCM with a random nonce in front and a tag behind. Called by the files of this
 * folder, from any thread. Must never use a nonce twice. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "platform/secret/secret.h"
#include "platform/vault/vault_internal.h"

#define NONCE_N 12 /* random: good for 2^32 texts a key (NIST SP 800-38D) */
#define TAG_N 16
#define NONCES 64 /* fetched at once: a call of the system takes as long as to seal a line */

/* ---- nonces: a thread's own ---- */
struct nonces {
    size_t left;
    unsigned char all[NONCES][NONCE_N];
};
static _Thread_local struct nonces nonces;

/* In a child, on the one thread that it has: it must not use what its parent has too. */
static void nonces_drop(void)
{
    nonces.left = 0;
}

static void nonces_watch(void)
{
    int failed = pthread_atfork(NULL, NULL, nonces_drop);
    ASSERT(!failed);
}

static void nonce_next(unsigned char ret[NONCE_N])
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (nonces.left == 0) {
        pthread_once(&once, nonces_watch);
        secret_random(nonces.all, sizeof nonces.all);
        nonces.left = NONCES;
    }
    memcpy(ret, nonces.all[--nonces.left], NONCE_N);
}

/* ---- the cipher ---- */
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

void vault_prepare(struct vault_prepared *p, const struct vault_key *key)
{
    p->ready = crypto_aead_aes256gcm_is_available() == 1 &&
               crypto_aead_aes256gcm_beforenm(&p->state, key->bytes) == 0;
}

str vault_box_prepared(struct arena *arena, const struct vault_prepared *p, str bound, str clear)
{
    unsigned char *out = arena_alloc(arena, NONCE_N + clear.n + TAG_N);

    ASSERT(p->ready && clear.n < INT32_MAX / 2);
    nonce_next(out);
    int failed = crypto_aead_aes256gcm_encrypt_afternm(out + NONCE_N, NULL, bytes_of(clear),
        clear.n, bytes_of(bound), bound.n, NULL, out, &p->state);
    ASSERT(!failed);
    return (str){ (const char *)out, NONCE_N + clear.n + TAG_N };
}

str vault_box(struct arena *arena, const struct vault_key *key, str bound, str clear)
{
    DEFER(cipher_close_at) EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    unsigned char *out = arena_alloc(arena, NONCE_N + clear.n + TAG_N);
    int n = 0, last = 0;

    ASSERT(clear.n < INT32_MAX / 2);
    nonce_next(out);
    bool ok = c && EVP_EncryptInit_ex(c, aes_256_gcm(), NULL, key->bytes, out) == 1 &&
              EVP_EncryptUpdate(c, NULL, &n, bytes_of(bound), (int)bound.n) == 1 &&
              EVP_EncryptUpdate(c, out + NONCE_N, &n, bytes_of(clear), (int)clear.n) == 1 &&
              EVP_EncryptFinal_ex(c, out + NONCE_N + n, &last) == 1 &&
              EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, TAG_N, out + NONCE_N + clear.n) == 1;
    ASSERT(ok); /* without memory nothing may be written */
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
