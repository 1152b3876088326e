/* SPDX-License-Identifier: Apache-2.0
 * The rules of payments: one table of moves and the figures that go with them. Called by
 * payments.c; must never do I/O, read a clock or guess what a provider meant. */
#include "services/payments/payments_domain.h"

#include <assert.h>

const char *const payments_status_names[PAYMENTS_STATUSES_N + 1] = {
    "started",
    "unknown",
    "challenge",
    "authorized",
    "captured",
    "declined",
    "voided",
    "refunded",
    NULL,
};

#define TO(status) (1u << (status))
#define DEFINITE                                                                                   \
    (TO(PAYMENTS_CHALLENGED) | TO(PAYMENTS_AUTHORIZED) | TO(PAYMENTS_CAPTURED) |                   \
        TO(PAYMENTS_REFUSED) | TO(PAYMENTS_VOIDED) | TO(PAYMENTS_REFUNDED))

/* What may follow each state, besides itself. A step in between may have been lost, so money that
 * came and went can be told of in one answer; nothing follows an end. */
static const unsigned follows[] = {
    [PAYMENTS_STARTED] = DEFINITE | TO(PAYMENTS_UNKNOWN_ANSWER),
    [PAYMENTS_UNKNOWN_ANSWER] = DEFINITE | TO(PAYMENTS_STARTED), /* the provider knows nothing */
    [PAYMENTS_CHALLENGED] = DEFINITE | TO(PAYMENTS_UNKNOWN_ANSWER),
    [PAYMENTS_AUTHORIZED] = TO(PAYMENTS_UNKNOWN_ANSWER) | TO(PAYMENTS_CAPTURED) |
                            TO(PAYMENTS_REFUSED) | TO(PAYMENTS_VOIDED) | TO(PAYMENTS_REFUNDED),
    [PAYMENTS_CAPTURED] = TO(PAYMENTS_REFUNDED),
    [PAYMENTS_REFUSED] = 0,
    [PAYMENTS_VOIDED] = 0,
    [PAYMENTS_REFUNDED] = 0,
};
static_assert(COUNT(follows) == PAYMENTS_STATUSES_N, "a row for each state");

bool payments_domain_may(enum payments_status from, enum payments_status to)
{
    ASSERT(from < PAYMENTS_STATUSES_N && to < PAYMENTS_STATUSES_N);
    return from == to || (follows[from] & TO(to)) != 0;
}

bool payments_domain_lost(enum payments_status from)
{
    return from != PAYMENTS_UNKNOWN_ANSWER && payments_domain_may(from, PAYMENTS_UNKNOWN_ANSWER);
}

enum payments_status payments_domain_status_of(str name)
{
    for (int i = 0; i < PAYMENTS_STATUSES_N; i++)
        if (str_eq(name, str_from_c(payments_status_names[i])))
            return (enum payments_status)i;
    return PAYMENTS_STATUSES_N;
}

enum payments_status payments_domain_status_from(enum pay_state state)
{
    switch (state) {
    case PAY_STATE_NONE:
        return PAYMENTS_STARTED;
    case PAY_STATE_AUTHORIZED:
        return PAYMENTS_AUTHORIZED;
    case PAY_STATE_CAPTURED:
        return PAYMENTS_CAPTURED;
    case PAY_STATE_DECLINED:
        return PAYMENTS_REFUSED;
    case PAY_STATE_CHALLENGE:
        return PAYMENTS_CHALLENGED;
    case PAY_STATE_VOIDED:
        return PAYMENTS_VOIDED;
    case PAY_STATE_REFUNDED:
        return PAYMENTS_REFUNDED;
    }
    panic(__FILE__, "unknown state of a provider");
}

/* The money after an answer that has brought the payment to its state. */
static void take_figures(struct payments_payment *p, const struct pay_result *in)
{
    bool took = p->status == PAYMENTS_CAPTURED || p->status == PAYMENTS_REFUNDED;
    if (took && in->captured_minor > 0)
        p->captured_minor = in->captured_minor;
    else if (took && p->captured_minor == 0)
        p->captured_minor = p->amount.minor;
    if (took && in->refunded_minor > 0)
        p->refunded_minor = in->refunded_minor;
    else if (p->status == PAYMENTS_REFUNDED && p->refunded_minor == 0)
        p->refunded_minor = p->captured_minor;
}

static bool figures_fit(const struct payments_payment *before, const struct payments_payment *p)
{
    return p->captured_minor <= p->amount.minor && p->refunded_minor <= p->captured_minor &&
           p->captured_minor >= before->captured_minor &&
           p->refunded_minor >= before->refunded_minor;
}

static bool take_text(str *known, str told)
{
    if (told.n == 0 || str_eq(*known, told))
        return false;
    *known = told;
    return true;
}

err payments_domain_answer(struct cx *cx, const struct payments_payment *payment,
    const struct pay_result *in, struct payments_payment *ret, bool *ret_changed)
{
    struct payments_payment p = *payment;
    p.status = payments_domain_status_from(in->state);
    if (!payments_domain_may(payment->status, p.status))
        return FAIL(cx, PAYMENTS_MOVE_REFUSED, "from %s to %s",
            payments_status_names[payment->status], payments_status_names[p.status]);
    take_figures(&p, in);
    if (!figures_fit(payment, &p))
        return FAIL(cx, PAYMENTS_MOVE_REFUSED, "amount=%lld captured=%lld refunded=%lld",
            (long long)p.amount.minor, (long long)p.captured_minor, (long long)p.refunded_minor);
    bool changed = p.status != payment->status || p.captured_minor != payment->captured_minor ||
                   p.refunded_minor != payment->refunded_minor;
    changed |= take_text(&p.provider_ref, in->provider_ref);
    changed |= take_text(&p.brand, in->brand);
    changed |= take_text(&p.last4, in->last4);
    if (p.status == PAYMENTS_REFUSED) { /* a refused refund has a code too, but is no decline */
        changed |= take_text(&p.decline_code, in->decline_code);
        changed |= take_text(&p.decline_text, in->decline_text);
    }
    *ret = p;
    *ret_changed = changed;
    return NULL;
}
