/* SPDX-License-Identifier: Apache-2.0
 * The filter of leaked passwords. Called by identity when a password is chosen, and by `souk
 * passwords build`. Must never keep or print a password. */
#include "platform/leak/leak.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const problem LEAK_UNREADABLE = { KIND_BUG, "leak.unreadable", NULL,
    "The list of leaked passwords cannot be read" };

#define MAGIC "SOUKLEAK1\n"
#define HEAD_N 64
#define BITS_A_PASSWORD 20
#define HASHES 14 /* 20 * ln 2 */
#define SHA1_N 20

/* What stands at the beginning of the file, in this machine's order of bytes. */
struct head {
    char magic[16];
    uint64_t bits, passwords, order; /* order: 1 */
};
static_assert(sizeof(struct head) <= HEAD_N, "the head fits its place");

struct leak {
    unsigned char *map;
    size_t map_n;
    uint64_t bits;
};

static void file_close_at(FILE **file)
{
    if (*file)
        fclose(*file);
}

static void fd_close_at(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

/* ---- the filter ---- */

static void sha1(str bytes, unsigned char ret[static SHA1_N])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    int done = EVP_Digest(bytes.p ? bytes.p : "", bytes.n, digest, &n, EVP_sha1(), NULL);
    ASSERT(done == 1 && n == SHA1_N);
    memcpy(ret, digest, SHA1_N);
}

/* Kirsch and Mitzenmacher: the i-th hash is a + i b, both out of the digest. */
static uint64_t place(const unsigned char digest[static SHA1_N], unsigned i, uint64_t bits)
{
    uint64_t a, b;
    memcpy(&a, digest, sizeof a);
    memcpy(&b, digest + sizeof a, sizeof b);
    return (a + i * (b | 1)) % bits;
}

static bool has(const unsigned char *map, uint64_t bits, const unsigned char *digest)
{
    for (unsigned i = 0; i < HASHES; i++) {
        uint64_t at = place(digest, i, bits);
        if (!(map[at / 8] & (1u << (at % 8))))
            return false;
    }
    return true;
}

static void put(unsigned char *map, uint64_t bits, const unsigned char *digest)
{
    for (unsigned i = 0; i < HASHES; i++) {
        uint64_t at = place(digest, i, bits);
        map[at / 8] = (unsigned char)(map[at / 8] | (1u << (at % 8)));
    }
}

err leak_open(struct arena *life, struct cx *cx, const char *file, struct leak **ret)
{
    DEFER(fd_close_at) int fd = open(file, O_RDONLY | O_CLOEXEC);
    struct stat st;
    struct head head;

    if (fd < 0 || fstat(fd, &st) != 0)
        return FAIL(cx, LEAK_UNREADABLE, "%s: %s", file, strerror(errno));
    if (st.st_size < HEAD_N || read(fd, &head, sizeof head) != (ssize_t)sizeof head ||
        memcmp(head.magic, MAGIC, sizeof MAGIC) != 0 || head.order != 1 || head.bits < 8 ||
        head.bits / 8 != (uint64_t)st.st_size - HEAD_N || head.bits % 8 != 0)
        return FAIL(cx, LEAK_UNREADABLE, "%s is no filter of `souk passwords build`", file);
    void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        return FAIL(cx, LEAK_UNREADABLE, "%s: %s", file, strerror(errno));
    struct leak *leak = NEW(life, struct leak);
    *leak = (struct leak){ .map = map, .map_n = (size_t)st.st_size, .bits = head.bits };
    *ret = leak;
    return NULL;
}

void leak_close(struct leak *leak)
{
    if (leak && leak->map)
        munmap(leak->map, leak->map_n);
    if (leak)
        leak->map = NULL;
}

bool leak_has(const struct leak *leak, str password)
{
    unsigned char digest[SHA1_N];
    if (!leak)
        return false;
    sha1(password, digest);
    return has(leak->map + HEAD_N, leak->bits, digest);
}

/* ---- building ---- */

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A line that is a SHA-1, alone or before a colon. */
static bool is_digest(str line, unsigned char ret[static SHA1_N])
{
    if (line.n < 2 * SHA1_N || (line.n > 2 * SHA1_N && line.p[2 * SHA1_N] != ':'))
        return false;
    for (size_t i = 0; i < SHA1_N; i++) {
        int high = nibble(line.p[2 * i]), low = nibble(line.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

/* Calls put for each line when there is a map; counts them otherwise. */
static err each_line(
    struct cx *cx, const char *list, unsigned char *map, uint64_t bits, int64_t *ret_n)
{
    DEFER(file_close_at) FILE *in = fopen(list, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    int64_t count = 0;

    if (!in)
        return FAIL(cx, ERR_INVALID, "cannot read %s: %s", list, strerror(errno));
    while ((n = getline(&line, &room, in)) >= 0) {
        while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
            n--;
        if (n == 0)
            continue;
        count++;
        if (map) {
            unsigned char digest[SHA1_N];
            str text = { line, (size_t)n };
            if (!is_digest(text, digest))
                sha1(text, digest);
            put(map, bits, digest);
        }
    }
    free(line);
    *ret_n = count;
    return NULL;
}

static err fill(struct cx *cx, const char *list, const char *file, int fd, struct leak_made *made)
{
    uint64_t bits = ((uint64_t)made->passwords * BITS_A_PASSWORD + 63) / 64 * 64;
    size_t n = HEAD_N + (size_t)(bits / 8);
    struct head head = { .bits = bits, .passwords = (uint64_t)made->passwords, .order = 1 };

    memcpy(head.magic, MAGIC, sizeof MAGIC);
    if (ftruncate(fd, (off_t)n) != 0)
        return FAIL(cx, ERR_INVALID, "cannot write %s: %s", file, strerror(errno));
    unsigned char *map = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        return FAIL(cx, ERR_INVALID, "cannot write %s: %s", file, strerror(errno));
    memcpy(map, &head, sizeof head);
    int64_t again = 0;
    err e = each_line(cx, list, map + HEAD_N, bits, &again);
    if (msync(map, n, MS_SYNC) != 0 && !e)
        e = FAIL(cx, ERR_INVALID, "cannot write %s: %s", file, strerror(errno));
    munmap(map, n);
    made->bytes = (int64_t)n;
    return e;
}

err leak_build(struct cx *cx, const char *list, const char *file, struct leak_made *ret)
{
    struct leak_made made = { 0 };
    err e = each_line(cx, list, NULL, 0, &made.passwords);
    if (e)
        return e;
    if (made.passwords == 0)
        return FAIL(cx, ERR_INVALID, "%s holds no password", list);
    const char *mine = str_c(cx->arena, str_fmt(cx->arena, "%s.new", file));
    DEFER(fd_close_at) int fd = open(mine, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return FAIL(cx, ERR_INVALID, "cannot write %s: %s", mine, strerror(errno));
    e = fill(cx, list, mine, fd, &made);
    if (!e && rename(mine, file) != 0)
        e = FAIL(cx, ERR_INVALID, "cannot name %s: %s", file, strerror(errno));
    if (e)
        unlink(mine);
    else
        *ret = made;
    return e;
}
