/* SPDX-License-Identifier: Apache-2.0
 * What the pages of the checkout share. For this folder only; handlers are listed in the route
 * table of checkout_pages.c. */
#ifndef SOUK_FLOWS_CHECKOUT_CHECKOUT_PAGES_H
#define SOUK_FLOWS_CHECKOUT_CHECKOUT_PAGES_H

#include "flows/checkout/checkout_internal.h"
#include "flows/checkout/checkout_views.h"
#include "platform/web/web_address.h"
#include "platform/web/web_format.h"

/* "/orders/<id>" and what follows: "", "/thanks", "/challenge". */
str checkout_order_path(struct arena *arena, id order_id, const char *rest);
/* An address as it goes on the parcel. */
const struct address_view *checkout_address_lines(
    struct arena *arena, const struct orders_address *address);
/* Sums as rows; an absent tax is not known yet. */
struct checkout_sums {
    money subtotal, shipping, tax, discount, total;
    const struct checkout_tender *tenders; /* what the card does not pay */
    size_t tenders_n;
};
const struct summary_view *checkout_summary(
    struct arena *arena, const struct checkout_sums *sums, str note);
/* One line of an order, or of the review before it. */
struct order_line_view checkout_line_view(struct arena *arena, const struct orders_line *line);
/* The same of an order that stands, with the way to a review. */
struct order_line_view checkout_bought_view(
    struct arena *arena, const struct orders_order *o, const struct orders_line *line);

/* In a READ unit: an order of the visitor's with the payment that its buyer may be asked about: the
 * provider's, else one by a gift card or the wallet (payment_id none: none). */
struct checkout_seen {
    struct orders_order order;
    struct payments_payment payment;
    const struct payments_payment *payments; /* all of them */
    size_t payments_n;
    int64_t refunded_minor; /* of all of them */
};
err checkout_see(
    struct checkout *c, struct cx *cx, id order_id, struct checkout_seen *ret) MUST_USE;
/* checkout_page_paid.c: each payment with its amount, when there are several. */
const struct text_view *checkout_payments_view(
    struct cx *cx, const struct checkout_seen *seen, size_t *ret_n);
/* What money was taken of: "your gift card and your card"; absent: none was. */
str checkout_paid_by(struct cx *cx, const struct checkout_seen *seen);
/* "$2.50 goes back to your gift card and $39.50 to your card", of what is left; absent: nothing. */
str checkout_goes_back(struct cx *cx, const struct checkout_seen *seen);
/* "what it cost goes back to your card", of a part: how much that is the books say. */
str checkout_cost_goes_back(struct cx *cx, const struct checkout_seen *seen);

/* How a state of an order or a group reads, and "good", "warn" or "bad" (checkout_pages.c). */
str checkout_status_label(enum orders_status status);
/* checkout_page_past.c: a reason of the history in words; what has happened, and is to come. */
str checkout_reason_text(str reason);
err checkout_read_events(struct checkout *c, struct cx *cx, const struct orders_order *o,
    const struct event_view **ret, size_t *ret_n) MUST_USE;
str checkout_status_kind(enum orders_status status);
/* The parcels of an order that comes in several (checkout_page_groups.c); of one there are none. */
void checkout_show_groups(struct cx *cx, const struct checkout_seen *seen, struct order_view *v);
/* Likewise after the order: its lines by where they go. */
void checkout_thanks_parcels(
    struct cx *cx, const struct orders_order *o, struct confirmation_view *v);
/* NULL: it is too late. */
const struct order_cancel_view *checkout_cancel_view(
    struct cx *cx, const struct checkout_seen *seen);

/* checkout_page_return.c: the form for all of it, or for one parcel. NULL: nothing that can be
 * returned. */
const struct order_return_view *checkout_return_view(
    struct cx *cx, const struct checkout_seen *seen);
const struct order_return_view *checkout_return_part(
    struct cx *cx, const struct checkout_seen *seen, size_t group);
/* How far a return in this state is; absent: there is none. */
str checkout_return_text(
    struct cx *cx, const struct checkout_seen *seen, enum orders_status status, bool part);
/* What a buyer must know of it; NULL: nothing. */
const struct alert_view *checkout_return_alert(
    struct cx *cx, const struct checkout_seen *seen, str said);

/* "Visa ending in 4242"; absent while the provider has not told. */
str checkout_card_name(struct arena *arena, str brand, str last4);
str checkout_card_text(struct arena *arena, const struct payments_payment *payment);

/* The buyer must say at the sandbox's bank that it was them. */
bool checkout_challenged(const struct checkout_seen *seen);

extern const struct json_shape checkout_form_shape, checkout_challenge_shape, checkout_return_shape;
err checkout_get_form(void *service, struct cx *cx, const void *in, struct reply *reply);
err checkout_post_address(void *service, struct cx *cx, const void *in, struct reply *reply);
err checkout_post_form(void *service, struct cx *cx, const void *in, struct reply *reply);
err checkout_get_challenge(void *service, struct cx *cx, const void *in, struct reply *reply);
err checkout_get_return(void *service, struct cx *cx, const void *in, struct reply *reply);
err checkout_post_return_page(void *service, struct cx *cx, const void *in, struct reply *reply);
err checkout_post_challenge(void *service, struct cx *cx, const void *in, struct reply *reply);

struct checkout_order_in {
    id order_id; /* first: checkout_order_conflict reads it */
    str said, answer, reason;
    str key;                  /* of the form; absent: each time it is sent is a first time */
    int64_t fulfilment_group; /* of what is cancelled or returned; 0: all */
};
extern const struct json_shape checkout_order_in_shape;
/* The key of a form of an order's page as it is made, and the claim to it. `asked`: what else the
 * form says. */
#define CHECKOUT_FORM_KEY JSON_STR(struct checkout_order_in, key, .min = 16, .max = 64)
str checkout_form_key(struct cx *cx);
struct idem_claim checkout_form_claim(
    struct cx *cx, const struct checkout_order_in *in, const char *route, str asked);

/* The choice of an address for each line (checkout_page_spread.c): as it was sent, row by row. Of
 * "order" as an address, the line goes where the order goes. */
struct checkout_rows_in {
    str *lines, *quantities, *tos;
    size_t lines_n, quantities_n, tos_n;
    str split; /* the row that is to become two, from 1; absent: none */
};
/* Rows as they were sent; quantities that are missing or no numbers are -1. */
const struct checkout_share *checkout_shares_of(
    struct cx *cx, const struct checkout_rows_in *in, size_t *ret_n);
/* What the rows show: the lines as they are in the cart, each with at least one row. */
struct checkout_rows {
    const struct checkout_rows_in *in; /* NULL: a first look */
    const struct checkout_item *cart;  /* with their names: */
    const struct checkout_lines *lines;
    size_t cart_n;
    const struct identity_address *addresses;
    size_t addresses_n;
};
void checkout_show_rows(struct cx *cx, const struct checkout_rows *rows, struct checkout_view *v);
/* The lines of a review under where they go, when that is not one address. to[i] is line i's. */
struct checkout_review {
    const struct order_line_view *lines;
    const size_t *to;
    const str *names; /* of the places: "Ada, Springfield" */
    size_t lines_n, names_n;
};
void checkout_show_parcels(
    struct cx *cx, const struct checkout_review *review, struct checkout_view *v);

/* Why an order was refused, for the page that is shown again. */
struct checkout_trouble {
    err e;
    int status; /* of the page; 0: 200 */
    str text;   /* why, from the bank */
    const struct field_error *faults;
};
int checkout_trouble_status(err e); /* 0: the page cannot help */
void checkout_trouble_mark(
    struct cx *cx, const struct checkout_trouble *t, struct field_view *fields, size_t n);
const struct alert_view *checkout_trouble_alert(
    struct cx *cx, const struct checkout_trouble *t, const struct field_view *fields, size_t n);

#endif
