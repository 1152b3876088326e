/* SPDX-License-Identifier: Apache-2.0
 * Claims of tokens whose signature was right: bounded, in shards with a lock each. Called by
 * token.c alone. Must never keep a token itself: it is known by a keyed hash. */
#ifndef SOUK_PLATFORM_TOKEN_TOKEN_MEMORY_H
#define SOUK_PLATFORM_TOKEN_TOKEN_MEMORY_H

#include "platform/token/token.h"

struct token_memory;

#define TOKEN_MEMORY_WAYS 4 /* places that one token may take */

/* Room for sets * TOKEN_MEMORY_WAYS tokens; sets is a power of two. Thread-safe. */
struct token_memory *token_memory_open(struct arena *life, size_t sets);
void token_memory_close(struct token_memory *memory);

/* Copies into cx->arena. */
bool token_memory_find(
    struct token_memory *memory, struct cx *cx, str token, struct token_claims *ret);
/* Takes the place of an expired token, or of the one that expires first. Claims with more text than
 * a place holds are not kept. */
void token_memory_keep(
    struct token_memory *memory, const struct cx *cx, str token, const struct token_claims *claims);

/* Forgets all tokens, not the ended sessions. */
void token_memory_clear(struct token_memory *memory);

/* Sessions whose tokens are refused until then; memory grows with them, 96 bytes each at most. Of
 * more than TOKEN_MEMORY_ENDS_MAX those that would be let go first make room. */
#define TOKEN_MEMORY_ENDS_MAX ((size_t)1 << 20)
void token_memory_end(struct token_memory *memory, id session_id, int64_t now_ms, int64_t until_ms);
bool token_memory_ended(struct token_memory *memory, id session_id, int64_t now_ms);

#endif
