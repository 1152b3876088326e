/* SPDX-License-Identifier: Apache-2.0
 * Addresses of users: one of them is the default as long as there are any. Called by flows inside
 * their unit; must never show or change another user's. */
#include "identity_sql.h"
#include "services/identity/identity.h"
#include "services/identity/identity_domain.h"
#include "services/identity/identity_internal.h"

static const struct json_field address_fields[] = {
    JSON_ID(struct identity_address, address_id, .required = true),
    JSON_STR(struct identity_address, name, .required = true),
    JSON_STR(struct identity_address, line1, .required = true),
    JSON_STR(struct identity_address, line2),
    JSON_STR(struct identity_address, city, .required = true),
    JSON_STR(struct identity_address, region),
    JSON_STR(struct identity_address, postal_code),
    JSON_STR(struct identity_address, country, .required = true, .doc = "ISO 3166-1 alpha-2"),
    JSON_STR(struct identity_address, phone),
    JSON_BOOL(struct identity_address, is_default, .required = true),
};
const struct json_shape identity_address_shape =
    JSON_SHAPE("Address", struct identity_address, address_fields);

static const struct json_field address_in_fields[] = {
    IDENTITY_ADDRESS_FIELDS(struct identity_address),
};
const struct json_shape identity_address_in_shape =
    JSON_SHAPE("AddressInput", struct identity_address, address_in_fields);

#define ADDRESS_OF(row)                                                                            \
    ((struct identity_address){ .address_id = (row).address_id,                                    \
        .name = (row).name,                                                                        \
        .line1 = (row).line1,                                                                      \
        .line2 = (row).line2,                                                                      \
        .city = (row).city,                                                                        \
        .region = (row).region,                                                                    \
        .postal_code = (row).postal_code,                                                          \
        .country = (row).country,                                                                  \
        .phone = (row).phone,                                                                      \
        .is_default = (row).is_default })

err identity_address_check(struct cx *cx, const struct identity_address *address, str pointer)
{
    size_t faults = identity_domain_address(cx, address, pointer);
    return faults ? FAIL(cx, ERR_INVALID, "address with %zu faults", faults) : NULL;
}

err identity_address_list(
    struct identity *s, struct cx *cx, id user_id, struct identity_address **ret, size_t *ret_n)
{
    struct identity_sql_address_list_row *rows;
    size_t n;
    err e = identity_sql_address_list(
        s->deps.db, cx, (struct identity_sql_address_list_in){ .user_id = user_id }, &rows, &n);
    if (e)
        return e;
    struct identity_address *list = NEW_N(cx->arena, n, struct identity_address);
    for (size_t i = 0; i < n; i++)
        list[i] = ADDRESS_OF(rows[i]);
    *ret = list;
    *ret_n = n;
    return NULL;
}

err identity_address_get(
    struct identity *s, struct cx *cx, id user_id, id address_id, struct identity_address *ret)
{
    struct identity_sql_address_get_row row;
    bool found = false;
    err e = identity_sql_address_get(s->deps.db, cx,
        (struct identity_sql_address_get_in){ .user_id = user_id, .address_id = address_id }, &row,
        &found);
    if (e)
        return e;
    if (!found)
        return FAIL(cx, IDENTITY_ADDRESS_UNKNOWN, "not there, or another's");
    *ret = ADDRESS_OF(row);
    return NULL;
}

static err make_default(struct identity *s, struct cx *cx, id user_id, id address_id)
{
    return identity_sql_address_default(s->deps.db, cx,
        (struct identity_sql_address_default_in){ .user_id = user_id, .address_id = address_id },
        NULL);
}

static const struct identity_address *address_in(
    const struct identity_address *list, size_t n, id address_id)
{
    for (size_t i = 0; i < n; i++)
        if (id_eq(list[i].address_id, address_id))
            return &list[i];
    return NULL;
}

static str kept(str text)
{
    return text.n ? text : (str){ 0 }; /* what is empty is NULL */
}

static err save(struct identity *s, struct cx *cx, id user_id, const struct identity_address *a)
{
    return identity_sql_address_put(s->deps.db, cx,
        (struct identity_sql_address_put_in){ .user_id = user_id,
            .address_id = a->address_id,
            .name = a->name,
            .line1 = a->line1,
            .line2 = kept(a->line2),
            .city = a->city,
            .region = kept(a->region),
            .postal_code = kept(a->postal_code),
            .country = a->country,
            .phone = kept(a->phone),
            .is_default = a->is_default,
            .now_ms = cx->now_ms },
        NULL);
}

err identity_address_put(
    struct identity *s, struct cx *cx, id user_id, struct identity_address in, id *ret_id)
{
    struct identity_sql_user_lock_row user;
    struct identity_address *list;
    size_t n;
    err e = identity_address_check(cx, &in, (str){ 0 });
    if (!e)
        e = identity_user_lock(s, cx, user_id, &user);
    if (!e)
        e = identity_address_list(s, cx, user_id, &list, &n);
    if (e)
        return e;
    const struct identity_address *known = address_in(list, n, in.address_id);
    if (!known && !id_is_none(in.address_id))
        return FAIL(cx, IDENTITY_ADDRESS_UNKNOWN, "not there, or another's");
    if (!known && n >= IDENTITY_ADDRESSES_MAX)
        return FAIL(cx, IDENTITY_ADDRESSES_FULL, "addresses=%zu", n);
    if (!known)
        in.address_id = cx_id(cx);
    in.is_default |= n == 0 || (known && known->is_default);
    e = save(s, cx, user_id, &in);
    if (!e && in.is_default)
        e = make_default(s, cx, user_id, in.address_id);
    if (!e)
        *ret_id = in.address_id;
    return e;
}

err identity_address_remove(struct identity *s, struct cx *cx, id user_id, id address_id)
{
    struct identity_sql_user_lock_row user;
    struct identity_address *list;
    size_t n;
    err e = identity_user_lock(s, cx, user_id, &user);
    if (!e)
        e = identity_address_list(s, cx, user_id, &list, &n);
    if (e)
        return e;
    const struct identity_address *gone = address_in(list, n, address_id);
    if (!gone)
        return FAIL(cx, IDENTITY_ADDRESS_UNKNOWN, "not there, or another's");
    e = identity_sql_address_remove(s->deps.db, cx,
        (struct identity_sql_address_remove_in){ .user_id = user_id, .address_id = address_id },
        NULL);
    if (!e && gone->is_default && n > 1) /* the default stands first, then by age */
        e = make_default(s, cx, user_id, list[1].address_id);
    return e;
}
