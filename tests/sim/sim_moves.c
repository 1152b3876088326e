/* SPDX-License-Identifier: Apache-2.0
 * In the end of each world, one order of a few groups: staff moves it and them, buyer, staff and
 * strangers cancel, send back and give back, as they may and may not, in any order, beside a count
 * on fingers. Called by sim_shop.c; must never ask the rules of orders what to expect of them. */
#include "tests/sim/sim.h"

#define GROUPS 3
#define TRIES 16

struct moves {
    struct sim *sim;
    struct rng rng;
    id order_id, user_id, payment_id;
    struct moves_group {
        id seller_id;
        enum orders_status at;
        int64_t total, left; /* of the buyer's money */
        int64_t share;       /* of it all, of the seller */
        bool touched, gone;  /* a part, or all of it, went back */
        int64_t delivered_ms;
    } groups[GROUPS];
    size_t n;
    enum orders_status at;
    int64_t total, rows, delivered_ms; /* rows: of its history */
    const char *payment_status, *cancelled_for;
    str ref; /* of its payment */
    /* that is tried */
    enum orders_status to;
    enum checkout_why why;
    int64_t part, minor; /* part: 0 or the number of a group, that may not be */
    bool stranger, answered;
    const char *reason;
    err said;
};

/* ---- the order: of each seller a line, some of them given away ---- */

static int64_t part_of(int64_t minor, int64_t bp)
{
    return (minor * bp + 5000) / 10000;
}

static struct orders_line line_of(struct moves *m, size_t g, bool free)
{
    static const int64_t taxes[] = { 0, 700, 1900 };
    int64_t quantity = rng_between(&m->rng, 1, 3), price = rng_between(&m->rng, 1, 4000);
    int64_t goods = quantity * price, off = free ? goods : 0;
    if (!free && rng_chance(&m->rng, 500))
        off = rng_between(&m->rng, 0, goods);
    int64_t bp = taxes[rng_below(&m->rng, COUNT(taxes))];
    int64_t fee = part_of(goods, m->sim->fees.default_bp);
    m->groups[g].share = goods - fee - part_of(fee, m->sim->fees.tax_bp);
    return (struct orders_line){ .order_item_id = id_new(&m->rng, m->sim->now_ms),
        .product_id = id_new(&m->rng, m->sim->now_ms),
        .variant_id = id_new(&m->rng, m->sim->now_ms),
        .seller_id = m->groups[g].seller_id,
        .title = S("Tried"),
        .sku = S("TRIED"),
        .quantity = quantity,
        .price = money_of(price, SIM_USD),
        .subtotal = money_of(goods, SIM_USD),
        .tax = money_of(part_of(goods - off, bp), SIM_USD),
        .discount = money_of(off, SIM_USD),
        .tax_bp = bp,
        .commission_bp = m->sim->fees.default_bp,
        .commission_tax_bp = m->sim->fees.tax_bp,
        .group = g };
}

static void draw(struct moves *m, struct cx *cx, struct orders_order *o)
{
    struct orders_line *lines = NEW_N(cx->arena, m->n, struct orders_line);
    struct orders_group *groups = NEW_N(cx->arena, m->n, struct orders_group);
    int64_t goods = 0, tax = 0, shipping = 0, off = 0;
    for (size_t g = 0; g < m->n; g++) {
        bool free = rng_chance(&m->rng, 300);
        int64_t fee = rng_between(&m->rng, 0, 2) * 250;
        int64_t fee_off = free || rng_chance(&m->rng, 200) ? fee : 0;
        lines[g] = line_of(m, g, free);
        groups[g] = (struct orders_group){ .seller_id = m->groups[g].seller_id,
            .speed = S("standard"),
            .shipping = money_of(fee, SIM_USD),
            .shipping_off = money_of(fee_off, SIM_USD) };
        m->groups[g].total = m->groups[g].left =
            lines[g].subtotal.minor - lines[g].discount.minor + lines[g].tax.minor + fee - fee_off;
        goods += lines[g].subtotal.minor;
        tax += lines[g].tax.minor;
        shipping += fee;
        off += lines[g].discount.minor + fee_off;
        m->total += m->groups[g].total;
    }
    *o = (struct orders_order){ .order_id = m->order_id,
        .user_id = m->user_id,
        .email = S("tried@example.org"),
        .subtotal = money_of(goods, SIM_USD),
        .tax = money_of(tax, SIM_USD),
        .shipping = money_of(shipping, SIM_USD),
        .discount = money_of(off, SIM_USD),
        .total = money_of(m->total, SIM_USD),
        .address = { .name = S("T"), .line1 = S("1 Main St"), .city = S("X"), .country = S("US") },
        .speed = S("standard"),
        .lines = lines,
        .lines_n = m->n,
        .groups = m->n > 1 ? groups : NULL,
        .groups_n = m->n > 1 ? m->n : 0 };
}

static err unit_place(void *arg, struct cx *cx)
{
    struct moves *m = arg;
    struct orders_order o;
    str number;
    draw(m, cx, &o);
    return orders_place(m->sim->outside.orders, cx, &o, &number);
}

static err unit_pay(void *arg, struct cx *cx)
{
    struct moves *m = arg;
    struct payments *payments = m->sim->outside.payments;
    struct pay *to = &m->sim->sandbox;
    struct pay_result result;
    struct payments_payment ret;
    err e = payments_start(payments, cx,
        &(struct payments_payment){ .payment_id = m->payment_id,
            .order_id = m->order_id,
            .provider = S("sandbox"),
            .method_type = S("card"),
            .token = S("pm_card_visa"),
            .status = PAYMENTS_STARTED,
            .amount = money_of(m->total, SIM_USD) },
        /* is_new= */ false);
    if (!e)
        e = to->authorize(to->self, cx,
            (struct pay_request){ .key = id_text(cx->arena, m->payment_id),
                .amount = money_of(m->total, SIM_USD),
                .token = S("pm_card_visa"),
                .reference = S("tried"),
                .capture = true },
            &result);
    if (e)
        return e;
    m->ref = str_dup(m->sim->life, result.provider_ref);
    return payments_answer_kept(payments, cx, m->payment_id, &result, &ret);
}

static err get_order(const struct moves *m, struct cx *cx, struct orders_order *ret)
{
    return orders_get(
        m->sim->outside.orders, cx, (struct orders_owner){ .staff = true }, m->order_id, ret);
}

static err unit_book(void *arg, struct cx *cx)
{
    struct moves *m = arg;
    const struct checkout_state state = { .amount_minor = m->total };
    struct orders_order o;
    err e = get_order(m, cx, &o);
    return e ? e : checkout_book_sale(m->sim->outside.c, cx, &o, &state);
}

/* ---- on fingers ---- */

static void come_to(struct moves *m)
{
    enum orders_status last = ORDERS_CANCELLED;
    int64_t delivered_ms = 0;
    for (size_t g = 0; g < m->n; g++) {
        const struct moves_group *x = &m->groups[g];
        if (x->at == ORDERS_CANCELLED)
            continue;
        last = last == ORDERS_CANCELLED || x->at < last ? x->at : last;
        delivered_ms = x->delivered_ms > delivered_ms ? x->delivered_ms : delivered_ms;
    }
    if (last != m->at && last == ORDERS_CANCELLED)
        m->cancelled_for = m->reason;
    else if (last >= ORDERS_DELIVERED && last != ORDERS_CANCELLED)
        m->delivered_ms = delivered_ms; /* of all that stand */
    m->rows += last != m->at;
    m->at = last;
}

static void put(struct moves *m, size_t g, enum orders_status to)
{
    m->groups[g].at = to;
    if (to == ORDERS_DELIVERED)
        m->groups[g].delivered_ms = m->sim->now_ms;
}

static bool goes_along(const struct moves *m, size_t g, enum orders_status to)
{
    enum orders_status at = m->groups[g].at;
    return to == ORDERS_CANCELLED ? at != ORDERS_CANCELLED : at == m->at;
}

/* What a move of the order, or of a group by itself, must say; done, when it may be. */
static err move_to(struct moves *m, int64_t part, enum orders_status to)
{
    bool may = sim_may_follow(m->at, to);
    if (part > (int64_t)m->n)
        return &ERR_MISSING;
    if (part) {
        enum orders_status at = m->groups[part - 1].at;
        if (at == ORDERS_PENDING || !sim_may_follow(at, to))
            return &ORDERS_MOVE_REFUSED;
        put(m, (size_t)part - 1, to);
        m->rows += m->n > 1;
        come_to(m);
        return NULL;
    }
    for (size_t g = 0; g < m->n; g++)
        may &= !goes_along(m, g, to) || sim_may_follow(m->groups[g].at, to);
    for (size_t g = 0; may && g < m->n; g++)
        if (goes_along(m, g, to))
            put(m, g, to);
    if (may)
        come_to(m);
    return may ? NULL : &ORDERS_MOVE_REFUSED;
}

static int64_t left_of(const struct moves *m, int64_t part)
{
    int64_t minor = 0;
    for (size_t g = 0; g < m->n; g++)
        minor += !part || part == (int64_t)g + 1 ? m->groups[g].left : 0;
    return minor;
}

/* In proportion of what each has left, and what is too small to share to the largest rests. */
static void share(const struct moves *m, int64_t minor, int64_t ret[GROUPS])
{
    int64_t all = left_of(m, 0), rests[GROUPS], left = minor;
    for (size_t g = 0; g < m->n; g++) {
        ret[g] = minor * m->groups[g].left / all;
        rests[g] = minor * m->groups[g].left % all;
        left -= ret[g];
    }
    for (; left > 0; left--) {
        size_t most = 0;
        for (size_t g = 1; g < m->n; g++)
            most = rests[g] > rests[most] ? g : most;
        rests[most] = -1;
        ret[most]++;
    }
}

/* All that is left takes what was given away along. */
static void take(struct moves *m, int64_t part, int64_t minor)
{
    int64_t own[GROUPS] = { 0 };
    bool all = minor == left_of(m, part);
    if (minor)
        m->payment_status = minor == left_of(m, 0) ? "refunded" : "partially_refunded";
    if (!all)
        share(m, minor, own);
    for (size_t g = 0; g < m->n; g++) {
        struct moves_group *x = &m->groups[g];
        if (part && part != (int64_t)g + 1)
            continue;
        x->touched |= own[g] > 0;
        x->gone |= all;
        x->left = all ? 0 : x->left - own[g];
    }
}

/* Where it is that is to be ended: of an order, the farthest of its groups that stand. */
static enum orders_status ends_at(const struct moves *m)
{
    enum orders_status at = m->part ? m->groups[m->part - 1].at : m->at;
    for (size_t g = 0; !m->part && m->why == CHECKOUT_CANCELS && g < m->n; g++)
        if (m->groups[g].at != ORDERS_CANCELLED && m->groups[g].at > at)
            at = m->groups[g].at;
    return at;
}

static bool is_offered(enum checkout_why why, enum orders_status at)
{
    bool fresh = at == ORDERS_CONFIRMED || at == ORDERS_PROCESSING;
    if (why == CHECKOUT_CANCELS)
        return fresh;
    if (why == CHECKOUT_RETURNED)
        return at == ORDERS_RETURN_REQUESTED || at == ORDERS_RETURN_APPROVED;
    return fresh || at == ORDERS_SHIPPED || at == ORDERS_DELIVERED || at == ORDERS_RETURN_REQUESTED;
}

static err end_it(struct moves *m)
{
    if ((m->stranger && m->why == CHECKOUT_CANCELS) || m->part < 0 || m->part > (int64_t)m->n)
        return &ERR_MISSING;
    if (!is_offered(m->why, ends_at(m)))
        return &CHECKOUT_NOT_OFFERED;
    int64_t left = left_of(m, m->part);
    if (m->why == CHECKOUT_GOODWILL) {
        if (m->minor < 1)
            return &ERR_INVALID;
        if (m->minor > left)
            return &PAYMENTS_AMOUNT_TOO_LARGE;
        take(m, m->part, m->minor);
        return NULL;
    }
    int64_t part = m->n == 1 ? 0 : m->part;
    bool approved = m->why == CHECKOUT_RETURNED && ends_at(m) == ORDERS_RETURN_APPROVED;
    err e = m->why == CHECKOUT_CANCELS ? move_to(m, part, ORDERS_CANCELLED)
            : approved && !part        ? NULL
                                       : move_to(m, part, ORDERS_RETURN_APPROVED);
    if (e)
        return e;
    take(m, part, left);
    return m->why == CHECKOUT_RETURNED ? move_to(m, part, ORDERS_REFUNDED) : NULL;
}

/* ---- verbs ---- */

static err unit_move(void *arg, struct cx *cx)
{
    struct moves *m = arg;
    if (m->part)
        return orders_group_move(m->sim->outside.orders, cx,
            (struct orders_group_move){ .order_id = m->order_id,
                .group = (size_t)m->part - 1,
                .to = m->to,
                .reason = S("tried") });
    return orders_move(m->sim->outside.orders, cx,
        (struct orders_move){ .order_id = m->order_id, .to = m->to, .reason = S("tried") });
}

static void done(void *arg, struct checkout_ending *x)
{
    struct moves *m = arg;
    m->answered = true;
    m->said = x->failed;
    sim_cx_close(m->sim, x->cx);
}

/* The saga and all, at once. */
static err ask(struct moves *m)
{
    struct sim *s = m->sim;
    struct cx *cx = sim_cx(s, -1);
    struct checkout_ending *x = NEW(cx->arena, struct checkout_ending);
    bool direct = s->direct;
    cx->who = m->stranger                ? (struct principal){ .user_id = m->payment_id }
              : rng_chance(&m->rng, 500) ? (struct principal){ .user_id = m->user_id }
                                         : (struct principal){ .roles = ROLE_SUPPORT };
    *x = (struct checkout_ending){ .c = s->outside.c,
        .cx = cx,
        .order_id = m->order_id,
        .why = m->why,
        .part = m->part,
        .amount = m->why == CHECKOUT_GOODWILL
                      ? money_decimal(cx->arena, money_of(m->minor, SIM_USD))
                      : (str){ 0 },
        .done = done,
        .arg = m };
    m->answered = false;
    s->direct = true;
    checkout_end(x);
    while (sim_step(s, INT64_MAX))
        ;
    s->direct = direct;
    if (!m->answered)
        sim_fail(s, "an order that is tried: nobody is told of its end");
    return m->said;
}

static err unit_compare(void *arg, struct cx *cx)
{
    struct moves *m = arg;
    struct orders_order o;
    struct orders_event *list;
    size_t n = 0;
    err e = get_order(m, cx, &o);
    if (!e)
        e = orders_history(m->sim->outside.orders, cx, m->order_id, &list, &n);
    if (e)
        return e;
    if (o.status != m->at || !str_eq(o.payment_status, str_from_c(m->payment_status)) ||
        (int64_t)n != m->rows)
        sim_fail(m->sim, "an order is %s, " STR_F " after %zu moves, and not %s, %s after %lld",
            orders_status_names[o.status], STR_A(o.payment_status), n, orders_status_names[m->at],
            m->payment_status, (long long)m->rows);
    if (!str_eq(o.cancel_reason, str_from_c(m->cancelled_for)) || o.delivered_ms != m->delivered_ms)
        sim_fail(m->sim,
            "an order was cancelled for " STR_F ", delivered at %lld, and not %s, %lld",
            STR_A(o.cancel_reason), (long long)o.delivered_ms, m->cancelled_for,
            (long long)m->delivered_ms);
    for (size_t g = 0; g < m->n; g++)
        if (o.groups[g].status != m->groups[g].at ||
            o.groups[g].delivered_ms != m->groups[g].delivered_ms)
            sim_fail(m->sim, "group %zu of %zu is %s, and not %s", g, m->n,
                orders_status_names[o.groups[g].status], orders_status_names[m->groups[g].at]);
    return NULL;
}

static err unit_paid(void *arg, struct cx *cx)
{
    struct moves *m = arg;
    struct payments_payment is;
    err e = payments_get(m->sim->outside.payments, cx, m->payment_id, &is);
    if (!e && (is.captured_minor != m->total || is.refunded_minor != m->total - left_of(m, 0)))
        sim_fail(m->sim, "of an order of %lld went %lld back, and not %lld", (long long)m->total,
            (long long)is.refunded_minor, (long long)(m->total - left_of(m, 0)));
    return e;
}

/* What is the sellers': all of it, nothing, or something between. */
static err unit_shares(void *arg, struct cx *cx)
{
    struct moves *m = arg;
    err e = NULL;
    for (size_t g = 0; !e && g < m->n; g++) {
        const struct moves_group *x = &m->groups[g];
        const struct ledger_account seller = { LEDGER_SELLER, x->seller_id };
        int64_t has, left, most = x->gone ? 0 : x->share;
        int64_t least = x->gone || x->touched ? 0 : x->share;
        e = ledger_balance(m->sim->outside.ledger, cx, seller, SIM_USD, &has, &left);
        if (!e && (has < least || has > most))
            sim_fail(m->sim, "group %zu of %zu: its seller has %lld of it, and not %lld to %lld", g,
                m->n, (long long)has, (long long)least, (long long)most);
    }
    return e;
}

static err on(struct moves *m, enum sim_place place, db_work *fn)
{
    return sim_at_once(m->sim, place, fn, m);
}

static err compare(struct moves *m)
{
    err e = on(m, SIM_ORDERS, unit_compare);
    if (!e && m->total)
        e = on(m, SIM_MONEY, unit_paid);
    return e ? e : on(m, SIM_BOOKS, unit_shares);
}

/* ---- tries ---- */

static const char *const whys[] = { "cancelled", "sent back", "given back for" };

static void try_move(struct moves *m)
{
    enum orders_status at =
        m->part > 0 && m->part <= (int64_t)m->n ? m->groups[m->part - 1].at : m->at;
    m->to = (enum orders_status)rng_below(&m->rng, ORDERS_STATUSES_N);
    if (rng_chance(&m->rng, 700)) /* mostly on the way */
        for (m->to = ORDERS_CONFIRMED; m->to < ORDERS_RETURN_REQUESTED; m->to++)
            if (m->to != ORDERS_CANCELLED && sim_may_follow(at, m->to))
                break;
    m->part = m->part < 0 ? (int64_t)m->n + 1 : m->part;
    m->reason = "tried";
    err is = on(m, SIM_ORDERS, unit_move);
    sim_expect(
        m->sim, "an order is moved to", orders_status_names[m->to], is, move_to(m, m->part, m->to));
}

static void try_end(struct moves *m)
{
    m->why = (enum checkout_why)rng_below(&m->rng, CHECKOUT_WHYS_N);
    m->stranger = rng_chance(&m->rng, 150);
    if (m->at == ORDERS_PENDING && m->why == CHECKOUT_CANCELS)
        m->why = CHECKOUT_GOODWILL; /* this one has no saga that could undo it */
    if (m->why == CHECKOUT_GOODWILL)
        m->part = 0; /* a parcel's is not offered */
    int64_t left = m->part < 0 || m->part > (int64_t)m->n ? 1 : left_of(m, m->part);
    m->minor = rng_chance(&m->rng, 300) ? left + rng_between(&m->rng, 0, 1)
                                        : rng_between(&m->rng, 0, left);
    m->reason = "buyer";
    err is = ask(m);
    sim_expect(m->sim, "an order is", whys[m->why], is, end_it(m));
}

/* Money is where it was unless something was asked back. */
static err try_one(struct moves *m)
{
    m->sim->now_ms += (int64_t)rng_below(&m->rng, 3000);
    m->part = rng_chance(&m->rng, 500) ? 0 : rng_between(&m->rng, 1, (int64_t)m->n);
    if (rng_chance(&m->rng, 50))
        m->part = rng_chance(&m->rng, 500) ? -1 : (int64_t)m->n + 1;
    if (rng_chance(&m->rng, 350)) {
        try_end(m);
        return compare(m);
    }
    try_move(m);
    return on(m, SIM_ORDERS, unit_compare);
}

/* It is its buyer's and the staff's alone. */
static err unit_seen(void *arg, struct cx *cx)
{
    struct moves *m = arg;
    const struct {
        struct orders_owner owner;
        err want;
    } who[] = {
        { { .user_id = m->user_id }, NULL },
        { { .user_id = m->payment_id }, &ERR_MISSING },
        { { .cart_hash = S("another's") }, &ERR_MISSING },
        { { .staff = false }, &ERR_MISSING },
    };
    for (size_t i = 0; i < COUNT(who); i++) {
        struct orders_order o;
        err e = orders_get(m->sim->outside.orders, cx, who[i].owner, m->order_id, &o);
        sim_expect(m->sim, "an order is", "looked at", e, who[i].want);
        cx_clear(cx);
    }
    return NULL;
}

/* ---- the end: all of it goes back, whatever the order is, and nothing stays in the books ---- */

static err unit_last(void *arg, struct cx *cx)
{
    struct moves *m = arg;
    return checkout_book_refund(m->sim->outside.c, cx, m->order_id,
        (struct checkout_back){
            .refund_id = id_new(&m->rng, m->sim->now_ms), .minor = left_of(m, 0) });
}

static err unit_last_money(void *arg, struct cx *cx)
{
    struct moves *m = arg;
    struct payments *payments = m->sim->outside.payments;
    struct pay *to = &m->sim->sandbox;
    struct payments_payment ret;
    struct payments_deed deed = { .deed_id = cx_id(cx),
        .payment_id = m->payment_id,
        .kind = PAYMENTS_REFUND,
        .amount = money_of(left_of(m, 0), SIM_USD),
        .reason = S("tried") };
    struct pay_result result = { 0 };
    err e = payments_deed_start(payments, cx, &deed, &deed);
    if (!e)
        e = to->refund(
            to->self, cx, id_text(cx->arena, deed.deed_id), m->ref, deed.amount, &result);
    return e ? e : payments_deed_answer(payments, cx, deed.deed_id, &result, &ret);
}

static err end(struct moves *m)
{
    const char *status = m->payment_status;
    m->sim->now_ms += MINUTE_MS;
    err e = on(m, SIM_ORDERS, unit_seen);
    if (!e)
        e = on(m, SIM_BOOKS, unit_last);
    if (!e && left_of(m, 0) > 0)
        e = on(m, SIM_MONEY, unit_last_money);
    take(m, 0, left_of(m, 0));
    m->payment_status = status;
    m->sim->heard_n = pay_sandbox_events(&m->sim->sandbox); /* nobody has to be told of that */
    return e ? e : compare(m);
}

void sim_moves_check(struct sim *s)
{
    struct moves m = { .sim = s,
        .rng = rng_seeded(s->seed ^ UINT64_C(0x6d6f766573)), /* "moves" */
        .payment_status = "pending",
        .cancelled_for = "",
        .rows = 1 };
    m.order_id = id_new(&m.rng, s->now_ms);
    m.user_id = id_new(&m.rng, s->now_ms);
    m.payment_id = id_new(&m.rng, s->now_ms);
    m.n = (size_t)rng_between(&m.rng, 1, GROUPS);
    for (size_t g = 0; g < m.n; g++)
        m.groups[g].seller_id = id_new(&m.rng, s->now_ms);
    s->declined_late = true; /* nothing goes wrong here */
    err e = on(&m, SIM_ORDERS, unit_place);
    if (!e && m.total)
        e = on(&m, SIM_MONEY, unit_pay);
    if (!e)
        e = on(&m, SIM_BOOKS, unit_book);
    for (int i = 0; !e && i < TRIES; i++)
        e = try_one(&m);
    if (!e)
        e = end(&m);
    if (e)
        sim_fail(s, "an order that is tried: %s", e->slug);
}
