/* SPDX-License-Identifier: Apache-2.0
 * Filters and facets of the search against a count by hand, pages while products come in, readers
 * beside a writer; on both engines. Run by meson test. */
#include <pthread.h>
#include <stdatomic.h>

#include "platform/clock/clock.h"
#include "platform/search/search_internal.h"
#include "platform/search/tests/search_kit.h"

/* ---- facets against a count by hand ---- */
enum part {
    P_TEXT,
    P_CATEGORY,
    P_BRAND,
    P_PRICE,
    P_RATING,
    P_PRIME,
    P_STOCK,
    P_COLOUR,
    P_SIZE,
    P_N
};

static bool one_of(str s, const str *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq_nocase(s, list[i]))
            return true;
    }
    return false;
}

static bool has_value(const struct search_doc *d, str name, const str *values, size_t n)
{
    for (size_t i = 0; i < d->attributes_n; i++) {
        if (str_eq(d->attributes[i].name, name) && one_of(d->attributes[i].value, values, n))
            return true;
    }
    return false;
}

/* Whether the doc passes all filters but `ignored`. */
static bool passes(const struct search_doc *d, const struct search_query *q, enum part ignored)
{
    bool ok[P_N] = { 0 };
    size_t root = q->category_path.n;
    ok[P_TEXT] = q->text.n == 0 || str_starts(d->title, S("Nice"));
    ok[P_CATEGORY] =
        root == 0 || (str_starts(d->category_path, q->category_path) &&
                         (d->category_path.n == root || d->category_path.p[root] == '/'));
    ok[P_BRAND] = q->brands_n == 0 || one_of(d->brand, q->brands, q->brands_n);
    ok[P_PRICE] =
        d->price_minor >= q->price_from && (q->price_to == 0 || d->price_minor <= q->price_to);
    ok[P_RATING] = d->rating_x100 >= q->rating_min;
    ok[P_PRIME] = !q->prime || d->prime;
    ok[P_STOCK] = !q->in_stock || d->in_stock;
    ok[P_COLOUR] = ok[P_SIZE] = true;
    for (size_t i = 0; i < q->filters_n; i++) {
        const struct search_filter *f = &q->filters[i];
        ok[str_eq(f->name, S("colour")) ? P_COLOUR : P_SIZE] =
            has_value(d, f->name, f->values, f->values_n);
    }
    for (int i = 0; i < P_N; i++) {
        if (!ok[i] && (enum part)i != ignored)
            return false;
    }
    return true;
}

static int64_t find_count(const struct search_count *counts, size_t n, str value)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            CHECK(counts[i - 1].count >= counts[i].count);
        if (str_eq(counts[i].value, value))
            return counts[i].count;
    }
    return 0;
}

static void check_attribute(const struct search_doc *docs, const struct search_query *q,
    const struct search_result *r, str name, enum part part, const str *values, size_t n)
{
    const struct search_facet *facet = NULL;
    for (size_t i = 0; i < r->attributes_n; i++) {
        if (str_eq(r->attributes[i].name, name))
            facet = &r->attributes[i];
    }
    for (size_t v = 0; v < n; v++) {
        int64_t want = 0;
        for (size_t i = 0; i < MANY; i++)
            want += passes(&docs[i], q, part) && has_value(&docs[i], name, &values[v], 1);
        CHECK_INT(facet ? find_count(facet->counts, facet->counts_n, values[v]) : 0, want);
    }
}

static void check_prices(
    const struct search_doc *docs, const struct search_query *q, const struct search_result *r)
{
    int64_t all = 0, sum = 0;
    for (size_t i = 0; i < MANY; i++)
        all += passes(&docs[i], q, P_PRICE);
    for (size_t k = 0; k < r->prices_n; k++) {
        struct search_range range = r->prices[k];
        int64_t want = 0;
        for (size_t i = 0; i < MANY; i++)
            want += passes(&docs[i], q, P_PRICE) && docs[i].price_minor >= range.from &&
                    (range.to == 0 || docs[i].price_minor < range.to);
        CHECK_INT(range.count, want);
        CHECK(range.count > 0);
        CHECK_INT(range.from, k == 0 ? 0 : r->prices[k - 1].to);
        sum += range.count;
    }
    CHECK_INT(sum, all);
    CHECK(r->prices_n <= 6);
}

static void check_facets(
    const struct search_doc *docs, const struct search_query *q, const struct search_result *r)
{
    int64_t total = 0, prime = 0, stock = 0;
    for (size_t i = 0; i < MANY; i++) {
        total += passes(&docs[i], q, P_N);
        prime += passes(&docs[i], q, P_PRIME) && docs[i].prime;
        stock += passes(&docs[i], q, P_STOCK) && docs[i].in_stock;
    }
    CHECK_INT(r->total, total);
    CHECK_INT(r->prime_count, prime);
    CHECK_INT(r->in_stock_count, stock);
    for (size_t b = 0; b < 3; b++) {
        int64_t want = 0;
        for (size_t i = 0; i < MANY; i++)
            want += passes(&docs[i], q, P_BRAND) && str_eq(docs[i].brand, brands[b]);
        CHECK_INT(find_count(r->brands, r->brands_n, brands[b]), want);
    }
    for (size_t k = 0; k < r->ratings_n; k++) {
        int64_t want = 0;
        for (size_t i = 0; i < MANY; i++)
            want += passes(&docs[i], q, P_RATING) && docs[i].rating_x100 >= (int64_t)(4 - k) * 100;
        CHECK_INT(r->ratings[k].count, want);
    }
    for (size_t k = 0; k < r->categories_n; k++) {
        struct search_query inside = *q;
        inside.category_path = r->categories[k].value;
        int64_t want = 0;
        for (size_t i = 0; i < MANY; i++)
            want += passes(&docs[i], &inside, P_N);
        CHECK_INT(r->categories[k].count, want);
    }
    check_prices(docs, q, r);
    check_attribute(docs, q, r, S("colour"), P_COLOUR, colours, 3);
    check_attribute(docs, q, r, S("size"), P_SIZE, sizes, 3);
}

static struct search_query make_query(struct arena *arena, struct rng *rng)
{
    static const str some_brands[] = { S_INIT("dell"), S_INIT("Acer"), S_INIT("Nobody") };
    struct search_filter *filters = NEW_N(arena, 2, struct search_filter);
    struct search_query q = { .limit = 100, .facets = true, .filters = filters };
    if (rng_chance(rng, 300))
        q.text = S("nice");
    if (rng_chance(rng, 400))
        q.category_path = paths[rng_below(rng, COUNT(paths))];
    if (rng_chance(rng, 400)) {
        q.brands = some_brands;
        q.brands_n = 1 + rng_below(rng, 3);
    }
    if (rng_chance(rng, 300))
        q.price_from = rng_between(rng, 1, 50000);
    if (rng_chance(rng, 300))
        q.price_to = rng_between(rng, 30000, 100000);
    if (rng_chance(rng, 300))
        q.rating_min = rng_between(rng, 1, 4) * 100;
    q.prime = rng_chance(rng, 300);
    q.in_stock = rng_chance(rng, 300);
    if (rng_chance(rng, 400))
        filters[q.filters_n++] =
            (struct search_filter){ S("colour"), colours, 1 + rng_below(rng, 2) };
    if (rng_chance(rng, 400))
        filters[q.filters_n++] = (struct search_filter){ S("size"), sizes, 1 + rng_below(rng, 2) };
    q.sort = (enum search_sort)rng_below(rng, SEARCH_SORTS_N);
    return q;
}

static void check_order(
    const struct search_doc *docs, enum search_sort sort, const id *ids, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const struct search_doc *a = &docs[id_number(ids[i - 1])], *b = &docs[id_number(ids[i])];
        int64_t low[SEARCH_SORTS_N] = { [SEARCH_PRICE_UP] = a->price_minor,
            [SEARCH_PRICE_DOWN] = b->price_minor,
            [SEARCH_RATING] = b->rating_x100 * 1000 + b->rating_count,
            [SEARCH_NEWEST] = b->released_ms,
            [SEARCH_POPULARITY] = b->popularity };
        int64_t high[SEARCH_SORTS_N] = { [SEARCH_PRICE_UP] = b->price_minor,
            [SEARCH_PRICE_DOWN] = a->price_minor,
            [SEARCH_RATING] = a->rating_x100 * 1000 + a->rating_count,
            [SEARCH_NEWEST] = a->released_ms,
            [SEARCH_POPULARITY] = a->popularity };
        CHECK(low[sort] <= high[sort]);
    }
}

static void test_facets(void **state, bool index)
{
    struct kit kit = kit_open(state, index);
    DEFER(arena_close_at) struct arena *arena = arena_open(1 << 20);
    struct rng rng = rng_seeded(7);
    struct search_doc *docs = make_docs(arena, &rng, 0, MANY);
    put(&kit, docs, MANY);
    for (int round = 0; round < 120; round++) {
        struct search_query q = make_query(arena, &rng);
        struct search_result r = ask(&kit, q);
        check_facets(docs, &q, &r);
        check_order(docs, q.sort, r.product_ids, r.n);
        if (round % 40 == 20) { /* and after some of them have changed */
            struct search_doc *others = make_docs(arena, &rng, 100, 50);
            memcpy(docs + 100, others, 50 * sizeof *docs);
            put(&kit, docs + 100, 50);
        }
    }
    struct search_filter nothing = { S("weight"), colours, 1 };
    struct search_query q = { .filters = &nothing, .filters_n = 1, .limit = 1, .facets = true };
    CHECK_INT(ask(&kit, q).total, 0);
    kit_close(&kit);
}
BOTH(test_facets)

/* ---- pages ---- */
/* Walks all pages while new docs come in; each old one must be seen exactly once. */
static void walk(struct kit *kit, struct arena *arena, struct search_query q, unsigned fresh_from)
{
    struct rng rng = rng_seeded(fresh_from);
    bool seen[MANY] = { 0 };
    int pages = 0;
    do {
        struct search_result r = ask(kit, q);
        CHECK(r.n > 0);
        for (size_t i = 0; i < r.n; i++) {
            int64_t n = id_number(r.product_ids[i]);
            if (n >= MANY)
                continue;
            CHECK(!seen[n]);
            seen[n] = true;
        }
        q.page_token = str_dup(arena, r.next_page_token);
        q.page_token.p = r.next_page_token.p ? q.page_token.p : NULL;
        put(kit, make_docs(arena, &rng, fresh_from + (unsigned)pages * 5, 5), 5);
        CHECK(++pages < 100);
    } while (q.page_token.n > 0);
    for (size_t i = 0; i < MANY; i++)
        CHECK(seen[i] || q.text.n > 0);
}

static void test_pages(void **state, bool index)
{
    struct kit kit = kit_open(state, index);
    DEFER(arena_close_at) struct arena *arena = arena_open(1 << 20);
    struct rng rng = rng_seeded(3);
    struct search_doc *docs = make_docs(arena, &rng, 0, MANY);
    put(&kit, docs, MANY);
    for (int sort = 0; sort < SEARCH_SORTS_N; sort++) {
        struct search_query q = { .sort = (enum search_sort)sort, .limit = 37 };
        walk(&kit, arena, q, 1000 + 1000 * (unsigned)sort);
        q.text = S("nice");
        walk(&kit, arena, q, 10000 + 1000 * (unsigned)sort);
    }
    struct search_query whole = { .sort = SEARCH_PRICE_UP, .limit = 100 };
    struct search_result all = ask(&kit, whole);
    id *ids = NEW_N(arena, all.n, id);
    memcpy(ids, all.product_ids, all.n * sizeof *ids);
    for (int64_t offset = 0; offset < 100; offset += 30) { /* offsets cut the same order */
        struct search_result part = ask(
            &kit, (struct search_query){ .sort = SEARCH_PRICE_UP, .offset = offset, .limit = 10 });
        CHECK(memcmp(part.product_ids, ids + offset, 10 * sizeof *ids) == 0);
    }
    struct search_result far = ask(&kit, (struct search_query){ .offset = 5000, .limit = 10 });
    CHECK_INT((int64_t)far.n, 0);
    CHECK(far.next_page_token.p == NULL && far.total > MANY);
    kit_close(&kit);
}
BOTH(test_pages)

/* ---- threads ---- */
#define READERS 3
struct reader {
    struct kit kit;
    struct search_query q;
    struct search_result result;
    atomic_bool *stop;
    int64_t asked;
    bool failed;
};

static void *read_on(void *arg)
{
    struct reader *reader = arg;
    while (!atomic_load(reader->stop) && !reader->failed) {
        DEFER(arena_close_at) struct arena *arena = arena_open(1 << 16);
        struct cx cx = { .arena = arena, .now_ms = 1 };
        reader->kit.q = &reader->q;
        reader->kit.result = &reader->result;
        reader->kit.typed = S("brand");
        reader->failed = db_read(&cx, do_query, &reader->kit) != NULL ||
                         reader->result.total > 2 * MANY ||
                         db_read(&cx, do_complete, &reader->kit) != NULL;
        reader->asked++;
    }
    return NULL;
}

static void test_threads(void **state, bool index)
{
    struct kit kit = { .store = store_open_with((struct store_opts){
                           .engine = store_engine(state), .folders = folders, .lanes = true }) };
    DEFER(arena_close_at) struct arena *arena = arena_open(1 << 20);
    static const char *const texts[READERS] = { "nice thing", "", "goood" };
    struct rng rng = rng_seeded(11);
    struct reader readers[READERS];
    pthread_t threads[READERS];
    atomic_bool stop = false;

    kit_adapter(&kit, (struct kit_opts){ .index = index, .threads = true });
    for (size_t i = 0; i < READERS; i++) {
        struct search_query q = { .text = str_from_c(texts[i]), .limit = 20, .facets = true };
        readers[i] = (struct reader){ .kit = kit, .q = q, .stop = &stop };
        CHECK(pthread_create(&threads[i], NULL, read_on, &readers[i]) == 0);
    }
    for (unsigned round = 0; round < 60; round++)
        put(&kit, make_docs(arena, &rng, round * 37 % MANY, MANY / 10), MANY / 10);
    atomic_store(&stop, true);
    for (size_t i = 0; i < READERS; i++) {
        pthread_join(threads[i], NULL);
        CHECK(!readers[i].failed && readers[i].asked > 0);
    }
    struct search_result r = ask(&kit, (struct search_query){ .limit = 1 });
    int64_t until = clock_mono_us() + 10000000; /* a second, ten under a sanitizer */
    while (r.total != kit.count && clock_mono_us() < until)
        r = ask(&kit, (struct search_query){ .limit = 1 });
    CHECK_INT(r.total, kit.count);
    kit_close(&kit);
}
BOTH(test_threads)

/* Which attributes are worth a list: rising from line to line. */
static void test_worth(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct search_facet_figures in;
    } cases[] = { { "a depth in millimetres", { 500, 300, 1000, false } },
        { "one value", { 500, 1, 1000, false } }, { "an exact weight", { 900, 120, 1000, false } },
        { "few have it", { 300, 6, 1000, false } }, { "half have it", { 500, 6, 1000, false } },
        { "all have it", { 1000, 24, 1000, false } },
        { "what is filtered by", { 3, 1, 1000, true } } };
    for (size_t i = 1; i < COUNT(cases); i++)
        CASE(cases[i].name, search_facet_worth(cases[i - 1].in) < search_facet_worth(cases[i].in));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_worth), KIT_TESTS(test_facets),
        KIT_TESTS(test_pages), KIT_TESTS(test_threads) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
