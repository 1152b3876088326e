/* SPDX-License-Identifier: Apache-2.0
 * Reads the Cookie header. Called by pages of flows; must never be told one by a form. */
#ifndef SOUK_PLATFORM_WEB_WEB_COOKIE_H
#define SOUK_PLATFORM_WEB_WEB_COOKIE_H

#include "base/str.h"

/* The value of a cookie in the header, or the absent str. */
str web_cookie(str header, str name);

#endif
