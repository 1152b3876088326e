/* SPDX-License-Identifier: Apache-2.0
 * The way of a query: plan, then for each segment window by window match, filter, count, rank.
 * Called by the search adapter; must never wait for a writer. */
#include "platform/index/index_filter.h"
#include "platform/index/index_topk.h"

const problem INDEX_BAD_TOKEN = { KIND_MALFORMED, "index.bad_token", "page_token_invalid",
    "The page token is not one of this query." };

struct finding {
    struct index *ix;
    struct arena *arena;
    const struct index_query *q;
    const struct index_view *view;
    const struct index_plan *plan;
    struct index_sieve *sieves;
    struct index_tally *tallies;
    struct index_ranker ranker;
    struct index_topk top;
    bool pruned; /* only the best are wanted: what cannot be one is not looked at */
    int64_t total;
    /* the segment */
    struct index_segment *s; /* bounds are kept in it */
    const struct index_bits *deleted;
    struct index_run *run;
    struct arena *run_arena;
    uint32_t from, to; /* documents to look at */
    /* the window */
    uint32_t docs[INDEX_WINDOW], scores[INDEX_WINDOW], fails[INDEX_WINDOW];
};

/* ---- one window ---- */

static size_t drop_deleted(struct finding *f, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        f->docs[kept] = f->docs[i];
        f->scores[kept] = f->scores[i];
        kept += !index_bit(f->deleted, f->docs[i]);
    }
    return kept;
}

/* Those that pass all filters come first; how many they are. */
static size_t drop_failed(struct finding *f, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        f->docs[kept] = f->docs[i];
        f->scores[kept] = f->scores[i];
        kept += f->fails[i] == 0;
    }
    return kept;
}

static void rank_by_number(struct finding *f, size_t n)
{
    bool up = f->q->order == INDEX_BY_NUMBER_UP;
    for (size_t i = 0; i < n; i++) {
        uint64_t key =
            index_key_of_number(index_number_at(f->s, f->q->order_number, f->docs[i]), up);
        if (index_topk_wants(&f->top, key))
            index_topk_add(&f->top, (struct index_best){ key, f->s->ids[f->docs[i]] });
    }
}

/* A text score below this is too low even with the highest factors. */
static uint32_t score_floor(const struct finding *f, double worst)
{
    double least = worst / f->ranker.max * (1 - 1e-9);
    return least < 1 ? 0 : least > UINT32_MAX ? UINT32_MAX : (uint32_t)least;
}

/* Columns are looked at only where the score leaves a chance. */
static void rank_by_score(struct finding *f, size_t n)
{
    bool full = index_topk_full(&f->top);
    double worst = full ? index_score_of_key(f->top.heap[0].key) : 0;
    uint32_t least = score_floor(f, worst);
    for (size_t i = 0; i < n; i++) {
        if (f->scores[i] < least)
            continue;
        double score = f->scores[i];
        double factor =
            index_ranker_of(&f->ranker, f->s, f->docs[i], (struct index_bar){ score, worst });
        uint64_t key = index_key_of_score(score * factor);
        if (factor == 0 || !index_topk_wants(&f->top, key))
            continue;
        index_topk_add(&f->top, (struct index_best){ key, f->s->ids[f->docs[i]] });
        full = index_topk_full(&f->top);
        worst = full ? index_score_of_key(f->top.heap[0].key) : 0;
        least = score_floor(f, worst);
    }
}

static void sift(struct finding *f, size_t sieve, size_t sieves_n, size_t n)
{
    memset(f->fails, 0, n * sizeof f->fails[0]);
    index_sieves_apply(f->sieves + sieve, sieves_n, f->s, f->docs, n, f->fails);
}

/* Facets count what fails their own filter alone, so each filter looks at all documents. */
static size_t sift_and_count(struct finding *f, size_t n)
{
    const uint32_t *fails = f->q->filters_n > 0 ? f->fails : NULL;
    if (fails)
        sift(f, 0, f->q->filters_n, n);
    index_tallies_count(f->tallies, f->q->facets_n, f->s, f->view->keywords, f->docs, fails, n);
    return fails ? drop_failed(f, n) : n;
}

/* Without facets each filter looks at what is left by those before it: of one category, little. */
static size_t sift_in_turn(struct finding *f, size_t n)
{
    for (size_t i = 0; i < f->q->filters_n && n > 0; i++) {
        sift(f, i, 1, n);
        n = drop_failed(f, n);
    }
    return n;
}

static void take_window(struct finding *f, size_t n)
{
    if (f->deleted)
        n = drop_deleted(f, n);
    if (n == 0)
        return;
    n = f->q->facets_n > 0 ? sift_and_count(f, n) : sift_in_turn(f, n);
    f->total += (int64_t)n;
    if (f->top.max == 0)
        return;
    if (f->q->order == INDEX_BY_SCORE)
        rank_by_score(f, n);
    else
        rank_by_number(f, n);
}

/* ---- one segment ---- */

/* The text score that a document from `lo` on must have. At the score of the worst of a full heap
 * the id decides, and ids rise within a segment. */
static uint64_t floor_of(const struct finding *f, uint32_t lo)
{
    if (!f->pruned || !index_topk_full(&f->top) || f->top.n == 0)
        return 0;
    double least = index_score_of_key(f->top.heap[0].key) / f->ranker.max;
    bool later = id_cmp(f->s->ids[lo], f->top.heap[0].id) > 0;
    uint64_t floor = least < 1 ? 0 : (uint64_t)least;
    /* Without factors the division is exact. */
    return f->ranker.max == 1 ? floor + later : floor;
}

static void run_range(struct finding *f)
{
    uint32_t lo = index_run_seek(f->run, f->from);
    for (; lo < f->to; lo = index_run_seek(f->run, lo)) {
        uint32_t hi = f->to - lo > INDEX_WINDOW ? lo + INDEX_WINDOW : f->to;
        struct index_window window = { .lo = lo, .hi = hi, .floor = floor_of(f, lo) };
        if (!window.floor || index_run_bound(f->run, lo, hi) >= window.floor)
            take_window(f, index_run_next(f->run, window, f->docs, f->scores));
        lo = hi;
    }
}

/* ---- one segment by two threads ---- */

static void run_half(void *arg)
{
    struct finding *f = arg;
    f->run = index_run_open(f->run_arena, f->s, f->plan);
    if (f->run)
        run_range(f);
}

/* A finding of its own for the other half: what is only read is shared. */
static struct finding *half_of(const struct finding *f, struct arena *arena)
{
    struct finding *half = NEW(arena, struct finding);
    *half = *f;
    half->run_arena = arena;
    half->from = f->s->docs / 2 / INDEX_WINDOW * INDEX_WINDOW;
    half->to = f->s->docs;
    half->total = 0;
    half->tallies = index_tallies_copy(arena, f->tallies, f->q->facets_n);
    half->top = index_topk_new(arena, f->top.max);
    half->top.after = f->top.after;
    half->top.from = f->top.from;
    return half;
}

/* False when the helper has other work. */
static bool run_shared(struct finding *f)
{
    struct arena *arena DEFER(arena_close_at) = arena_open(1 << 18);
    struct finding *half = half_of(f, arena);
    if (!index_helper_give(&f->ix->helper, run_half, half))
        return false;
    f->to = half->from;
    run_range(f);
    index_helper_finish(&f->ix->helper);
    f->total += half->total;
    index_tallies_add(f->tallies, half->tallies, f->q->facets_n);
    for (size_t i = 0; i < half->top.n; i++)
        index_topk_add(&f->top, half->top.heap[i]);
    return true;
}

static void run_segment(struct finding *f)
{
    f->from = 0;
    f->to = f->s->docs;
    f->run = index_run_open(f->run_arena, f->s, f->plan);
    if (!f->run)
        return;
    index_ranker_enter(&f->ranker, f->run_arena, f->s);
    bool heavy = !f->pruned && f->run->cost >= atomic_load(&f->ix->helper.heavy);
    if (!heavy || !run_shared(f))
        run_range(f);
}

/* The largest segment first: it fills the heap with what is hard to beat. */
static void run_segments(struct finding *f)
{
    size_t n = f->view->n;
    bool *done = NEW_N(f->arena, n, bool);
    for (size_t k = 0; k < n; k++) {
        size_t next = n;
        for (size_t i = 0; i < n; i++)
            if (!done[i] &&
                (next == n || f->view->parts[i].segment->docs > f->view->parts[next].segment->docs))
                next = i;
        done[next] = true;
        struct arena *arena DEFER(arena_close_at) = arena_open(1 << 16);
        f->s = f->view->parts[next].segment;
        f->deleted = f->view->parts[next].deleted;
        f->run_arena = arena;
        run_segment(f);
    }
}

/* ---- the query ---- */

static uint64_t mix(uint64_t hash, uint64_t v)
{
    return (hash ^ v) * UINT64_C(0x9e3779b97f4a7c15) + (hash >> 29);
}

static uint64_t hash_node(uint64_t hash, const struct index_node *n)
{
    uint32_t weight;
    memcpy(&weight, &n->weight, sizeof weight);
    hash = mix(hash, (uint64_t)n->op << 8 | (uint64_t)n->role << 16 | n->kids_n);
    hash = mix(mix(hash, str_hash(n->text)), (uint64_t)weight << 32 | n->fields);
    for (size_t i = 0; i < n->kids_n; i++)
        hash = hash_node(hash, &n->kids[i]);
    return hash;
}

/* What makes a token one of this query. */
static uint64_t hash_query(const struct index_query *q)
{
    uint64_t hash = mix((uint64_t)q->order, q->order_number);
    if (q->root)
        hash = hash_node(hash, q->root);
    for (size_t i = 0; i < q->filters_n; i++) {
        const struct index_filter *f = &q->filters[i];
        hash = mix(hash, (uint64_t)f->on | f->field << 8 | (uint64_t)f->unset << 16);
        hash = mix(mix(mix(hash, str_hash(f->name)), (uint64_t)f->from), (uint64_t)f->to);
        for (size_t k = 0; k < f->values_n; k++)
            hash = mix(hash, str_hash(f->values[k]));
    }
    return hash;
}

err index_query_check(struct cx *cx, const struct index_shape *shape, const struct index_query *q)
{
    size_t limit = q->offset + q->limit;
    if (limit > INDEX_PAGE_MAX || q->filters_n > INDEX_FILTERS_MAX ||
        q->facets_n > INDEX_FACETS_MAX || q->lowered_n > INDEX_LOWERED_MAX)
        return FAIL(cx, ERR_BUG, "a query beyond its limits");
    bool known = q->order == INDEX_BY_SCORE || q->order_number < shape->numbers_n;
    for (size_t i = 0; i < q->filters_n; i++) {
        const struct index_filter *in = &q->filters[i];
        known = known && (in->on != INDEX_KEYWORD || in->field < shape->keywords_n) &&
                (in->on != INDEX_NUMBER || in->field < shape->numbers_n) &&
                (in->on != INDEX_FLAG || in->field < shape->flags_n);
    }
    for (size_t i = 0; i < q->facets_n; i++) {
        const struct index_facet *in = &q->facets[i];
        known = known && in->edges_n < 256 &&
                (in->on != INDEX_KEYWORD || in->field < shape->keywords_n) &&
                (in->on != INDEX_NUMBER || in->field < shape->numbers_n) &&
                (in->on != INDEX_FLAG || in->field < shape->flags_n);
    }
    for (size_t i = 0; i < q->factors_n; i++)
        known = known && q->factors[i].number < shape->numbers_n && q->factors[i].bits < 63 &&
                (!q->factors[i].table || (q->factors[i].bits > 0 && q->factors[i].bits <= 8));
    known = known && q->factors_least >= 0 && q->factors_most >= 0 &&
            (q->factors_most == 0 || q->factors_most >= q->factors_least);
    known = known && (q->lowered_n == 0 || (q->lowered_factor > 0 && q->lowered_factor <= 1));
    for (size_t i = 0; i < q->boosts_n; i++)
        known = known && q->boosts[i].keyword < shape->keywords_n;
    return known ? NULL : FAIL(cx, ERR_BUG, "a query of fields that there are not");
}

static err prepare(
    struct finding *f, struct cx *cx, const struct index_shape *shape, struct index_token_of *token)
{
    const struct index_query *q = f->q;
    err e = index_query_check(cx, shape, q);
    if (e)
        return e;
    struct index_token_of given = { 0 };
    token->query = q->identity ? q->identity : hash_query(q);
    if (q->after.p) {
        if (!index_token_read(cx->arena, q->after, &given) || given.query != token->query)
            return FAIL(cx, INDEX_BAD_TOKEN, "token of %zu bytes", q->after.n);
    }
    f->plan = index_plan_make(
        cx->arena, f->view, shape, q->root, q->after.p ? &given.rarity : NULL, &token->rarity);
    if (!f->plan)
        return FAIL(cx, ERR_BUG, "a query's tree is too large, or of no field");
    f->sieves = index_sieves_make(cx->arena, f->view->keywords, q->filters, q->filters_n);
    f->tallies = index_tallies_make(cx->arena, f->view->keywords, q, f->sieves);
    f->ranker = index_ranker_make(cx->arena, f->view->keywords, shape, q);
    f->top = index_topk_new(cx->arena, q->limit ? (q->after.p ? 0 : q->offset) + q->limit + 1 : 0);
    f->top.after = q->after.p != NULL;
    f->top.from = given.last;
    f->pruned = q->order == INDEX_BY_SCORE && q->facets_n == 0 && !q->total;
    return NULL;
}

static void finish(struct finding *f, struct index_token_of *token, struct index_result *ret)
{
    const struct index_query *q = f->q;
    size_t offset = q->after.p ? 0 : q->offset;
    index_topk_sort(&f->top);
    size_t n = f->top.n > offset ? f->top.n - offset : 0;
    bool more = n > q->limit;
    n = more ? q->limit : n;
    struct index_hit *hits = NEW_N(f->arena, n, struct index_hit);
    for (size_t i = 0; i < n; i++) {
        struct index_best best = f->top.heap[offset + i];
        hits[i].id = best.id;
        if (q->order == INDEX_BY_SCORE)
            hits[i].score = index_score_of_key(best.key) / (INDEX_SCALE * 255);
        token->last = best;
    }
    *ret = (struct index_result){ .hits = hits,
        .hits_n = n,
        .total = f->pruned ? -1 : f->total,
        .facets = index_tallies_result(f->arena, f->tallies, q->facets_n, f->view->keywords),
        .next = more && n > 0 ? index_token_write(f->arena, token) : (str){ 0 } };
}

err index_find(
    struct index *ix, struct cx *cx, const struct index_query *q, struct index_result *ret)
{
    struct index_slot *slot;
    struct index_token_of token = { 0 };
    struct finding *f = NEW(cx->arena, struct finding);
    f->ix = ix;
    f->arena = cx->arena;
    f->q = q;
    f->view = index_view_take(ix, &slot);
    err e = prepare(f, cx, &ix->shape, &token);
    if (!e) {
        run_segments(f);
        finish(f, &token, ret);
    }
    index_view_give(slot);
    return e;
}
