/* SPDX-License-Identifier: Apache-2.0
 * What happens to the process and its disk: a second process, a full disk, a folder that cannot be
 * written, kill -9. Run by meson test. Must never leave a child behind. */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/db/tests/probe.h"

/* ---- children ---- */
static pid_t child_run(void (*fn)(void *arg), void *arg)
{
    pid_t pid = fork();

    CHECK(pid >= 0);
    if (pid == 0) {
        fn(arg);
        _exit(99); /* fn ends by itself */
    }
    return pid;
}

static int child_status(pid_t pid)
{
    int status = 0;

    CHECK(waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

struct trial { /* a child opens a database and exits with which of `wants` it met, or 50 */
    str url;
    const err *wants;
    const char *folder;
};

static struct cx child_cx(void)
{
    return (struct cx){ .arena = arena_open(4096), .now_ms = 1 };
}

static int which(struct cx *cx, const err *wants, err e)
{
    for (int i = 0; wants[i]; i++)
        if (wants[i] == e)
            return i;
    print_error("child: %s: " STR_F "\n", e ? e->slug : "success", STR_A(cx->detail));
    return 50;
}

static const err locked[] = { &DB_LOCKED, NULL };
static const err readonly[] = { &DB_READONLY, NULL };

static void child_open(void *arg)
{
    struct trial *trial = arg;
    struct cx cx = child_cx();
    struct db *db = NULL;

    err e = db_open(cx.arena, &cx, (struct db_opts){ .url = trial->url }, &db);
    _exit(which(&cx, trial->wants, e));
}

static void test_second_process(void **state)
{
    struct store *s = probe_for(state);
    struct trial trial = { .url = store_url(s), .wants = locked };
    struct db *db;

    CHECK_INT(child_status(child_run(child_open, &trial)), 0);
    struct cx *cx = check_cx_open(); /* nor may this process open it twice */
    CHECK_ERR(cx, db_open(cx->arena, cx, (struct db_opts){ .url = store_url(s) }, &db), &DB_LOCKED);
    CHECK(cx->retry_after_s >= 0);
    check_cx_close(cx);
    probe_fill(s, 1);
    store_close(s);
}

/* ---- folders that cannot be written ---- */
static void child_open_as_nobody(void *arg)
{
    if (geteuid() == 0 && (setgid(65534) || setuid(65534)))
        _exit(60);
    child_open(arg);
}

static str file_in(struct cx *cx, const char *folder, const char *name)
{
    return str_fmt(cx->arena, "sqlite:%s/%s", folder, name);
}

static void test_readonly_folder(void **state)
{
    char folder[] = "/tmp/souk-test-XXXXXX";
    struct cx *cx = check_cx_open();
    struct trial trial = { .wants = readonly };

    (void)state;
    CHECK(mkdtemp(folder) != NULL);
    CHECK(chmod(folder, 0555) == 0);
    trial.url = file_in(cx, folder, "test.db");
    CHECK_INT(child_status(child_run(child_open_as_nobody, &trial)), 0);
    trial.url = file_in(cx, folder, "missing/test.db");
    CHECK_INT(child_status(child_run(child_open, &trial)), 0);
    struct db *db; /* here as well: what a child meets is not counted as hit */
    CHECK_ERR(cx, db_open(cx->arena, cx, (struct db_opts){ .url = trial.url }, &db), &DB_READONLY);
    CHECK(rmdir(folder) == 0);
    check_cx_close(cx);
}

/* ---- a full disk ---- */
#define BIG ((size_t)32 * 1024)
struct filling {
    struct db *db;
    int64_t n;
};

static err add_big(void *arg, struct cx *cx)
{
    struct filling *f = arg;
    struct probe_sql_big_in in = { .id = probe_id(f->n) };

    in.data = (str){ arena_alloc(cx->arena, BIG), BIG };
    return probe_sql_big(f->db, cx, in, NULL);
}

static err count_big(void *arg, struct cx *cx)
{
    struct filling *f = arg;
    struct probe_sql_big_count_row row;
    bool found;

    err e = probe_sql_big_count(f->db, cx, &row, &found);
    f->n = e ? -1 : row.n;
    return e;
}

/* Writes until the disk is full, checks what is there, makes room, writes again. Exits with 0. */
static void fill_disk(struct db *db, struct cx *cx, void (*make_room)(void))
{
    struct filling f = { .db = db };
    err e = NULL;

    while (!e && f.n < 1000) {
        e = db_write_wait(db, cx, 0, add_big, &f);
        f.n += e == NULL;
    }
    if (which(cx, (const err[]){ &DB_FULL, NULL }, e) != 0 || cx->retry_after_s < 1)
        _exit(61);
    struct filling seen = { .db = db };
    cx_clear(cx);
    if (db_read(cx, count_big, &seen) || seen.n != f.n)
        _exit(62);
    make_room();
    e = db_write_wait(db, cx, 0, add_big, &f);
    if (e || db_read(cx, count_big, &seen) || seen.n != f.n + 1) {
        (void)which(cx, (const err[]){ NULL }, e);
        _exit(63);
    }
    db_close(db);
    _exit(0);
}

static struct db *child_db(struct cx *cx, str url)
{
    struct db *db = NULL;
    size_t applied;

    err e = db_open(cx->arena, cx, (struct db_opts){ .url = url, .group_max = 1 }, &db);
    if (!e)
        e = db_migrate(db, cx, probe_migrations, COUNT(probe_migrations), &applied);
    if (!e)
        return db;
    (void)which(cx, (const err[]){ NULL }, e);
    _exit(64);
}

static void limit_lift(void)
{
    struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

    if (setrlimit(RLIMIT_FSIZE, &limit))
        _exit(65);
}

static void child_limited(void *arg)
{
    struct trial *trial = arg;
    struct cx cx = child_cx();
    struct rlimit limit = { .rlim_cur = 2 << 20, .rlim_max = RLIM_INFINITY };

    (void)signal(SIGXFSZ, SIG_IGN);
    struct db *db = child_db(&cx, trial->url);
    if (setrlimit(RLIMIT_FSIZE, &limit))
        _exit(66);
    fill_disk(db, &cx, limit_lift);
}

static const char *const ballast = "/mnt/ballast";

static void ballast_drop(void)
{
    if (unlink(ballast))
        _exit(67);
}

/* A tmpfs of 4 MB, that only this child sees; 2 MB of it are taken. */
static void child_small_disk(void *arg)
{
    struct cx cx = child_cx();

    (void)arg;
    if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount("tmpfs", "/mnt", "tmpfs", 0, "size=4m"))
        _exit(77); /* not allowed here */
    int fd = open(ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || posix_fallocate(fd, 0, 2 << 20) || close(fd))
        _exit(68);
    fill_disk(child_db(&cx, S("sqlite:/mnt/test.db")), &cx, ballast_drop);
}

static void test_file_limit(void **state)
{
    struct store *s = store_open(store_engine(state), NULL);
    struct cx *cx = check_cx_open();
    struct trial trial = { .url = str_cat(cx->arena, store_url(s), S("2")) };

    CHECK_INT(child_status(child_run(child_limited, &trial)), 0);
    store_close(s);
    check_cx_close(cx);
}

static void test_small_disk(void **state)
{
    (void)state;
    int status = child_status(child_run(child_small_disk, NULL));
    if (status == 77)
        skip();
    CHECK_INT(status, 0);
}

/* ---- kill -9 ---- */
#define WRITERS 8
struct victim {
    struct db *db;
    int fd;
    _Atomic int64_t next;
};

static err one_row(void *arg, struct cx *cx)
{
    const struct probe_kit *kit = arg;
    return probe_sql_add(
        kit->db, cx, (struct probe_sql_add_in){ .id = probe_id(kit->n), .n = kit->n }, NULL);
}

static void *write_and_tell(void *arg)
{
    struct victim *v = arg;

    for (;;) {
        struct cx cx = child_cx();
        struct probe_kit kit = { .db = v->db, .n = v->next++ };
        err e = db_write_wait(v->db, &cx, (uint64_t)kit.n, one_row, &kit);
        if (!e && write(v->fd, &kit.n, sizeof kit.n) != sizeof kit.n)
            _exit(70);
        arena_close(cx.arena);
    }
    return NULL;
}

struct killed {
    str url;
    int fd;
};

static void child_writes(void *arg)
{
    struct killed *k = arg;
    struct cx cx = child_cx();
    struct victim v = { .fd = k->fd };
    pthread_t thread;

    if (db_open(cx.arena, &cx, (struct db_opts){ .url = k->url }, &v.db))
        _exit(71);
    for (int i = 0; i < WRITERS; i++)
        if (pthread_create(&thread, NULL, write_and_tell, &v))
            _exit(72);
    for (;;)
        pause();
}

static err check_there(void *arg, struct cx *cx)
{
    struct probe_kit *kit = arg;
    struct probe_sql_get_row row;
    bool found = false;

    err e = probe_sql_get(kit->db, cx, (struct probe_sql_get_in){ probe_id(kit->n) }, &row, &found);
    if (!e && !found)
        print_error("row %lld was acknowledged and is not there\n", (long long)kit->n);
    return e ? e : found ? NULL : &ERR_MISSING;
}

#define TOLD 200 /* rows that a child acknowledges before it is killed */
static void kill_once(struct store *s, int64_t *told, size_t *told_n)
{
    int fds[2];
    struct killed k = { .url = store_url(s) };
    size_t n = 0;

    CHECK(pipe2(fds, O_CLOEXEC) == 0);
    k.fd = fds[1];
    pid_t pid = child_run(child_writes, &k);
    close(fds[1]);
    while (n < TOLD && read(fds[0], &told[n], sizeof told[n]) == sizeof told[n])
        n++;
    CHECK_INT(kill(pid, SIGKILL), 0);
    CHECK_INT(child_status(pid), -SIGKILL);
    while (n < 2 * TOLD && read(fds[0], &told[n], sizeof told[n]) == sizeof told[n])
        n++; /* what was said with its last breath counts too */
    close(fds[0]);
    CHECK(n >= TOLD);
    *told_n = n;
}

static void test_kill(void **state)
{
    struct store *s = probe_for(state);
    int64_t told[2 * TOLD];
    size_t n;

    store_pause(s);
    kill_once(s, told, &n);
    store_resume(s);
    for (size_t i = 0; i < n; i++) {
        struct probe_kit kit = { .db = store_db(s), .n = told[i] };
        CHECK_ERR(store_cx(s), store_read(s, check_there, &kit), NULL);
    }
    CHECK(probe_rows(s) >= (int64_t)n);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST_ON(test_second_process, DB_SQLITE),
        cmocka_unit_test(test_readonly_folder),
        STORE_TEST_ON(test_file_limit, DB_SQLITE),
        cmocka_unit_test(test_small_disk),
        STORE_TEST(test_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
