/* SPDX-License-Identifier: Apache-2.0
 * What a handler answers, noted in the reply. Called by handlers; must never encode or send. */
#include "platform/http/reply.h"

/* The last word of a handler counts: nothing of an earlier body remains. */
static void begin(struct reply *r, int status)
{
    ASSERT(status >= 200 && status < 600);
    r->status = status;
    r->shape = NULL;
    r->page = NULL;
    r->value = NULL;
    r->head = (struct page_head){ 0 };
    r->bytes = r->type = (str){ 0 };
}

err reply_json(struct reply *r, int status, const struct json_shape *shape, const void *value)
{
    ASSERT(shape && value);
    begin(r, status);
    r->shape = shape;
    r->value = value;
    return NULL;
}

err reply_page(struct reply *r, int status, const struct html_page *page, const void *view,
    struct page_head head)
{
    ASSERT(page && view);
    begin(r, status);
    r->page = page;
    r->value = view;
    r->head = head;
    return NULL;
}

err reply_bytes(struct reply *r, int status, str type, str bytes)
{
    begin(r, status);
    r->type = type;
    r->bytes = bytes;
    return NULL;
}

err reply_empty(struct reply *r, int status)
{
    return reply_bytes(r, status, (str){ 0 }, S(""));
}

err reply_redirect(struct reply *r, str location)
{
    reply_add_header(r, S("Location"), location);
    return reply_empty(r, 303);
}

void reply_add_header(struct reply *r, str name, str value)
{
    ASSERT(r->headers_n < REPLY_HEADERS_MAX);
    r->headers[r->headers_n++] = (struct reply_header){ .name = name, .value = value };
}

void reply_add_cookie(struct reply *r, struct reply_cookie cookie)
{
    ASSERT(r->cookies_n < REPLY_COOKIES_MAX);
    r->cookies[r->cookies_n++] = cookie;
}

struct reply_park *reply_park(struct reply *r)
{
    ASSERT(r->park && !r->park->parked);
    r->park->parked = true;
    return r->park;
}

void reply_finish(struct reply_park *park, err e)
{
    park->finish(park, e);
}
