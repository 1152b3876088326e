/* SPDX-License-Identifier: Apache-2.0
 * Tests of the files built into the binary. Run by meson test.
 * Must never name a file of another module: those come and go. */
#include "tests/support/check.h"

#include "base/embed.h"

static void every_file_is_found_by_its_path(void **state)
{
    (void)state;
    for (size_t i = 0; i < embedded_files_n; i++) {
        str bytes = embedded_find(embedded_files[i].path);
        CHECK(bytes.p == embedded_files[i].bytes.p);
        CHECK_INT((int64_t)bytes.n, (int64_t)embedded_files[i].bytes.n);
        CHECK(str_starts(embedded_files[i].path, S("src/")));
    }
}

static void unknown_paths_are_absent(void **state)
{
    (void)state;
    CHECK(embedded_find(S("src/no/such/file")).p == NULL);
    CHECK(embedded_find(S("")).p == NULL);
    CHECK(embedded_find((str){ NULL, 0 }).p == NULL);
}

static void paths_are_in_order(void **state)
{
    (void)state;
    for (size_t i = 1; i < embedded_files_n; i++) {
        str path = embedded_files[i].path;
        if (str_cmp(embedded_files[i - 1].path, path) >= 0)
            fail_msg("out of order: " STR_F, STR_A(path));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_is_found_by_its_path),
        cmocka_unit_test(unknown_paths_are_absent),
        cmocka_unit_test(paths_are_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
