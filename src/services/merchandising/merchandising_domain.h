/* SPDX-License-Identifier: Apache-2.0
 * The one form of a query, and what a rule or a synonym must be. Pure; for this service alone. */
#ifndef SOUK_SERVICES_MERCHANDISING_MERCHANDISING_DOMAIN_H
#define SOUK_SERVICES_MERCHANDISING_MERCHANDISING_DOMAIN_H

#include "services/merchandising/merchandising.h"

/* Small letters, single blanks, at most MERCHANDISING_TEXT_MAX characters; absent when nothing is
 * left. */
str merchandising_plain(struct arena *arena, str query);
err merchandising_synonym_check(struct cx *cx, const struct merchandising_synonym *in) MUST_USE;
err merchandising_rule_check(struct cx *cx, const struct merchandising_rule *in) MUST_USE;

#endif
