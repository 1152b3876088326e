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
    struct map asked; /* keys without an answer -> the part that alone may have them */
};

#define ASKED_MAX 4096 /* then all are forgotten: those wait, as after a restart */

static void forget_all(struct fallback *f)
{
    arena_close(f->arena);
    f->arena = arena_open(1024);
    f->asked = map_new(f->arena, 16);
}

static void remember(struct fallback *f, str key, struct pay *holder)
{
    pthread_mutex_lock(&f->mutex);
    if (f->asked.n >= ASKED_MAX)
        forget_all(f);
    map_put(&f->asked, str_dup(f->arena, key), holder);
    pthread_mutex_unlock(&f->mutex);
}

/* NULL: another process asked, or it is forgotten. */
static struct pay *asked_of(struct fallback *f, str key)
{
    pthread_mutex_lock(&f->mutex);
    struct pay *holder = map_get(&f->asked, key);
    pthread_mutex_unlock(&f->mutex);
    return holder;
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
/* Whether the second may still hear of a key that it knows nothing of: the process that asked it
 * may have ended. */
static bool may_come(const struct cx *cx, str key)
{
    id made;
    return id_parse(key, &made) && cx->now_ms < id_ms(made) + PAY_HEARD_MS;
}

/* The key may have been used: whoever has it answers for it. */
static err authorize_again(
    struct fallback *f, struct cx *cx, const struct pay_request *in, struct pay_result *ret)
{
    struct pay_result found = { .state = PAY_STATE_NONE };
    struct pay *first = f->parts[0], *second = f->parts[1], *asked = asked_of(f, in->key);

    if (asked == second) /* it may be under way there: its own key stops a second one */
        return second->authorize(second->self, cx, *in, ret);
    err e = second->find(second->self, cx, in->key, &found);
    if (e)
        return FAIL(cx, PAY_UNREACHABLE, "%s may hold this payment", second->name);
    if (found.state != PAY_STATE_NONE)
        return second->authorize(second->self, cx, *in, ret);
    if (asked != first && may_come(cx, in->key))
        return FAIL(cx, PAY_UNREACHABLE, "%s may still hear of this payment", second->name);
    return first->authorize(first->self, cx, *in, ret);
}

static err authorize(void *self, struct cx *cx, struct pay_request in, struct pay_result *ret)
{
    struct fallback *f = pay_wrap_self(self);
    struct pay *first = f->parts[0], *second = f->parts[1];

    if (!in.first_attempt)
        return authorize_again(f, cx, &in, ret);
    err e = first->authorize(first->self, cx, in, ret);
    bool over = e == &PAY_UNREACHABLE && in.customer.n == 0;
    if (over) {
        cx_clear(cx);
        e = second->authorize(second->self, cx, in, ret);
    }
    if (e)
        remember(f, in.key, over && e == &PAY_UNKNOWN ? second : first);
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
    f->asked = map_new(f->arena, 16);
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
