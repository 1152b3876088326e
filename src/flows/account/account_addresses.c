/* SPDX-License-Identifier: Apache-2.0
 * The page of addresses: what is kept, a form for a new or a changed one, the default, removing.
 * Called by the gateway; works without scripts; must never show another's. */
#include "flows/account/account_page_parts.h"
#include "platform/web/web_address.h"

#define TYPED_MAX 1000

struct addresses_view {
    str none, action, title;
    const struct alert_view *alert;
    const struct account_address_view *addresses;
    const struct field_view *fields;
    size_t addresses_n, fields_n;
    bool standard, editing;
};
static const struct html_field one_fields[] = {
    HTML_OBJECT(struct account_address_view, address, address_fields),
    HTML_TEXT(struct account_address_view, name),
    HTML_TEXT(struct account_address_view, edit),
    HTML_TEXT(struct account_address_view, choose),
    HTML_TEXT(struct account_address_view, remove),
    HTML_FLAG(struct account_address_view, standard),
    HTML_END,
};
static const struct html_field view_fields[] = {
    HTML_TEXT(struct addresses_view, none),
    HTML_TEXT(struct addresses_view, action),
    HTML_TEXT(struct addresses_view, title),
    HTML_OBJECT(struct addresses_view, alert, alert_fields),
    HTML_LIST(struct addresses_view, addresses, one_fields),
    HTML_LIST(struct addresses_view, fields, field_fields),
    HTML_FLAG(struct addresses_view, standard),
    HTML_FLAG(struct addresses_view, editing),
    HTML_END,
};
const struct html_page account_addresses_page = { "src/flows/account/pages/addresses.html",
    view_fields };

struct address_in {
    id address_id, edit;
    str said, name, line1, line2, city, region, postal_code, country, phone;
    bool is_default;
};
static const char *const saids[] = { "saved", "chosen", "removed", NULL };
static const struct json_field query_fields[] = {
    JSON_STR(struct address_in, said, .at = AT_QUERY, .one_of = saids),
    JSON_ID(struct address_in, edit, .at = AT_QUERY, .doc = "one that the form begins with"),
};
const struct json_shape account_addresses_query =
    JSON_SHAPE("AddressesQuery", struct address_in, query_fields);
/* Wider than what is accepted: what is wrong is said at its field. */
#define TYPED                                                                                      \
    JSON_STR(struct address_in, name, .max = TYPED_MAX),                                           \
        JSON_STR(struct address_in, line1, .max = TYPED_MAX),                                      \
        JSON_STR(struct address_in, line2, .max = TYPED_MAX),                                      \
        JSON_STR(struct address_in, city, .max = TYPED_MAX),                                       \
        JSON_STR(struct address_in, region, .max = TYPED_MAX),                                     \
        JSON_STR(struct address_in, postal_code, .max = TYPED_MAX),                                \
        JSON_STR(struct address_in, country, .max = TYPED_MAX),                                    \
        JSON_STR(struct address_in, phone, .max = TYPED_MAX),                                      \
        JSON_BOOL(struct address_in, is_default)
static const struct json_field form_fields[] = { TYPED };
const struct json_shape account_address_form =
    JSON_SHAPE("AddressForm", struct address_in, form_fields);
static const struct json_field form_of_fields[] = {
    JSON_ID(struct address_in, address_id, .at = AT_PATH, .required = true), TYPED
};
const struct json_shape account_address_form_of =
    JSON_SHAPE("AddressFormOf", struct address_in, form_of_fields);
static const struct json_field path_fields[] = {
    JSON_ID(struct address_in, address_id, .at = AT_PATH, .required = true),
};
const struct json_shape account_address_path_of =
    JSON_SHAPE("AddressFormPath", struct address_in, path_fields);

/* ---- showing ---- */

static str path_to(struct cx *cx, id address_id, const char *what)
{
    return str_fmt(
        cx->arena, ACCOUNT_ADDRESSES "/" STR_F "%s", STR_A(id_text(cx->arena, address_id)), what);
}

const struct account_address_view *account_address_views(
    struct cx *cx, const struct identity_address *list, size_t n)
{
    struct account_address_view *views = NEW_N(cx->arena, n, struct account_address_view);
    for (size_t i = 0; i < n; i++) {
        const struct identity_address *a = &list[i];
        views[i] = (struct account_address_view){ .address = web_address_lines(cx->arena,
                                                      (struct web_address){ a->name, a->line1,
                                                          a->line2, a->city, a->region,
                                                          a->postal_code, a->country, a->phone }),
            .name = str_fmt(cx->arena, STR_F ", " STR_F, STR_A(a->name), STR_A(a->line1)),
            .edit = str_fmt(cx->arena, ACCOUNT_ADDRESSES "?edit=" STR_F "#f-name",
                STR_A(id_text(cx->arena, a->address_id))),
            .choose = a->is_default ? (str){ 0 } : path_to(cx, a->address_id, "/default"),
            .remove = path_to(cx, a->address_id, "/remove"),
            .standard = a->is_default };
    }
    return views;
}

static void fill_form(struct cx *cx, const struct identity_address *a,
    const struct field_error *faults, struct addresses_view *v)
{
    const str values[WEB_ADDRESS_FIELDS_N] = { a->name, a->line1, a->line2, a->postal_code, a->city,
        a->region, a->country, a->phone }; /* in the order of the form */
    struct field_view *fields = account_fields(cx, web_address_form, WEB_ADDRESS_FIELDS_N);
    for (size_t i = 0; i < WEB_ADDRESS_FIELDS_N; i++)
        fields[i].value = values[i];
    struct field_view *country = web_field(fields, WEB_ADDRESS_FIELDS_N, S("country"));
    country->options =
        web_countries(cx->arena, a->country.n ? a->country : S("US"), &country->options_n);
    web_place_faults(cx->arena, faults, fields, WEB_ADDRESS_FIELDS_N);
    v->editing = !id_is_none(a->address_id);
    v->action = v->editing ? path_to(cx, a->address_id, "") : S(ACCOUNT_ADDRESSES);
    v->title = v->editing ? S("Change the address") : S("A new address");
    v->standard = a->is_default;
    v->fields = fields;
    v->fields_n = WEB_ADDRESS_FIELDS_N;
}

static const struct alert_view *said_alert(str said)
{
    static const struct alert_view alerts[] = {
        { .kind = S_INIT("good"), .title = S_INIT("The address is saved") },
        { .kind = S_INIT("good"), .title = S_INIT("Parcels go there unless you say otherwise") },
        { .kind = S_INIT("good"), .title = S_INIT("The address is removed") },
    };
    for (size_t i = 0; saids[i]; i++)
        if (str_eq(said, str_from_c(saids[i])))
            return &alerts[i];
    return NULL;
}

struct shown {
    struct identity_address form; /* what the form begins with */
    const struct field_error *faults;
    const struct alert_view *alert;
    int status;
};

static err show(struct account *a, struct cx *cx, struct shown how, struct reply *reply)
{
    struct addresses_view *v = NEW(cx->arena, struct addresses_view);
    struct identity_address *list;
    err e = identity_address_list(a->deps.identity, cx, cx->who.user_id, &list, &v->addresses_n);
    if (e)
        return e;
    v->addresses = account_address_views(cx, list, v->addresses_n);
    v->none = v->addresses_n ? (str){ 0 } : S("None yet.");
    fill_form(cx, &how.form, how.faults, v);
    v->alert = how.faults
                   ? account_alert(cx, S("Something is to be mended"), v->fields, v->fields_n)
                   : how.alert;
    return reply_page(reply, how.status, &account_addresses_page, v,
        (struct page_head){ .title = S("Addresses"), .noindex = true });
}

err account_get_addresses_page(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct account *a = service;
    const struct address_in *in = body;
    struct shown how = { .status = 200, .alert = said_alert(in->said) };
    err e = id_is_none(in->edit)
                ? NULL
                : identity_address_get(a->deps.identity, cx, cx->who.user_id, in->edit, &how.form);
    return e ? e : show(a, cx, how, reply);
}

/* ---- changing ---- */

static str typed(str s)
{
    return s.n ? str_trim(s) : (str){ 0 };
}

static err back(struct cx *cx, const char *said, struct reply *reply)
{
    return reply_redirect(reply, str_fmt(cx->arena, ACCOUNT_ADDRESSES "?said=%s", said));
}

err account_post_address(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    static const struct alert_view full = { .kind = S_INIT("bad"),
        .title = S_INIT("There are 50 addresses already"),
        .text = S_INIT("Remove one that you do not use any more.") };
    struct account *a = service;
    const struct address_in *in = body;
    struct shown how = { .status = 422,
        .form = { .address_id = in->address_id,
            .name = typed(in->name),
            .line1 = typed(in->line1),
            .line2 = typed(in->line2),
            .city = typed(in->city),
            .region = typed(in->region),
            .postal_code = typed(in->postal_code),
            .country = typed(in->country),
            .phone = typed(in->phone),
            .is_default = in->is_default } };
    id address_id;
    err e = identity_address_put(a->deps.identity, cx, cx->who.user_id, how.form, &address_id);
    if (e != &ERR_INVALID && e != &IDENTITY_ADDRESSES_FULL)
        return e ? e : back(cx, "saved", reply);
    how.faults = e == &ERR_INVALID ? cx->fields : NULL; /* refused before anything was written */
    how.alert = &full;
    cx_clear(cx);
    return show(a, cx, how, reply);
}

err account_post_address_default(
    void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct account *a = service;
    const struct address_in *in = body;
    struct identity_address address;
    id address_id;
    err e = identity_address_get(a->deps.identity, cx, cx->who.user_id, in->address_id, &address);
    address.is_default = true;
    if (!e)
        e = identity_address_put(a->deps.identity, cx, cx->who.user_id, address, &address_id);
    return e ? e : back(cx, "chosen", reply);
}

err account_post_address_remove(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct account *a = service;
    const struct address_in *in = body;
    err e = identity_address_remove(a->deps.identity, cx, cx->who.user_id, in->address_id);
    return e ? e : back(cx, "removed", reply);
}
