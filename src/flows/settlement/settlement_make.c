/* SPDX-License-Identifier: Apache-2.0
 * Making a payout: row, posting and key in one unit, under the lock of what the seller is owed.
 * Called by routes, forms and whoever keeps approvals; must never send more than is owed, nor above
 * the limit by one person. */
#include "base/instant.h"
#include "flows/settlement/settlement_internal.h"
#include "platform/secret/secret.h"

const problem SETTLEMENT_LOW = { KIND_CONFLICT, "settlement.low", "insufficient_balance",
    "The seller is owed less than that" };
/* Undoes the unit; nobody is told. */
static const problem ABOVE = { KIND_DENIED, "settlement.above", NULL,
    "Another person has to approve what is above the limit" };

struct idem_claim settlement_claim(struct cx *cx, id seller_id, str amount, str reason, str key)
{
    str asked = str_fmt(cx->arena, STR_F "\n" STR_F "\n" STR_F,
        STR_A(id_text(cx->arena, seller_id)), STR_A(amount), STR_A(reason));
    return (struct idem_claim){ .principal = str_cat(
                                    cx->arena, S("user:"), id_text(cx->arena, cx->who.user_id)),
        .method = S("POST"),
        .route = S("/api/v1/admin/sellers/{sellerId}/payouts"),
        .key = key,
        .fingerprint = secret_sha256_hex(cx->arena, asked) };
}

static err check(struct settlement *s, struct cx *cx, struct settlement_making *m)
{
    bool ok = money_parse(m->amount, s->currency, &m->money) && m->money.minor > 0;
    if (!ok)
        cx_field(cx, S("/amount"), "out_of_bounds", "above 0, in " STR_F,
            STR_A(currency_str(&s->currency)));
    if (!m->reason.n || m->reason.n > PAYOUTS_TEXT_MAX) {
        cx_field(cx, S("/reason"), m->reason.n ? "too_long" : "required", "1 to %d bytes",
            PAYOUTS_TEXT_MAX);
        ok = false;
    }
    return ok ? NULL : FAIL(cx, ERR_INVALID, "payout");
}

/* What went to the seller within a day counts, so that small steps do not go around the limit. */
static err may_alone(struct settlement *s, struct cx *cx, const struct settlement_making *m)
{
    int64_t above = s->deps.second.above_minor, made;
    if (above == 0 || !id_is_none(m->approval_id))
        return NULL;
    err e = payouts_made_since(
        s->deps.payouts, cx, m->seller_id, s->currency, cx->now_ms - DAY_MS, &made);
    return !e && made > above ? FAIL(cx, ABOVE, "%lld", (long long)made) : e;
}

static err book(struct settlement *s, struct cx *cx, const struct settlement_making *m)
{
    return ledger_transfer(s->deps.ledger, cx,
        &(struct ledger_transfer){ .posting_id = m->payout.payout_id,
            .reference = m->payout.payout_id,
            .kind = S("payout"),
            .from = settlement_owed(m->seller_id),
            .to = { .kind = LEDGER_PAYOUT },
            .amount = m->money });
}

static err unit_make(void *arg, struct cx *cx)
{
    struct settlement_making *m = arg;
    struct settlement *s = m->s;
    struct db *db = s->deps.db_books;
    enum idem_state state;
    struct idem_reply stored;
    int64_t balance = 0, available = 0;
    id payout_id = cx_id(cx);
    err e = idem_take(db, cx, m->claim, payout_id, &state, &stored);
    m->replayed = !e && state == IDEM_REPLAY;
    m->asked = m->replayed && stored.status == 202;
    if (m->asked)
        m->approval_id = stored.subject;
    if (e || m->asked)
        return e;
    if (m->replayed)
        return payouts_get(s->deps.payouts, cx, stored.subject, &m->payout);
    m->payout = (struct payouts_payout){ .payout_id = payout_id,
        .seller_id = m->seller_id,
        .approval_id = m->approval_id,
        .amount = m->money,
        .reason = m->reason };
    e = ledger_lock(s->deps.ledger, cx, settlement_owed(m->seller_id), s->currency);
    if (!e)
        e = ledger_balance(
            s->deps.ledger, cx, settlement_owed(m->seller_id), s->currency, &balance, &available);
    if (!e && m->money.minor > available)
        e = FAIL(
            cx, SETTLEMENT_LOW, "%lld of %lld", (long long)m->money.minor, (long long)available);
    if (!e)
        e = payouts_make(s->deps.payouts, cx, m->payout);
    if (!e)
        e = may_alone(s, cx, m);
    if (!e)
        e = book(s, cx, m);
    if (!e)
        e = idem_finish(db, cx, m->claim, 201, S("{}"));
    return e ? e : payouts_get(s->deps.payouts, cx, payout_id, &m->payout);
}

static err unit_ask(void *arg, struct cx *cx)
{
    struct settlement_making *m = arg;
    const struct settlement_second *second = &m->s->deps.second;
    return second->ask(second->self, cx,
        &(struct settlement_asked){ .seller_id = m->seller_id,
            .amount = m->amount,
            .currency = currency_str(&m->s->currency),
            .reason = m->reason },
        m->claim.key, &m->approval_id);
}

/* The key is the request's from now on: a repeat makes nothing, also when the day's sum is lower.
 */
static err unit_asked(void *arg, struct cx *cx)
{
    struct settlement_making *m = arg;
    struct db *db = m->s->deps.db_books;
    enum idem_state state;
    struct idem_reply stored;
    err e = idem_take(db, cx, m->claim, m->approval_id, &state, &stored);
    return e || state == IDEM_REPLAY ? e : idem_finish(db, cx, m->claim, 202, S("{}"));
}

err settlement_make(struct settlement *s, struct cx *cx, struct settlement_making *m)
{
    m->s = s;
    err e = check(s, cx, m);
    if (!e)
        e = idem_key_check(cx, m->claim.key);
    if (!e)
        e = db_write_wait(s->deps.db_books, cx, id_hash(m->seller_id), unit_make, m);
    if (e != &ABOVE)
        return e;
    cx_clear(cx); /* nothing was written */
    m->asked = true;
    e = db_write_wait(s->deps.db, cx, id_hash(m->seller_id), unit_ask, m);
    return e ? e : db_write_wait(s->deps.db_books, cx, id_hash(m->seller_id), unit_asked, m);
}

struct approved {
    struct settlement_making making;
    struct settlement_approved in;
};

static void made(void *arg, struct cx *cx, err e)
{
    struct approved *a = arg;
    a->in.done(a->in.arg, cx, e);
}

void settlement_approved(struct settlement *s, struct cx *cx, struct settlement_approved in)
{
    struct approved *a = NEW(cx->arena, struct approved);
    str key = id_text(cx->arena, in.approval_id);
    a->in = in;
    a->making = (struct settlement_making){ .s = s,
        .seller_id = in.seller_id,
        .approval_id = in.approval_id,
        .amount = in.amount,
        .reason = in.reason,
        .claim = settlement_claim(cx, in.seller_id, in.amount, in.reason, key) };
    a->making.claim.principal = S(IDEM_APPROVAL);
    err e = check(s, cx, &a->making);
    if (e)
        in.done(in.arg, cx, e);
    else
        db_write(s->deps.db_books, cx, id_hash(in.seller_id), unit_make, &a->making, made);
}
