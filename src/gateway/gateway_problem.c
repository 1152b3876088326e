/* SPDX-License-Identifier: Apache-2.0
 * Problems as HTTP: the one table from kinds to statuses, problem+json (RFC 9457) and the error
 * page. Called by gateway_reply.c; must never show cx->detail, which is for the log. */
#include "gateway/gateway_internal.h"

static const struct {
    int status;
    const char *heading, *text; /* for people */
} kinds[KIND_N] = {
    [KIND_BUG] = { 500, "Something went wrong on our side",
        "It has been noted. Try again; if it stays, tell us the number below." },
    [KIND_MALFORMED] = { 400, "We could not read that", "Go back, check the form and try again." },
    [KIND_INVALID] = { 422, "Something in that was not right",
        "Go back, check the form and try again." },
    [KIND_UNSIGNED] = { 401, "Please sign in", "This page is yours alone; sign in to see it." },
    [KIND_DENIED] = { 403, "This is not open to you", "Your account may not see this page." },
    [KIND_MISSING] = { 404, "This page is not here",
        "It may have moved or sold out for good. The search finds what is there." },
    [KIND_CONFLICT] = { 409, "That has changed in the meantime",
        "Go back, look at it again and repeat what you wanted to do." },
    [KIND_STALE] = { 412, "That has changed in the meantime", "Reload the page and try again." },
    [KIND_TOO_LARGE] = { 413, "That was too large", "Send less at once." },
    [KIND_WRONG_TYPE] = { 415, "We could not read that", "Go back and try again." },
    [KIND_UNCONDITIONAL] = { 428, "Reload first", "Reload the page and try again." },
    [KIND_TOO_MANY] = { 429, "A little too fast", "Wait a moment and try again." },
    [KIND_BUSY] = { 503, "The shop is very busy", "Nothing is lost. Try again in a moment." },
    [KIND_UPSTREAM] = { 502, "A partner of ours did not answer", "Try again in a moment." },
    [KIND_PAYMENT] = { 402, "The payment was declined", "Choose another way to pay." },
    [KIND_METHOD] = { 405, "This address does not take that", "Go back and try again." },
};

int gateway_status_of(err e)
{
    ASSERT(e->kind < KIND_N && kinds[e->kind].status);
    return kinds[e->kind].status;
}

struct problem_field {
    str pointer, code, detail;
};
static const struct json_field problem_field_fields[] = {
    JSON_STR(struct problem_field, pointer, .required = true),
    JSON_STR(struct problem_field, code, .required = true),
    JSON_STR(struct problem_field, detail, .required = true),
};
static const struct json_shape problem_field_shape =
    JSON_SHAPE("ProblemField", struct problem_field, problem_field_fields);

struct problem_doc {
    str type, title, detail, instance, code, request_id;
    int64_t status;
    struct problem_field *errors;
    size_t errors_n;
};
static const struct json_field problem_doc_fields[] = {
    JSON_STR(struct problem_doc, type, .required = true),
    JSON_STR(struct problem_doc, title, .required = true),
    JSON_INT(struct problem_doc, status, .required = true),
    JSON_STR(struct problem_doc, detail),
    JSON_STR(struct problem_doc, instance),
    JSON_STR(struct problem_doc, code, .required = true),
    JSON_STR(struct problem_doc, request_id, .required = true, .wire = "request_id"),
    JSON_LIST(struct problem_doc, errors, problem_field_shape, .zero_out = true),
};
const struct json_shape gateway_problem_shape =
    JSON_SHAPE("Problem", struct problem_doc, problem_doc_fields);

/* What follows the dot of the slug, unless the problem names a code. */
static str code_of(err e)
{
    if (e->code)
        return str_from_c(e->code);
    str slug = str_from_c(e->slug);
    ptrdiff_t dot = str_find_char(slug, '.', 0);
    return str_skip(slug, dot < 0 ? 0 : (size_t)dot + 1);
}

static str first_detail(struct exchange *x)
{
    const struct field_error *f = x->cx->fields;
    if (!f)
        return (str){ 0 };
    return str_fmt(x->cx->arena, STR_F ": " STR_F, STR_A(f->pointer), STR_A(f->detail));
}

str gateway_problem_json(struct exchange *x, err e)
{
    struct cx *cx = x->cx;
    struct problem_doc doc = { .title = str_from_c(e->title),
        .status = gateway_status_of(e),
        .detail = first_detail(x),
        .instance = x->req->path,
        .code = code_of(e),
        .request_id = cx->request_id };
    doc.type = str_cat(cx->arena, S("/problems/"), doc.code);
    for (const struct field_error *f = cx->fields; f; f = f->next)
        doc.errors_n++;
    doc.errors = NEW_N(cx->arena, doc.errors_n, struct problem_field);
    size_t n = 0;
    for (const struct field_error *f = cx->fields; f; f = f->next)
        doc.errors[n++] = (struct problem_field){
            .pointer = f->pointer, .code = str_from_c(f->code), .detail = f->detail
        };
    struct buf out = { .arena = cx->arena };
    json_encode(&out, &gateway_problem_shape, &doc, false);
    return buf_str(&out);
}

str gateway_problem_page(struct exchange *x, err e)
{
    struct cx *cx = x->cx;
    struct problem_view *view = NEW(cx->arena, struct problem_view);
    struct search_view *search = NEW(cx->arena, struct search_view);
    *view = (struct problem_view){ .status = str_from_i64(cx->arena, gateway_status_of(e)),
        .heading = str_from_c(kinds[e->kind].heading),
        .text = str_from_c(kinds[e->kind].text),
        .request_id = cx->request_id,
        .search = e->kind == KIND_MISSING ? search : NULL };
    if (e->kind == KIND_BUSY || e->kind == KIND_UPSTREAM || e->kind == KIND_BUG)
        view->retry = str_eq(x->req->method, S("GET")) ? x->req->path : (str){ 0 };
    struct reply reply = { .page = &problem_page,
        .value = view,
        .head = { .title = view->heading, .noindex = true, .no_search = view->search != NULL } };
    return gateway_page(x, &reply);
}
