/* SPDX-License-Identifier: Apache-2.0
 * The keys of what is personal in the database, and the sealing itself: AES-256-GCM (OpenSSL). A
 * master key, outside the database, seals data keys; these, kept in the database, seal columns that
 * a migration marks (-- @personal). A sealed text names its key: "{s3}" and, base64url, nonce,
 * ciphertext and tag, bound to table, column and row. Nobody calls seal and open but platform/db,
 * by whom each marked column goes. Thread-safe. */
#ifndef SOUK_PLATFORM_VAULT_VAULT_H
#define SOUK_PLATFORM_VAULT_VAULT_H

#include "platform/db/db_personal.h"
#include "platform/job/job.h"

extern const problem VAULT_MASTER;  /* the master key is missing, malformed, or another */
extern const problem VAULT_REFUSED; /* a sealed text is no longer what was sealed here */

struct vault;
struct vault_opts {
    struct db *db;        /* migrated; NULL: keys are derived from `master`, for tests */
    str master;           /* 64 hexadecimal digits; empty: the file's */
    const char *file;     /* of the master key, mode 0600; made with the first keys */
    const char *ask_file; /* whose being there asks for a new data key; may be NULL */
};
/* Makes the first keys of a database that has none. VAULT_MASTER: it has keys, and the master key
 * does not open them; nothing was changed. */
err vault_open(
    struct arena *life, struct cx *cx, struct vault_opts opts, struct vault **ret) MUST_USE;
/* Overwrites the keys. NULL is a no-op. */
void vault_close(struct vault *v);
struct db_sealer vault_sealer(struct vault *v);
/* Seals for `db` from now on, which may be another than that of the keys: migrated too. `marked`
 * are lists of its tables that the sweep goes through, each ending with { 0 }; both stay the
 * caller's. At start, before there are threads. */
struct vault_place;
struct vault_place *vault_watch(
    struct vault *v, struct db *db, const struct db_marked *const *marked, size_t marked_n);

/* A keyed hash that cannot be made without us: for pseudonyms. 43 characters. */
str vault_pseudonym(struct vault *v, struct arena *arena, const char *purpose, str of);

/* In a WRITE unit: from its commit on a new data key seals; the sweep brings the rows after it. */
err vault_rotate(struct vault *v, struct cx *cx) MUST_USE;
/* Seals the data keys with another master key: the one in the file `to`, which has to be given from
 * then on, or, with `to` NULL, a new one that takes the place of the file's. Rows stay as they are.
 * Outside a unit; processes that run need to start again before the next data key. VAULT_MASTER: no
 * such key, or the one in use is a setting and there is no `to`; nothing was changed. */
err vault_change_master(struct vault *v, struct cx *cx, const char *to, size_t *ret_keys) MUST_USE;
/* What `souk keys data` tells. In a unit of work. */
struct vault_table {
    str table;
    int64_t key_id, rows, sealed, done_ms; /* 0: under way */
};
struct vault_state {
    int64_t key_id;     /* that seals */
    int64_t created_ms; /* since when */
    const struct vault_table *tables;
    size_t tables_n;
    size_t waiting; /* tables that are not wholly under this key yet */
};
err vault_state(struct vault *v, struct cx *cx, struct vault_state *ret) MUST_USE;

/* The sweep of a place, in its database; service pointer: struct vault_place *. */
extern const struct job vault_jobs[];
extern const struct db_query *const vault_queries[];

#endif
