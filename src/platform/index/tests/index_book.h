/* SPDX-License-Identifier: Apache-2.0
 * docs/index-format.md as a book of constants: rows of its tables, and fields of bytes by them. For
 * the tests of this folder alone. */
#ifndef SOUK_PLATFORM_INDEX_TESTS_INDEX_BOOK_H
#define SOUK_PLATFORM_INDEX_TESTS_INDEX_BOOK_H

#include <stdlib.h>

#include "platform/file/file.h"
#include "tests/support/check.h"

struct book {
    struct arena *arena;
    str text;
};

static inline struct book *book_open(void)
{
    struct arena *arena = arena_open(1 << 16);
    struct book *b = NEW(arena, struct book);
    const char *root = getenv("SOUK_SOURCE_ROOT");
    b->arena = arena;
    str path = str_fmt(arena, "%s/docs/index-format.md", root ? root : ".");
    CHECK(file_read(arena, path, &b->text));
    return b;
}

static inline int64_t number_of(str text)
{
    int64_t v = 0;
    for (size_t i = 0; i < text.n && text.p[i] >= '0' && text.p[i] <= '9'; i++)
        v = v * 10 + (text.p[i] - '0');
    return v;
}

/* The cells of `| row | a | b | ...` in the table whose head begins with `table`. */
static inline void row_of(const struct book *b, const char *table, const char *row, int64_t ret[2])
{
    str rest = b->text;
    bool within = false, inside = false; /* any table, this one */
    while (rest.n > 0) {
        str line = str_cut(&rest, '\n');
        if (!str_starts(line, S("| "))) {
            within = false;
            continue;
        }
        line = str_skip(line, 2);
        str name = str_trim(str_cut(&line, '|'));
        inside = within ? inside : str_eq(name, str_from_c(table));
        within = true;
        if (!inside || !str_eq(name, str_from_c(row)))
            continue;
        ret[0] = number_of(str_trim(str_cut(&line, '|')));
        ret[1] = number_of(str_trim(str_cut(&line, '|')));
        return;
    }
    print_message("no row %s of %s in docs/index-format.md\n", row, table);
    CHECK(false);
}

static inline size_t end_of(const struct book *b, const char *table)
{
    int64_t cells[2] = { 0 };
    row_of(b, table, "END", cells);
    return (size_t)cells[0];
}

static inline uint64_t bytes_at(const uint8_t *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

/* A field of the thing at p. */
static inline uint64_t get(
    const struct book *b, const char *table, const char *field, const uint8_t *p)
{
    int64_t cells[2] = { 0 };
    row_of(b, table, field, cells);
    return bytes_at(p + cells[0], (size_t)cells[1]);
}

#endif
