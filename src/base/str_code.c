/* SPDX-License-Identifier: Apache-2.0
 * Encodings of strings: hexadecimal, base64, percent-encoding. Declared in str.h.
 * Called by everyone. Must never accept text that the encoder could not have written. */
#include "base/str.h"

#include <string.h>

#include "base/arena.h"

static const char hex_digits[] = "0123456789abcdef";
static const char base64_plain[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64_url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

str str_hex(struct arena *arena, str bytes)
{
    char *out = arena_alloc_n(arena, bytes.n + 1, 2);
    for (size_t i = 0; i < bytes.n; i++) {
        unsigned char b = (unsigned char)bytes.p[i];
        out[2 * i] = hex_digits[b >> 4];
        out[2 * i + 1] = hex_digits[b & 15];
    }
    return (str){ out, bytes.n * 2 };
}

bool str_unhex(struct arena *arena, str hex, str *ret)
{
    if (hex.n % 2 != 0)
        return false;
    char *out = arena_alloc(arena, hex.n / 2 + 1);
    for (size_t i = 0; i < hex.n / 2; i++) {
        int high = hex_value(hex.p[2 * i]);
        int low = hex_value(hex.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (char)(high * 16 + low);
    }
    *ret = (str){ out, hex.n / 2 };
    return true;
}

static str base64_encode(struct arena *arena, str bytes, const char *alphabet, bool padded)
{
    char *out = arena_alloc_n(arena, bytes.n / 3 + 2, 4);
    size_t n = 0;
    for (size_t i = 0; i < bytes.n; i += 3) {
        size_t left = bytes.n - i < 3 ? bytes.n - i : 3;
        uint32_t v = 0;
        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (k < left ? (unsigned char)bytes.p[i + k] : 0U);
        for (size_t k = 0; k < 4; k++) {
            if (k <= left)
                out[n++] = alphabet[v >> (18 - 6 * k) & 63];
            else if (padded)
                out[n++] = '=';
        }
    }
    return (str){ out, n };
}

str str_base64(struct arena *arena, str bytes)
{
    return base64_encode(arena, bytes, base64_plain, true);
}

str str_base64url(struct arena *arena, str bytes)
{
    return base64_encode(arena, bytes, base64_url, false);
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    if (c == '/' || c == '_')
        return 63;
    return -1;
}

/* Padding may be left out; where there is any it must be right, and spare bits must be zero, so
 * that one value has one spelling. */
bool str_unbase64(struct arena *arena, str text, str *ret)
{
    size_t chars = text.n;
    while (chars > 0 && text.n - chars < 2 && text.p[chars - 1] == '=')
        chars--;
    if (chars % 4 == 1 || (chars != text.n && text.n % 4 != 0))
        return false;
    char *out = arena_alloc(arena, chars / 4 * 3 + 3);
    size_t n = 0;
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < chars; i++) {
        int value = base64_value(text.p[i]);
        if (value < 0)
            return false;
        bits = (bits << 6 | (uint32_t)value) & 0xffff;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[n++] = (char)(bits >> held & 0xff);
        }
    }
    if ((bits & ((1U << held) - 1)) != 0)
        return false;
    *ret = (str){ out, n };
    return true;
}

static bool url_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

str str_url_encode(struct arena *arena, str s)
{
    size_t coded = 0;
    for (size_t i = 0; i < s.n; i++)
        coded += url_plain(s.p[i]) ? 0 : 1;
    char *out = arena_alloc(arena, s.n + 2 * coded + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char b = (unsigned char)s.p[i];
        if (url_plain(s.p[i])) {
            out[n++] = s.p[i];
        } else {
            out[n++] = '%';
            out[n++] = "0123456789ABCDEF"[b >> 4];
            out[n++] = "0123456789ABCDEF"[b & 15];
        }
    }
    return (str){ out, n };
}

bool str_url_decode(struct arena *arena, str s, str *ret)
{
    char *out = arena_alloc(arena, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '%') {
            out[n++] = s.p[i] == '+' ? ' ' : s.p[i];
            continue;
        }
        if (s.n - i < 3)
            return false;
        int high = hex_value(s.p[i + 1]);
        int low = hex_value(s.p[i + 2]);
        if (high < 0 || low < 0)
            return false;
        out[n++] = (char)(high * 16 + low);
        i += 2;
    }
    *ret = (str){ out, n };
    return true;
}
