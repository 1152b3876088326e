/* SPDX-License-Identifier: Apache-2.0
 * Routes of merchandising for staff: decode, call one verb, encode. Called by the gateway; must
 * never decide anything. */
#include "services/merchandising/merchandising_internal.h"

#define PATH "/api/v1/admin/search"
#define QUERIES_MAX 100

/* ---- synonyms ---- */
static const struct json_field synonym_fields[] = {
    JSON_ID(struct merchandising_synonym, synonym_id, .required = true),
    JSON_STR(struct merchandising_synonym, term, .required = true),
    JSON_STR(struct merchandising_synonym, replacement, .required = true),
    JSON_BOOL(struct merchandising_synonym, one_way, .required = true),
    JSON_TIME(struct merchandising_synonym, created_at, .required = true),
};
static const struct json_shape synonym_shape =
    JSON_SHAPE("Synonym", struct merchandising_synonym, synonym_fields);
static const struct json_field synonym_in_fields[] = {
    JSON_STR(struct merchandising_synonym, term, .required = true, .max = MERCHANDISING_TEXT_MAX),
    JSON_STR(
        struct merchandising_synonym, replacement, .required = true, .max = MERCHANDISING_TEXT_MAX),
    JSON_BOOL(struct merchandising_synonym, one_way,
        .doc = "who searches for term finds replacement, not the other way round"),
};
static const struct json_shape synonym_in =
    JSON_SHAPE("NewSynonym", struct merchandising_synonym, synonym_in_fields);
static const struct json_field synonym_path_fields[] = {
    JSON_ID(struct merchandising_synonym, synonym_id, .at = AT_PATH, .required = true),
};
static const struct json_shape synonym_path =
    JSON_SHAPE("SynonymPath", struct merchandising_synonym, synonym_path_fields);
struct synonyms_json {
    struct merchandising_synonym *synonyms;
    size_t synonyms_n;
};
static const struct json_field synonyms_fields[] = {
    JSON_LIST(struct synonyms_json, synonyms, synonym_shape, .required = true),
};
static const struct json_shape synonyms_shape =
    JSON_SHAPE("Synonyms", struct synonyms_json, synonyms_fields);

static err get_synonyms(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    (void)body;
    struct synonyms_json *v = NEW(cx->arena, struct synonyms_json);
    err e = merchandising_synonyms(service, cx, &v->synonyms, &v->synonyms_n);
    return e ? e : reply_json(reply, 200, &synonyms_shape, v);
}

static err post_synonym(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct merchandising_synonym *v = NEW(cx->arena, struct merchandising_synonym);
    err e = merchandising_synonym_add(service, cx, body, v);
    return e ? e : reply_json(reply, 201, &synonym_shape, v);
}

static err delete_synonym(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct merchandising_synonym *in = body;
    err e = merchandising_synonym_remove(service, cx, in->synonym_id);
    return e ? e : reply_empty(reply, 204);
}

/* ---- rules ---- */
struct rule_json {
    id rule_id, product_id;
    str query, kind, target;
    int64_t position, created_at;
};
static const struct json_field rule_fields[] = {
    JSON_ID(struct rule_json, rule_id, .required = true),
    JSON_STR(struct rule_json, query, .required = true),
    JSON_STR(struct rule_json, kind, .required = true, .one_of = merchandising_kind_names),
    JSON_ID(struct rule_json, product_id),
    JSON_INT(struct rule_json, position, .required = true),
    JSON_STR(struct rule_json, target),
    JSON_TIME(struct rule_json, created_at, .required = true),
};
static const struct json_shape rule_shape = JSON_SHAPE("SearchRule", struct rule_json, rule_fields);
static const struct json_field rule_in_fields[] = {
    JSON_STR(struct rule_json, query, .required = true, .max = MERCHANDISING_TEXT_MAX),
    JSON_STR(struct rule_json, kind, .required = true, .one_of = merchandising_kind_names),
    JSON_ID(struct rule_json, product_id, .doc = "to pin or bury"),
    JSON_INT(struct rule_json, position, .min = 0, .max = 100, .doc = "of a pin: lowest first"),
    JSON_STR(struct rule_json, target, .max = 500, .doc = "of a redirect: a path of the shop"),
};
static const struct json_shape rule_in =
    JSON_SHAPE("NewSearchRule", struct rule_json, rule_in_fields);
static const struct json_field rule_path_fields[] = {
    JSON_ID(struct rule_json, rule_id, .at = AT_PATH, .required = true),
};
static const struct json_shape rule_path =
    JSON_SHAPE("SearchRulePath", struct rule_json, rule_path_fields);
struct rules_json {
    struct rule_json *rules;
    size_t rules_n;
};
static const struct json_field rules_fields[] = {
    JSON_LIST(struct rules_json, rules, rule_shape, .required = true),
};
static const struct json_shape rules_shape =
    JSON_SHAPE("SearchRules", struct rules_json, rules_fields);

static struct rule_json view_of(const struct merchandising_rule *r)
{
    return (struct rule_json){ .rule_id = r->rule_id,
        .query = r->query,
        .kind = str_from_c(merchandising_kind_names[r->kind]),
        .product_id = r->product_id,
        .position = r->position,
        .target = r->target,
        .created_at = r->created_ms };
}

static err get_rules(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    (void)body;
    struct merchandising_rule *rules;
    struct rules_json *v = NEW(cx->arena, struct rules_json);
    err e = merchandising_rules(service, cx, &rules, &v->rules_n);
    if (e)
        return e;
    v->rules = NEW_N(cx->arena, v->rules_n, struct rule_json);
    for (size_t i = 0; i < v->rules_n; i++)
        v->rules[i] = view_of(&rules[i]);
    return reply_json(reply, 200, &rules_shape, v);
}

static err post_rule(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct rule_json *in = body;
    struct merchandising_rule made, wanted = { .query = in->query,
        .product_id = in->product_id,
        .position = in->position,
        .target = in->target };
    for (int k = 0; k < MERCHANDISING_KINDS_N; k++)
        if (str_eq(in->kind, str_from_c(merchandising_kind_names[k])))
            wanted.kind = (enum merchandising_kind)k;
    err e = merchandising_rule_add(service, cx, &wanted, &made);
    if (e)
        return e;
    struct rule_json *v = NEW(cx->arena, struct rule_json);
    *v = view_of(&made);
    return reply_json(reply, 201, &rule_shape, v);
}

static err delete_rule(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct rule_json *in = body;
    err e = merchandising_rule_remove(service, cx, in->rule_id);
    return e ? e : reply_empty(reply, 204);
}

/* ---- queries ---- */
static const char *const list_names[] = { "top", "none", NULL };
struct queries_in {
    str list;
    int64_t limit;
};
static const struct json_field queries_in_fields[] = {
    JSON_STR(struct queries_in, list, .at = AT_QUERY, .one_of = list_names,
        .doc = "top: the most frequent; none: of those that found nothing"),
    JSON_INT(struct queries_in, limit, .at = AT_QUERY, .min = 1, .max = QUERIES_MAX),
};
static const struct json_shape queries_in =
    JSON_SHAPE("SearchQueriesQuery", struct queries_in, queries_in_fields);
static const struct json_field query_fields[] = {
    JSON_STR(struct merchandising_query, query, .required = true),
    JSON_INT(struct merchandising_query, searches, .required = true),
    JSON_INT(struct merchandising_query, found, .required = true, .doc = "by the last search"),
    JSON_TIME(struct merchandising_query, last_at, .required = true),
};
static const struct json_shape query_shape =
    JSON_SHAPE("SearchQueryCount", struct merchandising_query, query_fields);
struct queries_json {
    struct merchandising_query *queries;
    size_t queries_n;
};
static const struct json_field queries_fields[] = {
    JSON_LIST(struct queries_json, queries, query_shape, .required = true),
};
static const struct json_shape queries_shape =
    JSON_SHAPE("SearchQueries", struct queries_json, queries_fields);

static err get_queries(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct queries_in *in = body;
    struct queries_json *v = NEW(cx->arena, struct queries_json);
    err e = merchandising_asked(service, cx, str_eq(in->list, S("none")),
        in->limit ? in->limit : QUERIES_MAX, &v->queries, &v->queries_n);
    return e ? e : reply_json(reply, 200, &queries_shape, v);
}

static const problem *const add_problems[] = { &MERCHANDISING_KNOWN, &MERCHANDISING_FULL, NULL };
static const problem *const missing_problems[] = { &ERR_MISSING, NULL };

const struct route merchandising_routes[] = {
    { .method = "GET",
        .path = PATH "/synonyms",
        .scope = SCOPE_CATALOG,
        .unit = UNIT_READ,
        .out = &synonyms_shape,
        .fn = get_synonyms,
        .summary = "Synonyms that staff have added" },
    { .method = "POST",
        .path = PATH "/synonyms",
        .scope = SCOPE_CATALOG,
        .unit = UNIT_WRITE,
        .in = &synonym_in,
        .out = &synonym_shape,
        .status = 201,
        .problems = add_problems,
        .fn = post_synonym,
        .summary = "Add a synonym; it holds at once" },
    { .method = "DELETE",
        .path = PATH "/synonyms/{synonymId}",
        .scope = SCOPE_CATALOG,
        .unit = UNIT_WRITE,
        .in = &synonym_path,
        .status = 204,
        .problems = missing_problems,
        .fn = delete_synonym,
        .summary = "Remove a synonym" },
    { .method = "GET",
        .path = PATH "/rules",
        .scope = SCOPE_CATALOG,
        .unit = UNIT_READ,
        .out = &rules_shape,
        .fn = get_rules,
        .summary = "Pins, buries and redirects of queries" },
    { .method = "POST",
        .path = PATH "/rules",
        .scope = SCOPE_CATALOG,
        .unit = UNIT_WRITE,
        .in = &rule_in,
        .out = &rule_shape,
        .status = 201,
        .problems = add_problems,
        .fn = post_rule,
        .summary = "Pin or bury a product for a query, or send the query to a page" },
    { .method = "DELETE",
        .path = PATH "/rules/{ruleId}",
        .scope = SCOPE_CATALOG,
        .unit = UNIT_WRITE,
        .in = &rule_path,
        .status = 204,
        .problems = missing_problems,
        .fn = delete_rule,
        .summary = "Remove a rule" },
    { .method = "GET",
        .path = PATH "/queries",
        .scope = SCOPE_CATALOG,
        .unit = UNIT_READ,
        .in = &queries_in,
        .out = &queries_shape,
        .fn = get_queries,
        .summary = "What people search for most, and what they do not find" },
    ROUTES_END,
};
