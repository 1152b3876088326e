/* SPDX-License-Identifier: Apache-2.0
 * Views of the account's payment methods.
 * Forms: POST /account/payment-methods with key and token; .../{methodId}/default and
 * .../{methodId}/remove without fields; .../{methodId}/challenge with answer. */
#ifndef SOUK_FLOWS_TILL_TILL_VIEWS_H
#define SOUK_FLOWS_TILL_TILL_VIEWS_H

#include "platform/web/web_views.h"

struct till_method_view {
    str card, expires, path; /* "Visa ending in 4242", "Until 12/2034", where its forms go */
    bool is_default;
};
/* A card that can be added: what the provider's form would give. */
struct till_card_view {
    str token, label, text;
    bool selected;
};
struct till_methods_view {
    str csrf, key;
    str none; /* what is said when there are none */
    str note; /* about the cards below */
    const struct alert_view *alert;
    const struct till_method_view *methods;
    const struct till_card_view *cards; /* none: nothing can be added here */
    size_t methods_n, cards_n;
};
/* The bank's question about a card that is to be saved. */
struct till_bank_view {
    str csrf;
    str action;    /* of the sandbox's bank, which the shop plays */
    str bank_href; /* of a real one, where the buyer is asked */
    const struct alert_view *alert;
};
extern const struct html_page till_methods_page, till_bank_page;

#endif
