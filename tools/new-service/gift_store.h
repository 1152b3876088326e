/* SPDX-License-Identifier: Apache-2.0
 * Rows to structs for the verbs of gift.c. No decisions. */
#ifndef SOUK_SERVICES_GIFT_GIFT_STORE_H
#define SOUK_SERVICES_GIFT_GIFT_STORE_H

#include "services/gift/gift.h"

/* The body of the service; only files of this folder see it. */
struct gift {
    struct gift_deps deps;
};

/* How many the owner has; held against other writers until the unit ends. */
err gift_store_count_lock(struct gift *gift, struct cx *cx, id owner_id, int64_t *ret) MUST_USE;
err gift_store_add(struct gift *gift, struct cx *cx, id owner_id, struct gift_item item) MUST_USE;
err gift_store_list(
    struct gift *gift, struct cx *cx, id owner_id, struct gift_item **ret, size_t *ret_n) MUST_USE;

#endif
