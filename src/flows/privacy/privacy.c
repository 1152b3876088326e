/* SPDX-License-Identifier: Apache-2.0
 * The verbs: ask for an archive, for erasure, note a consent; and the jobs that do the work. Called
 * by the routes and the scheduler. Must never erase before the day that was told. */
#include "flows/privacy/privacy.h"

#include "base/instant.h"
#include "flows/privacy/privacy_internal.h"
#include "platform/audit/audit.h"
#include "privacy_sql.h"

const problem PRIVACY_OPEN_ORDERS = { KIND_CONFLICT, "privacy.open_orders", "open_orders",
    "Orders or payouts are still under way: the account can be erased when they have ended" };
const problem PRIVACY_UNKNOWN = { KIND_MISSING, "privacy.unknown", "not_found",
    "There is no such archive" };
const problem PRIVACY_ASKED = { KIND_CONFLICT, "privacy.asked", "export_running",
    "An archive is being made already" };

#define LIST_MAX 20
#define PRUNE_BATCH 200
#define ERASE_DAYS_MAX 90

const char *const privacy_purpose_names[PRIVACY_PURPOSES_N + 1] = {
    [PRIVACY_ANALYTICS] = "analytics",
    [PRIVACY_PERSONALISATION] = "personalisation",
    [PRIVACY_MARKETING] = "marketing",
    [PRIVACY_PURPOSES_N] = NULL,
};

struct privacy *privacy_open(struct arena *life, struct privacy_deps deps)
{
    ASSERT(deps.erase_days >= 0 && deps.erase_days <= ERASE_DAYS_MAX);
    struct privacy *p = NEW(life, struct privacy);
    p->deps = deps;
    if (!p->deps.export_days)
        p->deps.export_days = PRIVACY_EXPORT_DAYS;
    return p;
}

err privacy_who(struct privacy *p, struct cx *cx, id user_id, struct identity_user *ret_user,
    struct privacy_person *ret)
{
    err e = identity_user_get(p->deps.identity, cx, user_id, ret_user);
    if (!e)
        *ret = (struct privacy_person){ .user_id = user_id,
            .email = ret_user->verified ? str_lower(cx->arena, ret_user->email) : S("") };
    return e;
}

/* ---- mails ---- */
struct told {
    str email, name, other; /* other: the day of erasure */
};
static const struct json_field told_fields[] = {
    JSON_STR(struct told, email, .required = true),
    JSON_STR(struct told, name, .required = true),
    JSON_STR(struct told, other),
};
static const struct json_shape told_shape = JSON_SHAPE("PrivacyTold", struct told, told_fields);

static err tell(
    struct privacy *p, struct cx *cx, const char *type, const struct identity_user *user, str other)
{
    struct told payload = { user->email, user->name, other };
    return bus_emit(p->deps.bus, p->deps.db, cx, type, user->user_id, &told_shape, &payload);
}

/* ---- archives ---- */

err privacy_export_list(
    struct privacy *p, struct cx *cx, id user_id, struct privacy_export **ret, size_t *ret_n)
{
    struct privacy_sql_export_list_row *rows;
    err e = privacy_sql_export_list(p->deps.db, cx,
        (struct privacy_sql_export_list_in){
            .user_id = user_id, .now_ms = cx->now_ms, .limit = LIST_MAX },
        &rows, ret_n);
    if (e)
        return e;
    *ret = NEW_N(cx->arena, *ret_n + 1, struct privacy_export);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] = (struct privacy_export){ .export_id = rows[i].export_id,
            .ready = rows[i].ready,
            .bytes = rows[i].bytes_n,
            .asked_ms = rows[i].asked_ms,
            .expires_ms = rows[i].expires_ms };
    return NULL;
}

err privacy_export_ask(struct privacy *p, struct cx *cx, id user_id, id *ret_export_id)
{
    struct privacy_export *list;
    size_t n;
    err e = privacy_export_list(p, cx, user_id, &list, &n);
    if (e)
        return e;
    for (size_t i = 0; i < n; i++)
        if (!list[i].ready)
            return FAIL(cx, PRIVACY_ASKED, "one waits");
    *ret_export_id = cx_id(cx);
    return privacy_sql_export_add(p->deps.db, cx,
        (struct privacy_sql_export_add_in){ .export_id = *ret_export_id,
            .user_id = user_id,
            .asked_ms = cx->now_ms,
            .expires_ms = cx->now_ms + p->deps.export_days * DAY_MS },
        NULL);
}

err privacy_export_get(struct privacy *p, struct cx *cx, id user_id, id export_id, str *ret_zip)
{
    struct privacy_sql_export_get_row row = { 0 };
    bool found = false;
    err e = privacy_sql_export_get(p->deps.db, cx,
        (struct privacy_sql_export_get_in){
            .export_id = export_id, .user_id = user_id, .now_ms = cx->now_ms },
        &row, &found);
    if (e)
        return e;
    if (!found || !row.archive.p)
        return FAIL(cx, PRIVACY_UNKNOWN, "another's, gone, or not ready");
    if (!str_unbase64(cx->arena, row.archive, ret_zip))
        return FAIL(cx, ERR_BUG, "an archive that is no base64");
    return NULL;
}

static err make_archive(struct privacy *p, struct cx *cx, id export_id, id user_id)
{
    struct identity_user user;
    struct privacy_person who;
    str zip;
    err e = privacy_who(p, cx, user_id, &user, &who);
    if (!e)
        e = privacy_person_archive(p, cx, who, &zip);
    if (!e)
        e = privacy_sql_export_done(p->deps.db, cx,
            (struct privacy_sql_export_done_in){ .export_id = export_id,
                .archive = str_base64(cx->arena, zip),
                .bytes_n = (int64_t)zip.n },
            NULL);
    return e ? e : tell(p, cx, "privacy.exported", &user, (str){ 0 });
}

err privacy_export_job(void *service, struct cx *cx, bool *ret_more)
{
    struct privacy *p = service;
    struct privacy_sql_export_next_row row;
    bool found = false;
    int64_t gone = 0;
    *ret_more = false;
    err e = privacy_sql_export_prune(p->deps.db, cx,
        (struct privacy_sql_export_prune_in){ .now_ms = cx->now_ms, .limit = PRUNE_BATCH }, &gone);
    if (!e)
        e = privacy_sql_export_next(p->deps.db, cx, &row, &found);
    if (e || !found)
        return e;
    *ret_more = true;
    return make_archive(p, cx, row.export_id, row.user_id);
}

/* ---- erasure ---- */

static err no_open_orders(struct privacy *p, struct cx *cx, struct privacy_person who)
{
    int64_t n = 0;
    err e = privacy_person_blocks(p, cx, who, &n);
    if (!e && n > 0)
        return FAIL(cx, PRIVACY_OPEN_ORDERS, "%lld under way", (long long)n);
    return e;
}

err privacy_erase_get(struct privacy *p, struct cx *cx, id user_id, struct privacy_erasure *ret)
{
    struct privacy_sql_erasure_get_row row = { 0 };
    bool found = false;
    err e = privacy_sql_erasure_get(
        p->deps.db, cx, (struct privacy_sql_erasure_get_in){ .user_id = user_id }, &row, &found);
    if (!e)
        *ret = (struct privacy_erasure){
            .asked = found, .done = found && row.done_ms.has, .due_ms = row.due_ms
        };
    return e;
}

err privacy_erase_ask(struct privacy *p, struct cx *cx, id user_id, int64_t *ret_due_ms)
{
    struct identity_user user;
    struct privacy_person who;
    struct privacy_erasure known;
    err e = privacy_erase_get(p, cx, user_id, &known);
    if (!e && known.asked) {
        *ret_due_ms = known.due_ms;
        return NULL;
    }
    if (!e)
        e = privacy_who(p, cx, user_id, &user, &who);
    if (!e)
        e = no_open_orders(p, cx, who);
    *ret_due_ms = cx->now_ms + p->deps.erase_days * DAY_MS;
    if (!e)
        e = privacy_sql_erasure_ask(p->deps.db, cx,
            (struct privacy_sql_erasure_ask_in){ .user_id = user_id,
                .email = who.email.n ? who.email : (str){ 0 },
                .asked_ms = cx->now_ms,
                .due_ms = *ret_due_ms },
            NULL);
    return e ? e
             : tell(
                   p, cx, "privacy.erasure_asked", &user, instant_day_long(cx->arena, *ret_due_ms));
}

err privacy_erase_keep(struct privacy *p, struct cx *cx, id user_id)
{
    return privacy_sql_erasure_drop(p->deps.db, cx,
        (struct privacy_sql_erasure_drop_in){ .user_id = user_id, .now_ms = cx->now_ms }, NULL);
}

/* One service, or the beginning or the end. Each is a unit: after a crash it goes on with the next.
 */
static err erase_step(struct privacy *p, struct cx *cx,
    const struct privacy_sql_erasure_next_row *row, bool *ret_more)
{
    struct privacy_person who = { row->user_id, row->email.p ? row->email : S("") };
    err e = NULL;
    if (row->step == 0) {
        e = no_open_orders(p, cx, who);
        if (e == &PRIVACY_OPEN_ORDERS) { /* one came meanwhile: tomorrow again */
            cx_clear(cx);
            return privacy_sql_erasure_later(p->deps.db, cx,
                (struct privacy_sql_erasure_later_in){
                    .user_id = row->user_id, .due_ms = cx->now_ms + DAY_MS },
                NULL);
        }
    }
    if (e)
        return e;
    if ((size_t)row->step >= *p->deps.services_n) {
        e = audit_forget(p->deps.audit, cx, row->user_id);
        if (!e)
            e = bus_forget(p->deps.bus, cx, (struct bus_person){ who.user_id, who.email });
        return e ? e
                 : privacy_sql_erasure_done(p->deps.db, cx,
                       (struct privacy_sql_erasure_done_in){
                           .user_id = row->user_id, .now_ms = cx->now_ms },
                       NULL);
    }
    const struct service *service = p->deps.services[row->step];
    if (privacy_person_apart(p, service)) /* privacy_apart_job does it */
        e = privacy_person_erased(p, cx, service, who, ret_more);
    else
        e = privacy_person_erase(p, cx, service, who);
    if (e || !*ret_more)
        return e;
    return privacy_sql_erasure_step(p->deps.db, cx,
        (struct privacy_sql_erasure_step_in){ .user_id = row->user_id, .step = row->step + 1 },
        NULL);
}

err privacy_erase_job(void *service, struct cx *cx, bool *ret_more)
{
    struct privacy *p = service;
    struct privacy_sql_erasure_next_row row;
    bool found = false;
    err e = privacy_sql_erasure_next(
        p->deps.db, cx, (struct privacy_sql_erasure_next_in){ .now_ms = cx->now_ms }, &row, &found);
    *ret_more = !e && found;
    return e || !found ? e : erase_step(p, cx, &row, ret_more);
}

struct privacy_place {
    struct privacy *p;
    struct db *db;
};

struct privacy_place *privacy_at(struct arena *life, struct privacy *p, struct db *db)
{
    struct privacy_place *place = NEW(life, struct privacy_place);
    *place = (struct privacy_place){ p, db };
    return place;
}

/* The part of a service with a database of its own, in a unit there. Again after a crash: a repeat
 * changes nothing. */
err privacy_apart_job(void *service, struct cx *cx, bool *ret_more)
{
    const struct privacy_place *place = service;
    struct privacy *p = place->p;
    struct privacy_sql_erasure_apart_row row;
    bool found = false, done = false;
    *ret_more = false;
    err e = privacy_sql_erasure_apart(p->deps.db, cx,
        (struct privacy_sql_erasure_apart_in){ .now_ms = cx->now_ms }, &row, &found);
    if (e || !found || (size_t)row.step >= *p->deps.services_n)
        return e;
    const struct service *next = p->deps.services[row.step];
    struct privacy_person who = { row.user_id, row.email.p ? row.email : S("") };
    if (!privacy_person_apart(p, next) || privacy_db_of(p, next) != place->db)
        return NULL;
    e = privacy_person_erased(p, cx, next, who, &done);
    return e || done ? e : privacy_person_erase(p, cx, next, who);
}

/* ---- consents ---- */

enum privacy_purpose privacy_purpose_of(str name)
{
    enum privacy_purpose k = 0;
    while (k < PRIVACY_PURPOSES_N && !str_eq(name, str_from_c(privacy_purpose_names[k])))
        k++;
    return k;
}

err privacy_consent_set(
    struct privacy *p, struct cx *cx, id user_id, enum privacy_purpose purpose, bool granted)
{
    ASSERT(purpose < PRIVACY_PURPOSES_N);
    err e = privacy_sql_consent_add(p->deps.db, cx,
        (struct privacy_sql_consent_add_in){ .consent_id = cx_id(cx),
            .user_id = user_id,
            .purpose = str_from_c(privacy_purpose_names[purpose]),
            .granted = granted,
            .version = PRIVACY_TEXT_VERSION,
            .peer = cx->peer.p ? cx->peer : S(""),
            .at_ms = cx->now_ms },
        NULL);
    if (!e && purpose == PRIVACY_PERSONALISATION)
        e = behaviour_set_personal(p->deps.behaviour, cx, user_id, granted);
    return e;
}

err privacy_consent_get(struct privacy *p, struct cx *cx, id user_id,
    struct privacy_consent ret[static PRIVACY_PURPOSES_N])
{
    struct privacy_sql_consent_list_row *rows;
    size_t n;
    err e = privacy_sql_consent_list(
        p->deps.db, cx, (struct privacy_sql_consent_list_in){ .user_id = user_id }, &rows, &n);
    for (int k = 0; k < PRIVACY_PURPOSES_N; k++)
        ret[k] = (struct privacy_consent){ 0 };
    for (size_t i = 0; !e && i < n; i++) {
        enum privacy_purpose purpose = privacy_purpose_of(rows[i].purpose);
        if (purpose < PRIVACY_PURPOSES_N)
            ret[purpose] = (struct privacy_consent){
                .granted = rows[i].granted, .version = rows[i].version, .at_ms = rows[i].at_ms
            };
    }
    if (!e) /* what the page of search results sets is the same choice */
        e = behaviour_personal(
            p->deps.behaviour, cx, user_id, &ret[PRIVACY_PERSONALISATION].granted);
    return e;
}

/* ---- the application's view ---- */

static const struct service_part parts[] = {
    { "consents", &PRIVACY_CONSENT_LIST },
    { "erasure", &PRIVACY_ERASURE_EXPORT },
    { NULL, NULL },
};
static const struct db_query *const erase[] = { &PRIVACY_EXPORT_ERASE, &PRIVACY_CONSENT_ERASE,
    NULL };
static const struct service_person person = { .parts = parts, .erase = erase };
static const struct job jobs[] = {
    { .name = "privacy.export", .period_ms = 2 * SECOND_MS, .fn = privacy_export_job },
    { .name = "privacy.erase", .period_ms = 2 * SECOND_MS, .fn = privacy_erase_job },
    { 0 },
};
const struct job privacy_apart_jobs[] = {
    { .name = "privacy.erase_apart", .period_ms = 2 * SECOND_MS, .fn = privacy_apart_job },
    { 0 },
};
static const problem *const problems[] = { &PRIVACY_OPEN_ORDERS, &PRIVACY_UNKNOWN, &PRIVACY_ASKED,
    NULL };
const struct service privacy_service = {
    .name = "privacy",
    .folder = "src/flows/privacy/",
    .routes = privacy_routes,
    .page_routes = privacy_page_routes,
    .jobs = jobs,
    .queries = privacy_queries,
    .marked = privacy_marked,
    .person = &person,
    .problems = problems,
    .pages = privacy_pages,
};
