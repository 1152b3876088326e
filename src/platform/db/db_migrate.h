/* SPDX-License-Identifier: Apache-2.0
 * Migrations: the tables of each service, brought up to date at the start. Thread-safe. */
#ifndef SOUK_PLATFORM_DB_DB_MIGRATE_H
#define SOUK_PLATFORM_DB_DB_MIGRATE_H

#include "platform/db/db.h"

struct db_migration {
    str owner;   /* "inventory" */
    int version; /* 1.. without gaps */
    str name;    /* "0001_init.sql" */
    str text;
};
/* Applies what is missing, in order, each in a transaction of its own, under a lock that other
 * processes wait for. The table souk_migration keeps owner, version, name, SHA-256 and time.
 * DB_FAILED with detail when an applied migration's checksum differs or one is missing.
 * Text is written once for both engines, with PostgreSQL's type names (uuid, bigint, text, boolean,
 * bytea, double precision): " WITHOUT ROWID" is dropped on PostgreSQL; after a line "-- @sqlite" or
 * "-- @pg" statements are for that engine only, until "-- @both". */
err db_migrate(struct db *db, struct cx *cx, const struct db_migration *list, size_t n,
    size_t *ret_applied) MUST_USE;
/* All embedded migrations of one folder ("src/services/inventory/sql/") in order. */
err db_migrations_of(
    struct cx *cx, str owner, str folder, struct db_migration **ret, size_t *ret_n) MUST_USE;

#endif
