/* SPDX-License-Identifier: Apache-2.0
 * Which files may be opened: rules of Landlock, which the kernel keeps for this process and its
 * threads. Called by jail_enter; must never allow a folder that was not named. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/landlock.h>

#include "platform/jail/jail_internal.h"

/* What Debian 12's headers do not name yet. */
#define RIGHT_REFER (UINT64_C(1) << 13)
#define RIGHT_TRUNCATE (UINT64_C(1) << 14)
#define RIGHT_IOCTL (UINT64_C(1) << 15)
#define SCOPE_SOCKETS 1u
#define SCOPE_SIGNALS 2u
struct ruleset {
    uint64_t files, ports, scoped;
};

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE                                                                                      \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                               \
        LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |                             \
        LANDLOCK_ACCESS_FS_MAKE_REG | RIGHT_REFER | RIGHT_TRUNCATE)
/* Whatever nobody is given: running programs, devices, sockets and links as files. */
#define NEVER                                                                                      \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK |   \
        LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SYM)
#define OF_FILES                                                                                   \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |   \
        RIGHT_TRUNCATE | RIGHT_IOCTL)

/* Names, certificates, time zones and libraries that are loaded late (glibc's resolver). */
static const char *const common[] = { "/etc/hosts", "/etc/host.conf", "/etc/resolv.conf",
    "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services", "/etc/protocols", "/etc/passwd",
    "/etc/group", "/etc/localtime", "/etc/ld.so.cache", "/etc/ssl", "/etc/ca-certificates",
    "/etc/pki", "/run/systemd/resolve", "/run/resolvconf", "/run/NetworkManager", "/usr/lib",
    "/usr/share/zoneinfo", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates", "/lib",
    "/lib64", "/proc/self", "/proc/loadavg", "/proc/meminfo", "/proc/cpuinfo", "/proc/stat",
    "/proc/sys/kernel", "/proc/sys/vm", "/sys/devices/system/cpu", "/dev/urandom", "/dev/random" };
/* Below the home folder: certificates and passwords of the database's client library. */
static const char *const at_home[] = { ".pgpass", ".postgresql" };

static bool allow(int rules, const char *path, uint64_t rights)
{
    struct stat st;
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return false;
    if (fstat(fd, &st) || !S_ISDIR(st.st_mode))
        rights &= OF_FILES;
    struct landlock_path_beneath_attr rule = { .allowed_access = rights, .parent_fd = fd };
    bool ok = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    close(fd);
    return ok;
}

/* The rights that this version of the kernel's rules knows. */
static uint64_t known_rights(int version)
{
    uint64_t all = READ | WRITE | NEVER | RIGHT_IOCTL;
    if (version < 2)
        all &= ~RIGHT_REFER;
    if (version < 3)
        all &= ~RIGHT_TRUNCATE;
    if (version < 5)
        all &= ~RIGHT_IOCTL;
    return all;
}

static bool allow_all(struct cx *cx, int rules, const struct jail_opts *in, uint64_t known)
{
    const char *home = getenv("HOME");
    for (size_t i = 0; i < COUNT(common); i++)
        (void)allow(rules, common[i], READ & known);
    (void)allow(rules, "/dev/null", (READ | LANDLOCK_ACCESS_FS_WRITE_FILE) & known);
    for (size_t i = 0; home && i < COUNT(at_home); i++)
        (void)allow(
            rules, str_c(cx->arena, str_fmt(cx->arena, "%s/%s", home, at_home[i])), READ & known);
    for (size_t i = 0; i < in->readable_n; i++)
        (void)allow(rules, str_c(cx->arena, in->readable[i]), READ & known);
    for (size_t i = 0; i < in->writable_n; i++)
        if (!allow(rules, str_c(cx->arena, in->writable[i]), (READ | WRITE) & known))
            return false;
    return true;
}

int jail_files(struct cx *cx, const struct jail_opts *in)
{
    int version =
        (int)syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1)
        return 0;
    uint64_t known = known_rights(version);
    struct ruleset set = { .files = known };
    size_t size = version >= 6 ? sizeof(set) : version >= 4 ? 16 : 8;
    if (version >= 6)
        set.scoped = SCOPE_SOCKETS | SCOPE_SIGNALS;
    int rules = (int)syscall(SYS_landlock_create_ruleset, &set, size, 0);
    if (rules < 0)
        return 0;
    bool ok = allow_all(cx, rules, in, known) && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    close(rules);
    return ok ? version : 0;
}
