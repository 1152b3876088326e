/* SPDX-License-Identifier: Apache-2.0
 * The page of a category and of search results: facets, chips, sort, cards, pages. Called by the
 * gateway; works as plain links and one GET form. */
#include "flows/shop/shop_page_parts.h"
#include "flows/shop/shop_views.h"
#include "platform/web/web_format.h"

#define CARDS_N 24
#define EAGER_N 4
#define FACET_SHOWN 8
#define BRANDS_SHOWN 16
#define ATTRIBUTE_FACETS 3
#define VALUES_SHOWN 6

static const struct json_field listing_fields[] = {
    JSON_STR(struct shop_list_in, path, .at = AT_PATH, .max = 300),
    JSON_STR(struct shop_list_in, q, .at = AT_QUERY, .max = SEARCH_TEXT_MAX),
    JSON_STR(struct shop_list_in, sort, .at = AT_QUERY, .max = 32),
    JSON_INT(struct shop_list_in, page, .at = AT_QUERY, .min = 1, .max = 50),
    JSON_STRS(struct shop_list_in, brand, .at = AT_QUERY, .max = 20),
    JSON_STRS(struct shop_list_in, attr, .at = AT_QUERY, .max = 20),
    JSON_STR(struct shop_list_in, price, .at = AT_QUERY, .max = 40),
    JSON_INT(struct shop_list_in, rating, .at = AT_QUERY, .min = 0, .max = 5),
    JSON_BOOL(struct shop_list_in, prime, .at = AT_QUERY),
    JSON_BOOL(struct shop_list_in, stock, .at = AT_QUERY),
};
const struct json_shape shop_listing_in =
    JSON_SHAPE("ListingQuery", struct shop_list_in, listing_fields);

/* ---- links to this list with something changed ---- */

struct link_wish {
    str drop_name, drop_value; /* a filter to leave out */
    int64_t page;              /* 0: the first */
};

static void add_param(struct cx *cx, struct buf *out, bool *first, const char *name, str value)
{
    buf_char(out, *first ? '?' : '&');
    *first = false;
    buf_fmt(out, "%s=" STR_F, name, STR_A(str_url_encode(cx->arena, value)));
}

static bool dropped(const struct link_wish *w, const char *name, str value)
{
    return str_eq(w->drop_name, str_from_c(name)) &&
           (!w->drop_value.n || str_eq(w->drop_value, value));
}

static str action_of(struct cx *cx, const struct shop_list_in *in)
{
    return in->path.n ? str_cat(cx->arena, S("/c/"), in->path) : S("/search");
}

/* The query alone, as the path is that of the page: a filtered list has twenty of these. */
static str link_to(struct cx *cx, const struct shop_list_in *in, struct link_wish w)
{
    struct buf out = { .arena = cx->arena };
    bool first = true;
    if (in->q.n)
        add_param(cx, &out, &first, "q", in->q);
    if (in->sort.n)
        add_param(cx, &out, &first, "sort", in->sort);
    for (size_t i = 0; i < in->brand_n; i++)
        if (!dropped(&w, "brand", in->brand[i]))
            add_param(cx, &out, &first, "brand", in->brand[i]);
    for (size_t i = 0; i < in->attr_n; i++)
        if (!dropped(&w, "attr", in->attr[i]))
            add_param(cx, &out, &first, "attr", in->attr[i]);
    if (in->price.n && !dropped(&w, "price", in->price))
        add_param(cx, &out, &first, "price", in->price);
    str rating = str_from_i64(cx->arena, in->rating);
    if (in->rating && !dropped(&w, "rating", rating))
        add_param(cx, &out, &first, "rating", rating);
    if (in->prime && !dropped(&w, "prime", S("1")))
        add_param(cx, &out, &first, "prime", S("1"));
    if (in->stock && !dropped(&w, "stock", S("1")))
        add_param(cx, &out, &first, "stock", S("1"));
    if (w.page > 1)
        add_param(cx, &out, &first, "page", str_from_i64(cx->arena, w.page));
    return first ? action_of(cx, in) : buf_str(&out);
}

/* ---- facets ---- */

static str count_text(struct cx *cx, int64_t n)
{
    return web_number(cx->arena, n);
}

static bool wants(const struct shop_list_in *in, str brand)
{
    for (size_t i = 0; i < in->brand_n; i++)
        if (str_eq(in->brand[i], brand))
            return true;
    return false;
}

static void brand_facet(struct cx *cx, const struct shop_list_in *in, const struct search_result *r,
    struct facet_view *f)
{
    struct facet_option_view *options = NEW_N(cx->arena, r->brands_n, struct facet_option_view);
    for (size_t i = 0; i < r->brands_n; i++)
        options[i] = (struct facet_option_view){ .value = r->brands[i].value,
            .label = r->brands[i].value,
            .count = count_text(cx, r->brands[i].count),
            .selected = wants(in, r->brands[i].value) };
    size_t shown = r->brands_n < FACET_SHOWN ? r->brands_n : FACET_SHOWN;
    *f = (struct facet_view){ .name = S("brand"),
        .title = S("Brand"),
        .options = options,
        .options_n = shown,
        .open = true };
    if (r->brands_n > shown) {
        size_t all = r->brands_n < BRANDS_SHOWN ? r->brands_n : BRANDS_SHOWN;
        f->more = options + shown;
        f->more_n = all - shown;
        f->more_label = S("More brands");
    }
}

static str major(struct cx *cx, currency cur, int64_t minor)
{
    str text = money_decimal(cx->arena, money_of(minor, cur));
    return str_ends(text, S(".00")) ? str_sub(text, 0, text.n - 3) : text;
}

/* "$40": a border of a range is a round number. */
static str border(struct cx *cx, currency cur, int64_t minor)
{
    str text = web_money(cx->arena, money_of(minor, cur));
    return str_ends(text, S(".00")) ? str_sub(text, 0, text.n - 3) : text;
}

/* to 0: open upwards. */
static str range_label(struct cx *cx, currency cur, int64_t from, int64_t to)
{
    if (from == 0)
        return str_cat(cx->arena, S("Under "), border(cx, cur, to));
    str low = border(cx, cur, from);
    if (to == 0)
        return str_cat(cx->arena, low, S(" and more"));
    return str_fmt(cx->arena, STR_F " to " STR_F, STR_A(low), STR_A(border(cx, cur, to)));
}

static void price_facet(struct shop *s, struct cx *cx, const struct shop_list_in *in,
    const struct search_result *r, struct facet_view *f)
{
    currency cur = pricing_currency(s->deps.pricing);
    struct facet_option_view *options = NEW_N(cx->arena, r->prices_n, struct facet_option_view);
    size_t n = 0;
    for (size_t i = 0; i < r->prices_n; i++) {
        const struct search_range *p = &r->prices[i];
        if (p->count == 0)
            continue;
        str from = major(cx, cur, p->from), to = p->to ? major(cx, cur, p->to) : S("");
        struct facet_option_view *o = &options[n++];
        o->value = str_fmt(cx->arena, STR_F "-" STR_F, STR_A(from), STR_A(to));
        o->count = count_text(cx, p->count);
        o->selected = str_eq(o->value, in->price);
        o->label = range_label(cx, cur, p->from, p->to);
    }
    *f = (struct facet_view){ .name = S("price"),
        .title = S("Price"),
        .options = options,
        .options_n = n,
        .radio = true,
        .open = true };
}

static void rating_facet(struct cx *cx, const struct shop_list_in *in,
    const struct search_result *r, struct facet_view *f)
{
    struct facet_option_view *options = NEW_N(cx->arena, r->ratings_n, struct facet_option_view);
    size_t n = 0;
    for (size_t i = 0; i < r->ratings_n; i++) {
        int64_t stars;
        if (r->ratings[i].count == 0 || !str_to_i64(r->ratings[i].value, &stars) || stars < 3)
            continue;
        options[n++] = (struct facet_option_view){ .value = r->ratings[i].value,
            .label = str_fmt(cx->arena, STR_F " stars and up", STR_A(r->ratings[i].value)),
            .count = count_text(cx, r->ratings[i].count),
            .selected = stars == in->rating };
    }
    *f = (struct facet_view){ .name = S("rating"),
        .title = S("Rating"),
        .options = options,
        .options_n = n,
        .radio = true,
        .open = true };
}

static void flag_facet(struct cx *cx, const char *name, const char *title, const char *label,
    int64_t count, bool selected, struct facet_view *f)
{
    struct facet_option_view *o = NEW(cx->arena, struct facet_option_view);
    *o = (struct facet_option_view){ .value = S("1"),
        .label = str_from_c(label),
        .count = count_text(cx, count),
        .selected = selected };
    *f = (struct facet_view){ .name = str_from_c(name),
        .title = str_from_c(title),
        .options = o,
        .options_n = 1,
        .open = true };
}

static str value_label(const struct search_count *c)
{
    if (str_eq(c->value, S("true")))
        return S("Yes");
    if (str_eq(c->value, S("false")))
        return S("No");
    return c->label.n ? c->label : c->value;
}

static bool has_attr(const struct shop_list_in *in, str pair)
{
    for (size_t i = 0; i < in->attr_n; i++)
        if (str_eq(in->attr[i], pair))
            return true;
    return false;
}

/* The attribute facets that tell the results apart; few, so that the page stays light. */
static size_t attribute_facets(struct cx *cx, const struct shop_list_in *in,
    const struct search_result *r, struct facet_view *f)
{
    size_t n = 0;
    for (size_t i = 0; i < r->attributes_n && n < ATTRIBUTE_FACETS; i++) {
        const struct search_facet *a = &r->attributes[i];
        struct facet_option_view *options = NEW_N(cx->arena, a->counts_n, struct facet_option_view);
        size_t shown = 0;
        bool open = false;
        for (size_t k = 0; k < a->counts_n && shown < VALUES_SHOWN; k++) {
            str pair =
                str_fmt(cx->arena, STR_F ":" STR_F, STR_A(a->name), STR_A(a->counts[k].value));
            bool selected = has_attr(in, pair);
            open |= selected;
            options[shown++] = (struct facet_option_view){ .value = pair,
                .label = value_label(&a->counts[k]),
                .count = count_text(cx, a->counts[k].count),
                .swatch = str_eq_nocase(a->label, S("Colour")) ? shop_swatch(a->counts[k].value)
                                                               : (str){ 0 },
                .selected = selected };
        }
        if (shown < 2 && !open)
            continue;
        f[n] = (struct facet_view){ .name = S("attr"),
            .title = a->label,
            .options = options,
            .options_n = shown,
            .open = open || n == 0 };
        n++;
    }
    return n;
}

static void fill_facets(struct shop *s, struct cx *cx, const struct shop_list_in *in,
    const struct search_result *r, struct results_view *v)
{
    struct facet_view *f = NEW_N(cx->arena, 5 + ATTRIBUTE_FACETS, struct facet_view);
    size_t n = 0;
    if (r->brands_n)
        brand_facet(cx, in, r, &f[n++]);
    price_facet(s, cx, in, r, &f[n]);
    n += f[n].options_n > 0;
    rating_facet(cx, in, r, &f[n]);
    n += f[n].options_n > 0;
    if (r->prime_count || in->prime)
        flag_facet(cx, "prime", "Delivery", "Prime", r->prime_count, in->prime, &f[n++]);
    if (r->in_stock_count || in->stock)
        flag_facet(cx, "stock", "Availability", "In stock", r->in_stock_count, in->stock, &f[n++]);
    n += attribute_facets(cx, in, r, &f[n]);
    v->facets = f;
    v->facets_n = n;
}

/* ---- chips, sort, pages ---- */

static void add_chip(struct cx *cx, const struct shop_list_in *in, struct link_view *chips,
    size_t *n, const char *name, str value, str label)
{
    chips[(*n)++] = (struct link_view){ label,
        link_to(cx, in, (struct link_wish){ .drop_name = str_from_c(name), .drop_value = value }) };
}

/* "Screen size: 15.6"; the name alone as it stands in the address when no result has it. */
static str attribute_chip(struct cx *cx, const struct search_result *r, str pair)
{
    str name = str_cut(&pair, ':');
    str value = value_label(&(struct search_count){ .value = pair });
    for (size_t i = 0; i < r->attributes_n; i++)
        if (str_eq(r->attributes[i].name, name))
            name = r->attributes[i].label;
    return str_fmt(cx->arena, STR_F ": " STR_F, STR_A(name), STR_A(value));
}

static void fill_chips(struct shop *s, struct cx *cx, const struct shop_list_in *in,
    const struct shop_list *l, struct results_view *v)
{
    currency cur = pricing_currency(s->deps.pricing);
    struct link_view *chips = NEW_N(cx->arena, in->brand_n + in->attr_n + 4, struct link_view);
    size_t n = 0;
    for (size_t i = 0; i < in->brand_n; i++)
        add_chip(cx, in, chips, &n, "brand", in->brand[i], in->brand[i]);
    for (size_t i = 0; i < in->attr_n; i++)
        add_chip(
            cx, in, chips, &n, "attr", in->attr[i], attribute_chip(cx, &l->found, in->attr[i]));
    if (in->price.n)
        add_chip(cx, in, chips, &n, "price", in->price,
            range_label(cx, cur, l->query.price_from, l->query.price_to));
    if (in->rating)
        add_chip(cx, in, chips, &n, "rating", (str){ 0 },
            str_fmt(cx->arena, "%d stars and up", (int)in->rating));
    if (in->prime)
        add_chip(cx, in, chips, &n, "prime", (str){ 0 }, S("Prime"));
    if (in->stock)
        add_chip(cx, in, chips, &n, "stock", (str){ 0 }, S("In stock"));
    v->chips = chips;
    v->chips_n = n;
    if (!n)
        return;
    struct shop_list_in bare = { .q = in->q, .sort = in->sort, .path = in->path };
    v->clear_href = link_to(cx, &bare, (struct link_wish){ 0 });
    v->filters_set = str_from_i64(cx->arena, (int64_t)n);
}

static void fill_sorts(struct cx *cx, const struct shop_list *l, struct results_view *v)
{
    static const char *const labels[SEARCH_SORTS_N] = { "Relevance", "Price: low to high",
        "Price: high to low", "Rating", "Newest", "Popularity" };
    struct option_view *options = NEW_N(cx->arena, SEARCH_SORTS_N, struct option_view);
    for (size_t i = 0; i < SEARCH_SORTS_N; i++) {
        if (i == SEARCH_RELEVANCE && !l->query.text.n)
            continue;
        options[v->sorts_n++] = (struct option_view){ .value = str_from_c(search_sort_names[i]),
            .label = str_from_c(labels[i]),
            .selected = l->query.sort == (enum search_sort)i };
    }
    v->sorts = options;
}

static str page_href(const void *arg, struct cx *cx, int64_t page)
{
    return link_to(cx, arg, (struct link_wish){ .page = page });
}

/* ---- the page ---- */

static err fill_categories(
    struct shop *s, struct cx *cx, const struct shop_list *l, struct listing_view *v)
{
    struct catalog_category *all;
    size_t n;
    err e = catalog_categories(s->deps.catalog, cx, &all, &n);
    if (e)
        return e;
    struct link_view *links = NEW_N(cx->arena, l->found.categories_n, struct link_view);
    for (size_t i = 0; i < l->found.categories_n; i++)
        for (size_t k = 0; k < n; k++)
            if (str_eq(all[k].path, l->found.categories[i].value))
                links[v->categories_n++] =
                    (struct link_view){ all[k].name, str_cat(cx->arena, S("/c/"), all[k].path) };
    v->categories = links;
    return NULL;
}

static void fill_heading(
    struct cx *cx, const struct shop_list_in *in, const struct shop_list *l, struct listing_view *v)
{
    struct arena *a = cx->arena;
    str shown = l->found.replaced ? l->found.corrected : in->q;
    if (in->q.n)
        v->heading = str_fmt(a, "Results for \xE2\x80\x9C" STR_F "\xE2\x80\x9D", STR_A(shown));
    else
        v->heading = l->category.name.n ? l->category.name : S("Everything");
    int64_t from = (l->page - 1) * l->limit + 1;
    int64_t to = from + (int64_t)l->cards_n - 1;
    if (l->cards_n)
        v->count = str_fmt(a, STR_F "\xE2\x80\x93" STR_F " of " STR_F, STR_A(web_number(a, from)),
            STR_A(web_number(a, to)), STR_A(web_count(a, l->found.total, "result", "results")));
    if (l->found.replaced) {
        struct alert_view *alert = NEW(a, struct alert_view);
        *alert = (struct alert_view){ .kind = S("info"),
            .title =
                str_fmt(a, "Nothing was found for \xE2\x80\x9C" STR_F "\xE2\x80\x9D", STR_A(in->q)),
            .text = S("These are the results for the nearest spelling.") };
        v->alert = alert;
    } else if (l->found.corrected.n) {
        struct link_view *mean = NEW(a, struct link_view);
        *mean = (struct link_view){ l->found.corrected,
            str_cat(a, S("/search?q="), str_url_encode(a, l->found.corrected)) };
        v->did_you_mean = mean;
    }
    if (l->found.relaxed && l->found.total && !in->page_token.n) {
        struct alert_view *alert = NEW(a, struct alert_view);
        *alert = (struct alert_view){ .kind = S("info"),
            .title = l->found.whole
                         ? str_fmt(a, "Only " STR_F " all of these words",
                               STR_A(web_count(a, l->found.whole, "product has", "products have")))
                         : S("Nothing has all of these words"),
            .text = l->found.whole ? S("The others have some of them.")
                                   : S("These have some of them.") };
        v->alert = alert;
    }
}

static void fill_results(struct shop *s, struct cx *cx, const struct shop_list_in *in,
    const struct shop_list *l, struct listing_view *v)
{
    struct results_view *r = NEW(cx->arena, struct results_view);
    r->action = action_of(cx, in);
    if (in->q.n) {
        struct hidden_view *hidden = NEW(cx->arena, struct hidden_view);
        *hidden = (struct hidden_view){ S("q"), in->q };
        r->hidden = hidden;
        r->hidden_n = 1;
    }
    fill_facets(s, cx, in, &l->found, r);
    fill_chips(s, cx, in, l, r);
    fill_sorts(cx, l, r);
    r->pages = shop_page_links(cx, l->page, l->pages, page_href, in);
    r->cards = shop_cards_view(cx, l->cards, l->cards_n, EAGER_N);
    r->cards_n = l->cards_n;
    if (l->cards_n == 0) {
        struct empty_view *none = NEW(cx->arena, struct empty_view);
        *none = (struct empty_view){ .title = S("No article fits all of these filters"),
            .text = S("Take one away, or start again."),
            .href = r->clear_href,
            .action = S("Clear all filters") };
        r->no_match = none;
    }
    v->results = r;
}

err shop_get_listing(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct shop *s = service;
    struct shop_list_in in = *(const struct shop_list_in *)body;
    in.limit = CARDS_N;
    in.ads = true;
    in.q = str_trim(in.q);
    struct shop_list l;
    err e = shop_list(s, cx, &in, &l);
    if (e)
        return e;
    if (l.redirect.n)
        return reply_redirect(reply, l.redirect);
    shop_shown_keep(s, &in, &l);
    struct listing_view *v = NEW(cx->arena, struct listing_view);
    e = fill_categories(s, cx, &l, v);
    if (e)
        return e;
    fill_heading(cx, &in, &l, v);
    if (l.category.path.n)
        v->crumbs = shop_crumbs(cx, l.category.label, l.category.path, &v->crumbs_n);
    bool filtered = in.brand_n || in.attr_n || in.price.n || in.rating || in.prime || in.stock;
    if (l.found.total == 0 && !filtered) {
        struct empty_view *empty = NEW(cx->arena, struct empty_view);
        *empty = (struct empty_view){ .title = S("We found nothing for that"),
            .text = S("Check the spelling, use fewer words, or look through the departments."),
            .href = S("/"),
            .action = S("To the departments") };
        v->empty = empty;
    } else
        fill_results(s, cx, &in, &l, v);
    return reply_page(reply, 200, &listing_page, v,
        (struct page_head){ .title = v->heading,
            .query = in.q,
            .canonical = in.path.n ? action_of(cx, &in) : (str){ 0 },
            .noindex = !in.path.n });
}
