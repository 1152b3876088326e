/* SPDX-License-Identifier: Apache-2.0
 * Where a visitor may be sent after signing in. Called by pages of flows; must never let a
 * link of ours lead to another site. */
#ifndef SOUK_PLATFORM_WEB_WEB_NEXT_H
#define SOUK_PLATFORM_WEB_WEB_NEXT_H

#include "base/str.h"

/* `next` when it is a path of this shop as browsers read it, else `otherwise`. */
str web_next(str next, str otherwise);

#endif
