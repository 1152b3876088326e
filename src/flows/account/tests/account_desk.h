/* SPDX-License-Identifier: Apache-2.0
 * What the tests of this flow share: a database with the services that it joins, and requests to
 * its routes as a guest or a user. Must never be used outside this folder. */
#ifndef SOUK_FLOWS_ACCOUNT_TESTS_ACCOUNT_DESK_H
#define SOUK_FLOWS_ACCOUNT_TESTS_ACCOUNT_DESK_H

#include <stdlib.h>
#include <unistd.h>

#include "flows/account/account.h"
#include "platform/token/token.h"
#include "tests/support/ask.h"

struct desk {
    struct store *s;
    struct cx *cx;
    struct tokens *tokens;
    struct account_deps deps;
    struct account *account;
    str cookies; /* sent along, as a browser does */
};

static inline struct desk desk_open(void **state)
{
    struct desk d = { .s = store_open(store_engine(state),
                          (const char *const[]){ "platform/bus", "services/identity",
                              "services/cart", "services/orders", NULL }) };
    struct arena *life = store_cx(d.s)->arena;
    d.cx = store_cx(d.s);
    char folder[] = "/tmp/souk-account-XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    const char *file = str_c(life, str_fmt(life, "%s/token.pem", folder));
    CHECK_ERR(d.cx, tokens_open(life, d.cx, file, &d.tokens), NULL);
    unlink(file);
    rmdir(folder);
    struct db *db = store_db(d.s);
    d.deps = (struct account_deps){ .db = db,
        .identity = identity_open(life, (struct identity_deps){ .db = db, .tokens = d.tokens }),
        .cart = cart_open(life, (struct cart_deps){ .db = db }),
        .orders = orders_open(life, (struct orders_deps){ .db = db }) };
    d.account = account_open(life, d.deps);
    return d;
}

static inline void desk_close(struct desk *d)
{
    tokens_close(d->tokens);
    store_close(d->s);
}

static inline struct answer desk_ask(
    struct desk *d, const struct route *routes, const char *method, const char *path, str body)
{
    const struct json_pair headers[] = { { S("Cookie"), d->cookies } };
    return ask(d->s, (struct ask){ .routes = routes,
                         .service = d->account,
                         .method = method,
                         .path = str_from_c(path),
                         .body = body,
                         .headers = headers,
                         .headers_n = d->cookies.n ? 1 : 0 });
}

static inline struct answer api(struct desk *d, const char *method, const char *path, str body)
{
    return desk_ask(d, account_service.routes, method, path, body);
}

static inline struct answer page(struct desk *d, const char *method, const char *path, str body)
{
    return desk_ask(d, account_service.page_routes, method, path, body);
}

/* A text of a JSON answer; "a.b" goes into an object. */
static inline str desk_text(struct desk *d, struct answer a, const char *path)
{
    struct json_value *whole;
    CHECK_ERR(d->cx, json_value_parse(d->cx, a.body, &whole), NULL);
    const struct json_value *at = whole;
    str rest = str_from_c(path);
    while (rest.p)
        at = json_value_get(at, str_c(d->cx->arena, str_cut(&rest, '.')));
    str text = json_value_str(d->cx->arena, at);
    json_value_close(whole);
    return text;
}

/* The requests that follow come from this user. */
static inline void desk_become(struct desk *d, str user_id, str name)
{
    d->cx->who = (struct principal){ .name = name };
    if (user_id.n)
        CHECK(id_parse(user_id, &d->cx->who.user_id));
}

struct desk_put {
    struct cart *cart;
    struct cart_owner owner;
    id variant_id;
    int64_t quantity;
    str token;
    struct cart_item item;
    struct cart_state state;
};

static inline err desk_do_put(void *arg, struct cx *cx)
{
    struct desk_put *p = arg;
    return cart_add(p->cart, cx,
        (struct cart_add){ .owner = p->owner,
            .product_id = p->variant_id,
            .variant_id = p->variant_id,
            .quantity = p->quantity,
            .price = money_of(100, (currency){ "USD" }) },
        &p->item, &p->token);
}

static inline err desk_do_cart(void *arg, struct cx *cx)
{
    struct desk_put *p = arg;
    return cart_get(p->cart, cx, p->owner, &p->state);
}

/* A guest's cart with so many of one thing; its token. */
static inline str desk_guest_cart(struct desk *d, const char *thing, int64_t quantity)
{
    struct desk_put p = { .cart = d->deps.cart,
        .variant_id = id_from_name(S("thing"), str_from_c(thing)),
        .quantity = quantity };
    CHECK_ERR(d->cx, store_write(d->s, desk_do_put, &p), NULL);
    CHECK(p.token.n > 0);
    return p.token;
}

static inline int64_t desk_units(struct desk *d, struct cart_owner owner)
{
    struct desk_put p = { .cart = d->deps.cart, .owner = owner };
    CHECK_ERR(d->cx, store_read(d->s, desk_do_cart, &p), NULL);
    int64_t units = 0;
    for (size_t i = 0; i < p.state.items_n; i++)
        units += p.state.items[i].quantity;
    return units;
}

#endif
