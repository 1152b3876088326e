/* SPDX-License-Identifier: Apache-2.0
 * What the pieces in src/gateway/web/pieces show: one struct and one field table a piece. Flows and
 * the gateway fill them; they hold ready-to-show text only, never amounts, times or ids to format.
 * An absent str, a NULL object and an empty list hide the part of the piece that would show them.
 */
#ifndef SOUK_PLATFORM_WEB_WEB_VIEWS_H
#define SOUK_PLATFORM_WEB_WEB_VIEWS_H

#include "base/html.h"

/* Links, crumbs of the breadcrumb (the last one without href is the page itself), suggestions. */
struct link_view {
    str label, href;
};
/* A paragraph or a list item. */
struct text_view {
    str text;
};
/* One option of a select. */
struct option_view {
    str value, label;
    bool selected;
};
/* An input that is sent along unseen. */
struct hidden_view {
    str name, value;
};

/* search.html: what was searched for. One on a page: the frame has it, or the page itself. */
struct search_view {
    str query;
};

/* price.html: "$" "1,299" "99". `full` is what is read aloud: "$1,299.99". `currency_after` is for
 * locales that write it behind. `list` is struck through, `off` is "-20%". `from`: cheapest of
 * many. */
struct price_view {
    str full, currency, whole, cents, currency_after, list, off;
    bool from;
};

/* stars.html: fill is the rating in percent of five stars (4.3 is 86). text "4.3", count "1,204".
 */
struct stars_view {
    int64_t fill;
    str text, count;
};

/* picture.html: src and srcset are URLs (srcset may be absent, sizes goes with it), width and
 * height are the picture's own pixels (products: 4:5). `eager` is for what is seen first, at most
 * four. */
struct picture_view {
    str src, srcset, sizes, alt;
    int64_t width, height;
    bool eager;
};

/* product-card.html. badge: "Deal", "New"; stock: "Only 3 left", "Out of stock"; delivery: "Free
 * delivery Sat, 22 Nov". */
struct card_view {
    str href, brand, title, badge, delivery, stock;
    const struct picture_view *picture;
    const struct price_view *price;
    const struct stars_view *stars;
    bool prime, sponsored, sold_out;
};

/* pagination.html: `gap` shows an ellipsis. prev and next are absent at the ends. */
struct page_link_view {
    str label, href;
    bool current, gap;
};
struct pages_view {
    str prev, next;
    const struct page_link_view *links;
    size_t links_n;
};

/* facet-group.html: checkboxes (or radios) called `name`. swatch is a colour like "#b4530a". `more`
 * is the tail of a long list behind more_label ("All 48 brands"). */
struct facet_option_view {
    str value, label, count, swatch;
    bool selected;
};
struct facet_view {
    str name, title, more_label;
    const struct facet_option_view *options, *more;
    size_t options_n, more_n;
    bool radio, open;
};

/* address.html */
struct address_view {
    str name, phone;
    const struct text_view *lines;
    size_t lines_n;
};

/* order-line.html: price is the line's total, each ("$12.00 each") only when quantity is not 1. */
struct order_line_view {
    str href, title, variant, quantity, each, price, note;
    str review; /* where one writes about it; absent: not offered */
    const struct picture_view *picture;
};

/* price-summary.html: rows above a total; `saving` rows are shown in green. total_label: "Total
 * before tax"; absent: "Total". */
struct summary_row_view {
    str label, value;
    bool saving;
};
struct summary_view {
    str total, total_label, note;
    const struct summary_row_view *rows;
    size_t rows_n;
};

/* form-field.html: id is "f-" name. type as in HTML; `select` shows options instead. size: "half",
 * "rest", "third", "short" or absent. max 0: no limit. Tables of ready fields (labels,
 * autocomplete) stand beside the page views; copy them, then set value and error. */
struct field_view {
    str name, label, type, value, error, hint, autocomplete, inputmode, size;
    const struct option_view *options;
    size_t options_n;
    int64_t max;
    bool select, area, required, optional; /* area: several lines of text */
};
/* The field called `name` in fields, or NULL. */
struct field_view *web_field(struct field_view *fields, size_t n, str name);
/* Errors at "/name" into the field called `name`, as sentences; of several the first. */
struct field_error;
void web_place_faults(
    struct arena *arena, const struct field_error *faults, struct field_view *fields, size_t n);
/* The list of links for an alert: one to each field that has an error. Returns the number. */
size_t web_field_errors(
    struct arena *arena, const struct field_view *fields, size_t n, struct link_view **ret);

/* alert.html: kind is "bad", "warn", "good" or "info"; links lead to the fields in error. */
struct alert_view {
    str kind, title, text;
    const struct link_view *links;
    size_t links_n;
};

/* empty-state.html: what is missing, why, and where to go. */
struct empty_view {
    str title, text, href, action;
    const struct link_view *links;
    size_t links_n;
};

/* checkout-stepper.html and order-timeline.html */
struct step_view {
    str label, href;
    bool done, current;
};
struct event_view {
    str label, date, text;
    bool done, current, bad;
};

extern const struct html_field link_fields[], text_fields[], option_fields[], search_fields[],
    hidden_fields[], price_fields[], stars_fields[], picture_fields[], card_fields[],
    pages_fields[], facet_fields[], address_fields[], order_line_fields[], summary_fields[],
    field_fields[], alert_fields[], empty_fields[], step_fields[], event_fields[];

#endif
