/* SPDX-License-Identifier: Apache-2.0
 * Words of texts and queries, and match expressions for both engines. Called when products are put
 * and when queries are read. Must never let a character through that an expression gives a
 * meaning: words are letters and digits, and are quoted besides. */
#include <utf8proc.h>

#include "base/utf8.h"
#include "platform/search/search_internal.h"

#define WORD_MAX 64
#define WORDS_MAX 32 /* of a query */
#define PREFIX_MIN 2 /* bytes of a last word that may be the beginning of another */

static bool is_word(int32_t c)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
    switch ((int)utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return true;
    default: /* marks are gone already, or belong to scripts whose words they part on both sides */
        return false;
    }
}

/* An apostrophe parts no word: "men's" is "mens". */
static bool is_nothing(int32_t c)
{
    return c == '\'' || c == 0x2019 || c == 0xad;
}

static str cut_at(str s, size_t max)
{
    if (s.n <= max)
        return s;
    size_t n = max;
    while (n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
        n--;
    return (str){ s.p, n };
}

/* How many plain letters and digits s begins with; most texts have nothing else in their words. */
static size_t plain_run(str s)
{
    size_t n = 0;
    while (n < s.n && (s.p[n] & 0x80) == 0 && is_word(s.p[n]))
        n++;
    return n;
}

/* Adds a piece of a word of which `word` bytes were met; what is too long is cut. */
static void piece_add(struct buf *out, size_t word, str piece)
{
    if (word == 0 && out->n > 0)
        buf_char(out, ' ');
    if (word < WORD_MAX)
        buf_add(out, piece.n > WORD_MAX - word ? (str){ piece.p, WORD_MAX - word } : piece);
}

str search_words(struct arena *arena, str s, size_t max)
{
    str rest = utf8_fold(arena, cut_at(s, max));
    struct buf out = { .arena = arena };
    (void)buf_room(&out, rest.n + 1);
    size_t word = 0; /* bytes of the one being written */
    while (rest.n > 0) {
        const char *p = rest.p;
        size_t run = plain_run(rest);
        if (run) {
            piece_add(&out, word, (str){ p, run });
            word += run;
            rest = str_skip(rest, run);
            continue;
        }
        int32_t c = utf8_next(&rest);
        if (is_nothing(c))
            continue;
        if (!is_word(c)) {
            word = 0;
            continue;
        }
        size_t n = (size_t)(rest.p - p);
        if (word == 0 && out.n > 0)
            buf_char(&out, ' ');
        if (word + n <= WORD_MAX)
            buf_add(&out, (str){ p, n });
        word += n;
    }
    return buf_str(&out);
}

str search_words_first(str words, size_t n)
{
    size_t at = 0;
    for (; at < words.n; at++) {
        if (words.p[at] == ' ' && --n == 0)
            break;
    }
    return (str){ words.p, at };
}

str search_category_name(str path)
{
    size_t from = path.n;
    while (from > 0 && path.p[from - 1] != '/')
        from--;
    return str_skip(path, from);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Where a letter meets a digit, or s.n. */
static size_t seam(str s, size_t from)
{
    size_t i = from + 1;
    while (i < s.n && is_digit(s.p[i - 1]) == is_digit(s.p[i]))
        i++;
    return i < s.n ? i : s.n;
}

static void parts_add(struct buf *out, str word)
{
    if (seam(word, 0) == word.n)
        return;
    for (size_t at = 0; at < word.n;) {
        size_t end = seam(word, at);
        if (end - at > 1 || is_digit(word.p[at])) {
            buf_char(out, ' ');
            buf_add(out, str_sub(word, at, end - at));
        }
        at = end;
    }
}

static bool has_digit(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (is_digit(s.p[i]))
            return true;
    }
    return false;
}

void search_codes_add(struct buf *out, str s)
{
    while (s.p != NULL) {
        str chunk = str_cut(&s, ' ');
        if (chunk.n < 3 || chunk.n > WORD_MAX || !has_digit(chunk))
            continue;
        str words = search_words(out->arena, chunk, chunk.n);
        bool several = str_find_char(words, ' ', 0) >= 0;
        if (several)
            buf_char(out, ' ');
        for (str rest = words; several && rest.n > 0;)
            buf_add(out, str_cut(&rest, ' '));
        for (str rest = words; rest.n > 0;)
            parts_add(out, str_cut(&rest, ' '));
    }
}

/* ---- expressions ---- */
struct syntax {
    str all, some, prefix;
    char quote;
};
static const struct syntax syntaxes[DB_ENGINES_N] = {
    [DB_SQLITE] = { S_INIT(" AND "), S_INIT(" OR "), S_INIT(" * "), '"' },
    [DB_PG] = { S_INIT(" & "), S_INIT(" | "), S_INIT(":*"), '\'' },
};

/* Words that say nothing when others are there. */
static const str idle_words[] = { S_INIT("a"), S_INIT("an"), S_INIT("and"), S_INIT("at"),
    S_INIT("by"), S_INIT("for"), S_INIT("from"), S_INIT("in"), S_INIT("of"), S_INIT("on"),
    S_INIT("or"), S_INIT("the"), S_INIT("to"), S_INIT("with") };

static bool is_idle(str word)
{
    for (size_t i = 0; i < COUNT(idle_words); i++) {
        if (str_eq(idle_words[i], word))
            return true;
    }
    return false;
}

/* What else a word of a query is called in texts, or for its category. Plurals are found, too. */
static const struct {
    str word, also;
    bool category_only; /* "notebook" alone is ambiguous: it finds no texts with "laptop" */
} synonyms[] = {
    { S_INIT("aluminium"), S_INIT("aluminum"), false },
    { S_INIT("aluminum"), S_INIT("aluminium"), false },
    { S_INIT("cellphone"), S_INIT("smartphone"), false },
    { S_INIT("color"), S_INIT("colour"), false },
    { S_INIT("colour"), S_INIT("color"), false },
    { S_INIT("couch"), S_INIT("sofa"), false },
    { S_INIT("fridge"), S_INIT("refrigerator"), false },
    { S_INIT("gray"), S_INIT("grey"), false },
    { S_INIT("grey"), S_INIT("gray"), false },
    { S_INIT("laptop"), S_INIT("notebook"), false },
    { S_INIT("notebook"), S_INIT("laptop"), true },
    { S_INIT("ps3"), S_INIT("playstation 3"), false },
    { S_INIT("ps4"), S_INIT("playstation 4"), false },
    { S_INIT("ps5"), S_INIT("playstation 5"), false },
    { S_INIT("sofa"), S_INIT("couch"), false },
    { S_INIT("television"), S_INIT("tv"), false },
    { S_INIT("tv"), S_INIT("television"), false },
};

static str without_s(str word)
{
    return word.n > 2 && word.p[word.n - 1] == 's' ? str_sub(word, 0, word.n - 1) : word;
}

bool search_same_word(str a, str b)
{
    a = without_s(a);
    b = without_s(b);
    if (str_eq(a, b))
        return true;
    str longer = a.n > b.n ? a : b, shorter = a.n > b.n ? b : a; /* "switch", "switches" */
    return longer.n == shorter.n + 1 && longer.p[shorter.n] == 'e' && str_starts(longer, shorter);
}

bool search_has_word(str words, str word)
{
    while (words.n > 0) {
        str typed = str_cut(&words, ' ');
        if (search_same_word(typed, word))
            return true;
        for (size_t i = 0; i < COUNT(synonyms); i++) {
            if (search_same_word(synonyms[i].word, typed) &&
                search_same_word(synonyms[i].also, word))
                return true;
        }
    }
    return false;
}

static void quote(struct buf *out, const struct syntax *syntax, str word)
{
    buf_char(out, syntax->quote);
    buf_add(out, word);
    buf_char(out, syntax->quote);
}

static void also_add(struct buf *out, const struct syntax *syntax, str words)
{
    buf_char(out, '(');
    while (words.n > 0) {
        quote(out, syntax, str_cut(&words, ' '));
        if (words.n > 0)
            buf_add(out, syntax->all);
    }
    buf_char(out, ')');
}

/* "rtx4090" is also "rtx" and "4090": letters and then digits, met once. */
static void word_add(struct buf *out, const struct syntax *syntax, str word, bool prefix)
{
    size_t at = seam(word, 0);
    bool parts = at < word.n && at > 1 && !is_digit(word.p[0]) && seam(word, at) == word.n;
    buf_char(out, '(');
    quote(out, syntax, word);
    if (prefix) {
        buf_add(out, syntax->some);
        quote(out, syntax, word);
        buf_add(out, syntax->prefix);
    }
    if (parts) {
        buf_add(out, syntax->some);
        buf_char(out, '(');
        quote(out, syntax, str_sub(word, 0, at));
        buf_add(out, syntax->all);
        quote(out, syntax, str_skip(word, at));
        buf_char(out, ')');
    }
    for (size_t i = 0; i < COUNT(synonyms); i++) {
        if (synonyms[i].category_only || !search_same_word(synonyms[i].word, word))
            continue;
        buf_add(out, syntax->some);
        also_add(out, syntax, synonyms[i].also);
    }
    buf_char(out, ')');
}

str search_expression(struct arena *arena, enum db_engine engine, str words, enum search_how how)
{
    const struct syntax *syntax = &syntaxes[engine];
    struct buf out = { .arena = arena };
    str list[WORDS_MAX];
    size_t n = 0, busy = 0;

    for (str rest = words; rest.n > 0 && n < WORDS_MAX; n++) {
        list[n] = str_cut(&rest, ' ');
        busy += is_idle(list[n]) ? 0 : 1;
    }
    ASSERT(n > 0);
    for (size_t i = 0; i < n; i++) {
        if (busy > 0 && is_idle(list[i]))
            continue;
        if (out.n > 0)
            buf_add(&out, how == SEARCH_HOW_SOME ? syntax->some : syntax->all);
        bool last = i + 1 == n;
        word_add(&out, syntax, list[i], last && how == SEARCH_HOW_BEGUN && list[i].n >= PREFIX_MIN);
    }
    return buf_str(&out);
}
