/* SPDX-License-Identifier: Apache-2.0
 * Check digits of bank accounts. Called by the verbs; must never keep what it is given. */
#include "services/payouts/payouts_domain.h"

#include "base/buf.h"

#define IBAN_MIN 15
#define IBAN_MAX 34
#define ROUTING_N 9
#define HINT_N 4

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool all_digits(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]))
            return false;
    return true;
}

str payouts_domain_plain(struct arena *arena, str typed)
{
    struct buf out = { .arena = arena };
    for (size_t i = 0; i < typed.n; i++) {
        char c = typed.p[i];
        if (c == ' ' || c == '-')
            continue;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        buf_add(&out, (str){ &c, 1 });
    }
    return buf_str(&out);
}

/* The first four go to the end; a letter counts as two digits, A is 10. */
bool payouts_domain_iban_ok(str plain)
{
    unsigned rest = 0;
    if (plain.n < IBAN_MIN || plain.n > IBAN_MAX || !is_letter(plain.p[0]) ||
        !is_letter(plain.p[1]) || !is_digit(plain.p[2]) || !is_digit(plain.p[3]))
        return false;
    for (size_t i = 0; i < plain.n; i++) {
        char c = plain.p[(i + 4) % plain.n];
        if (is_digit(c))
            rest = (rest * 10 + (unsigned)(c - '0')) % 97;
        else if (is_letter(c))
            rest = (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
        else
            return false;
    }
    return rest == 1;
}

bool payouts_domain_routing_ok(str plain)
{
    static const unsigned weights[] = { 3, 7, 1 };
    unsigned sum = 0;
    if (plain.n != ROUTING_N || !all_digits(plain))
        return false;
    for (size_t i = 0; i < plain.n; i++)
        sum += weights[i % 3] * (unsigned)(plain.p[i] - '0');
    return sum > 0 && sum % 10 == 0;
}

bool payouts_domain_number_ok(str plain)
{
    return plain.n >= 4 && plain.n <= 17 && all_digits(plain);
}

str payouts_domain_hint(str plain)
{
    return plain.n > HINT_N ? str_skip(plain, plain.n - HINT_N) : plain;
}
