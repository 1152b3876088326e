/* SPDX-License-Identifier: Apache-2.0
 * PostgreSQL's binary formats: parameters out, columns in. Called by db_pg_run.c and db_pg_send.c.
 * Must never keep a pointer into a result. */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "platform/db/db_pg.h"

enum { /* of pg_type */
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_NAME = 19,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_JSON = 114,
    OID_FLOAT4 = 700,
    OID_FLOAT8 = 701,
    OID_BPCHAR = 1042,
    OID_VARCHAR = 1043,
    OID_UUID = 2950,
    OID_BOOL_ARRAY = 1000,
    OID_BYTEA_ARRAY = 1001,
    OID_TEXT_ARRAY = 1009,
    OID_INT8_ARRAY = 1016,
    OID_FLOAT8_ARRAY = 1022,
    OID_UUID_ARRAY = 2951,
};

const Oid pg_oids[] = {
    [DB_T_INT] = OID_INT8,
    [DB_T_TEXT] = OID_TEXT,
    [DB_T_ID] = OID_UUID,
    [DB_T_BOOL] = OID_BOOL,
    [DB_T_BLOB] = OID_BYTEA,
    [DB_T_NUM] = OID_FLOAT8,
};
const Oid pg_array_oids[] = {
    [DB_T_INT] = OID_INT8_ARRAY,
    [DB_T_TEXT] = OID_TEXT_ARRAY,
    [DB_T_ID] = OID_UUID_ARRAY,
    [DB_T_BOOL] = OID_BOOL_ARRAY,
    [DB_T_BLOB] = OID_BYTEA_ARRAY,
    [DB_T_NUM] = OID_FLOAT8_ARRAY,
};
const char *const pg_names[] = {
    [DB_T_INT] = "bigint",
    [DB_T_TEXT] = "text",
    [DB_T_ID] = "uuid",
    [DB_T_BOOL] = "boolean",
    [DB_T_BLOB] = "bytea",
    [DB_T_NUM] = "double precision",
};

bool pg_fits(Oid oid, enum db_type type)
{
    switch (type) {
    case DB_T_INT:
        return oid == OID_INT8 || oid == OID_INT4 || oid == OID_INT2;
    case DB_T_TEXT:
        return oid == OID_TEXT || oid == OID_VARCHAR || oid == OID_BPCHAR || oid == OID_NAME ||
               oid == OID_JSON;
    case DB_T_ID:
        return oid == OID_UUID;
    case DB_T_BOOL:
        return oid == OID_BOOL;
    case DB_T_BLOB:
        return oid == OID_BYTEA;
    case DB_T_NUM:
        return oid == OID_FLOAT8 || oid == OID_FLOAT4;
    }
    return false;
}

/* ---- parameters ---- */
static void *grown(void *p, size_t n, size_t size)
{
    void *q = reallocarray(p, n, size);
    if (!q)
        panic("db_pg_wire", "out of memory");
    return q;
}

static void params_reserve(struct pg_params *p, size_t n)
{
    if (n <= p->cap)
        return;
    p->values = grown(p->values, n, sizeof *p->values);
    p->lengths = grown(p->lengths, n, sizeof *p->lengths);
    p->formats = grown(p->formats, n, sizeof *p->formats);
    p->types = grown(p->types, n, sizeof *p->types);
    p->numbers = grown(p->numbers, n, sizeof *p->numbers);
    p->cap = n;
}

void pg_params_release(struct pg_params *p)
{
    free(p->values);
    free(p->lengths);
    free(p->formats);
    free(p->types);
    free(p->numbers);
    *p = (struct pg_params){ 0 };
}

static void encode_one(struct pg_params *p, size_t i, struct db_value v)
{
    uint64_t bits = (uint64_t)v.i;

    p->formats[i] = 1;
    p->types[i] = pg_oids[v.type];
    switch (v.type) {
    case DB_T_NUM:
        memcpy(&bits, &v.num, sizeof bits);
        /* fall through */
    case DB_T_INT:
        p->numbers[i] = htobe64(bits);
        p->values[i] = (const char *)&p->numbers[i];
        p->lengths[i] = 8;
        break;
    case DB_T_BOOL:
        p->values[i] = v.i ? "\1" : "\0";
        p->lengths[i] = 1;
        break;
    case DB_T_TEXT:
    case DB_T_BLOB:
    case DB_T_ID:
        ASSERT(v.n <= INT32_MAX);
        p->values[i] = v.p;
        p->lengths[i] = (int)v.n;
        break;
    }
    if (v.null)
        p->values[i] = NULL;
}

void pg_encode_types(struct pg_conn *c, const struct db_query *q, const Oid *oids)
{
    params_reserve(&c->params, q->in_n);
    for (size_t i = 0; i < q->in_n; i++)
        c->params.types[i] = oids[q->in[i].type];
}

void pg_encode(struct pg_conn *c, const struct db_query *q, const void *in)
{
    params_reserve(&c->params, q->in_n);
    for (size_t i = 0; i < q->in_n; i++)
        encode_one(&c->params, i, db_get(&q->in[i], in));
}

/* ---- arrays ---- */
struct array_head { /* all big-endian; before each value stands its length, -1 for NULL */
    int32_t dimensions, nulls;
    uint32_t type;
    int32_t n, first;
};

static void put_bytes(struct pg_column *to, const void *p, size_t n)
{
    if (to->n + n > to->cap) {
        to->cap = (to->n + n) * 2;
        to->p = grown(to->p, to->cap, 1);
    }
    if (n > 0)
        memcpy(to->p + to->n, p, n);
    to->n += n;
}

void pg_encode_add(struct pg_rows *rows, const void *in)
{
    for (size_t i = 0; i < rows->q->in_n; i++) {
        struct pg_column *to = &rows->columns[i];
        const char *value = NULL;
        uint64_t number = 0;
        int length = 0, format = 0;
        Oid type = 0;
        struct pg_params one = { &value, &length, &format, &type, &number, 1 };
        encode_one(&one, 0, db_get(&rows->q->in[i], in));
        to->nulls |= !value;
        uint32_t n = htobe32((uint32_t)(value ? length : -1));
        put_bytes(to, &n, sizeof n);
        put_bytes(to, value, value ? (size_t)length : 0);
        ASSERT(to->n <= INT32_MAX);
    }
    rows->n++;
}

void pg_encode_clear(struct pg_rows *rows)
{
    const struct array_head none = { 0 };

    for (size_t i = 0; i < rows->q->in_n; i++) {
        rows->columns[i].n = 0;
        rows->columns[i].nulls = false;
        put_bytes(&rows->columns[i], &none, sizeof none);
    }
    rows->n = 0;
}

static void encode_single(struct pg_params *p, size_t i, const struct pg_column *of)
{
    uint32_t n;

    memcpy(&n, of->p + sizeof(struct array_head), sizeof n);
    p->lengths[i] = (int)be32toh(n);
    p->values[i] = of->nulls ? NULL : of->p + sizeof(struct array_head) + sizeof n;
}

void pg_encode_rows(struct pg_conn *c, const struct pg_rows *rows, bool single)
{
    struct pg_params *p = &c->params;

    params_reserve(p, rows->q->in_n);
    for (size_t i = 0; i < rows->q->in_n; i++) {
        struct pg_column *of = &rows->columns[i];
        struct array_head head = { (int32_t)htobe32(1), (int32_t)htobe32(of->nulls),
            htobe32(pg_oids[rows->q->in[i].type]), (int32_t)htobe32((uint32_t)rows->n),
            (int32_t)htobe32(1) };
        p->formats[i] = 1;
        if (single) {
            encode_single(p, i, of);
            continue;
        }
        memcpy(of->p, &head, sizeof head);
        p->values[i] = of->p;
        p->lengths[i] = (int)of->n;
    }
}

/* ---- rows ---- */
static int64_t int_of(const char *p, int n)
{
    uint16_t b2;
    uint32_t b4;
    uint64_t b8;

    if (n == 2) {
        memcpy(&b2, p, sizeof b2);
        return (int16_t)be16toh(b2);
    }
    if (n == 4) {
        memcpy(&b4, p, sizeof b4);
        return (int32_t)be32toh(b4);
    }
    ASSERT(n == 8);
    memcpy(&b8, p, sizeof b8);
    return (int64_t)be64toh(b8);
}

static double num_of(const char *p, int n)
{
    uint64_t b8;
    uint32_t b4;
    double d;
    float f;

    if (n == 4) {
        memcpy(&b4, p, sizeof b4);
        b4 = be32toh(b4);
        memcpy(&f, &b4, sizeof f);
        return (double)f;
    }
    ASSERT(n == 8);
    memcpy(&b8, p, sizeof b8);
    b8 = be64toh(b8);
    memcpy(&d, &b8, sizeof d);
    return d;
}

static const char *decode_one(
    PGresult *r, int row_no, int i, const struct db_column *col, void *row, struct arena *arena)
{
    if (!pg_fits(PQftype(r, i), col->type))
        return "is of another type (cast it)";
    if (PQgetisnull(r, row_no, i))
        return db_put_null(col, row) ? NULL : "is null";
    const char *p = PQgetvalue(r, row_no, i);
    int n = PQgetlength(r, row_no, i);
    switch (col->type) {
    case DB_T_INT:
        db_put_int(col, row, int_of(p, n));
        break;
    case DB_T_NUM:
        db_put_num(col, row, num_of(p, n));
        break;
    case DB_T_BOOL:
        db_put_bool(col, row, p[0] != 0);
        break;
    case DB_T_ID:
        ASSERT(n == (int)sizeof(id));
        db_put_id(col, row, p);
        break;
    case DB_T_TEXT:
    case DB_T_BLOB:
        db_put_bytes(col, row, arena, p, (size_t)n);
        break;
    }
    return NULL;
}

err pg_decode(PGresult *r, int row_no, struct cx *cx, const struct db_query *q, void *row,
    struct arena *arena)
{
    if (PQnfields(r) != (int)q->out_n)
        return FAIL(cx, DB_FAILED, "%s: %d columns, not %zu", q->name, PQnfields(r), q->out_n);
    for (size_t i = 0; i < q->out_n; i++) {
        const char *wrong = decode_one(r, row_no, (int)i, &q->out[i], row, arena);
        if (wrong)
            return db_bad_column(cx, q, &q->out[i], wrong);
    }
    return NULL;
}
