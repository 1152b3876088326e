/* SPDX-License-Identifier: Apache-2.0
 * Lines of plain and packed files: ends, marks, lengths, damage. Run by `./dev test file`. */
#include "platform/file/line_reader.h"

#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "platform/file/file.h"
#include "tests/support/check.h"

struct desk {
    struct cx *cx;
    str path;
};

static struct desk desk_of(void)
{
    struct desk d = { .cx = check_cx_open() };
    char *path = (char *)str_c(d.cx->arena, S("/tmp/souk-lines-XXXXXX"));
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    close(fd);
    d.path = str_from_c(path);
    return d;
}

static void desk_close(struct desk *d)
{
    unlink(str_c(d->cx->arena, d->path));
    check_cx_close(d->cx);
}

static void write_plain(struct desk *d, str bytes)
{
    CHECK(
        file_put(d->cx->arena, (struct file_put){ .path = d->path, .bytes = bytes, .mode = 0600 }));
}

static void write_packed(struct desk *d, str bytes)
{
    gzFile f = gzopen(str_c(d->cx->arena, d->path), "wb");
    CHECK(f != NULL);
    CHECK(bytes.n == 0 || gzwrite(f, bytes.p, (unsigned)bytes.n) == (int)bytes.n);
    CHECK(gzclose(f) == Z_OK);
}

/* Lines joined by '|', and how the reading ended. */
static str lines_of(struct desk *d, enum line_read *ret_end, int64_t *ret_n)
{
    struct line_reader *r = line_reader_open(d->cx->arena, d->path);
    struct buf out = { .arena = d->cx->arena };
    str line;
    CHECK(r != NULL);
    while ((*ret_end = line_reader_next(r, &line)) == LINE_READ) {
        if (line_reader_number(r) > 1)
            buf_char(&out, '|');
        buf_add(&out, line);
    }
    *ret_n = line_reader_number(r);
    line_reader_close(r);
    return out.n ? buf_str(&out) : S("");
}

static const struct line_case {
    const char *name;
    str bytes, want;
    int64_t n;
} line_cases[] = {
    { "nothing", S_INIT(""), S_INIT(""), 0 },
    { "one without end", S_INIT("a"), S_INIT("a"), 1 },
    { "one", S_INIT("a\n"), S_INIT("a"), 1 },
    { "two", S_INIT("a\nb"), S_INIT("a|b"), 2 },
    { "of Windows", S_INIT("a\r\n\r\nb\r\n"), S_INIT("a||b"), 3 },
    { "empty ones", S_INIT("\n\n"), S_INIT("|"), 2 },
    { "mark",
        S_INIT("\xef\xbb\xbf"
               "a\nb\n"),
        S_INIT("a|b"), 2 },
    { "mark elsewhere",
        S_INIT("a\n\xef\xbb\xbf"
               "b\n"),
        S_INIT("a|\xef\xbb\xbf"
               "b"),
        2 },
    { "return inside", S_INIT("a\rb\n"), S_INIT("a\rb"), 1 },
};

static void lines_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(line_cases); i++)
        for (int packed = 0; packed < 2; packed++) {
            const struct line_case *c = &line_cases[i];
            struct desk d = desk_of();
            (packed ? write_packed : write_plain)(&d, c->bytes);
            enum line_read end;
            int64_t n;
            str got = lines_of(&d, &end, &n);
            CASE_STR(c->name, got, c->want);
            CASE_INT(c->name, end, LINE_END);
            CASE_INT(c->name, n, c->n);
            desk_close(&d);
        }
}

static str repeated(struct desk *d, char c, size_t n)
{
    char *p = arena_alloc(d->cx->arena, n);
    memset(p, c, n);
    return (str){ p, n };
}

/* Lengths around the sizes of the buffer. */
static void long_lines_are_whole(void **state)
{
    (void)state;
    static const size_t sizes[] = { 262142, 262143, 262144, 262145, 524288, 1000000, 4194304 };
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct desk d = desk_of();
        struct buf text = { .arena = d.cx->arena };
        buf_add(&text, S("before\n"));
        buf_add(&text, repeated(&d, 'x', sizes[i]));
        buf_add(&text, S("\nafter\n"));
        write_plain(&d, buf_str(&text));
        struct line_reader *r = line_reader_open(d.cx->arena, d.path);
        str line;
        CHECK_INT(line_reader_next(r, &line), LINE_READ);
        CHECK_STR(line, S("before"));
        CHECK_INT(line_reader_next(r, &line), LINE_READ);
        CHECK_INT((int64_t)line.n, (int64_t)sizes[i]);
        CHECK(line.p[0] == 'x' && line.p[line.n - 1] == 'x');
        CHECK_INT(line_reader_next(r, &line), LINE_READ);
        CHECK_STR(line, S("after"));
        CHECK_INT(line_reader_next(r, &line), LINE_END);
        CHECK_INT(line_reader_next(r, &line), LINE_END);
        CHECK_INT(line_reader_bytes_all(r), (int64_t)text.n);
        CHECK_INT(line_reader_bytes(r), (int64_t)text.n);
        line_reader_close(r);
        desk_close(&d);
    }
}

static void endless_lines_are_skipped(void **state)
{
    (void)state;
    static const size_t sizes[] = { LINE_READER_LINE_MAX + 1, 3 * LINE_READER_LINE_MAX };
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct desk d = desk_of();
        struct buf text = { .arena = d.cx->arena };
        buf_add(&text, repeated(&d, 'x', sizes[i]));
        buf_add(&text, S("\nafter\n"));
        write_packed(&d, buf_str(&text));
        struct line_reader *r = line_reader_open(d.cx->arena, d.path);
        str line;
        CHECK_INT(line_reader_next(r, &line), LINE_TOO_LONG);
        CHECK_INT(line_reader_next(r, &line), LINE_READ);
        CHECK_STR(line, S("after"));
        CHECK_INT(line_reader_number(r), 2);
        CHECK_INT(line_reader_next(r, &line), LINE_END);
        line_reader_close(r);
        desk_close(&d);
    }
}

static void damage_is_told(void **state)
{
    (void)state;
    struct desk d = desk_of();
    struct buf text = { .arena = d.cx->arena };
    for (int i = 0; i < 50000; i++)
        buf_fmt(&text, "line %d\n", i % 251 * i);
    write_packed(&d, buf_str(&text));
    str whole;
    CHECK(file_read(d.cx->arena, d.path, &whole));
    write_plain(&d, str_sub(whole, 0, whole.n - 100));
    enum line_read end;
    int64_t n;
    (void)lines_of(&d, &end, &n);
    CHECK_INT(end, LINE_BROKEN);
    desk_close(&d);
}

static void what_is_not_there_is_null(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    CHECK(line_reader_open(cx->arena, S("/nowhere/at/all")) == NULL);
    line_reader_close(NULL);
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_read),
        cmocka_unit_test(long_lines_are_whole),
        cmocka_unit_test(endless_lines_are_skipped),
        cmocka_unit_test(damage_is_told),
        cmocka_unit_test(what_is_not_there_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
