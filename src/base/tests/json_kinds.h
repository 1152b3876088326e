/* SPDX-License-Identifier: Apache-2.0
 * A shape with a field of every type, for the tests and the fuzz entry of JSON. Included by them
 * alone. Must never grow rules of its own: what it shows is what json.h says. */
#ifndef SOUK_BASE_TESTS_JSON_KINDS_H
#define SOUK_BASE_TESTS_JSON_KINDS_H

#include "base/json.h"

struct kinds_item {
    str sku;
    int64_t unit_count;
    const struct kinds_item *parts;
    size_t parts_n;
};
static const struct json_shape kinds_item_shape; /* it holds itself */
static const struct json_field kinds_item_fields[] = {
    JSON_STR(struct kinds_item, sku, .required = true, .max = 64),
    JSON_INT(struct kinds_item, unit_count, .required = true, .max = 999),
    JSON_LIST(struct kinds_item, parts, kinds_item_shape, .zero_out = true),
};
static const struct json_shape kinds_item_shape =
    JSON_SHAPE("KindsItem", struct kinds_item, kinds_item_fields);

struct kinds {
    str title, long_note, color;
    int64_t unit_count, big_count;
    double score;
    bool is_gift;
    id product_id;
    int64_t created_at, birth_date;
    money list_price;
    str paid_amount;
    const struct kinds_item *main_item;
    const struct kinds_item *line_items;
    size_t line_items_n;
    const str *tag_names;
    size_t tag_names_n;
    struct json_map extra_info;
    str raw_data;
    str if_match; /* from a header */
};

static const char *const kinds_colors[] = { "red", "dark_blue", NULL };

static const struct json_field kinds_fields[] = {
    JSON_STR(struct kinds, title, .min = 2, .max = 20, .doc = "What it is called"),
    JSON_STR(struct kinds, long_note, .multiline = true, .nullable = true),
    JSON_STR(struct kinds, color, .one_of = kinds_colors),
    JSON_INT(struct kinds, unit_count, .min = 1, .max = 999, .zero_out = true),
    JSON_INT(struct kinds, big_count, .zero_out = true),
    JSON_NUM(struct kinds, score, .max = 5, .zero_out = true),
    JSON_BOOL(struct kinds, is_gift, .zero_out = true),
    JSON_ID(struct kinds, product_id),
    JSON_TIME(struct kinds, created_at),
    JSON_DATE(struct kinds, birth_date),
    JSON_MONEY(struct kinds, list_price),
    JSON_AMOUNT(struct kinds, paid_amount),
    JSON_OBJECT(struct kinds, main_item, kinds_item_shape),
    JSON_LIST(struct kinds, line_items, kinds_item_shape, .min = 1, .max = 3, .zero_out = true),
    JSON_STRS(struct kinds, tag_names, .max = 3, .item_max = 8, .zero_out = true),
    JSON_MAP(struct kinds, extra_info, .max = 4, .zero_out = true),
    JSON_RAW(struct kinds, raw_data, .max = 100),
    JSON_STR(struct kinds, if_match, .at = AT_HEADER, .required = true),
};
static const struct json_shape kinds_shape = JSON_SHAPE("Kinds", struct kinds, kinds_fields);

#endif
