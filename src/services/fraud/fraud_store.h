/* SPDX-License-Identifier: Apache-2.0
 * Rows to structs for the verbs of fraud: what was seen, counts, models. No decisions. */
#ifndef SOUK_SERVICES_FRAUD_FRAUD_STORE_H
#define SOUK_SERVICES_FRAUD_FRAUD_STORE_H

#include "services/fraud/fraud_domain.h"

/* The body of the service; only files of this folder see it. */
struct fraud {
    struct fraud_deps deps;
};

/* What the rows know an order by. */
struct fraud_keys {
    id buyer, address, device, card;
};

/* What the keys did before now. */
err fraud_store_history(struct fraud *f, struct cx *cx, const struct fraud_keys *keys, currency cur,
    struct fraud_history *ret) MUST_USE;
/* *ret_new is false when the order is there already: nothing was written then. */
err fraud_store_add(struct fraud *f, struct cx *cx, const struct fraud_facts *facts,
    const struct fraud_keys *keys, const struct fraud_verdict *verdict, bool *ret_new) MUST_USE;
/* The verdict as it was given, without parts. */
err fraud_store_get(struct fraud *f, struct cx *cx, id order_id, struct fraud_verdict *ret,
    enum fraud_outcome *ret_outcome, bool *ret_found) MUST_USE;
/* version 0: the newest; the built-in one when there is none. */
err fraud_store_model(
    struct fraud *f, struct cx *cx, int64_t version, struct fraud_model *ret) MUST_USE;

/* Numbers as rows keep them, and back; ERR_BUG: the text is not ours. What a longer list has beyond
 * the features is left out, what a shorter one lacks is zero. */
str fraud_store_numbers(struct arena *arena, const double x[static FRAUD_FEATURES_N]);
err fraud_store_numbers_of(struct cx *cx, str text, double ret[static FRAUD_FEATURES_N]) MUST_USE;

#endif
