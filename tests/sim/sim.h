/* SPDX-License-Identifier: Apache-2.0
 * One simulated world: processes, a clock, a queue of what happens next, a provider and buyers, all
 * drawn from one seed. Shared by the files of souk-sim; must never look at real time or chance. */
#ifndef SOUK_TESTS_SIM_SIM_H
#define SOUK_TESTS_SIM_SIM_H

#include "base/map.h"
#include "flows/checkout/checkout_internal.h"
#include "flows/till/till.h"
#include "platform/db/db.h"
#include "platform/secret/secret.h"
#include "services/fraud/fraud.h"

#define SIM_PROCESSES 2
#define SIM_VARIANTS 3
#define SIM_LINES (2 * SIM_VARIANTS) /* goods may go to two addresses */
#define SIM_BUYERS 8
#define SIM_BUYS 24
#define SIM_CARDS 2
#define SIM_COUPONS 3
#define SIM_OFF 333     /* of the one with an amount */
#define SIM_ATTEMPTS 16 /* of one request */
#define SIM_IDS (SIM_ATTEMPTS + 2)
#define SIM_ENDINGS 96
#define SIM_STRAYS 5
#define SIM_LATE 256
#define SIM_SKEW_MS 1000 /* clocks of processes differ by less */
#define SIM_RELAYS 3
#define SIM_SURE 128 /* facts that are told until they are heard */
#define SIM_BACKS 48
#define SIM_REPAYS 96
#define SIM_PAGES 96
#define SIM_USD ((currency){ "USD" })
#define SIM_TAIL 60
#define SIM_LATE_MS 60000 /* the provider hears a late call after so long at most */

/* ---- databases: opened once, empty at the beginning of each world (sim_store.c) ---- */
enum sim_place { SIM_MAIN, SIM_STOCK, SIM_ORDERS, SIM_MONEY, SIM_BOOKS, SIM_CART, SIM_PLACES };
struct sim_store;
struct sim_store *sim_store_open(struct arena *life, bool apart);
void sim_store_close(struct sim_store *s);
/* Deletes all rows; units go to the world from now on. */
void sim_store_clear(struct sim_store *s, struct cx *cx);
struct sim_diversion {
    void (*unit)(void *self, const struct db_errand *x);
    void (*statement)(void *self, struct cx *cx, const struct db_query *q);
};
void sim_store_divert(struct sim_store *s, const struct sim_diversion *to, void *self);
/* In a WRITE unit: runs fn, which may run units, as if they came between two statements of this
 * one. False, and not at all, when the unit has written already. */
bool sim_store_overlap(struct cx *cx, void (*fn)(void *arg), void *arg);
/* The next unit takes nothing for granted (db_presume). */
void sim_store_ask(struct db *db);
struct db *sim_store_db(struct sim_store *s, enum sim_place place);
/* For queries with one id, in or out. */
struct sim_id_row {
    id id;
};
extern const struct db_column sim_id_cols[1];

/* ---- the world ---- */
struct sim;
/* How often things go wrong, per mille. */
struct sim_rates {
    unsigned crash;     /* of a unit or a call: its process dies there */
    unsigned conflict;  /* of a unit: it is undone, run twice, or its commit is not told */
    unsigned slow;      /* of a unit or a call: it waits for up to two minutes */
    unsigned provider;  /* of a call: it fails before, after, or is late */
    unsigned webhook;   /* of the provider's facts: told late, twice, never */
    unsigned impatient; /* of requests: sent again at once */
    unsigned declined;  /* of a refund: the provider will not do it now */
    unsigned overlap;   /* of statements of a unit: another process's units come before it */
};
struct sim_process {
    struct sim *sim;
    int index;
    unsigned life; /* what was queued in an earlier life does not happen */
    bool up;
    int64_t skew_ms; /* its clock is fast by that */
    struct arena *arena;
    struct clock clock;
    struct pay pay;
    struct catalog *catalog;
    struct pricing *pricing;
    struct inventory *inventory;
    struct orders *orders;
    struct payments *payments;
    struct cart *cart;
    struct promotions *promotions;
    struct ledger *ledger;
    struct sagas *sagas;
    struct idem_keeper claims;
    struct fraud *fraud; /* NULL: orders are not looked at */
    struct checkout *c;
    struct till *till;
    struct bus *bus, *relays[SIM_RELAYS]; /* relays: of databases of their own */
    bool at_bus;                          /* its dispatcher is at work */
};

/* A unit, a call or what somebody does, at its time. */
typedef void sim_fn(struct sim *s, void *arg);
struct sim_event {
    int64_t at_ms;
    uint64_t order; /* of equal times: drawn */
    int process;    /* whose; -1: of the world outside, which never dies */
    unsigned life;
    sim_fn *fn;
    void *arg;
    struct cx *cx; /* closed when the event is dropped; may be NULL */
};

/* The unit that runs: others may come between its statements until it locks something. */
struct sim_unit {
    bool locked;
    int reads;
};

struct sim_goods {
    struct inventory_key key;
    int64_t price, received, first; /* first: as the world began */
    bool by_hand; /* was counted or moved by staff: what is told of it leads nowhere */
};
struct sim_buyer {
    id user_id; /* none: a guest */
    str email, cart_token;
    int64_t wallet_minor;
    id arrived;          /* a guest who has signed in: as whom (sim_people.c) */
    bool arrives;        /* or is just about it */
    bool seen, signs_in; /* drawn; at the bank, if not before */
    bool owns;           /* one of `first` in the cart that they have as a user */
    bool erased;
    struct checkout_item first;
};
enum sim_told { SIM_TOLD_NOTHING, SIM_TOLD_PLACED, SIM_TOLD_REFUSED };
/* One wish to buy: sent with one key until it is answered. */
struct sim_buy {
    struct sim *sim;
    size_t index;
    struct sim_buyer *buyer;
    bool from_cart, use_wallet, approves, leaves_bank, stays_at_bank;
    int fate; /* of the order, once it stands */
    struct checkout_item items[SIM_LINES];
    struct checkout_where others[SIM_LINES];
    size_t items_n;
    const char *card;
    str key, coupon;
    int gift_card; /* -1: none */
    int64_t in_ms; /* since the world began: the first request */
    int tries;
    enum sim_told told;
    id order_id; /* as told */
    /* Ids that requests made, whether or not they came through; and those that were refused. */
    id attempts[SIM_IDS], refused[SIM_IDS];
    size_t attempts_n, refused_n;
    int64_t total_minor;                       /* of the order that was prepared last */
    bool settled;                              /* refused, and that is on record */
    bool bank_asked;                           /* the buyer is on their way to the bank */
    bool cart_changed, late_for_cart[SIM_IDS]; /* of attempts: prepared of what it was before */
    int64_t cart_changes;                      /* of its line cart_line, at last to cart_quantity */
    id cart_line;
    int64_t cart_quantity;
    bool sent;
    id as_user; /* of a guest who had signed in before it was sent */
};
/* Money asked back of an order. */
struct sim_ending {
    struct sim *sim;
    struct sim_buy *buy;
    id order_id; /* none: as the buyer was told */
    enum checkout_why why;
    int64_t part;  /* 0: the order; n: its group n - 1, if it has so many */
    int64_t minor; /* of goodwill */
    int tries;
    bool answered, accepted;
    bool requested; /* of a return: by its buyer, before */
    bool stranger;  /* who asks is no staff, nor has it bought */
    err refused;    /* NULL: it was not */
    id approval_id; /* by a second person, who may give it again; none: it needs none */
};

/* Somebody else who uses the verbs (sim_strays.c), and what it should have. */
enum sim_stray_kind {
    SIM_STRAY_GOODS,
    SIM_STRAY_STAFF,
    SIM_STRAY_USE,
    SIM_STRAY_HOLD,
    SIM_STRAY_KEY,
    SIM_STRAY_PAYMENT,
    SIM_STRAY_MOVE,
    SIM_STRAY_WAKE,
    SIM_STRAY_TRY,
    SIM_STRAY_SAGA,
    SIM_STRAY_KINDS,
};
struct sim_stray {
    struct sim *sim;
    size_t index, goods;
    enum sim_stray_kind kind;
    enum { SIM_STRAY_NONE, SIM_STRAY_LIVE, SIM_STRAY_SOLD, SIM_STRAY_EXPIRED } state;
    id own, own_promotion, customer;
    int64_t number, until_ms;
    int steps, at[16]; /* at: of an order's groups */
    bool kept, told;   /* of a payment */
    int64_t given;     /* back, by its saga */
};
/* A row of what is held, as it is in its table. */
struct sim_kept {
    int64_t number, until_ms;
    bool ended, gone; /* sold, confirmed or posted; expired or voided */
};

/* A refund that the bank gives back (sim_back.c). */
struct sim_back {
    id deed_id, payment_id;
    bool is; /* it has */
};

/* Staff pay one of them another way (sim_repay.c). */
struct sim_repay {
    struct sim *sim;
    const struct sim_back *back;
    id order_id, user_id;
    bool wallet;            /* else outside of the shop */
    struct sim_repay *twin; /* comes between; NULL: none does */
    int tries;
    bool answered, paid;
    int64_t minor; /* as they were told */
};

static inline id sim_ending_order(const struct sim_ending *x)
{
    return id_is_none(x->order_id) ? x->buy->order_id : x->order_id;
}

/* A refund in the provider's own pages (sim_pages.c). */
struct sim_page {
    id order_id, payment_id;
    int64_t minor;
};

/* What an order holds of stock (sim_holds.c). */
struct sim_held {
    id order_id;
    int64_t until_ms;             /* as it was taken */
    int64_t asked_ms, granted_ms; /* by renewals: at most, at least; 0: none */
    int64_t promised_ms;          /* of what was granted in time */
    bool seen, there, live;       /* live at the last look; at this one there, live */
};

struct sim {
    uint64_t seed;
    struct rng rng;
    struct arena *life;
    struct sim_store *store;
    bool apart, verbose, quiet;
    bool capture_declined;
    struct map captures; /* by their keys: whether they were declined */
    bool declined_late;  /* when it was quiet */
    bool overtaken;      /* a run lost its row to another */
    struct sim_rates rates;
    bool screens; /* orders are looked at for fraud */
    bool crowded; /* so many wait that nobody is let wait for the provider */
    struct fraud_limits fraud;
    struct ledger_rates fees; /* of sellers */
    int64_t now_ms, begun_ms, busy_ms;
    bool deaf;                        /* the provider, until an order's time is nearly over */
    int64_t outage_ms, outage_end_ms; /* no call is answered from then to then; 0: none */
    /* the queue: a heap */
    struct sim_event *events;
    size_t events_n, events_cap;
    int running;           /* the process whose event runs; -1: none */
    struct sim_unit *unit; /* NULL: none runs */
    sim_fn *between;       /* once, before the next statement that writes, as if it overlapped */
    void *between_arg;
    bool direct;            /* units run at once and without faults: the world's own */
    struct arena **closing; /* after the event */
    size_t closing_n, closing_cap;
    /* the trace */
    uint64_t hash;
    char tail[SIM_TAIL][400]; /* a ring of its last lines */
    size_t lines_n;
    char failed[512]; /* the first invariant that does not hold; empty: none yet */
    /* the shop */
    struct sim_process processes[SIM_PROCESSES], outside; /* outside: for setting up and checking */
    int processes_n;
    struct pay sandbox;
    id late[SIM_LATE]; /* payments that were asked for late, for which nobody waits any more */
    size_t late_n;
    id asked[SIM_BUYS * SIM_IDS]; /* payments that the provider was asked for */
    size_t asked_n;
    bool tells_surely; /* what the provider has to tell now it tells until it is heard */
    size_t sure[SIM_SURE], sure_n;
    size_t heard_n; /* facts of the provider that were scheduled as webhooks */
    struct sim_goods goods[SIM_VARIANTS];
    size_t goods_n;
    struct sim_buyer buyers[SIM_BUYERS];
    size_t buyers_n;
    struct sim_buy buys[SIM_BUYS];
    size_t buys_n;
    struct {
        id card_id;
        str code;
        int64_t minor;
    } cards[SIM_CARDS];
    size_t cards_n;
    int64_t topped_minor; /* onto gift cards and wallets */
    struct {
        id promotion_id;
        str code;
        int64_t uses_max, per_customer, budget_minor;
        int64_t starts_ms, ends_ms; /* 0: always */
    } coupons[SIM_COUPONS];
    size_t coupons_n;
    struct { /* goods 0 for less, so many of them; only where there are no coupons */
        id promotion_id;
        int64_t units, off_minor, ends_ms;
    } deal;
    struct sim_ending endings[SIM_ENDINGS];
    size_t endings_n;
    struct sim_stray strays[SIM_STRAYS];
    size_t strays_n;
    struct {
        struct rng rng;
        unsigned per_mille; /* of refunds that were done */
        struct sim_back list[SIM_BACKS];
        size_t n;
    } back;
    struct sim_repay repays[SIM_REPAYS];
    size_t repays_n;
    struct {
        struct rng rng;
        unsigned per_mille; /* of orders that stand, and of endings */
        struct sim_page list[SIM_PAGES];
        size_t n;
    } pages;
    struct { /* sim_counts.c */
        struct rng rng;
        bool are;
    } counts;
    struct { /* sim_people.c */
        struct rng rng;
        unsigned sign_in, erased, approved; /* per mille: of guests, and of orders that stand */
    } people;
    struct sim_held held[SIM_BUYS * SIM_IDS];
    size_t held_n;
    struct { /* sim_bus.c: not at work, its chance and rates are here, else the world's */
        bool at_work;
        struct rng rng;
        struct sim_rates rates;
        unsigned fails, poison; /* per mille: of consumers and events, sometimes and for long */
        size_t batch, units, relayed_n;
        struct map stories, mails;
    } bus;
    struct sim_held *renewing; /* by the unit that is asked for now; NULL: none */
    int64_t renewing_ms;
    int64_t crashes_n, events_run_n; /* figures */
};

struct sim_result {
    uint64_t hash;
    int64_t orders_n, standing_n, crashes_n, events_n;
    const char *failed; /* lives in the result's arena; NULL: all holds */
};
struct sim_opts {
    uint64_t seed;
    bool verbose;
};
/* Runs a world to its end; a failure is printed with the end of its trace. */
struct sim_result sim_run(
    struct arena *arena, struct sim_store *together, struct sim_store *apart, struct sim_opts opts);

/* ---- sim_loop.c: time ---- */
/* fn(arg) in_ms from now, unless the process dies before. */
void sim_at(struct sim *s, int process, int64_t in_ms, sim_fn *fn, void *arg, struct cx *cx);
/* Runs the next event; false when there is none up to until_ms. */
bool sim_step(struct sim *s, int64_t until_ms);
/* A request or job of a process (-1: outside). Closed by sim_cx_close, after the event. */
struct cx *sim_cx(struct sim *s, int process);
void sim_cx_close(struct sim *s, struct cx *cx);
void sim_queue_release(struct sim *s);
/* The next fn of another live process within so long, now; false when there is none. For what runs
 * inside of an event. */
bool sim_step_between(struct sim *s, sim_fn *fn, int64_t within_ms);

/* ---- sim_trace.c ---- */
void sim_say(struct sim *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The first one is kept. */
void sim_fail(struct sim *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
void sim_print_tail(struct sim *s);
bool sim_chance(struct sim *s, unsigned per_mille); /* never in the quiet phase */
int64_t sim_between(struct sim *s, int64_t low, int64_t high);
/* Short: the first bytes of an id that differ. */
const char *sim_name(struct cx *cx, id a);

/* ---- sim_provider.c: its calls, and what happens to them ---- */
struct pay sim_pay(struct sim_process *p);

/* ---- sim_faults.c: units, what waits, and processes that die ---- */
extern const struct sim_diversion sim_diversion;
struct executor sim_executor(struct sim_process *p);
/* The process whose event runs died in it. */
bool sim_is_dead(const struct sim *s);
void sim_process_open(struct sim *s, struct sim_process *p);
void sim_process_close(struct sim_process *p);
void sim_crash(struct sim *s, const char *where);
/* A live process, drawn; -1: all are down. */
int sim_some_process(struct sim *s);

/* ---- sim_shop.c ---- */
void sim_shop_open(struct sim *s);
void sim_jobs_start(struct sim *s, struct sim_process *p);
/* Works on the inbox, then looks for money of no order. */
void sim_till(struct sim *s, struct sim_process *p);
/* Its jobs are due now, inside of another's event. */
void sim_jobs_between(struct sim *s, struct sim_process *p);
/* Some jobs of some process, once. */
void sim_jobs_once(struct sim *s);
/* The bus's own. */
void sim_bus_jobs(struct sim *s);
/* Some process lets go what stock has been held for too long, soon. */
void sim_expire(struct sim *s);
/* Everything that is due, again and again until nothing is. */
void sim_settle(struct sim *s);

/* ---- sim_buyers.c, sim_after.c: what people and the provider do ---- */
void sim_buyers_open(struct sim *s);
/* Who has not been answered asks once more, and now must be. */
void sim_buyers_ask(struct sim *s);
bool sim_buyers_wait(struct sim *s); /* for an answer that needs nobody else */
void sim_buyers_check(struct sim *s);
/* Told that it stands: perhaps they want it cancelled, or send it back. */
void sim_after_placed(struct sim *s, struct sim_buy *b);
/* Tells the facts of the provider's books that are new: soon, late, twice, in any order, never. */
void sim_webhooks(struct sim *s);
/* Those that must be heard, once more. */
void sim_webhooks_again(struct sim *s);

/* ---- sim_back.c: refunds that the bank gives back ---- */
void sim_back_draw(struct sim *s);
/* The index-th fact of the provider is new. */
void sim_back_look(struct sim *s, size_t index);
/* In READ units. What came back of a payment and is the buyer's: of an order, in the books once. */
int64_t sim_back_owed(struct sim *s, struct cx *cx, id payment_id);
int64_t sim_back_minor(struct sim *s, struct cx *cx, const struct sim_back *b);
int64_t sim_back_booked(struct sim *s, struct cx *cx, const struct orders_order *o,
    const struct ledger_posting *list, size_t n);
/* Of an order that does not stand: what is owed keeps its payment, and others of the order may stay
 * with it. */
void sim_back_kept(struct sim *s, struct cx *cx, const struct payments_payment *p);
void sim_back_history(struct sim *s, struct cx *cx, const struct orders_order *o,
    const struct orders_event *list, size_t n);

/* ---- sim_repay.c: and are paid another way ---- */
void sim_repay_plan(struct sim *s, const struct sim_back *b);
/* Who was not answered asks once more. */
void sim_repay_ask(struct sim *s);
/* Into the wallet of this user; NULL: outside of the shop. */
int64_t sim_repaid(const struct sim *s, const id *wallet_of);
/* In READ units, of an order: in the books and in its history once. */
struct sim_repaid {
    int64_t wallet, outside;
};
struct sim_repaid sim_repay_booked(struct sim *s, struct cx *cx, const struct orders_order *o,
    const struct ledger_posting *list, size_t n);
void sim_repay_history(struct sim *s, struct cx *cx, const struct orders_order *o,
    const struct orders_event *list, size_t n);

/* ---- sim_review.c: staff and the orders that look like fraud ---- */
void sim_reviews_start(struct sim *s);
/* So many of those that wait are decided, soon. */
void sim_reviews_decide(struct sim *s, unsigned per_mille);
/* After a request: perhaps they look at it at once. */
void sim_reviews_soon(struct sim *s);
/* Some order of it was, or is, under review. */
bool sim_is_reviewed(struct sim *s, const struct sim_buy *b);
/* In a READ unit. */
err sim_check_reviews(struct sim *s, struct cx *cx);

/* ---- sim_bus.c, sim_bus_check.c: dispatchers, and what they must come to ---- */
void sim_bus_draw(struct sim *s);
/* Before the services, which tell it; after them, for those who hear of it. */
void sim_bus_open(struct sim *s, struct sim_process *p);
void sim_bus_listen(struct sim_process *p);
struct bus *sim_bus_at(const struct sim_process *p, enum sim_place place);
void sim_bus_close(struct sim_process *p);
void sim_bus_start(struct sim *s, struct sim_process *p);
/* Until nothing is due; nothing when the process is at it already. */
void sim_bus_turn(struct sim *s, struct sim_process *p, bool replays);
void sim_bus_all(struct sim *s, bool replays);
void sim_bus_unit(struct sim *s); /* one unit of a turn */
/* What is not the bus's must not have its chance; true when it was at work. */
bool sim_bus_leave(struct sim *s);
void sim_bus_enter(struct sim *s, bool again);
/* The end: dead letters come back; then what came of them is through too. */
void sim_bus_settle(struct sim *s);
void sim_bus_end(struct sim *s);

/* ---- sim_events.c: what was told of orders ---- */
struct sim_events {
    void *list; /* of this file's own rows */
    size_t n;
};
err sim_events_read(struct sim *s, struct cx *cx, struct sim_events *ret);
/* What was told of stock leads from what there was to what there is. In a READ unit. */
err sim_events_stock(struct sim *s, struct cx *cx);
void sim_events_check(struct sim *s, struct cx *cx, const struct sim_events *events,
    const struct orders_order *o, const struct orders_event *moves, size_t n);

/* ---- sim_books.c: row by row, in READ units ---- */
struct sim_paid {
    int64_t captured, refunded; /* by all tenders */
    int64_t card_minor;         /* captured less refunded, of the card */
};
err sim_check_movements(struct sim *s, struct cx *cx);
/* The one way of an order, or out of it. */
bool sim_may_follow(enum orders_status from, enum orders_status to);
err sim_check_history(
    struct sim *s, struct cx *cx, const struct orders_order *o, const struct sim_events *events);
err sim_check_entries(
    struct sim *s, struct cx *cx, const struct orders_order *o, struct sim_paid p);
void sim_check_amounts(struct sim *s, struct cx *cx, const struct orders_order *o);
void sim_check_delivery(struct sim *s, struct cx *cx, const struct orders_order *o);
int64_t sim_group_total(const struct orders_order *o, size_t group);
void sim_check_window(struct sim *s, struct cx *cx, const struct orders_order *o, str promotion,
    int64_t starts_ms, int64_t ends_ms); /* 0: for ever */
err sim_check_deeds(struct sim *s, struct cx *cx, const struct payments_payment *p, bool stands);

/* ---- sim_withdraw.c: what is cancelled while it is being placed ---- */
/* Its buyer was told that it waits. */
void sim_withdraw_soon(struct sim *s, struct sim_buy *b, id order_id);
bool sim_withdrawn(const struct sim *s, id order_id); /* somebody has asked for that */
/* In a READ unit: whether it ever stood. */
err sim_was_confirmed(struct sim *s, struct cx *cx, id order_id, bool *ret);
void sim_ask(struct sim *s, struct sim_ending wanted, int64_t in_ms); /* sim_after.c */

/* ---- sim_holds.c: until when orders hold what ---- */
void sim_holds_start(struct sim *s);
void sim_holds_look(struct sim *s);
void sim_holds_late(struct sim *s, struct cx *cx, const struct orders_order *o);
/* What is held under this very id; false: nothing. */
bool sim_holds_stock(struct sim *s, id order_id, struct sim_kept *ret);
bool sim_holds_use(struct sim *s, id order_id, struct sim_kept *ret);
bool sim_holds_tender(struct sim *s, id hold_id, struct sim_kept *ret);
/* NULL: no buyer's order. */
struct sim_held *sim_held(struct sim *s, id order_id);
/* A renewal: the next unit asks for it; it was committed. */
void sim_holds_asked(struct sim *s, struct sim_held *h, int64_t until_ms);
void sim_holds_granted(struct sim *s, struct sim_held *h, int64_t until_ms);

/* ---- sim_strays.c: who uses the verbs beside the checkout ---- */
void sim_strays_start(struct sim *s);
void sim_strays_end(struct sim *s);   /* no more steps come */
void sim_strays_sweep(struct sim *s); /* before what follows: sees what was let go */
void sim_strays_late(struct sim *s);  /* some hours later */
int64_t sim_strays_reserved(const struct sim *s, size_t goods);
void sim_strays_check(struct sim *s);
/* Before anything runs: the kind of saga that strays have (sim_strays_saga.c). */
void sim_stray_sagas_add(struct sim_process *p);

/* ---- sim_reasons.c: nobody is refused without a reason ---- */
void sim_reasons_refused(struct sim *s, const struct sim_buy *b, id order_id, err why);
/* A repeat of a key, of what is on record. */
void sim_told_again(struct sim *s, const struct sim_buy *b, const struct idem_reply *stored);
/* Of a call that changes something. */
void sim_reasons_key(struct sim *s, str key);
/* Before anything was begun: what is so at this very moment. */
void sim_reasons_tenders(struct sim *s, const struct sim_buy *b, const struct checkout_plan *plan);
void sim_reasons_prepared(struct sim *s, const struct sim_buy *b, err why);
void sim_reasons_check(
    struct sim *s, const struct sim_ending *x, const struct orders_order *o); /* in the end */

/* ---- sim_rules.c and others: verbs by themselves, when all is quiet ---- */
void sim_rules_check(struct sim *s);
/* What a verb that is tried must say: "units of a shelf are", "held". */
void sim_expect(struct sim *s, const char *about, const char *verb, err is, err want);
/* A WRITE unit in which nothing goes wrong. */
err sim_at_once(struct sim *s, enum sim_place place, db_work *fn, void *arg);

void sim_limits_check(struct sim *s);  /* what an order may have of a promotion, likewise */
void sim_shelf_check(struct sim *s);   /* what orders and staff may do with the units of a shelf */
void sim_transit_check(struct sim *s); /* goods on their way between warehouses */
void sim_purse_check(struct sim *s);   /* what may be held and paid of a wallet */
void sim_claims_check(struct sim *s);  /* idempotency keys */
void sim_moves_check(struct sim *s);   /* what may become of an order and its groups */

/* ---- sim_till.c: webhooks and sweeps of payments of no order, likewise ---- */
void sim_till_check(struct sim *s);
/* Before anything runs: the kind of saga that stands for their orders'. */
void sim_till_sagas_add(struct sim_process *p);

/* ---- sim_check.c ---- */
void sim_check_holds(struct sim *s); /* once no saga is left, before anything has expired */
void sim_check(struct sim *s, int64_t *ret_standing);

#endif
