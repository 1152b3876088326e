/* SPDX-License-Identifier: Apache-2.0
 * Dead letters: events that no attempt got through, and all of them once more. Called by the
 * gateway; must never show what an event holds. */
#include "flows/backoffice/backoffice_internal.h"
#include "platform/bus/bus.h"
#include "platform/log/log.h"

#define HERE "/admin/events"

struct events_in {
    id before;
    str said, reason;
    bool sure;
};
static const char *const saids[] = { "replayed", "reason", "unsure", NULL };
static const struct json_field events_fields[] = {
    JSON_ID(struct events_in, before, .at = AT_QUERY),
    JSON_STR(struct events_in, said, .at = AT_QUERY, .one_of = saids),
    JSON_STR(struct events_in, reason, .at = AT_QUERY, .max = 1000),
};
const struct json_shape backoffice_events_in =
    JSON_SHAPE("OfficeEventsQuery", struct events_in, events_fields);
static const struct json_field replay_fields[] = {
    JSON_STR(struct events_in, reason, .max = BACKOFFICE_TYPED_MAX),
    JSON_BOOL(struct events_in, sure),
};
const struct json_shape backoffice_replay_in =
    JSON_SHAPE("OfficeEventsReplay", struct events_in, replay_fields);

static const struct office_table_view *table_of(
    struct cx *cx, const struct bus_dead *list, size_t n)
{
    static const struct backoffice_column columns[] = { { "Event", false }, { "About", false },
        { "Who failed", false }, { "With", false }, { "Tries", true }, { "Occurred", false },
        { "Given up", false }, { NULL, false } };
    const size_t width = COUNT(columns) - 1;
    struct office_cell_view *cells = NEW_N(cx->arena, n * width, struct office_cell_view);
    for (size_t i = 0; i < n; i++) {
        struct office_cell_view *row = cells + i * width;
        row[0] = (struct office_cell_view){ .text = list[i].type, .strong = true };
        row[1] = (struct office_cell_view){ .text = id_text(cx->arena, list[i].aggregate),
            .code = true };
        if (str_starts(list[i].type, S("order.")))
            row[1].href = backoffice_order_path(cx->arena, list[i].aggregate);
        row[2] = (struct office_cell_view){ .text = list[i].consumer, .code = true };
        row[3] = (struct office_cell_view){ .text = list[i].problem, .code = true };
        row[4] = (struct office_cell_view){ .text = web_number(cx->arena, list[i].attempts) };
        row[5] = (struct office_cell_view){ .text = backoffice_when(cx, list[i].occurred_ms) };
        row[6] = (struct office_cell_view){ .text = backoffice_when(cx, list[i].died_ms) };
    }
    return backoffice_table(cx, "Dead letters, newest first", columns, cells, n);
}

static const struct office_form_view *replay_form(struct cx *cx, const struct events_in *in)
{
    struct office_form_view *form = NEW(cx->arena, struct office_form_view);
    struct office_field_view *fields = NEW_N(cx->arena, 2, struct office_field_view);
    bool reason = str_eq(in->said, S("reason")), unsure = str_eq(in->said, S("unsure"));
    fields[0] = (struct office_field_view){ .name = S("reason"),
        .label = S("Why now"),
        .value = in->reason,
        .error = reason ? S("A reason is needed, of at most 200 characters") : (str){ 0 },
        .hint = S("Kept in the log with your name."),
        .max = BACKOFFICE_REASON_MAX,
        .required = true };
    fields[1] = (struct office_field_view){ .name = S("sure"),
        .label = S("Yes, what failed is mended"),
        .error = unsure ? S("Tick this first") : (str){ 0 },
        .check = true,
        .required = true };
    *form = (struct office_form_view){ .key = S("replay"),
        .ask = S("Send all of them again\xE2\x80\xA6"),
        .text = S("Who was through with an event does not get it again. Later events of the same "
                  "thing have long passed."),
        .action = S(HERE "/replay"),
        .button = S("Send all of them again"),
        .fields = fields,
        .fields_n = 2,
        .open = reason || unsure };
    return form;
}

err backoffice_get_events(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct events_in *in = body;
    struct bus_dead *list;
    size_t n;
    err e = bus_dead_list(b->deps.bus, cx, in->before, BACKOFFICE_ROWS, &list, &n);
    if (e)
        return e;
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 1);
    backoffice_add(&blocks, (struct office_block_view){ .key = S("dead"),
                                .title = S("Dead letters, newest first"),
                                .hide_title = true,
                                .table = table_of(cx, list, n),
                                .empty = n ? (str){ 0 } : S("No event was given up."),
                                .forms = n ? replay_form(cx, in) : NULL,
                                .forms_n = n ? 1 : 0 });
    v->title = S("Dead letters");
    v->lead =
        S("Events that ten attempts did not get through, a mail that no server took for one. "
          "Mend what failed, then send them again.");
    if (str_eq(in->said, S("replayed")))
        v->alert = backoffice_alert(cx, "good", S("They are on their way again."), (str){ 0 });
    else if (in->said.n)
        v->alert = backoffice_alert(cx, "bad", S("Nothing was sent."), S("See the form below."));
    if (n == BACKOFFICE_ROWS || !id_is_none(in->before)) {
        struct office_paging_view *paging = NEW(cx->arena, struct office_paging_view);
        if (!id_is_none(in->before))
            paging->newest = S(HERE);
        if (n == BACKOFFICE_ROWS)
            paging->older =
                str_cat(cx->arena, S(HERE "?before="), id_text(cx->arena, list[n - 1].event_id));
        v->paging = paging;
    }
    v->blocks = blocks.list;
    v->blocks_n = blocks.n;
    return backoffice_show(b, cx, v, HERE, 200, reply);
}

err backoffice_post_replay(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct events_in *in = body;
    str reason = str_trim(in->reason);
    int64_t n = 0;
    if (backoffice_reason_error(cx, reason).n)
        return reply_redirect(reply, S(HERE "?said=reason"));
    if (!in->sure)
        return reply_redirect(reply,
            str_cat(cx->arena, S(HERE "?said=unsure&reason="), str_url_encode(cx->arena, reason)));
    err e = bus_replay_dead(b->deps.bus, cx, &n);
    if (e)
        return e;
    if (b->deps.log)
        log_line(b->deps.log, LOG_INFO, S("dead letters sent again by staff"),
            LOG_FIELDS({ "events", { 0 }, n }, { "user", id_text(cx->arena, cx->who.user_id), 0 },
                { "reason", reason, 0 }));
    return reply_redirect(reply, S(HERE "?said=replayed"));
}
