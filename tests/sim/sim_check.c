/* SPDX-License-Identifier: Apache-2.0
 * The invariants, once nothing is due any more. Called by sim.c; reads all books and compares them
 * with each other, with the provider's and with what buyers were told. Must never trust one side.
 */
#include "tests/sim/sim_carts.h"
#include "tests/sim/sim_pages.h"

struct seen { /* an order that some request made */
    struct sim_buy *buy;
    id order_id;
    struct orders_order o;
    bool found, stood, late_for_cart; /* stood: it was confirmed once */
};
struct view {
    struct sim *s;
    struct seen *seen;
    size_t seen_n;
    struct cx *cx;
};

static bool stands(const struct seen *x)
{
    return x->found && x->o.status != ORDERS_CANCELLED && x->o.status != ORDERS_PENDING &&
           x->o.status != ORDERS_REFUNDED;
}

static bool group_stands(const struct seen *x, size_t group)
{
    enum orders_status at = x->o.groups[group].status;
    return stands(x) && at != ORDERS_CANCELLED && at != ORDERS_REFUNDED;
}

static struct seen *seen_of(struct view *v, id order_id)
{
    for (size_t i = 0; i < v->seen_n; i++)
        if (v->seen[i].found && id_eq(v->seen[i].order_id, order_id))
            return &v->seen[i];
    return NULL;
}

static err read_orders(void *arg, struct cx *cx)
{
    struct view *v = arg;
    struct sim *s = v->s;
    v->seen = NEW_N(cx->arena, s->buys_n * SIM_IDS, struct seen);
    for (size_t i = 0; i < s->buys_n; i++)
        for (size_t k = 0; k < s->buys[i].attempts_n; k++) {
            struct seen *x = &v->seen[v->seen_n++];
            *x = (struct seen){ .buy = &s->buys[i],
                .order_id = s->buys[i].attempts[k],
                .late_for_cart = s->buys[i].late_for_cart[k] };
            err e = orders_get(
                s->outside.orders, cx, (struct orders_owner){ .staff = true }, x->order_id, &x->o);
            if (e && e != &ERR_MISSING)
                return e;
            cx_clear(cx);
            x->found = !e;
            e = e ? NULL : sim_was_confirmed(s, cx, x->order_id, &x->stood);
            if (e)
                return e;
        }
    return NULL;
}

/* ---- what buyers were told ---- */

static void check_told(struct view *v)
{
    struct sim *s = v->s;
    for (size_t i = 0; i < s->buys_n; i++) {
        struct sim_buy *b = &s->buys[i];
        if (b->told == SIM_TOLD_PLACED) {
            const struct seen *x = seen_of(v, b->order_id);
            if (!x)
                sim_fail(s, "buy %zu was told of an order that is not there", i);
            else if (x->o.status == ORDERS_PENDING)
                sim_fail(s, "buy %zu was told of an order that is pending", i);
            else if (x->o.status == ORDERS_CANCELLED && x->o.cancel_reason.n &&
                     !str_eq(x->o.cancel_reason, S("buyer")))
                sim_fail(s, "buy %zu was told of an order that was cancelled: " STR_F, i,
                    STR_A(x->o.cancel_reason));
        }
        size_t standing = 0;
        for (size_t k = 0; k < v->seen_n; k++)
            if (v->seen[k].buy == b && v->seen[k].found && v->seen[k].o.status != ORDERS_CANCELLED)
                standing++;
        if (standing > 1)
            sim_fail(s, "buy %zu: one key made %zu orders", i, standing);
        for (size_t k = 0; k < b->refused_n; k++) {
            const struct seen *x = seen_of(v, b->refused[k]);
            if (x && x->o.status != ORDERS_CANCELLED)
                sim_fail(s, "buy %zu was told that order %zu is refused, and it stands", i, k);
        }
    }
    for (size_t i = 0; i < v->seen_n; i++)
        if (v->seen[i].found && v->seen[i].o.status == ORDERS_PENDING)
            sim_fail(s, "order %s is pending for ever", sim_name(v->cx, v->seen[i].order_id));
}

static void check_endings(struct view *v)
{
    struct sim *s = v->s;
    for (size_t i = 0; i < s->endings_n; i++) {
        const struct sim_ending *x = &s->endings[i];
        const struct seen *o = seen_of(v, sim_ending_order(x));
        if (o)
            sim_reasons_check(s, x, &o->o);
        if (!x->accepted || x->why == CHECKOUT_GOODWILL)
            continue;
        enum orders_status want = x->why == CHECKOUT_CANCELS ? ORDERS_CANCELLED : ORDERS_REFUNDED;
        bool there = o && (size_t)x->part <= o->o.groups_n;
        if (!there || (x->part ? o->o.groups[x->part - 1].status : o->o.status) != want)
            sim_fail(s, "buy %zu, part %d was to be %s and is not", x->buy->index, (int)x->part,
                orders_status_names[want]);
    }
}

/* ---- stock ---- */

static err check_stock(void *arg, struct cx *cx)
{
    struct view *v = arg;
    struct sim *s = v->s;
    size_t wrong = 0;
    err e = inventory_check(s->outside.inventory, cx, &wrong);
    if (wrong)
        sim_fail(s, "%zu levels disagree with their movements or reservations", wrong);
    for (size_t i = 0; !e && i < s->goods_n; i++) {
        const struct sim_goods *g = &s->goods[i];
        struct inventory_level *levels;
        size_t n;
        int64_t on_hand = 0, reserved = 0, sold = 0;
        e = inventory_levels(
            s->outside.inventory, cx, g->key.product_id, g->key.variant_id, &levels, &n);
        for (size_t k = 0; !e && k < n; k++) {
            on_hand += levels[k].on_hand;
            reserved += levels[k].reserved;
            if (levels[k].on_hand < 0 || levels[k].reserved < 0)
                sim_fail(s, "goods %zu: below zero", i);
        }
        for (size_t k = 0; k < v->seen_n; k++)
            for (size_t l = 0; stands(&v->seen[k]) && l < v->seen[k].o.lines_n; l++)
                if (id_eq(v->seen[k].o.lines[l].variant_id, g->key.variant_id) &&
                    group_stands(&v->seen[k], v->seen[k].o.lines[l].group))
                    sold += v->seen[k].o.lines[l].quantity;
        if (on_hand + sold != g->received)
            sim_fail(s, "goods %zu: %lld on hand and %lld sold of %lld", i, (long long)on_hand,
                (long long)sold, (long long)g->received);
        reserved -= sim_strays_reserved(s, i);
        if (reserved)
            sim_fail(s, "goods %zu: %lld reserved for nobody", i, (long long)reserved);
    }
    return e;
}

/* ---- money ---- */

/* Every line is in one group, of its seller; the groups sum to the order, and the order is where
 * the last of those is that are not cancelled. */
static void check_groups(struct view *v, const struct seen *x)
{
    const struct orders_order *o = &x->o;
    const char *name = sim_name(v->cx, o->order_id);
    int64_t total = 0;
    int last = -1;
    for (size_t g = 0; g < o->groups_n; g++) {
        size_t lines = 0;
        for (size_t i = 0; i < o->lines_n; i++) {
            lines += o->lines[i].group == g;
            if (o->lines[i].group == g && !id_eq(o->lines[i].seller_id, o->groups[g].seller_id))
                sim_fail(v->s, "order %s: a line is in a group of another seller", name);
            if (o->lines[i].group >= o->groups_n)
                sim_fail(v->s, "order %s: a line is in no group", name);
        }
        if (lines == 0)
            sim_fail(v->s, "order %s: group %zu has no lines", name, g);
        total += sim_group_total(o, g);
        int at = (int)o->groups[g].status;
        if (at != ORDERS_CANCELLED && (last < 0 || at < last))
            last = at;
    }
    if (total != o->total.minor)
        sim_fail(v->s, "order %s of %lld: its groups come to %lld", name, (long long)o->total.minor,
            (long long)total);
    if ((int)o->status != (last < 0 ? ORDERS_CANCELLED : last))
        sim_fail(
            v->s, "order %s is %s, and its groups are not", name, orders_status_names[o->status]);
}

static void check_paid(struct view *v, const struct seen *x, int64_t captured, int64_t refunded)
{
    struct sim *s = v->s;
    const char *name = sim_name(v->cx, x->order_id);
    int64_t asked = 0, accepted = 0, undone = 0;
    if (refunded > captured)
        sim_fail(s, "order %s: more refunded than captured", name);
    for (size_t i = 0; i < s->endings_n; i++)
        if (s->endings[i].buy == x->buy && s->endings[i].why == CHECKOUT_GOODWILL) {
            asked += s->endings[i].minor;
            accepted += s->endings[i].accepted ? s->endings[i].minor : 0;
        }
    sim_carts_lost(s, v->cx, x->buy, &x->o);
    if (!stands(x)) {
        if (captured != refunded)
            sim_fail(s, "order %s is %s and %lld of %lld are kept", name,
                orders_status_names[x->o.status], (long long)(captured - refunded),
                (long long)captured);
        return;
    }
    if (captured != x->o.total.minor)
        sim_fail(s, "order %s of %lld: %lld were captured", name, (long long)x->o.total.minor,
            (long long)captured);
    for (size_t g = 0; g < x->o.groups_n; g++)
        undone += group_stands(x, g) ? 0 : sim_group_total(&x->o, g);
    /* Of a group that is undone after goodwill, only the rest goes back. */
    int64_t least = undone > accepted ? undone : accepted;
    if (x->buy->told == SIM_TOLD_PLACED && (refunded < least || refunded > undone + asked))
        sim_fail(s, "order %s: %lld refunded, asked for %lld to %lld", name, (long long)refunded,
            (long long)least, (long long)(undone + asked));
}

/* What the order says of its money. */
static void check_payment_status(
    struct view *v, const struct seen *x, int64_t captured, int64_t refunded)
{
    const char *want = "voided";
    str is = x->o.payment_status;
    bool undone = x->o.status == ORDERS_CANCELLED && !x->stood;
    bool declined = str_eq(is, S("declined"));
    bool said_so = str_eq(x->o.cancel_reason, S("payment_declined"));
    /* Who denies it at the bank may do so while it is undone for being late. */
    bool let_go = said_so && v->s->capture_declined; /* authorized, and not taken */
    if (undone && declined != said_so && !let_go && (said_so || x->buy->approves))
        sim_fail(v->s, "order %s: its payment is " STR_F ", and it was cancelled for " STR_F,
            sim_name(v->cx, x->order_id), STR_A(is), STR_A(x->o.cancel_reason));
    if (x->o.status == ORDERS_PENDING || (undone && str_eq(is, S("declined"))))
        return;
    if (!undone)
        want = refunded == 0 ? "captured" : refunded < captured ? "partially_refunded" : "refunded";
    if (!str_eq(is, str_from_c(want)))
        sim_fail(v->s, "order %s is %s: its payment is said to be " STR_F ", and is %s",
            sim_name(v->cx, x->order_id), orders_status_names[x->o.status], STR_A(is), want);
}

struct provider_side {
    id payment_id;
    int64_t captured, refunded, open;
    bool matched;
};

static err check_orders_money(struct view *v, struct cx *cx, struct provider_side *side, size_t n)
{
    struct sim *s = v->s;
    struct sim_events events;
    err e = sim_events_read(s, cx, &events);
    for (size_t i = 0; !e && i < v->seen_n; i++) {
        struct seen *x = &v->seen[i];
        struct payments_payment *list;
        size_t list_n;
        if (!x->found)
            continue;
        e = payments_of_order(s->outside.payments, cx, x->order_id, &list, &list_n);
        int64_t beside = sim_pages_unbooked(s, cx, x->order_id);
        int64_t captured = 0, refunded = -beside, card = beside;
        for (size_t k = 0; !e && k < list_n; k++) {
            e = sim_check_deeds(s, cx, &list[k], stands(x));
            if (str_eq(list[k].provider, S("sandbox")))
                card += list[k].captured_minor - list[k].refunded_minor;
            captured += list[k].captured_minor;
            refunded += list[k].refunded_minor + sim_back_owed(s, cx, list[k].payment_id);
            for (size_t j = 0; j < n; j++)
                if (id_eq(side[j].payment_id, list[k].payment_id)) {
                    side[j].matched = true;
                    if (side[j].captured - side[j].refunded !=
                            list[k].captured_minor - list[k].refunded_minor ||
                        side[j].open)
                        sim_fail(s, "order %s: the provider has %lld, we have %lld",
                            sim_name(cx, x->order_id),
                            (long long)(side[j].captured - side[j].refunded + side[j].open),
                            (long long)(list[k].captured_minor - list[k].refunded_minor));
                }
        }
        if (!e) {
            check_paid(v, x, captured, refunded);
            check_payment_status(v, x, captured, refunded);
            sim_check_amounts(s, cx, &x->o);
            check_groups(v, x);
            sim_holds_late(s, cx, &x->o);
            sim_check_delivery(s, cx, &x->o);
            e = sim_check_history(s, cx, &x->o, &events);
        }
        if (!e)
            e = sim_check_entries(s, cx, &x->o, (struct sim_paid){ captured, refunded, card });
    }
    for (size_t j = 0; j < n; j++)
        if (!side[j].matched && side[j].captured - side[j].refunded + side[j].open > 0)
            sim_fail(s, "the provider has money of no order");
    return e;
}

static err check_provider(void *arg, struct cx *cx)
{
    struct view *v = arg;
    struct pay *pay = &v->s->sandbox;
    struct provider_side *side = NEW_N(cx->arena, 1000, struct provider_side);
    size_t n = 0;
    str cursor = { 0 };
    do {
        struct pay_list page;
        err e = pay->list(pay->self, cx, (struct pay_range){ 0, INT64_MAX }, cursor, &page);
        if (e)
            return e;
        for (size_t i = 0; i < page.entries_n && n < 1000; i++) {
            const struct pay_entry *x = &page.entries[i];
            side[n] = (struct provider_side){ .captured = x->result.captured_minor,
                .refunded = x->result.refunded_minor,
                .open = x->result.open_minor };
            if (!id_parse(x->key, &side[n++].payment_id))
                sim_fail(v->s, "the provider has a key that is no payment's");
        }
        cursor = page.next;
    } while (cursor.p);
    return check_orders_money(v, cx, side, n);
}

/* What a gift card or wallet paid for orders, less what came back to it. */
static err spent_of(struct view *v, struct cx *cx, id owner, int64_t *ret_minor)
{
    str text = id_text(cx->arena, owner);
    *ret_minor = 0;
    for (size_t i = 0; i < v->seen_n; i++) {
        struct payments_payment *list;
        size_t n;
        if (!v->seen[i].found)
            continue;
        err e = payments_of_order(v->s->outside.payments, cx, v->seen[i].order_id, &list, &n);
        if (e)
            return e;
        for (size_t k = 0; k < n; k++)
            if (str_eq(list[k].token, text))
                *ret_minor += list[k].captured_minor - list[k].refunded_minor;
    }
    return NULL;
}

static err check_account(
    struct view *v, struct cx *cx, struct ledger_account account, int64_t had, const char *what)
{
    int64_t spent, balance, available;
    err e = spent_of(v, cx, account.owner, &spent);
    if (!e)
        e = ledger_balance(v->s->outside.ledger, cx, account, SIM_USD, &balance, &available);
    if (e)
        return e;
    if (balance < 0 || balance != had - spent)
        sim_fail(v->s, "%s: %lld left of %lld, %lld were spent", what, (long long)balance,
            (long long)had, (long long)spent);
    if (available != balance)
        sim_fail(v->s, "%s: %lld are held for nobody", what, (long long)(balance - available));
    return NULL;
}

static err check_ledger(void *arg, struct cx *cx)
{
    struct view *v = arg;
    struct sim *s = v->s;
    size_t wrong = 0;
    int64_t balance = 0, available = 0;
    err e = ledger_check(s->outside.ledger, cx, &wrong);
    if (wrong)
        sim_fail(s, "the ledger has %zu faults", wrong);
    if (!e)
        e = ledger_balance(s->outside.ledger, cx,
            (struct ledger_account){ .kind = LEDGER_PROVIDER }, SIM_USD, &balance, &available);
    int64_t live = pay_sandbox_live_minor(&s->sandbox) + s->topped_minor - sim_repaid(s, NULL);
    live += sim_pages_unbooked_all(s, cx);
    if (!e && balance != live)
        sim_fail(s, "the ledger has %lld at the provider, which has %lld", (long long)balance,
            (long long)live);
    return e;
}

/* ---- the rest ---- */

static bool uses_coupon(const struct seen *x, str name)
{
    return x->found && x->o.status != ORDERS_CANCELLED && str_find(x->o.promotions, name, 0) >= 0;
}

/* No buyer has more orders with a coupon than one may have. */
static void check_customers(struct view *v, size_t coupon, str name)
{
    struct sim *s = v->s;
    int64_t most = s->coupons[coupon].per_customer;
    for (size_t i = 0; most && i < v->seen_n; i++) {
        int64_t uses = 0;
        for (size_t k = 0; k <= i; k++)
            uses +=
                uses_coupon(&v->seen[k], name) && v->seen[k].buy->buyer == v->seen[i].buy->buyer;
        if (uses > most && uses_coupon(&v->seen[i], name))
            sim_fail(s, "coupon %zu: a buyer has %lld orders with it, %lld are allowed", coupon,
                (long long)uses, (long long)most);
    }
}

static void check_window(struct view *v, str name, int64_t starts_ms, int64_t ends_ms)
{
    for (size_t i = 0; i < v->seen_n; i++)
        if (v->seen[i].found)
            sim_check_window(v->s, v->cx, &v->seen[i].o, name, starts_ms, ends_ms);
}

/* Of orders that have no other promotion. */
static int64_t taken_off(struct view *v, str name)
{
    int64_t minor = 0;
    for (size_t i = 0; i < v->seen_n; i++)
        minor += uses_coupon(&v->seen[i], name) ? v->seen[i].o.discount.minor : 0;
    return minor;
}

/* As many units as were sold for less are counted, and no more than there were. */
static err check_deal(struct view *v, struct cx *cx)
{
    struct sim *s = v->s;
    struct promotions_promotion p;
    if (!s->deal.units)
        return NULL;
    err e = promotions_get(s->outside.promotions, cx, s->deal.promotion_id, &p);
    check_window(v, id_text(cx->arena, s->deal.promotion_id), 0, s->deal.ends_ms);
    int64_t off = taken_off(v, id_text(cx->arena, s->deal.promotion_id));
    if (!e && (off != p.used * s->deal.off_minor || p.used > s->deal.units))
        sim_fail(s, "the deal: %lld off at %lld each, %lld units are counted, %lld allowed",
            (long long)off, (long long)s->deal.off_minor, (long long)p.used,
            (long long)s->deal.units);
    return e;
}

static err check_promotions(void *arg, struct cx *cx)
{
    struct view *v = arg;
    struct sim *s = v->s;
    size_t wrong = 0;
    err e = promotions_check(s->outside.promotions, cx, &wrong);
    if (!e)
        e = check_deal(v, cx);
    if (wrong)
        sim_fail(s, "%zu limits of promotions disagree with their uses", wrong);
    for (size_t i = 0; !e && i < s->coupons_n; i++) {
        struct promotions_promotion p;
        int64_t uses = 0;
        e = promotions_get(s->outside.promotions, cx, s->coupons[i].promotion_id, &p);
        str name = id_text(cx->arena, s->coupons[i].promotion_id);
        for (size_t k = 0; k < v->seen_n; k++)
            uses += uses_coupon(&v->seen[k], name);
        if (e)
            break;
        check_customers(v, i, name);
        check_window(v, name, s->coupons[i].starts_ms, s->coupons[i].ends_ms);
        int64_t budget = s->coupons[i].budget_minor, off = taken_off(v, name);
        if (budget && (off > budget || p.spent_minor != off))
            sim_fail(s, "coupon %zu: %lld off, %lld are counted, %lld allowed", i, (long long)off,
                (long long)p.spent_minor, (long long)budget);
        int64_t most = s->coupons[i].uses_max;
        if (most && (uses > most || p.used != uses))
            sim_fail(s, "coupon %zu: %lld orders with it, %lld are counted, %lld allowed", i,
                (long long)uses, (long long)p.used, (long long)most);
    }
    return e;
}

static err check_sagas(void *arg, struct cx *cx)
{
    struct view *v = arg;
    struct saga_view *rows;
    size_t n = 0, wrong = 0;
    err e = saga_list(v->s->outside.sagas, cx, 0, &rows, &n);
    if (!e && n)
        sim_fail(v->s, "%zu sagas are left: " STR_F " at " STR_F, n, STR_A(rows[0].kind),
            STR_A(rows[0].step));
    if (!e)
        e = orders_check(v->s->outside.orders, cx, &wrong);
    if (wrong)
        sim_fail(v->s, "%zu orders are not the sum of their lines", wrong);
    return e;
}

static err check_carts(void *arg, struct cx *cx)
{
    struct view *v = arg;
    err e = NULL;
    for (size_t i = 0; !e && i < v->s->buys_n; i++) {
        struct sim_buy *b = &v->s->buys[i];
        size_t bought = 0;
        const struct orders_order *last = NULL;
        for (size_t k = 0; b->from_cart && k < v->seen_n; k++)
            if (v->seen[k].buy->from_cart && v->seen[k].buy->buyer == b->buyer &&
                v->seen[k].stood) {
                bought++;
                last = &v->seen[k].o;
            }
        if (b->from_cart)
            e = sim_carts_check(v->s, cx, b, bought, last);
    }
    for (size_t k = 0; k < v->seen_n; k++)
        if (v->seen[k].late_for_cart && v->seen[k].stood)
            sim_fail(v->s, "order %s is of a cart that had changed before",
                sim_name(cx, v->seen[k].order_id));
    return e;
}

static err check_accounts(void *arg, struct cx *cx)
{
    struct view *v = arg;
    struct sim *s = v->s;
    err e = NULL;
    for (size_t i = 0; !e && i < s->cards_n; i++)
        e = check_account(v, cx, (struct ledger_account){ LEDGER_GIFT_CARD, s->cards[i].card_id },
            s->cards[i].minor, "gift card");
    for (size_t i = 0; !e && i < s->buyers_n; i++)
        e = check_account(v, cx, (struct ledger_account){ LEDGER_WALLET, s->buyers[i].user_id },
            s->buyers[i].wallet_minor + sim_repaid(s, &s->buyers[i].user_id), "wallet");
    return e;
}

static void run_checks(struct view *v, db_work *const *checks, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        err e = db_read(v->cx, checks[i], v);
        if (e)
            sim_fail(v->s, "check %zu: %s: " STR_F, i, e->slug, STR_A(v->cx->detail));
        cx_clear(v->cx);
    }
}

/* Sagas give back what they hold themselves: no job has let it expire yet. */
void sim_check_holds(struct sim *s)
{
    static db_work *const checks[] = { read_orders, check_stock, check_accounts, check_promotions };
    struct cx *cx = sim_cx(s, -1);
    struct view v = { .s = s, .cx = cx };
    sim_strays_sweep(s);
    run_checks(&v, checks, COUNT(checks));
    sim_cx_close(s, cx);
}

static err check_movements(void *arg, struct cx *cx)
{
    struct view *v = arg;
    err e = sim_check_movements(v->s, cx);
    return e ? e : sim_events_stock(v->s, cx);
}

static err check_reviews(void *arg, struct cx *cx)
{
    struct view *v = arg;
    return sim_check_reviews(v->s, cx);
}

void sim_check(struct sim *s, int64_t *ret_standing)
{
    static db_work *const checks[] = { read_orders, check_stock, check_provider, check_ledger,
        check_accounts, check_promotions, check_sagas, check_carts, check_reviews,
        check_movements };
    struct cx *cx = sim_cx(s, -1);
    struct view v = { .s = s, .cx = cx };
    sim_strays_sweep(s);
    run_checks(&v, checks, COUNT(checks));
    check_told(&v);
    check_endings(&v);
    *ret_standing = 0;
    for (size_t i = 0; i < v.seen_n; i++)
        *ret_standing += stands(&v.seen[i]);
    sim_cx_close(s, cx);
}
