/* SPDX-License-Identifier: Apache-2.0
 * Tokens of texts for an index: words, and at their positions the other forms that they are found
 * by. Called for every text of every product. Must never emit a token longer than TEXT_WORD_MAX. */
#include "platform/text/text_internal.h"

#define PART_LETTERS_MIN 2 /* of a mixed word: "dv" of "dv7" */
#define PART_DIGITS_MIN 3
#define CHUNK_MAX 6 /* words that are also found written together */
#define TAIL_MAX 4  /* bytes of a number that the word before may have swallowed: "cat 6a" */

str text_stem_token(struct arena *arena, struct text_stems *stems, str word)
{
    str stem = text_stem(stems, word);
    if (stem.p == word.p || str_eq(stem, word))
        return (str){ 0 };
    return text_cut(str_cat(arena, S("~"), stem), TEXT_WORD_MAX);
}

bool text_joins(const struct text_words *words, size_t i)
{
    if (i + 1 >= words->n)
        return false;
    const struct text_word *a = &words->words[i], *b = a + 1;
    if (b->parted || a->pair || b->pair || a->digits)
        return false;
    if (b->letters && !b->digits)
        return b->text.n == 1; /* usb c */
    if (a->text.n < 2 || b->inch || b->text.n > TAIL_MAX || !text_is_digit(b->text.p[0]) ||
        memchr(b->text.p, '.', b->text.n))
        return false; /* windows 7, cat 6a; but not what counts or measures: duo 4 GB */
    return b->letters || i + 2 >= words->n || !text_is_unit(b[1].text);
}

static void add(struct text_tokens *out, str token, uint32_t position)
{
    if (token.n == 0)
        return;
    for (size_t i = out->n; i > 0 && out->tokens[i - 1].position == position; i--)
        if (str_eq(out->tokens[i - 1].text, token))
            return;
    if (out->n == out->cap) {
        size_t cap = out->cap ? out->cap * 2 : 64;
        out->tokens = arena_grow(
            out->arena, out->tokens, out->cap * sizeof *out->tokens, cap * sizeof *out->tokens);
        out->cap = cap;
    }
    out->tokens[out->n++] = (struct text_token){ text_cut(token, TEXT_WORD_MAX), position };
}

/* "1211" and "ea" of "1211ea". */
static void parts_add(struct text_tokens *out, str word, uint32_t position)
{
    for (size_t at = 0; at < word.n;) {
        size_t end = text_seam(word, at);
        size_t least = text_is_digit(word.p[at]) ? PART_DIGITS_MIN : PART_LETTERS_MIN;
        if (end - at >= least)
            add(out, str_sub(word, at, end - at), position);
        at = end;
    }
}

static void amount_add(struct text_tokens *out, const struct text_word *w,
    const struct text_word *next, uint32_t position)
{
    str number, unit;
    if (w->inch) {
        add(out, text_amount(out->arena, w->text, S("in")), position);
    } else if (w->letters) {
        if (text_amount_split(w->text, &number, &unit))
            add(out, text_amount(out->arena, number, unit), position);
    } else if (next && !next->parted && text_is_unit(next->text)) {
        add(out, text_amount(out->arena, w->text, next->text), position);
        add(out, str_cat(out->arena, w->text, next->text), position);
    }
}

/* How many words from `at` stand together: "dv7-1211ea", "10/100". */
static size_t chunk_of(const struct text_words *words, size_t at)
{
    size_t n = 1;
    while (at + n < words->n && words->words[at + n].glue && !words->words[at + n].pair)
        n++;
    return n;
}

static void chunk_add(
    struct text_tokens *out, const struct text_words *words, size_t at, size_t n, uint32_t position)
{
    struct buf joined = { .arena = out->arena };
    bool digits = false, slash = false;
    if (n < 2 || n > CHUNK_MAX)
        return;
    for (size_t i = at; i < at + n; i++) {
        digits = digits || words->words[i].digits;
        slash = slash || (i > at && (words->words[i].glue == '/' || words->words[i].glue == ','));
        buf_add(&joined, words->words[i].text);
    }
    if (!slash || digits)
        add(out, buf_str(&joined), position);
}

static void word_add(struct text_tokens *out, struct text_stems *stems,
    const struct text_words *words, size_t i, uint32_t position)
{
    const struct text_word *w = &words->words[i];
    const struct text_word *next = i + 1 < words->n ? w + 1 : NULL;
    add(out, w->text, position);
    if (w->pair)
        return;
    if (!w->digits) {
        add(out, text_stem_token(out->arena, stems, w->text), position);
    } else {
        if (w->letters)
            parts_add(out, w->text, position);
        amount_add(out, w, next, position);
    }
    if (text_joins(words, i))
        add(out, str_cat(out->arena, w->text, w[1].text), position);
}

void text_tokens_add(struct text *t, enum text_language language, str s, struct text_tokens *tokens)
{
    struct text_words words = text_words_of(tokens->arena, s);
    struct text_stems *stems = text_stems_take(t, language);
    size_t chunk = 0, left = 0;
    for (size_t i = 0; i < words.n; i++) {
        uint32_t position = tokens->next + (uint32_t)i;
        if (left == 0) {
            chunk = left = chunk_of(&words, i);
            chunk_add(tokens, &words, i, chunk, position);
        }
        left--;
        word_add(tokens, stems, &words, i, position);
    }
    if (words.n > 0)
        tokens->next += (uint32_t)words.n + TEXT_GAP;
    text_stems_give(t, stems);
}

void text_tokens_add_lead(struct text *t, const struct text_types *types,
    enum text_language language, str title, struct text_tokens *tokens)
{
    struct text_words words = text_words_of(tokens->arena, title);
    struct text_role *roles = NEW_N(tokens->arena, words.n + 1, struct text_role);
    struct text_stems *stems = text_stems_take(t, language);
    text_roles(types, stems, language, &words, roles);
    for (size_t i = 0; i < words.n; i++) {
        const struct text_word *w = &words.words[i];
        uint32_t position = tokens->next + (uint32_t)i;
        if (roles[i].modifier || roles[i].beside || (w->digits && !w->letters))
            continue;
        add(tokens, w->text, position);
        if (!w->digits && !w->pair)
            add(tokens, text_stem_token(tokens->arena, stems, w->text), position);
    }
    if (words.n > 0)
        tokens->next += (uint32_t)words.n + TEXT_GAP;
    text_stems_give(t, stems);
}
