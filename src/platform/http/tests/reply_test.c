/* SPDX-License-Identifier: Apache-2.0
 * What a handler notes in a reply: the last body counts, headers and cookies add up, and a parked
 * reply is finished by who parked it. Run by `./dev test http`. */
#include "platform/http/reply.h"

#include "tests/support/check.h"

static const struct json_shape shape = { .name = "Thing", .size = 1 };
static const struct html_page page = { .template = "thing.html" };
static const int thing = 1;

enum body { NOTHING, JSON, PAGE, BYTES, EMPTY, REDIRECT };

static err note(struct reply *r, enum body body)
{
    switch (body) {
    case NOTHING:
        return NULL;
    case JSON:
        return reply_json(r, 201, &shape, &thing);
    case PAGE:
        return reply_page(r, 404, &page, &thing, (struct page_head){ .title = S("T") });
    case BYTES:
        return reply_bytes(r, 200, S("text/csv"), S("a,b\n"));
    case EMPTY:
        return reply_empty(r, 204);
    case REDIRECT:
        return reply_redirect(r, S("/cart"));
    }
    fail();
    return NULL;
}

static const struct note_case {
    const char *name;
    enum body first, then;
    int status;
    bool json, page;
    str type, bytes;
    size_t headers_n;
} note_cases[] = {
    { "JSON", NOTHING, JSON, 201, true, false, { 0 }, { 0 }, 0 },
    { "a page", NOTHING, PAGE, 404, false, true, { 0 }, { 0 }, 0 },
    { "bytes", NOTHING, BYTES, 200, false, false, S_INIT("text/csv"), S_INIT("a,b\n"), 0 },
    { "nothing", NOTHING, EMPTY, 204, false, false, { 0 }, { 0 }, 0 },
    { "another place", NOTHING, REDIRECT, 303, false, false, { 0 }, { 0 }, 1 },
    { "a page, then JSON", PAGE, JSON, 201, true, false, { 0 }, { 0 }, 0 },
    { "JSON, then a page", JSON, PAGE, 404, false, true, { 0 }, { 0 }, 0 },
    { "bytes, then a page", BYTES, PAGE, 404, false, true, { 0 }, { 0 }, 0 },
    { "JSON, then nothing", JSON, EMPTY, 204, false, false, { 0 }, { 0 }, 0 },
    { "a page, then another place", PAGE, REDIRECT, 303, false, false, { 0 }, { 0 }, 1 },
};

static void the_last_body_counts(void **state)
{
    (void)state;

    for (size_t i = 0; i < COUNT(note_cases); i++) {
        const struct note_case *c = &note_cases[i];
        struct reply r = { .version = 7 };
        CASE(c->name, note(&r, c->first) == NULL);
        CASE(c->name, note(&r, c->then) == NULL);
        CASE_INT(c->name, r.status, c->status);
        CASE(c->name, (r.shape != NULL) == c->json);
        CASE(c->name, (r.page != NULL) == c->page);
        CASE(c->name, (r.value != NULL) == (c->json || c->page));
        CASE(c->name, (r.head.title.n > 0) == c->page);
        CASE_STR(c->name, r.type, c->type);
        CASE_STR(c->name, r.bytes, c->bytes);
        CASE_INT(c->name, (int64_t)r.headers_n, (int64_t)c->headers_n);
        CASE_INT(c->name, r.version, 7);
    }
}

static void headers_and_cookies_add_up(void **state)
{
    struct reply r = { 0 };
    (void)state;

    reply_add_header(&r, S("Allow"), S("GET"));
    reply_add_cookie(&r, (struct reply_cookie){ S("a"), S("1"), -1, false });
    reply_add_cookie(&r, (struct reply_cookie){ S("b"), S("2"), 0, true });
    CHECK_ERR(NULL, reply_redirect(&r, S("/x")), NULL);
    CHECK_INT((int64_t)r.headers_n, 2);
    CHECK_STR(r.headers[0].value, S("GET"));
    CHECK_STR(r.headers[1].name, S("Location"));
    CHECK_STR(r.headers[1].value, S("/x"));
    CHECK_INT((int64_t)r.cookies_n, 2);
    CHECK_STR(r.cookies[1].value, S("2"));
    CHECK(r.cookies[1].readable && !r.cookies[0].readable);
}

struct lot {
    struct reply_park park;
    int finished;
    err with;
};

static void lot_finish(struct reply_park *park, err e)
{
    struct lot *lot = (struct lot *)park; /* its first member */
    lot->finished++;
    lot->with = e;
}

static void a_parked_reply_is_finished_later(void **state)
{
    struct lot lot = { .park.finish = lot_finish };
    struct reply r = { .park = &lot.park };
    (void)state;

    struct reply_park *park = reply_park(&r);
    CHECK(park == &lot.park);
    CHECK(lot.park.parked);
    CHECK_INT(lot.finished, 0);
    CHECK_ERR(NULL, reply_empty(&r, 204), NULL);
    CHECK(r.park == &lot.park);
    reply_finish(park, &ERR_MISSING);
    CHECK_INT(lot.finished, 1);
    CHECK_ERR(NULL, lot.with, &ERR_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_body_counts),
        cmocka_unit_test(headers_and_cookies_add_up),
        cmocka_unit_test(a_parked_reply_is_finished_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
