/* SPDX-License-Identifier: Apache-2.0
 * The PostgreSQL driver, to be filled in: so far it refuses to open. Called through db_pg_driver.
 * Must never log or report row values. */
#include "platform/db/db_internal.h"

static err driver_start(struct db *db, struct cx *cx)
{
    (void)db;
    return FAIL(cx, DB_AWAY, "not there yet");
}

const struct db_driver db_pg_driver = { .start = driver_start };
