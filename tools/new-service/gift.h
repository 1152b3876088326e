/* SPDX-License-Identifier: Apache-2.0
 * Gifts: what a customer keeps here. Verbs run in the unit of work that the caller opened on cx;
 * those that change something need a WRITE unit. */
#ifndef SOUK_SERVICES_GIFT_GIFT_H
#define SOUK_SERVICES_GIFT_GIFT_H

#include "platform/http/service.h"

struct gift;
extern const struct service gift_service;

extern const problem GIFT_FULL; /* 409: GIFT_ITEMS_MAX are there */

struct gift_deps {
    struct db *db;
};
struct gift *gift_open(struct arena *life, struct gift_deps deps);

#define GIFT_ITEMS_MAX 100

struct gift_item {
    id item_id;
    str name;
    int64_t created_ms;
};

/* Adds an item for the owner and returns it in *ret. GIFT_FULL: nothing was written. */
err gift_add(
    struct gift *gift, struct cx *cx, id owner_id, str name, struct gift_item *ret) MUST_USE;
/* All items of the owner, oldest first; in cx->arena. */
err gift_list(
    struct gift *gift, struct cx *cx, id owner_id, struct gift_item **ret, size_t *ret_n) MUST_USE;

#endif
