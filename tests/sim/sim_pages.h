/* SPDX-License-Identifier: Apache-2.0
 * Refunds that staff make in the provider's own pages: see sim_pages.c. For sim.c, sim_after.c and
 * the checks. */
#ifndef SOUK_TESTS_SIM_SIM_PAGES_H
#define SOUK_TESTS_SIM_SIM_PAGES_H

#include "tests/sim/sim.h"

void sim_pages_draw(struct sim *s);
/* The order stands: perhaps some of its money is given back there, soon or late. */
void sim_pages_placed(struct sim *s, struct sim_buy *b);
/* Its money is asked back, by whatever way: perhaps some of it is given back there then. */
void sim_pages_asked(struct sim *s, struct sim_buy *b);
/* In READ units. So much of the payment was given back there; so much of that is in no book. */
int64_t sim_pages_minor(const struct sim *s, id payment_id);
int64_t sim_pages_unbooked(struct sim *s, struct cx *cx, id order_id);
int64_t sim_pages_unbooked_all(struct sim *s, struct cx *cx);

#endif
