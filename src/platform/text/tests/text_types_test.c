/* SPDX-License-Identifier: Apache-2.0
 * Types of products: what is learnt from the titles of a small shop, and which category queries
 * mean there. Run by ./dev test. The shop's words are not those of the judged queries' products. */
#include "platform/text/text.h"
#include "tests/support/check.h"

static const struct {
    str path, name;
    str titles[10];
} shop[] = {
    { S_INIT("bikes"), S_INIT("Bicycles"),
        { S_INIT("Velo City bicycle 28\" black"), S_INIT("Velo Trek bicycle 26\" red"),
            S_INIT("Roda bike with basket"), S_INIT("Roda Sport bike 28\" white"),
            S_INIT("Roda kids bike 20\" black") } },
    { S_INIT("bikes/locks"), S_INIT("Locks & Chains"),
        { S_INIT("Abus bike lock 80 cm black"), S_INIT("Abus lock for bicycles"),
            S_INIT("Kryp bike chain 1 m"), S_INIT("Kryp bike lock red"),
            S_INIT("Abus bicycle lock black"), S_INIT("Kryp lock for bike and scooter") } },
    { S_INIT("bikes/pumps"), S_INIT("Tools"),
        { S_INIT("Topa bike pump black"), S_INIT("Topa bike pump mini"), S_INIT("Zef foot pump"),
            S_INIT("Zef bike pump for bicycle tyres"), S_INIT("Zef pump red") } },
    { S_INIT("bikes/bells"), S_INIT("Bells & Covers"),
        { S_INIT("Zef bell cover red"), S_INIT("Zef bell cover blue"), S_INIT("Ring bell cover"),
            S_INIT("Ring brass bell") } },
    { S_INIT("garden"), S_INIT("Covers"),
        { S_INIT("Teak cover"), S_INIT("Teak cover green"), S_INIT("Oak cover"),
            S_INIT("Oak cover grey"), S_INIT("Pine cover"), S_INIT("Pine cover white"),
            S_INIT("Fir cover"), S_INIT("Fir cover red") } },
    { S_INIT("cables/brake"), S_INIT("Brake Cables"), { S_INIT("Zef cable 1 m") } },
    { S_INIT("cables/gear"), S_INIT("Gear Cables"), { S_INIT("Zef hydraulic cable") } },
    { S_INIT("cables/light"), S_INIT("Light Cables"), { S_INIT("Zef cable 2 m") } },
    { S_INIT("brakes"), S_INIT("Brakes"),
        { S_INIT("Zef hydraulic brake"), S_INIT("Topa brake hydraulic"), S_INIT("Topa hydraulic"),
            S_INIT("Roda hydraulic set") } },
    { S_INIT("doors"), S_INIT("Doors"),
        { S_INIT("Holz door oak with lock"), S_INIT("Holz door white"),
            S_INIT("Eich door black") } },
    { S_INIT("doors/locks"), S_INIT("Door Locks"),
        { S_INIT("Secu door lock"), S_INIT("Secu door lock brass"), S_INIT("Key lock for doors"),
            S_INIT("Secu cylinder lock black") } },
};

static const struct {
    const char *name;
    str typed, want, not_second; /* the best category; one that must have less than half */
} cases[] = {
    { "noun of a category", S_INIT("bicycle"), S_INIT("bikes"), S_INIT("bikes/locks") },
    { "noun of titles", S_INIT("bike"), S_INIT("bikes"), S_INIT("bikes/locks") },
    { "plural", S_INIT("bikes"), S_INIT("bikes"), S_INIT("bikes/pumps") },
    { "modifier and noun", S_INIT("bike lock"), S_INIT("bikes/locks"), S_INIT("bikes") },
    { "the other modifier", S_INIT("door lock"), S_INIT("doors/locks"), S_INIT("doors") },
    { "noun before for", S_INIT("lock for bike"), S_INIT("bikes/locks"), S_INIT("bikes") },
    { "noun of no category's name", S_INIT("bike pump"), S_INIT("bikes/pumps"), S_INIT("bikes") },
    { "colour behind", S_INIT("bicycle black"), S_INIT("bikes"), S_INIT("doors") },
    { "a noun that categories have", S_INIT("hydraulic cable"), S_INIT("cables/gear"),
        S_INIT("brakes") },
    { "a category's name in a row", S_INIT("light cable"), S_INIT("cables/light"),
        S_INIT("cables/gear") },
    { "two words in a row", S_INIT("bell cover"), S_INIT("bikes/bells"), S_INIT("garden") },
    { "the last of them alone", S_INIT("cover"), S_INIT("garden"), S_INIT("bikes") },
    { "excluded", S_INIT("lock -door"), S_INIT("bikes/locks"), S_INIT("bikes") },
};

static struct text_types *learnt(struct text *t)
{
    struct text_lesson *lesson = text_lesson_open(t, TEXT_ENGLISH);
    for (size_t i = 0; i < COUNT(shop); i++)
        text_lesson_category(lesson, shop[i].path, shop[i].name);
    for (size_t i = 0; i < COUNT(shop); i++)
        for (size_t k = 0; k < COUNT(shop[i].titles) && shop[i].titles[k].n > 0; k++)
            text_lesson_title(lesson, shop[i].path, shop[i].titles[k]);
    return text_lesson_end(lesson);
}

static void test_types(void **state)
{
    (void)state;
    struct arena *arena = arena_open(4096);
    struct text *t = text_open();
    struct text_types *types = learnt(t);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text_type found[8];
        struct text_query q = text_query_read(t, arena, (struct text_reading){ 0 }, cases[i].typed);
        size_t n = text_types_of(types, arena, &q, found, COUNT(found));
        CASE(cases[i].name, n > 0);
        CASE_STR(cases[i].name, found[0].category_path, cases[i].want);
        CASE(cases[i].name, found[0].share == 1);
        for (size_t k = 1; k < n; k++)
            CASE(cases[i].name,
                !str_eq(found[k].category_path, cases[i].not_second) || found[k].share < 0.5);
    }
    text_types_close(types);
    text_close(t);
    arena_close(arena);
}

static void test_unknown(void **state)
{
    (void)state;
    struct arena *arena = arena_open(4096);
    struct text *t = text_open();
    struct text_types *types = learnt(t),
                      *empty = text_lesson_end(text_lesson_open(t, TEXT_ENGLISH));
    struct text_type found[2];
    struct text_query q = text_query_read(t, arena, (struct text_reading){ 0 }, S("zebra"));
    CHECK(text_types_of(types, arena, &q, found, 2) == 0);
    CHECK(text_types_of(empty, arena, &q, found, 2) == 0);
    q = text_query_read(t, arena, (struct text_reading){ 0 }, S(""));
    CHECK(text_types_of(types, arena, &q, found, 2) == 0);
    q = text_query_read(t, arena, (struct text_reading){ 0 }, S("lock"));
    CHECK(text_types_of(types, arena, &q, found, 1) == 1);
    text_types_close(types);
    text_types_close(empty);
    text_close(t);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
