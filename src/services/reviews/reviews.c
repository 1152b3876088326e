/* SPDX-License-Identifier: Apache-2.0
 * The verbs of reviews: check, judge, save, and move the stars of the product in the same unit.
 * Called by routes and flows; must never begin or commit a unit, nor change a review without its
 * total. Rows are locked in one order: the review, then the total. */
#include "services/reviews/reviews.h"

#include <string.h>

#include "platform/http/if_match.h"
#include "reviews_sql.h"
#include "services/reviews/reviews_domain.h"
#include "services/reviews/reviews_store.h"

const problem REVIEWS_TWICE = { KIND_CONFLICT, "reviews.twice", "review_exists",
    "You have reviewed this product already" };
const problem REVIEWS_STALE = { KIND_STALE, "reviews.stale", "review_changed",
    "The review has changed in the meantime" };
const problem REVIEWS_OWN = { KIND_CONFLICT, "reviews.own", "own_review",
    "This is your own review" };

static const problem *const problems[] = { &REVIEWS_TWICE, &REVIEWS_STALE, &REVIEWS_OWN, NULL };
static const struct service_part person_parts[] = {
    { "reviews", &REVIEWS_PERSON_REVIEWS },
    { NULL, NULL },
};
static const struct db_query *const person_erase[] = { &REVIEWS_ERASE_REVIEWS, NULL };
static const struct service_person person = { person_parts, person_erase, NULL };

const struct service reviews_service = {
    .name = "reviews",
    .folder = "src/services/reviews/",
    .routes = reviews_routes,
    .queries = reviews_queries,
    .person = &person,
    .problems = problems,
};

struct reviews *reviews_open(struct arena *life, struct reviews_deps deps)
{
    struct reviews *r = NEW(life, struct reviews);
    r->deps = deps;
    return r;
}

/* ---- writing ---- */

/* What the change did to the stars; before or after is NULL when there is no review. */
static err count(struct reviews *r, struct cx *cx, const struct reviews_review *before,
    const struct reviews_review *after, struct reviews_effect *ret)
{
    int64_t by[REVIEWS_STARS];
    ret->review = after ? *after : *before;
    ret->moved = reviews_domain_delta(before, after, by);
    if (!ret->moved)
        return NULL;
    return reviews_store_move(r, cx, ret->review.product_id, by, &ret->total);
}

static void doubt(struct cx *cx, struct reviews_review *r)
{
    r->doubt = reviews_domain_doubt(cx->arena, r->title, r->comment);
    if (r->status != REVIEWS_REJECTED)
        r->status = r->doubt ? REVIEWS_PENDING : REVIEWS_PUBLISHED;
}

err reviews_post(
    struct reviews *r, struct cx *cx, const struct reviews_review *in, struct reviews_effect *ret)
{
    struct reviews_review review = *in;
    bool added = false;
    reviews_domain_tidy(cx->arena, &review);
    err e = reviews_domain_check(cx, &review);
    if (e)
        return e;
    review.review_id = cx_id(cx);
    review.author = reviews_shown_name(cx->arena, in->author);
    review.status = REVIEWS_PUBLISHED;
    review.verified = !id_is_none(in->order_item_id);
    review.helpful = 0;
    review.created_ms = review.updated_ms = cx->now_ms;
    review.version = 1;
    doubt(cx, &review);
    e = reviews_store_add(r, cx, &review, &added);
    if (e)
        return e;
    if (!added)
        return FAIL(cx, REVIEWS_TWICE, "one of a user and product");
    return count(r, cx, NULL, &review, ret);
}

/* Before a change: whether it is the review that the caller has seen. */
static err seen(struct cx *cx, const struct reviews_review *review, str if_match)
{
    if (if_match_holds(if_match, review->version))
        return NULL;
    return FAIL(cx, REVIEWS_STALE, "version %lld", (long long)review->version);
}

err reviews_change(struct reviews *r, struct cx *cx, const struct reviews_review *in, str if_match,
    struct reviews_effect *ret)
{
    struct reviews_review before;
    err e = reviews_store_lock(r, cx, in->review_id, &before);
    if (e)
        return e;
    if (!id_eq(before.user_id, in->user_id))
        return FAIL(cx, ERR_MISSING, "another's review");
    e = seen(cx, &before, if_match);
    if (e)
        return e;
    struct reviews_review after = before;
    after.rating = in->rating;
    after.title = in->title;
    after.comment = in->comment;
    after.images = in->images;
    after.images_n = in->images_n;
    reviews_domain_tidy(cx->arena, &after);
    e = reviews_domain_check(cx, &after);
    if (e)
        return e;
    if (!after.verified && !id_is_none(in->order_item_id)) {
        after.order_item_id = in->order_item_id;
        after.verified = true;
    }
    doubt(cx, &after);
    after.updated_ms = cx->now_ms;
    after.version++;
    e = reviews_store_set(r, cx, &after);
    return e ? e : count(r, cx, &before, &after, ret);
}

err reviews_remove(struct reviews *r, struct cx *cx, id user_id, id review_id, str if_match,
    struct reviews_effect *ret)
{
    struct reviews_review before;
    err e = reviews_store_lock(r, cx, review_id, &before);
    if (e)
        return e;
    if (!id_eq(before.user_id, user_id))
        return FAIL(cx, ERR_MISSING, "another's review");
    e = seen(cx, &before, if_match);
    if (!e)
        e = reviews_store_drop(r, cx, &before);
    return e ? e : count(r, cx, &before, NULL, ret);
}

err reviews_judge(struct reviews *r, struct cx *cx, id review_id, enum reviews_status status,
    str if_match, struct reviews_effect *ret)
{
    struct reviews_review before;
    err e = reviews_store_lock(r, cx, review_id, &before);
    if (!e)
        e = seen(cx, &before, if_match);
    if (e)
        return e;
    struct reviews_review after = before;
    if (before.status != status) {
        after.status = status;
        after.updated_ms = cx->now_ms;
        after.version++;
        e = reviews_store_set(r, cx, &after);
    }
    return e ? e : count(r, cx, &before, &after, ret);
}

err reviews_unverify(
    struct reviews *r, struct cx *cx, id user_id, const id *order_item_ids, size_t n)
{
    struct reviews_sql_review_unverify_in *ins =
        NEW_N(cx->arena, n, struct reviews_sql_review_unverify_in);
    for (size_t i = 0; i < n; i++)
        ins[i] = (struct reviews_sql_review_unverify_in){ order_item_ids[i], user_id, cx->now_ms };
    return reviews_sql_review_unverify_batch(r->deps.db, cx, ins, n, NULL);
}

err reviews_vote(
    struct reviews *r, struct cx *cx, struct reviews_vote in, struct reviews_review *ret)
{
    struct db *db = r->deps.db;
    struct reviews_review review;
    int64_t changed = 0;
    err e = reviews_store_lock(r, cx, in.review_id, &review);
    if (e)
        return e;
    if (review.status != REVIEWS_PUBLISHED)
        return FAIL(cx, ERR_MISSING, "not published");
    if (id_eq(review.user_id, in.user_id))
        return FAIL(cx, REVIEWS_OWN, "a vote for oneself");
    if (in.helpful)
        e = reviews_sql_vote_add(db, cx,
            (struct reviews_sql_vote_add_in){ in.review_id, in.user_id, cx->now_ms }, &changed);
    else
        e = reviews_sql_vote_drop(
            db, cx, (struct reviews_sql_vote_drop_in){ in.review_id, in.user_id }, &changed);
    int64_t by = in.helpful ? changed : -changed;
    review.helpful += by;
    if (!e && by)
        e = reviews_sql_review_helpful(db, cx,
            (struct reviews_sql_review_helpful_in){ review.product_id, in.review_id, by }, NULL);
    if (!e)
        *ret = review;
    return e;
}

err reviews_import(struct reviews *r, struct cx *cx, struct reviews_history in)
{
    err e = reviews_store_totals_put(r, cx, in.product_ids, in.totals, in.totals_n);
    return e ? e : reviews_store_add_all(r, cx, in.reviews, in.reviews_n);
}

/* ---- lists ---- */

static int64_t key_of(enum reviews_sort sort, const struct reviews_review *r)
{
    if (sort == REVIEWS_HELPFUL)
        return r->helpful;
    return sort == REVIEWS_NEWEST ? 0 : r->rating;
}

str reviews_after(struct arena *arena, enum reviews_sort sort, const struct reviews_review *last)
{
    return str_fmt(arena, "%d.%lld." STR_F, (int)sort, (long long)key_of(sort, last),
        STR_A(id_text(arena, last->review_id)));
}

static bool read_after(str token, struct reviews_slice *ret)
{
    int64_t sort;
    str rest = token;
    return str_to_i64(str_cut(&rest, '.'), &sort) && sort == (int64_t)ret->wanted.sort &&
           str_to_i64(str_cut(&rest, '.'), &ret->key) && id_parse(rest, &ret->after);
}

err reviews_list(struct reviews *r, struct cx *cx, struct reviews_wanted in,
    struct reviews_review **ret, size_t *ret_n)
{
    ASSERT(in.limit > 0 && in.limit <= REVIEWS_PAGE_MAX);
    ASSERT(in.skip >= 0 && in.skip <= REVIEWS_SKIP_MAX && in.sort < REVIEWS_SORTS_N);
    struct reviews_slice slice = {
        .wanted = in, .key = in.sort == REVIEWS_RATING_LOW ? 0 : INT64_MAX, .after = id_greatest()
    };
    if (in.after.n && !read_after(in.after, &slice)) {
        cx_field(cx, S("/pageToken"), "not_allowed", "is no token of this list");
        return FAIL(cx, ERR_INVALID, "page token");
    }
    return reviews_store_list(r, cx, slice, ret, ret_n);
}

#define SLICE_PRODUCTS 20000 /* within the time that a statement has */

static err check_slice(
    struct reviews *r, struct cx *cx, id after, id *ret_until, bool *ret_more, size_t *wrong)
{
    struct reviews_sql_check_slice_row end;
    struct reviews_sql_check_totals_row totals = { .wrong = 0 };
    struct reviews_sql_check_strays_row strays = { .wrong = 0 };
    bool found = false;
    err e = reviews_sql_check_slice(r->deps.db, cx,
        (struct reviews_sql_check_slice_in){ .after = after, .products = SLICE_PRODUCTS }, &end,
        ret_more);
    if (e)
        return e;
    *ret_until = *ret_more ? end.product_id : id_greatest();
    e = reviews_sql_check_totals(
        r->deps.db, cx, (struct reviews_sql_check_totals_in){ after, *ret_until }, &totals, &found);
    if (!e)
        e = reviews_sql_check_strays(r->deps.db, cx,
            (struct reviews_sql_check_strays_in){ after, *ret_until }, &strays, &found);
    *wrong += (size_t)(totals.wrong + strays.wrong);
    return e;
}

err reviews_check(struct reviews *r, struct cx *cx, size_t *ret_wrong)
{
    struct reviews_sql_check_votes_row votes = { .wrong = 0 };
    id after = { .b = { 0 } };
    bool more = true, found = false;
    *ret_wrong = 0;
    while (more) {
        err e = check_slice(r, cx, after, &after, &more, ret_wrong);
        if (e)
            return e;
    }
    err e = reviews_sql_check_votes(r->deps.db, cx, &votes, &found);
    *ret_wrong += (size_t)votes.wrong;
    return e;
}
