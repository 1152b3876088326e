/* SPDX-License-Identifier: Apache-2.0
 * Routes by method and path: a tree of path segments. Called by the gateway and the route tests;
 * must never run a handler. */
#include "platform/http/route_table.h"

#include <string.h>

const problem ROUTE_UNKNOWN = { KIND_MISSING, "http.route_unknown", "not_found",
    "There is nothing at this address" };
const problem ROUTE_METHOD = { KIND_METHOD, "http.method_not_allowed", NULL,
    "This address does not take this method" };
const problem ROUTE_CONTENT_TYPE = { KIND_WRONG_TYPE, "http.unsupported_media_type", NULL,
    "The body must be application/json" };

#define METHODS_MAX 6

struct node {
    str text; /* literal segment, or the parameter's name */
    bool param, rest;
    struct node *child, *next;
    const struct route_entry *methods[METHODS_MAX];
    size_t methods_n;
};
struct route_table {
    struct arena *life;
    struct node root;
    const struct route_entry **entries;
    size_t n, cap;
};

struct route_table *route_table_open(struct arena *life)
{
    struct route_table *t = NEW(life, struct route_table);
    t->life = life;
    return t;
}

static struct node *node_child(struct route_table *t, struct node *at, str segment)
{
    bool param = str_starts(segment, S("{"));
    bool rest = param && str_ends(segment, S("*}"));
    str text = segment;
    if (param)
        text = str_sub(segment, 1, segment.n - (rest ? 3 : 2));
    for (struct node *c = at->child; c; c = c->next)
        if (c->param == param && c->rest == rest && str_eq(c->text, text))
            return c;
    struct node *c = NEW(t->life, struct node);
    *c = (struct node){ .text = text, .param = param, .rest = rest };
    struct node **last = &at->child;
    while (*last && (!param || (*last)->next || !(*last)->param))
        if (!param && (*last)->param)
            break; /* literals before parameters: the exact address wins */
        else
            last = &(*last)->next;
    c->next = *last;
    *last = c;
    return c;
}

static void table_push(struct route_table *t, const struct route_entry *entry)
{
    if (t->n == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 64;
        t->entries = arena_grow(t->life, t->entries, t->cap * sizeof(void *), cap * sizeof(void *));
        t->cap = cap;
    }
    t->entries[t->n++] = entry;
}

static struct db *db_of(const struct route *r, const struct route_owner *owner)
{
    return owner->db_of ? owner->db_of(owner->arg, str_from_c(r->owner ? r->owner : owner->name))
                        : owner->arg;
}

void route_table_add(struct route_table *t, const struct route *routes, struct route_owner owner)
{
    for (const struct route *r = routes; r && r->method; r++) {
        ASSERT(r->path[0] == '/' && r->fn);
        ASSERT(r->scope != SCOPE_UNSET && r->unit != UNIT_UNSET);
        ASSERT(r->unit == UNIT_WRITE || !r->before);
        struct route_entry *entry = NEW(t->life, struct route_entry);
        *entry = (struct route_entry){ .route = r,
            .service = owner.service,
            .db = db_of(r, &owner),
            .owner = owner.name,
            .index = t->n };
        struct node *at = &t->root;
        str rest = str_skip(str_from_c(r->path), 1);
        while (rest.p)
            at = node_child(t, at, str_cut(&rest, '/'));
        for (size_t i = 0; i < at->methods_n; i++)
            ASSERT(strcmp(at->methods[i]->route->method, r->method) != 0);
        ASSERT(at->methods_n < METHODS_MAX);
        at->methods[at->methods_n++] = entry;
        table_push(t, entry);
    }
}

size_t route_table_count(const struct route_table *t)
{
    return t->n;
}

const struct route_entry *route_table_at(const struct route_table *t, size_t i)
{
    ASSERT(i < t->n);
    return t->entries[i];
}

/* Depth-first, literals first; fills the parameters on the way. */
static const struct node *node_find(
    const struct node *at, struct cx *cx, str rest, struct route_hit *hit, size_t depth)
{
    if (!rest.p)
        return at->methods_n ? at : NULL;
    str after = rest, segment = str_cut(&after, '/');
    for (const struct node *c = at->child; c; c = c->next) {
        if (!c->param) {
            if (!str_eq(c->text, segment))
                continue;
            const struct node *found = node_find(c, cx, after, hit, depth);
            if (found)
                return found;
            continue;
        }
        str value;
        if (depth == ROUTE_PARAMS_MAX || (!c->rest && segment.n == 0) ||
            !str_url_decode(cx->arena, c->rest ? rest : segment, &value))
            continue;
        const struct node *found = node_find(c, cx, c->rest ? (str){ 0 } : after, hit, depth + 1);
        if (found) {
            hit->params[depth] = (struct json_pair){ .name = c->text, .value = value };
            if (hit->params_n < depth + 1)
                hit->params_n = depth + 1;
            return found;
        }
    }
    return NULL;
}

err route_table_find(const struct route_table *t, struct cx *cx, str method, str path,
    struct route_hit *ret, str *ret_allow)
{
    *ret = (struct route_hit){ 0 };
    if (path.n == 0 || path.p[0] != '/')
        return FAIL(cx, ROUTE_UNKNOWN, "not a path");
    const struct node *node = node_find(&t->root, cx, str_skip(path, 1), ret, 0);
    if (!node)
        return FAIL(cx, ROUTE_UNKNOWN, STR_F " " STR_F, STR_A(method), STR_A(path));
    str wanted = str_eq(method, S("HEAD")) ? S("GET") : method;
    str allow = { 0 };
    for (size_t i = 0; i < node->methods_n; i++) {
        str known = str_from_c(node->methods[i]->route->method);
        if (str_eq(known, wanted)) {
            ret->entry = node->methods[i];
            return NULL;
        }
        allow = allow.n ? str_fmt(cx->arena, STR_F ", " STR_F, STR_A(allow), STR_A(known)) : known;
    }
    *ret_allow = allow;
    return FAIL(cx, ROUTE_METHOD, STR_F " on " STR_F, STR_A(method), STR_A(path));
}

/* ---- decoding ---- */

static bool type_is(str header, str type)
{
    str rest = header;
    return str_eq_nocase(str_trim(str_cut(&rest, ';')), type);
}

static err decode_headers(
    struct cx *cx, const struct json_shape *shape, const struct http_request *req, void *in)
{
    struct json_pair pairs[8];
    size_t n = 0;
    for (size_t i = 0; i < shape->fields_n && n < COUNT(pairs); i++) {
        const struct json_field *f = &shape->fields[i];
        if (f->at != AT_HEADER)
            continue;
        str name = json_wire_name(cx->arena, f);
        str value = http_request_list(req, name);
        if (value.p)
            pairs[n++] = (struct json_pair){ .name = name, .value = value };
    }
    err e = json_decode_pairs(cx, pairs, n, AT_HEADER, false, shape, in);
    return e ? e : json_pairs_done(cx, pairs, n, AT_HEADER, shape);
}

static bool has_body_fields(const struct json_shape *shape)
{
    for (size_t i = 0; i < shape->fields_n; i++)
        if (shape->fields[i].at == AT_BODY)
            return true;
    return false;
}

/* Nothing is unpacked here: what is small on the way in stays small. */
static bool is_packed(const struct http_request *req)
{
    str coding = http_request_header(req, S("Content-Encoding"));
    return coding.n > 0 && !str_eq_nocase(coding, S("identity"));
}

static err decode_body(struct cx *cx, const struct route *route, const struct http_request *req,
    void *in, bool *ret_snake)
{
    str type = http_request_header(req, S("Content-Type"));
    bool form = route->surface == SURFACE_PAGE;
    if (form && (type_is(type, S("application/x-www-form-urlencoded")) || req->body.n == 0)) {
        struct json_pair *pairs;
        size_t n;
        err e = json_pairs_of_query(cx, req->body, &pairs, &n);
        if (!e)
            e = json_decode_pairs(cx, pairs, n, AT_BODY, true, route->in, in);
        return e ? e : json_pairs_done(cx, pairs, n, AT_BODY, route->in);
    }
    if (!type_is(type, S("application/json")) && (req->body.n > 0 || type.p))
        return FAIL(cx, ROUTE_CONTENT_TYPE, STR_F, STR_A(type));
    if (req->body.n == 0)
        return json_decode(cx, S("{}"), route->in, in, ret_snake);
    return json_decode(cx, req->body, route->in, in, ret_snake);
}

/* json_decode zeroes the struct it fills, so the body comes first and the rest is laid over it. */
err route_decode(struct cx *cx, const struct route_hit *hit, const struct http_request *req,
    void **ret_in, bool *ret_snake)
{
    const struct route *route = hit->entry->route;
    *ret_snake = route->snake;
    *ret_in = NULL;
    if (is_packed(req))
        return FAIL(cx, ROUTE_CONTENT_TYPE, "Content-Encoding");
    if (!route->in)
        return NULL;
    void *in = arena_alloc(cx->arena, route->in->size);
    bool snake = false;
    err e = NULL, worst = NULL;
    if (!str_eq(req->method, S("GET")) && !str_eq(req->method, S("HEAD")) &&
        has_body_fields(route->in)) {
        worst = decode_body(cx, route, req, in, &snake);
        if (worst && worst != &ERR_INVALID)
            return worst;
    }
    e = json_decode_pairs(cx, hit->params, hit->params_n, AT_PATH, false, route->in, in);
    if (e)
        return FAIL(cx, ROUTE_UNKNOWN, "a path parameter of a wrong form");
    struct json_pair *pairs;
    size_t n;
    e = json_pairs_of_query(cx, req->query, &pairs, &n);
    if (!e)
        e = json_decode_pairs(cx, pairs, n, AT_QUERY, route->surface == SURFACE_API, route->in, in);
    if (!e)
        e = json_pairs_done(cx, pairs, n, AT_QUERY, route->in);
    worst = e ? e : worst;
    for (size_t i = 0; i < route->in->fields_n; i++)
        if (route->in->fields[i].at == AT_RAW)
            *(str *)((char *)in + route->in->fields[i].offset) = req->body;
    e = decode_headers(cx, route->in, req, in);
    worst = e ? e : worst;
    if (worst)
        return worst;
    *ret_snake = snake || route->snake;
    *ret_in = in;
    return NULL;
}
