/* SPDX-License-Identifier: Apache-2.0
 * Passwords that are known to have leaked, as a compact filter: a Bloom filter of 20 bits a
 * password and 14 hashes, mapped from a file. It never forgets one, and takes at most one good
 * password of 10,000 for a leaked one (7 of 100,000 by the formula). Thread-safe. */
#ifndef SOUK_PLATFORM_LEAK_LEAK_H
#define SOUK_PLATFORM_LEAK_LEAK_H

#include "base/err.h"

struct leak;
extern const problem LEAK_UNREADABLE; /* KIND_BUG: no such file, or no filter */

/* Replace the file by renaming, then restart. */
err leak_open(struct arena *life, struct cx *cx, const char *file, struct leak **ret) MUST_USE;
void leak_close(struct leak *leak); /* NULL is a no-op */
/* NULL: nothing has leaked. */
bool leak_has(const struct leak *leak, str password);

/* A filter of a list: a password a line, or its SHA-1 in hexadecimal with whatever behind a colon,
 * as Have I Been Pwned gives them. The list is read twice. */
struct leak_made {
    int64_t passwords, bytes;
};
err leak_build(struct cx *cx, const char *list, const char *file, struct leak_made *ret) MUST_USE;

#endif
