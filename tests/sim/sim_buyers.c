/* SPDX-License-Identifier: Apache-2.0
 * Buyers: what they want, how they send it until they are answered, and what they do at the bank.
 * Called by sim.c; must never use what a client could not know. */
#include "flows/checkout/checkout_pages.h"
#include "tests/sim/sim.h"
#include "tests/sim/sim_carts.h"
#include "tests/sim/sim_pages.h"
#include "tests/sim/sim_people.h"

#define TRIES_MAX SIM_ATTEMPTS

static const struct identity_address addresses[] = {
    { .name = S_INIT("Ada Lovelace"),
        .line1 = S_INIT("1 Main St"),
        .city = S_INIT("Springfield"),
        .region = S_INIT("IL"),
        .postal_code = S_INIT("62701"),
        .country = S_INIT("US") },
    { .name = S_INIT("Ada Lovelace"),
        .line1 = S_INIT("2 Mission St"),
        .city = S_INIT("San Francisco"),
        .region = S_INIT("CA"),
        .postal_code = S_INIT("94105"),
        .country = S_INIT("US") },
    { .name = S_INIT("Emmy Noether"),
        .line1 = S_INIT("Hauptstr. 4"),
        .city = S_INIT("Erlangen"),
        .postal_code = S_INIT("91052"),
        .country = S_INIT("DE") },
};

static void buy_request(struct sim *s, void *arg);

static void as(struct cx *cx, const struct sim_buyer *buyer)
{
    cx->who = (struct principal){
        .user_id = buyer->user_id, .email = buyer->email, .cart_token = buyer->cart_token
    };
    if (id_is_none(buyer->user_id))
        cx->who.email = (str){ 0 };
}

/* ---- the bank ---- */

struct visit {
    struct sim_buy *buy;
    id order_id;
    int pages;
};

struct at_bank {
    struct sim *s;
    id order_id;
    str ref;
};
static err unit_bank(void *arg, struct cx *cx)
{
    struct at_bank *b = arg;
    struct payments_payment *list;
    size_t n;
    err e = payments_of_order(b->s->outside.payments, cx, b->order_id, &list, &n);
    for (size_t i = 0; !e && i < n; i++)
        if (list[i].status == PAYMENTS_CHALLENGED)
            b->ref = list[i].provider_ref;
    return e;
}

/* A page may be parked until the saga has looked: it lives as long as the world. */
struct seeing {
    struct cx cx;
    struct checkout_order_in in;
    struct reply reply;
    struct reply_park park;
};

static void shown(struct reply_park *park, err e)
{
    (void)park;
    (void)e;
}

/* The buyer sees a page of an order that waits for them: what is held for it is held on, ten
 * minutes from now, but an hour in all. */
static void see_page(struct sim *s, const struct visit *v,
    err (*page)(void *service, struct cx *cx, const void *in, struct reply *reply))
{
    int process = sim_some_process(s);
    struct sim_held *h = sim_held(s, v->order_id);
    if (process < 0 || !h)
        return;
    struct cx *made = sim_cx(s, process);
    struct seeing *w = NEW(s->life, struct seeing);
    struct cx *cx = &w->cx;
    w->cx = *made;
    w->cx.arena = s->life;
    sim_cx_close(s, made);
    w->in.order_id = v->order_id;
    w->park.finish = shown;
    w->reply.park = &w->park;
    int64_t most = id_ms(v->order_id) + 60 * MINUTE_MS, until = cx->now_ms + 10 * MINUTE_MS;
    as(cx, v->buy->buyer);
    sim_people_now(v->buy->buyer, cx);
    sim_say(s, "%s is looked at", sim_name(cx, v->order_id));
    s->running = process;
    sim_holds_asked(s, h, until < most ? until : most);
    err e = page(s->processes[process].c, cx, &w->in, &w->reply);
    s->renewing = NULL;
    s->running = -1;
    if (e && e->kind == KIND_BUG)
        sim_fail(s, "a page: %s: " STR_F, e->slug, STR_A(cx->detail));
}

static void bank_page(struct sim *s, void *arg)
{
    see_page(s, arg, checkout_get_challenge);
}

static void expire(struct sim *s, void *arg)
{
    (void)arg;
    sim_expire(s);
}

/* Now and then; some just when the time is over, while jobs look for such goods. */
static void look_at_page(struct sim *s, struct visit *v)
{
    int64_t in_ms = sim_between(s, 100, 90000);
    if (rng_chance(&s->rng, 300))
        in_ms = sim_between(s, 100, 900000);
    if (rng_chance(&s->rng, 300)) {
        int64_t end = id_ms(v->order_id) + 10 * MINUTE_MS - s->now_ms;
        end = end > 1 ? end : 1;
        in_ms = end + sim_between(s, 0, 1500);
        sim_at(s, -1, in_ms + sim_between(s, 0, 20), expire, NULL, NULL);
    }
    sim_at(s, -1, in_ms, bank_page, v, NULL);
}

/* The buyer answers, and the browser comes back to some process, or does not. */
static void bank_visit(struct sim *s, void *arg)
{
    struct visit *v = arg;
    struct cx *cx = sim_cx(s, -1);
    struct at_bank b = { .s = s, .order_id = v->order_id };
    err e = db_read(cx, unit_bank, &b);
    if (!e && b.ref.n) {
        e = pay_sandbox_challenge(&s->sandbox, cx, b.ref, v->buy->approves);
        sim_say(s, "%s at the bank: %s, %s", sim_name(cx, v->order_id),
            v->buy->approves ? "approved" : "denied", e ? e->slug : "ok");
        int process = sim_some_process(s);
        if (process >= 0 && rng_chance(&s->rng, 500)) {
            see_page(s, v, checkout_get_return);
        } else if (process >= 0 && !sim_chance(s, s->rates.provider)) {
            s->running = process;
            saga_wake(s->processes[process].sagas, cx,
                (struct saga_wake){ .saga_id = v->order_id, .force = true });
            s->running = -1;
        }
    }
    sim_cx_close(s, cx);
}

static void jobs_once(struct sim *s, void *arg)
{
    (void)arg;
    sim_jobs_once(s);
}

/* They keep the page open and load it again before the ten minutes are over, for longer than any
 * order waits; the shop works on meanwhile. */
static void stay(struct sim *s, void *arg)
{
    struct visit *v = arg;
    bank_page(s, v);
    sim_at(s, -1, 2000, jobs_once, NULL, NULL);
    if (++v->pages < 12)
        sim_at(s, -1, sim_between(s, 4 * MINUTE_MS, 8 * MINUTE_MS), stay, v, NULL);
    else
        sim_at(s, -1, sim_between(s, 500, 90000), bank_visit, v, NULL);
}

static void go_to_bank(struct sim_buy *b, id order_id)
{
    struct sim *s = b->sim;
    if (b->bank_asked)
        return;
    b->bank_asked = true;
    sim_people_at_bank(s, b);
    struct visit *v = NEW(s->life, struct visit);
    *v = (struct visit){ b, order_id, 0 };
    if (b->stays_at_bank) {
        sim_at(s, -1, sim_between(s, 500, 90000), stay, v, NULL);
        return;
    }
    for (int64_t n = sim_between(s, 0, 3); n > 0; n--)
        look_at_page(s, v);
    if (b->leaves_bank)
        return;
    int64_t in_ms =
        rng_chance(&s->rng, 100) ? sim_between(s, 590000, 700000) : sim_between(s, 500, 90000);
    sim_at(s, -1, in_ms, bank_visit, v, NULL);
}

/* ---- answers ---- */

struct request {
    struct sim_buy *buy;
    struct checkout_place place;
    struct cx *cx;
    int64_t events_n; /* that had happened when it was sent */
};

static void told_placed(struct sim_buy *b, struct cx *cx, id order_id)
{
    struct sim *s = b->sim;
    sim_say(s, "buy %zu is placed: %s", b->index, sim_name(cx, order_id));
    if (b->settled)
        sim_fail(s, "buy %zu: one key, two answers: refused, then placed", b->index);
    if (b->told == SIM_TOLD_PLACED && !id_eq(b->order_id, order_id))
        sim_fail(s, "buy %zu: one key, two orders", b->index);
    bool first = b->told != SIM_TOLD_PLACED;
    b->told = SIM_TOLD_PLACED;
    b->order_id = order_id;
    if (!first)
        return;
    sim_pages_placed(s, b);
    sim_after_placed(s, b);
    sim_people_placed(s, b);
}

static void told_refused(struct sim_buy *b, struct cx *cx, id order_id, const char *why)
{
    struct sim *s = b->sim;
    sim_say(s, "buy %zu is refused: %s %s", b->index, why, sim_name(cx, order_id));
    if (b->told == SIM_TOLD_PLACED)
        sim_fail(s, "buy %zu: one key, two answers: placed, then %s", b->index, why);
    b->told = SIM_TOLD_REFUSED;
    if (!id_is_none(order_id) && b->refused_n < SIM_IDS)
        b->refused[b->refused_n++] = order_id;
}

static bool is_final(err e)
{
    return e != &IDEM_RUNNING && e->kind != KIND_BUSY && e->kind != KIND_UPSTREAM;
}

/* Somebody looks after it: when its ten minutes are nearly over, and in the minute after them. */
static void look_after(struct sim *s, void *arg)
{
    const struct visit *v = arg;
    int process = sim_some_process(s);
    if (process < 0)
        return;
    struct cx *cx = sim_cx(s, process);
    s->running = process;
    saga_wake(s->processes[process].sagas, cx,
        (struct saga_wake){ .saga_id = v->order_id, .force = true });
    s->running = -1;
    sim_cx_close(s, cx);
}

static void wait_to_the_end(struct sim *s, struct sim_buy *b, id order_id)
{
    struct visit *v = NEW(s->life, struct visit);
    *v = (struct visit){ b, order_id, 0 };
    int64_t end_ms = id_ms(order_id) + 10 * MINUTE_MS - s->now_ms;
    if (end_ms < MINUTE_MS)
        return;
    sim_at(s, -1, end_ms - sim_between(s, 600, 3000), look_after, v, NULL);
    for (int i = 0; i < 3; i++)
        sim_at(s, -1, end_ms + sim_between(s, 500, SIM_LATE_MS), look_after, v, NULL);
}

static void answered(void *arg, struct checkout_place *place)
{
    struct request *r = arg;
    struct sim_buy *b = r->buy;
    struct sim *s = b->sim;
    struct cx *cx = r->cx;
    err e = place->failed;
    id order_id = place->plan.order.order_id;
    if (place->replayed) {
        order_id = place->stored.subject;
        sim_told_again(s, b, &place->stored);
        if (place->stored.status == 201)
            told_placed(b, cx, order_id);
        else {
            b->settled = true;
            told_refused(b, cx, order_id, "again");
        }
    } else if (place->pending) {
        sim_say(s, "buy %zu waits: %s%s", b->index, sim_name(cx, order_id),
            place->state.next_url.n ? ", bank" : "");
        sim_withdraw_soon(s, b, order_id);
        if (place->state.next_url.n)
            go_to_bank(b, order_id);
        if (s->deaf)
            wait_to_the_end(s, b, order_id);
    } else if (!e) {
        told_placed(b, cx, order_id);
    } else if (e->kind == KIND_BUG) {
        sim_fail(s, "buy %zu: 500: %s: " STR_F, b->index, e->slug, STR_A(cx->detail));
    } else if (is_final(e)) {
        if (r->place.prepared && r->events_n == s->events_run_n) /* answered at once */
            sim_reasons_prepared(s, b, e);
        /* These come of orders that stood: the answer is kept. */
        b->settled |= e == &PAYMENTS_DECLINED || e == &INVENTORY_RESERVATION_GONE;
        sim_reasons_refused(s, b, order_id, e);
        told_refused(b, cx, order_id, e->slug);
    } else {
        sim_say(s, "buy %zu hears %s", b->index, e->slug);
        if (e == &IDEM_RUNNING && str_eq(str_from_c(b->card), S("pm_card_3ds")))
            go_to_bank(b, place->stored.subject);
    }
    sim_cx_close(s, cx);
}

/* ---- requests ---- */

static void send(struct sim_buy *b, int process)
{
    struct sim *s = b->sim;
    struct cx *cx = sim_cx(s, process);
    as(cx, b->buyer);
    sim_people_as(b, cx);
    struct request *r = NEW(cx->arena, struct request);
    *r = (struct request){ .buy = b, .cx = cx, .events_n = s->events_run_n };
    str *cards = NEW_N(cx->arena, 2, str);
    cards[0] = cards[1] = b->gift_card < 0 ? (str){ 0 } : s->cards[b->gift_card].code;
    r->place = (struct checkout_place){ .c = s->processes[process].c,
        .cx = cx,
        .wish = { .items = b->items,
            .items_n = b->from_cart ? 0 : b->items_n,
            .from_cart = b->from_cart,
            .where = { .address = &addresses[b->index % COUNT(addresses)] },
            .others = b->others,
            .email = b->buyer->email,
            .method = { S("card"), str_from_c(b->card), { { 0 } } },
            .coupons = &b->coupon,
            .coupons_n = b->coupon.n ? 1 : 0,
            .gift_cards = cards,
            .gift_cards_n = b->gift_card < 0 ? 0 : 1 + b->index % 2, /* some enter it twice */
            .use_wallet = b->use_wallet,
            .accept_prices = true },
        .claim = { .principal = checkout_principal(cx),
            .method = S("POST"),
            .route = S("/api/v1/orders"),
            .key = b->key,
            .fingerprint = S("f") },
        .done = answered,
        .arg = r };
    s->running = process;
    checkout_place(&r->place);
    s->running = -1;
    if (!r->place.prepared)
        sim_reasons_tenders(s, b, &r->place.plan);
    id order_id = r->place.prepared ? (id){ { 0 } } : r->place.plan.order.order_id;
    b->total_minor = r->place.plan.order.total.minor;
    if (!id_is_none(order_id) && b->attempts_n < SIM_IDS)
        b->attempts[b->attempts_n++] = order_id;
    sim_reviews_soon(s);
}

static void buy_again(struct sim *s, void *arg)
{
    struct sim_buy *b = arg;
    int process = sim_some_process(s);
    if (process >= 0 && b->tries < TRIES_MAX) {
        b->tries++;
        send(b, process);
    }
}

static void buy_request(struct sim *s, void *arg)
{
    struct sim_buy *b = arg;
    if (b->told != SIM_TOLD_NOTHING || b->tries >= TRIES_MAX)
        return;
    int process = sim_some_process(s);
    if (process < 0) {
        sim_at(s, -1, sim_between(s, 500, 5000), buy_request, b, NULL);
        return;
    }
    if (sim_chance(s, s->rates.impatient))
        sim_at(s, -1, sim_between(s, 0, 60), buy_again, b, NULL);
    sim_at(s, -1, sim_between(s, 3000, 120000), buy_request, b, NULL);
    sim_say(s, "buy %zu asks %c", b->index, 'A' + process);
    b->tries++;
    send(b, process);
}

void sim_buyers_ask(struct sim *s)
{
    for (size_t i = 0; i < s->buys_n; i++)
        if (s->buys[i].told == SIM_TOLD_NOTHING)
            send(&s->buys[i], sim_some_process(s));
}

/* Nobody else has to say anything first. */
static bool should_know(struct sim *s, const struct sim_buy *b)
{
    bool at_bank = str_eq(str_from_c(b->card), S("pm_card_3ds")); /* may be waited for again */
    return b->told == SIM_TOLD_NOTHING && !at_bank && !sim_is_reviewed(s, b);
}

bool sim_buyers_wait(struct sim *s)
{
    for (size_t i = 0; i < s->buys_n; i++)
        if (should_know(s, &s->buys[i]))
            return true;
    return false;
}

void sim_buyers_check(struct sim *s)
{
    for (size_t i = 0; i < s->buys_n; i++)
        if (should_know(s, &s->buys[i]))
            sim_fail(s, "buy %zu is never answered", i);
}

/* ---- drawing them ---- */

struct into_cart {
    struct sim *s;
    struct sim_buy *b;
    str token;
};
static err unit_cart(void *arg, struct cx *cx)
{
    struct into_cart *in = arg;
    struct sim_buyer *buyer = in->b->buyer;
    err e = NULL;
    in->token = (str){ 0 };
    for (size_t i = 0; !e && i < in->b->items_n; i++) {
        const struct checkout_item *x = &in->b->items[i];
        struct cart_item item;
        str token = { 0 };
        e = cart_add(in->s->outside.cart, cx,
            (struct cart_add){ .owner = { .user_id = buyer->user_id, .token = in->token },
                .product_id = x->product_id,
                .variant_id = x->variant_id,
                .quantity = x->quantity,
                .price = money_of(100, SIM_USD) },
            &item, &token);
        if (token.n)
            in->token = token;
    }
    return e;
}

static void fill_cart(struct sim *s, struct sim_buy *b)
{
    struct cx *cx = sim_cx(s, -1);
    struct into_cart in = { .s = s, .b = b };
    err e = db_write_wait(sim_store_db(s->store, SIM_CART), cx, 0, unit_cart, &in);
    if (e)
        sim_fail(s, "no cart: %s: " STR_F, e->slug, STR_A(cx->detail));
    b->buyer->cart_token = str_dup(s->life, in.token);
    sim_cx_close(s, cx);
}

static struct sim_buyer *guest(struct sim *s, size_t i)
{
    struct sim_buyer *g = NEW(s->life, struct sim_buyer);
    g->email = str_fmt(s->life, "guest%zu@example.org", i);
    g->cart_token = str_fmt(s->life, "guest-of-%zu", i);
    return g;
}

static void draw_items(struct sim *s, struct sim_buy *b)
{
    for (size_t i = 0; i < s->goods_n; i++)
        if (b->items_n == 0 ? i + 1 == s->goods_n || rng_chance(&s->rng, 500)
                            : rng_chance(&s->rng, 400))
            b->items[b->items_n++] = (struct checkout_item){ s->goods[i].key.product_id,
                s->goods[i].key.variant_id, sim_between(s, 1, 3) };
}

/* Some send what they buy to several addresses, even some of the same goods. */
static void draw_addresses(struct sim *s, struct sim_buy *b)
{
    size_t lines = b->items_n;
    if (b->from_cart || !rng_chance(&s->rng, 400))
        return;
    for (size_t i = 0; i < lines; i++)
        if (rng_chance(&s->rng, 300)) {
            b->items[b->items_n] = b->items[i];
            b->items[b->items_n].to = b->items_n + 1;
            b->items_n++;
        } else if (rng_chance(&s->rng, 500)) {
            b->items[i].to = i + 1;
        }
    for (size_t i = 0; i < b->items_n; i++)
        b->others[i].address = &addresses[rng_below(&s->rng, COUNT(addresses))];
}

static const char *draw_card(struct sim *s)
{
    static const char *const cards[] = { "pm_card_visa", "pm_card_visa", "pm_card_visa",
        "pm_card_3ds", "pm_card_timeout", "pm_card_declined" };
    return cards[rng_below(&s->rng, COUNT(cards))];
}

/* The same cart once more, under another key: another window, or after a refusal. */
static bool draw_same_cart(struct sim *s, struct sim_buy *b)
{
    const struct sim_buy *other = b->index ? &s->buys[rng_below(&s->rng, b->index)] : NULL;
    if (!other || !b->from_cart || !other->from_cart || !rng_chance(&s->rng, 500))
        return false;
    b->buyer = other->buyer;
    b->items_n = other->items_n;
    for (size_t i = 0; i < b->items_n; i++)
        b->items[i] = other->items[i];
    b->in_ms = other->in_ms +
               (rng_chance(&s->rng, 600) ? sim_between(s, 0, 60) : sim_between(s, 0, 200000));
    return true;
}

/* The same person at the same time, with the same coupon and out of the same purse. */
static void draw_same_means(struct sim *s, struct sim_buy *b, const struct sim_buy *other)
{
    if (other->from_cart || id_is_none(other->buyer->user_id))
        return;
    b->buyer = other->buyer;
    b->coupon = other->coupon;
    b->gift_card = other->gift_card;
    b->use_wallet = other->use_wallet;
    b->in_ms = other->in_ms + sim_between(s, 0, 60);
}

static void draw_buy(struct sim *s, struct sim_buy *b)
{
    b->sim = s;
    b->card = draw_card(s);
    b->key = str_fmt(s->life, "key-%zu", b->index);
    b->gift_card = -1;
    b->approves = rng_chance(&s->rng, 800);
    b->leaves_bank = rng_chance(&s->rng, 150);
    b->stays_at_bank = rng_chance(&s->rng, 60);
    b->fate = (int)rng_below(&s->rng, 16);
    draw_items(s, b);
    b->from_cart = rng_chance(&s->rng, 400);
    draw_addresses(s, b);
    if (draw_same_cart(s, b))
        return;
    bool user = !b->from_cart && rng_chance(&s->rng, 600);
    b->buyer = user ? &s->buyers[rng_below(&s->rng, s->buyers_n)] : guest(s, b->index);
    if (b->from_cart)
        fill_cart(s, b);
    if (s->coupons_n && rng_chance(&s->rng, 400))
        b->coupon = s->coupons[rng_below(&s->rng, s->coupons_n)].code;
    if (s->cards_n && rng_chance(&s->rng, 300))
        b->gift_card = (int)rng_below(&s->rng, s->cards_n);
    b->use_wallet = user && rng_chance(&s->rng, 500);
    if (user && b->index && rng_chance(&s->rng, 150))
        draw_same_means(s, b, &s->buys[rng_below(&s->rng, b->index)]);
}

void sim_buyers_open(struct sim *s)
{
    for (size_t i = 0; i < s->buys_n; i++) {
        s->buys[i].index = i;
        /* Some come all at once. */
        s->buys[i].in_ms =
            rng_chance(&s->rng, 500) ? sim_between(s, 1000, 1100) : sim_between(s, 0, s->busy_ms);
        draw_buy(s, &s->buys[i]);
        int64_t in_ms = s->buys[i].in_ms;
        sim_carts_open(s, &s->buys[i], in_ms);
        sim_people_open(s, &s->buys[i], in_ms);
        sim_at(s, -1, in_ms, buy_request, &s->buys[i], NULL);
        if (rng_chance(&s->rng, 200)) /* the same again, long after */
            sim_at(s, -1, in_ms + sim_between(s, 60000, 900000), buy_again, &s->buys[i], NULL);
    }
}
