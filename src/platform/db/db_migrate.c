/* SPDX-License-Identifier: Apache-2.0
 * Migrations: which are missing, in which order, in what text for which engine. Called at start and
 * by `souk migrate`. Must never change or skip what has been applied. */
#include <inttypes.h>
#include <openssl/sha.h>
#include <string.h>

#include "base/buf.h"
#include "base/embed.h"
#include "base/map.h"
#include "platform/db/db_internal.h"
#include "platform/db/db_migrate.h"
#include "souk_sql.h"

#define SHA256_HEX_N ((size_t)SHA256_DIGEST_LENGTH * 2)

/* ---- text for one engine ---- */
/* "-- @sqlite" on a line of its own: what follows is for that engine; -1 is both. */
static bool switches(str line, int *ret_engine)
{
    line = str_trim(line);
    if (str_eq(line, S("-- @sqlite")))
        *ret_engine = DB_SQLITE;
    else if (str_eq(line, S("-- @pg")))
        *ret_engine = DB_PG;
    else if (str_eq(line, S("-- @both")))
        *ret_engine = -1;
    else
        return false;
    return true;
}

static void add_line(struct buf *out, enum db_engine engine, str line)
{
    ptrdiff_t at = -1;

    if (engine == DB_PG)
        at = str_find(line, S(" WITHOUT ROWID"), 0);
    if (at >= 0) {
        buf_add(out, str_sub(line, 0, (size_t)at));
        line = str_skip(line, (size_t)at + S(" WITHOUT ROWID").n);
    }
    buf_add(out, line);
    buf_char(out, '\n');
}

static const char *text_for(struct arena *arena, enum db_engine engine, str text)
{
    struct buf out = { .arena = arena };
    int only = -1;

    while (text.p) {
        str line = str_cut(&text, '\n');
        if (!switches(line, &only) && (only < 0 || only == (int)engine))
            add_line(&out, engine, line);
    }
    return str_c(arena, buf_str(&out));
}

static str sha256_of(struct arena *arena, str text)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];

    SHA256((const unsigned char *)text.p, text.n, digest);
    return str_hex(arena, (str){ (const char *)digest, sizeof digest });
}

/* ---- on an admin connection, which has no unit ---- */
struct session {
    struct db *db;
    void *conn;
    struct db_unit unit;
};

/* Runs fn in a transaction of its own on the session's connection. */
static err in_tx(struct session *s, struct cx *cx, db_work *fn, void *arg)
{
    const struct db_driver *driver = s->db->driver;

    err e = driver->begin(s->conn, cx, DB_BEGIN_ALONE);
    if (e)
        return e;
    s->unit = (struct db_unit){ .writes = true, .part = { .db = s->db, .conn = s->conn } };
    s->unit.hooks_last = &s->unit.hooks;
    cx->unit = &s->unit;
    e = fn(arg, cx);
    cx->unit = NULL;
    if (!e)
        e = driver->commit(s->conn, cx);
    if (e)
        driver->rollback(s->conn);
    return e;
}

/* ---- what is there, what is missing ---- */
struct book {
    struct session *s;
    struct souk_sql_migration_list_row *rows;
    size_t n;
    const struct db_migration *next; /* to be applied */
};

static err book_read(void *arg, struct cx *cx)
{
    struct book *book = arg;

    err e = souk_sql_migration_table(book->s->db, cx, NULL);
    if (e)
        return e;
    return souk_sql_migration_list(book->s->db, cx, &book->rows, &book->n);
}

static const struct souk_sql_migration_list_row *applied(
    const struct book *book, str owner, int64_t version)
{
    for (size_t i = 0; i < book->n; i++)
        if (str_eq(book->rows[i].owner, owner) && book->rows[i].version == version)
            return &book->rows[i];
    return NULL;
}

static err book_check_one(struct cx *cx, const struct book *book, const struct db_migration *m)
{
    const struct souk_sql_migration_list_row *row = applied(book, m->owner, m->version);

    if (!row) {
        if (applied(book, m->owner, m->version + 1))
            return FAIL(cx, DB_FAILED, STR_F " %d is missing, though %d is applied",
                STR_A(m->owner), m->version, m->version + 1);
        return NULL;
    }
    if (!str_eq(row->sha256, sha256_of(cx->arena, m->text)))
        return FAIL(cx, DB_FAILED, STR_F " %d (" STR_F ") was changed after it was applied",
            STR_A(m->owner), m->version, STR_A(m->name));
    return NULL;
}

/* Versions of each owner are 1.. without gaps, and the database has none that the list lacks. */
static err book_check(
    struct cx *cx, const struct book *book, const struct db_migration *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int before = i > 0 && str_eq(list[i].owner, list[i - 1].owner) ? list[i - 1].version : 0;
        if (list[i].version != before + 1)
            return FAIL(cx, DB_FAILED, STR_F ": version %d follows %d", STR_A(list[i].owner),
                list[i].version, before);
        err e = book_check_one(cx, book, &list[i]);
        if (e)
            return e;
        bool last = i + 1 == n || !str_eq(list[i].owner, list[i + 1].owner);
        if (last && applied(book, list[i].owner, list[i].version + 1))
            return FAIL(cx, DB_FAILED, STR_F " %d is applied and not known to this program",
                STR_A(list[i].owner), list[i].version + 1);
    }
    return NULL;
}

static err apply(void *arg, struct cx *cx)
{
    struct book *book = arg;
    const struct db_migration *m = book->next;
    struct db *db = book->s->db;
    struct souk_sql_migration_add_in in = { .owner = m->owner,
        .version = m->version,
        .name = m->name,
        .sha256 = sha256_of(cx->arena, m->text),
        .applied_ms = cx->now_ms };

    ASSERT(in.sha256.n == SHA256_HEX_N);
    err e = db->driver->script(book->s->conn, cx, text_for(cx->arena, db->engine, m->text));
    if (e)
        return e;
    return souk_sql_migration_add(db, cx, in, NULL);
}

static err migrate(struct session *s, struct cx *cx, const struct db_migration *list, size_t n,
    size_t *ret_applied)
{
    struct book book = { .s = s };
    size_t done = 0;

    err e = in_tx(s, cx, book_read, &book);
    if (!e)
        e = book_check(cx, &book, list, n);
    for (size_t i = 0; i < n && !e; i++) {
        if (applied(&book, list[i].owner, list[i].version))
            continue;
        book.next = &list[i];
        e = in_tx(s, cx, apply, &book);
        done += e == NULL;
    }
    if (e)
        return e;
    *ret_applied = done;
    return NULL;
}

err db_migrate(
    struct db *db, struct cx *cx, const struct db_migration *list, size_t n, size_t *ret_applied)
{
    struct session s = { .db = db };

    ASSERT(cx->unit == NULL);
    err e = db_admin_take(db, cx, &s.conn);
    if (e)
        return e;
    e = db->driver->lock(s.conn, cx);
    if (!e) {
        e = migrate(&s, cx, list, n, ret_applied);
        db->driver->unlock(s.conn);
    }
    db_admin_give(db, s.conn);
    return e;
}

/* ---- what the binary carries ---- */
static bool version_of(str file, int *ret)
{
    int64_t v;

    if (file.n < 9 || file.p[4] != '_' || !str_ends(file, S(".sql")) ||
        !str_to_i64(str_sub(file, 0, 4), &v))
        return false;
    *ret = (int)v;
    return true;
}

err db_migrations_of(struct cx *cx, str owner, str folder, struct db_migration **ret, size_t *ret_n)
{
    size_t n = 0;

    struct db_migration *list = NEW_N(cx->arena, embedded_files_n + 1, struct db_migration);
    for (size_t i = 0; i < embedded_files_n; i++) { /* in order of path */
        struct db_migration m = { .owner = owner, .text = embedded_files[i].bytes };
        if (!str_starts(embedded_files[i].path, folder))
            continue;
        m.name = str_skip(embedded_files[i].path, folder.n);
        if (!version_of(m.name, &m.version))
            continue;
        if (m.version != (int)n + 1)
            return FAIL(
                cx, DB_FAILED, STR_F STR_F ": %zu is missing", STR_A(folder), STR_A(m.name), n + 1);
        list[n++] = m;
    }
    *ret = list;
    *ret_n = n;
    return NULL;
}
