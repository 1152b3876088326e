/* SPDX-License-Identifier: Apache-2.0
 * Moves of an order and of its groups: lock, ask the rule, write, record, tell. Called by flows
 * inside their unit of work; must never begin or commit one, nor move past the table of edges. */
#include "platform/http/if_match.h"
#include "services/orders/orders_domain.h"
#include "services/orders/orders_store.h"

const problem ORDERS_MOVE_REFUSED = { KIND_CONFLICT, "orders.move_refused", "order_state_conflict",
    "The order is not in a state that allows this" };
const problem ORDERS_STALE = { KIND_STALE, "orders.stale", "order_changed",
    "The order has changed in the meantime" };

static err lock(struct orders *o, struct cx *cx, id order_id, struct orders_head *ret)
{
    bool found = false;
    err e = orders_store_lock(o, cx, order_id, ret, &found);
    return e || found ? e : FAIL(cx, ERR_MISSING, "no such order");
}

/* An order of one group as orders_place has written it. */
static struct orders_head head_of(const struct orders_order *placed)
{
    return (struct orders_head){ .user_id = placed->user_id,
        .email = placed->email,
        .number = placed->number,
        .status = ORDERS_PENDING,
        .total = placed->total,
        .version = ORDERS_VERSION_FIRST,
        .was = ORDERS_VERSION_FIRST,
        .groups_n = 1 };
}

/* Of a row that is locked. */
static err seen(struct cx *cx, const struct orders_head *head, str tags)
{
    if (if_match_holds(tags, head->version))
        return NULL;
    return FAIL(cx, ORDERS_STALE, "version %lld", (long long)head->version);
}

static err find(
    struct orders *o, struct cx *cx, const struct orders_move *in, struct orders_head *ret)
{
    if (!in->placed || in->placed->groups_n > 1 || !db_presume(o->deps.db, cx))
        return lock(o, cx, in->order_id, ret);
    *ret = head_of(in->placed);
    return NULL;
}

static err refuse(struct cx *cx, enum orders_status from, enum orders_status to)
{
    return FAIL(cx, ORDERS_MOVE_REFUSED, "from %s to %s", orders_status_names[from],
        orders_status_names[to]);
}

/* Its buyer was told that it will be cancelled, and it was confirmed all the same: nobody sends it.
 */
static bool is_over(const struct orders_head *head, enum orders_status to)
{
    return head->withdrawn.n && head->status != ORDERS_PENDING && to != ORDERS_CANCELLED;
}

/* The order's own move, once it is known to be right. */
static err write_move(struct orders *o, struct cx *cx, const struct orders_head *head,
    const struct orders_move *in, const struct orders_changed *more)
{
    const struct orders_changed what = { .order_id = in->order_id,
        .user_id = head->user_id,
        .number = head->number,
        .email = head->email,
        .reason = in->reason,
        .total = head->total,
        .parcels = more ? more->parcels : NULL,
        .parcels_n = more ? more->parcels_n : 0 };
    err e = orders_store_move(o, cx, head, in);
    if (!e)
        e = orders_emit(o, cx, in->to, what);
    if (!e && in->to == ORDERS_CONFIRMED && head->withdrawn.n)
        e = orders_emit_as(o, cx, "order.withdrawn", in->to, what);
    return e;
}

/* For the message to the buyer. The one more read is of orders in several parcels alone. */
static err name_parcels(struct orders *o, struct cx *cx, id order_id, struct orders_changed *more)
{
    struct orders_order order;
    bool found;
    err e =
        orders_store_get(o, cx, (struct orders_owner){ .staff = true }, order_id, &order, &found);
    if (e || !found)
        return e;
    more->parcels = NEW_N(cx->arena, order.groups_n, str);
    more->parcels_n = order.groups_n;
    for (size_t i = 0; i < order.groups_n; i++) {
        const struct orders_address *a =
            order.groups[i].address ? order.groups[i].address : &order.address;
        more->parcels[i] = str_fmt(cx->arena, STR_F ", " STR_F ", " STR_F, STR_A(a->name),
            STR_A(a->line1), STR_A(a->city));
    }
    return NULL;
}

/* The groups go along; they have no history of it, for it is the order's. */
static err move_along(struct orders *o, struct cx *cx, const struct orders_head *head,
    const struct orders_move *in, struct orders_changed *more)
{
    struct orders_group *groups;
    size_t n = 0;
    err e = orders_store_groups(o, cx, in->order_id, head->total.currency, &groups, &n);
    if (e)
        return e;
    bool *moves = NEW_N(cx->arena, n, bool);
    if (!orders_domain_take_along(groups, n, in->to, moves))
        return refuse(cx, head->status, in->to);
    if (in->to == ORDERS_CONFIRMED && !o->deps.silent)
        e = name_parcels(o, cx, in->order_id, more);
    if (e)
        return e;
    const struct orders_group_move move = { .order_id = in->order_id, .to = in->to };
    return orders_store_move_groups(o, cx, &move, moves, n);
}

err orders_move(struct orders *o, struct cx *cx, struct orders_move in)
{
    ASSERT(in.to < ORDERS_STATUSES_N);
    ASSERT(!in.payment_status.n || orders_domain_payment_status_known(in.payment_status));
    struct orders_head head;
    err e = find(o, cx, &in, &head);
    if (!e)
        e = seen(cx, &head, in.if_match);
    if (e)
        return e;
    if (!orders_domain_may(head.status, in.to) || is_over(&head, in.to))
        return refuse(cx, head.status, in.to);
    struct orders_changed more = { .parcels_n = 0 };
    if (head.groups_n > 1)
        e = move_along(o, cx, &head, &in, &more);
    return e ? e : write_move(o, cx, &head, &in, &more);
}

err orders_withdraw(struct orders *o, struct cx *cx, struct orders_move in)
{
    ASSERT(in.reason.n);
    struct orders_head head;
    err e = lock(o, cx, in.order_id, &head);
    if (e || head.withdrawn.n)
        return e;
    e = seen(cx, &head, in.if_match);
    if (!e && head.status != ORDERS_PENDING)
        e = refuse(cx, head.status, ORDERS_CANCELLED);
    return e ? e : orders_store_withdraw(o, cx, &head, &in);
}

/* ---- a refund that came back ---- */

struct back {
    id order_id, refund_id;
    money amount;
    const char *type, *reason;
};

static err note_back(struct orders *o, struct cx *cx, const struct back *in)
{
    struct orders_head head;
    bool failed, repaid;
    bool is_failure = str_eq(str_from_c(in->reason), S(ORDERS_REFUND_FAILED));
    ASSERT(!id_is_none(in->refund_id));
    err e = lock(o, cx, in->order_id, &head);
    if (!e)
        e = orders_store_refund_of(o, cx, in->order_id, in->refund_id, &failed, &repaid);
    if (e || (is_failure ? failed : repaid))
        return e;
    if (!is_failure && !failed)
        return FAIL(cx, ERR_MISSING, "a refund that did not come back");
    e = orders_store_refund_add(o, cx, &head, in->order_id, in->refund_id, in->reason);
    if (!e)
        e = orders_store_touch(o, cx, &head, in->order_id);
    return e ? e
             : orders_emit_as(o, cx, in->type, head.status,
                   (struct orders_changed){ .order_id = in->order_id,
                       .user_id = head.user_id,
                       .number = head.number,
                       .email = head.email,
                       .reason = str_from_c(in->reason),
                       .total = in->amount });
}

err orders_refund_failed(struct orders *o, struct cx *cx, struct orders_refund_failed in)
{
    return note_back(o, cx,
        &(struct back){
            in.order_id, in.refund_id, in.amount, "order.refund_failed", ORDERS_REFUND_FAILED });
}

err orders_refund_repaid(struct orders *o, struct cx *cx, struct orders_refund_repaid in)
{
    return note_back(o, cx,
        &(struct back){ in.order_id, in.refund_id, in.amount, "order.refund_repaid",
            in.wallet ? "refund_to_wallet" : "refund_outside" });
}

/* ---- one group ---- */

static err tell_group(struct orders *o, struct cx *cx, const struct orders_head *head,
    const struct orders_group_move *in, id seller_id)
{
    return orders_emit(o, cx, in->to,
        (struct orders_changed){ .order_id = in->order_id,
            .user_id = head->user_id,
            .number = head->number,
            .email = head->email,
            .reason = in->reason,
            .total = head->total,
            .fulfilment_group = (int64_t)in->group + 1,
            .seller_id = seller_id });
}

/* When the last of those came that stand; 0: one of them is still to come. The order itself may be
 * delivered days later, when a parcel that never left is cancelled. */
static int64_t delivered_ms_of(const struct orders_group *groups, size_t n)
{
    int64_t last_ms = 0;
    for (size_t i = 0; i < n; i++) {
        if (groups[i].status == ORDERS_CANCELLED)
            continue;
        if (!groups[i].delivered_ms)
            return 0;
        last_ms = groups[i].delivered_ms > last_ms ? groups[i].delivered_ms : last_ms;
    }
    return last_ms;
}

static err write_group(struct orders *o, struct cx *cx, struct orders_head *head,
    const struct orders_group_move *in, struct orders_group *groups)
{
    size_t n = head->groups_n;
    bool *moves = NEW_N(cx->arena, n, bool);
    enum orders_status from = groups[in->group].status;
    moves[in->group] = true;
    groups[in->group].status = in->to;
    if (in->to == ORDERS_DELIVERED)
        groups[in->group].delivered_ms = cx->now_ms;
    err e = orders_store_move_groups(o, cx, in, moves, n);
    if (!e)
        e = orders_store_group_history(o, cx, head, in, from);
    if (!e)
        e = tell_group(o, cx, head, in, groups[in->group].seller_id);
    if (e)
        return e;
    enum orders_status to = orders_domain_status(groups, n);
    if (to == head->status)
        return orders_store_touch(o, cx, head, in->order_id);
    head->version++; /* its own row of history comes after the group's */
    head->delivered_ms = delivered_ms_of(groups, n);
    const struct orders_move order = {
        .order_id = in->order_id, .actor_id = in->actor_id, .to = to, .reason = in->reason
    };
    return write_move(o, cx, head, &order, NULL);
}

err orders_group_move(struct orders *o, struct cx *cx, struct orders_group_move in)
{
    ASSERT(in.to < ORDERS_STATUSES_N);
    struct orders_head head;
    struct orders_group *groups;
    size_t n = 0;
    err e = lock(o, cx, in.order_id, &head);
    if (!e)
        e = seen(cx, &head, in.if_match);
    if (!e && in.group >= head.groups_n)
        e = FAIL(cx, ERR_MISSING, "no such group");
    if (e)
        return e;
    if (is_over(&head, in.to))
        return refuse(cx, head.status, in.to);
    if (head.groups_n == 1) {
        const struct orders_move whole = { .order_id = in.order_id,
            .actor_id = in.actor_id,
            .to = in.to,
            .reason = in.reason,
            .tracking = in.tracking };
        return orders_domain_group_may(head.status, in.to) ? write_move(o, cx, &head, &whole, NULL)
                                                           : refuse(cx, head.status, in.to);
    }
    e = orders_store_groups(o, cx, in.order_id, head.total.currency, &groups, &n);
    if (e)
        return e;
    if (!orders_domain_group_may(groups[in.group].status, in.to))
        return refuse(cx, groups[in.group].status, in.to);
    return write_group(o, cx, &head, &in, groups);
}
