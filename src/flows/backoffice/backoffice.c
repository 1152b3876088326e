/* SPDX-License-Identifier: Apache-2.0
 * The frame of the back office: who may go where, and what waits there. Called by its pages; must
 * never show a link to a page that would refuse. */
#include "flows/backoffice/backoffice_internal.h"

#define STUCK_COUNTED 1000 /* as many as the engine lists */

struct backoffice *backoffice_open(struct arena *life, struct backoffice_deps deps)
{
    struct backoffice *b = NEW(life, struct backoffice);
    b->deps = deps;
    return b;
}

err backoffice_queues_of(struct backoffice *b, struct cx *cx, struct backoffice_queues *ret)
{
    struct saga_view *sagas;
    size_t sagas_n = 0;
    int64_t reviews = 0;
    err e = fraud_review_count(b->deps.fraud, cx, &reviews);
    if (!e)
        e = saga_list(b->deps.sagas, cx, BACKOFFICE_STUCK_TRIES, &sagas, &sagas_n);
    if (e)
        return e;
    *ret = (struct backoffice_queues){
        .reviews = reviews, .stuck = (int64_t)sagas_n, .stuck_more = sagas_n >= STUCK_COUNTED
    };
    return NULL;
}

str backoffice_name(struct backoffice *b, struct cx *cx, id user_id)
{
    struct identity_user user;
    if (id_is_none(user_id) || identity_user_get(b->deps.identity, cx, user_id, &user)) {
        cx_clear(cx);
        return (str){ 0 };
    }
    return user.name;
}

/* ---- navigation ---- */

enum counted { COUNTS_NOTHING, COUNTS_REVIEWS, COUNTS_STUCK };
static const struct place {
    const char *group, *label, *path;
    enum scope scope; /* of its route */
    enum counted counted;
} places[] = {
    { "", "Overview", "/admin", SCOPE_STAFF, COUNTS_NOTHING },
    { "Queues", "Fraud reviews", "/admin/fraud", SCOPE_FRAUD, COUNTS_REVIEWS },
    { "Queues", "Reviews of buyers", "/admin/moderation", SCOPE_MODERATION, COUNTS_NOTHING },
    { "Queues", "Approvals", "/admin/approvals", SCOPE_APPROVALS, COUNTS_NOTHING },
    { "Queues", "Stuck work", "/admin/sagas", SCOPE_WORK, COUNTS_STUCK },
    { "Queues", "Dead letters", "/admin/events", SCOPE_WORK, COUNTS_NOTHING },
    { "Sales", "Orders", "/admin/orders", SCOPE_SUPPORT, COUNTS_NOTHING },
    { "Sales", "Payouts", "/admin/payouts", SCOPE_PAYOUTS, COUNTS_NOTHING },
    { "Sales", "Gift cards", "/admin/gift-cards", SCOPE_REFUNDS, COUNTS_NOTHING },
    { "Sales", "Low stock", "/admin/stock", SCOPE_STOCK, COUNTS_NOTHING },
    { "Search", "What people search for", "/admin/search", SCOPE_CATALOG, COUNTS_NOTHING },
    { "Search", "Clicks and conversion", "/admin/search/clicks", SCOPE_CATALOG, COUNTS_NOTHING },
    { "Search", "Synonyms", "/admin/search/synonyms", SCOPE_CATALOG, COUNTS_NOTHING },
    { "Search", "Pins and redirects", "/admin/search/rules", SCOPE_CATALOG, COUNTS_NOTHING },
    { "Access", "People and roles", "/admin/users", SCOPE_USERS, COUNTS_NOTHING },
    { "Access", "Keys", "/admin/keys", SCOPE_KEYS, COUNTS_NOTHING },
    { "Access", "Feature flags", "/admin/flags", SCOPE_FLAGS, COUNTS_NOTHING },
    { "Access", "Audit trail", "/admin/audit", SCOPE_AUDIT, COUNTS_NOTHING },
};
#define PLACES_MAX COUNT(places)

static str count_text(struct cx *cx, enum counted counted, const struct backoffice_queues *q)
{
    int64_t n = 0;
    bool more = false;
    switch (counted) {
    case COUNTS_NOTHING:
        break;
    case COUNTS_REVIEWS:
        n = q->reviews;
        break;
    case COUNTS_STUCK:
        n = q->stuck;
        more = q->stuck_more;
        break;
    }
    if (n == 0)
        return (str){ 0 };
    return str_cat(cx->arena, web_number(cx->arena, n), more ? S("+") : S(""));
}

/* Groups in the order of the table, without what this visitor may not see. */
static void fill_nav(
    struct cx *cx, struct office_view *v, const char *here, const struct backoffice_queues *queues)
{
    struct office_nav_view *groups = NEW_N(cx->arena, PLACES_MAX, struct office_nav_view);
    struct office_link_view *links = NEW_N(cx->arena, PLACES_MAX, struct office_link_view);
    size_t n = 0, links_n = 0;
    for (size_t i = 0; i < COUNT(places); i++) {
        const struct place *p = &places[i];
        if (!scope_allowed(p->scope, cx->who.roles))
            continue;
        str title = str_from_c(p->group);
        if (n == 0 || !str_eq(groups[n - 1].title, title))
            groups[n++] = (struct office_nav_view){ .title = title, .links = &links[links_n] };
        bool current = str_eq(str_from_c(here), str_from_c(p->path));
        links[links_n++] = (struct office_link_view){ .label = str_from_c(p->label),
            .href = str_from_c(p->path),
            .count = count_text(cx, p->counted, queues),
            .current = current,
            .exact = current && !v->back };
        groups[n - 1].links_n++;
    }
    v->nav = groups;
    v->nav_n = n;
}

err backoffice_show(struct backoffice *b, struct cx *cx, struct office_view *v, const char *here,
    int status, struct reply *reply)
{
    struct backoffice_queues queues = { .reviews = 0 };
    err e = backoffice_queues_of(b, cx, &queues);
    if (e)
        return e;
    fill_nav(cx, v, here, &queues);
    return reply_page(reply, status, &backoffice_page, v,
        (struct page_head){ .title = str_cat(cx->arena, v->title, S(", back office")),
            .noindex = true,
            .office = true });
}

static const struct html_page *const pages[] = { &backoffice_page, NULL };
const struct service backoffice_service = {
    .name = "backoffice",
    .folder = "src/flows/backoffice/",
    .page_routes = backoffice_page_routes,
    .pages = pages,
};
