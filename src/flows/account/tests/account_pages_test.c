/* SPDX-License-Identifier: Apache-2.0
 * The pages of accounts on both engines, without the edge: forms, cookies, where they lead. Run by
 * `./dev test account`. */
#include "flows/account/tests/account_desk.h"
#include "tests/support/page.h"

#define SIGN_IN(email, password) "{\"email\":\"" email "\",\"password\":\"" password "\"}"
#define REGISTER_ADA                                                                               \
    "{\"name\":\"Ada Lovelace\",\"email\":\"ada@example.com\",\"password\":\"analytical engine\"}"

/* ---- what a browser would see ---- */

static str rendered(struct desk *d, struct answer a)
{
    return page_html(d->cx, &a.reply);
}

static void check_has(str html, const char *part)
{
    if (str_find(html, str_from_c(part), 0) < 0) {
        print_error("no \"%s\" in " STR_F "\n", part, STR_A(html));
        fail();
    }
}

static struct reply_cookie cookie(struct answer a, const char *name)
{
    for (size_t i = 0; i < a.reply.cookies_n; i++)
        if (str_eq(a.reply.cookies[i].name, str_from_c(name)))
            return a.reply.cookies[i];
    print_error("no cookie %s\n", name);
    fail();
    return (struct reply_cookie){ 0 };
}

static str location(struct answer a)
{
    CHECK_INT(a.reply.status, 303);
    return page_header(&a.reply, "Location");
}

/* Keeps the session cookies as a browser does. */
static void take_cookies(struct desk *d, struct answer a)
{
    d->cookies = str_fmt(d->cx->arena, "other=1; souk_at=" STR_F "; souk_rt=" STR_F,
        STR_A(cookie(a, "souk_at").value), STR_A(cookie(a, "souk_rt").value));
}

static struct answer register_ada(struct desk *d)
{
    struct answer a = page(d, "POST", "/register", S(REGISTER_ADA));
    CHECK_ERR(d->cx, a.e, NULL);
    return a;
}

static void become_ada(struct desk *d)
{
    struct token_claims claims;
    struct answer a = register_ada(d);
    take_cookies(d, a);
    CHECK_ERR(d->cx,
        token_verify(d->tokens, d->cx, cookie(a, "souk_at").value, S("store"), &claims), NULL);
    d->cx->who =
        (struct principal){ .user_id = claims.user_id, .name = claims.name, .email = claims.email };
}

/* ---- signing up and in ---- */

static void forms_are_shown(void **state)
{
    struct desk d = desk_open(state);
    str html = rendered(&d, page(&d, "GET", "/signin?next=/checkout", (str){ 0 }));
    check_has(html, "name=\"next\" value=\"/checkout\"");
    check_has(html, "href=\"/register?next=%2Fcheckout\"");
    check_has(html, "type=\"password\"");
    html = rendered(&d, page(&d, "GET", "/register?next=//evil.example", (str){ 0 }));
    check_has(html, "name=\"next\" value=\"\"");
    check_has(html, "href=\"/signin\"");
    d.cx->who.user_id = cx_id(d.cx); /* who is signed in already is sent on */
    CHECK_STR(location(page(&d, "GET", "/signin?next=/orders", (str){ 0 })), S("/orders"));
    CHECK_STR(location(page(&d, "GET", "/register", (str){ 0 })), S("/account"));
    desk_close(&d);
}

static void registering_leaves_cookies(void **state)
{
    struct desk d = desk_open(state);
    d.cx->who.cart_token = desk_guest_cart(&d, "lamp", 3);
    struct answer a = register_ada(&d);
    CHECK_STR(location(a), S("/"));
    CHECK_INT(cookie(a, "souk_at").max_age_s, 900);
    CHECK_INT(cookie(a, "souk_rt").max_age_s, 30 * 86400);
    CHECK(!cookie(a, "souk_at").readable && !cookie(a, "souk_rt").readable);
    CHECK_INT(cookie(a, "souk_cart").max_age_s, 0);
    CHECK_STR(cookie(a, "souk_n").value, S("3"));
    CHECK(cookie(a, "souk_n").readable);
    desk_close(&d);
}

static const struct register_case {
    const char *name, *body, *part;
} register_cases[] = {
    { "taken", "{\"name\":\"Eve\",\"email\":\"ADA@example.com\",\"password\":\"secret-word\"}",
        "There is an account with this e-mail already" },
    { "weak", "{\"name\":\"Eve\",\"email\":\"eve@example.com\",\"password\":\"sécret\"}",
        "8 to 256 characters" },
    { "bad e-mail", "{\"name\":\"Eve\",\"email\":\"eve\",\"password\":\"secret-word\"}",
        "An e-mail address, as in" },
    { "no name", "{\"email\":\"eve@example.com\",\"password\":\"secret-word\"}",
        "How shall we call you?" },
    { "nothing", "{}", "8 to 256 characters" },
};

static void a_refused_registration_keeps_what_was_typed(void **state)
{
    struct desk d = desk_open(state);
    register_ada(&d);
    for (size_t i = 0; i < COUNT(register_cases); i++) {
        const struct register_case *c = &register_cases[i];
        struct answer a = page(&d, "POST", "/register", str_from_c(c->body));
        CHECK_ERR(d.cx, a.e, NULL);
        CASE_INT(c->name, a.status, 422);
        CASE_INT(c->name, (int64_t)a.reply.cookies_n, 0);
        CASE(c->name, d.cx->where == NULL);
        str html = rendered(&d, a);
        check_has(html, c->part);
        check_has(html, "role=\"alert\"");
        CASE(c->name, str_find(html, S("secret"), 0) < 0 && str_find(html, S("sécret"), 0) < 0);
        CASE(c->name, str_find(str_from_c(c->body), S("Eve"), 0) < 0 ||
                          str_find(html, S("value=\"Eve\""), 0) > 0);
    }
    desk_close(&d);
}

static void a_refused_login_shows_the_form(void **state)
{
    struct desk d = desk_open(state);
    register_ada(&d);
    const char *const bodies[] = { SIGN_IN("ada@example.com", "wrong-word"),
        SIGN_IN("eve@example.com", "wrong-word"), SIGN_IN("<b>", "wrong-word"), "{}" };
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct answer a = page(&d, "POST", "/signin", str_from_c(bodies[i]));
        CHECK_ERR(d.cx, a.e, NULL);
        CASE_INT(bodies[i], a.status, 401);
        CASE_INT(bodies[i], (int64_t)a.reply.cookies_n, 0);
        str html = rendered(&d, a);
        check_has(html, "E-mail and password do not fit together");
        CASE(
            bodies[i], str_find(html, S("wrong-word"), 0) < 0 && str_find(html, S("<b>\""), 0) < 0);
    }
    desk_close(&d);
}

static void signing_in_leads_on(void **state)
{
    struct desk d = desk_open(state);
    register_ada(&d);
    static const struct {
        const char *body, *to;
    } cases[] = {
        { "{\"email\":\" ada@example.com \",\"password\":\"analytical engine\",\"next\":"
          "\"/checkout?a=1\"}",
            "/checkout?a=1" },
        { "{\"email\":\"ada@example.com\",\"password\":\"analytical engine\",\"next\":"
          "\"//evil.example\"}",
            "/" },
        { SIGN_IN("ADA@example.com", "analytical engine"), "/" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct answer a = page(&d, "POST", "/signin", str_from_c(cases[i].body));
        CHECK_ERR(d.cx, a.e, NULL);
        CASE_STR(cases[i].to, location(a), str_from_c(cases[i].to));
        CASE_STR(cases[i].to, cookie(a, "souk_n").value, S("0"));
    }
    desk_close(&d);
}

/* ---- sessions ---- */

static void an_old_session_is_renewed(void **state)
{
    struct desk d = desk_open(state);
    become_ada(&d);
    str old = d.cookies;
    d.cx->now_ms += HOUR_MS;
    struct answer a = page(&d, "GET", "/session?next=/account", (str){ 0 });
    CHECK_ERR(d.cx, a.e, NULL);
    CHECK_STR(location(a), S("/account"));
    take_cookies(&d, a);
    CHECK(!str_eq(old, d.cookies));
    str fresh = d.cookies;
    d.cookies = old; /* another tab, at the same time */
    CHECK(cookie(page(&d, "GET", "/session", (str){ 0 }), "souk_rt").max_age_s > 0);
    d.cx->now_ms += MINUTE_MS; /* a thief, later */
    a = page(&d, "GET", "/session?next=/account", (str){ 0 });
    CHECK_ERR(d.cx, a.e, NULL);
    CHECK_STR(location(a), S("/account"));
    CHECK_INT(cookie(a, "souk_rt").max_age_s, 0);
    CHECK_INT(cookie(a, "souk_at").max_age_s, 0);
    d.cookies = fresh; /* its family has ended */
    CHECK_INT(cookie(page(&d, "GET", "/session", (str){ 0 }), "souk_rt").max_age_s, 0);
    d.cookies = (str){ 0 };
    a = page(&d, "GET", "/session?next=https://evil.example", (str){ 0 });
    CHECK_STR(location(a), S("/"));
    desk_close(&d);
}

static void signing_out_forgets(void **state)
{
    struct desk d = desk_open(state);
    become_ada(&d);
    struct answer a = page(&d, "POST", "/signout", (str){ 0 });
    CHECK_ERR(d.cx, a.e, NULL);
    CHECK_STR(location(a), S("/"));
    CHECK_STR(page_header(&a.reply, "Clear-Site-Data"), S("\"storage\""));
    CHECK_INT(cookie(a, "souk_at").max_age_s, 0);
    CHECK_INT(cookie(a, "souk_rt").max_age_s, 0);
    CHECK_INT(cookie(a, "souk_n").max_age_s, 0);
    CHECK_INT(cookie(page(&d, "GET", "/session", (str){ 0 }), "souk_rt").max_age_s, 0);
    desk_close(&d);
}

/* ---- /account ---- */

static void the_account_has_a_home(void **state)
{
    struct desk d = desk_open(state);
    become_ada(&d);
    struct answer a = page(&d, "GET", "/account", (str){ 0 });
    CHECK_ERR(d.cx, a.e, NULL);
    CHECK_INT(a.status, 200);
    str html = rendered(&d, a);
    check_has(html, "<h1>Hello, Ada</h1>");
    check_has(html, "ada@example.com");
    check_has(html, "1 January 2026");
    check_has(html, "You have not ordered anything yet.");
    check_has(html, "value=\"Ada Lovelace\"");
    CHECK_ERR(d.cx,
        api(&d, "POST", "/api/v1/users/me/addresses",
            S("{\"name\":\"Ada\",\"line1\":\"1 Main St\",\"city\":\"Portland\",\"region\":\"OR\","
              "\"postalCode\":\"97201\",\"country\":\"US\"}"))
            .e,
        NULL);
    html = rendered(&d, page(&d, "GET", "/account?said=saved", (str){ 0 }));
    check_has(html, "<span>Portland, OR 97201</span><span>United States</span>");
    check_has(html, "Saved");
    desk_close(&d);
}

static void details_are_saved_or_mended(void **state)
{
    struct desk d = desk_open(state);
    become_ada(&d);
    struct answer a =
        page(&d, "POST", "/account", S("{\"name\":\"Ada Lovelace\",\"phone\":\"1234\"}"));
    CHECK_ERR(d.cx, a.e, NULL);
    CHECK_STR(location(a), S("/account?said=saved"));
    CHECK_INT((int64_t)a.reply.cookies_n, 0);
    a = page(&d, "POST", "/account", S("{\"name\":\"Ada King\"}"));
    CHECK_STR(location(a), S("/account?said=saved"));
    CHECK_INT(cookie(a, "souk_at").max_age_s, 0); /* the frame shows the new name at once */
    a = page(&d, "POST", "/account", S("{\"name\":\" \",\"phone\":\"5678\"}"));
    CHECK_ERR(d.cx, a.e, NULL);
    CHECK_INT(a.status, 422);
    str html = rendered(&d, a);
    check_has(html, "Must not be empty");
    check_has(html, "value=\"5678\"");
    check_has(html, "<h1>Hello, Ada</h1>");
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(forms_are_shown),
        STORE_TEST(registering_leaves_cookies),
        STORE_TEST(a_refused_registration_keeps_what_was_typed),
        STORE_TEST(a_refused_login_shows_the_form),
        STORE_TEST(signing_in_leads_on),
        STORE_TEST(an_old_session_is_renewed),
        STORE_TEST(signing_out_forgets),
        STORE_TEST(the_account_has_a_home),
        STORE_TEST(details_are_saved_or_mended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
