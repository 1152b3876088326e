/* SPDX-License-Identifier: Apache-2.0
 * The rules of prices, tax and delivery. Called by pricing.c; must never do I/O, read a clock or
 * use a float. */
#include "services/pricing/pricing_domain.h"

#include "base/instant.h"

/* Heavier than any order: stands for what does not fit. */
#define WEIGHT_G_MAX INT64_C(1000000000000)

/* ---- prices ---- */

static err refuse_price(struct cx *cx, size_t i, const char *member, const char *why)
{
    cx_field(cx, str_fmt(cx->arena, "/prices/%zu/%s", i, member), "not_allowed", "%s", why);
    return FAIL(cx, ERR_INVALID, "prices[%zu].%s: %s", i, member, why);
}

err pricing_domain_price(struct cx *cx, size_t i, currency c, struct pricing_price *price)
{
    if (!currency_eq(price->price.currency, c))
        return refuse_price(cx, i, "price", "must be in the shop's currency");
    if (price->price.minor < 1 || price->price.minor > MONEY_MINOR_MAX)
        return refuse_price(cx, i, "price", "must be above zero and not too large");
    if (!price->list.currency.code[0])
        price->list = price->price;
    if (!currency_eq(price->list.currency, c))
        return refuse_price(cx, i, "listPrice", "must be in the shop's currency");
    if (price->list.minor < price->price.minor || price->list.minor > MONEY_MINOR_MAX)
        return refuse_price(cx, i, "listPrice", "must not be below the price, nor too large");
    return NULL;
}

/* ---- lines ---- */

/* a * n within MONEY_MINOR_MAX. */
static bool times(money a, int64_t n, money *ret)
{
    int64_t minor;
    if (__builtin_mul_overflow(a.minor, n, &minor) || minor > MONEY_MINOR_MAX)
        return false;
    *ret = money_of(minor, a.currency);
    return true;
}

static err refuse_quantity(struct cx *cx, size_t i, const char *code, const char *why)
{
    cx_field(cx, str_fmt(cx->arena, "/items/%zu/quantity", i), code, "%s", why);
    return FAIL(cx, ERR_INVALID, "line %zu: %s", i, why);
}

static err fill_line(struct cx *cx, struct pricing_line *line, size_t i, struct pricing_place place)
{
    ASSERT(line->price.minor > 0 && line->price.minor <= MONEY_MINOR_MAX);
    ASSERT(line->list.minor >= line->price.minor);
    ASSERT(line->weight_g >= 0);
    if (line->quantity < 1)
        return refuse_quantity(cx, i, "too_small", "must be 1 at least");
    if (line->quantity > PRICING_QTY_MAX)
        return refuse_quantity(cx, i, "too_large", "is more than one order can have");
    if (!times(line->price, line->quantity, &line->subtotal) ||
        !times(money_sub(line->list, line->price), line->quantity, &line->saving))
        return refuse_quantity(cx, i, "too_large", "costs more than one order can");
    ASSERT(line->discount >= 0 && line->discount <= line->subtotal.minor);
    money net = money_sub(line->subtotal, money_of(line->discount, line->subtotal.currency));
    line->tax_bp = pricing_rates_tax_bp(place, line->tax_category);
    line->tax = money_basis_points(net, line->tax_bp);
    return NULL;
}

static bool all_prime(const struct pricing_line *lines, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!lines[i].prime)
            return false;
    return n > 0;
}

static int64_t weight_of(const struct pricing_line *lines, size_t n)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t g;
        if (__builtin_mul_overflow(lines[i].weight_g, lines[i].quantity, &g) ||
            g > WEIGHT_G_MAX - sum)
            return WEIGHT_G_MAX;
        sum += g;
    }
    return sum;
}

/* ---- delivery ---- */

/* What delivery of the lines costs; false when the speed cannot be had. */
static bool delivery(const struct pricing_line *lines, size_t n, struct pricing_ask ask,
    money subtotal, money *ret, bool *ret_free)
{
    struct pricing_tariff tariff = pricing_rates_tariff(ask.currency);
    enum pricing_zone zone = pricing_rates_zone(ask.place.country, ask.home);
    bool fast = zone == PRICING_HOMELAND && all_prime(lines, n);
    int64_t minor = 0;
    switch (ask.speed) {
    case PRICING_STANDARD: {
        struct pricing_parcel parcel = tariff.standard[zone];
        int64_t more_g = weight_of(lines, n) - PRICING_BASE_G;
        int64_t steps = more_g > 0 ? (more_g + PRICING_STEP_G - 1) / PRICING_STEP_G : 0;
        *ret_free = zone == PRICING_HOMELAND && subtotal.minor >= tariff.free_from;
        minor = *ret_free || n == 0 ? 0 : parcel.base + steps * parcel.step;
        break;
    }
    case PRICING_PRIME_2DAY:
        *ret_free = false;
        minor = tariff.prime_2day;
        break;
    case PRICING_PRIME_NEXT_DAY:
        *ret_free = false;
        minor = tariff.prime_next_day;
        break;
    case PRICING_SPEEDS_N:
        panic(__FILE__, "no such speed of delivery");
    }
    if (ask.speed != PRICING_STANDARD && !fast)
        return false;
    *ret = money_of(minor, ask.currency);
    return true;
}

static err refuse_speed(
    struct cx *cx, const struct pricing_line *lines, size_t n, struct pricing_ask ask)
{
    bool home = pricing_rates_zone(ask.place.country, ask.home) == PRICING_HOMELAND;
    for (size_t i = 0; home && i < n; i++)
        if (!lines[i].prime)
            cx_field(cx, str_fmt(cx->arena, "/items/%zu", i), "not_prime_eligible",
                "cannot be delivered at this speed");
    return FAIL(cx, PRICING_SPEED_UNKNOWN, "%s to " STR_F, pricing_speed_names[ask.speed],
        STR_A(ask.place.country));
}

static bool is_sunday(int64_t ms)
{
    return civil_from_ms(ms).weekday == 0;
}

static int64_t after_days(int64_t day_ms, int days)
{
    while (days > 0) {
        day_ms += DAY_MS;
        days -= is_sunday(day_ms) ? 0 : 1;
    }
    return day_ms;
}

void pricing_domain_dates(
    struct pricing_days days, int64_t now_ms, int64_t *ret_from_ms, int64_t *ret_to_ms)
{
    struct civil now = civil_from_ms(now_ms);
    int64_t leaves =
        civil_to_ms((struct civil){ .year = now.year, .month = now.month, .day = now.day });
    if (now.hour >= PRICING_CUT_OFF_HOUR)
        leaves += DAY_MS;
    if (is_sunday(leaves))
        leaves += DAY_MS;
    *ret_from_ms = after_days(leaves, days.from);
    *ret_to_ms = after_days(leaves, days.to);
}

static struct pricing_days days_of(struct pricing_ask ask)
{
    return pricing_rates_days(ask.speed, pricing_rates_zone(ask.place.country, ask.home));
}

/* ---- quotes ---- */

/* The lines filled and summed up, without delivery. */
static err sum_lines(struct cx *cx, struct pricing_line *lines, size_t n, struct pricing_ask ask,
    struct pricing_quote *q)
{
    money zero = money_of(0, ask.currency);
    *q = (struct pricing_quote){ .subtotal = zero,
        .tax = zero,
        .shipping = zero,
        .discount = zero,
        .shipping_discount = zero,
        .savings = zero,
        .total = zero };
    for (size_t i = 0; i < n; i++) {
        err e = fill_line(cx, &lines[i], i, ask.place);
        if (e)
            return e;
        q->subtotal = money_add(q->subtotal, lines[i].subtotal);
        q->savings = money_add(q->savings, lines[i].saving);
        q->tax = money_add(q->tax, lines[i].tax);
        q->discount.minor += lines[i].discount; /* at most the subtotal */
        if (q->subtotal.minor > MONEY_MINOR_MAX || q->savings.minor > MONEY_MINOR_MAX)
            return refuse_quantity(cx, i, "too_large", "makes the order cost too much");
    }
    return NULL;
}

err pricing_domain_quote(struct cx *cx, struct pricing_line *lines, size_t n,
    struct pricing_ask ask, struct pricing_quote *ret)
{
    ASSERT(ask.place.country.n > 0);
    struct pricing_quote q;
    err e = sum_lines(cx, lines, n, ask, &q);
    if (e)
        return e;
    if (!delivery(lines, n, ask, q.subtotal, &q.shipping, &q.free_shipping))
        return refuse_speed(cx, lines, n, ask);
    ASSERT(ask.shipping_discount >= 0);
    q.shipping_discount.minor =
        ask.shipping_discount < q.shipping.minor ? ask.shipping_discount : q.shipping.minor;
    q.discount = money_add(q.discount, q.shipping_discount);
    q.total = money_sub(money_add(money_add(q.subtotal, q.tax), q.shipping), q.discount);
    pricing_domain_dates(days_of(ask), cx->now_ms, &q.delivery_from_ms, &q.delivery_to_ms);
    *ret = q;
    return NULL;
}

err pricing_domain_options(struct cx *cx, struct pricing_line *lines, size_t n,
    struct pricing_ask ask, struct pricing_option *ret)
{
    ASSERT(ask.place.country.n > 0);
    struct pricing_quote q;
    err e = sum_lines(cx, lines, n, ask, &q);
    if (e)
        return e;
    for (int s = 0; s < PRICING_SPEEDS_N; s++) {
        bool is_free = false;
        ask.speed = (enum pricing_speed)s;
        ret[s] = (struct pricing_option){ .speed = ask.speed };
        ret[s].offered = delivery(lines, n, ask, q.subtotal, &ret[s].price, &is_free);
        if (ret[s].offered)
            pricing_domain_dates(days_of(ask), cx->now_ms, &ret[s].from_ms, &ret[s].to_ms);
    }
    return NULL;
}
