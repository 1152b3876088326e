/* SPDX-License-Identifier: Apache-2.0
 * Whole files, for start-up, imports of small files, development builds and adapters that keep what
 * they have in folders. */
#ifndef SOUK_PLATFORM_FILE_FILE_H
#define SOUK_PLATFORM_FILE_FILE_H

#include "base/str.h"

/* At most 16 MiB, into the arena; false when it cannot be read. */
bool file_read(struct arena *arena, str path, str *ret) MUST_USE;
/* Makes a folder and its parents; false when that fails. */
bool file_make_folders(struct arena *arena, str path) MUST_USE;
/* Replaces or makes the file at `path`, whose folder is there: nobody ever sees a part of it. False
 * when that fails, with errno, and nothing is left behind. */
struct file_put {
    str path, bytes;
    int mode;     /* 0644 */
    bool durable; /* safe from a power failure when this returns; else only from kill -9 */
};
bool file_put(struct arena *arena, struct file_put in) MUST_USE;
/* Makes the name of a file safe from a power failure, or that it is gone; false with errno. */
bool file_sync_name(struct arena *arena, str path) MUST_USE;

#endif
