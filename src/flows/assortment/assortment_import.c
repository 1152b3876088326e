/* SPDX-License-Identifier: Apache-2.0
 * Imports of files, a batch a unit. Called by `souk import`; must never hold a whole file. */
#include "flows/assortment/assortment_internal.h"

err assortment_import_file(struct assortment *a, struct cx *cx, const struct assortment_import *in,
    struct assortment_report *ret)
{
    (void)a;
    *ret = (struct assortment_report){ .rows = 0 };
    return FAIL(cx, ERR_BUG, "cannot read " STR_F " yet", STR_A(in->file));
}
