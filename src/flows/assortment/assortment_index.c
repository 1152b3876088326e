/* SPDX-License-Identifier: Apache-2.0
 * Index entries from the services' rows, and the events that renew them. Called by the bus and by
 * rebuilds; must give the same entry as assortment_put for the same rows. */
#include "flows/assortment/assortment_internal.h"
#include "platform/cache/cache.h"

/* Option values of variants are attributes of the product: "Colour: Navy" finds it. */
static size_t add_options(
    struct cx *cx, const struct catalog_product *p, struct search_attribute *attributes, size_t n)
{
    for (size_t v = 0; v < p->variants_n; v++)
        for (size_t o = 0; o < p->variants[v].options_n; o++) {
            const struct catalog_option *option = &p->variants[v].options[o];
            bool known = false;
            for (size_t k = 0; k < n && !known; k++)
                known = str_eq(attributes[k].label, option->name) &&
                        str_eq(attributes[k].value, option->value);
            if (known)
                continue;
            attributes[n++] = (struct search_attribute){ .name = str_lower(cx->arena, option->name),
                .label = option->name,
                .value = option->value };
        }
    return n;
}

struct search_doc assortment_doc_now(
    struct search_doc doc, const struct catalog_product *p, struct assortment_facts facts)
{
    doc.product_id = p->product_id;
    doc.price_minor = facts.price_minor;
    doc.rating_x100 = p->rating_count ? p->rating_sum * 100 / p->rating_count : 0;
    doc.rating_count = p->rating_count;
    doc.released_ms = p->released_ms ? p->released_ms : p->created_ms;
    doc.popularity = facts.popularity;
    doc.prime = p->prime;
    doc.in_stock = facts.in_stock;
    return doc;
}

static str codes_of(struct cx *cx, const struct catalog_product *p)
{
    struct buf codes = { .arena = cx->arena };
    for (size_t v = 0; v < p->variants_n; v++) {
        buf_add(&codes, p->variants[v].sku);
        buf_char(&codes, ' ');
        buf_add(&codes, p->variants[v].ean);
        buf_char(&codes, ' ');
    }
    return buf_str(&codes);
}

struct search_doc assortment_doc(
    struct cx *cx, const struct catalog_product *p, struct assortment_facts facts)
{
    size_t options = 0;
    for (size_t v = 0; v < p->variants_n; v++)
        options += p->variants[v].options_n;
    struct search_attribute *attributes =
        NEW_N(cx->arena, p->attributes_n + options, struct search_attribute);
    size_t n = 0;
    for (size_t i = 0; i < p->attributes_n; i++)
        attributes[n++] = (struct search_attribute){ .name = p->attributes[i].name,
            .label = p->attributes[i].label,
            .value = p->attributes[i].value };
    n = add_options(cx, p, attributes, n);
    struct search_doc doc = { .title = p->title,
        .brand = p->brand,
        .description = p->description,
        .category_path = p->category_path,
        .attributes = attributes,
        .attributes_n = n,
        .codes = codes_of(cx, p) };
    return assortment_doc_now(doc, p, facts);
}

/* Whether any variant of each product can be bought now. */
static err stock_of(struct assortment *a, struct cx *cx, const struct catalog_product *products,
    size_t n, int64_t *ret)
{
    size_t keys_n = 0;
    for (size_t i = 0; i < n; i++)
        keys_n += products[i].variants_n;
    struct inventory_key *keys = NEW_N(cx->arena, keys_n, struct inventory_key);
    int64_t *stock = NEW_N(cx->arena, keys_n, int64_t);
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; v < products[i].variants_n; v++)
            keys[k++] = (struct inventory_key){ products[i].product_id,
                products[i].variants[v].variant_id };
    err e = inventory_available(a->deps.inventory, cx, keys, keys_n, stock);
    k = 0;
    for (size_t i = 0; !e && i < n; i++)
        for (size_t v = 0; v < products[i].variants_n; v++)
            ret[i] += stock[k++];
    return e;
}

err assortment_reindex(struct assortment *a, struct cx *cx, const id *product_ids, size_t n)
{
    struct catalog_product *products = NEW_N(cx->arena, n, struct catalog_product);
    struct pricing_price *prices = NEW_N(cx->arena, n, struct pricing_price);
    int64_t *stock = NEW_N(cx->arena, n, int64_t);
    err e = catalog_products(a->deps.catalog, cx,
        (struct catalog_wanted){ .product_ids = product_ids, .n = n, .whole = true }, products);
    if (!e)
        e = pricing_from(a->deps.pricing, cx, product_ids, n, prices);
    if (!e)
        e = stock_of(a, cx, products, n, stock);
    if (e)
        return e;
    struct search_doc *docs = NEW_N(cx->arena, n, struct search_doc);
    id *gone = NEW_N(cx->arena, n, id);
    size_t docs_n = 0, gone_n = 0;
    for (size_t i = 0; i < n; i++) {
        if (id_is_none(products[i].product_id))
            gone[gone_n++] = product_ids[i];
        else
            docs[docs_n++] = assortment_doc(cx, &products[i],
                (struct assortment_facts){ .price_minor = prices[i].price.minor,
                    .popularity = products[i].rating_count,
                    .in_stock = stock[i] > 0 });
    }
    e = gone_n ? a->deps.search->remove(a->deps.search->self, cx, gone, gone_n) : NULL;
    if (!e && docs_n)
        e = a->deps.search->put(a->deps.search->self, cx, docs, docs_n);
    return e;
}

/* ---- what an index of our own asks for ---- */

static err source_texts(
    void *self, struct cx *cx, const id *product_ids, size_t n, struct search_texts *ret)
{
    struct assortment *a = self;
    struct catalog_product *products = NEW_N(cx->arena, n, struct catalog_product);
    err e = catalog_products(a->deps.catalog, cx,
        (struct catalog_wanted){ .product_ids = product_ids, .n = n, .whole = true }, products);
    for (size_t i = 0; !e && i < n; i++)
        ret[i] = (struct search_texts){ .description = products[i].description,
            .codes = codes_of(cx, &products[i]) };
    return e;
}

static err source_categories(
    void *self, struct cx *cx, str **ret_paths, str **ret_names, size_t *ret_n)
{
    struct assortment *a = self;
    struct catalog_category *all;
    err e = catalog_categories(a->deps.catalog, cx, &all, ret_n);
    if (e)
        return e;
    *ret_paths = NEW_N(cx->arena, *ret_n, str);
    *ret_names = NEW_N(cx->arena, *ret_n, str);
    for (size_t i = 0; i < *ret_n; i++) {
        (*ret_paths)[i] = all[i].path;
        (*ret_names)[i] = all[i].name;
    }
    return NULL;
}

struct search_source assortment_search_source(struct assortment *a)
{
    return (
        struct search_source){ .texts = source_texts, .categories = source_categories, .self = a };
}

/* ---- events ---- */

struct stale {
    struct cache *cache;
    id product_id;
};

static void drop_answers(void *arg)
{
    struct stale *s = arg;
    struct arena *scratch = arena_open(512);
    cache_news(s->cache);
    str text = id_text(scratch, s->product_id);
    cache_drop(s->cache, str_fmt(scratch, "/api/v1/products/" STR_F "?", STR_A(text)));
    cache_drop(s->cache, str_fmt(scratch, "/p/" STR_F "?", STR_A(text)));
    arena_close(scratch);
}

/* The aggregate of all three events is the product. */
static err on_changed(void *service, struct cx *cx, const struct bus_event *event)
{
    struct assortment *a = service;
    if (a->deps.cache) {
        struct stale *s = NEW(cx->arena, struct stale);
        *s = (struct stale){ .cache = a->deps.cache, .product_id = event->aggregate };
        db_after_commit(cx, drop_answers, s);
    }
    return assortment_reindex(a, cx, &event->aggregate, 1);
}

const struct bus_handler assortment_events[] = {
    { "catalog.product_changed", "assortment.product", on_changed },
    { "pricing.price_changed", "assortment.price", on_changed },
    { "inventory.stock_changed", "assortment.stock", on_changed },
    { "assortment.counted", "assortment.count", assortment_counted,
        .before = assortment_count_there },
    { 0 },
};
