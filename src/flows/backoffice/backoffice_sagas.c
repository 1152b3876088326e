/* SPDX-License-Identifier: Apache-2.0
 * Work under way: what is stuck, one of it step by step, and another try. Called by the gateway;
 * must never show what a saga keeps for itself. */
#include "flows/backoffice/backoffice_internal.h"
#include "platform/log/log.h"

#define HERE "/admin/sagas"

/* ---- the list ---- */

struct list_in {
    str show;
    id after;
};
static const char *const shows[] = { "stuck", "all", NULL };
static const struct json_field list_fields[] = {
    JSON_STR(struct list_in, show, .at = AT_QUERY, .one_of = shows),
    JSON_ID(struct list_in, after, .at = AT_QUERY),
};
const struct json_shape backoffice_sagas_in =
    JSON_SHAPE("OfficeSagasQuery", struct list_in, list_fields);

static str path_of(struct cx *cx, id saga_id)
{
    return str_cat(cx->arena, S(HERE "/"), id_text(cx->arena, saga_id));
}

/* How it stands, in a word and a colour. */
static str state_of(const struct saga_view *s, int64_t now_ms, str *ret_chip)
{
    *ret_chip = S("bad");
    if (!s->steps_of)
        return S("Unknown kind");
    if (s->undoing) {
        *ret_chip = S("warn");
        return S("Being undone");
    }
    if (s->parked) {
        *ret_chip = S("info");
        return S("Waits for somebody");
    }
    if (s->attempts < BACKOFFICE_STUCK_TRIES) {
        *ret_chip = S("good");
        return S("Under way");
    }
    *ret_chip = s->next_ms > now_ms ? S("warn") : S("bad");
    return S("Tried often");
}

static void fill_row(struct cx *cx, const struct saga_view *s, struct office_cell_view *cells)
{
    str chip;
    str state = state_of(s, cx->now_ms, &chip);
    cells[0] = (struct office_cell_view){ .text = s->label.n ? s->label : s->kind,
        .href = path_of(cx, s->saga_id),
        .note = backoffice_domain_words(cx->arena, s->kind),
        .strong = true };
    cells[1] = (struct office_cell_view){ .text = state, .chip = chip, .note = s->reason };
    cells[2] = (struct office_cell_view){ .text = s->step, .code = true };
    cells[3] = (struct office_cell_view){ .text = web_number(cx->arena, s->attempts) };
    cells[4] = (struct office_cell_view){ .text = s->error.n ? s->error : S("\xE2\x80\x93"),
        .code = s->error.n > 0 };
    cells[5] = (struct office_cell_view){ .text = backoffice_when(cx, s->next_ms) };
    cells[6] = (struct office_cell_view){ .text = backoffice_when(cx, s->created_ms) };
}

static const struct office_table_view *table_of(
    struct cx *cx, const struct saga_view *list, size_t n)
{
    static const struct backoffice_column columns[] = { { "Work", false }, { "State", false },
        { "Step", false }, { "Tries", true }, { "Last error", false }, { "Next try", false },
        { "Begun", false }, { NULL, false } };
    const size_t width = COUNT(columns) - 1;
    struct office_cell_view *cells = NEW_N(cx->arena, n * width, struct office_cell_view);
    for (size_t i = 0; i < n; i++)
        fill_row(cx, &list[i], cells + i * width);
    return backoffice_table(cx, "Work under way", columns, cells, n);
}

static const struct office_tabs_view *tabs_of(struct cx *cx, bool all)
{
    struct office_link_view *links = NEW_N(cx->arena, 2, struct office_link_view);
    struct office_tabs_view *tabs = NEW(cx->arena, struct office_tabs_view);
    links[0] = (struct office_link_view){ .label = S("Stuck"), .href = S(HERE), .current = !all };
    links[1] = (struct office_link_view){
        .label = S("All under way"), .href = S(HERE "?show=all"), .current = all
    };
    *tabs = (struct office_tabs_view){ .label = S("Which"), .links = links, .links_n = 2 };
    return tabs;
}

err backoffice_get_sagas(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct list_in *in = body;
    struct saga_view *list;
    size_t n, from = 0;
    bool all = str_eq(in->show, S("all"));
    err e = saga_list(b->deps.sagas, cx, all ? 0 : BACKOFFICE_STUCK_TRIES, &list, &n);
    if (e)
        return e;
    for (size_t i = 0; i < n; i++)
        if (id_eq(list[i].saga_id, in->after))
            from = i + 1;
    size_t shown = n - from < BACKOFFICE_ROWS ? n - from : BACKOFFICE_ROWS;
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 1);
    backoffice_add(&blocks,
        (struct office_block_view){ .key = S("sagas"),
            .title = all ? S("All work under way, oldest first") : S("Stuck work, oldest first"),
            .hide_title = true,
            .table = table_of(cx, list + from, shown),
            .empty = shown ? (str){ 0 }
                     : all ? S("No order or refund is under way.")
                           : S("Nothing is stuck. What is tried again by itself shows up here "
                               "after five tries.") });
    v->title = S("Stuck work");
    v->lead =
        S("Orders and refunds whose steps did not get through. They are tried again by "
          "themselves; here you see why, and can try at once.");
    v->tabs = tabs_of(cx, all);
    if (from + shown < n) {
        struct office_paging_view *paging = NEW(cx->arena, struct office_paging_view);
        paging->older = str_fmt(cx->arena, HERE "?show=%s&after=" STR_F, all ? "all" : "stuck",
            STR_A(id_text(cx->arena, list[from + shown - 1].saga_id)));
        v->paging = paging;
    }
    v->blocks = blocks.list;
    v->blocks_n = blocks.n;
    return backoffice_show(b, cx, v, HERE, 200, reply);
}

/* ---- one ---- */

struct saga_in {
    id saga_id;
    str said, reason;
};
static const char *const saids[] = { "retried", NULL };
static const struct json_field saga_fields[] = {
    JSON_ID(struct saga_in, saga_id, .at = AT_PATH, .required = true),
    JSON_STR(struct saga_in, said, .at = AT_QUERY, .one_of = saids),
};
const struct json_shape backoffice_saga_in =
    JSON_SHAPE("OfficeSagaQuery", struct saga_in, saga_fields);
static const struct json_field retry_fields[] = {
    JSON_ID(struct saga_in, saga_id, .at = AT_PATH, .required = true),
    JSON_STR(struct saga_in, reason, .max = BACKOFFICE_TYPED_MAX),
};
const struct json_shape backoffice_retry_in =
    JSON_SHAPE("OfficeSagaRetry", struct saga_in, retry_fields);

/* Steps in the order that they are done in, however far it is. */
static const struct office_timeline_view *steps_of(struct cx *cx, const struct saga_view *s)
{
    const struct saga_kind *kind = s->steps_of;
    struct office_timeline_view *v = NEW(cx->arena, struct office_timeline_view);
    if (!kind)
        return NULL;
    struct event_view *steps = NEW_N(cx->arena, kind->steps_n, struct event_view);
    bool before = true;
    for (size_t i = 0; i < kind->steps_n; i++) {
        str name = str_from_c(kind->steps[i].name);
        bool now = str_eq(name, s->step);
        bool call = kind->steps[i].call != NULL;
        before = before && !now;
        steps[i] = (struct event_view){ .label = backoffice_domain_words(cx->arena, name),
            .date = now ? (s->undoing ? S("To be undone next") : S("Next")) : (str){ 0 },
            .text = now ? s->error : (str){ 0 },
            .done = before,
            .current = now,
            .bad = now && s->error.n > 0 };
        if (!now && call)
            steps[i].date = S("Asks the payment provider");
    }
    *v = (struct office_timeline_view){ .events = steps, .events_n = kind->steps_n };
    return v;
}

static const struct office_facts_view *facts_of(struct cx *cx, const struct saga_view *s)
{
    struct office_fact_view *rows = NEW_N(cx->arena, 8, struct office_fact_view);
    size_t n = 0;
    backoffice_fact(rows, &n, "Kind", backoffice_domain_words(cx->arena, s->kind));
    backoffice_fact(rows, &n, "Order", s->label);
    if (n == 2)
        rows[1].href = backoffice_order_path(cx->arena, s->saga_id);
    backoffice_fact(rows, &n, "Tries", web_number(cx->arena, s->attempts));
    backoffice_fact(rows, &n, "Next try", backoffice_when(cx, s->next_ms));
    backoffice_fact(rows, &n, "Begun", backoffice_time(cx, s->created_ms));
    backoffice_fact(rows, &n, "Undone because", s->reason);
    backoffice_fact(rows, &n, "Last error", s->error);
    return backoffice_facts(cx, rows, n);
}

static const struct office_form_view *retry_form(
    struct cx *cx, const struct saga_view *s, const struct saga_in *in, str error)
{
    struct office_form_view *form = NEW(cx->arena, struct office_form_view);
    struct office_field_view *field = NEW(cx->arena, struct office_field_view);
    *field = (struct office_field_view){ .name = S("reason"),
        .label = S("Why now"),
        .value = in->reason,
        .error = error,
        .hint = S("Kept in the log with your name."),
        .max = BACKOFFICE_REASON_MAX,
        .required = true };
    *form = (struct office_form_view){ .key = S("retry"),
        .text = s->parked
                    ? S("It waits for somebody. Trying now asks the payment provider at once "
                        "what has become of it; nothing is charged twice.")
                    : S("Whoever works on it stops at the next step, and it is taken up at once. "
                        "Every step may be repeated; nothing is charged twice."),
        .action = str_cat(cx->arena, path_of(cx, s->saga_id), S("/retry")),
        .button = S("Try again now"),
        .fields = field,
        .fields_n = 1 };
    return form;
}

static err show_saga(struct backoffice *b, struct cx *cx, const struct saga_in *in,
    const struct saga_view *s, str error, struct reply *reply)
{
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 1);
    struct backoffice_blocks side = backoffice_blocks_of(cx, 2);
    const struct office_timeline_view *steps = steps_of(cx, s);
    backoffice_add(&blocks,
        (struct office_block_view){ .key = S("steps"),
            .title = S("Steps"),
            .timeline = steps,
            .empty = steps ? (str){ 0 }
                           : S("This program has no steps of the kind, and leaves it alone.") });
    backoffice_add(
        &side, (struct office_block_view){
                   .key = S("facts"), .title = S("How it stands"), .facts = facts_of(cx, s) });
    if (steps)
        backoffice_add(&side, (struct office_block_view){ .key = S("try"),
                                  .title = S("Try again"),
                                  .forms = retry_form(cx, s, in, error),
                                  .forms_n = 1 });
    v->title = s->label.n ? s->label : s->kind;
    v->status = state_of(s, cx->now_ms, &v->status_kind);
    v->back = backoffice_back(cx, "Stuck work", HERE);
    if (str_eq(in->said, S("retried")))
        v->alert = backoffice_alert(cx, "good", S("It is being tried again."),
            S("Load this page again to see how it went."));
    backoffice_columns(v, &blocks, &side);
    return backoffice_show(b, cx, v, HERE, error.n ? 422 : 200, reply);
}

/* It ended, between two looks: good news, and no page of its own. */
static err show_ended(struct backoffice *b, struct cx *cx, struct reply *reply)
{
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 1);
    backoffice_add(&blocks, (struct office_block_view){ .key = S("over"),
                                .title = S("What that means"),
                                .empty = S("Work is listed while it is under way. This one has "
                                           "got through, or was undone: the order tells which.") });
    v->title = S("No longer under way");
    v->back = backoffice_back(cx, "Stuck work", HERE);
    v->blocks = blocks.list;
    v->blocks_n = blocks.n;
    return backoffice_show(b, cx, v, HERE, 200, reply);
}

err backoffice_get_saga(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct saga_in *in = body;
    struct saga_view s;
    err e = saga_get(b->deps.sagas, cx, id_text(cx->arena, in->saga_id), &s);
    if (e == &ERR_MISSING && in->said.n) {
        cx_clear(cx);
        return show_ended(b, cx, reply);
    }
    return e ? e : show_saga(b, cx, in, &s, (str){ 0 }, reply);
}

err backoffice_post_retry(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    struct saga_in in = *(const struct saga_in *)body;
    struct saga_view s;
    in.reason = str_trim(in.reason);
    err e = saga_get(b->deps.sagas, cx, id_text(cx->arena, in.saga_id), &s);
    if (e)
        return e;
    str error = backoffice_reason_error(cx, in.reason);
    if (error.n)
        return show_saga(b, cx, &in, &s, error, reply);
    if (b->deps.log)
        log_line(b->deps.log, LOG_INFO, S("saga retried by staff"),
            LOG_FIELDS({ "saga", id_text(cx->arena, in.saga_id), 0 },
                { "user", id_text(cx->arena, cx->who.user_id), 0 }, { "reason", in.reason, 0 }));
    if (s.steps_of)
        saga_wake(b->deps.sagas, cx, (struct saga_wake){ .saga_id = in.saga_id, .force = true });
    return reply_redirect(reply, str_cat(cx->arena, path_of(cx, in.saga_id), S("?said=retried")));
}
