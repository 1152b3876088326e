/* SPDX-License-Identifier: Apache-2.0
 * Refunds of an order that came back, as forms that pay them another way; the route is the till's.
 * Called by the order's page; must never offer one that was repaid. */
#include "flows/backoffice/backoffice_order.h"

static bool was_repaid(const struct orders_event *events, size_t n, id refund_id)
{
    for (size_t i = 0; i < n; i++)
        if (events[i].repaid && id_eq(events[i].refund_id, refund_id))
            return true;
    return false;
}

static struct office_form_view form_of(struct cx *cx, const struct orders_order *o, id refund_id)
{
    static const struct option_view ways[] = { { S_INIT("wallet"), S_INIT("Into the wallet"),
                                                   true },
        { S_INIT("outside"), S_INIT("By cheque or transfer, which was made"), false } };
    bool guest = id_is_none(o->user_id); /* has no wallet */
    struct office_field_view *fields = NEW_N(cx->arena, 3, struct office_field_view);
    str refund = id_text(cx->arena, refund_id);
    fields[0] = (struct office_field_view){ .name = S("way"),
        .label = S("How"),
        .select = true,
        .options = guest ? ways + 1 : ways,
        .options_n = guest ? 1 : 2 };
    fields[1] = (struct office_field_view){ .name = S("reason"),
        .label = S("Reason"),
        .hint = S("Kept in the audit trail."),
        .max = BACKOFFICE_REASON_MAX,
        .required = true };
    fields[2] = (struct office_field_view){ .name = S("sure"),
        .label = S("The buyer has the money by this, or gets it now"),
        .check = true,
        .required = true };
    return (struct office_form_view){ .key = str_cat(cx->arena, S("back-"), refund),
        .ask = S("Pay it another way\xE2\x80\xA6"),
        .text = S("It is paid whole, once, and the buyer is told."),
        .action = str_fmt(cx->arena, STR_F "/refunds/" STR_F "/repayment",
            STR_A(backoffice_order_path(cx->arena, o->order_id)), STR_A(refund)),
        .button = S("Pay it"),
        .fields = fields,
        .fields_n = 3 };
}

const struct office_form_view *backoffice_back_forms(struct cx *cx, const struct orders_order *o,
    const struct orders_event *events, size_t events_n, size_t *ret_n)
{
    struct office_form_view *forms = NEW_N(cx->arena, events_n, struct office_form_view);
    size_t n = 0;
    for (size_t i = 0; scope_allowed(SCOPE_REFUNDS, cx->who.roles) && i < events_n; i++)
        if (!id_is_none(events[i].refund_id) && !events[i].repaid &&
            !was_repaid(events, events_n, events[i].refund_id))
            forms[n++] = form_of(cx, o, events[i].refund_id);
    *ret_n = n;
    return forms;
}
