/* SPDX-License-Identifier: Apache-2.0
 * Countries from a real file, which this test writes itself after the format's specification
 * (MaxMind DB 2.0): a tree of prefixes, a section of data, and what describes both. Run by meson.
 */
#include "platform/geo/geo.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "platform/file/file.h"
#include "tests/support/check.h"

/* ---- a writer of small files ---- */

#define NODES_MAX 512
#define EMPTY (-1)

struct tree {
    int child[NODES_MAX][2]; /* > 0: a node; EMPTY; below: data at -2 - child */
    int n;
};

/* `bits` leading bits of the address lead to the data. */
static void put(struct tree *t, const uint8_t address[static 16], int bits, int data)
{
    int at = 0;
    for (int i = 0; i < bits; i++) {
        int bit = address[i / 8] >> (7 - i % 8) & 1;
        if (i == bits - 1) {
            t->child[at][bit] = -2 - data;
            return;
        }
        if (t->child[at][bit] == EMPTY) {
            assert_true(t->n < NODES_MAX);
            t->child[t->n][0] = t->child[t->n][1] = EMPTY;
            t->child[at][bit] = t->n++;
        }
        at = t->child[at][bit];
        assert_true(at > 0);
    }
}

static void text(struct buf *out, const char *s)
{
    str v = str_from_c(s);
    assert_true(v.n < 29);
    buf_char(out, (char)(2 << 5 | (int)v.n));
    buf_add(out, v);
}

static void map(struct buf *out, int entries)
{
    buf_char(out, (char)(7 << 5 | entries));
}

static void number(struct buf *out, int type, uint32_t v) /* 5: 16 bits, 6: 32 bits */
{
    int size = type == 5 ? 2 : 4;
    buf_char(out, (char)(type << 5 | size));
    for (int i = size - 1; i >= 0; i--)
        buf_char(out, (char)(v >> (8 * i) & 0xff));
}

static void long_number(struct buf *out, uint32_t v) /* 64 bits: an extended type */
{
    buf_char(out, 4);
    buf_char(out, 9 - 7);
    for (int i = 3; i >= 0; i--)
        buf_char(out, (char)(v >> (8 * i) & 0xff));
}

static int country(struct buf *out, const char *name, const char *code)
{
    int at = (int)out->n;
    map(out, 1);
    text(out, name);
    map(out, 1);
    text(out, "iso_code");
    text(out, code);
    return at;
}

static void describe(struct buf *out, int nodes)
{
    buf_add(out, S("\xab\xcd\xefMaxMind.com"));
    map(out, 9);
    text(out, "binary_format_major_version");
    number(out, 5, 2);
    text(out, "binary_format_minor_version");
    number(out, 5, 0);
    text(out, "build_epoch");
    long_number(out, 1767225600);
    text(out, "database_type");
    text(out, "Test-Country");
    text(out, "description");
    map(out, 1);
    text(out, "en");
    text(out, "made by a test");
    text(out, "ip_version");
    number(out, 5, 6);
    text(out, "languages");
    buf_char(out, 1); /* an array (extended type 11) of one */
    buf_char(out, 11 - 7);
    text(out, "en");
    text(out, "node_count");
    number(out, 6, (uint32_t)nodes);
    text(out, "record_size");
    number(out, 5, 24);
}

static str database(struct cx *cx)
{
    struct tree *t = NEW(cx->arena, struct tree);
    struct buf data = { .arena = cx->arena }, out = { .arena = cx->arena };
    t->child[0][0] = t->child[0][1] = EMPTY;
    t->n = 1;
    int de = country(&data, "country", "DE"), us = country(&data, "country", "US");
    int fr = country(&data, "registered_country", "FR"), odd = country(&data, "country", "long");
    put(t, (uint8_t[16]){ [12] = 203, 0, 113 }, 96 + 24, de); /* IPv4 is below ::/96 */
    put(t, (uint8_t[16]){ [12] = 198, 51, 100 }, 96 + 25, us);
    put(t, (uint8_t[16]){ 0x20, 0x01, 0x0d, 0xb8, 0, 1 }, 48, fr);
    put(t, (uint8_t[16]){ 0x20, 0x01, 0x0d, 0xb8, 0, 2 }, 48, odd);
    for (int i = 0; i < t->n; i++)
        for (int side = 0; side < 2; side++) {
            int c = t->child[i][side];
            int v = c == EMPTY ? t->n : c > 0 ? c : t->n + 16 + (-2 - c);
            for (int shift = 16; shift >= 0; shift -= 8)
                buf_char(&out, (char)(v >> shift & 0xff));
        }
    for (int i = 0; i < 16; i++)
        buf_char(&out, 0);
    buf_add(&out, buf_str(&data));
    describe(&out, t->n);
    return buf_str(&out);
}

static str write_file(struct cx *cx, str bytes)
{
    char *path = NEW_N(cx->arena, 32, char);
    memcpy(path, "/tmp/souk-geo-XXXXXX", 21);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_true(file_put(cx->arena, (struct file_put){ .path = str_from_c(path), .bytes = bytes }));
    return str_from_c(path);
}

/* ---- tests ---- */

static const struct place_case {
    const char *address, *want;
} place_cases[] = {
    { "203.0.113.0", "DE" },
    { "203.0.113.255", "DE" },
    { "203.0.112.255", "" },
    { "203.0.114.0", "" },
    { "198.51.100.127", "US" },
    { "198.51.100.128", "" },
    { "2001:db8:1::7", "FR" }, /* where its owner is registered */
    { "2001:db8:2::7", "" },   /* not two letters */
    { "2001:db8:3::7", "" },
    { "127.0.0.1", "" },
    { "", "" },
    { "shop.example", "" }, /* names are not resolved */
    { "203.0.113.1 ", "" },
};

static void test_countries(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct geo *geo = NULL;
    str path = write_file(cx, database(cx));
    CHECK_ERR(cx, geo_open(cx->arena, cx, path, &geo), NULL);
    for (size_t i = 0; i < COUNT(place_cases); i++) {
        const struct place_case *c = &place_cases[i];
        CASE_STR(
            c->address, geo_country(geo, cx->arena, str_from_c(c->address)), str_from_c(c->want));
    }
    geo_close(geo);
    unlink(str_c(cx->arena, path));
    check_cx_close(cx);
}

static void test_without(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    CHECK(geo_country(NULL, cx->arena, S("203.0.113.0")).n == 0);
    struct geo *geo = NULL;
    CHECK_ERR(cx, geo_open(cx->arena, cx, S("/nowhere/at.mmdb"), &geo), &GEO_UNREADABLE);
    cx_clear(cx);
    str bytes = database(cx);
    const struct {
        const char *name;
        str bytes;
    } broken[] = { { "empty", S("") }, { "no database", S("this is a text and no database") },
        { "its end is missing", str_sub(bytes, 0, bytes.n / 2) } };
    for (size_t i = 0; i < COUNT(broken); i++) {
        str path = write_file(cx, broken[i].bytes);
        CASE(broken[i].name, geo_open(cx->arena, cx, path, &geo) == &GEO_UNREADABLE);
        cx_clear(cx);
        unlink(str_c(cx->arena, path));
    }
    CHECK(geo == NULL);
    geo_close(NULL);
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_countries),
        cmocka_unit_test(test_without),
    };
    return cmocka_run_group_tests_name("geo", tests, NULL, NULL);
}
