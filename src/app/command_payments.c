/* SPDX-License-Identifier: Apache-2.0
 * `souk payments reconcile`: the provider's list beside our payments, as the job does it once an
 * hour, with all that differs. Called from the table of commands; must never change a payment. */
#include <stdio.h>

#include "app/commands_internal.h"
#include "base/instant.h"
#include "flows/till/till.h"

#define SHOWN_MAX 100
#define HOURS_MAX (24 * 90)

struct shown {
    struct app *app;
    struct payments_different *list;
    size_t n;
};

static err read_list(void *arg, struct cx *cx)
{
    struct shown *s = arg;
    return payments_differences(s->app->payments, cx, (id){ { 0 } }, SHOWN_MAX, &s->list, &s->n);
}

static int usage(void)
{
    fprintf(stderr, "usage: souk payments reconcile [--hours=%d]\n", TILL_RECONCILE_HOURS);
    return 2;
}

static const char *or_dash(struct cx *cx, str text)
{
    return text.n ? str_c(cx->arena, text) : "-";
}

int command_payments(struct app *app, struct cx *cx)
{
    str given = config_extra(app->config, "hours");
    int64_t hours = TILL_RECONCILE_HOURS;
    size_t different = 0;
    if (app->config->rest_n != 1 || !str_eq(app->config->rest[0], S("reconcile")) ||
        (given.n && !str_to_i64(given, &hours)) || hours < 1 || hours > HOURS_MAX)
        return usage();
    struct shown s = { .app = app };
    err e = till_reconcile(app->till, cx, hours, &different);
    if (!e)
        e = db_read(cx, read_list, &s);
    if (e)
        return app_complain(cx, e, "payments");
    for (size_t i = 0; i < s.n; i++) {
        const struct payments_different *d = &s.list[i];
        printf("%s  " STR_F "  %-16s %s\n  ours    %s\n  theirs  %s\n",
            id_is_none(d->payment_id) ? or_dash(cx, d->provider_ref)
                                      : str_c(cx->arena, id_text(cx->arena, d->payment_id)),
            STR_A(instant_rfc3339(cx->arena, d->made_ms)), str_c(cx->arena, d->kind),
            str_c(cx->arena, d->provider), or_dash(cx, d->ours), or_dash(cx, d->theirs));
    }
    printf("%zu differences in the last %lld hours\n", different, (long long)hours);
    return different ? 1 : 0;
}
