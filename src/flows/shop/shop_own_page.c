/* SPDX-License-Identifier: Apache-2.0
 * The page on which somebody wants an order of their own, or not. Called by the gateway; must set
 * the cookie by which such searches are not answered with what is kept for all. */
#include "base/instant.h"
#include "flows/shop/shop_internal.h"
#include "flows/shop/shop_views.h"
#include "platform/http/route.h"

#define COOKIE "souk_own"
#define COOKIE_S (180 * DAY_MS / SECOND_MS)

static const struct html_field own_fields[] = {
    HTML_TEXT(struct own_view, state),
    HTML_TEXT(struct own_view, note),
    HTML_TEXT(struct own_view, next),
    HTML_TEXT(struct own_view, action),
    HTML_TEXT(struct own_view, csrf),
    HTML_END,
};
const struct html_page shop_own_page = { "src/flows/shop/pages/own.html", own_fields };

/* The cookie follows what is chosen: another browser learns of it here. */
static void tell_browser(struct reply *reply, bool on)
{
    reply_add_cookie(reply,
        (struct reply_cookie){
            .name = S(COOKIE), .value = on ? S("1") : S(""), .max_age_s = on ? COOKIE_S : 0 });
}

err shop_get_own(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct shop *s = service;
    bool on = false;
    (void)body;
    err e =
        s->deps.behaviour ? behaviour_personal(s->deps.behaviour, cx, cx->who.user_id, &on) : NULL;
    if (e)
        return e;
    struct own_view *v = NEW(cx->arena, struct own_view);
    *v = (struct own_view){ .state = on ? S("It is on") : S("It is off"),
        .note = S("It is off for everybody who did not switch it on."),
        .next = on ? S("0") : S("1"),
        .action = on ? S("Switch it off") : S("Switch it on") };
    tell_browser(reply, on);
    return reply_page(reply, 200, &shop_own_page, v,
        (struct page_head){ .title = S("Order of results"), .noindex = true });
}

struct own_form {
    bool personal;
};
static const struct json_field own_form_fields[] = {
    JSON_BOOL(struct own_form, personal, .required = true),
};
const struct json_shape shop_own_form =
    JSON_SHAPE("OwnOrderForm", struct own_form, own_form_fields);

err shop_post_own(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct shop *s = service;
    const struct own_form *in = body;
    err e = s->deps.behaviour
                ? behaviour_set_personal(s->deps.behaviour, cx, cx->who.user_id, in->personal)
                : NULL;
    if (e)
        return e;
    tell_browser(reply, in->personal);
    return reply_redirect(reply, S("/account/ranking"));
}
