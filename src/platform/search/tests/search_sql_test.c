/* SPDX-License-Identifier: Apache-2.0
 * The search over the database's text search, on both engines: matches, filters and facets against
 * a count by hand, pages while products come in, hostile texts. Run by meson test. */
#include <pthread.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "platform/search/search.h"
#include "tests/support/store.h"

static const char *const folders[] = { "platform/search", NULL };

struct kit {
    struct store *store;
    struct search search;
    const struct search_doc *docs;
    size_t docs_n;
    const id *gone;
    size_t gone_n;
    const struct search_query *q;
    struct search_result *result;
    str typed, *texts;
    size_t texts_n;
    int64_t count;
};

static struct kit kit_open(void **state)
{
    struct kit kit = { .store = store_open(store_engine(state), folders) };
    struct cx *cx = store_cx(kit.store);
    CHECK_ERR(cx, search_sql_open(cx->arena, cx, store_db(kit.store), &kit.search), NULL);
    return kit;
}

static void kit_close(struct kit *kit)
{
    search_sql_close(&kit->search);
    store_close(kit->store);
}

static err do_put(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
    return kit->search.put(kit->search.self, cx, kit->docs, kit->docs_n);
}

static err do_remove(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
    return kit->search.remove(kit->search.self, cx, kit->gone, kit->gone_n);
}

static err do_query(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
    err e = kit->search.query(kit->search.self, cx, kit->q, kit->result);
    return e ? e : kit->search.count(kit->search.self, cx, &kit->count);
}

static err do_complete(void *arg, struct cx *cx)
{
    struct kit *kit = arg;
    return kit->search.complete(kit->search.self, cx, kit->typed, &kit->texts, &kit->texts_n);
}

static void put(struct kit *kit, const struct search_doc *docs, size_t n)
{
    kit->docs = docs;
    kit->docs_n = n;
    CHECK_ERR(store_cx(kit->store), store_write(kit->store, do_put, kit), NULL);
}

static void take_out(struct kit *kit, const id *ids, size_t n)
{
    kit->gone = ids;
    kit->gone_n = n;
    CHECK_ERR(store_cx(kit->store), store_write(kit->store, do_remove, kit), NULL);
}

static err ask_for(struct kit *kit, struct search_query q, struct search_result *ret)
{
    kit->q = &q;
    kit->result = ret;
    return store_read(kit->store, do_query, kit);
}

static struct search_result ask(struct kit *kit, struct search_query q)
{
    struct search_result result;
    CHECK_ERR(store_cx(kit->store), ask_for(kit, q, &result), NULL);
    return result;
}

static id number_id(unsigned n)
{
    return (id){ .b = { 1, [12] = (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8),
                     (uint8_t)n } };
}

static int64_t id_number(id a)
{
    return a.b[12] << 24 | a.b[13] << 16 | a.b[14] << 8 | a.b[15];
}

/* ---- words ---- */
static const struct search_attribute silver[] = { { S_INIT("colour"), S_INIT("Colour"),
    S_INIT("Silver") } };
static const struct search_doc shelf[] = {
    { .product_id = { { 1, [15] = 1 } },
        .title = S_INIT("HP Pavilion dv7-1211ea Notebook"),
        .brand = S_INIT("HP"),
        .description = S_INIT("Seventeen inches of screen"),
        .category_path = S_INIT("electronics/laptops"),
        .attributes = silver,
        .attributes_n = 1,
        .codes = S_INIT("dv7-1211ea 0884420588030"),
        .price_minor = 109950,
        .in_stock = true },
    { .product_id = { { 1, [15] = 2 } },
        .title = S_INIT("Samsung Galaxy headphones"),
        .brand = S_INIT("Samsung"),
        .description = S_INIT("A notebook is not included"),
        .category_path = S_INIT("electronics/audio"),
        .price_minor = 5000,
        .in_stock = true },
    { .product_id = { { 1, [15] = 3 } },
        .title = S_INIT("Café crème beans"),
        .brand = S_INIT("Moulin d'Or"),
        .category_path = S_INIT("food"),
        .price_minor = 1000,
        .in_stock = true },
    { .product_id = { { 1, [15] = 4 } },
        .title = S_INIT("Gainward RTX4090 Phantom"),
        .brand = S_INIT("Gainward"),
        .category_path = S_INIT("electronics/cards"),
        .price_minor = 200000 },
};

static const struct {
    const char *text;
    int64_t total, first; /* number of the first id */
    bool relaxed;
    const char *corrected;
} text_cases[] = {
    { "notebook", 2, 1, false, NULL }, /* the title weighs more than the description */
    { "notebooks", 2, 1, false, NULL },
    { "NOTEBOOK hp", 1, 1, false, NULL },
    { "dv7-1211ea", 1, 1, false, NULL },
    { "DV7 1211", 1, 1, false, NULL },
    { "dv71211ea", 1, 1, false, NULL },
    { "0884420588030", 1, 1, false, NULL },
    { "headph", 1, 2, false, NULL },
    { "cafe creme", 1, 3, false, NULL },
    { "CAFÉ", 1, 3, false, NULL },
    { "silver", 1, 1, false, NULL },
    { "rtx 4090", 1, 4, false, NULL },
    { "rtx4090", 1, 4, false, NULL },
    { "galaxy beans", 2, 0, true, NULL },
    { "samsng headphones", 1, 2, true, "samsung headphones" },
    { "headfones", 0, 0, false, "headphones" },
    { "qqqqqqq", 0, 0, false, NULL },
    { "qqqqqqq headfones", 0, 0, false, NULL },
    { "", 4, 0, false, NULL },
    { "   ", 4, 0, false, NULL },
    { "?!*", 0, 0, false, NULL },
};

static void test_texts(void **state)
{
    struct kit kit = kit_open(state);
    put(&kit, shelf, COUNT(shelf));
    for (size_t i = 0; i < COUNT(text_cases); i++) {
        str text = str_from_c(text_cases[i].text);
        struct search_result r = ask(&kit, (struct search_query){ .text = text, .limit = 10 });
        CASE_INT(text_cases[i].text, r.total, text_cases[i].total);
        CASE_INT(text_cases[i].text, (int64_t)r.n, text_cases[i].total);
        CASE_INT(text_cases[i].text, r.relaxed, text_cases[i].relaxed);
        CASE_STR(text_cases[i].text, r.corrected, str_from_c(text_cases[i].corrected));
        if (text_cases[i].first != 0 && r.n > 0)
            CASE_INT(text_cases[i].text, id_number(r.product_ids[0]), text_cases[i].first);
    }
    kit_close(&kit);
}

static const char *const hostile[] = { "\"", "\"\"\"", "'", "''; DROP TABLE search_doc; --",
    "a NEAR b", "NEAR(a b, 3)", "title:x", "title : x", "{title brand} : x", "^x", "x*", "* x",
    "a AND", "OR", "NOT", "NOT a", "a NOT b", "( a", ") a", "a + b", "-a", "a & | ! b", "a <-> b",
    "a:*", ":*", "!!", "\\", "\\'", "%_%", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80\xf0\x9f\x98\x80 x",
    "\xff\xfe", "\xc3", "\xe2\x80\x8b", "a\x01z", "\t\n", "1e5 .5 5. -3.2", "http://a.b/c?d=e",
    "a@b.c", "/usr/lib", "<b>x</b>", "&amp;", "$1 $2", "the of and", "\xef\xb7\xba",
    "\xe0\xb8\x81\xe0\xb8\xb4" };

static void test_hostile(void **state)
{
    struct kit kit = kit_open(state);
    put(&kit, shelf, COUNT(shelf));
    for (size_t i = 0; i < COUNT(hostile); i++) {
        struct search_result r;
        struct search_query q = { .text = str_from_c(hostile[i]), .limit = 10, .facets = true };
        CASE(hostile[i], ask_for(&kit, q, &r) == NULL);
        kit.typed = q.text;
        CASE(hostile[i], store_read(kit.store, do_complete, &kit) == NULL);
    }
    static const char zero[] = "a\0b \"\0";
    (void)ask(&kit, (struct search_query){ .text = { zero, sizeof zero }, .limit = 1 });
    struct buf longer = { .arena = store_cx(kit.store)->arena };
    for (int i = 0; i < 20000; i++)
        buf_fmt(&longer, i % 7 ? "%c" : "%c \"", 'a' + i % 26);
    (void)ask(&kit, (struct search_query){ .text = buf_str(&longer), .limit = 1 });
    struct search_doc odd = shelf[0];
    odd.product_id = number_id(99);
    odd.title = odd.description = odd.codes = odd.brand = buf_str(&longer);
    put(&kit, &odd, 1);
    odd = (struct search_doc){ .product_id = number_id(100) }; /* nothing but an id */
    put(&kit, &odd, 1);
    CHECK_INT(ask(&kit, (struct search_query){ .limit = 1, .facets = true }).total, 6);
    kit_close(&kit);
}

/* ---- put and remove ---- */
static void test_replace(void **state)
{
    struct kit kit = kit_open(state);
    struct search_doc doc = shelf[0];
    put(&kit, shelf, COUNT(shelf));
    CHECK_INT(ask(&kit, (struct search_query){ .text = S("pavilion"), .limit = 1 }).total, 1);

    doc.price_minor = 1; /* texts as before */
    put(&kit, &doc, 1);
    struct search_query cheap = { .text = S("pavilion"), .price_to = 1, .limit = 1 };
    CHECK_INT(ask(&kit, cheap).total, 1);
    doc.title = S("Something else");
    doc.codes = S("");
    put(&kit, (struct search_doc[]){ shelf[0], doc }, 2); /* the last one counts */
    CHECK_INT(ask(&kit, (struct search_query){ .text = S("pavilion"), .limit = 1 }).total, 0);
    CHECK_INT(ask(&kit, (struct search_query){ .text = S("else"), .limit = 1 }).total, 1);
    CHECK_INT(kit.count, 4);

    id gone[] = { doc.product_id, doc.product_id, number_id(77) };
    take_out(&kit, gone, COUNT(gone));
    CHECK_INT(ask(&kit, (struct search_query){ .text = S("else"), .limit = 1 }).total, 0);
    CHECK_INT(ask(&kit, (struct search_query){ .limit = 1 }).total, 3);
    CHECK_INT(kit.count, 3);
    take_out(&kit, gone, COUNT(gone));
    CHECK_INT(ask(&kit, (struct search_query){ .limit = 1 }).total, 3);
    CHECK_INT(kit.count, 3);
    put(&kit, &doc, 1); /* and back */
    CHECK_INT(ask(&kit, (struct search_query){ .text = S("else"), .limit = 1 }).total, 1);
    CHECK_INT(kit.count, 4);

    struct search other; /* another process learns the same */
    struct cx *cx = store_cx(kit.store);
    CHECK_ERR(cx, search_sql_open(cx->arena, cx, store_db(kit.store), &other), NULL);
    struct kit second = kit;
    second.search = other;
    CHECK_INT(ask(&second, (struct search_query){ .limit = 1 }).total, 4);
    take_out(&kit, gone, 1);
    CHECK_INT(ask(&second, (struct search_query){ .limit = 1 }).total, 3);
    search_sql_close(&second.search);
    kit_close(&kit);
}

static err do_put_and_fail(void *arg, struct cx *cx)
{
    err e = do_put(arg, cx);
    return e ? e : FAIL(cx, ERR_INVALID, "undone");
}

static void test_undone(void **state)
{
    struct kit kit = kit_open(state);
    kit.docs = shelf;
    kit.docs_n = 2;
    CHECK_ERR(store_cx(kit.store), store_write(kit.store, do_put_and_fail, &kit), &ERR_INVALID);
    CHECK_INT(ask(&kit, (struct search_query){ .limit = 1 }).total, 0);
    put(&kit, shelf, 1);
    CHECK_INT(ask(&kit, (struct search_query){ .limit = 1 }).total, 1);
    kit_close(&kit);
}

/* ---- facets against a count by hand ---- */
#define MANY 600
static const str brands[] = { S_INIT("Dell"), S_INIT("HP"), S_INIT("Acer"), S_INIT("") };
static const str paths[] = { S_INIT("electronics"), S_INIT("electronics/laptops"),
    S_INIT("electronics/laptops/gaming"), S_INIT("electronics/audio"), S_INIT("elect"),
    S_INIT("home") };
static const str colours[] = { S_INIT("Red"), S_INIT("Blue"), S_INIT("Black") };
static const str sizes[] = { S_INIT("S"), S_INIT("M"), S_INIT("L") };

static struct search_doc *make_docs(struct arena *arena, struct rng *rng, unsigned from, size_t n)
{
    struct search_doc *docs = NEW_N(arena, n, struct search_doc);
    for (size_t i = 0; i < n; i++) {
        struct search_attribute *a = NEW_N(arena, 3, struct search_attribute);
        struct search_doc *d = &docs[i];
        str colour = colours[rng_below(rng, 3)];
        a[d->attributes_n++] = (struct search_attribute){ S("colour"), S("Colour"), colour };
        if (rng_chance(rng, 500))
            a[d->attributes_n++] =
                (struct search_attribute){ S("size"), S("Size"), sizes[rng_below(rng, 3)] };
        if (rng_chance(rng, 300))
            a[d->attributes_n++] =
                (struct search_attribute){ S("size"), S("Size"), sizes[rng_below(rng, 3)] };
        d->product_id = number_id(from + (unsigned)i);
        d->title =
            str_fmt(arena, "%s thing %u", rng_chance(rng, 500) ? "Nice" : "Good", (unsigned)i);
        d->brand = brands[rng_below(rng, COUNT(brands))];
        d->category_path = paths[rng_below(rng, COUNT(paths))];
        d->attributes = a;
        d->price_minor = rng_between(rng, 0, 200) * 500;
        d->rating_x100 = rng_between(rng, 0, 10) * 50;
        d->rating_count = rng_between(rng, 0, 50);
        d->released_ms = rng_between(rng, 0, 20);
        d->popularity = rng_between(rng, 0, 20);
        d->prime = rng_chance(rng, 500);
        d->in_stock = rng_chance(rng, 700);
    }
    return docs;
}

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

static void test_facets(void **state)
{
    struct kit kit = kit_open(state);
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

static void test_pages(void **state)
{
    struct kit kit = kit_open(state);
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

static void test_tokens(void **state)
{
    struct kit kit = kit_open(state);
    put(&kit, shelf, COUNT(shelf));
    struct search_result r = ask(&kit, (struct search_query){ .limit = 2 });
    DEFER(arena_close_at) struct arena *arena = arena_open(4096);
    str good = str_dup(arena, r.next_page_token);
    CHECK(good.n > 0);
    CHECK_ERR(store_cx(kit.store),
        ask_for(&kit, (struct search_query){ .limit = 2, .page_token = good }, &r), NULL);
    struct search_query other = { .limit = 2, .page_token = good, .sort = SEARCH_NEWEST };
    CHECK_ERR(store_cx(kit.store), ask_for(&kit, other, &r), &SEARCH_BAD_TOKEN);
    static const char *const bad[] = { "x", "AAAA", "====", "not a token", "\xff",
        "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct search_query q = { .limit = 2, .page_token = str_from_c(bad[i]) };
        CASE(bad[i], ask_for(&kit, q, &r) == &SEARCH_BAD_TOKEN);
    }
    for (size_t i = 0; i < good.n; i++) { /* no letter of a good one can be changed */
        str changed = str_dup(arena, good);
        ((char *)(uintptr_t)changed.p)[i] = good.p[i] == 'B' ? 'C' : 'B';
        struct search_query q = { .limit = 2, .page_token = changed };
        err e = ask_for(&kit, q, &r);
        CASE("changed", e == &SEARCH_BAD_TOKEN || i + 1 == good.n);
    }
    kit_close(&kit);
}

/* ---- completions ---- */
static void test_complete(void **state)
{
    struct kit kit = kit_open(state);
    put(&kit, shelf, COUNT(shelf));
    static const struct {
        const char *typed, *first;
        size_t n;
    } cases[] = { { "sam", "samsung", 3 }, { "SAMS", "samsung", 3 }, { "hp pav", "hp pavilion", 2 },
        { "pav", "hp pavilion", 2 }, { "lap", "laptops", 1 }, { "caf", "cafe creme", 2 },
        { "avil", NULL, 0 }, { "", NULL, 0 }, { "...", NULL, 0 } };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kit.typed = str_from_c(cases[i].typed);
        CHECK_ERR(store_cx(kit.store), store_read(kit.store, do_complete, &kit), NULL);
        CASE_INT(cases[i].typed, (int64_t)kit.texts_n, (int64_t)cases[i].n);
        if (cases[i].n > 0)
            CASE_STR(cases[i].typed, kit.texts[0], str_from_c(cases[i].first));
    }
    DEFER(arena_close_at) struct arena *arena = arena_open(1 << 20);
    struct rng rng = rng_seeded(5);
    struct search_doc *docs = make_docs(arena, &rng, 0, 3000); /* so many that they are sorted */
    for (unsigned i = 0; i < 3000; i++)
        docs[i].title = str_fmt(arena, "brandnew w%u", i);
    put(&kit, docs, 3000);
    kit.typed = S("w123");
    CHECK_ERR(store_cx(kit.store), store_read(kit.store, do_complete, &kit), NULL);
    CHECK_INT((int64_t)kit.texts_n, 10);
    CHECK_STR(kit.texts[0], S("brandnew w123"));
    take_out(&kit, (id[]){ number_id(123) }, 1);
    CHECK_ERR(store_cx(kit.store), store_read(kit.store, do_complete, &kit), NULL);
    CHECK_STR(kit.texts[0], S("brandnew w1230"));
    kit_close(&kit);
}

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

static void test_threads(void **state)
{
    struct kit kit = { .store = store_open_with((struct store_opts){
                           .engine = store_engine(state), .folders = folders, .lanes = true }) };
    struct cx *cx = store_cx(kit.store);
    DEFER(arena_close_at) struct arena *arena = arena_open(1 << 20);
    static const char *const texts[READERS] = { "nice thing", "", "goood" };
    struct rng rng = rng_seeded(11);
    struct reader readers[READERS];
    pthread_t threads[READERS];
    atomic_bool stop = false;

    CHECK_ERR(cx, search_sql_open(cx->arena, cx, store_db(kit.store), &kit.search), NULL);
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
    CHECK_INT(r.total, kit.count);
    kit_close(&kit);
}

static void test_queries(void **state)
{
    struct kit kit = kit_open(state);
    for (size_t i = 0; search_queries[i]; i++)
        CHECK_ERR(store_cx(kit.store),
            db_query_check(store_db(kit.store), store_cx(kit.store), search_queries[i]), NULL);
    kit_close(&kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = { STORE_TEST(test_texts), STORE_TEST(test_hostile),
        STORE_TEST(test_replace), STORE_TEST(test_undone), STORE_TEST(test_facets),
        STORE_TEST(test_pages), STORE_TEST(test_tokens), STORE_TEST(test_complete),
        STORE_TEST(test_threads), STORE_TEST(test_queries) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
