/* SPDX-License-Identifier: Apache-2.0
 * Single values against the bounds of their field, stored when they pass. Called by json_decode.c
 * and json_pairs.c. Must never keep a pointer into the request: texts are copied. */
#include "base/instant.h"
#include "base/json_internal.h"
#include "base/utf8.h"

#define AMOUNT_TEXT_MAX 32

struct text_rule {
    int64_t min, max;
    bool multiline;
    const char *const *one_of;
};

bool json_one_of(const char *const *allowed, str text)
{
    for (; *allowed; allowed++) {
        if (str_eq(text, str_from_c(*allowed)))
            return true;
    }
    return false;
}

bool json_text_ok(str text, bool multiline)
{
    if (!utf8_valid(text) || utf8_has_control(text))
        return false;
    return multiline || (str_find_char(text, '\n', 0) < 0 && str_find_char(text, '\t', 0) < 0);
}

/* Forms send \r\n, whatever was typed. */
static str without_returns(struct arena *arena, str text)
{
    if (str_find(text, S("\r\n"), 0) < 0)
        return text;
    char *copy = arena_alloc(arena, text.n);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != '\r' || i + 1 == text.n || text.p[i + 1] != '\n')
            copy[n++] = text.p[i];
    }
    return (str){ copy, n };
}

static void take_text(struct json_in *in, const struct json_path *at, const struct text_rule *rule,
    str text, str *ret)
{
    struct arena *arena = in->cx->arena;
    if (rule->multiline)
        text = without_returns(arena, text);
    if (!json_text_ok(text, rule->multiline))
        json_refuse(in, at, JSON_FAULT_BAD_TEXT, 0);
    else if ((int64_t)text.n < rule->min)
        json_refuse(in, at, JSON_FAULT_TOO_SHORT, rule->min);
    else if ((int64_t)text.n > rule->max)
        json_refuse(in, at, JSON_FAULT_TOO_LONG, rule->max);
    else if (rule->one_of && !json_one_of(rule->one_of, text))
        json_refuse(in, at, JSON_FAULT_NOT_ALLOWED, 0);
    else
        *ret = text.n ? str_dup(arena, text) : S("");
}

void json_take_str(struct json_in *in, const struct json_path *at, const struct json_field *field,
    str text, str *ret)
{
    struct text_rule rule = { .min = field->min,
        .max = field->max ? field->max : JSON_TEXT_DEFAULT_MAX,
        .multiline = field->multiline,
        .one_of = field->one_of };
    take_text(in, at, &rule, text, ret);
}

void json_take_item(struct json_in *in, const struct json_path *at, const struct json_field *field,
    str text, str *ret)
{
    struct text_rule rule = { .max = field->item_max ? field->item_max : JSON_TEXT_DEFAULT_MAX,
        .multiline = field->multiline,
        .one_of = field->one_of };
    take_text(in, at, &rule, text, ret);
}

static int64_t number_max(const struct json_field *field)
{
    return field->max ? field->max : JSON_SAFE_INT;
}

static int64_t number_min(const struct json_field *field)
{
    return field->min || field->max ? field->min : -JSON_SAFE_INT;
}

void json_take_int(struct json_in *in, const struct json_path *at, const struct json_field *field,
    int64_t value, int64_t *ret)
{
    if (value < number_min(field))
        json_refuse(in, at, JSON_FAULT_TOO_SMALL, number_min(field));
    else if (value > number_max(field))
        json_refuse(in, at, JSON_FAULT_TOO_LARGE, number_max(field));
    else
        *ret = value;
}

void json_take_num(struct json_in *in, const struct json_path *at, const struct json_field *field,
    double value, double *ret)
{
    if (value < (double)number_min(field))
        json_refuse(in, at, JSON_FAULT_TOO_SMALL, number_min(field));
    else if (value > (double)number_max(field))
        json_refuse(in, at, JSON_FAULT_TOO_LARGE, number_max(field));
    else
        *ret = value;
}

void json_take_id(struct json_in *in, const struct json_path *at, str text, id *ret)
{
    id value;
    if (!id_parse(text, &value) || id_is_none(value)) /* zero would pass for absent */
        json_refuse(in, at, JSON_FAULT_BAD_ID, 0);
    else
        *ret = value;
}

void json_take_time(struct json_in *in, const struct json_path *at, const struct json_field *field,
    str text, int64_t *ret)
{
    int64_t ms;
    bool ok = field->type == JSON_T_DATE ? instant_parse_date(text, &ms) : instant_parse(text, &ms);
    if (ok)
        *ret = ms;
    else
        json_refuse(in, at, JSON_FAULT_BAD_TIME, 0);
}

static size_t digits_from(str text, size_t i)
{
    size_t n = 0;
    while (i + n < text.n && text.p[i + n] >= '0' && text.p[i + n] <= '9')
        n++;
    return n;
}

static bool is_amount(str text)
{
    size_t i = text.n > 0 && text.p[0] == '-' ? 1 : 0;
    size_t whole = digits_from(text, i);
    i += whole;
    if (whole == 0 || text.n > AMOUNT_TEXT_MAX)
        return false;
    if (i == text.n)
        return true;
    size_t decimals = text.p[i] == '.' ? digits_from(text, i + 1) : 0;
    return decimals > 0 && i + 1 + decimals == text.n;
}

void json_take_amount(struct json_in *in, const struct json_path *at, str text, str *ret)
{
    if (is_amount(text))
        *ret = str_dup(in->cx->arena, text);
    else
        json_refuse(in, at, JSON_FAULT_BAD_AMOUNT, 0);
}

bool json_take_count(
    struct json_in *in, const struct json_path *at, const struct json_field *field, size_t n)
{
    int64_t max = field->max ? field->max : JSON_ITEMS_DEFAULT_MAX;
    if ((int64_t)n < field->min)
        json_refuse(in, at, JSON_FAULT_TOO_FEW, field->min);
    else if ((int64_t)n > max)
        json_refuse(in, at, JSON_FAULT_TOO_MANY, max);
    else
        return true;
    return false;
}
