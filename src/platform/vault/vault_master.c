/* SPDX-License-Identifier: Apache-2.0
 * The master key: from its file or setting, made with the first data keys, changed for another.
 * Called at the start and by `souk keys rotate-master`. Must never write over a master key that
 * still opens something. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/file/file.h"
#include "platform/secret/secret.h"
#include "platform/vault/vault_internal.h"
#include "vault_sql.h"

static bool key_from_hex(struct arena *arena, str hex, struct vault_key *ret)
{
    str bytes;
    if (hex.n != 2 * (size_t)VAULT_KEY_N || !str_unhex(arena, hex, &bytes))
        return false;
    memcpy(ret->bytes, bytes.p, VAULT_KEY_N);
    OPENSSL_cleanse((char *)(uintptr_t)bytes.p, bytes.n);
    return true;
}

/* Which one it is, without telling what it is. */
static str name_of(struct cx *cx, const struct vault_key *master)
{
    str bytes = { (const char *)master->bytes, VAULT_KEY_N };
    str digest = secret_hmac_sha256(cx->arena, bytes, S("souk: name of a master key"));
    return str_sub(str_hex(cx->arena, digest), 0, 16);
}

/* ---- its file ---- */

/* A file of ours, then a link: the slower of two processes finds the key of the faster. */
static err file_make(struct cx *cx, const char *file)
{
    const char *mine = str_c(cx->arena, str_fmt(cx->arena, "%s.%ld.new", file, (long)getpid()));
    str hex = str_hex(cx->arena, secret_bytes(cx->arena, VAULT_KEY_N));
    struct file_put put = { .path = str_from_c(mine),
        .bytes = str_cat(cx->arena, hex, S("\n")),
        .mode = 0600,
        .durable = true };

    if (!file_put(cx->arena, put))
        return FAIL(cx, VAULT_MASTER, "cannot write %s: %s", mine, strerror(errno));
    bool named = link(mine, file) == 0 || errno == EEXIST;
    unlink(mine);
    named = named && file_sync_name(cx->arena, str_from_c(file)); /* before anything is sealed */
    return named ? NULL : FAIL(cx, VAULT_MASTER, "cannot make %s: %s", file, strerror(errno));
}

static err file_key(struct cx *cx, const char *file, struct vault_key *ret)
{
    struct stat st;
    str text;

    if (stat(file, &st) != 0)
        return FAIL(cx, VAULT_MASTER, "cannot read %s: %s", file, strerror(errno));
    if (st.st_mode & 077)
        return FAIL(cx, VAULT_MASTER, "%s may be read by others: chmod 600 it", file);
    if (!file_read(cx->arena, str_from_c(file), &text) ||
        !key_from_hex(cx->arena, str_trim(text), ret))
        return FAIL(cx, VAULT_MASTER, "%s does not hold 64 hexadecimal digits", file);
    OPENSSL_cleanse((char *)(uintptr_t)text.p, text.n);
    return NULL;
}

static bool is_there(const char *file)
{
    struct stat st;
    return stat(file, &st) == 0 || errno != ENOENT;
}

static err file_read_key(struct vault *v, struct cx *cx, bool may_make)
{
    const char *file = v->opts.file;
    err e = NULL;

    if (!is_there(file)) {
        if (!may_make)
            return FAIL(cx, VAULT_MASTER,
                "%s is missing: put the master key of this database back, or give it as master_key",
                file);
        e = file_make(cx, file);
    }
    return e ? e : file_key(cx, file, &v->master);
}

err vault_master_read(struct vault *v, struct cx *cx, bool may_make)
{
    err e = NULL;
    if (!v->opts.master.n)
        e = file_read_key(v, cx, may_make);
    else if (!key_from_hex(cx->arena, v->opts.master, &v->master))
        e = FAIL(cx, VAULT_MASTER, "master_key: 64 hexadecimal digits");
    if (e)
        return e;
    v->master_name = str_dup(v->life, name_of(cx, &v->master));
    return NULL;
}

/* ---- another one ---- */

/* Where a new one waits until the database has it. */
static const char *next_file(struct vault *v, struct cx *cx)
{
    return str_c(cx->arena, str_fmt(cx->arena, "%s.next", v->opts.file));
}

static err put_in_place(struct vault *v, struct cx *cx, const char *next)
{
    if (rename(next, v->opts.file) == 0)
        return NULL;
    return FAIL(cx, VAULT_MASTER, "%s is the master key now; it cannot take the place of %s: %s",
        next, v->opts.file, strerror(errno));
}

err vault_master_adopt(struct vault *v, struct cx *cx, int64_t key_id, str wrapped)
{
    struct vault_key key, next;
    if (v->opts.master.n || vault_unwrap(cx, &v->master, key_id, wrapped, &key))
        return NULL;
    const char *file = next_file(v, cx);
    if (!is_there(file))
        return NULL;
    err e = file_key(cx, file, &next);
    if (e || !vault_unwrap(cx, &next, key_id, wrapped, &key))
        return e;
    e = put_in_place(v, cx, file);
    return e ? e : vault_master_read(v, cx, false);
}

struct change {
    struct vault *v;
    struct vault_key next;
    size_t n;
};

/* All of them or none, also those that another process has made meanwhile. */
static err change_work(void *arg, struct cx *cx)
{
    struct change *c = arg;
    struct db *db = c->v->opts.db;
    struct vault_sql_key_list_row *rows;
    str name = name_of(cx, &c->next);
    err e = vault_sql_key_list(db, cx, &rows, &c->n);
    for (size_t i = 0; !e && i < c->n; i++) {
        struct vault_key key;
        int64_t key_id = rows[i].key_id;
        if (!vault_unwrap(cx, &c->v->master, key_id, rows[i].wrapped, &key))
            return FAIL(cx, VAULT_MASTER, "it does not open key %" PRId64, key_id);
        e = vault_sql_key_rewrap(db, cx,
            (struct vault_sql_key_rewrap_in){ .key_id = key_id,
                .wrapped = vault_wrap(cx, &c->next, key_id, &key),
                .master = name });
        OPENSSL_cleanse(&key, sizeof key);
    }
    return e;
}

err vault_change_master(struct vault *v, struct cx *cx, const char *to, size_t *ret_keys)
{
    struct change c = { .v = v };
    if (!to && v->opts.master.n)
        return FAIL(cx, VAULT_MASTER,
            "the master key is a setting: write the new one into a file, and name the file");
    const char *file = to ? to : next_file(v, cx);
    err e = to ? NULL : file_make(cx, file);
    if (!e)
        e = file_key(cx, file, &c.next);
    if (!e)
        e = db_write_wait(v->opts.db, cx, 0, change_work, &c);
    if (!e) {
        v->master = c.next;
        v->master_name = str_dup(v->life, name_of(cx, &c.next));
        *ret_keys = c.n;
    }
    OPENSSL_cleanse(&c.next, sizeof c.next);
    return e || to ? e : put_in_place(v, cx, file);
}
