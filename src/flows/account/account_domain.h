/* SPDX-License-Identifier: Apache-2.0
 * Where a visitor may be sent after signing in. Called by the pages of this flow; must never let a
 * link of ours lead to another site. */
#ifndef SOUK_FLOWS_ACCOUNT_ACCOUNT_DOMAIN_H
#define SOUK_FLOWS_ACCOUNT_ACCOUNT_DOMAIN_H

#include "base/str.h"

/* `next` when it is a path of this shop as browsers read it, else `otherwise`. */
str account_domain_next(str next, str otherwise);

#endif
