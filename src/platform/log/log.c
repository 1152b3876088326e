/* SPDX-License-Identifier: Apache-2.0
 * Structured log lines, each made in a buffer on the stack and written by one write(2).
 * Called by the edges; a failure names its place in the source. Never blocks on a lock of its own.
 */
#include "platform/log/log.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/utf8.h"

#define LINE_MAX_BYTES 4096 /* longer lines lose their end, never their form */
#define PAD_MESSAGE 28

struct log {
    int fd;
    bool json;
    enum log_level least;
};

/* A line under construction. `keep` bytes are held back for what closes it. */
struct line {
    char p[LINE_MAX_BYTES];
    size_t n;
};
#define LINE_KEEP 8

static const struct {
    const char *text, *json;
} level_names[] = {
    [LOG_DEBUG] = { "DEBUG", "debug" },
    [LOG_INFO] = { "INFO ", "info" },
    [LOG_WARN] = { "WARN ", "warn" },
    [LOG_ERROR] = { "ERROR", "error" },
};

struct log *log_open(struct arena *life, int fd, enum log_format format, enum log_level least)
{
    struct log *log = NEW(life, struct log);
    log->fd = fd;
    log->json = format == LOG_JSON || (format == LOG_AUTO && !isatty(fd));
    log->least = least;
    return log;
}

static bool line_room(const struct line *line, size_t n)
{
    return line->n + n + LINE_KEEP <= sizeof(line->p);
}

static void line_add(struct line *line, str s)
{
    size_t room = sizeof(line->p) - LINE_KEEP - line->n;
    if (s.n > room)
        s.n = room;
    if (s.n > 0)
        memcpy(line->p + line->n, s.p, s.n);
    line->n += s.n;
}

static void line_i64(struct line *line, int64_t v)
{
    char digits[24];
    int n = snprintf(digits, sizeof(digits), "%lld", (long long)v);
    line_add(line, (str){ digits, (size_t)n });
}

/* Bytes that would end the line, drive the terminal or break JSON are escaped, what is not UTF-8 is
 * replaced; each character is written whole or not at all. */
static void line_escaped(struct line *line, str s, bool json)
{
    while (s.n > 0) {
        const char *at = s.p;
        int32_t c = utf8_next(&s);
        str form = { at, (size_t)(s.p - at) };
        char escape[8];
        if (json && (c == '"' || c == '\\')) {
            escape[0] = '\\';
            escape[1] = (char)c;
            form = (str){ escape, 2 };
        } else if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
            int n = snprintf(escape, sizeof(escape), "\\u%04x", (unsigned)c);
            form = (str){ escape, (size_t)n };
        } else if (c == 0xfffd) {
            form = S("\xef\xbf\xbd");
        }
        if (!line_room(line, form.n))
            return;
        line_add(line, form);
    }
}

/* A text value is quoted when a reader could not see where it ends. */
static void line_text_value(struct line *line, str s)
{
    bool plain = s.n > 0 && str_find_char(s, ' ', 0) < 0 && str_find_char(s, '=', 0) < 0 &&
                 str_find_char(s, '"', 0) < 0;
    if (!plain)
        line_add(line, S("\""));
    line_escaped(line, s, /* json= */ false);
    if (!plain)
        line_add(line, S("\""));
}

static void line_json_string(struct line *line, str s)
{
    line_add(line, S("\""));
    line_escaped(line, s, /* json= */ true);
    line->p[line->n++] = '"'; /* from what is held back: the form survives a cut */
}

static void line_time(struct line *line, bool json)
{
    struct timespec now;
    struct tm tm;
    char text[40];

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    size_t n = strftime(text, sizeof(text), json ? "%Y-%m-%dT%H:%M:%S" : "%H:%M:%S", &tm);
    n += (size_t)snprintf(
        text + n, sizeof(text) - n, json ? ".%03ldZ" : ".%03ld", now.tv_nsec / 1000000);
    line_add(line, (str){ text, n });
}

static void line_form_text(
    struct line *line, enum log_level level, str message, const struct log_field *fields)
{
    line_time(line, /* json= */ false);
    line_add(line, S(" "));
    line_add(line, str_from_c(level_names[level].text));
    line_add(line, S(" "));
    size_t start = line->n;
    line_escaped(line, message, /* json= */ false);
    for (; fields && fields->name; fields++) {
        while (line->n < start + PAD_MESSAGE && line_room(line, 1))
            line_add(line, S(" "));
        line_add(line, S("  "));
        line_add(line, str_from_c(fields->name));
        line_add(line, S("="));
        if (fields->text.p)
            line_text_value(line, fields->text);
        else
            line_i64(line, fields->number);
    }
}

static void line_form_json(
    struct line *line, enum log_level level, str message, const struct log_field *fields)
{
    line_add(line, S("{\"time\":\""));
    line_time(line, /* json= */ true);
    line_add(line, S("\",\"level\":\""));
    line_add(line, str_from_c(level_names[level].json));
    line_add(line, S("\",\"message\":"));
    line_json_string(line, message);
    for (; fields && fields->name; fields++) {
        /* A field that does not fit whole is left out, except that a long text is cut. */
        if (!line_room(line, strlen(fields->name) + 40))
            break;
        line_add(line, S(",\""));
        line_add(line, str_from_c(fields->name));
        line_add(line, S("\":"));
        if (fields->text.p)
            line_json_string(line, fields->text);
        else
            line_i64(line, fields->number);
    }
    line->p[line->n++] = '}';
}

void log_line(struct log *log, enum log_level level, str message, const struct log_field *fields)
{
    struct line line;

    if (!log || level < log->least)
        return;
    line.n = 0;
    if (log->json)
        line_form_json(&line, level, message, fields);
    else
        line_form_text(&line, level, message, fields);
    line.p[line.n++] = '\n';
    ssize_t written = write(log->fd, line.p, line.n);
    (void)written; /* there is nowhere to tell that the log is gone */
}

static enum log_level level_of(enum kind kind)
{
    if (kind == KIND_BUG)
        return LOG_ERROR;
    if (kind == KIND_BUSY || kind == KIND_UPSTREAM)
        return LOG_WARN;
    return LOG_DEBUG;
}

void log_err(struct log *log, const struct cx *cx, err e, str doing)
{
    struct log_field fields[6];
    size_t n = 0;

    if (!log || !e)
        return;
    fields[n++] = (struct log_field){ .name = "problem", .text = str_from_c(e->slug) };
    if (cx && cx->where)
        fields[n++] = (struct log_field){ .name = "where", .text = str_from_c(cx->where) };
    if (cx && cx->detail.p)
        fields[n++] = (struct log_field){ .name = "detail", .text = cx->detail };
    if (cx && cx->request_id.p)
        fields[n++] = (struct log_field){ .name = "request_id", .text = cx->request_id };
    fields[n] = (struct log_field){ 0 };
    log_line(log, level_of(e->kind), doing, fields);
}
