/* SPDX-License-Identifier: Apache-2.0
 * Boxes: either way of sealing, and no nonce twice. Run by `./dev test vault`. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/vault/vault_internal.h"
#include "tests/support/check.h"

/* Either way of sealing opens, under the same key and bound to the same, and nothing else does. */
static void test_boxes(void **state)
{
    (void)state;
    struct arena *arena = arena_open(8192);
    struct vault_key key = { { 1, 2, 3 } }, other = { { 1, 2, 4 } };
    struct vault_prepared p;
    str text = S("Gwen Guest, 500 Market Street"), got;
    vault_prepare(&p, &key);
    for (int i = 0; i < 2; i++) {
        if (i && !p.ready)
            continue; /* a processor without AES */
        for (size_t n = 0; n <= text.n; n += 7) {
            str clear = str_sub(text, 0, n);
            str box = i ? vault_box_prepared(arena, &p, S("a row"), clear)
                        : vault_box(arena, &key, S("a row"), clear);
            CHECK(vault_unbox(arena, &key, S("a row"), box, &got));
            CHECK_STR(got, clear);
            CHECK(!vault_unbox(arena, &key, S("a r0w"), box, &got));
            CHECK(!vault_unbox(arena, &other, S("a row"), box, &got));
            box = str_dup(arena, box);
            ((char *)(uintptr_t)box.p)[box.n - 1] ^= 1;
            CHECK(!vault_unbox(arena, &key, S("a row"), box, &got));
        }
    }
    arena_close(arena);
}

static int by_nonce(const void *a, const void *b)
{
    return memcmp(((const str *)a)->p, ((const str *)b)->p, 12);
}

struct sealing {
    struct arena *arena;
    str boxes[500];
};

static void *seal_many(void *arg)
{
    struct sealing *s = arg;
    struct vault_key key = { { 1 } };
    for (size_t i = 0; i < COUNT(s->boxes); i++)
        s->boxes[i] = vault_box(s->arena, &key, S("a row"), S("text"));
    return NULL;
}

/* Not by one thread, not by two, and not by a child that goes on where its parent was. */
static void test_no_nonce_twice(void **state)
{
    (void)state;
    struct sealing *all = calloc(3, sizeof *all);
    pthread_t threads[2];
    CHECK(all != NULL);
    for (int i = 0; i < 3; i++)
        all[i].arena = arena_open(8192);
    for (int i = 0; i < 2; i++)
        CHECK(pthread_create(&threads[i], NULL, seal_many, &all[i]) == 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    struct vault_key key = { { 1 } };
    (void)vault_box(all[2].arena, &key, S("a row"), S("text")); /* nonces are fetched */
    int ends[2];
    CHECK(pipe(ends) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        str box = vault_box(all[2].arena, &key, S("a row"), S("text"));
        _exit(write(ends[1], box.p, 12) == 12 ? 0 : 1);
    }
    char nonce[12];
    CHECK(read(ends[0], nonce, sizeof nonce) == (ssize_t)sizeof nonce);
    seal_many(&all[2]);
    str boxes[3 * COUNT(all->boxes) + 1];
    size_t n = 0;
    boxes[n++] = (str){ nonce, sizeof nonce };
    for (int i = 0; i < 3; i++)
        for (size_t k = 0; k < COUNT(all->boxes); k++)
            boxes[n++] = all[i].boxes[k];
    qsort(boxes, n, sizeof *boxes, by_nonce);
    for (size_t i = 1; i < n; i++)
        CHECK(by_nonce(&boxes[i - 1], &boxes[i]) != 0);
    close(ends[0]);
    close(ends[1]);
    CHECK(waitpid(child, NULL, 0) == child);
    for (int i = 0; i < 3; i++)
        arena_close(all[i].arena);
    free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_boxes),
        cmocka_unit_test(test_no_nonce_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
