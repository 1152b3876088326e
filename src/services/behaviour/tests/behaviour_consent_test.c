/* SPDX-License-Identifier: Apache-2.0
 * Who wants lists in an order of their own: asked for, kept under a pseudonym, found and erased
 * also where it was kept in clear before; on both engines. Run by meson. */
#include "behaviour_sql.h"
#include "services/behaviour/behaviour_internal.h"
#include "tests/support/store.h"

static const char *const folders[] = { "services/behaviour", NULL };

struct world {
    struct store *s;
    struct behaviour *b;
    id user_id;
    bool personal;
};

static struct world world_open(void **state)
{
    struct world w = { .s = store_open(store_engine(state), folders) };
    w.b = behaviour_open(
        store_cx(w.s)->arena, (struct behaviour_deps){ .db = store_db(w.s), .rng = rng_seeded(7) });
    return w;
}
static void world_close(struct world *w)
{
    behaviour_close(w->b);
    store_close(w->s);
}
static id user(const char *name)
{
    return id_from_name(S("user"), str_from_c(name));
}
static err do_choose(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return behaviour_set_personal(w->b, cx, w->user_id, w->personal);
}

static err do_choice(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return behaviour_personal(w->b, cx, w->user_id, &w->personal);
}

static void test_consent(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    w.user_id = user("a user");
    w.personal = true;
    CHECK_ERR(cx, store_read(w.s, do_choice, &w), NULL);
    CHECK(!w.personal); /* nobody asked for it */
    for (int on = 1; on >= 0; on--) {
        w.personal = on;
        CHECK_ERR(cx, store_write(w.s, do_choose, &w), NULL);
        w.personal = !on;
        CHECK_ERR(cx, store_read(w.s, do_choice, &w), NULL);
        CHECK(w.personal == (on == 1));
    }
    world_close(&w);
}

/* The texts that tell who, in clear; those that do not are as long as a keyed hash. */
static const char clear_rows[] =
    "CREATE TABLE seen (n bigint CHECK (n = 0));"
    "INSERT INTO seen SELECT count(*) FROM behaviour_wish WHERE length(user_key) = 36;";

/* By a hash: whether the table tells who. */
static void test_consent_names_nobody(void **state)
{
    struct world w = world_open(state);
    w.user_id = user("a user");
    w.personal = true;
    CHECK_ERR(store_cx(w.s), store_write(w.s, do_choose, &w), NULL);
    CHECK(!store_refuses(w.s, clear_rows));
    world_close(&w);
}

static err do_erase(void *arg, struct cx *cx)
{
    struct world *w = arg;
    str text = id_text(cx->arena, w->user_id);
    const struct behaviour_sql_erase_wish_in in = { text, text };
    return behaviour_sql_erase_wish(store_db(w->s), cx, in, NULL);
}

/* Rows of before are found, changed and erased while they wait for the vault's sweep. */
static void test_consent_of_before(void **state)
{
    struct arena *arena = arena_open(1 << 16);
    struct cx cx = { .arena = arena };
    struct db_migration *list;
    size_t n, applied;
    CHECK_ERR(&cx,
        db_migrations_of(&cx, S("behaviour"), S("src/services/behaviour/sql/"), &list, &n), NULL);
    struct world w = { .s = store_open_with((struct store_opts){ .engine = store_engine(state),
                           .migrations = list,
                           .migrations_n = 3 }) };
    bool pg = db_engine_of(store_db(w.s)) == DB_PG;
    w.b = behaviour_open(arena, (struct behaviour_deps){ .db = store_db(w.s) });
    for (int i = 0; i < 3; i++) {
        id who = user(i == 0 ? "read" : i == 1 ? "changed" : "erased");
        struct buf hex = { .arena = arena };
        for (size_t k = 0; k < sizeof who.b; k++)
            buf_add(&hex, str_fmt(arena, "%02x", who.b[k]));
        store_script(
            w.s, str_c(arena,
                     str_fmt(arena, "INSERT INTO behaviour_choice VALUES (%s" STR_F "', true, 1)",
                         pg ? "'" : "X'", STR_A(buf_str(&hex)))));
    }
    CHECK_ERR(store_cx(w.s), db_migrate(store_db(w.s), store_cx(w.s), list, n, &applied), NULL);
    CHECK_INT((int64_t)applied, 1);
    for (int i = 0; i < 3; i++) {
        w.user_id = user(i == 0 ? "read" : i == 1 ? "changed" : "erased");
        CHECK_ERR(store_cx(w.s), store_read(w.s, do_choice, &w), NULL);
        CHECK(w.personal);
        w.personal = false;
        if (i > 0)
            CHECK_ERR(store_cx(w.s), store_write(w.s, i == 1 ? do_choose : do_erase, &w), NULL);
        CHECK_ERR(store_cx(w.s), store_read(w.s, do_choice, &w), NULL);
        CHECK(w.personal == (i == 0));
    }
    store_script(w.s,
        "CREATE TABLE two (n bigint CHECK (n = 2));"
        "INSERT INTO two SELECT count(*) FROM behaviour_wish;");
    world_close(&w);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = { STORE_TEST(test_consent),
        STORE_TEST(test_consent_names_nobody), STORE_TEST(test_consent_of_before) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
