/* SPDX-License-Identifier: Apache-2.0
 * Which system calls may be made: a list, with conditions on a few. What is not on it fails with
 * EPERM, as if a right were missing. Called by jail_enter; must never let a program be run. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "platform/jail/jail_internal.h"

#define PRCTL_NAME_MEMORY 0x53564d41 /* PR_SET_VMA: malloc gives its pages a name */

static const char *const plain[] = {
    /* files */
    "read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "preadv2",
    "pwritev2", "open", "openat", "close", "close_range", "stat", "lstat", "fstat", "newfstatat",
    "statx", "statfs", "fstatfs", "lseek", "access", "faccessat", "faccessat2", "dup", "dup2",
    "dup3", "fcntl", "flock", "fsync", "fdatasync", "sync_file_range", "ftruncate", "truncate",
    "fallocate", "fadvise64", "readahead", "getdents", "getdents64", "getcwd", "rename", "renameat",
    "renameat2", "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "link", "linkat", "readlink",
    "readlinkat", "chmod", "fchmod", "fchmodat", "umask", "utimensat", "copy_file_range",
    "sendfile", "pipe", "pipe2",
    /* memory */
    "munmap", "mremap", "madvise", "mlock", "mlock2", "munlock", "mincore", "msync", "brk",
    "membarrier",
    /* threads, signals to oneself, time */
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "rt_sigpending",
    "sigaltstack", "tgkill", "futex", "futex_waitv", "sched_yield", "sched_getaffinity",
    "sched_getparam", "sched_getscheduler", "set_robust_list", "get_robust_list", "rseq",
    "set_tid_address", "gettid", "getpid", "getppid", "getuid", "geteuid", "getgid", "getegid",
    "getresuid", "getresgid", "getgroups", "getpriority", "capget", "getrandom", "clock_gettime",
    "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time", "timerfd_create",
    "timerfd_settime", "timerfd_gettime", "getrusage", "getrlimit", "times", "sysinfo", "uname",
    "getcpu", "restart_syscall", "arch_prctl", "exit", "exit_group",
    /* sockets and waiting */
    "bind", "listen", "accept", "accept4", "connect", "getsockname", "getpeername", "getsockopt",
    "setsockopt", "sendto", "recvfrom", "sendmsg", "recvmsg", "sendmmsg", "recvmmsg", "shutdown",
    "eventfd2", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait",
    "epoll_pwait2", "poll", "ppoll", "select", "pselect6", "signalfd4"
};
/* A leak check stops all threads from a process beside them, and looks at their registers. */
static const char *const of_sanitizers[] = { "ptrace", "clone", "clone3", "wait4", "waitid",
    "process_vm_readv", "prctl", "kill", "tkill", "personality", "mprotect", "mmap", "setrlimit",
    "prlimit64", "sched_setaffinity" };

/* One call whose argument `at`, masked, must be `value`. */
struct condition {
    const char *call;
    unsigned at;
    enum scmp_compare how;
    uint64_t mask, value; /* a mask counts with SCMP_CMP_MASKED_EQ alone */
};
static const struct condition conditions[] = {
    { "clone", 0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD }, /* threads, no processes */
    { "mprotect", 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 },            /* nothing written is run */
    { "mmap", 2, SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, 0 },
    { "mmap", 2, SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_WRITE },
    { "mmap", 2, SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_EXEC },
    { "socket", 0, SCMP_CMP_EQ, 0, AF_INET }, { "socket", 0, SCMP_CMP_EQ, 0, AF_INET6 },
    { "socket", 0, SCMP_CMP_EQ, 0, AF_UNIX },
    { "socket", 0, SCMP_CMP_EQ, 0, AF_NETLINK }, /* getaddrinfo asks which addresses there are */
    { "socketpair", 0, SCMP_CMP_EQ, 0, AF_UNIX }, { "ioctl", 1, SCMP_CMP_EQ, 0, FIONBIO },
    { "ioctl", 1, SCMP_CMP_EQ, 0, FIONREAD }, { "ioctl", 1, SCMP_CMP_EQ, 0, TCGETS },
    { "ioctl", 1, SCMP_CMP_EQ, 0, TIOCGWINSZ }, { "prctl", 0, SCMP_CMP_EQ, 0, PR_SET_NAME },
    { "prctl", 0, SCMP_CMP_EQ, 0, PR_GET_NAME }, { "prctl", 0, SCMP_CMP_EQ, 0, PR_GET_DUMPABLE },
    { "prctl", 0, SCMP_CMP_EQ, 0, PRCTL_NAME_MEMORY },
    { "prlimit64", 0, SCMP_CMP_EQ, 0, 0 },     /* one's own */
    { "sched_setattr", 0, SCMP_CMP_EQ, 0, 0 }, /* a lane's short slices, which fsync gains by */
};

/* Names that this architecture lacks are passed over. */
static bool add_names(scmp_filter_ctx filter, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int number = seccomp_syscall_resolve_name(names[i]);
        if (number == __NR_SCMP_ERROR)
            continue;
        int got = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
        if (got && got != -EDOM)
            return false;
    }
    return true;
}

static bool add_conditions(scmp_filter_ctx filter)
{
    for (size_t i = 0; i < COUNT(conditions); i++) {
        const struct condition *c = &conditions[i];
        bool masked = c->how == SCMP_CMP_MASKED_EQ;
        struct scmp_arg_cmp arg = { .arg = c->at,
            .op = c->how,
            .datum_a = masked ? c->mask : c->value,
            .datum_b = masked ? c->value : 0 };
        int number = seccomp_syscall_resolve_name(c->call);
        if (number == __NR_SCMP_ERROR)
            continue;
        int got = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, 1, &arg);
        if (got && got != -EDOM && got != -EEXIST)
            return false;
    }
    return true;
}

bool jail_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter)
        return false;
    bool ok = add_names(filter, plain, COUNT(plain));
    if (ok && JAIL_SANITIZED)
        ok = add_names(filter, of_sanitizers, COUNT(of_sanitizers));
    else /* its flags are in memory, where a filter cannot look: glibc takes clone instead */
        ok = ok && seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
    ok = ok && add_conditions(filter);
    ok = ok && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return ok;
}
