/* SPDX-License-Identifier: Apache-2.0
 * Routes that need reviews alone: votes, one's own reviews, the queue of staff. Called by the
 * gateway; must never decide anything. What changes stars is routed by the flow of opinions. */
#include "services/reviews/reviews_store.h"

#define LIST_LIMIT 20

static const struct json_field review_fields[] = {
    JSON_ID(struct reviews_json, review_id, .required = true),
    JSON_ID(struct reviews_json, product_id, .required = true),
    JSON_INT(struct reviews_json, rating, .required = true, .doc = "1 to 5"),
    JSON_STR(struct reviews_json, title, .required = true),
    JSON_STR(struct reviews_json, comment, .required = true, .doc = "Plain text, with line ends"),
    JSON_STR(struct reviews_json, author, .required = true, .doc = "The name that is shown"),
    JSON_STRS(struct reviews_json, images, .required = true, .doc = "Paths of pictures"),
    JSON_STR(struct reviews_json, status, .required = true, .one_of = reviews_status_names),
    JSON_STR(struct reviews_json, doubt, .one_of = reviews_doubt_names,
        .doc = "For staff: the rule that asks them to look"),
    JSON_BOOL(struct reviews_json, verified_purchase, .required = true),
    JSON_INT(struct reviews_json, helpful_count, .required = true),
    JSON_TIME(struct reviews_json, created_at, .required = true),
    JSON_TIME(struct reviews_json, updated_at, .required = true),
};
const struct json_shape reviews_shape = JSON_SHAPE("Review", struct reviews_json, review_fields);

struct reviews_json reviews_json_of(const struct reviews_review *r)
{
    return (struct reviews_json){ .review_id = r->review_id,
        .product_id = r->product_id,
        .rating = r->rating,
        .title = r->title,
        .comment = r->comment,
        .author = r->author,
        .images = r->images,
        .images_n = r->images_n,
        .status = str_from_c(reviews_status_names[r->status]),
        .verified_purchase = r->verified,
        .helpful_count = r->helpful,
        .created_at = r->created_ms,
        .updated_at = r->updated_ms };
}

/* ---- one review, and votes ---- */

struct review_path {
    id review_id;
};
static const struct json_field path_fields[] = {
    JSON_ID(struct review_path, review_id, .at = AT_PATH, .required = true),
};
static const struct json_shape path_shape =
    JSON_SHAPE("ReviewPath", struct review_path, path_fields);

static err get_review(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct review_path *in = body;
    struct reviews_review r;
    err e = reviews_get_seen(service, cx, in->review_id, cx->who.user_id, &r);
    if (e)
        return e;
    struct reviews_json *v = NEW(cx->arena, struct reviews_json);
    *v = reviews_json_of(&r);
    reply->version = r.version;
    return reply_json(reply, 200, &reviews_shape, v);
}

struct vote_json {
    id review_id;
    int64_t helpful_count;
    bool helpful;
};
static const struct json_field vote_fields[] = {
    JSON_ID(struct vote_json, review_id, .required = true),
    JSON_INT(struct vote_json, helpful_count, .required = true),
    JSON_BOOL(struct vote_json, helpful, .required = true, .doc = "Whether the caller says so"),
};
static const struct json_shape vote_shape = JSON_SHAPE("ReviewVote", struct vote_json, vote_fields);

static err vote(struct reviews *r, struct cx *cx, const struct review_path *in, bool helpful,
    struct reply *reply)
{
    struct reviews_review review;
    err e = reviews_vote(r, cx,
        (struct reviews_vote){
            .review_id = in->review_id, .user_id = cx->who.user_id, .helpful = helpful },
        &review);
    if (e)
        return e;
    struct vote_json *v = NEW(cx->arena, struct vote_json);
    *v = (struct vote_json){ in->review_id, review.helpful, helpful };
    return reply_json(reply, 200, &vote_shape, v);
}

static err post_helpful(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    return vote(service, cx, body, true, reply);
}

static err delete_helpful(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    return vote(service, cx, body, false, reply);
}

static uint64_t vote_conflict(const struct cx *cx, const void *body)
{
    const struct review_path *in = body;
    (void)cx;
    return id_hash(in->review_id);
}

/* ---- lists ---- */

struct list_query {
    id page_token;
    int64_t limit;
    str status;
};
struct list_json {
    struct reviews_json *reviews;
    size_t reviews_n;
    id next_page_token;
};
static const struct json_field list_fields[] = {
    JSON_LIST(struct list_json, reviews, reviews_shape, .required = true),
    JSON_ID(struct list_json, next_page_token),
};
static const struct json_shape list_shape = JSON_SHAPE("ReviewList", struct list_json, list_fields);
static const struct json_field mine_fields[] = {
    JSON_ID(struct list_query, page_token, .at = AT_QUERY),
    JSON_INT(struct list_query, limit, .at = AT_QUERY, .min = 1, .max = REVIEWS_PAGE_MAX),
};
static const struct json_shape mine_shape =
    JSON_SHAPE("OwnReviewsQuery", struct list_query, mine_fields);
static const char *const queue_statuses[] = { "pending", "rejected", NULL };
static const struct json_field queue_fields[] = {
    JSON_ID(struct list_query, page_token, .at = AT_QUERY),
    JSON_INT(struct list_query, limit, .at = AT_QUERY, .min = 1, .max = REVIEWS_PAGE_MAX),
    JSON_STR(struct list_query, status, .at = AT_QUERY, .one_of = queue_statuses,
        .doc = "Absent: pending"),
};
static const struct json_shape queue_shape =
    JSON_SHAPE("ReviewQueueQuery", struct list_query, queue_fields);

static err reply_list(struct cx *cx, struct reply *reply, const struct reviews_review *list,
    size_t n, int64_t limit, bool staff)
{
    struct list_json *v = NEW(cx->arena, struct list_json);
    v->reviews = NEW_N(cx->arena, n, struct reviews_json);
    v->reviews_n = n;
    for (size_t i = 0; i < n; i++) {
        v->reviews[i] = reviews_json_of(&list[i]);
        if (staff)
            v->reviews[i].doubt = str_from_c(reviews_doubt_names[list[i].doubt]);
    }
    if (n == (size_t)limit)
        v->next_page_token = list[n - 1].review_id;
    return reply_json(reply, 200, &list_shape, v);
}

static err get_mine(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct list_query *in = body;
    int64_t limit = in->limit ? in->limit : LIST_LIMIT;
    struct reviews_review *list;
    size_t n;
    err e = reviews_store_mine(service, cx, cx->who.user_id, in->page_token, limit, &list, &n);
    return e ? e : reply_list(cx, reply, list, n, limit, false);
}

static err get_queue(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct list_query *in = body;
    int64_t limit = in->limit ? in->limit : LIST_LIMIT;
    enum reviews_status status =
        str_eq(in->status, S("rejected")) ? REVIEWS_REJECTED : REVIEWS_PENDING;
    struct reviews_review *list;
    size_t n;
    err e = reviews_queue(service, cx, status, in->page_token, limit, &list, &n);
    return e ? e : reply_list(cx, reply, list, n, limit, true);
}

static const problem *const vote_problems[] = { &ERR_MISSING, &REVIEWS_OWN, NULL };

static const problem *const missing_problems[] = { &ERR_MISSING, NULL };

const struct route reviews_routes[] = {
    { .method = "GET",
        .path = "/api/v1/reviews/{reviewId}",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .in = &path_shape,
        .out = &reviews_shape,
        .problems = missing_problems,
        .fn = get_review,
        .summary = "A published review, or one's own" },
    { .method = "POST",
        .path = "/api/v1/reviews/{reviewId}/helpful",
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .in = &path_shape,
        .out = &vote_shape,
        .problems = vote_problems,
        .fn = post_helpful,
        .conflict = vote_conflict,
        .summary = "Find a review helpful; a repeat changes nothing" },
    { .method = "DELETE",
        .path = "/api/v1/reviews/{reviewId}/helpful",
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .in = &path_shape,
        .out = &vote_shape,
        .problems = vote_problems,
        .fn = delete_helpful,
        .conflict = vote_conflict,
        .summary = "Take the vote back" },
    { .method = "GET",
        .path = "/api/v1/users/me/reviews",
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .in = &mine_shape,
        .out = &list_shape,
        .fn = get_mine,
        .summary = "One's own reviews, newest first, whatever their status" },
    { .method = "GET",
        .path = "/api/v1/admin/reviews",
        .scope = SCOPE_MODERATION,
        .unit = UNIT_READ,
        .in = &queue_shape,
        .out = &list_shape,
        .fn = get_queue,
        .summary = "Reviews that staff should look at, the oldest first" },
    ROUTES_END,
};
