/* SPDX-License-Identifier: Apache-2.0
 * Field tables of the back office's page. Read by html_parse when the gateway opens; a name is in a
 * table if and only if the template shows it. */
#include "flows/backoffice/backoffice_views.h"

static const struct html_field nav_link_fields[] = {
    HTML_TEXT(struct office_link_view, label),
    HTML_TEXT(struct office_link_view, href),
    HTML_TEXT(struct office_link_view, count),
    HTML_FLAG(struct office_link_view, current),
    HTML_FLAG(struct office_link_view, exact),
    HTML_END,
};
static const struct html_field nav_fields[] = {
    HTML_TEXT(struct office_nav_view, title),
    HTML_LIST(struct office_nav_view, links, nav_link_fields),
    HTML_END,
};
static const struct html_field office_field_fields[] = {
    HTML_TEXT(struct office_field_view, name),
    HTML_TEXT(struct office_field_view, label),
    HTML_TEXT(struct office_field_view, value),
    HTML_TEXT(struct office_field_view, error),
    HTML_TEXT(struct office_field_view, hint),
    HTML_TEXT(struct office_field_view, inputmode),
    HTML_TEXT(struct office_field_view, size),
    HTML_LIST(struct office_field_view, options, option_fields),
    HTML_INT(struct office_field_view, max),
    HTML_FLAG(struct office_field_view, required),
    HTML_FLAG(struct office_field_view, select),
    HTML_FLAG(struct office_field_view, check),
    HTML_FLAG(struct office_field_view, on),
    HTML_END,
};
static const struct html_field form_fields[] = {
    HTML_TEXT(struct office_form_view, key),
    HTML_TEXT(struct office_form_view, ask),
    HTML_TEXT(struct office_form_view, text),
    HTML_TEXT(struct office_form_view, action),
    HTML_TEXT(struct office_form_view, button),
    HTML_TEXT(struct office_form_view, kind),
    HTML_LIST(struct office_form_view, hidden, hidden_fields),
    HTML_LIST(struct office_form_view, fields, office_field_fields),
    HTML_FLAG(struct office_form_view, open),
    HTML_FLAG(struct office_form_view, get),
    HTML_END,
};
static const struct html_field act_fields[] = {
    HTML_TEXT(struct office_act_view, label),
    HTML_TEXT(struct office_act_view, what),
    HTML_TEXT(struct office_act_view, text),
    HTML_TEXT(struct office_act_view, action),
    HTML_TEXT(struct office_act_view, button),
    HTML_TEXT(struct office_act_view, kind),
    HTML_LIST(struct office_act_view, hidden, hidden_fields),
    HTML_END,
};
static const struct html_field cell_fields[] = {
    HTML_TEXT(struct office_cell_view, head),
    HTML_TEXT(struct office_cell_view, text),
    HTML_TEXT(struct office_cell_view, href),
    HTML_TEXT(struct office_cell_view, note),
    HTML_TEXT(struct office_cell_view, chip),
    HTML_INT(struct office_cell_view, bar),
    HTML_FLAG(struct office_cell_view, number),
    HTML_FLAG(struct office_cell_view, code),
    HTML_FLAG(struct office_cell_view, strong),
    HTML_OBJECT(struct office_cell_view, act, act_fields),
    HTML_END,
};
static const struct html_field row_fields[] = {
    HTML_LIST(struct office_row_view, cells, cell_fields),
    HTML_END,
};
static const struct html_field head_fields[] = {
    HTML_TEXT(struct office_head_view, label),
    HTML_FLAG(struct office_head_view, number),
    HTML_END,
};
static const struct html_field table_fields[] = {
    HTML_TEXT(struct office_table_view, caption),
    HTML_LIST(struct office_table_view, heads, head_fields),
    HTML_LIST(struct office_table_view, rows, row_fields),
    HTML_END,
};
static const struct html_field bar_fields[] = {
    HTML_INT(struct office_bar_view, x),
    HTML_INT(struct office_bar_view, y),
    HTML_INT(struct office_bar_view, height),
    HTML_END,
};
static const struct html_field tile_fields[] = {
    HTML_TEXT(struct office_tile_view, label),
    HTML_TEXT(struct office_tile_view, value),
    HTML_TEXT(struct office_tile_view, note),
    HTML_TEXT(struct office_tile_view, href),
    HTML_TEXT(struct office_tile_view, kind),
    HTML_TEXT(struct office_tile_view, bars_title),
    HTML_INT(struct office_tile_view, bars_width),
    HTML_LIST(struct office_tile_view, bars, bar_fields),
    HTML_END,
};
static const struct html_field tiles_fields[] = {
    HTML_LIST(struct office_tiles_view, tiles, tile_fields),
    HTML_END,
};
static const struct html_field fact_fields[] = {
    HTML_TEXT(struct office_fact_view, label),
    HTML_TEXT(struct office_fact_view, text),
    HTML_TEXT(struct office_fact_view, href),
    HTML_TEXT(struct office_fact_view, chip),
    HTML_END,
};
static const struct html_field facts_fields[] = {
    HTML_LIST(struct office_facts_view, rows, fact_fields),
    HTML_END,
};
static const struct html_field timeline_fields[] = {
    HTML_LIST(struct office_timeline_view, events, event_fields),
    HTML_END,
};
static const struct html_field product_fields[] = {
    HTML_TEXT(struct office_product_view, href),
    HTML_TEXT(struct office_product_view, title),
    HTML_TEXT(struct office_product_view, note),
    HTML_OBJECT(struct office_product_view, picture, picture_fields),
    HTML_LIST(struct office_product_view, forms, form_fields),
    HTML_END,
};
static const struct html_field found_fields[] = {
    HTML_LIST(struct office_found_view, products, product_fields),
    HTML_END,
};
static const struct html_field block_fields[] = {
    HTML_TEXT(struct office_block_view, key),
    HTML_TEXT(struct office_block_view, title),
    HTML_TEXT(struct office_block_view, text),
    HTML_TEXT(struct office_block_view, empty),
    HTML_FLAG(struct office_block_view, bare),
    HTML_FLAG(struct office_block_view, hide_title),
    HTML_OBJECT(struct office_block_view, facts, facts_fields),
    HTML_OBJECT(struct office_block_view, tiles, tiles_fields),
    HTML_OBJECT(struct office_block_view, table, table_fields),
    HTML_OBJECT(struct office_block_view, timeline, timeline_fields),
    HTML_OBJECT(struct office_block_view, found, found_fields),
    HTML_LIST(struct office_block_view, forms, form_fields),
    HTML_LIST(struct office_block_view, links, link_fields),
    HTML_END,
};
static const struct html_field find_fields[] = {
    HTML_TEXT(struct office_find_view, label),
    HTML_TEXT(struct office_find_view, value),
    HTML_TEXT(struct office_find_view, action),
    HTML_TEXT(struct office_find_view, button),
    HTML_TEXT(struct office_find_view, pattern),
    HTML_INT(struct office_find_view, max),
    HTML_END,
};
static const struct html_field tab_fields[] = {
    HTML_TEXT(struct office_link_view, label),
    HTML_TEXT(struct office_link_view, href),
    HTML_FLAG(struct office_link_view, current),
    HTML_END,
};
static const struct html_field tabs_fields[] = {
    HTML_TEXT(struct office_tabs_view, label),
    HTML_LIST(struct office_tabs_view, links, tab_fields),
    HTML_END,
};
static const struct html_field paging_fields[] = {
    HTML_TEXT(struct office_paging_view, newest),
    HTML_TEXT(struct office_paging_view, older),
    HTML_END,
};
static const struct html_field office_fields[] = {
    HTML_TEXT(struct office_view, title),
    HTML_TEXT(struct office_view, lead),
    HTML_TEXT(struct office_view, status),
    HTML_TEXT(struct office_view, status_kind),
    HTML_LIST(struct office_view, nav, nav_fields),
    HTML_OBJECT(struct office_view, back, link_fields),
    HTML_OBJECT(struct office_view, alert, alert_fields),
    HTML_OBJECT(struct office_view, find, find_fields),
    HTML_OBJECT(struct office_view, tabs, tabs_fields),
    HTML_OBJECT(struct office_view, paging, paging_fields),
    HTML_LIST(struct office_view, blocks, block_fields),
    HTML_LIST(struct office_view, side, block_fields),
    HTML_FLAG(struct office_view, two),
    HTML_END,
};

const struct html_page backoffice_page = { "src/flows/backoffice/pages/office.html",
    office_fields };
