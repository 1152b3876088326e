/* SPDX-License-Identifier: Apache-2.0
 * Folders of snapshots for the tests of the index: made, listed, read and damaged. For the tests of
 * this folder alone. */
#ifndef SOUK_PLATFORM_INDEX_TESTS_INDEX_FOLDER_H
#define SOUK_PLATFORM_INDEX_TESTS_INDEX_FOLDER_H

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "platform/file/file.h"
#include "tests/support/check.h"

static inline str folder_new(struct arena *arena)
{
    char path[] = "/tmp/souk-index-XXXXXX";
    CHECK(mkdtemp(path) != NULL);
    return str_dup(arena, str_from_c(path));
}

/* Names of the files; how many. */
static inline size_t folder_list(struct arena *arena, str folder, str *names, size_t max)
{
    size_t n = 0;
    DIR *dir = opendir(str_c(arena, folder));
    CHECK(dir != NULL);
    for (const struct dirent *e = readdir(dir); e; e = readdir(dir))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
            CHECK(n < max);
            names[n++] = str_dup(arena, str_from_c(e->d_name));
        }
    closedir(dir);
    return n;
}

static inline str folder_path(struct arena *arena, str folder, str name)
{
    return str_fmt(arena, STR_F "/" STR_F, STR_A(folder), STR_A(name));
}

static inline str folder_read(struct arena *arena, str folder, str name)
{
    str bytes;
    CHECK(file_read(arena, folder_path(arena, folder, name), &bytes));
    return bytes;
}

static inline void folder_write(struct arena *arena, str folder, str name, str bytes)
{
    struct file_put in = { .path = folder_path(arena, folder, name), .bytes = bytes, .mode = 0644 };
    CHECK(file_put(arena, in));
}

/* The only file of a kind, "segment", "columns" or "words". */
static inline str folder_only(struct arena *arena, str folder, str kind)
{
    str names[64], found = { 0 };
    size_t n = folder_list(arena, folder, names, COUNT(names));
    for (size_t i = 0; i < n; i++) {
        if (!str_ends(names[i], kind))
            continue;
        CHECK(!found.p);
        found = names[i];
    }
    CHECK(found.p != NULL);
    return found;
}

static inline void folder_remove(str folder)
{
    struct arena *arena DEFER(arena_close_at) = arena_open(1 << 12);
    str *names = NEW_N(arena, 4096, str);
    size_t n = folder_list(arena, folder, names, 4096);
    for (size_t i = 0; i < n; i++)
        unlink(str_c(arena, folder_path(arena, folder, names[i])));
    CHECK(rmdir(str_c(arena, folder)) == 0);
}

#endif
