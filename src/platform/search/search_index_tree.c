/* SPDX-License-Identifier: Apache-2.0
 * From what was typed to a tree of the index: each term any of its ways, all terms or most of them,
 * neighbours in the title for order, boosts of the categories that are meant. Must never make a
 * tree beyond the index's limits. */
#include "platform/search/search_index_internal.h"

#define NODES_MAX (INDEX_NODES_MAX - 40)
#define TYPES_MAX 8
#define BOOST_TYPE 1.5f /* of the likeliest category, added to 1 */
#define NEAR 0.3f       /* of two terms in a row in the title */
#define WHOLE 3.0f      /* of all terms together, where some would do: these come first */

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

static struct index_node term_node(struct planting *p, const struct text_term *term)
{
    struct index_node *kids = NEW_N(p->cx->arena, term->ways_n, struct index_node);
    size_t n = 0;
    p->nodes++;
    for (size_t i = 0; i < term->ways_n && p->nodes < NODES_MAX; i++)
        kids[n++] = way_node(p, &term->ways[i]);
    return (struct index_node){ .op = INDEX_ANY, .kids = kids, .kids_n = n };
}

/* The words of a term, for a place in a row; none when it has only longer ways. */
static struct index_node place_node(struct planting *p, const struct text_term *term)
{
    struct index_node *kids = NEW_N(p->cx->arena, term->ways_n, struct index_node);
    size_t n = 0;
    for (size_t i = 0; i < term->ways_n; i++)
        if (term->ways[i].n == 1 && term->ways[i].how != TEXT_PREFIX)
            kids[n++] = word_node(term->ways[i].tokens[0], 1);
    p->nodes += n + 1;
    return (struct index_node){ .op = INDEX_ANY, .kids = kids, .kids_n = n };
}

/* Neighbours of the query that are neighbours in the title count a little more. */
static size_t near_nodes(struct planting *p, const struct text_query *q, struct index_node *ret)
{
    size_t n = 0;
    for (size_t i = 0; i + 1 < q->n && p->nodes < NODES_MAX / 2; i++) {
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
            .weight = NEAR,
            .fields = 1u << TEXT_TITLE,
            .kids = pair,
            .kids_n = 2 };
    }
    return n;
}

/* ---- categories that are meant ---- */
static void add_boosts(struct planting *p, const struct text_query *q, struct search_tree *tree)
{
    struct text_type types[TYPES_MAX];
    struct index_boost *boosts = NEW_N(p->cx->arena, TYPES_MAX, struct index_boost);
    pthread_rwlock_t *lock = &p->s->spellings.lock;
    pthread_rwlock_rdlock(lock);
    size_t n = p->s->types ? text_types_of(p->s->types, p->cx->arena, q, types, TYPES_MAX) : 0;
    for (size_t i = 0; i < n; i++) {
        str *path = NEW(p->cx->arena, str);
        *path = str_dup(p->cx->arena, types[i].category_path);
        boosts[i] = (struct index_boost){ .keyword = KEY_CATEGORY,
            .values = path,
            .values_n = 1,
            .factor = 1 + BOOST_TYPE * types[i].share };
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

/* Names one thing: what has only some of the words is something else. */
static bool is_exact(const struct text_query *q)
{
    for (size_t i = 0; i < q->n; i++)
        if (!q->terms[i].excluded && q->terms[i].kind != TEXT_WORD)
            return true;
    return false;
}

/* All needed terms as kids of an OR. */
static struct index_node some_node(
    struct planting *p, const struct text_query *q, size_t words, enum search_reach reach)
{
    struct index_node *kids = NEW_N(p->cx->arena, words, struct index_node);
    size_t n = 0;
    for (size_t i = 0; i < q->n; i++)
        if (!q->terms[i].excluded && !q->terms[i].idle)
            kids[n++] = term_node(p, &q->terms[i]);
    p->nodes++;
    return (struct index_node){ .op = INDEX_OR,
        .least = reach == SEARCH_REACH_MOST && n > 1 ? (uint32_t)n - 1 : 1,
        .kids = kids,
        .kids_n = n };
}

/* All needed terms at once, beside the OR. */
static struct index_node whole_node(struct planting *p, const struct text_query *q, size_t words)
{
    struct index_node whole = some_node(p, q, words, SEARCH_REACH_SOME);
    whole.op = INDEX_AND;
    whole.role = INDEX_OPTIONAL;
    whole.weight = WHOLE;
    return whole;
}

struct search_tree search_index_tree(struct search_index *s, struct cx *cx,
    const struct text_query *q, enum search_reach reach, bool ranked)
{
    struct planting p = { .s = s, .cx = cx };
    struct search_tree tree = { .words = needed(q), .nothing = q->n == 0, .exact = is_exact(q) };
    struct index_node *kids = NEW_N(cx->arena, q->n * 2 + 2, struct index_node);
    bool all = reach == SEARCH_REACH_ALL || reach == SEARCH_REACH_BEGUN;
    size_t n = 0;
    if (tree.words == 0)
        kids[n++] = (struct index_node){ .op = INDEX_ALL };
    else if (!all)
        kids[n++] = some_node(&p, q, tree.words, reach);
    if (!all && ranked && p.nodes < NODES_MAX / 3)
        kids[n++] = whole_node(&p, q, tree.words);
    for (size_t i = 0; i < q->n; i++) {
        const struct text_term *term = &q->terms[i];
        if (!all && !term->excluded && !term->idle)
            continue;
        struct index_node kid = term_node(&p, term);
        kid.role = term->excluded ? INDEX_EXCLUDED : term->idle ? INDEX_OPTIONAL : INDEX_REQUIRED;
        if (kid.kids_n > 0)
            kids[n++] = kid;
    }
    if (ranked) {
        n += near_nodes(&p, q, kids + n);
        add_boosts(&p, q, &tree);
    }
    struct index_node *root = NEW(cx->arena, struct index_node);
    *root = (struct index_node){ .op = INDEX_AND, .kids = kids, .kids_n = n };
    tree.root = root;
    return tree;
}
