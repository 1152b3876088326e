/* SPDX-License-Identifier: Apache-2.0
 * Tests of templates: what they show, what is escaped where, what is refused. Run by meson test.
 * Must never look behind html.h. */
#include "tests/support/check.h"

#include "base/html.h"

struct line {
    str name;
    int64_t qty;
    const struct line *parts;
    size_t parts_n;
};
struct seller {
    str seller_name, url;
};
struct page {
    str title, empty, url, attr;
    str body;
    int64_t count, zero;
    bool yes, no;
    const struct line *lines;
    size_t lines_n;
    const struct line *none;
    size_t none_n;
    const struct seller *seller, *nobody;
};
/* Lines hold lines: the table refers to itself. */
static const struct html_field line_fields[] = {
    HTML_TEXT(struct line, name),
    HTML_INT(struct line, qty),
    HTML_LIST(struct line, parts, line_fields),
    HTML_END,
};
static const struct html_field seller_fields[] = {
    HTML_TEXT(struct seller, seller_name),
    HTML_TEXT(struct seller, url),
    HTML_END,
};
static const struct html_field page_fields[] = {
    HTML_TEXT(struct page, title),
    HTML_TEXT(struct page, empty),
    HTML_TEXT(struct page, url),
    HTML_TEXT(struct page, attr),
    HTML_HTML(struct page, body),
    HTML_INT(struct page, count),
    HTML_INT(struct page, zero),
    HTML_FLAG(struct page, yes),
    HTML_FLAG(struct page, no),
    HTML_LIST(struct page, lines, line_fields),
    HTML_LIST(struct page, none, line_fields),
    HTML_OBJECT(struct page, seller, seller_fields),
    HTML_OBJECT(struct page, nobody, seller_fields),
    HTML_END,
};

static const struct line parts[] = { { .name = S_INIT("bolt"), .qty = 4 } };
static const struct line lines[] = {
    { .name = S_INIT("<b>"), .qty = 2, .parts = parts, .parts_n = 1 },
    { .name = S_INIT("cup"), .qty = 0 },
};
static const struct seller seller = { S_INIT("A & B"), S_INIT("/sellers/1") };
static const struct page view = { .title = S_INIT("a<b>&\"c'"),
    .url = S_INIT("https://x.test/?a=1&b=2"),
    .attr = S_INIT("\" onload=\"x"),
    .body = S_INIT("<i>ok</i>"),
    .count = -12,
    .yes = true,
    .lines = lines,
    .lines_n = 2,
    .seller = &seller };

static str load_piece(void *arg, str name)
{
    (void)arg;
    if (str_eq(name, S("head")))
        return S("<h1>{{title}}</h1>");
    if (str_eq(name, S("row.html")))
        return S("{{name}}{{>dash}}{{count}};");
    if (str_eq(name, S("dash")))
        return S("-");
    if (str_eq(name, S("loop")))
        return S("{{>loop}}");
    if (str_eq(name, S("open")))
        return S("{{#yes}}");
    if (str_eq(name, S("close")))
        return S("{{/yes}}");
    if (str_eq(name, S("half")))
        return S("<a href=\"");
    if (str_eq(name, S("bad")))
        return S("one\n\n{{nope}}");
    return (str){ NULL, 0 };
}

static err parse(struct cx *cx, str text, struct html_template **ret)
{
    return html_parse(cx, S("page.html"), text, page_fields, load_piece, NULL, ret);
}

static const struct shown_case {
    const char *name;
    str text, want;
} shown_cases[] = {
    { "nothing", S_INIT(""), S_INIT("") },
    { "literal", S_INIT("<p>a {b} }} c</p>"), S_INIT("<p>a {b} }} c</p>") },
    { "text", S_INIT("<p>{{ title }}</p>"), S_INIT("<p>a&lt;b&gt;&amp;&quot;c&#39;</p>") },
    { "absent text", S_INIT("<p>{{empty}}</p>"), S_INIT("<p></p>") },
    { "attribute", S_INIT("<p title=\"x {{attr}}\">"),
        S_INIT("<p title=\"x &quot; onload=&quot;x\">") },
    { "attribute, single quotes", S_INIT("<p title = '{{title}}'>"),
        S_INIT("<p title = 'a&lt;b&gt;&amp;&quot;c&#39;'>") },
    { "in a title", S_INIT("<title>{{title}}</title>"),
        S_INIT("<title>a&lt;b&gt;&amp;&quot;c&#39;</title>") },
    { "markup", S_INIT("<div>{{body}}</div>"), S_INIT("<div><i>ok</i></div>") },
    { "number", S_INIT("{{count}} {{zero}}"), S_INIT("-12 0") },
    { "number in a style", S_INIT("<i style=\"width:{{count}}%\">"),
        S_INIT("<i style=\"width:-12%\">") },
    { "URL", S_INIT("<a href=\"{{url}}\">"), S_INIT("<a href=\"https://x.test/?a=1&amp;b=2\">") },
    { "in a URL", S_INIT("<a href=\"/p/{{title}}?n={{count}}\">"),
        S_INIT("<a href=\"/p/a&lt;b&gt;&amp;&quot;c&#39;?n=-12\">") },
    { "URL and more", S_INIT("<a href='{{url}}&amp;n={{count}}#{{zero}}'>"),
        S_INIT("<a href='https://x.test/?a=1&amp;b=2&amp;n=-12#0'>") },
    { "good scheme", S_INIT("<a href=\"mailto:{{title}}\">"),
        S_INIT("<a href=\"mailto:a&lt;b&gt;&amp;&quot;c&#39;\">") },
    { "set of URLs", S_INIT("<img srcset=\"{{url}} 1x, /b/{{zero}} 2x\">"),
        S_INIT("<img srcset=\"https://x.test/?a=1&amp;b=2 1x, /b/0 2x\">") },
    { "repeated in a set of URLs",
        S_INIT("<img srcset=\"{{#lines}}/{{name}} {{qty}}w, {{/lines}}\">"),
        S_INIT("<img srcset=\"/&lt;b&gt; 2w, /cup 0w, \">") },
    { "list", S_INIT("{{#lines}}{{name}}={{qty}};{{/lines}}"), S_INIT("&lt;b&gt;=2;cup=0;") },
    { "empty list", S_INIT("[{{#none}}{{name}}{{/none}}{{^none}}none{{/none}}]"),
        S_INIT("[none]") },
    { "list that is not empty", S_INIT("{{^lines}}none{{/lines}}"), S_INIT("") },
    { "outwards", S_INIT("{{#lines}}{{name}}/{{count}} {{/lines}}"),
        S_INIT("&lt;b&gt;/-12 cup/-12 ") },
    { "list in a list",
        S_INIT("{{#lines}}{{name}}({{#parts}}{{name}}*{{qty}}/{{count}}{{/parts}}"
               "{{^parts}}-{{/parts}}){{/lines}}"),
        S_INIT("&lt;b&gt;(bolt*4/-12)cup(-)") },
    { "list of the outer",
        S_INIT("{{#lines}}{{#seller}}{{seller_name}}:{{name}} {{/seller}}"
               "{{/lines}}"),
        S_INIT("A &amp; B:&lt;b&gt; A &amp; B:cup ") },
    { "same list inside itself",
        S_INIT("{{#lines}}{{#lines}}{{name}}{{/lines}}|{{/lines}}{{title}}"),
        S_INIT("&lt;b&gt;cup|&lt;b&gt;cup|a&lt;b&gt;&amp;&quot;c&#39;") },
    { "object", S_INIT("{{#seller}}<a href=\"{{url}}\">{{title}}</a>{{/seller}}"),
        S_INIT("<a href=\"/sellers/1\">a&lt;b&gt;&amp;&quot;c&#39;</a>") },
    { "no object", S_INIT("{{#nobody}}x{{/nobody}}{{^nobody}}nobody{{/nobody}}"),
        S_INIT("nobody") },
    { "an object there", S_INIT("{{^seller}}x{{/seller}}"), S_INIT("") },
    { "flags", S_INIT("{{#yes}}1{{/yes}}{{^yes}}2{{/yes}}{{#no}}3{{/no}}{{^no}}4{{/no}}"),
        S_INIT("14") },
    { "texts as flags", S_INIT("{{#title}}1{{/title}}{{#empty}}2{{/empty}}{{^empty}}3{{/empty}}"),
        S_INIT("13") },
    { "numbers as flags", S_INIT("{{#count}}1{{/count}}{{#zero}}2{{/zero}}{{^zero}}3{{/zero}}"),
        S_INIT("13") },
    { "markup as a flag", S_INIT("{{#body}}1{{/body}}"), S_INIT("1") },
    { "attribute at will", S_INIT("<input name=\"a\"{{#yes}} checked{{/yes}}>"),
        S_INIT("<input name=\"a\" checked>") },
    { "attribute at will after the name", S_INIT("<br{{#no}} class=\"x\"{{/no}}/>"),
        S_INIT("<br/>") },
    { "class at will", S_INIT("<i class=\"a{{#yes}} b{{/yes}}\">"), S_INIT("<i class=\"a b\">") },
    { "script without names", S_INIT("<script>if(a<b)'</scrip'</script >{{zero}}"),
        S_INIT("<script>if(a<b)'</scrip'</script >0") },
    { "script of a URL", S_INIT("<script src=\"{{url}}\" defer></script>{{zero}}"),
        S_INIT("<script src=\"https://x.test/?a=1&amp;b=2\" defer></script>0") },
    { "comment of HTML", S_INIT("<!-- <a href=x --->{{zero}}"), S_INIT("<!-- <a href=x --->0") },
    { "doctype", S_INIT("<!doctype html>{{zero}}"), S_INIT("<!doctype html>0") },
    { "comment of ours", S_INIT("a{{! <script> {{ }}b"), S_INIT("ab") },
    { "piece", S_INIT("{{>head}}!"), S_INIT("<h1>a&lt;b&gt;&amp;&quot;c&#39;</h1>!") },
    { "piece in a list", S_INIT("{{#lines}}{{> row.html }}{{/lines}}"),
        S_INIT("&lt;b&gt;--12;cup--12;") },
    { "lines of tags vanish",
        S_INIT("<ul>\n  {{#lines}}\n  <li>{{qty}}</li>\n  {{/lines}}  \n</ul>\n{{! c }}\n"),
        S_INIT("<ul>\n  <li>2</li>\n  <li>0</li>\n</ul>\n") },
    { "lines of names stay", S_INIT("a\n{{empty}}\nb"), S_INIT("a\n\nb") },
    { "lines of two tags stay", S_INIT("a\n{{#yes}}{{/yes}}\nb"), S_INIT("a\n\nb") },
    { "line at the end", S_INIT("{{#yes}}\na\n{{/yes}}"), S_INIT("a\n") },
};

static void templates_show_views(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(shown_cases); i++) {
        const struct shown_case *c = &shown_cases[i];
        struct cx *cx = check_cx_open();
        struct html_template *t = NULL;
        CHECK_ERR(cx, parse(cx, c->text, &t), NULL);
        struct buf out = { .arena = cx->arena };
        html_render(&out, t, &view);
        CASE_STR(c->name, buf_str(&out), c->want);
        check_cx_close(cx);
    }
}

static const struct url_case {
    str url, want;
} url_cases[] = {
    { S_INIT(""), S_INIT("") },
    { S_INIT("/a:b"), S_INIT("/a:b") },
    { S_INIT("?a:b"), S_INIT("?a:b") },
    { S_INIT("#a:b"), S_INIT("#a:b") },
    { S_INIT("a/b"), S_INIT("a/b") },
    { S_INIT("HTTPS://x"), S_INIT("HTTPS://x") },
    { S_INIT("http://x"), S_INIT("http://x") },
    { S_INIT("mailto:a@b"), S_INIT("mailto:a@b") },
    { S_INIT(" https://x"), S_INIT(" https://x") },
    { S_INIT("javascript:alert(1)"), S_INIT("#") },
    { S_INIT("JaVaScRiPt:alert(1)"), S_INIT("#") },
    { S_INIT(" \x01\tjavascript:alert(1)"), S_INIT("#") },
    { S_INIT("java\nscript:alert(1)"), S_INIT("#") },
    { S_INIT("java\tscript:alert(1)"), S_INIT("#") },
    { S_INIT("data:text/html,x"), S_INIT("#") },
    { S_INIT("vbscript:x"), S_INIT("#") },
    { S_INIT("httpx:x"), S_INIT("#") },
    { S_INIT(":x"), S_INIT("#") },
    { S_INIT("javascript&#58;x"), S_INIT("javascript&amp;#58;x") },
};

static void urls_have_good_schemes(void **state)
{
    (void)state;
    static const char *const attrs[] = { "href", "SRC", "action", "formaction", "poster", "srcset",
        "xlink:href" };
    for (size_t i = 0; i < COUNT(url_cases) * COUNT(attrs); i++) {
        const struct url_case *c = &url_cases[i / COUNT(attrs)];
        const char *attr = attrs[i % COUNT(attrs)];
        struct cx *cx = check_cx_open();
        struct html_template *t = NULL;
        CHECK_ERR(cx, parse(cx, str_fmt(cx->arena, "<a %s=\"{{url}}\">", attr), &t), NULL);
        struct buf out = { .arena = cx->arena };
        html_render(&out, t, &(struct page){ .url = c->url });
        CHECK_STR(buf_str(&out), str_fmt(cx->arena, "<a %s=\"" STR_F "\">", attr, STR_A(c->want)));
        check_cx_close(cx);
    }
}

static const struct refused_case {
    str text;
    const char *want; /* the end of the detail */
} refused_cases[] = {
    { S_INIT("{{nope}}"), "page.html:1: the table lacks: nope" },
    { S_INIT("a\nb\n{{#nope}}"), "page.html:3: the table lacks: nope" },
    { S_INIT("{{#yes}}\n{{name}}{{/yes}}"), "page.html:2: the table lacks: name" },
    { S_INIT("{{#lines}}{{/lines}}{{name}}"), "the table lacks: name" },
    { S_INIT("{{yes}}"), "no text, markup or number: yes" },
    { S_INIT("{{lines}}"), "no text, markup or number: lines" },
    { S_INIT("{{seller}}"), "no text, markup or number: seller" },
    { S_INIT("a\n{{title"), "page.html:1: a tag without its end" },
    { S_INIT("{{}}"), "not in our subset of Mustache" },
    { S_INIT("{{{title}}}"), "not in our subset of Mustache: {title" },
    { S_INIT("{{&title}}"), "not in our subset of Mustache: &title" },
    { S_INIT("{{=<% %>=}}"), "not in our subset of Mustache: =<% %>=" },
    { S_INIT("{{.}}"), "not in our subset of Mustache: ." },
    { S_INIT("{{seller.url}}"), "not in our subset of Mustache: seller.url" },
    { S_INIT("{{#yes}}\n\n"), "page.html:1: a section without its end: yes" },
    { S_INIT("{{/yes}}"), "ends a section that was not begun: yes" },
    { S_INIT("{{#yes}}{{#no}}{{/yes}}{{/no}}"), "ends the wrong section: yes" },
    { S_INIT("{{>gone}}"), "no such piece: gone" },
    { S_INIT("{{>}}"), "a bad name of a piece" },
    { S_INIT("{{>a b}}"), "a bad name of a piece: a b" },
    { S_INIT("{{>loop}}"), "pieces are too deep: loop" },
    { S_INIT("{{>bad}}"), "bad:3: the table lacks: nope" },
    { S_INIT("{{>open}}{{>close}}"), "open:1: a section without its end: yes" },
    { S_INIT("{{#yes}}{{>close}}"), "close:1: ends a section that was not begun: yes" },
    { S_INIT("{{>half}}\">"), "half:1: ends inside a tag, comment or script" },
    { S_INIT("<a title=\"{{>dash}}\">"), "a piece outside text: dash" },
    { S_INIT("<a href=\""), "ends inside a tag, comment or script" },
    { S_INIT("<!-- "), "ends inside a tag, comment or script" },
    { S_INIT("<script>"), "ends inside a tag, comment or script" },
    { S_INIT("<p title={{title}}>"), "a name outside text and quoted attributes: title" },
    { S_INIT("<p title=x>"), "an attribute value without quotes" },
    { S_INIT("<p {{title}}>"), "a name outside text and quoted attributes: title" },
    { S_INIT("<p {{count}}=\"\">"), "a name outside text and quoted attributes: count" },
    { S_INIT("<{{title}}>"), "a name outside text and quoted attributes: title" },
    { S_INIT("<!-- {{title}} -->"), "a name outside text and quoted attributes: title" },
    { S_INIT("<!doctype {{title}}>"), "a name outside text and quoted attributes: title" },
    { S_INIT("<script>{{title}}</script>"), "a name inside <script> or <style>: title" },
    { S_INIT("<SCRIPT type=\"module\">{{count}}"), "a name inside <script> or <style>: count" },
    { S_INIT("<style>{{title}}</style>"), "a name inside <script> or <style>: title" },
    { S_INIT("<script>'</scripty>'{{title}}"), "a name inside <script> or <style>: title" },
    { S_INIT("<script><!-- <script> </script>"), "'<!' inside <script> or <style>" },
    { S_INIT("<script>{{#yes}}{{/yes}}</script>"),
        "a section in a comment, a script or half a tag: yes" },
    { S_INIT("<!--{{#yes}}{{/yes}}-->"), "a section in a comment, a script or half a tag: yes" },
    { S_INIT("<p title=\"{{body}}\">"), "markup in an attribute: body" },
    { S_INIT("<p onclick=\"f({{count}})\">"), "a name in an attribute that is code: count" },
    { S_INIT("<iframe srcdoc='{{title}}'>"), "a name in an attribute that is code: title" },
    { S_INIT("<p style=\"{{title}}\">"), "a text in a style attribute: title" },
    { S_INIT("<p style=\"{{body}}\">"), "markup in an attribute: body" },
    { S_INIT("<a href=\"javascript:{{title}}\">"),
        "a name in a URL where it could be part of the scheme: title" },
    { S_INIT("<a href=\"java{{title}}\">"),
        "a name in a URL where it could be part of the scheme: title" },
    { S_INIT("<a href=\"{{url}}{{title}}\">"),
        "a name in a URL where it could be part of the scheme: title" },
    { S_INIT("<a href=\"{{url}}:x\">"), "a name that could be part of a URL's scheme" },
    { S_INIT("<a href=\"{{url}}&#58;x\">"), "a name that could be part of a URL's scheme" },
    { S_INIT("<a href=\"{{url}}&colon;x\">"), "a name that could be part of a URL's scheme" },
    { S_INIT("<a href=\"java&#115;cript:{{url}}\">"),
        "a name in a URL where it could be part of the scheme: url" },
    { S_INIT("<a href=\" {{url}}\">"),
        "a name in a URL where it could be part of the scheme: url" },
    { S_INIT("<a href=\"{{#yes}}java{{/yes}}script:{{url}}\">"),
        "a name that could be part of a URL's scheme" },
    { S_INIT("<a href=\"{{#lines}}{{name}}{{/lines}}\">"),
        "a repeated section leaves a URL half written: lines" },
    { S_INIT("<a href=\"{{#yes}}/{{/yes}}{{url}}\">"),
        "a name in a URL where it could be part of the scheme: url" },
    { S_INIT("<a{{#yes}} href=\"{{/yes}}x\">"),
        "the section begins and ends in different places of the markup: yes" },
    { S_INIT("{{#yes}}<p{{/yes}}>"),
        "the section begins and ends in different places of the markup: yes" },
    { S_INIT("<p title=\"{{#yes}}\" href=\"{{/yes}}{{title}}\">"),
        "the section begins and ends in different places of the markup: yes" },
    { S_INIT("<a{{#yes}}></a><script{{/yes}}>{{title}}"),
        "the section begins and ends in different places of the markup: yes" },
    { S_INIT("<a {{#yes}}href{{/yes}}=\"{{title}}\">"), "a stray character in a tag" },
    { S_INIT("a < b"), "a bare '<': write &lt;" },
    { S_INIT("<a<b>"), "a bad tag name" },
    { S_INIT("<a b\"c\">"), "a stray character in a tag" },
    { S_INIT("<!>"), "an empty declaration" },
};

static void bad_templates_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused_cases); i++) {
        const struct refused_case *c = &refused_cases[i];
        struct cx *cx = check_cx_open();
        struct html_template *t = NULL;
        const char *name = str_c(cx->arena, c->text);
        CASE(name, parse(cx, c->text, &t) == &ERR_BUG);
        str want = str_from_c(c->want);
        CASE_STR(name, str_ends(cx->detail, want) ? want : cx->detail, want);
        CASE(name, t == NULL);
        check_cx_close(cx);
    }
}

static void sections_are_limited(void **state)
{
    (void)state;
    for (size_t n = 16; n <= 17; n++) {
        struct cx *cx = check_cx_open();
        struct html_template *t = NULL;
        struct buf text = { .arena = cx->arena };
        for (size_t i = 0; i < n; i++)
            buf_add(&text, S("{{#seller}}"));
        buf_add(&text, S("{{seller_name}}"));
        for (size_t i = 0; i < n; i++)
            buf_add(&text, S("{{/seller}}"));
        CHECK_ERR(cx, parse(cx, buf_str(&text), &t), n == 16 ? NULL : &ERR_BUG);
        if (t) {
            struct buf out = { .arena = cx->arena };
            html_render(&out, t, &view);
            CHECK_STR(buf_str(&out), S("A &amp; B"));
        }
        check_cx_close(cx);
    }
}

static const struct unused_case {
    str text, want;
} unused_cases[] = {
    { S_INIT("{{title}}{{empty}}{{url}}{{attr}}{{body}}{{count}}{{zero}}{{#yes}}{{/yes}}"
             "{{^no}}{{/no}}{{^none}}{{/none}}{{^nobody}}{{/nobody}}"
             "{{#lines}}{{name}}{{qty}}{{#parts}}{{name}}{{/parts}}{{/lines}}"
             "{{#seller}}{{seller_name}}{{url}}{{/seller}}"),
        { NULL, 0 } },
    { S_INIT("{{>head}}{{empty}}{{url}}{{attr}}{{body}}{{#yes}}{{/yes}}{{^no}}{{/no}}"
             "{{#lines}}{{name}}{{/lines}}{{#seller}}{{seller_name}}{{/seller}}{{^none}}{{/none}}"),
        S_INIT("count zero qty parts url nobody") },
};

static void unused_names_are_listed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(unused_cases); i++) {
        struct cx *cx = check_cx_open();
        struct html_template *t = NULL;
        CHECK_ERR(cx, parse(cx, unused_cases[i].text, &t), NULL);
        str unused = html_unused(cx->arena, t);
        CHECK_STR(unused, unused_cases[i].want);
        CHECK(!unused.p == !unused_cases[i].want.p);
        check_cx_close(cx);
    }
}

static void a_page_needs_no_loader(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct html_template *t = NULL;
    CHECK_ERR(cx, html_parse(cx, S("p"), S("{{title}}"), page_fields, NULL, NULL, &t), NULL);
    CHECK_ERR(cx, html_parse(cx, S("p"), S("{{>head}}"), page_fields, NULL, NULL, &t), &ERR_BUG);
    check_cx_close(cx);
}

static void text_is_escaped(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    struct buf out = { .arena = arena };
    html_escape(&out, (str){ NULL, 0 });
    html_escape(&out, S("plain \xc3\xa9\n"));
    html_escape(&out, S("<<&>>\"'x"));
    CHECK_STR(buf_str(&out), S("plain \xc3\xa9\n&lt;&lt;&amp;&gt;&gt;&quot;&#39;x"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(templates_show_views),
        cmocka_unit_test(urls_have_good_schemes),
        cmocka_unit_test(bad_templates_are_refused),
        cmocka_unit_test(sections_are_limited),
        cmocka_unit_test(unused_names_are_listed),
        cmocka_unit_test(a_page_needs_no_loader),
        cmocka_unit_test(text_is_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
