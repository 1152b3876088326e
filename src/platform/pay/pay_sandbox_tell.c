/* SPDX-License-Identifier: Apache-2.0
 * What the sandbox tells by itself: its list of payments, and a webhook for each fact of its books.
 * Called through the port and by tests. Must never tell of what the books do not have. */
#include "base/json.h"
#include "platform/pay/pay_sandbox_internal.h"
#include "platform/pay/pay_webhook.h"

#define PAGE_N 100

/* ---- the list ---- */
err sandbox_list(
    void *self, struct cx *cx, struct pay_range range, str cursor, struct pay_list *ret)
{
    struct sandbox *sandbox = self;
    struct pay_list list = { .entries = NEW_N(cx->arena, PAGE_N, struct pay_entry) };

    err e = sandbox_enter(sandbox, cx);
    if (e)
        return e;
    const struct map *all = &sandbox->books.by_ref;
    int64_t at = (int64_t)all->n;
    if (cursor.p && (!str_to_i64(cursor, &at) || at < 0 || at > (int64_t)all->n))
        e = FAIL(cx, ERR_BUG, "no cursor of ours");
    for (; !e && at > 0 && list.entries_n < PAGE_N; at--) {
        const struct pay_payment *p = all->entries[at - 1].value;
        if (p->created_ms < range.from_ms || p->created_ms >= range.to_ms)
            continue;
        list.entries[list.entries_n++] = (struct pay_entry){ .key = str_dup(cx->arena, p->key),
            .amount = p->amount,
            .created_ms = p->created_ms,
            .result = sandbox_answer(sandbox, cx, p, p->state) };
    }
    sandbox_leave(sandbox);
    if (e)
        return e;
    if (at > 0)
        list.next = str_from_i64(cx->arena, at);
    *ret = list;
    return NULL;
}

/* ---- webhooks ---- */
struct told_body {
    str id, type, ref, key, state, refund_key, refund_ref, brand, last4;
    int64_t captured, refunded, open, created;
};
static const struct json_field told_fields[] = {
    JSON_STR(struct told_body, id, .required = true),
    JSON_STR(struct told_body, type, .required = true),
    JSON_INT(struct told_body, created, .required = true),
    JSON_STR(struct told_body, ref, .required = true),
    JSON_STR(struct told_body, key, .required = true),
    JSON_STR(struct told_body, state),
    JSON_INT(struct told_body, captured),
    JSON_INT(struct told_body, refunded),
    JSON_INT(struct told_body, open),
    JSON_STR(struct told_body, refund_key),
    JSON_STR(struct told_body, refund_ref),
    JSON_STR(struct told_body, brand),
    JSON_STR(struct told_body, last4),
};
static const struct json_shape told_shape =
    JSON_SHAPE("SandboxEvent", struct told_body, told_fields);

static const struct sandbox_card *card_of(struct pay_books *books, const struct pay_payment *p)
{
    const struct pay_saved *saved = map_get(&books->saved_by_token, p->token);

    return sandbox_card_of(saved ? saved->card : p->token);
}

static struct told_body payment_body(
    struct sandbox *sandbox, struct cx *cx, const struct pay_told *told)
{
    const struct pay_payment *p = told->payment;
    const struct sandbox_card *card = card_of(&sandbox->books, p);
    struct told_body body = { .type = S("payment.changed"),
        .ref = p->ref,
        .key = p->key,
        .state = pay_state_name(told->state),
        .captured = told->captured,
        .refunded = told->refunded,
        .open = told->open,
        .brand = str_from_c(card->brand),
        .last4 = str_from_c(card->last4) };

    if (told->verb == PAY_VERB_REFUND || told->verb == PAY_VERB_RETURN) {
        body.type = told->verb == PAY_VERB_REFUND ? S("refund.done") : S("refund.failed");
        body.refund_key = told->key;
        body.refund_ref = sandbox_ref(cx->arena, S("re_"), told->key);
    }
    return body;
}

size_t pay_sandbox_events(struct pay *pay)
{
    struct sandbox *sandbox = pay->self;

    pthread_mutex_lock(&sandbox->mutex);
    size_t n = sandbox->books.told_n;
    pthread_mutex_unlock(&sandbox->mutex);
    return n;
}

struct sandbox_webhook pay_sandbox_webhook(
    struct pay *pay, struct cx *cx, size_t index, int64_t signed_ms)
{
    struct sandbox *sandbox = pay->self;
    struct buf text = { .arena = cx->arena };

    pthread_mutex_lock(&sandbox->mutex);
    ASSERT(index < sandbox->books.told_n);
    const struct pay_told *told = &sandbox->books.told[index];
    struct told_body body = told->payment ? payment_body(sandbox, cx, told)
                                          : (struct told_body){ .type = S("setup.changed"),
                                                .ref = told->saved->ref,
                                                .key = told->saved->key };
    body.id = str_fmt(cx->arena, "evt_" STR_F "%zu", STR_A(sandbox->prefix), index);
    body.created = told->at_ms;
    json_encode(&text, &told_shape, &body, /* snake= */ true);
    pthread_mutex_unlock(&sandbox->mutex);
    return (struct sandbox_webhook){
        .signature =
            pay_webhook_sign(cx->arena, sandbox->webhook_secret, signed_ms, buf_str(&text)),
        .body = buf_str(&text),
    };
}

static err event_of(
    struct sandbox *sandbox, struct cx *cx, const struct told_body *body, struct pay_event *ret)
{
    struct pay_event event = { .event_id = body->id,
        .name = body->type,
        .provider_ref = body->ref,
        .key = body->key,
        .refund_key = body->refund_key,
        .refund_ref = body->refund_ref,
        .created_ms = body->created };

    if (str_eq(body->type, S("setup.changed")))
        event.type = PAY_EVENT_SETUP;
    event.refund_failed = str_eq(body->type, S("refund.failed"));
    if (str_eq(body->type, S("refund.done")) || event.refund_failed)
        event.type = PAY_EVENT_REFUND;
    if (str_eq(body->type, S("payment.changed")))
        event.type = PAY_EVENT_PAYMENT;
    if (str_eq(body->type, S("dispute.created"))) /* made by tests: the sandbox's banks have none */
        event.type = PAY_EVENT_DISPUTE;
    event.has_result = event.type == PAY_EVENT_PAYMENT || event.type == PAY_EVENT_REFUND;
    if (event.has_result && !pay_state_of(body->state, &event.result.state))
        return FAIL(cx, ERR_MALFORMED, "no state of a payment: " STR_F, STR_A(body->state));
    event.result.provider_ref = body->ref;
    event.result.captured_minor = body->captured;
    event.result.refunded_minor = body->refunded;
    event.result.open_minor = body->open;
    event.result.refund_ref = body->refund_ref;
    event.result.brand = body->brand;
    event.result.last4 = body->last4;
    event.result.provider = str_from_c(sandbox->name);
    *ret = event;
    return NULL;
}

err sandbox_parse_webhook(void *self, struct cx *cx, str signature, str body, struct pay_event *ret)
{
    struct sandbox *sandbox = self;
    struct told_body told;

    err e = pay_webhook_check(cx, sandbox->webhook_secret, signature, body);
    if (!e)
        e = json_decode(cx, body, &told_shape, &told, NULL);
    if (!e)
        e = event_of(sandbox, cx, &told, ret);
    return e;
}
