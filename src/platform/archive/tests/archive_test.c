/* SPDX-License-Identifier: Apache-2.0
 * A ZIP that another reader of the same library opens: paths and bytes are what was put in. */
#include "platform/archive/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include "tests/support/check.h"

static void test_zip(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    char *big = arena_alloc(cx->arena, 100000);
    const struct archive_file files[] = { { S("person/profile.json"), S("{\"name\":\"Ada\"}\n") },
        { S("person/empty.txt"), S("") }, { S("big"), { big, 100000 } } };
    str zip;
    char bytes[100001];

    for (size_t i = 0; i < 100000; i++)
        big[i] = (char)(i * 7919 >> 3);
    CHECK_ERR(cx, archive_zip(cx, files, COUNT(files), &zip), NULL);
    CHECK(str_starts(zip, S("PK")));
    struct archive *a = archive_read_new();
    struct archive_entry *e = NULL;
    archive_read_support_format_zip(a);
    CHECK_INT(archive_read_open_memory(a, zip.p, zip.n), ARCHIVE_OK);
    for (size_t i = 0; i < COUNT(files); i++) {
        CHECK_INT(archive_read_next_header(a, &e), ARCHIVE_OK);
        CHECK_STR(str_from_c(archive_entry_pathname(e)), files[i].path);
        la_ssize_t n = archive_read_data(a, bytes, sizeof bytes);
        CHECK(n >= 0);
        CHECK_STR(((str){ bytes, (size_t)n }), files[i].bytes);
    }
    CHECK_INT(archive_read_next_header(a, &e), ARCHIVE_EOF);
    archive_read_free(a);
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_zip) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
