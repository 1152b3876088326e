/* SPDX-License-Identifier: Apache-2.0
 * Lines of a cart over several addresses: what was asked for against what is in the cart. Called
 * while an order is prepared and by its page; must never lose nor add a piece. */
#include "flows/checkout/checkout_internal.h"

id checkout_line_of(const struct checkout_item *item)
{
    return id_is_none(item->variant_id) ? item->product_id : item->variant_id;
}

struct spreading {
    struct checkout_item *items;
    struct checkout_where *others;
    size_t n, max;
};

/* Two shares of a line to one address are one item. */
static void add(struct spreading *s, size_t first, const struct checkout_item *line,
    const struct checkout_share *share)
{
    bool own = id_is_none(share->address_id);
    for (size_t i = first; i < s->n; i++)
        if (own ? s->items[i].to == 0
                : s->items[i].to && id_eq(s->others[i].address_id, share->address_id)) {
            s->items[i].quantity += share->quantity;
            return;
        }
    ASSERT(s->n < s->max);
    s->items[s->n] = *line;
    s->items[s->n].quantity = share->quantity;
    s->items[s->n].to = own ? 0 : s->n + 1;
    s->others[s->n].address_id = share->address_id;
    s->n++;
}

static err add_line(struct cx *cx, struct spreading *s, const struct checkout_item *line,
    const struct checkout_wish *wish)
{
    int64_t sum = 0;
    size_t first = s->n, mine = 0;
    for (size_t i = 0; i < wish->shares_n; i++) {
        const struct checkout_share *share = &wish->shares[i];
        if (!id_eq(share->line, checkout_line_of(line)))
            continue;
        mine++;
        if (share->quantity < 0 || share->quantity > CART_QUANTITY_MAX) {
            cx_field(cx, S("/spreadQuantity"), "bad_number", "say how many go where");
            return FAIL(cx, ERR_INVALID, "a share without a quantity");
        }
        sum += share->quantity;
        if (share->quantity)
            add(s, first, line, share);
    }
    if (!mine) {
        add(s, first, line, &(struct checkout_share){ .quantity = line->quantity });
        return NULL;
    }
    if (sum == line->quantity)
        return NULL;
    cx_field(cx, S("/spreadQuantity"), "quantities_differ",
        "%d of something are in the cart, but %d go to an address", (int)line->quantity, (int)sum);
    return FAIL(cx, ERR_INVALID, "shares of a line do not sum to it");
}

err checkout_spread(struct cx *cx, const struct checkout_wish *wish, struct checkout_bag *bag,
    const struct checkout_where **ret_others)
{
    bool apart = false;
    for (size_t i = 0; i < wish->shares_n; i++)
        apart |= !id_is_none(wish->shares[i].address_id);
    if (!apart) /* nothing is asked for: a cart that changed meanwhile goes where the order goes */
        return NULL;
    size_t max = bag->items_n + wish->shares_n;
    struct spreading s = { .items = NEW_N(cx->arena, max, struct checkout_item),
        .others = NEW_N(cx->arena, max, struct checkout_where),
        .max = max };
    for (size_t i = 0; i < bag->items_n; i++) {
        err e = add_line(cx, &s, &bag->items[i], wish);
        if (e)
            return e;
    }
    if (s.n > CART_LINES_MAX) {
        cx_field(cx, S("/spreadLine"), "too_many", "an order has at most %d lines", CART_LINES_MAX);
        return FAIL(cx, ERR_INVALID, "too many lines");
    }
    bag->items = s.items;
    bag->items_n = s.n;
    *ret_others = s.others;
    return NULL;
}
