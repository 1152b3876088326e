/* SPDX-License-Identifier: Apache-2.0
 * Money: an integer of minor units with its currency. No float comes near it; every sum is checked
 * for overflow (an overflow is our bug: amounts are bounded where they enter). */
#ifndef SOUK_BASE_MONEY_H
#define SOUK_BASE_MONEY_H

#include "base/str.h"

/* ISO 4217 alpha-3 code. */
typedef struct currency {
    char code[4]; /* NUL-terminated; all zero means none */
} currency;

typedef struct money {
    int64_t minor;
    currency currency;
} money;

/* The largest amount accepted from outside: 10^13 minor units. */
#define MONEY_MINOR_MAX INT64_C(10000000000000)

bool currency_parse(str code, currency *ret) MUST_USE; /* only currencies of the built-in table */
int currency_decimals(currency c);                     /* USD 2, JPY 0, KWD 3 */
bool currency_eq(currency a, currency b);
str currency_str(const currency *c); /* borrows *c */

money money_of(int64_t minor, currency c);
/* Both must be in one currency. */
money money_add(money a, money b);
money money_sub(money a, money b);
money money_times(money a, int64_t n);
/* amount * bp / 10000, rounded half up (away from zero for negative amounts). */
money money_basis_points(money a, int64_t bp);
/* Splits total over weights by largest remainder, ties to the lower index; parts sum to total.
 * weights are >= 0; all zero puts everything on the first part. n >= 1. A negative total gives the
 * negated parts of its opposite. ret_parts must not be weights. */
void money_split(int64_t total, const int64_t *weights, size_t n, int64_t *ret_parts);

/* "999.99" with exactly the currency's decimals; "-0.05". */
str money_decimal(struct arena *arena, money a);
/* The same without an arena; returns the length written to ret. */
#define MONEY_TEXT_N 32
size_t money_write(money a, char ret[static MONEY_TEXT_N]);
/* Digits, optionally '-' and a point with at most the currency's decimals; |value| within
 * MONEY_MINOR_MAX. false leaves *ret alone. */
bool money_parse(str text, currency c, money *ret) MUST_USE;
/* For people: "$1,299.00", "1.299,00 €", "¥1,200". locale is a language tag; en when unknown. */
str money_display(struct arena *arena, money a, str locale);

#endif
