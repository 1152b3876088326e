/* SPDX-License-Identifier: Apache-2.0
 * Writes a ZIP with libarchive into memory. Called by who hands out archives; must never read one.
 */
#include "platform/archive/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#define HEADS_N 1024 /* of a file and of the archive, more than they need */

static void writer_close_at(struct archive **a)
{
    archive_write_free(*a);
}

static void entry_close_at(struct archive_entry **e)
{
    archive_entry_free(*e);
}

static bool add(struct archive *a, struct cx *cx, const struct archive_file *file)
{
    DEFER(entry_close_at) struct archive_entry *e = archive_entry_new();
    if (!e)
        return false;
    archive_entry_set_pathname(e, str_c(cx->arena, file->path));
    archive_entry_set_size(e, (la_int64_t)file->bytes.n);
    archive_entry_set_filetype(e, AE_IFREG);
    archive_entry_set_perm(e, 0600);
    archive_entry_set_mtime(e, (time_t)(cx->now_ms / 1000), 0);
    return archive_write_header(a, e) == ARCHIVE_OK &&
           archive_write_data(a, file->bytes.p, file->bytes.n) == (la_ssize_t)file->bytes.n;
}

err archive_zip(struct cx *cx, const struct archive_file *files, size_t n, str *ret)
{
    DEFER(writer_close_at) struct archive *a = archive_write_new();
    size_t room = HEADS_N, used = 0;
    for (size_t i = 0; i < n; i++)
        room += files[i].bytes.n + files[i].bytes.n / 100 + files[i].path.n * 2 + HEADS_N;
    char *out = arena_alloc(cx->arena, room);
    bool ok = a && archive_write_set_format_zip(a) == ARCHIVE_OK &&
              archive_write_set_bytes_in_last_block(a, 1) == ARCHIVE_OK &&
              archive_write_open_memory(a, out, room, &used) == ARCHIVE_OK;
    for (size_t i = 0; ok && i < n; i++)
        ok = add(a, cx, &files[i]);
    ok = ok && archive_write_close(a) == ARCHIVE_OK;
    if (!ok)
        return FAIL(cx, ERR_BUG, "no archive: %s", a ? archive_error_string(a) : "no memory");
    *ret = (str){ out, used };
    return NULL;
}
