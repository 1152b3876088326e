/* SPDX-License-Identifier: Apache-2.0
 * The country of a network address, from a database in MaxMind's format (GeoLite2-Country and its
 * like) that the operator supplies. Without one, every country is unknown. Thread-safe. */
#ifndef SOUK_PLATFORM_GEO_GEO_H
#define SOUK_PLATFORM_GEO_GEO_H

#include "base/err.h"

struct geo;
extern const problem GEO_UNREADABLE; /* KIND_BUG: no such file, or no database of countries */

/* The file is mapped into memory and must stay as it is; replace it by renaming, then restart. */
err geo_open(struct arena *life, struct cx *cx, str file, struct geo **ret) MUST_USE;
void geo_close(struct geo *geo); /* NULL is a no-op */

/* ISO 3166-1 alpha-2 in the arena; absent: unknown, no address, or geo is NULL. */
str geo_country(const struct geo *geo, struct arena *arena, str address);

#endif
