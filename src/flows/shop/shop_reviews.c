/* SPDX-License-Identifier: Apache-2.0
 * Reviews as readers see them: the part of a product's page, and a page of all of them. Called by
 * the gateway and by the product's page; must show the same to everybody, since pages are cached:
 * forms lead to the flow of opinions. */
#include "base/instant.h"
#include "base/utf8.h"
#include "flows/shop/shop_page_parts.h"
#include "platform/web/web_format.h"

#define TOP_N 5
#define PAGE_N 10
#define PAGES_MAX 50

/* ---- parts ---- */

static str stars_label(struct cx *cx, int64_t n)
{
    return n == 1 ? S("1 star") : str_fmt(cx->arena, "%d stars", (int)n);
}

static str helpful_text(struct cx *cx, int64_t n)
{
    if (n == 0)
        return (str){ 0 };
    if (n == 1)
        return S("One person found this helpful");
    return str_cat(cx->arena, web_number(cx->arena, n), S(" people found this helpful"));
}

static const struct text_view *paragraphs_of(struct cx *cx, str text, size_t *ret_n)
{
    size_t lines = 1;
    for (size_t i = 0; i < text.n; i++)
        lines += text.p[i] == '\n';
    struct text_view *list = NEW_N(cx->arena, lines, struct text_view);
    *ret_n = 0;
    for (str rest = text; rest.p;) {
        str line = str_trim(str_cut(&rest, '\n'));
        if (line.n)
            list[(*ret_n)++] = (struct text_view){ line };
    }
    return list;
}

static void fill_review(struct cx *cx, const struct reviews_review *r, struct review_view *v)
{
    struct arena *a = cx->arena;
    struct stars_view *stars = NEW(a, struct stars_view);
    *stars = (struct stars_view){ .fill = r->rating * 20, .text = str_from_i64(a, r->rating) };
    struct picture_view *images = NEW_N(a, r->images_n, struct picture_view);
    for (size_t i = 0; i < r->images_n; i++)
        images[i] = (struct picture_view){ .src = r->images[i],
            .alt = str_fmt(a, "Picture %zu by " STR_F, i + 1, STR_A(r->author)) };
    *v = (struct review_view){ .id = id_text(a, r->review_id),
        .title = r->title.n ? r->title : stars_label(cx, r->rating),
        .author = r->author,
        .date = instant_day_long(a, r->created_ms),
        .helpful = helpful_text(cx, r->helpful),
        .stars = stars,
        .images = images,
        .images_n = r->images_n,
        .verified = r->verified };
    v->paragraphs = paragraphs_of(cx, r->comment, &v->paragraphs_n);
}

static str list_path(struct cx *cx, id product_id)
{
    return str_fmt(cx->arena, "/p/" STR_F "/reviews", STR_A(id_text(cx->arena, product_id)));
}

/* Five stars first, each with its share; `current` is the filter, 0 is none. */
static const struct histogram_view *histogram_of(
    struct cx *cx, id product_id, const struct reviews_total *t, int64_t current)
{
    struct histogram_view *rows = NEW_N(cx->arena, REVIEWS_STARS, struct histogram_view);
    int64_t all = reviews_total_count(t);
    for (int64_t i = 0; i < REVIEWS_STARS; i++) {
        int64_t stars = REVIEWS_STARS - i, n = t->stars[stars - 1];
        rows[i] = (struct histogram_view){ .label = stars_label(cx, stars),
            .percent = all ? (n * 200 + all) / (2 * all) : 0,
            .current = stars == current };
        if (reviews_total_texts(t, stars))
            rows[i].href = str_fmt(cx->arena, STR_F "?rating=%d#reviews",
                STR_A(list_path(cx, product_id)), (int)stars);
    }
    return rows;
}

/* What the total says; the list is the caller's. */
static void fill_reviews(struct cx *cx, id product_id, const struct reviews_total *t,
    int64_t rating, struct reviews_view *v)
{
    struct arena *a = cx->arena;
    int64_t all = reviews_total_count(t), texts = reviews_total_texts(t, 0);
    v->write_href = str_fmt(a, "/p/" STR_F "/review", STR_A(id_text(a, product_id)));
    const struct stars_view *stars = web_stars(a, reviews_total_sum(t), all);
    if (stars) { /* the number of them is said below */
        struct stars_view *average = NEW(a, struct stars_view);
        *average = (struct stars_view){ .fill = stars->fill, .text = stars->text };
        v->stars = average;
    }
    if (all == texts)
        v->summary = all ? web_count(a, all, "review", "reviews") : (str){ 0 };
    else
        v->summary = str_fmt(a, STR_F ", " STR_F " with a review",
            STR_A(web_count(a, all, "rating", "ratings")), STR_A(web_number(a, texts)));
    if (all) {
        v->histogram = histogram_of(cx, product_id, t, rating);
        v->histogram_n = REVIEWS_STARS;
    }
    if (!texts)
        v->none = S("Nobody has written about it yet. Be the first.");
}

static const struct review_view *reviews_of(
    struct cx *cx, const struct reviews_review *list, size_t n)
{
    struct review_view *views = NEW_N(cx->arena, n, struct review_view);
    for (size_t i = 0; i < n; i++)
        fill_review(cx, &list[i], &views[i]);
    return views;
}

/* ---- beside a product ---- */

err shop_reviews_of(
    struct shop *s, struct cx *cx, const struct catalog_product *p, const struct reviews_view **ret)
{
    struct reviews_total total = { .stars = { 0 } };
    struct reviews_review *list = NULL;
    struct reviews_view *v = NEW(cx->arena, struct reviews_view);
    if (p->rating_count) { /* else there are none */
        err e = reviews_top(s->deps.reviews, cx, p->product_id, TOP_N, &total, &list, &v->list_n);
        if (e)
            return e;
    }
    v->heading = S("Reviews");
    fill_reviews(cx, p->product_id, &total, 0, v);
    v->list = reviews_of(cx, list, v->list_n);
    int64_t texts = reviews_total_texts(&total, 0);
    if (texts > (int64_t)v->list_n) {
        v->all_href = list_path(cx, p->product_id);
        v->all_label = str_fmt(
            cx->arena, "See all " STR_F, STR_A(web_count(cx->arena, texts, "review", "reviews")));
    }
    *ret = v;
    return NULL;
}

/* What a form said before it came back. */
static const struct {
    const char *word;
    struct alert_view alert;
} alerts[] = {
    { "thanks", { .kind = S_INIT("good"),
                    .title = S_INIT("Thank you"),
                    .text = S_INIT("Your review is shown.") } },
    { "pending", { .kind = S_INIT("info"),
                     .title = S_INIT("Thank you"),
                     .text = S_INIT("Somebody will look at your review before it is shown.") } },
    { "rejected", { .kind = S_INIT("warn"),
                      .title = S_INIT("Your review is kept, but not shown"),
                      .text = S_INIT("It is against our rules for reviews.") } },
    { "removed", { .kind = S_INIT("good"), .title = S_INIT("Your review is gone") } },
    { "helpful", { .kind = S_INIT("good"), .title = S_INIT("Thank you for your vote") } },
    { "own", { .kind = S_INIT("warn"), .title = S_INIT("This is your own review") } },
    { "gone", { .kind = S_INIT("warn"), .title = S_INIT("That review is gone") } },
};
const char *const shop_said_words[] = { "thanks", "pending", "rejected", "removed", "helpful",
    "own", "gone", NULL };

const struct alert_view *shop_said(str word)
{
    for (size_t i = 0; i < COUNT(alerts); i++)
        if (str_eq(word, str_from_c(alerts[i].word)))
            return &alerts[i].alert;
    return NULL;
}

/* ---- the page of all ---- */

struct list_in {
    id product_id;
    str sort, said;
    int64_t rating, page, at;
};
static const struct json_field list_in_fields[] = {
    JSON_ID(struct list_in, product_id, .at = AT_PATH, .required = true),
    JSON_STR(struct list_in, sort, .at = AT_QUERY, .one_of = reviews_sort_names),
    JSON_INT(struct list_in, rating, .at = AT_QUERY, .min = 1, .max = REVIEWS_STARS),
    JSON_INT(struct list_in, page, .at = AT_QUERY, .min = 1, .max = PAGES_MAX),
    JSON_STR(struct list_in, said, .at = AT_QUERY, .one_of = shop_said_words),
    JSON_INT(struct list_in, at, .at = AT_QUERY, .min = 0,
        .doc = "after a form: an address that no cache has"),
};
const struct json_shape shop_reviews_in =
    JSON_SHAPE("ReviewsPageQuery", struct list_in, list_in_fields);

static enum reviews_sort sort_of(str name)
{
    for (int s = 0; s < REVIEWS_SORTS_N; s++)
        if (str_eq(name, str_from_c(reviews_sort_names[s])))
            return (enum reviews_sort)s;
    return REVIEWS_HELPFUL;
}

/* The address of the page with another order or page. */
struct list_wish {
    id product_id;
    enum reviews_sort sort;
    int64_t rating, page;
};
static str list_href(struct cx *cx, struct list_wish w)
{
    struct buf out = { .arena = cx->arena };
    char before = '?';
    buf_add(&out, list_path(cx, w.product_id));
    if (w.sort) {
        buf_fmt(&out, "%csort=%s", before, reviews_sort_names[w.sort]);
        before = '&';
    }
    if (w.rating) {
        buf_fmt(&out, "%crating=%d", before, (int)w.rating);
        before = '&';
    }
    if (w.page > 1)
        buf_fmt(&out, "%cpage=%d", before, (int)w.page);
    return buf_str(&out);
}

static str page_href(const void *arg, struct cx *cx, int64_t page)
{
    struct list_wish w = *(const struct list_wish *)arg;
    w.page = page;
    return str_cat(cx->arena, list_href(cx, w), S("#reviews"));
}

static void fill_sorts(struct cx *cx, struct list_wish now, struct reviews_page_view *v)
{
    static const char *const labels[REVIEWS_SORTS_N] = { "Most helpful", "Newest", "Best first",
        "Worst first" };
    struct order_link_view *links = NEW_N(cx->arena, REVIEWS_SORTS_N, struct order_link_view);
    for (int i = 0; i < REVIEWS_SORTS_N; i++) {
        struct list_wish w = {
            .product_id = now.product_id, .sort = (enum reviews_sort)i, .rating = now.rating
        };
        links[i] = (struct order_link_view){ .label = str_from_c(labels[i]),
            .href = str_cat(cx->arena, list_href(cx, w), S("#reviews")),
            .current = w.sort == now.sort };
    }
    v->sorts = links;
    v->sorts_n = REVIEWS_SORTS_N;
}

static void fill_product(
    struct cx *cx, const struct catalog_product *p, struct reviews_page_view *v)
{
    v->title = p->title;
    v->href = shop_product_href(cx->arena, p, (id){ 0 });
    struct picture_view *picture = NEW(cx->arena, struct picture_view);
    *picture = (struct picture_view){ .src = catalog_picture_path(cx->arena, p, &p->variants[0], 0),
        .width = 72,
        .height = 90,
        .eager = true };
    v->picture = picture;
    size_t n;
    const struct link_view *way = shop_crumbs(cx, p->category_label, p->category_path, &n);
    struct link_view *crumbs = NEW_N(cx->arena, n + 1, struct link_view);
    for (size_t i = 0; i < n; i++)
        crumbs[i] = way[i];
    crumbs[n] = (struct link_view){ .label = S("Reviews") };
    v->crumbs = crumbs;
    v->crumbs_n = n + 1;
}

err shop_get_reviews(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct shop *s = service;
    const struct list_in *in = body;
    struct catalog_product product;
    struct reviews_total total;
    struct reviews_review *list;
    struct list_wish now = { .product_id = in->product_id,
        .sort = sort_of(in->sort),
        .rating = in->rating,
        .page = in->page ? in->page : 1 };
    struct reviews_page_view *v = NEW(cx->arena, struct reviews_page_view);
    struct reviews_view *r = NEW(cx->arena, struct reviews_view);
    err e = catalog_products(s->deps.catalog, cx,
        (struct catalog_wanted){ .product_ids = &in->product_id, .n = 1 }, &product);
    if (!e && id_is_none(product.product_id))
        e = FAIL(cx, CATALOG_PRODUCT_GONE, "unknown or not published");
    if (!e)
        e = reviews_total(s->deps.reviews, cx, in->product_id, &total);
    if (!e)
        e = reviews_list(s->deps.reviews, cx,
            (struct reviews_wanted){ .product_id = in->product_id,
                .sort = now.sort,
                .rating = now.rating,
                .limit = PAGE_N,
                .skip = (now.page - 1) * PAGE_N },
            &list, &r->list_n);
    if (e)
        return e;
    int64_t texts = reviews_total_texts(&total, in->rating);
    fill_product(cx, &product, v);
    fill_sorts(cx, now, v);
    fill_reviews(cx, in->product_id, &total, in->rating, r);
    r->heading = in->rating ? str_fmt(cx->arena, STR_F " with " STR_F,
                                  STR_A(web_count(cx->arena, texts, "review", "reviews")),
                                  STR_A(stars_label(cx, in->rating)))
                            : web_count(cx->arena, texts, "review", "reviews");
    r->list = reviews_of(cx, list, r->list_n);
    r->back = list_href(cx, now);
    if (in->rating) {
        r->all_href = list_href(cx, (struct list_wish){ in->product_id, now.sort, 0, 1 });
        r->all_label = S("Show reviews with any number of stars");
    }
    v->reviews = r;
    v->alert = shop_said(in->said);
    v->pages = shop_page_links(cx, now.page, (texts + PAGE_N - 1) / PAGE_N, page_href, &now);
    return reply_page(reply, 200, &reviews_page, v,
        (struct page_head){
            .title = str_cat(cx->arena, S("Reviews of "), utf8_truncate(product.title, 100)),
            .canonical = list_path(cx, in->product_id),
            .noindex = in->at != 0 || in->said.n });
}
