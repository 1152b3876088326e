/* SPDX-License-Identifier: Apache-2.0
 * What is an e-mail address and what is not, as a table. Run by `./dev test email`. */
#include "base/email.h"
#include "tests/support/check.h"

#define TEN "0123456789"
#define SIXTY TEN TEN TEN TEN TEN TEN

static const struct email_case {
    const char *email;
    bool ok;
} email_cases[] = {
    { "ada@example.com", true }, { "Ada.Lovelace+shop@mail.example.co.uk", true },
    { "o'brien_{x}@example.com", true }, { "jürgen@müller.example", true }, { "a@b.c", true },
    { SIXTY "1234@example.com", true },
    { SIXTY "12345@example.com", false }, /* 65 before the '@' */
    { "", false }, { "ada", false }, { "@example.com", false }, { "ada@", false },
    { "ada@example", false }, { "ada@example.", false }, { "ada@.com", false },
    { "ada@exa..mple.com", false }, { "ada@-example.com", false }, { "ada@example-.com", false },
    { "ada@exa_mple.com", false }, { ".ada@example.com", false }, { "ada.@example.com", false },
    { "admin\xe2\x80\x8b@example.com", false }, /* looks like another's */
    { "a..da@example.com", false }, { "ada lovelace@example.com", false },
    { "ada@exam ple.com", false }, { "ada@example.com ", false },
    { "ada@example.com\nBcc: x@example.com", false }, { "ada@b@example.com", false },
    { "ada@b.c,eve@d.e", false }, { "ada@example.com,", false }, { "ada@example.com>", false },
    { "<ada@example.com>", false }, { "\"ada\"@example.com", false }, { "ada@[127.0.0.1]", false },
    { "ad\x01@example.com", false }, { "ad\xff@example.com", false },
    { "ada@" SIXTY "1234.com", false }, /* a label of 64 */
    { "ada@" SIXTY "." SIXTY "." SIXTY "." SIXTY ".com", true },
    { "ada@" SIXTY "." SIXTY "." SIXTY "." SIXTY ".comcomcom", false }, /* 255 */
};

static void emails_have_a_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(email_cases); i++)
        CASE(email_cases[i].email,
            email_valid(str_from_c(email_cases[i].email)) == email_cases[i].ok);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(emails_have_a_form) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
