/* SPDX-License-Identifier: Apache-2.0
 * The folder adapter of the mail port: a message becomes a file that any mail program opens. Called
 * by event handlers through the port. Must never write outside its folder, nor a key twice. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/instant.h"
#include "platform/file/file.h"
#include "platform/mail/mail_text.h"
#include "platform/secret/secret.h"

const problem MAIL_FAILED = { KIND_UPSTREAM, "mail.failed", NULL, "The message was not sent." };

#define NAME_MAX_N 200
#define DAY_N 10 /* "2026-11-21" */

struct folder {
    str path;
};

/* The key as a file name: what is no letter, digit or '-' is percent-encoded, so different keys
 * have different names, and none leads out of the folder. */
static str name_of(struct arena *arena, str key)
{
    static const char hex[] = "0123456789ABCDEF";
    struct buf out = { .arena = arena };

    for (size_t i = 0; i < key.n; i++) {
        unsigned char c = (unsigned char)key.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '_' || (c == '.' && i > 0);
        if (plain) {
            buf_char(&out, (char)c);
            continue;
        }
        buf_char(&out, '%');
        buf_char(&out, hex[c >> 4]);
        buf_char(&out, hex[c & 15]);
    }
    if (out.n > NAME_MAX_N) {
        out.n = 0;
        buf_add(&out, secret_sha256_hex(arena, key));
    }
    buf_add(&out, S(".eml"));
    return buf_str(&out);
}

static str path_of(struct arena *arena, const struct folder *folder, str day, str name)
{
    return str_fmt(arena, STR_F "/" STR_F "/" STR_F, STR_A(folder->path), STR_A(day), STR_A(name));
}

/* On whichever day it was: a repeat may come on the next. An empty file is of a process that died
 * before it wrote. */
static bool was_sent(struct arena *arena, const struct folder *folder, str name)
{
    const struct dirent *entry;
    struct stat st;
    bool found = false;

    DIR *dir = opendir(str_c(arena, folder->path));
    while (dir && !found && (entry = readdir(dir)) != NULL) {
        str day = str_from_c(entry->d_name);
        found = day.n == DAY_N && stat(str_c(arena, path_of(arena, folder, day, name)), &st) == 0 &&
                st.st_size > 0;
    }
    if (dir)
        closedir(dir);
    return found;
}

/* By one call, so that a process which dies has written all or nothing. Not durable: as with a
 * provider, what a power failure loses was sent. */
static bool put(const char *path, str text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    ssize_t n = write(fd, text.p, text.n);
    bool whole = n == (ssize_t)text.n;
    if (!whole) {
        int why = n < 0 ? errno : ENOSPC;
        (void)unlink(path);
        errno = why;
    }
    (void)close(fd);
    return whole;
}

static err folder_send(void *self, struct cx *cx, const struct mail_message *m)
{
    const struct folder *folder = self;
    str name = name_of(cx->arena, m->key);
    str day = instant_date(cx->arena, cx->now_ms), text;

    if (m->key.n == 0)
        return FAIL(cx, ERR_BUG, "a message without a key");
    if (was_sent(cx->arena, folder, name))
        return NULL;
    err e = mail_compose(cx, m, &text);
    if (e)
        return e;
    const char *path = str_c(cx->arena, path_of(cx->arena, folder, day, name));
    bool there = put(path, text);
    if (!there && errno == ENOENT) { /* the first of the day */
        str day_folder = str_fmt(cx->arena, STR_F "/" STR_F, STR_A(folder->path), STR_A(day));
        if (mkdir(str_c(cx->arena, day_folder), 0700) != 0 && errno != EEXIST)
            return FAIL(cx, MAIL_FAILED, "cannot make the folder of the day: %s", strerror(errno));
        there = put(path, text);
    }
    if (!there)
        return FAIL(cx, MAIL_FAILED, "cannot write the message: %s", strerror(errno));
    return NULL;
}

err mail_folder_open(struct arena *life, struct cx *cx, const char *folder, struct mail *ret)
{
    struct folder *self = NEW(life, struct folder);

    self->path = str_dup(life, str_from_c(folder));
    if (!file_make_folders(cx->arena, self->path) || access(folder, W_OK | X_OK) != 0)
        return FAIL(cx, MAIL_FAILED, "cannot use the mail folder %s: %s", folder, strerror(errno));
    *ret = (struct mail){ .send = folder_send, .self = self };
    return NULL;
}
