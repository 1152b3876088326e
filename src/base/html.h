/* SPDX-License-Identifier: Apache-2.0
 * Logic-less HTML templates (a subset of Mustache): {{name}} escaped by place, {{#name}}..{{/name}}
 * over a list, an object, or when a flag is true, a text not empty, a number not zero;
 * {{^name}}..{{/name}} when absent, empty, zero or false, {{>piece}} another template with the same
 * view, {{! comment }}. Fields come from a table, and the names in template and table must match
 * both ways (html_parse refuses unknown names, tools/htmlcheck unused ones). Inside a section over
 * a list or an object names are looked up in the item first, then outwards. A tag alone on its
 * line, other than {{name}}, takes the line with it.
 *
 * Escaping is the default. In text and in quoted attributes & < > " ' are escaped; an attribute
 * that holds a URL (href, src, action, srcset, poster, ...) also refuses any scheme but http,
 * https, mailto and relative ones (the value becomes "#"); a name further inside a URL must follow
 * what decides the scheme, and is not percent-encoded here. Refused by html_parse: unquoted
 * attribute values; names in tags, comments, <script>, <style>, on... and srcdoc; all but numbers
 * in style="..."; sections that begin and end in different places of the markup; pieces outside
 * text. Only fields of type HTML_T_HTML pass unescaped, and in text alone. */
#ifndef SOUK_BASE_HTML_H
#define SOUK_BASE_HTML_H

#include "base/buf.h"
#include "base/err.h"

enum html_type {
    HTML_T_TEXT = 1, /* str */
    HTML_T_HTML,     /* str that is markup, made by html_render or by services/catalog pictures */
    HTML_T_INT,      /* int64_t */
    HTML_T_FLAG,     /* bool */
    HTML_T_LIST,     /* pointer to an array of structs with its size_t count `m_n` */
    HTML_T_OBJECT,   /* pointer to a struct, NULL is absent */
};
struct html_field {
    const char *name;
    enum html_type type;
    size_t offset, offset_n, item_size;
    const struct html_field *fields; /* of the item; ends with HTML_END */
};
#define HTML_TEXT(S_, m)                                                                           \
    {                                                                                              \
#m, HTML_T_TEXT, offsetof(S_, m), 0, 0, NULL                                               \
    }
#define HTML_HTML(S_, m)                                                                           \
    {                                                                                              \
#m, HTML_T_HTML, offsetof(S_, m), 0, 0, NULL                                               \
    }
#define HTML_INT(S_, m)                                                                            \
    {                                                                                              \
#m, HTML_T_INT, offsetof(S_, m), 0, 0, NULL                                                \
    }
#define HTML_FLAG(S_, m)                                                                           \
    {                                                                                              \
#m, HTML_T_FLAG, offsetof(S_, m), 0, 0, NULL                                               \
    }
#define HTML_LIST(S_, m, f)                                                                        \
    {                                                                                              \
#m, HTML_T_LIST, offsetof(S_, m), offsetof(S_, m##_n), sizeof(*((S_ *)0)->m), (f)          \
    }
#define HTML_OBJECT(S_, m, f)                                                                      \
    {                                                                                              \
#m, HTML_T_OBJECT, offsetof(S_, m), 0, 0, (f)                                              \
    }
#define HTML_END                                                                                   \
    {                                                                                              \
        NULL, 0, 0, 0, 0, NULL                                                                     \
    }

/* What a page is: named here, rendered by reply_page (platform/http/reply.h). */
struct html_page {
    const char *template; /* path in the source tree: "src/flows/shop/pages/product.html" */
    const struct html_field *fields;
};

struct html_template; /* parsed, in the arena given to html_parse; safe for many threads */

/* Finds the text of a partial; the absent str when unknown. */
typedef str html_loader(void *arg, str name);

/* Parses `text` against the field table. ERR_BUG with cx->detail "file:line: what" when it is not
 * well formed or names something that the table lacks. Pieces ({{>name}}) are parsed in place,
 * nesting at most 8; sections at most 16. *ret is in cx->arena and borrows `text`, the pieces and
 * `fields`. `loader` may be NULL when there are no pieces. */
err html_parse(struct cx *cx, str name, str text, const struct html_field *fields,
    html_loader *loader, void *loader_arg, struct html_template **ret) MUST_USE;
/* Names in the table, and in those of its sections, that the template never mentions, joined by
 * blanks; absent when none. For the both-ways check. */
str html_unused(struct arena *arena, const struct html_template *t);

/* Appends the page; texts of the view are valid UTF-8. */
void html_render(struct buf *out, const struct html_template *t, const void *view);
void html_escape(struct buf *out, str s);

#endif
