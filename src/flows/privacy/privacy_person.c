/* SPDX-License-Identifier: Apache-2.0
 * Runs the tables in which services say what they know of a person (platform/http/person.h), and
 * writes the rows down for people. Called by the jobs of this flow. Must never pick another's row:
 * each query gets the person's id, or the e-mail that was proved. */
#include <string.h>

#include "base/instant.h"
#include "flows/privacy/privacy_internal.h"
#include "platform/archive/archive.h"

#define PARTS_MAX 64

/* The parameters of q: by type, as platform/http/person.h says. */
static void *params(struct cx *cx, const struct db_query *q, struct privacy_person who)
{
    char *in = arena_alloc(cx->arena, q->in_size + 1);
    str user = id_text(cx->arena, who.user_id);
    for (size_t i = 0; i < q->in_n; i++) {
        const struct db_column *c = &q->in[i];
        if (c->type == DB_T_ID)
            memcpy(in + c->offset, &who.user_id, sizeof who.user_id);
        else if (c->type == DB_T_TEXT && str_starts(str_from_c(c->name), S("user_")))
            memcpy(in + c->offset, &user, sizeof user);
        else if (c->type == DB_T_TEXT)
            memcpy(in + c->offset, &who.email, sizeof who.email);
        else if (c->type == DB_T_INT && !c->nullable)
            memcpy(in + c->offset, &cx->now_ms, sizeof cx->now_ms);
        else
            panic(__FILE__, "a parameter that a person has not");
    }
    return in;
}

struct db *privacy_db_of(const struct privacy *p, const struct service *service)
{
    return p->deps.db_of ? p->deps.db_of(p->deps.arg, str_from_c(service->name)) : p->deps.db;
}

static const struct service *service_at(const struct privacy *p, size_t i)
{
    return p->deps.services[i];
}

err privacy_person_blocks(struct privacy *p, struct cx *cx, struct privacy_person who, int64_t *ret)
{
    *ret = 0;
    for (size_t i = 0; i < *p->deps.services_n; i++) {
        const struct service_person *person = service_at(p, i)->person;
        int64_t n = 0;
        bool found = false;
        if (!person || !person->blocks)
            continue;
        ASSERT(person->blocks->row_size == sizeof n);
        err e = db_one(privacy_db_of(p, service_at(p, i)), cx, person->blocks,
            params(cx, person->blocks, who), &n, &found);
        if (e)
            return e;
        *ret += n;
    }
    return NULL;
}

err privacy_person_erase(
    struct privacy *p, struct cx *cx, const struct service *service, struct privacy_person who)
{
    if (!service->person || !service->person->erase)
        return NULL;
    for (const struct db_query *const *q = service->person->erase; *q; q++) {
        err e = db_exec(privacy_db_of(p, service), cx, *q, params(cx, *q, who), NULL);
        if (e)
            return e;
    }
    return NULL;
}

bool privacy_person_apart(const struct privacy *p, const struct service *service)
{
    return service->person && service->person->erase && privacy_db_of(p, service) != p->deps.db;
}

err privacy_person_erased(struct privacy *p, struct cx *cx, const struct service *service,
    struct privacy_person who, bool *ret)
{
    const struct db_query *q = service->person->erased;
    int64_t n = 0;
    bool found = false;
    ASSERT(q && q->row_size == sizeof n);
    err e = db_one(privacy_db_of(p, service), cx, q, params(cx, q, who), &n, &found);
    *ret = !e && n > 0;
    return e;
}

/* ---- the archive ---- */

static void put_value(struct buf *out, const struct db_column *c, const char *row)
{
    const void *p = row + c->offset;
    const struct opt_int *opt = p;
    bool time = c->type == DB_T_INT && str_ends(str_from_c(c->name), S("_ms"));
    int64_t n = 0;
    switch (c->type) {
    case DB_T_INT:
        if (!c->nullable || opt->has)
            n = c->nullable ? opt->v : *(const int64_t *)p;
        if (c->nullable && !opt->has)
            buf_add(out, S("null"));
        else if (time)
            json_quote(out, instant_rfc3339(out->arena, n));
        else
            buf_i64(out, n);
        return;
    case DB_T_BOOL:
        buf_add(out, *(const bool *)p ? S("true") : S("false"));
        return;
    case DB_T_ID:
        if (id_is_none(*(const id *)p))
            buf_add(out, S("null"));
        else
            json_quote(out, id_text(out->arena, *(const id *)p));
        return;
    case DB_T_TEXT:
        if (((const str *)p)->p)
            json_quote(out, *(const str *)p);
        else
            buf_add(out, S("null"));
        return;
    case DB_T_BLOB:
    case DB_T_NUM:
        break;
    }
    panic(__FILE__, "a type that no export has");
}

static void put_row(struct buf *out, const struct db_query *q, const char *row)
{
    buf_add(out, S("  {"));
    for (size_t i = 0; i < q->out_n; i++) {
        str name = str_from_c(q->out[i].name);
        if (q->out[i].type == DB_T_INT && str_ends(name, S("_ms")))
            name = str_sub(name, 0, name.n - 3);
        buf_add(out, i ? S(",\n   ") : S("\n   "));
        json_quote(out, name);
        buf_add(out, S(": "));
        put_value(out, &q->out[i], row);
    }
    buf_add(out, S("\n  }"));
}

err privacy_person_part(struct privacy *p, struct cx *cx, const struct service *service,
    const struct service_part *part, struct privacy_person who, struct archive_file *ret)
{
    struct buf out = { .arena = cx->arena };
    void *rows = NULL;
    size_t n = 0;
    err e = db_many(
        privacy_db_of(p, service), cx, part->query, params(cx, part->query, who), &rows, &n);
    if (e)
        return e;
    buf_char(&out, '[');
    for (size_t i = 0; i < n; i++) {
        buf_add(&out, i ? S(",\n") : S("\n"));
        put_row(&out, part->query, (const char *)rows + i * part->query->row_size);
    }
    buf_add(&out, S("\n]\n"));
    *ret =
        (struct archive_file){ .path = str_fmt(cx->arena, "%s/%s.json", service->name, part->name),
            .bytes = buf_str(&out) };
    return NULL;
}

static const str read_me = S_INIT(
    "What the shop knows of you, a folder for each part of the shop, a list in each file.\n"
    "Times are in UTC. Amounts (\"..._minor\") are in the smallest unit of their currency.\n"
    "Card numbers are not among it: the shop never had them.\n");

err privacy_person_archive(
    struct privacy *p, struct cx *cx, struct privacy_person who, str *ret_zip)
{
    struct archive_file *files = NEW_N(cx->arena, PARTS_MAX, struct archive_file);
    size_t n = 0;
    files[n++] = (struct archive_file){ S("README.txt"), read_me };
    for (size_t i = 0; i < *p->deps.services_n; i++) {
        const struct service_person *person = service_at(p, i)->person;
        for (const struct service_part *part = person ? person->parts : NULL; part && part->name;
             part++) {
            ASSERT(n < PARTS_MAX);
            err e = privacy_person_part(p, cx, service_at(p, i), part, who, &files[n]);
            if (e)
                return e;
            n++;
        }
    }
    return archive_zip(cx, files, n, ret_zip);
}
