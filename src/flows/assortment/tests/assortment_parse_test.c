/* SPDX-License-Identifier: Apache-2.0
 * What reads files, maps and rules: pure, as tables. Run by `./dev test assortment`. */
#include "base/embed.h"
#include "flows/assortment/import_internal.h"
#include "tests/support/check.h"

#define DATA "src/flows/assortment/data/"

/* ---- CSV ---- */

static const struct csv_case {
    const char *name, *record, *want; /* fields joined by '|' */
    const char *why;
    char separator;
} csv_cases[] = {
    { "plain", "a,b,c", "a|b|c" },
    { "empty ones", ",,", "||" },
    { "one", "a", "a" },
    { "quoted", "\"a,b\",c", "a,b|c" },
    { "doubled quotes", "\"say \"\"hi\"\"\",x", "say \"hi\"|x" },
    { "quoted end of line", "\"a\nb\",c", "a\nb|c" },
    { "empty and quoted", "\"\",\"\"", "|" },
    { "inches", "17\" screen,b", "17\" screen|b" },
    { "last is empty", "a,", "a|" },
    { "semicolons", "a,b;\"c;d\"", "a,b|c;d", .separator = ';' },
    { "not closed", "a,\"b", .why = "a quote is not closed" },
    { "behind a quote", "\"a\"b,c", .why = "something stands behind a closing quote" },
};

static void csv_is_read(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(csv_cases); i++) {
        const struct csv_case *c = &csv_cases[i];
        str *fields;
        size_t n;
        const char *why = import_csv_fields(
            cx->arena, str_from_c(c->record), c->separator ? c->separator : ',', &fields, &n);
        CASE_STR(c->name, str_from_c(why), str_from_c(c->why));
        if (!why)
            CASE_STR(c->name, str_join(cx->arena, fields, n, S("|")), str_from_c(c->want));
    }
    check_cx_close(cx);
}

static const struct line_case {
    const char *name, *line;
    bool before, after;
} line_cases[] = {
    { "plain", "a,b", false, false },
    { "opens", "a,\"b", false, true },
    { "opens and closes", "a,\"b\",c", false, false },
    { "goes on", "b,c", true, true },
    { "closes", "b\",c", true, false },
    { "closes and opens", "b\",\"c", true, true },
    { "doubled", "\"a\"\"", false, true },
    { "doubled while open", "b\"\"c", true, true },
    { "inches", "17\" screen,b", false, false },
};

static void csv_knows_when_a_record_goes_on(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(line_cases); i++) {
        struct import_csv_state s = { .quoted = line_cases[i].before };
        import_csv_line(&s, str_from_c(line_cases[i].line), ',');
        CASE_INT(line_cases[i].name, s.quoted, line_cases[i].after);
    }
    CHECK(import_csv_separator(S("a;b;c,d")) == ';');
    CHECK(import_csv_separator(S("a\tb")) == '\t');
    CHECK(import_csv_separator(S("a")) == ',');
}

static void names_are_folded(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    CHECK_STR(import_csv_name(cx->arena, S(" Variant SKU ")), S("variant_sku"));
    CHECK_STR(import_csv_name(cx->arena, S("Body (HTML)")), S("body_html"));
    CHECK_STR(import_csv_name(cx->arena, S("price")), S("price"));
    check_cx_close(cx);
}

static const struct html_case {
    const char *name, *html, *want;
} html_cases[] = {
    { "plain", "a b", "a b" },
    { "tags", "<b>Warm</b> and <i class=\"x\">dry</i>", "Warm and dry" },
    { "paragraphs", "<p>One</p><p>Two</p>", "One\nTwo" },
    { "list", "<ul><li>One</li> <li>Two</li></ul>", "One\nTwo" },
    { "entities", "Salt &amp; pepper &lt;3 &nbsp;x &unknown; &",
        "Salt & pepper <3  x &unknown; &" },
    { "scripts", "a<script>if (1 < 2) alert(\"x\")</script>b", "ab" },
    { "style", "<style>p { }</style>a", "a" },
    { "less than", "a < b", "a < b" },
    { "cut", "a<b", "a" },
    { "blanks", "  a \n\n b  ", "a b" },
    { "break", "a<br/>b<BR>c", "a\nb\nc" },
};

static void html_becomes_text(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(html_cases); i++)
        CASE_STR(html_cases[i].name, import_html_text(cx->arena, str_from_c(html_cases[i].html)),
            str_from_c(html_cases[i].want));
    check_cx_close(cx);
}

static const struct text_case {
    const char *name, *text, *line, *block;
} text_cases[] = {
    { "plain", " a b ", "a b", "a b" },
    { "controls",
        "a\x01\x02"
        "b\tc",
        "a b c", "a b c" },
    { "lines", "a\nb", "a b", "a\nb" },
    { "a line's end in two characters", "FX-890\\nFX-890A", "FX-890 FX-890A", "FX-890\nFX-890A" },
    { "several of them", "\\n \\n\\n- a\\n", "- a", "- a" },
    { "another backslash", "a\\b\\", "a\\b\\", "a\\b\\" },
};

static void texts_are_cleaned(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(text_cases); i++) {
        const struct text_case *c = &text_cases[i];
        CASE_STR(
            c->name, import_line_text(cx->arena, str_from_c(c->text), 99), str_from_c(c->line));
        CASE_STR(
            c->name, import_block_text(cx->arena, str_from_c(c->text), 99), str_from_c(c->block));
    }
    check_cx_close(cx);
}

/* ---- NDJSON and maps ---- */

static const struct row_case {
    const char *name, *json, *why;
} row_cases[] = {
    { "good", "{\"id\":\"1\",\"title\":\"T\",\"price\":100}" },
    { "list first", "[1]", "it is no JSON object" },
    { "cut", "{\"id\":", "it is no JSON object" },
    { "empty object", "{}", "it is no JSON object" },
    { "more behind it", "{\"id\":\"1\"} {}", "it is no JSON object" },
    { "no id", "{\"title\":\"T\",\"price\":100}", "nothing tells it apart: there is no id or SKU" },
    { "no title", "{\"id\":\"1\",\"title\":\" \",\"price\":100}", "there is no title" },
    { "no price", "{\"id\":\"1\",\"title\":\"T\"}", "the price is no amount above zero" },
    { "free", "{\"id\":\"1\",\"title\":\"T\",\"price\":0}", "the price is no amount above zero" },
    { "cents of cents", "{\"id\":\"1\",\"title\":\"T\",\"price\":1.5}",
        "the price is no amount above zero" },
};

static const char *icecat_item(struct cx *cx, const char *json, struct assortment_item *ret)
{
    struct assortment_map map;
    struct map_names names = map_names_new(cx->arena);
    struct import_row row;
    struct map_place place = { .warehouse_id = id_from_name(S("test"), S("warehouse")) };
    CHECK(currency_parse(S("USD"), &place.currency));
    CHECK_ERR(
        cx, assortment_map_parse(cx, S("map"), embedded_find(S(DATA "icecat.map")), &map), NULL);
    const char *why = import_ndjson_row(cx, str_from_c(json), &row);
    return why ? why : assortment_map_row(cx->arena, &map, &names, &row, place, ret);
}

static void rows_are_judged(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(row_cases); i++) {
        struct assortment_item item;
        const char *why = icecat_item(cx, row_cases[i].json, &item);
        CASE_STR(row_cases[i].name, str_from_c(why), str_from_c(row_cases[i].why));
    }
    check_cx_close(cx);
}

static void a_row_becomes_a_product(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct assortment_item item, again;
    const char *json =
        "{\"id\":\"2101957\",\"name\":\"dv7\",\"title\":\" HP\\tdv7 \",\"supplier\":\"HP\","
        "\"ean\":[\"0884420588031\",\"0884420588030\"],\"short_description\":\"Fast\","
        "\"date_released\":\"2008-12-19T00:00:00Z\",\"price\":10995,"
        "\"attr_n_display_diagonal\":17.0,\"attr_t_usb_type\":\"A\",\"attr_b_touchscreen\":false,"
        "\"attr_t_empty\":\"\",\"attr_n_odd\":\"two\",\"attr_t_odd\":\"again\",\"other\":{}}";
    CHECK_STR(str_from_c(icecat_item(cx, json, &item)), (str){ 0 });
    const struct catalog_product *p = &item.product;
    CHECK_STR(p->title, S("HP dv7"));
    CHECK_STR(p->brand, S("HP"));
    CHECK_STR(p->source, S("icecat:2101957"));
    CHECK_INT(p->released_ms, INT64_C(1229644800000));
    CHECK_INT((int64_t)p->variants_n, 1);
    CHECK_STR(p->variants[0].sku, S("IC-2101957"));
    CHECK_STR(p->variants[0].ean, S("0884420588030"));
    CHECK_INT(item.offers[0].price.minor, 10995);
    CHECK(item.stock_once && item.offers[0].stock_n == 1);
    static const struct catalog_attribute want[] = {
        { S_INIT("model"), S_INIT("Model"), CATALOG_TEXT, S_INIT("dv7") },
        { S_INIT("display_diagonal"), S_INIT("Display diagonal"), CATALOG_NUMBER, S_INIT("17") },
        { S_INIT("usb_type"), S_INIT("USB type"), CATALOG_TEXT, S_INIT("A") },
        { S_INIT("touchscreen"), S_INIT("Touchscreen"), CATALOG_BOOL, S_INIT("false") },
        { S_INIT("odd"), S_INIT("Odd"), CATALOG_TEXT, S_INIT("two") },
    };
    CHECK_INT((int64_t)p->attributes_n, (int64_t)COUNT(want));
    for (size_t i = 0; i < COUNT(want); i++) {
        CHECK_STR(p->attributes[i].name, want[i].name);
        CHECK_STR(p->attributes[i].label, want[i].label);
        CHECK_STR(p->attributes[i].value, want[i].value);
        CHECK_INT(p->attributes[i].kind, want[i].kind);
    }
    CHECK_STR(str_from_c(icecat_item(cx, json, &again)), (str){ 0 });
    CHECK_STR(again.product.source, p->source);
    CHECK_INT(again.offers[0].stock[0].on_hand, item.offers[0].stock[0].on_hand);
    check_cx_close(cx);
}

/* Members of an object. With one more, which is an object, the general parser reads them. */
static const char *const member_cases[] = {
    "\"a\":\"x\"",
    " \"a\" : \"\" , \"b\" :\t\"y\" ",
    "\"a\":\"q\\\"b\\\\s\\/n\\nt\\tz\",\"b\":\"\xc3\xa9\"",
    "\"a\":\"\\u00e9\\ud83d\\ude00\"",
    "\"a\":17.0,\"b\":0.5,\"c\":1.250,\"d\":-3,\"e\":-0.75,\"f\":0,\"g\":0.0",
    "\"a\":-0,\"b\":-0.0,\"c\":1e3,\"d\":1E-7,\"e\":0.0001,\"f\":0.00001",
    "\"a\":123456789012345,\"b\":1234567890123456,\"c\":12345678901234567,\"d\":0.1234567890123456",
    "\"a\":100,\"b\":100.00,\"c\":0.10,\"d\":10.010",
    "\"a\":true,\"b\":false,\"c\":null",
    "\"a\":[],\"b\":[\"x\",2,true,null],\"c\":[ \"y\" ]",
    "\"a\":[[1]],\"b\":{\"c\":1}",
    "\"\":1",
    /* malformed */
    "\"a\":01",
    "\"a\":1.",
    "\"a\":.5",
    "\"a\":+1",
    "\"a\":truer",
    "\"a\":\"x",
    "\"a\":\"\t\"",
    "\"a\":\"\\x\"",
    "\"a\":\"\xff\"",
    "\"a\":[1,]",
    "\"a\":1,",
    "\"a\"",
    "a:1",
    "\"a\":1 \"b\":2",
};

static void flat_rows_read_like_others(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(member_cases); i++) {
        const char *name = member_cases[i];
        struct import_row flat = { .n = 0 }, general = { .n = 0 };
        const char *why = import_ndjson_row(cx, str_fmt(cx->arena, "{%s}\r", name), &flat);
        const char *want =
            import_ndjson_row(cx, str_fmt(cx->arena, "{\"object\":{},%s}", name), &general);
        CASE_STR(name, str_from_c(why), str_from_c(want));
        CASE_INT(name, (int64_t)flat.n, (int64_t)general.n);
        for (size_t k = 0; k < flat.n; k++) {
            CASE_STR(name, flat.cells[k].name, general.cells[k].name);
            CASE_STR(name, flat.cells[k].value, general.cells[k].value);
        }
    }
    check_cx_close(cx);
}

static const struct map_case {
    const char *name, *text, *want; /* what the detail begins with */
} map_cases[] = {
    { "whole", "title = t\nsource = x:{id}\nprice = p minor\n", NULL },
    { "nothing", "", "map:1: there must be a \"title\"" },
    { "unknown target", "# x\ntitel = t\n", "map:2: nobody knows the target \"titel\"" },
    { "no source", "title =\n", "map:1: a line is TARGET = SOURCE, not \"title\"" },
    { "twice", "title = a\ntitle = b\n", "map:2: there twice: \"title\"" },
    { "braces", "title = {a\n", "map:1: an empty, endless or broken source for \"title\"" },
    { "unknown kind", "attributes = a_* word\n", "map:1: text, number or bool, not \"word\"" },
};

static void maps_are_judged(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(map_cases); i++) {
        struct assortment_map map;
        err e = assortment_map_parse(cx, S("map"), str_from_c(map_cases[i].text), &map);
        CASE(map_cases[i].name, (e == NULL) == (map_cases[i].want == NULL));
        if (e)
            CASE_STR(map_cases[i].name, cx->detail, str_from_c(map_cases[i].want));
        cx_clear(cx);
    }
    struct assortment_map csv;
    CHECK_ERR(cx, assortment_map_parse(cx, S("csv"), embedded_find(S(DATA "csv.map")), &csv), NULL);
    check_cx_close(cx);
}

static void codes_are_made(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    CHECK_STR(import_sku(cx->arena, S("A-1")), S("A-1"));
    str made = import_sku(cx->arena, S("Größe 38"));
    CHECK(str_starts(made, S("Gr-e-38-")) || str_starts(made, S("Gr-")));
    CHECK_STR(import_sku(cx->arena, S("Größe 38")), made);
    str a = import_sku(
        cx->arena, S("0123456789012345678901234567890123456789012345678901234567890123a"));
    str b = import_sku(
        cx->arena, S("0123456789012345678901234567890123456789012345678901234567890123b"));
    CHECK(a.n <= 64 && b.n <= 64 && !str_eq(a, b));
    CHECK(import_ean_ok(S("4006381333931")) && import_ean_ok(S("96385074")));
    CHECK(!import_ean_ok(S("4006381333932")) && !import_ean_ok(S("400638133393")));
    CHECK(!import_ean_ok(S("")) && !import_ean_ok(S("4006381333 31")));
    check_cx_close(cx);
}

/* ---- rules ---- */

static const struct title_case {
    const char *title, *brand, *want;
} title_cases[] = {
    { "HP Pavilion dv7-1211ea Notebook Silver 43.2 cm (17\") 1440 x 900 pixels Intel Core 2 Duo",
        "HP", "computers/laptops" },
    { "Targus TCT011EU notebook case 39.6 cm (15.6\") Messenger case Black", "Targus",
        "computers/laptop-bags" },
    { "Origin Storage BTI DL-D600 Laptop Battery", "Origin Storage", "computers/laptop-batteries" },
    { "Xerox 006R90321 toner cartridge Original Black 6 pc(s)", "Xerox", "printing/toner" },
    { "Canon PGI-9G Pigment Green Ink Cartridge Original", "Canon", "printing/ink" },
    { "HP LaserJet 9050dn Printer 600 x 600 DPI", "HP", "printing/printers" },
    { "Tristar PZ-2963 Multifunctional grill pan", "Tristar", "home/kitchen" },
    { "StarTech.com DB9 RS232 Serial Null Modem Adapter - M/F", "StarTech.com", "cables/data" },
    { "C2G 14ft Cat6 550MHz Snagless Patch Cable Green networking cable 4.2 m", "C2G",
        "cables/network" },
    { "StarTech.com Cat5e patch cable with snagless RJ45 connectors - 3 ft, blue", "StarTech.com",
        "cables/network" },
    { "StarTech.com 2 Port Dual DVI USB KVM Switch with Audio", "StarTech.com", "networking/kvm" },
    { "C2G 10m HD15 VGA M/M KVM cable Black", "C2G", "cables/kvm" },
    { "HERMA Labels A4 63.5x38.1 mm gold film glossy 525 pcs.", "HERMA", "office/labels" },
    { "Brother Labelling Tape 9mm", "Brother", "printing/label-tape" },
    { "Philips 42PFL6704D 42\" class Full HD 1080p digital TV LCD TV", "Philips", "tv-audio/tvs" },
    { "ASUS TUF Gaming Z490-PLUS LGA 1200 ATX Intel Z490", "ASUS", "computers/motherboards" },
    { "Kingston Technology ValueRAM 2GB 800MHz DDR2 Non-ECC CL6 SODIMM memory module", "Kingston",
        "storage/memory-modules" },
    { "Canon EF 70-300mm f/4-5.6 IS USM SLR Telephoto lens Black", "Canon", "cameras/lenses" },
    { "Canon Lens Case 300 Gray", "Canon", "cameras/bags-accessories" },
    { "LG 42LD550 TV 106.7 cm (42\") Full HD Black", "LG", "tv-audio/tvs" },
    { "Chief Flat Panel Swing Arm Wall Mount Black", "Chief", "displays/mounts" },
    { "Huawei 51992767 mobile phone case 16.2 cm (6.39\") Cover Yellow", "Huawei", "phones/cases" },
    { "Acer EC.J8700.001 projector lamp 230 W P-VIP", "Acer", "displays/projector-lamps" },
    { "APC Rack PDU, Basic, 1U, 20A, 120V power distribution unit (PDU) Black", "APC",
        "power/pdu" },
    { "HP 3 year Next business day Onsite Designjet 4020 Hardware Support", "HP",
        "computers/warranties" },
    { "BABY born 828328 doll accessory Doll clothes set", "Zapf", "toys/dolls-figures" },
    { "Zzz", "Nobody", "other" },
};

static struct assortment_rules *built_in_rules(struct cx *cx)
{
    struct assortment_rules *rules = NULL;
    CHECK_ERR(cx,
        assortment_rules_parse(cx, S("rules"), embedded_find(S(DATA "categories.rules")), &rules),
        NULL);
    return rules;
}

static void real_titles_find_their_place(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    struct assortment_rules *rules = built_in_rules(cx);
    for (size_t i = 0; i < COUNT(title_cases); i++) {
        struct catalog_product p = { .title = str_from_c(title_cases[i].title),
            .brand = str_from_c(title_cases[i].brand) };
        CASE_STR(title_cases[i].title, assortment_rules_apply(rules, cx->arena, &p),
            str_from_c(title_cases[i].want));
    }
    check_cx_close(cx);
}

#define TREE "[categories]\na | A | box\nz | Z | box\n[rules]\n"
static const struct rules_case {
    const char *name, *text, *title, *want; /* a path, or what the detail says */
} rules_cases[] = {
    { "word", TREE "a | title: red\nz\n", "A Red one", "a" },
    { "not a part of a word", TREE "a | title: red\nz\n", "hundred", "z" },
    { "prefix", TREE "a | title: note*\nz\n", "notebooks", "a" },
    { "phrase", TREE "a | title: hard drive\nz\n", "a hard-drive!", "a" },
    { "phrase in pieces", TREE "a | title: hard drive\nz\n", "hard to drive", "z" },
    { "accents", TREE "a | title: cafe\nz\n", "CAFÉ", "a" },
    { "not", TREE "a | title: red | not title: blue\nz\n", "red blue", "z" },
    { "all conditions", TREE "a | title: red | title: blue\nz\n", "red", "z" },
    { "going on", TREE "a | title: red,\n    blue\nz\n", "blue", "a" },
    { "two letters", TREE "a | title: tv\nz\n", "a TV", "a" },
    { "text", TREE "a | text: secret\nz\n", "open", "a" },
    { "has", TREE "a | has: size\nz\n", "x", "a" },
    { "has not", TREE "a | has: weight\nz\n", "x", "z" },
    { "attribute", TREE "a | attribute size: very large\nz\n", "x", "a" },
    { "brand", TREE "a | brand: acme\nz\n", "x", "a" },
    { "unknown category", TREE "b | title: red\nz\n", "x", "rules:5: not in [categories]: \"b\"" },
    { "no last rule", TREE "a | title: red\n", "x",
        "rules:6: the last rule must have no condition, in \"rules\"" },
    { "unknown place", TREE "a | colour: red\nz\n", "x", "rules:5: nobody knows \"colour\"" },
    { "no colon", TREE "a | red\nz\n", "x", "rules:5: no ':' in \"red\"" },
    { "too short", TREE "a | title: x\nz\n", "x", "rules:5: too short: \"x\"" },
    { "twice", "[categories]\na | A | b\na | A | b\n[rules]\na\n", "x",
        "rules:3: there twice: \"a\"" },
};

static void rules_are_read_and_applied(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    static const struct catalog_attribute size = { .name = S_INIT("size"),
        .value = S_INIT("Very Large") };
    for (size_t i = 0; i < COUNT(rules_cases); i++) {
        const struct rules_case *c = &rules_cases[i];
        struct assortment_rules *rules;
        struct catalog_product p = { .title = str_from_c(c->title),
            .brand = S("Acme Inc."),
            .description = S("A secret."),
            .attributes = &size,
            .attributes_n = 1 };
        err e = assortment_rules_parse(cx, S("rules"), str_from_c(c->text), &rules);
        CASE_STR(c->name, e ? cx->detail : assortment_rules_apply(rules, cx->arena, &p),
            str_from_c(c->want));
        cx_clear(cx);
    }
    check_cx_close(cx);
}

/* Every category has a parent that is listed, and a picture. */
static void the_tree_is_whole(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    size_t n;
    const struct assortment_category *list = assortment_rules_categories(built_in_rules(cx), &n);
    CHECK(n > 60);
    for (size_t i = 0; i < n; i++) {
        bool parent = str_find_char(list[i].path, '/', 0) < 0;
        for (size_t k = 0; k < i && !parent; k++)
            parent = str_starts(list[i].path, str_cat(cx->arena, list[k].path, S("/")));
        CASE(str_c(cx->arena, list[i].path), parent);
        CASE(str_c(cx->arena, list[i].path), list[i].picture.n > 0);
    }
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_is_read),
        cmocka_unit_test(csv_knows_when_a_record_goes_on),
        cmocka_unit_test(names_are_folded),
        cmocka_unit_test(html_becomes_text),
        cmocka_unit_test(texts_are_cleaned),
        cmocka_unit_test(rows_are_judged),
        cmocka_unit_test(flat_rows_read_like_others),
        cmocka_unit_test(a_row_becomes_a_product),
        cmocka_unit_test(maps_are_judged),
        cmocka_unit_test(codes_are_made),
        cmocka_unit_test(real_titles_find_their_place),
        cmocka_unit_test(rules_are_read_and_applied),
        cmocka_unit_test(the_tree_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
