/* SPDX-License-Identifier: Apache-2.0
 * E-mail addresses as text. No I/O: whether somebody reads there is not asked. */
#ifndef BASE_EMAIL_H
#define BASE_EMAIL_H

#include "base/str.h"

/* The form of an address that mail can be sent to, and nothing around it: one '@', 64 bytes before
 * it, a domain of at least two labels behind it, 254 in all. Letters of other scripts are fine;
 * quotes, comments and numbers of hosts are not. Whether it exists is not known here. */
bool email_valid(str email);

#endif
