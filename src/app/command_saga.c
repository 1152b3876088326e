/* SPDX-License-Identifier: Apache-2.0
 * `souk saga`: what is under way, with --stuck what was taken up often; `souk saga ID|NUMBER`: one
 * of them, step by step. Called from the table of commands; must never change anything. */
#include <stdio.h>

#include "app/commands_internal.h"
#include "base/instant.h"

#define STUCK_ATTEMPTS 5

struct shown {
    struct app *app;
    str wanted;
    int64_t attempts_min;
    struct saga_view one, *list;
    size_t n;
};

static const char *or_dash(struct cx *cx, str text)
{
    return text.n ? str_c(cx->arena, text) : "-";
}

static const char *how_of(const struct saga_view *s)
{
    if (!s->steps_of)
        return "unknown";
    if (s->parked)
        return "parked";
    return s->undoing ? "undoing" : "forward";
}

/* ---- all ---- */

static err read_list(void *arg, struct cx *cx)
{
    struct shown *s = arg;
    return saga_list(s->app->sagas, cx, s->attempts_min, &s->list, &s->n);
}

static int show_list(struct app *app, struct cx *cx)
{
    bool stuck = config_extra(app->config, "stuck").n > 0;
    struct shown s = { .app = app, .attempts_min = stuck ? STUCK_ATTEMPTS : 0 };
    err e = db_read(cx, read_list, &s);
    if (e)
        return app_complain(cx, e, "saga");
    if (s.n)
        printf("%-36s  %-10s %-20s %-12s %-8s %8s  %-24s  %s\n", "id", "kind", "label", "step",
            "how", "attempts", "next try", "error");
    for (size_t i = 0; i < s.n; i++) {
        const struct saga_view *v = &s.list[i];
        printf(STR_F "  %-10s %-20s %-12s %-8s %8lld  " STR_F "  %s\n",
            STR_A(id_text(cx->arena, v->saga_id)), str_c(cx->arena, v->kind), or_dash(cx, v->label),
            str_c(cx->arena, v->step), how_of(v), (long long)v->attempts,
            STR_A(instant_rfc3339(cx->arena, v->next_ms)), or_dash(cx, v->error));
    }
    printf("%zu %s\n", s.n, stuck ? "stuck" : "under way");
    return 0;
}

/* ---- one ---- */

static err read_one(void *arg, struct cx *cx)
{
    struct shown *s = arg;
    return saga_get(s->app->sagas, cx, s->wanted, &s->one);
}

/* What is above the mark is done; while undoing, what is below it is undone. */
static void print_steps(const struct saga_view *v)
{
    bool before = true;
    for (size_t i = 0; v->steps_of && i < v->steps_of->steps_n; i++) {
        const char *name = v->steps_of->steps[i].name;
        bool here = str_eq(v->step, str_from_c(name));
        const char *mark = before ? "done" : "";
        if (v->undoing && !before)
            mark = "undone";
        if (here)
            mark = v->undoing ? "to undo" : "next";
        printf("  %-12s %s\n", name, mark);
        before = before && !here;
    }
}

static int show_one(struct app *app, struct cx *cx, str wanted)
{
    struct shown s = { .app = app, .wanted = wanted };
    err e = db_read(cx, read_one, &s);
    if (e)
        return app_complain(cx, e, "saga");
    const struct saga_view *v = &s.one;
    printf("id        " STR_F "\n", STR_A(id_text(cx->arena, v->saga_id)));
    printf("kind      " STR_F "\n", STR_A(v->kind));
    printf("label     %s\n", or_dash(cx, v->label));
    printf("begun     " STR_F "\n", STR_A(instant_rfc3339(cx->arena, v->created_ms)));
    printf("how       %s\n", how_of(v));
    printf("step      " STR_F "\n", STR_A(v->step));
    printf("attempts  %lld\n", (long long)v->attempts);
    printf("next try  " STR_F "\n", STR_A(instant_rfc3339(cx->arena, v->next_ms)));
    printf("reason    %s\n", or_dash(cx, v->reason));
    printf("error     %s\n", or_dash(cx, v->error));
    printf("state     " STR_F "\n", STR_A(v->state));
    print_steps(v);
    return 0;
}

int command_saga(struct app *app, struct cx *cx)
{
    if (app->config->rest_n > 1) {
        fprintf(stderr, "usage: souk saga [ID|NUMBER] [--stuck]\n");
        return 2;
    }
    return app->config->rest_n ? show_one(app, cx, app->config->rest[0]) : show_list(app, cx);
}
