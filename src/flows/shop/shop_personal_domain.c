/* SPDX-License-Identifier: Apache-2.0
 * How far what somebody bought before moves results. Called for lists of who wants it; must never
 * take a result out. */
#include "flows/shop/shop_personal_domain.h"

#define TRUST 4 /* purchases until they say as much as the doubt about them */

double shop_personal_share(int64_t n, int64_t all)
{
    return n > 0 && all > 0 ? (double)n / (double)(all + TRUST) : 0;
}

/* Each result has its place less what it may rise; ordered by that. */
void shop_personal_order(const double *affinity, size_t n, size_t *ret)
{
    for (size_t i = 0; i < n; i++) {
        double key = (double)i - SHOP_PERSONAL_PLACES * affinity[i];
        size_t at = i;
        for (; at > 0; at--) {
            size_t before = ret[at - 1];
            if ((double)before - SHOP_PERSONAL_PLACES * affinity[before] <= key)
                break;
            ret[at] = before;
        }
        ret[at] = i;
    }
}
