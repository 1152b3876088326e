/* SPDX-License-Identifier: Apache-2.0
 * What a message says: from the facts of an event to its words. Called by notify_events.c; must
 * never look anything up. */
#ifndef SOUK_SERVICES_NOTIFY_NOTIFY_DOMAIN_H
#define SOUK_SERVICES_NOTIFY_NOTIFY_DOMAIN_H

#include "base/arena.h"
#include "base/str.h"

enum notify_kind {
    NOTIFY_WELCOME,
    NOTIFY_ORDER_CONFIRMED,
    NOTIFY_ORDER_CANCELLED,
    NOTIFY_VERIFY,
    NOTIFY_RESET,
    NOTIFY_EMAIL_ASKED,
    NOTIFY_EMAIL_NOTICE,
    NOTIFY_EMAIL_CHANGED,
    NOTIFY_PASSWORD_CHANGED,
    NOTIFY_FACTOR_CHANGED,
    NOTIFY_NEW_DEVICE,
    NOTIFY_WAY_CHANGED,
    NOTIFY_EXPORTED,
    NOTIFY_ERASURE,
    NOTIFY_REFUND_FAILED,
    NOTIFY_REFUND_REPAID,
    NOTIFY_PAYOUT_ACCOUNT,
    NOTIFY_PAYOUT_PAID,
    NOTIFY_PAYOUT_FAILED,
    NOTIFY_KINDS_N,
};
extern const char *const notify_kind_names[NOTIFY_KINDS_N];

/* What is known; absent texts are left out of the message. */
struct notify_facts {
    str name;                     /* of the person */
    str number, order_id, amount; /* "112-...", a UUID, "$12.00" */
    str reason;                   /* why an order was cancelled, as a code */
    str device, place;            /* where somebody signed in: "Firefox on Linux", "DE" */
    str other;   /* the other e-mail of a change, a way into the account, the end of a number */
    bool on;     /* a second factor was turned on, not off */
    str link;    /* path with a code, behind the origin */
    str parcels; /* where each of several goes, in sentences */
    str origin;  /* of the links */
};
struct notify_line {
    str text;
};
struct notify_action {
    str label, href;
};
#define NOTIFY_LINES_MAX 4
struct notify_words {
    str subject, heading, footer;
    const struct notify_line *lines;
    size_t lines_n;
    const struct notify_action *action; /* NULL: nothing to click */
};
struct notify_words notify_domain_words(
    struct arena *arena, enum notify_kind kind, const struct notify_facts *facts);
/* The same as plain text, a paragraph a line. */
str notify_domain_text(struct arena *arena, const struct notify_words *words);

#endif
