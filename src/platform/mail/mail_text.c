/* SPDX-License-Identifier: Apache-2.0
 * Composes a message: headers (RFC 5322, RFC 2047), bodies (RFC 2045, 2046). Called by the folder
 * adapter. Must never write a control character of a value into a header. */
#include "platform/mail/mail_text.h"

#include "base/buf.h"
#include "base/instant.h"
#include "base/utf8.h"
#include "platform/secret/secret.h"

#define LINE_MAX_N 76     /* of encoded bodies and of lines with encoded words */
#define WORD_BYTES_MAX 39 /* so that "Subject: " and its first encoded word fit a line */
#define PLAIN_MAX 60
#define ADDRESS_MAX 254
#define CRLF S("\r\n")

/* ---- headers ---- */
/* Valid UTF-8 without control characters, which become blanks. */
static str one_line(struct arena *arena, str value)
{
    str clean = str_dup(arena, utf8_repair(arena, value));
    char *p = (char *)clean.p; /* our own copy */

    for (size_t i = 0; i < clean.n; i++)
        if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
            p[i] = ' ';
    return str_trim(clean);
}

/* Can stand in a header as it is: short, ASCII, and nobody takes it for an encoded word. */
static bool is_plain(str value)
{
    for (size_t i = 0; i < value.n; i++)
        if ((unsigned char)value.p[i] > 0x7e)
            return false;
    return value.n <= PLAIN_MAX && str_find(value, S("=?"), 0) < 0;
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

static void words_add(struct buf *out, str value)
{
    while (value.n > 0) {
        size_t n = value.n < WORD_BYTES_MAX ? value.n : WORD_BYTES_MAX;
        while (n < value.n && is_continuation(value.p[n]))
            n--; /* a word ends between characters */
        buf_add(out, S("=?utf-8?B?"));
        buf_add(out, str_base64(out->arena, str_sub(value, 0, n)));
        buf_add(out, S("?="));
        value = str_skip(value, n);
        if (value.n > 0)
            buf_add(out, S("\r\n "));
    }
}

static void subject_add(struct buf *out, str subject)
{
    str value = one_line(out->arena, subject);

    buf_add(out, S("Subject: "));
    if (is_plain(value))
        buf_add(out, value);
    else
        words_add(out, value);
    buf_add(out, CRLF);
}

static bool is_address(str a)
{
    ptrdiff_t at = str_find_char(a, '@', 0);

    if (a.n > ADDRESS_MAX || at <= 0 || (size_t)at + 1 >= a.n || !utf8_valid(a) ||
        str_find_char(a, '@', (size_t)at + 1) >= 0)
        return false;
    for (size_t i = 0; i < a.n; i++) {
        unsigned char c = (unsigned char)a.p[i];
        if (c <= 0x20 || c == 0x7f || str_find_char(S("<>()[],;:\\\""), (char)c, 0) >= 0)
            return false;
    }
    return true;
}

static void quoted_add(struct buf *out, str value)
{
    buf_char(out, '"');
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] == '"' || value.p[i] == '\\')
            buf_char(out, '\\');
        buf_char(out, value.p[i]);
    }
    buf_char(out, '"');
}

static err mailbox_add(struct buf *out, struct cx *cx, str header, str name, str address)
{
    str shown = one_line(out->arena, name);

    if (!is_address(address))
        return FAIL(cx, MAIL_FAILED, STR_F " is no address", STR_A(header));
    buf_add(out, header);
    buf_add(out, S(": "));
    if (shown.n > 0 && is_plain(shown))
        quoted_add(out, shown);
    else
        words_add(out, shown);
    if (shown.n > 0)
        buf_add(out, S("\r\n "));
    buf_char(out, '<');
    buf_add(out, address);
    buf_add(out, S(">\r\n"));
    return NULL;
}

static void date_add(struct buf *out, int64_t now_ms)
{
    str http = instant_http(out->arena, now_ms); /* ends with the obsolete zone "GMT" */

    buf_add(out, S("Date: "));
    buf_add(out, str_sub(http, 0, http.n - 3));
    buf_add(out, S("+0000\r\n"));
}

/* ---- bodies ---- */
/* Lines ending with CR LF, whatever they ended with; the last one too. */
static str crlf_lines(struct arena *arena, str text)
{
    struct buf out = { .arena = arena };
    str rest = utf8_repair(arena, text);

    while (rest.n > 0) {
        str line = str_cut(&rest, '\n');
        if (str_ends(line, S("\r")))
            line.n--;
        buf_add(&out, line);
        buf_add(&out, CRLF);
    }
    return buf_str(&out);
}

/* One line without its end, as quoted-printable. */
static void quoted_printable_line(struct buf *out, str line)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t column = 0;

    for (size_t i = 0; i < line.n; i++) {
        unsigned char c = (unsigned char)line.p[i];
        bool last = i + 1 == line.n;
        bool blank = c == ' ' || c == '\t';
        bool plain = (c > 0x20 && c < 0x7f && c != '=') || (blank && !last);
        /* Where such a line begins, another message does, in a mailbox (RFC 4155). */
        if (column == 0 && str_starts(str_skip(line, i), S("From ")))
            plain = false;
        size_t width = plain ? 1 : 3;
        if (column + width > LINE_MAX_N - (last ? 0 : 1)) { /* room for the soft break's '=' */
            buf_add(out, S("=\r\n"));
            column = 0;
        }
        if (plain) {
            buf_char(out, (char)c);
        } else {
            buf_char(out, '=');
            buf_char(out, hex[c >> 4]);
            buf_char(out, hex[c & 15]);
        }
        column += width;
    }
    buf_add(out, CRLF);
}

static void quoted_printable_add(struct buf *out, str lines)
{
    str rest = lines;

    while (rest.n > 0) {
        str line = str_cut(&rest, '\n');
        quoted_printable_line(out, str_sub(line, 0, line.n - 1));
    }
}

static void base64_add(struct buf *out, str bytes)
{
    str text = str_base64(out->arena, bytes);

    for (; text.n > 0; text = str_skip(text, LINE_MAX_N)) {
        buf_add(out, str_sub(text, 0, LINE_MAX_N));
        buf_add(out, CRLF);
    }
}

static bool mostly_ascii(str s)
{
    size_t other = 0;

    for (size_t i = 0; i < s.n; i++)
        other += (unsigned char)s.p[i] > 0x7e;
    return other < s.n / 6 + 1;
}

/* The headers of a body, a blank line, and the body in whichever encoding is the shorter. */
static void part_add(struct buf *out, str type, str text)
{
    str lines = crlf_lines(out->arena, text);
    bool readable = mostly_ascii(lines);

    buf_add(out, S("Content-Type: "));
    buf_add(out, type);
    buf_add(out, S("; charset=utf-8\r\nContent-Transfer-Encoding: "));
    buf_add(out, readable ? S("quoted-printable") : S("base64"));
    buf_add(out, S("\r\n\r\n"));
    if (readable)
        quoted_printable_add(out, lines);
    else
        base64_add(out, lines);
}

/* "=_" can stand in no quoted-printable or base64 text: so the boundary is in no body. */
static void alternatives_add(struct buf *out, const struct mail_message *m, str unique)
{
    str boundary = str_cat(out->arena, S("=_"), unique);
    str line = str_fmt(out->arena, "--" STR_F, STR_A(boundary));

    buf_add(out, S("Content-Type: multipart/alternative;\r\n boundary=\""));
    buf_add(out, boundary);
    buf_add(out, S("\"\r\n\r\n"));
    buf_add(out, line);
    buf_add(out, CRLF);
    part_add(out, S("text/plain"), m->text);
    buf_add(out, line);
    buf_add(out, CRLF);
    part_add(out, S("text/html"), m->html);
    buf_add(out, line);
    buf_add(out, S("--\r\n"));
}

err mail_compose(struct cx *cx, const struct mail_message *m, str *ret)
{
    struct buf out = { .arena = cx->arena };
    str unique = str_sub(secret_sha256_hex(cx->arena, m->key), 0, 2 * MAIL_ID_N);

    date_add(&out, cx->now_ms);
    err e = mailbox_add(&out, cx, S("From"), m->from_name, m->from);
    if (e)
        return e;
    e = mailbox_add(&out, cx, S("To"), m->to_name, m->to);
    if (e)
        return e;
    subject_add(&out, m->subject);
    buf_add(&out, S("Message-ID: <"));
    buf_add(&out, unique);
    buf_add(&out, str_skip(m->from, (size_t)str_find_char(m->from, '@', 0)));
    buf_add(&out, S(">\r\nMIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n"));
    if (m->html.n > 0 && m->text.n > 0)
        alternatives_add(&out, m, unique);
    else if (m->html.n > 0)
        part_add(&out, S("text/html"), m->html);
    else
        part_add(&out, S("text/plain"), m->text);
    *ret = buf_str(&out);
    return NULL;
}
