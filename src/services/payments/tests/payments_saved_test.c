/* SPDX-License-Identifier: Apache-2.0
 * Saved methods, gift cards, the inbox and reconciliation, on both engines, with the sandbox as the
 * provider. Run by `./dev test payments`. */
#include "services/payments/payments.h"
#include "services/payments/payments_domain.h"
#include "tests/support/ask.h"

#define USD ((currency){ "USD" })
#define HOUR_MS INT64_C(3600000)

struct desk {
    struct store *s;
    struct cx *cx;
    struct payments *p;
    struct pay pay;
};

static struct desk desk_open(void **state)
{
    struct store *s =
        store_open(store_engine(state), (const char *const[]){ "services/payments", NULL });
    struct cx *cx = store_cx(s);
    struct desk d = {
        .s = s, .cx = cx, .p = payments_open(cx->arena, (struct payments_deps){ .db = store_db(s) })
    };
    CHECK_ERR(cx,
        pay_sandbox_open(cx->arena, cx,
            (struct sandbox_opts){ .slow_ms = 1, .webhook_secret = S("whsec_test") }, &d.pay),
        NULL);
    return d;
}

static void desk_close(struct desk *d)
{
    pay_sandbox_close(&d->pay);
    store_close(d->s);
}

/* ---- verbs in units of their own ---- */
enum verb {
    SAVE,
    SAVED,
    LIST,
    GET,
    DEFAULT,
    REMOVE,
    ISSUE,
    STOP,
    FIND,
    HOOK,
    DUE,
    DONE,
    AGAIN,
    PRUNE,
    COMPARE,
    START,
    ANSWER
};
struct call {
    struct desk *d;
    enum verb verb;
    struct payments_method method, *methods;
    struct pay_setup setup;
    struct payments_gift_card card;
    struct sandbox_webhook sent;
    struct payments_webhook hook, *hooks;
    struct payments_range range;
    struct payments_payment payment;
    struct pay_result result;
    struct pay_list list;
    str code;
    bool is_new;
    size_t n;
};

static err do_saved(struct call *c, struct payments *p, struct cx *cx)
{
    struct payments_method in = c->method;
    id user = in.user_id, method = in.method_id;
    switch ((int)c->verb) {
    case SAVE:
        return payments_method_start(p, cx, &in, &c->method);
    case SAVED:
        return payments_method_answer(p, cx, method, &c->setup, &c->method);
    case LIST:
        return payments_methods_of(p, cx, user, &c->methods, &c->n);
    case GET:
        return payments_method_get(p, cx, user, method, &c->method);
    case DEFAULT:
        return payments_method_default(p, cx, user, method);
    case REMOVE:
        return payments_method_remove(p, cx, user, method, &c->method);
    case ISSUE:
        return payments_gift_card_issue(p, cx, &c->card, &c->code);
    case STOP:
        return payments_gift_card_stop(p, cx, c->card.card_id);
    case FIND:
        return payments_gift_card_find(p, cx, c->code, &c->card);
    default:
        panic(__FILE__, "no such verb");
    }
}

static err do_call(void *arg, struct cx *cx)
{
    struct call *c = arg;
    struct payments *p = c->d->p;
    const struct job *prune = payments_service.jobs;
    switch ((int)c->verb) {
    case HOOK:
        return payments_webhook_receive(
            p, cx, &c->d->pay, c->sent.signature, c->sent.body, &c->hook, &c->is_new);
    case DUE:
        return payments_webhook_due(p, cx, 100, &c->hooks, &c->n);
    case DONE:
        return payments_webhook_done(p, cx, c->hook.provider, c->hook.event_id);
    case AGAIN:
        return payments_webhook_again(p, cx, c->hook.provider, c->hook.event_id);
    case PRUNE:
        return prune->fn(p, cx, &c->is_new);
    case COMPARE:
        return payments_reconcile(p, cx, c->range, c->list.entries, c->list.entries_n, &c->n);
    case START:
        return payments_start(p, cx, &c->payment, /* is_new= */ false);
    case ANSWER:
        return payments_answer(p, cx, c->payment.payment_id, &c->result, &c->payment);
    default:
        return do_saved(c, p, cx);
    }
}

static err call(struct desk *d, struct call *c, enum verb verb)
{
    c->d = d;
    c->verb = verb;
    return store_write(d->s, do_call, c);
}

/* ---- saved methods ---- */
static struct call saved(struct desk *d, id user_id, const char *token)
{
    struct call c = { .method = { .method_id = cx_id(d->cx),
                          .user_id = user_id,
                          .provider = S("sandbox"),
                          .token = str_from_c(token) } };
    CHECK_ERR(d->cx, call(d, &c, SAVE), NULL);
    CHECK_ERR(d->cx,
        d->pay.setup(d->pay.self, d->cx,
            (struct pay_setup_request){ .key = id_text(d->cx->arena, c.method.method_id),
                .user_key = id_text(d->cx->arena, user_id),
                .customer = c.method.customer,
                .token = c.method.token },
            &c.setup),
        NULL);
    CHECK_ERR(d->cx, call(d, &c, SAVED), NULL);
    d->cx->now_ms++;
    return c;
}

static size_t methods_n(struct desk *d, id user_id, struct payments_method **ret)
{
    struct call c = { .method = { .user_id = user_id } };
    CHECK_ERR(d->cx, call(d, &c, LIST), NULL);
    *ret = c.methods;
    return c.n;
}

static void methods_belong_to_their_user(void **state)
{
    struct desk d = desk_open(state);
    id ada = cx_id(d.cx), bob = cx_id(d.cx);
    struct payments_method *list;
    struct call a = saved(&d, ada, "pm_card_visa"), b = saved(&d, ada, "pm_card_slow");
    CHECK(a.method.is_default && !b.method.is_default);
    CHECK_STR(a.method.customer, b.method.customer);
    CHECK_STR(a.method.last4, S("4242"));
    CHECK_INT(a.method.exp_year, 2034);
    CHECK_INT((int64_t)methods_n(&d, ada, &list), 2);
    CHECK_INT((int64_t)methods_n(&d, bob, &list), 0);
    struct call declined = saved(&d, ada, "pm_card_declined");
    CHECK_INT(declined.method.status, PAY_SETUP_DECLINED);
    CHECK_STR(declined.method.decline_code, S("card_declined"));
    CHECK_INT((int64_t)methods_n(&d, ada, &list), 2);
    struct call again = a; /* the same answer twice */
    CHECK_ERR(d.cx, call(&d, &again, SAVED), NULL);
    struct call other = { .method = { .method_id = a.method.method_id, .user_id = bob } };
    CHECK_ERR(d.cx, call(&d, &other, GET), &ERR_MISSING);
    CHECK_ERR(d.cx, call(&d, &other, DEFAULT), &ERR_MISSING);
    CHECK_ERR(d.cx, call(&d, &other, REMOVE), &ERR_MISSING);
    CHECK_ERR(d.cx, call(&d, &b, DEFAULT), NULL);
    CHECK_INT((int64_t)methods_n(&d, ada, &list), 2);
    CHECK(id_eq(list[0].method_id, b.method.method_id) && !list[1].is_default);
    CHECK_ERR(d.cx, call(&d, &b, REMOVE), NULL);
    CHECK_ERR(d.cx, call(&d, &b, REMOVE), &ERR_MISSING);
    CHECK_INT((int64_t)methods_n(&d, ada, &list), 1);
    CHECK(list[0].is_default && id_eq(list[0].method_id, a.method.method_id));
    desk_close(&d);
}

static void methods_are_bounded_and_challenged(void **state)
{
    struct desk d = desk_open(state);
    id ada = cx_id(d.cx), bob = cx_id(d.cx);
    struct call c = saved(&d, bob, "pm_card_3ds");
    CHECK_INT(c.method.status, PAY_SETUP_CHALLENGE);
    CHECK(c.setup.challenge_url.n > 0);
    CHECK_ERR(d.cx, pay_sandbox_challenge(&d.pay, d.cx, c.method.setup_ref, true), NULL);
    CHECK_ERR(d.cx, d.pay.setup_find(d.pay.self, d.cx, c.method.setup_ref, &c.setup), NULL);
    CHECK_ERR(d.cx, call(&d, &c, SAVED), NULL);
    CHECK_INT(c.method.status, PAY_SETUP_READY);
    CHECK(c.method.is_default);
    struct call wrong = { .method = c.method };
    wrong.method.token = S("pm_card_other");
    CHECK_ERR(d.cx, call(&d, &wrong, SAVE), &ERR_BUG);
    for (int i = 0; i < 20; i++)
        saved(&d, ada, "pm_card_visa");
    struct call full = { .method = { .method_id = cx_id(d.cx),
                             .user_id = ada,
                             .provider = S("sandbox"),
                             .token = S("pm_card_visa") } };
    CHECK_ERR(d.cx, call(&d, &full, SAVE), &PAYMENTS_METHODS_FULL);
    desk_close(&d);
}

/* ---- gift cards ---- */
static void gift_cards_are_found_by_code(void **state)
{
    struct desk d = desk_open(state);
    struct call c = { .card = { .card_id = cx_id(d.cx),
                          .amount = money_of(2500, USD),
                          .expires_ms = d.cx->now_ms + HOUR_MS } };
    CHECK_ERR(d.cx, call(&d, &c, ISSUE), NULL);
    CHECK_INT((int64_t)c.code.n, PAYMENTS_CODE_N + 6);
    struct call again = c, found = { .code = str_lower(d.cx->arena, c.code) };
    CHECK_ERR(d.cx, call(&d, &again, ISSUE), &ERR_BUG);
    CHECK_ERR(d.cx, call(&d, &found, FIND), NULL);
    CHECK(id_eq(found.card.card_id, c.card.card_id));
    CHECK_INT(found.card.amount.minor, 2500);
    CHECK_STR(found.card.hint, str_skip(c.code, c.code.n - 4));
    found.code = S("0000-0000-0000-0000-0000-0000-0000");
    CHECK_ERR(d.cx, call(&d, &found, FIND), &PAYMENTS_GIFT_CARD_BAD);
    found.code = S("not a code");
    CHECK_ERR(d.cx, call(&d, &found, FIND), &PAYMENTS_GIFT_CARD_BAD);
    found.code = c.code;
    d.cx->now_ms += HOUR_MS;
    CHECK_ERR(d.cx, call(&d, &found, FIND), &PAYMENTS_GIFT_CARD_OVER);
    d.cx->now_ms -= HOUR_MS;
    CHECK_ERR(d.cx, call(&d, &c, STOP), NULL);
    CHECK_ERR(d.cx, call(&d, &found, FIND), &PAYMENTS_GIFT_CARD_BAD);
    c.card.card_id = cx_id(d.cx);
    CHECK_ERR(d.cx, call(&d, &c, STOP), &ERR_MISSING);
    desk_close(&d);
}

/* ---- the inbox ---- */
static struct call paid(struct desk *d, enum pay_state ours)
{
    struct call c = { .payment = { .payment_id = cx_id(d->cx),
                          .provider = S("sandbox"),
                          .method_type = S("credit_card"),
                          .token = S("pm_card_visa"),
                          .amount = money_of(1000, USD) } };
    c.payment.order_id = c.payment.payment_id;
    struct pay_result r;
    CHECK_ERR(d->cx, call(d, &c, START), NULL);
    CHECK_ERR(d->cx,
        d->pay.authorize(d->pay.self, d->cx,
            (struct pay_request){ .key = id_text(d->cx->arena, c.payment.payment_id),
                .amount = c.payment.amount,
                .token = c.payment.token,
                .capture = true },
            &r),
        NULL);
    c.result = (struct pay_result){ .state = ours, .provider_ref = r.provider_ref };
    CHECK_ERR(d->cx, call(d, &c, ANSWER), NULL);
    return c;
}

static void webhooks_are_stored_once(void **state)
{
    struct desk d = desk_open(state);
    struct call c = paid(&d, PAY_STATE_AUTHORIZED);
    id payment_id = c.payment.payment_id;
    CHECK_INT((int64_t)pay_sandbox_events(&d.pay), 1);
    c.sent = pay_sandbox_webhook(&d.pay, d.cx, 0, d.cx->now_ms - 301000); /* too late */
    CHECK_ERR(d.cx, call(&d, &c, HOOK), &PAY_WEBHOOK_REFUSED);
    c.sent = pay_sandbox_webhook(&d.pay, d.cx, 0, d.cx->now_ms);
    c.sent.body = str_cat(d.cx->arena, c.sent.body, S(" "));
    CHECK_ERR(d.cx, call(&d, &c, HOOK), &PAY_WEBHOOK_REFUSED);
    for (int i = 0; i < 2; i++) {
        c.sent = pay_sandbox_webhook(&d.pay, d.cx, 0, d.cx->now_ms - i * 1000);
        CHECK_ERR(d.cx, call(&d, &c, HOOK), NULL);
        CHECK(c.is_new == (i == 0));
        CHECK(id_eq(c.hook.payment_id, payment_id));
        CHECK_ERR(d.cx, call(&d, &c, DUE), NULL);
        CHECK_INT((int64_t)c.n, 1);
        CHECK_STR(c.hooks[0].provider_ref, c.payment.provider_ref);
    }
    for (int i = 0; i < 10; i++) { /* 10 s, 20 s, ... an hour */
        int64_t wait = i < 8 ? INT64_C(10000) << i : HOUR_MS;
        CHECK_ERR(d.cx, call(&d, &c, AGAIN), NULL);
        d.cx->now_ms += wait - 1;
        CHECK_ERR(d.cx, call(&d, &c, DUE), NULL);
        CHECK_INT((int64_t)c.n, 0);
        d.cx->now_ms++;
        CHECK_ERR(d.cx, call(&d, &c, DUE), NULL);
        CHECK_INT((int64_t)c.n, 1);
        CHECK_INT(c.hooks[0].attempts, i + 1);
    }
    CHECK_ERR(d.cx, call(&d, &c, DONE), NULL);
    CHECK_ERR(d.cx, call(&d, &c, DUE), NULL);
    CHECK_INT((int64_t)c.n, 0);
    CHECK_ERR(d.cx, call(&d, &c, PRUNE), NULL); /* fresh: kept, so that a repeat is known */
    c.sent = pay_sandbox_webhook(&d.pay, d.cx, 0, d.cx->now_ms);
    CHECK_ERR(d.cx, call(&d, &c, HOOK), NULL);
    CHECK(!c.is_new);
    d.cx->now_ms += 31 * 24 * HOUR_MS;
    CHECK_ERR(d.cx, call(&d, &c, PRUNE), NULL);
    c.sent = pay_sandbox_webhook(&d.pay, d.cx, 0, d.cx->now_ms);
    CHECK_ERR(d.cx, call(&d, &c, HOOK), NULL);
    CHECK(c.is_new);
    desk_close(&d);
}

/* ---- reconciliation ---- */
static size_t compare(struct desk *d, struct call *c)
{
    c->range = (struct payments_range){ S("sandbox"), d->cx->now_ms - 10 * HOUR_MS, d->cx->now_ms };
    CHECK_ERR(d->cx,
        d->pay.list(d->pay.self, d->cx, (struct pay_range){ c->range.from_ms, c->range.to_ms },
            (str){ 0 }, &c->list),
        NULL);
    CHECK_ERR(d->cx, call(d, c, COMPARE), NULL);
    return c->n;
}

static str listed(struct desk *d)
{
    struct answer a = ask(d->s, (struct ask){ .routes = payments_service.routes,
                                    .service = d->p,
                                    .method = "GET",
                                    .path = S("/api/v1/admin/payment-differences?limit=1") });
    CHECK_ERR(d->cx, a.e, NULL);
    return a.body;
}

static void differences_are_found_and_resolved(void **state)
{
    struct desk d = desk_open(state);
    struct call same = paid(&d, PAY_STATE_CAPTURED), behind = paid(&d, PAY_STATE_AUTHORIZED);
    struct call gone = { .payment = same.payment };
    gone.payment.payment_id = gone.payment.order_id = cx_id(d.cx);
    gone.payment.status = PAYMENTS_STARTED;
    gone.payment.captured_minor = 0;
    gone.result.state = PAY_STATE_CAPTURED;
    CHECK_ERR(d.cx, call(&d, &gone, START), NULL);
    CHECK_ERR(d.cx, call(&d, &gone, ANSWER), NULL); /* the provider knows nothing of it */
    struct pay_result r;
    CHECK_ERR(d.cx,
        d.pay.authorize(d.pay.self, d.cx,
            (struct pay_request){
                .key = S("by hand"), .amount = money_of(5, USD), .token = S("pm_card_visa") },
            &r),
        NULL); /* and we know nothing of this */
    struct call c = { 0 };
    d.cx->now_ms += 2 * HOUR_MS;
    for (int i = 0; i < 2; i++) { /* again: the same ones */
        CHECK_INT((int64_t)compare(&d, &c), 4);
        d.cx->now_ms++;
    }
    CHECK(str_find(listed(&d), S("nextPageToken"), 0) > 0);
    behind.result.state = PAY_STATE_CAPTURED;
    CHECK_ERR(d.cx, call(&d, &behind, ANSWER), NULL);
    CHECK_INT((int64_t)compare(&d, &c), 2);
    str body = listed(&d);
    CHECK(str_find(body, S("missing_"), 0) > 0);
    desk_close(&d);
}

/* The same payment, taken twice: by who has it here, and by another. */
static void taken_by_two_providers(void **state)
{
    struct desk d = desk_open(state);
    struct call c = { 0 };
    (void)paid(&d, PAY_STATE_CAPTURED);
    d.cx->now_ms += 2 * HOUR_MS;
    CHECK_INT((int64_t)compare(&d, &c), 0);
    c.range.provider = S("other");
    CHECK_ERR(d.cx, call(&d, &c, COMPARE), NULL);
    CHECK_INT((int64_t)c.n, 1);
    CHECK(str_find(listed(&d), S("missing_here"), 0) > 0);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(methods_belong_to_their_user),
        STORE_TEST(methods_are_bounded_and_challenged),
        STORE_TEST(gift_cards_are_found_by_code),
        STORE_TEST(webhooks_are_stored_once),
        STORE_TEST(differences_are_found_and_resolved),
        STORE_TEST(taken_by_two_providers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
