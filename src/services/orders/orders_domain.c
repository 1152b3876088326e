/* SPDX-License-Identifier: Apache-2.0
 * The rules of orders: one table of moves, the sums, the number. Called by orders.c; must never do
 * I/O, read a clock or know who asks. */
#include "services/orders/orders_domain.h"

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
    }
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
