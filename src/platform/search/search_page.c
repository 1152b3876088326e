/* SPDX-License-Identifier: Apache-2.0
 * Order and pages: sort keys, the first hits kept in a heap, and the token that says where the next
 * page begins. Called in the pass over the matches. Must never trust a token.
 *
 * A token holds the sort key and id of the last hit, not a position, so that nothing is shown twice
 * when products come in between. Relevance shifts a little with every product: there the key is
 * made again for the token's document, as long as it matches. */
#include <math.h>

#include "platform/search/search_internal.h"

const problem SEARCH_BAD_TOKEN = { KIND_MALFORMED, "search.bad_token", "page_token_invalid",
    "This page token cannot be used." };

#define OFFSET_MAX 5000
#define LIMIT_MAX 100
#define TOKEN_N 32 /* version, sort, 2 of check, 4 of document, 8 of key, 16 of id */
#define TOKEN_VERSION 1

/* Relevance is the rank of the text times each of these. */
static const struct {
    double out_of_stock;  /* goes down, but stays */
    double rating;        /* of 5 stars against 3, from very many reviews; 1 star loses as much */
    double rating_weight; /* reviews that are half of very many */
    double popularity;    /* for each tenfold of units sold */
    float category;       /* added for each word of a category's name, when the text has them all */
} boosts = {
    .out_of_stock = 0.6, .rating = 0.10, .rating_weight = 10, .popularity = 0.04, .category = 0.5F
};

/* "laptop bag" names "laptop-bags" better than "laptops". */
const float *search_category_boosts(
    struct arena *arena, const struct search_cache *cache, str words)
{
    uint32_t n = cache->categories.n;
    float *factors = NEW_N(arena, n + 1, float);

    for (uint32_t i = 0; i < n; i++) {
        str rest = cache->category_names[i];
        factors[i] = 1;
        while (rest.n > 0) {
            str word = str_cut(&rest, ' ');
            if (!search_has_word(words, word)) {
                factors[i] = 1;
                break;
            }
            factors[i] += boosts.category;
        }
    }
    return factors;
}

static double boost(const struct search_block *b, uint32_t at)
{
    double factor = b->flags[at] & SEARCH_IN_STOCK ? 1 : boosts.out_of_stock;
    double reviews = b->rating_count[at];

    if (reviews > 0)
        factor *= 1 + boosts.rating * (b->rating[at] - 300.0) / 200.0 * reviews /
                          (reviews + boosts.rating_weight);
    if (b->popularity[at] > 0)
        factor *= 1 + boosts.popularity * log10(1.0 + b->popularity[at]);
    return factor;
}

/* Signed numbers in the order of unsigned ones. */
static uint64_t rising(int64_t v)
{
    return (uint64_t)v ^ (UINT64_C(1) << 63);
}

static uint64_t relevance_key(
    const struct search_pass *pass, const struct search_block *b, uint32_t at, double score)
{
    double relevance = (score > 0 ? score : 1e-9) * boost(b, at);
    if (pass->category_boost)
        relevance *= pass->category_boost[b->category[at]];
    uint64_t bits;
    memcpy(&bits, &relevance, sizeof bits); /* of positive doubles the bits are in their order */
    return ~bits;
}

static uint64_t sort_key(const struct search_pass *pass, struct search_match match)
{
    const struct search_block *b = search_block_of(pass->cache, match.doc);
    uint32_t at = match.doc % SEARCH_BLOCK;

    switch (pass->q->sort) {
    case SEARCH_PRICE_UP:
        return rising(b->price[at]);
    case SEARCH_PRICE_DOWN:
        return ~rising(b->price[at]);
    case SEARCH_RATING:
        return ~((uint64_t)b->rating[at] << 32 | b->rating_count[at]);
    case SEARCH_NEWEST:
        return ~rising(b->released_ms[at]);
    case SEARCH_POPULARITY:
        return ~(uint64_t)b->popularity[at];
    case SEARCH_RELEVANCE:
    case SEARCH_SORTS_N:
        break;
    }
    return relevance_key(pass, b, at, match.score);
}

/* ---- tokens ---- */
static uint16_t token_check(const uint8_t token[static TOKEN_N])
{
    uint64_t hash = str_hash((str){ (const char *)token + 4, TOKEN_N - 4 });
    return (uint16_t)(hash ^ token[0] ^ (unsigned)token[1] << 8);
}

static str token_make(struct arena *arena, enum search_sort sort, struct search_hit hit, id last)
{
    uint8_t token[TOKEN_N] = { TOKEN_VERSION, (uint8_t)sort };

    memcpy(token + 4, &hit.doc, 4);
    memcpy(token + 8, &hit.key, 8);
    memcpy(token + 16, last.b, 16);
    uint16_t check = token_check(token);
    memcpy(token + 2, &check, 2);
    return str_base64url(arena, (str){ (const char *)token, sizeof token });
}

static err token_read(struct search_pass *pass, struct cx *cx)
{
    uint8_t token[TOKEN_N];
    uint16_t check;
    str bytes;

    bool ok = pass->q->page_token.n < 64 && str_unbase64(cx->arena, pass->q->page_token, &bytes) &&
              bytes.n == TOKEN_N;
    if (!ok)
        return FAIL(cx, SEARCH_BAD_TOKEN, "no token of ours");
    memcpy(token, bytes.p, sizeof token);
    memcpy(&check, token + 2, 2);
    if (token[0] != TOKEN_VERSION || token[1] != pass->q->sort || check != token_check(token))
        return FAIL(cx, SEARCH_BAD_TOKEN, "not a token of this sort");
    memcpy(&pass->after.doc, token + 4, 4);
    memcpy(&pass->after.key, token + 8, 8);
    memcpy(pass->after_id.b, token + 16, 16);
    pass->has_after = true;
    return NULL;
}

/* The key that the token's document has now, if it still matches. */
static void token_renew(
    struct search_pass *pass, const struct search_match *matches, size_t matches_n)
{
    uint32_t doc = pass->after.doc;
    if (doc == 0 || doc >= pass->cache->docs_n)
        return;
    const struct search_block *b = search_block_of(pass->cache, doc);
    uint32_t at = doc % SEARCH_BLOCK;
    if (!(b->flags[at] & SEARCH_ALIVE) || !id_eq(b->ids[at], pass->after_id))
        return;
    if (!matches)
        pass->after.key = relevance_key(pass, b, at, 1);
    for (size_t i = 0; matches && i < matches_n; i++) {
        if (matches[i].doc == doc)
            pass->after.key = relevance_key(pass, b, at, matches[i].score);
    }
}

/* ---- the page ---- */
err search_page_init(
    struct search_pass *pass, struct cx *cx, const struct search_match *matches, size_t matches_n)
{
    const struct search_query *q = pass->q;
    int64_t limit = q->limit < 1 ? 1 : q->limit > LIMIT_MAX ? LIMIT_MAX : q->limit;
    int64_t offset = 0;

    ASSERT(q->sort < SEARCH_SORTS_N);
    if (q->page_token.n > 0) {
        err e = token_read(pass, cx);
        if (e)
            return e;
        if (q->sort == SEARCH_RELEVANCE)
            token_renew(pass, matches, matches_n);
    } else {
        if (q->offset < 0 || q->offset > OFFSET_MAX)
            return FAIL(cx, ERR_INVALID, "offset %lld", (long long)q->offset);
        offset = q->offset;
    }
    pass->heap_max = (size_t)(offset + limit);
    pass->heap = NEW_N(cx->arena, pass->heap_max, struct search_hit);
    return NULL;
}

static id id_of(const struct search_pass *pass, uint32_t doc)
{
    return search_block_of(pass->cache, doc)->ids[doc % SEARCH_BLOCK];
}

static bool before(const struct search_pass *pass, struct search_hit a, struct search_hit b)
{
    if (a.key != b.key)
        return a.key < b.key;
    return id_cmp(id_of(pass, a.doc), id_of(pass, b.doc)) < 0;
}

static void sink_down(struct search_pass *pass, size_t i, size_t n)
{
    struct search_hit *heap = pass->heap;
    for (;;) {
        size_t next = 2 * i + 1;
        if (next >= n)
            return;
        if (next + 1 < n && before(pass, heap[next], heap[next + 1]))
            next++;
        if (!before(pass, heap[i], heap[next]))
            return;
        struct search_hit hit = heap[i];
        heap[i] = heap[next];
        heap[next] = hit;
        i = next;
    }
}

static void rise_up(struct search_pass *pass, size_t i)
{
    struct search_hit *heap = pass->heap;
    while (i > 0 && before(pass, heap[(i - 1) / 2], heap[i])) {
        struct search_hit hit = heap[i];
        heap[i] = heap[(i - 1) / 2];
        heap[(i - 1) / 2] = hit;
        i = (i - 1) / 2;
    }
}

void search_page_add(struct search_pass *pass, struct search_match match)
{
    struct search_hit hit = { .key = sort_key(pass, match), .doc = match.doc };

    if (pass->has_after) {
        if (hit.key < pass->after.key)
            return;
        if (hit.key == pass->after.key && id_cmp(id_of(pass, hit.doc), pass->after_id) <= 0)
            return;
    }
    pass->later++;
    if (pass->heap_n < pass->heap_max) {
        pass->heap[pass->heap_n] = hit;
        rise_up(pass, pass->heap_n++);
    } else if (before(pass, hit, pass->heap[0])) {
        pass->heap[0] = hit;
        sink_down(pass, 0, pass->heap_n);
    }
}

void search_page_result(struct search_pass *pass, struct cx *cx, struct search_result *ret)
{
    const struct search_query *q = pass->q;
    struct search_hit *heap = pass->heap;
    size_t from = q->page_token.n > 0 ? 0 : (size_t)q->offset;

    for (size_t n = pass->heap_n; n > 1; n--) { /* the last one goes behind the others */
        struct search_hit hit = heap[0];
        heap[0] = heap[n - 1];
        heap[n - 1] = hit;
        sink_down(pass, 0, n - 1);
    }
    ret->total = pass->total;
    ret->n = pass->heap_n > from ? pass->heap_n - from : 0;
    id *ids = NEW_N(cx->arena, ret->n + 1, id);
    for (size_t i = 0; i < ret->n; i++)
        ids[i] = id_of(pass, heap[from + i].doc);
    ret->product_ids = ids;
    if (ret->n > 0 && pass->later > (int64_t)pass->heap_n)
        ret->next_page_token =
            token_make(cx->arena, q->sort, heap[pass->heap_n - 1], ids[ret->n - 1]);
}
