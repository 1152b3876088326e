/* SPDX-License-Identifier: Apache-2.0
 * Feature flags: which share of users and visitors has something. Who has it is drawn by a hash of
 * flag and person, so it stays the same from page to page and process to process, and a larger
 * share holds the smaller one. Read from memory by any thread. */
#ifndef SOUK_PLATFORM_FLAG_FLAG_H
#define SOUK_PLATFORM_FLAG_FLAG_H

#include "base/err.h"

struct audit;
struct db;
struct flags;

extern const problem FLAG_UNKNOWN; /* 404 not_found */

struct flag_def {
    const char *name, *text;
    int64_t percent; /* as long as nobody has set it */
};
#define FLAGS_MAX 64
struct flags_deps {
    struct db *db;
    struct audit *audit;         /* NULL in tests */
    const struct flag_def *defs; /* ends with { NULL }; lives as long as the flags */
};
struct flags *flags_open(struct arena *life, struct flags_deps deps);

/* `who`: a user's id or a visitor's token; absent: has it only when all have. f NULL: as if all had
 * it, for tests. A name that is none is a mistake of ours. */
bool flags_on(const struct flags *f, const char *name, str who);
/* In a READ unit, at start and every other second: what other processes have set. */
err flags_load(struct flags *f, struct cx *cx) MUST_USE;
/* In a WRITE unit: holds here with its commit. percent: 0 to 100, ERR_INVALID at /percent. Stands
 * in the audit trail. */
struct flag_change {
    str name, reason;
    int64_t percent;
};
err flags_set(struct flags *f, struct cx *cx, struct flag_change in) MUST_USE;

struct flag_state {
    const struct flag_def *def;
    int64_t percent;
};
size_t flags_list(const struct flags *f, struct arena *arena, struct flag_state **ret);

extern const struct db_query *const flag_queries[];

#endif
