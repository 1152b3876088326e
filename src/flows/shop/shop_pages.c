/* SPDX-License-Identifier: Apache-2.0
 * The home page and the page of a product. Called by the gateway; must show the same to everybody,
 * since pages are cached: the frame alone is personal. */
#include "base/utf8.h"
#include "flows/shop/shop_internal.h"
#include "flows/shop/shop_page_parts.h"
#include "flows/shop/shop_views.h"
#include "platform/http/route.h"
#include "platform/web/web_format.h"

#define SHELF_N 8

/* ---- home ---- */

struct shelf_wish {
    const char *title, *href;
    enum search_sort sort;
};

static err shelf_of(struct shop *s, struct cx *cx, struct shelf_wish wish, struct shelf_view *ret)
{
    struct search_query q = { .sort = wish.sort, .limit = SHELF_N, .in_stock = true };
    struct search_result found;
    struct shop_card *cards;
    size_t n;
    err e = s->deps.search->query(s->deps.search->self, cx, &q, &found);
    if (!e)
        e = shop_cards(s, cx, found.product_ids, found.n, &cards, &n);
    if (e)
        return e;
    *ret = (struct shelf_view){ .title = str_from_c(wish.title),
        .href = str_from_c(wish.href),
        .cards = shop_cards_view(cx, cards, n, 0),
        .cards_n = n };
    return NULL;
}

static err fill_departments(struct shop *s, struct cx *cx, struct home_view *v)
{
    struct catalog_category *all;
    size_t n;
    err e = catalog_categories(s->deps.catalog, cx, &all, &n);
    if (e)
        return e;
    struct department_tile_view *tiles = NEW_N(cx->arena, n, struct department_tile_view);
    for (size_t i = 0; i < n; i++) {
        if (!id_is_none(all[i].parent_id) || all[i].product_count == 0)
            continue;
        str kind = all[i].picture.n ? all[i].picture : S("box");
        tiles[v->departments_n++] = (struct department_tile_view){ .label = all[i].name,
            .href = str_cat(cx->arena, S("/c/"), all[i].path),
            .count = web_count(cx->arena, all[i].product_count, "article", "articles"),
            .picture = web_picture(cx->arena,
                str_fmt(cx->arena, "/media/k/" STR_F ".svg", STR_A(kind)), S(""), false) };
    }
    v->departments = tiles;
    if (v->departments_n)
        v->departments_title = S("Departments");
    return NULL;
}

static err get_home(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    (void)in;
    struct shop *s = service;
    static const struct shelf_wish wishes[] = {
        { "Popular now", "/search?sort=popularity", SEARCH_POPULARITY },
        { "Just in", "/search?sort=newest", SEARCH_NEWEST },
        { "Loved by shoppers", "/search?sort=rating", SEARCH_RATING },
    };
    struct home_view *v = NEW(cx->arena, struct home_view);
    struct shelf_view *shelves = NEW_N(cx->arena, COUNT(wishes), struct shelf_view);
    v->heading = S("Everything, from good hands");
    v->tagline = S("A market hall of things worth having. Find yours.");
    v->search = NEW(cx->arena, struct search_view);
    err e = fill_departments(s, cx, v);
    for (size_t i = 0; !e && i < COUNT(wishes); i++) {
        e = shelf_of(s, cx, wishes[i], &shelves[v->shelves_n]);
        if (!e && shelves[v->shelves_n].cards_n)
            v->shelves_n++;
    }
    if (e)
        return e;
    v->shelves = shelves;
    return reply_page(reply, 200, &home_page, v,
        (struct page_head){ .description = S("Search, compare and buy from one market hall."),
            .canonical = S("/"),
            .no_search = true });
}

/* ---- product ---- */

struct product_in {
    id product_id, v;
    str slug, said;
    int64_t at;
};
static const struct json_field product_in_fields[] = {
    JSON_ID(struct product_in, product_id, .at = AT_PATH, .required = true),
    JSON_STR(struct product_in, slug, .at = AT_PATH),
    JSON_ID(struct product_in, v, .at = AT_QUERY),
    JSON_STR(struct product_in, said, .at = AT_QUERY, .one_of = shop_said_words),
    JSON_INT(struct product_in, at, .at = AT_QUERY, .min = 0),
};
static const struct json_shape product_in_shape =
    JSON_SHAPE("ProductPagePath", struct product_in, product_in_fields);

static size_t chosen_variant(const struct shop_product *p, id wanted)
{
    for (size_t i = 0; i < p->product.variants_n; i++)
        if (id_eq(p->product.variants[i].variant_id, wanted))
            return i;
    return p->best;
}

static str option_value(const struct catalog_variant *v, str name)
{
    for (size_t i = 0; i < v->options_n; i++)
        if (str_eq(v->options[i].name, name))
            return v->options[i].value;
    return (str){ 0 };
}

/* How many options other than `name` two variants share: the nearest one keeps the other choices.
 */
static size_t shared_options(
    const struct catalog_variant *a, const struct catalog_variant *b, str name)
{
    size_t n = 0;
    for (size_t i = 0; i < a->options_n; i++)
        if (!str_eq(a->options[i].name, name) &&
            str_eq(option_value(b, a->options[i].name), a->options[i].value))
            n++;
    return n;
}

static void add_option(struct cx *cx, const struct shop_product *p, size_t chosen, str name,
    str value, struct choice_option_view *ret)
{
    const struct catalog_variant *now = &p->product.variants[chosen];
    size_t best = chosen, best_shared = 0;
    bool found = false, stock = false;
    for (size_t i = 0; i < p->product.variants_n; i++) {
        const struct catalog_variant *v = &p->product.variants[i];
        if (!str_eq(option_value(v, name), value))
            continue;
        stock |= p->stock[i] > 0;
        size_t shared = shared_options(now, v, name);
        if (!found || shared > best_shared) {
            best = i;
            best_shared = shared;
            found = true;
        }
    }
    *ret = (struct choice_option_view){ .label = value,
        .href = shop_product_href(cx->arena, &p->product, p->product.variants[best].variant_id),
        .swatch = str_eq_nocase(name, S("colour")) || str_eq_nocase(name, S("color"))
                      ? shop_swatch(value)
                      : (str){ 0 },
        .selected = str_eq(option_value(now, name), value),
        .sold_out = !stock };
}

static void fill_choices(
    struct cx *cx, const struct shop_product *p, size_t chosen, struct product_view *v)
{
    const struct catalog_variant *now = &p->product.variants[chosen];
    struct choice_view *choices = NEW_N(cx->arena, now->options_n, struct choice_view);
    for (size_t o = 0; o < now->options_n && p->product.variants_n > 1; o++) {
        str name = now->options[o].name;
        struct choice_option_view *options =
            NEW_N(cx->arena, p->product.variants_n, struct choice_option_view);
        size_t n = 0;
        for (size_t i = 0; i < p->product.variants_n; i++) {
            str value = option_value(&p->product.variants[i], name);
            bool known = !value.n;
            for (size_t k = 0; k < n; k++)
                known |= str_eq(options[k].label, value);
            if (!known)
                add_option(cx, p, chosen, name, value, &options[n++]);
        }
        choices[v->choices_n++] = (struct choice_view){
            .name = name, .value = now->options[o].value, .options = options, .options_n = n
        };
    }
    v->choices = choices;
}

#define PICTURES 3

static void fill_pictures(
    struct cx *cx, const struct shop_product *p, size_t chosen, struct product_view *v)
{
    const struct catalog_variant *variant = &p->product.variants[chosen];
    size_t n = p->product.images_n ? p->product.images_n : PICTURES;
    struct product_picture_view *list = NEW_N(cx->arena, n, struct product_picture_view);
    for (size_t i = 0; i < n; i++) {
        str src = p->product.images_n
                      ? p->product.images[i]
                      : catalog_picture_path(cx->arena, &p->product, variant, (int)i);
        list[i] = (struct product_picture_view){ .id = str_fmt(cx->arena, "pic-%zu", i + 1),
            .thumb = src,
            .number = (int64_t)i + 1,
            .picture = web_picture(cx->arena, src, p->product.title, i == 0) };
    }
    v->pictures = list;
    v->pictures_n = n;
    v->has_thumbs = n > 1;
}

/* What the picker shows is no fact of the product: it differs from variant to variant. */
static bool is_option(const struct catalog_product *p, str label)
{
    for (size_t i = 0; p->variants_n > 1 && i < p->variants[0].options_n; i++)
        if (str_eq_nocase(p->variants[0].options[i].name, label))
            return true;
    return false;
}

static void fill_specs(struct cx *cx, const struct catalog_product *p, struct product_view *v)
{
    struct spec_view *specs = NEW_N(cx->arena, p->attributes_n, struct spec_view);
    size_t n = 0;
    for (size_t i = 0; i < p->attributes_n; i++) {
        const struct catalog_attribute *a = &p->attributes[i];
        if (is_option(p, a->label))
            continue;
        str value = a->value;
        if (a->kind == CATALOG_BOOL)
            value = str_eq(value, S("true")) ? S("Yes") : S("No");
        if (a->unit.n)
            value = str_fmt(cx->arena, STR_F " " STR_F, STR_A(value), STR_A(a->unit));
        specs[n++] = (struct spec_view){ .name = a->label, .value = value };
    }
    v->specs = specs;
    v->specs_n = n;
    v->has_specs = n > 0;
}

#define POINT_MAX 90

/* Short lines without a full stop are the facts in short; the others are paragraphs. */
static void fill_description(struct cx *cx, const struct catalog_product *p, struct product_view *v)
{
    size_t lines = 1;
    for (size_t i = 0; i < p->description.n; i++)
        lines += p->description.p[i] == '\n';
    struct text_view *texts = NEW_N(cx->arena, lines, struct text_view);
    struct text_view *points = NEW_N(cx->arena, lines, struct text_view);
    str rest = p->description;
    while (rest.p) {
        str line = str_trim(str_cut(&rest, '\n'));
        if (!line.n)
            continue;
        if (v->description_n && line.n < POINT_MAX && !str_ends(line, S(".")))
            points[v->points_n++] = (struct text_view){ line };
        else
            texts[v->description_n++] = (struct text_view){ line };
    }
    v->description = texts;
    v->points = points;
    v->has_description = v->description_n > 0;
}

static const struct buy_view *buy_of(struct cx *cx, const struct shop_product *p, size_t chosen)
{
    struct buy_view *b = NEW(cx->arena, struct buy_view);
    const struct catalog_variant *variant = &p->product.variants[chosen];
    const struct pricing_price *price = &p->prices[chosen];
    bool priced = price->price.currency.code[0] != 0;
    *b = (struct buy_view){ .product_id = id_text(cx->arena, p->product.product_id),
        .variant_id = id_text(cx->arena, variant->variant_id),
        .seller = p->product.seller_name.n ? p->product.seller_name : S("Souk"),
        .returns = S("Return within 30 days."),
        .prime = p->product.prime,
        .can_buy = priced && p->stock[chosen] > 0 };
    b->stock = web_stock(cx->arena, priced ? p->stock[chosen] : 0, &b->stock_kind);
    b->max = p->stock[chosen] < 99 ? p->stock[chosen] : 99;
    if (!priced)
        return b;
    b->price = web_price(cx->arena, price->price, price->list, false);
    if (p->standard_to_ms) {
        b->delivery = web_days(cx->arena, p->standard_from_ms, p->standard_to_ms);
        b->delivery_cost = p->free_shipping ? S("Free delivery") : S("Delivery");
    }
    return b;
}

static size_t add_shelf(struct cx *cx, struct shelf_view *to, struct shelf_view shelf,
    struct shop_card *cards, size_t n)
{
    if (n == 0)
        return 0;
    *to = shelf;
    to->cards = shop_cards_view(cx, cards, n, 0);
    to->cards_n = n;
    return 1;
}

/* What was bought with it, as soon as orders say so; what is like it. */
static err fill_shelves(
    struct shop *s, struct cx *cx, const struct shop_product *p, struct product_view *v)
{
    struct shelf_view *shelves = NEW_N(cx->arena, 2, struct shelf_view);
    struct shop_card *bought = NULL, *like = NULL;
    size_t bought_n = 0, like_n = 0;
    err e = shop_bought_together(s, cx, p->product.product_id, &bought, &bought_n);
    if (!e)
        e = shop_similar(s, cx, p, SHELF_N, &like, &like_n);
    if (e)
        return e;
    v->shelves = shelves;
    v->shelves_n = add_shelf(
        cx, shelves, (struct shelf_view){ .title = S("Bought together") }, bought, bought_n);
    v->shelves_n += add_shelf(cx, &shelves[v->shelves_n],
        (struct shelf_view){ .title = S("More like this"),
            .href = str_cat(cx->arena, S("/c/"), p->product.category_path) },
        like, like_n);
    return NULL;
}

static err get_product_page(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct product_in *in = body;
    struct shop *s = service;
    struct shop_product p;
    err e = shop_product(s, cx, in->product_id, &p);
    if (e)
        return e;
    size_t chosen = chosen_variant(&p, in->v);
    struct product_view *v = NEW(cx->arena, struct product_view);
    v->title = p.product.title;
    v->brand = p.product.brand;
    v->brand_href =
        str_cat(cx->arena, S("/search?brand="), str_url_encode(cx->arena, p.product.brand));
    v->stars = web_stars(cx->arena, p.product.rating_sum, p.product.rating_count);
    v->crumbs = shop_crumbs(cx, p.product.category_label, p.product.category_path, &v->crumbs_n);
    v->buy = buy_of(cx, &p, chosen);
    fill_pictures(cx, &p, chosen, v);
    fill_choices(cx, &p, chosen, v);
    fill_specs(cx, &p.product, v);
    fill_description(cx, &p.product, v);
    v->json_ld = shop_json_ld(cx, &p, chosen);
    v->alert = shop_said(in->said);
    e = shop_reviews_of(s, cx, &p.product, &v->reviews);
    if (!e)
        e = fill_shelves(s, cx, &p, v);
    if (e)
        return e;
    str canonical = shop_product_href(cx->arena, &p.product, (id){ 0 });
    return reply_page(reply, 200, &product_page, v,
        (struct page_head){ .title = p.product.title,
            .description = utf8_truncate(p.product.description, 160),
            .canonical = canonical,
            .picture = v->pictures[0].thumb });
}

static const problem *const product_problems[] = { &CATALOG_PRODUCT_GONE, NULL };

const struct route shop_page_routes[] = {
    { .method = "GET",
        .path = "/",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .caching = CACHING_PUBLIC,
        .fn = get_home,
        .summary = "Home" },
    { .method = "GET",
        .path = "/p/{productId}",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .caching = CACHING_PUBLIC,
        .in = &product_in_shape,
        .problems = product_problems,
        .notice = shop_notice_product,
        .fn = get_product_page,
        .summary = "A product" },
    { .method = "GET",
        .path = "/p/{productId}/{slug}",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .caching = CACHING_PUBLIC,
        .in = &product_in_shape,
        .problems = product_problems,
        .notice = shop_notice_product,
        .fn = get_product_page,
        .summary = "A product, by its full address" },
    { .method = "GET",
        .path = "/p/{productId}/reviews",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .caching = CACHING_PUBLIC,
        .in = &shop_reviews_in,
        .problems = product_problems,
        .fn = shop_get_reviews,
        .summary = "All reviews of a product" },
    { .method = "GET",
        .path = "/search",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .caching = CACHING_PUBLIC,
        .in = &shop_listing_in,
        .notice = shop_notice_search,
        .fn = shop_get_listing,
        .summary = "Search results" },
    { .method = "GET",
        .path = "/c/{path*}",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .caching = CACHING_PUBLIC,
        .in = &shop_listing_in,
        .fn = shop_get_listing,
        .summary = "A category" },
    { .method = "GET",
        .path = "/account/ranking",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .fn = shop_get_own,
        .summary = "Whether results have an order of one's own" },
    { .method = "POST",
        .path = "/account/ranking",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .in_person = true,
        .unit = UNIT_WRITE,
        .in = &shop_own_form,
        .fn = shop_post_own,
        .summary = "Want it, or not" },
    ROUTES_END,
};
const struct html_page *const shop_pages[] = { &home_page, &listing_page, &product_page,
    &reviews_page, &shop_own_page, NULL };
