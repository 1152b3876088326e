/* SPDX-License-Identifier: Apache-2.0
 * What staff do, into the audit trail: each unsafe request on a route of theirs, and each that they
 * send as somebody else. Called around the handler; must never keep what may be somebody's name,
 * but as a reason, which can be forgotten. */
#include "gateway/gateway_internal.h"

#include <string.h>

#include "platform/audit/audit.h"

bool gateway_audited(const struct exchange *x)
{
    const struct route *r = x->hit.entry->route;
    bool staff = scope_info(r->scope)->surface == SCOPE_OF_ADMIN;
    return x->g->opts.audit && gateway_is_unsafe(str_from_c(r->method)) &&
           (staff || !id_is_none(x->cx->who.behind_id));
}

/* The text of the input called so; absent when there is none. */
static str input(const struct exchange *x, const char *name)
{
    const struct json_shape *in = x->hit.entry->route->in;
    for (size_t i = 0; x->in && in && i < in->fields_n; i++) {
        const struct json_field *f = &in->fields[i];
        if (strcmp(f->name, name) == 0 && (f->type == JSON_T_STR || f->type == JSON_T_AMOUNT))
            return *(const str *)(const void *)((const char *)x->in + f->offset);
    }
    return (str){ 0 };
}

/* Where a form leads back to says in a word how it went: ?said=moved. */
static str said(const struct exchange *x)
{
    for (size_t i = 0; i < x->reply.headers_n; i++) {
        str value = x->reply.headers[i].value;
        ptrdiff_t at = str_eq_nocase(x->reply.headers[i].name, S("Location"))
                           ? str_find(value, S("said="), 0)
                           : -1;
        if (at >= 0) {
            str rest = str_skip(value, (size_t)at + 5);
            return str_cut(&rest, '&');
        }
    }
    return (str){ 0 };
}

/* "amount=5.00 status=shipped said=moved": of what is nobody's. */
static str facts(struct exchange *x, struct cx *cx)
{
    static const char *const names[] = { "amount", "status", "decision", "type" };
    struct buf out = { .arena = cx->arena };
    for (size_t i = 0; i < COUNT(names); i++) {
        str value = input(x, names[i]);
        if (value.n && value.n <= 40)
            buf_fmt(&out, "%s%s=" STR_F, out.n ? " " : "", names[i], STR_A(value));
    }
    str word = said(x);
    if (word.n)
        buf_fmt(&out, "%ssaid=" STR_F, out.n ? " " : "", STR_A(word));
    return out.n ? buf_str(&out) : S("");
}

err gateway_note(struct exchange *x, struct cx *cx)
{
    const struct route *r = x->hit.entry->route;
    struct audit_act act = { .act =
                                 str_c(cx->arena, str_fmt(cx->arena, "%s %s", r->method, r->path)),
        .kind = "",
        .after = facts(x, cx),
        .reason = input(x, "reason") };
    if (x->hit.params_n) {
        str name = x->hit.params[0].name;
        act.kind = str_c(cx->arena, str_ends(name, S("Id")) ? str_sub(name, 0, name.n - 2) : name);
        act.object = x->hit.params[0].value;
    }
    return audit_note(x->g->opts.audit, cx, act);
}

static err note(void *arg, struct cx *cx)
{
    return gateway_note(arg, cx);
}

err gateway_note_before(struct exchange *x)
{
    return db_write_wait(x->g->opts.db, x->cx, id_hash(x->cx->who.user_id), note, x);
}
