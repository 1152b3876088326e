/* SPDX-License-Identifier: Apache-2.0
 * A refund that came back: the payment's figures, the books, then who is told. Called by the work
 * on the inbox. Must never do a part of it twice, however often and by whomever it is told. */
#include "flows/till/till_internal.h"

struct back {
    struct till *till;
    id order_id, refund_id;
    struct payments_deed deed;
    bool sold;   /* the order's sale is in the books, so this refund of it is, or will be */
    bool booked; /* that it came back */
};

static id posting_id_of(const struct payments_deed *deed)
{
    return id_moved(deed->deed_id, deed->updated_ms);
}

/* Money that was taken and given back for no order is in no book: the sweep asks for it again. */
static err read_books(void *arg, struct cx *cx)
{
    struct back *b = arg;
    struct ledger_posting *list;
    size_t n = 0;
    err e = ledger_of(b->till->deps.ledger, cx, b->order_id, &list, &n);
    b->sold = b->booked = false;
    for (size_t i = 0; !e && i < n; i++) {
        b->sold |= str_eq(list[i].kind, S("sale"));
        b->booked |= id_eq(list[i].posting_id, posting_id_of(&b->deed));
    }
    return e;
}

static err unit_figures(void *arg, struct cx *cx)
{
    struct back *b = arg;
    err e = payments_refund_failed(b->till->deps.payments, cx,
        (struct payments_refund_failed){ .deed_id = b->refund_id, .keep = b->sold }, &b->deed);
    if (e != &ERR_MISSING)
        return e;
    cx_clear(cx); /* not of our making: the figures tell */
    b->deed = (struct payments_deed){ .status = PAYMENTS_DEED_REFUSED };
    return NULL;
}

/* The money is at the provider again, and the buyer's. Once booked it is looked at no more: a
 * guest's order may have become a user's since. */
static err unit_books(void *arg, struct cx *cx)
{
    struct back *b = arg;
    struct orders_order o;
    err e = read_books(b, cx);
    if (e || b->booked)
        return e;
    e = orders_get(
        b->till->deps.orders, cx, (struct orders_owner){ .staff = true }, b->order_id, &o);
    if (e)
        return e;
    return ledger_transfer(b->till->deps.ledger, cx,
        &(struct ledger_transfer){ .posting_id = posting_id_of(&b->deed),
            .reference = b->order_id,
            .kind = S(LEDGER_RETURNED),
            .from = { .kind = LEDGER_PROVIDER },
            .to = { LEDGER_BUYER, id_is_none(o.user_id) ? o.order_id : o.user_id },
            .amount = b->deed.amount });
}

static err unit_tell(void *arg, struct cx *cx)
{
    struct back *b = arg;
    err e = orders_refund_failed(b->till->deps.orders, cx,
        (struct orders_refund_failed){
            .order_id = b->order_id, .refund_id = b->deed.deed_id, .amount = b->deed.amount });
    if (e != &ERR_MISSING)
        return e;
    cx_clear(cx); /* it was never placed */
    return NULL;
}

err till_refund_came_back(struct till *t, struct cx *cx, struct till_back in, bool *ret_later)
{
    struct back b = { .till = t, .order_id = in.order_id, .refund_id = in.refund_id };
    uint64_t conflict = id_hash(in.order_id);
    err e = t->deps.ledger ? db_read(cx, read_books, &b) : NULL;
    if (!e)
        e = till_write(t, cx, in.payment_id, unit_figures, &b);
    if (e)
        return e;
    *ret_later = b.deed.status == PAYMENTS_DEED_STARTED; /* its saga will say that it is done */
    if (!payments_came_back(&b.deed))
        return NULL;
    if (b.sold)
        e = db_write_wait(t->deps.db_ledger, cx, conflict, unit_books, &b);
    if (!e && t->deps.orders)
        e = db_write_wait(t->deps.db_orders, cx, conflict, unit_tell, &b);
    return e;
}
