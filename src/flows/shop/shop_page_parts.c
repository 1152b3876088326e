/* SPDX-License-Identifier: Apache-2.0
 * Cards, crumbs, swatches and structured data for the shop's pages. Must never read anything: what
 * it shows was loaded by its callers. */
#include "flows/shop/shop_page_parts.h"

#include "base/instant.h"
#include "platform/web/web_format.h"

#define NEW_FOR_MS (21 * DAY_MS)

/* Without the slug: a page of cards stays light, and the product's page names the full address. */
static str short_href(struct arena *a, id product_id, id variant_id)
{
    str path = str_cat(a, S("/p/"), id_text(a, product_id));
    if (id_is_none(variant_id))
        return path;
    return str_fmt(a, STR_F "?v=" STR_F, STR_A(path), STR_A(id_text(a, variant_id)));
}

const struct card_view *shop_cards_view(
    struct cx *cx, const struct shop_card *cards, size_t n, size_t eager)
{
    struct arena *a = cx->arena;
    struct card_view *list = NEW_N(a, n, struct card_view);
    for (size_t i = 0; i < n; i++) {
        const struct shop_card *c = &cards[i];
        const struct catalog_product *p = &c->product;
        str kind;
        const struct catalog_variant *v = &p->variants[c->shown];
        id variant_id = { 0 };
        if (c->shown)
            variant_id = v->variant_id;
        list[i] = (struct card_view){ .href = short_href(a, p->product_id, variant_id),
            .brand = p->brand,
            .title = p->title,
            .picture = web_picture(a, catalog_picture_path(a, p, v, 0), (str){ 0 }, i < eager),
            .stars = web_stars(a, p->rating_sum, p->rating_count),
            .prime = p->prime,
            .sponsored = c->sponsored,
            .sold_out = c->stock <= 0 };
        if (c->price.price.currency.code[0]) {
            list[i].price = web_price(a, c->price.price, c->price.list, c->many_prices);
            if (c->price.list.minor > c->price.price.minor)
                list[i].badge = S("Deal");
        }
        if (c->stock <= 5)
            list[i].stock = web_stock(a, c->stock, &kind);
        if (!list[i].badge.n && p->released_ms > cx->now_ms - NEW_FOR_MS)
            list[i].badge = S("New");
    }
    return list;
}

const struct link_view *shop_crumbs(struct cx *cx, str label, str path, size_t *ret_n)
{
    struct link_view *crumbs = NEW_N(cx->arena, path.n + 2, struct link_view);
    size_t n = 0, end = 0;
    crumbs[n++] = (struct link_view){ S("Home"), S("/") };
    while (label.n) {
        ptrdiff_t at = str_find(label, S(" > "), 0);
        str name = at < 0 ? label : str_sub(label, 0, (size_t)at);
        label = at < 0 ? (str){ 0 } : str_skip(label, (size_t)at + 3);
        ptrdiff_t slash = str_find_char(path, '/', end ? end + 1 : 0);
        end = slash < 0 ? path.n : (size_t)slash;
        crumbs[n++] =
            (struct link_view){ name, str_cat(cx->arena, S("/c/"), str_sub(path, 0, end)) };
    }
    *ret_n = n;
    return crumbs;
}

static const struct {
    const char *name, *hex;
} swatches[] = { { "black", "#1c1b1a" }, { "white", "#f6f4ef" }, { "silver", "#c3c6c9" },
    { "grey", "#8a8a88" }, { "gray", "#8a8a88" }, { "navy", "#1f3a5f" }, { "ice blue", "#b9d3e3" },
    { "forest green", "#2c5a3c" }, { "blue", "#2f6db5" }, { "indigo", "#3a3f8f" },
    { "red", "#b8322a" }, { "green", "#3a7d44" }, { "olive", "#6b6b3a" }, { "forest", "#2c5a3c" },
    { "sage", "#9caf88" }, { "mint", "#a8d8c0" }, { "teal", "#2b7f84" }, { "yellow", "#e3b23c" },
    { "mustard", "#c9971f" }, { "saffron", "#e08e2b" }, { "orange", "#d9722e" },
    { "terracotta", "#b5583c" }, { "rust", "#9c4a2a" }, { "brown", "#6f4e37" },
    { "walnut", "#5c4033" }, { "oak", "#c8a26b" }, { "beige", "#dcc9a8" }, { "sand", "#d8c3a0" },
    { "cream", "#f1e6cf" }, { "ivory", "#f3ecd9" }, { "pink", "#d98ba3" }, { "rose", "#c8748a" },
    { "rose gold", "#c99283" }, { "gold", "#c9a44c" }, { "purple", "#6d4a8c" },
    { "plum", "#673147" }, { "lavender", "#b3a0d2" }, { "charcoal", "#3b3b3d" },
    { "graphite", "#4a4a4c" }, { "slate", "#5b6770" }, { "natural", "#cbb894" },
    { "space grey", "#6e6e73" }, { "space gray", "#6e6e73" }, { "midnight", "#1f2a3c" },
    { "transparent", "#e8eef0" }, { "burgundy", "#6d1f2f" } };

str shop_swatch(str name)
{
    if (name.n == 7 && name.p[0] == '#')
        return name;
    for (size_t i = 0; i < COUNT(swatches); i++)
        if (str_eq_nocase(name, str_from_c(swatches[i].name)))
            return str_from_c(swatches[i].hex);
    return (str){ 0 };
}

/* JSON inside a script element must not contain what could end the element. */
static void add_quoted(struct cx *cx, struct buf *out, str text)
{
    struct buf quoted = { .arena = cx->arena };
    json_quote(&quoted, text);
    str q = buf_str(&quoted);
    for (size_t i = 0; i < q.n; i++) {
        if (q.p[i] == '<')
            buf_add(out, S("\\u003c"));
        else
            buf_char(out, q.p[i]);
    }
}

static void member(struct cx *cx, struct buf *out, const char *name, str value)
{
    buf_char(out, ',');
    add_quoted(cx, out, str_from_c(name));
    buf_char(out, ':');
    add_quoted(cx, out, value);
}

str shop_json_ld(struct cx *cx, const struct shop_product *p, size_t chosen)
{
    struct arena *a = cx->arena;
    struct buf out = { .arena = a };
    const struct catalog_variant *v = &p->product.variants[chosen];
    const struct pricing_price *price = &p->prices[chosen];
    buf_add(&out, S("<script type=\"application/ld+json\">"));
    buf_add(&out, S("{\"@context\":\"https://schema.org\",\"@type\":\"Product\""));
    member(cx, &out, "name", p->product.title);
    if (p->product.brand.n) {
        buf_add(&out, S(",\"brand\":{\"@type\":\"Brand\""));
        member(cx, &out, "name", p->product.brand);
        buf_char(&out, '}');
    }
    member(cx, &out, "sku", v->sku);
    if (v->ean.n)
        member(cx, &out, "gtin", v->ean);
    member(cx, &out, "image", catalog_picture_path(a, &p->product, v, 0));
    if (p->product.rating_count > 0) {
        buf_add(&out, S(",\"aggregateRating\":{\"@type\":\"AggregateRating\""));
        member(cx, &out, "ratingValue",
            web_stars(a, p->product.rating_sum, p->product.rating_count)->text);
        member(cx, &out, "ratingCount", str_from_i64(a, p->product.rating_count));
        buf_char(&out, '}');
    }
    if (price->price.currency.code[0]) {
        buf_add(&out, S(",\"offers\":{\"@type\":\"Offer\""));
        member(cx, &out, "price", money_decimal(a, price->price));
        member(cx, &out, "priceCurrency", currency_str(&price->price.currency));
        member(cx, &out, "availability",
            p->stock[chosen] > 0 ? S("https://schema.org/InStock")
                                 : S("https://schema.org/OutOfStock"));
        buf_char(&out, '}');
    }
    buf_add(&out, S("}</script>"));
    return buf_str(&out);
}

/* ---- pages of a list ---- */

#define PAGES_MAX 50

const struct pages_view *shop_page_links(struct cx *cx, int64_t page, int64_t pages,
    str (*href)(const void *arg, struct cx *cx, int64_t page), const void *arg)
{
    int64_t last = pages < PAGES_MAX ? pages : PAGES_MAX;
    if (last <= 1)
        return NULL;
    struct pages_view *v = NEW(cx->arena, struct pages_view);
    struct page_link_view *links = NEW_N(cx->arena, 16, struct page_link_view);
    int64_t shown = 0;
    for (int64_t p = 1; p <= last; p++) {
        if (p != 1 && p != last && (p < page - 1 || p > page + 1))
            continue;
        if (p > shown + 1)
            links[v->links_n++] = (struct page_link_view){ .gap = true };
        links[v->links_n++] = (struct page_link_view){
            .label = str_from_i64(cx->arena, p), .href = href(arg, cx, p), .current = p == page
        };
        shown = p;
    }
    v->links = links;
    if (page > 1)
        v->prev = href(arg, cx, page - 1);
    if (page < last)
        v->next = href(arg, cx, page + 1);
    return v;
}
