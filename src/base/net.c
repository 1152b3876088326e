/* SPDX-License-Identifier: Apache-2.0
 * Networks of addresses, by their text. Called by whoever counts by address; must never fail. */
#include "base/net.h"

#include "base/buf.h"

str net_unmapped(str address)
{
    static const str mapped = S_INIT("::ffff:");
    bool dotted = str_find_char(address, '.', 0) >= 0;
    return dotted && str_starts(address, mapped) ? str_skip(address, mapped.n) : address;
}

/* Groups of a shortened address that stand before "::"; the rest is zeros until the fifth. */
str net_of(struct arena *arena, str address)
{
    address = net_unmapped(address);
    if (str_find_char(address, ':', 0) < 0)
        return address;
    struct buf out = { .arena = arena };
    str rest = address;
    int n = 0;
    for (; n < 4 && rest.p; n++) {
        str group = str_cut(&rest, ':');
        if (!group.n && n > 0)
            break; /* "::" */
        buf_add(&out, group.n ? group : S("0"));
        buf_char(&out, ':');
    }
    if (n < 4 && rest.n) { /* what follows "::" may reach into the first half */
        size_t after = 1;
        for (size_t i = 0; i < rest.n; i++)
            after += rest.p[i] == ':';
        for (size_t zeros = 8 - (size_t)n - after; n < 4 && zeros > 0; zeros--, n++)
            buf_add(&out, S("0:"));
        for (; n < 4; n++) {
            buf_add(&out, str_cut(&rest, ':'));
            buf_char(&out, ':');
        }
    }
    for (; n < 4; n++)
        buf_add(&out, S("0:"));
    return buf_str(&out);
}
