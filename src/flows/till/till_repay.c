/* SPDX-License-Identifier: Apache-2.0
 * A refund that came back is paid another way: into the buyer's wallet, or outside of the shop.
 * Staff say so, once; the books stop owing it, the order tells it. Called by the gateway and by
 * souk-sim; must never pay what did not come back, nor pay it twice. */
#include "flows/till/till_internal.h"
#include "platform/http/route.h"

const problem TILL_NOT_BACK = { KIND_MISSING, "till.not_back", "not_found",
    "This refund did not come back" };
const problem TILL_REPAID = { KIND_CONFLICT, "till.repaid", "refund_repaid",
    "This refund was paid another way already" };
const problem TILL_NO_WALLET = { KIND_CONFLICT, "till.no_wallet", "no_wallet",
    "A guest has no wallet" };

#define REASON_MAX 200
#define TYPED_MAX 4000

struct repaying {
    struct till *till;
    id order_id, refund_id;
    bool wallet;
    struct orders_order order;
    bool told; /* the order says that it came back */
    int64_t minor;
    currency currency;
    /* as the books have it */
    id returned_id, repaid_id, owed_to;
    enum ledger_kind repaid_to;
};

/* The same id but for its time: what follows from the refund. */
static bool follows(id posting_id, id refund_id)
{
    return id_eq(id_moved(posting_id, id_ms(refund_id)), refund_id);
}

static void take_posting(struct repaying *r, const struct ledger_posting *p)
{
    bool returned = str_eq(p->kind, S(LEDGER_RETURNED));
    if (!follows(p->posting_id, r->refund_id) ||
        (!returned && !str_eq(p->kind, S(TILL_PAID_AGAIN))))
        return;
    if (returned) {
        r->returned_id = p->posting_id;
        r->currency = p->currency;
    } else
        r->repaid_id = p->posting_id;
    for (size_t i = 0; i < p->n; i++) {
        const struct ledger_entry *e = &p->entries[i];
        if (returned && e->account.kind == LEDGER_BUYER) {
            r->owed_to = e->account.owner;
            r->minor = -e->minor;
        }
        if (!returned && e->account.kind != LEDGER_BUYER)
            r->repaid_to = e->account.kind;
    }
}

static err read_books(struct repaying *r, struct cx *cx)
{
    struct ledger_posting *list;
    size_t n = 0;
    r->returned_id = r->repaid_id = (id){ { 0 } };
    err e = ledger_of(r->till->deps.ledger, cx, r->order_id, &list, &n);
    for (size_t i = 0; !e && i < n; i++)
        take_posting(r, &list[i]);
    return e;
}

static err read_order(void *arg, struct cx *cx)
{
    struct repaying *r = arg;
    struct orders *orders = r->till->deps.orders;
    struct orders_event *list;
    size_t n = 0;
    err e = orders_get(orders, cx, (struct orders_owner){ .staff = true }, r->order_id, &r->order);
    if (!e)
        e = orders_history(orders, cx, r->order_id, &list, &n);
    r->told = false;
    for (size_t i = 0; !e && i < n; i++)
        r->told |= id_eq(list[i].refund_id, r->refund_id);
    return e;
}

static enum ledger_kind wanted(const struct repaying *r)
{
    return r->wallet ? LEDGER_WALLET : LEDGER_PROVIDER;
}

/* Outside of the shop the money still comes from where it lies: at the provider. Who does it at the
 * same time, perhaps the other way, waits at the lock and then reads what was paid. */
static err unit_books(void *arg, struct cx *cx)
{
    struct repaying *r = arg;
    const struct ledger_account order = { LEDGER_BUYER, r->order_id };
    err e = ledger_lock(r->till->deps.ledger, cx, order, r->order.total.currency);
    if (!e)
        e = read_books(r, cx);
    if (e)
        return e;
    if (id_is_none(r->returned_id))
        return FAIL(cx, TILL_NOT_BACK, "not in the books");
    if (!id_is_none(r->repaid_id))
        return r->repaid_to == wanted(r) ? NULL : FAIL(cx, TILL_REPAID, "the other way");
    return ledger_transfer(r->till->deps.ledger, cx,
        &(struct ledger_transfer){ .posting_id = id_moved(r->refund_id, id_ms(r->returned_id) + 1),
            .reference = r->order_id,
            .kind = S(TILL_PAID_AGAIN),
            .from = { LEDGER_BUYER, r->owed_to },
            .to = { wanted(r), r->wallet ? r->order.user_id : (id){ { 0 } } },
            .amount = money_of(r->minor, r->currency) });
}

static err unit_tell(void *arg, struct cx *cx)
{
    struct repaying *r = arg;
    return orders_refund_repaid(r->till->deps.orders, cx,
        (struct orders_refund_repaid){ .order_id = r->order_id,
            .refund_id = r->refund_id,
            .amount = money_of(r->minor, r->currency),
            .wallet = r->wallet });
}

/* A crash between the books and the order is mended by asking again. */
static err repay(struct repaying *r, struct cx *cx)
{
    const struct till_deps *deps = &r->till->deps;
    uint64_t conflict = id_hash(r->order_id);
    err e = db_read(cx, read_order, r);
    if (!e && r->wallet && id_is_none(r->order.user_id))
        return FAIL(cx, TILL_NO_WALLET, "a guest's order");
    if (!e && !r->told) /* else it could not be told that it was repaid */
        return FAIL(cx, TILL_NOT_BACK, "not told of the order");
    if (!e)
        e = db_write_wait(deps->db_ledger, cx, conflict, unit_books, r);
    return e ? e : db_write_wait(deps->db_orders, cx, conflict, unit_tell, r);
}

err till_repay(struct till *t, struct cx *cx, struct till_repay in, money *ret)
{
    struct repaying r = {
        .till = t, .order_id = in.order_id, .refund_id = in.refund_id, .wallet = in.wallet
    };
    err e = repay(&r, cx);
    if (!e)
        *ret = money_of(r.minor, r.currency);
    return e;
}

/* ---- the route and the form ---- */

static const char *const ways[] = { "wallet", "outside", NULL };
struct repay_in {
    id order_id, refund_id;
    str way, reason;
    bool sure;
};
static const struct json_field repay_fields[] = {
    JSON_ID(struct repay_in, order_id, .at = AT_PATH, .required = true),
    JSON_ID(struct repay_in, refund_id, .at = AT_PATH, .required = true),
    JSON_STR(struct repay_in, way, .required = true, .one_of = ways,
        .doc = "outside: by cheque or transfer, which staff have made"),
    JSON_STR(struct repay_in, reason, .required = true, .min = 1, .max = REASON_MAX),
};
const struct json_shape till_repay_in =
    JSON_SHAPE("RefundRepayment", struct repay_in, repay_fields);
static const struct json_field form_fields[] = {
    JSON_ID(struct repay_in, order_id, .at = AT_PATH, .required = true),
    JSON_ID(struct repay_in, refund_id, .at = AT_PATH, .required = true),
    JSON_STR(struct repay_in, way, .required = true, .one_of = ways),
    JSON_STR(struct repay_in, reason, .max = TYPED_MAX),
    JSON_BOOL(struct repay_in, sure),
};
const struct json_shape till_repay_form =
    JSON_SHAPE("OfficeRefundRepayment", struct repay_in, form_fields);

struct repaid_view {
    id order_id, refund_id;
    str way, currency;
    money amount;
};
static const struct json_field repaid_fields[] = {
    JSON_ID(struct repaid_view, order_id, .required = true),
    JSON_ID(struct repaid_view, refund_id, .required = true),
    JSON_STR(struct repaid_view, way, .required = true, .one_of = ways),
    JSON_MONEY(struct repaid_view, amount, .required = true),
    JSON_STR(struct repaid_view, currency, .required = true),
};
const struct json_shape till_repaid_shape =
    JSON_SHAPE("RefundRepaid", struct repaid_view, repaid_fields);

static struct till_repay wish_of(const struct repay_in *in)
{
    return (struct till_repay){
        .order_id = in->order_id, .refund_id = in->refund_id, .wallet = str_eq(in->way, S("wallet"))
    };
}

err till_put_repayment(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct repay_in *in = body;
    money paid;
    struct repaid_view *v = NEW(cx->arena, struct repaid_view);
    err e = till_repay(service, cx, wish_of(in), &paid);
    if (e)
        return e;
    *v = (struct repaid_view){ .order_id = in->order_id,
        .refund_id = in->refund_id,
        .way = in->way,
        .amount = paid,
        .currency = str_dup(cx->arena, currency_str(&paid.currency)) };
    return reply_json(reply, 200, &till_repaid_shape, v);
}

err till_post_repayment(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct repay_in *in = body;
    money paid;
    str reason = str_trim(in->reason);
    const char *said = !reason.n || reason.n > REASON_MAX ? "reason" : !in->sure ? "unsure" : NULL;
    if (!said) {
        err e = till_repay(service, cx, wish_of(in), &paid);
        if (e && e != &TILL_REPAID && e != &TILL_NO_WALLET)
            return e;
        said = e == &TILL_REPAID ? "state" : e ? "guest" : "repaid";
        cx_clear(cx);
    }
    return reply_redirect(reply, str_fmt(cx->arena, "/admin/orders/" STR_F "?said=%s",
                                     STR_A(id_text(cx->arena, in->order_id)), said));
}
