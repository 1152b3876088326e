/* SPDX-License-Identifier: Apache-2.0
 * What the files behind html.h share: the parsed template, and the place in the markup where a
 * name stands. For html_*.c alone. */
#ifndef SOUK_BASE_HTML_INTERNAL_H
#define SOUK_BASE_HTML_INTERNAL_H

#include <string.h>

#include "base/html.h"

#define HTML_DEPTH_MAX 16 /* sections in each other, pieces counted along */
#define HTML_PIECES_MAX 8

enum html_op {
    HTML_OP_LITERAL,
    HTML_OP_TEXT,
    HTML_OP_URL, /* a text that begins a URL */
    HTML_OP_HTML,
    HTML_OP_INT,
    HTML_OP_EACH,   /* nodes up to `end` for every item */
    HTML_OP_INSIDE, /* ... with the object, if there is one */
    HTML_OP_IF,     /* ... when the value is not absent, empty, zero or false */
    HTML_OP_UNLESS,
};

/* Nodes are in order of the text; a section's are those between it and its `end`. */
struct html_node {
    enum html_op op;
    unsigned level;                 /* whose view: 0 is the page's, 1 the outermost section's */
    const struct html_field *field; /* NULL for a literal */
    str literal;
    size_t end;
};

struct html_template {
    const struct html_field *fields;
    struct html_node *nodes;
    size_t nodes_n;
    const struct html_field **used; /* every field the template mentions, once */
    size_t used_n;
};

/* States of a small HTML tokenizer, enough to know what a name in the template would be. */
enum html_state {
    HTML_IN_TEXT,
    HTML_AFTER_LESS, /* '<' */
    HTML_AFTER_BANG, /* '<!' */
    HTML_AFTER_BANG_DASH,
    HTML_IN_DECLARATION, /* '<!doctype' up to '>' */
    HTML_IN_COMMENT,
    HTML_IN_TAG_NAME,
    HTML_IN_TAG, /* between attributes */
    HTML_IN_ATTR_NAME,
    HTML_AFTER_ATTR_NAME,
    HTML_BEFORE_VALUE, /* after '=' */
    HTML_IN_VALUE_DOUBLE,
    HTML_IN_VALUE_SINGLE,
    HTML_IN_RAW,    /* text of <script> or <style> */
    HTML_AFTER_RAW, /* '</script' */
};

enum html_attr { HTML_ATTR_PLAIN, HTML_ATTR_URL, HTML_ATTR_URLS, HTML_ATTR_STYLE, HTML_ATTR_CODE };

/* How far into a URL: what still may become its scheme decides what a name may be. */
enum html_url {
    HTML_URL_START,
    HTML_URL_OPEN, /* some characters, all of them such as schemes have */
    HTML_URL_REF,  /* in a character reference: '&amp;' decides, others may be anything */
    HTML_URL_SAFE, /* the scheme is a good one, or there is none */
    HTML_URL_BAD,
};

#define HTML_NAME_MAX 16 /* longer ones are none that matter */

struct html_place {
    enum html_state state;
    enum html_attr attr;
    enum html_url url;
    bool closing;             /* in '</x>' */
    bool raw;                 /* the tag is <script> or <style> */
    str raw_end;              /* "</script" or "</style" */
    size_t seen_n;            /* characters of raw_end or of "-->" seen */
    bool mixed;               /* a value or a section is part of the URL that is still open */
    char name[HTML_NAME_MAX]; /* of the tag or attribute; the scheme; the reference */
    size_t name_n;
};

/* html_place.c. A complaint is words for whoever wrote the template; NULL is none. */
const char *html_place_step(struct html_place *place, char c);
/* A field's value comes here: chooses its op. */
const char *html_place_value(
    struct html_place *place, const struct html_field *field, enum html_op *ret_op);
/* A section begins or ends here. */
const char *html_place_edge(struct html_place *place);
/* Joins the end of a section to its begin, as it may have been skipped or, when `repeats`, come
 * more than once. */
const char *html_place_join(const struct html_place *begin, struct html_place *end, bool repeats);

/* html_render.c */
bool html_scheme_ok(str scheme);

#endif
