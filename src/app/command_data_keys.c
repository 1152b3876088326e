/* SPDX-License-Identifier: Apache-2.0
 * souk keys data, rotate-data and rotate-master: which key seals personal data, how far the rows
 * are, and another master key. Called by commands.c. Must never print a key. */
#include <stdio.h>

#include "app/commands_internal.h"
#include "base/instant.h"

static err rotate_unit(void *arg, struct cx *cx)
{
    const struct app *app = arg;
    return vault_rotate(app->vault, cx);
}

struct state_read {
    struct app *app;
    struct vault_state state;
};

static err state_unit(void *arg, struct cx *cx)
{
    struct state_read *r = arg;
    return vault_state(r->app->vault, cx, &r->state);
}

int command_data_keys(struct app *app, struct cx *cx, bool rotate)
{
    struct state_read r = { .app = app };
    err e = rotate ? db_write_wait(app->db, cx, 0, rotate_unit, app) : NULL;
    if (!e)
        e = db_read(cx, state_unit, &r);
    if (e)
        return app_complain(cx, e, "keys");
    printf("key %lld seals since " STR_F "\n", (long long)r.state.key_id,
        STR_A(instant_rfc3339(cx->arena, r.state.created_ms)));
    for (size_t i = 0; i < r.state.tables_n; i++) {
        const struct vault_table *t = &r.state.tables[i];
        printf("  " STR_F ": key %lld, %lld rows looked at, %lld sealed, %s\n", STR_A(t->table),
            (long long)t->key_id, (long long)t->rows, (long long)t->sealed,
            t->done_ms ? "done" : "under way");
    }
    printf("%zu tables wait for a shop that runs\n", r.state.waiting);
    return 0;
}

int command_master_key(struct app *app, struct cx *cx)
{
    const struct config *config = app->config;
    const char *to = config->rest_n > 1 ? str_c(cx->arena, config->rest[1]) : NULL;
    size_t keys = 0;
    err e = vault_change_master(app->vault, cx, to, &keys);
    if (e)
        return app_complain(cx, e, "keys rotate-master");
    printf("%zu keys are sealed by another master key\n", keys);
    if (to)
        printf(
            "start the shop with what %s holds as master_key, or with that file as "
            "DATA/master-key\n",
            to);
    printf("backups of the database from before need the old one\n");
    return 0;
}
