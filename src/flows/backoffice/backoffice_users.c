/* SPDX-License-Identifier: Apache-2.0
 * People and what they may: staff, one person's roles and sessions, everybody's keys. Called by the
 * gateway; what is changed goes to the flow of access. */
#include "flows/backoffice/backoffice_internal.h"

#define HERE "/admin/users"
#define KEYS "/admin/keys"

/* ---- the list ---- */

struct users_in {
    str q;
};
static const struct json_field users_fields[] = {
    JSON_STR(struct users_in, q, .at = AT_QUERY, .max = 300),
};
const struct json_shape backoffice_users_in =
    JSON_SHAPE("OfficeUsersQuery", struct users_in, users_fields);

static str person_path(struct cx *cx, id user_id)
{
    return str_cat(cx->arena, S(HERE "/"), id_text(cx->arena, user_id));
}

static const struct office_table_view *table_of(
    struct cx *cx, const struct identity_user *list, size_t n)
{
    static const struct backoffice_column columns[] = { { "Name", false }, { "E-mail", false },
        { "Roles", false }, { "Since", false }, { NULL, false } };
    const size_t width = COUNT(columns) - 1;
    struct office_cell_view *cells = NEW_N(cx->arena, n * width, struct office_cell_view);
    for (size_t i = 0; i < n; i++) {
        struct office_cell_view *row = cells + i * width;
        row[0] = (struct office_cell_view){
            .text = list[i].name, .href = person_path(cx, list[i].user_id), .strong = true
        };
        row[1] = (struct office_cell_view){ .text = list[i].email };
        row[2] = (struct office_cell_view){ .text = scope_role_names(cx->arena, list[i].roles) };
        row[3] = (struct office_cell_view){ .text = backoffice_time(cx, list[i].created_ms) };
    }
    return backoffice_table(cx, "People", columns, cells, n);
}

/* Who is looked for, or everybody who works here. */
static err find(
    struct backoffice *b, struct cx *cx, str q, struct identity_user **ret, size_t *ret_n)
{
    id *ids, one;
    size_t n = 1;
    err e = NULL;
    *ret = NEW_N(cx->arena, IDENTITY_STAFF_MAX, struct identity_user);
    *ret_n = 0;
    if (!q.n)
        e = identity_staff(b->deps.identity, cx, &ids, &n);
    else if (id_parse(q, &one))
        ids = &one;
    else {
        e = identity_user_by_email(b->deps.identity, cx, q, &(*ret)[0]);
        *ret_n = e ? 0 : 1;
        if (e == &ERR_MISSING)
            cx_clear(cx);
        return e == &ERR_MISSING ? NULL : e;
    }
    for (size_t i = 0; !e && i < n; i++) {
        e = identity_user_get(b->deps.identity, cx, ids[i], &(*ret)[*ret_n]);
        *ret_n += !e;
        if (e == &ERR_MISSING) {
            cx_clear(cx);
            e = NULL;
        }
    }
    return e;
}

err backoffice_get_users(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct users_in *in = body;
    struct identity_user *list;
    size_t n;
    str q = in->q.n ? str_trim(in->q) : (str){ 0 };
    err e = find(b, cx, q, &list, &n);
    if (e)
        return e;
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct office_find_view *search = NEW(cx->arena, struct office_find_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 1);
    *search = (struct office_find_view){
        .label = S("E-mail or id"), .value = q, .action = S(HERE), .button = S("Find")
    };
    backoffice_add(&blocks, (struct office_block_view){ .key = S("people"),
                                .title = q.n ? S("Found") : S("Who works here"),
                                .table = table_of(cx, list, n),
                                .empty = n ? (str){ 0 } : S("Nobody has this e-mail or id.") });
    v->title = S("People and roles");
    v->lead = S("Anybody is found by their whole e-mail or their id.");
    v->find = search;
    v->blocks = blocks.list;
    v->blocks_n = blocks.n;
    return backoffice_show(b, cx, v, HERE, 200, reply);
}

/* ---- one ---- */

struct user_in {
    id user_id;
    str said;
};
static const char *const saids[] = { "roles", "sessions", "reason", "last", "staff", "unproved",
    NULL };
static const struct json_field user_fields[] = {
    JSON_ID(struct user_in, user_id, .at = AT_PATH, .required = true),
    JSON_STR(struct user_in, said, .at = AT_QUERY, .one_of = saids),
};
const struct json_shape backoffice_user_in =
    JSON_SHAPE("OfficeUserQuery", struct user_in, user_fields);

static const struct alert_view *said_alert(struct cx *cx, str said)
{
    static const struct {
        const char *said, *kind, *title, *text;
    } words[] = {
        { "roles", "good", "The roles are changed.", "Their sessions have ended." },
        { "sessions", "good", "Their sessions have ended.", "They have to sign in again." },
        { "reason", "bad", "Nothing was done.", "A reason of at most 200 characters is needed." },
        { "last", "bad", "Nothing was changed.", "The last administrator has to stay one." },
        { "staff", "bad", "Nothing was done.", "Nobody acts as staff, or as themselves." },
        { "unproved", "bad", "Nothing was changed.",
            "They have to prove their e-mail first: somebody else may have opened the account." },
    };
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq(said, str_from_c(words[i].said)))
            return backoffice_alert(
                cx, words[i].kind, str_from_c(words[i].title), str_from_c(words[i].text));
    return NULL;
}

static struct office_field_view reason_field(void)
{
    return (struct office_field_view){ .name = S("reason"),
        .label = S("Reason"),
        .hint = S("Kept in the audit trail."),
        .max = BACKOFFICE_REASON_MAX,
        .required = true };
}

static struct office_form_view person_form(struct cx *cx, const struct identity_user *u,
    const char *what, const char *ask, const char *text, const char *button)
{
    struct office_field_view *field = NEW(cx->arena, struct office_field_view);
    *field = reason_field();
    return (struct office_form_view){ .key = str_from_c(what),
        .ask = str_from_c(ask),
        .text = str_from_c(text),
        .action = str_fmt(cx->arena, STR_F "/%s", STR_A(person_path(cx, u->user_id)), what),
        .button = str_from_c(button),
        .kind = S("plain"),
        .fields = field,
        .fields_n = 1 };
}

static struct office_block_view roles_block(struct cx *cx, const struct identity_user *u, bool may)
{
    struct office_form_view *forms = NEW_N(cx->arena, ROLES_N - 1, struct office_form_view);
    size_t n = 0;
    for (size_t i = 1; may && i < ROLES_N; i++) {
        bool has = (u->roles & (unsigned)role_infos[i].role) != 0;
        unsigned left = u->roles ^ (unsigned)role_infos[i].role;
        struct hidden_view *hidden = NEW_N(cx->arena, ROLES_N, struct hidden_view);
        struct office_form_view form = person_form(cx, u, "roles", "",
            "All their sessions end: what they may holds from the next one.",
            has ? "Take it away" : "Give it");
        form.key = str_fmt(cx->arena, "role-%s", role_infos[i].name);
        form.ask = str_fmt(
            cx->arena, "%s: %s\xE2\x80\xA6", has ? "Take away" : "Give", role_infos[i].label);
        form.kind = has ? S("bad") : S("plain");
        form.hidden = hidden;
        for (size_t k = 0; k < ROLES_N; k++)
            if (left & (unsigned)role_infos[k].role)
                hidden[form.hidden_n++] =
                    (struct hidden_view){ S("roles"), str_from_c(role_infos[k].name) };
        forms[n++] = form;
    }
    return (struct office_block_view){ .key = S("roles"),
        .title = S("Roles"),
        .text = scope_role_names(cx->arena, u->roles),
        .forms = forms,
        .forms_n = n };
}

static const struct office_table_view *sessions_table(
    struct cx *cx, const struct identity_login *list, size_t n)
{
    static const struct backoffice_column columns[] = { { "Device", false }, { "Where", false },
        { "Last used", false }, { "Second factor", false }, { NULL, false } };
    const size_t width = COUNT(columns) - 1;
    struct office_cell_view *cells = NEW_N(cx->arena, n * width, struct office_cell_view);
    for (size_t i = 0; i < n; i++) {
        struct office_cell_view *row = cells + i * width;
        row[0] =
            (struct office_cell_view){ .text = list[i].device.n ? list[i].device : S("Unknown"),
                .strong = true };
        row[1] = (struct office_cell_view){ .text = list[i].country.n ? list[i].country
                                                                      : S("\xE2\x80\x93") };
        row[2] = (struct office_cell_view){ .text = backoffice_when(cx, list[i].seen_ms) };
        row[3] = (struct office_cell_view){ .text = list[i].factor ? S("Yes") : S("No") };
    }
    return backoffice_table(cx, "Sessions", columns, cells, n);
}

static struct office_block_view sessions_block(
    struct cx *cx, const struct identity_user *u, const struct identity_login *list, size_t n)
{
    struct office_form_view *forms = NEW_N(cx->arena, 2, struct office_form_view);
    size_t forms_n = 0;
    if (n && scope_allowed(SCOPE_SESSIONS, cx->who.roles))
        forms[forms_n++] = person_form(cx, u, "sessions", "End all sessions\xE2\x80\xA6",
            "They are signed out everywhere.", "End them");
    if (scope_allowed(SCOPE_ACT_AS, cx->who.roles) && !(u->roles & ROLES_STAFF) &&
        !id_eq(u->user_id, cx->who.user_id))
        forms[forms_n++] = person_form(cx, u, "act-as", "Act as them\xE2\x80\xA6",
            "For a quarter of an hour you see the shop as they do. They see it among their "
            "sessions; passwords, factors, ways to pay and orders stay theirs.",
            "Act as them");
    return (struct office_block_view){ .key = S("sessions"),
        .title = S("Sessions"),
        .table = sessions_table(cx, list, n),
        .empty = n ? (str){ 0 } : S("They are signed in nowhere."),
        .forms = forms,
        .forms_n = forms_n };
}

err backoffice_get_user(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct user_in *in = body;
    struct identity_user user;
    struct identity_login *list;
    size_t n, facts_n = 0;
    err e = identity_user_get(b->deps.identity, cx, in->user_id, &user);
    if (!e)
        e = identity_login_list(b->deps.identity, cx, in->user_id, &list, &n);
    if (e)
        return e;
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct office_fact_view *facts = NEW_N(cx->arena, 4, struct office_fact_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 3);
    backoffice_fact(facts, &facts_n, "E-mail", user.email);
    backoffice_fact(facts, &facts_n, "Confirmed", user.verified ? S("Yes") : S("No"));
    backoffice_fact(facts, &facts_n, "Id", id_text(cx->arena, user.user_id));
    backoffice_fact(facts, &facts_n, "With us since", backoffice_time(cx, user.created_ms));
    backoffice_add(&blocks, (struct office_block_view){ .key = S("person"),
                                .title = S("Person"),
                                .hide_title = true,
                                .facts = backoffice_facts(cx, facts, facts_n) });
    backoffice_add(&blocks, roles_block(cx, &user, scope_allowed(SCOPE_ROLES, cx->who.roles)));
    backoffice_add(&blocks, sessions_block(cx, &user, list, n));
    v->title = user.name;
    v->back = backoffice_back(cx, "People and roles", HERE);
    v->alert = said_alert(cx, in->said);
    v->blocks = blocks.list;
    v->blocks_n = blocks.n;
    return backoffice_show(b, cx, v, HERE, 200, reply);
}

/* ---- keys ---- */

struct keys_in {
    str said;
    id before;
};
static const char *const key_saids[] = { "revoked", NULL };
static const struct json_field keys_fields[] = {
    JSON_STR(struct keys_in, said, .at = AT_QUERY, .one_of = key_saids),
    JSON_ID(struct keys_in, before, .at = AT_QUERY),
};
const struct json_shape backoffice_keys_in =
    JSON_SHAPE("OfficeKeysQuery", struct keys_in, keys_fields);

static void key_row(struct cx *cx, const struct credentials_key *k, struct office_cell_view *row)
{
    bool over = k->expires_ms && k->expires_ms <= cx->now_ms;
    row[0] = (struct office_cell_view){
        .text = k->name, .note = str_cat(cx->arena, k->prefix, S("\xE2\x80\xA6")), .strong = true
    };
    row[1] = (struct office_cell_view){ .text = S("Owner"), .href = person_path(cx, k->user_id) };
    row[2] = (struct office_cell_view){ .text = scope_names(cx->arena, k->scopes) };
    row[3] = (struct office_cell_view){ .text = k->used_ms ? backoffice_when(cx, k->used_ms)
                                                           : S("\xE2\x80\x93") };
    row[4] = (struct office_cell_view){ .text = k->revoked_ms ? S("Revoked")
                                                : over        ? S("Run out")
                                                              : S("Good"),
        .chip = k->revoked_ms || over ? S("info") : S("good") };
    row[5] = (struct office_cell_view){ .text = k->revoked_ms || over ? S("\xE2\x80\x93") : S("") };
    if (k->revoked_ms || over)
        return;
    struct office_act_view *act = NEW(cx->arena, struct office_act_view);
    *act = (struct office_act_view){ .label = S("Revoke\xE2\x80\xA6"),
        .what = k->name,
        .text = S("Who uses it is refused at once."),
        .action =
            str_fmt(cx->arena, KEYS "/" STR_F "/revoke", STR_A(id_text(cx->arena, k->key_id))),
        .button = S("Revoke it"),
        .kind = S("bad") };
    row[5].act = act;
}

err backoffice_get_keys(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    static const struct backoffice_column columns[] = { { "Key", false }, { "Whose", false },
        { "May", false }, { "Last used", false }, { "State", false }, { "Revoke", false },
        { NULL, false } };
    const size_t width = COUNT(columns) - 1;
    struct backoffice *b = service;
    const struct keys_in *in = body;
    struct credentials_key *list;
    size_t n;
    err e =
        credentials_list_all(b->deps.credentials, cx, in->before, BACKOFFICE_ROWS + 1, &list, &n);
    if (e)
        return e;
    size_t shown = n < BACKOFFICE_ROWS ? n : BACKOFFICE_ROWS;
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 1);
    struct office_cell_view *cells = NEW_N(cx->arena, shown * width, struct office_cell_view);
    for (size_t i = 0; i < shown; i++)
        key_row(cx, &list[i], cells + i * width);
    backoffice_add(&blocks, (struct office_block_view){ .key = S("keys"),
                                .title = S("Keys"),
                                .hide_title = true,
                                .table = backoffice_table(cx, "Keys", columns, cells, shown),
                                .empty = shown ? (str){ 0 } : S("Nobody has made a key.") });
    if (n > shown) {
        struct office_paging_view *paging = NEW(cx->arena, struct office_paging_view);
        paging->older = str_fmt(
            cx->arena, KEYS "?before=" STR_F, STR_A(id_text(cx->arena, list[shown - 1].key_id)));
        v->paging = paging;
    }
    v->title = S("Keys");
    v->lead =
        S("Programs of third parties that act for somebody. People make theirs in their "
          "account, staff too.");
    if (in->said.n)
        v->alert =
            backoffice_alert(cx, "good", S("The key is revoked."), S("Nobody gets in with it."));
    v->blocks = blocks.list;
    v->blocks_n = blocks.n;
    return backoffice_show(b, cx, v, KEYS, 200, reply);
}
