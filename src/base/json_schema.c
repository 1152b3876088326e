/* SPDX-License-Identifier: Apache-2.0
 * JSON Schema (2020-12) of shapes and fields. Called to print the API's description.
 * Must never say more than json_decode and json_encode keep. */
#include "base/json_internal.h"

/* What a type is on the wire; NULL where the schema is made by hand. */
static const struct wire_row {
    const char *type, *format;
} wire_rows[] = {
    [JSON_T_STR] = { "string", NULL },
    [JSON_T_INT] = { "integer", NULL },
    [JSON_T_NUM] = { "number", NULL },
    [JSON_T_BOOL] = { "boolean", NULL },
    [JSON_T_ID] = { "string", "uuid" },
    [JSON_T_TIME] = { "string", "date-time" },
    [JSON_T_DATE] = { "string", "date" },
    [JSON_T_MONEY] = { "number", NULL },
    [JSON_T_AMOUNT] = { NULL, NULL },
    [JSON_T_OBJECT] = { NULL, NULL },
    [JSON_T_LIST] = { "array", NULL },
    [JSON_T_STRS] = { "array", NULL },
    [JSON_T_MAP] = { "object", NULL },
    [JSON_T_RAW] = { NULL, NULL },
};
static_assert(COUNT(wire_rows) == JSON_T_RAW + 1, "a row for each type");

/* An object being printed: knows whether a comma is due. */
struct members {
    struct buf *out;
    bool any;
};

static void put_key(struct members *m, const char *key)
{
    if (m->any)
        buf_char(m->out, ',');
    m->any = true;
    json_quote(m->out, str_from_c(key));
    buf_char(m->out, ':');
}

static void put_text(struct members *m, const char *key, const char *text)
{
    put_key(m, key);
    json_quote(m->out, str_from_c(text));
}

static void put_int(struct members *m, const char *key, int64_t v)
{
    put_key(m, key);
    buf_i64(m->out, v);
}

static void put_types(struct members *m, const char *first, const char *second, bool nullable)
{
    put_key(m, "type");
    if (!second && !nullable) {
        json_quote(m->out, str_from_c(first));
        return;
    }
    buf_char(m->out, '[');
    json_quote(m->out, str_from_c(first));
    if (second) {
        buf_char(m->out, ',');
        json_quote(m->out, str_from_c(second));
    }
    buf_add(m->out, nullable ? S(",\"null\"]") : S("]"));
}

static void put_ref(struct members *m, const struct json_shape *shape)
{
    put_key(m, "$ref");
    json_quote(m->out, str_cat(m->out->arena, S("#/components/schemas/"), str_from_c(shape->name)));
}

static void put_ref_object(struct buf *out, const struct json_shape *shape)
{
    struct members m = { .out = out };
    buf_char(out, '{');
    put_ref(&m, shape);
    buf_char(out, '}');
}

static void put_enum(struct members *m, const struct json_field *field)
{
    put_key(m, "enum");
    buf_char(m->out, '[');
    for (const char *const *value = field->one_of; *value; value++) {
        if (value != field->one_of)
            buf_char(m->out, ',');
        json_quote(m->out, str_from_c(*value));
    }
    buf_add(m->out, field->nullable && field->type == JSON_T_STR ? S(",null]") : S("]"));
}

/* Only what the table says itself: the default bounds hold for what comes in alone. */
static void put_bounds(
    struct members *m, const struct json_field *field, const char *min, const char *max)
{
    bool number = field->type == JSON_T_INT || field->type == JSON_T_NUM;
    if (field->min || (number && field->max))
        put_int(m, min, field->min);
    if (field->max)
        put_int(m, max, field->max);
}

static void put_text_items(struct members *m, const struct json_field *field)
{
    put_key(m, "items");
    struct members items = { .out = m->out };
    buf_char(m->out, '{');
    put_text(&items, "type", "string");
    if (field->item_max)
        put_int(&items, "maxLength", field->item_max);
    if (field->one_of)
        put_enum(&items, field);
    buf_char(m->out, '}');
}

static void put_object_field(struct members *m, const struct json_field *field)
{
    if (!field->nullable) { /* beside other words a reference is fine since 2019-09 */
        put_ref(m, field->shape);
        return;
    }
    put_key(m, "anyOf");
    buf_char(m->out, '[');
    put_ref_object(m->out, field->shape);
    buf_add(m->out, S(",{\"type\":\"null\"}]"));
}

static void put_details(struct members *m, const struct json_field *field)
{
    switch (field->type) {
    case JSON_T_STR:
        put_bounds(m, field, "minLength", "maxLength");
        if (field->one_of)
            put_enum(m, field);
        break;
    case JSON_T_INT:
    case JSON_T_NUM:
        put_bounds(m, field, "minimum", "maximum");
        break;
    case JSON_T_AMOUNT:
        put_types(m, "number", "string", field->nullable);
        put_text(m, "pattern", "^-?[0-9]+(\\.[0-9]+)?$");
        break;
    case JSON_T_OBJECT:
        put_object_field(m, field);
        break;
    case JSON_T_LIST:
        put_key(m, "items");
        put_ref_object(m->out, field->shape);
        put_bounds(m, field, "minItems", "maxItems");
        break;
    case JSON_T_STRS:
        put_text_items(m, field);
        put_bounds(m, field, "minItems", "maxItems");
        break;
    case JSON_T_MAP:
        put_key(m, "additionalProperties");
        buf_add(m->out, S("{\"type\":[\"string\",\"number\",\"boolean\"]}"));
        put_bounds(m, field, "minProperties", "maxProperties");
        break;
    case JSON_T_BOOL:
    case JSON_T_ID:
    case JSON_T_TIME:
    case JSON_T_DATE:
    case JSON_T_MONEY:
    case JSON_T_RAW:
        break;
    }
}

void json_schema_field(struct buf *out, const struct json_field *field)
{
    const struct wire_row *row = &wire_rows[field->type];
    struct members m = { .out = out };
    buf_char(out, '{');
    if (row->type)
        put_types(&m, row->type, NULL, field->nullable);
    if (row->format)
        put_text(&m, "format", row->format);
    put_details(&m, field);
    if (field->doc)
        put_text(&m, "description", field->doc);
    buf_char(out, '}');
}

static void put_required(struct members *m, const struct json_shape *shape)
{
    bool any = false;
    for (size_t i = 0; i < shape->fields_n; i++) {
        const struct json_field *field = &shape->fields[i];
        if (!field->required || field->at != AT_BODY)
            continue;
        if (!any)
            put_key(m, "required");
        buf_char(m->out, any ? ',' : '[');
        any = true;
        json_quote(m->out, json_wire_name(m->out->arena, field));
    }
    if (any)
        buf_char(m->out, ']');
}

void json_schema(struct buf *out, const struct json_shape *shape)
{
    struct members m = { .out = out };
    buf_char(out, '{');
    put_text(&m, "type", "object");
    if (shape->doc)
        put_text(&m, "description", shape->doc);
    put_key(&m, "properties");
    buf_char(out, '{');
    struct members properties = { .out = out };
    for (size_t i = 0; i < shape->fields_n; i++) {
        const struct json_field *field = &shape->fields[i];
        if (field->at != AT_BODY)
            continue;
        put_key(&properties, str_c(out->arena, json_wire_name(out->arena, field)));
        json_schema_field(out, field);
    }
    buf_char(out, '}');
    put_required(&m, shape);
    buf_char(out, '}');
}
