/* SPDX-License-Identifier: Apache-2.0
 * The doors of passwords and e-mails: forgotten, chosen anew, proved, changed. Called by the
 * gateway through the table in security_pages.c. Must never say whether an e-mail has an account.
 */
#include "flows/security/security_forms.h"

static const struct field_view email_fields[] = {
    { .name = S_INIT("email"),
        .label = S_INIT("E-mail"),
        .type = S_INIT("email"),
        .autocomplete = S_INIT("username"),
        .max = 254,
        .required = true },
};
#define NEW_PASSWORD                                                                               \
    {                                                                                              \
        .name = S_INIT("newPassword"), .label = S_INIT("New password"),                            \
        .type = S_INIT("password"),                                                                \
        .hint = S_INIT("At least 8 characters; a few words are best."),                            \
        .autocomplete = S_INIT("new-password"), .max = 256, .required = true                       \
    }
#define PASSWORD                                                                                   \
    {                                                                                              \
        .name = S_INIT("password"), .label = S_INIT("Your password"), .type = S_INIT("password"),  \
        .autocomplete = S_INIT("current-password"), .max = 256, .required = true                   \
    }
static const struct field_view reset_fields[] = { NEW_PASSWORD };
static const struct field_view password_fields[] = { PASSWORD, NEW_PASSWORD };
static const struct field_view change_fields[] = {
    { .name = S_INIT("email"),
        .label = S_INIT("New e-mail"),
        .type = S_INIT("email"),
        .autocomplete = S_INIT("email"),
        .max = 254,
        .required = true },
    PASSWORD,
};
#define BACK                                                                                       \
    {                                                                                              \
        .label = S_INIT("Back to security"), .href = S_INIT("/account/security")                   \
    }

static const struct door forgot = { "/forgot-password", "Forgot your password?",
    "Tell us your e-mail, and we send you a link to choose a new one.", "Send the link",
    email_fields, COUNT(email_fields),
    { .label = S_INIT("Back to signing in"), .href = S_INIT("/signin") } };
static const struct door reset = { "/reset-password", "Choose a new password",
    "All devices that are signed in will be signed out, and keys of other programs are revoked.",
    "Save the password", reset_fields, COUNT(reset_fields), { .label = { 0 } } };
static const struct option_view ways_options[] = { { S_INIT("keep"),
                                                       S_INIT("They are mine: keep them"), false },
    { S_INIT("remove"), S_INIT("Remove them all"), false } };
static const struct door verify = { "/verify-email", "Confirm your e-mail",
    "One step more: confirm that this address is yours.", "Confirm", NULL, 0, { .label = { 0 } } };
static const struct door password = { "/account/security/password", "Change your password",
    "All other devices will be signed out.", "Save the password", password_fields,
    COUNT(password_fields), BACK };
static const struct door change = { "/account/security/email", "Change your e-mail",
    "We send a link to the new address; until it is used nothing changes.", "Send the link",
    change_fields, COUNT(change_fields), BACK };

/* ---- forgotten ---- */

err forms_get_forgot(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    (void)service;
    return door_show(cx, &forgot, body, reply);
}

err forms_post_forgot(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    const struct door_in *in = body;
    err e = identity_reset_ask(x->deps.identity, cx, str_trim(in->email));
    if (e)
        return e;
    return door_done(cx, &forgot,
        S("If there is an account with this e-mail, a link is on its way to it. It is good for "
          "half "
          "an hour."),
        forgot.back, NULL, reply);
}

static const struct link_view ask_again = { .label = S_INIT("Ask for another link"),
    .href = S_INIT("/forgot-password") };

/* The door, and what else signs in to the account: somebody else may have put it there. */
static err reset_door(struct security *x, struct cx *cx, str token, const struct door **ret)
{
    struct identity_user user;
    str said;
    *ret = &reset;
    err e = identity_reset_look(x->deps.identity, cx, token, &user);
    if (!e)
        e = identity_ways_said(x->deps.identity, cx, user.user_id, &said);
    if (e || !said.n)
        return e;
    struct door *door = NEW(cx->arena, struct door);
    struct field_view *fields = NEW_N(cx->arena, 2, struct field_view);
    fields[0] = reset_fields[0];
    fields[1] = (struct field_view){ .name = S("ways"),
        .label = S("What else signs in to your account"),
        .hint = str_fmt(cx->arena, "There is " STR_F ".", STR_A(said)),
        .select = true,
        .options = ways_options,
        .options_n = COUNT(ways_options) };
    *door = reset;
    door->fields = fields;
    door->fields_n = 2;
    *ret = door;
    return NULL;
}

err forms_get_reset(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    const struct door_in *in = body;
    const struct door *door;
    err e = reset_door(x, cx, in->token, &door);
    if (e != &IDENTITY_CODE_INVALID)
        return e ? e : door_show(cx, door, in, reply);
    cx_clear(cx);
    return door_done(cx, &reset, str_from_c(e->title), ask_again, e, reply);
}

err forms_before_reset(void *service, struct cx *cx, void *body)
{
    struct security *x = service;
    struct door_in *in = body;
    struct identity_user user;
    err e = identity_reset_look(x->deps.identity, cx, in->token, &user);
    if (!e)
        e = security_new_password(x, cx, user.email, in->new_password, &in->hash);
    return door_keep(cx, in, e);
}

err forms_post_reset(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    struct door_in in = *(const struct door_in *)body;
    const struct door *door = &reset;
    struct identity_reset wish = { in.token, in.hash, str_eq(in.ways, S("remove")) };
    err e = in.failed ? NULL : security_reset(x, cx, wish);
    if (!in.failed)
        e = door_keep(cx, &in, e);
    else if (in.failed != &IDENTITY_CODE_INVALID)
        e = reset_door(x, cx, in.token, &door);
    if (e)
        return e;
    if (in.failed == &IDENTITY_CODE_INVALID)
        return door_done(cx, &reset, str_from_c(in.failed->title), ask_again, in.failed, reply);
    if (in.failed)
        return door_show(cx, door, &in, reply);
    return door_done(cx, &reset, S("Your password was changed. Sign in with it."),
        (struct link_view){ .label = S("Sign in"), .href = S("/signin") }, NULL, reply);
}

/* ---- proved ---- */

/* A form and not the link itself: programs that look into mails open links. */
err forms_get_verify(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    (void)service;
    return door_show(cx, &verify, body, reply);
}

err forms_post_verify(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    static const struct link_view on = { .label = S_INIT("See your account"),
        .href = S_INIT("/account") };
    struct security *x = service;
    struct door_in in = *(const struct door_in *)body;
    err e = door_keep(cx, &in, identity_verify(x->deps.identity, cx, in.token));
    if (e)
        return e;
    return door_done(cx, &verify,
        in.failed ? str_from_c(in.failed->title) : S("Thank you, your e-mail is confirmed."), on,
        in.failed, reply);
}

err forms_post_verify_ask(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    (void)body;
    err e = identity_verify_ask(x->deps.identity, cx, cx->who.user_id);
    return e ? e : reply_redirect(reply, S("/account/security?said=sent"));
}

/* ---- changed ---- */

err forms_get_password(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    (void)service;
    return door_show(cx, &password, body, reply);
}

err forms_before_password(void *service, struct cx *cx, void *body)
{
    struct security *x = service;
    struct door_in *in = body;
    struct identity_user user;
    err e = identity_check_password(x->deps.identity, cx, cx->who.user_id, in->password);
    if (!e)
        e = identity_user_get(x->deps.identity, cx, cx->who.user_id, &user);
    if (!e)
        e = security_new_password(x, cx, user.email, in->new_password, &in->hash);
    return door_keep(cx, in, e);
}

err forms_post_password(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    const struct door_in *in = body;
    if (in->failed)
        return door_show(cx, &password, in, reply);
    err e =
        identity_password_set(x->deps.identity, cx, cx->who.user_id, in->hash, cx->who.session_id);
    return e ? e : reply_redirect(reply, S("/account/security?said=password"));
}

err forms_get_email(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    (void)service;
    return door_show(cx, &change, body, reply);
}

err forms_before_email(void *service, struct cx *cx, void *body)
{
    struct security *x = service;
    struct door_in *in = body;
    return door_keep(
        cx, in, identity_check_password(x->deps.identity, cx, cx->who.user_id, in->password));
}

err forms_post_email(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct security *x = service;
    struct door_in in = *(const struct door_in *)body;
    in.email = str_trim(in.email);
    err e = in.failed ? NULL
                      : door_keep(cx, &in,
                            identity_email_ask(x->deps.identity, cx, cx->who.user_id, in.email));
    if (e)
        return e;
    if (in.failed) /* refused before anything was written */
        return door_show(cx, &change, &in, reply);
    return reply_redirect(reply, S("/account/security?said=email"));
}

/* ---- what forms send ---- */

#define FIELD(member, most) JSON_STR(struct door_in, member, .max = (most))
static const struct json_field form_fields[] = {
    FIELD(email, 1000),
    FIELD(password, 4 * SECURITY_PASSWORD_MAX),
    FIELD(new_password, 4 * SECURITY_PASSWORD_MAX),
    FIELD(token, 1000),
    FIELD(code, 100),
    FIELD(next, 4096),
    FIELD(ways, 10),
};
const struct json_shape forms_shape = JSON_SHAPE("SecurityForm", struct door_in, form_fields);
static const struct json_field query_fields[] = {
    JSON_STR(struct door_in, token, .at = AT_QUERY, .max = 1000),
    JSON_STR(struct door_in, next, .at = AT_QUERY, .max = 4096),
};
const struct json_shape forms_link_shape = JSON_SHAPE("SecurityLink", struct door_in, query_fields);

uint64_t forms_conflict(const struct cx *cx, const void *body)
{
    const struct door_in *in = body;
    if (!id_is_none(cx->who.user_id))
        return id_hash(cx->who.user_id);
    return str_hash(in->token.n ? in->token : str_lower(cx->arena, in->email));
}
