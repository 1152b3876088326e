/* SPDX-License-Identifier: Apache-2.0
 * One-time codes as numbers and texts. Called by identity_factor.c; must never keep a secret. */
#include "base/buf.h"
#include "services/identity/identity_domain.h"

str identity_domain_otp(struct arena *arena, str mac)
{
    ASSERT(mac.n == 20);
    const unsigned char *b = (const unsigned char *)mac.p;
    unsigned at = b[19] & 15u;
    uint32_t number = (uint32_t)(b[at] & 127u) << 24 | (uint32_t)b[at + 1] << 16 |
                      (uint32_t)b[at + 2] << 8 | b[at + 3];
    char digits[6];
    for (size_t i = sizeof digits; i > 0; i--, number /= 10)
        digits[i - 1] = (char)('0' + number % 10);
    return str_dup(arena, (str){ digits, sizeof digits });
}

str identity_domain_base32(struct arena *arena, str bytes)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    struct buf out = { .arena = arena };
    uint32_t bits = 0;
    unsigned n = 0;
    for (size_t i = 0; i < bytes.n; i++) {
        bits = bits << 8 | (unsigned char)bytes.p[i];
        for (n += 8; n >= 5; n -= 5)
            buf_char(&out, alphabet[bits >> (n - 5) & 31]);
    }
    if (n > 0)
        buf_char(&out, alphabet[bits << (5 - n) & 31]);
    return buf_str(&out);
}

str identity_domain_code_typed(struct arena *arena, str code)
{
    struct buf out = { .arena = arena };
    for (size_t i = 0; i < code.n; i++) {
        char c = code.p[i];
        if (c != ' ' && c != '-')
            buf_char(&out, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
    }
    return buf_str(&out);
}
