/* SPDX-License-Identifier: Apache-2.0
 * What has happened to an order, in words for its buyer. Called by the pages of orders; must never
 * say more than the history holds. */
#include "base/instant.h"
#include "flows/checkout/checkout_internal.h"
#include "flows/checkout/checkout_pages.h"
#include "platform/web/web_format.h"

static str event_label(struct cx *cx, const struct orders_event *event)
{
    if (!id_is_none(event->refund_id))
        return event->repaid ? S("Refund paid another way") : S("Refund came back");
    str label = event->to == ORDERS_PENDING ? S("Ordered") : checkout_status_label(event->to);
    return event->group < 0
               ? label
               : str_fmt(cx->arena, "Parcel %d: " STR_F, (int)event->group + 1, STR_A(label));
}

str checkout_reason_text(str reason)
{
    static const struct {
        const char *reason, *text;
    } texts[] = { { "payment_declined", "The payment was declined." },
        { "order_declined", "The order could not be accepted; nothing was charged." },
        { "payment_missing", "The payment did not arrive." },
        { "payment_late", "The payment came too late." },
        { "stock_gone", "The payment came too late; the money goes back." },
        { "refund_to_wallet", "It is in your wallet: you can pay with it." },
        { "refund_outside", "It was paid to you without your card." },
        { "buyer", "As you asked." } };
    for (size_t i = 0; i < COUNT(texts); i++)
        if (str_eq(reason, str_from_c(texts[i].reason)))
            return str_from_c(texts[i].text);
    return reason;
}

static str event_text(struct cx *cx, const struct orders_event *event)
{
    if (event->repaid)
        return checkout_reason_text(event->reason);
    if (!id_is_none(event->refund_id))
        return S(
            "Your bank did not take it. We know of it, and will get the money to you in another "
            "way.");
    if (event->tracking.n)
        return str_cat(cx->arena, S("Tracking number: "), event->tracking);
    if (event->to == ORDERS_RETURN_REQUESTED)
        return event->reason;
    return event->to == ORDERS_CANCELLED ? checkout_reason_text(event->reason) : (str){ 0 };
}

/* What has happened, then what is still to come on the usual way. */
err checkout_read_events(struct checkout *c, struct cx *cx, const struct orders_order *o,
    const struct event_view **ret, size_t *ret_n)
{
    struct orders_event *past;
    size_t past_n;
    err e = orders_history(c->deps.orders, cx, o->order_id, &past, &past_n);
    if (e)
        return e;
    struct event_view *events = NEW_N(cx->arena, past_n + ORDERS_STATUSES_N, struct event_view);
    size_t n = 0;
    for (; n < past_n; n++)
        events[n] = (struct event_view){ .label = event_label(cx, &past[n]),
            .date = instant_day_short(cx->arena, past[n].at_ms),
            .text = event_text(cx, &past[n]),
            .done = true,
            .current = n + 1 == past_n,
            .bad = past[n].to == ORDERS_CANCELLED ||
                   (!id_is_none(past[n].refund_id) && !past[n].repaid) };
    for (int s = o->status + 1; o->status < ORDERS_DELIVERED && s <= ORDERS_DELIVERED; s++)
        events[n++] = (struct event_view){ .label = checkout_status_label((enum orders_status)s),
            .date = s == ORDERS_DELIVERED
                        ? web_days(cx->arena, o->estimated_from_ms, o->estimated_ms)
                        : (str){ 0 } };
    *ret = events;
    *ret_n = n;
    return NULL;
}
