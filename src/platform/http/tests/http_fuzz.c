/* SPDX-License-Identifier: Apache-2.0
 * Fuzz entry of the HTTP reader: the first byte says how the rest is cut. Run by ./dev fuzz http.
 * Must never find bytes that read differently in pieces, or a head that is taken with bytes that
 * another reader could take for a line end. */
#include <stdlib.h>
#include <string.h>

#include "platform/http/http_parse.h"

#define BODY_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy of exactly n bytes, so that reading beyond them is caught. */
static char *copy(const char *p, size_t n)
{
    char *made = malloc(n ? n : 1);
    ASSERT(made != NULL);
    memcpy(made, p, n);
    return made;
}

static bool has_control(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return true;
    }
    return false;
}

static void check_head(const struct http_head *head, const char *p)
{
    ASSERT(head->path.n > 0 && head->path.p[0] == '/' && !has_control(head->path));
    ASSERT(!has_control(head->query));
    ASSERT(head->lengths + head->codings <= 1 && head->hosts <= 1);
    ASSERT(head->has_body || head->length == 0);
    ASSERT(memcmp(p + head->at - 4, "\r\n\r\n", 4) == 0);
    for (size_t i = 0; i < head->headers_n; i++) {
        const struct http_header *h = &head->headers[i];
        ASSERT(h->name.n > 0 && !has_control(h->name) && !has_control(h->value));
        ASSERT(str_find_char(h->name, ' ', 0) < 0 && str_find_char(h->name, ':', 0) < 0);
    }
}

static void read_chunks(str bytes, size_t step)
{
    struct http_chunks whole = { 0 }, pieces = { 0 };
    char *a = copy(bytes.p, bytes.n);
    char *b = copy(bytes.p, bytes.n);
    enum http_parsed want = http_chunks_feed(&whole, a, 0, bytes.n, BODY_MAX);
    enum http_parsed got = HTTP_MORE;

    for (size_t n = step; got == HTTP_MORE && n < bytes.n + step; n += step)
        got = http_chunks_feed(&pieces, b, 0, n < bytes.n ? n : bytes.n, BODY_MAX);
    /* A trailer that is too long is refused before its end is known. */
    bool by_trailer = want == HTTP_LONG_HEADERS || got == HTTP_LONG_HEADERS;
    ASSERT(got == want || by_trailer);
    ASSERT(whole.out <= whole.at && whole.at <= bytes.n && whole.out <= BODY_MAX);
    if (want <= HTTP_DONE && !by_trailer) {
        ASSERT(whole.out == pieces.out && whole.at == pieces.at);
        ASSERT(memcmp(a, b, whole.out) == 0);
    }
    free(a);
    free(b);
}

static void read_head(str bytes, size_t step)
{
    struct arena *arena = arena_open(4096);
    struct http_head whole = { .arena = arena }, pieces = { .arena = arena };
    char *p = copy(bytes.p, bytes.n);
    enum http_parsed want = http_head_feed(&whole, p, bytes.n);
    enum http_parsed got = HTTP_MORE;
    char *old = copy(bytes.p, 0);

    for (size_t n = step; got == HTTP_MORE && n < bytes.n + step; n += step) {
        size_t now = n < bytes.n ? n : bytes.n;
        char *next = copy(bytes.p, now);
        http_head_move(&pieces, old, next);
        free(old);
        old = next;
        got = http_head_feed(&pieces, old, now);
    }
    ASSERT(got == want);
    if (want == HTTP_DONE) {
        check_head(&whole, p);
        ASSERT(pieces.at == whole.at && pieces.length == whole.length);
        ASSERT(pieces.headers_n == whole.headers_n && str_eq(pieces.query, whole.query));
        if (whole.length < 0)
            read_chunks(str_skip(bytes, whole.at), step);
    }
    free(old);
    free(p);
    arena_close(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    str bytes = { (const char *)data + 1, size - 1 };
    size_t step = (size_t)data[0] % 16 + 1;
    read_head(bytes, step);
    if (data[0] & 0x80)
        read_chunks(bytes, step);
    return 0;
}
