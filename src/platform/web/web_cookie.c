/* SPDX-License-Identifier: Apache-2.0
 * Finds one cookie among those of a header. Called by pages of flows; must never change one. */
#include "platform/web/web_cookie.h"

str web_cookie(str header, str name)
{
    str rest = header;
    while (rest.p) {
        str value = str_trim(str_cut(&rest, ';'));
        str key = str_cut(&value, '=');
        if (value.p && str_eq(key, name))
            return value;
    }
    return (str){ 0 };
}
