/* SPDX-License-Identifier: Apache-2.0
 * The order of giving up: files, capabilities, dumps, then system calls. Called by the app before
 * it opens anything; must never leave a part half done in silence. */
#include "platform/jail/jail.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/jail/jail_internal.h"

const problem JAIL_MISSING = { KIND_BUG, "jail.missing", NULL,
    "A part of the jail is not to be had here" };

#define CAPS_MAX 64

static bool has_cap(const struct __user_cap_data_struct *now, unsigned cap)
{
    return (now[cap / 32].permitted >> (cap % 32)) & 1;
}

/* All but, where it is wanted, ports below 1024. */
static bool drop_capabilities(bool low_ports)
{
    struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct now[2] = { { 0 } }, kept[2] = { { 0 } };
    if (syscall(SYS_capget, &head, now))
        return false;
    if (low_ports && has_cap(now, CAP_NET_BIND_SERVICE))
        kept[0].permitted = kept[0].effective = 1u << CAP_NET_BIND_SERVICE;
    for (unsigned cap = 0; cap < CAPS_MAX && has_cap(now, CAP_SETPCAP); cap++)
        if (prctl(PR_CAPBSET_READ, cap, 0, 0, 0) == 1 && !has_cap(kept, cap) &&
            prctl(PR_CAPBSET_DROP, cap, 0, 0, 0))
            return false;
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return syscall(SYS_capset, &head, kept) == 0;
}

/* Keys and passwords in memory are for nobody else: no core, and no /proc/PID/mem either. */
bool jail_undumpable(void)
{
    struct rlimit none = { 0, 0 };
    bool ok = setrlimit(RLIMIT_CORE, &none) == 0;
    if (JAIL_SANITIZED)
        return ok;
    return ok && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

err jail_enter(struct cx *cx, struct jail_opts in, struct jail_state *ret)
{
    struct jail_state s = { .landlock = 0 };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
        s.landlock = jail_files(cx, &in);
        s.capabilities = drop_capabilities(in.low_ports);
        s.undumpable = jail_undumpable();
        s.calls = jail_calls();
    }
    *ret = s;
    if (in.must && !(s.landlock && s.capabilities && s.undumpable && s.calls))
        return FAIL(cx, JAIL_MISSING, "landlock=%d capabilities=%d dumps=%d calls=%d", s.landlock,
            s.capabilities, s.undumpable, s.calls);
    return NULL;
}
