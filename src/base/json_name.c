/* SPDX-License-Identifier: Apache-2.0
 * Names of fields: snake_case in tables, camelCase or snake_case on the wire. Called by everything
 * of JSON. Must never accept a third spelling. */
#include "base/json_internal.h"

static bool is_camel(const char *name, str key)
{
    size_t i = 0;
    for (; *name; name++, i++) {
        char want = *name;
        if (want == '_' && name[1]) {
            want = *++name;
            if (want >= 'a' && want <= 'z')
                want = (char)(want - ('a' - 'A'));
        }
        if (i >= key.n || key.p[i] != want)
            return false;
    }
    return i == key.n;
}

/* Header fields ignore case (RFC 9110 section 5.1). */
static bool is_header(const char *name, str key)
{
    str want = str_from_c(name);
    if (want.n != key.n)
        return false;
    for (size_t i = 0; i < key.n; i++) {
        char c = want.p[i] == '_' ? '-' : want.p[i];
        if (!str_eq_nocase((str){ &c, 1 }, str_sub(key, i, 1)))
            return false;
    }
    return true;
}

bool json_name_is(const struct json_field *field, str key)
{
    const char *name = field->wire ? field->wire : field->name;
    if (field->at == AT_HEADER)
        return is_header(name, key);
    if (str_eq(key, str_from_c(name)))
        return true;
    return !field->wire && is_camel(name, key);
}

const struct json_field *json_field_find(const struct json_shape *shape, enum json_at at, str key)
{
    for (size_t i = 0; i < shape->fields_n; i++) {
        const struct json_field *field = &shape->fields[i];
        if (field->at == at && json_name_is(field, key))
            return field;
    }
    return NULL;
}

size_t json_name_write(const struct json_field *field, bool snake, char *p)
{
    const char *name = field->wire ? field->wire : field->name;
    bool as_is = snake || field->wire;
    char *start = p;
    for (; *name; name++) {
        char c = *name;
        if (c == '_' && !as_is && name[1]) {
            c = *++name;
            if (c >= 'a' && c <= 'z')
                c = (char)(c - ('a' - 'A'));
        }
        *p++ = c;
    }
    return (size_t)(p - start);
}

str json_wire_key(struct arena *arena, const struct json_field *field, bool snake)
{
    const char *name = field->wire ? field->wire : field->name;
    char *p = arena_alloc(arena, strlen(name) + 1);
    return (str){ p, json_name_write(field, snake, p) };
}

str json_wire_name(struct arena *arena, const struct json_field *field)
{
    return json_wire_key(arena, field, /* snake= */ false);
}
