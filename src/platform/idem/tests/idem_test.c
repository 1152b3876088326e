/* SPDX-License-Identifier: Apache-2.0
 * Idempotency keys on both engines: who may replay what, and for how long.
 * Run by `./dev test idem`. */
#include "platform/idem/idem.h"

#include "base/instant.h"
#include "tests/support/store.h"

static const char *const folders[] = { "platform/idem", NULL };

static struct idem_claim a_claim(void)
{
    return (struct idem_claim){ .principal = S("user:1"),
        .method = S("POST"),
        .route = S("/api/v1/orders"),
        .key = S("k-1"),
        .fingerprint = S("f1") };
}

static id subject_1(void)
{
    return id_from_name(S("order"), S("1"));
}

struct call {
    struct db *db;
    struct idem_claim claim;
    id subject;
    enum idem_state state;
    struct idem_reply reply;
    int status;
    str body;
    err after; /* what the unit ends with when all went well */
};

static err take_work(void *arg, struct cx *cx)
{
    struct call *c = arg;
    err e = idem_take(c->db, cx, c->claim, c->subject, &c->state, &c->reply);
    return e ? e : c->after;
}

static err finish_work(void *arg, struct cx *cx)
{
    struct call *c = arg;
    return idem_finish(c->db, cx, c->claim, c->status, c->body);
}

static struct call take(struct store *s, struct idem_claim claim, err want)
{
    struct call c = { .db = store_db(s), .claim = claim, .subject = subject_1() };
    CHECK_ERR(store_cx(s), store_write(s, take_work, &c), want);
    return c;
}

static void finish(struct store *s, struct idem_claim claim, int status, str body, err want)
{
    struct call c = { .db = store_db(s), .claim = claim, .status = status, .body = body };
    CHECK_ERR(store_cx(s), store_write(s, finish_work, &c), want);
}

static void a_repeat_gets_the_first_answer(void **state)
{
    struct store *s = store_open(store_engine(state), folders);

    CHECK_INT(take(s, a_claim(), NULL).state, IDEM_NEW);
    struct call running = take(s, a_claim(), &IDEM_RUNNING);
    CHECK(id_eq(running.reply.subject, subject_1())); /* so that its saga can be joined */
    finish(s, a_claim(), 201, S("{\"orderId\":\"1\"}"), NULL);
    for (int i = 0; i < 2; i++) {
        struct call again = take(s, a_claim(), NULL);
        CHECK_INT(again.state, IDEM_REPLAY);
        CHECK_INT(again.reply.status, 201);
        CHECK_STR(again.reply.body, S("{\"orderId\":\"1\"}"));
        CHECK(id_eq(again.reply.subject, subject_1()));
    }
    store_close(s);
}

static const struct other_case {
    const char *name;
    struct idem_claim claim;
    err want;
} other_cases[] = {
    { "another user",
        { S_INIT("user:2"), S_INIT("POST"), S_INIT("/api/v1/orders"), S_INIT("k-1"), S_INIT("f1") },
        NULL },
    { "another method",
        { S_INIT("user:1"), S_INIT("PUT"), S_INIT("/api/v1/orders"), S_INIT("k-1"), S_INIT("f1") },
        NULL },
    { "another route",
        { S_INIT("user:1"), S_INIT("POST"), S_INIT("/api/v1/carts"), S_INIT("k-1"), S_INIT("f1") },
        NULL },
    { "another key",
        { S_INIT("user:1"), S_INIT("POST"), S_INIT("/api/v1/orders"), S_INIT("K-1"), S_INIT("f1") },
        NULL },
    { "another body",
        { S_INIT("user:1"), S_INIT("POST"), S_INIT("/api/v1/orders"), S_INIT("k-1"), S_INIT("f2") },
        &IDEM_REUSED },
};

static void only_the_whole_key_is_the_key(void **state)
{
    for (int finished = 0; finished < 2; finished++) {
        struct store *s = store_open(store_engine(state), folders);
        take(s, a_claim(), NULL);
        if (finished)
            finish(s, a_claim(), 200, S("{}"), NULL);
        for (size_t i = 0; i < COUNT(other_cases); i++) {
            struct call c = { .db = store_db(s), .claim = other_cases[i].claim };
            err e = store_write(s, take_work, &c);
            CASE(other_cases[i].name, e == other_cases[i].want);
            CASE(other_cases[i].name, e != NULL || c.state == IDEM_NEW);
        }
        store_close(s);
    }
}

/* Taken to be new, and it is not: the same answers as of one that is looked for. */
static void unseen_is_not_unclaimed(void **state)
{
    struct store *s = store_open(store_engine(state), folders);
    struct idem_claim claim = a_claim(), other = a_claim();
    claim.unseen = other.unseen = true;
    other.fingerprint = S("f2");
    CHECK_INT(take(s, claim, NULL).state, IDEM_NEW);
    (void)take(s, claim, &IDEM_RUNNING);
    (void)take(s, other, &IDEM_REUSED);
    finish(s, claim, 201, S("{}"), NULL);
    struct call again = take(s, claim, NULL);
    CHECK_INT(again.state, IDEM_REPLAY);
    CHECK_INT(again.reply.status, 201);
    CHECK(id_eq(again.reply.subject, subject_1()));
    store_close(s);
}

static void keys_are_remembered(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *life = arena_open(4096);
    struct idem_seen *seen = idem_seen_open(life);
    struct idem_claim claim = a_claim(), other = a_claim();
    other.principal = S("user:other");
    CHECK(!idem_seen(seen, &claim));
    CHECK(idem_seen(seen, &claim));
    CHECK(!idem_seen(seen, &other));
    CHECK(idem_seen(seen, &claim));
    other.key = S("k-2");
    CHECK(!idem_seen(seen, &other));
    int known = 0;
    enum { MANY = 1000, ALL = 200000 };
    for (int i = 0; i < ALL; i++) {
        other.key = str_fmt(life, "key %d", i);
        known += idem_seen(seen, &other);
    }
    CHECK_INT(known, 0);
    for (int i = ALL - MANY; i < ALL; i++) {
        other.key = str_fmt(life, "key %d", i);
        known += idem_seen(seen, &other);
    }
    CHECK(known > MANY * 9 / 10); /* a few gave their places to later ones */
}

static void a_failed_unit_leaves_no_claim(void **state)
{
    struct store *s = store_open(store_engine(state), folders);
    struct call c = { .db = store_db(s), .claim = a_claim(), .after = &ERR_INVALID };

    CHECK_ERR(store_cx(s), store_write(s, take_work, &c), &ERR_INVALID);
    CHECK_INT(take(s, a_claim(), NULL).state, IDEM_NEW);
    store_close(s);
}

static void finishing_needs_an_open_claim(void **state)
{
    struct store *s = store_open(store_engine(state), folders);

    finish(s, a_claim(), 200, S("{}"), &DB_FAILED);
    take(s, a_claim(), NULL);
    finish(s, a_claim(), 204, (str){ NULL, 0 }, NULL);
    finish(s, a_claim(), 500, S("{}"), &DB_FAILED); /* the first answer stands */
    struct call again = take(s, a_claim(), NULL);
    CHECK_INT(again.reply.status, 204);
    CHECK_INT((int64_t)again.reply.body.n, 0);
    store_close(s);
}

static void no_subject_is_none(void **state)
{
    struct store *s = store_open(store_engine(state), folders);
    struct call c = { .db = store_db(s), .claim = a_claim() };

    CHECK_ERR(store_cx(s), store_write(s, take_work, &c), NULL);
    finish(s, a_claim(), 200, S("{}"), NULL);
    CHECK(id_is_none(take(s, a_claim(), NULL).reply.subject));
    store_close(s);
}

struct prune {
    struct db *db;
    bool more;
};
static err prune_work(void *arg, struct cx *cx)
{
    struct prune *p = arg;
    p->more = false;
    struct idem_keeper keeper = { .db = p->db };
    return idem_jobs[0].fn(&keeper, cx, &p->more);
}

static const struct age_case {
    const char *name;
    int64_t after_ms;
    bool finished;
    enum idem_state want; /* of a repeat after the pruning */
    err want_err;
} age_cases[] = {
    { "at once", 0, true, IDEM_REPLAY, NULL },
    { "a day", DAY_MS, true, IDEM_REPLAY, NULL },
    { "a day and more", DAY_MS + 1, true, IDEM_NEW, NULL },
    { "a saga of a week", 7 * DAY_MS, false, IDEM_NEW, &IDEM_RUNNING },
};

static void claims_are_kept_a_day(void **state)
{
    for (size_t i = 0; i < COUNT(age_cases); i++) {
        const struct age_case *c = &age_cases[i];
        struct store *s = store_open(store_engine(state), folders);
        struct prune p = { .db = store_db(s) };
        struct call again = { .db = store_db(s), .claim = a_claim() };
        take(s, a_claim(), NULL);
        if (c->finished)
            finish(s, a_claim(), 200, S("{}"), NULL);
        store_cx(s)->now_ms += c->after_ms;
        CHECK_ERR(store_cx(s), store_write(s, prune_work, &p), NULL);
        CASE(c->name, !p.more);
        err e = store_write(s, take_work, &again);
        CASE(c->name, e == c->want_err);
        CASE(c->name, e != NULL || again.state == c->want);
        store_close(s);
    }
}

#define CROWD 1100

static err crowd_work(void *arg, struct cx *cx)
{
    struct call *c = arg;

    for (int i = 0; i < CROWD; i++) {
        struct idem_claim claim = a_claim();
        claim.key = str_fmt(cx->arena, "k-%d", i);
        err e = idem_take(c->db, cx, claim, subject_1(), &c->state, &c->reply);
        if (!e)
            e = idem_finish(c->db, cx, claim, 200, S("{}"));
        if (e)
            return e;
    }
    return NULL;
}

static void pruning_goes_in_batches(void **state)
{
    struct store *s = store_open(store_engine(state), folders);
    struct call c = { .db = store_db(s) };
    struct prune p = { .db = store_db(s) };
    int batches = 0;

    CHECK_ERR(store_cx(s), store_write(s, crowd_work, &c), NULL);
    store_cx(s)->now_ms += 2 * DAY_MS;
    do {
        CHECK_ERR(store_cx(s), store_write(s, prune_work, &p), NULL);
        batches++;
    } while (p.more && batches < 10);
    CHECK_INT(batches, 3);
    CHECK_INT(take(s, a_claim(), NULL).state, IDEM_NEW);
    store_close(s);
}

static const struct key_case {
    const char *name;
    str key;
    err want;
} key_cases[] = {
    { "absent", { NULL, 0 }, &IDEM_REQUIRED_MISSING },
    { "empty", S_INIT(""), &IDEM_REQUIRED_MISSING },
    { "one character", S_INIT("!"), NULL },
    { "the last visible one", S_INIT("~"), NULL },
    { "quoted", S_INIT("\"8e03978e\""), NULL },
    { "a blank", S_INIT("a b"), &IDEM_BAD_KEY },
    { "a tab", S_INIT("a\t"), &IDEM_BAD_KEY },
    { "a zero byte", S_INIT("a\0b"), &IDEM_BAD_KEY },
    { "delete", S_INIT("\x7f"), &IDEM_BAD_KEY },
    { "beyond ASCII", S_INIT("\xc3\xa9"), &IDEM_BAD_KEY },
};

static void keys_are_visible_ascii(void **state)
{
    struct cx *cx = check_cx_open();
    char longest[256];
    (void)state;

    for (size_t i = 0; i < COUNT(key_cases); i++)
        CASE(key_cases[i].name, idem_key_check(cx, key_cases[i].key) == key_cases[i].want);
    memset(longest, 'k', sizeof longest);
    cx_clear(cx);
    CHECK_ERR(cx, idem_key_check(cx, (str){ longest, 255 }), NULL);
    CHECK_ERR(cx, idem_key_check(cx, (str){ longest, 256 }), &IDEM_BAD_KEY);
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_repeat_gets_the_first_answer),
        STORE_TEST(only_the_whole_key_is_the_key),
        STORE_TEST(unseen_is_not_unclaimed),
        cmocka_unit_test(keys_are_remembered),
        STORE_TEST(a_failed_unit_leaves_no_claim),
        STORE_TEST(finishing_needs_an_open_claim),
        STORE_TEST(no_subject_is_none),
        STORE_TEST(claims_are_kept_a_day),
        STORE_TEST(pruning_goes_in_batches),
        cmocka_unit_test(keys_are_visible_ascii),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
