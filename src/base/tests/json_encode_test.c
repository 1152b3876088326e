/* SPDX-License-Identifier: Apache-2.0
 * Tests of writing JSON, of checking replies, of schemas and of flat access. Run by meson test.
 * Must never look behind json.h. */
#include "tests/support/check.h"

#include "base/tests/json_kinds.h"

static const struct quote_case {
    const char *name;
    str in, want;
} quote_cases[] = {
    { "empty", S_INIT(""), S_INIT("\"\"") },
    { "absent", { NULL, 0 }, S_INIT("\"\"") },
    { "plain", S_INIT("a plain and longer text"), S_INIT("\"a plain and longer text\"") },
    { "marks", S_INIT("\"\\/"), S_INIT("\"\\\"\\\\/\"") },
    { "short escapes", S_INIT("\n\r\t\b\f"), S_INIT("\"\\n\\r\\t\\b\\f\"") },
    { "controls", S_INIT("\x01\x1f\x7f"), S_INIT("\"\\u0001\\u001f\x7f\"") },
    { "zero", S_INIT("a\0b"), S_INIT("\"a\\u0000b\"") },
    { "at the end of a word", S_INIT("1234567\"89"), S_INIT("\"1234567\\\"89\"") },
    { "at the start of the next", S_INIT("12345678\n"), S_INIT("\"12345678\\n\"") },
    { "high bytes", S_INIT("\xe2\x80\xa8\xf0\x9f\x98\x80\xc2\xa2 <&>"),
        S_INIT("\"\xe2\x80\xa8\xf0\x9f\x98\x80\xc2\xa2 <&>\"") },
};

static void texts_are_quoted(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    for (size_t i = 0; i < COUNT(quote_cases); i++) {
        struct buf out = { .arena = arena };
        json_quote(&out, quote_cases[i].in);
        CASE_STR(quote_cases[i].name, buf_str(&out), quote_cases[i].want);
    }
}

struct number {
    double v;
};
static const struct json_field number_fields[] = { JSON_NUM(struct number, v) };
static const struct json_shape number_shape = JSON_SHAPE("Number", struct number, number_fields);

static const struct number_case {
    double v;
    str want;
} number_cases[] = {
    { 0, S_INIT("{\"v\":0}") },
    { -0.0, S_INIT("{\"v\":0}") },
    { 4.35, S_INIT("{\"v\":4.35}") },
    { -4.5, S_INIT("{\"v\":-4.5}") },
    { 0.1 + 0.2, S_INIT("{\"v\":0.3}") },
    { 1.0 / 3, S_INIT("{\"v\":0.333333}") },
    { 0.000001, S_INIT("{\"v\":0.000001}") },
    { -0.0000001, S_INIT("{\"v\":0}") },
    { 2.9999999, S_INIT("{\"v\":3}") },
    { 1234567.25, S_INIT("{\"v\":1234567.25}") },
    { 8999999999.5, S_INIT("{\"v\":8999999999.5}") },
    { 9007199254740991.0, S_INIT("{\"v\":9007199254740991}") },
    { 1e20, S_INIT("{\"v\":100000000000000000000}") },
};

static void numbers_are_short(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    for (size_t i = 0; i < COUNT(number_cases); i++) {
        struct buf out = { .arena = arena };
        json_encode(&out, &number_shape, &(struct number){ number_cases[i].v }, false);
        CHECK_STR(buf_str(&out), number_cases[i].want);
    }
}

struct bare {
    int64_t n;
    bool yes;
    double d;
    money price, null_price;
    id some_id;
    int64_t at_time;
    str odd_name, in_header, raw;
    const str *tag_names;
    size_t tag_names_n;
    const struct kinds_item *line_items;
    size_t line_items_n;
    const struct kinds_item *null_items;
    size_t null_items_n;
    const struct kinds_item *null_item;
    struct json_map extra_info, null_map;
};
static const struct json_field bare_fields[] = {
    JSON_INT(struct bare, n),
    JSON_BOOL(struct bare, yes),
    JSON_NUM(struct bare, d),
    JSON_MONEY(struct bare, price),
    JSON_MONEY(struct bare, null_price, .nullable = true),
    JSON_ID(struct bare, some_id, .nullable = true),
    JSON_TIME(struct bare, at_time, .nullable = true),
    JSON_STR(struct bare, odd_name, .wire = "@type"),
    JSON_STR(struct bare, in_header, .at = AT_HEADER),
    JSON_RAW(struct bare, raw, .nullable = true),
    JSON_STRS(struct bare, tag_names),
    JSON_LIST(struct bare, line_items, kinds_item_shape),
    JSON_LIST(struct bare, null_items, kinds_item_shape, .nullable = true),
    JSON_OBJECT(struct bare, null_item, kinds_item_shape, .nullable = true),
    JSON_MAP(struct bare, extra_info),
    JSON_MAP(struct bare, null_map, .nullable = true),
};
static const struct json_shape bare_shape = JSON_SHAPE("Bare", struct bare, bare_fields);

static void absent_values_are_left_out_or_null(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct buf out = { .arena = cx->arena };
    json_encode(&out, &bare_shape, &(struct bare){ 0 }, false);
    CHECK_STR(buf_str(&out),
        S("{\"n\":0,\"yes\":false,\"d\":0,\"nullPrice\":null,\"someId\":null,\"atTime\":null,"
          "\"raw\":null,\"tagNames\":[],\"lineItems\":[],\"nullItems\":null,\"nullItem\":null,"
          "\"extraInfo\":{},\"nullMap\":null}"));
    CHECK_ERR(cx, json_check(cx, buf_str(&out), &bare_shape), NULL);
    check_cx_close(cx);
}

static void present_values_are_printed(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    const struct kinds_item items[] = { { .sku = S("a"), .unit_count = 1 }, { .sku = S("b") } };
    const str tags[] = { S("x"), S("y\n") };
    const struct json_map_entry entries[] = { { S("a_b"), S("1"), JSON_MAP_TEXT },
        { S("c\""), S("2.5"), JSON_MAP_NUMBER }, { S("d"), S("true"), JSON_MAP_BOOL } };
    struct bare v = { .n = -1,
        .yes = true,
        .d = 0.5,
        .price = { 99999, { "USD" } },
        .null_price = { -5, { "JPY" } },
        .at_time = cx->now_ms,
        .odd_name = S("t"),
        .in_header = S("never"),
        .raw = S("[1]"),
        .tag_names = tags,
        .tag_names_n = 2,
        .line_items = items,
        .line_items_n = 2,
        .null_items = items,
        .null_item = items,
        .extra_info = { entries, 3 } };
    struct buf out = { .arena = cx->arena };
    json_encode(&out, &bare_shape, &v, true);
    CHECK_STR(buf_str(&out),
        S("{\"n\":-1,\"yes\":true,\"d\":0.5,\"price\":999.99,\"null_price\":-5,\"some_id\":null,"
          "\"at_time\":\"2026-01-01T00:00:00.000Z\",\"@type\":\"t\",\"raw\":[1],"
          "\"tag_names\":[\"x\",\"y\\n\"],\"line_items\":[{\"sku\":\"a\",\"unit_count\":1},"
          "{\"sku\":\"b\",\"unit_count\":0}],\"null_items\":[],"
          "\"null_item\":{\"sku\":\"a\",\"unit_count\":1},"
          "\"extra_info\":{\"a_b\":\"1\",\"c\\\"\":2.5,\"d\":true},\"null_map\":null}"));
    CHECK_ERR(cx, json_check(cx, buf_str(&out), &bare_shape), NULL);
    check_cx_close(cx);
}

static const struct check_case {
    const char *name;
    str reply, want; /* in the detail */
} check_cases[] = {
    { "no JSON", S_INIT("{"), S_INIT("bad_json") },
    { "no object", S_INIT("[]"), S_INIT("\"\": wrong_type") },
    { "unknown key", S_INIT("{\"x\":1}"), S_INIT("\"/x\": unknown_field") },
    { "amount", S_INIT("{\"paidAmount\":1}"), S_INIT("\"/paidAmount\": unknown_field") },
    { "header", S_INIT("{\"ifMatch\":\"x\"}"), S_INIT("\"/ifMatch\": unknown_field") },
    { "missing", S_INIT("{\"mainItem\":{\"sku\":\"a\"}}"),
        S_INIT("\"/mainItem/unit_count\": required") },
    { "null", S_INIT("{\"title\":null}"), S_INIT("\"/title\": wrong_type") },
    { "text", S_INIT("{\"title\":1}"), S_INIT("\"/title\": wrong_type") },
    { "whole number", S_INIT("{\"unitCount\":1.0}"), S_INIT("\"/unitCount\": wrong_type") },
    { "number", S_INIT("{\"score\":\"1\"}"), S_INIT("\"/score\": wrong_type") },
    { "money", S_INIT("{\"listPrice\":\"1\"}"), S_INIT("\"/listPrice\": wrong_type") },
    { "truth", S_INIT("{\"isGift\":0}"), S_INIT("\"/isGift\": wrong_type") },
    { "list", S_INIT("{\"lineItems\":{}}"), S_INIT("\"/lineItems\": wrong_type") },
    { "item", S_INIT("{\"lineItems\":[1]}"), S_INIT("\"/lineItems/0\": wrong_type") },
    { "texts", S_INIT("{\"tagNames\":[1]}"), S_INIT("\"/tagNames/0\": wrong_type") },
    { "map", S_INIT("{\"extraInfo\":[]}"), S_INIT("\"/extraInfo\": wrong_type") },
    { "in a map", S_INIT("{\"extraInfo\":{\"a\":[]}}"), S_INIT("\"/extraInfo/a\": wrong_type") },
    { "id", S_INIT("{\"productId\":\"1\"}"), S_INIT("\"/productId\": bad_id") },
    { "time", S_INIT("{\"createdAt\":\"1\"}"), S_INIT("\"/createdAt\": bad_time") },
    { "date", S_INIT("{\"birthDate\":\"2026-01-01T00:00:00Z\"}"),
        S_INIT("\"/birthDate\": bad_time") },
    { "value", S_INIT("{\"color\":\"pink\"}"), S_INIT("\"/color\": not_allowed") },
};

static void replies_are_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(check_cases); i++) {
        const struct check_case *c = &check_cases[i];
        struct cx *cx = check_cx_open();
        CASE(c->name, json_check(cx, c->reply, &kinds_shape) == &ERR_BUG);
        CASE(c->name, str_find(cx->detail, c->want, 0) >= 0);
        CASE(c->name, cx->fields == NULL); /* those are the client's */
        check_cx_close(cx);
    }
}

static void schemas_say_what_tables_say(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct buf out = { .arena = cx->arena };
    json_schema(&out, &kinds_shape);
    CHECK_STR(buf_str(&out),
        S("{\"type\":\"object\",\"properties\":{"
          "\"title\":{\"type\":\"string\",\"minLength\":2,\"maxLength\":20,"
          "\"description\":\"What it is called\"},"
          "\"longNote\":{\"type\":[\"string\",\"null\"]},"
          "\"color\":{\"type\":\"string\",\"enum\":[\"red\",\"dark_blue\"]},"
          "\"unitCount\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":999},"
          "\"bigCount\":{\"type\":\"integer\"},"
          "\"score\":{\"type\":\"number\",\"minimum\":0,\"maximum\":5},"
          "\"isGift\":{\"type\":\"boolean\"},"
          "\"productId\":{\"type\":\"string\",\"format\":\"uuid\"},"
          "\"createdAt\":{\"type\":\"string\",\"format\":\"date-time\"},"
          "\"birthDate\":{\"type\":\"string\",\"format\":\"date\"},"
          "\"listPrice\":{\"type\":\"number\"},"
          "\"paidAmount\":{\"type\":[\"number\",\"string\"],"
          "\"pattern\":\"^-?[0-9]+(\\\\.[0-9]+)?$\"},"
          "\"mainItem\":{\"$ref\":\"#/components/schemas/KindsItem\"},"
          "\"lineItems\":{\"type\":\"array\",\"items\":"
          "{\"$ref\":\"#/components/schemas/KindsItem\"},\"minItems\":1,\"maxItems\":3},"
          "\"tagNames\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"maxLength\":8},"
          "\"maxItems\":3},"
          "\"extraInfo\":{\"type\":\"object\",\"additionalProperties\":"
          "{\"type\":[\"string\",\"number\",\"boolean\"]},\"maxProperties\":4},"
          "\"rawData\":{}}}"));
    out.n = 0;
    json_schema(&out, &kinds_item_shape);
    CHECK_STR(buf_str(&out),
        S("{\"type\":\"object\",\"properties\":{\"sku\":{\"type\":\"string\",\"maxLength\":64},"
          "\"unitCount\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":999},"
          "\"parts\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/KindsItem\"}}},"
          "\"required\":[\"sku\",\"unitCount\"]}"));
    check_cx_close(cx);
}

static const struct field_case {
    struct json_field field;
    str want;
} field_cases[] = {
    { { .type = JSON_T_STR, .nullable = true, .one_of = kinds_colors },
        S_INIT("{\"type\":[\"string\",\"null\"],\"enum\":[\"red\",\"dark_blue\",null]}") },
    { { .type = JSON_T_STRS, .one_of = kinds_colors, .nullable = true },
        S_INIT("{\"type\":[\"array\",\"null\"],"
               "\"items\":{\"type\":\"string\",\"enum\":[\"red\",\"dark_blue\"]}}") },
    { { .type = JSON_T_AMOUNT, .nullable = true },
        S_INIT("{\"type\":[\"number\",\"string\",\"null\"],"
               "\"pattern\":\"^-?[0-9]+(\\\\.[0-9]+)?$\"}") },
    { { .type = JSON_T_OBJECT, .nullable = true, .shape = &kinds_item_shape, .doc = "d" },
        S_INIT("{\"anyOf\":[{\"$ref\":\"#/components/schemas/KindsItem\"},{\"type\":\"null\"}],"
               "\"description\":\"d\"}") },
    { { .type = JSON_T_INT, .min = -5 }, S_INIT("{\"type\":\"integer\",\"minimum\":-5}") },
};

static void single_fields_have_schemas(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(field_cases); i++) {
        struct buf out = { .arena = cx->arena };
        json_schema_field(&out, &field_cases[i].field);
        CHECK_STR(buf_str(&out), field_cases[i].want);
    }
    check_cx_close(cx);
}

static void wire_names_are_derived(void **state)
{
    (void)state;
    DEFER(arena_close_at) struct arena *arena = arena_open(0);
    const struct json_field plain = { .name = "line_2_of_it_" };
    const struct json_field own = { .name = "key", .wire = "Idempotency-Key" };
    CHECK_STR(json_wire_name(arena, &plain), S("line2OfIt_"));
    CHECK_STR(json_wire_name(arena, &own), S("Idempotency-Key"));
}

static void note_key(void *arg, str key, const struct json_value *value)
{
    struct buf *out = arg;
    buf_add(out, key);
    buf_char(out, '=');
    buf_add(out, json_value_str(out->arena, value));
    buf_char(out, ';');
}

static void values_are_walked(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct json_value *v = NULL;
    str text = S("{\"z\":\"a\\u0000b\",\"a\":-7,\"m\":0.1,\"t\":true,\"n\":null,\"l\":[1,\"x\"]}");
    CHECK_ERR(cx, json_value_parse(cx, text, &v), NULL);
    CHECK_INT((int64_t)json_value_count(v), 6);
    struct buf out = { .arena = cx->arena };
    json_value_each(v, note_key, &out);
    CHECK_STR(buf_str(&out), S("z=a\0b;a=-7;m=0.1;t=true;n=;l=;"));
    const struct json_value *list = json_value_get(v, "l");
    CHECK_INT((int64_t)json_value_count(list), 2);
    CHECK_STR(json_value_str(cx->arena, json_value_at(list, 1)), S("x"));
    CHECK(json_value_kind(json_value_at(list, 0)) == JSON_MAP_NUMBER);
    CHECK(json_value_kind(json_value_at(list, 1)) == JSON_MAP_TEXT);
    CHECK(json_value_kind(json_value_get(v, "t")) == JSON_MAP_BOOL);
    CHECK(!json_value_at(list, 2) && !json_value_at(v, 0) && !json_value_get(list, "l"));
    CHECK(!json_value_get(NULL, "l") && !json_value_at(NULL, 0));
    CHECK(!json_value_str(cx->arena, NULL).p && json_value_count(NULL) == 0);
    json_value_close(v);
    json_value_close(NULL);
    CHECK_ERR(cx, json_value_parse(cx, S("[9223372036854775808]"), &v), &ERR_MALFORMED);
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_quoted),
        cmocka_unit_test(numbers_are_short),
        cmocka_unit_test(absent_values_are_left_out_or_null),
        cmocka_unit_test(present_values_are_printed),
        cmocka_unit_test(replies_are_checked),
        cmocka_unit_test(schemas_say_what_tables_say),
        cmocka_unit_test(single_fields_have_schemas),
        cmocka_unit_test(wire_names_are_derived),
        cmocka_unit_test(values_are_walked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
