/* SPDX-License-Identifier: Apache-2.0
 * Child processes: started with their output in a file, waited for, looked at in /proc. Called by
 * the measuring programs; must never leave one behind (they die with this process). */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/bench.h"
#include "platform/file/file.h"

/* Settings of whoever runs the bench are not the measured server's. */
static void forget_settings(void)
{
    for (char **env = environ; env && *env;) {
        char name[64];
        size_t n = strcspn(*env, "=");
        if (strncmp(*env, "SOUK_", 5) != 0 || n >= sizeof name) {
            env++;
            continue;
        }
        memcpy(name, *env, n);
        name[n] = 0;
        unsetenv(name); /* closes the gap */
    }
}

static void become(const struct bench_command *c)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    int fd = open(c->out ? c->out : "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (fd >= 0) {
        dup2(fd, 1);
        dup2(fd, 2);
    }
    forget_settings();
    for (size_t i = 0; c->env[i]; i++)
        putenv((char *)(uintptr_t)c->env[i]);
    execvp(c->words[0], (char *const *)(uintptr_t)c->words);
    _exit(127);
}

pid_t bench_spawn(struct bench *b, const struct bench_command *c)
{
    pid_t pid = fork();
    if (pid < 0)
        bench_die(b, "fork: %s", strerror(errno));
    if (pid == 0)
        become(c);
    return pid;
}

int bench_wait(struct bench *b, pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            bench_die(b, "waitpid: %s", strerror(errno));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

str bench_output(struct bench *b, const struct bench_command *c)
{
    str text;
    return c->out && file_read(b->arena, str_from_c(c->out), &text) ? text : S("");
}

void bench_run(struct bench *b, const struct bench_command *c)
{
    int status = bench_wait(b, bench_spawn(b, c));
    if (status == 0)
        return;
    str text = bench_output(b, c);
    str end = str_skip(text, text.n > 2000 ? text.n - 2000 : 0);
    bench_die(b, "%s %s: status %d\n" STR_F, c->words[0], c->words[1] ? c->words[1] : "", status,
        STR_A(end));
}

int64_t bench_rss_kb(pid_t pid)
{
    char path[64], line[256];
    long long kb = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "re");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "VmRSS: %lld", &kb) == 1)
            break;
    if (f)
        fclose(f);
    return kb;
}

static double cpu_of(const char *pid)
{
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
    FILE *f = fopen(path, "re");
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
    if (f)
        fclose(f);
    text[n] = 0;
    const char *rest = strrchr(text, ')'); /* the name may hold blanks */
    unsigned long long user = 0, system = 0;
    if (!rest || sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user,
                     &system) != 2)
        return 0;
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

double bench_cpu_s(pid_t pid)
{
    char path[64], text[4096];
    snprintf(path, sizeof path, "%d", (int)pid);
    double sum = cpu_of(path);
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    FILE *f = fopen(path, "re");
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
    if (f)
        fclose(f);
    str rest = { text, n };
    while (rest.n) {
        str child = str_cut(&rest, ' ');
        char name[24];
        if (!child.n || child.n >= sizeof name)
            break;
        memcpy(name, child.p, child.n);
        name[child.n] = 0;
        sum += cpu_of(name);
    }
    return sum;
}

int bench_free_port(struct bench *b)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0 ||
        getsockname(fd, (struct sockaddr *)&a, &n) != 0)
        bench_die(b, "no free port: %s", strerror(errno));
    close(fd);
    return ntohs(a.sin_port);
}
