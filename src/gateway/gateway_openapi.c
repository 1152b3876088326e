/* SPDX-License-Identifier: Apache-2.0
 * OpenAPI 3.1 from the route tables. Called for /api/v1/openapi.json and `souk openapi`; must print
 * the same text for the same tables, so that a diff shows a change of the API. */
#include "gateway/gateway_internal.h"

extern const struct json_shape gateway_problem_shape;

struct doc {
    struct arena *a;
    struct buf *out;
    struct map shapes; /* name -> const struct json_shape * */
};

static void collect(struct doc *d, const struct json_shape *shape)
{
    if (!shape || map_get(&d->shapes, str_from_c(shape->name)))
        return;
    map_put(&d->shapes, str_from_c(shape->name), (void *)(uintptr_t)shape);
    for (size_t i = 0; i < shape->fields_n; i++)
        collect(d, shape->fields[i].shape);
}

static void key(struct doc *d, const char *name)
{
    json_quote(d->out, str_from_c(name));
    buf_char(d->out, ':');
}

static void text(struct doc *d, const char *name, str value)
{
    key(d, name);
    json_quote(d->out, value);
}

static bool has_field_at(const struct route *r, enum json_at at)
{
    if (!r->in || str_eq(str_from_c(r->method), S("GET")))
        return false;
    for (size_t i = 0; i < r->in->fields_n; i++)
        if (r->in->fields[i].at == at)
            return true;
    return false;
}

static bool has_body(const struct route *r)
{
    return has_field_at(r, AT_BODY);
}

static void parameter(struct doc *d, const char *in, str name, bool required)
{
    buf_char(d->out, '{');
    text(d, "name", name);
    buf_char(d->out, ',');
    text(d, "in", str_from_c(in));
    buf_char(d->out, ',');
    key(d, "required");
    buf_add(d->out, required ? S("true") : S("false"));
    buf_char(d->out, ',');
    key(d, "schema");
}

/* A handler that claims its key itself takes it as a field; it is told once, below. */
static bool is_key(struct doc *d, const struct json_field *f)
{
    return f->at == AT_HEADER && str_eq_nocase(json_wire_name(d->a, f), S("Idempotency-Key"));
}

static void parameters(struct doc *d, const struct route *r)
{
    static const char *const at[] = {
        [AT_PATH] = "path", [AT_QUERY] = "query", [AT_HEADER] = "header"
    };
    key(d, "parameters");
    buf_char(d->out, '[');
    bool first = true;
    for (size_t i = 0; r->in && i < r->in->fields_n; i++) {
        const struct json_field *f = &r->in->fields[i];
        if (f->at == AT_BODY || f->at == AT_RAW || is_key(d, f))
            continue;
        if (!first)
            buf_char(d->out, ',');
        first = false;
        parameter(d, at[f->at], json_wire_name(d->a, f), f->required || f->at == AT_PATH);
        json_schema_field(d->out, f);
        buf_char(d->out, '}');
    }
    if (r->idempotency != IDEM_ACCEPTED || has_body(r)) {
        if (!first)
            buf_char(d->out, ',');
        parameter(d, "header", S("Idempotency-Key"), r->idempotency != IDEM_ACCEPTED);
        buf_add(d->out, S("{\"type\":\"string\",\"minLength\":1,\"maxLength\":255,"
                          "\"pattern\":\"^[!-~]+$\"}}"));
    }
    buf_char(d->out, ']');
}

static void ref(struct doc *d, const char *media, const char *name)
{
    key(d, "content");
    buf_char(d->out, '{');
    key(d, media);
    buf_add(d->out, S("{\"schema\":{\"$ref\":"));
    json_quote(d->out, str_cat(d->a, S("#/components/schemas/"), str_from_c(name)));
    buf_add(d->out, S("}}}"));
}

/* One entry a status: several problems may share one. */
static void problem_replies(struct doc *d, const struct route *r)
{
    static const int edge[] = { 400, 401, 403, 404, 422, 429, 503 };
    bool seen[600] = { false };
    for (size_t i = 0; i < COUNT(edge); i++)
        seen[edge[i]] = true;
    if (has_body(r))
        seen[413] = seen[415] = seen[409] = true;
    if (has_field_at(r, AT_RAW))
        seen[413] = true;
    for (size_t i = 0; r->problems && r->problems[i]; i++)
        seen[gateway_status_of(r->problems[i])] = true;
    for (int status = 400; status < 600; status++) {
        if (!seen[status])
            continue;
        buf_char(d->out, ',');
        key(d, str_c(d->a, str_from_i64(d->a, status)));
        buf_char(d->out, '{');
        struct buf what = { .arena = d->a };
        for (size_t i = 0; r->problems && r->problems[i]; i++)
            if (gateway_status_of(r->problems[i]) == status)
                buf_fmt(&what, "%s%s", what.n ? "; " : "", r->problems[i]->title);
        text(d, "description", what.n ? buf_str(&what) : S("Problem"));
        buf_char(d->out, ',');
        ref(d, "application/problem+json", "Problem");
        buf_char(d->out, '}');
    }
}

static void success(struct doc *d, const struct route *r, int status, const char *what)
{
    key(d, str_c(d->a, str_from_i64(d->a, status)));
    buf_char(d->out, '{');
    text(d, "description", str_from_c(what));
    if (r->out) {
        buf_char(d->out, ',');
        ref(d, "application/json", r->out->name);
    }
    buf_char(d->out, '}');
}

static void operation(struct doc *d, const struct route_entry *entry)
{
    const struct route *r = entry->route;
    key(d, str_c(d->a, str_lower(d->a, str_from_c(r->method))));
    buf_char(d->out, '{');
    text(d, "summary", str_from_c(r->summary));
    buf_add(d->out, S(",\"tags\":["));
    json_quote(d->out, str_from_c(entry->owner));
    buf_add(d->out, S("],"));
    parameters(d, r);
    if (has_body(r)) {
        buf_add(d->out, S(",\"requestBody\":{\"required\":true,"));
        ref(d, "application/json", r->in->name);
        buf_char(d->out, '}');
    }
    if (has_field_at(r, AT_RAW))
        buf_add(d->out, S(",\"requestBody\":{\"required\":true,\"content\":{\"application/json\":"
                          "{\"schema\":{\"type\":\"object\"}}}}"));
    buf_add(d->out, S(",\"responses\":{"));
    success(d, r, r->status ? r->status : 200, "Success");
    if (r->status_pending) {
        buf_char(d->out, ',');
        success(d, r, r->status_pending, "Begun: it goes on");
    }
    problem_replies(d, r);
    buf_char(d->out, '}');
    if (r->scope != SCOPE_PUBLIC)
        buf_add(d->out, S(",\"security\":[{\"bearer\":[]}]"));
    buf_char(d->out, '}');
}

static bool is_api(const struct route_entry *entry)
{
    return str_starts(str_from_c(entry->route->path), S("/api/v1/"));
}

static void paths(struct doc *d, const struct route_table *t)
{
    struct map done = map_new(d->a, 256);
    bool first = true;
    for (size_t i = 0; i < route_table_count(t); i++) {
        const struct route_entry *entry = route_table_at(t, i);
        str path = str_from_c(entry->route->path);
        if (!is_api(entry) || map_get(&done, path))
            continue;
        map_put(&done, path, d);
        if (!first)
            buf_char(d->out, ',');
        first = false;
        key(d, entry->route->path);
        buf_char(d->out, '{');
        bool first_method = true;
        for (size_t k = i; k < route_table_count(t); k++) {
            const struct route_entry *other = route_table_at(t, k);
            if (!str_eq(str_from_c(other->route->path), path))
                continue;
            if (!first_method)
                buf_char(d->out, ',');
            first_method = false;
            operation(d, other);
            if (has_body(other->route))
                collect(d, other->route->in);
            collect(d, other->route->out);
        }
        buf_char(d->out, '}');
    }
}

void gateway_openapi(struct gateway *g, struct arena *scratch, struct buf *out)
{
    struct doc d = { .a = scratch, .out = out, .shapes = map_new(scratch, 256) };
    collect(&d, &gateway_problem_shape);
    buf_add(out, S("{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Souk\",\"version\":\"1\","
                   "\"description\":\"The public API of the shop. Money is a number in major "
                   "units.\",\"license\":{\"name\":\"Apache-2.0\",\"identifier\":\"Apache-2.0\"}},"
                   "\"servers\":[{\"url\":\"/\"}],\"paths\":{"));
    paths(&d, g->opts.routes);
    buf_add(out, S("},\"components\":{\"securitySchemes\":{\"bearer\":{\"type\":\"http\","
                   "\"scheme\":\"bearer\",\"bearerFormat\":\"JWT\"}},\"schemas\":{"));
    for (size_t i = 0; i < d.shapes.n; i++) {
        if (i)
            buf_char(out, ',');
        json_quote(out, d.shapes.entries[i].key);
        buf_char(out, ':');
        json_schema(out, d.shapes.entries[i].value);
    }
    buf_add(out, S("}}}"));
}
