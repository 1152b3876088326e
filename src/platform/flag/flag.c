/* SPDX-License-Identifier: Apache-2.0
 * Shares in memory, set through the database. Called by flows for each page; must never wait. */
#include "platform/flag/flag.h"

#include <stdatomic.h>

#include "flag_sql.h"
#include "platform/audit/audit.h"
#include "platform/secret/secret.h"

const problem FLAG_UNKNOWN = { KIND_MISSING, "flag.unknown", "not_found", "There is no such flag" };

struct flags {
    struct flags_deps deps;
    size_t n;
    _Atomic int64_t percent[FLAGS_MAX];
};

struct flags *flags_open(struct arena *life, struct flags_deps deps)
{
    struct flags *f = NEW(life, struct flags);
    f->deps = deps;
    while (deps.defs[f->n].name) {
        ASSERT(f->n < FLAGS_MAX);
        atomic_init(&f->percent[f->n], deps.defs[f->n].percent);
        f->n++;
    }
    return f;
}

/* f->n: there is none. */
static size_t find(const struct flags *f, str name)
{
    size_t i = 0;
    while (i < f->n && !str_eq(name, str_from_c(f->deps.defs[i].name)))
        i++;
    return i;
}

#define BUCKETS 10000

/* Flags draw apart from each other: who has one does not have all. */
static int64_t bucket_of(str name, str who)
{
    struct arena *scratch = arena_open(512);
    str hash = secret_sha256(scratch, str_fmt(scratch, STR_F "\n" STR_F, STR_A(name), STR_A(who)));
    uint32_t drawn = 0;
    for (size_t i = 0; i < 4; i++)
        drawn = drawn << 8 | (uint8_t)hash.p[i];
    arena_close(scratch);
    return drawn % BUCKETS;
}

bool flags_on(const struct flags *f, const char *name, str who)
{
    if (!f)
        return true;
    size_t i = find(f, str_from_c(name));
    ASSERT(i < f->n);
    int64_t percent = atomic_load_explicit(&f->percent[i], memory_order_relaxed);
    if (percent <= 0 || percent >= 100 || !who.n)
        return percent >= 100;
    return bucket_of(str_from_c(name), who) < percent * (BUCKETS / 100);
}

err flags_load(struct flags *f, struct cx *cx)
{
    struct flag_sql_setting_list_row *rows;
    size_t n;
    err e = flag_sql_setting_list(f->deps.db, cx, &rows, &n);
    for (size_t i = 0; !e && i < n; i++) {
        size_t k = find(f, rows[i].name);
        if (k < f->n) /* else of a program that was or will be */
            atomic_store(&f->percent[k], rows[i].percent);
    }
    return e;
}

struct applied {
    struct flags *f;
    size_t at;
    int64_t percent;
};

static void apply(void *arg)
{
    struct applied *a = arg;
    atomic_store(&a->f->percent[a->at], a->percent);
}

err flags_set(struct flags *f, struct cx *cx, struct flag_change in)
{
    size_t at = find(f, in.name);
    if (at == f->n)
        return FAIL(cx, FLAG_UNKNOWN, "no flag of this name");
    if (in.percent < 0 || in.percent > 100) {
        cx_field(cx, S("/percent"), "out_of_bounds", "0 to 100");
        return FAIL(cx, ERR_INVALID, "percent");
    }
    int64_t before = atomic_load(&f->percent[at]);
    err e = flag_sql_setting_put(
        f->deps.db, cx, (struct flag_sql_setting_put_in){ in.name, in.percent, cx->now_ms });
    if (!e)
        e = audit_note(f->deps.audit, cx,
            (struct audit_act){ .act = "flag.changed",
                .kind = "flag",
                .object = in.name,
                .before = str_from_i64(cx->arena, before),
                .after = str_from_i64(cx->arena, in.percent),
                .reason = in.reason });
    if (e)
        return e;
    struct applied *a = NEW(cx->arena, struct applied);
    *a = (struct applied){ f, at, in.percent };
    db_after_commit(cx, apply, a);
    return NULL;
}

size_t flags_list(const struct flags *f, struct arena *arena, struct flag_state **ret)
{
    struct flag_state *list = NEW_N(arena, f->n, struct flag_state);
    for (size_t i = 0; i < f->n; i++)
        list[i] = (struct flag_state){ &f->deps.defs[i], atomic_load(&f->percent[i]) };
    *ret = list;
    return f->n;
}
