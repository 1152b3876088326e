/* SPDX-License-Identifier: Apache-2.0
 * `souk ledger`: the trial balance; `souk ledger ACCOUNT [OWNER]`: the newest lines of an account.
 * Called from the table of commands; must never change anything. */
#include <stdio.h>

#include "app/commands_internal.h"
#include "base/instant.h"
#include "services/ledger/ledger.h"

#define LINES_SHOWN 100

struct shown {
    struct app *app;
    struct ledger_page page;
    struct ledger_sum *sums;
    struct ledger_line *lines;
    size_t n;
    int64_t balance, available;
};

static const char *decimal(struct cx *cx, int64_t minor, currency cur)
{
    return str_c(cx->arena, money_decimal(cx->arena, money_of(minor, cur)));
}

/* ---- the trial balance ---- */

static err read_trial(void *arg, struct cx *cx)
{
    struct shown *s = arg;
    return ledger_trial(s->app->ledger, cx, &s->sums, &s->n);
}

static void print_rule(
    const char *name, const struct ledger_sum *last, int64_t debit, int64_t credit, struct cx *cx)
{
    printf("%-8s %-16s %18s %18s %18s\n\n", last->currency.code, name,
        decimal(cx, debit, last->currency), decimal(cx, credit, last->currency),
        decimal(cx, debit - credit, last->currency));
}

static int show_trial(struct app *app, struct cx *cx)
{
    struct shown s = { .app = app };
    err e = db_read(cx, read_trial, &s);
    if (e)
        return app_complain(cx, e, "ledger");
    printf("%-8s %-16s %18s %18s %18s\n", "currency", "account", "debit", "credit", "balance");
    int64_t debit = 0, credit = 0;
    int status = 0;
    for (size_t i = 0; i < s.n; i++) {
        const struct ledger_sum *sum = &s.sums[i];
        printf("%-8s %-16s %18s %18s %18s\n", sum->currency.code, ledger_kind_names[sum->kind],
            decimal(cx, sum->debit_minor, sum->currency),
            decimal(cx, sum->credit_minor, sum->currency),
            decimal(cx, sum->balance_minor, sum->currency));
        debit += sum->debit_minor;
        credit += sum->credit_minor;
        if (i + 1 < s.n && currency_eq(sum->currency, s.sums[i + 1].currency))
            continue;
        print_rule("all", sum, debit, credit, cx);
        status |= debit != credit;
        debit = credit = 0;
    }
    return status;
}

/* ---- one account ---- */

static err read_statement(void *arg, struct cx *cx)
{
    struct shown *s = arg;
    err e = ledger_balance(
        s->app->ledger, cx, s->page.account, s->page.currency, &s->balance, &s->available);
    return e ? e : ledger_statement(s->app->ledger, cx, s->page, &s->lines, &s->n);
}

static bool kind_of(str name, enum ledger_kind *ret)
{
    for (int k = 0; k < LEDGER_KINDS_N; k++)
        if (str_eq(name, str_from_c(ledger_kind_names[k]))) {
            *ret = (enum ledger_kind)k;
            return true;
        }
    return false;
}

static bool page_of(const struct config *config, struct ledger_page *ret)
{
    *ret = (struct ledger_page){ .limit = LINES_SHOWN };
    return config->rest_n <= 2 && kind_of(config->rest[0], &ret->account.kind) &&
           ledger_is_owned(ret->account.kind) == (config->rest_n == 2) &&
           (config->rest_n < 2 || id_parse(config->rest[1], &ret->account.owner)) &&
           currency_parse(config_text(config, CONFIG_CURRENCY), &ret->currency);
}

static int usage(void)
{
    fprintf(stderr, "usage: souk ledger [ACCOUNT [OWNER]] [--currency=CODE]\naccounts:");
    for (int k = 0; k < LEDGER_KINDS_N; k++)
        fprintf(stderr, " %s%s", ledger_kind_names[k],
            ledger_is_owned((enum ledger_kind)k) ? " OWNER" : "");
    fprintf(stderr, "\n");
    return 2;
}

static int show_statement(struct app *app, struct cx *cx)
{
    struct shown s = { .app = app };
    if (!page_of(app->config, &s.page))
        return usage();
    err e = db_read(cx, read_statement, &s);
    if (e)
        return app_complain(cx, e, "ledger");
    currency cur = s.page.currency;
    printf("%s %s: balance %s, available %s\n", ledger_kind_names[s.page.account.kind], cur.code,
        decimal(cx, s.balance, cur), decimal(cx, s.available, cur));
    printf("%-24s  %-36s %-10s %18s %18s  %s\n", "time", "reference", "kind", "debit", "credit",
        "memo");
    for (size_t i = 0; i < s.n; i++) {
        const struct ledger_line *line = &s.lines[i];
        printf(STR_F "  " STR_F " %-10s %18s %18s  " STR_F "\n",
            STR_A(instant_rfc3339(cx->arena, line->at_ms)),
            STR_A(id_text(cx->arena, line->reference)), str_c(cx->arena, line->kind),
            line->minor > 0 ? decimal(cx, line->minor, cur) : "",
            line->minor < 0 ? decimal(cx, -line->minor, cur) : "", STR_A(line->memo));
    }
    return 0;
}

int command_ledger(struct app *app, struct cx *cx)
{
    return app->config->rest_n ? show_statement(app, cx) : show_trial(app, cx);
}
