/* SPDX-License-Identifier: Apache-2.0
 * Routes of promotions for staff, and the deals for everybody: decode, call one verb, encode.
 * Called by the gateway; must never decide anything. */
#include "services/promotions/promotions_routes.h"

#include "services/promotions/promotions_store.h"

#define ADMIN_PATH "/api/v1/admin/promotions"
#define DEALS_MAX 100

/* ---- out ---- */

struct promotion_view {
    id promotion_id, product_id, variant_id;
    str kind, code, name, customer_group, family, currency;
    double percent;
    money amount, minimum, most, budget, spent;
    int64_t buy, get, priority, limit, per_customer, used, version;
    const str *product_ids, *categories, *brands, *seller_ids;
    size_t product_ids_n, categories_n, brands_n, seller_ids_n;
    bool first_order, exclusive, with_deals;
    int64_t starts_at, ends_at, ended_at, created_at, updated_at;
};
static const struct json_field promotion_fields[] = {
    JSON_ID(struct promotion_view, promotion_id, .required = true),
    JSON_STR(struct promotion_view, kind, .required = true, .one_of = promotions_kind_names),
    JSON_STR(struct promotion_view, code, .doc = "Absent: automatic"),
    JSON_STR(struct promotion_view, name, .required = true),
    JSON_STR(struct promotion_view, currency, .required = true, .doc = "ISO 4217"),
    JSON_NUM(struct promotion_view, percent, .zero_out = true),
    JSON_MONEY(struct promotion_view, amount),
    JSON_MONEY(struct promotion_view, minimum),
    JSON_MONEY(struct promotion_view, most),
    JSON_INT(struct promotion_view, buy, .zero_out = true),
    JSON_INT(struct promotion_view, get, .zero_out = true),
    JSON_ID(struct promotion_view, product_id),
    JSON_ID(struct promotion_view, variant_id),
    JSON_STRS(struct promotion_view, product_ids, .zero_out = true),
    JSON_STRS(struct promotion_view, categories, .zero_out = true),
    JSON_STRS(struct promotion_view, brands, .zero_out = true),
    JSON_STRS(struct promotion_view, seller_ids, .zero_out = true),
    JSON_BOOL(struct promotion_view, first_order, .required = true),
    JSON_STR(struct promotion_view, customer_group),
    JSON_BOOL(struct promotion_view, exclusive, .required = true),
    JSON_STR(struct promotion_view, family),
    JSON_INT(struct promotion_view, priority, .required = true),
    JSON_BOOL(struct promotion_view, with_deals, .required = true),
    JSON_TIME(struct promotion_view, starts_at),
    JSON_TIME(struct promotion_view, ends_at),
    JSON_INT(struct promotion_view, limit, .zero_out = true),
    JSON_INT(struct promotion_view, per_customer, .zero_out = true),
    JSON_MONEY(struct promotion_view, budget),
    JSON_INT(struct promotion_view, used, .required = true,
        .doc = "Counted where there is a limit or a budget"),
    JSON_MONEY(struct promotion_view, spent, .required = true),
    JSON_TIME(struct promotion_view, ended_at, .doc = "When it was ended by hand"),
    JSON_INT(struct promotion_view, version, .required = true),
    JSON_TIME(struct promotion_view, created_at, .required = true),
    JSON_TIME(struct promotion_view, updated_at, .required = true),
};
static const struct json_shape promotion_shape =
    JSON_SHAPE("Promotion", struct promotion_view, promotion_fields);

static money amount_of(const struct promotions *p, int64_t minor)
{
    return minor ? money_of(minor, p->currency) : (money){ .minor = 0 };
}

static const str *texts_of(struct arena *a, const id *ids, size_t n)
{
    str *list = NEW_N(a, n, str);
    for (size_t i = 0; i < n; i++)
        list[i] = id_text(a, ids[i]);
    return list;
}

static struct promotion_view view_of(
    const struct promotions *p, struct arena *a, const struct promotions_promotion *row)
{
    return (struct promotion_view){ .promotion_id = row->promotion_id,
        .kind = str_from_c(promotions_kind_names[row->kind]),
        .code = row->code,
        .name = row->name,
        .currency = str_dup(a, currency_str(&p->currency)),
        .percent = (double)row->percent_bp / 100,
        .amount = amount_of(p, row->amount_minor),
        .minimum = amount_of(p, row->minimum_minor),
        .most = amount_of(p, row->most_minor),
        .buy = row->buy_units,
        .get = row->get_units,
        .product_id = row->product_id,
        .variant_id = row->variant_id,
        .product_ids = texts_of(a, row->scope.products, row->scope.products_n),
        .product_ids_n = row->scope.products_n,
        .categories = row->scope.categories,
        .categories_n = row->scope.categories_n,
        .brands = row->scope.brands,
        .brands_n = row->scope.brands_n,
        .seller_ids = texts_of(a, row->scope.sellers, row->scope.sellers_n),
        .seller_ids_n = row->scope.sellers_n,
        .first_order = row->first_order,
        .customer_group = row->customers,
        .exclusive = row->exclusive,
        .family = row->family,
        .priority = row->priority,
        .with_deals = row->with_deals,
        .starts_at = row->starts_ms,
        .ends_at = row->ends_ms,
        .limit = row->uses_max,
        .per_customer = row->per_customer,
        .budget = amount_of(p, row->budget_minor),
        .used = row->used,
        .spent = money_of(row->spent_minor, p->currency),
        .ended_at = row->ended_ms,
        .version = row->version,
        .created_at = row->created_ms,
        .updated_at = row->updated_ms };
}

static err reply_promotion(const struct promotions *p, struct cx *cx,
    const struct promotions_promotion *row, int status, struct reply *reply)
{
    struct promotion_view *view = NEW(cx->arena, struct promotion_view);
    *view = view_of(p, cx->arena, row);
    return reply_json(reply, status, &promotion_shape, view);
}

/* ---- in ---- */

struct promotion_body {
    id promotion_id, product_id, variant_id;
    str kind, code, name, customer_group, family;
    str percent, amount, minimum, most, budget;
    int64_t buy, get, priority, limit, per_customer;
    const str *product_ids, *categories, *brands, *seller_ids;
    size_t product_ids_n, categories_n, brands_n, seller_ids_n;
    bool first_order, exclusive, with_deals;
    int64_t starts_at, ends_at;
};
#define PROMOTION_BODY                                                                             \
    JSON_STR(struct promotion_body, kind, .required = true, .one_of = promotions_kind_names),      \
        JSON_STR(struct promotion_body, code, .max = PROMOTIONS_CODE_MAX,                          \
            .doc = "What buyers enter, in any case; absent: automatic"),                           \
        JSON_STR(struct promotion_body, name, .required = true, .min = 1, .max = 200,              \
            .doc = "Shown to buyers"),                                                             \
        JSON_AMOUNT(struct promotion_body, percent, .doc = "Off; two decimals at most"),           \
        JSON_AMOUNT(struct promotion_body, amount, .doc = "Off; of a deal the price of one"),      \
        JSON_AMOUNT(                                                                               \
            struct promotion_body, minimum, .doc = "What the lines in scope must come to"),        \
        JSON_AMOUNT(struct promotion_body, most, .doc = "Most that comes off one order"),          \
        JSON_INT(struct promotion_body, buy, .min = 0, .max = 1000),                               \
        JSON_INT(struct promotion_body, get, .min = 0, .max = 1000),                               \
        JSON_ID(struct promotion_body, product_id, .doc = "Of a deal"),                            \
        JSON_ID(struct promotion_body, variant_id, .doc = "Of a deal"),                            \
        JSON_STRS(struct promotion_body, product_ids, .max = PROMOTIONS_TARGETS_MAX),              \
        JSON_STRS(struct promotion_body, categories, .max = PROMOTIONS_TARGETS_MAX,                \
            .item_max = 300, .doc = "Paths, with what is below them"),                             \
        JSON_STRS(struct promotion_body, brands, .max = PROMOTIONS_TARGETS_MAX, .item_max = 100),  \
        JSON_STRS(struct promotion_body, seller_ids, .max = PROMOTIONS_TARGETS_MAX),               \
        JSON_BOOL(struct promotion_body, first_order,                                              \
            .doc = "Only for who has no order but cancelled ones"),                                \
        JSON_STR(struct promotion_body, customer_group, .max = 100),                               \
        JSON_BOOL(struct promotion_body, exclusive, .doc = "Never with another promotion"),        \
        JSON_STR(struct promotion_body, family, .max = 100, .doc = "Of one family one applies"),   \
        JSON_INT(struct promotion_body, priority, .min = -1000000, .max = 1000000,                 \
            .doc = "Lower comes first"),                                                           \
        JSON_BOOL(struct promotion_body, with_deals, .doc = "Also off lines at a deal's price"),   \
        JSON_TIME(struct promotion_body, starts_at), JSON_TIME(struct promotion_body, ends_at),    \
        JSON_INT(struct promotion_body, limit, .min = 0, .max = 1000000000,                        \
            .doc = "Of all uses (of a deal: units); 0: none"),                                     \
        JSON_INT(struct promotion_body, per_customer, .min = 0, .max = 1000000000),                \
        JSON_AMOUNT(struct promotion_body, budget, .doc = "Of all that comes off")
static const struct json_field promotion_in_fields[] = { PROMOTION_BODY };
static const struct json_shape promotion_in =
    JSON_SHAPE("PromotionInput", struct promotion_body, promotion_in_fields);
static const struct json_field promotion_put_fields[] = {
    JSON_ID(struct promotion_body, promotion_id, .required = true, .at = AT_PATH),
    PROMOTION_BODY,
};
static const struct json_shape promotion_put =
    JSON_SHAPE("PromotionUpdate", struct promotion_body, promotion_put_fields);

static enum promotions_kind kind_of(str name)
{
    enum promotions_kind k = PROMOTIONS_PERCENTAGE;
    while (k < PROMOTIONS_KINDS_N && !str_eq(name, str_from_c(promotions_kind_names[k])))
        k++;
    ASSERT(k < PROMOTIONS_KINDS_N); /* the table has checked it */
    return k;
}

static int64_t take_amount(struct cx *cx, currency c, str text, const char *pointer)
{
    money amount = { .minor = 0 };
    if (text.n > 0 && (!money_parse(text, c, &amount) || amount.minor < 0))
        cx_field(cx, str_from_c(pointer), "bad_amount", "zero or more, with %d decimals at most",
            currency_decimals(c));
    return amount.minor;
}

static const id *take_ids(struct cx *cx, const str *texts, size_t n, const char *pointer)
{
    id *list = NEW_N(cx->arena, n, id);
    for (size_t i = 0; i < n; i++)
        if (!id_parse(texts[i], &list[i]))
            cx_field(cx, str_fmt(cx->arena, "%s/%zu", pointer, i), "bad_id", "not a UUID");
    return list;
}

/* Field errors are left in cx. */
static struct promotions_promotion row_of(
    struct promotions *p, struct cx *cx, const struct promotion_body *in)
{
    static const currency hundredths = { "USD" }; /* a percentage has two decimals as well */
    return (struct promotions_promotion){ .promotion_id = in->promotion_id,
        .kind = kind_of(in->kind),
        .code = in->code,
        .name = in->name,
        .percent_bp = take_amount(cx, hundredths, in->percent, "/percent"),
        .amount_minor = take_amount(cx, p->currency, in->amount, "/amount"),
        .minimum_minor = take_amount(cx, p->currency, in->minimum, "/minimum"),
        .most_minor = take_amount(cx, p->currency, in->most, "/most"),
        .buy_units = in->buy,
        .get_units = in->get,
        .product_id = in->product_id,
        .variant_id = in->variant_id,
        .scope = { .products = take_ids(cx, in->product_ids, in->product_ids_n, "/productIds"),
            .products_n = in->product_ids_n,
            .sellers = take_ids(cx, in->seller_ids, in->seller_ids_n, "/sellerIds"),
            .sellers_n = in->seller_ids_n,
            .categories = in->categories,
            .categories_n = in->categories_n,
            .brands = in->brands,
            .brands_n = in->brands_n },
        .first_order = in->first_order,
        .customers = in->customer_group,
        .exclusive = in->exclusive,
        .family = in->family,
        .priority = in->priority,
        .with_deals = in->with_deals,
        .starts_ms = in->starts_at,
        .ends_ms = in->ends_at,
        .uses_max = in->limit,
        .per_customer = in->per_customer,
        .budget_minor = take_amount(cx, p->currency, in->budget, "/budget") };
}

static err put(void *service, struct cx *cx, const void *body, int status, struct reply *reply)
{
    struct promotions *p = service;
    struct promotions_promotion row = row_of(p, cx, body), saved;
    if (cx->fields)
        return FAIL(cx, ERR_INVALID, "promotion");
    err e = promotions_put(p, cx, &row, &saved);
    if (e)
        return e;
    if (status == 201)
        reply_add_header(reply, S("Location"),
            str_cat(cx->arena, S(ADMIN_PATH "/"), id_text(cx->arena, saved.promotion_id)));
    return reply_promotion(p, cx, &saved, status, reply);
}

static err post_promotion(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    return put(service, cx, body, 201, reply);
}

static err put_promotion(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    return put(service, cx, body, 200, reply);
}

struct promotion_path {
    id promotion_id;
};
static const struct json_field path_fields[] = {
    JSON_ID(struct promotion_path, promotion_id, .required = true, .at = AT_PATH),
};
static const struct json_shape path_shape =
    JSON_SHAPE("PromotionPath", struct promotion_path, path_fields);

static err get_promotion(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct promotion_path *in = body;
    struct promotions_promotion row;
    err e = promotions_get(service, cx, in->promotion_id, &row);
    return e ? e : reply_promotion(service, cx, &row, 200, reply);
}

static err post_end(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct promotion_path *in = body;
    err e = promotions_end(service, cx, in->promotion_id);
    return e ? e : get_promotion(service, cx, body, reply);
}

/* ---- lists ---- */

struct list_query {
    int64_t limit;
    id page_token;
};
static const struct json_field list_query_fields[] = {
    JSON_INT(struct list_query, limit, .at = AT_QUERY, .min = 1, .max = 100),
    JSON_ID(struct list_query, page_token, .at = AT_QUERY),
};
static const struct json_shape list_query_shape =
    JSON_SHAPE("PromotionsQuery", struct list_query, list_query_fields);

struct list_view {
    struct promotion_view *promotions;
    size_t promotions_n;
    id next_page_token;
};
static const struct json_field list_fields[] = {
    JSON_LIST(struct list_view, promotions, promotion_shape, .required = true),
    JSON_ID(struct list_view, next_page_token),
};
static const struct json_shape list_shape =
    JSON_SHAPE("PromotionList", struct list_view, list_fields);

#define LIST_LIMIT 20

static err get_promotions(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    const struct list_query *in = body;
    struct promotions_page page = { .before = in->page_token,
        .limit = in->limit ? in->limit : LIST_LIMIT };
    struct promotions_promotion *rows;
    struct list_view *view = NEW(cx->arena, struct list_view);
    err e = promotions_list(service, cx, page, &rows, &view->promotions_n);
    if (e)
        return e;
    view->promotions = NEW_N(cx->arena, view->promotions_n, struct promotion_view);
    for (size_t i = 0; i < view->promotions_n; i++)
        view->promotions[i] = view_of(service, cx->arena, &rows[i]);
    if (view->promotions_n == (size_t)page.limit)
        view->next_page_token = rows[view->promotions_n - 1].promotion_id;
    return reply_json(reply, 200, &list_shape, view);
}

struct deal_view {
    id deal_id, product_id, variant_id;
    str name;
    money price;
    int64_t quantity, left, per_customer, starts_at, ends_at;
};
static const struct json_field deal_fields[] = {
    JSON_ID(struct deal_view, deal_id, .required = true),
    JSON_ID(struct deal_view, product_id, .required = true),
    JSON_ID(struct deal_view, variant_id, .required = true),
    JSON_STR(struct deal_view, name, .required = true),
    JSON_MONEY(struct deal_view, price, .required = true),
    JSON_INT(struct deal_view, quantity, .required = true, .doc = "Units at this price"),
    JSON_INT(struct deal_view, left, .required = true, .doc = "Some seconds old at most"),
    JSON_INT(struct deal_view, per_customer, .zero_out = true),
    JSON_TIME(struct deal_view, starts_at, .doc = "Absent, or in the past: it goes on"),
    JSON_TIME(struct deal_view, ends_at, .required = true),
};
static const struct json_shape deal_shape = JSON_SHAPE("Deal", struct deal_view, deal_fields);

struct deals_view {
    str currency;
    struct deal_view *deals;
    size_t deals_n;
};
static const struct json_field deals_fields[] = {
    JSON_STR(struct deals_view, currency, .required = true, .doc = "ISO 4217"),
    JSON_LIST(struct deals_view, deals, deal_shape, .required = true, .max = DEALS_MAX),
};
static const struct json_shape deals_shape =
    JSON_SHAPE("DealList", struct deals_view, deals_fields);

static err get_deals(void *service, struct cx *cx, const void *body, struct reply *reply)
{
    (void)body;
    struct promotions *p = service;
    struct promotions_promotion *rows;
    size_t n;
    err e = promotions_deals(p, cx, &rows, &n);
    if (e)
        return e;
    struct deals_view *view = NEW(cx->arena, struct deals_view);
    view->currency = str_dup(cx->arena, currency_str(&p->currency));
    view->deals_n = n < DEALS_MAX ? n : DEALS_MAX;
    view->deals = NEW_N(cx->arena, view->deals_n, struct deal_view);
    for (size_t i = 0; i < view->deals_n; i++)
        view->deals[i] = (struct deal_view){ .deal_id = rows[i].promotion_id,
            .product_id = rows[i].product_id,
            .variant_id = rows[i].variant_id,
            .name = rows[i].name,
            .price = money_of(rows[i].amount_minor, p->currency),
            .quantity = rows[i].uses_max,
            .left = rows[i].uses_max - rows[i].used,
            .per_customer = rows[i].per_customer,
            .starts_at = rows[i].starts_ms,
            .ends_at = rows[i].ends_ms };
    return reply_json(reply, 200, &deals_shape, view);
}

/* ---- the table ---- */

static const problem *const missing_problems[] = { &ERR_MISSING, NULL };
static const problem *const post_problems[] = { &PROMOTIONS_CODE_TAKEN, NULL };
static const problem *const put_problems[] = { &ERR_MISSING, &PROMOTIONS_CODE_TAKEN,
    &PROMOTIONS_FIXED, NULL };

const struct route promotions_routes[] = {
    { .method = "GET",
        .path = "/api/v1/deals",
        .priority = PRIORITY_LOW,
        .scope = SCOPE_PUBLIC,
        .unit = UNIT_READ,
        .caching = CACHING_PUBLIC,
        .out = &deals_shape,
        .fn = get_deals,
        .summary = "Lightning deals that go on or are to come, the soonest to end first" },
    { .method = "GET",
        .path = ADMIN_PATH,
        .scope = SCOPE_COUPONS,
        .unit = UNIT_READ,
        .in = &list_query_shape,
        .out = &list_shape,
        .fn = get_promotions,
        .summary = "Coupons, automatic promotions and deals, newest first" },
    { .method = "POST",
        .path = ADMIN_PATH,
        .scope = SCOPE_COUPONS,
        .unit = UNIT_WRITE,
        .in = &promotion_in,
        .out = &promotion_shape,
        .status = 201,
        .fn = post_promotion,
        .problems = post_problems,
        .summary = "Add a promotion" },
    { .method = "GET",
        .path = ADMIN_PATH "/{promotionId}",
        .scope = SCOPE_COUPONS,
        .unit = UNIT_READ,
        .in = &path_shape,
        .out = &promotion_shape,
        .fn = get_promotion,
        .problems = missing_problems,
        .summary = "A promotion, with what is used of it" },
    { .method = "PUT",
        .path = ADMIN_PATH "/{promotionId}",
        .scope = SCOPE_COUPONS,
        .unit = UNIT_WRITE,
        .in = &promotion_put,
        .out = &promotion_shape,
        .fn = put_promotion,
        .problems = put_problems,
        .summary = "Replace a promotion; limits do not appear, vanish or fall below what is used" },
    { .method = "POST",
        .path = ADMIN_PATH "/{promotionId}/end",
        .scope = SCOPE_COUPONS,
        .unit = UNIT_WRITE,
        .in = &path_shape,
        .out = &promotion_shape,
        .fn = post_end,
        .problems = missing_problems,
        .summary = "End a promotion now; orders keep what they hold of it" },
    ROUTES_END,
};
