/* SPDX-License-Identifier: Apache-2.0
 * Makes, reads and checks the P-256 key of the tokens with OpenSSL. Called at the start.
 * Must never replace a key that is there: every session would end. */
#include "platform/token/token_key.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PEM_MAX 8192
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

static err key_make(struct cx *cx, const char *file)
{
    DEFER(pkey_close_at) EVP_PKEY *key = EVP_EC_gen(CURVE);
    DEFER(bio_close_at) BIO *bio = BIO_new(BIO_s_mem());

    if (!key || !bio || PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) != 1)
        return FAIL(cx, ERR_BUG, "cannot make a key");
    str pem = bio_str(cx->arena, bio);
    err e = key_publish(cx, file, pem);
    OPENSSL_cleanse((char *)pem.p, pem.n);
    return e;
}

/* Reads what is there, at most PEM_MAX bytes; a full buffer is too much and no key of ours. */
static err file_read(struct arena *life, struct cx *cx, int fd, const char *file, str *ret)
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

static err key_check(struct arena *life, struct cx *cx, const char *file, struct token_key *ret)
{
    DEFER(bio_close_at) BIO *in = BIO_new_mem_buf(ret->secret_pem.p, (int)ret->secret_pem.n);
    DEFER(bio_close_at) BIO *out = BIO_new(BIO_s_mem());
    DEFER(pkey_close_at)
    EVP_PKEY *key = in ? PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL) : NULL;
    char curve[64] = "";
    size_t curve_n = 0;

    if (!key || !out)
        return FAIL(cx, ERR_BUG, "%s holds no private key", file);
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC ||
        EVP_PKEY_get_group_name(key, curve, sizeof curve, &curve_n) != 1 ||
        strcmp(curve, CURVE) != 0)
        return FAIL(cx, ERR_BUG, "%s holds another key than one of P-256", file);
    if (PEM_write_bio_PUBKEY(out, key) != 1)
        return FAIL(cx, ERR_BUG, "%s gives no public key", file);
    ret->public_pem = bio_str(life, out);
    return NULL;
}

err token_key_load(struct arena *life, struct cx *cx, const char *file, struct token_key *ret)
{
    struct token_key key = { 0 };
    DEFER(fd_close_at) int fd = open(file, O_RDONLY | O_CLOEXEC);

    if (fd < 0 && errno == ENOENT) {
        err e = key_make(cx, file);
        if (e)
            return e;
        fd = open(file, O_RDONLY | O_CLOEXEC);
    }
    if (fd < 0)
        return FAIL(cx, ERR_BUG, "cannot open the key file %s: %s", file, strerror(errno));
    err e = file_read(life, cx, fd, file, &key.secret_pem);
    if (e)
        return e;
    e = key_check(life, cx, file, &key);
    if (e) {
        token_key_forget(&key);
        return e;
    }
    *ret = key;
    return NULL;
}

void token_key_forget(struct token_key *key)
{
    if (key->secret_pem.p)
        OPENSSL_cleanse((char *)key->secret_pem.p, key->secret_pem.n);
    *key = (struct token_key){ 0 };
}
