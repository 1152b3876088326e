/* SPDX-License-Identifier: Apache-2.0
 * `souk fraud train`: learns the score from what became of past orders, says how good it is, and
 * puts it to use. Called from the table of commands; must never print anything of one order. */
#include <inttypes.h>
#include <stdio.h>

#include "app/commands_internal.h"
#include "services/fraud/fraud.h"

struct training {
    struct app *app;
    struct fraud_sample *samples;
    size_t n;
    struct fraud_model model;
};

static err read_samples(void *arg, struct cx *cx)
{
    struct training *t = arg;
    return fraud_samples(t->app->fraud, cx, &t->samples, &t->n);
}

static err keep_model(void *arg, struct cx *cx)
{
    struct training *t = arg;
    return fraud_model_add(t->app->fraud, cx, &t->model);
}

static int train(struct app *app, struct cx *cx)
{
    struct training t = { .app = app };
    err e = db_read(cx, read_samples, &t);
    if (!e)
        e = fraud_train(cx, t.samples, t.n, &t.model);
    if (!e)
        e = db_write_wait(app_db_of(app, S("fraud")), cx, 0, keep_model, &t);
    if (e)
        return app_complain(cx, e, "fraud train");
    const struct fraud_model *m = &t.model;
    printf("model %" PRId64 ": %" PRId64 " orders, %" PRId64
           " of them fraud; AUC %.3f on the held"
           "-out fifth\n",
        m->version, m->n, m->bad, m->auc);
    printf("%-16s %9.4f\n", "(bias)", m->bias);
    for (int i = 0; i < FRAUD_FEATURES_N; i++)
        printf("%-16s %9.4f\n", fraud_feature_names[i], m->weights[i]);
    return 0;
}

int command_fraud(struct app *app, struct cx *cx)
{
    const struct config *c = app->config;
    if (c->rest_n == 1 && str_eq(c->rest[0], S("train")))
        return train(app, cx);
    fprintf(stderr, "usage: souk fraud train\n");
    return 2;
}
