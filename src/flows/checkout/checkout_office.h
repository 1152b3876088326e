/* SPDX-License-Identifier: Apache-2.0
 * The handlers of the back office's forms about orders, for the table in checkout_pages.c. For this
 * folder only. */
#ifndef SOUK_FLOWS_CHECKOUT_CHECKOUT_OFFICE_H
#define SOUK_FLOWS_CHECKOUT_CHECKOUT_OFFICE_H

#include "flows/checkout/checkout_endings.h"

extern const struct json_shape checkout_office_ending_shape, checkout_office_move_shape,
    checkout_office_refund_shape;
err checkout_office_cancel(void *service, struct cx *cx, const void *body, struct reply *reply);
err checkout_office_return(void *service, struct cx *cx, const void *body, struct reply *reply);
err checkout_office_refund(void *service, struct cx *cx, const void *body, struct reply *reply);
err checkout_office_move(void *service, struct cx *cx, const void *body, struct reply *reply);

#endif
