/* SPDX-License-Identifier: Apache-2.0
 * Which event causes which message. Called by the bus, first without a unit to send and then
 * in a WRITE unit to note it, maybe more than once; must never fail because a payload has more or
 * less than we know. */
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

typedef err letter_fn(struct notify *n, struct cx *cx, const struct notify_letter *letter,
    const struct notify_facts *facts);

static err with_letter(struct notify *n, struct cx *cx, const struct bus_event *event,
    enum notify_kind kind, letter_fn *fn)
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
    return letter.to.n ? fn(n, cx, &letter, &facts) : NULL; /* nobody to write to */
}

static const struct heard {
    const char *type;
    enum notify_kind kind;
} heard[] = {
    { "identity.registered", NOTIFY_WELCOME },
    { "order.confirmed", NOTIFY_ORDER_CONFIRMED },
    { "order.cancelled", NOTIFY_ORDER_CANCELLED },
};

static err with_event(struct notify *n, struct cx *cx, const struct bus_event *event, letter_fn *fn)
{
    for (size_t i = 0; i < COUNT(heard); i++)
        if (str_eq(event->type, str_from_c(heard[i].type)))
            return with_letter(n, cx, event, heard[i].kind, fn);
    return FAIL(cx, ERR_BUG, "no message for " STR_F, STR_A(event->type));
}

static err send_letter(void *service, struct cx *cx, const struct bus_event *event)
{
    return with_event(service, cx, event, notify_send);
}

static err note_letter(void *service, struct cx *cx, const struct bus_event *event)
{
    return with_event(service, cx, event, notify_note);
}

const struct bus_handler notify_events[] = {
    { "identity.registered", "notify.welcome", note_letter, .before = send_letter },
    { "order.confirmed", "notify.order_confirmed", note_letter, .before = send_letter },
    { "order.cancelled", "notify.order_cancelled", note_letter, .before = send_letter },
    { 0 },
};
