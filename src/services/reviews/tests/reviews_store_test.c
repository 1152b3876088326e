/* SPDX-License-Identifier: Apache-2.0
 * The verbs of reviews on both engines. Run by meson. */
#include "services/reviews/reviews_store.h"
#include "tests/support/store.h"

static const char *const folders[] = { "services/reviews", NULL };

struct world {
    struct store *s;
    struct reviews *r;
    struct reviews_review in;
    struct reviews_effect effect;
    struct reviews_vote vote;
    struct reviews_review voted;
    struct reviews_wanted wanted;
    struct reviews_history history;
    struct reviews_review *list;
    struct reviews_total total;
    str if_match;
    size_t n, wrong;
    enum reviews_status status;
    id review_id, user_id, item_id;
};

static struct world world_open(void **state)
{
    struct world w = { .s = store_open(store_engine(state), folders) };
    w.r = reviews_open(store_cx(w.s)->arena, (struct reviews_deps){ .db = store_db(w.s) });
    return w;
}

static id id_of(int n)
{
    id a = { .b = { [6] = 0x70, [8] = 0x80, [15] = (uint8_t)n } };
    return a;
}
#define PRODUCT id_of(200)

static err post(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return reviews_post(w->r, cx, &w->in, &w->effect);
}
static err change(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return reviews_change(w->r, cx, &w->in, w->if_match, &w->effect);
}
static err take_back(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return reviews_remove(w->r, cx, w->user_id, w->review_id, w->if_match, &w->effect);
}
static err judge(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return reviews_judge(w->r, cx, w->review_id, w->status, w->if_match, &w->effect);
}
static err unverify(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return reviews_unverify(w->r, cx, w->user_id, &w->item_id, 1);
}
static err vote(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return reviews_vote(w->r, cx, w->vote, &w->voted);
}
static err import(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return reviews_import(w->r, cx, w->history);
}
static err list(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return reviews_list(w->r, cx, w->wanted, &w->list, &w->n);
}
static err top(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return reviews_top(w->r, cx, PRODUCT, 2, &w->total, &w->list, &w->n);
}
static err queue(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return reviews_queue(w->r, cx, w->status, (id){ { 0 } }, 10, &w->list, &w->n);
}
static err mine(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return reviews_store_mine(w->r, cx, w->user_id, (id){ { 0 } }, 10, &w->list, &w->n);
}
static err seen(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return reviews_get_seen(w->r, cx, w->review_id, w->user_id, &w->voted);
}
static err count(void *arg, struct cx *cx)
{
    struct world *w = arg;
    err e = reviews_total(w->r, cx, PRODUCT, &w->total);
    return e ? e : reviews_check(w->r, cx, &w->wrong);
}

static struct reviews_review words(int user, int64_t rating, const char *comment)
{
    return (struct reviews_review){ .product_id = PRODUCT,
        .user_id = id_of(user),
        .rating = rating,
        .title = S("A title"),
        .comment = str_from_c(comment),
        .author = S("Ada Lovelace") };
}

/* Writes a review, each a second after the one before. */
static id say(struct world *w, int user, int64_t rating, const char *comment)
{
    struct cx *cx = store_cx(w->s);
    cx->now_ms += 1000;
    w->in = words(user, rating, comment);
    CHECK_ERR(cx, store_write(w->s, post, w), NULL);
    return w->effect.review.review_id;
}

static void check_total(struct world *w, int64_t n, int64_t sum)
{
    CHECK_ERR(store_cx(w->s), store_read(w->s, count, w), NULL);
    CHECK_INT(reviews_total_count(&w->total), n);
    CHECK_INT(reviews_total_sum(&w->total), sum);
    CHECK_INT((int64_t)w->wrong, 0);
}

static void test_life(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    str image = S("/media/b/0123.png");
    w.in = words(1, 4, " Good.\nStill good. ");
    w.in.order_item_id = id_of(90);
    w.in.images = &image;
    w.in.images_n = 1;
    CHECK_ERR(cx, store_write(w.s, post, &w), NULL);
    CHECK(w.effect.moved && w.effect.review.verified);
    CHECK_INT(reviews_total_sum(&w.effect.total), 4);
    w.review_id = w.effect.review.review_id;
    CHECK_ERR(cx, store_read(w.s, seen, &w), NULL);
    CHECK_STR(w.voted.comment, S("Good.\nStill good."));
    CHECK_STR(w.voted.author, S("Ada L."));
    CHECK_INT((int64_t)w.voted.images_n, 1);
    CHECK_STR(w.voted.images[0], image);
    CHECK_ERR(cx, store_write(w.s, post, &w), &REVIEWS_TWICE);
    check_total(&w, 1, 4);

    w.in = words(1, 2, "Broke after a week");
    w.in.review_id = w.review_id;
    w.if_match = S("\"v2\"");
    CHECK_ERR(cx, store_write(w.s, change, &w), &REVIEWS_STALE);
    CHECK_ERR(cx, store_write(w.s, judge, &w), &REVIEWS_STALE);
    w.if_match = S("\"v1\"");
    CHECK_ERR(cx, store_write(w.s, change, &w), NULL);
    w.if_match = (str){ 0 };
    CHECK_INT(w.effect.review.version, 2);
    CHECK(w.effect.review.verified);
    check_total(&w, 1, 2);
    w.in.user_id = id_of(2);
    CHECK_ERR(cx, store_write(w.s, change, &w), &ERR_MISSING);

    w.user_id = id_of(2);
    CHECK_ERR(cx, store_write(w.s, take_back, &w), &ERR_MISSING);
    w.user_id = id_of(1);
    CHECK_ERR(cx, store_write(w.s, take_back, &w), NULL);
    check_total(&w, 0, 0);
    CHECK_ERR(cx, store_write(w.s, take_back, &w), &ERR_MISSING);
    say(&w, 1, 5, "Once more");
    check_total(&w, 1, 5);
    store_close(w.s);
}

static void test_moderation(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    w.review_id = say(&w, 1, 1, "Cheaper at www.example");
    CHECK(!w.effect.moved);
    CHECK_INT(w.effect.review.status, REVIEWS_PENDING);
    check_total(&w, 0, 0);
    w.user_id = id_of(2);
    CHECK_ERR(cx, store_read(w.s, seen, &w), &ERR_MISSING);
    w.user_id = id_of(1);
    CHECK_ERR(cx, store_read(w.s, seen, &w), NULL);
    w.status = REVIEWS_PENDING;
    CHECK_ERR(cx, store_read(w.s, queue, &w), NULL);
    CHECK_INT((int64_t)w.n, 1);
    CHECK_INT(w.list[0].doubt, REVIEWS_LINK);
    w.vote =
        (struct reviews_vote){ .review_id = w.review_id, .user_id = id_of(2), .helpful = true };
    CHECK_ERR(cx, store_write(w.s, vote, &w), &ERR_MISSING);

    static const struct {
        enum reviews_status to;
        int64_t n;
        bool moved;
    } steps[] = { { REVIEWS_PUBLISHED, 1, true }, { REVIEWS_PUBLISHED, 1, false },
        { REVIEWS_REJECTED, 0, true }, { REVIEWS_PUBLISHED, 1, true },
        { REVIEWS_REJECTED, 0, true } };
    for (size_t i = 0; i < COUNT(steps); i++) {
        w.status = steps[i].to;
        CHECK_ERR(cx, store_write(w.s, judge, &w), NULL);
        CHECK(w.effect.moved == steps[i].moved);
        check_total(&w, steps[i].n, steps[i].n);
    }
    w.in = words(1, 5, "Now without an address"); /* the author cannot undo a rejection */
    w.in.review_id = w.review_id;
    CHECK_ERR(cx, store_write(w.s, change, &w), NULL);
    CHECK_INT(w.effect.review.status, REVIEWS_REJECTED);
    check_total(&w, 0, 0);
    w.review_id = id_of(99);
    CHECK_ERR(cx, store_write(w.s, judge, &w), &ERR_MISSING);
    store_close(w.s);
}

static void test_votes(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    id review_id = say(&w, 1, 4, "Good");
    static const struct {
        const char *name;
        int user;
        bool helpful;
        int64_t after;
    } steps[] = { { "first", 2, true, 1 }, { "the same", 2, true, 1 }, { "second", 3, true, 2 },
        { "back", 2, false, 1 }, { "back again", 2, false, 1 }, { "anew", 2, true, 2 } };
    for (size_t i = 0; i < COUNT(steps); i++) {
        w.vote = (struct reviews_vote){ review_id, id_of(steps[i].user), steps[i].helpful };
        CHECK_ERR(cx, store_write(w.s, vote, &w), NULL);
        CASE_INT(steps[i].name, w.voted.helpful, steps[i].after);
        check_total(&w, 1, 4);
    }
    w.vote.user_id = id_of(1);
    CHECK_ERR(cx, store_write(w.s, vote, &w), &REVIEWS_OWN);
    w.review_id = review_id;
    w.user_id = id_of(1);
    CHECK_ERR(cx, store_write(w.s, take_back, &w), NULL);
    check_total(&w, 0, 0); /* no votes are left over */
    store_close(w.s);
}

static void test_badge(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    w.in = words(1, 5, "Good");
    w.in.order_item_id = w.item_id = id_of(90);
    CHECK_ERR(cx, store_write(w.s, post, &w), NULL);
    w.review_id = w.effect.review.review_id;
    w.user_id = id_of(2);
    CHECK_ERR(cx, store_write(w.s, unverify, &w), NULL); /* another's order item */
    CHECK_ERR(cx, store_read(w.s, seen, &w), NULL);
    CHECK(w.voted.verified);
    w.user_id = id_of(1);
    CHECK_ERR(cx, store_write(w.s, unverify, &w), NULL);
    CHECK_ERR(cx, store_read(w.s, seen, &w), NULL);
    CHECK(!w.voted.verified && id_is_none(w.voted.order_item_id));
    w.in = words(1, 4, "Bought another");
    w.in.review_id = w.review_id;
    CHECK_ERR(cx, store_write(w.s, change, &w), NULL);
    CHECK(!w.effect.review.verified);
    w.in.order_item_id = id_of(91);
    CHECK_ERR(cx, store_write(w.s, change, &w), NULL);
    CHECK_ERR(cx, store_read(w.s, seen, &w), NULL);
    CHECK(w.voted.verified && id_eq(w.voted.order_item_id, id_of(91)));
    store_close(w.s);
}

/* Users 1 to 6 gave 5 3 5 1 4 3 stars, in this order; 2 and 5 have a vote, 4 has two. */
static void fill(struct world *w)
{
    static const int64_t stars[] = { 5, 3, 5, 1, 4, 3 };
    static const int votes[][2] = { { 2, 11 }, { 4, 11 }, { 4, 12 }, { 5, 12 } };
    id ids[7];
    for (int i = 1; i <= 6; i++)
        ids[i] = say(w, i, stars[i - 1], "Words");
    for (size_t v = 0; v < COUNT(votes); v++) {
        w->vote = (struct reviews_vote){ ids[votes[v][0]], id_of(votes[v][1]), true };
        CHECK_ERR(store_cx(w->s), store_write(w->s, vote, w), NULL);
    }
    say(w, 7, 5, "FOR STAFF TO LOOK AT FIRST");
}

static const struct {
    const char *name;
    enum reviews_sort sort;
    int64_t rating;
    const char *users; /* in order */
} orders[] = {
    { "helpful", REVIEWS_HELPFUL, 0, "452631" },
    { "newest", REVIEWS_NEWEST, 0, "654321" },
    { "best first", REVIEWS_RATING_HIGH, 0, "315624" },
    { "worst first", REVIEWS_RATING_LOW, 0, "462531" },
    { "three stars, helpful", REVIEWS_HELPFUL, 3, "26" },
    { "five stars, newest", REVIEWS_NEWEST, 5, "31" },
    { "two stars", REVIEWS_RATING_LOW, 2, "" },
};

static void test_lists(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    fill(&w);
    check_total(&w, 6, 21);
    for (size_t i = 0; i < COUNT(orders); i++) {
        str want = str_from_c(orders[i].users);
        for (int64_t limit = 1; limit <= 7; limit++) { /* by tokens, and by page numbers */
            w.wanted = (struct reviews_wanted){ .product_id = PRODUCT,
                .sort = orders[i].sort,
                .rating = orders[i].rating,
                .limit = limit };
            size_t at = 0;
            do {
                CHECK_ERR(cx, store_read(w.s, list, &w), NULL);
                for (size_t k = 0; k < w.n; k++)
                    CASE_INT(orders[i].name, w.list[k].user_id.b[15],
                        at + k < want.n ? want.p[at + k] - '0' : -1);
                at += w.n;
                if (w.n)
                    w.wanted.after = reviews_after(cx->arena, orders[i].sort, &w.list[w.n - 1]);
            } while (w.n == (size_t)limit);
            CASE_INT(orders[i].name, (int64_t)at, (int64_t)want.n);
            w.wanted.after = (str){ 0 };
            w.wanted.skip = limit;
            CHECK_ERR(cx, store_read(w.s, list, &w), NULL);
            CASE_INT(orders[i].name, w.n ? w.list[0].user_id.b[15] : -1,
                (size_t)limit < want.n ? want.p[limit] - '0' : -1);
        }
    }
    w.wanted.after = S("9.x");
    CHECK_ERR(cx, store_read(w.s, list, &w), &ERR_INVALID);
    CHECK_ERR(cx, store_read(w.s, top, &w), NULL);
    CHECK_INT((int64_t)w.n, 2);
    CHECK_INT(reviews_total_sum(&w.total), 21);
    CHECK_INT(w.list[0].helpful, 2);
    CHECK_INT(w.list[0].rating, 1);
    CHECK_INT(w.list[1].rating, 4);
    w.user_id = id_of(7);
    CHECK_ERR(cx, store_read(w.s, mine, &w), NULL);
    CHECK_INT((int64_t)w.n, 1);
    store_close(w.s);
}

static void test_import(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    id product_id = PRODUCT;
    struct reviews_total total = { .stars = { 0, 0, 0, 3, 9 }, .plain = { 0, 0, 0, 2, 9 } };
    struct reviews_review one = words(1, 4, "From elsewhere");
    one.review_id = id_of(50);
    one.verified = true;
    one.helpful = 7;
    one.created_ms = one.updated_ms = cx->now_ms - 5000;
    w.history = (struct reviews_history){ &one, 1, &product_id, &total, 1 };
    CHECK_ERR(cx, store_write(w.s, import, &w), NULL);
    check_total(&w, 12, 57);
    CHECK_INT(reviews_total_texts(&w.total, 0), 1);
    CHECK_ERR(cx, store_read(w.s, top, &w), NULL);
    CHECK_INT((int64_t)w.n, 1);
    CHECK_INT(w.list[0].helpful, 7);
    CHECK_INT(w.list[0].created_ms, one.created_ms);
    say(&w, 2, 1, "Not as they say");
    check_total(&w, 13, 58);
    CHECK_INT(reviews_total_texts(&w.total, 0), 2);
    store_script(w.s, "UPDATE reviews_total SET n5 = n5 + 1");
    CHECK_ERR(cx, store_read(w.s, count, &w), NULL);
    CHECK_INT((int64_t)w.wrong, 1);
    store_close(w.s);
}

static void test_nothing_there(void **state)
{
    struct world w = world_open(state);
    CHECK_ERR(store_cx(w.s), store_read(w.s, top, &w), NULL);
    CHECK_INT((int64_t)w.n, 0);
    CHECK_INT(reviews_total_count(&w.total), 0);
    check_total(&w, 0, 0);
    store_close(w.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_life),
        STORE_TEST(test_moderation),
        STORE_TEST(test_votes),
        STORE_TEST(test_badge),
        STORE_TEST(test_lists),
        STORE_TEST(test_import),
        STORE_TEST(test_nothing_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
