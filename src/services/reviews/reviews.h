/* SPDX-License-Identifier: Apache-2.0
 * What buyers think of products: reviews, helpful votes, moderation, and the exact number of stars
 * of each product. Whether somebody bought a product, and what the catalogue shows, is a flow's.
 * All verbs run in the caller's unit; what they return lives in cx->arena. */
#ifndef SOUK_SERVICES_REVIEWS_REVIEWS_H
#define SOUK_SERVICES_REVIEWS_REVIEWS_H

#include "base/json.h"
#include "platform/http/service.h"

struct reviews;
extern const struct service reviews_service;

extern const problem REVIEWS_TWICE; /* 409 review_exists: one of a user for a product */
extern const problem REVIEWS_STALE; /* 412 review_changed: another version */
extern const problem REVIEWS_OWN;   /* 409 own_review: nobody votes for their own */

struct reviews_deps {
    struct db *db;
};
struct reviews *reviews_open(struct arena *life, struct reviews_deps deps);

#define REVIEWS_STARS 5
#define REVIEWS_TITLE_MAX 150    /* bytes, as all texts */
#define REVIEWS_COMMENT_MAX 5000 /* plain text; lines are kept */
#define REVIEWS_IMAGES_MAX 5
#define REVIEWS_PAGE_MAX 100
#define REVIEWS_SKIP_MAX 5000 /* beyond it go on with `after` */

enum reviews_status {
    REVIEWS_PUBLISHED,
    REVIEWS_PENDING, /* a rule had a doubt: staff will look; the author alone sees it */
    REVIEWS_REJECTED,
    REVIEWS_STATUSES_N,
};
extern const char *const reviews_status_names[REVIEWS_STATUSES_N + 1];
/* Why staff should look, by the rules of reviews_domain.c. */
enum reviews_doubt {
    REVIEWS_NO_DOUBT,
    REVIEWS_LINK,     /* an address of the web or of mail */
    REVIEWS_REPEATED, /* one character six times in a row */
    REVIEWS_SHOUTING, /* capitals only */
    REVIEWS_WORD,     /* a word of the list */
    REVIEWS_DOUBTS_N,
};
extern const char *const reviews_doubt_names[REVIEWS_DOUBTS_N + 1];

struct reviews_review {
    id review_id, product_id, user_id;
    id order_item_id; /* proves the purchase; none: nothing does */
    int64_t rating;   /* 1 to 5 */
    str title;        /* may be empty */
    str comment;
    str author;        /* the name that is shown: "Ada L." */
    const str *images; /* paths of kept pictures, "/media/b/..." */
    size_t images_n;
    enum reviews_status status;
    enum reviews_doubt doubt;
    bool verified; /* bought here */
    int64_t helpful, created_ms, updated_ms, version;
};
/* Stars of the published reviews of a product, and of ratings that were taken over without text. */
struct reviews_total {
    int64_t stars[REVIEWS_STARS]; /* how often 1, 2, 3, 4, 5 */
    int64_t plain[REVIEWS_STARS]; /* of them, those without a text */
};
int64_t reviews_total_count(const struct reviews_total *t);
int64_t reviews_total_sum(const struct reviews_total *t);
double reviews_total_average(const struct reviews_total *t); /* to a tenth; 0: nobody */
int64_t reviews_total_texts(const struct reviews_total *t, int64_t rating); /* rating 0: all */

/* "Ada Lovelace" is shown as "Ada L.". */
str reviews_shown_name(struct arena *arena, str name);

/* What a change did to the stars of its product: the flow tells the catalogue. */
struct reviews_effect {
    struct reviews_review review; /* as it is now, or was when it is gone */
    struct reviews_total total;
    bool moved; /* the total is another; else it is not filled */
};

/* ---- writing ---- */

/* WRITE. in: product, user, order item (verified when there is one), rating, title, comment,
 * author (a full name), images. Published at once, unless a rule has a doubt: then pending.
 * REVIEWS_TWICE. ERR_INVALID names every field beyond the limits. */
err reviews_post(struct reviews *r, struct cx *cx, const struct reviews_review *in,
    struct reviews_effect *ret) MUST_USE;
/* WRITE. The author's new rating, title, comment and images for in->review_id; judged anew, but
 * what staff rejected stays so. An order item gives the badge, none leaves it as it is.
 * ERR_MISSING: not there, or another's. ERR_INVALID. Here and below, REVIEWS_STALE: if_match
 * (absent: any) is of another version. */
err reviews_change(struct reviews *r, struct cx *cx, const struct reviews_review *in, str if_match,
    struct reviews_effect *ret) MUST_USE;
/* WRITE. The author takes it back, with its votes. ERR_MISSING: not there, or another's. */
err reviews_remove(struct reviews *r, struct cx *cx, id user_id, id review_id, str if_match,
    struct reviews_effect *ret) MUST_USE;
/* WRITE. Staff publish or reject; the status it has: nothing happens. ERR_MISSING. */
err reviews_judge(struct reviews *r, struct cx *cx, id review_id, enum reviews_status status,
    str if_match, struct reviews_effect *ret) MUST_USE;
/* WRITE. The purchase of these order items came to nothing: their reviews lose the badge. */
err reviews_unverify(
    struct reviews *r, struct cx *cx, id user_id, const id *order_item_ids, size_t n) MUST_USE;
/* WRITE. A user's vote for a published review, given or taken back; a repeat changes nothing.
 * ERR_MISSING. REVIEWS_OWN. */
struct reviews_vote {
    id review_id, user_id;
    bool helpful; /* false: taken back */
};
err reviews_vote(
    struct reviews *r, struct cx *cx, struct reviews_vote in, struct reviews_review *ret) MUST_USE;

/* WRITE. Reviews as they were elsewhere, with their ids, times, votes and badges, published and
 * not judged; and the totals of their products, which must have had none. Of totals `plain` is what
 * the reviews do not account for: the caller has counted. */
struct reviews_history {
    const struct reviews_review *reviews;
    size_t reviews_n;
    const id *product_ids; /* of totals, each once */
    const struct reviews_total *totals;
    size_t totals_n;
};
err reviews_import(struct reviews *r, struct cx *cx, struct reviews_history in) MUST_USE;

/* ---- reading ---- */

/* As this user (none: anybody) may see it: published, or their own. ERR_MISSING. */
err reviews_get_seen(struct reviews *r, struct cx *cx, id review_id, id user_id,
    struct reviews_review *ret) MUST_USE;
/* The user's review of the product, whatever its status; *ret_found says whether there is one. */
err reviews_find(struct reviews *r, struct cx *cx, id product_id, id user_id,
    struct reviews_review *ret, bool *ret_found) MUST_USE;
err reviews_total(
    struct reviews *r, struct cx *cx, id product_id, struct reviews_total *ret) MUST_USE;
/* Totals by product_id, after `after` (none: from the start). */
err reviews_total_page(struct reviews *r, struct cx *cx, id after, int64_t limit, id **ret_ids,
    struct reviews_total **ret, size_t *ret_n) MUST_USE;

enum reviews_sort {
    REVIEWS_HELPFUL, /* most votes first */
    REVIEWS_NEWEST,
    REVIEWS_RATING_HIGH, /* most stars first */
    REVIEWS_RATING_LOW,
    REVIEWS_SORTS_N,
};
extern const char *const reviews_sort_names[REVIEWS_SORTS_N + 1];
/* Published ones of a product; of equals the newer one first. */
struct reviews_wanted {
    id product_id;
    enum reviews_sort sort;
    int64_t rating; /* 0: all */
    int64_t limit;  /* 1 to REVIEWS_PAGE_MAX */
    int64_t skip;   /* for page numbers; at most REVIEWS_SKIP_MAX */
    str after;      /* a token of reviews_after; absent: from the first */
};
/* ERR_INVALID: `after` is no token of this sort. */
err reviews_list(struct reviews *r, struct cx *cx, struct reviews_wanted in,
    struct reviews_review **ret, size_t *ret_n) MUST_USE;
/* Where a page that ends with this review goes on. */
str reviews_after(struct arena *arena, enum reviews_sort sort, const struct reviews_review *last);
/* The total and the most helpful ones, with one statement: for the product's page. */
err reviews_top(struct reviews *r, struct cx *cx, id product_id, int64_t limit,
    struct reviews_total *ret_total, struct reviews_review **ret, size_t *ret_n) MUST_USE;

/* What staff look at: of a status other than published, oldest first, after `after`. */
err reviews_queue(struct reviews *r, struct cx *cx, enum reviews_status status, id after,
    int64_t limit, struct reviews_review **ret, size_t *ret_n) MUST_USE;

/* Invariants for `souk check-data`: totals that disagree with the reviews, votes with counts. */
err reviews_check(struct reviews *r, struct cx *cx, size_t *ret_wrong) MUST_USE;

/* ---- as JSON, for the routes of flows ---- */
struct reviews_json {
    id review_id, product_id;
    int64_t rating, helpful_count, created_at, updated_at;
    str title, comment, author, status, doubt;
    const str *images;
    size_t images_n;
    bool verified_purchase;
};
/* `doubt` is for staff; absent otherwise. */
extern const struct json_shape reviews_shape;
struct reviews_json reviews_json_of(const struct reviews_review *r);

#endif
