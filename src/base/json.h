/* SPDX-License-Identifier: Apache-2.0
 * JSON in and out, driven by field tables: one table decodes a request, encodes a reply and prints
 * the JSON Schema of both. Parsing is jansson's; writing is ours, for speed.
 *
 * In:  keys may be camelCase or snake_case; unknown keys, wrong types, values out of bounds and
 *      missing required keys are each one field error in cx (JSON Pointer, code), all reported
 *      together. Text must be valid UTF-8 without control characters (JSON_TEXT allows \n and \t).
 * Out: keys are camelCase, or snake_case on request. Absent optional values are left out, unless
 *      the field is nullable: then null.
 * All decoded values live in cx->arena. */
#ifndef SOUK_BASE_JSON_H
#define SOUK_BASE_JSON_H

#include "base/buf.h"
#include "base/err.h"
#include "base/id.h"
#include "base/money.h"

enum json_type {
    JSON_T_STR = 1, /* str; absent is { NULL, 0 } */
    JSON_T_INT,     /* int64_t */
    JSON_T_NUM,     /* double: ratings and scores, never money */
    JSON_T_BOOL,    /* bool */
    JSON_T_ID,      /* id; absent is none */
    JSON_T_TIME,    /* int64_t Unix ms <-> RFC 3339; absent is 0 */
    JSON_T_DATE,    /* int64_t Unix ms <-> YYYY-MM-DD; absent is 0 */
    JSON_T_MONEY,   /* out only: money as a number in major units with its currency's decimals;
                       absent has no currency */
    JSON_T_AMOUNT,  /* in only: str with the digits of a number or of a string; money_parse it */
    JSON_T_OBJECT,  /* pointer to a struct of `shape`; absent is NULL */
    JSON_T_LIST,    /* pointer to an array of structs of `shape`, with its size_t count */
    JSON_T_STRS,    /* pointer to an array of str, with its size_t count */
    JSON_T_MAP,     /* struct json_map: an object of free keys */
    JSON_T_RAW,     /* str that is JSON already (out), or any value kept as compact text (in) */
};

/* Where a request's field comes from. Zero is the body (for GET: the query string). */
/* AT_RAW: the whole body, byte by byte (a JSON_T_STR); whoever reads it checks it. */
enum json_at { AT_BODY, AT_PATH, AT_QUERY, AT_HEADER, AT_RAW };

struct json_shape;
struct json_field {
    const char *name; /* as in the struct: snake_case; the wire name is derived */
    enum json_type type;
    enum json_at at;
    size_t offset, offset_n; /* of the member; of its count for lists */
    const struct json_shape *shape;
    bool required, nullable;
    bool multiline;   /* JSON_T_STR may hold \n and \t */
    bool zero_out;    /* out: zero (INT, NUM, BOOL) or no items (LIST, STRS, MAP) is absent */
    int64_t min, max; /* bytes of a str (default 0..1000), value of a number (default ±2^53-1),
                         items of a list or map (default 0..100); max 0 means the default, and
                         a number with a max but no min starts at 0 */
    int64_t item_max; /* bytes of each text in STRS and MAP; 0 means 1000 */
    const char *const *one_of; /* NULL-terminated allowed values of a str, or of each in STRS */
    const char *wire;          /* overrides the derived name, e.g. "Idempotency-Key" */
    const char *doc;
};
struct json_shape {
    const char *name; /* "CartItem": the schema's name */
    size_t size;      /* of the struct */
    const struct json_field *fields;
    size_t fields_n;
    const char *doc;
};

#define JSON_FIELD_(S_, m, t, ...)                                                                 \
    {                                                                                              \
        .name = #m, .type = (t), .offset = offsetof(S_, m), __VA_ARGS__                            \
    }
#define JSON_STR(S_, m, ...) JSON_FIELD_(S_, m, JSON_T_STR, __VA_ARGS__)
#define JSON_INT(S_, m, ...) JSON_FIELD_(S_, m, JSON_T_INT, __VA_ARGS__)
#define JSON_NUM(S_, m, ...) JSON_FIELD_(S_, m, JSON_T_NUM, __VA_ARGS__)
#define JSON_BOOL(S_, m, ...) JSON_FIELD_(S_, m, JSON_T_BOOL, __VA_ARGS__)
#define JSON_ID(S_, m, ...) JSON_FIELD_(S_, m, JSON_T_ID, __VA_ARGS__)
#define JSON_TIME(S_, m, ...) JSON_FIELD_(S_, m, JSON_T_TIME, __VA_ARGS__)
#define JSON_DATE(S_, m, ...) JSON_FIELD_(S_, m, JSON_T_DATE, __VA_ARGS__)
#define JSON_MONEY(S_, m, ...) JSON_FIELD_(S_, m, JSON_T_MONEY, __VA_ARGS__)
#define JSON_AMOUNT(S_, m, ...) JSON_FIELD_(S_, m, JSON_T_AMOUNT, __VA_ARGS__)
#define JSON_MAP(S_, m, ...) JSON_FIELD_(S_, m, JSON_T_MAP, __VA_ARGS__)
#define JSON_RAW(S_, m, ...) JSON_FIELD_(S_, m, JSON_T_RAW, __VA_ARGS__)
#define JSON_OBJECT(S_, m, sh, ...) JSON_FIELD_(S_, m, JSON_T_OBJECT, .shape = &(sh), __VA_ARGS__)
/* The count is the member `m_n`. */
#define JSON_LIST(S_, m, sh, ...)                                                                  \
    JSON_FIELD_(S_, m, JSON_T_LIST, .shape = &(sh), .offset_n = offsetof(S_, m##_n), __VA_ARGS__)
#define JSON_STRS(S_, m, ...)                                                                      \
    JSON_FIELD_(S_, m, JSON_T_STRS, .offset_n = offsetof(S_, m##_n), __VA_ARGS__)
/* const struct json_shape cart_shape = JSON_SHAPE("Cart", struct cart_view, cart_fields); */
#define JSON_SHAPE(n, S_, f)                                                                       \
    {                                                                                              \
        .name = (n), .size = sizeof(S_), .fields = (f), .fields_n = COUNT(f)                       \
    }

/* Free keys: values are text, numbers or booleans, kept as they print ("17", "true"). */
enum json_map_kind { JSON_MAP_TEXT, JSON_MAP_NUMBER, JSON_MAP_BOOL };
struct json_map_entry {
    str key, value;
    enum json_map_kind kind;
};
struct json_map {
    const struct json_map_entry *entries;
    size_t n;
};

/* Limits of every document from outside: nesting 32, keys of an object 1,000, 20 field errors. */

/* Decodes an object into *ret (zeroed first, shape->size bytes). ERR_MALFORMED: not JSON, not an
 * object, a wrong type, an unknown, repeated or missing key. ERR_INVALID: a value out of bounds.
 * Only fields with .at == AT_BODY are looked at; in nested shapes as well. Of a multiline text
 * \r\n becomes \n. A number in a JSON_T_AMOUNT is its shortest decimal, of at most 15 digits.
 * ret_snake (may be NULL): whether any key of a table was snake_case. Codes of field errors:
 *   malformed: bad_json too_deep too_many_keys duplicate_key unknown_field required wrong_type
 *   invalid:   too_small too_large too_short too_long too_few too_many not_allowed bad_id bad_time
 *              bad_amount bad_text */
err json_decode(
    struct cx *cx, str text, const struct json_shape *shape, void *ret, bool *ret_snake) MUST_USE;

/* Decodes name=value pairs (query strings, forms, path parameters, headers) into the fields with
 * .at == at; values are text and converted. Of a repeated name the last counts; JSON_T_STRS
 * collects all. An empty value is an absent one, but for a JSON_T_STR that is required or may be
 * empty, and in a query that is `strict`: there it is what it is. Header names are compared without
 * case, '_' in a field's name being '-'. Unknown names (and fields of types that are no text) are
 * refused when `strict`. May be called several times on one struct; call json_pairs_done at the end
 * for what is missing. */
struct json_pair {
    str name, value;
};
err json_decode_pairs(struct cx *cx, const struct json_pair *pairs, size_t n, enum json_at at,
    bool strict, const struct json_shape *shape, void *ret) MUST_USE;
/* Checks required fields with .at == at against the names in pairs. */
err json_pairs_done(struct cx *cx, const struct json_pair *pairs, size_t n, enum json_at at,
    const struct json_shape *shape) MUST_USE;
/* "a=1&b=2" into pairs, percent-decoded; at most 100 pairs. ERR_MALFORMED on bad encoding. */
err json_pairs_of_query(
    struct cx *cx, str query, struct json_pair **ret_pairs, size_t *ret_n) MUST_USE;

/* Encodes the AT_BODY fields of the struct at `v`. Its texts are valid UTF-8, its doubles finite
 * and printed with at most 6 decimals. Lists print as [] when empty, unless .zero_out or .nullable.
 */
void json_encode(struct buf *out, const struct json_shape *shape, const void *v, bool snake);
/* Single values, for the few places without a shape. */
void json_quote(struct buf *out, str s);

/* Checks a document against the shape as a reply (types, required keys, allowed values, no unknown
 * key): used by test builds on every reply. ERR_BUG, with pointer and code in cx->detail. */
err json_check(struct cx *cx, str text, const struct json_shape *shape) MUST_USE;

/* The JSON Schema (2020-12) of a shape for the body, with nested shapes as $ref to
 * #/components/schemas/Name. */
void json_schema(struct buf *out, const struct json_shape *shape);
/* The schema of one field alone (for parameters). */
void json_schema_field(struct buf *out, const struct json_field *field);
str json_wire_name(struct arena *arena, const struct json_field *field); /* camelCase or .wire */

/* Flat access to a parsed document, for imports and webhooks where keys are data. */
struct json_value; /* jansson's json_t behind it; freed by json_value_close */
err json_value_parse(struct cx *cx, str text, struct json_value **ret) MUST_USE;
void json_value_close(struct json_value *v);
const struct json_value *json_value_get(const struct json_value *v, const char *key);
size_t json_value_count(const struct json_value *v); /* of a list or an object; else 0 */
/* An item of a list; NULL otherwise. As json_value_get, takes NULL and then gives NULL. */
const struct json_value *json_value_at(const struct json_value *v, size_t i);
/* A scalar as text (copied), the absent str for null, lists and objects. */
str json_value_str(struct arena *arena, const struct json_value *v);
enum json_map_kind json_value_kind(const struct json_value *v);
/* Calls fn for every key of an object, in document order. */
void json_value_each(const struct json_value *v,
    void (*fn)(void *arg, str key, const struct json_value *value), void *arg);

#endif
