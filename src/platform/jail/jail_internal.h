/* SPDX-License-Identifier: Apache-2.0
 * The parts of the jail. For this folder only; each is false when the kernel lacks it, and
 * leaves things as they were. */
#ifndef SOUK_PLATFORM_JAIL_JAIL_INTERNAL_H
#define SOUK_PLATFORM_JAIL_JAIL_INTERNAL_H

#include "platform/jail/jail.h"

/* Sanitizers trace the process when it ends, and need a few calls more. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define JAIL_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define JAIL_SANITIZED 1
#endif
#endif
#ifndef JAIL_SANITIZED
#define JAIL_SANITIZED 0
#endif

/* jail_files.c: the version of Landlock that holds now; 0: none. */
int jail_files(struct cx *cx, const struct jail_opts *in);
/* jail_calls.c */
bool jail_calls(void);

#endif
