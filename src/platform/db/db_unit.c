/* SPDX-License-Identifier: Apache-2.0
 * Units of work: READ units, which databases a unit touches, what runs after its commit. Called by
 * the edges that open units and by the query functions. Must never commit a WRITE unit: db_group.c
 * does. */
#include "platform/db/db_internal.h"

bool db_in_unit(const struct cx *cx)
{
    return cx->unit != NULL;
}

static err read_unit(struct cx *cx, struct db_unit unit, db_work *fn, void *arg)
{
    ASSERT(cx->unit == NULL);
    cx->unit = &unit;
    err e = fn(arg, cx);
    cx->unit = NULL;
    db_unit_end_readers(&unit);
    return e == &DB_RETRY ? &DB_OVERLOADED : e; /* a replica may refuse what is too old */
}

err db_read(struct cx *cx, db_work *fn, void *arg)
{
    return read_unit(cx, (struct db_unit){ .committed = false }, fn, arg);
}

err db_read_committed(struct cx *cx, db_work *fn, void *arg)
{
    return read_unit(cx, (struct db_unit){ .committed = true }, fn, arg);
}

void db_unit_end_readers(struct db_unit *unit)
{
    struct db_part *next;

    for (struct db_part *part = unit->readers; part; part = next) {
        next = part->next;
        part->db->driver->end_read(part->conn);
        db_reader_give(part->db, part->conn);
    }
    unit->readers = NULL;
}

static err part_open(struct db *db, struct cx *cx, struct db_part **ret)
{
    void *conn;

    err e = db_reader_take(db, cx, &conn);
    if (e)
        return e;
    if (!cx->unit->committed)
        e = db->driver->begin(conn, cx, DB_BEGIN_READ);
    if (e) {
        db_reader_give(db, conn);
        return e;
    }
    db->reads++;
    struct db_part *part = NEW(cx->arena, struct db_part);
    *part = (struct db_part){ .db = db, .conn = conn, .next = cx->unit->readers };
    cx->unit->readers = part;
    *ret = part;
    return NULL;
}

err db_unit_part(struct db *db, struct cx *cx, const struct db_query *q, struct db_part **ret)
{
    struct db_unit *unit = cx->unit;

    ASSERT(unit != NULL); /* nothing is read or written outside a unit of work */
    if (unit->writes && unit->part.db == db) {
        *ret = &unit->part;
        return NULL;
    }
    ASSERT(!q->writes); /* a READ unit, or a WRITE unit of another database */
    for (struct db_part *part = unit->readers; part; part = part->next) {
        if (part->db == db) {
            *ret = part;
            return NULL;
        }
    }
    return part_open(db, cx, ret);
}

bool db_presume(struct db *db, struct cx *cx)
{
    struct db_unit *unit = cx->unit;

    ASSERT(unit != NULL);
    if (!unit->bold || unit->part.db != db)
        return false;
    unit->presumed = true;
    return true;
}

void db_after_commit(struct cx *cx, void (*fn)(void *arg), void *arg)
{
    struct db_unit *unit = cx->unit;

    ASSERT(unit != NULL && unit->writes);
    struct db_hook *hook = NEW(cx->arena, struct db_hook);
    *hook = (struct db_hook){ fn, arg, NULL };
    *unit->hooks_last = hook;
    unit->hooks_last = &hook->next;
}
