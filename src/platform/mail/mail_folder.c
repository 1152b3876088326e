/* SPDX-License-Identifier: Apache-2.0
 * The folder adapter of the mail port: a mailbox (mbox, RFC 4155) a day, which any mail program
 * opens. Called by event handlers through the port. Must never write a key twice, nor half a
 * message. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/instant.h"
#include "platform/file/file.h"
#include "platform/mail/mail_text.h"
#include "platform/secret/secret.h"

const problem MAIL_FAILED = { KIND_UPSTREAM, "mail.failed", NULL, "The message was not sent." };

/* Ends a message. Their own lines end with CR LF, so it is in none. */
#define END S("\n\n")
/* First of its headers: so many bytes of body follow them. It tells half a message of ours from a
 * last one that another program wrote, or left without its end. */
#define LENGTH_HEAD S("Content-Length: ")
#define HEAD_END S("\r\n\r\n")
#define ID_HEAD S("\r\nMessage-ID: <")
#define LOOK_BACK (4 * 1024 * 1024) /* bytes of what others wrote, or a process before */
/* Keys that are remembered: the newest of a bucket. A repeat comes within seconds. */
#define BUCKETS 8192
#define BUCKET_N 4
#define OPEN_TRIES 4

struct folder {
    str path;
    pthread_mutex_t mutex; /* guards all below */
    int fd;                /* of the mailbox of `day`; -1: none yet */
    char file[600];        /* its path */
    dev_t dev;
    ino_t ino;
    off_t end; /* as far as it is known, at the end of a message */
    unsigned char (*keys)[BUCKET_N][MAIL_ID_N];
};

/* ---- keys ---- */
static size_t bucket_of(const unsigned char *key)
{
    return (size_t)(key[0] | key[1] << 8) % BUCKETS;
}

static bool is_known(const struct folder *f, const unsigned char *key)
{
    const unsigned char(*bucket)[MAIL_ID_N] = f->keys[bucket_of(key)];
    bool found = false;
    for (size_t i = 0; i < BUCKET_N; i++)
        found = found || memcmp(bucket[i], key, MAIL_ID_N) == 0;
    return found;
}

static void remember(struct folder *f, const unsigned char *key)
{
    unsigned char(*bucket)[MAIL_ID_N] = f->keys[bucket_of(key)];
    memmove(bucket[1], bucket[0], (BUCKET_N - 1) * MAIL_ID_N);
    memcpy(bucket[0], key, MAIL_ID_N);
}

static void remember_all(struct folder *f, struct arena *arena, str messages)
{
    while (messages.n > 0) {
        ptrdiff_t end = str_find(messages, END, 0);
        str one = end < 0 ? messages : str_sub(messages, 0, (size_t)end);
        ptrdiff_t at = str_find(one, ID_HEAD, 0);
        str hex = str_sub(str_skip(one, at < 0 ? one.n : (size_t)at + ID_HEAD.n), 0, 2 * MAIL_ID_N);
        str key;
        if (str_unhex(arena, hex, &key) && key.n == MAIL_ID_N)
            remember(f, (const unsigned char *)key.p);
        messages = str_skip(messages, one.n + END.n);
    }
}

/* ---- the mailbox of a day ---- */
/* Whether what follows the last end is a beginning of what `boxed` makes, and no more: that was not
 * sent. All else is somebody's, and stays. */
static bool is_half(str rest)
{
    int64_t length;
    str head = rest, first = str_cut(&head, '\n');
    if (!str_starts(first, S("From ")) || !head.p)
        return str_starts(first, S("From ")) || str_starts(S("From "), rest);
    if (str_ends(first, S("\r")) || !str_starts(head, LENGTH_HEAD))
        return !str_ends(first, S("\r")) && str_starts(LENGTH_HEAD, head);
    ptrdiff_t body = str_find(head, HEAD_END, 0);
    str line = str_skip(head, LENGTH_HEAD.n);
    return body < 0 || (str_to_i64(str_trim(str_cut(&line, '\n')), &length) &&
                           (int64_t)(head.n - (size_t)body - HEAD_END.n) < length);
}

/* What a look at a mailbox told of its end. */
struct seen {
    off_t end; /* behind the last message */
    str blank; /* what the next one needs before it */
};

/* Its messages from `from`, the last of a long one. */
static bool look_at(
    struct folder *f, struct arena *arena, int fd, off_t from, off_t to, struct seen *ret)
{
    bool cut = to - from > LOOK_BACK;
    off_t at = cut ? to - LOOK_BACK : from;
    char *bytes = arena_alloc(arena, (size_t)(to - at) + 1);
    ssize_t n = pread(fd, bytes, (size_t)(to - at), at);
    if (n != to - at)
        return false;
    str text = { bytes, (size_t)n };
    ptrdiff_t first = cut ? str_find(text, END, 0) : -1; /* it begins within a message */
    if (first >= 0)
        text = str_skip(text, (size_t)first + END.n);
    str whole = text;
    while (whole.n > 0 && !str_ends(whole, END))
        whole.n--;
    str rest = str_skip(text, whole.n);
    bool half = rest.n > 0 && is_half(rest);
    ret->end = half ? to - (off_t)rest.n : to;
    ret->blank = half || !rest.n ? S("") : str_ends(rest, S("\n")) ? S("\n") : END;
    remember_all(f, arena, half ? whole : text);
    return true;
}

static bool open_day(struct folder *f, const char *file)
{
    struct stat st;
    int fd = open(file, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        (void)close(fd);
        errno = EISDIR;
        return false;
    }
    if (f->fd >= 0)
        (void)close(f->fd);
    f->fd = fd;
    (void)snprintf(f->file, sizeof f->file, "%s", file);
    f->dev = st.st_dev;
    f->ino = st.st_ino;
    f->end = 0;
    return true;
}

static const char *file_of(const struct folder *f, struct arena *arena, int64_t ms)
{
    str day = instant_date(arena, ms);
    return str_c(arena, str_fmt(arena, STR_F "/" STR_F ".mbox", STR_A(f->path), STR_A(day)));
}

/* What a process wrote just before midnight, and died. */
static void look_at_yesterday(struct folder *f, struct cx *cx)
{
    struct stat st;
    struct seen seen;
    int fd = open(file_of(f, cx->arena, cx->now_ms - DAY_MS), O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        (void)look_at(f, cx->arena, fd, 0, st.st_size, &seen);
    if (fd >= 0)
        (void)close(fd);
}

static bool append(struct folder *f, str message)
{
    ssize_t n = write(f->fd, message.p, message.n);
    if (n == (ssize_t)message.n) {
        f->end += n;
        return true;
    }
    int why = n < 0 ? errno : ENOSPC;
    if (ftruncate(f->fd, f->end) != 0)
        why = errno; /* whoever writes next cuts it off */
    errno = why;
    return false;
}

/* Locked against other processes, and known to its end. Somebody may have moved it away. */
static bool lock_day(struct folder *f, struct cx *cx)
{
    const char *file = file_of(f, cx->arena, cx->now_ms);
    struct stat st;
    for (int tries = 1;; tries++) {
        if (f->fd < 0)
            look_at_yesterday(f, cx);
        if ((f->fd < 0 || strcmp(f->file, file) != 0) && !open_day(f, file))
            return false;
        while (flock(f->fd, LOCK_EX) != 0)
            if (errno != EINTR)
                return false;
        if (stat(file, &st) == 0 && st.st_dev == f->dev && st.st_ino == f->ino)
            break;
        if (tries == OPEN_TRIES) { /* a file system whose inodes change their numbers */
            if (fstat(f->fd, &st) != 0)
                return false;
            break;
        }
        (void)flock(f->fd, LOCK_UN);
        f->file[0] = '\0';
    }
    if (st.st_size < f->end)
        f->end = 0;
    struct seen seen = { .end = f->end };
    if (st.st_size != f->end && !look_at(f, cx->arena, f->fd, f->end, st.st_size, &seen))
        return false;
    f->end = seen.end;
    /* Half a message is of a process that died: nobody else writes now. */
    if (seen.end < st.st_size)
        return ftruncate(f->fd, seen.end) == 0;
    return !seen.blank.n || append(f, seen.blank);
}

/* "From ADDRESS Sun Nov 22 22:01:03 2026", the message, and its end. */
static str boxed(struct cx *cx, str from, str message)
{
    str date = instant_http(cx->arena, cx->now_ms); /* "Sun, 22 Nov 2026 22:01:03 GMT" */
    struct buf out = { .arena = cx->arena };
    (void)buf_room(&out, message.n + from.n + 100);
    buf_fmt(&out, "From " STR_F " " STR_F " " STR_F " " STR_F " " STR_F " " STR_F "\n", STR_A(from),
        STR_A(str_sub(date, 0, 3)), STR_A(str_sub(date, 8, 3)), STR_A(str_sub(date, 5, 2)),
        STR_A(str_sub(date, 17, 8)), STR_A(str_sub(date, 12, 4)));
    ptrdiff_t body = str_find(message, HEAD_END, 0);
    ASSERT(body > 0);
    buf_fmt(&out, STR_F "%zu\r\n", STR_A(LENGTH_HEAD), message.n - (size_t)body - HEAD_END.n);
    buf_add(&out, message);
    buf_char(&out, '\n');
    return buf_str(&out);
}

/* Not durable: as with a provider, what a power failure loses was sent. */
static err folder_send(void *self, struct cx *cx, const struct mail_message *m)
{
    struct folder *f = self;
    str message;

    if (m->key.n == 0)
        return FAIL(cx, ERR_BUG, "a message without a key");
    const unsigned char *key =
        (const unsigned char *)secret_sha256(cx->arena, m->key).p; /* as in its Message-ID */
    err e = mail_compose(cx, m, &message);
    if (e)
        return e;
    message = boxed(cx, m->from, message);
    pthread_mutex_lock(&f->mutex);
    bool ok = lock_day(f, cx);
    bool known = ok && is_known(f, key);
    if (ok && !known)
        ok = append(f, message);
    if (ok && !known)
        remember(f, key);
    int why = errno;
    if (f->fd >= 0)
        (void)flock(f->fd, LOCK_UN);
    pthread_mutex_unlock(&f->mutex);
    return ok ? NULL : FAIL(cx, MAIL_FAILED, "cannot write the message: %s", strerror(why));
}

err mail_folder_open(struct arena *life, struct cx *cx, const char *folder, struct mail *ret)
{
    struct folder *self = NEW(life, struct folder);

    self->path = str_dup(life, str_from_c(folder));
    self->fd = -1;
    self->keys = arena_alloc(life, BUCKETS * sizeof *self->keys);
    pthread_mutex_init(&self->mutex, NULL);
    if (self->path.n > sizeof self->file - sizeof "/2026-11-22.mbox")
        return FAIL(cx, MAIL_FAILED, "the path of the mail folder is too long: %s", folder);
    if (!file_make_folders(cx->arena, self->path) || access(folder, W_OK | X_OK) != 0)
        return FAIL(cx, MAIL_FAILED, "cannot use the mail folder %s: %s", folder, strerror(errno));
    *ret = (struct mail){ .send = folder_send, .self = self };
    return NULL;
}
