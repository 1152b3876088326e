/* SPDX-License-Identifier: Apache-2.0
 * QR codes: a picture of modules, and nothing of the text in it. Run by `./dev test qr`. */
#include "platform/qr/qr.h"

#include "tests/support/check.h"

/* Dark modules of the finder pattern: seven in its first row, behind the quiet zone. */
static void a_text_becomes_a_picture(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    str one, two;
    CHECK_ERR(cx, qr_svg(cx, S("otpauth://totp/Souk:a?secret=ABC"), &one), NULL);
    CHECK(str_starts(one, S("<svg ")) && str_ends(one, S("</svg>")));
    CHECK(str_find(one, S("M4 4h7v1h-7z"), 0) > 0);
    CHECK(str_find(one, S("secret"), 0) < 0);
    CHECK_ERR(cx, qr_svg(cx, S("otpauth://totp/Souk:a?secret=ABD"), &two), NULL);
    CHECK(!str_eq(one, two));
    check_cx_close(cx);
}

static void what_is_too_long_is_refused(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    str out = { 0 }, text = S("x");
    for (int i = 0; i < 12; i++)
        text = str_cat(cx->arena, text, text);
    CHECK_ERR(cx, qr_svg(cx, text, &out), &ERR_BUG);
    CHECK(!out.p);
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_text_becomes_a_picture),
        cmocka_unit_test(what_is_too_long_is_refused) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
