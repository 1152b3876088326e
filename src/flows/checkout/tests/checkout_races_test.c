/* SPDX-License-Identifier: Apache-2.0
 * Races: two clients, whole sagas, in every order of their units and calls where all is in one
 * database, and with few changes of turn where each service has its own. After each: who may win
 * has won, and stock, money, limits and books agree. */
#include <stdlib.h>

#include "flows/checkout/tests/checkout_stage.h"

struct actor {
    struct race_world *r;
    const char *card;
    err said;
    id order_id; /* that it placed */
    bool won;
};
struct race_world {
    struct stage stage; /* first */
    struct actor actors[2];
    id order_id, card_id;            /* that both want something of */
    int64_t total_minor, card_minor; /* card_minor: what the gift card has at first */
    str code;                        /* of a coupon, or of a gift card */
    size_t round;
    struct ledger before;
    int64_t live_before;
};

/* ---- what is there before ---- */

static void one_left(struct race_world *r)
{
    world_put(r->stage.w, 1);
}

static err unit_coupon(void *arg, struct cx *cx)
{
    struct race_world *r = arg;
    struct promotions_promotion p = { .kind = PROMOTIONS_PERCENTAGE,
        .code = r->code,
        .name = S("Once"),
        .percent_bp = 1000,
        .uses_max = 1 };
    return promotions_put(r->stage.w->promotions, cx, &p, &p);
}

static void one_coupon(struct race_world *r)
{
    r->code = str_fmt(r->stage.w->life, "ONCE%zu", r->round);
    (void)world_write(r->stage.w, PLACE_CART, unit_coupon, r);
}

static err unit_gift_card(void *arg, struct cx *cx)
{
    struct race_world *r = arg;
    struct payments_gift_card card = { .card_id = cx_id(cx),
        .amount = money_of(r->card_minor, USD) };
    r->card_id = card.card_id;
    err e = payments_gift_card_issue(r->stage.w->payments, cx, &card, &r->code);
    r->code = str_dup(r->stage.w->life, r->code);
    return e;
}

static err unit_load(void *arg, struct cx *cx)
{
    struct race_world *r = arg;
    const struct ledger_entry entries[] = {
        { { LEDGER_LOSS, { { 0 } } }, r->card_minor },
        { { LEDGER_GIFT_CARD, r->card_id }, -r->card_minor },
    };
    return ledger_post(r->stage.w->ledger, cx,
        &(struct ledger_posting){ .posting_id = r->card_id,
            .kind = S("gift"),
            .reference = r->card_id,
            .currency = USD,
            .entries = entries,
            .n = 2 });
}

static void gift_card(struct race_world *r, int64_t minor)
{
    r->card_minor = minor;
    (void)world_write(r->stage.w, PLACE_MONEY, unit_gift_card, r);
    (void)world_write(r->stage.w, PLACE_BOOKS, unit_load, r);
}

static void one_cent(struct race_world *r)
{
    gift_card(r, 1);
}

static err unit_processing(void *arg, struct cx *cx)
{
    struct race_world *r = arg;
    return orders_move(r->stage.w->orders, cx,
        (struct orders_move){ .order_id = r->order_id, .to = ORDERS_PROCESSING });
}

static void one_order(struct race_world *r)
{
    struct buyer b = { .user = true };
    struct told *t = world_place(
        r->stage.w, (struct wanted){ .buyer = &b, .card = "pm_card_visa", .red = 1, .units = 1 });
    CHECK_ERR(t->cx, t->place.failed, NULL);
    r->order_id = t->place.plan.order.order_id;
    r->total_minor = t->place.plan.order.total.minor;
    world_done(t->cx);
}

/* Authorised, and waits for a person: in this world everything does. */
static void one_reviewed(struct race_world *r)
{
    struct buyer b = { .user = true };
    struct told *t = world_place(
        r->stage.w, (struct wanted){ .buyer = &b, .card = "pm_card_visa", .red = 1, .units = 1 });
    CHECK(t->place.pending);
    r->order_id = t->place.plan.order.order_id;
    world_done(t->cx);
}

static void one_packed(struct race_world *r)
{
    one_order(r);
    (void)world_write(r->stage.w, PLACE_ORDERS, unit_processing, r);
}

/* ---- what actors do ---- */

/* Buys a lamp, as a guest of their own. What is not the checkout's is read before the first step.
 */
struct how {
    const char *key;
    bool coupon, gift_card, user;
};
static void buy_with(struct actor *a, struct how how)
{
    struct race_world *r = a->r;
    struct world *w = r->stage.w;
    struct cx *cx = world_cx(w);
    world_as(w, cx, &(struct buyer){ .user = how.user });
    struct told *t = NEW(cx->arena, struct told);
    struct checkout_item item = { w->lamps[0].product_id, w->lamps[0].variant_id, 1 };
    t->place = (struct checkout_place){ .c = w->c,
        .cx = cx,
        .wish = { .items = &item,
            .items_n = 1,
            .where = { .address = &world_address },
            .email = a == &r->actors[0] ? S("ada@example.com") : S("bob@example.com"),
            .method = { S("card"), str_from_c(a->card ? a->card : "pm_card_visa") },
            .coupons = &r->code,
            .coupons_n = how.coupon,
            .gift_cards = &r->code,
            .gift_cards_n = how.gift_card },
        .claim = { .principal = checkout_principal(cx),
            .method = S("POST"),
            .route = S("/test"),
            .key = how.key ? str_fmt(cx->arena, "%s%zu", how.key, r->round)
                           : secret_token(cx->arena, 16),
            .fingerprint = S("f") },
        .done = world_told,
        .arg = t };
    checkout_place(&t->place);
    a->said = t->place.failed;
    a->won = !t->place.failed && !t->place.replayed && !t->place.pending;
    if (a->won)
        r->total_minor = t->place.plan.order.total.minor;
    if (!t->place.replayed)
        a->order_id = t->place.plan.order.order_id;
    world_done(cx);
}

static void buys(void *arg)
{
    buy_with(arg, (struct how){ 0 });
}

static void buys_in_vain(void *arg)
{
    ((struct actor *)arg)->card = "pm_card_declined";
    buy_with(arg, (struct how){ 0 });
}

static void buys_with_coupon(void *arg)
{
    buy_with(arg, (struct how){ .coupon = true });
}

static void buys_with_gift_card(void *arg)
{
    buy_with(arg, (struct how){ .gift_card = true });
}

static void buys_with_the_key(void *arg)
{
    buy_with(arg, (struct how){ .key = "key" });
}

/* Paid with a gift card, and the rest with a card. */
static void one_mixed(struct race_world *r)
{
    struct actor first = { .r = r };
    gift_card(r, 1000);
    buy_with(&first, (struct how){ .gift_card = true, .user = true });
    CHECK(first.won);
    r->order_id = first.order_id;
}

static void ending(struct actor *a, enum checkout_why why, int64_t minor)
{
    struct race_world *r = a->r;
    struct cx *cx = world_cx(r->stage.w);
    struct buyer b = { .user = true };
    world_as(r->stage.w, cx, &b);
    int times = 0;
    struct checkout_ending x = { .c = r->stage.w->c,
        .cx = cx,
        .order_id = r->order_id,
        .why = why,
        .amount = money_decimal(cx->arena, money_of(minor, USD)),
        .done = world_ended,
        .arg = &times };
    checkout_end(&x);
    a->said = x.failed;
    a->won = !x.failed && times == 1;
    world_done(cx);
}

static void cancels(void *arg)
{
    ending(arg, CHECKOUT_CANCELS, 1);
}

static void pays_back_all(void *arg)
{
    struct actor *a = arg;
    ending(a, CHECKOUT_GOODWILL, a->r->total_minor);
}

static void pays_back_most(void *arg)
{
    struct actor *a = arg;
    ending(a, CHECKOUT_GOODWILL, a->r->total_minor / 2 + 1);
}

static err unit_ship(void *arg, struct cx *cx)
{
    struct race_world *r = arg;
    return orders_move(r->stage.w->orders, cx,
        (struct orders_move){ .order_id = r->order_id, .to = ORDERS_SHIPPED });
}

/* Packs the order, then ships it. */
static void packs_and_ships(void *arg)
{
    struct actor *a = arg;
    struct world *w = a->r->stage.w;
    struct cx *cx = world_cx(w);
    a->said = db_write_wait(world_db(w, PLACE_ORDERS), cx, 0, unit_processing, a->r);
    stage_step(&a->r->stage);
    cx_clear(cx);
    if (!a->said)
        a->said = db_write_wait(world_db(w, PLACE_ORDERS), cx, 0, unit_ship, a->r);
    a->won = !a->said;
    world_done(cx);
}

static void ships(void *arg)
{
    struct actor *a = arg;
    struct world *w = a->r->stage.w;
    struct cx *cx = world_cx(w);
    a->said = db_write_wait(world_db(w, PLACE_ORDERS), cx, 0, unit_ship, a->r);
    a->won = !a->said;
    world_done(cx);
}

static err unit_expire(void *arg, struct cx *cx)
{
    struct world *w = arg;
    bool more = false;
    return inventory_service.jobs[0].fn(w->inventory, cx, &more);
}

static void time_passes(struct actor *a, int64_t ms)
{
    clock_fake_advance(&a->r->stage.clock, ms);
    a->r->stage.done--; /* a step, although nothing is written */
    stage_step(&a->r->stage);
}

/* Time passes, then the job lets go of what nobody confirmed. */
static void expires(void *arg)
{
    struct actor *a = arg;
    struct world *w = a->r->stage.w;
    time_passes(a, INVENTORY_HOLD_MS + 1);
    struct cx *cx = world_cx(w);
    a->said = db_write_wait(world_db(w, PLACE_STOCK), cx, 0, unit_expire, w);
    world_done(cx);
}

static void take_up(struct actor *a, bool force)
{
    struct world *w = a->r->stage.w;
    struct cx *cx = world_cx(w);
    struct saga_view *live;
    size_t n = 0;
    a->said = db_read(cx, world_live, &(struct live){ w, &live, &n });
    for (size_t i = 0; !a->said && i < n; i++)
        saga_wake(w->sagas, cx, (struct saga_wake){ .saga_id = live[i].saga_id, .force = force });
    world_done(cx);
}

/* Another process takes up what it finds when the first one's lease has run out. */
static void resumes(void *arg)
{
    time_passes(arg, INVENTORY_HOLD_MS + 1);
    take_up(arg, false);
}

/* A provider who tells, or staff, has it taken up whoever has it. Where services have their own
 * databases only after the provider was asked, as it then tells: before that, one run would undo
 * what another, whose lease holds, goes on with. */
static void retries(void *arg)
{
    struct actor *a = arg;
    struct world *w = a->r->stage.w;
    if (w->stores[PLACE_STOCK] == w->stores[PLACE_MAIN] || w->calls > 0)
        take_up(a, true);
}

/* ---- people who decide on an order under review ---- */

struct person {
    struct world *w;
    struct fraud_decide in;
};
static err unit_decide(void *arg, struct cx *cx)
{
    struct person *p = arg;
    return fraud_review_decide(p->w->fraud, cx, p->in);
}

/* Decides; then the event reaches the checkout. */
static void decides(struct actor *a, bool allow)
{
    struct world *w = a->r->stage.w;
    struct cx *cx = world_cx(w);
    struct person p = { w, { .order_id = a->r->order_id, .allow = allow, .reason = S("x") } };
    const struct bus_event event = { .type = S("fraud.reviewed"), .aggregate = a->r->order_id };
    a->said = db_write_wait(world_db(w, PLACE_BOOKS), cx, 0, unit_decide, &p);
    a->won = !a->said;
    stage_step(&a->r->stage);
    cx_clear(cx);
    if (a->won)
        a->said = checkout_events[0].before(w->c, cx, &event);
    world_done(cx);
}

static void allows(void *arg)
{
    decides(arg, true);
}

static void denies(void *arg)
{
    decides(arg, false);
}

/* Nobody has decided for four days. */
static void forgets(void *arg)
{
    time_passes(arg, 4 * DAY_MS + 1);
    take_up(arg, false);
}

/* ---- the races ---- */

enum wins { ONE, ONE_AT_MOST, ONE_OR_TWO };
static const struct race {
    const char *name;
    void (*before)(struct race_world *r);
    void (*acts[2])(void *actor);
    enum wins wins;
    bool reviewed; /* the first one says whether the order stands */
} races[] = {
    { "the last unit", one_left, { buys, buys }, ONE },
    { "the last unit, one cannot pay", one_left, { buys, buys_in_vain }, ONE_AT_MOST },
    { "a coupon for one", one_coupon, { buys_with_coupon, buys_with_coupon }, ONE },
    { "the last cent of a gift card", one_cent, { buys_with_gift_card, buys_with_gift_card },
        ONE_OR_TWO },
    { "one key, twice", NULL, { buys_with_the_key, buys_with_the_key }, ONE },
    { "cancelled twice", one_order, { cancels, cancels }, ONE },
    { "cancelled and packed", one_order, { cancels, packs_and_ships }, ONE },
    { "cancelled and shipped", one_packed, { cancels, ships }, ONE },
    { "all paid back twice", one_order, { pays_back_all, pays_back_all }, ONE },
    { "most paid back twice", one_order, { pays_back_most, pays_back_most }, ONE },
    { "cancelled and paid back", one_order, { cancels, pays_back_most }, ONE_OR_TWO },
    { "most paid back twice, of two tenders", one_mixed, { pays_back_most, pays_back_most }, ONE },
    { "cancelled and paid back, two tenders", one_mixed, { cancels, pays_back_most }, ONE_OR_TWO },
    { "bought and expired", one_left, { buys, expires }, ONE_AT_MOST },
    { "bought and taken up by another", one_left, { buys, resumes }, ONE_AT_MOST },
    { "bought and retried", one_left, { buys, retries }, ONE_AT_MOST },
    { "allowed and denied", one_reviewed, { allows, denies }, ONE, true },
    { "allowed twice", one_reviewed, { allows, allows }, ONE_OR_TWO, true },
    { "allowed and forgotten", one_reviewed, { allows, forgets }, ONE_AT_MOST, true },
};

/* ---- after each ---- */

struct outcome {
    struct race_world *r;
    size_t ledger_wrong, promotions_wrong;
    int64_t sold, live_minor; /* what should have left the shelf, and be with the provider */
    int64_t card_minor, card_left, spent; /* of the gift card, and what orders took of it */
    int64_t booked_minor;                 /* with the provider, as the books have it */
    int64_t discounted, payments_wrong;
};

static err tally(struct outcome *o, struct cx *cx, id order_id)
{
    struct world *w = o->r->stage.w;
    struct orders_order order;
    struct payments_payment *list;
    size_t n;
    if (id_is_none(order_id))
        return NULL;
    err e = orders_get(w->orders, cx, (struct orders_owner){ .staff = true }, order_id, &order);
    if (e == &ERR_MISSING) {
        cx_clear(cx);
        return NULL;
    }
    if (!e)
        e = payments_of_order(w->payments, cx, order_id, &list, &n);
    if (e)
        return e;
    bool stands = order.status != ORDERS_CANCELLED;
    o->sold += stands;
    o->discounted += stands && order.discount.minor > 0;
    int64_t captured = 0, back = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t left = list[i].captured_minor - list[i].refunded_minor;
        captured += list[i].captured_minor;
        back += list[i].refunded_minor;
        if (str_eq(list[i].provider, S("sandbox")))
            o->live_minor += left;
        else
            o->spent += left;
    }
    o->payments_wrong += stands ? captured != order.total.minor : captured != back;
    return NULL;
}

static err unit_look(void *arg, struct cx *cx)
{
    struct outcome *o = arg;
    struct race_world *r = o->r;
    struct world *w = r->stage.w;
    err e = ledger_check(w->ledger, cx, &o->ledger_wrong);
    if (!e)
        e = promotions_check(w->promotions, cx, &o->promotions_wrong);
    if (!e && !id_is_none(r->card_id))
        e = ledger_balance(w->ledger, cx, (struct ledger_account){ LEDGER_GIFT_CARD, r->card_id },
            USD, &o->card_minor, &o->card_left);
    int64_t available;
    if (!e)
        e = ledger_balance(w->ledger, cx, (struct ledger_account){ .kind = LEDGER_PROVIDER }, USD,
            &o->booked_minor, &available);
    if (!e)
        e = tally(o, cx, r->order_id);
    for (size_t i = 0; !e && i < 2; i++)
        e = tally(o, cx, r->actors[i].order_id);
    return e;
}

static void agrees(struct race_world *r, const char *name)
{
    struct world *w = r->stage.w;
    struct ledger now = world_ledger(w);
    struct cx *cx = world_cx(w);
    struct outcome o = { .r = r };
    CHECK_ERR(cx, db_read(cx, unit_look, &o), NULL);
    world_done(cx);
    CASE_INT(name, (int64_t)now.sagas, 0);
    CASE_INT(name, now.reserved, 0);
    CASE_INT(name, r->before.on_hand - now.on_hand, o.sold);
    CASE_INT(name, pay_sandbox_live_minor(&w->sandbox) - r->live_before, o.live_minor);
    CASE_INT(name, o.booked_minor, pay_sandbox_live_minor(&w->sandbox));
    CASE_INT(name, o.payments_wrong, 0);
    CASE_INT(name, (int64_t)now.levels_wrong, 0);
    CASE_INT(name, (int64_t)now.orders_wrong, 0);
    CASE_INT(name, (int64_t)o.ledger_wrong, 0);
    CASE_INT(name, (int64_t)o.promotions_wrong, 0);
    if (!id_is_none(r->card_id)) {
        CASE_INT(name, o.card_minor, r->card_minor - o.spent);
        CASE_INT(name, o.card_left, o.card_minor);
        if (id_is_none(r->order_id)) /* who lost it may pay with a card */
            CASE_INT(name, o.spent, r->card_minor);
    } else if (r->code.n) {
        CASE_INT(name, o.discounted, 1);
    }
}

/* ---- playing ---- */

static void play(struct race_world *r, const struct race *race, const char *where)
{
    struct world *w = r->stage.w;
    char name[256];
    *r = (struct race_world){ .stage = { .w = w, .plan = r->stage.plan }, .round = r->round + 1 };
    for (int i = 0; i < 2; i++) {
        r->actors[i].r = r;
        r->stage.acts[i] = race->acts[i];
        r->stage.actors[i] = &r->actors[i];
    }
    r->live_before = pay_sandbox_live_minor(&w->sandbox);
    w->attempts_n = 0;
    w->calls = 0;
    if (race->before == one_left)
        one_left(r);
    r->before = world_ledger(w);
    if (race->before && race->before != one_left)
        race->before(r);
    w->attempts_n = 0;
    stage_play(&r->stage);
    world_settle(w, SAGA_LEASE_MS + 1);
    (void)snprintf(name, sizeof name, "%s, %s: %s (%s, %s)", race->name, where, r->stage.story,
        r->actors[0].said ? r->actors[0].said->slug : "-",
        r->actors[1].said ? r->actors[1].said->slug : "-");
    int won = r->actors[0].won + r->actors[1].won;
    CASE(name, won <= 1 || race->wins == ONE_OR_TWO);
    CASE(name, won >= 1 || race->wins == ONE_AT_MOST);
    agrees(r, name);
    /* Who decides in the moment in which it lapses may be too late; all else agrees. */
    if (race->reviewed && race->acts[1] != forgets)
        CASE(name, (world_status(w, r->order_id) == ORDERS_CONFIRMED) == r->actors[0].won);
}

/* Each race in a world of its own, which keeps what earlier orders left. Only one database: all
 * orders of steps. A database for each service has three times as many steps: there a turn is taken
 * from who could go on once, or as often as SOUK_RACES_CHANGES says (2 takes a minute more). */
static void test_races(void **state)
{
    const struct world_setting *setting = *state;
    const char *where = setting->engine == DB_SQLITE ? "SQLite" : "PostgreSQL";
    const char *said = getenv("SOUK_RACES_CHANGES");
    int64_t changes = 1;
    CHECK(!said || str_to_i64(str_from_c(said), &changes));
    for (size_t i = 0; i < COUNT(races); i++) {
        struct fraud_limits limits = world_lenient;
        if (races[i].reviewed)
            limits.spend_day_minor = 0;
        struct race_world r = { .stage.w = world_open_with(state, limits) };
        struct plan *plan = &r.stage.plan;
        plan->changes_max = setting->apart ? changes : TURNS_MAX;
        do
            play(&r, &races[i], where);
        while (stage_advance(plan));
        print_message("# %s, %s%s: %zu orders of steps\n", races[i].name, where,
            setting->apart ? " apart" : "", r.round);
        world_close(r.stage.w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { WORLD_TEST(test_races) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
