/* SPDX-License-Identifier: Apache-2.0
 * Logins of other issuers: never into an account by its e-mail, never the last one removed; on both
 * engines. Run by `./dev test identity`. */
#include "services/identity/identity_internal.h"
#include "services/identity/tests/identity_desk.h"

struct ways {
    struct desk d;
    struct identity_elsewhere who;
    struct identity_user user;
    struct identity_way *list;
    size_t n;
    bool found;
    str email;
};

static err do_find(void *arg, struct cx *cx)
{
    struct ways *x = arg;
    return identity_way_find(x->d.identity, cx, &x->who, &x->user, &x->found);
}
static err do_register(void *arg, struct cx *cx)
{
    struct ways *x = arg;
    return identity_way_register(x->d.identity, cx, &x->who, &x->user);
}
static err do_add(void *arg, struct cx *cx)
{
    struct ways *x = arg;
    return identity_way_add(x->d.identity, cx, x->d.user_id, &x->who);
}
static err do_list(void *arg, struct cx *cx)
{
    struct ways *x = arg;
    return identity_way_list(x->d.identity, cx, x->d.user_id, &x->list, &x->n);
}
static err do_remove(void *arg, struct cx *cx)
{
    struct ways *x = arg;
    return identity_way_remove(x->d.identity, cx, x->d.user_id, x->list[0].way_id, S("Example"));
}
static err do_password(void *arg, struct cx *cx)
{
    struct ways *x = arg;
    return identity_password_set(x->d.identity, cx, x->d.user_id, S("$argon2id$"), (id){ { 0 } });
}
static err do_check(void *arg, struct cx *cx)
{
    struct ways *x = arg;
    return identity_check_login(x->d.identity, cx, x->email, S("none"), &x->user);
}

static struct ways ways_open(void **state)
{
    return (struct ways){ .d = desk_open(state),
        .email = S("ada@example.com"),
        .who = { .issuer = S("https://id.example"),
            .subject = S("1"),
            .email = S("ada@example.com"),
            .name = S("Ada"),
            .label = S("Example") } };
}

static void an_e_mail_opens_no_account(void **state)
{
    struct ways x = ways_open(state);
    CHECK_ERR(x.d.cx, desk_register(&x.d, "Ada@example.com"), NULL);
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_find, &x), NULL);
    CHECK(!x.found);
    x.who.email_verified = true;
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_register, &x), &IDENTITY_EMAIL_TAKEN);
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_find, &x), NULL);
    CHECK(!x.found);
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_add, &x), NULL); /* its owner did that */
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_add, &x), NULL);
    CHECK_INT(desk_told(&x.d, "identity.way_changed").n, 1); /* once, though done twice */
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_find, &x), NULL);
    CHECK(x.found && id_eq(x.user.user_id, x.d.user_id));
    CHECK_ERR(x.d.cx, desk_register(&x.d, "eve@example.com"), NULL);
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_add, &x), &IDENTITY_WAY_TAKEN);
    x.who.issuer = S("https://other.example"); /* the same subject elsewhere is somebody else */
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_find, &x), NULL);
    CHECK(!x.found);
    desk_close(&x.d);
}

static void an_account_of_its_own_has_no_password(void **state)
{
    struct ways x = ways_open(state);
    x.who.name = S("");
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_register, &x), NULL);
    CHECK_STR(x.user.name, S("ada"));
    CHECK(!x.user.verified);
    x.d.user_id = x.user.user_id;
    CHECK_ERR(x.d.cx, store_read(x.d.s, do_check, &x), &IDENTITY_BAD_LOGIN);
    CHECK_ERR(x.d.cx, store_read(x.d.s, do_list, &x), NULL);
    CHECK_INT(x.n, 1);
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_remove, &x), &IDENTITY_WAY_LAST);
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_find, &x), NULL);
    CHECK(x.found); /* the removal was undone */
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_password, &x), NULL);
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_remove, &x), NULL);
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_remove, &x), &IDENTITY_WAY_UNKNOWN);
    x.who = (struct identity_elsewhere){ .issuer = S("i"), .subject = S("s"), .label = S("l") };
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_register, &x), &ERR_INVALID); /* no e-mail */
    x.who.email = S("new@example.com");
    x.who.email_verified = true;
    CHECK_ERR(x.d.cx, store_write(x.d.s, do_register, &x), NULL);
    CHECK(x.user.verified);
    desk_close(&x.d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(an_e_mail_opens_no_account),
        STORE_TEST(an_account_of_its_own_has_no_password),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
