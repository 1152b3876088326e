/* SPDX-License-Identifier: Apache-2.0
 * Field tables of the till's pages. A name is in a table if and only if the template shows it;
 * html_parse checks that. Must never hold anything else. */
#include "flows/till/till_views.h"

static const struct html_field till_method_fields[] = {
    HTML_TEXT(struct till_method_view, card),
    HTML_TEXT(struct till_method_view, expires),
    HTML_TEXT(struct till_method_view, path),
    HTML_FLAG(struct till_method_view, is_default),
    HTML_END,
};
static const struct html_field till_card_fields[] = {
    HTML_TEXT(struct till_card_view, token),
    HTML_TEXT(struct till_card_view, label),
    HTML_TEXT(struct till_card_view, text),
    HTML_FLAG(struct till_card_view, selected),
    HTML_END,
};
static const struct html_field till_methods_fields[] = {
    HTML_TEXT(struct till_methods_view, csrf),
    HTML_TEXT(struct till_methods_view, key),
    HTML_TEXT(struct till_methods_view, none),
    HTML_TEXT(struct till_methods_view, note),
    HTML_OBJECT(struct till_methods_view, alert, alert_fields),
    HTML_LIST(struct till_methods_view, methods, till_method_fields),
    HTML_LIST(struct till_methods_view, cards, till_card_fields),
    HTML_END,
};
static const struct html_field till_bank_fields[] = {
    HTML_TEXT(struct till_bank_view, csrf),
    HTML_TEXT(struct till_bank_view, action),
    HTML_TEXT(struct till_bank_view, bank_href),
    HTML_OBJECT(struct till_bank_view, alert, alert_fields),
    HTML_END,
};

const struct html_page till_methods_page = { "src/flows/till/pages/methods.html",
    till_methods_fields };
const struct html_page till_bank_page = { "src/flows/till/pages/bank.html", till_bank_fields };
