/* SPDX-License-Identifier: Apache-2.0
 * Flat access to a document whose keys are data. Called by imports and webhooks.
 * Must never show jansson's type outside: the casts are here. */
#include "base/json_internal.h"

static json_t *tree_of(const struct json_value *v)
{
    return (json_t *)(uintptr_t)v; /* jansson's getters are not const throughout */
}

static const struct json_value *value_of(const json_t *tree)
{
    return (const struct json_value *)tree;
}

err json_value_parse(struct cx *cx, str text, struct json_value **ret)
{
    struct json_in in = { .cx = cx };
    json_t *tree;
    err e = json_load(&in, text, NULL, &tree);
    if (e)
        return e;
    *ret = (struct json_value *)tree;
    return NULL;
}

void json_value_close(struct json_value *v)
{
    json_decref(tree_of(v));
}

const struct json_value *json_value_get(const struct json_value *v, const char *key)
{
    return value_of(json_object_get(tree_of(v), key));
}

size_t json_value_count(const struct json_value *v)
{
    return json_is_array(tree_of(v)) ? json_array_size(tree_of(v)) : json_object_size(tree_of(v));
}

const struct json_value *json_value_at(const struct json_value *v, size_t i)
{
    return value_of(json_array_get(tree_of(v), i));
}

str json_value_str(struct arena *arena, const struct json_value *v)
{
    const json_t *tree = tree_of(v);
    if (json_is_string(tree))
        return str_dup(arena, (str){ json_string_value(tree), json_string_length(tree) });
    if (json_is_integer(tree))
        return str_from_i64(arena, json_integer_value(tree));
    if (json_is_real(tree))
        return json_double_text(arena, json_real_value(tree));
    if (json_is_boolean(tree))
        return json_is_true(tree) ? S("true") : S("false");
    return (str){ NULL, 0 };
}

enum json_map_kind json_value_kind(const struct json_value *v)
{
    if (json_is_number(tree_of(v)))
        return JSON_MAP_NUMBER;
    return json_is_boolean(tree_of(v)) ? JSON_MAP_BOOL : JSON_MAP_TEXT;
}

void json_value_each(const struct json_value *v,
    void (*fn)(void *arg, str key, const struct json_value *value), void *arg)
{
    const char *key;
    json_t *value;
    json_object_foreach(tree_of(v), key, value) fn(arg, str_from_c(key), value_of(value));
}
