/* SPDX-License-Identifier: Apache-2.0
 * Which event causes which message. Called by the bus, first without a unit to send and then
 * in a WRITE unit to note it, maybe more than once; must never fail because a payload has more or
 * less than we know. */
#include "base/buf.h"
#include "base/money.h"
#include "platform/token/token.h"
#include "services/notify/notify_internal.h"

static void close_value_at(struct json_value **value)
{
    json_value_close(*value);
}

static str text_of(struct cx *cx, const struct json_value *payload, const char *key)
{
    return json_value_str(cx->arena, json_value_get(payload, key));
}

/* "$12.00", or absent when the payload has no amount that can be read. */
static str amount_of(struct cx *cx, const struct json_value *payload)
{
    currency cur;
    money total;
    if (!currency_parse(text_of(cx, payload, "currency"), &cur) ||
        !money_parse(text_of(cx, payload, "total"), cur, &total))
        return (str){ 0 };
    return money_display(cx->arena, total, S("en"));
}

/* "To Ada, 1 Form Street, Springfield. To ..."; absent when there is one alone. */
static str parcels_of(struct cx *cx, const struct json_value *payload)
{
    const struct json_value *list = json_value_get(payload, "parcels"), *one;
    struct buf out = { .arena = cx->arena };
    for (size_t i = 0; (one = json_value_at(list, i)) != NULL; i++)
        buf_fmt(&out, "%sTo " STR_F ".", i ? " " : "", STR_A(json_value_str(cx->arena, one)));
    return buf_str(&out);
}

/* Which message an event causes. With a purpose its link carries the code of the row that
 * `codeId` names. */
struct heard {
    const char *type;
    enum notify_kind kind;
    const char *purpose, *path;
};

static str link_of(
    struct notify *n, struct cx *cx, const struct json_value *payload, const struct heard *h)
{
    id row;
    if (!h->purpose || !n->deps.tokens || !id_parse(text_of(cx, payload, "codeId"), &row))
        return (str){ 0 };
    str code = token_code(n->deps.tokens, cx->arena, str_from_c(h->purpose), row);
    return str_cat(cx->arena, str_from_c(h->path), code);
}

static err send_about(
    struct notify *n, struct cx *cx, const struct bus_event *event, const struct heard *h)
{
    DEFER(close_value_at) struct json_value *payload = NULL;
    err e = json_value_parse(cx, event->payload, &payload);
    if (e)
        return e;
    struct notify_facts facts = { .name = text_of(cx, payload, "name"),
        .number = text_of(cx, payload, "number"),
        .order_id = text_of(cx, payload, "orderId"),
        .amount = amount_of(cx, payload),
        .parcels = parcels_of(cx, payload),
        .reason = text_of(cx, payload, "reason"),
        .device = text_of(cx, payload, "device"),
        .place = text_of(cx, payload, "country"),
        .other = text_of(cx, payload, "other"),
        .on = str_eq(text_of(cx, payload, "on"), S("true")),
        .link = link_of(n, cx, payload, h) };
    struct notify_letter *letter = NEW(cx->arena, struct notify_letter);
    *letter = (struct notify_letter){ .event_id = event->event_id,
        .to = text_of(cx, payload, "email"),
        .to_name = facts.name,
        .kind = h->kind };
    if (!letter->to.n)
        return NULL; /* nobody to write to */
    *event->made = letter;
    return notify_send(n, cx, letter, &facts);
}

static const struct heard heard[] = {
    { "order.confirmed", NOTIFY_ORDER_CONFIRMED },
    { "order.cancelled", NOTIFY_ORDER_CANCELLED },
    { "order.refund_failed", NOTIFY_REFUND_FAILED },
    { "order.refund_repaid", NOTIFY_REFUND_REPAID },
    { "identity.registered", NOTIFY_WELCOME, "verify", "/verify-email?token=" },
    { "identity.verify_asked", NOTIFY_VERIFY, "verify", "/verify-email?token=" },
    { "identity.reset_asked", NOTIFY_RESET, "reset", "/reset-password?token=" },
    { "identity.email_asked", NOTIFY_EMAIL_ASKED, "email", "/verify-email?token=" },
    { "identity.email_noticed", NOTIFY_EMAIL_NOTICE },
    { "identity.email_changed", NOTIFY_EMAIL_CHANGED },
    { "identity.password_changed", NOTIFY_PASSWORD_CHANGED },
    { "identity.factor_changed", NOTIFY_FACTOR_CHANGED },
    { "identity.new_device", NOTIFY_NEW_DEVICE },
    { "identity.way_changed", NOTIFY_WAY_CHANGED },
    { "payouts.account_changed", NOTIFY_PAYOUT_ACCOUNT },
    { "payouts.paid", NOTIFY_PAYOUT_PAID },
    { "payouts.failed", NOTIFY_PAYOUT_FAILED },
    { "privacy.exported", NOTIFY_EXPORTED },
    { "privacy.erasure_asked", NOTIFY_ERASURE },
};

static err send_letter(void *service, struct cx *cx, const struct bus_event *event)
{
    for (size_t i = 0; i < COUNT(heard); i++)
        if (str_eq(event->type, str_from_c(heard[i].type)))
            return send_about(service, cx, event, &heard[i]);
    return FAIL(cx, ERR_BUG, "no message for " STR_F, STR_A(event->type));
}

/* The lane that all orders wait for does not read the event once more. */
static err note_letter(void *service, struct cx *cx, const struct bus_event *event)
{
    return *event->made ? notify_note(service, cx, *event->made) : NULL;
}

const struct bus_handler notify_events[] = {
    { "identity.registered", "notify.welcome", note_letter, .before = send_letter },
    { "identity.verify_asked", "notify.verify", note_letter, .before = send_letter },
    { "identity.reset_asked", "notify.reset", note_letter, .before = send_letter },
    { "identity.email_asked", "notify.email_asked", note_letter, .before = send_letter },
    { "identity.email_noticed", "notify.email_noticed", note_letter, .before = send_letter },
    { "identity.email_changed", "notify.email_changed", note_letter, .before = send_letter },
    { "identity.password_changed", "notify.password_changed", note_letter, .before = send_letter },
    { "identity.factor_changed", "notify.factor_changed", note_letter, .before = send_letter },
    { "identity.new_device", "notify.new_device", note_letter, .before = send_letter },
    { "identity.way_changed", "notify.way_changed", note_letter, .before = send_letter },
    { "privacy.exported", "notify.exported", note_letter, .before = send_letter },
    { "privacy.erasure_asked", "notify.erasure", note_letter, .before = send_letter },
    { "order.confirmed", "notify.order_confirmed", note_letter, .before = send_letter },
    { "order.cancelled", "notify.order_cancelled", note_letter, .before = send_letter },
    { "order.refund_failed", "notify.refund_failed", note_letter, .before = send_letter },
    { "order.refund_repaid", "notify.refund_repaid", note_letter, .before = send_letter },
    { "payouts.account_changed", "notify.payout_account", note_letter, .before = send_letter },
    { "payouts.paid", "notify.payout_paid", note_letter, .before = send_letter },
    { "payouts.failed", "notify.payout_failed", note_letter, .before = send_letter },
    { 0 },
};
