/* SPDX-License-Identifier: Apache-2.0
 * Pages of signing in, up and out, and of one's account. Called by the gateway; what a visitor can
 * mend comes back as the form with what was typed, but never with the password. */
#include "flows/account/account_page_parts.h"
#include "platform/web/web_address.h"
#include "platform/web/web_cookie.h"

#define COOKIES_MAX 16384
#define LEEWAY_MS (10 * SECOND_MS) /* tabs that wake up together send one refresh token */

/* ---- forms ---- */

struct form {
    str name, email, password, next, device, token, code, said;
    err failed; /* what the visitor can mend, found before the unit */
    struct field_error *faults;
    str hash;
    struct identity_user user;
};

/* Keeps what was refused and goes on, to show it in the form. */
static void keep_fault(struct cx *cx, struct form *in, err e)
{
    in->failed = e;
    in->faults = cx->fields;
    cx_clear(cx);
}

static str with_next(struct cx *cx, const char *path, str next)
{
    if (!next.n)
        return str_from_c(path);
    return str_fmt(cx->arena, "%s?next=" STR_F, path, STR_A(str_url_encode(cx->arena, next)));
}

static const struct alert_view confirm_first = { .kind = S_INIT("good"),
    .title = S_INIT("Look into your mailbox"),
    .text = S_INIT("We have sent you a mail that says how to go on. Then you can sign in.") };
static const struct alert_view refused_passkey = { .kind = S_INIT("bad"),
    .title = S_INIT("That passkey is not good here."),
    .text = S_INIT("Try it once more, or sign in with your password.") };

static err show_signin(struct account *a, struct cx *cx, const struct form *in, struct reply *reply)
{
    struct signin_view *v = NEW(cx->arena, struct signin_view);
    struct field_view *fields = account_fields(cx, signin_form, SIGNIN_FIELDS_N);
    str next = web_next(in->next, (str){ 0 });
    web_field(fields, SIGNIN_FIELDS_N, S("email"))->value = in->email;
    *v = (struct signin_view){ .next = next,
        .register_href = with_next(cx, "/register", next),
        .ways_n = a->deps.ways_n,
        .fields = fields,
        .fields_n = SIGNIN_FIELDS_N };
    struct link_view *ways = NEW_N(cx->arena, v->ways_n, struct link_view);
    for (size_t i = 0; i < v->ways_n; i++)
        ways[i] = (struct link_view){ .label = a->deps.ways[i].label,
            .href = with_next(cx, str_c(cx->arena, a->deps.ways[i].href), next) };
    v->ways = ways;
    if (in->failed)
        v->alert = account_alert(cx, S("E-mail and password do not fit together."), fields, 0);
    else if (in->said.n)
        v->alert = str_eq(in->said, S("confirm")) ? &confirm_first : &refused_passkey;
    return reply_page(reply, in->failed ? 401 : 200, &signin_page, v,
        (struct page_head){ .title = S("Sign in"), .noindex = true, .passkey = true });
}

static err show_register(struct cx *cx, const struct form *in, struct reply *reply)
{
    struct register_view *v = NEW(cx->arena, struct register_view);
    struct field_view *fields = account_fields(cx, register_form, REGISTER_FIELDS_N);
    str next = web_next(in->next, (str){ 0 });
    web_field(fields, REGISTER_FIELDS_N, S("name"))->value = in->name;
    web_field(fields, REGISTER_FIELDS_N, S("email"))->value = in->email;
    web_place_faults(cx->arena, in->faults, fields, REGISTER_FIELDS_N);
    if (in->failed == &IDENTITY_EMAIL_TAKEN)
        web_field(fields, REGISTER_FIELDS_N, S("email"))->error =
            S("There is an account with this e-mail already; sign in instead");
    *v = (struct register_view){ .next = next,
        .signin_href = with_next(cx, "/signin", next),
        .fields = fields,
        .fields_n = REGISTER_FIELDS_N };
    if (in->failed)
        v->alert = account_alert(cx, S("Something is to be mended"), fields, REGISTER_FIELDS_N);
    return reply_page(reply, in->failed ? 422 : 200, &register_page, v,
        (struct page_head){ .title = S("Create an account"), .noindex = true });
}

/* ---- /signin and /register ---- */

static err get_signin(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct form *in = body;
    if (!id_is_none(cx->who.user_id))
        return reply_redirect(reply, web_next(in->next, S("/account")));
    return show_signin(service, cx, in, reply);
}

static err get_register(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct form *in = body;
    (void)service;
    if (!id_is_none(cx->who.user_id))
        return reply_redirect(reply, web_next(in->next, S("/account")));
    return show_register(cx, in, reply);
}

static err before_signin(void *service, struct cx *cx, void *body)
{
    struct account *a = service;
    struct form *in = body;
    in->email = str_trim(in->email);
    err e = identity_check_login(a->deps.identity, cx, in->email, in->password, &in->user);
    if (e == &IDENTITY_BAD_LOGIN)
        keep_fault(cx, in, e);
    return in->failed ? NULL : e;
}

/* The second step of who has a second factor: the login so far is kept in the form. */
static err show_code(struct cx *cx, const struct form *in, str kept, struct reply *reply)
{
    struct code_view *v = NEW(cx->arena, struct code_view);
    struct field_view *fields = account_fields(cx, code_form, CODE_FIELDS_N);
    *v = (struct code_view){ .next = web_next(in->next, (str){ 0 }),
        .token = kept,
        .fields = fields,
        .fields_n = CODE_FIELDS_N };
    if (in->failed)
        v->alert = account_alert(cx, str_from_c(in->failed->title), fields, 0);
    return reply_page(reply, in->failed ? 401 : 200, &code_page, v,
        (struct page_head){ .title = S("Your code"), .noindex = true });
}

err account_enter_page(struct account *a, struct cx *cx, const struct identity_user *user,
    str device, str next, struct reply *reply)
{
    struct identity_arrival how = { .device = device };
    str kept;
    err e = identity_factor_check(a->deps.identity, cx, user->user_id, S(""), &how.factor);
    if (e != &IDENTITY_FACTOR_NEEDED)
        return e ? e : account_arrive_page(a, cx, user, how, next, reply);
    cx_clear(cx);
    e = identity_login_keep(a->deps.identity, cx, user, &kept);
    return e ? e : show_code(cx, &(struct form){ .next = next }, kept, reply);
}

static err post_signin(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct form *in = body;
    if (in->failed)
        return show_signin(service, cx, in, reply);
    return account_enter_page(service, cx, &in->user, in->device, in->next, reply);
}

static err post_code(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct account *a = service;
    struct form in = *(const struct form *)body;
    struct identity_arrival how = { .device = in.device };
    struct identity_user user;
    err e = identity_login_look(a->deps.identity, cx, in.token, &user);
    if (e == &IDENTITY_CODE_INVALID) { /* too late: from the beginning */
        cx_clear(cx);
        return reply_redirect(reply, with_next(cx, "/signin", web_next(in.next, (str){ 0 })));
    }
    if (!e)
        e = identity_factor_check(a->deps.identity, cx, user.user_id, in.code, &how.factor);
    if (e == &IDENTITY_FACTOR_WRONG || e == &IDENTITY_FACTOR_NEEDED) {
        keep_fault(cx, &in, e);
        return show_code(cx, &in, in.token, reply);
    }
    if (!e)
        e = identity_login_take(a->deps.identity, cx, in.token);
    return e ? e : account_arrive_page(a, cx, &user, how, in.next, reply);
}

static uint64_t code_conflict(const struct cx *cx, const void *body)
{
    const struct form *in = body;
    (void)cx;
    return str_hash(in->token);
}

static bool mendable(err e)
{
    return e == &ERR_INVALID || e == &IDENTITY_PASSWORD_WEAK || e == &IDENTITY_PASSWORD_LEAKED ||
           e == &IDENTITY_EMAIL_TAKEN;
}

static err before_register(void *service, struct cx *cx, void *body)
{
    struct account *a = service;
    struct form *in = body;
    in->email = str_trim(in->email);
    in->name = str_trim(in->name);
    if (in->name.n == 0)
        cx_field(cx, S("/name"), "required", "how shall we call you?");
    err e = identity_prepare_password(a->deps.identity, cx, in->email, in->password, &in->hash);
    if (!e && cx->fields)
        e = &ERR_INVALID;
    if (mendable(e))
        keep_fault(cx, in, e);
    return in->failed ? NULL : e;
}

static err post_register(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct account *a = service;
    struct form form = *(const struct form *)body;
    struct identity_user user;
    bool waits;
    if (form.failed)
        return show_register(cx, &form, reply);
    err e = account_sign_up(a, cx,
        (struct identity_register){
            .email = form.email, .name = form.name, .password_hash = form.hash },
        &user, &waits);
    if (mendable(e)) { /* refused before anything was written */
        keep_fault(cx, &form, e);
        return show_register(cx, &form, reply);
    }
    if (!e && waits) {
        str next = web_next(form.next, (str){ 0 });
        return reply_redirect(reply, str_cat(cx->arena, with_next(cx, "/signin", next),
                                         next.n ? S("&said=confirm") : S("?said=confirm")));
    }
    return e ? e
             : account_arrive_page(a, cx, &user, (struct identity_arrival){ .device = form.device },
                   form.next, reply);
}

static uint64_t form_conflict(const struct cx *cx, const void *body)
{
    const struct form *in = body;
    return id_is_none(in->user.user_id) ? str_hash(str_lower(cx->arena, in->email))
                                        : id_hash(in->user.user_id);
}

static const char *const signin_saids[] = { "passkey", "confirm", NULL };
static const struct json_field next_fields[] = {
    JSON_STR(struct form, next, .at = AT_QUERY, .max = 4096),
    JSON_STR(struct form, said, .at = AT_QUERY, .one_of = signin_saids),
};
static const struct json_shape next_shape = JSON_SHAPE("SignInQuery", struct form, next_fields);
/* Wider than what is accepted, so that the rules of identity answer, not the decoder. */
static const struct json_field signin_fields[] = {
    JSON_STR(struct form, email, .max = 1000),
    JSON_STR(struct form, password, .max = 4 * ACCOUNT_PASSWORD_MAX),
    JSON_STR(struct form, next, .max = 4096),
    JSON_STR(struct form, device, .at = AT_HEADER, .wire = "User-Agent", .max = ACCOUNT_DEVICE_MAX),
};
static const struct json_shape signin_shape = JSON_SHAPE("SignInForm", struct form, signin_fields);
static const struct json_field code_fields[] = {
    JSON_STR(struct form, token, .max = 1000),
    JSON_STR(struct form, code, .max = 100),
    JSON_STR(struct form, next, .max = 4096),
    JSON_STR(struct form, device, .at = AT_HEADER, .wire = "User-Agent", .max = ACCOUNT_DEVICE_MAX),
};
static const struct json_shape code_shape = JSON_SHAPE("SignInCode", struct form, code_fields);
static const struct json_field register_fields[] = {
    JSON_STR(struct form, name, .max = 1000),
    JSON_STR(struct form, email, .max = 1000),
    JSON_STR(struct form, password, .max = 4 * ACCOUNT_PASSWORD_MAX),
    JSON_STR(struct form, next, .max = 4096),
    JSON_STR(struct form, device, .at = AT_HEADER, .wire = "User-Agent", .max = ACCOUNT_DEVICE_MAX),
};
static const struct json_shape register_shape =
    JSON_SHAPE("RegisterForm", struct form, register_fields);

/* ---- /session and /signout ---- */

struct session_in {
    str next, cookies;
};
static const struct json_field session_fields[] = {
    JSON_STR(struct session_in, next, .at = AT_QUERY, .max = 4096),
    JSON_STR(struct session_in, cookies, .at = AT_HEADER, .wire = "Cookie", .max = COOKIES_MAX),
};
static const struct json_shape session_shape =
    JSON_SHAPE("SessionQuery", struct session_in, session_fields);

/* Where the gateway sends a page's visitor whose access token has run out. */
static err get_session(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct account *a = service;
    const struct session_in *in = body;
    struct identity_user user;
    struct identity_session session;
    err refused = NULL;
    err e = identity_session_refresh(a->deps.identity, cx,
        (struct identity_refresh){
            .token = web_cookie(in->cookies, S("souk_rt")), .leeway_ms = LEEWAY_MS },
        &user, &session, &refused);
    if (e)
        return e;
    if (refused) {
        account_drop_cookie(reply, "souk_at", false);
        account_drop_cookie(reply, "souk_rt", false);
        account_drop_cookie(reply, "souk_n", true);
        account_drop_cookie(reply, "souk_look", false);
    } else {
        account_session_cookies(reply, &session);
        e = account_tell_look(a, cx, user.user_id, reply);
    }
    return e ? e : reply_redirect(reply, web_next(in->next, S("/")));
}

static err post_signout(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct account *a = service;
    const struct session_in *in = body;
    err e = identity_session_end(a->deps.identity, cx, web_cookie(in->cookies, S("souk_rt")));
    if (!e && !id_is_none(cx->who.session_id)) /* also without its refresh token */
        e = identity_login_end(a->deps.identity, cx, cx->who.user_id, cx->who.session_id);
    if (e && e != &IDENTITY_SESSION_UNKNOWN) /* it has just ended */
        return e;
    cx_clear(cx);
    account_drop_cookie(reply, "souk_at", false);
    account_drop_cookie(reply, "souk_rt", false);
    account_drop_cookie(reply, "souk_n", true);
    account_drop_cookie(reply, "souk_look", false);
    reply_add_header(reply, S("Clear-Site-Data"), S("\"storage\""));
    return reply_redirect(reply, S("/"));
}

static uint64_t session_conflict(const struct cx *cx, const void *body)
{
    const struct session_in *in = body;
    (void)cx;
    return str_hash(web_cookie(in->cookies, S("souk_rt")));
}

/* ---- /account ---- */

struct details {
    str name, phone, said, cookies;
    struct field_error *faults;
};

/* The default alone: the others have a page of their own. */
static err fill_addresses(struct account *a, struct cx *cx, struct account_view *v)
{
    struct identity_address *list;
    size_t n;
    err e = identity_address_list(a->deps.identity, cx, cx->who.user_id, &list, &n);
    if (e)
        return e;
    v->addresses = account_address_views(cx, list, n);
    v->addresses_n = n > 0;
    if (n == 0)
        v->no_addresses = S("None yet.");
    return NULL;
}

static const struct alert_view saved = { .kind = S_INIT("good"), .title = S_INIT("Saved") };

/* `in` has what was typed when something is wrong with it. */
static err show_account(
    struct account *a, struct cx *cx, const struct details *in, struct reply *reply)
{
    struct account_view *v = NEW(cx->arena, struct account_view);
    struct identity_user user;
    int64_t orders = 0;
    err e = identity_user_get(a->deps.identity, cx, cx->who.user_id, &user);
    if (!e)
        e = orders_count(a->deps.orders, cx, cx->who.user_id, &orders);
    if (!e)
        e = fill_addresses(a, cx, v);
    if (e)
        return e;
    str first = user.name;
    struct field_view *fields = account_fields(cx, account_form, ACCOUNT_FIELDS_N);
    web_field(fields, ACCOUNT_FIELDS_N, S("name"))->value = in->faults ? in->name : user.name;
    web_field(fields, ACCOUNT_FIELDS_N, S("phone"))->value = in->faults ? in->phone : user.phone;
    web_place_faults(cx->arena, in->faults, fields, ACCOUNT_FIELDS_N);
    v->greeting = str_cat(cx->arena, S("Hello, "), str_cut(&first, ' '));
    v->name = user.name;
    v->email = user.email;
    v->staff = (cx->who.roles & ~(unsigned)(ROLE_CUSTOMER | ROLE_SELLER)) != 0;
    v->sells = scope_allowed(SCOPE_SELLER, cx->who.roles);
    v->since = instant_day_long(cx->arena, user.created_ms);
    v->orders =
        orders ? str_cat(cx->arena, web_count(cx->arena, orders, "order", "orders"), S(" so far."))
               : S("You have not ordered anything yet.");
    v->fields = fields;
    v->fields_n = ACCOUNT_FIELDS_N;
    if (in->faults)
        v->alert = account_alert(cx, S("Something is to be mended"), fields, ACCOUNT_FIELDS_N);
    else if (in->said.n)
        v->alert = &saved;
    return reply_page(reply, in->faults ? 422 : 200, &account_page, v,
        (struct page_head){ .title = S("Your account"), .noindex = true });
}

static err get_account(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    return show_account(service, cx, body, reply);
}

static err post_account(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct account *a = service;
    struct details in = *(const struct details *)body;
    in.name = in.name.p ? str_trim(in.name) : S("");
    in.phone = in.phone.p ? str_trim(in.phone) : S("");
    err e = identity_user_change(a->deps.identity, cx, cx->who.user_id, in.name, in.phone);
    if (e == &ERR_INVALID) { /* refused before anything was written */
        in.faults = cx->fields;
        cx_clear(cx);
        return show_account(a, cx, &in, reply);
    }
    if (e)
        return e;
    if (!str_eq(in.name, cx->who.name) && web_cookie(in.cookies, S("souk_rt")).n)
        account_drop_cookie(reply, "souk_at", false); /* the next one has the new name */
    return reply_redirect(reply, S("/account?said=saved"));
}

static uint64_t user_conflict(const struct cx *cx, const void *in)
{
    (void)in;
    return id_hash(cx->who.user_id);
}

static const char *const saids[] = { "saved", NULL };
static const struct json_field account_query_fields[] = {
    JSON_STR(struct details, said, .at = AT_QUERY, .one_of = saids),
};
static const struct json_shape account_query_shape =
    JSON_SHAPE("AccountQuery", struct details, account_query_fields);
static const struct json_field details_fields[] = {
    JSON_STR(struct details, name, .max = 1000),
    JSON_STR(struct details, phone, .max = 1000),
    JSON_STR(struct details, cookies, .at = AT_HEADER, .wire = "Cookie", .max = COOKIES_MAX),
};
static const struct json_shape details_shape =
    JSON_SHAPE("AccountForm", struct details, details_fields);

#define PAGE(METHOD, PATH, UNIT, ...)                                                              \
    {                                                                                              \
        .method = METHOD, .path = PATH, .surface = SURFACE_PAGE, .scope = SCOPE_USER,              \
        .unit = UNIT, __VA_ARGS__                                                                  \
    }
const struct route account_page_routes[] = {
    { .method = "GET",
        .path = "/signin",
        .priority = PRIORITY_HIGH,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .in = &next_shape,
        .fn = get_signin,
        .summary = "The form to sign in" },
    { .method = "POST",
        .path = "/signin",
        .priority = PRIORITY_HIGH,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .limit = LIMIT_LOGIN,
        .in = &signin_shape,
        .before = before_signin,
        .fn = post_signin,
        .conflict = form_conflict,
        .summary = "Sign in" },
    { .method = "POST",
        .path = "/signin/code",
        .priority = PRIORITY_HIGH,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .limit = LIMIT_CODE,
        .in = &code_shape,
        .fn = post_code,
        .conflict = code_conflict,
        .summary = "Sign in with the code of the second factor" },
    { .method = "GET",
        .path = "/register",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .in = &next_shape,
        .fn = get_register,
        .summary = "The form to make an account" },
    { .method = "POST",
        .path = "/register",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .limit = LIMIT_LOGIN,
        .in = &register_shape,
        .before = before_register,
        .fn = post_register,
        .conflict = form_conflict,
        .summary = "Make an account and sign in" },
    { .method = "GET",
        .path = "/session",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .in = &session_shape,
        .fn = get_session,
        .conflict = session_conflict,
        .summary = "Renew the session and go on" },
    { .method = "POST",
        .path = "/signout",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .in = &session_shape,
        .fn = post_signout,
        .conflict = session_conflict,
        .summary = "Sign out" },
    { .method = "GET",
        .path = "/account",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .in = &account_query_shape,
        .fn = get_account,
        .summary = "The account's home" },
    { .method = "POST",
        .path = "/account",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .in = &details_shape,
        .fn = post_account,
        .conflict = user_conflict,
        .summary = "Change name and telephone" },
    { .method = "GET",
        .path = "/account/preferences",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .in = &account_preferences_query,
        .fn = account_get_preferences_page,
        .summary = "How pages look, and how fast parcels should come" },
    { .method = "POST",
        .path = "/account/preferences",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .in_person = true,
        .unit = UNIT_WRITE,
        .in = &account_preferences_form,
        .fn = account_post_preferences,
        .conflict = user_conflict,
        .summary = "Change that" },
    PAGE("GET", ACCOUNT_ADDRESSES, UNIT_READ, .in = &account_addresses_query,
        .fn = account_get_addresses_page, .summary = "Where parcels go"),
    PAGE("POST", ACCOUNT_ADDRESSES, UNIT_WRITE, .in = &account_address_form,
        .fn = account_post_address, .conflict = user_conflict, .summary = "Add an address"),
    PAGE("POST", ACCOUNT_ADDRESSES "/{addressId}", UNIT_WRITE, .in = &account_address_form_of,
        .fn = account_post_address, .conflict = user_conflict, .summary = "Change one"),
    PAGE("POST", ACCOUNT_ADDRESSES "/{addressId}/default", UNIT_WRITE,
        .in = &account_address_path_of, .fn = account_post_address_default,
        .conflict = user_conflict, .summary = "Make one the default"),
    PAGE("POST", ACCOUNT_ADDRESSES "/{addressId}/remove", UNIT_WRITE,
        .in = &account_address_path_of, .fn = account_post_address_remove,
        .conflict = user_conflict, .summary = "Remove one"),
    ROUTES_END,
};
const struct html_page *const account_pages[] = { &signin_page, &code_page, &register_page,
    &account_page, &account_preferences_page, &account_addresses_page, NULL };
