/* SPDX-License-Identifier: Apache-2.0
 * Addresses of the Internet as text. No I/O: nothing is resolved here. */
#ifndef BASE_NET_H
#define BASE_NET_H

#include "base/str.h"

/* "::ffff:192.0.2.1" is "192.0.2.1"; anything else as it is. */
str net_unmapped(str address);

/* Who an address belongs to: with IPv4 the host, with IPv6 the first 64 bits ("2001:db8:0:1:"),
 * since whoever has one of these has 2^64 addresses. Text that is no address comes back. Limits and
 * waits count by this. */
str net_of(struct arena *arena, str address);

#endif
