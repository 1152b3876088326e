/* SPDX-License-Identifier: Apache-2.0
 * Which type of product a query means, learnt by counting over titles and categories: how often a
 * word is the noun of a title in each category, and which words modify the next one. Called while
 * an index is built and by each query. Must never have a rule for a word. */
#include <math.h>
#include <stdlib.h>

#include "platform/text/text_internal.h"

#define PAIRS_MAX 200000 /* neighbouring words that are counted */
#define PAIR_MIN 3       /* titles before a pair says anything */
#define PAIR_HALF 5      /* titles with a pair that say as much as its words alone */
#define PAIR_NAMED 20    /* titles that a category's name is worth */
#define PAIR_SURE 0.65F  /* part of its category that speaks for the second word */
#define REACH 3          /* words between a modifier and its noun */
#define CANDIDATES_MAX 8
#define MODIFIER 0.05F /* of a title counts for a word that modifies another, */
#define BESIDE 0.1F    /* and for what the product goes with */
#define NAMED 1.0F     /* a category's own name is worth this share of all titles */
#define NAMED_PART 0.5F
#define NARROW 0.02F /* so that no word rules a category out */
#define SHARE_MIN 0.05F
#define SYNONYM 0.8F /* of a title counts for a word of the same meaning */

struct share {
    uint32_t category, titles;
    float head;
};
struct counts { /* of a stem or a pair, by category; categories of a word are few */
    struct share *shares;
    uint32_t n, cap;
    uint32_t titles, seen; /* seen: the last title counted */
    bool noun;             /* in that title */
    str first, second;     /* of a pair */
};
struct category {
    str path;
    uint32_t titles;
};
struct text_types {
    struct arena *arena;
    enum text_language language;
    struct category *categories;
    uint32_t n, cap;
    struct map by_path;
    struct map heads, names; /* stems of nouns and of all words of categories' names */
    struct map stems;        /* of titles. All three hold struct counts */
    struct map modifies;     /* "mous pad": the first word modifies the second */
    struct map pairs; /* "camera case": struct counts of the titles that have both in a row */
};
struct text_lesson {
    struct text *t;
    struct text_types *types;
    struct arena *arena; /* of pairs, gone at the end */
    struct arena *scratch;
    struct map pairs; /* of struct counts */
    uint32_t titles;
    bool alone; /* pairs are not kept */
};

/* ---- roles of words in a title ---- */
static str pair_key(struct arena *arena, str a, str b)
{
    return str_fmt(arena, STR_F " " STR_F, STR_A(a), STR_A(b));
}

/* A clause ends: what follows is no longer what the product goes with. */
static bool clause_ends(const struct text_words *words, size_t i)
{
    size_t from = words->words[i - 1].to, to = words->words[i].from;
    for (size_t at = from; at < to; at++) {
        char c = words->folded.p[at];
        if (memchr(");|,", c, 4) || (c == '-' && to - from > 1))
            return true;
    }
    return false;
}

static str *stems_of(struct arena *arena, struct text_stems *stems, const struct text_words *words)
{
    str *ret = NEW_N(arena, words->n + 1, str);
    for (size_t i = 0; i < words->n; i++) {
        str stem = text_stem(stems, words->words[i].text);
        ret[i] = stem.p == words->words[i].text.p ? stem : str_dup(arena, stem);
    }
    return ret;
}

static bool modifies(
    const struct text_types *types, struct arena *arena, str word, str noun, size_t far)
{
    if (noun.n < 3 || str_eq(word, noun))
        return false;
    return map_get(&types->heads, noun) ||
           (far == 1 && types->modifies.n > 0 &&
               map_get(&types->modifies, pair_key(arena, word, noun)));
}

static void roles_of(const struct text_types *types, struct arena *arena,
    enum text_language language, const struct text_words *words, const str *stems,
    struct text_role *ret)
{
    const struct text_tongue *tongue = &text_tongues[language];
    bool beside = false;
    for (size_t i = 0; i < words->n; i++) {
        if (i > 0 && clause_ends(words, i))
            beside = false;
        if (i > 0 && text_listed(tongue->beside, words->words[i].text))
            beside = true;
        ret[i] = (struct text_role){ .beside = beside };
    }
    for (size_t i = 0; types && i < words->n; i++) {
        for (size_t far = 1; far <= REACH && !ret[i].modifier; far++) {
            bool first = tongue->head_first;
            if (first ? i < far : i + far >= words->n)
                break;
            size_t noun = first ? i - far : i + far, later = first ? noun + 1 : noun;
            const struct text_word *w = &words->words[later];
            if (w->parted || words->words[noun].digits || ret[noun].beside != ret[i].beside)
                break;
            ret[i].modifier = modifies(types, arena, stems[i], stems[noun], far);
        }
    }
}

void text_roles(const struct text_types *types, struct text_stems *stems,
    enum text_language language, const struct text_words *words, struct text_role *ret)
{
    DEFER(arena_close_at) struct arena *arena = arena_open(4096);
    roles_of(types, arena, language, words, stems_of(arena, stems, words), ret);
}

/* ---- learning ---- */
struct text_lesson *text_lesson_open(struct text *t, enum text_language language)
{
    struct arena *arena = arena_open((size_t)64 << 10);
    struct text_types *types = NEW(arena, struct text_types);
    *types = (struct text_types){ .arena = arena,
        .language = language,
        .by_path = map_new(arena, 64),
        .heads = map_new(arena, 64),
        .names = map_new(arena, 64),
        .stems = map_new(arena, 4096),
        .modifies = map_new(arena, 64),
        .pairs = map_new(arena, 64) };
    struct arena *passing = arena_open((size_t)64 << 10);
    struct text_lesson *lesson = NEW(passing, struct text_lesson);
    *lesson = (struct text_lesson){ .t = t,
        .types = types,
        .arena = passing,
        .scratch = arena_open(4096),
        .pairs = map_new(passing, 4096) };
    return lesson;
}

void text_lesson_without_pairs(struct text_lesson *lesson)
{
    lesson->alone = true;
}

static struct category *category_of(struct text_types *types, str path)
{
    void *known = map_get(&types->by_path, path);
    if (known)
        return &types->categories[(uintptr_t)known - 1];
    if (types->n == types->cap) {
        uint32_t cap = types->cap ? types->cap * 2 : 64;
        types->categories = arena_grow(types->arena, types->categories,
            types->cap * sizeof *types->categories, cap * sizeof *types->categories);
        types->cap = cap;
    }
    struct category *c = &types->categories[types->n++];
    *c = (struct category){ .path = str_dup(types->arena, path) };
    map_put(&types->by_path, c->path, (void *)(uintptr_t)types->n);
    return c;
}

static struct counts *counts_of(struct arena *arena, struct map *map, str key)
{
    struct counts *counts = map_get(map, key);
    if (!counts) {
        counts = NEW(arena, struct counts);
        map_put(map, str_dup(arena, key), counts);
    }
    return counts;
}

static struct share *share_of(struct arena *arena, struct counts *counts, uint32_t category)
{
    for (uint32_t i = 0; i < counts->n; i++)
        if (counts->shares[i].category == category)
            return &counts->shares[i];
    if (counts->n == counts->cap) {
        uint32_t cap = counts->cap ? counts->cap * 2 : 2;
        counts->shares = arena_grow(arena, counts->shares, counts->cap * sizeof *counts->shares,
            cap * sizeof *counts->shares);
        counts->cap = cap;
    }
    counts->shares[counts->n++] = (struct share){ .category = category };
    return &counts->shares[counts->n - 1];
}

static bool ends_noun(const struct text_tongue *tongue, const struct text_words *words, size_t i)
{
    size_t other = tongue->head_first ? i : i + 1; /* the boundary on the noun's outer side */
    if (tongue->head_first ? i == 0 : other == words->n)
        return true;
    size_t from = words->words[other - 1].to, to = words->words[other].from;
    str gap = str_sub(words->folded, from, to - from);
    size_t neighbour = tongue->head_first ? i - 1 : i + 1;
    return str_find_char(gap, '&', 0) >= 0 || str_find_char(gap, ',', 0) >= 0 ||
           str_find_char(gap, '/', 0) >= 0 ||
           text_listed(tongue->idle, words->words[neighbour].text);
}

/* "Mobile Phones": a category's name is worth many titles with both words. */
static void name_pair(struct text_lesson *lesson, str first, str second, uint32_t category)
{
    struct arena *arena = lesson->types->arena;
    str key = pair_key(lesson->scratch, first, second);
    if (!lesson->alone)
        share_of(arena, counts_of(arena, &lesson->types->pairs, key), category)->head += PAIR_NAMED;
}

void text_lesson_category(struct text_lesson *lesson, str path, str name)
{
    struct text_types *types = lesson->types;
    const struct text_tongue *tongue = &text_tongues[types->language];
    struct text_words words = text_words_of(lesson->scratch, name);
    struct text_stems *lent = text_stems_take(lesson->t, types->language);
    str *stems = stems_of(lesson->scratch, lent, &words);
    uint32_t category = (uint32_t)(category_of(types, path) - types->categories);
    text_stems_give(lesson->t, lent);
    for (size_t i = 0; i < words.n; i++) {
        if (text_listed(tongue->idle, words.words[i].text))
            continue;
        (void)share_of(types->arena, counts_of(types->arena, &types->names, stems[i]), category);
        if (!ends_noun(tongue, &words, i))
            continue;
        (void)share_of(types->arena, counts_of(types->arena, &types->heads, stems[i]), category);
        if (i > 0 && !tongue->head_first && !ends_noun(tongue, &words, i - 1))
            name_pair(lesson, stems[i - 1], stems[i], category);
    }
    arena_reset(lesson->scratch);
}

static float head_of(struct text_role role)
{
    return role.beside ? BESIDE : role.modifier ? MODIFIER : 1;
}

/* A title counts once for each word, with the best role the word has in it. */
static void word_count(struct text_lesson *lesson, str stem, struct text_role role, uint32_t at)
{
    struct text_types *types = lesson->types;
    struct counts *counts = counts_of(types->arena, &types->stems, stem);
    float head = head_of(role);
    struct share *share = share_of(types->arena, counts, at);
    if (counts->seen == lesson->titles) {
        share->head += head > BESIDE && !counts->noun ? 1 - MODIFIER : 0;
        counts->noun = counts->noun || head > BESIDE;
        return;
    }
    counts->seen = lesson->titles;
    counts->noun = head > BESIDE;
    counts->titles++;
    share->titles++;
    share->head += head;
}

struct pair {
    str first, second;
    uint32_t category;
    float head;  /* how much the second word is the noun */
    bool judged; /* neither is known to modify another */
};

static void pair_count(struct text_lesson *lesson, struct pair in)
{
    str a = in.first, b = in.second;
    uint32_t category = in.category;
    str key = pair_key(lesson->scratch, a, b);
    if (lesson->pairs.n >= PAIRS_MAX && !map_get(&lesson->pairs, key))
        return;
    struct counts *counts = counts_of(lesson->arena, &lesson->pairs, key);
    if (counts->seen == lesson->titles)
        return;
    if (counts->n == 0) {
        counts->first = str_dup(lesson->arena, a);
        counts->second = str_dup(lesson->arena, b);
    }
    struct share *share = share_of(lesson->arena, counts, category);
    counts->seen = lesson->titles;
    share->head += in.head;
    counts->titles += in.judged;
    share->titles += in.judged;
}

static bool pairs_up(const struct text_words *words, size_t i)
{
    const struct text_word *a = &words->words[i], *b = a + 1;
    return i + 1 < words->n && !b->parted && !a->digits && !b->digits && b->text.n > 2 && !a->pair;
}

void text_lesson_title(struct text_lesson *lesson, str category_path, str title)
{
    struct text_types *types = lesson->types;
    struct text_words words = text_words_of(lesson->scratch, title);
    struct text_stems *lent = text_stems_take(lesson->t, types->language);
    str *stems = stems_of(lesson->scratch, lent, &words);
    struct text_role *roles = NEW_N(lesson->scratch, words.n + 1, struct text_role);
    text_stems_give(lesson->t, lent);
    uint32_t category = (uint32_t)(category_of(types, category_path) - types->categories);
    types->categories[category].titles++;
    lesson->titles++;
    roles_of(types, lesson->scratch, types->language, &words, stems, roles);
    for (size_t i = 0; i < words.n; i++) {
        word_count(lesson, stems[i], roles[i], category);
        if (text_tongues[types->language].head_first || !pairs_up(&words, i) ||
            str_eq(stems[i], stems[i + 1]))
            continue;
        pair_count(lesson, (struct pair){ .first = stems[i],
                               .second = stems[i + 1],
                               .category = category,
                               .head = head_of(roles[i + 1]),
                               .judged = !roles[i].beside && !roles[i].modifier });
    }
    arena_reset(lesson->scratch);
}

static float part_in(const struct counts *counts, uint32_t category)
{
    for (uint32_t i = 0; counts && i < counts->n; i++)
        if (counts->shares[i].category == category)
            return (float)counts->shares[i].titles / (float)counts->titles;
    return 0;
}

/* "mouse pad" is where pads are, not where mice are: there "mouse" was no noun. */
static void pair_judge(struct text_types *types, const struct counts *pair)
{
    if (pair->titles < PAIR_MIN)
        return;
    const struct share *most = &pair->shares[0];
    for (uint32_t i = 1; i < pair->n; i++)
        if (pair->shares[i].titles > most->titles)
            most = &pair->shares[i];
    struct counts *first = map_get(&types->stems, pair->first);
    float with = part_in(map_get(&types->stems, pair->second), most->category);
    float without = part_in(first, most->category);
    if (with <= PAIR_SURE * (with + without))
        return;
    str key = pair_key(types->arena, pair->first, pair->second);
    map_put(&types->modifies, key, types);
    for (uint32_t i = 0; i < pair->n; i++) {
        struct share *share = share_of(types->arena, first, pair->shares[i].category);
        share->head -= (1 - MODIFIER) * (float)pair->shares[i].titles;
        share->head = share->head > 0 ? share->head : 0;
    }
}

/* Pairs that several titles have stay known. */
static void pair_keep(struct text_types *types, const struct counts *pair)
{
    float all = 0;
    for (uint32_t i = 0; i < pair->n; i++)
        all += pair->shares[i].head;
    if (all < PAIR_MIN)
        return;
    struct counts *kept =
        counts_of(types->arena, &types->pairs, pair_key(types->arena, pair->first, pair->second));
    for (uint32_t i = 0; i < pair->n; i++)
        share_of(types->arena, kept, pair->shares[i].category)->head += pair->shares[i].head;
}

struct text_types *text_lesson_end(struct text_lesson *lesson)
{
    struct text_types *types = lesson->types;
    for (size_t i = 0; i < lesson->pairs.n; i++)
        pair_judge(types, lesson->pairs.entries[i].value);
    for (size_t i = 0; i < lesson->pairs.n && !lesson->alone; i++)
        pair_keep(types, lesson->pairs.entries[i].value);
    arena_close(lesson->scratch);
    arena_close(lesson->arena);
    return types;
}

void text_types_close(struct text_types *types)
{
    if (types)
        arena_close(types->arena);
}

/* ---- asking ---- */
/* The stems that a term may be found by. */
static size_t term_stems(const struct text_term *term, str *ret, float *weights, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < term->ways_n && n < max; i++) {
        const struct text_way *way = &term->ways[i];
        if (way->n != 1 || way->how == TEXT_PREFIX || way->tokens[0].p[0] == '=')
            continue;
        str stem = way->tokens[0].p[0] == '~' ? str_skip(way->tokens[0], 1) : way->tokens[0];
        bool twice = false;
        for (size_t k = 0; k < n && !twice; k++)
            twice = str_eq(ret[k], stem);
        if (twice)
            continue;
        ret[n] = stem;
        weights[n++] = way->how == TEXT_SYNONYM ? SYNONYM : 1;
    }
    return n;
}

/* How likely each category is by one word as the noun; `ret` has room for twice their number.
 * False when nothing is known of it. */
static bool likely_by(const struct text_types *types, const struct text_term *term, float *ret)
{
    str stems[CANDIDATES_MAX];
    float weights[CANDIDATES_MAX], all = 0;
    size_t n = term_stems(term, stems, weights, COUNT(stems));
    memset(ret, 0, 2 * types->n * sizeof *ret);
    for (size_t s = 0; s < n; s++) {
        const struct counts *counts = map_get(&types->stems, stems[s]);
        for (uint32_t i = 0; counts && i < counts->n; i++) {
            ret[counts->shares[i].category] += weights[s] * counts->shares[i].head;
            all += weights[s] * counts->shares[i].head;
        }
    }
    for (uint32_t c = 0; all > 0 && c < types->n; c++)
        ret[c] /= all;
    bool named = false;
    for (size_t k = 0; k < n; k++) {
        const struct counts *heads = map_get(&types->heads, stems[k]);
        for (uint32_t i = 0; heads && i < heads->n; i++) {
            ret[types->n + heads->shares[i].category] = NAMED;
            named = true;
        }
    }
    for (uint32_t c = 0; named && c < types->n; c++)
        ret[c] += ret[types->n + c];
    return all > 0 || named;
}

/* Another word narrows what the noun may mean. */
static void narrow(
    const struct text_types *types, const struct text_term *term, float *ret, float *part)
{
    str stems[CANDIDATES_MAX];
    float weights[CANDIDATES_MAX];
    size_t n = term_stems(term, stems, weights, COUNT(stems));
    memset(part, 0, types->n * sizeof *part);
    for (size_t k = 0; k < n; k++) {
        const struct counts *counts = map_get(&types->stems, stems[k]);
        const struct counts *names = map_get(&types->names, stems[k]);
        for (uint32_t i = 0; counts && i < counts->n; i++) {
            const struct share *share = &counts->shares[i];
            float titles = (float)types->categories[share->category].titles + 2;
            part[share->category] = fmaxf(part[share->category], (float)share->titles / titles);
        }
        for (uint32_t i = 0; names && i < names->n; i++)
            part[names->shares[i].category] = fmaxf(part[names->shares[i].category], NAMED_PART);
    }
    for (uint32_t c = 0; c < types->n; c++)
        ret[c] *= sqrtf(part[c] + NARROW);
}

static float peak(const float *likely, size_t n)
{
    float most = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        most = fmaxf(most, likely[i]);
        all += likely[i];
    }
    return all > 0 ? most / all : 0;
}

/* A category is called by it. */
static bool names_type(const struct text_types *types, const struct text_term *term)
{
    str stems[CANDIDATES_MAX];
    float weights[CANDIDATES_MAX];
    size_t n = term_stems(term, stems, weights, COUNT(stems));
    for (size_t i = 0; i < n; i++)
        if (weights[i] == 1 && map_get(&types->heads, stems[i]))
            return true;
    return false;
}

/* Titles with both words in a row say more than either: "camera case" is no phone case. */
static void pairs_of(const struct text_types *types, const struct text_query *q, int noun,
    float *likely, float *part)
{
    str first[CANDIDATES_MAX], second[CANDIDATES_MAX];
    float weights[CANDIDATES_MAX], all = 0;
    if (noun < 1)
        return;
    size_t a = term_stems(&q->terms[noun - 1], first, weights, COUNT(first));
    size_t b = term_stems(&q->terms[noun], second, weights, COUNT(second));
    memset(part, 0, types->n * sizeof *part);
    DEFER(arena_close_at) struct arena *scratch = arena_open(4096);
    for (size_t i = 0; i < a; i++)
        for (size_t k = 0; k < b; k++) {
            const struct counts *pair =
                map_get(&types->pairs, pair_key(scratch, first[i], second[k]));
            for (uint32_t s = 0; pair && s < pair->n; s++) {
                part[pair->shares[s].category] += pair->shares[s].head;
                all += pair->shares[s].head;
            }
        }
    float sum = 0, share = all / (all + PAIR_HALF);
    for (uint32_t c = 0; c < types->n; c++)
        sum += likely[c];
    for (uint32_t c = 0; all > 0 && sum > 0 && c < types->n; c++)
        likely[c] = (1 - share) * likely[c] / sum + share * part[c] / all;
}

/* "laptop black": a word that says far more about the type than the last one is the noun, unless
 * the last one names a category. */
static int noun_of(
    const struct text_types *types, const struct text_query *q, float *likely, float *other)
{
    int noun = q->head;
    bool known = noun >= 0 && likely_by(types, &q->terms[noun], likely);
    float best = known ? peak(likely, types->n) : 0;
    if (known && names_type(types, &q->terms[noun]))
        return noun;
    for (int i = 0; i < (int)q->n; i++) {
        const struct text_term *term = &q->terms[i];
        if (i == q->head || term->excluded || term->idle || term->beside || term->typed.n == 1 ||
            term->kind == TEXT_PHRASE || !likely_by(types, term, other))
            continue;
        float p = peak(other, types->n);
        if (p > 2 * best) {
            best = p;
            noun = i;
            memcpy(likely, other, types->n * sizeof *likely);
        }
    }
    return best > 0 ? noun : -1;
}

static int by_share(const void *a, const void *b)
{
    const struct text_type *x = a, *y = b;
    if (x->share != y->share)
        return x->share > y->share ? -1 : 1;
    return str_cmp(x->category_path, y->category_path);
}

size_t text_types_of(const struct text_types *types, struct arena *arena,
    const struct text_query *q, struct text_type *ret, size_t n)
{
    float *likely = NEW_N(arena, 2 * types->n + 1, float);
    float *other = NEW_N(arena, 2 * types->n + 1, float);
    int noun = noun_of(types, q, likely, other);
    if (noun < 0)
        return 0;
    for (size_t i = 0; i < q->n; i++)
        if ((int)i != noun && !q->terms[i].excluded && !q->terms[i].idle)
            narrow(types, &q->terms[i], likely, other);
    pairs_of(types, q, noun, likely, other);
    float most = 0;
    for (uint32_t c = 0; c < types->n; c++)
        most = fmaxf(most, likely[c]);
    struct text_type *all = NEW_N(arena, types->n + 1, struct text_type);
    size_t found = 0;
    for (uint32_t c = 0; c < types->n; c++)
        if (most > 0 && likely[c] >= SHARE_MIN * most)
            all[found++] = (struct text_type){ types->categories[c].path, likely[c] / most };
    qsort(all, found, sizeof *all, by_share);
    n = found < n ? found : n;
    memcpy(ret, all, n * sizeof *ret);
    return n;
}
