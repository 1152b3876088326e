/* SPDX-License-Identifier: Apache-2.0
 * A second provider behind the first. Called through the port. Must never ask the second for money
 * that the first may have taken. */
#include <pthread.h>
#include <string.h>

#include "base/map.h"
#include "platform/pay/pay_guard.h"
#include "platform/pay/pay_wrap.h"

struct fallback {
    struct pay_wrap wrap;
    struct pay *parts[2];
    pthread_mutex_t mutex; /* guards what follows */
    struct arena *arena;
    struct map went; /* keys that the second was asked with and has not answered */
};

static void remember(struct fallback *f, str key)
{
    pthread_mutex_lock(&f->mutex);
    map_put(&f->went, str_dup(f->arena, key), f);
    pthread_mutex_unlock(&f->mutex);
}

static bool went_to_second(struct fallback *f, str key)
{
    pthread_mutex_lock(&f->mutex);
    bool went = map_get(&f->went, key) != NULL;
    pthread_mutex_unlock(&f->mutex);
    return went;
}

/* ---- where a payment is ---- */
static struct pay *holder_of(struct fallback *f, str ref)
{
    for (size_t i = 0; i < COUNT(f->parts); i++)
        if (str_starts(ref, str_from_c(f->parts[i]->ref_prefix)))
            return f->parts[i];
    return f->parts[0]; /* which knows no such reference, and says so */
}

/* Both are asked: a failure of either leaves it open. */
static err find(void *self, struct cx *cx, str key, struct pay_result *ret)
{
    struct fallback *f = pay_wrap_self(self);
    struct pay_result results[2] = { { .state = PAY_STATE_NONE }, { .state = PAY_STATE_NONE } };
    err failed = NULL;

    for (size_t i = 0; i < COUNT(f->parts); i++) {
        err e = f->parts[i]->find(f->parts[i]->self, cx, key, &results[i]);
        if (!e && results[i].state != PAY_STATE_NONE) {
            if (failed)
                cx_clear(cx);
            *ret = results[i];
            return NULL;
        }
        failed = failed ? failed : e;
    }
    if (failed)
        return failed;
    *ret = results[0];
    return NULL;
}

/* ---- authorising ---- */
/* The key may have been used: whoever has it answers for it. */
static err authorize_again(
    struct fallback *f, struct cx *cx, const struct pay_request *in, struct pay_result *ret)
{
    struct pay_result found = { .state = PAY_STATE_NONE };
    struct pay *second = f->parts[1];

    if (went_to_second(f, in->key)) /* it may be under way there: its own key stops a second one */
        return second->authorize(second->self, cx, *in, ret);
    err e = second->find(second->self, cx, in->key, &found);
    if (e)
        return FAIL(cx, PAY_UNREACHABLE, "%s may hold this payment", second->name);
    struct pay *holder = found.state == PAY_STATE_NONE ? f->parts[0] : second;
    return holder->authorize(holder->self, cx, *in, ret);
}

static err authorize(void *self, struct cx *cx, struct pay_request in, struct pay_result *ret)
{
    struct fallback *f = pay_wrap_self(self);
    struct pay *first = f->parts[0], *second = f->parts[1];

    if (!in.first_attempt)
        return authorize_again(f, cx, &in, ret);
    err e = first->authorize(first->self, cx, in, ret);
    if (e != &PAY_UNREACHABLE || in.customer.n > 0)
        return e;
    cx_clear(cx);
    e = second->authorize(second->self, cx, in, ret);
    if (e == &PAY_UNKNOWN)
        remember(f, in.key);
    return e;
}

/* ---- what the two do not share ---- */
/* A payment stays with its holder; what is about none is the first's. */
static err begin(void *self, struct cx *cx, str ref, struct pay_turn *turn)
{
    struct fallback *f = self;

    (void)cx;
    turn->to = ref.n ? holder_of(f, ref) : f->parts[0];
    return NULL;
}

static struct pay *part(void *self, size_t i)
{
    struct fallback *f = pay_wrap_self(self);
    return i < COUNT(f->parts) ? f->parts[i] : NULL;
}

void pay_fallback_open(struct arena *life, struct pay *first, struct pay *second, struct pay *ret)
{
    struct fallback *f = NEW(life, struct fallback);

    ASSERT(strcmp(first->ref_prefix, second->ref_prefix) != 0);
    ASSERT(strcmp(first->name, second->name) != 0);
    f->arena = arena_open(1024);
    f->went = map_new(f->arena, 16);
    pthread_mutex_init(&f->mutex, NULL);
    f->parts[0] = first;
    f->parts[1] = second;
    f->wrap = (struct pay_wrap){ .begin = begin, .shown = first, .self = f };
    *ret = pay_wrapped(&f->wrap);
    ret->authorize = authorize;
    ret->find = find;
    ret->part = part;
}

void pay_fallback_close(struct pay *pay)
{
    if (!pay->self)
        return;
    struct fallback *f = pay_wrap_self(pay->self);
    arena_close(f->arena);
    pthread_mutex_destroy(&f->mutex);
    pay->self = NULL;
}
