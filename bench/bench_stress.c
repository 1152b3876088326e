/* SPDX-License-Identifier: Apache-2.0
 * Model numbers in the ways that people write them, and typing errors in words of titles: seeded,
 * the same in every run. Called by search-quality; must never know a product by name. */
#include "bench/bench_stress.h"

#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "base/rng.h"

#define MODELS 1500 /* products whose model number is looked for */
#define WORDS 250   /* words of each slip */
#define TITLE_WORDS 4
#define SHARED_MAX 3 /* titles that may have a model number: any of them is right */
#define KNOWN_MIN 3  /* titles that have a word */
#define TEXT_MAX 120

struct stress {
    struct bench *b;
    const struct stress_shop *shop;
    struct rng rng;
    struct map counts; /* squeezed words of titles -> number of titles */
};
struct tally {
    double asked, first, ten, none;
};

/* ---- words ---- */
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}
static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

/* Small letters and digits alone. */
static str squeeze(struct arena *arena, str word)
{
    struct buf out = { .arena = arena };
    for (size_t i = 0; i < word.n; i++)
        if (is_letter(word.p[i]) || is_digit(word.p[i]))
            buf_char(&out, lower(word.p[i]));
    return buf_str(&out);
}

static str bare(str word)
{
    while (word.n && !is_letter(word.p[0]) && !is_digit(word.p[0]))
        word = str_skip(word, 1);
    while (word.n && !is_letter(word.p[word.n - 1]) && !is_digit(word.p[word.n - 1]))
        word.n--;
    return word;
}

/* Digits with a unit behind them, or a resolution. */
static bool is_amount(str word)
{
    size_t digits = 0, letters;
    while (digits < word.n && (is_digit(word.p[digits]) || word.p[digits] == '.'))
        digits++;
    for (letters = digits; letters < word.n && is_letter(word.p[letters]);)
        letters++;
    if (digits > 0 && letters == word.n && letters - digits <= 4)
        return true;
    return digits > 0 && letters - digits == 1 && lower(word.p[digits]) == 'x';
}

static bool is_model(str word)
{
    size_t digits = 0, letters = 0;
    for (size_t i = 0; i < word.n; i++) {
        digits += is_digit(word.p[i]);
        letters += is_letter(word.p[i]);
        if (!is_digit(word.p[i]) && !is_letter(word.p[i]) && word.p[i] != '-' && word.p[i] != '.' &&
            word.p[i] != '/')
            return false;
    }
    return letters > 0 && digits > 1 && letters + digits > 4 && word.n <= 20 && !is_amount(word);
}

static bool is_word(str word)
{
    for (size_t i = 0; i < word.n; i++)
        if (!is_letter(word.p[i]))
            return false;
    return word.n >= 5 && word.n <= 20;
}

static uintptr_t titles_with(const struct stress *s, str squeezed)
{
    return (uintptr_t)map_get(&s->counts, squeezed);
}

static void count_words(struct stress *s)
{
    s->counts = map_new(s->b->arena, 100000);
    for (size_t i = 0; i < s->shop->n; i++) {
        struct map own = map_new(s->b->arena, 64);
        for (str rest = s->shop->titles[i]; rest.p;) {
            str key = squeeze(s->b->arena, str_cut(&rest, ' '));
            if (!key.n || map_get(&own, key))
                continue;
            map_put(&own, key, s);
            map_put(&s->counts, key, (void *)(titles_with(s, key) + 1));
        }
    }
}

/* ---- what is right ---- */
enum right { HAS_WORD, HAS_BEGINNING, HAS_ALL, HAS_FORM };

static bool is_right(struct stress *s, enum right right, str title, str wanted)
{
    if (right == HAS_ALL) {
        for (str rest = wanted; rest.p;) {
            str word = squeeze(s->b->arena, str_cut(&rest, ' '));
            if (word.n && !is_right(s, HAS_WORD, title, word))
                return false;
        }
        return true;
    }
    for (str rest = title; rest.p;) {
        str key = squeeze(s->b->arena, str_cut(&rest, ' '));
        bool begins = str_starts(key, wanted) || (right == HAS_FORM && str_starts(wanted, key));
        if (right == HAS_BEGINNING ? begins
            : right == HAS_FORM    ? begins && key.n + 2 >= wanted.n && wanted.n + 2 >= key.n
                                   : str_eq(key, wanted))
            return true;
    }
    return false;
}

static void try(struct stress *s, struct tally *t, str query, enum right right, str wanted)
{
    size_t found[STRESS_DEPTH], n = s->shop->ask(s->shop->arg, query, found), at = 0;
    while (at < n && !is_right(s, right, s->shop->titles[found[at]], wanted))
        at++;
    t->asked++;
    t->first += n > 0 && at == 0;
    t->ten += at < n;
    t->none += n == 0;
}

static void line(const char *name, const struct tally *t)
{
    if (t->asked > 0)
        printf("| %s | %.0f | %.3f | %.3f | %.3f |\n", name, t->asked, t->first / t->asked,
            t->ten / t->asked, t->none / t->asked);
}

static void sum(struct bench *b, const char *name, const struct tally *t, size_t n)
{
    struct tally all = { 0 };
    for (size_t i = 0; i < n; i++) {
        all.asked += t[i].asked;
        all.first += t[i].first;
        all.ten += t[i].ten;
        all.none += t[i].none;
    }
    line(name, &all);
    bench_say(
        b, (struct bench_figure){ name, "rank1", all.first / all.asked, "of-1", 1, "perfect" });
    bench_say(b, (struct bench_figure){ name, "top10", all.ten / all.asked, "of-1", 1, "perfect" });
    bench_say(
        b, (struct bench_figure){ name, "nothing", all.none / all.asked, "of-1", 1, "perfect" });
}

/* ---- ways to write a model number ---- */
static bool border(str m, size_t i)
{
    return i > 0 && is_letter(m.p[i]) != is_letter(m.p[i - 1]) && m.p[i] != '-' &&
           (is_letter(m.p[i]) || is_digit(m.p[i])) &&
           (is_letter(m.p[i - 1]) || is_digit(m.p[i - 1]));
}

/* `at` stands where letters meet digits, `for_mark` for what is neither; "": nothing does. */
static str rewritten(struct stress *s, str m, const char *at, const char *for_mark)
{
    struct buf out = { .arena = s->b->arena };
    for (size_t i = 0; i < m.n; i++) {
        if (border(m, i))
            buf_add(&out, str_from_c(at));
        if (!is_letter(m.p[i]) && !is_digit(m.p[i]))
            buf_add(&out, for_mark ? str_from_c(for_mark) : str_sub(m, i, 1));
        else
            buf_char(&out, m.p[i]);
    }
    return buf_str(&out);
}

static str other_case(struct stress *s, str m)
{
    str out = str_dup(s->b->arena, m);
    char *p = (char *)(uintptr_t)out.p;
    bool small = true;
    for (size_t i = 0; i < m.n; i++)
        small = small && m.p[i] == lower(m.p[i]);
    for (size_t i = 0; i < m.n; i++)
        p[i] = small ? upper(m.p[i]) : lower(m.p[i]);
    return out;
}

/* Blanks, dashes and nothing by chance. */
static str by_chance(struct stress *s, str m)
{
    static const char *const marks[] = { "", " ", "-" };
    struct buf out = { .arena = s->b->arena };
    for (size_t i = 0; i < m.n; i++) {
        bool mark = !is_letter(m.p[i]) && !is_digit(m.p[i]);
        if (border(m, i) || mark)
            buf_add(&out, str_from_c(marks[rng_below(&s->rng, COUNT(marks))]));
        if (!mark)
            buf_char(&out, rng_chance(&s->rng, 500) ? lower(m.p[i]) : upper(m.p[i]));
    }
    return buf_str(&out);
}

/* Without the letters behind the last digits: "dv7-1211" of "dv7-1211ea". Absent: has none. */
static str without_suffix(str m)
{
    size_t n = m.n;
    while (n > 0 && is_letter(m.p[n - 1]))
        n--;
    str cut = bare(str_sub(m, 0, n));
    return n < m.n && m.n - n <= 3 && cut.n >= 4 && !is_amount(cut) ? cut : (str){ 0 };
}

enum way {
    AS_IT_IS,
    CASE,
    GLUED,
    BLANKS,
    PARTED,
    DASHED,
    CHANCE,
    BRAND,
    BEHIND,
    BOTH,
    CUT,
    SLIP,
    WAYS_N
};
static const char *const way_names[WAYS_N] = { "as the title has it", "in the other case",
    "without its marks", "blanks for its marks", "blanks where letters meet digits",
    "dashes where letters meet digits", "blanks, dashes, case by chance", "brand before it",
    "brand behind it", "brand before it, blanks", "without its last letters",
    "brand before it, two letters or digits swapped" };

static str swapped(struct stress *s, str m)
{
    str out = str_dup(s->b->arena, m);
    char *p = (char *)(uintptr_t)out.p;
    for (int tries = 0; tries < 20; tries++) {
        size_t at = 1 + (size_t)rng_below(&s->rng, m.n - 2);
        if (p[at] == p[at + 1] || p[at] == '-' || p[at + 1] == '-')
            continue;
        p[at] = m.p[at + 1];
        p[at + 1] = m.p[at];
        break;
    }
    return out;
}

static str written(struct stress *s, enum way way, str m, str brand)
{
    struct arena *a = s->b->arena;
    bool marked = squeeze(a, m).n < m.n;
    str parted = rewritten(s, m, " ", " ");
    switch (way) {
    case AS_IT_IS:
        return m;
    case CASE:
        return other_case(s, m);
    case GLUED:
        return marked ? rewritten(s, m, "", "") : (str){ 0 };
    case BLANKS:
        return marked ? rewritten(s, m, "", " ") : (str){ 0 };
    case PARTED:
        return parted;
    case DASHED:
        return rewritten(s, m, "-", "-");
    case CHANCE:
        return by_chance(s, m);
    case BRAND:
        return str_fmt(a, STR_F " " STR_F, STR_A(brand), STR_A(m));
    case BEHIND:
        return str_fmt(a, STR_F " " STR_F, STR_A(m), STR_A(brand));
    case BOTH:
        return str_fmt(a, STR_F " " STR_F, STR_A(brand), STR_A(parted));
    case CUT:
        return without_suffix(m);
    case SLIP:
        return str_fmt(a, STR_F " " STR_F, STR_A(brand), STR_A(swapped(s, m)));
    case WAYS_N:
        break;
    }
    return (str){ 0 };
}

static void say_models(struct stress *s)
{
    struct tally of[WAYS_N] = { 0 };
    int64_t left = MODELS;
    for (size_t tries = 0; left > 0 && tries < 20 * MODELS; tries++) {
        str title = s->shop->titles[rng_below(&s->rng, s->shop->n)], model = { 0 };
        str rest = title, brand = str_cut(&rest, ' ');
        while (rest.p && !model.n) {
            str word = bare(str_cut(&rest, ' '));
            if (is_model(word) && titles_with(s, squeeze(s->b->arena, word)) <= SHARED_MAX)
                model = word;
        }
        if (!model.n)
            continue;
        left--;
        for (enum way way = 0; way < WAYS_N; way++) {
            str query = written(s, way, model, brand);
            str wanted = squeeze(s->b->arena, way == CUT ? query : model);
            if (query.n)
                try(s, &of[way], query, way == CUT ? HAS_BEGINNING : HAS_WORD, wanted);
        }
    }
    for (enum way way = 0; way < WAYS_N; way++)
        line(way_names[way], &of[way]);
    sum(s->b, "model-numbers", of, WAYS_N);
}

/* ---- slips ---- */
enum slip { SWAP, DROP, TWICE, NEAR, OTHER, MORE, TWO, SLIPS_N };
static const char *const slip_names[SLIPS_N] = { "two letters swapped", "a letter dropped",
    "a letter twice", "the key beside", "another letter", "a letter too many", "two slips" };

static char key_beside(struct stress *s, char c)
{
    static const char *const rows[] = { "qwertyuiop", "asdfghjkl", "zxcvbnm" };
    for (size_t r = 0; r < COUNT(rows); r++) {
        const char *at = strchr(rows[r], lower(c));
        if (at && at > rows[r] && (!at[1] || rng_chance(&s->rng, 500)))
            return at[-1];
        if (at)
            return at[1];
    }
    return c;
}

static str slipped(struct stress *s, enum slip slip, str word)
{
    char out[TEXT_MAX];
    size_t n = word.n, at = 1 + (size_t)rng_below(&s->rng, n - 2); /* seldom the first letter */
    memcpy(out, word.p, n);
    switch (slip) {
    case SWAP:
        out[at] = word.p[at + 1];
        out[at + 1] = word.p[at];
        break;
    case DROP:
        memmove(out + at, word.p + at + 1, n - at - 1);
        n--;
        break;
    case TWICE:
        memmove(out + at + 1, word.p + at, n - at);
        n++;
        break;
    case NEAR:
        out[at] = key_beside(s, word.p[at]);
        break;
    case OTHER:
        out[at] = (char)('a' + rng_below(&s->rng, 26));
        break;
    case MORE:
        memmove(out + at + 1, word.p + at, n - at);
        out[at] = (char)('a' + rng_below(&s->rng, 26));
        n++;
        break;
    case TWO:
        if (word.n < 8)
            return (str){ 0 };
        return slipped(s, (enum slip)rng_below(&s->rng, TWO),
            slipped(s, (enum slip)rng_below(&s->rng, TWO), word));
    case SLIPS_N:
        break;
    }
    return str_dup(s->b->arena, (str){ out, n });
}

/* A word of the title that enough others have, and a slip that makes no other word of it. */
static bool slip_in(struct stress *s, enum slip slip, str title, str *ret_word, str *ret_slip)
{
    struct arena *a = s->b->arena;
    str words[64];
    size_t n = 0;
    for (str rest = title; rest.p && n < COUNT(words);) {
        str word = str_cut(&rest, ' ');
        if (is_word(word) && titles_with(s, squeeze(a, word)) >= KNOWN_MIN)
            words[n++] = word;
    }
    if (n == 0)
        return false;
    *ret_word = words[rng_below(&s->rng, n)];
    *ret_slip = slipped(s, slip, *ret_word);
    return ret_slip->n && !titles_with(s, squeeze(a, *ret_slip));
}

static str first_words(str title)
{
    str rest = title;
    for (int i = 0; i < TITLE_WORDS && rest.p; i++)
        (void)str_cut(&rest, ' ');
    return rest.p ? str_sub(title, 0, (size_t)(rest.p - title.p) - 1) : title;
}

static void say_slips(struct stress *s, bool alone)
{
    struct tally of[SLIPS_N] = { 0 };
    for (enum slip slip = 0; slip < SLIPS_N; slip++)
        for (size_t tries = 0; of[slip].asked < WORDS && tries < 50 * (size_t)WORDS; tries++) {
            str title = s->shop->titles[rng_below(&s->rng, s->shop->n)], word, bad;
            str start = first_words(title);
            if (!slip_in(s, slip, alone ? title : start, &word, &bad))
                continue;
            if (alone) {
                try(s, &of[slip], bad, HAS_FORM, squeeze(s->b->arena, word));
                continue;
            }
            size_t at = (size_t)(word.p - start.p);
            str query = str_fmt(s->b->arena, STR_F STR_F STR_F, STR_A(str_sub(start, 0, at)),
                STR_A(bad), STR_A(str_skip(start, at + word.n)));
            try(s, &of[slip], query, HAS_ALL, start);
        }
    for (enum slip slip = 0; slip < SLIPS_N; slip++)
        line(slip_names[slip], &of[slip]);
    sum(s->b, alone ? "typos-in-a-word" : "typos-in-titles", of, SLIPS_N);
}

void stress_say(struct bench *b, const struct stress_shop *shop)
{
    struct stress s = { .b = b, .shop = shop, .rng = rng_seeded(11) };
    count_words(&s);
    printf("| written | queries | first | of ten | nothing |\n| --- | --- | --- | --- | --- |\n");
    say_models(&s);
    say_slips(&s, true);
    say_slips(&s, false);
}
