/* SPDX-License-Identifier: Apache-2.0
 * Messages to people: which mail an event causes, its text, and a log of what was sent.
 * Listens to "order.confirmed", "order.cancelled", "order.refund_failed" and what identity tells
 * about accounts; the events are a table in notify_events.c. */
#ifndef SOUK_SERVICES_NOTIFY_NOTIFY_H
#define SOUK_SERVICES_NOTIFY_NOTIFY_H

#include "platform/http/service.h"
#include "platform/mail/mail.h"

struct notify;
extern const struct service notify_service;

struct tokens;
#define NOTIFY_KEEP_DAYS 90
struct notify_deps {
    struct db *db;
    struct tokens *tokens; /* makes the codes in links; NULL: such mails have none */
    struct mail *mail;
    str origin;        /* public origin for links: "http://127.0.0.1:8080" */
    str from;          /* address of the shop */
    int64_t keep_days; /* what was sent; 0: NOTIFY_KEEP_DAYS */
};
struct notify *notify_open(struct arena *life, struct notify_deps deps);

/* What was sent: by event, newest first, for the back office and tests. */
struct notify_sent {
    id event_id;
    str kind, recipient, subject;
    int64_t sent_ms;
};
err notify_list(struct notify *n, struct cx *cx, int64_t limit, struct notify_sent **ret,
    size_t *ret_n) MUST_USE;

#endif
