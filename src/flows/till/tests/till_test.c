/* SPDX-License-Identifier: Apache-2.0
 * The till on both engines: webhooks before, after and without the buyer's return; orphaned money
 * by a clock that is moved; planted differences. Run by `./dev test till`. */
#include "base/instant.h"
#include "flows/till/tests/till_world.h"

/* ---- webhooks ---- */

static struct answer tell(struct world *w, const char *provider, str signature, str body)
{
    struct json_pair header = { S("Sandbox-Signature"), signature };
    return ask(w->store, (struct ask){ .routes = till_routes,
                             .service = w->till,
                             .method = "POST",
                             .path = str_fmt(w->life, "/api/v1/webhooks/%s", provider),
                             .body = body,
                             .headers = &header,
                             .headers_n = 1 });
}

/* The index-th fact of the sandbox's books, taken in. */
static void told(struct world *w, size_t index)
{
    struct sandbox_webhook hook =
        pay_sandbox_webhook(&w->sandbox, w->cx, index, store_cx(w->store)->now_ms);
    struct answer a = tell(w, "sandbox", hook.signature, hook.body);
    CHECK_ERR(store_cx(w->store), a.e, NULL);
    CHECK_INT(a.status, 200);
    CHECK_STR(a.body, S("{\"received\":true}"));
}

static void approve(struct world *w, const struct payments_payment *p)
{
    CHECK_ERR(w->cx, pay_sandbox_challenge(&w->sandbox, w->cx, p->provider_ref, true), NULL);
}

static size_t settle(struct world *w)
{
    size_t n = 99;
    CHECK_ERR(w->cx, till_settle(w->till, w->cx, &n), NULL);
    return n;
}

static void come_back(struct world *w, const struct payments_payment *p)
{
    saga_wake(w->sagas, w->cx, (struct saga_wake){ .saga_id = p->order_id, .force = true });
}

/* The buyer's return and the webhook run the same step, in either order and alone. */
static void either_way(void **state)
{
    static const struct {
        const char *name;
        bool returns_before, returns_after;
    } cases[] = {
        { "the webhook alone", false, false },
        { "before the buyer's return", false, true },
        { "after the buyer's return", true, false },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct world *w = world_open(state);
        struct payments_payment p =
            world_payment(w, (struct wanted){ .token = "pm_card_3ds", .capture = true });
        world_saga(w, &p);
        CASE_INT(cases[i].name, world_now(w, p.payment_id).status, PAYMENTS_CHALLENGED);
        approve(w, &p);
        if (cases[i].returns_before)
            come_back(w, &p);
        told(w, pay_sandbox_events(&w->sandbox) - 1);
        if (cases[i].returns_after)
            come_back(w, &p);
        struct payments_payment now = world_now(w, p.payment_id);
        CASE_INT(cases[i].name, now.status, PAYMENTS_CAPTURED);
        CASE_INT(cases[i].name, now.captured_minor, PRICE);
        CASE(cases[i].name, now.kept);
        CASE_INT(cases[i].name, (int64_t)settle(w), 1);
        world_wait(w, 3600000);
        CASE_INT(cases[i].name, (int64_t)settle(w), 0); /* done */
        world_close(w);
    }
}

/* All that there is to tell, backwards and each twice: it is as if told once, in order. */
static void any_order(void **state)
{
    struct world *w = world_open(state);
    struct payments_payment p =
        world_payment(w, (struct wanted){ .token = "pm_card_3ds", .capture = true });
    world_saga(w, &p);
    approve(w, &p);
    size_t n = pay_sandbox_events(&w->sandbox);
    CHECK(n >= 2);
    for (size_t i = 2 * n; i-- > 0;)
        told(w, i / 2);
    CHECK_INT((int64_t)settle(w), (int64_t)n);
    struct payments_payment now = world_now(w, p.payment_id);
    CHECK_INT(now.status, PAYMENTS_CAPTURED);
    CHECK(now.kept);
    CHECK_INT(pay_sandbox_live_minor(&w->sandbox), PRICE);
    world_wait(w, 3600000);
    CHECK_INT((int64_t)settle(w), 0);
    world_close(w);
}

/* An early event wakes a saga that parks again; the job looks once more, until it is over. */
static void looked_at_again(void **state)
{
    struct world *w = world_open(state);
    struct payments_payment p =
        world_payment(w, (struct wanted){ .token = "pm_card_3ds", .capture = true });
    world_saga(w, &p);
    told(w, 0);
    CHECK_INT((int64_t)settle(w), 1);
    CHECK_INT((int64_t)settle(w), 0); /* claimed for a while */
    approve(w, &p);
    world_wait(w, 10000);
    CHECK_INT((int64_t)settle(w), 1); /* wakes the saga, which ends */
    CHECK_INT(world_now(w, p.payment_id).status, PAYMENTS_CAPTURED);
    world_wait(w, 20000);
    CHECK_INT((int64_t)settle(w), 1);
    world_wait(w, 3600000);
    CHECK_INT((int64_t)settle(w), 0);
    world_close(w);
}

/* Without a saga the provider is asked here; while it is away the event stays. */
static void nobody_else_sees_to_it(void **state)
{
    struct world *w = world_open(state);
    struct payments_payment p =
        world_payment(w, (struct wanted){ .token = "pm_card_3ds", .capture = true });
    approve(w, &p);
    told(w, pay_sandbox_events(&w->sandbox) - 1);
    w->away = true;
    CHECK_INT((int64_t)settle(w), 1);
    CHECK_INT(world_now(w, p.payment_id).status, PAYMENTS_CHALLENGED);
    w->away = false;
    world_wait(w, 10000);
    CHECK_INT((int64_t)settle(w), 1);
    CHECK_INT(world_now(w, p.payment_id).status, PAYMENTS_CAPTURED);
    world_wait(w, 3600000);
    CHECK_INT((int64_t)settle(w), 0);
    world_close(w);
}

static void refused(void **state)
{
    struct world *w = world_open(state);
    int64_t now_ms = store_cx(w->store)->now_ms;
    (void)world_payment(w, (struct wanted){ .token = "pm_card_visa", .capture = true });
    struct sandbox_webhook good = pay_sandbox_webhook(&w->sandbox, w->cx, 0, now_ms);
    struct sandbox_webhook old = pay_sandbox_webhook(&w->sandbox, w->cx, 0, now_ms - 301000);
    char *large = arena_alloc(w->life, PAYMENTS_WEBHOOK_BYTES_MAX + 1);
    memset(large, ' ', PAYMENTS_WEBHOOK_BYTES_MAX + 1);
    const struct {
        const char *name, *provider;
        str signature, body;
        err want;
    } cases[] = {
        { "no signature", "sandbox", { 0 }, good.body, &PAY_WEBHOOK_REFUSED },
        { "of another time", "sandbox", old.signature, old.body, &PAY_WEBHOOK_REFUSED },
        { "of another body", "sandbox", good.signature, S("{}"), &PAY_WEBHOOK_REFUSED },
        { "forged", "sandbox", S("t=1767225600,v1=00"), good.body, &PAY_WEBHOOK_REFUSED },
        { "nobody's", "paypal", good.signature, good.body, &ERR_MISSING },
        { "too large", "sandbox", good.signature, { large, PAYMENTS_WEBHOOK_BYTES_MAX + 1 },
            &PAY_WEBHOOK_REFUSED },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct answer a = tell(w, cases[i].provider, cases[i].signature, cases[i].body);
        CASE(cases[i].name, a.e == cases[i].want);
    }
    CHECK_INT((int64_t)settle(w), 0); /* nothing was stored */
    world_close(w);
}

/* Signed, and about nothing of ours: taken, and forgotten. */
static void not_ours(void **state)
{
    struct world *w = world_open(state);
    struct pay_result r;
    CHECK_ERR(w->cx,
        w->sandbox.authorize(w->sandbox.self, w->cx,
            (struct pay_request){ .key = S("another shop's"),
                .amount = money_of(PRICE, USD),
                .token = S("pm_card_visa") },
            &r),
        NULL);
    CHECK_ERR(w->cx,
        w->sandbox.authorize(w->sandbox.self, w->cx,
            (struct pay_request){ .key = id_text(w->life, cx_id(w->cx)),
                .amount = money_of(PRICE, USD),
                .token = S("pm_card_visa") },
            &r),
        NULL);
    told(w, 0);
    told(w, 1); /* of our form, but no payment of ours: looked at once */
    CHECK_INT((int64_t)settle(w), 1);
    world_wait(w, 3600000);
    CHECK_INT((int64_t)settle(w), 0);
    world_close(w);
}

/* ---- orphans ---- */

static size_t sweep(struct world *w)
{
    size_t n = 99;
    CHECK_ERR(w->cx, till_sweep(w->till, w->cx, &n), NULL);
    return n;
}

static const struct orphan_case {
    const char *name;
    struct wanted payment;
    enum payments_status after;
    int64_t live_minor; /* at the provider, afterwards */
} orphan_cases[] = {
    { "authorised", { .token = "pm_card_visa" }, PAYMENTS_VOIDED, 0 },
    { "captured", { .token = "pm_card_visa", .capture = true }, PAYMENTS_REFUNDED, 0 },
    { "at the bank", { .token = "pm_card_3ds" }, PAYMENTS_VOIDED, 0 },
    { "an answer that nobody heard", { .token = "pm_card_visa", .capture = true, .silent = true },
        PAYMENTS_REFUNDED, 0 },
    { "an answer that was lost", { .token = "pm_card_timeout", .capture = true, .lost = true },
        PAYMENTS_REFUNDED, 0 },
    { "never asked for", { 0 }, PAYMENTS_VOIDED, 0 },
    { "of a placed order", { .token = "pm_card_visa", .capture = true, .kept = true },
        PAYMENTS_CAPTURED, PRICE },
    { "of an order on its way", { .token = "pm_card_3ds", .saga = true }, PAYMENTS_CHALLENGED, 0 },
};

static void orphans_go_back(void **state)
{
    for (size_t i = 0; i < COUNT(orphan_cases); i++) {
        const struct orphan_case *c = &orphan_cases[i];
        struct world *w = world_open(state);
        struct payments_payment p = world_payment(w, c->payment);
        if (c->payment.saga)
            world_saga(w, &p);
        enum payments_status before = world_now(w, p.payment_id).status;
        world_wait(w, TILL_ORPHAN_MS);
        CASE_INT(c->name, (int64_t)sweep(w), 0); /* not yet */
        CASE_INT(c->name, world_now(w, p.payment_id).status, before);
        world_wait(w, TILL_SWEEP_MS); /* within the bound */
        CASE_INT(c->name, (int64_t)sweep(w), before != c->after);
        CASE_INT(c->name, world_now(w, p.payment_id).status, c->after);
        CASE_INT(c->name, pay_sandbox_live_minor(&w->sandbox), c->live_minor);
        CASE_INT(c->name, (int64_t)sweep(w), 0);
        world_close(w);
    }
}

/* Away: nothing. A lost answer: asked again with the same key, and given back once. */
static void orphans_in_bad_weather(void **state)
{
    for (int capture = 0; capture < 2; capture++) {
        struct world *w = world_open(state);
        struct payments_payment p =
            world_payment(w, (struct wanted){ .token = "pm_card_visa", .capture = capture });
        world_wait(w, TILL_ORPHAN_MS + 1);
        w->away = true;
        CHECK_INT((int64_t)sweep(w), 0);
        CHECK_INT(pay_sandbox_live_minor(&w->sandbox), PRICE);
        w->away = false;
        w->loses = true;
        CHECK_INT((int64_t)sweep(w), 0);
        CHECK_INT((int64_t)sweep(w), 1);
        struct payments_payment now = world_now(w, p.payment_id);
        CHECK_INT(now.status, capture ? PAYMENTS_REFUNDED : PAYMENTS_VOIDED);
        CHECK_INT(now.refunded_minor, capture ? PRICE : 0);
        CHECK_INT(pay_sandbox_live_minor(&w->sandbox), 0);
        CHECK_INT((int64_t)pay_sandbox_events(&w->sandbox), 2);
        world_close(w);
    }
}

struct deeds {
    struct world *w;
    id payment_id;
    struct payments_deed *list;
    size_t n;
};
static err read_deeds(void *arg, struct cx *cx)
{
    struct deeds *d = arg;
    return payments_deeds_of(d->w->payments, cx, d->payment_id, &d->list, &d->n);
}

/* Declined: asked for again an hour later, and each time once. */
static void declined_refunds_are_owed(void **state)
{
    struct world *w = world_open(state);
    struct payments_payment p =
        world_payment(w, (struct wanted){ .token = "pm_card_visa", .capture = true });
    struct deeds seen = { .w = w, .payment_id = p.payment_id };
    world_wait(w, TILL_ORPHAN_MS + 1);
    w->declines = true;
    for (int i = 0; i < 3; i++) {
        CHECK_INT((int64_t)sweep(w), 0);
        CHECK_INT((int64_t)sweep(w), 0); /* too soon */
        world_wait(w, HOUR_MS + MINUTE_MS);
    }
    CHECK_INT(pay_sandbox_live_minor(&w->sandbox), PRICE);
    w->declines = false;
    CHECK_INT((int64_t)sweep(w), 1);
    CHECK_INT(world_now(w, p.payment_id).status, PAYMENTS_REFUNDED);
    CHECK_INT(pay_sandbox_live_minor(&w->sandbox), 0);
    CHECK_ERR(w->cx, db_read(w->cx, read_deeds, &seen), NULL);
    CHECK_INT((int64_t)seen.n, 4);
    for (size_t i = 0; i < seen.n; i++)
        CHECK_INT(seen.list[i].status, i + 1 < seen.n ? PAYMENTS_DEED_REFUSED : PAYMENTS_DEED_DONE);
    world_close(w);
}

/* ---- reconciliation ---- */

static size_t reconcile(struct world *w)
{
    size_t n = 99;
    CHECK_ERR(w->cx, till_reconcile(w->till, w->cx, TILL_RECONCILE_HOURS, &n), NULL);
    return n;
}

static void planted_differences(void **state)
{
    struct world *w = world_open(state);
    struct pay_result r;
    (void)world_payment(
        w, (struct wanted){ .token = "pm_card_visa", .capture = true, .kept = true });
    (void)world_payment(w, (struct wanted){ .token = "pm_card_visa" });
    world_wait(w, INT64_C(2) * 3600 * 1000);
    CHECK_INT((int64_t)reconcile(w), 0);
    /* theirs and not ours; ours and captured there since */
    CHECK_ERR(w->cx,
        w->sandbox.authorize(w->sandbox.self, w->cx,
            (struct pay_request){ .key = id_text(w->life, cx_id(w->cx)),
                .amount = money_of(7, USD),
                .token = S("pm_card_visa") },
            &r),
        NULL);
    struct payments_payment behind = world_payment(w, (struct wanted){ .token = "pm_card_visa" });
    CHECK_ERR(w->cx,
        w->sandbox.capture(
            w->sandbox.self, w->cx, S("by hand"), behind.provider_ref, money_of(PRICE, USD), &r),
        NULL);
    world_wait(w, INT64_C(2) * 3600 * 1000);
    size_t found = reconcile(w);
    CHECK(found >= 2);
    CHECK_INT((int64_t)reconcile(w), (int64_t)found); /* once each */
    /* what is mended differs no more */
    struct started s = { .w = w, .p = behind, .answer = &r, .how = ANSWER };
    s.p.status = PAYMENTS_STARTED; /* as it was begun: a repeat */
    CHECK_ERR(w->cx, db_write_wait(store_db(w->store), w->cx, 0, world_put, &s), NULL);
    world_wait(w, 1000);
    CHECK_INT((int64_t)reconcile(w), 1);
    world_close(w);
}

/* ---- jobs ---- */

static err run_jobs(void *arg, struct cx *cx)
{
    struct world *w = arg;
    bool more = false;
    err e = NULL;
    for (const struct job *job = till_jobs; !e && job->name; job++) {
        e = job->fn(w->till, cx, &more);
        CHECK(!more);
    }
    return e;
}

/* A job only hands over, one errand of a kind at a time, and none for an empty inbox. */
static void jobs_hand_over(void **state)
{
    struct world *w = world_open(state);
    CHECK_ERR(store_cx(w->store), store_write(w->store, run_jobs, w), NULL);
    CHECK_INT(w->tasks, 2); /* sweep, reconcile */
    CHECK_ERR(store_cx(w->store), store_write(w->store, run_jobs, w), NULL);
    CHECK_INT(w->tasks, 2);
    w->task(w->task_arg); /* the last one is over */
    struct payments_payment p =
        world_payment(w, (struct wanted){ .token = "pm_card_visa", .capture = true });
    told(w, 0);
    CHECK_ERR(store_cx(w->store), store_write(w->store, run_jobs, w), NULL);
    CHECK_INT(w->tasks, 4); /* settle, reconcile */
    CHECK_INT(world_now(w, p.payment_id).status, PAYMENTS_CAPTURED);
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(either_way),
        STORE_TEST(any_order),
        STORE_TEST(looked_at_again),
        STORE_TEST(nobody_else_sees_to_it),
        STORE_TEST(refused),
        STORE_TEST(not_ours),
        STORE_TEST(orphans_go_back),
        STORE_TEST(orphans_in_bad_weather),
        STORE_TEST(declined_refunds_are_owed),
        STORE_TEST(planted_differences),
        STORE_TEST(jobs_hand_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
