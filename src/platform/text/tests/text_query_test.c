/* SPDX-License-Identifier: Apache-2.0
 * Typed queries: tables of terms and of the ways they may be written, synonyms, and that a way of
 * each query is a token of each text that it must find. Run by ./dev test. */
#include <pthread.h>

#include "platform/text/text.h"
#include "tests/support/check.h"

static str flags_of(struct arena *arena, const struct text_query *q)
{
    static const char *const kinds[] = { "word", "phrase", "number", "model" };
    str out = S("");
    for (size_t i = 0; i < q->n; i++) {
        const struct text_term *term = &q->terms[i];
        out = str_fmt(arena, STR_F "%s%s%s%s[" STR_F "]%s", STR_A(out), i > 0 ? " " : "",
            term->excluded ? "-" : "", term->idle ? "?" : "", kinds[term->kind], STR_A(term->typed),
            (int)i == q->head ? "*"
            : term->beside    ? "+"
                              : "");
    }
    return out;
}

static const struct {
    const char *name;
    enum text_language language;
    str typed, want; /* "-" excluded, "?" idle, "*" the head, "+" beside */
} term_cases[] = {
    { "words", TEXT_ENGLISH, S_INIT("Phone  CASE"), S_INIT("word[phone] word[case]*") },
    { "phrase", TEXT_ENGLISH, S_INIT("\"hp laptop\" bag"), S_INIT("phrase[hp laptop] word[bag]*") },
    { "open quote", TEXT_ENGLISH, S_INIT("\"hp laptop"), S_INIT("word[hp] word[laptop]*") },
    { "excluded", TEXT_ENGLISH, S_INIT("tv -samsung"), S_INIT("word[tv]* -word[samsung]") },
    { "excluded phrase", TEXT_ENGLISH, S_INIT("tv -\"wall mount\""),
        S_INIT("word[tv]* -phrase[wall mount]") },
    { "dash inside", TEXT_ENGLISH, S_INIT("wi-fi"), S_INIT("word[wi-fi]*") },
    { "dash between words", TEXT_ENGLISH, S_INIT("laptop-bag"), S_INIT("word[laptop] word[bag]*") },
    { "model", TEXT_ENGLISH, S_INIT("hp dv7-1211ea"), S_INIT("word[hp]* model[dv7-1211ea]") },
    { "number with unit", TEXT_ENGLISH, S_INIT("ssd 0.5 TB"), S_INIT("word[ssd]* number[0.5 tb]") },
    { "inches", TEXT_ENGLISH, S_INIT("17\" laptop"), S_INIT("number[17\"] word[laptop]*") },
    { "bag for laptop", TEXT_ENGLISH, S_INIT("bag for laptop"),
        S_INIT("word[bag]* ?word[for] word[laptop]+") },
    { "stop words alone", TEXT_ENGLISH, S_INIT("the who"), S_INIT("?word[the] word[who]*") },
    { "only stop words", TEXT_ENGLISH, S_INIT("with or without you"),
        S_INIT("?word[with] ?word[or] ?word[without] word[you]*") },
    { "French", TEXT_FRENCH, S_INIT("housse ordinateur"),
        S_INIT("word[housse]* word[ordinateur]") },
    { "German", TEXT_GERMAN, S_INIT("Tasche f\u00fcr Laptop"),
        S_INIT("word[tasche]* ?word[fur] word[laptop]+") },
    { "a letter names nothing", TEXT_ENGLISH, S_INIT("usb c"), S_INIT("word[usb]* word[c]") },
    { "a letter alone does", TEXT_ENGLISH, S_INIT("c"), S_INIT("word[c]*") },
    { "nothing", TEXT_ENGLISH, S_INIT(" - \" "), S_INIT("") },
};

static void test_terms(void **state)
{
    (void)state;
    struct arena *arena = arena_open(4096);
    struct text *t = text_open();
    for (size_t i = 0; i < COUNT(term_cases); i++) {
        struct text_reading how = { .language = term_cases[i].language };
        struct text_query q = text_query_read(t, arena, how, term_cases[i].typed);
        CASE_STR(term_cases[i].name, flags_of(arena, &q), term_cases[i].want);
    }
    text_close(t);
    arena_close(arena);
}

/* ---- queries against texts ---- */
static bool way_in(const struct text_tokens *text, const struct text_way *way, uint32_t from)
{
    for (size_t k = 0; k < way->n; k++) {
        bool found = false;
        for (size_t i = 0; i < text->n && !found; i++)
            found = text->tokens[i].position == from + k &&
                    (way->how == TEXT_PREFIX ? str_starts(text->tokens[i].text, way->tokens[k])
                                             : str_eq(text->tokens[i].text, way->tokens[k]));
        if (!found)
            return false;
    }
    return true;
}

static bool found(const struct text_tokens *text, const struct text_query *q)
{
    for (size_t i = 0; i < q->n; i++) {
        bool any = q->terms[i].idle;
        for (size_t w = 0; w < q->terms[i].ways_n && !any; w++)
            for (uint32_t at = 0; at < text->next && !any; at++)
                any = way_in(text, &q->terms[i].ways[w], at);
        if (any == q->terms[i].excluded && !q->terms[i].idle)
            return false;
    }
    return q->n > 0;
}

static const struct {
    const char *name;
    str typed, text;
    bool want;
} find_cases[] = {
    { "joined model", S_INIT("dv71211ea"), S_INIT("HP dv7-1211ea"), true },
    { "model apart", S_INIT("DV7 1211"), S_INIT("HP dv7-1211ea"), true },
    { "model as printed", S_INIT("dv7-1211ea"), S_INIT("HP dv7-1211ea"), true },
    { "model with blanks in the text", S_INIT("dv7-1211ea"), S_INIT("HP DV7 1211EA"), true },
    { "beginning of a model", S_INIT("dv7-1211"), S_INIT("HP dv7-1211ea"), true },
    { "end of a processor", S_INIT("2630qm"), S_INIT("Core i7-2630QM"), true },
    { "a number in three parts", S_INIT("Q 2612 A"), S_INIT("HP Q2612A toner"), true },
    { "another in three parts", S_INIT("Q 2612 B"), S_INIT("HP Q2612A toner"), false },
    { "letters of a unit at its end", S_INIT("NP 4100 W"), S_INIT("NEC NP4100W"), true },
    { "a number in four parts", S_INIT("T 605 B 00"), S_INIT("Epson T605B00"), true },
    { "parts and a dash", S_INIT("sc 5650-uPnA"), S_INIT("Intel SC5650UPNA"), true },
    { "a brand and parts", S_INIT("lexmark x 651-h 04e"), S_INIT("Lexmark X651H04E"), true },
    { "parts of another", S_INIT("T 605 B 01"), S_INIT("Epson T605B00"), false },
    { "beginning of the last part", S_INIT("fa506iu-al019"), S_INIT("ASUS FA506IU-AL019T"), true },
    { "beginning before a brand", S_INIT("fa506iu-al019 asus"), S_INIT("ASUS FA506IU-AL019T"),
        true },
    { "a long word is no part", S_INIT("cartridge 605 b"), S_INIT("cartridge605b"), false },
    { "other model", S_INIT("dv7-1212"), S_INIT("HP dv7-1211ea"), false },
    { "usbc for usb-c", S_INIT("usbc"), S_INIT("USB-C hub"), true },
    { "usbc for usb c", S_INIT("usbc"), S_INIT("USB C hub"), true },
    { "usb c for usb-c", S_INIT("usb c"), S_INIT("USB-C hub"), true },
    { "usb-c for usbc", S_INIT("usb-c"), S_INIT("usbc hub"), true },
    { "usb c for usbc", S_INIT("usb c"), S_INIT("usbc hub"), true },
    { "wifi for wi-fi", S_INIT("wifi"), S_INIT("Wi-Fi router"), true },
    { "wi-fi for wifi", S_INIT("wi-fi"), S_INIT("wifi router"), true },
    { "card and number", S_INIT("rtx4090"), S_INIT("GeForce RTX 4090"), true },
    { "card and number together", S_INIT("rtx 4090"), S_INIT("GeForce RTX4090"), true },
    { "windows7", S_INIT("windows7"), S_INIT("Windows 7 Home"), true },
    { "half a terabyte", S_INIT("0.5 tb"), S_INIT("SSD 500GB"), true },
    { "gigabytes apart", S_INIT("500 GB"), S_INIT("SSD 500GB"), true },
    { "gigabytes together", S_INIT("500gb"), S_INIT("SSD 500 GB"), true },
    { "other size", S_INIT("500gb"), S_INIT("SSD 250 GB"), false },
    { "inch mark for inch", S_INIT("17\""), S_INIT("17 inch monitor"), true },
    { "inch for inch mark", S_INIT("17 inch"), S_INIT("monitor (17\")"), true },
    { "17in", S_INIT("17in"), S_INIT("monitor 17\""), true },
    { "millimetres", S_INIT("2.5mm"), S_INIT("jack 2.5 mm"), true },
    { "centimetres", S_INIT("1 cm"), S_INIT("cable 10mm"), true },
    { "singular", S_INIT("laptop"), S_INIT("laptops"), true },
    { "plural", S_INIT("laptops"), S_INIT("laptop"), true },
    { "plural in es", S_INIT("switch"), S_INIT("network switches"), true },
    { "stem", S_INIT("charging"), S_INIT("charger, charges"), true },
    { "accents", S_INIT("cafe"), S_INIT("Caf\u00e9"), true },
    { "phrase", S_INIT("\"usb cable\""), S_INIT("black USB cable"), true },
    { "phrase elsewhere", S_INIT("\"cable usb\""), S_INIT("black USB cable"), false },
    { "excluded there", S_INIT("cable -black"), S_INIT("black cable"), false },
    { "excluded not there", S_INIT("cable -white"), S_INIT("black cable"), true },
    { "synonym", S_INIT("sofa"), S_INIT("leather couches"), true },
    { "synonym back", S_INIT("couch"), S_INIT("sofa bed"), true },
    { "one way", S_INIT("pda"), S_INIT("palm"), true },
    { "not the other way", S_INIT("palm"), S_INIT("pda"), false },
    { "synonym of two words", S_INIT("ps4"), S_INIT("PlayStation 4 Slim"), true },
    { "synonym from two words", S_INIT("playstation 4"), S_INIT("PS4 game"), true },
    { "begun", S_INIT("lap"), S_INIT("laptop"), true },
    { "word ended", S_INIT("lap "), S_INIT("laptop"), false },
    { "Chinese inside", S_INIT("\u673a\u58f3"), S_INIT("\u624b\u673a\u58f3"), true },
};

static void test_found(void **state)
{
    (void)state;
    static const struct text_synonym rows[] = {
        { S_INIT("sofa"), S_INIT("couch"), false },
        { S_INIT("PDA"), S_INIT("palm"), true },
        { S_INIT("ps4"), S_INIT("PlayStation 4"), false },
        { S_INIT(""), S_INIT("nothing"), false },
    };
    struct arena *arena = arena_open(4096);
    struct text *t = text_open();
    text_synonyms_set(t, TEXT_ENGLISH, rows, COUNT(rows));
    for (size_t i = 0; i < COUNT(find_cases); i++) {
        struct text_tokens tokens = { .arena = arena };
        text_tokens_add(t, TEXT_ENGLISH, find_cases[i].text, &tokens);
        struct text_reading how = { .begun = true };
        struct text_query q = text_query_read(t, arena, how, find_cases[i].typed);
        CASE(find_cases[i].name, found(&tokens, &q) == find_cases[i].want);
    }
    text_synonyms_set(t, TEXT_ENGLISH, NULL, 0);
    struct text_query q = text_query_read(t, arena, (struct text_reading){ 0 }, S("sofa"));
    for (size_t w = 0; w < q.terms[0].ways_n; w++)
        CHECK(q.terms[0].ways[w].how != TEXT_SYNONYM);
    text_close(t);
    arena_close(arena);
}

static void test_plain(void **state)
{
    (void)state;
    struct arena *arena = arena_open(4096);
    struct text *t = text_open();
    struct text_query a = text_query_read(
        t, arena, (struct text_reading){ 0 }, S("  USB-C   \"Docking Station\" -Grey 17\" "));
    struct text_query b = text_query_read(t, arena, (struct text_reading){ 0 }, a.plain);
    CHECK_STR(a.plain, S("usb-c \"docking station\" -grey 17\""));
    CHECK_STR(b.plain, a.plain);
    text_close(t);
    arena_close(arena);
}

struct turn {
    struct text *t;
    bool stop;
};

static void *reads(void *arg)
{
    struct turn *turn = arg;
    struct arena *arena = arena_open(4096);
    while (!__atomic_load_n(&turn->stop, __ATOMIC_ACQUIRE)) {
        struct text_query q =
            text_query_read(turn->t, arena, (struct text_reading){ 0 }, S("sofa"));
        ASSERT(q.n == 1);
        arena_reset(arena);
    }
    arena_close(arena);
    return NULL;
}

static void test_swapped_while_read(void **state)
{
    (void)state;
    static const struct text_synonym row = { S_INIT("sofa"), S_INIT("couch"), false };
    struct turn turn = { .t = text_open() };
    pthread_t threads[2];
    for (size_t i = 0; i < COUNT(threads); i++)
        CHECK(pthread_create(&threads[i], NULL, reads, &turn) == 0);
    for (int i = 0; i < 500; i++)
        text_synonyms_set(turn.t, TEXT_ENGLISH, &row, (size_t)(i % 2));
    __atomic_store_n(&turn.stop, true, __ATOMIC_RELEASE);
    for (size_t i = 0; i < COUNT(threads); i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    text_close(turn.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_terms),
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_swapped_while_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
