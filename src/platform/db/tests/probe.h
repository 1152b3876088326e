/* SPDX-License-Identifier: Apache-2.0
 * Tables that the database tests play with, and a few ids. Included by the tests of this folder.
 * Must never be used by a service's test. */
#ifndef SOUK_PLATFORM_DB_TESTS_PROBE_H
#define SOUK_PLATFORM_DB_TESTS_PROBE_H

#include <stdlib.h>

#include "probe_sql.h"
#include "tests/support/store.h"

static const struct db_migration probe_migrations[] = {
    { S_INIT("probe"), 1, S_INIT("0001_init.sql"),
        S_INIT("CREATE TABLE probe_row (\n"
               "    id   uuid   NOT NULL PRIMARY KEY, -- made by the test\n"
               "    n    bigint NOT NULL,\n"
               "    note text\n"
               ") WITHOUT ROWID;\n"
               "CREATE TABLE probe_types (id uuid NOT NULL PRIMARY KEY, a_int bigint NOT NULL,\n"
               "    a_text text NOT NULL, a_bool boolean NOT NULL, a_blob bytea NOT NULL,\n"
               "    a_num double precision NOT NULL, an_id uuid NOT NULL);\n"
               "CREATE TABLE probe_nulls (id uuid NOT NULL PRIMARY KEY, a_int bigint,\n"
               "    a_text text, a_blob bytea, a_num double precision, an_id uuid);\n"
               "-- @sqlite\n"
               "CREATE VIRTUAL TABLE probe_fts USING fts5 (note);\n") },
    { S_INIT("probe"), 2, S_INIT("0002_rules.sql"),
        S_INIT("CREATE TABLE probe_child (id uuid NOT NULL PRIMARY KEY, parent uuid NOT NULL\n"
               "    REFERENCES probe_row (id) DEFERRABLE INITIALLY DEFERRED);\n"
               "CREATE TABLE probe_checked (id uuid NOT NULL PRIMARY KEY,\n"
               "    n bigint NOT NULL CHECK (n > 0));\n"
               "CREATE TABLE probe_big (id uuid NOT NULL PRIMARY KEY, data bytea NOT NULL);\n") },
    { S_INIT("other"), 1, S_INIT("0001_init.sql"),
        S_INIT("CREATE TABLE other_row (n bigint NOT NULL);\n") },
};

static inline id probe_id(int64_t n)
{
    id a = { { 0x01, 0x9b, 0, 0, 0, 0, 0x70, 0, 0x80 } };

    for (int i = 0; i < 6; i++)
        a.b[15 - i] = (uint8_t)(n >> (8 * i));
    return a;
}

static inline struct store *probe_open(struct store_opts opts)
{
    opts.migrations = probe_migrations;
    opts.migrations_n = COUNT(probe_migrations);
    return store_open_with(opts);
}

struct probe_kit { /* what the units below work with */
    struct db *db;
    int64_t n, m;
};

static inline struct store *probe_for(void **state)
{
    return probe_open((struct store_opts){ .engine = store_engine(state) });
}

/* ---- units that tests share ---- */
static inline err probe_add_some(void *arg, struct cx *cx) /* n rows from m on */
{
    struct probe_kit *kit = arg;

    for (int64_t i = kit->m; i < kit->m + kit->n; i++) {
        struct probe_sql_add_in in = { .id = probe_id(i), .n = i };
        err e = probe_sql_add(kit->db, cx, in, NULL);
        if (e)
            return e;
    }
    return NULL;
}

static inline err probe_count(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    struct probe_sql_count_row row;
    bool found;

    err e = probe_sql_count(kit->db, cx, &row, &found);
    if (e)
        return e;
    CHECK(found);
    kit->n = row.n;
    return NULL;
}

/* n units of fn, each with `size` bytes of args, in one lane without a pause between them; the i-th
 * is to end with want[i], NULL: all with success. */
static inline void probe_crowd(struct store *s, err (*fn)(void *, struct cx *), void *args,
    size_t size, size_t n, const err *want)
{
    struct cx *cxs = calloc(n, sizeof *cxs);
    struct db_ticket **tickets = calloc(n, sizeof *tickets);

    for (size_t i = 0; i < n; i++) {
        cxs[i] = (struct cx){ .arena = arena_open(4096), .now_ms = store_cx(s)->now_ms };
        tickets[i] = db_write_start(store_db(s), &cxs[i], 0, fn, (char *)args + i * size);
    }
    for (size_t i = 0; i < n; i++) {
        CHECK_ERR(&cxs[i], db_write_finish(tickets[i]), want ? want[i] : NULL);
        arena_close(cxs[i].arena);
    }
    free(tickets);
    free(cxs);
}

/* A store whose units meet in one lane. */
static inline struct store *probe_one_lane(void **state)
{
    return probe_open(
        (struct store_opts){ .engine = store_engine(state), .lanes = true, .db = { .lanes = 1 } });
}

static inline int64_t probe_rows(struct store *s)
{
    struct probe_kit kit = { .db = store_db(s) };
    CHECK_ERR(store_cx(s), store_read(s, probe_count, &kit), NULL);
    return kit.n;
}

static inline void probe_fill(struct store *s, int64_t n)
{
    struct probe_kit kit = { .db = store_db(s), .n = n };
    CHECK_ERR(store_cx(s), store_write(s, probe_add_some, &kit), NULL);
}

#endif
