/* SPDX-License-Identifier: Apache-2.0
 * What the files of notify share. For this folder only. */
#ifndef SOUK_SERVICES_NOTIFY_NOTIFY_INTERNAL_H
#define SOUK_SERVICES_NOTIFY_NOTIFY_INTERNAL_H

#include "services/notify/notify.h"
#include "services/notify/notify_domain.h"

struct notify {
    struct notify_deps deps;
    struct html_template *mail;
};

/* To whom, because of which event. */
struct notify_letter {
    id event_id;
    str to, to_name;
    enum notify_kind kind;
    str subject; /* once it was sent */
};
/* Outside any unit: a repeat is sent once, by the event's id. */
err notify_send(struct notify *n, struct cx *cx, struct notify_letter *letter,
    const struct notify_facts *facts) MUST_USE;
/* In a WRITE unit, after it was sent: the row of it; a repeat adds none. */
err notify_note(struct notify *n, struct cx *cx, const struct notify_letter *letter) MUST_USE;

extern const struct bus_handler notify_events[];
extern const struct route notify_routes[];

#endif
