/* SPDX-License-Identifier: Apache-2.0
 * Two-person approval on both engines: who may decide, once, in time. Run by meson. */
#include "services/approvals/approvals.h"

#include "tests/support/store.h"

#define ASKER ((id){ { 1 } })
#define SECOND ((id){ { 2 } })
#define THIRD ((id){ { 3 } })

struct desk {
    struct store *s;
    struct approvals *approvals;
    struct approvals_request in, got;
    struct approvals_decision decision;
    str key;
    id asked;
};

static err do_ask(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return approvals_ask(d->approvals, cx, d->in, d->key, &d->asked);
}
static err do_decide(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return approvals_decide(d->approvals, cx, d->decision, &d->got);
}
static err do_get(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return approvals_get(d->approvals, cx, d->asked, &d->got);
}
static err do_done(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return approvals_done(d->approvals, cx, d->asked);
}

static err decide(struct desk *d, id who, bool approve)
{
    store_cx(d->s)->who.user_id = who;
    d->decision = (struct approvals_decision){
        .approval_id = d->asked, .approve = approve, .reason = S("r")
    };
    return store_write(d->s, do_decide, d);
}

static void test_decisions(void **state)
{
    struct desk d = { .s = store_open(
                          store_engine(state), (const char *[]){ "services/approvals", NULL }) };
    struct cx *cx = store_cx(d.s);
    d.approvals = approvals_open(cx->arena, (struct approvals_deps){ .db = store_db(d.s) });
    d.in = (struct approvals_request){ .kind = S("refund"),
        .object_id = THIRD,
        .amount = S("500.00"),
        .currency = S("USD"),
        .reason = S("broken") };
    static const struct {
        const char *what;
        int64_t wait_ms;
        bool approve, decided_before;
        id who;
        err want;
        const char *state;
    } cases[] = {
        { "the asker", 0, true, false, ASKER, &APPROVALS_OWN, "pending" },
        { "the asker rejects", 0, false, false, ASKER, &APPROVALS_OWN, "pending" },
        { "another", 0, true, false, SECOND, NULL, "approved" },
        { "another rejects", 0, false, false, SECOND, NULL, "rejected" },
        { "a third, too late", 0, false, true, THIRD, &APPROVALS_OVER, "approved" },
        { "in time", APPROVALS_MS - 1, true, false, SECOND, NULL, "approved" },
        { "run out", APPROVALS_MS, true, false, SECOND, &APPROVALS_OVER, "expired" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t begun = cx->now_ms;
        cx->who.user_id = ASKER;
        d.key = str_from_i64(cx->arena, (int64_t)i);
        CHECK_ERR(cx, store_write(d.s, do_ask, &d), NULL);
        id first = d.asked;
        CHECK_ERR(cx, store_write(d.s, do_ask, &d), NULL);
        CHECK(id_eq(first, d.asked));
        cx->now_ms = begun + cases[i].wait_ms;
        if (cases[i].decided_before)
            CHECK_ERR(cx, decide(&d, SECOND, true), NULL);
        CHECK_ERR(cx, decide(&d, cases[i].who, cases[i].approve), cases[i].want);
        CHECK_ERR(cx, store_read(d.s, do_get, &d), NULL);
        CHECK_STR(d.got.state, str_from_c(cases[i].state));
        CHECK_ERR(cx, store_write(d.s, do_done, &d), NULL); /* of what is approved alone */
        CHECK_ERR(cx, store_read(d.s, do_get, &d), NULL);
        CHECK(str_eq(d.got.state, S("done")) == str_eq(S("approved"), str_from_c(cases[i].state)));
        cx->now_ms = begun;
    }
    d.asked = THIRD;
    CHECK_ERR(cx, decide(&d, SECOND, true), &APPROVALS_UNKNOWN);
    store_close(d.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = { STORE_TEST(test_decisions) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
