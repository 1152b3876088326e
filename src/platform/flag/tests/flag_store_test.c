/* SPDX-License-Identifier: Apache-2.0
 * Flags on both engines: shares that are about right, that stay, that grow, and that other
 * processes learn of. Run by meson. */
#include "platform/flag/flag.h"

#include "tests/support/store.h"

static const struct flag_def defs[] = { { "alpha", "A", 100 }, { "beta", "B", 0 }, { NULL } };

struct desk {
    struct store *s;
    struct flags *here, *there;
    struct flag_change in;
};

static struct desk desk_open(void **state)
{
    struct desk d = { .s = store_open(
                          store_engine(state), (const char *[]){ "platform/flag", NULL }) };
    struct flags_deps deps = { .db = store_db(d.s), .defs = defs };
    d.here = flags_open(store_cx(d.s)->arena, deps);
    d.there = flags_open(store_cx(d.s)->arena, deps);
    return d;
}

static err do_set(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return flags_set(d->here, cx, d->in);
}
static err do_set_undone(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    err e = flags_set(d->here, cx, d->in);
    return e ? e : FAIL(cx, ERR_BUG, "undone");
}
static err do_load(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return flags_load(d->there, cx);
}

#define PEOPLE 2000
static str person(struct desk *d, int i)
{
    return str_fmt(store_cx(d->s)->arena, "person-%d", i);
}

static int count(struct desk *d, const struct flags *f, const char *name)
{
    int n = 0;
    for (int i = 0; i < PEOPLE; i++)
        n += flags_on(f, name, person(d, i));
    return n;
}

static void set(struct desk *d, const char *name, int64_t percent)
{
    d->in = (struct flag_change){ .name = str_from_c(name), .percent = percent };
    CHECK_ERR(store_cx(d->s), store_write(d->s, do_set, d), NULL);
}

static void test_shares(void **state)
{
    struct desk d = desk_open(state);
    CHECK_INT(count(&d, d.here, "alpha"), PEOPLE);
    CHECK_INT(count(&d, d.here, "beta"), 0);
    set(&d, "alpha", 20);
    set(&d, "beta", 20);
    int n = count(&d, d.here, "alpha"), both = 0;
    CHECK(n > PEOPLE * 16 / 100 && n < PEOPLE * 24 / 100);
    for (int i = 0; i < PEOPLE; i++)
        both += flags_on(d.here, "alpha", person(&d, i)) && flags_on(d.here, "beta", person(&d, i));
    CHECK(both > PEOPLE * 2 / 100 && both < PEOPLE * 7 / 100); /* 4 of 100 */
    bool had[PEOPLE];
    for (int i = 0; i < PEOPLE; i++)
        had[i] = flags_on(d.here, "alpha", person(&d, i));
    set(&d, "alpha", 60); /* who had it keeps it */
    for (int i = 0; i < PEOPLE; i++)
        CHECK(!had[i] || flags_on(d.here, "alpha", person(&d, i)));
    CHECK(!flags_on(d.here, "alpha", (str){ 0 }));
    set(&d, "alpha", 100);
    CHECK(flags_on(d.here, "alpha", (str){ 0 }));
    store_close(d.s);
}

static void test_set(void **state)
{
    struct desk d = desk_open(state);
    set(&d, "beta", 100);
    CHECK(flags_on(d.here, "beta", S("x")));
    CHECK(!flags_on(d.there, "beta", S("x")));
    CHECK_ERR(store_cx(d.s), store_read(d.s, do_load, &d), NULL);
    CHECK(flags_on(d.there, "beta", S("x")));
    d.in.percent = 0;
    CHECK_ERR(store_cx(d.s), store_write(d.s, do_set_undone, &d), &ERR_BUG);
    CHECK(flags_on(d.here, "beta", S("x"))); /* nothing was committed */
    static const int64_t bad[] = { -1, 101 };
    for (size_t i = 0; i < COUNT(bad); i++) {
        d.in.percent = bad[i];
        CHECK_ERR(store_cx(d.s), store_write(d.s, do_set, &d), &ERR_INVALID);
    }
    d.in = (struct flag_change){ .name = S("gamma"), .percent = 1 };
    CHECK_ERR(store_cx(d.s), store_write(d.s, do_set, &d), &FLAG_UNKNOWN);
    store_close(d.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = { STORE_TEST(test_shares), STORE_TEST(test_set) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
