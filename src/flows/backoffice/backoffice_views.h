/* SPDX-License-Identifier: Apache-2.0
 * What a page of the back office shows: one view for all pages, made of blocks. Text only, no
 * formatting here; an absent text, a NULL object and an empty list hide what would show them. */
#ifndef SOUK_FLOWS_BACKOFFICE_BACKOFFICE_VIEWS_H
#define SOUK_FLOWS_BACKOFFICE_BACKOFFICE_VIEWS_H

#include "platform/web/web_views.h"

/* ---- office-nav.html ---- */
struct office_link_view {
    str label, href, count;
    bool current, exact; /* exact: it is this page, not one below it */
};
struct office_nav_view {
    str title;
    const struct office_link_view *links;
    size_t links_n;
};

/* ---- office-form.html: `ask` is what stands on the fold; kind "bad", "plain" or absent ---- */
struct office_field_view {
    str name, label, value, error, hint, inputmode, size;
    const struct option_view *options;
    size_t options_n;
    int64_t max;
    bool required, select, check, on;
};
struct office_form_view {
    str key; /* unique on the page */
    str ask, text, action, button, kind;
    const struct hidden_view *hidden;
    const struct office_field_view *fields;
    size_t hidden_n, fields_n;
    bool open;
    bool get; /* asks, and changes nothing */
};

/* ---- office-table.html: chip is "good", "warn", "bad" or "info" ---- */
struct office_act_view {
    str label, what, text, action, button, kind;
    const struct hidden_view *hidden;
    size_t hidden_n;
};
struct office_cell_view {
    str head; /* of its column, for phones */
    str text, href, note, chip;
    int64_t bar; /* percent of the longest; 0: none */
    bool number, code, strong;
    const struct office_act_view *act;
};
struct office_row_view {
    const struct office_cell_view *cells;
    size_t cells_n;
};
struct office_head_view {
    str label;
    bool number;
};
struct office_table_view {
    str caption;
    const struct office_head_view *heads;
    const struct office_row_view *rows;
    size_t heads_n, rows_n;
};

/* ---- office-tiles.html: bars grow from y to 40 ---- */
struct office_bar_view {
    int64_t x, y, height;
};
struct office_tile_view {
    str label, value, note, href, kind, bars_title;
    int64_t bars_width;
    const struct office_bar_view *bars;
    size_t bars_n;
};
struct office_tiles_view {
    const struct office_tile_view *tiles;
    size_t tiles_n;
};

/* ---- office-block.html ---- */
struct office_fact_view {
    str label, text, href, chip;
};
struct office_facts_view {
    const struct office_fact_view *rows;
    size_t rows_n;
};
struct office_timeline_view {
    const struct event_view *events;
    size_t events_n;
};
struct office_product_view {
    str href, title, note;
    const struct picture_view *picture;
    const struct office_form_view *forms;
    size_t forms_n;
};
struct office_found_view {
    const struct office_product_view *products;
    size_t products_n;
};
struct office_block_view {
    str key, title, text, empty;
    bool bare, hide_title;
    const struct office_facts_view *facts;
    const struct office_tiles_view *tiles;
    const struct office_table_view *table;
    const struct office_timeline_view *timeline;
    const struct office_found_view *found;
    const struct office_form_view *forms;
    const struct link_view *links;
    size_t forms_n, links_n;
};

/* ---- office.html ---- */
struct office_find_view {
    str label, value, action, button;
    str pattern; /* of what may be typed; absent: anything */
    int64_t max; /* characters; 0: 200 */
};
struct office_tabs_view {
    str label;
    const struct office_link_view *links;
    size_t links_n;
};
struct office_paging_view {
    str newest, older;
};
struct office_view {
    str title, lead, status, status_kind;
    const struct office_nav_view *nav;
    const struct link_view *back;
    const struct alert_view *alert;
    const struct office_find_view *find;
    const struct office_tabs_view *tabs;
    const struct office_paging_view *paging;
    const struct office_block_view *blocks, *side;
    size_t nav_n, blocks_n, side_n;
    bool two; /* `side` stands beside the blocks where there is room */
};

extern const struct html_page backoffice_page;

#endif
