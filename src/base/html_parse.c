/* SPDX-License-Identifier: Apache-2.0
 * The text of a template into nodes, every name resolved to a field of a table. Called once per
 * page at start (at each request in development). Must never let a name pass that it cannot place.
 */
#include "base/html_internal.h"

struct section {
    str name;
    size_t node; /* its index */
    int line;
    bool pushed; /* it opened a level of names */
    struct html_place begin;
};

struct parser {
    struct cx *cx;
    struct html_template *t;
    size_t nodes_cap, used_cap;
    html_loader *loader;
    void *loader_arg;
    struct html_place place;
    const struct html_field *levels[HTML_DEPTH_MAX + 1];
    unsigned level;
    struct section sections[HTML_DEPTH_MAX];
    size_t sections_n;
    unsigned pieces;
};

/* One text being read: the page's or a piece's. */
struct source {
    str name, text;
    size_t at;
    int line;
};

static err parse_source(struct parser *p, struct source *source);

static err complain(struct parser *p, const struct source *source, const char *what, str name)
{
    return FAIL(p->cx, ERR_BUG, STR_F ":%d: %s%s" STR_F, STR_A(source->name), source->line, what,
        name.n > 0 ? ": " : "", STR_A(name));
}

static struct html_node *add_node(struct parser *p)
{
    struct html_template *t = p->t;
    if (t->nodes_n == p->nodes_cap) {
        size_t cap = p->nodes_cap ? 2 * p->nodes_cap : 32;
        t->nodes = arena_grow(
            p->cx->arena, t->nodes, p->nodes_cap * sizeof *t->nodes, cap * sizeof *t->nodes);
        p->nodes_cap = cap;
    }
    struct html_node *node = &t->nodes[t->nodes_n++];
    *node = (struct html_node){ 0 };
    return node;
}

static void mark_used(struct parser *p, const struct html_field *field)
{
    struct html_template *t = p->t;
    for (size_t i = 0; i < t->used_n; i++) {
        if (t->used[i] == field)
            return;
    }
    if (t->used_n == p->used_cap) {
        size_t cap = p->used_cap ? 2 * p->used_cap : 32;
        t->used =
            arena_grow(p->cx->arena, t->used, p->used_cap * sizeof *t->used, cap * sizeof *t->used);
        p->used_cap = cap;
    }
    t->used[t->used_n++] = field;
}

/* Innermost first. */
static const struct html_field *find_field(struct parser *p, str name, unsigned *ret_level)
{
    for (unsigned level = p->level + 1; level > 0; level--) {
        const struct html_field *field = p->levels[level - 1];
        for (; field->name; field++) {
            if (!str_eq(name, str_from_c(field->name)))
                continue;
            mark_used(p, field);
            *ret_level = level - 1;
            return field;
        }
    }
    return NULL;
}

static err add_literal(struct parser *p, struct source *source, size_t end)
{
    str literal = str_sub(source->text, source->at, end - source->at);
    for (size_t i = 0; i < literal.n; i++) {
        const char *complaint = html_place_step(&p->place, literal.p[i]);
        if (complaint)
            return complain(p, source, complaint, S(""));
        if (literal.p[i] == '\n')
            source->line++;
    }
    if (literal.n > 0)
        add_node(p)->literal = literal;
    source->at = end;
    return NULL;
}

static err add_value(struct parser *p, const struct source *source, str name)
{
    unsigned level = 0;
    enum html_op op = HTML_OP_TEXT;
    const struct html_field *field = find_field(p, name, &level);
    if (!field)
        return complain(p, source, "the table lacks", name);
    if (field->type != HTML_T_TEXT && field->type != HTML_T_HTML && field->type != HTML_T_INT)
        return complain(p, source, "no text, markup or number", name);
    const char *complaint = html_place_value(&p->place, field, &op);
    if (complaint)
        return complain(p, source, complaint, name);
    struct html_node *node = add_node(p);
    node->op = op;
    node->field = field;
    node->level = level;
    return NULL;
}

static enum html_op section_op(const struct html_field *field, bool inverted)
{
    if (inverted)
        return HTML_OP_UNLESS;
    if (field->type == HTML_T_LIST)
        return HTML_OP_EACH;
    return field->type == HTML_T_OBJECT ? HTML_OP_INSIDE : HTML_OP_IF;
}

static err begin_section(struct parser *p, const struct source *source, str name, bool inverted)
{
    unsigned level = 0;
    const struct html_field *field = find_field(p, name, &level);
    if (!field)
        return complain(p, source, "the table lacks", name);
    const char *complaint = html_place_edge(&p->place);
    if (complaint)
        return complain(p, source, complaint, name);
    if (p->sections_n == HTML_DEPTH_MAX)
        return complain(p, source, "sections are too deep", name);
    struct html_node *node = add_node(p);
    node->op = section_op(field, inverted);
    node->field = field;
    node->level = level;
    bool pushed = node->op == HTML_OP_EACH || node->op == HTML_OP_INSIDE;
    if (pushed)
        p->levels[++p->level] = field->fields;
    p->sections[p->sections_n++] = (struct section){ .name = name,
        .node = p->t->nodes_n - 1,
        .line = source->line,
        .pushed = pushed,
        .begin = p->place };
    return NULL;
}

static err end_section(struct parser *p, const struct source *source, str name, size_t outer)
{
    if (p->sections_n == outer)
        return complain(p, source, "ends a section that was not begun", name);
    struct section *section = &p->sections[p->sections_n - 1];
    if (!str_eq(section->name, name))
        return complain(p, source, "ends the wrong section", name);
    struct html_node *node = &p->t->nodes[section->node];
    const char *complaint = html_place_edge(&p->place);
    if (!complaint)
        complaint = html_place_join(&section->begin, &p->place, node->op == HTML_OP_EACH);
    if (complaint)
        return complain(p, source, complaint, name);
    node->end = p->t->nodes_n;
    if (section->pushed)
        p->level--;
    p->sections_n--;
    return NULL;
}

static err add_piece(struct parser *p, const struct source *source, str name)
{
    struct source piece = { .name = name, .line = 1 };
    if (p->place.state != HTML_IN_TEXT)
        return complain(p, source, "a piece outside text", name);
    if (p->pieces == HTML_PIECES_MAX)
        return complain(p, source, "pieces are too deep", name);
    if (p->loader)
        piece.text = p->loader(p->loader_arg, name);
    if (!piece.text.p)
        return complain(p, source, "no such piece", name);
    p->pieces++;
    err e = parse_source(p, &piece);
    p->pieces--;
    return e;
}

static bool is_name(str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && !(i > 0 && c >= '0' && c <= '9'))
            return false;
    }
    return name.n > 0;
}

static bool is_piece_name(str name)
{
    for (size_t i = 0; i < name.n; i++) {
        if ((unsigned char)name.p[i] <= ' ' || strchr("{}<>\"'&", name.p[i]))
            return false;
    }
    return name.n > 0;
}

/* What stands between the braces, without blanks around. */
static err add_tag(struct parser *p, struct source *source, str tag, size_t outer)
{
    char mark = tag.n > 0 && memchr("#^/>", tag.p[0], 4) ? tag.p[0] : '\0';
    str name = mark ? str_trim(str_skip(tag, 1)) : tag;
    if (mark == '>')
        return is_piece_name(name) ? add_piece(p, source, name)
                                   : complain(p, source, "a bad name of a piece", name);
    if (!is_name(name))
        return complain(p, source, "not in our subset of Mustache", tag);
    if (mark == '#' || mark == '^')
        return begin_section(p, source, name, mark == '^');
    if (mark == '/')
        return end_section(p, source, name, outer);
    return add_value(p, source, name);
}

/* A tag that shows nothing takes its whole line along when it stands there alone, as in Mustache.
 */
static void take_line(const struct source *source, size_t *begin, size_t *end)
{
    size_t from = *begin;
    size_t to = *end;
    str text = source->text;
    while (from > source->at && (text.p[from - 1] == ' ' || text.p[from - 1] == '\t'))
        from--;
    while (to < text.n && (text.p[to] == ' ' || text.p[to] == '\t'))
        to++;
    if ((from > 0 && text.p[from - 1] != '\n') || (to < text.n && text.p[to] != '\n'))
        return;
    *begin = from;
    *end = to < text.n ? to + 1 : to;
}

/* One tag and the literal before it; *ret_done when there was none. */
static err parse_next(struct parser *p, struct source *source, size_t outer, bool *ret_done)
{
    ptrdiff_t open = str_find(source->text, S("{{"), source->at);
    if (open < 0) {
        *ret_done = true;
        return add_literal(p, source, source->text.n);
    }
    ptrdiff_t close = str_find(source->text, S("}}"), (size_t)open);
    if (close < 0)
        return complain(p, source, "a tag without its end", S(""));
    size_t begin = (size_t)open;
    size_t end = (size_t)close + 2;
    str tag = str_trim(str_sub(source->text, begin + 2, end - begin - 4));
    if (tag.n > 0 && memchr("#^/>!", tag.p[0], 5))
        take_line(source, &begin, &end);
    err e = add_literal(p, source, begin);
    if (!e && !str_starts(tag, S("!")))
        e = add_tag(p, source, tag, outer);
    if (e)
        return e;
    for (size_t i = begin; i < end; i++)
        source->line += source->text.p[i] == '\n';
    source->at = end;
    return NULL;
}

static err parse_source(struct parser *p, struct source *source)
{
    size_t outer = p->sections_n;
    bool done = false;
    while (!done) {
        err e = parse_next(p, source, outer, &done);
        if (e)
            return e;
    }
    if (p->sections_n > outer) {
        const struct section *open = &p->sections[p->sections_n - 1];
        source->line = open->line;
        return complain(p, source, "a section without its end", open->name);
    }
    if (p->place.state != HTML_IN_TEXT)
        return complain(p, source, "ends inside a tag, comment or script", S(""));
    return NULL;
}

err html_parse(struct cx *cx, str name, str text, const struct html_field *fields,
    html_loader *loader, void *loader_arg, struct html_template **ret)
{
    struct html_template *t = NEW(cx->arena, struct html_template);
    struct parser *p = NEW(cx->arena, struct parser);
    struct source source = { .name = name, .text = text, .line = 1 };

    t->fields = fields;
    *p = (struct parser){ .cx = cx, .t = t, .loader = loader, .loader_arg = loader_arg };
    p->levels[0] = fields;
    err e = parse_source(p, &source);
    if (e)
        return e;
    *ret = t;
    return NULL;
}

struct unused {
    const struct html_template *t;
    struct buf out;
    const struct html_field *tables[64]; /* seen: a tree's table contains itself */
    size_t tables_n;
};

static bool is_used(const struct html_template *t, const struct html_field *field)
{
    for (size_t i = 0; i < t->used_n; i++) {
        if (t->used[i] == field)
            return true;
    }
    return false;
}

static void list_unused(struct unused *u, const struct html_field *fields, unsigned depth)
{
    for (size_t i = 0; i < u->tables_n; i++) {
        if (u->tables[i] == fields)
            return;
    }
    if (u->tables_n == COUNT(u->tables) || depth > HTML_DEPTH_MAX)
        return;
    u->tables[u->tables_n++] = fields;
    for (const struct html_field *field = fields; field->name; field++) {
        if (is_used(u->t, field)) {
            if (field->fields)
                list_unused(u, field->fields, depth + 1);
            continue;
        }
        if (u->out.n > 0)
            buf_char(&u->out, ' ');
        buf_add(&u->out, str_from_c(field->name));
    }
}

str html_unused(struct arena *arena, const struct html_template *t)
{
    struct unused u = { .t = t, .out = { .arena = arena } };
    list_unused(&u, t->fields, 0);
    return u.out.n > 0 ? buf_str(&u.out) : (str){ NULL, 0 };
}
