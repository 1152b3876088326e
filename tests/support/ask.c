/* SPDX-License-Identifier: Apache-2.0
 * Requests to a route table. Called by routes tests. Must never decide what a gateway would refuse:
 * scopes and sizes are not looked at. */
#include "tests/support/ask.h"

#define PAIRS_MAX 8

struct asking {
    struct ask in;
    const struct route *route;
    struct json_pair path[PAIRS_MAX];
    size_t path_n;
    void *value; /* the decoded input */
    struct reply reply;
};

/* "/a/{x}" against "/a/1": pairs of names and texts. */
static bool matches(struct asking *a, const char *pattern_text, str path)
{
    str pattern = str_from_c(pattern_text);
    a->path_n = 0;
    while (pattern.p && path.p) {
        str want = str_cut(&pattern, '/'), got = str_cut(&path, '/');
        if (str_starts(want, S("{"))) {
            assert_true(a->path_n < PAIRS_MAX);
            a->path[a->path_n++] = (struct json_pair){ str_sub(want, 1, want.n - 2), got };
        } else if (!str_eq(want, got)) {
            return false;
        }
    }
    return !pattern.p && !path.p;
}

static err decode(struct asking *a, struct cx *cx, str query)
{
    const struct json_shape *shape = a->route->in;
    struct json_pair *pairs;
    size_t n;
    err e = json_pairs_of_query(cx, query, &pairs, &n);
    if (e || !shape)
        return e;
    bool snake = false, raw = false;
    a->value = arena_alloc(cx->arena, shape->size);
    for (size_t i = 0; i < shape->fields_n; i++)
        if (shape->fields[i].at == AT_RAW) {
            *(str *)((char *)a->value + shape->fields[i].offset) = a->in.body;
            raw = true;
        }
    if (a->in.body.p && !raw)
        e = json_decode(cx, a->in.body, shape, a->value, &snake);
    if (!e)
        e = json_decode_pairs(cx, a->path, a->path_n, AT_PATH, true, shape, a->value);
    if (!e)
        e = json_pairs_done(cx, a->path, a->path_n, AT_PATH, shape);
    if (!e)
        e = json_decode_pairs(cx, pairs, n, AT_QUERY, true, shape, a->value);
    if (!e)
        e = json_pairs_done(cx, pairs, n, AT_QUERY, shape);
    const struct ask *in = &a->in;
    if (!e)
        e = json_decode_pairs(cx, in->headers, in->headers_n, AT_HEADER, false, shape, a->value);
    return e;
}

static err handle(void *arg, struct cx *cx)
{
    struct asking *a = arg;
    return a->route->fn(a->in.service, cx, a->value, &a->reply);
}

static err before(void *arg, struct cx *cx)
{
    struct asking *a = arg;
    return a->route->before(a->in.service, cx, a->value);
}

static err run(struct store *s, struct asking *a)
{
    struct cx *cx = store_cx(s);
    err e = a->route->before ? store_read(s, before, a) : NULL;
    if (e)
        return e;
    switch (a->route->unit) {
    case UNIT_NONE:
        return handle(a, cx);
    case UNIT_READ:
        return store_read(s, handle, a);
    case UNIT_WRITE:
        return store_write(s, handle, a);
    case UNIT_UNSET:
        break;
    }
    panic(__FILE__, "a route without a unit");
}

static void encode(struct cx *cx, struct asking *a, struct answer *ret)
{
    const struct reply *r = &a->reply;
    ret->status = r->status;
    ret->body = r->bytes;
    ret->type = r->type;
    if (!r->shape)
        return;
    struct buf out = { .arena = cx->arena };
    json_encode(&out, r->shape, r->value, /* snake= */ false);
    ret->body = buf_str(&out);
    ret->type = S("application/json");
    if (a->route->out && r->status < 300)
        CHECK_ERR(cx, json_check(cx, ret->body, a->route->out), NULL);
}

struct answer ask(struct store *s, struct ask in)
{
    struct cx *cx = store_cx(s);
    struct asking *a = NEW(cx->arena, struct asking);
    a->in = in;
    str query = in.path;
    str path = str_cut(&query, '?');
    for (const struct route *r = in.routes; r->method && !a->route; r++)
        if (str_eq(str_from_c(r->method), str_from_c(in.method)) && matches(a, r->path, path))
            a->route = r;
    if (!a->route) {
        print_error("no route %s " STR_F "\n", in.method, STR_A(path));
        fail();
    }
    struct answer answer = { .route = a->route };
    cx_clear(cx);
    answer.e = decode(a, cx, query);
    if (!answer.e)
        answer.e = run(s, a);
    if (!answer.e)
        encode(cx, a, &answer);
    answer.reply = a->reply;
    return answer;
}
