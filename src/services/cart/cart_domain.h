/* SPDX-License-Identifier: Apache-2.0
 * The rules of a cart: values in, values out. */
#ifndef SOUK_SERVICES_CART_CART_DOMAIN_H
#define SOUK_SERVICES_CART_CART_DOMAIN_H

#include "services/cart/cart.h"

/* The quantity after adding, refused above the maximum (CART_QUANTITY) when `strict`, else cut. */
err cart_domain_add(struct cx *cx, int64_t have, int64_t more, bool strict, int64_t *ret) MUST_USE;
/* What stays of a line after `bought` units of it were ordered; never below zero. */
int64_t cart_domain_left(int64_t have, int64_t bought);

/* Codes are kept one a line. *ret borrows from codes; at most CART_CODES_MAX. */
size_t cart_domain_codes(struct arena *a, str codes, const str **ret);
/* With the code, unless it is there in any case. ERR_INVALID: no code at all. CART_CODES_FULL. */
err cart_domain_code_add(struct cx *cx, str codes, str code, str *ret) MUST_USE;
str cart_domain_code_remove(struct arena *a, str codes, str code); /* absent: none is left */

#endif
