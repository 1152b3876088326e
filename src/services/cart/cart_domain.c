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

/* ---- codes, one a line ---- */

size_t cart_domain_codes(struct arena *a, str codes, const str **ret)
{
    str *list = NEW_N(a, CART_CODES_MAX, str);
    size_t n = 0;
    for (str rest = codes; rest.n > 0 && n < CART_CODES_MAX;)
        list[n++] = str_cut(&rest, '\n');
    *ret = list;
    return n;
}

err cart_domain_code_add(struct cx *cx, str codes, str code, str *ret)
{
    str typed = str_trim(code);
    if (typed.n < 1 || typed.n > CART_CODE_MAX || str_find_char(typed, '\n', 0) >= 0) {
        cx_field(cx, S("/code"), typed.n ? "too_long" : "required", "a code");
        return FAIL(cx, ERR_INVALID, "code of %zu bytes", typed.n);
    }
    const str *list;
    size_t n = cart_domain_codes(cx->arena, codes, &list);
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase(list[i], typed)) {
            *ret = codes;
            return NULL;
        }
    if (n == CART_CODES_MAX)
        return FAIL(cx, CART_CODES_FULL, "codes=%zu", n);
    *ret = n ? str_fmt(cx->arena, STR_F "\n" STR_F, STR_A(codes), STR_A(typed))
             : str_dup(cx->arena, typed);
    return NULL;
}

str cart_domain_code_remove(struct arena *a, str codes, str code)
{
    const str *list;
    str kept[CART_CODES_MAX], typed = str_trim(code);
    size_t n = cart_domain_codes(a, codes, &list), left = 0;
    for (size_t i = 0; i < n; i++)
        if (!str_eq_nocase(list[i], typed))
            kept[left++] = list[i];
    return left ? str_join(a, kept, left, S("\n")) : (str){ 0 };
}

int64_t cart_domain_left(int64_t have, int64_t bought)
{
    return bought >= have ? 0 : have - bought;
}
