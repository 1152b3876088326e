/* SPDX-License-Identifier: Apache-2.0
 * What an order's page shows of its groups: parcels with their state, their days and their lines,
 * and what can still be cancelled. Called by checkout_pages.c; must never offer what is too late.
 */
#include "flows/checkout/checkout_pages.h"

static struct order_cancel_view *cancel_of(struct cx *cx, const struct orders_order *o)
{
    struct order_cancel_view *cancel = NEW(cx->arena, struct order_cancel_view);
    cancel->action = checkout_order_path(cx->arena, o->order_id, "/cancel");
    cancel->key = checkout_form_key(cx);
    return cancel;
}

/* What a cancellation means for the money. */
static str back_text(str back)
{
    return back.n ? back : S("nothing is charged");
}

const struct order_cancel_view *checkout_cancel_view(
    struct cx *cx, const struct checkout_seen *seen)
{
    const struct orders_order *o = &seen->order;
    bool some = false, placing = o->status == ORDERS_PENDING && !o->withdrawn.n;
    if (!placing && !checkout_offers(o, CHECKOUT_CANCELS, 0))
        return NULL;
    for (size_t g = 0; g < o->groups_n; g++)
        some |= o->groups[g].status == ORDERS_CANCELLED;
    struct order_cancel_view *cancel = cancel_of(cx, o);
    cancel->label = some ? S("Cancel the rest of this order") : S("Cancel this order");
    str back = some ? checkout_cost_goes_back(cx, seen) : checkout_goes_back(cx, seen);
    cancel->text =
        str_fmt(cx->arena, "Nothing will be sent, and " STR_F ".", STR_A(back_text(back)));
    return cancel;
}

static str days_of(struct cx *cx, const struct orders_group *g)
{
    if (g->delivered_ms)
        return str_cat(
            cx->arena, S("Delivered on "), instant_day_short(cx->arena, g->delivered_ms));
    if (g->status > ORDERS_SHIPPED)
        return (str){ 0 };
    return str_cat(
        cx->arena, S("Expected "), web_days(cx->arena, g->estimated_from_ms, g->estimated_ms));
}

static struct order_group_view group_of(struct cx *cx, const struct checkout_seen *seen, size_t at)
{
    const struct orders_order *o = &seen->order;
    const struct orders_group *g = &o->groups[at];
    const struct orders_address *to = g->address ? g->address : &o->address;
    struct order_line_view *lines = NEW_N(cx->arena, o->lines_n, struct order_line_view);
    struct order_group_view v = { .title = str_fmt(
                                      cx->arena, "Parcel %d of %d", (int)at + 1, (int)o->groups_n),
        .status = checkout_status_label(g->status),
        .status_kind = checkout_status_kind(g->status),
        .delivery = days_of(cx, g),
        .returning = checkout_return_text(cx, seen, g->status, /* part= */ true),
        .send_back = checkout_return_part(cx, seen, at),
        .address = checkout_address_lines(cx->arena, to),
        .lines = lines };
    for (size_t i = 0; i < o->lines_n; i++)
        if (o->lines[i].group == at)
            lines[v.lines_n++] = checkout_bought_view(cx->arena, o, &o->lines[i]);
    if (!checkout_offers(o, CHECKOUT_CANCELS, (int64_t)at + 1))
        return v;
    struct order_cancel_view *cancel = cancel_of(cx, o);
    cancel->group = str_fmt(cx->arena, "%d", (int)at + 1);
    cancel->label = S("Cancel this part");
    cancel->text = str_fmt(cx->arena, "This parcel will not be sent, and " STR_F ".",
        STR_A(back_text(checkout_cost_goes_back(cx, seen))));
    v.cancel = cancel;
    return v;
}

void checkout_show_groups(struct cx *cx, const struct checkout_seen *seen, struct order_view *v)
{
    const struct orders_order *o = &seen->order;
    if (o->groups_n <= 1)
        return;
    struct order_group_view *groups = NEW_N(cx->arena, o->groups_n, struct order_group_view);
    for (size_t g = 0; g < o->groups_n; g++)
        groups[g] = group_of(cx, seen, g);
    v->groups = groups;
    v->groups_n = o->groups_n;
}
