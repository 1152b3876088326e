/* SPDX-License-Identifier: Apache-2.0
 * The table of commands and the small ones. Called by main; a command of more than a screen has a
 * file of its own. */
#include "app/commands.h"

#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/commands_internal.h"
#include "base/instant.h"
#include "platform/file/file.h"
#include "platform/secret/secret.h"
#include "platform/thread/thread.h"

static int cmd_serve(struct app *app, struct cx *cx)
{
    return app_serve(app, cx);
}

static int cmd_migrate(struct app *app, struct cx *cx)
{
    (void)app;
    (void)cx;
    printf("up to date\n"); /* opening has migrated */
    return 0;
}

static const char *const unit_names[] = { "unset", "none", "read", "write" };

static int cmd_routes(struct app *app, struct cx *cx)
{
    err e = app_routes_open(app, cx);
    if (e)
        return app_complain(cx, e, "routes");
    bool plain = config_extra(app->config, "plain").n > 0;
    for (size_t i = 0; i < route_table_count(app->routes); i++) {
        const struct route_entry *entry = route_table_at(app->routes, i);
        const struct route *r = entry->route;
        if (plain)
            printf("%s %s\n", r->method, r->path);
        else
            printf("%-6s %-64s %-13s %-6s %-10s %s\n", r->method, r->path,
                scope_info(r->scope)->name, unit_names[r->unit], entry->owner,
                r->summary ? r->summary : "");
    }
    return 0;
}

static int cmd_problems(struct app *app, struct cx *cx)
{
    (void)cx;
    for (size_t i = 0; gateway_problems[i]; i++)
        printf("%s\n", gateway_problems[i]->slug);
    for (size_t i = 0; i < app->services_n; i++)
        for (const problem *const *p = app->services[i].service->problems; p && *p; p++)
            printf("%s\n", (*p)->slug);
    return 0;
}

static int cmd_openapi(struct app *app, struct cx *cx)
{
    err e = app_routes_open(app, cx);
    if (e)
        return app_complain(cx, e, "openapi");
    struct buf out = { .arena = cx->arena };
    gateway_openapi(app->gateway, cx->arena, &out);
    printf(STR_F "\n", STR_A(buf_str(&out)));
    return 0;
}

static int cmd_check_pages(struct app *app, struct cx *cx)
{
    err e = app_routes_open(app, cx);
    if (!e)
        printf("all pages match their tables\n");
    return app_complain(cx, e, "check-pages");
}

#define LISTS_MAX 64

/* The part of its name before the dot owns a query. */
static struct db *db_of(struct app *app, const struct db_query *q)
{
    str name = str_from_c(q->name);
    return app_db_of(app, str_cut(&name, '.'));
}

static int cmd_check_sql(struct app *app, struct cx *cx)
{
    const struct db_query *const *lists[LISTS_MAX];
    size_t n = app_queries(app, lists, LISTS_MAX), checked = 0, failed = 0;
    for (size_t i = 0; i < n; i++)
        for (const struct db_query *const *q = lists[i]; *q; q++, checked++) {
            err e = db_query_check(db_of(app, *q), cx, *q);
            failed += e != NULL;
            (void)app_complain(cx, e, (*q)->name);
            cx_clear(cx);
        }
    printf("%zu statements prepared, %zu failed\n", checked, failed);
    return failed || !checked;
}

static int cmd_sql(struct app *app, struct cx *cx)
{
    const struct db_query *const *lists[LISTS_MAX];
    size_t n = app_queries(app, lists, LISTS_MAX);
    str wanted = app->config->rest_n ? app->config->rest[0] : S("");
    bool shown = false;
    for (size_t i = 0; i < n; i++)
        for (const struct db_query *const *q = lists[i]; *q; q++) {
            if (!wanted.n)
                printf("%s\n", (*q)->name);
            if (!str_eq(wanted, str_from_c((*q)->name)))
                continue;
            shown = true;
            str plan;
            struct db *db = db_of(app, *q);
            printf("%s\n\n", (*q)->text[db_engine_of(db)]);
            err e = db_query_plan(db, cx, *q, &plan);
            if (e)
                return app_complain(cx, e, "plan");
            printf(STR_F "\n", STR_A(plan));
        }
    if (wanted.n && !shown)
        fprintf(stderr, "souk: no query is called " STR_F "\n", STR_A(wanted));
    return wanted.n && !shown;
}

/* souk keys data, souk keys rotate-data: the keys of personal data are in the database, which a
 * shop on SQLite has for itself while it runs. Then it is asked to, by a file. */
static int keys_data(const struct config *config, struct cx *cx, bool rotate)
{
    struct app *app = NULL;
    err e = app_open(cx->arena, cx, config, &app);
    int status = 0;
    if (!e) {
        status = command_data_keys(app, cx, rotate);
    } else if (e == &DB_LOCKED && rotate) {
        struct file_put ask = { .path = str_cat(
                                    cx->arena, config_text(config, CONFIG_DATA), S("/rotate-data")),
            .mode = 0600 };
        if (!file_put(cx->arena, ask))
            e = FAIL(cx, DB_READONLY, STR_F, STR_A(ask.path));
        else
            e = NULL;
        if (!e)
            printf("asked the shop that runs; it begins within seconds\n");
    }
    app_close(app);
    return e ? app_complain(cx, e, "keys") : status;
}

/* souk keys rotate-master [FILE] */
static int keys_master(const struct config *config, struct cx *cx)
{
    struct app *app = NULL;
    err e = app_open(cx->arena, cx, config, &app);
    int status = e ? app_complain(cx, e, "keys rotate-master") : command_master_key(app, cx);
    app_close(app);
    return status;
}

/* Needs no database: a shop that runs takes the new key by itself. */
static int cmd_keys(const struct config *config, struct cx *cx)
{
    str word = config->rest_n ? config->rest[0] : S("");
    str file = str_cat(cx->arena, config_text(config, CONFIG_DATA), S("/token-key.pem"));
    struct tokens *tokens = NULL;
    if (str_eq(word, S("data")) || str_eq(word, S("rotate-data")))
        return keys_data(config, cx, str_eq(word, S("rotate-data")));
    if (str_eq(word, S("rotate-master")) && config->rest_n <= 2)
        return keys_master(config, cx);
    if (word.n && !str_eq(word, S("rotate"))) {
        fprintf(stderr,
            "souk: keys, keys rotate, keys data, keys rotate-data, or keys rotate-master [FILE]\n");
        return 2;
    }
    err e = tokens_open(cx->arena, cx, str_c(cx->arena, file), &tokens);
    if (!e && word.n)
        e = token_keys_rotate(tokens, cx, config_extra(config, "forget").n > 0);
    if (e)
        return app_complain(cx, e, "keys");
    const struct token_key_info *keys;
    size_t n = token_keys(tokens, cx->arena, &keys);
    for (size_t i = 0; i < n; i++) {
        str state = S("signs");
        if (keys[i].retired_ms)
            state =
                str_cat(cx->arena, S("retired "), instant_rfc3339(cx->arena, keys[i].retired_ms));
        printf(STR_F "  " STR_F "\n", STR_A(keys[i].kid), STR_A(state));
    }
    tokens_close(tokens);
    return 0;
}

/* souk passwords build LIST FILE */
static int cmd_passwords(const struct config *config, struct cx *cx)
{
    struct leak_made made;
    if (config->rest_n != 3 || !str_eq(config->rest[0], S("build"))) {
        fprintf(stderr, "souk: passwords build LIST FILE\n");
        return 2;
    }
    err e =
        leak_build(cx, str_c(cx->arena, config->rest[1]), str_c(cx->arena, config->rest[2]), &made);
    if (!e)
        printf("%lld passwords, %lld bytes; use it with passwords=" STR_F "\n",
            (long long)made.passwords, (long long)made.bytes, STR_A(config->rest[2]));
    return app_complain(cx, e, "passwords build");
}

static const char *const flags_audit[] = { "head", NULL };
static const char *const flags_keys[] = { "forget", NULL };
static const char *const flags_plain[] = { "plain", NULL };
static const char *const flags_demo[] = { "products", "seed", "if-empty", NULL };
static const char *const flags_payments[] = { "hours", NULL };
static const char *const flags_saga[] = { "stuck", NULL };
static const char *const flags_nginx[] = { "certificate", "key", "cache", "http-port", "https-port",
    NULL };
static const char *const flags_import[] = { "format", "map", "rules", "quiet", NULL };

static const struct command {
    const char *name, *what;
    const char *const *flags;
    int (*fn)(struct app *app, struct cx *cx);
    int (*bare)(const struct config *config, struct cx *cx); /* beside a shop that runs */
} commands[] = {
    { "serve", "run the shop in the foreground", NULL, cmd_serve },
    { "migrate", "bring the database up to date", NULL, cmd_migrate },
    { "demo", "fill an empty shop: --products=N --seed=N --if-empty", flags_demo, command_demo },
    { "admin", "admin EMAIL: make the account with this e-mail an administrator", NULL,
        command_admin },
    { "import", "import products --format=ndjson|csv|shopify [--map=FILE] [--rules=FILE] FILE",
        flags_import, command_import },
    { "check-data", "test the invariants on the live tables", NULL, command_check_data },
    { "ledger", "the trial balance; ledger ACCOUNT [OWNER]: its statement", NULL, command_ledger },
    { "audit", "audit verify [--head=SEQ:HASH]: walk the audit trail and its chain", flags_audit,
        command_audit },
    { "fraud", "fraud train: learn the score from what became of past orders", NULL,
        command_fraud },
    { "payments", "payments reconcile [--hours=48]: compare with the provider's list",
        flags_payments, command_payments },
    { "saga", "work that is under way; saga ID: its steps; --stuck: tried often", flags_saga,
        command_saga },
    { "keys",
        "keys of access tokens; keys rotate [--forget]: a new one signs; keys data: of personal "
        "data; keys rotate-data: a new one seals; keys rotate-master [FILE]: another seals those",
        flags_keys, .bare = cmd_keys },
    { "passwords", "passwords build LIST FILE: a filter of leaked passwords", NULL,
        .bare = cmd_passwords },
    { "nginx", "a configuration for nginx: --certificate=FILE --key=FILE --cache=FOLDER",
        flags_nginx, .bare = command_nginx },
    { "systemd", "a unit for systemd that gives the shop no more than it needs", NULL,
        .bare = command_systemd },
    { "routes", "every route: scope, unit, owner", flags_plain, cmd_routes },
    { "problems", "every problem that may be answered", NULL, cmd_problems },
    { "openapi", "the API as OpenAPI 3.1", NULL, cmd_openapi },
    { "check-pages", "templates against their tables", NULL, cmd_check_pages },
    { "check-sql", "prepare every statement on this engine", NULL, cmd_check_sql },
    { "sql", "a named statement and its plan; without a name: all names", NULL, cmd_sql },
    { "config", "every setting, its value and where it came from", NULL, NULL },
    { "help", "this list", NULL, NULL },
};

static int help(void)
{
    printf("souk: a marketplace in one binary\n\n");
    for (size_t i = 0; i < COUNT(commands); i++)
        printf("  %-12s %s\n", commands[i].name, commands[i].what);
    printf("\nSettings: souk config; --key=value, SOUK_KEY, or a line in DATA/souk.conf.\n");
    return 0;
}

static int run(const struct command *command, struct arena *life, char **argv)
{
    struct cx *cx = NEW(life, struct cx);
    struct clock clock = clock_system();
    *cx = (struct cx){ .arena = life,
        .now_ms = clock_now_ms(&clock),
        .rng = rng_seeded(secret_u64()),
        .request_id = S("command") };
    extern char **environ;
    struct config *config = NEW(life, struct config);
    err e = config_read(cx, environ, argv, command->flags, config);
    if (e) {
        fprintf(stderr, "souk: " STR_F "\n", STR_A(cx->detail));
        return 2;
    }
    if (command->bare)
        return command->bare(config, cx);
    if (!command->fn) {
        struct buf out = { .arena = life };
        config_print(config, life, &out);
        printf(STR_F, STR_A(buf_str(&out)));
        return 0;
    }
    struct app *app = NULL;
    struct jail_state jail = { .landlock = 0 };
    if (command->fn == cmd_serve) {
        thread_block_stop(); /* threads made later inherit it: only one takes the signals */
        e = app_jail(cx, config, &jail);
        if (e)
            return app_complain(cx, e, "sandbox");
    }
    e = app_open(life, cx, config, &app);
    app->jail = jail;
    int status = e ? app_complain(cx, e, "start") : command->fn(app, cx);
    app_close(app);
    return status;
}

int commands_run(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "help";
    if (!strcmp(name, "help") || !strcmp(name, "--help") || !strcmp(name, "-h"))
        return help();
    for (size_t i = 0; i < COUNT(commands); i++) {
        if (strcmp(commands[i].name, name) != 0)
            continue;
        struct arena *life = arena_open(1024 * 1024);
        int status = run(&commands[i], life, argv + 2);
        arena_close(life);
        return status;
    }
    fprintf(stderr, "souk: no command is called \"%s\"; try souk help\n", name);
    return 2;
}
