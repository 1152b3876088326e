/* SPDX-License-Identifier: Apache-2.0
 * Sums of money, their splitting, their text, and the table of currencies. Called by every service
 * that names a price. Must never round but where the header says so, nor touch a float. */
#include "base/money.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define NBSP "\u00a0" /* no line break inside a number */
#define GROUP_DIGITS 3

/* The commonest first: the list is walked. Symbols are those that no other currency has. */
static const struct currency_row {
    currency code;
    int decimals; /* ISO 4217 */
    str symbol;
} currencies[] = {
    { { "USD" }, 2, S_INIT("$") },
    { { "EUR" }, 2, S_INIT("€") },
    { { "GBP" }, 2, S_INIT("£") },
    { { "JPY" }, 0, S_INIT("¥") },
    { { "CAD" }, 2, S_INIT("CA$") },
    { { "AUD" }, 2, S_INIT("A$") },
    { { "CHF" }, 2, S_INIT("CHF") },
    { { "SEK" }, 2, S_INIT("SEK") },
    { { "NOK" }, 2, S_INIT("NOK") },
    { { "DKK" }, 2, S_INIT("DKK") },
    { { "PLN" }, 2, S_INIT("zł") },
    { { "CZK" }, 2, S_INIT("Kč") },
    { { "HUF" }, 2, S_INIT("Ft") },
    { { "NZD" }, 2, S_INIT("NZ$") },
    { { "INR" }, 2, S_INIT("₹") },
    { { "CNY" }, 2, S_INIT("CN¥") },
    { { "BRL" }, 2, S_INIT("R$") },
    { { "MXN" }, 2, S_INIT("MX$") },
    { { "ZAR" }, 2, S_INIT("R") },
    { { "TRY" }, 2, S_INIT("₺") },
    { { "AED" }, 2, S_INIT("AED") },
    { { "SAR" }, 2, S_INIT("SAR") },
    { { "SGD" }, 2, S_INIT("S$") },
    { { "HKD" }, 2, S_INIT("HK$") },
    { { "KRW" }, 0, S_INIT("₩") },
    { { "THB" }, 2, S_INIT("฿") },
    { { "IDR" }, 2, S_INIT("Rp") },
    { { "VND" }, 0, S_INIT("₫") },
    { { "ILS" }, 2, S_INIT("₪") },
    { { "CLP" }, 0, S_INIT("CLP") },
    { { "KWD" }, 3, S_INIT("KWD") },
    { { "BHD" }, 3, S_INIT("BHD") },
    { { "TND" }, 3, S_INIT("TND") },
    { { "JOD" }, 3, S_INIT("JOD") },
    { { "OMR" }, 3, S_INIT("OMR") },
    { { "QAR" }, 2, S_INIT("QAR") },
    { { "RON" }, 2, S_INIT("RON") },
    { { "TWD" }, 2, S_INIT("NT$") },
    { { "PHP" }, 2, S_INIT("₱") },
    { { "MYR" }, 2, S_INIT("RM") },
    { { "ISK" }, 0, S_INIT("ISK") },
    { { "UAH" }, 2, S_INIT("₴") },
};

/* How numbers are written where a language is spoken. A longer tag goes before its prefix. */
static const struct money_style {
    str tag;
    str group, point;
    bool symbol_first, blank;
    currency home; /* written with home_symbol there */
    str home_symbol;
} styles[] = {
    { S_INIT("en-CA"), S_INIT(","), S_INIT("."), true, false, { "CAD" }, S_INIT("$") },
    { S_INIT("en-AU"), S_INIT(","), S_INIT("."), true, false, { "AUD" }, S_INIT("$") },
    { S_INIT("en-NZ"), S_INIT(","), S_INIT("."), true, false, { "NZD" }, S_INIT("$") },
    { S_INIT("en-SG"), S_INIT(","), S_INIT("."), true, false, { "SGD" }, S_INIT("$") },
    { S_INIT("en"), S_INIT(","), S_INIT("."), true, false, { "USD" }, S_INIT("$") },
    { S_INIT("de-CH"), S_INIT("’"), S_INIT("."), true, true, { "CHF" }, S_INIT("CHF") },
    { S_INIT("de-AT"), S_INIT("."), S_INIT(","), true, true, { "EUR" }, S_INIT("€") },
    { S_INIT("de"), S_INIT("."), S_INIT(","), false, true, { "EUR" }, S_INIT("€") },
    { S_INIT("fr"), S_INIT(NBSP), S_INIT(","), false, true, { "EUR" }, S_INIT("€") },
    { S_INIT("es-MX"), S_INIT(","), S_INIT("."), true, false, { "MXN" }, S_INIT("$") },
    { S_INIT("es-CL"), S_INIT("."), S_INIT(","), true, false, { "CLP" }, S_INIT("$") },
    { S_INIT("es"), S_INIT("."), S_INIT(","), false, true, { "EUR" }, S_INIT("€") },
    { S_INIT("it"), S_INIT("."), S_INIT(","), false, true, { "EUR" }, S_INIT("€") },
    { S_INIT("nl"), S_INIT("."), S_INIT(","), true, true, { "EUR" }, S_INIT("€") },
    { S_INIT("pt-BR"), S_INIT("."), S_INIT(","), true, true, { "BRL" }, S_INIT("R$") },
    { S_INIT("pt"), S_INIT(NBSP), S_INIT(","), false, true, { "EUR" }, S_INIT("€") },
    { S_INIT("pl"), S_INIT(NBSP), S_INIT(","), false, true, { "PLN" }, S_INIT("zł") },
    { S_INIT("cs"), S_INIT(NBSP), S_INIT(","), false, true, { "CZK" }, S_INIT("Kč") },
    { S_INIT("hu"), S_INIT(NBSP), S_INIT(","), false, true, { "HUF" }, S_INIT("Ft") },
    { S_INIT("sv"), S_INIT(NBSP), S_INIT(","), false, true, { "SEK" }, S_INIT("kr") },
    { S_INIT("nb"), S_INIT(NBSP), S_INIT(","), false, true, { "NOK" }, S_INIT("kr") },
    { S_INIT("no"), S_INIT(NBSP), S_INIT(","), false, true, { "NOK" }, S_INIT("kr") },
    { S_INIT("da"), S_INIT("."), S_INIT(","), false, true, { "DKK" }, S_INIT("kr.") },
    { S_INIT("fi"), S_INIT(NBSP), S_INIT(","), false, true, { "EUR" }, S_INIT("€") },
    { S_INIT("tr"), S_INIT("."), S_INIT(","), true, false, { "TRY" }, S_INIT("₺") },
    { S_INIT("id"), S_INIT("."), S_INIT(","), true, true, { "IDR" }, S_INIT("Rp") },
    { S_INIT("vi"), S_INIT("."), S_INIT(","), false, true, { "VND" }, S_INIT("₫") },
    { S_INIT("ja"), S_INIT(","), S_INIT("."), true, false, { "JPY" }, S_INIT("¥") },
    { S_INIT("zh"), S_INIT(","), S_INIT("."), true, false, { "CNY" }, S_INIT("¥") },
};

static const int64_t powers_of_ten[] = { 1, 10, 100, 1000 };

static_assert(sizeof(currency) == 4, "a currency is compared as one word");

static uint32_t currency_word(currency c)
{
    uint32_t word;
    memcpy(&word, c.code, sizeof word);
    return word;
}

static const struct currency_row *currency_row(currency c)
{
    uint32_t word = currency_word(c);
    for (size_t i = 0; i < COUNT(currencies); i++) {
        if (currency_word(currencies[i].code) == word)
            return &currencies[i];
    }
    return NULL;
}

bool currency_parse(str code, currency *ret)
{
    if (code.n != 3)
        return false;
    currency c = { { code.p[0], code.p[1], code.p[2], '\0' } };
    if (!currency_row(c))
        return false;
    *ret = c;
    return true;
}

int currency_decimals(currency c)
{
    const struct currency_row *row = currency_row(c);
    ASSERT(row != NULL);
    return row->decimals;
}

bool currency_eq(currency a, currency b)
{
    return currency_word(a) == currency_word(b);
}

str currency_str(const currency *c)
{
    return (str){ c->code, strnlen(c->code, sizeof c->code) };
}

money money_of(int64_t minor, currency c)
{
    return (money){ minor, c };
}

money money_add(money a, money b)
{
    ASSERT(currency_eq(a.currency, b.currency));
    bool overflow = __builtin_add_overflow(a.minor, b.minor, &a.minor);
    ASSERT(!overflow);
    return a;
}

money money_sub(money a, money b)
{
    ASSERT(currency_eq(a.currency, b.currency));
    bool overflow = __builtin_sub_overflow(a.minor, b.minor, &a.minor);
    ASSERT(!overflow);
    return a;
}

money money_times(money a, int64_t n)
{
    bool overflow = __builtin_mul_overflow(a.minor, n, &a.minor);
    ASSERT(!overflow);
    return a;
}

money money_basis_points(money a, int64_t bp)
{
    __int128 product = (__int128)a.minor * bp;
    __int128 rounded = (product + (product < 0 ? -5000 : 5000)) / 10000; /* division truncates */
    ASSERT(rounded >= INT64_MIN && rounded <= INT64_MAX);
    a.minor = (int64_t)rounded;
    return a;
}

static uint64_t magnitude(int64_t v)
{
    return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

static uint64_t weights_sum(const int64_t *weights, size_t n)
{
    int64_t all = 0;
    for (size_t i = 0; i < n; i++) {
        ASSERT(weights[i] >= 0);
        bool overflow = __builtin_add_overflow(all, weights[i], &all);
        ASSERT(!overflow);
    }
    return (uint64_t)all;
}

/* Marks the largest remainder, of equals the first, as served. */
static void serve_largest(int64_t *remainders, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++) {
        if (remainders[i] > remainders[best])
            best = i;
    }
    ASSERT(remainders[best] > 0); /* more parts have one than units are left over */
    remainders[best] = -1;
}

/* A negative total is split as its opposite, so that a refund mirrors the sale. ret_parts holds the
 * remainders first, for there is no other memory at hand. */
void money_split(int64_t total, const int64_t *weights, size_t n, int64_t *ret_parts)
{
    ASSERT(n >= 1);
    uint64_t all = weights_sum(weights, n);
    if (all == 0) {
        memset(ret_parts, 0, n * sizeof *ret_parts);
        ret_parts[0] = total;
        return;
    }
    uint64_t units = magnitude(total);
    uint64_t leftover = units;
    for (size_t i = 0; i < n; i++) {
        unsigned __int128 share = (unsigned __int128)units * (uint64_t)weights[i];
        leftover -= (uint64_t)(share / all);
        ret_parts[i] = (int64_t)(share % all);
    }
    for (; leftover > 0; leftover--)
        serve_largest(ret_parts, n);
    for (size_t i = 0; i < n; i++) {
        unsigned __int128 share = (unsigned __int128)units * (uint64_t)weights[i];
        uint64_t part = (uint64_t)(share / all) + (ret_parts[i] < 0 ? 1 : 0);
        ret_parts[i] = (int64_t)(total < 0 ? 0 - part : part);
    }
}

size_t money_write(money a, char ret[static MONEY_TEXT_N])
{
    char text[MONEY_TEXT_N];
    char *p = text + sizeof text;
    uint64_t left = magnitude(a.minor);
    int decimals = currency_decimals(a.currency);
    for (int i = 0; i < decimals; i++) {
        *--p = (char)('0' + left % 10);
        left /= 10;
    }
    if (decimals > 0)
        *--p = '.';
    do {
        *--p = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (a.minor < 0)
        *--p = '-';
    size_t n = (size_t)(text + sizeof text - p);
    memcpy(ret, p, n);
    return n;
}

str money_decimal(struct arena *arena, money a)
{
    char *text = arena_alloc(arena, MONEY_TEXT_N);
    return (str){ text, money_write(a, text) };
}

/* Adds digits to *value until something else comes; false on overflow or when there is none. */
static bool take_digits(str *rest, int64_t *value, size_t *ret_n)
{
    size_t n = 0;
    for (; n < rest->n; n++) {
        unsigned digit = (unsigned)(unsigned char)rest->p[n] - '0';
        if (digit > 9)
            break;
        if (__builtin_mul_overflow(*value, 10, value) ||
            __builtin_add_overflow(*value, (int64_t)digit, value))
            return false;
    }
    *rest = str_skip(*rest, n);
    *ret_n = n;
    return n > 0;
}

bool money_parse(str text, currency c, money *ret)
{
    size_t decimals = (size_t)currency_decimals(c);
    bool negative = text.n > 0 && text.p[0] == '-';
    str rest = str_skip(text, negative ? 1 : 0);
    int64_t minor = 0;
    size_t n = 0;
    if (!take_digits(&rest, &minor, &n))
        return false;
    n = 0;
    if (rest.n > 0) {
        if (rest.p[0] != '.')
            return false;
        rest = str_skip(rest, 1);
        if (!take_digits(&rest, &minor, &n) || rest.n > 0 || n > decimals)
            return false;
    }
    if (__builtin_mul_overflow(minor, powers_of_ten[decimals - n], &minor))
        return false;
    if (minor > MONEY_MINOR_MAX)
        return false;
    *ret = (money){ negative ? -minor : minor, c };
    return true;
}

/* "de" serves "de" and "de-LU". */
static const struct money_style *style_of(str locale)
{
    for (size_t i = 0; i < COUNT(styles); i++) {
        str tag = styles[i].tag;
        if (locale.n >= tag.n && str_eq_nocase(str_sub(locale, 0, tag.n), tag) &&
            (locale.n == tag.n || locale.p[tag.n] == '-'))
            return &styles[i];
    }
    return style_of(S("en"));
}

static void add_grouped(struct buf *out, str digits, str group)
{
    for (size_t i = 0; i < digits.n; i++) {
        if (i > 0 && (digits.n - i) % GROUP_DIGITS == 0)
            buf_add(out, group);
        buf_char(out, digits.p[i]);
    }
}

/* Where "$" means the local dollar, the American one is written USD. */
static str symbol_in(const struct money_style *style, const struct currency_row *row)
{
    if (currency_eq(row->code, style->home))
        return style->home_symbol;
    return str_eq(row->symbol, style->home_symbol) ? currency_str(&row->code) : row->symbol;
}

str money_display(struct arena *arena, money a, str locale)
{
    const struct money_style *style = style_of(locale);
    const struct currency_row *row = currency_row(a.currency);
    ASSERT(row != NULL);
    str symbol = symbol_in(style, row);
    char last = symbol.p[symbol.n - 1];
    bool word = (last >= 'a' && last <= 'z') || (last >= 'A' && last <= 'Z') || last == '.';
    str blank = style->blank || word ? S(" ") : S("");
    char text[MONEY_TEXT_N];
    str number = { text, money_write(a, text) };
    struct buf out = { .arena = arena };
    if (a.minor < 0) {
        buf_char(&out, '-');
        number = str_skip(number, 1);
    }
    if (style->symbol_first) {
        buf_add(&out, symbol);
        buf_add(&out, blank);
    }
    add_grouped(&out, str_cut(&number, '.'), style->group);
    if (number.p) {
        buf_add(&out, style->point);
        buf_add(&out, number);
    }
    if (!style->symbol_first) {
        buf_add(&out, blank);
        buf_add(&out, symbol);
    }
    return buf_str(&out);
}
