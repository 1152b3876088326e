/* SPDX-License-Identifier: Apache-2.0
 * What the files of platform/vault share. Nobody outside this folder may include it. */
#ifndef SOUK_PLATFORM_VAULT_VAULT_INTERNAL_H
#define SOUK_PLATFORM_VAULT_VAULT_INTERNAL_H

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>

#include "platform/vault/vault.h"

#define VAULT_KEY_N 32
#define VAULT_KEYS_MAX 256 /* data keys: ids 1 to 255 */

struct vault_key {
    unsigned char bytes[VAULT_KEY_N];
};
/* A key expanded for sealing, where the processor has AES of its own. */
struct vault_prepared {
    crypto_aead_aes256gcm_state state;
    bool ready;
};
struct vault_place {
    struct vault *v;
    struct db *db;
    const struct db_marked *const *marked;
    size_t marked_n;
    _Atomic int64_t swept; /* all its tables are under this key; 0: not known */
    struct vault_place *next;
};
struct vault {
    struct vault_opts opts;
    struct vault_place *places;
    struct arena *life;
    struct vault_key master, index; /* index: of keyed hashes */
    str master_name;
    pthread_mutex_t mutex; /* guards adding to keys */
    struct vault_key keys[VAULT_KEYS_MAX];
    struct vault_prepared prepared[VAULT_KEYS_MAX];
    _Atomic bool known[VAULT_KEYS_MAX]; /* the key is there, and stays */
    _Atomic int64_t current;            /* id of the key that seals */
};

/* vault_box.c: `bound` is not in the box, and it opens with the same only. */
str vault_box(struct arena *arena, const struct vault_key *key, str bound, str clear);
/* The same box, in half the time, when `p` is ready. */
void vault_prepare(struct vault_prepared *p, const struct vault_key *key);
str vault_box_prepared(struct arena *arena, const struct vault_prepared *p, str bound, str clear);
bool vault_unbox(struct arena *arena, const struct vault_key *key, str bound, str box, str *ret);

/* vault_seal.c */
/* The key of this id, once it is known; else NULL. */
const struct vault_key *vault_known(const struct vault *v, int64_t key_id);
bool vault_is_sealed(str text);
/* Whether it is sealed with this key. */
bool vault_is_under(str text, int64_t key_id);
bool vault_is_hash(str text);
err vault_seal(void *v, struct cx *cx, const char *what, str row, str clear, str *ret);
err vault_unseal(
    void *v, struct cx *cx, struct arena *arena, const char *what, str row, str sealed, str *ret);
str vault_hash(void *v, struct arena *arena, const char *what, str clear);

/* vault.c: a data key as the database keeps it, and back. */
str vault_wrap(
    struct cx *cx, const struct vault_key *master, int64_t key_id, const struct vault_key *key);
bool vault_unwrap(struct cx *cx, const struct vault_key *master, int64_t key_id, str wrapped,
    struct vault_key *ret) MUST_USE;

/* vault_master.c: the master key of the setting or the file; may_make: the file, if there is none.
 */
err vault_master_read(struct vault *v, struct cx *cx, bool may_make) MUST_USE;
/* Puts a new master key in its place whose change was cut short after the database had it: one that
 * opens this data key, where the file's does not. */
err vault_master_adopt(struct vault *v, struct cx *cx, int64_t key_id, str wrapped) MUST_USE;

/* vault.c: the key of this id; one that another process has made is read. NULL: there is none. */
err vault_key_of(struct vault *v, struct cx *cx, int64_t key_id, const struct vault_key **ret);

#endif
