/* SPDX-License-Identifier: Apache-2.0
 * The keys: the master key from its file or setting, data keys from the database. Called at the
 * start, by who rotates, and when a text names a key that another process has made. Must never
 * write over a master key, nor make keys beside ones that it cannot open. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/file/file.h"
#include "platform/secret/secret.h"
#include "platform/vault/vault_internal.h"
#include "vault_sql.h"

const problem VAULT_MASTER = { KIND_BUG, "vault.master", NULL,
    "Personal data cannot be opened with this master key" };
const problem VAULT_REFUSED = { KIND_BUG, "vault.refused", NULL,
    "Something in the database is not what was written there" };

#define INDEX_ID 0

/* ---- the master key ---- */

static bool key_from_hex(struct arena *arena, str hex, struct vault_key *ret)
{
    str bytes;
    if (hex.n != 2 * (size_t)VAULT_KEY_N || !str_unhex(arena, hex, &bytes))
        return false;
    memcpy(ret->bytes, bytes.p, VAULT_KEY_N);
    return true;
}

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
    return named ? NULL : FAIL(cx, VAULT_MASTER, "cannot make %s: %s", file, strerror(errno));
}

static err file_read_key(struct vault *v, struct cx *cx, bool may_make)
{
    const char *file = v->opts.file;
    struct stat st;
    str text;

    if (stat(file, &st) != 0) {
        if (errno != ENOENT)
            return FAIL(cx, VAULT_MASTER, "cannot read %s: %s", file, strerror(errno));
        if (!may_make)
            return FAIL(cx, VAULT_MASTER,
                "%s is missing: put the master key of this database back, or give it as master_key",
                file);
        err e = file_make(cx, file);
        if (e)
            return e;
        if (stat(file, &st) != 0)
            return FAIL(cx, VAULT_MASTER, "cannot read %s: %s", file, strerror(errno));
    }
    if (st.st_mode & 077)
        return FAIL(cx, VAULT_MASTER, "%s may be read by others: chmod 600 it", file);
    if (!file_read(cx->arena, str_from_c(file), &text) ||
        !key_from_hex(cx->arena, str_trim(text), &v->master))
        return FAIL(cx, VAULT_MASTER, "%s does not hold 64 hexadecimal digits", file);
    OPENSSL_cleanse((char *)(uintptr_t)text.p, text.n);
    return NULL;
}

static err master_read(struct vault *v, struct cx *cx, bool may_make)
{
    err e = NULL;
    if (!v->opts.master.n)
        e = file_read_key(v, cx, may_make);
    else if (!key_from_hex(cx->arena, v->opts.master, &v->master))
        e = FAIL(cx, VAULT_MASTER, "master_key: 64 hexadecimal digits");
    if (e)
        return e;
    str bytes = { (const char *)v->master.bytes, VAULT_KEY_N };
    str digest = secret_hmac_sha256(cx->arena, bytes, S("souk: name of a master key"));
    v->master_name = str_dup(v->life, str_sub(str_hex(cx->arena, digest), 0, 16));
    return NULL;
}

/* ---- data keys ---- */

static str bound_key(struct cx *cx, int64_t key_id)
{
    return str_fmt(cx->arena, "vault_key %" PRId64, key_id);
}

/* A new key, sealed by the master key. */
static str wrapped_new(struct vault *v, struct cx *cx, int64_t key_id)
{
    str bytes = secret_bytes(cx->arena, VAULT_KEY_N);
    str box = vault_box(cx->arena, &v->master, bound_key(cx, key_id), bytes);
    OPENSSL_cleanse((char *)(uintptr_t)bytes.p, bytes.n);
    return str_base64url(cx->arena, box);
}

static bool unwrap(
    struct vault *v, struct cx *cx, int64_t key_id, str wrapped, struct vault_key *ret)
{
    str box, bytes;
    if (!str_unbase64(cx->arena, wrapped, &box) ||
        !vault_unbox(cx->arena, &v->master, bound_key(cx, key_id), box, &bytes) ||
        bytes.n != VAULT_KEY_N)
        return false;
    memcpy(ret->bytes, bytes.p, VAULT_KEY_N);
    OPENSSL_cleanse((char *)(uintptr_t)bytes.p, bytes.n);
    return true;
}

/* Known from now on; the greatest seals. */
static void key_keep(struct vault *v, int64_t key_id, const struct vault_key *key)
{
    pthread_mutex_lock(&v->mutex);
    if (!atomic_load(&v->known[key_id])) {
        v->keys[key_id] = *key;
        atomic_store(&v->known[key_id], true);
    }
    if (key_id > atomic_load(&v->current))
        atomic_store(&v->current, key_id);
    pthread_mutex_unlock(&v->mutex);
}

static err key_take(struct vault *v, struct cx *cx, int64_t key_id, str wrapped)
{
    struct vault_key key;
    if (key_id < 0 || key_id >= VAULT_KEYS_MAX)
        return FAIL(cx, VAULT_MASTER, "a key %" PRId64, key_id);
    if (!unwrap(v, cx, key_id, wrapped, &key))
        return FAIL(cx, VAULT_MASTER,
            "the master key %s is not the one of this database: it does not open key %" PRId64,
            v->opts.master.n ? "of the setting" : v->opts.file, key_id);
    if (key_id == INDEX_ID)
        v->index = key;
    else
        key_keep(v, key_id, &key);
    OPENSSL_cleanse(&key, sizeof key);
    return NULL;
}

const struct vault_key *vault_known(const struct vault *v, int64_t key_id)
{
    bool known = key_id > 0 && key_id < VAULT_KEYS_MAX && atomic_load(&v->known[key_id]);
    return known ? &v->keys[key_id] : NULL;
}

err vault_key_of(struct vault *v, struct cx *cx, int64_t key_id, const struct vault_key **ret)
{
    struct vault_sql_key_get_row row;
    bool found = false;

    *ret = vault_known(v, key_id);
    if (*ret || !v->opts.db || key_id < 1 || key_id >= VAULT_KEYS_MAX)
        return NULL;
    err e = vault_sql_key_get(
        v->opts.db, cx, (struct vault_sql_key_get_in){ .key_id = key_id }, &row, &found);
    if (!e && found)
        e = key_take(v, cx, key_id, row.wrapped);
    if (!e)
        *ret = vault_known(v, key_id);
    return e;
}

struct opening {
    struct vault *v;
    struct vault_sql_key_list_row *rows;
    size_t n;
};

static err read_keys(void *arg, struct cx *cx)
{
    struct opening *o = arg;
    return vault_sql_key_list(o->v->opts.db, cx, &o->rows, &o->n);
}

static err key_add(struct vault *v, struct cx *cx, int64_t key_id)
{
    return vault_sql_key_add(v->opts.db, cx,
        (struct vault_sql_key_add_in){ .key_id = key_id,
            .wrapped = wrapped_new(v, cx, key_id),
            .master = v->master_name,
            .created_ms = cx->now_ms },
        NULL);
}

static err first_keys(void *arg, struct cx *cx)
{
    struct opening *o = arg;
    err e = key_add(o->v, cx, INDEX_ID);
    return e ? e : key_add(o->v, cx, 1);
}

static err open_keys(struct vault *v, struct cx *cx)
{
    struct opening o = { .v = v };
    err e = db_read(cx, read_keys, &o);
    if (!e)
        e = master_read(v, cx, /* may_make= */ o.n == 0);
    if (!e && o.n == 0)
        e = db_write_wait(v->opts.db, cx, 0, first_keys, &o);
    if (!e && o.n == 0) /* ours, or another process's */
        e = db_read(cx, read_keys, &o);
    for (size_t i = 0; !e && i < o.n; i++)
        e = key_take(v, cx, o.rows[i].key_id, o.rows[i].wrapped);
    if (!e && !atomic_load(&v->current))
        e = FAIL(cx, VAULT_MASTER, "the database has no data key");
    return e;
}

/* For tests: no database, the same keys each time. */
static err derive_keys(struct vault *v, struct cx *cx)
{
    str master = { (const char *)v->master.bytes, VAULT_KEY_N };
    struct vault_key key;
    err e = master_read(v, cx, false);
    if (e)
        return e;
    memcpy(key.bytes, secret_hmac_sha256(cx->arena, master, S("data")).p, VAULT_KEY_N);
    memcpy(v->index.bytes, secret_hmac_sha256(cx->arena, master, S("index")).p, VAULT_KEY_N);
    key_keep(v, 1, &key);
    return NULL;
}

err vault_open(struct arena *life, struct cx *cx, struct vault_opts opts, struct vault **ret)
{
    /* pages of its own, in no core whatever the limits */
    struct vault *v =
        mmap(NULL, sizeof *v, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (v == MAP_FAILED || madvise(v, sizeof *v, MADV_DONTDUMP) != 0)
        panic(__FILE__, "no memory for keys");
    v->opts = opts;
    v->life = life;
    pthread_mutex_init(&v->mutex, NULL);
    *ret = v;
    return opts.db ? open_keys(v, cx) : derive_keys(v, cx);
}

struct vault_place *vault_watch(
    struct vault *v, struct db *db, const struct db_marked *const *marked, size_t marked_n)
{
    struct vault_place *place = NEW(v->life, struct vault_place);
    *place = (struct vault_place){
        .v = v, .db = db, .marked = marked, .marked_n = marked_n, .next = v->places
    };
    v->places = place;
    db_seal_with(db, vault_sealer(v));
    return place;
}

void vault_close(struct vault *v)
{
    if (!v)
        return;
    OPENSSL_cleanse(&v->master, sizeof v->master);
    OPENSSL_cleanse(&v->index, sizeof v->index);
    OPENSSL_cleanse(v->keys, sizeof v->keys);
    pthread_mutex_destroy(&v->mutex);
    munmap(v, sizeof *v);
}

/* ---- a new one ---- */
struct rotation {
    struct vault *v;
    int64_t key_id;
    struct vault_key key;
};

static void rotated(void *arg)
{
    struct rotation *r = arg;
    key_keep(r->v, r->key_id, &r->key);
    OPENSSL_cleanse(&r->key, sizeof r->key);
}

err vault_rotate(struct vault *v, struct cx *cx)
{
    struct vault_sql_key_list_row *rows;
    struct vault_sql_key_get_row row;
    size_t n;
    bool found = false;
    err e = vault_sql_key_list(v->opts.db, cx, &rows, &n);
    if (e)
        return e;
    struct rotation *r = NEW(cx->arena, struct rotation);
    *r = (struct rotation){ .v = v, .key_id = rows[n - 1].key_id + 1 };
    if (r->key_id >= VAULT_KEYS_MAX)
        return FAIL(cx, VAULT_MASTER, "there are %zu keys already", n);
    e = key_add(v, cx, r->key_id);
    if (!e) /* another process may have been faster: then its key is the new one */
        e = vault_sql_key_get(
            v->opts.db, cx, (struct vault_sql_key_get_in){ .key_id = r->key_id }, &row, &found);
    if (!e && (!found || !unwrap(v, cx, r->key_id, row.wrapped, &r->key)))
        return FAIL(cx, VAULT_MASTER, "key %" PRId64 " cannot be read back", r->key_id);
    if (!e)
        db_after_commit(cx, rotated, r);
    return e;
}
