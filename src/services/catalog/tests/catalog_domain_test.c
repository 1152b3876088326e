/* SPDX-License-Identifier: Apache-2.0
 * Tests of the catalogue's rules, as tables. Run by meson test. Must never need a database. */
#include "services/catalog/catalog_domain.h"

#include "tests/support/check.h"

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

/* ---- codes ---- */

static const struct code_case {
    const char *name;
    str code;
    bool ok;
} sku_cases[] = {
    { "plain", S_INIT("AUR-000123-02"), true },
    { "part number", S_INIT("MK2K3D/A"), true },
    { "a blank inside", S_INIT("XPS 13"), true },
    { "one character", S_INIT("a"), true },
    { "64 characters", S_INIT(TEN TEN TEN TEN TEN TEN "0123"), true },
    { "65 characters", S_INIT(TEN TEN TEN TEN TEN TEN "01234"), false },
    { "empty", S_INIT(""), false },
    { "absent", { 0 }, false },
    { "blank before", S_INIT(" a"), false },
    { "blank after", S_INIT("a "), false },
    { "two blanks", S_INIT("a  b"), false },
    { "tab", S_INIT("a\tb"), false },
    { "umlaut", S_INIT("gr\xc3\xbcn"), false },
    { "NUL", S_INIT("a\0b"), false },
}, gtin_cases[] = {
    { "EAN-13", S_INIT("4006381333931"), true },
    { "wrong check digit", S_INIT("4006381333932"), false },
    { "two digits swapped", S_INIT("4006381339331"), false },
    { "EAN-8", S_INIT("73513537"), true },
    { "UPC-A", S_INIT("036000291452"), true },
    { "GTIN-14", S_INIT("10614141000415"), true },
    { "GTIN-14, wrong", S_INIT("10614141000416"), false },
    { "zeros", S_INIT("0000000000000"), true },
    { "eleven digits", S_INIT("03600029145"), false },
    { "a letter", S_INIT("400638133393X"), false },
    { "empty", S_INIT(""), false },
}, slug_cases[] = {
    { "words", S_INIT("home-and-garden2"), true },
    { "digits", S_INIT("4k"), true },
    { "empty", S_INIT(""), false },
    { "capital", S_INIT("Home"), false },
    { "slash", S_INIT("a/b"), false },
    { "dash before", S_INIT("-a"), false },
    { "dash after", S_INIT("a-"), false },
    { "two dashes", S_INIT("a--b"), false },
    { "80 bytes", S_INIT(TEN TEN TEN TEN TEN TEN TEN TEN), true },
    { "81 bytes", S_INIT(TEN TEN TEN TEN TEN TEN TEN TEN "a"), false },
};

static void codes_are_told_from_others(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sku_cases); i++)
        CASE_INT(sku_cases[i].name, catalog_domain_sku_ok(sku_cases[i].code), sku_cases[i].ok);
    for (size_t i = 0; i < COUNT(gtin_cases); i++)
        CASE_INT(gtin_cases[i].name, catalog_domain_gtin_ok(gtin_cases[i].code), gtin_cases[i].ok);
    for (size_t i = 0; i < COUNT(slug_cases); i++)
        CASE_INT(slug_cases[i].name, catalog_domain_slug_ok(slug_cases[i].code), slug_cases[i].ok);
}

static void every_wrong_check_digit_is_found(void **state)
{
    (void)state;
    char digits[] = "4006381333931";
    for (size_t i = 0; i < 13; i++)
        for (char c = '0'; c <= '9'; c++) {
            char before = digits[i];
            digits[i] = c;
            CHECK_INT(catalog_domain_gtin_ok((str){ digits, 13 }), c == before);
            digits[i] = before;
        }
}

static const struct type_case {
    const char *name;
    str bytes, type;
} type_cases[] = {
    { "PNG", S_INIT("\x89PNG\r\n\x1a\n...."), S_INIT("png") },
    { "JPEG", S_INIT("\xff\xd8\xff\xe0...."), S_INIT("jpg") },
    { "old GIF", S_INIT("GIF87a..."), S_INIT("gif") },
    { "GIF", S_INIT("GIF89a..."), S_INIT("gif") },
    { "WebP", S_INIT("RIFF\1\2\3\4WEBPVP8 "), S_INIT("webp") },
    { "a wave file", S_INIT("RIFF\1\2\3\4WAVEfmt "), { 0 } },
    { "SVG", S_INIT("<svg xmlns="), { 0 } },
    { "HTML", S_INIT("<!doctype html>"), { 0 } },
    { "half a signature", S_INIT("\x89PNG"), { 0 } },
    { "nothing", S_INIT(""), { 0 } },
}, media_cases[] = {
    { "PNG", S_INIT("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.png"),
        S_INIT("image/png") },
    { "JPEG", S_INIT("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.jpg"),
        S_INIT("image/jpeg") },
    { "WebP", S_INIT("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.webp"),
        S_INIT("image/webp") },
    { "GIF", S_INIT("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.gif"),
        S_INIT("image/gif") },
    { "SVG", S_INIT("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.svg"),
        { 0 } },
    { "no ending", S_INIT("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
        { 0 } },
    { "capitals", S_INIT("0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef.png"),
        { 0 } },
    { "a digit less", S_INIT("123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.png"),
        { 0 } },
    { "a path", S_INIT("../../../../etc/passwd"), { 0 } },
    { "nothing", S_INIT(""), { 0 } },
};

static void pictures_are_known_by_their_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(type_cases); i++)
        CASE_STR(
            type_cases[i].name, catalog_domain_image_type(type_cases[i].bytes), type_cases[i].type);
    for (size_t i = 0; i < COUNT(media_cases); i++)
        CASE_STR(media_cases[i].name, catalog_domain_media_type(media_cases[i].bytes),
            media_cases[i].type);
}

static void slugs_come_from_the_first_text_that_has_one(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    static const struct {
        str title, brand, slug;
    } cases[] = {
        { S_INIT("Aurora 15\" Caf\xc3\xa9"), S_INIT("Aurora"), S_INIT("aurora-15-cafe") },
        { S_INIT("\xe6\x9c\xac"), S_INIT("Aurora"), S_INIT("aurora") },
        { S_INIT("\xe6\x9c\xac"), { 0 }, S_INIT("product") },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct catalog_product p = { .title = cases[i].title, .brand = cases[i].brand };
        CHECK_STR(catalog_domain_slug(cx->arena, &p), cases[i].slug);
    }
    check_cx_close(cx);
}

/* ---- limits ---- */

static const struct catalog_variant good_variant = { .sku = S_INIT("A-1") };
static const struct catalog_option long_option[] = { { S_INIT("Size"), S_INIT(HUNDRED "x") } };
static const struct catalog_option empty_option[] = { { S_INIT(""), S_INIT("M") } };
static const struct catalog_variant bad_variants[] = {
    { .sku = S_INIT("A-1") },
    { .sku = S_INIT("A-1") },
    { .sku = S_INIT("A-2"), .ean = S_INIT("4006381333932") },
    { .sku = S_INIT("A-3"), .weight_g = -1 },
    { .sku = S_INIT("A-4"), .weight_g = CATALOG_WEIGHT_G_MAX + 1 },
    { .sku = S_INIT("A-5"), .image = S_INIT("https://elsewhere.example/x.png") },
    { .sku = S_INIT("A-6"), .options = long_option, .options_n = 1 },
    { .sku = S_INIT("A-7"), .options = empty_option, .options_n = 1 },
    { .sku = S_INIT("A 8 ") },
};
static const struct catalog_attribute bad_attributes[] = {
    { S_INIT("ok"), S_INIT("Ok"), CATALOG_TEXT, S_INIT("x"), { NULL, 0 } },
    { S_INIT("ok"), S_INIT("Ok"), CATALOG_TEXT, S_INIT("x"), { NULL, 0 } },
    { S_INIT("Screen Size"), S_INIT("x"), CATALOG_TEXT, S_INIT("x"), { NULL, 0 } },
    { S_INIT("n"), S_INIT("N"), CATALOG_NUMBER, S_INIT("17 in"), { NULL, 0 } },
    { S_INIT("b"), S_INIT("B"), CATALOG_BOOL, S_INIT("yes"), { NULL, 0 } },
    { S_INIT("v"), S_INIT("V"), CATALOG_TEXT, S_INIT(""), { NULL, 0 } },
    { S_INIT("u"), S_INIT("U"), CATALOG_TEXT, S_INIT("x"), S_INIT(TEN TEN "x") },
};
static const str good_image = S_INIT("/media/b/x.png");
static const str bad_images[] = { S_INIT("/ok.png"), S_INIT("//elsewhere.example/x.png"),
    S_INIT("/a b"), S_INIT("/a\"b"), S_INIT("x.png"), S_INIT("") };

/* What is wrong with a product that is good but for `change`: pointers, in order, by blanks. */
struct check_case {
    const char *name;
    void (*change)(struct catalog_product *p);
    const char *faults;
};

#define CHANGE(name, ...)                                                                          \
    static void name(struct catalog_product *p)                                                    \
    {                                                                                              \
        __VA_ARGS__;                                                                               \
    }
CHANGE(nothing, (void)p)
CHANGE(no_title, p->title = S(""))
CHANGE(longest_title, p->title = S(HUNDRED HUNDRED HUNDRED))
CHANGE(long_title, p->title = S(HUNDRED HUNDRED HUNDRED "x"))
CHANGE(broken_title, p->title = S("a\nb"))
CHANGE(bad_utf8, p->title = S("a\xff"))
CHANGE(control, p->description = S("a\x01"))
CHANGE(lines, p->description = S("a\n\tb"))
CHANGE(long_brand, p->brand = S(HUNDRED "x"))
CHANGE(bad_slug, p->slug = S("Not a slug"))
CHANGE(bad_status, p->status = CATALOG_STATUSES_N)
CHANGE(no_variants, p->variants_n = 0)
CHANGE(many_variants, p->variants_n = CATALOG_VARIANTS_MAX + 1)
CHANGE(many_attributes, p->attributes_n = CATALOG_ATTRIBUTES_MAX + 1)
CHANGE(many_images, p->images_n = CATALOG_IMAGES_MAX + 1)
CHANGE(six_stars, p->rating_count = 1, p->rating_sum = 6)
CHANGE(no_stars, p->rating_count = 2, p->rating_sum = 1)
CHANGE(stars_of_nobody, p->rating_sum = 1)
CHANGE(negative_count, p->rating_count = -1, p->rating_sum = -5)
CHANGE(best_and_worst, p->rating_count = 2, p->rating_sum = 6)
CHANGE(old, p->released_ms = INT64_C(-2208988800000))
CHANGE(too_old, p->released_ms = INT64_MIN)
CHANGE(variants, p->variants = bad_variants, p->variants_n = COUNT(bad_variants))
CHANGE(attributes, p->attributes = bad_attributes, p->attributes_n = COUNT(bad_attributes))
CHANGE(images, p->images = bad_images, p->images_n = COUNT(bad_images))
CHANGE(several, p->title = S(""), p->variants_n = 0, p->slug = S("-"))

static const struct check_case check_cases[] = {
    { "nothing", nothing, "" },
    { "no title", no_title, "/title" },
    { "longest title", longest_title, "" },
    { "too long a title", long_title, "/title" },
    { "two lines of title", broken_title, "/title" },
    { "no UTF-8", bad_utf8, "/title" },
    { "control characters", control, "/description" },
    { "lines of description", lines, "" },
    { "brand", long_brand, "/brand" },
    { "slug", bad_slug, "/slug" },
    { "status", bad_status, "/status" },
    { "no variants", no_variants, "/variants" },
    { "too many variants", many_variants, "/variants" },
    { "too many attributes", many_attributes, "/attributes" },
    { "too many images", many_images, "/images" },
    { "six stars", six_stars, "/rating" },
    { "half a star", no_stars, "/rating" },
    { "stars of nobody", stars_of_nobody, "/rating" },
    { "fewer than no ratings", negative_count, "/ratingCount" },
    { "one and five stars", best_and_worst, "" },
    { "a book of 1900", old, "" },
    { "before all", too_old, "/releasedAt" },
    { "variants", variants,
        "/variants/1/sku /variants/2/ean /variants/3/weight /variants/4/weight /variants/5/image "
        "/variants/6/options /variants/7/options /variants/8/sku" },
    { "attributes", attributes,
        "/attributes/1/name /attributes/2/name /attributes/3/value /attributes/4/value "
        "/attributes/5/value /attributes/6/unit" },
    { "images", images, "/images/1 /images/2 /images/3 /images/4 /images/5" },
    { "several at once", several, "/title /slug /variants" },
};

static void every_fault_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(check_cases); i++) {
        const struct check_case *t = &check_cases[i];
        struct cx *cx = check_cx_open();
        struct catalog_product p = { .title = S("Good"),
            .variants = &good_variant,
            .variants_n = 1,
            .images = &good_image,
            .images_n = 1 };
        t->change(&p);
        err e = catalog_domain_check(cx, &p);
        str faults = { "", 0 };
        for (const struct field_error *f = cx->fields; f; f = f->next)
            faults = str_fmt(
                cx->arena, STR_F "%s" STR_F, STR_A(faults), faults.n ? " " : "", STR_A(f->pointer));
        CASE_STR(t->name, faults, str_from_c(t->faults));
        CASE(t->name, e == (t->faults[0] ? &ERR_INVALID : NULL));
        check_cx_close(cx);
    }
}

/* ---- sameness ---- */

static const struct catalog_option digest_options[] = { { S_INIT("Size"), S_INIT("M") } };
static const struct catalog_variant digest_variants[] = {
    { .sku = S_INIT("A-1"), .options = digest_options, .options_n = 1 },
    { .sku = S_INIT("A-2"), .position = 0 },
};
static const struct catalog_variant turned_variants[] = {
    { .sku = S_INIT("A-1"), .options = digest_options, .options_n = 1, .position = 2 },
    { .sku = S_INIT("A-2"), .position = 1 },
};
static const struct catalog_variant same_variants[] = {
    { .sku = S_INIT("A-1"),
        .variant_id = { { 7 } },
        .options = digest_options,
        .options_n = 1,
        .position = 10 },
    { .sku = S_INIT("A-2"), .position = 20 },
};
static const struct catalog_attribute digest_attributes[] = { { S_INIT("a"), S_INIT("bc"),
    CATALOG_TEXT, S_INIT("x"), { NULL, 0 } } };
static const struct catalog_attribute shifted_attributes[] = { { S_INIT("ab"), S_INIT("c"),
    CATALOG_TEXT, S_INIT("x"), { NULL, 0 } } };

/* One member of the first variant is another. */
#define VARIANT(name, ...)                                                                         \
    static const struct catalog_variant name##_variants[] = {                                      \
        { .sku = S_INIT("A-1"), .options = digest_options, .options_n = 1, __VA_ARGS__ },          \
        { .sku = S_INIT("A-2") }                                                                   \
    };                                                                                             \
    CHANGE(name, p->variants = name##_variants)
VARIANT(other_ean, .ean = S_INIT("4006381333931"))
VARIANT(other_image, .image = S_INIT("/x.png"))
VARIANT(other_colour, .colour = S_INIT("Red"))
VARIANT(other_weight, .weight_g = 1)
static const struct catalog_variant sku_variants[] = {
    { .sku = S_INIT("A-9"), .options = digest_options, .options_n = 1 }, { .sku = S_INIT("A-2") }
};
static const struct catalog_variant option_variants[] = { { .sku = S_INIT("A-1") },
    { .sku = S_INIT("A-2"), .options = digest_options, .options_n = 1 } };
CHANGE(other_sku, p->variants = sku_variants)
CHANGE(other_options, p->variants = option_variants)
CHANGE(other_source, p->source = S("x"))
CHANGE(other_slug, p->slug = S("x"))
CHANGE(other_picture, p->picture = S("x"))
CHANGE(other_text, p->description = S("x"))
CHANGE(other_seller_name, p->seller_name = S("x"))
CHANGE(other_title, p->title = S("B"))
CHANGE(title_to_brand, p->title = S("A"), p->brand = S("A"))
CHANGE(other_category, p->category_id.b[3] = 1)
CHANGE(other_seller, p->seller_id.b[3] = 1)
CHANGE(is_prime, p->prime = true)
CHANGE(rated, p->rating_sum = 5, p->rating_count = 1)
CHANGE(one_less, p->variants_n = 1)
CHANGE(turned, p->variants = turned_variants)
CHANGE(shifted, p->attributes = shifted_attributes)
CHANGE(no_attributes, p->attributes_n = 0)
CHANGE(with_image, p->images = &good_image, p->images_n = 1)
CHANGE(released, p->released_ms = 1)
CHANGE(same_ids, p->variants = same_variants)
CHANGE(empty_texts, p->description = S(""), p->picture = S(""))
CHANGE(published, p->status = CATALOG_PUBLISHED)
CHANGE(versioned, p->version = 7, p->created_ms = 1, p->category_label = S("x"))

static const struct digest_case {
    const char *name;
    void (*change)(struct catalog_product *p);
    bool same;
} digest_cases[] = {
    { "nothing", nothing, true },
    { "title", other_title, false },
    { "source", other_source, false },
    { "slug", other_slug, false },
    { "picture", other_picture, false },
    { "description", other_text, false },
    { "name of the seller", other_seller_name, false },
    { "SKU", other_sku, false },
    { "EAN", other_ean, false },
    { "options", other_options, false },
    { "image of a variant", other_image, false },
    { "colour", other_colour, false },
    { "weight", other_weight, false },
    { "brand", title_to_brand, false },
    { "category", other_category, false },
    { "seller", other_seller, false },
    { "prime", is_prime, false },
    { "rating", rated, false },
    { "a variant less", one_less, false },
    { "order of variants", turned, false },
    { "a letter from one text to the next", shifted, false },
    { "attributes", no_attributes, false },
    { "images", with_image, false },
    { "released", released, false },
    { "ids and other positions in the same order", same_ids, true },
    { "empty for absent", empty_texts, true },
    { "status", published, true },
    { "what the store adds", versioned, true },
};

static void digests_differ_when_products_do(void **state)
{
    (void)state;
    const struct catalog_product base = { .title = S("A"),
        .variants = digest_variants,
        .variants_n = 2,
        .attributes = digest_attributes,
        .attributes_n = 1 };
    for (size_t i = 0; i < COUNT(digest_cases); i++) {
        struct catalog_product p = base;
        digest_cases[i].change(&p);
        CASE_INT(digest_cases[i].name, catalog_domain_digest(&p) == catalog_domain_digest(&base),
            digest_cases[i].same);
    }
}

/* ---- variants ---- */

#define ID(n)                                                                                      \
    {                                                                                              \
        {                                                                                          \
            (n)                                                                                    \
        }                                                                                          \
    }
#define VARIANTS_MAX 3
static const struct match_case {
    const char *name;
    struct catalog_stored stored[VARIANTS_MAX];    /* up to the first without a SKU */
    struct catalog_variant variants[VARIANTS_MAX]; /* likewise */
    struct catalog_match want[VARIANTS_MAX];
    bool kept[VARIANTS_MAX];
} match_cases[] = {
    { "all new", .variants = { { .sku = S_INIT("a") }, { .sku = S_INIT("b") } },
        .want = { { .position = 0 }, { .position = 1 } } },
    { "a new one brings its id", .variants = { { .sku = S_INIT("a"), .variant_id = ID(9) } },
        .want = { { .variant_id = ID(9) } } },
    { "by SKU", .stored = { { ID(1), S_INIT("a"), false }, { ID(2), S_INIT("b"), false } },
        .variants = { { .sku = S_INIT("b") }, { .sku = S_INIT("c") }, { .sku = S_INIT("a") } },
        .want = { { ID(2), true, 0 }, { .position = 1 }, { ID(1), true, 2 } },
        .kept = { true, true } },
    { "one is gone", .stored = { { ID(1), S_INIT("a"), false }, { ID(2), S_INIT("b"), false } },
        .variants = { { .sku = S_INIT("b") } }, .want = { { ID(2), true, 0 } },
        .kept = { false, true } },
    { "a new SKU for a stored id", .stored = { { ID(1), S_INIT("a"), false } },
        .variants = { { .sku = S_INIT("z"), .variant_id = ID(1) } }, .want = { { ID(1), true, 0 } },
        .kept = { true } },
    { "the SKU goes before the id",
        .stored = { { ID(1), S_INIT("a"), false }, { ID(2), S_INIT("b"), false } },
        .variants = { { .sku = S_INIT("a"), .variant_id = ID(2) } }, .want = { { ID(1), true, 0 } },
        .kept = { true, false } },
    { "an id that another SKU has taken", .stored = { { ID(1), S_INIT("a"), false } },
        .variants = { { .sku = S_INIT("z"), .variant_id = ID(1) }, { .sku = S_INIT("a") } },
        .want = { { .position = 0 }, { ID(1), true, 1 } }, .kept = { true } },
    { "positions",
        .variants = { { .sku = S_INIT("a"), .position = 30 },
            { .sku = S_INIT("b"), .position = 10 }, { .sku = S_INIT("c"), .position = 30 } },
        .want = { { .position = 1 }, { .position = 0 }, { .position = 2 } } },
};

static void variants_keep_their_ids(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(match_cases); i++) {
        const struct match_case *t = &match_cases[i];
        struct catalog_stored stored[VARIANTS_MAX];
        struct catalog_match got[VARIANTS_MAX];
        size_t stored_n = 0, n = 0;
        for (; stored_n < VARIANTS_MAX && t->stored[stored_n].sku.p; stored_n++)
            stored[stored_n] = t->stored[stored_n];
        while (n < VARIANTS_MAX && t->variants[n].sku.p)
            n++;
        catalog_domain_match(t->variants, n, stored, stored_n, got);
        for (size_t k = 0; k < n; k++) {
            CASE(t->name, id_eq(got[k].variant_id, t->want[k].variant_id));
            CASE_INT(t->name, got[k].stored, t->want[k].stored);
            CASE_INT(t->name, got[k].position, t->want[k].position);
        }
        for (size_t k = 0; k < stored_n; k++)
            CASE_INT(t->name, stored[k].kept, t->kept[k]);
    }
}

/* ---- statuses ---- */

/* Rows: from; columns: to; in the order of the enum. */
static const char *const moves[CATALOG_STATUSES_N] = {
    ".xx.x", /* draft: submitted, published, withdrawn */
    "x.xxx", /* submitted */
    "...xx", /* published: rejected, withdrawn */
    "xxx..", /* rejected */
    "xxx..", /* withdrawn */
};

static void statuses_move_along_the_table(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (int from = 0; from < CATALOG_STATUSES_N; from++)
        for (int to = 0; to < CATALOG_STATUSES_N; to++)
            CHECK_ERR(cx,
                catalog_domain_move(cx, (enum catalog_status)from, (enum catalog_status)to),
                moves[from][to] == 'x' ? NULL : &CATALOG_STATUS_REFUSED);
    check_cx_close(cx);
}

/* ---- the tree ---- */

static void children_stand_behind_their_parents(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    /* in (level, position) order, as the store lists them */
    const struct catalog_category list[] = {
        { .category_id = ID(1), .name = S("A") },
        { .category_id = ID(2), .name = S("B") },
        { .category_id = ID(3), .name = S("C") },
        { .category_id = ID(4), .parent_id = ID(2), .name = S("Ba"), .level = 1 },
        { .category_id = ID(5), .parent_id = ID(1), .name = S("Aa"), .level = 1 },
        { .category_id = ID(6), .parent_id = ID(2), .name = S("Bb"), .level = 1 },
        { .category_id = ID(7), .parent_id = ID(4), .name = S("Bax"), .level = 2 },
    };
    struct catalog_category *tree = catalog_domain_tree(cx->arena, list, COUNT(list));
    str names = { "", 0 };
    for (size_t i = 0; i < COUNT(list); i++)
        names = str_fmt(cx->arena, STR_F STR_F " ", STR_A(names), STR_A(tree[i].name));
    CHECK_STR(names, S("A Aa B Ba Bax Bb C "));
    (void)catalog_domain_tree(cx->arena, list, 0);

    int64_t counts[] = { 1, 10, 100, 1000, 10000, 100000, 1000000 };
    size_t *parents = catalog_domain_parents(cx->arena, list, COUNT(list));
    catalog_domain_roll_up(parents, counts, COUNT(list));
    const int64_t want[] = { 10001, 1101010, 100, 1001000, 10000, 100000, 1000000 };
    for (size_t i = 0; i < COUNT(list); i++)
        CHECK_INT(counts[i], want[i]);
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_told_from_others),
        cmocka_unit_test(every_wrong_check_digit_is_found),
        cmocka_unit_test(pictures_are_known_by_their_bytes),
        cmocka_unit_test(slugs_come_from_the_first_text_that_has_one),
        cmocka_unit_test(every_fault_is_named),
        cmocka_unit_test(digests_differ_when_products_do),
        cmocka_unit_test(variants_keep_their_ids),
        cmocka_unit_test(statuses_move_along_the_table),
        cmocka_unit_test(children_stand_behind_their_parents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
