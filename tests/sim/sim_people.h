/* SPDX-License-Identifier: Apache-2.0
 * Guests who sign in, buyers who are erased, refunds that are approved again: see sim_people.c. For
 * whoever makes requests, and the checks. */
#ifndef SOUK_TESTS_SIM_SIM_PEOPLE_H
#define SOUK_TESTS_SIM_SIM_PEOPLE_H

#include "tests/sim/sim.h"

void sim_people_draw(struct sim *s);
void sim_people_open(struct sim *s, struct sim_buy *b, int64_t in_ms); /* when it is ordered */
void sim_people_at_bank(struct sim *s, struct sim_buy *b);
void sim_people_placed(struct sim *s, struct sim_buy *b);
void sim_people_again(struct sim *s); /* days later */
/* Who they are in a request, and at a page. */
void sim_people_as(struct sim_buy *b, struct cx *cx);
void sim_people_now(const struct sim_buyer *buyer, struct cx *cx);
/* Whose account its books stand on: of whoever ordered it. */
id sim_people_owes(const struct sim *s, const struct orders_order *o);
/* In a READ unit, of who has signed in: what was bought is out of the cart, the rest is in it. */
err sim_people_cart(struct sim *s, struct cx *cx, const struct sim_buy *b);

#endif
