/* SPDX-License-Identifier: Apache-2.0
 * The verbs of the books on both engines: postings that repeat, holds that end once, statements,
 * what the check finds, and that nothing that was posted can be changed. Run by meson. */
#include "services/ledger/ledger.h"
#include "tests/support/store.h"

static const char *const folders[] = { "services/ledger", NULL };

struct books {
    struct store *s;
    struct ledger *l;
    currency usd;
    id user, card, order;
    /* what the last step gave */
    int64_t minor, available;
    size_t n, wrong;
    struct ledger_line *lines;
    struct ledger_posting *postings;
    struct ledger_sum *sums;
};

static id named(const char *name)
{
    return id_from_name(S("t"), str_from_c(name));
}

static struct books books_open(void **state)
{
    struct books b = { .s = store_open(store_engine(state), folders) };
    b.l = ledger_open(store_cx(b.s)->arena, (struct ledger_deps){ .db = store_db(b.s) });
    CHECK(currency_parse(S("USD"), &b.usd));
    b.user = named("user");
    b.card = named("card");
    b.order = named("order");
    return b;
}

static struct ledger_account wallet(const struct books *b)
{
    return (struct ledger_account){ LEDGER_WALLET, b->user };
}
static struct ledger_account buyer(const struct books *b)
{
    return (struct ledger_account){ LEDGER_BUYER, b->user };
}

/* ---- steps ---- */

struct transfer { /* debits one account, credits another */
    struct books *b;
    id posting_id;
    struct ledger_account debit, credit;
    int64_t minor;
};
static err post(void *arg, struct cx *cx)
{
    struct transfer *t = arg;
    struct ledger_entry entries[] = { { t->debit, t->minor }, { t->credit, -t->minor } };
    return ledger_post(t->b->l, cx,
        &(struct ledger_posting){ .posting_id = t->posting_id,
            .kind = S("test"),
            .reference = t->b->order,
            .currency = t->b->usd,
            .entries = entries,
            .n = COUNT(entries),
            .memo = S("a test") });
}

struct holding {
    struct books *b;
    id hold_id;
    int64_t minor, expires_ms, post_minor;
};
static err hold(void *arg, struct cx *cx)
{
    struct holding *h = arg;
    return ledger_hold(h->b->l, cx,
        &(struct ledger_hold){ .hold_id = h->hold_id,
            .reference = h->b->order,
            .from = wallet(h->b),
            .to = buyer(h->b),
            .amount = money_of(h->minor, h->b->usd),
            .expires_ms = h->expires_ms ? h->expires_ms : cx->now_ms + 1000 });
}
static err hold_post(void *arg, struct cx *cx)
{
    struct holding *h = arg;
    return ledger_hold_post(h->b->l, cx, h->hold_id, h->post_minor ? h->post_minor : h->minor);
}
static err hold_void(void *arg, struct cx *cx)
{
    struct holding *h = arg;
    return ledger_hold_void(h->b->l, cx, h->hold_id);
}
static err expire(void *arg, struct cx *cx)
{
    struct holding *h = arg;
    bool more = false;
    err e = ledger_service.jobs[0].fn(h->b->l, cx, &more);
    assert_false(more);
    return e;
}

static err look(void *arg, struct cx *cx)
{
    struct books *b = arg;
    err e = ledger_balance(b->l, cx, wallet(b), b->usd, &b->minor, &b->available);
    return e ? e : ledger_check(b->l, cx, &b->wrong);
}
/* After every step the invariants hold. */
static void balance_is(struct books *b, int64_t minor, int64_t available)
{
    CHECK_ERR(store_cx(b->s), store_read(b->s, look, b), NULL);
    CHECK_INT(b->minor, minor);
    CHECK_INT(b->available, available);
    CHECK_INT(b->wrong, 0);
}

#define DO(fn, x, want) CHECK_ERR(store_cx((x).b->s), store_write((x).b->s, fn, &(x)), want)

/* Money into the wallet. */
static void load(struct books *b, int64_t minor)
{
    struct transfer in = { b, named("load"), { .kind = LEDGER_PROVIDER }, wallet(b), minor };
    DO(post, in, NULL);
}

/* ---- postings ---- */

static void test_posting_repeats(void **state)
{
    struct books b = books_open(state);
    load(&b, 500);
    load(&b, 500);
    balance_is(&b, 500, 500);
    struct transfer other = { &b, named("load"), { .kind = LEDGER_PROVIDER }, wallet(&b), 501 };
    DO(post, other, &ERR_BUG); /* the same id, another posting */
    balance_is(&b, 500, 500);
    store_close(b.s);
}

static void test_spending_stops_at_zero(void **state)
{
    struct books b = books_open(state);
    load(&b, 500);
    struct transfer most = { &b, named("a"), wallet(&b), buyer(&b), 499 };
    struct transfer cent = { &b, named("b"), wallet(&b), buyer(&b), 1 };
    struct transfer over = { &b, named("c"), wallet(&b), buyer(&b), 1 };
    DO(post, most, NULL);
    DO(post, cent, NULL);
    DO(post, over, &LEDGER_BALANCE_LOW);
    DO(post, most, NULL); /* repeats are not counted again */
    balance_is(&b, 0, 0);
    store_close(b.s);
}

static void test_seller_may_owe(void **state)
{
    struct books b = books_open(state);
    struct transfer back = { &b, named("a"), { LEDGER_SELLER, b.user }, { .kind = LEDGER_PROVIDER },
        70 };
    DO(post, back, NULL);
    balance_is(&b, 0, 0);
    store_close(b.s);
}

static err post_bad(void *arg, struct cx *cx)
{
    struct books *b = arg;
    struct ledger_entry entries[] = { { wallet(b), -5 }, { { .kind = LEDGER_PROVIDER }, 4 } };
    return ledger_post(b->l, cx,
        &(struct ledger_posting){ .posting_id = b->order,
            .kind = S("test"),
            .reference = b->order,
            .currency = b->usd,
            .entries = entries,
            .n = COUNT(entries) });
}

struct moving {
    struct books *b;
    struct ledger_account from, to;
    int64_t minor;
};
static err transfer(void *arg, struct cx *cx)
{
    struct moving *m = arg;
    return ledger_transfer(m->b->l, cx,
        &(struct ledger_transfer){ .posting_id = named("moved"),
            .reference = m->b->order,
            .kind = S("moved"),
            .from = m->from,
            .to = m->to,
            .amount = money_of(m->minor, m->b->usd) });
}
static err read_moved(void *arg, struct cx *cx)
{
    struct books *b = arg;
    return ledger_of(b->l, cx, b->order, &b->postings, &b->n);
}

static void test_transfers(void **state)
{
    struct books b = books_open(state);
    const struct ledger_account provider = { .kind = LEDGER_PROVIDER };
    struct moving m = { &b, provider, wallet(&b), 0 };
    DO(transfer, m, &ERR_BUG);
    m.minor = -1;
    DO(transfer, m, &ERR_BUG);
    m = (struct moving){ &b, provider, provider, 300 };
    DO(transfer, m, &ERR_BUG);
    m = (struct moving){ &b, wallet(&b), buyer(&b), 300 };
    DO(transfer, m, &LEDGER_BALANCE_LOW);
    m = (struct moving){ &b, provider, wallet(&b), 300 };
    DO(transfer, m, NULL);
    DO(transfer, m, NULL); /* again */
    balance_is(&b, 300, 300);
    m.minor = 299;
    DO(transfer, m, &ERR_BUG); /* the same id, another amount */
    CHECK_ERR(store_cx(b.s), store_read(b.s, read_moved, &b), NULL);
    CHECK_INT(b.n, 1);
    const struct ledger_posting *p = &b.postings[0];
    CHECK(id_eq(p->posting_id, named("moved")) && currency_eq(p->currency, b.usd));
    CHECK_STR(p->kind, S("moved"));
    CHECK_INT(p->n, 2);
    CHECK(p->entries[0].account.kind == LEDGER_PROVIDER);
    CHECK_INT(p->entries[0].minor, 300);
    CHECK(id_eq(p->entries[1].account.owner, b.user));
    CHECK_INT(p->entries[1].minor, -300);
    store_close(b.s);
}

struct worded {
    struct books *b;
    size_t kind_n, memo_n;
};
static err post_worded(void *arg, struct cx *cx)
{
    struct worded *w = arg;
    char *text = NEW_N(cx->arena, 1000, char);
    memset(text, 'x', 1000);
    struct ledger_entry entries[] = { { { .kind = LEDGER_LOSS }, 5 },
        { { .kind = LEDGER_PROVIDER }, -5 } };
    return ledger_post(w->b->l, cx,
        &(struct ledger_posting){ .posting_id = w->b->order,
            .kind = { text, w->kind_n },
            .memo = { text, w->memo_n },
            .reference = w->b->order,
            .currency = w->b->usd,
            .entries = entries,
            .n = COUNT(entries) });
}

/* What no query of the service does. */
#define SPOIL(t)                                                                                   \
    {                                                                                              \
        .name = "ledger.spoil", .text = { t, t }, .writes = true                                   \
    }
static const struct db_query spoils[] = {
    SPOIL("UPDATE ledger_entry SET minor = minor + 1"),
    SPOIL("DELETE FROM ledger_entry"),
    SPOIL("UPDATE ledger_posting SET kind = 'gift'"),
    SPOIL("DELETE FROM ledger_posting"),
};
struct spoiling {
    struct books *b;
    const struct db_query *query;
};
static err spoil(void *arg, struct cx *cx)
{
    struct spoiling *s = arg;
    return db_exec(store_db(s->b->s), cx, s->query, NULL, NULL);
}

static void test_what_is_refused(void **state)
{
    struct books b = books_open(state);
    struct holding none = { &b, named("h"), 0, 0, 0 }, less = { &b, named("h"), -1, 0, 0 };
    DO(hold, none, &ERR_BUG);
    DO(hold, less, &ERR_BUG);
    DO(hold_post, none, &ERR_BUG);
    struct long_case {
        size_t kind_n, memo_n;
        err want;
    } cases[] = { { 0, 0, &ERR_BUG }, { 33, 0, &ERR_BUG }, { 32, 201, &ERR_BUG },
        { 32, 200, NULL } };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct worded w = { &b, cases[i].kind_n, cases[i].memo_n };
        DO(post_worded, w, cases[i].want);
    }
    CHECK_ERR(store_cx(b.s), store_write(b.s, post_bad, &b), &ERR_BUG);
    balance_is(&b, 0, 0);
    store_close(b.s);
}

/* Whoever has the database at hand is refused too. */
static void test_what_is_posted_stays(void **state)
{
    struct books b = books_open(state);
    load(&b, 500);
    for (size_t i = 0; i < COUNT(spoils); i++) {
        struct spoiling s = { &b, &spoils[i] };
        DO(spoil, s, &DB_CONSTRAINT);
    }
    balance_is(&b, 500, 500);
    store_close(b.s);
}

/* Rows that nobody's verb can have written: each is one thing wrong, or more. */
static const struct wrong_case {
    const char *name, *script;
    size_t wrong;
} wrong_cases[] = {
    { "an entry without a posting",
        "INSERT INTO ledger_entry SELECT account, owner, currency, reference, reference, 7 "
        "FROM ledger_entry WHERE minor > 0",
        2 }, /* the currency's sum, and the journal */
    { "a posting without entries",
        "INSERT INTO ledger_posting SELECT reference, reference, kind, currency, entries, memo, "
        "created_ms FROM ledger_posting",
        1 },
    { "a posting that does not balance",
        "INSERT INTO ledger_posting SELECT reference, reference, kind, currency, "
        "'{\"entries\":[{\"account\":1000,\"minor\":5},{\"account\":4000,\"minor\":-4}]}', memo, "
        "created_ms FROM ledger_posting",
        1 },
    { "a posting that is no JSON",
        "INSERT INTO ledger_posting SELECT reference, reference, kind, currency, '5', memo, "
        "created_ms FROM ledger_posting",
        1 },
    { "a hold that says it was posted",
        "UPDATE ledger_hold SET state = 'posted', posted_minor = 1, ended_ms = 1", 1 },
    { "more held than there is", "UPDATE ledger_hold SET minor = 501", 1 },
};

static void test_check_finds(void **state)
{
    for (size_t i = 0; i < COUNT(wrong_cases); i++) {
        struct books b = books_open(state);
        load(&b, 500);
        struct holding h = { &b, named("h"), 100, 0, 0 };
        DO(hold, h, NULL);
        balance_is(&b, 500, 400);
        store_script(b.s, wrong_cases[i].script);
        CHECK_ERR(store_cx(b.s), store_read(b.s, look, &b), NULL);
        CASE_INT(wrong_cases[i].name, b.wrong, wrong_cases[i].wrong);
        store_close(b.s);
    }
}

/* ---- holds ---- */

static void test_hold_posts_once(void **state)
{
    struct books b = books_open(state);
    load(&b, 500);
    struct holding h = { &b, named("h"), 400, 0, 300 };
    DO(hold, h, NULL);
    balance_is(&b, 500, 100);
    DO(hold, h, NULL); /* again */
    balance_is(&b, 500, 100);
    DO(hold_post, h, NULL);
    balance_is(&b, 200, 200); /* the rest is free */
    DO(hold_post, h, NULL);
    DO(hold, h, NULL);
    balance_is(&b, 200, 200);
    DO(hold_void, h, &LEDGER_HOLD_POSTED);
    h.post_minor = 299;
    DO(hold_post, h, &ERR_BUG); /* not what was posted */
    balance_is(&b, 200, 200);
    store_close(b.s);
}

static void test_hold_voids_once(void **state)
{
    struct books b = books_open(state);
    load(&b, 500);
    struct holding h = { &b, named("h"), 500, 0, 0 }, other = { &b, named("o"), 1, 0, 0 };
    DO(hold, h, NULL);
    DO(hold, other, &LEDGER_BALANCE_LOW);
    DO(hold_void, h, NULL);
    DO(hold_void, h, NULL);
    balance_is(&b, 500, 500);
    DO(hold_post, h, &LEDGER_HOLD_GONE);
    DO(hold, h, &LEDGER_HOLD_GONE);
    DO(hold_void, other, NULL); /* never made */
    DO(hold_post, other, &LEDGER_HOLD_GONE);
    balance_is(&b, 500, 500);
    store_close(b.s);
}

static void test_hold_is_not_more_than_it_was(void **state)
{
    struct books b = books_open(state);
    load(&b, 500);
    struct holding h = { &b, named("h"), 100, 0, 101 };
    DO(hold, h, NULL);
    DO(hold_post, h, &DB_CONSTRAINT);
    balance_is(&b, 500, 400);
    store_close(b.s);
}

static void test_holds_expire(void **state)
{
    struct books b = books_open(state);
    int64_t now_ms = store_cx(b.s)->now_ms;
    load(&b, 500);
    struct holding old = { &b, named("old"), 100, now_ms, 0 };
    struct holding fresh = { &b, named("new"), 10, now_ms + 1, 0 };
    DO(hold, old, NULL);
    DO(hold, fresh, NULL);
    balance_is(&b, 500, 390);
    DO(expire, old, NULL);
    balance_is(&b, 500, 490);
    DO(expire, old, NULL);
    DO(hold_post, old, &LEDGER_HOLD_GONE);
    DO(hold_void, old, NULL);
    DO(hold_post, fresh, NULL);
    balance_is(&b, 490, 490);
    store_close(b.s);
}

/* A posting must leave what is held. */
static void test_held_cannot_be_spent(void **state)
{
    struct books b = books_open(state);
    load(&b, 500);
    struct holding h = { &b, named("h"), 400, 0, 0 };
    DO(hold, h, NULL);
    struct transfer t = { &b, named("a"), wallet(&b), buyer(&b), 101 };
    DO(post, t, &LEDGER_BALANCE_LOW);
    t.minor = 100;
    DO(post, t, NULL);
    DO(hold_post, h, NULL);
    balance_is(&b, 0, 0);
    store_close(b.s);
}

/* ---- reading ---- */

static err read_all(void *arg, struct cx *cx)
{
    struct books *b = arg;
    size_t n;
    err e = ledger_of(b->l, cx, b->order, &b->postings, &b->n);
    if (!e)
        e = ledger_trial(b->l, cx, &b->sums, &n);
    if (e)
        return e;
    CHECK_INT(b->n, 3);
    CHECK_INT(b->postings[0].n, 2);
    int64_t debit = 0, credit = 0;
    for (size_t i = 0; i < n; i++) {
        debit += b->sums[i].debit_minor;
        credit += b->sums[i].credit_minor;
        if (b->sums[i].kind == LEDGER_WALLET) {
            CHECK_INT(b->sums[i].balance_minor, 470);
            CHECK_INT(b->sums[i].debit_minor, 30);
        }
    }
    CHECK_INT(debit, credit);
    CHECK_INT(n, 3);
    struct ledger_page page = { .account = wallet(b), .currency = b->usd, .limit = 2 };
    e = ledger_statement(b->l, cx, page, &b->lines, &n);
    if (e)
        return e;
    CHECK_INT(n, 2);
    CHECK_INT(b->lines[0].minor, 20);
    CHECK_INT(b->lines[1].minor, 10);
    CHECK_STR(b->lines[0].memo, S("a test"));
    page.before = b->lines[1].posting_id;
    e = ledger_statement(b->l, cx, page, &b->lines, &n);
    if (e)
        return e;
    CHECK_INT(n, 1);
    CHECK_INT(b->lines[0].minor, -500);
    CHECK(id_eq(b->lines[0].reference, b->order));
    return NULL;
}

static void test_reading(void **state)
{
    struct books b = books_open(state);
    struct rng rng = rng_seeded(1);
    struct transfer t[] = {
        { &b, id_new(&rng, 1000), { .kind = LEDGER_PROVIDER }, wallet(&b), 500 },
        { &b, id_new(&rng, 2000), wallet(&b), buyer(&b), 10 },
        { &b, id_new(&rng, 3000), wallet(&b), buyer(&b), 20 },
    };
    for (size_t i = 0; i < COUNT(t); i++)
        DO(post, t[i], NULL);
    CHECK_ERR(store_cx(b.s), store_read(b.s, read_all, &b), NULL);
    store_close(b.s);
}

/* Of accounts of all kinds, with holds and without, in the order asked; also one that nobody has.
 */
static err read_balances(void *arg, struct cx *cx)
{
    struct books *b = arg;
    currency eur;
    CHECK(currency_parse(S("EUR"), &eur));
    const struct ledger_asked asked[] = {
        { { LEDGER_GIFT_CARD, b->card }, b->usd },
        { wallet(b), b->usd },
        { { LEDGER_GIFT_CARD, b->order }, b->usd },
        { { .kind = LEDGER_PROVIDER }, b->usd },
        { wallet(b), eur },
        { { LEDGER_GIFT_CARD, b->card }, b->usd },
    };
    static const struct ledger_left want[COUNT(asked)] = { { 30, 30 }, { 500, 100 }, { 0, 0 },
        { 530, 530 }, { 0, 0 }, { 30, 30 } };
    struct ledger_left left[LEDGER_BALANCES_MAX];
    struct ledger_asked most[LEDGER_BALANCES_MAX];
    err e = ledger_balances(b->l, cx, asked, COUNT(asked), left);
    for (size_t i = 0; !e && i < COUNT(asked); i++) {
        int64_t minor = 0, available = 0;
        CHECK_INT(left[i].minor, want[i].minor);
        CHECK_INT(left[i].available, want[i].available);
        e = ledger_balance(b->l, cx, asked[i].account, asked[i].currency, &minor, &available);
        CHECK_INT(left[i].minor, minor);
        CHECK_INT(left[i].available, available);
    }
    for (size_t i = 0; i < COUNT(most); i++)
        most[i] = asked[i % 2];
    if (!e)
        e = ledger_balances(b->l, cx, most, COUNT(most), left);
    for (size_t i = 0; !e && i < COUNT(most); i++)
        CHECK_INT(left[i].available, want[i % 2].available);
    return e ? e : ledger_balances(b->l, cx, NULL, 0, NULL);
}

static void test_balances_of_many(void **state)
{
    struct books b = books_open(state);
    load(&b, 500);
    struct transfer give = { &b, named("give"), { .kind = LEDGER_PROVIDER },
        { LEDGER_GIFT_CARD, b.card }, 30 };
    DO(post, give, NULL);
    struct holding h = { &b, named("h"), 400, 0, 0 };
    DO(hold, h, NULL);
    CHECK_ERR(store_cx(b.s), store_read(b.s, read_balances, &b), NULL);
    store_close(b.s);
}

static void test_queries_are_known(void **state)
{
    struct books b = books_open(state);
    for (const struct db_query *const *q = ledger_service.queries; *q; q++)
        CHECK_ERR(store_cx(b.s), db_query_check(store_db(b.s), store_cx(b.s), *q), NULL);
    store_close(b.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_posting_repeats),
        STORE_TEST(test_spending_stops_at_zero),
        STORE_TEST(test_seller_may_owe),
        STORE_TEST(test_transfers),
        STORE_TEST(test_what_is_refused),
        STORE_TEST(test_what_is_posted_stays),
        STORE_TEST(test_check_finds),
        STORE_TEST(test_queries_are_known),
        STORE_TEST(test_hold_posts_once),
        STORE_TEST(test_hold_voids_once),
        STORE_TEST(test_hold_is_not_more_than_it_was),
        STORE_TEST(test_holds_expire),
        STORE_TEST(test_held_cannot_be_spent),
        STORE_TEST(test_reading),
        STORE_TEST(test_balances_of_many),
    };
    return cmocka_run_group_tests_name("ledger_store", tests, NULL, NULL);
}
