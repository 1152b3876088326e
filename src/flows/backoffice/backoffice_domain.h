/* SPDX-License-Identifier: Apache-2.0
 * Words and pictures of the back office: how a status reads, how long ago something was, days as
 * bars. Pure; called by the pages, must never read a clock. */
#ifndef SOUK_FLOWS_BACKOFFICE_BACKOFFICE_DOMAIN_H
#define SOUK_FLOWS_BACKOFFICE_BACKOFFICE_DOMAIN_H

#include "base/str.h"

/* "just now", "3 minutes ago", "in 2 hours"; beyond two days in days. */
str backoffice_domain_ago(struct arena *arena, int64_t ms, int64_t now_ms);
/* "buyer_velocity" as people write it: "Buyer velocity". */
str backoffice_domain_words(struct arena *arena, str name);
/* Heights of bars in 0..40 for values >= 0: the highest is 40, and what is not 0 is seen. */
void backoffice_domain_bars(const int64_t *values, size_t n, int64_t *ret_heights);
/* A score of 0..1 as "87%"; never 0 or 100 unless it is. */
str backoffice_domain_percent(struct arena *arena, double part);

#endif
