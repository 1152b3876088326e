/* SPDX-License-Identifier: Apache-2.0
 * What the files of the sandbox share: its body, its cards, its lock. For pay_sandbox*.c alone;
 * must never be seen by a caller of the port. */
#ifndef SOUK_PLATFORM_PAY_PAY_SANDBOX_INTERNAL_H
#define SOUK_PLATFORM_PAY_PAY_SANDBOX_INTERNAL_H

#include <pthread.h>

#include "platform/pay/pay_books.h"

enum sandbox_temper {
    SANDBOX_WELL,
    SANDBOX_DECLINES,
    SANDBOX_CHALLENGES,
    SANDBOX_LOSES_ANSWER,
    SANDBOX_SLOW
};
struct sandbox_card {
    const char *token, *brand, *last4;
    enum sandbox_temper temper;
    const char *code, *text; /* of the refusal */
};
struct sandbox {
    pthread_mutex_t mutex; /* guards the books */
    struct pay_books books;
    int64_t slow_ms;
    const char *name;
    str prefix; /* of references: "sb_" */
    str webhook_secret;
};

/* The card behind a token; of no token of ours one that declines. */
const struct sandbox_card *sandbox_card_of(str token);
/* Around each use of the books. PAY_UNREACHABLE: the file cannot be read. */
err sandbox_enter(struct sandbox *sandbox, struct cx *cx) MUST_USE;
void sandbox_leave(struct sandbox *sandbox);
err sandbox_key_check(struct cx *cx, str key) MUST_USE;
/* prefix and the start of a digest of the key: the same reference for the same key. */
str sandbox_ref(struct arena *arena, str prefix, str key);
str sandbox_challenge_url(struct arena *arena, str ref, str return_url);
/* What is told of a payment that is, or was, in `state`; under the lock. */
struct pay_result sandbox_answer(
    struct sandbox *sandbox, struct cx *cx, const struct pay_payment *p, enum pay_state state);

/* pay_sandbox_saved.c: saved methods; pay_sandbox_tell.c: lists and webhooks */
err sandbox_setup(void *self, struct cx *cx, struct pay_setup_request in, struct pay_setup *ret);
err sandbox_setup_find(void *self, struct cx *cx, str setup_ref, struct pay_setup *ret);
err sandbox_methods(
    void *self, struct cx *cx, str customer, struct pay_method **ret, size_t *ret_n);
err sandbox_detach(void *self, struct cx *cx, str token);
err sandbox_list(
    void *self, struct cx *cx, struct pay_range range, str cursor, struct pay_list *ret);
err sandbox_parse_webhook(
    void *self, struct cx *cx, str signature, str body, struct pay_event *ret);

#endif
