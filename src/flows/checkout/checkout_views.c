/* SPDX-License-Identifier: Apache-2.0
 * Field tables of the checkout and order pages and their ready fields.
 * A name is in a table if and only if the template shows it; html_parse checks that. */
#include "flows/checkout/checkout_views.h"

static const struct html_field checkout_guest_fields[] = {
    HTML_TEXT(struct checkout_guest_view, signin_href),
    HTML_OBJECT(struct checkout_guest_view, email, field_fields),
    HTML_END,
};
static const struct html_field checkout_address_fields[] = {
    HTML_TEXT(struct checkout_address_view, id),
    HTML_OBJECT(struct checkout_address_view, address, address_fields),
    HTML_FLAG(struct checkout_address_view, selected),
    HTML_END,
};
static const struct html_field checkout_delivery_fields[] = {
    HTML_TEXT(struct checkout_delivery_view, value),
    HTML_TEXT(struct checkout_delivery_view, date),
    HTML_TEXT(struct checkout_delivery_view, label),
    HTML_TEXT(struct checkout_delivery_view, price),
    HTML_FLAG(struct checkout_delivery_view, selected),
    HTML_END,
};
static const struct html_field checkout_payment_fields[] = {
    HTML_TEXT(struct checkout_payment_view, token),
    HTML_TEXT(struct checkout_payment_view, label),
    HTML_TEXT(struct checkout_payment_view, text),
    HTML_FLAG(struct checkout_payment_view, selected),
    HTML_END,
};
static const struct html_field checkout_wallet_fields[] = {
    HTML_TEXT(struct checkout_wallet_view, text),
    HTML_FLAG(struct checkout_wallet_view, selected),
    HTML_END,
};
static const struct html_field checkout_row_fields[] = {
    HTML_TEXT(struct checkout_row_view, line),
    HTML_TEXT(struct checkout_row_view, index),
    HTML_TEXT(struct checkout_row_view, name),
    HTML_TEXT(struct checkout_row_view, quantity),
    HTML_TEXT(struct checkout_row_view, title),
    HTML_TEXT(struct checkout_row_view, error),
    HTML_TEXT(struct checkout_row_view, split),
    HTML_LIST(struct checkout_row_view, to, option_fields),
    HTML_END,
};
static const struct html_field checkout_parcel_fields[] = {
    HTML_TEXT(struct checkout_parcel_view, to),
    HTML_LIST(struct checkout_parcel_view, lines, order_line_fields),
    HTML_END,
};
static const struct html_field checkout_fields[] = {
    HTML_TEXT(struct checkout_view, key),
    HTML_TEXT(struct checkout_view, csrf),
    HTML_TEXT(struct checkout_view, addresses_title),
    HTML_TEXT(struct checkout_view, delivery_error),
    HTML_TEXT(struct checkout_view, payment_error),
    HTML_TEXT(struct checkout_view, payment_note),
    HTML_TEXT(struct checkout_view, terms),
    HTML_TEXT(struct checkout_view, seen),
    HTML_OBJECT(struct checkout_view, alert, alert_fields),
    HTML_LIST(struct checkout_view, steps, step_fields),
    HTML_OBJECT(struct checkout_view, guest, checkout_guest_fields),
    HTML_LIST(struct checkout_view, addresses, checkout_address_fields),
    HTML_LIST(struct checkout_view, fields, field_fields),
    HTML_LIST(struct checkout_view, deliveries, checkout_delivery_fields),
    HTML_LIST(struct checkout_view, payments, checkout_payment_fields),
    HTML_OBJECT(struct checkout_view, wallet, checkout_wallet_fields),
    HTML_OBJECT(struct checkout_view, gift, field_fields),
    HTML_LIST(struct checkout_view, lines, order_line_fields),
    HTML_LIST(struct checkout_view, parcels, checkout_parcel_fields),
    HTML_TEXT(struct checkout_view, rows_title),
    HTML_LIST(struct checkout_view, rows, checkout_row_fields),
    HTML_OBJECT(struct checkout_view, summary, summary_fields),
    HTML_FLAG(struct checkout_view, rows_open),
    HTML_FLAG(struct checkout_view, new_address),
    HTML_FLAG(struct checkout_view, accept_prices),
    HTML_END,
};
static const struct html_field confirmation_fields[] = {
    HTML_TEXT(struct confirmation_view, heading),
    HTML_TEXT(struct confirmation_view, text),
    HTML_TEXT(struct confirmation_view, number),
    HTML_TEXT(struct confirmation_view, delivery),
    HTML_TEXT(struct confirmation_view, order_href),
    HTML_TEXT(struct confirmation_view, register_href),
    HTML_OBJECT(struct confirmation_view, alert, alert_fields),
    HTML_LIST(struct confirmation_view, events, event_fields),
    HTML_LIST(struct confirmation_view, lines, order_line_fields),
    HTML_LIST(struct confirmation_view, parcels, checkout_parcel_fields),
    HTML_OBJECT(struct confirmation_view, summary, summary_fields),
    HTML_OBJECT(struct confirmation_view, address, address_fields),
    HTML_END,
};
static const struct html_field order_row_fields[] = {
    HTML_TEXT(struct order_row_view, href),
    HTML_TEXT(struct order_row_view, number),
    HTML_TEXT(struct order_row_view, date),
    HTML_TEXT(struct order_row_view, total),
    HTML_TEXT(struct order_row_view, status),
    HTML_TEXT(struct order_row_view, status_kind),
    HTML_TEXT(struct order_row_view, more),
    HTML_LIST(struct order_row_view, pictures, picture_fields),
    HTML_END,
};
static const struct html_field orders_fields[] = {
    HTML_OBJECT(struct orders_view, alert, alert_fields),
    HTML_OBJECT(struct orders_view, empty, empty_fields),
    HTML_LIST(struct orders_view, orders, order_row_fields),
    HTML_OBJECT(struct orders_view, pages, pages_fields),
    HTML_END,
};
static const struct html_field order_cancel_fields[] = {
    HTML_TEXT(struct order_cancel_view, action),
    HTML_TEXT(struct order_cancel_view, text),
    HTML_TEXT(struct order_cancel_view, group),
    HTML_TEXT(struct order_cancel_view, label),
    HTML_TEXT(struct order_cancel_view, key),
    HTML_END,
};
static const struct html_field order_return_fields[] = {
    HTML_TEXT(struct order_return_view, action),
    HTML_TEXT(struct order_return_view, text),
    HTML_TEXT(struct order_return_view, group),
    HTML_TEXT(struct order_return_view, label),
    HTML_TEXT(struct order_return_view, key),
    HTML_LIST(struct order_return_view, reasons, option_fields),
    HTML_END,
};
static const struct html_field order_group_fields[] = {
    HTML_TEXT(struct order_group_view, title),
    HTML_TEXT(struct order_group_view, status),
    HTML_TEXT(struct order_group_view, status_kind),
    HTML_TEXT(struct order_group_view, delivery),
    HTML_TEXT(struct order_group_view, returning),
    HTML_OBJECT(struct order_group_view, address, address_fields),
    HTML_LIST(struct order_group_view, lines, order_line_fields),
    HTML_OBJECT(struct order_group_view, cancel, order_cancel_fields),
    HTML_OBJECT(struct order_group_view, send_back, order_return_fields),
    HTML_END,
};
static const struct html_field order_fields[] = {
    HTML_TEXT(struct order_view, number),
    HTML_TEXT(struct order_view, date),
    HTML_TEXT(struct order_view, status),
    HTML_TEXT(struct order_view, status_kind),
    HTML_TEXT(struct order_view, delivery),
    HTML_TEXT(struct order_view, csrf),
    HTML_LIST(struct order_view, crumbs, link_fields),
    HTML_OBJECT(struct order_view, alert, alert_fields),
    HTML_LIST(struct order_view, events, event_fields),
    HTML_OBJECT(struct order_view, cancel, order_cancel_fields),
    HTML_OBJECT(struct order_view, send_back, order_return_fields),
    HTML_LIST(struct order_view, groups, order_group_fields),
    HTML_TEXT(struct order_view, lines_title),
    HTML_LIST(struct order_view, lines, order_line_fields),
    HTML_OBJECT(struct order_view, summary, summary_fields),
    HTML_OBJECT(struct order_view, address, address_fields),
    HTML_LIST(struct order_view, payments, text_fields),
    HTML_LIST(struct order_view, links, link_fields),
    HTML_END,
};
static const struct html_field challenge_fields[] = {
    HTML_TEXT(struct challenge_view, amount),
    HTML_TEXT(struct challenge_view, number),
    HTML_TEXT(struct challenge_view, card),
    HTML_TEXT(struct challenge_view, action),
    HTML_TEXT(struct challenge_view, csrf),
    HTML_END,
};

const struct html_page checkout_page = { "src/flows/checkout/pages/checkout.html",
    checkout_fields };
const struct html_page confirmation_page = { "src/flows/checkout/pages/confirmation.html",
    confirmation_fields };
const struct html_page orders_page = { "src/flows/checkout/pages/orders.html", orders_fields };
const struct html_page order_page = { "src/flows/checkout/pages/order.html", order_fields };

const struct html_page challenge_page = { "src/flows/checkout/pages/challenge.html",
    challenge_fields };

const struct field_view checkout_email_field = { .name = S_INIT("email"),
    .label = S_INIT("E-mail"),
    .type = S_INIT("email"),
    .autocomplete = S_INIT("email"),
    .hint = S_INIT("For the confirmation and for news of the delivery."),
    .max = 254,
    .required = true };
const struct field_view checkout_gift_field = { .name = S_INIT("giftCard"),
    .label = S_INIT("Gift card"),
    .type = S_INIT("text"),
    .autocomplete = S_INIT("off"),
    .hint = S_INIT("Its code pays first; what is left on the card stays there."),
    .max = 60,
    .optional = true };
const struct checkout_payment_view checkout_sandbox_cards[CHECKOUT_SANDBOX_CARDS_N] = {
    { .token = S_INIT("pm_card_visa"),
        .label = S_INIT("Visa ending in 4242"),
        .text = S_INIT("Test card: the payment goes through") },
    { .token = S_INIT("pm_card_declined"),
        .label = S_INIT("Visa ending in 0002"),
        .text = S_INIT("Test card: the bank declines it") },
    { .token = S_INIT("pm_card_3ds"),
        .label = S_INIT("Visa ending in 3220"),
        .text = S_INIT("Test card: the bank asks for a confirmation first") },
    { .token = S_INIT("pm_card_timeout"),
        .label = S_INIT("Mastercard ending in 4444"),
        .text = S_INIT("Test card: charged, but the answer gets lost; we find out") },
    { .token = S_INIT("pm_card_slow"),
        .label = S_INIT("Mastercard ending in 5556"),
        .text = S_INIT("Test card: the bank takes its time") },
};
