/* SPDX-License-Identifier: Apache-2.0
 * What the files of the assortment share. For this folder only. */
#ifndef SOUK_FLOWS_ASSORTMENT_ASSORTMENT_INTERNAL_H
#define SOUK_FLOWS_ASSORTMENT_ASSORTMENT_INTERNAL_H

#include "flows/assortment/assortment.h"

struct assortment {
    struct assortment_deps deps;
};

/* What the index is told about a product beyond its catalogue row. */
struct assortment_facts {
    int64_t price_minor; /* the cheapest variant */
    int64_t popularity;
    bool in_stock;
};
/* The index entry of a product; texts are made in cx->arena. */
struct search_doc assortment_doc(
    struct cx *cx, const struct catalog_product *p, struct assortment_facts facts);
/* The same with the texts of an entry that was made of the same product before. */
struct search_doc assortment_doc_now(
    struct search_doc doc, const struct catalog_product *p, struct assortment_facts facts);

/* assortment_put with all that is known of each item: what refused it (e NULL: nothing), its fields
 * for the client, and the ids of its variants. */
struct assortment_result {
    err e;
    str detail;
    struct field_error *fields;
    id product_id;
    const id *variant_ids;
    bool changed; /* the catalogue or a price did; stock and index entries are not looked at */
};
err assortment_put_all(struct assortment *a, struct cx *cx, const struct assortment_item *items,
    size_t n, struct assortment_result *ret) MUST_USE;

/* Routes of prices, assortment_prices.c. */
extern const struct json_shape assortment_prices_shape, assortment_prices_path,
    assortment_prices_in;
err assortment_get_prices(
    void *service, struct cx *cx, const void *body, struct reply *reply) MUST_USE;
err assortment_put_prices(
    void *service, struct cx *cx, const void *body, struct reply *reply) MUST_USE;
uint64_t assortment_prices_conflict(const struct cx *cx, const void *body);

extern const struct route assortment_routes[];
extern const struct bus_handler assortment_events[];

/* assortment_count.c: in the unit that puts the offers. The other two handle the event, where the
 * stock is in another database: first the count there, then the index. */
err assortment_count(
    struct assortment *a, struct cx *cx, struct inventory_stocktake *counts, size_t n) MUST_USE;
err assortment_count_there(void *service, struct cx *cx, const struct bus_event *event) MUST_USE;
err assortment_counted(void *service, struct cx *cx, const struct bus_event *event) MUST_USE;

#endif
