/* SPDX-License-Identifier: Apache-2.0
 * Addresses stand as the post of their country writes them; countries are chosen by code.
 * Run by `./dev test web`. Touches nothing. */
#include "platform/web/web_address.h"

#include "tests/support/check.h"

static const struct address_case {
    const char *name;
    struct web_address address;
    const char *lines[5]; /* ends with NULL */
} address_cases[] = {
    { "code after the place",
        { .line1 = S_INIT("1 Test Street"),
            .city = S_INIT("Springfield"),
            .region = S_INIT("IL"),
            .postal_code = S_INIT("62701"),
            .country = S_INIT("US") },
        { "1 Test Street", "Springfield, IL 62701", "United States" } },
    { "code before the place, no region",
        { .line1 = S_INIT("Lindenweg 3"),
            .line2 = S_INIT("c/o Braun"),
            .city = S_INIT("Berlin"),
            .postal_code = S_INIT("10115"),
            .country = S_INIT("DE") },
        { "Lindenweg 3", "c/o Braun", "10115 Berlin", "Germany" } },
    { "no code, a country that is not in the list",
        { .line1 = S_INIT("Rue 1"), .city = S_INIT("Dakar"), .country = S_INIT("SN") },
        { "Rue 1", "Dakar", "SN" } },
};

static void addresses_stand_as_posted(void **state)
{
    struct arena *a = arena_open(4096);
    (void)state;
    for (size_t i = 0; i < COUNT(address_cases); i++) {
        const struct address_case *c = &address_cases[i];
        const struct address_view *v = web_address_lines(a, c->address);
        size_t n = 0;
        for (; c->lines[n]; n++)
            CASE_STR(c->name, n < v->lines_n ? v->lines[n].text : S(""), str_from_c(c->lines[n]));
        CASE_INT(c->name, v->lines_n, n);
    }
    arena_close(a);
}

static void one_country_is_chosen(void **state)
{
    struct arena *a = arena_open(4096);
    size_t known_n, more_n, chosen = 0;
    (void)state;
    const struct option_view *known = web_countries(a, S("DE"), &known_n);
    for (size_t i = 0; i < known_n; i++)
        chosen += known[i].selected && str_eq(known[i].value, S("DE"));
    CHECK_INT(chosen, 1);
    const struct option_view *more = web_countries(a, S("SN"), &more_n);
    CHECK_INT(more_n, known_n + 1);
    CHECK(more[known_n].selected);
    CHECK_STR(more[known_n].label, S("SN"));
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_stand_as_posted),
        cmocka_unit_test(one_country_is_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
