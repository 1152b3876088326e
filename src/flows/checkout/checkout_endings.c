/* SPDX-License-Identifier: Apache-2.0
 * What comes after the purchase: cancelling, returns, refunds, the parcel's way. Called by the
 * gateway; where money goes back the reply is parked, so that no thread waits for a provider. */
#include "flows/checkout/checkout_endings.h"
#include "platform/http/if_match.h"
#include "platform/secret/secret.h"

struct body {
    id order_id; /* first: checkout_order_conflict reads it */
    str reason, amount, status, key, tracking_number, if_match;
    int64_t fulfilment_group; /* 0: all of the order */
};
#define ORDER_ID JSON_ID(struct body, order_id, .at = AT_PATH, .required = true)
#define REASON JSON_STR(struct body, reason, .max = 200)
#define GROUP                                                                                      \
    JSON_INT(struct body, fulfilment_group, .min = 1, .max = CART_LINES_MAX,                       \
        .doc = "the number of one of its groups; absent: all of the order")
#define KEY JSON_STR(struct body, key, .at = AT_HEADER, .wire = "Idempotency-Key", .max = 1000)
static const struct json_field ending_fields[] = { ORDER_ID, REASON, GROUP, KEY,
    IF_MATCH_FIELD(struct body) };
const struct json_shape checkout_ending_shape =
    JSON_SHAPE("OrderEndingInput", struct body, ending_fields);

static const char *const parcel_names[] = { "processing", "shipped", "delivered", NULL };
static const struct json_field move_fields[] = {
    ORDER_ID,
    REASON,
    GROUP,
    JSON_STR(struct body, status, .required = true, .one_of = parcel_names),
    JSON_STR(struct body, tracking_number, .max = CHECKOUT_TRACKING_MAX,
        .doc = "the carrier's, of what is shipped"),
    IF_MATCH_FIELD(struct body),
};
const struct json_shape checkout_move_shape =
    JSON_SHAPE("OrderStatusInput", struct body, move_fields);

static const struct json_field refund_fields[] = {
    ORDER_ID,
    JSON_STR(struct body, reason, .required = true, .min = 1, .max = 200),
    JSON_AMOUNT(struct body, amount, .required = true, .doc = "at most what is left of the order"),
    KEY,
    IF_MATCH_FIELD(struct body),
};
const struct json_shape checkout_refund_shape =
    JSON_SHAPE("OrderRefundInput", struct body, refund_fields);

/* ---- where money goes back ---- */

struct ending_answer {
    struct checkout *c;
    struct checkout_ending *ending;
    struct reply *reply;
    struct reply_park *park;
    const void *view;
    int64_t version;
    bool pending; /* it is still being placed, and will be cancelled */
};

static err read_ended(void *arg, struct cx *cx)
{
    struct ending_answer *a = arg;
    struct orders_order order;
    err e = orders_get(
        a->c->deps.orders, cx, (struct orders_owner){ .staff = true }, a->ending->order_id, &order);
    a->version = e ? 0 : order.version;
    a->pending = !e && order.status == ORDERS_PENDING;
    return e ? e : checkout_order_view(a->c, cx, &order, &a->view);
}

/* On the provider's executor: the answer shows the order as it is after the refund. */
static void answer_ended(void *arg)
{
    struct ending_answer *a = arg;
    err e = db_read(a->ending->cx, read_ended, a);
    a->reply->version = a->version;
    if (!e && a->ending->replayed)
        reply_add_header(a->reply, S("Idempotent-Replayed"), S("true"));
    if (!e)
        (void)reply_json(a->reply, a->pending ? 202 : 200, &checkout_order_shape, a->view);
    reply_finish(a->park, e);
}

static void ending_done(void *arg, struct checkout_ending *ending)
{
    struct ending_answer *a = arg;
    if (ending->failed) {
        reply_finish(a->park, ending->failed);
        return;
    }
    checkout_off_lane(ending->c, answer_ended, a);
}

static const struct {
    const char *route;
    const struct json_shape *shape;
} asked_by[CHECKOUT_WHYS_N] = {
    [CHECKOUT_CANCELS] = { "/api/v1/orders/{orderId}/cancel", &checkout_ending_shape },
    [CHECKOUT_RETURNED] = { "/api/v1/admin/orders/{orderId}/return/approve",
        &checkout_ending_shape },
    [CHECKOUT_GOODWILL] = { "/api/v1/admin/orders/{orderId}/refunds", &checkout_refund_shape },
};

/* Whose keys they are, and what was asked. */
static struct idem_claim claim_of(struct cx *cx, const struct body *in, enum checkout_why why)
{
    struct buf asked = { .arena = cx->arena };
    json_encode(&asked, asked_by[why].shape, in, false);
    buf_add(&asked, in->amount); /* goes in only */
    return (struct idem_claim){ .principal = checkout_principal(cx),
        .method = S("POST"),
        .route = str_from_c(asked_by[why].route),
        .key = in->key,
        .fingerprint = secret_sha256_hex(
            cx->arena, str_cat(cx->arena, id_text(cx->arena, in->order_id), buf_str(&asked))) };
}

static err end(
    void *service, struct cx *cx, const struct body *in, enum checkout_why why, struct reply *reply)
{
    struct checkout_ending *x = NEW(cx->arena, struct checkout_ending);
    struct ending_answer *a = NEW(cx->arena, struct ending_answer);
    *a = (struct ending_answer){
        .c = service, .ending = x, .reply = reply, .park = reply_park(reply)
    };
    *x = (struct checkout_ending){ .c = service,
        .cx = cx,
        .order_id = in->order_id,
        .why = why,
        .part = in->fulfilment_group,
        .amount = in->amount,
        .if_match = in->if_match,
        .reason = in->reason,
        .done = ending_done,
        .arg = a };
    if (in->key.n)
        x->claim = claim_of(cx, in, why);
    checkout_end(x);
    return NULL;
}

err checkout_post_cancel(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    return end(service, cx, body, CHECKOUT_CANCELS, reply);
}

err checkout_post_approve(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    return end(service, cx, body, CHECKOUT_RETURNED, reply);
}

/* 202 with the order as it is: another person has to approve the refund first. */
static err answer_asked(
    struct checkout *c, struct cx *cx, const struct body *in, struct reply *reply)
{
    struct checkout_ending ending = { .order_id = in->order_id };
    struct ending_answer a = { .c = c, .ending = &ending };
    err e = db_read(cx, read_ended, &a);
    reply_add_header(reply, S("Location"), S("/api/v1/admin/approvals"));
    return e ? e : reply_json(reply, 202, &checkout_order_shape, a.view);
}

err checkout_post_refund(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct body *in = body;
    bool asked;
    err e = checkout_second_asks(service, cx,
        &(struct checkout_asked){ .order_id = in->order_id,
            .amount = in->amount,
            .reason = in->reason,
            .if_match = in->if_match },
        claim_of(cx, in, CHECKOUT_GOODWILL), &asked);
    if (e || asked)
        return e ? e : answer_asked(service, cx, in, reply);
    return end(service, cx, body, CHECKOUT_GOODWILL, reply);
}

/* ---- where only the order moves ---- */

uint64_t checkout_order_conflict(const struct cx *cx, const void *body)
{
    (void)cx;
    const struct body *in = body;
    return id_hash(in->order_id);
}

static err move(struct checkout *c, struct cx *cx, const struct body *in, enum orders_status to)
{
    return in->fulfilment_group ? orders_group_move(c->deps.orders, cx,
                                      (struct orders_group_move){ .order_id = in->order_id,
                                          .group = (size_t)in->fulfilment_group - 1,
                                          .actor_id = cx->who.user_id,
                                          .to = to,
                                          .reason = in->reason,
                                          .tracking = str_trim(in->tracking_number),
                                          .if_match = in->if_match })
                                : orders_move(c->deps.orders, cx,
                                      (struct orders_move){ .order_id = in->order_id,
                                          .actor_id = cx->who.user_id,
                                          .to = to,
                                          .reason = in->reason,
                                          .tracking = str_trim(in->tracking_number),
                                          .if_match = in->if_match });
}

static err answer_moved(
    struct checkout *c, struct cx *cx, id order_id, struct orders_owner owner, struct reply *reply)
{
    struct orders_order order;
    const void *view;
    err e = orders_get(c->deps.orders, cx, owner, order_id, &order);
    if (!e)
        e = checkout_order_view(c, cx, &order, &view);
    if (e)
        return e;
    reply->version = order.version;
    return reply_json(reply, 200, &checkout_order_shape, view);
}

err checkout_ask_return(struct checkout *c, struct cx *cx, const struct checkout_return *in)
{
    struct orders_order order;
    err e = orders_get(c->deps.orders, cx, checkout_owner_of(cx), in->order_id, &order);
    if (e)
        return e;
    if (!if_match_holds(in->if_match, order.version)) /* before its state; the move asks again */
        return FAIL(cx, ORDERS_STALE, "version %lld", (long long)order.version);
    size_t group = (size_t)in->fulfilment_group;
    if (group > order.groups_n)
        return FAIL(cx, ERR_MISSING, "no such group");
    enum orders_status at = group ? order.groups[group - 1].status : order.status;
    if (at != ORDERS_DELIVERED)
        return FAIL(cx, CHECKOUT_NOT_OFFERED, "return in state %s", orders_status_names[at]);
    const struct body moved = { .order_id = in->order_id,
        .fulfilment_group = in->fulfilment_group,
        .reason = in->reason,
        .if_match = in->if_match };
    return move(c, cx, &moved, ORDERS_RETURN_REQUESTED);
}

err checkout_post_return(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct body *in = body;
    err e = checkout_ask_return(service, cx,
        &(struct checkout_return){ .order_id = in->order_id,
            .fulfilment_group = in->fulfilment_group,
            .reason = in->reason,
            .if_match = in->if_match });
    return e ? e : answer_moved(service, cx, in->order_id, checkout_owner_of(cx), reply);
}

err checkout_post_move(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    static const enum orders_status to[] = { ORDERS_PROCESSING, ORDERS_SHIPPED, ORDERS_DELIVERED };
    const struct body *in = body;
    size_t i = 0;
    if (in->tracking_number.n && !str_eq(in->status, S("shipped"))) {
        cx_field(cx, S("/trackingNumber"), "not_allowed", "of what is shipped");
        return FAIL(cx, ERR_INVALID, "a tracking number of another move");
    }
    while (!str_eq(in->status, str_from_c(parcel_names[i])))
        i++;
    err e = move(service, cx, in, to[i]);
    return e ? e
             : answer_moved(
                   service, cx, in->order_id, (struct orders_owner){ .staff = true }, reply);
}
