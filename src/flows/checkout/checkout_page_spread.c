/* SPDX-License-Identifier: Apache-2.0
 * The choice of an address for each line of the cart, as rows of a form, and the review under its
 * addresses. Called by the checkout's pages; must never lose a row that was typed. */
#include "flows/checkout/checkout_pages.h"

#define TO_ORDER "order" /* where the order goes: an empty value of a list would be dropped */

const struct checkout_share *checkout_shares_of(
    struct cx *cx, const struct checkout_rows_in *in, size_t *ret_n)
{
    struct checkout_share *shares = NEW_N(cx->arena, in->lines_n, struct checkout_share);
    bool whole = in->quantities_n == in->lines_n;
    size_t n = 0;
    for (size_t i = 0; i < in->lines_n && i < in->tos_n; i++) {
        struct checkout_share *s = &shares[n++];
        if (!whole || !str_to_i64(str_trim(in->quantities[i]), &s->quantity))
            s->quantity = -1;
        if (!id_parse(in->lines[i], &s->line))
            n--;
        else if (!str_eq(in->tos[i], S(TO_ORDER)) && !id_parse(in->tos[i], &s->address_id))
            s->quantity = -1;
    }
    *ret_n = n;
    return shares;
}

/* ---- rows ---- */

struct listing {
    const struct checkout_rows *from;
    const struct checkout_share *sent;
    struct checkout_row_view *views;
    size_t sent_n, n;
    int64_t split; /* the row that becomes two, from 1 */
};

static const struct option_view *options_of(
    struct cx *cx, const struct checkout_rows *rows, id chosen, size_t *ret_n)
{
    struct option_view *list = NEW_N(cx->arena, rows->addresses_n + 1, struct option_view);
    list[0] = (struct option_view){ S(TO_ORDER), S("The address above"), id_is_none(chosen) };
    for (size_t i = 0; i < rows->addresses_n; i++) {
        const struct identity_address *a = &rows->addresses[i];
        list[i + 1] = (struct option_view){ .value = id_text(cx->arena, a->address_id),
            .label = str_fmt(cx->arena, STR_F ", " STR_F ", " STR_F, STR_A(a->name),
                STR_A(a->line1), STR_A(a->city)),
            .selected = id_eq(a->address_id, chosen) };
    }
    *ret_n = rows->addresses_n + 1;
    return list;
}

static struct checkout_row_view *add_row(
    struct cx *cx, struct listing *l, size_t line, const struct checkout_share *share)
{
    struct checkout_row_view *v = &l->views[l->n++];
    *v = (struct checkout_row_view){ .line = id_text(cx->arena, share->line),
        .index = str_from_i64(cx->arena, (int64_t)l->n),
        .name = l->from->lines->products[line].title,
        .quantity = share->quantity < 0 ? (str){ 0 } : str_from_i64(cx->arena, share->quantity) };
    if (share->quantity > 1)
        v->split = v->index;
    v->to = options_of(cx, l->from, share->address_id, &v->to_n);
    return v;
}

/* The rows of one line, of which one may become two. */
static void add_line(struct cx *cx, struct listing *l, size_t line)
{
    const struct checkout_item *item = &l->from->cart[line];
    struct checkout_row_view *first = &l->views[l->n];
    int64_t sum = 0;
    bool said = false, bad = false;
    for (size_t i = 0; i < l->sent_n; i++) {
        struct checkout_share s = l->sent[i];
        if (!id_eq(s.line, checkout_line_of(item)))
            continue;
        said = true;
        bad |= s.quantity < 0;
        sum += s.quantity;
        bool two = l->split == (int64_t)i + 1 && s.quantity > 1;
        s.quantity -= two;
        add_row(cx, l, line, &s);
        s.quantity = 1;
        if (two)
            add_row(cx, l, line, &s);
    }
    if (!said)
        add_row(cx, l, line,
            &(struct checkout_share){ .line = checkout_line_of(item), .quantity = item->quantity });
    first->title =
        str_fmt(cx->arena, STR_F ": %d in the cart", STR_A(first->name), (int)item->quantity);
    if (bad)
        first->error = S("Say how many go where.");
    else if (said && sum != item->quantity)
        first->error = str_fmt(
            cx->arena, "%d in the cart, but %d go to an address.", (int)item->quantity, (int)sum);
}

void checkout_show_rows(struct cx *cx, const struct checkout_rows *rows, struct checkout_view *v)
{
    struct listing l = { .from = rows };
    if (rows->addresses_n == 0)
        return;
    if (rows->in) {
        l.sent = checkout_shares_of(cx, rows->in, &l.sent_n);
        if (!str_to_i64(rows->in->split, &l.split))
            l.split = 0;
    }
    l.views = NEW_N(cx->arena, rows->cart_n + l.sent_n + 1, struct checkout_row_view);
    for (size_t i = 0; i < rows->cart_n; i++)
        add_line(cx, &l, i);
    v->rows_title = S("Send to several addresses");
    v->rows = l.views;
    v->rows_n = l.n;
    v->rows_open = l.split > 0;
    for (size_t i = 0; i < l.sent_n; i++)
        v->rows_open |= !id_is_none(l.sent[i].address_id);
    for (size_t i = 0; i < l.n; i++)
        v->rows_open |= l.views[i].error.n > 0;
}

/* ---- the review ---- */

static struct checkout_parcel_view *parcels_of(
    struct cx *cx, const struct checkout_review *r, size_t *ret_n)
{
    struct checkout_parcel_view *parcels =
        NEW_N(cx->arena, r->names_n, struct checkout_parcel_view);
    for (size_t p = 0; p < r->names_n; p++) {
        struct order_line_view *lines = NEW_N(cx->arena, r->lines_n, struct order_line_view);
        parcels[p] = (struct checkout_parcel_view){ .lines = lines,
            .to = str_cat(cx->arena, S("To "), r->names[p]) };
        for (size_t i = 0; i < r->lines_n; i++)
            if (r->to[i] == p)
                lines[parcels[p].lines_n++] = r->lines[i];
    }
    *ret_n = r->names_n;
    return parcels;
}

void checkout_show_parcels(
    struct cx *cx, const struct checkout_review *review, struct checkout_view *v)
{
    v->parcels = parcels_of(cx, review, &v->parcels_n);
}

void checkout_thanks_parcels(
    struct cx *cx, const struct orders_order *o, struct confirmation_view *v)
{
    if (o->groups_n <= 1)
        return;
    struct order_line_view *lines = NEW_N(cx->arena, o->lines_n, struct order_line_view);
    size_t *to = NEW_N(cx->arena, o->lines_n, size_t);
    str *names = NEW_N(cx->arena, o->groups_n, str);
    for (size_t i = 0; i < o->lines_n; i++) {
        lines[i] = checkout_bought_view(cx->arena, o, &o->lines[i]);
        to[i] = o->lines[i].group;
    }
    for (size_t g = 0; g < o->groups_n; g++) {
        const struct orders_address *a = o->groups[g].address ? o->groups[g].address : &o->address;
        names[g] = str_fmt(cx->arena, STR_F ", " STR_F ", " STR_F, STR_A(a->name), STR_A(a->line1),
            STR_A(a->city));
    }
    const struct checkout_review review = { lines, to, names, o->lines_n, o->groups_n };
    v->parcels = parcels_of(cx, &review, &v->parcels_n);
}
