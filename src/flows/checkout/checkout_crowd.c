/* SPDX-License-Identifier: Apache-2.0
 * Buyers of what was refused a moment ago are looked at together, as a lane commits many orders at
 * once: a look that begins after a buyer came tells them what one of their own would. It is queued
 * behind the requests that have come, so the longer the queue, the more share it. Called by
 * checkout_place.c; must never tell a buyer of a look that began before they came. */
#include <pthread.h>

#include "flows/checkout/checkout_internal.h"

#define CROWD_MAX 64 /* in one look; those that are left over are the next crowd */

struct checkout_crowd {
    struct checkout *c;
    pthread_mutex_t mutex; /* guards what follows */
    struct checkout_place *head, **tail;
    bool called; /* a worker is on its way to look */
};

struct checkout_crowd *checkout_crowd_open(struct arena *life, struct checkout *c)
{
    struct checkout_crowd *crowd = NEW(life, struct checkout_crowd);
    crowd->c = c;
    crowd->tail = &crowd->head;
    pthread_mutex_init(&crowd->mutex, NULL);
    return crowd;
}

/* ---- the look ---- */

struct look {
    struct checkout *c;
    struct checkout_place *places[CROWD_MAX];
    size_t n;
};

/* Of those that are refused: a twin whose effects were seen has its claim seen too, as each
 * statement sees what the one before it saw. */
static err look_for_twins(const struct look *look, struct cx *cx)
{
    struct checkout_place *of[CROWD_MAX];
    struct idem_claim claims[CROWD_MAX];
    bool known[CROWD_MAX];
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
    struct checkout_place *of[CROWD_MAX];
    struct inventory_want wants[CROWD_MAX];
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

static bool submit(const struct checkout *c, void (*fn)(void *arg), void *arg)
{
    const struct executor *workers = &c->deps.workers;
    return workers->submit && workers->submit(workers->self, fn, arg);
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

/* With what the first one brings to work with. */
static void answer(struct look *look)
{
    struct cx *cx = look->places[0]->cx;
    err e = db_read_committed(cx, unit_look, look);
    if (e) {
        fail(look, e, cx->retry_after_s);
        return;
    }
    for (size_t i = 0; i < look->n; i++) {
        struct checkout_place *p = look->places[i];
        bool over = p->prepared && !p->known; /* nothing more to read or write */
        if (over || !submit(look->c, go_on, p))
            checkout_place_on(p);
    }
}

/* ---- the crowd ---- */

/* False when nobody is left over. */
static bool take(struct checkout_crowd *crowd, struct look *look)
{
    pthread_mutex_lock(&crowd->mutex);
    while (crowd->head && look->n < CROWD_MAX) {
        look->places[look->n++] = crowd->head;
        crowd->head = crowd->head->next;
    }
    if (!crowd->head)
        crowd->tail = &crowd->head;
    crowd->called = crowd->head != NULL;
    bool more = crowd->called;
    pthread_mutex_unlock(&crowd->mutex);
    return more;
}

static void lead(void *arg)
{
    struct checkout_crowd *crowd = arg;
    for (bool more = true; more;) {
        struct look look = { .c = crowd->c };
        more = take(crowd, &look) && !submit(crowd->c, lead, crowd);
        answer(&look);
    }
}

void checkout_crowd_join(struct checkout_crowd *crowd, struct checkout_place *place)
{
    place->next = NULL;
    pthread_mutex_lock(&crowd->mutex);
    *crowd->tail = place;
    crowd->tail = &place->next;
    bool calls = !crowd->called;
    crowd->called = true;
    pthread_mutex_unlock(&crowd->mutex);
    if (calls && !submit(crowd->c, lead, crowd))
        lead(crowd);
}
