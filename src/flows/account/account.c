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

/* ---- the guest's orders ---- */

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

/* In a database of their own they come after the unit that begins the session. */
static err adopt(struct account *a, struct cx *cx, struct arrival in)
{
    if (!a->deps.db_orders || a->deps.db_orders == a->deps.db)
        return orders_adopt(a->deps.orders, cx, in.cart_hash, in.user_id);
    return bus_emit(
        a->deps.bus, a->deps.db, cx, "account.arrived", in.user_id, &arrival_shape, &in);
}

struct adoption {
    struct account *a;
    struct arrival in;
};

static err unit_adopt(void *arg, struct cx *cx)
{
    const struct adoption *w = arg;
    return orders_adopt(w->a->deps.orders, cx, w->in.cart_hash, w->in.user_id);
}

/* A second time there is nothing left to take over. */
static err adopt_there(void *service, struct cx *cx, const struct bus_event *event)
{
    struct adoption w = { .a = service };
    err e = json_decode(cx, event->payload, &arrival_shape, &w.in, NULL);
    return e ? e : db_write_wait(w.a->deps.db_orders, cx, id_hash(w.in.user_id), unit_adopt, &w);
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
    if (!e && cx->who.cart_token.n) {
        e = cart_merge(a->deps.cart, cx, user->user_id, cx->who.cart_token);
        if (!e)
            e = adopt(a, cx,
                (struct arrival){ .user_id = user->user_id,
                    .cart_hash = secret_sha256_hex(cx->arena, cx->who.cart_token) });
    }
    if (!e)
        *ret = session;
    return e;
}

const struct service account_service = {
    .name = "account",
    .folder = "src/flows/account/",
    .routes = account_routes,
    .page_routes = account_page_routes,
    .events = events,
    .pages = account_pages,
};
