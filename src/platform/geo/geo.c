/* SPDX-License-Identifier: Apache-2.0
 * Countries of addresses over libmaxminddb. Called by services that are given one; must never
 * resolve names or ask anything outside. */
#include "platform/geo/geo.h"

#include <maxminddb.h>

const problem GEO_UNREADABLE = { KIND_BUG, "geo.unreadable", NULL,
    "The database of countries cannot be read" };

struct geo {
    MMDB_s db;
};

err geo_open(struct arena *life, struct cx *cx, str file, struct geo **ret)
{
    struct geo *geo = NEW(life, struct geo);
    int status = MMDB_open(str_c(cx->arena, file), MMDB_MODE_MMAP, &geo->db);
    if (status != MMDB_SUCCESS)
        return FAIL(cx, GEO_UNREADABLE, STR_F ": %s", STR_A(file), MMDB_strerror(status));
    *ret = geo;
    return NULL;
}

void geo_close(struct geo *geo)
{
    if (geo)
        MMDB_close(&geo->db);
}

/* Where the country may stand: where the address is, or where its owner is registered. */
static const char *const paths[][3] = {
    { "country", "iso_code", NULL },
    { "registered_country", "iso_code", NULL },
};

str geo_country(const struct geo *geo, struct arena *arena, str address)
{
    if (!geo || !address.n)
        return (str){ 0 };
    int no_address = 0, failed = 0;
    MMDB_lookup_result_s found =
        MMDB_lookup_string(&geo->db, str_c(arena, address), &no_address, &failed);
    if (no_address || failed || !found.found_entry)
        return (str){ 0 };
    for (size_t i = 0; i < COUNT(paths); i++) {
        MMDB_entry_data_s data;
        if (MMDB_aget_value(&found.entry, &data, paths[i]) == MMDB_SUCCESS && data.has_data &&
            data.type == MMDB_DATA_TYPE_UTF8_STRING && data.data_size == 2)
            return str_dup(arena, (str){ data.utf8_string, 2 });
    }
    return (str){ 0 };
}
