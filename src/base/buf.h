/* SPDX-License-Identifier: Apache-2.0
 * A byte buffer that grows in an arena: for output whose size is not known. Zero with an arena is
 * an empty buffer. */
#ifndef SOUK_BASE_BUF_H
#define SOUK_BASE_BUF_H

#include "base/arena.h"
#include "base/str.h"

struct buf {
    struct arena *arena;
    char *p;
    size_t n, cap;
};

/* What has been written; valid until the next write. */
str buf_str(const struct buf *buf);
void buf_add(struct buf *buf, str s);
void buf_char(struct buf *buf, char c);
void buf_i64(struct buf *buf, int64_t v);
void buf_fmt(struct buf *buf, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Room for n more bytes; the caller writes them and adds to buf->n. */
char *buf_room(struct buf *buf, size_t n);

#endif
