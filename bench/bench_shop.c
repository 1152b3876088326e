/* SPDX-License-Identifier: Apache-2.0
 * Opens and fills a shop in process. Called by the programs that measure writing; must never run
 * beside a server on the same SQLite folder. */
#include "bench/bench_shop.h"

#include <string.h>

#include "flows/assortment/assortment.h"

#define BATCH 200

void bench_must(struct bench *b, struct cx *cx, err e, const char *what)
{
    if (e)
        bench_die(b, "%s: %s (" STR_F ")", what, e->title, STR_A(cx->detail));
}

const struct db_query *bench_as(struct bench *b, const struct db_query *q, const char *owner)
{
    struct db_query *copy = NEW(b->arena, struct db_query);
    *copy = *q;
    const char *dot = strchr(q->name, '.');
    copy->name = str_c(b->arena, str_fmt(b->arena, "%s%s", owner, dot ? dot : "."));
    return copy;
}

struct filling {
    struct bench_shop *s;
    struct bench_shop_opts opts;
    size_t at;
};

static err unit_ground(void *arg, struct cx *cx)
{
    struct filling *f = arg;
    struct app *app = f->s->app;
    id category_id;
    err e = catalog_category_put(app->catalog, cx,
        (struct catalog_category){
            .name = S("Measures"), .slug = S("measures"), .picture = S("laptop") },
        &category_id);
    if (e)
        return e;
    return inventory_warehouse_add(app->inventory, cx,
        (struct inventory_warehouse){ .code = S("BENCH"), .name = S("Bench"), .country = S("US") },
        &f->s->warehouse_id);
}

static err unit_products(void *arg, struct cx *cx)
{
    struct filling *f = arg;
    struct bench_shop *s = f->s;
    currency usd = pricing_currency(s->app->pricing);
    size_t n = f->opts.products - f->at < BATCH ? f->opts.products - f->at : BATCH;
    struct assortment_item *items = NEW_N(cx->arena, n, struct assortment_item);
    err *errors = NEW_N(cx->arena, n, err);
    str *details = NEW_N(cx->arena, n, str);
    for (size_t i = 0; i < n; i++) {
        size_t at = f->at + i;
        struct assortment_offer *offer = NEW(cx->arena, struct assortment_offer);
        struct assortment_stock *stock = NEW(cx->arena, struct assortment_stock);
        struct catalog_variant *variant = NEW(cx->arena, struct catalog_variant);
        *stock = (struct assortment_stock){ s->warehouse_id, f->opts.stock };
        *offer = (struct assortment_offer){
            .price = money_of(f->opts.price_minor, usd), .stock = stock, .stock_n = 1
        };
        *variant = (struct catalog_variant){ .variant_id = s->variant_ids[at],
            .sku = str_fmt(cx->arena, "BENCH-%zu", at),
            .weight_g = 500 };
        items[i] = (struct assortment_item){
            .product = { .product_id = s->product_ids[at],
                .source = str_fmt(cx->arena, "bench:%zu", at),
                .title = str_fmt(cx->arena, "Measured thing number %zu", at),
                .brand = S("Bench"),
                .description = S("Sold again and again."),
                .status = CATALOG_PUBLISHED,
                .variants = variant,
                .variants_n = 1 },
            .category_path = S("measures"),
            .offers = offer,
        };
    }
    err e = assortment_put(s->app->assortment, cx, items, n, errors, details);
    for (size_t i = 0; !e && i < n; i++)
        if (errors[i])
            return FAIL(cx, ERR_BUG, STR_F, STR_A(details[i]));
    return e;
}

static void fill(struct bench_shop *s, struct bench_shop_opts opts)
{
    struct filling f = { .s = s, .opts = opts };
    struct cx *cx = app_cx_open(s->app);
    bench_must(s->b, cx, db_write_wait(s->app->db, cx, 0, unit_ground, &f), "ground");
    s->n = opts.products;
    s->product_ids = NEW_N(s->life, s->n, id);
    s->variant_ids = NEW_N(s->life, s->n, id);
    for (size_t i = 0; i < s->n; i++) {
        s->product_ids[i] = cx_id(cx);
        s->variant_ids[i] = cx_id(cx);
    }
    app_cx_close(cx);
    for (; f.at < opts.products; f.at += BATCH) {
        cx = app_cx_open(s->app);
        bench_must(s->b, cx, db_write_wait(s->app->db, cx, 0, unit_products, &f), "products");
        app_cx_close(cx);
    }
}

void bench_shop_open(struct bench *b, struct bench_shop_opts opts, struct bench_shop *ret)
{
    struct arena *life = arena_open(1024 * 1024);
    struct bench_shop s = { .b = b, .life = life, .config = NEW(life, struct config) };
    struct cx *cx = NEW(life, struct cx);
    *cx = (struct cx){ .arena = life, .request_id = S("bench") };
    struct clock clock = clock_system();
    cx->now_ms = clock_now_ms(&clock);
    cx->rng = rng_seeded((uint64_t)cx->now_ms);
    char *flags[4] = { NULL };
    flags[0] = (char *)(uintptr_t)str_c(life, str_fmt(life, "--data=%s", opts.data));
    flags[1] = (char *)(uintptr_t) "--log-level=warn";
    if (opts.db)
        flags[2] = (char *)(uintptr_t)str_c(life, str_fmt(life, "--db=%s", opts.db));
    bench_must(b, cx, config_read(cx, NULL, flags, NULL, s.config), "configuration");
    bench_must(b, cx, app_open(life, cx, s.config, &s.app), "open");
    if (opts.products)
        fill(&s, opts);
    *ret = s;
}

void bench_shop_close(struct bench_shop *s)
{
    app_close(s->app);
    s->app = NULL;
}

struct looking {
    struct bench_shop *s;
    size_t i;
    struct bench_stock found;
};

static err unit_look(void *arg, struct cx *cx)
{
    struct looking *l = arg;
    struct inventory_level *levels;
    size_t n;
    err e = inventory_levels(
        l->s->app->inventory, cx, l->s->product_ids[l->i], l->s->variant_ids[l->i], &levels, &n);
    for (size_t i = 0; !e && i < n; i++) {
        l->found.on_hand += levels[i].on_hand;
        l->found.reserved += levels[i].reserved;
    }
    return e;
}

struct bench_stock bench_shop_stock(struct bench_shop *s, size_t i)
{
    struct looking l = { .s = s, .i = i };
    struct cx *cx = app_cx_open(s->app);
    bench_must(s->b, cx, db_read(cx, unit_look, &l), "stock");
    app_cx_close(cx);
    return l.found;
}
