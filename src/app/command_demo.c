/* SPDX-License-Identifier: Apache-2.0
 * `souk demo`: fills an empty shop from flows/demo's generator: categories, warehouses, products,
 * logins, customers, orders of the last 90 days. Must never touch a shop that has products. */
#include <stdio.h>
#include <unistd.h>

#include "app/command_demo.h"
#include "app/commands_internal.h"
#include "base/instant.h"
#include "flows/assortment/assortment.h"
#include "platform/file/file.h"
#include "platform/secret/secret.h"
#include "services/identity/identity.h"
#include "services/orders/orders.h"

#define BATCH 200
#define RUN 500 /* products of one unit */
#define RUNS 3
#define RUN_ARENA (32 * 1024 * 1024) /* kept from run to run */

struct filling {
    struct app *app;
    struct demo *demo;
    struct demo_opts opts;
    id warehouses[DEMO_WAREHOUSES];
    str *paths;            /* of categories, by index */
    id *category_ids;      /* likewise */
    int64_t at;            /* first of the batch under way */
    struct orders *orders; /* these two write history, so they emit no events */
    struct identity *identity;
    str password_hash;
};

/* ---- categories and warehouses ---- */

static err put_categories(struct filling *f, struct cx *cx)
{
    size_t n;
    const struct demo_category *list = demo_categories(f->demo, &n);
    f->paths = NEW_N(f->app->life, n, str);
    id *ids = f->category_ids = NEW_N(f->app->life, n, id);
    for (size_t i = 0; i < n; i++) {
        const struct demo_category *c = &list[i];
        str parent = c->parent < 0 ? S("") : f->paths[c->parent];
        f->paths[i] = parent.n
                          ? str_fmt(f->app->life, STR_F "/" STR_F, STR_A(parent), STR_A(c->slug))
                          : c->slug;
        id parent_id = { 0 };
        if (c->parent >= 0)
            parent_id = ids[c->parent];
        err e = catalog_category_put(f->app->catalog, cx,
            (struct catalog_category){ .parent_id = parent_id,
                .name = c->name,
                .slug = c->slug,
                .picture = c->picture,
                .position = (int64_t)i },
            &ids[i]);
        if (e)
            return e;
    }
    return NULL;
}

static err unit_categories(void *arg, struct cx *cx)
{
    return put_categories(arg, cx);
}

static err unit_warehouses(void *arg, struct cx *cx)
{
    struct filling *f = arg;
    err e = NULL;
    const struct demo_warehouse *list = demo_warehouses();
    for (size_t i = 0; !e && i < DEMO_WAREHOUSES; i++)
        e = inventory_warehouse_add(f->app->inventory, cx,
            (struct inventory_warehouse){ .code = list[i].code,
                .name = list[i].name,
                .country = list[i].country,
                .priority = (int64_t)i,
                .latitude = list[i].latitude_milli / 1000.0,
                .longitude = list[i].longitude_milli / 1000.0 },
            &f->warehouses[i]);
    return e;
}

/* ---- products ---- */

static void fill_attributes(
    struct cx *cx, const struct demo_product *p, struct catalog_product *out)
{
    static const enum catalog_attribute_kind kinds[] = {
        [DEMO_TEXT] = CATALOG_TEXT, [DEMO_NUMBER] = CATALOG_NUMBER, [DEMO_BOOL] = CATALOG_BOOL
    };
    struct catalog_attribute *list = NEW_N(cx->arena, p->values_n, struct catalog_attribute);
    for (size_t i = 0; i < p->values_n; i++) {
        const struct demo_value *v = &p->values[i];
        list[i] = (struct catalog_attribute){ .name = v->of->key,
            .label = v->of->name,
            .kind = kinds[v->of->type],
            .value = v->of->type == DEMO_BOOL ? (v->truth ? S("true") : S("false")) : v->text,
            .unit = v->of->unit };
    }
    out->attributes = list;
    out->attributes_n = p->values_n;
}

static void fill_variants(struct filling *f, struct cx *cx, const struct demo_product *p,
    struct catalog_product *out, struct assortment_offer *offers)
{
    currency usd = pricing_currency(f->app->pricing);
    struct catalog_variant *list = NEW_N(cx->arena, p->variants_n, struct catalog_variant);
    for (size_t i = 0; i < p->variants_n; i++) {
        const struct demo_variant *v = &p->variants[i];
        struct catalog_option *options = NEW_N(cx->arena, p->options_n, struct catalog_option);
        struct assortment_stock *stock = NEW_N(cx->arena, DEMO_WAREHOUSES, struct assortment_stock);
        for (size_t o = 0; o < p->options_n; o++)
            options[o] = (struct catalog_option){ p->options[o], v->options[o] };
        for (size_t w = 0; w < DEMO_WAREHOUSES; w++)
            stock[w] = (struct assortment_stock){ f->warehouses[w], v->stock[w] };
        list[i] = (struct catalog_variant){ .sku = v->sku,
            .ean = v->ean13,
            .options = options,
            .options_n = p->options_n,
            .colour = v->colour,
            .weight_g = v->weight_g,
            .position = (int64_t)i };
        offers[i] = (struct assortment_offer){ .price = money_of(v->price_minor, usd),
            .list = money_of(v->list_price_minor, usd),
            .stock = stock,
            .stock_n = DEMO_WAREHOUSES };
    }
    out->variants = list;
    out->variants_n = p->variants_n;
}

static str description_of(struct cx *cx, const struct demo_product *p)
{
    struct buf out = { .arena = cx->arena };
    buf_add(&out, p->description);
    for (size_t i = 0; i < p->bullets_n; i++) {
        buf_char(&out, '\n');
        buf_add(&out, p->bullets[i]);
    }
    return buf_str(&out);
}

static void fill_item(struct filling *f, struct cx *cx, int64_t i, const struct demo_product *p,
    struct assortment_item *item)
{
    struct assortment_offer *offers = NEW_N(cx->arena, p->variants_n, struct assortment_offer);
    *item = (struct assortment_item){ .product = { .product_id = command_demo_product_id(p, i),
                                          .source = p->key,
                                          .title = p->title,
                                          .brand = p->brand,
                                          .description = description_of(cx, p),
                                          .status = CATALOG_PUBLISHED,
                                          .picture = p->variants[0].picture_kind,
                                          .released_ms = p->released_ms,
                                          .rating_sum = command_demo_stars(p),
                                          .rating_count = p->rating_count,
                                          .prime = p->prime_eligible,
                                          .category_id = f->category_ids[p->category],
                                          .category_path = f->paths[p->category] },
        .offers = offers,
        .popularity = p->rating_count }; /* as the index has it after any change */
    fill_attributes(cx, p, &item->product);
    fill_variants(f, cx, p, &item->product, offers);
}

static void show(const char *what, int64_t done, int64_t all)
{
    if (isatty(2))
        fprintf(stderr, "\r\033[Kdemo: %s %lld of %lld", what, (long long)done, (long long)all);
    if (done == all)
        fprintf(stderr, "%sdemo: %lld %s\n", isatty(2) ? "\r\033[K" : "", (long long)all, what);
}

/* Products of one unit. While one run is written the next one is made. */
struct run {
    struct filling *f;
    struct cx cx;             /* of the unit; its arena holds the items */
    struct db_ticket *ticket; /* of the unit under way */
    struct assortment_item *items;
    struct reviews_history reviews;
    size_t n;
    int64_t end; /* how many products there are after it */
};

static err unit_products(void *arg, struct cx *cx)
{
    struct run *run = arg;
    err *errors = NEW_N(cx->arena, run->n, err);
    str *details = NEW_N(cx->arena, run->n, str);
    err e = assortment_put(run->f->app->assortment, cx, run->items, run->n, errors, details);
    for (size_t i = 0; !e && i < run->n; i++)
        if (errors[i])
            return FAIL(cx, ERR_BUG, "demo product " STR_F ": " STR_F,
                STR_A(run->items[i].product.source), STR_A(details[i]));
    return e ? e : reviews_import(run->f->app->reviews, cx, run->reviews);
}

static void start_run(struct filling *f, struct run *run)
{
    int64_t left = f->opts.products - f->at;
    run->n = left < RUN ? (size_t)left : RUN;
    run->cx.now_ms = clock_now_ms(&f->app->clock);
    run->items = NEW_N(run->cx.arena, run->n, struct assortment_item);
    struct demo_product *products = NEW_N(run->cx.arena, run->n, struct demo_product);
    for (size_t i = 0; i < run->n; i++) {
        demo_product(f->demo, f->at + (int64_t)i, run->cx.arena, &products[i]);
        fill_item(f, &run->cx, f->at + (int64_t)i, &products[i], &run->items[i]);
        assortment_prepare(f->app->assortment, &run->cx, &run->items[i]);
    }
    command_demo_reviews(f->demo, &run->cx, f->at, products, run->n, &run->reviews);
    f->at += (int64_t)run->n;
    run->end = f->at;
    run->ticket = db_write_start(f->app->db, &run->cx, 0, unit_products, run);
}

static err end_run(struct run *run)
{
    if (!run->ticket)
        return NULL;
    err e = db_write_finish(run->ticket);
    run->ticket = NULL;
    if (e)
        (void)app_complain(&run->cx, e, "products");
    else
        show("products", run->end, run->f->opts.products);
    cx_clear(&run->cx);
    arena_reset(run->cx.arena);
    return e;
}

static err fill_products(struct filling *f, struct cx *cx)
{
    struct run runs[RUNS];
    err e = NULL;
    size_t k = 0;
    for (size_t i = 0; i < RUNS; i++)
        runs[i] = (struct run){ .f = f,
            .cx = { .arena = arena_open(RUN_ARENA),
                .rng = rng_seeded(rng_u64(&cx->rng)),
                .request_id = cx->request_id } };
    for (f->at = 0; !e && f->at < f->opts.products; k++) {
        start_run(f, &runs[k % RUNS]);
        e = end_run(&runs[(k + 1) % RUNS]); /* the oldest: the next one to be filled */
    }
    for (size_t i = 0; i < RUNS; i++) {
        err own = end_run(&runs[(k + 1 + i) % RUNS]);
        e = e ? e : own;
    }
    for (size_t i = 0; i < RUNS; i++)
        arena_close(runs[i].cx.arena);
    return e;
}

/* ---- people ---- */

static const struct {
    const char *email, *name;
    unsigned roles;
} logins[] = {
    { "buyer@demo.souk", "Bea Buyer", ROLE_CUSTOMER },
    { "seller@demo.souk", "Sam Seller", ROLE_CUSTOMER | ROLE_SELLER },
    { "admin@demo.souk", "Ada Admin", ROLE_CUSTOMER | ROLE_SELLER | ROLE_CATALOG | ROLE_ADMIN },
};

static struct identity_address address_of(const struct demo_address *a)
{
    return (struct identity_address){ .name = a->name,
        .line1 = a->line1,
        .line2 = a->line2,
        .city = a->city,
        .region = a->region,
        .postal_code = a->postcode,
        .country = a->country,
        .phone = a->phone };
}

static err unit_logins(void *arg, struct cx *cx)
{
    struct filling *f = arg;
    struct demo_customer c;
    demo_customer(f->demo, 0, cx->arena, &c);
    for (size_t i = 0; i < COUNT(logins); i++) {
        struct identity_user user;
        err e = identity_register(f->identity, cx,
            (struct identity_register){ .email = str_from_c(logins[i].email),
                .name = str_from_c(logins[i].name),
                .password_hash = f->password_hash,
                .roles = logins[i].roles },
            &user);
        struct identity_address home = { .name = user.name,
            .line1 = S("500 Market Street"),
            .city = S("San Francisco"),
            .region = S("CA"),
            .postal_code = S("94105"),
            .country = S("US"),
            .phone = S("+1 415 555 0100"),
            .is_default = true };
        id address_id;
        if (!e)
            e = identity_address_put(f->identity, cx, user.user_id, home, &address_id);
        if (e)
            return e;
    }
    return NULL;
}

static err unit_customers(void *arg, struct cx *cx)
{
    struct filling *f = arg;
    int64_t end = f->at + BATCH < f->opts.customers ? f->at + BATCH : f->opts.customers;
    for (int64_t j = f->at; j < end; j++) {
        struct demo_customer c;
        demo_customer(f->demo, j, cx->arena, &c);
        struct identity_user user;
        err e = identity_register(f->identity, cx,
            (struct identity_register){ .user_id = command_demo_id(c.email),
                .email = c.email,
                .name = c.name,
                .phone = c.addresses_n ? c.addresses[0].phone : (str){ 0 },
                .password_hash = f->password_hash,
                .roles = ROLE_CUSTOMER },
            &user);
        id address_id;
        for (size_t k = 0; !e && k < c.addresses_n; k++)
            e = identity_address_put(
                f->identity, cx, user.user_id, address_of(&c.addresses[k]), &address_id);
        if (e)
            return e;
    }
    return NULL;
}

/* ---- orders ---- */

/* The way of an order to its state, as it would have gone. */
static const enum orders_status steps[] = { ORDERS_CONFIRMED, ORDERS_PROCESSING, ORDERS_SHIPPED,
    ORDERS_DELIVERED, ORDERS_RETURN_REQUESTED, ORDERS_RETURN_APPROVED, ORDERS_REFUNDED };

static size_t steps_to(enum demo_status status)
{
    switch (status) {
    case DEMO_PENDING:
    case DEMO_CONFIRMED:
    case DEMO_CANCELLED:
        return 1; /* a pending order of the past would be stuck: confirmed */
    case DEMO_PROCESSING:
        return 2;
    case DEMO_SHIPPED:
        return 3;
    case DEMO_DELIVERED:
        return 4;
    case DEMO_RETURN_REQUESTED:
        return 5;
    case DEMO_REFUNDED:
        return 7;
    }
    panic(__FILE__, "unknown status");
}

static void fill_lines(struct cx *cx, const struct demo_order *d,
    const struct catalog_product *products, const struct pricing_line *lines,
    struct orders_order *o)
{
    for (size_t i = 0; i < d->lines_n; i++) {
        const struct catalog_variant *v = &products[i].variants[d->lines[i].variant];
        o->lines[i] = (struct orders_line){ .order_item_id = cx_id(cx),
            .product_id = lines[i].product_id,
            .variant_id = lines[i].variant_id,
            .title = products[i].title,
            .sku = v->sku,
            .variant_text = v->options_n ? v->options[0].value : (str){ 0 },
            .picture = catalog_picture_path(cx->arena, &products[i], v, 0),
            .quantity = lines[i].quantity,
            .price = lines[i].price,
            .subtotal = lines[i].subtotal,
            .tax = lines[i].tax,
            .tax_bp = lines[i].tax_bp };
    }
}

static err put_order(struct filling *f, struct cx *cx, const struct demo_order *d)
{
    struct demo_customer c;
    demo_customer(f->demo, d->customer, cx->arena, &c);
    struct pricing_line *lines = NEW_N(cx->arena, d->lines_n, struct pricing_line);
    struct orders_order o = { .order_id = cx_id(cx),
        .user_id = command_demo_id(c.email),
        .email = c.email,
        .payment_status = S("pending"),
        .speed = S("standard"),
        .created_ms = d->placed_ms,
        .lines_n = d->lines_n,
        .lines = NEW_N(cx->arena, d->lines_n, struct orders_line) };
    struct catalog_product *products = NEW_N(cx->arena, d->lines_n, struct catalog_product);
    for (size_t i = 0; i < d->lines_n; i++) {
        struct demo_product *p = NEW(cx->arena, struct demo_product);
        demo_product(f->demo, d->lines[i].product, cx->arena, p);
        err e = catalog_product_get(
            f->app->catalog, cx, command_demo_product_id(p, d->lines[i].product), &products[i]);
        if (e)
            return e;
        const struct catalog_variant *v = &products[i].variants[d->lines[i].variant];
        lines[i] = (struct pricing_line){ .product_id = products[i].product_id,
            .variant_id = v->variant_id,
            .quantity = d->lines[i].quantity,
            .weight_g = v->weight_g,
            .prime = products[i].prime };
    }
    struct pricing_quote q;
    const struct demo_address *home = &c.addresses[0];
    err e = pricing_quote(f->app->pricing, cx, lines, d->lines_n,
        (struct pricing_place){ home->country, home->region, home->postcode }, PRICING_STANDARD,
        &q);
    if (e)
        return e;
    fill_lines(cx, d, products, lines, &o);
    o.subtotal = q.subtotal;
    o.tax = q.tax;
    o.shipping = q.shipping;
    o.discount = q.discount;
    o.total = q.total;
    o.estimated_from_ms = q.delivery_from_ms;
    o.estimated_ms = q.delivery_to_ms;
    o.address = (struct orders_address){ home->name, home->line1, home->line2, home->city,
        home->region, home->postcode, home->country, home->phone };
    str number;
    e = orders_place(f->orders, cx, &o, &number);
    for (size_t i = 0; !e && i < steps_to(d->status); i++) {
        cx->now_ms += i ? 6 * HOUR_MS : MINUTE_MS;
        e = orders_move(f->orders, cx,
            (struct orders_move){ .order_id = o.order_id,
                .to = steps[i],
                .payment_status = i ? (str){ 0 } : S("captured") });
    }
    if (!e && d->status == DEMO_CANCELLED)
        e = orders_move(f->orders, cx,
            (struct orders_move){ .order_id = o.order_id,
                .to = ORDERS_CANCELLED,
                .reason = S("buyer"),
                .payment_status = S("refunded") });
    return e;
}

static err unit_orders(void *arg, struct cx *cx)
{
    struct filling *f = arg;
    int64_t now_ms = cx->now_ms;
    int64_t end = f->at + BATCH < f->opts.orders ? f->at + BATCH : f->opts.orders;
    err e = NULL;
    for (int64_t k = f->at; !e && k < end; k++) {
        struct demo_order d;
        demo_order(f->demo, k, &d);
        cx->now_ms = d.placed_ms;
        e = put_order(f, cx, &d);
    }
    cx->now_ms = now_ms;
    return e;
}

static err unit_recount(void *arg, struct cx *cx)
{
    struct filling *f = arg;
    return catalog_recount(f->app->catalog, cx);
}

/* ---- the whole ---- */

/* Each batch has an arena of its own, so that any number streams. */
static err in_batches(
    struct filling *f, const char *what, const char *owner, int64_t all, db_work *unit)
{
    struct db *db = app_db_of(f->app, str_from_c(owner));

    for (f->at = 0; f->at < all; f->at += BATCH) {
        struct cx *cx = app_cx_open(f->app);
        err e = db_write_wait(db, cx, 0, unit, f);
        if (e)
            (void)app_complain(cx, e, what);
        app_cx_close(cx);
        if (e)
            return e;
        show(what, f->at + BATCH < all ? f->at + BATCH : all, all);
    }
    return NULL;
}

static err count_products(void *arg, struct cx *cx)
{
    struct filling *f = arg;
    return catalog_product_count(f->app->catalog, cx, &f->at);
}

static int64_t number_of(struct app *app, const char *flag)
{
    int64_t n;
    return str_to_i64(config_extra(app->config, flag), &n) && n > 0 ? n : 0;
}

static err fill(struct filling *f, struct cx *cx)
{
    err e = db_write_wait(f->app->db, cx, 0, unit_categories, f);
    if (!e)
        e = db_write_wait(app_db_of(f->app, S("inventory")), cx, 0, unit_warehouses, f);
    if (!e)
        e = db_write_wait(f->app->db, cx, 0, unit_logins, f);
    if (e) {
        (void)app_complain(cx, e, "demo");
        return e;
    }
    e = fill_products(f, cx);
    if (!e)
        e = in_batches(f, "customers", "identity", f->opts.customers, unit_customers);
    if (!e)
        e = in_batches(f, "orders", "orders", f->opts.orders, unit_orders);
    if (!e)
        e = db_write_wait(f->app->db, cx, 0, unit_recount, f);
    return e ? e : app_settle(f->app, cx);
}

static const char *said_of_factor(struct app *app)
{
    return app->factor_roles ? "demanded of staff, and set up when they first sign in"
                             : "a second one is demanded of nobody: this shop is for trying "
                               "(second_factor=sellers demands it)";
}

static void show_logins(struct app *app)
{
    str password;
    if (!file_read(app->life, app_demo_file(app), &password))
        return; /* not a demo shop */
    str listen = config_text(app->config, CONFIG_LISTEN);
    printf("\nShop    http://" STR_F "\nOffice  http://" STR_F
           "/admin as admin@demo.souk\nLogins  ",
        STR_A(listen), STR_A(listen));
    for (size_t i = 0; i < COUNT(logins); i++)
        printf("%s%s", i ? ", " : "", logins[i].email);
    printf("\n        password " STR_F "\nFactor  %s\nMails   " STR_F "/mail\n\n",
        STR_A(str_trim(password)), said_of_factor(app),
        STR_A(config_text(app->config, CONFIG_DATA)));
    fflush(stdout);
}

static err take_password(struct filling *f, struct cx *cx)
{
    struct app *app = f->app;
    str password = config_text(app->config, CONFIG_DEMO_PASSWORD);
    if (!password.n)
        password = secret_token(app->life, 9);
    struct file_put keep = { .path = app_demo_file(app), .bytes = password, .mode = 0600 };
    if (!file_put(cx->arena, keep))
        return FAIL(cx, DB_READONLY, "cannot write " STR_F, STR_A(keep.path));
    err e = app_factor_open(app, cx); /* it is a demo from now on */
    return e ? e : secret_password_hash(cx, password, &f->password_hash);
}

int command_demo(struct app *app, struct cx *cx)
{
    struct filling f = { .app = app };
    err e = db_read(cx, count_products, &f);
    if (e)
        return app_complain(cx, e, "demo");
    if (f.at > 0 && config_extra(app->config, "if-empty").n) {
        show_logins(app);
        return 0;
    }
    if (f.at > 0) {
        fprintf(stderr, "souk: the shop has %lld products already; the demo is for an empty one\n",
            (long long)f.at);
        return 1;
    }
    int64_t seed = number_of(app, "seed"), products = number_of(app, "products");
    f.demo = demo_new(app->life, (struct demo_opts){ .seed = seed ? (uint64_t)seed : 1,
                                     .products = products,
                                     .customers = products > 20000 ? 5000 : 0,
                                     .orders = products > 20000 ? 20000 : 0,
                                     .now_ms = cx->now_ms });
    f.opts = demo_opts_of(f.demo);
    f.orders = orders_open(
        app->life, (struct orders_deps){ .db = app_db_of(app, S("orders")), .silent = true });
    f.identity = identity_open(
        app->life, (struct identity_deps){ .db = app->db, .tokens = app->tokens, .silent = true });
    e = take_password(&f, cx);
    if (e)
        return app_complain(cx, e, "demo");
    if (fill(&f, cx))
        return 1;
    show_logins(app);
    return 0;
}
