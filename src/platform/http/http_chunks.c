/* SPDX-License-Identifier: Apache-2.0
 * The chunked coding (RFC 9112 section 7.1), decoded in place. Called by http_conn.c and the
 * fuzzer. Must never write past what it has read: decoded bytes are never ahead of raw ones. */
#include <string.h>

#include "platform/http/http_parse_internal.h"

#define SIZE_DIGITS_MAX 8
#define EXTENSION_BYTES_MAX 1024 /* over all chunks of one body */

enum state {
    AT_SIZE,
    IN_EXTENSION,
    AT_SIZE_LF,
    IN_DATA,
    AT_DATA_CR,
    AT_DATA_LF,
    IN_TRAILER,
};

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* One byte of a size line. */
static enum http_parsed read_size_byte(struct http_chunks *chunks, char c)
{
    int value = hex_value(c);

    if (chunks->state == AT_SIZE && value >= 0 && chunks->digits < SIZE_DIGITS_MAX) {
        chunks->left = chunks->left * 16 + (uint64_t)value;
        chunks->digits++;
    } else if (chunks->state == AT_SIZE_LF && c == '\n') {
        chunks->state = chunks->left > 0 ? IN_DATA : IN_TRAILER;
        chunks->digits = 0;
    } else if (chunks->state == AT_SIZE_LF || chunks->digits == 0) {
        return HTTP_BAD_CHUNK;
    } else if (c == '\r') {
        chunks->state = AT_SIZE_LF;
    } else if (chunks->state == AT_SIZE && c == ';') {
        chunks->state = IN_EXTENSION; /* read over, as we know none */
    } else if (chunks->state == AT_SIZE || !(http_bytes[(unsigned char)c] & HTTP_IN_VALUE) ||
               ++chunks->extension_n > EXTENSION_BYTES_MAX) {
        return HTTP_BAD_CHUNK;
    }
    return HTTP_MORE;
}

static void move_data(struct http_chunks *chunks, char *p, size_t n)
{
    size_t take = n - chunks->at;

    if (take > chunks->left)
        take = (size_t)chunks->left;
    memmove(p + chunks->out, p + chunks->at, take);
    chunks->out += take;
    chunks->at += take;
    chunks->left -= take;
    if (chunks->left == 0)
        chunks->state = AT_DATA_CR;
}

/* Trailers are checked like headers, and dropped: nothing here asks for any. */
static enum http_parsed read_trailer(struct http_chunks *chunks, const char *p, size_t n)
{
    struct http_header header;
    const char *line = p + chunks->at;
    const char *end = memchr(line, '\n', n - chunks->at);

    size_t size = end ? (size_t)(end - line) + 1 : n - chunks->at;
    if (chunks->trailer_n + size > HTTP_TRAILER_BYTES_MAX)
        return HTTP_LONG_HEADERS;
    if (!end)
        return HTTP_MORE;
    if (end == line || end[-1] != '\r')
        return HTTP_BAD_LINE_END;
    chunks->trailer_n += size;
    chunks->at += size;
    if (size == 2)
        return HTTP_DONE;
    return http_header_split((str){ line, size - 2 }, &header);
}

enum http_parsed http_chunks_feed(
    struct http_chunks *chunks, char *p, size_t begin, size_t n, size_t body_max)
{
    enum http_parsed parsed = HTTP_MORE;

    while (parsed == HTTP_MORE && chunks->at < n) {
        if (chunks->state == IN_TRAILER) {
            size_t before = chunks->at;
            parsed = read_trailer(chunks, p, n);
            if (chunks->at == before)
                break; /* half a line */
        } else if (chunks->state == IN_DATA) {
            if (chunks->left > body_max - (chunks->out - begin))
                return HTTP_LONG_BODY;
            move_data(chunks, p, n);
        } else if (chunks->state == AT_DATA_CR || chunks->state == AT_DATA_LF) {
            char want = chunks->state == AT_DATA_CR ? '\r' : '\n';
            if (p[chunks->at++] != want)
                return HTTP_BAD_CHUNK;
            chunks->state = chunks->state == AT_DATA_CR ? AT_DATA_LF : AT_SIZE;
        } else {
            parsed = read_size_byte(chunks, p[chunks->at++]);
        }
    }
    return parsed;
}
