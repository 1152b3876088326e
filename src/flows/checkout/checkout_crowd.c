/* SPDX-License-Identifier: Apache-2.0
 * Buyers of what was refused a moment ago are looked at together, as a lane commits many orders at
 * once: a look that begins after a buyer came tells them what one of their own would. It is queued
 * behind the requests that have come, so the longer the queue, the more share it. Called by
 * checkout_place.c; must never tell a buyer of a look that began before they came. */
#include "flows/checkout/checkout_internal.h"

struct look {
    struct checkout *c;
    struct checkout_place *places[BATCH_MAX];
    size_t n;
};

/* Of those that are refused: a twin whose effects were seen has its claim seen too, as each
 * statement sees what the one before it saw. */
static err look_for_twins(const struct look *look, struct cx *cx)
{
    struct checkout_place *of[BATCH_MAX];
    struct idem_claim claims[BATCH_MAX];
    bool known[BATCH_MAX];
    size_t n = 0;
    for (size_t i = 0; i < look->n; i++) {
        if (!look->places[i]->prepared || !look->places[i]->claim.key.n)
            continue;
        claims[n] = look->places[i]->claim;
        of[n++] = look->places[i];
    }
    err e = idem_known(look->c->deps.db, cx, claims, n, known);
    for (size_t i = 0; !e && i < n; i++)
        of[i]->known = known[i];
    return e;
}

static err unit_look(void *arg, struct cx *cx)
{
    const struct look *look = arg;
    struct checkout_place *of[BATCH_MAX];
    struct inventory_want wants[BATCH_MAX];
    size_t n = 0;
    for (size_t i = 0; i < look->n; i++) {
        struct checkout_place *p = look->places[i];
        if (checkout_scarce_want(look->c, p->cx, p->wish.items, p->wish.items_n, &wants[n]))
            of[n++] = p;
    }
    err e = inventory_short(look->c->deps.inventory, cx, wants, n);
    for (size_t i = 0; !e && i < n; i++)
        of[i]->prepared = wants[i].refused;
    return e ? e : look_for_twins(look, cx);
}

static void go_on(void *arg)
{
    checkout_place_on(arg);
}

static bool elsewhere(const struct checkout *c, struct checkout_place *p)
{
    const struct executor *workers = &c->deps.workers;
    return workers->submit && workers->submit(workers->self, go_on, p);
}

static void fail(struct look *look, err e, int64_t retry_after_s)
{
    for (size_t i = 0; i < look->n; i++) {
        struct checkout_place *p = look->places[i];
        p->cx->retry_after_s = retry_after_s;
        p->failed = e;
        p->done(p->arg, p);
    }
}

/* What is gone stays scarce as long as it is asked for. */
static void note(struct checkout *c, const struct checkout_place *p)
{
    for (size_t i = 0; i < p->wish.items_n; i++)
        checkout_scarce_note(c, p->cx, p->wish.items[i].variant_id);
}

static void serve(void *self, struct batch_item *const *items, size_t n)
{
    struct look look = { .c = self, .n = n };
    for (size_t i = 0; i < n; i++)
        look.places[i] = (struct checkout_place *)items[i];
    struct cx *cx = look.places[0]->cx; /* there is no other to work with */
    err e = db_read_committed(cx, unit_look, &look);
    if (e) {
        fail(&look, e, cx->retry_after_s);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        struct checkout_place *p = look.places[i];
        bool over = p->prepared && !p->known; /* nothing more to read or write */
        if (p->prepared)
            note(look.c, p);
        if (over || !elsewhere(look.c, p))
            checkout_place_on(p);
    }
}

struct batches *checkout_crowd_open(struct arena *life, struct checkout *c)
{
    return batches_open(
        life, (struct batches_opts){ .exec = c->deps.workers, .serve = serve, .self = c });
}
