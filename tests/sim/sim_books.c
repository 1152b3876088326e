/* SPDX-License-Identifier: Apache-2.0
 * The books row by row: every movement of stock, every move of an order, every entry of its sale
 * and every deed is worked out again. Called by sim_check.c in READ units; must never ask the rules
 * that wrote them. */
#include "tests/sim/sim_pages.h"
#include "tests/sim/sim_people.h"

/* ---- movements: they chain, and what an order took and gave back is its own ---- */

#define MOVEMENTS_MAX 2000

static uint64_t mixed(int64_t v)
{
    uint64_t x = (uint64_t)v + UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    return x ^ (x >> 27);
}

/* Clocks differ, so ids say little of the order: each figure is left as often as it is reached. */
static void check_chain(struct sim *s, size_t goods, const struct inventory_level *level,
    const struct inventory_movement *list, size_t n)
{
    uint64_t left = mixed(level->on_hand), reached = mixed(0);
    for (size_t i = 0; i < n; i++) {
        if (!id_eq(list[i].warehouse_id, level->warehouse_id))
            continue;
        left += mixed(list[i].before);
        reached += mixed(list[i].after);
        if (list[i].after != list[i].before + list[i].change)
            sim_fail(s, "goods %zu: a movement of %lld from %lld to %lld", goods,
                (long long)list[i].change, (long long)list[i].before, (long long)list[i].after);
    }
    if (left != reached)
        sim_fail(s, "goods %zu: the movements do not follow from each other", goods);
}

/* What of them is of the order with this reference, there. */
static int64_t moved(
    const struct inventory_movement *list, size_t n, str reference, const id *warehouse_id)
{
    int64_t change = 0;
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].reference, reference) &&
            (!warehouse_id || id_eq(list[i].warehouse_id, *warehouse_id)))
            change += list[i].change;
    return change;
}

/* Sales, and what comes back of them, say of which order. */
static void check_references(
    struct sim *s, size_t goods, const struct inventory_movement *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        id order_id;
        bool sold = str_eq(list[i].kind, S("sale")) || str_eq(list[i].reason, S("order cancelled"));
        if (sold && !id_parse(list[i].reference, &order_id))
            sim_fail(s, "goods %zu: a " STR_F " is of no order", goods, STR_A(list[i].kind));
    }
}

static err check_goods(struct sim *s, struct cx *cx, size_t goods)
{
    const struct sim_goods *g = &s->goods[goods];
    struct inventory_movement *list;
    struct inventory_level *levels;
    size_t n = 0, levels_n = 0;
    err e = inventory_movements(s->outside.inventory, cx,
        (struct inventory_history){ .product_id = g->key.product_id,
            .variant_id = g->key.variant_id,
            .limit = MOVEMENTS_MAX },
        &list, &n);
    if (!e)
        e = inventory_levels(
            s->outside.inventory, cx, g->key.product_id, g->key.variant_id, &levels, &levels_n);
    for (size_t k = 0; !e && k < levels_n; k++)
        check_chain(s, goods, &levels[k], list, n);
    if (!e)
        check_references(s, goods, list, n);
    for (size_t i = 0; !e && i < n; i++) /* all came back, or all of it was sold: from there */
        for (size_t k = 0; k < levels_n && list[i].reference.n; k++)
            if (str_eq(list[i].kind, S("return")) &&
                moved(list, n, list[i].reference, &levels[k].warehouse_id) != 0)
                sim_fail(s, "goods %zu: what was sold came back into another warehouse", goods);
    return e;
}

err sim_check_movements(struct sim *s, struct cx *cx)
{
    err e = NULL;
    for (size_t i = 0; !e && i < s->goods_n; i++)
        e = check_goods(s, cx, i);
    return e;
}

/* ---- the history of an order ---- */

bool sim_may_follow(enum orders_status from, enum orders_status to)
{
    static const enum orders_status way[] = { ORDERS_PENDING, ORDERS_CONFIRMED, ORDERS_PROCESSING,
        ORDERS_SHIPPED, ORDERS_DELIVERED, ORDERS_RETURN_REQUESTED, ORDERS_RETURN_APPROVED,
        ORDERS_REFUNDED };
    for (size_t i = 0; i + 1 < COUNT(way); i++)
        if (way[i] == from && way[i + 1] == to)
            return true;
    return to == ORDERS_CANCELLED &&
           (from == ORDERS_PENDING || from == ORDERS_CONFIRMED || from == ORDERS_PROCESSING);
}

/* Where the order is, by its groups: the last of those that are not cancelled. */
static enum orders_status status_of(const enum orders_status *at, size_t n)
{
    enum orders_status last = ORDERS_CANCELLED;
    for (size_t g = 0; g < n; g++)
        if (at[g] != ORDERS_CANCELLED && (last == ORDERS_CANCELLED || at[g] < last))
            last = at[g];
    return last;
}

/* A move of the order that its groups have not made already takes along those that may. */
static bool go_along(enum orders_status *at, size_t n, const struct orders_event *x)
{
    if (status_of(at, n) == x->to)
        return true;
    for (size_t g = 0; g < n; g++) {
        bool goes = x->to == ORDERS_CANCELLED ? at[g] != ORDERS_CANCELLED : at[g] == x->from;
        if (goes && !sim_may_follow(at[g], x->to))
            return false;
        at[g] = goes ? x->to : at[g];
    }
    return true;
}

/* What became of each group, from move to move. */
static void check_groups_history(struct sim *s, const char *name, const struct orders_order *o,
    const struct orders_event *list, size_t n)
{
    enum orders_status at[SIM_LINES * 2] = { ORDERS_PENDING };
    ASSERT(o->groups_n <= COUNT(at));
    for (size_t g = 0; g < o->groups_n; g++)
        at[g] = ORDERS_PENDING;
    for (size_t i = 0; i < n; i++) {
        const struct orders_event *x = &list[i];
        if (x->group < 0 && !go_along(at, o->groups_n, x))
            sim_fail(
                s, "order %s: a group became %s that may not", name, orders_status_names[x->to]);
        if (x->group < 0)
            continue;
        if ((size_t)x->group >= o->groups_n || at[x->group] != x->from)
            sim_fail(s, "order %s: group %lld moved from %s, where it was not", name,
                (long long)x->group, orders_status_names[x->from]);
        else
            at[x->group] = x->to;
    }
    for (size_t g = 0; g < o->groups_n; g++)
        if (at[g] != o->groups[g].status)
            sim_fail(s, "order %s: nothing tells how group %zu became %s", name, g,
                orders_status_names[o->groups[g].status]);
}

static bool is_asked(const struct sim *s, id order_id)
{
    for (size_t i = 0; i < s->endings_n; i++)
        if (s->endings[i].why == CHECKOUT_CANCELS && !s->endings[i].stranger &&
            id_eq(sim_ending_order(&s->endings[i]), order_id))
            return true;
    return false;
}

/* Without the rows that tell of refunds. */
static size_t moves_of(struct orders_event *list, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (id_is_none(list[i].refund_id))
            list[kept++] = list[i];
    return kept;
}

err sim_check_history(
    struct sim *s, struct cx *cx, const struct orders_order *o, const struct sim_events *events)
{
    struct orders_event *list;
    size_t n = 0;
    const char *name = sim_name(cx, o->order_id);
    err e = orders_history(s->outside.orders, cx, o->order_id, &list, &n);
    if (e)
        return e;
    sim_events_check(s, cx, events, o, list, n);
    sim_back_history(s, cx, o, list, n);
    n = moves_of(list, n);
    enum orders_status at = ORDERS_PENDING;
    int own = 0; /* moves of groups */
    for (size_t i = 0; i < n; i++) {
        const struct orders_event *x = &list[i];
        bool first = i == 0 && x->from == ORDERS_PENDING && x->to == ORDERS_PENDING;
        own += x->group >= 0;
        if (!first && !sim_may_follow(x->from, x->to) && (x->group >= 0 || own == 0))
            sim_fail(s, "order %s moved from %s to %s", name, orders_status_names[x->from],
                orders_status_names[x->to]);
        if (x->group >= 0)
            continue;
        if (x->from != at)
            sim_fail(s, "order %s moved from %s, and was %s", name, orders_status_names[x->from],
                orders_status_names[at]);
        if (x->from != ORDERS_PENDING && x->to == ORDERS_CANCELLED && !is_asked(s, o->order_id))
            sim_fail(s, "order %s was confirmed, and cancelled though nobody asked for it", name);
        at = x->to;
    }
    if (n == 0 || at != o->status)
        sim_fail(s, "order %s is %s, and its history ends at %s", name,
            orders_status_names[o->status], orders_status_names[at]);
    if (o->groups_n > 1)
        check_groups_history(s, name, o, list, n);
    return NULL;
}

/* ---- the entries of an order ---- */

#define KINDS_MAX 32

struct sums {
    int64_t minor[KINDS_MAX]; /* debits less credits, of each kind of account */
};

static struct sums sums_of(const struct ledger_posting *list, size_t n)
{
    struct sums ret = { { 0 } };
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < list[i].n; k++)
            ret.minor[list[i].entries[k].account.kind] += list[i].entries[k].minor;
    return ret;
}

static bool group_stands(const struct orders_order *o, size_t group)
{
    enum orders_status at = o->groups_n > 1 ? o->groups[group].status : o->status;
    return at != ORDERS_CANCELLED && at != ORDERS_REFUNDED;
}

/* Of each seller and group, as it is told to them: rounded once. all: of what was undone too. */
static void expect_goods(
    const struct sim *s, const struct orders_order *o, bool all, struct sums *want)
{
    for (size_t i = 0; i < o->lines_n; i++) {
        const struct orders_line *l = &o->lines[i];
        int64_t goods = 0;
        bool first = true;
        for (size_t k = 0; k < o->lines_n; k++)
            if (o->lines[k].group == l->group && id_eq(o->lines[k].seller_id, l->seller_id)) {
                first &= k >= i;
                goods += o->lines[k].price.minor * o->lines[k].quantity;
            }
        if (!first || (!all && !group_stands(o, l->group)))
            continue;
        if (id_is_none(l->seller_id)) {
            want->minor[LEDGER_SALES] -= goods;
            continue;
        }
        int64_t fee = (goods * s->fees.default_bp + 5000) / 10000;
        int64_t tax = (fee * s->fees.tax_bp + 5000) / 10000;
        want->minor[LEDGER_SELLER] -= goods - fee - tax;
        want->minor[LEDGER_COMMISSION] -= fee;
        want->minor[LEDGER_COMMISSION_TAX] -= tax;
    }
}

/* What an order comes to, or what stands of it. */
static struct sums expect(const struct sim *s, const struct orders_order *o, bool all)
{
    struct sums want = { { 0 } };
    expect_goods(s, o, all, &want);
    for (size_t i = 0; i < o->lines_n; i++)
        if (all || group_stands(o, o->lines[i].group)) {
            want.minor[LEDGER_TAX] -= o->lines[i].tax.minor;
            want.minor[LEDGER_DISCOUNT] += o->lines[i].discount.minor;
        }
    for (size_t g = 0; g < o->groups_n; g++)
        if (all || group_stands(o, g)) {
            want.minor[LEDGER_SHIPPING] -= o->groups[g].shipping.minor;
            want.minor[LEDGER_DISCOUNT] += o->groups[g].shipping_off.minor;
        }
    return want;
}

static const enum ledger_kind kinds[] = { LEDGER_BUYER, LEDGER_SELLER, LEDGER_SALES,
    LEDGER_COMMISSION, LEDGER_COMMISSION_TAX, LEDGER_TAX, LEDGER_SHIPPING, LEDGER_DISCOUNT };

/* near: by how much it may differ. */
static void check_sums(struct sim *s, struct cx *cx, const struct orders_order *o,
    const struct sums *want, const struct sums *is, int64_t near)
{
    for (size_t i = 0; i < COUNT(kinds); i++) {
        int64_t has = is->minor[kinds[i]], wants = want->minor[kinds[i]];
        if (kinds[i] == LEDGER_SALES)
            has += is->minor[LEDGER_REFUND]; /* the shop's goods that came back */
        if (has > wants + near || has < wants - near)
            sim_fail(s, "order %s is %s: account %d has %lld of it, and not %lld",
                sim_name(cx, o->order_id), orders_status_names[o->status], (int)kinds[i],
                (long long)has, (long long)wants);
    }
}

/* How many amounts were asked for by way of goodwill: each takes a part of everything. */
static int64_t goodwills(const struct sim *s, const struct orders_order *o)
{
    int64_t n = 0;
    for (size_t i = 0; i < s->endings_n; i++)
        n += s->endings[i].why == CHECKOUT_GOODWILL &&
             id_eq(s->endings[i].buy->order_id, o->order_id);
    return n;
}

/* Where little is left of goods after their discount, a cent of it is much of both. */
static void without_discount(struct sums *all)
{
    all->minor[LEDGER_SALES] += all->minor[LEDGER_DISCOUNT];
    all->minor[LEDGER_DISCOUNT] = 0;
}

/* Of everything the same share is left, but for what was rounded each time. */
static void check_shares(struct sim *s, struct cx *cx, const struct orders_order *o,
    const struct sums *is, struct sim_paid p, int64_t refunds)
{
    struct sums want = expect(s, o, true), has = *is;
    without_discount(&want);
    without_discount(&has);
    for (size_t i = 0; i < COUNT(kinds); i++)
        want.minor[kinds[i]] = want.minor[kinds[i]] * (p.captured - p.refunded) / p.captured;
    for (size_t g = 0; g < o->groups_n; g++)
        if (!group_stands(o, g))
            return; /* a share of a part: that part is gone */
    check_sums(s, cx, o, &want, &has, 2 * (refunds + 1) * (int64_t)(o->groups_n + 1));
}

/* What a refund takes of the discount is its share of what is left, rounded half up; groups have a
 * share each. */
static void check_discounts(struct sim *s, const char *name, const struct orders_order *o,
    const struct ledger_posting *list, size_t n)
{
    int64_t left = o->total.minor, off = o->discount.minor, last_ms = 0;
    for (size_t i = 0; i < n && o->groups_n == 1; i++) { /* by id: refunds in their order */
        const struct ledger_posting *x = &list[i];
        int64_t back = 0, of_it = 0;
        if (!str_eq(x->kind, S("refund")))
            continue;
        for (size_t k = 0; k < x->n; k++) {
            enum ledger_kind kind = x->entries[k].account.kind;
            if (kind == LEDGER_PROVIDER || kind == LEDGER_WALLET || kind == LEDGER_GIFT_CARD)
                back -= x->entries[k].minor;
            if (kind == LEDGER_DISCOUNT)
                of_it -= x->entries[k].minor;
        }
        if (id_ms(x->posting_id) <= last_ms)
            sim_fail(s, "order %s: two refunds have no order", name);
        if (left > 0 && of_it != (off * back * 2 + left) / (left * 2))
            sim_fail(s, "order %s: a refund of %lld of %lld takes %lld of the discount of %lld",
                name, (long long)back, (long long)left, (long long)of_it, (long long)off);
        left -= back;
        off -= of_it;
        last_ms = id_ms(x->posting_id);
    }
}

/* What the buyer owes is the buyer's, or of a guest the order's, and is paid. What comes back later
 * may be of the user who a guest has become. */
static void check_buyer(struct sim *s, const char *name, const struct orders_order *o,
    const struct ledger_posting *list, size_t n)
{
    id buyer = sim_people_owes(s, o);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < list[i].n; k++)
            if (list[i].entries[k].account.kind == LEDGER_BUYER &&
                !id_eq(list[i].entries[k].account.owner, buyer) &&
                !(str_starts(list[i].kind, S("refund_")) &&
                    id_eq(list[i].entries[k].account.owner, o->user_id)))
                sim_fail(s, "order %s: somebody else owes %lld of it", name,
                    (long long)list[i].entries[k].minor);
}

err sim_check_entries(struct sim *s, struct cx *cx, const struct orders_order *o, struct sim_paid p)
{
    struct ledger_posting *list;
    size_t n = 0;
    err e = ledger_of(s->outside.ledger, cx, o->order_id, &list, &n);
    if (e || o->status == ORDERS_PENDING)
        return e;
    const char *name = sim_name(cx, o->order_id);
    struct sums is = sums_of(list, n);
    check_buyer(s, name, o, list, n);
    check_discounts(s, name, o, list, n);
    struct sim_repaid repaid = sim_repay_booked(s, cx, o, list, n);
    is.minor[LEDGER_BUYER] += sim_back_booked(s, cx, o, list, n) - repaid.wallet - repaid.outside;
    is.minor[LEDGER_PROVIDER] += repaid.outside;
    if (is.minor[LEDGER_PROVIDER] != p.card_minor)
        sim_fail(s, "order %s: the ledger has %lld of its card, and payments %lld", name,
            (long long)is.minor[LEDGER_PROVIDER], (long long)p.card_minor);
    if (!p.captured)
        return NULL;
    struct sums sold = expect(s, o, true), stands = expect(s, o, false);
    bool was_sold =
        is.minor[LEDGER_SALES] != 0 || is.minor[LEDGER_SELLER] != 0 || is.minor[LEDGER_REFUND] != 0;
    if (was_sold && is.minor[LEDGER_SALES] != sold.minor[LEDGER_SALES])
        sim_fail(s, "order %s: %lld were sold by the shop, and the ledger has %lld", name,
            (long long)-sold.minor[LEDGER_SALES], (long long)-is.minor[LEDGER_SALES]);
    int64_t refunds = goodwills(s, o);
    if (refunds == 0 || p.refunded == 0 || p.refunded == p.captured)
        check_sums(s, cx, o, p.refunded == p.captured ? &(struct sums){ { 0 } } : &stands, &is, 0);
    else
        check_shares(s, cx, o, &is, p, refunds);
    return NULL;
}

/* ---- deeds ---- */

/* A call that nobody waited for any more was heard, or a run that was overtaken went on: for such
 * money there is a sweep. The rest sagas give back themselves. */
static bool is_excused(const struct sim *s, id payment_id)
{
    for (size_t i = 0; i < s->late_n; i++)
        if (id_eq(s->late[i], payment_id))
            return true;
    return s->overtaken || s->late_n == SIM_LATE;
}

err sim_check_deeds(struct sim *s, struct cx *cx, const struct payments_payment *p, bool stands)
{
    struct payments_deed *list;
    size_t n = 0;
    int64_t refunded = 0;
    err e = payments_deeds_of(s->outside.payments, cx, p->payment_id, &list, &n);
    for (size_t i = 0; !e && i < n; i++) {
        if (list[i].status == PAYMENTS_DEED_STARTED)
            sim_fail(
                s, "payment %s: a deed was begun and never ended", sim_name(cx, p->payment_id));
        if (str_eq(list[i].reason, S("no_order")) && !is_excused(s, p->payment_id))
            sim_fail(s, "payment %s: its saga left it to the sweep", sim_name(cx, p->payment_id));
        if (list[i].kind == PAYMENTS_REFUND && list[i].status == PAYMENTS_DEED_DONE)
            refunded += list[i].amount.minor;
    }
    if (!e && !stands)
        sim_back_kept(s, cx, p);
    refunded += sim_pages_minor(s, p->payment_id);
    if (!e && stands && refunded != p->refunded_minor)
        sim_fail(s, "payment %s: %lld went back, and its deeds come to %lld",
            sim_name(cx, p->payment_id), (long long)p->refunded_minor, (long long)refunded);
    return e;
}

/* ---- an order by itself ---- */

/* Each amount of an order, worked out again from its lines. */
void sim_check_amounts(struct sim *s, struct cx *cx, const struct orders_order *o)
{
    int64_t subtotal = 0, tax = 0, discount = 0;
    for (size_t i = 0; i < o->lines_n; i++) {
        const struct orders_line *l = &o->lines[i];
        int64_t net = l->price.minor * l->quantity;
        subtotal += net;
        discount += l->discount.minor;
        tax += ((net - l->discount.minor) * l->tax_bp + 5000) / 10000;
    }
    if (o->subtotal.minor != subtotal || o->tax.minor != tax)
        sim_fail(s, "order %s: tax is %lld, by its lines %lld", sim_name(cx, o->order_id),
            (long long)o->tax.minor, (long long)tax);
    if (o->discount.minor < discount || o->discount.minor > discount + o->shipping.minor)
        sim_fail(s, "order %s: the discount is not that of its lines", sim_name(cx, o->order_id));
    if (o->total.minor != subtotal + tax + o->shipping.minor - o->discount.minor)
        sim_fail(s, "order %s: the total is not the sum", sim_name(cx, o->order_id));
}

/* What the buyer paid for a group, worked out from its lines. */
int64_t sim_group_total(const struct orders_order *o, size_t group)
{
    int64_t minor = o->groups[group].shipping.minor - o->groups[group].shipping_off.minor;
    for (size_t i = 0; i < o->lines_n; i++)
        if (o->lines[i].group == group)
            minor +=
                o->lines[i].subtotal.minor + o->lines[i].tax.minor - o->lines[i].discount.minor;
    return minor;
}

static bool one_place(const struct orders_order *o, size_t a, size_t b)
{
    const struct orders_address *x = o->groups[a].address, *y = o->groups[b].address;
    x = x ? x : &o->address;
    y = y ? y : &o->address;
    return str_eq(x->line1, y->line1) && str_eq(x->name, y->name);
}

static int64_t goods_of(const struct orders_order *o, size_t group)
{
    int64_t minor = 0;
    for (size_t i = 0; i < o->lines_n; i++)
        minor += o->lines[i].group == group ? o->lines[i].subtotal.minor : 0;
    return minor;
}

/* Within a cent: `part` of `whole` is as `weight` of `weights`. */
static bool is_share(int64_t part, int64_t whole, int64_t weight, int64_t weights)
{
    int64_t far = part * weights - whole * weight;
    return weights == 0 || (far < weights && -far < weights);
}

/* An address pays for delivery as for one parcel; its groups share that by what is in them. */
void sim_check_delivery(struct sim *s, struct cx *cx, const struct orders_order *o)
{
    bool erased = str_eq(o->address.line1, S("Erased")); /* nobody knows any more what went where */
    for (size_t g = 0; g < o->groups_n && !erased; g++) {
        int64_t fee = 0, off = 0, goods = 0;
        for (size_t k = 0; k < o->groups_n; k++)
            if (one_place(o, g, k)) {
                fee += o->groups[k].shipping.minor;
                off += o->groups[k].shipping_off.minor;
                goods += goods_of(o, k);
            }
        if (!is_share(o->groups[g].shipping.minor, fee, goods_of(o, g), goods) ||
            !is_share(o->groups[g].shipping_off.minor, off, o->groups[g].shipping.minor, fee))
            sim_fail(s, "order %s: group %zu pays %lld of %lld for delivery",
                sim_name(cx, o->order_id), g, (long long)o->groups[g].shipping.minor,
                (long long)fee);
    }
}

/* With a promotion it was not made before that began, nor after its end. */
void sim_check_window(struct sim *s, struct cx *cx, const struct orders_order *o, str promotion,
    int64_t starts_ms, int64_t ends_ms)
{
    bool early = o->created_ms + 2000 < starts_ms;
    bool late = ends_ms && o->created_ms > ends_ms + 2000;
    if ((early || late) && str_find(o->promotions, promotion, 0) >= 0)
        sim_fail(
            s, "order %s has a promotion that was not offered then", sim_name(cx, o->order_id));
}
