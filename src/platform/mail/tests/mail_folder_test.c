/* SPDX-License-Identifier: Apache-2.0
 * The mail folder: one file for each key, whatever the day, and none outside.
 * Run by `./dev test mail`. */
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/instant.h"
#include "platform/file/file.h"
#include "platform/mail/mail.h"
#include "tests/support/check.h"

struct desk {
    struct cx *cx;
    str folder;
    struct mail mail;
};

static struct desk desk_of(void)
{
    struct desk d = { .cx = check_cx_open() };
    char *folder = (char *)str_c(d.cx->arena, S("/tmp/souk-mail-XXXXXX"));
    CHECK(mkdtemp(folder) != NULL);
    d.folder = str_fmt(d.cx->arena, "%s/mail/out", folder);
    CHECK_ERR(
        d.cx, mail_folder_open(d.cx->arena, d.cx, str_c(d.cx->arena, d.folder), &d.mail), NULL);
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
    str top = str_sub(d->folder, 0, d->folder.n - S("/mail/out").n);
    CHECK_INT(nftw(str_c(d->cx->arena, top), remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
    check_cx_close(d->cx);
}

static err send(struct desk *d, str key, const char *subject)
{
    const struct mail_message m = { .key = key,
        .to = S("a@example.org"),
        .from = S("b@example.org"),
        .subject = str_from_c(subject),
        .text = S("x") };
    cx_clear(d->cx);
    return d->mail.send(d->mail.self, d->cx, &m);
}

static bool is_there(struct desk *d, const char *name, const char *subject)
{
    str text, path = str_fmt(d->cx->arena, STR_F "/%s", STR_A(d->folder), name);
    return file_read(d->cx->arena, path, &text) &&
           str_find(text, str_fmt(d->cx->arena, "Subject: %s\r\n", subject), 0) >= 0;
}

static void a_key_is_sent_once(void **state)
{
    struct desk d = desk_of();
    struct stat st;
    (void)state;

    CHECK_ERR(d.cx, send(&d, S("k-1"), "first"), NULL);
    CHECK(is_there(&d, "2026-01-01/k-1.eml", "first"));
    CHECK_ERR(d.cx, send(&d, S("k-1"), "again"), NULL);
    CHECK(is_there(&d, "2026-01-01/k-1.eml", "first"));
    CHECK_ERR(d.cx, send(&d, S("k-2"), "second"), NULL);
    CHECK(is_there(&d, "2026-01-01/k-2.eml", "second"));
    d.cx->now_ms += DAY_MS;
    CHECK_ERR(d.cx, send(&d, S("k-1"), "tomorrow"), NULL);
    CHECK(!is_there(&d, "2026-01-02/k-1.eml", "tomorrow"));
    CHECK_ERR(d.cx, send(&d, S("k-3"), "third"), NULL);
    CHECK(is_there(&d, "2026-01-02/k-3.eml", "third"));
    str path = str_fmt(d.cx->arena, STR_F "/2026-01-02/k-3.eml", STR_A(d.folder));
    CHECK_INT(stat(str_c(d.cx->arena, path), &st), 0);
    CHECK_INT(st.st_mode & 0777, 0600); /* addresses are nobody's business */
    desk_close(&d);
}

/* A process that died between making the file and writing it has sent nothing. */
static void an_empty_file_was_not_sent(void **state)
{
    struct desk d = desk_of();
    (void)state;

    CHECK_ERR(d.cx, send(&d, S("k-1"), "first"), NULL);
    str path = str_fmt(d.cx->arena, STR_F "/2026-01-01/k-2.eml", STR_A(d.folder));
    CHECK(file_put(d.cx->arena, (struct file_put){ path, S(""), 0600, false }));
    CHECK_ERR(d.cx, send(&d, S("k-2"), "second"), NULL);
    CHECK(is_there(&d, "2026-01-01/k-2.eml", "second"));
    desk_close(&d);
}

/* Nothing of a message stays when the disk has no room for it, so that it can be sent again. */
static void a_full_disk_keeps_no_half(void **state)
{
    struct desk d = desk_of();
    struct rlimit was, small;
    (void)state;

    CHECK_INT(getrlimit(RLIMIT_FSIZE, &was), 0);
    small = (struct rlimit){ 100, was.rlim_max };
    CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &small), 0);
    err e = send(&d, S("k-1"), "first");
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &was), 0);
    CHECK_ERR(d.cx, e, &MAIL_FAILED);
    CHECK(!is_there(&d, "2026-01-01/k-1.eml", "first"));
    CHECK_ERR(d.cx, send(&d, S("k-1"), "again"), NULL);
    CHECK(is_there(&d, "2026-01-01/k-1.eml", "again"));
    desk_close(&d);
}

static const struct key_case {
    str key;
    const char *file;
} key_cases[] = {
    { S_INIT("../../../etc/x"), "%2E.%2F..%2F..%2Fetc%2Fx.eml" },
    { S_INIT("/x"), "%2Fx.eml" },
    { S_INIT(".."), "%2E..eml" },
    { S_INIT("a/b"), "a%2Fb.eml" },
    { S_INIT("a%2Fb"), "a%252Fb.eml" },
    { S_INIT("a\0b"), "a%00b.eml" },
    { S_INIT("\xc3\xa9"), "%C3%A9.eml" },
    { S_INIT("Order.Mail_1-2"), "Order.Mail_1-2.eml" },
};

static void keys_stay_in_the_folder(void **state)
{
    struct desk d = desk_of();
    char longest[500];
    (void)state;

    for (size_t i = 0; i < COUNT(key_cases); i++) {
        const char *name =
            str_c(d.cx->arena, str_fmt(d.cx->arena, "2026-01-01/%s", key_cases[i].file));
        CHECK_ERR(d.cx, send(&d, key_cases[i].key, "s"), NULL);
        CASE(key_cases[i].file, is_there(&d, name, "s"));
    }
    memset(longest, 'k', sizeof longest);
    CHECK_ERR(d.cx, send(&d, (str){ longest, sizeof longest }, "s"), NULL);
    longest[499] = 'l';
    CHECK_ERR(d.cx, send(&d, (str){ longest, sizeof longest }, "s"), NULL);
    CHECK_ERR(d.cx, send(&d, S(""), "s"), &ERR_BUG);
    desk_close(&d);
}

static void what_cannot_be_written_is_not_sent(void **state)
{
    struct desk d = desk_of();
    struct mail other;
    str day = str_fmt(d.cx->arena, STR_F "/2026-01-01", STR_A(d.folder));
    (void)state;

    CHECK(file_put(d.cx->arena, (struct file_put){ day, S("no folder"), 0600, false }));
    CHECK_ERR(d.cx, send(&d, S("k"), "s"), &MAIL_FAILED);
    CHECK_INT(unlink(str_c(d.cx->arena, day)), 0);
    CHECK_ERR(d.cx, send(&d, S("k"), "s"), NULL);
    str below = str_fmt(d.cx->arena, STR_F "/k.eml/x", STR_A(day));
    CHECK_ERR(
        d.cx, mail_folder_open(d.cx->arena, d.cx, str_c(d.cx->arena, below), &other), &MAIL_FAILED);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_sent_once),
        cmocka_unit_test(an_empty_file_was_not_sent),
        cmocka_unit_test(a_full_disk_keeps_no_half),
        cmocka_unit_test(keys_stay_in_the_folder),
        cmocka_unit_test(what_cannot_be_written_is_not_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
