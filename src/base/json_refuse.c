/* SPDX-License-Identifier: Apache-2.0
 * Refused fields: codes, words, JSON Pointers (RFC 6901), and what they amount to. Called by the
 * readers of JSON. Must never repeat a value: it may be a secret. */
#include "base/json_internal.h"

#include <inttypes.h>

#include "base/utf8.h"

#define KEY_SHOWN_MAX 64 /* code points; a key may be as long as the body */

/* The bound, if there is one, stands between the two halves of the words. */
static const struct fault_row {
    const char *code;
    const char *before, *after;
    bool malformed;
} fault_rows[] = {
    [JSON_FAULT_BAD_JSON] = { "bad_json", "is not JSON, in line ", "", true },
    [JSON_FAULT_TOO_DEEP] = { "too_deep", "is nested more than ", " levels deep", true },
    [JSON_FAULT_TOO_MANY_KEYS] = { "too_many_keys", "has more than ", " keys in an object", true },
    [JSON_FAULT_DUPLICATE_KEY] = { "duplicate_key", "a key is given twice", NULL, true },
    [JSON_FAULT_UNKNOWN_FIELD] = { "unknown_field", "is not a known field", NULL, true },
    [JSON_FAULT_REQUIRED] = { "required", "is required", NULL, true },
    [JSON_FAULT_WRONG_TYPE] = { "wrong_type", "is of the wrong type", NULL, true },
    [JSON_FAULT_TOO_SMALL] = { "too_small", "must be at least ", "", false },
    [JSON_FAULT_TOO_LARGE] = { "too_large", "must be at most ", "", false },
    [JSON_FAULT_TOO_SHORT] = { "too_short", "must have at least ", " bytes", false },
    [JSON_FAULT_TOO_LONG] = { "too_long", "must have at most ", " bytes", false },
    [JSON_FAULT_TOO_FEW] = { "too_few", "must have at least ", " items", false },
    [JSON_FAULT_TOO_MANY] = { "too_many", "must have at most ", " items", false },
    [JSON_FAULT_NOT_ALLOWED] = { "not_allowed", "is none of the allowed values", NULL, false },
    [JSON_FAULT_BAD_ID] = { "bad_id", "must be a UUID", NULL, false },
    [JSON_FAULT_BAD_TIME] = { "bad_time", "must be a time as in RFC 3339", NULL, false },
    [JSON_FAULT_BAD_AMOUNT] = { "bad_amount", "must be digits with a decimal point", NULL, false },
    [JSON_FAULT_BAD_TEXT] = { "bad_text", "must be UTF-8 without control characters", NULL, false },
};
static_assert(COUNT(fault_rows) == JSON_FAULT_N, "a row for each fault");

static const char *const type_words[] = {
    [JSON_T_STR] = "must be text",
    [JSON_T_INT] = "must be a whole number",
    [JSON_T_NUM] = "must be a number",
    [JSON_T_BOOL] = "must be true or false",
    [JSON_T_ID] = "must be text with a UUID",
    [JSON_T_TIME] = "must be text with a time as in RFC 3339",
    [JSON_T_DATE] = "must be text with a date, YYYY-MM-DD",
    [JSON_T_MONEY] = "must be a number",
    [JSON_T_AMOUNT] = "must be a number, or text with its digits",
    [JSON_T_OBJECT] = "must be an object",
    [JSON_T_LIST] = "must be a list",
    [JSON_T_STRS] = "must be a list",
    [JSON_T_MAP] = "must be an object of texts, numbers, true and false",
    [JSON_T_RAW] = "must be JSON",
};
static_assert(COUNT(type_words) == JSON_T_RAW + 1, "words for each type");

const char *json_fault_code(enum json_fault fault)
{
    return fault_rows[fault].code;
}

static void add_key(struct buf *out, str key)
{
    str shown = utf8_truncate(utf8_repair(out->arena, key), KEY_SHOWN_MAX);
    for (size_t i = 0; i < shown.n; i++) {
        char c = shown.p[i];
        if (c == '~')
            buf_add(out, S("~0"));
        else if (c == '/')
            buf_add(out, S("~1"));
        else
            buf_char(out, c);
    }
}

str json_pointer(struct arena *arena, const struct json_path *at)
{
    const struct json_path *steps[2 * JSON_NESTING_MAX];
    size_t n = 0;
    for (; at && at->up && n < COUNT(steps); at = at->up)
        steps[n++] = at;
    struct buf out = { .arena = arena };
    while (n > 0) {
        const struct json_path *step = steps[--n];
        buf_char(&out, '/');
        if (step->key.p)
            add_key(&out, step->key);
        else
            buf_i64(&out, (int64_t)step->index);
    }
    return buf_str(&out);
}

static bool is_full(const struct cx *cx)
{
    size_t n = 0;
    for (const struct field_error *f = cx->fields; f; f = f->next)
        n++;
    return n >= JSON_FAULTS_MAX;
}

void json_refuse(
    struct json_in *in, const struct json_path *at, enum json_fault fault, int64_t bound)
{
    const struct fault_row *row = &fault_rows[fault];
    in->malformed = in->malformed || row->malformed;
    in->invalid = in->invalid || !row->malformed;
    if (is_full(in->cx))
        return;
    str pointer = json_pointer(in->cx->arena, at);
    if (row->after)
        cx_field(in->cx, pointer, row->code, "%s%" PRId64 "%s", row->before, bound, row->after);
    else
        cx_field(in->cx, pointer, row->code, "%s", row->before);
}

void json_refuse_type(struct json_in *in, const struct json_path *at, enum json_type want)
{
    in->malformed = true;
    if (is_full(in->cx))
        return;
    const char *code = json_fault_code(JSON_FAULT_WRONG_TYPE);
    cx_field(in->cx, json_pointer(in->cx->arena, at), code, "%s", type_words[want]);
}

err json_verdict(struct json_in *in)
{
    if (!in->malformed && !in->invalid)
        return NULL;
    const struct field_error *first = in->cx->fields;
    if (in->malformed)
        return FAIL(in->cx, ERR_MALFORMED, STR_F ": %s", STR_A(first->pointer), first->code);
    return FAIL(in->cx, ERR_INVALID, STR_F ": %s", STR_A(first->pointer), first->code);
}
