/* SPDX-License-Identifier: Apache-2.0
 * One order over several addresses and sellers: where each line goes, and which lines travel
 * together. Called while an order is prepared; reads only, must never write. */
#include "flows/checkout/checkout_internal.h"

/* ---- addresses ---- */

static err own_address(
    struct checkout *c, struct cx *cx, id address_id, str pointer, struct identity_address *ret)
{
    str at = str_cat(cx->arena, pointer, S("/addressId"));
    if (id_is_none(cx->who.user_id)) {
        cx_field(cx, at, "unknown", "sign in to use it");
        return FAIL(cx, ERR_INVALID, "address id of a guest");
    }
    err e = identity_address_get(c->deps.identity, cx, cx->who.user_id, address_id, ret);
    if (e == &IDENTITY_ADDRESS_UNKNOWN || e == &ERR_MISSING) {
        cx_clear(cx);
        cx_field(cx, at, "unknown", "there is no such address");
        return FAIL(cx, ERR_INVALID, "unknown address");
    }
    return e;
}

static err address_of(struct checkout *c, struct cx *cx, const struct checkout_where *where,
    str pointer, struct orders_address *ret)
{
    struct identity_address a;
    err e = NULL;
    if (!id_is_none(where->address_id)) {
        e = own_address(c, cx, where->address_id, pointer, &a);
    } else if (where->address) {
        a = *where->address;
        e = identity_address_check(cx, &a, pointer);
    } else {
        cx_field(cx, pointer, "required", "where should it go?");
        return FAIL(cx, ERR_INVALID, "no address");
    }
    if (!e)
        *ret = (struct orders_address){ a.name, a.line1, a.line2, a.city, a.region, a.postal_code,
            a.country, a.phone };
    return e;
}

static bool one_address(const struct orders_address *a, const struct orders_address *b)
{
    return str_eq(a->name, b->name) && str_eq(a->line1, b->line1) && str_eq(a->line2, b->line2) &&
           str_eq(a->city, b->city) && str_eq(a->region, b->region) &&
           str_eq(a->postal_code, b->postal_code) && str_eq(a->country, b->country) &&
           str_eq(a->phone, b->phone);
}

static size_t place_at(struct orders_address *places, size_t *n, const struct orders_address *a)
{
    for (size_t i = 0; i < *n; i++)
        if (one_address(&places[i], a))
            return i;
    places[*n] = *a;
    return (*n)++;
}

err checkout_addresses(struct checkout *c, struct cx *cx, const struct checkout_wish *wish,
    struct checkout_item *items, size_t n, struct orders_address **ret, size_t *ret_n)
{
    struct orders_address *places = NEW_N(cx->arena, n + 1, struct orders_address);
    size_t places_n = 0;
    bool needed = false; /* else nothing goes to the order's own address */
    for (size_t i = 0; i < n; i++)
        needed |= items[i].to == 0;
    err e =
        needed ? address_of(c, cx, &wish->where, S("/shippingAddress"), &places[places_n++]) : NULL;
    for (size_t i = 0; !e && i < n; i++) {
        struct orders_address a;
        if (items[i].to == 0)
            continue;
        e = address_of(c, cx, &wish->others[items[i].to - 1],
            str_fmt(cx->arena, "/items/%zu/shippingAddress", i), &a);
        if (!e)
            items[i].to = place_at(places, &places_n, &a);
    }
    *ret = places;
    *ret_n = places_n;
    return e;
}

/* ---- groups ---- */

size_t checkout_groups_n(const struct checkout_state *s)
{
    return s->groups_n > 1 ? (size_t)s->groups_n : 1;
}

/* What the address pays for delivery, and what is off it, over its groups. */
static void share_delivery(struct cx *cx, const struct checkout_lines *l, size_t place,
    const size_t *place_of, struct orders_order *o)
{
    int64_t *weights = NEW_N(cx->arena, o->groups_n, int64_t);
    int64_t *fees = NEW_N(cx->arena, o->groups_n, int64_t);
    int64_t *off = NEW_N(cx->arena, o->groups_n, int64_t);
    const struct pricing_quote *part = &l->parts[place];
    for (size_t i = 0; i < o->lines_n; i++)
        if (l->to[i] == place)
            weights[o->lines[i].group] += o->lines[i].subtotal.minor;
    money_split(part->shipping.minor, weights, o->groups_n, fees);
    if (part->shipping_discount.minor) /* at most the fee, so no part is more than its own */
        money_split(part->shipping_discount.minor, fees, o->groups_n, off);
    for (size_t g = 0; g < o->groups_n; g++)
        if (place_of[g] == place) {
            o->groups[g].shipping = money_of(fees[g], o->total.currency);
            o->groups[g].shipping_off = money_of(off[g], o->total.currency);
            o->groups[g].estimated_from_ms = part->delivery_from_ms;
            o->groups[g].estimated_ms = part->delivery_to_ms;
        }
}

void checkout_make_groups(struct cx *cx, const struct checkout_lines *l,
    const struct orders_address *places, struct orders_order *o)
{
    size_t *place_of = NEW_N(cx->arena, o->lines_n, size_t), places_n = 0;
    o->groups = NEW_N(cx->arena, o->lines_n, struct orders_group);
    o->groups_n = 0;
    for (size_t i = 0; i < o->lines_n; i++) {
        size_t g = 0;
        while (g < o->groups_n &&
               (place_of[g] != l->to[i] || !id_eq(o->groups[g].seller_id, o->lines[i].seller_id)))
            g++;
        o->lines[i].group = g;
        if (g < o->groups_n)
            continue;
        place_of[g] = l->to[i];
        places_n = l->to[i] + 1 > places_n ? l->to[i] + 1 : places_n;
        o->groups[o->groups_n++] = (struct orders_group){ .seller_id = o->lines[i].seller_id,
            .address = l->to[i] ? &places[l->to[i]] : NULL,
            .speed = o->speed,
            .status = o->status };
    }
    for (size_t p = 0; p < places_n; p++)
        share_delivery(cx, l, p, place_of, o);
}
