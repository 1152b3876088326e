/* SPDX-License-Identifier: Apache-2.0
 * Commands with files of their own. For src/app only. Each returns the exit status. */
#ifndef SOUK_APP_COMMANDS_INTERNAL_H
#define SOUK_APP_COMMANDS_INTERNAL_H

#include "app/app.h"

int command_admin(struct app *app, struct cx *cx);
int command_audit(struct app *app, struct cx *cx);
int command_demo(struct app *app, struct cx *cx);
int command_import(struct app *app, struct cx *cx);
int command_ledger(struct app *app, struct cx *cx);
int command_fraud(struct app *app, struct cx *cx);
int command_payments(struct app *app, struct cx *cx);
int command_saga(struct app *app, struct cx *cx);
int command_nginx(const struct config *config, struct cx *cx);
int command_systemd(const struct config *config, struct cx *cx);
/* The keys of personal data and how far the rows are; rotate: a new one first. */
int command_data_keys(struct app *app, struct cx *cx, bool rotate);
/* Another master key: a new one, or the one in the file that is named. */
int command_master_key(struct app *app, struct cx *cx);
int command_check_data(struct app *app, struct cx *cx);

#endif
