/* SPDX-License-Identifier: Apache-2.0
 * What the files of `souk demo` share. */
#ifndef SOUK_APP_COMMAND_DEMO_H
#define SOUK_APP_COMMAND_DEMO_H

#include "flows/demo/demo.h"
#include "services/reviews/reviews.h"

/* The same id for the same name (an e-mail, a key). */
id command_demo_id(str name);
id command_demo_product_id(const struct demo_product *p, int64_t i);
int64_t command_demo_stars(const struct demo_product *p); /* all that were given */
/* The reviews of n products, of which the first is the first-th of the demo; ratings beyond their
 * texts are counted as plain. Lives in cx->arena. */
void command_demo_reviews(struct demo *demo, struct cx *cx, int64_t first,
    const struct demo_product *products, size_t n, struct reviews_history *ret);

#endif
