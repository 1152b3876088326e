/* SPDX-License-Identifier: Apache-2.0
 * Tests of JSON documents into structs and back. Run by meson test.
 * Must never look behind json.h. */
#include "tests/support/check.h"

#include "base/tests/json_kinds.h"

/* What is decoded prints again: `out` as it was read, and in the other case of keys. */
static const struct round_case {
    const char *name;
    str in, out;
} round_cases[] = {
    { "nothing", S_INIT("{}"), S_INIT("{\"longNote\":null}") },
    { "text", S_INIT("{\"title\":\"a\\u00e9\\\"\\\\/\"}"),
        S_INIT("{\"title\":\"a\xc3\xa9\\\"\\\\/\",\"longNote\":null}") },
    { "text with lines", S_INIT("{\"longNote\":\"a\\r\\nb\\tc\"}"),
        S_INIT("{\"longNote\":\"a\\nb\\tc\"}") },
    { "empty text is not absent", S_INIT("{\"longNote\":\"\"}"), S_INIT("{\"longNote\":\"\"}") },
    { "null", S_INIT("{\"longNote\":null}"), S_INIT("{\"longNote\":null}") },
    { "enumeration", S_INIT("{\"color\":\"dark_blue\"}"),
        S_INIT("{\"longNote\":null,\"color\":\"dark_blue\"}") },
    { "whole number", S_INIT("{\"unitCount\":999,\"bigCount\":-9007199254740991}"),
        S_INIT("{\"longNote\":null,\"unitCount\":999,\"bigCount\":-9007199254740991}") },
    { "number", S_INIT("{\"score\":4.35}"), S_INIT("{\"longNote\":null,\"score\":4.35}") },
    { "number without a fraction", S_INIT("{\"score\":5}"),
        S_INIT("{\"longNote\":null,\"score\":5}") },
    { "truth", S_INIT("{\"isGift\":true}"), S_INIT("{\"longNote\":null,\"isGift\":true}") },
    { "id in capitals", S_INIT("{\"productId\":\"0192A3B4-C5D6-7E8F-9A0B-1C2D3E4F5A6B\"}"),
        S_INIT("{\"longNote\":null,\"productId\":\"0192a3b4-c5d6-7e8f-9a0b-1c2d3e4f5a6b\"}") },
    { "time with an offset", S_INIT("{\"createdAt\":\"2026-11-21T09:30:00.5+01:00\"}"),
        S_INIT("{\"longNote\":null,\"createdAt\":\"2026-11-21T08:30:00.500Z\"}") },
    { "date", S_INIT("{\"birthDate\":\"2000-02-29\"}"),
        S_INIT("{\"longNote\":null,\"birthDate\":\"2000-02-29\"}") },
    { "amount goes in only", S_INIT("{\"paidAmount\":1.5}"), S_INIT("{\"longNote\":null}") },
    { "object", S_INIT("{\"mainItem\":{\"sku\":\"a\",\"unitCount\":0}}"),
        S_INIT("{\"longNote\":null,\"mainItem\":{\"sku\":\"a\",\"unitCount\":0}}") },
    { "list in a list",
        S_INIT("{\"lineItems\":[{\"sku\":\"a\",\"unitCount\":1,\"parts\":"
               "[{\"sku\":\"b\",\"unitCount\":2}]},{\"sku\":\"c\",\"unitCount\":3}]}"),
        S_INIT("{\"longNote\":null,\"lineItems\":[{\"sku\":\"a\",\"unitCount\":1,\"parts\":"
               "[{\"sku\":\"b\",\"unitCount\":2}]},{\"sku\":\"c\",\"unitCount\":3}]}") },
    { "texts", S_INIT("{\"tagNames\":[\"x\",\"\"]}"),
        S_INIT("{\"longNote\":null,\"tagNames\":[\"x\",\"\"]}") },
    { "map keeps its keys",
        S_INIT("{\"extraInfo\":{\"a_b\":\"x\",\"cD\":0.1,\"e\":17,\"f\":false}}"),
        S_INIT("{\"longNote\":null,"
               "\"extraInfo\":{\"a_b\":\"x\",\"cD\":0.1,\"e\":17,\"f\":false}}") },
    { "raw", S_INIT("{\"rawData\": {\"b_c\": [1, 2.50, null, true, \"\\n\"], \"a\": {} } }"),
        S_INIT("{\"longNote\":null,\"rawData\":{\"b_c\":[1,2.5,null,true,\"\\n\"],\"a\":{}}}") },
    { "raw numbers", S_INIT("{\"rawData\":[1e21,-1.5e-7,123456789012,0.000001,1e20,-0.0]}"),
        S_INIT("{\"longNote\":null,"
               "\"rawData\":[1e+21,-1.5e-7,123456789012,0.000001,1e+20,0]}") },
    { "raw number of 17 digits",
        S_INIT("{\"rawData\":[0.30000000000000004,1.7976931348623157e+308]}"),
        S_INIT("{\"longNote\":null,\"rawData\":[0.30000000000000004,1.7976931348623157e+308]}") },
};

static void what_is_decoded_prints_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(round_cases); i++) {
        const struct round_case *c = &round_cases[i];
        struct cx *cx = check_cx_open();
        struct kinds v;
        CHECK_ERR(cx, json_decode(cx, c->in, &kinds_shape, &v, NULL), NULL);
        struct buf out = { .arena = cx->arena };
        json_encode(&out, &kinds_shape, &v, /* snake= */ false);
        CASE_STR(c->name, buf_str(&out), c->out);
        CHECK_ERR(cx, json_check(cx, buf_str(&out), &kinds_shape), NULL);
        struct kinds again;
        struct buf snake = { .arena = cx->arena };
        json_encode(&snake, &kinds_shape, &v, /* snake= */ true);
        CHECK_ERR(cx, json_check(cx, buf_str(&snake), &kinds_shape), NULL);
        CHECK_ERR(cx, json_decode(cx, buf_str(&snake), &kinds_shape, &again, NULL), NULL);
        out.n = 0;
        json_encode(&out, &kinds_shape, &again, /* snake= */ false);
        CASE_STR(c->name, buf_str(&out), c->out);
        check_cx_close(cx);
    }
}

#define ONE_ITEM "{\"sku\":\"a\",\"unitCount\":1}"

/* The first refused field: where, why, and what it makes of the whole. */
static const struct fault_case {
    const char *name;
    str in;
    err want;
    str pointer;
    const char *code;
} fault_cases[] = {
    { "no bytes", S_INIT(""), &ERR_MALFORMED, S_INIT(""), "bad_json" },
    { "half a document", S_INIT("{\"title\":"), &ERR_MALFORMED, S_INIT(""), "bad_json" },
    { "more than one", S_INIT("{} {}"), &ERR_MALFORMED, S_INIT(""), "bad_json" },
    { "trailing comma", S_INIT("{\"isGift\":true,}"), &ERR_MALFORMED, S_INIT(""), "bad_json" },
    { "not a number", S_INIT("{\"score\":NaN}"), &ERR_MALFORMED, S_INIT(""), "bad_json" },
    { "bad UTF-8", S_INIT("{\"title\":\"a\xff\"}"), &ERR_MALFORMED, S_INIT(""), "bad_json" },
    { "overlong UTF-8", S_INIT("{\"title\":\"\xc0\xaf\"}"), &ERR_MALFORMED, S_INIT(""),
        "bad_json" },
    { "half a surrogate", S_INIT("{\"title\":\"\\ud800\"}"), &ERR_MALFORMED, S_INIT(""),
        "bad_json" },
    { "NUL in a key", S_INIT("{\"a\\u0000\":1}"), &ERR_MALFORMED, S_INIT(""), "bad_json" },
    { "a list", S_INIT("[]"), &ERR_MALFORMED, S_INIT(""), "wrong_type" },
    { "a text", S_INIT("\"x\""), &ERR_MALFORMED, S_INIT(""), "wrong_type" },
    { "null", S_INIT("null"), &ERR_MALFORMED, S_INIT(""), "wrong_type" },
    { "same key twice", S_INIT("{\"title\":\"ab\",\"title\":\"ab\"}"), &ERR_MALFORMED, S_INIT(""),
        "duplicate_key" },
    { "both spellings", S_INIT("{\"unitCount\":1,\"unit_count\":1}"), &ERR_MALFORMED,
        S_INIT("/unit_count"), "duplicate_key" },
    { "unknown key", S_INIT("{\"nope\":1}"), &ERR_MALFORMED, S_INIT("/nope"), "unknown_field" },
    { "pointer is escaped", S_INIT("{\"a/b~c\":1}"), &ERR_MALFORMED, S_INIT("/a~1b~0c"),
        "unknown_field" },
    { "a third spelling", S_INIT("{\"UnitCount\":1}"), &ERR_MALFORMED, S_INIT("/UnitCount"),
        "unknown_field" },
    { "half a spelling", S_INIT("{\"line_Items\":[]}"), &ERR_MALFORMED, S_INIT("/line_Items"),
        "unknown_field" },
    { "only a header", S_INIT("{\"ifMatch\":\"x\"}"), &ERR_MALFORMED, S_INIT("/ifMatch"),
        "unknown_field" },
    { "money has no way in", S_INIT("{\"listPrice\":1}"), &ERR_MALFORMED, S_INIT("/listPrice"),
        "unknown_field" },
    { "required in an object", S_INIT("{\"mainItem\":{\"unitCount\":1}}"), &ERR_MALFORMED,
        S_INIT("/mainItem/sku"), "required" },
    { "required as the client writes", S_INIT("{\"main_item\":{\"sku\":\"a\"}}"), &ERR_MALFORMED,
        S_INIT("/main_item/unit_count"), "required" },
    { "deep in a list",
        S_INIT("{\"lineItems\":[" ONE_ITEM ",{\"sku\":\"a\",\"unitCount\":1,\"parts\":[{}]}]}"),
        &ERR_MALFORMED, S_INIT("/lineItems/1/parts/0/sku"), "required" },
    { "null where none may be", S_INIT("{\"title\":null}"), &ERR_MALFORMED, S_INIT("/title"),
        "wrong_type" },
    { "no text", S_INIT("{\"title\":1}"), &ERR_MALFORMED, S_INIT("/title"), "wrong_type" },
    { "whole number with a point", S_INIT("{\"unitCount\":1.0}"), &ERR_MALFORMED,
        S_INIT("/unitCount"), "wrong_type" },
    { "number as text", S_INIT("{\"unitCount\":\"1\"}"), &ERR_MALFORMED, S_INIT("/unitCount"),
        "wrong_type" },
    { "no number", S_INIT("{\"score\":\"1\"}"), &ERR_MALFORMED, S_INIT("/score"), "wrong_type" },
    { "no truth", S_INIT("{\"isGift\":1}"), &ERR_MALFORMED, S_INIT("/isGift"), "wrong_type" },
    { "id no text", S_INIT("{\"productId\":1}"), &ERR_MALFORMED, S_INIT("/productId"),
        "wrong_type" },
    { "time no text", S_INIT("{\"createdAt\":1}"), &ERR_MALFORMED, S_INIT("/createdAt"),
        "wrong_type" },
    { "date no text", S_INIT("{\"birthDate\":1}"), &ERR_MALFORMED, S_INIT("/birthDate"),
        "wrong_type" },
    { "amount no number", S_INIT("{\"paidAmount\":true}"), &ERR_MALFORMED, S_INIT("/paidAmount"),
        "wrong_type" },
    { "no object", S_INIT("{\"mainItem\":[]}"), &ERR_MALFORMED, S_INIT("/mainItem"), "wrong_type" },
    { "no list", S_INIT("{\"lineItems\":{}}"), &ERR_MALFORMED, S_INIT("/lineItems"), "wrong_type" },
    { "no object in a list", S_INIT("{\"lineItems\":[1]}"), &ERR_MALFORMED, S_INIT("/lineItems/0"),
        "wrong_type" },
    { "no texts", S_INIT("{\"tagNames\":\"x\"}"), &ERR_MALFORMED, S_INIT("/tagNames"),
        "wrong_type" },
    { "no text in a list", S_INIT("{\"tagNames\":[\"x\",2]}"), &ERR_MALFORMED,
        S_INIT("/tagNames/1"), "wrong_type" },
    { "no map", S_INIT("{\"extraInfo\":[]}"), &ERR_MALFORMED, S_INIT("/extraInfo"), "wrong_type" },
    { "no scalar in a map", S_INIT("{\"extraInfo\":{\"a\":{}}}"), &ERR_MALFORMED,
        S_INIT("/extraInfo/a"), "wrong_type" },
    { "null in a map", S_INIT("{\"extraInfo\":{\"a\":null}}"), &ERR_MALFORMED,
        S_INIT("/extraInfo/a"), "wrong_type" },
    { "too small", S_INIT("{\"unitCount\":0}"), &ERR_INVALID, S_INIT("/unitCount"), "too_small" },
    { "too large", S_INIT("{\"unitCount\":1000}"), &ERR_INVALID, S_INIT("/unitCount"),
        "too_large" },
    { "above the default", S_INIT("{\"bigCount\":9007199254740992}"), &ERR_INVALID,
        S_INIT("/bigCount"), "too_large" },
    { "below the default", S_INIT("{\"bigCount\":-9007199254740992}"), &ERR_INVALID,
        S_INIT("/bigCount"), "too_small" },
    { "beyond int64", S_INIT("{\"unitCount\":9223372036854775808}"), &ERR_INVALID,
        S_INIT("/unitCount"), "too_large" },
    { "below int64", S_INIT("{\"bigCount\":-99999999999999999999999}"), &ERR_INVALID,
        S_INIT("/bigCount"), "too_small" },
    { "beyond a double", S_INIT("{\"score\":1e999}"), &ERR_INVALID, S_INIT("/score"), "too_large" },
    { "far beyond in a text is a text", S_INIT("{\"title\":\"1e999\",\"unitCount\":1e999}"),
        &ERR_MALFORMED, S_INIT("/unitCount"), "wrong_type" },
    { "beyond in a map", S_INIT("{\"extraInfo\":{\"a\":9223372036854775808}}"), &ERR_INVALID,
        S_INIT(""), "too_large" },
    { "beyond in raw", S_INIT("{\"rawData\":[-1e999]}"), &ERR_INVALID, S_INIT(""), "too_large" },
    { "score too small", S_INIT("{\"score\":-0.1}"), &ERR_INVALID, S_INIT("/score"), "too_small" },
    { "score too large", S_INIT("{\"score\":5.1}"), &ERR_INVALID, S_INIT("/score"), "too_large" },
    { "too short", S_INIT("{\"title\":\"a\"}"), &ERR_INVALID, S_INIT("/title"), "too_short" },
    { "too long", S_INIT("{\"title\":\"aaaaaaaaaaaaaaaaaaaaa\"}"), &ERR_INVALID, S_INIT("/title"),
        "too_long" },
    { "text in a list too long", S_INIT("{\"tagNames\":[\"123456789\"]}"), &ERR_INVALID,
        S_INIT("/tagNames/0"), "too_long" },
    { "empty key in a map", S_INIT("{\"extraInfo\":{\"\":1}}"), &ERR_INVALID, S_INIT("/extraInfo/"),
        "too_short" },
    { "raw too long",
        S_INIT("{\"rawData\":[100000000000000000,100000000000000000,"
               "100000000000000000,100000000000000000,100000000000000000,1,1,1,1]}"),
        &ERR_INVALID, S_INIT("/rawData"), "too_long" },
    { "too few", S_INIT("{\"lineItems\":[]}"), &ERR_INVALID, S_INIT("/lineItems"), "too_few" },
    { "too many", S_INIT("{\"lineItems\":[" ONE_ITEM "," ONE_ITEM "," ONE_ITEM "," ONE_ITEM "]}"),
        &ERR_INVALID, S_INIT("/lineItems"), "too_many" },
    { "too many texts", S_INIT("{\"tagNames\":[\"\",\"\",\"\",\"\"]}"), &ERR_INVALID,
        S_INIT("/tagNames"), "too_many" },
    { "too many in a map", S_INIT("{\"extraInfo\":{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1}}"),
        &ERR_INVALID, S_INIT("/extraInfo"), "too_many" },
    { "not allowed", S_INIT("{\"color\":\"Red\"}"), &ERR_INVALID, S_INIT("/color"), "not_allowed" },
    { "bad id", S_INIT("{\"productId\":\"x\"}"), &ERR_INVALID, S_INIT("/productId"), "bad_id" },
    { "id of zeros", S_INIT("{\"productId\":\"00000000-0000-0000-0000-000000000000\"}"),
        &ERR_INVALID, S_INIT("/productId"), "bad_id" },
    { "bad time", S_INIT("{\"createdAt\":\"2026-11-21\"}"), &ERR_INVALID, S_INIT("/createdAt"),
        "bad_time" },
    { "bad date", S_INIT("{\"birthDate\":\"2001-02-29\"}"), &ERR_INVALID, S_INIT("/birthDate"),
        "bad_time" },
    { "control character", S_INIT("{\"title\":\"a\\u0007\"}"), &ERR_INVALID, S_INIT("/title"),
        "bad_text" },
    { "NUL", S_INIT("{\"title\":\"a\\u0000b\"}"), &ERR_INVALID, S_INIT("/title"), "bad_text" },
    { "line in a line", S_INIT("{\"title\":\"a\\nb\"}"), &ERR_INVALID, S_INIT("/title"),
        "bad_text" },
    { "bare return", S_INIT("{\"longNote\":\"a\\rb\"}"), &ERR_INVALID, S_INIT("/longNote"),
        "bad_text" },
    { "control in a key", S_INIT("{\"extraInfo\":{\"a\\n\":1}}"), &ERR_INVALID,
        S_INIT("/extraInfo/a\n"), "bad_text" },
    { "NUL deep in raw", S_INIT("{\"rawData\":[{\"a\":\"\\u0000\"}]}"), &ERR_INVALID,
        S_INIT("/rawData"), "bad_text" },
    { "malformed wins", S_INIT("{\"unitCount\":0,\"nope\":1}"), &ERR_MALFORMED,
        S_INIT("/unitCount"), "too_small" },
};

static void faults_name_field_and_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(fault_cases); i++) {
        const struct fault_case *c = &fault_cases[i];
        struct cx *cx = check_cx_open();
        struct kinds v;
        bool snake = true;
        err e = json_decode(cx, c->in, &kinds_shape, &v, &snake);
        CASE_STR(c->name, str_from_c(e ? e->slug : "success"), str_from_c(c->want->slug));
        CASE(c->name, cx->fields != NULL);
        CASE_STR(c->name, cx->fields->pointer, c->pointer);
        CASE_STR(c->name, str_from_c(cx->fields->code), str_from_c(c->code));
        CASE(c->name, snake); /* untouched */
        check_cx_close(cx);
    }
}

static const struct amount_case {
    str in, want; /* absent: refused */
} amount_cases[] = {
    { S_INIT("999.99"), S_INIT("999.99") },
    { S_INIT("0.1"), S_INIT("0.1") },
    { S_INIT("1.10"), S_INIT("1.1") },
    { S_INIT("1.0"), S_INIT("1") },
    { S_INIT("-0.05"), S_INIT("-0.05") },
    { S_INIT("1200"), S_INIT("1200") },
    { S_INIT("-9223372036854775808"), S_INIT("-9223372036854775808") },
    { S_INIT("0.000001"), S_INIT("0.000001") },
    { S_INIT("123456789012.345"), S_INIT("123456789012.345") },
    { S_INIT("\"999.990\""), S_INIT("999.990") },
    { S_INIT("\"-007\""), S_INIT("-007") },
    { S_INIT("1e2"), S_INIT("100") },
    { S_INIT("1e22"), { NULL, 0 } },
    { S_INIT("1e-9"), { NULL, 0 } },
    { S_INIT("1e999"), { NULL, 0 } },
    { S_INIT("1234567890123.4567"), { NULL, 0 } },
    { S_INIT("0.30000000000000004"), { NULL, 0 } },
    { S_INIT("\"\""), { NULL, 0 } },
    { S_INIT("\"-\""), { NULL, 0 } },
    { S_INIT("\"1.\""), { NULL, 0 } },
    { S_INIT("\".5\""), { NULL, 0 } },
    { S_INIT("\"+1\""), { NULL, 0 } },
    { S_INIT("\"1e2\""), { NULL, 0 } },
    { S_INIT("\"1,5\""), { NULL, 0 } },
    { S_INIT("\" 1\""), { NULL, 0 } },
    { S_INIT("\"000000000000000000000000000000001\""), { NULL, 0 } },
};

static void amounts_keep_their_digits(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(amount_cases); i++) {
        const struct amount_case *c = &amount_cases[i];
        struct cx *cx = check_cx_open();
        struct kinds v;
        str text = str_fmt(cx->arena, "{\"paidAmount\":" STR_F "}", STR_A(c->in));
        err e = json_decode(cx, text, &kinds_shape, &v, NULL);
        CHECK_ERR(cx, e, c->want.p ? NULL : &ERR_INVALID);
        if (c->want.p)
            CHECK_STR(v.paid_amount, c->want);
        else
            CHECK_STR(str_from_c(cx->fields->code), S("bad_amount"));
        check_cx_close(cx);
    }
}

static void snake_case_is_noticed(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct kinds v;
    bool snake = true;
    str camel_text =
        S("{\"mainItem\":{\"sku\":\"a_b\",\"unitCount\":1},\"extraInfo\":{\"a_b\":1}}");
    CHECK_ERR(cx, json_decode(cx, camel_text, &kinds_shape, &v, &snake), NULL);
    CHECK(!snake);
    str snake_text = S("{\"mainItem\":{\"sku\":\"a\",\"unit_count\":1}}");
    CHECK_ERR(cx, json_decode(cx, snake_text, &kinds_shape, &v, &snake), NULL);
    CHECK(snake);
    CHECK_INT(v.main_item->unit_count, 1);
    check_cx_close(cx);
}

static str repeat(struct arena *arena, str open, str s, size_t n, str close)
{
    struct buf out = { .arena = arena };
    buf_add(&out, open);
    for (size_t i = 0; i < n; i++)
        buf_add(&out, s);
    buf_add(&out, close);
    return buf_str(&out);
}

static void depth_is_limited(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct json_value *v = NULL;
    str open = repeat(cx->arena, S(""), S("["), 32, S(""));
    CHECK_ERR(cx, json_value_parse(cx, repeat(cx->arena, open, S("]"), 32, S("")), &v), NULL);
    json_value_close(v);
    open = repeat(cx->arena, S(""), S("["), 33, S(""));
    err e = json_value_parse(cx, repeat(cx->arena, open, S("]"), 33, S("")), &v);
    CHECK_ERR(cx, e, &ERR_MALFORMED);
    CHECK_STR(str_from_c(cx->fields->code), S("too_deep"));
    cx_clear(cx);
    e = json_value_parse(cx, repeat(cx->arena, S(""), S("["), 100000, S("")), &v);
    CHECK_ERR(cx, e, &ERR_MALFORMED);
    cx_clear(cx);
    e = json_value_parse(cx, repeat(cx->arena, S(""), S("{\"a\":"), 100000, S("")), &v);
    CHECK_ERR(cx, e, &ERR_MALFORMED);
    cx_clear(cx); /* brackets in a text are no nesting */
    str text = repeat(cx->arena, S("\"\\\""), S("[{"), 100, S("\\\\\""));
    CHECK_ERR(cx, json_value_parse(cx, text, &v), NULL);
    json_value_close(v);
    check_cx_close(cx);
}

static void keys_are_limited(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct json_value *v = NULL;
    for (int n = 1000; n <= 1001; n++) {
        struct buf text = { .arena = cx->arena };
        buf_add(&text, S("[{\"a\":1},{"));
        for (int i = 0; i < n; i++)
            buf_fmt(&text, "%s\"k%d\":[{\"x\":\":\"}]", i ? "," : "", i);
        buf_add(&text, S("}]"));
        err e = json_value_parse(cx, buf_str(&text), &v);
        CHECK_ERR(cx, e, n == 1000 ? NULL : &ERR_MALFORMED);
        if (!e)
            json_value_close(v);
    }
    CHECK_STR(str_from_c(cx->fields->code), S("too_many_keys"));
    check_cx_close(cx);
}

static void faults_are_all_told_up_to_twenty(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct kinds v;
    str text = S("{\"title\":\"\",\"unitCount\":0,\"color\":\"x\",\"score\":9}");
    CHECK_ERR(cx, json_decode(cx, text, &kinds_shape, &v, NULL), &ERR_INVALID);
    size_t n = 0;
    for (const struct field_error *f = cx->fields; f; f = f->next)
        n++;
    CHECK_INT((int64_t)n, 4);
    cx_clear(cx);
    struct buf many = { .arena = cx->arena };
    buf_add(&many, S("{\"title\":\"\""));
    for (int i = 0; i < 100; i++)
        buf_fmt(&many, ",\"k%d\":1", i);
    buf_char(&many, '}');
    CHECK_ERR(cx, json_decode(cx, buf_str(&many), &kinds_shape, &v, NULL), &ERR_MALFORMED);
    n = 0;
    for (const struct field_error *f = cx->fields; f; f = f->next)
        n++;
    CHECK_INT((int64_t)n, 20);
    check_cx_close(cx);
}

static void long_keys_are_cut_in_pointers(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct kinds v;
    str text = repeat(cx->arena, S("{\""), S("\xc3\xa9"), 100000, S("\":1}"));
    CHECK_ERR(cx, json_decode(cx, text, &kinds_shape, &v, NULL), &ERR_MALFORMED);
    CHECK_INT((int64_t)cx->fields->pointer.n, 1 + 64 * 2);
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_decoded_prints_again),
        cmocka_unit_test(faults_name_field_and_reason),
        cmocka_unit_test(amounts_keep_their_digits),
        cmocka_unit_test(snake_case_is_noticed),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(keys_are_limited),
        cmocka_unit_test(faults_are_all_told_up_to_twenty),
        cmocka_unit_test(long_keys_are_cut_in_pointers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
