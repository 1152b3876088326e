/* SPDX-License-Identifier: Apache-2.0
 * `souk audit verify`: walks the audit trail and says which rows are not what was chained. Called
 * by the table of commands; must never change a row. */
#include <stdio.h>

#include "app/commands_internal.h"

struct verified {
    struct app *app;
    struct audit_known known;
    struct audit_report report;
};

static err verify(void *arg, struct cx *cx)
{
    struct verified *v = arg;
    return audit_verify(v->app->audit, cx, v->known, &v->report);
}

static int usage(void)
{
    fprintf(stderr, "usage: souk audit verify [--head=SEQ:HASH]\n");
    return 2;
}

int command_audit(struct app *app, struct cx *cx)
{
    const struct config *config = app->config;
    struct verified *v = NEW(cx->arena, struct verified);
    v->app = app;
    str head = config_extra(config, "head");
    if (config->rest_n != 1 || !str_eq(config->rest[0], S("verify")))
        return usage();
    if (head.n) {
        str seq = str_cut(&head, ':');
        if (!str_to_i64(seq, &v->known.seq) || v->known.seq < 1 || head.n != 64)
            return usage();
        v->known.hash = head;
    }
    err e = db_read(cx, verify, v);
    if (e)
        return app_complain(cx, e, "audit verify");
    for (size_t i = 0; i < v->report.findings_n; i++)
        printf(STR_F "\n", STR_A(audit_finding_text(cx->arena, &v->report.findings[i])));
    printf("%lld rows, %zu findings; head " STR_F "\n", (long long)v->report.rows,
        v->report.findings_n, STR_A(v->report.head));
    return v->report.findings_n > 0;
}
