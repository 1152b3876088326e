/* SPDX-License-Identifier: Apache-2.0
 * Reading of request heads, one line at a time. Called by http_conn.c and the fuzzer.
 * Must never guess: a line that is not plainly right is refused. */
#include "platform/http/http_parse.h"

#include <string.h>

#include "platform/http/http_parse_internal.h"

#define BLANK_LINES_MAX 2 /* before a request line (RFC 9112 section 2.2) */
#define LENGTH_DIGITS_MAX 15
#define HEADERS_FIRST 16

/* What each byte may be part of. Targets keep the marks that browsers leave as they are in a query;
 * hosts keep to what names and addresses are made of. */
enum { T = HTTP_IN_TOKEN, U = HTTP_IN_TARGET, V = HTTP_IN_VALUE, H = HTTP_IN_HOST };
const uint8_t http_bytes[256] = {
    ['\t'] = V,
    [' '] = V,
    ['!'] = T | U | V,
    ['"'] = V,
    ['#'] = T | V,
    ['$'] = T | U | V,
    ['%'] = T | U | V | H,
    ['&'] = T | U | V,
    ['\''] = T | U | V,
    ['(' ... ')'] = U | V,
    ['*' ... '+'] = T | U | V,
    [','] = U | V,
    ['-' ... '.'] = T | U | V | H,
    ['/'] = U | V,
    ['0' ... '9'] = T | U | V | H,
    [':'] = U | V | H,
    [';'] = U | V,
    ['<'] = V,
    ['='] = U | V,
    ['>'] = V,
    ['?' ... '@'] = U | V,
    ['A' ... 'Z'] = T | U | V | H,
    ['['] = U | V | H,
    ['\\'] = U | V,
    [']'] = U | V | H,
    ['^'] = T | U | V,
    ['_'] = T | U | V | H,
    ['`'] = T | U | V,
    ['a' ... 'z'] = T | U | V | H,
    ['{'] = U | V,
    ['|'] = T | U | V,
    ['}'] = U | V,
    ['~'] = T | U | V | H,
    [0x80 ... 0xff] = V,
};

static const struct method {
    str name;
    bool offered;
} methods[] = {
    { S_INIT("GET"), true },
    { S_INIT("HEAD"), true },
    { S_INIT("POST"), true },
    { S_INIT("PUT"), true },
    { S_INIT("PATCH"), true },
    { S_INIT("DELETE"), true },
    { S_INIT("OPTIONS"), true },
    { S_INIT("TRACE"), false },
    { S_INIT("CONNECT"), false },
};

bool http_all(str s, uint8_t part)
{
    uint8_t common = part;
    for (size_t i = 0; i < s.n; i++)
        common &= http_bytes[(unsigned char)s.p[i]];
    return common == part;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static enum http_parsed read_version(struct http_head *head, str version)
{
    if (version.n != 8 || !str_starts(version, S("HTTP/")) || !is_digit(version.p[5]) ||
        version.p[6] != '.' || !is_digit(version.p[7]))
        return HTTP_BAD_REQUEST_LINE;
    if (version.p[5] != '1')
        return HTTP_BAD_VERSION;
    head->minor = version.p[7] - '0';
    return HTTP_MORE;
}

static enum http_parsed read_method(struct http_head *head, str name)
{
    for (size_t i = 0; i < COUNT(methods); i++) {
        if (!str_eq(name, methods[i].name))
            continue;
        head->method = methods[i].name;
        return methods[i].offered ? HTTP_MORE : HTTP_REFUSED_METHOD;
    }
    return HTTP_BAD_METHOD;
}

/* method SP request-target SP HTTP-version, with one blank each. */
static enum http_parsed read_request_line(struct http_head *head, str line)
{
    if (line.n == 0) /* left over by a client that ended its last body with a line */
        return ++head->blanks <= BLANK_LINES_MAX ? HTTP_MORE : HTTP_BAD_REQUEST_LINE;
    str method = str_cut(&line, ' ');
    str target = line.p ? str_cut(&line, ' ') : line;
    if (!line.p || method.n == 0 || target.n == 0 || !http_all(method, HTTP_IN_TOKEN))
        return HTTP_BAD_REQUEST_LINE;
    bool good = target.p[0] == '/' && http_all(target, HTTP_IN_TARGET);
    if (good) { /* first: a refusal tells it */
        head->query = target;
        head->path = str_cut(&head->query, '?');
    }
    enum http_parsed parsed = read_version(head, line);
    if (parsed == HTTP_MORE)
        parsed = read_method(head, method);
    if (parsed != HTTP_MORE)
        return parsed;
    if (!good)
        return HTTP_BAD_TARGET;
    head->has_line = true;
    return HTTP_MORE;
}

enum http_parsed http_header_split(str line, struct http_header *ret)
{
    ptrdiff_t colon = str_find_char(line, ':', 0);
    if (colon <= 0)
        return HTTP_BAD_HEADER;
    str name = str_sub(line, 0, (size_t)colon);
    str value = str_skip(line, (size_t)colon + 1);
    /* A blank before the colon and a folded line both fail here: a blank is in no token. */
    if (!http_all(name, HTTP_IN_TOKEN) || !http_all(value, HTTP_IN_VALUE))
        return HTTP_BAD_HEADER;
    while (value.n > 0 && (value.p[0] == ' ' || value.p[0] == '\t'))
        value = str_skip(value, 1);
    while (value.n > 0 && (value.p[value.n - 1] == ' ' || value.p[value.n - 1] == '\t'))
        value.n--;
    *ret = (struct http_header){ name, value };
    return HTTP_MORE;
}

static enum http_parsed read_length(struct http_head *head, str value)
{
    int64_t length = 0;

    if (value.n == 0 || value.n > LENGTH_DIGITS_MAX || head->lengths++ > 0)
        return HTTP_BAD_FRAMING;
    for (size_t i = 0; i < value.n; i++) { /* digits alone: no sign, no list */
        if (!is_digit(value.p[i]))
            return HTTP_BAD_FRAMING;
        length = length * 10 + (value.p[i] - '0');
    }
    head->length = length;
    return HTTP_MORE;
}

static enum http_parsed read_coding(struct http_head *head, str value)
{
    if (head->codings++ > 0 || !str_eq_nocase(value, S("chunked")))
        return HTTP_BAD_FRAMING;
    return HTTP_MORE;
}

static enum http_parsed read_host(struct http_head *head, str value)
{
    bool good = head->hosts++ == 0 && value.n > 0 && http_all(value, HTTP_IN_HOST);
    return good ? HTTP_MORE : HTTP_BAD_HOST;
}

static enum http_parsed read_connection(struct http_head *head, str value)
{
    while (value.p) {
        str option = str_trim(str_cut(&value, ','));
        head->says_close |= str_eq_nocase(option, S("close"));
        head->says_keep |= str_eq_nocase(option, S("keep-alive"));
    }
    return HTTP_MORE;
}

static enum http_parsed read_expect(struct http_head *head, str value)
{
    if (head->minor == 0) /* it did not exist then: ignored (RFC 9110 section 10.1.1) */
        return HTTP_MORE;
    head->expect_continue = str_eq_nocase(value, S("100-continue"));
    return head->expect_continue ? HTTP_MORE : HTTP_BAD_EXPECT;
}

/* The headers that this server acts on itself. */
static const struct known {
    str name;
    enum http_parsed (*read)(struct http_head *head, str value);
} known[] = {
    { S_INIT("Host"), read_host },
    { S_INIT("Connection"), read_connection },
    { S_INIT("Content-Length"), read_length },
    { S_INIT("Transfer-Encoding"), read_coding },
    { S_INIT("Expect"), read_expect },
};

static enum http_parsed finish(struct http_head *head)
{
    if (head->hosts == 0 && head->minor > 0)
        return HTTP_BAD_HOST;
    if (head->codings > 0 && (head->lengths > 0 || head->minor == 0))
        return HTTP_BAD_FRAMING;
    if (head->codings > 0)
        head->length = -1;
    head->has_body = head->codings > 0 || head->lengths > 0;
    head->keep_alive = !head->says_close && (head->minor > 0 || head->says_keep);
    return HTTP_DONE;
}

static enum http_parsed read_header(struct http_head *head, str line)
{
    if (line.n == 0)
        return finish(head);
    if (head->headers_n == HTTP_HEADERS_MAX)
        return HTTP_MANY_HEADERS;
    if (head->headers_n == head->headers_cap) {
        size_t cap = head->headers_cap ? head->headers_cap * 2 : HEADERS_FIRST;
        head->headers = arena_grow(head->arena, head->headers,
            head->headers_cap * sizeof(struct http_header), cap * sizeof(struct http_header));
        head->headers_cap = cap;
    }
    struct http_header *header = &head->headers[head->headers_n];
    enum http_parsed parsed = http_header_split(line, header);
    if (parsed != HTTP_MORE)
        return parsed;
    head->headers_n++;
    for (size_t i = 0; i < COUNT(known); i++) {
        if (header->name.n == known[i].name.n && str_eq_nocase(header->name, known[i].name))
            return known[i].read(head, header->value);
    }
    return HTTP_MORE;
}

enum http_parsed http_head_feed(struct http_head *head, const char *p, size_t n)
{
    enum http_parsed parsed = HTTP_MORE;

    while (parsed == HTTP_MORE && head->at < n) {
        const char *line = p + head->at;
        size_t rest = n - head->at;
        /* Another protocol altogether (TLS) is told at its first byte. */
        if (!head->has_line && line[0] != '\r' && line[0] != '\n' &&
            !(http_bytes[(unsigned char)line[0]] & HTTP_IN_TOKEN))
            return HTTP_BAD_REQUEST_LINE;
        const char *end = memchr(line + head->scanned, '\n', rest - head->scanned);
        if (!end) {
            head->scanned = rest;
            break;
        }
        if (end == line || end[-1] != '\r')
            return HTTP_BAD_LINE_END;
        str text = { line, (size_t)(end - line) - 1 };
        head->at += text.n + 2;
        head->scanned = 0;
        parsed = head->has_line ? read_header(head, text) : read_request_line(head, text);
    }
    return parsed;
}

static str moved(str s, const char *from, const char *to)
{
    return s.p ? (str){ to + (s.p - from), s.n } : s;
}

void http_head_move(struct http_head *head, const char *from, const char *to)
{
    head->path = moved(head->path, from, to);
    head->query = moved(head->query, from, to);
    for (size_t i = 0; i < head->headers_n; i++) {
        head->headers[i].name = moved(head->headers[i].name, from, to);
        head->headers[i].value = moved(head->headers[i].value, from, to);
    }
}
