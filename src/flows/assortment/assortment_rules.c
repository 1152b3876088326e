/* SPDX-License-Identifier: Apache-2.0
 * Reads the rules and applies them: every phrase of all rules is looked for once per product, then
 * the rules are asked in order. Called for each row of an import; must never do I/O. */
#include "flows/assortment/assortment_rules.h"

#include <string.h>

#include "base/map.h"
#include "base/utf8.h"

#define CONDITIONS_MAX 8 /* of a rule */
#define PHRASES_MAX 100  /* of a condition */
#define TERMS_MAX 4096
#define BUCKETS 1024 /* power of two */

enum place { IN_TITLE, IN_TEXT, IN_BRAND, IN_ATTRIBUTE, PLACES_N };

/* A phrase in a place, the same one for all rules that ask for it. */
struct term {
    enum place place;
    str attribute; /* of IN_ATTRIBUTE */
    str phrase;    /* folded words; of IN_ATTRIBUTE absent: that there is a value */
    bool prefix;   /* "note*": the last word may go on */
    size_t number;
    struct term *next; /* in its bucket, or of the same attribute */
};
struct condition {
    bool not_any;
    enum place place;
    const size_t *terms;
    size_t n;
};
struct rule {
    str path;
    struct condition conditions[CONDITIONS_MAX];
    size_t n;
};
struct assortment_rules {
    struct assortment_category *categories;
    struct rule *rules;
    size_t categories_n, rules_n, terms_n;
    struct term *buckets[PLACES_N][BUCKETS]; /* by the first three bytes of the phrase */
    struct map attributes;                   /* name -> first term */
    struct map terms;                        /* text of a term -> it */
};

/* ---- folding ---- */

static bool is_word(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

/* " words of the text ": folded, everything else is one blank, one at each end. */
static str words_of(struct arena *arena, str text)
{
    bool plain = true;
    for (size_t i = 0; i < text.n && plain; i++)
        plain = (unsigned char)text.p[i] < 0x80;
    if (!plain)
        text = utf8_fold(arena, text);
    char *p = arena_alloc(arena, text.n + 3);
    size_t n = 0;
    p[n++] = ' ';
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c >= 'A' && c <= 'Z')
            c = (unsigned char)(c - 'A' + 'a');
        if (is_word(c))
            p[n++] = (char)c;
        else if (p[n - 1] != ' ')
            p[n++] = ' ';
    }
    if (p[n - 1] != ' ')
        p[n++] = ' ';
    p[n] = ' '; /* so that three bytes can be read at any word */
    return (str){ p, n };
}

static size_t bucket_of(const char *p)
{
    uint32_t h = (uint32_t)(unsigned char)p[0] << 16 | (uint32_t)(unsigned char)p[1] << 8 |
                 (uint32_t)(unsigned char)p[2];
    return (h * UINT32_C(2654435761) >> 16) & (BUCKETS - 1);
}

/* ---- reading ---- */

struct reading {
    struct cx *cx;
    struct assortment_rules *rules;
    str name;
    int line;
};

static err bad_line(struct reading *r, const char *why, str what)
{
    return FAIL(r->cx, ERR_INVALID, STR_F ":%d: %s \"" STR_F "\"", STR_A(r->name), r->line, why,
        STR_A(what));
}

static err add_category(struct reading *r, str line)
{
    struct assortment_rules *rules = r->rules;
    str path = str_trim(str_cut(&line, '|')), name = str_trim(str_cut(&line, '|'));
    if (!path.n || !name.n)
        return bad_line(r, "a category is PATH | NAME | PICTURE, not", path);
    for (size_t i = 0; i < rules->categories_n; i++)
        if (str_eq(rules->categories[i].path, path))
            return bad_line(r, "there twice:", path);
    rules->categories[rules->categories_n++] =
        (struct assortment_category){ .path = path, .name = name, .picture = str_trim(line) };
    return NULL;
}

static bool known_category(const struct assortment_rules *rules, str path)
{
    for (size_t i = 0; i < rules->categories_n; i++)
        if (str_eq(rules->categories[i].path, path))
            return true;
    return false;
}

static void place_term(struct assortment_rules *rules, struct term *t)
{
    struct term **head;
    if (t->place != IN_ATTRIBUTE) {
        head = &rules->buckets[t->place][bucket_of(t->phrase.p)];
        t->next = *head;
        *head = t;
        return;
    }
    t->next = map_get(&rules->attributes, t->attribute);
    map_put(&rules->attributes, t->attribute, t);
}

/* The number of a term, which is made when it is new. */
static err take_term(struct reading *r, struct term in, str phrase, size_t *ret)
{
    struct assortment_rules *rules = r->rules;
    struct arena *arena = r->cx->arena;
    in.prefix = str_ends(phrase, S("*"));
    str words = words_of(arena, phrase);
    in.phrase = str_sub(words, 1, words.n > 2 ? words.n - 2 : 0);
    if (phrase.n && in.phrase.n < (in.prefix ? 3 : 2))
        return bad_line(r, "too short:", phrase);
    str key = str_fmt(arena, "%d:" STR_F ":" STR_F "%s", (int)in.place, STR_A(in.attribute),
        STR_A(in.phrase), in.prefix ? "*" : "");
    struct term *known = map_get(&rules->terms, key);
    if (!known) {
        if (rules->terms_n == TERMS_MAX)
            return bad_line(r, "too many phrases at", phrase);
        known = NEW(arena, struct term);
        *known = in;
        known->number = rules->terms_n++;
        map_put(&rules->terms, key, known);
        place_term(rules, known);
    }
    *ret = known->number;
    return NULL;
}

/* "title: a, b", "not has: x", "attribute type: y" */
static err take_condition(struct reading *r, str text, struct condition *ret)
{
    struct term in = { .place = IN_TITLE };
    str place = str_trim(str_cut(&text, ':'));
    if (!text.p)
        return bad_line(r, "no ':' in", place);
    if (str_starts(place, S("not "))) {
        ret->not_any = true;
        place = str_trim(str_skip(place, 4));
    }
    bool has = str_eq(place, S("has"));
    if (str_eq(place, S("text")))
        in.place = IN_TEXT;
    else if (str_eq(place, S("brand")))
        in.place = IN_BRAND;
    else if (has || str_starts(place, S("attribute ")))
        in.place = IN_ATTRIBUTE;
    else if (!str_eq(place, S("title")))
        return bad_line(r, "nobody knows", place);
    if (in.place == IN_ATTRIBUTE && !has)
        in.attribute = str_trim(str_skip(place, 10));
    size_t *terms = NEW_N(r->cx->arena, PHRASES_MAX, size_t);
    while (text.p) {
        str phrase = str_trim(str_cut(&text, ','));
        if (ret->n == PHRASES_MAX || !phrase.n)
            return bad_line(r, "too many, or an empty one, in", place);
        if (has)
            in.attribute = phrase;
        err e = take_term(r, in, has ? S("") : phrase, &terms[ret->n++]);
        if (e)
            return e;
    }
    ret->place = in.place;
    ret->terms = terms;
    return NULL;
}

static err add_rule(struct reading *r, str line)
{
    struct rule *rule = &r->rules->rules[r->rules->rules_n++];
    rule->path = str_trim(str_cut(&line, '|'));
    if (!known_category(r->rules, rule->path))
        return bad_line(r, "not in [categories]:", rule->path);
    err e = NULL;
    while (!e && line.p) {
        str text = str_cut(&line, '|');
        if (rule->n == CONDITIONS_MAX)
            return bad_line(r, "too many conditions at", text);
        e = take_condition(r, text, &rule->conditions[rule->n++]);
    }
    return e;
}

static size_t count_lines(str text)
{
    size_t n = 1;
    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '\n';
    return n;
}

/* A line with those behind it that begin with a blank; without comments. */
static str next_line(struct reading *r, str *text)
{
    str line = { NULL, 0 };
    do {
        str part = str_cut(text, '\n');
        r->line++;
        part = str_trim(part);
        if (!part.n || part.p[0] != '#')
            line = line.n ? str_fmt(r->cx->arena, STR_F " " STR_F, STR_A(line), STR_A(part)) : part;
    } while (text->n && text->p[0] == ' ');
    return line;
}

err assortment_rules_parse(struct cx *cx, str name, str text, struct assortment_rules **ret)
{
    struct assortment_rules *rules = NEW(cx->arena, struct assortment_rules);
    size_t lines = count_lines(text);
    rules->categories = NEW_N(cx->arena, lines, struct assortment_category);
    rules->rules = NEW_N(cx->arena, lines, struct rule);
    rules->attributes = map_new(cx->arena, 64);
    rules->terms = map_new(cx->arena, 1024);
    struct reading r = { .cx = cx, .rules = rules, .name = name };
    bool in_rules = false;
    while (text.p) {
        str line = next_line(&r, &text);
        if (!line.n)
            continue;
        err e = NULL;
        if (line.p[0] == '[')
            in_rules = str_eq(line, S("[rules]"));
        else
            e = in_rules ? add_rule(&r, line) : add_category(&r, line);
        if (e)
            return e;
    }
    if (!rules->rules_n || rules->rules[rules->rules_n - 1].n)
        return bad_line(&r, "the last rule must have no condition, in", name);
    *ret = rules;
    return NULL;
}

const struct assortment_category *assortment_rules_categories(
    const struct assortment_rules *rules, size_t *ret_n)
{
    *ret_n = rules->categories_n;
    return rules->categories;
}

/* ---- applying ---- */

/* What was found in one product: a bit a term. */
struct found {
    const struct assortment_rules *rules;
    uint64_t bits[TERMS_MAX / 64];
    bool looked_in_text;
};

static void note(struct found *f, const struct term *t)
{
    f->bits[t->number / 64] |= UINT64_C(1) << (t->number % 64);
}

static bool phrase_at(str words, size_t at, const struct term *t)
{
    str phrase = t->phrase;
    if (words.n - at < phrase.n || memcmp(words.p + at, phrase.p, phrase.n) != 0)
        return false;
    return t->prefix || words.p[at + phrase.n] == ' ';
}

static void look(struct found *f, struct arena *scratch, enum place place, str text)
{
    str words = words_of(scratch, text);
    struct term *const *buckets = f->rules->buckets[place];
    for (size_t at = 1; at < words.n; at++) {
        if (words.p[at - 1] != ' ')
            continue;
        for (const struct term *t = buckets[bucket_of(words.p + at)]; t; t = t->next)
            if (phrase_at(words, at, t))
                note(f, t);
    }
}

static void look_at_attributes(
    struct found *f, struct arena *scratch, const struct catalog_product *p)
{
    for (size_t i = 0; i < p->attributes_n; i++) {
        const struct term *t = map_get(&f->rules->attributes, p->attributes[i].name);
        if (!t)
            continue;
        str words = words_of(scratch, p->attributes[i].value);
        for (; t; t = t->next)
            for (size_t at = 1; at <= words.n; at++)
                if (!t->phrase.n || (words.p[at - 1] == ' ' && phrase_at(words, at, t))) {
                    note(f, t);
                    break;
                }
    }
}

static bool holds(const struct found *f, const struct condition *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (f->bits[c->terms[i] / 64] >> (c->terms[i] % 64) & 1)
            return !c->not_any;
    return c->not_any;
}

str assortment_rules_apply(const struct assortment_rules *rules, struct arena *scratch,
    const struct catalog_product *product)
{
    struct found f = { .rules = rules };
    look(&f, scratch, IN_TITLE, product->title);
    look(&f, scratch, IN_BRAND, product->brand);
    look_at_attributes(&f, scratch, product);
    for (size_t i = 0; i < rules->rules_n; i++) {
        const struct rule *rule = &rules->rules[i];
        bool all = true;
        for (size_t k = 0; all && k < rule->n; k++) {
            if (rule->conditions[k].place == IN_TEXT && !f.looked_in_text) {
                look(&f, scratch, IN_TEXT, product->title);
                look(&f, scratch, IN_TEXT, product->description);
                f.looked_in_text = true;
            }
            all = holds(&f, &rule->conditions[k]);
        }
        if (all)
            return rule->path;
    }
    return (str){ NULL, 0 }; /* the last rule has no condition: never */
}
