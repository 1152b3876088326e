/* SPDX-License-Identifier: Apache-2.0
 * The rules: values in, values out. Called by gift.c with what it has locked; must never do I/O or
 * read a clock. */
#ifndef SOUK_SERVICES_GIFT_GIFT_DOMAIN_H
#define SOUK_SERVICES_GIFT_GIFT_DOMAIN_H

#include "services/gift/gift.h"

/* Whether one more fits beside `count`; GIFT_FULL when not. */
err gift_domain_admit(struct cx *cx, int64_t count) MUST_USE;

#endif
