/* SPDX-License-Identifier: Apache-2.0
 * How a payout went: the bank has paid it, and the provider's account is less by it; or it failed,
 * and the seller is owed it again. Called by routes and forms; must never book one twice. */
#include "flows/settlement/settlement_internal.h"

struct ending {
    struct settlement *s;
    struct payouts_end in;
    struct payouts_payout payout;
    struct settlement_told told;
};

/* An account that is erased meanwhile is told nothing. */
static err look(void *arg, struct cx *cx)
{
    struct ending *x = arg;
    struct identity_user seller;
    err e = payouts_get(x->s->deps.payouts, cx, x->in.payout_id, &x->payout);
    if (e)
        return e;
    e = identity_user_get(x->s->deps.identity, cx, x->payout.seller_id, &seller);
    if (e == &ERR_MISSING) {
        cx_clear(cx);
        return NULL;
    }
    if (e)
        return e;
    x->told = (struct settlement_told){ .email = seller.email, .name = seller.name };
    return NULL;
}

static err book(struct ending *x, struct cx *cx)
{
    const struct payouts_payout *p = &x->payout;
    return ledger_transfer(x->s->deps.ledger, cx,
        &(struct ledger_transfer){ .posting_id = cx_id(cx),
            .reference = p->payout_id,
            .kind = x->in.paid ? S("payout_paid") : S("payout_failed"),
            .from = { .kind = LEDGER_PAYOUT },
            .to = x->in.paid ? (struct ledger_account){ .kind = LEDGER_PROVIDER }
                             : settlement_owed(p->seller_id),
            .amount = p->amount });
}

static err unit_end(void *arg, struct cx *cx)
{
    struct ending *x = arg;
    struct payouts_account account;
    bool moved = false;
    err e = payouts_end(x->s->deps.payouts, cx, x->in, &x->payout, &moved);
    if (e || !moved)
        return e;
    e = book(x, cx);
    if (!e)
        e = payouts_account_get(x->s->deps.payouts, cx, x->payout.account_id, &account);
    if (e)
        return e;
    struct settlement_told told = x->told;
    told.seller_id = x->payout.seller_id;
    told.payout_id = x->payout.payout_id;
    told.total = money_decimal(cx->arena, x->payout.amount);
    told.currency = currency_str(&x->payout.amount.currency);
    told.reason = x->in.paid ? (str){ 0 } : x->in.note;
    told.other = account.hint;
    return settlement_tell(
        x->s, cx, x->in.paid ? "payouts.paid" : "payouts.failed", told.payout_id, &told);
}

err settlement_end(
    struct settlement *s, struct cx *cx, struct payouts_end in, struct payouts_payout *ret)
{
    struct ending *x = NEW(cx->arena, struct ending);
    *x = (struct ending){ .s = s, .in = in };
    x->in.note = str_trim(in.note);
    if (x->in.note.n > PAYOUTS_TEXT_MAX || (!in.paid && !x->in.note.n)) {
        cx_field(cx, S("/note"), x->in.note.n ? "too_long" : "required", "1 to %d bytes",
            PAYOUTS_TEXT_MAX);
        return FAIL(cx, ERR_INVALID, "note of a payout");
    }
    err e = db_read(cx, look, x);
    if (!e)
        e = db_write_wait(s->deps.db_books, cx, id_hash(x->payout.seller_id), unit_end, x);
    *ret = x->payout;
    return e;
}
