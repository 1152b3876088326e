/* SPDX-License-Identifier: Apache-2.0
 * The verbs of fraud on both engines: who is counted with whom and for how long, card testing,
 * answers that repeat, outcomes, the queue, learning from rows. Run by meson. */
#include "services/fraud/tests/fraud_desk.h"
#include "base/instant.h"
#include "services/fraud/fraud_store.h"

#define DECISION(v) str_from_c(fraud_decision_names[(v).decision])

/* ---- velocity and card testing: a run of equal orders, and what the last one meets ---- */

static const struct run_case {
    const char *name;
    int n; /* orders before */
    struct desk_order order;
    bool many_cards;
    int64_t wait_ms; /* before the last */
    enum fraud_decision want;
    const char *reason;
} runs[] = {
    { "a buyer's twentieth", 19, { .email = "a@b.c" }, false, 0, FRAUD_ALLOW, NULL },
    { "a buyer's next", 20, { .email = "a@b.c" }, false, 0, FRAUD_REVIEW, "buyer_velocity" },
    { "an hour later", 20, { .email = "a@b.c" }, false, HOUR_MS, FRAUD_ALLOW, NULL },
    { "one user", 20, { .user_id = { { 9 } } }, false, 0, FRAUD_REVIEW, "buyer_velocity" },
    { "one address", 40, { .peer = "203.0.113.7" }, false, 0, FRAUD_REVIEW, "address_velocity" },
    { "one /64", 40, { .peer = "2001:db8::7" }, false, 0, FRAUD_REVIEW, "address_velocity" },
    { "one device", 20, { .device = "d1" }, false, 0, FRAUD_REVIEW, "device_velocity" },
    { "a card that all use", 60, { .card = "pm_1" }, false, 0, FRAUD_ALLOW, NULL },
    { "spending at the limit", 3, { .email = "a@b.c", .minor = 500000 }, false, 0, FRAUD_ALLOW,
        NULL },
    { "spending over it", 4, { .email = "a@b.c", .minor = 500000 }, false, 0, FRAUD_REVIEW,
        "spending_limit" },
    { "spending, what was cancelled", 4,
        { .email = "a@b.c", .minor = 500000, .outcome = FRAUD_CANCELLED }, false, 0, FRAUD_ALLOW,
        NULL },
    { "spending, a day later", 4, { .email = "a@b.c", .minor = 500000 }, false, 24 * HOUR_MS,
        FRAUD_ALLOW, NULL },
    { "cards from one device", 6, { .device = "d1", .minor = 100 }, true, 0, FRAUD_DENY,
        "card_testing" },
    { "cards from one device, one fewer", 5, { .device = "d1", .minor = 100 }, true, 0, FRAUD_ALLOW,
        NULL },
    { "small amounts from one address", 6, { .peer = "203.0.113.7", .minor = 100 }, true, 0,
        FRAUD_DENY, "card_testing" },
    { "an office", 12, { .peer = "203.0.113.7", .minor = 9000, .outcome = FRAUD_PAID }, true, 0,
        FRAUD_ALLOW, NULL },
    { "refused payments from one address", 8,
        { .peer = "203.0.113.7", .minor = 9000, .outcome = FRAUD_DECLINED }, true, 0, FRAUD_DENY,
        "card_testing" },
    { "one refused card again and again", 8,
        { .email = "a@b.c", .card = "pm_1", .outcome = FRAUD_DECLINED }, false, 0, FRAUD_DENY,
        "card_testing" },
    { "inside is trusted", 60, { .peer = "127.0.0.1", .email = "a@b.c", .outcome = FRAUD_DECLINED },
        true, 0, FRAUD_ALLOW, NULL },
};

static void test_runs(void **state)
{
    for (size_t i = 0; i < COUNT(runs); i++) {
        const struct run_case *c = &runs[i];
        struct desk d = desk_open(state);
        struct desk_order order = c->order;
        struct fraud_verdict v = { .reasons_n = 0 };
        for (int k = 0; k <= c->n; k++) {
            if (c->many_cards)
                order.card = str_c(d.life, str_fmt(d.life, "pm_%d", k));
            if (k == c->n)
                store_cx(d.s)->now_ms += c->wait_ms;
            desk_order(&d, order, &v);
        }
        CASE_STR(c->name, DECISION(v), str_from_c(fraud_decision_names[c->want]));
        CASE(c->name, !c->reason || desk_has_reason(&v, c->reason));
        desk_close(&d);
    }
}

/* The same e-mail in other letters is the same buyer; another key makes other digests. */
static void test_digests(void **state)
{
    struct desk d = desk_open(state);
    struct fraud_verdict v;
    for (int i = 0; i < 20; i++)
        desk_order(&d, (struct desk_order){ .email = i % 2 ? "A@b.c" : "a@B.c" }, &v);
    struct cx *cx = store_cx(d.s);
    struct fraud_origin one = fraud_origin_of(d.f, cx, S("2001:db8::1"), S("x")),
                        two = fraud_origin_of(d.f, cx, S("2001:db8::2"), S("y"));
    CHECK(id_eq(one.address, two.address) && !id_eq(one.device, two.device) && !one.inside);
    struct fraud *other =
        fraud_open(d.life, (struct fraud_deps){ .db = store_db(d.s), .key = S("another key") });
    CHECK(!id_eq(one.address, fraud_origin_of(other, cx, S("2001:db8::1"), S("x")).address));
    struct fraud_origin in = fraud_origin_of(d.f, cx, S("10.0.0.1"), (str){ 0 });
    CHECK(in.inside && id_is_none(in.address) && id_is_none(in.device) && in.country.n == 0);
    desk_order(&d, (struct desk_order){ .email = "a@b.c" }, &v);
    CHECK(desk_has_reason(&v, "buyer_velocity"));
    desk_close(&d);
}

static void test_off(void **state)
{
    struct fraud_limits limits = fraud_limits_default;
    limits.off = true;
    struct desk d = desk_open_with(state, limits);
    struct fraud_verdict v = { .decision = FRAUD_DENY };
    for (int i = 0; i < 30; i++)
        desk_order(&d, (struct desk_order){ .email = "a@b.c", .outcome = FRAUD_DECLINED }, &v);
    CHECK(v.decision == FRAUD_ALLOW && !v.kept);
    desk_close(&d);
}

/* ---- answers that repeat, and what became of the order ---- */

struct asked {
    struct desk *d;
    id order_id;
    enum fraud_outcome outcome;
    struct fraud_verdict v;
    struct fraud_review *reviews;
    struct fraud_review review;
    int64_t count;
    size_t n;
    struct fraud_page page;
    struct fraud_decide decide;
    int64_t decide_ms; /* 0: now */
};

static err read_verdict(void *arg, struct cx *cx)
{
    struct asked *a = arg;
    return fraud_verdict_get(a->d->f, cx, a->order_id, &a->v);
}
static err tell_outcome(void *arg, struct cx *cx)
{
    struct asked *a = arg;
    return fraud_outcome(a->d->f, cx, a->order_id, a->outcome);
}
static err charge_back(void *arg, struct cx *cx)
{
    struct asked *a = arg;
    return fraud_charge_back(a->d->f, cx, a->order_id);
}
static err read_review(void *arg, struct cx *cx)
{
    struct asked *a = arg;
    return fraud_review_get(a->d->f, cx, a->order_id, &a->review);
}
static err count_reviews(void *arg, struct cx *cx)
{
    struct asked *a = arg;
    return fraud_review_count(a->d->f, cx, &a->count);
}
static err list_reviews(void *arg, struct cx *cx)
{
    struct asked *a = arg;
    return fraud_review_list(a->d->f, cx, a->page, &a->reviews, &a->n);
}
static err decide(void *arg, struct cx *cx)
{
    struct asked *a = arg;
    if (a->decide_ms)
        cx->now_ms = a->decide_ms;
    return fraud_review_decide(a->d->f, cx, a->decide);
}
#define READ(fn, a, want) CHECK_ERR(store_cx((a).d->s), store_read((a).d->s, fn, &(a)), want)
#define WRITE(fn, a, want) CHECK_ERR(store_cx((a).d->s), store_write((a).d->s, fn, &(a)), want)

static void test_repeats(void **state)
{
    struct desk d = desk_open(state);
    struct fraud_verdict first, again;
    struct desk_order order = { .email = "a@b.c", .minor = 3000000, .country = "US" };
    order.order_id = desk_order(&d, order, &first);
    CHECK(first.decision == FRAUD_REVIEW && first.reasons_n == 1 && first.kept);
    for (int i = 0; i < 30; i++)
        desk_order(&d, (struct desk_order){ .email = "a@b.c" }, NULL);
    desk_order(&d, order, &again); /* it would meet more rules now */
    CHECK(again.decision == FRAUD_REVIEW && again.reasons_n == 1);
    CHECK_STR(again.reasons[0], S("spending_limit"));
    struct asked a = { .d = &d, .order_id = order.order_id };
    READ(read_verdict, a, NULL);
    CHECK(a.v.score > first.score - 1e-6 && a.v.score < first.score + 1e-6);
    CHECK(a.v.parts[FRAUD_AMOUNT] > 0 && a.v.model == 0);
    a.page = (struct fraud_page){ .limit = 100 };
    READ(list_reviews, a, NULL);
    CHECK(a.n > 1);
    a.order_id = (id){ { 1 } };
    READ(read_verdict, a, &ERR_MISSING);
    desk_close(&d);
}

static void test_fraud_before(void **state)
{
    struct desk d = desk_open(state);
    struct fraud_verdict v;
    const struct desk_order order = {
        .email = "a@b.c", .device = "d1", .card = "pm_1", .outcome = FRAUD_PAID
    };
    struct asked a = { .d = &d, .order_id = desk_order(&d, order, &v) };
    desk_order(&d, order, &v);
    CHECK(v.decision == FRAUD_ALLOW && !(v.features[FRAUD_FIRST_ORDER] > 0));
    WRITE(charge_back, a, NULL);
    WRITE(charge_back, a, NULL);
    a.outcome = FRAUD_CANCELLED; /* comes too late */
    WRITE(tell_outcome, a, NULL);
    const struct desk_order kin[] = { { .email = "a@b.c" }, { .device = "d1" },
        { .card = "pm_1" } };
    for (size_t i = 0; i < COUNT(kin); i++) {
        desk_order(&d, kin[i], &v);
        CHECK(desk_has_reason(&v, "fraud_before"));
    }
    desk_order(&d, (struct desk_order){ .email = "b@b.c" }, &v);
    CHECK(v.decision == FRAUD_ALLOW);
    a.order_id = desk_order(&d, (struct desk_order){ .email = "c@b.c" }, &v);
    WRITE(charge_back, a, &FRAUD_OUTCOME_REFUSED); /* it was never paid */
    a.order_id = (id){ { 1 } };
    WRITE(charge_back, a, &ERR_MISSING);
    WRITE(tell_outcome, a, NULL); /* unknown orders are no error */
    desk_close(&d);
}

/* ---- the queue ---- */

static id reviewed_order(struct desk *d)
{
    struct fraud_verdict v;
    id order_id = desk_order(d, (struct desk_order){ .minor = 3000000 }, &v);
    CHECK(v.decision == FRAUD_REVIEW);
    return order_id;
}

static void test_queue(void **state)
{
    struct desk d = desk_open(state);
    id first = reviewed_order(&d), second = reviewed_order(&d), third = reviewed_order(&d);
    struct asked a = { .d = &d, .page = { .limit = 2 } };
    READ(list_reviews, a, NULL);
    CHECK(a.n == 2 && id_eq(a.reviews[0].order_id, third) && a.reviews[0].amount.minor == 3000000);
    CHECK_STR(a.reviews[0].reasons, S("spending_limit"));
    a.page.before = a.reviews[1].order_id;
    READ(list_reviews, a, NULL);
    CHECK(a.n == 1 && id_eq(a.reviews[0].order_id, first));
    READ(count_reviews, a, NULL);
    CHECK_INT(a.count, 3);

    a.decide = (struct fraud_decide){
        .order_id = first, .actor_id = { { 3 } }, .allow = true, .reason = S("called the buyer")
    };
    WRITE(decide, a, NULL);
    WRITE(decide, a, NULL);
    a.decide.allow = false;
    WRITE(decide, a, &FRAUD_REVIEW_OVER);
    a.decide.order_id = second;
    WRITE(decide, a, NULL);
    a.order_id = second;
    READ(read_review, a, NULL);
    CHECK(a.review.state == FRAUD_REVIEW_DENIED && a.review.decided_ms > 0);
    CHECK_STR(a.review.reason, S("called the buyer"));
    a.outcome = FRAUD_CANCELLED; /* how the checkout undoes it changes nothing */
    WRITE(tell_outcome, a, NULL);
    READ(read_review, a, NULL);
    CHECK(a.review.state == FRAUD_REVIEW_DENIED);

    a.order_id = third;
    WRITE(tell_outcome, a, NULL);
    READ(read_review, a, NULL);
    CHECK(a.review.state == FRAUD_REVIEW_LAPSED);
    a.decide.order_id = third;
    WRITE(decide, a, &FRAUD_REVIEW_OVER);
    READ(count_reviews, a, NULL);
    CHECK_INT(a.count, 0);
    a.decide.order_id = (id){ { 1 } };
    WRITE(decide, a, &ERR_MISSING);
    desk_close(&d);
}

/* Who is told that an order is allowed can rely on it. */
static void test_last_minute(void **state)
{
    struct desk d = desk_open(state);
    id first = reviewed_order(&d), second = reviewed_order(&d);
    struct asked a = { .d = &d, .order_id = first, .decide = { .order_id = first, .allow = true } };
    READ(read_review, a, NULL);
    a.decide_ms = a.review.created_ms + FRAUD_REVIEW_MS - MINUTE_MS - 1;
    WRITE(decide, a, NULL);
    a.decide_ms++;
    WRITE(decide, a, NULL); /* the same again */
    a.order_id = a.decide.order_id = second;
    READ(read_review, a, NULL);
    a.decide_ms = a.review.created_ms + FRAUD_REVIEW_MS - MINUTE_MS;
    WRITE(decide, a, &FRAUD_REVIEW_OVER);
    a.decide.allow = false;
    WRITE(decide, a, NULL);
    desk_close(&d);
}

/* ---- what the check finds ---- */

static const struct spoilt_case {
    const char *name, *script;
} spoilt_cases[] = {
    { "bad without an outcome", "UPDATE fraud_order SET bad = true" },
    { "an outcome without a time", "UPDATE fraud_order SET outcome = 'paid'" },
    { "no review", "DELETE FROM fraud_review" },
    { "not for review", "UPDATE fraud_order SET decision = 'allow'" },
    { "still open", "UPDATE fraud_order SET outcome = 'paid', outcome_ms = 1" },
    { "denied and not judged", "UPDATE fraud_review SET state = 'denied', decided_ms = 1" },
};

static void test_check(void **state)
{
    for (size_t i = 0; i < COUNT(spoilt_cases); i++) {
        struct desk d = desk_open(state);
        struct desk_checked c = { .d = &d };
        (void)reviewed_order(&d);
        store_pause(d.s);
        store_script(d.s, spoilt_cases[i].script);
        store_resume(d.s);
        d.f = fraud_open(d.life, (struct fraud_deps){ .db = store_db(d.s) });
        CHECK_ERR(store_cx(d.s), store_read(d.s, desk_check, &c), NULL);
        CASE_INT(spoilt_cases[i].name, (int64_t)c.wrong, 1);
        store_close(d.s);
        arena_close(d.life);
    }
}

/* ---- learning from rows: large orders are mostly fraud ---- */

struct training {
    struct desk *d;
    struct fraud_sample *samples;
    size_t n;
    struct fraud_model model, kept;
};
static err read_samples(void *arg, struct cx *cx)
{
    struct training *t = arg;
    return fraud_samples(t->d->f, cx, &t->samples, &t->n);
}
static err keep_model(void *arg, struct cx *cx)
{
    struct training *t = arg;
    err e = fraud_model_add(t->d->f, cx, &t->model);
    return e ? e : fraud_model_get(t->d->f, cx, &t->kept);
}

static void test_training(void **state)
{
    struct desk d = desk_open(state);
    struct rng rng = rng_seeded(11);
    struct fraud_verdict v;
    struct training t = { .d = &d };
    for (int i = 0; i < 400; i++) {
        bool large = rng_chance(&rng, 300);
        bool bad = rng_chance(&rng, large ? 700 : 20);
        struct asked a = { .d = &d,
            .order_id = desk_order(&d,
                (struct desk_order){ .minor = large ? 150000 : 4000, .outcome = FRAUD_PAID }, &v) };
        if (bad)
            WRITE(charge_back, a, NULL);
        desk_order(&d, (struct desk_order){ .outcome = FRAUD_DECLINED }, &v); /* tells nothing */
    }
    struct cx *cx = store_cx(d.s);
    CHECK_ERR(cx, store_read(d.s, read_samples, &t), NULL);
    CHECK_INT(t.n, 400);
    CHECK_ERR(cx, fraud_train(cx, t.samples, t.n, &t.model), NULL);
    CHECK(t.model.auc > 0.75 && t.model.weights[FRAUD_AMOUNT] > 0.5);
    CHECK_ERR(cx, store_write(d.s, keep_model, &t), NULL);
    CHECK_INT(t.kept.version, 1);
    CHECK(t.kept.weights[FRAUD_AMOUNT] > t.model.weights[FRAUD_AMOUNT] - 1e-6);
    CHECK_INT(t.kept.n, 400);
    struct fraud_verdict small, large;
    desk_order(&d, (struct desk_order){ .minor = 4000 }, &small);
    desk_order(&d, (struct desk_order){ .minor = 150000 }, &large);
    CHECK(small.model == 1 && small.score < 0.2 && large.score > 0.5);
    CHECK_ERR(cx, store_write(d.s, keep_model, &t), NULL);
    CHECK_INT(t.kept.version, 2);
    struct asked a = { .d = &d, .order_id = desk_order(&d, (struct desk_order){ .minor = 1 }, &v) };
    READ(read_verdict, a, NULL);
    CHECK(a.v.model == 2);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_runs),
        STORE_TEST(test_digests),
        STORE_TEST(test_off),
        STORE_TEST(test_repeats),
        STORE_TEST(test_fraud_before),
        STORE_TEST(test_queue),
        STORE_TEST(test_last_minute),
        STORE_TEST(test_check),
        STORE_TEST(test_training),
    };
    return cmocka_run_group_tests_name("fraud_store", tests, NULL, NULL);
}
