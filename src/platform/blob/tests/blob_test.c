/* SPDX-License-Identifier: Apache-2.0
 * The blob folder: what is put is there, whole and for good; names lead nowhere else.
 * Run by `./dev test blob`. */
#include "platform/blob/blob.h"

#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/file/file.h"
#include "tests/support/check.h"

struct desk {
    struct cx *cx;
    str top, folder;
    struct blob blob;
};

static struct desk desk_of(void)
{
    struct desk d = { .cx = check_cx_open() };
    char *top = (char *)str_c(d.cx->arena, S("/tmp/souk-blob-XXXXXX"));
    CHECK(mkdtemp(top) != NULL);
    d.top = str_from_c(top);
    d.folder = str_cat(d.cx->arena, d.top, S("/blobs"));
    CHECK_ERR(
        d.cx, blob_folder_open(d.cx->arena, d.cx, str_c(d.cx->arena, d.folder), &d.blob), NULL);
    return d;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static void desk_close(struct desk *d)
{
    CHECK_INT(nftw(str_c(d->cx->arena, d->top), remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
    check_cx_close(d->cx);
}

static err put(struct desk *d, str name, str bytes)
{
    cx_clear(d->cx);
    return d->blob.put(d->blob.self, d->cx, name, bytes);
}

static err get(struct desk *d, str name, str *ret)
{
    cx_clear(d->cx);
    return d->blob.get(d->blob.self, d->cx, name, ret);
}

static const struct put_case {
    const char *file;
    str name, bytes;
} put_cases[] = {
    { "/ab/abcdef.webp", S_INIT("abcdef.webp"), S_INIT("\0\x01\xff") },
    { "/ab/ab", S_INIT("ab"), S_INIT("two") },
    { "/a/a", S_INIT("a"), S_INIT("one") },
    { "/-_/-_.", S_INIT("-_."), S_INIT("odd") },
    { "/em/empty", S_INIT("empty"), S_INIT("") },
};

static void what_is_put_is_there_for_good(void **state)
{
    struct desk d = desk_of();
    str got;
    (void)state;

    for (int again = 0; again < 2; again++) {
        for (size_t i = 0; i < COUNT(put_cases); i++) {
            const struct put_case *c = &put_cases[i];
            CHECK_ERR(d.cx, put(&d, c->name, again ? S("something else") : c->bytes), NULL);
            CHECK_ERR(d.cx, get(&d, c->name, &got), NULL);
            CASE_STR(c->file, got, c->bytes);
            str path = str_cat(d.cx->arena, d.folder, str_from_c(c->file));
            CASE(c->file, file_read(d.cx->arena, path, &got));
        }
    }
    desk_close(&d);
}

static const struct name_case {
    const char *name;
    str blob;
} bad_names[] = {
    { "empty", S_INIT("") },
    { "absent", { NULL, 0 } },
    { "hidden", S_INIT(".new-abcdef") },
    { "parent", S_INIT("..") },
    { "a way out", S_INIT("ab/../../x") },
    { "a folder", S_INIT("ab/cd") },
    { "upper case", S_INIT("Ab") },
    { "a zero byte", S_INIT("ab\0cd") },
    { "beyond ASCII", S_INIT("\xc3\xa9") },
};

static void other_names_are_refused(void **state)
{
    struct desk d = desk_of();
    char longest[129];
    str got;
    (void)state;

    for (size_t i = 0; i < COUNT(bad_names); i++) {
        CASE(bad_names[i].name, put(&d, bad_names[i].blob, S("x")) == &ERR_BUG);
        CASE(bad_names[i].name, get(&d, bad_names[i].blob, &got) == &ERR_MISSING);
    }
    memset(longest, 'n', sizeof longest);
    CHECK_ERR(d.cx, put(&d, (str){ longest, 129 }, S("x")), &ERR_BUG);
    CHECK_ERR(d.cx, put(&d, (str){ longest, 128 }, S("x")), NULL);
    CHECK_ERR(d.cx, get(&d, (str){ longest, 128 }, &got), NULL);
    CHECK_ERR(d.cx, get(&d, S("nobody"), &got), &ERR_MISSING);
    desk_close(&d);
}

static void full_disks_leave_nothing(void **state)
{
    struct desk d = desk_of();
    char *much = arena_alloc(d.cx->arena, 10000);
    struct rlimit unlimited, full;
    struct blob other;
    str got;
    (void)state;

    CHECK_INT(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
    full = (struct rlimit){ 4096, unlimited.rlim_max };
    void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &full), 0);
    err e = put(&d, S("big"), (str){ much, 10000 });
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
    signal(SIGXFSZ, before);
    CHECK_ERR(d.cx, e, &BLOB_FAILED);
    CHECK_ERR(d.cx, get(&d, S("big"), &got), &ERR_MISSING);
    CHECK_INT(rmdir(str_c(d.cx->arena, str_cat(d.cx->arena, d.folder, S("/bi")))), 0);
    CHECK_ERR(d.cx, put(&d, S("big"), (str){ much, 10000 }), NULL);
    CHECK_ERR(d.cx, get(&d, S("big"), &got), NULL);
    CHECK_INT((int64_t)got.n, 10000);
    str below = str_cat(d.cx->arena, d.folder, S("/bi/big/x"));
    CHECK_ERR(
        d.cx, blob_folder_open(d.cx->arena, d.cx, str_c(d.cx->arena, below), &other), &BLOB_FAILED);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_is_there_for_good),
        cmocka_unit_test(other_names_are_refused),
        cmocka_unit_test(full_disks_leave_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
