/* SPDX-License-Identifier: Apache-2.0
 * In the end of each world, a few verbs by themselves, against what their headers promise: which
 * warehouse sends what is tried out over all ways there are. Called by sim_shop.c; must never ask
 * the rules, nor change what the world has. */
#include "tests/sim/sim.h"

#define PLACES 4
#define LINES 2
#define BORDER_KM 1000
#define ROW_KM 556 /* five degrees of latitude */

struct trial {
    struct sim *sim;
    struct rng rng;
    id order_id, places[PLACES];
    int64_t rank[PLACES]; /* the lowest is asked first; no two are the same */
    struct inventory_line lines[LINES];
    size_t lines_n;
    bool way; /* it is known where it goes */
    int64_t has[LINES][PLACES], taken[LINES][PLACES];
    err said;
};

static const char *const codes[PLACES] = { "N0", "N1", "N2", "N3" };

/* On one meridian, each farther to the north than the one before and than who buys. */
static err add_places(struct trial *t, struct cx *cx)
{
    static const int64_t costs[] = { 0, 300, 900, 1500 };
    err e = NULL;
    for (size_t i = 0; !e && i < PLACES; i++) {
        int64_t cost = costs[rng_below(&t->rng, COUNT(costs))];
        int64_t priority = 20 - (int64_t)i * 3;
        bool abroad = rng_chance(&t->rng, 300);
        e = inventory_warehouse_add(t->sim->outside.inventory, cx,
            (struct inventory_warehouse){ .code = str_from_c(codes[i]),
                .name = str_from_c(codes[i]),
                .country = abroad ? S("CA") : S("US"),
                .priority = priority,
                .latitude = 45 + 5 * (double)i,
                .longitude = -98.6,
                .cost = cost },
            &t->places[i]);
        t->rank[i] = t->way ? (int64_t)i * ROW_KM + cost + (abroad ? BORDER_KM : 0) : priority;
    }
    return e;
}

static err add_stock(struct trial *t, struct cx *cx)
{
    struct inventory_stocktake counts[LINES * PLACES];
    size_t n = 0;
    for (size_t l = 0; l < t->lines_n; l++)
        for (size_t i = 0; i < PLACES; i++) {
            t->has[l][i] = rng_between(&t->rng, 0, 4);
            if (t->has[l][i])
                counts[n++] = (struct inventory_stocktake){ t->lines[l].product_id,
                    t->lines[l].variant_id, t->places[i], t->has[l][i] };
        }
    return n ? inventory_stocktake(t->sim->outside.inventory, cx, counts, n) : NULL;
}

static err unit_begin(void *arg, struct cx *cx)
{
    struct trial *t = arg;
    err e = add_places(t, cx);
    return e ? e : add_stock(t, cx);
}

static err unit_reserve(void *arg, struct cx *cx)
{
    struct trial *t = arg;
    return inventory_reserve(t->sim->outside.inventory, cx,
        (struct inventory_reserve){ .order_id = t->order_id,
            .lines = t->lines,
            .lines_n = t->lines_n,
            .expires_ms = cx->now_ms + HOUR_MS,
            .country = t->way ? S("US") : (str){ 0 } });
}

static err unit_taken(void *arg, struct cx *cx)
{
    struct trial *t = arg;
    err e = NULL;
    for (size_t l = 0; !e && l < t->lines_n; l++) {
        struct inventory_level *levels;
        size_t n = 0;
        e = inventory_levels(t->sim->outside.inventory, cx, t->lines[l].product_id,
            t->lines[l].variant_id, &levels, &n);
        for (size_t k = 0; !e && k < n; k++)
            for (size_t i = 0; i < PLACES; i++)
                if (id_eq(levels[k].warehouse_id, t->places[i]))
                    t->taken[l][i] = levels[k].reserved;
    }
    return e;
}

static err unit_release(void *arg, struct cx *cx)
{
    struct trial *t = arg;
    return inventory_release(t->sim->outside.inventory, cx, t->order_id);
}

/* ---- what it must be ---- */

static bool has_whole(const struct trial *t, size_t line, size_t place)
{
    return t->has[line][place] >= t->lines[line].quantity;
}

/* The first of those that have it whole: of one line, or of all; PLACES: none has. */
static size_t first_whole(const struct trial *t, size_t from, size_t to)
{
    size_t best = PLACES;
    for (size_t i = 0; i < PLACES; i++) {
        bool all = true;
        for (size_t l = from; l < to; l++)
            all &= has_whole(t, l, i);
        if (all && (best == PLACES || t->rank[i] < t->rank[best]))
            best = i;
    }
    return best;
}

static int count_of(unsigned set)
{
    return __builtin_popcount(set);
}

/* Of two sets of as many warehouses the one with the first that the other lacks. */
static bool is_nearer(const struct trial *t, unsigned a, unsigned b)
{
    size_t first = PLACES;
    for (size_t i = 0; i < PLACES; i++)
        if (((a ^ b) & 1u << i) && (first == PLACES || t->rank[i] < t->rank[first]))
            first = i;
    return first < PLACES && (a & 1u << first);
}

/* As few as can have it, the nearest of those; each gives what it has until it is enough. */
static void split(const struct trial *t, size_t line, int64_t want[PLACES])
{
    unsigned best = 0;
    for (unsigned set = 1; set < 1u << PLACES; set++) {
        int64_t sum = 0;
        for (size_t i = 0; i < PLACES; i++)
            sum += set & 1u << i ? t->has[line][i] : 0;
        if (sum >= t->lines[line].quantity &&
            (!best || count_of(set) < count_of(best) ||
                (count_of(set) == count_of(best) && is_nearer(t, set, best))))
            best = set;
    }
    for (int64_t left = t->lines[line].quantity; left > 0 && best;) {
        size_t next = PLACES;
        for (size_t i = 0; i < PLACES; i++)
            if ((best & 1u << i) && (next == PLACES || t->rank[i] < t->rank[next]))
                next = i;
        want[next] = t->has[line][next] < left ? t->has[line][next] : left;
        left -= want[next];
        best &= ~(1u << next);
    }
}

static bool fits(const struct trial *t)
{
    for (size_t l = 0; l < t->lines_n; l++) {
        int64_t sum = 0;
        for (size_t i = 0; i < PLACES; i++)
            sum += t->has[l][i];
        if (sum < t->lines[l].quantity)
            return false;
    }
    return true;
}

static void check(const struct trial *t)
{
    int64_t want[LINES][PLACES] = { { 0 } };
    bool is = fits(t);
    size_t all = first_whole(t, 0, t->lines_n);
    if (t->said != (is ? NULL : &INVENTORY_OUT_OF_STOCK))
        sim_fail(t->sim, "goods of several warehouses: %s", t->said ? t->said->slug : "ok");
    for (size_t l = 0; is && l < t->lines_n; l++) {
        size_t at = all < PLACES ? all : first_whole(t, l, l + 1);
        if (at < PLACES)
            want[l][at] = t->lines[l].quantity;
        else
            split(t, l, want[l]);
    }
    for (size_t l = 0; l < t->lines_n; l++)
        for (size_t i = 0; i < PLACES; i++)
            if (t->taken[l][i] != want[l][i])
                sim_fail(t->sim,
                    "line %zu of %zu, %lld units: warehouse %s gives %lld, and not %lld", l,
                    t->lines_n, (long long)t->lines[l].quantity, codes[i],
                    (long long)t->taken[l][i], (long long)want[l][i]);
}

/* ---- what a provider may say of a payment, and what may go back of it ---- */

#define AMOUNT_MINOR 1000
#define ELSEWHERE_MINOR 300 /* given back at the provider by hand */

struct paying {
    struct sim *sim;
    id order_id, refused_id, taken_id;
};

static struct payments_payment started(const struct paying *p, id payment_id)
{
    return (struct payments_payment){ .payment_id = payment_id,
        .order_id = p->order_id,
        .provider = S("ledger"), /* nobody sweeps it */
        .method_type = S("wallet"),
        .token = S("tried"),
        .status = PAYMENTS_STARTED,
        .amount = money_of(AMOUNT_MINOR, SIM_USD) };
}

static err start(const struct paying *p, struct cx *cx, id payment_id, struct pay_result said)
{
    struct payments *payments = p->sim->outside.payments;
    struct payments_payment ret, payment = started(p, payment_id);
    err e = payments_start(payments, cx, &payment, /* is_new= */ false);
    return e ? e : payments_answer_kept(payments, cx, payment_id, &said, &ret);
}

static void expect(const struct paying *p, struct cx *cx, const char *what, err is, err want)
{
    sim_expect(p->sim, "a payment is", what, is, want);
    cx_clear(cx);
}

static err answer(const struct paying *p, struct cx *cx, id payment_id, struct pay_result said)
{
    struct payments_payment ret;
    return payments_answer(p->sim->outside.payments, cx, payment_id, &said, &ret);
}

static err refund(const struct paying *p, struct cx *cx, int64_t minor)
{
    struct payments_deed ret;
    return payments_deed_start(p->sim->outside.payments, cx,
        &(struct payments_deed){ .deed_id = cx_id(cx),
            .payment_id = p->taken_id,
            .kind = PAYMENTS_REFUND,
            .amount = money_of(minor, SIM_USD),
            .reason = S("tried") },
        &ret);
}

static err unit_pay(void *arg, struct cx *cx)
{
    const struct paying *p = arg;
    struct payments *payments = p->sim->outside.payments;
    struct payments_payment is, was;
    const struct pay_result taken = { .state = PAY_STATE_CAPTURED, .captured_minor = AMOUNT_MINOR },
                            elsewhere = { .state = PAY_STATE_CAPTURED,
                                .captured_minor = AMOUNT_MINOR,
                                .refunded_minor = ELSEWHERE_MINOR };
    err e = start(p, cx, p->refused_id, (struct pay_result){ .state = PAY_STATE_DECLINED });
    if (!e)
        e = start(p, cx, p->taken_id, taken);
    if (e)
        return e;
    expect(
        p, cx, "declined, then taken", answer(p, cx, p->refused_id, taken), &PAYMENTS_MOVE_REFUSED);
    expect(p, cx, "declined, then authorized",
        answer(p, cx, p->refused_id, (struct pay_result){ .state = PAY_STATE_AUTHORIZED }),
        &PAYMENTS_MOVE_REFUSED);
    expect(p, cx, "declined, and heard to be taken",
        payments_hear(payments, cx, p->refused_id, &taken, &is), NULL);
    expect(p, cx, "less taken than before",
        answer(p, cx, p->taken_id,
            (struct pay_result){ .state = PAY_STATE_CAPTURED, .captured_minor = AMOUNT_MINOR / 2 }),
        &PAYMENTS_MOVE_REFUSED);
    expect(p, cx, "given back elsewhere", payments_hear(payments, cx, p->taken_id, &elsewhere, &is),
        NULL);
    expect(p, cx, "less given back than before",
        answer(p, cx, p->taken_id,
            (struct pay_result){ .state = PAY_STATE_CAPTURED,
                .captured_minor = AMOUNT_MINOR,
                .refunded_minor = ELSEWHERE_MINOR - 1 }),
        &PAYMENTS_MOVE_REFUSED);
    expect(p, cx, "more back than is left", refund(p, cx, AMOUNT_MINOR - ELSEWHERE_MINOR + 1),
        &PAYMENTS_AMOUNT_TOO_LARGE);
    e = payments_get(payments, cx, p->refused_id, &was);
    if (!e)
        e = payments_get(payments, cx, p->taken_id, &is);
    if (!e && (was.status != PAYMENTS_REFUSED || is.status != PAYMENTS_CAPTURED ||
                  is.captured_minor != AMOUNT_MINOR || is.refunded_minor != ELSEWHERE_MINOR))
        sim_fail(p->sim, "tried payments are %s and %s, %lld taken, %lld back",
            payments_status_names[was.status], payments_status_names[is.status],
            (long long)is.captured_minor, (long long)is.refunded_minor);
    return e;
}

/* As it was started, though it was declined since. */
static err unit_as_it_was(void *arg, struct cx *cx)
{
    const struct paying *p = arg;
    struct payments_payment ret, payment = started(p, p->refused_id);
    return payments_answer_started(p->sim->outside.payments, cx, &payment,
        &(struct pay_result){ .state = PAY_STATE_CAPTURED, .captured_minor = AMOUNT_MINOR }, &ret);
}

void sim_expect(struct sim *s, const char *about, const char *verb, err is, err want)
{
    if (is != want)
        sim_fail(s, "%s %s: %s, and not %s", about, verb, is ? is->slug : "ok",
            want ? want->slug : "ok");
}

err sim_at_once(struct sim *s, enum sim_place place, db_work *fn, void *arg)
{
    struct cx *cx = sim_cx(s, -1);
    bool direct = s->direct;
    s->direct = true;
    err e = db_write_wait(sim_store_db(s->store, place), cx, 0, fn, arg);
    s->direct = direct;
    sim_cx_close(s, cx);
    return e;
}

static err allocate(struct trial *t)
{
    err e = sim_at_once(t->sim, SIM_STOCK, unit_begin, t);
    if (!e) {
        t->said = sim_at_once(t->sim, SIM_STOCK, unit_reserve, t);
        e = sim_at_once(t->sim, SIM_STOCK, unit_taken, t);
    }
    if (!e)
        check(t);
    return e ? e : sim_at_once(t->sim, SIM_STOCK, unit_release, t);
}

void sim_rules_check(struct sim *s)
{
    struct trial t = { .sim = s,
        .rng = rng_seeded(s->seed ^ UINT64_C(0x72756c6573)) }; /* "rules" */
    t.order_id = id_new(&t.rng, s->now_ms);
    t.way = rng_chance(&t.rng, 700);
    t.lines_n = 1 + rng_chance(&t.rng, 500);
    for (size_t l = 0; l < t.lines_n; l++)
        t.lines[l] = (struct inventory_line){ id_new(&t.rng, s->now_ms), id_new(&t.rng, s->now_ms),
            rng_between(&t.rng, 1, 7) };
    struct paying p = { s, id_new(&t.rng, s->now_ms), id_new(&t.rng, s->now_ms),
        id_new(&t.rng, s->now_ms) };
    err e = allocate(&t);
    if (!e)
        e = sim_at_once(s, SIM_MONEY, unit_pay, &p);
    if (!e)
        sim_expect(s, "a payment is", "taken as it was started",
            sim_at_once(s, SIM_MONEY, unit_as_it_was, &p), &PAYMENTS_MOVE_REFUSED);
    if (e)
        sim_fail(s, "rules that are tried: %s", e->slug);
}
