/* SPDX-License-Identifier: Apache-2.0
 * Synonyms and rules: check, save, list. Called by routes and by searches in their units; must
 * never change a synonym without its version. */
#include "services/merchandising/merchandising.h"

#include "base/instant.h"
#include "merchandising_sql.h"
#include "services/merchandising/merchandising_domain.h"
#include "services/merchandising/merchandising_internal.h"

#define RULES_SHOWN 1000
#define PRUNE_BATCH 500

static const problem *const problems[] = { &MERCHANDISING_KNOWN, &MERCHANDISING_FULL, NULL };

/* What people typed may be anything; what nobody types any more is of no use. */
static err prune(void *service, struct cx *cx, bool *ret_more)
{
    struct merchandising *m = service;
    int64_t gone = 0;
    err e = merchandising_sql_query_prune(m->db, cx,
        (struct merchandising_sql_query_prune_in){
            cx->now_ms - m->keep_days * DAY_MS, PRUNE_BATCH },
        &gone);
    *ret_more = !e && gone == PRUNE_BATCH;
    return e;
}

static const struct job jobs[] = {
    { .name = "merchandising.prune", .period_ms = HOUR_MS, .fn = prune },
    { 0 },
};

const struct service merchandising_service = {
    .name = "merchandising",
    .folder = "src/services/merchandising/",
    .routes = merchandising_routes,
    .jobs = jobs,
    .queries = merchandising_queries,
    .problems = problems,
};

const problem MERCHANDISING_KNOWN = { KIND_CONFLICT, "merchandising.known", "already_there",
    "This is there already" };
const problem MERCHANDISING_FULL = { KIND_CONFLICT, "merchandising.full", "too_many",
    "There are too many already" };

struct merchandising *merchandising_open(struct arena *life, struct merchandising_deps deps)
{
    struct merchandising *m = NEW(life, struct merchandising);
    m->db = deps.db;
    m->keep_days = deps.keep_days ? deps.keep_days : MERCHANDISING_KEEP_DAYS;
    merchandising_notes_open(life, m);
    return m;
}

void merchandising_close(struct merchandising *m)
{
    if (m)
        merchandising_notes_close(m);
}

/* ---- synonyms ---- */
static err next_version(struct merchandising *m, struct cx *cx)
{
    return merchandising_sql_version_next(
        m->db, cx, (struct merchandising_sql_version_next_in){ .one = 1 }, NULL);
}

err merchandising_synonym_add(struct merchandising *m, struct cx *cx,
    const struct merchandising_synonym *in, struct merchandising_synonym *ret)
{
    struct merchandising_sql_synonym_count_row count;
    bool found;
    int64_t changed = 0;
    err e = merchandising_synonym_check(cx, in);
    if (!e)
        e = next_version(m, cx); /* first: other writers wait here */
    if (!e)
        e = merchandising_sql_synonym_count(m->db, cx, &count, &found);
    if (e)
        return e;
    if (count.n >= MERCHANDISING_SYNONYMS_MAX)
        return FAIL(cx, MERCHANDISING_FULL, "%lld synonyms", (long long)count.n);
    struct merchandising_synonym s = *in;
    s.synonym_id = cx_id(cx);
    s.created_at = cx->now_ms;
    s.term = merchandising_plain(cx->arena, in->term);
    s.replacement = merchandising_plain(cx->arena, in->replacement);
    e = merchandising_sql_synonym_add(m->db, cx,
        (struct merchandising_sql_synonym_add_in){ .synonym_id = s.synonym_id,
            .term = s.term,
            .replacement = s.replacement,
            .one_way = s.one_way,
            .created_ms = s.created_at },
        &changed);
    if (!e && changed == 0)
        e = FAIL(cx, MERCHANDISING_KNOWN, "this synonym");
    if (!e)
        *ret = s;
    return e;
}

err merchandising_synonym_remove(struct merchandising *m, struct cx *cx, id synonym_id)
{
    int64_t changed = 0;
    err e = next_version(m, cx);
    if (!e)
        e = merchandising_sql_synonym_remove(m->db, cx,
            (struct merchandising_sql_synonym_remove_in){ .synonym_id = synonym_id }, &changed);
    return e || changed ? e : FAIL(cx, ERR_MISSING, "no such synonym");
}

err merchandising_synonyms(
    struct merchandising *m, struct cx *cx, struct merchandising_synonym **ret, size_t *ret_n)
{
    struct merchandising_sql_synonym_all_row *rows;
    err e = merchandising_sql_synonym_all(m->db, cx, &rows, ret_n);
    if (e)
        return e;
    *ret = NEW_N(cx->arena, *ret_n, struct merchandising_synonym);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] = (struct merchandising_synonym){ .synonym_id = rows[i].synonym_id,
            .term = rows[i].term,
            .replacement = rows[i].replacement,
            .one_way = rows[i].one_way,
            .created_at = rows[i].created_ms };
    return NULL;
}

/* ---- rules ---- */
err merchandising_rule_add(struct merchandising *m, struct cx *cx,
    const struct merchandising_rule *in, struct merchandising_rule *ret)
{
    struct merchandising_sql_rule_of_row *rows;
    size_t n;
    int64_t changed = 0;
    err e = merchandising_rule_check(cx, in);
    if (e)
        return e;
    struct merchandising_rule r = *in;
    r.rule_id = cx_id(cx);
    r.created_ms = cx->now_ms;
    r.query = merchandising_plain(cx->arena, in->query);
    e = merchandising_sql_rule_of(
        m->db, cx, (struct merchandising_sql_rule_of_in){ .query = r.query }, &rows, &n);
    if (e)
        return e;
    if (n >= MERCHANDISING_RULES_MAX)
        return FAIL(cx, MERCHANDISING_FULL, "%zu rules", n);
    for (size_t i = 0; i < n; i++) /* a page is gone to once */
        if (r.kind == MERCHANDISING_REDIRECT && rows[i].kind == MERCHANDISING_REDIRECT)
            return FAIL(cx, MERCHANDISING_KNOWN, "a redirect");
    e = merchandising_sql_rule_add(m->db, cx,
        (struct merchandising_sql_rule_add_in){ .query = r.query,
            .rule_id = r.rule_id,
            .kind = r.kind,
            .product_id = r.product_id,
            .position = r.position,
            .target = r.target,
            .created_ms = r.created_ms },
        &changed);
    if (!e && changed == 0)
        e = FAIL(cx, MERCHANDISING_KNOWN, "this rule");
    if (!e)
        *ret = r;
    return e;
}

err merchandising_rule_remove(struct merchandising *m, struct cx *cx, id rule_id)
{
    int64_t changed = 0;
    err e = merchandising_sql_rule_remove(
        m->db, cx, (struct merchandising_sql_rule_remove_in){ .rule_id = rule_id }, &changed);
    return e || changed ? e : FAIL(cx, ERR_MISSING, "no such rule");
}

static struct merchandising_rule rule_of(const struct merchandising_sql_rule_of_row *row)
{
    return (struct merchandising_rule){ .rule_id = row->rule_id,
        .query = row->query,
        .kind = (enum merchandising_kind)row->kind,
        .product_id = row->product_id,
        .position = row->position,
        .target = row->target,
        .created_ms = row->created_ms };
}

err merchandising_rules(
    struct merchandising *m, struct cx *cx, struct merchandising_rule **ret, size_t *ret_n)
{
    struct merchandising_sql_rule_all_row *rows;
    err e = merchandising_sql_rule_all(
        m->db, cx, (struct merchandising_sql_rule_all_in){ .limit = RULES_SHOWN }, &rows, ret_n);
    if (e)
        return e;
    *ret = NEW_N(cx->arena, *ret_n, struct merchandising_rule);
    for (size_t i = 0; i < *ret_n; i++) {
        static_assert(sizeof rows[0] == sizeof(struct merchandising_sql_rule_of_row),
            "both queries have the same columns");
        struct merchandising_sql_rule_of_row same;
        memcpy(&same, &rows[i], sizeof same);
        (*ret)[i] = rule_of(&same);
    }
    return NULL;
}

err merchandising_of(struct merchandising *m, struct cx *cx, str query,
    struct merchandising_rule **ret, size_t *ret_n, int64_t *ret_version)
{
    struct merchandising_sql_version_get_row version;
    struct merchandising_sql_rule_of_row *rows = NULL;
    bool found;
    str plain = merchandising_plain(cx->arena, query);
    *ret_n = 0;
    err e = merchandising_sql_version_get(m->db, cx, &version, &found);
    if (!e && plain.n)
        e = merchandising_sql_rule_of(
            m->db, cx, (struct merchandising_sql_rule_of_in){ .query = plain }, &rows, ret_n);
    if (e)
        return e;
    *ret_version = found ? version.version : 0;
    *ret = NEW_N(cx->arena, *ret_n, struct merchandising_rule);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] = rule_of(&rows[i]);
    return NULL;
}
