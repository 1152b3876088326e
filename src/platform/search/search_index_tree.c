/* SPDX-License-Identifier: Apache-2.0
 * From what was typed to a tree of the index: each term any of its ways, all terms or most of them,
 * neighbours in the title for order, boosts of the categories that are meant. Must never make a
 * tree beyond the index's limits. */
#include <math.h>

#include "platform/search/search_index_internal.h"

#define NODES_MAX (INDEX_NODES_MAX - 40)
#define TYPES_MAX 8
#define MODELS_MAX 4
#define MODEL_MIN 4 /* letters and digits of a model number */
#define ENDED 8     /* products that have a word: it is no beginning of another */
/* Fields that say what a product is. */
#define MAIN_FIELDS                                                                                \
    (1u << TEXT_TITLE | 1u << TEXT_LEAD | 1u << TEXT_BRAND | 1u << TEXT_KIND | 1u << TEXT_CODES)

/* By reasoning, then seen to lie on a plateau: half and twice of each do not matter much
 * (bench/search-quality). */
const struct search_tuning search_tuning_usual = {
    .type = 2.5f, .sharpness = 3, .named = 1, .near = 0.3f, .whole = 3, .model = 2
};

struct planting {
    struct search_index *s;
    struct cx *cx;
    size_t nodes;
};

/* ---- what the index knows about words ---- */
struct dictionary {
    struct search_index *s;
    struct cx *cx;
};

static int64_t dictionary_docs(void *arg, str token)
{
    return index_docs(((struct dictionary *)arg)->s->ix, token);
}

static void dictionary_near(void *arg, str word, unsigned distance,
    void (*each)(void *to, str token, int64_t docs), void *to)
{
    struct dictionary *d = arg;
    struct index_word *words;
    size_t n;
    index_fuzzy(d->s->ix, d->cx,
        (struct index_fuzzy){ .text = word, .distance = distance, .n = 64 }, &words, &n);
    for (size_t i = 0; i < n; i++)
        if (words[i].text.n > 0 && words[i].text.p[0] != '~' && words[i].text.p[0] != '=')
            each(to, words[i].text, words[i].docs);
}

struct text_dictionary search_index_dictionary(struct search_index *s, struct cx *cx)
{
    struct dictionary *d = NEW(cx->arena, struct dictionary);
    *d = (struct dictionary){ .s = s, .cx = cx };
    return (struct text_dictionary){ .docs = dictionary_docs, .near = dictionary_near, .arg = d };
}

struct text_query search_index_read(struct search_index *s, struct cx *cx, str text, bool begun)
{
    struct text_dictionary dictionary = search_index_dictionary(s, cx);
    return text_query_read(s->text, cx->arena,
        (struct text_reading){ .dictionary = &dictionary, .begun = begun },
        str_sub(text, 0, TEXT_QUERY_MAX));
}

/* ---- terms ---- */
static struct index_node word_node(str token, float weight)
{
    return (struct index_node){ .op = INDEX_TERM, .text = token, .weight = weight };
}

static struct index_node way_node(struct planting *p, const struct text_way *way)
{
    p->nodes += 1 + (way->n > 1 ? way->n : 0);
    if (way->how == TEXT_PREFIX)
        return (
            struct index_node){ .op = INDEX_PREFIX, .text = way->tokens[0], .weight = way->weight };
    if (way->n == 1)
        return word_node(way->tokens[0], way->weight);
    struct index_node *kids = NEW_N(p->cx->arena, way->n, struct index_node);
    for (size_t i = 0; i < way->n; i++)
        kids[i] = word_node(way->tokens[i], 1);
    return (struct index_node){
        .op = INDEX_PHRASE, .weight = way->weight, .kids = kids, .kids_n = way->n
    };
}

/* A measure may leave some kinds of ways out. */
static bool is_wanted(const struct planting *p, const struct text_way *way)
{
    static const unsigned technique[TEXT_HOWS_N] = { [TEXT_STEM] = SEARCH_FORMS,
        [TEXT_JOINED] = SEARCH_COMPOUNDS,
        [TEXT_SPLIT] = SEARCH_COMPOUNDS,
        [TEXT_UNIT] = SEARCH_COMPOUNDS,
        [TEXT_SYNONYM] = SEARCH_SYNONYMS };
    return !(p->s->without & technique[way->how]);
}

/* fields: 0 for all. */
static struct index_node term_node(
    struct planting *p, const struct text_term *term, uint32_t fields)
{
    struct index_node *kids = NEW_N(p->cx->arena, term->ways_n, struct index_node);
    size_t n = 0;
    p->nodes++;
    for (size_t i = 0; i < term->ways_n && p->nodes < NODES_MAX; i++) {
        if (!is_wanted(p, &term->ways[i]))
            continue;
        kids[n] = way_node(p, &term->ways[i]);
        kids[n++].fields = fields;
    }
    return (struct index_node){ .op = INDEX_ANY, .kids = kids, .kids_n = n };
}

/* The words of a term, for a place in a row; none when it has only longer ways. */
static struct index_node place_node(struct planting *p, const struct text_term *term)
{
    struct index_node *kids = NEW_N(p->cx->arena, term->ways_n, struct index_node);
    size_t n = 0;
    for (size_t i = 0; i < term->ways_n; i++)
        if (term->ways[i].n == 1 && term->ways[i].how != TEXT_PREFIX &&
            is_wanted(p, &term->ways[i]))
            kids[n++] = word_node(term->ways[i].tokens[0], 1);
    p->nodes += n + 1;
    return (struct index_node){ .op = INDEX_ANY, .kids = kids, .kids_n = n };
}

/* Neighbours of the query that are neighbours in the title count a little more. */
static size_t near_nodes(struct planting *p, const struct text_query *q, struct index_node *ret)
{
    size_t n = 0;
    for (size_t i = 0; i + 1 < q->n && p->nodes < NODES_MAX / 2; i++) {
        if (p->s->without & SEARCH_NEAR)
            break;
        const struct text_term *a = &q->terms[i], *b = a + 1;
        if (a->excluded || b->excluded)
            continue;
        struct index_node *pair = NEW_N(p->cx->arena, 2, struct index_node);
        pair[0] = place_node(p, a);
        pair[1] = place_node(p, b);
        if (pair[0].kids_n == 0 || pair[1].kids_n == 0)
            continue;
        p->nodes++;
        ret[n++] = (struct index_node){ .op = INDEX_PHRASE,
            .role = INDEX_OPTIONAL,
            .weight = p->s->tuning.near,
            .fields = 1u << TEXT_TITLE,
            .kids = pair,
            .kids_n = 2 };
    }
    return n;
}

/* What the query names, named by the product: a tablet, not what has to do with one. */
static size_t named_node(struct planting *p, const struct text_query *q, struct index_node *ret)
{
    if (q->head < 0 || (p->s->without & SEARCH_NAMED) || p->nodes >= NODES_MAX / 2)
        return 0;
    *ret = term_node(p, &q->terms[q->head], 1u << TEXT_LEAD | 1u << TEXT_KIND);
    ret->role = INDEX_OPTIONAL;
    ret->weight = p->s->tuning.named;
    return ret->kids_n > 0;
}

/* Whole model numbers of the query, in any of its ways to be written. */
static bool is_model(str token)
{
    bool digits = false, letters = false;
    for (size_t i = 0; i < token.n; i++) {
        bool digit = token.p[i] >= '0' && token.p[i] <= '9';
        digits = digits || digit;
        letters = letters || !digit;
    }
    return digits && letters && token.n >= MODEL_MIN && token.p[0] != '=';
}

/* A product that is this model, rather than one that fits it. */
static size_t model_nodes(struct planting *p, const struct text_query *q, struct index_node *ret)
{
    size_t n = 0;
    if (p->s->without & SEARCH_MODEL)
        return 0;
    for (size_t i = 0; i < q->n; i++)
        for (size_t w = 0; w < q->terms[i].ways_n && n < MODELS_MAX; w++) {
            const struct text_way *way = &q->terms[i].ways[w];
            bool whole = way->n == 1 && (way->how == TEXT_EXACT || way->how == TEXT_JOINED);
            if (q->terms[i].excluded || !whole || !is_model(way->tokens[0]))
                continue;
            size_t k = 0;
            while (k < n && !str_eq(ret[k].text, way->tokens[0]))
                k++;
            if (k < n || p->nodes >= NODES_MAX / 2)
                continue;
            ret[n] = word_node(way->tokens[0], p->s->tuning.model);
            ret[n].role = INDEX_OPTIONAL;
            ret[n++].fields = 1u << TEXT_TITLE | 1u << TEXT_CODES;
            p->nodes++;
        }
    return n;
}

/* ---- categories that are meant ---- */
static void add_boosts(struct planting *p, const struct text_query *q, struct search_tree *tree)
{
    const struct search_tuning *tuning = &p->s->tuning;
    struct text_type types[TYPES_MAX];
    struct index_boost *boosts = NEW_N(p->cx->arena, TYPES_MAX, struct index_boost);
    pthread_rwlock_t *lock = &p->s->spellings.lock;
    if (p->s->without & SEARCH_TYPES)
        return;
    pthread_rwlock_rdlock(lock);
    size_t n = p->s->types ? text_types_of(p->s->types, p->cx->arena, q, types, TYPES_MAX) : 0;
    for (size_t i = 0; i < n; i++) {
        str *path = NEW(p->cx->arena, str);
        *path = str_dup(p->cx->arena, types[i].category_path);
        boosts[i] = (struct index_boost){ .keyword = KEY_CATEGORY,
            .values = path,
            .values_n = 1,
            .factor = 1 + tuning->type * powf(types[i].share, tuning->sharpness) };
    }
    pthread_rwlock_unlock(lock);
    tree->boosts = boosts;
    tree->boosts_n = n;
}

/* ---- the tree ---- */
static size_t needed(const struct text_query *q)
{
    size_t n = 0;
    for (size_t i = 0; i < q->n; i++)
        n += !q->terms[i].excluded && !q->terms[i].idle;
    return n;
}

enum use { MUST, MAY, SOME, NOT }; /* SOME: as many of these as the reach says */

static bool has_word(const struct text_query *q)
{
    for (size_t i = 0; i < q->n; i++)
        if (q->terms[i].kind == TEXT_WORD && !q->terms[i].excluded && !q->terms[i].idle)
            return true;
    return false;
}

/* What names one thing must be there though others may be missing; a number beside words may, and
 * is not enough by itself. */
static enum use use_of(
    const struct text_query *q, const struct text_term *term, enum search_reach reach)
{
    if (term->excluded)
        return NOT;
    if (term->idle)
        return MAY;
    if (reach < SEARCH_REACH_MOST)
        return MUST;
    if (reach == SEARCH_REACH_ANY)
        return SOME;
    if (term->kind == TEXT_MODEL || term->kind == TEXT_PHRASE)
        return MUST;
    return term->kind == TEXT_NUMBER && has_word(q) ? MAY : SOME;
}

/* All needed terms at once. */
static struct index_node whole_node(struct planting *p, const struct text_query *q, uint32_t fields)
{
    struct index_node *kids = NEW_N(p->cx->arena, q->n, struct index_node);
    size_t n = 0;
    for (size_t i = 0; i < q->n; i++)
        if (!q->terms[i].excluded && !q->terms[i].idle)
            kids[n++] = term_node(p, &q->terms[i], fields);
    p->nodes++;
    return (struct index_node){ .op = INDEX_AND,
        .role = INDEX_OPTIONAL,
        .weight = p->s->tuning.whole,
        .kids = kids,
        .kids_n = n };
}

/* The terms of which some will do, as kids of an OR. */
static struct index_node some_node(
    struct planting *p, const struct text_query *q, enum search_reach reach)
{
    struct index_node *kids = NEW_N(p->cx->arena, q->n, struct index_node);
    size_t n = 0;
    bool anchored = false;
    for (size_t i = 0; i < q->n; i++) {
        enum use use = use_of(q, &q->terms[i], reach);
        anchored = anchored || use == MUST;
        if (use == SOME)
            kids[n++] = term_node(p, &q->terms[i], 0);
    }
    p->nodes++;
    return (struct index_node){ .op = INDEX_OR,
        .role = anchored ? INDEX_OPTIONAL : INDEX_REQUIRED,
        .least = reach == SEARCH_REACH_MOST && n > 1 ? (uint32_t)n - 1 : 1,
        .kids = kids,
        .kids_n = n };
}

static size_t other_nodes(
    struct planting *p, const struct text_query *q, enum search_reach reach, struct index_node *ret)
{
    static const enum index_role roles[] = {
        [MUST] = INDEX_REQUIRED, [MAY] = INDEX_OPTIONAL, [NOT] = INDEX_EXCLUDED
    };
    size_t n = 0;
    for (size_t i = 0; i < q->n; i++) {
        enum use use = use_of(q, &q->terms[i], reach);
        if (use == SOME)
            continue;
        ret[n] = term_node(p, &q->terms[i], 0);
        ret[n].role = roles[use];
        n += ret[n].kids_n > 0;
    }
    return n;
}

static bool has_ended(const struct search_index *s, const struct text_query *q)
{
    const struct text_term *last = q->n > 0 ? &q->terms[q->n - 1] : NULL;
    return last && last->ways_n > 0 && last->ways[0].n == 1 &&
           index_docs(s->ix, last->ways[0].tokens[0]) >= ENDED;
}

struct search_tree search_index_tree(struct search_index *s, struct cx *cx,
    const struct text_query *q, enum search_reach reach, bool ranked)
{
    struct planting p = { .s = s, .cx = cx };
    struct search_tree tree = {
        .words = needed(q), .nothing = q->n == 0, .ended = has_ended(s, q)
    };
    struct index_node *kids = NEW_N(cx->arena, q->n * 2 + 4 + MODELS_MAX, struct index_node);
    bool some = reach >= SEARCH_REACH_MOST && tree.words > 0;
    size_t n = 0;
    if (tree.words == 0)
        kids[n++] = (struct index_node){ .op = INDEX_ALL };
    if (some) {
        kids[n] = some_node(&p, q, reach);
        n += kids[n].kids_n > 0;
        if (ranked && p.nodes < NODES_MAX / 3)
            kids[n++] = whole_node(&p, q, 0);
    }
    n += other_nodes(&p, q, reach, kids + n);
    if (ranked) {
        n += near_nodes(&p, q, kids + n);
        n += named_node(&p, q, kids + n);
        n += model_nodes(&p, q, kids + n);
        add_boosts(&p, q, &tree);
    }
    struct index_node *root = NEW(cx->arena, struct index_node);
    *root = (struct index_node){ .op = INDEX_AND, .kids = kids, .kids_n = n };
    tree.root = root;
    return tree;
}

const struct index_node *search_index_titled(
    struct search_index *s, struct cx *cx, const struct text_query *q)
{
    struct planting p = { .s = s, .cx = cx };
    struct index_node *root = NEW(cx->arena, struct index_node);
    *root = whole_node(&p, q, MAIN_FIELDS);
    root->role = INDEX_REQUIRED;
    root->weight = 1;
    return root;
}
