/* SPDX-License-Identifier: Apache-2.0
 * WebAuthn over libfido2, which reads the CBOR and checks signatures; the browser's JSON is
 * jansson's. Called by identity. Must never say what was wrong but in the log. */
#include "platform/passkey/passkey.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>

#include "base/json.h"
#include "platform/secret/secret.h"

const problem PASSKEY_WRONG = { KIND_UNSIGNED, "passkey.wrong", "passkey_wrong",
    "That passkey is not good here" };

const int64_t passkey_algorithms[PASSKEY_ALGORITHMS] = { COSE_ES256, COSE_EDDSA, COSE_RS256 };

#define FLAG_UP 1u   /* somebody was there */
#define FLAG_UV 4u   /* it was its owner: a finger, a face or a PIN */
#define FLAG_BE 8u   /* it may be copied to other devices of its owner */
#define FLAG_BS 16u  /* it was */
#define FLAG_AT 64u  /* a new key is in it */
#define FLAG_ED 128u /* extensions are in it: a signature asks for none */
#define HASH_N 32
#define KEY_AT 55 /* behind hash, flags, count, maker and a length: the credential's id */
#define LOCALHOST "http://localhost"

struct passkey_site passkey_site_of(struct arena *arena, str origin)
{
    ptrdiff_t at = str_find(origin, S("://"), 0);
    if (at < 0)
        return (struct passkey_site){ .rp_id = S("localhost") };
    str host = str_skip(origin, (size_t)at + 3);
    return (struct passkey_site){ .rp_id = str_dup(arena, str_cut(&host, ':')), .origin = origin };
}

static bool is_port(str text)
{
    if (text.n == 0)
        return true;
    int64_t port;
    return text.p[0] == ':' && str_to_i64(str_skip(text, 1), &port) && port > 0 && port < 65536;
}

static bool is_ours(const struct passkey_site *site, str origin)
{
    if (site->origin.n)
        return str_eq(origin, site->origin);
    return str_starts(origin, S(LOCALHOST)) && is_port(str_skip(origin, sizeof LOCALHOST - 1));
}

static void json_close_at(struct json_value **v)
{
    json_value_close(*v);
}

err passkey_client(struct cx *cx, const struct passkey_site *site, enum passkey_act act,
    str client_data, str *ret_challenge)
{
    DEFER(json_close_at) struct json_value *v = NULL;
    str type = act == PASSKEY_CREATE ? S("webauthn.create") : S("webauthn.get");
    if (client_data.n > PASSKEY_DATA_MAX)
        return FAIL(cx, PASSKEY_WRONG, "client data of %zu bytes", client_data.n);
    if (json_value_parse(cx, client_data, &v)) {
        cx_clear(cx);
        return FAIL(cx, PASSKEY_WRONG, "client data is no JSON");
    }
    str origin = json_value_str(cx->arena, json_value_get(v, "origin"));
    str challenge = json_value_str(cx->arena, json_value_get(v, "challenge"));
    if (!str_eq(json_value_str(cx->arena, json_value_get(v, "type")), type))
        return FAIL(cx, PASSKEY_WRONG, "of another type");
    if (!is_ours(site, origin))
        return FAIL(cx, PASSKEY_WRONG, "of another origin: " STR_F, STR_A(origin));
    if (str_eq(json_value_str(cx->arena, json_value_get(v, "crossOrigin")), S("true")))
        return FAIL(cx, PASSKEY_WRONG, "in a frame of another origin");
    if (!challenge.n)
        return FAIL(cx, PASSKEY_WRONG, "without a challenge");
    *ret_challenge = challenge;
    return NULL;
}

/* What was copied could be copied (WebAuthn level 3, 7.1 and 7.2). */
static bool backup_ok(unsigned flags)
{
    return !(flags & FLAG_BS) || (flags & FLAG_BE);
}

static enum passkey_backup backup_of(unsigned flags)
{
    return flags & FLAG_BE ? PASSKEY_BACKUP_MAY : PASSKEY_BACKUP_NEVER;
}

/* ---- a new one ---- */

static void cred_close_at(fido_cred_t **cred)
{
    fido_cred_free(cred);
}

/* Whether no length in the CBOR claims more than is there: the library below would set that much
 * memory aside before it looks. What has no length at its head is not allowed in CTAP2. */
static bool lengths_ok(str rest)
{
    while (rest.n > 0) {
        unsigned head = (unsigned char)rest.p[0], kind = head >> 5, info = head & 31;
        size_t more = info < 24 ? 0 : (size_t)1 << (info & 3);
        uint64_t length = info;
        if (info > 27 || rest.n < 1 + more)
            return false;
        for (size_t i = 0; i < more; i++)
            length = (i ? length << 8 : 0) | (unsigned char)rest.p[1 + i];
        rest = str_skip(rest, 1 + more);
        if (kind >= 2 && kind <= 5 && length > rest.n)
            return false;
        if (kind == 2 || kind == 3) /* bytes and text; of lists and maps the items follow */
            rest = str_skip(rest, (size_t)length);
    }
    return true;
}

/* libfido2 wants to know the algorithm before it reads the key: the first that fits. */
static fido_cred_t *cred_of(str auth_data)
{
    for (size_t i = 0; i < PASSKEY_ALGORITHMS; i++) {
        fido_cred_t *cred = fido_cred_new();
        ASSERT(cred != NULL);
        if (fido_cred_set_type(cred, (int)passkey_algorithms[i]) == FIDO_OK &&
            fido_cred_set_authdata_raw(cred, (const unsigned char *)auth_data.p, auth_data.n) ==
                FIDO_OK)
            return cred;
        fido_cred_free(&cred);
    }
    return NULL;
}

static str bytes_of(struct arena *arena, const unsigned char *p, size_t n)
{
    return p ? str_dup(arena, (str){ (const char *)p, n }) : (str){ 0 };
}

err passkey_read(
    struct cx *cx, const struct passkey_site *site, str auth_data, struct passkey_key *ret)
{
    if (auth_data.n < HASH_N || auth_data.n > PASSKEY_DATA_MAX)
        return FAIL(cx, PASSKEY_WRONG, "authenticator data of %zu bytes", auth_data.n);
    if (!str_eq(str_sub(auth_data, 0, HASH_N), secret_sha256(cx->arena, site->rp_id)))
        return FAIL(cx, PASSKEY_WRONG, "for another host");
    str key_data = str_skip(auth_data, KEY_AT);
    if (auth_data.n > KEY_AT)
        key_data = str_skip(key_data, (size_t)(unsigned char)auth_data.p[KEY_AT - 2] << 8 |
                                          (unsigned char)auth_data.p[KEY_AT - 1]);
    if (!lengths_ok(key_data))
        return FAIL(cx, PASSKEY_WRONG, "lengths that are not there");
    DEFER(cred_close_at) fido_cred_t *cred = cred_of(auth_data);
    if (!cred)
        return FAIL(cx, PASSKEY_WRONG, "no key that we know");
    unsigned flags = fido_cred_flags(cred);
    if ((flags & (FLAG_UP | FLAG_UV | FLAG_AT)) != (FLAG_UP | FLAG_UV | FLAG_AT))
        return FAIL(cx, PASSKEY_WRONG, "flags %x: its user was not verified", flags);
    if (!backup_ok(flags))
        return FAIL(cx, PASSKEY_WRONG, "flags %x: copied, though it cannot be", flags);
    struct passkey_key key = {
        .credential = bytes_of(cx->arena, fido_cred_id_ptr(cred), fido_cred_id_len(cred)),
        .algorithm = fido_cred_type(cred),
        .bytes = bytes_of(cx->arena, fido_cred_pubkey_ptr(cred), fido_cred_pubkey_len(cred)),
        .count = fido_cred_sigcount(cred),
        .backup = backup_of(flags),
    };
    if (key.credential.n == 0 || key.credential.n > PASSKEY_ID_MAX || key.bytes.n == 0)
        return FAIL(cx, PASSKEY_WRONG, "an id of %zu bytes", key.credential.n);
    *ret = key;
    return NULL;
}

/* ---- a signature ---- */

static void assert_close_at(fido_assert_t **a)
{
    fido_assert_free(a);
}

static void es256_close_at(es256_pk_t **pk)
{
    es256_pk_free(pk);
}

static void eddsa_close_at(eddsa_pk_t **pk)
{
    eddsa_pk_free(pk);
}

static void rs256_close_at(rs256_pk_t **pk)
{
    rs256_pk_free(pk);
}

static bool verify(const fido_assert_t *a, const struct passkey_key *key)
{
    DEFER(es256_close_at) es256_pk_t *es256 = es256_pk_new();
    DEFER(eddsa_close_at) eddsa_pk_t *eddsa = eddsa_pk_new();
    DEFER(rs256_close_at) rs256_pk_t *rs256 = rs256_pk_new();
    ASSERT(es256 && eddsa && rs256);
    int alg = (int)key->algorithm;
    if (alg == COSE_ES256)
        return es256_pk_from_ptr(es256, key->bytes.p, key->bytes.n) == FIDO_OK &&
               fido_assert_verify(a, 0, alg, es256) == FIDO_OK;
    if (alg == COSE_EDDSA)
        return eddsa_pk_from_ptr(eddsa, key->bytes.p, key->bytes.n) == FIDO_OK &&
               fido_assert_verify(a, 0, alg, eddsa) == FIDO_OK;
    if (alg == COSE_RS256)
        return rs256_pk_from_ptr(rs256, key->bytes.p, key->bytes.n) == FIDO_OK &&
               fido_assert_verify(a, 0, alg, rs256) == FIDO_OK;
    return false;
}

/* Host, presence and verification of the user are checked by fido_assert_verify. */
static bool fill(
    struct cx *cx, fido_assert_t *a, const struct passkey_site *site, struct passkey_answer answer)
{
    const unsigned char *client = (const unsigned char *)answer.client_data.p;
    const unsigned char *data = (const unsigned char *)answer.auth_data.p;
    const unsigned char *sig = (const unsigned char *)answer.signature.p;
    return fido_assert_set_count(a, 1) == FIDO_OK &&
           fido_assert_set_rp(a, str_c(cx->arena, site->rp_id)) == FIDO_OK &&
           fido_assert_set_up(a, FIDO_OPT_TRUE) == FIDO_OK &&
           fido_assert_set_uv(a, FIDO_OPT_TRUE) == FIDO_OK &&
           fido_assert_set_clientdata(a, client, answer.client_data.n) == FIDO_OK &&
           fido_assert_set_authdata_raw(a, 0, data, answer.auth_data.n) == FIDO_OK &&
           fido_assert_set_sig(a, 0, sig, answer.signature.n) == FIDO_OK;
}

err passkey_check(struct cx *cx, const struct passkey_site *site, const struct passkey_key *key,
    struct passkey_answer answer, int64_t *ret_count)
{
    if (answer.auth_data.n == 0 || answer.auth_data.n > PASSKEY_DATA_MAX ||
        answer.signature.n == 0 || answer.signature.n > PASSKEY_DATA_MAX ||
        answer.client_data.n == 0 || answer.client_data.n > PASSKEY_DATA_MAX)
        return FAIL(cx, PASSKEY_WRONG, "too much or nothing");
    unsigned flags = answer.auth_data.n > HASH_N ? (unsigned char)answer.auth_data.p[HASH_N] : 0;
    if (flags & FLAG_ED)
        return FAIL(cx, PASSKEY_WRONG, "extensions that nobody asked for");
    if (!backup_ok(flags) || (key->backup && key->backup != backup_of(flags)))
        return FAIL(cx, PASSKEY_WRONG, "flags %x: copied, though it cannot be", flags);
    DEFER(assert_close_at) fido_assert_t *a = fido_assert_new();
    ASSERT(a != NULL);
    if (!fill(cx, a, site, answer))
        return FAIL(cx, PASSKEY_WRONG, "authenticator data of no form");
    if (!verify(a, key))
        return FAIL(cx, PASSKEY_WRONG, "host, verification of its user, or signature");
    *ret_count = fido_assert_sigcount(a, 0);
    return NULL;
}
