/* SPDX-License-Identifier: Apache-2.0
 * What is personal in queries (-- @personal in a migration): sealed on its way into the database
 * and opened on its way out. Included by what tools/sqlgen.py makes, by platform/vault, which does
 * the sealing, and by who lists the tables. */
#ifndef SOUK_PLATFORM_DB_DB_PERSONAL_H
#define SOUK_PLATFORM_DB_DB_PERSONAL_H

#include "platform/db/db.h"

/* A personal member: a text that is sealed on its way in and
 * opened on its way out, bound to `what` and the key of its row; or (keyed) a keyed hash, which
 * only goes in. */
#define DB_KEYS_MAX 4
struct db_personal {
    const char *what; /* "identity_user.email" */
    bool keyed;
    size_t key_n;
    struct {
        bool out; /* the key is column `at` of the row, else of the parameters */
        size_t at;
    } key[DB_KEYS_MAX];
};
/* Seals and opens it: platform/vault. Texts in the arena; `row` tells one row from another. */
struct db_sealer {
    void *self;
    err (*seal)(void *self, struct cx *cx, const char *what, str row, str clear, str *ret);
    /* What is not sealed (yet) comes out as it is. In a unit: a key that is not known yet is
     * read. */
    err (*open)(void *self, struct cx *cx, struct arena *arena, const char *what, str row,
        str sealed, str *ret);
    str (*hash)(void *self, struct arena *arena, const char *what, str clear);
};
/* Before the first query with personal members: without a sealer these fail. */
void db_seal_with(struct db *db, struct db_sealer sealer);
/* What tells a row from others, of its key's columns. */
str db_row_name(struct arena *arena, const struct db_column *const *columns,
    const void *const *structs, size_t n);
/* Made by tools/sqlgen.py: tables with personal columns, as they are kept. */
struct db_marked_column {
    const char *what;
    bool keyed;
    int of; /* the column that it is the keyed hash of, folded; -1: of what it holds itself */
};
struct db_marked {
    const char *table;
    const struct db_query *swept, *resealed; /* (after id, limit) -> rows; a row -> its UPDATE */
    size_t keys_n;                           /* the first columns of both */
    const struct db_marked_column *columns;  /* those that follow */
    size_t columns_n;
};

#endif
