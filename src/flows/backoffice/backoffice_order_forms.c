/* SPDX-License-Identifier: Apache-2.0
 * What staff can do to an order, as forms: the verbs are the checkout's, and so are the routes that
 * take them. Called by the order's page; must never offer what its state refuses. */
#include "flows/backoffice/backoffice_order.h"

#define FORMS_MAX 4

static str action_of(struct cx *cx, const struct orders_order *o, const char *what)
{
    return str_cat(cx->arena, backoffice_order_path(cx->arena, o->order_id), str_from_c(what));
}

static bool is_at(const struct backoffice_order_in *in, const char *at)
{
    return str_eq(in->at, str_from_c(at));
}

static str error_if(
    const struct backoffice_order_in *in, const char *at, const char *said, const char *text)
{
    return is_at(in, at) && str_eq(in->said, str_from_c(said)) ? str_from_c(text) : (str){ 0 };
}

static struct office_field_view reason_field(
    const struct backoffice_order_in *in, const char *at, bool required, const char *hint)
{
    return (struct office_field_view){ .name = S("reason"),
        .label = required ? S("Reason") : S("Note (optional)"),
        .value = is_at(in, at) ? in->reason : (str){ 0 },
        .hint = str_from_c(hint),
        .error = error_if(in, at, "reason", "A reason is needed, of at most 200 characters"),
        .max = BACKOFFICE_REASON_MAX,
        .required = required };
}

static struct office_field_view sure_field(
    const struct backoffice_order_in *in, const char *at, str label)
{
    return (struct office_field_view){ .name = S("sure"),
        .label = label,
        .error = error_if(in, at, "unsure", "Tick this first"),
        .check = true,
        .required = true };
}

static const struct hidden_view *hidden_of(struct cx *cx, str name, str value)
{
    struct hidden_view *v = NEW(cx->arena, struct hidden_view);
    *v = (struct hidden_view){ name, value };
    return v;
}

/* ---- the forms ---- */

static struct office_form_view move_form(
    struct cx *cx, const struct orders_order *o, const struct backoffice_order_in *in)
{
    static const struct {
        enum orders_status from;
        const char *to, *button, *text;
    } moves[] = {
        { ORDERS_CONFIRMED, "processing", "Start packing", "The warehouse packs it next." },
        { ORDERS_PROCESSING, "shipped", "Mark as shipped",
            "The buyer is told that it is on its way. It cannot be cancelled any more." },
        { ORDERS_SHIPPED, "delivered", "Mark as delivered",
            "The buyer can ask for a return from now on." },
    };
    for (size_t i = 0; i < COUNT(moves); i++) {
        if (moves[i].from != o->status)
            continue;
        struct office_field_view *field = NEW(cx->arena, struct office_field_view);
        *field = reason_field(in, "move", false, "Kept in the order's history.");
        return (struct office_form_view){ .key = S("move"),
            .text = str_from_c(moves[i].text),
            .action = action_of(cx, o, "/status"),
            .button = str_from_c(moves[i].button),
            .hidden = hidden_of(cx, S("status"), str_from_c(moves[i].to)),
            .hidden_n = 1,
            .fields = field,
            .fields_n = 1 };
    }
    return (struct office_form_view){ .fields_n = 0 };
}

static struct office_form_view cancel_form(
    struct cx *cx, const struct orders_order *o, money left, const struct backoffice_order_in *in)
{
    struct office_field_view *fields = NEW_N(cx->arena, 2, struct office_field_view);
    fields[0] = reason_field(in, "cancel", true, "Kept in the order's history.");
    fields[1] = sure_field(in, "cancel", S("Yes, cancel this order"));
    return (struct office_form_view){ .key = S("cancel"),
        .ask = S("Cancel the order\xE2\x80\xA6"),
        .kind = S("bad"),
        .text = str_fmt(cx->arena,
            "Nothing is sent, the stock goes back, and " STR_F
            " goes back to the buyer. This cannot be undone.",
            STR_A(web_money(cx->arena, left))),
        .action = action_of(cx, o, "/cancel"),
        .button = S("Cancel the order"),
        .fields = fields,
        .fields_n = 2,
        .open = is_at(in, "cancel") };
}

static struct office_form_view return_form(
    struct cx *cx, const struct orders_order *o, money left, const struct backoffice_order_in *in)
{
    struct office_field_view *fields = NEW_N(cx->arena, 2, struct office_field_view);
    fields[0] = reason_field(in, "return", false, "Kept in the order's history.");
    fields[1] = sure_field(in, "return", S("Yes, the goods are here"));
    return (struct office_form_view){ .key = S("return"),
        .ask = S("Approve the return\xE2\x80\xA6"),
        .text = str_fmt(cx->arena,
            "The goods came back: the stock goes up, and " STR_F
            " goes back to the buyer. This cannot be undone.",
            STR_A(web_money(cx->arena, left))),
        .action = action_of(cx, o, "/return"),
        .button = S("Approve the return"),
        .fields = fields,
        .fields_n = 2,
        .open = is_at(in, "return") };
}

static struct office_form_view refund_form(
    struct cx *cx, const struct orders_order *o, money left, const struct backoffice_order_in *in)
{
    struct office_field_view *fields = NEW_N(cx->arena, 3, struct office_field_view);
    str most = money_decimal(cx->arena, left);
    fields[0] = (struct office_field_view){ .name = S("amount"),
        .label = str_cat(
            cx->arena, S("Amount in "), str_dup(cx->arena, currency_str(&o->total.currency))),
        .value = is_at(in, "refund") ? in->amount : (str){ 0 },
        .hint = str_cat(cx->arena, S("At most "), most),
        .error = is_at(in, "refund") && str_eq(in->said, S("amount"))
                     ? str_fmt(cx->arena, "An amount above 0 and at most " STR_F, STR_A(most))
                     : (str){ 0 },
        .inputmode = S("decimal"),
        .size = S("short"),
        .max = 20,
        .required = true };
    fields[1] = reason_field(in, "refund", true, "Kept with the refund.");
    fields[2] = sure_field(in, "refund", S("Yes, give this amount back"));
    return (struct office_form_view){ .key = S("refund"),
        .ask = S("Give money back\xE2\x80\xA6"),
        .kind = S("plain"),
        .text = S("The amount goes back the way it was paid; the order stays as it is. This "
                  "cannot be undone."),
        .action = action_of(cx, o, "/refunds"),
        .button = S("Give the amount back"),
        .hidden = hidden_of(cx, S("key"), id_text(cx->arena, cx_id(cx))),
        .hidden_n = 1,
        .fields = fields,
        .fields_n = 3,
        .open = is_at(in, "refund") };
}

static bool in_state(const struct orders_order *o, unsigned states)
{
    return (states & 1u << o->status) != 0;
}

/* Not once a parcel of it is under way. */
static bool all_here(const struct orders_order *o)
{
    for (size_t g = 0; g < o->groups_n; g++)
        if (o->groups[g].status > ORDERS_PROCESSING && o->groups[g].status != ORDERS_CANCELLED)
            return false;
    return in_state(o, 1u << ORDERS_CONFIRMED | 1u << ORDERS_PROCESSING);
}

const struct office_form_view *backoffice_order_forms(struct cx *cx, const struct orders_order *o,
    money left, const struct backoffice_order_in *in, size_t *ret_n)
{
    struct office_form_view *forms = NEW_N(cx->arena, FORMS_MAX, struct office_form_view);
    bool admin = (cx->who.roles & ROLE_ADMIN) != 0;
    size_t n = 0;
    if (admin &&
        in_state(o, 1u << ORDERS_CONFIRMED | 1u << ORDERS_PROCESSING | 1u << ORDERS_SHIPPED))
        forms[n++] = move_form(cx, o, in);
    if (admin && in_state(o, 1u << ORDERS_RETURN_REQUESTED | 1u << ORDERS_RETURN_APPROVED))
        forms[n++] = return_form(cx, o, left, in);
    if (admin && left.minor > 0 &&
        in_state(o, 1u << ORDERS_CONFIRMED | 1u << ORDERS_PROCESSING | 1u << ORDERS_SHIPPED |
                        1u << ORDERS_DELIVERED | 1u << ORDERS_RETURN_REQUESTED))
        forms[n++] = refund_form(cx, o, left, in);
    if (all_here(o))
        forms[n++] = cancel_form(cx, o, left, in);
    *ret_n = n;
    return forms;
}

/* The alert with a link to the field that needs another look. */
static const struct alert_view *with_field(
    struct cx *cx, const struct backoffice_order_in *in, const struct alert_view *alert)
{
    static const struct {
        const char *said, *field, *label;
    } fields[] = { { "amount", "amount", "The amount" }, { "reason", "reason", "The reason" },
        { "unsure", "sure", "To be ticked" } };
    static const char *const forms[] = { "move", "cancel", "return", "refund" };
    for (size_t i = 0; i < COUNT(fields); i++)
        for (size_t k = 0; k < COUNT(forms); k++) {
            if (!str_eq(in->said, str_from_c(fields[i].said)) || !is_at(in, forms[k]))
                continue;
            struct alert_view *v = NEW(cx->arena, struct alert_view);
            struct link_view *link = NEW(cx->arena, struct link_view);
            *link = (struct link_view){ str_from_c(fields[i].label),
                str_fmt(cx->arena, "#f-%s-%s", forms[k], fields[i].field) };
            *v = *alert;
            v->links = link;
            v->links_n = 1;
            return v;
        }
    return alert;
}

const struct alert_view *backoffice_order_said(
    struct cx *cx, const struct orders_order *o, const struct backoffice_order_in *in)
{
    str said = in->said;
    static const struct {
        const char *said, *kind, *title, *text;
    } words[] = {
        { "cancelled", "good", "The order is cancelled.", "Stock and money go back." },
        { "returned", "good", "The return is approved.", "Stock and money go back." },
        { "refunded", "good", "The amount goes back.", "" },
        { "state", "warn", "The order is not in a state that allows this.",
            "Somebody may have been faster; this is how it stands now." },
        { "busy", "warn", "Money of this order is on the move.",
            "Nothing was done; try again in a moment." },
        { "reused", "warn", "This form was sent before with something else in it.",
            "Nothing was done a second time; look at the ledger below." },
        { "amount", "bad", "Nothing was given back.", "The amount needs another look." },
        { "reason", "bad", "Nothing was done.", "The reason needs another look." },
        { "unsure", "bad", "Nothing was done.", "It was not confirmed." },
    };
    str chip;
    if (str_eq(said, S("moved")))
        return backoffice_alert(cx, "good",
            str_cat(cx->arena, S("The order is now: "), backoffice_order_status(o->status, &chip)),
            (str){ 0 });
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq(said, str_from_c(words[i].said)))
            return with_field(cx, in,
                backoffice_alert(cx, words[i].kind, str_from_c(words[i].title),
                    words[i].text[0] ? str_from_c(words[i].text) : (str){ 0 }));
    return NULL;
}
