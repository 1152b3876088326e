/* SPDX-License-Identifier: Apache-2.0
 * The calls of the port, each handed on by a decorator. Called through the port. Must never make a
 * call that `begin` refused. */
#include "platform/pay/pay_wrap.h"

static err begin(struct pay_wrap *w, struct cx *cx, str ref, struct pay_turn *turn)
{
    *turn = (struct pay_turn){ .to = NULL };
    err e = w->begin(w->self, cx, ref, turn);
    ASSERT(e || turn->to);
    return e;
}

static err end(struct pay_wrap *w, struct cx *cx, const struct pay_turn *turn, err e)
{
    return w->end ? w->end(w->self, cx, turn, e) : e;
}

static err authorize(void *self, struct cx *cx, struct pay_request in, struct pay_result *ret)
{
    struct pay_turn turn;
    err e = begin(self, cx, (str){ 0 }, &turn);
    return e ? e : end(self, cx, &turn, turn.to->authorize(turn.to->self, cx, in, ret));
}

static err capture(
    void *self, struct cx *cx, str key, str ref, money amount, struct pay_result *ret)
{
    struct pay_turn turn;
    err e = begin(self, cx, ref, &turn);
    return e ? e : end(self, cx, &turn, turn.to->capture(turn.to->self, cx, key, ref, amount, ret));
}

static err release(void *self, struct cx *cx, str key, str ref, struct pay_result *ret)
{
    struct pay_turn turn;
    err e = begin(self, cx, ref, &turn);
    return e ? e : end(self, cx, &turn, turn.to->release(turn.to->self, cx, key, ref, ret));
}

static err refund(void *self, struct cx *cx, str key, str ref, money amount, struct pay_result *ret)
{
    struct pay_turn turn;
    err e = begin(self, cx, ref, &turn);
    return e ? e : end(self, cx, &turn, turn.to->refund(turn.to->self, cx, key, ref, amount, ret));
}

static err find(void *self, struct cx *cx, str key, struct pay_result *ret)
{
    struct pay_turn turn;
    err e = begin(self, cx, (str){ 0 }, &turn);
    return e ? e : end(self, cx, &turn, turn.to->find(turn.to->self, cx, key, ret));
}

static err get(void *self, struct cx *cx, str ref, struct pay_result *ret)
{
    struct pay_turn turn;
    err e = begin(self, cx, ref, &turn);
    return e ? e : end(self, cx, &turn, turn.to->get(turn.to->self, cx, ref, ret));
}

static err list(void *self, struct cx *cx, struct pay_range range, str cursor, struct pay_list *ret)
{
    struct pay_turn turn;
    err e = begin(self, cx, (str){ 0 }, &turn);
    return e ? e : end(self, cx, &turn, turn.to->list(turn.to->self, cx, range, cursor, ret));
}

static err setup(void *self, struct cx *cx, struct pay_setup_request in, struct pay_setup *ret)
{
    struct pay_turn turn;
    err e = begin(self, cx, (str){ 0 }, &turn);
    return e ? e : end(self, cx, &turn, turn.to->setup(turn.to->self, cx, in, ret));
}

static err setup_find(void *self, struct cx *cx, str ref, struct pay_setup *ret)
{
    struct pay_turn turn;
    err e = begin(self, cx, (str){ 0 }, &turn);
    return e ? e : end(self, cx, &turn, turn.to->setup_find(turn.to->self, cx, ref, ret));
}

static err methods(void *self, struct cx *cx, str customer, struct pay_method **ret, size_t *ret_n)
{
    struct pay_turn turn;
    err e = begin(self, cx, (str){ 0 }, &turn);
    return e ? e : end(self, cx, &turn, turn.to->methods(turn.to->self, cx, customer, ret, ret_n));
}

static err detach(void *self, struct cx *cx, str token)
{
    struct pay_turn turn;
    err e = begin(self, cx, (str){ 0 }, &turn);
    return e ? e : end(self, cx, &turn, turn.to->detach(turn.to->self, cx, token));
}

/* Calls nobody, so that nothing stands before it. */
static err parse_webhook(void *self, struct cx *cx, str signature, str body, struct pay_event *ret)
{
    struct pay *shown = ((struct pay_wrap *)self)->shown;
    return shown->parse_webhook(shown->self, cx, signature, body, ret);
}

struct pay pay_wrapped(struct pay_wrap *wrap)
{
    return (struct pay){
        .name = wrap->shown->name,
        .ref_prefix = wrap->shown->ref_prefix,
        .webhook_header = wrap->shown->webhook_header,
        .authorize = authorize,
        .capture = capture,
        .release = release,
        .refund = refund,
        .find = find,
        .get = get,
        .list = list,
        .setup = setup,
        .setup_find = setup_find,
        .methods = methods,
        .detach = detach,
        .parse_webhook = parse_webhook,
        .self = wrap,
    };
}

void *pay_wrap_self(void *self)
{
    return ((struct pay_wrap *)self)->self;
}
