/* SPDX-License-Identifier: Apache-2.0
 * One's logins of other issuers: seen, connected, removed; as a page and as JSON. Called by the
 * gateway. Must never show or remove another's. */
#include "base/instant.h"
#include "flows/entrance/entrance_issuers.h"
#include "flows/entrance/entrance_views.h"
#include "platform/oidc/oidc.h"

#define LOGINS "/account/security/logins"

static const struct oidc_issuer *issuer_of(struct entrance *x, str url)
{
    for (size_t i = 0; i < oidc_count(x->deps.oidc); i++)
        if (str_eq(oidc_at(x->deps.oidc, i)->issuer, url))
            return oidc_at(x->deps.oidc, i);
    return NULL;
}

/* What people call the issuer; one that is not set up any more by its address. */
static str label_of(struct entrance *x, str url)
{
    const struct oidc_issuer *issuer = issuer_of(x, url);
    return issuer ? issuer->label : url;
}

/* ---- JSON ---- */

struct login_json {
    id login_id;
    str issuer, name, email;
    int64_t created_ms, used_ms;
};
static const struct json_field login_fields[] = {
    JSON_ID(struct login_json, login_id, .required = true),
    JSON_STR(struct login_json, issuer, .required = true, .max = 2000),
    JSON_STR(struct login_json, name, .required = true, .doc = "of the issuer"),
    JSON_STR(struct login_json, email, .doc = "as the issuer says"),
    JSON_TIME(struct login_json, created_ms, .required = true, .wire = "createdAt"),
    JSON_TIME(struct login_json, used_ms, .required = true, .wire = "lastUsedAt"),
};
static const struct json_shape login_shape =
    JSON_SHAPE("ConnectedLogin", struct login_json, login_fields);
struct logins_json {
    struct login_json *logins;
    size_t logins_n;
};
static const struct json_field logins_fields[] = {
    JSON_LIST(struct logins_json, logins, login_shape, .required = true, .max = IDENTITY_WAYS_MAX),
};
const struct json_shape entrance_logins_shape =
    JSON_SHAPE("ConnectedLoginList", struct logins_json, logins_fields);

err entrance_get_logins(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct entrance *x = service;
    struct identity_way *list;
    struct logins_json *v = NEW(cx->arena, struct logins_json);
    (void)body;
    err e = identity_way_list(x->deps.identity, cx, cx->who.user_id, &list, &v->logins_n);
    if (e)
        return e;
    v->logins = NEW_N(cx->arena, v->logins_n, struct login_json);
    for (size_t i = 0; i < v->logins_n; i++)
        v->logins[i] =
            (struct login_json){ list[i].way_id, list[i].issuer, label_of(x, list[i].issuer),
                list[i].email.n ? list[i].email : (str){ 0 }, list[i].created_ms, list[i].used_ms };
    return reply_json(reply, 200, &entrance_logins_shape, v);
}

static err remove_one(struct entrance *x, struct cx *cx, id login_id)
{
    struct identity_way *list;
    size_t n = 0;
    str label = { 0 };
    err e = identity_way_list(x->deps.identity, cx, cx->who.user_id, &list, &n);
    for (size_t i = 0; i < n; i++)
        if (id_eq(list[i].way_id, login_id))
            label = label_of(x, list[i].issuer);
    return e ? e : identity_way_remove(x->deps.identity, cx, cx->who.user_id, login_id, label);
}

err entrance_delete_login(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct entrance_trip *in = body;
    err e = remove_one(service, cx, in->login_id);
    return e ? e : reply_empty(reply, 204);
}

/* ---- the page ---- */

static const char *const saids[] = { "added", "removed", "last", NULL };
static const struct alert_view alerts[] = {
    { .kind = S_INIT("good"), .title = S_INIT("The login was connected") },
    { .kind = S_INIT("good"), .title = S_INIT("The login was removed") },
    { .kind = S_INIT("bad"),
        .title = S_INIT("This is the only way into your account."),
        .text = S_INIT("Add a passkey, or choose a password by “Forgot your password?” first.") },
};

static void fill_connected(struct entrance *x, struct cx *cx, const struct identity_way *list,
    size_t n, struct logins_view *v)
{
    struct login_view *views = NEW_N(cx->arena, n, struct login_view);
    for (size_t i = 0; i < n; i++)
        views[i] = (struct login_view){ .name = label_of(x, list[i].issuer),
            .email = list[i].email,
            .facts = str_fmt(cx->arena, "Connected on " STR_F "; last used on " STR_F,
                STR_A(instant_day_long(cx->arena, list[i].created_ms)),
                STR_A(instant_day_long(cx->arena, list[i].used_ms))),
            .action = str_cat(cx->arena, S(LOGINS "/"), id_text(cx->arena, list[i].way_id)) };
    v->logins = views;
    v->logins_n = n;
    if (n == 0)
        v->none = S("None yet.");
}

/* Those that are set up and lead nowhere yet. */
static void fill_others(struct entrance *x, struct cx *cx, const struct identity_way *list,
    size_t n, struct logins_view *v)
{
    struct login_view *views = NEW_N(cx->arena, OIDC_ISSUERS_MAX, struct login_view);
    for (size_t i = 0; i < oidc_count(x->deps.oidc); i++) {
        const struct oidc_issuer *issuer = oidc_at(x->deps.oidc, i);
        bool connected = false;
        for (size_t k = 0; k < n; k++)
            connected = connected || str_eq(list[k].issuer, issuer->issuer);
        if (!connected)
            views[v->others_n++] = (struct login_view){ .name = issuer->label,
                .action = str_cat(cx->arena, S("/account/security/connect/"), issuer->name) };
    }
    v->others = views;
}

err entrance_get_logins_page(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct entrance *x = service;
    const struct entrance_trip *in = body;
    struct logins_view *v = NEW(cx->arena, struct logins_view);
    struct identity_way *list;
    size_t n;
    err e = identity_way_list(x->deps.identity, cx, cx->who.user_id, &list, &n);
    if (e)
        return e;
    fill_connected(x, cx, list, n, v);
    fill_others(x, cx, list, n, v);
    for (size_t i = 0; saids[i]; i++)
        if (str_eq(in->said, str_from_c(saids[i])))
            v->alert = &alerts[i];
    return reply_page(reply, 200, &logins_page, v,
        (struct page_head){ .title = S("Connected logins"), .noindex = true });
}

struct removal {
    struct entrance *x;
    id login_id;
};

static err do_remove(void *arg, struct cx *cx)
{
    struct removal *w = arg;
    return remove_one(w->x, cx, w->login_id);
}

/* The last way in is found out after the removal, which is undone then: so the unit is opened here.
 */
err entrance_post_login_remove(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct entrance_trip *in = body;
    struct removal w = { service, in->login_id };
    err e = db_write_wait(w.x->deps.db, cx, id_hash(cx->who.user_id), do_remove, &w);
    if (e && e != &IDENTITY_WAY_LAST)
        return e;
    cx_clear(cx);
    return reply_redirect(reply, e ? S(LOGINS "?said=last") : S(LOGINS "?said=removed"));
}

static const struct json_field query_fields[] = {
    JSON_STR(struct entrance_trip, said, .at = AT_QUERY, .one_of = saids),
};
const struct json_shape entrance_logins_query_shape =
    JSON_SHAPE("LoginsQuery", struct entrance_trip, query_fields);
static const struct json_field path_fields[] = {
    JSON_ID(struct entrance_trip, login_id, .at = AT_PATH, .required = true),
};
const struct json_shape entrance_login_path_shape =
    JSON_SHAPE("ConnectedLoginPath", struct entrance_trip, path_fields);
const struct json_shape entrance_login_page_path_shape =
    JSON_SHAPE("ConnectedLoginPagePath", struct entrance_trip, path_fields);
const problem *const entrance_login_problems[] = { &IDENTITY_WAY_UNKNOWN, &IDENTITY_WAY_LAST,
    NULL };
