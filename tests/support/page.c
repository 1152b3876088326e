/* SPDX-License-Identifier: Apache-2.0
 * Renders what a handler answered. Called by tests of pages; must never add what the edge adds. */
#include "tests/support/page.h"

#include "base/embed.h"
#include "base/html.h"
#include "tests/support/check.h"

static str load_piece(void *arg, str name)
{
    return embedded_find(str_fmt(arg, "src/gateway/web/pieces/" STR_F ".html", STR_A(name)));
}

str page_html(struct cx *cx, const struct reply *reply)
{
    struct html_template *t;
    struct buf out = { .arena = cx->arena };

    CHECK(reply->page != NULL);
    str path = str_from_c(reply->page->template);
    CHECK_ERR(cx,
        html_parse(cx, path, embedded_find(path), reply->page->fields, load_piece, cx->arena, &t),
        NULL);
    CHECK_STR(html_unused(cx->arena, t), (str){ 0 });
    html_render(&out, t, reply->value);
    return buf_str(&out);
}

str page_header(const struct reply *reply, const char *name)
{
    str value = { 0 };
    size_t n = 0;
    for (size_t i = 0; i < reply->headers_n; i++)
        if (str_eq(reply->headers[i].name, str_from_c(name))) {
            value = reply->headers[i].value;
            n++;
        }
    CHECK(n <= 1);
    return value;
}
