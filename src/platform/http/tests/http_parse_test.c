/* SPDX-License-Identifier: Apache-2.0
 * Reading of heads and chunked bodies: what is taken and what is refused, however the bytes are
 * cut. Run by `./dev test http`. Uses no socket. */
#include "platform/http/http_parse.h"

#include <stdlib.h>

#include "base/buf.h"
#include "tests/support/check.h"

#define H "Host: a\r\n"

static const struct head_case {
    const char *name;
    str bytes;
    enum http_parsed want;
    int64_t length; /* when read; -1: chunked */
    bool close;
} head_cases[] = {
    { "plain", S_INIT("GET / HTTP/1.1\r\n" H "\r\n"), HTTP_DONE, 0, false },
    { "more to come", S_INIT("GET / HTTP/1.1\r\n" H), HTTP_MORE, 0, false },
    { "query", S_INIT("GET /a?b=c&d=%20 HTTP/1.1\r\n" H "\r\n"), HTTP_DONE, 0, false },
    { "blank in target", S_INIT("GET /a b HTTP/1.1\r\n"), HTTP_BAD_REQUEST_LINE, 0, 0 },
    { "marks of browsers", S_INIT("GET /a?b={|}^`[] HTTP/1.1\r\n" H "\r\n"), HTTP_DONE, 0, 0 },
    { "blank lines before", S_INIT("\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n"), HTTP_DONE, 0, false },
    { "many blank lines", S_INIT("\r\n\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n"), HTTP_BAD_REQUEST_LINE,
        0, 0 },
    { "1.0", S_INIT("GET / HTTP/1.0\r\n\r\n"), HTTP_DONE, 0, true },
    { "1.0 kept", S_INIT("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"), HTTP_DONE, 0, false },
    { "1.1 closed", S_INIT("GET / HTTP/1.1\r\n" H "connection: x, CLOSE\r\n\r\n"), HTTP_DONE, 0,
        true },
    { "1.9 is 1.1", S_INIT("GET / HTTP/1.9\r\n" H "\r\n"), HTTP_DONE, 0, false },
    { "2 preface", S_INIT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), HTTP_BAD_VERSION, 0, 0 },
    { "2 in words", S_INIT("GET / HTTP/2\r\n"), HTTP_BAD_REQUEST_LINE, 0, 0 },
    { "0.9", S_INIT("GET /\r\n"), HTTP_BAD_REQUEST_LINE, 0, 0 },
    { "http in small", S_INIT("GET / http/1.1\r\n"), HTTP_BAD_REQUEST_LINE, 0, 0 },
    { "version with tail", S_INIT("GET / HTTP/1.1 \r\n"), HTTP_BAD_REQUEST_LINE, 0, 0 },
    { "version 1.10", S_INIT("GET / HTTP/1.10\r\n"), HTTP_BAD_REQUEST_LINE, 0, 0 },
    { "two blanks", S_INIT("GET  / HTTP/1.1\r\n"), HTTP_BAD_REQUEST_LINE, 0, 0 },
    { "tab", S_INIT("GET\t/ HTTP/1.1\r\n"), HTTP_BAD_REQUEST_LINE, 0, 0 },
    { "blank first", S_INIT(" GET / HTTP/1.1\r\n"), HTTP_BAD_REQUEST_LINE, 0, 0 },
    { "TLS hello", S_INIT("\x16\x03\x01\x02\x00"), HTTP_BAD_REQUEST_LINE, 0, 0 },
    { "unknown method", S_INIT("BREW / HTTP/1.1\r\n"), HTTP_BAD_METHOD, 0, 0 },
    { "method in small", S_INIT("get / HTTP/1.1\r\n"), HTTP_BAD_METHOD, 0, 0 },
    { "trace", S_INIT("TRACE / HTTP/1.1\r\n"), HTTP_REFUSED_METHOD, 0, 0 },
    { "connect", S_INIT("CONNECT a:1 HTTP/1.1\r\n"), HTTP_REFUSED_METHOD, 0, 0 },
    { "absolute target", S_INIT("GET http://a/ HTTP/1.1\r\n"), HTTP_BAD_TARGET, 0, 0 },
    { "asterisk", S_INIT("OPTIONS * HTTP/1.1\r\n"), HTTP_BAD_TARGET, 0, 0 },
    { "fragment", S_INIT("GET /a#b HTTP/1.1\r\n"), HTTP_BAD_TARGET, 0, 0 },
    { "target beyond ASCII", S_INIT("GET /\xc3\xa9 HTTP/1.1\r\n"), HTTP_BAD_TARGET, 0, 0 },
    { "NUL in target", S_INIT("GET /a\0b HTTP/1.1\r\n"), HTTP_BAD_TARGET, 0, 0 },
    { "markup in target", S_INIT("GET /<b> HTTP/1.1\r\n"), HTTP_BAD_TARGET, 0, 0 },

    { "bare LF", S_INIT("GET / HTTP/1.1\n"), HTTP_BAD_LINE_END, 0, 0 },
    { "bare LF at header", S_INIT("GET / HTTP/1.1\r\nHost: a\n"), HTTP_BAD_LINE_END, 0, 0 },
    { "bare LF at end", S_INIT("GET / HTTP/1.1\r\n" H "\n"), HTTP_BAD_LINE_END, 0, 0 },
    { "bare CR", S_INIT("GET / HTTP/1.1\r\n" H "A: b\rc\r\n"), HTTP_BAD_HEADER, 0, 0 },
    { "two CR", S_INIT("GET / HTTP/1.1\r\n" H "\r\r\n"), HTTP_BAD_HEADER, 0, 0 },
    { "NUL in value", S_INIT("GET / HTTP/1.1\r\n" H "A: b\0c\r\n"), HTTP_BAD_HEADER, 0, 0 },
    { "NUL in name", S_INIT("GET / HTTP/1.1\r\n" H "A\0: b\r\n"), HTTP_BAD_HEADER, 0, 0 },
    { "DEL in value", S_INIT("GET / HTTP/1.1\r\n" H "A: b\x7f\r\n"), HTTP_BAD_HEADER, 0, 0 },
    { "tab in value", S_INIT("GET / HTTP/1.1\r\n" H "A: b\tc\r\n\r\n"), HTTP_DONE, 0, false },
    { "UTF-8 in value", S_INIT("GET / HTTP/1.1\r\n" H "A: \xc3\xa9\r\n\r\n"), HTTP_DONE, 0, false },
    { "blank before colon", S_INIT("GET / HTTP/1.1\r\nHost : a\r\n"), HTTP_BAD_HEADER, 0, 0 },
    { "tab before colon", S_INIT("GET / HTTP/1.1\r\nHost\t: a\r\n"), HTTP_BAD_HEADER, 0, 0 },
    { "no colon", S_INIT("GET / HTTP/1.1\r\nHost\r\n"), HTTP_BAD_HEADER, 0, 0 },
    { "no name", S_INIT("GET / HTTP/1.1\r\n: a\r\n"), HTTP_BAD_HEADER, 0, 0 },
    { "folded", S_INIT("GET / HTTP/1.1\r\n" H "A: b\r\n c: d\r\n"), HTTP_BAD_HEADER, 0, 0 },
    { "folded first", S_INIT("GET / HTTP/1.1\r\n Host: a\r\n"), HTTP_BAD_HEADER, 0, 0 },
    { "empty value", S_INIT("GET / HTTP/1.1\r\n" H "A:\r\n\r\n"), HTTP_DONE, 0, false },

    { "no host", S_INIT("GET / HTTP/1.1\r\n\r\n"), HTTP_BAD_HOST, 0, 0 },
    { "empty host", S_INIT("GET / HTTP/1.1\r\nHost:\r\n"), HTTP_BAD_HOST, 0, 0 },
    { "two hosts", S_INIT("GET / HTTP/1.1\r\n" H H "\r\n"), HTTP_BAD_HOST, 0, 0 },
    { "two hosts in 1.0", S_INIT("GET / HTTP/1.0\r\n" H H "\r\n"), HTTP_BAD_HOST, 0, 0 },
    { "list of hosts", S_INIT("GET / HTTP/1.1\r\nHost: a, b\r\n"), HTTP_BAD_HOST, 0, 0 },
    { "host with user", S_INIT("GET / HTTP/1.1\r\nHost: a@b\r\n"), HTTP_BAD_HOST, 0, 0 },
    { "host with path", S_INIT("GET / HTTP/1.1\r\nHost: a/b\r\n"), HTTP_BAD_HOST, 0, 0 },
    { "address as host", S_INIT("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), HTTP_DONE, 0, 0 },

    { "length", S_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\n"), HTTP_DONE, 5, false },
    { "length 0", S_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n"), HTTP_DONE, 0, 0 },
    { "length with zeros", S_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 007\r\n\r\n"), HTTP_DONE,
        7, false },
    { "length with sign", S_INIT("POST / HTTP/1.1\r\n" H "Content-Length: +5\r\n"),
        HTTP_BAD_FRAMING, 0, 0 },
    { "negative length", S_INIT("POST / HTTP/1.1\r\n" H "Content-Length: -5\r\n"), HTTP_BAD_FRAMING,
        0, 0 },
    { "length in hex", S_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 0x5\r\n"), HTTP_BAD_FRAMING,
        0, 0 },
    { "list of lengths", S_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 5, 5\r\n"),
        HTTP_BAD_FRAMING, 0, 0 },
    { "empty length", S_INIT("POST / HTTP/1.1\r\n" H "Content-Length:\r\n"), HTTP_BAD_FRAMING, 0,
        0 },
    { "huge length", S_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 18446744073709551616\r\n"),
        HTTP_BAD_FRAMING, 0, 0 },
    { "two lengths", S_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 5\r\ncontent-length: 5\r\n"),
        HTTP_BAD_FRAMING, 0, 0 },
    { "chunked", S_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: Chunked\r\n\r\n"), HTTP_DONE,
        -1, false },
    { "chunked and length",
        S_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"),
        HTTP_BAD_FRAMING, 0, 0 },
    { "length and chunked",
        S_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"),
        HTTP_BAD_FRAMING, 0, 0 },
    { "chunked twice",
        S_INIT(
            "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        HTTP_BAD_FRAMING, 0, 0 },
    { "other coding", S_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n"),
        HTTP_BAD_FRAMING, 0, 0 },
    { "odd coding",
        S_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: \x0b"
               "chunked\r\n"),
        HTTP_BAD_HEADER, 0, 0 },
    { "identity", S_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: identity\r\n"),
        HTTP_BAD_FRAMING, 0, 0 },
    { "chunked in 1.0", S_INIT("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
        HTTP_BAD_FRAMING, 0, 0 },
    { "other expectation", S_INIT("POST / HTTP/1.1\r\n" H "Expect: 200-ok\r\n"), HTTP_BAD_EXPECT, 0,
        0 },
};

/* Feeds ever longer pieces, each at another place in memory, of exactly its size: what reads beyond
 * its end is caught by ASan. */
static enum http_parsed feed_in_steps(struct http_head *head, str bytes, size_t step, char **ret)
{
    enum http_parsed parsed = HTTP_MORE;
    char *old = NULL;

    for (size_t n = step; parsed == HTTP_MORE; n += step) {
        size_t now = n < bytes.n ? n : bytes.n;
        char *p = malloc(now);
        memcpy(p, bytes.p, now);
        if (old)
            http_head_move(head, old, p);
        free(old);
        old = p;
        parsed = http_head_feed(head, p, now);
        if (now == bytes.n)
            break;
    }
    *ret = old;
    return parsed;
}

static void heads(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(head_cases); i++) {
        const struct head_case *c = &head_cases[i];
        for (size_t step = 1; step <= c->bytes.n; step++) {
            struct arena *arena = arena_open(1024);
            struct http_head head = { .arena = arena };
            char *p = NULL;
            enum http_parsed got = feed_in_steps(&head, c->bytes, step, &p);
            if (got != c->want)
                print_error("%s, by %zu bytes\n", c->name, step);
            CHECK_INT(got, c->want);
            if (got == HTTP_DONE) {
                CHECK_INT(head.length, c->length);
                CHECK_INT(head.keep_alive, !c->close);
                CHECK_INT(head.at, c->bytes.n);
            }
            free(p);
            arena_close(arena);
        }
    }
}

static void head_is_taken_apart(void **state)
{
    static const str bytes = S_INIT(
        "PATCH /api/v1/x%20y?a=1?2 HTTP/1.1\r\nHost: a\r\nX-One: \t two words\t \r\n"
        "X-One:second\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\nabcGET");
    (void)state;

    for (size_t step = 1; step <= bytes.n; step++) {
        struct arena *arena = arena_open(1024);
        struct http_head head = { .arena = arena };
        char *p = NULL;
        CHECK_INT(feed_in_steps(&head, bytes, step, &p), HTTP_DONE);
        CHECK_STR(head.method, S("PATCH"));
        CHECK_STR(head.path, S("/api/v1/x%20y"));
        CHECK_STR(head.query, S("a=1?2"));
        CHECK_INT(head.headers_n, 5);
        CHECK_STR(head.headers[1].name, S("X-One"));
        CHECK_STR(head.headers[1].value, S("two words"));
        CHECK_STR(head.headers[2].value, S("second"));
        CHECK(head.expect_continue && head.has_body);
        CHECK_INT(head.at, bytes.n - 6);
        free(p);
        arena_close(arena);
    }
}

static void headers_are_counted(void **state)
{
    struct arena *arena = arena_open(1024);
    (void)state;

    for (int extra = 0; extra <= 1; extra++) {
        struct http_head head = { .arena = arena };
        struct buf text = { .arena = arena };
        buf_add(&text, S("GET / HTTP/1.1\r\n" H));
        for (int i = 1; i < HTTP_HEADERS_MAX + extra; i++)
            buf_fmt(&text, "A%d: %d\r\n", i, i);
        buf_add(&text, S("\r\n"));
        CHECK_INT(http_head_feed(&head, text.p, text.n), extra ? HTTP_MANY_HEADERS : HTTP_DONE);
        CHECK_INT(head.headers_n, HTTP_HEADERS_MAX);
        CHECK_STR(head.headers[99].value, S("99"));
    }
    arena_close(arena);
}

static const struct chunk_case {
    const char *name;
    str bytes;
    enum http_parsed want;
    str body;
    size_t left; /* bytes that belong to the next request */
} chunk_cases[] = {
    { "empty", S_INIT("0\r\n\r\n"), HTTP_DONE, S_INIT(""), 0 },
    { "one", S_INIT("5\r\nhello\r\n0\r\n\r\n"), HTTP_DONE, S_INIT("hello"), 0 },
    { "two, and more behind", S_INIT("5\r\nhello\r\n00c\r\n, my friends\r\n0\r\n\r\nGET"),
        HTTP_DONE, S_INIT("hello, my friends"), 3 },
    { "hex of both cases", S_INIT("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"), HTTP_DONE,
        S_INIT("01234567890123456789"), 0 },
    { "extension", S_INIT("1;a=\"b;c\"\r\nx\r\n0;d\r\n\r\n"), HTTP_DONE, S_INIT("x"), 0 },
    { "trailers", S_INIT("1\r\nx\r\n0\r\nA: b\r\nC: d\r\n\r\n"), HTTP_DONE, S_INIT("x"), 0 },
    { "half a chunk", S_INIT("5\r\nhel"), HTTP_MORE, S_INIT("hel"), 0 },
    { "half a trailer", S_INIT("1\r\nx\r\n0\r\nA: b"), HTTP_MORE, S_INIT("x"), 0 },
    { "largest", S_INIT("14\r\n01234567890123456789\r\n0\r\n\r\n"), HTTP_DONE,
        S_INIT("01234567890123456789"), 0 },
    { "too large", S_INIT("15\r\n0"), HTTP_LONG_BODY, S_INIT(""), 0 },
    { "too large in two", S_INIT("14\r\n01234567890123456789\r\n1\r\nx"), HTTP_LONG_BODY,
        S_INIT(""), 0 },
    { "huge", S_INIT("ffffffff\r\nx"), HTTP_LONG_BODY, S_INIT(""), 0 },
    { "beyond 32 bits", S_INIT("100000000\r\n"), HTTP_BAD_CHUNK, S_INIT(""), 0 },
    { "wraps at 64 bits", S_INIT("10000000000000005\r\n"), HTTP_BAD_CHUNK, S_INIT(""), 0 },
    { "no size", S_INIT("\r\nhello"), HTTP_BAD_CHUNK, S_INIT(""), 0 },
    { "no size but extension", S_INIT(";a\r\n"), HTTP_BAD_CHUNK, S_INIT(""), 0 },
    { "sign", S_INIT("+5\r\n"), HTTP_BAD_CHUNK, S_INIT(""), 0 },
    { "minus", S_INIT("-1\r\n"), HTTP_BAD_CHUNK, S_INIT(""), 0 },
    { "0x", S_INIT("0x5\r\n"), HTTP_BAD_CHUNK, S_INIT(""), 0 },
    { "blank before", S_INIT(" 5\r\n"), HTTP_BAD_CHUNK, S_INIT(""), 0 },
    { "blank behind", S_INIT("5 \r\n"), HTTP_BAD_CHUNK, S_INIT(""), 0 },
    { "garbage", S_INIT("five\r\n"), HTTP_BAD_CHUNK, S_INIT(""), 0 },
    { "bare LF", S_INIT("5\nhello"), HTTP_BAD_CHUNK, S_INIT(""), 0 },
    { "bare LF in extension", S_INIT("5;a\nhello"), HTTP_BAD_CHUNK, S_INIT(""), 0 },
    { "CR alone in size", S_INIT("5\r5\r\n"), HTTP_BAD_CHUNK, S_INIT(""), 0 },
    { "data too long", S_INIT("5\r\nhello!\r\n"), HTTP_BAD_CHUNK, S_INIT(""), 0 },
    { "data end with LF", S_INIT("5\r\nhello\n0\r\n"), HTTP_BAD_CHUNK, S_INIT(""), 0 },
    { "trailer with LF", S_INIT("0\r\nA: b\n\r\n"), HTTP_BAD_LINE_END, S_INIT(""), 0 },
    { "trailer folded", S_INIT("0\r\nA: b\r\n c: d\r\n"), HTTP_BAD_HEADER, S_INIT(""), 0 },
    { "next request as trailer", S_INIT("0\r\nGET / HTTP/1.1\r\n"), HTTP_BAD_HEADER, S_INIT(""),
        0 },
};

static void chunks(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(chunk_cases); i++) {
        const struct chunk_case *c = &chunk_cases[i];
        for (size_t step = 1; step <= c->bytes.n; step++) {
            char p[256] = "head";
            struct http_chunks read = { .at = 4, .out = 4 };
            enum http_parsed got = HTTP_MORE;
            memcpy(p + 4, c->bytes.p, c->bytes.n);
            for (size_t n = step; got == HTTP_MORE && n < c->bytes.n + step; n += step)
                got = http_chunks_feed(&read, p, 4, 4 + (n < c->bytes.n ? n : c->bytes.n), 20);
            if (got != c->want)
                print_error("%s, by %zu bytes\n", c->name, step);
            CHECK_INT(got, c->want);
            if (got > HTTP_DONE)
                continue;
            CHECK_STR(((str){ p + 4, read.out - 4 }), c->body);
            if (got == HTTP_DONE)
                CHECK_INT(read.at, 4 + c->bytes.n - c->left);
        }
    }
}

/* Bytes that carry nothing are bounded too. */
static void overhead_is_bounded(void **state)
{
    struct arena *arena = arena_open(1024);
    struct buf extension = { .arena = arena }, trailer = { .arena = arena };
    struct http_chunks read = { 0 };
    (void)state;

    for (int i = 0; i < 100; i++)
        buf_add(&extension, S("1;0123456789abcdef\r\nx\r\n"));
    CHECK_INT(http_chunks_feed(&read, extension.p, 0, extension.n, 1000), HTTP_BAD_CHUNK);
    buf_add(&trailer, S("0\r\nA: "));
    while (trailer.n < 2 * HTTP_TRAILER_BYTES_MAX)
        buf_add(&trailer, S("0123456789abcdef"));
    read = (struct http_chunks){ 0 };
    CHECK_INT(http_chunks_feed(&read, trailer.p, 0, trailer.n, 1000), HTTP_LONG_HEADERS);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads),
        cmocka_unit_test(head_is_taken_apart),
        cmocka_unit_test(headers_are_counted),
        cmocka_unit_test(chunks),
        cmocka_unit_test(overhead_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
