/* SPDX-License-Identifier: Apache-2.0
 * A browser for the tests of the checkout's pages: requests to their routes, rendered with the real
 * templates. Must never be used outside this folder. */
#ifndef SOUK_FLOWS_CHECKOUT_TESTS_CHECKOUT_BROWSER_H
#define SOUK_FLOWS_CHECKOUT_TESTS_CHECKOUT_BROWSER_H

#include "flows/checkout/checkout_pages.h"
#include "flows/checkout/tests/checkout_books.h"
#include "tests/support/page.h"

/* ---- a browser ---- */

struct browser {
    struct world *w;
    struct buyer buyer;
};
struct seen {
    struct cx *cx; /* of the last request: closed by the next one */
    err e;
    int status;
    str location, html;
    struct reply reply;
};
struct request {
    struct reply_park park; /* first: finish gets it */
    const struct route *route;
    struct checkout *c;
    void *in;
    struct reply reply;
    err e;
    int finished;
};

static inline void finished(struct reply_park *park, err e)
{
    struct request *r = (struct request *)(void *)park;
    r->e = e;
    r->finished++;
}

static inline err handle(void *arg, struct cx *cx)
{
    struct request *r = arg;
    return r->route->fn(r->c, cx, r->in, &r->reply);
}

/* "/orders/{orderId}/x" against "/orders/1/x". */
static inline bool matches(const char *pattern_text, str path, struct json_pair *ret)
{
    str pattern = str_from_c(pattern_text);
    while (pattern.p && path.p) {
        str want = str_cut(&pattern, '/'), got = str_cut(&path, '/');
        if (str_starts(want, S("{")))
            *ret = (struct json_pair){ str_sub(want, 1, want.n - 2), got };
        else if (!str_eq(want, got))
            return false;
    }
    return !pattern.p && !path.p;
}

static inline void decode(
    struct request *r, struct cx *cx, struct json_pair at_path, str query, str form)
{
    struct json_pair *pairs;
    size_t n;
    if (!r->route->in)
        return;
    r->in = arena_alloc(cx->arena, r->route->in->size);
    CHECK_ERR(cx, json_pairs_of_query(cx, form, &pairs, &n), NULL);
    CHECK_ERR(cx, json_decode_pairs(cx, pairs, n, AT_BODY, true, r->route->in, r->in), NULL);
    CHECK_ERR(cx, json_pairs_done(cx, pairs, n, AT_BODY, r->route->in), NULL);
    CHECK_ERR(cx,
        json_decode_pairs(cx, &at_path, at_path.name.n ? 1 : 0, AT_PATH, true, r->route->in, r->in),
        NULL);
    CHECK_ERR(cx, json_pairs_of_query(cx, query, &pairs, &n), NULL);
    CHECK_ERR(cx, json_decode_pairs(cx, pairs, n, AT_QUERY, true, r->route->in, r->in), NULL);
}

static inline void forget(struct seen *seen)
{
    if (seen->cx)
        world_done(seen->cx);
    *seen = (struct seen){ 0 };
}

static inline void go(struct browser *b, struct seen *seen, const char *method, str url, str form)
{
    struct cx *cx = world_cx(b->w);
    world_as(b->w, cx, &b->buyer);
    struct request *r = NEW(cx->arena, struct request);
    struct json_pair at_path = { 0 };
    str query = str_dup(cx->arena, url), path = str_cut(&query, '?');
    form = str_dup(cx->arena, form);
    *r = (struct request){ .c = b->w->c, .park = { .finish = finished } };
    r->reply.park = &r->park;
    for (const struct route *at = checkout_page_routes; at->method && !r->route; at++) {
        at_path = (struct json_pair){ 0 };
        if (str_eq(str_from_c(at->method), str_from_c(method)) && matches(at->path, path, &at_path))
            r->route = at;
    }
    assert_non_null(r->route);
    decode(r, cx, at_path, query, form);
    err e = r->route->unit == UNIT_READ ? db_read(cx, handle, r)
            : r->route->unit == UNIT_WRITE
                ? db_write_wait(world_db(b->w, PLACE_ORDERS), cx, 0, handle, r)
                : handle(r, cx);
    CHECK_INT(r->finished, r->park.parked ? 1 : 0);
    forget(seen);
    *seen = (struct seen){ .cx = cx, .e = r->park.parked ? r->e : e, .reply = r->reply };
    seen->status = r->reply.status;
    seen->location = page_header(&r->reply, "Location");
    if (!seen->e && r->reply.page)
        seen->html = page_html(cx, &r->reply);
}

static inline bool shows(const struct seen *seen, const char *text)
{
    bool found = str_find(seen->html, str_from_c(text), 0) >= 0;
    if (!found)
        print_error("not there: %s\nin: " STR_F "\n", text, STR_A(seen->html));
    return found;
}

static inline bool hides(const struct seen *seen, const char *text)
{
    return str_find(seen->html, str_from_c(text), 0) < 0;
}

/* ---- forms ---- */

struct fill {
    const char *card, *key, *postal, *email, *more;
};
static inline str form_of(struct arena *a, struct fill f)
{
    return str_fmt(a,
        "key=%s&email=%s&name=Ada+Lovelace&line1=1+Main+St&line2=&city=Springfield&region=IL"
        "&postalCode=%s&country=US&phone=&deliverySpeed=standard&payment=%s%s",
        f.key ? f.key : "key-of-sixteen-chars", f.email ? f.email : "ada%40example.org",
        f.postal ? f.postal : "62701", f.card ? f.card : "pm_card_visa", f.more ? f.more : "");
}

static inline void send(struct browser *b, struct seen *seen, struct fill f)
{
    struct arena *a = arena_open(1024);
    go(b, seen, "POST", S("/checkout"), form_of(a, f));
    arena_close(a);
}

/* The order that one has been led to, of "/orders/<id>/rest". */
static inline id led_to(struct world *w, const struct seen *seen, const char *rest, int64_t units)
{
    id order_id = { 0 };
    CHECK_ERR(seen->cx, seen->e, NULL);
    CHECK_INT(seen->status, 303);
    CHECK(str_starts(seen->location, S("/orders/")));
    CHECK(id_parse(str_sub(seen->location, 8, ID_TEXT_N), &order_id));
    CHECK_STR(str_skip(seen->location, 8 + ID_TEXT_N), str_from_c(rest));
    w->attempts[w->attempts_n++] = (struct attempt){ order_id, units };
    return order_id;
}

static inline void go_order(struct browser *b, struct seen *seen, const char *method, id order_id,
    const char *rest, const char *form)
{
    struct arena *a = arena_open(256);
    go(b, seen, method, checkout_order_path(a, order_id, rest), str_from_c(form));
    arena_close(a);
}

#endif
