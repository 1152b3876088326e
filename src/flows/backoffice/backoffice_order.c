/* SPDX-License-Identifier: Apache-2.0
 * One order as staff see it: lines, money, what has happened, payments, the work under way, the
 * books. Called by the gateway; must never change anything. */
#include "flows/backoffice/backoffice_order.h"

#define HERE "/admin/orders"

static const struct json_field order_fields[] = {
    JSON_ID(struct backoffice_order_in, order_id, .at = AT_PATH, .required = true),
    JSON_STR(struct backoffice_order_in, said, .at = AT_QUERY, .max = 20),
    JSON_STR(struct backoffice_order_in, at, .at = AT_QUERY, .max = 20),
    JSON_STR(struct backoffice_order_in, reason, .at = AT_QUERY, .max = 1000),
    JSON_STR(struct backoffice_order_in, amount, .at = AT_QUERY, .max = 100),
};
const struct json_shape backoffice_order_in_shape =
    JSON_SHAPE("OfficeOrderQuery", struct backoffice_order_in, order_fields);

struct seen {
    struct orders_order order;
    struct orders_event *events;
    struct payments_payment *payments;
    struct ledger_posting *postings;
    struct saga_view saga;
    size_t events_n, payments_n, postings_n;
    bool under_way, reviewed;
};

static err see(struct backoffice *b, struct cx *cx, id order_id, struct seen *s)
{
    struct fraud_review review;
    err e =
        orders_get(b->deps.orders, cx, (struct orders_owner){ .staff = true }, order_id, &s->order);
    if (!e)
        e = orders_history(b->deps.orders, cx, order_id, &s->events, &s->events_n);
    if (!e)
        e = payments_of_order(b->deps.payments, cx, order_id, &s->payments, &s->payments_n);
    if (!e)
        e = ledger_of(b->deps.ledger, cx, order_id, &s->postings, &s->postings_n);
    if (e)
        return e;
    e = saga_get(b->deps.sagas, cx, id_text(cx->arena, order_id), &s->saga);
    s->under_way = !e;
    if (e == NULL || e == &ERR_MISSING)
        e = fraud_review_get(b->deps.fraud, cx, order_id, &review);
    s->reviewed = !e;
    if (e == &ERR_MISSING)
        e = NULL;
    cx_clear(cx);
    return e;
}

/* ---- lines and money ---- */

static const struct office_table_view *lines_of(struct cx *cx, const struct orders_order *o)
{
    static const struct backoffice_column columns[] = { { "Article", false }, { "Quantity", true },
        { "Each", true }, { "Tax", true }, { "Sum", true }, { NULL, false } };
    const size_t width = COUNT(columns) - 1;
    struct arena *a = cx->arena;
    struct office_cell_view *cells = NEW_N(a, o->lines_n * width, struct office_cell_view);
    for (size_t i = 0; i < o->lines_n; i++) {
        const struct orders_line *l = &o->lines[i];
        struct office_cell_view *row = cells + i * width;
        str note = l->variant_text.n
                       ? str_fmt(a, STR_F ", " STR_F, STR_A(l->variant_text), STR_A(l->sku))
                       : l->sku;
        if (o->groups_n > 1)
            note = str_fmt(a, STR_F "; parcel %d, " STR_F, STR_A(note), (int)l->group + 1,
                STR_A(backoffice_domain_words(a, l->status)));
        row[0] = (struct office_cell_view){
            .text = l->title, .href = str_cat(a, S("/p/"), id_text(a, l->product_id)), .note = note
        };
        row[1] = (struct office_cell_view){ .text = web_number(a, l->quantity) };
        row[2] = (struct office_cell_view){ .text = web_money(a, l->price) };
        row[3] = (struct office_cell_view){ .text = web_money(a, l->tax) };
        row[4] = (struct office_cell_view){ .text = web_money(a, l->subtotal) };
        if (l->discount.minor)
            row[4].note = str_cat(a, S("less "), web_money(a, l->discount));
    }
    return backoffice_table(cx, "What was ordered", columns, cells, o->lines_n);
}

static const struct office_facts_view *money_of_order(
    struct cx *cx, const struct seen *s, money left)
{
    struct arena *a = cx->arena;
    const struct orders_order *o = &s->order;
    struct office_fact_view *rows = NEW_N(a, 8, struct office_fact_view);
    size_t n = 0;
    backoffice_fact(rows, &n, "Goods", web_money(a, o->subtotal));
    if (o->discount.minor)
        backoffice_fact(
            rows, &n, "Discount", str_cat(a, S("\xE2\x88\x92"), web_money(a, o->discount)));
    backoffice_fact(rows, &n, "Shipping", web_money(a, o->shipping));
    backoffice_fact(rows, &n, "Tax", web_money(a, o->tax));
    backoffice_fact(rows, &n, "Total", web_money(a, o->total));
    backoffice_fact(rows, &n, "Paid and kept", web_money(a, left));
    return backoffice_facts(cx, rows, n);
}

static str address_text(struct cx *cx, const struct orders_address *at)
{
    const str parts[] = { at->name, at->line1, at->line2, at->postal_code, at->city, at->region,
        at->country };
    struct buf out = { .arena = cx->arena };
    for (size_t i = 0; i < COUNT(parts); i++) {
        if (!parts[i].n)
            continue;
        if (out.n)
            buf_add(&out, S(", "));
        buf_add(&out, parts[i]);
    }
    return buf_str(&out);
}

static const struct office_facts_view *facts_of(struct cx *cx, const struct seen *s)
{
    struct arena *a = cx->arena;
    const struct orders_order *o = &s->order;
    struct office_fact_view *rows = NEW_N(a, 8, struct office_fact_view);
    size_t n = 0;
    backoffice_fact(rows, &n, "Buyer", o->email);
    rows[0].href = str_cat(a, S(HERE "?q="), str_url_encode(a, o->email));
    backoffice_fact(rows, &n, "Account", id_is_none(o->user_id) ? S("None, a guest") : S("Yes"));
    if (o->groups_n == 1)
        backoffice_fact(rows, &n, "Ships to", address_text(cx, &o->address));
    backoffice_fact(rows, &n, "Phone", o->address.phone);
    backoffice_fact(rows, &n, "Delivery", backoffice_domain_words(a, o->speed));
    backoffice_fact(rows, &n, o->delivered_ms ? "Delivered" : "Expected",
        o->delivered_ms ? backoffice_time(cx, o->delivered_ms)
                        : web_days(a, o->estimated_from_ms, o->estimated_ms));
    if (s->reviewed) {
        backoffice_fact(rows, &n, "Fraud", S("It was under review"));
        if (cx->who.roles & ROLE_ADMIN)
            rows[n - 1].href = str_cat(a, S("/admin/fraud/"), id_text(a, o->order_id));
    }
    return backoffice_facts(cx, rows, n);
}

/* ---- what has happened ---- */

static const struct office_timeline_view *history_of(struct cx *cx, const struct seen *s)
{
    struct event_view *events = NEW_N(cx->arena, s->events_n, struct event_view);
    struct office_timeline_view *v = NEW(cx->arena, struct office_timeline_view);
    for (size_t i = 0; i < s->events_n; i++) {
        const struct orders_event *e = &s->events[i];
        str chip, who = S("the system");
        if (!id_is_none(e->actor_id))
            who = id_eq(e->actor_id, s->order.user_id) ? S("the buyer") : S("staff");
        else if (i == 0)
            who = S("a guest");
        str label = i == 0 ? S("Ordered") : backoffice_order_status(e->to, &chip);
        if (!id_is_none(e->refund_id))
            label = e->repaid ? S("Refund paid another way") : S("Refund came back");
        if (e->group >= 0)
            label = str_fmt(cx->arena, "Parcel %d: " STR_F, (int)e->group + 1, STR_A(label));
        events[i] = (struct event_view){ .label = label,
            .date = str_fmt(
                cx->arena, STR_F ", by " STR_F, STR_A(backoffice_time(cx, e->at_ms)), STR_A(who)),
            .text = e->tracking.n ? str_cat(cx->arena, S("Tracking number: "), e->tracking)
                                  : backoffice_domain_words(cx->arena, e->reason),
            .done = true,
            .current = i + 1 == s->events_n,
            .bad = e->to == ORDERS_CANCELLED || (!id_is_none(e->refund_id) && !e->repaid) };
    }
    *v = (struct office_timeline_view){ .events = events, .events_n = s->events_n };
    return v;
}

static const char *payment_chip(enum payments_status status)
{
    static const char *const chips[] = { [PAYMENTS_STARTED] = "warn",
        [PAYMENTS_UNKNOWN_ANSWER] = "bad",
        [PAYMENTS_CHALLENGED] = "warn",
        [PAYMENTS_AUTHORIZED] = "warn",
        [PAYMENTS_CAPTURED] = "good",
        [PAYMENTS_REFUSED] = "bad",
        [PAYMENTS_VOIDED] = "off",
        [PAYMENTS_REFUNDED] = "off" };
    return chips[status];
}

static const struct office_table_view *payments_of(struct cx *cx, const struct seen *s)
{
    static const struct backoffice_column columns[] = { { "Paid by", false }, { "State", false },
        { "Amount", true }, { "Captured", true }, { "Given back", true }, { "At", false },
        { NULL, false } };
    const size_t width = COUNT(columns) - 1;
    struct arena *a = cx->arena;
    struct office_cell_view *cells = NEW_N(a, s->payments_n * width, struct office_cell_view);
    for (size_t i = 0; i < s->payments_n; i++) {
        const struct payments_payment *p = &s->payments[i];
        struct office_cell_view *row = cells + i * width;
        currency cur = p->amount.currency;
        str by = backoffice_domain_words(a, p->method_type);
        if (p->last4.n)
            by = str_fmt(a, STR_F " ending in " STR_F, STR_A(backoffice_domain_words(a, p->brand)),
                STR_A(p->last4));
        row[0] = (struct office_cell_view){ .text = by, .note = p->provider };
        row[1] = (struct office_cell_view){ .text = backoffice_domain_words(
                                                a, str_from_c(payments_status_names[p->status])),
            .chip = str_from_c(payment_chip(p->status)),
            .note = p->decline_text };
        row[2] = (struct office_cell_view){ .text = web_money(a, p->amount) };
        row[3] =
            (struct office_cell_view){ .text = web_money(a, money_of(p->captured_minor, cur)) };
        row[4] =
            (struct office_cell_view){ .text = web_money(a, money_of(p->refunded_minor, cur)) };
        row[5] = (struct office_cell_view){ .text = backoffice_time(cx, p->created_ms) };
    }
    return backoffice_table(cx, "Payments", columns, cells, s->payments_n);
}

/* ---- the books ---- */

/* A row an entry; the posting's name stands at its first. */
static const struct office_table_view *ledger_table(struct cx *cx, const struct seen *s)
{
    static const struct backoffice_column columns[] = { { "Posting", false }, { "Account", false },
        { "Debit", true }, { "Credit", true }, { NULL, false } };
    const size_t width = COUNT(columns) - 1;
    struct arena *a = cx->arena;
    size_t rows = 0;
    for (size_t i = 0; i < s->postings_n; i++)
        rows += s->postings[i].n;
    struct office_cell_view *cells = NEW_N(a, rows * width, struct office_cell_view);
    struct office_cell_view *row = cells;
    for (size_t i = 0; i < s->postings_n; i++)
        for (size_t k = 0; k < s->postings[i].n; k++, row += width) {
            const struct ledger_posting *p = &s->postings[i];
            const struct ledger_entry *entry = &p->entries[k];
            money m = money_of(entry->minor < 0 ? -entry->minor : entry->minor, p->currency);
            if (k == 0) {
                row[0].text = backoffice_domain_words(a, p->kind);
                row[0].note = backoffice_time(cx, p->at_ms);
                row[0].strong = true;
            }
            row[1].text =
                backoffice_domain_words(a, str_from_c(ledger_kind_names[entry->account.kind]));
            row[entry->minor > 0 ? 2 : 3].text = web_money(a, m);
        }
    return backoffice_table(cx, "The books", columns, cells, rows);
}

/* ---- the work under way ---- */

static struct office_block_view work_block(struct cx *cx, const struct seen *s)
{
    struct office_fact_view *rows = NEW_N(cx->arena, 6, struct office_fact_view);
    const struct saga_view *g = &s->saga;
    size_t n = 0;
    backoffice_fact(rows, &n, "Kind", backoffice_domain_words(cx->arena, g->kind));
    backoffice_fact(rows, &n, g->undoing ? "Undoing" : "Next step",
        backoffice_domain_words(cx->arena, g->step));
    backoffice_fact(rows, &n, "Tries", web_number(cx->arena, g->attempts));
    backoffice_fact(rows, &n, "Next try", backoffice_when(cx, g->next_ms));
    backoffice_fact(rows, &n, "Last error", g->error);
    struct office_block_view block = {
        .key = S("work"), .title = S("Work under way"), .facts = backoffice_facts(cx, rows, n)
    };
    if (cx->who.roles & ROLE_ADMIN) {
        struct link_view *link = NEW(cx->arena, struct link_view);
        *link = (struct link_view){ S("All steps, and another try"),
            str_cat(cx->arena, S("/admin/sagas/"), id_text(cx->arena, g->saga_id)) };
        block.links = link;
        block.links_n = 1;
    }
    return block;
}

/* ---- one of several parcels ---- */

/* What came back of refunds is not the shop's: it is owed to the buyer, or was paid another way. */
static int64_t returned_minor(const struct seen *s)
{
    int64_t minor = 0;
    for (size_t i = 0; i < s->postings_n; i++)
        for (size_t k = 0; str_eq(s->postings[i].kind, S(LEDGER_RETURNED)) && k < s->postings[i].n;
             k++)
            if (s->postings[i].entries[k].account.kind == LEDGER_BUYER)
                minor -= s->postings[i].entries[k].minor;
    return minor;
}

static money left_of(const struct seen *s)
{
    int64_t minor = -returned_minor(s);
    for (size_t i = 0; i < s->payments_n; i++)
        minor += s->payments[i].captured_minor - s->payments[i].refunded_minor;
    return money_of(minor, s->order.total.currency);
}

static struct office_block_view parcel_block(
    struct cx *cx, const struct seen *s, const struct backoffice_order_in *in, size_t group)
{
    struct arena *a = cx->arena;
    const struct orders_order *o = &s->order;
    const struct orders_group *g = &o->groups[group];
    struct office_fact_view *rows = NEW_N(a, 5, struct office_fact_view);
    str number = str_from_i64(a, (int64_t)group + 1), chip, tracking = { 0 };
    size_t n = 0, pieces = 0;
    for (size_t i = 0; i < o->lines_n; i++)
        pieces += o->lines[i].group == group ? (size_t)o->lines[i].quantity : 0;
    for (size_t i = 0; i < s->events_n; i++)
        if (s->events[i].tracking.n &&
            (s->events[i].group < 0 || (size_t)s->events[i].group == group))
            tracking = s->events[i].tracking;
    backoffice_fact(rows, &n, "State", backoffice_order_status(g->status, &chip));
    backoffice_fact(rows, &n, "Ships to", address_text(cx, g->address ? g->address : &o->address));
    backoffice_fact(rows, &n, "Pieces", web_number(a, (int64_t)pieces));
    backoffice_fact(rows, &n, "Tracking", tracking);
    struct office_block_view block = { .key = str_cat(a, S("parcel-"), number),
        .title = str_cat(a, S("Parcel "), number),
        .facts = backoffice_facts(cx, rows, n) };
    block.forms = backoffice_parcel_forms(cx, o, group, left_of(s), in, &block.forms_n);
    return block;
}

/* ---- the page ---- */

static void fill_main(struct cx *cx, const struct seen *s, struct office_view *v)
{
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 4);
    backoffice_add(&blocks,
        (struct office_block_view){
            .key = S("lines"), .title = S("What was ordered"), .table = lines_of(cx, &s->order) });
    backoffice_add(&blocks, (struct office_block_view){ .key = S("payments"),
                                .title = S("Payments"),
                                .table = payments_of(cx, s),
                                .empty = s->payments_n ? (str){ 0 } : S("None.") });
    backoffice_add(&blocks, (struct office_block_view){ .key = S("books"),
                                .title = S("The books"),
                                .table = ledger_table(cx, s),
                                .empty = s->postings_n ? (str){ 0 } : S("Nothing is booked.") });
    backoffice_add(
        &blocks, (struct office_block_view){
                     .key = S("history"), .title = S("History"), .timeline = history_of(cx, s) });
    v->blocks = blocks.list;
    v->blocks_n = blocks.n;
}

static void fill_side(struct cx *cx, const struct seen *s, const struct backoffice_order_in *in,
    struct office_view *v)
{
    struct backoffice_blocks side = backoffice_blocks_of(cx, 5 + s->order.groups_n);
    money left = left_of(s);
    size_t forms_n, back_n;
    const struct office_form_view *back =
        backoffice_back_forms(cx, &s->order, s->events, s->events_n, &back_n);
    const struct office_form_view *forms =
        backoffice_order_forms(cx, &s->order, left, in, &forms_n);
    if (s->under_way)
        backoffice_add(&side, work_block(cx, s));
    if (back_n)
        backoffice_add(
            &side, (struct office_block_view){ .key = S("back"),
                       .title = S("Refund that came back"),
                       .text = S("The money is with us again, and the buyer is owed it."),
                       .forms = back,
                       .forms_n = back_n });
    if (forms_n)
        backoffice_add(&side, (struct office_block_view){ .key = S("acts"),
                                  .title = S("What can be done"),
                                  .forms = forms,
                                  .forms_n = forms_n });
    for (size_t g = 0; s->order.groups_n > 1 && g < s->order.groups_n; g++)
        backoffice_add(&side, parcel_block(cx, s, in, g));
    backoffice_add(
        &side, (struct office_block_view){
                   .key = S("money"), .title = S("Money"), .facts = money_of_order(cx, s, left) });
    backoffice_add(
        &side, (struct office_block_view){
                   .key = S("facts"), .title = S("Buyer and delivery"), .facts = facts_of(cx, s) });
    v->side = side.list;
    v->side_n = side.n;
}

err backoffice_get_order(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct backoffice_order_in *in = body;
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct seen s = { .events_n = 0 };
    err e = see(b, cx, in->order_id, &s);
    if (e)
        return e;
    v->title = s.order.number;
    v->status = backoffice_order_state(s.order.status, s.order.payment_status, &v->status_kind);
    v->lead = str_fmt(cx->arena, "Ordered " STR_F ", payment " STR_F,
        STR_A(backoffice_time(cx, s.order.created_ms)),
        STR_A(str_lower(cx->arena, backoffice_domain_words(cx->arena, s.order.payment_status))));
    v->back = backoffice_back(cx, "Orders", HERE);
    v->alert = backoffice_order_said(cx, &s.order, in);
    v->two = true;
    fill_main(cx, &s, v);
    fill_side(cx, &s, in, v);
    return backoffice_show(b, cx, v, HERE, 200, reply);
}
