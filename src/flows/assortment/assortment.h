/* SPDX-License-Identifier: Apache-2.0
 * What is on sale, across catalogue, prices, stock and the search index: puts whole offers in,
 * keeps the index in step with events, imports files. */
#ifndef SOUK_FLOWS_ASSORTMENT_ASSORTMENT_H
#define SOUK_FLOWS_ASSORTMENT_ASSORTMENT_H

#include "platform/search/search_index.h"
#include "services/catalog/catalog.h"
#include "services/inventory/inventory.h"
#include "services/pricing/pricing.h"

struct assortment;
extern const struct service assortment_service;

struct cache;
struct assortment_deps {
    struct db *db, *db_stock; /* the second: NULL, or another one of the inventory's own */
    struct bus *bus;          /* to which what is counted there is told */
    struct catalog *catalog;
    struct pricing *pricing;
    struct inventory *inventory;
    struct search *search;
    struct cache *cache; /* answers to drop when something changes; may be NULL */
};
struct assortment *assortment_open(struct arena *life, struct assortment_deps deps);

/* One product with what its variants cost and how many there are. */
struct assortment_stock {
    id warehouse_id;
    int64_t on_hand;
};
struct assortment_offer { /* one a variant, same order as product.variants */
    money price, list;    /* list: at least price */
    const struct assortment_stock *stock;
    size_t stock_n;
};
struct assortment_item {
    struct catalog_product product; /* category_id may be none when category_path is set */
    str category_path;              /* of a known category */
    const struct assortment_offer *offers;
    int64_t popularity;
    const struct search_doc *doc; /* of assortment_prepare; may be NULL */
    bool stock_once;              /* stock is only set when the product is new: made-up numbers */
};
/* In a WRITE unit: adds or replaces n items everywhere, the index included, without events. An item
 * that is refused leaves no trace and the others alone: ret_errors[i] is its problem (NULL: fine),
 * and ret_details[i] says what. Anything that is not the item's fault is returned. Ratings that are
 * not given stay. */
err assortment_put(struct assortment *a, struct cx *cx, const struct assortment_item *items,
    size_t n, err *ret_errors, str *ret_details) MUST_USE;

/* Outside of a unit, on any thread: works out of an item, whose category_id and
 * product.category_path are known, what a put would. Lives in cx->arena. What is wrong with the
 * item is left for the put to tell. */
void assortment_prepare(struct assortment *a, struct cx *cx, struct assortment_item *item);

/* In a WRITE unit: renews the index entries of n products from the services. */
err assortment_reindex(
    struct assortment *a, struct cx *cx, const id *product_ids, size_t n) MUST_USE;

/* What an index of our own asks the catalogue for. */
struct search_source assortment_search_source(struct assortment *a);

/* ---- imports: `souk import products` ---- */
enum assortment_format { ASSORTMENT_NDJSON, ASSORTMENT_CSV, ASSORTMENT_SHOPIFY };
struct assortment_import {
    str file;
    enum assortment_format format;
    str map_file,
        rules_file;  /* absent: the built-in ones (data/icecat.map, data/categories.rules) */
    id warehouse_id; /* where stock of the file goes; none: the first warehouse */
    void (*progress)(void *arg, int64_t rows, int64_t bytes, int64_t bytes_all);
    void (*bad_row)(void *arg, int64_t line, const char *problem, str detail);
    void *arg;
};
struct assortment_report {
    int64_t rows, products, unchanged, bad;
};
/* Opens WRITE units of its own, a batch each. Streams: memory does not grow with the file (.gz is
 * read as well). Repeating it changes nothing. Fails only when the file or the database does. */
err assortment_import_file(struct assortment *a, struct cx *cx, const struct assortment_import *in,
    struct assortment_report *ret) MUST_USE;

#endif
