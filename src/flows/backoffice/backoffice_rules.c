/* SPDX-License-Identifier: Apache-2.0
 * What staff want of a query: products pinned or buried, a page in place of results; with what the
 * shop shows beside it. Called by the gateway; must never count a look as a search. */
#include "flows/backoffice/backoffice_search.h"

struct rules_in {
    id rule_id, product_id;
    str q, find, said, kind, target;
    int64_t position;
};
static const char *const saids[] = { "added", "removed", "gone", "known", "full", "target", NULL };
static const struct json_field rules_fields[] = {
    JSON_STR(struct rules_in, q, .at = AT_QUERY, .max = 1000),
    JSON_STR(struct rules_in, find, .at = AT_QUERY, .max = 1000),
    JSON_STR(struct rules_in, said, .at = AT_QUERY, .one_of = saids),
    JSON_STR(struct rules_in, target, .at = AT_QUERY, .max = 1000),
};
const struct json_shape backoffice_rules_in =
    JSON_SHAPE("OfficeRulesQuery", struct rules_in, rules_fields);
static const struct json_field rule_fields[] = {
    JSON_STR(struct rules_in, q, .required = true, .max = MERCHANDISING_TEXT_MAX),
    JSON_STR(struct rules_in, find, .max = MERCHANDISING_TEXT_MAX),
    JSON_STR(struct rules_in, kind, .required = true, .one_of = merchandising_kind_names),
    JSON_ID(struct rules_in, product_id),
    JSON_INT(struct rules_in, position, .min = 0, .max = 100),
    JSON_STR(struct rules_in, target, .max = 500),
};
const struct json_shape backoffice_rule_in = JSON_SHAPE("OfficeRule", struct rules_in, rule_fields);
static const struct json_field rule_path_fields[] = {
    JSON_ID(struct rules_in, rule_id, .at = AT_PATH, .required = true),
    JSON_STR(struct rules_in, q, .max = MERCHANDISING_TEXT_MAX),
};
const struct json_shape backoffice_rule_path =
    JSON_SHAPE("OfficeRulePath", struct rules_in, rule_path_fields);

/* A query with all that its page shows. */
struct curated {
    const struct rules_in *in;
    struct merchandising_rule *rules;
    struct backoffice_found found, candidates;
    struct catalog_product *ruled, *shown, *offered; /* products of the three, in order */
    size_t rules_n;
};

static str kind_text(enum merchandising_kind kind, str *ret_chip)
{
    static const char *const labels[] = { "Pinned", "Buried", "Sent to a page" };
    static const char *const chips[] = { "good", "bad", "info" };
    *ret_chip = str_from_c(chips[kind]);
    return str_from_c(labels[kind]);
}

static const struct office_act_view *remove_act(
    struct cx *cx, const struct merchandising_rule *r, str what, str q)
{
    struct office_act_view *v = NEW(cx->arena, struct office_act_view);
    struct hidden_view *hidden = NEW(cx->arena, struct hidden_view);
    *hidden = (struct hidden_view){ S("q"), q };
    *v = (struct office_act_view){ .label = S("Remove\xE2\x80\xA6"),
        .what = what,
        .text = S("The next search goes without this rule."),
        .action = str_fmt(
            cx->arena, BACKOFFICE_RULES "/" STR_F "/remove", STR_A(id_text(cx->arena, r->rule_id))),
        .button = S("Remove it"),
        .kind = S("bad"),
        .hidden = hidden,
        .hidden_n = q.n ? 1 : 0 };
    return v;
}

static str title_of(const struct catalog_product *p)
{
    return id_is_none(p->product_id) ? S("A product that is gone") : p->title;
}

/* Without a query of the page each row names its own. */
static const struct office_table_view *rules_table(struct cx *cx,
    const struct merchandising_rule *rules, const struct catalog_product *products, size_t n, str q)
{
    static const struct backoffice_column all[] = { { "Query", false }, { "Rule", false },
        { "What", false }, { "Remove", false }, { NULL, false } };
    const size_t skip = q.n ? 1 : 0, width = COUNT(all) - 1 - skip;
    struct office_cell_view *cells = NEW_N(cx->arena, n * width, struct office_cell_view);
    for (size_t i = 0; i < n; i++) {
        const struct merchandising_rule *r = &rules[i];
        bool away = r->kind == MERCHANDISING_REDIRECT;
        struct office_cell_view row[COUNT(all)] = { { .strong = true } };
        str chip, what = away ? r->target : title_of(&products[i]);
        str label = kind_text(r->kind, &chip);
        row[0].text = r->query;
        row[0].href = backoffice_with(cx, BACKOFFICE_RULES, "q", r->query);
        row[1] = (struct office_cell_view){ .text = label, .chip = chip };
        row[2] = (struct office_cell_view){ .text = what,
            .href = away ? r->target
                         : str_cat(cx->arena, S("/p/"), id_text(cx->arena, r->product_id)) };
        row[3] = (struct office_cell_view){ .act = remove_act(cx, r, what, q) };
        for (size_t k = 0; k < width; k++)
            cells[i * width + k] = row[k + skip];
    }
    return backoffice_table(cx, "Rules of searches", all + skip, cells, n);
}

/* ---- products with what can be done to them ---- */

static bool ruled(const struct curated *c, enum merchandising_kind kind, id product_id)
{
    for (size_t i = 0; i < c->rules_n; i++)
        if (c->rules[i].kind == kind && id_eq(c->rules[i].product_id, product_id))
            return true;
    return false;
}

static struct office_form_view rule_form(
    struct cx *cx, const struct curated *c, enum merchandising_kind kind, id product_id, str key)
{
    enum { HIDDEN_N = 5 };
    struct hidden_view *hidden = NEW_N(cx->arena, HIDDEN_N, struct hidden_view);
    int64_t pins = 1;
    for (size_t i = 0; i < c->rules_n; i++)
        pins += c->rules[i].kind == MERCHANDISING_PIN;
    hidden[0] = (struct hidden_view){ S("q"), c->in->q };
    hidden[1] = (struct hidden_view){ S("kind"), str_from_c(merchandising_kind_names[kind]) };
    hidden[2] = (struct hidden_view){ S("productId"), id_text(cx->arena, product_id) };
    hidden[3] = (struct hidden_view){ S("position"), str_from_i64(cx->arena, pins) };
    hidden[4] = (struct hidden_view){ S("find"), c->in->find };
    return (struct office_form_view){ .key = key,
        .action = S(BACKOFFICE_RULES),
        .button = kind == MERCHANDISING_PIN ? S("Pin to the top") : S("Bury"),
        .kind = S("plain"),
        .hidden = hidden,
        .hidden_n = c->in->find.n ? HIDDEN_N : HIDDEN_N - 1 };
}

static const struct office_found_view *products_view(struct cx *cx, const struct curated *c,
    const struct catalog_product *products, size_t n, const char *list)
{
    struct arena *a = cx->arena;
    struct office_product_view *views = NEW_N(a, n, struct office_product_view);
    struct office_found_view *v = NEW(a, struct office_found_view);
    for (size_t i = 0; i < n; i++) {
        const struct catalog_product *p = &products[i];
        if (id_is_none(p->product_id))
            continue;
        struct office_form_view *forms = NEW_N(a, 2, struct office_form_view);
        size_t forms_n = 0;
        bool pinned = ruled(c, MERCHANDISING_PIN, p->product_id);
        bool buried = ruled(c, MERCHANDISING_BURY, p->product_id);
        for (int kind = MERCHANDISING_PIN; kind <= MERCHANDISING_BURY && !pinned && !buried; kind++)
            forms[forms_n++] = rule_form(cx, c, (enum merchandising_kind)kind, p->product_id,
                str_fmt(a, "%s-%zu-%d", list, i, kind));
        views[v->products_n++] =
            (struct office_product_view){ .href = str_cat(a, S("/p/"), id_text(a, p->product_id)),
                .title = p->title,
                .note = pinned   ? S("Pinned")
                        : buried ? S("Buried")
                                 : p->brand,
                .picture =
                    web_picture(a, catalog_picture_path(a, p, p->variants, 0), (str){ 0 }, false),
                .forms = forms,
                .forms_n = forms_n };
    }
    v->products = views;
    return v;
}

/* ---- the page of a query ---- */

static err see(struct backoffice *b, struct cx *cx, struct curated *c)
{
    int64_t version;
    err e = merchandising_of(b->deps.merchandising, cx, c->in->q, &c->rules, &c->rules_n, &version);
    if (!e)
        e = backoffice_find(b, cx, c->in->q, BACKOFFICE_PREVIEW_N, &c->found);
    if (!e)
        e = backoffice_find(b, cx, c->in->find, BACKOFFICE_PREVIEW_N, &c->candidates);
    if (e)
        return e;
    size_t n = 0;
    id *ids = NEW_N(cx->arena, c->rules_n + c->found.n + c->candidates.n, id);
    for (size_t i = 0; i < c->rules_n; i++)
        ids[n++] = c->rules[i].product_id;
    for (size_t i = 0; i < c->found.n; i++)
        ids[n++] = c->found.product_ids[i];
    for (size_t i = 0; i < c->candidates.n; i++)
        ids[n++] = c->candidates.product_ids[i];
    e = backoffice_products(b, cx, ids, n, &c->ruled);
    c->shown = c->ruled + c->rules_n;
    c->offered = c->shown + c->found.n;
    return e;
}

static struct office_form_view redirect_form(struct cx *cx, const struct curated *c)
{
    struct hidden_view *hidden = NEW_N(cx->arena, 2, struct hidden_view);
    struct office_field_view *field = NEW(cx->arena, struct office_field_view);
    bool bad = str_eq(c->in->said, S("target"));
    hidden[0] = (struct hidden_view){ S("q"), c->in->q };
    hidden[1] = (struct hidden_view){ S("kind"), S("redirect") };
    *field = (struct office_field_view){ .name = S("target"),
        .label = S("The page"),
        .value = c->in->target,
        .error = bad ? S("A path of this shop, like /c/computers") : (str){ 0 },
        .hint = S("A path of this shop, like /c/computers."),
        .max = 500,
        .required = true };
    return (struct office_form_view){ .key = S("redirect"),
        .ask = S("Send this query to a page\xE2\x80\xA6"),
        .kind = S("plain"),
        .text = S("Whoever searches for it comes to the page and sees no results."),
        .action = S(BACKOFFICE_RULES),
        .button = S("Send it there"),
        .hidden = hidden,
        .hidden_n = 2,
        .fields = field,
        .fields_n = 1,
        .open = bad };
}

static struct office_form_view find_form(struct cx *cx, const struct curated *c)
{
    struct hidden_view *hidden = NEW(cx->arena, struct hidden_view);
    struct office_field_view *field = NEW(cx->arena, struct office_field_view);
    *hidden = (struct hidden_view){ S("q"), c->in->q };
    *field = (struct office_field_view){ .name = S("find"),
        .label = S("Words of its title, or its SKU"),
        .value = c->in->find,
        .max = MERCHANDISING_TEXT_MAX,
        .required = true };
    return (struct office_form_view){ .key = S("find-product"),
        .action = S(BACKOFFICE_RULES),
        .button = S("Look for it"),
        .kind = S("plain"),
        .get = true,
        .hidden = hidden,
        .hidden_n = 1,
        .fields = field,
        .fields_n = 1 };
}

static void add_preview(struct cx *cx, const struct curated *c, struct backoffice_blocks *blocks)
{
    struct link_view *link = NEW(cx->arena, struct link_view);
    str text = str_fmt(cx->arena, STR_F " found; the first %zu, as everybody sees them now.",
        STR_A(web_number(cx->arena, c->found.total)), c->found.n);
    if (c->found.redirect.n)
        text = str_fmt(cx->arena, "Nobody sees these: the query leads to " STR_F ".",
            STR_A(c->found.redirect));
    else if (c->found.corrected.n)
        text = str_fmt(
            cx->arena, "Did you mean " STR_F "? " STR_F, STR_A(c->found.corrected), STR_A(text));
    *link = (struct link_view){ S("See it in the shop"),
        backoffice_with(cx, "/search", "q", c->in->q) };
    backoffice_add(blocks, (struct office_block_view){ .key = S("preview"),
                               .title = S("What it shows"),
                               .text = c->found.n ? text : (str){ 0 },
                               .found = products_view(cx, c, c->shown, c->found.n, "shown"),
                               .empty = c->found.n ? (str){ 0 } : S("Nothing is found."),
                               .links = link,
                               .links_n = 1 });
}

static const struct alert_view *said_alert(struct cx *cx, str said)
{
    static const struct {
        const char *said, *kind, *title, *text;
    } words[] = { { "added", "good", "The rule is added.", "The next search goes by it." },
        { "removed", "good", "The rule is removed.", "The next search goes without it." },
        { "gone", "warn", "Somebody has removed it before.", "" },
        { "known", "warn", "There is such a rule already.", "Remove that one first." },
        { "full", "bad", "This query has as many rules as there can be.", "" },
        { "target", "bad", "Nothing was added.", "The page needs another look." } };
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq(said, str_from_c(words[i].said)))
            return backoffice_alert(cx, words[i].kind, str_from_c(words[i].title),
                words[i].text[0] ? str_from_c(words[i].text) : (str){ 0 });
    return NULL;
}

static const struct office_find_view *query_field(struct cx *cx, str q)
{
    struct office_find_view *v = NEW(cx->arena, struct office_find_view);
    *v = (struct office_find_view){ .label = S("What people type"),
        .value = q,
        .action = S(BACKOFFICE_RULES),
        .button = S("Curate") };
    return v;
}

static err show_query(
    struct backoffice *b, struct cx *cx, const struct rules_in *in, struct reply *reply)
{
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct curated c = { .in = in };
    err e = see(b, cx, &c);
    if (e)
        return e;
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 2);
    struct backoffice_blocks side = backoffice_blocks_of(cx, 1);
    struct office_form_view *redirect = NEW(cx->arena, struct office_form_view);
    struct office_form_view *find = NEW(cx->arena, struct office_form_view);
    *redirect = redirect_form(cx, &c);
    *find = find_form(cx, &c);
    backoffice_add(
        &blocks, (struct office_block_view){ .key = S("rules"),
                     .title = S("Rules of this query"),
                     .table = rules_table(cx, c.rules, c.ruled, c.rules_n, in->q),
                     .empty = c.rules_n ? (str){ 0 } : S("None: it shows what fits best."),
                     .forms = redirect,
                     .forms_n = 1 });
    backoffice_add(&blocks,
        (struct office_block_view){ .key = S("choose"),
            .title = S("Another product"),
            .text = S("What is not beside here can be found and pinned, too."),
            .forms = find,
            .forms_n = 1,
            .found = products_view(cx, &c, c.offered, c.candidates.n, "offered"),
            .empty = in->find.n && !c.candidates.n ? S("No product is found by these words.")
                                                   : (str){ 0 } });
    add_preview(cx, &c, &side);
    v->title = str_fmt(cx->arena, "\xE2\x80\x9C" STR_F "\xE2\x80\x9D", STR_A(in->q));
    v->back = backoffice_back(cx, "Pins and redirects", BACKOFFICE_RULES);
    v->alert = said_alert(cx, in->said);
    v->find = query_field(cx, in->q);
    backoffice_columns(v, &blocks, &side);
    return backoffice_show(
        b, cx, v, BACKOFFICE_RULES, str_eq(in->said, S("target")) ? 422 : 200, reply);
}

/* ---- the page of all, and the forms ---- */

static err show_all(
    struct backoffice *b, struct cx *cx, const struct rules_in *in, struct reply *reply)
{
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, 1);
    struct merchandising_rule *rules;
    struct catalog_product *products;
    size_t n;
    err e = merchandising_rules(b->deps.merchandising, cx, &rules, &n);
    if (e)
        return e;
    size_t shown = n < BACKOFFICE_RULES_SHOWN ? n : BACKOFFICE_RULES_SHOWN;
    id *ids = NEW_N(cx->arena, shown, id);
    for (size_t i = 0; i < shown; i++)
        ids[i] = rules[i].product_id;
    e = backoffice_products(b, cx, ids, shown, &products);
    if (e)
        return e;
    backoffice_add(&blocks, (struct office_block_view){ .key = S("rules"),
                                .title = S("All rules"),
                                .hide_title = true,
                                .table = rules_table(cx, rules, products, shown, (str){ 0 }),
                                .empty = shown ? (str){ 0 }
                                               : S("No rules yet. Type what people search for to "
                                                   "make the first.") });
    v->title = S("Pins and redirects");
    v->lead = S("What a query shows first or last, or the page that it leads to.");
    if (n > shown)
        v->lead = str_fmt(cx->arena,
            "The first %zu of %zu by query; find another by what people "
            "type.",
            shown, n);
    v->alert = said_alert(cx, in->said);
    v->find = query_field(cx, in->q);
    v->blocks = blocks.list;
    v->blocks_n = blocks.n;
    return backoffice_show(b, cx, v, BACKOFFICE_RULES, 200, reply);
}

err backoffice_get_rules(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct rules_in in = *(const struct rules_in *)body;
    in.q = str_trim(in.q);
    in.find = str_trim(in.find);
    return in.q.n ? show_query(service, cx, &in, reply) : show_all(service, cx, &in, reply);
}

/* Back to the query, with a word and what was typed. */
static str back_path(struct cx *cx, const struct rules_in *in, const char *said)
{
    struct buf out = { .arena = cx->arena };
    buf_fmt(&out, BACKOFFICE_RULES "?said=%s", said);
    if (in->q.n)
        buf_fmt(&out, "&q=" STR_F, STR_A(str_url_encode(cx->arena, in->q)));
    if (in->find.n)
        buf_fmt(&out, "&find=" STR_F, STR_A(str_url_encode(cx->arena, in->find)));
    if (str_eq(str_from_c(said), S("target")))
        buf_fmt(&out, "&target=" STR_F, STR_A(str_url_encode(cx->arena, in->target)));
    return buf_str(&out);
}

err backoffice_post_rule(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct rules_in *in = body;
    struct merchandising_rule made, wanted = { .query = in->q,
        .product_id = in->product_id,
        .position = in->position,
        .target = str_trim(in->target) };
    for (int k = 0; k < MERCHANDISING_KINDS_N; k++)
        if (str_eq(in->kind, str_from_c(merchandising_kind_names[k])))
            wanted.kind = (enum merchandising_kind)k;
    err e = merchandising_rule_add(b->deps.merchandising, cx, &wanted, &made);
    const char *said = !e ? "added" : NULL;
    if (e == &MERCHANDISING_KNOWN)
        said = "known";
    if (e == &MERCHANDISING_FULL)
        said = "full";
    if (e == &ERR_INVALID && wanted.kind == MERCHANDISING_REDIRECT && in->q.n)
        said = "target";
    if (!said)
        return e;
    cx_clear(cx);
    return reply_redirect(reply, back_path(cx, in, said));
}

err backoffice_post_rule_remove(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct rules_in *in = body;
    err e = merchandising_rule_remove(b->deps.merchandising, cx, in->rule_id);
    bool gone = e == &ERR_MISSING;
    if (e && !gone)
        return e;
    cx_clear(cx);
    return reply_redirect(reply, back_path(cx, in, gone ? "gone" : "removed"));
}
