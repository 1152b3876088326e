/* SPDX-License-Identifier: Apache-2.0
 * Money back, whole or in part: a saga that moves the order, puts goods and limits back, then gives
 * each tender its part, once. One at a time for an order: the saga has its id. Must never ask the
 * provider before what is asked is on record. */
#include "flows/checkout/checkout_internal.h"
#include "flows/checkout/checkout_part.h"
#include "platform/http/if_match.h"

struct refund {
    id refund_id, actor_id;                                  /* refund_id: of the posting */
    str why, reason, amount, currency, number, provider_ref; /* amount: of a goodwill */
    struct checkout_part *parts;                             /* the card's first, if it has one */
    size_t parts_n;
    str claim_principal, claim_method, claim_route, claim_key; /* absent: there is none */
    str if_match;               /* until the order has moved; absent: any version */
    int64_t minor, part;        /* part: 0, or the number of the group that it is for */
    int64_t groups_n;           /* of the order; 0: one */
    bool all;                   /* nothing is left after it */
    bool last;                  /* of the groups that stand */
    id refused_id;              /* of the card's part: a deed for which too little was left */
    struct checkout_said *said; /* of the card's part; NULL: not asked yet */
    /* of this process */
    struct checkout_ending *asked; /* NULL: taken up after a crash */
    bool called;                   /* the provider: so the order has moved */
};
static const struct json_field refund_fields[] = {
    JSON_ID(struct refund, refund_id),
    JSON_ID(struct refund, actor_id),
    JSON_STR(struct refund, why),
    JSON_STR(struct refund, reason),
    JSON_STR(struct refund, amount),
    JSON_STR(struct refund, currency),
    JSON_STR(struct refund, number),
    JSON_STR(struct refund, provider_ref),
    JSON_LIST(struct refund, parts, checkout_part_shape),
    JSON_STR(struct refund, claim_principal),
    JSON_STR(struct refund, claim_method),
    JSON_STR(struct refund, claim_route),
    JSON_STR(struct refund, claim_key),
    JSON_STR(struct refund, if_match),
    JSON_INT(struct refund, minor),
    JSON_INT(struct refund, part),
    JSON_INT(struct refund, groups_n),
    JSON_BOOL(struct refund, all),
    JSON_BOOL(struct refund, last, .zero_out = true),
    JSON_ID(struct refund, refused_id),
    JSON_OBJECT(struct refund, said, checkout_said_shape),
};
static const struct json_shape refund_shape = JSON_SHAPE("Refund", struct refund, refund_fields);

static enum checkout_why why_of(const struct refund *r)
{
    for (int i = 0; i < CHECKOUT_WHYS_N; i++)
        if (str_eq(r->why, str_from_c(checkout_why_names[i])))
            return (enum checkout_why)i;
    panic(__FILE__, "unknown why");
}

static money money_back(const struct refund *r, int64_t minor)
{
    currency cur;
    bool known = currency_parse(r->currency, &cur);
    ASSERT(known);
    return money_of(minor, cur);
}

/* ---- how much of which tender ---- */

static err check_seen(struct cx *cx, const struct refund *r, const struct orders_order *o)
{
    if (if_match_holds(r->if_match, o->version))
        return NULL;
    return FAIL(cx, ORDERS_STALE, "version %lld", (long long)o->version);
}

static err wanted_minor(struct cx *cx, const struct refund *r, money left, int64_t *ret_minor)
{
    *ret_minor = left.minor;
    if (why_of(r) != CHECKOUT_GOODWILL)
        return NULL;
    money wanted = left;
    if (!money_parse(r->amount, left.currency, &wanted)) {
        cx_field(cx, S("/amount"), "bad_amount", "must be an amount with at most %d decimals",
            currency_decimals(left.currency));
        return FAIL(cx, ERR_INVALID, "refund of " STR_F, STR_A(r->amount));
    }
    if (wanted.minor < 1) {
        cx_field(cx, S("/amount"), "out_of_bounds", "must be above zero");
        return FAIL(cx, ERR_INVALID, "refund of " STR_F, STR_A(r->amount));
    }
    if (wanted.minor > left.minor) {
        cx_field(cx, S("/amount"), "out_of_bounds", "at most " STR_F,
            STR_A(money_decimal(cx->arena, left)));
        return FAIL(cx, PAYMENTS_AMOUNT_TOO_LARGE, "refund of " STR_F, STR_A(r->amount));
    }
    *ret_minor = wanted.minor;
    return NULL;
}

/* Each tender gives back in proportion to what it has left; the card's part comes first. */
static void note_parts(struct cx *cx, struct refund *r, const struct checkout_left *left,
    const struct ledger_sale *back)
{
    r->parts = NEW_N(cx->arena, back->paid_n, struct checkout_part);
    for (int card = 1; card >= 0; card--)
        for (size_t i = 0; i < back->paid_n; i++) {
            const struct payments_payment *p = &left->payments[i];
            const struct ledger_paid *paid = &back->paid[i];
            if ((paid->account.kind == LEDGER_PROVIDER) != card || paid->minor == 0)
                continue;
            r->parts[r->parts_n++] = (struct checkout_part){ .deed_id = cx_id(cx),
                .payment_id = p->payment_id,
                .owner = paid->account.owner,
                .type = p->method_type,
                .minor = paid->minor };
            if (card)
                r->provider_ref = p->provider_ref;
        }
}

static err check_alone(struct checkout *c, struct cx *cx, const struct refund *r, int64_t back)
{
    bool approved = str_eq(r->claim_principal, S(IDEM_APPROVAL));
    return why_of(r) != CHECKOUT_GOODWILL || approved ? NULL
                                                      : checkout_alone(c, cx, back + r->minor);
}

static void note_groups(struct refund *r, const struct orders_order *o)
{
    r->groups_n = (int64_t)o->groups_n;
    r->last = true;
    for (size_t g = 0; r->part && g < o->groups_n; g++)
        if (g + 1 != (size_t)r->part && o->groups[g].status != ORDERS_CANCELLED)
            r->last = false;
}

/* In a READ unit. A confirmed order's payments are on record, so none can be missed here. */
struct look {
    struct checkout *c;
    struct orders_owner owner;
    id order_id;
    struct refund *r;
    bool known;   /* something has claimed the key */
    bool pending; /* it is still being placed, or was taken back then */
};
static err unit_look(void *arg, struct cx *cx)
{
    struct look *in = arg;
    struct refund *r = in->r;
    struct orders_order o;
    struct checkout_left left;
    struct ledger_sale back = { 0 };
    err e = orders_get(in->c->deps.orders, cx, in->owner, in->order_id, &o);
    if (!e &&
        why_of(r) == CHECKOUT_CANCELS) /* before a look at its version: that changes with it */
        in->pending = checkout_withdrawable(&o, r->part);
    if (!e)
        e = check_seen(cx, r, &o);
    if (!e)
        e = checkout_offered(cx, &o, why_of(r), r->part);
    if (!e)
        e = checkout_left_of(in->c, cx, &o, (id){ 0 }, &left);
    if (e)
        return e;
    if (o.groups_n == 1)
        r->part = 0; /* the group is the order */
    /* Later than every refund before it. */
    r->refund_id = id_new(&cx->rng, left.last_ms < cx->now_ms ? cx->now_ms : left.last_ms + 1);
    int64_t all = checkout_left_minor(&left, 0);
    r->currency = str_dup(cx->arena, currency_str(&o.total.currency));
    r->number = o.number;
    r->parts_n = 0;
    note_groups(r, &o);
    e = wanted_minor(
        cx, r, money_of(checkout_left_minor(&left, r->part), o.total.currency), &r->minor);
    if (!e)
        e = check_alone(in->c, cx, r, left.paid_minor - all);
    if (!e)
        e = checkout_cut(cx, &left, r->part, r->minor, &back);
    if (e)
        return e;
    r->all = r->minor == all;
    note_parts(cx, r, &left, &back);
    return NULL;
}

/* ---- the steps ---- */

/* Once more, now that no other saga has the order: another may have ended since it was asked. */
static struct saga_said look_again(void *flow, struct cx *cx, struct saga *saga)
{
    err e = db_read(
        cx, unit_look, &(struct look){ flow, { .staff = true }, saga->saga_id, saga->state });
    if (e && saga_may_pass(e))
        return (struct saga_said){ .verdict = SAGA_AGAIN };
    return (struct saga_said){ .verdict = e ? SAGA_REFUSE : SAGA_GO_ON, .why = e };
}

static err move_to(struct checkout *c, struct cx *cx, const struct saga *saga,
    const struct refund *r, enum orders_status to)
{
    str seen = to == ORDERS_REFUNDED ? (str){ 0 } : r->if_match; /* that follows its own move */
    if (r->part)
        return orders_group_move(c->deps.orders, cx,
            (struct orders_group_move){ .order_id = saga->saga_id,
                .group = (size_t)r->part - 1,
                .actor_id = r->actor_id,
                .to = to,
                .reason = r->reason,
                .if_match = seen,
                .refund_id = r->refund_id });
    return orders_move(c->deps.orders, cx,
        (struct orders_move){ .order_id = saga->saga_id,
            .actor_id = r->actor_id,
            .to = to,
            .reason = r->reason,
            .if_match = seen });
}

/* By this saga, before the crash: of a group its refund is on record; an order's return may be
 * approved and not paid back yet. */
static bool has_moved(const struct refund *r, const struct orders_order *o, enum orders_status to)
{
    if (r->part)
        return o->groups[r->part - 1].status == to &&
               id_eq(o->groups[r->part - 1].refund_id, r->refund_id);
    return o->status == to && (!r->asked || why_of(r) == CHECKOUT_RETURNED);
}

static err move_first(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct refund *r = saga->state;
    enum checkout_why why = why_of(r);
    struct orders_order o;
    saga->label = r->number;
    err e =
        orders_get(c->deps.orders, cx, (struct orders_owner){ .staff = true }, saga->saga_id, &o);
    if (e)
        return e;
    enum orders_status to = why == CHECKOUT_CANCELS ? ORDERS_CANCELLED : ORDERS_RETURN_APPROVED;
    if ((size_t)r->part <= o.groups_n && has_moved(r, &o, to))
        return NULL;
    e = check_seen(cx, r, &o);
    if (!e)
        e = checkout_offered(cx, &o, why, r->part);
    if (e || why == CHECKOUT_GOODWILL)
        return e;
    return move_to(c, cx, saga, r, to);
}

/* Only a move that was refused is undone (somebody has shipped it since): after it nothing refuses.
 */
static err stay(void *flow, struct cx *cx, struct saga *saga)
{
    (void)flow;
    (void)cx;
    (void)saga;
    return NULL;
}

static bool goods_stay_sold(const void *flow, const struct saga *saga)
{
    (void)flow;
    return why_of(saga->state) == CHECKOUT_GOODWILL;
}

static err restock(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    const struct refund *r = saga->state;
    size_t n = r->groups_n ? (size_t)r->groups_n : 1;
    err e = r->part ? NULL : checkout_lock_groups(c, cx, saga->saga_id, n, NULL);
    for (size_t g = 0; !e && g < n; g++)
        if (!r->part || (size_t)r->part == g + 1)
            e = inventory_restock(c->deps.inventory, cx, orders_group_id(saga->saga_id, g));
    return e;
}

static bool limits_stay(const void *flow, const struct saga *saga)
{
    (void)flow;
    const struct refund *r = saga->state;
    return why_of(r) != CHECKOUT_CANCELS || (r->part && !r->last);
}

static err give_limits_back(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    return promotions_release(c->deps.promotions, cx, saga->saga_id);
}

static bool nothing_back(const void *flow, const struct saga *saga)
{
    (void)flow;
    const struct refund *r = saga->state;
    return r->parts_n == 0;
}

static const struct checkout_part *card_part(const struct refund *r)
{
    const struct checkout_part *first = r->parts_n ? &r->parts[0] : NULL;
    return first && id_is_none(first->owner) && first->minor > 0 ? first : NULL;
}

static bool no_card(const void *flow, const struct saga *saga)
{
    (void)flow;
    return card_part(saga->state) == NULL;
}

static err start_part(
    struct checkout *c, struct cx *cx, const struct refund *r, struct checkout_part *part)
{
    struct payments_deed deed;
    err e = checkout_part_fit(c, cx, part);
    if (e || part->minor == 0)
        return e;
    return payments_deed_start(c->deps.payments, cx,
        &(struct payments_deed){ .deed_id = part->deed_id,
            .payment_id = part->payment_id,
            .kind = PAYMENTS_REFUND,
            .amount = money_back(r, part->minor),
            .reason = r->why },
        &deed);
}

static err start_deeds(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct refund *r = saga->state;
    err e = NULL;
    for (size_t i = 0; !e && i < r->parts_n; i++)
        e = start_part(c, cx, r, &r->parts[i]);
    return e;
}

/* The same for whoever takes it up: its end was drawn. */
static id rest_id(id deed_id)
{
    deed_id.b[sizeof deed_id.b - 1] ^= 1;
    return deed_id;
}

/* A refused refund is asked for again until people look: the money is owed. But where too little is
 * left for it, what is left is asked for under a key of its own: this one has its answer. */
static struct saga_said refund_card(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct refund *r = saga->state;
    const struct checkout_part *part = card_part(r);
    struct pay *pay = c->deps.pay;
    struct pay_result answer = { 0 };
    r->called = true;
    err e = pay->refund(pay->self, cx, id_text(cx->arena, part->deed_id), r->provider_ref,
        money_back(r, part->minor), &answer);
    bool given = !e && !answer.decline_code.n;
    if (!e && checkout_domain_less_left(answer.decline_code) && id_is_none(r->refused_id)) {
        r->refused_id = part->deed_id;
        r->parts[0].deed_id = rest_id(part->deed_id);
        r->said = checkout_said_of(cx, &answer);
        return (struct saga_said){ .verdict = SAGA_GO_ON };
    }
    if (given)
        r->said = checkout_said_of(cx, &answer);
    return (struct saga_said){ .verdict = given ? SAGA_GO_ON : SAGA_AGAIN };
}

static bool was_given(const void *flow, const struct saga *saga)
{
    (void)flow;
    const struct refund *r = saga->state;
    return id_is_none(r->refused_id);
}

static bool no_rest(const void *flow, const struct saga *saga)
{
    return was_given(flow, saga) || no_card(flow, saga);
}

static err refit(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct refund *r = saga->state;
    struct payments_payment p;
    struct pay_result answer = checkout_result_of(r->said);
    err e = payments_deed_answer(c->deps.payments, cx, r->refused_id, &answer, &p);
    return e ? e : start_part(c, cx, r, &r->parts[0]);
}

static err end_deeds(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct refund *r = saga->state;
    const struct checkout_part *card = card_part(r);
    struct payments_payment p;
    err e = NULL;
    if (card) {
        struct pay_result answer = checkout_result_of(r->said);
        e = payments_deed_answer(c->deps.payments, cx, card->deed_id, &answer, &p);
    }
    for (size_t i = 0; !e && i < r->parts_n; i++)
        if (!id_is_none(r->parts[i].owner))
            e = checkout_part_answer(c, cx, &r->parts[i]);
    int64_t left = 0;
    if (!e && r->all)
        e = payments_captured_of(c->deps.payments, cx, saga->saga_id, &left);
    /* With money that came back, of this refund or of one before, the books say whose it is. */
    if (!e && r->all && left == 0)
        e = payments_keep(c->deps.payments, cx, saga->saga_id, false);
    return e;
}

static err book(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct refund *r = saga->state;
    return checkout_book_refund(c, cx, saga->saga_id,
        (struct checkout_back){ .refund_id = r->refund_id, .part = r->part, .minor = r->minor });
}

/* All of it went back: nothing follows, though an overtaken run may come late with its part. */
static err tell_payment(struct checkout *c, struct cx *cx, id order_id, bool all)
{
    struct orders_order o;
    err e = orders_get(c->deps.orders, cx, (struct orders_owner){ .staff = true }, order_id, &o);
    if (e || str_eq(o.payment_status, S("refunded")))
        return e;
    return orders_payment_status(
        c->deps.orders, cx, order_id, all ? S("refunded") : S("partially_refunded"));
}

static err tell_order(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct refund *r = saga->state;
    err e = r->minor == 0 ? NULL : tell_payment(c, cx, saga->saga_id, r->all);
    if (!e && why_of(r) == CHECKOUT_RETURNED) {
        e = move_to(c, cx, saga, r, ORDERS_REFUNDED);
        if (e == &ORDERS_MOVE_REFUSED) { /* done before the crash */
            cx_clear(cx);
            e = NULL;
        }
    }
    return e;
}

/* ---- a repeat of the key ---- */

static struct idem_claim claim_of(const struct refund *r)
{
    return (struct idem_claim){ .principal = r->claim_principal,
        .method = r->claim_method,
        .route = r->claim_route,
        .key = r->claim_key };
}

/* A repeat is shown the order as it is then, so nothing but the fact is kept. */
static err answer(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct refund *r = saga->state;
    return r->claim_key.n ? idem_finish(c->deps.db, cx, claim_of(r), 200, S("{}")) : NULL;
}

static err undone(void *flow, struct cx *cx, struct saga *saga)
{
    struct checkout *c = flow;
    struct refund *r = saga->state;
    return r->claim_key.n ? idem_drop(c->deps.db, cx, claim_of(r)) : NULL;
}

static const struct saga_step steps[] = {
    { .name = "look", .call = look_again },
    { .name = "note", .todo = stay }, /* what was seen is in the row before anything is done */
    { .name = "move", .db = checkout_orders_db, .todo = move_first, .undo = stay },
    /* Nothing refuses any more. */
    { .name = "restock", .db = checkout_stock_db, .todo = restock, .idle = goods_stay_sold },
    { .name = "limits",
        .db = checkout_promotions_db,
        .todo = give_limits_back,
        .idle = limits_stay },
    { .name = "start", .db = checkout_money_db, .todo = start_deeds, .idle = nothing_back },
    { .name = "refund", .call = refund_card, .idle = no_card },
    { .name = "refit", .db = checkout_money_db, .todo = refit, .idle = was_given },
    { .name = "rest", .call = refund_card, .idle = no_rest },
    { .name = "answer", .db = checkout_money_db, .todo = end_deeds, .idle = nothing_back },
    { .name = "book", .db = checkout_ledger_db, .todo = book },
    { .name = "tell", .db = checkout_orders_db, .todo = tell_order },
    { .name = "reply", .todo = answer },
};
const struct saga_kind checkout_refund_saga = {
    .name = "refund",
    .steps = steps,
    .steps_n = COUNT(steps),
    .state = &refund_shape,
    .undone = undone,
};

/* ---- beginning ---- */

static err claim(void *arg, struct cx *cx, bool *ret_known)
{
    struct checkout_ending *x = arg;
    enum idem_state state;
    struct idem_reply stored;
    if (!x->claim.key.n)
        return x->failed;
    err e = idem_take(x->c->deps.db, cx, x->claim, x->order_id, &state, &stored);
    if (e)
        return e;
    *ret_known = x->replayed = state == IDEM_REPLAY;
    return x->replayed ? NULL : x->failed; /* undoes the claim */
}

static void over(void *arg, struct cx *cx, struct saga_over saga)
{
    struct checkout_ending *x = arg;
    const struct refund *r = saga.saga->state;
    bool waits = saga.outcome == SAGA_WAITS;
    /* When the provider is away the job goes on; the order has moved all the same. Before that it
     * may still be refused. */
    x->failed = waits && r->called ? NULL : saga.failed;
    if (x->failed == &DB_DUPLICATE || (waits && !r->called && !x->failed)) {
        cx_clear(cx);
        x->failed = FAIL(cx, CHECKOUT_BUSY, "a saga of this order is under way");
    }
    x->done(x->arg, x);
}

static struct refund refund_of(const struct checkout_ending *x)
{
    return (struct refund){ .actor_id = x->cx->who.user_id,
        .why = str_from_c(checkout_why_names[x->why]),
        .amount = x->amount,
        .part = x->part,
        .if_match = x->if_match,
        .claim_principal = x->claim.principal,
        .claim_method = x->claim.method,
        .claim_route = x->claim.route,
        .claim_key = x->claim.key,
        .reason = checkout_ending_reason(x) };
}

/* Later than the order, so that what has changed it has its claim seen. */
static err unit_begin(void *arg, struct cx *cx)
{
    struct look *look = arg;
    const struct idem_claim claim = claim_of(look->r);
    err found = unit_look(look, cx);
    err e = claim.key.n ? idem_known(look->c->deps.db, cx, &claim, 1, &look->known) : NULL;
    return found ? found : e;
}

void checkout_end(struct checkout_ending *x)
{
    struct cx *cx = x->cx;
    struct refund *r = NEW(cx->arena, struct refund);
    *r = refund_of(x);
    r->asked = x;
    struct look look = { x->c, checkout_owner_of(cx), x->order_id, r, false, false };
    look.owner.staff =
        x->why != CHECKOUT_CANCELS || (cx->who.roles & (ROLE_SUPPORT | ROLE_ADMIN)) != 0;
    x->failed = db_read(cx, unit_begin, &look);
    if (look.pending && !look.known) {
        cx_clear(cx);
        checkout_withdraw(x);
        return;
    }
    if (x->failed && !x->claim.key.n) {
        x->done(x->arg, x);
        return;
    }
    saga_begin(x->c->deps.sagas, (struct saga_begin){ .kind = &checkout_refund_saga,
                                     .saga_id = x->order_id,
                                     .state = r,
                                     .cx = cx,
                                     .conflict = id_hash(x->order_id),
                                     .claim = claim,
                                     .over = over,
                                     .arg = x });
}

err checkout_end_later(const struct checkout_ending *x, bool *ret_begun)
{
    struct refund *r = NEW(x->cx->arena, struct refund);
    *r = refund_of(x);
    return saga_leave(x->c->deps.sagas,
        (struct saga_begin){ .kind = &checkout_refund_saga,
            .saga_id = x->order_id,
            .state = r,
            .cx = x->cx,
            .conflict = id_hash(x->order_id) },
        ret_begun);
}
