/* SPDX-License-Identifier: Apache-2.0
 * Rows of reviews as structs. Called by the verbs of this folder in their units; must never decide
 * anything. */
#include "services/reviews/reviews_store.h"

#include <string.h>

#include "reviews_sql.h"
#include "services/reviews/reviews_domain.h"

/* ---- a review ---- */

static str images_text(struct arena *arena, const str *images, size_t n)
{
    return n ? str_join(arena, images, n, S("\n")) : (str){ 0 };
}

static const str *images_list(struct arena *arena, str text, size_t *ret_n)
{
    str *list = text.n ? NEW_N(arena, REVIEWS_IMAGES_MAX, str) : NULL;
    *ret_n = 0;
    while (text.n && *ret_n < REVIEWS_IMAGES_MAX)
        list[(*ret_n)++] = str_cut(&text, '\n');
    return list;
}

static struct reviews_review review_of(
    struct arena *arena, const struct reviews_sql_review_lock_row *row)
{
    struct reviews_review r = { .review_id = row->review_id,
        .product_id = row->product_id,
        .user_id = row->user_id,
        .order_item_id = row->order_item_id,
        .rating = row->rating,
        .title = row->title,
        .comment = row->comment,
        .author = row->author,
        .status = reviews_domain_status(row->status),
        .doubt = reviews_domain_doubt_of(row->doubt),
        .verified = row->verified,
        .helpful = row->helpful,
        .created_ms = row->created_ms,
        .updated_ms = row->updated_ms,
        .version = row->version };
    r.images = images_list(arena, row->images, &r.images_n);
    return r;
}

static struct reviews_review *all_of(
    struct arena *arena, const struct reviews_sql_review_lock_row *rows, size_t n)
{
    struct reviews_review *list = NEW_N(arena, n, struct reviews_review);
    for (size_t i = 0; i < n; i++)
        list[i] = review_of(arena, &rows[i]);
    return list;
}

static str doubt_text(enum reviews_doubt doubt)
{
    return doubt ? str_from_c(reviews_doubt_names[doubt]) : (str){ 0 };
}

static struct reviews_sql_review_add_in row_of(struct arena *arena, const struct reviews_review *r)
{
    return (struct reviews_sql_review_add_in){ .review_id = r->review_id,
        .product_id = r->product_id,
        .user_id = r->user_id,
        .order_item_id = r->order_item_id,
        .rating = r->rating,
        .title = r->title.p ? r->title : S(""),
        .comment = r->comment,
        .author = r->author,
        .images = images_text(arena, r->images, r->images_n),
        .status = str_from_c(reviews_status_names[r->status]),
        .doubt = doubt_text(r->doubt),
        .verified = r->verified,
        .helpful = r->helpful,
        .created_ms = r->created_ms,
        .updated_ms = r->updated_ms };
}

err reviews_store_add(
    struct reviews *r, struct cx *cx, const struct reviews_review *in, bool *ret_added)
{
    int64_t changed = 0;
    err e = reviews_sql_review_add(r->deps.db, cx, row_of(cx->arena, in), &changed);
    *ret_added = changed == 1;
    return e;
}

err reviews_store_add_all(
    struct reviews *r, struct cx *cx, const struct reviews_review *in, size_t n)
{
    struct reviews_sql_review_add_in *rows = NEW_N(cx->arena, n, struct reviews_sql_review_add_in);
    int64_t *changed = NEW_N(cx->arena, n, int64_t);
    for (size_t i = 0; i < n; i++)
        rows[i] = row_of(cx->arena, &in[i]);
    err e = reviews_sql_review_add_batch(r->deps.db, cx, rows, n, changed);
    for (size_t i = 0; !e && i < n; i++)
        if (changed[i] != 1)
            return FAIL(cx, ERR_BUG, "an imported review is there already");
    return e;
}

err reviews_store_lock(struct reviews *r, struct cx *cx, id review_id, struct reviews_review *ret)
{
    struct reviews_sql_review_lock_row row;
    bool found = false;
    err e = reviews_sql_review_lock(r->deps.db, cx,
        (struct reviews_sql_review_lock_in){ .review_id = review_id }, &row, &found);
    if (e)
        return e;
    if (!found)
        return FAIL(cx, ERR_MISSING, "no such review");
    *ret = review_of(cx->arena, &row);
    return NULL;
}

err reviews_store_set(struct reviews *r, struct cx *cx, const struct reviews_review *in)
{
    return reviews_sql_review_set(r->deps.db, cx,
        (struct reviews_sql_review_set_in){ .product_id = in->product_id,
            .review_id = in->review_id,
            .rating = in->rating,
            .title = in->title,
            .comment = in->comment,
            .images = images_text(cx->arena, in->images, in->images_n),
            .status = str_from_c(reviews_status_names[in->status]),
            .doubt = doubt_text(in->doubt),
            .order_item_id = in->order_item_id,
            .verified = in->verified,
            .updated_ms = in->updated_ms },
        NULL);
}

err reviews_store_drop(struct reviews *r, struct cx *cx, const struct reviews_review *in)
{
    err e = reviews_sql_vote_drop_all(
        r->deps.db, cx, (struct reviews_sql_vote_drop_all_in){ .review_id = in->review_id }, NULL);
    return e ? e
             : reviews_sql_review_drop(r->deps.db, cx,
                   (struct reviews_sql_review_drop_in){
                       .product_id = in->product_id, .review_id = in->review_id },
                   NULL);
}

/* ---- totals ---- */

static struct reviews_total total_of(const struct reviews_sql_total_get_row *row)
{
    return (struct reviews_total){ .stars = { row->n1, row->n2, row->n3, row->n4, row->n5 },
        .plain = { row->plain1, row->plain2, row->plain3, row->plain4, row->plain5 } };
}

err reviews_store_move(struct reviews *r, struct cx *cx, id product_id,
    const int64_t by[REVIEWS_STARS], struct reviews_total *ret)
{
    struct reviews_sql_total_get_row row;
    bool found = false;
    err e = reviews_sql_total_open(
        r->deps.db, cx, (struct reviews_sql_total_open_in){ .product_id = product_id }, NULL);
    if (!e)
        e = reviews_sql_total_move(r->deps.db, cx,
            (struct reviews_sql_total_move_in){ .product_id = product_id,
                .d1 = by[0],
                .d2 = by[1],
                .d3 = by[2],
                .d4 = by[3],
                .d5 = by[4] },
            &row, &found);
    if (e)
        return e;
    ASSERT(found);
    *ret = total_of(&row);
    return NULL;
}

err reviews_store_totals_put(struct reviews *r, struct cx *cx, const id *product_ids,
    const struct reviews_total *totals, size_t n)
{
    struct reviews_sql_total_put_in *rows = NEW_N(cx->arena, n, struct reviews_sql_total_put_in);
    for (size_t i = 0; i < n; i++) {
        const int64_t *s = totals[i].stars, *p = totals[i].plain;
        rows[i] = (struct reviews_sql_total_put_in){ product_ids[i], s[0], s[1], s[2], s[3], s[4],
            p[0], p[1], p[2], p[3], p[4] };
    }
    return reviews_sql_total_put_batch(r->deps.db, cx, rows, n, NULL);
}

err reviews_total(struct reviews *r, struct cx *cx, id product_id, struct reviews_total *ret)
{
    struct reviews_sql_total_get_row row;
    bool found = false;
    err e = reviews_sql_total_get(r->deps.db, cx,
        (struct reviews_sql_total_get_in){ .product_id = product_id }, &row, &found);
    if (!e)
        *ret = found ? total_of(&row) : (struct reviews_total){ .stars = { 0 } };
    return e;
}

err reviews_total_page(struct reviews *r, struct cx *cx, id after, int64_t limit, id **ret_ids,
    struct reviews_total **ret, size_t *ret_n)
{
    struct reviews_sql_total_get_row *rows;
    err e = reviews_sql_total_page(r->deps.db, cx,
        (struct reviews_sql_total_page_in){ .after = after, .limit = limit }, &rows, ret_n);
    if (e)
        return e;
    *ret_ids = NEW_N(cx->arena, *ret_n, id);
    *ret = NEW_N(cx->arena, *ret_n, struct reviews_total);
    for (size_t i = 0; i < *ret_n; i++) {
        (*ret_ids)[i] = rows[i].product_id;
        (*ret)[i] = total_of(&rows[i]);
    }
    return NULL;
}

/* ---- reading ---- */

err reviews_get_seen(
    struct reviews *r, struct cx *cx, id review_id, id user_id, struct reviews_review *ret)
{
    struct reviews_sql_review_lock_row row;
    bool found = false;
    err e = reviews_sql_review_get(
        r->deps.db, cx, (struct reviews_sql_review_get_in){ .review_id = review_id }, &row, &found);
    if (e)
        return e;
    bool own = found && !id_is_none(user_id) && id_eq(row.user_id, user_id);
    if (!found || (!own && !str_eq(row.status, S("published"))))
        return FAIL(cx, ERR_MISSING, "no such review, or not to be seen");
    *ret = review_of(cx->arena, &row);
    return NULL;
}

err reviews_find(struct reviews *r, struct cx *cx, id product_id, id user_id,
    struct reviews_review *ret, bool *ret_found)
{
    struct reviews_sql_review_lock_row row;
    err e = reviews_sql_review_find(r->deps.db, cx,
        (struct reviews_sql_review_find_in){ .user_id = user_id, .product_id = product_id }, &row,
        ret_found);
    if (!e && *ret_found)
        *ret = review_of(cx->arena, &row);
    return e;
}

err reviews_store_mine(struct reviews *r, struct cx *cx, id user_id, id before, int64_t limit,
    struct reviews_review **ret, size_t *ret_n)
{
    struct reviews_sql_review_lock_row *rows;
    err e = reviews_sql_review_mine(r->deps.db, cx,
        (struct reviews_sql_review_mine_in){
            .user_id = user_id, .before = id_or_greatest(before), .limit = limit },
        &rows, ret_n);
    if (!e)
        *ret = all_of(cx->arena, rows, *ret_n);
    return e;
}

err reviews_queue(struct reviews *r, struct cx *cx, enum reviews_status status, id after,
    int64_t limit, struct reviews_review **ret, size_t *ret_n)
{
    struct reviews_sql_review_lock_row *rows;
    err e = reviews_sql_review_queue(r->deps.db, cx,
        (struct reviews_sql_review_queue_in){
            .status = str_from_c(reviews_status_names[status]), .after = after, .limit = limit },
        &rows, ret_n);
    if (!e)
        *ret = all_of(cx->arena, rows, *ret_n);
    return e;
}

err reviews_store_list(struct reviews *r, struct cx *cx, struct reviews_slice in,
    struct reviews_review **ret, size_t *ret_n)
{
    struct db *db = r->deps.db;
    const struct reviews_wanted *w = &in.wanted;
    struct reviews_sql_review_lock_row *rows = NULL;
    int64_t low = w->rating ? w->rating : 1, high = w->rating ? w->rating : REVIEWS_STARS;
    err e = NULL;
    switch (w->sort) {
    case REVIEWS_HELPFUL:
        e = reviews_sql_list_helpful(db, cx,
            (struct reviews_sql_list_helpful_in){
                w->product_id, low, high, in.key, in.after, w->limit, w->skip },
            &rows, ret_n);
        break;
    case REVIEWS_NEWEST:
        e = reviews_sql_list_newest(db, cx,
            (struct reviews_sql_list_newest_in){
                w->product_id, low, high, in.after, w->limit, w->skip },
            &rows, ret_n);
        break;
    case REVIEWS_RATING_HIGH:
        e = reviews_sql_list_high(db, cx,
            (struct reviews_sql_list_high_in){
                w->product_id, low, high, in.key, in.after, w->limit, w->skip },
            &rows, ret_n);
        break;
    case REVIEWS_RATING_LOW:
        e = reviews_sql_list_low(db, cx,
            (struct reviews_sql_list_low_in){
                w->product_id, low, high, in.key, in.after, w->limit, w->skip },
            &rows, ret_n);
        break;
    case REVIEWS_SORTS_N:
        panic(__FILE__, "no such sort");
    }
    if (!e)
        *ret = all_of(cx->arena, rows, *ret_n);
    return e;
}

err reviews_top(struct reviews *r, struct cx *cx, id product_id, int64_t limit,
    struct reviews_total *ret_total, struct reviews_review **ret, size_t *ret_n)
{
    struct reviews_sql_top_row *rows;
    size_t n;
    err e = reviews_sql_top(r->deps.db, cx,
        (struct reviews_sql_top_in){ .product_id = product_id, .limit = limit }, &rows, &n);
    if (e)
        return e;
    *ret_total = (struct reviews_total){ .stars = { 0 } };
    *ret = NEW_N(cx->arena, n, struct reviews_review);
    *ret_n = 0;
    for (size_t i = 0; i < n; i++) {
        const struct reviews_sql_top_row *row = &rows[i];
        *ret_total =
            (struct reviews_total){ .stars = { row->n1, row->n2, row->n3, row->n4, row->n5 },
                .plain = { row->plain1, row->plain2, row->plain3, row->plain4, row->plain5 } };
        if (id_is_none(row->review_id))
            continue;
        struct reviews_review *v = &(*ret)[(*ret_n)++];
        *v = (struct reviews_review){ .review_id = row->review_id,
            .product_id = product_id,
            .rating = row->rating.v,
            .title = row->title,
            .comment = row->comment,
            .author = row->author,
            .verified = row->verified,
            .helpful = row->helpful.v,
            .created_ms = row->created_ms.v };
        v->images = images_list(cx->arena, row->images, &v->images_n);
    }
    return NULL;
}
