/* SPDX-License-Identifier: Apache-2.0
 * Why each product of a list stands where it does, as JSON for staff. Called by the routes of
 * searches; must never be called for anybody else. */
#include "flows/shop/shop_internal.h"

struct reason_json {
    str what;
    double value;
};
static const struct json_field reason_fields[] = {
    JSON_STR(struct reason_json, what, .required = true,
        .doc = "term WORD, its rarity, documents, weight, impact, times in each field"),
    JSON_NUM(struct reason_json, value, .required = true),
};
static const struct json_shape reason_shape =
    JSON_SHAPE("SearchReason", struct reason_json, reason_fields);
struct factor_json {
    str name;
    double value, signal, factor;
    int64_t weight;
};
static const struct json_field factor_fields[] = {
    JSON_STR(struct factor_json, name, .required = true),
    JSON_NUM(struct factor_json, value, .required = true, .doc = "as the index keeps it"),
    JSON_NUM(struct factor_json, signal, .required = true, .doc = "what it says; 1 is as usual"),
    JSON_INT(struct factor_json, weight, .required = true, .doc = "per cent: the exponent"),
    JSON_NUM(struct factor_json, factor, .required = true, .doc = "signal ^ (weight / 100)"),
};
static const struct json_shape factor_shape =
    JSON_SHAPE("SearchFactor", struct factor_json, factor_fields);
struct why_json {
    id product_id;
    double score, text, lowered;
    struct reason_json *reasons;
    struct factor_json *factors;
    size_t reasons_n, factors_n;
};
#define WHY_FIELDS                                                                                 \
    JSON_NUM(struct why_json, score, .required = true,                                             \
        .doc = "text x all factors x lowered; 0: it does not match, it is pinned"),                \
        JSON_NUM(struct why_json, text, .required = true),                                         \
        JSON_NUM(struct why_json, lowered, .required = true, .doc = "below 1: it is buried"),      \
        JSON_LIST(struct why_json, factors, factor_shape, .required = true),                       \
        JSON_LIST(struct why_json, reasons, reason_shape, .required = true, .max = 400)
static const struct json_field why_fields[] = {
    JSON_ID(struct why_json, product_id, .required = true),
    WHY_FIELDS,
};
const struct json_shape shop_why_shape = JSON_SHAPE("SearchWhy", struct why_json, why_fields);
/* Under the names of GET /products/search. */
static const struct json_field plain_why_fields[] = {
    JSON_ID(struct why_json, product_id, .required = true, .wire = "product_id"),
    WHY_FIELDS,
};
const struct json_shape shop_plain_why_shape =
    JSON_SHAPE("ProductSearchWhy", struct why_json, plain_why_fields);

static struct why_json why_of(struct cx *cx, id product_id, const struct search_why *in)
{
    struct why_json v = { .product_id = product_id,
        .score = in->score,
        .text = in->text,
        .lowered = in->lowered,
        .reasons = NEW_N(cx->arena, in->reasons_n, struct reason_json),
        .factors = NEW_N(cx->arena, in->factors_n, struct factor_json),
        .reasons_n = in->reasons_n,
        .factors_n = in->factors_n };
    for (size_t i = 0; i < in->reasons_n; i++)
        v.reasons[i] = (struct reason_json){ in->reasons[i].what, in->reasons[i].value };
    for (size_t i = 0; i < in->factors_n; i++)
        v.factors[i] = (struct factor_json){ .name = in->factors[i].name,
            .value = in->factors[i].value,
            .signal = in->factors[i].signal,
            .weight = in->factors[i].weight,
            .factor = in->factors[i].factor };
    return v;
}

struct why_json *shop_why_json(struct cx *cx, const struct shop_list *l, size_t *ret_n)
{
    *ret_n = l->found.why ? l->found.n : 0;
    struct why_json *all = NEW_N(cx->arena, *ret_n, struct why_json);
    for (size_t i = 0; i < *ret_n; i++)
        all[i] = why_of(cx, l->found.product_ids[i], &l->found.why[i]);
    return all;
}
