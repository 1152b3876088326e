/* SPDX-License-Identifier: Apache-2.0
 * Deeds and what comes late, on both engines: parts, twins, refusals, refunds that fail, orphans,
 * and every statement of the service. Run by `./dev test payments`. */
#include "services/payments/payments.h"
#include "tests/support/store.h"

#define USD ((currency){ "USD" })
#define TOTAL 1000

struct desk {
    struct store *s;
    struct cx *cx;
    struct payments *p;
};

static struct desk desk_open(void **state)
{
    struct store *s =
        store_open(store_engine(state), (const char *const[]){ "services/payments", NULL });
    struct cx *cx = store_cx(s);
    return (struct desk){
        .s = s, .cx = cx, .p = payments_open(cx->arena, (struct payments_deps){ .db = store_db(s) })
    };
}

/* ---- verbs in units of their own ---- */
enum verb { START, ANSWER, KEPT, HEAR, DEED, DEED_ANSWER, FAILED, KEEP };
struct call {
    struct payments *p;
    enum verb verb;
    id payment_id, deed_id, order_id;
    struct payments_payment payment;
    struct payments_deed deed;
    struct pay_result result;
    bool keep;
};

static err do_call(void *arg, struct cx *cx)
{
    struct call *c = arg;
    switch (c->verb) {
    case START:
        return payments_start(c->p, cx, &c->payment, /* is_new= */ false);
    case ANSWER:
        return payments_answer(c->p, cx, c->payment_id, &c->result, &c->payment);
    case KEPT:
        return payments_answer_kept(c->p, cx, c->payment_id, &c->result, &c->payment);
    case HEAR:
        return payments_hear(c->p, cx, c->payment_id, &c->result, &c->payment);
    case DEED: {
        struct payments_deed in = c->deed;
        return payments_deed_start(c->p, cx, &in, &c->deed);
    }
    case DEED_ANSWER:
        return payments_deed_answer(c->p, cx, c->deed_id, &c->result, &c->payment);
    case FAILED:
        return payments_refund_failed(c->p, cx,
            (struct payments_refund_failed){ .deed_id = c->deed_id, .keep = c->keep }, &c->deed);
    case KEEP:
        return payments_keep(c->p, cx, c->order_id, c->keep);
    }
    panic(__FILE__, "no such verb");
}

static err call(struct desk *d, struct call *c)
{
    c->p = d->p;
    return store_write(d->s, do_call, c);
}

struct look {
    struct payments *p;
    id payment_id;
    int64_t older_ms;
    struct payments_payment payment, *orphans;
    struct payments_deed *deeds, *open;
    size_t deeds_n, open_n, orphans_n;
};

static err do_look(void *arg, struct cx *cx)
{
    struct look *l = arg;
    err e = payments_get(l->p, cx, l->payment_id, &l->payment);
    if (!e)
        e = payments_deeds_of(l->p, cx, l->payment_id, &l->deeds, &l->deeds_n);
    if (!e)
        e = payments_deeds_open(l->p, cx, l->older_ms, 10, &l->open, &l->open_n);
    if (!e)
        e = payments_orphans(l->p, cx, l->older_ms, 10, &l->orphans, &l->orphans_n);
    return e;
}

static struct look look(struct desk *d, id payment_id)
{
    struct look l = { .p = d->p, .payment_id = payment_id, .older_ms = d->cx->now_ms + 1 };
    CHECK_ERR(d->cx, store_read(d->s, do_look, &l), NULL);
    return l;
}

/* A payment that the provider has answered. */
static id paid(struct desk *d, struct pay_result result)
{
    struct call c = { .verb = START };
    c.payment_id = cx_id(d->cx);
    c.payment = (struct payments_payment){ .payment_id = c.payment_id,
        .order_id = c.payment_id,
        .provider = S("sandbox"),
        .method_type = S("credit_card"),
        .token = S("pm_card_visa"),
        .amount = money_of(TOTAL, USD) };
    CHECK_ERR(d->cx, call(d, &c), NULL);
    c.verb = ANSWER;
    c.result = result;
    CHECK_ERR(d->cx, call(d, &c), NULL);
    return c.payment_id;
}

static const struct pay_result authorized = { .state = PAY_STATE_AUTHORIZED, .open_minor = TOTAL };
static const struct pay_result captured = { .state = PAY_STATE_CAPTURED, .captured_minor = TOTAL };

static struct call deed_of(struct desk *d, id payment_id, enum payments_deed_kind kind, int64_t n)
{
    return (struct call){ .verb = DEED,
        .deed = { .deed_id = cx_id(d->cx),
            .payment_id = payment_id,
            .kind = kind,
            .amount = money_of(n, USD),
            .reason = S("cancelled") } };
}

static err answer(struct desk *d, id deed_id, struct pay_result result)
{
    struct call c = { .verb = DEED_ANSWER, .deed_id = deed_id, .result = result };
    return call(d, &c);
}

/* ---- deeds in a row ---- */
static const struct row_case {
    const char *name;
    bool taken; /* captured, not authorised alone */
    struct step {
        enum payments_deed_kind kind;
        int64_t minor;
        err want;
    } steps[4];
    size_t n;
} row_cases[] = {
    { "parts are captured", false,
        { { PAYMENTS_CAPTURE, 400, NULL }, { PAYMENTS_CAPTURE, 600, NULL },
            { PAYMENTS_CAPTURE, 1, &PAYMENTS_AMOUNT_TOO_LARGE } },
        3 },
    { "a capture of more", false, { { PAYMENTS_CAPTURE, 1001, &PAYMENTS_AMOUNT_TOO_LARGE } }, 1 },
    { "nothing after a release", false,
        { { PAYMENTS_RELEASE, 0, NULL }, { PAYMENTS_CAPTURE, 1, &PAYMENTS_MOVE_REFUSED },
            { PAYMENTS_RELEASE, 0, &PAYMENTS_MOVE_REFUSED } },
        3 },
    { "no refund of what was not captured", false,
        { { PAYMENTS_REFUND, 1, &PAYMENTS_MOVE_REFUSED } }, 1 },
    { "refunds in parts", true,
        { { PAYMENTS_REFUND, 999, NULL }, { PAYMENTS_REFUND, 2, &PAYMENTS_AMOUNT_TOO_LARGE },
            { PAYMENTS_REFUND, 1, NULL }, { PAYMENTS_REFUND, 1, &PAYMENTS_AMOUNT_TOO_LARGE } },
        4 },
    { "no capture of what was captured", true,
        { { PAYMENTS_CAPTURE, 1, &PAYMENTS_AMOUNT_TOO_LARGE } }, 1 },
};

static void deeds_are_bounded(void **state)
{
    struct desk d = desk_open(state);
    for (size_t i = 0; i < COUNT(row_cases); i++) {
        const struct row_case *r = &row_cases[i];
        id payment_id = paid(&d, r->taken ? captured : authorized);
        size_t made = 0;
        for (size_t k = 0; k < r->n; k++) {
            struct call c = deed_of(&d, payment_id, r->steps[k].kind, r->steps[k].minor);
            CASE(r->name, call(&d, &c) == r->steps[k].want);
            made += r->steps[k].want == NULL;
        }
        CASE_INT(r->name, (int64_t)look(&d, payment_id).deeds_n, (int64_t)made);
    }
    store_close(d.s);
}

static void a_refund_happens_once(void **state)
{
    struct desk d = desk_open(state);
    id payment_id = paid(&d, captured);
    struct call c = deed_of(&d, payment_id, PAYMENTS_REFUND, 300), again = c, other = c;
    struct pay_result after = { .state = PAY_STATE_CAPTURED,
        .captured_minor = TOTAL,
        .refunded_minor = 300,
        .refund_ref = S("re_1") };
    CHECK_ERR(d.cx, call(&d, &c), NULL);
    CHECK_ERR(d.cx, call(&d, &again), NULL);
    CHECK(id_eq(again.deed.order_id, payment_id));
    other.deed.amount.minor = 301;
    CHECK_ERR(d.cx, call(&d, &other), &ERR_BUG);
    CHECK_INT((int64_t)look(&d, payment_id).open_n, 1);
    for (int i = 0; i < 2; i++) {
        CHECK_ERR(d.cx, answer(&d, c.deed.deed_id, after), NULL);
        struct look l = look(&d, payment_id);
        CHECK_INT(l.payment.refunded_minor, 300);
        CHECK_INT((int64_t)l.deeds_n, 1);
        CHECK_INT((int64_t)l.open_n, 0);
        CHECK_INT(l.deeds[0].status, PAYMENTS_DEED_DONE);
        CHECK_STR(l.deeds[0].provider_ref, S("re_1"));
        CHECK_STR(l.deeds[0].reason, S("cancelled"));
    }
    again.verb = DEED; /* after it is done: what it became */
    CHECK_ERR(d.cx, call(&d, &again), NULL);
    CHECK_INT(again.deed.status, PAYMENTS_DEED_DONE);
    CHECK_ERR(d.cx, answer(&d, cx_id(d.cx), after), &ERR_MISSING);
    store_close(d.s);
}

/* The answers of two refunds come in the wrong order. */
static void answers_may_pass_each_other(void **state)
{
    struct desk d = desk_open(state);
    id payment_id = paid(&d, captured);
    struct call a = deed_of(&d, payment_id, PAYMENTS_REFUND, 300);
    struct call b = deed_of(&d, payment_id, PAYMENTS_REFUND, 700);
    struct pay_result first = {
        .state = PAY_STATE_CAPTURED, .captured_minor = TOTAL, .refunded_minor = 300
    };
    struct pay_result second = {
        .state = PAY_STATE_REFUNDED, .captured_minor = TOTAL, .refunded_minor = TOTAL
    };
    CHECK_ERR(d.cx, call(&d, &a), NULL);
    CHECK_ERR(d.cx, call(&d, &b), NULL);
    CHECK_ERR(d.cx, answer(&d, b.deed.deed_id, second), NULL);
    CHECK_ERR(d.cx, answer(&d, a.deed.deed_id, first), NULL);
    struct look l = look(&d, payment_id);
    CHECK_INT(l.payment.status, PAYMENTS_REFUNDED);
    CHECK_INT(l.payment.refunded_minor, TOTAL);
    CHECK_INT((int64_t)l.open_n, 0);
    store_close(d.s);
}

static void a_refused_deed_gives_its_amount_back(void **state)
{
    struct desk d = desk_open(state);
    id payment_id = paid(&d, authorized);
    struct call c = deed_of(&d, payment_id, PAYMENTS_CAPTURE, TOTAL);
    struct call again = deed_of(&d, payment_id, PAYMENTS_CAPTURE, TOTAL);
    struct pay_result refused = authorized;
    refused.decline_code = S("not_capturable");
    CHECK_ERR(d.cx, call(&d, &c), NULL);
    CHECK_ERR(d.cx, answer(&d, c.deed.deed_id, refused), NULL);
    struct look l = look(&d, payment_id);
    CHECK_INT(l.deeds[0].status, PAYMENTS_DEED_REFUSED);
    CHECK_STR(l.deeds[0].refusal, S("not_capturable"));
    CHECK_INT(l.payment.status, PAYMENTS_AUTHORIZED);
    CHECK_ERR(d.cx, call(&d, &again), NULL);
    store_close(d.s);
}

static void a_refund_can_fail_later(void **state)
{
    struct desk d = desk_open(state);
    id payment_id = paid(&d, captured);
    struct call c = deed_of(&d, payment_id, PAYMENTS_REFUND, TOTAL);
    struct pay_result after = {
        .state = PAY_STATE_REFUNDED, .captured_minor = TOTAL, .refunded_minor = TOTAL
    };
    CHECK_ERR(d.cx, call(&d, &c), NULL);
    struct call failed = { .verb = FAILED, .deed_id = c.deed.deed_id };
    CHECK_ERR(d.cx, call(&d, &failed), NULL); /* before its answer: nothing to take back */
    CHECK_INT(look(&d, payment_id).deeds[0].status, PAYMENTS_DEED_STARTED);
    CHECK_INT(failed.deed.status, PAYMENTS_DEED_STARTED);
    CHECK_ERR(d.cx, answer(&d, c.deed.deed_id, after), NULL);
    for (int i = 0; i < 2; i++) {
        CHECK_ERR(d.cx, call(&d, &failed), NULL);
        struct look l = look(&d, payment_id);
        CHECK_INT(l.payment.status, PAYMENTS_CAPTURED);
        CHECK_INT(l.payment.refunded_minor, 0);
        CHECK_STR(l.deeds[0].refusal, S("failed"));
        CHECK_INT(failed.deed.status, PAYMENTS_DEED_REFUSED); /* told each time, so that who */
        CHECK_INT(failed.deed.amount.minor, TOTAL);           /* died on the way can go on */
    }
    store_close(d.s);
}

/* What is said of the payment from before that changes nothing any more. */
static void what_failed_stays_failed(void **state)
{
    struct desk d = desk_open(state);
    id payment_id = paid(&d, captured);
    struct call a = deed_of(&d, payment_id, PAYMENTS_REFUND, 300);
    struct call b = deed_of(&d, payment_id, PAYMENTS_REFUND, 700);
    struct pay_result first = {
        .state = PAY_STATE_CAPTURED, .captured_minor = TOTAL, .refunded_minor = 300
    };
    struct pay_result both = {
        .state = PAY_STATE_REFUNDED, .captured_minor = TOTAL, .refunded_minor = TOTAL
    };
    CHECK_ERR(d.cx, call(&d, &a), NULL);
    CHECK_ERR(d.cx, answer(&d, a.deed.deed_id, first), NULL);
    CHECK_ERR(d.cx, call(&d, &b), NULL);
    struct call failed = { .verb = FAILED, .deed_id = a.deed.deed_id, .keep = true };
    CHECK_ERR(d.cx, call(&d, &failed), NULL);
    CHECK(look(&d, payment_id).payment.kept);
    int64_t failed_ms = failed.deed.updated_ms;
    CHECK_ERR(d.cx, answer(&d, a.deed.deed_id, first), NULL); /* by who died before */
    CHECK_INT(look(&d, payment_id).payment.refunded_minor, 0);
    struct call heard = { .verb = HEAR, .payment_id = payment_id, .result = first };
    CHECK_ERR(d.cx, call(&d, &heard), NULL);
    CHECK_INT(look(&d, payment_id).payment.refunded_minor, 0);
    CHECK_ERR(d.cx, answer(&d, b.deed.deed_id, both), NULL); /* asked for before a failed */
    heard.result = both;
    CHECK_ERR(d.cx, call(&d, &heard), NULL);
    struct look l = look(&d, payment_id);
    CHECK_INT(l.payment.status, PAYMENTS_CAPTURED);
    CHECK_INT(l.payment.refunded_minor, 700);
    d.cx->now_ms += 5000;
    CHECK_ERR(d.cx, call(&d, &failed), NULL);
    CHECK_INT(failed.deed.updated_ms, failed_ms); /* when it was first said */
    failed.deed_id = b.deed.deed_id;
    CHECK_ERR(d.cx, call(&d, &failed), NULL);
    CHECK_INT(look(&d, payment_id).payment.refunded_minor, 0);
    store_close(d.s);
}

/* The second's answer tells already that the first came back, before we are told. */
static void what_failed_is_told_of_early(void **state)
{
    struct desk d = desk_open(state);
    id payment_id = paid(&d, captured);
    struct call a = deed_of(&d, payment_id, PAYMENTS_REFUND, 300);
    struct call b = deed_of(&d, payment_id, PAYMENTS_REFUND, 100);
    struct pay_result now = {
        .state = PAY_STATE_CAPTURED, .captured_minor = TOTAL, .refunded_minor = 300
    };
    CHECK_ERR(d.cx, call(&d, &a), NULL);
    CHECK_ERR(d.cx, answer(&d, a.deed.deed_id, now), NULL);
    CHECK_ERR(d.cx, call(&d, &b), NULL);
    now.refunded_minor = 100;
    CHECK_ERR(d.cx, answer(&d, b.deed.deed_id, now), NULL);
    struct call failed = { .verb = FAILED, .deed_id = a.deed.deed_id };
    CHECK_ERR(d.cx, call(&d, &failed), NULL);
    CHECK_INT(look(&d, payment_id).payment.refunded_minor, 100);
    store_close(d.s);
}

/* ---- late and out of order ---- */
static const struct hear_case {
    const char *name;
    struct pay_result before, heard;
    enum payments_status status;
    int64_t captured, refunded;
} hear_cases[] = {
    { "authorised, then captured", { .state = PAY_STATE_AUTHORIZED },
        { .state = PAY_STATE_CAPTURED, .captured_minor = 400 }, PAYMENTS_CAPTURED, 400, 0 },
    { "captured, then an old word", { .state = PAY_STATE_CAPTURED, .captured_minor = TOTAL },
        { .state = PAY_STATE_AUTHORIZED }, PAYMENTS_CAPTURED, TOTAL, 0 },
    { "an older figure",
        { .state = PAY_STATE_CAPTURED, .captured_minor = TOTAL, .refunded_minor = 300 },
        { .state = PAY_STATE_CAPTURED, .captured_minor = TOTAL, .refunded_minor = 100 },
        PAYMENTS_CAPTURED, TOTAL, 300 },
    { "refunded, then an old word", { .state = PAY_STATE_REFUNDED },
        { .state = PAY_STATE_CAPTURED, .captured_minor = TOTAL }, PAYMENTS_REFUNDED, TOTAL, TOTAL },
    { "declined, then something impossible", { .state = PAY_STATE_DECLINED },
        { .state = PAY_STATE_AUTHORIZED }, PAYMENTS_REFUSED, 0, 0 },
    { "nothing known", { .state = PAY_STATE_AUTHORIZED }, { .state = PAY_STATE_NONE },
        PAYMENTS_AUTHORIZED, 0, 0 },
    { "more than was asked for", { .state = PAY_STATE_AUTHORIZED },
        { .state = PAY_STATE_CAPTURED, .captured_minor = TOTAL + 1 }, PAYMENTS_AUTHORIZED, 0, 0 },
};

static void what_lags_changes_nothing(void **state)
{
    struct desk d = desk_open(state);
    for (size_t i = 0; i < COUNT(hear_cases); i++) {
        const struct hear_case *h = &hear_cases[i];
        struct call c = { .verb = HEAR, .payment_id = paid(&d, h->before), .result = h->heard };
        for (int k = 0; k < 2; k++) {
            CHECK_ERR(d.cx, call(&d, &c), NULL);
            struct look l = look(&d, c.payment_id);
            CASE_INT(h->name, l.payment.status, h->status);
            CASE_INT(h->name, l.payment.captured_minor, h->captured);
            CASE_INT(h->name, l.payment.refunded_minor, h->refunded);
        }
    }
    store_close(d.s);
}

/* ---- money of no order ---- */
static void orphans_are_found(void **state)
{
    struct desk d = desk_open(state);
    id lost = paid(&d, authorized);
    struct call kept = { .verb = KEPT, .payment_id = paid(&d, authorized), .result = captured };
    paid(&d, (struct pay_result){ .state = PAY_STATE_DECLINED });
    CHECK_ERR(d.cx, call(&d, &kept), NULL);
    CHECK(kept.payment.kept);
    struct look l = look(&d, lost);
    CHECK_INT((int64_t)l.orphans_n, 1);
    CHECK(id_eq(l.orphans[0].payment_id, lost));
    struct call cancel = { .verb = KEEP, .order_id = kept.payment_id, .keep = false };
    CHECK_ERR(d.cx, call(&d, &cancel), NULL);
    CHECK_INT((int64_t)look(&d, lost).orphans_n, 2);
    struct call c = { .verb = HEAR,
        .payment_id = lost,
        .result = { .state = PAY_STATE_VOIDED, .provider = S("other") } };
    CHECK_ERR(d.cx, call(&d, &c), NULL);
    l = look(&d, lost);
    CHECK_INT((int64_t)l.orphans_n, 1);
    CHECK_STR(l.payment.provider, S("other"));
    l.older_ms = d.cx->now_ms;
    CHECK_ERR(d.cx, store_read(d.s, do_look, &l), NULL);
    CHECK_INT((int64_t)l.orphans_n, 0);
    cancel.keep = true;
    CHECK_ERR(d.cx, call(&d, &cancel), NULL);
    CHECK_INT((int64_t)look(&d, lost).orphans_n, 0);
    store_close(d.s);
}

static void statements_fit_their_tables(void **state)
{
    struct desk d = desk_open(state);
    for (const struct db_query *const *q = payments_service.queries; *q; q++)
        CHECK_ERR(d.cx, db_query_check(store_db(d.s), d.cx, *q), NULL);
    store_close(d.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(deeds_are_bounded),
        STORE_TEST(a_refund_happens_once),
        STORE_TEST(answers_may_pass_each_other),
        STORE_TEST(a_refused_deed_gives_its_amount_back),
        STORE_TEST(a_refund_can_fail_later),
        STORE_TEST(what_failed_stays_failed),
        STORE_TEST(what_failed_is_told_of_early),
        STORE_TEST(what_lags_changes_nothing),
        STORE_TEST(orphans_are_found),
        STORE_TEST(statements_fit_their_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
