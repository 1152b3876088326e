/* SPDX-License-Identifier: Apache-2.0
 * What a process in the jail can do and cannot: each attempt in a child of its own, as nobody comes
 * out again. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/jail/jail_internal.h"
#include "tests/support/check.h"

#define SKIP_STATUS 77
#define BROKEN_STATUS 78

/* Each gives 0, or errno. */
static int errno_of(long got)
{
    return got < 0 ? errno : 0;
}

static int opened(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    int got = errno_of(fd);
    if (fd >= 0)
        close(fd);
    return got;
}

static int read_shadow(void)
{
    return opened("/etc/shadow", O_RDONLY);
}
static int read_root(void)
{
    return opened("/root", O_RDONLY | O_DIRECTORY);
}
static int read_other_environment(void)
{
    return opened("/proc/1/environ", O_RDONLY);
}
static int read_hosts(void)
{
    return opened("/etc/hosts", O_RDONLY);
}
static int climb(void)
{
    return opened("../../../../../../etc/shadow", O_RDONLY);
}
static int write_outside(void)
{
    return opened("/tmp/souk-jail-test-outside", O_CREAT | O_WRONLY);
}
static int write_inside(void)
{
    return opened("inside", O_CREAT | O_WRONLY);
}
static int rename_inside(void)
{
    int got = opened("before", O_CREAT | O_WRONLY);
    return got ? got : errno_of(rename("before", "after"));
}
static int move_out(void)
{
    int got = opened("kept", O_CREAT | O_WRONLY);
    return got ? got : errno_of(rename("kept", "/tmp/souk-jail-test-moved"));
}
static int make_link(void)
{
    return errno_of(symlink("/etc/shadow", "link"));
}
static int run_program(void)
{
    char *const argv[] = { (char[]){ "true" }, NULL }, *const env[] = { NULL };
    return errno_of(execve("/bin/true", argv, env));
}
static int run_own_file(void)
{
    char *const argv[] = { (char[]){ "own" }, NULL }, *const env[] = { NULL };
    int got = opened("own", O_CREAT | O_WRONLY);
    return got ? got : errno_of(chmod("own", 0700) ? -1 : execve("own", argv, env));
}
static int make_process(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return errno_of(child);
}
static int trace(void)
{
    return errno_of(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}
static int read_other_memory(void)
{
    return errno_of(syscall(SYS_process_vm_readv, getppid(), NULL, 0UL, NULL, 0UL, 0UL));
}
static int written_and_run(void)
{
    void *p =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? errno : 0;
}
static int raw_packets(void)
{
    return errno_of(socket(AF_PACKET, SOCK_RAW, 0));
}
static int local_socket(void)
{
    return errno_of(socket(AF_UNIX, SOCK_STREAM, 0));
}
static int kill_others(void)
{
    return errno_of(kill(getppid(), 0));
}
static int mount_something(void)
{
    return errno_of(mount("none", "/mnt", "tmpfs", 0, NULL));
}
static int become_somebody(void)
{
    return errno_of(syscall(SYS_setuid, 65534));
}
static int change_root(void)
{
    return errno_of(chroot("."));
}
static int own_namespace(void)
{
    return errno_of(unshare(CLONE_NEWUSER));
}
static int more_cores(void)
{
    struct rlimit wish = { 1 << 20, 1 << 20 };
    return errno_of(setrlimit(RLIMIT_CORE, &wish));
}
static void *nothing(void *arg)
{
    return arg;
}
static int make_thread(void)
{
    pthread_t thread;
    int got = pthread_create(&thread, NULL, nothing, NULL);
    return got ? got : pthread_join(thread, NULL);
}
static int ask_for_name(void)
{
    struct addrinfo *found = NULL;
    int got = getaddrinfo("localhost", "80", NULL, &found);
    if (found)
        freeaddrinfo(found);
    return got ? ENOENT : 0;
}

enum { HERE_TOO = 1 }; /* what sanitizers need themselves is not forbidden with them */
static const struct attempt {
    const char *name;
    int (*fn)(void);
    int want;  /* errno; 0: it works */
    int loose; /* with sanitizers it may work */
} attempts[] = {
    { "read /etc/shadow", read_shadow, EACCES, 0 },
    { "list /root", read_root, EACCES, 0 },
    { "read the environment of others", read_other_environment, EACCES, 0 },
    { "climb out of the folder", climb, EACCES, 0 },
    { "write outside", write_outside, EACCES, 0 },
    { "move a file out", move_out, EACCES, 0 },
    { "make a symbolic link", make_link, EPERM, 0 },
    { "run a program", run_program, EPERM, 0 },
    { "run a file of one's own", run_own_file, EPERM, 0 },
    { "make a process", make_process, EPERM, HERE_TOO },
    { "be traced", trace, EPERM, HERE_TOO },
    { "read another's memory", read_other_memory, EPERM, HERE_TOO },
    { "run what was written", written_and_run, EPERM, HERE_TOO },
    { "raw packets", raw_packets, EPERM, 0 },
    { "signal others", kill_others, EPERM, 0 },
    { "mount", mount_something, EPERM, 0 },
    { "become somebody else", become_somebody, EPERM, 0 },
    { "change the root", change_root, EPERM, 0 },
    { "a namespace of one's own", own_namespace, EPERM, 0 },
    { "allow cores again", more_cores, EPERM, 0 },
    { "read /etc/hosts", read_hosts, 0, 0 },
    { "write inside", write_inside, 0, 0 },
    { "rename inside", rename_inside, 0, 0 },
    { "a local socket", local_socket, 0, 0 },
    { "a thread", make_thread, 0, 0 },
    { "the address of a name", ask_for_name, 0, 0 },
};

static void enter(const char *folder, struct jail_state *ret)
{
    struct arena *arena = arena_open(4096);
    struct cx cx = { .arena = arena };
    str writable = str_from_c(folder);
    err e = jail_enter(&cx, (struct jail_opts){ .writable = &writable, .writable_n = 1 }, ret);
    if (e)
        _exit(BROKEN_STATUS);
    arena_close(arena);
}

/* In a child, which ends without the checks of a sanitizer. */
static void one_attempt(const struct attempt *a, const char *folder)
{
    struct jail_state state;
    if (chdir(folder))
        _exit(BROKEN_STATUS);
    enter(folder, &state);
    if (!state.landlock || !state.calls)
        _exit(SKIP_STATUS);
    int got = a->fn();
    if (got != a->want && !(a->loose && JAIL_SANITIZED))
        fprintf(stderr, "%s: errno %d instead of %d\n", a->name, got, a->want);
    _exit(got == a->want || (a->loose && JAIL_SANITIZED) ? 0 : 1);
}

static int status_of(pid_t child)
{
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void what_is_possible(void **state)
{
    (void)state;
    char folder[] = "/tmp/souk-jail-XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    for (size_t i = 0; i < COUNT(attempts); i++) {
        pid_t child = fork();
        if (child == 0)
            one_attempt(&attempts[i], folder);
        int status = status_of(child);
        if (status == SKIP_STATUS) {
            print_message("this kernel has no Landlock or no seccomp\n");
            skip();
        }
        if (status != 0)
            fail_msg("%s: status %d", attempts[i].name, status);
    }
    CHECK(access("/tmp/souk-jail-test-outside", F_OK) != 0);
    CHECK(access("/tmp/souk-jail-test-moved", F_OK) != 0);
}

static bool status_says(const char *line)
{
    char text[8192] = { 0 };
    int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
    if (fd >= 0)
        close(fd);
    return n > 0 && str_find(str_from_c(text), str_from_c(line), 0) >= 0;
}

static void what_the_kernel_says(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        struct jail_state now;
        enter("/tmp", &now);
        if (!now.calls)
            _exit(SKIP_STATUS);
        bool ok = status_says("\nSeccomp:\t2\n") && status_says("\nNoNewPrivs:\t1\n") &&
                  status_says("\nCapEff:\t0000000000000000\n") &&
                  status_says("\nCapBnd:\t0000000000000000\n") && now.capabilities &&
                  now.undumpable;
        _exit(ok ? 0 : 1);
    }
    int status = status_of(child);
    if (status == SKIP_STATUS)
        skip();
    assert_int_equal(status, 0);
}

/* A folder that is not there cannot be given: nothing is in force then, and `must` says so. */
static void what_must_hold(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        struct arena *arena = arena_open(4096);
        struct cx cx = { .arena = arena };
        struct jail_state now;
        str writable = S("/nowhere/at/all");
        err e = jail_enter(
            &cx, (struct jail_opts){ .writable = &writable, .writable_n = 1, .must = true }, &now);
        _exit(e == &JAIL_MISSING && now.landlock == 0 ? 0 : 1);
    }
    assert_int_equal(status_of(child), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_possible),
        cmocka_unit_test(what_the_kernel_says),
        cmocka_unit_test(what_must_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
