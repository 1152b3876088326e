/* SPDX-License-Identifier: Apache-2.0
 * What the files of strays share: see sim_strays.c. For these files only; must never be needed by
 * the rest of souk-sim. */
#ifndef SOUK_TESTS_SIM_SIM_STRAYS_H
#define SOUK_TESTS_SIM_SIM_STRAYS_H

#include "tests/sim/sim.h"

#define SIM_STRAY_LATE_MS 1000 /* clocks of processes differ by less */

/* One thing that one of them does. */
struct sim_deed {
    struct sim_stray *x;
    struct sim_process *p;
    int verb;
    int64_t number, until_ms;
    id deed_id;               /* of a payment's deed; the order that is moved */
    struct pay_result result; /* of that deed */
};

/* At once, in a unit without faults. */
err sim_stray_on(struct sim *s, enum sim_place place, db_work *fn, struct sim_deed *d);
/* In a READ unit of the outside. */
err sim_stray_seen(struct sim *s, db_work *fn, void *arg);
void sim_stray_expect(struct sim *s, const char *what, int verb, err is, err want);

enum sim_stray_goods_verb { RESERVE, RENEW, CONFIRM, RELEASE, RESTOCK, STOCK_VERBS };
enum sim_stray_use_verb { COUNT_USE, CONFIRM_USE, RELEASE_USE, USE_VERBS };
enum sim_stray_hold_verb { HOLD, POST, VOID, LEDGER_VERBS };
/* A step of each kind. */
void sim_stray_goods(struct sim *s, struct sim_stray *x, struct sim_deed *d);
void sim_stray_staff(struct sim *s, struct sim_stray *x, struct sim_deed *d);
void sim_stray_use(struct sim *s, struct sim_stray *x, struct sim_deed *d);
void sim_stray_hold(struct sim *s, struct sim_stray *x, struct sim_deed *d);
void sim_stray_payment(struct sim *s, struct sim_stray *x, struct sim_deed *d);
void sim_stray_payment_late(struct sim *s, struct sim_stray *x);
void sim_stray_payment_end(struct sim *s, struct sim_stray *x);
void sim_stray_move(struct sim *s, struct sim_stray *x, struct sim_deed *d);
void sim_stray_try(struct sim *s, struct sim_stray *x, struct sim_deed *d);
void sim_stray_try_late(struct sim *s, struct sim_stray *x);
void sim_stray_saga(struct sim *s, struct sim_stray *x, struct sim_deed *d);
void sim_stray_saga_end(struct sim *s, struct sim_stray *x);
/* What it holds by now is looked at just before and just after its end. */
void sim_stray_due(struct sim *s, struct sim_stray *x);
/* A sweep may have let go what it holds, but not before its time. */
void sim_stray_goods_swept(struct sim_stray *x);
void sim_stray_hold_swept(struct sim_stray *x);

#endif
