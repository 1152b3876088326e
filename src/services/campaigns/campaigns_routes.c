/* SPDX-License-Identifier: Apache-2.0
 * Routes of campaigns for staff: decode, call one verb, encode. Called by the gateway; must never
 * decide anything. */
#include "services/campaigns/campaigns_internal.h"

#define PATH "/api/v1/admin/search/campaigns"

struct campaign_in {
    id campaign_id, product_id;
    str name, bid, budget;
    int64_t from_at, until_at;
    bool paused;
};
static const struct json_field campaign_in_fields[] = {
    JSON_ID(struct campaign_in, product_id, .required = true),
    JSON_STR(struct campaign_in, name, .required = true, .min = 1, .max = 100),
    JSON_AMOUNT(struct campaign_in, bid, .required = true, .doc = "for a click"),
    JSON_AMOUNT(struct campaign_in, budget, .required = true, .doc = "a day, UTC"),
    JSON_TIME(struct campaign_in, from_at, .doc = "absent: at once"),
    JSON_TIME(struct campaign_in, until_at, .doc = "absent: until it is paused or removed"),
    JSON_BOOL(struct campaign_in, paused),
};
static const struct json_shape campaign_in =
    JSON_SHAPE("NewCampaign", struct campaign_in, campaign_in_fields);
static const struct json_field pause_fields[] = {
    JSON_ID(struct campaign_in, campaign_id, .at = AT_PATH, .required = true),
    JSON_BOOL(struct campaign_in, paused, .required = true),
};
static const struct json_shape pause_in =
    JSON_SHAPE("CampaignPause", struct campaign_in, pause_fields);
static const struct json_field path_fields[] = {
    JSON_ID(struct campaign_in, campaign_id, .at = AT_PATH, .required = true),
};
static const struct json_shape path_in =
    JSON_SHAPE("CampaignPath", struct campaign_in, path_fields);

static const struct json_field campaign_fields[] = {
    JSON_ID(struct campaigns_campaign, campaign_id, .required = true),
    JSON_ID(struct campaigns_campaign, product_id, .required = true),
    JSON_STR(struct campaigns_campaign, name, .required = true),
    JSON_MONEY(struct campaigns_campaign, bid, .required = true),
    JSON_MONEY(struct campaigns_campaign, budget, .required = true),
    JSON_TIME(struct campaigns_campaign, from_at),
    JSON_TIME(struct campaigns_campaign, until_at),
    JSON_BOOL(struct campaigns_campaign, paused, .required = true),
    JSON_TIME(struct campaigns_campaign, created_at, .required = true),
    JSON_INT(struct campaigns_campaign, shown, .required = true, .doc = "today, as what follows"),
    JSON_INT(struct campaigns_campaign, clicks, .required = true),
    JSON_MONEY(struct campaigns_campaign, spent, .required = true),
};
static const struct json_shape campaign_shape =
    JSON_SHAPE("Campaign", struct campaigns_campaign, campaign_fields);
struct campaigns_json {
    struct campaigns_campaign *campaigns;
    size_t campaigns_n;
};
static const struct json_field campaigns_fields[] = {
    JSON_LIST(
        struct campaigns_json, campaigns, campaign_shape, .required = true, .max = CAMPAIGNS_MAX),
};
static const struct json_shape campaigns_shape =
    JSON_SHAPE("Campaigns", struct campaigns_json, campaigns_fields);

static err get_campaigns(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    (void)body;
    struct campaigns_json *v = NEW(cx->arena, struct campaigns_json);
    err e = campaigns_list(service, cx, &v->campaigns, &v->campaigns_n);
    return e ? e : reply_json(reply, 200, &campaigns_shape, v);
}

static err amount(struct cx *cx, currency cur, str text, const char *pointer, money *ret)
{
    if (money_parse(text, cur, ret) && ret->minor >= 0 && ret->minor <= INT64_C(1000000000000))
        return NULL;
    cx_field(cx, str_from_c(pointer), "bad_amount", "an amount in the shop's currency");
    return FAIL(cx, ERR_INVALID, "%s", pointer);
}

static err post_campaign(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    struct campaigns *c = service;
    const struct campaign_in *in = body;
    struct campaigns_campaign wanted = { .product_id = in->product_id,
        .name = in->name,
        .from_at = in->from_at,
        .until_at = in->until_at,
        .paused = in->paused };
    struct campaigns_campaign *made = NEW(cx->arena, struct campaigns_campaign);
    err e = amount(cx, c->currency, in->bid, "/bid", &wanted.bid);
    if (!e)
        e = amount(cx, c->currency, in->budget, "/budget", &wanted.budget);
    if (!e)
        e = campaigns_add(c, cx, &wanted, made);
    return e ? e : reply_json(reply, 201, &campaign_shape, made);
}

static err put_pause(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct campaign_in *in = body;
    err e = campaigns_pause(service, cx, in->campaign_id, in->paused);
    return e ? e : reply_empty(reply, 204);
}

static err delete_campaign(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct campaign_in *in = body;
    err e = campaigns_remove(service, cx, in->campaign_id);
    return e ? e : reply_empty(reply, 204);
}

static const problem *const add_problems[] = { &CAMPAIGNS_RUNNING, &CAMPAIGNS_FULL, NULL };
static const problem *const missing_problems[] = { &ERR_MISSING, NULL };

const struct route campaigns_routes[] = {
    { .method = "GET",
        .path = PATH,
        .scope = SCOPE_CATALOG,
        .unit = UNIT_READ,
        .out = &campaigns_shape,
        .fn = get_campaigns,
        .summary = "Campaigns for sponsored products, and what they spent today" },
    { .method = "POST",
        .path = PATH,
        .scope = SCOPE_CATALOG,
        .unit = UNIT_WRITE,
        .in = &campaign_in,
        .out = &campaign_shape,
        .status = 201,
        .problems = add_problems,
        .fn = post_campaign,
        .summary = "Sponsor a product: a bid for a click, a budget a day" },
    { .method = "PUT",
        .path = PATH "/{campaignId}/paused",
        .scope = SCOPE_CATALOG,
        .unit = UNIT_WRITE,
        .in = &pause_in,
        .status = 204,
        .problems = missing_problems,
        .fn = put_pause,
        .summary = "Pause a campaign, or let it go on" },
    { .method = "DELETE",
        .path = PATH "/{campaignId}",
        .scope = SCOPE_CATALOG,
        .unit = UNIT_WRITE,
        .in = &path_in,
        .status = 204,
        .problems = missing_problems,
        .fn = delete_campaign,
        .summary = "Remove a campaign" },
    ROUTES_END,
};
