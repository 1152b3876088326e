/* SPDX-License-Identifier: Apache-2.0
 * The strict reader of HTTP/1.1 requests (RFC 9112): heads line by line as they arrive, chunked
 * bodies in place. Bytes in, values out: no socket, no clock. What two readers could understand
 * differently is refused, so that no proxy in front can be made to disagree with us. */
#ifndef SOUK_PLATFORM_HTTP_HTTP_PARSE_H
#define SOUK_PLATFORM_HTTP_HTTP_PARSE_H

#include "platform/http/http_server.h"

#define HTTP_HEADERS_MAX 100
#define HTTP_TRAILER_BYTES_MAX 4096

/* What reading came to. All but the first two are refusals. */
enum http_parsed {
    HTTP_MORE, /* feed again with more bytes */
    HTTP_DONE,
    HTTP_BAD_LINE_END, /* a bare LF */
    HTTP_BAD_REQUEST_LINE,
    HTTP_BAD_VERSION,
    HTTP_BAD_METHOD,     /* unknown to us */
    HTTP_REFUSED_METHOD, /* known and not offered */
    HTTP_BAD_TARGET,
    HTTP_BAD_HEADER, /* name or value with forbidden bytes, a folded line, no colon */
    HTTP_MANY_HEADERS,
    HTTP_LONG_HEADERS,
    HTTP_BAD_HOST,    /* none, two, or no host */
    HTTP_BAD_FRAMING, /* lengths and codings that contradict or are not understood */
    HTTP_BAD_CHUNK,
    HTTP_LONG_BODY,
    HTTP_BAD_EXPECT,
    HTTP_TOO_SLOW, /* never from the parser: the server's, for its table of refusals */
    HTTP_PARSED_N,
};

/* A head. Zero with an arena is where reading begins; the strings borrow the bytes that were fed.
 */
struct http_head {
    struct arena *arena; /* for the list of headers */
    str method;          /* static */
    str path, query;
    struct http_header *headers;
    size_t headers_n, headers_cap;
    int64_t length;  /* of the body; -1: chunked; 0: none, or empty */
    bool has_body;   /* a length or a coding was given */
    int minor;       /* of HTTP/1.x */
    bool keep_alive; /* wanted by the client */
    bool expect_continue;
    size_t at;      /* bytes read: where the body begins once it is done */
    size_t scanned; /* of the unfinished line, known to hold no LF */
    /* while reading */
    bool has_line, says_close, says_keep;
    unsigned blanks, hosts, lengths, codings;
};
/* p[0..n) are all bytes so far, the ones fed before unchanged (they may have moved: http_head_move
 * first). */
enum http_parsed http_head_feed(struct http_head *head, const char *p, size_t n);
/* The bytes at `from` are at `to` now. */
void http_head_move(struct http_head *head, const char *from, const char *to);

/* A chunked body. Zero with at = out = where it begins. */
struct http_chunks {
    size_t at;     /* raw bytes before this are read */
    size_t out;    /* decoded bytes end here */
    uint64_t left; /* of the chunk's data */
    unsigned state, digits, extension_n;
    size_t trailer_n;
};
/* Decodes p[chunks->at..n) to p[chunks->out..) in place, at most body_max bytes in all. */
enum http_parsed http_chunks_feed(
    struct http_chunks *chunks, char *p, size_t begin, size_t n, size_t body_max);

#endif
