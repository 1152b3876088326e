/* SPDX-License-Identifier: Apache-2.0
 * What the files behind json.h share: reading text into jansson's tree, names of keys, refusing and
 * taking single values, printing numbers. For json_*.c alone. */
#ifndef SOUK_BASE_JSON_INTERNAL_H
#define SOUK_BASE_JSON_INTERNAL_H

#include <assert.h>
#include <jansson.h>
#include <string.h>

#include "base/json.h"

#define JSON_NESTING_MAX 32
#define JSON_KEYS_MAX 1000
#define JSON_FAULTS_MAX 20
#define JSON_SAFE_INT INT64_C(9007199254740991) /* 2^53-1, RFC 8259 section 6 */
#define JSON_TEXT_DEFAULT_MAX 1000
#define JSON_ITEMS_DEFAULT_MAX 100
#define JSON_MAP_KEY_MAX 100

/* Why a field is refused; the codes and words are in json_refuse.c. */
enum json_fault {
    JSON_FAULT_BAD_JSON,
    JSON_FAULT_TOO_DEEP,
    JSON_FAULT_TOO_MANY_KEYS,
    JSON_FAULT_DUPLICATE_KEY,
    JSON_FAULT_UNKNOWN_FIELD,
    JSON_FAULT_REQUIRED,
    JSON_FAULT_WRONG_TYPE,
    JSON_FAULT_TOO_SMALL,
    JSON_FAULT_TOO_LARGE,
    JSON_FAULT_TOO_SHORT,
    JSON_FAULT_TOO_LONG,
    JSON_FAULT_TOO_FEW,
    JSON_FAULT_TOO_MANY,
    JSON_FAULT_NOT_ALLOWED,
    JSON_FAULT_BAD_ID,
    JSON_FAULT_BAD_TIME,
    JSON_FAULT_BAD_AMOUNT,
    JSON_FAULT_BAD_TEXT,
    JSON_FAULT_N,
};

/* Where in a document we are: a chain on the stack, made text only when something is refused. */
struct json_path {
    const struct json_path *up; /* NULL: this is the root */
    str key;                    /* absent: an item of a list */
    size_t index;
};

/* One decoding under way. */
struct json_in {
    struct cx *cx;
    bool malformed, invalid; /* kinds of faults found */
    bool snake;              /* a key of a table had a '_' */
    bool clamped;            /* a number beyond our types was cut: something must be refused */
};

/* json_refuse.c */
const char *json_fault_code(enum json_fault fault);
str json_pointer(struct arena *arena, const struct json_path *at);
/* `bound` is named in the words where the fault has one. */
void json_refuse(
    struct json_in *in, const struct json_path *at, enum json_fault fault, int64_t bound);
void json_refuse_type(struct json_in *in, const struct json_path *at, enum json_type want);
err json_verdict(struct json_in *in); /* NULL when nothing was refused */

/* json_text.c: text to tree within the limits; *ret is the caller's to json_decref. With a NULL
 * `clamped` numbers beyond int64 and double are no JSON; else they are cut and it is set. */
err json_load(struct json_in *in, str text, bool *clamped, json_t **ret) MUST_USE;
void json_drop(json_t **root); /* for DEFER */

/* json_name.c */
bool json_name_is(const struct json_field *field, str key);
const struct json_field *json_field_find(const struct json_shape *shape, enum json_at at, str key);
str json_wire_key(struct arena *arena, const struct json_field *field, bool snake);
/* Writes the wire name at `p`, which has room for it; returns its length. */
size_t json_name_write(const struct json_field *field, bool snake, char *p);

/* json_take.c: a value that was read, checked against its field and stored. */
void json_take_str(struct json_in *in, const struct json_path *at, const struct json_field *field,
    str text, str *ret);
/* One of the texts of JSON_T_STRS or JSON_T_MAP: bounded by .item_max. */
void json_take_item(struct json_in *in, const struct json_path *at, const struct json_field *field,
    str text, str *ret);
void json_take_int(struct json_in *in, const struct json_path *at, const struct json_field *field,
    int64_t value, int64_t *ret);
void json_take_num(struct json_in *in, const struct json_path *at, const struct json_field *field,
    double value, double *ret);
void json_take_id(struct json_in *in, const struct json_path *at, str text, id *ret);
void json_take_time(struct json_in *in, const struct json_path *at, const struct json_field *field,
    str text, int64_t *ret);
void json_take_amount(struct json_in *in, const struct json_path *at, str text, str *ret);
/* Whether a list or map of n items is within .min and .max; refuses it otherwise. */
bool json_take_count(
    struct json_in *in, const struct json_path *at, const struct json_field *field, size_t n);
bool json_text_ok(str text, bool multiline);
bool json_one_of(const char *const *allowed, str text);

/* json_number.c */
#define JSON_NUMBER_N 32
/* v with the fewest significant digits, from 15 to `digits` (at most 17), that read back as v,
 * without zeros at the end and whatever the locale; returns its length, 0 when there are none. v is
 * finite. */
size_t json_double_write(double v, int digits, char ret[static JSON_NUMBER_N]);
str json_double_text(struct arena *arena, double v);

/* json_encode.c: a tree as compact text. */
void json_write_tree(struct buf *out, json_t *v);

/* The member at an offset, as jansson's and our readers need it. */
static inline const void *json_pointer_at(const char *base, size_t offset)
{
    const void *p;
    memcpy(&p, base + offset, sizeof p); /* the member is a pointer to some other struct */
    return p;
}

static inline void json_pointer_set(char *base, size_t offset, const void *p)
{
    memcpy(base + offset, &p, sizeof p);
}

#endif
