/* SPDX-License-Identifier: Apache-2.0
 * The rules of promotions: values in, values out. Called by promotions.c with what it has loaded;
 * must never do I/O or read a clock. */
#ifndef SOUK_SERVICES_PROMOTIONS_PROMOTIONS_DOMAIN_H
#define SOUK_SERVICES_PROMOTIONS_PROMOTIONS_DOMAIN_H

#include "services/promotions/promotions.h"

/* A promotion as it may be stored: code in upper case, what its kind has no use for at zero.
 * ERR_INVALID names every bad field. */
err promotions_domain_check(struct cx *cx, struct promotions_promotion *in) MUST_USE;
/* The code as it is stored; false: no code can look like this. */
bool promotions_domain_code(struct arena *a, str typed, str *ret);

/* What a promotion could apply to: with a code that the buyer gave, or without one. */
struct promotions_candidate {
    const struct promotions_promotion *promotion;
    int64_t mine; /* units that the buyer has used */
};
struct promotions_world {
    const struct promotions_candidate *candidates; /* of any state; each promotion once */
    size_t candidates_n;
    int64_t now_ms;
    currency currency;
    bool first_order; /* the buyer's */
};
/* Whether the promotion goes on at now_ms. */
bool promotions_domain_live(const struct promotions_promotion *p, int64_t now_ms);
/* Whether some line is one of the promotion's; limits and buyers are not looked at. */
bool promotions_domain_touches(
    const struct promotions_promotion *p, const struct promotions_basket *in);

/* Deals set the price of units first. Then promotions apply one after the other to what is left of
 * the lines: by priority, of equals the one that would take off more alone, of those by id. An
 * exclusive one applies when none has before, and ends it. A family's first one ends the family.
 * The order of lines, codes and candidates makes no difference. */
void promotions_domain_evaluate(struct arena *a, const struct promotions_world *w,
    const struct promotions_basket *in, struct promotions_result *ret);

#endif
