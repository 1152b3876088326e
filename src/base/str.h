/* SPDX-License-Identifier: Apache-2.0
 * Borrowed byte strings. Used everywhere instead of char *; never owns memory.
 * Results that need memory are made in the arena passed in and live as long as it does. */
#ifndef SOUK_BASE_STR_H
#define SOUK_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

typedef struct str {
    const char *p;
    size_t n;
} str; /* borrowed bytes, not NUL-terminated; { NULL, 0 } is "absent" */

#define S(lit) ((str){ (lit), sizeof(lit) - 1 })
#define S_INIT(lit)                                                                                \
    {                                                                                              \
        (lit), sizeof(lit) - 1                                                                     \
    }                /* for static initialisers */
#define STR_F "%.*s" /* printf(STR_F, STR_A(sku)) */
#define STR_A(s) (int)(s).n, (s).p

#define STRINGIFY_(x) #x
#define STRINGIFY(x) STRINGIFY_(x)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MUST_USE __attribute__((warn_unused_result))
/* fn gets a pointer to the variable; zero is a no-op. "unused": the guard of a lock is never read.
 */
#define DEFER(fn) __attribute__((cleanup(fn), unused))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

/* A view of a NUL-terminated string; NULL gives the absent str. */
str str_from_c(const char *c);

bool str_eq(str a, str b);
bool str_eq_nocase(str a, str b); /* ASCII letters only */
int str_cmp(str a, str b);        /* bytewise; like memcmp, shorter first */
/* Compares secrets in time that depends on the lengths only. */
bool str_eq_secret(str a, str b);
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
uint64_t str_hash(str s); /* FNV-1a with a final mix; for maps, not for security */

/* Index of the first match from `from`, or -1. */
ptrdiff_t str_find(str s, str needle, size_t from);
ptrdiff_t str_find_char(str s, char c, size_t from);
str str_sub(str s, size_t from, size_t n); /* clipped to s */
str str_skip(str s, size_t n);             /* without the first n bytes, clipped */
str str_trim(str s);                       /* ASCII white space off both ends */

/* Takes the part before the first `sep` off *rest and returns it; without a `sep` takes all.
 * Ask `rest->p != NULL` before calling: an exhausted rest is the absent str. */
str str_cut(str *rest, char sep);
/* Takes "scheme://authority/" off *rest; returns the authority ("host:port"), or absent, with *rest
 * as it was, when there is no scheme. */
str str_cut_authority(str *rest);

/* Whole-string decimal numbers, no blanks, overflow refused; false leaves *ret alone. */
bool str_to_i64(str s, int64_t *ret) MUST_USE;
bool str_to_double(str s, double *ret) MUST_USE;

/* Copies and formatting in an arena. str_c is NUL-terminated for foreign APIs. */
str str_dup(struct arena *arena, str s);
const char *str_c(struct arena *arena, str s);
str str_fmt(struct arena *arena, const char *fmt, ...) PRINTF_LIKE(2, 3);
str str_lower(struct arena *arena, str s); /* ASCII */
str str_cat(struct arena *arena, str a, str b);
str str_join(struct arena *arena, const str *parts, size_t n, str sep);
str str_from_i64(struct arena *arena, int64_t v);

/* Hexadecimal and base64 (RFC 4648). Decoders return false on any foreign character. */
str str_hex(struct arena *arena, str bytes);
bool str_unhex(struct arena *arena, str hex, str *ret) MUST_USE;
str str_base64(struct arena *arena, str bytes);
str str_base64url(struct arena *arena, str bytes);                   /* without padding */
bool str_unbase64(struct arena *arena, str text, str *ret) MUST_USE; /* both alphabets */

/* Percent-encoding of one URL component (RFC 3986), and its inverse with '+' as a blank. */
str str_url_encode(struct arena *arena, str s);
bool str_url_decode(struct arena *arena, str s, str *ret) MUST_USE;

#endif
