/* SPDX-License-Identifier: Apache-2.0
 * What a handler answers. The gateway encodes it after the commit, on another thread than the
 * handler's, so everything handed over must live in cx->arena (or be static). */
#ifndef SOUK_PLATFORM_HTTP_REPLY_H
#define SOUK_PLATFORM_HTTP_REPLY_H

#include "base/err.h"
#include "base/html.h"
#include "base/json.h"

struct reply_cookie {
    str name, value;
    int64_t max_age_s; /* 0: deletes it; -1: until the browser closes */
    bool readable;     /* not HttpOnly: only for counts shown by scripts */
};
struct reply_header {
    str name, value;
};
/* Facts of a page that its shell shows. */
struct page_head {
    str title;       /* without the shop's name */
    str description; /* may be absent */
    str canonical;   /* path, may be absent */
    str picture;     /* path of a picture for link previews, may be absent */
    str query;       /* what stands in the search field */
    bool noindex;
    bool passkey;   /* the page has a form for one: with its script */
    bool plain;     /* checkout: nothing that leads away */
    bool no_search; /* the page has its own */
    bool office;    /* the back office: its frame, and no script */
};

#define REPLY_COOKIES_MAX 8
#define REPLY_HEADERS_MAX 8
struct reply {
    int status;
    bool snake;                     /* set by the edge from the request */
    const struct json_shape *shape; /* JSON body of *value */
    const void *value;
    const struct html_page *page; /* or a page of *value */
    struct page_head head;
    str bytes, type; /* or ready bytes */
    struct reply_cookie cookies[REPLY_COOKIES_MAX];
    size_t cookies_n;
    struct reply_header headers[REPLY_HEADERS_MAX];
    size_t headers_n;
    int64_t version;         /* > 0: strong ETag of a mutable resource */
    struct reply_park *park; /* the edge's, see reply_park */
};

/* All return NULL, so that a handler can end with `return reply_json(...)`. */
err reply_json(struct reply *r, int status, const struct json_shape *shape, const void *value);
err reply_page(struct reply *r, int status, const struct html_page *page, const void *view,
    struct page_head head);
err reply_bytes(struct reply *r, int status, str type, str bytes);
err reply_empty(struct reply *r, int status);
err reply_redirect(struct reply *r, str location); /* 303 See Other */
void reply_add_header(struct reply *r, str name, str value);
void reply_add_cookie(struct reply *r, struct reply_cookie cookie);

/* A reply that comes later, from any thread (UNIT_NONE only): call reply_park, return NULL from the
 * handler, fill *r, and finish once. The request's arena and cx live until then. No thread waits.
 */
struct reply_park {
    void (*finish)(struct reply_park *park, err e); /* the gateway's */
    bool parked;
    _Atomic int arrived; /* the edge's: the handler has returned, the reply is finished */
};
struct reply_park *reply_park(struct reply *r);
void reply_finish(struct reply_park *park, err e);

#endif
