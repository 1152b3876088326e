/* SPDX-License-Identifier: Apache-2.0
 * The form of e-mail addresses. Called by whoever is given one; must never put one into a message.
 */
#include "base/email.h"

#include "base/utf8.h"

#define EMAIL_MAX 254
#define LOCAL_MAX 64
#define LABEL_MAX 63

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Letters of other scripts are allowed on both sides (RFC 6531). */
static bool is_word(char c)
{
    return is_letter(c) || is_digit(c) || (unsigned char)c >= 0x80;
}

/* RFC 5322 dot-atom: no quotes, comments or blanks. */
static bool local_ok(str local)
{
    if (local.n == 0 || local.n > LOCAL_MAX || local.p[0] == '.' || local.p[local.n - 1] == '.')
        return false;
    for (size_t i = 0; i < local.n; i++) {
        char c = local.p[i];
        if (c == '.' ? local.p[i - 1] == '.'
                     : !is_word(c) && str_find_char(S("!#$%&'*+-/=?^_`{|}~"), c, 0) < 0)
            return false;
    }
    return true;
}

static bool label_ok(str label)
{
    if (label.n == 0 || label.n > LABEL_MAX || label.p[0] == '-' || label.p[label.n - 1] == '-')
        return false;
    for (size_t i = 0; i < label.n; i++)
        if (!is_word(label.p[i]) && label.p[i] != '-')
            return false;
    return true;
}

bool email_valid(str email)
{
    ptrdiff_t at = str_find_char(email, '@', 0);
    if (at < 0 || email.n > EMAIL_MAX || !utf8_valid(email) || utf8_unseen(email) > 0 ||
        !local_ok(str_sub(email, 0, (size_t)at)))
        return false;
    str rest = str_skip(email, (size_t)at + 1);
    size_t labels = 0;
    if (rest.n == 0)
        return false;
    for (; rest.p; labels++)
        if (!label_ok(str_cut(&rest, '.')))
            return false;
    return labels >= 2;
}
