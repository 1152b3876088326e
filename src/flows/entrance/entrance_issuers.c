/* SPDX-License-Identifier: Apache-2.0
 * Signing in by another issuer: out to it, and back. Called by the gateway on workers. Must never
 * take an answer that this browser did not ask for, nor open an account by an e-mail alone. */
#include "base/instant.h"
#include "flows/entrance/entrance_issuers.h"
#include "flows/entrance/entrance_views.h"
#include "platform/oidc/oidc.h"
#include "platform/secret/secret.h"
#include "platform/token/token.h"
#include "platform/web/web_cookie.h"
#include "platform/web/web_next.h"

#define COOKIE "souk_oidc"
#define BACK "/signin/back/"
#define TRIP_MS (10 * MINUTE_MS)
#define SECRET_BYTES 32
#define LOGINS "/account/security/logins"

/* What the browser carries while it is away, sealed under our key. */
struct trip {
    str state, nonce, verifier, issuer, session; /* session: of who connects; empty: signs in */
    int64_t until_ms;
    str next;
};

static str trip_text(struct cx *cx, const struct trip *t)
{
    const str parts[] = { t->state, t->nonce, t->verifier, t->issuer, t->session,
        str_from_i64(cx->arena, t->until_ms), t->next };
    return str_join(cx->arena, parts, COUNT(parts), S("\n"));
}

static bool trip_read(struct entrance *x, struct cx *cx, str cookie, struct trip *ret)
{
    struct trip t;
    str rest;
    if (!cookie.n || !token_unseal(x->deps.tokens, cx->arena, S("oidc"), cookie, &rest))
        return false;
    str *const parts[] = { &t.state, &t.nonce, &t.verifier, &t.issuer, &t.session };
    for (size_t i = 0; i < COUNT(parts); i++)
        *parts[i] = str_cut(&rest, '\n');
    if (!str_to_i64(str_cut(&rest, '\n'), &t.until_ms) || t.until_ms <= cx->now_ms)
        return false;
    t.next = rest.p ? rest : S("");
    *ret = t;
    return true;
}

/* Another address for each issuer: so an answer that comes from another than was asked is known,
 * also where none says who it is from (RFC 9700 section 4.4). */
static str back_of(struct cx *cx, str issuer)
{
    return str_cat(cx->arena, S(BACK), str_url_encode(cx->arena, issuer));
}

static str redirect_of(struct entrance *x, struct cx *cx, str issuer)
{
    return str_cat(cx->arena, x->deps.origin, back_of(cx, issuer));
}

/* ---- what is said ---- */

static err say(struct cx *cx, int status, str title, str text, bool connecting, struct reply *reply)
{
    struct notice_view *v = NEW(cx->arena, struct notice_view);
    struct alert_view *alert = NEW(cx->arena, struct alert_view);
    *alert = (struct alert_view){ .kind = S("bad"), .title = title, .text = text };
    *v = (struct notice_view){ .heading = connecting ? S("Connect a login") : S("Sign in"),
        .alert = alert,
        .href = connecting ? S(LOGINS) : S("/signin"),
        .label = connecting ? S("Back to your logins") : S("Back to signing in") };
    return reply_page(
        reply, status, &notice_page, v, (struct page_head){ .title = v->heading, .noindex = true });
}

static err say_err(struct cx *cx, err e, const struct trip *t, struct reply *reply)
{
    bool away = e == &OIDC_AWAY, connecting = t->session.n > 0;
    cx_clear(cx);
    if (e == &IDENTITY_WAY_TAKEN)
        return say(cx, 409, S("This login leads into another account already."),
            S("Sign in with it, or remove it there first."), connecting, reply);
    if (e == &IDENTITY_EMAIL_TAKEN)
        return say(cx, 409, S("There is an account with this e-mail already."),
            S("Sign in to it as you always do, then connect this login under Security: so nobody "
              "gets into it by an e-mail alone."),
            connecting, reply);
    if (e == &ERR_INVALID)
        return say(cx, 422, S("No account could be made."),
            S("That login told us no e-mail. Make an account here, then connect it under "
              "Security."),
            connecting, reply);
    return say(cx, away ? 502 : 401,
        away ? S("That way does not work at the moment.")
             : S("What the other side answered is not good."),
        S("Nothing was changed. Try once more, or use another way."), connecting, reply);
}

/* ---- out ---- */

/* The address of the issuer, and the cookie to come back with. */
static err begin(struct entrance *x, struct cx *cx, const struct oidc_issuer *issuer,
    struct trip *t, struct reply *reply, str *ret_url)
{
    t->state = secret_token(cx->arena, SECRET_BYTES);
    t->nonce = secret_token(cx->arena, SECRET_BYTES);
    t->verifier = secret_token(cx->arena, SECRET_BYTES);
    t->issuer = issuer->name;
    t->until_ms = cx->now_ms + TRIP_MS;
    err e = oidc_start(x->deps.oidc, cx, issuer,
        (struct oidc_ask){ redirect_of(x, cx, t->issuer), t->state, t->nonce, t->verifier },
        ret_url);
    if (e)
        return e;
    reply_add_cookie(
        reply, (struct reply_cookie){ .name = S(COOKIE),
                   .value = token_seal(x->deps.tokens, cx->arena, S("oidc"), trip_text(cx, t)),
                   .max_age_s = TRIP_MS / SECOND_MS });
    return NULL;
}

err entrance_get_with(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct entrance *x = service;
    const struct entrance_trip *in = body;
    const struct oidc_issuer *issuer = oidc_find(x->deps.oidc, in->issuer);
    struct trip t = { .session = S(""), .next = web_next(in->next, S("/")) };
    str url;
    if (!issuer)
        return FAIL(cx, ERR_MISSING, "no such issuer");
    err e = begin(x, cx, issuer, &t, reply, &url);
    return e == &OIDC_AWAY ? say_err(cx, e, &t, reply) : e ? e : reply_redirect(reply, url);
}

/* A form of ours, and from there a link: what connects is asked for on purpose, and the page's
 * policy lets no form lead to another site. */
err entrance_post_connect(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct entrance *x = service;
    const struct entrance_trip *in = body;
    const struct oidc_issuer *issuer = oidc_find(x->deps.oidc, in->issuer);
    struct trip t = { .session = id_text(cx->arena, cx->who.session_id), .next = S(LOGINS) };
    struct notice_view *v = NEW(cx->arena, struct notice_view);
    if (!issuer)
        return FAIL(cx, ERR_MISSING, "no such issuer");
    err e = begin(x, cx, issuer, &t, reply, &v->href);
    if (e)
        return e == &OIDC_AWAY ? say_err(cx, e, &t, reply) : e;
    v->heading = S("Connect a login");
    v->text = str_fmt(cx->arena,
        "You go to " STR_F
        " now, which tells us who you are there. From then on it signs in to "
        "your account here.",
        STR_A(issuer->label));
    v->label = str_cat(cx->arena, S("Go on to "), issuer->label);
    return reply_page(
        reply, 200, &notice_page, v, (struct page_head){ .title = v->heading, .noindex = true });
}

/* ---- and back ---- */

struct enter {
    struct entrance *x;
    const struct entrance_trip *in;
    const struct trip *trip;
    struct identity_elsewhere who;
    struct reply *reply;
};

static err do_enter(void *arg, struct cx *cx)
{
    struct enter *w = arg;
    struct identity *identity = w->x->deps.identity;
    const struct entrance_port *account = &w->x->deps.account;
    struct identity_user user;
    bool found = false;
    w->reply->cookies_n = 0; /* a unit may run again */
    if (w->trip->session.n) {
        err e = identity_way_add(identity, cx, cx->who.user_id, &w->who);
        return e ? e : reply_redirect(w->reply, S(LOGINS "?said=added"));
    }
    err e = identity_way_find(identity, cx, &w->who, &user, &found);
    if (!e && !found)
        e = identity_way_register(identity, cx, &w->who, &user);
    return e ? e : account->enter(account->self, cx, &user, w->in->device, w->trip->next, w->reply);
}

static bool shown(err e)
{
    return e == &OIDC_AWAY || e == &OIDC_WRONG || e == &IDENTITY_WAY_TAKEN ||
           e == &IDENTITY_EMAIL_TAKEN || e == &ERR_INVALID;
}

static err finish(struct entrance *x, struct cx *cx, const struct entrance_trip *in,
    const struct trip *t, struct reply *reply)
{
    const struct oidc_issuer *issuer = oidc_find(x->deps.oidc, t->issuer);
    struct enter w = { .x = x, .in = in, .trip = t, .reply = reply };
    struct oidc_person p;
    if (!issuer)
        return FAIL(cx, OIDC_WRONG, "an issuer that is not set up any more");
    err e = oidc_finish(x->deps.oidc, cx, issuer,
        (struct oidc_answer){
            in->code, in->iss, redirect_of(x, cx, t->issuer), t->nonce, t->verifier },
        &p);
    if (e)
        return e;
    w.who = (struct identity_elsewhere){ .issuer = issuer->issuer,
        .subject = p.subject,
        .email = p.email,
        .name = p.name,
        .email_verified = p.email_verified,
        .label = issuer->label };
    return db_write_wait(
        x->deps.db, cx, str_hash(str_cat(cx->arena, issuer->issuer, p.subject)), do_enter, &w);
}

static err drop_cookie(err e, struct reply *reply)
{
    reply_add_cookie(reply, (struct reply_cookie){ .name = S(COOKIE), .value = S("") });
    return e;
}

err entrance_get_back(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct entrance *x = service;
    const struct entrance_trip *in = body;
    struct trip t = { .session = S("") };
    bool ours = trip_read(x, cx, web_cookie(in->cookies, S(COOKIE)), &t);
    if (!ours || !in->state.n || !str_eq_secret(in->state, t.state) ||
        !str_eq(in->issuer, t.issuer))
        return say(cx, 401, S("That answer was not asked for by this browser, or too long ago."),
            S("Nothing was changed. Begin once more."), false, reply);
    bool connecting = t.session.n > 0;
    if (connecting && !str_eq(t.session, id_text(cx->arena, cx->who.session_id)))
        return drop_cookie(say(cx, 401, S("You are not signed in as who began this."),
                               S("Nothing was changed."), false, reply),
            reply);
    if (in->error.n || !in->code.n) {
        bool denied = str_eq(in->error, S("access_denied"));
        return drop_cookie(denied ? say(cx, 401, S("You did not agree, so nothing was changed."),
                                        S("Try once more, or use another way."), connecting, reply)
                                  : say_err(cx, &OIDC_WRONG, &t, reply),
            reply);
    }
    err e = finish(x, cx, in, &t, reply);
    if (shown(e))
        e = say_err(cx, e, &t, reply);
    return drop_cookie(e, reply);
}

/* A form of the issuer's site: our cookies do not come with it (SameSite=Lax), and none is read. So
 * it goes on to the address that issuers without forms answer at, with the same fields; what comes
 * there is the browser's own request, with the cookie that knows what was asked for. */
err entrance_post_back(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct entrance *x = service;
    const struct entrance_trip *in = body;
    const struct field {
        const char *name;
        str value;
    } fields[] = { { "code", in->code }, { "state", in->state }, { "iss", in->iss },
        { "error", in->error } };
    struct buf url = { .arena = cx->arena };
    if (!oidc_find(x->deps.oidc, in->issuer))
        return FAIL(cx, ERR_MISSING, "no such issuer");
    buf_add(&url, back_of(cx, in->issuer));
    char joint = '?';
    for (size_t i = 0; i < COUNT(fields); i++)
        if (fields[i].value.n) {
            buf_fmt(&url, "%c%s=" STR_F, joint, fields[i].name,
                STR_A(str_url_encode(cx->arena, fields[i].value)));
            joint = '&';
        }
    return reply_redirect(reply, buf_str(&url));
}

/* ---- fields ---- */

static const struct json_field with_fields[] = {
    JSON_STR(struct entrance_trip, issuer, .at = AT_PATH, .required = true, .max = 40),
    JSON_STR(struct entrance_trip, next, .at = AT_QUERY, .max = 4096),
};
const struct json_shape entrance_with_shape =
    JSON_SHAPE("LoginWith", struct entrance_trip, with_fields);
static const struct json_field connect_fields[] = {
    JSON_STR(struct entrance_trip, issuer, .at = AT_PATH, .required = true, .max = 40),
};
const struct json_shape entrance_connect_shape =
    JSON_SHAPE("LoginConnect", struct entrance_trip, connect_fields);
static const struct json_field back_fields[] = {
    JSON_STR(struct entrance_trip, issuer, .at = AT_PATH, .required = true, .max = 40),
    JSON_STR(struct entrance_trip, code, .at = AT_QUERY, .max = 4096),
    JSON_STR(struct entrance_trip, state, .at = AT_QUERY, .max = 1000),
    JSON_STR(struct entrance_trip, iss, .at = AT_QUERY, .max = 2000),
    JSON_STR(struct entrance_trip, error, .at = AT_QUERY, .max = 200),
    JSON_STR(struct entrance_trip, said, .at = AT_QUERY, .max = 4096, .wire = "error_description"),
    JSON_STR(struct entrance_trip, cookies, .at = AT_HEADER, .wire = "Cookie",
        .max = ENTRANCE_COOKIES_MAX),
    JSON_STR(struct entrance_trip, device, .at = AT_HEADER, .wire = "User-Agent",
        .max = ENTRANCE_DEVICE_MAX),
};
const struct json_shape entrance_back_shape =
    JSON_SHAPE("LoginBack", struct entrance_trip, back_fields);
static const struct json_field form_fields[] = {
    JSON_STR(struct entrance_trip, issuer, .at = AT_PATH, .required = true, .max = 40),
    JSON_STR(struct entrance_trip, code, .max = 4096),
    JSON_STR(struct entrance_trip, state, .max = 1000),
    JSON_STR(struct entrance_trip, iss, .max = 2000),
    JSON_STR(struct entrance_trip, error, .max = 200),
    JSON_STR(struct entrance_trip, said, .max = 4096, .wire = "error_description"),
    JSON_STR(struct entrance_trip, next, .max = 4096, .wire = "user"), /* Apple, the first time */
};
const struct json_shape entrance_form_shape =
    JSON_SHAPE("LoginBackForm", struct entrance_trip, form_fields);
