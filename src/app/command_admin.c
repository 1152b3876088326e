/* SPDX-License-Identifier: Apache-2.0
 * `souk admin EMAIL`: gives an account the administrator's role, so that a shop has its first one.
 * Called by the table of commands. Must never give it to who has not proved the e-mail: somebody
 * else may have opened the account. */
#include <stdio.h>

#include "app/commands_internal.h"
#include "services/identity/identity.h"

struct appointed {
    struct app *app;
    str email;
    bool verified;
};

static err appoint(void *arg, struct cx *cx)
{
    struct appointed *a = arg;
    struct identity_user user;
    err e = identity_user_by_email(a->app->identity, cx, a->email, &user);
    if (e)
        return e;
    a->verified = user.verified;
    if (!user.verified || (user.roles & ROLE_ADMIN))
        return NULL;
    return identity_roles_set(
        a->app->identity, cx, user.user_id, user.roles | ROLE_ADMIN, S("souk admin"));
}

int command_admin(struct app *app, struct cx *cx)
{
    const struct config *config = app->config;
    struct appointed a = { .app = app };
    if (config->rest_n != 1) {
        fprintf(stderr, "usage: souk admin EMAIL\n");
        return 2;
    }
    a.email = config->rest[0];
    err e = db_write_wait(app->db, cx, 0, appoint, &a);
    if (e == &ERR_MISSING) {
        fprintf(stderr, "souk: no account has the e-mail " STR_F "; open one in the shop first\n",
            STR_A(a.email));
        return 1;
    }
    if (e)
        return app_complain(cx, e, "admin");
    if (!a.verified) {
        fprintf(stderr, "souk: " STR_F " is not confirmed; open the link of its mail first\n",
            STR_A(a.email));
        return 1;
    }
    printf(STR_F " is an administrator; second factor: %s\n", STR_A(a.email),
        app->factor_roles ? "demanded, and set up at the next sign-in" : "not demanded");
    return 0;
}
