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
    changed |= take_text(&p.provider, in->provider);
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

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

void payments_domain_hear(const struct payments_payment *payment, const struct pay_result *in,
    struct payments_payment *ret, bool *ret_changed)
{
    struct payments_payment p = *payment;
    *ret = *payment;
    *ret_changed = false;
    p.status = payments_domain_status_from(in->state);
    if (p.status == PAYMENTS_STARTED || !payments_domain_may(payment->status, p.status))
        return;
    take_figures(&p, in);
    p.captured_minor = larger(p.captured_minor, payment->captured_minor);
    p.refunded_minor = larger(p.refunded_minor, payment->refunded_minor);
    if (!figures_fit(payment, &p))
        return;
    *ret_changed = p.status != payment->status || p.captured_minor != payment->captured_minor ||
                   p.refunded_minor != payment->refunded_minor;
    *ret_changed |= take_text(&p.provider, in->provider);
    *ret_changed |= take_text(&p.provider_ref, in->provider_ref);
    *ret_changed |= take_text(&p.brand, in->brand);
    *ret_changed |= take_text(&p.last4, in->last4);
    if (p.status == PAYMENTS_REFUSED) {
        *ret_changed |= take_text(&p.decline_code, in->decline_code);
        *ret_changed |= take_text(&p.decline_text, in->decline_text);
    }
    *ret = p;
}

/* ---- deeds ---- */

const char *const payments_kind_names[PAYMENTS_KINDS_N + 1] = { "capture", "release", "refund",
    NULL };
const char *const payments_deed_status_names[] = { "started", "done", "refused" };

enum payments_deed_kind payments_domain_kind_of(str name)
{
    for (int i = 0; i < PAYMENTS_KINDS_N; i++)
        if (str_eq(name, str_from_c(payments_kind_names[i])))
            return (enum payments_deed_kind)i;
    return PAYMENTS_KINDS_N;
}

enum payments_deed_status payments_domain_deed_status_of(str name)
{
    for (size_t i = 0; i < COUNT(payments_deed_status_names); i++)
        if (str_eq(name, str_from_c(payments_deed_status_names[i])))
            return (enum payments_deed_status)i;
    panic(__FILE__, "unknown status of a deed");
}

static bool deed_fits_state(enum payments_status status, enum payments_deed_kind kind)
{
    switch (kind) {
    case PAYMENTS_CAPTURE:
        return status == PAYMENTS_AUTHORIZED || status == PAYMENTS_CAPTURED;
    case PAYMENTS_RELEASE:
        return status == PAYMENTS_AUTHORIZED || status == PAYMENTS_CAPTURED ||
               status == PAYMENTS_CHALLENGED;
    case PAYMENTS_REFUND:
        return status == PAYMENTS_CAPTURED || status == PAYMENTS_REFUNDED;
    case PAYMENTS_KINDS_N:
        break;
    }
    panic(__FILE__, "no such deed");
}

err payments_domain_deed(struct cx *cx, const struct payments_payment *payment,
    const struct payments_deed *deeds, size_t n, const struct payments_deed *in)
{
    int64_t asked = 0; /* by deeds of this kind that were not refused */
    bool released = false;
    for (size_t i = 0; i < n; i++) {
        bool counts = deeds[i].status != PAYMENTS_DEED_REFUSED;
        if (counts && deeds[i].kind == in->kind)
            asked += deeds[i].amount.minor;
        released |= counts && deeds[i].kind == PAYMENTS_RELEASE;
    }
    if (!deed_fits_state(payment->status, in->kind) || (released && in->kind != PAYMENTS_REFUND))
        return FAIL(cx, PAYMENTS_MOVE_REFUSED, "%s of a payment that is %s",
            payments_kind_names[in->kind], payments_status_names[payment->status]);
    if (in->kind == PAYMENTS_RELEASE)
        return NULL;
    bool refund = in->kind == PAYMENTS_REFUND;
    /* What the provider was told of elsewhere has no deed here: the larger of both counts. */
    int64_t taken = larger(asked, refund ? payment->refunded_minor : payment->captured_minor);
    int64_t whole = refund ? payment->captured_minor : payment->amount.minor;
    if (in->amount.minor > whole - taken)
        return FAIL(cx, PAYMENTS_AMOUNT_TOO_LARGE, "%s of %lld, of %lld are %lld taken",
            payments_kind_names[in->kind], (long long)in->amount.minor, (long long)whole,
            (long long)taken);
    return NULL;
}

bool payments_came_back(const struct payments_deed *deed)
{
    return deed->kind == PAYMENTS_REFUND && deed->status == PAYMENTS_DEED_REFUSED &&
           str_eq(deed->refusal, S(PAYMENTS_FAILED));
}

/* What refunds that are done gave back: `also` counts as done, `but` as failed. */
static int64_t done_minor(const struct payments_deed *deeds, size_t n, id also, id but)
{
    int64_t minor = 0;
    for (size_t i = 0; i < n; i++) {
        bool done = deeds[i].status == PAYMENTS_DEED_DONE;
        done |= deeds[i].status == PAYMENTS_DEED_STARTED && id_eq(deeds[i].deed_id, also);
        if (done && deeds[i].kind == PAYMENTS_REFUND && !id_eq(deeds[i].deed_id, but))
            minor += deeds[i].amount.minor;
    }
    return minor;
}

err payments_domain_refund_failed(struct cx *cx, const struct payments_payment *payment,
    const struct payments_deed *deeds, size_t n, const struct payments_deed *failed,
    struct payments_payment *ret)
{
    if (payment->status != PAYMENTS_REFUNDED && payment->status != PAYMENTS_CAPTURED)
        return FAIL(cx, PAYMENTS_MOVE_REFUSED, "a refund failed of a payment that is %s",
            payments_status_names[payment->status]);
    *ret = *payment;
    ret->status = PAYMENTS_CAPTURED;
    /* An answer after it may have told of less already: never below what the others gave back. */
    ret->refunded_minor = larger(payment->refunded_minor - failed->amount.minor,
        done_minor(deeds, n, (id){ .b = { 0 } }, failed->deed_id));
    return NULL;
}

struct pay_result payments_domain_told(const struct payments_payment *payment,
    const struct payments_deed *deeds, size_t n, id answered, const struct pay_result *in)
{
    struct pay_result told = *in;
    bool failed = false;
    for (size_t i = 0; i < n; i++)
        failed |= payments_came_back(&deeds[i]);
    int64_t most =
        larger(payment->refunded_minor, done_minor(deeds, n, answered, (id){ .b = { 0 } }));
    bool all = told.state == PAY_STATE_REFUNDED && payment->status != PAYMENTS_REFUNDED;
    if (!failed || (told.refunded_minor <= most && !all))
        return told;
    told.refunded_minor = told.refunded_minor < most ? told.refunded_minor : most;
    if (most < payment->captured_minor)
        told.state = PAY_STATE_CAPTURED;
    return told;
}

/* ---- gift cards ---- */

static const char code_letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford's base 32 */

str payments_domain_code(struct arena *arena, const uint64_t random[3])
{
    size_t n = 0;
    char *text = arena_alloc(arena, PAYMENTS_CODE_N + PAYMENTS_CODE_N / 4);
    for (size_t i = 0; i < PAYMENTS_CODE_N; i++) {
        if (i > 0 && i % 4 == 0)
            text[n++] = '-';
        text[n++] = code_letters[random[i / 12] >> (i % 12 * 5) & 31];
    }
    return (str){ text, n };
}

/* The letters alone, those that look alike made one; absent: other ones, or more than a code. */
static str letters_of(struct arena *arena, str code)
{
    char *text = arena_alloc(arena, PAYMENTS_CODE_N);
    size_t n = 0;
    for (size_t i = 0; i < code.n; i++) {
        char c = code.p[i];
        if (c == ' ' || c == '-')
            continue;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
        if (n == PAYMENTS_CODE_N || str_find_char(str_from_c(code_letters), c, 0) < 0)
            return (str){ 0 };
        text[n++] = c;
    }
    return (str){ text, n };
}

str payments_domain_code_plain(struct arena *arena, str code)
{
    str plain = letters_of(arena, code);
    return plain.n == PAYMENTS_CODE_N ? plain : (str){ 0 };
}

str payments_domain_ending(struct arena *arena, str text, size_t n)
{
    str plain = letters_of(arena, text);
    return plain.n == n ? plain : (str){ 0 };
}

/* ---- reconciliation ---- */

const char *const payments_difference_names[PAYMENTS_DIFFERENCES_N + 1] = { "missing_here",
    "missing_there", "amount", "state", "captured", "refunded", NULL };

/* Whether the provider holds, or held, money for it. */
static bool is_money(enum pay_state state)
{
    return state == PAY_STATE_AUTHORIZED || state == PAY_STATE_CAPTURED ||
           state == PAY_STATE_REFUNDED;
}

unsigned payments_domain_differences(
    const struct payments_payment *ours, const struct pay_entry *theirs)
{
    unsigned found = 0;
    if (!ours)
        return is_money(theirs->result.state) ? TO(PAYMENTS_DIFFERENT_MISSING_HERE) : 0;
    if (!theirs)
        return TO(PAYMENTS_DIFFERENT_MISSING_THERE);
    if (ours->amount.minor != theirs->amount.minor ||
        !currency_eq(ours->amount.currency, theirs->amount.currency))
        found |= TO(PAYMENTS_DIFFERENT_AMOUNT);
    if (ours->status != payments_domain_status_from(theirs->result.state))
        found |= TO(PAYMENTS_DIFFERENT_STATE);
    if (ours->captured_minor != theirs->result.captured_minor)
        found |= TO(PAYMENTS_DIFFERENT_CAPTURED);
    if (ours->refunded_minor != theirs->result.refunded_minor)
        found |= TO(PAYMENTS_DIFFERENT_REFUNDED);
    return found;
}
