/* SPDX-License-Identifier: Apache-2.0
 * All orders: by number, by e-mail, by status, newest first. Called by the gateway; must never read
 * more than a stretch of them. */
#include "flows/backoffice/backoffice_order.h"

#define HERE "/admin/orders"

/* ---- words ---- */

static const struct {
    const char *label, *chip;
} statuses[] = {
    [ORDERS_PENDING] = { "Waits for payment", "warn" },
    [ORDERS_CONFIRMED] = { "Confirmed", "info" },
    [ORDERS_PROCESSING] = { "Being packed", "info" },
    [ORDERS_SHIPPED] = { "On its way", "info" },
    [ORDERS_DELIVERED] = { "Delivered", "good" },
    [ORDERS_CANCELLED] = { "Cancelled", "bad" },
    [ORDERS_RETURN_REQUESTED] = { "Return asked for", "warn" },
    [ORDERS_RETURN_APPROVED] = { "Return approved", "warn" },
    [ORDERS_REFUNDED] = { "Money returned", "off" },
};

str backoffice_order_state(enum orders_status status, str payment_status, str *ret_chip)
{
    if (status != ORDERS_PENDING || !str_eq(payment_status, S("authorized")))
        return backoffice_order_status(status, ret_chip);
    *ret_chip = S("warn"); /* the money is held, and a person looks at it */
    return S("Under review");
}

str backoffice_order_status(enum orders_status status, str *ret_chip)
{
    *ret_chip = str_from_c(statuses[status].chip);
    return str_from_c(statuses[status].label);
}

/* ---- the list ---- */

struct list_in {
    str q, status, refunds;
    id before;
};
static const char *const refunds_names[] = { "failed", NULL };
static const struct json_field list_fields[] = {
    JSON_STR(struct list_in, q, .at = AT_QUERY, .max = 1000),
    JSON_STR(struct list_in, status, .at = AT_QUERY, .one_of = orders_status_names),
    JSON_STR(struct list_in, refunds, .at = AT_QUERY, .one_of = refunds_names),
    JSON_ID(struct list_in, before, .at = AT_QUERY),
};
const struct json_shape backoffice_orders_in =
    JSON_SHAPE("OfficeOrdersQuery", struct list_in, list_fields);

struct list {
    struct orders_brief *rows;
    size_t n;
    id more;
    bool by_status, failed; /* failed: of which a refund came back */
    enum orders_status status;
    str email, unknown; /* unknown: what was looked for in vain */
};

static const struct office_table_view *table_of(struct cx *cx, const struct list *l)
{
    static const struct backoffice_column columns[] = { { "Order", false }, { "Status", false },
        { "Payment", false }, { "Total", true }, { "Ordered", false }, { NULL, false } };
    const size_t width = COUNT(columns) - 1;
    struct office_cell_view *cells = NEW_N(cx->arena, l->n * width, struct office_cell_view);
    for (size_t i = 0; i < l->n; i++) {
        const struct orders_brief *o = &l->rows[i];
        struct office_cell_view *row = cells + i * width;
        str chip;
        str label = backoffice_order_state(o->status, o->payment_status, &chip);
        row[0] = (struct office_cell_view){ .text = o->number,
            .href = backoffice_order_path(cx->arena, o->order_id),
            .note = id_is_none(o->user_id) ? str_cat(cx->arena, o->email, S(" (guest)")) : o->email,
            .strong = true };
        row[1] = (struct office_cell_view){ .text = label, .chip = chip };
        row[2] = (struct office_cell_view){ .text = backoffice_domain_words(
                                                cx->arena, o->payment_status) };
        row[3] = (struct office_cell_view){ .text = web_money(cx->arena, o->total) };
        row[4] = (struct office_cell_view){ .text = backoffice_when(cx, o->created_ms),
            .note = backoffice_time(cx, o->created_ms) };
    }
    return backoffice_table(cx, "Orders, newest first", columns, cells, l->n);
}

static const struct office_tabs_view *tabs_of(struct cx *cx, const struct list *l)
{
    struct office_link_view *links =
        NEW_N(cx->arena, ORDERS_STATUSES_N + 2, struct office_link_view);
    struct office_tabs_view *tabs = NEW(cx->arena, struct office_tabs_view);
    links[0] = (struct office_link_view){
        .label = S("All"), .href = S(HERE), .current = !l->by_status && !l->failed && !l->email.n
    };
    for (int s = 0; s < ORDERS_STATUSES_N; s++)
        links[s + 1] = (struct office_link_view){ .label = str_from_c(statuses[s].label),
            .href = str_fmt(cx->arena, HERE "?status=%s", orders_status_names[s]),
            .current = l->by_status && s == (int)l->status };
    links[ORDERS_STATUSES_N + 1] = (struct office_link_view){
        .label = S("Refund came back"), .href = S(BACKOFFICE_REFUNDS_FAILED), .current = l->failed
    };
    *tabs = (struct office_tabs_view){
        .label = S("Status"), .links = links, .links_n = ORDERS_STATUSES_N + 2
    };
    return tabs;
}

static const struct office_paging_view *paging_of(struct cx *cx, const struct list *l, bool later)
{
    if (!later && id_is_none(l->more))
        return NULL;
    struct office_paging_view *v = NEW(cx->arena, struct office_paging_view);
    str same = S(HERE "?");
    if (l->by_status)
        same = str_fmt(cx->arena, HERE "?status=%s&", orders_status_names[l->status]);
    if (l->email.n)
        same = str_fmt(cx->arena, HERE "?q=" STR_F "&", STR_A(str_url_encode(cx->arena, l->email)));
    if (later)
        v->newest = str_sub(same, 0, same.n - 1);
    if (!id_is_none(l->more))
        v->older = str_fmt(
            cx->arena, STR_F "before=" STR_F, STR_A(same), STR_A(id_text(cx->arena, l->more)));
    return v;
}

static str empty_text(struct cx *cx, const struct list *l)
{
    if (l->n)
        return (str){ 0 };
    if (l->unknown.n)
        return str_fmt(cx->arena,
            "No order is called " STR_F
            ". Look for a whole number, like 112-1234567-1234567, or "
            "for the buyer's e-mail.",
            STR_A(l->unknown));
    if (l->by_status && !id_is_none(l->more))
        return S("None among the latest orders; look further back with Older.");
    return l->failed ? S("None in the last 90 days.") : S("None.");
}

static err show_list(struct backoffice *b, struct cx *cx, const struct list *l,
    const struct list_in *in, struct reply *reply)
{
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct office_find_view *find = NEW(cx->arena, struct office_find_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 1);
    backoffice_add(&blocks, (struct office_block_view){ .key = S("orders"),
                                .title = S("Orders, newest first"),
                                .hide_title = true,
                                .table = table_of(cx, l),
                                .empty = empty_text(cx, l) });
    *find = (struct office_find_view){
        .label = S("Order number or e-mail"), .value = in->q, .action = S(HERE), .button = S("Find")
    };
    v->title = S("Orders");
    v->find = find;
    v->tabs = tabs_of(cx, l);
    v->paging = paging_of(cx, l, !id_is_none(in->before));
    v->blocks = blocks.list;
    v->blocks_n = blocks.n;
    return backoffice_show(b, cx, v, HERE, 200, reply);
}

static err find_buyer(struct backoffice *b, struct cx *cx, const struct list_in *in, struct list *l)
{
    struct identity_user user = { .user_id = { { 0 } } };
    l->email = str_trim(in->q);
    err e = identity_user_by_email(b->deps.identity, cx, l->email, &user);
    if (e == &ERR_MISSING) {
        cx_clear(cx);
        e = NULL;
    }
    if (!e)
        e = orders_of_buyer(b->deps.orders, cx,
            (struct orders_buyer){ .before = in->before,
                .user_id = user.user_id,
                .email = l->email,
                .limit = BACKOFFICE_ROWS },
            &l->rows, &l->n);
    if (!e && l->n == BACKOFFICE_ROWS)
        l->more = l->rows[l->n - 1].order_id;
    if (!e && l->n == 0)
        l->unknown = l->email;
    return e;
}

/* The latest failure first, and no more than fit: they are rare. */
static err list_failed(struct backoffice *b, struct cx *cx, struct list *l)
{
    l->failed = true;
    return orders_refunds_failed(
        b->deps.orders, cx, cx->now_ms - BACKOFFICE_REFUNDS_MS, BACKOFFICE_ROWS, &l->rows, &l->n);
}

static err list_all(struct backoffice *b, struct cx *cx, const struct list_in *in, struct list *l)
{
    for (int s = 0; s < ORDERS_STATUSES_N; s++)
        if (str_eq(in->status, str_from_c(orders_status_names[s]))) {
            l->by_status = true;
            l->status = (enum orders_status)s;
        }
    return orders_all(b->deps.orders, cx,
        (struct orders_every){ .before = in->before,
            .limit = BACKOFFICE_ROWS,
            .by_status = l->by_status,
            .status = l->status },
        &l->rows, &l->n, &l->more);
}

err backoffice_get_orders(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct list_in *in = body;
    struct list l = { .n = 0 };
    str wanted = str_trim(in->q);
    id order_id = { .b = { 0 } };
    err e = NULL;
    if (in->refunds.n) {
        e = list_failed(b, cx, &l);
    } else if (!wanted.n) {
        e = list_all(b, cx, in, &l);
    } else if (str_find_char(wanted, '@', 0) >= 0) {
        e = find_buyer(b, cx, in, &l);
    } else {
        e = id_parse(wanted, &order_id) ? NULL
                                        : orders_by_number(b->deps.orders, cx, wanted, &order_id);
        if (!e)
            return reply_redirect(reply, backoffice_order_path(cx->arena, order_id));
        if (e == &ERR_MISSING) {
            cx_clear(cx);
            l.unknown = wanted;
            e = NULL;
        }
    }
    return e ? e : show_list(b, cx, &l, in, reply);
}
