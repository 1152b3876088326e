/* SPDX-License-Identifier: Apache-2.0
 * What people search for, what they do not find, and synonyms. Called by the gateway; must never
 * count what staff try as a search. */
#include "flows/backoffice/backoffice_search.h"

#define ASKED_MAX 100
#define SYNONYMS_SHOWN 50

str backoffice_with(struct cx *cx, const char *path, const char *name, str value)
{
    return str_fmt(cx->arena, "%s?%s=" STR_F, path, name, STR_A(str_url_encode(cx->arena, value)));
}

err backoffice_find(
    struct backoffice *b, struct cx *cx, str query, int64_t limit, struct backoffice_found *ret)
{
    *ret = (struct backoffice_found){ .n = 0 };
    if (!b->deps.preview.find || !query.n)
        return NULL;
    return b->deps.preview.find(b->deps.preview.self, cx, query, limit, ret);
}

err backoffice_products(
    struct backoffice *b, struct cx *cx, const id *ids, size_t n, struct catalog_product **ret)
{
    *ret = NEW_N(cx->arena, n, struct catalog_product);
    return n ? catalog_products(b->deps.catalog, cx,
                   (struct catalog_wanted){ .product_ids = ids, .n = n, .unpublished_too = true },
                   *ret)
             : NULL;
}

/* ---- what is asked for ---- */

struct asked_in {
    str list;
};
static const char *const lists[] = { "top", "none", "conversion", NULL };
static const struct json_field asked_fields[] = {
    JSON_STR(struct asked_in, list, .at = AT_QUERY, .one_of = lists),
};
const struct json_shape backoffice_asked_in =
    JSON_SHAPE("OfficeQueriesQuery", struct asked_in, asked_fields);

/* The query with its rules, and how often it was asked beside the one on top. */
static void query_cells(
    struct cx *cx, str query, int64_t searches, int64_t most, struct office_cell_view *row)
{
    row[0] = (struct office_cell_view){
        .text = query, .href = backoffice_with(cx, BACKOFFICE_RULES, "q", query), .strong = true
    };
    row[1] = (struct office_cell_view){ .text = web_number(cx->arena, searches),
        .bar = most ? 100 * searches / most : 0 };
}

static const struct office_table_view *asked_table(
    struct cx *cx, const struct merchandising_query *list, size_t n)
{
    static const struct backoffice_column columns[] = { { "Query", false }, { "Searches", true },
        { "Found", true }, { "Last", false }, { "Synonym", false }, { "Rules", false },
        { NULL, false } };
    const size_t width = COUNT(columns) - 1;
    struct arena *a = cx->arena;
    struct office_cell_view *cells = NEW_N(a, n * width, struct office_cell_view);
    for (size_t i = 0; i < n; i++) {
        const struct merchandising_query *q = &list[i];
        struct office_cell_view *row = cells + i * width;
        query_cells(cx, q->query, q->searches, list[0].searches, row);
        row[2] =
            (struct office_cell_view){ .text = q->found ? web_number(a, q->found) : S("Nothing"),
                .chip = q->found ? (str){ 0 } : S("warn") };
        row[3] = (struct office_cell_view){ .text = backoffice_when(cx, q->last_at) };
        row[4] = (struct office_cell_view){ .text = S("Add a synonym"),
            .href = backoffice_with(cx, BACKOFFICE_SYNONYMS, "term", q->query) };
        row[5] = (struct office_cell_view){ .text = S("Pin or redirect"), .href = row[0].href };
    }
    return backoffice_table(cx, "What people search for", columns, cells, n);
}

/* ---- what comes of it ---- */

static str beside(struct cx *cx, int64_t part, int64_t whole)
{
    return whole > 0 ? str_fmt(cx->arena, "%.1f%%", 100.0 * (double)part / (double)whole)
                     : S("\xE2\x80\x93");
}

static const struct office_table_view *led_table(
    struct cx *cx, const struct behaviour_query *list, size_t n)
{
    static const struct backoffice_column columns[] = { { "Query", false }, { "Searches", true },
        { "Clicks", true }, { "Position of clicks", true }, { "Into carts", true },
        { "Ordered", true }, { "Conversion", true }, { NULL, false } };
    const size_t width = COUNT(columns) - 1;
    struct arena *a = cx->arena;
    struct office_cell_view *cells = NEW_N(a, n * width, struct office_cell_view);
    for (size_t i = 0; i < n; i++) {
        const struct behaviour_query *q = &list[i];
        struct office_cell_view *row = cells + i * width;
        query_cells(cx, q->query, q->searches, list[0].searches, row);
        row[2] = (struct office_cell_view){ .text = web_number(a, q->clicks),
            .chip = q->clicks || !q->searches ? (str){ 0 } : S("warn") };
        row[3] =
            (struct office_cell_view){ .text = q->position > 0 ? str_fmt(a, "%.1f", q->position)
                                                               : S("\xE2\x80\x93") };
        row[4] = (struct office_cell_view){ .text = web_number(a, q->carts) };
        row[5] = (struct office_cell_view){ .text = web_number(a, q->orders) };
        row[6] = (struct office_cell_view){ .text = beside(cx, q->orders, q->searches) };
    }
    return backoffice_table(cx, "What searches lead to", columns, cells, n);
}

#define LED_DAYS 28

static err fill_led(struct backoffice *b, struct cx *cx, struct office_view *v)
{
    struct behaviour_query *list;
    size_t n;
    err e = behaviour_queries_of(b->deps.behaviour, cx, LED_DAYS, ASKED_MAX, &list, &n);
    if (e)
        return e;
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 1);
    backoffice_add(&blocks, (struct office_block_view){ .key = S("led"),
                                .title = S("What searches lead to"),
                                .hide_title = true,
                                .table = led_table(cx, list, n),
                                .empty = n ? (str){ 0 } : S("Nobody has searched yet.") });
    v->title = S("What searches lead to");
    v->lead = str_fmt(cx->arena,
        "Searches on the shop's pages in the last %d days, once an hour of an address, and what "
        "was opened from their results; carts and orders of these products within 24 hours of the "
        "click. Counted without who, with scripts or without; programs that say so, and browsers "
        "that ask not to be tracked, are left out.",
        LED_DAYS);
    v->blocks = blocks.list;
    v->blocks_n = blocks.n;
    return NULL;
}

static err fill_asked(struct backoffice *b, struct cx *cx, bool none, struct office_view *v)
{
    struct merchandising_query *list;
    size_t n;
    err e = merchandising_asked(b->deps.merchandising, cx, none, ASKED_MAX, &list, &n);
    if (e)
        return e;
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 1);
    backoffice_add(&blocks, (struct office_block_view){ .key = S("asked"),
                                .title = S("What people search for"),
                                .hide_title = true,
                                .table = asked_table(cx, list, n),
                                .empty = n      ? (str){ 0 }
                                         : none ? S("Everything that was searched for was found.")
                                                : S("Nobody has searched yet.") });
    v->title = S("What people search for");
    v->lead =
        S("The 100 most frequent, counted without who. Open one to see what it shows, and to "
          "pin, bury or redirect.");
    v->blocks = blocks.list;
    v->blocks_n = blocks.n;
    return NULL;
}

err backoffice_get_asked(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct asked_in *in = body;
    bool none = str_eq(in->list, S("none")), led = str_eq(in->list, S("conversion"));
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct office_link_view *links = NEW_N(cx->arena, 3, struct office_link_view);
    struct office_tabs_view *tabs = NEW(cx->arena, struct office_tabs_view);
    err e = led ? fill_led(b, cx, v) : fill_asked(b, cx, none, v);
    if (e)
        return e;
    links[0] = (struct office_link_view){
        .label = S("Most frequent"), .href = S(BACKOFFICE_SEARCH), .current = !none && !led
    };
    links[1] = (struct office_link_view){
        .label = S("Found nothing"), .href = S(BACKOFFICE_SEARCH "?list=none"), .current = none
    };
    links[2] = (struct office_link_view){
        .label = S("Conversion"), .href = S(BACKOFFICE_SEARCH "?list=conversion"), .current = led
    };
    *tabs = (struct office_tabs_view){ .label = S("Which"), .links = links, .links_n = 3 };
    v->tabs = tabs;
    return backoffice_show(b, cx, v, BACKOFFICE_SEARCH, 200, reply);
}

/* ---- synonyms ---- */

struct synonym_in {
    id synonym_id, after;
    str term, replacement, said;
    bool one_way;
};
static const char *const saids[] = { "added", "removed", "gone", NULL };
static const struct json_field synonyms_fields[] = {
    JSON_STR(struct synonym_in, term, .at = AT_QUERY, .max = 1000),
    JSON_STR(struct synonym_in, said, .at = AT_QUERY, .one_of = saids),
    JSON_ID(struct synonym_in, after, .at = AT_QUERY),
};
const struct json_shape backoffice_synonyms_in =
    JSON_SHAPE("OfficeSynonymsQuery", struct synonym_in, synonyms_fields);
static const struct json_field synonym_fields[] = {
    JSON_STR(struct synonym_in, term, .max = BACKOFFICE_TYPED_MAX),
    JSON_STR(struct synonym_in, replacement, .max = BACKOFFICE_TYPED_MAX),
    JSON_BOOL(struct synonym_in, one_way),
};
const struct json_shape backoffice_synonym_in =
    JSON_SHAPE("OfficeSynonym", struct synonym_in, synonym_fields);
static const struct json_field synonym_path_fields[] = {
    JSON_ID(struct synonym_in, synonym_id, .at = AT_PATH, .required = true),
};
const struct json_shape backoffice_synonym_path =
    JSON_SHAPE("OfficeSynonymPath", struct synonym_in, synonym_path_fields);

static const struct office_act_view *remove_act(
    struct cx *cx, const struct merchandising_synonym *s)
{
    struct office_act_view *v = NEW(cx->arena, struct office_act_view);
    *v = (struct office_act_view){ .label = S("Remove\xE2\x80\xA6"),
        .what = s->term,
        .text = str_fmt(cx->arena, "Searches for " STR_F " no longer find " STR_F ".",
            STR_A(s->term), STR_A(s->replacement)),
        .action = str_fmt(cx->arena, BACKOFFICE_SYNONYMS "/" STR_F "/remove",
            STR_A(id_text(cx->arena, s->synonym_id))),
        .button = S("Remove it"),
        .kind = S("bad") };
    return v;
}

static const struct office_table_view *synonyms_table(
    struct cx *cx, const struct merchandising_synonym *list, size_t n)
{
    static const struct backoffice_column columns[] = { { "Who searches for", false },
        { "also finds", false }, { "And back", false }, { "Added", false }, { "Remove", false },
        { NULL, false } };
    const size_t width = COUNT(columns) - 1;
    struct office_cell_view *cells = NEW_N(cx->arena, n * width, struct office_cell_view);
    for (size_t i = 0; i < n; i++) {
        struct office_cell_view *row = cells + i * width;
        row[0] = (struct office_cell_view){ .text = list[i].term,
            .href = backoffice_with(cx, BACKOFFICE_RULES, "q", list[i].term),
            .strong = true };
        row[1] = (struct office_cell_view){ .text = list[i].replacement };
        row[2] = (struct office_cell_view){ .text = list[i].one_way ? S("No") : S("Yes") };
        row[3] = (struct office_cell_view){ .text = backoffice_when(cx, list[i].created_at) };
        row[4] = (struct office_cell_view){ .act = remove_act(cx, &list[i]) };
    }
    return backoffice_table(cx, "Synonyms", columns, cells, n);
}

static const struct office_form_view *add_form(
    struct cx *cx, const struct synonym_in *in, const struct field_error *faults)
{
    enum { FIELDS_N = 3 };
    struct office_form_view *form = NEW(cx->arena, struct office_form_view);
    struct office_field_view *fields = NEW_N(cx->arena, FIELDS_N, struct office_field_view);
    fields[0] = (struct office_field_view){ .name = S("term"),
        .label = S("Who searches for"),
        .value = in->term,
        .hint = S("A word or a phrase, like sofa."),
        .max = MERCHANDISING_TEXT_MAX,
        .required = true };
    fields[1] = (struct office_field_view){ .name = S("replacement"),
        .label = S("also finds"),
        .value = in->replacement,
        .hint = S("Another one, like couch."),
        .max = MERCHANDISING_TEXT_MAX,
        .required = true };
    fields[2] = (struct office_field_view){
        .name = S("oneWay"), .label = S("Only in this direction"), .check = true, .on = in->one_way
    };
    backoffice_place_faults(cx, faults, fields, FIELDS_N);
    *form = (struct office_form_view){ .key = S("synonym"),
        .text = S("It holds at once, for the next search."),
        .action = S(BACKOFFICE_SYNONYMS),
        .button = S("Add the synonym"),
        .fields = fields,
        .fields_n = FIELDS_N };
    return form;
}

static const struct alert_view *said_alert(struct cx *cx, str said, err refused)
{
    if (refused == &MERCHANDISING_KNOWN)
        return backoffice_alert(cx, "warn", S("There is this synonym already."), (str){ 0 });
    if (refused == &MERCHANDISING_FULL)
        return backoffice_alert(
            cx, "bad", S("There are as many synonyms as there can be."), (str){ 0 });
    if (refused)
        return backoffice_alert(cx, "bad", S("Nothing was added."), S("See the fields below."));
    if (str_eq(said, S("added")))
        return backoffice_alert(cx, "good", S("The synonym is added."), S("It holds at once."));
    if (str_eq(said, S("removed")))
        return backoffice_alert(cx, "good", S("The synonym is removed."), (str){ 0 });
    if (str_eq(said, S("gone")))
        return backoffice_alert(cx, "warn", S("Somebody has removed it before."), (str){ 0 });
    return NULL;
}

static err show_synonyms(struct backoffice *b, struct cx *cx, const struct synonym_in *in,
    err refused, const struct field_error *faults, struct reply *reply)
{
    struct merchandising_synonym *list;
    size_t n, from = 0;
    err e = merchandising_synonyms(b->deps.merchandising, cx, &list, &n);
    if (e)
        return e;
    for (size_t i = 0; i < n; i++)
        if (id_eq(list[i].synonym_id, in->after))
            from = i + 1;
    size_t shown = n - from < SYNONYMS_SHOWN ? n - from : SYNONYMS_SHOWN;
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 1);
    struct backoffice_blocks side = backoffice_blocks_of(cx, 1);
    backoffice_add(&blocks, (struct office_block_view){ .key = S("synonyms"),
                                .title = S("Synonyms of this shop"),
                                .hide_title = true,
                                .table = synonyms_table(cx, list + from, shown),
                                .empty = shown ? (str){ 0 }
                                               : S("None of this shop's own yet. The common ones "
                                                   "are built in.") });
    backoffice_add(&side, (struct office_block_view){ .key = S("add"),
                              .title = S("Add a synonym"),
                              .forms = add_form(cx, in, faults),
                              .forms_n = 1 });
    if (from + shown < n) {
        struct office_paging_view *paging = NEW(cx->arena, struct office_paging_view);
        paging->older = backoffice_with(cx, BACKOFFICE_SYNONYMS, "after",
            id_text(cx->arena, list[from + shown - 1].synonym_id));
        v->paging = paging;
    }
    v->title = S("Synonyms");
    v->alert = said_alert(cx, in->said, refused);
    backoffice_columns(v, &blocks, &side);
    return backoffice_show(b, cx, v, BACKOFFICE_SYNONYMS, backoffice_status(refused), reply);
}

err backoffice_get_synonyms(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    return show_synonyms(service, cx, body, NULL, NULL, reply);
}

err backoffice_post_synonym(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct synonym_in *in = body;
    struct merchandising_synonym made;
    if (in->term.n > MERCHANDISING_TEXT_MAX)
        cx_field(cx, S("/term"), "too_long", "at most %d bytes", MERCHANDISING_TEXT_MAX);
    if (in->replacement.n > MERCHANDISING_TEXT_MAX)
        cx_field(cx, S("/replacement"), "too_long", "at most %d bytes", MERCHANDISING_TEXT_MAX);
    err e =
        cx->fields
            ? &ERR_INVALID
            : merchandising_synonym_add(b->deps.merchandising, cx,
                  &(struct merchandising_synonym){
                      .term = in->term, .replacement = in->replacement, .one_way = in->one_way },
                  &made);
    if (!e)
        return reply_redirect(reply, S(BACKOFFICE_SYNONYMS "?said=added"));
    if (e != &ERR_INVALID && e != &MERCHANDISING_KNOWN && e != &MERCHANDISING_FULL)
        return e;
    const struct field_error *faults = cx->fields; /* at most the version has counted on */
    cx_clear(cx);
    return show_synonyms(b, cx, in, e, faults, reply);
}

err backoffice_post_synonym_remove(
    void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct synonym_in *in = body;
    err e = merchandising_synonym_remove(b->deps.merchandising, cx, in->synonym_id);
    bool gone = e == &ERR_MISSING;
    if (e && !gone)
        return e;
    cx_clear(cx);
    return reply_redirect(
        reply, gone ? S(BACKOFFICE_SYNONYMS "?said=gone") : S(BACKOFFICE_SYNONYMS "?said=removed"));
}
