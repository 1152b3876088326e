/* SPDX-License-Identifier: Apache-2.0
 * Spelling: near words of a dictionary, weighed by how slips of the hand go and how common a word
 * is. Called when a search finds little. Must never make one model of another. */
#include <math.h>

#include "base/utf8.h"
#include "platform/text/text_internal.h"

#define POINTS_MAX 32 /* of a word; longer ones are not corrected */
#define WORD_MIN 3    /* bytes */
#define SHORT_MAX 4   /* bytes of words where two edits make another word */
#define RARE_MAX 2    /* documents of a word that may be a slip itself */
#define RARE_TIMES 200
#define SPLIT_PART_MIN 3
#define SPLIT_DOCS_MIN 3

static const struct {
    float swap, near_key, doubled, vowel, other, first; /* costs of edits; first: added */
    float common;                                       /* worth of each doubling of documents */
    float split;                                        /* cost of a missing blank */
    float margin;                                       /* between the best and the next: sure */
} costs = { 0.7F, 0.75F, 0.6F, 0.85F, 1.0F, 0.5F, 0.12F, 1.0F, 0.3F };

/* ---- distance ---- */
static const char *const key_rows[] = { "1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm" };

static bool key_at(int32_t c, int *row, int *column)
{
    for (int r = 0; r < (int)COUNT(key_rows); r++) {
        const char *at = c > 0 && c < 0x80 ? strchr(key_rows[r], (char)c) : NULL;
        if (at) {
            *row = r;
            *column = (int)(at - key_rows[r]);
            return true;
        }
    }
    return false;
}

static bool keys_touch(int32_t a, int32_t b)
{
    int ar, ac, br, bc;
    if (!key_at(a, &ar, &ac) || !key_at(b, &br, &bc))
        return false;
    int rows = br - ar, columns = bc - ac;
    if (rows == 0)
        return columns == 1 || columns == -1;
    return (rows == 1 && (columns == 0 || columns == -1)) ||
           (rows == -1 && (columns == 0 || columns == 1));
}

static bool vowel(int32_t c)
{
    return c > 0 && c < 0x80 && strchr("aeiouy", (char)c) != NULL;
}

static float replace_cost(int32_t a, int32_t b)
{
    if (a == b)
        return 0;
    if (keys_touch(a, b))
        return costs.near_key;
    return vowel(a) && vowel(b) ? costs.vowel : costs.other;
}

/* Of one more letter at i, or one fewer. */
static float extra_cost(const int32_t *s, size_t i)
{
    return i > 0 && s[i] == s[i - 1] ? costs.doubled : costs.other;
}

static size_t points_of(str s, int32_t points[static POINTS_MAX])
{
    size_t n = 0;
    while (s.n > 0) {
        if (n == POINTS_MAX)
            return 0;
        points[n++] = utf8_next(&s);
    }
    return n;
}

static float least(float a, float b)
{
    return a < b ? a : b;
}

float text_distance(str a, str b, float most)
{
    int32_t x[POINTS_MAX], y[POINTS_MAX];
    float rows[3][POINTS_MAX + 1];
    size_t n = points_of(a, x), m = points_of(b, y);
    float *before = rows[0], *last = rows[1], *now = rows[2];

    if (n == 0 || m == 0)
        return most + 1;
    last[0] = 0;
    for (size_t j = 1; j <= m; j++)
        last[j] = last[j - 1] + extra_cost(y, j - 1) + (j == 1 ? costs.first : 0);
    for (size_t i = 1; i <= n; i++) {
        float first = i == 1 ? costs.first : 0;
        float best = now[0] = last[0] + extra_cost(x, i - 1) + first;
        for (size_t j = 1; j <= m; j++) {
            float edge = i == 1 || j == 1 ? costs.first : 0;
            float d =
                last[j - 1] + replace_cost(x[i - 1], y[j - 1]) + (x[i - 1] == y[j - 1] ? 0 : edge);
            d = least(d, last[j] + extra_cost(x, i - 1) + first);
            d = least(d, now[j - 1] + extra_cost(y, j - 1) + (j == 1 ? costs.first : 0));
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
                d = least(d, before[j - 2] + costs.swap);
            now[j] = d;
            best = least(best, d);
        }
        if (best > most && (i < 2 || least(best, costs.swap) > most))
            return most + 1;
        float *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[m] > most ? most + 1 : last[m];
}

/* ---- candidates ---- */
struct candidate {
    str text;
    float score, cost;
    int64_t docs;
};
struct search {
    struct arena *arena;
    str word;
    float most;
    struct candidate best;
    float next; /* score of the runner-up */
};

static bool plain_letters(str word)
{
    for (size_t i = 0; i < word.n; i++)
        if (text_is_digit(word.p[i]) || word.p[i] == '~' || word.p[i] == '=' || word.p[i] == '.')
            return false;
    return word.n >= WORD_MIN && word.n <= TEXT_WORD_MAX;
}

static void candidate_take(struct search *s, struct candidate c)
{
    if (c.score > s->best.score) {
        bool same = plain_letters(s->best.text) && text_distance(c.text, s->best.text, 1) <= 1 &&
                    (str_starts(c.text, s->best.text) || str_starts(s->best.text, c.text));
        if (!same) /* "keyboard" is no rival of "keyboards" */
            s->next = s->best.score;
        c.text = str_dup(s->arena, c.text);
        s->best = c;
    } else if (c.score > s->next && !str_starts(c.text, s->best.text) &&
               !str_starts(s->best.text, c.text)) {
        s->next = c.score;
    }
}

static void each_near(void *to, str token, int64_t docs)
{
    struct search *s = to;
    if (docs <= 0 || !plain_letters(token) || str_eq(token, s->word))
        return;
    float cost = text_distance(s->word, token, s->most);
    if (cost > s->most)
        return;
    float score = costs.common * log2f((float)docs + 1) - cost;
    candidate_take(s, (struct candidate){ token, score, cost, docs });
}

static void split_try(struct search *s, const struct text_dictionary *d)
{
    for (size_t i = SPLIT_PART_MIN; i + SPLIT_PART_MIN <= s->word.n; i++) {
        str a = { s->word.p, i }, b = str_skip(s->word, i);
        if (((unsigned char)b.p[0] & 0xc0) == 0x80)
            continue;
        int64_t docs = d->docs(d->arg, a), other = d->docs(d->arg, b);
        docs = docs < other ? docs : other;
        if (docs < SPLIT_DOCS_MIN)
            continue;
        float score = costs.common * log2f((float)docs + 1) - costs.split;
        str text = str_fmt(s->arena, STR_F " " STR_F, STR_A(a), STR_A(b));
        candidate_take(s, (struct candidate){ text, score, costs.split, docs });
    }
}

/* ---- model numbers ---- */
#define MODEL_MIN 5        /* letters and digits */
#define MODEL_COMMON 0.02F /* in place of costs.common: a rare number is no worse */

static bool has_digit(str word)
{
    for (size_t i = 0; i < word.n; i++)
        if (text_is_digit(word.p[i]))
            return true;
    return false;
}

/* Another digit or letter is another model; another order, one too many or too few, or "o" for 0
 * is a slip. */
static bool is_other_model(str a, str b)
{
    size_t at = 0;
    if (a.n != b.n)
        return false;
    while (at < a.n && a.p[at] == b.p[at])
        at++;
    return at < a.n && text_is_digit(a.p[at]) == text_is_digit(b.p[at]) &&
           str_eq(str_skip(a, at + 1), str_skip(b, at + 1));
}

static void each_near_model(void *to, str token, int64_t docs)
{
    struct search *s = to;
    if (docs <= 0 || !has_digit(token) || token.n < MODEL_MIN || memchr(token.p, '.', token.n) ||
        str_eq(token, s->word) || is_other_model(token, s->word))
        return;
    float cost = text_distance(s->word, token, s->most);
    if (cost > s->most)
        return;
    float score = MODEL_COMMON * log2f((float)docs + 1) - cost;
    candidate_take(s, (struct candidate){ token, score, cost, docs });
}

/* Letters and digits of it. */
static str model_of(struct arena *arena, const struct text_term *term)
{
    struct buf out = { .arena = arena };
    for (size_t i = 0; i < term->typed.n; i++) {
        char c = term->typed.p[i];
        if (text_is_digit(c) || (c >= 'a' && c <= 'z'))
            buf_char(&out, c);
        else if (c != '-' && c != '.' && c != '/')
            return (str){ 0 };
    }
    return buf_str(&out);
}

/* Documents that any way of the term finds, as far as single tokens tell. */
static int64_t docs_of(const struct text_dictionary *d, const struct text_term *term)
{
    int64_t most = 0;
    for (size_t i = 0; i < term->ways_n; i++) {
        int64_t docs = term->ways[i].n == 1 ? d->docs(d->arg, term->ways[i].tokens[0]) : 0;
        most = docs > most ? docs : most;
    }
    return most;
}

static bool correctable(const struct text_term *term)
{
    return term->kind == TEXT_WORD && !term->excluded && !term->idle && term->ways_n > 0 &&
           term->ways[0].how == TEXT_EXACT && plain_letters(term->typed);
}

/* What the term was meant to be; no text: itself. */
static struct candidate corrected(struct arena *arena, const struct text_dictionary *d,
    const struct text_term *term, bool *sure, bool *known)
{
    int64_t docs = docs_of(d, term);
    *known = docs > 0;
    if (docs > RARE_MAX)
        return (struct candidate){ 0 };
    bool small = term->typed.n <= SHORT_MAX;
    struct search s = { .arena = arena,
        .word = term->typed,
        .most = small ? 1.0F : 2.0F,
        .best = { .score = -1e9F },
        .next = -1e9F };
    d->near(d->arg, term->typed, small ? 1 : 2, each_near, &s);
    if (docs == 0)
        split_try(&s, d);
    if (s.best.text.n == 0 ||
        (docs > 0 && (s.best.cost > costs.other || s.best.docs < RARE_TIMES * docs)))
        return (struct candidate){ 0 };
    *sure = docs == 0 && s.best.score - s.next >= costs.margin;
    return s.best;
}

static struct candidate corrected_model(struct arena *arena, const struct text_dictionary *d,
    const struct text_term *term, bool *sure, bool *known)
{
    str model = model_of(arena, term);
    *known = docs_of(d, term) > 0;
    if (*known || model.n < MODEL_MIN || model.n > TEXT_WORD_MAX)
        return (struct candidate){ 0 };
    struct search s = { .arena = arena,
        .word = model,
        .most = costs.other,
        .best = { .score = -1e9F },
        .next = -1e9F };
    d->near(d->arg, model, 2, each_near_model, &s);
    *sure = false;
    return s.best;
}

struct text_correction text_correct(struct text *t, struct arena *arena,
    const struct text_dictionary *dictionary, const struct text_query *q)
{
    (void)t;
    struct buf out = { .arena = arena };
    bool any = false, sure = true;
    for (size_t i = 0; i < q->n; i++) {
        const struct text_term *term = &q->terms[i];
        struct candidate c = { 0 };
        bool this_sure = false, known = true;
        if (correctable(term))
            c = corrected(arena, dictionary, term, &this_sure, &known);
        else if (term->kind == TEXT_MODEL && !term->excluded)
            c = corrected_model(arena, dictionary, term, &this_sure, &known);
        if (i > 0 && !text_runs_on(term))
            buf_char(&out, ' ');
        if (term->excluded)
            buf_char(&out, '-');
        str quote = term->kind == TEXT_PHRASE ? S("\"") : S("");
        buf_add(&out, quote);
        buf_add(&out, c.text.n > 0 ? c.text : term->typed);
        buf_add(&out, quote);
        any = any || c.text.n > 0;
        sure = sure && (c.text.n > 0 ? this_sure : known);
    }
    if (!any)
        return (struct text_correction){ 0 };
    /* What was typed is taken over as it came, valid UTF-8 or not. */
    return (struct text_correction){ .text = utf8_repair(arena, buf_str(&out)), .sure = sure };
}
