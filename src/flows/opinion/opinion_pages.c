/* SPDX-License-Identifier: Apache-2.0
 * The form of a review, and the forms beside reviews. Called by the gateway; each works as a plain
 * post and answers with a redirect to an address that no cache has, so what was written is shown.
 */
#include "base/utf8.h"
#include "flows/opinion/opinion_internal.h"
#include "flows/opinion/opinion_views.h"
#include "platform/http/route.h"
#include "platform/web/web_format.h"

struct form {
    id product_id, review_id;
    int64_t rating;
    str title, comment, back;
};

static const struct json_field product_fields[] = {
    JSON_ID(struct form, product_id, .at = AT_PATH, .required = true),
};
static const struct json_shape product_shape =
    JSON_SHAPE("ReviewFormPath", struct form, product_fields);
/* Wider than what is accepted, so that the rules of reviews answer, not the decoder. */
static const struct json_field form_fields[] = {
    JSON_ID(struct form, product_id, .at = AT_PATH, .required = true),
    JSON_INT(struct form, rating),
    JSON_STR(struct form, title, .max = 2000),
    JSON_STR(struct form, comment, .max = 40000, .multiline = true),
};
static const struct json_shape form_shape = JSON_SHAPE("ReviewForm", struct form, form_fields);
static const struct json_field review_fields[] = {
    JSON_ID(struct form, review_id, .at = AT_PATH, .required = true),
};
static const struct json_shape review_shape =
    JSON_SHAPE("ReviewRemoveForm", struct form, review_fields);
static const struct json_field vote_fields[] = {
    JSON_ID(struct form, review_id, .at = AT_PATH, .required = true),
    JSON_STR(struct form, back, .max = 200),
};
static const struct json_shape vote_shape = JSON_SHAPE("ReviewVoteForm", struct form, vote_fields);

/* ---- the form ---- */

static str reviews_path(struct cx *cx, id product_id)
{
    return str_fmt(cx->arena, "/p/" STR_F "/reviews", STR_A(id_text(cx->arena, product_id)));
}

static const struct option_view *stars_of(struct cx *cx, int64_t rating)
{
    static const char *const labels[REVIEWS_STARS] = { "1 star: bad", "2 stars: poor",
        "3 stars: fair", "4 stars: good", "5 stars: very good" };
    struct option_view *stars = NEW_N(cx->arena, REVIEWS_STARS, struct option_view);
    for (int i = 0; i < REVIEWS_STARS; i++)
        stars[i] = (struct option_view){ .value = str_from_i64(cx->arena, i + 1),
            .label = str_from_c(labels[i]),
            .selected = rating == i + 1 };
    return stars;
}

static void place_faults(struct cx *cx, const struct field_error *faults, struct field_view *fields,
    struct review_form_view *v)
{
    web_place_faults(cx->arena, faults, fields, REVIEW_FIELDS_N);
    for (const struct field_error *f = faults; f; f = f->next)
        if (str_eq(f->pointer, S("/rating")))
            v->rating_error = web_sentence(cx->arena, f->detail);
    struct alert_view *alert = NEW(cx->arena, struct alert_view);
    struct link_view *links = NULL;
    *alert = (struct alert_view){ .kind = S("bad"), .title = S("Something is to be mended") };
    alert->links_n = web_field_errors(cx->arena, fields, REVIEW_FIELDS_N, &links);
    if (v->rating_error.n) {
        struct link_view *all = NEW_N(cx->arena, alert->links_n + 1, struct link_view);
        all[0] = (struct link_view){ v->rating_error, S("#f-rating") };
        for (size_t i = 0; i < alert->links_n; i++)
            all[i + 1] = links[i];
        links = all;
        alert->links_n++;
    }
    alert->links = links;
    v->alert = alert;
}

/* now: what is in the form; own: there is a review already; faults: what is wrong with it. */
struct showing {
    const struct catalog_product *product;
    struct reviews_review now;
    bool own;
    const struct field_error *faults;
};
static err show_form(struct opinion *o, struct cx *cx, struct showing s, struct reply *reply)
{
    struct arena *a = cx->arena;
    struct review_form_view *v = NEW(a, struct review_form_view);
    struct field_view *fields = NEW_N(a, REVIEW_FIELDS_N, struct field_view);
    id bought = { .b = { 0 } };
    err e = orders_bought(o->deps.orders, cx, cx->who.user_id, s.product->product_id, &bought);
    if (e)
        return e;
    for (size_t i = 0; i < REVIEW_FIELDS_N; i++)
        fields[i] = review_form[i];
    fields[0].value = s.now.title;
    fields[1].value = s.now.comment;
    str product_id = id_text(a, s.product->product_id);
    *v = (struct review_form_view){ .heading = s.own ? S("Your review") : S("Write a review"),
        .button = s.own ? S("Save review") : S("Post review"),
        .title = s.product->title,
        .href = str_cat(a, S("/p/"), product_id),
        .action = str_fmt(a, "/p/" STR_F "/review", STR_A(product_id)),
        .author = reviews_shown_name(a, cx->who.name),
        .stars = stars_of(cx, s.now.rating),
        .stars_n = REVIEWS_STARS,
        .fields = fields,
        .fields_n = REVIEW_FIELDS_N,
        .verified = s.now.verified || !id_is_none(bought) };
    if (s.own)
        v->remove_action =
            str_fmt(a, "/reviews/" STR_F "/remove", STR_A(id_text(a, s.now.review_id)));
    if (s.faults)
        place_faults(cx, s.faults, fields, v);
    return reply_page(reply, s.faults ? 422 : 200, &review_form_page, v,
        (struct page_head){ .title = v->heading, .noindex = true });
}

static err get_form(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct opinion *o = service;
    const struct form *in = body;
    struct catalog_product product;
    struct showing s = { .product = &product };
    err e = opinion_product(o, cx, in->product_id, &product);
    if (!e)
        e = reviews_find(o->deps.reviews, cx, in->product_id, cx->who.user_id, &s.now, &s.own);
    return e ? e : show_form(o, cx, s, reply);
}

/* ---- and what it sends ---- */

static err back_to_list(
    struct cx *cx, struct reply *reply, const struct reviews_review *r, const char *word)
{
    return reply_redirect(
        reply, str_fmt(cx->arena, STR_F "?sort=newest&said=%s&at=%lld#reviews",
                   STR_A(reviews_path(cx, r->product_id)), word, (long long)cx->now_ms));
}

static err post_form(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    static const char *const words[REVIEWS_STATUSES_N] = { "thanks", "pending", "rejected" };
    struct opinion *o = service;
    const struct form *in = body;
    struct catalog_product product;
    struct reviews_review old = { .rating = 0 }, done;
    bool own = false;
    err e = opinion_product(o, cx, in->product_id, &product);
    if (!e)
        e = reviews_find(o->deps.reviews, cx, in->product_id, cx->who.user_id, &old, &own);
    if (e)
        return e;
    struct reviews_review now = { .review_id = old.review_id,
        .product_id = in->product_id,
        .user_id = cx->who.user_id,
        .author = cx->who.name,
        .rating = in->rating,
        .title = in->title,
        .comment = in->comment,
        .images = old.images, /* the form has none: they stay */
        .images_n = old.images_n,
        .verified = old.verified };
    e = own ? opinion_change(o, cx, &now, (str){ 0 }, &done) : opinion_post(o, cx, now, &done);
    if (e == &ERR_INVALID) { /* refused before anything was written */
        struct showing s = { &product, now, own, cx->fields };
        cx_clear(cx);
        return show_form(o, cx, s, reply);
    }
    return e ? e : back_to_list(cx, reply, &done, words[done.status]);
}

static err post_remove(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct opinion *o = service;
    const struct form *in = body;
    struct reviews_review review;
    err e = reviews_get_seen(o->deps.reviews, cx, in->review_id, cx->who.user_id, &review);
    if (!e)
        e = opinion_remove(o, cx, cx->who.user_id, in->review_id, (str){ 0 });
    return e ? e : back_to_list(cx, reply, &review, "removed");
}

/* ---- staff ---- */

static err judge(struct opinion *o, struct cx *cx, const struct form *in,
    enum reviews_status status, struct reply *reply)
{
    struct reviews_review review;
    err e = opinion_judge(o, cx, in->review_id, status, (str){ 0 }, &review);
    if (e == &ERR_MISSING) {
        cx_clear(cx);
        return reply_redirect(reply, S("/admin/moderation?said=gone"));
    }
    return e ? e
             : reply_redirect(reply, str_fmt(cx->arena, "/admin/moderation?said=%s",
                                         reviews_status_names[review.status]));
}

static err post_publish(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    return judge(service, cx, body, REVIEWS_PUBLISHED, reply);
}

static err post_reject(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    return judge(service, cx, body, REVIEWS_REJECTED, reply);
}

/* ---- votes ---- */

/* Only to pages of products, and nothing that a header or a page could take for more. */
static bool is_safe(str back)
{
    for (size_t i = 0; i < back.n; i++) {
        char c = back.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' || c == '-' ||
                c == '?' || c == '=' || c == '&' || c == '_'))
            return false;
    }
    return str_starts(back, S("/p/"));
}

/* Where the vote came from: as the form says, else the page of the product. */
static err find_back(struct opinion *o, struct cx *cx, const struct form *in, str *ret)
{
    struct reviews_review review;
    if (in->back.n) {
        *ret = is_safe(in->back) ? in->back : S("/");
        return NULL;
    }
    err e = reviews_get_seen(o->deps.reviews, cx, in->review_id, cx->who.user_id, &review);
    if (!e)
        *ret = str_cat(cx->arena, S("/p/"), id_text(cx->arena, review.product_id));
    return e;
}

/* Who is not signed in does that first, and comes back to the review. */
static err post_vote(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct opinion *o = service;
    const struct form *in = body;
    struct reviews_review review;
    str back, mark = id_text(cx->arena, in->review_id);
    const char *said = "helpful";
    err e = find_back(o, cx, in, &back);
    if (e)
        return e;
    if (id_is_none(cx->who.user_id))
        return reply_redirect(
            reply, str_cat(cx->arena, S("/signin?next="), str_url_encode(cx->arena, back)));
    e = reviews_vote(o->deps.reviews, cx,
        (struct reviews_vote){
            .review_id = in->review_id, .user_id = cx->who.user_id, .helpful = true },
        &review);
    if (e == &REVIEWS_OWN || e == &ERR_MISSING) {
        said = e == &REVIEWS_OWN ? "own" : "gone";
        cx_clear(cx); /* refused before anything was written */
    } else if (e)
        return e;
    if (back.n == 1)
        return reply_redirect(reply, back);
    char join = str_find_char(back, '?', 0) < 0 ? '?' : '&';
    return reply_redirect(reply, str_fmt(cx->arena, STR_F "%csaid=%s&at=%lld#r-" STR_F, STR_A(back),
                                     join, said, (long long)cx->now_ms, STR_A(mark)));
}

static uint64_t conflict(const struct cx *cx, const void *body)
{
    const struct form *in = body;
    (void)cx;
    return id_hash(id_is_none(in->product_id) ? in->review_id : in->product_id);
}

static const problem *const form_problems[] = { &CATALOG_PRODUCT_GONE, &REVIEWS_TWICE, NULL };
static const problem *const missing_problems[] = { &ERR_MISSING, NULL };

const struct route opinion_page_routes[] = {
    { .method = "GET",
        .path = "/p/{productId}/review",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .in = &product_shape,
        .problems = form_problems,
        .fn = get_form,
        .summary = "The form of one's review" },
    { .method = "POST",
        .path = "/p/{productId}/review",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .in = &form_shape,
        .problems = form_problems,
        .fn = post_form,
        .conflict = conflict,
        .summary = "Write or change one's review" },
    { .method = "POST",
        .path = "/reviews/{reviewId}/remove",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .in = &review_shape,
        .problems = missing_problems,
        .fn = post_remove,
        .conflict = conflict,
        .summary = "Delete one's review" },
    { .method = "POST",
        .path = "/reviews/{reviewId}/helpful",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .in = &vote_shape,
        .problems = missing_problems,
        .fn = post_vote,
        .conflict = conflict,
        .summary = "Find a review helpful" },
    { .method = "POST",
        .path = "/admin/moderation/{reviewId}/publish",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_MODERATION,
        .unit = UNIT_WRITE,
        .in = &review_shape,
        .fn = post_publish,
        .conflict = conflict,
        .summary = "Show a review" },
    { .method = "POST",
        .path = "/admin/moderation/{reviewId}/reject",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_MODERATION,
        .unit = UNIT_WRITE,
        .in = &review_shape,
        .fn = post_reject,
        .conflict = conflict,
        .summary = "Do not show a review" },
    ROUTES_END,
};
const struct html_page *const opinion_pages[] = { &review_form_page, NULL };
