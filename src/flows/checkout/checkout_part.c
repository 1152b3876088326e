/* SPDX-License-Identifier: Apache-2.0
 * How much of a refund's part there is to give back, and its end where no provider is asked. Called
 * by the refund's saga; must never call the provider. */
#include "flows/checkout/checkout_part.h"

static const struct json_field fields[] = {
    JSON_ID(struct checkout_part, deed_id),
    JSON_ID(struct checkout_part, payment_id),
    JSON_ID(struct checkout_part, owner),
    JSON_STR(struct checkout_part, type),
    JSON_INT(struct checkout_part, minor),
};
const struct json_shape checkout_part_shape =
    JSON_SHAPE("RefundPart", struct checkout_part, fields);

/* As much as the payment has left: what was given back at the provider without us is part of this.
 * Before a crash it may have been started already. */
err checkout_part_fit(struct checkout *c, struct cx *cx, struct checkout_part *part)
{
    struct payments_payment p;
    struct payments_deed *deeds;
    size_t n = 0;
    err e = payments_get(c->deps.payments, cx, part->payment_id, &p);
    if (!e)
        e = payments_deeds_of(c->deps.payments, cx, part->payment_id, &deeds, &n);
    if (e)
        return e;
    int64_t left = p.captured_minor - p.refunded_minor;
    for (size_t i = 0; i < n; i++)
        if (id_eq(deeds[i].deed_id, part->deed_id))
            left = deeds[i].amount.minor;
    part->minor = part->minor < left ? part->minor : left;
    return NULL;
}

/* The ledger answers nobody: what a provider would say is worked out here. A deed that has its
 * answer keeps it, so that after a crash this counts nothing twice. */
err checkout_part_answer(struct checkout *c, struct cx *cx, const struct checkout_part *part)
{
    struct payments_payment p;
    err e = payments_get(c->deps.payments, cx, part->payment_id, &p);
    if (e)
        return e;
    struct pay_result back = { .state = PAY_STATE_CAPTURED,
        .captured_minor = p.captured_minor,
        .refunded_minor = p.refunded_minor + part->minor };
    if (back.refunded_minor == back.captured_minor)
        back.state = PAY_STATE_REFUNDED;
    e = payments_deed_answer(c->deps.payments, cx, part->deed_id, &back, &p);
    if (!e && str_eq(part->type, S("gift_card"))) /* it may have expired since it paid */
        e = payments_gift_card_back(c->deps.payments, cx, part->owner);
    return e;
}
