/* SPDX-License-Identifier: Apache-2.0
 * Sealed texts and keyed hashes as columns keep them. Called by platform/db through the sealer, and
 * by the sweep. Must never tell why a text was refused. */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "platform/secret/secret.h"
#include "platform/vault/vault_internal.h"

#define HASH_HEAD "{k1}"

/* "{s3}..." -> 3 and what follows; false: it is no sealed text. */
static bool head(str text, int64_t *ret_key, str *ret_rest)
{
    if (!str_starts(text, S("{s")))
        return false;
    str rest = str_skip(text, 2);
    ptrdiff_t end = str_find_char(str_sub(rest, 0, 4), '}', 0);
    if (end <= 0 || !str_to_i64(str_sub(rest, 0, (size_t)end), ret_key) || *ret_key < 1)
        return false;
    *ret_rest = str_skip(rest, (size_t)end + 1);
    return true;
}

bool vault_is_sealed(str text)
{
    int64_t key;
    str rest;
    return head(text, &key, &rest);
}

bool vault_is_under(str text, int64_t key_id)
{
    int64_t key;
    str rest;
    return head(text, &key, &rest) && key == key_id;
}

bool vault_is_hash(str text)
{
    return str_starts(text, S(HASH_HEAD)) && text.n == sizeof HASH_HEAD - 1 + 43;
}

/* Table and column, and the row; a NUL between them is in neither name. */
static str bound_to(struct arena *arena, const char *what, str row)
{
    str name = str_from_c(what);
    char *out = arena_alloc(arena, name.n + 1 + row.n);

    memcpy(out, name.p, name.n);
    out[name.n] = '\0';
    if (row.n)
        memcpy(out + name.n + 1, row.p, row.n);
    return (str){ out, name.n + 1 + row.n };
}

err vault_seal(void *self, struct cx *cx, const char *what, str row, str clear, str *ret)
{
    struct vault *v = self;
    int64_t key_id = atomic_load(&v->current);
    const struct vault_key *key = vault_known(v, key_id);

    if (!key)
        return FAIL(cx, VAULT_MASTER, "no key to seal %s with", what);
    const struct vault_prepared *prepared = &v->prepared[key_id];
    str bound = bound_to(cx->arena, what, row);
    str box = prepared->ready ? vault_box_prepared(cx->arena, prepared, bound, clear)
                              : vault_box(cx->arena, key, bound, clear);
    str text = str_base64url(cx->arena, box);
    struct buf out = { .arena = cx->arena };
    (void)buf_room(&out, text.n + 8);
    buf_add(&out, S("{s"));
    buf_i64(&out, key_id);
    buf_char(&out, '}');
    buf_add(&out, text);
    *ret = buf_str(&out);
    return NULL;
}

err vault_unseal(
    void *self, struct cx *cx, struct arena *arena, const char *what, str row, str sealed, str *ret)
{
    struct vault *v = self;
    const struct vault_key *key = NULL;
    int64_t key_id;
    str rest, box;

    if (!head(sealed, &key_id, &rest)) {
        *ret = sealed; /* from before; the sweep will come to it */
        return NULL;
    }
    err e = vault_key_of(v, cx, key_id, &key);
    if (e)
        return e;
    if (!key || !str_unbase64(arena, rest, &box) ||
        !vault_unbox(arena, key, bound_to(arena, what, row), box, ret))
        return FAIL(cx, VAULT_REFUSED, "%s under key %" PRId64, what, key_id);
    return NULL;
}

str vault_hash(void *self, struct arena *arena, const char *what, str clear)
{
    struct vault *v = self;
    str key = { (const char *)v->index.bytes, VAULT_KEY_N };
    str mac = secret_hmac_sha256(arena, key, bound_to(arena, what, clear));

    return str_cat(arena, S(HASH_HEAD), str_base64url(arena, mac));
}

str vault_pseudonym(struct vault *v, struct arena *arena, const char *purpose, str of)
{
    return str_skip(vault_hash(v, arena, purpose, of), sizeof HASH_HEAD - 1);
}

struct db_sealer vault_sealer(struct vault *v)
{
    return (struct db_sealer){ v, vault_seal, vault_unseal, vault_hash };
}
