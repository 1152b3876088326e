/* SPDX-License-Identifier: Apache-2.0
 * The sandbox's books: payments by key and by reference, rebuilt from a log of facts. Called by
 * pay_sandbox.c under its lock. Must never change a payment but by a fact that the log has. */
#ifndef SOUK_PLATFORM_PAY_PAY_BOOKS_H
#define SOUK_PLATFORM_PAY_PAY_BOOKS_H

#include "base/map.h"
#include "platform/pay/pay.h"

enum pay_verb {
    PAY_VERB_AUTHORIZE,
    PAY_VERB_CHALLENGE, /* its outcome */
    PAY_VERB_CAPTURE,
    PAY_VERB_RELEASE,
    PAY_VERB_REFUND,
    PAY_VERB_SETUP,
    PAY_VERB_DETACH,
    PAY_VERB_RETURN, /* a refund came back: its key and amount */
    PAY_VERBS_N,
};

/* What has happened: one line of the log. */
struct pay_fact {
    enum pay_verb verb;
    str key;               /* of the call; CHALLENGE and DETACH have none */
    str ref;               /* the payment's or the setup's */
    int64_t at_ms;         /* 0 in logs of before times were kept */
    int64_t minor;         /* AUTHORIZE, CAPTURE, REFUND */
    str token, return_url; /* AUTHORIZE, SETUP: of the card */
    str customer;          /* SETUP */
    /* AUTHORIZE */
    currency currency;
    bool capture;
    enum pay_state state; /* AUTHORIZE, CHALLENGE, SETUP: what came of it */
};

struct pay_payment {
    int64_t created_ms;
    str key, ref, token, return_url;
    money amount;
    bool capture;                /* as soon as it is authorised */
    enum pay_state first, state; /* what the first call was told; now */
    int64_t captured, refunded;
    bool released; /* what was not captured */
};
/* A capture, release or refund that was done: what a repeat of its key is told. */
struct pay_deed {
    struct pay_payment *payment;
    int64_t minor, captured, refunded, open;
    enum pay_state state;
};
/* A method that was, or was to be, saved. */
struct pay_saved {
    str key, ref, token, customer, return_url;
    str card; /* the token that it was made of */
    enum pay_setup_state first, state;
    bool detached;
};
/* A fact as the world outside is told of it; one of payment and saved is set. */
struct pay_told {
    enum pay_verb verb;
    str key; /* of the call */
    const struct pay_payment *payment;
    const struct pay_saved *saved;
    enum pay_state state; /* of the payment after it, with its figures */
    int64_t captured, refunded, open, at_ms;
};

struct pay_books {
    struct arena *arena;
    const char *path; /* NULL: in memory alone */
    int fd;
    int64_t read; /* bytes of the file that are in the books */
    struct map by_ref, by_key;
    struct map deeds[PAY_VERBS_N]; /* by key */
    struct map saved_by_key, saved_by_ref, saved_by_token;
    struct pay_told *told; /* one a fact, in their order */
    size_t told_n, told_cap;
    int64_t live_minor; /* held or taken, and not given back */
};

/* "captured" */
str pay_state_name(enum pay_state state);
bool pay_state_of(str name, enum pay_state *ret) MUST_USE;
/* What of the payment is neither captured nor released, where anything is held. */
int64_t pay_books_open_minor(const struct pay_payment *p);

/* file may be NULL. ERR_BUG: it cannot be opened or is no log of ours. */
err pay_books_open(struct cx *cx, const char *file, struct pay_books *ret) MUST_USE;
void pay_books_close(struct pay_books *books);
/* Around each use, so that several processes can share a file: pay_books_begin reads what others
 * have written since. PAY_UNREACHABLE when it cannot. */
err pay_books_begin(struct pay_books *books, struct cx *cx) MUST_USE;
void pay_books_end(struct pay_books *books);
/* Writes the fact to the log and then to the books. PAY_UNREACHABLE: neither has it. */
err pay_books_add(struct pay_books *books, struct cx *cx, const struct pay_fact *fact) MUST_USE;

#endif
