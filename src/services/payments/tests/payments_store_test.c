/* SPDX-License-Identifier: Apache-2.0
 * Payments in rows, on both engines: started once, answered, lost, swept, summed, and what the
 * database refuses. Run by `./dev test payments`. */
#include "payments_sql.h"
#include "services/payments/payments.h"
#include "tests/support/store.h"

#define USD ((currency){ "USD" })
#define TOTAL 3074

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

static id of(const char *name)
{
    return id_from_name(S("payments_test"), str_from_c(name));
}

static struct payments_payment a_payment(struct desk *d, const char *order)
{
    return (struct payments_payment){ .payment_id = cx_id(d->cx),
        .order_id = of(order),
        .user_id = of("ada"),
        .provider = S("sandbox"),
        .method_type = S("credit_card"),
        .token = S("pm_card_visa"),
        .amount = money_of(TOTAL, USD) };
}

/* ---- verbs in units of their own ---- */
struct call {
    struct payments *p;
    const struct payments_payment *start;
    struct pay_result answer;
    id payment_id, order_id;
    int64_t older_ms, limit, minor;
    bool is_new;
    struct payments_payment got, *list;
    size_t n;
};

static err do_start(void *arg, struct cx *cx)
{
    struct call *c = arg;
    return payments_start(c->p, cx, c->start, c->is_new);
}

static err start(struct desk *d, const struct payments_payment *in)
{
    struct call c = { .p = d->p, .start = in };
    return store_write(d->s, do_start, &c);
}

static err do_answer(void *arg, struct cx *cx)
{
    struct call *c = arg;
    return payments_answer(c->p, cx, c->payment_id, &c->answer, &c->got);
}

static err answer(struct desk *d, id payment_id, struct pay_result in, struct payments_payment *ret)
{
    struct call c = { .p = d->p, .payment_id = payment_id, .answer = in };
    err e = store_write(d->s, do_answer, &c);
    *ret = c.got;
    return e;
}

static err do_answer_started(void *arg, struct cx *cx)
{
    struct call *c = arg;
    return payments_answer_started(c->p, cx, c->start, &c->answer, &c->got);
}

static err answer_started(
    struct desk *d, const struct payments_payment *started, struct pay_result in)
{
    struct call c = { .p = d->p, .start = started, .answer = in };
    return store_write(d->s, do_answer_started, &c);
}

static err do_lost(void *arg, struct cx *cx)
{
    struct call *c = arg;
    return payments_lost(c->p, cx, c->payment_id);
}

static err lost(struct desk *d, id payment_id)
{
    struct call c = { .p = d->p, .payment_id = payment_id };
    return store_write(d->s, do_lost, &c);
}

static err do_get(void *arg, struct cx *cx)
{
    struct call *c = arg;
    return payments_get(c->p, cx, c->payment_id, &c->got);
}

static struct payments_payment see(struct desk *d, id payment_id)
{
    struct call c = { .p = d->p, .payment_id = payment_id };
    CHECK_ERR(d->cx, store_read(d->s, do_get, &c), NULL);
    return c.got;
}

static err do_of_order(void *arg, struct cx *cx)
{
    struct call *c = arg;
    err e = payments_of_order(c->p, cx, c->order_id, &c->list, &c->n);
    return e ? e : payments_captured_of(c->p, cx, c->order_id, &c->minor);
}

static struct call of_order(struct desk *d, const char *order)
{
    struct call c = { .p = d->p, .order_id = of(order) };
    CHECK_ERR(d->cx, store_read(d->s, do_of_order, &c), NULL);
    return c;
}

static err do_open_since(void *arg, struct cx *cx)
{
    struct call *c = arg;
    return payments_open_since(c->p, cx, c->older_ms, c->limit, &c->list, &c->n);
}

static struct call open_since(struct desk *d, int64_t older_ms, int64_t limit)
{
    struct call c = { .p = d->p, .older_ms = older_ms, .limit = limit };
    CHECK_ERR(d->cx, store_read(d->s, do_open_since, &c), NULL);
    return c;
}

/* ---- started ---- */
static void started_and_read_back(void **state)
{
    struct desk d = desk_open(state);
    struct payments_payment want = a_payment(&d, "o1"), guest = a_payment(&d, "o2");
    guest.user_id = (id){ 0 };
    CHECK_ERR(d.cx, start(&d, &want), NULL);
    CHECK_ERR(d.cx, start(&d, &guest), NULL);
    struct payments_payment got = see(&d, want.payment_id);
    CHECK(id_eq(got.payment_id, want.payment_id));
    CHECK(id_eq(got.order_id, want.order_id));
    CHECK(id_eq(got.user_id, want.user_id));
    CHECK_STR(got.provider, want.provider);
    CHECK_STR(got.method_type, want.method_type);
    CHECK_STR(got.token, want.token);
    CHECK_INT(got.status, PAYMENTS_STARTED);
    CHECK_INT(got.amount.minor, TOTAL);
    CHECK(currency_eq(got.amount.currency, USD));
    CHECK_INT(got.captured_minor, 0);
    CHECK_INT(got.refunded_minor, 0);
    CHECK_STR(got.provider_ref, (str){ 0 });
    CHECK_STR(got.decline_code, (str){ 0 });
    CHECK_INT(got.created_ms, d.cx->now_ms);
    CHECK_INT(got.updated_ms, d.cx->now_ms);
    CHECK(id_is_none(see(&d, guest.payment_id).user_id));
    struct call none = { .p = d.p, .payment_id = of("none") };
    CHECK_ERR(d.cx, store_read(d.s, do_get, &none), &ERR_MISSING);
    store_close(d.s);
}

static void starting_again_changes_nothing(void **state)
{
    struct desk d = desk_open(state);
    struct payments_payment p = a_payment(&d, "o1"), again = p, got;
    CHECK_ERR(d.cx, start(&d, &p), NULL);
    CHECK_ERR(d.cx,
        answer(&d, p.payment_id,
            (struct pay_result){ .state = PAY_STATE_CAPTURED, .captured_minor = TOTAL }, &got),
        NULL);
    again.token = S("pm_other");
    CHECK_ERR(d.cx, start(&d, &again), NULL);
    got = see(&d, p.payment_id);
    CHECK_INT(got.status, PAYMENTS_CAPTURED);
    CHECK_STR(got.token, p.token);
    again = p;
    again.amount.minor = 1;
    CHECK_ERR(d.cx, start(&d, &again), &ERR_BUG);
    again = p;
    again.order_id = of("o2");
    CHECK_ERR(d.cx, start(&d, &again), &ERR_BUG);
    CHECK_INT((int64_t)of_order(&d, "o1").n, 1);
    CHECK_INT((int64_t)of_order(&d, "o2").n, 0);
    store_close(d.s);
}

/* ---- answered ---- */
static void a_new_payment(void **state)
{
    struct desk d = desk_open(state);
    struct payments_payment want = a_payment(&d, "o1"), again = a_payment(&d, "o2");
    again.payment_id = want.payment_id;
    struct call c = { .p = d.p, .start = &want, .is_new = true };
    CHECK_ERR(d.cx, store_write(d.s, do_start, &c), NULL);
    CHECK_INT(see(&d, want.payment_id).status, PAYMENTS_STARTED);
    CHECK_ERR(d.cx, start(&d, &want), NULL); /* who does not know looks */
    c.start = &again;
    CHECK_ERR(d.cx, store_write(d.s, do_start, &c), &DB_FAILED);
    CHECK(id_eq(see(&d, want.payment_id).order_id, want.order_id));
    store_close(d.s);
}

static void answers_are_recorded(void **state)
{
    struct desk d = desk_open(state);
    struct payments_payment p = a_payment(&d, "o1"), got;
    CHECK_ERR(d.cx, start(&d, &p), NULL);
    d.cx->now_ms += 1000;
    const struct pay_result paid = { .state = PAY_STATE_CAPTURED,
        .provider_ref = S("sb_1"),
        .brand = S("visa"),
        .last4 = S("4242"),
        .captured_minor = TOTAL };
    CHECK_ERR(d.cx, answer(&d, p.payment_id, paid, &got), NULL);
    CHECK_INT(got.updated_ms, d.cx->now_ms);
    struct payments_payment row = see(&d, p.payment_id);
    CHECK_INT(row.status, PAYMENTS_CAPTURED);
    CHECK_INT(row.captured_minor, TOTAL);
    CHECK_STR(row.provider_ref, S("sb_1"));
    CHECK_STR(row.brand, S("visa"));
    CHECK_STR(row.last4, S("4242"));
    CHECK_INT(row.updated_ms, row.created_ms + 1000);
    d.cx->now_ms += 1000; /* the same again: not even the time changes */
    CHECK_ERR(d.cx, answer(&d, p.payment_id, paid, &got), NULL);
    CHECK_INT(got.status, PAYMENTS_CAPTURED);
    CHECK_INT(see(&d, p.payment_id).updated_ms, row.updated_ms);
    const struct pay_result refunded = {
        .state = PAY_STATE_REFUNDED, .captured_minor = TOTAL, .refunded_minor = TOTAL
    };
    CHECK_ERR(d.cx, answer(&d, p.payment_id, refunded, &got), NULL);
    row = see(&d, p.payment_id);
    CHECK_INT(row.status, PAYMENTS_REFUNDED);
    CHECK_INT(row.refunded_minor, TOTAL);
    CHECK_STR(row.provider_ref, S("sb_1"));
    CHECK_ERR(d.cx, answer(&d, p.payment_id, paid, &got), &PAYMENTS_MOVE_REFUSED);
    CHECK_INT(see(&d, p.payment_id).status, PAYMENTS_REFUNDED);
    CHECK_ERR(d.cx, answer(&d, of("none"), paid, &got), &ERR_MISSING);
    store_close(d.s);
}

/* What was said of it before, while it was taken to be as it was started. */
static void what_was_heard_before_counts(void **state)
{
    const struct pay_result paid = {
        .state = PAY_STATE_CAPTURED, .provider_ref = S("sb_1"), .captured_minor = TOTAL
    };
    const struct heard_case {
        const char *name;
        enum pay_state state;
        int64_t captured;
        err want;
        enum payments_status status;
        bool kept;
    } cases[] = {
        { "nothing", PAY_STATE_NONE, 0, NULL, PAYMENTS_CAPTURED, true },
        { "the same", PAY_STATE_CAPTURED, TOTAL, NULL, PAYMENTS_CAPTURED, true },
        { "less", PAY_STATE_AUTHORIZED, 0, NULL, PAYMENTS_CAPTURED, true },
        { "another end", PAY_STATE_VOIDED, 0, &PAYMENTS_MOVE_REFUSED, PAYMENTS_VOIDED, false },
    };
    struct desk d = desk_open(state);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct heard_case *c = &cases[i];
        struct payments_payment p = a_payment(&d, "o1"), got;
        CHECK_ERR(d.cx, start(&d, &p), NULL);
        if (c->state != PAY_STATE_NONE)
            CHECK_ERR(d.cx,
                answer(&d, p.payment_id,
                    (struct pay_result){ .state = c->state,
                        .provider_ref = S("sb_0"),
                        .captured_minor = c->captured },
                    &got),
                NULL);
        CASE(c->name, answer_started(&d, &p, paid) == c->want);
        got = see(&d, p.payment_id);
        CASE_INT(c->name, got.status, c->status);
        CASE_INT(c->name, got.captured_minor, c->want ? 0 : TOTAL);
        CASE_INT(c->name, got.kept, c->kept);
        CASE_STR(c->name, got.provider_ref, c->want ? S("sb_0") : S("sb_1"));
        CASE_STR(c->name, got.token, p.token);
    }
    struct payments_payment never = a_payment(&d, "o2");
    CHECK_ERR(d.cx, answer_started(&d, &never, paid), &ERR_MISSING);
    store_close(d.s);
}

static void a_decline_says_why(void **state)
{
    struct desk d = desk_open(state);
    struct payments_payment p = a_payment(&d, "o1"), got;
    CHECK_ERR(d.cx, start(&d, &p), NULL);
    CHECK_ERR(d.cx,
        answer(&d, p.payment_id,
            (struct pay_result){ .state = PAY_STATE_DECLINED,
                .decline_code = S("card_declined"),
                .decline_text = S("The bank says no") },
            &got),
        NULL);
    got = see(&d, p.payment_id);
    CHECK_INT(got.status, PAYMENTS_REFUSED);
    CHECK_STR(got.decline_code, S("card_declined"));
    CHECK_STR(got.decline_text, S("The bank says no"));
    CHECK_INT(got.captured_minor, 0);
    store_close(d.s);
}

static void lost_and_found(void **state)
{
    struct desk d = desk_open(state);
    struct payments_payment p = a_payment(&d, "o1"), got;
    CHECK_ERR(d.cx, start(&d, &p), NULL);
    CHECK_ERR(d.cx, lost(&d, p.payment_id), NULL);
    CHECK_INT(see(&d, p.payment_id).status, PAYMENTS_UNKNOWN_ANSWER);
    CHECK_ERR(d.cx, lost(&d, p.payment_id), NULL);
    CHECK_ERR(d.cx,
        answer(&d, p.payment_id,
            (struct pay_result){ .state = PAY_STATE_CAPTURED, .captured_minor = TOTAL }, &got),
        NULL);
    CHECK_ERR(d.cx, lost(&d, p.payment_id), NULL); /* it is known for certain */
    got = see(&d, p.payment_id);
    CHECK_INT(got.status, PAYMENTS_CAPTURED);
    CHECK_INT(got.captured_minor, TOTAL);
    CHECK_ERR(d.cx, lost(&d, of("none")), &ERR_MISSING);
    store_close(d.s);
}

/* ---- several of an order ---- */
static void payments_of_one_order(void **state)
{
    struct desk d = desk_open(state);
    struct payments_payment declined = a_payment(&d, "o1"), got;
    d.cx->now_ms += 1000;
    struct payments_payment paid = a_payment(&d, "o1"), other = a_payment(&d, "o2");
    CHECK_ERR(d.cx, start(&d, &paid), NULL);
    CHECK_ERR(d.cx, start(&d, &declined), NULL);
    CHECK_ERR(d.cx, start(&d, &other), NULL);
    CHECK_INT(of_order(&d, "o1").minor, 0);
    CHECK_ERR(d.cx,
        answer(&d, declined.payment_id, (struct pay_result){ .state = PAY_STATE_DECLINED }, &got),
        NULL);
    CHECK_ERR(d.cx,
        answer(&d, paid.payment_id, (struct pay_result){ .state = PAY_STATE_CAPTURED }, &got),
        NULL);
    CHECK_ERR(d.cx,
        answer(&d, other.payment_id, (struct pay_result){ .state = PAY_STATE_CAPTURED }, &got),
        NULL);
    struct call c = of_order(&d, "o1");
    CHECK_INT((int64_t)c.n, 2);
    CHECK(id_eq(c.list[0].payment_id, declined.payment_id)); /* oldest first */
    CHECK(id_eq(c.list[1].payment_id, paid.payment_id));
    CHECK_INT(c.minor, TOTAL);
    CHECK_ERR(d.cx,
        answer(&d, paid.payment_id,
            (struct pay_result){ .state = PAY_STATE_CAPTURED, .refunded_minor = 74 }, &got),
        NULL);
    CHECK_INT(of_order(&d, "o1").minor, TOTAL - 74);
    CHECK_ERR(d.cx,
        answer(&d, paid.payment_id,
            (struct pay_result){ .state = PAY_STATE_REFUNDED, .refunded_minor = TOTAL }, &got),
        NULL);
    CHECK_INT(of_order(&d, "o1").minor, 0);
    CHECK_INT(of_order(&d, "none").minor, 0);
    CHECK_INT((int64_t)of_order(&d, "none").n, 0);
    store_close(d.s);
}

/* ---- the sweeper ---- */
enum { SWEPT_N = 5 };
static const struct sweep_case {
    const char *name;
    int64_t age_ms, limit; /* before the last one was started */
    int first, n;
} sweep_cases[] = {
    { "all that are old", 0, 100, 0, 3 },
    { "older", 2000, 100, 0, 1 },
    { "older than all", 5000, 100, 0, 0 },
    { "the oldest two", 0, 2, 0, 2 },
    { "to the last", -1, 100, 0, 4 },
};

static void open_payments_are_found(void **state)
{
    struct desk d = desk_open(state);
    struct payments_payment p[SWEPT_N], got;
    const int open[] = { 0, 2, 3, 4 };
    for (int i = 0; i < SWEPT_N; i++) { /* a second apart */
        d.cx->now_ms += 1000;
        p[i] = a_payment(&d, "o1");
        CHECK_ERR(d.cx, start(&d, &p[i]), NULL);
    }
    CHECK_ERR(d.cx, lost(&d, p[2].payment_id), NULL);
    CHECK_ERR(d.cx,
        answer(&d, p[1].payment_id, (struct pay_result){ .state = PAY_STATE_CHALLENGE }, &got),
        NULL);
    for (size_t i = 0; i < COUNT(sweep_cases); i++) {
        const struct sweep_case *c = &sweep_cases[i];
        struct call found = open_since(&d, d.cx->now_ms - c->age_ms, c->limit);
        CASE_INT(c->name, (int64_t)found.n, c->n);
        for (size_t k = 0; k < found.n; k++)
            CASE(c->name, id_eq(found.list[k].payment_id, p[open[k]].payment_id));
    }
    store_close(d.s);
}

/* ---- what the database itself refuses ---- */
static const struct refusal_case {
    const char *name;
    int64_t captured, refunded;
    err want;
} refusal_cases[] = {
    { "all of it", TOTAL, TOTAL, NULL },
    { "captured more than asked for", TOTAL + 1, 0, &DB_FAILED },
    { "refunded more than captured", 100, 101, &DB_FAILED },
    { "refunded without a capture", 0, 1, &DB_FAILED },
    { "captured below zero", -1, -1, &DB_FAILED },
    { "refunded below zero", 0, -1, &DB_FAILED },
};

struct refusal {
    struct db *db;
    struct payments_sql_payment_set_in set;
    struct payments_sql_payment_add_in add;
};

static err do_set(void *arg, struct cx *cx)
{
    struct refusal *r = arg;
    return payments_sql_payment_set(r->db, cx, r->set);
}

static err do_add(void *arg, struct cx *cx)
{
    struct refusal *r = arg;
    return payments_sql_payment_add(r->db, cx, r->add, NULL);
}

static void constraints_refuse(void **state)
{
    struct desk d = desk_open(state);
    for (size_t i = 0; i < COUNT(refusal_cases); i++) {
        const struct refusal_case *c = &refusal_cases[i];
        struct payments_payment p = a_payment(&d, "o1");
        CHECK_ERR(d.cx, start(&d, &p), NULL);
        struct refusal r = { .db = store_db(d.s),
            .set = { .payment_id = p.payment_id,
                .status = S("captured"),
                .captured_minor = c->captured,
                .refunded_minor = c->refunded,
                .was = S("started") } };
        err e = store_write(d.s, do_set, &r);
        CASE(c->name, e == c->want);
        CASE_INT(c->name, see(&d, p.payment_id).captured_minor, c->want ? 0 : c->captured);
    }
    struct refusal negative = { .db = store_db(d.s),
        .add = { .payment_id = cx_id(d.cx),
            .status = S("started"),
            .currency = S("USD"),
            .amount_minor = -1 } };
    CHECK_ERR(d.cx, store_write(d.s, do_add, &negative), &DB_CONSTRAINT);
    store_close(d.s);
}

/* ---- rows that we did not write ---- */
static const char *const broken[] = {
    "UPDATE payments_payment SET status = 'paid'",
    "UPDATE payments_payment SET currency = 'XXX'",
};

static void broken_rows_are_bugs(void **state)
{
    for (size_t i = 0; i < COUNT(broken); i++) {
        struct desk d = desk_open(state);
        struct payments_payment p = a_payment(&d, "o1");
        CHECK_ERR(d.cx, start(&d, &p), NULL);
        store_script(d.s, broken[i]);
        struct call c = { .p = d.p, .payment_id = p.payment_id, .order_id = p.order_id };
        CHECK_ERR(d.cx, store_read(d.s, do_get, &c), &ERR_BUG);
        CHECK_ERR(d.cx, store_read(d.s, do_of_order, &c), &ERR_BUG);
        CHECK_ERR(d.cx, lost(&d, p.payment_id), &ERR_BUG);
        store_close(d.s);
    }
}

static void start_badly(const void *arg)
{
    struct cx *cx = check_cx_open();
    (void)!payments_start(
        payments_open(cx->arena, (struct payments_deps){ 0 }), cx, arg, /* is_new= */ false);
}

static void bad_payments_panic(void **state)
{
    (void)state;
    const struct payments_payment bad[] = {
        { .order_id = of("o1"), .amount = money_of(1, USD) },
        { .payment_id = of("p"), .amount = money_of(1, USD) },
        { .payment_id = of("p"), .order_id = of("o1"), .amount = money_of(-1, USD) },
        { .payment_id = of("p"),
            .order_id = of("o1"),
            .amount = money_of(1, USD),
            .status = PAYMENTS_CAPTURED },
        { .payment_id = of("p"),
            .order_id = of("o1"),
            .amount = money_of(1, USD),
            .captured_minor = 1 },
    };
    for (size_t i = 0; i < COUNT(bad); i++)
        CHECK_PANICS(start_badly, &bad[i]);
}

/* ---- every query on this engine, and the indexes that they are for ---- */
static const struct plan_case {
    const struct db_query *query;
    str index; /* as SQLite names it */
} plan_cases[] = {
    { &PAYMENTS_PAYMENT_OPEN, S_INIT("INDEX payments_payment_open (created_ms<?)") },
    { &PAYMENTS_PAYMENT_ORPHAN, S_INIT("INDEX payments_payment_orphan (created_ms<?)") },
    { &PAYMENTS_PAYMENT_OF_ORDER, S_INIT("INDEX payments_payment_order (order_id=?)") },
    { &PAYMENTS_CAPTURED_OF, S_INIT("INDEX payments_payment_order (order_id=?)") },
};

static void queries_fit(void **state)
{
    struct desk d = desk_open(state);
    for (const struct db_query *const *q = payments_queries; *q; q++)
        CHECK_ERR(d.cx, db_query_check(store_db(d.s), d.cx, *q), NULL);
    for (size_t i = 0; store_engine(state) == DB_SQLITE && i < COUNT(plan_cases); i++) {
        str plan;
        CHECK_ERR(d.cx, db_query_plan(store_db(d.s), d.cx, plan_cases[i].query, &plan), NULL);
        CASE(plan_cases[i].query->name, str_find(plan, plan_cases[i].index, 0) >= 0);
        CASE(plan_cases[i].query->name, str_find(plan, S("B-TREE FOR ORDER BY"), 0) < 0);
    }
    store_close(d.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_payments_panic),
        STORE_TEST(started_and_read_back),
        STORE_TEST(starting_again_changes_nothing),
        STORE_TEST(a_new_payment),
        STORE_TEST(answers_are_recorded),
        STORE_TEST(what_was_heard_before_counts),
        STORE_TEST(a_decline_says_why),
        STORE_TEST(lost_and_found),
        STORE_TEST(payments_of_one_order),
        STORE_TEST(open_payments_are_found),
        STORE_TEST(constraints_refuse),
        STORE_TEST(broken_rows_are_bugs),
        STORE_TEST(queries_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
