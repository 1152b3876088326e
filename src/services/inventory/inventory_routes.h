/* SPDX-License-Identifier: Apache-2.0
 * The route table of inventory, for its service struct only. */
#ifndef SOUK_SERVICES_INVENTORY_INVENTORY_ROUTES_H
#define SOUK_SERVICES_INVENTORY_INVENTORY_ROUTES_H

#include "platform/http/route.h"

extern const struct route inventory_routes[];

/* Handlers with a file of their own, and their shapes. */
typedef err inventory_handler(void *service, struct cx *cx, const void *body, struct reply *reply);
typedef err inventory_before(void *service, struct cx *cx, void *body);
typedef uint64_t inventory_conflict(const struct cx *cx, const void *body);

/* READ: whether there is such an article, or stock of one that was. inventory_routes.c */
struct inventory;
err inventory_known(
    struct inventory *inv, struct cx *cx, id product_id, id variant_id, bool *ret) MUST_USE;
/* The same; ERR_MISSING: there is not. */
err inventory_article(struct inventory *inv, struct cx *cx, id product_id, id variant_id) MUST_USE;

/* inventory_route_transfer.c */
extern const struct json_shape inventory_send_in, inventory_arrival_in, inventory_transfers_in,
    inventory_transfer_shape, inventory_transfers_shape;
inventory_handler inventory_post_transfer, inventory_post_arrival, inventory_get_transfers;
inventory_before inventory_before_transfer;
inventory_conflict inventory_send_conflict, inventory_arrival_conflict;

/* inventory_route_report.c */
extern const struct json_shape inventory_low_in, inventory_low_shape, inventory_forecast_in,
    inventory_forecast_shape;
inventory_handler inventory_get_low, inventory_get_forecast;

#endif
