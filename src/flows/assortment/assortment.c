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
    size_t *price_items; /* index of the item of each price */
    struct inventory_stocktake *counts;
    struct search_doc *docs;
    size_t *renewed; /* items whose stock is not in their item: the services are asked for it */
    enum catalog_outcome *outcomes; /* of each item that was put */
    size_t prices_n, counts_n, docs_n, renewed_n;
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
        .price_items = NEW_N(cx->arena, prices, size_t),
        .counts = NEW_N(cx->arena, counts, struct inventory_stocktake),
        .docs = NEW_N(cx->arena, n, struct search_doc),
        .renewed = NEW_N(cx->arena, n, size_t),
        .outcomes = NEW_N(cx->arena, n, enum catalog_outcome) };
}

/* A product as it was put, with what is known of it by now. */
struct put {
    const struct assortment_item *item;
    struct catalog_product product;
    struct catalog_put done;
    size_t index;
};

static void gather_price(struct batch *b, const struct put *p, size_t v)
{
    const struct assortment_offer *o = &p->item->offers[v];
    b->price_items[b->prices_n] = p->index;
    b->prices[b->prices_n++] = (struct pricing_price){ .product_id = p->done.product_id,
        .variant_id = p->done.variant_ids[v],
        .price = o->price,
        .list = o->list.minor > o->price.minor ? o->list : o->price };
}

/* Notes what the item costs and has, and its index entry. A product that was there keeps stock that
 * the item does not tell: then its entry is made from the services. */
static void gather(struct cx *cx, struct batch *b, const struct put *p)
{
    struct assortment_facts facts = { .price_minor = INT64_MAX, .popularity = p->item->popularity };
    bool added = p->done.outcome == CATALOG_ADDED, stock_told = false;
    for (size_t v = 0; v < p->product.variants_n; v++) {
        const struct assortment_offer *o = &p->item->offers[v];
        if (o->price.minor > 0) {
            gather_price(b, p, v);
            if (o->price.minor < facts.price_minor)
                facts.price_minor = o->price.minor;
        }
        for (size_t k = 0; k < o->stock_n && (added || !p->item->stock_once); k++) {
            b->counts[b->counts_n++] =
                (struct inventory_stocktake){ .product_id = p->done.product_id,
                    .variant_id = p->done.variant_ids[v],
                    .warehouse_id = o->stock[k].warehouse_id,
                    .on_hand = o->stock[k].on_hand };
            facts.in_stock |= o->stock[k].on_hand > 0;
            stock_told = true;
        }
    }
    if (facts.price_minor == INT64_MAX)
        facts.price_minor = 0;
    if (p->product.status != CATALOG_PUBLISHED || (!added && !stock_told))
        b->renewed[b->renewed_n++] = p->index;
    else
        b->docs[b->docs_n++] = p->item->doc ? assortment_doc_now(*p->item->doc, &p->product, facts)
                                            : assortment_doc(cx, &p->product, facts);
}

void assortment_prepare(struct assortment *a, struct cx *cx, struct assortment_item *item)
{
    struct search *search = a->deps.search;
    err e = catalog_product_seal(cx, &item->product, &item->product.sealed);
    if (e) {
        cx_clear(cx);
        return;
    }
    struct search_doc *doc = NEW(cx->arena, struct search_doc);
    *doc = assortment_doc(cx, &item->product, (struct assortment_facts){ .price_minor = 0 });
    if (search->prepare)
        doc->ready = search->prepare(search->self, cx->arena, doc);
    item->doc = doc;
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
    if (!id_is_none(p->category_id) && p->category_path.n)
        return NULL; /* the catalogue will look whether it is there */
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

static str refusal_text(struct cx *cx, const struct field_error *f, str detail)
{
    if (!f)
        return str_dup(cx->arena, detail);
    return str_fmt(cx->arena, STR_F ": " STR_F, STR_A(f->pointer), STR_A(f->detail));
}

static void note(struct batch *b, struct put *p, struct assortment_result *ret)
{
    p->product.product_id = p->done.product_id;
    p->product.created_ms = p->done.created_ms;
    p->product.rating_sum = p->done.rating_sum;
    p->product.rating_count = p->done.rating_count;
    b->outcomes[p->index] = p->done.outcome;
    *ret = (struct assortment_result){ .product_id = p->done.product_id,
        .variant_ids = p->done.variant_ids,
        .changed = p->done.outcome != CATALOG_SAME };
}

/* The products of all items whose category is known. */
static err put_products(
    struct assortment *a, struct cx *cx, const struct put *puts, size_t n, struct catalog_put *ret)
{
    struct catalog_product *products = NEW_N(cx->arena, n, struct catalog_product);
    for (size_t i = 0; i < n; i++)
        products[i] = puts[i].product;
    return catalog_products_put(a->deps.catalog, cx, products, n, ret);
}

/* Finds out which prices of unchanged products did change. */
static err compare_prices(
    struct assortment *a, struct cx *cx, const struct batch *b, struct assortment_result *ret)
{
    struct pricing_key *keys = NEW_N(cx->arena, b->prices_n, struct pricing_key);
    struct pricing_price *now = NEW_N(cx->arena, b->prices_n, struct pricing_price);
    size_t *at = NEW_N(cx->arena, b->prices_n, size_t);
    size_t n = 0;
    for (size_t i = 0; i < b->prices_n; i++)
        if (b->outcomes[b->price_items[i]] == CATALOG_SAME) {
            at[n] = i;
            keys[n++] = (struct pricing_key){ b->prices[i].product_id, b->prices[i].variant_id };
        }
    err e = n ? pricing_get(a->deps.pricing, cx, keys, n, now) : NULL;
    for (size_t i = 0; !e && i < n; i++)
        if (now[i].price.minor != b->prices[at[i]].price.minor ||
            now[i].list.minor != b->prices[at[i]].list.minor)
            ret[b->price_items[at[i]]].changed = true;
    return e;
}

/* Entries of products whose stock the services know; what did not change is right already. */
static err renew(
    struct assortment *a, struct cx *cx, const struct batch *b, const struct assortment_result *ret)
{
    id *ids = NEW_N(cx->arena, b->renewed_n, id);
    size_t n = 0;
    for (size_t i = 0; i < b->renewed_n; i++)
        if (ret[b->renewed[i]].changed)
            ids[n++] = ret[b->renewed[i]].product_id;
    return n ? assortment_reindex(a, cx, ids, n) : NULL;
}

static err write_batch(
    struct assortment *a, struct cx *cx, struct batch *b, struct assortment_result *ret)
{
    err e = compare_prices(a, cx, b, ret);
    if (!e && b->prices_n)
        e = pricing_set(a->deps.pricing, cx,
            (struct pricing_change){ .prices = b->prices, .n = b->prices_n, .silent = true });
    if (!e)
        e = assortment_count(a, cx, b->counts, b->counts_n);
    if (!e && b->docs_n)
        e = a->deps.search->put(a->deps.search->self, cx, b->docs, b->docs_n);
    return e ? e : renew(a, cx, b, ret);
}

/* Items whose category is known are on their way, the others are refused. */
static err start(struct assortment *a, struct cx *cx, const struct assortment_item *items, size_t n,
    struct put *ret_puts, size_t *ret_n, struct assortment_result *ret)
{
    struct paths *known = NEW(cx->arena, struct paths);
    *ret_n = 0;
    for (size_t i = 0; i < n; i++) {
        struct put *p = &ret_puts[*ret_n];
        *p = (struct put){ .item = &items[i], .product = items[i].product, .index = i };
        p->product.silent = true;
        err e = resolve_category(a, cx, known, p->item, &p->product);
        if (e && e != &CATALOG_CATEGORY_UNKNOWN)
            return e;
        ret[i] = (struct assortment_result){ .e = e };
        if (e) {
            ret[i].detail = refusal_text(cx, cx->fields, cx->detail);
            ret[i].fields = cx->fields;
            cx_clear(cx);
        } else
            ++*ret_n;
    }
    return NULL;
}

err assortment_put_all(struct assortment *a, struct cx *cx, const struct assortment_item *items,
    size_t n, struct assortment_result *ret)
{
    struct batch b = batch_for(cx, items, n);
    struct put *puts = NEW_N(cx->arena, n, struct put);
    struct catalog_put *done = NEW_N(cx->arena, n, struct catalog_put);
    size_t puts_n;
    err e = start(a, cx, items, n, puts, &puts_n, ret);
    if (!e)
        e = put_products(a, cx, puts, puts_n, done);
    if (e)
        return e;
    for (size_t i = 0; i < puts_n; i++) {
        struct put *p = &puts[i];
        p->done = done[i];
        if (p->done.e) {
            ret[p->index] = (struct assortment_result){ .e = p->done.e,
                .detail = refusal_text(cx, p->done.fields, p->done.detail),
                .fields = p->done.fields };
            continue;
        }
        note(&b, p, &ret[p->index]);
        gather(cx, &b, p);
    }
    return write_batch(a, cx, &b, ret);
}

err assortment_put(struct assortment *a, struct cx *cx, const struct assortment_item *items,
    size_t n, err *ret_errors, str *ret_details)
{
    struct assortment_result *refusals = NEW_N(cx->arena, n, struct assortment_result);
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
