/* SPDX-License-Identifier: Apache-2.0
 * A refund's part: what goes back to one of the payments of an order. For this folder only. */
#ifndef SOUK_FLOWS_CHECKOUT_CHECKOUT_PART_H
#define SOUK_FLOWS_CHECKOUT_CHECKOUT_PART_H

#include "flows/checkout/checkout_internal.h"

struct checkout_part {
    id deed_id, payment_id, owner; /* owner: of the ledger's account, none for the card's */
    str type;
    int64_t minor;
};
extern const struct json_shape checkout_part_shape;
/* In a WRITE unit of the payments, before it is asked for. */
err checkout_part_fit(struct checkout *c, struct cx *cx, struct checkout_part *part) MUST_USE;
/* Likewise, of a gift card's or the wallet's: it is back. Again: nothing. */
err checkout_part_answer(
    struct checkout *c, struct cx *cx, const struct checkout_part *part) MUST_USE;

#endif
