/* SPDX-License-Identifier: Apache-2.0
 * The rules: values in, values out. Called by gift.c; must never do I/O or read a clock. */
#include "services/gift/gift_domain.h"

#include <inttypes.h>

err gift_domain_admit(struct cx *cx, int64_t count)
{
    ASSERT(count >= 0);
    if (count >= GIFT_ITEMS_MAX)
        return FAIL(cx, GIFT_FULL, "count=%" PRId64, count);
    return NULL;
}
