/* SPDX-License-Identifier: Apache-2.0
 * Folded words of a text and how they stood there. Called for every text and query; any bytes come
 * in. Must never hand out a byte that is not of a letter, a digit or a point within a number. */
#include <utf8proc.h>

#include "base/utf8.h"
#include "platform/text/text_internal.h"

enum text_class { GAP, WORD, NOTHING, PAIRED };

str text_cut(str s, size_t max)
{
    if (s.n <= max)
        return s;
    size_t n = max;
    while (n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
        n--;
    return (str){ s.p, n };
}

/* Scripts that part words by nothing: Thai to Khmer, Kana, Han. */
static bool without_blanks(int32_t c)
{
    return (c >= 0x0e00 && c <= 0x0eff) || (c >= 0x1000 && c <= 0x109f) ||
           (c >= 0x1780 && c <= 0x17ff) || (c >= 0x3040 && c <= 0x30ff) ||
           (c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) ||
           (c >= 0x20000 && c <= 0x3ffff);
}

static enum text_class class_of(int32_t c)
{
    if (c < 0x80) {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            return WORD;
        return c == '\'' ? NOTHING : GAP;
    }
    if (c == 0x2019 || c == 0x2018 || c == 0x02bc || c == 0xad || (c >= 0x200b && c <= 0x200d))
        return NOTHING;
    switch ((int)utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return without_blanks(c) ? PAIRED : WORD;
    default:
        return GAP;
    }
}

/* Marks of trade would fold to letters ("coretm"), inch marks to primes. */
static str without_marks(struct arena *arena, str s)
{
    struct buf out = { .arena = arena };
    (void)buf_room(&out, s.n + 1);
    while (s.n > 0) {
        const char *p = s.p;
        int32_t c = utf8_next(&s);
        if (c == 0x2122 || c == 0x2120 || c == 0xae || c == 0xa9 || c == 0xfffd)
            buf_char(&out, ' ');
        else if (c == 0x2033 || c == 0x201c || c == 0x201d || c == 0x201e || c == 0xab || c == 0xbb)
            buf_char(&out, '"');
        else if (c == 0x2212 || (c >= 0x2010 && c <= 0x2011))
            buf_char(&out, '-');
        else
            buf_add(&out, (str){ p, (size_t)(s.p - p) });
    }
    return buf_str(&out);
}

static str fold(struct arena *arena, str s)
{
    size_t i = 0;
    while (i < s.n && (s.p[i] & 0x80) == 0)
        i++;
    if (i == s.n)
        return str_lower(arena, s);
    return utf8_fold(arena, without_marks(arena, utf8_repair(arena, s)));
}

static int32_t peek(str s)
{
    return s.n > 0 ? utf8_next(&s) : -1;
}

struct reading {
    struct arena *arena;
    str all, rest;
    struct text_words out;
    size_t cap;
    struct buf now; /* the word being read */
    size_t from;
    size_t gap_from; /* where the gap before it began */
    bool digits, letters;
};

static size_t here(const struct reading *r)
{
    return r->all.n - r->rest.n;
}

/* What stands between two words. */
static void gap_read(const struct reading *r, struct text_word *w)
{
    str gap = { r->all.p + r->gap_from, w->from - r->gap_from };
    if (r->out.n > 0 && gap.n == 1 && gap.p[0] != ' ' && gap.p[0] > ' ')
        w->glue = gap.p[0];
    for (size_t i = 0; i < gap.n; i++)
        if (memchr("(),;:/|[]!?=", gap.p[i], 12) || ((gap.p[i] & 0x80) && gap.n > 1) ||
            (gap.p[i] == '-' && gap.n > 1))
            w->parted = true;
}

static void word_add(struct reading *r, struct text_word w)
{
    if (r->out.n == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 16;
        r->out.words = arena_grow(r->arena, r->out.words, r->cap * sizeof w, cap * sizeof w);
        r->cap = cap;
    }
    gap_read(r, &w);
    r->out.words[r->out.n++] = w;
    r->gap_from = w.to;
}

/* "(s)" behind a word belongs to it: "1 pc(s)". */
static void plural_read(struct reading *r)
{
    if (str_starts(r->rest, S("(s)"))) {
        buf_char(&r->now, 's');
        r->rest = str_skip(r->rest, 3);
    } else if (str_starts(r->rest, S("(es)"))) {
        buf_add(&r->now, S("es"));
        r->rest = str_skip(r->rest, 4);
    }
}

static void word_end(struct reading *r)
{
    if (r->now.n == 0)
        return;
    if (r->letters)
        plural_read(r);
    struct text_word w = { .text = str_dup(r->arena, text_cut(buf_str(&r->now), TEXT_WORD_MAX)),
        .from = r->from,
        .to = here(r),
        .digits = r->digits,
        .letters = r->letters };
    if (!r->letters && r->rest.n > 0 && r->rest.p[0] == '"') {
        w.inch = true;
        w.to++;
        r->rest = str_skip(r->rest, 1);
    }
    word_add(r, w);
    r->now.n = 0;
    r->digits = r->letters = false;
}

/* A point or comma between digits: 2.5 and 2,5 are one number, 1,000 is 1000. */
static bool point_read(struct reading *r, int32_t c)
{
    str after = str_skip(r->rest, 1);
    if ((c != '.' && c != ',') || r->now.n == 0 || !text_is_digit(r->now.p[r->now.n - 1]) ||
        after.n == 0 || !text_is_digit(after.p[0]))
        return false;
    if (c == ',') {
        size_t n = 0;
        while (n < after.n && text_is_digit(after.p[n]))
            n++;
        if (n > 3 || r->letters || memchr(r->now.p, '.', r->now.n))
            return false;
        if (n != 3)
            buf_char(&r->now, '.');
    } else {
        buf_char(&r->now, '.');
    }
    r->rest = after;
    return true;
}

/* Pairs of neighbours: what a user types is found wherever its words begin. */
static void pairs_read(struct reading *r)
{
    word_end(r);
    for (bool first = true;; first = false) {
        size_t from = here(r);
        (void)utf8_next(&r->rest);
        str rest = r->rest;
        bool pair = class_of(peek(rest)) == PAIRED;
        if (pair)
            (void)utf8_next(&rest);
        bool last = !pair || class_of(peek(rest)) != PAIRED;
        size_t end = r->all.n - rest.n;
        if (pair || first)
            word_add(r, (struct text_word){ .text = { r->all.p + from, end - from },
                            .from = from,
                            .to = last ? end : here(r),
                            .letters = true,
                            .pair = true });
        if (last) {
            r->rest = rest;
            return;
        }
    }
}

/* "l'été" is two words, "men's" one. */
static bool elides(str word)
{
    return text_listed(" l d j n m t s c qu un dell all nell sull ", word);
}

struct text_words text_words_of(struct arena *arena, str s)
{
    str all = fold(arena, text_cut(s, TEXT_LOOK));
    struct reading r = { .arena = arena, .all = all, .rest = all, .now = { .arena = arena } };
    r.out.folded = all;
    while (r.rest.n > 0) {
        int32_t c = peek(r.rest);
        enum text_class class = class_of(c);
        if (class == PAIRED) {
            pairs_read(&r);
            continue;
        }
        if (class == GAP) {
            if (point_read(&r, c))
                continue;
            word_end(&r);
            if (r.rest.n > 0)
                (void)utf8_next(&r.rest);
            continue;
        }
        const char *p = r.rest.p;
        if (r.now.n == 0)
            r.from = here(&r);
        (void)utf8_next(&r.rest);
        if (class == NOTHING) {
            if ((c == '\'' || c == 0x2019) && elides(buf_str(&r.now)))
                word_end(&r);
            continue;
        }
        bool digit = c < 0x80 && text_is_digit((char)c);
        r.digits = r.digits || digit;
        r.letters = r.letters || !digit;
        if (r.now.n <= TEXT_WORD_MAX)
            buf_add(&r.now, (str){ p, (size_t)(r.rest.p - p) });
    }
    word_end(&r);
    return r.out;
}

size_t text_seam(str word, size_t at)
{
    size_t i = at + 1;
    bool digits = at < word.n && text_is_digit(word.p[at]);
    while (i < word.n && (text_is_digit(word.p[i]) || (digits && word.p[i] == '.')) == digits)
        i++;
    return i < word.n ? i : word.n;
}
