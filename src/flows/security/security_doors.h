/* SPDX-License-Identifier: Apache-2.0
 * Doors: pages with one form each, of which a table says everything but what happens. For this
 * folder only. */
#ifndef SOUK_FLOWS_SECURITY_SECURITY_DOORS_H
#define SOUK_FLOWS_SECURITY_SECURITY_DOORS_H

#include "flows/security/security_internal.h"
#include "flows/security/security_views.h"
#include "platform/http/route.h"

#define DOOR_FIELDS_MAX 3
struct door {
    const char *path, *title, *text, *button;
    const struct field_view *fields;
    size_t fields_n;
    struct link_view back;
};

/* What any of the forms sends, and what was found out before the unit. */
struct door_in {
    str email, password, new_password, token, code, next, ways, cookies;
    str hash;
    bool factor;
    err failed; /* what the visitor can mend */
    struct field_error *faults;
};

/* Keeps what was refused and goes on, to show it in the form; gives e when it is none of those. */
err door_keep(struct cx *cx, struct door_in *in, err e);
/* What some doors show beside their form. */
struct door_more {
    str picture, secret;
    const struct text_view *codes;
    size_t codes_n;
    struct link_view link; /* beside the way back */
};
/* The form, with what was wrong; 422 then. */
err door_show(
    struct cx *cx, const struct door *door, const struct door_in *in, struct reply *reply);
err door_show_more(struct cx *cx, const struct door *door, const struct door_in *in,
    struct door_more more, struct reply *reply);
/* The path with where to go on to in its query, as far as that is of this shop. */
str door_on(struct cx *cx, str path, str next);
/* Without a form: what happened, and where to go. */
err door_done(struct cx *cx, const struct door *door, str said, struct link_view on, err failed,
    struct reply *reply);

#endif
