/* SPDX-License-Identifier: Apache-2.0
 * Lines over zlib's gzread, which reads plain files as they are. Called by imports; must never hold
 * more than one line and what was read ahead. */
#include "platform/file/line_reader.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "base/err.h"

#define AHEAD (256 * 1024) /* read at once */

struct line_reader {
    gzFile file;
    char *p; /* cap bytes; lines are from `at` to `end` */
    size_t cap, at, end;
    int64_t number, bytes_all;
    bool ended, begun;
};

struct line_reader *line_reader_open(struct arena *scratch, str path)
{
    const char *name = str_c(scratch, path);
    struct stat st;
    if (stat(name, &st) != 0)
        return NULL;
    gzFile file = gzopen(name, "rbe");
    if (!file)
        return NULL;
    (void)gzbuffer(file, AHEAD);
    struct line_reader *r = calloc(1, sizeof *r);
    char *p = malloc(AHEAD);
    if (!r || !p)
        panic(__FILE__, "out of memory");
    *r = (struct line_reader){ .file = file, .p = p, .cap = AHEAD, .bytes_all = st.st_size };
    return r;
}

void line_reader_close(struct line_reader *r)
{
    if (!r)
        return;
    (void)gzclose(r->file);
    free(r->p);
    free(r);
}

void line_reader_close_at(struct line_reader **r)
{
    line_reader_close(*r);
}

/* Room behind `end`: what was used goes, then the buffer grows. False: the line is too long. */
static bool make_room(struct line_reader *r)
{
    if (r->at > 0) {
        memmove(r->p, r->p + r->at, r->end - r->at);
        r->end -= r->at;
        r->at = 0;
    }
    if (r->end < r->cap)
        return true;
    if (r->cap > LINE_READER_LINE_MAX)
        return false;
    r->cap *= 2;
    r->p = realloc(r->p, r->cap);
    if (!r->p)
        panic(__FILE__, "out of memory");
    return true;
}

/* Reads more behind `end`, where there is room. False: broken. */
static bool fill(struct line_reader *r)
{
    size_t room = r->cap - r->end;
    int n = gzread(r->file, r->p + r->end, (unsigned)(room < AHEAD ? room : AHEAD));
    int code = Z_OK;
    (void)gzerror(r->file, &code);
    if (n < 0 || (code != Z_OK && code != Z_STREAM_END))
        return false;
    r->end += (size_t)n;
    r->ended = n == 0;
    static const char mark[] = "\xef\xbb\xbf";
    if (!r->begun && r->end >= 3 && memcmp(r->p, mark, 3) == 0)
        r->at = 3;
    r->begun = true;
    return true;
}

static str take(struct line_reader *r, size_t n, size_t ending)
{
    str line = { r->p + r->at, n };
    r->at += n + ending;
    if (line.n && line.p[line.n - 1] == '\r')
        line.n--;
    return line;
}

enum line_read line_reader_next(struct line_reader *r, str *ret)
{
    bool too_long = false;
    size_t looked = 0; /* bytes from `at` that hold no end of line */
    r->number++;
    for (;;) {
        const char *from = r->p + r->at;
        const char *end = memchr(from + looked, '\n', r->end - r->at - looked);
        size_t n = end ? (size_t)(end - from) : r->end - r->at;
        too_long = too_long || n > LINE_READER_LINE_MAX;
        if (end || r->ended) {
            if (!end && n == 0 && !too_long) {
                r->number--;
                return LINE_END;
            }
            *ret = take(r, n, end ? 1 : 0);
            return too_long ? LINE_TOO_LONG : LINE_READ;
        }
        if (too_long)
            r->at = r->end = n = 0; /* the rest of it is not kept */
        looked = n;
        if (!make_room(r)) {
            too_long = true;
            r->at = r->end = looked = 0;
        }
        size_t before = r->at;
        if (!fill(r))
            return LINE_BROKEN;
        if (r->at != before)
            looked = 0;
    }
}

int64_t line_reader_number(const struct line_reader *r)
{
    return r->number;
}

int64_t line_reader_bytes(const struct line_reader *r)
{
    return gzoffset(r->file);
}

int64_t line_reader_bytes_all(const struct line_reader *r)
{
    return r->bytes_all;
}
