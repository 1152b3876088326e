/* SPDX-License-Identifier: Apache-2.0
 * Every call to Stripe with every failure of the network and of the other side; then the same call
 * again, which must not have done it twice. Run by `./dev test pay`. */
#include "platform/pay/tests/pay_stripe_world.h"

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

enum op {
    AUTHORIZE,
    CAPTURE,
    RELEASE,
    REFUND,
    SETUP,
    DETACH,
    FIND,
    GET,
    LIST,
    SETUP_FIND,
    METHODS
};
/* The request that counts, and whether it changes something. */
static const struct op_case {
    enum op op;
    const char *name, *match;
    bool posts;
} op_cases[] = {
    { AUTHORIZE, "authorize", "POST /v1/payment_intents", true },
    { CAPTURE, "capture", "POST /v1/payment_intents/ID/capture", true },
    { RELEASE, "release", "POST /v1/payment_intents/ID/cancel", true },
    { REFUND, "refund", "POST /v1/refunds", true },
    { SETUP, "setup", "POST /v1/setup_intents", true },
    { DETACH, "detach", "POST /v1/payment_methods/ID/detach", true },
    { CAPTURE, "capture, looking", "GET /v1/payment_intents/ID", false },
    { RELEASE, "release, looking", "GET /v1/payment_intents/ID", false },
    { REFUND, "refund, looking", "GET /v1/refunds", false },
    { SETUP, "setup, the customer", "POST /v1/customers", false },
    { FIND, "find", "GET /v1/payment_intents/search", false },
    { GET, "get", "GET /v1/payment_intents/ID", false },
    { LIST, "list", "GET /v1/payment_intents", false },
    { SETUP_FIND, "setup_find", "GET /v1/setup_intents/ID", false },
    { METHODS, "methods", "GET /v1/customers/ID/payment_methods", false },
};
/* What the caller is told when something may have been done; of a look it is PAY_UNREACHABLE. */
static const struct fault_case {
    const char *mode;
    int count;
    err want;
} fault_cases[] = {
    { "lost_before", 9, &PAY_UNKNOWN }, /* curl tries again when a kept connection ends so */
    { "lost_after", 9, &PAY_UNKNOWN },
    { "half", 1, &PAY_UNKNOWN },
    { "slow", 1, &PAY_UNKNOWN },
    { "500", 1, &PAY_UNKNOWN },
    { "malformed", 1, &PAY_UNKNOWN },
    { "429", 1, NULL }, /* tried again */
    { "429", 3, &PAY_UNREACHABLE },
};

/* What a call is made with, and what it said. */
struct run {
    struct pay_request request;
    struct pay_setup_request setup;
    str key, ref, token, customer;
    struct pay_result result;
    struct pay_setup saved;
    struct pay_method *methods;
    struct pay_list list;
    size_t n;
};

static struct run prepared(struct desk *d, enum op op)
{
    struct run r = { .key = new_key(d) };
    r.request = request_of(d, "pm_card_visa", true);
    r.setup = (struct pay_setup_request){
        .key = new_key(d), .user_key = new_key(d), .token = S("pm_card_visa")
    };
    if (op == CAPTURE || op == RELEASE || op == REFUND || op == GET)
        r.ref = paid(d, "pm_card_visa", op == REFUND).provider_ref;
    if (op == FIND)
        CHECK_ERR(d->cx, d->pay.authorize(d->pay.self, d->cx, r.request, &r.result), NULL);
    if (op == DETACH || op == METHODS || op == SETUP_FIND) {
        CHECK_ERR(d->cx, d->pay.setup(d->pay.self, d->cx, r.setup, &r.saved), NULL);
        r.token = r.saved.method.token;
        r.customer = r.saved.method.customer;
    }
    return r;
}

static err run(struct desk *d, const struct pay *p, enum op op, struct run *r)
{
    struct pay_range all = { d->cx->now_ms - 1000, d->cx->now_ms + 1000 };
    cx_clear(d->cx);
    switch (op) {
    case AUTHORIZE:
        return p->authorize(p->self, d->cx, r->request, &r->result);
    case CAPTURE:
        return p->capture(p->self, d->cx, r->key, r->ref, USD(1000), &r->result);
    case RELEASE:
        return p->release(p->self, d->cx, r->key, r->ref, &r->result);
    case REFUND:
        return p->refund(p->self, d->cx, r->key, r->ref, USD(1000), &r->result);
    case SETUP:
        return p->setup(p->self, d->cx, r->setup, &r->saved);
    case DETACH:
        return p->detach(p->self, d->cx, r->token);
    case FIND:
        return p->find(p->self, d->cx, r->request.key, &r->result);
    case GET:
        return p->get(p->self, d->cx, r->ref, &r->result);
    case LIST:
        return p->list(p->self, d->cx, all, (str){ 0 }, &r->list);
    case SETUP_FIND:
        return p->setup_find(p->self, d->cx, r->saved.setup_ref, &r->saved);
    case METHODS:
        return p->methods(p->self, d->cx, r->customer, &r->methods, &r->n);
    }
    panic(__FILE__, "no such call");
}

/* Done, and once: the books of the stand-in say so. */
static void check_once(struct desk *d, const struct op_case *c, struct run *r)
{
    switch (c->op) {
    case AUTHORIZE:
    case FIND:
        CASE_INT(c->name, r->result.state, PAY_STATE_CAPTURED);
        CASE_INT(c->name, count(d, "intents"), 1);
        return;
    case CAPTURE:
        CASE_INT(c->name, now(d, r->ref).captured_minor, 1000);
        CASE_INT(c->name, now(d, r->ref).open_minor, 3200);
        return;
    case RELEASE:
        CASE_INT(c->name, now(d, r->ref).state, PAY_STATE_VOIDED);
        return;
    case REFUND:
        CASE_INT(c->name, now(d, r->ref).refunded_minor, 1000);
        CASE_INT(c->name, count(d, "refunds"), 1);
        CASE(c->name, str_starts(r->result.refund_ref, S("re_")));
        return;
    case SETUP:
    case SETUP_FIND:
        CASE_INT(c->name, r->saved.state, PAY_SETUP_READY);
        CASE_INT(c->name, count(d, "methods"), 1);
        return;
    case METHODS:
        CASE_INT(c->name, (int64_t)r->n, 1);
        return;
    case DETACH:
    case GET:
    case LIST:
        return;
    }
}

static void failures_are_told_apart(void **state)
{
    for (size_t i = 0; i < COUNT(op_cases) * COUNT(fault_cases); i++) {
        const struct op_case *c = &op_cases[i / COUNT(fault_cases)];
        const struct fault_case *f = &fault_cases[i % COUNT(fault_cases)];
        struct desk d = desk_open(state);
        struct run r = prepared(&d, c->op);
        err want = f->want == &PAY_UNKNOWN && !c->posts ? &PAY_UNREACHABLE : f->want;
        str name = str_fmt(d.cx->arena, "%s, %s %d", c->name, f->mode, f->count);
        fault(&d, f->mode, c->match, f->count);
        err e = run(&d, &d.pay, c->op, &r);
        if (e != want)
            check_err(d.cx, e, want, str_c(d.cx->arena, name), __LINE__);
        control(&d, "set", S("{\"faults\": []}"));
        CHECK_ERR(d.cx, run(&d, &d.pay, c->op, &r), NULL);
        check_once(&d, c, &r);
        desk_close(&d);
    }
}

/* An error of Stripe's own is kept with the key: a repeat hears it again, a look tells the truth.
 */
static void errors_after_the_deed_are_found_out(void **state)
{
    for (size_t i = 0; i < COUNT(op_cases); i++) {
        const struct op_case *c = &op_cases[i];
        if (!c->posts || c->op == SETUP || c->op == DETACH)
            continue;
        struct desk d = desk_open(state);
        struct run r = prepared(&d, c->op);
        fault(&d, "500_after", c->match, 1);
        CHECK(run(&d, &d.pay, c->op, &r) == &PAY_UNKNOWN);
        if (c->op == AUTHORIZE) {
            CHECK(run(&d, &d.pay, c->op, &r) == &PAY_UNKNOWN);
            CHECK_ERR(d.cx, run(&d, &d.pay, FIND, &r), NULL);
        } else {
            CHECK_ERR(d.cx, run(&d, &d.pay, c->op, &r), NULL);
        }
        check_once(&d, c, &r);
        desk_close(&d);
    }
}

static void nobody_there_means_nothing_done(void **state)
{
    struct desk d = desk_open(state);
    struct pay away = pay_at(&d, "1");
    for (size_t i = 0; i < COUNT(op_cases); i++) {
        struct run r = prepared(&d, op_cases[i].op);
        CASE(op_cases[i].name, run(&d, &away, op_cases[i].op, &r) == &PAY_UNREACHABLE);
    }
    desk_close(&d);
}

static void a_wrong_key_does_nothing(void **state)
{
    struct desk d = desk_open(state);
    struct pay wrong;
    struct pay_result r;
    pay_stripe_open(d.cx->arena,
        (struct stripe_opts){ .http = d.w->http,
            .url = str_fmt(d.cx->arena, "http://127.0.0.1:%s", d.w->port),
            .key = S("sk_test_wrong") },
        &wrong);
    err e = wrong.authorize(wrong.self, d.cx, request_of(&d, "pm_card_visa", true), &r);
    CHECK_ERR(d.cx, e, &PAY_UNREACHABLE);
    CHECK(str_find(d.cx->detail, S("sk_test"), 0) < 0);
    CHECK_INT(count(&d, "intents"), 0);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_are_told_apart),
        cmocka_unit_test(errors_after_the_deed_are_found_out),
        cmocka_unit_test(nobody_there_means_nothing_done),
        cmocka_unit_test(a_wrong_key_does_nothing),
    };
    return cmocka_run_group_tests(tests, group_open, group_close);
}
