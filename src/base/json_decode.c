/* SPDX-License-Identifier: Apache-2.0
 * A JSON document into a struct, by its shape. Called by the edge for bodies, by whoever reads
 * stored JSON. Must never stop at the first fault: the client gets them all at once. */
#include "base/json_internal.h"

#define FIELDS_MAX 256

static void take_object(struct json_in *in, const struct json_path *at,
    const struct json_shape *shape, json_t *object, void *ret);

static str text_of(const json_t *v)
{
    return (str){ json_string_value(v), json_string_length(v) };
}

static void take_strs(struct json_in *in, const struct json_path *at,
    const struct json_field *field, json_t *v, char *base)
{
    size_t n = json_array_size(v);
    if (!json_is_array(v)) {
        json_refuse_type(in, at, field->type);
        return;
    }
    if (!json_take_count(in, at, field, n))
        return;
    str *items = NEW_N(in->cx->arena, n, str);
    for (size_t i = 0; i < n; i++) {
        struct json_path here = { .up = at, .index = i };
        const json_t *item = json_array_get(v, i);
        if (json_is_string(item))
            json_take_item(in, &here, field, text_of(item), &items[i]);
        else
            json_refuse_type(in, &here, JSON_T_STR);
    }
    json_pointer_set(base, field->offset, items);
    *(size_t *)(void *)(base + field->offset_n) = n;
}

static void take_list(struct json_in *in, const struct json_path *at,
    const struct json_field *field, json_t *v, char *base)
{
    size_t n = json_array_size(v);
    if (!json_is_array(v)) {
        json_refuse_type(in, at, field->type);
        return;
    }
    if (!json_take_count(in, at, field, n))
        return;
    char *items = arena_alloc_n(in->cx->arena, n, field->shape->size);
    for (size_t i = 0; i < n; i++) {
        struct json_path here = { .up = at, .index = i };
        take_object(in, &here, field->shape, json_array_get(v, i), items + i * field->shape->size);
    }
    json_pointer_set(base, field->offset, items);
    *(size_t *)(void *)(base + field->offset_n) = n;
}

static void take_entry(struct json_in *in, const struct json_path *at,
    const struct json_field *field, const json_t *v, struct json_map_entry *ret)
{
    struct arena *arena = in->cx->arena;
    struct json_map_entry entry = { .key = at->key };
    if (!json_text_ok(at->key, /* multiline= */ false)) {
        json_refuse(in, at, JSON_FAULT_BAD_TEXT, 0);
        return;
    }
    if (at->key.n == 0 || at->key.n > JSON_MAP_KEY_MAX) {
        json_refuse(in, at, at->key.n ? JSON_FAULT_TOO_LONG : JSON_FAULT_TOO_SHORT,
            at->key.n ? JSON_MAP_KEY_MAX : 1);
        return;
    }
    if (json_is_string(v)) {
        json_take_item(in, at, field, text_of(v), &entry.value);
    } else if (json_is_integer(v)) {
        entry.value = str_from_i64(arena, json_integer_value(v));
        entry.kind = JSON_MAP_NUMBER;
    } else if (json_is_real(v)) {
        entry.value = json_double_text(arena, json_real_value(v));
        entry.kind = JSON_MAP_NUMBER;
    } else if (json_is_boolean(v)) {
        entry.value = json_is_true(v) ? S("true") : S("false");
        entry.kind = JSON_MAP_BOOL;
    } else {
        json_refuse_type(in, at, field->type);
    }
    entry.key = str_dup(arena, at->key);
    *ret = entry;
}

static void take_map(struct json_in *in, const struct json_path *at, const struct json_field *field,
    json_t *v, struct json_map *ret)
{
    if (!json_is_object(v)) {
        json_refuse_type(in, at, field->type);
        return;
    }
    if (!json_take_count(in, at, field, json_object_size(v)))
        return;
    struct json_map_entry *entries =
        NEW_N(in->cx->arena, json_object_size(v), struct json_map_entry);
    size_t n = 0;
    const char *key;
    json_t *value;
    json_object_foreach(v, key, value)
    {
        struct json_path here = { .up = at, .key = str_from_c(key) };
        take_entry(in, &here, field, value, &entries[n++]);
    }
    *ret = (struct json_map){ .entries = entries, .n = n };
}

static bool tree_text_ok(json_t *v)
{
    const char *key;
    json_t *value;
    size_t i;
    if (json_is_string(v))
        return json_text_ok(text_of(v), /* multiline= */ true);
    json_array_foreach(v, i, value)
    {
        if (!tree_text_ok(value))
            return false;
    }
    json_object_foreach(v, key, value)
    {
        if (!json_text_ok(str_from_c(key), false) || !tree_text_ok(value))
            return false;
    }
    return true;
}

static void take_raw(struct json_in *in, const struct json_path *at, const struct json_field *field,
    json_t *v, str *ret)
{
    struct buf out = { .arena = in->cx->arena };
    if (!tree_text_ok(v)) {
        json_refuse(in, at, JSON_FAULT_BAD_TEXT, 0);
        return;
    }
    json_write_tree(&out, v);
    if (field->max && (int64_t)out.n > field->max)
        json_refuse(in, at, JSON_FAULT_TOO_LONG, field->max);
    else
        *ret = buf_str(&out);
}

static void take_amount(struct json_in *in, const struct json_path *at, const json_t *v, str *ret)
{
    char text[JSON_NUMBER_N];
    if (json_is_integer(v))
        json_take_amount(in, at, str_from_i64(in->cx->arena, json_integer_value(v)), ret);
    else if (json_is_real(v)) /* none in 15 digits: the empty text is refused as one with 'e' is */
        json_take_amount(in, at,
            (str){ text, json_double_write(json_real_value(v), /* digits= */ 15, text) }, ret);
    else if (json_is_string(v))
        json_take_amount(in, at, text_of(v), ret);
    else
        json_refuse_type(in, at, JSON_T_AMOUNT);
}

/* False: the value is not of the field's type. */
static bool take_scalar(struct json_in *in, const struct json_path *at,
    const struct json_field *field, const json_t *v, void *slot)
{
    bool is_text = json_is_string(v);
    if (field->type == JSON_T_STR && is_text)
        json_take_str(in, at, field, text_of(v), slot);
    else if (field->type == JSON_T_INT && json_is_integer(v))
        json_take_int(in, at, field, json_integer_value(v), slot);
    else if (field->type == JSON_T_NUM && json_is_number(v))
        json_take_num(in, at, field, json_number_value(v), slot);
    else if (field->type == JSON_T_BOOL && json_is_boolean(v))
        *(bool *)slot = json_is_true(v);
    else if (field->type == JSON_T_ID && is_text)
        json_take_id(in, at, text_of(v), slot);
    else if ((field->type == JSON_T_TIME || field->type == JSON_T_DATE) && is_text)
        json_take_time(in, at, field, text_of(v), slot);
    else
        return false;
    return true;
}

static void take_field(struct json_in *in, const struct json_path *at,
    const struct json_field *field, json_t *v, char *base)
{
    void *slot = base + field->offset;
    if (json_is_null(v) && field->nullable)
        return;
    switch (field->type) {
    case JSON_T_STR:
    case JSON_T_INT:
    case JSON_T_NUM:
    case JSON_T_BOOL:
    case JSON_T_ID:
    case JSON_T_TIME:
    case JSON_T_DATE:
        if (!take_scalar(in, at, field, v, slot))
            json_refuse_type(in, at, field->type);
        break;
    case JSON_T_MONEY: /* out only, and never found */
        panic("json", "money has no way in");
    case JSON_T_AMOUNT:
        take_amount(in, at, v, slot);
        break;
    case JSON_T_OBJECT: {
        void *object = arena_alloc(in->cx->arena, field->shape->size);
        take_object(in, at, field->shape, v, object);
        json_pointer_set(base, field->offset, object);
        break;
    }
    case JSON_T_LIST:
        take_list(in, at, field, v, base);
        break;
    case JSON_T_STRS:
        take_strs(in, at, field, v, base);
        break;
    case JSON_T_MAP:
        take_map(in, at, field, v, slot);
        break;
    case JSON_T_RAW:
        take_raw(in, at, field, v, slot);
        break;
    }
}

static void refuse_missing(struct json_in *in, const struct json_path *at,
    const struct json_shape *shape, const bool *seen)
{
    for (size_t i = 0; i < shape->fields_n; i++) {
        const struct json_field *field = &shape->fields[i];
        if (seen[i] || !field->required || field->at != AT_BODY || field->type == JSON_T_MONEY)
            continue;
        struct json_path here = { .up = at, .key = json_wire_key(in->cx->arena, field, in->snake) };
        json_refuse(in, &here, JSON_FAULT_REQUIRED, 0);
    }
}

static void take_object(struct json_in *in, const struct json_path *at,
    const struct json_shape *shape, json_t *object, void *ret)
{
    bool seen[FIELDS_MAX] = { false };
    const char *key;
    json_t *value;

    ASSERT(shape->fields_n <= FIELDS_MAX);
    if (!json_is_object(object)) {
        json_refuse_type(in, at, JSON_T_OBJECT);
        return;
    }
    json_object_foreach(object, key, value)
    {
        struct json_path here = { .up = at, .key = str_from_c(key) };
        const struct json_field *field = json_field_find(shape, AT_BODY, here.key);
        if (!field || field->type == JSON_T_MONEY) {
            json_refuse(in, &here, JSON_FAULT_UNKNOWN_FIELD, 0);
            continue;
        }
        if (str_find_char(here.key, '_', 0) >= 0)
            in->snake = true;
        bool *known = &seen[field - shape->fields];
        if (*known) /* once in each spelling: jansson cannot know */
            json_refuse(in, &here, JSON_FAULT_DUPLICATE_KEY, 0);
        else
            take_field(in, &here, field, value, ret);
        *known = true;
    }
    refuse_missing(in, at, shape, seen);
}

err json_decode(struct cx *cx, str text, const struct json_shape *shape, void *ret, bool *ret_snake)
{
    struct json_in in = { .cx = cx };
    const struct json_path root = { 0 };
    DEFER(json_drop) json_t *tree = NULL;

    memset(ret, 0, shape->size);
    err e = json_load(&in, text, &in.clamped, &tree);
    if (e)
        return e;
    take_object(&in, &root, shape, tree, ret);
    if (in.clamped && !in.malformed && !in.invalid) /* inside a map or a raw value */
        json_refuse(&in, &root, JSON_FAULT_TOO_LARGE, JSON_SAFE_INT);
    e = json_verdict(&in);
    if (e)
        return e;
    if (ret_snake)
        *ret_snake = in.snake;
    return NULL;
}
