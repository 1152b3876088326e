/* SPDX-License-Identifier: Apache-2.0
 * Reviews that a rule held back, and those that staff rejected. Called by the gateway; the decision
 * is a form to the flow of opinions, as it moves the stars of a product. */
#include "flows/backoffice/backoffice_internal.h"

#define HERE "/admin/moderation"

struct moderation_in {
    str state, said;
};
static const char *const states[] = { "pending", "rejected", NULL };
static const char *const saids[] = { "published", "rejected", "gone", NULL };
static const struct json_field moderation_fields[] = {
    JSON_STR(struct moderation_in, state, .at = AT_QUERY, .one_of = states),
    JSON_STR(struct moderation_in, said, .at = AT_QUERY, .one_of = saids),
};
const struct json_shape backoffice_moderation_in =
    JSON_SHAPE("OfficeModerationQuery", struct moderation_in, moderation_fields);

static const char *const doubts[REVIEWS_DOUBTS_N] = {
    [REVIEWS_NO_DOUBT] = "None",
    [REVIEWS_LINK] = "An address of the web or of mail",
    [REVIEWS_REPEATED] = "One character again and again",
    [REVIEWS_SHOUTING] = "Capitals only",
    [REVIEWS_WORD] = "A word of the list",
};

static struct office_form_view form_of(struct cx *cx, const struct reviews_review *r, bool publish)
{
    str review_id = id_text(cx->arena, r->review_id);
    struct office_form_view form = { .key =
                                         str_cat(cx->arena, publish ? S("p-") : S("r-"), review_id),
        .action = str_fmt(
            cx->arena, HERE "/" STR_F "/%s", STR_A(review_id), publish ? "publish" : "reject"),
        .button = publish ? S("Show it") : S("Reject it"),
        .kind = publish ? S("plain") : S("bad") };
    if (!publish) {
        form.ask = S("Reject\xE2\x80\xA6");
        form.text = S("Nobody but its author will see it, also when they change it.");
    }
    return form;
}

static struct office_block_view block_of(
    struct cx *cx, const struct reviews_review *r, const struct catalog_product *product)
{
    struct arena *a = cx->arena;
    struct office_fact_view *facts = NEW_N(a, 5, struct office_fact_view);
    struct office_form_view *forms = NEW_N(a, 2, struct office_form_view);
    size_t n = 0, forms_n = 0;
    facts[n++] = (struct office_fact_view){ .label = S("Product"),
        .text = product->title.n ? product->title : S("No longer on sale"),
        .href = str_cat(a, S("/p/"), id_text(a, r->product_id)) };
    backoffice_fact(facts, &n, "Stars", str_from_i64(a, r->rating));
    backoffice_fact(facts, &n, "Shown name",
        r->verified ? str_cat(a, r->author, S(", bought it here")) : r->author);
    facts[n++] = (struct office_fact_view){
        .label = S("Doubt"), .text = str_from_c(doubts[r->doubt]), .chip = S("warn")
    };
    backoffice_fact(facts, &n, "Written", backoffice_when(cx, r->updated_ms));
    forms[forms_n++] = form_of(cx, r, true);
    if (r->status != REVIEWS_REJECTED)
        forms[forms_n++] = form_of(cx, r, false);
    return (struct office_block_view){ .key = str_cat(a, S("b-"), id_text(a, r->review_id)),
        .title = r->title.n ? r->title : S("Without a title"),
        .text = r->comment,
        .facts = backoffice_facts(cx, facts, n),
        .forms = forms,
        .forms_n = forms_n };
}

static const struct office_tabs_view *tabs_of(struct cx *cx, bool rejected)
{
    struct office_link_view *links = NEW_N(cx->arena, 2, struct office_link_view);
    struct office_tabs_view *tabs = NEW(cx->arena, struct office_tabs_view);
    links[0] =
        (struct office_link_view){ .label = S("Waiting"), .href = S(HERE), .current = !rejected };
    links[1] = (struct office_link_view){
        .label = S("Rejected"), .href = S(HERE "?state=rejected"), .current = rejected
    };
    *tabs = (struct office_tabs_view){ .label = S("Which"), .links = links, .links_n = 2 };
    return tabs;
}

static const struct alert_view *said_alert(struct cx *cx, str said)
{
    if (str_eq(said, S("published")))
        return backoffice_alert(cx, "good", S("The review is shown, and counts."), (str){ 0 });
    if (str_eq(said, S("rejected")))
        return backoffice_alert(cx, "good", S("The review is rejected."), (str){ 0 });
    if (str_eq(said, S("gone")))
        return backoffice_alert(
            cx, "warn", S("That review is gone."), S("Its author has taken it back."));
    return NULL;
}

err backoffice_get_moderation(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct backoffice *b = service;
    const struct moderation_in *in = body;
    bool rejected = str_eq(in->state, S("rejected"));
    struct reviews_review *list;
    size_t n;
    err e = reviews_queue(b->deps.reviews, cx, rejected ? REVIEWS_REJECTED : REVIEWS_PENDING,
        (id){ { 0 } }, BACKOFFICE_ROWS, &list, &n);
    if (e)
        return e;
    id *ids = NEW_N(cx->arena, n, id);
    struct catalog_product *products = NEW_N(cx->arena, n, struct catalog_product);
    for (size_t i = 0; i < n; i++)
        ids[i] = list[i].product_id;
    e = catalog_products(b->deps.catalog, cx,
        (struct catalog_wanted){ .product_ids = ids, .n = n, .unpublished_too = true }, products);
    if (e)
        return e;
    struct office_view *v = NEW(cx->arena, struct office_view);
    struct backoffice_blocks blocks = backoffice_blocks_of(cx, n + 1);
    for (size_t i = 0; i < n; i++)
        backoffice_add(&blocks, block_of(cx, &list[i], &products[i]));
    if (!n)
        backoffice_add(&blocks, (struct office_block_view){ .key = S("none"),
                                    .title = S("Reviews"),
                                    .hide_title = true,
                                    .empty = rejected ? S("No review is rejected.")
                                                      : S("No review waits for anybody.") });
    v->title = S("Reviews of buyers");
    v->lead = S("Held back by a rule, the oldest first; 30 at a time.");
    v->tabs = tabs_of(cx, rejected);
    v->alert = said_alert(cx, in->said);
    v->blocks = blocks.list;
    v->blocks_n = blocks.n;
    return backoffice_show(b, cx, v, HERE, 200, reply);
}
