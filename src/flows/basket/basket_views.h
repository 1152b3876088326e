/* SPDX-License-Identifier: Apache-2.0
 * View of the cart page. Filled by the handlers of this flow; ready-to-show text only.
 * Forms: POST /cart/items (productId, variantId, quantity, then=checkout for "buy now") adds,
 * POST /cart/items/{id} (quantity; 0 removes) changes; POST /cart/coupons (code) enters a code,
 * POST /cart/coupons/remove (code) takes it out; all answer with a redirect to a page. */
#ifndef SOUK_FLOWS_BASKET_BASKET_VIEWS_H
#define SOUK_FLOWS_BASKET_BASKET_VIEWS_H

#include "platform/web/web_views.h"

struct cart_line_view {
    str id; /* of the cart item */
    str href, title, variant;
    str each;              /* "$12.00 each", when there is more than one */
    str price;             /* of the line */
    str price_note;        /* "Was $14.00 when you added it" */
    str offer;             /* "2 at the deal price of $9.00", "$1.00 off" */
    str stock, stock_kind; /* "Only 2 left", one of "good", "warn", "bad" */
    int64_t quantity, max;
    const struct picture_view *picture;
    bool gone; /* cannot be bought any more: only removed */
};
/* A coupon code that was entered. kind as for stock. */
struct cart_code_view {
    str code, kind, text;
};
/* Shows `filled` or `empty`. */
struct cart_filled_view {
    const struct cart_line_view *lines;
    const struct summary_view *summary;
    const struct text_view *notes; /* "Free delivery from $35" */
    const struct cart_code_view *codes;
    size_t lines_n, notes_n, codes_n;
    bool can_checkout;
};
struct cart_view {
    str count; /* "3 items" */
    str csrf;
    const struct alert_view *alert; /* what changed, or what was refused */
    const struct empty_view *empty;
    const struct cart_filled_view *filled;
};

extern const struct html_page cart_page;

#endif
