/* SPDX-License-Identifier: Apache-2.0
 * The pages of an account's security on both engines, without the edge: what they show, and where
 * their forms lead. Run by `./dev test security`. */
#include <stdlib.h>
#include <unistd.h>

#include "flows/security/security.h"
#include "platform/token/token.h"
#include "tests/support/ask.h"
#include "tests/support/page.h"

struct desk {
    struct store *s;
    struct cx *cx;
    struct tokens *tokens;
    struct identity *identity;
    struct security *security;
    struct identity_user user;
    struct identity_session session;
    str hash;
};

#define PASSWORD "analytical engine"

static err do_hash(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return identity_prepare_password(d->identity, cx, S("ada@example.com"), S(PASSWORD), &d->hash);
}

static err do_register(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    err e = identity_register(d->identity, cx,
        (struct identity_register){
            .email = S("ada@example.com"), .name = S("Ada"), .password_hash = d->hash },
        &d->user);
    if (!e)
        e = identity_session_start(d->identity, cx, &d->user,
            (struct identity_arrival){ .device = S("curl/8.5") }, &d->session);
    return e;
}

static struct desk desk_open(void **state)
{
    struct desk d = { .s = store_open(store_engine(state),
                          (const char *const[]){ "platform/bus", "services/identity",
                              "services/credentials", NULL }) };
    struct arena *life = store_cx(d.s)->arena;
    char folder[] = "/tmp/souk-security-XXXXXX";
    d.cx = store_cx(d.s);
    CHECK(mkdtemp(folder) != NULL);
    const char *file = str_c(life, str_fmt(life, "%s/token.pem", folder));
    CHECK_ERR(d.cx, tokens_open(life, d.cx, file, &d.tokens), NULL);
    unlink(file);
    rmdir(folder);
    d.identity =
        identity_open(life, (struct identity_deps){ .db = store_db(d.s), .tokens = d.tokens });
    d.security = security_open(life, (struct security_deps){ .db = store_db(d.s),
                                         .identity = d.identity,
                                         .credentials = credentials_open(life,
                                             (struct credentials_deps){ .db = store_db(d.s) }) });
    d.cx->peer = S("192.0.2.7");
    CHECK_ERR(d.cx, store_read(d.s, do_hash, &d), NULL);
    CHECK_ERR(d.cx, store_write(d.s, do_register, &d), NULL);
    d.cx->who = (struct principal){ .user_id = d.user.user_id,
        .session_id = d.session.session_id,
        .name = S("Ada"),
        .email = S("ada@example.com") };
    return d;
}

static void desk_close(struct desk *d)
{
    tokens_close(d->tokens);
    store_close(d->s);
}

static struct answer page(struct desk *d, const char *method, const char *path, const char *body)
{
    struct answer a = ask(d->s, (struct ask){ .routes = security_service.page_routes,
                                    .service = d->security,
                                    .method = method,
                                    .path = str_from_c(path),
                                    .body = str_from_c(body) });
    CHECK_ERR(d->cx, a.e, NULL);
    return a;
}

static str rendered(struct desk *d, struct answer a)
{
    return page_html(d->cx, &a.reply);
}

static bool has(str html, const char *part)
{
    return str_find(html, str_from_c(part), 0) >= 0;
}

static str location(struct answer a)
{
    CHECK_INT(a.reply.status, 303);
    return page_header(&a.reply, "Location");
}

static void the_page_shows_what_there_is(void **state)
{
    struct desk d = desk_open(state);
    str html = rendered(&d, page(&d, "GET", "/account/security", NULL));
    CHECK(has(html, "ada@example.com") && has(html, "Not confirmed yet"));
    CHECK(has(html, "curl") && has(html, "192.0.2.7") && has(html, "This device"));
    CHECK(!has(html, "End this session") && !has(html, "End all other"));
    CHECK(!has(html, "class=\"alert"));
    html = rendered(&d, page(&d, "GET", "/account/security?said=password", NULL));
    CHECK(has(html, "Your password was changed"));
    desk_close(&d);
}

static const struct door_case {
    const char *path, *part;
} doors[] = {
    { "/forgot-password", "name=\"email\"" },
    { "/verify-email?token=%3Cb%3E", "value=\"&lt;b&gt;\"" },
    { "/account/security/password", "name=\"newPassword\"" },
    { "/account/security/email", "name=\"email\"" },
    { "/account/security/factor", "name=\"password\"" },
    { "/account/security/factor/codes", "name=\"code\"" },
    { "/account/confirm?next=/orders", "name=\"next\" value=\"/orders\"" },
};

static void doors_have_their_forms(void **state)
{
    struct desk d = desk_open(state);
    for (size_t i = 0; i < COUNT(doors); i++) {
        str html = rendered(&d, page(&d, "GET", doors[i].path, NULL));
        CASE(doors[i].path, has(html, doors[i].part));
        CASE(doors[i].path, has(html, "<form class=\"panel form\" method=\"post\""));
    }
    CHECK(
        !has(rendered(&d, page(&d, "GET", "/account/confirm?next=//evil.example", NULL)), "evil"));
    CHECK_INT(page(&d, "GET", "/reset-password?token=x", NULL).reply.status, 422);
    desk_close(&d);
}

#define LONG "long enough it is"
static const struct refused_case {
    const char *path, *body, *part;
} refused[] = {
    { "/account/security/password", "{\"password\":\"no\",\"newPassword\":\"" LONG "\"}",
        "aria-invalid" },
    { "/account/security/password", "{\"password\":\"" PASSWORD "\",\"newPassword\":\"password1\"}",
        "leaked" },
    { "/account/security/email", "{\"password\":\"" PASSWORD "\",\"email\":\"x\"}", "value=\"x\"" },
    { "/account/security/factor", "{\"password\":\"no\"}", "aria-invalid" },
    { "/verify-email", "{\"token\":\"x\"}", "This link is not good" },
    { "/reset-password", "{\"token\":\"x\",\"newPassword\":\"" LONG "\"}", "Ask for another link" },
};

static void what_is_refused_comes_back_without_secrets(void **state)
{
    struct desk d = desk_open(state);
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct answer a = page(&d, "POST", refused[i].path, refused[i].body);
        str html = rendered(&d, a);
        CASE_INT(refused[i].path, a.reply.status, 422);
        CASE(refused[i].path, has(html, refused[i].part));
        CASE(refused[i].path, !has(html, PASSWORD) && !has(html, LONG));
    }
    desk_close(&d);
}

static void forms_lead_back(void **state)
{
    struct desk d = desk_open(state);
    CHECK_STR(location(page(&d, "POST", "/account/security/verify", NULL)),
        S("/account/security?said=sent"));
    CHECK_STR(location(page(&d, "POST", "/account/security/sessions", NULL)),
        S("/account/security?said=ended_others"));
    CHECK_STR(location(page(&d, "POST", "/account/security/password",
                  "{\"password\":\"" PASSWORD "\",\"newPassword\":\"difference engine\"}")),
        S("/account/security?said=password"));
    CHECK_STR(location(page(
                  &d, "POST", "/account/security/factor", "{\"password\":\"difference engine\"}")),
        S("/account/security/factor/confirm"));
    str html = rendered(&d, page(&d, "GET", "/account/security/factor/confirm", NULL));
    CHECK(has(html, "/account/security/factor/qr.svg"));
    CHECK_STR(
        page(&d, "GET", "/account/security/factor/qr.svg", NULL).reply.type, S("image/svg+xml"));
    CHECK_INT(
        page(&d, "POST", "/account/security/factor/confirm", "{\"code\":\"1\"}").reply.status, 422);
    CHECK_STR(location(page(&d, "POST", "/account/confirm",
                  "{\"password\":\"difference engine\",\"next\":\"/orders\"}")),
        S("/orders"));
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(the_page_shows_what_there_is),
        STORE_TEST(doors_have_their_forms),
        STORE_TEST(what_is_refused_comes_back_without_secrets),
        STORE_TEST(forms_lead_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
