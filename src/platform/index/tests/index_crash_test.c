/* SPDX-License-Identifier: Apache-2.0
 * kill -9 while a process indexes, merges and saves: what it left is loaded and is, document for
 * document, what the change log says up to its sequence. Run by meson test; must never kill
 * anything but its own child. */
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "platform/index/tests/index_folder.h"
#include "platform/index/tests/index_world.h"

#define PRODUCTS 400
#define KILLS 45 /* 15 in each phase */

enum phase { INDEXING, MERGING, SAVING, PHASES };
struct shared { /* between the child and this process */
    _Atomic int phase;
    _Atomic int64_t saves;
};

/* ---- the change log: what happened at number n ---- */

struct change {
    size_t product;
    bool gone;
};

static struct change change_at(int64_t n)
{
    struct rng rng = rng_seeded((uint64_t)n);
    return (struct change){ .product = rng_below(&rng, PRODUCTS), .gone = rng_chance(&rng, 150) };
}

static id id_at(struct arena *arena, size_t product)
{
    return id_from_name(S("crash"), str_fmt(arena, "%zu", product));
}

static void apply(struct arena *arena, struct index *ix, int64_t n)
{
    struct change c = change_at(n);
    id of = id_at(arena, c.product);
    if (c.gone) {
        (void)index_remove(ix, &of, 1);
    } else {
        struct index_token tokens[] = { { str_fmt(arena, "v%d", (int)(n % 50)), 0 },
            { str_fmt(arena, "p%zu", c.product), 1 }, { S("every"), 2 } };
        struct index_text texts[TEXTS] = { { tokens, COUNT(tokens) } };
        int64_t numbers[NUMBERS] = { 0 };
        index_put(ix, &(struct index_doc){ .id = of, .texts = texts, .numbers = numbers }, 1);
        CHECK(index_set_number(ix, of, PRICE, n)); /* in place as well */
    }
    index_set_sequence(ix, n);
}

/* ---- the child ---- */

static struct index *open_or_load(str folder)
{
    struct cx *cx = check_cx_open();
    struct index *ix = NULL;
    err e = index_load(cx, folder, world_schema, &ix);
    CHECK(e == NULL || e == &ERR_MISSING);
    check_cx_close(cx);
    return e ? index_open(world_schema) : ix;
}

/* Goes on from where the snapshot ends, for ever. */
static void work(str folder, struct shared *s)
{
    struct index *ix = open_or_load(folder);
    for (int64_t n = index_sequence(ix) + 1;; n++) {
        struct cx *cx = check_cx_open();
        atomic_store(&s->phase, INDEXING);
        apply(cx->arena, ix, n);
        if (n % 31 == 0) {
            atomic_store(&s->phase, MERGING);
            index_optimize(ix);
        }
        if (n % 11 == 0) {
            atomic_store(&s->phase, SAVING);
            CHECK_ERR(cx, index_save(ix, cx, folder), NULL);
            atomic_fetch_add(&s->saves, 1);
        }
        check_cx_close(cx);
    }
}

static void nap(int64_t us)
{
    nanosleep(&(struct timespec){ us / 1000000, us % 1000000 * 1000 }, NULL);
}

/* Runs a child and kills it some time after it entered the phase. */
static void run_and_kill(str folder, struct shared *s, struct rng *rng, enum phase phase)
{
    atomic_store(&s->phase, PHASES);
    atomic_store(&s->saves, 0);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        work(folder, s);
        _exit(0);
    }
    int64_t saves = rng_between(rng, 1, 4);
    int status = 0;
    while (atomic_load(&s->saves) < saves || atomic_load(&s->phase) != (int)phase) {
        nap(20);
        CHECK(waitpid(pid, &status, WNOHANG) == 0);
    }
    nap((int64_t)rng_below(rng, phase == SAVING ? 3000 : 300));
    CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* ---- what it left ---- */

/* Products by price are products by their last change. */
static void check_all(struct cx *cx, struct index *ix, const int64_t *changed)
{
    struct index_query q = {
        .order = INDEX_BY_NUMBER_UP, .order_number = PRICE, .limit = PRODUCTS, .total = true
    };
    struct index_result r;
    size_t at = 0;
    CHECK_ERR(cx, index_find(ix, cx, &q, &r), NULL);
    for (int64_t n = 1; n <= index_sequence(ix); n++) {
        size_t product = change_at(n).product;
        if (changed[product] != n)
            continue;
        CHECK(at < r.hits_n && id_eq(r.hits[at].id, id_at(cx->arena, product)));
        at++;
    }
    CHECK_INT((int64_t)at, r.total);
}

static void check_words(struct cx *cx, struct index *ix, const int64_t *changed)
{
    for (int64_t v = 0; v < 50; v++) {
        struct index_node root = { .op = INDEX_TERM, .text = str_fmt(cx->arena, "v%d", (int)v) };
        struct index_query q = { .root = &root, .limit = PRODUCTS, .total = true };
        struct index_result r;
        CHECK_ERR(cx, index_find(ix, cx, &q, &r), NULL);
        int64_t want = 0;
        for (size_t i = 0; i < PRODUCTS; i++)
            want += changed[i] && changed[i] % 50 == v;
        CHECK_INT(r.total, want);
    }
}

static int64_t check_left(str folder)
{
    struct cx *cx = check_cx_open();
    struct index *ix = NULL;
    int64_t changed[PRODUCTS] = { 0 };
    CHECK_ERR(cx, index_load(cx, folder, world_schema, &ix), NULL);
    int64_t sequence = index_sequence(ix);
    for (int64_t n = 1; n <= sequence; n++) {
        struct change c = change_at(n);
        changed[c.product] = c.gone ? 0 : n;
    }
    check_all(cx, ix, changed);
    check_words(cx, ix, changed);
    index_close(ix);
    check_cx_close(cx);
    return sequence;
}

/* What crashes left over goes with the next snapshot. */
static void check_swept(str folder)
{
    struct cx *cx = check_cx_open();
    struct index *ix = open_or_load(folder);
    str names[256];
    CHECK_ERR(cx, index_save(ix, cx, folder), NULL);
    int64_t segments = index_figures_of(ix).segments;
    CHECK_INT((int64_t)folder_list(cx->arena, folder, names, COUNT(names)), 2 + 2 * segments);
    index_close(ix);
    check_cx_close(cx);
}

static void killed(void **state)
{
    (void)state;
    struct arena *arena = arena_open(4096);
    struct rng rng = rng_seeded(11);
    str folder = folder_new(arena);
    struct shared *s =
        mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(s != MAP_FAILED);
    int64_t former = 0;
    for (int i = 0; i < KILLS; i++) {
        run_and_kill(folder, s, &rng, (enum phase)(i % PHASES));
        int64_t sequence = check_left(folder);
        CHECK(sequence >= former + 11); /* it had saved at least once */
        former = sequence;
    }
    check_swept(folder);
    folder_remove(folder);
    munmap(s, sizeof *s);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(killed) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
