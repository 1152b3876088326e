/* SPDX-License-Identifier: Apache-2.0
 * The view of the form of a review: POST /p/{productId}/review (rating, title, comment) and
 * POST /reviews/{reviewId}/remove. */
#ifndef SOUK_FLOWS_OPINION_OPINION_VIEWS_H
#define SOUK_FLOWS_OPINION_OPINION_VIEWS_H

#include "platform/web/web_views.h"

struct review_form_view {
    str heading, button;       /* "Write a review", "Post review" */
    str title, href;           /* of the product */
    str action, remove_action; /* remove_action: absent when there is nothing to remove */
    str author;                /* as it will be shown */
    str rating_error;
    str csrf;
    const struct alert_view *alert;
    const struct option_view *stars;
    const struct field_view *fields;
    size_t stars_n, fields_n;
    bool verified;
};
extern const struct html_page review_form_page;

/* Ready fields; copy, then set value and error. */
enum { REVIEW_FIELDS_N = 2 };
extern const struct field_view review_form[REVIEW_FIELDS_N];

#endif
