/* SPDX-License-Identifier: Apache-2.0
 * Files built into the binary (pages, styles, scripts, migrations), by their path in the source
 * tree, in order of path. Written by tools/embed.py. */
#ifndef SOUK_BASE_EMBED_H
#define SOUK_BASE_EMBED_H

#include "base/str.h"

struct embedded {
    str path; /* "src/services/inventory/sql/0001_init.sql" */
    str bytes;
};
extern const struct embedded embedded_files[];
extern const size_t embedded_files_n;

/* The absent str when there is no such file. */
str embedded_find(str path);

#endif
