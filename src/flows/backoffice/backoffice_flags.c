/* SPDX-License-Identifier: Apache-2.0
 * Feature flags: what share of users and visitors has each. Called by the gateway; must never set
 * one but through platform/flag. */
#include "flows/backoffice/backoffice_internal.h"

#define HERE "/admin/flags"

struct flags_in {
    str name, percent, reason, said;
};
static const char *const saids[] = { "set", "percent", "reason", NULL };
static const struct json_field flags_fields[] = {
    JSON_STR(struct flags_in, said, .at = AT_QUERY, .one_of = saids),
};
const struct json_shape backoffice_flags_in =
    JSON_SHAPE("OfficeFlagsQuery", struct flags_in, flags_fields);
static const struct json_field flag_fields[] = {
    JSON_STR(struct flags_in, name, .at = AT_PATH, .required = true, .max = 100),
    JSON_STR(struct flags_in, percent, .max = BACKOFFICE_TYPED_MAX),
    JSON_STR(struct flags_in, reason, .max = BACKOFFICE_TYPED_MAX),
};
const struct json_shape backoffice_flag_in = JSON_SHAPE("OfficeFlag", struct flags_in, flag_fields);

static const struct alert_view *said_alert(struct cx *cx, str said)
{
    if (str_eq(said, S("set")))
        return backoffice_alert(cx, "good", S("The share is set."),
            S("It holds here at once, in other processes within two seconds."));
    if (str_eq(said, S("percent")))
        return backoffice_alert(
            cx, "bad", S("Nothing was set."), S("A share is a whole number from 0 to 100."));
    if (str_eq(said, S("reason")))
        return backoffice_alert(
            cx, "bad", S("Nothing was set."), S("A reason of at most 200 characters is needed."));
    return NULL;
}

static struct office_block_view block_of(struct cx *cx, const struct flag_state *f)
{
    struct office_field_view *fields = NEW_N(cx->arena, 2, struct office_field_view);
    struct office_form_view *form = NEW(cx->arena, struct office_form_view);
    struct office_fact_view *fact = NEW(cx->arena, struct office_fact_view);
    str name = str_from_c(f->def->name), percent = str_from_i64(cx->arena, f->percent);
    *fact = (struct office_fact_view){ .label = S("On for"),
        .text = str_cat(cx->arena, percent, S(" of 100 users and visitors")),
        .chip = f->percent == 100 ? S("good")
                : f->percent      ? S("warn")
                                  : S("bad") };
    fields[0] = (struct office_field_view){ .name = S("percent"),
        .label = S("Share in percent"),
        .value = percent,
        .inputmode = S("numeric"),
        .size = S("short"),
        .max = 3,
        .required = true };
    fields[1] = (struct office_field_view){ .name = S("reason"),
        .label = S("Reason"),
        .hint = S("Kept in the audit trail."),
        .max = BACKOFFICE_REASON_MAX,
        .required = true };
    *form = (struct office_form_view){ .key = name,
        .action = str_cat(cx->arena, S(HERE "/"), name),
        .button = S("Set"),
        .kind = S("plain"),
        .fields = fields,
        .fields_n = 2 };
    return (struct office_block_view){ .key = str_cat(cx->arena, S("flag-"), name),
        .title = name,
        .text = str_from_c(f->def->text),
        .facts = backoffice_facts(cx, fact, 1),
        .forms = form,
        .forms_n = 1 };
}

err backoffice_get_flags(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct flags_in *in = body;
    struct flag_state *list;
    size_t n = flags_list(b->deps.flags, cx->arena, &list);
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, n);
    for (size_t i = 0; i < n; i++)
        backoffice_add(&blocks, block_of(cx, &list[i]));
    v->title = S("Feature flags");
    v->lead =
        S("Who has something is drawn by person and stays so: a larger share keeps those who "
          "had it.");
    v->alert = said_alert(cx, in->said);
    v->blocks = blocks.list;
    v->blocks_n = blocks.n;
    return backoffice_show(b, cx, v, HERE, 200, reply);
}

err backoffice_post_flag(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct flags_in *in = body;
    struct flag_change change = { .name = in->name, .reason = str_trim(in->reason), .percent = -1 };
    if (backoffice_reason_error(cx, change.reason).n)
        return reply_redirect(reply, S(HERE "?said=reason"));
    if (!str_to_i64(str_trim(in->percent), &change.percent))
        change.percent = -1;
    err e = flags_set(b->deps.flags, cx, change);
    if (e == &ERR_INVALID) { /* before anything was written */
        cx_clear(cx);
        return reply_redirect(reply, S(HERE "?said=percent"));
    }
    return e ? e : reply_redirect(reply, S(HERE "?said=set"));
}
