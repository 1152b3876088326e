/* SPDX-License-Identifier: Apache-2.0
 * The data keys, from the database. Called at the start, by who rotates, and when a text names a
 * key that another process has made. Must never make keys beside ones that it cannot open. */
#include <inttypes.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/mman.h>

#include "platform/secret/secret.h"
#include "platform/vault/vault_internal.h"
#include "vault_sql.h"

const problem VAULT_MASTER = { KIND_BUG, "vault.master", NULL,
    "Personal data cannot be opened with this master key" };
const problem VAULT_REFUSED = { KIND_BUG, "vault.refused", NULL,
    "Something in the database is not what was written there" };

#define INDEX_ID 0

/* ---- data keys ---- */

static str bound_key(struct cx *cx, int64_t key_id)
{
    return str_fmt(cx->arena, "vault_key %" PRId64, key_id);
}

str vault_wrap(
    struct cx *cx, const struct vault_key *master, int64_t key_id, const struct vault_key *key)
{
    str bytes = { (const char *)key->bytes, VAULT_KEY_N };
    return str_base64url(cx->arena, vault_box(cx->arena, master, bound_key(cx, key_id), bytes));
}

static str wrapped_new(struct vault *v, struct cx *cx, int64_t key_id)
{
    str bytes = secret_bytes(cx->arena, VAULT_KEY_N);
    struct vault_key key;
    memcpy(key.bytes, bytes.p, VAULT_KEY_N);
    OPENSSL_cleanse((char *)(uintptr_t)bytes.p, bytes.n);
    str wrapped = vault_wrap(cx, &v->master, key_id, &key);
    OPENSSL_cleanse(&key, sizeof key);
    return wrapped;
}

bool vault_unwrap(struct cx *cx, const struct vault_key *master, int64_t key_id, str wrapped,
    struct vault_key *ret)
{
    str box, bytes;
    if (!str_unbase64(cx->arena, wrapped, &box) ||
        !vault_unbox(cx->arena, master, bound_key(cx, key_id), box, &bytes) ||
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
        vault_prepare(&v->prepared[key_id], key);
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
    if (!vault_unwrap(cx, &v->master, key_id, wrapped, &key))
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
        e = vault_master_read(v, cx, /* may_make= */ o.n == 0);
    if (!e && o.n > 0)
        e = vault_master_adopt(v, cx, o.rows[0].key_id, o.rows[0].wrapped);
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
    err e = vault_master_read(v, cx, false);
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
    OPENSSL_cleanse(v->prepared, sizeof v->prepared);
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
    if (!e && (!found || !vault_unwrap(cx, &v->master, r->key_id, row.wrapped, &r->key)))
        return FAIL(cx, VAULT_MASTER, "key %" PRId64 " cannot be read back", r->key_id);
    if (!e)
        db_after_commit(cx, rotated, r);
    return e;
}
