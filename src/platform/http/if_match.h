/* SPDX-License-Identifier: Apache-2.0
 * If-Match (RFC 9110 section 13.1.1) against the version that a reply's ETag tells. A verb asks
 * once it has locked the row, so that nothing changes after the answer. Pure. */
#ifndef SOUK_PLATFORM_HTTP_IF_MATCH_H
#define SOUK_PLATFORM_HTTP_IF_MATCH_H

#include "base/json.h"

#define IF_MATCH_MAX 1000 /* bytes of the header */
/* The header as a field of an input: a str called if_match. */
#define IF_MATCH_FIELD(type)                                                                       \
    JSON_STR(type, if_match, .at = AT_HEADER, .wire = "If-Match", .max = IF_MATCH_MAX)

/* Whether one of the tags is that version's: "v3". Absent: always; "*": of all that is there, so
 * not of version 0. A weak tag, and what is no list of tags from there on, never match. */
bool if_match_holds(str tags, int64_t version);

#endif
