/* SPDX-License-Identifier: Apache-2.0
 * The rules of orders: one table of moves, the sums, the number. Called by orders.c; must never do
 * I/O, read a clock or know who asks. */
#include "services/orders/orders_domain.h"

#include <assert.h>

const char *const orders_status_names[ORDERS_STATUSES_N + 1] = {
    "pending",
    "confirmed",
    "processing",
    "shipped",
    "delivered",
    "cancelled",
    "return_requested",
    "return_approved",
    "refunded",
    NULL,
};

static const char *const payment_status_names[] = {
    "pending",
    "authorized",
    "captured",
    "declined",
    "voided",
    "refunded",
    "unknown",
    "partially_refunded",
};

static const struct orders_edge { /* anything else is refused */
    enum orders_status from, to;
} edges[] = {
    { ORDERS_PENDING, ORDERS_CONFIRMED },
    { ORDERS_CONFIRMED, ORDERS_PROCESSING },
    { ORDERS_PROCESSING, ORDERS_SHIPPED },
    { ORDERS_SHIPPED, ORDERS_DELIVERED },
    { ORDERS_PENDING, ORDERS_CANCELLED },
    { ORDERS_CONFIRMED, ORDERS_CANCELLED },
    { ORDERS_PROCESSING, ORDERS_CANCELLED },
    { ORDERS_DELIVERED, ORDERS_RETURN_REQUESTED },
    { ORDERS_RETURN_REQUESTED, ORDERS_RETURN_APPROVED },
    { ORDERS_RETURN_APPROVED, ORDERS_REFUNDED },
};

bool orders_domain_may(enum orders_status from, enum orders_status to)
{
    for (size_t i = 0; i < COUNT(edges); i++)
        if (edges[i].from == from && edges[i].to == to)
            return true;
    return false;
}

/* Along the way from placed to refunded the values grow; only cancelled is beside it. */
static_assert(ORDERS_PENDING < ORDERS_CONFIRMED && ORDERS_CONFIRMED < ORDERS_PROCESSING &&
                  ORDERS_PROCESSING < ORDERS_SHIPPED && ORDERS_SHIPPED < ORDERS_DELIVERED &&
                  ORDERS_DELIVERED < ORDERS_RETURN_REQUESTED &&
                  ORDERS_RETURN_REQUESTED < ORDERS_RETURN_APPROVED &&
                  ORDERS_RETURN_APPROVED < ORDERS_REFUNDED,
    "states are compared");

enum orders_status orders_domain_status(const struct orders_group *groups, size_t n)
{
    enum orders_status last = ORDERS_STATUSES_N;
    for (size_t i = 0; i < n; i++)
        if (groups[i].status != ORDERS_CANCELLED && groups[i].status < last)
            last = groups[i].status;
    return last == ORDERS_STATUSES_N ? ORDERS_CANCELLED : last;
}

bool orders_domain_take_along(
    const struct orders_group *groups, size_t n, enum orders_status to, bool *ret_moves)
{
    enum orders_status from = orders_domain_status(groups, n);
    if (!orders_domain_may(from, to))
        return false;
    for (size_t i = 0; i < n; i++) {
        bool stands = groups[i].status != ORDERS_CANCELLED;
        ret_moves[i] = to == ORDERS_CANCELLED ? stands : groups[i].status == from;
        if (ret_moves[i] && !orders_domain_may(groups[i].status, to))
            return false;
    }
    return true;
}

bool orders_domain_group_may(enum orders_status from, enum orders_status to)
{
    return from != ORDERS_PENDING && orders_domain_may(from, to);
}

id orders_group_id(id order_id, size_t group)
{
    id other = order_id; /* its end was drawn */
    other.b[sizeof other.b - 1] ^= (uint8_t)(group & 0xff);
    other.b[sizeof other.b - 2] ^= (uint8_t)(group >> 8);
    return other;
}

enum orders_status orders_domain_status_of(str name)
{
    for (int i = 0; i < ORDERS_STATUSES_N; i++)
        if (str_eq(name, str_from_c(orders_status_names[i])))
            return (enum orders_status)i;
    return ORDERS_STATUSES_N;
}

bool orders_domain_payment_status_known(str name)
{
    for (size_t i = 0; i < COUNT(payment_status_names); i++)
        if (str_eq(name, str_from_c(payment_status_names[i])))
            return true;
    return false;
}

/* An amount of the order: not below zero, in its currency. */
static bool amount_fits(money amount, currency of)
{
    return amount.minor >= 0 && amount.minor <= MONEY_MINOR_MAX && currency_eq(amount.currency, of);
}

static bool line_fits(const struct orders_line *line, currency of)
{
    return line->quantity > 0 && amount_fits(line->price, of) && amount_fits(line->subtotal, of) &&
           amount_fits(line->tax, of) && line->discount.minor >= 0 &&
           line->discount.minor <= line->subtotal.minor;
}

/* Every group has lines, all of one seller; the parts of the fee are the fee. `off`: of delivery.
 */
static bool groups_hold(const struct orders_order *order, int64_t off)
{
    int64_t fee = 0;
    for (size_t g = 0; g < order->groups_n; g++) {
        const struct orders_group *group = &order->groups[g];
        size_t lines = 0;
        for (size_t i = 0; i < order->lines_n; i++) {
            if (order->lines[i].group != g)
                continue;
            lines++;
            if (order->groups_n > 1 && !id_eq(order->lines[i].seller_id, group->seller_id))
                return false;
        }
        if (lines == 0 || !amount_fits(group->shipping, order->total.currency) ||
            !amount_fits(group->shipping_off, order->total.currency) ||
            group->shipping_off.minor > group->shipping.minor)
            return false;
        fee += group->shipping.minor;
        off -= group->shipping_off.minor;
    }
    return order->groups_n == 0 || (fee == order->shipping.minor && off == 0);
}

bool orders_domain_sums_hold(const struct orders_order *order)
{
    currency of = order->total.currency;
    money subtotal = money_of(0, of);
    int64_t off = 0; /* of the lines: the rest of the discount is off delivery */
    for (size_t i = 0; i < order->lines_n; i++) {
        if (!line_fits(&order->lines[i], of))
            return false;
        subtotal = money_add(subtotal, order->lines[i].subtotal);
        off += order->lines[i].discount.minor;
        if (order->lines[i].group >= (order->groups_n ? order->groups_n : 1))
            return false;
    }
    if (!groups_hold(order, order->discount.minor - off))
        return false;
    if (off > order->discount.minor || order->discount.minor - off > order->shipping.minor)
        return false;
    if (!amount_fits(order->subtotal, of) || !amount_fits(order->tax, of) ||
        !amount_fits(order->shipping, of) || !amount_fits(order->discount, of) ||
        !amount_fits(order->total, of))
        return false;
    money total = money_add(money_add(order->subtotal, order->tax), order->shipping);
    total = money_sub(total, order->discount);
    return order->subtotal.minor == subtotal.minor && order->total.minor == total.minor;
}

static void digits(char *at, int n, uint64_t v)
{
    while (n-- > 0) {
        at[n] = (char)('0' + v % 10);
        v /= 10;
    }
    ASSERT(v == 0);
}

void orders_domain_number(struct rng *rng, char ret[static ORDERS_NUMBER_N])
{
    digits(ret, 3, 100 + rng_below(rng, 900)); /* no zero in front: some programs drop it */
    ret[3] = '-';
    digits(ret + 4, 7, rng_below(rng, 10000000));
    ret[11] = '-';
    digits(ret + 12, 7, rng_below(rng, 10000000));
}
