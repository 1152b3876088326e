/* SPDX-License-Identifier: Apache-2.0
 * Fuzz entry of an index's queries: bytes become a tree, filters, facets, factors, an order and a
 * page, over a small index of several segments. Run by ./dev fuzz index_query. A pruned answer must
 * be the beginning of the whole one, and pages must join without a gap. */
#include "platform/index/tests/index_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
    const uint8_t *p;
    size_t n;
    struct arena *arena;
    size_t nodes;
};

static unsigned take(struct bytes *b)
{
    if (b->n == 0)
        return 0;
    b->n--;
    return *b->p++;
}

static str take_text(struct bytes *b)
{
    unsigned kind = take(b);
    if (kind < 200)
        return str_fmt(b->arena, "%c%c%u", (int)('a' + kind % 7), (int)('a' + kind % 5), kind);
    size_t n = kind % 70 < b->n ? kind % 70 : b->n;
    str text = { (const char *)b->p, n };
    b->p += n;
    b->n -= n;
    return text;
}

static int64_t take_number(struct bytes *b)
{
    return (int64_t)((take(b) << 8 | take(b)) * (take(b) % 3)) - 100;
}

static void take_node(struct bytes *b, struct index_node *n, unsigned depth)
{
    unsigned op = take(b), how = take(b);
    *n = (struct index_node){ .op = (enum index_op)(op % 7),
        .role = (enum index_role)(how % 3),
        .weight = (float)(take(b) % 16) / 4,
        .fields = how & 16 ? take(b) : 0,
        .least = how & 32 ? take(b) % 4 : 0 };
    if (n->op == INDEX_TERM || n->op == INDEX_PREFIX)
        n->text = take_text(b);
    else if (n->op != INDEX_ALL && depth < INDEX_DEPTH_MAX + 2 && b->nodes < 600) {
        n->kids_n = take(b) % 5;
        b->nodes += n->kids_n;
        struct index_node *kids = NEW_N(b->arena, n->kids_n, struct index_node);
        for (size_t i = 0; i < n->kids_n; i++)
            take_node(b, &kids[i], depth + 1);
        n->kids = kids;
    }
}

static str take_value(struct bytes *b)
{
    unsigned kind = take(b);
    switch (kind % 5) {
    case 0:
        return str_fmt(b->arena, "Brand %u", kind / 5);
    case 1:
        return kind & 8 ? S("home") : S("sport/ball");
    case 2:
        return str_fmt(b->arena, "tag%u", kind / 5 % 9);
    case 3:
        return str_fmt(b->arena, "shade%u", kind / 5 % 6);
    default:
        return take_text(b);
    }
}

static str take_name(struct bytes *b)
{
    static const str names[] = { { "colour", 6 }, { "size", 4 }, { "inches", 6 }, { "", 0 } };
    return names[take(b) % COUNT(names)];
}

static struct index_filter take_filter(struct bytes *b)
{
    unsigned how = take(b);
    struct index_filter f = { .on = (enum index_on)(how % 5),
        .field = how / 5 % 4,
        .subtree = how & 32,
        .unset = how & 64,
        .values_n = take(b) % 4,
        .name = take_name(b),
        .from = take_number(b),
        .to = take_number(b) };
    str *values = NEW_N(b->arena, f.values_n, str);
    for (size_t i = 0; i < f.values_n; i++)
        values[i] = take_value(b);
    f.values = values;
    return f;
}

static struct index_facet take_facet(struct bytes *b)
{
    unsigned how = take(b);
    struct index_facet f = { .on = (enum index_on)(how % 5),
        .field = how / 5 % 4,
        .name = take_name(b),
        .counts_max = take(b) % 8,
        .edges_n = take(b) % 6 };
    int64_t *edges = NEW_N(b->arena, f.edges_n, int64_t), edge = take_number(b);
    for (size_t i = 0; i < f.edges_n; i++)
        edges[i] = edge += take(b) + 1;
    f.edges = edges;
    return f;
}

static struct index_factor take_factor(struct bytes *b)
{
    struct index_factor f = { .number = take(b) % 4, .points_n = take(b) % 4 };
    struct index_point *points = NEW_N(b->arena, f.points_n, struct index_point);
    int64_t at = take_number(b);
    for (size_t i = 0; i < f.points_n; i++)
        points[i] = (struct index_point){ at += take(b) + 1, (float)(take(b) + 1) / 64 };
    f.points = points;
    return f;
}

static void take_query(struct bytes *b, struct index_query *q)
{
    struct index_node *root = NEW(b->arena, struct index_node);
    struct index_filter *filters = NEW_N(b->arena, 4, struct index_filter);
    struct index_facet *facets = NEW_N(b->arena, 4, struct index_facet);
    struct index_factor *factors = NEW_N(b->arena, 2, struct index_factor);
    unsigned how = take(b);
    *q = (struct index_query){ .root = how & 1 ? NULL : root,
        .filters = filters,
        .filters_n = how >> 1 & 3,
        .facets = facets,
        .facets_n = how >> 3 & 3,
        .factors = factors,
        .factors_n = how >> 5 & 1,
        .order = (enum index_order)(take(b) % 3),
        .order_number = take(b) % 4,
        .offset = take(b) % 16,
        .limit = take(b) % 32 };
    take_node(b, root, 1);
    for (size_t i = 0; i < q->filters_n; i++)
        filters[i] = take_filter(b);
    for (size_t i = 0; i < q->facets_n; i++)
        facets[i] = take_facet(b);
    for (size_t i = 0; i < q->factors_n; i++)
        factors[i] = take_factor(b);
}

/* Several segments, one with dense columns, deletions in each; made once. */
static struct index *living(void)
{
    static struct index *ix;
    if (ix)
        return ix;
    struct world *w = world_open(5);
    ix = index_open(world_schema);
    world_grow(w, 2600);
    for (size_t i = 0; i < w->n; i++)
        w->products[i].words_n[BODY] %= 6;
    world_put(w, ix, 0, 2300);
    for (size_t i = 2300; i < w->n; i += 100)
        world_put(w, ix, i, i + 100);
    for (size_t i = 0; i < w->n; i += 50)
        (void)index_remove(ix, &w->products[i].id, 1);
    world_close(w);
    return ix;
}

/* The page that was asked for, and the one behind it, are parts of the whole. */
static void compare(struct cx *cx, struct index_query q)
{
    struct index_result all, page, next;
    struct index_query whole = q;
    whole.offset = 0;
    whole.limit = INDEX_PAGE_MAX;
    whole.total = true;
    err e = index_find(living(), cx, &whole, &all);
    ASSERT(!e || e == &ERR_BUG);
    ASSERT(index_find(living(), cx, &q, &page) == e);
    if (e)
        return;
    ASSERT((int64_t)all.hits_n == all.total && page.total <= all.total);
    size_t left = all.hits_n > q.offset ? all.hits_n - q.offset : 0;
    ASSERT(page.hits_n == (left < q.limit ? left : q.limit));
    for (size_t i = 0; i < page.hits_n; i++)
        ASSERT(id_eq(page.hits[i].id, all.hits[q.offset + i].id));
    if (!page.next.p)
        return;
    q.after = page.next;
    ASSERT(index_find(living(), cx, &q, &next) == NULL && next.hits_n > 0);
    ASSERT(id_eq(next.hits[0].id, all.hits[q.offset + q.limit].id));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cx cx = { .arena = arena_open(1 << 16) };
    struct bytes b = { data, size, cx.arena, 0 };
    struct index_query q;
    struct index_result r;
    struct index_word *words;
    struct index_reason *reasons;
    size_t n;
    take_query(&b, &q);
    compare(&cx, q);
    (void)index_explain(living(), &cx, &q, id_from_name(S("world"), S("3")), &reasons, &n);
    q.after = take_text(&b);
    err e = index_find(living(), &cx, &q, &r);
    ASSERT(!e || e == &ERR_BUG || e == &INDEX_BAD_TOKEN);
    str text = take_text(&b);
    index_complete(living(), &cx, text, take(&b) % 20, &words, &n);
    struct index_fuzzy near = { text, 1 + take(&b) % 2, take(&b) % 4, take(&b) % 9 };
    index_fuzzy(living(), &cx, near, &words, &n);
    ASSERT(n <= near.n);
    arena_close(cx.arena);
    return 0;
}
