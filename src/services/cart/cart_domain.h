/* SPDX-License-Identifier: Apache-2.0
 * The rules of a cart: values in, values out. */
#ifndef SOUK_SERVICES_CART_CART_DOMAIN_H
#define SOUK_SERVICES_CART_CART_DOMAIN_H

#include "services/cart/cart.h"

/* The quantity after adding, refused above the maximum (CART_QUANTITY) when `strict`, else cut. */
err cart_domain_add(struct cx *cx, int64_t have, int64_t more, bool strict, int64_t *ret) MUST_USE;
/* What stays of a line after `bought` units of it were ordered; never below zero. */
int64_t cart_domain_left(int64_t have, int64_t bought);

#endif
