/* SPDX-License-Identifier: Apache-2.0
 * What somebody likes, as JSON and as a page; the browser is told the look by a cookie, so that no
 * page has to ask. Called by the gateway; must never tell one person's browser another's look. */
#include <assert.h>

#include "flows/account/account_page_parts.h"
#include "services/pricing/pricing.h"

/* ---- as JSON ---- */

static const struct json_field shown_fields[] = {
    JSON_STR(struct identity_preferences, appearance, .required = true,
        .one_of = identity_look_names, .doc = "of pages"),
    JSON_STR(struct identity_preferences, delivery_speed, .required = true,
        .one_of = pricing_speed_names, .doc = "that the checkout proposes"),
};
const struct json_shape account_preferences_shape =
    JSON_SHAPE("Preferences", struct identity_preferences, shown_fields);
static const struct json_field change_fields[] = {
    JSON_STR(struct identity_preferences, appearance, .one_of = identity_look_names),
    JSON_STR(struct identity_preferences, delivery_speed, .one_of = pricing_speed_names),
};
const struct json_shape account_preferences_in_shape =
    JSON_SHAPE("PreferencesChange", struct identity_preferences, change_fields);

/* Where in a list of names ending with NULL; -1: nowhere. */
static int index_of(const char *const *names, str name)
{
    for (int i = 0; names[i]; i++)
        if (str_eq(name, str_from_c(names[i])))
            return i;
    return -1;
}

/* Who chose no speed, or one that there is no more, gets the usual one. */
static struct identity_preferences in_force(struct identity_preferences likes)
{
    if (index_of(pricing_speed_names, likes.delivery_speed) < 0)
        likes.delivery_speed = str_from_c(pricing_speed_names[PRICING_STANDARD]);
    return likes;
}

static err reply_likes(struct cx *cx, struct identity_preferences likes, struct reply *reply)
{
    struct identity_preferences *shown = NEW(cx->arena, struct identity_preferences);
    *shown = in_force(likes);
    return reply_json(reply, 200, &account_preferences_shape, shown);
}

err account_get_preferences(void *service, struct cx *cx, const void *in, struct reply *reply)
{
    struct account *a = service;
    struct identity_preferences likes;
    (void)in;
    err e = identity_preferences_get(a->deps.identity, cx, cx->who.user_id, &likes);
    return e ? e : reply_likes(cx, likes, reply);
}

err account_patch_preferences(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct account *a = service;
    const struct identity_preferences *in = body;
    struct identity_preferences likes;
    err e = identity_preferences_set(a->deps.identity, cx, cx->who.user_id, *in, &likes);
    return e ? e : reply_likes(cx, likes, reply);
}

/* ---- the page ---- */

/* Form: POST /account/preferences (appearance, deliverySpeed). */
struct preferences_view {
    str csrf;
    const struct alert_view *alert;
    const struct field_view *fields;
    size_t fields_n;
};
static const struct html_field view_fields[] = {
    HTML_TEXT(struct preferences_view, csrf),
    HTML_OBJECT(struct preferences_view, alert, alert_fields),
    HTML_LIST(struct preferences_view, fields, field_fields),
    HTML_END,
};
const struct html_page account_preferences_page = { "src/flows/account/pages/preferences.html",
    view_fields };

enum { LOOK, SPEED, FIELDS_N };
static const struct field_view ready_fields[FIELDS_N] = {
    [LOOK] = { .name = S_INIT("appearance"),
        .label = S_INIT("Appearance"),
        .hint = S_INIT("How the shop looks in every browser in which you are signed in."),
        .select = true },
    [SPEED] = { .name = S_INIT("deliverySpeed"),
        .label = S_INIT("Delivery"),
        .hint = S_INIT("What the checkout chooses for you where it is offered, else standard. You "
                       "can choose otherwise for each order."),
        .select = true },
};

struct likes_in {
    str appearance, delivery_speed, said;
};
static const char *const saids[] = { "saved", NULL };
static const struct json_field query_fields[] = {
    JSON_STR(struct likes_in, said, .at = AT_QUERY, .one_of = saids),
};
const struct json_shape account_preferences_query =
    JSON_SHAPE("PreferencesQuery", struct likes_in, query_fields);
/* Wider than what is accepted: what is wrong is said at its field. */
static const struct json_field form_fields[] = {
    JSON_STR(struct likes_in, appearance, .max = 100),
    JSON_STR(struct likes_in, delivery_speed, .max = 100),
};
const struct json_shape account_preferences_form =
    JSON_SHAPE("PreferencesForm", struct likes_in, form_fields);

static const char *const look_labels[] = { "As my device has it", "Light", "Dark" };
static_assert(COUNT(look_labels) == IDENTITY_LOOKS_N, "a label for each look");

static void fill_options(struct cx *cx, struct field_view *field, const char *const *names,
    const char *const *labels, str chosen)
{
    struct option_view *list = NEW_N(cx->arena, IDENTITY_LOOKS_N + PRICING_SPEEDS_N,
        struct option_view); /* more than either has */
    size_t n = 0;
    for (; names[n]; n++)
        list[n] = (struct option_view){ str_from_c(names[n]), str_from_c(labels[n]),
            str_eq(chosen, str_from_c(names[n])) };
    field->options = list;
    field->options_n = n;
}

static const struct alert_view saved = { .kind = S_INIT("good"), .title = S_INIT("Saved") };

static err show(struct cx *cx, struct identity_preferences likes, const struct field_error *faults,
    bool said, struct reply *reply)
{
    struct preferences_view *v = NEW(cx->arena, struct preferences_view);
    struct field_view *fields = account_fields(cx, ready_fields, FIELDS_N);
    fill_options(cx, &fields[LOOK], identity_look_names, look_labels, likes.appearance);
    fill_options(
        cx, &fields[SPEED], pricing_speed_names, pricing_speed_labels, likes.delivery_speed);
    web_place_faults(cx->arena, faults, fields, FIELDS_N);
    v->fields = fields;
    v->fields_n = FIELDS_N;
    if (faults)
        v->alert = account_alert(cx, S("Something is to be mended"), fields, FIELDS_N);
    else if (said)
        v->alert = &saved;
    return reply_page(reply, faults ? 422 : 200, &account_preferences_page, v,
        (struct page_head){ .title = S("Preferences"), .noindex = true });
}

/* The cookie follows what was chosen: another browser learns of it here. */
err account_get_preferences_page(
    void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct account *a = service;
    const struct likes_in *in = body;
    struct identity_preferences likes;
    err e = identity_preferences_get(a->deps.identity, cx, cx->who.user_id, &likes);
    if (e)
        return e;
    if (id_is_none(cx->who.behind_id)) /* staff keep their own */
        account_look_cookie(reply, likes.appearance);
    return show(cx, in_force(likes), NULL, in->said.n > 0, reply);
}

static void check(struct cx *cx, struct identity_preferences in)
{
    if (in.appearance.p && index_of(identity_look_names, in.appearance) < 0)
        cx_field(cx, S("/appearance"), "not_allowed", "choose one of these");
    if (in.delivery_speed.p && index_of(pricing_speed_names, in.delivery_speed) < 0)
        cx_field(cx, S("/deliverySpeed"), "not_allowed", "choose one of these");
}

err account_post_preferences(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct account *a = service;
    const struct likes_in *typed = body;
    struct identity_preferences in = { typed->appearance, typed->delivery_speed }, likes;
    check(cx, in);
    const struct field_error *faults = cx->fields;
    if (faults) {
        cx_clear(cx);
        return show(cx, in, faults, false, reply);
    }
    err e = identity_preferences_set(a->deps.identity, cx, cx->who.user_id, in, &likes);
    if (e)
        return e;
    account_look_cookie(reply, likes.appearance);
    return reply_redirect(reply, S("/account/preferences?said=saved"));
}
