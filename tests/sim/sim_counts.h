/* SPDX-License-Identifier: Apache-2.0
 * Goods that are counted while they are sold: see sim_counts.c. For sim.c. */
#ifndef SOUK_TESTS_SIM_SIM_COUNTS_H
#define SOUK_TESTS_SIM_SIM_COUNTS_H

#include "tests/sim/sim.h"

void sim_counts_draw(struct sim *s);
/* Once it is known when buyers come. */
void sim_counts_start(struct sim *s);

#endif
