/* SPDX-License-Identifier: Apache-2.0
 * The rules of payments: which answer of a provider may follow which state, and what it says of
 * the money. Called by payments.c; must never do I/O or read a clock. */
#ifndef SOUK_SERVICES_PAYMENTS_PAYMENTS_DOMAIN_H
#define SOUK_SERVICES_PAYMENTS_PAYMENTS_DOMAIN_H

#include "services/payments/payments.h"

/* Whether a payment in `from` may come to `to`; a state may follow itself. */
bool payments_domain_may(enum payments_status from, enum payments_status to);
/* The state that a row's name stands for; PAYMENTS_STATUSES_N when unknown. */
enum payments_status payments_domain_status_of(str name);
/* The state that a provider's word means for us. */
enum payments_status payments_domain_status_from(enum pay_state state);

/* The payment after the answer; *ret_changed is false when it says nothing new. An answer without
 * a figure means the whole: all of the amount captured, all of what was captured refunded.
 * PAYMENTS_MOVE_REFUSED: not from this state, or figures that cannot be (more captured than asked
 * for, more refunded than captured, less than was known). */
err payments_domain_answer(struct cx *cx, const struct payments_payment *payment,
    const struct pay_result *in, struct payments_payment *ret, bool *ret_changed) MUST_USE;
/* Whether a lost answer makes the payment unknown: while something may have happened that we have
 * not been told. What is known for certain stays. */
bool payments_domain_lost(enum payments_status from);

/* The payment after what may be late, doubled or out of order: what lags behind changes nothing. */
void payments_domain_hear(const struct payments_payment *payment, const struct pay_result *in,
    struct payments_payment *ret, bool *ret_changed);

/* ---- deeds ---- */
extern const char *const payments_kind_names[PAYMENTS_KINDS_N + 1];
extern const char *const payments_deed_status_names[];     /* as enum payments_deed_status */
enum payments_deed_kind payments_domain_kind_of(str name); /* PAYMENTS_KINDS_N when unknown */
enum payments_deed_status payments_domain_deed_status_of(str name);
/* Whether `in` may be asked of the payment, after the deeds that it has. */
err payments_domain_deed(struct cx *cx, const struct payments_payment *payment,
    const struct payments_deed *deeds, size_t n, const struct payments_deed *in) MUST_USE;
#define PAYMENTS_FAILED "failed" /* the refusal of a refund that was done and came back */
/* The payment after a refund that was done came back; deeds: as they were before. */
err payments_domain_refund_failed(struct cx *cx, const struct payments_payment *payment,
    const struct payments_deed *deeds, size_t n, const struct payments_deed *failed,
    struct payments_payment *ret) MUST_USE;
/* What the provider told, if it may be from before a refund came back: then no more went back than
 * is known, or than the deeds come to. answered: whose answer it is, or none. */
struct pay_result payments_domain_told(const struct payments_payment *payment,
    const struct payments_deed *deeds, size_t n, id answered, const struct pay_result *in);

/* ---- gift cards ---- */
#define PAYMENTS_CODE_N 28 /* characters of 5 bits */
/* The code's letters in groups of four, of at least 140 random bits. */
str payments_domain_code(struct arena *arena, const uint64_t random[3]);
/* What is hashed: the letters alone, with those that look alike made one; absent: no code. */
str payments_domain_code_plain(struct arena *arena, str code);
/* The last n of a code, likewise; absent: it is not n of them. */
str payments_domain_ending(struct arena *arena, str text, size_t n);

/* ---- reconciliation ---- */
enum payments_difference {
    PAYMENTS_DIFFERENT_MISSING_HERE,
    PAYMENTS_DIFFERENT_MISSING_THERE,
    PAYMENTS_DIFFERENT_AMOUNT,
    PAYMENTS_DIFFERENT_STATE,
    PAYMENTS_DIFFERENT_CAPTURED,
    PAYMENTS_DIFFERENT_REFUNDED,
    PAYMENTS_DIFFERENCES_N,
};
extern const char *const payments_difference_names[PAYMENTS_DIFFERENCES_N + 1];
/* Bits (1 << enum payments_difference) of what the two say differently; one of them may be NULL. */
unsigned payments_domain_differences(
    const struct payments_payment *ours, const struct pay_entry *theirs);

#endif
