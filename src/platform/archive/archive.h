/* SPDX-License-Identifier: Apache-2.0
 * ZIP archives of a few files, made in memory by libarchive. */
#ifndef SOUK_PLATFORM_ARCHIVE_ARCHIVE_H
#define SOUK_PLATFORM_ARCHIVE_ARCHIVE_H

#include "base/err.h"

struct archive_file {
    str path, bytes;
};
/* Paths in ASCII. All in the arena; their time is cx->now_ms. */
err archive_zip(struct cx *cx, const struct archive_file *files, size_t n, str *ret) MUST_USE;

#endif
