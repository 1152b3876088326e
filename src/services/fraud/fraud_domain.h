/* SPDX-License-Identifier: Apache-2.0
 * The rules of fraud: counts and facts in, features, score and decision out. Called by fraud.c;
 * must never do I/O or read a clock. */
#ifndef SOUK_SERVICES_FRAUD_FRAUD_DOMAIN_H
#define SOUK_SERVICES_FRAUD_FRAUD_DOMAIN_H

#include "services/fraud/fraud.h"

enum fraud_key {
    FRAUD_KEY_BUYER,
    FRAUD_KEY_ADDRESS,
    FRAUD_KEY_DEVICE,
    FRAUD_KEY_CARD,
    FRAUD_KEYS_N
};

/* Earlier orders of one key in the last hour. */
struct fraud_counts {
    int64_t orders, refused, cards, minor;
};
struct fraud_history {
    struct fraud_counts hour[FRAUD_KEYS_N];
    int64_t spent_day_minor; /* of the buyer: paid, or on its way */
    int64_t paid_before;     /* orders of the buyer */
    int64_t bad_before;      /* of the buyer, the device or the card */
};

/* Fills features, parts, score and model. */
void fraud_domain_score(const struct fraud_model *model, const struct fraud_facts *facts,
    const struct fraud_history *history, struct fraud_verdict *ret);
/* Decision and reasons, from the limits and the score that is in *ret. */
void fraud_domain_decide(const struct fraud_limits *limits, const struct fraud_facts *facts,
    const struct fraud_history *history, struct fraud_verdict *ret);

/* What an outcome may become. */
bool fraud_domain_may(enum fraud_outcome from, enum fraud_outcome to);
/* Outcomes that say fraud. */
bool fraud_domain_is_bad(enum fraud_outcome outcome);

/* Of the text form of an address: whether it is loopback, private, link-local, or none at all. */
bool fraud_domain_is_inside(str peer);

extern const struct fraud_model fraud_domain_built_in;
/* Logistic regression by gradient descent over standardised features, with L2; weights for the
 * features as they are. Needs at least one sample of either kind that is not held out. */
void fraud_domain_fit(
    struct arena *scratch, const struct fraud_sample *samples, size_t n, struct fraud_model *ret);
/* The chance that a bad sample scores above a good one, ties by half. 0.5 without either. */
double fraud_domain_auc(struct arena *scratch, const struct fraud_model *model,
    const struct fraud_sample *samples, size_t n);

#endif
