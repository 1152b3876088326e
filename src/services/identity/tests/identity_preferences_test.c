/* SPDX-License-Identifier: Apache-2.0
 * Preferences in rows, on both engines: defaults, what stays when something is changed, whose they
 * are. Run by `./dev test identity`. */
#include "services/identity/tests/identity_desk.h"

struct likes {
    struct desk *d;
    id user_id;
    struct identity_preferences in, out;
};

static err do_set(void *arg, struct cx *cx)
{
    struct likes *l = arg;
    return identity_preferences_set(l->d->identity, cx, l->user_id, l->in, &l->out);
}

static err do_get(void *arg, struct cx *cx)
{
    struct likes *l = arg;
    return identity_preferences_get(l->d->identity, cx, l->user_id, &l->out);
}

static err set(struct desk *d, struct likes *l, const char *appearance, const char *speed)
{
    l->in = (struct identity_preferences){ appearance ? str_from_c(appearance) : (str){ 0 },
        speed ? str_from_c(speed) : (str){ 0 } };
    return store_write(d->s, do_set, l);
}

/* "dark prime_2day"; "-" for no speed. */
static str now(struct desk *d, struct likes *l)
{
    CHECK_ERR(d->cx, store_read(d->s, do_get, l), NULL);
    str speed = l->out.delivery_speed.p ? l->out.delivery_speed : S("-");
    return str_fmt(d->cx->arena, STR_F " " STR_F, STR_A(l->out.appearance), STR_A(speed));
}

static void what_is_not_said_stays(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    struct likes l = { .d = &d, .user_id = d.user_id };
    CHECK_STR(now(&d, &l), S("system -"));
    CHECK_ERR(d.cx, set(&d, &l, NULL, NULL), NULL);
    CHECK_STR(l.out.appearance, S("system"));
    CHECK_STR(now(&d, &l), S("system -"));
    CHECK_ERR(d.cx, set(&d, &l, "dark", NULL), NULL);
    CHECK_STR(l.out.appearance, S("dark"));
    CHECK(!l.out.delivery_speed.p);
    CHECK_STR(now(&d, &l), S("dark -"));
    CHECK_ERR(d.cx, set(&d, &l, NULL, "prime_2day"), NULL);
    CHECK_STR(now(&d, &l), S("dark prime_2day"));
    CHECK_ERR(d.cx, set(&d, &l, "light", NULL), NULL);
    CHECK_STR(now(&d, &l), S("light prime_2day"));
    CHECK_ERR(d.cx, set(&d, &l, "light", "prime_2day"), NULL); /* a repeat */
    CHECK_STR(now(&d, &l), S("light prime_2day"));
    desk_close(&d);
}

static void they_are_ones_own(void **state)
{
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    struct likes ada = { .d = &d, .user_id = d.user_id };
    CHECK_ERR(d.cx, desk_register(&d, "bob@example.com"), NULL);
    struct likes bob = { .d = &d, .user_id = d.user_id };
    struct likes nobody = { .d = &d, .user_id = cx_id(d.cx) };
    CHECK_ERR(d.cx, set(&d, &ada, "dark", "standard"), NULL);
    CHECK_STR(now(&d, &bob), S("system -"));
    CHECK_ERR(d.cx, set(&d, &bob, "light", NULL), NULL);
    CHECK_STR(now(&d, &ada), S("dark standard"));
    CHECK_ERR(d.cx, set(&d, &nobody, "dark", NULL), &ERR_MISSING);
    CHECK_STR(now(&d, &nobody), S("system -"));
    desk_close(&d);
}

static void nonsense_is_not_kept(void **state)
{
    static const char *const looks[] = { "", "Dark", "darker", "sys" };
    struct desk d = desk_open(state);
    CHECK_ERR(d.cx, desk_register(&d, "ada@example.com"), NULL);
    struct likes l = { .d = &d, .user_id = d.user_id };
    CHECK_ERR(d.cx, set(&d, &l, "dark", NULL), NULL);
    for (size_t i = 0; i < COUNT(looks); i++) {
        cx_clear(d.cx);
        CHECK_ERR(d.cx, set(&d, &l, looks[i], "standard"), &ERR_INVALID);
        CHECK_STR(d.cx->fields->pointer, S("/appearance"));
    }
    cx_clear(d.cx);
    CHECK_ERR(d.cx, set(&d, &l, NULL, "a speed of more than forty bytes, by one!"), &ERR_INVALID);
    CHECK_STR(d.cx->fields->pointer, S("/deliverySpeed"));
    cx_clear(d.cx);
    CHECK_ERR(d.cx, set(&d, &l, NULL, "a speed of forty bytes, which is allowed"), NULL);
    CHECK_STR(l.out.appearance, S("dark"));
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(what_is_not_said_stays),
        STORE_TEST(they_are_ones_own),
        STORE_TEST(nonsense_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
