/* SPDX-License-Identifier: Apache-2.0
 * The Stripe adapter against the stand-in: each card, each way through a payment, saved methods,
 * lists and webhooks. Run by `./dev test pay`. */
#include "platform/pay/tests/pay_stripe_world.h"

#include "platform/pay/pay_stripe_internal.h"

static int group_open(void **state)
{
    *state = world_open();
    return 0;
}

static int group_close(void **state)
{
    world_close(*state);
    return 0;
}

/* ---- cards ---- */
static const struct card_case {
    const char *token;
    enum pay_state state;
    const char *code, *last4;
} card_cases[] = {
    { "pm_card_visa", PAY_STATE_AUTHORIZED, NULL, "4242" },
    { "pm_card_mastercard", PAY_STATE_AUTHORIZED, NULL, "4444" },
    { "pm_card_chargeDeclined", PAY_STATE_DECLINED, "card_declined", "0002" },
    { "pm_card_chargeDeclinedInsufficientFunds", PAY_STATE_DECLINED, "insufficient_funds", "9995" },
    { "pm_card_chargeDeclinedExpiredCard", PAY_STATE_DECLINED, "expired_card", "0069" },
    { "pm_card_chargeDeclinedIncorrectCvc", PAY_STATE_DECLINED, "incorrect_cvc", "0127" },
    { "pm_card_chargeDeclinedProcessingError", PAY_STATE_DECLINED, "processing_error", "0119" },
    { "pm_card_visa_chargeDeclinedLostCard", PAY_STATE_DECLINED, "card_declined", "9987" },
    { "pm_card_authenticationRequired", PAY_STATE_CHALLENGE, NULL, NULL },
    { "pm_card_of_nobody", PAY_STATE_DECLINED, "invalid_token", NULL },
};

static void cards_are_understood(void **state)
{
    struct desk d = desk_open(state);
    for (size_t i = 0; i < COUNT(card_cases) * 2; i++) {
        const struct card_case *c = &card_cases[i / 2];
        struct pay_request in = request_of(&d, c->token, i & 1);
        enum pay_state want = c->state;
        if (in.capture && want == PAY_STATE_AUTHORIZED)
            want = PAY_STATE_CAPTURED;
        for (int again = 0; again < 2; again++) {
            struct pay_result r = { 0 };
            CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, in, &r), NULL);
            CASE_INT(c->token, r.state, want);
            CASE_STR(c->token, r.provider, S("stripe"));
            CASE_STR(c->token, r.decline_code, str_from_c(c->code));
            CASE(c->token, (r.decline_text.n > 0) == (c->code != NULL));
            CASE_STR(c->token, r.last4, str_from_c(c->last4));
            CASE(c->token, (r.challenge_url.n > 0) == (want == PAY_STATE_CHALLENGE));
            CASE_INT(c->token, r.captured_minor, want == PAY_STATE_CAPTURED ? 4200 : 0);
            CASE_INT(c->token, r.open_minor, want == PAY_STATE_AUTHORIZED ? 4200 : 0);
            struct pay_result found = { 0 };
            CHECK_ERR(d.cx, d.pay.find(d.pay.self, d.cx, in.key, &found), NULL);
            bool there = r.provider_ref.n > 0; /* a bad token makes no payment */
            CASE_INT(c->token, found.state, there ? want : PAY_STATE_NONE);
            CASE_STR(c->token, found.provider_ref, r.provider_ref);
        }
    }
    struct pay_request in = request_of(&d, "pm_card_visa", true);
    struct pay_result r;
    CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, in, &r), NULL);
    in.amount.minor++;
    CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, in, &r), &ERR_BUG);
    desk_close(&d);
}

/* ---- amounts ---- */
static const struct amount_case {
    const char *currency;
    int64_t minor, there; /* there -1: cannot be charged */
} amount_cases[] = {
    { "USD", 1999, 1999 },
    { "JPY", 500, 500 },
    { "KRW", 1200, 1200 },
    { "ISK", 500, 50000 }, /* Stripe counts in hundredths that are no longer coined */
    { "KWD", 5120, 5120 },
    { "KWD", 5123, -1 }, /* of three decimals the last is 0 */
    { "USD", -1, -1 },
};

static void amounts_are_stripes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(amount_cases); i++) {
        const struct amount_case *c = &amount_cases[i];
        money amount = { c->minor, { { c->currency[0], c->currency[1], c->currency[2] } } }, back;
        int64_t there = -1;
        CASE(c->currency, stripe_amount(amount, &there) == (c->there >= 0));
        CASE_INT(c->currency, there, c->there);
        if (c->there < 0)
            continue;
        CASE(c->currency, stripe_money(there, str_from_c(c->currency), &back));
        CASE_INT(c->currency, back.minor, c->minor);
        CASE(c->currency, currency_eq(back.currency, amount.currency));
    }
    money back;
    CHECK(!stripe_money(1, S("XXX"), &back));
    CHECK(!stripe_money(1, S("us"), &back));
}

static const struct charge_case {
    const char *name, *currency;
    int64_t minor;
    const char *code;
} charge_cases[] = {
    { "yen", "JPY", 500, NULL },
    { "dinar in tens", "KWD", 5120, NULL },
    { "dinar", "KWD", 5123, "amount_not_chargeable" },
    { "krona", "ISK", 500, NULL },
    { "too little", "USD", 10, "amount_too_small" },
    { "too much", "USD", 100000000, "amount_too_large" },
};

static void currencies_are_charged_exactly(void **state)
{
    struct desk d = desk_open(state);
    for (size_t i = 0; i < COUNT(charge_cases); i++) {
        const struct charge_case *c = &charge_cases[i];
        struct pay_request in = request_of(&d, "pm_card_visa", true);
        struct pay_result r;
        in.amount = (money){ c->minor, { { c->currency[0], c->currency[1], c->currency[2] } } };
        CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, in, &r), NULL);
        CASE_STR(c->name, r.decline_code, str_from_c(c->code));
        CASE_INT(c->name, r.captured_minor, c->code ? 0 : c->minor);
    }
    desk_close(&d);
}

/* ---- ways through a payment ---- */
enum deed { CAPTURE, RELEASE, REFUND };
static const struct way_case {
    const char *name, *token;
    bool captured, single; /* single: no multicapture */
    struct {
        enum deed deed;
        int64_t minor;
        const char *code;
        enum pay_state state;
        int64_t captured, refunded, open;
    } steps[5];
    size_t n;
} way_cases[] = {
    { "captured whole", "pm_card_visa", false, false,
        { { CAPTURE, 4200, NULL, PAY_STATE_CAPTURED, 4200, 0, 0 },
            { CAPTURE, 1, "amount_too_large", PAY_STATE_CAPTURED, 4200, 0, 0 },
            { RELEASE, 0, "not_releasable", PAY_STATE_CAPTURED, 4200, 0, 0 },
            { REFUND, 4200, NULL, PAY_STATE_REFUNDED, 4200, 4200, 0 } },
        4 },
    { "captured in parts, the rest let go", "pm_card_visa", false, false,
        { { CAPTURE, 1000, NULL, PAY_STATE_CAPTURED, 1000, 0, 3200 },
            { CAPTURE, 3201, "amount_too_large", PAY_STATE_CAPTURED, 1000, 0, 3200 },
            { CAPTURE, 2000, NULL, PAY_STATE_CAPTURED, 3000, 0, 1200 },
            { RELEASE, 0, NULL, PAY_STATE_CAPTURED, 3000, 0, 0 },
            { REFUND, 3000, NULL, PAY_STATE_REFUNDED, 3000, 3000, 0 } },
        5 },
    { "a card of one capture", "pm_card_mastercard", false, true,
        { { CAPTURE, 1000, NULL, PAY_STATE_CAPTURED, 1000, 0, 0 },
            { CAPTURE, 1, "amount_too_large", PAY_STATE_CAPTURED, 1000, 0, 0 } },
        2 },
    { "released", "pm_card_visa", false, false,
        { { RELEASE, 0, NULL, PAY_STATE_VOIDED, 0, 0, 0 },
            { RELEASE, 0, NULL, PAY_STATE_VOIDED, 0, 0, 0 },
            { CAPTURE, 1, "not_capturable", PAY_STATE_VOIDED, 0, 0, 0 },
            { REFUND, 1, "not_refundable", PAY_STATE_VOIDED, 0, 0, 0 } },
        4 },
    { "refunded in parts", "pm_card_visa", true, false,
        { { REFUND, 1200, NULL, PAY_STATE_CAPTURED, 4200, 1200, 0 },
            { REFUND, 3001, "amount_too_large", PAY_STATE_CAPTURED, 4200, 1200, 0 },
            { REFUND, 3000, NULL, PAY_STATE_REFUNDED, 4200, 4200, 0 },
            { REFUND, 1, "amount_too_large", PAY_STATE_REFUNDED, 4200, 4200, 0 } },
        4 },
    { "a challenge let go", "pm_card_authenticationRequired", false, false,
        { { RELEASE, 0, NULL, PAY_STATE_VOIDED, 0, 0, 0 } }, 1 },
};

static err do_deed(
    struct desk *d, enum deed deed, str key, str ref, int64_t minor, struct pay_result *ret)
{
    switch (deed) {
    case CAPTURE:
        return d->pay.capture(d->pay.self, d->cx, key, ref, USD(minor), ret);
    case RELEASE:
        return d->pay.release(d->pay.self, d->cx, key, ref, ret);
    case REFUND:
        return d->pay.refund(d->pay.self, d->cx, key, ref, USD(minor), ret);
    }
    panic(__FILE__, "no such deed");
}

static void payments_go_their_ways(void **state)
{
    struct desk d = desk_open(state);
    for (size_t i = 0; i < COUNT(way_cases) * 2; i++) {
        const struct way_case *c = &way_cases[i / 2];
        bool forgetful = i & 1; /* a day later: no Idempotency-Key is known any more */
        struct pay_result r = paid(&d, c->token, c->captured);
        str ref = r.provider_ref;
        for (size_t k = 0; k < c->n; k++) {
            str key = new_key(&d);
            for (int again = 0; again < 2; again++) {
                CHECK_ERR(
                    d.cx, do_deed(&d, c->steps[k].deed, key, ref, c->steps[k].minor, &r), NULL);
                CASE_INT(c->name, r.state, c->steps[k].state);
                CASE_STR(c->name, r.decline_code, str_from_c(c->steps[k].code));
                CASE_INT(c->name, r.captured_minor, c->steps[k].captured);
                CASE_INT(c->name, r.refunded_minor, c->steps[k].refunded);
                CASE_INT(c->name, r.open_minor, c->steps[k].open);
                struct pay_result as_it_is = now(&d, ref);
                CASE_INT(c->name, as_it_is.captured_minor, c->steps[k].captured);
                CASE_INT(c->name, as_it_is.refunded_minor, c->steps[k].refunded);
                if (forgetful)
                    control(&d, "forget_keys", S("{}"));
            }
        }
    }
    desk_close(&d);
}

static void wrong_deeds_are_refused(void **state)
{
    struct desk d = desk_open(state);
    struct pay_result r = paid(&d, "pm_card_visa", true);
    str ref = r.provider_ref, key = new_key(&d);
    const money euro = { 100, { "EUR" } };
    for (int deed = CAPTURE; deed <= REFUND; deed++) {
        CHECK_ERR(d.cx, do_deed(&d, (enum deed)deed, new_key(&d), S("pi_none"), 1, &r), NULL);
        CHECK_INT(r.state, PAY_STATE_NONE);
        CHECK_STR(r.decline_code, S("unknown_reference"));
    }
    CHECK_ERR(d.cx, d.pay.refund(d.pay.self, d.cx, new_key(&d), ref, euro, &r), NULL);
    CHECK_STR(r.decline_code, S("currency_mismatch"));
    CHECK_ERR(d.cx, d.pay.refund(d.pay.self, d.cx, key, ref, USD(100), &r), NULL);
    CHECK(str_starts(r.refund_ref, S("re_")));
    CHECK_ERR(d.cx, d.pay.refund(d.pay.self, d.cx, key, ref, USD(200), &r), &ERR_BUG);
    CHECK_INT(now(&d, ref).refunded_minor, 100);
    CHECK_ERR(d.cx, d.pay.get(d.pay.self, d.cx, S("pi_none"), &r), NULL);
    CHECK_INT(r.state, PAY_STATE_NONE);
    CHECK_ERR(d.cx, d.pay.refund(d.pay.self, d.cx, S(""), ref, USD(1), &r), &ERR_BUG);
    /* while the bank is at it, nothing is said */
    control(&d, "status",
        str_fmt(d.cx->arena, "{\"id\": \"" STR_F "\", \"status\": \"processing\"}", STR_A(ref)));
    CHECK_ERR(d.cx, d.pay.get(d.pay.self, d.cx, ref, &r), &PAY_UNREACHABLE);
    desk_close(&d);
}

/* ---- challenges ---- */
static void challenges_end_either_way(void **state)
{
    struct desk d = desk_open(state);
    for (int approve = 0; approve < 2; approve++) {
        struct pay_result r = paid(&d, "pm_card_authenticationRequired", true);
        CHECK(str_find(r.challenge_url, S("/authenticate/pi_"), 0) > 0);
        control(&d, "authenticate",
            str_fmt(d.cx->arena, "{\"id\": \"" STR_F "\", \"approve\": %s}", STR_A(r.provider_ref),
                approve ? "true" : "false"));
        r = now(&d, r.provider_ref);
        CHECK_INT(r.state, approve ? PAY_STATE_CAPTURED : PAY_STATE_DECLINED);
        CHECK_STR(r.decline_code, approve ? (str){ 0 } : S("authentication_failed"));
    }
    desk_close(&d);
}

/* ---- looking by key ---- */
static void what_the_search_lacks_is_in_the_list(void **state)
{
    struct desk d = desk_open(state);
    control(&d, "set", S("{\"search_lags\": true}"));
    struct pay_request in = request_of(&d, "pm_card_visa", true);
    struct pay_result r, found = { 0 };
    CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, in, &r), NULL);
    for (int i = 0; i < 105; i++) /* it is on the second page */
        paid(&d, "pm_card_visa", true);
    CHECK_ERR(d.cx, d.pay.find(d.pay.self, d.cx, in.key, &found), NULL);
    CHECK_STR(found.provider_ref, r.provider_ref);
    CHECK_ERR(d.cx, d.pay.find(d.pay.self, d.cx, S("it's\\mine"), &found), NULL);
    CHECK_INT(found.state, PAY_STATE_NONE);
    desk_close(&d);
}

static void lists_have_all(void **state)
{
    struct desk d = desk_open(state);
    int64_t at_s = d.cx->now_ms / 1000 + 86400; /* a day of its own */
    control(&d, "set", str_fmt(d.cx->arena, "{\"now_s\": %lld}", (long long)at_s));
    for (int i = 0; i < 120; i++)
        paid(&d, i % 2 ? "pm_card_visa" : "pm_card_mastercard", true);
    struct pay_range range = { at_s * 1000, at_s * 1000 + 1 };
    struct pay_list list = { 0 };
    size_t n = 0, pages = 0;
    do {
        CHECK_ERR(d.cx, d.pay.list(d.pay.self, d.cx, range, list.next, &list), NULL);
        for (size_t i = 0; i < list.entries_n; i++) {
            CHECK(list.entries[i].key.n == ID_TEXT_N);
            CHECK_INT(list.entries[i].amount.minor, 4200);
            CHECK_INT(list.entries[i].result.state, PAY_STATE_CAPTURED);
            CHECK_INT(list.entries[i].created_ms, at_s * 1000);
        }
        n += list.entries_n;
        pages++;
    } while (list.next.p);
    CHECK_INT((int64_t)n, 120);
    CHECK_INT((int64_t)pages, 2);
    desk_close(&d);
}

/* ---- saved methods ---- */
static void methods_are_saved(void **state)
{
    struct desk d = desk_open(state);
    struct pay_setup_request in = { .key = new_key(&d),
        .user_key = new_key(&d),
        .token = S("pm_card_visa"),
        .return_url = S("/account") };
    struct pay_setup first, again, declined;
    CHECK_ERR(d.cx, d.pay.setup(d.pay.self, d.cx, in, &first), NULL);
    CHECK_ERR(d.cx, d.pay.setup(d.pay.self, d.cx, in, &again), NULL);
    CHECK_INT(first.state, PAY_SETUP_READY);
    CHECK_STR(first.method.token, again.method.token);
    CHECK_STR(first.method.last4, S("4242"));
    CHECK_INT(first.method.exp_month, 8);
    CHECK_INT(first.method.exp_year, 2031);
    struct pay_request pays = request_of(&d, "", true);
    struct pay_result r;
    pays.token = first.method.token;
    pays.customer = first.method.customer;
    CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, pays, &r), NULL);
    CHECK_INT(r.state, PAY_STATE_CAPTURED);
    in.key = new_key(&d);
    in.customer = first.method.customer;
    in.token = S("pm_card_chargeDeclined");
    CHECK_ERR(d.cx, d.pay.setup(d.pay.self, d.cx, in, &declined), NULL);
    CHECK_INT(declined.state, PAY_SETUP_DECLINED);
    CHECK_STR(declined.decline_code, S("card_declined"));
    struct pay_method *list;
    size_t n;
    CHECK_ERR(d.cx, d.pay.methods(d.pay.self, d.cx, first.method.customer, &list, &n), NULL);
    CHECK_INT((int64_t)n, 1);
    CHECK_STR(list[0].token, first.method.token);
    for (int i = 0; i < 2; i++)
        CHECK_ERR(d.cx, d.pay.detach(d.pay.self, d.cx, first.method.token), NULL);
    CHECK_ERR(d.cx, d.pay.detach(d.pay.self, d.cx, S("pm_none")), NULL);
    CHECK_ERR(d.cx, d.pay.methods(d.pay.self, d.cx, first.method.customer, &list, &n), NULL);
    CHECK_INT((int64_t)n, 0);
    CHECK_ERR(d.cx, d.pay.methods(d.pay.self, d.cx, S("cus_none"), &list, &n), NULL);
    CHECK_INT((int64_t)n, 0);
    pays.key = new_key(&d);
    CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, pays, &r), NULL);
    CHECK_STR(r.decline_code, S("invalid_token"));
    desk_close(&d);
}

static void setups_may_be_challenged(void **state)
{
    struct desk d = desk_open(state);
    for (int approve = 0; approve < 2; approve++) {
        struct pay_setup_request in = { .key = new_key(&d),
            .user_key = new_key(&d),
            .token = S("pm_card_authenticationRequired") };
        struct pay_setup s;
        CHECK_ERR(d.cx, d.pay.setup(d.pay.self, d.cx, in, &s), NULL);
        CHECK_INT(s.state, PAY_SETUP_CHALLENGE);
        CHECK(s.challenge_url.n > 0);
        control(&d, "authenticate",
            str_fmt(d.cx->arena, "{\"id\": \"" STR_F "\", \"approve\": %s}", STR_A(s.setup_ref),
                approve ? "true" : "false"));
        CHECK_ERR(d.cx, d.pay.setup_find(d.pay.self, d.cx, s.setup_ref, &s), NULL);
        CHECK_INT(s.state, approve ? PAY_SETUP_READY : PAY_SETUP_DECLINED);
        CHECK((s.method.token.n > 0) == (approve != 0));
    }
    struct pay_setup s;
    CHECK_ERR(d.cx, d.pay.setup_find(d.pay.self, d.cx, S("seti_none"), &s), NULL);
    CHECK_INT(s.state, PAY_SETUP_NONE);
    desk_close(&d);
}

/* ---- webhooks ---- */
static const struct told_case {
    enum pay_event_type type;
    const char *name;
    bool has_result;
    enum pay_state state;
} told_cases[] = {
    { PAY_EVENT_PAYMENT, "payment_intent.amount_capturable_updated", true, PAY_STATE_AUTHORIZED },
    { PAY_EVENT_PAYMENT, "payment_intent.succeeded", true, PAY_STATE_CAPTURED },
    { PAY_EVENT_REFUND, "refund.created", false, PAY_STATE_NONE },
    { PAY_EVENT_PAYMENT, "charge.refunded", false, PAY_STATE_NONE },
    { PAY_EVENT_REFUND, "refund.failed", false, PAY_STATE_NONE },
};

static void events_name_their_payment(void **state)
{
    struct desk d = desk_open(state);
    struct pay_request in = request_of(&d, "pm_card_visa", false);
    str refund_key = new_key(&d);
    struct pay_result r;
    CHECK_ERR(d.cx, d.pay.authorize(d.pay.self, d.cx, in, &r), NULL);
    str ref = r.provider_ref;
    CHECK_ERR(d.cx, d.pay.capture(d.pay.self, d.cx, new_key(&d), ref, USD(4200), &r), NULL);
    CHECK_ERR(d.cx, d.pay.refund(d.pay.self, d.cx, refund_key, ref, USD(100), &r), NULL);
    control(
        &d, "fail_refund", str_fmt(d.cx->arena, "{\"id\": \"" STR_F "\"}", STR_A(r.refund_ref)));
    struct json_value *v = NULL;
    CHECK_ERR(d.cx, json_value_parse(d.cx, control(&d, "events", S("{}")), &v), NULL);
    CHECK_INT((int64_t)json_value_count(v), COUNT(told_cases));
    for (size_t i = 0; i < COUNT(told_cases); i++) {
        const struct told_case *c = &told_cases[i];
        const struct json_value *hook = json_value_at(v, i);
        str signature = json_value_str(d.cx->arena, json_value_get(hook, "signature"));
        str body = json_value_str(d.cx->arena, json_value_get(hook, "body"));
        struct pay_event event;
        CHECK_ERR(d.cx, d.pay.parse_webhook(d.pay.self, d.cx, signature, body, &event), NULL);
        bool refund = c->type == PAY_EVENT_REFUND;
        CASE_INT(c->name, event.type, c->type);
        CASE_STR(c->name, event.name, str_from_c(c->name));
        CASE(c->name, str_starts(event.event_id, S("evt_")));
        CASE_STR(c->name, event.key, in.key);
        CASE_STR(c->name, event.provider_ref, ref);
        CASE_STR(c->name, event.refund_key, refund ? refund_key : (str){ 0 });
        CASE(c->name, event.refund_failed == str_eq(event.name, S("refund.failed")));
        CASE(c->name, event.has_result == c->has_result);
        CASE_INT(c->name, event.result.state, c->state);
        CHECK_ERR(d.cx,
            d.pay.parse_webhook(
                d.pay.self, d.cx, signature, str_cat(d.cx->arena, body, S(" ")), &event),
            &PAY_WEBHOOK_REFUSED);
        cx_clear(d.cx);
    }
    json_value_close(v);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cards_are_understood),
        cmocka_unit_test(amounts_are_stripes),
        cmocka_unit_test(currencies_are_charged_exactly),
        cmocka_unit_test(payments_go_their_ways),
        cmocka_unit_test(wrong_deeds_are_refused),
        cmocka_unit_test(challenges_end_either_way),
        cmocka_unit_test(what_the_search_lacks_is_in_the_list),
        cmocka_unit_test(lists_have_all),
        cmocka_unit_test(methods_are_saved),
        cmocka_unit_test(setups_may_be_challenged),
        cmocka_unit_test(events_name_their_payment),
    };
    return cmocka_run_group_tests(tests, group_open, group_close);
}
