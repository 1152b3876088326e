/* SPDX-License-Identifier: Apache-2.0
 * The sandbox's saved methods. Called through the port. Must never save a card for one customer and
 * show it to another. */
#include "platform/pay/pay_sandbox_internal.h"
#include "platform/secret/secret.h"

#define METHODS_MAX 100
#define EXP_MONTH 12
#define EXP_YEAR 2034

static struct pay_method method_of(struct cx *cx, const struct pay_saved *saved)
{
    const struct sandbox_card *card = sandbox_card_of(saved->card);

    return (struct pay_method){ .token = str_dup(cx->arena, saved->token),
        .customer = str_dup(cx->arena, saved->customer),
        .brand = str_from_c(card->brand),
        .last4 = str_from_c(card->last4),
        .exp_month = EXP_MONTH,
        .exp_year = EXP_YEAR };
}

static struct pay_setup setup_answer(
    struct cx *cx, const struct pay_saved *saved, enum pay_setup_state state)
{
    const struct sandbox_card *card = sandbox_card_of(saved->card);
    struct pay_setup r = { .state = state, .setup_ref = str_dup(cx->arena, saved->ref) };

    if (state == PAY_SETUP_READY)
        r.method = method_of(cx, saved);
    if (state == PAY_SETUP_DECLINED) {
        r.decline_code = str_from_c(card->code);
        r.decline_text = str_from_c(card->text);
    }
    if (state == PAY_SETUP_CHALLENGE)
        r.challenge_url = sandbox_challenge_url(cx->arena, saved->ref, saved->return_url);
    return r;
}

/* What is declined is refused when it is saved already, and what challenges asks for it. */
static enum pay_state outcome_of(const struct sandbox_card *card)
{
    switch (card->temper) {
    case SANDBOX_WELL:
    case SANDBOX_SLOW:
    case SANDBOX_LOSES_ANSWER:
        return PAY_STATE_CAPTURED;
    case SANDBOX_DECLINES:
        return PAY_STATE_DECLINED;
    case SANDBOX_CHALLENGES:
        return PAY_STATE_CHALLENGE;
    }
    panic(__FILE__, "no such card");
}

static err setup_locked(struct sandbox *sandbox, struct cx *cx, const struct pay_setup_request *in,
    str customer, struct pay_setup *ret)
{
    struct pay_books *books = &sandbox->books;
    const struct pay_saved *saved = map_get(&books->saved_by_key, in->key);

    if (saved) {
        if (!str_eq(saved->card, in->token) || !str_eq(saved->customer, customer))
            return FAIL(cx, ERR_BUG, "the key of another setup");
        *ret = setup_answer(cx, saved, saved->first);
        return NULL;
    }
    err e = pay_books_add(books, cx,
        &(struct pay_fact){ .verb = PAY_VERB_SETUP,
            .key = in->key,
            .ref = sandbox_ref(cx->arena, str_cat(cx->arena, sandbox->prefix, S("set_")), in->key),
            .token = in->token,
            .customer = customer,
            .return_url = in->return_url,
            .at_ms = cx->now_ms,
            .state = outcome_of(sandbox_card_of(in->token)) });
    if (e)
        return e;
    saved = map_get(&books->saved_by_key, in->key);
    *ret = setup_answer(cx, saved, saved->state);
    return NULL;
}

err sandbox_setup(void *self, struct cx *cx, struct pay_setup_request in, struct pay_setup *ret)
{
    struct sandbox *sandbox = self;
    str prefix = str_cat(cx->arena, S("cus_"), sandbox->prefix);
    str customer = in.customer.n ? in.customer : sandbox_ref(cx->arena, prefix, in.user_key);

    err e = sandbox_key_check(cx, in.key);
    if (e)
        return e;
    if (in.user_key.n == 0)
        return FAIL(cx, ERR_BUG, "a method of nobody");
    e = sandbox_enter(sandbox, cx);
    if (e)
        return e;
    e = setup_locked(sandbox, cx, &in, customer, ret);
    sandbox_leave(sandbox);
    return e;
}

err sandbox_setup_find(void *self, struct cx *cx, str setup_ref, struct pay_setup *ret)
{
    struct sandbox *sandbox = self;

    err e = sandbox_enter(sandbox, cx);
    if (e)
        return e;
    const struct pay_saved *saved = map_get(&sandbox->books.saved_by_ref, setup_ref);
    *ret = saved ? setup_answer(cx, saved, saved->state)
                 : (struct pay_setup){ .state = PAY_SETUP_NONE };
    sandbox_leave(sandbox);
    return NULL;
}

err sandbox_methods(void *self, struct cx *cx, str customer, struct pay_method **ret, size_t *ret_n)
{
    struct sandbox *sandbox = self;
    struct pay_method *list = NEW_N(cx->arena, METHODS_MAX, struct pay_method);
    size_t n = 0;

    err e = sandbox_enter(sandbox, cx);
    if (e)
        return e;
    const struct map *all = &sandbox->books.saved_by_ref;
    for (size_t i = 0; i < all->n && n < METHODS_MAX; i++) {
        const struct pay_saved *saved = all->entries[i].value;
        if (saved->state == PAY_SETUP_READY && !saved->detached &&
            str_eq(saved->customer, customer))
            list[n++] = method_of(cx, saved);
    }
    sandbox_leave(sandbox);
    *ret = list;
    *ret_n = n;
    return NULL;
}

err sandbox_detach(void *self, struct cx *cx, str token)
{
    struct sandbox *sandbox = self;

    err e = sandbox_enter(sandbox, cx);
    if (e)
        return e;
    const struct pay_saved *saved = map_get(&sandbox->books.saved_by_token, token);
    if (saved && !saved->detached)
        e = pay_books_add(&sandbox->books, cx,
            &(struct pay_fact){ .verb = PAY_VERB_DETACH, .ref = saved->ref, .at_ms = cx->now_ms });
    sandbox_leave(sandbox);
    return e;
}
