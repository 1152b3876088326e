/* SPDX-License-Identifier: Apache-2.0
 * What the files about orders share. For this folder only. */
#ifndef SOUK_FLOWS_BACKOFFICE_BACKOFFICE_ORDER_H
#define SOUK_FLOWS_BACKOFFICE_BACKOFFICE_ORDER_H

#include "flows/backoffice/backoffice_internal.h"

/* How it reads, and its colour. */
str backoffice_order_status(enum orders_status status, str *ret_chip);

str backoffice_order_state(enum orders_status status, str payment_status, str *ret_chip);

/* What the order's page is asked with: the word of a form that was sent, and what was typed. */
struct backoffice_order_in {
    id order_id;
    str said, at, reason, amount;
};
/* In cx->arena: what can be done to the order as it is, by who asks. left: what could go back. */
const struct office_form_view *backoffice_order_forms(struct cx *cx, const struct orders_order *o,
    money left, const struct backoffice_order_in *in, size_t *ret_n);
/* The same of one of several parcels; group from 0. */
const struct office_form_view *backoffice_parcel_forms(struct cx *cx, const struct orders_order *o,
    size_t group, money left, const struct backoffice_order_in *in, size_t *ret_n);
/* backoffice_order_back.c: what is to be done of refunds that came back; none: 0. */
const struct office_form_view *backoffice_back_forms(struct cx *cx, const struct orders_order *o,
    const struct orders_event *events, size_t events_n, size_t *ret_n);
/* What became of the form that was sent; NULL: none was. */
const struct alert_view *backoffice_order_said(
    struct cx *cx, const struct orders_order *o, const struct backoffice_order_in *in);

#endif
