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

#endif
