/* SPDX-License-Identifier: Apache-2.0
 * The mail folder: one message for each key, whatever the day and whoever writes, and no half.
 * Run by `./dev test mail`. */
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
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

static str mailbox(struct desk *d, const char *day)
{
    str text, path = str_fmt(d->cx->arena, STR_F "/%s.mbox", STR_A(d->folder), day);
    return file_read(d->cx->arena, path, &text) ? text : (str){ 0 };
}

/* As mail programs see it: by lines that begin with "From ". */
static int64_t messages_in(str box)
{
    int64_t n = str_starts(box, S("From "));
    for (ptrdiff_t at = 0; (at = str_find(box, S("\nFrom "), (size_t)at)) >= 0; at++)
        n++;
    return n;
}

static bool is_there(struct desk *d, const char *day, const char *subject)
{
    return str_find(mailbox(d, day), str_fmt(d->cx->arena, "Subject: %s\r\n", subject), 0) >= 0;
}

static void put_mailbox(struct desk *d, str bytes)
{
    str path = str_fmt(d->cx->arena, STR_F "/2026-01-01.mbox", STR_A(d->folder));
    CHECK(file_put(d->cx->arena, (struct file_put){ path, bytes, 0600, false }));
}

/* Another process with the same folder; or this one, started again. */
static struct desk another(struct desk *d)
{
    struct desk other = { .cx = check_cx_open(), .folder = d->folder };
    other.cx->now_ms = d->cx->now_ms;
    CHECK_ERR(other.cx,
        mail_folder_open(other.cx->arena, other.cx, str_c(other.cx->arena, d->folder), &other.mail),
        NULL);
    return other;
}

static void a_key_is_sent_once(void **state)
{
    struct desk d = desk_of();
    struct stat st;
    (void)state;

    CHECK_ERR(d.cx, send(&d, S("k-1"), "first"), NULL);
    CHECK_ERR(d.cx, send(&d, S("k-1"), "again"), NULL);
    CHECK_ERR(d.cx, send(&d, S("k-2"), "second"), NULL);
    CHECK(is_there(&d, "2026-01-01", "first") && is_there(&d, "2026-01-01", "second"));
    CHECK(!is_there(&d, "2026-01-01", "again"));
    CHECK_INT(messages_in(mailbox(&d, "2026-01-01")), 2);
    d.cx->now_ms += DAY_MS;
    CHECK_ERR(d.cx, send(&d, S("k-1"), "tomorrow"), NULL);
    CHECK_ERR(d.cx, send(&d, S("k-3"), "third"), NULL);
    CHECK(!is_there(&d, "2026-01-02", "tomorrow"));
    CHECK(is_there(&d, "2026-01-02", "third"));
    CHECK_ERR(d.cx, send(&d, S(""), "s"), &ERR_BUG);
    str path = str_fmt(d.cx->arena, STR_F "/2026-01-02.mbox", STR_A(d.folder));
    CHECK_INT(stat(str_c(d.cx->arena, path), &st), 0);
    CHECK_INT(st.st_mode & 0777, 0600); /* addresses are nobody's business */
    desk_close(&d);
}

static void a_mailbox_is_one(void **state)
{
    struct desk d = desk_of();
    (void)state;

    CHECK_ERR(d.cx, send(&d, S("k-1"), "first"), NULL);
    str box = mailbox(&d, "2026-01-01");
    CHECK(str_starts(box, S("From b@example.org Thu Jan 01 00:00:00 2026\n"
                            "Content-Length: 3\r\nDate: ")));
    CHECK(str_ends(box, S("\r\n\r\nx\r\n\n")));
    const struct mail_message trick = { .key = S("k-2"),
        .to = S("a@example.org"),
        .from = S("b@example.org"),
        .subject = S("s"),
        .text = S("\n\nFrom b@example.org Thu Jan 01 00:00:00 2026\nFrom here on\r\nFrom ") };
    CHECK_ERR(d.cx, d.mail.send(d.mail.self, d.cx, &trick), NULL);
    CHECK_INT(messages_in(mailbox(&d, "2026-01-01")), 2);
    desk_close(&d);
}

/* A process that dies between sending and saying so has its events given to another. */
static void a_key_is_sent_once_by_several(void **state)
{
    struct desk d = desk_of();
    (void)state;

    CHECK_ERR(d.cx, send(&d, S("k-1"), "first"), NULL);
    struct desk other = another(&d);
    CHECK_ERR(other.cx, send(&other, S("k-1"), "again"), NULL);
    CHECK_ERR(other.cx, send(&other, S("k-2"), "second"), NULL);
    CHECK_ERR(d.cx, send(&d, S("k-2"), "again"), NULL);
    CHECK_INT(messages_in(mailbox(&d, "2026-01-01")), 2);
    struct desk later = another(&d); /* just after midnight */
    later.cx->now_ms += DAY_MS;
    CHECK_ERR(later.cx, send(&later, S("k-2"), "again"), NULL);
    CHECK_ERR(later.cx, send(&later, S("k-3"), "third"), NULL);
    CHECK_INT(messages_in(mailbox(&d, "2026-01-02")), 1);
    check_cx_close(later.cx);
    check_cx_close(other.cx);
    desk_close(&d);
}

struct sender {
    struct desk d;
    int from;
};

static void *send_many(void *arg)
{
    struct sender *s = arg;
    for (int i = s->from; i < s->from + 200; i++) {
        CHECK_ERR(s->d.cx, send(&s->d, str_fmt(s->d.cx->arena, "k-%d", i), "s"), NULL);
    }
    return NULL;
}

/* Two processes with two threads each, half of whose keys are the same. */
static void many_at_once(void **state)
{
    struct desk d = desk_of();
    struct sender all[4];
    pthread_t threads[4];
    (void)state;

    for (int i = 0; i < 4; i++) {
        all[i] = (struct sender){ another(&d), i / 2 * 200 + i % 2 * 100 };
        if (i % 2)
            all[i].d.mail = all[i - 1].d.mail;
    }
    for (int i = 0; i < 4; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, send_many, &all[i]), 0);
    for (int i = 0; i < 4; i++)
        CHECK_INT(pthread_join(threads[i], NULL), 0);
    CHECK_INT(messages_in(mailbox(&d, "2026-01-01")), 500);
    for (int i = 0; i < 4; i++)
        check_cx_close(all[i].d.cx);
    desk_close(&d);
}

/* Half a message, of a process that died within it, was not sent: wherever it was cut. */
static void half_a_message_was_not_sent(void **state)
{
    struct desk d = desk_of();
    (void)state;

    CHECK_ERR(d.cx, send(&d, S("k-1"), "first"), NULL);
    size_t one = mailbox(&d, "2026-01-01").n;
    CHECK_ERR(d.cx, send(&d, S("k-2"), "second"), NULL);
    str two = mailbox(&d, "2026-01-01");
    for (size_t n = one; n < two.n; n++) {
        put_mailbox(&d, str_sub(two, 0, n));
        struct desk other = another(&d);
        CHECK_ERR(other.cx, send(&other, S("k-1"), "again"), NULL);
        CHECK_ERR(other.cx, send(&other, S("k-2"), "second"), NULL);
        check_cx_close(other.cx);
        CHECK_STR(mailbox(&d, "2026-01-01"), two);
    }
    for (size_t n = 0; n < one; n += 7) {
        put_mailbox(&d, str_sub(two, 0, n));
        struct desk other = another(&d);
        CHECK_ERR(other.cx, send(&other, S("k-1"), "first"), NULL);
        check_cx_close(other.cx);
        CHECK_STR(mailbox(&d, "2026-01-01"), str_sub(two, 0, one));
    }
    desk_close(&d);
}

/* Lines of a mail program's own ends, and some of its ends of the last message. */
static str rewritten(struct arena *arena, str box, str line_end, str last)
{
    struct buf out = { .arena = arena };
    str rest = str_trim(box);
    while (rest.p) {
        str line = str_cut(&rest, '\n');
        buf_add(&out, str_ends(line, S("\r")) ? str_sub(line, 0, line.n - 1) : line);
        buf_add(&out, rest.p ? line_end : last);
    }
    return buf_str(&out);
}

/* Whoever reads his mail with a program that writes its mailboxes in its own way loses none. */
static void what_another_program_left_stays(void **state)
{
    static const struct {
        const char *name, *line_end, *last;
    } ways[] = {
        { "lines that end with LF, and a blank line", "\n", "\n\n" },
        { "... without it", "\n", "\n" },
        { "... without the last line's end", "\n", "" },
        { "lines that end with CR LF, and a blank line", "\r\n", "\r\n\r\n" },
        { "... without it", "\r\n", "\r\n" },
        { "... without the last line's end", "\r\n", "" },
    };
    struct desk d = desk_of();
    (void)state;

    CHECK_ERR(d.cx, send(&d, S("k-1"), "first"), NULL);
    CHECK_ERR(d.cx, send(&d, S("k-2"), "second"), NULL);
    str ours = mailbox(&d, "2026-01-01");
    for (size_t i = 0; i < COUNT(ways); i++) {
        str theirs =
            rewritten(d.cx->arena, ours, str_from_c(ways[i].line_end), str_from_c(ways[i].last));
        put_mailbox(&d, theirs);
        struct desk other = another(&d);
        CHECK_ERR(other.cx, send(&other, S("k-3"), "third"), NULL);
        CHECK_ERR(other.cx, send(&other, S("k-4"), "fourth"), NULL);
        check_cx_close(other.cx);
        str box = mailbox(&d, "2026-01-01");
        CASE_INT(ways[i].name, str_starts(box, theirs), true);
        CASE_INT(ways[i].name, messages_in(box), 4);
        ptrdiff_t third = str_find(box, S("From "), theirs.n);
        CASE_INT(
            ways[i].name, third > 0 && str_ends(str_sub(box, 0, (size_t)third), S("\n\n")), true);
    }
    desk_close(&d);
}

/* Without its last blank line ours is known all the same; a line more, and it is not ours. */
static void ours_without_its_end_is_whole(void **state)
{
    struct desk d = desk_of();
    (void)state;

    CHECK_ERR(d.cx, send(&d, S("k-1"), "first"), NULL);
    str one = mailbox(&d, "2026-01-01");
    put_mailbox(&d, str_sub(one, 0, one.n - 1));
    struct desk other = another(&d);
    CHECK_ERR(other.cx, send(&other, S("k-1"), "again"), NULL);
    CHECK_STR(mailbox(&d, "2026-01-01"), one);
    check_cx_close(other.cx);
    str more = str_cat(d.cx->arena, str_sub(one, 0, one.n - 1), S("more\r\n"));
    put_mailbox(&d, more);
    CHECK_ERR(d.cx, send(&d, S("k-2"), "second"), NULL);
    CHECK(str_starts(mailbox(&d, "2026-01-01"), more));
    CHECK_INT(messages_in(mailbox(&d, "2026-01-01")), 2);
    desk_close(&d);
}

/* Of a mailbox that was long already the end is looked at. */
static void a_long_one_is_known_at_its_end(void **state)
{
    struct desk d = desk_of();
    (void)state;

    CHECK_ERR(d.cx, send(&d, S("k-1"), "first"), NULL);
    str one = mailbox(&d, "2026-01-01");
    struct buf long_one = { .arena = d.cx->arena };
    while (long_one.n < (size_t)5 * 1024 * 1024)
        buf_add(&long_one, one);
    put_mailbox(&d, buf_str(&long_one));
    struct desk other = another(&d);
    CHECK_ERR(other.cx, send(&other, S("k-1"), "again"), NULL);
    CHECK_INT(mailbox(&d, "2026-01-01").n, long_one.n);
    CHECK_ERR(other.cx, send(&other, S("k-2"), "second"), NULL);
    CHECK(mailbox(&d, "2026-01-01").n > long_one.n);
    check_cx_close(other.cx);
    str theirs = rewritten(d.cx->arena, buf_str(&long_one), S("\r\n"), S("\r\n"));
    put_mailbox(&d, theirs);
    CHECK_ERR(d.cx, send(&d, S("k-3"), "third"), NULL);
    CHECK(str_starts(mailbox(&d, "2026-01-01"), theirs) && is_there(&d, "2026-01-01", "third"));
    desk_close(&d);
}

/* Nothing of a message stays when the disk has no room for it, so that it can be sent again. */
static void a_full_disk_keeps_no_half(void **state)
{
    struct desk d = desk_of();
    struct rlimit was, small;
    (void)state;

    CHECK_ERR(d.cx, send(&d, S("k-0"), "zero"), NULL);
    str before = mailbox(&d, "2026-01-01");
    CHECK_INT(getrlimit(RLIMIT_FSIZE, &was), 0);
    small = (struct rlimit){ before.n + 100, was.rlim_max };
    CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &small), 0);
    err e = send(&d, S("k-1"), "first");
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &was), 0);
    CHECK_ERR(d.cx, e, &MAIL_FAILED);
    CHECK_STR(mailbox(&d, "2026-01-01"), before);
    CHECK_ERR(d.cx, send(&d, S("k-1"), "again"), NULL);
    CHECK(is_there(&d, "2026-01-01", "again"));
    desk_close(&d);
}

/* Who reads his mail may move it away, or remove it, while the shop goes on. */
static void a_mailbox_may_be_moved_away(void **state)
{
    struct desk d = desk_of();
    (void)state;

    CHECK_ERR(d.cx, send(&d, S("k-1"), "first"), NULL);
    str path = str_fmt(d.cx->arena, STR_F "/2026-01-01.mbox", STR_A(d.folder));
    CHECK_INT(rename(str_c(d.cx->arena, path),
                  str_c(d.cx->arena, str_cat(d.cx->arena, d.folder, S("/read.mbox")))),
        0);
    CHECK_ERR(d.cx, send(&d, S("k-2"), "second"), NULL);
    CHECK_INT(messages_in(mailbox(&d, "2026-01-01")), 1);
    CHECK_INT(messages_in(mailbox(&d, "read")), 1);
    CHECK_INT(unlink(str_c(d.cx->arena, path)), 0);
    CHECK_ERR(d.cx, send(&d, S("k-3"), "third"), NULL);
    CHECK(is_there(&d, "2026-01-01", "third"));
    put_mailbox(&d, mailbox(&d, "read"));
    CHECK_ERR(d.cx, send(&d, S("k-4"), "fourth"), NULL);
    CHECK(is_there(&d, "2026-01-01", "first") && is_there(&d, "2026-01-01", "fourth"));
    desk_close(&d);
}

static void what_cannot_be_written_is_not_sent(void **state)
{
    struct desk d = desk_of();
    struct mail other;
    str path = str_fmt(d.cx->arena, STR_F "/2026-01-01.mbox", STR_A(d.folder));
    (void)state;

    CHECK_INT(mkdir(str_c(d.cx->arena, path), 0700), 0);
    CHECK_ERR(d.cx, send(&d, S("k"), "s"), &MAIL_FAILED);
    CHECK_INT(rmdir(str_c(d.cx->arena, path)), 0);
    CHECK_ERR(d.cx, send(&d, S("k"), "s"), NULL);
    CHECK(is_there(&d, "2026-01-01", "s"));
    str below = str_fmt(d.cx->arena, STR_F "/x", STR_A(path));
    CHECK_ERR(
        d.cx, mail_folder_open(d.cx->arena, d.cx, str_c(d.cx->arena, below), &other), &MAIL_FAILED);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_sent_once),
        cmocka_unit_test(a_mailbox_is_one),
        cmocka_unit_test(a_key_is_sent_once_by_several),
        cmocka_unit_test(many_at_once),
        cmocka_unit_test(half_a_message_was_not_sent),
        cmocka_unit_test(what_another_program_left_stays),
        cmocka_unit_test(ours_without_its_end_is_whole),
        cmocka_unit_test(a_long_one_is_known_at_its_end),
        cmocka_unit_test(a_full_disk_keeps_no_half),
        cmocka_unit_test(a_mailbox_may_be_moved_away),
        cmocka_unit_test(what_cannot_be_written_is_not_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
