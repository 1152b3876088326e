/* SPDX-License-Identifier: Apache-2.0
 * People who change while their orders are under way: guests who sign in, buyers whose data is
 * erased; and staff who approve a refund again. Called by sim_buyers.c, sim_after.c and the checks;
 * must never draw from the world's chance what others would have drawn. */
#include "flows/privacy/privacy_internal.h"
#include "tests/sim/sim.h"
#include "tests/sim/sim_people.h"

#define ERASE_TRIES 30
#define APPROVE_TRIES 8

/* Drawn apart, so that worlds without them are the same for it. */
void sim_people_draw(struct sim *s)
{
    struct rng *rng = &s->people.rng;
    *rng = rng_seeded(s->seed + UINT64_C(0x70656f706c65)); /* "people" */
    s->people.sign_in = rng_chance(rng, 350) ? (unsigned)rng_between(rng, 200, 1000) : 0;
    s->people.erased = rng_chance(rng, 300) ? (unsigned)rng_between(rng, 100, 700) : 0;
    s->people.approved = rng_chance(rng, 250) ? (unsigned)rng_between(rng, 100, 500) : 0;
}

/* Nobody may wait for another's chance: the draws of one event are of its own. */
static int64_t soon(struct sim *s, int64_t most)
{
    struct rng *rng = &s->people.rng;
    return rng_chance(rng, 300) ? rng_between(rng, 0, 60) : rng_between(rng, 0, most);
}

/* ---- guests who sign in ---- */

struct arrival {
    struct sim *sim;
    struct sim_buyer *buyer;
    id user_id;
    int parts; /* that are done: in one database there is one, else the cart, then the orders */
};
struct arriving {
    struct arrival *a;
    int part;
};

static err unit_arrive(void *arg, struct cx *cx)
{
    const struct arriving *w = arg;
    struct sim *s = w->a->sim;
    struct sim_process *p = &s->processes[s->running];
    str hash = secret_sha256_hex(cx->arena, w->a->buyer->cart_token);
    err e = NULL;
    if (w->part == 0)
        e = cart_merge(p->cart, cx, w->a->user_id, (struct cart_owner){ .token_hash = hash });
    if (!e && (w->part == 1 || !s->apart))
        e = orders_adopt(p->orders, cx, hash, w->a->user_id);
    return e;
}

static void arrive(struct sim *s, void *arg);

static bool is_there(const struct arrival *a)
{
    return a->parts == (a->sim->apart ? 2 : 1);
}

static void arrived(void *arg, struct cx *cx, err e)
{
    const struct arriving *w = arg;
    struct arrival *a = w->a;
    struct sim *s = a->sim;
    sim_say(s, "%s signs in, part %d: %s", sim_name(cx, a->user_id), w->part, e ? e->slug : "ok");
    if (!e && a->parts == w->part) {
        a->parts++;
        if (is_there(a))
            a->buyer->arrived = a->user_id;
        else
            sim_at(s, -1, soon(s, 3000), arrive, a, NULL);
    }
    sim_cx_close(s, cx);
}

/* Again until it is done: those who sign in try again, and so does the bus. */
static void arrive(struct sim *s, void *arg)
{
    struct arrival *a = arg;
    int process = sim_some_process(s);
    if (is_there(a))
        return;
    sim_at(s, -1, rng_between(&s->people.rng, 1000, 30000), arrive, a, NULL);
    if (process < 0)
        return;
    a->buyer->arrives = true;
    struct cx *cx = sim_cx(s, process);
    struct arriving *w = NEW(cx->arena, struct arriving);
    *w = (struct arriving){ a, a->parts };
    s->running = process;
    db_write(
        sim_store_db(s->store, w->part ? SIM_ORDERS : SIM_CART), cx, 0, unit_arrive, w, arrived);
    s->running = -1;
}

static err unit_own(void *arg, struct cx *cx)
{
    const struct arrival *a = arg;
    const struct checkout_item *x = &a->buyer->first;
    struct cart_item item;
    str token;
    return cart_add(a->sim->outside.cart, cx,
        (struct cart_add){ .owner = { .user_id = a->user_id },
            .product_id = x->product_id,
            .variant_id = x->variant_id,
            .quantity = 1,
            .price = money_of(100, SIM_USD) },
        &item, &token);
}

/* Some have one of the same in a cart of their own. */
static void plan(struct sim *s, struct sim_buy *b, int64_t in_ms)
{
    struct arrival *a = NEW(s->life, struct arrival);
    *a = (struct arrival){ s, b->buyer, id_new(&s->people.rng, s->begun_ms), 0 };
    b->buyer->signs_in = false;
    b->buyer->first = b->items[0];
    if (b->from_cart && rng_chance(&s->people.rng, 400)) {
        err e = sim_at_once(s, SIM_CART, unit_own, a);
        if (e)
            sim_fail(s, "no cart of a user: %s", e->slug);
        b->buyer->owns = true;
    }
    sim_at(s, -1, in_ms, arrive, a, NULL);
}

/* Just when they order, a while later, or at the bank. */
void sim_people_open(struct sim *s, struct sim_buy *b, int64_t in_ms)
{
    struct rng *rng = &s->people.rng;
    if (!s->people.sign_in || !id_is_none(b->buyer->user_id) || b->buyer->seen)
        return;
    b->buyer->seen = true; /* of one cart there are several */
    if (!rng_chance(rng, s->people.sign_in))
        return;
    b->buyer->signs_in = true;
    if (rng_chance(rng, 400))
        plan(s, b, in_ms + soon(s, rng_chance(rng, 500) ? 1000 : 60000));
}

void sim_people_at_bank(struct sim *s, struct sim_buy *b)
{
    if (b->buyer->signs_in)
        plan(s, b, soon(s, 90000));
}

/* Who has signed in orders as a user; what was sent before is asked for again as it was. A coupon
 * is once for a guest and once for a user: such orders stay a guest's. */
void sim_people_as(struct sim_buy *b, struct cx *cx)
{
    if (!b->sent && !b->coupon.n)
        b->as_user = b->buyer->arrived;
    b->sent = true;
    if (id_is_none(b->as_user))
        return;
    cx->who.user_id = b->as_user;
    cx->who.email = b->buyer->email;
}

/* Pages are looked at as whoever they are by now. */
void sim_people_now(const struct sim_buyer *buyer, struct cx *cx)
{
    if (!id_is_none(buyer->arrived))
        cx->who.user_id = buyer->arrived;
}

/* ---- what must come of it ---- */

id sim_people_owes(const struct sim *s, const struct orders_order *o)
{
    for (size_t i = 0; i < s->buys_n; i++)
        for (size_t k = 0; k < s->buys[i].attempts_n; k++)
            if (id_eq(s->buys[i].attempts[k], o->order_id)) {
                const struct sim_buy *b = &s->buys[i];
                id user = id_is_none(b->buyer->user_id) ? b->as_user : b->buyer->user_id;
                return id_is_none(user) ? o->order_id : user;
            }
    return o->order_id;
}

/* Units of it that orders of this cart have bought. */
static err bought_of(
    struct sim *s, struct cx *cx, const struct sim_buyer *buyer, id variant_id, int64_t *ret)
{
    for (size_t i = 0; i < s->buys_n; i++)
        for (size_t k = 0; k < s->buys[i].attempts_n; k++) {
            struct orders_order o;
            if (s->buys[i].buyer != buyer || !s->buys[i].from_cart)
                continue;
            err e = orders_get(s->outside.orders, cx, (struct orders_owner){ .staff = true },
                s->buys[i].attempts[k], &o);
            if (e && e != &ERR_MISSING)
                return e;
            cx_clear(cx);
            bool stood = false;
            if (!e)
                e = sim_was_confirmed(s, cx, o.order_id, &stood);
            if (e || !stood)
                continue;
            for (size_t l = 0; l < o.lines_n; l++)
                *ret += id_eq(o.lines[l].variant_id, variant_id) ? o.lines[l].quantity : 0;
        }
    return NULL;
}

static void check_line(struct sim *s, const struct sim_buy *b, const struct cart_state *cart,
    size_t line, int64_t bought)
{
    const struct checkout_item *x = &b->items[line];
    int64_t had =
        x->quantity + (b->buyer->owns && id_eq(x->variant_id, b->buyer->first.variant_id));
    int64_t left = 0;
    for (size_t i = 0; i < cart->items_n; i++)
        left += id_eq(cart->items[i].variant_id, x->variant_id) ? cart->items[i].quantity : 0;
    if (left + bought != had)
        sim_fail(s,
            "buy %zu: of %lld in its cart %lld were bought, and %lld are in it after a sign-in",
            b->index, (long long)had, (long long)bought, (long long)left);
}

err sim_people_cart(struct sim *s, struct cx *cx, const struct sim_buy *b)
{
    struct cart_state guest, mine;
    err e =
        cart_get(s->outside.cart, cx, (struct cart_owner){ .token = b->buyer->cart_token }, &guest);
    if (!e)
        e = cart_get(
            s->outside.cart, cx, (struct cart_owner){ .user_id = b->buyer->arrived }, &mine);
    if (e)
        return e;
    if (guest.items_n)
        sim_fail(s, "buy %zu: the cart of a guest who signed in is still there", b->index);
    if (!id_is_none(mine.order_id))
        sim_fail(s, "buy %zu: the cart of a user is an order's that is over", b->index);
    for (size_t i = 0; !e && i < b->items_n && !b->cart_changed && !b->buyer->erased; i++) {
        int64_t bought = 0;
        e = bought_of(s, cx, b->buyer, b->items[i].variant_id, &bought);
        if (!e)
            check_line(s, b, &mine, i, bought);
    }
    return e;
}

/* ---- buyers whose data is erased ---- */

static const struct part {
    const struct service *service;
    enum sim_place place;
} parts[] = {
    { &cart_service, SIM_CART },
    { &fraud_service, SIM_BOOKS },
    { &orders_service, SIM_ORDERS },
    { &payments_service, SIM_MONEY },
};

struct erasure {
    struct sim *sim;
    struct sim_buyer *buyer;
    struct privacy *privacy;
    size_t at; /* of the parts */
    int tries;
};
struct erasing {
    struct erasure *of;
    size_t at;
    bool waits;
};

static struct db *db_of(void *arg, str service)
{
    struct sim *s = arg;
    for (size_t i = 0; i < COUNT(parts); i++)
        if (str_eq(service, str_from_c(parts[i].service->name)))
            return sim_store_db(s->store, parts[i].place);
    return sim_store_db(s->store, SIM_MAIN);
}

static id user_of(const struct sim_buyer *buyer)
{
    return id_is_none(buyer->user_id) ? buyer->arrived : buyer->user_id;
}

static err unit_erase(void *arg, struct cx *cx)
{
    const struct erasing *w = arg;
    struct erasure *x = w->of;
    return privacy_person_erase(x->privacy, cx, parts[w->at].service,
        (struct privacy_person){ user_of(x->buyer), x->buyer->email });
}

static void erase(struct sim *s, void *arg);

static void erased(void *arg, struct cx *cx, err e)
{
    const struct erasing *w = arg;
    struct erasure *x = w->of;
    struct sim *s = x->sim;
    sim_say(s, "%s is erased, part %zu: %s", sim_name(cx, user_of(x->buyer)), w->at,
        e ? e->slug : "ok");
    if (!e && x->at == w->at) {
        x->at++;
        sim_at(s, -1, soon(s, 5000), erase, x, NULL);
    }
    sim_cx_close(s, cx);
}

/* None of their orders is being made: such a person could not go. */
static err unit_waits(void *arg, struct cx *cx)
{
    struct erasing *w = arg;
    struct sim *s = w->of->sim;
    for (size_t i = 0; i < s->buys_n; i++)
        for (size_t k = 0; s->buys[i].buyer == w->of->buyer && k < s->buys[i].attempts_n; k++) {
            struct orders_order o;
            err e = orders_get(s->outside.orders, cx, (struct orders_owner){ .staff = true },
                s->buys[i].attempts[k], &o);
            w->waits |= !e && o.status == ORDERS_PENDING;
            cx_clear(cx);
        }
    return NULL;
}

static bool may_go(struct sim *s, struct erasure *x)
{
    struct erasing w = { .of = x };
    for (size_t i = 0; i < s->buys_n; i++)
        w.waits |= s->buys[i].buyer == x->buyer && s->buys[i].told == SIM_TOLD_NOTHING;
    struct cx *cx = sim_cx(s, -1);
    err e = w.waits ? NULL : db_read(cx, unit_waits, &w);
    sim_cx_close(s, cx);
    return !e && !w.waits;
}

static void erase(struct sim *s, void *arg)
{
    struct erasure *x = arg;
    int process = sim_some_process(s);
    if (x->at == COUNT(parts) || x->tries++ == ERASE_TRIES)
        return;
    sim_at(s, -1, rng_between(&s->people.rng, 2000, 60000), erase, x, NULL);
    if (process < 0 || (x->at == 0 && !may_go(s, x)))
        return;
    x->buyer->erased = true;
    struct cx *cx = sim_cx(s, process);
    struct erasing *w = NEW(cx->arena, struct erasing);
    *w = (struct erasing){ x, x->at, false };
    s->running = process;
    db_write(sim_store_db(s->store, parts[w->at].place), cx, 0, unit_erase, w, erased);
    s->running = -1;
}

static void plan_erasure(struct sim *s, struct sim_buy *b)
{
    struct erasure *x = NEW(s->life, struct erasure);
    *x = (struct erasure){ .sim = s, .buyer = b->buyer };
    x->privacy = privacy_open(s->life, (struct privacy_deps){ .db_of = db_of, .arg = s });
    sim_at(s, -1, soon(s, 120000), erase, x, NULL);
}

/* ---- what another person has approved, again ---- */

struct approving {
    struct sim_ending *ending;
};

static void approved(void *arg, struct cx *cx, err e)
{
    const struct approving *a = arg;
    struct sim_ending *x = a->ending;
    struct sim *s = x->sim;
    sim_say(s, "a refund of buy %zu is approved: %s", x->buy->index, e ? e->slug : "made");
    bool later = e && (e->kind == KIND_BUSY || e == &CHECKOUT_BUSY || e == &IDEM_RUNNING);
    if (e && e->kind == KIND_BUG)
        sim_fail(s, "an approval: 500: %s: " STR_F, e->slug, STR_A(cx->detail));
    if (e && !later && x->accepted)
        sim_fail(s, "buy %zu: a refund was made, and is refused when it is approved again: %s",
            x->buy->index, e->slug);
    x->answered |= !later;
    x->accepted |= !e;
    if (!later)
        x->refused = e;
    sim_cx_close(s, cx);
}

static void approve_at(struct sim *s, struct sim_ending *x, int process)
{
    struct cx *cx = sim_cx(s, process);
    struct approving *a = NEW(cx->arena, struct approving);
    a->ending = x;
    x->tries++;
    s->running = process;
    checkout_refund_approved(s->processes[process].c, cx,
        (struct checkout_approved){ .approval_id = x->approval_id,
            .order_id = x->buy->order_id,
            .amount = money_decimal(cx->arena, money_of(x->minor, SIM_USD)),
            .reason = S("simulated"),
            .done = approved,
            .arg = a });
    s->running = -1;
}

static void approve(struct sim *s, void *arg)
{
    struct sim_ending *x = arg;
    int process = sim_some_process(s);
    if (x->tries == APPROVE_TRIES)
        return;
    if (process >= 0)
        approve_at(s, x, process);
    if (!x->answered || rng_chance(&s->people.rng, 500))
        sim_at(s, -1, soon(s, rng_chance(&s->people.rng, 500) ? 5000 : 4 * MINUTE_MS), approve, x,
            NULL);
}

static void plan_approval(struct sim *s, struct sim_buy *b)
{
    if (s->endings_n == SIM_ENDINGS)
        return;
    struct sim_ending *x = &s->endings[s->endings_n++];
    *x = (struct sim_ending){ .sim = s,
        .buy = b,
        .why = CHECKOUT_GOODWILL,
        .minor = rng_between(&s->people.rng, 1, 700),
        .approval_id = id_new(&s->people.rng, s->now_ms) };
    sim_at(s, -1, soon(s, 120000), approve, x, NULL);
}

/* Days later, when no key of anybody else is known any more. */
void sim_people_again(struct sim *s)
{
    for (size_t i = 0; i < s->endings_n; i++)
        if (!id_is_none(s->endings[i].approval_id) && s->endings[i].tries)
            approve_at(s, &s->endings[i], sim_some_process(s));
}

void sim_people_placed(struct sim *s, struct sim_buy *b)
{
    struct rng *rng = &s->people.rng;
    if (s->people.erased && rng_chance(rng, s->people.erased) && !id_is_none(user_of(b->buyer)))
        plan_erasure(s, b);
    if (s->people.approved && rng_chance(rng, s->people.approved))
        plan_approval(s, b);
}
