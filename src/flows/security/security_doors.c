/* SPDX-License-Identifier: Apache-2.0
 * Shows a door with what was typed and what is to be mended. Called by the pages of this flow; must
 * never show a password or a code again. */
#include "flows/security/security_doors.h"

#include "platform/web/web_format.h"
#include "platform/web/web_next.h"

static const struct {
    err e;
    const char *field; /* NULL: the form as a whole */
} mendable[] = {
    { &ERR_INVALID, NULL },
    { &IDENTITY_PASSWORD_WEAK, NULL },
    { &IDENTITY_PASSWORD_LEAKED, NULL },
    { &IDENTITY_EMAIL_TAKEN, "email" },
    { &IDENTITY_BAD_PASSWORD, "password" },
    { &IDENTITY_CODE_INVALID, NULL },
    { &IDENTITY_FACTOR_NEEDED, "code" },
    { &IDENTITY_FACTOR_WRONG, "code" },
};

err door_keep(struct cx *cx, struct door_in *in, err e)
{
    for (size_t i = 0; e && i < COUNT(mendable); i++) {
        if (mendable[i].e != e)
            continue;
        if (mendable[i].field)
            cx_field(cx, str_cat(cx->arena, S("/"), str_from_c(mendable[i].field)), "refused", "%s",
                e->title);
        in->failed = e;
        in->faults = cx->fields;
        cx_clear(cx);
        return NULL;
    }
    return e;
}

static struct door_view *view_of(struct cx *cx, const struct door *door)
{
    struct door_view *v = NEW(cx->arena, struct door_view);
    *v = (struct door_view){ .heading = str_from_c(door->title), .action = str_from_c(door->path) };
    if (door->back.href.n) {
        v->links = &door->back;
        v->links_n = 1;
    }
    return v;
}

str door_on(struct cx *cx, str path, str next)
{
    str kept = web_next(next, (str){ 0 });
    return kept.n ? str_fmt(cx->arena, STR_F "?next=" STR_F, STR_A(path),
                        STR_A(str_url_encode(cx->arena, kept)))
                  : path;
}

static err page(const struct door *door, struct door_view *v, int status, struct reply *reply)
{
    return reply_page(reply, status, &door_page, v,
        (struct page_head){ .title = str_from_c(door->title), .noindex = true });
}

err door_show(struct cx *cx, const struct door *door, const struct door_in *in, struct reply *reply)
{
    return door_show_more(cx, door, in, (struct door_more){ .codes_n = 0 }, reply);
}

err door_show_more(struct cx *cx, const struct door *door, const struct door_in *in,
    struct door_more more, struct reply *reply)
{
    struct door_view *v = view_of(cx, door);
    struct link_view *ways = NEW_N(cx->arena, 2, struct link_view);
    v->picture = more.picture;
    v->secret = more.secret;
    v->codes = more.codes;
    v->codes_n = more.codes_n;
    if (more.link.href.n) {
        ways[0] = more.link;
        ways[1] = door->back;
        v->links = ways;
        v->links_n = 2;
    }
    struct field_view *fields = NEW_N(cx->arena, door->fields_n, struct field_view);
    for (size_t i = 0; i < door->fields_n; i++)
        fields[i] = door->fields[i];
    struct field_view *email = web_field(fields, door->fields_n, S("email"));
    if (email)
        email->value = in->email;
    web_place_faults(cx->arena, in->faults, fields, door->fields_n);
    v->text = str_from_c(door->text);
    v->button = str_from_c(door->button);
    v->token = in->token;
    v->next = in->next;
    v->fields = fields;
    v->fields_n = door->fields_n;
    if (in->failed) {
        struct alert_view *alert = NEW(cx->arena, struct alert_view);
        struct link_view *links = NULL;
        alert->kind = S("bad");
        alert->links_n = web_field_errors(cx->arena, fields, door->fields_n, &links);
        alert->links = links;
        alert->title =
            alert->links_n ? S("Something is to be mended") : str_from_c(in->failed->title);
        v->alert = alert;
    }
    return page(door, v, in->failed ? 422 : 200, reply);
}

err door_done(struct cx *cx, const struct door *door, str said, struct link_view on, err failed,
    struct reply *reply)
{
    struct door_view *v = view_of(cx, door);
    struct alert_view *alert = NEW(cx->arena, struct alert_view);
    struct link_view *link = NEW(cx->arena, struct link_view);
    *alert = (struct alert_view){ .kind = failed ? S("bad") : S("good"), .title = said };
    *link = on;
    v->alert = alert;
    v->links = link;
    v->links_n = on.href.n ? 1 : 0;
    return page(door, v, failed ? 422 : 200, reply);
}
