/* SPDX-License-Identifier: Apache-2.0
 * Follows the markup of a template, one character at a time, to know in which place a name stands.
 * Called by html_parse.c. Must never guess: what it does not understand it refuses. */
#include "base/html_internal.h"

static const char *const url_attrs[] = { "action", "background", "cite", "data", "formaction",
    "href", "manifest", "ping", "poster", "src", "xlink:href", NULL };
static const char *const code_attrs[] = { "srcdoc", NULL };
static const str script_end = S_INIT("</script"), style_end = S_INIT("</style");

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* A name that is too long stays too long, and equals nothing. */
static void name_add(struct html_place *place, char c)
{
    if (place->name_n < HTML_NAME_MAX)
        place->name[place->name_n++] = lower(c);
}

static bool name_is(const struct html_place *place, const char *name)
{
    return str_eq((str){ place->name, place->name_n }, str_from_c(name));
}

static bool name_among(const struct html_place *place, const char *const *names)
{
    for (; *names; names++) {
        if (name_is(place, *names))
            return true;
    }
    return false;
}

static enum html_attr attr_of_name(const struct html_place *place)
{
    if (name_among(place, url_attrs))
        return HTML_ATTR_URL;
    if (name_is(place, "srcset") || name_is(place, "imagesrcset"))
        return HTML_ATTR_URLS;
    if (name_is(place, "style"))
        return HTML_ATTR_STYLE;
    bool handler = place->name_n > 2 && place->name[0] == 'o' && place->name[1] == 'n';
    if (handler || name_among(place, code_attrs))
        return HTML_ATTR_CODE;
    return HTML_ATTR_PLAIN;
}

static void begin_tag(struct html_place *place, bool closing)
{
    place->state = HTML_IN_TAG_NAME;
    place->closing = closing;
    place->raw = false;
    place->name_n = 0;
}

static void end_tag_name(struct html_place *place)
{
    bool script = name_is(place, "script");
    place->raw = !place->closing && (script || name_is(place, "style"));
    place->raw_end = script ? script_end : style_end;
    place->state = HTML_IN_TAG;
}

static void end_tag(struct html_place *place)
{
    place->state = place->raw ? HTML_IN_RAW : HTML_IN_TEXT;
    place->raw = false;
    place->seen_n = 0;
}

static const char *step_markup(struct html_place *place, char c)
{
    bool tag = is_letter(c);
    if (place->state == HTML_AFTER_LESS && c == '!') {
        place->state = HTML_AFTER_BANG;
    } else if (place->state == HTML_AFTER_LESS && (tag || c == '/')) {
        begin_tag(place, c == '/');
        if (tag)
            name_add(place, c);
    } else if (place->state == HTML_AFTER_LESS) {
        return "a bare '<': write &lt;";
    } else if (c == '>') { /* '<!>' and '<!->' */
        return "an empty declaration";
    } else if (c == '-') {
        place->state = place->state == HTML_AFTER_BANG ? HTML_AFTER_BANG_DASH : HTML_IN_COMMENT;
        place->seen_n = 0;
    } else {
        place->state = HTML_IN_DECLARATION;
    }
    return NULL;
}

static void step_comment(struct html_place *place, char c)
{
    if (c == '>' && place->seen_n == 2)
        place->state = HTML_IN_TEXT;
    else if (c != '-')
        place->seen_n = 0;
    else if (place->seen_n < 2)
        place->seen_n++;
}

/* A script ends at its end tag, whatever quotes it stands in. */
static const char *step_raw(struct html_place *place, char c)
{
    if (place->state == HTML_AFTER_RAW) {
        place->state = HTML_IN_RAW;
        place->seen_n = 0;
        if (c == '>') {
            place->state = HTML_IN_TEXT;
        } else if (c == '/' || is_blank(c)) {
            begin_tag(place, /* closing= */ true);
            place->state = HTML_IN_TAG;
        }
        return NULL;
    }
    if (c == '!' && place->seen_n == 1)
        return "'<!' inside <script> or <style>";
    if (lower(c) == place->raw_end.p[place->seen_n])
        place->seen_n++;
    else
        place->seen_n = c == '<' ? 1 : 0;
    if (place->seen_n == place->raw_end.n)
        place->state = HTML_AFTER_RAW;
    return NULL;
}

static const char *step_tag(struct html_place *place, char c)
{
    if (place->state == HTML_IN_TAG_NAME) {
        if (c == '/' || c == '>' || is_blank(c)) {
            end_tag_name(place);
        } else {
            name_add(place, c);
            return is_letter(c) || c == '-' || (c >= '0' && c <= '9') ? NULL : "a bad tag name";
        }
    }
    if (c == '>') {
        end_tag(place);
    } else if (c == '=' && place->state != HTML_IN_TAG) {
        place->attr = attr_of_name(place);
        place->state = HTML_BEFORE_VALUE;
    } else if (c == '"' || c == '\'' || c == '<' || c == '=') {
        return "a stray character in a tag";
    } else if (c == '/') {
        place->state = HTML_IN_TAG;
    } else if (is_blank(c)) {
        if (place->state == HTML_IN_ATTR_NAME)
            place->state = HTML_AFTER_ATTR_NAME;
    } else {
        if (place->state != HTML_IN_ATTR_NAME)
            place->name_n = 0;
        place->state = HTML_IN_ATTR_NAME;
        name_add(place, c);
    }
    return NULL;
}

static bool in_scheme(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

static void begin_url(struct html_place *place)
{
    place->url = HTML_URL_START;
    place->mixed = false;
    place->name_n = 0;
}

static const char *decide_url(struct html_place *place, bool safe)
{
    place->url = safe ? HTML_URL_SAFE : HTML_URL_BAD;
    return safe || !place->mixed ? NULL : "a name that could be part of a URL's scheme";
}

/* The literal part of a URL, up to where its scheme is decided. */
static const char *step_url(struct html_place *place, char c)
{
    if (place->attr == HTML_ATTR_URLS && (c == ',' || is_blank(c))) {
        begin_url(place);
        return NULL;
    }
    if (place->url == HTML_URL_SAFE || place->url == HTML_URL_BAD)
        return NULL;
    if (place->url == HTML_URL_REF && c == ';')
        return decide_url(place, name_is(place, "amp"));
    if (place->url == HTML_URL_REF) {
        name_add(place, c);
        return NULL;
    }
    if (c == ':')
        return decide_url(
            place, !place->mixed && html_scheme_ok((str){ place->name, place->name_n }));
    if ((unsigned char)c <= ' ') /* browsers drop some of these */
        return decide_url(place, false);
    if (c == '&') {
        place->url = HTML_URL_REF;
        place->name_n = 0;
        return NULL;
    }
    if (!in_scheme(c))
        return decide_url(place, true);
    place->url = HTML_URL_OPEN;
    name_add(place, c);
    return NULL;
}

static const char *step_value(struct html_place *place, char c)
{
    if (place->state == HTML_BEFORE_VALUE) {
        if (is_blank(c))
            return NULL;
        if (c != '"' && c != '\'')
            return "an attribute value without quotes";
        place->state = c == '"' ? HTML_IN_VALUE_DOUBLE : HTML_IN_VALUE_SINGLE;
        begin_url(place);
    } else if (c == (place->state == HTML_IN_VALUE_DOUBLE ? '"' : '\'')) {
        place->state = HTML_IN_TAG;
    } else if (place->attr == HTML_ATTR_URL || place->attr == HTML_ATTR_URLS) {
        return step_url(place, c);
    }
    return NULL;
}

const char *html_place_step(struct html_place *place, char c)
{
    switch (place->state) {
    case HTML_IN_TEXT:
        if (c == '<')
            place->state = HTML_AFTER_LESS;
        return NULL;
    case HTML_AFTER_LESS:
    case HTML_AFTER_BANG:
    case HTML_AFTER_BANG_DASH:
        return step_markup(place, c);
    case HTML_IN_DECLARATION:
        if (c == '>')
            place->state = HTML_IN_TEXT;
        return NULL;
    case HTML_IN_COMMENT:
        step_comment(place, c);
        return NULL;
    case HTML_IN_TAG_NAME:
    case HTML_IN_TAG:
    case HTML_IN_ATTR_NAME:
    case HTML_AFTER_ATTR_NAME:
        return step_tag(place, c);
    case HTML_BEFORE_VALUE:
    case HTML_IN_VALUE_DOUBLE:
    case HTML_IN_VALUE_SINGLE:
        return step_value(place, c);
    case HTML_IN_RAW:
    case HTML_AFTER_RAW:
        return step_raw(place, c);
    }
    return "no such state";
}

static bool in_value(const struct html_place *place)
{
    return place->state == HTML_IN_VALUE_DOUBLE || place->state == HTML_IN_VALUE_SINGLE;
}

static const char *url_value(
    struct html_place *place, const struct html_field *field, enum html_op *ret_op)
{
    if (place->url == HTML_URL_SAFE)
        return NULL;
    if (place->url != HTML_URL_START)
        return "a name in a URL where it could be part of the scheme";
    if (field->type == HTML_T_TEXT)
        *ret_op = HTML_OP_URL;
    place->url = HTML_URL_OPEN;
    place->mixed = true;
    return NULL;
}

const char *html_place_value(
    struct html_place *place, const struct html_field *field, enum html_op *ret_op)
{
    bool value = in_value(place);
    if (place->state == HTML_IN_RAW)
        return "a name inside <script> or <style>";
    if (!value && place->state != HTML_IN_TEXT)
        return "a name outside text and quoted attributes";
    if (field->type == HTML_T_HTML && value)
        return "markup in an attribute";
    if (value && place->attr == HTML_ATTR_CODE)
        return "a name in an attribute that is code";
    if (value && place->attr == HTML_ATTR_STYLE && field->type != HTML_T_INT)
        return "a text in a style attribute";
    *ret_op = field->type == HTML_T_INT    ? HTML_OP_INT
              : field->type == HTML_T_HTML ? HTML_OP_HTML
                                           : HTML_OP_TEXT;
    if (value && (place->attr == HTML_ATTR_URL || place->attr == HTML_ATTR_URLS))
        return url_value(place, field, ret_op);
    return NULL;
}

const char *html_place_edge(struct html_place *place)
{
    switch (place->state) {
    case HTML_IN_TEXT:
    case HTML_IN_VALUE_DOUBLE:
    case HTML_IN_VALUE_SINGLE:
        return NULL;
    case HTML_IN_TAG_NAME:
        end_tag_name(place);
        return NULL;
    case HTML_IN_TAG:
    case HTML_IN_ATTR_NAME:
    case HTML_AFTER_ATTR_NAME:
        place->state = HTML_IN_TAG;
        return NULL;
    case HTML_AFTER_LESS:
    case HTML_AFTER_BANG:
    case HTML_AFTER_BANG_DASH:
    case HTML_IN_DECLARATION:
    case HTML_IN_COMMENT:
    case HTML_BEFORE_VALUE:
    case HTML_IN_RAW:
    case HTML_AFTER_RAW:
        return "a section in a comment, a script or half a tag";
    }
    return "no such state";
}

const char *html_place_join(const struct html_place *begin, struct html_place *end, bool repeats)
{
    bool value = in_value(end);
    bool in_tag = end->state == HTML_IN_TAG;
    if (begin->state != end->state || (value && begin->attr != end->attr) ||
        (in_tag && (begin->raw != end->raw || begin->closing != end->closing)))
        return "the section begins and ends in different places of the markup";
    if (!value || (begin->url == end->url && begin->name_n == end->name_n))
        return NULL;
    if (repeats)
        return "a repeated section leaves a URL half written";
    if (end->url != HTML_URL_BAD) { /* nobody knows which of both it is */
        end->url = HTML_URL_OPEN;
        end->mixed = true;
    }
    return NULL;
}
