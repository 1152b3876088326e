/* SPDX-License-Identifier: Apache-2.0
 * A shop for the tests of this folder: the services on one engine, an index that only counts, and
 * imports of texts. */
#ifndef SOUK_FLOWS_ASSORTMENT_TESTS_ASSORTMENT_DESK_H
#define SOUK_FLOWS_ASSORTMENT_TESTS_ASSORTMENT_DESK_H

#include <stdlib.h>
#include <unistd.h>

#include "flows/assortment/import_internal.h"
#include "platform/file/file.h"
#include "tests/support/ask.h"

/* ---- an index that remembers what it was told ---- */

struct seen {
    int puts, removes;
    struct search_doc last; /* texts live in the store's cx */
};

static inline err fake_put(void *self, struct cx *cx, const struct search_doc *docs, size_t n)
{
    struct seen *seen = self;
    (void)cx;
    seen->puts += (int)n;
    if (n)
        seen->last = docs[n - 1];
    return NULL;
}

static inline err fake_remove(void *self, struct cx *cx, const id *ids, size_t n)
{
    struct seen *seen = self;
    (void)cx;
    (void)ids;
    seen->removes += (int)n;
    return NULL;
}

/* ---- a shop ---- */

struct bad {
    int64_t line;
    str why;
};
struct desk {
    struct store *s;
    struct cx *cx;
    struct arena *life;
    struct seen seen;
    struct search search;
    struct catalog *catalog;
    struct pricing *pricing;
    struct inventory *inventory;
    struct assortment *a;
    id warehouse_id;
    str path;
    struct bad bad[20];
    size_t bad_n;
    struct assortment_report report;
};

static inline err unit_warehouse(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    return inventory_warehouse_add(d->inventory, cx,
        (struct inventory_warehouse){ .code = S("MAIN"), .name = S("Main"), .country = S("US") },
        &d->warehouse_id);
}

/* With `lanes` units run on threads of their own, as in the application. */
static inline struct desk *desk_open_on(void **state, bool lanes)
{
    struct store *s = store_open_with((struct store_opts){ .engine = store_engine(state),
        .folders = (const char *[]){ "platform/bus", "services/inventory", "services/catalog",
            "services/pricing", NULL },
        .lanes = lanes });
    struct arena *life = arena_open(4096);
    struct desk *d = NEW(life, struct desk);
    d->s = s;
    d->cx = store_cx(s);
    d->life = life;
    d->search = (struct search){ .put = fake_put, .remove = fake_remove, .self = &d->seen };
    struct db *db = store_db(s);
    d->catalog = catalog_open(life, (struct catalog_deps){ .db = db });
    d->pricing = pricing_open(life, (struct pricing_deps){ .db = db, .currency = S("USD") });
    d->inventory = inventory_open(life, (struct inventory_deps){ .db = db });
    d->a = assortment_open(life, (struct assortment_deps){ .db = db,
                                     .catalog = d->catalog,
                                     .pricing = d->pricing,
                                     .inventory = d->inventory,
                                     .search = &d->search });
    CHECK_ERR(d->cx, store_write(s, unit_warehouse, d), NULL);
    char *path = (char *)str_c(life, S("/tmp/souk-import-XXXXXX"));
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    close(fd);
    d->path = str_from_c(path);
    return d;
}

static inline struct desk *desk_open(void **state)
{
    return desk_open_on(state, false);
}

static inline void desk_close(struct desk *d)
{
    unlink(str_c(d->life, d->path));
    store_close(d->s);
    arena_close(d->life);
}

static inline void note_bad(void *arg, int64_t line, const char *why, str detail)
{
    struct desk *d = arg;
    CHECK(d->bad_n < COUNT(d->bad));
    d->bad[d->bad_n++] = (struct bad){ line,
        str_fmt(d->life, "%s%s" STR_F, why, detail.n ? "; " : "", STR_A(detail)) };
}

static inline err import(struct desk *d, enum assortment_format format, const char *text)
{
    CHECK(file_put(
        d->life, (struct file_put){ .path = d->path, .bytes = str_from_c(text), .mode = 0600 }));
    d->bad_n = 0;
    d->seen = (struct seen){ .puts = 0 };
    cx_clear(d->cx);
    return assortment_import_file(d->a, d->cx,
        &(struct assortment_import){
            .file = d->path, .format = format, .bad_row = note_bad, .arg = d },
        &d->report);
}

/* Rows, put, unchanged, bad. */
static inline void check_report(
    const struct desk *d, int64_t rows, int64_t products, int64_t unchanged, int64_t bad)
{
    CHECK_INT(d->report.rows, rows);
    CHECK_INT(d->report.products, products);
    CHECK_INT(d->report.unchanged, unchanged);
    CHECK_INT(d->report.bad, bad);
}

struct found {
    struct desk *d;
    str sku;
    struct catalog_product product;
    struct pricing_price price;
    int64_t stock;
    size_t variant;
};

static inline err unit_find(void *arg, struct cx *cx)
{
    struct found *f = arg;
    id product_id, variant_id;
    err e = catalog_variant_find(f->d->catalog, cx, f->sku, &product_id, &variant_id);
    if (!e)
        e = catalog_products(f->d->catalog, cx,
            (struct catalog_wanted){
                .product_ids = &product_id, .n = 1, .whole = true, .unpublished_too = true },
            &f->product);
    if (e)
        return e;
    while (!id_eq(f->product.variants[f->variant].variant_id, variant_id))
        f->variant++;
    struct pricing_key price_key = { product_id, variant_id };
    struct inventory_key stock_key = { product_id, variant_id };
    e = pricing_get(f->d->pricing, cx, &price_key, 1, &f->price);
    return e ? e : inventory_available(f->d->inventory, cx, &stock_key, 1, &f->stock);
}

static inline struct found find(struct desk *d, const char *sku)
{
    struct found f = { .d = d, .sku = str_from_c(sku) };
    CHECK_ERR(d->cx, store_read(d->s, unit_find, &f), NULL);
    return f;
}

struct tree {
    struct desk *d;
    int64_t products, others; /* published: all, and those that no rule knows */
};

static inline err unit_tree(void *arg, struct cx *cx)
{
    struct tree *t = arg;
    struct catalog_category *list;
    size_t n;
    err e = catalog_categories(t->d->catalog, cx, &list, &n);
    for (size_t i = 0; !e && i < n; i++) {
        t->products += id_is_none(list[i].parent_id) ? list[i].product_count : 0;
        t->others += str_eq(list[i].path, S("other")) ? list[i].product_count : 0;
    }
    return e;
}

static inline struct tree tree_of(struct desk *d)
{
    struct tree t = { .d = d };
    CHECK_ERR(d->cx, store_read(d->s, unit_tree, &t), NULL);
    return t;
}

static inline err unit_category(void *arg, struct cx *cx)
{
    struct desk *d = arg;
    id made;
    return catalog_category_put(
        d->catalog, cx, (struct catalog_category){ .name = S("Lamps") }, &made);
}

static inline struct desk *desk_with_lamps(void **state)
{
    struct desk *d = desk_open(state);
    CHECK_ERR(d->cx, store_write(d->s, unit_category, d), NULL);
    return d;
}

#endif
