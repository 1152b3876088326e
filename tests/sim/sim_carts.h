/* SPDX-License-Identifier: Apache-2.0
 * Several orders of one cart, and those who change it: see sim_carts.c. For whoever makes requests,
 * and the checks. */
#ifndef SOUK_TESTS_SIM_SIM_CARTS_H
#define SOUK_TESTS_SIM_SIM_CARTS_H

#include "tests/sim/sim.h"

void sim_carts_open(struct sim *s, struct sim_buy *b, int64_t in_ms); /* when it is ordered */
bool sim_carts_shared(const struct sim *s, const struct sim_buy *b);
void sim_carts_look(struct sim *s, struct cx *cx, const struct saga_view *sagas, size_t sagas_n);
/* In a READ unit: so many orders of the cart were paid. */
err sim_carts_check(struct sim *s, struct cx *cx, struct sim_buy *b, size_t bought,
    const struct orders_order *last);
void sim_carts_lost(
    struct sim *s, struct cx *cx, const struct sim_buy *b, const struct orders_order *o);

#endif
