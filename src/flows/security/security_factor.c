/* SPDX-License-Identifier: Apache-2.0
 * The doors of the second factor: turning it on and off, recovery codes, and proving oneself once
 * more. Called by the gateway through the table in security_pages.c. Must never show a secret that
 * is in force. */
#include "flows/security/security_forms.h"
#include "platform/qr/qr.h"
#include "platform/web/web_next.h"

#define FACTOR "/account/security/factor"
#define PASSWORD                                                                                   \
    {                                                                                              \
        .name = S_INIT("password"), .label = S_INIT("Your password"), .type = S_INIT("password"),  \
        .autocomplete = S_INIT("current-password"), .max = 256, .required = true                   \
    }
#define CODE                                                                                       \
    {                                                                                              \
        .name = S_INIT("code"), .label = S_INIT("Code"), .type = S_INIT("text"),                   \
        .hint = S_INIT("Six digits of your authenticator, or a recovery code."),                   \
        .autocomplete = S_INIT("one-time-code"), .max = 40, .required = true                       \
    }
#define BACK                                                                                       \
    {                                                                                              \
        .label = S_INIT("Back to security"), .href = S_INIT("/account/security")                   \
    }
static const struct field_view password_fields[] = { PASSWORD };
static const struct field_view code_fields[] = { CODE };
static const struct field_view both_fields[] = { PASSWORD, CODE };

static const struct door begin = { FACTOR, "Turn on a second factor",
    "Signing in will need your password and a code of an app on your telephone: any that knows "
    "TOTP, such as Aegis, FreeOTP or Google Authenticator.",
    "Go on", password_fields, COUNT(password_fields), BACK };
static const struct door confirm = { FACTOR "/confirm", "Scan this with your app",
    "Then type the six digits that it shows.", "Turn on", code_fields, COUNT(code_fields), BACK };
static const struct door off = { FACTOR "/off", "Your second factor is on",
    "Turning it off leaves your account with the password alone.", "Turn it off", both_fields,
    COUNT(both_fields), BACK };
static const struct door codes = { FACTOR "/codes", "New recovery codes",
    "The old ones will not be good any more.", "Make new codes", both_fields, COUNT(both_fields),
    BACK };
static const struct door prove = { "/account/confirm", "Is it you?",
    "What you want to do needs your password once more.", "Go on", password_fields,
    COUNT(password_fields),
    { .label = S_INIT("Back to your account"), .href = S_INIT("/account") } };
static const struct door prove_both = { "/account/confirm", "Is it you?",
    "What you want to do needs your password and a code once more.", "Go on", both_fields,
    COUNT(both_fields), { .label = S_INIT("Back to your account"), .href = S_INIT("/account") } };

/* ---- on ---- */

err forms_get_factor(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    struct identity_factor f;
    err e = identity_factor_get(x->deps.identity, cx, cx->who.user_id, &f);
    if (e)
        return e;
    if (!f.on)
        return door_show(cx, &begin, body, reply);
    return door_show_more(cx, &off, body,
        (struct door_more){
            .link = { .label = S("Make new recovery codes"), .href = S(FACTOR "/codes") } },
        reply);
}

/* Of a form with the password: checked on a worker. */
err forms_before_proof(void *service, struct cx *cx, void *body)
{
    struct security *x = service;
    struct door_in *in = body;
    return door_keep(
        cx, in, identity_check_password(x->deps.identity, cx, cx->who.user_id, in->password));
}

err forms_post_factor(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    const struct door_in *in = body;
    if (in->failed)
        return door_show(cx, &begin, in, reply);
    err e = identity_factor_begin(x->deps.identity, cx, cx->who.user_id);
    return e ? e : reply_redirect(reply, door_on(cx, S(FACTOR "/confirm"), in->next));
}

/* In fours, as people type and lines break. */
static str in_fours(struct arena *arena, str secret)
{
    struct buf out = { .arena = arena };
    for (size_t i = 0; i < secret.n; i += 4) {
        if (i)
            buf_add(&out, S(" "));
        buf_add(&out, str_sub(secret, i, 4));
    }
    return buf_str(&out);
}

static err show_confirm(
    struct security *x, struct cx *cx, const struct door_in *in, struct reply *reply)
{
    struct identity_factor f;
    err e = identity_factor_get(x->deps.identity, cx, cx->who.user_id, &f);
    if (e)
        return e;
    if (!f.pending)
        return reply_redirect(reply, door_on(cx, S(FACTOR), in->next));
    return door_show_more(cx, &confirm, in,
        (struct door_more){
            .picture = S(FACTOR "/qr.svg"), .secret = in_fours(cx->arena, f.secret) },
        reply);
}

err forms_get_factor_confirm(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    return show_confirm(service, cx, body, reply);
}

err forms_get_qr(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    struct identity_factor f;
    str svg;
    (void)body;
    err e = identity_factor_get(x->deps.identity, cx, cx->who.user_id, &f);
    if (!e && !f.pending)
        e = FAIL(cx, ERR_MISSING, "no second factor is being turned on");
    if (!e)
        e = qr_svg(cx, f.uri, &svg);
    return e ? e : reply_bytes(reply, 200, S("image/svg+xml"), svg);
}

/* The session has a second factor from now on: its token says so. */
static err renew(struct security *x, struct cx *cx, bool factor, struct reply *reply)
{
    struct identity_user user;
    struct identity_session session;
    err e = identity_login_prove(x->deps.identity, cx, cx->who.session_id, factor, &user, &session);
    if (!e)
        reply_add_cookie(reply, (struct reply_cookie){ .name = S("souk_at"),
                                    .value = session.access_token,
                                    .max_age_s = session.expires_in_s });
    return e;
}

static err show_codes(
    struct cx *cx, const struct door *door, const str *list, str next, struct reply *reply)
{
    struct text_view *views = NEW_N(cx->arena, IDENTITY_RECOVERY_CODES, struct text_view);
    struct door *shown = NEW(cx->arena, struct door); /* the page is made when we are gone */
    *shown = (struct door){ .path = door->path,
        .title = "Keep these recovery codes",
        .text =
            "Each is good once, for the day on which your app is not at hand. They are shown "
            "this once.",
        .button = "",
        .back = door->back };
    for (size_t i = 0; i < IDENTITY_RECOVERY_CODES; i++)
        views[i].text = list[i];
    struct door_more more = { .codes = views, .codes_n = IDENTITY_RECOVERY_CODES };
    str on = web_next(next, (str){ 0 });
    if (on.n)
        more.link = (struct link_view){ .label = S("I have kept them: go on"), .href = on };
    return door_show_more(cx, shown, &(struct door_in){ .factor = true }, more, reply);
}

err forms_post_factor_confirm(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    struct door_in in = *(const struct door_in *)body;
    str list[IDENTITY_RECOVERY_CODES];
    err e = identity_factor_confirm(
        x->deps.identity, cx, cx->who.user_id, cx->who.session_id, in.code, list);
    if (e == &IDENTITY_FACTOR_WRONG) { /* refused before anything was written */
        e = door_keep(cx, &in, e);
        return e ? e : show_confirm(x, cx, &in, reply);
    }
    if (!e)
        e = renew(x, cx, true, reply);
    return e ? e : show_codes(cx, &confirm, list, in.next, reply);
}

/* ---- off, and new codes ---- */

/* The code, after the password; *ret_shown: the form was shown again. */
static err check_code(struct security *x, struct cx *cx, const struct door *door,
    const struct door_in *in, struct reply *reply, bool *ret_shown)
{
    struct door_in kept = *in;
    bool on = false;
    *ret_shown = false;
    err e = in->failed
                ? NULL
                : identity_factor_check(x->deps.identity, cx, cx->who.user_id, in->code, &on);
    if (!in->failed)
        e = door_keep(cx, &kept, e);
    if (e || !kept.failed)
        return e;
    *ret_shown = true;
    return door_show(cx, door, &kept, reply);
}

err forms_post_factor_off(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    bool shown;
    err e = check_code(x, cx, &off, body, reply, &shown);
    if (e || shown)
        return e;
    e = identity_factor_remove(x->deps.identity, cx, cx->who.user_id);
    return e ? e : reply_redirect(reply, S("/account/security?said=off"));
}

err forms_get_codes(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    (void)service;
    return door_show(cx, &codes, body, reply);
}

err forms_post_codes(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    struct identity_factor f;
    str list[IDENTITY_RECOVERY_CODES];
    bool shown;
    err e = check_code(x, cx, &codes, body, reply, &shown);
    if (e || shown)
        return e;
    e = identity_factor_get(x->deps.identity, cx, cx->who.user_id, &f);
    if (!e && !f.on)
        return reply_redirect(reply, S(FACTOR));
    if (!e)
        e = identity_recovery_renew(x->deps.identity, cx, cx->who.user_id, list);
    return e ? e : show_codes(cx, &codes, list, (str){ 0 }, reply);
}

/* ---- once more ---- */

static err prove_door(struct security *x, struct cx *cx, const struct door **ret)
{
    struct identity_factor f;
    err e = identity_factor_get(x->deps.identity, cx, cx->who.user_id, &f);
    *ret = !e && f.on ? &prove_both : &prove;
    return e;
}

err forms_get_prove(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct door_in in = *(const struct door_in *)body;
    const struct door *door;
    struct security *x = service;
    struct door_more more = { .codes_n = 0 };
    struct identity_passkey *list;
    size_t n = 0;
    in.next = web_next(in.next, (str){ 0 });
    err e = prove_door(x, cx, &door);
    if (!e)
        e = identity_passkey_list(x->deps.identity, cx, cx->who.user_id, &list, &n);
    if (n > 0)
        more.link = (struct link_view){ .label = S("Use a passkey instead"),
            .href = str_cat(cx->arena, S("/account/confirm/passkey?next="),
                str_url_encode(cx->arena, in.next)) };
    return e ? e : door_show_more(cx, door, &in, more, reply);
}

err forms_post_prove(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    const struct door_in *in = body;
    const struct door *door;
    bool shown;
    err e = prove_door(x, cx, &door);
    if (!e)
        e = check_code(x, cx, door, in, reply, &shown);
    if (e || shown)
        return e;
    e = renew(x, cx, door == &prove_both, reply);
    return e ? e : reply_redirect(reply, web_next(in->next, S("/account")));
}
