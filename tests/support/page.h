/* SPDX-License-Identifier: Apache-2.0
 * A page as a browser would get it. Included by tests of flows with pages, which see no edge. */
#ifndef SOUK_TESTS_SUPPORT_PAGE_H
#define SOUK_TESTS_SUPPORT_PAGE_H

#include "platform/http/reply.h"

/* The reply's template with its view, in cx->arena. Fails the test when there is no page, or when
 * the template does not fit its table or leaves a field of it unused. */
str page_html(struct cx *cx, const struct reply *reply);
/* The value of a header that is there once; absent when it is not. Fails the test when it is there
 * more often. */
str page_header(const struct reply *reply, const char *name);

#endif
