/* SPDX-License-Identifier: Apache-2.0
 * What a rule or a synonym must be. Pure; for this service alone. */
#ifndef SOUK_SERVICES_MERCHANDISING_MERCHANDISING_DOMAIN_H
#define SOUK_SERVICES_MERCHANDISING_MERCHANDISING_DOMAIN_H

#include "services/merchandising/merchandising.h"

err merchandising_synonym_check(struct cx *cx, const struct merchandising_synonym *in) MUST_USE;
err merchandising_rule_check(struct cx *cx, const struct merchandising_rule *in) MUST_USE;

#endif
