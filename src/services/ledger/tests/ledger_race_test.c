/* SPDX-License-Identifier: Apache-2.0
 * Two clients at one wallet: their steps in every order, and many at once on real lanes. However it
 * comes, the last cent is taken once, a hold ends once, and the books balance. Run by meson. */
#include "services/ledger/ledger.h"
#include "tests/support/store.h"

static const char *const folders[] = { "services/ledger", NULL };

struct books {
    struct store *s;
    struct ledger *l;
    currency usd;
    id user, order;
    int64_t minor, available;
    size_t wrong;
};

static struct books books_open(struct store_opts opts)
{
    opts.folders = folders;
    struct books b = { .s = store_open_with(opts) };
    b.l = ledger_open(store_cx(b.s)->arena, (struct ledger_deps){ .db = store_db(b.s) });
    CHECK(currency_parse(S("USD"), &b.usd));
    b.user = id_from_name(S("t"), S("user"));
    b.order = id_from_name(S("t"), S("order"));
    return b;
}

static err look(void *arg, struct cx *cx)
{
    struct books *b = arg;
    const struct ledger_account wallet = { LEDGER_WALLET, b->user };
    err e = ledger_balance(b->l, cx, wallet, b->usd, &b->minor, &b->available);
    return e ? e : ledger_check(b->l, cx, &b->wrong);
}

/* ---- steps ---- */

enum step { STOP, HOLD, POST_HOLD, VOID_HOLD, SPEND, EXPIRE, LOAD };

struct doing {
    struct books *b;
    enum step step;
    id name; /* of the hold, or of the posting */
    int64_t minor;
};

static err transfer(
    struct doing *d, struct cx *cx, struct ledger_account debit, struct ledger_account credit)
{
    return ledger_transfer(d->b->l, cx,
        &(struct ledger_transfer){ .posting_id = d->name,
            .reference = d->b->order,
            .kind = S("race"),
            .from = debit,
            .to = credit,
            .amount = money_of(d->minor, d->b->usd) });
}

static err run_step(void *arg, struct cx *cx)
{
    struct doing *d = arg;
    struct ledger *l = d->b->l;
    const struct ledger_account wallet = { LEDGER_WALLET, d->b->user };
    const struct ledger_account buyer = { LEDGER_BUYER, d->b->user };
    const struct ledger_account provider = { .kind = LEDGER_PROVIDER };
    bool more;
    switch (d->step) {
    case HOLD:
        return ledger_hold(l, cx,
            &(struct ledger_hold){ .hold_id = d->name,
                .reference = d->b->order,
                .from = wallet,
                .to = buyer,
                .amount = money_of(d->minor, d->b->usd),
                .expires_ms = cx->now_ms }); /* due at once: whether it ends is the step EXPIRE */
    case POST_HOLD:
        return ledger_hold_post(l, cx, d->name, d->minor);
    case VOID_HOLD:
        return ledger_hold_void(l, cx, d->name);
    case SPEND:
        return transfer(d, cx, wallet, buyer);
    case LOAD:
        return transfer(d, cx, provider, wallet);
    case EXPIRE:
        return ledger_service.jobs[0].fn(l, cx, &more);
    case STOP:
        break;
    }
    return NULL;
}

static void load(struct books *b, int64_t minor)
{
    struct doing d = { b, LOAD, id_from_name(S("t"), S("load")), minor };
    CHECK_ERR(store_cx(b->s), store_write(b->s, run_step, &d), NULL);
}

/* ---- every order of two clients' steps ---- */

#define STEPS_MAX 4
static const struct race_case {
    const char *name;
    int64_t cents; /* in the wallet */
    enum step a[STEPS_MAX], b[STEPS_MAX];
    bool same;                    /* both mean the same hold or posting */
    int64_t taken_min, taken_max; /* what is gone when both are through */
} race_cases[] = {
    { "two holds on the last cent", 1, { HOLD, POST_HOLD }, { HOLD, POST_HOLD }, false, 1, 1 },
    { "two at once on two cents", 2, { HOLD, POST_HOLD }, { HOLD, POST_HOLD }, false, 2, 2 },
    { "a hold against a posting", 1, { HOLD, POST_HOLD }, { SPEND }, false, 1, 1 },
    { "two postings", 1, { SPEND }, { SPEND }, false, 1, 1 },
    { "twins of a posting", 2, { SPEND, SPEND }, { SPEND }, true, 1, 1 },
    { "twins of a hold", 2, { HOLD, POST_HOLD }, { HOLD, POST_HOLD }, true, 1, 1 },
    { "post against void", 1, { HOLD, POST_HOLD }, { VOID_HOLD }, true, 0, 1 },
    { "void twice, post twice", 1, { HOLD, POST_HOLD, POST_HOLD }, { VOID_HOLD, VOID_HOLD }, true,
        0, 1 },
    { "post against expiry", 1, { HOLD, POST_HOLD }, { EXPIRE }, true, 0, 1 },
    { "a voided hold frees the cent", 1, { HOLD, VOID_HOLD }, { HOLD, POST_HOLD }, false, 0, 1 },
    { "an expired hold frees the cent", 1, { HOLD, EXPIRE }, { SPEND }, false, 0, 1 },
};

static size_t length(const enum step *steps)
{
    size_t n = 0;
    while (n < STEPS_MAX && steps[n] != STOP)
        n++;
    return n;
}

/* What the outcome of a client's step makes of what was taken. */
static int64_t taken_by(enum step step, err e)
{
    return !e && (step == POST_HOLD || step == SPEND) ? 1 : 0;
}

static void check_outcome(struct books *b, const struct race_case *c, const int64_t *took)
{
    CHECK_ERR(store_cx(b->s), store_read(b->s, look, b), NULL);
    CASE_INT(c->name, b->wrong, 0);
    int64_t taken = c->cents - b->minor;
    int64_t claimed = c->same ? (took[0] || took[1]) : took[0] + took[1];
    CASE_INT(c->name, claimed, taken); /* who was told yes has it, who was told no has not */
    CASE(c->name, taken >= c->taken_min && taken <= c->taken_max);
    CASE(c->name, b->available >= 0 && b->available <= b->minor);
}

/* Bit i of `order` says whose turn the i-th step is. */
static void run_order(const struct race_case *c, enum db_engine engine, unsigned order)
{
    struct books b = books_open((struct store_opts){ .engine = engine });
    load(&b, c->cents);
    const enum step *steps[] = { c->a, c->b };
    const id names[] = { id_from_name(S("t"), S("a")),
        id_from_name(S("t"), c->same ? S("a") : S("b")) };
    size_t at[] = { 0, 0 }, n = length(c->a) + length(c->b);
    int64_t took[] = { 0, 0 };
    for (size_t i = 0; i < n; i++) {
        unsigned who = order >> i & 1;
        struct doing d = { &b, steps[who][at[who]++], names[who], 1 };
        err e = store_write(b.s, run_step, &d);
        CASE(c->name,
            !e || e == &LEDGER_BALANCE_LOW || e == &LEDGER_HOLD_GONE || e == &LEDGER_HOLD_POSTED);
        if (taken_by(d.step, e))
            took[who] = 1;
    }
    check_outcome(&b, c, took);
    store_close(b.s);
}

static void test_every_order(void **state)
{
    size_t orders = 0;
    for (size_t i = 0; i < COUNT(race_cases); i++) {
        const struct race_case *c = &race_cases[i];
        size_t n = length(c->a) + length(c->b);
        for (unsigned order = 0; order < 1U << n; order++)
            if ((size_t)__builtin_popcount(order) == length(c->b)) {
                run_order(c, store_engine(state), order);
                orders++;
            }
    }
    CHECK_INT(orders, 51);
}

/* ---- many at once, on real lanes ---- */

#define CLIENTS 200
#define CENTS 17

struct client {
    struct cx cx;
    struct doing d;
    struct db_ticket *ticket;
};

/* Starts all, then waits for all; each lane takes from its own queue. Returns how many got it. */
static int64_t rush(struct books *b, enum step step, bool same, err want)
{
    struct client *clients = NEW_N(store_cx(b->s)->arena, CLIENTS, struct client);
    struct arena *names = store_cx(b->s)->arena;
    int64_t won = 0;
    for (size_t i = 0; i < CLIENTS; i++) {
        struct client *c = &clients[i];
        str name = same ? S("twin") : str_from_i64(names, (int64_t)i);
        c->cx = (struct cx){
            .arena = arena_open(4096), .now_ms = store_cx(b->s)->now_ms, .rng = rng_seeded(i)
        };
        c->d = (struct doing){ b, step, id_from_name(S("client"), name), 1 };
        c->ticket = db_write_start(store_db(b->s), &c->cx, i, run_step, &c->d);
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        err e = db_write_finish(clients[i].ticket);
        if (e)
            CHECK_ERR(&clients[i].cx, e, want);
        won += !e;
        arena_close(clients[i].cx.arena);
    }
    return won;
}

static struct books rush_open(void **state)
{
    struct books b =
        books_open((struct store_opts){ .engine = store_engine(state), .lanes = true });
    load(&b, CENTS);
    return b;
}

static void rush_close(struct books *b, int64_t minor, int64_t available)
{
    CHECK_ERR(store_cx(b->s), store_read(b->s, look, b), NULL);
    CHECK_INT(b->minor, minor);
    CHECK_INT(b->available, available);
    CHECK_INT(b->wrong, 0);
    store_close(b->s);
}

static void test_many_postings(void **state)
{
    struct books b = rush_open(state);
    CHECK_INT(rush(&b, SPEND, false, &LEDGER_BALANCE_LOW), CENTS);
    rush_close(&b, 0, 0);
}

static void test_many_holds(void **state)
{
    struct books b = rush_open(state);
    CHECK_INT(rush(&b, HOLD, false, &LEDGER_BALANCE_LOW), CENTS);
    CHECK_INT(rush(&b, POST_HOLD, false, &LEDGER_HOLD_GONE), CENTS);
    rush_close(&b, 0, 0);
}

static void test_many_twins(void **state)
{
    struct books b = rush_open(state);
    CHECK_INT(rush(&b, SPEND, true, NULL), CLIENTS);
    rush_close(&b, CENTS - 1, CENTS - 1);
}

/* Without a guard: only the journal's key says which of them was first. */
static void test_many_twins_of_a_load(void **state)
{
    struct books b = rush_open(state);
    CHECK_INT(rush(&b, LOAD, true, NULL), CLIENTS);
    rush_close(&b, CENTS + 1, CENTS + 1);
}

static void test_one_hold_by_many(void **state)
{
    struct books b = rush_open(state);
    CHECK_INT(rush(&b, HOLD, true, NULL), CLIENTS);
    CHECK_INT(rush(&b, POST_HOLD, true, NULL), CLIENTS);
    CHECK_INT(rush(&b, VOID_HOLD, true, &LEDGER_HOLD_POSTED), 0);
    rush_close(&b, CENTS - 1, CENTS - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_every_order),
        STORE_TEST(test_many_postings),
        STORE_TEST(test_many_holds),
        STORE_TEST(test_many_twins),
        STORE_TEST(test_many_twins_of_a_load),
        STORE_TEST(test_one_hold_by_many),
    };
    return cmocka_run_group_tests_name("ledger_race", tests, NULL, NULL);
}
