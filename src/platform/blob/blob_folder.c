/* SPDX-License-Identifier: Apache-2.0
 * The folder adapter of the blob port: FOLDER/ab/abcdef.webp. Called by services through the port.
 * Must never touch a file outside its folder, nor change a blob that is there. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/blob/blob.h"
#include "platform/file/file.h"

const problem BLOB_FAILED = { KIND_BUSY, "blob.failed", NULL,
    "Files cannot be stored or read right now." };

#define NAME_MAX_N 128
#define BLOB_MAX (64 * 1024 * 1024)
#define FAN_N 2 /* characters of a name that choose its folder */

struct folder {
    str path;
};

static bool is_name(str name)
{
    if (name.n == 0 || name.n > NAME_MAX_N || name.p[0] == '.')
        return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '.' && c != '_' && c != '-')
            return false;
    }
    return true;
}

static str fan_of(struct arena *arena, const struct folder *folder, str name)
{
    str fan = str_sub(name, 0, FAN_N);
    return str_fmt(arena, STR_F "/" STR_F, STR_A(folder->path), STR_A(fan));
}

static str path_of(struct arena *arena, const struct folder *folder, str name)
{
    str fan = fan_of(arena, folder, name);
    return str_fmt(arena, STR_F "/" STR_F, STR_A(fan), STR_A(name));
}

static err folder_put(void *self, struct cx *cx, str name, str bytes)
{
    const struct folder *folder = self;

    if (!is_name(name) || bytes.n > BLOB_MAX)
        return FAIL(cx, ERR_BUG, "a blob of %zu bytes, its name of %zu", bytes.n, name.n);
    str path = path_of(cx->arena, folder, name);
    if (access(str_c(cx->arena, path), F_OK) == 0)
        return NULL; /* what is there is whole, and stays */
    if (mkdir(str_c(cx->arena, fan_of(cx->arena, folder, name)), 0755) != 0 && errno != EEXIST)
        return FAIL(cx, BLOB_FAILED, "cannot make a folder: %s", strerror(errno));
    if (!file_put(cx->arena,
            (struct file_put){ .path = path, .bytes = bytes, .mode = 0644, .durable = true }))
        return FAIL(cx, BLOB_FAILED, "cannot write " STR_F ": %s", STR_A(name), strerror(errno));
    return NULL;
}

static void fd_close_at(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static err fd_read(struct cx *cx, int fd, str name, str *ret)
{
    struct stat st;
    size_t n = 0;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > BLOB_MAX)
        return FAIL(cx, BLOB_FAILED, STR_F " is no blob of ours", STR_A(name));
    char *p = arena_alloc(cx->arena, (size_t)st.st_size + 1);
    while (n < (size_t)st.st_size) {
        ssize_t got = read(fd, p + n, (size_t)st.st_size - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return FAIL(cx, BLOB_FAILED, "cannot read " STR_F ": %s", STR_A(name),
                got < 0 ? strerror(errno) : "it has become shorter");
        n += (size_t)got;
    }
    *ret = (str){ p, n };
    return NULL;
}

static err folder_get(void *self, struct cx *cx, str name, str *ret)
{
    const struct folder *folder = self;

    if (!is_name(name))
        return FAIL(cx, ERR_MISSING, "no name of a blob");
    DEFER(fd_close_at)
    int fd = open(str_c(cx->arena, path_of(cx->arena, folder, name)), O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return FAIL(cx, ERR_MISSING, "no blob " STR_F, STR_A(name));
    if (fd < 0)
        return FAIL(cx, BLOB_FAILED, "cannot open " STR_F ": %s", STR_A(name), strerror(errno));
    return fd_read(cx, fd, name, ret);
}

err blob_folder_open(struct arena *life, struct cx *cx, const char *folder, struct blob *ret)
{
    struct folder *self = NEW(life, struct folder);

    self->path = str_dup(life, str_from_c(folder));
    if (!file_make_folders(cx->arena, self->path) || access(folder, W_OK | X_OK) != 0)
        return FAIL(cx, BLOB_FAILED, "cannot use the folder %s: %s", folder, strerror(errno));
    *ret = (struct blob){ .put = folder_put, .get = folder_get, .self = self };
    return NULL;
}
