/* SPDX-License-Identifier: Apache-2.0
 * Queries of the port for the index: filters, order, pages; all words first, then fewer until
 * something is found, then the spelling. Called through the port in READ units. Must never ask the
 * database. */
#include "platform/search/search_index_internal.h"

#define OFFSET_MAX 5000
#define LIMIT_MAX 100
#define ATTRIBUTES_MAX 16
#define ENOUGH 8     /* matches of whole words, else the last one may be the beginning of one */
#define FEW 10       /* matches: what has only some of the words follows them */
#define LOOK 200     /* matches: are there few that have the words where it counts? */
#define RARE 3       /* matches: perhaps another spelling was meant */
#define BURIED 0.02f /* factor of what staff do not want at the top */
#define FAR_MORE 4   /* times as many matches has that spelling */

struct asking {
    struct search_index *s;
    struct cx *cx;
    const struct search_query *q;
    struct index_filter filters[ATTRIBUTES_MAX + 8];
    size_t filters_n;
    struct index_facet facets[SEARCH_FACETS_N];
    uint64_t identity;
    int64_t offset, limit;
    str after;
    struct index_query asked; /* last */
};
struct answer {
    enum search_reach reach;
    bool replaced; /* by the corrected text */
    struct search_tree tree;
    int64_t whole; /* matches of all words, where others follow */
    struct index_result found;
    struct index_query asked; /* that found it */
};

/* ---- filters ---- */
static void add_filter(struct asking *a, struct index_filter filter)
{
    ASSERT(a->filters_n < COUNT(a->filters));
    a->filters[a->filters_n++] = filter;
}

static void filter_brands(struct asking *a)
{
    str *brands = NEW_N(a->cx->arena, a->q->brands_n, str);
    for (size_t i = 0; i < a->q->brands_n; i++)
        brands[i] = search_spelling_find_brand(&a->s->spellings, a->cx->arena, a->q->brands[i]);
    add_filter(a, (struct index_filter){ .on = INDEX_KEYWORD,
                      .field = KEY_BRAND,
                      .values = brands,
                      .values_n = a->q->brands_n });
}

/* Two filters on one attribute are one, with the values of both. */
static err filter_attributes(struct asking *a)
{
    const struct search_query *q = a->q;
    size_t from = a->filters_n;
    if (q->filters_n > ATTRIBUTES_MAX)
        return FAIL(a->cx, ERR_INVALID, "%zu filters", q->filters_n);
    for (size_t i = 0; i < q->filters_n; i++) {
        const struct search_filter *in = &q->filters[i];
        str *values = NEW_N(a->cx->arena, q->filters_n * SEARCH_VALUES_MAX, str);
        str name = in->name;
        for (size_t v = 0; v < in->values_n && v < SEARCH_VALUES_MAX; v++) {
            struct search_pair pair =
                search_spelling_find_value(&a->s->spellings, a->cx->arena, in->name, in->values[v]);
            name = pair.full;
            values[v] = pair.value;
        }
        size_t k = from;
        while (k < a->filters_n && !str_eq(a->filters[k].name, name))
            k++;
        size_t n = in->values_n < SEARCH_VALUES_MAX ? in->values_n : SEARCH_VALUES_MAX;
        if (k < a->filters_n) {
            str *known = (str *)(uintptr_t)a->filters[k].values; /* ours, with room for all */
            for (size_t v = 0; v < n; v++)
                known[a->filters[k].values_n++] = values[v];
            continue;
        }
        add_filter(a, (struct index_filter){
                          .on = INDEX_ATTRIBUTE, .name = name, .values = values, .values_n = n });
    }
    return NULL;
}

static err add_filters(struct asking *a)
{
    const struct search_query *q = a->q;
    if (q->category_path.n > 0)
        add_filter(a, (struct index_filter){ .on = INDEX_KEYWORD,
                          .field = KEY_CATEGORY,
                          .values = &q->category_path,
                          .values_n = 1,
                          .subtree = true });
    if (q->brands_n > 0)
        filter_brands(a);
    if (q->price_from > 0 || q->price_to > 0)
        add_filter(a, (struct index_filter){ .on = INDEX_NUMBER,
                          .field = NUMBER_PRICE,
                          .from = q->price_from > 0 ? q->price_from : INT64_MIN,
                          .to = q->price_to > 0 ? q->price_to : INT64_MAX });
    if (q->rating_min > 0)
        add_filter(a, (struct index_filter){ .on = INDEX_NUMBER,
                          .field = NUMBER_RATING,
                          .from = q->rating_min,
                          .to = INT64_MAX });
    if (q->prime)
        add_filter(a, (struct index_filter){ .on = INDEX_FLAG, .field = FLAG_PRIME });
    if (q->in_stock)
        add_filter(a, (struct index_filter){ .on = INDEX_FLAG, .field = FLAG_STOCK });
    return filter_attributes(a);
}

/* ---- order ---- */
static const struct {
    enum index_order order;
    size_t number;
} orders[SEARCH_SORTS_N] = {
    [SEARCH_RELEVANCE] = { INDEX_BY_SCORE, 0 },
    [SEARCH_PRICE_UP] = { INDEX_BY_NUMBER_UP, NUMBER_PRICE },
    [SEARCH_PRICE_DOWN] = { INDEX_BY_NUMBER_DOWN, NUMBER_PRICE },
    [SEARCH_RATING] = { INDEX_BY_NUMBER_DOWN, NUMBER_RATING_ORDER },
    [SEARCH_NEWEST] = { INDEX_BY_NUMBER_DOWN, NUMBER_RELEASED },
    [SEARCH_POPULARITY] = { INDEX_BY_NUMBER_DOWN, NUMBER_POPULARITY },
};
static uint64_t mix(uint64_t hash, str s)
{
    return (hash ^ str_hash(s)) * UINT64_C(0x9e3779b97f4a7c15) + s.n;
}

/* Pages are of one question, whatever the index has by then. */
static uint64_t identity_of(const struct search_query *q)
{
    uint64_t hash = mix(mix(1, q->text), q->category_path);
    for (size_t i = 0; i < q->brands_n; i++)
        hash = mix(hash, q->brands[i]);
    for (size_t i = 0; i < q->filters_n; i++) {
        hash = mix(hash, q->filters[i].name);
        for (size_t v = 0; v < q->filters[i].values_n; v++)
            hash = mix(hash, q->filters[i].values[v]);
    }
    int64_t rest[] = { q->price_from, q->price_to, q->rating_min, q->prime, q->in_stock,
        (int64_t)q->sort };
    hash = mix(hash, (str){ (const char *)rest, sizeof rest });
    return hash ? hash : 1;
}

/* ---- pages: "i", how far the text reached, whether it was replaced, a check, the index's ---- */
#define TOKEN_HEAD 7

static str token_check(struct arena *arena, char reach, char replaced, str token)
{
    uint64_t hash = mix((uint64_t)reach << 8 | (unsigned char)replaced, token);
    return str_fmt(arena, "%04x", (unsigned)(hash >> 48));
}

static err read_token(struct asking *a, struct answer *first)
{
    str token = a->q->page_token;
    unsigned reach = token.n > TOKEN_HEAD ? (unsigned)token.p[1] - '0' : SEARCH_REACHES_N;
    if (reach >= SEARCH_REACHES_N || (token.p[2] != 'c' && token.p[2] != '-'))
        return FAIL(a->cx, SEARCH_BAD_TOKEN, "no token of ours");
    str check = token_check(a->cx->arena, token.p[1], token.p[2], str_skip(token, TOKEN_HEAD));
    if (!str_eq(check, str_sub(token, 3, 4)))
        return FAIL(a->cx, SEARCH_BAD_TOKEN, "a token that was changed");
    first->reach = (enum search_reach)reach;
    first->replaced = token.p[2] == 'c';
    a->after = str_skip(token, TOKEN_HEAD);
    return NULL;
}

static str write_token(struct arena *arena, const struct answer *answer)
{
    if (answer->found.next.n == 0)
        return (str){ 0 };
    char reach = (char)('0' + answer->reach), replaced = answer->replaced ? 'c' : '-';
    str check = token_check(arena, reach, replaced, answer->found.next);
    return str_fmt(
        arena, "i%c%c" STR_F STR_F, reach, replaced, STR_A(check), STR_A(answer->found.next));
}

/* ---- finding ---- */
static err find(
    struct asking *a, const struct search_tree *tree, uint64_t salt, struct index_result *ret)
{
    const struct search_query *q = a->q;
    bool ranked = q->sort == SEARCH_RELEVANCE;
    struct index_query in = { .root = tree ? tree->root : NULL,
        .filters = a->filters,
        .filters_n = a->filters_n,
        .facets = a->facets,
        .facets_n = q->facets ? COUNT(a->facets) : 0,
        .factors = ranked ? search_ranking_now(&a->s->ranking, a->cx) : NULL,
        .factors_n = ranked ? a->s->ranking.n : 0,
        .factors_least = SEARCH_FACTORS_LEAST,
        .factors_most = SEARCH_FACTORS_MOST,
        .lowered = q->buried,
        .lowered_n = ranked ? q->buried_n : 0,
        .lowered_factor = BURIED,
        .boosts = tree && ranked ? tree->boosts : NULL,
        .boosts_n = tree && ranked ? tree->boosts_n : 0,
        .order = orders[q->sort].order,
        .order_number = orders[q->sort].number,
        .offset = (size_t)a->offset,
        .limit = (size_t)a->limit,
        .after = a->after,
        .total = true,
        .identity = a->identity + salt };
    err e = index_find(a->s->ix, a->cx, &in, ret);
    a->asked = in;
    if (e != &INDEX_BAD_TOKEN)
        return e;
    cx_clear(a->cx);
    return FAIL(a->cx, SEARCH_BAD_TOKEN, "not a token of this query");
}

static err find_reach(struct asking *a, str text, enum search_reach reach, struct answer *ret)
{
    bool begun = reach != SEARCH_REACH_ALL;
    struct text_query read = search_index_read(a->s, a->cx, text, begun);
    ret->tree = search_index_tree(a->s, a->cx, &read, reach, a->q->sort == SEARCH_RELEVANCE);
    ret->reach = reach;
    if (ret->tree.nothing) {
        ret->found = (struct index_result){ 0 };
        ret->found.facets = NEW_N(a->cx->arena, SEARCH_FACETS_N, struct index_counts);
        return NULL;
    }
    err e = find(a, &ret->tree, (uint64_t)reach, &ret->found);
    ret->asked = a->asked;
    return e;
}

/* All words; when these find few, the last one as the beginning of a word. */
static err find_whole(struct asking *a, str text, struct answer *ret)
{
    err e = find_reach(a, text, SEARCH_REACH_ALL, ret);
    if (!e && ret->found.total < ENOUGH && ret->tree.words > 0 && !ret->tree.ended)
        e = find_reach(a, text, SEARCH_REACH_BEGUN, ret);
    return e;
}

/* How many would match without filters. */
static err count_words(struct asking *a, const struct answer *answer, int64_t *ret)
{
    struct index_result found;
    struct index_query in = { .root = answer->tree.root, .total = true };
    err e = a->filters_n > 0 ? index_find(a->s->ix, a->cx, &in, &found) : NULL;
    if (!e)
        *ret = a->filters_n > 0 ? found.total : answer->found.total;
    return e;
}

/* Of three words and more, all are often found only where they mean little. */
static err count_titled(struct asking *a, str text, int64_t *ret)
{
    struct index_result found;
    struct text_query read = search_index_read(a->s, a->cx, text, false);
    struct index_query in = { .root = search_index_titled(a->s, a->cx, &read), .total = true };
    err e = index_find(a->s->ix, a->cx, &in, &found);
    if (!e)
        *ret = found.total;
    return e;
}

/* Few or none have all words: all but one, then any. Those with all of them are lifted, so orders
 * other than relevance are left alone as long as there is one. */
static err find_some(struct asking *a, str text, struct answer *ret)
{
    int64_t whole = 0;
    size_t words = ret->tree.words;
    bool ranked = a->q->sort == SEARCH_RELEVANCE, many = words > 2 && ranked;
    if (words < 2 || ret->found.total >= (many ? LOOK : FEW) || (a->s->without & SEARCH_REACH))
        return NULL;
    err e = count_words(a, ret, &whole);
    if (!e && many && whole >= FEW && whole < LOOK)
        e = count_titled(a, text, &whole);
    if (e || whole >= FEW || (whole > 0 && !ranked))
        return e;
    ret->whole = ret->found.total;
    if (words > 2)
        e = find_reach(a, text, SEARCH_REACH_MOST, ret);
    if (!e && (ret->found.total < FEW || words == 2))
        e = find_reach(a, text, SEARCH_REACH_SOME, ret);
    if (!e && ret->found.total == 0)
        e = find_reach(a, text, SEARCH_REACH_ANY, ret);
    return e;
}

static err correct(struct asking *a, str *ret)
{
    struct text_dictionary dictionary = search_index_dictionary(a->s, a->cx);
    struct text_query read = search_index_read(a->s, a->cx, a->q->text, false);
    *ret = text_correct(a->s->text, a->cx->arena, &dictionary, &read).text;
    return NULL;
}

/* Few matches: another spelling is named when it finds far more. None: it is what was meant. A
 * correction that finds nothing is none. */
static err find_text(struct asking *a, struct answer *ret, struct search_result *result)
{
    struct answer other = { .replaced = true };
    str better = { 0 };
    err e = find_whole(a, a->q->text, ret);
    if (!e && ret->found.total < RARE)
        e = correct(a, &better);
    if (!e && better.n > 0)
        e = find_whole(a, better, &other);
    if (e)
        return e;
    if (other.found.total > ret->found.total * FAR_MORE) {
        result->corrected = better;
        result->replaced = ret->found.total == 0;
    }
    if (!result->replaced)
        return find_some(a, a->q->text, ret);
    *ret = other;
    return NULL;
}

/* The page after a token: as far as the first one reached. */
static err find_page(struct asking *a, struct answer *ret, struct search_result *result)
{
    str text = a->q->text;
    if (ret->replaced) {
        err e = correct(a, &result->corrected);
        if (e)
            return e;
        result->replaced = result->corrected.n > 0;
        text = result->replaced ? result->corrected : text;
    }
    return find_reach(a, text, ret->reach, ret);
}

static err open_asking(struct asking *a, struct answer *answer)
{
    const struct search_query *q = a->q;
    ASSERT(q->sort < SEARCH_SORTS_N);
    a->limit = q->limit < 1 ? 1 : q->limit > LIMIT_MAX ? LIMIT_MAX : q->limit;
    a->identity = identity_of(q);
    if (q->page_token.n > 0) {
        err e = read_token(a, answer);
        if (e)
            return e;
    } else if (q->offset < 0 || q->offset > OFFSET_MAX) {
        return FAIL(a->cx, ERR_INVALID, "offset %lld", (long long)q->offset);
    } else {
        a->offset = q->offset;
    }
    if (q->facets)
        search_index_facets(a->cx->arena, a->facets);
    return add_filters(a);
}

err search_index_query(
    struct search_index *s, struct cx *cx, const struct search_query *q, struct search_result *ret)
{
    struct asking *a = NEW(cx->arena, struct asking);
    struct answer answer = { 0 };
    *a = (struct asking){ .s = s, .cx = cx, .q = q };
    *ret = (struct search_result){ 0 };
    err e = open_asking(a, &answer);
    if (e)
        return e;
    if (str_trim(q->text).n == 0) {
        e = find(a, NULL, 0, &answer.found);
        answer.asked = a->asked;
    } else if (a->after.n > 0)
        e = find_page(a, &answer, ret);
    else
        e = find_text(a, &answer, ret);
    if (e)
        return e;
    id *ids = NEW_N(cx->arena, answer.found.hits_n + 1, id);
    for (size_t i = 0; i < answer.found.hits_n; i++)
        ids[i] = answer.found.hits[i].id;
    ret->product_ids = ids;
    ret->n = answer.found.hits_n;
    ret->total = answer.found.total;
    ret->relaxed = answer.reach >= SEARCH_REACH_MOST && answer.found.total > 0;
    ret->whole = ret->relaxed ? answer.whole : 0;
    ret->next_page_token = write_token(cx->arena, &answer);
    if (q->facets)
        search_index_facets_result(s, cx, q, &answer.found, ret);
    if (q->explain && q->sort == SEARCH_RELEVANCE && answer.found.hits_n > 0)
        return search_index_why(s, cx, &answer.asked, &answer.found, &ret->why);
    return NULL;
}
