/* SPDX-License-Identifier: Apache-2.0
 * Templates and the frame around pages. Called by gateway_reply.c; must never look up data: pages
 * bring their own, the frame has what the gateway was given. */
#include "gateway/gateway_internal.h"

#include <string.h>

#include "base/embed.h"
#include "platform/file/file.h"

static str load_source(struct gateway *g, struct cx *cx, str path)
{
    if (g->opts.devel && g->opts.source_root.n) {
        str text;
        str file = str_fmt(cx->arena, STR_F "/" STR_F, STR_A(g->opts.source_root), STR_A(path));
        if (file_read(cx->arena, file, &text))
            return text;
    }
    return embedded_find(path);
}

struct loader {
    struct gateway *g;
    struct cx *cx;
};

/* Pieces are known by their file name without the folder and the ending. The line end of the file
 * is none of the piece: a list has hundreds of them. */
static str load_piece(void *arg, str name)
{
    struct loader *l = arg;
    str path = str_fmt(l->cx->arena, "src/gateway/web/pieces/" STR_F ".html", STR_A(name));
    str text = load_source(l->g, l->cx, path);
    return str_ends(text, S("\n")) ? str_sub(text, 0, text.n - 1) : text;
}

static err parse_page(
    struct gateway *g, struct cx *cx, const struct html_page *page, struct html_template **ret)
{
    str path = str_from_c(page->template);
    str text = load_source(g, cx, path);
    if (!text.p)
        return FAIL(cx, ERR_BUG, "no template %s", page->template);
    struct loader loader = { .g = g, .cx = cx };
    return html_parse(cx, path, text, page->fields, load_piece, &loader, ret);
}

err gateway_add_page(struct gateway *g, struct cx *cx, const struct html_page *page)
{
    struct cx life = *cx;
    life.arena = g->life; /* templates live as long as the process */
    struct gateway_template *t = NEW(g->life, struct gateway_template);
    t->page = page;
    err e = parse_page(g, &life, page, &t->parsed);
    if (e) {
        cx->detail = life.detail;
        cx->where = life.where;
        return e;
    }
    str unused = html_unused(g->life, t->parsed);
    if (unused.n)
        return FAIL(cx, ERR_BUG, "%s never shows: " STR_F, page->template, STR_A(unused));
    map_put(&g->pages, str_from_c(page->template), t);
    return NULL;
}

err gateway_pages_open(struct gateway *g, struct cx *cx)
{
    err e = gateway_add_page(g, cx, &shell_page);
    if (!e)
        e = gateway_add_page(g, cx, &office_page);
    if (!e)
        e = gateway_add_page(g, cx, &problem_page);
    return e ? e : gateway_add_page(g, cx, &pieces_page);
}

static str render(struct exchange *x, const struct html_page *page, const void *view)
{
    struct gateway *g = x->g;
    struct buf out = { .arena = x->cx->arena };
    const struct gateway_template *known = map_get(&g->pages, str_from_c(page->template));
    ASSERT(known); /* every page of a service is listed in its struct */
    struct html_template *t = known->parsed;
    if (g->opts.devel && parse_page(g, x->cx, page, &t)) {
        buf_add(&out, S("template: "));
        html_escape(&out, x->cx->detail);
        return buf_str(&out);
    }
    html_render(&out, t, view);
    return buf_str(&out);
}

static str first_name(str name)
{
    return str_cut(&name, ' ');
}

/* A cookie as the browser will have it after this answer. */
static str cookie_then(struct exchange *x, str name)
{
    str value = http_request_cookie(x->req, name);
    for (size_t i = 0; i < x->reply.cookies_n; i++)
        if (str_eq(x->reply.cookies[i].name, name))
            value = x->reply.cookies[i].value;
    return value;
}

/* The look that the visitor chose; without any, and in what is kept for everybody, the system's. */
static void fill_look(struct exchange *x, struct shell_view *v)
{
    str look = x->rebuilding ? (str){ 0 } : cookie_then(x, S("souk_look"));
    v->dark = str_eq(look, S("dark"));
    v->system = !v->dark && !str_eq(look, S("light"));
    v->scheme = v->system ? S("light dark") : look;
}

/* The visitor's part of the frame; of a page that is kept for everybody it is nobody's. */
static void fill_me(struct exchange *x, struct shell_view *v)
{
    fill_look(x, v);
    if (x->rebuilding)
        return;
    if (!id_is_none(x->cx->who.user_id))
        v->user = first_name(x->cx->who.name);
    if (!id_is_none(x->cx->who.behind_id))
        v->acting = x->cx->who.name;
    int64_t n;
    if (str_to_i64(cookie_then(x, S("souk_n")), &n) && n > 0)
        v->cart_count = str_from_i64(x->cx->arena, n < 999 ? n : 999);
}

static void fill_departments(struct exchange *x, struct shell_view *v)
{
    struct gateway *g = x->g;
    struct arena *a = x->cx->arena;
    lock_take(g->departments_lock);
    struct department_view *copy = NEW_N(a, g->departments_n, struct department_view);
    for (size_t i = 0; i < g->departments_n; i++) {
        copy[i].label = str_dup(a, g->departments[i].label);
        copy[i].href = str_dup(a, g->departments[i].href);
        copy[i].current =
            str_starts(x->req->path, copy[i].href) &&
            (x->req->path.n == copy[i].href.n || x->req->path.p[copy[i].href.n] == '/');
    }
    v->departments = copy;
    v->departments_n = g->departments_n;
    lock_give(g->departments_lock);
}

str gateway_page(struct exchange *x, const struct reply *reply)
{
    struct gateway *g = x->g;
    struct arena *a = x->cx->arena;
    const struct page_head *head = &reply->head;
    struct search_view *search = NEW(a, struct search_view);
    search->query = head->query;
    struct shell_view v = { .lang = S("en"),
        .title = head->title.n ? str_cat(a, head->title, S(" \xE2\x80\x93 Souk")) : S("Souk"),
        .description = head->description,
        .css = g->css.path,
        .office_css = g->office_css.path,
        .js = g->js.path,
        .passkey_js = head->passkey ? g->passkey_js.path : (str){ 0 },
        .icon = g->icon.path,
        .imprint = S("Souk, the marketplace that runs from one binary."),
        .search = head->no_search ? NULL : search,
        .plain = head->plain,
        .noindex = head->noindex };
    /* Never from Host: what one visitor says would stand in the page of the next. */
    if (head->canonical.n)
        v.canonical = str_cat(a, g->opts.origin, head->canonical);
    if (head->picture.n)
        v.og_image = str_cat(a, g->opts.origin, head->picture);
    v.body = render(x, reply->page, reply->value);
    if (head->office) {
        fill_me(x, &v);
        return render(x, &office_page, &v);
    }
    fill_departments(x, &v);
    fill_me(x, &v);
    return render(x, &shell_page, &v);
}

/* The visitor's parts of the frame, in the order in which shell.html has them. */
static const struct {
    str from, to;
} mine[] = {
    { S_INIT("<meta name=\"color-scheme\""), S_INIT("<title>") },
    { S_INIT("<nav class=\"me\""), S_INIT("</nav>") },
};

/* From `from` to before `to`; empty when it is not there. */
static str part_of(str page, str from, str to)
{
    ptrdiff_t begin = str_find(page, from, 0);
    ptrdiff_t end = begin < 0 ? -1 : str_find(page, to, (size_t)begin);
    return end < 0 ? (str){ 0 } : str_sub(page, (size_t)begin, (size_t)(end - begin));
}

str gateway_page_personal(struct exchange *x, str page)
{
    struct shell_view v = { .lang = S("en") };
    fill_me(x, &v);
    str frame = render(x, &shell_page, &v);
    struct buf out = { .arena = x->cx->arena };
    for (size_t i = 0; i < COUNT(mine); i++) {
        str old = part_of(page, mine[i].from, mine[i].to);
        str new = part_of(frame, mine[i].from, mine[i].to);
        ASSERT(new.n > 0);
        if (old.n == 0)
            continue;
        buf_add(&out, str_sub(page, 0, (size_t)(old.p - page.p)));
        buf_add(&out, new);
        page = str_skip(page, (size_t)(old.p - page.p) + old.n);
    }
    buf_add(&out, page);
    return buf_str(&out);
}
