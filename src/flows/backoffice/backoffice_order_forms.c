/* SPDX-License-Identifier: Apache-2.0
 * What staff can do to an order, as forms: the verbs are the checkout's, and so are the routes that
 * take them. Called by the order's page; must never offer what its state refuses. */
#include "flows/backoffice/backoffice_order.h"

#define FORMS_MAX 4

/* Of what: the whole order, or one of several parcels; and what could go back of it. */
struct act {
    const struct orders_order *o;
    const struct backoffice_order_in *in;
    enum orders_status status;
    int64_t group; /* from 1; 0: the order */
    money left;    /* of the order */
};

static str action_of(struct cx *cx, const struct act *a, const char *what)
{
    return str_cat(cx->arena, backoffice_order_path(cx->arena, a->o->order_id), str_from_c(what));
}

/* "cancel", or "cancel-2" of the second parcel. */
static str key_of(struct cx *cx, const struct act *a, const char *what)
{
    return a->group ? str_fmt(cx->arena, "%s-%d", what, (int)a->group) : str_from_c(what);
}

static bool is_at(const struct backoffice_order_in *in, str key)
{
    return str_eq(in->at, key);
}

static str error_if(
    const struct backoffice_order_in *in, str at, const char *said, const char *text)
{
    return is_at(in, at) && str_eq(in->said, str_from_c(said)) ? str_from_c(text) : (str){ 0 };
}

static struct office_field_view reason_field(
    const struct backoffice_order_in *in, str at, bool required, const char *hint)
{
    return (struct office_field_view){ .name = S("reason"),
        .label = required ? S("Reason") : S("Note (optional)"),
        .value = is_at(in, at) ? in->reason : (str){ 0 },
        .hint = str_from_c(hint),
        .error = error_if(in, at, "reason", "A reason is needed, of at most 200 characters"),
        .max = BACKOFFICE_REASON_MAX,
        .required = required };
}

static struct office_field_view sure_field(const struct backoffice_order_in *in, str at, str label)
{
    return (struct office_field_view){ .name = S("sure"),
        .label = label,
        .error = error_if(in, at, "unsure", "Tick this first"),
        .check = true,
        .required = true };
}

/* The group, when it is of one, and what else the form sends along. */
static void hide(
    struct cx *cx, const struct act *a, struct office_form_view *form, str name, str value)
{
    struct hidden_view *v = NEW_N(cx->arena, 2, struct hidden_view);
    size_t n = 0;
    if (a->group)
        v[n++] = (struct hidden_view){ S("fulfilmentGroup"), str_from_i64(cx->arena, a->group) };
    if (name.n)
        v[n++] = (struct hidden_view){ name, value };
    form->hidden = v;
    form->hidden_n = n;
}

/* ---- the forms ---- */

static struct office_field_view tracking_field(const struct act *a, str key)
{
    return (struct office_field_view){ .name = S("trackingNumber"),
        .label = S("Tracking number (optional)"),
        .hint = S("The buyer sees it with the order."),
        .error = error_if(a->in, key, "tracking", "A tracking number has at most 60 characters"),
        .max = 60 };
}

static struct office_form_view move_form(struct cx *cx, const struct act *a)
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
        if (moves[i].from != a->status)
            continue;
        struct office_field_view *fields = NEW_N(cx->arena, 2, struct office_field_view);
        str key = key_of(cx, a, "move");
        size_t n = 0;
        if (a->status == ORDERS_PROCESSING)
            fields[n++] = tracking_field(a, key);
        fields[n++] = reason_field(a->in, key, false, "Kept in the order's history.");
        struct office_form_view form = { .key = key,
            .text = str_from_c(moves[i].text),
            .action = action_of(cx, a, "/status"),
            .button = str_from_c(moves[i].button),
            .fields = fields,
            .fields_n = n };
        hide(cx, a, &form, S("status"), str_from_c(moves[i].to));
        return form;
    }
    return (struct office_form_view){ .fields_n = 0 };
}

static str back_text(struct cx *cx, const struct act *a, const char *before)
{
    str what = a->group ? S("what the parcel cost") : web_money(cx->arena, a->left);
    return str_fmt(cx->arena, "%s, and " STR_F " goes back to the buyer. This cannot be undone.",
        before, STR_A(what));
}

static struct office_form_view cancel_form(struct cx *cx, const struct act *a)
{
    struct office_field_view *fields = NEW_N(cx->arena, 2, struct office_field_view);
    str key = key_of(cx, a, "cancel");
    fields[0] = reason_field(a->in, key, true, "Kept in the order's history.");
    fields[1] = sure_field(
        a->in, key, a->group ? S("Yes, cancel this parcel") : S("Yes, cancel this order"));
    struct office_form_view form = { .key = key,
        .ask = a->group ? S("Cancel the parcel\xE2\x80\xA6") : S("Cancel the order\xE2\x80\xA6"),
        .kind = S("bad"),
        .text = a->status == ORDERS_PENDING
                    ? S("Nothing is sent or charged, and the stock goes back. This cannot be "
                        "undone.")
                    : back_text(cx, a, "Nothing is sent, the stock goes back"),
        .action = action_of(cx, a, "/cancel"),
        .button = a->group ? S("Cancel the parcel") : S("Cancel the order"),
        .fields = fields,
        .fields_n = 2,
        .open = is_at(a->in, key) };
    hide(cx, a, &form, (str){ 0 }, (str){ 0 });
    return form;
}

static struct office_form_view return_form(struct cx *cx, const struct act *a)
{
    struct office_field_view *fields = NEW_N(cx->arena, 2, struct office_field_view);
    str key = key_of(cx, a, "return");
    fields[0] = reason_field(a->in, key, false, "Kept in the order's history.");
    fields[1] = sure_field(a->in, key, S("Yes, the goods are here"));
    struct office_form_view form = { .key = key,
        .ask = S("Approve the return\xE2\x80\xA6"),
        .text = back_text(cx, a, "The goods came back: the stock goes up"),
        .action = action_of(cx, a, "/return"),
        .button = S("Approve the return"),
        .fields = fields,
        .fields_n = 2,
        .open = is_at(a->in, key) };
    hide(cx, a, &form, (str){ 0 }, (str){ 0 });
    return form;
}

static struct office_form_view refund_form(struct cx *cx, const struct act *a)
{
    struct office_field_view *fields = NEW_N(cx->arena, 3, struct office_field_view);
    str key = key_of(cx, a, "refund");
    str most = money_decimal(cx->arena, a->left);
    bool at = is_at(a->in, key);
    fields[0] = (struct office_field_view){ .name = S("amount"),
        .label = str_cat(
            cx->arena, S("Amount in "), str_dup(cx->arena, currency_str(&a->o->total.currency))),
        .value = at ? a->in->amount : (str){ 0 },
        .hint = str_cat(cx->arena, S("At most "), most),
        .error = at && str_eq(a->in->said, S("amount"))
                     ? str_fmt(cx->arena, "An amount above 0 and at most " STR_F, STR_A(most))
                     : (str){ 0 },
        .inputmode = S("decimal"),
        .size = S("short"),
        .max = 20,
        .required = true };
    fields[1] = reason_field(a->in, key, true, "Kept with the refund.");
    fields[2] = sure_field(a->in, key, S("Yes, give this amount back"));
    struct office_form_view form = { .key = key,
        .ask = S("Give money back\xE2\x80\xA6"),
        .kind = S("plain"),
        .text = S("The amount goes back the way it was paid; the order stays as it is. This "
                  "cannot be undone."),
        .action = action_of(cx, a, "/refunds"),
        .button = S("Give the amount back"),
        .fields = fields,
        .fields_n = 3,
        .open = at };
    hide(cx, a, &form, S("key"), id_text(cx->arena, cx_id(cx)));
    return form;
}

static bool in_state(const struct act *a, unsigned states)
{
    return (states & 1u << a->status) != 0;
}

/* What is still being placed, once; what stands, not once a parcel of it is under way. */
static bool may_cancel(const struct act *a)
{
    if (a->status == ORDERS_PENDING)
        return !a->o->withdrawn.n;
    for (size_t g = 0; !a->group && g < a->o->groups_n; g++)
        if (a->o->groups[g].status > ORDERS_PROCESSING &&
            a->o->groups[g].status != ORDERS_CANCELLED)
            return false;
    return in_state(a, 1u << ORDERS_CONFIRMED | 1u << ORDERS_PROCESSING);
}

static const struct office_form_view *forms_of(struct cx *cx, const struct act *a, size_t *ret_n)
{
    struct office_form_view *forms = NEW_N(cx->arena, FORMS_MAX, struct office_form_view);
    bool admin = (cx->who.roles & ROLE_ADMIN) != 0;
    size_t n = 0;
    if (admin &&
        in_state(a, 1u << ORDERS_CONFIRMED | 1u << ORDERS_PROCESSING | 1u << ORDERS_SHIPPED))
        forms[n++] = move_form(cx, a);
    if (admin && in_state(a, 1u << ORDERS_RETURN_REQUESTED | 1u << ORDERS_RETURN_APPROVED))
        forms[n++] = return_form(cx, a);
    if (admin && !a->group && a->left.minor > 0 &&
        in_state(a, 1u << ORDERS_CONFIRMED | 1u << ORDERS_PROCESSING | 1u << ORDERS_SHIPPED |
                        1u << ORDERS_DELIVERED | 1u << ORDERS_RETURN_REQUESTED))
        forms[n++] = refund_form(cx, a);
    if (may_cancel(a))
        forms[n++] = cancel_form(cx, a);
    *ret_n = n;
    return forms;
}

const struct office_form_view *backoffice_order_forms(struct cx *cx, const struct orders_order *o,
    money left, const struct backoffice_order_in *in, size_t *ret_n)
{
    const struct act act = { .o = o, .in = in, .status = o->status, .left = left };
    return forms_of(cx, &act, ret_n);
}

const struct office_form_view *backoffice_parcel_forms(struct cx *cx, const struct orders_order *o,
    size_t group, money left, const struct backoffice_order_in *in, size_t *ret_n)
{
    const struct act act = { .o = o,
        .in = in,
        .status = o->groups[group].status,
        .group = (int64_t)group + 1,
        .left = left };
    if (o->status == ORDERS_PENDING || o->status == ORDERS_CANCELLED) { /* it moves as a whole */
        *ret_n = 0;
        return NULL;
    }
    return forms_of(cx, &act, ret_n);
}

/* The alert with a link to the field that needs another look. */
static const struct alert_view *with_field(
    struct cx *cx, const struct backoffice_order_in *in, const struct alert_view *alert)
{
    static const struct {
        const char *said, *field, *label;
    } fields[] = { { "amount", "amount", "The amount" }, { "reason", "reason", "The reason" },
        { "unsure", "sure", "To be ticked" }, { "tracking", "trackingNumber", "The number" } };
    static const char *const forms[] = { "move", "cancel", "return", "refund" };
    str rest = in->at, form = str_cut(&rest, '-'); /* behind it: the number of a parcel */
    for (size_t i = 0; i < COUNT(fields); i++)
        for (size_t k = 0; k < COUNT(forms); k++) {
            if (!str_eq(in->said, str_from_c(fields[i].said)) ||
                !str_eq(form, str_from_c(forms[k])))
                continue;
            struct alert_view *v = NEW(cx->arena, struct alert_view);
            struct link_view *link = NEW(cx->arena, struct link_view);
            *link = (struct link_view){ str_from_c(fields[i].label),
                str_fmt(cx->arena, "#f-" STR_F "-%s", STR_A(in->at), fields[i].field) };
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
        { "cancelled", "good", "The order is cancelled.", "Stock and what was paid go back." },
        { "soon", "good", "The order is being cancelled.",
            "Its payment is asked about first; the buyer is told." },
        { "returned", "good", "The return is approved.", "Stock and money go back." },
        { "refunded", "good", "The amount goes back.", "" },
        { "asked", "warn", "Above the limit another person has to approve it.",
            "It waits under Approvals." },
        { "repaid", "good", "The refund is paid another way.", "The buyer is told." },
        { "guest", "bad", "Nothing was paid.", "A guest has no wallet." },
        { "state", "warn", "The order is not in a state that allows this.",
            "Somebody may have been faster; this is how it stands now." },
        { "busy", "warn", "Money of this order is on the move.",
            "Nothing was done; try again in a moment." },
        { "reused", "warn", "This form was sent before with something else in it.",
            "Nothing was done a second time; look at the ledger below." },
        { "amount", "bad", "Nothing was given back.", "The amount needs another look." },
        { "reason", "bad", "Nothing was done.", "The reason needs another look." },
        { "unsure", "bad", "Nothing was done.", "It was not confirmed." },
        { "tracking", "bad", "Nothing was done.", "The tracking number needs another look." },
        { "parcel", "good", "The parcel has moved.", "Its state stands beside it." },
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
