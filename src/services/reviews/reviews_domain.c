/* SPDX-License-Identifier: Apache-2.0
 * The rules of reviews: limits, doubts of moderation, shown names, sums of stars. Called by the
 * verbs; must never read or write anything. */
#include "services/reviews/reviews_domain.h"

#include "base/utf8.h"

#define REPEATS 6   /* of one character in a row are a doubt */
#define CAPITALS 15 /* letters from which capitals only are shouting */
#define IMAGE_MAX 200

const char *const reviews_status_names[REVIEWS_STATUSES_N + 1] = { "published", "pending",
    "rejected", NULL };
const char *const reviews_doubt_names[REVIEWS_DOUBTS_N + 1] = { "none", "link", "repeated",
    "shouting", "word", NULL };
const char *const reviews_sort_names[REVIEWS_SORTS_N + 1] = { "helpful", "newest", "rating_high",
    "rating_low", NULL };

enum reviews_status reviews_domain_status(str name)
{
    for (int s = 0; s < REVIEWS_STATUSES_N; s++)
        if (str_eq(name, str_from_c(reviews_status_names[s])))
            return (enum reviews_status)s;
    panic(__FILE__, "unknown status");
}

enum reviews_doubt reviews_domain_doubt_of(str name)
{
    for (int d = 0; d < REVIEWS_DOUBTS_N; d++)
        if (str_eq(name, str_from_c(reviews_doubt_names[d])))
            return (enum reviews_doubt)d;
    return REVIEWS_NO_DOUBT;
}

/* ---- limits ---- */

void reviews_domain_tidy(struct arena *arena, struct reviews_review *r)
{
    str title = str_trim(r->title);
    char *p = arena_alloc(arena, title.n + 1);
    for (size_t i = 0; i < title.n; i++)
        p[i] = title.p[i] == '\n' || title.p[i] == '\t' ? ' ' : title.p[i];
    r->title = (str){ p, title.n };
    r->comment = str_trim(r->comment);
}

static void check_text(struct cx *cx, str pointer, str text, size_t max)
{
    if (text.n > max)
        cx_field(cx, pointer, "too_long", "at most %zu characters", max);
    else if (!utf8_valid(text) || utf8_has_control(text))
        cx_field(cx, pointer, "bad_text", "plain text, without control characters");
}

static bool is_image(str path)
{
    if (!str_starts(path, S("/media/b/")) || path.n > IMAGE_MAX)
        return false;
    str name = str_skip(path, 9);
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.'))
            return false;
    }
    return name.n > 0;
}

err reviews_domain_check(struct cx *cx, const struct reviews_review *in)
{
    if (in->rating < 1 || in->rating > REVIEWS_STARS)
        cx_field(cx, S("/rating"), "not_allowed", "choose one to five stars");
    check_text(cx, S("/title"), in->title, REVIEWS_TITLE_MAX);
    if (in->comment.n == 0)
        cx_field(cx, S("/comment"), "required", "say a few words about it");
    else
        check_text(cx, S("/comment"), in->comment, REVIEWS_COMMENT_MAX);
    if (in->images_n > REVIEWS_IMAGES_MAX)
        cx_field(cx, S("/images"), "too_many", "at most %d pictures", REVIEWS_IMAGES_MAX);
    for (size_t i = 0; i < in->images_n && i < REVIEWS_IMAGES_MAX; i++)
        if (!is_image(in->images[i]))
            cx_field(cx, str_fmt(cx->arena, "/images/%zu", i), "image_unacceptable",
                "must be a picture kept here");
    return cx->fields ? FAIL(cx, ERR_INVALID, "a review beyond its limits") : NULL;
}

/* ---- doubts ---- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool has_ending(str text, str ending)
{
    for (ptrdiff_t at = str_find(text, ending, 0); at >= 0;
         at = str_find(text, ending, (size_t)at + 1)) {
        size_t end = (size_t)at + ending.n;
        bool begins = at > 0 && text.p[at - 1] != ' ' && text.p[at - 1] != '\n';
        if (begins && (end == text.n || !is_letter(text.p[end])))
            return true;
    }
    return false;
}

static bool has_link(str lower)
{
    static const char *const endings[] = { ".com", ".net", ".org", ".info", ".biz", ".shop", ".io",
        ".ru", ".xyz", ".top" };
    if (str_find(lower, S("://"), 0) >= 0 || str_find(lower, S("www."), 0) >= 0)
        return true;
    for (size_t i = 0; i < COUNT(endings); i++)
        if (has_ending(lower, str_from_c(endings[i])))
            return true;
    return false;
}

static bool has_repeats(str text)
{
    int32_t last = -1;
    int run = 0;
    for (int32_t c = utf8_next(&text); c >= 0; c = utf8_next(&text)) {
        run = c == last && c != ' ' && c != '\n' ? run + 1 : 1;
        last = c;
        if (run >= REPEATS)
            return true;
    }
    return false;
}

static bool is_shouted(str text)
{
    size_t capitals = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] >= 'a' && text.p[i] <= 'z')
            return false;
        capitals += is_letter(text.p[i]);
    }
    return capitals >= CAPITALS;
}

/* Whole words, in their folded form. The list is short on purpose: staff decide, not the list. */
static bool has_word(str folded)
{
    static const char *const words[] = { "fuck", "fucking", "shit", "bullshit", "asshole", "bitch",
        "bastard", "cunt", "dickhead", "wanker", "slut", "whore", "viagra", "cialis", "casino",
        "porn", "whatsapp", "telegram" };
    size_t from = 0;
    for (size_t i = 0; i <= folded.n; i++) {
        if (i < folded.n && is_letter(folded.p[i]))
            continue;
        str word = str_sub(folded, from, i - from);
        for (size_t w = 0; w < COUNT(words); w++)
            if (str_eq(word, str_from_c(words[w])))
                return true;
        from = i + 1;
    }
    return false;
}

enum reviews_doubt reviews_domain_doubt(struct arena *arena, str title, str comment)
{
    str both = str_fmt(arena, STR_F "\n" STR_F, STR_A(title), STR_A(comment));
    if (has_link(str_lower(arena, both)))
        return REVIEWS_LINK;
    if (has_repeats(both))
        return REVIEWS_REPEATED;
    if (is_shouted(comment) || is_shouted(both))
        return REVIEWS_SHOUTING;
    return has_word(utf8_fold(arena, both)) ? REVIEWS_WORD : REVIEWS_NO_DOUBT;
}

/* ---- names ---- */

str reviews_shown_name(struct arena *arena, str name)
{
    str rest = str_trim(name), first = str_cut(&rest, ' ');
    rest = str_trim(rest);
    if (!first.n)
        return S("A customer");
    first = utf8_truncate(first, 40);
    for (ptrdiff_t at = str_find_char(rest, ' ', 0); at >= 0; at = str_find_char(rest, ' ', 0))
        rest = str_skip(rest, (size_t)at + 1);
    if (!rest.n)
        return str_dup(arena, first);
    return str_fmt(arena, STR_F " " STR_F ".", STR_A(first), STR_A(utf8_truncate(rest, 1)));
}

/* ---- sums ---- */

bool reviews_domain_delta(const struct reviews_review *before, const struct reviews_review *after,
    int64_t ret[REVIEWS_STARS])
{
    bool any = false;
    for (int64_t s = 0; s < REVIEWS_STARS; s++) {
        bool was = before && before->status == REVIEWS_PUBLISHED && before->rating == s + 1;
        bool is = after && after->status == REVIEWS_PUBLISHED && after->rating == s + 1;
        ret[s] = is - was;
        any |= ret[s] != 0;
    }
    return any;
}

int64_t reviews_total_count(const struct reviews_total *t)
{
    int64_t n = 0;
    for (int s = 0; s < REVIEWS_STARS; s++)
        n += t->stars[s];
    return n;
}

int64_t reviews_total_sum(const struct reviews_total *t)
{
    int64_t sum = 0;
    for (int s = 0; s < REVIEWS_STARS; s++)
        sum += t->stars[s] * (s + 1);
    return sum;
}

double reviews_total_average(const struct reviews_total *t)
{
    int64_t n = reviews_total_count(t);
    return n ? (double)((reviews_total_sum(t) * 20 + n) / (2 * n)) / 10 : 0;
}

int64_t reviews_total_texts(const struct reviews_total *t, int64_t rating)
{
    int64_t n = 0;
    for (int s = 0; s < REVIEWS_STARS; s++)
        if (rating == 0 || rating == s + 1)
            n += t->stars[s] - t->plain[s];
    return n;
}
