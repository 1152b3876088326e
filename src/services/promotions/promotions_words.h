/* SPDX-License-Identifier: Apache-2.0
 * What is said of promotions, and the problem for each reason. Called by promotions_domain.c; must
 * never decide anything. */
#ifndef SOUK_SERVICES_PROMOTIONS_PROMOTIONS_WORDS_H
#define SOUK_SERVICES_PROMOTIONS_PROMOTIONS_WORDS_H

#include "services/promotions/promotions.h"

/* "10% off", "Buy 2, get 1 free". units: of a deal. */
str promotions_words_use(
    struct arena *a, const struct promotions_promotion *p, currency c, int64_t units);
/* Why a code does nothing; missing: what more must be bought. */
str promotions_words_refusal(struct arena *a, enum promotions_reason reason, money missing);
err promotions_words_problem(enum promotions_reason reason);

#endif
