/* SPDX-License-Identifier: Apache-2.0
 * A reply's text against the shape that promises it. Called by test builds on every reply.
 * Must never be lenient: what passes here is what clients may rely on. */
#include "base/instant.h"
#include "base/json_internal.h"

/* The first difference found, or JSON_FAULT_N. */
struct check {
    struct cx *cx;
    enum json_fault fault;
    str pointer;
};

static void check_object(struct check *check, const struct json_path *at,
    const struct json_shape *shape, json_t *object);

static void differ(struct check *check, const struct json_path *at, enum json_fault fault)
{
    if (check->fault != JSON_FAULT_N)
        return;
    check->fault = fault;
    check->pointer = json_pointer(check->cx->arena, at);
}

static bool is_known_id(str text)
{
    id value;
    return id_parse(text, &value);
}

static bool is_known_time(str text, enum json_type type)
{
    int64_t ms;
    return type == JSON_T_DATE ? instant_parse_date(text, &ms) : instant_parse(text, &ms);
}

static void check_text(struct check *check, const struct json_path *at,
    const struct json_field *field, const json_t *v)
{
    if (!json_is_string(v)) {
        differ(check, at, JSON_FAULT_WRONG_TYPE);
        return;
    }
    str text = { json_string_value(v), json_string_length(v) };
    if (field->type == JSON_T_ID && !is_known_id(text))
        differ(check, at, JSON_FAULT_BAD_ID);
    if ((field->type == JSON_T_TIME || field->type == JSON_T_DATE) &&
        !is_known_time(text, field->type))
        differ(check, at, JSON_FAULT_BAD_TIME);
    if (field->one_of && !json_one_of(field->one_of, text))
        differ(check, at, JSON_FAULT_NOT_ALLOWED);
}

static void check_items(
    struct check *check, const struct json_path *at, const struct json_field *field, json_t *v)
{
    size_t i;
    json_t *value;
    if (!json_is_array(v))
        differ(check, at, JSON_FAULT_WRONG_TYPE);
    json_array_foreach(v, i, value)
    {
        struct json_path here = { .up = at, .index = i };
        if (field->type == JSON_T_LIST)
            check_object(check, &here, field->shape, value);
        else
            check_text(check, &here, field, value);
    }
}

static void check_map(struct check *check, const struct json_path *at, json_t *v)
{
    const char *key;
    json_t *value;
    if (!json_is_object(v))
        differ(check, at, JSON_FAULT_WRONG_TYPE);
    json_object_foreach(v, key, value)
    {
        struct json_path here = { .up = at, .key = str_from_c(key) };
        if (!json_is_string(value) && !json_is_number(value) && !json_is_boolean(value))
            differ(check, &here, JSON_FAULT_WRONG_TYPE);
    }
}

static void check_is(struct check *check, const struct json_path *at, bool ok)
{
    if (!ok)
        differ(check, at, JSON_FAULT_WRONG_TYPE);
}

static void check_field(
    struct check *check, const struct json_path *at, const struct json_field *field, json_t *v)
{
    if (json_is_null(v) && field->nullable)
        return;
    switch (field->type) {
    case JSON_T_STR:
    case JSON_T_ID:
    case JSON_T_TIME:
    case JSON_T_DATE:
        check_text(check, at, field, v);
        break;
    case JSON_T_INT:
        check_is(check, at, json_is_integer(v));
        break;
    case JSON_T_NUM:
    case JSON_T_MONEY:
        check_is(check, at, json_is_number(v));
        break;
    case JSON_T_BOOL:
        check_is(check, at, json_is_boolean(v));
        break;
    case JSON_T_AMOUNT: /* in only */
        differ(check, at, JSON_FAULT_UNKNOWN_FIELD);
        break;
    case JSON_T_OBJECT:
        check_object(check, at, field->shape, v);
        break;
    case JSON_T_LIST:
    case JSON_T_STRS:
        check_items(check, at, field, v);
        break;
    case JSON_T_MAP:
        check_map(check, at, v);
        break;
    case JSON_T_RAW:
        break;
    }
}

static bool has_key(const struct json_field *field, json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        if (json_name_is(field, str_from_c(key)))
            return true;
    }
    return false;
}

static void check_object(
    struct check *check, const struct json_path *at, const struct json_shape *shape, json_t *object)
{
    const char *key;
    json_t *value;
    check_is(check, at, json_is_object(object));
    json_object_foreach(object, key, value)
    {
        struct json_path here = { .up = at, .key = str_from_c(key) };
        const struct json_field *field = json_field_find(shape, AT_BODY, here.key);
        if (field)
            check_field(check, &here, field, value);
        else
            differ(check, &here, JSON_FAULT_UNKNOWN_FIELD);
    }
    for (size_t i = 0; i < shape->fields_n; i++) {
        const struct json_field *field = &shape->fields[i];
        struct json_path here = { .up = at, .key = str_from_c(field->name) };
        if (field->required && field->at == AT_BODY && field->type != JSON_T_AMOUNT &&
            !has_key(field, object))
            differ(check, &here, JSON_FAULT_REQUIRED);
    }
}

err json_check(struct cx *cx, str text, const struct json_shape *shape)
{
    struct cx own = { .arena = cx->arena }; /* the reply's faults are no faults of the request */
    struct json_in in = { .cx = &own };
    const struct json_path root = { 0 };
    struct check check = { .cx = cx, .fault = JSON_FAULT_N };
    DEFER(json_drop) json_t *tree = NULL;

    err e = json_load(&in, text, NULL, &tree);
    if (e)
        return FAIL(cx, ERR_BUG, "reply %s: " STR_F, shape->name, STR_A(own.detail));
    check_object(&check, &root, shape, tree);
    if (check.fault == JSON_FAULT_N)
        return NULL;
    return FAIL(cx, ERR_BUG, "reply %s: \"" STR_F "\": %s", shape->name, STR_A(check.pointer),
        json_fault_code(check.fault));
}
