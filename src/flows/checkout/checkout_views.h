/* SPDX-License-Identifier: Apache-2.0
 * Views of the checkout, of the thanks after it, and of the orders.
 * Form: POST /checkout with key (idempotency), email (guests), addressId ("" is the address typed
 * in), the fields of web_address_form, deliverySpeed and payment (a token); spreadLine,
 * spreadQuantity, spreadTo of each row ("order": where the order goes). */
#ifndef SOUK_FLOWS_CHECKOUT_CHECKOUT_VIEWS_H
#define SOUK_FLOWS_CHECKOUT_CHECKOUT_VIEWS_H

#include "platform/web/web_views.h"

struct checkout_guest_view {
    str signin_href; /* "/signin?next=/checkout" */
    const struct field_view *email;
};
struct checkout_address_view {
    str id;
    const struct address_view *address;
    bool selected;
};
struct checkout_delivery_view {
    str value;              /* "standard", "prime_2day", "prime_next_day" */
    str date, label, price; /* "Saturday, 22 November", "Standard", "Free" */
    bool selected;
};
struct checkout_payment_view {
    str token, label, text;
    bool selected;
};
/* What pays before the card. */
struct checkout_wallet_view {
    str text; /* "4.00 USD in your wallet" */
    bool selected;
};
/* How many of a line go where; a line has one or more. */
struct checkout_row_view {
    str line, index, name, quantity; /* name: of the product */
    str title;                       /* "Desk lamp: 3 in the cart"; absent: a further row of it */
    str error;
    str split; /* the row's number; absent: there is one piece, it cannot be split */
    const struct option_view *to;
    size_t to_n;
};
/* Of a review: what goes to one of several addresses. */
struct checkout_parcel_view {
    str to;
    const struct order_line_view *lines;
    size_t lines_n;
};
struct checkout_view {
    str key, csrf;
    str addresses_title; /* "Your addresses"; absent hides the choice and leaves the form alone */
    str delivery_error, payment_error, payment_note, terms;
    str seen; /* the total as the summary shows it, "63.00": another one is not charged unasked */
    const struct alert_view
        *alert; /* what to mend, with links "#f-<field>"; or the declined card */
    const struct step_view *steps;
    const struct checkout_guest_view *guest; /* NULL when signed in */
    const struct checkout_address_view *addresses;
    const struct field_view *fields;
    const struct checkout_delivery_view *deliveries;
    const struct checkout_payment_view *payments;
    const struct checkout_wallet_view *wallet;  /* NULL: nothing in it */
    const struct field_view *gift;              /* the code of a gift card */
    const struct order_line_view *lines;        /* when all goes to one address */
    const struct checkout_parcel_view *parcels; /* else */
    const struct checkout_row_view *rows;
    str rows_title; /* "Send to several addresses"; absent: there is no choice */
    const struct summary_view *summary;
    size_t steps_n, addresses_n, fields_n, deliveries_n, payments_n, lines_n, parcels_n, rows_n;
    bool rows_open; /* the choice is in use */
    /* The typed address is the chosen one. Its fields are required only when there are no saved
     * addresses: hidden required fields would block the form. */
    bool new_address;
    bool accept_prices; /* the changed prices have been shown: sending it accepts them */
};
struct confirmation_view {
    str heading, text; /* "Thank you, Ada", "We sent a confirmation to ada@example.org." */
    str number, delivery, order_href;
    str register_href;              /* guests only */
    const struct alert_view *alert; /* "We have your order and are confirming the payment" */
    const struct event_view *events;
    const struct order_line_view *lines;        /* when all goes to one address */
    const struct checkout_parcel_view *parcels; /* else; there is no `address` then */
    const struct summary_view *summary;
    const struct address_view *address;
    size_t events_n, lines_n, parcels_n;
};
/* status_kind: "good", "warn", "bad" or absent. */
struct order_row_view {
    str href, number, date, total, status, status_kind;
    str more; /* "+2" when not all pictures are shown; five at most */
    const struct picture_view *pictures;
    size_t pictures_n;
};
struct orders_view {
    const struct alert_view *alert;
    const struct empty_view *empty;
    const struct order_row_view *orders;
    const struct pages_view *pages;
    size_t orders_n;
};
struct order_cancel_view {
    str action, text; /* "/orders/<id>/cancel", what will happen */
    str group;        /* the number of the group; absent: the whole order */
    str label;        /* "Cancel this order" */
    str key;          /* sent twice, it is one cancellation */
};
/* order-return.html: asks for the return of what was delivered. */
struct order_return_view {
    str action, text, group, label, key; /* as of a cancellation */
    const struct option_view *reasons;
    size_t reasons_n;
};
/* What travels together, of an order that comes in several parcels. */
struct order_group_view {
    str title, status, status_kind, delivery; /* "Parcel 1 of 2", ... */
    str returning;                            /* how far its return is; absent: there is none */
    const struct address_view *address;
    const struct order_line_view *lines;
    const struct order_cancel_view *cancel;    /* NULL: too late, or all of the order is */
    const struct order_return_view *send_back; /* NULL: nothing to return */
    size_t lines_n;
};
struct order_view {
    str number, date, status, status_kind, delivery, csrf;
    const struct link_view *crumbs;
    const struct alert_view *alert;
    const struct event_view *events;
    const struct order_cancel_view *cancel;    /* NULL when it is too late */
    const struct order_return_view *send_back; /* NULL: nothing to return */
    const struct order_group_view *groups;     /* of several; else none */
    const struct order_line_view *lines;       /* of one group */
    str lines_title;                           /* "Items"; absent: the groups have them */
    const struct summary_view *summary;
    const struct address_view *address; /* NULL: each group has its own */
    const struct text_view *payments;   /* "Visa ending in 4242"; of several with amounts */
    const struct link_view *links;      /* invoice, help: those that exist */
    size_t crumbs_n, events_n, groups_n, lines_n, payments_n, links_n;
};

/* The bank's question about a payment (3-D Secure), which the sandbox leaves to the shop. */
struct challenge_view {
    str amount, number, card, action, csrf;
};

extern const struct html_page checkout_page, confirmation_page, orders_page, order_page,
    challenge_page;

/* Ready fields; copy, then set value, error and required. Names: email; name, line1, line2, city,
 * region, postalCode, country (a select: set options), phone. */
extern const struct field_view checkout_email_field, checkout_gift_field;
/* The sandbox's cards, explained; none is selected. */
enum { CHECKOUT_SANDBOX_CARDS_N = 5 };
extern const struct checkout_payment_view checkout_sandbox_cards[CHECKOUT_SANDBOX_CARDS_N];

#endif
