/* SPDX-License-Identifier: Apache-2.0
 * Whole files: read back, replaced at once, and nothing left behind by a failure.
 * Run by `./dev test file`. */
#include "platform/file/file.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/check.h"

struct desk {
    struct cx *cx;
    str folder;
};

static struct desk desk_of(void)
{
    struct desk d = { .cx = check_cx_open() };
    char *folder = (char *)str_c(d.cx->arena, S("/tmp/souk-file-XXXXXX"));
    CHECK(mkdtemp(folder) != NULL);
    d.folder = str_from_c(folder);
    return d;
}

static str in_folder(struct desk *d, const char *name)
{
    return str_fmt(d->cx->arena, STR_F "/%s", STR_A(d->folder), name);
}

/* Removes what is there; returns how many files there were. */
static int desk_close(struct desk *d)
{
    int n = 0;
    DIR *dir = opendir(str_c(d->cx->arena, d->folder));
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            n += unlinkat(dirfd(dir), entry->d_name, 0) == 0;
    closedir(dir);
    rmdir(str_c(d->cx->arena, d->folder));
    check_cx_close(d->cx);
    return n;
}

static const struct put_case {
    const char *name;
    str bytes;
    int mode;
    bool durable;
} put_cases[] = {
    { "text", S_INIT("hello\n"), 0644, false },
    { "nothing", S_INIT(""), 0600, true },
    { "bytes", S_INIT("\0\xff\0"), 0640, true },
};

static void what_is_put_can_be_read(void **state)
{
    struct desk d = desk_of();
    str path = in_folder(&d, "a");
    (void)state;

    for (size_t i = 0; i < COUNT(put_cases); i++) { /* each replaces the one before */
        const struct put_case *c = &put_cases[i];
        struct stat st;
        str got;
        CASE(c->name,
            file_put(d.cx->arena, (struct file_put){ path, c->bytes, c->mode, c->durable }));
        CASE(c->name, file_read(d.cx->arena, path, &got));
        CASE_STR(c->name, got, c->bytes);
        CHECK_INT(stat(str_c(d.cx->arena, path), &st), 0);
        CASE_INT(c->name, st.st_mode & 0777, c->mode);
    }
    CHECK_INT(desk_close(&d), 1);
}

static void failures_leave_the_old_file(void **state)
{
    struct desk d = desk_of();
    str path = in_folder(&d, "a"), got;
    char *much = arena_alloc(d.cx->arena, 10000);
    struct rlimit unlimited, full;
    (void)state;

    CHECK(file_put(d.cx->arena, (struct file_put){ path, S("old"), 0600, false }));
    CHECK(!file_put(d.cx->arena, (struct file_put){ in_folder(&d, "no/a"), S("x"), 0600, false }));
    CHECK_INT(errno, ENOENT);
    CHECK_INT(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
    full = (struct rlimit){ 4096, unlimited.rlim_max };
    void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &full), 0);
    bool put = file_put(d.cx->arena, (struct file_put){ path, { much, 10000 }, 0600, false });
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
    signal(SIGXFSZ, before);
    CHECK(!put);
    CHECK(file_read(d.cx->arena, path, &got));
    CHECK_STR(got, S("old"));
    CHECK(!file_read(d.cx->arena, in_folder(&d, "b"), &got));
    CHECK(!file_read(d.cx->arena, d.folder, &got));
    CHECK_INT(desk_close(&d), 1);
}

static void folders_are_made_with_their_parents(void **state)
{
    struct desk d = desk_of();
    str deep = in_folder(&d, "x/y/z");
    struct stat st;
    (void)state;

    CHECK(file_make_folders(d.cx->arena, deep));
    CHECK(file_make_folders(d.cx->arena, deep));
    CHECK_INT(stat(str_c(d.cx->arena, deep), &st), 0);
    CHECK(S_ISDIR(st.st_mode));
    CHECK(file_put(d.cx->arena, (struct file_put){ in_folder(&d, "f"), S("x"), 0600, false }));
    CHECK(!file_make_folders(d.cx->arena, in_folder(&d, "f/g")));
    for (int i = 0; i < 3; i++) {
        CHECK_INT(rmdir(str_c(d.cx->arena, deep)), 0);
        deep.n -= 2;
    }
    CHECK_INT(desk_close(&d), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_can_be_read),
        cmocka_unit_test(failures_leave_the_old_file),
        cmocka_unit_test(folders_are_made_with_their_parents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
