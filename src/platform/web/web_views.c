/* SPDX-License-Identifier: Apache-2.0
 * Field tables of the shared pieces, for the page tables of flows and the gateway.
 * Every name is used by the piece of the same name, so a page shows these views by their piece. */
#include "platform/web/web_views.h"

#include "base/err.h"
#include "platform/web/web_format.h"

const struct html_field link_fields[] = {
    HTML_TEXT(struct link_view, label),
    HTML_TEXT(struct link_view, href),
    HTML_END,
};
const struct html_field text_fields[] = {
    HTML_TEXT(struct text_view, text),
    HTML_END,
};
const struct html_field option_fields[] = {
    HTML_TEXT(struct option_view, value),
    HTML_TEXT(struct option_view, label),
    HTML_FLAG(struct option_view, selected),
    HTML_END,
};
const struct html_field hidden_fields[] = {
    HTML_TEXT(struct hidden_view, name),
    HTML_TEXT(struct hidden_view, value),
    HTML_END,
};
const struct html_field search_fields[] = {
    HTML_TEXT(struct search_view, query),
    HTML_END,
};
const struct html_field price_fields[] = {
    HTML_TEXT(struct price_view, full),
    HTML_TEXT(struct price_view, currency),
    HTML_TEXT(struct price_view, whole),
    HTML_TEXT(struct price_view, cents),
    HTML_TEXT(struct price_view, currency_after),
    HTML_TEXT(struct price_view, list),
    HTML_TEXT(struct price_view, off),
    HTML_FLAG(struct price_view, from),
    HTML_END,
};
const struct html_field stars_fields[] = {
    HTML_INT(struct stars_view, fill),
    HTML_TEXT(struct stars_view, text),
    HTML_TEXT(struct stars_view, count),
    HTML_END,
};
const struct html_field picture_fields[] = {
    HTML_TEXT(struct picture_view, src),
    HTML_TEXT(struct picture_view, srcset),
    HTML_TEXT(struct picture_view, sizes),
    HTML_TEXT(struct picture_view, alt),
    HTML_INT(struct picture_view, width),
    HTML_INT(struct picture_view, height),
    HTML_FLAG(struct picture_view, eager),
    HTML_END,
};
const struct html_field card_fields[] = {
    HTML_TEXT(struct card_view, href),
    HTML_TEXT(struct card_view, brand),
    HTML_TEXT(struct card_view, title),
    HTML_TEXT(struct card_view, badge),
    HTML_TEXT(struct card_view, delivery),
    HTML_TEXT(struct card_view, stock),
    HTML_OBJECT(struct card_view, picture, picture_fields),
    HTML_OBJECT(struct card_view, price, price_fields),
    HTML_OBJECT(struct card_view, stars, stars_fields),
    HTML_FLAG(struct card_view, prime),
    HTML_FLAG(struct card_view, sponsored),
    HTML_FLAG(struct card_view, sold_out),
    HTML_END,
};

static const struct html_field page_link_fields[] = {
    HTML_TEXT(struct page_link_view, label),
    HTML_TEXT(struct page_link_view, href),
    HTML_FLAG(struct page_link_view, current),
    HTML_FLAG(struct page_link_view, gap),
    HTML_END,
};
const struct html_field pages_fields[] = {
    HTML_TEXT(struct pages_view, prev),
    HTML_TEXT(struct pages_view, next),
    HTML_LIST(struct pages_view, links, page_link_fields),
    HTML_END,
};

static const struct html_field facet_option_fields[] = {
    HTML_TEXT(struct facet_option_view, value),
    HTML_TEXT(struct facet_option_view, label),
    HTML_TEXT(struct facet_option_view, count),
    HTML_TEXT(struct facet_option_view, swatch),
    HTML_FLAG(struct facet_option_view, selected),
    HTML_END,
};
const struct html_field facet_fields[] = {
    HTML_TEXT(struct facet_view, name),
    HTML_TEXT(struct facet_view, title),
    HTML_TEXT(struct facet_view, more_label),
    HTML_LIST(struct facet_view, options, facet_option_fields),
    HTML_LIST(struct facet_view, more, facet_option_fields),
    HTML_FLAG(struct facet_view, radio),
    HTML_FLAG(struct facet_view, open),
    HTML_END,
};

const struct html_field address_fields[] = {
    HTML_TEXT(struct address_view, name),
    HTML_TEXT(struct address_view, phone),
    HTML_LIST(struct address_view, lines, text_fields),
    HTML_END,
};
const struct html_field order_line_fields[] = {
    HTML_TEXT(struct order_line_view, href),
    HTML_TEXT(struct order_line_view, title),
    HTML_TEXT(struct order_line_view, variant),
    HTML_TEXT(struct order_line_view, quantity),
    HTML_TEXT(struct order_line_view, each),
    HTML_TEXT(struct order_line_view, price),
    HTML_TEXT(struct order_line_view, note),
    HTML_TEXT(struct order_line_view, review),
    HTML_OBJECT(struct order_line_view, picture, picture_fields),
    HTML_END,
};

static const struct html_field summary_row_fields[] = {
    HTML_TEXT(struct summary_row_view, label),
    HTML_TEXT(struct summary_row_view, value),
    HTML_FLAG(struct summary_row_view, saving),
    HTML_END,
};
const struct html_field summary_fields[] = {
    HTML_TEXT(struct summary_view, total),
    HTML_TEXT(struct summary_view, total_label),
    HTML_TEXT(struct summary_view, note),
    HTML_LIST(struct summary_view, rows, summary_row_fields),
    HTML_END,
};

const struct html_field field_fields[] = {
    HTML_TEXT(struct field_view, name),
    HTML_TEXT(struct field_view, label),
    HTML_TEXT(struct field_view, type),
    HTML_TEXT(struct field_view, value),
    HTML_TEXT(struct field_view, error),
    HTML_TEXT(struct field_view, hint),
    HTML_TEXT(struct field_view, autocomplete),
    HTML_TEXT(struct field_view, inputmode),
    HTML_TEXT(struct field_view, size),
    HTML_LIST(struct field_view, options, option_fields),
    HTML_INT(struct field_view, max),
    HTML_FLAG(struct field_view, select),
    HTML_FLAG(struct field_view, area),
    HTML_FLAG(struct field_view, required),
    HTML_FLAG(struct field_view, optional),
    HTML_END,
};
const struct html_field alert_fields[] = {
    HTML_TEXT(struct alert_view, kind),
    HTML_TEXT(struct alert_view, title),
    HTML_TEXT(struct alert_view, text),
    HTML_LIST(struct alert_view, links, link_fields),
    HTML_END,
};
const struct html_field empty_fields[] = {
    HTML_TEXT(struct empty_view, title),
    HTML_TEXT(struct empty_view, text),
    HTML_TEXT(struct empty_view, href),
    HTML_TEXT(struct empty_view, action),
    HTML_LIST(struct empty_view, links, link_fields),
    HTML_END,
};
const struct html_field step_fields[] = {
    HTML_TEXT(struct step_view, label),
    HTML_TEXT(struct step_view, href),
    HTML_FLAG(struct step_view, done),
    HTML_FLAG(struct step_view, current),
    HTML_END,
};
const struct html_field event_fields[] = {
    HTML_TEXT(struct event_view, label),
    HTML_TEXT(struct event_view, date),
    HTML_TEXT(struct event_view, text),
    HTML_FLAG(struct event_view, done),
    HTML_FLAG(struct event_view, current),
    HTML_FLAG(struct event_view, bad),
    HTML_END,
};

struct field_view *web_field(struct field_view *fields, size_t n, str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(fields[i].name, name))
            return &fields[i];
    return NULL;
}

void web_place_faults(
    struct arena *arena, const struct field_error *faults, struct field_view *fields, size_t n)
{
    for (const struct field_error *f = faults; f; f = f->next) {
        struct field_view *field = web_field(fields, n, str_skip(f->pointer, 1));
        if (field && !field->error.n)
            field->error = web_sentence(arena, f->detail);
    }
}

size_t web_field_errors(
    struct arena *arena, const struct field_view *fields, size_t n, struct link_view **ret)
{
    struct link_view *links = NEW_N(arena, n ? n : 1, struct link_view);
    size_t links_n = 0;
    for (size_t i = 0; i < n; i++) {
        if (fields[i].error.n == 0)
            continue;
        links[links_n++] = (struct link_view){
            .label = fields[i].error,
            .href = str_cat(arena, S("#f-"), fields[i].name),
        };
    }
    *ret = links;
    return links_n;
}
