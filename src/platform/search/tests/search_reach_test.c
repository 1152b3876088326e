/* SPDX-License-Identifier: Apache-2.0
 * How far a text reaches in our own index when few products have all of its words, and what comes
 * first. Run by meson test. The products are not those of the judged queries. */
#include "platform/search/tests/search_kit.h"

static const struct search_attribute needs[] = { { S_INIT("system"), S_INIT("System"),
    S_INIT("Needs an outer water pump, or a tank") } };
static const struct {
    const char *title, *path;
    int times;
    bool needs; /* attributes with the words of a pump */
} shelf[] = {
    { "Acqua outer water pump", "garden/pumps", 2, false },
    { "Acqua outer pond pump", "garden/pumps", 3, false },
    { "Roda lawn sprinkler", "garden/watering", 12, true },
    { "Playbox Q4 Plus", "toys/consoles", 1, false },
    { "Race game for Playbox Q4", "toys/games", 4, false },
    { "Garden chair Plus", "garden/chairs", 4, false },
    { "Teak bench", "garden/benches", 9, false },
    { "Teak benchmark weight", "tools/weights", 1, false },
    { "Bench cover", "garden/covers", 9, false },
    { "Lumo L200", "light/paper-lanterns", 1, false },
};

static const struct {
    const char *text, *first;
    const char *has;    /* a title that is among the results */
    const char *lacks;  /* one that is not */
    int64_t total_most; /* 0: any */
    bool relaxed;
} cases[] = {
    { "outer water pump", "Acqua outer water pump", "Acqua outer pond pump", "Teak bench", 0,
        true },
    { "outer pump", NULL, "Acqua outer pond pump", NULL, 0, false },
    { "q4 plus", "Playbox Q4 Plus", "Race game for Playbox Q4", "Garden chair Plus", 5, true },
    { "\"playbox q4\" plus", "Playbox Q4 Plus", "Race game for Playbox Q4", "Garden chair Plus", 5,
        true },
    { "q4 zzyzx", NULL, "Playbox Q4 Plus", "Teak bench", 5, true },
    { "bench 7", NULL, "Teak bench", "Roda lawn sprinkler", 0, true },
    { "bench", "Teak bench", "Bench cover", "Teak benchmark weight", 0, false },
    { "paper lantern", "Lumo L200", NULL, NULL, 1, true }, /* its category says so */
    { "benchm", "Teak benchmark weight", NULL, "Teak bench", 1, false },
};

static str title_of(id product_id)
{
    int64_t at = id_number(product_id);
    size_t i = 0;
    while (at >= shelf[i].times)
        at -= shelf[i++].times;
    return str_from_c(shelf[i].title);
}

static void fill(struct kit *kit, struct arena *arena)
{
    struct search_doc docs[64];
    size_t n = 0;
    for (size_t i = 0; i < COUNT(shelf); i++)
        for (int k = 0; k < shelf[i].times; k++, n++)
            docs[n] = (struct search_doc){ .product_id = number_id((unsigned)n),
                .title = str_from_c(shelf[i].title),
                .brand = S("Brand"),
                .category_path = str_from_c(shelf[i].path),
                .attributes = needs,
                .attributes_n = shelf[i].needs,
                .codes = str_fmt(arena, "c-%zu", n),
                .in_stock = true };
    put(kit, docs, n);
}

static bool among(const struct search_result *r, const char *title)
{
    for (size_t i = 0; i < r->n; i++)
        if (str_eq(title_of(r->product_ids[i]), str_from_c(title)))
            return true;
    return false;
}

static void test_reach(void **state)
{
    struct kit kit = { .store = store_open(store_engine(state), folders) };
    struct arena *arena = arena_open(4096);
    kit_adapter(&kit, (struct kit_opts){ .index = true });
    fill(&kit, arena);
    kit_release(&kit); /* types are learnt when an index is made */
    kit_adapter(&kit, (struct kit_opts){ .index = true });
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *name = cases[i].text;
        struct search_result r =
            ask(&kit, (struct search_query){ .text = str_from_c(name), .limit = 100 });
        CASE(name, r.n > 0);
        CASE_INT(name, r.relaxed, cases[i].relaxed);
        if (cases[i].first)
            CASE_STR(name, title_of(r.product_ids[0]), str_from_c(cases[i].first));
        CASE(name, !cases[i].has || among(&r, cases[i].has));
        CASE(name, !cases[i].lacks || !among(&r, cases[i].lacks));
        CASE(name, cases[i].total_most == 0 || r.total <= cases[i].total_most);
    }
    kit_close(&kit);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = { STORE_TEST(test_reach) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
