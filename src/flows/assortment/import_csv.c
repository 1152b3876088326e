/* SPDX-License-Identifier: Apache-2.0
 * CSV as in RFC 4180: quoted fields with separators, doubled quotes and line ends in them. Called
 * by imports; must never do I/O. */
#include "base/buf.h"
#include "flows/assortment/import_row.h"

/* A quote opens a field only at its start; elsewhere it is a character, as in 17" screens. */
void import_csv_line(struct import_csv_state *state, str line, char separator)
{
    bool at_start = !state->quoted;
    for (size_t i = 0; i < line.n; i++) {
        char c = line.p[i];
        if (state->quoted) {
            if (c == '"' && i + 1 < line.n && line.p[i + 1] == '"')
                i++;
            else if (c == '"')
                state->quoted = false;
            continue;
        }
        state->quoted = c == '"' && at_start;
        at_start = c == separator;
    }
}

/* The field at *at, which is moved behind it, onto the separator or the end. */
static const char *quoted_field(
    struct arena *arena, str record, size_t *at, char separator, str *ret)
{
    size_t from = *at + 1, i = from, doubled = 0;
    for (; i < record.n; i++) {
        if (record.p[i] != '"')
            continue;
        if (i + 1 >= record.n || record.p[i + 1] != '"')
            break;
        doubled++;
        i++;
    }
    if (i >= record.n)
        return "a quote is not closed";
    *at = i + 1;
    if (*at < record.n && record.p[*at] != separator)
        return "something stands behind a closing quote";
    *ret = str_sub(record, from, i - from);
    if (!doubled)
        return NULL;
    char *p = arena_alloc(arena, ret->n);
    size_t n = 0;
    for (size_t k = 0; k < ret->n; k++) {
        p[n++] = ret->p[k];
        if (ret->p[k] == '"')
            k++;
    }
    *ret = (str){ p, n };
    return NULL;
}

const char *import_csv_fields(
    struct arena *arena, str record, char separator, str **ret, size_t *ret_n)
{
    size_t max = 1, n = 0;
    for (size_t i = 0; i < record.n; i++)
        max += record.p[i] == separator;
    if (max > IMPORT_CELLS_MAX)
        max = IMPORT_CELLS_MAX;
    str *fields = NEW_N(arena, max, str);
    for (size_t at = 0;; at++) {
        if (n == max)
            return "there are too many columns";
        if (at < record.n && record.p[at] == '"') {
            const char *why = quoted_field(arena, record, &at, separator, &fields[n++]);
            if (why)
                return why;
        } else {
            ptrdiff_t end = str_find_char(record, separator, at);
            size_t to = end < 0 ? record.n : (size_t)end;
            fields[n++] = str_sub(record, at, to - at);
            at = to;
        }
        if (at >= record.n)
            break;
    }
    *ret = fields;
    *ret_n = n;
    return NULL;
}

char import_csv_separator(str header)
{
    static const char candidates[] = { ',', ';', '\t' };
    char best = ',';
    size_t best_n = 0;
    for (size_t k = 0; k < COUNT(candidates); k++) {
        size_t n = 0;
        for (size_t i = 0; i < header.n; i++)
            n += header.p[i] == candidates[k];
        if (n > best_n) {
            best_n = n;
            best = candidates[k];
        }
    }
    return best;
}

str import_csv_name(struct arena *arena, str text)
{
    struct buf out = { .arena = arena };
    str lower = str_lower(arena, str_trim(text));
    for (size_t i = 0; i < lower.n; i++) {
        char c = lower.p[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
        if (word)
            buf_char(&out, c);
        else if (out.n && out.p[out.n - 1] != '_')
            buf_char(&out, '_');
    }
    str name = buf_str(&out);
    return str_ends(name, S("_")) ? str_sub(name, 0, name.n - 1) : name;
}

/* ---- the HTML of shop exports ---- */

static const struct entity {
    str name, text;
} entities[] = {
    { S_INIT("amp"), S_INIT("&") },
    { S_INIT("lt"), S_INIT("<") },
    { S_INIT("gt"), S_INIT(">") },
    { S_INIT("quot"), S_INIT("\"") },
    { S_INIT("apos"), S_INIT("'") },
    { S_INIT("#39"), S_INIT("'") },
    { S_INIT("nbsp"), S_INIT(" ") },
    { S_INIT("ndash"), S_INIT("\u2013") },
    { S_INIT("mdash"), S_INIT("\u2014") },
    { S_INIT("rsquo"), S_INIT("\u2019") },
    { S_INIT("lsquo"), S_INIT("\u2018") },
    { S_INIT("ldquo"), S_INIT("\u201c") },
    { S_INIT("rdquo"), S_INIT("\u201d") },
    { S_INIT("hellip"), S_INIT("\u2026") },
    { S_INIT("bull"), S_INIT("\u2022") },
    { S_INIT("reg"), S_INIT("\u00ae") },
    { S_INIT("trade"), S_INIT("\u2122") },
    { S_INIT("copy"), S_INIT("\u00a9") },
    { S_INIT("deg"), S_INIT("\u00b0") },
    { S_INIT("euro"), S_INIT("\u20ac") },
};

/* Bytes taken off html at an '&'; an unknown entity stays as it stands. */
static size_t take_entity(struct buf *out, str html)
{
    ptrdiff_t end = str_find_char(str_sub(html, 0, 10), ';', 0);
    if (end > 1) {
        str name = str_sub(html, 1, (size_t)end - 1);
        for (size_t i = 0; i < COUNT(entities); i++)
            if (str_eq(name, entities[i].name)) {
                buf_add(out, entities[i].text);
                return (size_t)end + 1;
            }
    }
    buf_char(out, '&');
    return 1;
}

/* A tag that begins or ends a line. */
static bool is_block(str tag)
{
    static const str blocks[] = { S_INIT("p"), S_INIT("br"), S_INIT("div"), S_INIT("li"),
        S_INIT("ul"), S_INIT("ol"), S_INIT("tr"), S_INIT("h1"), S_INIT("h2"), S_INIT("h3"),
        S_INIT("h4"), S_INIT("table") };
    if (str_starts(tag, S("/")))
        tag = str_skip(tag, 1);
    size_t n = 0;
    while (n < tag.n && tag.p[n] > ' ' && tag.p[n] != '/' && tag.p[n] != '>')
        n++;
    for (size_t i = 0; i < COUNT(blocks); i++)
        if (str_eq_nocase(str_sub(tag, 0, n), blocks[i]))
            return true;
    return false;
}

/* Where what starts at a '<' ends: behind '>', or behind the closing tag of scripts and styles. */
static size_t skip_tag(str html)
{
    static const str hidden[] = { S_INIT("script"), S_INIT("style") };
    ptrdiff_t end = str_find_char(html, '>', 0);
    if (end < 0)
        return html.n;
    for (size_t i = 0; i < COUNT(hidden); i++) {
        if (!str_eq_nocase(str_sub(html, 1, hidden[i].n), hidden[i]))
            continue;
        for (size_t at = 1; at + hidden[i].n + 2 < html.n; at++)
            if (html.p[at] == '<' && html.p[at + 1] == '/' &&
                str_eq_nocase(str_sub(html, at + 2, hidden[i].n), hidden[i])) {
                ptrdiff_t close = str_find_char(html, '>', at);
                return close < 0 ? html.n : (size_t)close + 1;
            }
        return html.n;
    }
    return (size_t)end + 1;
}

static void blank(struct buf *out, char c)
{
    if (!out->n || out->p[out->n - 1] == '\n')
        return;
    if (out->p[out->n - 1] == ' ') {
        if (c == ' ')
            return;
        out->n--;
    }
    buf_char(out, c);
}

str import_html_text(struct arena *arena, str html)
{
    struct buf out = { .arena = arena };
    while (html.n) {
        char c = html.p[0];
        size_t n = 1;
        if (c == '<' && html.n > 1 && html.p[1] != ' ') {
            n = skip_tag(html);
            if (is_block(str_sub(html, 1, n)))
                blank(&out, '\n');
        } else if (c == '&') {
            n = take_entity(&out, html);
        } else if ((unsigned char)c <= ' ') {
            blank(&out, ' ');
        } else {
            buf_char(&out, c);
        }
        html = str_skip(html, n);
    }
    return str_trim(buf_str(&out));
}
