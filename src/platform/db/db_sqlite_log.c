/* SPDX-License-Identifier: Apache-2.0
 * The write-ahead log's file, for the writer: SQLite writes the head and the page of each frame by
 * itself, about 200 calls for a commit of many units; here they are gathered and written at once.
 * Called by SQLite as a VFS around its usual one. Must never say that something is synchronised
 * before it is written. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "platform/db/db_sqlite.h"

#define ROOM ((size_t)1 << 20) /* bytes that wait at most */
#define ONCE 0x1f000           /* and are written by one call; SQLite's own file takes 0x1ffff */

/* What a reader may look at was synchronised before the index of the log says so (synchronous is
 * FULL), and before it is synchronised it is written. The frames of a transaction that grew too
 * large for memory may wait here too: nobody but its own connection reads them, through this file.
 */
struct log_file {
    sqlite3_file base; /* first: what SQLite sees */
    uint8_t *waiting;  /* ROOM bytes; NULL until something is written */
    size_t n;
    sqlite3_int64 at; /* where the first of them goes */
    sqlite3_file *real;
};
static_assert(sizeof(struct log_file) % 8 == 0, "the real file follows and is aligned");

static struct log_file *log_of(sqlite3_file *f)
{
    return (struct log_file *)(void *)f;
}

/* Writes what waits. After a failure nothing waits: SQLite rolls the transaction back. */
static int flush(struct log_file *f)
{
    int rc = SQLITE_OK;
    for (size_t done = 0; done < f->n && !rc; done += ONCE) {
        size_t n = f->n - done < ONCE ? f->n - done : ONCE;
        rc = f->real->pMethods->xWrite(
            f->real, f->waiting + done, (int)n, f->at + (sqlite3_int64)done);
    }
    f->n = 0;
    return rc;
}

static int log_close(sqlite3_file *file)
{
    struct log_file *f = log_of(file);
    int rc = flush(f), closed = f->real->pMethods->xClose(f->real);
    free(f->waiting);
    f->waiting = NULL;
    return rc ? rc : closed;
}

static int log_read(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
    struct log_file *f = log_of(file);
    int rc = flush(f);
    return rc ? rc : f->real->pMethods->xRead(f->real, to, n, at);
}

static int log_write(sqlite3_file *file, const void *from, int n, sqlite3_int64 at)
{
    struct log_file *f = log_of(file);
    int rc = SQLITE_OK;
    if (f->n > 0 && (at != f->at + (sqlite3_int64)f->n || f->n + (size_t)n > ROOM))
        rc = flush(f);
    if (!rc && !f->waiting)
        f->waiting = malloc(ROOM);
    if (rc)
        return rc;
    if (!f->waiting || (size_t)n > ROOM) /* pages have 64 KB at most */
        return f->real->pMethods->xWrite(f->real, from, n, at);
    if (f->n == 0)
        f->at = at;
    memcpy(f->waiting + f->n, from, (size_t)n);
    f->n += (size_t)n;
    return SQLITE_OK;
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct log_file *f = log_of(file);
    int rc = flush(f);
    return rc ? rc : f->real->pMethods->xTruncate(f->real, size);
}

static int log_sync(sqlite3_file *file, int flags)
{
    struct log_file *f = log_of(file);
    int rc = flush(f);
    return rc ? rc : f->real->pMethods->xSync(f->real, flags);
}

static int log_size(sqlite3_file *file, sqlite3_int64 *ret)
{
    struct log_file *f = log_of(file);
    int rc = flush(f);
    return rc ? rc : f->real->pMethods->xFileSize(f->real, ret);
}

static int log_lock(sqlite3_file *file, int how)
{
    return log_of(file)->real->pMethods->xLock(log_of(file)->real, how);
}

static int log_unlock(sqlite3_file *file, int how)
{
    return log_of(file)->real->pMethods->xUnlock(log_of(file)->real, how);
}

static int log_is_locked(sqlite3_file *file, int *ret)
{
    return log_of(file)->real->pMethods->xCheckReservedLock(log_of(file)->real, ret);
}

static int log_control(sqlite3_file *file, int op, void *arg)
{
    return log_of(file)->real->pMethods->xFileControl(log_of(file)->real, op, arg);
}

static int log_sector(sqlite3_file *file)
{
    return log_of(file)->real->pMethods->xSectorSize(log_of(file)->real);
}

static int log_device(sqlite3_file *file)
{
    return log_of(file)->real->pMethods->xDeviceCharacteristics(log_of(file)->real);
}

static const sqlite3_io_methods methods = { .iVersion = 1, /* no shared memory: not a database */
    .xClose = log_close,
    .xRead = log_read,
    .xWrite = log_write,
    .xTruncate = log_truncate,
    .xSync = log_sync,
    .xFileSize = log_size,
    .xLock = log_lock,
    .xUnlock = log_unlock,
    .xCheckReservedLock = log_is_locked,
    .xFileControl = log_control,
    .xSectorSize = log_sector,
    .xDeviceCharacteristics = log_device };

/* Only logs are ours; of all other files SQLite has the usual ones in its hands. */
static int open_file(
    sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
    sqlite3_vfs *usual = vfs->pAppData;
    struct log_file *f = log_of(file);
    if (!(flags & SQLITE_OPEN_WAL))
        return usual->xOpen(usual, name, file, flags, ret_flags);
    *f = (struct log_file){ .real = (sqlite3_file *)(void *)(f + 1) };
    int rc = usual->xOpen(usual, name, f->real, flags, ret_flags);
    if (rc == SQLITE_OK) /* else SQLite does not close it */
        f->base.pMethods = &methods;
    return rc;
}

const char *sqlite_log_vfs(void)
{
    static const char name[] = "souk";
    sqlite3_vfs *usual = sqlite3_vfs_find(NULL), *ours = NULL;
    if (sqlite3_vfs_find(name))
        return name;
    if (usual)
        ours = malloc(sizeof *ours);
    if (!ours)
        return NULL;
    *ours = *usual; /* of its calls only opening goes by pAppData */
    ours->pNext = NULL;
    ours->zName = name;
    ours->pAppData = usual;
    ours->szOsFile = (int)sizeof(struct log_file) + usual->szOsFile;
    ours->xOpen = open_file;
    if (sqlite3_vfs_register(ours, 0) == SQLITE_OK)
        return name;
    free(ours);
    return NULL;
}
