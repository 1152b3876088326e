/* SPDX-License-Identifier: Apache-2.0
 * How far what somebody bought before moves results. Pure; for this flow alone. */
#ifndef SOUK_FLOWS_SHOP_SHOP_PERSONAL_DOMAIN_H
#define SOUK_FLOWS_SHOP_SHOP_PERSONAL_DOMAIN_H

#include <stddef.h>
#include <stdint.h>

#define SHOP_PERSONAL_PLACES 5 /* that a result can rise on its page, at most */

/* How much somebody likes what they bought n of `all` times: 0 to 1, little after few purchases. */
double shop_personal_share(int64_t n, int64_t all);

/* The order of n results of these affinities (0 to 1): ret[i] is which of them comes i-th. None
 * rises by more than SHOP_PERSONAL_PLACES; equal ones stay as they are. */
void shop_personal_order(const double *affinity, size_t n, size_t *ret);

#endif
