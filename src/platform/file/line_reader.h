/* SPDX-License-Identifier: Apache-2.0
 * Files of any size line by line, plain or gzip, in bounded memory: for imports. Not for use by two
 * threads at a time. */
#ifndef SOUK_PLATFORM_FILE_LINE_READER_H
#define SOUK_PLATFORM_FILE_LINE_READER_H

#include "base/str.h"

#define LINE_READER_LINE_MAX (4 * 1024 * 1024)

struct line_reader;

enum line_read {
    LINE_READ,     /* *ret is the line, valid until the next call */
    LINE_END,      /* the file was read to its end */
    LINE_TOO_LONG, /* beyond LINE_READER_LINE_MAX: skipped, reading may go on */
    LINE_BROKEN,   /* cannot be read on: an I/O error, a damaged or cut .gz */
};

/* NULL when the file cannot be opened; errno says why. */
struct line_reader *line_reader_open(struct arena *scratch, str path);
void line_reader_close(struct line_reader *r);     /* NULL is a no-op */
void line_reader_close_at(struct line_reader **r); /* for DEFER */

/* Without its end ("\n" or "\r\n"); the last line needs none. A byte order mark at the start of the
 * file is skipped. */
enum line_read line_reader_next(struct line_reader *r, str *ret) MUST_USE;
/* The number of the line that came last, from 1. */
int64_t line_reader_number(const struct line_reader *r);
/* Bytes of the file that were read, and how many it has: for progress. */
int64_t line_reader_bytes(const struct line_reader *r);
int64_t line_reader_bytes_all(const struct line_reader *r);

#endif
