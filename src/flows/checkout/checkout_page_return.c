/* SPDX-License-Identifier: Apache-2.0
 * Asking for a return by the page of an order: the form, what it does, and how far a return is.
 * Called by checkout_pages.c and the gateway; must never offer what cannot be returned. */
#include "flows/checkout/checkout_endings.h"
#include "flows/checkout/checkout_pages.h"

/* The text is what the order keeps. */
static const char *const reasons[] = {
    "No longer needed",
    "Damaged",
    "Not as described",
    "Wrong item",
    "Arrived too late",
    NULL,
};
static const struct json_field return_fields[] = {
    JSON_ID(struct checkout_order_in, order_id, .at = AT_PATH, .required = true),
    JSON_INT(struct checkout_order_in, fulfilment_group, .min = 1, .max = CART_LINES_MAX),
    JSON_STR(struct checkout_order_in, reason, .one_of = reasons),
    CHECKOUT_FORM_KEY,
};
const struct json_shape checkout_return_shape =
    JSON_SHAPE("OrderReturnForm", struct checkout_order_in, return_fields);

/* ---- the form ---- */

static struct order_return_view *form_of(struct cx *cx, const struct orders_order *o)
{
    static const struct option_view none = { .label = S_INIT("I would rather not say") };
    struct order_return_view *v = NEW(cx->arena, struct order_return_view);
    struct option_view *options = NEW_N(cx->arena, COUNT(reasons), struct option_view);
    options[v->reasons_n++] = none;
    for (size_t i = 0; reasons[i]; i++)
        options[v->reasons_n++] = (struct option_view){ .value = str_from_c(reasons[i]),
            .label = str_from_c(reasons[i]) };
    v->reasons = options;
    v->action = checkout_order_path(cx->arena, o->order_id, "/return");
    v->key = checkout_form_key(cx);
    return v;
}

/* What follows when the goods are here. */
static str back_text(struct cx *cx, const struct checkout_seen *seen, bool part)
{
    str back = part ? checkout_cost_goes_back(cx, seen) : checkout_goes_back(cx, seen);
    return back.n ? back : S("your return is done");
}

const struct order_return_view *checkout_return_view(
    struct cx *cx, const struct checkout_seen *seen)
{
    const struct orders_order *o = &seen->order;
    bool some = false;
    if (o->status != ORDERS_DELIVERED)
        return NULL;
    for (size_t g = 0; g < o->groups_n; g++)
        some |= o->groups[g].status != ORDERS_DELIVERED;
    struct order_return_view *v = form_of(cx, o);
    v->label = some ? S("Return the rest of this order") : S("Return this order");
    v->text = str_fmt(cx->arena, "You send it back. When it is here, " STR_F ".",
        STR_A(back_text(cx, seen, some)));
    return v;
}

const struct order_return_view *checkout_return_part(
    struct cx *cx, const struct checkout_seen *seen, size_t group)
{
    if (seen->order.groups[group].status != ORDERS_DELIVERED)
        return NULL;
    struct order_return_view *v = form_of(cx, &seen->order);
    v->group = str_fmt(cx->arena, "%d", (int)group + 1);
    v->label = S("Return this parcel");
    v->text = str_fmt(cx->arena, "You send the parcel back. When it is here, " STR_F ".",
        STR_A(back_text(cx, seen, /* part= */ true)));
    return v;
}

/* ---- how far it is ---- */

str checkout_return_text(
    struct cx *cx, const struct checkout_seen *seen, enum orders_status status, bool part)
{
    str to = checkout_paid_by(cx, seen);
    if (status == ORDERS_RETURN_REQUESTED)
        return str_fmt(cx->arena,
            "Please send it back. When it is here, " STR_F "; this page will say so.",
            STR_A(back_text(cx, seen, part)));
    if (status == ORDERS_RETURN_APPROVED && to.n)
        return str_fmt(
            cx->arena, "It is back with us, and the money is on its way to " STR_F ".", STR_A(to));
    if (status == ORDERS_REFUNDED && to.n)
        return str_fmt(
            cx->arena, "It is back with us, and the money went to " STR_F ".", STR_A(to));
    return status == ORDERS_RETURN_APPROVED || status == ORDERS_REFUNDED ? S("It is back with us.")
                                                                         : (str){ 0 };
}

static const struct alert_view *alert_of(
    struct cx *cx, const char *kind, const char *title, str text)
{
    struct alert_view *v = NEW(cx->arena, struct alert_view);
    *v = (struct alert_view){ .kind = str_from_c(kind), .title = str_from_c(title), .text = text };
    return v;
}

static bool some_asked(const struct orders_order *o)
{
    for (size_t g = 0; g < o->groups_n; g++)
        if (o->groups[g].status == ORDERS_RETURN_REQUESTED)
            return true;
    return false;
}

static const struct alert_view *said_alert(
    struct cx *cx, const struct checkout_seen *seen, str said)
{
    static const char asked[] = "We have your return request";
    const struct orders_order *o = &seen->order;
    if (str_eq(said, S("return")) && o->status == ORDERS_RETURN_REQUESTED)
        return alert_of(
            cx, "good", asked, checkout_return_text(cx, seen, o->status, /* part= */ false));
    if (str_eq(said, S("return_part")) && some_asked(o))
        return alert_of(cx, "good", asked,
            checkout_return_text(cx, seen, ORDERS_RETURN_REQUESTED, /* part= */ true));
    if (str_eq(said, S("return_late")))
        return alert_of(cx, "warn", "This cannot be returned now", S("Below is how it stands."));
    if (str_eq(said, S("sent")))
        return alert_of(cx, "info", "This form was sent before", S("Below is what came of it."));
    return NULL;
}

const struct alert_view *checkout_return_alert(
    struct cx *cx, const struct checkout_seen *seen, str said)
{
    const struct orders_order *o = &seen->order;
    const struct alert_view *v = said_alert(cx, seen, said);
    if (v || o->groups_n > 1) /* each parcel says it */
        return v;
    str text = checkout_return_text(cx, seen, o->status, /* part= */ false);
    if (o->status == ORDERS_RETURN_REQUESTED)
        return alert_of(cx, "info", "You have asked for a return", text);
    if (o->status == ORDERS_RETURN_APPROVED)
        return alert_of(cx, "info", "Your return is approved", text);
    if (o->status == ORDERS_REFUNDED && !checkout_goes_back(cx, seen).n)
        return alert_of(cx, "good", "Your return is done", text);
    return NULL; /* of a refund that came back the history tells */
}

/* ---- sent ---- */

/* A claim to what was refused is let go: nothing else was written. */
static err ask(struct checkout *c, struct cx *cx, const struct checkout_order_in *in,
    struct idem_claim claim, const char **ret_said)
{
    struct db *db = checkout_orders_db(c);
    enum idem_state state = IDEM_NEW;
    struct idem_reply stored;
    err e = claim.key.n ? idem_take(db, cx, claim, in->order_id, &state, &stored) : NULL;
    if (e == &IDEM_REUSED) {
        cx_clear(cx);
        *ret_said = "?said=sent";
        return NULL;
    }
    if (e)
        return e;
    *ret_said = in->fulfilment_group ? "?said=return_part" : "?said=return";
    if (state == IDEM_REPLAY)
        return NULL;
    e = checkout_ask_return(c, cx,
        &(struct checkout_return){ .order_id = in->order_id,
            .fulfilment_group = in->fulfilment_group,
            .reason = in->reason });
    if (e == &CHECKOUT_NOT_OFFERED || e == &ORDERS_MOVE_REFUSED) {
        cx_clear(cx);
        *ret_said = "?said=return_late";
        return claim.key.n ? idem_drop(db, cx, claim) : NULL;
    }
    if (e || !claim.key.n)
        return e;
    return idem_finish(db, cx, claim, 303, (str){ 0 });
}

err checkout_post_return_page(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct checkout_order_in *in = body;
    const char *said;
    struct idem_claim claim = checkout_form_claim(cx, in, "/orders/{orderId}/return", in->reason);
    err e = ask(service, cx, in, claim, &said);
    return e ? e : reply_redirect(reply, checkout_order_path(cx->arena, in->order_id, said));
}
