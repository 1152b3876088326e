/* SPDX-License-Identifier: Apache-2.0
 * The audit trail as a page: by person, object and act, newest first. Called by the gateway; must
 * never change a row, and shows people by id alone. */
#include "flows/backoffice/backoffice_internal.h"

#define HERE "/admin/audit"

struct audit_in {
    str actor, object, act;
    int64_t before;
};
static const struct json_field audit_fields[] = {
    JSON_STR(struct audit_in, actor, .at = AT_QUERY, .max = 100),
    JSON_STR(struct audit_in, object, .at = AT_QUERY, .max = 200),
    JSON_STR(struct audit_in, act, .at = AT_QUERY, .max = 200),
    JSON_INT(struct audit_in, before, .at = AT_QUERY, .min = 1, .max = INT64_C(9007199254740991)),
};
const struct json_shape backoffice_audit_in =
    JSON_SHAPE("OfficeAuditQuery", struct audit_in, audit_fields);

/* What stays in a link; `name` is left out, unless it has a value. */
static str path_of(struct cx *cx, const struct audit_in *in, int64_t before)
{
    const struct {
        const char *name;
        str value;
    } parts[] = { { "actor", in->actor }, { "object", in->object }, { "act", in->act } };
    struct buf out = { .arena = cx->arena };
    buf_add(&out, S(HERE));
    char mark = '?';
    for (size_t i = 0; i < COUNT(parts); i++)
        if (parts[i].value.n) {
            buf_fmt(&out, "%c%s=" STR_F, mark, parts[i].name,
                STR_A(str_url_encode(cx->arena, parts[i].value)));
            mark = '&';
        }
    if (before)
        buf_fmt(&out, "%cbefore=%lld", mark, (long long)before);
    return buf_str(&out);
}

static str short_id(struct cx *cx, id value)
{
    str text = id_text(cx->arena, value);
    return text.n > 8 ? str_skip(text, text.n - 8) : text;
}

static struct office_cell_view who_cell(struct cx *cx, const struct audit_entry *e)
{
    struct office_cell_view cell = { .text = S("the server") };
    if (!id_is_none(e->actor_id)) {
        cell.text = short_id(cx, e->actor_id);
        cell.code = true;
        cell.href = path_of(cx, &(struct audit_in){ .actor = id_text(cx->arena, e->actor_id) }, 0);
    }
    if (!id_is_none(e->behind_id))
        cell.note = str_cat(cx->arena, S("by staff "), short_id(cx, e->behind_id));
    else if (!id_is_none(e->credential_id))
        cell.note = str_cat(cx->arena, S("by key "), short_id(cx, e->credential_id));
    return cell;
}

static str changed_text(struct cx *cx, const struct audit_entry *e)
{
    if (e->before.n)
        return str_fmt(cx->arena, STR_F " \xE2\x86\x92 " STR_F, STR_A(e->before), STR_A(e->after));
    return e->after.n ? e->after : S("\xE2\x80\x93");
}

static void fill_row(struct cx *cx, const struct audit_entry *e, struct office_cell_view *cells)
{
    cells[0] = (struct office_cell_view){ .text = backoffice_time(cx, e->at_ms),
        .note = str_cat(cx->arena, S("row "), str_from_i64(cx->arena, e->seq)) };
    cells[1] = who_cell(cx, e);
    cells[2] = (struct office_cell_view){
        .text = e->act, .href = path_of(cx, &(struct audit_in){ .act = e->act }, 0), .strong = true
    };
    cells[3] = (struct office_cell_view){ .text = e->object.n ? e->object : S("\xE2\x80\x93"),
        .href =
            e->object.n ? path_of(cx, &(struct audit_in){ .object = e->object }, 0) : (str){ 0 },
        .note = e->kind.n ? e->kind : (str){ 0 },
        .code = e->object.n > 0 };
    cells[4] = (struct office_cell_view){ .text = changed_text(cx, e),
        .note = e->reason.n ? e->reason : (str){ 0 } };
    cells[5] = (struct office_cell_view){ .text = e->peer.n ? e->peer : S("\xE2\x80\x93") };
}

static const struct office_table_view *table_of(
    struct cx *cx, const struct audit_entry *list, size_t n)
{
    static const struct backoffice_column columns[] = { { "When", false }, { "Who", false },
        { "What", false }, { "Of what", false }, { "Before and after", false },
        { "From where", false }, { NULL, false } };
    const size_t width = COUNT(columns) - 1;
    struct office_cell_view *cells = NEW_N(cx->arena, n * width, struct office_cell_view);
    for (size_t i = 0; i < n; i++)
        fill_row(cx, &list[i], cells + i * width);
    return backoffice_table(cx, "The audit trail", columns, cells, n);
}

static struct office_form_view *filter_form(
    struct cx *cx, const struct audit_in *in, bool bad_actor)
{
    struct office_field_view *fields = NEW_N(cx->arena, 3, struct office_field_view);
    struct office_form_view *form = NEW(cx->arena, struct office_form_view);
    fields[0] = (struct office_field_view){ .name = S("actor"),
        .label = S("Who (id)"),
        .value = in->actor,
        .error = bad_actor ? S("An id, as the table has it") : (str){ 0 },
        .max = 100 };
    fields[1] = (struct office_field_view){
        .name = S("object"), .label = S("Of what (id or key)"), .value = in->object, .max = 200
    };
    fields[2] = (struct office_field_view){ .name = S("act"),
        .label = S("What"),
        .value = in->act,
        .hint = S("As the table has it"),
        .max = 200 };
    *form = (struct office_form_view){ .key = S("filter"),
        .action = S(HERE),
        .button = S("Show"),
        .kind = S("plain"),
        .get = true,
        .fields = fields,
        .fields_n = 3 };
    return form;
}

static const struct office_paging_view *paging_of(
    struct cx *cx, const struct audit_in *in, const struct audit_entry *last)
{
    struct office_paging_view *v = NEW(cx->arena, struct office_paging_view);
    if (in->before)
        v->newest = path_of(cx, in, 0);
    if (last)
        v->older = path_of(cx, in, last->seq);
    return v->newest.n || v->older.n ? v : NULL;
}

err backoffice_get_audit(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct audit_in *in = body;
    struct audit_filter filter = { .object = str_trim(in->object),
        .act = in->act.n ? str_trim(in->act) : (str){ 0 },
        .before = in->before,
        .limit = BACKOFFICE_ROWS + 1 };
    struct audit_entry *list = NULL;
    size_t n = 0;
    bool bad_actor = in->actor.n && !id_parse(str_trim(in->actor), &filter.actor_id);
    err e = bad_actor ? NULL : audit_list(b->deps.audit, cx, filter, &list, &n);
    if (e)
        return e;
    size_t shown = n < BACKOFFICE_ROWS ? n : BACKOFFICE_ROWS;
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 2);
    backoffice_add(&blocks, (struct office_block_view){ .key = S("filter"),
                                .title = S("Which"),
                                .hide_title = true,
                                .forms = filter_form(cx, in, bad_actor),
                                .forms_n = 1 });
    backoffice_add(
        &blocks, (struct office_block_view){ .key = S("trail"),
                     .title = S("Newest first"),
                     .hide_title = true,
                     .table = table_of(cx, list, shown),
                     .empty = shown ? (str){ 0 } : S("Nothing of that kind was done.") });
    v->title = S("Audit trail");
    v->lead =
        S("Sensitive acts, chained by hash about a second after they were done: "
          "\xE2\x80\x9Csouk audit verify\xE2\x80\x9D finds what was changed since.");
    v->paging = paging_of(cx, in, n > shown ? &list[shown - 1] : NULL);
    v->blocks = blocks.list;
    v->blocks_n = blocks.n;
    return backoffice_show(
        b, cx, v, HERE, backoffice_status(bad_actor ? &ERR_INVALID : NULL), reply);
}
