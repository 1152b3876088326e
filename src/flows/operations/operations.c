/* SPDX-License-Identifier: Apache-2.0
 * Sagas for staff: a list, one with its steps, and another try. Called by the gateway; must never
 * show what a saga keeps for itself. */
#include "flows/operations/operations.h"

#include "platform/saga/saga.h"

struct operations {
    struct operations_deps deps;
};

struct operations *operations_open(struct arena *life, struct operations_deps deps)
{
    struct operations *o = NEW(life, struct operations);
    o->deps = deps;
    return o;
}

/* ---- what is shown ---- */

struct step_view {
    str name;
    bool next;
};
static const struct json_field step_fields[] = {
    JSON_STR(struct step_view, name, .required = true),
    JSON_BOOL(
        struct step_view, next, .required = true, .doc = "the one to be done, or to be undone"),
};
static const struct json_shape step_shape = JSON_SHAPE("SagaStep", struct step_view, step_fields);

struct saga_row {
    id saga_id;
    str kind, label, step, reason, error;
    bool undoing, parked, known;
    int64_t attempts, next_at, created_at;
    struct step_view *steps;
    size_t steps_n;
};
#define ROW_FIELDS                                                                                 \
    JSON_ID(struct saga_row, saga_id, .required = true),                                           \
        JSON_STR(struct saga_row, kind, .required = true),                                         \
        JSON_STR(struct saga_row, label, .doc = "the order's number"),                             \
        JSON_STR(struct saga_row, step, .required = true),                                         \
        JSON_BOOL(struct saga_row, undoing, .required = true),                                     \
        JSON_BOOL(struct saga_row, parked, .required = true,                                       \
            .doc = "waits for somebody, the buyer at the bank for one"),                           \
        JSON_BOOL(struct saga_row, known, .required = true,                                        \
            .doc = "false: this program has no steps for the kind, and leaves it alone"),          \
        JSON_STR(struct saga_row, reason, .doc = "why it is undone"),                              \
        JSON_STR(struct saga_row, error, .doc = "what the last attempt ended with"),               \
        JSON_INT(struct saga_row, attempts, .required = true,                                      \
            .doc = "how often it was taken up again"),                                             \
        JSON_TIME(struct saga_row, next_at, .required = true),                                     \
        JSON_TIME(struct saga_row, created_at, .required = true)
static const struct json_field row_fields[] = { ROW_FIELDS };
static const struct json_shape row_shape = JSON_SHAPE("Saga", struct saga_row, row_fields);
static const struct json_field whole_fields[] = {
    ROW_FIELDS,
    JSON_LIST(struct saga_row, steps, step_shape, .required = true),
};
static const struct json_shape whole_shape =
    JSON_SHAPE("SagaWithSteps", struct saga_row, whole_fields);

struct rows_view {
    struct saga_row *sagas;
    size_t sagas_n;
};
static const struct json_field rows_fields[] = {
    JSON_LIST(struct rows_view, sagas, row_shape, .required = true, .max = 1000),
};
static const struct json_shape rows_shape = JSON_SHAPE("Sagas", struct rows_view, rows_fields);

static struct saga_row row_of(const struct saga_view *s)
{
    return (struct saga_row){ .saga_id = s->saga_id,
        .kind = s->kind,
        .label = s->label.n ? s->label : (str){ 0 },
        .step = s->step,
        .reason = s->reason,
        .error = s->error,
        .undoing = s->undoing,
        .parked = s->parked,
        .known = s->steps_of != NULL,
        .attempts = s->attempts,
        .next_at = s->next_ms,
        .created_at = s->created_ms };
}

static void add_steps(struct cx *cx, const struct saga_kind *kind, struct saga_row *row)
{
    if (!kind)
        return;
    row->steps = NEW_N(cx->arena, kind->steps_n, struct step_view);
    row->steps_n = kind->steps_n;
    for (size_t i = 0; i < kind->steps_n; i++) {
        str name = str_from_c(kind->steps[i].name);
        row->steps[i] = (struct step_view){ name, str_eq(name, row->step) };
    }
}

/* ---- routes ---- */

struct list_query {
    int64_t attempts;
};
static const struct json_field list_fields[] = {
    JSON_INT(struct list_query, attempts, .at = AT_QUERY, .min = 0, .max = 1000000,
        .doc = "only those that were taken up so often, or more"),
};
static const struct json_shape list_shape =
    JSON_SHAPE("SagaListQuery", struct list_query, list_fields);

static err get_sagas(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct operations *o = service;
    const struct list_query *in = body;
    struct saga_view *list;
    struct rows_view *view = NEW(cx->arena, struct rows_view);
    err e = saga_list(o->deps.sagas, cx, in->attempts, &list, &view->sagas_n);
    if (e)
        return e;
    view->sagas = NEW_N(cx->arena, view->sagas_n, struct saga_row);
    for (size_t i = 0; i < view->sagas_n; i++)
        view->sagas[i] = row_of(&list[i]);
    return reply_json(reply, 200, &rows_shape, view);
}

struct saga_path {
    id saga_id;
};
static const struct json_field path_fields[] = {
    JSON_ID(struct saga_path, saga_id, .at = AT_PATH, .required = true),
};
static const struct json_shape path_shape = JSON_SHAPE("SagaPath", struct saga_path, path_fields);

static err see(struct operations *o, struct cx *cx, id saga_id, struct saga_row **ret)
{
    struct saga_view s;
    err e = saga_get(o->deps.sagas, cx, id_text(cx->arena, saga_id), &s);
    if (e)
        return e;
    *ret = NEW(cx->arena, struct saga_row);
    **ret = row_of(&s);
    add_steps(cx, s.steps_of, *ret);
    return NULL;
}

static err get_saga(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct saga_path *in = body;
    struct saga_row *row;
    err e = see(service, cx, in->saga_id, &row);
    return e ? e : reply_json(reply, 200, &whole_shape, row);
}

/* Shows it as it was: what becomes of the try is seen by looking again. */
static err post_retry(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct operations *o = service;
    const struct saga_path *in = body;
    struct saga_row *row;
    err e = see(o, cx, in->saga_id, &row);
    if (e)
        return e;
    if (row->known)
        saga_wake(o->deps.sagas, cx, (struct saga_wake){ .saga_id = in->saga_id, .force = true });
    return reply_json(reply, 202, &whole_shape, row);
}

static const struct route routes[] = {
    { .method = "GET",
        .path = "/api/v1/admin/sagas",
        .scope = SCOPE_WORK,
        .unit = UNIT_READ,
        .in = &list_shape,
        .out = &rows_shape,
        .fn = get_sagas,
        .summary = "Work that is under way, oldest first; ?attempts=5: what is stuck" },
    { .method = "GET",
        .path = "/api/v1/admin/sagas/{sagaId}",
        .scope = SCOPE_WORK,
        .unit = UNIT_READ,
        .in = &path_shape,
        .out = &whole_shape,
        .fn = get_saga,
        .summary = "One of them with its steps" },
    { .method = "POST",
        .path = "/api/v1/admin/sagas/{sagaId}/retry",
        .scope = SCOPE_WORK,
        .unit = UNIT_READ,
        .in = &path_shape,
        .out = &whole_shape,
        .status = 202,
        .fn = post_retry,
        .summary = "Take it up at once, whoever has it" },
    ROUTES_END,
};
const struct service operations_service = {
    .name = "operations",
    .folder = "src/flows/operations/",
    .routes = routes,
};
