/* SPDX-License-Identifier: Apache-2.0
 * Refunds above a limit: whoever asks has to have proved themselves lately; and they are made when
 * another person has approved. Called by the forms and the API of refunds, and by whoever keeps
 * approvals; must never move money by itself. */
#include "flows/checkout/checkout_endings.h"
#include "platform/http/if_match.h"
#include "platform/secret/secret.h"

struct asking {
    struct checkout *c;
    struct checkout_asked in;
    struct idem_claim claim;
    bool above, large;
};

/* What is no amount, or more than the order, is refused by the refund itself. */
static err look(void *arg, struct cx *cx)
{
    struct asking *a = arg;
    struct orders_order order;
    struct checkout_left left;
    money wanted;
    bool made = false;
    err e = orders_get(
        a->c->deps.orders, cx, (struct orders_owner){ .staff = true }, a->in.order_id, &order);
    if (e)
        return e;
    const struct checkout_deps *deps = &a->c->deps;
    bool is = money_parse(a->in.amount, order.total.currency, &wanted) &&
              wanted.minor <= order.total.minor;
    e = checkout_left_of(a->c, cx, &order, (id){ 0 }, &left);
    if (e)
        return e;
    /* in several steps as in one */
    int64_t minor = is ? wanted.minor + left.paid_minor - checkout_left_minor(&left, 0) : 0;
    bool large = minor > deps->proof_above_minor;
    bool above =
        deps->second.ask && deps->second.above_minor > 0 && minor > deps->second.above_minor;
    a->in.currency = str_dup(cx->arena, currency_str(&order.total.currency));
    if (large || above) /* later than the sum: what is in it has claimed its key before */
        e = idem_known(deps->db, cx, &a->claim, 1, &made);
    if (!e && (large || above) && !made && !if_match_holds(a->in.if_match, order.version))
        return FAIL(cx, ORDERS_STALE, "version %lld", (long long)order.version);
    a->large = large && !made;
    a->above = above && !made;
    return e;
}

static err ask(void *arg, struct cx *cx)
{
    struct asking *a = arg;
    const struct checkout_second *second = &a->c->deps.second;
    return second->ask(second->self, cx, &a->in, a->claim.key);
}

err checkout_second_asks(struct checkout *c, struct cx *cx, const struct checkout_asked *in,
    struct idem_claim claim, bool *ret_asked)
{
    struct asking a = { .c = c, .in = *in, .claim = claim };
    *ret_asked = false;
    err e = db_read(cx, look, &a);
    if (!e && a.large && cx->who.proved_ms + ROUTE_PROVED_MS <= cx->now_ms)
        return FAIL(cx, CHECKOUT_PROOF, "proved too long ago");
    if (!e && a.above)
        e = db_write_wait(c->deps.db, cx, id_hash(in->order_id), ask, &a);
    if (!e)
        *ret_asked = a.above;
    return e;
}

/* Who asked has been told so already, unless another refund came between: then the next try is. */
err checkout_alone(struct checkout *c, struct cx *cx, int64_t minor)
{
    const struct checkout_second *second = &c->deps.second;
    if (!second->ask || second->above_minor == 0 || minor <= second->above_minor)
        return NULL;
    return FAIL(cx, CHECKOUT_BUSY, "above the limit by now");
}

struct making {
    struct checkout_approved in;
    struct checkout_ending ending;
};

static void made(void *arg, struct checkout_ending *ending)
{
    struct making *m = arg;
    m->in.done(m->in.arg, ending->cx, ending->failed);
}

void checkout_refund_approved(struct checkout *c, struct cx *cx, struct checkout_approved in)
{
    struct making *m = NEW(cx->arena, struct making);
    str key = id_text(cx->arena, in.approval_id);
    m->in = in;
    m->ending = (struct checkout_ending){ .c = c,
        .cx = cx,
        .order_id = in.order_id,
        .why = CHECKOUT_GOODWILL,
        .amount = in.amount,
        .reason = in.reason,
        .claim = { .principal = S(IDEM_APPROVAL),
            .method = S("POST"),
            .route = S("/api/v1/admin/approvals/{approvalId}/approve"),
            .key = key,
            .fingerprint = secret_sha256_hex(cx->arena, str_cat(cx->arena, key, in.amount)) },
        .done = made,
        .arg = m };
    checkout_end(&m->ending);
}
