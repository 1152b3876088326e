/* SPDX-License-Identifier: Apache-2.0
 * Tests of query strings, forms and headers into structs. Run by meson test.
 * Must never look behind json.h. */
#include "tests/support/check.h"

#include "base/tests/json_kinds.h"

static const char *const sorts[] = { "price", "rating", NULL };

struct search {
    str q, sort_by, note;
    int64_t page, any_int;
    double min_rating;
    bool in_stock;
    id seller_id;
    int64_t since, day;
    str min_price;
    const str *brands;
    size_t brands_n;
    const struct kinds_item *items;
    size_t items_n;
    struct json_map map;
    id product_id; /* from the path */
    str idempotency_key, if_match;
};
static const struct json_field search_fields[] = {
    JSON_STR(struct search, q, .required = true, .max = 20),
    JSON_STR(struct search, sort_by, .one_of = sorts),
    JSON_STR(struct search, note, .min = 2, .multiline = true),
    JSON_INT(struct search, page, .min = 1, .max = 50),
    JSON_INT(struct search, any_int),
    JSON_NUM(struct search, min_rating, .max = 5),
    JSON_BOOL(struct search, in_stock),
    JSON_ID(struct search, seller_id),
    JSON_TIME(struct search, since),
    JSON_DATE(struct search, day),
    JSON_AMOUNT(struct search, min_price),
    JSON_STRS(struct search, brands, .max = 3, .item_max = 5),
    JSON_LIST(struct search, items, kinds_item_shape, .required = true),
    JSON_MAP(struct search, map),
    JSON_ID(struct search, product_id, .at = AT_PATH, .required = true),
    JSON_STR(struct search, idempotency_key, .at = AT_HEADER, .wire = "Idempotency-Key",
        .required = true),
    JSON_STR(struct search, if_match, .at = AT_HEADER),
};
static const struct json_shape search_shape = JSON_SHAPE("Search", struct search, search_fields);

static err read_query(struct cx *cx, str query, bool strict, struct search *ret)
{
    struct json_pair *pairs = NULL;
    size_t n = 0;
    err e = json_pairs_of_query(cx, query, &pairs, &n);
    if (!e)
        e = json_decode_pairs(cx, pairs, n, AT_BODY, strict, &search_shape, ret);
    if (!e)
        e = json_pairs_done(cx, pairs, n, AT_BODY, &search_shape);
    return e;
}

static void every_type_is_read(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct search v = { 0 };
    str query =
        S("q=a+b%C3%A9&sortBy=price&note=a%0D%0Ab&page=7&any_int=-5&minRating=4.5&in_stock=on"
          "&sellerId=0192a3b4-c5d6-7e8f-9a0b-1c2d3e4f5a6b&since=2026-01-01T00:00:00Z"
          "&day=1970-01-02&min_price=9.90&brands=x&brands=y");
    CHECK_ERR(cx, read_query(cx, query, true, &v), NULL);
    CHECK_STR(v.q, S("a b\xc3\xa9"));
    CHECK_STR(v.sort_by, S("price"));
    CHECK_STR(v.note, S("a\nb"));
    CHECK_INT(v.page, 7);
    CHECK_INT(v.any_int, -5);
    CHECK(v.min_rating > 4.4 && v.min_rating < 4.6);
    CHECK(v.in_stock);
    CHECK_STR(id_text(cx->arena, v.seller_id), S("0192a3b4-c5d6-7e8f-9a0b-1c2d3e4f5a6b"));
    CHECK_INT(v.since, cx->now_ms);
    CHECK_INT(v.day, 86400000);
    CHECK_STR(v.min_price, S("9.90"));
    CHECK_INT((int64_t)v.brands_n, 2);
    CHECK_STR(v.brands[1], S("y"));
    check_cx_close(cx);
}

static const struct fault_case {
    const char *name;
    str query;
    err want;
    str pointer;
    const char *code; /* NULL: none is named */
} fault_cases[] = {
    { "bare name is empty", S_INIT("q"), NULL, S_INIT(""), NULL },
    { "empty parts", S_INIT("&&q=1&"), NULL, S_INIT(""), NULL },
    { "value with '='", S_INIT("q=a=b"), NULL, S_INIT(""), NULL },
    { "empty inputs of a form",
        S_INIT("q=&sortBy=&note=&page=&anyInt=&minRating=&inStock=&sellerId=&since=&day=&minPrice="
               "&brands="),
        NULL, S_INIT(""), NULL },
    { "last wins", S_INIT("q=1&page=x&page=2"), NULL, S_INIT(""), NULL },
    { "last wins over spellings", S_INIT("q=1&anyInt=x&any_int=2"), NULL, S_INIT(""), NULL },
    { "missing", S_INIT(""), &ERR_MALFORMED, S_INIT("/q"), "required" },
    { "bad percent", S_INIT("q=%zz"), &ERR_MALFORMED, S_INIT(""), NULL },
    { "bad percent in a name", S_INIT("%=1"), &ERR_MALFORMED, S_INIT(""), NULL },
    { "unknown", S_INIT("q=1&x%2Fy=1"), &ERR_MALFORMED, S_INIT("/x~1y"), "unknown_field" },
    { "unknown no UTF-8", S_INIT("q=1&%ff=1"), &ERR_MALFORMED, S_INIT("/\xef\xbf\xbd"),
        "unknown_field" },
    { "a list has no text", S_INIT("q=1&items=1"), &ERR_MALFORMED, S_INIT("/items"),
        "unknown_field" },
    { "a map has no text", S_INIT("q=1&map=1"), &ERR_MALFORMED, S_INIT("/map"), "unknown_field" },
    { "of the path alone", S_INIT("q=1&productId=1"), &ERR_MALFORMED, S_INIT("/productId"),
        "unknown_field" },
    { "no number", S_INIT("q=1&page=1x"), &ERR_MALFORMED, S_INIT("/page"), "wrong_type" },
    { "only a sign", S_INIT("q=1&page=-"), &ERR_MALFORMED, S_INIT("/page"), "wrong_type" },
    { "last wins, and is bad", S_INIT("q=1&page=2&page=x"), &ERR_MALFORMED, S_INIT("/page"),
        "wrong_type" },
    { "no rating", S_INIT("q=1&min_rating=nan"), &ERR_MALFORMED, S_INIT("/min_rating"),
        "wrong_type" },
    { "no truth", S_INIT("q=1&inStock=yes"), &ERR_MALFORMED, S_INIT("/inStock"), "wrong_type" },
    { "too small", S_INIT("q=1&page=0"), &ERR_INVALID, S_INIT("/page"), "too_small" },
    { "too large", S_INIT("q=1&page=51"), &ERR_INVALID, S_INIT("/page"), "too_large" },
    { "beyond int64", S_INIT("q=1&page=99999999999999999999"), &ERR_INVALID, S_INIT("/page"),
        "too_large" },
    { "below int64", S_INIT("q=1&anyInt=-99999999999999999999"), &ERR_INVALID, S_INIT("/anyInt"),
        "too_small" },
    { "rating too large", S_INIT("q=1&minRating=5.5"), &ERR_INVALID, S_INIT("/minRating"),
        "too_large" },
    { "too short", S_INIT("q=1&note=a"), &ERR_INVALID, S_INIT("/note"), "too_short" },
    { "too long", S_INIT("q=aaaaaaaaaaaaaaaaaaaaa"), &ERR_INVALID, S_INIT("/q"), "too_long" },
    { "not allowed", S_INIT("q=1&sortBy=x"), &ERR_INVALID, S_INIT("/sortBy"), "not_allowed" },
    { "bad id", S_INIT("q=1&sellerId=1"), &ERR_INVALID, S_INIT("/sellerId"), "bad_id" },
    { "bad time", S_INIT("q=1&since=now"), &ERR_INVALID, S_INIT("/since"), "bad_time" },
    { "bad date", S_INIT("q=1&day=2026-13-01"), &ERR_INVALID, S_INIT("/day"), "bad_time" },
    { "bad amount", S_INIT("q=1&minPrice=1e3"), &ERR_INVALID, S_INIT("/minPrice"), "bad_amount" },
    { "bad UTF-8", S_INIT("q=%C3"), &ERR_INVALID, S_INIT("/q"), "bad_text" },
    { "NUL", S_INIT("q=a%00"), &ERR_INVALID, S_INIT("/q"), "bad_text" },
    { "line", S_INIT("q=a%0Ab"), &ERR_INVALID, S_INIT("/q"), "bad_text" },
    { "too many", S_INIT("q=1&brands=a&brands=b&brands=c&brands=d"), &ERR_INVALID,
        S_INIT("/brands"), "too_many" },
    { "item too long", S_INIT("q=1&brands=a&brands=bbbbbb"), &ERR_INVALID, S_INIT("/brands"),
        "too_long" },
};

static void faults_name_field_and_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(fault_cases); i++) {
        const struct fault_case *c = &fault_cases[i];
        struct cx *cx = check_cx_open();
        struct search v = { 0 };
        err e = read_query(cx, c->query, true, &v);
        CASE_STR(c->name, str_from_c(e ? e->slug : ""), str_from_c(c->want ? c->want->slug : ""));
        CASE(c->name, !c->code == !cx->fields);
        if (c->code) {
            CASE_STR(c->name, cx->fields->pointer, c->pointer);
            CASE_STR(c->name, str_from_c(cx->fields->code), str_from_c(c->code));
        }
        check_cx_close(cx);
    }
}

static void empty_inputs_are_absent(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct search v = { 0 };
    CHECK_ERR(cx, read_query(cx, S("q=&sortBy=&note=&page=&brands="), true, &v), NULL);
    CHECK(v.q.p && !v.sort_by.p && !v.note.p && v.brands_n == 0);
    check_cx_close(cx);
}

struct ask {
    int64_t page;
    bool all;
    str sort, note;
    id seller;
    const str *brands;
    size_t brands_n;
};
/* In the query of an API an empty value is one that the description forbids. */
static void a_strict_query_has_no_empty_values(void **state)
{
    static const struct json_field fields[] = {
        JSON_INT(struct ask, page, .at = AT_QUERY, .min = 1),
        JSON_BOOL(struct ask, all, .at = AT_QUERY),
        JSON_STR(struct ask, sort, .at = AT_QUERY, .one_of = sorts),
        JSON_STR(struct ask, note, .at = AT_QUERY, .max = 5),
        JSON_ID(struct ask, seller, .at = AT_QUERY),
        JSON_STRS(struct ask, brands, .at = AT_QUERY),
    };
    static const struct json_shape shape = JSON_SHAPE("Ask", struct ask, fields);
    static const struct {
        const char *name;
        err strict;
    } cases[] = { { "page", &ERR_MALFORMED }, { "all", &ERR_MALFORMED }, { "sort", &ERR_INVALID },
        { "seller", &ERR_INVALID }, { "note", NULL }, { "brands", NULL } };
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(cases); i++)
        for (int strict = 0; strict < 2; strict++) {
            struct ask v = { 0 };
            struct json_pair pair = { str_from_c(cases[i].name), S("") };
            err e = json_decode_pairs(cx, &pair, 1, AT_QUERY, strict, &shape, &v);
            CASE(cases[i].name, e == (strict ? cases[i].strict : NULL));
            cx_clear(cx);
        }
    /* nor is one given twice: a proxy may read the first, where we would read the last */
    struct json_pair twice[] = { { S("note"), S("a") }, { S("sort"), S("price") },
        { S("note"), S("b") } };
    struct json_pair brands[] = { { S("brands"), S("a") }, { S("brands"), S("b") } };
    for (int strict = 0; strict < 2; strict++) {
        struct ask v = { 0 };
        err e = json_decode_pairs(cx, twice, COUNT(twice), AT_QUERY, strict, &shape, &v);
        CHECK_ERR(cx, e, strict ? &ERR_MALFORMED : NULL);
        if (strict)
            CHECK_STR(str_from_c(cx->fields->code), S("duplicate_key"));
        else
            CHECK_STR(v.note, S("b"));
        cx_clear(cx);
        CHECK_ERR(
            cx, json_decode_pairs(cx, brands, COUNT(brands), AT_QUERY, strict, &shape, &v), NULL);
        CHECK_INT((int64_t)v.brands_n, 2);
    }
    check_cx_close(cx);
}

static void unknown_names_pass_when_not_strict(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct search v = { 0 };
    CHECK_ERR(cx, read_query(cx, S("q=1&utm=2&items=3"), false, &v), NULL);
    CHECK_STR(v.q, S("1"));
    check_cx_close(cx);
}

static void pairs_are_limited(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct json_pair *pairs = NULL;
    size_t n = 0;
    struct buf query = { .arena = cx->arena };
    for (int i = 0; i < 100; i++)
        buf_add(&query, S("a=1&"));
    CHECK_ERR(cx, json_pairs_of_query(cx, buf_str(&query), &pairs, &n), NULL);
    CHECK_INT((int64_t)n, 100);
    buf_add(&query, S("a=1"));
    CHECK_ERR(cx, json_pairs_of_query(cx, buf_str(&query), &pairs, &n), &ERR_MALFORMED);
    CHECK_ERR(cx, json_pairs_of_query(cx, (str){ NULL, 0 }, &pairs, &n), NULL);
    CHECK_INT((int64_t)n, 0);
    check_cx_close(cx);
}

static void path_and_headers_join_one_struct(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct search v = { 0 };
    const struct json_pair path[] = {
        { S("product_id"), S("0192a3b4-c5d6-7e8f-9a0b-1c2d3e4f5a6b") },
    };
    const struct json_pair headers[] = {
        { S("host"), S("localhost") },
        { S("idempotency-KEY"), S("k1") },
        { S("If-Match"), S("\"3\"") },
    };
    CHECK_ERR(cx, json_decode_pairs(cx, path, 1, AT_PATH, true, &search_shape, &v), NULL);
    CHECK_ERR(cx, json_pairs_done(cx, path, 1, AT_PATH, &search_shape), NULL);
    CHECK_ERR(cx, json_decode_pairs(cx, headers, 3, AT_HEADER, false, &search_shape, &v), NULL);
    CHECK_ERR(cx, json_pairs_done(cx, headers, 3, AT_HEADER, &search_shape), NULL);
    CHECK(!id_is_none(v.product_id));
    CHECK_STR(v.idempotency_key, S("k1"));
    CHECK_STR(v.if_match, S("\"3\""));
    CHECK_ERR(cx, json_pairs_done(cx, headers, 1, AT_HEADER, &search_shape), &ERR_MALFORMED);
    CHECK_STR(cx->fields->pointer, S("/Idempotency-Key"));
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_read),
        cmocka_unit_test(faults_name_field_and_reason),
        cmocka_unit_test(empty_inputs_are_absent),
        cmocka_unit_test(a_strict_query_has_no_empty_values),
        cmocka_unit_test(unknown_names_pass_when_not_strict),
        cmocka_unit_test(pairs_are_limited),
        cmocka_unit_test(path_and_headers_join_one_struct),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
