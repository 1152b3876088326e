/* SPDX-License-Identifier: Apache-2.0
 * The page of privacy: consents, archives, erasure. Called by the gateway; works without scripts:
 * each act is a form of its own. Must never show another's. */
#include "base/instant.h"
#include "flows/privacy/privacy_internal.h"
#include "flows/privacy/privacy_views.h"
#include "platform/http/route.h"

static const struct html_field consent_fields[] = {
    HTML_TEXT(struct privacy_consent_view, csrf),
    HTML_TEXT(struct privacy_consent_view, purpose),
    HTML_TEXT(struct privacy_consent_view, label),
    HTML_TEXT(struct privacy_consent_view, text),
    HTML_TEXT(struct privacy_consent_view, state),
    HTML_TEXT(struct privacy_consent_view, next),
    HTML_TEXT(struct privacy_consent_view, action),
    HTML_END,
};
static const struct html_field export_fields[] = {
    HTML_TEXT(struct privacy_export_view, href),
    HTML_TEXT(struct privacy_export_view, day),
    HTML_TEXT(struct privacy_export_view, note),
    HTML_END,
};
static const struct html_field privacy_fields[] = {
    HTML_TEXT(struct privacy_view, csrf),
    HTML_TEXT(struct privacy_view, erasure),
    HTML_OBJECT(struct privacy_view, alert, alert_fields),
    HTML_LIST(struct privacy_view, consents, consent_fields),
    HTML_LIST(struct privacy_view, exports, export_fields),
    HTML_END,
};
const struct html_page privacy_page = { "src/flows/privacy/pages/privacy.html", privacy_fields };
const struct html_page *const privacy_pages[] = { &privacy_page, NULL };

static const struct {
    str label, text;
} purposes[PRIVACY_PURPOSES_N] = {
    [PRIVACY_ANALYTICS] = { S_INIT("Counting visits"),
        S_INIT("We count what is looked at and bought, without noting who did.") },
    [PRIVACY_PERSONALISATION] = { S_INIT("Results of your own"),
        S_INIT("Searches put what is like your own orders a little higher.") },
    [PRIVACY_MARKETING] = { S_INIT("News by mail"),
        S_INIT("A mail now and then about what is new. Mails about orders come anyway.") },
};

struct page_in {
    str said, purpose;
    bool granted;
    id export_id;
};
static const char *const saids[] = { "saved", "asked", "erase", "kept", "open", "running", NULL };
static const struct alert_view alerts[] = {
    { .kind = S_INIT("good"), .title = S_INIT("Your choice is noted") },
    { .kind = S_INIT("good"), .title = S_INIT("The archive is being made; a mail will tell") },
    { .kind = S_INIT("good"), .title = S_INIT("Your account will be erased") },
    { .kind = S_INIT("good"), .title = S_INIT("Your account stays") },
    { .kind = S_INIT("bad"),
        .title = S_INIT("Orders or payouts are still under way"),
        .text = S_INIT("The account can be erased when they have come to their end.") },
    { .kind = S_INIT("bad"), .title = S_INIT("An archive is being made already") },
};

static err fill_consents(struct privacy *p, struct cx *cx, struct privacy_view *v)
{
    struct privacy_consent now[PRIVACY_PURPOSES_N];
    struct privacy_consent_view *views =
        NEW_N(cx->arena, PRIVACY_PURPOSES_N, struct privacy_consent_view);
    err e = privacy_consent_get(p, cx, cx->who.user_id, now);
    for (int k = 0; !e && k < PRIVACY_PURPOSES_N; k++) {
        str since = now[k].at_ms ? str_cat(cx->arena, S(" since "),
                                       instant_day_long(cx->arena, now[k].at_ms))
                                 : S("");
        views[k] = (struct privacy_consent_view){ .purpose = str_from_c(privacy_purpose_names[k]),
            .label = purposes[k].label,
            .text = purposes[k].text,
            .state = str_cat(cx->arena, now[k].granted ? S("Agreed") : S("Not agreed"), since),
            .next = now[k].granted ? S("false") : S("true"),
            .action = now[k].granted ? S("Take it back") : S("Agree") };
    }
    v->consents = views;
    v->consents_n = PRIVACY_PURPOSES_N;
    return e;
}

static err fill_exports(struct privacy *p, struct cx *cx, struct privacy_view *v)
{
    struct privacy_export *list;
    err e = privacy_export_list(p, cx, cx->who.user_id, &list, &v->exports_n);
    if (e)
        return e;
    struct privacy_export_view *views =
        NEW_N(cx->arena, v->exports_n + 1, struct privacy_export_view);
    for (size_t i = 0; i < v->exports_n; i++) {
        views[i].day = instant_day_long(cx->arena, list[i].asked_ms);
        views[i].note =
            str_cat(cx->arena, S("Kept until "), instant_day_long(cx->arena, list[i].expires_ms));
        if (list[i].ready)
            views[i].href = str_cat(
                cx->arena, S("/account/privacy/exports/"), id_text(cx->arena, list[i].export_id));
    }
    v->exports = views;
    return NULL;
}

static err get_privacy(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct privacy *p = service;
    const struct page_in *in = body;
    struct privacy_view *v = NEW(cx->arena, struct privacy_view);
    struct privacy_erasure erasure;
    err e = fill_consents(p, cx, v);
    if (!e)
        e = fill_exports(p, cx, v);
    if (!e)
        e = privacy_erase_get(p, cx, cx->who.user_id, &erasure);
    if (e)
        return e;
    if (erasure.asked)
        v->erasure = str_cat(cx->arena, S("Your account will be erased on "),
            instant_day_long(cx->arena, erasure.due_ms));
    for (size_t i = 0; saids[i]; i++)
        if (str_eq(in->said, str_from_c(saids[i])))
            v->alert = &alerts[i];
    return reply_page(
        reply, 200, &privacy_page, v, (struct page_head){ .title = S("Privacy"), .noindex = true });
}

/* Searches of one's own are not answered with what is kept for all: flows/shop reads the cookie. */
static void tell_browser(struct reply *reply, bool on)
{
    reply_add_cookie(reply, (struct reply_cookie){ .name = S("souk_own"),
                                .value = on ? S("1") : S(""),
                                .max_age_s = on ? 180 * DAY_MS / SECOND_MS : 0 });
}

static err post_consent(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct page_in *in = body;
    enum privacy_purpose purpose = privacy_purpose_of(in->purpose);
    err e = privacy_consent_set(service, cx, cx->who.user_id, purpose, in->granted);
    if (e)
        return e;
    if (purpose == PRIVACY_PERSONALISATION)
        tell_browser(reply, in->granted);
    return reply_redirect(reply, S("/account/privacy?said=saved"));
}

static err post_export(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    id export_id;
    (void)body;
    err e = privacy_export_ask(service, cx, cx->who.user_id, &export_id);
    if (e == &PRIVACY_ASKED) {
        cx_clear(cx);
        return reply_redirect(reply, S("/account/privacy?said=running"));
    }
    return e ? e : reply_redirect(reply, S("/account/privacy?said=asked"));
}

static err get_export(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct page_in *in = body;
    str zip;
    err e = privacy_export_get(service, cx, cx->who.user_id, in->export_id, &zip);
    if (e)
        return e;
    reply_add_header(reply, S("Content-Disposition"), S("attachment; filename=\"your-data.zip\""));
    return reply_bytes(reply, 200, S("application/zip"), zip);
}

static err post_erase(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    int64_t due_ms;
    (void)body;
    err e = privacy_erase_ask(service, cx, cx->who.user_id, &due_ms);
    if (e == &PRIVACY_OPEN_ORDERS) {
        cx_clear(cx);
        return reply_redirect(reply, S("/account/privacy?said=open"));
    }
    return e ? e : reply_redirect(reply, S("/account/privacy?said=erase"));
}

static err post_keep(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    (void)body;
    err e = privacy_erase_keep(service, cx, cx->who.user_id);
    return e ? e : reply_redirect(reply, S("/account/privacy?said=kept"));
}

static uint64_t user_conflict(const struct cx *cx, const void *in)
{
    (void)in;
    return id_hash(cx->who.user_id);
}

static const struct json_field query_fields[] = {
    JSON_STR(struct page_in, said, .at = AT_QUERY, .one_of = saids),
};
static const struct json_shape query_shape =
    JSON_SHAPE("PrivacyQuery", struct page_in, query_fields);
static const struct json_field form_fields[] = {
    JSON_STR(struct page_in, purpose, .required = true, .one_of = privacy_purpose_names),
    JSON_BOOL(struct page_in, granted, .required = true),
};
static const struct json_shape form_shape =
    JSON_SHAPE("PrivacyConsentForm", struct page_in, form_fields);
static const struct json_field path_fields[] = {
    JSON_ID(struct page_in, export_id, .at = AT_PATH, .required = true),
};
static const struct json_shape path_shape =
    JSON_SHAPE("PrivacyExportPagePath", struct page_in, path_fields);
static const problem *const export_problems[] = { &PRIVACY_UNKNOWN, NULL };

#define PAGE(METHOD, PATH, UNIT, ...)                                                              \
    {                                                                                              \
        .method = METHOD, .path = PATH, .surface = SURFACE_PAGE, .scope = SCOPE_USER,              \
        .unit = UNIT, __VA_ARGS__                                                                  \
    }
const struct route privacy_page_routes[] = {
    PAGE("GET", "/account/privacy", UNIT_READ, .in = &query_shape, .fn = get_privacy,
        .summary = "What one can ask of one's data"),
    PAGE("POST", "/account/privacy/consents", UNIT_WRITE, .in_person = true, .in = &form_shape,
        .fn = post_consent, .conflict = user_conflict,
        .summary = "Agree to something, or take it back"),
    PAGE("POST", "/account/privacy/export", UNIT_WRITE, .fn = post_export, .step_up = true,
        .conflict = user_conflict, .summary = "Ask for an archive of all that is known"),
    PAGE("GET", "/account/privacy/exports/{exportId}", UNIT_READ, .in = &path_shape,
        .fn = get_export, .step_up = true, .problems = export_problems, .summary = "One's archive"),
    PAGE("POST", "/account/privacy/erase", UNIT_WRITE, .fn = post_erase, .step_up = true,
        .conflict = user_conflict, .summary = "Ask for the end of the account"),
    PAGE("POST", "/account/privacy/keep", UNIT_WRITE, .in_person = true, .fn = post_keep,
        .conflict = user_conflict, .summary = "Keep the account after all"),
    ROUTES_END,
};
