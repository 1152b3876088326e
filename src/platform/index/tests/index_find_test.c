/* SPDX-License-Identifier: Apache-2.0
 * Facets beside a count by hand, pruned pages beside exhaustive ones, orders, pages that stay
 * stable while the index changes. Run by meson test; must never count with the index. */
#include <math.h>

#include "platform/index/index_internal.h"
#include "platform/index/tests/index_brute.h"

/* Catalogues of one segment, of many, with deletions and updates. */
static struct index *grown(struct world *w, size_t products, size_t steps)
{
    struct index *ix = index_open(world_schema);
    ix->helper.any_load = true;
    if (rng_chance(&w->rng, 500)) /* every query in two halves, or none */
        atomic_store(&ix->helper.heavy, 1);
    for (size_t i = 0; i < steps; i++) {
        size_t before = w->n;
        world_grow(w, products / steps);
        world_put(w, ix, before, w->n);
        struct product *gone = &w->products[rng_below(&w->rng, w->n)];
        if (gone->there)
            CHECK_INT((int64_t)index_remove(ix, &gone->id, 1), 1);
        gone->there = false;
        size_t changed = rng_below(&w->rng, w->n);
        world_fill(w, &w->products[changed]);
        world_put(w, ix, changed, changed + 1);
    }
    return ix;
}

static const struct product *product_of(const struct world *w, id wanted)
{
    for (size_t i = 0; i < w->n; i++)
        if (id_eq(w->products[i].id, wanted))
            return &w->products[i];
    CHECK(false);
    return NULL;
}

static const int64_t price_edges[] = { 1000, 5000, 9999, 20000, 20001, 40000 };
static const int64_t rating_edges[] = { 200, 300, 400, 450 };
static const int64_t inch_edges[] = { 10, 20, 40 };
static const struct index_facet facets[] = {
    { .on = INDEX_KEYWORD, .field = BRAND, .counts_max = 1000 },
    { .on = INDEX_KEYWORD, .field = CATEGORY, .counts_max = 1000 },
    { .on = INDEX_KEYWORD, .field = TAGS, .counts_max = 1000 },
    { .on = INDEX_NUMBER, .field = PRICE, .edges = price_edges, .edges_n = COUNT(price_edges) },
    { .on = INDEX_NUMBER, .field = RATING, .edges = rating_edges, .edges_n = COUNT(rating_edges) },
    { .on = INDEX_FLAG, .field = PRIME },
    { .on = INDEX_ATTRIBUTE, .name = { "colour", 6 }, .counts_max = 1000 },
    { .on = INDEX_ATTRIBUTE, .counts_max = 1000 },
    { .on = INDEX_ATTRIBUTE_NUMBER,
        .name = { "inches", 6 },
        .edges = inch_edges,
        .edges_n = COUNT(inch_edges) },
};

struct comparing {
    struct world *w;
    struct arena *arena;
    const struct product **matches; /* of the words alone */
    size_t n;
    struct index_query q;
    struct index_result r;
};

static int64_t by_hand(struct comparing *c, struct brute_field of,
    bool (*has)(const struct comparing *, const struct product *, size_t), size_t arg)
{
    int64_t n = 0;
    for (size_t i = 0; i < c->n; i++)
        n += has(c, c->matches[i], arg) && brute_counts(c->w, c->arena, c->matches[i], &c->q, of);
    return n;
}

static bool has_brand(const struct comparing *c, const struct product *p, size_t i)
{
    (void)c;
    return p->brand == i;
}

static bool has_category(const struct comparing *c, const struct product *p, size_t i)
{
    return str_eq(world_category(c->w, p->category), world_category(c->w, (unsigned)i));
}

static bool has_tag(const struct comparing *c, const struct product *p, size_t i)
{
    (void)c;
    return p->tags >> i & 1;
}

static bool has_colour(const struct comparing *c, const struct product *p, size_t i)
{
    (void)c;
    return p->colours >> i & 1;
}

static bool has_size(const struct comparing *c, const struct product *p, size_t i)
{
    (void)c;
    return p->sizes >> i & 1;
}

static bool is_prime(const struct comparing *c, const struct product *p, size_t i)
{
    (void)c;
    (void)i;
    return p->flags >> PRIME & 1;
}

static bool in_bucket(const int64_t *edges, size_t n, int64_t v, size_t i)
{
    return (i == 0 || v >= edges[i - 1]) && (i == n || v < edges[i]);
}

static bool in_price(const struct comparing *c, const struct product *p, size_t i)
{
    (void)c;
    return in_bucket(price_edges, COUNT(price_edges), p->numbers[PRICE], i);
}

static bool in_rating(const struct comparing *c, const struct product *p, size_t i)
{
    (void)c;
    return in_bucket(rating_edges, COUNT(rating_edges), p->numbers[RATING], i);
}

static bool in_inches(const struct comparing *c, const struct product *p, size_t i)
{
    (void)c;
    return p->inches && in_bucket(inch_edges, COUNT(inch_edges), p->inches, i);
}

static void check_words_facets(struct comparing *c)
{
    const struct index_counts *f = c->r.facets;
    struct brute_field brand = { INDEX_KEYWORD, BRAND, { 0 } };
    struct brute_field category = { INDEX_KEYWORD, CATEGORY, { 0 } };
    struct brute_field tags = { INDEX_KEYWORD, TAGS, { 0 } };
    struct brute_field colour = { INDEX_ATTRIBUTE, 0, S("colour") };
    struct brute_field size = { INDEX_ATTRIBUTE, 0, S("size") };
    size_t seen = 0, seen_all = 0;
    for (unsigned i = 1; i < 60; i++) {
        int64_t n = by_hand(c, brand, has_brand, i);
        CHECK_INT(brute_count_of(&f[0], (str){ 0 }, world_brand(c->w, i)), n);
        seen += n > 0;
    }
    CHECK_INT((int64_t)f[0].n, (int64_t)seen);
    for (unsigned i = 0; i < 40; i++)
        CHECK_INT(brute_count_of(&f[1], (str){ 0 }, world_category(c->w, i)),
            by_hand(c, category, has_category, i));
    for (unsigned i = 0; i < 8; i++)
        CHECK_INT(brute_count_of(&f[2], (str){ 0 }, str_fmt(c->arena, "tag%u", i)),
            by_hand(c, tags, has_tag, i));
    for (unsigned i = 0; i < 5; i++) {
        str shade = brute_colour(c->arena, i);
        int64_t n = by_hand(c, colour, has_colour, i), m = by_hand(c, size, has_size, i);
        CHECK_INT(brute_count_of(&f[6], S("colour"), shade), n);
        CHECK_INT(brute_count_of(&f[7], S("colour"), shade), n);
        CHECK_INT(brute_count_of(&f[7], S("size"), str_fmt(c->arena, "%u", i)), m);
        seen_all += (n > 0) + (m > 0);
    }
    CHECK_INT((int64_t)f[7].n, (int64_t)seen_all);
}

static void check_number_facets(struct comparing *c)
{
    const struct index_counts *f = c->r.facets;
    for (size_t i = 0; i <= COUNT(price_edges); i++)
        CHECK_INT(f[3].counts[i].count,
            by_hand(c, (struct brute_field){ INDEX_NUMBER, PRICE, { 0 } }, in_price, i));
    for (size_t i = 0; i <= COUNT(rating_edges); i++)
        CHECK_INT(f[4].counts[i].count,
            by_hand(c, (struct brute_field){ INDEX_NUMBER, RATING, { 0 } }, in_rating, i));
    CHECK_INT(f[5].counts[0].count,
        by_hand(c, (struct brute_field){ INDEX_FLAG, PRIME, { 0 } }, is_prime, 0));
    for (size_t i = 0; i <= COUNT(inch_edges); i++)
        CHECK_INT(f[8].counts[i].count,
            by_hand(
                c, (struct brute_field){ INDEX_ATTRIBUTE_NUMBER, 0, S("inches") }, in_inches, i));
}

static void compare_facets(struct world *w, struct index *ix)
{
    struct cx *cx = check_cx_open();
    struct comparing c = { .w = w, .arena = cx->arena };
    struct index_node root;
    struct index_filter filters[BRUTE_FILTERS];
    struct index_result all;
    world_tree(w, cx->arena, &root, 2);
    const struct index_node *wanted = rng_chance(&w->rng, 100) ? NULL : &root;
    CHECK_ERR(cx,
        index_find(
            ix, cx, &(struct index_query){ .root = wanted, .limit = w->n, .total = true }, &all),
        NULL);
    c.matches = NEW_N(cx->arena, all.hits_n, const struct product *);
    c.n = all.hits_n;
    for (size_t i = 0; i < c.n; i++)
        c.matches[i] = product_of(w, all.hits[i].id);
    size_t filters_n = rng_below(&w->rng, BRUTE_FILTERS + 1);
    for (size_t i = 0; i < filters_n; i++)
        filters[i] = brute_filter(w, cx->arena);
    c.q = (struct index_query){ .root = wanted,
        .filters = filters,
        .filters_n = filters_n,
        .facets = facets,
        .facets_n = COUNT(facets),
        .limit = w->n };
    CHECK_ERR(cx, index_find(ix, cx, &c.q, &c.r), NULL);
    int64_t total = 0;
    for (size_t i = 0; i < c.n; i++)
        total += brute_counts(w, cx->arena, c.matches[i], &c.q, (struct brute_field){ .on = 99 });
    CHECK_INT(c.r.total, total);
    CHECK_INT((int64_t)c.r.hits_n, total);
    for (size_t i = 0; i < c.r.hits_n; i++)
        CHECK(brute_counts(
            w, cx->arena, product_of(w, c.r.hits[i].id), &c.q, (struct brute_field){ .on = 99 }));
    check_words_facets(&c);
    check_number_facets(&c);
    struct index_result plain; /* filters look at fewer documents then, and find the same */
    c.q.facets_n = 0;
    c.q.total = true;
    CHECK_ERR(cx, index_find(ix, cx, &c.q, &plain), NULL);
    CHECK_INT(plain.total, total);
    CHECK_INT((int64_t)plain.hits_n, total);
    for (size_t i = 0; i < plain.hits_n; i++)
        CHECK(id_eq(plain.hits[i].id, c.r.hits[i].id) && plain.hits[i].score == c.r.hits[i].score);
    check_cx_close(cx);
}

static const struct facet_case {
    const char *name;
    size_t products, steps, queries;
} facet_cases[] = { { "few", 60, 6, 400 }, { "many segments", 400, 100, 150 },
    { "one segment", 5000, 1, 40 } };

static void facets_by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(facet_cases); i++) {
        struct world *w = world_open(40 + i);
        struct index *ix = grown(w, facet_cases[i].products, facet_cases[i].steps);
        for (size_t k = 0; k < facet_cases[i].queries; k++)
            compare_facets(w, ix);
        index_close(ix);
        world_close(w);
    }
}

/* ---- pruned and exhaustive ---- */

static const struct index_point sales_points[] = { { 0, 0.7f }, { 100, 1.1f }, { 9000, 1.9f } };
static const struct index_point part_points[] = { { 0, 0.8f }, { 9, 1.0f }, { 15, 2.5f } };
static const float tens_table[16] = { 1, 1, 1.2f, 0.5f, 1, 1, 1, 1, 1, 2, 1, 1, 0.7f, 1, 1, 1 };
static const struct index_factor factors[] = { { SALES, sales_points, COUNT(sales_points) },
    { PRICE, NULL, 0, .shift = 9, .bits = 4, .table = tens_table },
    { PRICE, part_points, COUNT(part_points), .shift = 3, .bits = 4, .name = "part" } };
#define LOWERED 40
static const str boosted[] = { { "home", 4 } };
/* Some with words in common, one that lowers. */
static const struct index_boost boosts[] = { { CATEGORY, boosted, 1, 1.3f, true },
    { CATEGORY, boosted, 1, 1.9f, true }, { CATEGORY, boosted, 1, 0.7f, true } };

static double factor_by_hand(
    const struct world *w, const struct product *p, const struct index_query *q)
{
    double at = (double)p->numbers[SALES], factor = 0;
    for (size_t i = 1; i < COUNT(sales_points) && factor == 0; i++) {
        const struct index_point *a = &sales_points[i - 1], *b = &sales_points[i];
        double part = (at - (double)a->at) / (double)(b->at - a->at);
        if (part < 1)
            factor = (double)a->factor + part * (double)(b->factor - a->factor);
    }
    factor = factor == 0 ? (double)sales_points[2].factor : factor;
    double part = (double)(p->numbers[PRICE] / 8 % 16);
    factor *= (double)tens_table[p->numbers[PRICE] / 512 % 16];
    factor *= part < 9 ? 0.8 + 0.2 * part / 9 : 1.0 + 1.5 * (part - 9) / 6;
    if (q->factors_most > 0 && factor > (double)q->factors_most)
        factor = (double)q->factors_most;
    if (factor < (double)q->factors_least)
        factor = (double)q->factors_least;
    str category = world_category(w, p->category);
    bool home = str_starts(category, S("home/"));
    for (size_t i = 0; i < COUNT(boosts) && home; i++)
        factor *= (double)boosts[i].factor;
    return factor;
}

/* Every score of the exhaustive answer is the text's, of a query without factors, by its factor. */
static void check_factors(struct world *w, struct index *ix, struct cx *cx,
    const struct index_query *q, const struct index_result *r)
{
    struct index_query plain = *q;
    struct index_result text;
    plain.factors_n = plain.boosts_n = plain.lowered_n = 0;
    CHECK_ERR(cx, index_find(ix, cx, &plain, &text), NULL);
    CHECK_INT((int64_t)text.hits_n, (int64_t)r->hits_n);
    for (size_t i = 0; i < r->hits_n; i++) {
        size_t k = 0;
        while (!id_eq(text.hits[k].id, r->hits[i].id))
            k++;
        double want = text.hits[k].score * factor_by_hand(w, product_of(w, text.hits[k].id), q);
        for (size_t l = 0; l < q->lowered_n; l++)
            if (id_eq(q->lowered[l], text.hits[k].id)) {
                want *= (double)q->lowered_factor;
                break; /* one that is named twice is lowered once */
            }
        CHECK(fabs(r->hits[i].score - want) <= want * 1e-6);
    }
}

static void compare_pruned(struct world *w, struct index *ix)
{
    struct cx *cx = check_cx_open();
    struct index_node root;
    struct index_filter filters[2];
    world_tree(w, cx->arena, &root, 3);
    filters[0] = brute_filter(w, cx->arena);
    bool weighed = rng_chance(&w->rng, 500), within = rng_chance(&w->rng, 500);
    id lowered[LOWERED];
    for (size_t i = 0; i < LOWERED; i++) /* some are gone, some are there twice */
        lowered[i] = w->products[rng_below(&w->rng, w->n)].id;
    struct index_query q = { .root = &root,
        .filters = filters,
        .filters_n = rng_chance(&w->rng, 300) ? 1 : 0,
        .factors = factors,
        .factors_n = weighed ? COUNT(factors) : 0,
        .factors_least = within ? 0.9f : 0,
        .factors_most = within ? 1.6f : 0,
        .lowered = lowered,
        .lowered_n = weighed ? LOWERED : 0,
        .lowered_factor = 0.05f,
        .boosts = boosts,
        .boosts_n = weighed ? COUNT(boosts) : 0,
        .limit = w->n,
        .total = true };
    struct index_result all, best;
    CHECK_ERR(cx, index_find(ix, cx, &q, &all), NULL);
    for (size_t i = 1; i < all.hits_n; i++)
        CHECK(all.hits[i - 1].score > all.hits[i].score ||
              (all.hits[i - 1].score == all.hits[i].score &&
                  id_cmp(all.hits[i - 1].id, all.hits[i].id) < 0));
    if (weighed && all.hits_n < 300)
        check_factors(w, ix, cx, &q, &all);
    q.total = false;
    static const size_t limits[] = { 1, 2, 10, 20, 100 };
    for (size_t i = 0; i < COUNT(limits); i++) {
        q.limit = limits[i];
        q.offset = rng_chance(&w->rng, 200) ? 3 : 0;
        CHECK_ERR(cx, index_find(ix, cx, &q, &best), NULL);
        size_t left = all.hits_n > q.offset ? all.hits_n - q.offset : 0;
        CHECK_INT((int64_t)best.hits_n, (int64_t)(left < limits[i] ? left : limits[i]));
        for (size_t k = 0; k < best.hits_n; k++) {
            CHECK(id_eq(best.hits[k].id, all.hits[k + q.offset].id));
            CHECK(best.hits[k].score == all.hits[k + q.offset].score);
        }
    }
    check_cx_close(cx);
}

static const struct facet_case pruned_cases[] = { { "few", 60, 6, 500 },
    { "many segments", 900, 90, 500 }, { "large segments", 9000, 3, 300 } };

/* Columns change in place: what was kept of their factors must not count any more. */
static void revalue(struct world *w, struct index *ix)
{
    for (size_t i = 0; i < 5; i++) {
        struct product *p = &w->products[rng_below(&w->rng, w->n)];
        p->numbers[SALES] = rng_chance(&w->rng, 500) ? 9000 : 0;
        p->numbers[PRICE] = rng_between(&w->rng, 1, 500) * 100 - 1;
        CHECK(index_set_number(ix, p->id, SALES, p->numbers[SALES]) == p->there);
        CHECK(index_set_number(ix, p->id, PRICE, p->numbers[PRICE]) == p->there);
    }
}

static void pruned_is_exhaustive(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pruned_cases); i++) {
        struct world *w = world_open(60 + i);
        struct index *ix = grown(w, pruned_cases[i].products, pruned_cases[i].steps);
        for (size_t k = 0; k < pruned_cases[i].queries; k++) {
            compare_pruned(w, ix);
            revalue(w, ix);
        }
        index_close(ix);
        world_close(w);
    }
}

/* ---- orders and pages ---- */

/* Documents that are touched between the pages: those with an even number. */
static void disturb(struct world *w, struct index *ix)
{
    for (size_t k = 0; k < 8; k++) {
        size_t i = rng_below(&w->rng, w->n) & ~(size_t)1;
        world_fill(w, &w->products[i]);
        if (rng_chance(&w->rng, 300))
            (void)index_remove(ix, &w->products[i].id, 1);
        else
            world_put(w, ix, i, i + 1);
    }
    if (rng_chance(&w->rng, 200))
        index_optimize(ix);
}

/* Two words, each with alternatives of which `n` are given: the others are in no document. As with
 * synonyms that come and go while somebody looks at pages. */
static const struct index_node *growing(
    struct world *w, struct cx *cx, const str words[2], size_t n)
{
    struct index_node *root = NEW(cx->arena, struct index_node);
    struct index_node *kids = NEW_N(cx->arena, n + 2, struct index_node);
    for (size_t i = 0; i < 2; i++) {
        struct index_node *ways = NEW_N(cx->arena, n + 1, struct index_node);
        ways[0] = (struct index_node){ .op = INDEX_TERM, .text = words[i] };
        for (size_t k = 1; k <= n; k++)
            ways[k] = (struct index_node){ .op = INDEX_TERM, .text = S("in-no-document") };
        kids[n + i] = (struct index_node){ .op = INDEX_ANY, .kids = ways, .kids_n = n + 1 };
    }
    for (size_t i = 0; i < n; i++) /* before the words */
        kids[i] = (struct index_node){
            .op = INDEX_TERM, .role = INDEX_OPTIONAL, .text = str_fmt(cx->arena, "nowhere-%zu", i)
        };
    *root = (struct index_node){ .op = INDEX_AND, .kids = kids, .kids_n = n + 2 };
    kids[n + 1].role = rng_chance(&w->rng, 500) ? INDEX_OPTIONAL : INDEX_REQUIRED;
    return root;
}

/* Every document that nobody touches comes once, in the order that it had at the beginning. */
static void compare_pages(struct world *w, struct index *ix, enum index_order order)
{
    struct cx *cx = check_cx_open();
    str words[2] = { world_word(w), world_word(w) };
    struct rng dice = w->rng;
    struct index_query q = { .root = growing(w, cx, words, 0),
        .order = order,
        .order_number = PRICE,
        .limit = w->n,
        .identity = 1,
        .total = true };
    struct index_result all, page;
    CHECK_ERR(cx, index_find(ix, cx, &q, &all), NULL);
    size_t at = 0, pages = 0;
    q.limit = 7;
    q.total = rng_chance(&w->rng, 500);
    do {
        CHECK_ERR(cx, index_find(ix, cx, &q, &page), NULL);
        for (size_t i = 0; i < page.hits_n; i++) {
            size_t number = (size_t)(product_of(w, page.hits[i].id) - w->products);
            if (number % 2 == 0)
                continue;
            while (at < all.hits_n && (product_of(w, all.hits[at].id) - w->products) % 2 == 0)
                at++;
            CHECK(at < all.hits_n && id_eq(all.hits[at++].id, page.hits[i].id));
        }
        q.after = page.next;
        struct rng now = w->rng;
        w->rng = dice; /* the same roles */
        q.root = growing(w, cx, words, pages % 4);
        w->rng = now;
        disturb(w, ix);
        CHECK(++pages < 10000);
    } while (page.next.p);
    while (at < all.hits_n && (product_of(w, all.hits[at].id) - w->products) % 2 == 0)
        at++;
    CHECK_INT((int64_t)at, (int64_t)all.hits_n);
    check_cx_close(cx);
}

static void pages_while_it_changes(void **state)
{
    (void)state;
    struct world *w = world_open(80);
    struct index *ix = index_open(world_schema);
    world_grow(w, 600);
    for (size_t i = 0; i < w->n; i += 20)
        world_put(w, ix, i, i + 20);
    for (size_t i = 0; i < 30; i++)
        compare_pages(w, ix, (enum index_order)(i % 3));
    index_close(ix);
    world_close(w);
}

static void orders(void **state)
{
    (void)state;
    struct world *w = world_open(81);
    struct index *ix = grown(w, 500, 50);
    struct cx *cx = check_cx_open();
    for (enum index_order order = INDEX_BY_NUMBER_UP; order <= INDEX_BY_NUMBER_DOWN; order++) {
        struct index_query q = { .order = order, .order_number = PRICE, .limit = w->n };
        struct index_result r;
        CHECK_ERR(cx, index_find(ix, cx, &q, &r), NULL);
        for (size_t i = 1; i < r.hits_n; i++) {
            int64_t a = product_of(w, r.hits[i - 1].id)->numbers[PRICE];
            int64_t b = product_of(w, r.hits[i].id)->numbers[PRICE];
            CHECK(order == INDEX_BY_NUMBER_UP ? a <= b : a >= b);
            CHECK(a != b || id_cmp(r.hits[i - 1].id, r.hits[i].id) < 0);
        }
    }
    check_cx_close(cx);
    index_close(ix);
    world_close(w);
}

static const struct token_case {
    const char *name;
    str token;
} token_cases[] = { { "empty", { "", 0 } }, { "no base64", { "!!", 2 } },
    { "short", { "AQEB", 4 } },
    { "zeroes", { "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 50 } } };

static void tokens_of_others(void **state)
{
    (void)state;
    struct world *w = world_open(82);
    struct index *ix = grown(w, 60, 2);
    struct cx *cx = check_cx_open();
    struct index_node root = { .op = INDEX_PREFIX, .text = S("a") };
    struct index_query q = { .root = &root, .limit = 3 };
    struct index_result r, other;
    CHECK_ERR(cx, index_find(ix, cx, &q, &r), NULL);
    CHECK(r.next.p != NULL);
    struct index_node another = { .op = INDEX_PREFIX, .text = S("b") };
    q.root = &another;
    q.after = r.next;
    CHECK_ERR(cx, index_find(ix, cx, &q, &other), &INDEX_BAD_TOKEN);
    for (size_t i = 0; i < COUNT(token_cases); i++) {
        check_cx_close(cx);
        cx = check_cx_open();
        q.after = token_cases[i].token;
        CASE(token_cases[i].name, index_find(ix, cx, &q, &other) == &INDEX_BAD_TOKEN);
    }
    check_cx_close(cx);
    index_close(ix);
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facets_by_hand),
        cmocka_unit_test(pruned_is_exhaustive),
        cmocka_unit_test(pages_while_it_changes),
        cmocka_unit_test(orders),
        cmocka_unit_test(tokens_of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
