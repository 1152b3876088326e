/* SPDX-License-Identifier: Apache-2.0
 * name=value pairs into a struct, by its shape: query strings, forms, path parameters, headers.
 * Called by the edge. Must never take a value that json_decode would refuse in a body. */
#include "base/json_internal.h"

#define PAIRS_MAX 100

/* Lists, objects and amounts of money have no one text. */
static bool is_textual(const struct json_field *field)
{
    switch (field->type) {
    case JSON_T_STR:
    case JSON_T_INT:
    case JSON_T_NUM:
    case JSON_T_BOOL:
    case JSON_T_ID:
    case JSON_T_TIME:
    case JSON_T_DATE:
    case JSON_T_AMOUNT:
    case JSON_T_STRS:
        return true;
    case JSON_T_MONEY:
    case JSON_T_OBJECT:
    case JSON_T_LIST:
    case JSON_T_MAP:
    case JSON_T_RAW:
        return false;
    }
    return false;
}

/* Forms send every input, so that an empty one mostly means nothing. */
static bool is_absent(const struct json_field *field, str value)
{
    if (value.n > 0)
        return false;
    return field->type != JSON_T_STR || (!field->required && (field->min > 0 || field->one_of));
}

static void take_int(struct json_in *in, const struct json_path *at, const struct json_field *field,
    str text, int64_t *ret)
{
    int64_t value;
    if (str_to_i64(text, &value)) {
        json_take_int(in, at, field, value, ret);
        return;
    }
    bool negative = str_starts(text, S("-"));
    bool digits = text.n > negative;
    for (size_t i = negative ? 1 : 0; i < text.n; i++)
        digits = digits && text.p[i] >= '0' && text.p[i] <= '9';
    if (!digits)
        json_refuse_type(in, at, field->type);
    else if (negative) /* beyond int64 */
        json_refuse(in, at, JSON_FAULT_TOO_SMALL, -JSON_SAFE_INT);
    else
        json_refuse(in, at, JSON_FAULT_TOO_LARGE, JSON_SAFE_INT);
}

static void take_bool(struct json_in *in, const struct json_path *at, str text, bool *ret)
{
    if (str_eq(text, S("true")) || str_eq(text, S("1")) || str_eq(text, S("on")))
        *ret = true;
    else if (str_eq(text, S("false")) || str_eq(text, S("0")))
        *ret = false;
    else
        json_refuse_type(in, at, JSON_T_BOOL);
}

static void take_pair(struct json_in *in, const struct json_path *at,
    const struct json_field *field, str text, void *slot)
{
    double number;
    switch (field->type) {
    case JSON_T_STR:
        json_take_str(in, at, field, text, slot);
        break;
    case JSON_T_INT:
        take_int(in, at, field, text, slot);
        break;
    case JSON_T_NUM:
        if (str_to_double(text, &number))
            json_take_num(in, at, field, number, slot);
        else
            json_refuse_type(in, at, field->type);
        break;
    case JSON_T_BOOL:
        take_bool(in, at, text, slot);
        break;
    case JSON_T_ID:
        json_take_id(in, at, text, slot);
        break;
    case JSON_T_TIME:
    case JSON_T_DATE:
        json_take_time(in, at, field, text, slot);
        break;
    case JSON_T_AMOUNT:
        json_take_amount(in, at, text, slot);
        break;
    case JSON_T_MONEY:
    case JSON_T_OBJECT:
    case JSON_T_LIST:
    case JSON_T_STRS: /* collected by take_strs */
    case JSON_T_MAP:
    case JSON_T_RAW:
        panic("json", "no type for a pair");
    }
}

static void take_strs(struct json_in *in, const struct json_pair *pairs, size_t n,
    const struct json_field *field, char *base)
{
    const struct json_path root = { 0 };
    str *items = NEW_N(in->cx->arena, n, str);
    size_t items_n = 0;
    for (size_t i = 0; i < n; i++) {
        struct json_path here = { .up = &root, .key = pairs[i].name };
        if (json_name_is(field, pairs[i].name) && !is_absent(field, pairs[i].value))
            json_take_item(in, &here, field, pairs[i].value, &items[items_n++]);
    }
    if (items_n == 0)
        return;
    struct json_path here = { .up = &root, .key = json_wire_name(in->cx->arena, field) };
    if (!json_take_count(in, &here, field, items_n))
        return;
    json_pointer_set(base, field->offset, items);
    *(size_t *)(void *)(base + field->offset_n) = items_n;
}

/* exact: an empty value is a value, and there are no two: what others make of two (a proxy, a
 * filter) may be another than what we do. Forms send some twice: of those the last counts. */
static void take_last(struct json_in *in, const struct json_pair *pairs, size_t n,
    const struct json_field *field, bool exact, char *base)
{
    const struct json_path root = { 0 };
    for (size_t i = n; i > 0; i--) {
        const struct json_pair *pair = &pairs[i - 1];
        struct json_path here = { .up = &root, .key = pair->name };
        if (!json_name_is(field, pair->name))
            continue;
        for (size_t j = 0; exact && j < i - 1; j++)
            if (json_name_is(field, pairs[j].name)) {
                json_refuse(in, &here, JSON_FAULT_DUPLICATE_KEY, 0);
                return;
            }
        if (exact || !is_absent(field, pair->value))
            take_pair(in, &here, field, pair->value, base + field->offset);
        return;
    }
}

err json_decode_pairs(struct cx *cx, const struct json_pair *pairs, size_t n, enum json_at at,
    bool strict, const struct json_shape *shape, void *ret)
{
    struct json_in in = { .cx = cx };
    const struct json_path root = { 0 };

    for (size_t i = 0; strict && i < n; i++) {
        const struct json_field *field = json_field_find(shape, at, pairs[i].name);
        struct json_path here = { .up = &root, .key = pairs[i].name };
        if (!field || !is_textual(field))
            json_refuse(&in, &here, JSON_FAULT_UNKNOWN_FIELD, 0);
    }
    for (size_t i = 0; i < shape->fields_n; i++) {
        const struct json_field *field = &shape->fields[i];
        if (field->at != at || !is_textual(field))
            continue;
        if (field->type == JSON_T_STRS)
            take_strs(&in, pairs, n, field, ret);
        else
            take_last(&in, pairs, n, field, strict && at == AT_QUERY, ret);
    }
    return json_verdict(&in);
}

err json_pairs_done(struct cx *cx, const struct json_pair *pairs, size_t n, enum json_at at,
    const struct json_shape *shape)
{
    struct json_in in = { .cx = cx };
    const struct json_path root = { 0 };

    for (size_t i = 0; i < shape->fields_n; i++) {
        const struct json_field *field = &shape->fields[i];
        bool seen = !field->required || field->at != at || !is_textual(field);
        for (size_t j = 0; !seen && j < n; j++)
            seen = json_name_is(field, pairs[j].name) && !is_absent(field, pairs[j].value);
        struct json_path here = { .up = &root, .key = json_wire_name(cx->arena, field) };
        if (!seen)
            json_refuse(&in, &here, JSON_FAULT_REQUIRED, 0);
    }
    return json_verdict(&in);
}

err json_pairs_of_query(struct cx *cx, str query, struct json_pair **ret_pairs, size_t *ret_n)
{
    struct json_pair *pairs = NEW_N(cx->arena, PAIRS_MAX, struct json_pair);
    size_t n = 0;
    while (query.p) {
        str value = str_cut(&query, '&');
        if (value.n == 0)
            continue;
        if (n == PAIRS_MAX)
            return FAIL(cx, ERR_MALFORMED, "more than %d pairs", PAIRS_MAX);
        struct json_pair *pair = &pairs[n++];
        str name = str_cut(&value, '=');
        if (!value.p)
            value = S("");
        if (!str_url_decode(cx->arena, name, &pair->name) ||
            !str_url_decode(cx->arena, value, &pair->value))
            return FAIL(cx, ERR_MALFORMED, "bad percent-encoding in pair %zu", n);
    }
    *ret_pairs = pairs;
    *ret_n = n;
    return NULL;
}
