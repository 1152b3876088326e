/* SPDX-License-Identifier: Apache-2.0
 * UTF-8 text, mostly by utf8proc. Called by json, forms, the search and whoever compares names.
 * Must never cut a sequence in two, nor hand out bytes that are not UTF-8. */
#include "base/utf8.h"

#include <string.h>

#include <utf8proc.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define REPLACEMENT 0xfffd
#define HIGH_BITS UINT64_C(0x8080808080808080)

/* How many of the next bytes are ASCII, eight at a time: most text is. */
static size_t ascii_run(str s)
{
    size_t n = 0;
    for (uint64_t word; s.n - n >= sizeof word; n += sizeof word) {
        memcpy(&word, s.p + n, sizeof word);
        if ((word & HIGH_BITS) != 0)
            break;
    }
    while (n < s.n && (s.p[n] & 0x80) == 0)
        n++;
    return n;
}

/* Length of the sequence that s begins with, or 0 when it is not one. s is not empty. */
static size_t sequence(str s, int32_t *ret)
{
    utf8proc_ssize_t n =
        utf8proc_iterate((const utf8proc_uint8_t *)s.p, (utf8proc_ssize_t)s.n, ret);
    return n > 0 ? (size_t)n : 0;
}

bool utf8_valid(str s)
{
    for (s = str_skip(s, ascii_run(s)); s.n > 0; s = str_skip(s, ascii_run(s))) {
        int32_t c;
        size_t n = sequence(s, &c);
        if (n == 0)
            return false;
        s = str_skip(s, n);
    }
    return true;
}

static void add_point(struct buf *out, int32_t c)
{
    utf8proc_ssize_t n = utf8proc_encode_char(c, (utf8proc_uint8_t *)buf_room(out, 4));
    ASSERT(n > 0);
    out->n += (size_t)n;
}

str utf8_repair(struct arena *arena, str s)
{
    if (utf8_valid(s))
        return str_dup(arena, s);
    struct buf out = { .arena = arena };
    (void)buf_room(&out, s.n + 16);
    while (s.n > 0)
        add_point(&out, utf8_next(&s));
    return buf_str(&out);
}

static bool continues(char c)
{
    return (c & 0xc0) == 0x80;
}

size_t utf8_count(str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += continues(s.p[i]) ? 0 : 1;
    return n;
}

str utf8_truncate(str s, size_t n)
{
    size_t at = 0;
    for (; at < s.n; at++) {
        if (continues(s.p[at]))
            continue;
        if (n == 0)
            break;
        n--;
    }
    return (str){ s.p, at };
}

str utf8_fold(struct arena *arena, str s)
{
    if (ascii_run(s) == s.n)
        return str_lower(arena, s);
    const utf8proc_option_t options = UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD |
                                      UTF8PROC_STRIPMARK | UTF8PROC_IGNORE;
    str text = utf8_repair(arena, s);
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text.p;
    utf8proc_ssize_t length = (utf8proc_ssize_t)text.n;
    utf8proc_ssize_t n = utf8proc_decompose(bytes, length, NULL, 0, options);
    ASSERT(n >= 0); /* it fails on invalid text and on lack of memory only */
    int32_t *points = NEW_N(arena, (size_t)n + 1, int32_t);
    utf8proc_ssize_t again = utf8proc_decompose(bytes, length, points, n, options);
    ASSERT(again == n);
    struct buf out = { .arena = arena };
    (void)buf_room(&out, text.n + 16);
    for (utf8proc_ssize_t i = 0; i < n; i++)
        add_point(&out, points[i]);
    return buf_str(&out);
}

bool utf8_has_control(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
            return true;
        if (c == 0xc2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xa0) /* U+0080 to U+009F */
            return true;
    }
    return false;
}

bool utf8_has_turn(str s)
{
    while (s.n > 0) {
        int32_t c = utf8_next(&s);
        if ((c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
            return true;
    }
    return false;
}

bool utf8_is_name(str s)
{
    return utf8_valid(s) && !utf8_has_control(s) && !utf8_has_turn(s);
}

size_t utf8_unseen(str s)
{
    size_t n = 0;
    while (s.n > 0) {
        utf8proc_category_t kind = utf8proc_category(utf8_next(&s));
        n += kind == UTF8PROC_CATEGORY_CF || kind == UTF8PROC_CATEGORY_CC ||
             kind == UTF8PROC_CATEGORY_ZS || kind == UTF8PROC_CATEGORY_ZL ||
             kind == UTF8PROC_CATEGORY_ZP;
    }
    return n;
}

int32_t utf8_next(str *rest)
{
    if (rest->n == 0)
        return -1;
    int32_t c;
    size_t n = sequence(*rest, &c);
    *rest = str_skip(*rest, n > 0 ? n : 1);
    return n > 0 ? c : REPLACEMENT;
}

/* Latin letters that no decomposition reaches, after folding. */
static const struct {
    int32_t letter;
    str ascii;
} latin[] = {
    { 0x00e6, S_INIT("ae") },
    { 0x00f0, S_INIT("d") },
    { 0x00f8, S_INIT("o") },
    { 0x00fe, S_INIT("th") },
    { 0x0111, S_INIT("d") },
    { 0x0127, S_INIT("h") },
    { 0x0131, S_INIT("i") },
    { 0x0142, S_INIT("l") },
    { 0x0153, S_INIT("oe") },
    { 0x0167, S_INIT("t") },
};

/* The character of a slug that c stands for: one or two letters, empty for a gap. */
static str slug_piece(int32_t c, char one[static 1])
{
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
        one[0] = (char)c;
        return (str){ one, 1 };
    }
    for (size_t i = 0; i < COUNT(latin); i++) {
        if (latin[i].letter == c)
            return latin[i].ascii;
    }
    return (str){ NULL, 0 };
}

str utf8_slug(struct arena *arena, str s, size_t max)
{
    str rest = utf8_fold(arena, s);
    struct buf out = { .arena = arena };
    (void)buf_room(&out, 1);
    bool gap = false;
    for (int32_t c = utf8_next(&rest); c >= 0; c = utf8_next(&rest)) {
        char one[1];
        str piece = slug_piece(c, one);
        if (piece.n == 0) {
            gap = gap || (c != '\'' && c != 0x2019); /* an apostrophe does not part words */
            continue;
        }
        bool dash = gap && out.n > 0;
        if (out.n + piece.n + (dash ? 1 : 0) > max)
            break;
        if (dash)
            buf_char(&out, '-');
        buf_add(&out, piece);
        gap = false;
    }
    return buf_str(&out);
}
