/* SPDX-License-Identifier: Apache-2.0
 * Whole files, for start-up, imports of small files and development builds. */
#ifndef SOUK_PLATFORM_FILE_FILE_H
#define SOUK_PLATFORM_FILE_FILE_H

#include "base/str.h"

/* At most 16 MiB, into the arena; false when it cannot be read. */
bool file_read(struct arena *arena, str path, str *ret) MUST_USE;
/* Makes a folder and its parents; false when that fails. */
bool file_make_folders(struct arena *arena, str path) MUST_USE;

#endif
