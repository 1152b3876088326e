/* SPDX-License-Identifier: Apache-2.0
 * Routes of behaviour: the beacon of pages, the choice of users, figures for staff. Called by the
 * gateway; must never write for a beacon. */
#include "services/behaviour/behaviour_internal.h"

/* ---- the beacon ---- */
struct event_json {
    str kind;
    id product_id;
    int64_t position;
};
static const struct json_field event_fields[] = {
    JSON_STR(struct event_json, kind, .required = true, .one_of = behaviour_kind_names),
    JSON_ID(struct event_json, product_id, .required = true),
    JSON_INT(struct event_json, position, .min = 1, .max = 10000,
        .doc = "of shown and clicked: where in the list, from 1 over all its pages"),
};
static const struct json_shape event_shape =
    JSON_SHAPE("BehaviourEvent", struct event_json, event_fields);
struct beacon_in {
    struct event_json *events;
    size_t events_n;
    str do_not_track, privacy;
};
static const struct json_field beacon_fields[] = {
    JSON_LIST(struct beacon_in, events, event_shape, .required = true, .min = 1,
        .max = BEHAVIOUR_EVENTS_MAX),
    JSON_STR(struct beacon_in, do_not_track, .at = AT_HEADER, .wire = "DNT", .max = 20,
        .doc = "1: nothing is counted"),
    JSON_STR(struct beacon_in, privacy, .at = AT_HEADER, .wire = "Sec-GPC", .max = 20,
        .doc = "1: nothing is counted"),
};
static const struct json_shape beacon_shape =
    JSON_SHAPE("BehaviourBeacon", struct beacon_in, beacon_fields);

static err post_beacon(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct beacon_in *in = body;
    struct behaviour_event events[BEHAVIOUR_EVENTS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < in->events_n; i++)
        for (int k = 0; k < BEHAVIOUR_KINDS_N; k++)
            if (str_eq(in->events[i].kind, str_from_c(behaviour_kind_names[k])))
                events[n++] = (struct behaviour_event){ .kind = (enum behaviour_kind)k,
                    .product_id = in->events[i].product_id,
                    .position = in->events[i].position };
    if (!str_eq(in->do_not_track, S("1")) && !str_eq(in->privacy, S("1")))
        (void)behaviour_note(service, cx, events, n);
    return reply_empty(reply, 204);
}

/* ---- the choice ---- */
struct choice_json {
    bool personal;
};
static const struct json_field choice_fields[] = {
    JSON_BOOL(struct choice_json, personal, .required = true,
        .doc = "searches put brands and categories that you bought a little higher"),
};
static const struct json_shape choice_shape =
    JSON_SHAPE("BehaviourChoice", struct choice_json, choice_fields);

static err get_choice(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    (void)body;
    struct choice_json *v = NEW(cx->arena, struct choice_json);
    err e = behaviour_personal(service, cx, cx->who.user_id, &v->personal);
    return e ? e : reply_json(reply, 200, &choice_shape, v);
}

static err put_choice(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct choice_json *in = body;
    struct choice_json *v = NEW(cx->arena, struct choice_json);
    *v = *in;
    err e = behaviour_set_personal(service, cx, cx->who.user_id, in->personal);
    return e ? e : reply_json(reply, 200, &choice_shape, v);
}

/* ---- figures ---- */
struct figures_path {
    id product_id;
};
static const struct json_field figures_path_fields[] = {
    JSON_ID(struct figures_path, product_id, .at = AT_PATH, .required = true),
};
static const struct json_shape figures_path =
    JSON_SHAPE("BehaviourPath", struct figures_path, figures_path_fields);
struct figures_json {
    int64_t shown, clicked, views, carts, orders, units;
    double expected_clicks, units_a_day, velocity, clicks, conversion;
};
static const struct json_field figures_fields[] = {
    JSON_INT(struct figures_json, shown, .required = true, .doc = "of the last 60 days, as all"),
    JSON_INT(struct figures_json, clicked, .required = true),
    JSON_NUM(struct figures_json, expected_clicks, .required = true,
        .doc = "that its positions would bring anything"),
    JSON_INT(struct figures_json, views, .required = true),
    JSON_INT(struct figures_json, carts, .required = true),
    JSON_INT(struct figures_json, orders, .required = true),
    JSON_INT(struct figures_json, units, .required = true),
    JSON_NUM(struct figures_json, units_a_day, .required = true, .doc = "recent ones count most"),
    JSON_NUM(struct figures_json, velocity, .required = true,
        .doc = "the signals: 1 is as usual in this shop; 0.25 to 4"),
    JSON_NUM(struct figures_json, clicks, .required = true),
    JSON_NUM(struct figures_json, conversion, .required = true),
};
static const struct json_shape figures_shape =
    JSON_SHAPE("BehaviourFigures", struct figures_json, figures_fields);

static err get_figures(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct figures_path *in = body;
    struct behaviour_figures f;
    err e = behaviour_figures_of(service, cx, in->product_id, &f);
    if (e)
        return e;
    struct figures_json *v = NEW(cx->arena, struct figures_json);
    *v = (struct figures_json){ .shown = f.shown,
        .clicked = f.clicked,
        .expected_clicks = f.expected,
        .views = f.views,
        .carts = f.carts,
        .orders = f.orders,
        .units = f.units,
        .units_a_day = f.units_a_day,
        .velocity = (double)f.signal.velocity / 1000,
        .clicks = (double)f.signal.clicks / 1000,
        .conversion = (double)f.signal.conversion / 1000 };
    return reply_json(reply, 200, &figures_shape, v);
}

/* ---- what queries lead to ---- */
#define QUERIES_MAX 100
#define QUERY_DAYS 28
struct queries_in {
    int64_t days, limit;
};
static const struct json_field queries_in_fields[] = {
    JSON_INT(struct queries_in, days, .at = AT_QUERY, .min = 1, .max = 60, .doc = "28"),
    JSON_INT(struct queries_in, limit, .at = AT_QUERY, .min = 1, .max = QUERIES_MAX),
};
static const struct json_shape queries_in =
    JSON_SHAPE("QueryConversionQuery", struct queries_in, queries_in_fields);
struct query_json {
    str query;
    int64_t searches, clicks, carts, orders;
    double average_position, clicks_per_search, conversion;
};
static const struct json_field query_fields[] = {
    JSON_STR(struct query_json, query, .required = true),
    JSON_INT(struct query_json, searches, .required = true,
        .doc = "on pages, once an hour of an address"),
    JSON_INT(struct query_json, clicks, .required = true, .doc = "products opened from results"),
    JSON_NUM(struct query_json, average_position, .required = true,
        .doc = "of clicks, from 1; 0: of none is it known"),
    JSON_INT(struct query_json, carts, .required = true,
        .doc = "of these products, within 24 hours of the click"),
    JSON_INT(struct query_json, orders, .required = true,
        .doc = "likewise; confirmed, and not cancelled within a day"),
    JSON_NUM(struct query_json, clicks_per_search, .required = true),
    JSON_NUM(struct query_json, conversion, .required = true, .doc = "orders beside searches"),
};
static const struct json_shape query_shape =
    JSON_SHAPE("QueryConversion", struct query_json, query_fields);
struct queries_json {
    int64_t days;
    struct query_json *queries;
    size_t queries_n;
};
static const struct json_field queries_fields[] = {
    JSON_INT(struct queries_json, days, .required = true),
    JSON_LIST(struct queries_json, queries, query_shape, .required = true),
};
static const struct json_shape queries_shape =
    JSON_SHAPE("QueryConversions", struct queries_json, queries_fields);

static double beside(int64_t part, int64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0;
}

static err get_queries(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct queries_in *in = body;
    struct behaviour_query *list;
    struct queries_json *v = NEW(cx->arena, struct queries_json);
    v->days = in->days ? in->days : QUERY_DAYS;
    err e = behaviour_queries_of(
        service, cx, v->days, in->limit ? in->limit : QUERIES_MAX, &list, &v->queries_n);
    if (e)
        return e;
    v->queries = NEW_N(cx->arena, v->queries_n, struct query_json);
    for (size_t i = 0; i < v->queries_n; i++)
        v->queries[i] = (struct query_json){ .query = list[i].query,
            .searches = list[i].searches,
            .clicks = list[i].clicks,
            .average_position = list[i].position,
            .carts = list[i].carts,
            .orders = list[i].orders,
            .clicks_per_search = beside(list[i].clicks, list[i].searches),
            .conversion = beside(list[i].orders, list[i].searches) };
    return reply_json(reply, 200, &queries_shape, v);
}

const struct route behaviour_routes[] = {
    { .method = "POST",
        .path = "/api/v1/behaviour/events",
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_NONE,
        .limit = LIMIT_BEACON,
        .priority = PRIORITY_LOW,
        .body_max = 16384,
        .in = &beacon_shape,
        .status = 204,
        .fn = post_beacon,
        .summary = "What a page saw: products shown, clicked, looked at; counted without who" },
    { .method = "GET",
        .path = "/api/v1/users/me/personal-ranking",
        .scope = SCOPE_USER,
        .unit = UNIT_READ,
        .out = &choice_shape,
        .fn = get_choice,
        .summary = "Whether searches have an order of your own" },
    { .method = "PUT",
        .path = "/api/v1/users/me/personal-ranking",
        .scope = SCOPE_USER,
        .in_person = true,
        .unit = UNIT_WRITE,
        .in = &choice_shape,
        .out = &choice_shape,
        .fn = put_choice,
        .summary = "Want it, or not; nobody has it unasked" },
    { .method = "GET",
        .path = "/api/v1/admin/search/products/{productId}/behaviour",
        .scope = SCOPE_CATALOG,
        .unit = UNIT_READ,
        .in = &figures_path,
        .out = &figures_shape,
        .fn = get_figures,
        .summary = "What shoppers do with a product, and what that says" },
    { .method = "GET",
        .path = "/api/v1/admin/search/conversion",
        .scope = SCOPE_CATALOG,
        .unit = UNIT_READ,
        .in = &queries_in,
        .out = &queries_shape,
        .fn = get_queries,
        .summary = "What the most frequent queries lead to: clicks, carts, orders" },
    ROUTES_END,
};
