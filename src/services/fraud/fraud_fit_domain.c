/* SPDX-License-Identifier: Apache-2.0
 * Learning the score: logistic regression by batch gradient descent, and how well it tells good
 * from bad. Called by fraud.c; must never draw a random number: the same samples, the same model.
 */
#include <math.h>
#include <stdlib.h>

#include "services/fraud/fraud_domain.h"

#define ROUNDS 600
#define STEP 0.5
#define L2 0.001

struct scale {
    double mean[FRAUD_FEATURES_N], deviation[FRAUD_FEATURES_N];
};

static struct scale scale_of(const struct fraud_sample *samples, size_t n)
{
    struct scale s = { .mean = { 0 } };
    double used = 0;
    for (size_t i = 0; i < n; i++) {
        if (samples[i].held_out)
            continue;
        used++;
        for (int k = 0; k < FRAUD_FEATURES_N; k++)
            s.mean[k] += samples[i].x[k];
    }
    for (int k = 0; k < FRAUD_FEATURES_N; k++)
        s.mean[k] /= used;
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < FRAUD_FEATURES_N && !samples[i].held_out; k++) {
            double d = samples[i].x[k] - s.mean[k];
            s.deviation[k] += d * d;
        }
    for (int k = 0; k < FRAUD_FEATURES_N; k++)
        s.deviation[k] = sqrt(s.deviation[k] / used);
    return s;
}

/* A feature that never changes says nothing, and gets no weight. */
static double scaled(const struct scale *s, const struct fraud_sample *sample, int k)
{
    return s->deviation[k] > 1e-9 ? (sample->x[k] - s->mean[k]) / s->deviation[k] : 0;
}

/* One step down the gradient of the mean log loss; z holds the scaled features of what is learned
 * from, bad their labels. */
static void step(const double (*z)[FRAUD_FEATURES_N], const bool *bad, size_t n, double *bias,
    double weights[static FRAUD_FEATURES_N])
{
    double down[FRAUD_FEATURES_N] = { 0 }, down_bias = 0;
    for (size_t i = 0; i < n; i++) {
        double logit = *bias;
        for (int k = 0; k < FRAUD_FEATURES_N; k++)
            logit += weights[k] * z[i][k];
        double error = 1 / (1 + exp(-logit)) - (bad[i] ? 1 : 0);
        down_bias += error;
        for (int k = 0; k < FRAUD_FEATURES_N; k++)
            down[k] += error * z[i][k];
    }
    *bias -= STEP * down_bias / (double)n;
    for (int k = 0; k < FRAUD_FEATURES_N; k++)
        weights[k] -= STEP * (down[k] / (double)n + L2 * weights[k]);
}

void fraud_domain_fit(
    struct arena *scratch, const struct fraud_sample *samples, size_t n, struct fraud_model *ret)
{
    struct scale s = scale_of(samples, n);
    double(*z)[FRAUD_FEATURES_N] = arena_alloc_n(scratch, n, sizeof(*z));
    bool *bad = NEW_N(scratch, n, bool);
    size_t used = 0;
    *ret = (struct fraud_model){ .n = (int64_t)n };
    for (size_t i = 0; i < n; i++) {
        ret->bad += samples[i].bad;
        if (samples[i].held_out)
            continue;
        for (int k = 0; k < FRAUD_FEATURES_N; k++)
            z[used][k] = scaled(&s, &samples[i], k);
        bad[used++] = samples[i].bad;
    }
    ASSERT(used > 0);
    double bias = 0, weights[FRAUD_FEATURES_N] = { 0 };
    for (int round = 0; round < ROUNDS; round++)
        step((const double(*)[FRAUD_FEATURES_N])z, bad, used, &bias, weights);
    ret->bias = bias;
    for (int k = 0; k < FRAUD_FEATURES_N; k++) {
        ret->weights[k] = s.deviation[k] > 1e-9 ? weights[k] / s.deviation[k] : 0;
        ret->bias -= ret->weights[k] * s.mean[k];
    }
}

struct ranked {
    double score;
    bool bad;
};

static int by_score(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return (x->score > y->score) - (x->score < y->score);
}

double fraud_domain_auc(struct arena *scratch, const struct fraud_model *model,
    const struct fraud_sample *samples, size_t n)
{
    struct ranked *list = NEW_N(scratch, n, struct ranked);
    double good = 0, bad = 0;
    for (size_t i = 0; i < n; i++) {
        list[i].bad = samples[i].bad;
        for (int k = 0; k < FRAUD_FEATURES_N; k++)
            list[i].score += model->weights[k] * samples[i].x[k];
        *(samples[i].bad ? &bad : &good) += 1;
    }
    if (good < 1 || bad < 1)
        return 0.5;
    qsort(list, n, sizeof(*list), by_score);
    double ranks = 0; /* of the bad ones, from 1; equal scores share theirs */
    for (size_t i = 0, end; i < n; i = end) {
        double bad_here = 0;
        for (end = i; end < n && !(list[end].score > list[i].score); end++)
            bad_here += list[end].bad;
        ranks += bad_here * ((double)(i + end + 1) / 2);
    }
    return (ranks - bad * (bad + 1) / 2) / (good * bad);
}
