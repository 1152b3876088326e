/* SPDX-License-Identifier: Apache-2.0
 * Fuzz entry of the JSON readers: any bytes as a document and as a query string. Run by
 * ./dev fuzz json. Must never find a document that is taken and does not print as a good reply. */
#include "base/tests/json_kinds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_document(struct cx *cx, str text)
{
    struct kinds v;
    struct kinds again;
    bool snake = false;
    if (json_decode(cx, text, &kinds_shape, &v, &snake)) {
        ASSERT(cx->fields != NULL);
        return;
    }
    struct buf first = { .arena = cx->arena };
    struct buf second = { .arena = cx->arena };
    json_encode(&first, &kinds_shape, &v, snake);
    err e = json_check(cx, buf_str(&first), &kinds_shape);
    ASSERT(!e);
    e = json_decode(cx, buf_str(&first), &kinds_shape, &again, &snake);
    ASSERT(!e);
    json_encode(&second, &kinds_shape, &again, snake);
    ASSERT(str_eq(buf_str(&first), buf_str(&second)));
}

static void read_query(struct cx *cx, str text)
{
    struct kinds v = { 0 };
    struct json_pair *pairs = NULL;
    size_t n = 0;
    if (json_pairs_of_query(cx, text, &pairs, &n))
        return;
    if (!json_decode_pairs(cx, pairs, n, AT_BODY, /* strict= */ false, &kinds_shape, &v)) {
        struct buf out = { .arena = cx->arena };
        json_encode(&out, &kinds_shape, &v, false);
        err e = json_check(cx, buf_str(&out), &kinds_shape);
        ASSERT(!e);
    }
    (void)json_pairs_done(cx, pairs, n, AT_HEADER, &kinds_shape);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_open(4096);
    struct cx cx = { .arena = arena };
    struct json_value *value = NULL;
    str text = { (const char *)data, size };
    read_document(&cx, text);
    cx_clear(&cx);
    read_query(&cx, text);
    cx_clear(&cx);
    if (!json_value_parse(&cx, text, &value))
        json_value_close(value);
    arena_close(arena);
    return 0;
}
