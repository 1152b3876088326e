/* SPDX-License-Identifier: Apache-2.0
 * The filter of leaked passwords: it forgets none, and suspects few. Run by `./dev test leak`.
 * Writes only below a folder that it makes and removes. */
#include "platform/leak/leak.h"

#include <stdlib.h>
#include <unistd.h>

#include "platform/secret/secret.h"
#include "tests/support/check.h"

struct desk {
    struct cx *cx;
    char folder[32];
    const char *list, *file;
};

static int desk_open(void **state)
{
    struct desk *d = calloc(1, sizeof *d);
    d->cx = check_cx_open();
    memcpy(d->folder, "/tmp/souk-leak-XXXXXX", 22);
    CHECK(mkdtemp(d->folder) != NULL);
    d->list = str_c(d->cx->arena, str_fmt(d->cx->arena, "%s/list", d->folder));
    d->file = str_c(d->cx->arena, str_fmt(d->cx->arena, "%s/filter", d->folder));
    *state = d;
    return 0;
}

static int desk_close(void **state)
{
    struct desk *d = *state;
    unlink(d->list);
    unlink(d->file);
    rmdir(d->folder);
    check_cx_close(d->cx);
    free(d);
    return 0;
}

static void write_list(struct desk *d, const char *text)
{
    FILE *out = fopen(d->list, "w");
    fputs(text, out);
    fclose(out);
}

static void lists_of_both_kinds(void **state)
{
    struct desk *d = *state;
    struct leak_made made;
    struct leak *leak = NULL;
    /* the third is a SHA-1, as Have I Been Pwned gives them */
    write_list(d, "hunter2\r\n\npa ss wörd\nBF6B6905B4F8A4A3A1BD5E0E0B0D8F6A8B0F6C0C:17\n");
    str digest = str_hex(d->cx->arena, secret_sha1(d->cx->arena, S("let me in, please")));
    FILE *out = fopen(d->list, "a");
    fprintf(out, STR_F ":3\n", STR_A(digest));
    fclose(out);
    CHECK_ERR(d->cx, leak_build(d->cx, d->list, d->file, &made), NULL);
    CHECK_INT(made.passwords, 4);
    CHECK_ERR(d->cx, leak_open(d->cx->arena, d->cx, d->file, &leak), NULL);
    CHECK(leak_has(leak, S("hunter2")));
    CHECK(leak_has(leak, S("pa ss wörd")));
    CHECK(leak_has(leak, S("let me in, please")));
    CHECK(!leak_has(leak, S("hunter3")));
    CHECK(!leak_has(leak, S("")));
    CHECK(!leak_has(NULL, S("hunter2")));
    leak_close(leak);
    leak_close(NULL);
}

#define LISTED 20000
#define ASKED 200000

static void none_is_forgotten_and_few_are_suspected(void **state)
{
    struct desk *d = *state;
    struct leak_made made;
    struct leak *leak = NULL;
    int64_t suspected = 0;
    FILE *out = fopen(d->list, "w");
    for (int i = 0; i < LISTED; i++)
        fprintf(out, "leaked-%d\n", i);
    fclose(out);
    CHECK_ERR(d->cx, leak_build(d->cx, d->list, d->file, &made), NULL);
    CHECK(made.bytes < LISTED * 3);
    CHECK_ERR(d->cx, leak_open(d->cx->arena, d->cx, d->file, &leak), NULL);
    char text[32];
    for (int i = 0; i < LISTED; i++) {
        snprintf(text, sizeof text, "leaked-%d", i);
        CHECK(leak_has(leak, str_from_c(text)));
    }
    for (int i = 0; i < ASKED; i++) {
        snprintf(text, sizeof text, "fresh-%d", i);
        suspected += leak_has(leak, str_from_c(text));
    }
    CHECK(suspected <= ASKED / 10000);
    leak_close(leak);
}

static void other_files_are_refused(void **state)
{
    struct desk *d = *state;
    struct leak_made made;
    struct leak *leak = NULL;
    CHECK_ERR(d->cx, leak_open(d->cx->arena, d->cx, d->file, &leak), &LEAK_UNREADABLE);
    CHECK_ERR(d->cx, leak_build(d->cx, d->list, d->file, &made), &ERR_INVALID);
    write_list(d, "\n\n");
    CHECK_ERR(d->cx, leak_build(d->cx, d->list, d->file, &made), &ERR_INVALID);
    CHECK_ERR(d->cx, leak_open(d->cx->arena, d->cx, d->list, &leak), &LEAK_UNREADABLE);
    write_list(d, "hunter2\n");
    CHECK_ERR(d->cx, leak_build(d->cx, d->list, d->file, &made), NULL);
    CHECK_INT(truncate(d->file, made.bytes - 1), 0);
    CHECK_ERR(d->cx, leak_open(d->cx->arena, d->cx, d->file, &leak), &LEAK_UNREADABLE);
    CHECK(leak == NULL);
}

#define WITH_DESK(fn) cmocka_unit_test_setup_teardown(fn, desk_open, desk_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DESK(lists_of_both_kinds),
        WITH_DESK(none_is_forgotten_and_few_are_suspected),
        WITH_DESK(other_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
