/* SPDX-License-Identifier: Apache-2.0
 * The rules of reviews, as tables. Run by meson. */
#include "services/reviews/reviews_domain.h"
#include "tests/support/check.h"

static const struct check_case_row {
    const char *name;
    struct reviews_review in;
    const char *pointer; /* of the first field refused; NULL: none */
} check_cases[] = {
    { "one star", { .rating = 1, .comment = S_INIT("Bad") }, NULL },
    { "five stars", { .rating = 5, .comment = S_INIT("Good"), .title = S_INIT("Yes") }, NULL },
    { "no star", { .rating = 0, .comment = S_INIT("x") }, "/rating" },
    { "six stars", { .rating = 6, .comment = S_INIT("x") }, "/rating" },
    { "below nothing", { .rating = -1, .comment = S_INIT("x") }, "/rating" },
    { "no words", { .rating = 3, .comment = S_INIT(" \n\t ") }, "/comment" },
    { "lines", { .rating = 3, .comment = S_INIT("One\nTwo") }, NULL },
    { "a control character", { .rating = 3, .comment = S_INIT("a\x01z") }, "/comment" },
    { "a control character in the title",
        { .rating = 3, .comment = S_INIT("x"), .title = S_INIT("\x7f") }, "/title" },
};

static void test_check(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(check_cases); i++) {
        const struct check_case_row *c = &check_cases[i];
        struct cx *cx = check_cx_open();
        struct reviews_review in = c->in;
        reviews_domain_tidy(cx->arena, &in);
        err e = reviews_domain_check(cx, &in);
        CASE(c->name, e == (c->pointer ? &ERR_INVALID : NULL));
        if (c->pointer)
            CASE_STR(c->name, cx->fields->pointer, str_from_c(c->pointer));
        check_cx_close(cx);
    }
}

static str many(struct arena *arena, size_t n)
{
    char *p = arena_alloc(arena, n);
    for (size_t i = 0; i < n; i++)
        p[i] = i % 7 == 6 ? ' ' : (char)('a' + (int)(i % 5));
    p[n - 1] = 'z';
    return (str){ p, n };
}

static void test_lengths(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t title, comment;
        const char *pointer;
    } cases[] = {
        { "both at the limit", REVIEWS_TITLE_MAX, REVIEWS_COMMENT_MAX, NULL },
        { "title beyond", REVIEWS_TITLE_MAX + 1, 1, "/title" },
        { "comment beyond", 1, REVIEWS_COMMENT_MAX + 1, "/comment" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cx *cx = check_cx_open();
        struct reviews_review in = { .rating = 4,
            .title = many(cx->arena, cases[i].title),
            .comment = many(cx->arena, cases[i].comment) };
        err e = reviews_domain_check(cx, &in);
        CASE(cases[i].name, e == (cases[i].pointer ? &ERR_INVALID : NULL));
        if (cases[i].pointer)
            CASE_STR(cases[i].name, cx->fields->pointer, str_from_c(cases[i].pointer));
        check_cx_close(cx);
    }
}

static void test_images(void **state)
{
    (void)state;
    static const struct {
        const char *name, *path;
        bool good;
    } cases[] = {
        { "kept here", "/media/b/0123abcd.png", true },
        { "another site", "https://example.org/x.png", false },
        { "no name", "/media/b/", false },
        { "another folder", "/media/b/../p/x.svg", false },
        { "a product's", "/media/p/1/0.svg", false },
        { "markup", "/media/b/x.png\"onload=1", false },
        { "empty", "", false },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cx *cx = check_cx_open();
        str image = str_from_c(cases[i].path);
        struct reviews_review in = {
            .rating = 4, .comment = S("x"), .images = &image, .images_n = 1
        };
        CASE(cases[i].name, reviews_domain_check(cx, &in) == (cases[i].good ? NULL : &ERR_INVALID));
        check_cx_close(cx);
    }
    struct cx *cx = check_cx_open();
    str six[REVIEWS_IMAGES_MAX + 1];
    for (size_t i = 0; i < COUNT(six); i++)
        six[i] = S("/media/b/0123abcd.png");
    struct reviews_review in = {
        .rating = 4, .comment = S("x"), .images = six, .images_n = COUNT(six)
    };
    CHECK_ERR(cx, reviews_domain_check(cx, &in), &ERR_INVALID);
    CHECK_STR(cx->fields->pointer, S("/images"));
    check_cx_close(cx);
}

static const struct {
    const char *name, *title, *comment;
    enum reviews_doubt want;
} doubts[] = {
    { "praise", "Great", "I like it, and it was cheap.", REVIEWS_NO_DOUBT },
    { "a decimal number", "4.5 of 5", "Lasts 3.5 hours. Comes with a case.", REVIEWS_NO_DOUBT },
    { "no blank after a full stop", "", "It is fine.Company is nice too.", REVIEWS_NO_DOUBT },
    { "a web address", "", "See https://example.org/x", REVIEWS_LINK },
    { "without the scheme", "", "go to WWW.example", REVIEWS_LINK },
    { "a bare domain", "", "cheaper at example.com!", REVIEWS_LINK },
    { "in the title", "Example.Shop", "cheaper", REVIEWS_LINK },
    { "a mail address", "", "write to me@example.net", REVIEWS_LINK },
    { "five in a row", "", "Sooooo good!!!!!", REVIEWS_NO_DOUBT },
    { "six in a row", "", "Soooooo good", REVIEWS_REPEATED },
    { "six exclamation marks", "Wow!!!!!!", "good", REVIEWS_REPEATED },
    { "blanks", "", "a        b", REVIEWS_NO_DOUBT },
    { "capitals", "", "THIS IS THE WORST THING EVER", REVIEWS_SHOUTING },
    { "a few capitals", "", "OK, USB-C", REVIEWS_NO_DOUBT },
    { "other scripts", "", "\xD0\x9E\xD1\x87\xD0\xB5\xD0\xBD\xD1\x8C", REVIEWS_NO_DOUBT },
    { "a word of the list", "", "What a shit thing", REVIEWS_WORD },
    { "in another case", "", "What SHIT, really", REVIEWS_WORD },
    { "within a longer word", "", "From Scunthorpe with love", REVIEWS_NO_DOUBT },
};

static void test_doubts(void **state)
{
    (void)state;
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(doubts); i++)
        CASE_INT(doubts[i].name,
            reviews_domain_doubt(
                cx->arena, str_from_c(doubts[i].title), str_from_c(doubts[i].comment)),
            doubts[i].want);
    check_cx_close(cx);
}

static void test_authors(void **state)
{
    (void)state;
    static const struct {
        const char *name, *want;
    } cases[] = {
        { "Ada Lovelace", "Ada L." },
        { "Ada", "Ada" },
        { " Ada  Augusta King ", "Ada K." },
        { "Zo\xC3\xAB \xC3\x96zil", "Zo\xC3\xAB \xC3\x96." },
        { "", "A customer" },
        { "  ", "A customer" },
    };
    struct cx *cx = check_cx_open();
    for (size_t i = 0; i < COUNT(cases); i++)
        CASE_STR(cases[i].name, reviews_shown_name(cx->arena, str_from_c(cases[i].name)),
            str_from_c(cases[i].want));
    check_cx_close(cx);
}

static void test_delta(void **state)
{
    (void)state;
    static const struct reviews_review four = { .rating = 4, .status = REVIEWS_PUBLISHED },
                                       one = { .rating = 1, .status = REVIEWS_PUBLISHED },
                                       hidden = { .rating = 4, .status = REVIEWS_PENDING },
                                       bad = { .rating = 1, .status = REVIEWS_REJECTED };
    static const struct {
        const char *name;
        const struct reviews_review *before, *after;
        int64_t first, fourth;
    } cases[] = {
        { "new", NULL, &four, 0, 1 },
        { "new and pending", NULL, &hidden, 0, 0 },
        { "gone", &four, NULL, 0, -1 },
        { "pending and gone", &hidden, NULL, 0, 0 },
        { "other stars", &four, &one, 1, -1 },
        { "the same stars", &four, &four, 0, 0 },
        { "let through", &hidden, &four, 0, 1 },
        { "taken down", &one, &bad, -1, 0 },
        { "changed while hidden", &hidden, &bad, 0, 0 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t by[REVIEWS_STARS];
        bool any = reviews_domain_delta(cases[i].before, cases[i].after, by);
        CASE(cases[i].name, any == (cases[i].first || cases[i].fourth));
        CASE_INT(cases[i].name, by[0], cases[i].first);
        CASE_INT(cases[i].name, by[3], cases[i].fourth);
    }
}

static void test_totals(void **state)
{
    (void)state;
    struct reviews_total none = { .stars = { 0 } };
    struct reviews_total t = { .stars = { 1, 0, 2, 0, 7 }, .plain = { 1, 0, 0, 0, 5 } };
    CHECK_INT(reviews_total_count(&none), 0);
    CHECK(reviews_total_average(&none) < 0.01);
    CHECK_INT(reviews_total_count(&t), 10);
    CHECK_INT(reviews_total_sum(&t), 42);
    CHECK_INT((int64_t)(reviews_total_average(&t) * 10 + 0.5), 42);
    CHECK_INT(reviews_total_texts(&t, 0), 4);
    CHECK_INT(reviews_total_texts(&t, 5), 2);
    CHECK_INT(reviews_total_texts(&t, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_images),
        cmocka_unit_test(test_doubts),
        cmocka_unit_test(test_authors),
        cmocka_unit_test(test_delta),
        cmocka_unit_test(test_totals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
