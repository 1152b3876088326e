/* SPDX-License-Identifier: Apache-2.0
 * Makes, reads, checks and rotates the P-256 keys of the tokens with OpenSSL. Called at the start,
 * when the file has changed, and by `souk keys`. Must never lose a key that is there by starting:
 * every session would end. */
#include "platform/token/token_key.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "platform/file/file.h"
#include "platform/secret/secret.h"
#include "platform/token/token.h"

#define PEM_MAX 32768
#define POINT_N 65 /* 4, x, y */
#define CURVE "prime256v1"

static void pkey_close_at(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

static void bio_close_at(BIO **bio)
{
    BIO_free(*bio);
}

static void fd_close_at(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static str bio_str(struct arena *arena, BIO *bio)
{
    char *bytes = NULL;
    long n = BIO_get_mem_data(bio, &bytes);

    str text = str_dup(arena, (str){ bytes, (size_t)n });
    OPENSSL_cleanse(bytes, (size_t)n);
    return text;
}

static bool write_all(int fd, str bytes)
{
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes = str_skip(bytes, (size_t)n);
    }
    return fsync(fd) == 0;
}

/* By way of a file of our own and link(2), so that nobody ever reads half a key, and the slower of
 * two processes finds the key of the faster. */
static err key_publish(struct cx *cx, const char *file, str pem)
{
    const char *mine = str_c(cx->arena, str_fmt(cx->arena, "%s.%ld.new", file, (long)getpid()));
    err e = NULL;

    unlink(mine); /* left by a process that had our number and died */
    int fd = open(mine, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return FAIL(cx, ERR_BUG, "cannot make the key file %s: %s", file, strerror(errno));
    if (!write_all(fd, pem))
        e = FAIL(cx, ERR_BUG, "cannot write the key file %s: %s", file, strerror(errno));
    close(fd);
    if (!e && link(mine, file) != 0 && errno != EEXIST)
        e = FAIL(cx, ERR_BUG, "cannot name the key file %s: %s", file, strerror(errno));
    unlink(mine);
    return e;
}

/* The PEM of a new key; the caller overwrites it. */
static err key_new(struct cx *cx, str *ret_pem)
{
    DEFER(pkey_close_at) EVP_PKEY *key = EVP_EC_gen(CURVE);
    DEFER(bio_close_at) BIO *bio = BIO_new(BIO_s_mem());

    if (!key || !bio || PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) != 1)
        return FAIL(cx, ERR_BUG, "cannot make a key");
    *ret_pem = bio_str(cx->arena, bio);
    return NULL;
}

static err key_make(struct cx *cx, const char *file)
{
    str pem;
    err e = key_new(cx, &pem);
    if (e)
        return e;
    e = key_publish(cx, file, pem);
    OPENSSL_cleanse((char *)pem.p, pem.n);
    return e;
}

/* Reads what is there, at most PEM_MAX bytes; a full buffer is too much and no key of ours. */
static err file_read_fd(struct arena *life, struct cx *cx, int fd, const char *file, str *ret)
{
    char *text = arena_alloc(life, PEM_MAX);
    size_t n = 0;

    while (n < PEM_MAX) {
        ssize_t got = read(fd, text + n, PEM_MAX - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return FAIL(cx, ERR_BUG, "cannot read the key file %s: %s", file, strerror(errno));
        if (got == 0)
            break;
        n += (size_t)got;
    }
    if (n == PEM_MAX)
        return FAIL(cx, ERR_BUG, "%s is no key file", file);
    *ret = (str){ text, n };
    return NULL;
}

static int no_passphrase(char *buf, int size, int rwflag, void *arg)
{
    (void)buf;
    (void)size;
    (void)rwflag;
    (void)arg;
    return -1; /* the default would ask on the terminal */
}

/* RFC 7638: the members that make a key, in this order. */
struct members {
    str crv, kty, x, y;
};
static const struct json_field members_fields[] = {
    JSON_STR(struct members, crv),
    JSON_STR(struct members, kty),
    JSON_STR(struct members, x),
    JSON_STR(struct members, y),
};
static const struct json_shape members_shape =
    JSON_SHAPE("KeyMembers", struct members, members_fields);

/* The public half of a PEM, secret or not: text, point and name. */
static err key_check(struct arena *life, struct cx *cx, const char *file, str pem, bool secret,
    struct token_key *ret)
{
    DEFER(bio_close_at) BIO *in = BIO_new_mem_buf(pem.p, (int)pem.n);
    DEFER(bio_close_at) BIO *out = BIO_new(BIO_s_mem());
    DEFER(pkey_close_at) EVP_PKEY *key = NULL;
    char curve[64] = "";
    unsigned char point[POINT_N];
    size_t n = 0;

    if (in && secret)
        key = PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL);
    else if (in)
        key = PEM_read_bio_PUBKEY(in, NULL, no_passphrase, NULL);
    if (!key || !out)
        return FAIL(cx, ERR_BUG, "%s holds no %s key", file, secret ? "private" : "public");
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC ||
        EVP_PKEY_get_group_name(key, curve, sizeof curve, &n) != 1 || strcmp(curve, CURVE) != 0)
        return FAIL(cx, ERR_BUG, "%s holds another key than one of P-256", file);
    if (PEM_write_bio_PUBKEY(out, key) != 1 ||
        EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &n) !=
            1 ||
        n != POINT_N || point[0] != 4)
        return FAIL(cx, ERR_BUG, "%s gives no public key", file);
    ret->public_pem = bio_str(life, out);
    ret->x = str_base64url(life, (str){ (const char *)point + 1, 32 });
    ret->y = str_base64url(life, (str){ (const char *)point + 33, 32 });
    const struct members members = { S("P-256"), S("EC"), ret->x, ret->y };
    struct buf text = { .arena = cx->arena };
    json_encode(&text, &members_shape, &members, false);
    ret->kid = str_base64url(life, secret_sha256(cx->arena, buf_str(&text)));
    return NULL;
}

/* Takes one PEM block, with its last line, off the text; absent when it has no end. */
static str block_cut(str *text)
{
    ptrdiff_t end = str_find(*text, S("\n-----END "), 0);
    ptrdiff_t line = end < 0 ? -1 : str_find_char(*text, '\n', (size_t)end + 1);
    size_t n = line < 0 ? text->n : (size_t)line + 1;
    str block = end < 0 ? (str){ 0 } : str_sub(*text, 0, n);
    *text = str_skip(*text, n);
    return block;
}

/* The first block is the key that signs. "retired MS" stands before each of the others, "derive
 * HEX" once there has been a rotation. Other lines are remarks. */
static err ring_read(
    struct arena *life, struct cx *cx, const char *file, str text, struct token_ring *ring)
{
    int64_t retired_ms = 0;
    str whole = text;
    while (text.n > 0) {
        if (!str_starts(text, S("-----BEGIN "))) {
            str line = str_cut(&text, '\n');
            if (str_starts(line, S("derive ")) &&
                !str_unhex(life, str_trim(str_skip(line, 7)), &ring->derive))
                return FAIL(cx, ERR_BUG, "%s has a line that is spoilt", file);
            if (str_starts(line, S("retired ")) &&
                (!str_to_i64(str_trim(str_skip(line, 8)), &retired_ms) || retired_ms <= 0))
                return FAIL(cx, ERR_BUG, "%s has a line that is spoilt", file);
            continue;
        }
        str pem = block_cut(&text);
        struct token_key key = { .retired_ms = retired_ms };
        bool first = ring->n == 0;
        if (!pem.n || first != (retired_ms == 0) || ring->n == TOKEN_KEYS_MAX)
            return FAIL(cx, ERR_BUG, "%s is no file of keys", file);
        retired_ms = 0;
        if (!first && key.retired_ms + TOKEN_LIFE_MAX_MS + TOKEN_SKEW_MS <= cx->now_ms)
            continue; /* none of its tokens is good any more */
        err e = key_check(life, cx, file, pem, first, &key);
        if (e)
            return e;
        if (first)
            ring->secret_pem = str_dup(life, pem);
        ring->keys[ring->n++] = key;
    }
    if (ring->n == 0)
        return FAIL(cx, ERR_BUG, "%s holds no private key", file);
    if (!ring->derive.p) /* as HMAC shortens a key of that length itself */
        ring->derive = secret_sha256(life, whole);
    return NULL;
}

err token_ring_load(struct arena *life, struct cx *cx, const char *file, struct token_ring *ret)
{
    struct token_ring ring = { .n = 0 };
    str text;
    DEFER(fd_close_at) int fd = open(file, O_RDONLY | O_CLOEXEC);

    if (fd < 0 && errno == ENOENT) {
        err e = key_make(cx, file);
        if (e)
            return e;
        fd = open(file, O_RDONLY | O_CLOEXEC);
    }
    if (fd < 0)
        return FAIL(cx, ERR_BUG, "cannot open the key file %s: %s", file, strerror(errno));
    err e = file_read_fd(cx->arena, cx, fd, file, &text);
    if (e)
        return e;
    e = ring_read(life, cx, file, text, &ring);
    OPENSSL_cleanse((char *)text.p, text.n);
    if (e) {
        token_ring_forget(&ring);
        return e;
    }
    *ret = ring;
    return NULL;
}

err token_ring_rotate(struct cx *cx, const char *file, bool forget)
{
    struct token_ring ring;
    str pem;
    err e = token_ring_load(cx->arena, cx, file, &ring);
    if (!e && ring.n == TOKEN_KEYS_MAX)
        e = FAIL(cx, ERR_INVALID, "%d rotations within a token's life", TOKEN_KEYS_MAX);
    if (!e)
        e = key_new(cx, &pem);
    if (e)
        return e;
    str text = str_fmt(
        cx->arena, STR_F "derive " STR_F "\n", STR_A(pem), STR_A(str_hex(cx->arena, ring.derive)));
    for (size_t i = 0; i < ring.n && !forget; i++)
        text = str_fmt(cx->arena, STR_F "retired %lld\n" STR_F, STR_A(text),
            (long long)(i == 0 ? cx->now_ms : ring.keys[i].retired_ms),
            STR_A(ring.keys[i].public_pem));
    if (!file_put(cx->arena,
            (struct file_put){
                .path = str_from_c(file), .bytes = text, .mode = 0600, .durable = true }))
        e = FAIL(cx, ERR_BUG, "cannot write the key file %s: %s", file, strerror(errno));
    OPENSSL_cleanse((char *)text.p, text.n);
    OPENSSL_cleanse((char *)pem.p, pem.n);
    token_ring_forget(&ring);
    return e;
}

void token_ring_forget(struct token_ring *ring)
{
    if (ring->secret_pem.p)
        OPENSSL_cleanse((char *)ring->secret_pem.p, ring->secret_pem.n);
    if (ring->derive.p)
        OPENSSL_cleanse((char *)ring->derive.p, ring->derive.n);
    *ring = (struct token_ring){ .n = 0 };
}
