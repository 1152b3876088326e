/* SPDX-License-Identifier: Apache-2.0
 * A struct as JSON text, by its shape. Called for every reply and every stored event: it is written
 * for speed. Must never depend on the locale, nor keep anything between calls. */
#include <inttypes.h>
#include <math.h>

#include "base/instant.h"
#include "base/json_internal.h"

#define NUM_SCALE 1000000 /* 6 decimals */
#define NUM_SCALED_MAX 9e9

#define EACH_BYTE(b) (UINT64_C(0x0101010101010101) * (b))
#define DATE_TEXT_N 10

static bool has_zero_byte(uint64_t x)
{
    return ((x - EACH_BYTE(1)) & ~x & EACH_BYTE(0x80)) != 0;
}

/* How many bytes at the start of p can be copied as they are. */
static size_t plain_run(const char *p, size_t n)
{
    size_t i = 0;
    for (; i + sizeof(uint64_t) <= n; i += sizeof(uint64_t)) {
        uint64_t x;
        memcpy(&x, p + i, sizeof x);
        bool control = ((x - EACH_BYTE(0x20)) & ~x & EACH_BYTE(0x80)) != 0;
        if (control || has_zero_byte(x ^ EACH_BYTE('"')) || has_zero_byte(x ^ EACH_BYTE('\\')))
            break;
    }
    while (i < n && (unsigned char)p[i] >= 0x20 && p[i] != '"' && p[i] != '\\')
        i++;
    return i;
}

static void put_escape(struct buf *out, char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char marks[256] = { ['"'] = '"',
        ['\\'] = '\\',
        ['\n'] = 'n',
        ['\r'] = 'r',
        ['\t'] = 't',
        ['\b'] = 'b',
        ['\f'] = 'f' };
    unsigned char u = (unsigned char)c;
    char *p = buf_room(out, 6);
    p[0] = '\\';
    if (marks[u]) {
        p[1] = marks[u];
        out->n += 2;
        return;
    }
    memcpy(p + 1, "u00", 3);
    p[4] = hex[u >> 4];
    p[5] = hex[u & 15];
    out->n += 6;
}

void json_quote(struct buf *out, str s)
{
    buf_char(out, '"');
    while (s.n > 0) {
        size_t run = plain_run(s.p, s.n);
        buf_add(out, (str){ s.p, run });
        s = str_skip(s, run);
        if (s.n > 0) {
            put_escape(out, s.p[0]);
            s = str_skip(s, 1);
        }
    }
    buf_char(out, '"');
}

static void put_num(struct buf *out, double v)
{
    ASSERT(isfinite(v));
    if (fabs(v) >= NUM_SCALED_MAX) {
        buf_fmt(out, "%.0f", v); /* no point in it, so no locale either */
        return;
    }
    int64_t scaled = llround(v * NUM_SCALE);
    uint64_t left = scaled < 0 ? 0 - (uint64_t)scaled : (uint64_t)scaled;
    if (scaled < 0)
        buf_char(out, '-');
    buf_i64(out, (int64_t)(left / NUM_SCALE));
    left %= NUM_SCALE;
    if (left == 0)
        return;
    buf_char(out, '.');
    for (uint64_t unit = NUM_SCALE / 10; left > 0; unit /= 10) {
        buf_char(out, (char)('0' + left / unit));
        left %= unit;
    }
}

static void put_id(struct buf *out, id v)
{
    char *p = buf_room(out, ID_TEXT_N + 2);
    p[0] = '"';
    id_write(v, p + 1);
    p[ID_TEXT_N + 1] = '"';
    out->n += ID_TEXT_N + 2;
}

static void put_time(struct buf *out, int64_t ms, size_t n)
{
    char text[INSTANT_TEXT_N];
    instant_write(ms, text);
    char *p = buf_room(out, n + 2);
    p[0] = '"';
    memcpy(p + 1, text, n);
    p[n + 1] = '"';
    out->n += n + 2;
}

static void put_money(struct buf *out, money v)
{
    char *p = buf_room(out, MONEY_TEXT_N);
    out->n += money_write(v, p);
}

static void put_list(struct buf *out, const struct json_field *field, const char *base, bool snake)
{
    const char *items = json_pointer_at(base, field->offset);
    size_t n = *(const size_t *)(const void *)(base + field->offset_n);
    buf_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_char(out, ',');
        json_encode(out, field->shape, items + i * field->shape->size, snake);
    }
    buf_char(out, ']');
}

static void put_strs(struct buf *out, const struct json_field *field, const char *base)
{
    const str *items = json_pointer_at(base, field->offset);
    size_t n = *(const size_t *)(const void *)(base + field->offset_n);
    buf_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_char(out, ',');
        json_quote(out, items[i]);
    }
    buf_char(out, ']');
}

static void put_map(struct buf *out, const struct json_map *map)
{
    buf_char(out, '{');
    for (size_t i = 0; i < map->n; i++) {
        const struct json_map_entry *entry = &map->entries[i];
        if (i > 0)
            buf_char(out, ',');
        json_quote(out, entry->key);
        buf_char(out, ':');
        if (entry->kind == JSON_MAP_TEXT)
            json_quote(out, entry->value);
        else
            buf_add(out, entry->value);
    }
    buf_char(out, '}');
}

static bool is_empty(const struct json_field *field, const char *base, size_t n)
{
    if (n > 0)
        return false;
    return field->zero_out || (field->nullable && !json_pointer_at(base, field->offset));
}

static bool is_absent(const struct json_field *field, const char *base)
{
    const void *slot = base + field->offset;
    switch (field->type) {
    case JSON_T_STR:
    case JSON_T_RAW:
        return !((const str *)slot)->p;
    case JSON_T_INT:
        return field->zero_out && *(const int64_t *)slot == 0;
    case JSON_T_NUM:
        return field->zero_out && fpclassify(*(const double *)slot) == FP_ZERO;
    case JSON_T_BOOL:
        return field->zero_out && !*(const bool *)slot;
    case JSON_T_ID:
        return id_is_none(*(const id *)slot);
    case JSON_T_TIME:
    case JSON_T_DATE:
        return *(const int64_t *)slot == 0;
    case JSON_T_MONEY:
        return !((const money *)slot)->currency.code[0];
    case JSON_T_AMOUNT:
        return true; /* in only */
    case JSON_T_OBJECT:
        return !json_pointer_at(base, field->offset);
    case JSON_T_LIST:
    case JSON_T_STRS:
        return is_empty(field, base, *(const size_t *)(const void *)(base + field->offset_n));
    case JSON_T_MAP: /* its first member is the pointer */
        return is_empty(field, base, ((const struct json_map *)slot)->n);
    }
    return true;
}

static void put_value(struct buf *out, const struct json_field *field, const char *base, bool snake)
{
    const void *slot = base + field->offset;
    switch (field->type) {
    case JSON_T_STR:
        json_quote(out, *(const str *)slot);
        break;
    case JSON_T_INT:
        buf_i64(out, *(const int64_t *)slot);
        break;
    case JSON_T_NUM:
        put_num(out, *(const double *)slot);
        break;
    case JSON_T_BOOL:
        buf_add(out, *(const bool *)slot ? S("true") : S("false"));
        break;
    case JSON_T_ID:
        put_id(out, *(const id *)slot);
        break;
    case JSON_T_TIME:
        put_time(out, *(const int64_t *)slot, INSTANT_TEXT_N);
        break;
    case JSON_T_DATE:
        put_time(out, *(const int64_t *)slot, DATE_TEXT_N);
        break;
    case JSON_T_MONEY:
        put_money(out, *(const money *)slot);
        break;
    case JSON_T_AMOUNT:
        panic("json", "an amount has no way out");
    case JSON_T_OBJECT:
        json_encode(out, field->shape, json_pointer_at(base, field->offset), snake);
        break;
    case JSON_T_LIST:
        put_list(out, field, base, snake);
        break;
    case JSON_T_STRS:
        put_strs(out, field, base);
        break;
    case JSON_T_MAP:
        put_map(out, slot);
        break;
    case JSON_T_RAW:
        buf_add(out, *(const str *)slot);
        break;
    }
}

static void put_key(struct buf *out, const struct json_field *field, bool snake)
{
    const char *name = field->wire ? field->wire : field->name;
    char *p = buf_room(out, strlen(name) + 3);
    *p = '"';
    size_t n = 1 + json_name_write(field, snake, p + 1);
    p[n] = '"';
    p[n + 1] = ':';
    out->n += n + 2;
}

void json_encode(struct buf *out, const struct json_shape *shape, const void *v, bool snake)
{
    bool first = true;
    buf_char(out, '{');
    for (size_t i = 0; i < shape->fields_n; i++) {
        const struct json_field *field = &shape->fields[i];
        if (field->at != AT_BODY)
            continue;
        bool absent = is_absent(field, v);
        if (absent && (!field->nullable || field->type == JSON_T_AMOUNT))
            continue;
        if (!first)
            buf_char(out, ',');
        first = false;
        put_key(out, field, snake);
        if (absent)
            buf_add(out, S("null"));
        else
            put_value(out, field, v, snake);
    }
    buf_char(out, '}');
}

static void write_items(struct buf *out, json_t *v)
{
    size_t i;
    json_t *value;
    buf_char(out, '[');
    json_array_foreach(v, i, value)
    {
        if (i > 0)
            buf_char(out, ',');
        json_write_tree(out, value);
    }
    buf_char(out, ']');
}

static void write_members(struct buf *out, json_t *v)
{
    const char *key;
    json_t *value;
    bool first = true;
    buf_char(out, '{');
    json_object_foreach(v, key, value)
    {
        if (!first)
            buf_char(out, ',');
        first = false;
        json_quote(out, str_from_c(key));
        buf_char(out, ':');
        json_write_tree(out, value);
    }
    buf_char(out, '}');
}

void json_write_tree(struct buf *out, json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        write_members(out, v);
        break;
    case JSON_ARRAY:
        write_items(out, v);
        break;
    case JSON_STRING:
        json_quote(out, (str){ json_string_value(v), json_string_length(v) });
        break;
    case JSON_INTEGER:
        buf_i64(out, json_integer_value(v));
        break;
    case JSON_REAL:
        buf_add(out, json_double_text(out->arena, json_real_value(v)));
        break;
    case JSON_TRUE:
        buf_add(out, S("true"));
        break;
    case JSON_FALSE:
        buf_add(out, S("false"));
        break;
    case JSON_NULL:
        buf_add(out, S("null"));
        break;
    }
}
