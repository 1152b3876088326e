/* SPDX-License-Identifier: Apache-2.0
 * Reviews of a product as JSON: write, change, take back, list; and what staff decide. Called by
 * the gateway; handlers decode nothing and decide nothing. */
#include "flows/opinion/opinion_internal.h"
#include "platform/http/if_match.h"

#define PRODUCT_PATH "/api/v1/products/{productId}/reviews"
#define REVIEW_PATH "/api/v1/reviews/{reviewId}"
#define BODY_MAX (36 * 1024 * 1024)
#define IMAGE_TEXT_MAX (7 * 1024 * 1024) /* base64 of what catalog_image_put takes, and a bit */
#define LIST_LIMIT 20
#define PAGE_MAX 50

/* ---- writing ---- */

struct review_in {
    id product_id, review_id;
    int64_t rating;
    str title, comment, if_match;
    str *images;
    size_t images_n;
};
#define REVIEW_FIELDS                                                                              \
    JSON_INT(struct review_in, rating, .required = true, .min = 1, .max = REVIEWS_STARS),          \
        JSON_STR(struct review_in, title, .max = REVIEWS_TITLE_MAX),                               \
        JSON_STR(struct review_in, comment, .required = true, .min = 1,                            \
            .max = REVIEWS_COMMENT_MAX, .multiline = true, .doc = "Plain text"),                   \
        JSON_STRS(struct review_in, images, .max = REVIEWS_IMAGES_MAX, .item_max = IMAGE_TEXT_MAX, \
            .doc = "PNG, JPEG, WebP or GIF as base64 or data: URL, or paths that a reply gave")
static const struct json_field post_fields[] = {
    JSON_ID(struct review_in, product_id, .at = AT_PATH, .required = true),
    REVIEW_FIELDS,
};
static const struct json_shape post_shape =
    JSON_SHAPE("ReviewInput", struct review_in, post_fields);
static const struct json_field put_fields[] = {
    JSON_ID(struct review_in, review_id, .at = AT_PATH, .required = true),
    IF_MATCH_FIELD(struct review_in),
    REVIEW_FIELDS,
};
static const struct json_shape put_shape = JSON_SHAPE("ReviewChange", struct review_in, put_fields);
static const struct json_field path_fields[] = {
    JSON_ID(struct review_in, review_id, .at = AT_PATH, .required = true),
    IF_MATCH_FIELD(struct review_in),
};
static const struct json_shape path_shape =
    JSON_SHAPE("ReviewAtPath", struct review_in, path_fields);

/* Pictures become paths before the unit; a path that is kept already stays. */
static err keep_images(void *service, struct cx *cx, void *body)
{
    struct opinion *o = service;
    struct review_in *in = body;
    for (size_t i = 0; i < in->images_n; i++) {
        if (str_starts(in->images[i], S("/media/b/")))
            continue;
        err e = catalog_image_put(o->deps.catalog, cx, in->images[i], &in->images[i]);
        if (e == &CATALOG_IMAGE_BAD)
            cx_field(cx, str_fmt(cx->arena, "/images/%zu", i), "image_unacceptable", "%s",
                CATALOG_IMAGE_BAD.title);
        if (e)
            return e;
    }
    return NULL;
}

static struct reviews_review review_of(const struct cx *cx, const struct review_in *in)
{
    return (struct reviews_review){ .review_id = in->review_id,
        .product_id = in->product_id,
        .user_id = cx->who.user_id,
        .author = cx->who.name,
        .rating = in->rating,
        .title = in->title,
        .comment = in->comment,
        .images = in->images,
        .images_n = in->images_n };
}

static err reply_review(
    struct cx *cx, struct reply *reply, int status, const struct reviews_review *review)
{
    struct reviews_json *v = NEW(cx->arena, struct reviews_json);
    *v = reviews_json_of(review);
    reply->version = review->version;
    return reply_json(reply, status, &reviews_shape, v);
}

static err post_review(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct reviews_review review;
    err e = opinion_post(service, cx, review_of(cx, body), &review);
    if (e)
        return e;
    reply_add_header(reply, S("Location"),
        str_cat(cx->arena, S("/api/v1/reviews/"), id_text(cx->arena, review.review_id)));
    return reply_review(cx, reply, 201, &review);
}

static err put_review(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct review_in *sent = body;
    struct reviews_review in = review_of(cx, body), review;
    err e = opinion_change(service, cx, &in, sent->if_match, &review);
    return e ? e : reply_review(cx, reply, 200, &review);
}

static err delete_review(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct review_in *in = body;
    err e = opinion_remove(service, cx, cx->who.user_id, in->review_id, in->if_match);
    return e ? e : reply_empty(reply, 204);
}

/* ---- staff ---- */

static err judge(struct opinion *o, struct cx *cx, const struct review_in *in,
    enum reviews_status status, struct reply *reply)
{
    struct reviews_review review;
    err e = opinion_judge(o, cx, in->review_id, status, in->if_match, &review);
    return e ? e : reply_review(cx, reply, 200, &review);
}

static err post_publish(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    return judge(service, cx, body, REVIEWS_PUBLISHED, reply);
}

static err post_reject(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    return judge(service, cx, body, REVIEWS_REJECTED, reply);
}

/* ---- the list ---- */

struct list_in {
    id product_id;
    str sort, page_token;
    int64_t rating, page, limit;
};
static const struct json_field list_in_fields[] = {
    JSON_ID(struct list_in, product_id, .at = AT_PATH, .required = true),
    JSON_STR(struct list_in, sort, .at = AT_QUERY, .one_of = reviews_sort_names,
        .doc = "Absent: helpful"),
    JSON_INT(struct list_in, rating, .at = AT_QUERY, .min = 1, .max = REVIEWS_STARS,
        .doc = "Only those with so many stars"),
    JSON_INT(struct list_in, page, .at = AT_QUERY, .min = 1, .max = PAGE_MAX),
    JSON_INT(struct list_in, limit, .at = AT_QUERY, .min = 1, .max = REVIEWS_PAGE_MAX),
    JSON_STR(struct list_in, page_token, .at = AT_QUERY, .max = 100,
        .doc = "Goes on from nextPageToken, at any depth; instead of page"),
};
static const struct json_shape list_in_shape =
    JSON_SHAPE("ProductReviewsQuery", struct list_in, list_in_fields);

struct stars_json {
    int64_t rating, count;
};
static const struct json_field stars_fields[] = {
    JSON_INT(struct stars_json, rating, .required = true),
    JSON_INT(struct stars_json, count, .required = true),
};
static const struct json_shape stars_shape =
    JSON_SHAPE("ReviewStars", struct stars_json, stars_fields);
struct paging_json {
    int64_t page, limit, total, pages;
};
static const struct json_field paging_fields[] = {
    JSON_INT(struct paging_json, page, .required = true),
    JSON_INT(struct paging_json, limit, .required = true),
    JSON_INT(struct paging_json, total, .required = true),
    JSON_INT(struct paging_json, pages, .required = true),
};
static const struct json_shape paging_shape =
    JSON_SHAPE("ReviewPagination", struct paging_json, paging_fields);
struct list_json {
    id product_id;
    double average;
    int64_t review_count, text_count;
    struct stars_json *histogram;
    struct reviews_json *reviews;
    struct paging_json *pagination;
    str next_page_token;
    size_t histogram_n, reviews_n;
};
static const struct json_field list_fields[] = {
    JSON_ID(struct list_json, product_id, .required = true),
    JSON_NUM(struct list_json, average, .required = true, .doc = "To a tenth; 0: nobody yet"),
    JSON_INT(struct list_json, review_count, .required = true, .doc = "All ratings"),
    JSON_INT(struct list_json, text_count, .required = true, .doc = "Of them, those with a text"),
    JSON_LIST(struct list_json, histogram, stars_shape, .required = true,
        .doc = "Five stars first; sums to reviewCount"),
    JSON_LIST(struct list_json, reviews, reviews_shape, .required = true),
    JSON_OBJECT(struct list_json, pagination, paging_shape, .required = true),
    JSON_STR(struct list_json, next_page_token),
};
static const struct json_shape list_shape =
    JSON_SHAPE("ProductReviews", struct list_json, list_fields);

static enum reviews_sort sort_of(str name)
{
    for (int s = 0; s < REVIEWS_SORTS_N; s++)
        if (str_eq(name, str_from_c(reviews_sort_names[s])))
            return (enum reviews_sort)s;
    return REVIEWS_HELPFUL;
}

static void fill_total(struct cx *cx, const struct reviews_total *t, struct list_json *v)
{
    v->average = reviews_total_average(t);
    v->review_count = reviews_total_count(t);
    v->text_count = reviews_total_texts(t, 0);
    v->histogram_n = REVIEWS_STARS;
    v->histogram = NEW_N(cx->arena, REVIEWS_STARS, struct stars_json);
    for (int s = 0; s < REVIEWS_STARS; s++)
        v->histogram[s] = (struct stars_json){ REVIEWS_STARS - s, t->stars[REVIEWS_STARS - 1 - s] };
}

static err get_reviews(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct opinion *o = service;
    const struct list_in *in = body;
    struct catalog_product product;
    struct reviews_total total;
    struct reviews_review *list;
    int64_t limit = in->limit ? in->limit : LIST_LIMIT;
    int64_t page = in->page && !in->page_token.n ? in->page : 1;
    struct reviews_wanted wanted = { .product_id = in->product_id,
        .sort = sort_of(in->sort),
        .rating = in->rating,
        .limit = limit,
        .skip = (page - 1) * limit,
        .after = in->page_token };
    struct list_json *v = NEW(cx->arena, struct list_json);
    err e = opinion_product(o, cx, in->product_id, &product);
    if (!e)
        e = reviews_total(o->deps.reviews, cx, in->product_id, &total);
    if (!e)
        e = reviews_list(o->deps.reviews, cx, wanted, &list, &v->reviews_n);
    if (e)
        return e;
    v->product_id = in->product_id;
    fill_total(cx, &total, v);
    v->reviews = NEW_N(cx->arena, v->reviews_n, struct reviews_json);
    for (size_t i = 0; i < v->reviews_n; i++)
        v->reviews[i] = reviews_json_of(&list[i]);
    int64_t all = reviews_total_texts(&total, in->rating);
    v->pagination = NEW(cx->arena, struct paging_json);
    *v->pagination = (struct paging_json){ page, limit, all, (all + limit - 1) / limit };
    if (v->reviews_n == (size_t)limit)
        v->next_page_token = reviews_after(cx->arena, wanted.sort, &list[v->reviews_n - 1]);
    return reply_json(reply, 200, &list_shape, v);
}

/* ---- the table ---- */

/* Units of one product come one after another; those of a review name no product. */
static uint64_t conflict(const struct cx *cx, const void *body)
{
    const struct review_in *in = body;
    (void)cx;
    return id_hash(id_is_none(in->product_id) ? in->review_id : in->product_id);
}

static const problem *const post_problems[] = { &CATALOG_PRODUCT_GONE, &CATALOG_IMAGE_BAD,
    &REVIEWS_TWICE, NULL };
static const problem *const put_problems[] = { &ERR_MISSING, &CATALOG_IMAGE_BAD, &REVIEWS_STALE,
    NULL };
static const problem *const list_problems[] = { &CATALOG_PRODUCT_GONE, NULL };
static const problem *const gone_problems[] = { &ERR_MISSING, &REVIEWS_STALE, NULL };

const struct route opinion_routes[] = {
    { .method = "POST",
        .path = PRODUCT_PATH,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .body_max = BODY_MAX,
        .in = &post_shape,
        .out = &reviews_shape,
        .status = 201,
        .problems = post_problems,
        .before = keep_images,
        .fn = post_review,
        .conflict = conflict,
        .summary = "Review a product; who has bought it gets the badge" },
    { .method = "GET",
        .path = PRODUCT_PATH,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .caching = CACHING_PUBLIC,
        .in = &list_in_shape,
        .out = &list_shape,
        .problems = list_problems,
        .fn = get_reviews,
        .summary = "Stars of a product, and a page of its reviews" },
    { .method = "PUT",
        .path = REVIEW_PATH,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .body_max = BODY_MAX,
        .in = &put_shape,
        .out = &reviews_shape,
        .problems = put_problems,
        .before = keep_images,
        .fn = put_review,
        .conflict = conflict,
        .summary = "Change one's own review" },
    { .method = "DELETE",
        .path = REVIEW_PATH,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .in = &path_shape,
        .status = 204,
        .problems = gone_problems,
        .fn = delete_review,
        .conflict = conflict,
        .summary = "Take one's own review back, with its votes" },
    { .method = "POST",
        .path = "/api/v1/admin/reviews/{reviewId}/publish",
        .scope = SCOPE_MODERATION,
        .unit = UNIT_WRITE,
        .in = &path_shape,
        .out = &reviews_shape,
        .problems = gone_problems,
        .fn = post_publish,
        .conflict = conflict,
        .summary = "Show a review" },
    { .method = "POST",
        .path = "/api/v1/admin/reviews/{reviewId}/reject",
        .scope = SCOPE_MODERATION,
        .unit = UNIT_WRITE,
        .in = &path_shape,
        .out = &reviews_shape,
        .problems = gone_problems,
        .fn = post_reject,
        .conflict = conflict,
        .summary = "Do not show a review" },
    ROUTES_END,
};
