/* SPDX-License-Identifier: Apache-2.0
 * The inbox of webhooks: checked, stored once, worked on later. Called by the route of webhooks and
 * by the flow that works on them. Must never act on what an event says of the state: it may be old.
 */
#include "base/instant.h"
#include "payments_sql.h"
#include "services/payments/payments_routes.h"
#include "services/payments/payments_store.h"

#define PRUNE_N 500
#define DUE_MAX 1000

/* Our keys are ids; what has another key, or none, is not ours. */
static id id_of(str key)
{
    id a = { { 0 } };
    return id_parse(key, &a) ? a : (id){ { 0 } };
}

err payments_webhook_receive(struct payments *p, struct cx *cx, const struct pay *pay,
    str signature, str body, struct payments_webhook *ret, bool *ret_new)
{
    struct pay_event event;
    int64_t added = 0;
    if (body.n > PAYMENTS_WEBHOOK_BYTES_MAX)
        return FAIL(cx, ERR_MALFORMED, "a webhook of %zu bytes", body.n);
    err e = pay->parse_webhook(pay->self, cx, signature, body, &event);
    if (e)
        return e;
    struct payments_webhook w = { .provider = str_from_c(pay->name),
        .event_id = event.event_id,
        .name = event.name,
        .body = body,
        .payment_id = event.type == PAY_EVENT_SETUP ? (id){ { 0 } } : id_of(event.key),
        .provider_ref = event.provider_ref,
        .refund_id = id_of(event.refund_key),
        .refund_failed = event.refund_failed,
        .received_ms = cx->now_ms };
    /* A dispute may not say whose payment it is about: the provider is asked. */
    bool known = !id_is_none(w.payment_id) || (event.type == PAY_EVENT_DISPUTE && w.provider_ref.n);
    bool ours = event.type != PAY_EVENT_OTHER && known;
    e = payments_sql_webhook_add(p->deps.db, cx,
        (struct payments_sql_webhook_add_in){ .provider = w.provider,
            .event_id = w.event_id,
            .name = w.name,
            .body = w.body,
            .payment_id = w.payment_id,
            .provider_ref = w.provider_ref,
            .refund_id = w.refund_id,
            .refund_failed = w.refund_failed,
            .received_ms = w.received_ms,
            .processed_ms = { .has = !ours, .v = cx->now_ms } },
        &added);
    if (e)
        return e;
    *ret = w;
    *ret_new = added == 1;
    return NULL;
}

err payments_webhook_due(
    struct payments *p, struct cx *cx, int64_t limit, struct payments_webhook **ret, size_t *ret_n)
{
    struct payments_sql_webhook_due_row *rows;
    ASSERT(limit > 0 && limit <= DUE_MAX);
    err e = payments_sql_webhook_due(p->deps.db, cx,
        (struct payments_sql_webhook_due_in){ .now_ms = cx->now_ms, .limit = limit }, &rows, ret_n);
    if (e)
        return e;
    *ret = NEW_N(cx->arena, *ret_n, struct payments_webhook);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] = (struct payments_webhook){ .provider = rows[i].provider,
            .event_id = rows[i].event_id,
            .name = rows[i].name,
            .body = rows[i].body,
            .payment_id = rows[i].payment_id,
            .provider_ref = rows[i].provider_ref,
            .refund_id = rows[i].refund_id,
            .refund_failed = rows[i].refund_failed,
            .received_ms = rows[i].received_ms,
            .attempts = rows[i].attempts };
    return NULL;
}

err payments_webhook_done(struct payments *p, struct cx *cx, str provider, str event_id)
{
    return payments_sql_webhook_done(p->deps.db, cx,
        (struct payments_sql_webhook_done_in){
            .provider = provider, .event_id = event_id, .now_ms = cx->now_ms },
        NULL);
}

err payments_webhook_again(struct payments *p, struct cx *cx, str provider, str event_id)
{
    return payments_sql_webhook_again(p->deps.db, cx,
        (struct payments_sql_webhook_again_in){
            .provider = provider, .event_id = event_id, .now_ms = cx->now_ms },
        NULL);
}

/* Long after providers have stopped to repeat them. */
err payments_webhook_prune(void *service, struct cx *cx, bool *ret_more)
{
    struct payments *p = service;
    int64_t removed = 0;
    err e = payments_sql_webhook_prune(p->deps.db, cx,
        (struct payments_sql_webhook_prune_in){
            .before_ms = cx->now_ms - p->deps.keep_webhooks_days * DAY_MS, .limit = PRUNE_N },
        &removed);
    *ret_more = !e && removed == PRUNE_N;
    return e;
}
