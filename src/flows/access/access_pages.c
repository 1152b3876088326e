/* SPDX-License-Identifier: Apache-2.0
 * One's keys as a page, and the table of this flow's pages and forms. Called by the gateway; the
 * key stands on the page that made it and nowhere else. */
#include "base/instant.h"
#include "flows/access/access_staff.h"
#include "platform/http/route.h"
#include "platform/web/web_format.h"

#define HERE "/account/keys"
#define PER_MINUTE 600

struct page_in {
    id key_id;
    str name, days, said;
    str *scopes;
    size_t scopes_n;
};
static const char *const saids[] = { "revoked", NULL };
static const struct json_field query_fields[] = {
    JSON_STR(struct page_in, said, .at = AT_QUERY, .one_of = saids),
};
static const struct json_shape query_shape = JSON_SHAPE("KeysQuery", struct page_in, query_fields);
static const char *const days[] = { "30", "90", "365", "0", NULL };
static const struct json_field form_fields[] = {
    JSON_STR(struct page_in, name, .max = 1000),
    JSON_STR(struct page_in, days, .one_of = days),
    JSON_STRS(struct page_in, scopes, .max = SCOPES_N),
};
static const struct json_shape form_shape = JSON_SHAPE("KeyForm", struct page_in, form_fields);
static const struct json_field path_fields[] = {
    JSON_ID(struct page_in, key_id, .at = AT_PATH, .required = true),
};
static const struct json_shape path_shape = JSON_SHAPE("KeyFormPath", struct page_in, path_fields);

static str day(struct cx *cx, int64_t ms)
{
    return instant_day_long(cx->arena, ms);
}

static struct access_key_view key_view(struct cx *cx, const struct credentials_key *k)
{
    struct access_key_view v = {
        .name = k->name, .prefix = k->prefix, .scopes = scope_names(cx->arena, k->scopes)
    };
    bool over = k->expires_ms && k->expires_ms <= cx->now_ms;
    v.used = k->used_ms ? str_cat(cx->arena, S("Last used on "), day(cx, k->used_ms))
                        : S("Not used yet");
    if (k->revoked_ms)
        v.state = str_cat(cx->arena, S("Revoked on "), day(cx, k->revoked_ms));
    else if (k->expires_ms)
        v.state =
            str_cat(cx->arena, over ? S("Ran out on ") : S("Good until "), day(cx, k->expires_ms));
    else
        v.state = S("Good until it is revoked");
    if (!k->revoked_ms && !over)
        v.revoke =
            str_fmt(cx->arena, HERE "/" STR_F "/revoke", STR_A(id_text(cx->arena, k->key_id)));
    return v;
}

static void fill_choices(
    struct cx *cx, const struct page_in *in, uint64_t may, struct access_view *v)
{
    struct access_choice_view *list = NEW_N(cx->arena, SCOPES_N, struct access_choice_view);
    for (enum scope s = SCOPE_UNSET; s < SCOPES_N; s++) {
        if (!(may & SCOPE_BIT(s)))
            continue;
        struct access_choice_view c = { .value = str_from_c(scope_info(s)->name),
            .label = str_from_c(scope_info(s)->text) };
        for (size_t i = 0; i < in->scopes_n; i++)
            c.on = c.on || str_eq(in->scopes[i], c.value);
        list[v->choices_n++] = c;
    }
    v->choices = list;
}

static void fill_fields(struct cx *cx, const struct page_in *in, const struct field_error *faults,
    struct access_view *v)
{
    static const struct option_view ready[] = { { S_INIT("30"), S_INIT("30 days"), false },
        { S_INIT("90"), S_INIT("90 days"), false }, { S_INIT("365"), S_INIT("A year"), false },
        { S_INIT("0"), S_INIT("Until it is revoked"), false } };
    struct option_view *options = NEW_N(cx->arena, COUNT(ready), struct option_view);
    struct field_view *fields = NEW_N(cx->arena, 2, struct field_view);
    for (size_t i = 0; i < COUNT(ready); i++) {
        options[i] = ready[i];
        options[i].selected = str_eq(ready[i].value, in->days.n ? in->days : S("90"));
    }
    fields[0] = (struct field_view){ .name = S("name"),
        .label = S("What it is for"),
        .type = S("text"),
        .value = in->name,
        .max = CREDENTIALS_NAME_MAX,
        .required = true };
    fields[1] = (struct field_view){ .name = S("days"),
        .label = S("Good for"),
        .select = true,
        .options = options,
        .options_n = COUNT(ready) };
    for (const struct field_error *f = faults; f; f = f->next)
        if (str_eq(f->pointer, S("/name")))
            fields[0].error = web_sentence(cx->arena, f->detail);
    v->fields = fields;
    v->fields_n = 2;
}

static const struct alert_view *alert(struct cx *cx, const char *kind, str title, str text)
{
    struct alert_view *v = NEW(cx->arena, struct alert_view);
    *v = (struct alert_view){ .kind = str_from_c(kind), .title = title, .text = text };
    return v;
}

struct shown {
    int status;
    str secret;
    const struct alert_view *alert;
    const struct field_error *faults;
};

static err show(struct access *a, struct cx *cx, const struct page_in *in, struct shown how,
    struct reply *reply)
{
    struct credentials_key *list;
    struct access_view *v = NEW(cx->arena, struct access_view);
    err e = credentials_list(a->deps.credentials, cx, cx->who.user_id, &list, &v->keys_n);
    if (e)
        return e;
    struct access_key_view *keys = NEW_N(cx->arena, v->keys_n, struct access_key_view);
    for (size_t i = 0; i < v->keys_n; i++)
        keys[i] = key_view(cx, &list[i]);
    v->keys = keys;
    v->secret = how.secret;
    if (how.secret.n && v->keys_n)
        v->client_id = id_text(cx->arena, list[0].key_id);
    v->alert = how.alert;
    fill_choices(cx, in, access_grantable(cx), v);
    fill_fields(cx, in, how.faults, v);
    return reply_page(reply, how.status, &access_keys_page, v,
        (struct page_head){ .title = S("Keys"), .noindex = true });
}

static err get_keys(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct page_in *in = body;
    struct shown how = { .status = 200 };
    if (in->said.n)
        how.alert = alert(cx, "good", S("The key is revoked."), S("Nobody gets in with it."));
    return show(service, cx, in, how, reply);
}

static err post_key(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct page_in *in = body;
    struct shown how = { .status = 200 };
    struct credentials_key key = { .name = str_trim(in->name), .per_minute = PER_MINUTE };
    int64_t n = 0;
    if (str_to_i64(in->days, &n) && n > 0)
        key.expires_ms = cx->now_ms + n * DAY_MS;
    for (size_t i = 0; i < in->scopes_n; i++)
        key.scopes |= SCOPE_BIT(scope_named(in->scopes[i]));
    err e = access_key_add(service, cx, key, &key, &how.secret);
    if (e && e != &ERR_INVALID && e != &CREDENTIALS_FULL)
        return e;
    if (e) { /* refused before anything was written */
        how = (struct shown){ .status = 422, .faults = cx->fields };
        how.alert = alert(cx, "bad", S("No key was made."),
            e == &CREDENTIALS_FULL ? str_from_c(e->title)
                                   : S("It needs a name, and at least one permission of yours."));
        cx_clear(cx);
        return show(service, cx, in, how, reply);
    }
    how.alert = alert(cx, "good", S("The key is made."), S("It is shown this once: keep it now."));
    return show(service, cx, &(struct page_in){ .scopes_n = 0 }, how, reply);
}

static err post_revoke(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct access *a = service;
    const struct page_in *in = body;
    err e = credentials_revoke(a->deps.credentials, cx, in->key_id, cx->who.user_id);
    return e ? e : reply_redirect(reply, S(HERE "?said=revoked"));
}

static const struct html_field choice_fields[] = {
    HTML_TEXT(struct access_choice_view, value),
    HTML_TEXT(struct access_choice_view, label),
    HTML_FLAG(struct access_choice_view, on),
    HTML_END,
};
static const struct html_field key_fields[] = {
    HTML_TEXT(struct access_key_view, name),
    HTML_TEXT(struct access_key_view, prefix),
    HTML_TEXT(struct access_key_view, scopes),
    HTML_TEXT(struct access_key_view, state),
    HTML_TEXT(struct access_key_view, used),
    HTML_TEXT(struct access_key_view, revoke),
    HTML_END,
};
static const struct html_field keys_fields[] = {
    HTML_TEXT(struct access_view, secret),
    HTML_TEXT(struct access_view, client_id),
    HTML_OBJECT(struct access_view, alert, alert_fields),
    HTML_LIST(struct access_view, keys, key_fields),
    HTML_LIST(struct access_view, choices, choice_fields),
    HTML_LIST(struct access_view, fields, field_fields),
    HTML_END,
};
const struct html_page access_keys_page = { "src/flows/access/pages/keys.html", keys_fields };

#define PAGE(m, p, s, ...)                                                                         \
    {                                                                                              \
        .method = m, .path = p, .surface = SURFACE_PAGE, .scope = s, __VA_ARGS__                   \
    }
const struct route access_page_routes[] = {
    PAGE("GET", HERE, SCOPE_USER, .in_person = true, .unit = UNIT_READ, .in = &query_shape,
        .fn = get_keys, .summary = "One's keys for third parties"),
    PAGE("POST", HERE, SCOPE_USER, .in_person = true, .step_up = true, .unit = UNIT_WRITE,
        .limit = LIMIT_CODE, .in = &form_shape, .fn = post_key, .conflict = access_user_conflict,
        .summary = "Make one; it is shown this once"),
    PAGE("POST", HERE "/{keyId}/revoke", SCOPE_USER, .in_person = true, .unit = UNIT_WRITE,
        .in = &path_shape, .fn = post_revoke, .conflict = access_user_conflict,
        .summary = "Revoke one"),
    PAGE("POST", "/admin/users/{userId}/roles", SCOPE_ROLES, .in_person = true, .step_up = true,
        .unit = UNIT_WRITE, .in = &access_roles_form, .fn = access_form_roles,
        .conflict = access_roles_conflict, .summary = "Give and take roles, with a reason"),
    PAGE("POST", "/admin/users/{userId}/sessions", SCOPE_SESSIONS, .in_person = true,
        .unit = UNIT_WRITE, .in = &access_person_form, .fn = access_form_sessions,
        .summary = "End all sessions of somebody, with a reason"),
    PAGE("POST", "/admin/users/{userId}/act-as", SCOPE_ACT_AS, .in_person = true, .step_up = true,
        .unit = UNIT_WRITE, .limit = LIMIT_CODE, .in = &access_person_form, .fn = access_form_act,
        .summary = "Act as somebody for a quarter of an hour, with a reason"),
    PAGE("POST", "/act-as/end", SCOPE_USER, .unit = UNIT_WRITE, .fn = access_form_act_end,
        .summary = "Stop acting as somebody"),
    PAGE("POST", "/admin/keys/{keyId}/revoke", SCOPE_KEYS, .in_person = true, .unit = UNIT_WRITE,
        .in = &access_key_form, .fn = access_form_key, .summary = "Revoke anybody's key"),
    ROUTES_END,
};
