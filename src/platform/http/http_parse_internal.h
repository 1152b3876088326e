/* SPDX-License-Identifier: Apache-2.0
 * What heads and trailers have in common: which bytes may stand where, and how a header line is
 * split. For http_parse.c and http_chunks.c alone. */
#ifndef SOUK_PLATFORM_HTTP_HTTP_PARSE_INTERNAL_H
#define SOUK_PLATFORM_HTTP_HTTP_PARSE_INTERNAL_H

#include "platform/http/http_parse.h"

enum http_part {
    HTTP_IN_TOKEN = 1,
    HTTP_IN_TARGET = 2,
    HTTP_IN_VALUE = 4,
    HTTP_IN_HOST = 8,
};
extern const uint8_t http_bytes[256]; /* enum http_part bits */

/* Whether every byte may be in that part. */
bool http_all(str s, uint8_t part);
/* A line without its end; HTTP_MORE when it is one. */
enum http_parsed http_header_split(str line, struct http_header *ret);

#endif
