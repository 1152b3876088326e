/* SPDX-License-Identifier: Apache-2.0
 * Least privilege: gives up what a shop that serves does not need, for good. Linux: capabilities,
 * no_new_privs, a filter of system calls (seccomp), rules for files (Landlock), no core dumps. */
#ifndef SOUK_PLATFORM_JAIL_JAIL_H
#define SOUK_PLATFORM_JAIL_JAIL_H

#include "base/err.h"

extern const problem JAIL_MISSING; /* a part that must hold is not in this kernel */

struct jail_opts {
    const str *writable; /* folders that are there; what is in them may be read, made and removed */
    const str *readable; /* files and folders; those that are not there are passed over */
    size_t writable_n, readable_n;
    bool low_ports; /* keeps CAP_NET_BIND_SERVICE, when it is there */
    bool must;      /* JAIL_MISSING unless all of it is in force */
};
/* What is in force. */
struct jail_state {
    bool capabilities; /* dropped, from the bounding set too */
    bool calls;        /* seccomp: no other program, no other process, no tracing, no modules */
    bool undumpable;   /* neither cores nor /proc/PID/mem of others */
    int landlock;      /* version of the kernel's rules for files; 0: none */
};

/* Once, before the first thread is made: it holds for the threads that follow, and cannot be taken
 * back. Beside the lists it leaves what names, certificates and time need, read only. */
err jail_enter(struct cx *cx, struct jail_opts in, struct jail_state *ret) MUST_USE;
/* That part alone. */
bool jail_undumpable(void);

#endif
