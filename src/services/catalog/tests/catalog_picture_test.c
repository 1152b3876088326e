/* SPDX-License-Identifier: Apache-2.0
 * The drawn pictures: well formed, small, harmless, the same every time. Run by meson test.
 * Must never look at what a picture shows: people do that, on a contact sheet. */
#include "services/catalog/catalog_picture.h"

#include "tests/support/check.h"

#define DEPTH_MAX 16

static const char *const kinds[] = { "laptop", "phone", "tablet", "monitor", "desktop", "printer",
    "toner", "headphones", "earbuds", "speaker", "camera", "lens", "watch", "tv", "keyboard",
    "mouse", "router", "cable", "drive", "memory", "projector", "phone-case", "bag", "backpack",
    "shirt", "jacket", "dress", "shoe", "boot", "hat", "sunglasses", "ring", "chair", "sofa",
    "lamp", "table", "rug", "pillow", "mug", "pan", "knife", "kettle", "blender", "bottle", "plant",
    "book", "ball", "racket", "bicycle", "tent", "dumbbell", "toy-car", "teddy", "puzzle", "guitar",
    "drill", "hammer", "brush", "soap", "perfume", "vitamin", "food-jar", "coffee", "pet-bowl",
    "box" };
static const char *const colours[] = { "Black", "Natural Titanium", "Navy", "White", "#1f6feb",
    "#ABC", "Deep Forest Green", "" };

/* Attributes: name='value', values without markup. Returns the first byte after them. */
static size_t check_attributes(str s, size_t at)
{
    while (s.p[at] != '>' && s.p[at] != '/') {
        CHECK(s.p[at] == ' ');
        ptrdiff_t equals = str_find_char(s, '=', at);
        CHECK(equals > (ptrdiff_t)at + 1);
        for (size_t i = at + 1; i < (size_t)equals; i++) {
            char c = s.p[i];
            CHECK((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                  (c >= '0' && c <= '9'));
        }
        CHECK(s.p[equals + 1] == '\'');
        ptrdiff_t end = str_find_char(s, '\'', (size_t)equals + 2);
        CHECK(end > 0);
        str value = str_sub(s, (size_t)equals + 2, (size_t)(end - equals) - 2);
        CHECK(str_find_char(value, '<', 0) < 0 && str_find_char(value, '&', 0) < 0);
        CHECK(str_find_char(value, '%', 0) < 0 && str_find_char(value, '$', 0) < 0);
        at = (size_t)end + 1;
    }
    return at;
}

/* Every tag is closed in order, nothing stands between tags, one root. */
static void check_well_formed(str s)
{
    str open[DEPTH_MAX];
    size_t depth = 0, at = 0;
    CHECK(str_starts(s, S("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 400 500'>")));
    while (at < s.n) {
        CHECK(s.p[at] == '<');
        bool close = s.p[at + 1] == '/';
        size_t from = at + 1 + close, n = 0;
        while (s.p[from + n] != ' ' && s.p[from + n] != '>' && s.p[from + n] != '/')
            n++;
        str name = str_sub(s, from, n);
        CHECK(n > 0);
        at = check_attributes(s, from + n);
        if (close) {
            CHECK(depth > 0 && str_eq(open[depth - 1], name));
            depth--;
            CHECK(depth > 0 || at + 1 == s.n);
        } else if (s.p[at] != '/') {
            CHECK(depth < DEPTH_MAX);
            open[depth++] = name;
        } else {
            at++;
        }
        CHECK(s.p[at] == '>');
        at++;
    }
    CHECK(depth == 0);
}

/* Whatever is referred to is there, under an id of this picture. */
static void check_references(struct arena *arena, str s)
{
    for (ptrdiff_t at = str_find(s, S("url(#"), 0); at >= 0;) {
        ptrdiff_t end = str_find_char(s, ')', (size_t)at);
        str name = str_sub(s, (size_t)at + 5, (size_t)(end - at) - 5);
        str want = str_fmt(arena, "Gradient id='" STR_F "'", STR_A(name));
        CHECK(str_find(s, want, 0) > 0);
        at = str_find(s, S("url(#"), (size_t)end);
    }
    for (ptrdiff_t at = str_find(s, S("href="), 0); at >= 0;) {
        CHECK(str_starts(str_skip(s, (size_t)at), S("href='#")));
        ptrdiff_t end = str_find_char(s, '\'', (size_t)at + 6);
        str name = str_sub(s, (size_t)at + 7, (size_t)(end - at) - 7);
        CHECK(str_find(s, str_fmt(arena, " id='" STR_F "'", STR_A(name)), 0) > 0);
        at = str_find(s, S("href="), (size_t)end);
    }
}

static str draw(struct arena *arena, struct catalog_picture picture)
{
    struct buf out = { .arena = arena };
    catalog_picture_svg(&out, picture);
    return buf_str(&out);
}

static void all_pictures_are_small_and_well_formed(void **state)
{
    (void)state;
    struct arena *arena = arena_open(1 << 16);
    for (size_t k = 0; k < COUNT(kinds); k++) {
        for (uint64_t seed = 0; seed < 96; seed++) {
            arena_reset(arena);
            str svg = draw(arena, (struct catalog_picture){ .kind = str_from_c(kinds[k]),
                                      .seed = seed * 1000003,
                                      .colour = str_from_c(colours[seed / 3 % COUNT(colours)]),
                                      .view = (int)(seed % CATALOG_PICTURE_VIEWS) });
            CHECK(svg.n > 500 && svg.n <= CATALOG_PICTURE_BYTES_MAX);
            check_well_formed(svg);
            check_references(arena, svg);
            CHECK(str_find(svg, S("script"), 0) < 0 && str_find(svg, S("<text"), 0) < 0);
        }
    }
    arena_close(arena);
}

static void the_same_picture_has_the_same_bytes(void **state)
{
    (void)state;
    struct arena *arena = arena_open(1 << 18);
    for (size_t k = 0; k < COUNT(kinds); k++) {
        arena_reset(arena);
        struct catalog_picture p = { .kind = str_from_c(kinds[k]), .seed = 42, .colour = S("Red") };
        str first = draw(arena, p), again = draw(arena, p);
        CHECK_STR(again, first);
        p.colour = S("Blue");
        CHECK(!str_eq(draw(arena, p), first));
        p.colour = S("Red");
        p.view = 1;
        CHECK(!str_eq(draw(arena, p), first));
        p.view = 77;
        CHECK(!str_eq(draw(arena, p), S("")));
    }
    arena_close(arena);
}

static void every_kind_is_known_and_listed_once(void **state)
{
    (void)state;
    size_t listed = 0;
    for (str kind; (kind = catalog_picture_kind(listed)).p != NULL; listed++) {
        size_t times = 0;
        for (size_t k = 0; k < COUNT(kinds); k++)
            times += str_eq(kind, str_from_c(kinds[k]));
        CHECK(times == 1);
        CHECK(catalog_picture_known(kind));
    }
    CHECK(listed == COUNT(kinds));
    CHECK(!catalog_picture_known(S("unicorn")));
    CHECK(!catalog_picture_known((str){ NULL, 0 }));
}

static void input_is_never_copied_into_the_picture(void **state)
{
    (void)state;
    static const char *const hostile[] = { "</svg><script>alert(1)</script>", "' onload='x", "&lt;",
        "#12345g", "#", "   ", "red' fill='x", "\xff\xfe", "%s%n$b~v" };
    struct arena *arena = arena_open(1 << 18);
    str plain = draw(arena, (struct catalog_picture){ .kind = S("box"), .seed = 3 });
    for (size_t i = 0; i < COUNT(hostile); i++) {
        str in = str_from_c(hostile[i]);
        str coloured =
            draw(arena, (struct catalog_picture){ .kind = S("box"), .seed = 3, .colour = in });
        CHECK_STR(coloured, plain);
        str unknown = draw(arena, (struct catalog_picture){ .kind = in, .seed = 3, .colour = in });
        check_well_formed(unknown);
        CHECK(str_find(unknown, S("onload"), 0) < 0 && str_find(unknown, S("script"), 0) < 0);
    }
    arena_close(arena);
}

static void names_and_codes_of_colours_are_understood(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
    } same[] = { { "#c4443b", "Red" }, { "#C4443B", "red" }, { " Navy ", "navy" },
        { "#abc", "#aabbcc" }, { "Vivid Coral", "coral" } };
    struct arena *arena = arena_open(1 << 18);
    for (size_t i = 0; i < COUNT(same); i++) {
        struct catalog_picture p = { .kind = S("mug"), .seed = 5, .colour = str_from_c(same[i].a) };
        str a = draw(arena, p);
        p.colour = str_from_c(same[i].b);
        CHECK_STR(a, draw(arena, p));
    }
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_pictures_are_small_and_well_formed),
        cmocka_unit_test(the_same_picture_has_the_same_bytes),
        cmocka_unit_test(every_kind_is_known_and_listed_once),
        cmocka_unit_test(input_is_never_copied_into_the_picture),
        cmocka_unit_test(names_and_codes_of_colours_are_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
