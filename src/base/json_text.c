/* SPDX-License-Identifier: Apache-2.0
 * JSON text to jansson's tree, within the limits of json.h. Called by json_decode.c, json_check.c,
 * json_value.c. Must never hand jansson a text whose nesting was not counted: it recurses. */
#include "base/json_internal.h"

void json_drop(json_t **root)
{
    json_decref(*root);
    *root = NULL;
}

/* The index after the string that opens at text.p[i]. */
static size_t skip_string(str text, size_t i)
{
    for (i++; i < text.n && text.p[i] != '"'; i++) {
        if (text.p[i] == '\\')
            i++;
    }
    return i + 1;
}

/* Counts brackets and colons outside strings; what is no JSON otherwise is left to jansson. */
static bool within_limits(struct json_in *in, str text)
{
    size_t keys[JSON_NESTING_MAX + 1] = { 0 };
    size_t depth = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '"') {
            i = skip_string(text, i) - 1;
        } else if (c == '{' || c == '[') {
            if (++depth > JSON_NESTING_MAX) {
                json_refuse(in, NULL, JSON_FAULT_TOO_DEEP, JSON_NESTING_MAX);
                return false;
            }
            keys[depth] = 0;
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        } else if (c == ':' && ++keys[depth] > JSON_KEYS_MAX) {
            json_refuse(in, NULL, JSON_FAULT_TOO_MANY_KEYS, JSON_KEYS_MAX);
            return false;
        }
    }
    return true;
}

static bool in_number(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/* Overwrites a number beyond our types by the largest of its kind, padded with blanks. What it
 * makes of a malformed number does not matter: the document is refused in any case. */
static void clamp_number(char *p, size_t n)
{
    int64_t whole;
    double real;
    str text = { p, n };
    bool negative = p[0] == '-';
    bool is_whole = strspn(p + negative, "0123456789") >= n - negative;
    if (is_whole ? str_to_i64(text, &whole) : str_to_double(text, &real))
        return;
    str most = is_whole ? S("9223372036854775807") : S("1e308");
    if (n < most.n + negative)
        return;
    memset(p + negative, ' ', n - negative);
    memcpy(p + negative, most.p, most.n);
}

static str clamp_numbers(struct arena *arena, str text)
{
    char *copy = arena_alloc(arena, text.n + 1); /* ended by a NUL, which no number passes */
    memcpy(copy, text.p, text.n);
    for (size_t i = 0; i < text.n; i++) {
        if (copy[i] == '"') {
            i = skip_string(text, i) - 1;
        } else if (in_number(copy[i])) {
            size_t n = 1;
            while (in_number(copy[i + n]))
                n++;
            clamp_number(copy + i, n);
            i += n - 1;
        }
    }
    return (str){ copy, text.n };
}

static json_t *load(str text, json_error_t *error)
{
    return json_loadb(text.n ? text.p : "", text.n,
        JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, error);
}

err json_load(struct json_in *in, str text, bool *clamped, json_t **ret)
{
    json_error_t error;

    if (!within_limits(in, text))
        return json_verdict(in);
    json_t *root = load(text, &error);
    if (!root && clamped && json_error_code(&error) == json_error_numeric_overflow) {
        *clamped = true;
        root = load(clamp_numbers(in->cx->arena, text), &error);
    }
    if (root) {
        *ret = root;
        return NULL;
    }
    enum json_error_code code = json_error_code(&error);
    if (code == json_error_out_of_memory)
        return FAIL(in->cx, ERR_BUG, "jansson is out of memory");
    if (code == json_error_duplicate_key)
        json_refuse(in, NULL, JSON_FAULT_DUPLICATE_KEY, 0);
    else
        json_refuse(in, NULL, JSON_FAULT_BAD_JSON, error.line);
    return json_verdict(in);
}
