/* SPDX-License-Identifier: Apache-2.0
 * One cart, several orders: buyers who send it again under another key, and who change it while it
 * is being ordered. Called by sim_buyers.c, sim_holds.c and sim_check.c; must never trust what an
 * order says of its cart. */
#include "tests/sim/sim.h"
#include "tests/sim/sim_carts.h"
#include "tests/sim/sim_people.h"

/* ---- the rows ---- */

static const struct db_query list_claimed = { .name = "cart.sim_claimed",
    .text = { "SELECT order_id FROM cart_cart WHERE order_id IS NOT NULL", NULL },
    .out = sim_id_cols,
    .out_n = COUNT(sim_id_cols),
    .row_size = sizeof(struct sim_id_row) };

/* Who has it, at whatever time, and who had it to the end. */
static const struct db_query list_owners = { .name = "cart.sim_owners",
    .text = { "SELECT order_id FROM cart_cart WHERE cart_id = ?1 AND order_id IS NOT NULL "
              "UNION ALL SELECT order_id FROM cart_order",
        NULL },
    .in = sim_id_cols,
    .in_n = COUNT(sim_id_cols),
    .in_size = sizeof(struct sim_id_row),
    .out = sim_id_cols,
    .out_n = COUNT(sim_id_cols),
    .row_size = sizeof(struct sim_id_row) };

/* ---- at any time: nobody has a cart whose order is over ---- */

struct look {
    struct sim *s;
    struct sim_id_row *carts;
    size_t n;
};
static err unit_claims(void *arg, struct cx *cx)
{
    struct look *l = arg;
    return db_many(
        sim_store_db(l->s->store, SIM_CART), cx, &list_claimed, NULL, (void **)&l->carts, &l->n);
}

void sim_carts_look(struct sim *s, struct cx *cx, const struct saga_view *sagas, size_t sagas_n)
{
    struct look l = { .s = s };
    err e = s->apart ? NULL : db_read(cx, unit_claims, &l); /* in one database both go at once */
    for (size_t i = 0; !e && i < l.n; i++) {
        bool lives = false;
        for (size_t k = 0; k < sagas_n; k++)
            lives |= id_eq(sagas[k].saga_id, l.carts[i].id);
        if (!lives)
            sim_fail(
                s, "order %s: it has a cart, and its saga is over", sim_name(cx, l.carts[i].id));
    }
}

/* ---- who changes it ---- */

bool sim_carts_shared(const struct sim *s, const struct sim_buy *b)
{
    size_t n = 0;
    for (size_t i = 0; i < s->buys_n; i++)
        n += s->buys[i].from_cart && s->buys[i].buyer == b->buyer;
    return n > 1;
}

struct changing {
    struct sim_buy *buy;
    int64_t quantity;
    size_t line;
    struct sim_id_row *owners;
    size_t owners_n;
    bool changed;
    id variant_id;
};

static err unit_change(void *arg, struct cx *cx)
{
    struct changing *c = arg;
    struct sim *s = c->buy->sim;
    struct cart_owner owner = { .token = c->buy->buyer->cart_token };
    struct cart_state state;
    err e = cart_get(s->outside.cart, cx, owner, &state);
    if (e || state.items_n == 0)
        return e;
    const struct cart_item *item = &state.items[c->line % state.items_n];
    c->changed = item->quantity != c->quantity;
    c->variant_id = item->variant_id;
    e = db_many(sim_store_db(s->store, SIM_CART), cx, &list_owners,
        &(struct sim_id_row){ state.cart_id }, (void **)&c->owners, &c->owners_n);
    return e || !c->changed ? e
                            : cart_set(s->outside.cart, cx, owner, item->cart_item_id, c->quantity);
}

/* Orders that were prepared of what it was, and have not claimed it by now, are too late. */
static void note_late(const struct changing *c, struct sim_buy *b)
{
    for (size_t k = 0; k < b->attempts_n; k++) {
        bool owns = false;
        for (size_t i = 0; i < c->owners_n; i++)
            owns |= id_eq(c->owners[i].id, b->attempts[k]);
        b->late_for_cart[k] |= !owns;
    }
}

static void change(struct sim *s, void *arg)
{
    struct changing *c = arg;
    struct cx *cx = sim_cx(s, -1);
    bool direct = s->direct;
    s->direct = true;
    err e = db_write_wait(sim_store_db(s->store, SIM_CART), cx, 0, unit_change, c);
    s->direct = direct;
    if (e)
        sim_fail(s, "a cart cannot be changed: %s: " STR_F, e->slug, STR_A(cx->detail));
    for (size_t i = 0; !e && c->changed && i < s->buys_n; i++)
        if (s->buys[i].from_cart && s->buys[i].buyer == c->buy->buyer) {
            note_late(c, &s->buys[i]);
            s->buys[i].cart_changed = true;
            s->buys[i].cart_changes++;
            s->buys[i].cart_line = c->variant_id;
            s->buys[i].cart_quantity = c->quantity;
        }
    if (c->changed)
        sim_say(s, "the cart of buy %zu is changed", c->buy->index);
    sim_cx_close(s, cx);
}

/* Just when it is being ordered, or a while later. */
void sim_carts_open(struct sim *s, struct sim_buy *b, int64_t in_ms)
{
    if (!b->from_cart || !rng_chance(&s->rng, 200))
        return;
    struct changing *c = NEW(s->life, struct changing);
    *c = (struct changing){
        .buy = b, .quantity = sim_between(s, 1, 4), .line = (size_t)rng_below(&s->rng, SIM_LINES)
    };
    in_ms += rng_chance(&s->rng, 700) ? sim_between(s, 0, 25) : sim_between(s, 0, 60000);
    sim_at(s, -1, in_ms, change, c, NULL);
}

/* ---- in the end ---- */

struct left {
    struct sim *s;
    struct sim_buy *buy;
    size_t n;
    int64_t quantity; /* of the line that was changed */
    bool claimed;
};
static err unit_left(void *arg, struct cx *cx)
{
    struct left *in = arg;
    struct cart_state state;
    err e = cart_get(in->s->outside.cart, cx,
        (struct cart_owner){ .token = in->buy->buyer->cart_token }, &state);
    in->n = e ? 0 : state.items_n;
    in->claimed = !e && !id_is_none(state.order_id);
    for (size_t i = 0; i < in->n; i++)
        if (id_eq(state.items[i].variant_id, in->buy->cart_line))
            in->quantity = state.items[i].quantity;
    return e;
}

/* Of a line that was changed, whenever that was, what was not bought stays. */
static void check_rest(
    struct sim *s, const struct sim_buy *b, const struct left *in, const struct orders_order *o)
{
    int64_t rest = b->cart_quantity;
    for (size_t i = 0; i < o->lines_n; i++)
        rest -= id_eq(o->lines[i].variant_id, b->cart_line) ? o->lines[i].quantity : 0;
    rest = rest > 0 ? rest : 0;
    if (in->quantity != rest)
        sim_fail(s, "buy %zu: %lld of a line are in its cart, and not %lld", b->index,
            (long long)in->quantity, (long long)rest);
}

/* Bought lines leave the cart; what was not bought stays. One cart makes one order. */
err sim_carts_check(
    struct sim *s, struct cx *cx, struct sim_buy *b, size_t bought, const struct orders_order *last)
{
    struct left in = { .s = s, .buy = b };
    if (!id_is_none(b->buyer->arrived))
        return sim_people_cart(s, cx, b);
    err e = unit_left(&in, cx);
    bool same = !e && in.n == (bought ? 0 : b->items_n);
    if (!e && !same && (!bought || !b->cart_changed)) /* else some was put in meanwhile */
        sim_fail(s, "buy %zu: %zu lines are in the cart", b->index, in.n);
    if (!e && bought == 1 && b->cart_changes == 1 && !s->apart)
        check_rest(s, b, &in, last);
    if (bought > 1 && !b->cart_changed)
        sim_fail(s, "buy %zu: its cart made %zu orders", b->index, bought);
    if (in.claimed)
        sim_fail(s, "buy %zu: its cart is an order's that is over", b->index);
    return e;
}

/* Another order gets the cart of one that is at the bank, or on its way for long. */
void sim_carts_lost(
    struct sim *s, struct cx *cx, const struct sim_buy *b, const struct orders_order *o)
{
    bool at_bank = str_eq(str_from_c(b->card), S("pm_card_3ds"));
    bool late = o->updated_ms - o->created_ms >= CART_CLAIM_MS - 2000; /* clocks differ */
    if (str_starts(o->cancel_reason, S("cart.")) && !at_bank && !late)
        sim_fail(s, "order %s lost its cart to another", sim_name(cx, o->order_id));
}
