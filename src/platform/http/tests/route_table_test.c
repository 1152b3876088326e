/* SPDX-License-Identifier: Apache-2.0
 * Finding routes and decoding requests, as tables. Run by meson. */
#include "platform/http/route_table.h"
#include "tests/support/check.h"

struct in {
    id thing_id;
    str name, rest, key;
    int64_t page;
};
static const struct json_field in_fields[] = {
    JSON_ID(struct in, thing_id, .at = AT_PATH, .required = true),
    JSON_STR(struct in, name, .required = true, .max = 10),
    JSON_INT(struct in, page, .at = AT_QUERY, .min = 1, .max = 50),
    JSON_STR(struct in, key, .at = AT_HEADER, .wire = "X-Key"),
};
static const struct json_shape in_shape = JSON_SHAPE("ThingInput", struct in, in_fields);
static const struct json_field rest_fields[] = {
    JSON_STR(struct in, rest, .at = AT_PATH, .required = true),
};
static const struct json_shape rest_shape = JSON_SHAPE("RestPath", struct in, rest_fields);

static err nothing(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    (void)service;
    (void)cx;
    (void)in;
    return reply_empty(reply, 204);
}

#define OPEN .scope = SCOPE_PUBLIC, .unit = UNIT_NONE, .fn = nothing
static const struct route routes[] = {
    { .method = "GET", .path = "/", OPEN },
    { .method = "GET", .path = "/things", OPEN },
    { .method = "POST", .path = "/things/{thingId}", OPEN, .in = &in_shape },
    { .method = "GET", .path = "/things/{thingId}", OPEN },
    { .method = "GET", .path = "/things/search", OPEN },
    { .method = "GET", .path = "/c/{rest*}", OPEN, .in = &rest_shape },
    { .method = "GET", .path = "/things/{thingId}/parts/{partId}", OPEN },
    ROUTES_END,
};

static const struct find_case {
    const char *name, *method, *path;
    err want;
    const char *route, *param; /* the last parameter's value */
} find_cases[] = {
    { "root", "GET", "/", NULL, "/", NULL },
    { "literal", "GET", "/things", NULL, "/things", NULL },
    { "a literal before a parameter", "GET", "/things/search", NULL, "/things/search", NULL },
    { "parameter", "GET", "/things/42", NULL, "/things/{thingId}", "42" },
    { "decoded", "GET", "/things/a%20b", NULL, "/things/{thingId}", "a b" },
    { "two parameters", "GET", "/things/1/parts/2", NULL, "/things/{thingId}/parts/{partId}", "2" },
    { "below a literal that is also a value", "GET", "/things/search/parts/2", NULL,
        "/things/{thingId}/parts/{partId}", "2" },
    { "the rest", "GET", "/c/a/b/c", NULL, "/c/{rest*}", "a/b/c" },
    { "HEAD is GET", "HEAD", "/things", NULL, "/things", NULL },
    { "another method", "POST", "/things/1", NULL, "/things/{thingId}", "1" },
    { "method not known", "DELETE", "/things/1", &ROUTE_METHOD, NULL, NULL },
    { "unknown", "GET", "/nothing", &ROUTE_UNKNOWN, NULL, NULL },
    { "deeper", "GET", "/things/1/parts", &ROUTE_UNKNOWN, NULL, NULL },
    { "empty parameter", "GET", "/things/", &ROUTE_UNKNOWN, NULL, NULL },
    { "bad encoding", "GET", "/things/%zz", &ROUTE_UNKNOWN, NULL, NULL },
    { "no path", "GET", "*", &ROUTE_UNKNOWN, NULL, NULL },
};

static void test_find(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(find_cases); i++) {
        const struct find_case *c = &find_cases[i];
        struct cx *cx = check_cx_open();
        struct route_table *t = route_table_open(cx->arena);
        route_table_add(t, routes, (struct route_owner){ .name = "test" });
        struct route_hit hit;
        str allow = { 0 };
        err e = route_table_find(t, cx, str_from_c(c->method), str_from_c(c->path), &hit, &allow);
        CASE(c->name, e == c->want);
        if (!e)
            CASE_STR(c->name, str_from_c(hit.entry->route->path), str_from_c(c->route));
        if (c->param)
            CASE_STR(c->name, hit.params[hit.params_n - 1].value, str_from_c(c->param));
        if (e == &ROUTE_METHOD)
            CASE_STR(c->name, allow, S("POST, GET"));
        check_cx_close(cx);
    }
}

static const char ID[] = "01890f5c-7b2a-7cc1-9d3e-1a2b3c4d5e6f";

static const struct decode_case {
    const char *name, *id, *query, *type, *body;
    err want;
    size_t fields; /* refused ones */
} decode_cases[] = {
    { "whole", ID, "page=3", "application/json", "{\"name\":\"x\"}", NULL, 0 },
    { "with a charset", ID, NULL, "application/json; charset=utf-8", "{\"name\":\"x\"}", NULL, 0 },
    { "another type", ID, NULL, "text/plain", "{\"name\":\"x\"}", &ROUTE_CONTENT_TYPE, 0 },
    { "no type", ID, NULL, NULL, "{\"name\":\"x\"}", &ROUTE_CONTENT_TYPE, 0 },
    { "no body", ID, NULL, NULL, "", &ERR_MALFORMED, 1 },
    { "not JSON", ID, NULL, "application/json", "{", &ERR_MALFORMED, 1 },
    { "no id", "7", NULL, "application/json", "{\"name\":\"x\"}", &ROUTE_UNKNOWN, 1 },
    { "bad page", ID, "page=0", "application/json", "{\"name\":\"x\"}", &ERR_INVALID, 1 },
    { "unknown parameter", ID, "pgae=1", "application/json", "{\"name\":\"x\"}", &ERR_MALFORMED,
        1 },
    { "body and page are told together", ID, "page=99", "application/json",
        "{\"name\":\"01234567890\"}", &ERR_INVALID, 2 },
};

static size_t fields_of(const struct cx *cx)
{
    size_t n = 0;
    for (const struct field_error *f = cx->fields; f; f = f->next)
        n++;
    return n;
}

static void test_decode(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(decode_cases); i++) {
        const struct decode_case *c = &decode_cases[i];
        struct cx *cx = check_cx_open();
        struct route_table *t = route_table_open(cx->arena);
        route_table_add(t, routes, (struct route_owner){ .name = "test" });
        struct http_header headers[] = { { S("x-key"), S("k") },
            { S("Content-Type"), str_from_c(c->type) } };
        struct http_request req = { .method = S("POST"),
            .query = str_from_c(c->query),
            .body = str_from_c(c->body),
            .headers = headers,
            .headers_n = c->type ? 2 : 1,
            .path = str_fmt(cx->arena, "/things/%s", c->id) };
        struct route_hit hit;
        str allow;
        CHECK_ERR(cx, route_table_find(t, cx, req.method, req.path, &hit, &allow), NULL);
        void *in = NULL;
        bool snake;
        CASE(c->name, route_decode(cx, &hit, &req, &in, &snake) == c->want);
        CASE_INT(c->name, (int64_t)fields_of(cx), (int64_t)c->fields);
        if (!c->want)
            CASE_STR(c->name, ((struct in *)in)->key, S("k"));
        check_cx_close(cx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_decode),
    };
    return cmocka_run_group_tests_name("route_table", tests, NULL, NULL);
}
