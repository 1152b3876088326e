/* SPDX-License-Identifier: Apache-2.0
 * Identifiers: UUIDs of version 7 (RFC 9562 section 5.7), sortable by creation. Never a secret. */
#ifndef SOUK_BASE_ID_H
#define SOUK_BASE_ID_H

#include "base/str.h"

struct rng;

typedef struct id {
    uint8_t b[16];
} id; /* all zero means none */

#define ID_TEXT_N 36

/* A new id at now_ms (Unix milliseconds), its other 74 bits from rng. */
id id_new(struct rng *rng, int64_t now_ms);
/* The same id for the same (space, name), version 8 layout: for imports that can be repeated. */
id id_from_name(str space, str name);
/* The same id as if it had been made at ms: for what follows from `a` once, later. */
id id_moved(id a, int64_t ms);
bool id_is_none(id a);
id id_greatest(void); /* after all that can be made */
/* Where a list begins, newest first: before `a`, or at the newest when there is none. */
id id_or_greatest(id a);
bool id_eq(id a, id b);
int id_cmp(id a, id b);
uint64_t id_hash(id a);
int64_t id_ms(id a); /* the creation time inside */
/* 8-4-4-4-12 lower-case hexadecimal. */
str id_text(struct arena *arena, id a);
void id_write(id a, char ret[static ID_TEXT_N]);
/* Any UUID, letters of either case; false leaves *ret alone. */
bool id_parse(str text, id *ret) MUST_USE;

#endif
