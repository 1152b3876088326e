/* SPDX-License-Identifier: Apache-2.0
 * Makers of what pages are put together from. Called by the pages of this flow; must never look
 * anything up. */
#include "flows/backoffice/backoffice_internal.h"

const struct alert_view *backoffice_alert(struct cx *cx, const char *kind, str title, str text)
{
    struct alert_view *v = NEW(cx->arena, struct alert_view);
    *v = (struct alert_view){ .kind = str_from_c(kind), .title = title, .text = text };
    return v;
}

const struct link_view *backoffice_back(struct cx *cx, const char *label, const char *href)
{
    struct link_view *v = NEW(cx->arena, struct link_view);
    *v = (struct link_view){ str_from_c(label), str_from_c(href) };
    return v;
}

str backoffice_when(struct cx *cx, int64_t ms)
{
    return backoffice_domain_ago(cx->arena, ms, cx->now_ms);
}

str backoffice_time(struct cx *cx, int64_t ms)
{
    struct civil c = civil_from_ms(ms);
    return str_fmt(
        cx->arena, STR_F ", %02d:%02d", STR_A(instant_day_long(cx->arena, ms)), c.hour, c.minute);
}

str backoffice_order_path(struct arena *arena, id order_id)
{
    return str_cat(arena, S("/admin/orders/"), id_text(arena, order_id));
}

str backoffice_payouts_path(struct arena *arena, id seller_id)
{
    return str_cat(arena, S("/admin/payouts?q="), id_text(arena, seller_id));
}

/* ---- tables ---- */

const struct office_table_view *backoffice_table(struct cx *cx, const char *caption,
    const struct backoffice_column *columns, const struct office_cell_view *cells, size_t rows)
{
    size_t n = 0;
    while (columns[n].label)
        n++;
    struct office_head_view *heads = NEW_N(cx->arena, n, struct office_head_view);
    struct office_row_view *lines = NEW_N(cx->arena, rows, struct office_row_view);
    struct office_cell_view *copy = NEW_N(cx->arena, rows * n, struct office_cell_view);
    for (size_t i = 0; i < n; i++)
        heads[i] = (struct office_head_view){ str_from_c(columns[i].label), columns[i].number };
    for (size_t i = 0; i < rows * n; i++) {
        copy[i] = cells[i];
        copy[i].head = heads[i % n].label;
        copy[i].number = heads[i % n].number;
    }
    for (size_t i = 0; i < rows; i++)
        lines[i] = (struct office_row_view){ .cells = copy + i * n, .cells_n = n };
    struct office_table_view *v = NEW(cx->arena, struct office_table_view);
    *v = (struct office_table_view){
        .caption = str_from_c(caption), .heads = heads, .heads_n = n, .rows = lines, .rows_n = rows
    };
    return rows ? v : NULL;
}

/* ---- blocks and facts ---- */

struct backoffice_blocks backoffice_blocks_of(struct cx *cx, size_t max)
{
    return (struct backoffice_blocks){ .list = NEW_N(cx->arena, max, struct office_block_view),
        .max = max };
}

void backoffice_add(struct backoffice_blocks *blocks, struct office_block_view block)
{
    ASSERT(blocks->n < blocks->max);
    blocks->list[blocks->n++] = block;
}

void backoffice_columns(struct office_view *v, const struct backoffice_blocks *blocks,
    const struct backoffice_blocks *side)
{
    v->blocks = blocks->list;
    v->blocks_n = blocks->n;
    v->side = side->list;
    v->side_n = side->n;
    v->two = true;
}

void backoffice_fact(struct office_fact_view *rows, size_t *n, const char *label, str text)
{
    if (text.n)
        rows[(*n)++] = (struct office_fact_view){ .label = str_from_c(label), .text = text };
}

const struct office_facts_view *backoffice_facts(
    struct cx *cx, const struct office_fact_view *rows, size_t n)
{
    struct office_facts_view *v = NEW(cx->arena, struct office_facts_view);
    *v = (struct office_facts_view){ .rows = rows, .rows_n = n };
    return v;
}

/* ---- forms ---- */

void backoffice_place_faults(
    struct cx *cx, const struct field_error *faults, struct office_field_view *fields, size_t n)
{
    for (const struct field_error *f = faults; f; f = f->next)
        for (size_t i = 0; i < n; i++)
            if (str_eq(fields[i].name, str_skip(f->pointer, 1)) && !fields[i].error.n)
                fields[i].error = web_sentence(cx->arena, f->detail);
}

int backoffice_status(err refused)
{
    if (!refused)
        return 200;
    return refused->kind == KIND_CONFLICT ? 409 : 422;
}

str backoffice_reason_error(struct cx *cx, str reason)
{
    if (!reason.n)
        return S("A reason is needed");
    if (reason.n > BACKOFFICE_REASON_MAX)
        return str_fmt(cx->arena, "At most %d characters", BACKOFFICE_REASON_MAX);
    return (str){ 0 };
}
