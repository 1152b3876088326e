/* SPDX-License-Identifier: Apache-2.0
 * What staff do to an order by forms of the back office: the verbs of checkout_endings.c. Each
 * answers with 303 back to the order's page there and a word in `said`; what can be mended comes
 * back with what was typed. Called by the gateway; must never render a page. */
#include "flows/checkout/checkout_office.h"
#include "flows/checkout/checkout_pages.h"
#include "platform/secret/secret.h"

#define REASON_MAX 200
#define TYPED_MAX 4000 /* bytes of a field that are read */

struct office_in {
    id order_id; /* first: checkout_order_conflict reads it */
    str reason, amount, status, key, tracking_number;
    int64_t fulfilment_group; /* 0: all of the order */
    bool sure;
};
#define GROUP JSON_INT(struct office_in, fulfilment_group, .min = 1, .max = CART_LINES_MAX)
#define ORDER_ID JSON_ID(struct office_in, order_id, .at = AT_PATH, .required = true)
#define REASON JSON_STR(struct office_in, reason, .max = TYPED_MAX)
static const struct json_field ending_fields[] = {
    ORDER_ID,
    REASON,
    GROUP,
    JSON_BOOL(struct office_in, sure),
};
const struct json_shape checkout_office_ending_shape =
    JSON_SHAPE("OfficeOrderEnding", struct office_in, ending_fields);
static const char *const parcel_names[] = { "processing", "shipped", "delivered", NULL };
static const struct json_field move_fields[] = {
    ORDER_ID,
    REASON,
    GROUP,
    JSON_STR(struct office_in, tracking_number, .max = TYPED_MAX),
    JSON_STR(struct office_in, status, .required = true, .one_of = parcel_names),
};
const struct json_shape checkout_office_move_shape =
    JSON_SHAPE("OfficeOrderMove", struct office_in, move_fields);
static const struct json_field refund_fields[] = {
    ORDER_ID,
    REASON,
    JSON_STR(struct office_in, amount, .max = TYPED_MAX),
    JSON_STR(struct office_in, key, .required = true, .max = 255),
    JSON_BOOL(struct office_in, sure),
};
const struct json_shape checkout_office_refund_shape =
    JSON_SHAPE("OfficeOrderRefund", struct office_in, refund_fields);

static str back_path(struct cx *cx, id order_id, const char *said)
{
    return str_fmt(
        cx->arena, "/admin/orders/" STR_F "?said=%s", STR_A(id_text(cx->arena, order_id)), said);
}

/* Back to the form called `at`, with what was typed. */
static str mend_path(struct cx *cx, const struct office_in *in, const char *said, const char *at)
{
    struct buf out = { .arena = cx->arena };
    buf_add(&out, back_path(cx, in->order_id, said));
    buf_fmt(&out, "&at=%s", at);
    if (in->fulfilment_group) /* each parcel has forms of its own */
        buf_fmt(&out, "-%d", (int)in->fulfilment_group);
    buf_fmt(&out, "&reason=" STR_F,
        STR_A(str_url_encode(cx->arena,
            str_sub(in->reason, 0, in->reason.n < REASON_MAX ? in->reason.n : REASON_MAX))));
    if (in->amount.n)
        buf_fmt(&out, "&amount=" STR_F,
            STR_A(str_url_encode(
                cx->arena, str_sub(in->amount, 0, in->amount.n < 32 ? in->amount.n : 32))));
    return buf_str(&out);
}

/* What of the form must be mended before anything is tried; NULL: nothing. */
static const char *missing_of(const struct office_in *in, bool needs_reason)
{
    if ((needs_reason && !in->reason.n) || in->reason.n > REASON_MAX)
        return "reason";
    return in->sure ? NULL : "unsure";
}

/* Refusals that the page there can tell; NULL: they are problems of their own. */
static const char *refusal_of(err e)
{
    const struct {
        err e;
        const char *said;
    } refusals[] = { { &CHECKOUT_NOT_OFFERED, "state" }, { &ORDERS_MOVE_REFUSED, "state" },
        { &CHECKOUT_BUSY, "busy" }, { &PAYMENTS_AMOUNT_TOO_LARGE, "amount" },
        { &ERR_INVALID, "amount" }, { &IDEM_REUSED, "reused" }, { &IDEM_RUNNING, "busy" } };
    for (size_t i = 0; i < COUNT(refusals); i++)
        if (e == refusals[i].e)
            return refusals[i].said;
    return NULL;
}

/* ---- where money goes back ---- */

struct working {
    struct checkout_ending ending;
    struct office_in in;
    struct reply *reply;
    struct reply_park *park;
    const char *said, *at;
};

static void ended(void *arg, struct checkout_ending *ending)
{
    struct working *w = arg;
    struct cx *cx = ending->cx;
    const char *refusal = ending->failed ? refusal_of(ending->failed) : NULL;
    if (ending->failed && !refusal) {
        reply_finish(w->park, ending->failed);
        return;
    }
    cx_clear(cx);
    const char *said = ending->waits ? "soon" : w->said;
    str path =
        refusal ? mend_path(cx, &w->in, refusal, w->at) : back_path(cx, w->in.order_id, said);
    reply_finish(w->park, reply_redirect(w->reply, path));
}

static err end(struct checkout *c, struct cx *cx, const struct office_in *typed,
    struct checkout_ending wanted, const char *said, const char *at, struct reply *reply)
{
    struct working *w = NEW(cx->arena, struct working);
    w->in = *typed;
    w->in.reason = str_trim(w->in.reason);
    w->in.amount = str_trim(w->in.amount);
    const char *missing = missing_of(&w->in, wanted.why != CHECKOUT_RETURNED);
    if (missing)
        return reply_redirect(reply, mend_path(cx, &w->in, missing, at));
    w->said = said;
    w->at = at;
    w->reply = reply;
    w->ending = wanted;
    w->ending.c = c;
    w->ending.cx = cx;
    w->ending.order_id = w->in.order_id;
    w->ending.part = w->in.fulfilment_group;
    w->ending.reason = w->in.reason;
    w->ending.amount = w->in.amount;
    w->ending.done = ended;
    w->ending.arg = w;
    w->park = reply_park(reply);
    checkout_end(&w->ending);
    return NULL;
}

err checkout_office_cancel(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    return end(service, cx, body, (struct checkout_ending){ .why = CHECKOUT_CANCELS }, "cancelled",
        "cancel", reply);
}

err checkout_office_return(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    return end(service, cx, body, (struct checkout_ending){ .why = CHECKOUT_RETURNED }, "returned",
        "return", reply);
}

/* The key is the form's: sent twice, it gives back once. */
err checkout_office_refund(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct office_in *in = body;
    err e = idem_key_check(cx, in->key);
    if (e)
        return e;
    str asked =
        str_fmt(cx->arena, STR_F "\n" STR_F "\n" STR_F, STR_A(id_text(cx->arena, in->order_id)),
            STR_A(str_trim(in->amount)), STR_A(str_trim(in->reason)));
    struct idem_claim claim = { .principal = checkout_principal(cx),
        .method = S("POST"),
        .route = S("/admin/orders/{orderId}/refunds"),
        .key = in->key,
        .fingerprint = secret_sha256_hex(cx->arena, asked) };
    if (in->sure && str_trim(in->reason).n && str_trim(in->reason).n <= REASON_MAX) {
        bool waits;
        e = checkout_second_asks(service, cx,
            &(struct checkout_asked){ .order_id = in->order_id,
                .amount = str_trim(in->amount),
                .reason = str_trim(in->reason) },
            claim, &waits);
        if (e == &CHECKOUT_PROOF) {
            cx_clear(cx);
            str back = str_cat(cx->arena, S("/admin/orders/"), id_text(cx->arena, in->order_id));
            return reply_redirect(reply,
                str_cat(cx->arena, S("/account/confirm?next="), str_url_encode(cx->arena, back)));
        }
        if (e || waits)
            return e ? e : reply_redirect(reply, back_path(cx, in->order_id, "asked"));
    }
    return end(service, cx, body,
        (struct checkout_ending){ .why = CHECKOUT_GOODWILL, .claim = claim }, "refunded", "refund",
        reply);
}

/* ---- where only the order moves ---- */

err checkout_office_move(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    static const enum orders_status to[] = { ORDERS_PROCESSING, ORDERS_SHIPPED, ORDERS_DELIVERED };
    struct checkout *c = service;
    struct office_in in = *(const struct office_in *)body;
    size_t i = 0;
    in.reason = str_trim(in.reason);
    in.tracking_number = str_trim(in.tracking_number);
    if (in.reason.n > REASON_MAX)
        return reply_redirect(reply, mend_path(cx, &in, "reason", "move"));
    if (in.tracking_number.n > CHECKOUT_TRACKING_MAX)
        return reply_redirect(reply, mend_path(cx, &in, "tracking", "move"));
    while (!str_eq(in.status, str_from_c(parcel_names[i])))
        i++;
    if (to[i] != ORDERS_SHIPPED)
        in.tracking_number = (str){ 0 };
    err e = in.fulfilment_group ? orders_group_move(c->deps.orders, cx,
                                      (struct orders_group_move){ .order_id = in.order_id,
                                          .group = (size_t)in.fulfilment_group - 1,
                                          .actor_id = cx->who.user_id,
                                          .to = to[i],
                                          .reason = in.reason,
                                          .tracking = in.tracking_number })
                                : orders_move(c->deps.orders, cx,
                                      (struct orders_move){ .order_id = in.order_id,
                                          .actor_id = cx->who.user_id,
                                          .to = to[i],
                                          .reason = in.reason,
                                          .tracking = in.tracking_number });
    if (e == &ORDERS_MOVE_REFUSED) { /* before anything was written */
        cx_clear(cx);
        return reply_redirect(reply, mend_path(cx, &in, "state", "move"));
    }
    if (e)
        return e;
    return reply_redirect(
        reply, back_path(cx, in.order_id, in.fulfilment_group ? "parcel" : "moved"));
}
