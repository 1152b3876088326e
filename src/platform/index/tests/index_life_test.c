/* SPDX-License-Identifier: Apache-2.0
 * The life of an index beside a plain array: columns set in place through puts, removals, merges,
 * snapshots and swaps. Run by meson test; must never leave a step unchecked. */
#include "platform/index/tests/index_folder.h"
#include "platform/index/tests/index_world.h"

struct life {
    struct world *w;
    struct index *ix;
    str folder;
    int64_t sequence;
};

/* ---- comparing ---- */

static int by_price(const void *a, const void *b)
{
    const struct product *x = *(const struct product *const *)a;
    const struct product *y = *(const struct product *const *)b;
    if (x->numbers[PRICE] != y->numbers[PRICE])
        return x->numbers[PRICE] < y->numbers[PRICE] ? -1 : 1;
    return id_cmp(x->id, y->id);
}

/* Order, filter and facet all see the columns as they are now. */
static void check(struct life *l)
{
    struct cx *cx = check_cx_open();
    struct world *w = l->w;
    const struct product **want = NEW_N(cx->arena, w->n, const struct product *);
    size_t n = 0;
    int64_t prime = 0, cheap = 0;
    for (size_t i = 0; i < w->n; i++) {
        if (!w->products[i].there || !(w->products[i].flags >> STOCK & 1))
            continue;
        want[n++] = &w->products[i];
        prime += w->products[i].flags >> PRIME & 1;
        cheap += w->products[i].numbers[PRICE] < 20000;
    }
    qsort(want, n, sizeof want[0], by_price);
    int64_t edge = 20000;
    struct index_facet facets[] = { { .on = INDEX_FLAG, .field = PRIME },
        { .on = INDEX_NUMBER, .field = PRICE, .edges = &edge, .edges_n = 1 } };
    struct index_filter in_stock = { .on = INDEX_FLAG, .field = STOCK };
    struct index_query q = { .filters = &in_stock,
        .filters_n = 1,
        .facets = facets,
        .facets_n = COUNT(facets),
        .order = INDEX_BY_NUMBER_UP,
        .order_number = PRICE,
        .limit = w->n };
    struct index_result r;
    CHECK_ERR(cx, index_find(l->ix, cx, &q, &r), NULL);
    CHECK_INT(r.total, (int64_t)n);
    CHECK_INT((int64_t)r.hits_n, (int64_t)n);
    for (size_t i = 0; i < n; i++)
        CHECK(id_eq(r.hits[i].id, want[i]->id));
    CHECK_INT(r.facets[0].counts[0].count, prime);
    CHECK_INT(r.facets[1].counts[0].count, cheap);
    CHECK_INT(r.facets[1].counts[1].count, (int64_t)n - cheap);
    CHECK_INT(index_sequence(l->ix), l->sequence);
    check_cx_close(cx);
}

/* ---- steps ---- */

static void grow(struct life *l)
{
    size_t before = l->w->n;
    world_grow(l->w, (size_t)rng_between(&l->w->rng, 1, 40));
    world_put(l->w, l->ix, before, l->w->n);
}

static void replace(struct life *l)
{
    size_t i = rng_below(&l->w->rng, l->w->n);
    world_fill(l->w, &l->w->products[i]);
    world_put(l->w, l->ix, i, i + 1);
}

static void drop(struct life *l)
{
    struct product *p = &l->w->products[rng_below(&l->w->rng, l->w->n)];
    CHECK_INT((int64_t)index_remove(l->ix, &p->id, 1), p->there);
    CHECK_INT((int64_t)index_remove(l->ix, &p->id, 1), 0);
    p->there = false;
    CHECK(!index_set_number(l->ix, p->id, PRICE, 1));
    CHECK(!index_set_flag(l->ix, p->id, STOCK, true));
}

static void set_columns(struct life *l)
{
    for (size_t i = 0; i < 20; i++) {
        struct product *p = &l->w->products[rng_below(&l->w->rng, l->w->n)];
        int64_t price = rng_between(&l->w->rng, -100, 60000);
        size_t flag = rng_below(&l->w->rng, FLAGS);
        bool on = rng_chance(&l->w->rng, 500);
        CHECK(index_set_number(l->ix, p->id, PRICE, price) == p->there);
        CHECK(index_set_flag(l->ix, p->id, flag, on) == p->there);
        if (!p->there)
            continue;
        p->numbers[PRICE] = price;
        p->flags = (p->flags & ~(1u << flag)) | (uint32_t)on << flag;
    }
}

static void optimize(struct life *l)
{
    index_optimize(l->ix);
    CHECK(index_figures_of(l->ix).segments <= 1);
    CHECK_INT(index_figures_of(l->ix).removed, 0);
}

static void save_and_load(struct life *l)
{
    struct cx *cx = check_cx_open();
    index_set_sequence(l->ix, ++l->sequence);
    CHECK_ERR(cx, index_save(l->ix, cx, l->folder), NULL);
    index_close(l->ix);
    CHECK_ERR(cx, index_load(cx, l->folder, world_schema, &l->ix), NULL);
    check_cx_close(cx);
}

static void rebuild_and_swap(struct life *l)
{
    struct index *fresh = index_open(world_schema);
    for (size_t i = 0; i < l->w->n; i++)
        if (l->w->products[i].there)
            world_put(l->w, fresh, i, i + 1);
    index_set_sequence(fresh, ++l->sequence);
    index_swap(l->ix, fresh);
    index_close(fresh);
}

static const struct step {
    const char *name;
    void (*run)(struct life *l);
    unsigned of_1000;
} steps[] = { { "grow", grow, 300 }, { "replace", replace, 250 }, { "drop", drop, 150 },
    { "set columns", set_columns, 200 }, { "optimize", optimize, 30 },
    { "save and load", save_and_load, 50 }, { "rebuild and swap", rebuild_and_swap, 20 } };

static void steps_beside_an_array(void **state)
{
    (void)state;
    struct arena *arena = arena_open(4096);
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct life l = {
            .w = world_open(seed), .ix = index_open(world_schema), .folder = folder_new(arena)
        };
        grow(&l);
        for (size_t i = 0; i < 250; i++) {
            unsigned choice = (unsigned)rng_below(&l.w->rng, 1000);
            size_t k = 0;
            while (choice >= steps[k].of_1000)
                choice -= steps[k++].of_1000;
            steps[k].run(&l);
            check(&l);
        }
        index_close(l.ix);
        folder_remove(l.folder);
        world_close(l.w);
    }
    arena_close(arena);
}

/* Of one id twice in a batch the last counts; an empty index answers; unknown ids are nothing. */
static void edges(void **state)
{
    (void)state;
    struct world *w = world_open(9);
    struct life l = { .w = w, .ix = index_open(world_schema) };
    struct arena *arena = arena_open(4096);
    check(&l);
    CHECK_INT((int64_t)index_remove(l.ix, &(id){ { 1 } }, 1), 0);
    world_grow(w, 3);
    struct index_doc docs[4];
    for (size_t i = 0; i < 3; i++)
        docs[i] = world_doc(w, arena, &w->products[i]);
    world_fill(w, &w->products[0]);
    docs[3] = world_doc(w, arena, &w->products[0]);
    index_put(l.ix, docs, 4);
    CHECK_INT(index_figures_of(l.ix).docs, 3);
    check(&l);
    index_put(l.ix, &(struct index_doc){ .id = { { 7 } } }, 1); /* nothing but an id */
    CHECK_INT(index_figures_of(l.ix).docs, 4);
    CHECK_INT((int64_t)index_remove(l.ix, &(id){ { 7 } }, 1), 1);
    check(&l);
    index_close(l.ix);
    arena_close(arena);
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_beside_an_array),
        cmocka_unit_test(edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
