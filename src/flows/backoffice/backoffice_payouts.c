/* SPDX-License-Identifier: Apache-2.0
 * Payouts: what one seller is owed, with the form that sends it; all that was sent, with how it
 * went. Called by the gateway; the forms go to the flow of settlement. */
#include "flows/backoffice/backoffice_internal.h"

#define HERE "/admin/payouts"

struct payouts_in {
    str q, said;
    id before;
};
static const char *const saids[] = { "made", "asked", "paid", "failed", "wrong", "low", "missing",
    "new", "over", NULL };
static const struct json_field payouts_fields[] = {
    JSON_STR(struct payouts_in, q, .at = AT_QUERY, .max = 300),
    JSON_STR(struct payouts_in, said, .at = AT_QUERY, .one_of = saids),
    JSON_ID(struct payouts_in, before, .at = AT_QUERY),
};
const struct json_shape backoffice_payouts_in =
    JSON_SHAPE("OfficePayoutsQuery", struct payouts_in, payouts_fields);

static const struct alert_view *said_alert(struct cx *cx, str said)
{
    static const struct {
        const char *said, *kind, *title, *text;
    } words[] = {
        { "made", "good", "The payout is made.", "Send it by the bank, then say how it went." },
        { "asked", "good", "Another person has to approve it.", "It waits among the approvals." },
        { "paid", "good", "It is noted as paid.", "The seller is told." },
        { "failed", "good", "It is noted as failed.", "The seller is owed it again." },
        { "wrong", "bad", "Nothing was done.", "It needs an amount, and 1 to 200 characters." },
        { "low", "bad", "Nothing was sent.", "The seller is owed less than that." },
        { "missing", "bad", "Nothing was sent.", "The seller has given no bank account." },
        { "new", "bad", "Nothing was sent.", "The bank account was given too lately." },
        { "over", "warn", "That payout has ended already.", "This is how it stands." },
    };
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq(said, str_from_c(words[i].said)))
            return backoffice_alert(
                cx, words[i].kind, str_from_c(words[i].title), str_from_c(words[i].text));
    return NULL;
}

/* ---- one seller ---- */

struct seller {
    struct identity_user user;
    struct payouts_account account;
    bool known, has_account;
    money owed;
};

static err find_user(struct backoffice *b, struct cx *cx, str q, struct seller *ret)
{
    id user_id;
    err e = id_parse(q, &user_id) ? identity_user_get(b->deps.identity, cx, user_id, &ret->user)
                                  : identity_user_by_email(b->deps.identity, cx, q, &ret->user);
    ret->known = !e;
    if (e == &ERR_MISSING) {
        cx_clear(cx);
        return NULL;
    }
    return e;
}

static err find_seller(struct backoffice *b, struct cx *cx, str q, struct seller *ret)
{
    currency cur;
    int64_t balance = 0, available = 0;
    *ret = (struct seller){ .known = false };
    err e = find_user(b, cx, q, ret);
    if (e || !ret->known)
        return e;
    bool parsed = currency_parse(b->deps.currency, &cur);
    ASSERT(parsed);
    e = ledger_balance(b->deps.ledger, cx,
        (struct ledger_account){ LEDGER_SELLER, ret->user.user_id }, cur, &balance, &available);
    ret->owed = money_of(available, cur);
    if (!e)
        e = payouts_account_of(b->deps.payouts, cx, ret->user.user_id, &ret->account);
    ret->has_account = !e;
    if (e == &PAYOUTS_NO_ACCOUNT) {
        cx_clear(cx);
        e = NULL;
    }
    return e;
}

static const struct office_form_view *form_of(struct cx *cx, const struct seller *s)
{
    struct office_form_view *form = NEW(cx->arena, struct office_form_view);
    struct office_field_view *fields = NEW_N(cx->arena, 2, struct office_field_view);
    struct hidden_view *hidden = NEW(cx->arena, struct hidden_view);
    fields[0] = (struct office_field_view){ .name = S("amount"),
        .label = S("Amount"),
        .value = money_decimal(cx->arena, s->owed),
        .inputmode = S("decimal"),
        .size = S("short"),
        .max = 20,
        .required = true };
    fields[1] = (struct office_field_view){ .name = S("reason"),
        .label = S("Reason"),
        .hint = S("Kept with the payout."),
        .max = PAYOUTS_TEXT_MAX,
        .required = true };
    *hidden = (struct hidden_view){ S("key"), id_text(cx->arena, cx_id(cx)) };
    *form = (struct office_form_view){ .key = S("make"),
        .ask = S("Send a payout\xE2\x80\xA6"),
        .text = S("The amount leaves what the seller is owed at once."),
        .action = str_fmt(cx->arena, "/admin/sellers/" STR_F "/payouts",
            STR_A(id_text(cx->arena, s->user.user_id))),
        .button = S("Send it"),
        .hidden = hidden,
        .hidden_n = 1,
        .fields = fields,
        .fields_n = 2 };
    return form;
}

static struct office_block_view seller_block(struct cx *cx, const struct seller *s)
{
    if (!s->known)
        return (struct office_block_view){
            .key = S("seller"), .title = S("Seller"), .empty = S("Nobody has this e-mail or id.")
        };
    struct office_fact_view *facts = NEW_N(cx->arena, 5, struct office_fact_view);
    size_t n = 0;
    bool can = s->has_account && s->owed.minor > 0;
    facts[n++] = (struct office_fact_view){ .label = S("Name"),
        .text = s->user.name,
        .href = str_cat(cx->arena, S("/admin/users/"), id_text(cx->arena, s->user.user_id)) };
    backoffice_fact(facts, &n, "Is owed", money_display(cx->arena, s->owed, S("en")));
    backoffice_fact(facts, &n, "Account",
        s->has_account ? str_cat(cx->arena, S("\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2 "),
                             s->account.hint)
                       : S("none was given"));
    if (s->has_account)
        backoffice_fact(facts, &n, "Given", backoffice_when(cx, s->account.added_ms));
    return (struct office_block_view){ .key = S("seller"),
        .title = S("Seller"),
        .facts = backoffice_facts(cx, facts, n),
        .forms = can ? form_of(cx, s) : NULL,
        .forms_n = can ? 1 : 0 };
}

/* ---- what was sent ---- */

static struct office_form_view end_form(struct cx *cx, const struct payouts_payout *p, bool paid)
{
    struct office_field_view *field = NEW(cx->arena, struct office_field_view);
    struct hidden_view *hidden = NEW(cx->arena, struct hidden_view);
    str payout_id = id_text(cx->arena, p->payout_id);
    *field = (struct office_field_view){ .name = S("note"),
        .label = paid ? S("The bank's reference") : S("Why"),
        .hint = S("The seller reads it."),
        .max = PAYOUTS_TEXT_MAX,
        .required = !paid };
    *hidden = (struct hidden_view){ S("decision"), paid ? S("paid") : S("failed") };
    return (
        struct office_form_view){ .key = str_cat(cx->arena, paid ? S("p-") : S("f-"), payout_id),
        .ask = paid ? S("It is paid\xE2\x80\xA6") : S("It came back\xE2\x80\xA6"),
        .text = paid ? S("The bank has paid it. This cannot be undone.")
                     : S("The seller is owed it again."),
        .action = str_cat(cx->arena, S(HERE "/"), payout_id),
        .button = paid ? S("Note it as paid") : S("Note it as failed"),
        .kind = paid ? S("plain") : S("bad"),
        .hidden = hidden,
        .hidden_n = 1,
        .fields = field,
        .fields_n = 1 };
}

/* Where it goes, whole: only while somebody has to send it. */
static err fill_account(struct backoffice *b, struct cx *cx, const struct payouts_payout *p,
    struct office_fact_view *facts, size_t *n)
{
    struct payouts_account a;
    err e = payouts_account_get(b->deps.payouts, cx, p->account_id, &a);
    if (e)
        return e;
    backoffice_fact(facts, n, "Holder", a.holder);
    backoffice_fact(facts, n, "IBAN", a.iban);
    backoffice_fact(facts, n, "Routing number", a.routing);
    backoffice_fact(facts, n, "Account number", a.number);
    return NULL;
}

static err add_payout(struct backoffice *b, struct cx *cx, const struct payouts_payout *p,
    struct backoffice_blocks *blocks)
{
    static const char *const chips[PAYOUTS_STATES_N] = { "warn", "good", "bad" };
    struct arena *a = cx->arena;
    struct office_fact_view *facts = NEW_N(a, 10, struct office_fact_view);
    struct office_form_view *forms = NEW_N(a, 2, struct office_form_view);
    size_t n = 0, forms_n = 0;
    facts[n++] = (struct office_fact_view){ .label = S("State"),
        .text = str_from_c(payouts_state_names[p->state]),
        .chip = str_from_c(chips[p->state]) };
    facts[n++] = (struct office_fact_view){ .label = S("Seller"),
        .text = S("Look at them"),
        .href = backoffice_payouts_path(a, p->seller_id) };
    backoffice_fact(facts, &n, "Reason", p->reason);
    backoffice_fact(facts, &n, "Made", backoffice_when(cx, p->made_ms));
    backoffice_fact(facts, &n, "Note", p->note);
    if (p->state == PAYOUTS_PENDING) {
        err e = fill_account(b, cx, p, facts, &n);
        if (e)
            return e;
        forms[forms_n++] = end_form(cx, p, true);
        forms[forms_n++] = end_form(cx, p, false);
    }
    backoffice_add(
        blocks, (struct office_block_view){ .key = id_text(a, p->payout_id),
                    .title = str_cat(a, S("Payout of "), money_display(a, p->amount, S("en"))),
                    .facts = backoffice_facts(cx, facts, n),
                    .forms = forms,
                    .forms_n = forms_n });
    return NULL;
}

err backoffice_get_payouts(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct payouts_in *in = body;
    struct seller seller = { .known = false };
    struct payouts_payout *list;
    size_t n;
    str q = str_trim(in->q);
    err e = q.n ? find_seller(b, cx, q, &seller) : NULL;
    if (!e)
        e = payouts_list(b->deps.payouts, cx,
            (struct payouts_page){
                .seller_id = seller.user.user_id, .before = in->before, .limit = BACKOFFICE_ROWS },
            &list, &n);
    if (e)
        return e;
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct office_find_view *search = NEW(cx->arena, struct office_find_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, n + 2);
    *search = (struct office_find_view){
        .label = S("A seller's e-mail or id"), .value = q, .action = S(HERE), .button = S("Find")
    };
    if (q.n)
        backoffice_add(&blocks, seller_block(cx, &seller));
    for (size_t i = 0; !e && i < n; i++)
        e = add_payout(b, cx, &list[i], &blocks);
    if (e)
        return e;
    if (!n)
        backoffice_add(&blocks,
            (struct office_block_view){
                .key = S("none"), .title = S("Payouts"), .empty = S("Nothing was sent yet.") });
    if (n == BACKOFFICE_ROWS) {
        struct office_paging_view *paging = NEW(cx->arena, struct office_paging_view);
        paging->older = str_fmt(cx->arena, HERE "?q=" STR_F "&before=" STR_F,
            STR_A(seller.known ? id_text(cx->arena, seller.user.user_id) : S("")),
            STR_A(id_text(cx->arena, list[n - 1].payout_id)));
        v->paging = paging;
    }
    v->title = S("Payouts");
    v->lead = S("Find a seller to send what they are owed; then say how it went.");
    v->find = search;
    v->alert = said_alert(cx, in->said);
    v->blocks = blocks.list;
    v->blocks_n = blocks.n;
    return backoffice_show(b, cx, v, HERE, 200, reply);
}
