/* SPDX-License-Identifier: Apache-2.0
 * Whole files. Called at start-up and by development builds; must never be called on a loop in
 * production. */
#include "platform/file/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

#define FILE_MAX (16 * 1024 * 1024)

static void close_at(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

bool file_read(struct arena *arena, str path, str *ret)
{
    int fd DEFER(close_at) = open(str_c(arena, path), O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX)
        return false;
    char *p = arena_alloc(arena, (size_t)st.st_size + 1);
    size_t n = 0;
    while (n < (size_t)st.st_size) {
        ssize_t got = read(fd, p + n, (size_t)st.st_size - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        n += (size_t)got;
    }
    *ret = (str){ p, n };
    return true;
}

bool file_make_folders(struct arena *arena, str path)
{
    for (size_t i = 1; i <= path.n; i++) {
        if (i < path.n && path.p[i] != '/')
            continue;
        if (mkdir(str_c(arena, str_sub(path, 0, i)), 0777) && errno != EEXIST)
            return false;
    }
    return true;
}

/* ---- putting ---- */
static bool write_all(int fd, str bytes)
{
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes = str_skip(bytes, (size_t)n);
    }
    return true;
}

static str folder_of(str path)
{
    while (path.n > 0 && path.p[path.n - 1] != '/')
        path.n--;
    return path.n > 0 ? path : S("./");
}

/* The name of a file is in its folder: that must reach the disk as well. */
bool file_sync_name(struct arena *arena, str path)
{
    str folder = folder_of(path);
    int fd DEFER(close_at) = open(str_c(arena, folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && fsync(fd) == 0;
}

bool file_put(struct arena *arena, struct file_put in)
{
    str folder = folder_of(in.path);
    str name = str_cat(arena, folder, S(".new-XXXXXX\0"));
    char *temporary = (char *)name.p; /* our own copy */
    int fd = mkostemp(temporary, O_CLOEXEC);

    if (fd < 0)
        return false;
    bool ok = write_all(fd, in.bytes) && fchmod(fd, (mode_t)in.mode) == 0 &&
              (!in.durable || fsync(fd) == 0);
    ok = close(fd) == 0 && ok;
    ok = ok && rename(temporary, str_c(arena, in.path)) == 0;
    if (!ok) {
        int why = errno;
        unlink(temporary);
        errno = why;
        return false;
    }
    return !in.durable || file_sync_name(arena, in.path);
}
