/* SPDX-License-Identifier: Apache-2.0
 * A parsed template and a view into markup. Called for every page: it is written for speed.
 * Must never fail: what could be wrong was refused by html_parse. */
#include "base/html_internal.h"

struct render {
    struct buf *out;
    const struct html_node *nodes;
    const char *views[HTML_DEPTH_MAX + 1]; /* by level */
    unsigned level;
};

void html_escape(struct buf *out, str s)
{
    static const str refs[256] = { ['&'] = S_INIT("&amp;"),
        ['<'] = S_INIT("&lt;"),
        ['>'] = S_INIT("&gt;"),
        ['"'] = S_INIT("&quot;"),
        ['\''] = S_INIT("&#39;") };
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        str ref = refs[(unsigned char)s.p[i]];
        if (ref.n == 0)
            continue;
        buf_add(out, (str){ s.p + from, i - from });
        buf_add(out, ref);
        from = i + 1;
    }
    if (from < s.n)
        buf_add(out, (str){ s.p + from, s.n - from });
}

bool html_scheme_ok(str scheme)
{
    return str_eq_nocase(scheme, S("https")) || str_eq_nocase(scheme, S("http")) ||
           str_eq_nocase(scheme, S("mailto"));
}

/* Browsers skip blanks and controls before a scheme, so that none may stand in one. */
static void put_url(struct buf *out, str url)
{
    size_t from = 0;
    while (from < url.n && (unsigned char)url.p[from] <= ' ')
        from++;
    size_t i = from;
    while (i < url.n && !memchr(":/?#", url.p[i], 4))
        i++;
    bool has_scheme = i < url.n && url.p[i] == ':';
    if (has_scheme && !html_scheme_ok((str){ url.p + from, i - from }))
        buf_char(out, '#');
    else
        html_escape(out, url);
}

static const char *pointer_at(const char *slot)
{
    const char *p;
    memcpy(&p, slot, sizeof p); /* the member points to some other struct */
    return p;
}

static size_t count_of(const struct html_field *field, const char *view)
{
    return *(const size_t *)(const void *)(view + field->offset_n);
}

static bool is_there(const struct html_field *field, const char *view)
{
    const void *slot = view + field->offset;
    switch (field->type) {
    case HTML_T_TEXT:
    case HTML_T_HTML:
        return ((const str *)slot)->n > 0;
    case HTML_T_INT:
        return *(const int64_t *)slot != 0;
    case HTML_T_FLAG:
        return *(const bool *)slot;
    case HTML_T_LIST:
        return count_of(field, view) > 0;
    case HTML_T_OBJECT:
        return pointer_at(slot) != NULL;
    }
    return false;
}

static void render_nodes(struct render *r, size_t from, size_t to);

static void render_each(struct render *r, size_t at)
{
    const struct html_node *node = &r->nodes[at];
    const char *view = r->views[node->level];
    const char *items = pointer_at(view + node->field->offset);
    size_t n = count_of(node->field, view);
    r->level++;
    for (size_t i = 0; i < n; i++) {
        r->views[r->level] = items + i * node->field->item_size;
        render_nodes(r, at + 1, node->end);
    }
    r->level--;
}

static void render_inside(struct render *r, size_t at)
{
    const struct html_node *node = &r->nodes[at];
    const char *object = pointer_at(r->views[node->level] + node->field->offset);
    if (!object)
        return;
    r->views[++r->level] = object;
    render_nodes(r, at + 1, node->end);
    r->level--;
}

/* Returns the index of the node that follows. */
static size_t render_node(struct render *r, size_t at)
{
    const struct html_node *node = &r->nodes[at];
    const void *slot = node->field ? r->views[node->level] + node->field->offset : NULL;
    switch (node->op) {
    case HTML_OP_LITERAL:
        buf_add(r->out, node->literal);
        return at + 1;
    case HTML_OP_TEXT:
        html_escape(r->out, *(const str *)slot);
        return at + 1;
    case HTML_OP_URL:
        put_url(r->out, *(const str *)slot);
        return at + 1;
    case HTML_OP_HTML:
        buf_add(r->out, *(const str *)slot);
        return at + 1;
    case HTML_OP_INT:
        buf_i64(r->out, *(const int64_t *)slot);
        return at + 1;
    case HTML_OP_EACH:
        render_each(r, at);
        return node->end;
    case HTML_OP_INSIDE:
        render_inside(r, at);
        return node->end;
    case HTML_OP_IF:
        return is_there(node->field, r->views[node->level]) ? at + 1 : node->end;
    case HTML_OP_UNLESS:
        return is_there(node->field, r->views[node->level]) ? node->end : at + 1;
    }
    return at + 1;
}

static void render_nodes(struct render *r, size_t from, size_t to)
{
    while (from < to)
        from = render_node(r, from);
}

void html_render(struct buf *out, const struct html_template *t, const void *view)
{
    struct render r = { .out = out, .nodes = t->nodes };
    r.views[0] = view;
    render_nodes(&r, 0, t->nodes_n);
}
