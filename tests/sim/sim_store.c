/* SPDX-License-Identifier: Apache-2.0
 * The databases of worlds: in memory, migrated once, emptied before each world. Called by sim.c and
 * main.c. Must never leave a row from one world to the next. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/db/db_migrate.h"
#include "platform/db/db_sqlite.h"
#include "platform/vault/vault.h"
#include "tests/sim/sim.h"

#define TABLES_MAX 64

static const char *const folders_main[] = { "platform/bus", "platform/idem", "platform/job",
    "platform/saga", "services/catalog", "services/pricing", "services/notify", NULL };
static const char *const folders_stock[] = { "platform/bus", "services/inventory", NULL };
static const char *const folders_orders[] = { "platform/bus", "services/orders", NULL };
static const char *const folders_money[] = { "services/payments", NULL };
static const char *const folders_books[] = { "platform/bus", "services/ledger", "services/fraud",
    NULL };
static const char *const folders_cart[] = { "services/cart", "services/promotions", NULL };
static const char *const *const folders[SIM_PLACES] = {
    [SIM_MAIN] = folders_main,
    [SIM_STOCK] = folders_stock,
    [SIM_ORDERS] = folders_orders,
    [SIM_MONEY] = folders_money,
    [SIM_BOOKS] = folders_books,
    [SIM_CART] = folders_cart,
};

struct base {
    struct db *db;
    struct db_query clear[TABLES_MAX];
    size_t clear_n;
};
struct sim_store {
    struct base *places[SIM_PLACES]; /* equal where they share a database */
};

static void must(struct cx *cx, err e)
{
    if (!e)
        return;
    (void)fprintf(stderr, "souk-sim: %s: " STR_F "\n", e->slug, STR_A(cx->detail));
    exit(2);
}

static void migrate(struct base *b, struct cx *cx, const char *folder)
{
    struct db_migration *list;
    size_t n, applied;
    str path = str_fmt(cx->arena, "src/%s/sql/", folder);
    str owner = str_from_c(folder);
    owner = str_skip(owner, (size_t)str_find_char(owner, '/', 0) + 1);
    must(cx, db_migrations_of(cx, owner, path, &list, &n));
    must(cx, db_migrate(b->db, cx, list, n, &applied));
}

/* Whatever is written to an outbox is kept beside it, for its world's books, and what is done with
 * it is counted (sim_bus_check.c). A dead letter that comes back is no new event. The marks are of
 * sagas of strays. */
static void keep_outbox(struct base *b, struct cx *cx)
{
    static const char text[] =
        "CREATE TABLE bus_sim_told (seq integer PRIMARY KEY, event_id blob NOT NULL UNIQUE, "
        "type text NOT NULL, aggregate_id blob NOT NULL, payload NOT NULL); "
        "CREATE INDEX bus_sim_told_aggregate ON bus_sim_told (aggregate_id); "
        "CREATE TABLE bus_sim_effect (event_id blob NOT NULL, consumer text NOT NULL, "
        "n integer NOT NULL, PRIMARY KEY (event_id, consumer)) WITHOUT ROWID; "
        "CREATE TABLE bus_sim_mark (saga_id blob PRIMARY KEY) WITHOUT ROWID; "
        "CREATE TRIGGER bus_sim_tell AFTER INSERT ON bus_event BEGIN "
        "INSERT INTO bus_sim_told (event_id, type, aggregate_id, payload) "
        "VALUES (new.event_id, new.type, new.aggregate_id, new.payload) "
        "ON CONFLICT DO NOTHING; END";
    must(cx, sqlite_exec(b->db->lanes[0].conn, cx, text, "keeping what is told"));
}

/* ---- emptying ---- */

struct table {
    str name;
};
static const struct db_column table_out[] = { { "name", DB_T_TEXT, false, 0 } };
static const struct db_query list_tables = { .name = "sqlite.tables",
    .text = { "SELECT name FROM sqlite_schema WHERE type = 'table'", NULL },
    .out = table_out,
    .out_n = 1,
    .row_size = sizeof(struct table) };

static err unit_list(void *arg, struct cx *cx)
{
    struct base *b = arg;
    struct table *rows;
    size_t n;
    err e = db_many(b->db, cx, &list_tables, NULL, (void **)&rows, &n);
    for (size_t i = 0; !e && i < n; i++) {
        str owner = str_sub(rows[i].name, 0, (size_t)str_find_char(rows[i].name, '_', 0));
        if (str_eq(owner, S("souk"))) /* which migrations were applied */
            continue;
        ASSERT(b->clear_n < TABLES_MAX);
        str text = str_fmt(b->db->life, "DELETE FROM " STR_F, STR_A(rows[i].name));
        b->clear[b->clear_n++] = (struct db_query){
            .name = str_c(b->db->life, str_cat(b->db->life, owner, S(".clear"))),
            .text = { str_c(b->db->life, text), NULL },
            .writes = true,
        };
    }
    return e;
}

/* What the ledger forbids. */
static void triggers(struct base *b, bool on)
{
    struct sqlite_conn *c = b->db->lanes[0].conn;
    (void)sqlite3_db_config(c->h, SQLITE_DBCONFIG_ENABLE_TRIGGER, (int)on, NULL);
}

static err unit_clear(void *arg, struct cx *cx)
{
    struct base *b = arg;
    err e = NULL;
    for (size_t i = 0; !e && i < b->clear_n; i++)
        e = db_exec(b->db, cx, &b->clear[i], NULL, NULL);
    return e;
}

void sim_store_clear(struct sim_store *s, struct cx *cx)
{
    for (int i = 0; i < SIM_PLACES; i++)
        if (i == SIM_MAIN || s->places[i] != s->places[SIM_MAIN]) {
            triggers(s->places[i], false);
            must(cx, db_write_wait(s->places[i]->db, cx, 0, unit_clear, s->places[i]));
            triggers(s->places[i], true);
        }
}

/* ---- opening ---- */

static struct base *base_open(struct arena *life, struct cx *cx)
{
    struct base *b = NEW(life, struct base);
    must(cx, db_open(life, cx, (struct db_opts){ .url = S("sqlite::memory:"), .inline_lane = true },
                 &b->db));
    struct vault *vault;
    struct vault_opts keys = {
        .master = S("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
    };
    must(cx, vault_open(life, cx, keys, &vault));
    db_seal_with(b->db, vault_sealer(vault));
    return b;
}

struct sim_store *sim_store_open(struct arena *life, bool apart)
{
    struct sim_store *s = NEW(life, struct sim_store);
    struct cx cx = { .arena = arena_open(4096), .rng = rng_seeded(1) };
    for (int i = 0; i < SIM_PLACES; i++) {
        bool own = i == SIM_MAIN || apart;
        s->places[i] = own ? base_open(life, &cx) : s->places[SIM_MAIN];
        for (const char *const *f = folders[i]; *f; f++)
            if (own || strcmp(*f, "platform/bus") != 0)
                migrate(s->places[i], &cx, *f);
        if (own && strcmp(folders[i][0], "platform/bus") == 0)
            keep_outbox(s->places[i], &cx);
    }
    for (int i = 0; i < SIM_PLACES; i++)
        if (i == SIM_MAIN || apart)
            must(&cx, db_read(&cx, unit_list, s->places[i]));
    arena_close(cx.arena);
    return s;
}

void sim_store_close(struct sim_store *s)
{
    for (int i = 0; i < SIM_PLACES; i++)
        if (i == SIM_MAIN || s->places[i] != s->places[SIM_MAIN])
            db_close(s->places[i]->db);
}

/* A statement of the unit is giving rows. */
static bool is_reading(struct sqlite_conn *c)
{
    for (sqlite3_stmt *s = NULL; (s = sqlite3_next_stmt(c->h, s)) != NULL;)
        if (sqlite3_stmt_busy(s))
            return true;
    return false;
}

/* SQLite has one writer. A unit that has only read may end here and go on in another transaction:
 * that is what it sees on PostgreSQL, where each statement reads what is committed by then. */
bool sim_store_overlap(struct cx *cx, void (*fn)(void *arg), void *arg)
{
    struct db_unit *unit = cx->unit;
    struct db *db = unit->part.db;
    struct db_lane *lane = &db->lanes[0];
    bool bold = unit->bold;
    if (unit->part.wrote || unit->part.broken || unit->readers || is_reading(lane->conn))
        return false;
    err e = db->driver->commit(lane->conn, &lane->cx);
    db->inline_busy = false;
    fn(arg);
    db->inline_busy = true;
    if (!e)
        e = db->driver->begin(lane->conn, &lane->cx, DB_BEGIN_GROUP);
    if (!e && !bold)
        e = db->driver->save(lane->conn, &lane->cx);
    must(&lane->cx, e);
    return true;
}

void sim_store_ask(struct db *db)
{
    db->lanes[0].careful = 1;
}

void sim_store_divert(struct sim_store *s, const struct sim_diversion *to, void *self)
{
    for (int i = 0; i < SIM_PLACES; i++) {
        s->places[i]->db->opts.divert = to ? to->unit : NULL;
        s->places[i]->db->opts.pause = to ? to->statement : NULL;
        s->places[i]->db->opts.divert_self = self;
    }
}

const struct db_column sim_id_cols[1] = {
    { "id", DB_T_ID, false, offsetof(struct sim_id_row, id), NULL },
};

struct db *sim_store_db(struct sim_store *s, enum sim_place place)
{
    return s->places[place]->db;
}
