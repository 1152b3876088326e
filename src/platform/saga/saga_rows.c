/* SPDX-License-Identifier: Apache-2.0
 * The row of a saga, and its state as JSON. Called by saga_run.c and saga.c; must never open a
 * unit.
 */
#include "platform/saga/saga_internal.h"
#include "saga_sql.h"

const problem SAGA_TAKEN_OVER = { KIND_CONFLICT, "saga.taken_over", NULL,
    "The work is being done elsewhere" };

static str state_text(struct saga_run *run, struct cx *cx)
{
    struct buf out = { .arena = cx->arena };
    json_encode(&out, run->kind->state, run->saga.state, false);
    return buf_str(&out);
}

err saga_rows_add(struct saga_run *run, struct cx *cx)
{
    struct db *db = run->sagas->opts.db;
    struct saga_sql_live_add_in row = { .saga_id = run->saga.saga_id,
        .kind = str_from_c(run->kind->name),
        .label = run->saga.label.p ? run->saga.label : S(""),
        .step = str_from_c(saga_step_at(run)->name),
        .undoing = run->saga.undoing,
        .state = state_text(run, cx),
        .conflict = run->conflict,
        .attempts = run->attempts,
        .lease_ms = run->lease_ms,
        .created_ms = run->saga.created_ms };
    return run->kind->own_ids ? saga_sql_live_begin(db, cx, row)
                              : saga_sql_live_add(db, cx, row, NULL);
}

err saga_rows_move(struct saga_run *run, struct cx *cx)
{
    int64_t changed = 0;
    err e = saga_sql_live_move(run->sagas->opts.db, cx,
        (struct saga_sql_live_move_in){ .saga_id = run->saga.saga_id,
            .kind = str_from_c(run->kind->name),
            .created_ms = run->saga.created_ms,
            .attempts = run->attempts,
            .step = str_from_c(saga_step_at(run)->name),
            .undoing = run->saga.undoing,
            .reason = run->saga.reason,
            .error = run->error ? str_from_c(run->error->slug) : (str){ 0 },
            .lease_ms = run->lease_ms },
        &changed);
    return !e && changed == 0 ? FAIL(cx, SAGA_TAKEN_OVER, "move") : e;
}

err saga_rows_state(struct saga_run *run, struct cx *cx)
{
    return saga_sql_live_state(run->sagas->opts.db, cx,
        (struct saga_sql_live_state_in){ .saga_id = run->saga.saga_id,
            .state = state_text(run, cx),
            .label = run->saga.label.p ? run->saga.label : S(""),
            .parked = run->parks },
        NULL);
}

err saga_rows_remove(struct saga_run *run, struct cx *cx)
{
    struct db *db = run->sagas->opts.db;
    struct saga_sql_live_remove_in row = { .saga_id = run->saga.saga_id,
        .kind = str_from_c(run->kind->name),
        .created_ms = run->saga.created_ms,
        .attempts = run->attempts };
    int64_t changed = 0;
    if (db_presume(db, cx))
        return saga_sql_live_end(db, cx, row);
    err e = saga_sql_live_remove(db, cx, row, &changed);
    return !e && changed == 0 ? FAIL(cx, SAGA_TAKEN_OVER, "end") : e;
}

static err fill(struct saga_run *run, struct cx *cx, const struct saga_sql_live_get_row *row)
{
    struct sagas *sagas = run->sagas;
    for (size_t i = 0; i < sagas->kinds_n; i++)
        if (str_eq(row->kind, str_from_c(sagas->kinds[i].kind->name))) {
            run->kind = sagas->kinds[i].kind;
            run->flow = sagas->kinds[i].flow;
        }
    if (!run->kind)
        return FAIL(cx, ERR_BUG, "a saga of unknown kind " STR_F, STR_A(row->kind));
    run->saga = (struct saga){ .saga_id = run->saga.saga_id,
        .label = row->label,
        .created_ms = row->created_ms,
        .undoing = row->undoing,
        .reason = row->reason };
    run->noted = row->undoing;
    run->attempts = row->attempts;
    run->conflict = row->conflict;
    run->others_ms = row->others_ms;
    if (!saga_place_of(run, row->step))
        return FAIL(cx, ERR_BUG, "a saga at unknown step " STR_F, STR_A(row->step));
    run->saga.state = arena_alloc(cx->arena, run->kind->state->size);
    return json_decode(cx, row->state, run->kind->state, run->saga.state, NULL);
}

err saga_rows_take(struct saga_run *run, struct cx *cx)
{
    struct db *db = run->sagas->opts.db;
    int64_t changed = 0;
    run->taken = false;
    run->lease_ms = cx->now_ms + SAGA_LEASE_MS;
    err e = saga_sql_live_lease(db, cx,
        (struct saga_sql_live_lease_in){ .saga_id = run->saga.saga_id,
            .lease_ms = run->lease_ms,
            .now_ms = run->wake.force || run->orphan ? INT64_MAX : cx->now_ms,
            .broken_ms = run->wake.force ? cx->now_ms + SAGA_LEASE_MS : 0 },
        &changed);
    if (e || changed == 0)
        return e;
    struct saga_sql_live_get_row row;
    bool found = false;
    e = saga_sql_live_get(
        db, cx, (struct saga_sql_live_get_in){ .saga_id = run->saga.saga_id }, &row, &found);
    if (e || !found)
        return e;
    run->taken = true;
    return fill(run, cx, &row);
}
