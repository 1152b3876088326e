/* SPDX-License-Identifier: Apache-2.0
 * Field table of the cart page, read by html_parse at start.
 * A name is in a table if and only if the template shows it; html_parse checks that. */
#include "flows/basket/basket_views.h"

static const struct html_field cart_line_fields[] = {
    HTML_TEXT(struct cart_line_view, id),
    HTML_TEXT(struct cart_line_view, href),
    HTML_TEXT(struct cart_line_view, title),
    HTML_TEXT(struct cart_line_view, variant),
    HTML_TEXT(struct cart_line_view, each),
    HTML_TEXT(struct cart_line_view, price),
    HTML_TEXT(struct cart_line_view, price_note),
    HTML_TEXT(struct cart_line_view, offer),
    HTML_TEXT(struct cart_line_view, stock),
    HTML_TEXT(struct cart_line_view, stock_kind),
    HTML_INT(struct cart_line_view, quantity),
    HTML_INT(struct cart_line_view, max),
    HTML_OBJECT(struct cart_line_view, picture, picture_fields),
    HTML_FLAG(struct cart_line_view, gone),
    HTML_END,
};
static const struct html_field cart_code_fields[] = {
    HTML_TEXT(struct cart_code_view, code),
    HTML_TEXT(struct cart_code_view, kind),
    HTML_TEXT(struct cart_code_view, text),
    HTML_END,
};
static const struct html_field cart_filled_fields[] = {
    HTML_LIST(struct cart_filled_view, lines, cart_line_fields),
    HTML_OBJECT(struct cart_filled_view, summary, summary_fields),
    HTML_LIST(struct cart_filled_view, notes, text_fields),
    HTML_LIST(struct cart_filled_view, codes, cart_code_fields),
    HTML_FLAG(struct cart_filled_view, can_checkout),
    HTML_END,
};
static const struct html_field cart_fields[] = {
    HTML_TEXT(struct cart_view, count),
    HTML_TEXT(struct cart_view, csrf),
    HTML_OBJECT(struct cart_view, alert, alert_fields),
    HTML_OBJECT(struct cart_view, empty, empty_fields),
    HTML_OBJECT(struct cart_view, filled, cart_filled_fields),
    HTML_END,
};

const struct html_page cart_page = { "src/flows/basket/pages/cart.html", cart_fields };
