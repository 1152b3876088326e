/* SPDX-License-Identifier: Apache-2.0
 * Pages of one's saved payment methods: the list, another card, the bank's question. Called by the
 * gateway; what asks the provider runs off its workers. Must never see a card's number: cards are
 * chosen here by the provider's token. */
#include "flows/till/till_internal.h"
#include "flows/till/till_views.h"
#include "platform/idem/idem.h"
#include "platform/secret/secret.h"

#define HERE "/account/payment-methods"

/* The provider's test cards. A provider that takes real ones has its own form in the browser. */
static const struct till_card_view sandbox_cards[] = {
    { .token = S_INIT("pm_card_visa"),
        .label = S_INIT("Visa ending in 4242"),
        .text = S_INIT("Test card: it is saved"),
        .selected = true },
    { .token = S_INIT("pm_card_3ds"),
        .label = S_INIT("Visa ending in 3220"),
        .text = S_INIT("Test card: the bank asks first") },
    { .token = S_INIT("pm_card_declined"),
        .label = S_INIT("Visa ending in 0002"),
        .text = S_INIT("Test card: the bank refuses it") },
};
static const struct till_card_view stripe_cards[] = {
    { .token = S_INIT("pm_card_visa"),
        .label = S_INIT("Visa ending in 4242"),
        .text = S_INIT("Stripe's test card: it is saved"),
        .selected = true },
    { .token = S_INIT("pm_card_authenticationRequired"),
        .label = S_INIT("Visa ending in 3184"),
        .text = S_INIT("Stripe's test card: the bank asks first") },
};

/* ---- the list ---- */

static const char *const said_words[] = { "saved", "declined", "default", "removed", "full", "away",
    "reused", NULL };
struct page_in {
    id method_id;
    str said, token, key, answer;
};
static const struct json_field list_fields[] = {
    JSON_STR(struct page_in, said, .at = AT_QUERY, .one_of = said_words),
};
static const struct json_shape list_shape =
    JSON_SHAPE("PaymentMethodsPageQuery", struct page_in, list_fields);
static const struct json_field add_fields[] = {
    JSON_STR(struct page_in, key, .required = true, .min = 16, .max = 64),
    JSON_STR(struct page_in, token, .required = true, .min = 1, .max = 255),
};
static const struct json_shape add_shape =
    JSON_SHAPE("PaymentMethodForm", struct page_in, add_fields);
static const struct json_field one_fields[] = {
    JSON_ID(struct page_in, method_id, .at = AT_PATH, .required = true),
};
static const struct json_shape one_shape =
    JSON_SHAPE("PaymentMethodPagePath", struct page_in, one_fields);
static const char *const answers[] = { "approve", "deny", NULL };
static const struct json_field bank_fields[] = {
    JSON_ID(struct page_in, method_id, .at = AT_PATH, .required = true),
    JSON_STR(struct page_in, answer, .required = true, .one_of = answers),
};
static const struct json_shape bank_shape =
    JSON_SHAPE("PaymentMethodBankForm", struct page_in, bank_fields);

static const struct alert_view *alert_of(struct cx *cx, str said)
{
    static const struct {
        const char *said, *kind, *title, *text;
    } words[] = {
        { "saved", "good", "The card is saved.", NULL },
        { "declined", "bad", "The bank refused the card.", "It was not saved; try another one." },
        { "default", "good", "That card is the default now.", NULL },
        { "removed", "good", "The card is removed.", "We and the payment provider forgot it." },
        { "full", "warn", "There are as many cards as there can be.", "Remove one first." },
        { "away", "warn", "The payment provider does not answer.",
            "Try again in a moment; nothing is saved twice." },
        { "reused", "warn", "This form was sent before with another card.", "Nothing was done." },
    };
    for (size_t i = 0; i < COUNT(words); i++) {
        if (!str_eq(said, str_from_c(words[i].said)))
            continue;
        struct alert_view *v = NEW(cx->arena, struct alert_view);
        *v = (struct alert_view){ .kind = str_from_c(words[i].kind),
            .title = str_from_c(words[i].title),
            .text = words[i].text ? str_from_c(words[i].text) : (str){ 0 } };
        return v;
    }
    return NULL;
}

/* "Visa ending in 4242" */
static str card_text(struct cx *cx, const struct payments_method *m)
{
    if (!m->brand.n)
        return S("Card");
    char first = m->brand.p[0];
    if (first >= 'a' && first <= 'z')
        first = (char)(first - 'a' + 'A');
    return str_fmt(cx->arena, "%c" STR_F " ending in " STR_F, first, STR_A(str_skip(m->brand, 1)),
        STR_A(m->last4));
}

static void fill_cards(const struct till *t, struct cx *cx, struct till_methods_view *v)
{
    str name = str_from_c(pay_part(t->deps.pay, 0)->name);
    if (str_eq(name, S("sandbox"))) {
        v->cards = sandbox_cards;
        v->cards_n = COUNT(sandbox_cards);
    } else if (t->deps.test_cards) {
        v->cards = stripe_cards;
        v->cards_n = COUNT(stripe_cards);
    } else {
        return; /* real cards are entered into the provider's own form, never into ours */
    }
    v->key = secret_token(cx->arena, 24);
    v->note = S("This shop runs with test cards: no money moves, and no number is kept.");
}

static err get_methods(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct till *t = service;
    const struct page_in *in = body;
    struct till_methods_view *v = NEW(cx->arena, struct till_methods_view);
    struct payments_method *list;
    size_t n;
    err e = payments_methods_of(t->deps.payments, cx, cx->who.user_id, &list, &n);
    if (e)
        return e;
    struct till_method_view *methods = NEW_N(cx->arena, n, struct till_method_view);
    for (size_t i = 0; i < n; i++)
        methods[i] = (struct till_method_view){ .card = card_text(cx, &list[i]),
            .expires = list[i].exp_year ? str_fmt(cx->arena, "Until %02d/%d",
                                              (int)list[i].exp_month, (int)list[i].exp_year)
                                        : (str){ 0 },
            .path = str_cat(cx->arena, S(HERE "/"), id_text(cx->arena, list[i].method_id)),
            .is_default = list[i].is_default };
    v->methods = methods;
    v->methods_n = n;
    v->none = n ? (str){ 0 } : S("None yet.");
    v->alert = alert_of(cx, in->said);
    fill_cards(t, cx, v);
    return reply_page(reply, 200, &till_methods_page, v,
        (struct page_head){ .title = S("Payment methods"), .noindex = true });
}

static err back(struct reply *reply, struct cx *cx, const char *said)
{
    return reply_redirect(reply, str_fmt(cx->arena, HERE "?said=%s", said));
}

static err post_default(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct till *t = service;
    const struct page_in *in = body;
    err e = payments_method_default(t->deps.payments, cx, cx->who.user_id, in->method_id);
    return e ? e : back(reply, cx, "default");
}

/* ---- with the provider ---- */

/* A refusal that the list can tell; NULL: it is a problem of its own. */
static const char *refusal_of(err e)
{
    const struct {
        err e;
        const char *said;
    } refusals[] = { { &PAYMENTS_METHODS_FULL, "full" }, { &PAYMENTS_DECLINED, "declined" },
        { &ERR_INVALID, "declined" }, { &PAY_UNREACHABLE, "away" }, { &PAY_UNKNOWN, "away" },
        { &IDEM_REUSED, "reused" } };
    for (size_t i = 0; i < COUNT(refusals); i++)
        if (e == refusals[i].e)
            return refusals[i].said;
    return NULL;
}

static err told(struct till_call *call, struct cx *cx, err e)
{
    const char *said = refusal_of(e);
    if (!said)
        return e;
    cx_clear(cx);
    return back(call->reply, cx, said);
}

str till_challenge_path(struct cx *cx, id method_id)
{
    return str_fmt(cx->arena, HERE "/" STR_F "/challenge", STR_A(id_text(cx->arena, method_id)));
}

/* Saved or refused: back to the list. NULL in *ret_said: the bank still asks. */
static const char *outcome_of(const struct till_call *call)
{
    if (call->method.status == PAY_SETUP_READY)
        return "saved";
    return call->method.status == PAY_SETUP_DECLINED ? "declined" : NULL;
}

static err add(struct till_call *call, struct cx *cx)
{
    err e = till_method_add(call, cx);
    if (e)
        return told(call, cx, e);
    const char *said = outcome_of(call);
    return said ? back(call->reply, cx, said)
                : reply_redirect(call->reply, till_challenge_path(cx, call->method_id));
}

static err remove_one(struct till_call *call, struct cx *cx)
{
    err e = till_method_remove(call, cx);
    return e ? told(call, cx, e) : back(call->reply, cx, "removed");
}

/* The question, or how it ended: where a bank's own page leads back to. */
static err ask(struct till_call *call, struct cx *cx)
{
    struct till_bank_view *v = NEW(cx->arena, struct till_bank_view);
    err e = till_method_look(call, cx);
    if (e)
        return told(call, cx, e);
    const char *said = outcome_of(call);
    if (said)
        return back(call->reply, cx, said);
    if (str_eq(call->method.provider, S("sandbox")))
        v->action = till_challenge_path(cx, call->method_id);
    else
        v->bank_href = call->setup.challenge_url;
    return reply_page(call->reply, 200, &till_bank_page, v,
        (struct page_head){ .title = S("Confirm the card"), .noindex = true, .plain = true });
}

static err answer(struct till_call *call, struct cx *cx)
{
    struct pay *sandbox = pay_named(call->till->deps.pay, S("sandbox"));
    err e = till_method_look(call, cx);
    if (!e && !outcome_of(call) && sandbox && str_eq(call->method.provider, S("sandbox")))
        e = pay_sandbox_challenge(sandbox, cx, call->method.setup_ref, call->approve);
    return e ? told(call, cx, e) : ask(call, cx);
}

static err post_add(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct page_in *in = body;
    err e = idem_key_check(cx, in->key);
    if (e)
        return e;
    struct till_call *call = till_call_of(service, cx, reply, add);
    call->token = in->token;
    call->method_id = till_method_id(cx, in->key);
    return till_off_worker(call);
}

static err post_remove(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct page_in *in = body;
    struct till_call *call = till_call_of(service, cx, reply, remove_one);
    call->method_id = in->method_id;
    return till_off_worker(call);
}

static err get_challenge(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct page_in *in = body;
    struct till_call *call = till_call_of(service, cx, reply, ask);
    call->method_id = in->method_id;
    return till_off_worker(call);
}

static err post_challenge(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct page_in *in = body;
    struct till_call *call = till_call_of(service, cx, reply, answer);
    call->method_id = in->method_id;
    call->approve = str_eq(in->answer, S("approve"));
    return till_off_worker(call);
}

const struct route till_page_routes[] = {
    { .method = "POST",
        .path = "/admin/orders/{orderId}/refunds/{refundId}/repayment",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_REFUNDS,
        .in_person = true,
        .step_up = true,
        .unit = UNIT_NONE,
        .in = &till_repay_form,
        .fn = till_post_repayment,
        .summary = "A refund that came back is paid another way" },
    { .method = "GET",
        .path = HERE,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .in = &list_shape,
        .fn = get_methods,
        .summary = "One's saved payment methods" },
    { .method = "POST",
        .path = HERE,
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_NONE,
        .limit = LIMIT_PAYMENT,
        .in = &add_shape,
        .fn = post_add,
        .summary = "Save a card at the provider" },
    { .method = "POST",
        .path = HERE "/{methodId}/default",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_WRITE,
        .in = &one_shape,
        .fn = post_default,
        .summary = "Pay with it when nothing else is said" },
    { .method = "POST",
        .path = HERE "/{methodId}/remove",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_NONE,
        .in = &one_shape,
        .fn = post_remove,
        .summary = "Forget it, here and at the provider" },
    { .method = "GET",
        .path = HERE "/{methodId}/challenge",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_NONE,
        .limit = LIMIT_PAYMENT,
        .in = &one_shape,
        .fn = get_challenge,
        .summary = "The bank's question about a card, or back from it" },
    { .method = "POST",
        .path = HERE "/{methodId}/challenge",
        .surface = SURFACE_PAGE,
        .scope = SCOPE_USER,
        .unit = UNIT_NONE,
        .limit = LIMIT_PAYMENT,
        .in = &bank_shape,
        .fn = post_challenge,
        .summary = "Answer the sandbox's bank" },
    ROUTES_END,
};
const struct html_page *const till_pages[] = { &till_methods_page, &till_bank_page, NULL };
