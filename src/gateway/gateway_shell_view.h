/* SPDX-License-Identifier: Apache-2.0
 * Views of the page frame (web/pages/shell.html) and of the error page (web/pages/problem.html).
 * Filled by the gateway around the page that a flow has rendered. Text only, no formatting here. */
#ifndef SOUK_GATEWAY_GATEWAY_SHELL_VIEW_H
#define SOUK_GATEWAY_GATEWAY_SHELL_VIEW_H

#include "platform/web/web_views.h"

/* Top level departments of the shop. */
struct department_view {
    str label, href;
    bool current; /* the page is in it */
};

struct shell_view {
    str lang;                         /* "en" */
    str title;                        /* whole: "Wireless headphones - Souk" */
    str description, canonical;       /* absolute URL; absent on pages that are nobody else's */
    str css, js, icon;                /* "/assets/<hash>/souk.css" */
    str passkey_js;                   /* absent: the page asks for none */
    str office_css;                   /* what the back office has beside css */
    str og_image;                     /* absolute URL */
    str user;                         /* first name; absent: "Sign in" */
    str acting;                       /* whom staff act as; absent: nobody */
    str cart_count;                   /* "3"; absent when the cart is empty */
    str imprint;                      /* last line of the page */
    str body;                         /* markup of the page */
    const struct search_view *search; /* NULL on the home page, which has its own, large */
    const struct department_view *departments;
    const struct link_view *footer; /* beside orders, account and cart */
    size_t departments_n, footer_n;
    str scheme;   /* colours that the page has: "light dark", or what the visitor chose */
    bool system;  /* nothing was chosen */
    bool dark;    /* dark was */
    bool plain;   /* checkout: nothing that leads away */
    bool noindex; /* cart, checkout, account, search results */
};
struct problem_view {
    str status;  /* "404" */
    str heading; /* "This page is not here" */
    str text;    /* what to do */
    str retry;   /* URL to try again; absent when that is no use */
    str request_id;
    const struct search_view *search;
    const struct link_view *links;
    size_t links_n;
};

/* office_page: the frame of the back office, of the same view. */
extern const struct html_page shell_page, office_page, problem_page;

#endif
