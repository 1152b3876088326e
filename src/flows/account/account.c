/* SPDX-License-Identifier: Apache-2.0
 * Arriving in an account, whichever way, and what the application sees of this flow. Called by its
 * routes and pages; must never check a login itself. */
#include "flows/account/account.h"

#include "flows/account/account_internal.h"
#include "platform/secret/secret.h"

struct account *account_open(struct arena *life, struct account_deps deps)
{
    struct account *a = NEW(life, struct account);
    a->deps = deps;
    return a;
}

/* ---- what the guest had ---- */

struct arrival {
    id user_id;
    str cart_hash;
};
static const struct json_field arrival_fields[] = {
    JSON_ID(struct arrival, user_id),
    JSON_STR(struct arrival, cart_hash),
};
static const struct json_shape arrival_shape =
    JSON_SHAPE("AccountArrival", struct arrival, arrival_fields);

static err adopt_cart(struct account *a, struct cx *cx, const struct arrival *in)
{
    return cart_merge(
        a->deps.cart, cx, in->user_id, (struct cart_owner){ .token_hash = in->cart_hash });
}

static err adopt_orders(struct account *a, struct cx *cx, const struct arrival *in)
{
    return orders_adopt(a->deps.orders, cx, in->cart_hash, in->user_id);
}

static bool is_elsewhere(const struct account *a, const struct db *db)
{
    return db && db != a->deps.db;
}

/* In a database of its own it comes after the unit that begins the session. */
static err adopt(struct account *a, struct cx *cx, struct arrival in)
{
    bool cart_later = is_elsewhere(a, a->deps.db_cart);
    bool orders_later = is_elsewhere(a, a->deps.db_orders);
    err e = cart_later ? NULL : adopt_cart(a, cx, &in);
    if (!e && !orders_later)
        e = adopt_orders(a, cx, &in);
    if (e || (!cart_later && !orders_later))
        return e;
    return bus_emit(
        a->deps.bus, a->deps.db, cx, "account.arrived", in.user_id, &arrival_shape, &in);
}

struct adoption {
    struct account *a;
    struct arrival in;
    err (*fn)(struct account *a, struct cx *cx, const struct arrival *in);
};

static err unit_adopt(void *arg, struct cx *cx)
{
    const struct adoption *w = arg;
    return w->fn(w->a, cx, &w->in);
}

/* A second time there is nothing left to take over. */
static err adopt_there(void *service, struct cx *cx, const struct bus_event *event)
{
    struct adoption w = { .a = service };
    struct db *db_cart = w.a->deps.db_cart, *db_orders = w.a->deps.db_orders;
    err e = json_decode(cx, event->payload, &arrival_shape, &w.in, NULL);
    if (!e && is_elsewhere(w.a, db_cart)) {
        w.fn = adopt_cart;
        e = db_write_wait(db_cart, cx, id_hash(w.in.user_id), unit_adopt, &w);
    }
    if (!e && is_elsewhere(w.a, db_orders)) {
        w.fn = adopt_orders;
        e = db_write_wait(db_orders, cx, id_hash(w.in.user_id), unit_adopt, &w);
    }
    return e;
}

static err adopted(void *service, struct cx *cx, const struct bus_event *event)
{
    (void)service;
    (void)cx;
    (void)event;
    return NULL;
}

static const struct bus_handler events[] = {
    { "account.arrived", "account.adopt", adopted, .before = adopt_there },
    { 0 },
};

/* ---- arriving ---- */

err account_arrive(struct account *a, struct cx *cx, const struct identity_user *user,
    struct identity_arrival how, struct identity_session *ret)
{
    struct identity_session session;
    err e = identity_session_start(a->deps.identity, cx, user, how, &session);
    if (!e && cx->who.cart_token.n)
        e = adopt(a, cx,
            (struct arrival){ .user_id = user->user_id,
                .cart_hash = secret_sha256_hex(cx->arena, cx->who.cart_token) });
    if (!e)
        *ret = session;
    return e;
}

err account_sign_up(struct account *a, struct cx *cx, struct identity_register in,
    struct identity_user *ret, bool *ret_waits)
{
    *ret_waits = a->deps.confirm_first;
    err e = identity_register(a->deps.identity, cx, in, ret);
    if (e != &IDENTITY_EMAIL_TAKEN || !*ret_waits)
        return e;
    cx_clear(cx); /* nothing was written */
    return identity_reset_ask(a->deps.identity, cx, in.email);
}

const struct service account_service = {
    .name = "account",
    .folder = "src/flows/account/",
    .routes = account_routes,
    .page_routes = account_page_routes,
    .events = events,
    .pages = account_pages,
};
