/* SPDX-License-Identifier: Apache-2.0
 * Amounts: 500 GB, 500gb and 0.5TB are one token, as are 17", 17in and 17 inch. Called for numbers
 * in texts and queries. Must never overflow on what is typed. */
#include <inttypes.h>

#include "platform/text/text_internal.h"

#define DIGITS_MAX 9
#define MICRO 1000000

/* The amount in the base unit is the number times `times` by `by`. */
static const struct unit {
    str name;
    const char *base;
    int64_t times, by;
} units[] = {
    { S_INIT("kb"), "mb", 1, 1000 },
    { S_INIT("mb"), "mb", 1, 1 },
    { S_INIT("gb"), "mb", 1000, 1 },
    { S_INIT("tb"), "mb", 1000000, 1 },
    { S_INIT("go"), "mb", 1000, 1 },
    { S_INIT("to"), "mb", 1000000, 1 },
    { S_INIT("mm"), "mm", 1, 1 },
    { S_INIT("cm"), "mm", 10, 1 },
    { S_INIT("m"), "mm", 1000, 1 },
    { S_INIT("meter"), "mm", 1000, 1 },
    { S_INIT("meters"), "mm", 1000, 1 },
    { S_INIT("metre"), "mm", 1000, 1 },
    { S_INIT("metres"), "mm", 1000, 1 },
    { S_INIT("in"), "in", 1, 1 },
    { S_INIT("inch"), "in", 1, 1 },
    { S_INIT("inches"), "in", 1, 1 },
    { S_INIT("zoll"), "in", 1, 1 },
    { S_INIT("pouces"), "in", 1, 1 },
    { S_INIT("ft"), "ft", 1, 1 },
    { S_INIT("feet"), "ft", 1, 1 },
    { S_INIT("foot"), "ft", 1, 1 },
    { S_INIT("g"), "g", 1, 1 },
    { S_INIT("kg"), "g", 1000, 1 },
    { S_INIT("ml"), "ml", 1, 1 },
    { S_INIT("cl"), "ml", 10, 1 },
    { S_INIT("l"), "ml", 1000, 1 },
    { S_INIT("liter"), "ml", 1000, 1 },
    { S_INIT("liters"), "ml", 1000, 1 },
    { S_INIT("litre"), "ml", 1000, 1 },
    { S_INIT("litres"), "ml", 1000, 1 },
    { S_INIT("w"), "w", 1, 1 },
    { S_INIT("watt"), "w", 1, 1 },
    { S_INIT("watts"), "w", 1, 1 },
    { S_INIT("kw"), "w", 1000, 1 },
    { S_INIT("va"), "va", 1, 1 },
    { S_INIT("kva"), "va", 1000, 1 },
    { S_INIT("v"), "v", 1, 1 },
    { S_INIT("volt"), "v", 1, 1 },
    { S_INIT("volts"), "v", 1, 1 },
    { S_INIT("mah"), "mah", 1, 1 },
    { S_INIT("ah"), "mah", 1000, 1 },
    { S_INIT("hz"), "hz", 1, 1 },
    { S_INIT("khz"), "hz", 1000, 1 },
    { S_INIT("mhz"), "hz", 1000000, 1 },
    { S_INIT("ghz"), "hz", 1000000000, 1 },
    { S_INIT("mbps"), "mbps", 1, 1 },
    { S_INIT("gbps"), "mbps", 1000, 1 },
    { S_INIT("mp"), "mp", 1, 1 },
    { S_INIT("megapixel"), "mp", 1, 1 },
    { S_INIT("megapixels"), "mp", 1, 1 },
    { S_INIT("pc"), "pcs", 1, 1 },
    { S_INIT("pcs"), "pcs", 1, 1 },
    { S_INIT("piece"), "pcs", 1, 1 },
    { S_INIT("pieces"), "pcs", 1, 1 },
    { S_INIT("pack"), "pcs", 1, 1 },
    { S_INIT("stuck"), "pcs", 1, 1 },
};

static const struct unit *unit_of(str name)
{
    for (size_t i = 0; i < COUNT(units); i++)
        if (str_eq(units[i].name, name))
            return &units[i];
    return NULL;
}

bool text_is_unit(str word)
{
    return unit_of(word) != NULL;
}

/* In millionths. False for what is no decimal number of a bearable size. */
static bool number_of(str s, int64_t *ret)
{
    int64_t value = 0, part = 0;
    size_t digits = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '.') {
            if (part || i == 0 || i + 1 == s.n)
                return false;
            part = MICRO;
            continue;
        }
        if (!text_is_digit(s.p[i]) || ++digits > DIGITS_MAX)
            return false;
        int64_t digit = s.p[i] - '0';
        if (part == 0) {
            value = value * 10 + digit * MICRO;
        } else {
            part /= 10;
            value += digit * part;
        }
    }
    *ret = value;
    return digits > 0;
}

str text_amount(struct arena *arena, str number, str unit)
{
    const struct unit *u = unit_of(unit);
    int64_t value;
    if (!u || !number_of(number, &value) || value > INT64_MAX / u->times)
        return (str){ 0 };
    value = value * u->times / u->by;
    int64_t whole = value / MICRO, part = value % MICRO;
    if (part == 0)
        return str_fmt(arena, "=%s%" PRId64, u->base, whole);
    str s = str_fmt(arena, "=%s%" PRId64 ".%06" PRId64, u->base, whole, part);
    while (s.p[s.n - 1] == '0')
        s.n--;
    return s;
}

bool text_amount_split(str word, str *number, str *unit)
{
    if (word.n == 0 || !text_is_digit(word.p[0]))
        return false;
    size_t at = text_seam(word, 0);
    *number = (str){ word.p, at };
    *unit = str_skip(word, at);
    return unit_of(*unit) != NULL;
}
