/* SPDX-License-Identifier: Apache-2.0
 * What all providers share: their problems, and the way to one of several. Called by whoever has a
 * struct pay. Must never call a provider. */
#include "platform/pay/pay.h"

const problem PAY_UNREACHABLE = { KIND_UPSTREAM, "pay.unreachable", "payment_provider_unreachable",
    "The payment provider cannot be reached." };
const problem PAY_UNKNOWN = { KIND_UPSTREAM, "pay.unknown", "payment_unknown",
    "The payment provider has not answered." };

struct pay *pay_part(struct pay *pay, size_t i)
{
    if (pay->part)
        return pay->part(pay->self, i);
    return i == 0 ? pay : NULL;
}

bool pay_is_card_number(str text)
{
    size_t digits = 0;

    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] >= '0' && text.p[i] <= '9')
            digits++;
        else if (text.p[i] != ' ' && text.p[i] != '-')
            return false;
    }
    return digits >= 12;
}

struct pay *pay_named(struct pay *pay, str name)
{
    struct pay *part;

    for (size_t i = 0; (part = pay_part(pay, i)) != NULL; i++)
        if (str_eq(str_from_c(part->name), name))
            return part;
    return NULL;
}
