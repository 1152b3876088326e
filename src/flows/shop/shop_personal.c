/* SPDX-License-Identifier: Apache-2.0
 * An order of one's own, for who is signed in and wants it: brands and categories that they bought
 * come a little higher on their page of a search. Called for lists that are not kept for others;
 * must never look at what anybody looked at, only at their orders. */
#include "flows/shop/shop_internal.h"
#include "flows/shop/shop_personal_domain.h"
#include "platform/flag/flag.h"

#define ORDERS_MAX 20   /* the newest */
#define PRODUCTS_MAX 60 /* of them */

struct taste {
    struct catalog_product *bought;
    int64_t *times; /* each, in different orders */
    size_t n;
    int64_t all;
};

/* The products of somebody's newest orders that were not cancelled. */
static err bought_by(struct shop *s, struct cx *cx, struct taste *ret)
{
    struct orders_order *orders;
    size_t orders_n, n = 0;
    id ids[PRODUCTS_MAX];
    int64_t times[PRODUCTS_MAX];
    err e = orders_list(s->deps.orders, cx,
        (struct orders_page){ .user_id = cx->who.user_id, .limit = ORDERS_MAX }, &orders,
        &orders_n);
    for (size_t i = 0; !e && i < orders_n; i++)
        for (size_t k = 0; orders[i].status != ORDERS_CANCELLED && k < orders[i].lines_n; k++) {
            size_t p = 0;
            while (p < n && !id_eq(ids[p], orders[i].lines[k].product_id))
                p++;
            if (p == PRODUCTS_MAX)
                continue;
            ids[p] = orders[i].lines[k].product_id;
            times[p] = p == n ? 1 : times[p] + 1;
            n += p == n;
        }
    if (e || n == 0)
        return e;
    struct catalog_product *products = NEW_N(cx->arena, n, struct catalog_product);
    e = catalog_products(
        s->deps.catalog, cx, (struct catalog_wanted){ .product_ids = ids, .n = n }, products);
    ret->times = NEW_N(cx->arena, n, int64_t);
    for (size_t i = 0; !e && i < n; i++)
        if (!id_is_none(products[i].product_id)) {
            ret->times[ret->n] = times[i];
            ret->all += times[i];
            products[ret->n++] = products[i];
        }
    ret->bought = products;
    return e;
}

static double affinity_of(const struct taste *t, const struct catalog_product *p)
{
    int64_t brand = 0, category = 0;
    for (size_t i = 0; i < t->n; i++) {
        if (p->brand.n > 0 && str_eq(t->bought[i].brand, p->brand))
            brand += t->times[i];
        if (str_eq(t->bought[i].category_path, p->category_path))
            category += t->times[i];
    }
    return (shop_personal_share(brand, t->all) + shop_personal_share(category, t->all)) / 2;
}

/* Where staff ordered the results of a query, or ask why they stand so, theirs is the order. */
err shop_personal_apply(struct shop *s, struct cx *cx, struct shop_rules rules, struct shop_list *l)
{
    bool wanted = false;
    const struct search_query *q = &l->query;
    struct taste taste = { .n = 0 };
    if (!s->deps.behaviour || !s->deps.orders || id_is_none(cx->who.user_id) || rules.n > 0 ||
        q->sort != SEARCH_RELEVANCE || q->explain || l->cards_n < 2)
        return NULL;
    if (!flags_on(s->deps.flags, "own_order", id_text(cx->arena, cx->who.user_id)))
        return NULL;
    err e = behaviour_personal(s->deps.behaviour, cx, cx->who.user_id, &wanted);
    if (!e && wanted)
        e = bought_by(s, cx, &taste);
    if (e || taste.n == 0)
        return e;
    double *affinity = NEW_N(cx->arena, l->cards_n, double);
    size_t *order = NEW_N(cx->arena, l->cards_n, size_t);
    struct shop_card *cards = NEW_N(cx->arena, l->cards_n, struct shop_card);
    for (size_t i = 0; i < l->cards_n; i++)
        affinity[i] = affinity_of(&taste, &l->cards[i].product);
    shop_personal_order(affinity, l->cards_n, order);
    for (size_t i = 0; i < l->cards_n; i++)
        cards[i] = l->cards[order[i]];
    l->cards = cards;
    return NULL;
}
