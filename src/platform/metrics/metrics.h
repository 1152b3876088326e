/* SPDX-License-Identifier: Apache-2.0
 * Counters, gauges and histograms in the Prometheus text format 0.0.4; names and buckets as in
 * OpenTelemetry's HTTP semantic conventions. Registered at start; updated without a lock. */
#ifndef SOUK_PLATFORM_METRICS_METRICS_H
#define SOUK_PLATFORM_METRICS_METRICS_H

#include "base/buf.h"

struct metrics;
struct metric;

struct metrics *metrics_open(struct arena *life);
void metrics_close(struct metrics *m); /* and no metric is used any more; NULL is a no-op */

/* A NULL m gives NULL metrics, and those are allowed everywhere: nothing is counted.
 * `labels` is ready text without braces: route="/api/v1/cart",method="GET"; may be absent. Same
 * name and labels give the same metric. Names end with their unit; counters with _total. At most
 * 4096 metrics: beyond that one shared overflow metric is returned. Thread-safe. */
struct metric *metrics_counter(struct metrics *m, str name, str labels, str help);
struct metric *metrics_gauge(struct metrics *m, str name, str labels, str help);
/* Seconds; buckets 0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10. */
struct metric *metrics_histogram(struct metrics *m, str name, str labels, str help);
/* A gauge or counter read when asked for. */
void metrics_callback(struct metrics *m, str name, str labels, str help, bool counter,
    int64_t (*fn)(void *arg), void *arg);
void metric_add(struct metric *metric, int64_t n);
void metric_set(struct metric *metric, int64_t v);
void metric_observe_us(struct metric *metric, int64_t us);
void metrics_print(struct metrics *m, struct buf *out);

#endif
