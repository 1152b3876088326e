/* SPDX-License-Identifier: Apache-2.0
 * What the files of the till share. For this folder only. */
#ifndef SOUK_FLOWS_TILL_TILL_INTERNAL_H
#define SOUK_FLOWS_TILL_TILL_INTERNAL_H

#include <stdatomic.h>

#include "flows/till/till.h"

enum till_work { TILL_SETTLE, TILL_SWEEP, TILL_RECONCILE, TILL_WORKS_N };
struct till {
    struct till_deps deps;
    struct till_errand {
        struct till *till;
        enum till_work work;
        atomic_bool busy; /* one at a time in this process */
    } errands[TILL_WORKS_N];
};

/* Whether the saga of the order is still on its way: then it sees to the payment itself. */
err till_saga_lives(struct till *t, struct cx *cx, id order_id, bool *ret_lives) MUST_USE;
/* A WRITE unit of the payments' database, waited for. */
err till_write(struct till *t, struct cx *cx, id payment_id, db_work *fn, void *arg) MUST_USE;

extern const struct job till_jobs[];
extern const struct route till_routes[];

/* ---- handlers and shapes of the table of routes ---- */
extern const struct json_shape till_webhook_shape, till_received_shape;
err till_before_webhook(void *service, struct cx *cx, void *in);
err till_post_webhook(void *service, struct cx *cx, const void *in, struct reply *reply);
extern const struct json_shape till_method_shape, till_methods_shape, till_method_path_shape,
    till_method_new_shape;
err till_get_methods(void *service, struct cx *cx, const void *in, struct reply *reply);
err till_post_method(void *service, struct cx *cx, const void *in, struct reply *reply);
err till_post_confirm(void *service, struct cx *cx, const void *in, struct reply *reply);
err till_put_default(void *service, struct cx *cx, const void *in, struct reply *reply);
err till_delete_method(void *service, struct cx *cx, const void *in, struct reply *reply);

#endif
