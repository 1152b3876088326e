/* SPDX-License-Identifier: Apache-2.0
 * Fuzz entry of imported files: any bytes as a line of NDJSON, as records of CSV and as HTML of a
 * description. Run by ./dev fuzz import. Must never find fields that read otherwise once they are
 * written again, or more cells than there may be. */
#include "base/buf.h"
#include "flows/assortment/import_row.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void quote(struct buf *out, str field)
{
    buf_char(out, '"');
    for (size_t i = 0; i < field.n; i++) {
        if (field.p[i] == '"')
            buf_char(out, '"');
        buf_char(out, field.p[i]);
    }
    buf_char(out, '"');
}

static void read_record(struct cx *cx, str record, char separator)
{
    str *fields, *again;
    size_t n = 0, again_n = 0;
    if (import_csv_fields(cx->arena, record, separator, &fields, &n))
        return;
    struct buf out = { .arena = cx->arena };
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_char(&out, separator);
        quote(&out, fields[i]);
    }
    const char *why = import_csv_fields(cx->arena, buf_str(&out), separator, &again, &again_n);
    ASSERT(!why && again_n == n);
    for (size_t i = 0; i < n; i++)
        ASSERT(str_eq(fields[i], again[i]));
    struct import_csv_state state = { .quoted = false };
    str rest = buf_str(&out);
    while (rest.p) /* what is whole ends outside of quotes */
        import_csv_line(&state, str_cut(&rest, '\n'), separator);
    ASSERT(!state.quoted);
}

/* Lines are put together as long as one says that it goes on. */
static void read_csv(struct cx *cx, str text)
{
    str rest = text;
    char separator = import_csv_separator(str_cut(&rest, '\n'));
    struct import_csv_state state = { .quoted = false };
    struct buf record = { .arena = cx->arena };
    for (rest = text; rest.p;) {
        str line = str_cut(&rest, '\n');
        if (record.n)
            buf_char(&record, '\n');
        buf_add(&record, line);
        import_csv_line(&state, line, separator);
        if (state.quoted)
            continue;
        read_record(cx, buf_str(&record), separator);
        record = (struct buf){ .arena = cx->arena };
    }
    (void)import_csv_name(cx->arena, text);
}

static void read_ndjson(struct cx *cx, str text)
{
    struct import_row row;
    if (import_ndjson_row(cx, text, &row))
        return;
    ASSERT(row.n <= IMPORT_CELLS_MAX);
    for (size_t i = 0; i < row.n; i++)
        ASSERT(row.cells[i].name.p && row.cells[i].value.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_open(4096);
    struct cx cx = { .arena = arena };
    str text = { (const char *)data, size };
    read_csv(&cx, text);
    read_ndjson(&cx, text);
    cx_clear(&cx);
    str plain = import_html_text(arena, text);
    ASSERT(plain.n <= size * 4 + 4);
    arena_close(arena);
    return 0;
}
