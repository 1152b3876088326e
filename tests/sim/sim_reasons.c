/* SPDX-License-Identifier: Apache-2.0
 * Nobody is refused without a reason: what a buyer, or staff, was refused must be so in a world
 * that is counted here. Called by sim_buyers.c and sim_check.c; must never ask the code that
 * refused. */
#include "tests/sim/sim.h"
#include "tests/sim/sim_carts.h"

/* ---- what there was for whom ---- */

/* So often it was asked for, the request that is answered now included. */
static int64_t asked(const struct sim_buy *b)
{
    return (int64_t)(b->attempts_n ? b->attempts_n : 1);
}

/* All that was ever asked for at once would not empty the shelf. */
static bool is_plenty(const struct sim *s, const struct sim_goods *g)
{
    int64_t wanted = 0;
    if (s->counts.are)
        return false;
    for (size_t i = 0; i < s->buys_n; i++)
        for (size_t k = 0; k < s->buys[i].items_n; k++)
            if (id_eq(s->buys[i].items[k].variant_id, g->key.variant_id))
                wanted +=
                    asked(&s->buys[i]) * (s->buys[i].from_cart ? 5 : s->buys[i].items[k].quantity);
    for (size_t i = 0; i < s->strays_n; i++) {
        if (s->strays[i].kind == SIM_STRAY_STAFF)
            return false;
        wanted += 3;
    }
    return wanted <= g->received;
}

static bool is_goods_plenty(const struct sim *s, const struct sim_buy *b)
{
    for (size_t k = 0; k < b->items_n; k++)
        for (size_t i = 0; i < s->goods_n; i++)
            if (id_eq(b->items[k].variant_id, s->goods[i].key.variant_id) &&
                !is_plenty(s, &s->goods[i]))
                return false;
    return true;
}

/* Another order may hold some of the same gift card, or of the same wallet. */
static bool shares_tender(const struct sim *s, const struct sim_buy *b)
{
    for (size_t i = 0; i < s->buys_n; i++) {
        const struct sim_buy *other = &s->buys[i];
        if (other != b && ((b->gift_card >= 0 && other->gift_card == b->gift_card) ||
                              (b->use_wallet && other->use_wallet && other->buyer == b->buyer)))
            return true;
    }
    return false;
}

static bool is_coupon_left(const struct sim *s, const struct sim_buy *b)
{
    int64_t uses = 0;
    for (size_t i = 0; i < s->buys_n; i++)
        uses += str_eq(s->buys[i].coupon, b->coupon) ? asked(&s->buys[i]) : 0;
    for (size_t i = 0; i < s->strays_n; i++)
        if (s->strays[i].kind == SIM_STRAY_USE)
            return false;
    for (size_t i = 0; i < s->coupons_n; i++)
        if (str_eq(s->coupons[i].code, b->coupon))
            return s->coupons[i].per_customer == 0 && s->coupons[i].budget_minor == 0 &&
                   s->coupons[i].starts_ms == 0 && s->coupons[i].ends_ms == 0 &&
                   (s->coupons[i].uses_max == 0 || uses <= s->coupons[i].uses_max);
    return s->deal.units == 0; /* none was entered: a deal may be over */
}

/* ---- what buyers were refused for ---- */

struct way {
    struct sim *s;
    const struct sim_buy *buy;
    id order_id;
    bool gives;
};
static err unit_way(void *arg, struct cx *cx)
{
    struct way *w = arg;
    struct cart_state cart;
    struct payments_payment *list;
    size_t n = 0;
    err e = cart_get(
        w->s->outside.cart, cx, (struct cart_owner){ .token = w->buy->buyer->cart_token }, &cart);
    if (!e && !id_is_none(cart.order_id) && !id_eq(cart.order_id, w->order_id))
        e = payments_of_order(w->s->outside.payments, cx, cart.order_id, &list, &n);
    for (size_t i = 0; !e && i < n; i++)
        w->gives |= list[i].status == PAYMENTS_CHALLENGED &&
                    list[i].updated_ms + SIM_SKEW_MS < id_ms(w->order_id);
    return e;
}

/* The order that has the cart was at the bank before this one was thought of, and still is. */
static bool gives_way(struct sim *s, const struct sim_buy *b, id order_id)
{
    struct way w = { s, b, order_id, false };
    struct cx *cx = sim_cx(s, -1);
    err e = db_read(cx, unit_way, &w);
    sim_cx_close(s, cx);
    return !e && w.gives;
}

void sim_reasons_refused(struct sim *s, const struct sim_buy *b, id order_id, err why)
{
    bool may_decline = !str_eq(str_from_c(b->card), S("pm_card_visa")) || s->screens;
    bool is_wrong = false;
    if (why == &INVENTORY_OUT_OF_STOCK)
        is_wrong = is_goods_plenty(s, b);
    if (why == &LEDGER_BALANCE_LOW || why == &CHECKOUT_GIFT_EMPTY)
        is_wrong = !shares_tender(s, b);
    if (why == &PROMOTIONS_EXHAUSTED)
        is_wrong = is_coupon_left(s, b);
    if (why == &CART_TAKEN)
        is_wrong = !b->cart_changed && !b->buyer->arrives &&
                   (!sim_carts_shared(s, b) || gives_way(s, b, order_id));
    if (why == &PAYMENTS_DECLINED)
        is_wrong = !s->overtaken && !may_decline;
    if (why == &CHECKOUT_REFUSED)
        is_wrong = !s->screens;
    if (why == &INVENTORY_RESERVATION_GONE)
        is_wrong = !s->overtaken && s->now_ms + SIM_SKEW_MS < id_ms(order_id) + 10 * MINUTE_MS;
    if (why == &CHECKOUT_CANCELLED)
        is_wrong = !sim_withdrawn(s, order_id);
    if (is_wrong)
        sim_fail(s, "buy %zu was refused without a reason: %s", b->index, why->slug);
}

struct levels {
    struct sim *s;
    const struct sim_buy *buy;
    bool is_short;
};
static err unit_levels(void *arg, struct cx *cx)
{
    struct levels *l = arg;
    err e = NULL;
    for (size_t i = 0; !e && i < l->s->goods_n; i++) {
        const struct inventory_key *key = &l->s->goods[i].key;
        struct inventory_level *levels;
        size_t n = 0;
        int64_t wanted = 0, available = 0;
        for (size_t k = 0; k < l->buy->items_n; k++)
            if (id_eq(l->buy->items[k].variant_id, key->variant_id))
                wanted += l->buy->items[k].quantity;
        e = inventory_levels(
            l->s->outside.inventory, cx, key->product_id, key->variant_id, &levels, &n);
        for (size_t k = 0; !e && k < n; k++)
            available += levels[k].available;
        l->is_short |= wanted > available;
    }
    return e;
}

void sim_reasons_prepared(struct sim *s, const struct sim_buy *b, err why)
{
    struct levels l = { .s = s, .buy = b };
    if (why != &INVENTORY_OUT_OF_STOCK || b->from_cart) /* a cart may have changed */
        return;
    struct cx *cx = sim_cx(s, -1);
    err e = db_read(cx, unit_levels, &l);
    if (!e && !l.is_short)
        sim_fail(s, "buy %zu was refused what is there", b->index);
    sim_cx_close(s, cx);
}

struct tenders {
    struct sim *s;
    const struct sim_buy *buy;
    int64_t left; /* to be paid */
    struct checkout_tender want[2];
    size_t want_n;
};
static err unit_tenders(void *arg, struct cx *cx)
{
    struct tenders *t = arg;
    struct sim *s = t->s;
    const struct sim_buy *b = t->buy;
    bool card = b->gift_card >= 0, wallet = b->use_wallet && !id_is_none(b->buyer->user_id);
    const struct ledger_account accounts[] = {
        { LEDGER_GIFT_CARD, card ? s->cards[b->gift_card].card_id : (id){ { 0 } } },
        { LEDGER_WALLET, b->buyer->user_id },
    };
    err e = NULL;
    for (size_t i = 0; !e && i < COUNT(accounts); i++) {
        int64_t balance = 0, available = 0;
        if (i == 0 ? !card : !wallet)
            continue;
        e = ledger_balance(s->outside.ledger, cx, accounts[i], SIM_USD, &balance, &available);
        if (available > t->left)
            available = t->left;
        if (available > 0)
            t->want[t->want_n++] =
                (struct checkout_tender){ .owner = accounts[i].owner, .minor = available };
        t->left -= available > 0 ? available : 0;
    }
    return e;
}

/* The gift card and the wallet pay what they have free, and the card the rest. */
void sim_reasons_tenders(struct sim *s, const struct sim_buy *b, const struct checkout_plan *plan)
{
    struct tenders t = { .s = s, .buy = b, .left = plan->order.total.minor };
    struct cx *cx = sim_cx(s, -1);
    err e = db_read(cx, unit_tenders, &t);
    bool same = !e && t.want_n == plan->tenders_n && t.left == plan->card.minor;
    for (size_t i = 0; same && i < t.want_n; i++)
        same = id_eq(t.want[i].owner, plan->tenders[i].owner) &&
               t.want[i].minor == plan->tenders[i].minor;
    if (!same)
        sim_fail(s,
            "buy %zu: %zu gift cards and wallets are to pay it, and not %zu, or not as much",
            b->index, plan->tenders_n, t.want_n);
    sim_cx_close(s, cx);
}

/* ---- what the provider is asked ---- */

static const struct db_query find_record = { .name = "payments.sim_record",
    .text = { "SELECT payment_id AS own FROM payments_payment WHERE payment_id = ?1 "
              "UNION ALL SELECT deed_id FROM payments_deed WHERE deed_id = ?1",
        NULL },
    .in = sim_id_cols,
    .in_n = COUNT(sim_id_cols),
    .in_size = sizeof(struct sim_id_row),
    .out = sim_id_cols,
    .out_n = COUNT(sim_id_cols),
    .row_size = sizeof(struct sim_id_row) };

struct finding {
    struct sim *s;
    struct sim_id_row of;
    bool found;
};
static err unit_find(void *arg, struct cx *cx)
{
    struct finding *f = arg;
    struct sim_id_row row;
    return db_one(sim_store_db(f->s->store, SIM_MONEY), cx, &find_record, &f->of, &row, &f->found);
}

/* Each call has a key that is made of a row of ours, which is there before: so it can be made
 * again, by whoever takes it up. */
void sim_reasons_key(struct sim *s, str key)
{
    struct cx *cx = sim_cx(s, -1);
    struct finding f = { .s = s };
    bool is_id = key.n >= 36 && id_parse(str_sub(key, 0, 36), &f.of.id);
    err e = is_id ? db_read(cx, unit_find, &f) : NULL;
    if (!e && !f.found)
        sim_fail(s, "the provider is asked with a key that is on no record: " STR_F, STR_A(key));
    sim_cx_close(s, cx);
}

/* ---- what was refused of an order that stands ---- */

/* The order is still where it could be done: its states never go back. */
static bool could_end(const struct sim_ending *x, const struct orders_order *o)
{
    enum orders_status at = x->part ? o->groups[x->part - 1].status : o->status;
    bool cancels = x->why == CHECKOUT_CANCELS;
    for (size_t g = 0; !x->part && cancels && g < o->groups_n; g++)
        if (o->groups[g].status != ORDERS_CANCELLED && o->groups[g].status > at)
            at = o->groups[g].status;
    return cancels ? at == ORDERS_CONFIRMED || at == ORDERS_PROCESSING
                   : at == ORDERS_RETURN_REQUESTED && x->requested;
}

/* Of all that was asked for by way of goodwill, and given back in the provider's pages, the sum is
 * not more than it cost. */
static bool could_give(
    const struct sim *s, const struct sim_ending *x, const struct orders_order *o)
{
    int64_t sum = 0;
    for (size_t i = 0; i < s->endings_n; i++) {
        if (s->endings[i].buy != x->buy)
            continue;
        if (s->endings[i].why != CHECKOUT_GOODWILL)
            return false;
        sum += s->endings[i].minor;
    }
    for (size_t i = 0; i < s->pages.n; i++)
        sum += id_eq(s->pages.list[i].order_id, o->order_id) ? s->pages.list[i].minor : 0;
    return sum <= o->total.minor;
}

void sim_reasons_check(struct sim *s, const struct sim_ending *x, const struct orders_order *o)
{
    if (!x->answered || x->accepted || x->stranger || (size_t)x->part > o->groups_n || !x->refused)
        return;
    bool too_large = x->refused == &PAYMENTS_AMOUNT_TOO_LARGE && could_give(s, x, o);
    bool no_amount = x->refused == &ERR_INVALID && x->minor > 0;
    bool is_wrong = x->why == CHECKOUT_GOODWILL ? too_large || no_amount : could_end(x, o);
    if (is_wrong)
        sim_fail(s, "ending %d of buy %zu, part %d was refused without a reason: %s", (int)x->why,
            x->buy->index, (int)x->part, x->refused->slug);
}

/* ---- what a repeat of a key is told: what became of the order, as it is on record ---- */

struct told {
    struct sim *s;
    id order_id;
    struct orders_order o;
    bool found;
};
static err unit_order(void *arg, struct cx *cx)
{
    struct told *t = arg;
    err e = orders_get(
        t->s->outside.orders, cx, (struct orders_owner){ .staff = true }, t->order_id, &t->o);
    t->found = !e;
    cx_clear(cx);
    return NULL;
}

static bool has(str body, const char *text)
{
    return str_find(body, str_from_c(text), 0) >= 0;
}

void sim_told_again(struct sim *s, const struct sim_buy *b, const struct idem_reply *stored)
{
    struct cx *cx = sim_cx(s, -1);
    struct told t = { .s = s, .order_id = stored->subject };
    err e = db_read(cx, unit_order, &t);
    if (e || !t.found) {
        sim_fail(s, "buy %zu: the order of its key is not there", b->index);
    } else if (stored->status == 201) {
        if (!has(stored->body, "\"status\":\"confirmed\"") ||
            !has(stored->body, "\"paymentStatus\":\"captured\""))
            sim_fail(s, "buy %zu is told again: " STR_F, b->index, STR_A(stored->body));
    } else {
        str why = t.o.cancel_reason;
        bool declined = str_eq(why, S("payment_declined")) || str_eq(why, S("order_declined"));
        if (t.o.status != ORDERS_CANCELLED || stored->status != (declined ? 402 : 409))
            sim_fail(s, "buy %zu is told %d again, and its order is %s: " STR_F, b->index,
                stored->status, orders_status_names[t.o.status], STR_A(why));
    }
    sim_cx_close(s, cx);
}
