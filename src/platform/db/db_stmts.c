/* SPDX-License-Identifier: Apache-2.0
 * The prepared statements of one connection, found by the address of their query: open addressing,
 * never shrinks. Called by the drivers. Must never be shared by two threads. */
#include <stdint.h>
#include <stdlib.h>

#include "platform/db/db_internal.h"

#define CAP_FIRST 64

static size_t home(const struct db_stmts *stmts, const struct db_query *q)
{
    uint64_t h = (uint64_t)(uintptr_t)q * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(h >> 32) & (stmts->cap - 1);
}

static struct db_stmt *find(const struct db_stmts *stmts, const struct db_query *q)
{
    size_t i = home(stmts, q);

    while (stmts->slots[i].q && stmts->slots[i].q != q)
        i = (i + 1) & (stmts->cap - 1);
    return &stmts->slots[i];
}

static void grow(struct db_stmts *stmts)
{
    struct db_stmts wider = { .cap = stmts->cap ? stmts->cap * 2 : CAP_FIRST, .n = stmts->n };

    wider.slots = calloc(wider.cap, sizeof *wider.slots);
    if (!wider.slots)
        panic("db_stmts", "out of memory");
    for (size_t i = 0; i < stmts->cap; i++)
        if (stmts->slots[i].q)
            *find(&wider, stmts->slots[i].q) = stmts->slots[i];
    free(stmts->slots);
    *stmts = wider;
}

void *db_stmts_get(const struct db_stmts *stmts, const struct db_query *q)
{
    return stmts->cap ? find(stmts, q)->stmt : NULL;
}

void db_stmts_put(struct db_stmts *stmts, const struct db_query *q, void *stmt)
{
    if (stmts->n * 4 >= stmts->cap * 3)
        grow(stmts);
    struct db_stmt *slot = find(stmts, q);
    if (!slot->q)
        stmts->n++;
    *slot = (struct db_stmt){ q, stmt };
}

void db_stmts_release(struct db_stmts *stmts)
{
    free(stmts->slots);
    *stmts = (struct db_stmts){ 0 };
}
