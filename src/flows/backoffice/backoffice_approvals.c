/* SPDX-License-Identifier: Apache-2.0
 * What staff have asked for above the limit: who, how much, why; and the second person's decision.
 * Called by the gateway; the decision is a form to the flow of consent. */
#include "flows/backoffice/backoffice_internal.h"

#define HERE "/admin/approvals"

struct approvals_in {
    str said;
    id before;
};
static const char *const saids[] = { "approved", "rejected", "own", "over", "undone", "reason",
    NULL };
static const struct json_field approvals_fields[] = {
    JSON_STR(struct approvals_in, said, .at = AT_QUERY, .one_of = saids),
    JSON_ID(struct approvals_in, before, .at = AT_QUERY),
};
const struct json_shape backoffice_approvals_in =
    JSON_SHAPE("OfficeApprovalsQuery", struct approvals_in, approvals_fields);

static const struct alert_view *said_alert(struct cx *cx, str said)
{
    static const struct {
        const char *said, *kind, *title, *text;
    } words[] = {
        { "approved", "good", "It is approved and done.", "The money is on its way." },
        { "rejected", "good", "It is rejected.", "Nothing was done." },
        { "own", "bad", "Another person has to decide.", "You have asked for it yourself." },
        { "over", "warn", "That was decided already, or has run out.", "This is how it stands." },
        { "undone", "warn", "It is approved, but could not be done.",
            "Nothing was sent: the money or the account is not there now. Try again later." },
        { "reason", "bad", "Nothing was done.", "A reason of at most 200 characters is needed." },
    };
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq(said, str_from_c(words[i].said)))
            return backoffice_alert(
                cx, words[i].kind, str_from_c(words[i].title), str_from_c(words[i].text));
    return NULL;
}

static struct office_form_view form_of(
    struct cx *cx, const struct approvals_request *r, bool approve)
{
    struct office_field_view *field = NEW(cx->arena, struct office_field_view);
    struct hidden_view *hidden = NEW(cx->arena, struct hidden_view);
    str approval_id = id_text(cx->arena, r->approval_id);
    *field = (struct office_field_view){ .name = S("reason"),
        .label = S("Reason"),
        .hint = S("Kept with the request."),
        .max = APPROVALS_REASON_MAX,
        .required = true };
    *hidden = (struct hidden_view){ S("decision"), approve ? S("approve") : S("reject") };
    return (struct office_form_view){ .key = str_cat(
                                          cx->arena, approve ? S("a-") : S("r-"), approval_id),
        .ask = approve ? S("Approve\xE2\x80\xA6") : S("Reject\xE2\x80\xA6"),
        .text = approve ? S("The money is sent at once. This cannot be undone.")
                        : S("Nothing is done."),
        .action = str_cat(cx->arena, S(HERE "/"), approval_id),
        .button = approve ? S("Approve it") : S("Reject it"),
        .kind = approve ? S("plain") : S("bad"),
        .hidden = hidden,
        .hidden_n = 1,
        .fields = field,
        .fields_n = 1 };
}

static struct office_block_view block_of(
    struct backoffice *b, struct cx *cx, const struct approvals_request *r)
{
    struct arena *a = cx->arena;
    struct office_fact_view *facts = NEW_N(a, 8, struct office_fact_view);
    struct office_form_view *forms = NEW_N(a, 2, struct office_form_view);
    bool pending = str_eq(r->state, S("pending")), approved = str_eq(r->state, S("approved"));
    size_t n = 0, forms_n = 0;
    facts[n++] = (struct office_fact_view){ .label = S("State"),
        .text = approved ? S("approved, not done yet") : r->state,
        .chip = pending || approved ? S("warn") : S("info") };
    bool payout = str_eq(r->kind, S("payout"));
    facts[n++] = (struct office_fact_view){ .label = payout ? S("Seller") : S("Order"),
        .text = payout ? S("Look at them") : S("Look at it"),
        .href = payout ? backoffice_payouts_path(a, r->object_id)
                       : backoffice_order_path(a, r->object_id) };
    backoffice_fact(facts, &n, "Asked by", backoffice_name(b, cx, r->requester_id));
    backoffice_fact(facts, &n, "Reason", r->reason);
    backoffice_fact(facts, &n, "Asked", backoffice_when(cx, r->created_ms));
    if (pending)
        backoffice_fact(facts, &n, "Runs out", backoffice_when(cx, r->expires_ms));
    backoffice_fact(facts, &n, "Decided by", backoffice_name(b, cx, r->decider_id));
    backoffice_fact(facts, &n, "Why", r->decision);
    if ((pending || approved) && !id_eq(r->requester_id, cx->who.user_id)) {
        forms[forms_n++] = form_of(cx, r, true);
        if (pending)
            forms[forms_n++] = form_of(cx, r, false);
    }
    return (struct office_block_view){ .key = str_cat(a, S("b-"), id_text(a, r->approval_id)),
        .title = str_fmt(a, "%s of " STR_F " " STR_F, payout ? "Payout" : "Refund",
            STR_A(r->amount), STR_A(r->currency)),
        .facts = backoffice_facts(cx, facts, n),
        .forms = forms,
        .forms_n = forms_n };
}

err backoffice_get_approvals(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct approvals_in *in = body;
    struct approvals_request *list;
    size_t n;
    err e = approvals_list(b->deps.approvals, cx, in->before, BACKOFFICE_ROWS, &list, &n);
    if (e)
        return e;
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, n + 1);
    for (size_t i = 0; i < n; i++)
        backoffice_add(&blocks, block_of(b, cx, &list[i]));
    if (!n)
        backoffice_add(&blocks, (struct office_block_view){ .key = S("none"),
                                    .title = S("Approvals"),
                                    .hide_title = true,
                                    .empty = S("Nobody waits for a second person.") });
    if (n == BACKOFFICE_ROWS) {
        struct office_paging_view *paging = NEW(cx->arena, struct office_paging_view);
        paging->older = str_fmt(
            cx->arena, HERE "?before=" STR_F, STR_A(id_text(cx->arena, list[n - 1].approval_id)));
        v->paging = paging;
    }
    v->title = S("Approvals");
    v->lead = S("Refunds and payouts above the limit: one person asks, another decides.");
    v->alert = said_alert(cx, in->said);
    v->blocks = blocks.list;
    v->blocks_n = blocks.n;
    return backoffice_show(b, cx, v, HERE, 200, reply);
}
