/* SPDX-License-Identifier: Apache-2.0
 * Goods of sellers for a world of these tests, and orders of them to more than one address. Must
 * never be used outside this folder. */
#ifndef SOUK_FLOWS_CHECKOUT_TESTS_CHECKOUT_SELLERS_H
#define SOUK_FLOWS_CHECKOUT_TESTS_CHECKOUT_SELLERS_H

#include "flows/checkout/tests/checkout_books.h"

#define SELLERS_GOODS 4

/* Prices that do not divide well. */
static const struct sellers_row {
    const char *title, *category;
    int seller; /* -1: the shop itself */
    int64_t price, weight_g;
} sellers_rows[SELLERS_GOODS] = {
    { "Vase", "Pots", 0, 1999, 700 },
    { "Rug", "Cloth", 1, 3501, 2600 },
    { "Jug", "Pots", 1, 1333, 900 },
    { "Bowl", "Pots", -1, 777, 300 },
};
struct sellers {
    struct world *w;
    id sellers[2];
    struct inventory_key goods[SELLERS_GOODS];
};

static inline err sellers_put(void *arg, struct cx *cx)
{
    struct sellers *s = arg;
    err e = NULL;
    for (size_t i = 0; !e && i < SELLERS_GOODS; i++) {
        const struct sellers_row *row = &sellers_rows[i];
        const struct catalog_variant variant = { .sku = str_from_c(row->title),
            .weight_g = row->weight_g };
        struct catalog_product p = { .source = str_from_c(row->title),
            .title = str_from_c(row->title),
            .brand = S("Clay"),
            .status = CATALOG_PUBLISHED,
            .variants = &variant,
            .variants_n = 1,
            .silent = true };
        if (row->seller >= 0)
            p.seller_id = s->sellers[row->seller];
        id variant_id, product_id = { 0 };
        e = catalog_category_put(s->w->catalog, cx,
            (struct catalog_category){ .name = str_from_c(row->category), .picture = S("lamp") },
            &p.category_id);
        if (!e)
            e = catalog_product_put(s->w->catalog, cx, &p, &product_id, &variant_id);
        s->goods[i] = (struct inventory_key){ product_id, variant_id };
        const struct pricing_price price = {
            .product_id = product_id, .variant_id = variant_id, .price = money_of(row->price, USD)
        };
        if (!e)
            e = pricing_set(s->w->pricing, cx,
                (struct pricing_change){ .prices = &price, .n = 1, .silent = true });
    }
    return e;
}

static inline err sellers_stock(void *arg, struct cx *cx)
{
    struct sellers *s = arg;
    err e = NULL;
    for (size_t i = 0; !e && i < SELLERS_GOODS; i++) {
        const struct inventory_stocktake count = { s->goods[i].product_id, s->goods[i].variant_id,
            s->w->warehouse_id, STOCK };
        e = inventory_stocktake(s->w->inventory, cx, &count, 1);
    }
    return e;
}

static inline struct sellers sellers_open(struct world *w)
{
    struct sellers s = { .w = w,
        .sellers = {
            id_from_name(S("test"), S("seller 1")), id_from_name(S("test"), S("seller 2")) } };
    (void)world_write(w, PLACE_MAIN, sellers_put, &s);
    (void)world_write(w, PLACE_STOCK, sellers_stock, &s);
    return s;
}

/* One line of an order: which goods, how many. */
struct sellers_line {
    size_t goods;
    int64_t quantity;
};

/* Buys the lines with the card; the order stands. In life. */
static inline struct orders_order sellers_buy(struct sellers *s, const struct buyer *b,
    const struct sellers_line *lines, size_t n, const char *card)
{
    struct world *w = s->w;
    struct cx *cx = world_cx(w);
    world_as(w, cx, b);
    struct told *t = NEW(cx->arena, struct told);
    struct checkout_item *items = NEW_N(cx->arena, n, struct checkout_item);
    for (size_t i = 0; i < n; i++)
        items[i] = (struct checkout_item){ .product_id = s->goods[lines[i].goods].product_id,
            .variant_id = s->goods[lines[i].goods].variant_id,
            .quantity = lines[i].quantity };
    t->place = (struct checkout_place){ .c = w->c,
        .cx = cx,
        .wish = { .items = items,
            .items_n = n,
            .where = { .address = &world_address },
            .email = S("guest@example.org"),
            .method = { S("card"), str_from_c(card) } },
        .claim = { .principal = checkout_principal(cx),
            .method = S("POST"),
            .route = S("/test"),
            .key = secret_token(cx->arena, 16),
            .fingerprint = S("f") },
        .done = world_told,
        .arg = t };
    checkout_place(&t->place);
    CHECK_INT(t->times, 1);
    CHECK_ERR(cx, t->place.failed, NULL);
    id order_id = t->place.plan.order.order_id;
    world_done(cx);
    struct cx *life = NEW(w->life, struct cx);
    *life = (struct cx){ .arena = w->life, .now_ms = clock_now_ms(&w->clock) };
    return world_order(w, life, order_id).order;
}

struct sellers_sum {
    struct world *w;
    struct ledger_account account;
    int64_t minor, available;
};
static inline err sellers_read(void *arg, struct cx *cx)
{
    struct sellers_sum *in = arg;
    return ledger_balance(in->w->ledger, cx, in->account, USD, &in->minor, &in->available);
}

static inline int64_t sellers_balance(struct world *w, enum ledger_kind kind, id owner)
{
    struct cx *cx = world_cx(w);
    struct sellers_sum in = { .w = w, .account = { kind, owner } };
    CHECK_ERR(cx, db_read(cx, sellers_read, &in), NULL);
    world_done(cx);
    return in.minor;
}

#endif
