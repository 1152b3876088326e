/* SPDX-License-Identifier: Apache-2.0
 * Pages of orders: the thanks, the list, one order and cancelling it; and the route table of all
 * pages of the checkout. Called by the gateway; must never show another's order. */
#include <assert.h>

#include "flows/checkout/checkout_office.h"
#include "flows/checkout/checkout_pages.h"

#define ORDERS_A_PAGE 10
#define PICTURES_MAX 5

/* How a status reads, and in which step of the way it is. */
static const struct {
    const char *label, *kind;
} statuses[] = {
    [ORDERS_PENDING] = { "Waiting for the payment", "warn" },
    [ORDERS_CONFIRMED] = { "Confirmed", "good" },
    [ORDERS_PROCESSING] = { "Being packed", "good" },
    [ORDERS_SHIPPED] = { "On its way", "good" },
    [ORDERS_DELIVERED] = { "Delivered", "good" },
    [ORDERS_CANCELLED] = { "Cancelled", "bad" },
    [ORDERS_RETURN_REQUESTED] = { "Return asked for", "warn" },
    [ORDERS_RETURN_APPROVED] = { "Return approved", "warn" },
    [ORDERS_REFUNDED] = { "Money returned", "warn" },
};
static_assert(COUNT(statuses) == ORDERS_STATUSES_N, "words for each status");

str checkout_status_label(enum orders_status status)
{
    return str_from_c(statuses[status].label);
}

str checkout_status_kind(enum orders_status status)
{
    return str_from_c(statuses[status].kind);
}

/* Authorised, and a person looks at it before it goes on. */
static bool under_review(const struct orders_order *o)
{
    return o->status == ORDERS_PENDING && str_eq(o->payment_status, S("authorized"));
}

static str status_label(const struct orders_order *o)
{
    return under_review(o) ? S("Being checked") : str_from_c(statuses[o->status].label);
}

static const struct order_line_view *lines_of(struct cx *cx, const struct orders_order *o)
{
    struct order_line_view *lines = NEW_N(cx->arena, o->lines_n, struct order_line_view);
    for (size_t i = 0; i < o->lines_n; i++)
        lines[i] = checkout_bought_view(cx->arena, o, &o->lines[i]);
    return lines;
}

static const struct summary_view *summary_of(struct cx *cx, const struct checkout_seen *seen)
{
    const struct orders_order *o = &seen->order;
    const struct checkout_sums sums = { o->subtotal, o->shipping, o->tax, o->discount, o->total };
    str note = { 0 };
    if (seen->refunded_minor)
        note = str_cat(cx->arena, S("Given back: "),
            web_money(cx->arena, money_of(seen->refunded_minor, o->total.currency)));
    return checkout_summary(cx->arena, &sums, note);
}

static str delivery_of(struct cx *cx, const struct orders_order *o)
{
    if (o->delivered_ms)
        return str_cat(
            cx->arena, S("Delivered on "), instant_day_short(cx->arena, o->delivered_ms));
    if (o->status > ORDERS_SHIPPED)
        return (str){ 0 };
    return str_cat(
        cx->arena, S("Expected "), web_days(cx->arena, o->estimated_from_ms, o->estimated_ms));
}

static const struct alert_view *alert_with(
    struct cx *cx, struct alert_view facts, str label, str href)
{
    struct alert_view *v = NEW(cx->arena, struct alert_view);
    *v = facts;
    if (!label.n)
        return v;
    struct link_view *link = NEW(cx->arena, struct link_view);
    *link = (struct link_view){ label, href };
    v->links = link;
    v->links_n = 1;
    return v;
}

/* What a buyer must know of an order that is not simply on its way; NULL: nothing. */
static const struct alert_view *state_alert(struct cx *cx, const struct checkout_seen *seen)
{
    const struct orders_order *o = &seen->order;
    if (checkout_challenged(seen))
        return alert_with(cx,
            (struct alert_view){
                .kind = S("warn"), .title = S("Your bank wants to ask you first") },
            S("Confirm the payment"), checkout_order_path(cx->arena, o->order_id, "/challenge"));
    if (under_review(o))
        return alert_with(cx,
            (struct alert_view){ .kind = S("info"),
                .title = S("We are checking your order"),
                .text = S("Nothing is charged until that is done. We will write to you.") },
            (str){ 0 }, (str){ 0 });
    if (o->status == ORDERS_PENDING && o->withdrawn.n)
        return alert_with(cx,
            (struct alert_view){ .kind = S("info"),
                .title = S("We are cancelling your order"),
                .text = S("The bank has not answered yet. Should it have taken money, that goes "
                          "back.") },
            (str){ 0 }, (str){ 0 });
    if (o->status == ORDERS_PENDING)
        return alert_with(cx,
            (struct alert_view){ .kind = S("info"),
                .title = S("We have your order and are confirming the payment"),
                .text = S("Reload this page in a moment; there is no need to order again.") },
            (str){ 0 }, (str){ 0 });
    if (o->status == ORDERS_CANCELLED && !str_eq(o->cancel_reason, S("buyer")))
        return alert_with(cx,
            (struct alert_view){ .kind = S("bad"),
                .title = S("This order was cancelled"),
                .text = checkout_reason_text(o->cancel_reason) },
            S("Back to the checkout"), S("/checkout"));
    return NULL;
}

/* After a cancellation. */
static str back_text(struct cx *cx, const struct checkout_seen *seen, const char *what)
{
    str to = checkout_paid_by(cx, seen);
    return to.n ? str_fmt(cx->arena, "%s" STR_F ".", what, STR_A(to)) : S("Nothing is charged.");
}

static str first_word(str text)
{
    return str_cut(&text, ' ');
}

/* ---- the thanks ---- */

static const char *const said_words[] = { "cancelled", "part", "late", "soon", "sent", "return",
    "return_part", "return_late", NULL };
static const struct json_field order_in_fields[] = {
    JSON_ID(struct checkout_order_in, order_id, .at = AT_PATH, .required = true),
    JSON_STR(struct checkout_order_in, said, .at = AT_QUERY, .one_of = said_words),
};
const struct json_shape checkout_order_in_shape =
    JSON_SHAPE("OrderPageQuery", struct checkout_order_in, order_in_fields);
static const struct json_field cancel_in_fields[] = {
    JSON_ID(struct checkout_order_in, order_id, .at = AT_PATH, .required = true),
    JSON_INT(struct checkout_order_in, fulfilment_group, .min = 1, .max = CART_LINES_MAX),
    CHECKOUT_FORM_KEY,
};
static const struct json_shape cancel_in_shape =
    JSON_SHAPE("OrderCancelForm", struct checkout_order_in, cancel_in_fields);

static void fill_thanks(
    struct cx *cx, const struct checkout_seen *seen, struct confirmation_view *v)
{
    struct arena *a = cx->arena;
    const struct orders_order *o = &seen->order;
    bool placed = o->status != ORDERS_CANCELLED, paid = checkout_paid_by(cx, seen).n > 0;
    v->heading = placed ? str_cat(a, S("Thank you, "), first_word(o->address.name))
                 : paid ? S("This order was cancelled")
                        : S("This order did not go through");
    if (o->status == ORDERS_PENDING)
        v->text = str_fmt(a, "We will write to " STR_F " when it is confirmed.", STR_A(o->email));
    else if (placed)
        v->text = str_fmt(a, "We sent a confirmation to " STR_F ".", STR_A(o->email));
    else
        v->text = paid ? back_text(cx, seen, "Nothing will be delivered. The money goes back to ")
                       : S("Nothing will be delivered, and nothing was charged.");
    v->number = o->number;
    v->delivery = delivery_of(cx, o);
    v->order_href = checkout_order_path(a, o->order_id, "");
    if (id_is_none(cx->who.user_id))
        v->register_href = str_cat(a, S("/register?next="), str_url_encode(a, v->order_href));
    v->alert = state_alert(cx, seen);
    v->summary = summary_of(cx, seen);
    checkout_thanks_parcels(cx, o, v);
    if (v->parcels_n)
        return;
    v->lines = lines_of(cx, o);
    v->lines_n = o->lines_n;
    v->address = checkout_address_lines(a, &o->address);
}

static err get_thanks(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct checkout_order_in *in = body;
    struct confirmation_view *v = NEW(cx->arena, struct confirmation_view);
    struct checkout_seen seen;
    err e = checkout_see(service, cx, in->order_id, &seen);
    if (!e)
        e = checkout_read_events(service, cx, &seen.order, &v->events, &v->events_n);
    if (e)
        return e;
    fill_thanks(cx, &seen, v);
    return reply_page(reply, 200, &confirmation_page, v,
        (struct page_head){ .title = v->heading, .noindex = true });
}

/* ---- the list ---- */

struct list_in {
    int64_t page;
};
static const struct json_field list_fields[] = {
    JSON_INT(struct list_in, page, .at = AT_QUERY, .min = 1, .max = 500),
};
static const struct json_shape list_shape =
    JSON_SHAPE("OrdersPageQuery", struct list_in, list_fields);

static void fill_row(struct cx *cx, const struct orders_order *o, struct order_row_view *v)
{
    struct arena *a = cx->arena;
    *v = (struct order_row_view){ .href = checkout_order_path(a, o->order_id, ""),
        .number = o->number,
        .date = instant_day_long(a, o->created_ms),
        .total = web_money(a, o->total),
        .status = status_label(o),
        .status_kind = str_from_c(statuses[o->status].kind) };
    struct picture_view *pictures = NEW_N(a, PICTURES_MAX, struct picture_view);
    for (size_t i = 0; i < o->lines_n && v->pictures_n < PICTURES_MAX; i++)
        if (o->lines[i].picture.n)
            pictures[v->pictures_n++] =
                *web_picture(a, o->lines[i].picture, o->lines[i].title, false);
    v->pictures = pictures;
    if (o->lines_n > PICTURES_MAX)
        v->more = str_fmt(a, "+%d", (int)(o->lines_n - PICTURES_MAX));
}

static str page_href(struct arena *arena, int64_t page)
{
    return page == 1 ? S("/orders") : str_fmt(arena, "/orders?page=%d", (int)page);
}

static const struct pages_view *pages_of(struct arena *arena, int64_t page, int64_t last)
{
    if (last <= 1)
        return NULL;
    struct pages_view *v = NEW(arena, struct pages_view);
    struct page_link_view *links = NEW_N(arena, 16, struct page_link_view);
    int64_t shown = 0;
    for (int64_t p = 1; p <= last; p++) {
        if (p != 1 && p != last && (p < page - 2 || p > page + 2))
            continue;
        if (p > shown + 1)
            links[v->links_n++] = (struct page_link_view){ .gap = true };
        links[v->links_n++] = (struct page_link_view){
            .label = str_from_i64(arena, p), .href = page_href(arena, p), .current = p == page
        };
        shown = p;
    }
    v->links = links;
    if (page > 1)
        v->prev = page_href(arena, page - 1);
    if (page < last)
        v->next = page_href(arena, page + 1);
    return v;
}

static const struct empty_view no_orders = { .title = S_INIT("No orders yet"),
    .text = S_INIT("What you order can be followed here."),
    .href = S_INIT("/"),
    .action = S_INIT("See what is new") };

static err get_orders_page(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct checkout *c = service;
    const struct list_in *in = body;
    int64_t page = in->page ? in->page : 1, total;
    struct orders_order *list;
    size_t n;
    err e = orders_list(c->deps.orders, cx,
        (struct orders_page){ .user_id = cx->who.user_id,
            .limit = ORDERS_A_PAGE,
            .skip = (page - 1) * ORDERS_A_PAGE },
        &list, &n);
    if (!e)
        e = orders_count(c->deps.orders, cx, cx->who.user_id, &total);
    if (e)
        return e;
    struct orders_view *v = NEW(cx->arena, struct orders_view);
    struct order_row_view *rows = NEW_N(cx->arena, n, struct order_row_view);
    for (size_t i = 0; i < n; i++)
        fill_row(cx, &list[i], &rows[i]);
    v->orders = rows;
    v->orders_n = n;
    v->empty = total ? NULL : &no_orders;
    v->pages = pages_of(cx->arena, page, (total + ORDERS_A_PAGE - 1) / ORDERS_A_PAGE);
    return reply_page(reply, 200, &orders_page, v,
        (struct page_head){ .title = S("Your orders"), .noindex = true });
}

/* ---- one order ---- */

/* A form that was sent twice does not say what came of it: the order does. */
static str said_of(const struct orders_order *o, str said)
{
    if (!str_eq(said, S("soon")))
        return said;
    if (o->status == ORDERS_CANCELLED)
        return S("cancelled");
    for (size_t g = 0; g < o->groups_n; g++)
        if (o->groups[g].status == ORDERS_CANCELLED)
            return S("part");
    return said;
}

static const struct alert_view *said_alert(
    struct cx *cx, const struct checkout_seen *seen, str said)
{
    said = said_of(&seen->order, said);
    if (str_eq(said, S("soon")) && seen->order.status != ORDERS_PENDING)
        return alert_with(cx,
            (struct alert_view){ .kind = S("info"),
                .title = S("We are cancelling it"),
                .text = S("Reload this page in a moment; there is no need to ask again.") },
            (str){ 0 }, (str){ 0 });
    if (str_eq(said, S("cancelled")) && seen->order.status == ORDERS_CANCELLED)
        return alert_with(cx,
            (struct alert_view){ .kind = S("good"),
                .title = S("The order is cancelled"),
                .text = back_text(cx, seen, "The money goes back to ") },
            (str){ 0 }, (str){ 0 });
    if (str_eq(said, S("part")))
        return alert_with(cx,
            (struct alert_view){ .kind = S("good"),
                .title = S("This part of the order is cancelled"),
                .text = back_text(cx, seen, "What it cost goes back to ") },
            (str){ 0 }, (str){ 0 });
    if (str_eq(said, S("late")))
        return alert_with(cx,
            (struct alert_view){
                .kind = S("warn"), .title = S("This order cannot be cancelled any more") },
            (str){ 0 }, (str){ 0 });
    const struct alert_view *returning = checkout_return_alert(cx, seen, said);
    return returning ? returning : state_alert(cx, seen);
}

static void fill_crumbs(struct cx *cx, const struct orders_order *o, struct order_view *v)
{
    struct link_view *crumbs = NEW_N(cx->arena, 3, struct link_view);
    crumbs[v->crumbs_n++] = (struct link_view){ S("Home"), S("/") };
    if (!id_is_none(cx->who.user_id))
        crumbs[v->crumbs_n++] = (struct link_view){ S("Your orders"), S("/orders") };
    crumbs[v->crumbs_n++] = (struct link_view){ .label = o->number };
    v->crumbs = crumbs;
}

static void fill_order(struct cx *cx, const struct checkout_seen *seen, struct order_view *v)
{
    struct arena *a = cx->arena;
    const struct orders_order *o = &seen->order;
    v->number = o->number;
    v->date = str_cat(a, S("Ordered on "), instant_day_long(a, o->created_ms));
    v->status = status_label(o);
    v->status_kind = str_from_c(statuses[o->status].kind);
    v->delivery = delivery_of(cx, o);
    v->payments = checkout_payments_view(cx, seen, &v->payments_n);
    v->cancel = checkout_cancel_view(cx, seen);
    v->send_back = checkout_return_view(cx, seen);
    checkout_show_groups(cx, seen, v);
    if (!v->groups_n) {
        v->lines_title = S("Items");
        v->lines = lines_of(cx, o);
        v->lines_n = o->lines_n;
    }
    v->summary = summary_of(cx, seen);
    if (!v->groups_n)
        v->address = checkout_address_lines(a, &o->address);
    fill_crumbs(cx, o, v);
}

static err get_order_page(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct checkout_order_in *in = body;
    struct order_view *v = NEW(cx->arena, struct order_view);
    struct checkout_seen seen;
    err e = checkout_see(service, cx, in->order_id, &seen);
    if (!e)
        e = checkout_read_events(service, cx, &seen.order, &v->events, &v->events_n);
    if (e)
        return e;
    fill_order(cx, &seen, v);
    v->alert = said_alert(cx, &seen, in->said);
    return reply_page(reply, 200, &order_page, v,
        (struct page_head){ .title = str_cat(cx->arena, S("Order "), v->number), .noindex = true });
}

/* ---- cancelling ---- */

struct cancelling {
    struct checkout_ending ending;
    struct reply *reply;
    struct reply_park *park;
};

static void cancel_done(void *arg, struct checkout_ending *ending)
{
    struct cancelling *w = arg;
    struct cx *cx = ending->cx;
    bool late = ending->failed == &CHECKOUT_NOT_OFFERED;
    bool twin = ending->failed == &IDEM_RUNNING; /* the first press is at it */
    if (ending->failed && !late && !twin) {
        reply_finish(w->park, ending->failed);
        return;
    }
    cx_clear(cx);
    const char *said = late                    ? "?said=late"
                       : twin || ending->waits ? "?said=soon"
                       : ending->part          ? "?said=part"
                                               : "?said=cancelled";
    reply_finish(
        w->park, reply_redirect(w->reply, checkout_order_path(cx->arena, ending->order_id, said)));
}

static err post_cancel_page(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct checkout_order_in *in = body;
    struct cancelling *w = NEW(cx->arena, struct cancelling);
    *w = (struct cancelling){ .ending = { .c = service,
                                  .cx = cx,
                                  .order_id = in->order_id,
                                  .part = in->fulfilment_group,
                                  .claim = checkout_form_claim(
                                      cx, in, "/orders/{orderId}/cancel", (str){ 0 }),
                                  .done = cancel_done,
                                  .arg = w },
        .reply = reply,
        .park = reply_park(reply) };
    checkout_end(&w->ending);
    return NULL;
}

const struct route checkout_page_routes[] = {
    { .method = "GET",
        .path = "/checkout",
        .priority = PRIORITY_HIGH,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .fn = checkout_get_form,
        .summary = "Buying, in one page" },
    { .method = "POST",
        .path = "/checkout",
        .in_person = true,
        .priority = PRIORITY_HIGH,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .limit = LIMIT_PAYMENT,
        .in = &checkout_form_shape,
        .fn = checkout_post_form,
        .summary = "Place the order" },
    { .method = "POST",
        .path = "/checkout/address",
        .priority = PRIORITY_HIGH,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .in = &checkout_form_shape,
        .fn = checkout_post_address,
        .summary = "The same page with tax and delivery of the address in it" },
    { .method = "GET",
        .path = "/orders/{orderId}/return",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .in = &checkout_order_in_shape,
        .fn = checkout_get_return,
        .summary = "Back from the bank: the payment is looked at" },
    { .method = "GET",
        .path = "/orders/{orderId}/challenge",
        .priority = PRIORITY_HIGH,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .in = &checkout_order_in_shape,
        .fn = checkout_get_challenge,
        .summary = "The sandbox's bank asks the buyer" },
    { .method = "POST",
        .path = "/orders/{orderId}/challenge",
        .in_person = true,
        .priority = PRIORITY_HIGH,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .limit = LIMIT_PAYMENT,
        .in = &checkout_challenge_shape,
        .fn = checkout_post_challenge,
        .summary = "Answer the sandbox's bank" },
    { .method = "GET",
        .path = "/orders/{orderId}/thanks",
        .priority = PRIORITY_HIGH,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .in = &checkout_order_in_shape,
        .fn = get_thanks,
        .summary = "After the order" },
    { .method = "GET",
        .path = "/orders",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .in = &list_shape,
        .fn = get_orders_page,
        .summary = "One's orders, newest first" },
    { .method = "GET",
        .path = "/orders/{orderId}",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .in = &checkout_order_in_shape,
        .fn = get_order_page,
        .summary = "One order" },
    { .method = "POST",
        .path = "/orders/{orderId}/cancel",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .limit = LIMIT_PAYMENT,
        .in = &cancel_in_shape,
        .fn = post_cancel_page,
        .summary = "Cancel an order before it is shipped" },
    { .method = "POST",
        .path = "/orders/{orderId}/return",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_WRITE,
        .owner = "orders",
        .in = &checkout_return_shape,
        .fn = checkout_post_return_page,
        .conflict = checkout_order_conflict,
        .summary = "Ask for the return of what was delivered" },
    { .method = "POST",
        .path = "/admin/orders/{orderId}/status",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_ORDERS_MOVE,
        .unit = UNIT_WRITE,
        .owner = "orders",
        .in = &checkout_office_move_shape,
        .fn = checkout_office_move,
        .conflict = checkout_order_conflict,
        .summary = "Staff: the parcel's way" },
    { .method = "POST",
        .path = "/admin/orders/{orderId}/cancel",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_ORDERS_CANCEL,
        .unit = UNIT_NONE,
        .in = &checkout_office_ending_shape,
        .fn = checkout_office_cancel,
        .summary = "Staff: cancel an order before it is shipped" },
    { .method = "POST",
        .path = "/admin/orders/{orderId}/return",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_ORDERS_MOVE,
        .unit = UNIT_NONE,
        .in = &checkout_office_ending_shape,
        .fn = checkout_office_return,
        .summary = "Staff: the goods came back" },
    { .method = "POST",
        .path = "/admin/orders/{orderId}/refunds",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_REFUNDS,
        .unit = UNIT_NONE,
        .in = &checkout_office_refund_shape,
        .fn = checkout_office_refund,
        .summary = "Staff: give an amount back" },
    ROUTES_END,
};
const struct html_page *const checkout_page_list[] = { &checkout_page, &confirmation_page,
    &orders_page, &order_page, &challenge_page, NULL };
