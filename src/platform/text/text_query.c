/* SPDX-License-Identifier: Apache-2.0
 * Typed queries to terms: phrases, excluded words, amounts, models, and for each term the ways it
 * may be written. Called once per search. Must never fail: whatever is typed is read somehow. */
#include "platform/text/text_internal.h"

/* Weights of matches other than the word itself. */
static const float weights[TEXT_HOWS_N] = {
    [TEXT_EXACT] = 1.0F,
    [TEXT_STEM] = 0.7F,
    [TEXT_JOINED] = 0.9F,
    [TEXT_SPLIT] = 0.9F,
    [TEXT_UNIT] = 1.0F,
    [TEXT_SYNONYM] = 0.8F,
    [TEXT_PREFIX] = 0.5F,
};
#define PART_LETTERS 6 /* of a model number that was typed in parts */
#define PARTS_MAX 6    /* of it */
#define MODEL_MIN 5    /* letters and digits of a beginning of a model number */
#define PLURAL 0.95F   /* singular and plural */
#define FORMS_MIN 3    /* bytes of a word that has other forms */
#define PREFIX_MIN 2   /* bytes */
#define PARTS_MIN 3    /* letters of both words that a dash joins to a compound no more */

struct span {
    size_t from, to; /* in the folded text */
};
struct parse {
    struct text *t;
    struct arena *arena;
    struct text_reading how;
    struct text_stems *stems;
    const struct text_synonyms *synonyms;
    struct text_words words;
    struct span quotes[TEXT_TERMS_MAX];
    size_t quotes_n;
    struct text_term terms[TEXT_TERMS_MAX];
    struct text_way ways[TEXT_TERMS_MAX][TEXT_WAYS_MAX];
    size_t n;
};

/* ---- ways ---- */
static bool way_same(const struct text_way *way, const str *tokens, size_t n)
{
    if (way->n != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!str_eq(way->tokens[i], tokens[i]))
            return false;
    return true;
}

static void way_add(struct parse *p, struct text_term *term, enum text_how how, float weight,
    const str *tokens, size_t n)
{
    struct text_way *ways = p->ways[term - p->terms];
    for (size_t i = 0; i < n; i++)
        if (tokens[i].n == 0)
            return;
    for (size_t i = 0; i < term->ways_n; i++) {
        if (!way_same(&ways[i], tokens, n) || (ways[i].how == TEXT_PREFIX) != (how == TEXT_PREFIX))
            continue;
        ways[i].weight = weight > ways[i].weight ? weight : ways[i].weight;
        return;
    }
    if (term->ways_n == TEXT_WAYS_MAX)
        return;
    str *copy = NEW_N(p->arena, n, str);
    for (size_t i = 0; i < n; i++)
        copy[i] = str_dup(p->arena, text_cut(tokens[i], TEXT_WORD_MAX));
    ways[term->ways_n++] = (struct text_way){ how, weight, copy, n };
}

static void way_one(
    struct parse *p, struct text_term *term, enum text_how how, float weight, str token)
{
    way_add(p, term, how, weight, &token, 1);
}

static bool plural_of(str a, str b)
{
    str longer = a.n > b.n ? a : b, shorter = a.n > b.n ? b : a;
    return str_starts(longer, shorter) && (str_eq(str_skip(longer, shorter.n), S("s")) ||
                                              str_eq(str_skip(longer, shorter.n), S("es")));
}

static bool known(const struct parse *p, str token)
{
    const struct text_dictionary *d = p->how.dictionary;
    return d && token.n <= TEXT_WORD_MAX && d->docs(d->arg, token) > 0;
}

/* Without a dictionary anything may be in the index. */
static bool possible(const struct parse *p, str token)
{
    return !p->how.dictionary || known(p, token);
}

static void form_add(
    struct parse *p, struct text_term *term, enum text_how how, float weight, str form)
{
    if (form.n > 0 && possible(p, form))
        way_one(p, term, how, weight, form);
}

/* Takes "es" in the plural: "switches", "boxes". */
static bool hisses(str word)
{
    return str_ends(word, S("s")) || str_ends(word, S("x")) || str_ends(word, S("z")) ||
           str_ends(word, S("ch")) || str_ends(word, S("sh"));
}

/* The word itself, its plural or singular, and what has its stem. */
static void forms_add(
    struct parse *p, struct text_term *term, enum text_how how, float weight, str word)
{
    str stem = str_dup(p->arena, text_stem(p->stems, word));
    enum text_how stemmed = how == TEXT_EXACT ? TEXT_STEM : how;
    way_one(p, term, how, weight, word);
    if (word.n < FORMS_MIN || text_is_digit(word.p[0]))
        return;
    str singular = { word.p, str_ends(word, S("s")) ? word.n - 1 : 0 };
    float other = plural_of(stem, word) ? PLURAL : weights[TEXT_STEM];
    form_add(p, term, stemmed, weight * PLURAL, singular);
    if (!hisses(word))
        form_add(p, term, stemmed, weight * PLURAL, str_cat(p->arena, word, S("s")));
    if (hisses(word))
        form_add(p, term, stemmed, weight * PLURAL, str_cat(p->arena, word, S("es")));
    form_add(p, term, stemmed, weight * other, stem);
    form_add(p, term, stemmed, weight * other, str_cat(p->arena, S("~"), stem));
}

/* "rtx4090" is also "rtx 4090". */
static void seams_add(struct parse *p, struct text_term *term, str word)
{
    str parts[8];
    size_t n = 0;
    for (size_t at = 0; at < word.n;) {
        size_t end = text_seam(word, at);
        if (n == COUNT(parts))
            return;
        parts[n++] = str_sub(word, at, end - at);
        at = end;
    }
    if (n == 2 && !text_is_digit(word.p[0]))
        way_add(p, term, TEXT_SPLIT, weights[TEXT_SPLIT], parts, n);
}

static struct text_term *term_new(struct parse *p, enum text_kind kind, size_t at, size_t n)
{
    if (p->n == TEXT_TERMS_MAX)
        return NULL;
    const struct text_word *first = &p->words.words[at], *last = first + n - 1;
    size_t from = first->from;
    struct text_term *term = &p->terms[p->n++];
    *term = (struct text_term){ .kind = kind,
        .typed = str_sub(p->words.folded, from, last->to - from),
        .ways = p->ways[p->n - 1] };
    bool dash = from > 0 && p->words.folded.p[from - 1] == '-';
    term->excluded = dash && (from == 1 || p->words.folded.p[from - 2] == ' ');
    return term;
}

static void word_term(struct parse *p, size_t at)
{
    const struct text_word *w = &p->words.words[at];
    str number, unit;
    if (w->inch || (w->letters && w->digits && text_amount_split(w->text, &number, &unit))) {
        struct text_term *term = term_new(p, TEXT_NUMBER, at, 1);
        if (!term)
            return;
        str amount =
            w->inch ? text_amount(p->arena, w->text, S("in")) : text_amount(p->arena, number, unit);
        way_one(p, term, TEXT_UNIT, weights[TEXT_UNIT], amount);
        if (!w->inch || amount.n == 0)
            way_one(p, term, TEXT_EXACT, weights[TEXT_EXACT], w->text);
        return;
    }
    enum text_kind kind = !w->digits ? TEXT_WORD : w->letters ? TEXT_MODEL : TEXT_NUMBER;
    struct text_term *term = term_new(p, kind, at, 1);
    if (!term)
        return;
    if (kind == TEXT_WORD && !w->pair) {
        forms_add(p, term, TEXT_EXACT, weights[TEXT_EXACT], w->text);
    } else {
        way_one(p, term, TEXT_EXACT, weights[TEXT_EXACT], w->text);
        if (kind == TEXT_MODEL)
            seams_add(p, term, w->text);
    }
}

/* Words in a row: a phrase in quotes, a model number, "usb-c". */
static struct text_term *row_term(struct parse *p, enum text_kind kind, size_t at, size_t n)
{
    str tokens[TEXT_TERMS_MAX];
    struct buf joined = { .arena = p->arena };
    n = n < TEXT_TERMS_MAX ? n : TEXT_TERMS_MAX;
    struct text_term *term = term_new(p, kind, at, n);
    if (!term)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        tokens[i] = p->words.words[at + i].text;
        buf_add(&joined, tokens[i]);
    }
    way_add(p, term, n == 1 ? TEXT_EXACT : TEXT_SPLIT, weights[TEXT_EXACT], tokens, n);
    if (kind != TEXT_PHRASE)
        way_one(p, term, TEXT_JOINED, weights[TEXT_EXACT], buf_str(&joined));
    return term;
}

/* ---- where terms begin and end ---- */
static bool blank_at(str s, size_t at)
{
    return at >= s.n || s.p[at] == ' ';
}

static void quotes_read(struct parse *p)
{
    str s = p->words.folded;
    for (size_t i = 0; i < s.n && p->quotes_n < COUNT(p->quotes); i++) {
        bool opens = s.p[i] == '"' && (i == 0 || s.p[i - 1] == ' ' || s.p[i - 1] == '-');
        ptrdiff_t end = opens ? str_find_char(s, '"', i + 1) : -1;
        while (end >= 0 && !blank_at(s, (size_t)end + 1))
            end = str_find_char(s, '"', (size_t)end + 1);
        if (end < 0)
            continue;
        p->quotes[p->quotes_n++] = (struct span){ i + 1, (size_t)end };
        i = (size_t)end;
    }
}

/* How many words from `at` are in one pair of quotes; 0: none. */
static size_t quoted(const struct parse *p, size_t at, size_t *ret_from)
{
    for (size_t q = 0; q < p->quotes_n; q++) {
        size_t n = 0;
        while (at + n < p->words.n && p->words.words[at + n].from >= p->quotes[q].from &&
               p->words.words[at + n].from < p->quotes[q].to)
            n++;
        if (n > 0) {
            *ret_from = p->quotes[q].from;
            return n;
        }
    }
    return 0;
}

/* How many words from `at` are one compound: "dv7-1211ea", "usb-c"; but "laptop-bag" are two. */
static size_t compound(const struct parse *p, size_t at)
{
    size_t n = 1;
    bool digits = p->words.words[at].digits;
    for (; at + n < p->words.n; n++) {
        const struct text_word *a = &p->words.words[at + n - 1], *b = a + 1;
        if (!b->glue || b->glue == ',' || b->glue == ':' || b->pair || a->pair || b->glue == '"')
            break;
        digits = digits || b->digits;
        if (!digits && (b->glue == '/' || (a->text.n >= PARTS_MIN && b->text.n >= PARTS_MIN)))
            break;
    }
    return n;
}

static size_t term_read(struct parse *p, size_t at)
{
    const struct text_word *w = &p->words.words[at];
    size_t from = 0, n = quoted(p, at, &from);
    if (n > 0) {
        struct text_term *term = row_term(p, TEXT_PHRASE, at, n);
        str s = p->words.folded;
        if (term && from > 1 && s.p[from - 2] == '-' && (from == 2 || s.p[from - 3] == ' '))
            term->excluded = true;
        return n;
    }
    bool amount = !w->letters && w->digits && !w->inch && at + 1 < p->words.n && !w[1].parted &&
                  text_is_unit(w[1].text);
    n = amount ? 2 : compound(p, at);
    if (n == 1) {
        word_term(p, at);
        return 1;
    }
    bool digits = false;
    for (size_t i = 0; i < n; i++)
        digits = digits || w[i].digits;
    struct text_term *term = row_term(p,
        amount   ? TEXT_NUMBER
        : digits ? TEXT_MODEL
                 : TEXT_WORD,
        at, n);
    if (term && amount)
        way_one(p, term, TEXT_UNIT, weights[TEXT_UNIT], text_amount(p->arena, w->text, w[1].text));
    return n;
}

/* ---- what spans terms ---- */
static bool single(const struct text_term *term)
{
    return !term->excluded && term->kind != TEXT_PHRASE && term->ways_n > 0 &&
           term->ways[0].how == TEXT_EXACT && term->ways[0].n == 1;
}

/* What a term may be of a model number that was typed in parts: "q", "2612", "5650-upna", "4100 w".
 * Absent: it is none. */
static str part_of(struct parse *p, const struct text_term *term)
{
    struct buf out = { .arena = p->arena };
    bool digits = false;
    if (term->excluded || term->kind == TEXT_PHRASE)
        return (str){ 0 };
    for (size_t i = 0; i < term->typed.n; i++) {
        char c = term->typed.p[i];
        digits = digits || text_is_digit(c);
        if (text_is_digit(c) || (c >= 'a' && c <= 'z'))
            buf_char(&out, c);
        else if (c != ' ' && c != '-' && c != '.' && c != '/')
            return (str){ 0 };
    }
    return digits || out.n <= PART_LETTERS ? buf_str(&out) : (str){ 0 };
}

/* Parts of a number that some product has as one: each is satisfied by it. */
static void run_add(struct parse *p, size_t at, size_t n, const str *parts)
{
    str joined = str_join(p->arena, parts + at, n, S(""));
    bool digits = false;
    for (size_t i = 0; i < joined.n; i++)
        digits = digits || text_is_digit(joined.p[i]);
    if (!digits || joined.n > TEXT_WORD_MAX || !possible(p, joined))
        return;
    for (size_t i = at; i < at + n; i++)
        way_one(p, &p->terms[i], TEXT_JOINED, weights[TEXT_JOINED], joined);
}

static void runs_add(struct parse *p)
{
    str parts[TEXT_TERMS_MAX];
    for (size_t i = 0; i < p->n; i++)
        parts[i] = part_of(p, &p->terms[i]);
    for (size_t at = 0; at < p->n; at++)
        for (size_t n = 1; n <= PARTS_MAX && at + n <= p->n && parts[at + n - 1].n; n++)
            if (n > 2 || (n == 2 && !(single(&p->terms[at]) && single(&p->terms[at + 1]))))
                run_add(p, at, n, parts);
}

/* Two words that texts write as one satisfy both: "usb c" is "usbc", "note book" is "notebook". */
static void joins_add(struct parse *p)
{
    for (size_t i = 0; i + 1 < p->n; i++) {
        struct text_term *a = &p->terms[i], *b = a + 1;
        if (!single(a) || !single(b))
            continue;
        str joined = str_cat(p->arena, a->ways[0].tokens[0], b->ways[0].tokens[0]);
        bool likely = b->ways[0].tokens[0].n == 1 || text_is_digit(b->ways[0].tokens[0].p[0]);
        if (joined.n > TEXT_WORD_MAX || (!likely && !known(p, joined)))
            continue;
        way_one(p, a, TEXT_JOINED, weights[TEXT_JOINED], joined);
        way_one(p, b, TEXT_JOINED, weights[TEXT_JOINED], joined);
    }
}

static void synonyms_of(struct parse *p, size_t at, size_t n)
{
    struct buf key = { .arena = p->arena };
    for (size_t i = at; i < at + n; i++) {
        if (!single(&p->terms[i]) && !(n == 1 && !p->terms[i].excluded))
            return;
        if (i > at)
            buf_char(&key, ' ');
        buf_add(
            &key, text_stem(p->stems, n == 1 ? p->terms[i].typed : p->terms[i].ways[0].tokens[0]));
    }
    const struct text_synonym_of *of = map_get(&p->synonyms->keys, buf_str(&key));
    for (size_t s = 0; of && s < of->n; s++) {
        for (size_t i = at; i < at + n; i++) {
            if (of->to[s].n == 1)
                forms_add(p, &p->terms[i], TEXT_SYNONYM, weights[TEXT_SYNONYM], of->to[s].words[0]);
            else
                way_add(p, &p->terms[i], TEXT_SYNONYM, weights[TEXT_SYNONYM], of->to[s].words,
                    of->to[s].n);
        }
    }
}

static void synonyms_add(struct parse *p)
{
    if (!p->synonyms)
        return;
    for (size_t n = p->synonyms->longest; n > 0; n--)
        for (size_t at = 0; at + n <= p->n; at++)
            synonyms_of(p, at, n);
}

/* A model number that nothing has may be the beginning of one: "fa506iu-al019". */
static void model_begun(struct parse *p, struct text_term *term)
{
    str whole = part_of(p, term);
    if (term->kind != TEXT_MODEL || whole.n < MODEL_MIN || whole.n > TEXT_WORD_MAX ||
        known(p, whole))
        return;
    way_one(p, term, TEXT_PREFIX, weights[TEXT_PREFIX], whole);
}

static void prefix_add(struct parse *p)
{
    if (!p->how.begun || p->n == 0)
        return;
    for (size_t i = 0; i < p->n; i++)
        model_begun(p, &p->terms[i]);
    if (p->words.words[p->words.n - 1].to < p->words.folded.n)
        return; /* a blank behind the last word ends it */
    struct text_term *last = &p->terms[p->n - 1];
    if (single(last) && last->ways[0].tokens[0].n >= PREFIX_MIN)
        way_one(p, last, TEXT_PREFIX, weights[TEXT_PREFIX], last->ways[0].tokens[0]);
}

/* Stop words, what stands after "for", and which term names the product. */
static int roles_read(struct parse *p)
{
    const struct text_tongue *tongue = &text_tongues[p->how.language];
    bool beside = false, busy = false;
    int head = -1;
    for (size_t i = 0; i < p->n; i++) {
        struct text_term *term = &p->terms[i];
        if (term->excluded)
            continue;
        term->idle = term->kind == TEXT_WORD && text_listed(tongue->idle, term->typed);
        term->beside = beside;
        beside = beside || (busy && text_listed(tongue->beside, term->typed));
        busy = busy || !term->idle;
        bool names = !term->idle && !term->beside && term->kind == TEXT_WORD;
        bool letter = term->typed.n == 1; /* "usb c" is no c */
        if (names && (head < 0 || (!tongue->head_first && !letter)))
            head = (int)i;
    }
    for (size_t i = 0; !busy && i < p->n; i++)
        p->terms[i].idle = false;
    for (size_t i = 0; head < 0 && i < p->n; i++)
        if (!p->terms[i].excluded && !p->terms[i].idle && p->terms[i].kind != TEXT_PHRASE)
            head = (int)i;
    return head;
}

bool text_runs_on(const struct text_term *term)
{
    const struct text_term *before = term - 1;
    return before->typed.p + before->typed.n == term->typed.p;
}

static str plain_of(const struct parse *p)
{
    struct buf out = { .arena = p->arena };
    for (size_t i = 0; i < p->n; i++) {
        if (i > 0 && !text_runs_on(&p->terms[i]))
            buf_char(&out, ' ');
        if (p->terms[i].excluded)
            buf_char(&out, '-');
        if (p->terms[i].kind == TEXT_PHRASE)
            buf_char(&out, '"');
        buf_add(&out, p->terms[i].typed);
        if (p->terms[i].kind == TEXT_PHRASE)
            buf_char(&out, '"');
    }
    return buf_str(&out);
}

struct text_query text_query_read(
    struct text *t, struct arena *arena, struct text_reading how, str typed)
{
    struct parse *p = NEW(arena, struct parse);
    struct text_synonyms *synonyms = text_synonyms_take(t, how.language);
    *p = (struct parse){ .t = t,
        .arena = arena,
        .how = how,
        .stems = text_stems_take(t, how.language),
        .synonyms = synonyms,
        .words = text_words_of(arena, text_cut(typed, TEXT_QUERY_MAX)) };
    quotes_read(p);
    for (size_t at = 0; at < p->words.n && p->n < TEXT_TERMS_MAX;)
        at += term_read(p, at);
    joins_add(p);
    runs_add(p);
    synonyms_add(p);
    prefix_add(p);
    struct text_query q = { .terms = p->terms,
        .n = p->n,
        .head = roles_read(p),
        .plain = plain_of(p),
        .language = how.language };
    text_stems_give(t, p->stems);
    text_synonyms_give(t, synonyms);
    return q;
}
