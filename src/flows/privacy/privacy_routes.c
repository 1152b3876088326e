/* SPDX-License-Identifier: Apache-2.0
 * The API of privacy: archives, erasure, consents. Called by the gateway; must never take a user's
 * id from anywhere but the token. */
#include "flows/privacy/privacy_internal.h"
#include "platform/http/route.h"

/* ---- archives ---- */
struct export_json {
    id export_id;
    bool ready;
    int64_t bytes, asked_ms, expires_ms;
};
static const struct json_field export_fields[] = {
    JSON_ID(struct export_json, export_id, .required = true),
    JSON_BOOL(struct export_json, ready, .required = true),
    JSON_INT(struct export_json, bytes, .required = true, .doc = "0: it is being made"),
    JSON_TIME(struct export_json, asked_ms, .required = true, .wire = "askedAt"),
    JSON_TIME(struct export_json, expires_ms, .required = true, .wire = "expiresAt"),
};
static const struct json_shape export_shape =
    JSON_SHAPE("DataExport", struct export_json, export_fields);
struct exports_json {
    struct export_json *exports;
    size_t exports_n;
};
static const struct json_field exports_fields[] = {
    JSON_LIST(struct exports_json, exports, export_shape, .required = true, .max = 20),
};
static const struct json_shape exports_shape =
    JSON_SHAPE("DataExportList", struct exports_json, exports_fields);
struct export_path {
    id export_id;
};
static const struct json_field path_fields[] = {
    JSON_ID(struct export_path, export_id, .at = AT_PATH, .required = true),
};
static const struct json_shape path_shape =
    JSON_SHAPE("DataExportPath", struct export_path, path_fields);

static struct export_json export_of(const struct privacy_export *x)
{
    return (struct export_json){ x->export_id, x->ready, x->bytes, x->asked_ms, x->expires_ms };
}

static err get_exports(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    struct privacy_export *list;
    struct exports_json *v = NEW(cx->arena, struct exports_json);
    (void)in;
    err e = privacy_export_list(service, cx, cx->who.user_id, &list, &v->exports_n);
    if (e)
        return e;
    v->exports = NEW_N(cx->arena, v->exports_n + 1, struct export_json);
    for (size_t i = 0; i < v->exports_n; i++)
        v->exports[i] = export_of(&list[i]);
    return reply_json(reply, 200, &exports_shape, v);
}

static err post_export(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    struct export_json *v = NEW(cx->arena, struct export_json);
    struct privacy_export *list;
    size_t n;
    id export_id;
    (void)in;
    err e = privacy_export_ask(service, cx, cx->who.user_id, &export_id);
    if (!e)
        e = privacy_export_list(service, cx, cx->who.user_id, &list, &n);
    for (size_t i = 0; !e && i < n; i++)
        if (id_eq(list[i].export_id, export_id))
            *v = export_of(&list[i]);
    return e ? e : reply_json(reply, 202, &export_shape, v);
}

static err get_export(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct export_path *in = body;
    str zip;
    err e = privacy_export_get(service, cx, cx->who.user_id, in->export_id, &zip);
    return e ? e : reply_bytes(reply, 200, S("application/zip"), zip);
}

/* ---- erasure ---- */
struct erasure_json {
    bool asked;
    int64_t due_ms;
};
static const struct json_field erasure_fields[] = {
    JSON_BOOL(struct erasure_json, asked, .required = true),
    JSON_TIME(struct erasure_json, due_ms, .wire = "dueAt", .zero_out = true),
};
static const struct json_shape erasure_shape =
    JSON_SHAPE("DataErasure", struct erasure_json, erasure_fields);

static err get_erasure(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    struct erasure_json *v = NEW(cx->arena, struct erasure_json);
    struct privacy_erasure now;
    (void)in;
    err e = privacy_erase_get(service, cx, cx->who.user_id, &now);
    if (e)
        return e;
    *v = (struct erasure_json){ now.asked, now.due_ms };
    return reply_json(reply, 200, &erasure_shape, v);
}

static err post_erasure(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    struct erasure_json *v = NEW(cx->arena, struct erasure_json);
    (void)in;
    v->asked = true;
    err e = privacy_erase_ask(service, cx, cx->who.user_id, &v->due_ms);
    return e ? e : reply_json(reply, 202, &erasure_shape, v);
}

static err delete_erasure(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    (void)in;
    err e = privacy_erase_keep(service, cx, cx->who.user_id);
    return e ? e : reply_empty(reply, 204);
}

/* ---- consents ---- */
struct consent_json {
    str purpose;
    bool granted;
    int64_t version, at_ms;
};
static const struct json_field consent_fields[] = {
    JSON_STR(struct consent_json, purpose, .required = true, .one_of = privacy_purpose_names),
    JSON_BOOL(struct consent_json, granted, .required = true),
    JSON_INT(struct consent_json, version, .zero_out = true, .doc = "of the text that was shown"),
    JSON_TIME(struct consent_json, at_ms, .wire = "changedAt", .zero_out = true),
};
static const struct json_shape consent_shape =
    JSON_SHAPE("Consent", struct consent_json, consent_fields);
struct consents_json {
    struct consent_json *consents;
    size_t consents_n;
};
static const struct json_field consents_fields[] = {
    JSON_LIST(
        struct consents_json, consents, consent_shape, .required = true, .max = PRIVACY_PURPOSES_N),
};
static const struct json_shape consents_shape =
    JSON_SHAPE("ConsentList", struct consents_json, consents_fields);
struct consent_in {
    str purpose;
    bool granted;
};
static const struct json_field consent_in_fields[] = {
    JSON_STR(struct consent_in, purpose, .required = true, .one_of = privacy_purpose_names),
    JSON_BOOL(struct consent_in, granted, .required = true),
};
static const struct json_shape consent_in_shape =
    JSON_SHAPE("ConsentChange", struct consent_in, consent_in_fields);

static err get_consents(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    struct consents_json *v = NEW(cx->arena, struct consents_json);
    struct privacy_consent now[PRIVACY_PURPOSES_N];
    (void)in;
    err e = privacy_consent_get(service, cx, cx->who.user_id, now);
    if (e)
        return e;
    v->consents_n = PRIVACY_PURPOSES_N;
    v->consents = NEW_N(cx->arena, v->consents_n, struct consent_json);
    for (int k = 0; k < PRIVACY_PURPOSES_N; k++)
        v->consents[k] = (struct consent_json){ str_from_c(privacy_purpose_names[k]),
            now[k].granted, now[k].version, now[k].at_ms };
    return reply_json(reply, 200, &consents_shape, v);
}

static err put_consent(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct consent_in *in = body;
    err e = privacy_consent_set(
        service, cx, cx->who.user_id, privacy_purpose_of(in->purpose), in->granted);
    return e ? e : get_consents(service, cx, NULL, reply);
}

static uint64_t user_conflict(const struct cx *cx, const void *in)
{
    (void)in;
    return id_hash(cx->who.user_id);
}

static const problem *const ask_problems[] = { &PRIVACY_ASKED, NULL };
static const problem *const get_problems[] = { &PRIVACY_UNKNOWN, NULL };
static const problem *const erase_problems[] = { &PRIVACY_OPEN_ORDERS, NULL };

const struct route privacy_routes[] = {
    { .method = "GET",
        .path = "/api/v1/users/me/exports",
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .out = &exports_shape,
        .fn = get_exports,
        .summary = "Archives of one's data that were asked for, the last first" },
    { .method = "POST",
        .path = "/api/v1/users/me/exports",
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .out = &export_shape,
        .status = 202,
        .step_up = true,
        .problems = ask_problems,
        .fn = post_export,
        .conflict = user_conflict,
        .summary = "Ask for an archive of all that is known; a mail tells when it is there" },
    { .method = "GET",
        .path = "/api/v1/users/me/exports/{exportId}",
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .in = &path_shape,
        .step_up = true,
        .problems = get_problems,
        .fn = get_export,
        .summary = "The archive, a ZIP of JSON files; for seven days" },
    { .method = "GET",
        .path = "/api/v1/users/me/erasure",
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .out = &erasure_shape,
        .fn = get_erasure,
        .summary = "Whether the account is to be erased" },
    { .method = "POST",
        .path = "/api/v1/users/me/erasure",
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .out = &erasure_shape,
        .status = 202,
        .step_up = true,
        .problems = erase_problems,
        .fn = post_erasure,
        .conflict = user_conflict,
        .summary = "Ask for the end of the account; until the day told it can be called off" },
    { .method = "DELETE",
        .path = "/api/v1/users/me/erasure",
        .scope = SCOPE_USER,
        .in_person = true,
        .unit = UNIT_WRITE,
        .status = 204,
        .fn = delete_erasure,
        .conflict = user_conflict,
        .summary = "Keep the account after all" },
    { .method = "GET",
        .path = "/api/v1/users/me/consents",
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .out = &consents_shape,
        .fn = get_consents,
        .summary = "What one agreed to" },
    { .method = "PUT",
        .path = "/api/v1/users/me/consents",
        .scope = SCOPE_USER,
        .in_person = true,
        .unit = UNIT_WRITE,
        .in = &consent_in_shape,
        .out = &consents_shape,
        .fn = put_consent,
        .conflict = user_conflict,
        .summary = "Agree to something, or take it back; each change is noted" },
    ROUTES_END,
};
