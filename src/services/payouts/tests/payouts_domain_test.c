/* SPDX-License-Identifier: Apache-2.0
 * The form of bank accounts, as tables. Run by `./dev test payouts`. */
#include "services/payouts/payouts_domain.h"

#include "tests/support/check.h"

struct form_case {
    const char *typed;
    bool ok;
};

/* The examples of the IBAN registry; then each with something spoilt. */
static const struct form_case ibans[] = {
    { "GB82 WEST 1234 5698 7654 32", true },
    { "de89-3704-0044-0532-0130-00", true },
    { "NO9386011117947", true },
    { "MT84MALT011000012345MTLCAST001S", true },
    { "LC55HEMM000100010012001200023015", true },
    { "GB82 WEST 1234 5698 7654 33", false },
    { "GB28 WEST 1234 5698 7654 32", false },
    { "GB82 WSET 1234 5698 7654 32", false },
    { "8282 WEST 1234 5698 7654 32", false },
    { "GBX2 WEST 1234 5698 7654 32", false },
    { "GB82 W\xC3\x89ST 1234 5698 7654 32", false },
    { "NO938601111794", false },
    { "GB82", false },
    { "", false },
    { "GB82 WEST 1234 5698 7654 32 1234 5678 9012 3", false },
};
static const struct form_case routings[] = {
    { "021000021", true },
    { "0110-0001-5", true },
    { "021000022", false },
    { "201000021", false },
    { "000000000", false },
    { "02100002", false },
    { "0210000210", false },
    { "02100002x", false },
    { "", false },
};
static const struct form_case numbers[] = {
    { "1234", true },
    { "1234 5678 9012 3456 7", true },
    { "123", false },
    { "123456789012345678", false },
    { "12a4", false },
};

static void check_all(const struct form_case *cases, size_t n, bool (*fn)(str plain))
{
    struct arena *arena = arena_open(4096);
    for (size_t i = 0; i < n; i++)
        if (fn(payouts_domain_plain(arena, str_from_c(cases[i].typed))) != cases[i].ok)
            fail_msg("%s", cases[i].typed);
    arena_close(arena);
}

static void test_forms(void **state)
{
    (void)state;
    check_all(ibans, COUNT(ibans), payouts_domain_iban_ok);
    check_all(routings, COUNT(routings), payouts_domain_routing_ok);
    check_all(numbers, COUNT(numbers), payouts_domain_number_ok);
}

static void test_hint(void **state)
{
    (void)state;
    CHECK_STR(payouts_domain_hint(S("123456")), S("3456"));
    CHECK_STR(payouts_domain_hint(S("123")), S("123"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_hint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
