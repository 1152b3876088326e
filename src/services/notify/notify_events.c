/* SPDX-License-Identifier: Apache-2.0
 * Which event causes which message. Called by the bus in a WRITE unit, maybe more than once; must
 * never fail because a payload has more or less than we know. */
#include "base/money.h"
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

static err on_event(
    struct notify *n, struct cx *cx, const struct bus_event *event, enum notify_kind kind)
{
    DEFER(close_value_at) struct json_value *payload = NULL;
    err e = json_value_parse(cx, event->payload, &payload);
    if (e)
        return e;
    struct notify_facts facts = { .name = text_of(cx, payload, "name"),
        .number = text_of(cx, payload, "number"),
        .order_id = text_of(cx, payload, "orderId"),
        .amount = amount_of(cx, payload),
        .reason = text_of(cx, payload, "reason") };
    struct notify_letter letter = { .event_id = event->event_id,
        .to = text_of(cx, payload, "email"),
        .to_name = facts.name,
        .kind = kind };
    return letter.to.n ? notify_send(n, cx, &letter, &facts) : NULL; /* nobody to write to */
}

static err on_registered(void *service, struct cx *cx, const struct bus_event *event)
{
    return on_event(service, cx, event, NOTIFY_WELCOME);
}

static err on_confirmed(void *service, struct cx *cx, const struct bus_event *event)
{
    return on_event(service, cx, event, NOTIFY_ORDER_CONFIRMED);
}

static err on_cancelled(void *service, struct cx *cx, const struct bus_event *event)
{
    return on_event(service, cx, event, NOTIFY_ORDER_CANCELLED);
}

const struct bus_handler notify_events[] = {
    { "identity.registered", "notify.welcome", on_registered },
    { "order.confirmed", "notify.order_confirmed", on_confirmed },
    { "order.cancelled", "notify.order_cancelled", on_cancelled },
    { 0 },
};
