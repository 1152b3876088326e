/* SPDX-License-Identifier: Apache-2.0
 * The search over the database's text search, on both engines: what texts find, hostile
 * texts, putting and removing, tokens, completions. Run by meson test. */
#include "platform/search/tests/search_kit.h"

/* ---- words ---- */
static const struct search_attribute silver[] = { { S_INIT("colour"), S_INIT("Colour"),
    S_INIT("Silver") } };
static const struct search_doc shelf[] = {
    { .product_id = { { 1, [15] = 1 } },
        .title = S_INIT("HP Pavilion dv7-1211ea Notebook"),
        .brand = S_INIT("HP"),
        .description = S_INIT("Seventeen inches of screen"),
        .category_path = S_INIT("electronics/laptops"),
        .attributes = silver,
        .attributes_n = 1,
        .codes = S_INIT("dv7-1211ea 0884420588030"),
        .price_minor = 109950,
        .in_stock = true },
    { .product_id = { { 1, [15] = 2 } },
        .title = S_INIT("Samsung Galaxy headphones"),
        .brand = S_INIT("Samsung"),
        .description = S_INIT("A notebook is not included"),
        .category_path = S_INIT("electronics/audio"),
        .price_minor = 5000,
        .in_stock = true },
    { .product_id = { { 1, [15] = 3 } },
        .title = S_INIT("Café crème beans"),
        .brand = S_INIT("Moulin d'Or"),
        .category_path = S_INIT("food"),
        .price_minor = 1000,
        .in_stock = true },
    { .product_id = { { 1, [15] = 4 } },
        .title = S_INIT("Gainward RTX4090 Phantom"),
        .brand = S_INIT("Gainward"),
        .category_path = S_INIT("electronics/cards"),
        .price_minor = 200000 },
};

static const struct {
    const char *text;
    int64_t total, first; /* number of the first id */
    bool relaxed;
    const char *corrected;
} text_cases[] = {
    { "notebook", 2, 1, false, NULL }, /* the title weighs more than the description */
    { "notebooks", 2, 1, false, NULL },
    { "NOTEBOOK hp", 1, 1, false, NULL },
    { "dv7-1211ea", 1, 1, false, NULL },
    { "DV7 1211", 1, 1, false, NULL },
    { "dv71211ea", 1, 1, false, NULL },
    { "0884420588030", 1, 1, false, NULL },
    { "headph", 1, 2, false, NULL },
    { "cafe creme", 1, 3, false, NULL },
    { "CAFÉ", 1, 3, false, NULL },
    { "silver", 1, 1, false, NULL },
    { "rtx 4090", 1, 4, false, NULL },
    { "rtx4090", 1, 4, false, NULL },
    { "galaxy beans", 2, 0, true, NULL },
    { "samsng headphones", 1, 2, true, "samsung headphones" },
    { "headfones", 0, 0, false, "headphones" },
    { "qqqqqqq", 0, 0, false, NULL },
    { "qqqqqqq headfones", 0, 0, false, NULL },
    { "", 4, 0, false, NULL },
    { "   ", 4, 0, false, NULL },
    { "?!*", 0, 0, false, NULL },
};

static void test_texts(void **state, bool index)
{
    struct kit kit = kit_open(state, index);
    put(&kit, shelf, COUNT(shelf));
    for (size_t i = 0; i < COUNT(text_cases); i++) {
        str text = str_from_c(text_cases[i].text);
        struct search_result r = ask(&kit, (struct search_query){ .text = text, .limit = 10 });
        if (r.relaxed && !text_cases[i].relaxed) { /* or adds what has some of the words */
            CASE(text_cases[i].text, r.total >= text_cases[i].total);
            CASE_INT(text_cases[i].text, id_number(r.product_ids[0]), text_cases[i].first);
            continue;
        }
        if (r.replaced) { /* our own engine answers what was meant */
            CASE(text_cases[i].text, r.total == 1 && !r.relaxed);
            CASE_STR(text_cases[i].text, r.corrected, str_from_c(text_cases[i].corrected));
            continue;
        }
        CASE_INT(text_cases[i].text, r.total, text_cases[i].total);
        CASE_INT(text_cases[i].text, (int64_t)r.n, text_cases[i].total);
        CASE_INT(text_cases[i].text, r.relaxed, text_cases[i].relaxed);
        CASE_STR(text_cases[i].text, r.corrected, str_from_c(text_cases[i].corrected));
        if (text_cases[i].first != 0 && r.n > 0)
            CASE_INT(text_cases[i].text, id_number(r.product_ids[0]), text_cases[i].first);
    }
    kit_close(&kit);
}
BOTH(test_texts)

static const char *const hostile[] = { "\"", "\"\"\"", "'", "''; DROP TABLE search_doc; --",
    "a NEAR b", "NEAR(a b, 3)", "title:x", "title : x", "{title brand} : x", "^x", "x*", "* x",
    "a AND", "OR", "NOT", "NOT a", "a NOT b", "( a", ") a", "a + b", "-a", "a & | ! b", "a <-> b",
    "a:*", ":*", "!!", "\\", "\\'", "%_%", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80\xf0\x9f\x98\x80 x",
    "\xff\xfe", "\xc3", "\xe2\x80\x8b", "a\x01z", "\t\n", "1e5 .5 5. -3.2", "http://a.b/c?d=e",
    "a@b.c", "/usr/lib", "<b>x</b>", "&amp;", "$1 $2", "the of and", "\xef\xb7\xba",
    "\xe0\xb8\x81\xe0\xb8\xb4" };

static void test_hostile(void **state, bool index)
{
    struct kit kit = kit_open(state, index);
    put(&kit, shelf, COUNT(shelf));
    for (size_t i = 0; i < COUNT(hostile); i++) {
        struct search_result r;
        struct search_query q = { .text = str_from_c(hostile[i]), .limit = 10, .facets = true };
        CASE(hostile[i], ask_for(&kit, q, &r) == NULL);
        kit.typed = q.text;
        CASE(hostile[i], store_read(kit.store, do_complete, &kit) == NULL);
    }
    static const char zero[] = "a\0b \"\0";
    (void)ask(&kit, (struct search_query){ .text = { zero, sizeof zero }, .limit = 1 });
    struct buf longer = { .arena = store_cx(kit.store)->arena };
    for (int i = 0; i < 20000; i++)
        buf_fmt(&longer, i % 7 ? "%c" : "%c \"", 'a' + i % 26);
    (void)ask(&kit, (struct search_query){ .text = buf_str(&longer), .limit = 1 });
    struct search_doc odd = shelf[0];
    odd.product_id = number_id(99);
    odd.title = odd.description = odd.codes = odd.brand = buf_str(&longer);
    put(&kit, &odd, 1);
    odd = (struct search_doc){ .product_id = number_id(100) }; /* nothing but an id */
    put(&kit, &odd, 1);
    CHECK_INT(ask(&kit, (struct search_query){ .limit = 1, .facets = true }).total, 6);
    kit_close(&kit);
}
BOTH(test_hostile)

/* ---- put and remove ---- */
static void test_replace(void **state, bool index)
{
    struct kit kit = kit_open(state, index);
    struct search_doc doc = shelf[0];
    put(&kit, shelf, COUNT(shelf));
    CHECK_INT(ask(&kit, (struct search_query){ .text = S("pavilion"), .limit = 1 }).total, 1);

    doc.price_minor = 1; /* texts as before */
    put(&kit, &doc, 1);
    struct search_query cheap = { .text = S("pavilion"), .price_to = 1, .limit = 1 };
    CHECK_INT(ask(&kit, cheap).total, 1);
    doc.title = S("Something else");
    doc.codes = S("");
    put(&kit, (struct search_doc[]){ shelf[0], doc }, 2); /* the last one counts */
    CHECK_INT(ask(&kit, (struct search_query){ .text = S("pavilion"), .limit = 1 }).total, 0);
    CHECK_INT(ask(&kit, (struct search_query){ .text = S("else"), .limit = 1 }).total, 1);
    CHECK_INT(kit.count, 4);

    id gone[] = { doc.product_id, doc.product_id, number_id(77) };
    take_out(&kit, gone, COUNT(gone));
    CHECK_INT(ask(&kit, (struct search_query){ .text = S("else"), .limit = 1 }).total, 0);
    CHECK_INT(ask(&kit, (struct search_query){ .limit = 1 }).total, 3);
    CHECK_INT(kit.count, 3);
    take_out(&kit, gone, COUNT(gone));
    CHECK_INT(ask(&kit, (struct search_query){ .limit = 1 }).total, 3);
    CHECK_INT(kit.count, 3);
    put(&kit, &doc, 1); /* and back */
    CHECK_INT(ask(&kit, (struct search_query){ .text = S("else"), .limit = 1 }).total, 1);
    CHECK_INT(kit.count, 4);

    struct kit second = { .store = kit.store }; /* another process learns the same */
    kit_adapter(&second, (struct kit_opts){ .index = index });
    kit_remember(second.texts_of, shelf, COUNT(shelf));
    CHECK_INT(ask(&second, (struct search_query){ .limit = 1 }).total, 4);
    take_out(&kit, gone, 1);
    CHECK_INT(ask(&second, (struct search_query){ .limit = 1 }).total, 3);
    kit_release(&second);
    kit_close(&kit);
}
BOTH(test_replace)

static err do_put_and_fail(void *arg, struct cx *cx)
{
    err e = do_put(arg, cx);
    return e ? e : FAIL(cx, ERR_INVALID, "undone");
}

static void test_undone(void **state, bool index)
{
    struct kit kit = kit_open(state, index);
    kit.docs = shelf;
    kit.docs_n = 2;
    CHECK_ERR(store_cx(kit.store), store_write(kit.store, do_put_and_fail, &kit), &ERR_INVALID);
    CHECK_INT(ask(&kit, (struct search_query){ .limit = 1 }).total, 0);
    put(&kit, shelf, 1);
    CHECK_INT(ask(&kit, (struct search_query){ .limit = 1 }).total, 1);
    kit_close(&kit);
}
BOTH(test_undone)

static void test_tokens(void **state, bool index)
{
    struct kit kit = kit_open(state, index);
    put(&kit, shelf, COUNT(shelf));
    struct search_result r = ask(&kit, (struct search_query){ .limit = 2 });
    DEFER(arena_close_at) struct arena *arena = arena_open(4096);
    str good = str_dup(arena, r.next_page_token);
    CHECK(good.n > 0);
    CHECK_ERR(store_cx(kit.store),
        ask_for(&kit, (struct search_query){ .limit = 2, .page_token = good }, &r), NULL);
    struct search_query other = { .limit = 2, .page_token = good, .sort = SEARCH_NEWEST };
    CHECK_ERR(store_cx(kit.store), ask_for(&kit, other, &r), &SEARCH_BAD_TOKEN);
    static const char *const bad[] = { "x", "AAAA", "====", "not a token", "\xff",
        "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct search_query q = { .limit = 2, .page_token = str_from_c(bad[i]) };
        CASE(bad[i], ask_for(&kit, q, &r) == &SEARCH_BAD_TOKEN);
    }
    for (size_t i = 0; i < good.n; i++) { /* no letter of a good one can be changed */
        str changed = str_dup(arena, good);
        ((char *)(uintptr_t)changed.p)[i] = good.p[i] == 'B' ? 'C' : 'B';
        struct search_query q = { .limit = 2, .page_token = changed };
        err e = ask_for(&kit, q, &r);
        CASE("changed", e == &SEARCH_BAD_TOKEN || i + 1 == good.n);
    }
    kit_close(&kit);
}
BOTH(test_tokens)

/* ---- completions ---- */
static void test_complete(void **state)
{
    struct kit kit = kit_open(state, false);
    put(&kit, shelf, COUNT(shelf));
    static const struct {
        const char *typed, *first;
        size_t n;
    } cases[] = { { "sam", "samsung", 3 }, { "SAMS", "samsung", 3 }, { "hp pav", "hp pavilion", 2 },
        { "pav", "hp pavilion", 2 }, { "lap", "laptops", 1 }, { "caf", "cafe creme", 2 },
        { "avil", NULL, 0 }, { "", NULL, 0 }, { "...", NULL, 0 } };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kit.typed = str_from_c(cases[i].typed);
        CHECK_ERR(store_cx(kit.store), store_read(kit.store, do_complete, &kit), NULL);
        CASE_INT(cases[i].typed, (int64_t)kit.texts_n, (int64_t)cases[i].n);
        if (cases[i].n > 0)
            CASE_STR(cases[i].typed, kit.texts[0], str_from_c(cases[i].first));
    }
    DEFER(arena_close_at) struct arena *arena = arena_open(1 << 20);
    struct rng rng = rng_seeded(5);
    struct search_doc *docs = make_docs(arena, &rng, 0, 3000); /* so many that they are sorted */
    for (unsigned i = 0; i < 3000; i++)
        docs[i].title = str_fmt(arena, "brandnew w%u", i);
    put(&kit, docs, 3000);
    kit.typed = S("w123");
    CHECK_ERR(store_cx(kit.store), store_read(kit.store, do_complete, &kit), NULL);
    CHECK_INT((int64_t)kit.texts_n, 10);
    CHECK_STR(kit.texts[0], S("brandnew w123"));
    take_out(&kit, (id[]){ number_id(123) }, 1);
    CHECK_ERR(store_cx(kit.store), store_read(kit.store, do_complete, &kit), NULL);
    CHECK_STR(kit.texts[0], S("brandnew w1230"));
    kit_close(&kit);
}

/* Our own engine completes words, and forgives slips. */
static void test_complete_words(void **state)
{
    struct kit kit = kit_open(state, true);
    put(&kit, shelf, COUNT(shelf));
    static const struct {
        const char *typed, *first;
    } cases[] = { { "sam", "samsung" }, { "SAMS", "samsung" }, { "hp pav", "hp pavilion" },
        { "headph", "headphones" }, { "samsnu", "samsung" }, { "haedpho", "headphones" },
        { "caf", "cafe" }, { "rtx4", "rtx4090" }, { "hp headph", NULL }, { "avil", NULL },
        { "", NULL }, { "...", NULL }, { "  ", NULL } };
    CHECK_INT(ask(&kit, (struct search_query){ .limit = 1 }).total, COUNT(shelf));
    for (size_t i = 0; i < COUNT(cases); i++) {
        kit.typed = str_from_c(cases[i].typed);
        CHECK_ERR(store_cx(kit.store), store_read(kit.store, do_complete, &kit), NULL);
        CASE(cases[i].typed, (kit.texts_n > 0) == (cases[i].first != NULL));
        if (cases[i].first && kit.texts_n > 0)
            CASE_STR(cases[i].typed, kit.texts[0], str_from_c(cases[i].first));
    }
    kit_close(&kit);
}

static void test_queries(void **state)
{
    struct kit kit = kit_open(state, false);
    for (size_t i = 0; search_queries[i]; i++)
        CHECK_ERR(store_cx(kit.store),
            db_query_check(store_db(kit.store), store_cx(kit.store), search_queries[i]), NULL);
    kit_close(&kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = { KIT_TESTS(test_texts), KIT_TESTS(test_hostile),
        KIT_TESTS(test_replace), KIT_TESTS(test_undone), KIT_TESTS(test_tokens),
        STORE_TEST(test_complete), STORE_TEST(test_complete_words), STORE_TEST(test_queries) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
