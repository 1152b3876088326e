/* SPDX-License-Identifier: Apache-2.0
 * Log lines: both forms, escaping, levels, cutting. Run by `./dev test log`.
 * Reads the lines back from a pipe; never looks at the wall clock. */
#include "platform/log/log.h"

#include <unistd.h>

#include <jansson.h>

#include "tests/support/check.h"

static const problem TEST_BROKEN = { KIND_BUG, "test.broken", NULL, "Broken" };
static const problem TEST_FULL = { KIND_BUSY, "test.full", NULL, "Full" };
static const problem TEST_ODD = { KIND_INVALID, "test.odd", NULL, "Odd" };

struct world {
    struct arena *life;
    int fds[2];
    char line[8192];
};

static struct world world_open(void)
{
    struct world w = { .life = arena_open(4096) };
    CHECK(pipe(w.fds) == 0);
    return w;
}

static void world_close(struct world *w)
{
    close(w->fds[0]);
    close(w->fds[1]);
    arena_close(w->life);
}

/* What one read gives: one write is one line. */
static str world_line(struct world *w)
{
    ssize_t n = read(w->fds[0], w->line, sizeof(w->line));
    CHECK(n > 0);
    return (str){ w->line, (size_t)n };
}

static json_t *world_json(struct world *w)
{
    str line = world_line(w);
    CHECK(str_ends(line, S("}\n")));
    json_t *json = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, NULL);
    CHECK(json != NULL);
    return json;
}

static void text_form(void **state)
{
    struct world w = world_open();
    struct log *log = log_open(w.life, w.fds[1], LOG_TEXT, LOG_INFO);
    (void)state;

    log_line(log, LOG_INFO, S("listening"),
        LOG_FIELDS({ .name = "port", .number = 8080 }, { .name = "at", .text = S("a b\n\x1b[2J") },
            { .name = "as", .text = S("plain") }));
    str line = world_line(&w);
    CHECK_INT(line.p[2], ':');
    CHECK_INT(line.p[8], '.');
    CHECK_STR(str_skip(line, 12), S(" INFO  listening                     port=8080  at=\"a "
                                    "b\\u000a\\u001b[2J\"  as=plain\n"));
    world_close(&w);
}

static void json_form(void **state)
{
    struct world w = world_open();
    struct log *log = log_open(w.life, w.fds[1], LOG_JSON, LOG_DEBUG);
    (void)state;

    log_line(log, LOG_WARN, S("say \"hi\"\\\n"),
        LOG_FIELDS({ .name = "n", .number = INT64_MIN },
            { .name = "t", .text = S("bad \xff\x7f é") }, { .name = "empty", .text = S("") }));
    json_t *json = world_json(&w);
    CHECK(strcmp(json_string_value(json_object_get(json, "message")), "say \"hi\"\\\n") == 0);
    CHECK(strcmp(json_string_value(json_object_get(json, "level")), "warn") == 0);
    CHECK_INT(json_integer_value(json_object_get(json, "n")), INT64_MIN);
    CHECK(strcmp(json_string_value(json_object_get(json, "t")), "bad \xef\xbf\xbd\x7f é") == 0);
    CHECK(strcmp(json_string_value(json_object_get(json, "empty")), "") == 0);
    CHECK_INT(strlen(json_string_value(json_object_get(json, "time"))), 24);
    json_decref(json);
    world_close(&w);
}

static void long_lines_keep_their_form(void **state)
{
    struct world w = world_open();
    struct log *log = log_open(w.life, w.fds[1], LOG_AUTO, LOG_DEBUG); /* a pipe is no terminal */
    char text[5000];
    (void)state;

    for (size_t n = 3800; n < 4200; n++) { /* the cut falls on every byte of the form once */
        for (size_t i = 0; i + 1 < n; i += 2)
            memcpy(text + i, "\xc3\xa9", 2);
        log_line(log, LOG_INFO, S("m"),
            LOG_FIELDS({ .name = "a", .text = { text, n & ~(size_t)1 } },
                { .name = "b", .text = { text, 60 } }, { .name = "c", .number = 1 }));
        json_decref(world_json(&w));
    }
    world_close(&w);
}

static void levels_and_null(void **state)
{
    struct world w = world_open();
    struct log *log = log_open(w.life, w.fds[1], LOG_JSON, LOG_WARN);
    (void)state;

    log_line(NULL, LOG_ERROR, S("nowhere"), NULL);
    log_line(log, LOG_INFO, S("too quiet"), NULL);
    log_line(log, LOG_WARN, S("heard"), NULL);
    json_t *json = world_json(&w);
    CHECK(strcmp(json_string_value(json_object_get(json, "message")), "heard") == 0);
    json_decref(json);
    world_close(&w);
}

static const struct err_case {
    err e;
    const char *level;
} err_cases[] = {
    { &TEST_BROKEN, "error" },
    { &TEST_FULL, "warn" },
    { &TEST_ODD, "debug" },
};

static void failures(void **state)
{
    struct world w = world_open();
    struct log *log = log_open(w.life, w.fds[1], LOG_JSON, LOG_DEBUG);
    (void)state;

    for (size_t i = 0; i < COUNT(err_cases); i++) {
        struct cx *cx = check_cx_open();
        cx->request_id = S("0123abcd");
        (void)cx_fail(cx, err_cases[i].e, "file.c:7", "want=%d", 3);
        log_err(log, cx, err_cases[i].e, S("reserve"));
        json_t *json = world_json(&w);
        CHECK(strcmp(json_string_value(json_object_get(json, "level")), err_cases[i].level) == 0);
        CHECK(
            strcmp(json_string_value(json_object_get(json, "problem")), err_cases[i].e->slug) == 0);
        CHECK(strcmp(json_string_value(json_object_get(json, "where")), "file.c:7") == 0);
        CHECK(strcmp(json_string_value(json_object_get(json, "detail")), "want=3") == 0);
        CHECK(strcmp(json_string_value(json_object_get(json, "request_id")), "0123abcd") == 0);
        json_decref(json);
        check_cx_close(cx);
    }
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_form),
        cmocka_unit_test(json_form),
        cmocka_unit_test(long_lines_keep_their_form),
        cmocka_unit_test(levels_and_null),
        cmocka_unit_test(failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
