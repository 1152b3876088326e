/* SPDX-License-Identifier: Apache-2.0
 * The verbs of prices: rows in and out, quotes from rows and rules. Called by routes and flows
 * inside their unit of work; must never begin or commit one. */
#include "services/pricing/pricing.h"

#include <stdlib.h>

#include "pricing_sql.h"
#include "services/pricing/pricing_domain.h"

const problem PRICING_NO_PRICE = { KIND_CONFLICT, "pricing.no_price", "offer_unavailable",
    "Something is not for sale at the moment" };
const problem PRICING_SPEED_UNKNOWN = { KIND_INVALID, "pricing.speed_unknown",
    "delivery_speed_unavailable", "This delivery speed is not available" };

const char *const pricing_speed_names[PRICING_SPEEDS_N + 1] = {
    "standard",
    "prime_2day",
    "prime_next_day",
    NULL,
};
const char *const pricing_speed_labels[PRICING_SPEEDS_N] = {
    "Standard",
    "Prime, two days",
    "Prime, next day",
};

static const struct json_field price_changed_fields[] = {
    JSON_ID(struct pricing_price_changed, product_id, .required = true),
};
const struct json_shape pricing_price_changed_shape =
    JSON_SHAPE("PriceChanged", struct pricing_price_changed, price_changed_fields);

struct pricing {
    struct pricing_deps deps;
    currency currency;
    str home;
};

struct pricing *pricing_open(struct arena *life, struct pricing_deps deps)
{
    struct pricing *p = NEW(life, struct pricing);
    p->deps = deps;
    p->home = deps.country.n > 0 ? deps.country : S(PRICING_HOME);
    bool known = currency_parse(deps.currency, &p->currency);
    ASSERT(known);
    return p;
}

currency pricing_currency(const struct pricing *p)
{
    return p->currency;
}

/* ---- prices ---- */

static struct pricing_price price_of(const struct pricing *p, struct pricing_key key,
    int64_t price_minor, int64_t list_minor, int64_t version)
{
    ASSERT(price_minor > 0 && list_minor >= price_minor);
    return (struct pricing_price){ .product_id = key.product_id,
        .variant_id = key.variant_id,
        .price = money_of(price_minor, p->currency),
        .list = money_of(list_minor, p->currency),
        .version = version };
}

static int price_cmp(const void *left, const void *right)
{
    const struct pricing_price *a = left, *b = right;
    int c = id_cmp(a->product_id, b->product_id);
    c = c ? c : id_cmp(a->variant_id, b->variant_id);
    return c ? c : (a->version > b->version) - (a->version < b->version);
}

/* Checked copies in key order, in which rows are locked; of a repeated key the last stays. */
static err prepare(struct pricing *p, struct cx *cx, struct pricing_change in,
    struct pricing_price **ret, size_t *ret_n)
{
    struct pricing_price *list = NEW_N(cx->arena, in.n, struct pricing_price);
    err first = NULL;
    for (size_t i = 0; i < in.n; i++) {
        list[i] = in.prices[i];
        list[i].version = (int64_t)i; /* where it stood: qsort forgets the order of equals */
        err e = pricing_domain_price(cx, i, p->currency, &list[i]);
        first = first ? first : e;
    }
    if (first)
        return first;
    qsort(list, in.n, sizeof list[0], price_cmp);
    size_t kept = 0;
    for (size_t i = 0; i < in.n; i++) {
        bool again = kept > 0 && id_eq(list[kept - 1].product_id, list[i].product_id) &&
                     id_eq(list[kept - 1].variant_id, list[i].variant_id);
        list[again ? kept - 1 : kept++] = list[i];
    }
    *ret = list;
    *ret_n = kept;
    return NULL;
}

/* One event for each product of the list, which is sorted, that has a change. */
static err emit_changed(struct pricing *p, struct cx *cx, const struct pricing_price *list,
    const int64_t *changed, size_t n)
{
    for (size_t i = 0; i < n;) {
        struct pricing_price_changed payload = { .product_id = list[i].product_id };
        bool any = false;
        for (; i < n && id_eq(list[i].product_id, payload.product_id); i++)
            any = any || changed[i] > 0;
        if (!any)
            continue;
        err e = bus_emit(p->deps.bus, p->deps.db, cx, "pricing.price_changed", payload.product_id,
            &pricing_price_changed_shape, &payload);
        if (e)
            return e;
    }
    return NULL;
}

err pricing_set(struct pricing *p, struct cx *cx, struct pricing_change in)
{
    if (in.n == 0)
        return NULL;
    struct pricing_price *list;
    size_t n;
    err e = prepare(p, cx, in, &list, &n);
    if (e)
        return e;
    struct pricing_sql_price_set_in *rows = NEW_N(cx->arena, n, struct pricing_sql_price_set_in);
    int64_t *changed = NEW_N(cx->arena, n, int64_t);
    for (size_t i = 0; i < n; i++)
        rows[i] = (struct pricing_sql_price_set_in){ .product_id = list[i].product_id,
            .variant_id = list[i].variant_id,
            .currency = currency_str(&p->currency),
            .price_minor = list[i].price.minor,
            .list_minor = list[i].list.minor,
            .now_ms = cx->now_ms };
    e = pricing_sql_price_set_batch(p->deps.db, cx, rows, n, changed);
    if (e || in.silent)
        return e;
    return emit_changed(p, cx, list, changed, n);
}

err pricing_get(struct pricing *p, struct cx *cx, const struct pricing_key *keys, size_t n,
    struct pricing_price *ret)
{
    struct pricing_sql_price_get_in *in = NEW_N(cx->arena, n, struct pricing_sql_price_get_in);
    struct pricing_sql_price_get_row *rows = NEW_N(cx->arena, n, struct pricing_sql_price_get_row);
    bool *found = NEW_N(cx->arena, n, bool);
    for (size_t i = 0; i < n; i++)
        in[i] = (struct pricing_sql_price_get_in){ .product_id = keys[i].product_id,
            .variant_id = keys[i].variant_id,
            .currency = currency_str(&p->currency) };
    err e = pricing_sql_price_get_batch(p->deps.db, cx, in, n, rows, found);
    if (e)
        return e;
    for (size_t i = 0; i < n; i++) {
        ret[i] = (struct pricing_price){ .product_id = keys[i].product_id,
            .variant_id = keys[i].variant_id };
        if (found[i])
            ret[i] = price_of(p, keys[i], rows[i].price_minor, rows[i].list_minor, rows[i].version);
    }
    return NULL;
}

err pricing_of_product(
    struct pricing *p, struct cx *cx, id product_id, struct pricing_price **ret, size_t *ret_n)
{
    struct pricing_sql_price_list_row *rows;
    size_t n;
    err e = pricing_sql_price_list(p->deps.db, cx,
        (struct pricing_sql_price_list_in){
            .product_id = product_id, .currency = currency_str(&p->currency) },
        &rows, &n);
    if (e)
        return e;
    struct pricing_price *list = NEW_N(cx->arena, n, struct pricing_price);
    for (size_t i = 0; i < n; i++)
        list[i] = price_of(p,
            (struct pricing_key){ .product_id = product_id, .variant_id = rows[i].variant_id },
            rows[i].price_minor, rows[i].list_minor, rows[i].version);
    *ret = list;
    *ret_n = n;
    return NULL;
}

err pricing_from(
    struct pricing *p, struct cx *cx, const id *product_ids, size_t n, struct pricing_price *ret)
{
    struct pricing_sql_price_from_in *in = NEW_N(cx->arena, n, struct pricing_sql_price_from_in);
    struct pricing_sql_price_from_row *rows =
        NEW_N(cx->arena, n, struct pricing_sql_price_from_row);
    bool *found = NEW_N(cx->arena, n, bool);
    for (size_t i = 0; i < n; i++)
        in[i] = (struct pricing_sql_price_from_in){ .product_id = product_ids[i],
            .currency = currency_str(&p->currency) };
    err e = pricing_sql_price_from_batch(p->deps.db, cx, in, n, rows, found);
    if (e)
        return e;
    for (size_t i = 0; i < n; i++) {
        ret[i] = (struct pricing_price){ .product_id = product_ids[i] };
        if (found[i])
            ret[i] = price_of(p,
                (struct pricing_key){
                    .product_id = product_ids[i], .variant_id = rows[i].variant_id },
                rows[i].price_minor, rows[i].list_minor, rows[i].version);
    }
    return NULL;
}

/* ---- quotes ---- */

err pricing_fill(struct pricing *p, struct cx *cx, struct pricing_line *lines, size_t n)
{
    struct pricing_key *keys = NEW_N(cx->arena, n, struct pricing_key);
    struct pricing_price *prices = NEW_N(cx->arena, n, struct pricing_price);
    for (size_t i = 0; i < n; i++)
        keys[i] = (struct pricing_key){ .product_id = lines[i].product_id,
            .variant_id = lines[i].variant_id };
    err e = pricing_get(p, cx, keys, n, prices);
    if (e)
        return e;
    size_t missing = 0;
    for (size_t i = 0; i < n; i++) {
        lines[i].price = prices[i].price;
        lines[i].list = prices[i].list;
        if (prices[i].price.currency.code[0])
            continue;
        cx_field(cx, str_fmt(cx->arena, "/items/%zu", i), "offer_unavailable",
            "is not for sale at the moment");
        missing++;
    }
    if (missing > 0)
        return FAIL(cx, PRICING_NO_PRICE, "%zu of %zu lines", missing, n);
    return NULL;
}

static struct pricing_ask ask_of(const struct pricing *p, struct pricing_place place)
{
    if (place.country.n == 0)
        place.country = p->home;
    return (struct pricing_ask){ .place = place, .currency = p->currency, .home = p->home };
}

err pricing_quote_wish(struct pricing *p, struct cx *cx, struct pricing_line *lines, size_t n,
    const struct pricing_wish *wish, struct pricing_quote *ret)
{
    err e = wish->filled ? NULL : pricing_fill(p, cx, lines, n);
    if (e)
        return e;
    struct pricing_ask ask = ask_of(p, wish->place);
    ask.speed = wish->speed;
    ask.shipping_discount = wish->shipping_discount;
    return pricing_domain_quote(cx, lines, n, ask, ret);
}

err pricing_quote(struct pricing *p, struct cx *cx, struct pricing_line *lines, size_t n,
    struct pricing_place place, enum pricing_speed speed, struct pricing_quote *ret)
{
    struct pricing_wish wish = { .place = place, .speed = speed };
    return pricing_quote_wish(p, cx, lines, n, &wish, ret);
}

err pricing_options(struct pricing *p, struct cx *cx, const struct pricing_line *lines, size_t n,
    struct pricing_place place, struct pricing_option *ret)
{
    struct pricing_line *copy = NEW_N(cx->arena, n, struct pricing_line);
    for (size_t i = 0; i < n; i++)
        copy[i] = lines[i];
    err e = pricing_fill(p, cx, copy, n);
    if (e)
        return e;
    return pricing_domain_options(cx, copy, n, ask_of(p, place), ret);
}

/* ---- the tables that the application sees ---- */

static const problem *const problems[] = { &PRICING_NO_PRICE, &PRICING_SPEED_UNKNOWN, NULL };
const struct service pricing_service = {
    .name = "pricing",
    .folder = "src/services/pricing/",
    .queries = pricing_queries,
    .problems = problems,
};
