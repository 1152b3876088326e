/* SPDX-License-Identifier: Apache-2.0
 * The rule for redirects. Called by pages that send people back; must never look at more than the
 * text. */
#include "platform/web/web_next.h"

#define NEXT_MAX 2000

/* Browsers read '\' as '/', drop tabs and line ends, and take "//host" for another site. */
str web_next(str next, str otherwise)
{
    if (next.n == 0 || next.n > NEXT_MAX || next.p[0] != '/' || (next.n > 1 && next.p[1] == '/'))
        return otherwise;
    for (size_t i = 0; i < next.n; i++)
        if (next.p[i] <= ' ' || next.p[i] >= 0x7f || next.p[i] == '\\')
            return otherwise;
    return next;
}
