/* SPDX-License-Identifier: Apache-2.0
 * From the parameters of a list to a query of the search port, and back to cards. Called by the
 * routes and pages of this flow; must never hand a user's text to SQL. */
#include <assert.h>

#include "flows/shop/shop_internal.h"

#define LIMIT_DEFAULT_N 20
#define BRANDS_MAX 20
#define ATTRIBUTES_MAX 10 /* names; each with as many values */

/* "500-1000", "500-" or "-1000" in major units. */
static bool parse_price(struct shop *s, str text, int64_t *ret_from, int64_t *ret_to)
{
    currency cur = pricing_currency(s->deps.pricing);
    str high = text;
    str low = str_cut(&high, '-');
    money m;
    if (!high.p || (!low.n && !high.n))
        return false;
    *ret_from = 0;
    *ret_to = 0;
    if (low.n) {
        if (!money_parse(low, cur, &m) || m.minor < 0)
            return false;
        *ret_from = m.minor;
    }
    if (high.n) {
        if (!money_parse(high, cur, &m) || m.minor < 0)
            return false;
        *ret_to = m.minor;
    }
    return true;
}

static err bad(struct cx *cx, const char *pointer, const char *what)
{
    cx_field(cx, str_from_c(pointer), "bad_filter", "%s", what);
    return FAIL(cx, ERR_INVALID, "%s", pointer);
}

struct filters {
    str brands[BRANDS_MAX];
    size_t brands_n;
    struct search_filter attributes[ATTRIBUTES_MAX];
    str values[ATTRIBUTES_MAX][ATTRIBUTES_MAX];
    size_t attributes_n;
    int64_t from, to, rating;
    bool prime, stock;
};

/* Values of one attribute are alternatives. */
static err take_attribute(struct cx *cx, str name, str value, struct filters *f)
{
    size_t i = 0;
    while (i < f->attributes_n && !str_eq(f->attributes[i].name, name))
        i++;
    if (!name.n || !value.n)
        return bad(cx, "/filters", "name:value");
    if (i == ATTRIBUTES_MAX || f->attributes[i].values_n == ATTRIBUTES_MAX)
        return bad(cx, "/filters", "at most 10 attributes with 10 values each");
    if (i == f->attributes_n)
        f->attributes[f->attributes_n++] =
            (struct search_filter){ .name = name, .values = f->values[i] };
    f->values[i][f->attributes[i].values_n++] = value;
    return NULL;
}

/* One "name:value" of the filters parameter. */
static err take_filter(struct shop *s, struct cx *cx, str name, str value, struct filters *f)
{
    if (str_eq(name, S("brand")) && value.n) {
        if (f->brands_n == BRANDS_MAX)
            return bad(cx, "/filters", "at most 20 brands");
        f->brands[f->brands_n++] = value;
        return NULL;
    }
    if (str_eq(name, S("price")))
        return parse_price(s, value, &f->from, &f->to)
                   ? NULL
                   : bad(cx, "/filters", "price:500-1000, price:500- or price:-1000");
    if (str_eq(name, S("rating"))) {
        double stars;
        if (!str_to_double(value, &stars) || stars < 1 || stars > 5)
            return bad(cx, "/filters", "rating:1 to rating:5");
        f->rating = (int64_t)(stars * 100);
        return NULL;
    }
    bool yes = str_eq(value, S("true")) || str_eq(value, S("1"));
    if (str_eq(name, S("prime"))) {
        f->prime = yes;
        return NULL;
    }
    if (str_eq(name, S("stock")) || str_eq(name, S("inStock"))) {
        f->stock = yes;
        return NULL;
    }
    return take_attribute(cx, name, value, f);
}

static err take_filters(struct shop *s, struct cx *cx, str text, struct filters *f)
{
    while (text.p) {
        str value = str_trim(str_cut(&text, ','));
        if (!value.n)
            continue;
        str name = str_cut(&value, ':');
        err e = take_filter(s, cx, str_trim(name), str_trim(value), f);
        if (e)
            return e;
    }
    return NULL;
}

/* Of the port, and what clients know from elsewhere. */
const char *const shop_sort_names[] = { "relevance", "price_asc", "price_desc", "rating", "newest",
    "popularity", "price", "-price", "price_low", "price_high", "-rating", "-created_at", "popular",
    NULL };

static bool parse_sort(str text, enum search_sort *ret)
{
    static const enum search_sort also[] = { SEARCH_PRICE_UP, SEARCH_PRICE_DOWN, SEARCH_PRICE_UP,
        SEARCH_PRICE_DOWN, SEARCH_RATING, SEARCH_NEWEST, SEARCH_POPULARITY };
    static_assert(COUNT(shop_sort_names) == SEARCH_SORTS_N + COUNT(also) + 1, "a sort each");
    for (size_t i = 0; shop_sort_names[i]; i++)
        if (str_eq(text, str_from_c(shop_sort_names[i]))) {
            *ret = i < SEARCH_SORTS_N ? (enum search_sort)i : also[i - SEARCH_SORTS_N];
            return true;
        }
    return false;
}

/* A category is named by its path, its id, or its label. */
static err find_category(struct shop *s, struct cx *cx, str wanted, struct catalog_category *ret)
{
    id category_id;
    if (id_parse(wanted, &category_id))
        return catalog_category_get(s->deps.catalog, cx, category_id, (str){ 0 }, ret);
    err e = catalog_category_get(s->deps.catalog, cx, (id){ 0 }, wanted, ret);
    if (e != &ERR_MISSING)
        return e;
    cx_clear(cx);
    struct catalog_category *all;
    size_t n;
    e = catalog_categories(s->deps.catalog, cx, &all, &n);
    if (e)
        return e;
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase(all[i].name, wanted) || str_eq_nocase(all[i].label, wanted) ||
            str_eq(all[i].slug, wanted)) {
            *ret = all[i];
            return NULL;
        }
    return FAIL(cx, ERR_MISSING, "no such category");
}

static err query_of(
    struct shop *s, struct cx *cx, const struct shop_list_in *in, struct shop_list *l)
{
    struct filters *f = NEW(cx->arena, struct filters);
    err e = take_filters(s, cx, in->filters, f);
    for (size_t i = 0; !e && i < in->brand_n; i++)
        e = take_filter(s, cx, S("brand"), in->brand[i], f);
    for (size_t i = 0; !e && i < in->attr_n; i++) {
        str value = in->attr[i];
        str name = str_cut(&value, ':');
        e = take_attribute(cx, name, value, f);
    }
    if (!e && in->price.n)
        e = take_filter(s, cx, S("price"), in->price, f);
    if (e)
        return e;
    struct search_query *q = &l->query;
    *q = (struct search_query){ .text = str_trim(in->q),
        .category_path = l->category.path,
        .brands = f->brands,
        .brands_n = f->brands_n,
        .price_from = f->from,
        .price_to = f->to,
        .rating_min = in->rating ? in->rating * 100 : f->rating,
        .prime = in->prime || f->prime,
        .in_stock = in->stock || f->stock,
        .filters = f->attributes,
        .filters_n = f->attributes_n,
        .sort = in->q.n ? SEARCH_RELEVANCE : SEARCH_POPULARITY,
        .offset = (l->page - 1) * l->limit,
        .limit = l->limit,
        .page_token = in->page_token,
        .facets = true,
        .explain = in->explain };
    if (in->sort.n && !parse_sort(in->sort, &q->sort))
        return bad(cx, "/sort", "relevance, price_asc, price_desc, rating, newest or popularity");
    return NULL;
}

static bool has_option(const struct catalog_variant *v, const struct search_filter *filter)
{
    for (size_t o = 0; o < v->options_n; o++)
        for (size_t k = 0; str_eq_nocase(v->options[o].name, filter->name) && k < filter->values_n;
             k++)
            if (str_eq(v->options[o].value, filter->values[k]))
                return true;
    return false;
}

/* Who filters by a colour wants to see that colour. */
static void show_wanted(struct shop_list *l)
{
    for (size_t i = 0; i < l->cards_n; i++) {
        const struct catalog_product *p = &l->cards[i].product;
        for (size_t f = 0; f < l->query.filters_n; f++)
            for (size_t v = p->variants_n; v-- > 0;)
                if (has_option(&p->variants[v], &l->query.filters[f]))
                    l->cards[i].shown = v;
    }
}

const problem SHOP_EXPLAIN_DENIED = { KIND_DENIED, "shop.explain_denied", "forbidden",
    "Explanations are for staff" };

/* Who may explain sent a token: such requests are never answered from what is kept for all. */
static err may_explain(struct cx *cx, const struct shop_list_in *in)
{
    if (!in->explain || (cx->who.roles & (ROLE_CATALOG | ROLE_ADMIN)))
        return NULL;
    return FAIL(cx, SHOP_EXPLAIN_DENIED, "explain=1 without a role for it");
}

err shop_list(struct shop *s, struct cx *cx, const struct shop_list_in *in, struct shop_list *ret)
{
    struct shop_list l = { .page = in->page ? in->page : 1,
        .limit = in->limit ? in->limit : LIMIT_DEFAULT_N };
    str category = in->path.n ? in->path : in->category;
    err e = may_explain(cx, in);
    if (!e && category.n)
        e = find_category(s, cx, category, &l.category);
    if (!e)
        e = query_of(s, cx, in, &l);
    struct shop_rules rules = { .n = 0 };
    if (!e)
        e = shop_rules_of(s, cx, l.query.text, &rules);
    if (!e)
        shop_rules_bury(rules, cx, &l.query);
    if (!e)
        e = s->deps.search->query(s->deps.search->self, cx, &l.query, &l.found);
    bool first = l.page == 1 && !l.query.page_token.n;
    if (!e && first && l.query.text.n && s->deps.merchandising && !in->uncounted)
        merchandising_count(s->deps.merchandising, l.query.text,
            l.found.relaxed || l.found.replaced ? l.found.whole : l.found.total);
    if (!e)
        shop_rules_apply(rules, cx, &l);
    if (!e)
        e = shop_cards(s, cx, l.found.product_ids, l.found.n, &l.cards, &l.cards_n);
    if (!e)
        e = shop_personal_apply(s, cx, rules, &l);
    if (!e)
        e = shop_sponsored_apply(s, cx, in, rules, &l);
    if (e)
        return e;
    show_wanted(&l);
    l.pages = (l.found.total + l.limit - 1) / l.limit;
    *ret = l;
    return NULL;
}
