/* SPDX-License-Identifier: Apache-2.0
 * The verbs of merchandising on both engines. Run by meson. */
#include "services/merchandising/merchandising.h"
#include "tests/support/store.h"

static const char *const folders[] = { "services/merchandising", NULL };

struct world {
    struct store *s;
    struct merchandising *m;
    struct merchandising_synonym synonym, made, *synonyms;
    struct merchandising_rule rule, rule_made, *rules;
    struct merchandising_query *queries;
    size_t n;
    int64_t version;
    id gone;
    str text;
    bool none, fail;
};

static struct world world_open(void **state)
{
    struct world w = { .s = store_open(store_engine(state), folders) };
    w.m = merchandising_open(
        store_cx(w.s)->arena, (struct merchandising_deps){ .db = store_db(w.s) });
    return w;
}
static void world_close(struct world *w)
{
    merchandising_close(w->m);
    store_close(w->s);
}

static err add_synonym(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return merchandising_synonym_add(w->m, cx, &w->synonym, &w->made);
}
static err remove_synonym(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return merchandising_synonym_remove(w->m, cx, w->gone);
}
static err add_rule(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return merchandising_rule_add(w->m, cx, &w->rule, &w->rule_made);
}
static err remove_rule(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return merchandising_rule_remove(w->m, cx, w->gone);
}
static err look(void *arg, struct cx *cx)
{
    struct world *w = arg;
    err e = merchandising_synonyms(w->m, cx, &w->synonyms, &w->n);
    size_t all;
    struct merchandising_rule *rules;
    if (!e)
        e = merchandising_rules(w->m, cx, &rules, &all);
    return e ? e : merchandising_of(w->m, cx, w->text, &w->rules, &all, &w->version);
}
static err rules_of(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return merchandising_of(w->m, cx, w->text, &w->rules, &w->n, &w->version);
}
static err flush(void *arg, struct cx *cx)
{
    struct world *w = arg;
    err e = merchandising_flush(w->m, cx);
    return e || !w->fail ? e : FAIL(cx, ERR_INVALID, "undone");
}
static err asked(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return merchandising_asked(w->m, cx, w->none, 10, &w->queries, &w->n);
}
static err begun(void *arg, struct cx *cx)
{
    struct world *w = arg;
    return merchandising_begun(w->m, cx, w->text, 10, &w->queries, &w->n);
}

static void test_synonyms(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    w.synonym = (struct merchandising_synonym){
        .term = S(" Sneakers "), .replacement = S("Trainers  shoes"), .one_way = true
    };
    CHECK_ERR(cx, store_write(w.s, add_synonym, &w), NULL);
    CHECK_STR(w.made.term, S("sneakers"));
    CHECK_STR(w.made.replacement, S("trainers shoes"));
    id made = w.made.synonym_id;
    CHECK_ERR(cx, store_write(w.s, add_synonym, &w), &MERCHANDISING_KNOWN);
    CHECK_ERR(cx, store_read(w.s, look, &w), NULL);
    CHECK_INT((int64_t)w.n, 1);
    CHECK_INT(w.version, 1);
    CHECK(w.synonyms[0].one_way && id_eq(w.synonyms[0].synonym_id, made));
    static const struct {
        const char *term, *replacement;
    } bad[] = { { "", "x" }, { "x", "  " }, { "Same", "same" } };
    for (size_t i = 0; i < COUNT(bad); i++) {
        w.synonym = (struct merchandising_synonym){ .term = str_from_c(bad[i].term),
            .replacement = str_from_c(bad[i].replacement) };
        CHECK_ERR(cx, store_write(w.s, add_synonym, &w), &ERR_INVALID);
    }
    w.gone = made;
    CHECK_ERR(cx, store_write(w.s, remove_synonym, &w), NULL);
    CHECK_ERR(cx, store_write(w.s, remove_synonym, &w), &ERR_MISSING);
    CHECK_ERR(cx, store_read(w.s, look, &w), NULL);
    CHECK_INT((int64_t)w.n, 0);
    CHECK_INT(w.version, 2);
    world_close(&w);
}

static void test_rules(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    id a = id_from_name(S("t"), S("a")), b = id_from_name(S("t"), S("b"));
    const struct merchandising_rule good[] = {
        { .query = S("red  SHOES"), .kind = MERCHANDISING_PIN, .product_id = a, .position = 2 },
        { .query = S("red shoes"), .kind = MERCHANDISING_PIN, .product_id = b, .position = 1 },
        { .query = S("red shoes"), .kind = MERCHANDISING_BURY, .product_id = a },
        { .query = S("red shoes"), .kind = MERCHANDISING_REDIRECT, .target = S("/c/fashion") },
        { .query = S("blue shoes"), .kind = MERCHANDISING_BURY, .product_id = b },
    };
    for (size_t i = 0; i < COUNT(good); i++) {
        w.rule = good[i];
        CHECK_ERR(cx, store_write(w.s, add_rule, &w), NULL);
        CHECK_ERR(cx, store_write(w.s, add_rule, &w), &MERCHANDISING_KNOWN);
    }
    w.text = S("Red shoes ");
    CHECK_ERR(cx, store_read(w.s, rules_of, &w), NULL);
    CHECK_INT((int64_t)w.n, 4);
    CHECK(id_eq(w.rules[0].product_id, b) && id_eq(w.rules[1].product_id, a));
    CHECK_STR(w.rules[3].target, S("/c/fashion"));
    const struct merchandising_rule bad[] = {
        { .query = S(" "), .kind = MERCHANDISING_PIN, .product_id = a },
        { .query = S("x"), .kind = MERCHANDISING_PIN },
        { .query = S("x"),
            .kind = MERCHANDISING_REDIRECT,
            .target = S("https://elsewhere.example") },
        { .query = S("x"), .kind = MERCHANDISING_REDIRECT, .target = S("//elsewhere.example") },
        { .query = S("x"), .kind = MERCHANDISING_REDIRECT, .target = S("/a\r\nb: c") },
        { .query = S("x"), .kind = MERCHANDISING_REDIRECT },
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        w.rule = bad[i];
        CHECK_ERR(cx, store_write(w.s, add_rule, &w), &ERR_INVALID);
    }
    for (int i = 4; i < MERCHANDISING_RULES_MAX; i++) {
        str name = str_from_i64(cx->arena, i);
        w.rule = (struct merchandising_rule){ .query = S("red shoes"),
            .kind = MERCHANDISING_BURY,
            .product_id = id_from_name(S("many"), name) };
        CHECK_ERR(cx, store_write(w.s, add_rule, &w), NULL);
    }
    w.rule.product_id = id_from_name(S("t"), S("one more"));
    CHECK_ERR(cx, store_write(w.s, add_rule, &w), &MERCHANDISING_FULL);
    w.gone = w.rule_made.rule_id;
    CHECK_ERR(cx, store_write(w.s, remove_rule, &w), NULL);
    CHECK_ERR(cx, store_write(w.s, remove_rule, &w), &ERR_MISSING);
    world_close(&w);
}

static void test_asked(void **state)
{
    struct world w = world_open(state);
    struct cx *cx = store_cx(w.s);
    for (int i = 0; i < 3; i++)
        merchandising_count(w.m, S("Red  Shoes"), 7);
    merchandising_count(w.m, S("red socks"), 2);
    merchandising_count(w.m, S("qqqq"), 0);
    merchandising_count(w.m, S("  "), 0);
    CHECK_ERR(cx, store_write(w.s, flush, &w), NULL);
    merchandising_count(w.m, S("red shoes"), 8);
    w.fail = true; /* after it wrote: the next writes it */
    CHECK_ERR(cx, store_write(w.s, flush, &w), &ERR_INVALID);
    w.fail = false;
    CHECK_ERR(cx, store_write(w.s, flush, &w), NULL);
    CHECK_ERR(cx, store_write(w.s, flush, &w), NULL); /* nothing new */
    CHECK_ERR(cx, store_read(w.s, asked, &w), NULL);
    CHECK_INT((int64_t)w.n, 3);
    CHECK_STR(w.queries[0].query, S("red shoes"));
    CHECK_INT(w.queries[0].searches, 4);
    CHECK_INT(w.queries[0].found, 8);
    w.none = true;
    CHECK_ERR(cx, store_read(w.s, asked, &w), NULL);
    CHECK_INT((int64_t)w.n, 1);
    CHECK_STR(w.queries[0].query, S("qqqq"));
    static const struct {
        const char *prefix;
        size_t n;
    } cases[] = { { "red", 2 }, { "RED s", 2 }, { "red so", 1 }, { "qq", 0 }, { "x", 0 }, { "", 0 },
        { "red shoes", 1 } };
    for (size_t i = 0; i < COUNT(cases); i++) {
        w.text = str_from_c(cases[i].prefix);
        CHECK_ERR(cx, store_read(w.s, begun, &w), NULL);
        CASE_INT(cases[i].prefix, (int64_t)w.n, (int64_t)cases[i].n);
    }
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = { STORE_TEST(test_synonyms), STORE_TEST(test_rules),
        STORE_TEST(test_asked) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
