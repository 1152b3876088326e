/* SPDX-License-Identifier: Apache-2.0
 * A fresh database for one test, on the engine asked for. Included by store tests, which run
 * unchanged on both engines:
 *
 *     static void test_reserve(void **state)
 *     {
 *         struct store *s = store_open(store_engine(state), (const char *[]){ "services/inventory",
 *             "platform/bus", NULL });
 *         CHECK_ERR(store_cx(s), store_write(s, do_reserve, &arg), NULL);
 *         store_close(s);
 *     }
 *     const struct CMUnitTest tests[] = { STORE_TEST(test_reserve), ... };
 *
 * SQLite is a file in a temporary folder; PostgreSQL a schema of its own in the database that
 * SOUK_TEST_PG names, where commits do not wait for the disk. Without that variable PostgreSQL's
 * half is skipped. */
#ifndef SOUK_TESTS_SUPPORT_STORE_H
#define SOUK_TESTS_SUPPORT_STORE_H

#include "platform/db/db_migrate.h"
#include "tests/support/check.h"

/* The test for both engines, as two elements of an array of struct CMUnitTest. What a failed test
 * leaves open is closed after it. */
#define STORE_TEST(fn) STORE_TEST_ON(fn, DB_SQLITE), STORE_TEST_ON(fn, DB_PG)
#define STORE_TEST_ON(fn, engine)                                                                  \
    {                                                                                              \
#fn " " #engine, (fn), NULL, store_teardown, (void *)&store_engines[engine]                \
    }
extern const enum db_engine store_engines[DB_ENGINES_N];
enum db_engine store_engine(void **state);
int store_teardown(void **state);

struct store;
/* Migrated with what src/FOLDER/sql holds, for each of the folders ("services/inventory"; ends with
 * NULL), in this order. Units run on the calling thread. Skips the test when there is no
 * PostgreSQL. */
struct store *store_open(enum db_engine engine, const char *const *folders);

struct store_opts {
    enum db_engine engine;
    const char *const *folders;            /* may be NULL */
    const struct db_migration *migrations; /* after those of the folders */
    size_t migrations_n;
    bool lanes;        /* real lanes with threads instead of inline_lane */
    struct db_opts db; /* limits; its url, log and inline_lane are not looked at */
};
struct store *store_open_with(struct store_opts opts);
/* Closes the database and deletes it. */
void store_close(struct store *s);

struct db *store_db(struct store *s);
struct cx *store_cx(struct store *s); /* at CHECK's fixed time; cleared by each read and write */
str store_url(struct store *s);
/* Closes and opens the database again, as after a restart. */
void store_reopen(struct store *s);
/* The two halves of it; between them another process may have the database. */
void store_pause(struct store *s);
void store_resume(struct store *s);

err store_read(struct store *s, db_work *fn, void *arg);
err store_write(struct store *s, db_work *fn, void *arg);
/* Runs statements outside of any unit, on a connection of its own: for what a test must break. On
 * PostgreSQL it has the application_name of the other connections of this store. */
void store_script(struct store *s, const char *text);
/* Whether the database itself refuses them. */
bool store_refuses(struct store *s, const char *text);

#endif
