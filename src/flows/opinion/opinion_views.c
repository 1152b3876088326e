/* SPDX-License-Identifier: Apache-2.0
 * The field table of the form of a review and its ready fields.
 * A name is in a table if and only if the template shows it; html_parse checks that. */
#include "flows/opinion/opinion_views.h"

#include "services/reviews/reviews.h"

static const struct html_field review_form_fields[] = {
    HTML_TEXT(struct review_form_view, heading),
    HTML_TEXT(struct review_form_view, button),
    HTML_TEXT(struct review_form_view, title),
    HTML_TEXT(struct review_form_view, href),
    HTML_TEXT(struct review_form_view, action),
    HTML_TEXT(struct review_form_view, remove_action),
    HTML_TEXT(struct review_form_view, author),
    HTML_TEXT(struct review_form_view, rating_error),
    HTML_TEXT(struct review_form_view, csrf),
    HTML_OBJECT(struct review_form_view, alert, alert_fields),
    HTML_LIST(struct review_form_view, stars, option_fields),
    HTML_LIST(struct review_form_view, fields, field_fields),
    HTML_FLAG(struct review_form_view, verified),
    HTML_END,
};
const struct html_page review_form_page = { "src/flows/opinion/pages/review.html",
    review_form_fields };

const struct field_view review_form[REVIEW_FIELDS_N] = {
    { .name = S_INIT("title"),
        .label = S_INIT("In a few words"),
        .type = S_INIT("text"),
        .autocomplete = S_INIT("off"),
        .max = REVIEWS_TITLE_MAX,
        .optional = true },
    { .name = S_INIT("comment"),
        .label = S_INIT("Your review"),
        .hint = S_INIT("What do you like about it, what not, and what do you use it for?"),
        .max = REVIEWS_COMMENT_MAX,
        .area = true,
        .required = true },
};
