/* SPDX-License-Identifier: Apache-2.0
 * The rules of a cart. Called by cart.c; must never do I/O. */
#include "services/cart/cart_domain.h"

err cart_domain_add(struct cx *cx, int64_t have, int64_t more, bool strict, int64_t *ret)
{
    ASSERT(have >= 0 && have <= CART_QUANTITY_MAX);
    if (more < 1 || more > CART_QUANTITY_MAX || (strict && have + more > CART_QUANTITY_MAX)) {
        cx_field(cx, S("/quantity"), "quantity_out_of_range", "from 1 to %d of one article",
            CART_QUANTITY_MAX);
        return FAIL(cx, CART_QUANTITY, "have=%lld more=%lld", (long long)have, (long long)more);
    }
    *ret = have + more > CART_QUANTITY_MAX ? CART_QUANTITY_MAX : have + more;
    return NULL;
}

int64_t cart_domain_left(int64_t have, int64_t bought)
{
    return bought >= have ? 0 : have - bought;
}
