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

/* ---- a refund that came back (till_back.c) ---- */
struct till_back {
    id order_id, payment_id, refund_id;
};
/* Again: nothing. ret_later: nothing was done, as the refund itself has no answer on record yet. */
err till_refund_came_back(
    struct till *t, struct cx *cx, struct till_back in, bool *ret_later) MUST_USE;

/* ---- and is paid another way (till_repay.c) ---- */
#define TILL_PAID_AGAIN "refund_repaid" /* the posting: not owed to the buyer any more */
extern const struct json_shape till_repay_in, till_repay_form, till_repaid_shape;
err till_put_repayment(void *service, struct cx *cx, const void *body, struct reply *reply);
err till_post_repayment(void *service, struct cx *cx, const void *body, struct reply *reply);

extern const struct job till_jobs[];
extern const struct route till_routes[];

/* ---- saved methods (till_methods.c) ---- */
/* One request about a method that asks the provider: not in a unit, and off the workers. */
struct till_call {
    struct till *till;
    struct cx *cx;
    struct reply *reply;
    err (*work)(struct till_call *call, struct cx *cx); /* replies */
    id method_id;
    str token;
    bool approve;                  /* the sandbox's bank */
    struct payments_method method; /* as it is afterwards */
    struct pay_setup setup;        /* what the provider said, if it was asked */
};
struct till_call *till_call_of(struct till *t, struct cx *cx, struct reply *reply,
    err (*work)(struct till_call *, struct cx *));
err till_off_worker(struct till_call *call) MUST_USE;
/* Made of the user's key: a repeat is the same method, at the provider too. */
id till_method_id(struct cx *cx, str key);
/* Saves call->token; finds out how the bank's question ended; forgets it. */
err till_method_add(struct till_call *call, struct cx *cx) MUST_USE;
err till_method_look(struct till_call *call, struct cx *cx) MUST_USE;
err till_method_remove(struct till_call *call, struct cx *cx) MUST_USE;

/* The page where the bank's question is asked, and where its own pages lead back to. */
str till_challenge_path(struct cx *cx, id method_id);
extern const struct route till_page_routes[];
extern const struct html_page *const till_pages[];

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
