/* SPDX-License-Identifier: Apache-2.0
 * Spelling: tables of slips and what they were meant to be, and of what must be left alone. Run by
 * ./dev test. Must never need an index. */
#include "platform/text/tests/text_kit.h"
#include "tests/support/check.h"

static const struct kit_word words[] = {
    { S_INIT("laptop"), 900 },
    { S_INIT("laptops"), 90 },
    { S_INIT("keyboard"), 300 },
    { S_INIT("keyboards"), 200 },
    { S_INIT("mouse"), 400 },
    { S_INIT("house"), 30 },
    { S_INIT("lptop"), 1 },
    { S_INIT("wireless"), 500 },
    { S_INIT("printer"), 800 },
    { S_INIT("pointer"), 10 },
    { S_INIT("cable"), 2000 },
    { S_INIT("hdmi"), 700 },
    { S_INIT("camera"), 350 },
    { S_INIT("samsung"), 600 },
    { S_INIT("monitor"), 500 },
    { S_INIT("cat"), 40 },
    { S_INIT("car"), 45 },
    { S_INIT("~mous"), 400 },
    { S_INIT("=mm10"), 9 },
    { S_INIT("dv7"), 4 },
    { S_INIT("q2612a"), 8 },
    { S_INIT("dv71211ea"), 1 },
    { S_INIT("bx80547"), 1 },
    { S_INIT("b\u00fcro"), 5 },
};

static const struct {
    const char *name;
    str typed, want; /* absent: nothing to say */
    bool sure;
} cases[] = {
    { "right", S_INIT("wireless mouse"), { 0 }, false },
    { "a letter more", S_INIT("laptopp"), S_INIT("laptop"), true },
    { "a letter fewer", S_INIT("lapop"), S_INIT("laptop"), true },
    { "swapped", S_INIT("latpop"), S_INIT("laptop"), true },
    { "another letter", S_INIT("keybaard"), S_INIT("keyboard"), true },
    { "two slips", S_INIT("keybroad"), S_INIT("keyboard"), true },
    { "key beside", S_INIT("printwr"), S_INIT("printer"), true },
    { "doubled", S_INIT("wirelless"), S_INIT("wireless"), true },
    { "of several words one", S_INIT("wireles mouse"), S_INIT("wireless mouse"), true },
    { "all words", S_INIT("wireles mosue"), S_INIT("wireless mouse"), true },
    { "blank missing", S_INIT("hdmicable"), S_INIT("hdmi cable"), true },
    { "brand", S_INIT("samsng monitor"), S_INIT("samsung monitor"), true },
    { "rare beside common", S_INIT("lptop"), S_INIT("laptop"), false },
    { "first letter is seldom wrong", S_INIT("nouse"), S_INIT("mouse"), true },
    { "short and two ways", S_INIT("cab"), S_INIT("car"), false },
    { "too far", S_INIT("zzzzzz"), { 0 }, false },
    { "one lost", S_INIT("qqqqqq laptpo"), S_INIT("qqqqqq laptop"), false },
    { "model numbers", S_INIT("dv8 dv7-1211eb rtx4091"), { 0 }, false },
    { "a model swapped", S_INIT("q2621a"), S_INIT("q2612a"), false },
    { "a model with a dash swapped", S_INIT("dv7-1121ea"), S_INIT("dv71211ea"), false },
    { "a letter for a digit", S_INIT("bx8o547"), S_INIT("bx80547"), false },
    { "a digit more", S_INIT("hp q26122a"), S_INIT("hp q2612a"), false },
    { "another digit is another model", S_INIT("q2613a"), { 0 }, false },
    { "an excluded model", S_INIT("laptop -q2621a"), { 0 }, false },
    { "numbers", S_INIT("1001 17\" 5 gb"), { 0 }, false },
    { "phrases", S_INIT("\"laptpo\""), { 0 }, false },
    { "excluded", S_INIT("camera -samsnug"), { 0 }, false },
    { "excluded beside", S_INIT("camrea -samsnug"), S_INIT("camera -samsnug"), true },
    { "too short", S_INIT("xq"), { 0 }, false },
};

static void test_corrections(void **state)
{
    (void)state;
    struct arena *arena = arena_open(4096);
    struct text *t = text_open();
    struct kit kit = { words, COUNT(words) };
    struct text_dictionary dictionary = kit_dictionary(&kit);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text_reading how = { .dictionary = &dictionary };
        struct text_query q = text_query_read(t, arena, how, cases[i].typed);
        struct text_correction c = text_correct(t, arena, &dictionary, &q);
        CASE_STR(cases[i].name, c.text, cases[i].want);
        CASE(cases[i].name, c.sure == cases[i].sure);
    }
    text_close(t);
    arena_close(arena);
}

static const struct {
    const char *name;
    str a, b, worse; /* a is nearer to b than to worse */
} nearer_cases[] = {
    { "swap before another letter", S_INIT("moniotr"), S_INIT("monitor"), S_INIT("monilar") },
    { "key beside before far key", S_INIT("printwr"), S_INIT("printer"), S_INIT("printor") },
    { "doubled before added", S_INIT("camera"), S_INIT("cammera"), S_INIT("cambera") },
    { "inside before the first", S_INIT("mouse"), S_INIT("mopse"), S_INIT("pouse") },
    { "not ASCII", S_INIT("\u03b1\u03b2\u03b3"), S_INIT("\u03b1\u03b3\u03b2"), S_INIT("\u03b1") },
};

static void test_nearer(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(nearer_cases); i++)
        CASE(nearer_cases[i].name, text_distance(nearer_cases[i].a, nearer_cases[i].b, 5) <
                                       text_distance(nearer_cases[i].a, nearer_cases[i].worse, 5));
    CHECK(text_distance(S("same"), S("same"), 2) == 0);
    CHECK(text_distance(S("a"), S("zzzzzzzz"), 2) == 3);
    CHECK(text_distance(S(""), S("a"), 2) == 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_corrections),
        cmocka_unit_test(test_nearer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
