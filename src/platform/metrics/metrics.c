/* SPDX-License-Identifier: Apache-2.0
 * Metrics: families in order of registration, their values as atomics. Called from everywhere;
 * printed for a scraper. Never takes a lock to count. */
#include "platform/metrics/metrics.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/err.h"
#include "base/map.h"

#define METRICS_MAX 4096

enum kind_of {
    OF_COUNTER,
    OF_GAUGE,
    OF_HISTOGRAM,
    OF_OVERFLOW, /* stands for all beyond METRICS_MAX: counts how often they were used */
};

static const struct bucket {
    int64_t us; /* at most */
    const char *le;
} buckets[] = {
    { 5000, "0.005" },
    { 10000, "0.01" },
    { 25000, "0.025" },
    { 50000, "0.05" },
    { 75000, "0.075" },
    { 100000, "0.1" },
    { 250000, "0.25" },
    { 500000, "0.5" },
    { 750000, "0.75" },
    { 1000000, "1" },
    { 2500000, "2.5" },
    { 5000000, "5" },
    { 7500000, "7.5" },
    { 10000000, "10" },
};

struct histogram {
    _Atomic int64_t counts[COUNT(buckets) + 1]; /* not cumulative; the last is +Inf */
    _Atomic int64_t sum_us;
};

struct metric {
    struct metric *next; /* of its family */
    enum kind_of kind;
    str labels;
    _Atomic int64_t value;
    struct histogram *histogram;
    int64_t (*fn)(void *arg); /* asked instead of value */
    void *arg;
};

struct family {
    struct family *next;
    str name, help;
    enum kind_of kind;
    struct metric *first, **end;
};

struct metrics {
    pthread_mutex_t lock; /* for registration and printing */
    struct arena *arena;  /* its own, as metrics may be registered by any thread */
    struct family *first, **end;
    struct map families, known; /* by name; by name{labels} */
    size_t n;
    struct metric *overflow;
};

static struct metric *add_metric(
    struct metrics *m, str name, str labels, str help, enum kind_of kind);

struct metrics *metrics_open(struct arena *life)
{
    struct metrics *m = NEW(life, struct metrics);

    pthread_mutex_init(&m->lock, NULL);
    m->arena = arena_open(1 << 14);
    m->end = &m->first;
    m->families = map_new(m->arena, 64);
    m->known = map_new(m->arena, 256);
    m->overflow = add_metric(m, S("metrics_overflow_total"), (str){ 0 },
        S("Uses of metrics beyond the limit"), OF_OVERFLOW);
    return m;
}

void metrics_close(struct metrics *m)
{
    if (!m || !m->arena)
        return;
    pthread_mutex_destroy(&m->lock);
    arena_close(m->arena);
    m->arena = NULL;
}

static struct family *family_of(struct metrics *m, str name, str help, enum kind_of kind)
{
    struct family *family = map_get(&m->families, name);

    if (!family) {
        family = NEW(m->arena, struct family);
        family->name = str_dup(m->arena, name);
        family->help = str_dup(m->arena, help);
        family->kind = kind;
        family->end = &family->first;
        *m->end = family;
        m->end = &family->next;
        map_put(&m->families, family->name, family);
    }
    ASSERT(family->kind == kind); /* one name is one kind of thing */
    return family;
}

/* Under the lock, or alone. */
static struct metric *add_metric(
    struct metrics *m, str name, str labels, str help, enum kind_of kind)
{
    struct buf key = { .arena = m->arena };

    buf_add(&key, name);
    buf_char(&key, '{');
    buf_add(&key, labels);
    struct metric *metric = map_get(&m->known, buf_str(&key));
    if (metric) {
        ASSERT(metric->kind == kind);
        return metric;
    }
    if (m->n == METRICS_MAX)
        return m->overflow;
    m->n++;
    struct family *family = family_of(m, name, help, kind);
    metric = NEW(m->arena, struct metric);
    metric->kind = kind;
    metric->labels = str_dup(m->arena, labels);
    if (kind == OF_HISTOGRAM)
        metric->histogram = NEW(m->arena, struct histogram);
    *family->end = metric;
    family->end = &metric->next;
    map_put(&m->known, buf_str(&key), metric);
    return metric;
}

static struct metric *find_or_add(
    struct metrics *m, str name, str labels, str help, enum kind_of kind)
{
    if (!m)
        return NULL;
    pthread_mutex_lock(&m->lock);
    struct metric *metric = add_metric(m, name, labels, help, kind);
    pthread_mutex_unlock(&m->lock);
    return metric;
}

struct metric *metrics_counter(struct metrics *m, str name, str labels, str help)
{
    return find_or_add(m, name, labels, help, OF_COUNTER);
}

struct metric *metrics_gauge(struct metrics *m, str name, str labels, str help)
{
    return find_or_add(m, name, labels, help, OF_GAUGE);
}

struct metric *metrics_histogram(struct metrics *m, str name, str labels, str help)
{
    return find_or_add(m, name, labels, help, OF_HISTOGRAM);
}

void metrics_callback(struct metrics *m, str name, str labels, str help, bool counter,
    int64_t (*fn)(void *arg), void *arg)
{
    if (!m)
        return;
    pthread_mutex_lock(&m->lock);
    struct metric *metric = add_metric(m, name, labels, help, counter ? OF_COUNTER : OF_GAUGE);
    if (metric != m->overflow) {
        metric->arg = arg;
        metric->fn = fn;
    }
    pthread_mutex_unlock(&m->lock);
}

static void count(_Atomic int64_t *value, int64_t n)
{
    atomic_fetch_add_explicit(value, n, memory_order_relaxed);
}

void metric_add(struct metric *metric, int64_t n)
{
    if (metric)
        count(&metric->value, metric->kind == OF_OVERFLOW ? 1 : n);
}

void metric_set(struct metric *metric, int64_t v)
{
    if (!metric)
        return;
    if (metric->kind == OF_OVERFLOW)
        count(&metric->value, 1);
    else
        atomic_store_explicit(&metric->value, v, memory_order_relaxed);
}

void metric_observe_us(struct metric *metric, int64_t us)
{
    size_t i = 0;

    if (!metric)
        return;
    if (!metric->histogram) {
        count(&metric->value, 1);
        return;
    }
    while (i < COUNT(buckets) && us > buckets[i].us)
        i++;
    count(&metric->histogram->counts[i], 1);
    count(&metric->histogram->sum_us, us);
}

static void print_name(struct buf *out, str name, const char *suffix, str labels, const char *le)
{
    buf_add(out, name);
    buf_add(out, str_from_c(suffix));
    if (labels.n > 0 || le) {
        buf_char(out, '{');
        buf_add(out, labels);
        if (le)
            buf_fmt(out, "%sle=\"%s\"", labels.n > 0 ? "," : "", le);
        buf_char(out, '}');
    }
    buf_char(out, ' ');
}

static void print_histogram(struct buf *out, str name, const struct metric *metric)
{
    struct histogram *h = metric->histogram;
    int64_t sum_us = atomic_load_explicit(&h->sum_us, memory_order_relaxed);
    int64_t total = 0; /* the counts add up within one page, whatever happens meanwhile */

    for (size_t i = 0; i <= COUNT(buckets); i++) {
        total += atomic_load_explicit(&h->counts[i], memory_order_relaxed);
        print_name(
            out, name, "_bucket", metric->labels, i < COUNT(buckets) ? buckets[i].le : "+Inf");
        buf_i64(out, total);
        buf_char(out, '\n');
    }
    print_name(out, name, "_sum", metric->labels, NULL);
    buf_fmt(out, "%" PRId64 ".%06" PRId64 "\n", sum_us / 1000000, sum_us % 1000000);
    print_name(out, name, "_count", metric->labels, NULL);
    buf_i64(out, total);
    buf_char(out, '\n');
}

static void print_help(struct buf *out, const struct family *family)
{
    static const char *const types[] = {
        [OF_COUNTER] = "counter",
        [OF_GAUGE] = "gauge",
        [OF_HISTOGRAM] = "histogram",
        [OF_OVERFLOW] = "counter",
    };

    buf_fmt(out, "# HELP " STR_F " ", STR_A(family->name));
    for (size_t i = 0; i < family->help.n; i++) {
        char c = family->help.p[i];
        if (c == '\\' || c == '\n')
            buf_char(out, '\\');
        buf_char(out, c == '\n' ? 'n' : c);
    }
    buf_fmt(out, "\n# TYPE " STR_F " %s\n", STR_A(family->name), types[family->kind]);
}

void metrics_print(struct metrics *m, struct buf *out)
{
    if (!m)
        return;
    pthread_mutex_lock(&m->lock);
    for (const struct family *family = m->first; family; family = family->next) {
        print_help(out, family);
        for (struct metric *metric = family->first; metric; metric = metric->next) {
            if (metric->histogram) {
                print_histogram(out, family->name, metric);
                continue;
            }
            print_name(out, family->name, "", metric->labels, NULL);
            buf_i64(out, metric->fn ? metric->fn(metric->arg)
                                    : atomic_load_explicit(&metric->value, memory_order_relaxed));
            buf_char(out, '\n');
        }
    }
    pthread_mutex_unlock(&m->lock);
}
