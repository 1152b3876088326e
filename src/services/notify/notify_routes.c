/* SPDX-License-Identifier: Apache-2.0
 * What was sent, for the back office. Called by the gateway; must never show a message's text. */
#include "platform/http/route.h"
#include "services/notify/notify_internal.h"

#define LIMIT_MAX 100

static const struct json_field sent_fields[] = {
    JSON_ID(struct notify_sent, event_id, .required = true),
    JSON_STR(struct notify_sent, kind, .required = true),
    JSON_STR(struct notify_sent, recipient, .required = true),
    JSON_STR(struct notify_sent, subject, .required = true),
    JSON_TIME(struct notify_sent, sent_ms, .required = true, .wire = "sentAt"),
};
static const struct json_shape sent_shape =
    JSON_SHAPE("Notification", struct notify_sent, sent_fields);

struct sent_list {
    struct notify_sent *notifications;
    size_t notifications_n;
};
static const struct json_field sent_list_fields[] = {
    JSON_LIST(struct sent_list, notifications, sent_shape, .required = true, .max = LIMIT_MAX),
};
static const struct json_shape sent_list_shape =
    JSON_SHAPE("NotificationList", struct sent_list, sent_list_fields);

struct list_query {
    int64_t limit;
};
static const struct json_field list_query_fields[] = {
    JSON_INT(struct list_query, limit, .at = AT_QUERY, .min = 1, .max = LIMIT_MAX),
};
static const struct json_shape list_query_shape =
    JSON_SHAPE("NotificationQuery", struct list_query, list_query_fields);

static err get_notifications(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct list_query *in = body;
    struct sent_list *view = NEW(cx->arena, struct sent_list);
    err e = notify_list(
        service, cx, in->limit ? in->limit : 20, &view->notifications, &view->notifications_n);
    return e ? e : reply_json(reply, 200, &sent_list_shape, view);
}

const struct route notify_routes[] = {
    { .method = "GET",
        .path = "/api/v1/admin/notifications",
        .scope = SCOPE_WORK,
        .unit = UNIT_READ,
        .in = &list_query_shape,
        .out = &sent_list_shape,
        .fn = get_notifications,
        .summary = "Messages that were sent, the newest event first" },
    ROUTES_END,
};
