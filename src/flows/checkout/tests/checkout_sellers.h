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
        id variant_id = { 0 }, product_id = { 0 };
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

/* Where lines may go: Illinois as the world's address, California, Oregon without a tax, Germany.
 */
static const struct identity_address sellers_places[] = {
    { .name = S_INIT("Ada Lovelace"),
        .line1 = S_INIT("1 Main St"),
        .city = S_INIT("Springfield"),
        .region = S_INIT("IL"),
        .postal_code = S_INIT("62701"),
        .country = S_INIT("US") },
    { .name = S_INIT("Grace Hopper"),
        .line1 = S_INIT("2 Mission St"),
        .city = S_INIT("San Francisco"),
        .region = S_INIT("CA"),
        .postal_code = S_INIT("94105"),
        .country = S_INIT("US") },
    { .name = S_INIT("Joan Clarke"),
        .line1 = S_INIT("3 Pine St"),
        .city = S_INIT("Portland"),
        .region = S_INIT("OR"),
        .postal_code = S_INIT("97201"),
        .country = S_INIT("US") },
    { .name = S_INIT("Emmy Noether"),
        .line1 = S_INIT("Hauptstr. 4"),
        .city = S_INIT("Erlangen"),
        .postal_code = S_INIT("91052"),
        .country = S_INIT("DE") },
};

/* One line of an order: which goods, how many, where to (0: no address of its own). */
struct sellers_line {
    size_t goods;
    int64_t quantity;
    size_t to;
};

/* The request for the lines; the caller ends it with world_done. */
static inline struct told *sellers_ask(struct sellers *s, const struct buyer *b,
    const struct sellers_line *lines, size_t n, struct wanted in)
{
    struct world *w = s->w;
    struct cx *cx = world_cx(w);
    world_as(w, cx, b);
    struct told *t = NEW(cx->arena, struct told);
    struct checkout_item *items = NEW_N(cx->arena, n, struct checkout_item);
    struct checkout_where *others = NEW_N(cx->arena, n, struct checkout_where);
    for (size_t i = 0; i < n; i++) {
        items[i] = (struct checkout_item){ .product_id = s->goods[lines[i].goods].product_id,
            .variant_id = s->goods[lines[i].goods].variant_id,
            .quantity = lines[i].quantity,
            .to = lines[i].to ? i + 1 : 0 };
        others[i].address = &sellers_places[lines[i].to];
    }
    t->cx = cx;
    t->place = (struct checkout_place){ .c = w->c,
        .cx = cx,
        .wish = { .items = items,
            .items_n = n,
            .where = { .address = &world_address },
            .others = others,
            .email = S("guest@example.org"),
            .coupons = in.coupons,
            .coupons_n = in.coupons_n,
            .gift_cards = in.gift_cards,
            .gift_cards_n = in.gift_cards_n,
            .method = { S("card"), str_from_c(in.card) } },
        .claim = { .principal = checkout_principal(cx),
            .method = S("POST"),
            .route = S("/test"),
            .key = secret_token(cx->arena, 16),
            .fingerprint = S("f") },
        .done = world_told,
        .arg = t };
    checkout_place(&t->place);
    CHECK_INT(t->times, 1);
    return t;
}

/* As it stands; in life. */
static inline struct orders_order sellers_see(struct sellers *s, id order_id)
{
    struct cx *life = NEW(s->w->life, struct cx);
    *life = (struct cx){ .arena = s->w->life, .now_ms = clock_now_ms(&s->w->clock) };
    return world_order(s->w, life, order_id).order;
}

/* Buys the lines with the card; the order stands. In life. */
static inline struct orders_order sellers_buy(struct sellers *s, const struct buyer *b,
    const struct sellers_line *lines, size_t n, const char *card)
{
    struct told *t = sellers_ask(s, b, lines, n, (struct wanted){ .card = card });
    CHECK_ERR(t->cx, t->place.failed, NULL);
    id order_id = t->place.plan.order.order_id;
    world_done(t->cx);
    return sellers_see(s, order_id);
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

/* ---- what must hold of such an order ---- */

/* Of the group, what the buyer paid for it. */
static inline int64_t sellers_total(const struct orders_order *o, size_t group)
{
    int64_t minor = o->groups[group].shipping.minor - o->groups[group].shipping_off.minor;
    for (size_t i = 0; i < o->lines_n; i++)
        if (o->lines[i].group == group)
            minor +=
                o->lines[i].subtotal.minor + o->lines[i].tax.minor - o->lines[i].discount.minor;
    return minor;
}

static inline bool sellers_undone(const struct orders_order *o, size_t group)
{
    return o->groups[group].status == ORDERS_CANCELLED ||
           o->groups[group].status == ORDERS_REFUNDED;
}

struct sellers_books {
    int64_t live; /* at the provider, before the order */
    int64_t on_hand[SELLERS_GOODS], sellers[2];
};

struct sellers_reading {
    struct sellers *s;
    struct sellers_books *to;
    size_t wrong;
};
static inline err sellers_read_books(void *arg, struct cx *cx)
{
    struct sellers_reading *r = arg;
    struct world *w = r->s->w;
    size_t wrong = 0;
    err e = orders_check(w->orders, cx, &wrong);
    r->wrong = wrong;
    if (!e)
        e = ledger_check(w->ledger, cx, &wrong);
    r->wrong += wrong;
    if (!e)
        e = inventory_check(w->inventory, cx, &wrong);
    r->wrong += wrong;
    for (size_t i = 0; !e && i < SELLERS_GOODS; i++) {
        struct inventory_level *levels;
        size_t n;
        e = inventory_levels(
            w->inventory, cx, r->s->goods[i].product_id, r->s->goods[i].variant_id, &levels, &n);
        r->to->on_hand[i] = 0;
        for (size_t k = 0; !e && k < n; k++) {
            r->to->on_hand[i] += levels[k].on_hand;
            r->wrong += levels[k].reserved != 0;
        }
    }
    return e;
}

static inline struct sellers_books sellers_look(struct sellers *s, const char *name)
{
    struct sellers_books b = { .live = pay_sandbox_live_minor(&s->w->sandbox) };
    struct cx *cx = world_cx(s->w);
    struct sellers_reading r = { s, &b, 0 };
    CHECK_ERR(cx, db_read(cx, sellers_read_books, &r), NULL);
    CASE_INT(name, (int64_t)r.wrong, 0);
    world_done(cx);
    for (size_t i = 0; i < 2; i++)
        b.sellers[i] = sellers_balance(s->w, LEDGER_SELLER, s->sellers[i]);
    return b;
}

/* Goods that are back are on the shelf; money that is back is not with the provider nor with the
 * sellers; what stands is paid, but for goodwill. */
static inline void sellers_agree(struct sellers *s, const char *name,
    const struct sellers_books *before, id order_id, int64_t goodwill)
{
    struct orders_order o = sellers_see(s, order_id);
    struct sellers_books now = sellers_look(s, name);
    int64_t standing = 0, sum = 0, sold[SELLERS_GOODS] = { 0 };
    bool sells[2] = { false, false };
    for (size_t g = 0; g < o.groups_n; g++) {
        sum += sellers_total(&o, g);
        if (sellers_undone(&o, g))
            continue;
        standing += sellers_total(&o, g);
        for (size_t i = 0; i < 2; i++)
            sells[i] |= id_eq(o.groups[g].seller_id, s->sellers[i]);
        for (size_t i = 0; i < o.lines_n; i++)
            for (size_t k = 0; o.lines[i].group == g && k < SELLERS_GOODS; k++)
                if (id_eq(o.lines[i].variant_id, s->goods[k].variant_id))
                    sold[k] += o.lines[i].quantity;
    }
    CASE_INT(name, sum, o.total.minor);
    for (size_t k = 0; k < SELLERS_GOODS; k++)
        CASE_INT(name, now.on_hand[k], before->on_hand[k] - sold[k]);
    for (size_t i = 0; i < 2; i++)
        if (!sells[i])
            CASE_INT(name, now.sellers[i], before->sellers[i]);
    if (!goodwill)
        CASE_INT(name, now.live - before->live, standing);
    CASE(name, now.live - before->live <= standing);
    if (!standing)
        CASE_INT(name, now.live, before->live);
}

#endif
