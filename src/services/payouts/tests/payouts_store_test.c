/* SPDX-License-Identifier: Apache-2.0
 * Accounts and payouts on both engines: which account a payout goes to, when, and that it ends
 * once. Run by `./dev test payouts`. */
#include "base/instant.h"
#include "services/payouts/payouts.h"
#include "tests/support/seal.h"
#include "tests/support/store.h"

#define SELLER ((id){ { 1 } })
#define OTHER ((id){ { 2 } })
#define CLERK ((id){ { 3 } })
#define WAIT_MS (3 * DAY_MS)

struct desk {
    struct store *s;
    struct cx *cx;
    struct payouts *payouts;
    id seller_id;
    struct payouts_account in, account;
    struct payouts_payout wish, payout, *list;
    struct payouts_end end;
    struct payouts_page page;
    size_t n;
    int64_t minor;
    bool moved;
};

static err do_put(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return payouts_account_put(d->payouts, cx, d->seller_id, d->in, &d->account);
}
static err do_account(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return payouts_account_of(d->payouts, cx, d->seller_id, &d->account);
}
static err do_account_get(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return payouts_account_get(d->payouts, cx, d->payout.account_id, &d->account);
}
static err do_make(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return payouts_make(d->payouts, cx, d->wish);
}
static err do_get(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return payouts_get(d->payouts, cx, d->wish.payout_id, &d->payout);
}
static err do_end(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return payouts_end(d->payouts, cx, d->end, &d->payout, &d->moved);
}
static err do_list(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return payouts_list(d->payouts, cx, d->page, &d->list, &d->n);
}
static err do_since(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return payouts_made_since(
        d->payouts, cx, d->seller_id, d->wish.amount.currency, cx->now_ms - DAY_MS, &d->minor);
}
static err do_pending(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    struct payouts_sum *sums;
    err e = payouts_pending(d->payouts, cx, &sums, &d->n);
    d->minor = !e && d->n ? sums[0].minor : 0;
    return e;
}

static struct desk *desk_open(void **state)
{
    struct store *s = store_open(store_engine(state), (const char *[]){ "services/payouts", NULL });
    struct cx *cx = store_cx(s);
    struct desk *d = NEW(cx->arena, struct desk);
    *d = (struct desk){ .s = s,
        .cx = cx,
        .seller_id = SELLER,
        .in = { .holder = S("Sam Seller"), .iban = S("gb82 west 1234 5698 7654 32") },
        .wish = { .seller_id = SELLER, .reason = S("monthly"), .amount.minor = 1500 } };
    CHECK(currency_parse(S("USD"), &d->wish.amount.currency));
    seal_for_test(cx->arena, cx, store_db(s));
    d->payouts = payouts_open(
        cx->arena, (struct payouts_deps){ .db = store_db(s), .account_wait_ms = WAIT_MS });
    cx->who.user_id = CLERK;
    return d;
}

static void make(struct desk *d, err want)
{
    d->wish.payout_id = cx_id(d->cx);
    CHECK_ERR(d->cx, store_write(d->s, do_make, d), want);
    if (!want)
        CHECK_ERR(d->cx, store_read(d->s, do_get, d), NULL);
}

static void test_account(void **state)
{
    struct desk *d = desk_open(state);
    CHECK_ERR(d->cx, store_read(d->s, do_account, d), &PAYOUTS_NO_ACCOUNT);
    make(d, &PAYOUTS_NO_ACCOUNT);
    CHECK_ERR(d->cx, store_write(d->s, do_put, d), NULL);
    CHECK_ERR(d->cx, store_read(d->s, do_account, d), NULL);
    CHECK_STR(d->account.holder, S("Sam Seller"));
    CHECK_STR(d->account.iban, S("GB82WEST12345698765432"));
    CHECK_STR(d->account.hint, S("5432"));
    CHECK(!d->account.number.n);
    make(d, &PAYOUTS_NEW);
    d->cx->now_ms += WAIT_MS - 1;
    make(d, &PAYOUTS_NEW);
    d->cx->now_ms += 1;
    make(d, NULL);
    d->in = (struct payouts_account){
        .holder = S("S. Seller"), .routing = S("021000021"), .number = S("12345678")
    };
    CHECK_ERR(d->cx, store_write(d->s, do_put, d), NULL);
    CHECK_ERR(d->cx, store_read(d->s, do_account_get, d), NULL); /* the one it went to stays */
    CHECK_STR(d->account.iban, S("GB82WEST12345698765432"));
    CHECK_ERR(d->cx, store_read(d->s, do_account, d), NULL);
    CHECK_STR(d->account.number, S("12345678"));
    CHECK_STR(d->account.routing, S("021000021"));
    make(d, &PAYOUTS_NEW); /* the new one waits, too */
    d->in.number = S("1");
    CHECK_ERR(d->cx, store_write(d->s, do_put, d), &ERR_INVALID);
    CHECK_ERR(d->cx, store_read(d->s, do_account, d), NULL);
    CHECK_STR(d->account.number, S("12345678"));
    d->seller_id = OTHER;
    CHECK_ERR(d->cx, store_read(d->s, do_account, d), &PAYOUTS_NO_ACCOUNT);
    store_close(d->s);
}

static void test_ends_once(void **state)
{
    static const struct {
        bool first_paid, second_paid;
        err want;
        enum payouts_state state;
    } cases[] = {
        { true, true, NULL, PAYOUTS_PAID },
        { true, false, &PAYOUTS_OVER, PAYOUTS_PAID },
        { false, false, NULL, PAYOUTS_FAILED },
        { false, true, &PAYOUTS_OVER, PAYOUTS_FAILED },
    };
    struct desk *d = desk_open(state);
    CHECK_ERR(d->cx, store_write(d->s, do_put, d), NULL);
    d->cx->now_ms += WAIT_MS;
    for (size_t i = 0; i < COUNT(cases); i++) {
        make(d, NULL);
        CHECK(d->payout.state == PAYOUTS_PENDING && id_eq(d->payout.made_by, CLERK));
        d->end = (struct payouts_end){ d->wish.payout_id, cases[i].first_paid, S("REF") };
        CHECK_ERR(d->cx, store_write(d->s, do_end, d), NULL);
        CHECK(d->moved);
        d->end.paid = cases[i].second_paid;
        d->end.note = S("another");
        CHECK_ERR(d->cx, store_write(d->s, do_end, d), cases[i].want);
        CHECK(!d->moved);
        CHECK_ERR(d->cx, store_read(d->s, do_get, d), NULL);
        CHECK(d->payout.state == cases[i].state);
        CHECK_STR(d->payout.note, S("REF"));
        CHECK_INT(d->payout.ended_ms, d->cx->now_ms);
    }
    d->end.payout_id = OTHER;
    CHECK_ERR(d->cx, store_write(d->s, do_end, d), &PAYOUTS_UNKNOWN);
    store_close(d->s);
}

static void test_sums_and_lists(void **state)
{
    struct desk *d = desk_open(state);
    CHECK_ERR(d->cx, store_write(d->s, do_put, d), NULL);
    d->cx->now_ms += WAIT_MS;
    make(d, NULL);
    d->cx->now_ms += DAY_MS;
    make(d, NULL);
    d->cx->now_ms += 1; /* ids of one millisecond have no order */
    make(d, NULL);
    d->end = (struct payouts_end){ d->wish.payout_id, false, S("no") };
    CHECK_ERR(d->cx, store_write(d->s, do_end, d), NULL);
    CHECK_ERR(d->cx, store_read(d->s, do_since, d), NULL);
    CHECK_INT(d->minor, 1500); /* of the day, and not what failed */
    CHECK_ERR(d->cx, store_read(d->s, do_pending, d), NULL);
    CHECK_INT(d->minor, 3000);
    d->page = (struct payouts_page){ .seller_id = SELLER, .limit = 2 };
    CHECK_ERR(d->cx, store_read(d->s, do_list, d), NULL);
    CHECK_INT(d->n, 2);
    CHECK(d->list[0].state == PAYOUTS_FAILED);
    d->page.before = d->list[1].payout_id;
    CHECK_ERR(d->cx, store_read(d->s, do_list, d), NULL);
    CHECK_INT(d->n, 1);
    d->page = (struct payouts_page){ .seller_id = OTHER, .limit = 2 };
    CHECK_ERR(d->cx, store_read(d->s, do_list, d), NULL);
    CHECK_INT(d->n, 0);
    d->page = (struct payouts_page){ .limit = 10 };
    CHECK_ERR(d->cx, store_read(d->s, do_list, d), NULL);
    CHECK_INT(d->n, 3);
    store_close(d->s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_account),
        STORE_TEST(test_ends_once),
        STORE_TEST(test_sums_and_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
