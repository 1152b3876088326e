/* SPDX-License-Identifier: Apache-2.0
 * Rows of files as cells, whatever the format, and the readers that make them. Pure: text in, cells
 * out. For this folder only. */
#ifndef SOUK_FLOWS_ASSORTMENT_IMPORT_ROW_H
#define SOUK_FLOWS_ASSORTMENT_IMPORT_ROW_H

#include "base/err.h"

#define IMPORT_CELLS_MAX 1000

struct import_cell {
    str name, value; /* a name may stand in several cells: a list */
};
struct import_row {
    const struct import_cell *cells;
    size_t n;
    int64_t line; /* where it begins in the file */
};
/* The first cell with the name that is not empty; the absent str. */
str import_cell(const struct import_row *row, str name);

/* All of these: what is wrong, for people, or NULL. Results live in the arena and borrow the text.
 */

/* One line of NDJSON: scalars of the object; lists of scalars give a cell each; the rest is left
 * out. Of a name that stands twice the first counts. */
const char *import_ndjson_row(struct cx *cx, str line, struct import_row *ret) MUST_USE;

/* CSV as in RFC 4180. A record may go on in the next line: whether it does after this one. */
struct import_csv_state {
    bool quoted; /* within a quoted field */
};
void import_csv_line(struct import_csv_state *state, str line, char separator);
/* The fields of a whole record, its lines joined by \n. */
const char *import_csv_fields(
    struct arena *arena, str record, char separator, str **ret, size_t *ret_n) MUST_USE;
/* ',', ';' or a tab: what the header has most of. */
char import_csv_separator(str header);
/* "Variant SKU" -> "variant_sku": lower case, '_' for the rest. */
str import_csv_name(struct arena *arena, str text);

/* What people see of HTML: tags gone, entities decoded, paragraphs and items as lines. */
str import_html_text(struct arena *arena, str html);

#endif
