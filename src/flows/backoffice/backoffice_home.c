/* SPDX-License-Identifier: Apache-2.0
 * The back office's first page: what waits for somebody, and how the shop does today. Called by the
 * gateway; must never show a number that does not lead to its list. */
#include "flows/backoffice/backoffice_internal.h"
#include "platform/bus/bus.h"

#define DAYS 14
#define BAR_STEP 9 /* a bar and the gap after it */
#define TILES_MAX 16
#define ASKED_MAX 100

struct tiles {
    struct office_tile_view *list;
    size_t n;
};

static bool may(const struct cx *cx, unsigned roles)
{
    return (cx->who.roles & roles) != 0;
}

static str number_text(struct cx *cx, int64_t n, bool more)
{
    return str_cat(cx->arena, web_number(cx->arena, n), more ? S("+") : S(""));
}

static void add_tile(struct tiles *tiles, struct office_tile_view tile)
{
    ASSERT(tiles->n < TILES_MAX);
    tiles->list[tiles->n++] = tile;
}

static struct office_block_view block_of(
    struct cx *cx, str title, const char *key, str text, const struct tiles *tiles)
{
    struct office_tiles_view *v = NEW(cx->arena, struct office_tiles_view);
    *v = (struct office_tiles_view){ .tiles = tiles->list, .tiles_n = tiles->n };
    return (struct office_block_view){
        .key = str_from_c(key), .title = title, .text = text, .bare = true, .tiles = v
    };
}

static struct tiles tiles_of(struct cx *cx)
{
    return (struct tiles){ .list = NEW_N(cx->arena, TILES_MAX, struct office_tile_view) };
}

/* ---- sums of days ---- */

struct sums {
    int64_t orders[DAYS], minor[DAYS]; /* the last is today */
    int64_t of_status[ORDERS_STATUSES_N];
    currency currency; /* of minor: the one of most orders today */
    bool more;         /* not all orders of the time were looked at */
};

static bool counts_as_sold(enum orders_status status)
{
    return status != ORDERS_PENDING && status != ORDERS_CANCELLED && status != ORDERS_REFUNDED;
}

/* The currency that most of the orders are in. */
static void choose_currency(const struct orders_day *days, size_t n, struct sums *sums)
{
    int64_t most = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t orders = 0;
        for (size_t k = 0; k < n; k++)
            if (currency_eq(days[k].total.currency, days[i].total.currency))
                orders += days[k].orders;
        if (orders > most) {
            most = orders;
            sums->currency = days[i].total.currency;
        }
    }
}

static err sum_days(struct backoffice *b, struct cx *cx, struct sums *ret)
{
    struct orders_day *days;
    size_t n;
    int64_t today = cx->now_ms / DAY_MS, seen = 0;
    err e = orders_days(b->deps.orders, cx, (today - DAYS + 1) * DAY_MS, &days, &n);
    if (e)
        return e;
    *ret = (struct sums){ .more = false };
    choose_currency(days, n, ret);
    for (size_t i = 0; i < n; i++) {
        const struct orders_day *d = &days[i];
        int64_t at = d->day - (today - DAYS + 1);
        seen += d->orders;
        ret->of_status[d->status] += d->orders;
        if (at < 0 || at >= DAYS)
            continue;
        ret->orders[at] += d->orders;
        if (counts_as_sold(d->status) && currency_eq(d->total.currency, ret->currency))
            ret->minor[at] += d->total.minor;
    }
    ret->more = seen >= ORDERS_SUMMED;
    return NULL;
}

static void add_bars(struct cx *cx, struct office_tile_view *tile, const int64_t *values)
{
    int64_t heights[DAYS];
    struct office_bar_view *bars = NEW_N(cx->arena, DAYS, struct office_bar_view);
    backoffice_domain_bars(values, DAYS, heights);
    for (int i = 0; i < DAYS; i++)
        bars[i] = (struct office_bar_view){ i * BAR_STEP, 40 - heights[i], heights[i] };
    tile->bars = bars;
    tile->bars_n = DAYS;
    tile->bars_width = DAYS * BAR_STEP - 2;
}

static int64_t sum_before_today(const int64_t *values)
{
    int64_t sum = 0;
    for (int i = 0; i < DAYS - 1; i++)
        sum += values[i];
    return sum;
}

/* ---- the tiles ---- */

static void add_queue(struct cx *cx, struct tiles *tiles, const char *label, int64_t n, bool more,
    const char *note, const char *href)
{
    add_tile(tiles, (struct office_tile_view){ .label = str_from_c(label),
                        .value = number_text(cx, n, more),
                        .note = n ? str_from_c(note) : S("Nothing waits"),
                        .href = str_from_c(href),
                        .kind = n ? S("warn") : S("good") });
}

static err fill_queues(struct backoffice *b, struct cx *cx, struct tiles *tiles)
{
    struct backoffice_queues q;
    struct bus_figures events;
    err e = backoffice_queues_of(b, cx, &q);
    if (!e)
        e = bus_figures_of(b->deps.bus, cx, &events);
    if (e)
        return e;
    add_queue(cx, tiles, "Fraud reviews", q.reviews, q.reviews >= FRAUD_COUNT_MAX,
        "Orders are held until somebody decides", "/admin/fraud");
    add_queue(cx, tiles, "Stuck work", q.stuck, q.stuck_more, "Orders and refunds tried 5 times",
        "/admin/sagas");
    add_queue(cx, tiles, "Dead letters", events.dead, false, "Events that no attempt got through",
        "/admin/events");
    return NULL;
}

static err fill_stock(struct backoffice *b, struct cx *cx, struct tiles *tiles)
{
    int64_t n;
    bool more;
    err e = inventory_low_count(b->deps.inventory, cx, &n, &more);
    if (!e)
        add_queue(cx, tiles, "Low stock", n, more, "At or below their mark", "/admin/stock");
    return e;
}

static err fill_search(struct backoffice *b, struct cx *cx, struct tiles *tiles)
{
    struct merchandising_query *list;
    size_t n;
    err e = merchandising_asked(b->deps.merchandising, cx, /* none= */ true, ASKED_MAX, &list, &n);
    if (!e)
        add_queue(cx, tiles, "Searches that found nothing", (int64_t)n, n == ASKED_MAX,
            "Add a synonym, or send them to a page", "/admin/search?list=none");
    return e;
}

static err fill_refunds(struct backoffice *b, struct cx *cx, struct tiles *tiles)
{
    struct orders_brief *list;
    size_t n;
    err e = orders_refunds_failed(
        b->deps.orders, cx, cx->now_ms - BACKOFFICE_REFUNDS_MS, BACKOFFICE_ROWS, &list, &n);
    if (!e)
        add_queue(cx, tiles, "Refunds that came back", (int64_t)n, n == BACKOFFICE_ROWS,
            "In the last 90 days; the buyers are waiting", BACKOFFICE_REFUNDS_FAILED);
    return e;
}

/* Orders of the last days that somebody must do something about. */
static void fill_waiting(struct cx *cx, const struct sums *sums, struct tiles *tiles)
{
    const int64_t *n = sums->of_status;
    add_queue(cx, tiles, "Waiting for payment", n[ORDERS_PENDING], sums->more,
        "At the bank, under review, or being paid", "/admin/orders?status=pending");
    add_queue(cx, tiles, "To be packed", n[ORDERS_CONFIRMED], sums->more, "Paid and confirmed",
        "/admin/orders?status=confirmed");
    add_queue(cx, tiles, "To be shipped", n[ORDERS_PROCESSING], sums->more, "Being packed",
        "/admin/orders?status=processing");
    add_queue(cx, tiles, "Returns asked for", n[ORDERS_RETURN_REQUESTED], sums->more,
        "Approve them when the goods are back", "/admin/orders?status=return_requested");
}

static void fill_sales(struct cx *cx, const struct sums *sums, struct tiles *tiles)
{
    struct arena *a = cx->arena;
    struct office_tile_view orders = { .label = S("Orders today"),
        .value = web_number(a, sums->orders[DAYS - 1]),
        .note = str_fmt(a, STR_F " a day before",
            STR_A(web_number(a, sum_before_today(sums->orders) / (DAYS - 1)))),
        .href = S("/admin/orders"),
        .bars_title = S("Orders of the last 14 days") };
    struct office_tile_view revenue = { .label = S("Revenue today"),
        .value = sums->currency.code[0]
                     ? web_money(a, money_of(sums->minor[DAYS - 1], sums->currency))
                     : S("0"),
        .note = S("Without what was cancelled"),
        .href = S("/admin/orders"),
        .bars_title = S("Revenue of the last 14 days") };
    if (sums->currency.code[0])
        revenue.note = str_fmt(a, STR_F " a day before",
            STR_A(web_money(
                a, money_of(sum_before_today(sums->minor) / (DAYS - 1), sums->currency))));
    add_bars(cx, &orders, sums->orders);
    add_bars(cx, &revenue, sums->minor);
    add_tile(tiles, orders);
    add_tile(tiles, revenue);
}

err backoffice_get_home(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 3);
    struct tiles queues = tiles_of(cx), waiting = tiles_of(cx), sales = tiles_of(cx);
    struct sums sums;
    (void)body;
    err e = may(cx, ROLE_ADMIN) ? fill_queues(b, cx, &queues) : NULL;
    if (!e && may(cx, ROLE_CATALOG | ROLE_ADMIN))
        e = fill_search(b, cx, &queues);
    if (!e && may(cx, ROLE_CATALOG | ROLE_ADMIN))
        e = fill_stock(b, cx, &queues);
    if (!e && may(cx, ROLE_SUPPORT | ROLE_FINANCE | ROLE_ADMIN)) {
        e = fill_refunds(b, cx, &queues);
        if (!e)
            e = sum_days(b, cx, &sums);
        if (!e) {
            fill_waiting(cx, &sums, &waiting);
            fill_sales(cx, &sums, &sales);
        }
    }
    if (e)
        return e;
    if (queues.n)
        backoffice_add(&blocks, block_of(cx, S("Waiting for you"), "queues", (str){ 0 }, &queues));
    if (waiting.n)
        backoffice_add(
            &blocks, block_of(cx, S("Orders"), "waiting", S("Of the last 14 days."), &waiting));
    if (sales.n)
        backoffice_add(
            &blocks, block_of(cx, S("Today"), "today", S("Days begin at midnight UTC."), &sales));
    str name = cx->who.name;
    v->title = str_cat(cx->arena, S("Good to see you, "), str_cut(&name, ' '));
    v->lead = instant_day_long(cx->arena, cx->now_ms);
    v->blocks = blocks.list;
    v->blocks_n = blocks.n;
    return backoffice_show(b, cx, v, "/admin", 200, reply);
}
