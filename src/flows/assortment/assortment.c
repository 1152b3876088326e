/* SPDX-License-Identifier: Apache-2.0
 * Putting whole offers on sale: catalogue, prices, stock and index in one unit. Called by imports,
 * the demo and POST /products; must never leave a product that can be found and not bought. */
#include "flows/assortment/assortment.h"

#include "flows/assortment/assortment_internal.h"

struct assortment *assortment_open(struct arena *life, struct assortment_deps deps)
{
    struct assortment *a = NEW(life, struct assortment);
    a->deps = deps;
    return a;
}

/* What a batch gathers, to be written with one call to each service. */
struct batch {
    struct pricing_price *prices;
    struct inventory_stocktake *counts;
    struct search_doc *docs;
    size_t prices_n, counts_n, docs_n;
};

static struct batch batch_for(struct cx *cx, const struct assortment_item *items, size_t n)
{
    size_t prices = 0, counts = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; v < items[i].product.variants_n; v++) {
            prices++;
            counts += items[i].offers[v].stock_n;
        }
    return (struct batch){ .prices = NEW_N(cx->arena, prices, struct pricing_price),
        .counts = NEW_N(cx->arena, counts, struct inventory_stocktake),
        .docs = NEW_N(cx->arena, n, struct search_doc) };
}

/* Notes what the item costs and has, and its index entry. */
static void gather(struct cx *cx, struct batch *b, const struct assortment_item *item,
    const struct catalog_product *product, const id *variant_ids)
{
    struct assortment_facts facts = { .price_minor = INT64_MAX, .popularity = item->popularity };
    for (size_t v = 0; v < product->variants_n; v++) {
        const struct assortment_offer *o = &item->offers[v];
        if (o->price.minor > 0) {
            b->prices[b->prices_n++] = (struct pricing_price){ .product_id = product->product_id,
                .variant_id = variant_ids[v],
                .price = o->price,
                .list = o->list.minor > o->price.minor ? o->list : o->price };
            if (o->price.minor < facts.price_minor)
                facts.price_minor = o->price.minor;
        }
        for (size_t k = 0; k < o->stock_n; k++) {
            b->counts[b->counts_n++] =
                (struct inventory_stocktake){ .product_id = product->product_id,
                    .variant_id = variant_ids[v],
                    .warehouse_id = o->stock[k].warehouse_id,
                    .on_hand = o->stock[k].on_hand };
            facts.in_stock |= o->stock[k].on_hand > 0;
        }
    }
    if (facts.price_minor == INT64_MAX)
        facts.price_minor = 0;
    if (product->status == CATALOG_PUBLISHED)
        b->docs[b->docs_n++] = assortment_doc(cx, product, facts);
}

/* The path of a category is needed for the index; a batch has few different ones. */
struct paths {
    id ids[64];
    str paths[64];
    size_t n;
};

static err resolve_category(struct assortment *a, struct cx *cx, struct paths *known,
    const struct assortment_item *item, struct catalog_product *p)
{
    for (size_t i = 0; i < known->n; i++)
        if (item->category_path.n ? str_eq(known->paths[i], item->category_path)
                                  : id_eq(known->ids[i], p->category_id)) {
            p->category_id = known->ids[i];
            p->category_path = known->paths[i];
            return NULL;
        }
    struct catalog_category c;
    err e = catalog_category_get(a->deps.catalog, cx,
        item->category_path.n ? (id){ 0 } : p->category_id, item->category_path, &c);
    if (e == &ERR_MISSING) {
        cx_clear(cx);
        return FAIL(cx, CATALOG_CATEGORY_UNKNOWN, "category " STR_F, STR_A(item->category_path));
    }
    if (e)
        return e;
    if (known->n < COUNT(known->ids)) {
        known->ids[known->n] = c.category_id;
        known->paths[known->n++] = c.path;
    }
    p->category_id = c.category_id;
    p->category_path = c.path;
    return NULL;
}

/* What is wrong with this item, and not with the database. */
static bool is_refusal(err e)
{
    return e->kind == KIND_INVALID || e->kind == KIND_MALFORMED || e->kind == KIND_CONFLICT;
}

static str refusal_text(struct cx *cx)
{
    const struct field_error *f = cx->fields;
    if (!f)
        return str_dup(cx->arena, cx->detail);
    return str_fmt(cx->arena, STR_F ": " STR_F, STR_A(f->pointer), STR_A(f->detail));
}

static err put_item(struct assortment *a, struct cx *cx, struct paths *known, struct batch *b,
    const struct assortment_item *item, const id **ret_variant_ids)
{
    struct catalog_product p = item->product;
    p.silent = true;
    err e = resolve_category(a, cx, known, item, &p);
    if (e)
        return e;
    id *variant_ids = NEW_N(cx->arena, p.variants_n, id);
    e = catalog_product_put(a->deps.catalog, cx, &p, &p.product_id, variant_ids);
    if (e)
        return e;
    p.created_ms = cx->now_ms;
    gather(cx, b, item, &p, variant_ids);
    *ret_variant_ids = variant_ids;
    return NULL;
}

err assortment_put_all(struct assortment *a, struct cx *cx, const struct assortment_item *items,
    size_t n, struct assortment_refusal *ret)
{
    struct batch b = batch_for(cx, items, n);
    struct paths *known = NEW(cx->arena, struct paths);
    for (size_t i = 0; i < n; i++) {
        ret[i] = (struct assortment_refusal){ .e = NULL };
        err e = put_item(a, cx, known, &b, &items[i], &ret[i].variant_ids);
        if (!e)
            continue;
        if (!is_refusal(e) || e == &DB_DUPLICATE || e == &DB_CONSTRAINT)
            return e;
        ret[i] =
            (struct assortment_refusal){ .e = e, .detail = refusal_text(cx), .fields = cx->fields };
        cx_clear(cx);
    }
    err e = NULL;
    if (b.prices_n)
        e = pricing_set(a->deps.pricing, cx,
            (struct pricing_change){ .prices = b.prices, .n = b.prices_n, .silent = true });
    if (!e && b.counts_n)
        e = inventory_stocktake(a->deps.inventory, cx, b.counts, b.counts_n);
    if (!e && b.docs_n)
        e = a->deps.search->put(a->deps.search->self, cx, b.docs, b.docs_n);
    return e;
}

err assortment_put(struct assortment *a, struct cx *cx, const struct assortment_item *items,
    size_t n, err *ret_errors, str *ret_details)
{
    struct assortment_refusal *refusals = NEW_N(cx->arena, n, struct assortment_refusal);
    err e = assortment_put_all(a, cx, items, n, refusals);
    for (size_t i = 0; !e && i < n; i++) {
        ret_errors[i] = refusals[i].e;
        ret_details[i] = refusals[i].detail;
    }
    return e;
}

const struct service assortment_service = {
    .name = "assortment",
    .folder = "src/flows/assortment/",
    .routes = assortment_routes,
    .events = assortment_events,
};
