/* SPDX-License-Identifier: Apache-2.0
 * Routes of payments for staff: decode, call one verb, encode. Called by the gateway; must never
 * decide anything. What asks the provider is a flow's. */
#include "services/payments/payments_routes.h"

#include "services/payments/payments.h"

#define LIMIT_DEFAULT_N 20

struct differences_query {
    int64_t limit;
    id page_token;
};
static const struct json_field query_fields[] = {
    JSON_INT(struct differences_query, limit, .at = AT_QUERY, .min = 1, .max = 100),
    JSON_ID(struct differences_query, page_token, .at = AT_QUERY),
};
static const struct json_shape query_shape =
    JSON_SHAPE("PaymentDifferencesQuery", struct differences_query, query_fields);

struct difference_view {
    id difference_id, payment_id;
    str provider, provider_ref, kind, ours, theirs;
    int64_t made_at, found_at, seen_at;
};
static const struct json_field difference_fields[] = {
    JSON_ID(struct difference_view, difference_id, .required = true),
    JSON_STR(struct difference_view, provider, .required = true),
    JSON_STR(struct difference_view, kind, .required = true),
    JSON_ID(struct difference_view, payment_id),
    JSON_STR(struct difference_view, provider_ref),
    JSON_STR(struct difference_view, ours),
    JSON_STR(struct difference_view, theirs),
    JSON_TIME(struct difference_view, made_at, .required = true),
    JSON_TIME(struct difference_view, found_at, .required = true),
    JSON_TIME(struct difference_view, seen_at, .required = true),
};
static const struct json_shape difference_shape =
    JSON_SHAPE("PaymentDifference", struct difference_view, difference_fields);

struct differences_view {
    struct difference_view *differences;
    size_t differences_n;
    id next_page_token;
};
static const struct json_field differences_fields[] = {
    JSON_LIST(struct differences_view, differences, difference_shape, .required = true),
    JSON_ID(struct differences_view, next_page_token),
};
static const struct json_shape differences_shape =
    JSON_SHAPE("PaymentDifferences", struct differences_view, differences_fields);

static err get_differences(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct differences_query *in = body;
    struct payments_different *rows;
    struct differences_view *view = NEW(cx->arena, struct differences_view);
    int64_t limit = in->limit ? in->limit : LIMIT_DEFAULT_N;
    err e = payments_differences(service, cx, in->page_token, limit, &rows, &view->differences_n);
    if (e)
        return e;
    view->differences = NEW_N(cx->arena, view->differences_n, struct difference_view);
    for (size_t i = 0; i < view->differences_n; i++)
        view->differences[i] = (struct difference_view){ .difference_id = rows[i].difference_id,
            .payment_id = rows[i].payment_id,
            .provider = rows[i].provider,
            .provider_ref = rows[i].provider_ref,
            .kind = rows[i].kind,
            .ours = rows[i].ours,
            .theirs = rows[i].theirs,
            .made_at = rows[i].made_ms,
            .found_at = rows[i].found_ms,
            .seen_at = rows[i].seen_ms };
    if (view->differences_n == (size_t)limit)
        view->next_page_token = rows[view->differences_n - 1].difference_id;
    return reply_json(reply, 200, &differences_shape, view);
}

const struct route payments_routes[] = {
    { .method = "GET",
        .path = "/api/v1/admin/payment-differences",
        .scope = SCOPE_BOOKS,
        .unit = UNIT_READ,
        .in = &query_shape,
        .out = &differences_shape,
        .fn = get_differences,
        .summary = "Where the payment provider's list and our payments differ" },
    ROUTES_END,
};
