/* SPDX-License-Identifier: Apache-2.0
 * What a review must be, which ones staff should look at, and what is counted. Pure; for this
 * service alone. */
#ifndef SOUK_SERVICES_REVIEWS_REVIEWS_DOMAIN_H
#define SOUK_SERVICES_REVIEWS_REVIEWS_DOMAIN_H

#include "services/reviews/reviews.h"

/* Title without blanks around it, in one line; the comment without blanks around it. */
void reviews_domain_tidy(struct arena *arena, struct reviews_review *r);
/* Of a tidy review. ERR_INVALID with every field beyond the limits. */
err reviews_domain_check(struct cx *cx, const struct reviews_review *in) MUST_USE;
/* The first rule that has a doubt about these texts. */
enum reviews_doubt reviews_domain_doubt(struct arena *arena, str title, str comment);

/* What the change from `before` to `after` does to each number of stars; either may be NULL: not
 * there. False: nothing. */
bool reviews_domain_delta(const struct reviews_review *before, const struct reviews_review *after,
    int64_t ret[REVIEWS_STARS]);

enum reviews_status reviews_domain_status(str name);
enum reviews_doubt reviews_domain_doubt_of(str name); /* absent: no doubt */

#endif
