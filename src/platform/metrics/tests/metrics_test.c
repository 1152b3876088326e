/* SPDX-License-Identifier: Apache-2.0
 * Metrics: the text that a scraper reads, the limits, many threads at once.
 * Run by `./dev test metrics`, also under TSan. */
#include "platform/metrics/metrics.h"

#include <pthread.h>

#include "tests/support/check.h"

struct world {
    struct arena *life;
    struct metrics *m;
};

static struct world world_open(void)
{
    struct world w = { .life = arena_open(4096) };
    w.m = metrics_open(w.life);
    return w;
}

static void world_close(struct world *w)
{
    metrics_close(w->m);
    metrics_close(w->m);
    metrics_close(NULL);
    arena_close(w->life);
}

static str page(struct world *w)
{
    struct buf out = { .arena = w->life };
    metrics_print(w->m, &out);
    return buf_str(&out);
}

static int64_t seven(void *arg)
{
    return 7 + *(const int *)arg;
}

#define OVERFLOW                                                                                   \
    "# HELP metrics_overflow_total Uses of metrics beyond the limit\n"                             \
    "# TYPE metrics_overflow_total counter\n"

static void the_page(void **state)
{
    struct world w = world_open();
    int one = 1;
    (void)state;

    metric_add(
        metrics_counter(w.m, S("orders_total"), S("kind=\"a\""), S("Orders\nand \\ more")), 2);
    struct metric *open_now = metrics_gauge(w.m, S("open"), (str){ 0 }, S("Open"));
    metric_set(open_now, 9);
    metric_add(open_now, -12);
    metric_add(metrics_counter(w.m, S("orders_total"), S("kind=\"b\""), S("")), 1);
    metric_add(metrics_counter(w.m, S("orders_total"), S("kind=\"a\""), S("")), 3);
    metrics_callback(w.m, S("read_total"), (str){ 0 }, S("Read"), true, seven, &one);
    metrics_callback(w.m, S("size"), S("of=\"x\""), S("Size"), false, seven, &one);
    CHECK_STR(page(&w), S(OVERFLOW "metrics_overflow_total 0\n"
                                   "# HELP orders_total Orders\\nand \\\\ more\n"
                                   "# TYPE orders_total counter\n"
                                   "orders_total{kind=\"a\"} 5\n"
                                   "orders_total{kind=\"b\"} 1\n"
                                   "# HELP open Open\n"
                                   "# TYPE open gauge\n"
                                   "open -3\n"
                                   "# HELP read_total Read\n"
                                   "# TYPE read_total counter\n"
                                   "read_total 8\n"
                                   "# HELP size Size\n"
                                   "# TYPE size gauge\n"
                                   "size{of=\"x\"} 8\n"));
    world_close(&w);
}

static void histograms(void **state)
{
    struct world w = world_open();
    struct metric *h = metrics_histogram(w.m, S("took_seconds"), S("route=\"/\""), S("Took"));
    (void)state;

    metric_observe_us(h, 0);
    metric_observe_us(h, 5000); /* a bound belongs to its bucket */
    metric_observe_us(h, 5001);
    metric_observe_us(h, 999999);
    metric_observe_us(h, 10000001);
    str text = page(&w);
    ptrdiff_t at = str_find(text, S("# HELP took"), 0);
    CHECK(at >= 0);
    CHECK_STR(str_skip(text, (size_t)at), S("# HELP took_seconds Took\n"
                                            "# TYPE took_seconds histogram\n"
                                            "took_seconds_bucket{route=\"/\",le=\"0.005\"} 2\n"
                                            "took_seconds_bucket{route=\"/\",le=\"0.01\"} 3\n"
                                            "took_seconds_bucket{route=\"/\",le=\"0.025\"} 3\n"
                                            "took_seconds_bucket{route=\"/\",le=\"0.05\"} 3\n"
                                            "took_seconds_bucket{route=\"/\",le=\"0.075\"} 3\n"
                                            "took_seconds_bucket{route=\"/\",le=\"0.1\"} 3\n"
                                            "took_seconds_bucket{route=\"/\",le=\"0.25\"} 3\n"
                                            "took_seconds_bucket{route=\"/\",le=\"0.5\"} 3\n"
                                            "took_seconds_bucket{route=\"/\",le=\"0.75\"} 3\n"
                                            "took_seconds_bucket{route=\"/\",le=\"1\"} 4\n"
                                            "took_seconds_bucket{route=\"/\",le=\"2.5\"} 4\n"
                                            "took_seconds_bucket{route=\"/\",le=\"5\"} 4\n"
                                            "took_seconds_bucket{route=\"/\",le=\"7.5\"} 4\n"
                                            "took_seconds_bucket{route=\"/\",le=\"10\"} 4\n"
                                            "took_seconds_bucket{route=\"/\",le=\"+Inf\"} 5\n"
                                            "took_seconds_sum{route=\"/\"} 11.010001\n"
                                            "took_seconds_count{route=\"/\"} 5\n"));
    metrics_histogram(w.m, S("bare_seconds"), (str){ 0 }, S("Bare"));
    CHECK(str_find(page(&w), S("\nbare_seconds_bucket{le=\"+Inf\"} 0\n"), 0) > 0);
    CHECK(str_find(page(&w), S("\nbare_seconds_count 0\n"), 0) > 0);
    world_close(&w);
}

static void same_name_same_metric(void **state)
{
    struct world w = world_open();
    struct metric *a = metrics_counter(w.m, S("a_total"), S("x=\"1\""), S(""));
    (void)state;

    CHECK(metrics_counter(w.m, S("a_total"), S("x=\"1\""), S("")) == a);
    CHECK(metrics_counter(w.m, S("a_total"), S("x=\"2\""), S("")) != a);
    CHECK(metrics_counter(w.m, S("a_total"), (str){ 0 }, S("")) != a);
    world_close(&w);
}

static void too_many(void **state)
{
    struct world w = world_open();
    struct metric *last = NULL, *first = metrics_counter(w.m, S("n_total"), S("n=\"0\""), S(""));
    (void)state;

    for (int i = 0; i < 5000; i++)
        last = metrics_counter(w.m, S("n_total"), str_fmt(w.life, "n=\"%d\"", i), S(""));
    CHECK(metrics_histogram(w.m, S("h_seconds"), (str){ 0 }, S("")) == last);
    CHECK(metrics_gauge(w.m, S("g"), (str){ 0 }, S("")) == last);
    CHECK(metrics_counter(w.m, S("n_total"), S("n=\"0\""), S("")) == first);
    metric_add(last, 100);
    metric_set(last, 5000);
    metric_observe_us(last, 7);
    metrics_callback(w.m, S("late"), (str){ 0 }, S(""), false, seven, NULL);
    CHECK(str_starts(page(&w), S(OVERFLOW "metrics_overflow_total 3\n")));
    CHECK(str_find(page(&w), S("n_total{n=\"4094\"}"), 0) > 0);
    CHECK(str_find(page(&w), S("n_total{n=\"4095\"}"), 0) < 0);
    world_close(&w);
}

static void none(void **state)
{
    struct arena *arena = arena_open(512);
    struct buf out = { .arena = arena };
    (void)state;

    CHECK(metrics_counter(NULL, S("a_total"), (str){ 0 }, S("")) == NULL);
    metrics_callback(NULL, S("a"), (str){ 0 }, S(""), false, seven, NULL);
    metric_add(NULL, 1);
    metric_set(NULL, 1);
    metric_observe_us(NULL, 1);
    metrics_print(NULL, &out);
    CHECK_INT(out.n, 0);
    arena_close(arena);
}

static void *use(void *arg)
{
    struct metrics *m = arg;
    struct arena *arena = arena_open(4096);

    for (int i = 0; i < 2000; i++) {
        str labels = str_fmt(arena, "n=\"%d\"", i % 50);
        metric_add(metrics_counter(m, S("n_total"), labels, S("")), 1);
        metric_observe_us(metrics_histogram(m, S("h_seconds"), labels, S("")), i);
        if (i % 500 == 0) {
            struct buf out = { .arena = arena };
            metrics_print(m, &out);
        }
    }
    arena_close(arena);
    return NULL;
}

static void many_threads(void **state)
{
    struct world w = world_open();
    pthread_t threads[4];
    (void)state;

    for (size_t i = 0; i < COUNT(threads); i++)
        CHECK(pthread_create(&threads[i], NULL, use, w.m) == 0);
    for (size_t i = 0; i < COUNT(threads); i++)
        pthread_join(threads[i], NULL);
    str text = page(&w);
    for (int i = 0; i < 50; i++) {
        CHECK(str_find(text, str_fmt(w.life, "\nn_total{n=\"%d\"} 160\n", i), 0) > 0);
        CHECK(str_find(text, str_fmt(w.life, "\nh_seconds_count{n=\"%d\"} 160\n", i), 0) > 0);
    }
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page),
        cmocka_unit_test(histograms),
        cmocka_unit_test(same_name_same_metric),
        cmocka_unit_test(too_many),
        cmocka_unit_test(none),
        cmocka_unit_test(many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
