/* SPDX-License-Identifier: Apache-2.0
 * Rows of NDJSON files. Called by imports for every line; must never do I/O. Flat objects, which
 * nearly all lines are, are read here in one go; what is more than that, or malformed, is left to
 * the parser of base/json.h, whose answer is the one that counts. */
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "flows/assortment/import_row.h"

#define DIGITS_MAX 15 /* of a number that is the same as a double */
#define ZEROS_MAX 4   /* after the point of a number that prints without an exponent */

struct taking {
    struct arena *arena;
    struct import_cell *cells;
    size_t n, cap;
};

static void add_text(struct taking *t, str name, str text)
{
    if (!text.n || t->n == IMPORT_CELLS_MAX)
        return;
    if (t->n == t->cap) {
        t->cells = arena_grow(
            t->arena, t->cells, t->cap * sizeof *t->cells, 2 * t->cap * sizeof *t->cells);
        t->cap *= 2;
    }
    t->cells[t->n++] = (struct import_cell){ name, text };
}

static void add(struct taking *t, str name, const struct json_value *value)
{
    add_text(t, name, json_value_str(t->arena, value));
}

static void take(void *arg, str key, const struct json_value *value)
{
    struct taking *t = arg;
    str name = str_dup(t->arena, key); /* the document is closed before the row is used */
    add(t, name, value);
    const struct json_value *item;
    for (size_t i = 0; (item = json_value_at(value, i)); i++)
        add(t, name, item);
}

static void close_value(struct json_value **v)
{
    json_value_close(*v);
}

/* ---- flat objects ---- */

/* A copy of the line, ended by a NUL, in which texts are unescaped where they stand. All of these
 * are false for what is not read here. */
struct scan {
    char *p;
};

static void skip_blanks(struct scan *s)
{
    while (*s->p == ' ' || *s->p == '\t' || *s->p == '\r' || *s->p == '\n')
        s->p++;
}

static bool take_char(struct scan *s, char c)
{
    skip_blanks(s);
    if (*s->p != c)
        return false;
    s->p++;
    return true;
}

static bool take_escape(struct scan *s, char **out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *at = s->p[1] ? strchr(from, s->p[1]) : NULL;
    if (!at)
        return false;
    *(*out)++ = to[at - from];
    s->p += 2;
    return true;
}

static bool take_string(struct scan *s, str *ret)
{
    if (!take_char(s, '"'))
        return false;
    char *from = s->p, *out = from;
    while (*s->p != '"') {
        if ((unsigned char)*s->p < ' ')
            return false;
        if (*s->p != '\\')
            *out++ = *s->p++;
        else if (!take_escape(s, &out))
            return false;
    }
    s->p++;
    *ret = (str){ from, (size_t)(out - from) };
    return true;
}

static size_t take_digits(struct scan *s)
{
    const char *from = s->p;
    while (*s->p >= '0' && *s->p <= '9')
        s->p++;
    return (size_t)(s->p - from);
}

/* As json_double_text writes it: without zeros at the end. */
static bool take_number(struct scan *s, str *ret)
{
    char *from = s->p;
    from += *from == '-';
    s->p = from;
    size_t whole = take_digits(s), part = 0;
    const char *end = s->p;
    bool zero = whole == 1 && *from == '0';
    if (!whole || (*from == '0' && !zero))
        return false;
    if (*s->p == '.') {
        const char *point = s->p++;
        part = take_digits(s);
        end = s->p;
        while (end[-1] == '0')
            end--;
        if (end == point + 1)
            end = point;
        size_t zeros = 0;
        while (zero && zeros < part && point[1 + zeros] == '0')
            zeros++;
        if (!part || zeros >= ZEROS_MAX)
            return false;
        zero = zero && end == point;
    }
    if (whole + part > DIGITS_MAX || *s->p == 'e' || *s->p == 'E' || (zero && from[-1] == '-'))
        return false;
    if (from[-1] == '-')
        from--;
    *ret = (str){ from, (size_t)(end - from) };
    return true;
}

static bool take_word(struct scan *s, str word)
{
    if (strncmp(s->p, word.p, word.n) != 0)
        return false;
    s->p += word.n;
    return true;
}

static bool take_scalar(struct scan *s, str *ret)
{
    skip_blanks(s);
    *ret = (str){ NULL, 0 };
    if (*s->p == '"')
        return take_string(s, ret);
    if (take_word(s, S("null")))
        return true;
    *ret = S("true");
    if (take_word(s, *ret))
        return true;
    *ret = S("false");
    return take_word(s, *ret) || take_number(s, ret);
}

static bool take_list(struct scan *s, struct taking *t, str name)
{
    str text;
    if (take_char(s, ']'))
        return true;
    do {
        if (!take_scalar(s, &text))
            return false;
        add_text(t, name, text);
    } while (take_char(s, ','));
    return take_char(s, ']');
}

static bool take_object(struct scan *s, struct taking *t)
{
    str name, text;
    if (!take_char(s, '{'))
        return false;
    do {
        if (!take_string(s, &name) || !take_char(s, ':'))
            return false;
        if (take_char(s, '[')) {
            if (!take_list(s, t, name))
                return false;
        } else if (take_scalar(s, &text))
            add_text(t, name, text);
        else
            return false;
    } while (take_char(s, ','));
    if (!take_char(s, '}'))
        return false;
    skip_blanks(s);
    return !*s->p;
}

static bool read_flat(struct arena *arena, str line, struct import_row *ret)
{
    if (!line.n || memchr(line.p, 0, line.n) || !utf8_valid(line))
        return false;
    struct taking t = { .arena = arena, .cap = 64 };
    t.cells = NEW_N(arena, t.cap, struct import_cell);
    struct scan s = { .p = (char *)str_c(arena, line) };
    if (!take_object(&s, &t))
        return false;
    ret->cells = t.cells;
    ret->n = t.n;
    return true;
}

str import_cell(const struct import_row *row, str name)
{
    for (size_t i = 0; i < row->n; i++)
        if (str_eq(row->cells[i].name, name) && row->cells[i].value.n)
            return row->cells[i].value;
    return (str){ NULL, 0 };
}

const char *import_ndjson_row(struct cx *cx, str line, struct import_row *ret)
{
    struct json_value *value DEFER(close_value) = NULL;
    if (read_flat(cx->arena, line, ret))
        return NULL;
    if (json_value_parse(cx, line, &value) || !json_value_count(value) || json_value_at(value, 0)) {
        cx_clear(cx);
        return "it is no JSON object";
    }
    struct taking t = { .arena = cx->arena, .cap = json_value_count(value) + 8 };
    t.cells = NEW_N(cx->arena, t.cap, struct import_cell);
    json_value_each(value, take, &t);
    ret->cells = t.cells;
    ret->n = t.n;
    return NULL;
}
